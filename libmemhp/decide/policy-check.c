/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What becomes of new memory. Pure.
 *
 * Who has a say, in the order of events: the kernel, which onlines a new block or leaves it offline; rules of udev, which find it
 * before or after that; daxctl and some drivers, each for memory of its own. Who comes last wins, except one that acts only on what
 * it finds offline: of those the first one that acts for sure keeps the others from finding anything.
 */
#include "decide/policy-findings.h"
#include "object.h"
#include "util.h"

/* The kernel has a word that nobody here knows. */
static bool is_strange(const struct memhp_policy *policy)
{
	const char *word = memhp_policy_get_value(policy, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS);
	enum memhp_transition effect;

	return word && memhp_transition_from_name(word, &effect) < 0;
}

static bool is_partial(const struct policy_check *check)
{
	for (enum memhp_policy_key key = MEMHP_POLICY_KEY_NONE + 1; memhp_policy_key_name(key); key++) {
		int error = memhp_policy_get_error(check->policy, key);

		if (error < 0 && error != -EOPNOTSUPP)
			return true;
	}
	/* Where it goes by the ratio, the balance decides. */
	return check->has_unread || is_strange(check->policy) ||
	       (!check->balance && memhp__policy_is(check, MEMHP_POLICY_KEY_ONLINE_POLICY, "auto-movable"));
}

static void find_winner(struct policy_check *check)
{
	const struct memhp_agent *agent;

	for (size_t i = 0; (agent = memhp_agents_get(check->agents, i)); i++) {
		bool onlines = (memhp__policy_is_rule(check, agent) || memhp__policy_is_driver(agent, "dlpar")) &&
			       onlines_memory(memhp_agent_get_effect(agent));

		check->may_online |= onlines;
		if (onlines && !check->winner && !memhp_agent_get_condition(agent))
			check->winner = agent;
	}
}

static void check_kernel(struct policy_check *check)
{
	enum memhp_policy_code code = !check->word                    ? MEMHP_POLICY_CODE_KERNEL_UNKNOWN
				      : onlines_memory(check->kernel) ? MEMHP_POLICY_CODE_KERNEL_ONLINES
								      : MEMHP_POLICY_CODE_KERNEL_LEAVES;

	add_finding(check, code, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, check->kernel);
}

static enum memhp_policy_code code_of_rule(const struct policy_check *check, const struct memhp_agent *agent)
{
	switch (memhp_agent_get_effect(agent)) {
	case MEMHP_TRANSITION_UNKNOWN:
		return MEMHP_POLICY_CODE_UDEV_UNKNOWN;
	case MEMHP_TRANSITION_OFFLINE:
		return memhp_agent_get_moments(agent) == MEMHP_MOMENT_ONLINE ? MEMHP_POLICY_CODE_RULE_KEEPS_OFFLINE
									     : MEMHP_POLICY_CODE_RULE_OFFLINES;
	default:
		return onlines_memory(check->kernel) ? MEMHP_POLICY_CODE_RULE_LATE : MEMHP_POLICY_CODE_RULE_ONLINES;
	}
}

static void check_rule(struct policy_check *check, const struct memhp_agent *agent)
{
	enum memhp_policy_code code = code_of_rule(check, agent);

	add_finding(check, code, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS,
		    code == MEMHP_POLICY_CODE_RULE_LATE ? check->kernel : memhp_agent_get_effect(agent), agent,
		    .is_timing = memhp__policy_is_timing(check, agent));
}

static void check_section(struct policy_check *check, const struct memhp_agent *agent)
{
	enum memhp_transition effect = memhp_agent_get_effect(agent);

	/* What daxctl refuses is a contradiction. */
	if (!memhp__policy_is_refused(check, agent))
		add_finding(check, onlines_memory(effect) ? MEMHP_POLICY_CODE_DAXCTL_ONLINES : MEMHP_POLICY_CODE_DAXCTL_LEAVES,
			    MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, effect, agent);
}

static bool keeps_offline(const struct memhp_agent *agent)
{
	return memhp_agent_get_effect(agent) == MEMHP_TRANSITION_OFFLINE && memhp_agent_get_moments(agent) & MEMHP_MOMENT_ONLINE;
}

static void check_agents(struct policy_check *check)
{
	const struct memhp_agent *agent;
	bool is_kept = false;

	for (size_t i = 0; (agent = memhp_agents_get(check->agents, i)); i++) {
		is_kept |= keeps_offline(agent);
		if (memhp__policy_is_rule(check, agent))
			check_rule(check, agent);
		else if (memhp_agent_get_kind(agent) == MEMHP_AGENT_KIND_DAXCTL)
			check_section(check, agent);
		else if (memhp__policy_is_driver(agent, "dlpar"))
			add_finding(check, MEMHP_POLICY_CODE_DLPAR_ONLINES, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS,
				    MEMHP_TRANSITION_ONLINE, agent);
	}
	if (check->word && !onlines_memory(check->kernel) && !check->winner)
		add_finding(check,
			    check->may_online || check->has_unread ? MEMHP_POLICY_CODE_STAYS_OTHERWISE
			    : is_kept                              ? MEMHP_POLICY_CODE_KEPT_OFFLINE
								   : MEMHP_POLICY_CODE_STAYS_OFFLINE,
			    MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, MEMHP_TRANSITION_OFFLINE);
}

