/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl status: the machine's memory at a glance, and what looks wrong */

#include "commands.h"
#include "exit.h"
#include "opts.h"
#include "session.h"
#include "status.h"

/* clang-format off */
static struct poptOption opts_status[] = {
	{ "bytes", 'b', POPT_ARG_NONE, NULL, OPT_BYTES, "sizes in bytes", NULL },
	{ "json", 'J', POPT_ARG_NONE, NULL, OPT_JSON, "a JSON document", NULL },
	POPT_TABLEEND
};

static const struct poptOption option_table[] = {
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, opts_status, 0, "Output:", NULL },
	OPTIONS_GLOBAL,
	POPT_TABLEEND
};
/* clang-format on */

static int run_status(struct options *options, const char **operands _unused_)
{
	struct status status = { .options = options, .bytes = has_option(options, OPT_BYTES) };
	struct memhp_ctx *ctx = open_ctx(options);
	int result;

	status_look(&status, ctx);
	if (has_option(options, OPT_JSON))
		status_write(&status);
	else
		status_print(&status);
	result = status_is_partial(&status) ? EXIT_PARTLY : EXIT_DONE;
	status_release(&status);
	memhp_ctx_unref(ctx);
	return result;
}

const struct command memctl_cmd_status = {
	.name = "status",
	.summary = "show the machine's memory at a glance",
	.options = option_table,
	.run = run_status,
};
