/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What other tools take as an operand is an option here: chmem 1G, daxctl online-memory dax0.0. The right spelling is told. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "ui/exit.h"
#include "ui/opts.h"
#include "ui/parse-args.h"
#include "ui/xalloc.h"

static bool is_range(const char *text)
{
	uint64_t start, last;
	char why[WHY_MAX];

	return parse_range(text, &start, &last, why) == 0;
}

static bool is_address(const char *text)
{
	char why[WHY_MAX];
	uint64_t addr;

	return parse_address(text, &addr, why) == 0;
}

static bool is_size(const char *text)
{
	char why[WHY_MAX];
	uint64_t size;

	return parse_size(text, &size, why) == 0;
}

static bool is_block(const char *text)
{
	uint64_t first, last;
	char why[WHY_MAX];

	return parse_ids(text, "memory", &first, &last, why) == 0;
}

static bool is_node(const char *text)
{
	uint64_t first, last;
	char why[WHY_MAX];

	return parse_ids(text, "node", &first, &last, why) == 0;
}

static bool is_zone(const char *text)
{
	enum memhp_zone zone;

	return memhp_zone_from_name(text, &zone) == 0;
}

static bool is_state(const char *text)
{
	enum memhp_state state;

	return memhp_state_from_name(text, &state) == 0;
}

/* "boot", "dimm:PNP0C80:00", "dax0.0" */
static bool is_source(const char *text)
{
	enum memhp_source_kind kind;

	return memhp_source_kind_from_name(text, &kind) == 0 || strncmp(text, "dimm:", strlen("dimm:")) == 0 ||
	       (strncmp(text, "dax", strlen("dax")) == 0 && isdigit((unsigned char)text[strlen("dax")]));
}

static bool is_all(const char *text)
{
	return strcmp(text, "all") == 0;
}

static const struct {
	enum option_id id;
	bool (*fits)(const char *text);
} likely[] = {
	{ OPT_BLOCK, is_block },   { OPT_RANGE, is_range }, { OPT_ADDRESS, is_address }, { OPT_SIZE, is_size },
	{ OPT_NODE, is_node },     { OPT_ZONE, is_zone },   { OPT_FOR, is_state },       { OPT_STATE, is_state },
	{ OPT_SOURCE, is_source }, { OPT_ALL, is_all },
};

void opts_refuse_operand(const struct options *options, const char *operand)
{
	for (size_t i = 0; i < ARRAY_SIZE(likely); i++) {
		const struct option_line *line = opts_find(options, likely[i].id);

		if (line && line->help && likely[i].fits(operand))
			usage_error(NULL, "unexpected operand \"%s\"; write --%s%s%s", operand, line->name, line->arg ? " " : "",
				    line->arg ? operand : "");
	}
	usage_error(NULL, "unexpected operand \"%s\"; memctl %s --help shows the options", operand, options->command->name);
}
