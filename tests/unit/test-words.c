// SPDX-License-Identifier: GPL-2.0-or-later
/* What memctl says of a block that is not as asked: of every reason, page and cause that the library knows */
#include <stdio.h>
#include <stdlib.h>

/* The library's own functions have one of that name, too. */
#define now_ms memctl_now_ms
#include "../../cmd/operation/operation.h"
#undef now_ms
#include "../../cmd/ui/opts.h"
#include "act/result.h"
#include "decide/step.h"
#include "read/kmsg-items.h"
#include "unit.h"

#define LAST_REASON MEMHP_REASON_STANDBY
#define LAST_USE    MEMHP_PAGE_KIND_CMA

/* What "memctl COMMAND --help" says: the program's own table of options */
static const char *get_help(const char *command)
{
	static char text[1 << 14];
	_cleanup_free_ char *line = NULL;
	FILE *help;

	ck_assert_int_gt(asprintf(&line, "\"$MEMCTL\" %s --help", command), 0);
	help = popen(line, "r");
	ck_assert_ptr_nonnull(help);
	text[fread(text, 1, sizeof(text) - 1, help)] = '\0';
	ck_assert_int_eq(pclose(help), 0);
	return text;
}

/* The command that runs, with the options that it has */
static struct command_options {
	const char *name;
	enum memhp_transition action;
	bool has_choice, has_retry, has_who, has_kernel_debug;
} commands[] = {
	{ "offline", MEMHP_TRANSITION_OFFLINE, true, true, true, true },
	/* There may be no other block, */
	{ "offline", MEMHP_TRANSITION_OFFLINE, false, true, true, true },
	{ "online", MEMHP_TRANSITION_ONLINE, true, true, false, true },
	/* and a device goes as a whole. */
	{ "remove", MEMHP_TRANSITION_OFFLINE, false, true, false, true },
	{ "probe", MEMHP_TRANSITION_ONLINE, true, false, false, false },
};
static const struct command_options *running = &commands[0];

/* In place of ui/opts.c, which wants all commands; that the table above is so is tested below. */
bool opts_take(const struct options *given _unused_, enum option_id id)
{
	return (id == OPT_RETRY && running->has_retry) || (id == OPT_WHO && running->has_who) ||
	       (id == OPT_KERNEL_DEBUG && running->has_kernel_debug);
}

static struct options options;
static struct memhp_result result;
static struct operation op = { .options = &options, .has_other_choice = true, .has_movable_choice = true };

static struct kernel_note *make_note(struct kernel_note *note, enum memhp_page_kind use)
{
	*note = (struct kernel_note){ .has_page = true, .page = { .pfn = 7, .kind = use } };
	return note;
}

/* From a step as the library judges it; 0 causes are those that an errno leaves none of. */
static struct memhp_step make_step(enum memhp_reason reason, enum memhp_zone zone)
{
	return (struct memhp_step){ .outcome = MEMHP_OUTCOME_FAILED, .reason = reason, .zone = zone };
}

static void check_words(const char *text, const char *wanted)
{
	if (!wanted)
		ck_assert_ptr_null(text);
	else if (!text || !strstr(text, wanted))
		ck_abort_msg("\"%s\" does not say \"%s\"", text ? text : "", wanted);
}

