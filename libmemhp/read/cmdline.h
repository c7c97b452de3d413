/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /proc/cmdline: what the kernel was told when it was started. memhp__parse_cmdline() takes the text apart. */
#ifndef MEMHP_CMDLINE_H
#define MEMHP_CMDLINE_H

struct memhp_ctx;

/* Returns 0 and the text, which is the caller's; -ENOENT when there is no such file; or why it cannot be read. */
int memhp__cmdline_read(struct memhp_ctx *ctx, char **text);

/* Whether the kernel was told to make something else of the firmware's map of RAM: 1, 0, or why that is not known. */
int memhp__cmdline_redraws_map(struct memhp_ctx *ctx);

#endif
