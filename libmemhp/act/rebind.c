/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/rebind.h"

#include "ctx.h"
#include "decide/outcome.h"
#include "nums.h"
#include "read/dax.h"
#include "util.h"

/* Where the device is now; `state` only where the driver has it. A driver that gives it no state is another one, or an old one. */
static int look_at_place(const struct rebind *rebind, struct dax_place *place, enum memhp_transition *state)
{
	const struct edges *edges = rebind->edges;
	int rc = memhp__dax_read_state(edges->ctx, edges->fd, state);

	place->is_bound = rc != -ENODEV;
	place->memmap = MEMHP_MEMMAP_KEEP;
	if (rc < 0 && rc != -ENODEV)
		return rc;
	rc = memhp__dax_read_memmap(edges->ctx, edges->fd, &place->memmap);
	return rc == -EOPNOTSUPP ? 0 : rc;
}

static bool is_there(const struct dax_place *place, const struct dax_place *wanted)
{
	return place->is_bound == wanted->is_bound && place->memmap == wanted->memmap;
}

static bool settle(void *data, size_t i __attribute__((unused)), enum memhp_reason why)
{
	struct rebind *rebind = data;

	rebind->why = why;
	return why == MEMHP_REASON_NONE;
}

static int init_supervisor(struct rebind *rebind, struct supervisor *supervisor, int dirfd)
{
	int rc = memhp__supervisor_init(supervisor, rebind->edges->ctx, dirfd, 1);

	supervisor->settle = settle;
	supervisor->data = rebind;
	return rc;
}

int memhp__rebind_init(struct rebind *rebind, const struct edges *edges, const struct memhp_step *step)
{
	enum memhp_transition state;
	int rc;

	*rebind = (struct rebind){ .edges = edges, .name = step->device };
	/* What cannot be read now, or is not there, the step itself tells. */
	if (!step->device || look_at_place(rebind, &rebind->before, &state) < 0)
		return 0;
	rebind->wanted = (struct dax_place){ true, rebind->before.memmap };
	if (step->memmap_wanted && rebind->before.memmap)
		rebind->wanted.memmap = step->memmap_wanted;
	rebind->is_needed = !is_there(&rebind->before, &rebind->wanted) &&
			    (!rebind->before.is_bound || state == MEMHP_TRANSITION_UNPLUG);
	if (!rebind->is_needed)
		return 0;
	if (edges->kmem_fd < 0)
		return edges->kmem_fd == -ENOENT ? -ENODEV : edges->kmem_fd;
	rc = init_supervisor(rebind, &rebind->device, edges->fd);
	if (rc == 0)
		rc = init_supervisor(rebind, &rebind->driver, edges->kmem_fd);
	return rc < 0 ? rc : memhp__file_check_writable(edges->kmem_fd, "bind");
}

static int store(struct rebind *rebind, struct supervisor *supervisor, const char *file, const char *word)
{
	struct worker_job *job = &supervisor->board->jobs[0];
	int rc;

	*job = (struct worker_job){ .block_id = NO_BLOCK, .file = file, .word = word };
	rebind->why = MEMHP_REASON_NONE;
	rc = memhp__supervisor_run(supervisor, 0, 1);
	if (rc == 0 && supervisor->next == 0)
		rebind->why = supervisor->stop; /* it had no turn */
	if (rc == 0)
		rc = rebind->why ? -EINTR : job->write_error;
	return rc;
}

static int set_memmap(struct rebind *rebind, enum memhp_memmap memmap)
{
	return store(rebind, &rebind->device, "memmap_on_memory", memmap == MEMHP_MEMMAP_ON_MEMORY ? "1" : "0");
}

/*
 * The last look at what may be unbound comes right before it, and what the kernel took is read back. -EALREADY, with nothing done,
 * when memory is plugged in
 */
static int move(struct rebind *rebind, const struct dax_place *to)
{
	enum memhp_transition state;
	struct dax_place now;
	int rc = look_at_place(rebind, &now, &state);

	if (rc < 0 || is_there(&now, to))
		return rc;
	if (now.is_bound && state != MEMHP_TRANSITION_UNPLUG)
		return -EALREADY;
	if (now.is_bound)
		rc = store(rebind, &rebind->driver, "unbind", rebind->name);
	if (rc == 0 && now.memmap != to->memmap)
		rc = set_memmap(rebind, to->memmap);
	if (rc == 0 && to->is_bound)
		rc = store(rebind, &rebind->driver, "bind", rebind->name);
	if (rc == 0)
		rc = look_at_place(rebind, &now, &state);
	return rc == 0 && !is_there(&now, to) ? -EIO : rc;
}

