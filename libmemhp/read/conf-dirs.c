/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/conf-dirs.h"

#include <fcntl.h>
#include <stdio.h>

#include "ctx.h"
#include "read/files.h"
#include "read/policy-agents.h"
#include "read/root.h"
#include "read/whole-files.h"
#include "util.h"

static bool has_suffix(const char *name, const char *suffix)
{
	size_t length = strlen(name), wanted = strlen(suffix);

	return name[0] != '.' && length > wanted && strcmp(name + length - wanted, suffix) == 0;
}

static int compare_files(const void *a, const void *b)
{
	const struct conf_file *one = a, *other = b;
	int order = strcmp(one->name, other->name);

	return order ? order : one->order < other->order ? -1 : 1;
}

static int add_file(struct conf_files *files, const char *dir, size_t order, const char *name)
{
	char *path;

	if (!ARRAY_RESERVE(files->items, files->num, files->allocated) || asprintf(&path, "%s/%s", dir, name) < 0)
		return -ENOMEM;
	files->items[files->num++] = (struct conf_file){ path, path + strlen(dir) + 1, order };
	return 0;
}

static int list_dir(struct conf_files *files, struct memhp_agents *agents, struct memhp_ctx *ctx, const char *path, size_t order,
		    const char *suffix)
{
	_cleanup_close_ int dirfd = memhp__root_open(ctx->root_fd, path, O_RDONLY | O_DIRECTORY);
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	int rc = dirfd < 0 ? dirfd : memhp__file_list(dirfd, ".", &dir), end = 0;

	if (rc == -ENOENT)
		return 0;
	if (rc < 0)
		return memhp__agents_add_unread(agents, ctx, path, rc);
	while (rc == 0 && (entry = memhp__file_next(dir, &end)))
		if (has_suffix(entry->d_name, suffix))
			rc = add_file(files, path, order, entry->d_name);
	if (rc < 0 || end == 0)
		return rc;
	return memhp__agents_add_unread(agents, ctx, path, end);
}

int memhp__conf_files_list(struct conf_files *files, struct memhp_agents *agents, struct memhp_ctx *ctx, const char *const *dirs,
			   size_t num_dirs, const char *suffix)
{
	size_t kept = 0;
	int rc = 0;

	*files = (struct conf_files){ 0 };
	for (size_t i = 0; rc == 0 && i < num_dirs; i++)
		rc = list_dir(files, agents, ctx, dirs[i], i, suffix);
	if (rc < 0) {
		memhp__conf_files_release(files);
		return rc;
	}
	if (files->num)
		qsort(files->items, files->num, sizeof(*files->items), compare_files);
	for (size_t i = 0; i < files->num; i++) {
		if (kept && strcmp(files->items[kept - 1].name, files->items[i].name) == 0)
			free(files->items[i].path);
		else
			files->items[kept++] = files->items[i];
	}
	files->num = kept;
	return 0;
}

void memhp__conf_files_release(struct conf_files *files)
{
	for (size_t i = 0; i < files->num; i++)
		free(files->items[i].path);
	free(files->items);
	*files = (struct conf_files){ 0 };
}

int memhp__conf_file_read(struct memhp_agents *agents, struct memhp_ctx *ctx, const char *path, char **text, size_t *length)
{
	int rc = memhp__file_note_length(ctx, NULL, path, memhp__file_read_conf(ctx, path, text, length));

	if (rc == 0 || rc == -ENOMEM)
		return rc;
	if (rc == -ENOENT)
		return -ENODATA;
	rc = memhp__agents_add_unread(agents, ctx, path, rc);
	return rc < 0 ? rc : -ENODATA;
}
