// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>

#include "read/udev-rules.h"
#include "unit.h"

#define MEMORY "SUBSYSTEM==\"memory\", "
#define ONLINE "ATTR{state}=\"online\""

static const struct {
	const char *pattern, *text;
	bool ignores_case, matches;
} globs[] = {
	{ "memory", "memory", false, true },
	{ "memory", "memory3", false, false },
	{ "memory[0-9]*", "memory32", false, true },
	{ "memory[!0-9]*", "memory32", false, false },
	{ "cpu|memory", "memory", false, true },
	{ "cpu|mem", "memory", false, false },
	{ "|x", "", false, true },
	{ "", "", false, true },
	{ "", "x", false, false },
	{ "?*", "", false, false },
	{ "?*", "x", false, true },
	{ "*", "", false, true },
	{ "MeM*", "memory", true, true },
	{ "MeM*", "memory", false, false },
	{ "a\\*b", "a*b", false, true },
	{ "a\\*b", "axb", false, false },
	{ "[", "[", false, true },
	{ "[]]", "]", false, true },
	{ "[!]]", "]", false, false },
	{ "[!]]", "x", false, true },
	{ "[^x]", "y", false, true },
	{ "[\\]]", "]", false, true },
	{ "[a-]", "-", false, true },
	{ "[M]", "m", true, true },
	{ "memory[[:digit:]]*", "memory32", false, true },
	{ "memory[[:digit:]]", "memoryd", false, false },
	{ "[[:digit:", "[[:digit:", false, true },
	{ "[[.-.]x]", "-", false, true },
	{ "[m|x]", "m", false, false },
	{ "[m|x]", "[m", false, true },
	{ "[m|x]", "x]", false, true },
	{ "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false, false },
};

START_TEST(glob)
{
	ck_assert_int_eq(memhp__udev_glob(globs[_i].pattern, globs[_i].text, globs[_i].ignores_case), globs[_i].matches);
}
END_TEST

/* Effects, each as LINE:EFFECT and its condition in parentheses */
static const struct {
	const char *rules, *acts;
} cases[] = {
	{ MEMORY ONLINE "\n", "1:online " },
	{ "\n\n# x\n" MEMORY "ACTION==\"add\", ATTR{state}=\"offline\"", "4:offline " },
	{ "SUBSYSTEM==\"cpu\", ATTR{online}=\"1\"\n", "" },
	{ MEMORY "\\\n  # in between\n  " ONLINE "\n", "1:online " },
	{ MEMORY "\\", "" },
	{ MEMORY "ATTR{online}=\"0\"\n", "1:offline " },
	{ MEMORY "GOTO=\"a\"\n" MEMORY ONLINE "\nLABEL=\"a\"\n", "" },
	{ "LABEL=\"a\"\n" MEMORY "GOTO=\"a\"\n" MEMORY ONLINE "\n", "3:online " },
	{ "CONST{arch}==\"s390*\", GOTO=\"a\"\n" MEMORY ONLINE "\nLABEL=\"a\"\n", "2:online (unless CONST{arch}==\"s390*\") " },
	{ "CONST{arch}==\"s390*\", GOTO=\"a\"\nLABEL=\"a\"\n" MEMORY ONLINE "\n", "3:online " },
	{ "CONST{virt}==\"kvm\", GOTO=\"a\"\nCONST{virt}==\"xen\", GOTO=\"a\"\nGOTO=\"b\"\nLABEL=\"a\"\n" MEMORY ONLINE
	  "\nLABEL=\"b\"\n",
	  "5:online (if CONST{virt}==\"kvm\" or if CONST{virt}==\"xen\") " },
	{ "ENV{.s}=\"online\"\nCONST{virt}==\"none\", ENV{.s}=\"online_movable\"\n" MEMORY "ATTR{state}=\"$env{.s}\"\n",
	  "3:online (unless CONST{virt}==\"none\") 3:online_movable (if CONST{virt}==\"none\") " },
	{ MEMORY "ATTR{state}=\"%E{nothing}\"\n", "1:unknown " },
	{ MEMORY "PROGRAM==\"/bin/x\", RESULT==\"1\", " ONLINE "\n", "1:online (if PROGRAM==\"/bin/x\" and RESULT==\"1\") " },
	{ MEMORY "PROGRAM==\"/bin/x\", GOTO=\"a\"\n" MEMORY ONLINE "\nLABEL=\"a\"\n", "2:online (unless PROGRAM==\"/bin/x\") " },
	{ MEMORY "ATTR{state}==\"offline\", " ONLINE "\n" MEMORY "ATTR{state}==\"offline\", ATTR{state}=\"online_kernel\"\n",
	  "1:online " },
	{ MEMORY "RUN+=\"/bin/sh -c 'echo online_kernel > /sys$devpath/state'\"\n", "1:online_kernel " },
	{ MEMORY "RUN+=\"/usr/bin/memctl online --block %k --movable -q\"\n", "1:online_movable " },
	{ MEMORY "RUN+=\"/usr/bin/chmem -e 1G\"\n", "1:online " },
	{ MEMORY "RUN+=\"/bin/true\"\n", "1:unknown " },
	{ MEMORY "RUN{builtin}+=\"kmod load x\"\n", "" },
	{ "RUN+=\"/bin/true\"\n", "" },
	{ "SUBSYSTEM!=\"memory\", GOTO=\"a\"\nRUN+=\"/bin/true\"\nLABEL=\"a\"\nRUN+=\"/bin/true\"\n", "2:unknown " },
	{ MEMORY "TAG+=\"systemd\", ENV{SYSTEMD_WANTS}+=\"x.service\"\n", "1:unknown " },
	{ MEMORY "ATTR{[dmi/id]sys_vendor}==\"Acme\", " ONLINE "\n", "1:online " },
	{ MEMORY "ATTR{[dmi/id]sys_vendor}!=\"Acme\", " ONLINE "\n", "" },
	{ MEMORY "ATTR{[dmi/id]nothing}!=\"Acme\", " ONLINE "\n", "" },
	{ MEMORY "ATTR{[block/sda]size}==\"1\", " ONLINE "\n", "1:online (if ATTR{[block/sda]size}==\"1\") " },
	/* An older udevd does not know it. */
	{ "SUBSYSTEM==i\"MEMORY\", " ONLINE "\n", "1:online (if SUBSYSTEM==i\"MEMORY\") " },
	{ "SUBSYSTEM==i\"CPU\", " ONLINE "\n", "" },
	{ "SUBSYSTEM!=i\"MEMORY\", " ONLINE "\n", "" },
	/* the block and its parent: all of a rule's are of one device */
	{ MEMORY "ATTRS{auto_online_blocks}==\"offline\", " ONLINE "\n", "1:online " },
	{ MEMORY "ATTRS{auto_online_blocks}!=\"offline\", " ONLINE "\n", "" },
	{ MEMORY "ATTRS{auto_online_blocks}==\"online*\", " ONLINE "\n", "" },
	{ MEMORY "ATTR{auto_online_blocks}==\"offline\", " ONLINE "\n", "" },
	{ MEMORY "ATTRS{nothing}!=\"x\", " ONLINE "\n", "" },
	{ MEMORY "ATTRS{probe}==\"x\", " ONLINE "\n", "1:online (if ATTRS{probe}==\"x\") " },
	{ MEMORY "ATTRS{state}==\"offline\", " ONLINE "\n", "1:online " },
	{ MEMORY "ATTRS{state}==\"offline\", ATTRS{auto_online_blocks}==\"offline\", " ONLINE "\n", "" },
	{ MEMORY "KERNELS==\"memory\", " ONLINE "\n", "1:online " },
	{ MEMORY "KERNEL==\"memory\", " ONLINE "\n", "1:online (if KERNEL==\"memory\") " },
	{ MEMORY "KERNELS==\"memory[0-9]*\", " ONLINE "\n", "1:online " },
	{ MEMORY "KERNELS!=\"memory[0-9]*\", " ONLINE "\n", "1:online " },
	{ MEMORY "KERNELS!=\"memory*\", " ONLINE "\n", "" },
	{ MEMORY "KERNELS==\"memory\", ATTRS{auto_online_blocks}==\"offline\", " ONLINE "\n", "1:online " },
	{ MEMORY "KERNELS==\"memory[0-9]*\", ATTRS{auto_online_blocks}==\"offline\", " ONLINE "\n", "" },
	{ MEMORY "SUBSYSTEMS==\"memory\", ATTRS{auto_online_blocks}==\"offline\", " ONLINE "\n", "" },
	{ MEMORY "SUBSYSTEMS==\"memory\", ATTRS{state}==\"offline\", " ONLINE "\n", "1:online " },
	{ MEMORY "SUBSYSTEMS==\"\", ATTRS{auto_online_blocks}==\"offline\", DRIVERS==\"\", " ONLINE "\n", "1:online " },
	{ MEMORY "DRIVERS==\"?*\", " ONLINE "\n", "" },
	{ MEMORY "KERNELS==\"memory7\", ATTRS{valid_zones}==\"Movable\", CONST{virt}==\"kvm\", " ONLINE "\n",
	  "1:online (if KERNELS==\"memory7\" and ATTRS{valid_zones}==\"Movable\" and CONST{virt}==\"kvm\") " },
	/* conditions */
	{ MEMORY "CONST{virt}==\"kvm\", CONST{arch}!=\"arm\", GOTO=\"a\"\n" MEMORY ONLINE "\nLABEL=\"a\"\n",
	  "2:online (unless CONST{virt}==\"kvm\" and CONST{arch}!=\"arm\") " },
	{ "SUBSYSTEM==e\"mem\\ory\", ATTR{state} = \"online\"\n", "1:online " },
	{ "KERNEL==\"memory7\", " ONLINE "\n", "1:online (if KERNEL==\"memory7\") " },
	{ "KERNEL==\"sda\", " ONLINE "\n", "" },
	{ "KERNEL==\"memory[0-9]*\", " ONLINE "\n", "1:online " },
	{ "DEVPATH==\"/devices/system/memory/*\", " ONLINE "\n", "1:online " },
	{ "DEVPATH==\"/devices/system/cpu/*\", " ONLINE "\n", "" },
	/* variables: those of the event, those of rules before, and those that a program may have set */
	{ MEMORY "ENV{ACTION}==\"add\", ENV{SUBSYSTEM}!=\"cpu\", " ONLINE "\n", "1:online " },
	{ MEMORY "ENV{ACTION}==\"remove\", " ONLINE "\n", "" },
	{ MEMORY "ENV{DEVPATH}==\"*/memory*\", " ONLINE "\n", "1:online " },
	{ MEMORY "ENV{SEQNUM}==\"7\", " ONLINE "\n", "1:online (if ENV{SEQNUM}==\"7\") " },
	{ MEMORY "ENV{x}==\"\", " ONLINE "\n", "1:online " },
	{ MEMORY "ENV{x}==\"?*\", " ONLINE "\n", "" },
	{ "ENV{x}=\"1\"\n" MEMORY "ENV{x}==\"1\", " ONLINE "\n" MEMORY "ENV{x}==\"2\", ATTR{state}=\"offline\"\n", "2:online " },
	{ MEMORY "IMPORT{program}=\"/bin/x\"\n" MEMORY "ENV{x}==\"1\", " ONLINE "\n", "2:online (if ENV{x}==\"1\") " },
	{ MEMORY "RESULT==\"1\", " ONLINE "\n", "1:online (if RESULT==\"1\") " },
	/* files: those of a block, with a mode, elsewhere, and none */
	{ MEMORY "TEST==\"state\", " ONLINE "\n", "1:online " },
	{ MEMORY "TEST!=\"state\", " ONLINE "\n", "" },
	{ MEMORY "TEST==\"nothing\", " ONLINE "\n", "" },
	{ MEMORY "TEST{0200}==\"state\", " ONLINE "\n", "1:online (if TEST{0200}==\"state\") " },
	{ MEMORY "TEST==\"/etc/x\", " ONLINE "\n", "1:online (if TEST==\"/etc/x\") " },
	{ MEMORY "TEST==\"st*\", " ONLINE "\n", "1:online (if TEST==\"st*\") " },
	{ MEMORY "ATTR{valid_zones}==\"Movable\", " ONLINE "\n", "1:online (if ATTR{valid_zones}==\"Movable\") " },
	{ MEMORY "ATTR{nothing}!=\"1\", " ONLINE "\n", "" },
	{ MEMORY "ATTR{[dmi/id}==\"1\", " ONLINE "\n", "" },
	{ MEMORY "ATTR{state}=\"%b\"\n", "1:unknown " },
	{ MEMORY "ATTR{state}=\"$env{x\"\n", "1:unknown " },
	/* commands */
	{ MEMORY "RUN+=\"/bin/sh -c 'echo offline > /sys$devpath/state'\"\n", "1:offline " },
	{ MEMORY "RUN+=\"/usr/bin/memctl offline --block %n\"\n", "1:offline " },
	{ MEMORY "RUN+=\"/bin/sh -c 'echo 1 > /sys$devpath/online'\"\n", "1:online " },
	{ MEMORY "RUN+=\"/bin/sh -c 'echo 0 > /sys$devpath/online'\"\n", "1:unknown " },
	{ MEMORY "RUN+=\"/usr/bin/chmem --enable 1G\"\n", "1:online " },
	{ MEMORY "RUN+=\"/usr/bin/memctl online --kernel\"\n", "1:online_kernel " },
	{ MEMORY "RUN+=\"/usr/bin/systemctl start memctl-online@%k\"\n", "1:online " },
	/* not well-formed */
	{ MEMORY "ATTR{state}=online\n", "" },
	{ MEMORY "ATTR{state=\"online\"\n", "" },
	{ MEMORY "ATTR{state}=\"online\n", "" },
	{ MEMORY "state=\"online\"\n", "" },
	{ MEMORY "ATTR{state}<\"online\"\n", "" },
	{ "\"\n=\n{}\nA\nA{\nA{}\nA=\nA==\nA==e\nA==\"\\\"\n", "" },
};

static int read_dmi(void *data, const char *device, const char *name, char *value, size_t size)
{
	static const struct {
		const char *device, *name, *value;
	} files[] = { { "dmi/id", "sys_vendor", "Acme" }, { PARENT_PATH, "auto_online_blocks", "offline" } };

	if (strcmp(device, "dmi/id") != 0 && strcmp(device, PARENT_PATH) != 0)
		return -ENOSYS;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (strcmp(device, files[i].device) != 0 || strcmp(name, files[i].name) != 0)
			continue;
		ck_assert_uint_gt(size, strlen(files[i].value));
		strcpy(value, files[i].value);
		return 0;
	}
	return strcmp(name, "probe") == 0 ? -EACCES : -ENOENT;
}

