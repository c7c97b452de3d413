#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What cannot be read is neither "no" nor "nothing": filters, guards, policy and what status says then. A folder in the place of a
# file is an error for root as well; a file in the place of a folder is one.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

memory=sys/devices/system/memory
node=sys/devices/system/node

# A node that cannot be read, in a tree that has the links of nodes alone
describe nodes <<END
node 0
node 1
blocks 0-1 node 0 zones Normal
blocks 2-3 node 1 zones Movable
remove $memory/memory2/node1
remove $memory/memory3/node1
file $node garbled
END
runs 64 list --noheadings --summary=never -o BLOCK --node 1
prints '2-3'
prints_no '0-1'
says '2 blocks may be selected or not: what a filter asks for cannot be read; block 2: Not a directory'
runs 64 explain --node 1
prints '  2-3 '
says '2 blocks may be selected or not'
runs 1 offline --node 1 --force --dry-run
prints 'failed'
says 'blocks 2-3: not touched, as what a filter asks for cannot be read (ENOTDIR)'
runs 64 offline --node 0-1 --force --dry-run --json
prints '"block_id": 0'
prints '"outcome": "failed", "errno": "ENOTDIR", "reason": "filter"'

# Zones and states that are garbled, also of all blocks
describe garbled <<END
node 0
blocks 0-1 node 0 zones Normal
blocks 2-3 node 0 zones "Elsewhere"
END
runs 64 list --zone Movable --noheadings --summary=never -o BLOCK,ZONE
prints '2-3 ?'
runs 64 explain --zone Movable
runs 1 offline --zone Movable --dry-run
says 'blocks 2-3: not touched, as what a filter asks for cannot be read (EBADMSG)'
runs 64 offline --zone Normal --force --dry-run
describe states <<END
blocks 0-1 state Garbled zones Normal
END
runs 64 list --state online
runs 64 explain --state online
runs 1 online --state offline --block 0-1 --dry-run
says 'blocks 0-1: not touched, as what a filter asks for cannot be read (EBADMSG)'

# Where memctl chooses, what was asked for may be had from other blocks, and yet it is not known whether one was left out.
describe chosen <<END
node 0
blocks 0-3 node 0 zones Normal
blocks 4-5 node 0 zones Movable
blocks 6 node 0 zones "Elsewhere"
blocks 7 node 0 state offline zones "Normal Movable"
blocks 8 node 0 state Garbled zones "Normal Movable"
END
changeable
runs 64 offline --count 1 --zone Movable --dry-run
says 'blocks 6, 8: not touched, as what a filter asks for cannot be read (EBADMSG)'
runs 64 offline --size 128M --zone Movable --dry-run --json
prints '"outcome": "planned"'
prints '"exit_status": 64'
runs 1 offline --count 1 --block 6 --zone Movable --dry-run
runs 64 offline --count 1 --zone Movable --rollback --json
prints '"outcome": "partial"'
prints '"reason": "filter"'
grep -qx offline "$tree/$memory/memory5/state" || fail 'what was asked for was not done, or brought back'
runs 64 offline --size 128M --zone Movable
prints 'Took 128M of 128M offline'
says 'blocks 6, 8: not touched'
runs 0 offline --count 1 --block 0-3 --zone Normal --force --dry-run
runs 64 online --count 1 --state offline --block 7-8 --dry-run
runs 64 online --count 1 --state offline --block 7-8
says 'block 8: not touched'
grep -qx online "$tree/$memory/memory7/state" || fail 'block 7 is not online'

# DIMMs, when the folder with their names cannot be opened
describe dimm <<END
blocks 0-1 zones Normal
blocks 2-3 zones Movable
boot_map 0-1
file sys/bus/acpi garbled
link $memory/memory2/firmware_node ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00
file $memory/memory3/firmware_node garbled
END
runs 0 list --source dimm:PNP0C80:00 --noheadings --summary=never -o BLOCK
prints ' 2'
rm "$tree/$memory/memory2/firmware_node"
ln -s ../../../LNXSYSTM:00/LNXSYBUS:00/GARBLED:00 "$tree/$memory/memory2/firmware_node"
runs 64 list --source dimm:PNP0C80:00 --noheadings --summary=never -o BLOCK
prints ' 2'
runs 1 offline --source dimm:PNP0C80:00 --dry-run
says 'block 2: not touched, as what a filter asks for cannot be read (EBADMSG)'

# A node that is not there
describe absent <<END
node 0
blocks 0-1 node 0 zones Normal
END
for command in 'online --movable' offline explain; do
	# shellcheck disable=SC2086 # words
	runs 2 $command --node 0,7
	says '--node: this machine has no node 7'
	mute
