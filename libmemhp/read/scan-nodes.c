/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which nodes there are, and which blocks are on them. The kernel has links both ways, nodeK/memoryN and memoryN/nodeK; each alone
 * is enough, for a copied tree may have only one. A node's folder tells at once of all its blocks, so a block's own is read only
 * where no node has it, or a node could not be read.
 */
#include "read/scan-nodes.h"

#include <stdio.h>

#include "ctx.h"
#include "read/block.h"
#include "read/files.h"
#include "read/node.h"
#include "read/parse.h"
#include "read/scan.h"
#include "read/snapshot.h"
#include "util.h"

/* A block, by its place in the snapshot, on a node */
struct membership {
	uint32_t block;
	unsigned int node_id;
};

struct memberships {
	struct membership *items;
	size_t num, allocated;
};

static void sort_nodes(struct memhp_snapshot *snapshot)
{
	if (snapshot->num_nodes)
		qsort(snapshot->nodes, snapshot->num_nodes, sizeof(struct memhp_node), memhp__nodes_compare);
}

static int compare_memberships(const void *a, const void *b)
{
	const struct membership *x = a, *y = b;

	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	return (x->node_id > y->node_id) - (x->node_id < y->node_id);
}

static int add_membership(struct memberships *found, struct memhp_block *block, unsigned int node_id)
{
	if (!ARRAY_RESERVE(found->items, found->num, found->allocated))
		return -ENOMEM;
	found->items[found->num++] = (struct membership){ (uint32_t)(block - block->snapshot->blocks), node_id };
	block->num_nodes++;
	return 0;
}

static int add_node(struct memhp_snapshot *snapshot, unsigned int id)
{
	if (!ARRAY_RESERVE(snapshot->nodes, snapshot->num_nodes, snapshot->allocated_nodes))
		return -ENOMEM;
	snapshot->nodes[snapshot->num_nodes++] = (struct memhp_node){ .id = id };
	return 0;
}

/* One that only a block knows; its folder, where there is one, is read by now. */
static int insert_node(struct memhp_snapshot *snapshot, unsigned int id)
{
	int rc = add_node(snapshot, id);

	for (size_t i = snapshot->num_nodes - 1; rc == 0 && i > 0 && snapshot->nodes[i - 1].id > id; i--) {
		snapshot->nodes[i] = snapshot->nodes[i - 1];
		snapshot->nodes[i - 1] = (struct memhp_node){ .id = id };
	}
	return rc;
}

static bool parse_node_name(const char *name, unsigned int *id)
{
	uint64_t number;

	if (!memhp__parse_numbered_name(name, "node", &number) || number > INT32_MAX)
		return false;
	*id = (unsigned int)number;
	return true;
}

static int scan_node_ids(struct memhp_snapshot *snapshot, int node_fd)
{
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;
	int rc = memhp__file_list(node_fd, ".", &dir);
	unsigned int id;

	while (rc == 0 && (entry = memhp__file_next(dir, &rc)))
		if (parse_node_name(entry->d_name, &id) && (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN))
			rc = add_node(snapshot, id);
	sort_nodes(snapshot);
	return rc;
}

static int scan_node_blocks(const struct memhp_snapshot *snapshot, int node_fd, unsigned int node_id, struct memberships *found)
{
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;
	char name[16];
	int rc;

	snprintf(name, sizeof(name), "node%u", node_id);
	rc = memhp__file_list(node_fd, name, &dir);
	if (rc == -ENOENT)
		return 0; /* a node may vanish, too */
	while (rc == 0 && (entry = memhp__file_next(dir, &rc))) {
		uint64_t id;
		size_t index;

		/* memory_failure and its kind live here as well */
		if (!memhp__parse_numbered_name(entry->d_name, "memory", &id))
			continue;
		index = memhp__snapshot_lower_bound(snapshot, id);
		if (index < snapshot->num_blocks && snapshot->blocks[index].id == id)
			rc = add_membership(found, &snapshot->blocks[index], node_id);
	}
	return rc;
}

/* The links of a block's own folder. Returns how many, or a negative errno. */
static int scan_block_nodes(const struct scan *scan, struct memhp_block *block, struct memberships *found)
{
	_cleanup_closedir_ DIR *dir = NULL;
	char name[SYSFS_PATH_MAX];
	struct dirent *entry;
	unsigned int id;
	int rc, num = 0;

	memhp__file_block_path(name, block->id, NULL);
	rc = memhp__file_list(scan->memory_fd, name, &dir);
	while (rc == 0 && (entry = memhp__file_next(dir, &rc))) {
		if (!parse_node_name(entry->d_name, &id))
			continue;
		rc = add_membership(found, block, id);
		if (rc == 0 && !memhp__snapshot_find_node(scan->snapshot, id))
			rc = insert_node(scan->snapshot, id);
		num++;
	}
	return rc < 0 ? rc : num;
}

