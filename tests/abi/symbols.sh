#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# symbols.sh VERSION: Debian's list of the library's symbols as libmemhp.sym wants it: each with the version that brought it, which
# is VERSION for those that the list as it is does not have.
set -eu
cd "${top_srcdir:-.}"
list=packaging/debian/libmemhp0.symbols

# Lines that are no symbol's, then the symbols
sed '/^ /d' "$list"
{
	sed -n 's/^ \([A-Za-z0-9_]*\)@.* /\1 /p' "$list"
	echo '='
	sed -n 's/^\(LIBMEMHP_[0-9]*\) {$/\1/p; s/^[[:space:]]\(memhp_[a-z0-9_]*\);$/\1/p' libmemhp/libmemhp.sym
} | awk -v version="$1" '
	$1 == "=" { listed = 1; next }
	!listed { since[$1] = $2; next }
	/^LIBMEMHP_/ { node = $1 }
	{ print " " $1 "@" node " " ($1 in since ? since[$1] : version) }' | LC_ALL=C sort
