/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl policy check: what happens to new memory, in sentences, and what contradicts */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/findings.h"
#include "ui/exit.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

#define say(check, ...) check_add(check, SENTENCE, NULL, __VA_ARGS__)

static const char *zone_phrase(enum memhp_effect effect)
{
	switch (effect) {
	case MEMHP_EFFECT_ONLINE_KERNEL:
		return "to a kernel zone";
	case MEMHP_EFFECT_ONLINE_MOVABLE:
		return "to ZONE_MOVABLE";
	default:
		return "to the zone that the kernel chooses";
	}
}

/* A rule that acts for sure keeps those behind it from finding an offline block. */
static void find_winner(struct check *check)
{
	const struct memhp_agent *agent;

	for (size_t i = 0; (agent = check_agent(check, i)); i++) {
		bool onlines = (check_is_rule(check, agent) || check_is_driver(agent, "dlpar")) &&
			       check_onlines(memhp_agent_get_effect(agent));

		check->may_online |= onlines;
		if (onlines && !check->winner && !memhp_agent_get_condition(agent))
			check->winner = agent;
	}
}

/* Movable memory in percent of kernel memory; negative when it is not known */
static double percent_movable(const struct check *check)
{
	const struct memhp_balance *balance = check->policy->balance;

	if (!balance || memhp_balance_get_kernel_bytes(balance) == 0)
		return -1;
	return 100.0 * (double)memhp_balance_get_movable_bytes(balance) / (double)memhp_balance_get_kernel_bytes(balance);
}

static void say_zone_choice(struct check *check)
{
	const char *ratio = check_value(check, MEMHP_POLICY_AUTO_MOVABLE_RATIO);
	double percent = percent_movable(check);

	if (!check_plain_used(check))
		return;
	if (check_is(check, MEMHP_POLICY_ONLINE_POLICY, "auto-movable") && ratio) {
		bool reached = percent >= strtod(ratio, NULL);

		say(check,
		    "Where the kernel chooses, that is ZONE_MOVABLE as long as movable memory is less than %s%% of the "
		    "kernel memory "
		    "of boot, then a kernel zone (online_policy=auto-movable, auto_movable_ratio=%s).",
		    ratio, ratio);
		if (percent >= 0)
			check_add(check, NOTE, reached ? "ratio-reached" : "ratio",
				  "movable memory is about %.0f%% of kernel memory now%s", percent,
				  reached ? ": the ratio is reached, new memory goes to a kernel zone" : "");
	} else if (policy_find_param(check->policy, "movable_node")) {
		say(check, "Where the kernel chooses, that is ZONE_MOVABLE, except amidst memory of a kernel zone (movable_node on "
			   "the kernel's command line).");
	} else {
		say(check, "Where the kernel chooses, that is the zone of the memory around it, else a kernel zone%s.",
		    check_value(check, MEMHP_POLICY_ONLINE_POLICY) ? " (online_policy=contig-zones)" : "");
	}
}

static void say_kernel(struct check *check)
{
	int error = memhp_policy_get_error(check->policy->kernel, MEMHP_POLICY_AUTO_ONLINE_BLOCKS);

	if (!check->word)
		say(check, "What the kernel does with new memory is not known: %s %s.",
		    policy_path(MEMHP_POLICY_AUTO_ONLINE_BLOCKS), error == -EOPNOTSUPP ? "is not there" : "cannot be read");
	else if (check_onlines(check->kernel))
		say(check, "The kernel brings new memory online at once, %s (auto_online_blocks=%s).", zone_phrase(check->kernel),
		    check->word);
	else
		say(check, "The kernel leaves new memory offline (auto_online_blocks=%s).", check->word);
}

