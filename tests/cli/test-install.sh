#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # folders, by eval
# make install installs what the sources have and nothing else, make uninstall takes all of it away.
TMPDIR=/tmp # libtool refuses a path with a blank
export TMPDIR
. "${top_srcdir:-.}/tests/cli/lib.sh"
need make make
unset MAKEFLAGS MAKELEVEL
top_srcdir=$(cd "$top_srcdir" && pwd)
makefile=$top_builddir/Makefile

# Where the build was configured to install
for folder in PACKAGE_TARNAME prefix exec_prefix bindir libdir includedir datarootdir datadir mandir docdir bashcompletiondir \
	fishcompletiondir zshcompletiondir udevrulesdir systemdsystemunitdir; do
	eval "$folder=\"$(sed -n "s/^$folder = //p" "$makefile")\""
done

# in_folder FOLDER FILE...: the names of the files, in that folder
in_folder()
{
	in_folder_name=$1
	shift
	for file; do
		file=${file##*/}
		echo "$in_folder_name/${file%.in}"
	done
}

# wanted: every page, header, example, schema and completion that there is
wanted()
{
	in_folder "$bindir" memctl
	in_folder "$libdir" libmemhp.la libmemhp.so libmemhp.so.0 libmemhp.so.0.X
	in_folder "$libdir/pkgconfig" libmemhp.pc
	in_folder "$includedir" libmemhp/*.h | grep '/libmemhp\.h$'
	in_folder "$includedir/memhp" libmemhp/memhp/*.h
	for page in man/*.[1-8]; do
		in_folder "$mandir/man${page##*.}" "$page"
	done
	in_folder "$docdir/examples" examples/*.[ci]*
	in_folder "$datadir/memctl" schema/*.json
	in_folder "$bashcompletiondir" memctl
	in_folder "$fishcompletiondir" memctl.fish
	in_folder "$zshcompletiondir" _memctl
	[ "$udevrulesdir" = no ] || in_folder "$udevrulesdir" examples/*.rules.in
	[ "$systemdsystemunitdir" = no ] || in_folder "$systemdsystemunitdir" examples/memctl-online@.service.in
}

# installed: the files below the installation
installed()
{
	find "$tmp/root" ! -type d | sed "s|^$tmp/root||; s/\\.so\\.0\\..*/.so.0.X/" | sort
}

what='make install'
(cd "$top_srcdir" && wanted | sort) >"$tmp/wanted"
make -s -C "$top_builddir" install DESTDIR="$tmp/root" >"$tmp/log" 2>&1 || { fail 'failed'; cat "$tmp/log"; }
installed >"$tmp/installed"
same "$tmp/wanted" "$tmp/installed" 'what is installed'

what='make uninstall'
make -s -C "$top_builddir" uninstall DESTDIR="$tmp/root" >"$tmp/log" 2>&1 || { fail 'failed'; cat "$tmp/log"; }
installed >"$tmp/installed"
same /dev/null "$tmp/installed" 'what is left'
find "$tmp/root" -depth -type d -name 'mem*' >"$tmp/installed"
same /dev/null "$tmp/installed" 'folders that are left'

finish
