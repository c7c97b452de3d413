/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One scan of the machine: directory, attributes, nodes; then sorted, counted and never changed again. */
#include <ctype.h>
#include <stdio.h>

#include "parse.h"
#include "private.h"

static int attr_index(enum memhp_attr attr)
{
	return __builtin_ctz(attr);
}

static int parse_block_state(const char *text, struct memhp_block *block)
{
	enum memhp_state state;
	int rc = parse_state(text, &state);

	if (rc == 0)
		block->state = state;
	return rc;
}

static int parse_block_zones(const char *text, struct memhp_block *block)
{
	return parse_zones(text, block->zones, ARRAY_SIZE(block->zones), &block->num_zones);
}

static int parse_block_removable(const char *text, struct memhp_block *block)
{
	bool flag;
	int rc = parse_flag(text, &flag);

	if (rc == 0)
		block->removable = flag;
	return rc;
}

static int parse_block_phys_device(const char *text, struct memhp_block *block)
{
	return parse_int(text, &block->phys_device);
}

static int parse_block_configured(const char *text, struct memhp_block *block)
{
	bool flag;
	int rc = parse_flag(text, &flag);

	if (rc == 0)
		block->configured = flag;
	return rc;
}

static int parse_block_memmap(const char *text, struct memhp_block *block)
{
	bool flag;
	int rc = parse_flag(text, &flag);

	if (rc == 0)
		block->memmap_on_memory = flag;
	return rc;
}

/* State comes first: it says what the others mean. */
static const struct attr_file {
	enum memhp_attr attr;
	bool firmware; /* below /sys/firmware/memory */
	const char *name;
	int (*parse)(const char *text, struct memhp_block *block);
} attr_files[] = {
	{ MEMHP_ATTR_STATE, false, "state", parse_block_state },
	{ MEMHP_ATTR_ZONES, false, "valid_zones", parse_block_zones },
	{ MEMHP_ATTR_REMOVABLE, false, "removable", parse_block_removable },
	{ MEMHP_ATTR_PHYS_DEVICE, false, "phys_device", parse_block_phys_device },
	{ MEMHP_ATTR_CONFIGURED, true, "config", parse_block_configured },
	{ MEMHP_ATTR_MEMMAP_ON_MEMORY, true, "memmap_on_memory", parse_block_memmap },
};

/* A scan under way */
struct scan {
	struct memhp_ctx *ctx;
	struct memhp_snapshot *snapshot;
	int memory_fd, firmware_fd;
};

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
	int rc = sysfs_list(scan->memory_fd, ".", &dir);

	if (rc < 0)
		return rc;
	for (errno = 0; (entry = readdir(dir)); errno = 0) {
		uint64_t id;

		/* Symbolic links could lead out of a sysroot; the kernel makes none here. */
		if (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN)
			continue;
		if (parse_numbered_name(entry->d_name, "memory", &id))
			rc = add_block(scan, id);
		else if (strncmp(entry->d_name, "memory", 6) == 0 && isdigit((unsigned char)entry->d_name[6])) {
			log_warning(scan->ctx, "%s is no block of this machine and left out", entry->d_name);
			scan->snapshot->num_skipped++;
		}
		if (rc < 0)
			return rc;
	}
	if (errno)
		return -errno;
	if (scan->snapshot->num_blocks)
		qsort(scan->snapshot->blocks, scan->snapshot->num_blocks, sizeof(struct memhp_block), compare_blocks);
	return 0;
}

static int keep_odd_state(struct memhp_snapshot *snapshot, uint64_t block_id, const char *text)
{
	struct odd_state *odd;

	if (!*text)
		return 0;
	if (!ARRAY_RESERVE(snapshot->odd_states, snapshot->num_odd_states, snapshot->allocated_odd_states))
		return -ENOMEM;
	odd = &snapshot->odd_states[snapshot->num_odd_states];
	odd->block_id = block_id;
	odd->word = strdup(text);
	if (!odd->word)
		return -ENOMEM;
	for (char *p = odd->word; *p; p++)
		if (*p < 0x20 || *p > 0x7e)
			*p = '?';
	snapshot->num_odd_states++;
	return 0;
}

