// SPDX-License-Identifier: GPL-2.0-or-later
/* Rules of udev: a comment before them moves their lines and changes nothing else. */
#include <stdio.h>

#include "fuzz.h"
#include "read/udev-rules.h"

struct log {
	FILE *file;
	unsigned int offset;
};

static int note_act(void *data, const struct udev_act *act)
{
	const struct log *log = data;

	fuzz_check(act->line > log->offset && memhp_transition_name(act->effect));
	fuzz_check(strlen(act->text) < UDEV_TEXT_MAX && strlen(act->condition) < UDEV_TEXT_MAX);
	fprintf(log->file, "%u %s %s %s\n", act->line - log->offset, memhp_transition_name(act->effect), act->text, act->condition);
	return 0;
}

static int look_up(void *data, const char *device, const char *name, char *value, size_t size)
{
	(void)data;
	if (strcmp(device, "dmi/id") != 0)
		return -ENOSYS;
	if (strcmp(name, "sys_vendor") != 0)
		return -ENOENT;
	snprintf(value, size, "QEMU");
	return 0;
}

/* What the rules do, as a text from malloc() */
static char *run(const char *text, size_t length, unsigned int offset)
{
	const struct udev_facts facts = { "x86_64", "x86-64", UDEV_VIRT_UNKNOWN, look_up, NULL };
	struct udev_event *event = memhp__udev_event_new(&facts, MEMHP_MOMENT_ADD_OFFLINE);
	char *acts = NULL;
	size_t acts_length;
	struct log log = { open_memstream(&acts, &acts_length), offset };

	fuzz_check(event && log.file);
	fprintf(log.file, "%d\n", memhp__udev_run(&event, 1, text, length, note_act, &log));
	memhp__udev_event_free(event);
	fclose(log.file);
	return acts;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char comment[] = "# a comment\n";
	size_t length = strlen(comment);
	_cleanup_free_ char *text = fuzz_text(data, size);
	_cleanup_free_ char *commented = malloc(length + size + 1);
	_cleanup_free_ char *acts = run(text, size, 0);
	_cleanup_free_ char *same = NULL;

	memcpy(commented, comment, length);
	memcpy(commented + length, text, size + 1);
	same = run(commented, length + size, 1);
	fuzz_check(strcmp(acts, same) == 0);
	return 0;
}
