#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Which part of the program may use what.
. "${top_srcdir:-.}/tests/lint/lib.sh"

# grep_code PATTERN FILE...: the lines of code, without comments, that match an extended regular expression.
grep_code()
{
	grep_code_pattern=$1
	shift
	code "$@" | grep -E "^[^:]*:[0-9]*:$grep_code_pattern"
}

# calls NAMES: a pattern for calls of any of these functions, separated by |.
calls()
{
	printf '(.*[^A-Za-z0-9_])?(%s)[[:space:]]*\\(' "$1"
}

# includes HEADERS: likewise for #include
includes()
{
	printf '[[:space:]]*#[[:space:]]*include[[:space:]]*[<"](%s)' "$1"
}

# except FILE...: drops lines of these files.
except()
{
	for except_file; do
		set -- "$@" -e "^$except_file:"
		shift
	done
	grep -v "$@"
}

# The program and the library
for header in libmemhp/*.h; do
	name=${header#libmemhp/}
	[ "$name" = libmemhp.h ] && continue
	[ -e "cmd/$name" ] && continue # found there first
	grep_code "$(includes "(.*/)?$name")" cmd/*.[ch]
done | complain 'cmd/ includes libmemhp.h and nothing else of the library'
grep_code "$(includes '.*(libmemhp|\.\.)/')" cmd/*.[ch] | complain 'cmd/ includes headers by their names alone'
grep_code "$(includes '(.*/)?(popt|libsmartcols|json|libmount)')" libmemhp/*.[ch] |
	complain 'libmemhp/ depends on libc alone'

# One room for each of the libraries that the program uses
grep_code "$(includes 'popt')" cmd/*.[ch] | except cmd/memctl.c 'cmd/opts\.[ch]' 'cmd/cmd-[a-z]*\.c' cmd/command.h |
	complain 'popt belongs to memctl.c, opts.c and cmd-*.c'
grep_code "$(includes 'libsmartcols')" cmd/*.[ch] | except cmd/output.c | complain 'libsmartcols belongs to output.c'
grep_code "$(includes 'json')" cmd/*.[ch] | grep -v '"json\.h"' | except cmd/json.c | complain 'json-c belongs to json.c'
grep_code "$(includes 'libmount')" cmd/*.[ch] | except cmd/mounts.c | complain 'libmount belongs to mounts.c'

# Who may do what in the library
pure=$(printf 'libmemhp/%s.c ' causes judge kmsg-items kmsg-parse names outcome pageflags parse parse-firmware plan selection \
	spans udev-match udev-parse udev-rules undo)
opening='f?open|f?open64|openat2?|creat|fdopen|fdopendir|opendir|scandir|readlink(at)?|f?access(at)?|l?stat|fstat(at)?|statx'
moving='read|pread|readv|write|pwrite|writev|store|sendmsg|send|recv|recvmsg|ioctl|fork|vfork|clone3?|syscall|execv[a-z]*|mmap'
# shellcheck disable=SC2086 # a list of files
{
	grep_code "$(calls "$opening|$moving|sysfs_[a-z_]+|worker_[a-z_]+|clock_gettime|time")" $pure
	grep_code "$(includes 'sysfs\.h|worker\.h|fcntl\.h|unistd\.h|stdio\.h|dirent\.h')" $pure
} | complain "$pure are pure: no input, no output, no clock"
# worker.c lists /proc/self/fd in its child, to close what it inherited.
grep_code "$(calls "$opening")" libmemhp/*.[ch] | except 'libmemhp/sysfs\.[ch]' | grep -v '^libmemhp/worker\.c:.*"/proc/self/fd"' |
	complain 'sysfs.c is the only file of the library that opens files'
grep_code "$(calls 'sysfs_store[a-z_]*')" libmemhp/*.c | except 'libmemhp/\(sysfs\|apply\|worker\|policy-set\|dyndbg\)\.c' |
	complain 'only apply.c, worker.c, policy-set.c and dyndbg.c store into sysfs'
grep_code "$(calls 'p?writev?|fwrite')" libmemhp/*.[ch] | except 'libmemhp/sysfs\.c' | complain 'only sysfs.c has a write(2)'

# What no library may do to its host
printing='v?printf|vfprintf|fprintf|puts|putchar|fputs|fputc|putc|perror|psignal|v?syslog|v?warnx?|v?errx?'
ending='exit|abort|atexit|on_exit|quick_exit|assert|raise'
grep_code "$(calls "$printing|$ending")" libmemhp/*.[ch] | complain 'the library never prints, exits, aborts or asserts'
grep_code "$(calls '(secure_)?getenv|setenv|putenv|unsetenv|setlocale')" libmemhp/*.[ch] |
	complain 'the library leaves the environment and the locale alone'
grep_code "$(calls 'signal|bsd_signal|sigaction|sigset')" libmemhp/*.[ch] | except libmemhp/worker.c |
	complain 'the library installs no signal handler (worker.c resets them in its child)'
grep_code "$(calls 'fork|vfork|popen|system|posix_spawnp?|execv[a-z]*|execl[a-z]*')" libmemhp/*.[ch] cmd/*.[ch] |
	except cmd/cmd-help.c | complain 'no other programs and no fork(): worker.c makes the one process (cmd-help.c runs man)'

finish