/* Every reason has words of its own, whichever way the block was to go, but for the few that are one and the same to a person. */
START_TEST(reasons)
{
	static const enum memhp_transition actions[] = { MEMHP_TRANSITION_OFFLINE, MEMHP_TRANSITION_ONLINE };
	char *said[LAST_REASON + 1] = { 0 };

	op.action = actions[_i];
	for (enum memhp_reason reason = 0; reason <= LAST_REASON; reason++) {
		struct memhp_step step = make_step(reason, MEMHP_ZONE_MOVABLE);

		step.action = (uint8_t)op.action;

		said[reason] = operation_make_reason(&op, &step);
		ck_assert_int_eq(said[reason] == NULL, reason == MEMHP_REASON_NONE);
	}
	for (enum memhp_reason a = 1; a <= LAST_REASON; a++)
		for (enum memhp_reason b = a + 1; b <= LAST_REASON; b++) {
			bool is_hole = a == MEMHP_REASON_INVALID_RANGE && b == MEMHP_REASON_MEMORY_HOLE;
			/* CRASH_KERNEL is a cause and never a reason. */
			bool is_refusal = a == MEMHP_REASON_OTHER && b == MEMHP_REASON_CRASH_KERNEL;
			/* Where it is not known who had the kernel's lock */
			bool is_late = a == MEMHP_REASON_DEADLINE && b == MEMHP_REASON_LOCKED;

			ck_assert_int_eq(strcmp(said[a], said[b]) == 0, is_hole || is_refusal || is_late);
		}
	for (size_t i = 0; i < ARRAY_SIZE(said); i++)
		free(said[i]);
}
END_TEST

static const struct {
	enum memhp_transition action;
	enum memhp_outcome outcome;
	enum memhp_reason reason;
	enum memhp_zone zone;
	const char *hint; /* part of it; NULL for none */
} hints[] = {
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_OUTCOME_BUSY, MEMHP_REASON_UNMOVABLE_PAGE, MEMHP_ZONE_NORMAL, "zone Movable" },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_OUTCOME_BUSY, MEMHP_REASON_UNMOVABLE_PAGE, MEMHP_ZONE_HIGHMEM, "zone Movable" },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_OUTCOME_BUSY, MEMHP_REASON_UNMOVABLE_PAGE, MEMHP_ZONE_MOVABLE, "choose another block" },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_OUTCOME_BUSY, MEMHP_REASON_UNMOVABLE_PAGE, MEMHP_ZONE_UNKNOWN, "choose another block" },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_OUTCOME_BUSY, MEMHP_REASON_ISOLATION, MEMHP_ZONE_DMA, "--retry" },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_OUTCOME_BUSY, MEMHP_REASON_BUSY, MEMHP_ZONE_DMA32, "zone Movable" },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_OUTCOME_BUSY, MEMHP_REASON_HUGE_PAGES, MEMHP_ZONE_NORMAL, "nr_hugepages" },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_OUTCOME_BUSY, MEMHP_REASON_MIGRATION_FAILURE, MEMHP_ZONE_NORMAL, "pinned" },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_OUTCOME_FAILED, MEMHP_REASON_NO_MEMORY, MEMHP_ZONE_NORMAL, "free memory" },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_OUTCOME_VETOED, MEMHP_REASON_VETO, MEMHP_ZONE_NORMAL, "dmesg" },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_OUTCOME_FAILED, MEMHP_REASON_OTHER, MEMHP_ZONE_NORMAL, "dmesg" },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_OUTCOME_FAILED, MEMHP_REASON_HWPOISON, MEMHP_ZONE_NORMAL, "memory module" },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_OUTCOME_FAILED, MEMHP_REASON_CANCELLED, MEMHP_ZONE_NORMAL, NULL },
	{ MEMHP_TRANSITION_ONLINE, MEMHP_OUTCOME_FAILED, MEMHP_REASON_BUSY, MEMHP_ZONE_NONE, "--retry 5" },
	{ MEMHP_TRANSITION_ONLINE, MEMHP_OUTCOME_FAILED, MEMHP_REASON_NO_MEMORY, MEMHP_ZONE_NONE, "kernel zones" },
	{ MEMHP_TRANSITION_ONLINE, MEMHP_OUTCOME_TIMEOUT, MEMHP_REASON_DEADLINE, MEMHP_ZONE_NONE, "the kernel's lock" },
	{ MEMHP_TRANSITION_ONLINE, MEMHP_OUTCOME_FAILED, MEMHP_REASON_CANCELLED, MEMHP_ZONE_NONE, NULL },
	/* What could not be brought back failed in the other direction. */
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_OUTCOME_ROLLBACK_FAILED, MEMHP_REASON_NO_MEMORY, MEMHP_ZONE_NONE, "kernel zones" },
	{ MEMHP_TRANSITION_ONLINE, MEMHP_OUTCOME_ROLLBACK_FAILED, MEMHP_REASON_NO_MEMORY, MEMHP_ZONE_NORMAL,
	  "bring more of it online" },
};

