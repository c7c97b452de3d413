// SPDX-License-Identifier: GPL-2.0-or-later
/* What decides about new memory: auto_online_blocks, and the parameters of memory_hotplug. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static const char *const policies[] = { "contig-zones", "auto-movable" };

/* sysfs_streq(): one newline at the end does not count. */
static bool is_word(const char *word, const char *expected)
{
	size_t length = strlen(expected);

	return strncmp(word, expected, length) == 0 && (!word[length] || strcmp(word + length, "\n") == 0);
}

static int set_online_policy(struct sim *sim, const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		if (!is_word(word, policies[i]))
			continue;
		sim->auto_movable = i == 1;
		return 0;
	}
	return -EINVAL;
}

static int set_ratio(struct sim *sim, const char *word)
{
	unsigned long long value = 0;
	int rc = sim_parse_address(word, &value);

	if (rc == 0 && value > UINT32_MAX)
		rc = -ERANGE;
	if (rc == 0)
		sim->ratio = (unsigned int)value;
	return rc;
}

static int set_numa_aware(struct sim *sim, const char *word)
{
	int value = sim_parse_bool(word);

	if (value < 0)
		return -EINVAL;
	sim->numa_aware = value;
	return 0;
}

static int set_param(struct sim *sim, enum sim_kind kind, const char *word)
{
	switch (kind) {
	case SIM_FILE_ONLINE_POLICY:
		return set_online_policy(sim, word);
	case SIM_FILE_RATIO:
		return set_ratio(sim, word);
	default:
		return set_numa_aware(sim, word);
	}
}

int sim_store_param(struct sim_store *store, enum sim_kind kind, const char *word)
{
	struct sim_fate fate;

	sim_begin(store, word);
	fate = sim_suffer(store, SIM_OP_POLICY, NULL, 0);
	return sim_end(store, NULL, fate.rc < 0 || fate.lies ? fate.rc : set_param(store->sim, kind, word));
}

void sim_print_param(const struct sim *sim, enum sim_kind kind, FILE *out)
{
	switch (kind) {
	case SIM_FILE_ONLINE_POLICY:
		fprintf(out, "%s\n", policies[sim->auto_movable]);
		break;
	case SIM_FILE_RATIO:
		fprintf(out, "%u\n", sim->ratio);
		break;
	default:
		fprintf(out, "%c\n", sim->numa_aware ? 'Y' : 'N');
	}
}

/*
 * As the machine has them at first; what is not there is as the kernel has it by default, and so is what the kernel would not have:
 * its file stays as it is.
 */
void sim_init_params(struct sim *sim, const char *online_policy, const char *ratio, const char *numa_aware)
{
	sim->ratio = 301;
	sim->numa_aware = true;
	sim->strange_params = (set_online_policy(sim, online_policy) < 0 ? 1U << SIM_FILE_ONLINE_POLICY : 0) |
			      (set_ratio(sim, ratio) < 0 ? 1U << SIM_FILE_RATIO : 0) |
			      (set_numa_aware(sim, numa_aware) < 0 ? 1U << SIM_FILE_NUMA_AWARE : 0);
}

int sim_store_auto_online(struct sim_store *store, const char *word)
{
	enum sim_action action = sim_parse_action(word);
	int rc = action == SIM_AUTO || (store->sim->old && action > SIM_ONLINE_IT) ? -EINVAL : 0;

	struct sim_fate fate;

	sim_begin(store, word);
	fate = sim_suffer(store, SIM_OP_POLICY, NULL, 0);
	if (rc == 0)
		rc = fate.rc;
	if (rc == 0 && !fate.lies)
		snprintf(store->sim->auto_online, sizeof(store->sim->auto_online), "%.*s", (int)strcspn(word, "\n"), word);
	return sim_end(store, NULL, rc);
}

/* Whether one more block in ZONE_MOVABLE keeps to the ratio of movable memory to the boot's kernel memory; on all nodes or one */
static bool keeps_ratio(const struct sim *sim, const unsigned int *node)
{
	uint64_t movable = 1, kernel = 0;

	for (size_t i = 0; i < sim->num_blocks; i++) {
		const struct sim_block *block = sim->blocks[i];

		if (!block->present || block->state == SIM_OFFLINE || (node && sim_node_of(block) != *node))
			continue;
		if (block->zone == SIM_MOVABLE)
			movable++;
		else
			kernel += block->early;
	}
	return movable <= sim->ratio * kernel / 100;
}

/* online_policy=auto-movable */
bool sim_is_auto_movable(const struct sim *sim, const struct sim_block *block)
{
	unsigned int node = sim_node_of(block);

	return sim->ratio && keeps_ratio(sim, NULL) && (!sim->numa_aware || keeps_ratio(sim, &node));
}
