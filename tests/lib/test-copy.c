// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is a copy of a machine stays as it is, and what gets the name of a tree later is not the tree. */
#include <fcntl.h>
#include <sys/stat.h>
#include <stdio.h>

#include "../unit/unit.h"

#define DIMM "sys/bus/acpi/devices/PNP0C80:00"

static const char machine_text[] =
	"block_size 0x8000000\nprobe\nparam online_policy contig-zones\n"
	"blocks 0-3 zones Normal\nblocks 4-5 zones Movable\nblocks 6 state offline zones \"Normal Movable\"\n"
	"blocks 7-8 config 0 memmap_on_memory 0\n"
	"file " DIMM "/eject \"\"\nfile sys/bus/dax/devices/dax0.0/state \"unplugged\\n\"\n"
	"link " SYSFS_MEMORY "/memory4/firmware_node ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00\n";

static struct memhp_plan *make_plan(const struct machine *machine, enum memhp_transition action, uint64_t id, const char *device)
{
	struct memhp_selection *selection;
	struct memhp_snapshot *snapshot;
	struct memhp_request *request;
	struct memhp_plan *plan;

	ck_assert_int_eq(memhp_selection_new(&selection), 0);
	ck_assert_int_eq(memhp_selection_add_blocks(selection, id, id), 0);
	ck_assert_int_eq(memhp_request_new(&request, action), 0);
	memhp_request_set_selection(request, selection);
	/* No block goes when a folder is told to eject it. */
	memhp_request_set(request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 500);
	ck_assert_int_eq(memhp_request_set_eject(request, device), 0);
	snapshot = machine_scan(machine, memhp_request_get_attrs(request));
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	memhp_snapshot_unref(snapshot);
	memhp_request_free(request);
	memhp_selection_unref(selection);
	return plan;
}

static int apply(const struct machine *machine, enum memhp_transition action, uint64_t id, const char *device)
{
	struct memhp_plan *plan = make_plan(machine, action, id, device);
	struct memhp_result *result = NULL;
	int rc = memhp_plan_apply(plan, &result);

	memhp_result_free(result);
	memhp_plan_free(plan);
	return rc;
}

static int take_offline(const struct machine *machine)
{
	return apply(machine, MEMHP_TRANSITION_OFFLINE, 4, NULL);
}

static int bring_online(const struct machine *machine)
{
	return apply(machine, MEMHP_TRANSITION_ONLINE_MOVABLE, 6, NULL);
}

static int remove_dimm(const struct machine *machine)
{
	return apply(machine, MEMHP_TRANSITION_OFFLINE, 4, "dimm:PNP0C80:00");
}

static int apply_request(const struct machine *machine, struct memhp_request *request)
{
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = machine_scan(machine, memhp_request_get_attrs(request));
	_cleanup_plan_ struct memhp_plan *plan = NULL;
	struct memhp_result *result = NULL;
	int rc;

	memhp_request_set(request, MEMHP_SETTING_TIMEOUT_MS, 500);
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	rc = memhp_plan_apply(plan, &result);
	memhp_result_free(result);
	return rc;
}

static int probe(const struct machine *machine)
{
	_cleanup_request_ struct memhp_request *request = NULL;
	_cleanup_probe_ struct memhp_probe *probe = NULL;

	machine_change(machine, "file proc/iomem \"00000000-3fffffff : System RAM\\n\"");
	ck_assert_int_eq(memhp_probe_new(&probe, machine->ctx, 0x400000000), 0);
	ck_assert_int_eq(memhp_request_new(&request, MEMHP_TRANSITION_ADD), 0);
	ck_assert_int_eq(memhp_request_add_probe(request, probe, MEMHP_PROBE_UNBACKED), 0);
	return apply_request(machine, request);
}

static int set_memory_policy(const struct machine *machine)
{
	return memhp_policy_set(machine->ctx, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, "online");
}

static int set_module_policy(const struct machine *machine)
{
	return memhp_policy_set(machine->ctx, MEMHP_POLICY_KEY_ONLINE_POLICY, "auto-movable");
}

static int configure(const struct machine *machine)
{
	_cleanup_request_ struct memhp_request *request = NULL;

	ck_assert_int_eq(memhp_request_new(&request, MEMHP_TRANSITION_CONFIGURE), 0);
	ck_assert_int_eq(memhp_request_set_memmap(request, MEMHP_MEMMAP_ON_MEMORY), 0);
	return apply_request(machine, request);
}

