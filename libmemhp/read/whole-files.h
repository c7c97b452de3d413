/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that are read to their end, as texts of their own */
#ifndef MEMHP_WHOLE_FILES_H
#define MEMHP_WHOLE_FILES_H

#include <stddef.h>

struct file_ops;
struct memhp_ctx;

/*
 * Reads a whole file of any sensible length, such as /proc/zoneinfo; the text is the caller's. A NUL is put behind it; `length`,
 * for what may hold others, can be NULL.
 */
int memhp__file_read_all(int dirfd, const char *path, char **text, size_t *length);

/* The same for "FILE" or "DIRECTORY/FILE", of which no part may be a link in a tree */
int memhp__file_read_bytes(const struct file_ops *ops, int dirfd, const char *path, char **bytes, size_t *length);

/* The same by a directory such as "proc", and of text alone: -EBADMSG for NUL bytes inside. Says so when the file is too long. */
int memhp__file_read_text(struct memhp_ctx *ctx, const char *dir, const char *name, char **text);

/*
 * The same for a file of configuration by its path below the root, where links are followed: one to /dev/null is an empty file.
 * What is no plain file is not opened: -EISDIR, -EBADMSG. -ENOLINK when what a link leads to is not in the tree.
 */
int memhp__file_read_conf(struct memhp_ctx *ctx, const char *path, char **text, size_t *length);

/*
 * Says so when a whole file could not be read because there is more of it than is ever read (-EFBIG); `rc` is what reading it
 * returned, and is returned. `dir` may be NULL.
 */
int memhp__file_note_length(struct memhp_ctx *ctx, const char *dir, const char *name, int rc);

#endif
