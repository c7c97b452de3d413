#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Without privilege, and on a read-only sysfs: said before anything is tried.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

describe plain <<END
node 0
blocks 0-3 node 0 zones Normal
blocks 4-5 node 0 zones Movable
blocks 6-7 node 0 state offline zones "Normal Movable"
kpageflags 0 400*196608
file proc/iomem "00000000-2fffffff : System RAM\n"
mode proc/kpageflags 000
END
find "$tree" -type f -exec chmod a-w {} +

# as_user: run memctl as somebody who may not write; root can, whatever the mode, so it becomes another user.
if [ "$(id -u)" = 0 ]; then
	need setpriv util-linux
	# The build may lie where only root gets to.
	mkdir "$tmp/bin"
	# Where a build for gcov counts: its own files are not this user's to write.
	mkdir -m 777 "$tmp/counts"
	cp "$MEMCTL" "$tmp/bin/memctl"
	cp -P "$top_builddir"/libmemhp/.libs/libmemhp.so* "$tmp/bin"
	cat >"$tmp/as-user" <<END
#!/bin/sh
export GCOV_PREFIX="$tmp/counts" LD_LIBRARY_PATH="$tmp/bin:$LD_LIBRARY_PATH"
exec setpriv --reuid 65534 --regid 65534 --clear-groups "$tmp/bin/memctl" "\$@"
END
	chmod 755 "$tmp/as-user"
	root_memctl=$MEMCTL
	MEMCTL=$tmp/as-user
fi

# Looking is for everyone.
runs 0 list
golden user-list
runs 0 status
silent
runs 0 offline --dry-run --block 4
silent
# What it takes privilege to look at is named, and how sure the rest is.
runs 0 explain
golden user-explain
runs 0 explain --block 5
golden user-explain-block

changeable
# Changing is not: one sentence for the whole request, and nothing was tried.
runs 1 offline --block 4-5
golden user-offline
runs 1 offline --block 4-5 --json
golden user-offline-json
runs 1 online --all --movable
golden user-online

# What needs no change needs no privilege.
runs 0 online --block 0
silent

# Nor is what may not be read hidden: the rest is shown.
chmod 0 "$tree/sys/devices/system/memory/memory1/state" "$tree/sys/devices/system/memory/memory6/valid_zones"
runs 64 list -a
golden user-list-unreadable
runs 64 list -a --json --block 1,6
golden user-list-unreadable-json
chmod 755 "$tree/sys/devices/system/memory"
chmod 0 "$tree/sys/devices/system/memory"
runs 1 list
golden user-list-no-folder
chmod 755 "$tree/sys/devices/system/memory"
chmod 444 "$tree/sys/devices/system/memory/memory1/state" "$tree/sys/devices/system/memory/memory6/valid_zones"

# A sysfs that is mounted read-only, as in a container. Mounting needs root.
if [ "$(id -u)" = 0 ] && unshare --mount true 2>/dev/null; then
	cat >"$tmp/read-only" <<END
#!/bin/sh
exec unshare --mount sh -c 'mount --bind "\$0" "\$0" && mount -o remount,bind,ro "\$0" && exec "\$@"' "$root" "$root_memctl" "\$@"
END
	chmod 755 "$tmp/read-only"
	find "$tree" -type f -exec chmod u+w {} +
	MEMCTL=$tmp/read-only
	runs 0 list
	golden user-list
	runs 1 offline --block 4-5
	golden user-read-only
	runs 1 offline --block 4 --json
	golden user-read-only-json
	runs 0 online --block 0
	silent
else
	echo 'skipped (machine): a read-only sysfs, for it needs root'
fi

finish
