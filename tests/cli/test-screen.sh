#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Help, version, globals, colours, widths and languages.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit
machine x86-two-node

runs 0 --version
shows <<END
memctl ${VERSION-$("$MEMCTL" --version | sed 's/.* //')}
END
for option in -V 'list --version' 'offline -V'; do
	# shellcheck disable=SC2086 # words
	runs 0 $option
	prints 'memctl '
done

# Help is the same however it is asked for, fits 80 columns, and needs no machine.
tree=$tmp
runs 0 --help
golden help
for form in -h help; do
	runs 0 "$form"
	golden help
done
for command in list status online offline explain probe; do
	runs 0 "$command" --help
	golden "help-$command"
	runs 0 "$command" -h
	golden "help-$command"
	awk 'length($0) > 80' "$tmp/out" >"$tmp/wide"
	same /dev/null "$tmp/wide" 'lines wider than 80 columns'
done
runs 0 help help
runs 2 help frobnicate
says frobnicate
mute
machine x86-two-node

# No command at all: the machine at a glance
runs 0 status
cp "$tmp/out" "$tmp/glance"
runs 0
same "$tmp/glance" "$tmp/out" 'memctl alone'
runs 0 -q
same "$tmp/glance" "$tmp/out" 'memctl -q alone'
runs 2 --json

# Globals go before the command and after it.
runs 0 list
cp "$tmp/out" "$tmp/plain"
# shellcheck disable=SC2016 # for eval
for form in '--sysroot "$tree" list' 'list --sysroot "$tree"' 'list --sysroot="$tree"' '-s "$tree" list' 'list -s "$tree"' \
	'list -s"$tree"' '-q list -s "$tree"' 'list --color=never -s "$tree"' '--color=never -s "$tree" list' '-s "$tree" -- list' \
	'list -s "$tree" --'; do
	what="memctl $form"
	eval "\"\$MEMCTL\" $form" >"$tmp/out" 2>"$tmp/err" </dev/null
	exited $? 0
	same "$tmp/plain" "$tmp/out" output
	silent
done
# shellcheck disable=SC2016 # for eval
for form in '-v -s "$tree" list' 'list -v -s "$tree"' '--verbose -s "$tree" list'; do
	what="memctl $form"
	eval "\"\$MEMCTL\" $form" >"$tmp/out" 2>"$tmp/err" </dev/null
	exited $? 0
	same "$tmp/plain" "$tmp/out" output
done
what='a relative sysroot'
(cd "$tmp" && "$MEMCTL" -s x86-two-node list) >"$tmp/out" 2>"$tmp/err" </dev/null
exited $? 0
same "$tmp/plain" "$tmp/out" output

# Colours: on a terminal, or when told to; NO_COLOR and --color=never, and never in machine output.
escape=$(printf '\033')
for form in '--color=always list' 'list --color=always' '--color list' 'list --color' 'list --color --all'; do
	# shellcheck disable=SC2086 # words
	runs 0 $form
	prints "${escape}["
done
runs 0 list --color=always
sed "s/$escape\[[0-9;]*m//g" "$tmp/out" >"$tmp/bare"
same "$tmp/plain" "$tmp/bare" 'output without its colours'
for form in list 'list --color=auto' 'list --color=never' 'list --json --color=always' 'list --raw --color=always' \
	'list --pairs --color=always' 'status --json --color=always'; do
	# shellcheck disable=SC2086 # words
	runs 0 $form
	prints_no "$escape"
done
for form in 'status --color=always' 'offline --dry-run --block 0,1 --color=always'; do
	# shellcheck disable=SC2086 # words
	"$MEMCTL" -s "$tree" $form >"$tmp/out" 2>"$tmp/err" </dev/null
	prints "${escape}["
done

# on_terminal ARGUMENT...: what it prints on a terminal
on_terminal()
{
	what="memctl $* on a terminal"
	PYTHONPATH=${top_srcdir:-.}/tests/cli python3 - -s "$tree" "$@" >"$tmp/out" 2>"$tmp/err" <<'END'
import os, sys, lib
status, said = lib.at_terminal(*sys.argv[1:], env=os.environ)
print(said, end="")
sys.exit(status)
END
}

