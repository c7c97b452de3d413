/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file */
#ifndef LIBMEMHP_REQUEST_H
#define LIBMEMHP_REQUEST_H

#include "probe.h"
#include "selection.h"
#include "step.h"
MEMHP_BEGIN_DECLS

/** @struct memhp_request
 * What should become of which blocks, within which time. */
struct memhp_request;

/** No deadline. */
#define MEMHP_NO_TIMEOUT UINT64_MAX

/** What a request can be told by a number: true or false, or what the name says. In brackets: the default. */
enum memhp_setting {
	MEMHP_SETTING_ONLY_PENDING = 1, /**< pass over blocks that are as asked, instead of MEMHP_OUTCOME_ALREADY [false] */
	/** Change only so many of the selected blocks, which the library chooses from those that are not yet as asked and not
	 * known to be impossible: to online in ascending order, to take offline those of ZONE_MOVABLE first and the highest
	 * first. When one cannot be changed the next is tried [0, for all]. */
	MEMHP_SETTING_NUM_BLOCKS,
	/** Limit what is taken of the kernel's own memory when blocks do not go as planned: a further candidate of a kernel or
	 * unknown zone is taken only as long as no more than so many bytes of such memory go in all, what is planned included.
	 * One needed but not taken is MEMHP_REASON_KERNEL_SHARE. See MEMHP_GUARD_FIGURE_MAX_KERNEL_LOSS [UINT64_MAX, no limit]. */
	MEMHP_SETTING_MAX_KERNEL_LOSS_BYTES,
	/** Come back to blocks with MEMHP_OUTCOME_BUSY so many times after all had their turn, after pauses that grow from 0.1
	 * to 5 seconds, within the request's deadline [0]. */
	MEMHP_SETTING_NUM_RETRIES,
	/** All or nothing: when the request does not complete, the blocks that it changed are brought back in reverse order, to
	 * the zone that they were in. Blocks that were added stay: nothing takes them away but a reboot [false]. */
	MEMHP_SETTING_ROLLBACK,
	MEMHP_SETTING_ROLLBACK_TIMEOUT_MS, /**< how long a rollback may take, whatever the request's own deadlines [300000] */
	MEMHP_SETTING_TIMEOUT_MS,          /**< deadline for the whole request, from memhp_plan_apply() on [MEMHP_NO_TIMEOUT] */
	/** Deadline for each block, counted from the write of its state [120000, for an endless offline also stalls CPU hotplug;
	 * for a block that is added and for a device (memhp_request_set_device()) none]. */
	MEMHP_SETTING_BLOCK_TIMEOUT_MS,
	/** How long to wait for a writer that was killed at a deadline or cancellation: the kernel notices between two passes
	 * over the block, after milliseconds, sometimes seconds. Then the block is MEMHP_OUTCOME_IN_PROGRESS [5000]. */
	MEMHP_SETTING_GRACE_MS,
	/** Take reasons and memhp_step_get_kernel_text() of steps that fail from /dev/kmsg, which needs CAP_SYSLOG where
	 * kernel.dmesg_restrict is set: without, memhp_result_get_kernel_log_error() says so and nothing fails [true]. */
	MEMHP_SETTING_KERNEL_LOG,
	/** Have the kernel log why it does not take a block offline, for everybody to see: for the time of memhp_plan_apply(),
	 * `file mm/memory_hotplug.c +p` in dynamic_debug/control (libmemhp(3)). Needs root and CONFIG_DYNAMIC_DEBUG: without,
	 * memhp_result_get_kernel_debug_error() says so and nothing fails [false]. */
	MEMHP_SETTING_KERNEL_DEBUG,
	/** A target: with MEMHP_TRANSITION_ONLINE and its kin at least so many of the selected blocks are to be online afterwards,
	 * in whichever zone, with MEMHP_TRANSITION_OFFLINE at most so many. What that takes is chosen as with
	 * MEMHP_SETTING_NUM_BLOCKS, which does not count then; nothing is changed where it is so. Blocks of which it cannot be told
	 * whether they are online, or selected, count neither way: memhp_plan_count_online() [UINT64_MAX, no target]. */
	MEMHP_SETTING_NUM_ONLINE,
};

/** Make a request. Without further calls it means every block, and @ref memhp_setting has the defaults. @a action is
 * - MEMHP_TRANSITION_ADD: a block at an address, by the file `probe`; see memhp_request_add_probe();
 * - MEMHP_TRANSITION_CONFIGURE, MEMHP_TRANSITION_DECONFIGURE: by /sys/firmware/memory/memoryN/config, standby memory of s390;
 * - MEMHP_TRANSITION_NONE: what memhp_request_add_goal() says of each block, and nothing of others;
 * - MEMHP_TRANSITION_ONLINE and its kin, MEMHP_TRANSITION_OFFLINE: by memoryN/state, or of a dax device by its own.
 * @return 0, or -EINVAL for what cannot be asked. */