/* A block that is there has the event "add" no more, unless somebody sends it again. */
static void check_replays(struct policy_check *check)
{
	const struct memhp_agent *agent;
	bool is_told = false;

	for (size_t i = 0; (agent = memhp_agents_get(check->agents, i)); i++) {
		enum memhp_transition effect = memhp_agent_get_effect(agent);
		unsigned int moment = onlines_memory(effect)               ? MEMHP_MOMENT_ADD_OFFLINE
				      : effect == MEMHP_TRANSITION_OFFLINE ? MEMHP_MOMENT_ADD_ONLINE
									   : 0;

		if (!(memhp_agent_get_moments(agent) & moment))
			continue;
		if (!is_told)
			add_finding(check, MEMHP_POLICY_CODE_RULES_ONCE);
		is_told = true;
		add_finding(check, MEMHP_POLICY_CODE_RULE_AGAIN, MEMHP_POLICY_KEY_NONE, effect, agent);
	}
}

static void check_ratio(struct policy_check *check, double ratio)
{
	const struct memhp_balance *balance = check->balance;
	double percent;

	if (!balance || memhp_balance_get_kernel_bytes(balance) == 0)
		return;
	percent = 100.0 * (double)memhp_balance_get_movable_bytes(balance) / (double)memhp_balance_get_kernel_bytes(balance);
	add_finding(check, percent >= ratio ? MEMHP_POLICY_CODE_RATIO_REACHED : MEMHP_POLICY_CODE_RATIO,
		    MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO, .percent = (uint64_t)(percent + 0.5));
}

static void check_zone_choice(struct policy_check *check)
{
	const char *ratio = memhp_policy_get_value(check->policy, MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO);

	if (!memhp__policy_is_zone_open(check))
		return;
	if (memhp__policy_is(check, MEMHP_POLICY_KEY_ONLINE_POLICY, "auto-movable") && ratio) {
		add_finding(check, MEMHP_POLICY_CODE_ZONE_BY_RATIO, MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO, MEMHP_TRANSITION_ONLINE);
		check_ratio(check, strtod(ratio, NULL));
	} else if (check->movable_node) {
		add_finding(check, MEMHP_POLICY_CODE_ZONE_MOVABLE, MEMHP_POLICY_KEY_NONE, MEMHP_TRANSITION_ONLINE,
			    check->movable_node);
	} else {
		add_finding(check, MEMHP_POLICY_CODE_ZONE_AROUND, MEMHP_POLICY_KEY_ONLINE_POLICY, MEMHP_TRANSITION_ONLINE);
	}
}

static void check_memmap(struct policy_check *check)
{
	bool is_off = !memhp_policy_get_value(check->policy, MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY) ||
		      memhp__policy_is(check, MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY, "N");

	add_finding(check, is_off ? MEMHP_POLICY_CODE_MEMMAP_ELSEWHERE : MEMHP_POLICY_CODE_MEMMAP_ON_MEMORY,
		    MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY);
}

/* 0 is for ever, as without such a parameter. */
static void check_offline(struct policy_check *check)
{
	const enum memhp_policy_key key = MEMHP_POLICY_KEY_OFFLINE_MIGRATE_MAX_PASSES;

	if (memhp_policy_get_value(check->policy, key) && !memhp__policy_is(check, key, "0"))
		add_finding(check, MEMHP_POLICY_CODE_OFFLINE_GIVES_UP, key);
}

/* UNKNOWN where that depends on something */
static enum memhp_transition find_effect(const struct policy_check *check)
{
	const struct memhp_agent *agent;

	if (check->has_unread)
		return MEMHP_TRANSITION_UNKNOWN;
	for (size_t i = 0; (agent = memhp_agents_get(check->agents, i)); i++)
		if (memhp__policy_is_rule(check, agent) && !onlines_memory(memhp_agent_get_effect(agent)))
			return MEMHP_TRANSITION_UNKNOWN;
	if (!check->word || onlines_memory(check->kernel))
		return check->kernel;
	if (!check->may_online)
		return MEMHP_TRANSITION_OFFLINE;
	for (size_t i = 0; (agent = memhp_agents_get(check->agents, i)) != check->winner; i++)
		if (memhp__policy_is_rule(check, agent) && onlines_memory(memhp_agent_get_effect(agent)))
			return MEMHP_TRANSITION_UNKNOWN;
	return check->winner ? memhp_agent_get_effect(check->winner) : MEMHP_TRANSITION_UNKNOWN;
}

static void check_all(struct policy_check *check)
{
	find_winner(check);
	if (is_partial(check))
		add_finding(check, MEMHP_POLICY_CODE_UNREADABLE);
	check_kernel(check);
	check_agents(check);
	check_zone_choice(check);
	check_memmap(check);
	check_offline(check);
	check_replays(check);
	memhp__policy_find_conflicts(check);
	check->findings->effect = find_effect(check);
}

MEMHP_EXPORT int memhp_policy_findings_new(struct memhp_policy_findings **findings, const struct memhp_policy *policy,
					   const struct memhp_agents *agents, const struct memhp_balance *balance)
{
	int error;
	struct policy_check check = { .policy = policy,
				      .agents = agents,
				      .balance = balance,
				      .word = is_strange(policy)
						      ? NULL
						      : memhp_policy_get_value(policy, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS),
				      .kernel = MEMHP_TRANSITION_UNKNOWN,
				      .movable_node = memhp_agents_find_param(agents, "movable_node"),
				      .has_unread = memhp_agents_get_unread(agents, 0, &error),
				      .findings = calloc(1, sizeof(*check.findings)) };

	if (!check.findings)
		return -ENOMEM;
	if (check.word)
		(void)memhp_transition_from_name(check.word, &check.kernel);
	check_all(&check);
	if (check.rc < 0) {
		memhp_policy_findings_free(check.findings);
		return check.rc;
	}
	*findings = check.findings;
	return 0;
}
