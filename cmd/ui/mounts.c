/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/mounts.h"

#include <libmount.h>

#include "ui/xalloc.h"

static bool has_option(const char *options, const char *name)
{
	return options && mnt_optstr_get_option(options, name, NULL, NULL) == 0;
}

char *mounts_find_sysfs(bool *read_only)
{
	struct libmnt_table *table = mnt_new_table_from_file("/proc/self/mountinfo");
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_BACKWARD);
	struct libmnt_fs *fs, *found = NULL;
	char *target = NULL;

	/* The last mount on a place hides the ones before. */
	while (table && iter && mnt_table_next_fs(table, iter, &fs) == 0) {
		if (!mnt_fs_match_fstype(fs, "sysfs"))
			continue;
		if (!found || mnt_fs_match_target(fs, "/sys", NULL))
			found = fs;
		if (mnt_fs_match_target(fs, "/sys", NULL))
			break;
	}
	if (found) {
		target = xstrdup(mnt_fs_get_target(found));
		*read_only = has_option(mnt_fs_get_vfs_options(found), "ro") || has_option(mnt_fs_get_fs_options(found), "ro");
	}
	mnt_free_iter(iter);
	mnt_unref_table(table);
	return target;
}
