#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# memctl configure and deconfigure: standby memory of s390, and dax devices as a whole.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

# firmware ID FILE VALUE: what the firmware says of a block
firmware()
{
	firmware_got=$(cat "$tree/sys/firmware/memory/memory$1/$2")
	[ "$firmware_got" = "$3" ] || fail "memory$1/$2 is '$firmware_got', not '$3'"
}

machine s390-standby
for command in configure deconfigure; do
	runs 0 "$command" --help
	golden "help-$command"
done

# Listed where it is asked for, and part of no other sum
runs 0 list -o RANGE,SIZE,STATE,BLOCK,CONFIGURED,MEMMAP-ON-MEMORY
golden configure-list
runs 0 list -o +CONFIGURED --state offline
prints_no standby
runs 0 list -o BLOCK,CONFIGURED --block 13-15 --json
golden configure-list-json
runs 0 list
prints_no Standby
runs 2 online --block 14
golden configure-first
runs 2 online --block 16
says_no standby

runs 0 configure --all --dry-run
golden configure-plan
runs 0 configure --all --dry-run --json
golden configure-plan-json
# A plan has the setting as it will be.
runs 0 configure --all --dry-run --memmap-on-memory
prints 'standby configured yes              planned'
firmware 14 config 0
changeable
# The setting changes while it can, and nothing else.
runs 64 configure --block 11-14 --memmap-on-memory
golden configure-memmap
firmware 14 memmap_on_memory 1
firmware 14 config 1
firmware 15 config 0
runs 1 configure --block 14 --memmap-on-memory=no --json
golden configure-memmap-json
runs 0 configure --block 14-15
prints already
firmware 14 memmap_on_memory 1
firmware 15 memmap_on_memory 0
firmware 15 config 1

rm -rf "$tree"
machine s390-standby
changeable
# Only what is offline, the highest first
runs 1 deconfigure --block 8
golden deconfigure-online
firmware 8 config 1
runs 0 deconfigure --block 14 --quiet
mute
runs 0 deconfigure --count 1
prints '   13 '
firmware 13 config 0
firmware 12 config 1
runs 64 deconfigure --size 512M
golden deconfigure-short
runs 0 deconfigure --all
says 'nothing to do'
mute

# Refused by the kernel: nothing is claimed.
refused 1 configure --block 13-14
prints '512M standby standby no               failed'
says 'blocks 13-14: refused by the kernel (EFBIG)'

# Slips
for line in '' '--all --block 3' '--size 256M --count 1' '--size 300M' '--block 99' '--memmap-on-memory=maybe --all' \
	'--movable --all' '--source dax0.0 --block 3' '--source dimm:PNP0C80:00' '--source dax0.0' '--range 0x1-0x2' \
	'--source dax0.0,dax1.0'; do
	# shellcheck disable=SC2086 # words
	runs 2 configure $line
	mute
done
runs 2 deconfigure --memmap-on-memory --all
runs 2 deconfigure --source dax0.0
# A machine without it
for name in x86-two-node s390; do
	machine "$name"
	runs 3 configure --all
	golden configure-unsupported
	runs 3 deconfigure --block 0 --json
	prints '"code": "unsupported"'
done

# The firmware's words may be anything, and files may be missing.
describe odd <<END
block_size 0x10000000
blocks 0-1 zones Normal config 1 memmap_on_memory 0
blocks 2 zones Normal
blocks 4-9 config 0 memmap_on_memory 0
file sys/firmware/memory/memory4/config "maybe\n"
remove sys/firmware/memory/memory5/memmap_on_memory
remove sys/firmware/memory/memory6/config
file sys/firmware/memory/memory7 ""
link sys/firmware/memory/memory8/config ../../../../../etc/hostname
dir sys/firmware/memory/memory99999999999999999999
dir sys/firmware/memory/memory007
END
runs 64 list -o RANGE,STATE,CONFIGURED,MEMMAP-ON-MEMORY
golden configure-odd
changeable
runs 64 configure --block 2,4-6,9
golden configure-odd-done
rm -rf "$tree/sys/firmware/memory/memory5"
mkdir "$tree/sys/firmware/memory/memory5"
echo 0 >"$tree/sys/firmware/memory/memory5/config"
runs 1 configure --block 5 --memmap-on-memory
says 'there is no file memmap_on_memory'
says '  try: leave out --memmap-on-memory'
firmware 5 config 0
runs 0 configure --block 5 --memmap-on-memory=no
firmware 5 config 1

# Who may not write is told so before anything is tried.
rm -rf "$tmp/s390-standby"
machine s390-standby
changeable
find "$tree" -type f -exec chmod a-w {} +
normal_memctl=$MEMCTL
if read_only "$root"; then
	runs 1 configure --block 15
	says 'read-only'
	mute
	MEMCTL=$normal_memctl
fi

# A dax device as a whole
machine dax
changeable
state=$tree/sys/devices/platform/ACPI0017:00/root0/decoder0.0/region0/dax_region0/dax1.0/state
# The state does not follow single blocks: that some of them are offline, they say themselves.
for word in online offline; do
	echo $word >"$state"
	for option in '' --movable --kernel --dry-run; do
		runs 1 configure --source dax1.0 $option
		says 'dax1.0: plugged in already, and not all of its blocks are known to be online'
		says '  try: bring its blocks online (memctl --sysroot TREE online)'
		says 'or remove it first'
		prints 'dax1.0   2G -'
		[ "$(cat "$state")" = $word ] || fail 'the state was written'
	done
