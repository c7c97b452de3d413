#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# update.sh VERSION: writes libmemhp.abi and Debian's list of symbols as they have to be after a change of the library's interface.
set -eu
: "${top_srcdir:=.}"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

"$top_srcdir/tests/abi/stub.sh" "$tmp/libmemhp.so"
abidw --no-show-locs --no-corpus-path --no-comp-dir-path --no-architecture --no-elf-needed --type-id-style hash \
	--out-file "$top_srcdir/tests/abi/libmemhp.abi" "$tmp/libmemhp.so"
"$top_srcdir/tests/abi/symbols.sh" "$1" >"$tmp/symbols"
cp "$tmp/symbols" "$top_srcdir/packaging/debian/libmemhp0.symbols"
