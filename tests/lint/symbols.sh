#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The header, the version script and the library as built name the same functions.
. "${top_srcdir:-.}/tests/lint/lib.sh"
lib=${top_builddir:-.}/libmemhp/.libs/libmemhp.so
[ -e "$lib" ] || skip "$lib is not built"

code libmemhp/libmemhp.h | grep -v ':[0-9]*:[[:space:]]*#' | grep -oE '\bmemhp_[a-z0-9_]+\(' | tr -d '(' | sort >"$tmp/header"
code libmemhp/libmemhp.sym | grep -oE '\bmemhp_[a-z0-9_]+;' | tr -d ';' | sort >"$tmp/map"
${NM:-nm} -D --defined-only "$lib" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort >"$tmp/lib"

uniq -d "$tmp/header" | complain 'declared twice in libmemhp.h'
uniq -d "$tmp/map" | complain 'listed twice in libmemhp.sym'
comm -23 "$tmp/header" "$tmp/map" | complain 'in libmemhp.h, not in libmemhp.sym'
comm -13 "$tmp/header" "$tmp/map" | complain 'in libmemhp.sym, not in libmemhp.h'
comm -23 "$tmp/map" "$tmp/lib" | complain 'in libmemhp.sym, not exported by libmemhp.so'
comm -13 "$tmp/map" "$tmp/lib" | complain 'exported by libmemhp.so, not in libmemhp.sym'
${NM:-nm} -D --defined-only "$lib" | awk '$2 != "A" && $3 !~ /@@LIBMEMHP_/ { print $3 }' | complain 'exported without a version'

finish
