#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The public headers compile alone, in strict C and in C++; internal ones compile alone, too.
. "${top_srcdir:-.}/tests/lint/lib.sh" || exit
# Each alone, whatever its neighbours include: memhp/step.h without libmemhp.h before it
for header in libmemhp/libmemhp.h libmemhp/memhp/*.h; do
	echo "#include \"${header#libmemhp/}\"" |
		${CC:-cc} -std=c99 -pedantic-errors -Wall -Wextra -Werror -Ilibmemhp -fsyntax-only -x c - 2>&1
done | complain 'does not compile alone (c99)'
echo '#include "libmemhp.h"' >"$tmp/header.c"
cp "$tmp/header.c" "$tmp/header.cc"

flags='-pedantic-errors -Wall -Wextra -Werror -Ilibmemhp -fsyntax-only'
# shellcheck disable=SC2086 # a list
for std in c99 c11 gnu11; do
	${CC:-cc} -std=$std -Wstrict-prototypes $flags "$tmp/header.c" 2>&1 |
		complain "not good C ($std)"
done

for header in libmemhp/*.h libmemhp/*/*.h; do
	echo "#include \"${header#libmemhp/}\"" |
		${CC:-cc} -std=gnu11 -include "${top_builddir:-.}/config.h" -Wall -Wextra -Werror -Ilibmemhp -fsyntax-only -x c - \
			2>&1
done | complain 'does not compile alone'

[ ! -e "$tmp/complained" ] || finish
need "${CXX:-g++}" g++
for header in libmemhp/libmemhp.h libmemhp/memhp/*.h; do
	# shellcheck disable=SC2086 # a list
	echo "#include \"${header#libmemhp/}\"" | ${CXX:-g++} -std=c++11 $flags -x c++ - 2>&1
done | complain 'does not compile alone (c++11)'
# shellcheck disable=SC2086 # a list
${CXX:-g++} -std=c++17 $flags "$tmp/header.cc" 2>&1 | complain 'not good C++ (c++17)'

finish
