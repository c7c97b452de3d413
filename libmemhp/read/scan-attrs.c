/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the attributes of the blocks of a scan. */
#include "read/scan-attrs.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include "nums.h"
#include "ctx.h"
#include "read/block.h"
#include "read/files.h"
#include "read/parse.h"
#include "read/scan-nodes.h"
#include "read/scan.h"
#include "read/snapshot.h"
#include "util.h"

/* Nearly all of the time is the kernel's, for each file on its own: with so many blocks each a further thread pays. */
#define BLOCKS_PER_THREAD 4096

static int parse_block_state(const char *text, struct memhp_block *block)
{
	enum memhp_state state;
	int rc = memhp__parse_state(text, &state);

	if (rc == 0)
		block->state = state;
	return rc;
}

static int parse_block_zones(const char *text, struct memhp_block *block)
{
	return memhp__parse_zones(text, block->zones, ARRAY_SIZE(block->zones), &block->num_zones);
}

static int parse_block_removable(const char *text, struct memhp_block *block)
{
	bool flag;
	int rc = memhp__parse_flag(text, &flag);

	if (rc == 0)
		block->removable = flag;
	return rc;
}

static int parse_block_phys_device(const char *text, struct memhp_block *block)
{
	return memhp__parse_int(text, &block->phys_device);
}

static int parse_block_configured(const char *text, struct memhp_block *block)
{
	bool flag;
	int rc = memhp__parse_flag(text, &flag);

	if (rc == 0)
		block->configured = flag;
	return rc;
}

static int parse_block_memmap(const char *text, struct memhp_block *block)
{
	bool flag;
	int rc = memhp__parse_flag(text, &flag);

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

static int keep_state_word(struct memhp_block *block, const char *text)
{
	if (!*text)
		return 0;
	block->state_word = strdup(text);
	if (!block->state_word)
		return -ENOMEM;
	for (char *p = block->state_word; *p; p++)
		if (*p < 0x20 || *p > 0x7e)
			*p = '?';
	return 0;
}

/*
 * Many kernels (seen with Linux 6.1) make a block known before they tell it its node, and until then do not survive that somebody
 * reads valid_zones: it is a NULL pointer dereference. With all blocks of a large device that may go on for a second.
 */
static int check_zones_readable(const struct scan *scan, const struct memhp_block *block, unsigned int *node_id)
{
	int has_node;

	if (!scan->is_numa_kernel || block->state == MEMHP_STATE_ONLINE)
		return 0;
	has_node = memhp__scan_has_node(scan, block->id, node_id);
	return has_node == 0 ? -ENODATA : has_node < 0 ? has_node : 0;
}

/* -ENODEV when the block went away, 0 otherwise: what could not be read is noted on the block. */
static int read_attr(const struct scan *scan, struct memhp_block *block, const struct attr_file *file, unsigned int *node_id)
{
	char path[SYSFS_PATH_MAX], text[SYSFS_ATTR_MAX];
	int dirfd = file->firmware ? scan->firmware_fd : scan->memory_fd;
	int rc = dirfd == -ENOENT ? -EOPNOTSUPP : dirfd;

	if (dirfd >= 0)
		rc = file->attr == MEMHP_ATTR_ZONES ? check_zones_readable(scan, block, node_id) : 0;
	if (dirfd >= 0 && rc == 0) {
		memhp__file_block_path(path, block->id, file->name);
		rc = memhp__file_read(scan->ctx->ops, dirfd, path, text, sizeof(text));
		if (rc == 0) {
			rc = file->parse(text, block);
			if (rc < 0 && file->attr == MEMHP_ATTR_STATE && keep_state_word(block, text) < 0)
				return -ENOMEM;
		}
	}
	if (rc == -ENOENT) {
		memhp__file_block_path(path, block->id, NULL);
		rc = memhp__file_has(scan->memory_fd, path);
		rc = rc > 0 ? -EOPNOTSUPP : rc == 0 ? -ENODEV : rc;
	}
	if (rc == -ENODEV)
		return rc;
	block->error[attr_index(file->attr)] = -rc <= UINT8_MAX ? (uint8_t)-rc : EIO;
	return 0;
}

void memhp__scan_standby_attrs(const struct scan *scan, struct memhp_block *block)
{
	uint8_t *state_error = &block->error[attr_index(MEMHP_ATTR_STATE)];
	char path[SYSFS_PATH_MAX], text[SYSFS_ATTR_MAX];

	for (int i = 0; i < NUM_ATTRS; i++)
		block->error[i] = scan->snapshot->attrs & 1U << i ? EOPNOTSUPP : ENODATA;
	for (size_t i = 0; i < ARRAY_SIZE(attr_files); i++) {
		const struct attr_file *file = &attr_files[i];
		int rc;

		if (!file->firmware || !(scan->snapshot->attrs & file->attr))
			continue;
		memhp__file_block_path(path, block->id, file->name);
		rc = memhp__file_read(scan->ctx->ops, scan->firmware_fd, path, text, sizeof(text));
		if (rc == 0)
			rc = file->parse(text, block);
		block->error[attr_index(file->attr)] = rc == -ENOENT ? EOPNOTSUPP : -rc <= UINT8_MAX ? (uint8_t)-rc : EIO;
	}
	/* That there is no block is certain; one that the firmware has configured should be there. */
	if (block->error[attr_index(MEMHP_ATTR_CONFIGURED)] || !block->configured)
		block->state = MEMHP_STATE_STANDBY;
	*state_error = block->state == MEMHP_STATE_STANDBY ? 0 : ENOENT;
}

/* Most blocks have no such link, which is an answer as well. */
static void read_dimm(const struct scan *scan, struct memhp_block *block)
{
	char path[SYSFS_PATH_MAX], target[SYSFS_LINK_MAX];
	uint16_t number = 0;
	int rc;

	memhp__file_block_path(path, block->id, "firmware_node");
	rc = memhp__file_read_link(scan->ctx->ops, scan->memory_fd, path, target, sizeof(target));
	if (rc == 0)
		rc = memhp__parse_acpi_memory(target, &number);
	if (rc == 0)
		block->dimm = number + 1;
	block->error[attr_index(MEMHP_ATTR_SOURCE)] = rc == -ENOENT ? 0 : (uint8_t)-rc;
}

/* `node_id` is a node on which it may be. */
static int read_block(const struct scan *scan, struct memhp_block *block, unsigned int *node_id)
{
	for (size_t i = 0; i < ARRAY_SIZE(attr_files); i++) {
		int rc = 0;

		if (scan->snapshot->attrs & attr_files[i].attr)
			rc = read_attr(scan, block, &attr_files[i], node_id);
		if (rc < 0)
			return rc;
	}
	if (scan->has_dimms)
		read_dimm(scan, block);
	/* Then the kernel shows the offline form of valid_zones, which means nothing. */
	if (block->state == MEMHP_STATE_GOING_OFFLINE)
		block->num_zones = 0;
	return 0;
}

/* The blocks first..last-1, for one thread */
struct share {
	const struct scan *scan;
	size_t first, last;
	pthread_t thread;
	int rc;
};

static void *read_share(void *data)
{
	struct share *share = data;
	unsigned int node_id = 0;

	for (size_t i = share->first; i < share->last && share->rc == 0; i++) {
		struct memhp_block *block = &share->scan->snapshot->blocks[i];
		int rc = read_block(share->scan, block, &node_id);

		block->is_gone = rc == -ENODEV;
		if (!block->is_gone)
			share->rc = rc;
	}
	return NULL;
}

/* How many the context allows, the blocks are worth, and the caller has processors for */
static size_t count_threads(const struct scan *scan)
{
	size_t wanted = scan->snapshot->num_blocks / BLOCKS_PER_THREAD, num = scan->ctx->num_threads;
	cpu_set_t cpus;

	if (wanted < num)
		num = wanted;
	if (num < 2)
		return 1;
	/* It fails where there are more processors than the set has room for. */
	if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0 && (size_t)CPU_COUNT(&cpus) < num)
		num = (size_t)CPU_COUNT(&cpus);
	return num;
}

