/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What looks wrong with the memory of a machine: codes with figures, which others put into words. */
#include <errno.h>

#include "decide/ratio.h"
#include "decide/status-finding.h"
#include "object.h"
#include "read/block.h"
#include "read/node.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "read/status-facts.h"
#include "util.h"

/* One block going offline seldom takes longer, which is why memctl gives it no more time by default. */
#define PATIENCE_MS (2 * 60 * 1000)

#define NEEDED_ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES | MEMHP_ATTR_CONFIGURED | MEMHP_ATTR_SOURCE)

struct memhp_status_findings {
	struct memhp_status_finding *items;
	size_t num, allocated;
	struct status_facts facts;
	const struct memhp_snapshot *snapshot;
	bool is_out_of_memory; /* something could not be added */
};

static void add(struct memhp_status_findings *findings, struct memhp_status_finding finding)
{
	finding.order = findings->num;
	if (ARRAY_RESERVE(findings->items, findings->num, findings->allocated))
		findings->items[findings->num++] = finding;
	else
		findings->is_out_of_memory = true;
}

/* Blocks all over the address space are one byte more than there is room for. */
static uint64_t size_of(const struct memhp_snapshot *snapshot, uint64_t blocks)
{
	uint64_t size;

	return __builtin_mul_overflow(blocks, snapshot->block_size, &size) ? UINT64_MAX : size;
}

static void set_blocks(struct memhp_status_finding *finding, const struct memhp_snapshot *snapshot, size_t blocks)
{
	status_finding_set(finding, MEMHP_STATUS_FIGURE_BLOCKS, blocks);
	status_finding_set(finding, MEMHP_STATUS_FIGURE_BYTES, size_of(snapshot, blocks));
}

static bool needs_root(int error)
{
	return error == -EACCES || error == -EPERM;
}

static struct memhp_status_finding error_finding(const char *name, int error)
{
	return (struct memhp_status_finding){
		.code = needs_root(error) ? MEMHP_STATUS_CODE_NEEDS_ROOT : MEMHP_STATUS_CODE_UNREADABLE,
		.level = needs_root(error) ? MEMHP_STATUS_LEVEL_NOTE : MEMHP_STATUS_LEVEL_WARNING,
		.name = name,
		.error = error,
	};
}

/* What this kernel does not have is no fault. */
static bool is_fault(int error)
{
	return error < 0 && error != -ENOENT && error != -EOPNOTSUPP;
}

static void add_error(struct memhp_status_findings *findings, const char *name, int error)
{
	if (is_fault(error))
		add(findings, error_finding(name, error));
}

/* Blocks of which an attribute cannot be read, those apart that only root may read; the errno is that of the first. */
struct unread {
	size_t blocks[2];
	int error[2];
};

static void count_unread(struct unread *unread, const struct memhp_snapshot *snapshot, enum memhp_attr attr)
{
	for (size_t i = 0; i < snapshot->num_blocks; i++) {
		int error = -snapshot->blocks[i].error[attr_index(attr)];
		bool which = needs_root(error);

		/* Each block has a state. */
		if (!is_fault(error) && (error == 0 || attr != MEMHP_ATTR_STATE))
			continue;
		if (unread->blocks[which]++ == 0)
			unread->error[which] = error;
	}
}

static void check_attr(struct memhp_status_findings *findings, enum memhp_attr attr, const char *name)
{
	const struct memhp_snapshot *snapshot = findings->snapshot;
	struct unread unread = { 0 };

	count_unread(&unread, snapshot, attr);
	for (size_t i = 0; i < ARRAY_SIZE(unread.blocks); i++) {
		struct memhp_status_finding finding = error_finding(name, unread.error[i]);

		set_blocks(&finding, snapshot, unread.blocks[i]);
		if (unread.blocks[i])
			add(findings, finding);
	}
}

