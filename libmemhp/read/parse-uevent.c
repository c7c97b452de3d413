/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/parse-uevent.h"

#include <string.h>

#include "read/parse.h"

#define BLOCKS "/devices/system/memory/"

/* The value of a key; NULL when there is none. The text ends with a NUL byte. */
static const char *find_value(const char *text, size_t length, const char *key)
{
	const char *end = text + length;
	size_t key_length = strlen(key);

	for (; text < end; text += strlen(text) + 1)
		if (strncmp(text, key, key_length) == 0 && text[key_length] == '=')
			return text + key_length + 1;
	return NULL;
}

static bool parse_action(const char *word, enum memhp_event_kind *kind)
{
	/* A change is no action of the kernel's. */
	for (*kind = MEMHP_EVENT_KIND_ADD; *kind < MEMHP_EVENT_KIND_CHANGE; ++*kind)
		if (strcmp(word, memhp_event_kind_name(*kind)) == 0)
			return true;
	return false;
}

bool memhp__parse_uevent(const char *text, size_t length, struct uevent *uevent)
{
	const char *action, *path, *subsystem;

	if (length == 0 || text[length - 1] != '\0')
		return false;
	action = find_value(text, length, "ACTION");
	path = find_value(text, length, "DEVPATH");
	subsystem = find_value(text, length, "SUBSYSTEM");
	if (!action || !path || !subsystem || find_value(text, length, "SYNTH_UUID"))
		return false;
	return strcmp(subsystem, "memory") == 0 && strncmp(path, BLOCKS, strlen(BLOCKS)) == 0 &&
	       memhp__parse_numbered_name(path + strlen(BLOCKS), "memory", &uevent->block_id) &&
	       parse_action(action, &uevent->kind);
}
