#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The binary interface is the one that is on record.
. "${top_srcdir:-.}/tests/lint/lib.sh"
need abidiff abigail-tools
need readelf binutils
[ -e "${top_builddir:-.}/libmemhp/.libs/libmemhp.so" ] || lack 'libmemhp.so is not built'

# What is on record is the interface of 64 bits; a build of 32 bits on such a machine compares it, too.
is_64_bits()
{
	echo __LP64__ | ${CC:-cc} -E -P -x c - | grep -qx 1
}
is_64_bits || CC=cc
is_64_bits || skip 'no compiler for 64 bits'
export CC

tests/abi/stub.sh "$tmp/libmemhp.so" 2>&1 | complain 'no stub can be made of the headers'
[ ! -e "$tmp/complained" ] || finish
abidiff --no-architecture --no-corpus-path --harmless tests/abi/libmemhp.abi "$tmp/libmemhp.so" >"$tmp/changes" 2>&1 ||
	echo "abidiff: exit status $?" >>"$tmp/changes"
grep . "$tmp/changes" | complain 'the interface has changed; if it was meant to: a line in NEWS, and make abi'

finish
