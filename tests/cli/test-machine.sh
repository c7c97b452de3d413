#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Machines that cannot do it, and trees that no kernel would make: said, in time, with the right exit status.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

# Every command, at most so long: a FIFO would block for ever.
cat >"$tmp/memctl" <<END
#!/bin/sh
exec timeout 120 "$MEMCTL" "\$@"
END
chmod 755 "$tmp/memctl"
MEMCTL=$tmp/memctl

# No memory hotplug: exit 3, and which folder is missing. (On the machine itself it names the kernel's option.)
machine no-memory
for command in 'list' 'status' 'online --all' 'offline --block 1' 'online --all --dry-run'; do
	# shellcheck disable=SC2086 # words
	runs 3 $command
	says sys/devices/system/memory
	mute
	# shellcheck disable=SC2086 # words
	runs 3 $command --json
	prints '"code": "unsupported"'
done
runs 3 list
golden machine-no-memory
# An empty folder is no machine either, and neither is one that is not there.
tree=$tmp/empty
mkdir "$tree"
runs 3 list
tree=$tmp/not-there
! "$MEMCTL" --sysroot "$tree" list >"$tmp/out" 2>"$tmp/err" </dev/null || fail 'a sysroot that is not there'
mute

# Block sizes that are none
for size in '' '\n' '0\n' 'x\n' '8000001\n' '-8000000\n' '10000000000000000\n' '8000000 8000000\n' '\xff\xfe\n'; do
	describe size <<END
blocks 0-1 zones Normal
file sys/devices/system/memory/block_size_bytes "$size"
END
	runs 1 list
	says block_size_bytes
	mute
done
for line in 'fifo sys/devices/system/memory/block_size_bytes' 'dir sys/devices/system/memory/block_size_bytes' \
	'link sys/devices/system/memory/block_size_bytes block_size_bytes' 'remove sys/devices/system/memory/block_size_bytes' \
	'link sys/devices/system/memory/block_size_bytes uevent' \
	'file sys/devices/system/memory/block_size_bytes 8 times 1000000'; do
	describe size <<END
blocks 0-1 zones Normal
$line
END
	"$MEMCTL" --sysroot "$tree" list >"$tmp/out" 2>"$tmp/err" </dev/null
	case $? in
	1 | 3) ;;
	*) fail "$line: exit status" ;;
	esac
	mute
	runs_lines=$(wc -l <"$tmp/err")
	[ "$runs_lines" = 1 ] || fail "$line: $runs_lines lines of messages"
done
# The smallest and the largest that are.
describe size <<END
block_size 0x8000000000000000
blocks 1 zones Normal
END
runs 0 list
golden machine-huge-blocks
runs 0 status
golden machine-huge-blocks-status

# A garbled tree: whatever is asked, memctl ends, and shows no bytes that a terminal would take for commands.
machine garbled
for command in 'list -a --output-all' 'list --json' 'list -a --output-all --json' 'list --by node' 'list --by zone' 'list --raw' \
	'list --pairs' 'list --zone Normal' 'list --state online' 'list --node 0' 'status' 'status --json' \
	'online --dry-run --all' 'offline --dry-run --all' 'offline --dry-run --all --json' \
	'offline --dry-run --block 3' 'list -v' 'status -v'; do
	# shellcheck disable=SC2086 # words
	"$MEMCTL" --sysroot "$tree" $command >"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
	what="memctl $command"
	case $status in
	0 | 1 | 64) ;;
	*) fail "exit status $status"; cat "$tmp/err" ;;
	esac
	! grep -lq "$(printf '\033')" "$tmp/out" "$tmp/err" || fail 'an escape of the tree got through'
	! grep -lq "$(printf '\007')" "$tmp/out" "$tmp/err" || fail 'a control character of the tree got through'
	prints_no root:
done

# A tree in which everything is a FIFO, a loop, or a folder
describe upside-down <<END
node 0
blocks 0-3 node 0 zones Normal
fifo sys/devices/system/memory/auto_online_blocks
link sys/module/memory_hotplug/parameters/online_policy online_policy
dir sys/module/memory_hotplug/parameters/memmap_on_memory
fifo sys/module/memory_hotplug/parameters/auto_movable_ratio
fifo proc/zoneinfo
dir proc/meminfo
fifo proc/cmdline
remove sys/devices/system/node/node0
fifo sys/devices/system/node/node0
dir sys/devices/system/memory/memory0/state
dir sys/devices/system/memory/memory1/state
dir sys/devices/system/memory/memory2/state
dir sys/devices/system/memory/memory3/state
END
runs 64 list
golden machine-upside-down
runs 64 status
golden machine-upside-down-status
for path in sys sys/devices sys/devices/system/memory sys/devices/system/node; do
	describe loop <<END
blocks 0-1 zones Normal
link $path $(basename $path)
END
	"$MEMCTL" --sysroot "$tree" list >"$tmp/out" 2>"$tmp/err" </dev/null
	[ $? -lt 100 ] || fail "$path is a loop"
done

finish
