/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of configuration that are spread over folders, of which earlier ones hide files of the same name in later ones. */
#ifndef MEMHP_CONF_DIRS_H
#define MEMHP_CONF_DIRS_H

#include <stddef.h>

struct memhp_ctx;
struct memhp_agents;

struct conf_file {
	char *path; /* below the root, such as "etc/udev/rules.d/10-local.rules" */
	const char *name;
	size_t order; /* of its folder */
};

struct conf_files {
	struct conf_file *items; /* in the order of their names */
	size_t num, allocated;
};

/*
 * Lists the files that end with a suffix, each name once. Folders that are not there have none; those that cannot be read are
 * logged, and noted among the agents. Returns 0 or -ENOMEM.
 */
int memhp__conf_files_list(struct conf_files *files, struct memhp_agents *agents, struct memhp_ctx *ctx, const char *const *dirs,
			   size_t num_dirs, const char *suffix);
void memhp__conf_files_release(struct conf_files *files);

/*
 * Reads a file of a path below the root. Returns 0, -ENOMEM, or -ENODATA for one that cannot be read, which is logged and noted
 * unless it is not there at all. The text is the caller's, and has a NUL behind it.
 */
int memhp__conf_file_read(struct memhp_agents *agents, struct memhp_ctx *ctx, const char *path, char **text, size_t *length);

#endif
