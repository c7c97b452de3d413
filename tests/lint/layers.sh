#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Which folder may use what.
. "${top_srcdir:-.}/tests/lint/lib.sh" || exit

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

# except PATTERN: drops lines of these files.
except()
{
	grep -vE "^($1):"
}

# sources_of FOLDER...
sources_of()
{
	find "$@" -name '*.[ch]' | sort
}

# own_includes PATTERN FILE...: what files include of this project, except headers that match.
own_includes()
{
	own_pattern=$1
	shift
	code "$@" | grep -E "$(includes '' | sed 's/\[<"\]/"/')" | grep -vE ":[[:space:]]*#[[:space:]]*include \"$own_pattern\"\$"
}

# The library: read/ knows the top, decide/ also read/, act/ all. A header is named by its way from the top.
header='[a-z-]+\.h'
# shellcheck disable=SC2046 # lists of files
{
	# The context holds what files are reached by.
	own_includes "(memhp/)?$header" libmemhp/*.[ch] | grep -vE '^libmemhp/ctx\.c:.*"read/(files|root)\.h"'
	own_includes "$header" $(sources_of libmemhp/memhp)
	own_includes "(read/)?$header" $(sources_of libmemhp/read)
	own_includes "((read|decide)/)?$header" $(sources_of libmemhp/decide)
	own_includes "((read|decide|act)/)?$header" $(sources_of libmemhp/act)
	grep_code "$(includes '' | sed 's/\[<"\]/</')(read|decide|act|memhp)" $(sources_of libmemhp)
} | complain 'a folder of the library includes only what is lower'

library=$(sources_of libmemhp)
opening='f?open|f?open64|openat2?|creat|fdopen|fdopendir|opendir|scandir|readlink(at)?|f?access(at)?|l?stat|fstat(at)?|statx'
moving='read|pread|readv|write|pwrite|writev|store|sendmsg|send|recv|recvmsg|ioctl|fork|vfork|clone3?|syscall|execv[a-z]*|mmap'
clock='clock_gettime|time|now_ms'
reading='memhp__[a-z_]+_read(_[a-z_]+)?|memhp__pages_count|memhp__scan_[a-z_]+|memhp_(snapshot|policy|agents|balance)_new'
input='sys/.*|fcntl\.h|unistd\.h|stdio\.h|dirent\.h|.*files\.h|.*worker\.h'

# decide/, and every file that calls itself pure in the comment at its top, or whose header does
pure=$(for file in $library; do
	case $file in
	libmemhp/decide/*) echo "$file" ;;
	*) ! head -n 12 "$file" | grep -qE '^[/ ]\*.*\bPure\b' || ls "${file%.h}.c" "${file%.c}.h" 2>/dev/null ;;
	esac
done | sort -u)
case $pure in
*libmemhp/read/parse.c*) ;;
*) echo 'libmemhp/read/parse.c' | complain 'not found among the pure files' ;;
esac
# shellcheck disable=SC2086 # lists of files
{
	grep_code "$(calls "$opening|$moving|memhp__file_[a-z_]+|memhp__worker_[a-z_]+|$clock")" $pure
	# The assessment and the findings are what looks at the machine and judges in one; they open nothing themselves.
	grep_code "$(calls "$reading")" $pure | except 'libmemhp/decide/(assess|findings)\.c'
	grep_code "$(includes "$input")" $pure
} | complain 'decide/ and what calls itself pure has no input, no output and no clock'

# shellcheck disable=SC2086 # lists of files
{
	# The worker lists /proc/self/fd in its child, to close what it inherited.
	grep_code "$(calls "$opening")" $library | except 'libmemhp/read/(files|root)\.[ch]' |
		grep -v '^libmemhp/act/child\.c:.*"/proc/self/fd"' | complain 'only read/files.c and read/root.c open files'
	grep_code "$(calls 'memhp__file_store[a-z_]*')" $library | except 'libmemhp/(act/.*|read/files\.[ch])' |
		complain 'only act/ stores'
	grep_code "$(calls 'p?writev?|fwrite')" $library | except 'libmemhp/read/files\.c' |
		complain 'only read/files.c has a write(2)'

	# What no library may do to its host
	printing='v?printf|vfprintf|fprintf|puts|putchar|fputs|fputc|putc|perror|psignal|v?syslog|v?warnx?|v?errx?'
	ending='exit|abort|atexit|on_exit|quick_exit|assert|raise'
	grep_code "$(calls "$printing|$ending")" $library | complain 'the library never prints, exits, aborts or asserts'
	grep_code "$(calls '(secure_)?getenv|setenv|putenv|unsetenv|setlocale')" $library |
		complain 'the library leaves the environment and the locale alone'
	grep_code "$(calls 'signal|bsd_signal|sigaction|sigset')" $library | except 'libmemhp/act/child\.c' |
		complain 'the library installs no signal handler (child.c resets them in its child)'
	grep_code "$(includes '(.*/)?(popt|libsmartcols|json|libmount)')" $library | complain 'the library depends on libc alone'
}

# The program: ui/ knows no command, and a command itself and ui/. Headers are named by their way from cmd/.
program=$(sources_of cmd)
{
	for folder in cmd/*/; do
		name=$(basename "$folder")
		known="libmemhp\.h|commands?\.h|(ui|$name)/$header"
		[ "$name" != ui ] || known="libmemhp\.h|command\.h|ui/$header"
		# shellcheck disable=SC2046 # a list of files
		own_includes "($known)" $(sources_of "$folder")
	done
	code cmd/*.[ch] | grep -E "$(includes '.*(libmemhp|\.\.)/')"
} | complain 'a folder of the program includes libmemhp.h, ui/ and itself'

# One room for each of the libraries that the program uses
# shellcheck disable=SC2086 # lists of files
{
	grep_code "$(includes 'popt')" $program | except 'cmd/ui/opts-popt\.c' | complain 'popt belongs to ui/opts-popt.c'
	grep_code "$(includes 'libsmartcols')" $program | except 'cmd/ui/table\.c' | complain 'libsmartcols belongs to ui/table.c'
	grep_code "$(includes '.*json')" $program | grep -v '/json\.h"' | except 'cmd/ui/json\.c' |
		complain 'json-c belongs to ui/json.c'
	grep_code "$(includes 'libmount')" $program | except 'cmd/ui/mounts\.c' | complain 'libmount belongs to ui/mounts.c'
	grep_code '.*\\033\[' $program | except 'cmd/ui/.*' | complain 'how a terminal is coloured is for ui/ to know'
	# The worker is the one process that is made; help runs man(1).
	grep_code "$(calls 'fork|vfork|popen|system|posix_spawnp?|execv[a-z]*|execl[a-z]*')" $library $program |
		except 'cmd/memctl\.c' | complain 'no other programs and no fork()'
}

finish
