#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# memctl online and offline with a goal: which blocks memctl chooses, and what the guards refuse.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

# changed_blocks NUMBER: so many blocks of the tree have another state than when it was made
changed_blocks()
{
	find "$tree/sys/devices/system/memory" -name state -newer "$tmp/made" | wc -l >"$tmp/changed"
	[ "$(cat "$tmp/changed")" -eq "$1" ] || fail "$(cat "$tmp/changed") blocks were written, not $1"
}

# age: whatever is written from now on counts as changed
age()
{
	find "$tree" -type f -exec touch -d 2020-01-01 {} +
	touch -d 2020-01-02 "$tmp/made"
}

machine x86-two-node
age

# The order: Movable first, the highest first; never a block of several zones.
runs 0 offline --dry-run --size 512M
golden goal-offline-size
runs 0 offline --dry-run --count 30
golden goal-offline-count
runs 0 offline --dry-run --count 4 --json --block 0-1,70-73,103-105
golden goal-offline-json
runs 0 offline --dry-run --size 256M --node 0
golden goal-offline-node
runs 0 offline --dry-run --size 3G --zone Movable
golden goal-offline-zone
# Online goes up, and what is online already does not count.
runs 0 online --dry-run --size 384M
golden goal-online-size
runs 0 online --dry-run --count 3 --block 120-135 --kernel
golden goal-online-kernel
runs 0 online --dry-run --count 2 --node 1 --json
golden goal-online-json
# A range with a gap
runs 0 offline --dry-run --size 256M --range 0xb0000000-0x10fffffff
golden goal-offline-gap
# Other words for 512M
for size in 0.5G 0.5GiB 524288K 536870.912kB; do
	runs 0 offline --dry-run --size "$size"
	cp "$tmp/out" "$tmp/plan"
	runs 0 offline --dry-run --count 4
	same "$tmp/out" "$tmp/plan" "the plan of --size $size"
done

# Too few candidates: some, or none
runs 64 online --dry-run --count 9
golden goal-online-short
runs 64 online --dry-run --count 9 --json
prints '"outcome": "planned"'
prints '"requested": 1207959552'
runs 1 offline --dry-run --count 2 --block 0
golden goal-offline-short
runs 1 offline --count 2 --block 0
golden goal-offline-none
runs 1 offline --size 128M --block 128
golden goal-offline-nothing
runs 1 online --count 1 --node 0
says 'no selected block is left to go online'
mute
changed_blocks 0

changeable
# What a folder takes is changed: no more than asked for, the best first.
runs 0 offline --size 256M --block 0-1,72,110-111 --noheadings
prints 110-111
changed_blocks 2
runs 0 offline --count 1 --block 0-1,72,110-111 --noheadings
prints '  72 '
changed_blocks 3
age

# Goals that are none
runs 2 offline --size 100M
says 'the smallest is 128M'
runs 2 offline --size 1000M
says 'the nearest are 896M and 1G'
mute
runs 2 offline --size 1G --count 8
says --size
mute
runs 2 offline --count 0
says 'from 1 to'
runs 2 offline --size 8
says 8G
mute
changed_blocks 0

# Targets: at least, or at most, so much of what is selected is online afterwards.
runs 0 online --to 11G --dry-run --node 0-1
golden target-online
runs 0 online --dry-run --to 512M --block 126-131
golden target-online-block
runs 0 offline --dry-run --to 2G --zone Movable --json
golden target-offline-json
runs 64 online --dry-run --to 99G --node 1
golden target-short
runs 1 online --to 2G --block 0
says 'no selected block is left to go online'
runs 0 online --to 128M
says 'nothing to do: '
says ' of the selected blocks is online, and at least 128M was asked for'
runs 0 offline --to 99G --json
prints '"changed": 0'
prints '"met": true'
changed_blocks 0
describe targets <<END
node 0
node 1
blocks 0-15 node 0 zones Normal
blocks 16-23 node 1 zones Normal
blocks 24-31 node 1 zones Movable
blocks 32-35 node 1 state offline zones "Normal Movable"
END
age
changeable
runs 0 offline --to 512M --zone Movable
golden target-offline
changed_blocks 4
# Once more: nothing is left to do. The zone does not count what is offline, nor do others.
runs 0 offline --to 512M --zone Movable
says 'nothing to do: 512M of the selected blocks is online, and at most 512M was asked for'
mute
runs 0 online --to 1G --node 1
says 'nothing to do: 1.5G of the selected blocks is online, and at least 1G was asked for'
runs 0 online --to 2G --node 1
prints 'Of the selected blocks 2G is online now; asked for: at least 2G.'
changed_blocks 4

