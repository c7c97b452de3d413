/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/processes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/format.h"
#include "ui/json.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

void who_begin(struct who *who, const struct options *options)
{
	*who = (struct who){ .asked = has_option(options, OPT_WHO), .self = options->sysroot ? 0 : getpid() };
}

void who_add(struct who *who, uint64_t start_addr, uint64_t last_addr)
{
	who->start_addrs = xreallocarray(who->start_addrs, who->num + 1, sizeof(*who->start_addrs));
	who->last_addrs = xreallocarray(who->last_addrs, who->num + 1, sizeof(*who->last_addrs));
	who->start_addrs[who->num] = start_addr;
	who->last_addrs[who->num++] = last_addr;
}

void who_look(struct who *who, struct memhp_ctx *ctx)
{
	if (!who->asked || who->num == 0)
		return;
	who->error = memhp_mappers_new(&who->mappers, ctx, who->start_addrs, who->last_addrs, who->num, MEMHP_NO_TIMEOUT);
	if (who->error == -ENOMEM)
		out_of_memory();
}

void who_release(struct who *who)
{
	memhp_mappers_free(who->mappers);
	free(who->start_addrs);
	free(who->last_addrs);
}

/* The next process of a range, from *index on; NULL behind the last. That memctl itself maps pages is of no interest. */
static const struct memhp_process *next_process(const struct who *who, size_t range, size_t *index)
{
	const struct memhp_process *process;

	do
		process = who->mappers ? memhp_mappers_get_process(who->mappers, range, (*index)++) : NULL;
	while (process && memhp_process_get_pid(process) == who->self);
	return process;
}

/* What tells a suspect: pages that a device may access cannot be moved. */
static void print_pinned(FILE *out, const struct memhp_process *process, bool bytes)
{
	uint64_t pinned = memhp_process_get_figure(process, MEMHP_PROCESS_FIGURE_PINNED);
	char amount[SIZE_TEXT_MAX];

	if (pinned)
		fprintf(out, ", pins %s for devices", format_amount(pinned, bytes, amount));
}

char *who_text(const struct who *who, size_t range, size_t max, const char *separator, bool bytes)
{
	const struct memhp_process *process;
	size_t index = 0, num = 0, size;
	char *text = NULL, amount[SIZE_TEXT_MAX];
	FILE *out = xopen_memstream(&text, &size);

	while ((process = next_process(who, range, &index))) {
		if (num++ >= max)
			continue;
		fprintf(out, "%s%s (pid %d, %s", num > 1 ? separator : "", memhp_process_get_name(process),
			(int)memhp_process_get_pid(process),
			format_amount(memhp_process_get_figure(process, MEMHP_PROCESS_FIGURE_MAPPED), bytes, amount));
		print_pinned(out, process, bytes);
		fputc(')', out);
	}
	if (num > max)
		fprintf(out, " and %zu more", num - max);
	xclose_memstream(out);
	if (num == 0) {
		free(text);
		return NULL;
	}
	return text;
}

char *who_trouble(const struct who *who)
{
	size_t skipped = who->mappers ? memhp_mappers_get_num_skipped(who->mappers) : 0;

	switch (who->error) {
	case 0:
		break;
	case -EPERM:
		return xstrdup("which processes map pages (only root may see that: CAP_SYS_ADMIN)");
	case -ENOENT:
		return xstrdup("which processes map pages (there is no /proc/PID/pagemap)");
	case -ECANCELED:
		return xstrdup("which processes map pages (interrupted)");
	default:
		return xasprintf("which processes map pages (%s)", strerror(-who->error));
	}
	if (!skipped)
		return NULL;
	return xasprintf("whether these are all (%zu processes could not be looked at, or only in part)", skipped);
}

struct json_object *who_processes(const struct who *who, size_t range)
{
	const struct memhp_process *process;
	struct json_object *array;
	size_t index = 0;

	if (!who->mappers)
		return NULL;
	array = json_array_new();
	while ((process = next_process(who, range, &index))) {
		struct json_object *object = json_new();

		json_set_uint(object, "pid", (uint64_t)memhp_process_get_pid(process));
		json_set_string(object, "name", memhp_process_get_name(process));
		json_set_uint(object, "mapped", memhp_process_get_figure(process, MEMHP_PROCESS_FIGURE_MAPPED));
		json_set_uint(object, "locked", memhp_process_get_figure(process, MEMHP_PROCESS_FIGURE_LOCKED));
		json_set_uint(object, "pinned", memhp_process_get_figure(process, MEMHP_PROCESS_FIGURE_PINNED));
		json_append(array, object);
	}
	return array;
}

struct json_object *who_state(const struct who *who)
{
	struct json_object *object = json_new();

	json_set_string(object, "errno", errno_name(who->error));
	json_set_uint(object, "skipped", who->mappers ? memhp_mappers_get_num_skipped(who->mappers) : 0);
	return object;
}