static int print_act(void *data, const struct udev_act *act)
{
	char *to = data, number[16];

	snprintf(number, sizeof(number), "%u:", act->line);
	strcat(strcat(to, number), memhp_transition_name(act->effect));
	if (*act->condition)
		strcat(strcat(strcat(to, " ("), act->condition), ")");
	strcat(to, " ");
	return 0;
}

START_TEST(rules)
{
	const struct udev_facts facts = { .look_up = read_dmi };
	struct udev_event *event = memhp__udev_event_new(&facts, MEMHP_MOMENT_ADD_OFFLINE);
	char acts[4096] = "";

	ck_assert_int_eq(memhp__udev_run(&event, 1, cases[_i].rules, strlen(cases[_i].rules), print_act, acts), 0);
	ck_assert_str_eq(acts, cases[_i].acts);
	memhp__udev_event_free(event);
}
END_TEST

/* The same rules at each moment */
static const struct {
	const char *rules, *acts[4];
} moments[] = {
	{ MEMORY ONLINE "\n", { "1:online ", "1:online ", "", "1:online " } },
	{ MEMORY "ATTR{state}=\"offline\"\n", { "1:offline ", "1:offline ", "1:offline ", "" } },
	{ MEMORY "ACTION==\"online\", ATTR{state}=\"offline\"\n", { "", "", "1:offline ", "" } },
	{ MEMORY "ACTION==\"offline\", ATTR{state}=\"online\"\n", { "", "", "", "1:online " } },
	{ MEMORY "ACTION==\"add\", ATTR{state}==\"offline\", ATTR{state}=\"online\"\n", { "1:online ", "", "", "" } },
	{ MEMORY "ENV{ACTION}==\"add\", ATTR{state}=\"offline\"\n", { "1:offline ", "1:offline ", "", "" } },
	{ MEMORY "ACTION!=\"online\", ATTR{state}==\"online\", ATTR{state}=\"offline\"\n", { "", "1:offline ", "", "" } },
	{ MEMORY "ATTR{online}==\"0\", ATTR{state}=\"offline\"\n", { "1:offline ", "", "", "" } },
	/* to another zone */
	{ MEMORY "ACTION==\"online\", ATTR{state}=\"offline\"\n" MEMORY "ACTION==\"online\", ATTR{state}=\"online_movable\"\n",
	  { "", "", "1:offline 2:online_movable ", "" } },
};

