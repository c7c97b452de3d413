/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds all who decide about new memory, each kind by a file of its own. */
#include "ctx.h"
#include "object.h"
#include "read/policy-agents-boot.h"
#include "read/policy-agents-conf.h"
#include "read/policy-agents-udev.h"
#include "read/policy-agents.h"
#include "util.h"

MEMHP_EXPORT int memhp_agents_new(struct memhp_agents **agents, struct memhp_ctx *ctx)
{
	static int (*const find[])(struct memhp_agents *,
				   struct memhp_ctx *) = { memhp__agents_find_params, memhp__agents_find_rules,
							   memhp__agents_find_tmpfiles, memhp__agents_find_daxctl,
							   memhp__agents_find_drivers };
	struct memhp_agents *new = memhp__agents_new();
	int rc = new ? 0 : -ENOMEM;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(find); i++)
		rc = find[i](new, ctx);
	if (rc < 0) {
		memhp_agents_free(new);
		return rc;
	}
	*agents = new;
	return 0;
}
