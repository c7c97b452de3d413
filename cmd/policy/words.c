/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sentences of memctl policy check: one for each code of the library's judgement, with {words} that are filled in */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"
#include "ui/advice.h"
#include "ui/xalloc.h"

/* clang-format off */
static const char *const sentences[] = {
	[MEMHP_POLICY_CODE_KERNEL_UNKNOWN] = "What the kernel does with new memory is not known: {path} {lack}.",
	[MEMHP_POLICY_CODE_KERNEL_ONLINES] = "The kernel brings new memory online at once, {zone} ({setting}).",
	[MEMHP_POLICY_CODE_KERNEL_LEAVES] = "The kernel leaves new memory offline ({setting}).",
	[MEMHP_POLICY_CODE_RULE_ONLINES] = "Then the udev rule {source} brings it online, {zone}{condition}.",
	[MEMHP_POLICY_CODE_RULE_LATE] =
		"The udev rule {source}, which would bring it online {zone}{condition}, finds it online already.",
	[MEMHP_POLICY_CODE_RULE_OFFLINES] = "Then the udev rule {source} takes it offline{timing}{condition}.",
	[MEMHP_POLICY_CODE_RULE_KEEPS_OFFLINE] = "The udev rule {source} takes it offline whenever it comes online{condition}.",
	[MEMHP_POLICY_CODE_DAXCTL_ONLINES] =
		"daxctl brings the memory of its section \"{agent}\" online, {zone}, when it finds it offline ({source}).",
	[MEMHP_POLICY_CODE_DAXCTL_LEAVES] = "daxctl leaves the memory of its section \"{agent}\" to others ({source}).",
	[MEMHP_POLICY_CODE_DLPAR_ONLINES] = "Memory that DLPAR adds is brought online whatever the policy says.",
	[MEMHP_POLICY_CODE_STAYS_OFFLINE] = "It stays offline until somebody onlines it.",
	[MEMHP_POLICY_CODE_STAYS_OTHERWISE] = "Otherwise it stays offline until somebody onlines it.",
	[MEMHP_POLICY_CODE_KEPT_OFFLINE] = "So it stays offline.",
	[MEMHP_POLICY_CODE_ZONE_BY_RATIO] =
		"The kernel chooses ZONE_MOVABLE while movable memory is below {value}% of the kernel memory of boot, then a "
		"kernel zone (online_policy=auto-movable, {setting}).",
	[MEMHP_POLICY_CODE_ZONE_MOVABLE] =
		"The kernel chooses ZONE_MOVABLE, except between blocks of a kernel zone ({agent} on its command line).",
	[MEMHP_POLICY_CODE_ZONE_AROUND] =
		"The kernel chooses the zone of the memory around it, else a kernel zone{contiguous}.",
	[MEMHP_POLICY_CODE_MEMMAP_ON_MEMORY] =
		"New memory holds its own memory map where that is possible ({setting}).",
	[MEMHP_POLICY_CODE_MEMMAP_ELSEWHERE] =
		"Its memory map takes {share} of its size from memory that is online already.",
	[MEMHP_POLICY_CODE_OFFLINE_GIVES_UP] =
		"An offline ends with EBUSY when pages are still in its way after so many turns of moving them ({setting}).",
	[MEMHP_POLICY_CODE_RULES_ONCE] =
		"Rules act on new blocks only; \"udevadm trigger -c add -s memory\" runs them again for the blocks that are there.",
	[MEMHP_POLICY_CODE_RULE_AGAIN] = "The udev rule {source} would then {replay}{condition}.",

	[MEMHP_POLICY_CODE_UNREADABLE] =
		"not all that decides could be read or understood: this may be incomplete, and something may contradict",
	[MEMHP_POLICY_CODE_UDEV_UNKNOWN] =
		"the udev rule {source} runs a program, or writes an unknown value{timing}{condition}: {text}",
	[MEMHP_POLICY_CODE_RATIO] = "movable memory is about {percent}% of kernel memory now",
	[MEMHP_POLICY_CODE_RATIO_REACHED] = "movable memory is about {percent}% of kernel memory now: the ratio is reached, new "
					    "memory goes to a kernel zone",

	[MEMHP_POLICY_CODE_UDEV_ONLINES] =
		"{setting} leaves new memory offline, but the udev rule {source} onlines it ({effect}{condition}): the rule wins",
	[MEMHP_POLICY_CODE_UDEV_OFFLINES] =
		"{setting} onlines new memory, but the udev rule {source} takes it offline{condition}: the rule comes later and "
		"wins",
	[MEMHP_POLICY_CODE_TIMING] =
		"{setting} onlines new memory, but the udev rule {source} takes it offline when it finds it {found}{condition}: "
		"that depends on timing",
	[MEMHP_POLICY_CODE_UDEV_ZONE] =
		"{setting} and the udev rule {source} ({effect}{condition}) want different zones: the kernel comes first and "
		"wins",
	[MEMHP_POLICY_CODE_MOVABLE_NODE] = "movable_node is to keep added memory movable, but {foe}",
	[MEMHP_POLICY_CODE_DAXCTL_REFUSES] =
		"{setting} onlines new memory, but daxctl's section \"{agent}\" ({source}) wants {wish}: daxctl refuses, and the "
		"device does not become memory",
	[MEMHP_POLICY_CODE_DLPAR] = "{setting} leaves new memory offline, but DLPAR onlines what it adds: DLPAR wins",
	[MEMHP_POLICY_CODE_DRIVER_NEEDS_ONLINE] = "{setting} leaves new memory offline, but {need}",
	[MEMHP_POLICY_CODE_ONLINE_POLICY_UNUSED] =
		"{setting} has no effect on new memory: {unused}",
	[MEMHP_POLICY_CODE_TMPFILES_DIFFERS] = "{key} is {value} now, but {source} makes it {wanted} at the next boot",
	[MEMHP_POLICY_CODE_BOOT_DIFFERS] =
		"{key} is {value} now, but {text} is on the kernel's command line: the next boot brings that back",
	[MEMHP_POLICY_CODE_MEMMAP_NOT_EFFECTIVE] =
		"{text} is on the kernel's command line, but {memmap}: this kernel or machine cannot do it",
};

