/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Follows memory blocks. What was told of each is known, and nothing is told that leads from there to nowhere: a message that says
 * what is known already is older than the look at all blocks, and dropped.
 *
 * A message says which block came to which state, and that is believed, whatever the block is by now: the next message will tell.
 * Reading the state instead would lose what was undone in between, and keep a going-offline that nothing ever ends, for an offline
 * that fails sends no message. What a message does not say, zone and node, is read.
 *
 * Where messages were lost, or never come, all blocks are looked at, and told is what differs. Such a look stays until the last
 * difference was told, so that it needs no memory for events, and an error on the way loses none.
 */
#include "read/monitor.h"

#include "nums.h"
#include "ctx.h"
#include "object.h"
#include "read/block.h"
#include "read/event.h"
#include "read/files.h"
#include "read/known.h"
#include "read/scan.h"
#include "read/snapshot.h"
#include "read/wakeup.h"
#include "util.h"

/* Between two comparisons; longer where one takes more than a tenth of that from a processor */
#define INTERVAL_MS   200
#define COST_PER_TIME 10

/* Until what could not be looked at is tried again */
#define RETRY_MS 200

/*
 * A message about a new block, and its folder, come before the link to its node, and that before the link to its DIMM, which are
 * waited for as long as that may take.
 */
#define LINK_WAIT_MS  10
#define LINK_ATTEMPTS 100

struct memhp_monitor {
	struct memhp_ctx *ctx;
	unsigned int attrs;
	enum memhp_monitor_method method;
	const struct uevent_ops *ops; /* NULL: it compares */
	int uevent_fd;
	struct wakeup wakeup;
	unsigned int interval_ms;        /* between comparisons; 0 where there are messages */
	struct memhp_snapshot *first;    /* how it began */
	struct known known;              /* the blocks as they were told */
	struct memhp_snapshot *look;     /* all blocks as they are, until the last difference was told; NULL: none */
	struct difference difference;    /* where that is */
	bool is_lost;                    /* messages were, and no look has made up for it yet */
	struct uevent uevent;            /* the message that is next ... */
	bool has_uevent;                 /* ... if there is one */
	unsigned int node_attempts_left; /* no more than these, until a block has its node again */
	unsigned int source_attempts_left;
};

static int64_t used_us(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return used.tv_sec * INT64_C(1000000) + used.tv_nsec / 1000;
}

/* A look at all blocks. To compare again and again one thread has to do: what others take would not be seen. */
static int look_at_all(struct memhp_monitor *monitor, struct memhp_snapshot **snapshot)
{
	unsigned int num_threads = monitor->ctx->num_threads;
	struct memhp_snapshot *new;
	int64_t cost = used_us();
	int rc;

	if (!monitor->ops)
		monitor->ctx->num_threads = 1;
	rc = memhp_snapshot_new(&new, monitor->ctx, monitor->attrs);
	monitor->ctx->num_threads = num_threads;
	if (rc < 0)
		return rc;
	rc = memhp__snapshot_check_shortage(new);
	if (rc < 0) {
		memhp_snapshot_unref(new);
		return rc;
	}
	cost = (used_us() - cost) * COST_PER_TIME / 1000;
	if (!monitor->ops)
		monitor->interval_ms = cost > INTERVAL_MS ? (unsigned int)cost : INTERVAL_MS;
	*snapshot = new;
	return 0;
}

static enum memhp_event_kind kind_of(const struct difference *difference)
{
	const struct memhp_block *before = difference->before, *after = difference->after;

	if (!before)
		return MEMHP_EVENT_KIND_ADD;
	if (!after)
		return MEMHP_EVENT_KIND_REMOVE;
	/* Memory that is going offline and comes back was never offline. */
	if (after->state == MEMHP_STATE_ONLINE && before->state == MEMHP_STATE_OFFLINE)
		return MEMHP_EVENT_KIND_ONLINE;
	if (after->state == MEMHP_STATE_OFFLINE && before->state != MEMHP_STATE_OFFLINE)
		return MEMHP_EVENT_KIND_OFFLINE;
	return MEMHP_EVENT_KIND_CHANGE;
}

