#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The header, the version script and the library as built name the same functions; what is internal is seen to be.
. "${top_srcdir:-.}/tests/lint/lib.sh" || exit
lib=${top_builddir:-.}/libmemhp/.libs/libmemhp.so
[ -e "$lib" ] || lack "$lib is not built"

code libmemhp/libmemhp.h libmemhp/memhp/*.h |
	grep -v ':[0-9]*:[[:space:]]*#' | grep -oE '\bmemhp_[a-z0-9_]+\(' |
	tr -d '(' | sort >"$tmp/header"
code libmemhp/libmemhp.sym | grep -oE '\bmemhp_[a-z0-9_]+;' | tr -d ';' | sort >"$tmp/map"
${NM:-nm} -D --defined-only "$lib" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort >"$tmp/lib"

uniq -d "$tmp/header" | complain 'declared twice in the headers'
uniq -d "$tmp/map" | complain 'listed twice in libmemhp.sym'
comm -23 "$tmp/header" "$tmp/map" | complain 'in the headers, not in libmemhp.sym'
comm -13 "$tmp/header" "$tmp/map" | complain 'in libmemhp.sym, not in the headers'
comm -23 "$tmp/map" "$tmp/lib" | complain 'in libmemhp.sym, not exported by libmemhp.so'
comm -13 "$tmp/map" "$tmp/lib" | complain 'exported by libmemhp.so, not in libmemhp.sym'
${NM:-nm} -D --defined-only "$lib" | awk '$2 != "A" && $3 !~ /@@LIBMEMHP_/ { print $3 }' | complain 'exported without a version'

# The static library has no way to hide what its files share: that carries a prefix of its own.
archive=${top_builddir:-.}/libmemhp/.libs/libmemhp-internal.a
${NM:-nm} -g --defined-only "$archive" | awk 'NF == 3 { print $3 }' | sort -u >"$tmp/all"
[ -s "$tmp/all" ] || echo "$archive" | complain 'nm tells nothing'
# What begins with two underscores is the compiler's.
comm -23 "$tmp/all" "$tmp/map" | grep -vE '^(memhp)?__' | complain 'neither in libmemhp.sym nor with the prefix memhp__'

finish
