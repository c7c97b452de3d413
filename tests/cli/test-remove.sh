#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# memctl remove: what it says and refuses, and what a plain folder can show of an eject.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

machine dimm
eject=$tree/sys/bus/acpi/devices/PNP0C80:01/eject
memory=$tree/sys/devices/system/memory
chmod u+r "$eject" # for whoever is not root
runs 0 remove --help
golden help-remove

# The plan: all blocks of the device, and the same one by an address of it.
runs 0 remove --source dimm:PNP0C80:01 --dry-run
golden remove-plan
cp "$tmp/out" "$tmp/plan"
runs 0 remove --address 0x120123000 --dry-run
same "$tmp/plan" "$tmp/out" 'the plan by address'
runs 0 remove --source dimm:PNP0C80:01 --dry-run --json
golden remove-plan-json
[ ! -s "$eject" ] || fail 'a dry run has ejected'

# What is no device, or not one
runs 2 remove
says 'no device selected'
runs 2 remove --source dimm:PNP0C80:01 --address 0x120000000
runs 2 remove --source dimm:PNP0C80:00,dimm:PNP0C80:01
says 'one device at a time'
runs 2 remove --source dimm
says 'is a kind of source'
runs 2 remove --source dimm:PNP0C80:07
says 'there are boot, dimm:PNP0C80:00, dimm:PNP0C80:01'
runs 2 remove --address 0x900000000
says 'is not there'
runs 2 remove --block 36
mute
# What cannot be ejected from here, and who can
runs 3 remove --source boot
golden remove-boot
runs 3 remove --address 0x8000000 --dry-run --json
prints '"code": "unsupported"'
runs 3 remove --source dimm:PNP0C80:00
golden remove-no-eject
# It may go with its container.
rm -r "$tree/sys/bus/acpi/devices/PNP0C80:00"
mkdir "$tree/sys/bus/acpi/devices/ACPI0004:01"
container=../../../devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0004:01
mkdir -p "$tree/sys/bus/acpi/devices/$container/PNP0C80:00"
ln -s "$container/PNP0C80:00" "$tree/sys/bus/acpi/devices/PNP0C80:00"
runs 3 remove --source dimm:PNP0C80:00
says 'the firmware cannot eject dimm:PNP0C80:00'
: >"$tree/sys/bus/acpi/devices/ACPI0004:01/eject"
runs 3 remove --source dimm:PNP0C80:00
says 'its container, ACPI0004:01'
says '  try: take all of that offline, then write 1 to TREE/sys/bus/acpi/devices/ACPI0004:01/eject'
machine ppc64
runs 3 remove --address 0x1000000
says 'on that machine: drmgr -c mem -r'
machine virtio-mem
runs 3 remove --source virtio-mem:virtio0
golden remove-virtio-mem
machine x86-two-node
runs 3 remove --source virtio-mem:virtio0
says 'nothing here tells which memory comes from virtio-mem:virtio0'
says_no 'ppc64'
machine hyperv
runs 3 remove --source hyperv --dry-run
says "the hypervisor's"
machine s390
runs 3 remove --source standby --dry-run
says 'goes back to the hypervisor when it is taken offline'
machine dax
runs 3 remove --source dax0.0
golden remove-dax-old
machine dax-user
runs 3 remove --source dax
says '  try: run memctl as root, who may see more'