/* 1 with the next difference; 0 when there is none left: then what was seen is what is known. */
static int tell_difference(struct memhp_monitor *monitor, struct memhp_event **event)
{
	struct difference *difference = &monitor->difference;
	int rc;

	if (memhp__known_find_difference(&monitor->known, monitor->look, difference)) {
		rc = memhp__event_new(event, kind_of(difference), difference->before, difference->after, monitor->ops != NULL);
		if (rc < 0)
			return rc;
		memhp__known_pass_difference(&monitor->known, monitor->look, difference);
		return 1;
	}
	rc = memhp__known_fill(&monitor->known, monitor->look);
	if (rc < 0)
		return rc;
	memhp_snapshot_unref(take_ptr(monitor->look));
	return 0;
}

static bool lacks_node(const struct memhp_monitor *monitor, const struct memhp_block *block)
{
	return monitor->first->num_nodes && block->num_nodes == 0 && block->error[attr_index(MEMHP_ATTR_NODES)] == 0;
}

/* Of which DIMM a block is, its link alone tells. What was told without a source has none for good. */
static bool lacks_source(const struct memhp_monitor *monitor, const struct memhp_block *block)
{
	return monitor->attrs & MEMHP_ATTR_SOURCE && !memhp_block_get_source(block) &&
	       memhp_block_get_error(block, MEMHP_ATTR_SOURCE) == 0 && !memhp__known_find(&monitor->known, block->id);
}

/* Whether to wait once more */
static bool use_attempt(bool lacks, unsigned int *attempts_left)
{
	if (!lacks)
		*attempts_left = LINK_ATTEMPTS;
	if (!lacks || *attempts_left == 0)
		return false;
	--*attempts_left;
	return true;
}

/* Whether a block is to get a link still, so that it is better looked at again */
static bool lacks_link(struct memhp_monitor *monitor, const struct memhp_snapshot *snapshot)
{
	bool node = false, source = false;

	for (size_t i = 0; i < snapshot->num_blocks; i++) {
		node |= lacks_node(monitor, &snapshot->blocks[i]);
		source |= lacks_source(monitor, &snapshot->blocks[i]);
	}
	node = use_attempt(node, &monitor->node_attempts_left);
	return use_attempt(source, &monitor->source_attempts_left) || node;
}

static int begin_look(struct memhp_monitor *monitor)
{
	int rc = look_at_all(monitor, &monitor->look);

	if (rc < 0)
		return rc;
	if (monitor->ops && lacks_link(monitor, monitor->look)) {
		memhp_snapshot_unref(take_ptr(monitor->look));
		return -EAGAIN;
	}
	monitor->difference = (struct difference){ 0 };
	monitor->is_lost = false;
	return 0;
}

/* Whether a message leads on from what is known; those that do not are from before the last look at all blocks. */
static bool is_news(const struct uevent *uevent, const struct memhp_block *before, enum memhp_state state)
{
	if (uevent->kind == MEMHP_EVENT_KIND_ADD)
		return !before;
	return before && (uevent->kind == MEMHP_EVENT_KIND_REMOVE || before->state != state);
}

/* Tells of a block, and knows it from then on. */
static int tell_block(struct memhp_monitor *monitor, struct memhp_event **event, const struct memhp_block *before,
		      const struct memhp_block *after)
{
	int rc = memhp__known_reserve(&monitor->known);

	if (rc == 0)
		rc = memhp__event_new(event, monitor->uevent.kind, before, after, false);
	if (rc < 0)
		return rc;
	memhp__known_set(&monitor->known, monitor->uevent.block_id, after);
	return 1;
}

