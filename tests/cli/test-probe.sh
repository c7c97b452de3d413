#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# memctl probe, as far as a plain folder can tell: every check, what is said, and that nothing is written before all are passed.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

# written TEXT: what the file probe holds by now.
written()
{
	chmod u+r "$tree/sys/devices/system/memory/probe" # for whoever is not root
	written_text=$(cat "$tree/sys/devices/system/memory/probe")
	[ "$written_text" = "$1" ] || fail "the file probe holds: $written_text"
}

machine probe
runs 0 probe --dry-run 0x20000000 0x30000000
golden probe-plan
runs 0 probe --dry-run --bytes --noheadings 0x20000000,0x30000000
shows <<'END'
  2-3 536870912 device-tree added planned
END
runs 0 probe --dry-run --quiet 0x20000000
mute
silent

changeable
# Each check that fails names itself.
runs 1 probe 0x10000000
golden probe-present
runs 4 probe 0x40000000
golden probe-unproven
runs 4 probe --dry-run 0x20000000 0x40000000
golden probe-plan-unproven
runs 4 probe --quiet 0x40000000
mute
says '--force --unbacked'
runs 1 probe 0x200000000000 0x10000000 0x40000000 0x20000000
golden probe-several
runs 1 probe --json 0x200000000000 0x40000000
golden probe-refused-json
runs 4 probe --force 0x40000000
says '--force --unbacked'
# What cannot be is not for --force to overcome.
runs 1 probe --force --unbacked 0x10000000
says 'is there already'
runs 1 probe --force --unbacked 0x200000000000
says 'another address: there is no room for memory'
says_no '--force --unbacked'
runs 2 probe 0x20000001
says 'the nearest are 0x20000000 and 0x30000000'
written ''
runs 0 probe --dry-run --force --unbacked 0x40000000
golden probe-unbacked
runs 4 probe --dry-run --online --movable 0x20000000 0x30000000 0x20000000000 --force
says 'block 8192: nothing proves'
written ''

# Without /proc/iomem, or with the zeros that others than root see
for text in '00000000-00000000 : System RAM\n' garbage; do
	describe unseen <<END
$(cat "$top_srcdir/tests/data/machines/probe.machine")
file proc/iomem "$text"
END
	changeable
	runs 1 probe --force --unbacked 0x20000000
	says 'block 2: what is there now cannot be seen'
	says 'run memctl as root'
	written ''
done

# Too much movable memory is refused before anything is added.
describe imbalance <<END
$(cat "$top_srcdir/tests/data/machines/probe.machine")
blocks 1 node 0 state offline zones "Normal Movable"
ram device-tree 4-7
END
changeable
runs 4 probe --online --movable 0x20000000,0x30000000,0x40000000,0x50000000,0x60000000
says 'refused: there would be 5.00 times as much movable as kernel memory'
written ''
runs 0 probe --dry-run --online --movable --force 0x20000000,0x30000000,0x40000000,0x50000000,0x60000000
says 'careful: there would be 5.00 times'
runs 0 probe --dry-run --online 0x20000000,0x30000000,0x40000000,0x50000000,0x60000000
silent

# A PC of QEMU's, as it was recorded: memory behind 4 GiB is a DIMM, and the rest of the window for others has nothing in it,
# though the SRAT says that it is enabled. Its kernel had no file probe.
describe window <<END
$(cat "$top_srcdir/tests/data/recorded/linux-6.1-window.machine")
probe
END
changeable
grep -q SRAT "$top_srcdir/tests/data/recorded/linux-6.1-window.machine" || fail 'the recording has no SRAT'
for address in 0x110000000 0x118000000 0x180000000 0x268000000; do
	runs 4 probe "$address"
	says "nothing proves that there is RAM in all of $address-"
	says '--force --unbacked'
done
runs 1 probe 0x100000000
says 'block 32: it is there already'
runs 1 probe 0x10000000
says 'belongs to "PCI Bus 0000:00"'
written ''
# The same with the block of the DIMM not there: the kernel's map has it as RAM, which it was told of.
rm -r "$tree/sys/devices/system/memory/memory33"
sed -i 's/^100000000-10fffffff : System RAM$/100000000-107ffffff : System RAM/' "$tree/proc/iomem"
runs 0 probe --dry-run --noheadings 0x108000000
shows <<END
   33 128M firmware-map added planned
END

# No such file
machine x86-two-node
runs 3 probe 0x800000000
says 'CONFIG_ARCH_MEMORY_PROBE'
says 'virtio-mem'
mute
runs 3 probe --json --dry-run 0x800000000
prints '"code": "unsupported"'

# The address is written as it is; in a folder no block appears.
machine probe
changeable
runs 1 probe --timeout 60s 0x20000000 0x30000000
prints 'device-tree -     -    failed '
prints 'device-tree -     -    failed '
prints 'device-tree -     -    not-tried'
prints 'Added none of 512M'
says 'block 2: the kernel reported success, but no block has appeared'
says 'block 3: not tried any more'
written 0x20000000
: >"$tree/sys/devices/system/memory/probe"
refused 1 probe 0x20000000 0x30000000
says 'block 2: File too large (EFBIG)'
says 'block 3: not tried any more'
written ''
if [ "$(id -u)" != 0 ]; then
	chmod 0400 "$tree/sys/devices/system/memory/probe"
	runs 1 probe 0x20000000
	says 'no permission'
	mute
fi

finish
