#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What no other tool looks at.
. "${top_srcdir:-.}/tests/lint/lib.sh" || exit

sources >"$tmp/sources"

# The marks are written so that this file does not find itself.
xargs grep -nE '\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b' <"$tmp/sources" | complain 'unfinished'
xargs grep -nE '[[:space:]]+$' <"$tmp/sources" | complain 'space at the end of a line'
grep '\.[ch]$' "$tmp/sources" | xargs grep -nE '^ +[^ *]' | complain 'indented with spaces'
# shellcheck disable=SC2016 # awk's
xargs awk '{
	columns = 0
	gsub(/[\200-\277]/, "") # of a character in UTF-8 only its first byte counts
	for (i = 1; i <= length($0); i++)
		columns += substr($0, i, 1) == "\t" ? 8 - columns % 8 : 1
	if (columns > 132)
		print FILENAME ":" FNR ": " columns " columns"
}' <"$tmp/sources" | complain 'longer than 132 columns'
while read -r file; do
	[ -z "$(tail -c 1 "$file")" ] || echo "$file: the last line has no end"
done <"$tmp/sources" | complain 'last line'

finish
