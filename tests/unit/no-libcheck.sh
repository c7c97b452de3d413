#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Stands for the tests in C when configure found no libcheck to build them with.
. "${top_srcdir:-.}/tests/skip.sh"
lack 'configure found no libcheck for the tests in C: install check (Debian) or check-devel (Fedora), and configure again'
