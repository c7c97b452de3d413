/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file request.h
 * @brief What should become of which blocks.
 */
#ifndef LIBMEMHP_REQUEST_H
#define LIBMEMHP_REQUEST_H

#include "selection.h"
#include "step.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup request Request
 * What should become of which blocks, within which time.
 * @{
 */

/**
 * @struct memhp_request
 * What should become of which blocks, within which time.
 */
struct memhp_request;

/** No deadline. */
#define MEMHP_NO_TIMEOUT UINT64_MAX

/**
 * Make a request.
 *
 * Without further calls it means every block, has no deadline for the whole, and two minutes for each block (an endless offline
 * also stalls CPU hotplug).
 *
 * @param[out] request the request, owned by the caller
 * @param action what is asked
 * @return 0, or -EINVAL for what cannot be asked of a block.
 */
MEMHP_MUST_CHECK int memhp_request_new(struct memhp_request **request, enum memhp_transition action);

/** Release the request. */
void memhp_request_free(struct memhp_request *request);

/**
 * Say which blocks.
 * @param selection a selection, of which a reference is kept; NULL for every block
 */
void memhp_request_set_selection(struct memhp_request *request, struct memhp_selection *selection);

/**
 * Pass over blocks that are already as asked, instead of reporting them as MEMHP_OUTCOME_ALREADY.
 * @param enable whether only blocks that are not yet there are meant; the default is false
 */
void memhp_request_set_only_pending(struct memhp_request *request, bool enable);

/**
 * Change only so many of the selected blocks: the library chooses.
 *
 * Candidates are the selected blocks that are not yet as asked and not known to be impossible: to online in ascending order, to
 * take offline those of ZONE_MOVABLE first and the highest first. When one of them cannot be changed the next is tried.
 *
 * @param num_blocks number of blocks, or 0 (the default) for all that are selected
 */
void memhp_request_set_num_blocks(struct memhp_request *request, uint64_t num_blocks);

/**
 * How many memory blocks a size is, for memhp_request_set_num_blocks().
 *
 * Nothing is rounded: who asks for a size that is none of whole blocks is to be told those that are.
 *
 * @param block_size_bytes memhp_ctx_read_block_size()
 * @param[out] num_blocks number of blocks, at least 1; untouched on failure
 * @param[out] less_bytes with -ERANGE the next smaller size that is one, 0 when there is none; otherwise untouched
 * @param[out] more_bytes with -ERANGE the next larger one, UINT64_MAX when there is none; otherwise untouched
 * @return 0, -ERANGE for 0 and what is no multiple of the block size, or -EINVAL when the block size is no power of two.
 */
MEMHP_MUST_CHECK int memhp_size_to_blocks(uint64_t size_bytes, uint64_t block_size_bytes, uint64_t *num_blocks,
					  uint64_t *less_bytes, uint64_t *more_bytes);

/**
 * Limit what is taken from the kernel's own memory in place of blocks that cannot go offline.
 *
 * What is planned was weighed before (@ref memhp_guards). With memhp_request_set_num_blocks() other blocks may be taken instead,
 * also of kernel zones in place of ZONE_MOVABLE. memhp_plan_apply() takes one of these, and one of an unknown zone, only as long as
 * no more than so much of such memory goes offline in all, what is planned included. Those that were not taken although there was
 * not enough otherwise are MEMHP_OUTCOME_NOT_TRIED with MEMHP_REASON_KERNEL_SHARE.
 *
 * @param size_bytes MEMHP_GUARD_FIGURE_MAX_KERNEL_LOSS; UINT64_MAX (the default) for no limit
 */
void memhp_request_set_max_kernel_loss_bytes(struct memhp_request *request, uint64_t size_bytes);

/**
 * Come back to blocks that were busy.
 *
 * After all blocks had their turn, those with MEMHP_OUTCOME_BUSY are tried again, up to @a retries times, after pauses that grow
 * from 0.1 to 5 seconds, within the request's deadline.
 *
 * @param retries number of further attempts; the default is 0
 */
void memhp_request_set_retries(struct memhp_request *request, unsigned int retries);

/**
 * All or nothing.
 *
 * When the request does not complete, for whatever reason, the blocks that it changed are brought back in reverse order, to the
 * zone that they were in.
 */
void memhp_request_set_rollback(struct memhp_request *request, bool enable);

/**
 * Have a device ejected when all its blocks are offline: the second phase of hotunplug.
 *
 * Once the request is complete, memhp_plan_apply() writes 1 to the ACPI device's file `eject`, or `unplugged` to a dax device's
 * file `state`, and waits until the blocks of the plan are gone, which the firmware does in its own time. That may take as long as
 * a block (memhp_request_set_block_timeout_ms()), within the request's deadline. When it fails or a block stays the request is not
 * complete either, and a rollback brings back what was changed; memhp_result_get_eject_error() says why.
 *
 * Which blocks are the device's, is up to the caller: select them by memhp_selection_add_source().
 *
 * @param source name of a device as memhp_source_get_name() has it, copied; NULL (the default) for none
 * @return 0, -EINVAL for a request of another kind or a name that is too long.
 */
int memhp_request_set_eject(struct memhp_request *request, const char *source);

/**
 * Whether a device can be ejected, before anything is tried.
 *
 * Looks for /sys/bus/acpi/devices/PNP0C80:NN/eject, or /sys/bus/dax/devices/daxX.Y/state. Writes nothing.
 *
 * @param source name of a device as memhp_source_get_name() has it
 * @return 0; -EOPNOTSUPP for what is neither a DIMM nor a dax device; -ENOENT when there is no such device or it has no such file:
 *         firmware that cannot eject, Linux before 7.3 for dax devices; -EMEDIUMTYPE for a copy of a machine (see
 *         memhp_ctx_check_changeable()); -EACCES, -EROFS, or another errno of open(2).
 */
MEMHP_MUST_CHECK int memhp_ctx_check_eject(struct memhp_ctx *ctx, const char *source);

/**
 * How long a rollback may take, whatever the request's own deadlines.
 * @param timeout_ms milliseconds; the default is 300000
 */
void memhp_request_set_rollback_timeout_ms(struct memhp_request *request, uint64_t timeout_ms);

/**
 * Listen to the kernel's log.
 *
 * When a step fails, its reason and memhp_step_get_kernel_text() come from what the kernel said about the block in /dev/kmsg from
 * just before the first write on. That needs read permission for /dev/kmsg (CAP_SYSLOG where kernel.dmesg_restrict is set); without
 * it nothing fails, and memhp_result_get_kernel_log_error() says why nothing is known. A step that succeeds costs nothing.
 */
void memhp_request_set_kernel_log(struct memhp_request *request, bool enable);

/**
 * Have the kernel say more.
 *
 * The kernel's own word for why it does not take a block offline is a debug message. For the time of memhp_plan_apply() this writes
 * `file mm/memory_hotplug.c +p` to /proc/dynamic_debug/control (before Linux 5.7 /sys/kernel/debug/dynamic_debug/control), and
 * afterwards switches off again those of these messages that were off before. Messages are for the whole machine: the kernel's log
 * shows them to everybody. Needs root, and a kernel with CONFIG_DYNAMIC_DEBUG; without that nothing fails, and
 * memhp_result_get_kernel_debug_error() says why.
 */
void memhp_request_set_kernel_debug(struct memhp_request *request, bool enable);

/**
 * @struct memhp_progress
 * How far a request is. Lives during the call that it is passed to.
 */
struct memhp_progress;

/**
 * Hears of progress.
 * @param userdata what memhp_request_set_progress() was given
 * @param progress how far the request is
 */
typedef void (*memhp_progress_fn)(void *userdata, const struct memhp_progress *progress);

/**
 * Hear of progress.
 *
 * memhp_plan_apply() calls the function in its own thread after each block, about five times a second while a block takes its time,
 * and before a rollback begins. It must not use the request or the plan.
 *
 * @param progress the function, or NULL (the default)
 * @param userdata passed to @a progress
 */
void memhp_request_set_progress(struct memhp_request *request, memhp_progress_fn progress, void *userdata);

/**
 * Number of blocks that are as asked by now, or during a rollback of those that were brought back.
 * @param progress progress
 */
size_t memhp_progress_get_num_done(const struct memhp_progress *progress);

/**
 * Number of blocks that are to be changed, or during a rollback of those that are to be brought back.
 * @param progress progress
 */
size_t memhp_progress_get_num_goal(const struct memhp_progress *progress);

/**
 * How long the request has taken so far.
 * @param progress progress
 * @return milliseconds.
 */
uint64_t memhp_progress_get_elapsed_ms(const struct memhp_progress *progress);

/**
 * The block under way.
 * @param progress progress
 * @return its step, or NULL between blocks.
 */
const struct memhp_step *memhp_progress_get_current(const struct memhp_progress *progress);

/**
 * How long the block under way has taken so far.
 * @param progress progress
 * @return milliseconds; 0 between blocks.
 */
uint64_t memhp_progress_get_current_elapsed_ms(const struct memhp_progress *progress);

/**
 * Whether a rollback is under way.
 *
 * The first time is before anything is brought back. A caller that cancelled the request should read its cancel descriptor empty
 * then: only so can it cancel the rollback, too.
 *
 * @param progress progress
 * @return true from the beginning of the rollback on.
 */
bool memhp_progress_is_rolling_back(const struct memhp_progress *progress);

/**
 * Whether the device of memhp_request_set_eject() is being ejected.
 * @param progress progress
 * @return true while the firmware or driver is waited for; all blocks are offline then.
 */
bool memhp_progress_is_ejecting(const struct memhp_progress *progress);

/**
 * Deadline for the whole request, counted from memhp_plan_apply().
 * @param timeout_ms milliseconds, or MEMHP_NO_TIMEOUT (the default)
 */
void memhp_request_set_timeout_ms(struct memhp_request *request, uint64_t timeout_ms);

/**
 * Deadline for each block, counted from the write of its state.
 * @param timeout_ms milliseconds, or MEMHP_NO_TIMEOUT; see memhp_request_new() for the defaults
 */
void memhp_request_set_block_timeout_ms(struct memhp_request *request, uint64_t timeout_ms);

/** Deadline for the whole request. @return milliseconds, or MEMHP_NO_TIMEOUT. */
uint64_t memhp_request_get_timeout_ms(const struct memhp_request *request);

/** Deadline for each block. @return milliseconds, or MEMHP_NO_TIMEOUT. */
uint64_t memhp_request_get_block_timeout_ms(const struct memhp_request *request);

/**
 * How long to wait for a writer that was killed at a deadline or cancellation.
 *
 * The kernel notices the kill between two passes over the block, which usually takes milliseconds and sometimes seconds. When the
 * time is over the block is reported as MEMHP_OUTCOME_IN_PROGRESS.
 *
 * @param grace_ms milliseconds; the default is 5000
 */
void memhp_request_set_grace_ms(struct memhp_request *request, uint64_t grace_ms);

/**
 * Cancel through a descriptor.
 *
 * memhp_plan_apply() ends early, with a full result, when the descriptor becomes readable: a signalfd, an eventfd, a pipe. It only
 * polls it, and never reads or closes it.
 *
 * @param fd a descriptor that outlives the request's use, or -1 (the default) for none
 */
void memhp_request_set_cancel_fd(struct memhp_request *request, int fd);

/** What a snapshot must have for a plan of this request. @return values of @ref memhp_attr, or-ed. */
unsigned int memhp_request_get_attrs(const struct memhp_request *request);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
