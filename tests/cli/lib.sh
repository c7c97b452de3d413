# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the command line tests share. Sourced, by tests that run in `make check` and by hand alike (tests/README.md).
#
#	machine NAME               a tree of tests/data/machines/NAME.machine; it becomes $tree
#	describe NAME <<EOF        a tree of the description on standard input, likewise
#	changeable                 mounts $tree as it is (tests/sim): memctl sees a machine that can be changed, not a copy of one
#	runs STATUS ARGUMENT...    run memctl on $tree; it must exit so
#	refused STATUS ARGUMENT... the same where every write into a file fails, as a kernel may refuse it (EFBIG)
#	shows <<EOF                its output is exactly this, and it said nothing on standard error
#	golden NAME                its output is tests/data/expected/NAME.out, its messages NAME.err (nothing without it)
#	prints TEXT                its output holds this text; prints_no TEXT: it does not
#	says TEXT                  its messages hold this text; says_no TEXT: they do not
#	read_only DIR              from now on memctl sees DIR mounted read-only; fails where that cannot be had, for it needs root
#	await COMMAND...           wait until this succeeds
#	silent                     it said nothing on standard error; mute: it printed nothing
#	skip REASON                the machine cannot run the test; lack REASON, need TOOL PACKAGE: something is not installed
#	finish                     ends the test
#
# $tree reads TREE in what is compared. With UPDATE=1 `golden` writes the files instead of comparing them: read the difference.

: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
# The program as built, not the script that libtool puts before it; `make check` sets both.
: "${MEMCTL:=$top_builddir/.libs/memctl}"
export LD_LIBRARY_PATH="${LD_LIBRARY_PATH-$top_builddir/libmemhp/.libs}"
mktree=$top_builddir/tests/tree/mktree
export LC_ALL=C
unset NO_COLOR COLUMNS LSMEM_COLUMNS POSIXLY_CORRECT
umask 022
. "$top_srcdir/tests/skip.sh"

tmp=$(mktemp -d) || exit 1
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
# What is run as another user must be able to enter.
chmod 755 "$tmp"
tree=/nonexistent
root=$tree # where memctl sees it
mounts=
failures=0
what='before any run'

clean_up()
{
	# shellcheck disable=SC2086 # numbers
	[ -z "$mounts" ] || { kill $mounts; wait $mounts; }
	rm -rf --one-file-system "$tmp"
}

fail()
{
	failures=$((failures + 1))
	echo "FAIL: $what: $*"
}

finish()
{
	[ "$failures" = 0 ] || echo "$failures failed"
	[ "$failures" = 0 ]
	exit
}

machine()
{
	tree=$tmp/$1
	root=$tree
	[ -d "$tree" ] || "$mktree" "$top_srcdir/tests/data/machines/$1.machine" "$tree" || exit 99
}

describe()
{
	tree=$tmp/$1
	root=$tree
	rm -rf "$tree"
	"$mktree" - "$tree" || exit 99
}

changeable()
{
	# What could be tried without has to be right first.
	[ "$failures" = 0 ] || finish
	[ -x "$top_builddir/tests/sim/memhp-sim" ] ||
		lack 'the simulator was not built: install the package libfuse3-dev, and configure again'
	[ -e /dev/fuse ] || skip '/dev/fuse is missing'
	mkdir -p "$tree/run" # for the lock
	root=$(mktemp -d "$tmp/mount.XXXXXX")
	chmod 755 "$root"
	: >"$root.ready"
	"$top_builddir/tests/sim/memhp-sim" "$tree" "$root" >"$root.ready" 2>&1 &
	until grep -qx ready "$root.ready"; do
		kill -0 $! 2>/dev/null || skip "FUSE cannot be mounted here: $(cat "$root.ready")"
		sleep 0.01
	done
	mounts="$mounts $!"
}

runs()
{
	runs_status=$1
	shift
	what="memctl $*"
	"$MEMCTL" --sysroot "$root" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	exited $? "$runs_status"
}

refused()
{
	refused_status=$1
	shift
	what="memctl $* (refused)"
	# Nothing but pipes can be written to. The signal is ignored for gcov's sake, which writes at the end of a program.
	{ {
		(trap '' XFSZ && ulimit -f 0 && "$MEMCTL" --sysroot "$root" "$@" 2>&1 >&3 </dev/null; echo $? >&4) | cat >"$tmp/err"
	} 3>&1 | cat >"$tmp/out"; } 4>&1 | cat >"$tmp/status"
	exited "$(cat "$tmp/status")" "$refused_status"
}

