#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every source says in its first lines under which licence it is: LGPL for the library and its tests, GPL for the rest.
. "${top_srcdir:-.}/tests/lint/lib.sh" || exit

for file in $(sources); do
	case $file in
	*.md) continue ;;
	libmemhp/Makemodule.am) licence=GPL-2.0-or-later ;;
	libmemhp/* | man/libmemhp-*.3) licence=LGPL-2.1-or-later ;;
	examples/*.c) licence=0BSD ;; # to be copied from
	tests/unit/*.[ch] | tests/lib/*.[ch] | tests/tree/*.[ch]) licence='L?GPL-2.[01]-or-later' ;; # of library or program
	*) licence=GPL-2.0-or-later ;;
	esac
	head -n 3 "$file" | grep -qE "SPDX-License-Identifier: $licence( |\$)" || echo "$file:1: expected $licence"
done | complain 'no SPDX-License-Identifier, or another one'

finish
