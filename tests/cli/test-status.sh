#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The screen of memctl status on every machine.
. "${top_srcdir:-.}/tests/cli/lib.sh"

for name in arm64 going-offline hot-plugged imbalance limits memoryless-node multi-node no-blocks no-hotremove no-numa one-block \
	ppc64 s390 s390-standby x86-two-node; do
	machine "$name"
	runs 0 status
	golden "status-$name"
done

machine x86-two-node
runs 0 status --bytes
golden status-bytes
runs 0 status --json
golden status-json

machine garbled
runs 64 status
golden status-garbled

# The rows add up: blocks without a node have one.
describe nodeless <<END
node 0
blocks 0-7 node 0 zones Normal
blocks 32-35 state offline zones "Normal Movable"
blocks 36 zones Movable
END
runs 0 status
prints '   -      5   640M   128M    512M      -    128M'
prints ' all     13'
runs 0 status --json
prints '"node": null, "blocks": 5,'

# CMA is movable memory, and no zoneinfo at all is no failure.
describe cma <<END
node 0
blocks 0-3 node 0 zones Normal
cma 0 Normal 32768
END
runs 0 status
golden status-cma
rm "$tree/proc/zoneinfo" "$tree/proc/meminfo"
runs 0 status
golden status-no-zoneinfo
runs 0 status --json
prints '"balance": null'

# All movable.
describe movable <<END
blocks 0-3 zones Movable
END
runs 0 status
golden status-all-movable
runs 0 status --json
prints '"ratio": null'

# For scripts: a warning ends it with 5, a note does not, and what could not be read does where there is no warning.
runs 5 status --check
machine x86-two-node
runs 5 status --check --json
prints '"exit_status": 5'
machine arm64
runs 0 status --check
prints 'Note: 512M are offline and unused: memctl online --all'

# A process that takes a block offline has a name where it can be seen, and may be stuck once it has been there for long.
machine going-offline
mkdir -p "$tree/proc/801/fd"
ln -s /sys/devices/system/memory/memory6/state "$tree/proc/801/fd/3"
runs 0 status --check
prints 'Note: block 6 is going offline by process 801: ps -fp 801'
echo '900.50 1.00' >"$tree/proc/uptime"
echo '801 (chmem) S 1 801 801 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 18050 8192 1' >"$tree/proc/801/stat"
runs 5 status --check
prints 'Warning: block 6 is going offline by process 801, which began 12m ago: it may never end: ps -fp 801'

# Standby memory is looked at like blocks.
machine s390-standby
echo @@ >"$tree/sys/firmware/memory/memory9/config"
runs 64 status
prints 'Warning: the config of 1 block (256M) cannot be read or understood (EBADMSG): memctl list -o +CONFIGURED'

finish
