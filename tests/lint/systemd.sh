#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# systemd understands the sample unit.
. "${top_srcdir:-.}/tests/lint/lib.sh"
need systemd-analyze systemd

# A unit whose program is not installed is an error to it, too.
unit=memctl-online@.service
sed "s|@bindir@/memctl|${MEMCTL:-/bin/true}|" "examples/$unit.in" >"$tmp/$unit"
systemd-analyze verify --man=no --recursive-errors=no "$tmp/$unit" 2>&1 | complain "systemd-analyze verify $unit"

finish
