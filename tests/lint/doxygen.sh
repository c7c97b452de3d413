#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The public headers are documented, symbol by symbol, and have a page each, without scripts.
. "${top_srcdir:-.}/tests/lint/lib.sh" || exit
need doxygen doxygen

# In HTML, for without it doxygen 1.9 takes all that is documented for undocumented.
{
	cat "${top_builddir:-.}/Doxyfile"
	echo "OUTPUT_DIRECTORY = $tmp"
} | doxygen - 2>&1 | complain 'doxygen'
grep -q memhp_snapshot "$tmp/html/index.html" || echo html/index.html | complain 'the first page says nothing of the library'
for header in libmemhp/libmemhp.h libmemhp/memhp/*.h; do
	page=${header##*/}
	[ -e "$tmp/html/${page%.h}_8h.html" ] || echo "$header"
done | complain 'no page'
grep -lF '<script' "$tmp"/html/*.html | sed "s|$tmp/||" | complain 'scripts, which make doxygen removes'

finish
