#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# In Turkish i and I are no pair: words are compared, and capitals made, as in the C locale. The language is made, not installed.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

command -v localedef >/dev/null || lack 'there is no localedef'
localedef -i tr_TR -f UTF-8 "$tmp/tr_TR.UTF-8" 2>/dev/null ||
	lack "localedef cannot make tr_TR.UTF-8: its sources are missing (package locales)"

describe turkish <<EOF
node 0
blocks 0-3 node 0 zones Normal
blocks 4-5 node 0 zones Movable
blocks 6 node 0 zones Device
file etc/daxctl.conf.d/my.conf "[reconfIgure-device my]\nnvdImm.uuId=1\nmode=system-ram\nonlIne=false\n"
EOF
for words in 'list --output size,BLOCK' 'list --raw -o Size,removable' 'list --zone DEVICE' status 'policy show'; do
	# shellcheck disable=SC2086 # words
	runs 0 $words
	cp "$tmp/out" "$tmp/plain"
	# shellcheck disable=SC2086 # words
	LOCPATH=$tmp LC_ALL=tr_TR.UTF-8 runs 0 $words
	# What is drawn is drawn as the locale can have it.
	sed -i -e 's/\xe2\x96\x88/#/g' -e 's/\xe2\x96\x92/=/g' -e 's/\xe2\x96\x93/:/g' -e 's/\xc2\xb7/./g' "$tmp/out"
	cmp -s "$tmp/plain" "$tmp/out" || fail "something else in Turkish: $(cat "$tmp/out")"
done
runs 0 policy show
prints 'daxctl'

finish
