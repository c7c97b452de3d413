#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Blocks become one row only when they are equal in every column shown and in every column of --split.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

describe mixed <<END
node 0
node 1
blocks 0-7 node 0 zones Normal
blocks 2-7 removable 0
blocks 4-7 node 1
blocks 6-7 zones Movable
blocks 7 state offline zones "Movable Normal" phys_device 3
END

# rows EXPECTED ARGUMENT...: the blocks of each row, with commas between
rows()
{
	rows_expected=$1
	shift
	runs 0 list --raw --noheadings --summary=never "$@"
	rows_got=$(sed 's/.* //' "$tmp/out" | paste -s -d ' ')
	[ "$rows_got" = "$rows_expected" ] || fail "rows are $rows_got, not $rows_expected"
}

rows 0-7 -o BLOCK
rows 0-7 -o RANGE,SIZE,BLOCK
rows '0-6 7' -o STATE,BLOCK
rows '0-1 2-7' -o REMOVABLE,BLOCK
rows '0-3 4-7' -o NODE,BLOCK
rows '0-5 6 7' -o ZONES,BLOCK
rows '0-5 6 7' -o ZONE,BLOCK
rows '0-6 7' -o DEFAULT-ZONE,BLOCK
rows '0-6 7' -o PHYS-DEVICE,BLOCK
rows '0-1 2-3 4-5 6 7' -o REMOVABLE,NODE,ZONES,BLOCK
rows '0-3 4-5 6 7' -o RANGE,SIZE,STATE,NODE,ZONES,BLOCK

# --split adds columns that are not shown. With `none` neighbours are joined whatever is shown: a cell lists each of their values.
rows '0-1 2-7' -S REMOVABLE -o BLOCK
rows '0-3 4-7' -S NODE -o BLOCK
rows '0-1 2-3 4-7' -S NODE,REMOVABLE -o BLOCK
rows '0-6 7' -S STATE -o BLOCK
rows 0-7 -S none -o BLOCK
rows 0-7 -S none -o NODE,BLOCK
rows 0-7 -S none -o STATE,BLOCK
runs 0 list -S none -o STATE,NODE,ZONES,ZONE,PHYS-DEVICE,SIZE,BLOCK --summary=never
shows <<END
STATE          NODE ZONES                         ZONE             PHYS-DEVICE SIZE BLOCK
online,offline  0,1 Normal,Movable,Movable/Normal Normal,Movable,-         0,3   1G   0-7
END
runs 0 list -S none -o STATE,NODE,ZONES,SIZE,BLOCK --summary=never --json
golden merge-none-json
runs 0 list -S none -o STATE,NODE,BLOCK --summary=never --block 0-3 --raw
golden merge-none-alike
rows '0 1 2 3 4 5 6 7' -a -o BLOCK
# Where a block lies is no difference.
rows 0-7 -S BLOCK,RANGE,SIZE -o BLOCK

# What lies between two blocks tells them apart, and so does a block that was not selected.
machine arm64
rows '8192-8207 8212-8223 8225 8232-8233 8240-8243' -o BLOCK
rows '8192-8193 8195 8206-8207 8212' -o BLOCK --block 8192,8193,8195,8206-8212

# Nor are blocks of one node the same as blocks of two.
machine multi-node
rows '0-2 3 4 5 6-7' -o NODE,BLOCK
# Joined each node is named once.
runs 0 list -S none -o BLOCK,NODE --summary=never
shows <<END
BLOCK  NODE
  0-7 0,1,2
END

# Words that are not known are told apart too.
describe words <<END
blocks 0-5 zones Normal
blocks 0-1 state one-word
blocks 2-3 state another-word
file sys/devices/system/memory/memory5/state ""
END
runs 64 list --raw --noheadings --summary=never -o STATE,BLOCK
golden merge-words

finish
