/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file policy.h
 * @brief What the kernel does with new memory.
 */
#ifndef LIBMEMHP_POLICY_H
#define LIBMEMHP_POLICY_H

#include "ctx.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup policy Policy
 * What decides about new memory, as far as the kernel shows it in sysfs.
 * @{
 */

/** What decides about new memory, as far as the kernel shows it in sysfs. */
enum memhp_policy_key {
	MEMHP_POLICY_KEY_NONE = 0,                /**< no key */
	MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS,      /**< /sys/devices/system/memory/auto_online_blocks */
	MEMHP_POLICY_KEY_ONLINE_POLICY,           /**< /sys/module/memory_hotplug/parameters/online_policy */
	MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO,      /**< .../auto_movable_ratio, percent */
	MEMHP_POLICY_KEY_AUTO_MOVABLE_NUMA_AWARE, /**< .../auto_movable_numa_aware, Y or N */
	MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY,        /**< .../memmap_on_memory, Y, N or force */
	/** .../offline_migrate_max_passes: after how many turns the kernel gives an offline up; 0 for never */
	MEMHP_POLICY_KEY_OFFLINE_MIGRATE_MAX_PASSES,
};

/**
 * @struct memhp_policy
 * What the kernel's policy was when it was read. Immutable.
 */
struct memhp_policy;

/**
 * Read the kernel's policy for new memory. Needs no privilege and does not block.
 * @param[out] policy the policy, owned by the caller
 * @return 0, also when some or all of the files are absent; -ENOMEM.
 */
MEMHP_MUST_CHECK int memhp_policy_new(struct memhp_policy **policy, struct memhp_ctx *ctx);

/**
 * A policy with another value, to judge what that would come to. Changes nothing.
 * @param[out] policy the new policy, owned by the caller
 * @param value one that memhp_policy_check_value() lets pass
 * @return 0, -EINVAL when the key does not take the value, or -ENOMEM.
 */
MEMHP_MUST_CHECK int memhp_policy_new_with(struct memhp_policy **policy, const struct memhp_policy *base, enum memhp_policy_key key,
					   const char *value);

/** Release the policy. */
void memhp_policy_free(struct memhp_policy *policy);

/**
 * The kernel's name of a policy key.
 * @return the file's name, such as `auto_online_blocks`; `none`; NULL for a value that is no key. Static.
 */
const char *memhp_policy_key_name(enum memhp_policy_key key);

/**
 * The policy key of a name.
 * @param name exact word
 * @return 0, or -EINVAL when no key has that name.
 */
int memhp_policy_key_from_name(const char *name, enum memhp_policy_key *key);

/**
 * Value of a policy key in the kernel's own word.
 * @return the word, or NULL when this kernel has no such file or it could not be read.
 */
const char *memhp_policy_get_value(const struct memhp_policy *policy, enum memhp_policy_key key);

/**
 * Why a policy key has no value.
 * @return 0 when it has one; -EOPNOTSUPP when this kernel has no such file; -EBADMSG when what it says is no word; otherwise the
 *         errno of open(2) or read(2).
 */
int memhp_policy_get_error(const struct memhp_policy *policy, enum memhp_policy_key key);

/**
 * Another setting of the kernel's for memory hot(un)plug, as it is: `crash_hotplug`, `movable_gigantic_pages` and
 * `hugetlb_optimize_vmemmap` of /proc/sys/vm, and the parameters of the module memory_hotplug that are no policy keys.
 * @param policy a policy; one of memhp_policy_new_with() has none of them
 * @param index from 0
 * @param[out] value its text, which can have blanks or be empty; NULL when it could not be read
 * @param[out] error why it could not, a negative errno, -EBADMSG for what is no printable text; 0 when it could
 * @return absolute path of its file, without the context's sysroot; NULL when @a index is too large. Of a folder that could not be
 *         listed: that folder's.
 */
const char *memhp_policy_get_other(const struct memhp_policy *policy, size_t index, const char **value, int *error);

/**
 * Whether a policy key takes a value.
 *
 * auto_online_blocks takes `offline`, `online`, `online_kernel` and `online_movable`; online_policy `contig-zones` and
 * `auto-movable`; auto_movable_ratio a decimal number of percent up to 4294967295, and offline_migrate_max_passes such a number of
 * turns; auto_movable_numa_aware `Y` and `N`; memmap_on_memory, which only boot sets, `Y`, `N` and `force`.
 *
 * @return 0 or -EINVAL.
 */
int memhp_policy_check_value(enum memhp_policy_key key, const char *value);

/**
 * Change the kernel's policy for new memory, until the next boot.
 *
 * Writes the file of the key once, and reads it back. A value that is there already is not written again. Blocks that the machine
 * has already are not affected. Needs root. Does not block.
 *
 * @param value one that memhp_policy_check_value() lets pass
 * @return 0, also when the value was there already; -EINVAL when the key does not take the value, also when the kernel says so;
 *         -EOPNOTSUPP when this kernel has no such file; -EMEDIUMTYPE when it is one of a copy of a machine, see
 *         memhp_ctx_check_changeable(); -EPERM when the file is only to be read, so that boot alone can set the value, also for
 *         root; -EACCES without privilege; -EROFS on a read-only mount; -EIO when the file reads otherwise after the write, or
 *         cannot be read then; -EBADMSG when what it reads before is no word; or another errno of open(2), read(2) or write(2).
 */
MEMHP_MUST_CHECK int memhp_policy_set(struct memhp_ctx *ctx, enum memhp_policy_key key, const char *value);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
