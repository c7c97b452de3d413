/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Other ways that memory is configured: standby memory of s390, and dax devices as a whole. */
#include "act/writer.h"
#include "ctx.h"
#include "object.h"
#include "read/files.h"
#include "read/parse.h"
#include "util.h"

static int enter_firmware(struct memhp_writer *writer)
{
	static const char place[] = SYSFS_FIRMWARE;
	int fd;

	/* One process for all blocks */
	if (writer->place == place)
		return 0;
	fd = memhp__file_open_dir(writer->ctx, place);
	if (fd < 0)
		return fd == -ENOENT ? -EOPNOTSUPP : fd;
	memhp__writer_enter(writer, fd, place);
	return 0;
}

static int read_flag(const struct memhp_writer *writer, const char *path, bool *flag)
{
	char text[SYSFS_ATTR_MAX];
	int rc = memhp__file_read(writer->ctx->ops, writer->dirfd, path, text, sizeof(text));

	return rc < 0 ? rc : memhp__parse_flag(text, flag);
}

/* A store that the kernel took, or that was ended by force, is only known by what is read afterwards. */
static void note_look(struct memhp_writer *writer, int stored, int seen)
{
	writer->is_unverified = seen < 0 && (stored == 0 || writer->why != MEMHP_REASON_NONE);
}

/* Writes a flag that is not yet so, and reads it back: that tells what came of a store that was ended, or raced by another one. */
static int set_flag(struct memhp_writer *writer, uint64_t block_id, const char *file, bool wanted)
{
	char path[SYSFS_PATH_MAX];
	bool flag;
	int rc, reread;

	writer->is_unverified = false;
	memhp__file_block_path(path, block_id, file);
	rc = read_flag(writer, path, &flag);
	if (rc < 0 || flag == wanted)
		return rc;
	rc = memhp__writer_store(writer, block_id, file, wanted ? "1" : "0");
	reread = read_flag(writer, path, &flag);
	if (reread == 0 && flag == wanted)
		return 0;
	note_look(writer, rc, reread);
	/* Whatever the errno of the look was, it is not that the kernel refused. */
	return rc < 0 ? rc : -EIO;
}

MEMHP_EXPORT int memhp_writer_set_memmap(struct memhp_writer *writer, uint64_t block_id, enum memhp_memmap memmap)
{
	int rc = (unsigned int)memmap <= MEMHP_MEMMAP_ON_MEMORY ? enter_firmware(writer) : -EINVAL;

	if (rc < 0 || memmap == MEMHP_MEMMAP_KEEP)
		return rc;
	return set_flag(writer, block_id, "memmap_on_memory", memmap == MEMHP_MEMMAP_ON_MEMORY);
}

MEMHP_EXPORT int memhp_writer_configure_block(struct memhp_writer *writer, uint64_t block_id, enum memhp_memmap memmap)
{
	int rc = memhp_writer_set_memmap(writer, block_id, memmap);

	return rc < 0 ? rc : set_flag(writer, block_id, "config", true);
}

MEMHP_EXPORT int memhp_writer_deconfigure_block(struct memhp_writer *writer, uint64_t block_id)
{
	int rc = enter_firmware(writer);

	return rc < 0 ? rc : set_flag(writer, block_id, "config", false);
}

MEMHP_EXPORT int memhp_ctx_has_firmware_memory(struct memhp_ctx *ctx)
{
	return memhp__file_has_dir(ctx, SYSFS_FIRMWARE);
}

static int read_dax_state(struct memhp_ctx *ctx, int fd, enum memhp_transition *state)
{
	char text[SYSFS_ATTR_MAX];
	int rc = memhp__file_read(ctx->ops, fd, "state", text, sizeof(text));

	if (rc < 0)
		return rc == -ENOENT ? -EOPNOTSUPP : rc;
	if (strcmp(text, memhp_transition_name(MEMHP_TRANSITION_UNPLUG)) == 0) {
		*state = MEMHP_TRANSITION_UNPLUG;
		return 0;
	}
	return memhp_transition_from_name(text, state) < 0 ? -EBADMSG : 0;
}

MEMHP_EXPORT int memhp_ctx_read_dax_state(struct memhp_ctx *ctx, const char *device, enum memhp_transition *state)
{
	_cleanup_close_ int fd = memhp__parse_dax_device(device) ? memhp__file_open_device(ctx, SYSFS_DAX, device) : -EINVAL;

	return fd < 0 ? fd : read_dax_state(ctx, fd, state);
}

MEMHP_EXPORT int memhp_ctx_read_dax_size(struct memhp_ctx *ctx, const char *device, uint64_t *size_bytes)
{
	_cleanup_close_ int fd = memhp__parse_dax_device(device) ? memhp__file_open_device(ctx, SYSFS_DAX, device) : -EINVAL;
	char text[SYSFS_ATTR_MAX];
	int rc = fd < 0 ? fd : memhp__file_read(ctx->ops, fd, "size", text, sizeof(text));

	if (rc < 0)
		return rc;
	return memhp__parse_numbered_name(text, "", size_bytes) ? 0 : -EBADMSG;
}

/* What the kernel takes from a user */
static bool can_be_asked(enum memhp_transition state)
{
	return state == MEMHP_TRANSITION_UNPLUG || (state >= MEMHP_TRANSITION_ONLINE && state <= MEMHP_TRANSITION_ONLINE_MOVABLE);
}

/* A zone that was left to the kernel is told afterwards. */
static bool is_as_asked(enum memhp_transition state, enum memhp_transition wanted)
{
	return state == wanted || (wanted == MEMHP_TRANSITION_ONLINE &&
				   (state == MEMHP_TRANSITION_ONLINE_KERNEL || state == MEMHP_TRANSITION_ONLINE_MOVABLE));
}

MEMHP_EXPORT int memhp_writer_set_dax_state(struct memhp_writer *writer, const char *device, enum memhp_transition state)
{
	enum memhp_transition found = MEMHP_TRANSITION_UNKNOWN;
	int fd, rc, reread;

	if (!memhp__parse_dax_device(device) || !can_be_asked(state))
		return -EINVAL;
	fd = memhp__file_open_device(writer->ctx, SYSFS_DAX, device);
	if (fd < 0)
		return fd;
	memhp__writer_enter(writer, fd, SYSFS_DAX);
	writer->is_unverified = false;
	rc = read_dax_state(writer->ctx, fd, &found);
	if (rc < 0 || is_as_asked(found, state))
		return rc;
	rc = memhp__writer_store(writer, NO_BLOCK, "state", memhp_transition_name(state));
	reread = read_dax_state(writer->ctx, fd, &found);
	if (reread == 0 && is_as_asked(found, state))
		return 0;
	note_look(writer, rc, reread);
	/* Whatever the errno of the look was, it is not that the kernel refused. */
	return rc < 0 ? rc : -EIO;
}
