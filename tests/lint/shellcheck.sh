#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Shell scripts are clean.
. "${top_srcdir:-.}/tests/lint/lib.sh" || exit
need shellcheck shellcheck

# By the first line, whatever the name; the bash completion has none.
scripts=$(sources | xargs grep -lE -m1 '^#!/bin/(sh|bash)|^#!/usr/bin/env (sh|bash)|^# shellcheck shell=')
# shellcheck disable=SC2086 # a list of files
shellcheck --external-sources --format=gcc $scripts 2>&1 | complain 'shellcheck'

finish
