// SPDX-License-Identifier: GPL-2.0-or-later
/* A store: its words, the lock, the state machine, faults on its way, and the signals that end it. */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim.h"

/* lock_device_hotplug_sysfs() tries so often, and in other waits a signal is looked for as often. */
#define POLL_MS 5

int64_t sim_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Let others go on until something changes, for so long at most. */
void sim_wait(struct sim *sim, int64_t ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (ms % 1000) * 1000000;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&sim->cond, &sim->mutex, &until);
	sim_run_events(sim);
}

/* The signals that are pending for a thread and not blocked. One that is gone was killed. */
static uint64_t pending_signals(pid_t pid)
{
	unsigned long long thread = 0, process = 0, blocked = 0;
	char path[64], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return 1ULL << (SIGKILL - 1);
	while (fgets(line, sizeof(line), file)) {
		sscanf(line, "SigPnd: %llx", &thread);
		sscanf(line, "ShdPnd: %llx", &process);
		sscanf(line, "SigBlk: %llx", &blocked);
	}
	fclose(file);
	return (thread | process) & ~blocked;
}

/* Whether a fatal signal is pending. The kernel makes a SIGKILL of every signal that ends a process and dumps no core. */
static bool is_killed(struct sim_store *store)
{
	if (store->sim->stopping)
		return true;
	return store->interrupted() && (pending_signals(store->pid) & (1ULL << (SIGKILL - 1)));
}

/*
 * Whether any signal is pending. The kernel runs the handlers of those that come during the wait for the lock and starts the store
 * anew, so they do not count later; a FUSE server cannot have them run.
 */
static bool is_signalled(struct sim_store *store)
{
	if (store->sim->stopping)
		return true;
	if (!store->interrupted())
		return false;
	return !store->seen || (pending_signals(store->pid) & ~store->seen_signals);
}

int sim_lock(struct sim_store *store)
{
	struct sim *sim = store->sim;

	while (sim->locked) {
		sim_wait(sim, POLL_MS);
		if (is_killed(store))
			return -EINTR;
	}
	sim->locked = true;
	store->seen = store->interrupted();
	if (store->seen)
		store->seen_signals = pending_signals(store->pid);
	return 0;
}

void sim_unlock(struct sim *sim)
{
	sim->locked = false;
	pthread_cond_broadcast(&sim->cond);
}

/* A word as one word of the log. */
static void print_word(FILE *file, const char *word)
{
	size_t length = strcspn(word, "\n");

	if (length == 0)
		fputc('-', file);
	for (size_t i = 0; i < length; i++)
		fputc(isgraph((unsigned char)word[i]) ? word[i] : '?', file);
}

void sim_print_log(struct sim *sim, pid_t pid, const char *file, const char *word, int error, const struct sim_block *block)
{
	fprintf(sim->log, "%lu %d %s ", ++sim->num_entries, (int)pid, file);
	print_word(sim->log, word);
	fprintf(sim->log, " %s %s\n", error ? sim_errno_name(-error) : "0",
		!block ? "-" : (block->present ? sim_state_name(block) : "absent"));
}

void sim_begin(struct sim_store *store, const char *word)
{
	pthread_mutex_lock(&store->sim->mutex);
	sim_run_events(store->sim);
	store->word = word;
	store->next = store->sim->stores;
	store->sim->stores = store;
}

int sim_end(struct sim_store *store, const struct sim_block *block, int rc)
{
	struct sim *sim = store->sim;
	struct sim_store **link = &sim->stores;

	while (*link != store)
		link = &(*link)->next;
	*link = store->next;
	sim_print_log(sim, store->pid, store->file, store->word, rc, block);
	sim->num_stores++;
	sim_run_events(sim);
	pthread_mutex_unlock(&sim->mutex);
	return rc;
}

static bool is_gone(const struct sim_block *block, unsigned int generation)
{
	return block && (!block->present || block->generation != generation);
}

/* An effect that takes time. Returns 0 or a negative errno. */
static int pass_time(struct sim_store *store, const struct sim_rule *rule, const struct sim_block *block, bool offline)
{
	struct sim *sim = store->sim;
	unsigned long releases = sim->releases;
	int64_t until = rule->effect == SIM_LOOPS ? INT64_MAX : sim_now_ms() + rule->value;
	unsigned int generation = block ? block->generation : 0;
	enum sim_effect effect = rule->effect;

	while (sim_now_ms() < until && (effect == SIM_TAKES || sim->releases == releases)) {
		int64_t left = until - sim_now_ms();

		if (is_gone(block, generation))
			return -ENODEV;
		if (sim->stopping || (effect == SIM_LOOPS && is_killed(store)))
			return -EINTR;
		if (effect != SIM_HANGS && offline && is_signalled(store))
			return -EINTR;
		sim_wait(sim, left < POLL_MS ? left : POLL_MS);
	}
	return 0;
}

