/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fills a snapshot: which blocks there are, and which nodes; attributes and sources are read by files of their own. */
#include "read/scan.h"

#include <ctype.h>
#include <stdio.h>

#include "ctx.h"
#include "object.h"
#include "read/block.h"
#include "read/files.h"
#include "read/machine.h"
#include "read/node.h"
#include "read/parse.h"
#include "read/scan-attrs.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "util.h"

static int add_block(struct scan *scan, uint64_t id)
{
	struct memhp_snapshot *snapshot = scan->snapshot;
	struct memhp_block *block;

	if (id > (UINT64_MAX - (snapshot->block_size - 1)) / snapshot->block_size) {
		log_warning(scan->ctx, "memory%llu is beyond 64-bit addresses and left out", (unsigned long long)id);
		snapshot->num_skipped++;
		return 0;
	}
	if (!ARRAY_RESERVE(snapshot->blocks, snapshot->num_blocks, snapshot->allocated_blocks))
		return -ENOMEM;
	block = &snapshot->blocks[snapshot->num_blocks++];
	*block = (struct memhp_block){ .snapshot = snapshot, .id = id };
	memset(block->error, ENODATA, sizeof(block->error));
	return 0;
}

static int compare_blocks(const void *a, const void *b)
{
	const struct memhp_block *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int scan_ids(struct scan *scan)
{
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;
	int rc = memhp__file_list(scan->memory_fd, ".", &dir);

	while (rc == 0 && (entry = memhp__file_next(dir, &rc))) {
		uint64_t id;

		/* Symbolic links could lead out of a sysroot; the kernel makes none here. */
		if (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN)
			continue;
		if (memhp__parse_numbered_name(entry->d_name, "memory", &id))
			rc = add_block(scan, id);
		else if (strncmp(entry->d_name, "memory", 6) == 0 && isdigit((unsigned char)entry->d_name[6])) {
			log_warning(scan->ctx, "%s is no block of this machine and left out", entry->d_name);
			scan->snapshot->num_skipped++;
		}
	}
	if (rc < 0)
		return rc;
	if (scan->snapshot->num_blocks)
		qsort(scan->snapshot->blocks, scan->snapshot->num_blocks, sizeof(struct memhp_block), compare_blocks);
	return 0;
}

static int add_standby(struct memhp_snapshot *snapshot, uint64_t id)
{
	if (!ARRAY_RESERVE(snapshot->standby, snapshot->num_standby, snapshot->allocated_standby))
		return -ENOMEM;
	snapshot->standby[snapshot->num_standby++] = (struct memhp_block){ .snapshot = snapshot, .id = id, .is_standby = true };
	return 0;
}

/* What the firmware knows and the kernel has no block for: after the blocks were sorted, and those that vanished left out */
static int scan_standby(struct scan *scan)
{
	struct memhp_snapshot *snapshot = scan->snapshot;
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;
	uint64_t id;
	int rc = scan->firmware_fd < 0 ? scan->firmware_fd : memhp__file_list(scan->firmware_fd, ".", &dir);

	if (rc == -ENOENT || rc == -ENOTDIR)
		return 0;
	while (rc == 0 && (entry = memhp__file_next(dir, &rc)))
		if ((entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN) &&
		    memhp__parse_numbered_name(entry->d_name, "memory", &id) && !memhp_snapshot_find_block(snapshot, id) &&
		    id <= (UINT64_MAX - (snapshot->block_size - 1)) / snapshot->block_size)
			rc = add_standby(snapshot, id);
	if (rc == -ENOMEM)
		return rc;
	if (rc < 0) {
		log_warning(scan->ctx, "/" SYSFS_FIRMWARE " cannot be read, so standby memory is left out: %s", strerror(-rc));
		snapshot->num_skipped++;
	}
	if (snapshot->num_standby)
		qsort(snapshot->standby, snapshot->num_standby, sizeof(struct memhp_block), compare_blocks);
	for (size_t i = 0; i < snapshot->num_standby; i++)
		memhp__scan_standby_attrs(scan, &snapshot->standby[i]);
	return 0;
}

static int compare_nodes(const void *a, const void *b)
{
	const struct memhp_node *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int scan_node_ids(struct memhp_snapshot *snapshot, int node_fd)
{
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;
	int rc = memhp__file_list(node_fd, ".", &dir);

	while (rc == 0 && (entry = memhp__file_next(dir, &rc))) {
		uint64_t id;

		if (!memhp__parse_numbered_name(entry->d_name, "node", &id) || id > INT32_MAX ||
		    (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN))
			continue;
		if (!ARRAY_RESERVE(snapshot->nodes, snapshot->num_nodes, snapshot->allocated_nodes))
			return -ENOMEM;
		snapshot->nodes[snapshot->num_nodes++] = (struct memhp_node){ .id = (unsigned int)id };
	}
	if (snapshot->num_nodes)
		qsort(snapshot->nodes, snapshot->num_nodes, sizeof(struct memhp_node), compare_nodes);
	return rc;
}

/* A block on a node, in the order of nodes */
struct membership {
	uint32_t block, node;
};

struct memberships {
	struct membership *items;
	size_t num, allocated;
};

static int scan_node_blocks(const struct memhp_snapshot *snapshot, int node_fd, uint32_t node, struct memberships *found)
{
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;
	char name[16];
	int rc;

	snprintf(name, sizeof(name), "node%u", snapshot->nodes[node].id);
	rc = memhp__file_list(node_fd, name, &dir);
	if (rc < 0)
		return rc == -ENOENT || rc == -ENOTDIR ? 0 : rc; /* a node may vanish, too */
	while ((entry = memhp__file_next(dir, &rc))) {
		uint64_t id;
		size_t index;

		/* memory_failure and its kind live here as well */
		if (!memhp__parse_numbered_name(entry->d_name, "memory", &id))
			continue;
		index = memhp__snapshot_lower_bound(snapshot, id);
		if (index == snapshot->num_blocks || snapshot->blocks[index].id != id)
			continue;
		if (!ARRAY_RESERVE(found->items, found->num, found->allocated))
			return -ENOMEM;
		found->items[found->num++] = (struct membership){ (uint32_t)index, node };
	}
	return rc;
}

/* Gives each block its run of node ids in one array: a counting sort by block that keeps the order of nodes. */
static int assign_nodes(struct memhp_snapshot *snapshot, const struct memberships *found)
{
	uint32_t next = 0;

	snapshot->block_nodes = calloc(found->num + 1, sizeof(*snapshot->block_nodes));
	if (!snapshot->block_nodes)
		return -ENOMEM;
	for (size_t i = 0; i < found->num; i++)
		snapshot->blocks[found->items[i].block].num_nodes++;
	for (size_t i = 0; i < snapshot->num_blocks; i++) {
		snapshot->blocks[i].first_node = next;
		next += snapshot->blocks[i].num_nodes;
		snapshot->blocks[i].num_nodes = 0;
	}
	for (size_t i = 0; i < found->num; i++) {
		struct memhp_block *block = &snapshot->blocks[found->items[i].block];
		struct memhp_node *node = &snapshot->nodes[found->items[i].node];

		snapshot->block_nodes[block->first_node + block->num_nodes++] = node->id;
		node->num_state[block->state]++;
		if (block->state == MEMHP_STATE_ONLINE)
			node->num_zone[memhp_block_get_zone(block)]++;
	}
	return 0;
}

static int scan_nodes(struct scan *scan)
{
	struct memhp_snapshot *snapshot = scan->snapshot;
	_cleanup_close_ int node_fd = memhp__file_open_dir(scan->ctx, SYSFS_NODE);
	struct memberships found = { 0 };
	int rc = node_fd < 0 ? node_fd : scan_node_ids(snapshot, node_fd);

	if (rc == -ENOENT || rc == -ENOTDIR)
		rc = 0; /* a machine without NUMA */
	/* One node that cannot be read leaves a doubt about every block, and yet the others are worth knowing. */
	for (size_t i = 0; rc != -ENOMEM && i < snapshot->num_nodes; i++) {
		int node_rc = scan_node_blocks(snapshot, node_fd, (uint32_t)i, &found);

		if (node_rc < 0)
			rc = node_rc;
	}
	if (rc != -ENOMEM) {
		for (size_t i = 0; i < snapshot->num_blocks; i++)
			snapshot->blocks[i].error[attr_index(MEMHP_ATTR_NODES)] = (uint8_t)-rc;
		rc = assign_nodes(snapshot, &found);
	}
	free(found.items);
	return rc;
}

static int scan_all(struct scan *scan)
{
	unsigned int attrs = scan->snapshot->attrs;
	int rc = memhp__machine_read_block_size(scan->ctx, scan->memory_fd, &scan->snapshot->block_size);

	if (rc == 0)
		rc = scan_ids(scan);
	if (rc == 0 && (attrs & MEMHP_ATTR_SOURCE))
		memhp__scan_source_needs(scan);
	if (rc == 0 && (attrs & ~(unsigned int)MEMHP_ATTR_NODES))
		rc = memhp__scan_attrs(scan);
	if (rc == 0)
		rc = scan_standby(scan);
	if (rc == 0 && (attrs & MEMHP_ATTR_SOURCE))
		rc = memhp__scan_sources(scan);
	if (rc == 0 && (attrs & MEMHP_ATTR_NODES))
		rc = scan_nodes(scan);
	return rc;
}

static void count_totals(struct memhp_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->num_blocks; i++) {
		const struct memhp_block *block = &snapshot->blocks[i];

		snapshot->num_state[block->state]++;
		if (block->state == MEMHP_STATE_ONLINE)
			snapshot->num_zone[memhp_block_get_zone(block)]++;
	}
}

MEMHP_EXPORT int memhp_snapshot_new(struct memhp_snapshot **snapshot, struct memhp_ctx *ctx, unsigned int attrs)
{
	_cleanup_close_ int memory_fd = -1, firmware_fd = -ENOENT;
	struct scan scan = { .ctx = ctx };
	int rc;

	if (attrs & ~((1U << MEMHP_NUM_ATTRS) - 1))
		return -EINVAL;
	/* What valid_zones means depends on the state. */
	if (attrs & MEMHP_ATTR_ZONES)
		attrs |= MEMHP_ATTR_STATE;
	memory_fd = memhp__file_open_memory(ctx);
	if (memory_fd < 0)
		return memory_fd;
	if (attrs & (MEMHP_ATTR_CONFIGURED | MEMHP_ATTR_MEMMAP_ON_MEMORY))
		firmware_fd = memhp__file_open_dir(ctx, SYSFS_FIRMWARE);
	scan.memory_fd = memory_fd;
	scan.firmware_fd = firmware_fd;
	scan.snapshot = calloc(1, sizeof(*scan.snapshot));
	if (!scan.snapshot)
		return -ENOMEM;
	scan.snapshot->refs = 1;
	scan.snapshot->attrs = attrs;
	rc = scan_all(&scan);
	if (rc < 0) {
		memhp_snapshot_unref(scan.snapshot);
		return rc;
	}
	count_totals(scan.snapshot);
	*snapshot = scan.snapshot;
	return 0;
}
