#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs each harness with the inputs of its corpus.
top_srcdir=${top_srcdir:-.} top_builddir=${top_builddir:-$top_srcdir/build}
status=0

# A harness leaves nothing behind.
ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=1
export ASAN_OPTIONS

for folder in "$top_srcdir"/tests/fuzz/corpus/*; do
	name=${folder##*/}
	"$top_builddir/tests/fuzz/fuzz-$name" "$folder"/* || { echo "FAIL: fuzz-$name: the last input named"; status=1; }
done
for file in "$top_srcdir"/tests/fuzz/fuzz-*.c; do
	name=${file##*/fuzz-}
	[ -d "$top_srcdir/tests/fuzz/corpus/${name%.c}" ] || { echo "FAIL: $file has no corpus"; status=1; }
done
exit $status
