#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes configure and Makefile.in; needed in a git checkout, not in a release.
set -e
cd "$(dirname "$0")"

missing=
need() {
	command -v "$1" >/dev/null || missing="$missing $2"
}
need autoreconf autoconf
need automake automake
need libtoolize libtool
need pkg-config pkg-config
if [ -n "$missing" ]; then
	echo "autogen.sh: missing tools; install the packages:$missing" >&2
	exit 1
fi
exec autoreconf --install --force --warnings=all