START_TEST(at_moments)
{
	const struct udev_facts facts = { .look_up = read_dmi };

	for (int i = 0; i < 4; i++) {
		struct udev_event *event = memhp__udev_event_new(&facts, (enum memhp_moment)(1 << i));
		char acts[4096] = "";

		ck_assert_int_eq(memhp__udev_run(&event, 1, moments[_i].rules, strlen(moments[_i].rules), print_act, acts), 0);
		ck_assert_str_eq(acts, moments[_i].acts[i]);
		memhp__udev_event_free(event);
	}
}
END_TEST

/* systemd-detect-virt says "none", and fails, where CONST{virt} is that; which other word it says is not known. */
START_TEST(detect_virt)
{
	static const char text[] = MEMORY
		"PROGRAM=\"/usr/bin/systemd-detect-virt\", RESULT==\"none\", " ONLINE "\n" MEMORY
		"PROGRAM==\"/usr/bin/systemd-detect-virt || true\", RESULT==\"kvm\", ATTR{state}=\"offline\"\n";
	static const char *const acts[] = {
		[UDEV_VIRT_UNKNOWN] = ("1:online (if PROGRAM==\"/usr/bin/systemd-detect-virt\" and RESULT==\"none\") "
				       "2:offline (if RESULT==\"kvm\") "),
		[UDEV_VIRT_NONE] = "",
		[UDEV_VIRT_SOME] = "2:offline (if RESULT==\"kvm\") ",
	};
	const struct udev_facts facts = { .look_up = read_dmi, .virt = (enum udev_virt)_i };
	struct udev_event *event = memhp__udev_event_new(&facts, MEMHP_MOMENT_ADD_OFFLINE);
	char said[4096] = "";

	ck_assert_int_eq(memhp__udev_run(&event, 1, text, strlen(text), print_act, said), 0);
	ck_assert_str_eq(said, acts[_i]);
	memhp__udev_event_free(event);
}
END_TEST

