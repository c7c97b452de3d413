#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Output that cannot be written is an error, and never half a success.
. "${top_srcdir:-.}/tests/cli/lib.sh"

[ -c /dev/full ] || skip '/dev/full is missing'
machine x86-two-node
for command in list 'list -a' 'list --json' 'list -a --json' 'list --raw' 'list --summary=only' 'list --by node' \
	status 'status --json' 'offline --dry-run --block 104' 'offline --dry-run --block 104 --json' \
	'online --block 104 --json' 'list --help' --help --version help '--json list --block x' 'list --json --block x'; do
	what="memctl $command >/dev/full"
	# shellcheck disable=SC2086 # words
	"$MEMCTL" --sysroot "$tree" $command >/dev/full 2>"$tmp/err" </dev/null
	status=$?
	case $command in
	*'--block x') [ $status = 2 ] || [ $status = 1 ] || fail "exit status $status" ;;
	*) [ $status = 1 ] || fail "exit status $status, not 1" ;;
	esac
	[ "$(grep -c 'standard output' "$tmp/err")" = 1 ] || { fail 'not one line that says so'; cat "$tmp/err"; }
done
# Closed before anything was written
for command in list 'list --json' status; do
	what="memctl $command >&-"
	# shellcheck disable=SC2086 # words
	"$MEMCTL" --sysroot "$tree" $command >&- 2>"$tmp/err" </dev/null
	status=$?
	[ $status = 1 ] || fail "exit status $status, not 1"
done

# A reader that leaves early ends it, without a word and without hanging.
for command in 'list -a' 'list -a --json'; do
	what="memctl $command | true"
	# shellcheck disable=SC2086 # words
	{ timeout 120 "$MEMCTL" --sysroot "$tree" $command 2>"$tmp/err"; echo $? >"$tmp/status"; } | true
	case $(cat "$tmp/status") in
	0 | 1 | 141) ;;
	*) fail "exit status $(cat "$tmp/status")" ;;
	esac
done

# Standard input and error closed change nothing.
what='memctl list <&- 2>&-'
"$MEMCTL" --sysroot "$tree" list >"$tmp/out" 2>&- <&- || fail "exit status $?"
[ -s "$tmp/out" ] || fail 'no output'

# Closed descriptors are not those of what is opened next: the document does not go into the lock.
mkdir -p "$tree/run"
changeable
for command in 'offline --block 127 --json --progress' 'online --block 127 --json'; do
	what="memctl $command <&- >&- 2>&-"
	# shellcheck disable=SC2086 # words
	"$MEMCTL" --sysroot "$root" $command <&- >&- 2>&-
	status=$?
	[ $status = 1 ] || fail "exit status $status, not 1"
	! grep -q '[^0-9]' "$tree/run/memctl.lock" || fail "the lock says: $(cat "$tree/run/memctl.lock")"
done

finish
