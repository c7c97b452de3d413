/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What becomes of new memory. Pure.
 *
 * Who has a say, in the order of events: the kernel, which onlines a new block or leaves it offline; rules of udev, which find it
 * before or after that; daxctl and some drivers, each for memory of its own. Who comes last wins, except one that acts only on what
 * it finds offline: of those the first one that acts for sure keeps the others from finding anything.
 */
#include "decide/policy-judge.h"
#include "object.h"
#include "util.h"

/* The kernel has a word that nobody here knows. */
static bool is_strange(const struct memhp_policy *policy)
{
	const char *word = memhp_policy_get_value(policy, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS);
	enum memhp_transition effect;

	return word && memhp_transition_from_name(word, &effect) < 0;
}

static bool is_partial(const struct judge *judge)
{
	for (enum memhp_policy_key key = MEMHP_POLICY_KEY_NONE + 1; memhp_policy_key_name(key); key++) {
		int error = memhp_policy_get_error(judge->policy, key);

		if (error < 0 && error != -EOPNOTSUPP)
			return true;
	}
	/* Where it goes by the ratio, the balance decides. */
	return judge->has_unread || is_strange(judge->policy) ||
	       (!judge->balance && memhp__judge_is(judge, MEMHP_POLICY_KEY_ONLINE_POLICY, "auto-movable"));
}

static void find_winner(struct judge *judge)
{
	const struct memhp_agent *agent;

	for (size_t i = 0; (agent = memhp_agents_get(judge->agents, i)); i++) {
		bool onlines = (memhp__judge_is_rule(judge, agent) || memhp__judge_is_driver(agent, "dlpar")) &&
			       judge_onlines(memhp_agent_get_effect(agent));

		judge->may_online |= onlines;
		if (onlines && !judge->winner && !memhp_agent_get_condition(agent))
			judge->winner = agent;
	}
}

static void judge_kernel(struct judge *judge)
{
	enum memhp_policy_code code = !judge->word                   ? MEMHP_POLICY_CODE_KERNEL_UNKNOWN
				      : judge_onlines(judge->kernel) ? MEMHP_POLICY_CODE_KERNEL_ONLINES
								     : MEMHP_POLICY_CODE_KERNEL_LEAVES;

	judge_add(judge, code, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, judge->kernel);
}

static enum memhp_policy_code code_of_rule(const struct judge *judge, const struct memhp_agent *agent)
{
	switch (memhp_agent_get_effect(agent)) {
	case MEMHP_TRANSITION_UNKNOWN:
		return MEMHP_POLICY_CODE_UDEV_UNKNOWN;
	case MEMHP_TRANSITION_OFFLINE:
		return memhp_agent_get_moments(agent) == MEMHP_MOMENT_ONLINE ? MEMHP_POLICY_CODE_RULE_KEEPS_OFFLINE
									     : MEMHP_POLICY_CODE_RULE_OFFLINES;
	default:
		return judge_onlines(judge->kernel) ? MEMHP_POLICY_CODE_RULE_LATE : MEMHP_POLICY_CODE_RULE_ONLINES;
	}
}

static void judge_rule(struct judge *judge, const struct memhp_agent *agent)
{
	enum memhp_policy_code code = code_of_rule(judge, agent);

	judge_add(judge, code, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS,
		  code == MEMHP_POLICY_CODE_RULE_LATE ? judge->kernel : memhp_agent_get_effect(agent), agent,
		  .is_timing = memhp__judge_is_timing(judge, agent));
}

static void judge_section(struct judge *judge, const struct memhp_agent *agent)
{
	enum memhp_transition effect = memhp_agent_get_effect(agent);

	/* What daxctl refuses is a contradiction. */
	if (!memhp__judge_is_refused(judge, agent))
		judge_add(judge, judge_onlines(effect) ? MEMHP_POLICY_CODE_DAXCTL_ONLINES : MEMHP_POLICY_CODE_DAXCTL_LEAVES,
			  MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, effect, agent);
}

static bool keeps_offline(const struct memhp_agent *agent)
{
	return memhp_agent_get_effect(agent) == MEMHP_TRANSITION_OFFLINE && memhp_agent_get_moments(agent) & MEMHP_MOMENT_ONLINE;
}

static void judge_agents(struct judge *judge)
{
	const struct memhp_agent *agent;
	bool is_kept = false;

	for (size_t i = 0; (agent = memhp_agents_get(judge->agents, i)); i++) {
		is_kept |= keeps_offline(agent);
		if (memhp__judge_is_rule(judge, agent))
			judge_rule(judge, agent);
		else if (memhp_agent_get_kind(agent) == MEMHP_AGENT_KIND_DAXCTL)
			judge_section(judge, agent);
		else if (memhp__judge_is_driver(agent, "dlpar"))
			judge_add(judge, MEMHP_POLICY_CODE_DLPAR_ONLINES, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS,
				  MEMHP_TRANSITION_ONLINE, agent);
	}
	if (judge->word && !judge_onlines(judge->kernel) && !judge->winner)
		judge_add(judge,
			  judge->may_online || judge->has_unread ? MEMHP_POLICY_CODE_STAYS_OTHERWISE
			  : is_kept                              ? MEMHP_POLICY_CODE_KEPT_OFFLINE
								 : MEMHP_POLICY_CODE_STAYS_OFFLINE,
			  MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, MEMHP_TRANSITION_OFFLINE);
}