static void check_reading(struct memhp_status_findings *findings)
{
	const struct memhp_snapshot *snapshot = findings->snapshot;
	const struct status_facts *facts = &findings->facts;

	check_attr(findings, MEMHP_ATTR_STATE, "state");
	check_attr(findings, MEMHP_ATTR_ZONES, "valid_zones");
	check_attr(findings, MEMHP_ATTR_NODES, "node");
	check_attr(findings, MEMHP_ATTR_CONFIGURED, "config");
	for (size_t i = 0; i < snapshot->num_nodes; i++) {
		struct memhp_status_finding finding = error_finding("/sys/devices/system/node", snapshot->nodes[i].error);

		status_finding_set(&finding, MEMHP_STATUS_FIGURE_NODE, snapshot->nodes[i].id);
		if (is_fault(snapshot->nodes[i].error))
			add(findings, finding);
	}
	add_error(findings, "/sys/firmware/memory", snapshot->standby_error);
	add_error(findings, "source", snapshot->sources_error);
	/* -ENODATA: meminfo lacks what zoneinfo is measured by, for which it may have a reason of its own. */
	if (facts->balance_error != -ENODATA)
		add_error(findings, "/proc/zoneinfo", facts->balance_error);
	if (is_fault(facts->poisoned_error))
		add_error(findings, "/proc/meminfo", facts->poisoned_error);
	else if (facts->balance_error == -ENODATA)
		add_error(findings, "/proc/meminfo", facts->balance_error);
	/* -ENODATA: there is no block to tell. */
	if (facts->hotremove < 0 && facts->hotremove != -ENODATA)
		add_error(findings, "removable", facts->hotremove);
	for (int key = MEMHP_POLICY_KEY_NONE + 1; memhp_policy_key_name(key); key++)
		add_error(findings, memhp_policy_key_name(key), memhp_policy_get_error(facts->policy, key));
}

/* What contradicts each other about new memory, and the files that may hold more of the kind */
static void check_policy(struct memhp_status_findings *findings)
{
	const struct status_facts *facts = &findings->facts;
	const struct memhp_policy_finding *found;
	struct memhp_policy_findings *all;
	const char *path;
	uint64_t num = 0;
	int error;

	if (memhp_policy_findings_new(&all, facts->policy, facts->agents, facts->balance) < 0) {
		findings->is_out_of_memory = true;
		return;
	}
	for (size_t i = 0; (found = memhp_policy_findings_get(all, i)); i++)
		num += memhp_policy_finding_get_level(found) == MEMHP_POLICY_LEVEL_CONTRADICTION;
	memhp_policy_findings_free(all);
	if (num)
		add(findings, (struct memhp_status_finding){ .code = MEMHP_STATUS_CODE_POLICY_CONTRADICTION,
							     .level = MEMHP_STATUS_LEVEL_WARNING,
							     FIGURE(CONTRADICTIONS, num) });
	for (size_t i = 0; (path = memhp_agents_get_unread(facts->agents, i, &error)); i++)
		add_error(findings, path, error);
}

static void check_share(struct memhp_status_findings *findings, uint64_t movable, uint64_t kernel, const unsigned int *node)
{
	struct memhp_status_finding finding = {
		.code = MEMHP_STATUS_CODE_IMBALANCE,
		.level = is_past_ratio(movable, kernel, RATIO_MOST) ? MEMHP_STATUS_LEVEL_WARNING : MEMHP_STATUS_LEVEL_NOTE,
		FIGURE(MOVABLE_BYTES, movable),
		FIGURE(KERNEL_BYTES, kernel),
	};

	if (!is_past_ratio(movable, kernel, RATIO_FINE))
		return;
	if (node)
		status_finding_set(&finding, MEMHP_STATUS_FIGURE_NODE, *node);
	add(findings, finding);
}

/*
 * A node of movable memory alone is one on purpose. A block of several zones counts as the kernel's, for most of these are of
 * kernel zones alone. Of blocks without a known zone nobody can tell on which side they are.
 */
static void check_node(struct memhp_status_findings *findings, const struct memhp_node *node)
{
	const struct memhp_snapshot *snapshot = findings->snapshot;
	uint64_t kernel = 0;

	for (enum memhp_zone zone = MEMHP_ZONE_NONE; zone <= MEMHP_ZONE_HIGHMEM; zone++)
		kernel += node->num_zone[zone];
	if (kernel && !node->error && !node->num_zone[MEMHP_ZONE_UNKNOWN])
		check_share(findings, size_of(snapshot, node->num_zone[MEMHP_ZONE_MOVABLE]), size_of(snapshot, kernel), &node->id);
}