/* 1 when the message was told, 0 when it says nothing new, -EAGAIN when it has to wait */
static int tell_uevent(struct memhp_monitor *monitor, struct memhp_event **event)
{
	const struct uevent *uevent = &monitor->uevent;
	const struct memhp_block *before = memhp__known_find(&monitor->known, uevent->block_id);
	enum memhp_state state = uevent->kind == MEMHP_EVENT_KIND_ONLINE ? MEMHP_STATE_ONLINE : MEMHP_STATE_OFFLINE;
	struct memhp_snapshot *snapshot;
	int rc;

	if (!is_news(uevent, before, state))
		return 0;
	if (uevent->kind == MEMHP_EVENT_KIND_REMOVE)
		return tell_block(monitor, event, before, NULL);
	rc = memhp__scan_block(&snapshot, monitor->ctx, monitor->attrs, uevent->block_id, state);
	if (rc < 0)
		return rc;
	rc = memhp__snapshot_check_shortage(snapshot);
	if (rc == 0 && uevent->kind == MEMHP_EVENT_KIND_ADD && lacks_link(monitor, snapshot))
		rc = -EAGAIN;
	if (rc == 0)
		rc = tell_block(monitor, event, before, &snapshot->blocks[0]);
	memhp_snapshot_unref(snapshot);
	return rc;
}

/* 1 when there is a message to tell, 0 when there is none, or -errno */
static int take_uevent(struct memhp_monitor *monitor)
{
	int rc;

	if (monitor->has_uevent)
		return 1;
	do {
		rc = memhp__uevents_receive(monitor->ops, monitor->uevent_fd, &monitor->uevent);
		/* What was in the queue before is still there, and comes first. */
		monitor->is_lost |= rc == -ENOBUFS;
	} while (rc == -ENOBUFS);
	monitor->has_uevent = rc > 0;
	return rc;
}

/* 1 with an event, 0 when there is none; -EAGAIN or another errno: the message is still the next one. */
static int follow_uevents(struct memhp_monitor *monitor, struct memhp_event **event)
{
	int rc;

	while ((rc = take_uevent(monitor)) > 0) {
		rc = tell_uevent(monitor, event);
		if (rc >= 0)
			monitor->has_uevent = false;
		if (rc != 0)
			return rc;
	}
	return rc;
}

static int next_event(struct memhp_monitor *monitor, struct memhp_event **event)
{
	int rc;

	for (;;) {
		if (monitor->look) {
			rc = tell_difference(monitor, event);
			if (rc != 0)
				return rc;
			if (!monitor->ops) {
				memhp__wakeup_pause(&monitor->wakeup, monitor->interval_ms);
				return 0;
			}
		}
		if (monitor->ops) {
			rc = follow_uevents(monitor, event);
			if (rc != 0 || !monitor->is_lost)
				return rc;
		}
		rc = begin_look(monitor);
		if (rc < 0)
			return rc;
	}
}

MEMHP_EXPORT int memhp_monitor_next(struct memhp_monitor *monitor, struct memhp_event **event)
{
	int rc = memhp__wakeup_is_due(&monitor->wakeup);

	if (rc != 1)
		return rc;
	rc = next_event(monitor, event);
	if (rc < 0)
		memhp__wakeup_pause(&monitor->wakeup, rc == -EAGAIN ? LINK_WAIT_MS : RETRY_MS);
	return rc == -EAGAIN ? 0 : rc;
}

MEMHP_EXPORT bool memhp_monitor_is_waiting(const struct memhp_monitor *monitor)
{
	return monitor->has_uevent || monitor->is_lost || monitor->look;
}

MEMHP_EXPORT void memhp_monitor_free(struct memhp_monitor *monitor)
{
	if (!monitor)
		return;
	memhp__known_release(&monitor->known);
	memhp_snapshot_unref(monitor->look);
	memhp_snapshot_unref(monitor->first);
	memhp__wakeup_close(&monitor->wakeup);
	if (monitor->uevent_fd >= 0)
		monitor->ops->unsubscribe(monitor->uevent_fd);
	memhp_ctx_unref(monitor->ctx);
	free(monitor);
}

