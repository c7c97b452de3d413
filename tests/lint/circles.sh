#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# No object file needs one that needs it, at any distance: neither in the library nor in the program.
. "${top_srcdir:-.}/tests/lint/lib.sh" || exit

# needs FILE...: "USER DEFINER SYMBOL" for what object files want of each other
needs()
{
	${NM:-nm} -A -P -g "$@" | awk '
		{ object = $1; sub(/:$/, "", object); sub(/.*\[/, "", object); sub(/\]$/, "", object) }
		$3 == "U" { user[++num] = object; wanted[num] = $2 }
		$3 ~ /^[TDBRCV]$/ { home[$2] = object }
		END {
			for (i = 1; i <= num; i++)
				if (wanted[i] in home && home[wanted[i]] != user[i])
					print user[i], home[wanted[i]], wanted[i]
		}' | sort
}

# circles NAME FILE...
circles()
{
	name=$1
	shift
	needs "$@" >"$tmp/needs"
	[ -s "$tmp/needs" ] || echo "$*" | complain "the $name: nm tells nothing"
	awk '{ print $1, $2 }' "$tmp/needs" | tsort 2>"$tmp/tsort" >/dev/null && return
	sed -n 's/^tsort: \(.*\.l\{0,1\}o\)$/\1/p' "$tmp/tsort" >"$tmp/circle"
	[ -s "$tmp/circle" ] || complain "the $name: tsort failed" <"$tmp/tsort"
	awk 'NR == FNR { inside[$1]; next } $1 in inside && $2 in inside { print $1 " needs " $3 " of " $2 }' \
		"$tmp/circle" "$tmp/needs" | complain "a circle in the $name"
}

cd "${top_builddir:-.}" || exit 1
circles library libmemhp/.libs/libmemhp-internal.a
# shellcheck disable=SC2086 # a list
circles program ${MEMCTL_OBJECTS:?is set by make check}

finish