static void check_balance(struct memhp_status_findings *findings)
{
	const struct memhp_snapshot *snapshot = findings->snapshot;
	const struct memhp_balance *balance = findings->facts.balance;

	if (balance)
		check_share(findings, memhp_balance_get_movable_bytes(balance), memhp_balance_get_kernel_bytes(balance), NULL);
	for (size_t i = 0; snapshot->num_nodes > 1 && i < snapshot->num_nodes; i++)
		check_node(findings, &snapshot->nodes[i]);
}

static void check_going_offline(struct memhp_status_findings *findings)
{
	const struct memhp_snapshot *snapshot = findings->snapshot;
	const struct status_writer *writer = &findings->facts.writer;
	size_t blocks = snapshot->num_state[MEMHP_STATE_GOING_OFFLINE];
	struct memhp_status_finding finding = {
		.code = MEMHP_STATUS_CODE_GOING_OFFLINE,
		.level = writer->has_lived_ms > PATIENCE_MS ? MEMHP_STATUS_LEVEL_WARNING : MEMHP_STATUS_LEVEL_NOTE,
	};

	if (blocks == 0)
		return;
	set_blocks(&finding, snapshot, blocks);
	status_finding_set(&finding, MEMHP_STATUS_FIGURE_BLOCK_ID, writer->block_id);
	if (writer->pid > 0)
		status_finding_set(&finding, MEMHP_STATUS_FIGURE_PID, (uint64_t)writer->pid);
	if (writer->has_lived_ms >= 0)
		status_finding_set(&finding, MEMHP_STATUS_FIGURE_PROCESS_MS, (uint64_t)writer->has_lived_ms);
	add(findings, finding);
}

static bool is_nodeless(const struct memhp_block *block)
{
	return block->num_nodes == 0 && block->error[attr_index(MEMHP_ATTR_NODES)] == 0;
}

/* As far as that is known */
static bool is_auto_online(const struct memhp_policy *policy)
{
	const char *word = memhp_policy_get_value(policy, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS);
	enum memhp_transition effect;

	return word && memhp_transition_from_name(word, &effect) == 0 && effect != MEMHP_TRANSITION_OFFLINE;
}

static void check_blocks(struct memhp_status_findings *findings)
{
	const struct memhp_snapshot *snapshot = findings->snapshot;
	size_t offline = snapshot->num_state[MEMHP_STATE_OFFLINE], nodeless = 0;
	struct memhp_status_finding unused = { .code = MEMHP_STATUS_CODE_OFFLINE_UNUSED, .level = MEMHP_STATUS_LEVEL_NOTE };
	struct memhp_status_finding lost = { .code = MEMHP_STATUS_CODE_NO_NODE, .level = MEMHP_STATUS_LEVEL_NOTE };

	for (size_t i = 0; snapshot->num_nodes && i < snapshot->num_blocks; i++)
		nodeless += is_nodeless(&snapshot->blocks[i]);
	if (is_auto_online(findings->facts.policy)) {
		unused.code = MEMHP_STATUS_CODE_OFFLINE_DESPITE_POLICY;
		unused.level = MEMHP_STATUS_LEVEL_WARNING;
		unused.name = memhp_policy_get_value(findings->facts.policy, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS);
	}
	set_blocks(&unused, snapshot, offline);
	set_blocks(&lost, snapshot, nodeless);
	if (offline)
		add(findings, unused);
	if (nodeless)
		add(findings, lost);
}

