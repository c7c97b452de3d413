// SPDX-License-Identifier: GPL-2.0-or-later
/* The machine: which blocks there are, and in which zones. The rules are those of mm/memory_hotplug.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "sim.h"

static const char *const zone_names[] = { "DMA", "DMA32", "Normal", "HighMem", "Movable", "Device" };

enum sim_zone sim_parse_zone(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(zone_names); i++)
		if (strcmp(name, zone_names[i]) == 0)
			return (enum sim_zone)i;
	return strcasecmp(name, "none") == 0 ? SIM_NONE : SIM_UNKNOWN;
}

const char *sim_zone_name(enum sim_zone zone)
{
	return zone < SIM_NUM_ZONES ? zone_names[zone] : "none";
}

const char *sim_state_name(const struct sim_block *block)
{
	static const char *const names[] = { "offline", "online", "going-offline" };

	return block->state == SIM_STRANGE ? block->run.attr[TREE_STATE] : names[block->state];
}

unsigned int sim_node_of(const struct sim_block *block)
{
	return block->run.num_nodes > 0 ? block->run.nodes[0] : 0;
}

static bool is_in_zone(const struct sim_block *block)
{
	return block->present && block->state != SIM_OFFLINE && block->zone < SIM_NUM_ZONES;
}

/* Where the block with this id is, or would be. */
static size_t position(const struct sim *sim, uint64_t id)
{
	size_t low = 0, high = sim->num_blocks;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sim->blocks[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct sim_block *sim_find(const struct sim *sim, uint64_t id)
{
	size_t at = position(sim, id);

	return at < sim->num_blocks && sim->blocks[at]->id == id ? sim->blocks[at] : NULL;
}

/* Where the span is, or num_spans */
static size_t find_span(const struct sim *sim, unsigned int node, enum sim_zone zone)
{
	size_t i = 0;

	while (i < sim->num_spans && (sim->spans[i].node != node || sim->spans[i].zone != zone))
		i++;
	return i;
}

static void extend_span(struct sim_span *span, uint64_t id)
{
	if (span->empty || span->first > id)
		span->first = id;
	if (span->empty || span->last < id)
		span->last = id;
	span->empty = false;
}

static void enter_zone(struct sim *sim, const struct sim_block *block)
{
	size_t at = find_span(sim, sim_node_of(block), block->zone);

	if (at == SIM_MAX_SPANS)
		abort();
	if (at == sim->num_spans)
		sim->spans[sim->num_spans++] = (struct sim_span){ .node = sim_node_of(block), .zone = block->zone, .empty = true };
	extend_span(&sim->spans[at], block->id);
}

/* A block is no longer in its zone. Only at the ends of the zone that changes anything, and not at all on old kernels. */
static void leave_zone(struct sim *sim, const struct sim_block *block, enum sim_zone zone)
{
	size_t at = find_span(sim, sim_node_of(block), zone);
	struct sim_span *span = &sim->spans[at];

	if (at == sim->num_spans || sim->old || (block->id != span->first && block->id != span->last))
		return;
	span->empty = true;
	for (size_t i = 0; i < sim->num_blocks; i++)
		if (is_in_zone(sim->blocks[i]) && sim->blocks[i]->zone == zone && sim_node_of(sim->blocks[i]) == span->node)
			extend_span(span, sim->blocks[i]->id);
}

static bool is_in_span(const struct sim *sim, const struct sim_block *block, enum sim_zone zone)
{
	size_t at = find_span(sim, sim_node_of(block), zone);
	const struct sim_span *span = &sim->spans[at];

	return at < sim->num_spans && !span->empty && block->id >= span->first && block->id <= span->last;
}

/* The kernel zone that spans the block, if one does; else the one of which its description speaks. */
static enum sim_zone kernel_zone(const struct sim *sim, const struct sim_block *block)
{
	for (enum sim_zone zone = SIM_DMA; zone <= SIM_NORMAL; zone++)
		if (is_in_span(sim, block, zone))
			return zone;
	return block->kernel_zone;
}

enum sim_zone sim_zone_for(const struct sim *sim, const struct sim_block *block, enum sim_action action)
{
	enum sim_zone kernel = kernel_zone(sim, block);
	bool in_kernel, in_movable;

	if (action == SIM_ONLINE_KERNEL)
		return kernel;
	if (action == SIM_ONLINE_MOVABLE)
		return SIM_MOVABLE;
	if (sim->auto_movable)
		return sim_is_auto_movable(sim, block) ? SIM_MOVABLE : kernel;
	in_kernel = is_in_span(sim, block, kernel);
	in_movable = is_in_span(sim, block, SIM_MOVABLE);
	if (in_kernel != in_movable)
		return in_kernel ? kernel : SIM_MOVABLE;
	return block->movable_first || sim->movable_node ? SIM_MOVABLE : kernel;
}

void sim_print_zones(const struct sim *sim, const struct sim_block *block, char *text, size_t size)
{
	if (block->state == SIM_ONLINE) {
		snprintf(text, size, "%s\n", block->zone == SIM_NONE ? block->run.attr[TREE_ZONES] : sim_zone_name(block->zone));
	} else {
		enum sim_zone first = sim_zone_for(sim, block, SIM_ONLINE_IT);
		enum sim_zone other = sim_zone_for(sim, block, first == SIM_MOVABLE ? SIM_ONLINE_KERNEL : SIM_ONLINE_MOVABLE);

		snprintf(text, size, "%s %s\n", sim_zone_name(first), sim_zone_name(other));
	}
}

void sim_set_online(struct sim *sim, struct sim_block *block, enum sim_zone zone)
{
	block->state = SIM_ONLINE;
	block->zone = zone;
	block->retried = false;
	block->wish = SIM_AUTO;
	if (is_in_zone(block))
		enter_zone(sim, block);
}

void sim_set_offline(struct sim *sim, struct sim_block *block)
{
	block->state = SIM_OFFLINE;
	leave_zone(sim, block, block->zone);
}

/* Give a new block what its run says. */
static struct sim_block *add_block(struct sim *sim, uint64_t id, const struct tree_run *run)
{
	struct sim_block *block = calloc(1, sizeof(*block));
	size_t at = position(sim, id);

	sim->blocks = realloc(sim->blocks, (sim->num_blocks + 1) * sizeof(struct sim_block *));
	if (!block || !sim->blocks)
		abort();
	memmove(&sim->blocks[at + 1], &sim->blocks[at], (sim->num_blocks - at) * sizeof(struct sim_block *));
	sim->blocks[at] = block;
	sim->num_blocks++;
	block->id = id;
	block->run = *run;
	block->run.first = block->run.last = id;
	block->kernel_zone = SIM_NORMAL;
	block->zone = SIM_UNKNOWN;
	return block;
}

static void describe_block(struct sim *sim, struct sim_block *block)
{
	const char *state = block->run.attr[TREE_STATE], *zones = block->run.attr[TREE_ZONES];
	char words[64] = "", *save = NULL;

	block->present = true;
	block->state = SIM_STRANGE;
	for (enum sim_state known = SIM_OFFLINE; state && known < SIM_STRANGE; known++)
		if (strcmp(state, sim_state_name(&(struct sim_block){ .state = known })) == 0)
			block->state = known;
	snprintf(words, sizeof(words), "%s", zones ? zones : "");
	for (char *word = strtok_r(words, " ", &save), *first = word; word; word = strtok_r(NULL, " ", &save)) {
		enum sim_zone zone = sim_parse_zone(word);

		if (word == first)
			block->zone = zone == SIM_UNKNOWN ? SIM_NONE : zone;
		if (zone < SIM_NUM_ZONES && zone != SIM_MOVABLE)
			block->kernel_zone = zone;
	}
	block->movable_first = block->state == SIM_OFFLINE && block->zone == SIM_MOVABLE;
	if (block->state == SIM_GOING_OFFLINE)
		block->zone = block->zone == SIM_UNKNOWN ? SIM_UNKNOWN : SIM_MOVABLE;
	if (is_in_zone(block))
		enter_zone(sim, block);
}

static int read_backing(struct sim *sim, const char *name, char *text, size_t size)
{
	char path[512];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", sim->backing, name);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, size - 1);
	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return n < 0 ? -errno : 0;
}

/* A block that was not there: offline, or as the policy says. One that was never there is like its neighbour. */
int sim_appear(struct sim *sim, uint64_t id)
{
	static const char *const words[] = { "", "offline", "online", "online_kernel", "online_movable" };
	struct tree_run run = { .attr = { [TREE_STATE] = "offline", [TREE_ZONES] = "Normal Movable" } };
	struct sim_block *block = sim_find(sim, id);
	size_t at = position(sim, id);
	int rc;

	if (block && block->present)
		return -EEXIST;
	if (id > UINT64_MAX / tree_get_block_size(sim->tree))
		return -E2BIG;
	if (!block && sim->num_blocks > 0)
		run = sim->blocks[at > 0 ? at - 1 : 0]->run;
	else if (!block)
		run.attr[TREE_ONLINE] = run.attr[TREE_PHYS_INDEX] = "";
	if (!block)
		block = add_block(sim, id, &run);
	if (block->run.attr[TREE_ZONES])
		block->run.attr[TREE_ZONES] = "Normal Movable";
	block->run.attr[TREE_STATE] = "offline";
	block->run.attr[TREE_CONFIG] = block->run.attr[TREE_MEMMAP_ON_MEMORY] = NULL;
	describe_block(sim, block);
	block->wish = SIM_AUTO;
	block->early = false;
	block->generation++;
	rc = tree_make_run(sim->tree, sim->backing, &block->run);
	if (rc < 0)
		return rc;
	for (enum sim_action action = SIM_ONLINE_IT; action <= SIM_ONLINE_MOVABLE; action++)
		if (strcmp(sim->auto_online, words[action]) == 0)
			sim_set_online(sim, block, sim_zone_for(sim, block, action));
	return 0;
}

void sim_vanish(struct sim *sim, struct sim_block *block)
{
	bool in_zone = is_in_zone(block);
	char path[512];

	if (!block->present)
		return;
	block->present = false;
	block->state = SIM_OFFLINE;
	if (in_zone)
		leave_zone(sim, block, block->zone);
	snprintf(path, sizeof(path), "%s/" SIM_MEMORY "/memory%llu", sim->backing, (unsigned long long)block->id);
	tree_remove(path);
	for (size_t i = 0; i < block->run.num_nodes; i++) {
		snprintf(path, sizeof(path), "%s/" SIM_NODE "/node%u/memory%llu", sim->backing, block->run.nodes[i],
			 (unsigned long long)block->id);
		unlink(path);
	}
	pthread_cond_broadcast(&sim->cond);
}

static void read_params(struct sim *sim)
{
	char online_policy[64], ratio[64], numa_aware[64];

	read_backing(sim, SIM_PARAMS "/online_policy", online_policy, sizeof(online_policy));
	read_backing(sim, SIM_PARAMS "/auto_movable_ratio", ratio, sizeof(ratio));
	read_backing(sim, SIM_PARAMS "/auto_movable_numa_aware", numa_aware, sizeof(numa_aware));
	sim_init_params(sim, online_policy, ratio, numa_aware);
}

int sim_add_blocks(struct sim *sim)
{
	const struct tree_run *runs;
	size_t num = tree_get_runs(sim->tree, &runs);
	char text[4096];

	if (read_backing(sim, "proc/cmdline", text, sizeof(text)) == 0)
		sim->movable_node = strstr(text, "movable_node") != NULL;
	read_backing(sim, SIM_MEMORY "/auto_online_blocks", sim->auto_online, sizeof(sim->auto_online));
	read_params(sim);
	for (size_t i = 0; i < num; i++) {
		const char *config = runs[i].attr[TREE_CONFIG];

		/* Standby memory has no block. */
		if (config && strcmp(config, "0") == 0)
			continue;
		if (runs[i].last - runs[i].first >= 1 << 20)
			return snprintf(sim->error, sizeof(sim->error), "too many blocks to simulate"), -EFBIG;
		for (uint64_t id = runs[i].first;; id++) {
			struct sim_block *block = add_block(sim, id, &runs[i]);

			describe_block(sim, block);
			block->early = block->state == SIM_ONLINE;
			if (id == runs[i].last)
				break;
		}
	}
	return 0;
}

/* Read the machine, with what is not ours blanked so that the numbers of lines in complaints are right. */
int sim_read_machine(struct sim *sim, FILE *file)
{
	FILE *rest;
	char *line = NULL, *text = NULL;
	size_t size = 0, length;
	unsigned long number = 0;
	int rc = 0;

	rest = open_memstream(&text, &length);
	if (!rest)
		abort();
	while (rc == 0 && getline(&line, &size, file) > 0) {
		number++;
		line[strcspn(line, "\n")] = '\0';
		if (!sim_is_own_line(line)) {
			fprintf(rest, "%s\n", line);
			continue;
		}
		fputs("\n", rest);
		rc = sim_read_line(sim, line);
		if (rc < 0)
			snprintf(sim->error, sizeof(sim->error), "line %lu is not as tests/sim/sim.h describes it", number);
	}
	fclose(rest);
	free(line);
	if (rc == 0) {
		rc = tree_read_text(sim->tree, text);
		snprintf(sim->error, sizeof(sim->error), "%s", tree_error(sim->tree));
	}
	free(text);
	return rc;
}

void sim_init(struct sim *sim, const char *backing)
{
	pthread_condattr_t attr;

	*sim = (struct sim){ .backing = backing, .backing_fd = -1 };
	pthread_mutex_init(&sim->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&sim->cond, &attr);
	pthread_condattr_destroy(&attr);
	sim->log = open_memstream(&sim->log_text, &sim->log_length);
	if (!sim->log)
		abort();
	sim->tree = tree_new();
	sim->started_ms = sim_now_ms();
}

void sim_free(struct sim *sim)
{
	for (size_t i = 0; i < sim->num_blocks; i++)
		free(sim->blocks[i]);
	free(sim->blocks);
	sim_free_rules(sim);
	fclose(sim->log);
	free(sim->log_text);
	tree_free(sim->tree);
	pthread_cond_destroy(&sim->cond);
	pthread_mutex_destroy(&sim->mutex);
}