# The firmware does not come to it: blocks are left, and said to be.
machine dimm
changeable
runs 124 remove --source dimm:PNP0C80:01 --block-timeout 5s
golden remove-left
[ "$(cat "$eject")" = 1 ] || fail 'nothing was written to eject'
runs 124 remove --source dimm:PNP0C80:01 --timeout 5s --json
golden remove-left-json
# A signal ends the wait; the report comes first.
: >"$eject"
"$MEMCTL" --sysroot "$root" remove --source dimm:PNP0C80:01 --json >"$tmp/out" 2>"$tmp/err" &
await test -s "$eject"
kill -TERM $!
wait $!
exited $? 143
prints '"outcome": "interrupted"'
prints '"eject_errno": "ECANCELED"'
# It has come to half of them by then.
: >"$eject"
mkdir "$tmp/half"
"$MEMCTL" --sysroot "$root" remove --source dimm:PNP0C80:01 >"$tmp/out" 2>"$tmp/err" &
await test -s "$eject"
mv "$memory"/memory3[67] "$tmp/half"
kill -TERM $!
wait $!
exited $? 143
prints 'offline gone '
prints 'offline offline '
says 'its memory is gone in part, and otherwise offline'
mv "$tmp"/half/* "$memory"
# It does: the blocks go.
: >"$eject"
(
	await test -s "$eject"
	rm -r "$memory"/memory3[6-9]
) &
runs 0 remove --source dimm:PNP0C80:01 --block-timeout 2m
wait $!
golden remove-done

# On a read-only sysfs that is said before anything is taken offline.
describe read-only <<END
blocks 0-7 zones Normal
blocks 8 zones Movable
file sys/bus/acpi/devices/PNP0C80:00/eject ""
link sys/devices/system/memory/memory8/firmware_node ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00
END
normal_memctl=$MEMCTL
changeable
if read_only "$root/sys/bus"; then
	runs 1 remove --source dimm:PNP0C80:00 --json
	prints '"code": "read-only"'
	[ "$(cat "$tree/sys/devices/system/memory/memory8/state")" = online ] || fail 'a block was taken offline'
	MEMCTL=$normal_memctl
fi

# A guard refuses before, and a block that cannot go keeps the device.
describe busy <<END
node 0
blocks 0-7 node 0 zones Normal
blocks 8 node 0 zones Movable
blocks 9 node 0 zones none
file sys/bus/acpi/devices/PNP0C80:00/eject ""
file proc/meminfo "MemTotal: 1310720 kB\nMemFree: 300000 kB\nMemAvailable: 262144 kB\n"
link sys/devices/system/memory/memory8/firmware_node ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00
link sys/devices/system/memory/memory9/firmware_node ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00
END
changeable
runs 4 remove --source dimm:PNP0C80:00 --keep-free 200M
says 'refused: '
runs 64 remove --source dimm:PNP0C80:00
golden remove-impossible
runs 1 remove --source dimm:PNP0C80:00 --rollback --json
prints '"ejected": false'
prints '"eject_errno": null'
[ ! -s "$tree/sys/bus/acpi/devices/PNP0C80:00/eject" ] || fail 'ejected although a block was online'

# A dax device as a whole; a folder takes any word, and its blocks stay.
describe dax <<END
node 0
blocks 0-7 node 0 zones Normal
blocks 8-9 node 0 state offline zones "Normal Movable"
boot_map 0-7
file sys/bus/dax/devices/dax0.0/state "online\n"
file proc/iomem "00000000-3fffffff : System RAM\n40000000-4fffffff : dax0.0\n  40000000-4fffffff : System RAM (kmem)\n"
END
changeable
runs 0 remove --source dax0.0 --dry-run
prints 'and dax0.0 would be ejected'
runs 124 remove --source dax0.0 --block-timeout 5s
says 'dax0.0 was not ejected: it was not done by the deadline'
[ "$(cat "$tree/sys/bus/dax/devices/dax0.0/state")" = unplugged ] || fail 'the state was not written'
rm -r "$tree"/sys/devices/system/memory/memory[89]
sed -i 2d "$tree/proc/iomem"
runs 0 remove --source dax0.0
says 'nothing to do: dax0.0 is unplugged'
mute
runs 0 remove --source dax0.0 --json
prints '"outcome": "complete"'
prints '"blocks": []'

# A link that leads out of the tree is not followed.
describe link <<END
node 0
blocks 0 node 0 zones Normal
blocks 8 node 0 state offline zones "Normal Movable"
link sys/devices/system/memory/memory8/firmware_node ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00
link sys/bus/acpi/devices/PNP0C80:00 "../../../../../../../../../..$tmp/outside"
END
mkdir "$tmp/outside"
: >"$tmp/outside/eject"
runs 1 remove --source dimm:PNP0C80:00
[ ! -s "$tmp/outside/eject" ] || fail 'wrote outside of the tree'

# A dax device that may be there, for nothing tells, and has no file.
describe unseen <<END
blocks 0-1 zones Movable
dir proc/iomem
END
runs 3 remove --source dax0.0 --dry-run
says 'this kernel cannot unplug dax0.0'

finish
