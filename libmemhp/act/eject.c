/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The second phase of hotunplug: the firmware, or the driver of a dax device, takes away memory that is offline. */
#include "act/eject.h"

#include "act/result.h"
#include "act/supervisor.h"
#include "ctx.h"
#include "decide/step.h"
#include "object.h"
#include "read/files.h"
#include "read/parse.h"
#include "util.h"

/* Pauses between looks at the blocks, of which the firmware says nothing to anybody: they double from the first up to the last. */
#define FIRST_PAUSE_MS 5
#define LAST_PAUSE_MS  200

/* The directory of the device of that name, and what is to be written where. Returns a descriptor. */
static int open_device(struct memhp_ctx *ctx, const char *source, const char **file, const char **word)
{
	static const char dimm[] = "dimm:";
	const char *name = source + strlen(dimm);
	uint16_t number;

	if (strncmp(source, dimm, strlen(dimm)) == 0 && !strchr(name, '/') && memhp__parse_acpi_memory(name, &number) == 0) {
		*file = "eject";
		*word = "1";
		return memhp__file_open_device(ctx, SYSFS_ACPI, name);
	}
	if (!memhp__parse_dax_device(source))
		return -EOPNOTSUPP;
	*file = "state";
	*word = memhp_transition_name(MEMHP_TRANSITION_UNPLUG);
	return memhp__file_open_device(ctx, SYSFS_DAX, source);
}

MEMHP_EXPORT int memhp_ctx_check_eject(struct memhp_ctx *ctx, const char *source)
{
	const char *file, *word;
	_cleanup_close_ int fd = open_device(ctx, source, &file, &word);
	int rc;

	if (fd < 0)
		return fd;
	rc = memhp__file_has(fd, file);
	if (rc <= 0)
		return rc < 0 ? rc : -ENOENT;
	rc = memhp__file_check_kernel(ctx->ops, fd);
	return rc < 0 ? rc : memhp__file_check_writable(fd, file);
}

/* Whether one of the result's blocks is still there: 1, 0, or why that is not known */
static int has_blocks(const struct memhp_result *result, int dirfd)
{
	char path[SYSFS_PATH_MAX];
	int has = 0;

	for (size_t i = 0; i < result->num_steps && has == 0; i++) {
		memhp__file_block_path(path, result->steps[i].block_id, NULL);
		if (result->steps[i].outcome != MEMHP_OUTCOME_ABSENT)
			has = memhp__file_has(dirfd, path);
	}
	return has;
}

/* Whether there were blocks that could go: of a device without any, none is gone. */
static bool had_blocks(const struct memhp_result *result)
{
	for (size_t i = 0; i < result->num_steps; i++)
		if (result->steps[i].outcome != MEMHP_OUTCOME_ABSENT)
			return true;
	return false;
}

/* What is gone has no state any more: all of it, or what the firmware had come to by the deadline. */
static void note_gone(struct memhp_result *result, int dirfd)
{
	char path[SYSFS_PATH_MAX];

	for (size_t i = 0; i < result->num_steps; i++) {
		memhp__file_block_path(path, result->steps[i].block_id, NULL);
		if (memhp__file_has(dirfd, path) == 0)
			result->steps[i].after = MEMHP_STATE_UNKNOWN;
	}
}

static int errno_of(enum memhp_reason why)
{
	switch (why) {
	case MEMHP_REASON_NONE:
		return 0;
	case MEMHP_REASON_CANCELLED:
		return -ECANCELED;
	case MEMHP_REASON_DEADLINE:
		return -ETIMEDOUT;
	default:
		return -EINTR;
	}
}

/* A look that fails is no look at blocks that are gone. */
static int wait_until_gone(struct memhp_result *result, struct supervisor *supervisor, int dirfd)
{
	int64_t pause = FIRST_PAUSE_MS;
	int rc = 0, has;

	while ((has = has_blocks(result, dirfd)) > 0 && rc == 0) {
		memhp__supervisor_pause(supervisor, pause);
		if (supervisor->tick)
			supervisor->tick(supervisor->data);
		rc = errno_of(supervisor->stop);
		pause = pause * 2 < LAST_PAUSE_MS ? pause * 2 : LAST_PAUSE_MS;
	}
	result->is_eject_unseen = has < 0;
	return has > 0 ? rc : has;
}

