#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/results.sh counts what make check leaves behind, and tells a skip that a package cures from one that the machine causes.
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

# result NAME RESULT [LINE]: what the harness writes of a test.
result()
{
	mkdir -p "$tmp/tests/lint"
	echo ":test-result: $2" >"$tmp/tests/lint/$1.trs"
	printf 'a line\n%s\n' "${3-}" >"$tmp/tests/lint/$1.log"
}

# results STATUS < LINES: what is said of them.
results()
{
	what="results.sh $1"
	"$top_srcdir/tests/results.sh" "$tmp/before" "$tmp/tests" >"$tmp/out" 2>"$tmp/err"
	exited $? "$1"
	shows
}

result old SKIP 'skipped (package): of another run'
touch "$tmp/before"
touch -d '1 hour ago' "$tmp/tests/lint/old.trs"
results 0 <<END
0 passed, 0 failed, 0 skipped
END

result fine PASS
result some PASS 'skipped (machine): a part'
result root SKIP 'skipped (machine): it needs root'
results 0 <<END
skipped: tests/lint/root (machine): it needs root
skipped in part: tests/lint/some (machine): a part
2 passed, 0 failed, 1 skipped: 0 for want of a package, 1 because of the machine
END

result tool SKIP 'skipped (package): install it'
results 1 <<END
skipped: tests/lint/root (machine): it needs root
skipped in part: tests/lint/some (machine): a part
skipped: tests/lint/tool (package): install it
2 passed, 0 failed, 2 skipped: 1 for want of a package, 1 because of the machine
END

rm "$tmp/tests/lint/"[rst]*
result mute SKIP
results 1 <<END
skipped: tests/lint/mute: its log does not say why
1 passed, 0 failed, 1 skipped: 1 for want of a package, 0 because of the machine
END

rm "$tmp/tests/lint/mute."*
result bad 'FAIL (exit status: 1)' 'skipped (machine): with CI=true'
result worse 'ERROR (exit status: 99)'
result wanted XFAIL
results 1 <<END
2 passed, 2 failed, 0 skipped
END

finish
