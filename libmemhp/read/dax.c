/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads what a dax device says of itself as a whole. */
#include "read/dax.h"

#include "ctx.h"
#include "object.h"
#include "read/files.h"
#include "read/parse.h"
#include "util.h"

static int read_file(struct memhp_ctx *ctx, int fd, const char *file, char text[SYSFS_ATTR_MAX])
{
	int rc = memhp__file_read(ctx->ops, fd, file, text, SYSFS_ATTR_MAX);

	return rc == -ENOENT ? -EOPNOTSUPP : rc;
}

int memhp__dax_read_state(struct memhp_ctx *ctx, int fd, enum memhp_transition *state)
{
	char text[SYSFS_ATTR_MAX];
	int rc = read_file(ctx, fd, "state", text), has_driver;

	if (rc == -EOPNOTSUPP) {
		has_driver = memhp__file_has(fd, "driver");
		return has_driver < 0 ? has_driver : has_driver ? rc : -ENODEV;
	}
	if (rc < 0)
		return rc;
	if (strcmp(text, memhp_transition_name(MEMHP_TRANSITION_UNPLUG)) == 0) {
		*state = MEMHP_TRANSITION_UNPLUG;
		return 0;
	}
	return memhp_transition_from_name(text, state) < 0 ? -EBADMSG : 0;
}

int memhp__dax_read_memmap(struct memhp_ctx *ctx, int fd, enum memhp_memmap *memmap)
{
	char text[SYSFS_ATTR_MAX];
	bool flag;
	int rc = read_file(ctx, fd, "memmap_on_memory", text);

	if (rc == 0)
		rc = memhp__parse_flag(text, &flag);
	if (rc == 0)
		*memmap = flag ? MEMHP_MEMMAP_ON_MEMORY : MEMHP_MEMMAP_ELSEWHERE;
	return rc;
}

static int open_dax(struct memhp_ctx *ctx, const char *device)
{
	return memhp__parse_dax_device(device) ? memhp__file_open_device(ctx, SYSFS_DAX, device) : -EINVAL;
}

MEMHP_EXPORT int memhp_ctx_read_dax_state(struct memhp_ctx *ctx, const char *device, enum memhp_transition *state)
{
	_cleanup_close_ int fd = open_dax(ctx, device);

	return fd < 0 ? fd : memhp__dax_read_state(ctx, fd, state);
}

MEMHP_EXPORT int memhp_ctx_read_dax_size(struct memhp_ctx *ctx, const char *device, uint64_t *size_bytes)
{
	_cleanup_close_ int fd = open_dax(ctx, device);
	char text[SYSFS_ATTR_MAX];
	int rc = fd < 0 ? fd : memhp__file_read(ctx->ops, fd, "size", text, sizeof(text));

	if (rc < 0)
		return rc;
	return memhp__parse_numbered_name(text, "", size_bytes) ? 0 : -EBADMSG;
}

MEMHP_EXPORT int memhp_ctx_read_dax_memmap(struct memhp_ctx *ctx, const char *device, enum memhp_memmap *memmap)
{
	_cleanup_close_ int fd = open_dax(ctx, device);

	return fd < 0 ? fd : memhp__dax_read_memmap(ctx, fd, memmap);
}

/* Without the parameter nothing can have its memory map in itself, and the kernel takes no such setting. */
static int check_param(struct memhp_ctx *ctx)
{
	_cleanup_close_ int fd = memhp__file_open_dir(ctx, SYSFS_MODULE);
	char text[SYSFS_ATTR_MAX];
	int rc = fd < 0 ? fd : memhp__file_read(ctx->ops, fd, "memmap_on_memory", text, sizeof(text));

	if (rc == -ENOENT || (rc == 0 && strcmp(text, "N") == 0))
		return -EOPNOTSUPP;
	return rc;
}

MEMHP_EXPORT int memhp_ctx_check_dax_memmap(struct memhp_ctx *ctx, const char *device, enum memhp_memmap memmap)
{
	_cleanup_close_ int fd = (unsigned int)memmap > MEMHP_MEMMAP_ON_MEMORY ? -EINVAL : open_dax(ctx, device);
	int rc = fd < 0 ? fd : memmap == MEMHP_MEMMAP_ON_MEMORY ? check_param(ctx) : 0;
	int has_kmem = rc < 0 ? rc : memhp__file_has_dir(ctx, SYSFS_KMEM);

	return has_kmem < 0 ? has_kmem : has_kmem ? 0 : -ENODEV;
}
