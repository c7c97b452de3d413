// SPDX-License-Identifier: 0BSD
/*
 * What becomes of memory that is added now, and what contradicts: memctl policy check by the library alone, for programs.
 *
 *	cc -o policy-check policy-check.c $(pkg-config --cflags --libs libmemhp)
 *	./policy-check [DIRECTORY]
 *
 * Prints a line for each finding; the exit status is 5 when something contradicts, else 64 when not all could be read.
 */
#include <libmemhp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_agent(const struct memhp_agent *agent)
{
	if (!agent)
		return;
	printf(" %s:%s:%u", memhp_agent_kind_name(memhp_agent_get_kind(agent)), memhp_agent_get_file(agent),
	       memhp_agent_get_line(agent));
	if (memhp_agent_get_key(agent))
		printf(":%s", memhp_agent_get_key(agent));
}

static void print_finding(const struct memhp_policy_finding *finding, const struct memhp_policy *policy)
{
	enum memhp_policy_key key = memhp_policy_finding_get_key(finding);
	const char *value = memhp_policy_get_value(policy, key);

	printf("%s %s %s", memhp_policy_level_name(memhp_policy_finding_get_level(finding)),
	       memhp_policy_code_name(memhp_policy_finding_get_code(finding)),
	       memhp_transition_name(memhp_policy_finding_get_effect(finding)));
	if (value)
		printf(" %s=%s", memhp_policy_key_name(key), value);
	print_agent(memhp_policy_finding_get_agent(finding));
	print_agent(memhp_policy_finding_get_other_agent(finding));
	putchar('\n');
}

static int check(const struct memhp_policy *policy, const struct memhp_agents *agents, const struct memhp_balance *balance)
{
	const struct memhp_policy_finding *finding;
	struct memhp_policy_findings *findings;
	int status = 0, rc = memhp_policy_findings_new(&findings, policy, agents, balance);

	if (rc < 0)
		return rc;
	for (size_t i = 0; (finding = memhp_policy_findings_get(findings, i)); i++) {
		print_finding(finding, policy);
		if (memhp_policy_finding_get_level(finding) == MEMHP_POLICY_LEVEL_CONTRADICTION)
			status = 5;
		else if (memhp_policy_finding_get_code(finding) == MEMHP_POLICY_CODE_UNREADABLE && status == 0)
			status = 64;
	}
	printf("effect %s\n", memhp_transition_name(memhp_policy_findings_get_effect(findings)));
	memhp_policy_findings_free(findings);
	return status;
}

int main(int argc, char *argv[])
{
	struct memhp_ctx *ctx = NULL;
	struct memhp_policy *policy = NULL;
	struct memhp_agents *agents = NULL;
	struct memhp_balance *balance = NULL;
	int status = memhp_ctx_new(&ctx, argc > 1 ? argv[1] : NULL);

	if (status == 0)
		status = memhp_policy_new(&policy, ctx);
	if (status == 0)
		status = memhp_agents_new(&agents, ctx);
	if (status == 0 && memhp_balance_new(&balance, ctx) < 0)
		fputs("the ratio of movable memory is not known\n", stderr);
	if (status == 0)
		status = check(policy, agents, balance);
	memhp_balance_free(balance);
	memhp_agents_free(agents);
	memhp_policy_free(policy);
	memhp_ctx_unref(ctx);
	if (status >= 0)
		return status;
	fprintf(stderr, "%s\n", strerror(-status));
	return EXIT_FAILURE;
}
