#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Without --sysroot: where there is no sysfs, where it is elsewhere, and where it has no memory blocks. Only looks.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

# cannot REASON: ends the test, which has found nothing wrong.
cannot()
{
	echo "skipped (machine): $1"
	finish
}

[ "$(id -u)" = 0 ] || cannot 'mounting needs root'
unshare --mount true 2>/dev/null || cannot 'a mount namespace cannot be made here'
mkdir "$tmp/elsewhere" "$tmp/empty"
export tmp

# looks STATUS MOUNT...: run memctl list after this script in a mount namespace of its own; 99 when it cannot be mounted so.
looks()
{
	looks_status=$1 what="memctl list after: $2"
	unshare --mount sh -c "{ $2; } 2>/dev/null || exit 99; exec \"\$0\" list" "$MEMCTL" >"$tmp/out" 2>"$tmp/err" </dev/null
	looks_exited=$?
	[ $looks_exited != 99 ] || cannot 'sysfs cannot be mounted or unmounted here'
	[ $looks_exited = "$looks_status" ] || { fail "exit status $looks_exited, not $looks_status"; cat "$tmp/err"; }
}

# shellcheck disable=SC2016 # for the other shell
{
	looks 3 'umount -R -l /sys'
	says 'sysfs is not mounted'
	says '  try: as root: mount -t sysfs sysfs /sys'
	mute
	hide='mount --bind "$tmp/empty"'
	looks 3 "$hide /sys/devices/system"
	says 'there is no directory /sys/devices/system/memory: the kernel was built without CONFIG_MEMORY_HOTPLUG'
	looks 3 "umount -R -l /sys && mount -t sysfs sysfs \"\$tmp/elsewhere\" && $hide \"\$tmp/elsewhere/devices/system\""
	says "there is no directory $tmp/elsewhere/devices/system/memory"
}

finish
