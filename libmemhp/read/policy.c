/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What decides about new memory, as far as sysfs shows it. */
#include <ctype.h>
#include <stdio.h>

#include "ctx.h"
#include "object.h"
#include "read/files.h"
#include "read/parse.h"
#include "util.h"

#define NUM_KEYS (MEMHP_POLICY_KEY_OFFLINE_MIGRATE_MAX_PASSES + 1)

#define SYSCTL_VM "proc/sys/vm"

/* What is only shown */
struct other {
	char *path, *value;
	int error;
};

struct memhp_policy {
	char *values[NUM_KEYS];
	int errors[NUM_KEYS];
	struct other *others;
	size_t num_others, allocated_others;
};

static bool is_key(enum memhp_policy_key key)
{
	return key > MEMHP_POLICY_KEY_NONE && (size_t)key < NUM_KEYS;
}

/* A line of printable ASCII, blanks included */
static int read_text(struct memhp_ctx *ctx, int dirfd, const char *name, char text[SYSFS_ATTR_MAX])
{
	int rc = dirfd < 0 ? dirfd : memhp__file_read(ctx->ops, dirfd, name, text, SYSFS_ATTR_MAX);

	for (const char *p = text; rc == 0 && *p; p++)
		if (*p < ' ' || *p > '~')
			rc = -EBADMSG;
	return rc;
}

/* A kernel without the file, or a text that is no word, leaves the value absent, and why. */
static int read_value(struct memhp_policy *policy, struct memhp_ctx *ctx, int dirfd, enum memhp_policy_key key)
{
	const char *name = memhp_policy_key_name(key);
	char text[SYSFS_ATTR_MAX];
	int rc = read_text(ctx, dirfd, name, text);

	if (rc == 0 && (!*text || strchr(text, ' ')))
		rc = -EBADMSG;
	if (rc < 0) {
		policy->errors[key] = rc == -ENOENT || rc == -ENODEV ? -EOPNOTSUPP : rc;
		if (policy->errors[key] != -EOPNOTSUPP)
			log_debug(ctx, "%s: %s", name, strerror(-rc));
		return 0;
	}
	policy->values[key] = strdup(text);
	return policy->values[key] ? 0 : -ENOMEM;
}

static int add_other(struct memhp_policy *policy, const char *dir, const char *name, const char *value, int error)
{
	struct other *new;
	char *path;

	if (!ARRAY_RESERVE(policy->others, policy->num_others, policy->allocated_others) ||
	    asprintf(&path, "/%s%s%s", dir, *name ? "/" : "", name) < 0)
		return -ENOMEM;
	new = &policy->others[policy->num_others++];
	*new = (struct other){ .path = path, .value = value ? strdup(value) : NULL, .error = error };
	return value && !new->value ? -ENOMEM : 0;
}

static int read_other(struct memhp_policy *policy, struct memhp_ctx *ctx, const char *dir, int dirfd, const char *name)
{
	char text[SYSFS_ATTR_MAX];
	int rc = read_text(ctx, dirfd, name, text);

	if (rc == -ENOENT || rc == -ENODEV)
		return 0;
	return add_other(policy, dir, name, rc == 0 ? text : NULL, rc);
}

static int compare_others(const void *a, const void *b)
{
	return strcmp(((const struct other *)a)->path, ((const struct other *)b)->path);
}

/* Those from there on, for a folder lists them in any order */
static void sort_others(struct memhp_policy *policy, size_t first)
{
	if (policy->num_others > first)
		qsort(policy->others + first, policy->num_others - first, sizeof(*policy->others), compare_others);
}

/* The parameters that are no keys, whatever this kernel has */
static int read_params(struct memhp_policy *policy, struct memhp_ctx *ctx, int dirfd)
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	enum memhp_policy_key key;
	size_t first = policy->num_others;
	int rc = dirfd < 0 ? dirfd : memhp__file_list(dirfd, ".", &dir), added = 0;

	while (rc == 0 && added == 0 && (entry = memhp__file_next(dir, &rc)))
		if (entry->d_name[0] != '.' && memhp_policy_key_from_name(entry->d_name, &key) < 0)
			added = read_other(policy, ctx, SYSFS_MODULE, dirfd, entry->d_name);
	if (added == 0 && rc < 0 && rc != -ENOENT)
		added = add_other(policy, SYSFS_MODULE, "", NULL, rc);
	sort_others(policy, first);
	return added;
}

/* Whether a dax device brings the records about its memory with it, as dax devices of Linux 6.8 say; by their names */
static int read_dax(struct memhp_policy *policy, struct memhp_ctx *ctx)
{
	_cleanup_close_ int dirfd = memhp__file_open_dir(ctx, SYSFS_DAX);
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	size_t first = policy->num_others;
	int rc = dirfd < 0 ? dirfd : memhp__file_list(dirfd, ".", &dir), added = 0;

	while (rc == 0 && added == 0 && (entry = memhp__file_next(dir, &rc))) {
		_cleanup_close_ int fd = -1;
		char path[sizeof(SYSFS_DAX) + 40];

		if (!memhp__parse_dax_device(entry->d_name))
			continue;
		fd = memhp__file_open_device(ctx, SYSFS_DAX, entry->d_name);
		snprintf(path, sizeof(path), SYSFS_DAX "/%.32s", entry->d_name);
		added = read_other(policy, ctx, path, fd, "memmap_on_memory");
	}
	if (added == 0 && rc < 0 && rc != -ENOENT)
		added = add_other(policy, SYSFS_DAX, "", NULL, rc);
	sort_others(policy, first);
	return added;
}

