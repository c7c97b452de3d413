#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The manual pages of the library say what its headers say, of every function.
. "${top_srcdir:-.}/tests/lint/lib.sh"
need python3 python3

mkdir "$tmp/man"
python3 man/library.py . "$tmp/man" 2>&1 | complain 'man/library.py'
for page in "$tmp"/man/* man/libmemhp-*.3; do
	page=${page##*/}
	diff "$tmp/man/$page" "man/$page" 2>&1 | sed "s/^/$page: /"
done | sort -u | head -n 20 | complain 'pages are not those of the headers (make pages)'

# Each function has a page, under its own name; each page is where a reader begins to look.
for page in man/libmemhp*.3; do
	sed -n '/^\.SH NAME/,/^\.SH SYNOPSIS/p' "$page"
	name=$(basename "$page" .3)
	[ "$name" = libmemhp ] || sed 's/\\//g' man/libmemhp.3 | grep -qxF ".BR $name (3)," || echo "$name" >>"$tmp/unnamed"
done >"$tmp/names"
sed -n 's/^\t\(memhp_[a-z0-9_]*\);$/\1/p' libmemhp/libmemhp.sym | while read -r function; do
	[ "$(grep -ow "$function" "$tmp/names" | wc -l)" = 1 ] || echo "$function"
done | complain 'functions that are not in the NAME of one page'
[ ! -e "$tmp/unnamed" ] || complain 'pages that libmemhp(3) does not name' <"$tmp/unnamed"

finish