/* What to do about a contradiction */
static const char *const hints[] = {
	[MEMHP_POLICY_CODE_UDEV_ONLINES] = "memctl policy set auto_online_blocks={effect}, or take the rule out of {source}",
	[MEMHP_POLICY_CODE_UDEV_OFFLINES] = "memctl policy set auto_online_blocks=offline, or take the rule out of {source}",
	[MEMHP_POLICY_CODE_TIMING] = "memctl policy set auto_online_blocks=offline, or take the rule out of {source}",
	[MEMHP_POLICY_CODE_UDEV_ZONE] = "memctl policy set auto_online_blocks={effect}, or take the rule out of {source}",
	[MEMHP_POLICY_CODE_MOVABLE_NODE] = "{remedy}",
	[MEMHP_POLICY_CODE_DAXCTL_REFUSES] =
		"memctl policy set auto_online_blocks=offline, or take the section out of {source}",
	[MEMHP_POLICY_CODE_DLPAR] = "memctl policy set auto_online_blocks=online, which says what happens",
	[MEMHP_POLICY_CODE_DRIVER_NEEDS_ONLINE] = "memctl policy set auto_online_blocks=online --persist",
	[MEMHP_POLICY_CODE_ONLINE_POLICY_UNUSED] = "memctl policy set auto_online_blocks=online, which leaves the zone to it",
	[MEMHP_POLICY_CODE_TMPFILES_DIFFERS] = "memctl policy set {key}={wanted} to have it now, or change {source}",
	[MEMHP_POLICY_CODE_BOOT_DIFFERS] =
		"memctl policy set {key}={value} --persist, whose value comes after the command line's, or change that",
	[MEMHP_POLICY_CODE_MEMMAP_NOT_EFFECTIVE] = "take it off the kernel's command line",
};
/* clang-format on */

struct subject {
	const struct policy *policy;
	const struct memhp_policy_finding *finding;
	enum memhp_policy_key key;
	const char *value;               /* of the key; NULL: not known */
	const struct memhp_agent *agent; /* NULL for none */
};

static char *get_key(const struct subject *s)
{
	return xstrdup(memhp_policy_key_name(s->key));
}

static char *get_value(const struct subject *s)
{
	return xstrdup(s->value);
}

