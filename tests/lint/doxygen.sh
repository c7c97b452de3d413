#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The public header is documented, symbol by symbol.
. "${top_srcdir:-.}/tests/lint/lib.sh" || exit
need doxygen doxygen

# In HTML, for without it doxygen 1.9 takes all that is documented for undocumented.
{
	cat "${top_builddir:-.}/Doxyfile"
	echo "OUTPUT_DIRECTORY = $tmp"
} | doxygen - 2>&1 | complain 'doxygen'
[ -e "$tmp/html/index.html" ] || echo 'no html/index.html' | complain 'doxygen wrote nothing'

finish