/* -ENODEV when the block went away, 0 otherwise: what could not be read is noted on the block. */
static int scan_attr(struct scan *scan, struct memhp_block *block, const struct attr_file *file)
{
	char path[SYSFS_PATH_MAX], text[SYSFS_ATTR_MAX];
	int dirfd = file->firmware ? scan->firmware_fd : scan->memory_fd;
	int rc = -EOPNOTSUPP;

	if (dirfd >= 0) {
		sysfs_block_path(path, block->id, file->name);
		rc = sysfs_read(scan->ctx->ops, dirfd, path, text, sizeof(text));
		if (rc == 0) {
			rc = file->parse(text, block);
			if (rc < 0 && file->attr == MEMHP_ATTR_STATE && keep_odd_state(scan->snapshot, block->id, text) < 0)
				return -ENOMEM;
		}
	}
	if (rc == -ENOENT) {
		sysfs_block_path(path, block->id, NULL);
		if (!sysfs_exists(scan->memory_fd, path))
			return -ENODEV;
		rc = -EOPNOTSUPP;
	}
	if (rc == -ENODEV)
		return rc;
	if (rc < 0 && rc != -EOPNOTSUPP)
		log_debug(scan->ctx, "memory%llu/%s: %s", (unsigned long long)block->id, file->name, strerror(-rc));
	block->error[attr_index(file->attr)] = -rc <= UINT8_MAX ? (uint8_t)-rc : EIO;
	return 0;
}

static int scan_block(struct scan *scan, struct memhp_block *block)
{
	for (size_t i = 0; i < ARRAY_SIZE(attr_files); i++) {
		int rc = 0;

		if (scan->snapshot->attrs & attr_files[i].attr)
			rc = scan_attr(scan, block, &attr_files[i]);
		if (rc < 0)
			return rc;
	}
	/* Then the kernel shows the offline form of valid_zones, which means nothing. */
	if (block->state == MEMHP_STATE_GOING_OFFLINE)
		block->num_zones = 0;
	return 0;
}

static int scan_attrs(struct scan *scan)
{
	struct memhp_snapshot *snapshot = scan->snapshot;
	size_t kept = 0;

	for (size_t i = 0; i < snapshot->num_blocks; i++) {
		struct memhp_block *block = &snapshot->blocks[i];
		int rc = scan_block(scan, block);

		if (rc == -ENODEV) {
			log_debug(scan->ctx, "memory%llu vanished during the scan", (unsigned long long)block->id);
			continue;
		}
		if (rc < 0)
			return rc;
		snapshot->blocks[kept++] = *block;
	}
	snapshot->num_blocks = kept;
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
	int rc = sysfs_list(node_fd, ".", &dir);

	if (rc < 0)
		return rc;
	for (errno = 0; (entry = readdir(dir)); errno = 0) {
		uint64_t id;

		if (!parse_numbered_name(entry->d_name, "node", &id) || id > INT32_MAX ||
		    (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN))
			continue;
		if (!ARRAY_RESERVE(snapshot->nodes, snapshot->num_nodes, snapshot->allocated_nodes))
			return -ENOMEM;
		snapshot->nodes[snapshot->num_nodes++] = (struct memhp_node){ .id = (unsigned int)id };
	}
	if (errno)
		return -errno;
	if (snapshot->num_nodes)
		qsort(snapshot->nodes, snapshot->num_nodes, sizeof(struct memhp_node), compare_nodes);
	return 0;
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
	rc = sysfs_list(node_fd, name, &dir);
	if (rc < 0)
		return rc == -ENOENT || rc == -ENOTDIR ? 0 : rc; /* a node may vanish, too */
	for (errno = 0; (entry = readdir(dir)); errno = 0) {
		uint64_t id;
		size_t index;

		/* memory_failure and its kind live here as well */
		if (!parse_numbered_name(entry->d_name, "memory", &id))
			continue;
		index = snapshot_lower_bound(snapshot, id);
		if (index == snapshot->num_blocks || snapshot->blocks[index].id != id)
			continue;
		if (!ARRAY_RESERVE(found->items, found->num, found->allocated))
			return -ENOMEM;
		found->items[found->num++] = (struct membership){ (uint32_t)index, node };
	}
	return -errno;
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
	_cleanup_close_ int node_fd = sysfs_open_dir(scan->ctx, SYSFS_NODE);
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

static void count_totals(struct memhp_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->num_blocks; i++) {
		const struct memhp_block *block = &snapshot->blocks[i];

		snapshot->num_state[block->state]++;
		if (block->state == MEMHP_STATE_ONLINE)
			snapshot->num_zone[memhp_block_get_zone(block)]++;
	}
}

