/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fills a snapshot: which blocks there are; attributes, nodes and sources are read by files of their own. */
#include "read/scan.h"

#include <ctype.h>
#include <stdio.h>

#include "nums.h"
#include "ctx.h"
#include "object.h"
#include "read/block.h"
#include "read/files.h"
#include "read/machine.h"
#include "read/parse.h"
#include "read/scan-attrs.h"
#include "read/scan-nodes.h"
#include "read/snapshot.h"
#include "read/source.h"
#include "util.h"

static bool is_possible(const struct memhp_snapshot *snapshot, uint64_t id)
{
	return id <= (UINT64_MAX - (snapshot->block_size - 1)) / snapshot->block_size;
}

static int append_block(struct memhp_snapshot *snapshot, uint64_t id)
{
	struct memhp_block *block;

	if (!ARRAY_RESERVE(snapshot->blocks, snapshot->num_blocks, snapshot->allocated_blocks))
		return -ENOMEM;
	block = &snapshot->blocks[snapshot->num_blocks++];
	*block = (struct memhp_block){ .snapshot = snapshot, .id = id };
	memset(block->error, ENODATA, sizeof(block->error));
	return 0;
}

static int add_block(struct scan *scan, uint64_t id)
{
	if (is_possible(scan->snapshot, id))
		return append_block(scan->snapshot, id);
	log_warning(scan->ctx, "memory%llu is beyond 64-bit addresses and left out", (unsigned long long)id);
	scan->snapshot->num_skipped++;
	return 0;
}

