/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes what decides about new memory, until the next boot. */
#include "ctx.h"
#include "object.h"
#include "read/files.h"
#include "util.h"

MEMHP_EXPORT int memhp_policy_set(struct memhp_ctx *ctx, enum memhp_policy_key key, const char *value)
{
	_cleanup_close_ int dirfd = -1;
	const char *name = memhp_policy_key_name(key);
	char text[SYSFS_ATTR_MAX];
	int rc = memhp_policy_check_value(key, value);

	if (rc < 0)
		return rc;
	dirfd = key == MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS ? memhp__file_open_memory(ctx) : memhp__file_open_dir(ctx, SYSFS_MODULE);
	if (dirfd == -ENODEV || dirfd == -ENOENT)
		return -EOPNOTSUPP;
	rc = dirfd < 0 ? dirfd : memhp__file_read(ctx->ops, dirfd, name, text, sizeof(text));
	if (rc < 0)
		return rc == -ENOENT ? -EOPNOTSUPP : rc;
	if (strcmp(text, value) == 0)
		return 0;
	rc = memhp__file_check_kernel(ctx->ops, dirfd);
	if (rc < 0)
		return rc;
	if (memhp__file_is_read_only(dirfd, name))
		return -EPERM;
	rc = memhp__file_store(ctx->ops, dirfd, name, value);
	if (rc < 0)
		return rc;
	/* An errno of its own would look as if nothing had been written. */
	if (memhp__file_read(ctx->ops, dirfd, name, text, sizeof(text)) < 0)
		return -EIO;
	return strcmp(text, value) == 0 ? 0 : -EIO;
}
