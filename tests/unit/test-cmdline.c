// SPDX-License-Identifier: LGPL-2.1-or-later
#include "read/cmdline.h"

#include <stdio.h>

#include "read/parse.h"
#include "unit.h"

/* Taken apart: all of them one behind the other, as "KEY=VALUE;KEY;" */
static const struct {
	const char *text, *params;
} cmdlines[] = {
	{ "ro quiet\tmem=4G  a=\n", "ro;quiet;mem=4G;a=;" },
	{ "", "" },
	{ " \n", "" },
	/* quotes, of which only the outer ones go */
	{ "a=\"b c\" d", "a=b c;d;" },
	{ "\"a=b c\" d", "a=b c;d;" },
	{ "\"a b\" c", "a b;c;" },
	{ "a=b\" \"c d", "a=b\" \"c;d;" },
	{ "a=\"b\"c d", "a=b\"c;d;" },
	{ "\"a=\"b\" c\" d", "a=b\" c;d;" },
	{ "a=\"b c", "a=b c;" },
	{ "a=\"", "a=;" },
	{ "\"", ";" },
	{ "\"\" a", ";a;" },
	/* the first = that is not the first character */
	{ "a=b=c =d =e=f", "a=b=c;=d;=e=f;" },
	/* what is not the kernel's */
	{ "a -- b", "a;" },
	{ "a \"--\" b", "a;" },
	{ "a --b --=c -- d", "a;--b;--=c;" },
	/* its idea of a space */
	{ "a\vb\fc\xa0"
	  "d",
	  "a;b;c;d;" },
};

START_TEST(parsing)
{
	const char *p = cmdlines[_i].text;
	struct cmdline_param param;
	char text[256] = "";
	size_t used = 0;

	while (memhp__parse_cmdline(&p, &param))
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%.*s%s%.*s;", (int)param.key_length, param.key,
					 param.value ? "=" : "", (int)param.value_length, param.value ? param.value : "");
	ck_assert_str_eq(text, cmdlines[_i].params);
}
END_TEST

static const struct {
	const char *text, *key;
	bool is_key, is_prefix;
} keys[] = {
	{ "movable_node", "movable_node", true, true },   { "movable-node", "movable_node", true, true },
	{ "movable-nodes", "movable_node", false, true }, { "movable", "movable_node", false, false },
	{ "Movable_node", "movable_node", false, false }, { "memmap=1G", "memmap", true, true },
	{ "\"memmap=1G\"", "memmap", true, true },        { "memory-hotplug.memmap-on-memory=1", "memory_hotplug.", false, true },
};

START_TEST(comparing)
{
	const char *p = keys[_i].text;
	struct cmdline_param param;

	ck_assert(memhp__parse_cmdline(&p, &param));
	ck_assert(memhp__cmdline_is(&param, keys[_i].key) == keys[_i].is_key);
	ck_assert(memhp__cmdline_has_prefix(&param, keys[_i].key) == keys[_i].is_prefix);
}
END_TEST

static const struct {
	const char *machine;
	int rc;
	const char *text;
	int redraws;
} files[] = {
	{ "cmdline \"ro quiet\"\n", 0, "ro quiet", 0 },
	{ "cmdline \"ro mem=4G\"\n", 0, "ro mem=4G", 1 },
	{ "cmdline \"memmap=exactmap\"\n", 0, "memmap=exactmap", 1 },
	{ "cmdline \"efi-fake-mem=1G@1G:0x1\"\n", 0, "efi-fake-mem=1G@1G:0x1", 1 },
	{ "cmdline \"add_efi_memmap\"\n", 0, "add_efi_memmap", 1 },
	{ "cmdline \"\\\"memmap=1G$1G\\\"\"\n", 0, "\"memmap=1G$1G\"", 1 },
	{ "cmdline \"a=\\\"b mem=1G\\\"\"\n", 0, "a=\"b mem=1G\"", 0 },
	{ "cmdline \"-- mem=1G\"\n", 0, "-- mem=1G", 0 },
	{ "cmdline \"memtest xmem=1 mem.x=1\"\n", 0, "memtest xmem=1 mem.x=1", 0 },
	{ "file proc/cmdline \"\"\n", 0, "", 0 },
	{ "remove proc/cmdline\n", -ENOENT, NULL, 0 },
	/* not known is not no */
	{ "file proc/cmdline \"ro\\x00\\n\"\n", -EBADMSG, NULL, -EBADMSG },
	{ "dir proc/cmdline\n", -EISDIR, NULL, -EISDIR },
	{ "link proc/cmdline /proc/cmdline\n", -ELOOP, NULL, -ELOOP },
	{ "file proc odd\n", -ENOTDIR, NULL, -ENOTDIR },
};