static int scan_all(struct scan *scan)
{
	unsigned int attrs = scan->snapshot->attrs;
	char text[SYSFS_ATTR_MAX];
	int rc = sysfs_read(scan->ctx->ops, scan->memory_fd, "block_size_bytes", text, sizeof(text));

	if (rc == 0)
		rc = parse_block_size(text, &scan->snapshot->block_size);
	if (rc == 0)
		rc = scan_ids(scan);
	if (rc == 0 && (attrs & ~(unsigned int)MEMHP_ATTR_NODES))
		rc = scan_attrs(scan);
	if (rc == 0 && (attrs & MEMHP_ATTR_NODES))
		rc = scan_nodes(scan);
	return rc;
}

static void snapshot_free(struct memhp_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->num_odd_states; i++)
		free(snapshot->odd_states[i].word);
	free(snapshot->odd_states);
	free(snapshot->block_nodes);
	free(snapshot->nodes);
	free(snapshot->blocks);
	free(snapshot);
}

DEFINE_REF_UNREF(snapshot)

MEMHP_EXPORT int memhp_snapshot_new(struct memhp_snapshot **snapshot, struct memhp_ctx *ctx, unsigned int attrs)
{
	_cleanup_close_ int memory_fd = -1, firmware_fd = -1;
	struct scan scan = { .ctx = ctx };
	int rc;

	if (attrs & ~((1U << MEMHP_NUM_ATTRS) - 1))
		return -EINVAL;
	/* What valid_zones means depends on the state. */
	if (attrs & MEMHP_ATTR_ZONES)
		attrs |= MEMHP_ATTR_STATE;
	memory_fd = sysfs_open_memory(ctx);
	if (memory_fd < 0)
		return memory_fd;
	if (attrs & (MEMHP_ATTR_CONFIGURED | MEMHP_ATTR_MEMMAP_ON_MEMORY))
		firmware_fd = sysfs_open_dir(ctx, SYSFS_FIRMWARE);
	scan.memory_fd = memory_fd;
	scan.firmware_fd = firmware_fd;
	scan.snapshot = calloc(1, sizeof(*scan.snapshot));
	if (!scan.snapshot)
		return -ENOMEM;
	scan.snapshot->refs = 1;
	scan.snapshot->attrs = attrs;
	rc = scan_all(&scan);
	if (rc < 0) {
		snapshot_free(scan.snapshot);
		return rc;
	}
	count_totals(scan.snapshot);
	*snapshot = scan.snapshot;
	return 0;
}

MEMHP_EXPORT unsigned int memhp_snapshot_get_attrs(const struct memhp_snapshot *snapshot)
{
	return snapshot->attrs;
}

MEMHP_EXPORT uint64_t memhp_snapshot_get_block_size_bytes(const struct memhp_snapshot *snapshot)
{
	return snapshot->block_size;
}

MEMHP_EXPORT size_t memhp_snapshot_get_num_blocks(const struct memhp_snapshot *snapshot)
{
	return snapshot->num_blocks;
}

MEMHP_EXPORT const struct memhp_block *memhp_snapshot_get_block(const struct memhp_snapshot *snapshot, size_t index)
{
	return index < snapshot->num_blocks ? &snapshot->blocks[index] : NULL;
}

size_t snapshot_lower_bound(const struct memhp_snapshot *snapshot, uint64_t id)
{
	size_t low = 0, high = snapshot->num_blocks;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (snapshot->blocks[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

MEMHP_EXPORT const struct memhp_block *memhp_snapshot_find_block(const struct memhp_snapshot *snapshot, uint64_t block_id)
{
	const struct memhp_block *block = memhp_snapshot_get_block(snapshot, snapshot_lower_bound(snapshot, block_id));

	return block && block->id == block_id ? block : NULL;
}

MEMHP_EXPORT size_t memhp_snapshot_get_num_skipped(const struct memhp_snapshot *snapshot)
{
	return snapshot->num_skipped;
}

MEMHP_EXPORT size_t memhp_snapshot_count_state(const struct memhp_snapshot *snapshot, enum memhp_state state)
{
	return (size_t)state < MEMHP_NUM_STATES ? snapshot->num_state[state] : 0;
}

MEMHP_EXPORT size_t memhp_snapshot_count_zone(const struct memhp_snapshot *snapshot, enum memhp_zone zone)
{
	return (size_t)zone < MEMHP_NUM_ZONES ? snapshot->num_zone[zone] : 0;
}

MEMHP_EXPORT size_t memhp_snapshot_get_num_nodes(const struct memhp_snapshot *snapshot)
{
	return snapshot->num_nodes;
}

MEMHP_EXPORT const struct memhp_node *memhp_snapshot_get_node(const struct memhp_snapshot *snapshot, size_t index)
{
	return index < snapshot->num_nodes ? &snapshot->nodes[index] : NULL;
}
