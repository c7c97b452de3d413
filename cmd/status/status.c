/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl status: the machine's memory at a glance, and what looks wrong */
#include <string.h>

#include "commands.h"
#include "status/status.h"
#include "ui/exit.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/session.h"

static int choose_exit_status(const struct status *status)
{
	if (has_option(status->options, OPT_CHECK) && status_has_warnings(status))
		return EXIT_FOUND;
	return status_is_partial(status) ? EXIT_PARTLY : EXIT_DONE;
}

static int run_status(struct options *options, const char **operands _unused_)
{
	struct status status = { .options = options, .bytes = has_option(options, OPT_BYTES) };
	struct memhp_ctx *ctx = open_ctx(options);

	status_look(&status, ctx);
	status.exit_status = choose_exit_status(&status);
	if (status.probe < 0)
		warn("whether there is a file probe cannot be told: %s", strerror(-status.probe));
	if (has_option(options, OPT_JSON))
		status_write(&status);
	else
		status_print(&status);
	status_release(&status);
	memhp_ctx_unref(ctx);
	return status.exit_status;
}

const struct command memctl_cmd_status = {
	.name = "status",
	.summary = "show the machine's memory at a glance",
	.bit = CMD_STATUS,
	.run = run_status,
};
