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

	if (rc == -ENOENT)
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
		snapshot->standby_error = rc;
	}
	if (snapshot->num_standby)
		qsort(snapshot->standby, snapshot->num_standby, sizeof(struct memhp_block), compare_blocks);
	for (size_t i = 0; i < snapshot->num_standby; i++)
		memhp__scan_standby_attrs(scan, &snapshot->standby[i]);
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
	if (rc == 0)
		rc = scan_standby(scan);
	if (rc == 0 && (attrs & MEMHP_ATTR_SOURCE))
		rc = memhp__scan_sources(scan);
	if (rc == 0 && (attrs & MEMHP_ATTR_NODES))
		rc = memhp__scan_nodes(scan);
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

	if (attrs & ~((1U << NUM_ATTRS) - 1))
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

MEMHP_EXPORT int memhp_ctx_has_hotremove(struct memhp_ctx *ctx)
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
