#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Completion in bash, zsh and fish: what each offers is the same, and what memctl's help and the machine have. The helpers of
# bash-completion are made up, and what zsh has for its line editor alone.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit
need bash bash
need zsh zsh
need fish fish
mkdir "$tmp/bin" "$tmp/home"
ln -s "$(readlink -f "$MEMCTL")" "$tmp/bin/memctl"

cat >"$tmp/complete.bash" <<'END'
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

cat >"$tmp/complete.zsh" <<'END'
compadd()
{
	local -a known
	known=("${(@P)@[-1]}")
	print -l -- "${(M)known[@]:#$words[CURRENT]*}"
}
words=("${(@)@[2,-1]}") CURRENT=$(($# - 1))
. "$1"
END

cat >"$tmp/complete.fish" <<'END'
source $argv[1]
complete -C (string join ' ' -- (string escape -- $argv[2..-2]) $argv[-1]) | string replace -r '\t.*' ''
END

# in_shell NAME ARGUMENT...
in_shell()
{
	shell=$1
	shift
	case $shell in
	bash) bash "$tmp/complete.bash" "$top_srcdir/bash-completion/memctl" "$@" ;;
	zsh) zsh -f "$tmp/complete.zsh" "$top_srcdir/zsh-completion/_memctl" "$@" ;;
	fish) HOME="$tmp/home" fish --no-config "$tmp/complete.fish" "$top_srcdir/fish-completion/memctl.fish" "$@" ;;
	esac | sed 's/^[a-z_]*=//' # KEY=VALUE is one word to zsh and fish, two to bash
}

# offers WORDS ARGUMENT...: the last argument is what is completed, in $shells
shells='bash zsh fish'
offers()
{
	expected=$1
	shift
	for shell in $shells; do
		what="completion in $shell of $*"
		in_shell "$shell" "$tmp/bin/memctl" --sysroot "$tree" "$@" >"$tmp/out" 2>"$tmp/err"
		offered=$(sort -u "$tmp/out" | tr '\n' ' ')
		[ "$offered" = "$expected " ] || [ "$offered" = "${expected:+$expected }" ] ||
			fail "offered: $offered, not $expected"
		silent
	done
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

# What policy takes, in both spellings
offers 'check set show unset' policy ''
offers 'offline_migrate_max_passes online_policy' policy set o
offers 'auto-movable contig-zones' policy set online_policy ''
offers 'auto-movable contig-zones' policy set online_policy=
offers 'online online_kernel online_movable' policy set memhp_default_state=on
offers 'mirror' policy set kernelcore=
for word in auto_movable_ratio= nonsense= =; do
	offers '' policy set "$word"
	offers '' policy unset "$word"
done
offers '' policy set online_policy=auto-movable ''
offers '' policy unset online_policy=

# Its value comes after = only.
offers '--force' offline --forc

# words HEADING: those below it in the help
words()
{
	sed -n "/^$1/,/^\$/s/^  \\([^ ]*\\).*/\\1/p" "$tmp/out"
}

# Commands; the options of each, and the columns of those that have any, are those that its help has.
machine x86-two-node
runs 0 --help
offers "$(words Commands: | sort | paste -s -d ' ')" ''
offers list li
runs 0 --help
for command in $(words Commands: | grep -vx help); do
	runs 0 "$command" --help
	offers "$(sed -n 's/^  \(-., \|    \)\(--[a-z-]*\).*/\2/p' "$tmp/out" | sort -u | paste -s -d ' ')" "$command" --
	runs 0 "$command" --help
	columns=$(words Columns: | sort -u | paste -s -d ' ')
	[ -z "$columns" ] || offers "$columns" "$command" -o ''
done

# What follows policy
runs 0 policy --help
keys=$({
	words 'Keys that can be set:'
	words 'Keys that only boot can set'
} | sort)
offers "$(words 'What it can do:' | sort | paste -s -d ' ')" policy ''
for verb in set unset; do
	offers "$(echo "$keys" | paste -s -d ' ')" policy $verb ''
done
offers '' policy show ''
offered_by_bash=$(for key in $keys; do in_shell bash "$tmp/bin/memctl" policy set "$key" '' | paste -s -d ' '; done)
for shell in zsh fish; do
	what="values of keys in $shell"
	offered=$(for key in $keys; do in_shell $shell "$tmp/bin/memctl" policy set "$key" '' | paste -s -d ' '; done)
	[ "$offered" = "$offered_by_bash" ] || fail "offered: $offered, not $offered_by_bash"
done

# Nodes, zones, and values in the word of the option
offers '0 1' list --node ''
offers '0,1' list --node 0,
offers 'DMA32 Movable Normal none' offline --zone ''
offers 'absent' wait --for a
shells='zsh fish' # bash has its words split at "=" by its helpers
offers '--force=memory --force=ratio' offline --force=
offers '--force=memory,ratio' offline --force=memory,
offers '--state=offline' list --state=off
offers 'SIZE SOURCE STATE' list -anro S

finish
