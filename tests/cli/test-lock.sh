#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Two memctl at once: one waits, says for whom, and within its deadline.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

need flock util-linux
need python3 python3
machine x86-two-node

changeable
# Without DIR/run there is no lock, and none is made, which is said.
rmdir "$tree/run"
runs 0 offline --block 127
says 'another memctl may have changed memory at the same time'
says 'TREE/run/memctl.lock: No such file'
[ ! -e "$tree/run" ] || fail 'it made a folder run'

mkdir "$tree/run"
lock=$tree/run/memctl.lock
# A lock is one of the file that memctl sees.
seen=$root/run/memctl.lock
for command in list status 'offline --block 126 --dry-run' 'online --help'; do
	# shellcheck disable=SC2086 # words
	runs 0 $command
	[ ! -e "$lock" ] || fail 'it made a lock'
done

# For root alone, and empty; it stays behind, free.
runs 0 offline --block 126
silent
[ "$(stat -c '%a %F' "$lock")" = '600 regular empty file' ] || fail "$(stat -c '%a %F' "$lock")"
[ ! -s "$lock" ] || fail "the lock says: $(cat "$lock")"
flock --nonblock "$seen" true || fail 'the lock is not free afterwards'
runs 0 offline --block 125
silent

# What is no lock stays as it is.
echo precious >"$tree/precious"
ln -f "$tree/precious" "$lock"
runs 1 offline --block 124
says "nothing was changed: TREE/run/memctl.lock is no lock: "
[ "$(cat "$tree/precious")" = precious ] || fail 'the other file was written to'
rm "$lock"

# hold: from here on another process, $holder, has the lock, and signs it as memctl does; release ends that.
hold()
{
	rm -f "$tmp/held"
	python3 -c '
import fcntl, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
with open(sys.argv[1], "a") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    fcntl.lockf(lock, fcntl.LOCK_EX)
    open(sys.argv[2], "w").close()
    signal.sigtimedwait([signal.SIGTERM], 300)
' "$seen" "$tmp/held" &
	holder=$!
	await [ -e "$tmp/held" ]
}

release()
{
	kill $holder
	wait $holder
}

hold
# Whatever the file says
echo 4711 >"$lock"
runs 124 offline --block 124 --timeout 300ms
says "process $holder is changing memory blocks; waiting"
says "process $holder still held the lock TREE/run/memctl.lock at the deadline"
says 'nothing was changed'
mute
grep -qx online "$tree/sys/devices/system/memory/memory124/state" || fail 'block 124 was changed all the same'
runs 124 offline --block 124 --timeout 300ms --json
prints '"code": "timeout"'
prints '"exit_status": 124'
runs 124 online --block 128 --timeout 300ms --quiet
says 'nothing was changed'

# What changes nothing does not wait.
for command in list status 'offline --block 124 --dry-run'; do
	# shellcheck disable=SC2086 # words
	runs 0 $command
	silent
done
# A slip is said at once.
runs 2 offline --block 124-
runs 2 offline --size 1M

# start ARGUMENT...: memctl in the background, which by then has said for whom it waits. What a shell starts there ignores SIGINT,
# and so would memctl.
start()
{
	what="memctl $* (waiting)"
	: >"$tmp/err"
	env --default-signal=INT,TERM,HUP "$MEMCTL" --sysroot "$root" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null &
	waiter=$!
	await grep -q "process $holder" "$tmp/err"
}

# interrupted SIGNAL STATUS: a signal ends the waiting
interrupted()
{
	start offline --block 124 --json
	kill -s "$1" $waiter
	wait $waiter
	exited $? "$2"
	says 'nothing was changed: interrupted while process '"$holder held the lock"
	prints '"code": "interrupted"'
	prints "\"exit_status\": $2"
}

interrupted INT 130
interrupted TERM 143
interrupted HUP 129
grep -qx online "$tree/sys/devices/system/memory/memory124/state" || fail 'block 124 was changed all the same'

# When the other one is through it goes on.
start offline --block 124 --noheadings
kill -0 $waiter 2>/dev/null || fail 'it did not wait'
grep -qx online "$tree/sys/devices/system/memory/memory124/state" || fail 'it went ahead'
release
wait $waiter
exited $? 0
prints changed

# The plan is made under the lock: what the other one did meanwhile counts.
hold
start offline --count 1 --block 122-123 --noheadings
echo offline >"$tree/sys/devices/system/memory/memory123/state"
release
wait $waiter
exited $? 0
prints ' 122 '

# From hand to hand: who has it at the deadline is named, not who had it at first.
hold
start offline --block 121 --timeout 5s
first=$holder
release
hold
if wait $waiter; then
	says "process $first is changing"
else
	says "process $holder still held the lock"
fi
release
runs 0 online --block 121

# What somebody has left in the file names nobody, nor does a lock that is not signed.
exec 9<>"$seen"
flock --nonblock 9 || fail 'the lock cannot be taken'
for text in $$ 1 garbage 0 -5 ''; do
	echo "$text" >"$lock"
	runs 124 offline --block 121 --timeout 300ms
	says 'another process is changing memory blocks'
	says 'another process still held the lock'
done
exec 9>&-

# A lock that cannot be one is an error before anything is changed.
rm "$lock"
mkdir "$lock"
runs 1 offline --block 121
says 'cannot take the lock TREE/run/memctl.lock'
rmdir "$lock"
ln -s "$tmp/elsewhere" "$lock"
runs 1 offline --block 121
says 'cannot take the lock'
[ ! -e "$tmp/elsewhere" ] || fail 'it followed a link'
rm "$lock"
mkfifo "$lock"
what='a FIFO for a lock'
timeout 120 "$MEMCTL" --sysroot "$root" offline --block 121 >"$tmp/out" 2>"$tmp/err" </dev/null
[ $? -lt 100 ] || fail 'it did not end'
rm "$lock"

# fails ERRNO CALL: from here on this call fails for the lock.
fails()
{
	cat >"$tmp/memctl" <<END
#!/bin/sh
exec strace -qq -o "$tmp/strace" -P memctl.lock -e inject=$2:error=$1 "$memctl" "\$@"
END
	chmod +x "$tmp/memctl"
	MEMCTL=$tmp/memctl
}

# A full disk forbids no emergency; what was never seen does.
[ "$failures" = 0 ] || finish
memctl=$MEMCTL
need strace strace
strace -qq -o "$tmp/strace" true 2>/dev/null || skip 'nothing can be traced here'
for errno in ENOSPC EDQUOT EROFS; do
	fails $errno openat
	runs 0 offline --block 121
	says 'careful: no lock ('
	MEMCTL=$memctl
	runs 0 online --block 121
	silent
done
fails EIO openat
runs 1 offline --block 121
says 'nothing was changed: cannot take the lock TREE/run/memctl.lock: Input/output error'

finish