/* A block that is there has the event "add" no more, unless somebody sends it again. */
static void judge_replays(struct judge *judge)
{
	const struct memhp_agent *agent;
	bool is_told = false;

	for (size_t i = 0; (agent = memhp_agents_get(judge->agents, i)); i++) {
		enum memhp_transition effect = memhp_agent_get_effect(agent);
		unsigned int moment = judge_onlines(effect)                ? MEMHP_MOMENT_ADD_OFFLINE
				      : effect == MEMHP_TRANSITION_OFFLINE ? MEMHP_MOMENT_ADD_ONLINE
									   : 0;

		if (!(memhp_agent_get_moments(agent) & moment))
			continue;
		if (!is_told)
			judge_add(judge, MEMHP_POLICY_CODE_RULES_ONCE);
		is_told = true;
		judge_add(judge, MEMHP_POLICY_CODE_RULE_AGAIN, MEMHP_POLICY_KEY_NONE, effect, agent);
	}
}

static void judge_ratio(struct judge *judge, double ratio)
{
	const struct memhp_balance *balance = judge->balance;
	double percent;

	if (!balance || memhp_balance_get_kernel_bytes(balance) == 0)
		return;
	percent = 100.0 * (double)memhp_balance_get_movable_bytes(balance) / (double)memhp_balance_get_kernel_bytes(balance);
	judge_add(judge, percent >= ratio ? MEMHP_POLICY_CODE_RATIO_REACHED : MEMHP_POLICY_CODE_RATIO,
		  MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO, .percent = (uint64_t)(percent + 0.5));
}

static void judge_zone_choice(struct judge *judge)
{
	const char *ratio = memhp_policy_get_value(judge->policy, MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO);

	if (!memhp__judge_is_zone_open(judge))
		return;
	if (memhp__judge_is(judge, MEMHP_POLICY_KEY_ONLINE_POLICY, "auto-movable") && ratio) {
		judge_add(judge, MEMHP_POLICY_CODE_ZONE_BY_RATIO, MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO, MEMHP_TRANSITION_ONLINE);
		judge_ratio(judge, strtod(ratio, NULL));
	} else if (judge->movable_node) {
		judge_add(judge, MEMHP_POLICY_CODE_ZONE_MOVABLE, MEMHP_POLICY_KEY_NONE, MEMHP_TRANSITION_ONLINE,
			  judge->movable_node);
	} else {
		judge_add(judge, MEMHP_POLICY_CODE_ZONE_AROUND, MEMHP_POLICY_KEY_ONLINE_POLICY, MEMHP_TRANSITION_ONLINE);
	}
}

static void judge_memmap(struct judge *judge)
{
	bool is_off = !memhp_policy_get_value(judge->policy, MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY) ||
		      memhp__judge_is(judge, MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY, "N");

	judge_add(judge, is_off ? MEMHP_POLICY_CODE_MEMMAP_ELSEWHERE : MEMHP_POLICY_CODE_MEMMAP_ON_MEMORY,
		  MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY);
}

/* 0 is for ever, as without such a parameter. */
static void judge_offline(struct judge *judge)
{
	const enum memhp_policy_key key = MEMHP_POLICY_KEY_OFFLINE_MIGRATE_MAX_PASSES;

	if (memhp_policy_get_value(judge->policy, key) && !memhp__judge_is(judge, key, "0"))
		judge_add(judge, MEMHP_POLICY_CODE_OFFLINE_GIVES_UP, key);
}

/* UNKNOWN where that depends on something */
static enum memhp_transition find_effect(const struct judge *judge)
{
	const struct memhp_agent *agent;

	if (judge->has_unread)
		return MEMHP_TRANSITION_UNKNOWN;
	for (size_t i = 0; (agent = memhp_agents_get(judge->agents, i)); i++)
		if (memhp__judge_is_rule(judge, agent) && !judge_onlines(memhp_agent_get_effect(agent)))
			return MEMHP_TRANSITION_UNKNOWN;
	if (!judge->word || judge_onlines(judge->kernel))
		return judge->kernel;
	if (!judge->may_online)
		return MEMHP_TRANSITION_OFFLINE;
	for (size_t i = 0; (agent = memhp_agents_get(judge->agents, i)) != judge->winner; i++)
		if (memhp__judge_is_rule(judge, agent) && judge_onlines(memhp_agent_get_effect(agent)))
			return MEMHP_TRANSITION_UNKNOWN;
	return judge->winner ? memhp_agent_get_effect(judge->winner) : MEMHP_TRANSITION_UNKNOWN;
}

static void judge_all(struct judge *judge)
{
	find_winner(judge);
	if (is_partial(judge))
		judge_add(judge, MEMHP_POLICY_CODE_UNREADABLE);
	judge_kernel(judge);
	judge_agents(judge);
	judge_zone_choice(judge);
	judge_memmap(judge);
	judge_offline(judge);
	judge_replays(judge);
	memhp__judge_conflicts(judge);
	judge->findings->effect = find_effect(judge);
}

MEMHP_EXPORT int memhp_policy_findings_new(struct memhp_policy_findings **findings, const struct memhp_policy *policy,
					   const struct memhp_agents *agents, const struct memhp_balance *balance)
{
	int error;
	struct judge judge = { .policy = policy,
			       .agents = agents,
			       .balance = balance,
			       .word = is_strange(policy) ? NULL
							  : memhp_policy_get_value(policy, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS),
			       .kernel = MEMHP_TRANSITION_UNKNOWN,
			       .movable_node = memhp_agents_find_param(agents, "movable_node"),
			       .has_unread = memhp_agents_get_unread(agents, 0, &error),
			       .findings = calloc(1, sizeof(*judge.findings)) };

	if (!judge.findings)
		return -ENOMEM;
	if (judge.word)
		(void)memhp_transition_from_name(judge.word, &judge.kernel);
	judge_all(&judge);
	if (judge.rc < 0) {
		memhp_policy_findings_free(judge.findings);
		return judge.rc;
	}
	*findings = judge.findings;
	return 0;
}