static void say_rule(struct check *check, const struct memhp_agent *agent)
{
	enum memhp_effect effect = memhp_agent_get_effect(agent);
	_cleanup_free_ char *source = policy_source(agent), *condition = check_condition(agent);
	const char *timing = check_depends_on_timing(check, agent) ? ", depending on timing" : "";

	if (effect == MEMHP_EFFECT_UNKNOWN)
		check_add(check, NOTE, "udev-unknown",
			  "the udev rule %s runs a program about it, or writes what is not known here%s%s: %s", source, timing,
			  condition, memhp_agent_get_text(agent));
	else if (effect == MEMHP_EFFECT_OFFLINE && memhp_agent_get_moments(agent) == MEMHP_MOMENT_ONLINE)
		say(check, "The udev rule %s takes it offline whenever it comes online%s.", source, condition);
	else if (effect == MEMHP_EFFECT_OFFLINE)
		say(check, "Then the udev rule %s takes it offline%s%s.", source, timing, condition);
	else if (check_onlines(check->kernel))
		say(check, "The udev rule %s, which would bring it online %s%s, finds it online already.", source,
		    zone_phrase(effect), condition);
	else
		say(check, "Then the udev rule %s brings it online, %s%s.", source, zone_phrase(effect), condition);
}

static void say_section(struct check *check, const struct memhp_agent *agent)
{
	enum memhp_effect effect = memhp_agent_get_effect(agent);
	_cleanup_free_ char *source = NULL;

	/* What daxctl refuses is told as a contradiction. */
	if (check_onlines(check->kernel) && effect != MEMHP_EFFECT_ONLINE_KERNEL)
		return;
	source = policy_source(agent);
	if (check_onlines(effect))
		say(check, "daxctl brings the memory of its section \"%s\" online, %s, when it finds it offline (%s).",
		    memhp_agent_get_key(agent), zone_phrase(effect), source);
	else
		say(check, "daxctl leaves the memory of its section \"%s\" to others (%s).", memhp_agent_get_key(agent), source);
}

static void say_agents(struct check *check)
{
	const struct memhp_agent *agent;
	bool is_kept = false;

	for (size_t i = 0; (agent = check_agent(check, i)); i++) {
		is_kept |= memhp_agent_get_effect(agent) == MEMHP_EFFECT_OFFLINE &&
			   memhp_agent_get_moments(agent) & MEMHP_MOMENT_ONLINE;
		if (check_is_rule(check, agent))
			say_rule(check, agent);
		else if (memhp_agent_get_kind(agent) == MEMHP_AGENT_DAXCTL)
			say_section(check, agent);
		else if (check_is_driver(agent, "dlpar"))
			say(check, "Memory that DLPAR adds is brought online whatever the policy says.");
	}
	if (check->word && !check_onlines(check->kernel) && !check->winner)
		say(check, check->may_online || check_has_unread_agents(check)
				   ? "Otherwise it stays offline until somebody onlines it."
			   : is_kept ? "So it stays offline."
				     : "It stays offline until somebody onlines it.");
}

/* The kernel has a record of 64 bytes for each page. */
static void say_share(struct check *check)
{
	const uint64_t record = 64;
	uint64_t page_size;

	if (memhp_ctx_read_page_size(check->policy->ctx, &page_size) < 0)
		say(check, "The kernel's records about it take up to 1/64 of its size from memory that is online already.");
	else
		say(check, "The kernel's records about it take 1/%" PRIu64 " of its size from memory that is online already.",
		    page_size / record);
}

static void say_memmap(struct check *check)
{
	const char *value = check_value(check, MEMHP_POLICY_MEMMAP_ON_MEMORY);

	if (value && strcmp(value, "N") != 0)
		say(check, "New memory holds the kernel's records about itself where that is possible (memmap_on_memory=%s).",
		    value);
	else
		say_share(check);
}

static void look(struct check *check)
{
	find_winner(check);
	if (policy_is_partial(check->policy))
		check_add(check, NOTE, "unreadable",
			  "not all that decides could be read: what is said here may not be all, and something may contradict");
	say_kernel(check);
	say_agents(check);
	say_zone_choice(check);
	say_memmap(check);
	check_contradictions(check);
}