/* Takes out memory that the driver has brought in by the kernel's policy. */
static int unplug(struct rebind *rebind)
{
	enum memhp_transition state;
	struct dax_place now;
	int rc = look_at_place(rebind, &now, &state);

	if (rc < 0 || !now.is_bound || state == MEMHP_TRANSITION_UNPLUG)
		return rc;
	return store(rebind, &rebind->device, "state", memhp_transition_name(MEMHP_TRANSITION_UNPLUG));
}

/* As it was before; to bind it may bring it in once more. */
static int move_back(struct rebind *rebind)
{
	int rc = unplug(rebind);

	if (rc == 0)
		rc = move(rebind, &rebind->before);
	return rc < 0 ? rc : unplug(rebind);
}

static void set_limits(struct rebind *rebind, const struct supervisor_limits *limits)
{
	memhp__supervisor_set_limits(&rebind->device, limits);
	memhp__supervisor_set_limits(&rebind->driver, limits);
}

pid_t memhp__rebind_get_writer(const struct rebind *rebind)
{
	return rebind->driver.writer_pid ? rebind->driver.writer_pid : rebind->device.writer_pid;
}

static void give_up(struct rebind *rebind, struct memhp_step *step, const struct supervisor_limits *limits, int error)
{
	enum memhp_reason why = rebind->why;
	struct look look;
	int back = 0;

	set_limits(rebind, limits);
	if (!memhp__rebind_get_writer(rebind))
		back = move_back(rebind);
	look = memhp__edges_look(rebind->edges, step, step->action);
	memhp__outcome_take_look(step, step->action, &look);
	step->has_set_memmap = false;
	step->error = back < 0 ? back : error;
	memhp__outcome_not_rebound(step, why, back < 0);
	if (memhp__rebind_get_writer(rebind))
		step->outcome = MEMHP_OUTCOME_IN_PROGRESS;
}

/* The device is bound and set: whether it is in as asked, by the kernel's policy. What is in otherwise is taken out again. */
static int look_whether_reached(struct rebind *rebind, struct memhp_step *step, bool *is_reached)
{
	struct look look = memhp__edges_look(rebind->edges, step, step->action);

	*is_reached = look.error == 0 && look.is_reached;
	if (*is_reached) {
		memhp__outcome_take_look(step, step->action, &look);
		step->written = true;
		memhp__outcome_judge(step, step->action);
		return 0;
	}
	return look.error < 0 ? look.error : unplug(rebind);
}

bool memhp__rebind_run(struct rebind *rebind, struct memhp_step *step, const struct supervisor_limits *limits,
		       begin_back_fn begin_back, void *data)
{
	int64_t started = now_ms();
	bool is_reached = false;
	int rc;

	if (!rebind->is_needed)
		return true;
	set_limits(rebind, limits);
	rc = move(rebind, &rebind->wanted);
	/* What another agent has brought in since is not ours to take out: the step tells. */
	if (rc == -EALREADY)
		return true;
	step->has_set_memmap = true;
	if (rc == 0)
		rc = look_whether_reached(rebind, step, &is_reached);
	if (rc < 0) {
		struct supervisor_limits back_limits = begin_back(data);

		give_up(rebind, step, &back_limits, rc);
	}
	step->elapsed_ms += (uint64_t)(now_ms() - started);
	return rc == 0 && !is_reached;
}

void memhp__rebind_undo(struct rebind *rebind, struct memhp_step *back, const struct supervisor_limits *limits)
{
	struct look look;
	int rc;

	if (!rebind->is_needed || !back->is_reached)
		return;
	set_limits(rebind, limits);
	rc = move_back(rebind);
	look = memhp__edges_look(rebind->edges, back, back->action);
	memhp__outcome_take_look(back, back->action, &look);
	back->error = rc < 0 ? rc : look.error;
	if (rc < 0)
		memhp__outcome_not_rebound(back, rebind->why, true);
}

void memhp__rebind_release(struct rebind *rebind)
{
	memhp__supervisor_release(&rebind->device);
	memhp__supervisor_release(&rebind->driver);
}