/* What is known of the machine decides on its name, and on a virtual machine's where there is none. */
START_TEST(known_machine)
{
	static const char text[] = MEMORY "CONST{arch}==\"x86-64\", CONST{virt}==\"none\", " ONLINE "\n" MEMORY
					  "CONST{arch}==\"s390*\", ATTR{state}=\"offline\"\n" MEMORY
					  "PROGRAM=\"/bin/uname -m\", RESULT==\"x86_64\", ATTR{state}=\"online_movable\"\n" MEMORY
					  "PROGRAM=\"/bin/uname -p\", RESULT==\"s390x\", ATTR{state}=\"offline\"\n";
	const struct udev_facts facts = { .look_up = read_dmi, .machine = "x86_64", .arch = "x86-64", .virt = UDEV_VIRT_NONE };
	struct udev_event *event = memhp__udev_event_new(&facts, MEMHP_MOMENT_ADD_OFFLINE);
	char said[4096] = "";

	ck_assert_int_eq(memhp__udev_run(&event, 1, text, strlen(text), print_act, said), 0);
	ck_assert_str_eq(said, "1:online 3:online_movable ");
	memhp__udev_event_free(event);
}
END_TEST

/* Whatever a file holds: no crash, no endless walk. Made of pieces of rules in an order that is the same each time. */
START_TEST(garbage)
{
	static const char *const pieces[] = { "SUBSYSTEM", "ATTR{state}", "ENV{",       "}",           "==", "!=", "+=",
					      "\"",        "online",      "GOTO=\"a\"", "LABEL=\"a\"", ",",  " ",  "\\\n",
					      "\n",        "#",           "$env{.s}",   "*",           "[",  "|",  "\xff",
					      "RUN",       "PROGRAM",     "e\"",        "i\"",         "\\" };
	const struct udev_facts facts = { .look_up = read_dmi };
	uint32_t random = (uint32_t)_i + 1;

	for (int round = 0; round < 200; round++) {
		struct udev_event *event = memhp__udev_event_new(&facts, MEMHP_MOMENT_ADD_OFFLINE);
		char text[2048] = "", *acts = calloc(1, 1 << 20);

		for (int n = 0; n < 120; n++) {
			random = random * 1664525 + 1013904223;
			strcat(text, pieces[(random >> 16) % ARRAY_SIZE(pieces)]);
		}
		ck_assert_int_eq(memhp__udev_run(&event, 1, text, strlen(text), print_act, acts), 0);
		memhp__udev_event_free(event);
		free(acts);
	}
}
END_TEST

