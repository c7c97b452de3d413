#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# dev: when it configures anew, and what it says where nothing can be built. The project, packages and libraries are made up.
TMPDIR=/tmp # dev refuses a path with a blank
export TMPDIR
. "${top_srcdir:-.}/tests/cli/lib.sh" || exit

# A configure that notes how it was called, and makes a memctl that says so.
mkdir -p "$tmp/bin" "$tmp/tree/tests"
cp "$top_srcdir/dev" "$tmp/tree/dev"
echo 'PKG_CHECK_MODULES([CHECK], [check >= 0.11], [have_check=yes], [have_check=no])' >"$tmp/tree/configure.ac"
cat >"$tmp/tree/configure" <<'END'
#!/bin/sh
      ac_precious_vars='build_alias
CC
CFLAGS'
echo "echo configured with: $* CC=$CC check=$(pkg-config --modversion check) \"\$@\"" >memctl.in
printf '#!/bin/sh\necho by hand\n' >config.status
chmod +x config.status
printf 'all: memctl\nmemctl:\n\tcp memctl.in $@ && chmod +x $@\nclean:\n\trm -f memctl\n' >Makefile
END
chmod +x "$tmp/tree/configure"

# stub NAME < SCRIPT: a program that dev finds before the machine's.
stub()
{
	{ echo '#!/bin/sh'; cat; } >"$tmp/bin/$1"
	chmod +x "$tmp/bin/$1"
}
echo "cat '$tmp/check-version'" | stub pkg-config
stub dpkg-query <<'END'
shift 3
printf 'installed %s\n' "$@"
END
echo 'echo "E: no network"; exit 100' | stub apt-get
export PATH="$tmp/bin:$PATH"
unset BUILD_DIR CONFIGURE_FLAGS CFLAGS PKG_CONFIG
CC=cc
export CC
echo 1 >"$tmp/check-version"

# dev STATUS COMMAND ARGUMENT...: run dev, by the path in $dev.
dev=$tmp/tree/dev
dev()
{
	dev_status=$1
	shift
	what="dev $*"
	"$dev" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	exited $? "$dev_status"
}

configured="dev: configuring and building $tmp/tree/build"
dev 0 run list
prints 'configured with: --quiet CC=cc check=1 list'
says "$configured"
dev 0 run list
silent

# What was configured before the library for the tests was there, does not stay so.
echo 2 >"$tmp/check-version"
dev 0 run list
prints 'CC=cc check=2'
says "$configured"
dev 0 run list
silent
CC=clang
dev 0 run list
prints 'CC=clang check=2'
export CONFIGURE_FLAGS=--enable-asan
dev 0 run list
prints '--enable-asan CC=clang'
says "$configured with --enable-asan"
dev 0 run list
silent

# A build that dev did not configure
rm "$tmp/tree/build/.settings"
dev 0 run list
says "$tmp/tree/build was configured with: by hand; it is configured anew"
# Nor one that was configured by hand since, or taken apart
echo 'echo otherwise' >"$tmp/tree/build/config.status"
dev 0 run list
says "$configured"
dev 0 run list
silent
rm "$tmp/tree/build/config.status"
dev 0 run list
says "$configured"

# By symbolic links, from elsewhere
mkdir "$tmp/links"
ln -s ../tree/dev "$tmp/links/relative"
ln -s "$tmp/links/relative" "$tmp/links/absolute"
for dev in "$tmp/links/relative" "$tmp/links/absolute"; do
	dev 0 run list
	silent
done
dev=$tmp/tree/dev

# Where nothing can be built
cp -R "$tmp/tree" "$tmp/a tree"
dev="$tmp/a tree/dev"
dev 1 run list
says 'make refuses a path with a blank'
dev=$tmp/tree/dev
export BUILD_DIR="$tmp/a build"
dev 1 run list
says "use another folder than $tmp/a build"
export BUILD_DIR="$tmp/tree/dev/build"
dev 1 run list
says "the folder $tmp/tree/dev/build cannot be made"
unset BUILD_DIR
touch "$tmp/tree/config.status"
dev 1 run list
says "make -C $tmp/tree distclean"
rm "$tmp/tree/config.status"

# What another user has built: root can write everything, so it becomes another one.
find "$tmp/tree/build" -exec chmod a-w {} +
if [ "$(id -u)" = 0 ]; then
	need setpriv util-linux
	stub as-another <<END
exec setpriv --reuid 65534 --regid 65534 --clear-groups "$tmp/tree/dev" "\$@"
END
	dev=$tmp/bin/as-another
fi
dev 1 run list
says "$tmp/tree/build belongs to $(id -un) and cannot be written"
find "$tmp/tree/build" -exec chmod u+w {} +
dev=$tmp/tree/dev

# Packages that cannot be installed
echo 'exit 1' | stub dpkg-query
stub sudo <<'END'
exec "$@"
END
dev 1 run list
says 'dev: installing: autoconf'
says 'E: no network'
says 'as root: apt-get install autoconf'

finish
