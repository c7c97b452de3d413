// SPDX-License-Identifier: LGPL-2.1-or-later
/* Directories that cannot be read to their end: what comes behind is not known, and that is not "nothing". */
#include <dirent.h>
#include <stdio.h>
#include <syslog.h>

#include "unit.h"

/* The linker puts this before readdir(): what comes behind an entry of this name is an I/O error. */
static const char *spoilt_by;
static bool is_spoilt;

static struct dirent *next(DIR *dir, struct dirent *(*real)(DIR *dir))
{
	struct dirent *entry;

	if (is_spoilt) {
		is_spoilt = false;
		errno = EIO;
		return NULL;
	}
	entry = real(dir);
	if (entry && spoilt_by && strncmp(entry->d_name, spoilt_by, strlen(spoilt_by)) == 0) {
		is_spoilt = true;
		spoilt_by = NULL;
	}
	return entry;
}

/* Where files may be larger than 2 GiB, readdir() has the second name. */
#define WRAP(name)                               \
	struct dirent *__real_##name(DIR *dir);  \
	struct dirent *__wrap_##name(DIR *dir);  \
	struct dirent *__wrap_##name(DIR *dir)   \
	{                                        \
		return next(dir, __real_##name); \
	}
WRAP(readdir)
WRAP(readdir64)

static char log_text[1024];

__attribute__((format(printf, 3, 0))) static void keep_log(void *data, int level, const char *format, va_list args)
{
	size_t used = strlen(log_text);

	(void)data;
	if (level == LOG_WARNING)
		vsnprintf(log_text + used, sizeof(log_text) - used, format, args);
}

static void set_up(struct machine *machine, const char *text, const char *entry)
{
	machine_make(machine, text);
	log_text[0] = '\0';
	memhp_ctx_set_log(machine->ctx, keep_log, NULL, LOG_WARNING);
	spoilt_by = entry;
	is_spoilt = false;
}

/* The blocks themselves: without them there is nothing to tell. */
START_TEST(blocks)
{
	_cleanup_machine_ struct machine machine;
	struct memhp_snapshot *snapshot = NULL;

	set_up(&machine, "blocks 0-3 zones Normal\n", "memory");
	ck_assert_int_eq(memhp_snapshot_new(&snapshot, machine.ctx, MEMHP_ATTR_STATE), -EIO);
	ck_assert_ptr_null(snapshot);
}
END_TEST

/* A node may have blocks that were not seen: only a block's own links, where it has any, are certain then. */
START_TEST(node)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;

	set_up(&machine,
	       "node 0\nblocks 0-3 node 0 zones Normal\nremove sys/devices/system/memory/memory0/node0\n"
	       "link sys/devices/system/node/nodeless nowhere\n",
	       "nodeless");
	snapshot = machine_scan(&machine, MEMHP_ATTR_NODES);
	ck_assert_int_eq(memhp_block_get_error(memhp_snapshot_get_block(snapshot, 0), MEMHP_ATTR_NODES), -EIO);
	ck_assert_int_eq(memhp_block_get_error(memhp_snapshot_get_block(snapshot, 1), MEMHP_ATTR_NODES), 0);
	ck_assert_uint_eq(memhp_node_get_id(memhp_block_get_node(memhp_snapshot_get_block(snapshot, 1), 0)), 0);
}
END_TEST

START_TEST(standby)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;

	set_up(&machine, "blocks 0-3 zones Normal config 1\nblocks 7-8 config 0\n", "memory7");
	snapshot = machine_scan(&machine, MEMHP_ATTR_CONFIGURED);
	ck_assert_uint_eq(memhp_snapshot_get_num_skipped(snapshot), 1);
	ck_assert_ptr_nonnull(strstr(log_text, "standby memory is left out: Input/output error"));
}
END_TEST

/* DIMMs that were not seen are asked for all the same. */
START_TEST(dimms)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;

	set_up(&machine,
	       "blocks 8 zones Movable\n"
	       "dir sys/bus/acpi/devices/ACPI0000:00\n"
	       "link sys/devices/system/memory/memory8/firmware_node ../../../LNXSYSTM:00/PNP0C80:00\n",
	       "ACPI0000");
	snapshot = machine_scan(&machine, MEMHP_ATTR_SOURCE);
	ck_assert_str_eq(memhp_source_get_name(memhp_block_get_source(memhp_snapshot_get_block(snapshot, 0))), "dimm:PNP0C80:00");
}
END_TEST

static const struct {
	const char *text, *entry, *said;
} agents[] = {
	{ "blocks 0\nfile etc/udev/rules.d/40-a.rules \"\"\n", "40-a", "/etc/udev/rules.d cannot be read" },
	{ "blocks 0\nfile etc/tmpfiles.d/a.conf \"\"\n", "a.conf", "/etc/tmpfiles.d cannot be read" },
	{ "blocks 0\nfile etc/daxctl.conf.d/a.conf \"\"\n", "a.conf", "/etc/daxctl.conf.d cannot be read" },
	{ "blocks 0\ndir sys/bus/virtio/drivers/virtio_mem/bind\n", "bind", "/sys/bus/virtio/drivers/virtio_mem cannot be read" },
};

START_TEST(who_decides)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_agents_ struct memhp_agents *found = NULL;

	set_up(&machine, agents[_i].text, agents[_i].entry);
	ck_assert_int_eq(memhp_agents_new(&found, machine.ctx), 0);
	ck_assert_ptr_nonnull(strstr(log_text, agents[_i].said));
}
END_TEST

UNIT("readdir", tests)
{
	tcase_add_test(tests, blocks);
	tcase_add_test(tests, node);
	tcase_add_test(tests, standby);
	tcase_add_test(tests, dimms);
	add_table(tests, who_decides, agents);
}