MEMHP_MUST_CHECK int memhp_request_new(struct memhp_request **request, enum memhp_transition action);

void memhp_request_free(struct memhp_request *request);                              /**< Release the request. */
enum memhp_transition memhp_request_get_action(const struct memhp_request *request); /**< The action of memhp_request_new(). */
/** Say which blocks. A reference to @a selection is kept; NULL (the default) for every block. */
void memhp_request_set_selection(struct memhp_request *request, struct memhp_selection *selection);
const struct memhp_selection *memhp_request_get_selection(const struct memhp_request *request); /**< NULL for every block. */
/** Say how.
 * @return 0, or -EINVAL for no setting, for a value that is neither true nor false where it has to be, for MEMHP_SETTING_NUM_BLOCKS
 *         where each block has a goal of its own, and for MEMHP_SETTING_NUM_ONLINE where nothing comes online or goes offline. */
int memhp_request_set(struct memhp_request *request, enum memhp_setting setting, uint64_t value);
uint64_t memhp_request_get(const struct memhp_request *request, enum memhp_setting setting); /**< What was said, or the default. */

/** Say what is to become of the blocks that have any of the physical addresses from @a start_addr to @a last_addr inclusive: such
 * as what they once were. Those that are to come online have their turn first, then those that are online in another zone, each
 * kind in ascending order. Such a block has one step in the plan, and goes offline and online in its turn; when it does not come
 * online it is brought back to the zone that it was in, with or without MEMHP_SETTING_ROLLBACK and within
 * MEMHP_SETTING_ROLLBACK_TIMEOUT_MS. A block that is not there is MEMHP_OUTCOME_ABSENT in the plan, for the caller to judge. The
 * selection leaves out blocks of these.
 * @param goal MEMHP_TRANSITION_OFFLINE, MEMHP_TRANSITION_ONLINE, MEMHP_TRANSITION_ONLINE_KERNEL or MEMHP_TRANSITION_ONLINE_MOVABLE
 * @return 0; -EINVAL for a request of another kind, another @a goal, and a range that is backwards, or not behind the last one. */
MEMHP_MUST_CHECK int memhp_request_add_goal(struct memhp_request *request, uint64_t start_addr, uint64_t last_addr,
					    enum memhp_transition goal);

/** How many memory blocks a size is, for MEMHP_SETTING_NUM_BLOCKS. Nothing is rounded: who asks for a size that is none of whole
 * blocks is to be told those that are. Sizes are bytes, that of a block as memhp_ctx_read_block_size() has it.
 * @param[out] num_blocks number of blocks, at least 1
 * @param[out] less_bytes with -ERANGE the next smaller size that is one, 0 when there is none; otherwise untouched
 * @param[out] more_bytes with -ERANGE the next larger one, UINT64_MAX when there is none; otherwise untouched
 * @return 0, -ERANGE for 0 and what is no multiple of the block size, or -EINVAL when the block size is no power of two. */
MEMHP_MUST_CHECK int memhp_size_to_blocks(uint64_t size_bytes, uint64_t block_size_bytes, uint64_t *num_blocks,
					  uint64_t *less_bytes, uint64_t *more_bytes);

/** Ask for a dax device as a whole instead of blocks: all of it comes online in one write to its file `state`, or nothing. Needs
 * Linux 7.3 and the driver kmem. The plan has one step, that of the device; a rollback unplugs it again. From here on
 * MEMHP_SETTING_BLOCK_TIMEOUT_MS is MEMHP_NO_TIMEOUT, until it is set again.
 * @param device its name, such as `dax0.0`
 * @param state memhp_ctx_read_dax_state(): the device comes in only from MEMHP_TRANSITION_UNPLUG, which also stands for one that
 *        no driver has: it is given to kmem first
 * @param memmap memhp_ctx_read_dax_memmap(), or MEMHP_MEMMAP_KEEP when it has no such setting or nobody asks for it
 * @param size_bytes memhp_ctx_read_dax_size(), or 0 when it is not known
 * @return 0, or -EINVAL for a request that is not to bring anything online, for no such name, or no such state or setting. */
MEMHP_MUST_CHECK int memhp_request_set_device(struct memhp_request *request, const char *device, enum memhp_transition state,
					      enum memhp_memmap memmap, uint64_t size_bytes);

/** Say where the memory map of the memory has to be; MEMHP_MEMMAP_KEEP is the default. Of standby memory the setting is changed
 * before it is configured. That of a dax device the kernel changes only while no driver has it: one that is unplugged is taken
 * from the driver kmem (its files `unbind` and `bind`), set, given back, and brought in where the kernel's policy has not done so
 * as asked. When that fails or is ended, it is set and bound as before, within MEMHP_SETTING_ROLLBACK_TIMEOUT_MS: then, or when
 * that fails, too, the reason is MEMHP_REASON_NOT_REBOUND. A device with blocks and another setting is
 * MEMHP_OUTCOME_IMPOSSIBLE, for MEMHP_REASON_MEMMAP_FIXED. See memhp_ctx_check_dax_memmap().
 * @return 0, or -EINVAL for a request neither to configure nor, by then, for a device, or another value. */