static int compare_blocks(const void *a, const void *b)
{
	const struct memhp_block *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static void sort_blocks(struct memhp_snapshot *snapshot)
{
	if (snapshot->num_blocks)
		qsort(snapshot->blocks, snapshot->num_blocks, sizeof(struct memhp_block), compare_blocks);
}

/* Whether it is among the first `num_blocks`, which are sorted */
static bool has_block(const struct memhp_snapshot *snapshot, size_t num_blocks, uint64_t id)
{
	const struct memhp_block key = { .id = id };

	return num_blocks && bsearch(&key, snapshot->blocks, num_blocks, sizeof(key), compare_blocks);
}

static int scan_ids(struct scan *scan)
{
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;
	int rc;

	if (scan->only)
		return add_block(scan, *scan->only);
	rc = memhp__file_list(scan->memory_fd, ".", &dir);
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
	if (rc == 0)
		sort_blocks(scan->snapshot);
	return rc;
}

/* What the firmware knows and the kernel has no block for */
static int scan_standby(struct scan *scan)
{
	struct memhp_snapshot *snapshot = scan->snapshot;
	size_t num_blocks = snapshot->num_blocks;
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;
	uint64_t id;
	int rc = scan->firmware_fd < 0 ? scan->firmware_fd : memhp__file_list(scan->firmware_fd, ".", &dir);

	if (rc == -ENOENT)
		return 0;
	while (rc == 0 && (entry = memhp__file_next(dir, &rc)))
		if ((entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN) &&
		    memhp__parse_numbered_name(entry->d_name, "memory", &id) && !has_block(snapshot, num_blocks, id) &&
		    is_possible(snapshot, id))
			rc = append_block(snapshot, id);
	if (rc == -ENOMEM)
		return rc;
	if (rc < 0) {
		log_warning(scan->ctx, "/" SYSFS_FIRMWARE " cannot be read, so standby memory is left out: %s", strerror(-rc));
		snapshot->standby_error = rc;
	}
	for (size_t i = num_blocks; i < snapshot->num_blocks; i++)
		memhp__scan_standby_attrs(scan, &snapshot->blocks[i]);
	sort_blocks(snapshot);
	return 0;
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
	if (rc == 0 && (attrs & MEMHP_ATTR_SOURCE))
		rc = memhp__scan_sources(scan);
	if (rc == 0 && (attrs & MEMHP_ATTR_NODES))
		rc = memhp__scan_nodes(scan);
	/* Last: of what has no block there is nothing else to look for. */
	if (rc == 0 && !scan->only)
		rc = scan_standby(scan);
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

/* Gives back what was reserved for more blocks and nodes: who follows changes keeps many snapshots of one block. */
static void fit(struct memhp_snapshot *snapshot)
{
	void *blocks = reallocarray(snapshot->blocks, snapshot->num_blocks + 1, sizeof(*snapshot->blocks));
	void *nodes = reallocarray(snapshot->nodes, snapshot->num_nodes + 1, sizeof(*snapshot->nodes));

	if (blocks) {
		snapshot->blocks = blocks;
		snapshot->allocated_blocks = snapshot->num_blocks + 1;
	}
	if (nodes) {
		snapshot->nodes = nodes;
		snapshot->allocated_nodes = snapshot->num_nodes + 1;
	}
}

static int make_snapshot(struct memhp_snapshot **snapshot, struct memhp_ctx *ctx, unsigned int attrs, const uint64_t *only)
{
	_cleanup_close_ int memory_fd = memhp__file_open_memory(ctx), firmware_fd = -ENOENT;
	struct scan scan = { .ctx = ctx, .only = only };
	int rc;

	if (memory_fd < 0)
		return memory_fd;
	if (attrs & MEMHP_ATTR_CONFIGURED)
		firmware_fd = memhp__file_open_dir(ctx, SYSFS_FIRMWARE);
	if ((attrs & MEMHP_ATTR_ZONES) && !ctx->ops->contained)
		scan.is_numa_kernel = memhp__file_has_dir(ctx, SYSFS_NODE) != 0;
	scan.memory_fd = memory_fd;
	scan.firmware_fd = firmware_fd;
	scan.snapshot = calloc(1, sizeof(*scan.snapshot));
	if (!scan.snapshot)
		return -ENOMEM;
	scan.snapshot->refs = 1;
	scan.snapshot->ctx = memhp_ctx_ref(ctx);
	scan.snapshot->attrs = attrs;
	rc = scan_all(&scan);
	if (rc < 0) {
		memhp_snapshot_unref(scan.snapshot);
		return rc;
	}
	*snapshot = scan.snapshot;
	return 0;
}

MEMHP_EXPORT int memhp_snapshot_new(struct memhp_snapshot **snapshot, struct memhp_ctx *ctx, unsigned int attrs)
{
	int rc;

	if (attrs & ~((1U << NUM_ATTRS) - 1))
		return -EINVAL;
	/* What valid_zones means depends on the state. */
	if (attrs & MEMHP_ATTR_ZONES)
		attrs |= MEMHP_ATTR_STATE;
	/* What is not configured has no block. */
	if (attrs & MEMHP_ATTR_MEMMAP_ON_MEMORY)
		attrs |= MEMHP_ATTR_CONFIGURED;
	rc = make_snapshot(snapshot, ctx, attrs, NULL);
	if (rc == 0)
		count_totals(*snapshot);
	return rc;
}

/* What is not to be read any more of a block that vanished, or of the zones of one that is in another state by now */
static void mark_stale(struct memhp_block *block, unsigned int attrs)
{
	for (unsigned int attr = 1; attr < 1U << NUM_ATTRS; attr <<= 1)
		if (attrs & attr)
			block->error[attr_index(attr)] = ESTALE;
}

int memhp__scan_block(struct memhp_snapshot **snapshot, struct memhp_ctx *ctx, unsigned int attrs, uint64_t id,
		      enum memhp_state state)
{
	struct memhp_snapshot *new;
	struct memhp_block *block;
	int rc = make_snapshot(&new, ctx, attrs, &id);

	if (rc < 0)
		return rc;
	if (new->num_blocks == 0) {
		rc = append_block(new, id);
		if (rc < 0) {
			memhp_snapshot_unref(new);
			return rc;
		}
		mark_stale(&new->blocks[0], attrs);
	}
	block = &new->blocks[0];
	if (block->state != state) {
		free(take_ptr(block->state_word));
		block->num_zones = 0;
		mark_stale(block, MEMHP_ATTR_ZONES);
	}
	block->state = state;
	block->error[attr_index(MEMHP_ATTR_STATE)] = 0;
	count_totals(new);
	fit(new);
	*snapshot = new;
	return 0;
}

/* Whether there is one block with valid_zones: then the kernel has them all. 1, 0, or -errno */
static int has_valid_zones(struct memhp_ctx *ctx)
{
	_cleanup_close_ int fd = memhp__file_open_memory(ctx);
	_cleanup_closedir_ DIR *dir = NULL;
	char path[SYSFS_PATH_MAX];
	struct dirent *entry;
	uint64_t id;
	int rc = fd < 0 ? fd : memhp__file_list(fd, ".", &dir), has = 0;

	while (rc == 0 && has == 0 && (entry = memhp__file_next(dir, &rc))) {
		if (!memhp__parse_numbered_name(entry->d_name, "memory", &id))
			continue;
		memhp__file_block_path(path, id, "valid_zones");
		has = memhp__file_has(fd, path);
	}
	return rc < 0 ? rc : has;
}

static int has_hotremove(struct memhp_ctx *ctx)
{
	struct memhp_snapshot *snapshot;
	int rc = has_valid_zones(ctx);

	if (rc != 0)
		return rc;
	rc = memhp_snapshot_new(&snapshot, ctx, MEMHP_ATTR_REMOVABLE);
	if (rc < 0)
		return rc;
	rc = snapshot->num_blocks ? 0 : -ENODATA;
	for (size_t i = 0; rc != -ENODATA && i < snapshot->num_blocks; i++) {
		uint8_t error = snapshot->blocks[i].error[attr_index(MEMHP_ATTR_REMOVABLE)];

		if (error == EOPNOTSUPP || (!error && snapshot->blocks[i].removable))
			rc = -ENODATA;
		else if (error)
			rc = -error;
	}
	memhp_snapshot_unref(snapshot);
	return rc;
}

static int has_probe(struct memhp_ctx *ctx)
{
	_cleanup_close_ int fd = memhp__file_open_memory(ctx);

	return fd == -ENODEV ? 0 : fd < 0 ? fd : memhp__machine_has_probe(fd);
}

MEMHP_EXPORT int memhp_ctx_has(struct memhp_ctx *ctx, enum memhp_feature feature)
{
	switch (feature) {
	case MEMHP_FEATURE_HOTREMOVE:
		return has_hotremove(ctx);
	case MEMHP_FEATURE_PROBE:
		return has_probe(ctx);
	case MEMHP_FEATURE_STANDBY:
		return memhp__file_has_dir(ctx, SYSFS_FIRMWARE);
	default:
		return -EINVAL;
	}
}