START_TEST(advice)
{
	struct memhp_step step = make_step(hints[_i].reason, hints[_i].zone);
	_cleanup_free_ char *text = NULL;

	op.action = hints[_i].action;
	step.action = (uint8_t)op.action;
	step.outcome = hints[_i].outcome;
	text = operation_make_hint(&op, &step);
	check_words(text, hints[_i].hint);
}
END_TEST

/* What to do about a page, in a kernel zone and in ZONE_MOVABLE; --who is of use only where programs have it. */
static const struct {
	enum memhp_page_kind use;
	const char *name, *kernel_hint, *movable_hint;
	bool names_who;
} pages[] = {
	{ MEMHP_PAGE_KIND_UNKNOWN, "a page", "keeps free of such pages", "choose another block", false },
	{ MEMHP_PAGE_KIND_KERNEL, "of the kernel or a driver", "keeps free of such pages", "choose another block", false },
	{ MEMHP_PAGE_KIND_RESERVED, "reserved at boot", "stays as long as the machine runs", "as the machine runs", false },
	{ MEMHP_PAGE_KIND_SLAB, "slab", "drop_caches", "drop_caches", false },
	{ MEMHP_PAGE_KIND_TABLE, "page table", "keeps free of such pages", "choose another block", false },
	{ MEMHP_PAGE_KIND_ANON, "program's memory", "keeps free of such pages", "choose another block", true },
	{ MEMHP_PAGE_KIND_FILE, "file or shared", "drop_caches", "drop_caches", true },
	{ MEMHP_PAGE_KIND_HUGE, "huge page", "keeps free of such pages", "choose another block", false },
	{ MEMHP_PAGE_KIND_CMA, "CMA", "cma=", "cma=", false },
};

START_TEST(page)
{
	const struct {
		enum memhp_zone zone;
		const char *hint;
	} in[] = { { MEMHP_ZONE_NORMAL, pages[_i].kernel_hint }, { MEMHP_ZONE_MOVABLE, pages[_i].movable_hint } };
	static struct kernel_note note = { .text = "" };

	op.action = MEMHP_TRANSITION_OFFLINE;
	for (size_t i = 0; i < ARRAY_SIZE(in); i++) {
		struct memhp_step step = make_step(MEMHP_REASON_UNMOVABLE_PAGE, in[i].zone);

		step.action = (uint8_t)op.action;
		_cleanup_free_ char *hint = NULL, *more = NULL;

		ck_assert_ptr_null(operation_page_text(&step));
		step.note = make_note(&note, pages[_i].use);
		check_words(operation_page_text(&step), pages[_i].name);
		hint = operation_make_hint(&op, &step);
		check_words(hint, in[i].hint);
		more = operation_make_more(&op, &step);
		ck_assert_int_eq(more && strstr(more, "--who"), pages[_i].names_who);
	}
}
END_TEST

