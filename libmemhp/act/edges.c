/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A block of memory stands on one rung: standby, offline, online. Each transition is one word in one file, but for the memory map
 * of standby memory, whose setting has a file beside it. Whatever the store returned, what is so now is read.
 */
#include "act/edges.h"

#include <inttypes.h>
#include <stdio.h>

#include "ctx.h"
#include "read/dax.h"
#include "read/files.h"
#include "read/machine.h"
#include "read/parse.h"
#include "util.h"

static bool is_config(enum memhp_transition action)
{
	return action == MEMHP_TRANSITION_CONFIGURE || action == MEMHP_TRANSITION_DECONFIGURE;
}

int memhp__edges_open(struct edges *edges, struct memhp_ctx *ctx, enum memhp_transition action, const char *device)
{
	*edges = (struct edges){ .ctx = ctx, .memory_fd = memhp__file_open_memory(ctx), .fd = -1, .kmem_fd = -1 };
	if (edges->memory_fd < 0)
		return edges->memory_fd;
	if (*device) {
		edges->fd = memhp__file_open_device(ctx, SYSFS_DAX, device);
		edges->kmem_fd = memhp__file_open_dir(ctx, SYSFS_KMEM);
	} else if (is_config(action)) {
		edges->fd = memhp__file_open_dir(ctx, SYSFS_FIRMWARE);
	} else {
		edges->fd = edges->memory_fd;
	}
	if (edges->fd == -ENOENT && is_config(action))
		return -EOPNOTSUPP;
	return edges->fd < 0 ? edges->fd : 0;
}

void memhp__edges_close(struct edges *edges)
{
	if (edges->fd != edges->memory_fd)
		closep(&edges->fd);
	closep(&edges->memory_fd);
	closep(&edges->kmem_fd);
}

int memhp__edges_check_writable(const struct edges *edges, const struct memhp_step *step)
{
	struct worker_job job = memhp__edges_job(step);
	char path[SYSFS_PATH_MAX];
	int rc = step->action == MEMHP_TRANSITION_ADD ? memhp__machine_has_probe(edges->fd) : 1;

	if (rc <= 0)
		return rc < 0 ? rc : -EOPNOTSUPP;
	if (job.block_id == NO_BLOCK)
		stpcpy(path, job.file);
	else
		memhp__file_block_path(path, job.block_id, job.file);
	rc = memhp__file_check_writable(edges->fd, path);
	/* Of anything else the step itself tells. */
	return rc == -EACCES || rc == -EROFS ? rc : 0;
}

struct worker_job memhp__edges_job(const struct memhp_step *step)
{
	enum memhp_transition action = step->action;
	struct worker_job job = { .block_id = step->block_id, .file = "state", .word = memhp_transition_name(action) };

	if (step->device) {
		job.block_id = NO_BLOCK;
	} else if (is_config(action)) {
		job.file = "config";
		job.word = action == MEMHP_TRANSITION_CONFIGURE ? "1" : "0";
		job.is_flag = true;
		if (step->memmap_wanted)
			job.memmap = step->memmap_wanted == MEMHP_MEMMAP_ON_MEMORY ? "1" : "0";
	} else if (action == MEMHP_TRANSITION_ADD) {
		job.block_id = NO_BLOCK;
		job.file = "probe";
		job.word = NULL;
		job.number = step->start_addr;
	} else {
		job.goal = action_goal(action);
	}
	return job;
}

static void look_at_state(struct look *look, const struct edges *edges, const struct memhp_step *step, enum memhp_transition action)
{
	enum memhp_state state = MEMHP_STATE_UNKNOWN;
	enum memhp_zone zone = MEMHP_ZONE_UNKNOWN;

	look->error = memhp__worker_read_back(edges->ctx->ops, edges->memory_fd, step->block_id, &state, &zone);
	look->state = state;
	look->zone = zone;
	look->is_reached = look->error == 0 && state == action_goal(action);
}

