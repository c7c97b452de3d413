#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# memctl explain: what people read. What programs read is in test-json.py, the verdicts themselves in tests/unit/test-assess.c.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

machine explain
runs 0 explain
golden explain
runs 0 explain --zone Movable --noheadings
golden explain-noheadings
runs 0 explain --bytes --block 1-6
golden explain-bytes
runs 0 explain --map
golden explain-map
runs 0 explain --map --json --block 33
golden explain-map-json

runs 0 explain --output +node,range,Source --bytes
golden explain-output
runs 0 explain --output-all --raw
golden explain-raw
runs 0 explain --block 1 --output range,score --pairs
golden explain-pairs
runs 0 explain --block 1 --output verdict
golden explain-verdict

# Neighbours that are alike are one row: their amounts are added up, and their scores are the lowest and the highest.
runs 0 explain --all
golden explain-all
runs 0 explain --top 3
golden explain-top
runs 0 explain --top 30
prints_no 'these are the best'
runs 0 explain --top 2 --json
[ "$(grep -c '"block_id"' "$tmp/out")" = 2 ] || fail 'not two blocks'
prints '"block_id": 47'
prints '"block_id": 46'
runs 0 explain --top 1 --map
prints '   47   100 '
prints_no '   46   100 '
# WHY says what no other column does, and what one says that is not shown.
runs 0 explain --block 6,7,40-44,46 -o block,why
golden explain-why

# A single block: all that is known of it.
for block in 0 1 4 6 33 35 44 48; do
	runs 0 explain --block $block
	golden explain-block-$block
done

# Filters leave out what is not online, unless it is asked for.
runs 0 explain --node 0
prints_no ' 48 -'
runs 0 explain --state offline
prints '48-49 -    already offline     - -      - -'
prints '2 already offline.'
prints_no 'Not known'
runs 0 explain --block 40,48
prints ' 48 -'
prints ': 1 can go, 1 already offline.'
runs 0 explain --zone HighMem
golden explain-nothing
runs 2 explain --node 7
says 'this machine has no node 7'
mute
runs 2 explain --block 30
says '30'
mute

# Without the files that root alone can read
describe unseen <<END
node 0
blocks 0 node 0 zones none
blocks 1-3 node 0 zones Normal
blocks 4-5 node 0 zones Movable
file proc/iomem "00000000-00000000 : System RAM\n"
file sys/firmware/memmap/0/start "0x0\n"
file sys/firmware/memmap/0/end "0x17ffffff\n"
file sys/firmware/memmap/0/type "System RAM\n"
file sys/firmware/memmap/1/start "0x18000000\n"
file sys/firmware/memmap/1/end "0x1ffeffff\n"
file sys/firmware/memmap/1/type "System RAM\n"
END
runs 0 explain
golden explain-unseen
runs 0 explain --block 4
golden explain-unseen-block
runs 0 explain --map
golden explain-unseen-map
rm -r "$tree/sys/firmware"
runs 0 explain
# What only a user is told, test-user.sh has.
sed -i 's/; root sees more\.$/./' "$tmp/out"
golden explain-unseen-all

# arm64: the same node of the device tree is boot memory, or was switched off and is none. To probe it is RAM, or nothing proves it.
for status in okay disabled; do
	describe node-$status <<END
probe
blocks 0 zones Normal
blocks 2 zones Movable
ram device-tree 0,2-3
file proc/sys/kernel/arch "aarch64\n"
file proc/iomem "00000000-07ffffff : System RAM\n10000000-17ffffff : System RAM\n"
file sys/firmware/devicetree/base/memory@10000000/status "$status\x00"
END
	runs 0 explain --block 0
	prints 'Verdict:  will not'
	prints 'the machine booted with it'
	runs 0 explain --block 2
	if [ $status = okay ]; then
		prints 'the machine booted with it'
		runs 0 probe --dry-run 0x18000000
		prints device-tree
	else
		prints 'Verdict:  may go'
		prints_no 'boot'
		runs 4 probe --dry-run 0x18000000
		says 'nothing proves'
	fi
done
# With all of it switched off the machine has booted with memory that the tree does not name.
describe node-alone <<END
blocks 0 zones Normal
blocks 2 zones Movable
ram device-tree 2
file proc/sys/kernel/arch "aarch64\n"
file sys/firmware/devicetree/base/memory@10000000/status "disabled\x00"
END
runs 0 explain --block 0
prints 'most likely the machine booted with it'
runs 0 explain --block 2
prints_no 'most likely'

# Pages of the machine that the tree is of
describe large-pages <<END
page_size 65536
blocks 0-2 zones Normal
kpageflags 0x1000 400 80 400*2046
file proc/iomem "00000000-17ffffff : System RAM\n"
END
runs 0 explain --block 2
prints '64K is slab'

# One of two blocks has gone offline meanwhile.
describe gone <<END
blocks 1-2 zones Movable
kpageflags 0x8000 400*32768
kpageflags 0x10000 100000*32768
file proc/iomem "00000000-1fffffff : System RAM\n"
END
runs 0 explain
prints '    2 Movable may go     80 -             - pages not seen'
prints 'USE:'
prints 'Not known: what the pages of some blocks are used for (/proc/kpageflags: No such device or address)'
prints_no 'is a guess from the zone'

# Odd machines
for name in garbled no-numa s390 multi-node; do
	machine $name
	[ $name = garbled ] && status=64 || status=0
	runs "$status" explain
	golden explain-$name
done
machine no-memory
runs 3 explain
mute

# Where no block is online that a filter takes, they are already offline.
describe all-offline <<END
node 0
node 1
blocks 0-3 node 0 zones Normal
blocks 4-5 node 1 state offline zones "Movable Normal"
END
runs 0 explain --node 1
prints '  4-5 -    already offline     - -      - -'
prints '2 blocks of 128M: 2 already offline.'
prints_no 'cannot tell'
silent
runs 0 explain --node 0,1
prints '4 blocks of 128M'
prints_no 'already'

# A terminal of UTF-8 gets blocks for the bar, and colours.
machine explain
if locale -a 2>/dev/null | grep -qix 'C\.utf-*8'; then
	LC_ALL=C.UTF-8
	export LC_ALL
	runs 0 explain --block 1,3,40,42 --color=always
	golden explain-utf8
	# Programs read the same in every locale.
	for form in --raw --pairs; do
		runs 0 explain --output=block,use $form
		prints '.....'
		LC_ALL=C grep -n '[^ -~]\|\\x' "$tmp/out" && fail 'not ASCII'
	done
fi

finish