static char *get_setting(const struct subject *s)
{
	return xasprintf("%s=%s", memhp_policy_key_name(s->key), s->value);
}

static char *get_path(const struct subject *s)
{
	return xstrdup(policy_path(s->key));
}

static char *get_lack(const struct subject *s)
{
	bool is_absent = memhp_policy_get_error(s->policy->kernel, s->key) == -EOPNOTSUPP;

	if (s->value)
		return xasprintf("says \"%s\"", s->value);
	return xstrdup(is_absent ? "is not there" : "cannot be read");
}

static char *get_agent(const struct subject *s)
{
	return xstrdup(memhp_agent_get_key(s->agent));
}

static char *get_source(const struct subject *s)
{
	return policy_source(s->agent);
}

/* Of what a rule says so much as a sentence has room for: its file has all of it. */
static char *cut(const char *text, int longest)
{
	bool is_long = strlen(text) > (size_t)longest;

	return xasprintf("%.*s%s", is_long ? longest - 3 : longest, text, is_long ? "..." : "");
}

static char *get_text(const struct subject *s)
{
	return cut(memhp_agent_get_text(s->agent), 70);
}

static char *get_wanted(const struct subject *s)
{
	return xstrdup(memhp_agent_get_value(s->agent));
}

static char *get_condition(const struct subject *s)
{
	const char *condition = memhp_agent_get_condition(s->agent);
	_cleanup_free_ char *text = condition ? cut(condition, 40) : NULL;

	return xasprintf("%s%s", text ? ", " : "", text ? text : "");
}

static char *get_timing(const struct subject *s)
{
	return xstrdup(memhp_policy_finding_is_timing(s->finding) ? ", depending on timing" : "");
}

static char *get_found(const struct subject *s)
{
	return xstrdup(memhp_agent_get_moments(s->agent) == MEMHP_MOMENT_ADD_ONLINE ? "online already" : "still offline");
}

static enum memhp_transition effect_of(const struct subject *s)
{
	return s->agent ? memhp_agent_get_effect(s->agent) : memhp_policy_finding_get_effect(s->finding);
}

static char *get_effect(const struct subject *s)
{
	return xstrdup(memhp_transition_name(effect_of(s)));
}

static char *get_zone(const struct subject *s)
{
	switch (effect_of(s)) {
	case MEMHP_TRANSITION_ONLINE_KERNEL:
		return xstrdup("to a kernel zone");
	case MEMHP_TRANSITION_ONLINE_MOVABLE:
		return xstrdup("to ZONE_MOVABLE");
	default:
		return xstrdup("to the zone that the kernel chooses");
	}
}

static char *get_replay(const struct subject *s)
{
	_cleanup_free_ char *zone = get_zone(s);

	if (effect_of(s) == MEMHP_TRANSITION_OFFLINE)
		return xstrdup("take offline what is online");
	return xasprintf("bring online what is offline, %s", zone);
}

static char *get_contiguous(const struct subject *s)
{
	return xstrdup(s->value ? " (online_policy=contig-zones)" : "");
}

/* The kernel has a record of 64 bytes for each page. */
static char *get_share(const struct subject *s)
{
	const uint64_t record = 64;
	uint64_t page_size;

	if (memhp_ctx_read_page_size(s->policy->ctx, &page_size) < 0)
		return xstrdup("up to 1/64");
	return xasprintf("1/%" PRIu64, page_size / record);
}

static char *get_percent(const struct subject *s)
{
	return xasprintf("%" PRIu64, memhp_policy_finding_get_percent(s->finding));
}

/* Against movable_node */
static char *get_foe(const struct subject *s)
{
	_cleanup_free_ char *setting = get_setting(s), *source = NULL, *condition = NULL;

	if (!s->agent)
		return xasprintf("%s %s and wins", setting,
				 s->key == MEMHP_POLICY_KEY_ONLINE_POLICY ? "goes by its ratio alone"
									  : "brings it to a kernel zone");
	source = policy_source(s->agent);
	condition = get_condition(s);
	return xasprintf("the udev rule %s brings it to a kernel zone%s: the rule wins", source, condition);
}

