/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memmap_on_memory of what is configured: as it was asked for, and as it is */
#include "operation/configure.h"
#include "ui/json.h"
#include "ui/opts.h"

enum memhp_memmap configure_wanted_memmap(const struct options *options)
{
	if (!has_option(options, OPT_MEMMAP))
		return MEMHP_MEMMAP_KEEP;
	return options->memmap ? MEMHP_MEMMAP_ON_MEMORY : MEMHP_MEMMAP_ELSEWHERE;
}

void configure_write_row(const struct operation *op _unused_, const struct report_row *row, struct json_object *object)
{
	enum memhp_memmap memmap = memhp_step_get_memmap(row->step);

	if (memmap == MEMHP_MEMMAP_KEEP)
		json_set_null(object, "memmap_on_memory");
	else
		json_set_bool(object, "memmap_on_memory", memmap == MEMHP_MEMMAP_ON_MEMORY);
}
