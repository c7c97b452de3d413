/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/colors.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "terminal-colors.d"

/* Of the file that decides: the one that says most of whom it is for */
struct choice {
	int weight;
	bool disables;
};

static bool is_text(const char *text, size_t length, const char *word)
{
	return word && strlen(word) == length && memcmp(text, word, length) == 0;
}

/* A file's name is [[PROGRAM][@TERMINAL].]TYPE. Returns how much it says, -1 where it is for others. */
static int weigh(const char *name, size_t length, const char *program, const char *term)
{
	const char *at = memchr(name, '@', length);
	size_t before = at ? (size_t)(at - name) : length;
	int weight = 0;

	if (at && !is_text(at + 1, length - before - 1, term))
		return -1;
	if (before && !is_text(name, before, program))
		return -1;
	weight += before ? 20 : 0;
	weight += at ? 10 : 0;
	return weight;
}

static void look_at(const char *name, const char *program, const char *term, struct choice *choice)
{
	const char *dot = strrchr(name, '.'), *type = dot ? dot + 1 : name;
	bool disables = strcmp(type, "disable") == 0;
	int weight = weigh(name, dot ? (size_t)(dot - name) : 0, program, term);

	/* Of two that say as much, colours win. */
	if ((!disables && strcmp(type, "enable") != 0) || weight < choice->weight || (weight == choice->weight && disables))
		return;
	*choice = (struct choice){ weight, disables };
}

/* False where there is no such folder */
static bool read_folder(const char *path, const char *program, const char *term, struct choice *choice)
{
	struct dirent *entry;
	DIR *folder = opendir(path);

	if (!folder)
		return false;
	while ((entry = readdir(folder)))
		look_at(entry->d_name, program, term, choice);
	closedir(folder);
	return true;
}

bool colors_are_disabled(const char *program, const char *term)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct choice choice = { .weight = -1 };
	char path[4096] = "";

	if (config && *config)
		snprintf(path, sizeof(path), "%s/" FOLDER, config);
	else if (home && *home)
		snprintf(path, sizeof(path), "%s/.config/" FOLDER, home);
	if (!*path || !read_folder(path, program, term, &choice))
		read_folder("/etc/" FOLDER, program, term, &choice);
	return choice.disables;
}
