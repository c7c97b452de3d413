/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks before a block is added: the kernel adds one wherever it is told to, and does not look whether there is RAM. */
#include "read/probe.h"

#include "nums.h"
#include "ctx.h"
#include "object.h"
#include "read/files.h"
#include "read/firmware.h"
#include "read/iomem.h"
#include "spans.h"
#include "util.h"

#define CLAIM_NAME_MAX 64

struct memhp_probe {
	uint64_t block_id, start_addr, last_addr;
	unsigned int obstacles; /* bit N: enum memhp_obstacle N */
	enum memhp_proof proof;
	char claim_name[CLAIM_NAME_MAX];
	uint64_t claim_start, claim_last;
};

MEMHP_EXPORT void memhp_probe_free(struct memhp_probe *probe)
{
	if (!probe)
		return;
	free(probe);
}

/* 1, 0, or why it is not known */
static int is_present(int dirfd, uint64_t block_id)
{
	char path[SYSFS_PATH_MAX];

	memhp__file_block_path(path, block_id, NULL);
	return memhp__file_has(dirfd, path);
}

static void note_claim(struct memhp_probe *probe, const struct iomem_range *range)
{
	size_t length = range->length < CLAIM_NAME_MAX ? range->length : CLAIM_NAME_MAX - 1;

	/* The kernel's names are ASCII; what a tree may have in their place must not spoil a document or a terminal. */
	for (size_t i = 0; i < length; i++)
		probe->claim_name[i] = range->name[i] < ' ' || range->name[i] > '~' ? '?' : range->name[i];
	probe->claim_start = range->start;
	probe->claim_last = range->last;
	probe->obstacles |= 1u << MEMHP_OBSTACLE_TAKEN;
}

/* Looks for what has to do with the block. */
static int check_iomem(struct memhp_probe *probe, struct memhp_ctx *ctx)
{
	struct iomem iomem;
	int rc = memhp__iomem_read(&iomem, ctx);

	for (size_t i = 0; rc == 0 && i < iomem.num_tops && !memhp_probe_has_obstacle(probe, MEMHP_OBSTACLE_TAKEN); i++)
		if (iomem.tops[i].start <= probe->last_addr && iomem.tops[i].last >= probe->start_addr && iomem.tops[i].last != 0)
			note_claim(probe, &iomem.tops[i]);
	memhp__iomem_release(&iomem);
	if (rc == -ENOMEM)
		return rc;
	if (rc < 0) {
		log_debug(ctx, "/proc/iomem: %s", strerror(-rc));
		probe->obstacles |= 1u << MEMHP_OBSTACLE_UNSEEN;
	}
	return 0;
}

static int read_device_tree(struct memhp_ctx *ctx, struct spans *ram)
{
	struct dt_memory memory;
	int rc = memhp__firmware_read_device_tree(ctx, &memory);

	*ram = memory.fixed;
	memory.fixed = (struct spans){ 0 };
	memhp__dt_memory_release(&memory);
	return rc;
}

/* Looks for a table that has all of the block as RAM. */
static int find_proof(struct memhp_probe *probe, struct memhp_ctx *ctx)
{
	static const struct {
		enum memhp_proof proof;
		int (*read)(struct memhp_ctx *ctx, struct spans *ram);
	} tables[] = {
		{ MEMHP_PROOF_FIRMWARE_MAP, memhp__firmware_read_memmap },
		{ MEMHP_PROOF_SRAT, memhp__firmware_read_srat },
		{ MEMHP_PROOF_DEVICE_TREE, read_device_tree },
		{ MEMHP_PROOF_LMB, memhp__firmware_read_lmbs },
	};

	for (size_t i = 0; probe->proof == MEMHP_PROOF_NONE && i < ARRAY_SIZE(tables); i++) {
		struct spans ram;
		int rc = tables[i].read(ctx, &ram);

		if (rc == 0 && memhp__spans_contain(&ram, probe->start_addr, probe->last_addr))
			probe->proof = tables[i].proof;
		else if (rc < 0)
			log_debug(ctx, "no proof of RAM from %s: %s", memhp_proof_name(tables[i].proof), strerror(-rc));
		memhp__spans_release(&ram);
		if (rc == -ENOMEM)
			return rc;
	}
	if (probe->proof == MEMHP_PROOF_NONE)
		probe->obstacles |= 1u << MEMHP_OBSTACLE_UNPROVEN;
	return 0;
}

static int check(struct memhp_probe *probe, struct memhp_ctx *ctx, uint64_t addr, uint64_t block_size)
{
	_cleanup_close_ int dirfd = memhp__file_open_memory(ctx);
	int rc;

	if (dirfd < 0)
		return dirfd;
	probe->block_id = addr / block_size;
	probe->start_addr = addr & ~(block_size - 1);
	probe->last_addr = addr | (block_size - 1);
	/* After these two, what else there is to say would be of no interest. */
	rc = probe->start_addr == addr ? is_present(dirfd, probe->block_id) : 0;
	if (rc < 0)
		return rc;
	if (probe->start_addr != addr)
		probe->obstacles |= 1u << MEMHP_OBSTACLE_UNALIGNED;
	else if (rc > 0)
		probe->obstacles |= 1u << MEMHP_OBSTACLE_PRESENT;
	if (probe->obstacles)
		return 0;
	rc = check_iomem(probe, ctx);
	return rc < 0 ? rc : find_proof(probe, ctx);
}

MEMHP_EXPORT int memhp_probe_new(struct memhp_probe **probe, struct memhp_ctx *ctx, uint64_t addr)
{
	struct memhp_probe *new;
	uint64_t block_size;
	int rc = memhp_ctx_read_block_size(ctx, &block_size);

	if (rc < 0)
		return rc;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	rc = check(new, ctx, addr, block_size);
	if (rc < 0) {
		memhp_probe_free(new);
		return rc;
	}
	*probe = new;
	return 0;
}

MEMHP_EXPORT uint64_t memhp_probe_get_block_id(const struct memhp_probe *probe)
{
	return probe->block_id;
}

struct addition memhp__probe_addition(const struct memhp_probe *probe, unsigned int flags)
{
	const unsigned int passable = 1u << MEMHP_OBSTACLE_UNPROVEN;
	unsigned int stops = probe->obstacles & ~(flags & MEMHP_PROBE_UNBACKED ? passable : 0);

	return (struct addition){ .block_id = probe->block_id,
				  .start_addr = probe->start_addr,
				  .last_addr = probe->last_addr,
				  .outcome = stops & ~passable ? MEMHP_OUTCOME_IMPOSSIBLE
					     : stops           ? MEMHP_OUTCOME_REFUSED
							       : MEMHP_OUTCOME_PLANNED };
}

MEMHP_EXPORT bool memhp_probe_has_obstacle(const struct memhp_probe *probe, enum memhp_obstacle obstacle)
{
	return (size_t)obstacle < NUM_OBSTACLES && (probe->obstacles >> obstacle & 1);
}

MEMHP_EXPORT enum memhp_proof memhp_probe_get_proof(const struct memhp_probe *probe)
{
	return probe->proof;
}

MEMHP_EXPORT const char *memhp_probe_get_claim(const struct memhp_probe *probe, uint64_t *start_addr, uint64_t *last_addr)
{
	if (!memhp_probe_has_obstacle(probe, MEMHP_OBSTACLE_TAKEN))
		return NULL;
	if (start_addr)
		*start_addr = probe->claim_start;
	if (last_addr)
		*last_addr = probe->claim_last;
	return probe->claim_name;
}