# What cannot be told counts neither way: it may be the one too many, and is never one too few.
describe doubt <<END
node 0
blocks 0-3 node 0 zones Normal
blocks 4-5 node 0 zones Movable
blocks 6 node 0 zones "Elsewhere"
blocks 7 node 0 state offline zones "Normal Movable"
blocks 8 node 0 state Garbled zones "Normal Movable"
END
changeable
runs 0 offline --to 1G --block 0-8
says 'careful: of 128M of memory it cannot be told whether it is online, or selected; it counts neither way'
says 'block 8: the state cannot be read or understood'
runs 1 offline --to 896M --block 0-8
golden target-doubt
runs 1 offline --to 896M --block 0-8 --json
prints '"unknown": 134217728, "met": null'
runs 64 offline --to 128M --zone Movable
says 'blocks 6, 8: not touched, as what a filter asks for cannot be read (EBADMSG)'
says 'whether that is as asked is not known: of 256M of memory'
runs 0 online --to 1G
says 'careful: of 128M'
prints 'Of the selected blocks 1G is online now; asked for: at least 1G.'
runs 1 online --to 1152M --dry-run
says 'too few blocks to choose from: 1 fewer than asked for'

# All or nothing. Here nothing comes back, for a folder gives back the word that was written; it is told block by block.
machine going-offline
age
changeable
runs 64 offline --count 100 --rollback --zone Movable
says 'not brought back: '
says 'too few blocks to choose from: '
prints rollback-failed
machine x86-two-node
age
changeable
runs 64 offline --block 0,127 --rollback --json
prints '"outcome": "rollback-failed"'
prints '"outcome": "partial"'
prints '"exit_status": 64'
# Nothing was changed, so there is nothing to bring back.
runs 1 offline --block 0,128 --rollback
says_no 'brought back'
prints_no rollback
# All is as asked.
runs 0 offline --block 126,128 --rollback --retry 3
prints changed
prints_no rollback

# Guards. 16 blocks of 128M are online, half of the memory is available: 1G.
describe guards <<END
node 0
blocks 0-15 node 0 zones Movable
blocks 16-19 node 0 state offline zones "Normal Movable"
file proc/meminfo "MemTotal: 2097152 kB\nMemFree: 900000 kB\nMemAvailable: 1048576 kB\n"
END
age
changeable
runs 0 offline --dry-run --size 1G
says_no refused
runs 4 offline --dry-run --count 9
golden guard-memory-left
runs 4 offline --count 9
golden guard-memory-left-refused
runs 4 offline --count 9 --json
golden guard-memory-left-json
runs 4 offline --count 9 --quiet
says 'refused: '
mute
runs 0 offline --dry-run --size 512M --keep-free 512M
silent
runs 4 offline --dry-run --size 512M --keep-free 513M
golden guard-keep-free
runs 4 offline --block 15 --keep-free 900M --json
prints '"outcome": "refused"'
prints '"keep_free": 943718400'
prints '"available": 1073741824'
changed_blocks 0
runs 0 offline --dry-run --count 9 --force
says 'careful: '
runs 0 offline --count 1 --keep-free 1G --force --json
prints '"refused": false'
prints '"outcome": "complete"'
changed_blocks 1
# What is not known refuses nothing, unless it was asked for by name, and is said.
rm "$tree/proc/meminfo"
runs 0 offline --dry-run --count 9
says 'careful: /proc/meminfo cannot be read (ENOENT): not known whether enough memory is left'
runs 4 offline --dry-run --count 9 --keep-free 100G
says 'refused: how much memory is available is not known (/proc/meminfo: ENOENT), nor whether 100G would stay free'
runs 4 offline --dry-run --count 9 --keep-free 100G --json
prints '"available": null'
runs 0 offline --dry-run --count 9 --keep-free 100G --force
mkdir "$tree/proc/meminfo"
runs 0 offline --dry-run --count 9
says 'careful: /proc/meminfo cannot be read (EISDIR): not known whether enough memory is left'
rmdir "$tree/proc/meminfo"
rm "$tree/proc/zoneinfo"
runs 0 offline --dry-run --count 9
says_no 'zoneinfo'