/* An errno alone names what it leaves open, and that the log names no page where it was read. */
static const struct {
	enum memhp_reason reason;
	unsigned int causes;
	enum memhp_transition action;
	enum memhp_zone zone;
	bool is_log_read;
	const char *text; /* part of it */
} causes[] = {
#define CAUSE(name) (1U << MEMHP_REASON_##name)
	{ MEMHP_REASON_BUSY, CAUSE(UNMOVABLE_PAGE), MEMHP_TRANSITION_OFFLINE, MEMHP_ZONE_NORMAL, false,
	  "busy: pages of the kernel's own" },
	{ MEMHP_REASON_BUSY, CAUSE(UNMOVABLE_PAGE), MEMHP_TRANSITION_OFFLINE, MEMHP_ZONE_MOVABLE, false, "a page in use" },
	{ MEMHP_REASON_BUSY, CAUSE(UNMOVABLE_PAGE), MEMHP_TRANSITION_OFFLINE, MEMHP_ZONE_NORMAL, true, "log names no page" },
	{ MEMHP_REASON_BUSY, CAUSE(ISOLATION) | CAUSE(HUGE_PAGES), MEMHP_TRANSITION_OFFLINE, MEMHP_ZONE_NORMAL, false,
	  "at work or reserved huge pages" },
	{ MEMHP_REASON_BUSY, CAUSE(VETO), MEMHP_TRANSITION_ONLINE, MEMHP_ZONE_NONE, false, "at work on it or going away" },
	{ MEMHP_REASON_INVALID_RANGE, CAUSE(MEMORY_HOLE), MEMHP_TRANSITION_OFFLINE, MEMHP_ZONE_NORMAL, false, "never go offline" },
	{ MEMHP_REASON_INVALID_RANGE, CAUSE(MEMORY_HOLE) | CAUSE(SEVERAL_ZONES), MEMHP_TRANSITION_OFFLINE, MEMHP_ZONE_NORMAL, false,
	  "cannot go offline: a hole in it or several zones or NUMA nodes" },
	{ MEMHP_REASON_INVALID_RANGE, CAUSE(SEVERAL_ZONES), MEMHP_TRANSITION_OFFLINE, MEMHP_ZONE_NORMAL, false,
	  "cannot go offline: several" },
	{ MEMHP_REASON_VETO, CAUSE(BOOT_MEMORY) | CAUSE(CRASH_KERNEL), MEMHP_TRANSITION_OFFLINE, MEMHP_ZONE_NORMAL, false,
	  "boot memory, which arm64 keeps or a crash kernel in it" },
	{ MEMHP_REASON_NO_MEMORY, CAUSE(NO_MEMORY) | CAUSE(VETO), MEMHP_TRANSITION_ONLINE, MEMHP_ZONE_NONE, false,
	  "no memory for that: " },
	{ MEMHP_REASON_OTHER, CAUSE(RACE) | CAUSE(VETO) | CAUSE(NO_MEMORY), MEMHP_TRANSITION_ONLINE, MEMHP_ZONE_NONE, false,
	  "refused: " },
	{ MEMHP_REASON_HWPOISON, CAUSE(VETO), MEMHP_TRANSITION_OFFLINE, MEMHP_ZONE_NORMAL, false, "hardware memory error" },
};

START_TEST(cause)
{
	struct memhp_step step = make_step(causes[_i].reason, causes[_i].zone);
	_cleanup_free_ char *text = NULL;

	result.kernel_log_error = 0;
	op.action = causes[_i].action;
	step.action = (uint8_t)op.action;
	op.result = causes[_i].is_log_read ? &result : NULL;
	step.causes = causes[_i].causes;
	text = operation_make_reason(&op, &step);
	check_words(text, causes[_i].text);
	/* A log that could not be read is not silent. */
	result.kernel_log_error = -EACCES;
	free(text);
	text = operation_make_reason(&op, &step);
	ck_assert_ptr_null(strstr(text, "log names no page"));
}
END_TEST

/*
 * With all that stands around it in a trouble's line ("memctl offline: blocks 32-39, 45, ... and more: not brought back: TEXT
 * (EOPNOTSUPP)") a reason makes no line of more than 240 characters, whatever an errno leaves open.
 */
START_TEST(length)
{
	const size_t around = strlen("memctl offline: blocks ") + 40 + strlen(" and more: not brought back:  (EOPNOTSUPP)");
	static const unsigned int open_causes[] = {
		0,
		CAUSE(UNMOVABLE_PAGE) | CAUSE(ISOLATION) | CAUSE(VETO) | CAUSE(HUGE_PAGES),
		CAUSE(VETO) | CAUSE(RACE) | CAUSE(MEMORY_HOLE) | CAUSE(SEVERAL_ZONES),
		CAUSE(NO_MEMORY) | CAUSE(VETO) | CAUSE(HUGE_PAGES),
	};
	static struct kernel_note note = { .text = "" };

	result.kernel_log_error = 0;
	op.result = &result;
	op.action = MEMHP_TRANSITION_OFFLINE;
	for (enum memhp_reason reason = 1; reason <= LAST_REASON; reason++)
		for (int use = -1; use <= LAST_USE; use++) {
			struct memhp_step step = make_step(reason, MEMHP_ZONE_NORMAL);
			_cleanup_free_ char *text = NULL, *hint = NULL;

			step.causes = open_causes[_i];
			step.note = use < 0 ? NULL : make_note(&note, (enum memhp_page_kind)use);
			text = operation_make_reason(&op, &step);
			/* It looks for a file. */
			hint = reason == MEMHP_REASON_LOCKED ? NULL : operation_make_hint(&op, &step);
			ck_assert_uint_le(around + strlen(text), 240);
			ck_assert_uint_le(hint ? strlen("  try: ") + strlen(hint) : 0, 240);
		}
}
END_TEST

