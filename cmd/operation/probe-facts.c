/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the addresses of memctl probe stand, and what that comes to */
#include <errno.h>

#include "operation/probe.h"
#include "ui/opts.h"

bool probe_is_stopped_by(const struct probing *probing, const struct target *target, enum memhp_obstacle obstacle)
{
	return memhp_probe_has_obstacle(target->probe, obstacle) && !(obstacle == MEMHP_OBSTACLE_UNPROVEN && probing->unbacked);
}

bool probe_is_stopped(const struct probing *probing, const struct target *target)
{
	for (enum memhp_obstacle obstacle = 0; obstacle < MEMHP_NUM_OBSTACLES; obstacle++)
		if (probe_is_stopped_by(probing, target, obstacle))
			return true;
	return false;
}

bool probe_is_refused(const struct probing *probing)
{
	for (size_t i = 0; i < probing->num; i++)
		if (probe_is_stopped(probing, &probing->targets[i]))
			return true;
	return probing->op.guard.refused;
}

bool probe_is_added(const struct target *target)
{
	return target->tried && target->error == 0;
}

bool probe_is_unverified(const struct target *target)
{
	return target->tried && memhp_probe_is_stored(target->probe) && target->error && target->error != -ENOENT;
}

bool probe_had_no_turn(const struct probing *probing, const struct target *target)
{
	return !target->tried && !has_option(probing->op.options, OPT_DRY_RUN) && !probe_is_refused(probing);
}

static bool is_online_as_asked(const struct probing *probing, const struct target *target)
{
	if (!has_option(probing->op.options, OPT_ONLINE))
		return true;
	return target->step && memhp_step_is_done(target->step);
}

/* Only a missing proof and an imbalance are for --force to overcome. */
static enum exit_status refused_status(const struct probing *probing)
{
	for (size_t i = 0; i < probing->num; i++)
		for (enum memhp_obstacle obstacle = 0; obstacle < MEMHP_NUM_OBSTACLES; obstacle++)
			if (obstacle != MEMHP_OBSTACLE_UNPROVEN && memhp_probe_has_obstacle(probing->targets[i].probe, obstacle))
				return EXIT_FAILED;
	return EXIT_REFUSED;
}

bool probe_is_complete(const struct probing *probing)
{
	for (size_t i = 0; i < probing->num; i++)
		if (!probe_is_added(&probing->targets[i]) || !is_online_as_asked(probing, &probing->targets[i]))
			return false;
	return true;
}

enum exit_status probe_exit_status(const struct probing *probing)
{
	if (probing->op.session.signal)
		return 128 + probing->op.session.signal;
	if (probe_is_refused(probing))
		return refused_status(probing);
	if (has_option(probing->op.options, OPT_DRY_RUN))
		return EXIT_DONE;
	if (probe_is_complete(probing))
		return EXIT_DONE;
	if (probing->timed_out)
		return EXIT_TIMED_OUT;
	for (size_t i = 0; i < probing->num; i++)
		if (probe_is_added(&probing->targets[i]) || probe_is_unverified(&probing->targets[i]))
			return EXIT_PARTLY;
	return EXIT_FAILED;
}
