#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# memctl policy: what is shown, what contradicts, and what set leaves in the files of a tree.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

memory=sys/devices/system/memory
conf=etc/tmpfiles.d/memctl.conf

for name in x86-two-node hot-plugged s390 policy; do
	machine "$name"
	runs 0 policy
	golden "policy-show-$name"
done
runs 0 policy show --verbose
golden policy-show-verbose
machine x86-two-node
runs 0 policy check
golden policy-check-x86-two-node
machine policy
runs 5 policy check
golden policy-check-policy
runs 5 policy check --json
golden policy-check-json
runs 0 policy show --json
golden policy-show-json

# daxctl refuses to make memory of a device where it would not get what it wants; for the kernel's own zones any way is good.
for section in '' 'online = no' 'movable = True'; do
	describe dax <<END
auto_online online
blocks 0-3 zones Normal
file etc/daxctl.conf.d/my.conf "[Reconfigure-Device mine]\nnvdimm.uuid=1234\nmode = system-ram ; all of it\n$section\n"
file etc/daxctl.conf.d/my.conf.orig "[reconfigure-device old]\nnvdimm.uuid=1\nmode=system-ram\n"
file etc/daxctl.conf "[reconfigure-device elsewhere]\nnvdimm.uuid=1\nmode=system-ram\n"
END
	runs 5 policy check
	prints 'Contradiction: auto_online_blocks=online onlines new memory'
	prints 'daxctl'\''s section "mine" (/etc/daxctl.conf.d/my.conf:1) wants'
	prints_no 'brings the memory'
	prints_no 'elsewhere'
	prints_no 'old'
done
echo 'movable=0' >>"$tree/etc/daxctl.conf.d/my.conf"
runs 0 policy check
prints 'daxctl brings the memory of its section "mine" online, to a kernel zone'

# The command line as the kernel takes it apart, and one that cannot be read
describe quoted <<END
blocks 0-3 zones Normal
cmdline "dyndbg=\"file a movable_node\" \"memhp-default-state=online\" -- kernelcore=1G"
END
runs 0 policy show
prints 'memhp_default_state     online  /proc/cmdline'
prints_no movable_node
prints_no kernelcore
rm -f "$tree/proc/cmdline"
printf 'movable_node\0\n' >"$tree/proc/cmdline"
runs 64 policy show
prints_no movable_node
says '/proc/cmdline cannot be read, so what is in it is not known'
runs 3 policy unset movable_node --persist
prints 'The argument to take away: movable_node'

# More labels in a file of rules than are followed: then nothing is said of it.
mkdir -p "$tree/etc/udev/rules.d"
seq 65 | sed 's/.*/LABEL="&"/' >"$tree/etc/udev/rules.d/99-labels.rules"
echo 'SUBSYSTEM=="memory", ATTR{state}="offline"' >>"$tree/etc/udev/rules.d/99-labels.rules"
runs 64 policy show
says '/etc/udev/rules.d/99-labels.rules has more than 64 labels or one of more than 63 bytes, so what is in it is not known'
prints_no 99-labels

# Nothing known at all
describe bare <<END
blocks 0-3 zones Normal
auto_online -
remove proc/cmdline
END
runs 0 policy check
prints 'not known'
runs 3 policy set auto_online_blocks online
says 'CONFIG_MEMORY_HOTPLUG'
runs 3 policy set online_policy auto-movable
says '5.15'
describe none <<END
remove $memory
END
runs 3 policy show

