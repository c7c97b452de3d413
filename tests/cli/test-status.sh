#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The screen of memctl status on every machine.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

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

# The bar's parts add up to all memory, whatever state it is in.
describe device <<END
blocks 0-3 zones Normal
blocks 4 zones Device
blocks 5 zones none
END
for name in device garbled going-offline no-hotremove x86-two-node; do
	[ $name = device ] || machine $name
	"$MEMCTL" -s "$tree" status --bytes >"$tmp/out" 2>"$tmp/err"
	what="memctl status --bytes: $name"
	sed -n 's/^Memory: *\([0-9]*\) .*/\1/p' "$tmp/out" >"$tmp/all"
	sed -n '/^$/q; 3,$p' "$tmp/out" | grep -o '[0-9]\{2,\}' | awk '{ sum += $1 } END { printf "%.0f\n", sum }' >"$tmp/sum"
	same "$tmp/all" "$tmp/sum" "the sum of the bar's parts"
done

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
prints '"node": null, "no_node": "none", "blocks": 5,'

# Also where it cannot be read whether a block has one.
describe lost <<END
node 0
blocks 0-7 node 0 zones Normal
blocks 32-33 state offline zones "Normal Movable"
remove sys/devices/system/node
file sys/devices/system/node nothing
END
runs 64 status
prints '   ?      2  256M     0B    256M      -'
prints ' all     10'
runs 64 status --json
prints '"node": null, "no_node": "unknown", "blocks": 2,'

# What decides and cannot be read is told once, with what shows more of it: a folder is not to be read like a file.
describe unread <<END
node 0
blocks 0-1 node 0 zones Normal
dir etc/udev/rules.d/40-memory.rules
file proc/zoneinfo garbage
END
runs 64 status
silent
prints '/etc/udev/rules.d/40-memory.rules cannot be read or understood (EISDIR): ls -ld TREE/etc/udev/rules.d/40-memory.rules'
prints '(EBADMSG): cat TREE/proc/zoneinfo'
runs 64 status --verbose
says '40-memory.rules cannot be read'

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
prints 'Note: 512M is offline and unused: memctl --sysroot TREE online --all'

# A process that takes a block offline has a name where it can be seen, and may be stuck once it has been there for long.
machine going-offline
mkdir -p "$tree/proc/801/fd"
ln -s /sys/devices/system/memory/memory6/state "$tree/proc/801/fd/3"
runs 0 status --check
prints 'Note: block 6 is going offline by process 801: cat TREE/proc/801/status'
echo '900.50 1.00' >"$tree/proc/uptime"
echo '801 (chmem) S 1 801 801 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 18050 8192 1' >"$tree/proc/801/stat"
runs 5 status --check
prints 'Warning: block 6 is going offline by process 801, which began 12m ago: it may never end: cat TREE/proc/801/status'

# Standby memory is looked at like blocks.
machine s390-standby
echo @@ >"$tree/sys/firmware/memory/memory9/config"
runs 64 status
prints 'Warning: the config of 1 block (256M) cannot be read or understood (EBADMSG): memctl --sysroot TREE list -o +CONFIGURED'

finish