static int read_others(struct memhp_policy *policy, struct memhp_ctx *ctx, int memory_fd, int module_fd)
{
	_cleanup_close_ int sysctl_fd = memhp__file_open_dir(ctx, SYSCTL_VM);
	int rc = read_other(policy, ctx, SYSFS_MEMORY, memory_fd, "crash_hotplug");

	if (rc == 0)
		rc = read_other(policy, ctx, SYSCTL_VM, sysctl_fd, "movable_gigantic_pages");
	if (rc == 0)
		rc = read_other(policy, ctx, SYSCTL_VM, sysctl_fd, "hugetlb_optimize_vmemmap");
	if (rc == 0)
		rc = read_dax(policy, ctx);
	return rc == 0 ? read_params(policy, ctx, module_fd) : rc;
}

MEMHP_EXPORT void memhp_policy_free(struct memhp_policy *policy)
{
	if (!policy)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(policy->values); i++)
		free(policy->values[i]);
	for (size_t i = 0; i < policy->num_others; i++) {
		free(policy->others[i].path);
		free(policy->others[i].value);
	}
	free(policy->others);
	free(policy);
}

MEMHP_EXPORT int memhp_policy_new(struct memhp_policy **policy, struct memhp_ctx *ctx)
{
	_cleanup_close_ int memory_fd = memhp__file_open_memory(ctx);
	_cleanup_close_ int module_fd = memhp__file_open_dir(ctx, SYSFS_MODULE);
	struct memhp_policy *new = calloc(1, sizeof(*new));
	int rc = new ? 0 : -ENOMEM;

	for (int key = MEMHP_POLICY_KEY_NONE + 1; rc == 0 && key < NUM_KEYS; key++)
		rc = read_value(new, ctx, key == MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS ? memory_fd : module_fd, key);
	if (rc == 0)
		rc = read_others(new, ctx, memory_fd, module_fd);
	if (rc < 0) {
		memhp_policy_free(new);
		return rc;
	}
	*policy = new;
	return 0;
}

MEMHP_EXPORT const char *memhp_policy_get_value(const struct memhp_policy *policy, enum memhp_policy_key key)
{
	return is_key(key) ? policy->values[key] : NULL;
}

MEMHP_EXPORT int memhp_policy_get_error(const struct memhp_policy *policy, enum memhp_policy_key key)
{
	return is_key(key) ? policy->errors[key] : -EINVAL;
}

MEMHP_EXPORT const char *memhp_policy_get_other(const struct memhp_policy *policy, size_t index, const char **value, int *error)
{
	const struct other *other = index < policy->num_others ? &policy->others[index] : NULL;

	if (!other)
		return NULL;
	*value = other->value;
	*error = other->error;
	return other->path;
}

static bool is_number(const char *value)
{
	uint64_t number = 0;

	for (const char *p = value; *p; p++) {
		if (!isdigit((unsigned char)*p) || number > UINT32_MAX)
			return false;
		number = number * 10 + (uint64_t)(*p - '0');
	}
	return *value && number <= UINT32_MAX;
}

MEMHP_EXPORT int memhp_policy_check_value(enum memhp_policy_key key, const char *value)
{
	static const char *const words[NUM_KEYS][5] = {
		[MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS] = { "offline", "online", "online_kernel", "online_movable" },
		[MEMHP_POLICY_KEY_ONLINE_POLICY] = { "contig-zones", "auto-movable" },
		[MEMHP_POLICY_KEY_AUTO_MOVABLE_NUMA_AWARE] = { "Y", "N" },
		[MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY] = { "Y", "N", "force" },
	};

	if (!is_key(key))
		return -EINVAL;
	if (key == MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO || key == MEMHP_POLICY_KEY_OFFLINE_MIGRATE_MAX_PASSES)
		return is_number(value) ? 0 : -EINVAL;
	for (const char *const *word = words[key]; *word; word++)
		if (strcmp(value, *word) == 0)
			return 0;
	return -EINVAL;
}

MEMHP_EXPORT int memhp_policy_new_with(struct memhp_policy **policy, const struct memhp_policy *base, enum memhp_policy_key key,
				       const char *value)
{
	struct memhp_policy *new;
	int rc = memhp_policy_check_value(key, value);

	if (rc < 0)
		return rc;
	new = calloc(1, sizeof(*new));
	for (size_t i = 0; new &&i < NUM_KEYS; i++) {
		const char *text = i == key ? value : base->values[i];

		new->errors[i] = i == key ? 0 : base->errors[i];
		new->values[i] = text ? strdup(text) : NULL;
		if (text && !new->values[i]) {
			memhp_policy_free(new);
			return -ENOMEM;
		}
	}
	if (!new)
		return -ENOMEM;
	*policy = new;
	return 0;
}