static void check_machine(struct memhp_status_findings *findings)
{
	const struct memhp_snapshot *snapshot = findings->snapshot;
	const struct status_facts *facts = &findings->facts;

	if (snapshot->num_blocks == snapshot->num_state[MEMHP_STATE_STANDBY])
		add(findings,
		    (struct memhp_status_finding){ .code = MEMHP_STATUS_CODE_NO_BLOCKS, .level = MEMHP_STATUS_LEVEL_WARNING });
	if (snapshot->num_skipped)
		add(findings, (struct memhp_status_finding){ .code = MEMHP_STATUS_CODE_IMPOSSIBLE_NAMES,
							     .level = MEMHP_STATUS_LEVEL_WARNING,
							     FIGURE(ENTRIES, snapshot->num_skipped) });
	if (facts->poisoned_bytes)
		add(findings, (struct memhp_status_finding){ .code = MEMHP_STATUS_CODE_POISONED,
							     .level = MEMHP_STATUS_LEVEL_NOTE,
							     FIGURE(BYTES, facts->poisoned_bytes) });
	if (facts->hotremove == 0)
		add(findings,
		    (struct memhp_status_finding){ .code = MEMHP_STATUS_CODE_NO_HOTREMOVE, .level = MEMHP_STATUS_LEVEL_NOTE });
	for (size_t i = 0; i < snapshot->num_sources; i++) {
		const struct memhp_source *source = &snapshot->sources[i];

		if (memhp_source_get_num_blocks(source) == 0)
			add(findings, (struct memhp_status_finding){ .code = MEMHP_STATUS_CODE_DEVICE_WITHOUT_BLOCKS,
								     .level = MEMHP_STATUS_LEVEL_NOTE,
								     .name = source->name });
	}
}

/* By their weight, their code, and what comes first in the machine */
static int compare(const void *a, const void *b)
{
	const struct memhp_status_finding *x = a, *y = b;

	if (x->level != y->level)
		return x->level < y->level ? 1 : -1;
	if (x->code != y->code)
		return x->code < y->code ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static void sort(struct memhp_status_findings *findings)
{
	if (findings->num)
		qsort(findings->items, findings->num, sizeof(*findings->items), compare);
}

MEMHP_EXPORT int memhp_status_findings_add_cut_off(struct memhp_status_findings *findings, enum memhp_state goal, uint64_t time_s,
						   uint64_t num_blocks, uint64_t num_changed)
{
	struct memhp_status_finding finding = { .code = MEMHP_STATUS_CODE_REQUEST_CUT_OFF,
						.level = MEMHP_STATUS_LEVEL_WARNING,
						FIGURE(CHANGED, num_changed),
						FIGURE(TIME, time_s) };

	if ((size_t)goal >= NUM_STATES)
		return -EINVAL;
	finding.name = goal == MEMHP_STATE_UNKNOWN ? NULL : memhp_state_name(goal);
	set_blocks(&finding, findings->snapshot, num_blocks);
	add(findings, finding);
	sort(findings);
	return findings->is_out_of_memory ? -ENOMEM : 0;
}

MEMHP_EXPORT void memhp_status_findings_free(struct memhp_status_findings *findings)
{
	if (!findings)
		return;
	memhp__status_facts_release(&findings->facts);
	free(findings->items);
	free(findings);
}

MEMHP_EXPORT int memhp_status_findings_new(struct memhp_status_findings **findings, const struct memhp_snapshot *snapshot)
{
	struct memhp_ctx *ctx = snapshot->ctx;
	struct memhp_status_findings *new;

	if ((snapshot->attrs & NEEDED_ATTRS) != NEEDED_ATTRS)
		return -ENODATA;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->snapshot = snapshot;
	new->is_out_of_memory = memhp__status_facts_read(&new->facts, ctx, snapshot) < 0;
	if (!new->is_out_of_memory) {
		check_machine(new);
		check_reading(new);
		check_policy(new);
		check_balance(new);
		check_going_offline(new);
		check_blocks(new);
	}
	if (new->is_out_of_memory) {
		memhp_status_findings_free(new);
		return -ENOMEM;
	}
	sort(new);
	*findings = new;
	return 0;
}

MEMHP_EXPORT const struct memhp_status_finding *memhp_status_findings_get(const struct memhp_status_findings *findings,
									  size_t index)
{
	return index < findings->num ? &findings->items[index] : NULL;
}

MEMHP_EXPORT const struct memhp_policy *memhp_status_findings_get_policy(const struct memhp_status_findings *findings)
{
	return findings->facts.policy;
}

MEMHP_EXPORT const struct memhp_balance *memhp_status_findings_get_balance(const struct memhp_status_findings *findings)
{
	return findings->facts.balance;
}