done
for block in 88 89 90 91 92 93 94 95; do
	rm "$tree/sys/devices/system/memory/memory$block/valid_zones" # it is read-only
	echo online >"$tree/sys/devices/system/memory/memory$block/state"
	echo Normal >"$tree/sys/devices/system/memory/memory$block/valid_zones"
done
runs 0 configure --source dax1.0
prints 'dax1.0   2G online online -    already'
prints 'Nothing to change: 2G already online as asked.'
echo online >"$state"
# Online it keeps its zone, which needs no kernel to tell.
for dry_run in '' --dry-run; do
	runs 1 configure --source dax1.0 --movable $dry_run
	says 'online already, so its zone is fixed'
	runs 1 configure --source dax1.0 --movable --json $dry_run
	prints '"outcome": "failed"'
	[ "$(cat "$state")" = online ] || fail 'the state was written'
done
echo unplugged >"$state"
runs 0 configure --source dax1.0 --movable --json
golden configure-dax-json
[ "$(cat "$state")" = online_movable ] || fail 'the state was not written'
# What the kernel refuses, and what became of it
echo unplugged >"$state"
refused 1 configure --source dax1.0
says 'dax1.0: refused by the kernel (EFBIG)'
prints 'dax1.0   2G unplugged unplugged -    failed'
prints 'Configured none of 2G in 0ms.'
refused 1 configure --source dax1.0 --json
prints '"outcome": "failed"'
prints '"text": "refused by the kernel"'
prints '"after": "unplugged"'
[ "$(cat "$state")" = unplugged ] || fail 'the state was written'
# As for online --movable: too much of that is refused, unless it is forced; what is so already may stay so.
echo 10737418240 >"${state%/state}/size"
runs 0 configure --source dax1.0 --movable --dry-run
golden configure-dax-careful
echo 21474836480 >"${state%/state}/size"
for dry_run in '' --dry-run; do
	runs 4 configure --source dax1.0 --movable $dry_run
	says 'refused: there would be 5.75 times as much movable as kernel memory, and kernel memory may run out;'
	says '  try: leave out --movable, or --force=ratio'
	prints_no 'Nothing was changed'
	runs 4 configure --source dax1.0 --movable --json $dry_run
	prints '"outcome": "refused"'
	prints '"code": "imbalance"'
done
[ "$(cat "$state")" = unplugged ] || fail 'the state was written'
runs 0 configure --source dax1.0 --kernel --dry-run
runs 0 configure --source dax1.0 --movable --force
[ "$(cat "$state")" = online_movable ] || fail 'the state was not written'
for block in 88 89 90 91 92 93 94 95; do
	echo Movable >"$tree/sys/devices/system/memory/memory$block/valid_zones"
done
runs 0 configure --source dax1.0 --movable
# Its memory map: of a device that is plugged in, the setting is as it was found. What an unplugged one takes, tests/sim has.
memmap=${state%/state}/memmap_on_memory
for word in online_movable unplugged; do
	echo $word >"$state"
	rm -f "$memmap"
	runs 1 configure --source dax1.0 --movable --force --memmap-on-memory
	says 'there is no file memmap_on_memory'
	says '  try: leave out --memmap-on-memory'
	runs 0 configure --source dax1.0 --movable --force --memmap-on-memory=no --dry-run --json
	prints '"memmap_on_memory": null'
	echo 0 >"$memmap"
	for dry_run in '' --dry-run; do
		if [ $word = unplugged ]; then
			runs 3 configure --source dax1.0 --movable --force --memmap-on-memory $dry_run
			says 'dax1.0 cannot hold its memory map: memory_hotplug.memmap_on_memory is not on'
			says '  try: memctl --sysroot TREE policy set memmap_on_memory Y --persist, and reboot'
		else
			runs 1 configure --source dax1.0 --movable --force --memmap-on-memory $dry_run
			says 'dax1.0: plugged in already, so its memmap_on_memory is fixed'
			says '  try: memctl --sysroot TREE remove --source dax1.0, then once more'
			prints 'dax1.0  20G '
			runs 1 configure --source dax1.0 --movable --force --memmap-on-memory --json $dry_run
			prints '"reason": "memmap-fixed"'
			prints '"memmap_on_memory": false'
		fi
		[ "$(cat "$state")" = $word ] || fail 'the state was written'
		[ "$(cat "$memmap")" = 0 ] || fail 'the setting was written'
	done
	echo 1 >"$memmap"
	if [ $word = unplugged ]; then
		runs 3 configure --source dax1.0 --movable --force --memmap-on-memory=no
		says 'there is no /sys/bus/dax/drivers/kmem, which would take dax1.0'
		says '  try: modprobe kmem'
	fi
	runs 0 configure --source dax1.0 --movable --force --memmap-on-memory -o BLOCK,AFTER,MEMMAP-ON-MEMORY,OUTCOME
	prints 'dax1.0 online yes'
done
# One that cannot be read matters only where it is to be something.
echo maybe >"$memmap"
runs 0 configure --source dax1.0 --movable --force --json
prints '"memmap_on_memory": null'
runs 1 configure --source dax1.0 --memmap-on-memory
says 'cannot read /sys/bus/dax/devices/dax1.0/memmap_on_memory: Bad message'
rm "$memmap"
runs 2 configure --source dax1.0 --force
says '--force: needs --source and --movable'
runs 3 configure --source dax0.0
golden configure-dax-old
runs 2 configure --source dax9.9
says 'there is no dax device'

finish