START_TEST(reading)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_free_ char *text = NULL;

	machine_make(&machine, files[_i].machine);
	ck_assert_int_eq(memhp__cmdline_read(machine.ctx, &text), files[_i].rc);
	ck_assert_pstr_eq(text, files[_i].text);
	ck_assert_int_eq(memhp__cmdline_redraws_map(machine.ctx), files[_i].redraws);
}
END_TEST

/* Parameters among those who decide about new memory */
static const struct {
	const char *machine;
	const char *keys[4], *values[4];
	enum memhp_transition effects[4];
} agents[] = {
	{ "cmdline \"ro movable-node kernelcore=1G\"\n", { "movable_node", "kernelcore" }, { NULL, "1G" }, { 0 } },
	{ "cmdline \"\\\"memhp_default_state=online\\\"\"\n",
	  { "memhp_default_state" },
	  { "online" },
	  { MEMHP_TRANSITION_ONLINE } },
	{ "cmdline \"a=\\\"b movable_node\\\" -- movable_node\"\n", { NULL }, { NULL }, { 0 } },
	/* the last one counts, of those that are known; what others do behind it is not known */
	{ "cmdline \"memhp_default_state=online memhp-default-state=offline memhp_default_state=odd\"\n",
	  { "memhp_default_state", "memhp_default_state", "memhp_default_state" },
	  { "online", "offline", "odd" },
	  { MEMHP_TRANSITION_NONE, MEMHP_TRANSITION_OFFLINE, MEMHP_TRANSITION_UNKNOWN } },
	{ "cmdline \"memhp_default_state=odd memhp_default_state=online\"\n",
	  { "memhp_default_state", "memhp_default_state" },
	  { "odd", "online" },
	  { MEMHP_TRANSITION_NONE, MEMHP_TRANSITION_ONLINE } },
	{ "remove proc/cmdline\n", { NULL }, { NULL }, { 0 } },
	{ "file proc/cmdline \"movable_node\\x00\"\n", { NULL }, { NULL }, { 0 } },
};

START_TEST(deciding)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_agents_ struct memhp_agents *found = NULL;
	size_t i = 0;

	machine_make(&machine, agents[_i].machine);
	ck_assert_int_eq(memhp_agents_new(&found, machine.ctx), 0);
	for (; agents[_i].keys[i]; i++) {
		const struct memhp_agent *agent = memhp_agents_get(found, i);

		ck_assert_ptr_nonnull(agent);
		ck_assert_str_eq(memhp_agent_get_key(agent), agents[_i].keys[i]);
		ck_assert_pstr_eq(memhp_agent_get_value(agent), agents[_i].values[i]);
		ck_assert_int_eq(memhp_agent_get_effect(agent), agents[_i].effects[i]);
	}
	ck_assert_ptr_null(memhp_agents_get(found, i));
}
END_TEST

UNIT("cmdline", tests)
{
	add_table(tests, parsing, cmdlines);
	add_table(tests, comparing, keys);
	add_table(tests, reading, files);
	add_table(tests, deciding, agents);
}
