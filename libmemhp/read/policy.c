/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What decides about new memory, as far as sysfs shows it. */
#include <ctype.h>

#include "ctx.h"
#include "object.h"
#include "read/files.h"
#include "util.h"

#define NUM_KEYS (MEMHP_POLICY_MEMMAP_ON_MEMORY + 1)

struct memhp_policy {
	char *values[NUM_KEYS];
	int errors[NUM_KEYS];
};

static bool is_key(enum memhp_policy_key key)
{
	return key > MEMHP_POLICY_NONE && (size_t)key < NUM_KEYS;
}

/* A kernel without the file, or a text that is no word, leaves the value absent, and why. */
static int read_value(struct memhp_policy *policy, struct memhp_ctx *ctx, int dirfd, enum memhp_policy_key key)
{
	const char *name = memhp_policy_key_name(key);
	char text[SYSFS_ATTR_MAX];
	int rc = dirfd < 0 ? dirfd : memhp__file_read(ctx->ops, dirfd, name, text, sizeof(text));

	for (const char *p = text; rc == 0 && (p == text || *p); p++)
		if (*p <= ' ' || *p > '~')
			rc = -EBADMSG;
	if (rc < 0) {
		log_debug(ctx, "%s: %s", name, strerror(-rc));
		policy->errors[key] = rc == -ENOENT || rc == -ENODEV ? -EOPNOTSUPP : rc;
		return 0;
	}
	policy->values[key] = strdup(text);
	return policy->values[key] ? 0 : -ENOMEM;
}

MEMHP_EXPORT void memhp_policy_free(struct memhp_policy *policy)
{
	if (!policy)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(policy->values); i++)
		free(policy->values[i]);
	free(policy);
}

MEMHP_EXPORT int memhp_policy_new(struct memhp_policy **policy, struct memhp_ctx *ctx)
{
	_cleanup_close_ int memory_fd = memhp__file_open_memory(ctx);
	_cleanup_close_ int module_fd = memhp__file_open_dir(ctx, SYSFS_MODULE);
	struct memhp_policy *new = calloc(1, sizeof(*new));
	int rc = new ? 0 : -ENOMEM;

	for (int key = MEMHP_POLICY_NONE + 1; rc == 0 && key < NUM_KEYS; key++)
		rc = read_value(new, ctx, key == MEMHP_POLICY_AUTO_ONLINE_BLOCKS ? memory_fd : module_fd, key);
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

static bool is_ratio(const char *value)
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
		[MEMHP_POLICY_AUTO_ONLINE_BLOCKS] = { "offline", "online", "online_kernel", "online_movable" },
		[MEMHP_POLICY_ONLINE_POLICY] = { "contig-zones", "auto-movable" },
		[MEMHP_POLICY_AUTO_MOVABLE_NUMA_AWARE] = { "Y", "N" },
		[MEMHP_POLICY_MEMMAP_ON_MEMORY] = { "Y", "N", "force" },
	};

	if (!is_key(key))
		return -EINVAL;
	if (key == MEMHP_POLICY_AUTO_MOVABLE_RATIO)
		return is_ratio(value) ? 0 : -EINVAL;
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