# Settings of the kernel that are no keys are shown as they are; one of few kernels is a key where it is.
describe others <<END
param online_policy contig-zones
param offline_migrate_max_passes 0
param later "two words"
param former ""
file $memory/crash_hotplug "1\n"
file sys/devices/platform/e820_pmem/dax1.0/memmap_on_memory "1\n"
link sys/bus/dax/devices/dax1.0 ../../../devices/platform/e820_pmem/dax1.0
file sys/devices/platform/e820_pmem/dax0.0/memmap_on_memory "0\n"
link sys/bus/dax/devices/dax0.0 ../../../devices/platform/e820_pmem/dax0.0
dir sys/devices/platform/e820_pmem/dax2.0
link sys/bus/dax/devices/dax2.0 ../../../devices/platform/e820_pmem/dax2.0
file proc/sys/vm/movable_gigantic_pages "0\n"
file proc/sys/vm/hugetlb_optimize_vmemmap "1\n"
blocks 0-3 zones Normal
END
runs 0 policy
golden policy-show-others
runs 0 policy show --json
prints '"key": "later", "value": "two words", "file": "/sys/module/memory_hotplug/parameters/later", "line": null,'
prints '"change": "elsewhere"'
printf '1\001\n' >"$tree/proc/sys/vm/movable_gigantic_pages"
runs 64 policy show --json
says '/proc/sys/vm/movable_gigantic_pages cannot be read or understood: Bad message'
prints '{ "file": "/proc/sys/vm/movable_gigantic_pages", "errno": "EBADMSG" }'
rm -r "$tree/sys/bus/dax/devices"
: >"$tree/sys/bus/dax/devices"
runs 64 policy show
says '/sys/bus/dax/devices cannot be read or understood: Not a directory'
runs 0 policy check
changeable
runs 0 policy set offline_migrate_max_passes 10 --persist
prints 'offline_migrate_max_passes: 0 -> 10'
prints 'w /sys/module/memory_hotplug/parameters/offline_migrate_max_passes - - - - 10'
runs 0 policy set offline_migrate_max_passes 20
runs 5 policy check
prints 'offline_migrate_max_passes is 20 now, but'
runs 2 policy set offline_migrate_max_passes never
says 'a number from 0'
machine policy
runs 3 policy set offline_migrate_max_passes 10
says 'this kernel has no /sys/module/memory_hotplug/parameters/offline_migrate_max_passes'

# A key that is misspelt, and what unset is for
runs 2 policy set auto_online_block online
says 'there is no key "auto_online_block"; memctl --sysroot TREE policy --help lists them; did you mean "auto_online_blocks"?'
runs 2 policy set xyzzy online
says 'there is no key "xyzzy"; memctl --sysroot TREE policy --help lists them'
runs 2 policy unset online_policy
says 'whose values it removes; for the running kernel: memctl --sysroot TREE policy set online_policy VALUE'

# set: once, and again
describe set <<END
param online_policy contig-zones
param auto_movable_ratio 301
param auto_movable_numa_aware Y
param memmap_on_memory N
blocks 0-3 zones Normal
END
changeable
runs 0 policy set auto_online_blocks online_movable
shows <<END
auto_online_blocks: offline -> online_movable
END
[ "$(cat "$tree/$memory/auto_online_blocks")" = online_movable ] || fail 'not written'
runs 0 policy set auto_online_blocks online_movable
shows <<END
auto_online_blocks: online_movable already
END
runs 0 policy set auto_movable_numa_aware off
prints 'Y -> N'
runs 0 policy set auto_movable_ratio 4294967295 --dry-run
prints 'dry run'
[ "$(cat "$tree/sys/module/memory_hotplug/parameters/auto_movable_ratio")" = 301 ] || fail 'a dry run wrote'
runs 0 --quiet policy set auto_movable_ratio 100
mute
silent

# What chooses zones is to stay once memory was onlined with it; what a value contradicts is said of every key.
runs 0 policy set online_policy contig-zones
silent
runs 0 policy set online_policy auto-movable --dry-run
says "the kernel's documentation wants online_policy unchanged once memory was onlined"
says 'auto_online_blocks names a zone itself'

# --persist: one file, atomically, and what others wrote in it stays.
runs 0 policy set auto_online_blocks online --persist --dry-run
[ ! -e "$tree/etc" ] || fail 'a dry run made a folder'
runs 0 policy set auto_online_blocks online --persist
runs 0 policy set auto_movable_ratio 200 --persist
echo 'd /foreign' >>"$tree/$conf"
runs 0 policy set auto_online_blocks online_kernel --persist
cp "$tree/$conf" "$tmp/out"
shows <<END
# Values that "memctl policy set --persist" has set; "memctl policy unset --persist" removes them.
w /sys/devices/system/memory/auto_online_blocks - - - - online_kernel
w /sys/module/memory_hotplug/parameters/auto_movable_ratio - - - - 200
d /foreign
END
[ "$(ls -A "$tree/etc/tmpfiles.d")" = memctl.conf ] || fail 'more than the file'
runs 0 policy show
prints "/$conf:2"
runs 0 policy set auto_online_blocks online_kernel --persist
prints 'has already'
runs 0 policy set auto_online_blocks offline
runs 5 policy check
prints "/$conf:2 makes it online_kernel at the next boot"
runs 0 policy unset auto_online_blocks --persist
runs 0 policy unset auto_movable_ratio --persist
grep -q '^d /foreign' "$tree/$conf" || fail 'a foreign line is gone'
sed -i '/foreign/d' "$tree/$conf"
runs 0 policy set auto_online_blocks online --persist
runs 0 policy unset auto_online_blocks --persist
[ ! -e "$tree/$conf" ] || fail 'the file was left with nothing in it'
runs 0 policy unset auto_online_blocks --persist
prints 'Nothing to take back'

