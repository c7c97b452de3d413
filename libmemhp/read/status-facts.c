/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/status-facts.h"

#include "read/block.h"
#include "read/parse.h"
#include "read/snapshot.h"
#include "read/whole-files.h"
#include "read/writers.h"
#include "util.h"

/* A kernel that does not handle memory failures has no such line. */
static int read_poisoned(struct memhp_ctx *ctx, uint64_t *bytes)
{
	static const char key[] = "HardwareCorrupted";
	_cleanup_free_ char *text = NULL;
	int rc = memhp__file_read_text(ctx, "proc", "meminfo", &text);

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	return strstr(text, key) ? memhp__parse_meminfo(text, key, bytes) : 0;
}

static void find_writer(struct status_writer *writer, struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot)
{
	size_t i = 0;

	writer->has_lived_ms = -1;
	while (i < snapshot->num_blocks && snapshot->blocks[i].state != MEMHP_STATE_GOING_OFFLINE)
		i++;
	if (i == snapshot->num_blocks)
		return;
	writer->block_id = snapshot->blocks[i].id;
	writer->pid = memhp_ctx_find_writer(ctx, writer->block_id);
	if (writer->pid)
		writer->has_lived_ms = memhp__writer_get_age_ms(ctx, writer->pid);
}

int memhp__status_facts_read(struct status_facts *facts, struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot)
{
	*facts = (struct status_facts){ .hotremove = memhp_ctx_has(ctx, MEMHP_FEATURE_HOTREMOVE) };
	if (memhp_policy_new(&facts->policy, ctx) < 0 || memhp_agents_new(&facts->agents, ctx) < 0)
		return -ENOMEM;
	facts->balance_error = memhp_balance_new(&facts->balance, ctx);
	facts->poisoned_error = read_poisoned(ctx, &facts->poisoned_bytes);
	find_writer(&facts->writer, ctx, snapshot);
	return facts->balance_error == -ENOMEM || facts->poisoned_error == -ENOMEM ? -ENOMEM : 0;
}

void memhp__status_facts_release(struct status_facts *facts)
{
	memhp_balance_free(facts->balance);
	memhp_agents_free(facts->agents);
	memhp_policy_free(facts->policy);
}
