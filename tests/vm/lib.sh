# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the scripts here share. Sourced first: what they make is the same whoever runs them. $cache is where it is kept, by name and
# version of what it is made of; it may be deleted.

umask 022
export LC_ALL=C
unset DESTDIR GZIP MAKEFLAGS MFLAGS MODPROBE_OPTIONS
PATH=$PATH:/usr/sbin:/sbin

# shellcheck disable=SC2034 # for those who source this
cache=${XDG_CACHE_HOME:-${HOME:?there is no folder for the cache: set HOME or XDG_CACHE_HOME}/.cache}/memctl/vm

cannot()
{
	echo "$*" >&2
	exit 77
}

# release_name SUITE: the suite's name, by default that of the Debian that runs here
release_name()
{
	suite_name=${1:-$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)}
	echo "${suite_name:-machine}"
}

# key_of: a name for what is made of standard input
key_of()
{
	sha256sum | cut -c 1-16
}