struct sim_fate sim_suffer(struct sim_store *store, enum sim_op op, struct sim_block *block, uint64_t id)
{
	struct sim_fate fate = { .zone = SIM_UNKNOWN };
	const struct sim_rule *rule;
	size_t at = 0;

	while ((rule = sim_next_rule(store->sim, &at, op, "", block, id))) {
		if (fate.rc < 0)
			continue;
		switch (rule->effect) {
		case SIM_FAILS:
			fate.rc = -(int)rule->value;
			break;
		case SIM_TAKES:
		case SIM_HANGS:
		case SIM_LOOPS:
			fate.rc = pass_time(store, rule, block, op == SIM_OP_OFFLINE);
			break;
		case SIM_VANISHES:
			if (block)
				sim_vanish(store->sim, block);
			fate.rc = -ENODEV;
			break;
		case SIM_WRONG_ZONE:
			fate.zone = (enum sim_zone)rule->value;
			fate.rc = -EINVAL;
			break;
		case SIM_THEN_VANISHES:
			fate.vanishes = true;
			break;
		default:
			fate.lies = true;
		}
	}
	return fate;
}

static int offline(struct sim_store *store, struct sim_block *block)
{
	struct sim *sim = store->sim;
	unsigned int generation = block->generation;
	struct sim_fate fate;

	/* Several zones, or a kernel that cannot remove memory */
	if (block->zone >= SIM_NUM_ZONES)
		return -EINVAL;
	block->busy = true;
	block->state = SIM_GOING_OFFLINE;
	fate = sim_suffer(store, SIM_OP_OFFLINE, block, block->id);
	if (fate.rc == 0 && is_signalled(store))
		fate.rc = -EINTR;
	/* Pages that are off their LRU list for a moment */
	if (fate.rc == 0 && sim->old && block->zone == SIM_MOVABLE && !block->retried) {
		block->retried = true;
		fate.rc = -EBUSY;
	}
	block->busy = false;
	if (!is_gone(block, generation)) {
		block->state = SIM_ONLINE;
		if (fate.rc == 0 && !fate.lies)
			sim_set_offline(sim, block);
		if (fate.vanishes)
			sim_vanish(sim, block);
	}
	return fate.rc;
}

static int online(struct sim_store *store, struct sim_block *block, enum sim_action action)
{
	struct sim *sim = store->sim;
	unsigned int generation = block->generation;
	struct sim_fate fate;

	block->busy = true;
	fate = sim_suffer(store, SIM_OP_ONLINE, block, block->id);
	block->busy = false;
	block->wish = SIM_AUTO;
	if (!is_gone(block, generation)) {
		if (fate.zone != SIM_UNKNOWN)
			sim_set_online(sim, block, fate.zone);
		else if (fate.rc == 0 && !fate.lies)
			sim_set_online(sim, block, block->run.attr[TREE_ZONES] ? sim_zone_for(sim, block, action) : SIM_UNKNOWN);
		if (fate.vanishes)
			sim_vanish(sim, block);
	}
	return fate.rc;
}

/* What it does not have to do it calls invalid; and a wish for a block that is online stays with it. */
int sim_change(struct sim_store *store, struct sim_block *block, unsigned int generation, enum sim_action action)
{
	if (is_gone(block, generation))
		return -ENODEV;
	if (action == SIM_OFFLINE_IT)
		return block->state == SIM_ONLINE ? offline(store, block) : -EINVAL;
	if (block->state == SIM_OFFLINE)
		return online(store, block, action);
	block->wish = action;
	return -EINVAL;
}

/* state_store() */
int sim_store_state(struct sim_store *store, struct sim_block *block, unsigned int generation, const char *word)
{
	enum sim_action action = sim_parse_action(word);
	int rc = action == SIM_AUTO ? -EINVAL : 0;

	sim_begin(store, word);
	if (rc == 0)
		rc = sim_lock(store);
	if (rc == 0) {
		rc = sim_change(store, block, generation, action);
		sim_unlock(store->sim);
	}
	return sim_end(store, block, rc);
}

/* online_store() of any device: what is so already is fine. */
int sim_store_online(struct sim_store *store, struct sim_block *block, unsigned int generation, const char *word)
{
	int wanted = sim_parse_bool(word), rc = wanted < 0 ? -EINVAL : 0;

	sim_begin(store, word);
	if (rc == 0)
		rc = sim_lock(store);
	if (rc == 0) {
		if (is_gone(block, generation))
			rc = -ENODEV;
		else if (wanted && block->state == SIM_OFFLINE)
			rc = online(store, block, block->wish);
		else if (!wanted && block->state == SIM_ONLINE)
			rc = offline(store, block);
		sim_unlock(store->sim);
	}
	return sim_end(store, block, rc);
}
