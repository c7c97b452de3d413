#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Where memory comes from: shown, added up and selected.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

# selects EXPECTED ARGUMENT...: the ids, runs of them merged
selects()
{
	selects_expected=$1
	shift
	runs 0 list --raw --noheadings --summary=never -o BLOCK "$@"
	selects_got=$(paste -s -d ' ' "$tmp/out")
	[ "$selects_got" = "$selects_expected" ] || fail "selects '$selects_got', not '$selects_expected'"
}

# in_doubt WHY [SOURCE]: all ten blocks may come from there, the boot or SOURCE
in_doubt()
{
	runs 64 list --noheadings --summary=never -o BLOCK --source "${2:-boot}"
	prints '0-9'
	says '10 blocks may be selected or not'
	says "block 0: $1"
}

for name in dimm virtio-mem dax dax-user hyperv s390 ppc64; do
	machine "$name"
	runs 0 list -o +SOURCE
	golden "source-$name"
	runs 0 list --by source
	golden "list-by-source-$name"
done

machine dimm
runs 0 list --by source --json
golden list-by-source-json
runs 0 list -o SOURCE,BLOCK --json
golden source-json
selects 32-35 --source dimm:PNP0C80:00
selects '0-7 36-39' --source boot,dimm:PNP0C80:01
selects '0-7 36-39' --source boot --source dimm:PNP0C80:01
selects 32-39 --source dimm
selects 36-39 --source dimm --state offline
selects 36 --source dimm --block 0-7,36
selects '' --source dax
# A device as a whole, and never what is beside it
runs 0 online --source dimm:PNP0C80:01 --movable --dry-run
golden source-online
runs 0 offline --source dimm:PNP0C80:00 --dry-run
golden source-offline
runs 0 offline --source dimm --size 512M --dry-run --json
prints '"block_id": 32'
prints_no '"block_id": 7,'
# A kind of which there is none is nothing to do; a device that is not there is a slip, said before anything is touched.
runs 0 online --source dax --dry-run
says 'nothing to do'
for command in list 'online --dry-run' 'offline --dry-run' online; do
	# shellcheck disable=SC2086 # words
	runs 2 $command --source dimm:PNP0C80:02
	mute
done
runs 2 list --source boot,dimm:PNP0C80:02
golden source-missing
machine ppc64
runs 2 list --source dimm:PNP0C80:02
golden source-missing-unknown

# A kernel that was told to leave memory alone, or may have been, did not boot with all of its firmware's map.
for line in 'cmdline quiet' 'cmdline mem=1G' 'dir proc/cmdline'; do
	describe limited <<END
probe
blocks 0-9
boot_map 0-9
$line
END
	case $line in
	*quiet) selects 0-9 --source boot ;;
	*mem=*) in_doubt 'nothing tells its source' ;;
	*) in_doubt 'Is a directory' ;;
	esac
done
# Nor is it known then, without /proc/iomem, that it is no device's; there are no DIMMs, and no drivers of balloons.
rmdir "$tree/proc/cmdline"
echo mem=1G >"$tree/proc/cmdline"
for source in dax virtio-mem:virtio3 dax0.0; do
	in_doubt 'nothing tells its source' "$source"
	runs 1 offline --source "$source" --dry-run
	says 'blocks 0-9: not touched, as what a filter asks for cannot be read (ENODATA)'
done
selects '' --source standby,dimm,balloon

# A link that is none of the kernel's is marked, and so is the exit status.
machine dimm
ln -sfn ../../../LNXSYSTM:00/ABCD0000:00 "$tree/sys/devices/system/memory/memory33/firmware_node"
runs 64 list -o BLOCK,SOURCE
golden source-garbled
runs 64 list -o BLOCK,SOURCE --block 33 --json
golden source-garbled-json

# A device without blocks has a row, and is no filter; an empty slot is nothing.
describe silent <<END
blocks 0-9
boot_map 0-7
link sys/devices/system/memory/memory8/firmware_node ../../../LNXSYSTM:00/PNP0C80:00
link sys/devices/system/memory/memory9/firmware_node ../../../LNXSYSTM:00/PNP0C80:00
dir sys/bus/acpi/devices/PNP0C80:00
file sys/bus/acpi/devices/PNP0C80:01/status "15\n"
file sys/bus/acpi/devices/PNP0C80:02/status "0\n"
dir sys/bus/dax/devices/dax3.0
file proc/iomem "00100000-3fffffff : System RAM\n  01000000-01ffffff : Kernel code\n40000000-4fffffff : System RAM\n"
END
runs 0 list --by source
prints 'dimm:PNP0C80:00      2 256M   256M      0B'
prints 'dimm:PNP0C80:01      0   0B     0B      0B'
prints 'dax3.0               0   0B     0B      0B'
prints_no 'PNP0C80:02'
runs 0 list --by source --source boot
prints_no 'PNP0C80'
runs 0 list --source dimm:PNP0C80:01
says 'no memory block matches'
runs 0 list --source dimm:PNP0C80:01 --json
prints '"memory": [],'
silent
runs 2 explain --source dimm:PNP0C80:01
says '--source: dimm:PNP0C80:01 has no memory blocks'
runs 2 list --source dimm:PNP0C80:02
says 'there are boot, dimm:PNP0C80:00'
says_no 'dax3.0'
runs 2 remove --source dimm:PNP0C80:01
says 'dimm:PNP0C80:01 has no memory blocks'
rm -r "$tree/sys/bus/dax/devices"
: >"$tree/sys/bus/dax/devices"
runs 64 list --by source
says 'one without memory blocks may be missing: Not a directory'
prints 'dimm:PNP0C80:01      0'

finish
