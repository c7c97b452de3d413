#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The table of memctl list on every machine, and everything that changes how it looks.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

for name in arm64 going-offline hot-plugged imbalance limits memoryless-node multi-node no-blocks no-hotremove no-numa one-block \
	ppc64 s390 s390-standby x86-two-node; do
	machine "$name"
	runs 0 list
	golden "list-$name"
done

# Half of it is unreadable, the other half is shown.
machine garbled
runs 64 list --all --output-all
golden list-garbled
runs 64 list
golden list-garbled-merged
# What is not asked for cannot be unreadable; what is no block is left out all the same, and said.
runs 64 list -o RANGE,BLOCK --summary=never
golden list-garbled-ids

machine s390-standby
runs 0 list --output-all
golden list-s390-standby-all-columns
runs 0 list --all
golden list-s390-standby-all

machine x86-two-node
runs 0 list --bytes
golden list-bytes
runs 0 list -b -n
golden list-bytes-noheadings
runs 0 list --raw
golden list-raw
runs 0 list --raw -n -b
golden list-raw-noheadings
runs 0 list --pairs
golden list-pairs
runs 0 list --pairs -b -o DEFAULT-ZONE,MEMMAP-ON-MEMORY,NODE
golden list-pairs-odd-names
runs 0 list --json
golden list-json
runs 0 list --json -o RANGE,NODE
golden list-json-columns
runs 0 list -a -J --block 0,24-33,135
golden list-json-blocks
runs 0 list -o +DEFAULT-ZONE,ZONE
golden list-more-columns
runs 0 list -o zone,Size
golden list-lower-case

# The summary: what it is, when it is there, and that it counts what was selected.
runs 0 list --summary=never
golden list-summary-never
runs 0 list --summary=only
golden list-summary-only
runs 0 list --summary=only -b
golden list-summary-only-bytes
runs 0 list --summary=only --state offline
golden list-summary-only-offline
runs 0 list --summary
golden list-summary-only
runs 0 list --raw --summary=always
golden list-raw-summary
runs 0 list --summary=always
cp "$tmp/out" "$tmp/always"
runs 0 list -n
tail -n +2 "$tmp/always" >"$tmp/bare"
same "$tmp/bare" "$tmp/out" '-n, which keeps the totals,'
runs 0 list --raw -n
prints_no 'Online'
# What is there already is not added.
runs 0 list -o +RANGE,SIZE
same "$tmp/always" "$tmp/out" 'columns that are there'
runs 0 list -o +STATE,ZONE --summary=never
golden list-plus
runs 2 list -o +ZONE,ZONE
runs 0 list
same "$tmp/always" "$tmp/out" 'a table without --summary'
machine going-offline
runs 0 list --summary=only
golden list-summary-going-offline

for name in x86-two-node multi-node no-numa going-offline s390 memoryless-node; do
	machine "$name"
	for by in node zone; do
		runs 0 list --by "$by"
		golden "list-by-$by-$name"
	done
done
machine x86-two-node
runs 0 list --by node --raw -n -b
golden list-by-node-raw
runs 0 list --by zone --pairs
golden list-by-zone-pairs
runs 0 list --by zone --json --node 1
golden list-by-zone-json


# An option of other commands is named as it was typed.
runs 2 list --force
says '--force: memctl list has no such option; memctl list --help lists them'
runs 2 list -S offline
says 'there is no column "offline"; memctl list --help shows them; for a state it is --state'
runs 2 remove --block 5
says '--block: memctl remove has no such option; it takes a device, --source NAME, and memctl --sysroot TREE list'
runs 2 online -e 4
says '-e: memctl online has no such option; to enable memory: memctl --sysroot TREE online --block ID, or --size SIZE'
says_no 'did you mean'
runs 2 list --force=ratio
says '--force: memctl list has no such option; '

finish