/* The caller's thread does the first share, and every one for which there is no thread to be had. */
static int read_shares(struct share *shares, size_t num)
{
	bool has_thread[MAX_THREADS] = { false };
	sigset_t all, old;
	int rc;

	/* The host's signals are for the host's threads. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	for (size_t i = 1; i < num; i++)
		has_thread[i] = pthread_create(&shares[i].thread, NULL, read_share, &shares[i]) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	read_share(&shares[0]);
	rc = shares[0].rc;
	for (size_t i = 1; i < num; i++) {
		if (has_thread[i])
			pthread_join(shares[i].thread, NULL);
		else
			read_share(&shares[i]);
		if (rc == 0)
			rc = shares[i].rc;
	}
	return rc;
}

static void log_errors(const struct scan *scan, const struct memhp_block *block)
{
	for (size_t i = 0; i < ARRAY_SIZE(attr_files); i++) {
		int error = block->error[attr_index(attr_files[i].attr)];

		if (error && error != ENODATA && error != EOPNOTSUPP)
			log_debug(scan->ctx, "memory%llu/%s: %s", (unsigned long long)block->id, attr_files[i].name,
				  strerror(error));
	}
}

static void drop_vanished(struct scan *scan)
{
	struct memhp_snapshot *snapshot = scan->snapshot;
	size_t kept = 0;

	for (size_t i = 0; i < snapshot->num_blocks; i++) {
		struct memhp_block *block = &snapshot->blocks[i];

		if (block->is_gone) {
			log_debug(scan->ctx, "memory%llu vanished during the scan", (unsigned long long)block->id);
			free(block->state_word);
			continue;
		}
		log_errors(scan, block);
		if (kept < i)
			snapshot->blocks[kept] = *block;
		kept++;
	}
	snapshot->num_blocks = kept;
}

int memhp__scan_attrs(struct scan *scan)
{
	size_t num_blocks = scan->snapshot->num_blocks, num = count_threads(scan);
	struct share shares[MAX_THREADS] = { 0 };
	int rc;

	for (size_t i = 0; i < num; i++) {
		shares[i].scan = scan;
		shares[i].first = num_blocks * i / num;
		shares[i].last = num_blocks * (i + 1) / num;
	}
	rc = read_shares(shares, num);
	if (rc == 0)
		drop_vanished(scan);
	return rc;
}
