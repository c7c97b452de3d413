#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# memctl online and offline, as far as a plain folder can tell: plans, what needs no write, and what can never be.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

# leaves_alone: the tree is as it was made
leaves_alone()
{
	find "$tree/sys" -type f -newer "$tmp/made" >"$tmp/newer"
	same /dev/null "$tmp/newer" 'changed files'
}

machine x86-two-node
find "$tree" -type f -exec touch -d 2020-01-01 {} +
touch -d 2020-01-02 "$tmp/made"

# Plans
runs 0 offline --dry-run --block 104-105,memory32
golden plan-offline
runs 0 offline --dry-run --block 104-105 --json
golden plan-offline-json
runs 0 offline --dry-run --block 104 --bytes --noheadings
golden plan-offline-bytes
runs 0 offline --dry-run --block 104 --timeout 90 --block-timeout infinity
golden plan-offline-timeouts
runs 0 offline --dry-run --block 103-105 --output +RANGE,NODE,SOURCE,SCORE
golden plan-offline-columns
runs 0 offline --dry-run --block 103-105 -o PLAN,SOURCE,RANGE,BLOCK --bytes
golden plan-offline-output
runs 2 offline --dry-run --block 103 -o PLAN,COLOUR
says 'COLOUR'
runs 64 offline --dry-run --block 0-1
golden plan-offline-partly
runs 64 offline --dry-run --block 0-1 --json
golden plan-offline-partly-json
runs 1 offline --dry-run --block 0
golden plan-offline-impossible
runs 0 offline --dry-run --range 0xb0000000-0x10fffffff
golden plan-offline-gap
runs 0 offline --dry-run --range 0xb0000000-0x10fffffff --json
golden plan-offline-gap-json
runs 0 offline --dry-run --block 128-129
golden plan-offline-already
runs 0 offline --dry-run --zone Movable
golden plan-offline-zone
# More than is available: a guard
runs 4 offline --dry-run --all --node 0
golden plan-offline-node
runs 0 online --dry-run --all
golden plan-online-all
runs 0 online --dry-run --all --movable
golden plan-online-all-movable
runs 0 online --dry-run --kernel --json --node 1 --block 130-133
golden plan-online-kernel-json
runs 0 online --dry-run --block 127-128
golden plan-online-already
runs 1 online --dry-run --movable --block 103-104
golden plan-online-other-zone
runs 1 online --dry-run --movable --block 100
golden plan-online-wrong-zone
runs 0 online --dry-run --kernel --block 0,1,32,128
golden plan-online-kernel
runs 0 online --dry-run --address 0x400000000
golden plan-online-address

# Nothing to do: the state is what was asked for.
runs 0 online --block 104-105
golden online-already
runs 0 offline --block 128-129
golden offline-already
runs 0 offline --block 128 --json
sed -i 's/"elapsed_ms": [0-9]*/"elapsed_ms": 0/' "$tmp/out"
golden offline-already-json
runs 0 online --block 104 --quiet
golden online-already-quiet
runs 0 online --movable --block 104
golden online-already-movable
# A filter that matches nothing is no failure, and is said.
runs 0 offline --node 0 --zone Movable
golden offline-nothing
runs 0 offline --node 0 --zone Movable --json
sed -i 's/"elapsed_ms": [0-9]*/"elapsed_ms": 0/' "$tmp/out"
golden offline-nothing-json
runs 0 online --all --node 0
golden online-all-nothing

# What can never be is known before anything is tried.
runs 1 offline --block 0
golden offline-impossible
runs 1 offline --block 0,128
golden offline-impossible-already
runs 1 offline --block 0 --json
sed -i 's/"elapsed_ms": [0-9]*/"elapsed_ms": 0/' "$tmp/out"
golden offline-impossible-json
leaves_alone

machine multi-node
runs 4 offline --dry-run --all
golden plan-offline-multi-node
runs 64 offline --dry-run --node 1
golden plan-offline-multi-node-1

machine hot-plugged
runs 0 online --dry-run --all
golden plan-online-hot-plugged

machine going-offline
runs 0 offline --dry-run --block 5-7
golden plan-offline-going-offline
runs 0 online --dry-run --block 6
golden plan-online-going-offline

# Without valid_zones nothing is known of zones.
machine no-hotremove
runs 0 online --dry-run --all --movable
golden plan-online-no-zones
runs 3 offline --dry-run --block 0
says 'this kernel was built without CONFIG_MEMORY_HOTREMOVE: no memory block can go offline'
runs 2 offline --dry-run --block 99
# In a copy that lacks both files it is not known.
find "$tree" -name removable -delete
runs 0 offline --dry-run --block 0
golden plan-offline-no-zones

machine no-numa
runs 0 online --dry-run --all
golden plan-online-no-numa

machine limits
runs 0 online --dry-run --all
golden plan-online-limits
runs 0 offline --dry-run --range 0xfffffffff0000000-0xffffffffffffffff
golden plan-offline-limits

machine garbled
runs 64 offline --dry-run --block 0-15,18-19
golden plan-offline-garbled
runs 64 online --dry-run --all
golden plan-online-garbled

machine no-blocks
runs 0 online --all
golden online-no-blocks

machine s390
runs 0 online --dry-run --all
golden plan-online-s390

finish
