#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Manual pages are clean, and the pages that they refer to in this project exist.
. "${top_srcdir:-.}/tests/lint/lib.sh" || exit
need mandoc mandoc

# A page that is another one's second name says so with .so, from the folder above man8; here all pages lie in one folder.
grep -L '^\.so ' man/*.[3578] | xargs mandoc -T lint -W warning 2>&1 | complain 'mandoc'
grep -n '^\.so ' man/*.[3578] | while IFS=': ' read -r file line _ page; do
	[ -e "man/${page##*/}" ] || echo "$file:$line: no such page: $page"
done | complain 'second names'
# In running text a hyphen of a name is written \-.
for file in man/*.[3578]; do
	sed 's/\\-/-/g; s/\\fR//g' "$file" | grep -noE '(memctl|libmemhp)(-[a-z]+)*[[:space:]]*\([0-9]\)' |
		sed "s|^|$file:|; s/[[:space:]]*(/ /; s/)\$//"
done |
	while IFS=: read -r file line page; do
		[ -e "man/${page% *}.${page#* }" ] || echo "$file:$line: no such page: ${page% *}(${page#* })"
	done | complain 'references'

finish
