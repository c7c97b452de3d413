#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion: what it offers for values that depend on the machine. The helpers of bash-completion are made up.
. "${top_srcdir:-.}/tests/cli/lib.sh"
need bash bash

cat >"$tmp/complete" <<'END'
_init_completion()
{
	words=("${line[@]}") cword=$((${#line[@]} - 1)) split=false
	cur=${words[cword]} prev=${words[cword - 1]}
}
compopt() { :; }
__ltrim_colon_completions() { :; }
_filedir() { :; }
. "$1"
line=("${@:2}")
_memctl "$2"
printf '%s\n' "${COMPREPLY[@]}"
END

# offers WORDS ARGUMENT...: the last argument is what is completed
offers()
{
	expected=$1
	shift
	what="completion of $*"
	bash "$tmp/complete" "$top_srcdir/bash-completion/memctl" "$MEMCTL" --sysroot "$tree" "$@" >"$tmp/out" 2>"$tmp/err"
	offered=$(sort -u "$tmp/out" | tr '\n' ' ')
	[ "$offered" = "$expected " ] || fail "offered: $offered, not $expected"
	silent
}

machine s390-standby
offers '14 15' configure --block ''
offers '0x00000000e0000000-0x00000000ffffffff' configure --range ''
offers '12 13' deconfigure --block ''
offers '14,15' configure --block 14,
offers '12 13' online --block ''
offers 'memory14 memory15' configure --block m

# A dax device that is unplugged has no memory that could tell of it, and only one with a file state can be configured.
machine dax
offers 'dax1.0' configure --source ''
offers 'dax0.0 dax1.0' remove --source ''
machine dimm
offers '' configure --source ''
offers 'dimm:PNP0C80:00 dimm:PNP0C80:01' remove --source ''
offers 'boot dimm:PNP0C80:00 dimm:PNP0C80:01' offline --source ''
offers '3 32 33 34 35' offline --block 3

# Its value comes after = only.
offers '--force' offline --forc

# The options of each command, and the columns of those that have any, are those that its help has.
machine x86-two-node
for command in list status online offline remove configure deconfigure explain probe policy; do
	runs 0 "$command" --help
	offers "$(sed -n 's/^  \(-., \|    \)\(--[a-z-]*\).*/\2/p' "$tmp/out" | sort -u | paste -s -d ' ')" "$command" --
done
for command in list explain; do
	runs 0 "$command" --help
	offers "$(sed -n '/^Columns:/,$s/^  \([A-Z-]*\).*/\1/p' "$tmp/out" | sort -u | paste -s -d ' ')" "$command" -o ''
done

finish