if command -v python3 >/dev/null; then
	TERM=xterm on_terminal list
	prints "${escape}["
	TERM=xterm NO_COLOR=1 on_terminal list
	prints_no "$escape"
	# An empty NO_COLOR is none.
	TERM=xterm NO_COLOR='' on_terminal list
	prints "${escape}["
	TERM=xterm NO_COLOR=1 on_terminal list --color=always
	prints "${escape}["
	TERM=xterm on_terminal list --color=never
	prints_no "$escape"
	TERM=dumb on_terminal list
	prints_no "$escape"

	# terminal-colors.d(5): the file that says most of whom it is for decides, and of two that say as much the one that enables.
	colors=$tmp/config/terminal-colors.d
	mkdir -p "$colors"
	for files in disable memctl.disable @xterm.disable memctl@xterm.disable 'enable memctl.disable' \
		'memctl.enable memctl@xterm.disable' \
		'@xterm.enable memctl.disable'; do
		# shellcheck disable=SC2086 # words
		(cd "$colors" && touch $files)
		XDG_CONFIG_HOME=$tmp/config TERM=xterm on_terminal list
		prints_no "$escape"
		XDG_CONFIG_HOME=$tmp/config TERM=xterm on_terminal list --color=always
		prints "${escape}["
		rm "$colors"/*
	done
	for files in enable 'disable enable' 'disable memctl.enable' lsmem.disable memctl@vt100.disable memctl.scheme disable.x \
		'memctl.disable memctl@xterm.enable'; do
		# shellcheck disable=SC2086 # words
		(cd "$colors" && touch $files)
		XDG_CONFIG_HOME=$tmp/config TERM=xterm on_terminal list
		prints "${escape}["
		rm "$colors"/*
	done
	touch "$colors/disable"
	mv "$tmp/config" "$tmp/.config"
	HOME=$tmp XDG_CONFIG_HOME='' TERM=xterm on_terminal list
	prints_no "$escape"
fi

# What is normal is not red: a state that can be, a block that stays.
for name in x86-two-node s390-standby going-offline explain; do
	machine $name
	for command in list status explain 'list --by zone'; do
		# shellcheck disable=SC2086 # words
		runs 0 $command --color=always
		prints_no "${escape}[31m"
	done
done
machine garbled
runs 64 list --color=always
prints "${escape}[31m"
machine x86-two-node

# Tables do not depend on the width where there is no terminal, and fit 80 columns where there is one.
for columns in 40 80 120 300; do
	COLUMNS=$columns runs 0 list
	same "$tmp/plain" "$tmp/out" "output with COLUMNS=$columns"
done
for command in list status 'offline --dry-run --block 0-1'; do
	# shellcheck disable=SC2086 # words
	"$MEMCTL" -s "$tree" $command >"$tmp/out" 2>"$tmp/err" </dev/null
	what="memctl $command"
	# Sentences may run on; tables and keys may not.
	awk 'length($0) > 80 && !/^(Warning|Note): /' "$tmp/out" >"$tmp/wide"
	same /dev/null "$tmp/wide" 'lines wider than 80 columns'
	awk '/[ \t]$/' "$tmp/out" >"$tmp/trailing"
	same /dev/null "$tmp/trailing" 'lines that end with blanks'
done

# Languages change no output of machines, and no table by accident.
runs 0 list --json
cp "$tmp/out" "$tmp/json"
for locale in C.UTF-8 de_DE.UTF-8 fr_FR.UTF-8 xx_XX nonsense; do
	LC_ALL=$locale runs 0 list --json
	same "$tmp/json" "$tmp/out" "JSON with LC_ALL=$locale"
	LC_ALL=$locale runs 0 list
	same "$tmp/plain" "$tmp/out" "table with LC_ALL=$locale"
done
# What is said in the C locale is ASCII.
for command in list status 'offline --dry-run --block 0-1' 'offline --help' 'list --block x'; do
	# shellcheck disable=SC2086 # words
	"$MEMCTL" -s "$tree" $command >"$tmp/out" 2>&1 </dev/null
	what="memctl $command"
	LC_ALL=C grep -n '[^ -~]' "$tmp/out" >"$tmp/foreign"
	same /dev/null "$tmp/foreign" 'characters that are not ASCII'
done
# lsmem's own setting has no say here.
LSMEM_COLUMNS=SIZE runs 0 list
same "$tmp/plain" "$tmp/out" 'output with LSMEM_COLUMNS'

finish
