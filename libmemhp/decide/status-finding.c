/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decide/status-finding.h"

#include <errno.h>

#include "object.h"

MEMHP_EXPORT enum memhp_status_code memhp_status_finding_get_code(const struct memhp_status_finding *finding)
{
	return finding->code;
}

MEMHP_EXPORT enum memhp_status_level memhp_status_finding_get_level(const struct memhp_status_finding *finding)
{
	return finding->level;
}

MEMHP_EXPORT int memhp_status_finding_get_figure(const struct memhp_status_finding *finding, enum memhp_status_figure figure,
						 uint64_t *value)
{
	if ((size_t)figure >= NUM_FIGURES)
		return -EINVAL;
	if (!finding->has_figure[figure])
		return -ENODATA;
	*value = finding->figures[figure];
	return 0;
}

MEMHP_EXPORT const char *memhp_status_finding_get_name(const struct memhp_status_finding *finding)
{
	return finding->name;
}

MEMHP_EXPORT int memhp_status_finding_get_error(const struct memhp_status_finding *finding)
{
	return finding->error;
}
