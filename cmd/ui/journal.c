/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "ui/caller.h"
#include "ui/message.h"
#include "ui/opts.h"

/* NULL where memory ends: no line is worth a failure by then. */
static char *make_line(const char *outcome, const char *amounts, int exit_status, uint64_t elapsed_ms)
{
	char *line = NULL;
	size_t size;
	FILE *out = open_memstream(&line, &size);

	if (!out)
		return NULL;
	caller_put_user(out);
	fputs(" command=\"", out);
	caller_put_command(out);
	fprintf(out, "\" outcome=%s%s%s exit_status=%d seconds=%" PRIu64 ".%" PRIu64, outcome, *amounts ? " " : "", amounts,
		exit_status, elapsed_ms / 1000, elapsed_ms % 1000 / 100);
	if (fclose(out) == 0)
		return line;
	free(line);
	return NULL;
}

void journal_tell(const struct options *options, const char *outcome, const char *amounts, int exit_status, uint64_t elapsed_ms)
{
	char *line = NULL;

	if (!options->sysroot || has_option(options, OPT_VERBOSE))
		line = make_line(outcome, amounts, exit_status, elapsed_ms);
	if (!line)
		return;
	if (!options->sysroot) {
		openlog("memctl", LOG_PID, LOG_USER);
		syslog(LOG_NOTICE, "%s", line);
		closelog();
	}
	if (has_option(options, OPT_VERBOSE))
		warn("journal: %s", line);
	free(line);
}
