#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Packages say of version, addresses, licences and symbols what the sources say.
. "${top_srcdir:-.}/tests/lint/lib.sh"

# agrees PATTERN FILE...: lines of these files with the pattern have the value.
agrees()
{
	agrees_value=$1 agrees_pattern=$2
	shift 2
	for file; do
		file=packaging/$file
		grep -qE "$agrees_pattern" "$file" || echo "$file: nothing looks like $agrees_pattern"
		grep -nE "$agrees_pattern" "$file" | grep -vF "$agrees_value" | sed "s|^|$file:|"
	done | complain "not $agrees_value, as configure.ac has it"
}

init=$(sed -n 's/^AC_INIT(\[\(.*\)\])$/\1/p' configure.ac)
bugs=${init#*\], \[*\], \[}
bugs=${bugs%%\]*}
version=${init#*\], \[}
version=${version%%\]*}
agrees "$version" '^memctl \(' debian/changelog
agrees "$version" '^Version:' rpm/memctl.spec
agrees "$version" '^pkgver=' arch/PKGBUILD
agrees "$bugs" '@[a-z.]*>' debian/changelog debian/control rpm/memctl.spec arch/PKGBUILD
agrees "$bugs" '^Upstream-Contact:' debian/copyright
url=${init##*\[}
agrees "${url%\]}" '^(Homepage: |Source: h|URL: |url=|https:)' \
	debian/control debian/copyright debian/watch rpm/memctl.spec arch/PKGBUILD

# The last stanza whose pattern a file has is the one that holds.
awk -v RS= '/^Files:/ {
	split($0, part, /\n(Copyright|License): */)
	licence = part[3]
	sub(/\n.*/, "", licence)
	sub(/^Files: */, "", part[1])
	num = split(part[1], patterns, /[ \n]+/)
	for (i = 1; i <= num; i++)
		print patterns[i], licence
}' packaging/debian/copyright >"$tmp/licences"
sources | while read -r file; do
	spdx=$(sed -n '1,3s/.*SPDX-License-Identifier: \([A-Za-z0-9.-]*\).*/\1/p' "$file")
	spdx=$(echo "$spdx" | sed 's/\.0-or-later/+/; s/-or-later/+/')
	while read -r pattern licence; do
		# shellcheck disable=SC2254 # a pattern
		case $file in $pattern) holds=$licence ;; esac
	done <"$tmp/licences"
	case " $holds " in *" ${spdx:-$holds} "*) ;; *) echo "$file: $spdx, there $holds" ;; esac
done | complain 'debian/copyright has another licence'

tests/abi/symbols.sh "$version" | diff packaging/debian/libmemhp0.symbols - | grep '^[<>]' |
	complain 'packaging/debian/libmemhp0.symbols is not that of libmemhp.sym (make abi)'

finish