int memhp__scan_has_node(const struct scan *scan, uint64_t block_id, unsigned int *node_id)
{
	_cleanup_closedir_ DIR *dir = NULL;
	char name[SYSFS_PATH_MAX], link[16];
	struct dirent *entry;
	int rc;

	snprintf(link, sizeof(link), "node%u", *node_id);
	memhp__file_block_path(name, block_id, link);
	if (memhp__file_has(scan->memory_fd, name) == 1)
		return 1;
	memhp__file_block_path(name, block_id, NULL);
	rc = memhp__file_list(scan->memory_fd, name, &dir);
	while (rc == 0 && (entry = memhp__file_next(dir, &rc)))
		if (parse_node_name(entry->d_name, node_id))
			return 1;
	return rc;
}

/* Where the nodes leave a doubt. A block's own links tell all of its nodes; without any it has none, unless a node may know. */
static int scan_doubtful_blocks(const struct scan *scan, int nodes_error, struct memberships *found)
{
	struct memhp_snapshot *snapshot = scan->snapshot;

	for (size_t i = 0; i < snapshot->num_blocks; i++) {
		struct memhp_block *block = &snapshot->blocks[i];
		uint8_t *error = &block->error[attr_index(MEMHP_ATTR_NODES)];
		int rc;

		*error = 0;
		if (block->num_nodes && !nodes_error)
			continue;
		rc = scan_block_nodes(scan, block, found);
		if (rc == -ENOMEM)
			return rc;
		if (rc == 0)
			rc = nodes_error;
		/* What vanished is on no node. */
		if (rc < 0 && rc != -ENOENT)
			*error = (uint8_t)-rc;
	}
	return 0;
}

/* By blocks, and without those that both sides know */
static void sort_memberships(struct memberships *found)
{
	size_t kept = 0;

	if (found->num)
		qsort(found->items, found->num, sizeof(*found->items), compare_memberships);
	for (size_t i = 0; i < found->num; i++)
		if (kept == 0 || compare_memberships(&found->items[kept - 1], &found->items[i]) != 0)
			found->items[kept++] = found->items[i];
	found->num = kept;
}

/* Gives each block its run of node ids in one array, and counts it for its nodes. */
static int assign_nodes(struct memhp_snapshot *snapshot, const struct memberships *found)
{
	snapshot->block_nodes = calloc(found->num + 1, sizeof(*snapshot->block_nodes));
	if (!snapshot->block_nodes)
		return -ENOMEM;
	for (size_t i = 0; i < snapshot->num_blocks; i++)
		snapshot->blocks[i].num_nodes = 0;
	for (size_t i = 0; i < found->num; i++) {
		struct memhp_block *block = &snapshot->blocks[found->items[i].block];
		struct memhp_node *node = memhp__snapshot_find_node(snapshot, found->items[i].node_id);

		if (block->num_nodes++ == 0)
			block->first_node = (uint32_t)i;
		snapshot->block_nodes[i] = found->items[i].node_id;
		node->num_state[block->state]++;
		if (block->state == MEMHP_STATE_ONLINE)
			node->num_zone[memhp_block_get_zone(block)]++;
	}
	return 0;
}

/* A node that could not be read matters as long as a block may belong to it. */
static void note_errors(struct memhp_snapshot *snapshot, int nodes_error)
{
	bool in_doubt = false;

	for (size_t i = 0; i < snapshot->num_blocks; i++)
		in_doubt |= snapshot->blocks[i].error[attr_index(MEMHP_ATTR_NODES)] != 0;
	if (in_doubt && nodes_error)
		snapshot->nodes_error = nodes_error;
	for (size_t i = 0; !in_doubt && i < snapshot->num_nodes; i++)
		snapshot->nodes[i].error = 0;
}

int memhp__scan_nodes(struct scan *scan)
{
	struct memhp_snapshot *snapshot = scan->snapshot;
	/* Of one block its own links are enough: the kernel has both. */
	_cleanup_close_ int node_fd = scan->only ? -ENOENT : memhp__file_open_dir(scan->ctx, SYSFS_NODE);
	int rc = node_fd < 0 ? node_fd : scan_node_ids(snapshot, node_fd), nodes_error;
	struct memberships found = { 0 };

	/* Without the folder there is no NUMA, or the tree has the links of the blocks alone. */
	nodes_error = rc == -ENOENT ? 0 : rc;
	/* One node that cannot be read leaves a doubt about every block, and yet the others are worth knowing. */
	for (size_t i = 0; rc != -ENOMEM && i < snapshot->num_nodes; i++) {
		struct memhp_node *node = &snapshot->nodes[i];

		rc = node->error = scan_node_blocks(snapshot, node_fd, node->id, &found);
		if (rc < 0)
			nodes_error = rc;
	}
	if (rc != -ENOMEM)
		rc = scan_doubtful_blocks(scan, nodes_error, &found);
	sort_memberships(&found);
	if (rc == 0)
		rc = assign_nodes(snapshot, &found);
	if (rc == 0)
		note_errors(snapshot, nodes_error);
	free(found.items);
	return rc;
}
