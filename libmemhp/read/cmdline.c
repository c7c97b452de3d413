/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/cmdline.h"

#include "ctx.h"
#include "read/files.h"
#include "read/parse.h"
#include "read/whole-files.h"
#include "util.h"

int memhp__cmdline_read(struct memhp_ctx *ctx, char **text)
{
	int rc = memhp__file_read_text(ctx, "proc", "cmdline", text);
	size_t length = rc < 0 ? 0 : strlen(*text);

	/* The file's, not the kernel's: a quote without an end would take it in. */
	if (length > 0 && (*text)[length - 1] == '\n')
		(*text)[length - 1] = '\0';
	return rc;
}

int memhp__cmdline_redraws_map(struct memhp_ctx *ctx)
{
	static const char *const keys[] = { "add_efi_memmap", "efi_fake_mem", "mem", "memmap" };
	_cleanup_free_ char *text = NULL;
	struct cmdline_param param;
	int rc = memhp__cmdline_read(ctx, &text);

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	for (const char *p = text; memhp__parse_cmdline(&p, &param);)
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
			if (memhp__cmdline_is(&param, keys[i]))
				return 1;
	return 0;
}
