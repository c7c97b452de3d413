/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl policy check: what happens to new memory, in sentences, and what contradicts */
#include <stdio.h>
#include <string.h>

#include "policy/policy.h"
#include "ui/exit.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/wrap.h"
#include "ui/xalloc.h"

struct check {
	const struct policy *policy;
	const struct memhp_policy_findings *findings;
	int status;
};

static bool is_statement(const struct memhp_policy_finding *finding)
{
	return memhp_policy_finding_get_level(finding) == MEMHP_POLICY_LEVEL_STATEMENT;
}

static bool is_contradiction(const struct memhp_policy_finding *finding)
{
	return memhp_policy_finding_get_level(finding) == MEMHP_POLICY_LEVEL_CONTRADICTION;
}

/* The next one from *i on that is a statement, or is none; NULL at the end */
static const struct memhp_policy_finding *get_next(const struct check *check, bool statements, size_t *i)
{
	const struct memhp_policy_finding *finding;

	do
		finding = memhp_policy_findings_get(check->findings, (*i)++);
	while (finding && is_statement(finding) != statements);
	return finding;
}

static void print_finding(const struct check *check, const struct memhp_policy_finding *finding)
{
	const char *color = is_contradiction(finding) && opts_use_color(check->policy->options) ? COLOR_CARE : NULL;
	const char *word = is_contradiction(finding) ? "Contradiction" : "Note";
	_cleanup_free_ char *text = policy_finding_text(check->policy, finding);
	_cleanup_free_ char *hint = policy_finding_hint(check->policy, finding), *rest = xasprintf(": %s", text);

	print_colored(color, "%s", word);
	wrap_print(stdout, strlen(word), 2, rest);
	if (hint)
		print_sentence(4, "  try: %s", hint);
}

static void print_text(const struct check *check)
{
	const struct memhp_policy_finding *finding;

	for (size_t i = 0; (finding = get_next(check, true, &i));) {
		_cleanup_free_ char *text = policy_finding_text(check->policy, finding);

		print_sentence(2, "%s", text);
	}
	putchar('\n');
	for (size_t i = 0; (finding = get_next(check, false, &i));)
		print_finding(check, finding);
	if (check->status != EXIT_FOUND)
		puts(check->status == EXIT_PARTLY ? "Nothing contradicts, as far as could be read." : "Nothing contradicts.");
}

static void write_findings(const struct check *check, struct json_doc *doc, bool statements)
{
	const struct memhp_policy_finding *finding;

	json_doc_begin_array(doc, statements ? "sentences" : "findings");
	for (size_t i = 0; (finding = get_next(check, statements, &i));) {
		_cleanup_free_ char *text = policy_finding_text(check->policy, finding);
		_cleanup_free_ char *hint = policy_finding_hint(check->policy, finding);
		struct json_object *object = json_new();

		json_set_string(object, "code", memhp_policy_code_name(memhp_policy_finding_get_code(finding)));
		if (!statements)
			json_set_string(object, "severity", memhp_policy_level_name(memhp_policy_finding_get_level(finding)));
		json_set_string(object, "text", text);
		if (!statements)
			json_set_string(object, "hint", hint);
		json_doc_item(doc, object);
	}
	json_doc_end_array(doc);
}

static void write_document(const struct check *check)
{
	struct json_doc doc;

	json_doc_begin_whole(&doc, "policy", false);
	json_doc_string(&doc, "verb", "check");
	json_doc_uint(&doc, "exit_status", (uint64_t)check->status);
	json_doc_string(&doc, "effect", memhp_transition_name(memhp_policy_findings_get_effect(check->findings)));
	write_findings(check, &doc, true);
	write_findings(check, &doc, false);
	policy_write_unread(check->policy, &doc);
	json_doc_end(&doc);
}

static struct memhp_policy_findings *judge(const struct policy *policy)
{
	struct memhp_policy_findings *findings;

	if (memhp_policy_findings_new(&findings, policy->kernel, policy->agents, policy->balance) < 0)
		out_of_memory();
	return findings;
}

int policy_check(const struct policy *policy)
{
	struct memhp_policy_findings *findings = judge(policy);
	struct check check = { policy, findings, policy_is_partial(policy) ? EXIT_PARTLY : EXIT_DONE };
	const struct memhp_policy_finding *finding;

	policy_warn_of_unread(policy);
	for (size_t i = 0; (finding = memhp_policy_findings_get(findings, i)); i++) {
		if (is_contradiction(finding))
			check.status = EXIT_FOUND;
		else if (memhp_policy_finding_get_code(finding) == MEMHP_POLICY_CODE_UNREADABLE && check.status == EXIT_DONE)
			check.status = EXIT_PARTLY;
	}
	if (has_option(policy->options, OPT_JSON))
		write_document(&check);
	else
		print_text(&check);
	memhp_policy_findings_free(findings);
	return check.status;
}

static bool is_about_now(const struct memhp_policy_finding *finding, enum memhp_policy_key key)
{
	enum memhp_policy_code code = memhp_policy_finding_get_code(finding);

	return is_contradiction(finding) && memhp_policy_finding_get_key(finding) == key &&
	       code != MEMHP_POLICY_CODE_TMPFILES_DIFFERS && code != MEMHP_POLICY_CODE_BOOT_DIFFERS;
}

void policy_warn_of_value(const struct policy *policy, enum memhp_policy_key key, const char *value)
{
	const struct memhp_policy_finding *finding;
	struct memhp_policy_findings *findings;
	struct policy changed = *policy;

	if (memhp_policy_new_with(&changed.kernel, policy->kernel, key, value) < 0)
		out_of_memory();
	findings = judge(&changed);
	for (size_t i = 0; (finding = memhp_policy_findings_get(findings, i)); i++) {
		_cleanup_free_ char *text = is_about_now(finding, key) ? policy_finding_text(&changed, finding) : NULL;

		if (text)
			warn("careful: %s", text);
	}
	memhp_policy_findings_free(findings);
	memhp_policy_free(changed.kernel);
}
