// SPDX-License-Identifier: GPL-2.0-or-later
/* Who decides about new memory, by one file: the first byte of an input chooses it (see files), the others are in it. */
#include "ctx.h"
#include "fuzz.h"
#include "libmemhp.h"

static const char *const files[] = {
	"etc/tmpfiles.d/a.conf",
	"etc/daxctl.conf.d/a.conf",
	"etc/udev/rules.d/a.rules",
	"proc/cmdline",
};

static const char lines[] = "blocks 0 zones Normal\nfile etc/tmpfiles.d/a.conf \"\"\nfile etc/daxctl.conf.d/a.conf \"\"\n"
			    "file etc/udev/rules.d/a.rules \"\"\nfile proc/cmdline \"\"\n";

static void check_agent(const struct memhp_agent *agent, const char *file)
{
	const char *key = memhp_agent_get_key(agent), *value = memhp_agent_get_value(agent);
	const char *condition = memhp_agent_get_condition(agent);

	fuzz_check(strcmp(memhp_agent_get_file(agent) + 1, file) == 0);
	fuzz_check(memhp_agent_kind_name(memhp_agent_get_kind(agent)) && memhp_transition_name(memhp_agent_get_effect(agent)));
	fuzz_check(fuzz_is_printable(memhp_agent_get_text(agent), false) && fuzz_is_printable(key ? key : "", false));
	fuzz_check(fuzz_is_printable(value ? value : "", false) && fuzz_is_printable(condition ? condition : "", false));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct memhp_ctx *ctx;
	const struct memhp_agent *agent;
	struct memhp_agents *agents;
	const char *file;

	if (size == 0)
		return 0;
	if (!ctx)
		ctx = fuzz_machine(lines);
	file = files[data[0] % ARRAY_SIZE(files)];
	fuzz_write(file, (const char *)data + 1, size - 1);
	fuzz_check(memhp_agents_new(&agents, ctx) == 0);
	for (size_t i = 0; (agent = memhp_agents_get(agents, i)); i++)
		check_agent(agent, file);
	memhp_agents_free(agents);
	fuzz_write(file, "", 0);
	return 0;
}
