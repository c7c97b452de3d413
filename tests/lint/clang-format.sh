#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# C is formatted as .clang-format says. The answer to a complaint is: clang-format -i FILE
. "${top_srcdir:-.}/tests/lint/lib.sh" || exit
need clang-format clang-format

sources | grep '\.[ch]$' | xargs clang-format --dry-run 2>&1 | grep 'warning:' | complain 'clang-format'

finish
