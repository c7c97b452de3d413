/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What there is one of on a machine: the size of its blocks, a file to add more. */
#include "ctx.h"
#include "object.h"
#include "read/files.h"
#include "read/parse.h"
#include "util.h"

MEMHP_EXPORT int memhp_ctx_read_block_size(struct memhp_ctx *ctx, uint64_t *size_bytes)
{
	_cleanup_close_ int dirfd = memhp__file_open_memory(ctx);
	char text[SYSFS_ATTR_MAX];
	int rc;

	if (dirfd < 0)
		return dirfd;
	rc = memhp__file_read(ctx->ops, dirfd, "block_size_bytes", text, sizeof(text));
	return rc < 0 ? rc : memhp__parse_block_size(text, size_bytes);
}

MEMHP_EXPORT bool memhp_ctx_has_probe(struct memhp_ctx *ctx)
{
	_cleanup_close_ int dirfd = memhp__file_open_memory(ctx);

	return dirfd >= 0 && memhp__file_exists(dirfd, "probe");
}
