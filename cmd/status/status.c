/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl status: the machine's memory at a glance, and what looks wrong */
#include "commands.h"
#include "status/status.h"
#include "ui/exit.h"
#include "ui/opts.h"
#include "ui/session.h"

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
	.bit = CMD_STATUS,
	.run = run_status,
};
