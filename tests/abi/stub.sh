#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stub.sh FILE: a shared object of the library's interface with nothing behind it: each function of the headers, defined. Its debug
# information tells of the interface alone, where the library's own has all that only its files share, and depends on its flags.
set -eu
: "${top_srcdir:=.}" "${top_builddir:=$top_srcdir/build}" "${CC:=cc}"
soname=$(readelf -d "$top_builddir/libmemhp/.libs/libmemhp.so" | sed -n 's/.*soname: \[\(.*\)\].*/\1/p')

# shellcheck disable=SC2086 # a compiler with options
$CC -E -P -I"$top_srcdir/libmemhp" -x c "$top_srcdir/libmemhp/libmemhp.h" |
	awk -v RS=';' -v ORS= '{ print $0 (/[ *]memhp_[a-z0-9_]+\([^{}]*\)$/ ? " { __builtin_trap(); }" : ";") }' |
	$CC -g -O0 -fPIC -shared -Wl,-soname,"$soname" -Wl,--version-script="$top_srcdir/libmemhp/libmemhp.sym" -x c -o "$1" -
