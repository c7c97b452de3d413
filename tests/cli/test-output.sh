#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Output that cannot be written is an error, and never half a success.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

[ -c /dev/full ] || skip '/dev/full is missing'
machine x86-two-node
# full STATUS ARGUMENT...: once there is no room left
full()
{
	full_status=$1
	shift
	what="memctl $* >/dev/full"
	"$MEMCTL" --sysroot "$tree" "$@" >/dev/full 2>"$tmp/err" </dev/null
	status=$?
	[ $status = "$full_status" ] || fail "exit status $status, not $full_status"
	[ "$(grep -c 'standard output cannot be written: No space left on device' "$tmp/err")" = 1 ] || {
		fail 'not one line that says so'
		cat "$tmp/err"
	}
}

for command in list 'list -a' 'list --json' 'list -a --json' 'list --raw' 'list --summary=only' 'list --by node' \
	'list --by node --json' 'list --output-all' status 'status --json' explain 'explain --json' 'policy show' \
	'policy show --json' 'policy check' 'policy check --json' 'policy set auto_online_blocks online --dry-run' \
	'policy set auto_online_blocks online --dry-run --json' 'offline --dry-run --block 104' \
	'offline --dry-run --block 104 --json' 'online --dry-run --all' \
	'list --help' 'offline --help' 'policy --help' --help --version help 'help list' '--json list --block x' \
	'list --json --block x' 'remove --dry-run --source boot --json' 'probe 0x1 --json'; do
	# shellcheck disable=SC2086 # words
	full 1 $command
done
# Long ago lost: several buffers are full, and the last of them is not.
machine explain
full 1 explain --json
machine x86-two-node
machine s390-standby
for command in 'configure --all --dry-run' 'deconfigure --block 12 --dry-run --json'; do
	# shellcheck disable=SC2086 # words
	full 1 $command
done
machine probe
full 1 probe 0x20000000 --dry-run
full 1 probe 0x20000000 --dry-run --json
machine policy
full 1 policy check
machine x86-two-node
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