/* An offline that the deadline ended is told apart from others where the log was read and names nothing. */
START_TEST(silence)
{
	static struct kernel_note backoff = { .text = "memory offlining [mem 0x0-0x7ffffff] failed due to signal backoff" };
	static struct kernel_note migrating = { .text = "migrating pfn 7 failed" };
	static struct kernel_note both = { .text = "migrating pfn 7 failed\nmemory offlining failed due to signal backoff" };
	static const struct {
		enum memhp_transition action;
		int log_error;
		struct kernel_note *note;
		bool has_slab, is_silent;
	} in[] = {
		{ MEMHP_TRANSITION_OFFLINE, 0, .is_silent = true },
		{ MEMHP_TRANSITION_OFFLINE, 0, .has_slab = true, .is_silent = true },
		{ MEMHP_TRANSITION_OFFLINE, 0, &backoff, .is_silent = true },
		{ MEMHP_TRANSITION_OFFLINE, 0, &migrating },
		{ MEMHP_TRANSITION_OFFLINE, 0, &both },
		{ MEMHP_TRANSITION_OFFLINE, 0, &migrating, .has_slab = true },
		{ MEMHP_TRANSITION_OFFLINE, -EACCES, .has_slab = true },
		{ MEMHP_TRANSITION_ONLINE, 0 },
	};
	static uint64_t left[NUM_PAGE_KINDS] = { [MEMHP_PAGE_KIND_SLAB] = 8192 };

	op.result = &result;
	for (size_t i = 0; i < ARRAY_SIZE(in); i++) {
		struct memhp_step step = make_step(MEMHP_REASON_DEADLINE, MEMHP_ZONE_NORMAL);
		_cleanup_free_ char *text = NULL;

		op.action = in[i].action;
		step.action = (uint8_t)op.action;
		result.kernel_log_error = in[i].log_error;
		step.outcome = MEMHP_OUTCOME_TIMEOUT;
		step.note = in[i].note;
		step.left_bytes = in[i].has_slab ? left : NULL;
		text = operation_make_reason(&op, &step);
		check_words(text, "not done when the deadline passed");
		ck_assert_int_eq(strstr(text, "keeps trying and logs nothing") != NULL, in[i].is_silent);
		ck_assert_int_eq(strstr(text, "8K of slab") != NULL, in[i].is_silent && in[i].has_slab);
	}
}
END_TEST

/* The kernel is asked to say more only where several causes are left, and --who only where processes may have to do with it. */
START_TEST(asking)
{
	struct memhp_step step = make_step(MEMHP_REASON_BUSY, MEMHP_ZONE_MOVABLE);

	op.action = MEMHP_TRANSITION_OFFLINE;
	step.action = (uint8_t)op.action;
	for (unsigned int i = 0; i < 8; i++) {
		bool several = i & 1, kernel_debug = i & 2, who = i & 4;
		_cleanup_free_ char *more = NULL;

		options.seen = (kernel_debug ? UINT64_C(1) << OPT_KERNEL_DEBUG : 0) | (who ? UINT64_C(1) << OPT_WHO : 0);
		step.causes = CAUSE(UNMOVABLE_PAGE) | (several ? CAUSE(ISOLATION) : 0);
		more = operation_make_more(&op, &step);
		ck_assert_int_eq(more && strstr(more, "--kernel-debug"), several && !kernel_debug);
		ck_assert_int_eq(more && strstr(more, "--who"), !who);
	}
}
END_TEST

