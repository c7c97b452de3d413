# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the scripts share that work in a Debian 12 of their own, which has nothing of a developer's (debootstrap, minbase). Sourced.
# They have a folder, which is made, and removed at the end, and a store, in which the bare root and packages lie for who comes
# next. Needs root or sudo.
#
# All mounts are in a namespace of the run's own and end with it, however it ends. sysfs is read-only there.
umask 022
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
top=$(cd "$(dirname "$0")/.." && pwd)

step()
{
	echo "== $(date +%T) $*"
}

# contained FOLDER STORE [ARGUMENT...]: the function inside, with $folder and $store and these arguments, in the namespaces.
contained()
{
	if [ "$1" = --inside ]; then
		folder=$2 store=$3
		shift 3
		mount -o remount,bind,ro /sys
		inside "$@"
		return
	fi
	[ "$(id -u)" = 0 ] || exec sudo "$0" "$@"
	mkdir "$1"
	mkdir -p "$2/packages/partial"
	folder=$(cd "$1" && pwd) store=$(cd "$2" && pwd)
	shift 2
	trap 'rm -rf --one-file-system "$folder"; chown -R --reference="$top" "$store"' EXIT
	unshare --mount --propagation private --pid --fork --kill-child "$0" --inside "$folder" "$store" "$@" &
	trap 'kill -KILL $!; sleep 1; exit 1' HUP INT TERM # and all in the namespace of processes with it
	wait $!
}

# make_root ROOT: a bare one, with the mirror of this machine and its ways to it, a proxy, say, and what programs expect of a
# machine. Packages that were fetched once are there for the next root.
make_root()
{
	mkdir "$1"
	if [ -e "$store/bookworm.tar" ]; then
		tar -x -p -f "$store/bookworm.tar" -C "$1"
	else
		# shellcheck disable=SC2016 # apt's
		mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian' | head -n 1)
		debootstrap --variant=minbase bookworm "$1" "${mirror:-http://deb.debian.org/debian}"
		apt-config dump | grep -iE '^Acquire::(.*proxy|check-|retries)' >"$1/etc/apt/apt.conf.d/99this-machine" || :
		echo force-unsafe-io >"$1/etc/dpkg/dpkg.cfg.d/unsafe-io"
		[ ! -e /dev/fuse ] || mknod -m 666 "$1/dev/fuse" c 10 229
		tar -c -f "$store/bookworm.new" -C "$1" .
		mv "$store/bookworm.new" "$store/bookworm.tar"
	fi
	mount --bind "$1" "$1" # what is no mount point cannot be the root of a new namespace
	mount -t proc proc "$1/proc"
	mount --bind /sys "$1/sys"
	mount -o remount,bind,ro "$1/sys"
	mount -t devpts -o newinstance,ptmxmode=666 devpts "$1/dev/pts"
	mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
	mount --bind "$store/packages" "$1/var/cache/apt/archives"
}

# install ROOT PACKAGE...
install()
{
	install_root=$1
	shift
	DEBIAN_FRONTEND=noninteractive chroot "$install_root" apt-get -q -y install --no-install-recommends "$@"
}

# add_user ROOT: an ordinary one, somebody
add_user()
{
	chroot "$1" useradd --create-home --shell /bin/bash somebody
}
