#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A copy of a machine is looked at, and never changed.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

describe copy <<END
block_size 0x10000000
probe
param online_policy contig-zones
node 0
blocks 0-3 node 0 zones Normal
blocks 4-5 node 0 zones Movable
blocks 6 node 0 state offline zones "Normal Movable"
blocks 7-8 config 0 memmap_on_memory 0
ram device-tree 0-12
file proc/iomem "00000000-6fffffff : System RAM\n"
file proc/meminfo "MemTotal: 1835008 kB\nMemFree: 900000 kB\nMemAvailable: 1048576 kB\n"
file sys/bus/acpi/devices/PNP0C80:00/eject ""
file sys/bus/dax/devices/dax0.0/state "unplugged\n"
link sys/devices/system/memory/memory4/firmware_node ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00
dir run
END
find "$tree" -type f -exec touch -d 2020-01-01 {} +
touch -d 2020-01-02 "$tmp/made"

# leaves_alone: no file but the lock is another one than it was
leaves_alone()
{
	find "$tree" -type f -newer "$tmp/made" ! -name memctl.lock >"$tmp/newer"
	same /dev/null "$tmp/newer" 'changed files'
}

for request in 'offline --block 4' 'offline --size 256M --rollback' 'online --all' 'online --block 6 --movable' \
	'remove --source dimm:PNP0C80:00' 'configure --block 7' 'configure --block 8 --memmap-on-memory' \
	'configure --source dax0.0' \
	'probe 0x90000000' 'policy set auto_online_blocks online' 'policy set online_policy auto-movable'; do
	# shellcheck disable=SC2086 # words
	runs 0 $request --dry-run
	# shellcheck disable=SC2086 # words
	runs 3 $request
	says 'nothing was changed: TREE is a copy of a machine: '
	says '  try: --dry-run, which shows what would be done'
	mute
	# shellcheck disable=SC2086 # words
	runs 3 $request --json
	prints '"code": "unsupported"'
	prints '"exit_status": 3'
	leaves_alone
done
# That comes before what a guard says, which --force would overcome.
runs 4 offline --block 4 --keep-free 1G --dry-run
runs 3 offline --block 4 --keep-free 1G
runs 3 offline --block 4 --keep-free 1G --force
runs 4 probe 0x200000000 --dry-run
runs 3 probe 0x200000000
# What is a slip, can never be, or is so already is told as ever.
runs 2 offline --block 99
runs 0 offline --block 6
runs 0 online --block 4
runs 0 policy set auto_online_blocks offline
leaves_alone

# Files for its next boot are no stores to a kernel.
runs 0 policy set auto_online_blocks online --persist
prints 'auto_online_blocks: offline stays until the next boot: this is a copy of a machine'
prints 'memctl.conf has now'
grep -q '^w /sys/devices/system/memory/auto_online_blocks - - - - online$' "$tree/etc/tmpfiles.d/memctl.conf" || fail 'not written'
runs 0 policy set auto_online_blocks online_movable --persist --json
prints '"outcome": "boot"'
prints '"outcome": "written"'
runs 0 policy unset auto_online_blocks --persist
rmdir "$tree/etc/tmpfiles.d"
leaves_alone

# The same files on a mount that is not a copy
changeable
runs 0 offline --block 4
runs 0 policy set auto_online_blocks online
grep -qx online "$tree/sys/devices/system/memory/auto_online_blocks" || fail 'not written'

finish
