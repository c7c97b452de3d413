/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a request came to, for the system's journal */
#include "operation/operation.h"

#include <stdlib.h>

#include "ui/format.h"
#include "ui/journal.h"
#include "ui/xalloc.h"

void operation_tell_journal(const struct operation *op)
{
	struct report_sums sums = operation_sum(op);
	char changed[SIZE_TEXT_MAX], requested[SIZE_TEXT_MAX];
	_cleanup_free_ char *amounts = xasprintf("changed=%s requested=%s", format_size(op->has_acted ? sums.changed : 0, changed),
						 format_size(sums.requested, requested));

	journal_tell(op->options, operation_outcome(op), amounts, (int)operation_exit_status(op), op->elapsed_ms);
}