/* The store, and what became of it */
struct ejection {
	struct supervisor supervisor;
	enum memhp_reason why; /* it was ended; MEMHP_REASON_NONE: by itself */
	void (*tick)(void *data);
	void *tick_data;
};

static bool settle(void *data, size_t i __attribute__((unused)), enum memhp_reason why)
{
	struct ejection *ejection = data;

	ejection->why = why;
	return why == MEMHP_REASON_NONE;
}

static void tick(void *data)
{
	const struct ejection *ejection = data;

	if (ejection->tick)
		ejection->tick(ejection->tick_data);
}

static int store(struct ejection *ejection, const char *file, const char *word)
{
	struct supervisor *supervisor = &ejection->supervisor;
	struct worker_job *job = &supervisor->board->jobs[0];
	int rc;

	*job = (struct worker_job){ .block_id = NO_BLOCK, .file = file, .word = word };
	rc = memhp__supervisor_run(supervisor, 0, 1);
	if (rc < 0)
		return rc;
	if (supervisor->next == 0)
		return errno_of(supervisor->stop);
	return ejection->why ? errno_of(ejection->why) : job->write_error;
}

static int eject(struct memhp_result *result, struct ejection *ejection, struct memhp_ctx *ctx, const char *source,
		 const struct supervisor_limits *limits)
{
	_cleanup_close_ int memory_fd = memhp__file_open_memory(ctx);
	const char *file, *word;
	_cleanup_close_ int fd = memory_fd < 0 ? memory_fd : open_device(ctx, source, &file, &word);
	int rc = fd < 0 ? fd : memhp__supervisor_init(&ejection->supervisor, ctx, fd, 1);

	if (rc < 0)
		return rc;
	ejection->supervisor.settle = settle;
	ejection->supervisor.tick = tick;
	ejection->supervisor.data = ejection;
	memhp__supervisor_set_limits(&ejection->supervisor, limits);
	rc = store(ejection, file, word);
	if (rc == 0 || (had_blocks(result) && has_blocks(result, memory_fd) == 0))
		rc = wait_until_gone(result, &ejection->supervisor, memory_fd);
	note_gone(result, memory_fd);
	return rc;
}

static bool has_changed(const struct memhp_result *result)
{
	for (size_t i = 0; i < result->num_steps; i++)
		if (memhp_step_may_be_changed(&result->steps[i]))
			return true;
	return false;
}

static enum memhp_completion failed_completion(const struct memhp_result *result)
{
	if (result->eject_error == -ECANCELED)
		return MEMHP_COMPLETION_INTERRUPTED;
	if (result->eject_error == -ETIMEDOUT)
		return MEMHP_COMPLETION_TIMEOUT;
	return has_changed(result) || result->is_eject_unseen ? MEMHP_COMPLETION_PARTIAL : MEMHP_COMPLETION_FAILED;
}

void memhp__eject_device(struct memhp_result *result, struct memhp_ctx *ctx, const char *source, struct supervisor_limits limits,
			 void (*progress)(void *data), void *progress_data)
{
	struct ejection ejection = { .tick = progress, .tick_data = progress_data };
	int64_t now = now_ms();

	if (limits.block_timeout_ms < (uint64_t)(limits.deadline_ms > now ? limits.deadline_ms - now : 0))
		limits.deadline_ms = now + (int64_t)limits.block_timeout_ms;
	result->eject_error = eject(result, &ejection, ctx, source, &limits);
	memhp__supervisor_release(&ejection.supervisor);
	if (ejection.supervisor.writer_pid)
		result->writer_pid = ejection.supervisor.writer_pid;
	result->is_ejected = result->eject_error == 0;
	if (!result->is_ejected)
		result->completion = failed_completion(result);
}