MEMHP_MUST_CHECK int memhp_request_set_memmap(struct memhp_request *request, enum memhp_memmap memmap);

/** Ask for a block to be added; the blocks in this order, up to the first that fails. It is offline then, unless the kernel's
 * policy or another agent onlines it, and cannot be taken back. The checks of memhp_probe_new() are not made again. @a probe is
 * not needed afterwards. A block with an obstacle is MEMHP_OUTCOME_IMPOSSIBLE in the plan,
 * or MEMHP_OUTCOME_REFUSED where a flag would pass it.
 * @param flags 0, or MEMHP_PROBE_UNBACKED, with which MEMHP_OBSTACLE_UNPROVEN does not count
 * @return 0, -EINVAL for a request of another kind or unknown @a flags. */
MEMHP_MUST_CHECK int memhp_request_add_probe(struct memhp_request *request, const struct memhp_probe *probe, unsigned int flags);

/** Have a device ejected when all its blocks are offline: the second phase of hotunplug. Once the request is complete,
 * memhp_plan_apply() writes 1 to the ACPI device's file `eject`, or `unplugged` to a dax device's file `state`, and waits until
 * the blocks of the plan are gone, which the firmware does in its own time, within the deadlines of a block and of the request.
 * When it fails or a block stays the request is not complete, and a rollback brings back what was changed;
 * memhp_result_get_eject_error() says why. Which blocks are the device's, is up to the caller: memhp_selection_add_source().
 * @param source name of a device (memhp_source_get_name()); NULL (the default) for none
 * @return 0, -EINVAL for a request of another kind or a name that is too long. */
MEMHP_MUST_CHECK int memhp_request_set_eject(struct memhp_request *request, const char *source);

const char *memhp_request_get_eject(const struct memhp_request *request); /**< Name of the device to be ejected; NULL for none. */

/** Whether a device can be ejected, before anything is tried: /sys/bus/acpi/devices/PNP0C80:NN/eject, or
 * /sys/bus/dax/devices/daxX.Y/state. Writes nothing.
 * @param source name of a device (memhp_source_get_name())
 * @return 0; -EOPNOTSUPP for what is neither a DIMM nor a dax device; -ENOENT when there is no such device or it has no such
 *         file (firmware that cannot eject, Linux before 7.3 for dax devices); what one that stores has; or another errno. */
MEMHP_MUST_CHECK int memhp_ctx_check_eject(struct memhp_ctx *ctx, const char *source);

struct memhp_progress; /* how far a request is; lives during the call that it is passed to */

/** Hears of progress: @a userdata is what memhp_request_set_progress() was given. It must not use the request or the plan. */
typedef void (*memhp_progress_fn)(void *userdata, const struct memhp_progress *progress);

/** Hear of progress. memhp_plan_apply() calls the function (NULL, the default, for none) in its own thread after each block,
 * about five times a second while a block takes its time, and before a rollback begins. */
void memhp_request_set_progress(struct memhp_request *request, memhp_progress_fn progress, void *userdata);

size_t memhp_progress_get_num_done(const struct memhp_progress *progress); /**< Blocks done by now, in a rollback brought back. */
size_t memhp_progress_get_num_goal(const struct memhp_progress *progress); /**< Blocks to be done, or brought back. */
uint64_t memhp_progress_get_elapsed_ms(const struct memhp_progress *progress); /**< Milliseconds of the request so far. */
const struct memhp_step *memhp_progress_get_current(const struct memhp_progress *progress); /**< Under way; NULL between blocks. */
/** The block that is through since the function was called last.
 * @return its step, as it came out, in a rollback as bringing it back did; a busy one may be tried again. NULL for no new one. */
const struct memhp_step *memhp_progress_get_ended(const struct memhp_progress *progress);
uint64_t memhp_progress_get_current_elapsed_ms(const struct memhp_progress *progress); /**< Milliseconds of it so far, or 0. */

/** What a request is at. */
enum memhp_phase {
	MEMHP_PHASE_CHANGE = 1, /**< blocks are changed */
	MEMHP_PHASE_EJECT,      /**< all are offline, and the firmware or driver is waited for to eject the device */
	MEMHP_PHASE_ROLLBACK,   /**< what was changed is brought back */
};

/** What the request is at. The first time of a rollback is before anything is brought back: a caller that cancelled the request
 * should read its cancel descriptor empty then, for only so can it cancel the rollback, too. */
enum memhp_phase memhp_progress_get_phase(const struct memhp_progress *progress);

/** What a snapshot must have for a plan of this request: values of @ref memhp_attr , or-ed. */
unsigned int memhp_request_get_attrs(const struct memhp_request *request);

MEMHP_END_DECLS
#endif