# MOVABLE:KERNEL is 11:4; 3:1 is fine, 4:1 is a warning, beyond it is refused.
describe balance <<END
node 0
blocks 0-3 node 0 zones Normal
blocks 4-14 node 0 zones Movable
blocks 16-31 node 0 state offline zones "Movable Normal"
END
age
changeable
runs 0 online --dry-run --movable --count 1
silent
runs 0 online --dry-run --movable --count 2
golden guard-imbalance-warned
runs 0 online --dry-run --movable --count 2 --json
golden guard-imbalance-json
runs 0 online --dry-run --movable --count 5
says 'careful: '
runs 4 online --dry-run --movable --count 6
golden guard-imbalance
runs 4 online --movable --all
golden guard-imbalance-refused
changed_blocks 0
runs 0 online --dry-run --movable --all --force
says 'careful: '
# Never where the kernel chooses, for a kernel zone, or when nothing is to be changed.
for line in --all '--all --kernel' '--movable --block 4-14'; do
	# shellcheck disable=SC2086 # words
	runs 0 online --dry-run $line
	silent
done
# Kernel memory that goes offline counts as well: 11:3 is a warning, 11:2 refused, 8:3 is better than before.
runs 0 offline --dry-run --block 3
says 'careful: there would be 3.67 times as much movable as kernel memory'
runs 4 offline --block 2-3
golden guard-imbalance-offline
changed_blocks 0
runs 4 offline --block 2-3 --json --force=memory
prints '"code": "imbalance", "refused": true'
runs 0 offline --dry-run --block 2-3 --force=ratio
says 'careful: there would be 5.50 times'
runs 4 offline --block 0-3 --json
prints '"ratio": null'
prints 'all memory would be movable, and none be left for the kernel'
for blocks in 3,12-14 4-6; do
	runs 0 offline --dry-run --block $blocks
	silent
done
# Two guards: the first one is reported, the other one said; one option overrules both.
sed -i 's/^MemAvailable.*/MemAvailable: 131072 kB/' "$tree/proc/meminfo"
runs 4 offline --dry-run --block 2-3 --json
prints '"code": "memory-left", "refused": true'
says 'refused: there would be 5.50 times'
runs 4 offline --dry-run --block 2-3 --force=memory
says 'careful: 256M would go offline, and only 128M of memory is available'
says 'refused: there would be 5.50 times'
says 'offline less, or --force=ratio'
for forced in --force --force=memory,ratio '--force=ratio --force=memory'; do
	# shellcheck disable=SC2086 # words
	runs 0 offline --dry-run --block 2-3 $forced
	says 'careful: 256M'
	says 'careful: there would be'
done
# A zone that is not known may be the kernel's.
sed -i '/^MemAvailable/d' "$tree/proc/meminfo"
rm "$tree/sys/devices/system/memory/memory3/valid_zones"
runs 0 offline --dry-run --block 3
says 'careful: some blocks have no known zone'
runs 4 offline --dry-run --block 1-3
says 'refused: there would be 5.50 times'
rm "$tree/proc/zoneinfo"
mkdir "$tree/proc/zoneinfo"
runs 0 offline --dry-run --block 2
says 'careful: /proc/zoneinfo cannot be read (EISDIR)'
runs 0 offline --dry-run --block 5
says_no zoneinfo
# Also in a copy, which need not have it.
rmdir "$tree/proc/zoneinfo"
runs 0 offline --dry-run --block 2
says 'careful: /proc/zoneinfo cannot be read (ENOENT): not known whether the kernel keeps enough memory'
runs 0 offline --dry-run --count 14
prints 'should one of them be busy: 1 block.'
# What is past 4:1 may become better, and worse only by force.
machine imbalance
runs 0 offline --dry-run --count 9
silent
runs 4 offline --dry-run --block 0-9 --keep-free 1M

# What is known of the pages decides among blocks of the same kind; the plan shows it.
machine explain
runs 0 offline --dry-run --size 1G --force
golden goal-offline-ranked
runs 0 offline --dry-run --count 2 --zone DMA32 --json
golden goal-offline-ranked-json
# Nobody looks where nothing is to be chosen.
runs 0 offline --dry-run --block 40
prints_no SCORE

# Guards come after the command line, and after the machine.
runs 2 offline --block 99 --keep-free 100G
says 99


# The deadline holds for the look at the candidates, too: nobody reads 2048 blocks in a millisecond.
describe late <<END
block_size 0x8000000
blocks 0-2047 zones Movable
kpageflags 0x0 400*32768
END
runs 124 offline --size 128M --timeout 1ms --dry-run
says 'nothing was changed: the deadline passed while memctl looked for the best blocks'
says '  try: a longer --timeout'
runs 124 offline --size 128M --timeout 1ms --dry-run --json
prints '"code": "timeout"'

finish