START_TEST(limits)
{
	const struct udev_facts facts = { .look_up = read_dmi };
	struct udev_event *event = memhp__udev_event_new(&facts, MEMHP_MOMENT_ADD_OFFLINE);
	char *text = calloc(1, 4 << 20), acts[4096] = "", *p = text;

	/* A rule that is too long is none, as for udevd; the one behind it is, with any number of words. */
	for (int i = 0; i < 2000; i++)
		p = stpcpy(p, "SUBSYSTEM==\"memory\",");
	p = stpcpy(p, ONLINE "\n");
	for (int i = 0; i < UDEV_TOKENS_MAX - 8; i++)
		p = stpcpy(p, "A=\"\"");
	p = stpcpy(p, ONLINE "\n");
	/* More variables than there is room for */
	for (int i = 0; i < 5000; i++)
		p += sprintf(p, MEMORY "ENV{v%d}=\"%d\"\n", i, i);
	p = stpcpy(p, MEMORY "ENV{v4999}==\"4999\", ATTR{state}=\"online_movable\"\n");
	/* As many labels as there is room for */
	for (int i = 0; i < LABELS_MAX; i++)
		p += sprintf(p, "LABEL=\"l%d\", GOTO=\"l%d\"\n", i, i + 1);
	p = stpcpy(p, MEMORY "ATTR{state}=\"online_kernel\"\n");
	ck_assert_int_eq(memhp__udev_run(&event, 1, text, (size_t)(p - text), print_act, acts), 0);
	ck_assert_str_eq(acts, "2:online 5003:online_movable (if ENV{v4999}==\"4999\") 5068:online_kernel ");
	/* One more */
	acts[0] = '\0';
	p = stpcpy(p, "LABEL=\"last\"\n");
	ck_assert_int_eq(memhp__udev_run(&event, 1, text, (size_t)(p - text), print_act, acts), -EFBIG);
	ck_assert_str_eq(acts, "");
	memhp__udev_event_free(event);
	free(text);
}
END_TEST

