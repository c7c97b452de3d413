/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file
 * Policy: what decides about new memory, as far as the kernel shows it in sysfs. */
#ifndef LIBMEMHP_POLICY_H
#define LIBMEMHP_POLICY_H

#include "ctx.h"
MEMHP_BEGIN_DECLS

/** A setting of the kernel's for new memory. */
enum memhp_policy_key {
	MEMHP_POLICY_KEY_NONE = 0,                   /**< no key */
	MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS,         /**< /sys/devices/system/memory/auto_online_blocks */
	MEMHP_POLICY_KEY_ONLINE_POLICY,              /**< /sys/module/memory_hotplug/parameters/online_policy */
	MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO,         /**< .../auto_movable_ratio, percent */
	MEMHP_POLICY_KEY_AUTO_MOVABLE_NUMA_AWARE,    /**< .../auto_movable_numa_aware, Y or N */
	MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY,           /**< .../memmap_on_memory, Y, N or force */
	MEMHP_POLICY_KEY_OFFLINE_MIGRATE_MAX_PASSES, /**< .../offline_migrate_max_passes, turns of an offline; 0: no end */
};

struct memhp_policy; /* what it was when it was read; immutable */

/** Read the kernel's policy. @return 0, also when some or all of the files are absent. */
MEMHP_MUST_CHECK int memhp_policy_new(struct memhp_policy **policy, struct memhp_ctx *ctx);
/** A policy with another value, to judge what that comes to. @return 0, -EINVAL as memhp_policy_check_value(). */
MEMHP_MUST_CHECK int memhp_policy_new_with(struct memhp_policy **policy, const struct memhp_policy *base, enum memhp_policy_key key,
					   const char *value);
void memhp_policy_free(struct memhp_policy *policy);          /**< Release the policy. */
const char *memhp_policy_key_name(enum memhp_policy_key key); /**< The file's name, such as `auto_online_blocks`; `none`. */
int memhp_policy_key_from_name(const char *name, enum memhp_policy_key *key); /**< The key of such a name. */
/** The kernel's own word; NULL when memhp_policy_get_error() says why there is none. */
const char *memhp_policy_get_value(const struct memhp_policy *policy, enum memhp_policy_key key);
/** Why a policy key has no value.
 * @return 0 when it has one; -EOPNOTSUPP when this kernel has no such file; -EBADMSG when what it says is no word; or an errno. */
int memhp_policy_get_error(const struct memhp_policy *policy, enum memhp_policy_key key);

/** Another setting of the kernel's for memory hot(un)plug, as it is: `crash_hotplug`, `movable_gigantic_pages` and
 * `hugetlb_optimize_vmemmap` of /proc/sys/vm, `memmap_on_memory` of dax devices, and the parameters of the module
 * memory_hotplug that are no policy keys. A policy of memhp_policy_new_with() has none of them.
 * @param[out] value its text, which can have blanks or be empty; NULL when it could not be read
 * @param[out] error why it could not, a negative errno, -EBADMSG for what is no printable text; 0 when it could
 * @return path of its file, without the sysroot, or of a folder that could not be listed; NULL when @a index is too large. */
const char *memhp_policy_get_other(const struct memhp_policy *policy, size_t index, const char **value, int *error);

/** Whether a policy key takes a value: auto_online_blocks `offline`, `online`, `online_kernel` and `online_movable`;
 * online_policy `contig-zones` and `auto-movable`; auto_movable_ratio (percent) and offline_migrate_max_passes decimals up to
 * 4294967295; auto_movable_numa_aware `Y` and `N`; memmap_on_memory, which only boot sets, `Y`, `N` and `force`.
 * @return 0 or -EINVAL. */
int memhp_policy_check_value(enum memhp_policy_key key, const char *value);

/** Change the kernel's policy for new memory, until the next boot. Writes the file of the key once, unless it says so already,
 * and reads it back. Blocks that are there are not affected.
 * @param value one that memhp_policy_check_value() lets pass
 * @return 0; -EINVAL when the key does not take the value, also when the kernel says so; -EOPNOTSUPP when this kernel has no
 *         such file; -EPERM when boot alone can set it: the file is only to be read, for root as well; -EIO when the file reads
 *         otherwise after the write, or cannot be read then; -EBADMSG when what it reads before is no word; or another errno. */
MEMHP_MUST_CHECK int memhp_policy_set(struct memhp_ctx *ctx, enum memhp_policy_key key, const char *value);

MEMHP_END_DECLS
#endif