static char *get_remedy(const struct subject *s)
{
	_cleanup_free_ char *source = s->agent ? policy_source(s->agent) : NULL;

	if (source)
		return xasprintf("take the rule out of %s", source);
	return advice(s->key == MEMHP_POLICY_KEY_ONLINE_POLICY ? "memctl policy set online_policy=contig-zones"
							       : "memctl policy set auto_online_blocks=online");
}

static char *get_wish(const struct subject *s)
{
	return xstrdup(effect_of(s) == MEMHP_TRANSITION_OFFLINE ? "it offline" : "to bring it to ZONE_MOVABLE itself");
}

static char *get_need(const struct subject *s)
{
	static const struct {
		const char *driver, *need;
	} needs[] = {
		{ "virtio_mem", "virtio-mem stops adding memory when too much of it is offline" },
		{ "hv_balloon", "the Hyper-V balloon waits for each part to come online before it adds the next" },
		{ "xen_memory", "the Xen balloon can use new memory only when it is online" },
	};
	const char *driver = memhp_agent_get_key(s->agent);

	for (size_t i = 0; i < ARRAY_SIZE(needs); i++)
		if (strcmp(driver, needs[i].driver) == 0)
			return xstrdup(needs[i].need);
	return xasprintf("%s needs it online", driver);
}

static char *get_unused(const struct subject *s)
{
	const char *word = memhp_policy_get_value(s->policy->kernel, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS);

	return xstrdup(strcmp(word, "offline") == 0 ? "nothing onlines it without naming a zone"
						    : "auto_online_blocks names a zone itself");
}

static char *get_memmap(const struct subject *s)
{
	return xstrdup(s->value ? "memmap_on_memory is N" : "there is no memmap_on_memory");
}

static const struct {
	const char *name;
	char *(*get)(const struct subject *subject);
} words[] = {
	{ "key", get_key },       { "value", get_value },         { "setting", get_setting }, { "path", get_path },
	{ "lack", get_lack },     { "agent", get_agent },         { "source", get_source },   { "text", get_text },
	{ "wanted", get_wanted }, { "condition", get_condition }, { "timing", get_timing },   { "found", get_found },
	{ "effect", get_effect }, { "zone", get_zone },           { "replay", get_replay },   { "contiguous", get_contiguous },
	{ "share", get_share },   { "percent", get_percent },     { "foe", get_foe },         { "wish", get_wish },
	{ "need", get_need },     { "unused", get_unused },       { "memmap", get_memmap },   { "remedy", get_remedy },
};

static void write_word(FILE *out, const struct subject *subject, const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strlen(words[i].name) == length && memcmp(words[i].name, name, length) == 0) {
			_cleanup_free_ char *word = words[i].get(subject);

			fputs(word, out);
		}
	}
}

/* The sentence with its words filled in */
static char *fill_in(const struct policy *policy, const struct memhp_policy_finding *finding, const char *sentence)
{
	struct subject subject = { .policy = policy,
				   .finding = finding,
				   .key = memhp_policy_finding_get_key(finding),
				   .agent = memhp_policy_finding_get_agent(finding) };
	/* Not what is filled in: a rule is quoted as it stands. */
	_cleanup_free_ char *advised = xcheck(advice_try(sentence));
	char *text;
	size_t size;
	FILE *out = xopen_memstream(&text, &size);

	subject.value = memhp_policy_get_value(policy->kernel, subject.key);
	for (const char *p = advised; *p; p++) {
		size_t length = *p == '{' ? strcspn(p, "}") - 1 : 0;

		if (length)
			write_word(out, &subject, p + 1, length);
		else
			fputc(*p, out);
		p += length ? length + 1 : 0;
	}
	xclose_memstream(out);
	return text;
}

char *policy_finding_text(const struct policy *policy, const struct memhp_policy_finding *finding)
{
	enum memhp_policy_code code = memhp_policy_finding_get_code(finding);

	/* Of a library that is newer */
	if (code >= ARRAY_SIZE(sentences))
		return xstrdup(memhp_policy_code_name(code));
	return fill_in(policy, finding, sentences[code]);
}

char *policy_finding_hint(const struct policy *policy, const struct memhp_policy_finding *finding)
{
	enum memhp_policy_code code = memhp_policy_finding_get_code(finding);

	return code < ARRAY_SIZE(hints) && hints[code] ? fill_in(policy, finding, hints[code]) : NULL;
}