/* What does not fit is not known, and never taken for what is left of it. */
static const struct {
	const char *before, *after; /* 200 letters */
	int rc;
	const char *acts, *next; /* in this file; in the next one, which asks for a variable */
} long_texts[] = {
	{ "ENV{a}=\"", "\"\n" MEMORY "ENV{a}==\"x*y\", " ONLINE "\n", 0, "2:online (if ENV{a}==\"x*y\") ", "" },
	{ "ENV{", "}=\"y\"\n" MEMORY "ENV{b}==\"y\", " ONLINE "\n", 0, "2:online (if ENV{b}==\"y\") ",
	  "1:online (if ENV{c}==\"y\") " },
	{ "LABEL=\"", "\"\n" MEMORY ONLINE "\n", -EFBIG, "", "1:online (if ENV{c}==\"y\") " },
};

START_TEST(too_long)
{
	static const char next[] = MEMORY "ENV{c}==\"y\", " ONLINE "\n";
	const struct udev_facts facts = { .look_up = read_dmi };
	struct udev_event *event = memhp__udev_event_new(&facts, MEMHP_MOMENT_ADD_OFFLINE);
	char letters[201] = "", text[512], acts[4096] = "";

	memset(letters, 'x', sizeof(letters) - 1);
	snprintf(text, sizeof(text), "%s%s%s", long_texts[_i].before, letters, long_texts[_i].after);
	ck_assert_int_eq(memhp__udev_run(&event, 1, text, strlen(text), print_act, acts), long_texts[_i].rc);
	ck_assert_str_eq(acts, long_texts[_i].acts);
	acts[0] = '\0';
	ck_assert_int_eq(memhp__udev_run(&event, 1, next, strlen(next), print_act, acts), 0);
	ck_assert_str_eq(acts, long_texts[_i].next);
	memhp__udev_event_free(event);
}
END_TEST

static int refuse(void *data, const struct udev_act *act)
{
	++*(int *)data;
	return -ENOMEM;
}

START_TEST(ends)
{
	const struct udev_facts facts = { .look_up = read_dmi };
	struct udev_event *event = memhp__udev_event_new(&facts, MEMHP_MOMENT_ADD_OFFLINE);
	const char text[] = MEMORY ONLINE "\n" MEMORY "ATTR{state}=\"offline\"\n";
	int calls = 0;

	ck_assert_int_eq(memhp__udev_run(&event, 1, text, strlen(text), refuse, &calls), -ENOMEM);
	ck_assert_int_eq(calls, 1);
	memhp__udev_event_free(event);
}
END_TEST

UNIT("udev-rules", tests)
{
	add_table(tests, glob, globs);
	add_table(tests, rules, cases);
	add_table(tests, at_moments, moments);
	tcase_add_loop_test(tests, detect_virt, UDEV_VIRT_UNKNOWN, UDEV_VIRT_SOME + 1);
	tcase_add_test(tests, known_machine);
	tcase_add_loop_test(tests, garbage, 0, 10);
	tcase_add_test(tests, limits);
	add_table(tests, too_long, long_texts);
	tcase_add_test(tests, ends);
}
