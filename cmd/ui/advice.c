/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/advice.h"
#include "ui/macro.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ui/xalloc.h"

#define NAME "memctl "

/* What a shell takes as it is */
#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+,:@="

static const char *const *commands;
static const char *sysroot;

/* A text that is measured first, without memory, and then written */
struct text {
	char *start;
	size_t length;
	bool is_format;
};

void advice_set_commands(const char *const *names)
{
	commands = names;
}

void advice_set_sysroot(const char *dir)
{
	sysroot = dir;
}

bool advice_is_local(void)
{
	return !sysroot;
}

static void put(struct text *text, const char *part, size_t length)
{
	if (text->start)
		memcpy(text->start + text->length, part, length);
	text->length += length;
}

static void put_string(struct text *text, const char *part)
{
	put(text, part, strlen(part));
}

/* Between single quotes, of which one itself is '\'' */
static void put_quoted(struct text *text, const char *word)
{
	for (; *word; word++) {
		if (*word == '\'')
			put_string(text, "'\\''");
		else
			put(text, word, 1);
		if (*word == '%' && text->is_format)
			put(text, word, 1);
	}
}

/* A path below a directory, as one word */
static void put_word(struct text *text, const char *dir, const char *path)
{
	bool is_plain = !dir[strspn(dir, PLAIN)] && !path[strspn(path, PLAIN)];

	put_string(text, is_plain ? "" : "'");
	put_quoted(text, dir);
	put_quoted(text, path);
	put_string(text, is_plain ? "" : "'");
}

/* Whether a command is behind the name, and not a word such as in "memctl found none" */
static bool is_command(const char *sentence, const char *found)
{
	const char *word = found + strlen(NAME);
	size_t length = strcspn(word, " ,;:.)\"\n");

	if (found > sentence && (isalnum((unsigned char)found[-1]) || found[-1] == '/'))
		return false;
	for (size_t i = 0; commands && commands[i]; i++)
		if (strlen(commands[i]) == length && memcmp(commands[i], word, length) == 0)
			return true;
	return false;
}

/* Whether a command of another program begins there, or the quote before it */
static bool is_other(const char *sentence, const char *found)
{
	static const char *const others[] = {
		"daxctl reconfigure-device", "dmesg", "drmgr -c", "kexec -p", "sysctl", "systemctl", "udevadm"
	};
	const char *word = found + (*found == '"');

	if (found > sentence && (isalnum((unsigned char)found[-1]) || strchr("/._-", found[-1])))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		size_t length = strlen(others[i]);

		if (strncmp(word, others[i], length) == 0 && !isalnum((unsigned char)word[length]) && word[length] != '_')
			return true;
	}
	return false;
}

static void put_sentence(struct text *text, const char *sentence)
{
	bool has_told = false;

	for (const char *p = sentence; *p; p++) {
		if (sysroot && !has_told && is_other(sentence, p)) {
			put_string(text, "on that machine: ");
			has_told = true;
		}
		put(text, p, 1);
		if (sysroot && strncmp(p, NAME, strlen(NAME)) == 0 && is_command(sentence, p)) {
			put(text, p + 1, strlen(NAME) - 1);
			put_string(text, "--sysroot ");
			put_word(text, sysroot, "");
			put_string(text, " ");
			p += strlen(NAME) - 1;
		}
	}
	put(text, "", 1);
}

static char *make_sentence(const char *sentence, bool is_format)
{
	struct text text = { .is_format = is_format };

	put_sentence(&text, sentence);
	text.start = malloc(text.length);
	text.length = 0;
	if (text.start)
		put_sentence(&text, sentence);
	return text.start;
}

char *advice_try(const char *sentence)
{
	return make_sentence(sentence, false);
}

/* The format is the caller's, which compilers have checked there, with words put in that convert nothing. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
char *advice_vformat(const char *format, va_list args)
{
	_cleanup_free_ char *sentence = make_sentence(format, true);
	char *text;

	return sentence && vasprintf(&text, sentence, args) >= 0 ? text : NULL;
}
#pragma GCC diagnostic pop

char *advice_try_path(const char *path)
{
	const char *dir = sysroot ? sysroot : "";
	struct text text = { .start = NULL };

	put_word(&text, dir, path);
	put(&text, "", 1);
	text.start = malloc(text.length);
	text.length = 0;
	if (text.start) {
		put_word(&text, dir, path);
		put(&text, "", 1);
	}
	return text.start;
}