done
runs 0 list --node 7
says 'no memory block matches'

# What decides about new memory, when a part of it cannot be read
describe policy <<END
auto_online offline
param online_policy contig-zones
blocks 0-1 zones Normal
file etc/udev/rules.d/40-a.rules "SUBSYSTEM==\"memory\", ACTION==\"add\", ATTR{state}=\"online\"\n"
END
runs 5 policy check
mv "$tree/etc/udev/rules.d/40-a.rules" "$tree/kept"
mkdir "$tree/etc/udev/rules.d/40-a.rules"
runs 64 policy check
says '/etc/udev/rules.d/40-a.rules cannot be read'
prints 'Nothing contradicts, as far as could be read.'
runs 64 policy check --json
prints '"effect": "unknown"'
prints '{ "file": "/etc/udev/rules.d/40-a.rules", "errno": "EISDIR" }'
runs 64 policy show
rmdir "$tree/etc/udev/rules.d/40-a.rules"
mkfifo "$tree/etc/udev/rules.d/40-a.rules"
runs 64 policy check
says '/etc/udev/rules.d/40-a.rules cannot be read'
rm "$tree/etc/udev/rules.d/40-a.rules"
mv "$tree/kept" "$tree/etc/udev/rules.d/40-a.rules"
rm "$tree/$memory/auto_online_blocks"
mkdir "$tree/$memory/auto_online_blocks"
runs 64 policy check
says '/sys/devices/system/memory/auto_online_blocks cannot be read or understood: Is a directory'
runs 64 policy show --json
prints '"change": "now", "why": null, "errno": "EISDIR"'
runs 1 policy set auto_online_blocks online --dry-run
says 'auto_online_blocks cannot be read or understood: Is a directory'
runs 64 status
prints 'Warning: auto_online_blocks cannot be read or understood (EISDIR)'
prints_no 'Nothing looks wrong'

# What status says of nodes and zones
describe status <<END
node 0
node 1
blocks 0-1 node 0 zones Garbled
blocks 2 node 1 zones Normal
remove $memory/memory2/node1
remove $node/node1
END
ln -s nowhere "$tree/$node/node1"
runs 64 status
prints 'Warning: the valid_zones of 2 blocks (256M) cannot be read or understood (EBADMSG)'
prints_no 'Nothing looks wrong'

# Standby memory of which nobody can tell whether it is offline, or configured
describe standby <<END
block_size 0x10000000
blocks 0 state offline zones Normal config 1 memmap_on_memory 0
blocks 1 state Garbled zones Normal config 1 memmap_on_memory 0
blocks 2 config 0 memmap_on_memory 0
file sys/firmware/memory/memory2/config "garbled\n"
END
runs 64 deconfigure --all --dry-run
says 'blocks 1, 2: whether it is configured, and offline, cannot be read or understood (EBADMSG)'
runs 1 configure --all --dry-run --json
prints '"outcome": "failed"'
prints '"exit_status": 1'
rm -r "$tree/sys/firmware"
echo garbled >"$tree/sys/firmware"
runs 1 configure --all --dry-run
says '/sys/firmware/memory cannot be read: Not a directory'

# A plan of which nothing can be done is not "planned".
describe unplanned <<END
blocks 0-1 state Garbled zones Normal
END
runs 1 offline --block 0-1 --dry-run --json
prints '"outcome": "failed"'
prints_no '"outcome": "planned"'

# What is known is used: no hole, no second node is planned to go offline.
describe known <<END
node 0
node 1
blocks 0-1 node 0 zones DMA32
blocks 2-3 node 0 zones Normal
file proc/iomem "00000000-0bffffff : System RAM\n10000000-1fffffff : System RAM\n"
END
runs 64 offline --block 1-2 --force --dry-run
says 'block 1: a hole in its memory, so it can never go offline'
runs 1 offline --block 1 --force --dry-run --json
prints '"outcome": "impossible", "errno": null, "reason": "memory-hole"'
describe nodes-without-zones <<END
node 0
node 1
blocks 0-1 node 0
blocks 2 node 0-1
END
runs 1 offline --block 2 --force --dry-run
says 'several zones or NUMA nodes in it'
runs 0 explain --block 2
prints 'will not'
machine no-hotremove
runs 0 explain
prints 'will not'
prints 'no HOTREMOVE'
prints_no 'may go'
runs 0 status
prints 'Note: no memory block can go offline: this kernel was built without CONFIG_MEMORY_HOTREMOVE'

finish