/* 1, 0, or -errno */
static int read_flag(const struct edges *edges, const struct memhp_step *step, const char *file)
{
	char path[SYSFS_PATH_MAX], text[SYSFS_ATTR_MAX];
	bool flag;
	int rc;

	memhp__file_block_path(path, step->block_id, file);
	rc = memhp__file_read(edges->ctx->ops, edges->fd, path, text, sizeof(text));
	if (rc == 0)
		rc = memhp__parse_flag(text, &flag);
	return rc < 0 ? rc : flag;
}

/* Beside the rest. A setting that was asked for and cannot be read is not known to be another one. */
static void take_memmap(struct look *look, const struct memhp_step *step, int error, enum memhp_memmap memmap)
{
	if (error == 0)
		look->memmap = memmap;
	else if (step->memmap_wanted && look->error == 0)
		look->error = error == -ENOENT || error == -EOPNOTSUPP ? -ENODATA : error;
	look->is_reached &= !step->memmap_wanted || step->memmap_wanted == look->memmap;
}

/* What is configured has a block, on whatever rung that is by now. */
static void look_at_config(struct look *look, const struct edges *edges, const struct memhp_step *step,
			   enum memhp_transition action)
{
	int configured = read_flag(edges, step, "config"), memmap = read_flag(edges, step, "memmap_on_memory");

	if (configured > 0)
		look_at_state(look, edges, step, action);
	else if (configured == 0)
		look->state = MEMHP_STATE_STANDBY;
	look->error = configured < 0 ? configured : 0;
	look->is_reached = configured == (action == MEMHP_TRANSITION_CONFIGURE);
	take_memmap(look, step, memmap < 0 ? memmap : 0, memmap ? MEMHP_MEMMAP_ON_MEMORY : MEMHP_MEMMAP_ELSEWHERE);
}

/* Looks for the block, and that it is the right one. That it is not there is what was before. */
static void look_for_added(struct look *look, const struct edges *edges, const struct memhp_step *step)
{
	char path[SYSFS_PATH_MAX], text[SYSFS_ATTR_MAX], index[24];
	int rc;

	memhp__file_block_path(path, step->block_id, "phys_index");
	snprintf(index, sizeof(index), "%08" PRIx64, step->block_id);
	rc = memhp__file_read(edges->ctx->ops, edges->memory_fd, path, text, sizeof(text));
	if (rc == -ENOENT || rc == -ENODEV)
		return;
	if (rc == 0 && strcmp(text, index) != 0)
		rc = -EBADMSG;
	if (rc == 0)
		look_at_state(look, edges, step, MEMHP_TRANSITION_ADD);
	else
		look->error = rc;
	look->is_reached = look->error == 0;
}

/* A zone that was left to the kernel is told afterwards. What no driver has is not brought in. */
static void look_at_device(struct look *look, const struct edges *edges, const struct memhp_step *step,
			   enum memhp_transition action)
{
	enum memhp_memmap memmap = MEMHP_MEMMAP_KEEP;
	int memmap_error = memhp__dax_read_memmap(edges->ctx, edges->fd, &memmap);
	enum memhp_transition found;

	look->memmap = memmap;
	look->error = memhp__dax_read_state(edges->ctx, edges->fd, &found);
	if (look->error == -ENODEV) {
		look->error = 0;
		found = MEMHP_TRANSITION_UNPLUG;
	}
	if (look->error < 0)
		return;
	look->state = action_goal(found);
	look->zone = action_zone(found);
	look->is_reached = found == action || (action == MEMHP_TRANSITION_ONLINE && look->state == MEMHP_STATE_ONLINE);
	take_memmap(look, step, memmap_error, memmap);
}

struct look memhp__edges_look(const struct edges *edges, const struct memhp_step *step, enum memhp_transition action)
{
	struct look look = { .state = MEMHP_STATE_UNKNOWN, .zone = MEMHP_ZONE_UNKNOWN };

	if (step->device)
		look_at_device(&look, edges, step, action);
	else if (is_config(action))
		look_at_config(&look, edges, step, action);
	else if (action == MEMHP_TRANSITION_ADD)
		look_for_added(&look, edges, step);
	else
		look_at_state(&look, edges, step, action);
	return look;
}
