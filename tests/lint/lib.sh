# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the lint scripts share. Sourced; takes the script to the top source folder and makes the folder $tmp, gone at the end.

LC_ALL=C
export LC_ALL
. "${top_srcdir:-.}/tests/skip.sh"
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# complain TEXT < LINES: the lines, if there are any, are what is wrong. Lines look like FILE:LINE:TEXT.
complain()
{
	complain_lines=$(cat)
	[ -n "$complain_lines" ] || return 0
	printf '%s:\n%s\n\n' "$1" "$complain_lines"
	: >"$tmp/complained" # a file, for this runs at the end of a pipeline, in a shell of its own
}

# finish: ends the test.
finish()
{
	[ ! -e "$tmp/complained" ]
	exit
}

# sources: the files that people write, one a line; generated ones have other names or other places.
sources()
{
	find libmemhp cmd examples man bash-completion fish-completion zsh-completion packaging schema tests m4/memctl.m4 \
		configure.ac Makefile.am Doxyfile.in autogen.sh dev .ci .clang-format .editorconfig -type f |
		grep -E -e '\.([ch3578]|am|ac|html|in|m4|md|py|sh|sym)$' \
			-e '/run$|^(dev|\.ci/[^.]*|\.[^/]*|bash-completion/memctl|tests/vm/[^.]*)$' \
			-e '^(fish-completion/memctl\.fish|zsh-completion/_memctl)$' \
			-e '^packaging/(arch|rpm)/|^packaging/debian/(control|rules|watch|tests/.*)$' |
		sort
}

# code FILE...: C without comments, as FILE:LINE:TEXT.
code()
{
	awk '
		FNR == 1 { inside = 0 }
		{
			line = $0
			out = ""
			while (line != "") {
				if (inside) {
					end = index(line, "*/")
					if (!end)
						break
					line = substr(line, end + 2)
					inside = 0
				} else {
					start = index(line, "/*")
					if (!start) {
						out = out line
						break
					}
					out = out substr(line, 1, start - 1)
					line = substr(line, start + 2)
					inside = 1
				}
			}
			if (out ~ /[^ \t]/)
				print FILENAME ":" FNR ":" out
		}' "$@"
}

cd "${top_srcdir:-.}" || exit 1