static int configure_dax(const struct machine *machine)
{
	_cleanup_request_ struct memhp_request *request = NULL;

	ck_assert_int_eq(memhp_request_new(&request, MEMHP_TRANSITION_ONLINE), 0);
	ck_assert_int_eq(memhp_request_set_device(request, "dax0.0", MEMHP_TRANSITION_UNPLUG, MEMHP_MEMMAP_KEEP, 0), 0);
	return apply_request(machine, request);
}

/* Each way to change something, and the file that it would change first */
static const struct {
	int (*change)(const struct machine *machine);
	const char *file, *before, *after;
} changes[] = {
	{ take_offline, SYSFS_MEMORY "/memory4/state", "online\n", "offline" },
	{ bring_online, SYSFS_MEMORY "/memory6/state", "offline\n", "online_movable" },
	{ remove_dimm, SYSFS_MEMORY "/memory4/state", "online\n", "offline" },
	{ probe, SYSFS_MEMORY "/probe", "", "0x400000000" },
	{ set_memory_policy, SYSFS_MEMORY "/auto_online_blocks", "offline\n", "online" },
	{ set_module_policy, SYSFS_MODULE "/online_policy", "contig-zones\n", "auto-movable" },
	{ configure, SYSFS_FIRMWARE "/memory7/memmap_on_memory", "0\n", "1" },
	{ configure_dax, "sys/bus/dax/devices/dax0.0/state", "unplugged\n", "online" },
};

static void check_file(const char *dir, const char *file, const char *text)
{
	char path[512], found[64] = "";
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	/* As the kernel's, it may be there to be written alone. */
	ck_assert_int_eq(chmod(path, 0600), 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_ge(read(fd, found, sizeof(found) - 1), 0);
	close(fd);
	ck_assert_msg(strncmp(found, text, *text ? strlen(text) : 1) == 0, "%s: \"%s\", not \"%s\"", path, found, text);
}

START_TEST(copy)
{
	_cleanup_machine_ struct machine machine;

	machine_make(&machine, machine_text);
	ck_assert_int_eq(memhp_ctx_check_changeable(machine.ctx), -EMEDIUMTYPE);
	ck_assert_int_eq(changes[_i].change(&machine), -EMEDIUMTYPE);
	check_file(machine.dir, changes[_i].file, changes[_i].before);
	machine_take_stores(&machine);
	ck_assert_int_eq(memhp_ctx_check_changeable(machine.ctx), 0);
	(void)changes[_i].change(&machine);
	check_file(machine.dir, changes[_i].file, changes[_i].after);
}
END_TEST

/* What needs no store needs no kernel. */
START_TEST(already)
{
	_cleanup_machine_ struct machine machine;

	machine_make(&machine, machine_text);
	ck_assert_int_eq(apply(&machine, MEMHP_TRANSITION_OFFLINE, 6, NULL), 0);
	ck_assert_int_eq(memhp_policy_set(machine.ctx, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, "offline"), 0);
}
END_TEST

/* Between plan and apply a link to another machine gets the name of the tree: the blocks of the first one are changed. */
START_TEST(exchanged_root)
{
	struct memhp_result *result;
	struct machine machine, other;
	struct memhp_plan *plan;
	char aside[300];

	machine_make(&machine, machine_text);
	machine_make(&other, machine_text);
	machine_take_stores(&machine);
	plan = make_plan(&machine, MEMHP_TRANSITION_OFFLINE, 4, "dimm:PNP0C80:00");
	snprintf(aside, sizeof(aside), "%s-aside", machine.dir);
	ck_assert_int_eq(rename(machine.dir, aside), 0);
	ck_assert_int_eq(symlink(other.dir, machine.dir), 0);
	machine_change(&other, "remove " DIMM "/eject");
	ck_assert_int_eq(set_memory_policy(&machine), 0);
	check_file(aside, SYSFS_MEMORY "/auto_online_blocks", "online");
	check_file(other.dir, SYSFS_MEMORY "/auto_online_blocks", "offline");
	ck_assert_int_eq(memhp_plan_apply(plan, &result), 0);
	check_file(aside, SYSFS_MEMORY "/memory4/state", "offline");
	check_file(aside, DIMM "/eject", "1");
	check_file(other.dir, SYSFS_MEMORY "/memory4/state", "online\n");
	memhp_result_free(result);
	memhp_plan_free(plan);
	ck_assert_int_eq(unlink(machine.dir), 0);
	ck_assert_int_eq(rename(aside, machine.dir), 0);
	machine_release(&machine);
	machine_release(&other);
}
END_TEST

UNIT("copy", tests)
{
	add_table(tests, copy, changes);
	tcase_add_test(tests, already);
	tcase_add_test(tests, exchanged_root);
}