/* Every option that a hint names is one of the command that prints it, or of the one that it names before. */
static void check_options(const char *hint, const char *help)
{
	for (const char *option = hint; (option = strstr(option, "--")); option++) {
		char name[32];
		const char *other = NULL, *end = hint;

		snprintf(name, sizeof(name), "%.*s", (int)strspn(option, "-abcdefghijklmnopqrstuvwxyz"), option);
		while ((end = strstr(end, "memctl ")) && end < option)
			other = end++;
		/* "(memctl list --zone Movable)" */
		if (other && memchr(other, ')', (size_t)(option - other)))
			other = NULL;
		if (other) {
			char command[16];

			ck_assert_int_eq(sscanf(other, "memctl %15[a-z]", command), 1);
			check_words(get_help(command), name);
		} else {
			check_words(help, name);
		}
	}
}

START_TEST(refused_advice)
{
	static const enum memhp_outcome outcomes[] = { MEMHP_OUTCOME_BUSY, MEMHP_OUTCOME_FAILED, MEMHP_OUTCOME_TIMEOUT,
						       MEMHP_OUTCOME_ROLLBACK_FAILED };
	_cleanup_free_ char *help = strdup(get_help(commands[_i].name));
	struct kernel_note note;

	running = &commands[_i];
	op.action = running->action;
	op.has_other_choice = op.has_movable_choice = running->has_choice;
	ck_assert_int_eq(strstr(help, "--retry") != NULL, running->has_retry);
	ck_assert_int_eq(strstr(help, "--who") != NULL, running->has_who);
	ck_assert_int_eq(strstr(help, "--kernel-debug") != NULL, running->has_kernel_debug);
	for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++)
		for (enum memhp_reason reason = 0; reason <= LAST_REASON; reason++)
			for (enum memhp_zone zone = 0; zone <= MEMHP_ZONE_MOVABLE; zone++)
				for (int use = -1; use <= LAST_USE; use++) {
					struct memhp_step step = make_step(reason, zone);

					step.action = (uint8_t)op.action;
					_cleanup_free_ char *hint = NULL, *more = NULL;

					step.outcome = outcomes[i];
					step.causes = CAUSE(UNMOVABLE_PAGE) | CAUSE(ISOLATION);
					step.note = use < 0 ? NULL : make_note(&note, (enum memhp_page_kind)use);
					hint = operation_make_hint(&op, &step);
					more = operation_make_more(&op, &step);
					if (hint)
						check_options(hint, help);
					if (more)
						check_options(more, help);
					ck_assert(!hint || running->has_choice ||
						  (!strstr(hint, "another block") && !strstr(hint, "a block")));
				}
}
END_TEST

/* EAGAIN is an errno of no reason's own, and the block is busy. */
START_TEST(again)
{
	struct memhp_step step = make_step(MEMHP_REASON_OTHER, MEMHP_ZONE_NORMAL);
	_cleanup_free_ char *hint = NULL;

	op.action = MEMHP_TRANSITION_OFFLINE;
	step.action = (uint8_t)op.action;
	step.outcome = MEMHP_OUTCOME_BUSY;
	hint = operation_make_hint(&op, &step);
	check_words(hint, "--retry 5");
}
END_TEST

static struct machine machine;

/* A kernel that has what every advice takes */
static void set_up(void)
{
	machine_make(&machine, "file proc/1/pagemap \"\"\nfile proc/dynamic_debug/control \"\"\n");
	op.session.ctx = machine.ctx;
}

static void tear_down(void)
{
	machine_release(&machine);
}

UNIT("words", tests)
{
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, reasons, 0, 2);
	add_table(tests, advice, hints);
	add_table(tests, page, pages);
	add_table(tests, cause, causes);
	tcase_add_loop_test(tests, length, 0, 4);
	tcase_add_test(tests, silence);
	tcase_add_test(tests, asking);
	tcase_add_test(tests, again);
	add_table(tests, refused_advice, commands);
}