/* Whether the kernel does not have such sockets, or not for this process */
static bool is_denied(int error)
{
	return error == -EPERM || error == -EACCES || error == -EAFNOSUPPORT || error == -EPROTONOSUPPORT || error == -ENOSYS;
}

static int subscribe(struct memhp_monitor *monitor)
{
	int fd = monitor->ops->subscribe();

	if (is_denied(fd)) {
		monitor->ops = NULL;
		monitor->method = MEMHP_MONITOR_METHOD_DENIED;
		return 0;
	}
	if (fd < 0)
		return fd;
	monitor->uevent_fd = fd;
	return memhp__wakeup_add_source(&monitor->wakeup, fd);
}

static int begin(struct memhp_monitor *monitor)
{
	int rc = memhp__wakeup_open(&monitor->wakeup);

	/* From here on nothing is lost: what comes while all blocks are looked at waits in the queue. */
	if (rc == 0 && monitor->ops)
		rc = subscribe(monitor);
	if (rc == 0)
		rc = look_at_all(monitor, &monitor->first);
	if (rc == 0)
		rc = memhp__known_fill(&monitor->known, monitor->first);
	if (rc == 0 && !monitor->ops)
		memhp__wakeup_pause(&monitor->wakeup, monitor->interval_ms);
	return rc;
}

int memhp__monitor_new(struct memhp_monitor **monitor, struct memhp_ctx *ctx, unsigned int attrs, enum memhp_monitor_method method,
		       const struct uevent_ops *ops)
{
	struct memhp_monitor *new;
	int rc;

	if (attrs & (~((1U << NUM_ATTRS) - 1) | MEMHP_ATTR_CONFIGURED | MEMHP_ATTR_MEMMAP_ON_MEMORY))
		return -EINVAL;
	new = malloc(sizeof(*new));
	if (!new)
		return -ENOMEM;
	*new = (struct memhp_monitor){
		.ctx = memhp_ctx_ref(ctx),
		.attrs = attrs | MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES,
		.method = method,
		.ops = ops,
		.uevent_fd = -1,
		.wakeup = { .epoll_fd = -1, .timer_fd = -1, .source_fd = -1 },
		.node_attempts_left = LINK_ATTEMPTS,
		.source_attempts_left = LINK_ATTEMPTS,
	};
	rc = begin(new);
	if (rc < 0) {
		memhp_monitor_free(new);
		return rc;
	}
	*monitor = new;
	return 0;
}

MEMHP_EXPORT int memhp_monitor_new(struct memhp_monitor **monitor, struct memhp_ctx *ctx, unsigned int attrs)
{
	int has_events = ctx->sysroot ? 0 : memhp__file_has_host_network(ctx);

	if (has_events == 1)
		return memhp__monitor_new(monitor, ctx, attrs, MEMHP_MONITOR_METHOD_UEVENTS, &memhp__uevent_ops_kernel);
	if (memhp__is_shortage(has_events))
		return has_events;
	return memhp__monitor_new(monitor, ctx, attrs, ctx->sysroot ? MEMHP_MONITOR_METHOD_TREE : MEMHP_MONITOR_METHOD_NAMESPACE,
				  NULL);
}

MEMHP_EXPORT enum memhp_monitor_method memhp_monitor_get_method(const struct memhp_monitor *monitor)
{
	return monitor->method;
}

MEMHP_EXPORT unsigned int memhp_monitor_get_interval_ms(const struct memhp_monitor *monitor)
{
	return monitor->interval_ms;
}

MEMHP_EXPORT struct memhp_snapshot *memhp_monitor_get_snapshot(const struct memhp_monitor *monitor)
{
	return monitor->first;
}

MEMHP_EXPORT int memhp_monitor_get_fd(const struct memhp_monitor *monitor)
{
	return monitor->wakeup.epoll_fd;
}
