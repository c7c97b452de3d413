/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What memctl configure came to: of a write, of the whole, and as exit status */
#include <errno.h>

#include "operation/configure.h"
#include "ui/opts.h"

/* clang-format off */
static const struct errno_meaning {
	int error;
	enum memhp_outcome outcome;
	const char *why, *hint;
} meanings[] = {
	{ 0, MEMHP_OUTCOME_CHANGED, NULL, NULL },
	{ -EBUSY, MEMHP_OUTCOME_BUSY, "busy: in use, or being changed by another agent", NULL },
	{ -ETIMEDOUT, MEMHP_OUTCOME_TIMEOUT, "not done when the deadline passed",
	  "another change may hold the kernel's lock; try with more time" },
	{ -ECANCELED, MEMHP_OUTCOME_FAILED, "not done when the request was cancelled", NULL },
	{ -EINTR, MEMHP_OUTCOME_FAILED, "not done: the process that writes was killed by somebody else", NULL },
	{ -ENOMEM, MEMHP_OUTCOME_FAILED, "the kernel lacks memory for its memory map",
	  "with --memmap-on-memory the memory map goes into the memory itself" },
	{ -EIO, MEMHP_OUTCOME_FAILED, "refused by the firmware or hypervisor, or nothing came of it", NULL },
};
/* clang-format on */

void configure_settle(struct item *item, int error)
{
	item->error = error;
	item->outcome = MEMHP_OUTCOME_FAILED;
	item->why = "refused by the kernel";
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
		if (meanings[i].error != error)
			continue;
		item->outcome = meanings[i].outcome;
		item->why = meanings[i].why;
		item->hint = meanings[i].hint;
	}
}

size_t configure_count(const struct configure *configure, enum memhp_outcome outcome)
{
	size_t count = !configure->snapshot && configure->dax.outcome == outcome;

	for (size_t i = 0; i < configure->num_items; i++)
		count += configure->items[i].outcome == outcome;
	return count;
}

/* What --all means and could not be found */
static bool has_unread(const struct configure *configure)
{
	return configure->snapshot && has_option(configure->options, OPT_ALL) &&
	       memhp_snapshot_get_num_skipped(configure->snapshot) > 0;
}

/* Whether anything is another way than before, as asked or not, or may be for all that could be read */
static bool has_changed(const struct configure *configure)
{
	for (size_t i = 0; i < configure->num_items; i++)
		if (configure->items[i].outcome == MEMHP_OUTCOME_FAILED && configure->items[i].after < 0 &&
		    configure->items[i].before >= 0)
			return true;
	if (configure->snapshot)
		return configure_count(configure, MEMHP_OUTCOME_CHANGED) > 0;
	return configure->dax_after != MEMHP_DAX_UNKNOWN && configure->dax_after != configure->dax_before;
}

const char *configure_request_outcome(const struct configure *configure)
{
	size_t num = configure->snapshot ? configure->num_items : 1;
	size_t changed = configure_count(configure, MEMHP_OUTCOME_CHANGED),
	       already = configure_count(configure, MEMHP_OUTCOME_ALREADY);

	if (configure->guard.refused)
		return "refused";
	if (has_option(configure->options, OPT_DRY_RUN) && configure_exit_status(configure) != EXIT_FAILED)
		return memhp_outcome_name(MEMHP_OUTCOME_PLANNED);
	if (changed + already == num && configure->num_short == 0)
		return memhp_completion_name(MEMHP_COMPLETE);
	if (configure->session.signal)
		return memhp_completion_name(MEMHP_INTERRUPTED);
	if (configure_count(configure, MEMHP_OUTCOME_TIMEOUT))
		return memhp_completion_name(MEMHP_TIMEOUT);
	return memhp_completion_name(has_changed(configure) ? MEMHP_PARTIAL : MEMHP_FAILED);
}

enum exit_status configure_exit_status(const struct configure *configure)
{
	size_t num = configure->snapshot ? configure->num_items : 1;
	size_t good = configure_count(configure, MEMHP_OUTCOME_CHANGED) + configure_count(configure, MEMHP_OUTCOME_PLANNED);

	if (configure->session.signal)
		return 128 + configure->session.signal;
	if (configure->guard.refused)
		return EXIT_REFUSED;
	if (good + configure_count(configure, MEMHP_OUTCOME_ALREADY) == num && configure->num_short == 0)
		return has_unread(configure) ? EXIT_PARTLY : EXIT_DONE;
	if (configure_count(configure, MEMHP_OUTCOME_TIMEOUT))
		return EXIT_TIMED_OUT;
	return has_changed(configure) || configure_count(configure, MEMHP_OUTCOME_PLANNED) ? EXIT_PARTLY : EXIT_FAILED;
}
