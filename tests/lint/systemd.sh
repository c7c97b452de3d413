#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# systemd understands the sample units.
. "${top_srcdir:-.}/tests/lint/lib.sh" || exit
need systemd-analyze systemd

# A unit whose program is not installed is an error to it, too.
for file in examples/*.service.in; do
	unit=$(basename "$file" .in)
	sed "s|@bindir@/memctl|${MEMCTL:-/bin/true}|" "$file" >"$tmp/$unit"
	# Boot is not over while a unit is being started.
	grep -n 'TimeoutStartSec=infinity' "$file" | complain "$unit may keep boot waiting for ever"
	systemd-analyze verify --man=no --recursive-errors=no "$tmp/$unit" 2>&1 | complain "systemd-analyze verify $unit"
done

finish
