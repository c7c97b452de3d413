#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# results.sh FILE FOLDER...: what the tests came to whose results lie below the folders and are newer than FILE. Each that was
# skipped, in whole or in part, is shown with its reason; the last line counts. The exit status is 1 when a test failed, or was
# skipped for want of what a package or a newer configuration brings.
newer=$1
shift

find "$@" -name '*.trs' -newer "$newer" | sort | awk '
	{
		test = substr($0, 1, length($0) - length(".trs"))
		result = ""
		name = test
		sub(/.*\/tests\//, "tests/", name)
		while ((getline line <$0) > 0)
			if (sub(/^:test-result: */, "", line))
				result = line
		close($0)
		if (result !~ /^(PASS|XFAIL|SKIP)/) {
			failed++
			next
		}
		whole = result ~ /^SKIP/
		given = package = 0
		while ((getline line <(test ".log")) > 0) {
			if (line !~ /^skipped \((package|machine)\): / || seen[test, line]++)
				continue
			given = 1
			package += line ~ /^skipped \(package/
			sub(/^skipped/, whole ? "skipped: " name : "skipped in part: " name, line)
			print line
		}
		close(test ".log")
		if (whole && !given) {
			print "skipped: " name ": its log does not say why"
			package = 1
		}
		passed += !whole
		skipped += whole
		packages += whole && package
		wanting += package
	}
	END {
		printf "%d passed, %d failed, %d skipped", passed, failed, skipped
		if (skipped)
			printf ": %d for want of a package, %d because of the machine", packages, skipped - packages
		print ""
		exit failed || wanting
	}'
