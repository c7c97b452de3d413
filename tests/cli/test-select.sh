#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Which blocks are meant: ranges, blocks and addresses add up, nodes, zones and states filter.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

# selects EXPECTED ARGUMENT...: the ids, runs of them merged
selects()
{
	selects_expected=$1
	shift
	runs 0 list --raw --noheadings --summary=never -o BLOCK "$@"
	selects_got=$(paste -s -d ' ' "$tmp/out")
	[ "$selects_got" = "$selects_expected" ] || fail "selects '$selects_got', not '$selects_expected'"
}

machine x86-two-node
selects '0-23 32-135'
selects 0 --block 0
selects '5-9 32' --block 5-9,memory32
selects '5-9 32' --block memory5-memory9 --block 32
selects '20-23 32-40' --block 20-40
selects '20-23 32-40' --block 40,20-40,21
selects 16 --address 0x80000000
selects 16 --address 0x87ffffff
selects '' --address 0xc0000000
selects '' --block 24
selects '' --block 9999
selects '' --block 18446744073709551615
selects '' --address 0xffffffffffffffff
selects 0-1 --range 0x0-0xfffffff
selects 0-1 --range 0x0+256M
selects '23 32' --range 0xb8000000-0x107ffffff
selects '0 23 32' --range 0x0+128M,0xb8000000-0x107ffffff
selects '0 2' --range 0x0+128M --range 0x10000000+131072K
selects '0-23 32-135' --range 0x0-0xffffffffffffffff
selects '' --range 0xc0000000-0xffffffff
selects '0 32 72' --block 0 --range 0x100000000+128M --address 0x240000000
selects '0-23 32-71' --node 0
selects '0-23 32-135' --node 0,1
selects '0-23 32-135' --node 0-1
selects '72-135' --node 1
selects '1-23' --zone DMA32
selects '1-23' --zone dma32
selects '' --zone DMA
selects '32-103' --zone Normal
selects '104-127' --zone Movable
selects 0 --zone none
selects '' --zone HighMem
selects '128-135' --state offline
selects '' --state going-offline
selects '72-103' --zone Normal --node 1
selects '100-103' --zone Normal --node 1 --block 100-200
selects '' --zone Normal --state offline
selects 128-130 --state offline --block 100-130
selects 128-130 --state offline --range 0x320000000-0x417ffffff
# Values can begin with a space of their own, as in every tool.
selects 0-1 --block 0-1 --
runs 0 list --range 0x0+128MiB --summary=never -n -o BLOCK
prints 0
# Nothing found is an empty list and no failure. --quiet says less, --json and --raw no words at all.
runs 0 list --block 9999
golden select-nothing
runs 0 list --block 9999 --quiet
golden select-nothing-quiet
runs 0 list --block 9999 --json
golden select-nothing-json
runs 0 list --node 7
golden select-no-such-node

machine multi-node
selects '0-3 5' --node 0
selects '3-5' --node 1
selects '5-7' --node 2
selects '3 5' --zone none

machine going-offline
selects 6 --state going-offline
selects '4-5 7' --zone Movable

machine limits
selects '137438953470-137438953471' --range 0xfffffffff0000000-0xffffffffffffffff
selects 137438953471 --range 0xfffffffff8000000+128M
selects 137438953471 --address 0xffffffffffffffff
selects 137438953471 --block 137438953471
selects '1 137438953470' --block 1-137438953470

machine no-numa
selects '' --node 0
selects '32-33' --state offline

machine memoryless-node
selects '' --node 0
selects '0-7' --node 1

# A size must fill whole blocks of this machine.
machine ppc64
selects '0-1' --range 0x0+32M
runs 2 list --range 0x0+24M
says 0x0+24M
mute
machine s390
runs 2 list --range 0x8000000+128M
says 0x8000000+128M
mute

finish