# Several at once: none fails, and none loses what another one adds. Not on the mount, where FUSE calls a file stale that was
# replaced while it is opened.
for round in 1 2 3 4 5 6; do
	pids=
	for setting in 'auto_online_blocks online' 'online_policy auto-movable' 'auto_movable_ratio 200' \
		'auto_movable_numa_aware N'; do
		# shellcheck disable=SC2086 # words
		"$MEMCTL" --sysroot "$tree" policy set $setting --persist >"$tmp/at-once-${setting%% *}" 2>&1 ||
			echo "$setting: $(cat "$tmp/at-once-${setting%% *}")" >>"$tmp/at-once" &
		pids="$pids $!"
	done
	# shellcheck disable=SC2086 # numbers
	wait $pids
	[ ! -e "$tmp/at-once" ] || fail "at once: $(cat "$tmp/at-once")"
	[ "$(grep -c '^w ' "$tree/$conf")" = 4 ] || fail "in round $round a line is lost: $(cat "$tree/$conf")"
	[ "$(ls -A "$tree/etc/tmpfiles.d")" = memctl.conf ] || fail 'more than the file'
	rm "$tree/$conf"
done

# A link in its place, or in the place of a folder, is not followed.
mkdir "$tmp/outside"
ln -s "$tmp/outside/file" "$tree/$conf"
runs 1 policy set auto_online_blocks online --persist
says 'does not last'
rm -r "${tree:?}/etc"
ln -s "$tmp/outside" "$tree/etc"
runs 64 policy set auto_online_blocks offline --persist
[ -z "$(ls -A "$tmp/outside")" ] || fail 'it wrote outside of the tree'
rm "${tree:?}/etc"

# What only boot sets: each boot loader's way
runs 3 policy set memmap_on_memory Y
says '--persist'
runs 0 policy set memmap_on_memory N
prints 'already'
runs 3 policy set movable_node Y --persist
prints 'Only boot can set movable_node'
prints 'memctl found no boot loader'
runs 0 policy set memmap_on_memory N --persist
prints_no 'boot'
runs 0 policy set memmap_on_memory N --persist --json
prints '"outcome": "already"'
prints '"boot": null'
mkdir -p "$tree/etc/kernel" "$tree/etc/default" "$tree/usr/sbin"
: >"$tree/etc/kernel/cmdline"
runs 3 policy set memmap_on_memory force --persist
prints 'memory_hotplug.memmap_on_memory=force'
prints 'kernel-install add'
: >"$tree/etc/default/grub"
: >"$tree/usr/sbin/update-grub"
runs 3 policy set kernelcore 30% --persist
prints 'kernelcore=30%'
prints 'put it at the end of GRUB_CMDLINE_LINUX in /etc/default/grub, then run'
prints '  update-grub'
runs 0 policy unset kernelcore --persist
prints "Nothing to take back: the kernel's command line does not set kernelcore."
prints_no 'boot'
runs 0 policy unset memmap_on_memory --persist --json
prints '"outcome": "absent"'
rm -f "$tree/proc/cmdline"
echo 'quiet kernelcore=30% movable_node memory_hotplug.memmap_on_memory=N' >"$tree/proc/cmdline"
runs 0 policy set kernelcore 30% --persist
runs 0 policy set movable_node Y --persist
runs 3 policy unset memmap_on_memory --persist --dry-run
prints 'The argument to take away: memory_hotplug.memmap_on_memory'
runs 3 policy unset kernelcore --persist
prints 'take it out of GRUB_CMDLINE_LINUX in /etc/default/grub, then run'
runs 3 policy set kernelcore 40% --persist --json
prints '"file": "/etc/default/grub", "command": "update-grub"'
: >"$tree/etc/zipl.conf"
runs 3 policy set movablecore 4G --persist
prints 'put it at the end of parameters in /etc/zipl.conf, then run'
prints '  zipl'
: >"$tree/usr/sbin/grubby"
runs 3 policy unset movable_node --persist
prints 'grubby --update-kernel=ALL --remove-args="movable_node"'
runs 3 policy set memhp_default_state online --persist --json
prints '"loader": "grubby", "file": null, "command": "grubby '

# Without grubby and the others: systemd-boot as Debian has it
rm "$tree/usr/sbin/grubby" "$tree/etc/zipl.conf" "$tree/etc/default/grub"
: >"$tree/etc/debian_version"
runs 3 policy set movablecore 4G --persist
prints ' "/boot/vmlinuz-'

finish