/* What surely becomes of new memory; UNKNOWN where that depends */
static enum memhp_effect final_effect(const struct check *check)
{
	const struct memhp_agent *agent;

	if (check_has_unread_agents(check))
		return MEMHP_EFFECT_UNKNOWN;
	for (size_t i = 0; (agent = check_agent(check, i)); i++)
		if (check_is_rule(check, agent) && memhp_agent_get_effect(agent) <= MEMHP_EFFECT_OFFLINE)
			return MEMHP_EFFECT_UNKNOWN;
	if (!check->word || check_onlines(check->kernel))
		return check->kernel;
	if (!check->may_online)
		return MEMHP_EFFECT_OFFLINE;
	for (size_t i = 0; (agent = check_agent(check, i)) != check->winner; i++)
		if (check_is_rule(check, agent) && check_onlines(memhp_agent_get_effect(agent)))
			return MEMHP_EFFECT_UNKNOWN;
	return check->winner ? memhp_agent_get_effect(check->winner) : MEMHP_EFFECT_UNKNOWN;
}

static void print_text(const struct check *check)
{
	const char *color = opts_use_color(check->policy->options) ? "brown" : NULL;
	size_t contradictions = 0;

	for (size_t i = 0; i < check->num_lines; i++)
		if (check->lines[i].severity == SENTENCE)
			puts(check->lines[i].text);
	putchar('\n');
	for (size_t i = 0; i < check->num_lines; i++) {
		const struct line *line = &check->lines[i];

		if (line->severity == SENTENCE)
			continue;
		if (line->severity == CONTRADICTION)
			print_colored(color, "Contradiction");
		else
			printf("Note");
		printf(": %s\n", line->text);
		contradictions += line->severity == CONTRADICTION;
	}
	if (!contradictions)
		puts(policy_is_partial(check->policy) ? "Nothing contradicts, as far as could be read." : "Nothing contradicts.");
}

static void write_document(const struct check *check, int status)
{
	struct json_doc doc;

	json_doc_begin_whole(&doc, "policy", false);
	json_doc_string(&doc, "verb", "check");
	json_doc_uint(&doc, "exit_status", (uint64_t)status);
	json_doc_string(&doc, "effect", memhp_effect_name(final_effect(check)));
	json_doc_begin_array(&doc, "sentences");
	for (size_t i = 0; i < check->num_lines; i++) {
		struct json_object *object;

		if (check->lines[i].severity != SENTENCE)
			continue;
		object = json_new();
		json_set_string(object, "text", check->lines[i].text);
		json_doc_item(&doc, object);
	}
	json_doc_end_array(&doc);
	json_doc_begin_array(&doc, "findings");
	for (size_t i = 0; i < check->num_lines; i++) {
		struct json_object *object;

		if (check->lines[i].severity == SENTENCE)
			continue;
		object = json_new();
		json_set_string(object, "code", check->lines[i].code);
		json_set_string(object, "severity", check->lines[i].severity == NOTE ? "note" : "contradiction");
		json_set_string(object, "text", check->lines[i].text);
		json_doc_item(&doc, object);
	}
	json_doc_end_array(&doc);
	policy_write_unread(check->policy, &doc);
	json_doc_end(&doc);
}

int policy_check(const struct policy *policy)
{
	struct check check = { .policy = policy, .word = memhp_policy_get_value(policy->kernel, MEMHP_POLICY_AUTO_ONLINE_BLOCKS) };
	int status = policy_is_partial(policy) ? EXIT_PARTLY : EXIT_DONE;

	policy_warn_of_unread(policy);
	check.kernel = check.word ? check_effect(check.word) : MEMHP_EFFECT_UNKNOWN;
	look(&check);
	for (size_t i = 0; i < check.num_lines; i++)
		if (check.lines[i].severity == CONTRADICTION)
			status = EXIT_FOUND;
	if (has_option(policy->options, OPT_JSON))
		write_document(&check, status);
	else
		print_text(&check);
	check_release(&check);
	return status;
}
