/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operation/options.h"

#include "ui/exit.h"
#include "ui/opts.h"

/* clang-format off */
struct poptOption opts_change[] = {
	OPTION_TIMEOUT,
	{ "block-timeout", 0, POPT_ARG_STRING, NULL, OPT_BLOCK_TIMEOUT, "for each block; default 2m",
	  "DURATION" },
	{ "retry", 0, POPT_ARG_STRING, NULL, OPT_RETRY, "come back N times to blocks that were busy", "N" },
	{ "rollback", 0, POPT_ARG_NONE, NULL, OPT_ROLLBACK,
	  "all or nothing: when not all can be changed, bring back what was", NULL },
	{ "kernel-debug", 0, POPT_ARG_NONE, NULL, OPT_KERNEL_DEBUG, "have the kernel log why it refuses, while this lasts", NULL },
	OPTION_DRY_RUN,
	OPTION_FORCE,
	POPT_TABLEEND
};

struct poptOption opts_keep_free[] = {
	{ "keep-free", 0, POPT_ARG_STRING, NULL, OPT_KEEP_FREE, "refuse to leave less available memory than this", "SIZE" },
	POPT_TABLEEND
};

struct poptOption opts_report[] = {
	OPTION_BYTES,
	OPTION_JSON,
	OPTION_NOHEADINGS,
	{ "progress", 0, POPT_ARG_NONE, NULL, OPT_PROGRESS, "with --json: a document a line, the result last", NULL },
	POPT_TABLEEND
};

struct poptOption opts_show[] = {
	OPTION_BYTES,
	OPTION_JSON,
	OPTION_NOHEADINGS,
	POPT_TABLEEND
};
/* clang-format on */

static bool is_selecting(const struct options *options)
{
	static const enum option_id ids[] = { OPT_RANGE,  OPT_BLOCK, OPT_ADDRESS, OPT_NODE, OPT_ZONE,
					      OPT_SOURCE, OPT_ALL,   OPT_SIZE,    OPT_COUNT };

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (has_option(options, ids[i]))
			return true;
	return false;
}

void operation_check_options(const struct options *options, enum memhp_action action)
{
	if (action != MEMHP_ACTION_OFFLINE && has_option(options, OPT_ZONE))
		usage_error("--zone", "an offline block is in no zone yet; to say where it shall go use --movable or --kernel");
	if (has_option(options, OPT_ALL) &&
	    (has_option(options, OPT_RANGE) || has_option(options, OPT_BLOCK) || has_option(options, OPT_ADDRESS)))
		usage_error("--all", "means every block; leave it out to change only the blocks that are named");
	opts_refuse_together(options, OPT_SIZE, OPT_COUNT, 0);
	if (has_option(options, OPT_PROGRESS) && !has_option(options, OPT_JSON))
		usage_error("--progress", "goes together with --json; a terminal shows progress by itself");
	if (!is_selecting(options))
		usage_error(NULL,
			    "no block selected; use --range, --block, --address, --node, --source%s, --size, --count or --all%s",
			    action == MEMHP_ACTION_OFFLINE ? ", --zone" : "",
			    has_option(options, OPT_STATE) ? " (--state only narrows these down)" : "");
}
