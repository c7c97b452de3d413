/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/caller.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/xalloc.h"

/* A line of syslog has room for about as much; what is longer is cut, and says so. */
#define COMMAND_MAX 512
#define WORD_MAX    64

/* -1: nobody has logged in. */
#define NOBODY "4294967295"

/* Reads at most so many bytes; returns how many, 0 also where there is nothing to read. */
static size_t read_start(const char *path, char *text, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, max);

	if (fd >= 0)
		close(fd);
	return n > 0 ? (size_t)n : 0;
}

bool caller_find_process(uint64_t pid, uint64_t *start)
{
	char path[48], text[1024], *p;
	size_t length;

	*start = 0;
	if (pid == 0 || pid > INT32_MAX || (kill((pid_t)pid, 0) < 0 && errno == ESRCH))
		return false;
	snprintf(path, sizeof(path), "/proc/%" PRIu64 "/stat", pid);
	length = read_start(path, text, sizeof(text) - 1);
	text[length] = '\0';
	/* The second field is the name, in parentheses, and may have anything in it; the third is the state, the 22nd the start. */
	p = strrchr(text, ')');
	if (p && (strncmp(p, ") Z", 3) == 0 || strncmp(p, ") X", 3) == 0))
		return false;
	for (int field = 2; p && field < 22; field++) {
		p = strchr(p, ' ');
		p = p ? p + 1 : NULL;
	}
	*start = p ? strtoull(p, NULL, 10) : 0;
	return true;
}

/* What a user chose must neither end the line nor the quotes, nor move a terminal's cursor. */
static void put_escaped(FILE *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < ' ' || c > '~' || c == '"' || c == '\'' || c == '\\')
			fprintf(out, "\\x%02x", c);
		else
			putc(c, out);
	}
}

char *caller_sudo_user(void)
{
	const char *name = getenv("SUDO_USER");
	char *text;
	size_t length;
	FILE *out;

	if (!name)
		return NULL;
	out = xopen_memstream(&text, &length);
	put_escaped(out, name, strnlen(name, WORD_MAX));
	xclose_memstream(out);
	return text;
}

static bool is_set_to(const char *name, const char *value)
{
	const char *now = getenv(name);

	return now && strcmp(now, value) == 0;
}

/* What udevd's RUN starts has the event in its environment; what a unit starts for a rule has not, and is marked. */
bool caller_is_udev(void)
{
	return is_set_to("MEMCTL_BY", "udev") || (is_set_to("SUBSYSTEM", "memory") && getenv("ACTION") && getenv("DEVPATH"));
}

/* Words with anything in them that a shell would not take as it is are quoted. */
static void put_word(FILE *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
	const char *quote = *word && !word[strspn(word, plain)] ? "" : "'";

	fputs(quote, out);
	put_escaped(out, word, strlen(word));
	fputs(quote, out);
}

void caller_put_command(FILE *out)
{
	char text[COMMAND_MAX + 1];
	size_t length = read_start("/proc/self/cmdline", text, COMMAND_MAX);

	text[length] = '\0';
	for (size_t i = 0; i < length; i += strlen(text + i) + 1) {
		if (i)
			putc(' ', out);
		put_word(out, text + i);
	}
	if (length == COMMAND_MAX)
		fputs(" ...", out);
}

/* Numbers, for looking up names may take its time; who logged in stays the same after su and sudo. */
void caller_put_user(FILE *out)
{
	const char *sudo_user = getenv("SUDO_USER");
	char login[WORD_MAX];
	size_t length = read_start("/proc/self/loginuid", login, sizeof(login));

	fprintf(out, "uid=%ju", (uintmax_t)getuid());
	if (length && (length != strlen(NOBODY) || strncmp(login, NOBODY, length) != 0)) {
		fputs(" login_uid=", out);
		put_escaped(out, login, length);
	}
	if (sudo_user) {
		fputs(" sudo_user=\"", out);
		put_escaped(out, sudo_user, strnlen(sudo_user, WORD_MAX));
		putc('"', out);
	}
	if (caller_is_udev())
		fputs(" by=udev", out);
}
