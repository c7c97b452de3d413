/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What takes the place of a report that cannot be made or written after something was changed: each block with its state, in a
 * few words, and none of it needs memory. For who is called by set_last_words()
 */
#ifndef MEMCTL_LAST_REPORT_H
#define MEMCTL_LAST_REPORT_H

#include <stdint.h>

#include "ui/exit.h"
#include "ui/json.h"
#include "ui/opts.h"

struct last_report {
	bool json;
	struct json_doc doc;
};

/* Begins it, with --json on standard output, as text on standard error. */
struct last_report last_report_begin(const struct options *options, bool as_text);

/* A block, or another thing, and what became of it; `after` is what was read back, NULL where it is not known. */
void last_report_block(struct last_report *report, uint64_t block_id, const char *outcome, const char *after);
void last_report_add(struct last_report *report, const char *name, const char *outcome, const char *after);

/* Ends it; returns the exit status. */
enum exit_status last_report_end(struct last_report *report);

#endif
