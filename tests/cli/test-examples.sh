#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The C programs for users: examples/list.c, and those of libmemhp(3). What changes blocks is tried on the simulator.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

describe blocks <<EOF2
block_size 0x8000000
blocks 0 zones none
blocks 31-32 zones Movable
blocks 40 state offline zones "Normal Movable"
blocks 41 state going-offline zones Movable
file sys/devices/system/memory/memory32/state garbage
EOF2
what=examples/list
"$top_builddir/examples/list" "$tree" >"$tmp/out" 2>"$tmp/err"
exited $? 0
silent
shows <<EOF2
0 0x0000000000000000 online
31 0x00000000f8000000 online Movable
32 0x0000000100000000 garbage Movable (Bad message)
40 0x0000000140000000 offline Normal/Movable
41 0x0000000148000000 going-offline
EOF2

rm -rf "$tree/sys/devices/system/memory"
"$top_builddir/examples/list" "$tree" >"$tmp/out" 2>"$tmp/err"
exited $? 1
mute
says 'list: No such device'

# The manual page's are compiled.
what=libmemhp.3
awk -v file="$tmp/program" '
	/^\.EX/ { inside = 1; text = ""; next }
	/^\.EE/ { inside = 0; if (text ~ /int main/) printf "%s", text >(file (num += 1) ".c") }
	inside { gsub(/\\-/, "-"); gsub(/\\e/, "\\"); text = text $0 "\n" }
' "$top_srcdir/man/libmemhp.3"
for program in "$tmp"/program*.c; do
	# shellcheck disable=SC2086 # words
	$CC -Wall -Werror -fsyntax-only -I"$top_srcdir/libmemhp" "$program" || fail "$program"
done

finish
