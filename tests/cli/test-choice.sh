#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Another block, or one of zone Movable, is advised where there is one that may go offline.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

other='choose another block'

# Blocks of several nodes, and one without: as far as it goes
describe nodes <<END
node 0
node 1
blocks 0-1 node 0 zones Normal
blocks 2-3 node 0-1 zones none
END
runs 1 offline --block 3 --force --dry-run
says "several zones or NUMA nodes in it, so it can never go offline"
says "  try: $other"
# All that could go is asked for as well, or there is nothing else.
runs 64 offline --block 0-3 --force --dry-run
says 'several zones or NUMA nodes'
says_no "$other"
describe alone <<END
node 0
node 1
blocks 0-3 node 0-1 zones none
END
runs 1 offline --block 3 --force --dry-run
says_no "$other"
runs 1 offline --block 3 --force --dry-run --json
prints '"hint": null'

# What is offline, or has a hole, is none to choose.
describe holes <<END
node 0
blocks 0 node 0 zones DMA32
blocks 1-2 node 0 zones Movable
blocks 3 node 0 state offline zones "Normal Movable"
file proc/iomem "00000000-0bffffff : System RAM\\n18000000-1fffffff : System RAM\\n"
END
runs 1 offline --block 1 --force --dry-run
says 'block 1: a hole in its memory'
says "$other"
runs 64 offline --block 0-1 --force --dry-run
says 'block 1: a hole in its memory'
says_no "$other"

# arm64 keeps what it booted with, whatever its zone; a plan knows that.
arm64()
{
	describe arm64 <<END
node 0
file proc/sys/kernel/arch "aarch64\\n"
blocks 8-11 node 0 zones Normal
blocks 12-13 node 0 zones Movable
$1
file proc/iomem "40000000-7fffffff : System RAM\\n"
ram device-tree $2
END
}

arm64 '' 8-13
runs 1 offline --block 8 --force --dry-run
says 'block 8: boot memory, which an arm64 kernel never takes offline'
says_no Movable
says_no "$other"
runs 1 offline --zone Movable --dry-run --json
prints '"outcome": "impossible", "errno": null, "reason": "boot-memory"'
prints '"hint": null'
arm64 'blocks 14 node 0 zones Movable' 8-13
runs 1 offline --block 8 --force --dry-run
says "never takes offline"
says "  try: $other"
runs 64 offline --block 13-14 --dry-run
says 'block 13: boot memory, '

finish
