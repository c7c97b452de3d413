# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# How a test in shell says that it cannot run here. Sourced. What it prints is found in its log by tests/results.sh.

# skip REASON: the machine is such.
skip()
{
	skip_because machine "$1"
}

# lack REASON: a package, or a newer configuration, is all that is wanting. `./dev check` fails then.
lack()
{
	skip_because package "$1"
}

# need TOOL PACKAGE
need()
{
	command -v "$1" >/dev/null || lack "$1 is missing: install the package $2"
}

# In CI each is a failure.
skip_because()
{
	echo "skipped ($1): $2"
	[ "${CI-}" != true ] || exit 1
	exit 77
}