exited()
{
	sed -i -e "s|$root|TREE|g" -e "s|$tree|TREE|g" "$tmp/out" "$tmp/err"
	# How long a change takes is up to the machine.
	! grep -Eq ' ([0-9]{3,}ms|[0-9.]+s)$' "$tmp/out" || narrow_times
	sed -i -e 's/ [ 0-9][0-9]ms$/  0ms/' -e 's/ in [0-9.]*m*s\([.;:]\)/ in 0ms\1/' \
		-e 's/"elapsed_ms": [0-9]*/"elapsed_ms": 0/g' "$tmp/out"
	# In what order a folder lists what is in it, is nobody's choice.
	sort -o "$tmp/err" "$tmp/err"
	[ "$1" = "$2" ] || { fail "exit status $1, not $2"; cat "$tmp/err"; }
}

# A time of more than four columns makes the last column of a table of blocks wider: as wide as it is with short ones.
narrow_times()
{
	awk '{
		line[NR] = $0
		is_row[NR] = /0x[0-9a-f]+-0x/ && match($0, /[0-9.]+m?s$/)
		if (is_row[NR] && RLENGTH > width)
			width = RLENGTH
	}
	END {
		for (i = 1; i <= NR; i++) {
			cut = length(line[i]) - width
			if (width > 4 && is_row[i])
				line[i] = substr(line[i], 1, cut) " 0ms"
			else if (width > 4 && line[i] ~ / TIME$/)
				line[i] = substr(line[i], 1, cut) "TIME"
			print line[i]
		}
	}' "$tmp/out" >"$tmp/narrow"
	mv "$tmp/narrow" "$tmp/out"
}

# For two minutes at least: only what never comes is waited for so long.
await()
{
	tries=0
	until "$@"; do
		[ $tries -lt 2400 ] || { fail "waited for in vain: $*"; return 1; }
		sleep 0.05
		tries=$((tries + 1))
	done
}

read_only()
{
	if [ "$(id -u)" != 0 ] || ! unshare --mount true 2>/dev/null; then
		echo 'skipped (machine): a read-only sysfs, for it needs root'
		return 1
	fi
	cat >"$tmp/read-only-memctl" <<END
#!/bin/sh
exec unshare --mount sh -c 'mount --bind "\$0" "\$0" && mount -o remount,bind,ro "\$0" && exec "\$@"' \\
	"$1" "$MEMCTL" "\$@"
END
	chmod 755 "$tmp/read-only-memctl"
	MEMCTL=$tmp/read-only-memctl
}

same()
{
	diff -u --label expected --label "$3" "$1" "$2" >"$tmp/diff" || { fail "$3 differs"; cat "$tmp/diff"; }
}

shows()
{
	cat >"$tmp/expected"
	same "$tmp/expected" "$tmp/out" output
	silent
}

golden()
{
	golden_out=$top_srcdir/tests/data/expected/$1.out
	golden_err=$top_srcdir/tests/data/expected/$1.err
	if [ -n "${UPDATE-}" ]; then
		cp "$tmp/out" "$golden_out"
		rm -f "$golden_err"
		[ ! -s "$tmp/err" ] || cp "$tmp/err" "$golden_err"
		return
	fi
	[ -e "$golden_err" ] || golden_err=/dev/null
	same "$golden_out" "$tmp/out" output
	same "$golden_err" "$tmp/err" 'standard error'
}

prints()
{
	grep -qF -e "$1" "$tmp/out" || { fail "the output lacks: $1"; head -n 20 "$tmp/out"; }
}

prints_no()
{
	! grep -qF -e "$1" "$tmp/out" || { fail "the output has: $1"; head -n 20 "$tmp/out"; }
}

says()
{
	grep -qF -e "$1" "$tmp/err" || { fail "standard error lacks: $1"; cat "$tmp/err"; }
}

says_no()
{
	! grep -qF -e "$1" "$tmp/err" || { fail "standard error has: $1"; cat "$tmp/err"; }
}

silent()
{
	same /dev/null "$tmp/err" 'standard error'
}

mute()
{
	same /dev/null "$tmp/out" output
}
