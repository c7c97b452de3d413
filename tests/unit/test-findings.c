// SPDX-License-Identifier: LGPL-2.1-or-later
/* What looks wrong with a machine's memory, as codes with figures */
#include <inttypes.h>
#include <stdio.h>

#include "unit.h"

#define NODE        "node 0\n"
#define KERNEL      NODE "blocks 0-3 node 0 zones Normal\n"
#define WRITER      "link proc/801/fd/3 /sys/devices/system/memory/memory9/state\nfile proc/uptime \"900.50 1.00\\n\"\n"
#define STAT(start) "file proc/801/stat \"801 (a) b) S 1 801 801 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 " start " 8192 1 2\\n\"\n"
#define ONLINE_RULE "\"SUBSYSTEM==\\\"memory\\\", ACTION==\\\"add\\\", ATTR{state}=\\\"online\\\"\\n\"\n"
#define PAGES(kernel, movable)                                                           \
	"file proc/zoneinfo \"Node 0, zone Normal\\n present " kernel "\\n managed 9\\n" \
	"Node 0, zone Movable\\n present " movable "\\n managed 9\\n\"\n"
#define GOING KERNEL "blocks 8-9 node 0 zones Movable\nblocks 9 state going-offline\n"

/* Each finding with W for a warning, its figures, and what it is about */
static const struct {
	const char *machine, *findings;
} cases[] = {
	{ KERNEL, "" },
	{ "blocks 0-3 absent\n", "W no-blocks" },
	/* offline: expected or not, whatever the policy's word is */
	{ KERNEL "blocks 8-9 node 0 state offline\n", "offline-unused blocks=2 size=268435456" },
	{ KERNEL "blocks 8 node 0 state offline\nauto_online -\n", "offline-unused blocks=1 size=134217728" },
	{ KERNEL "blocks 8 node 0 state offline\nauto_online online_kernel\n",
	  "W offline-despite-policy blocks=1 size=134217728 online_kernel" },
	/* what movable memory there is for kernel memory: the machine's, and that of each of several nodes */
	{ KERNEL "blocks 8-19 node 0 zones Movable\n", "" },
	{ KERNEL "blocks 8-20 node 0 zones Movable\n", "imbalance movable=1744830464 kernel=536870912" },
	{ KERNEL "blocks 8-23 node 0 zones Movable\n", "imbalance movable=2147483648 kernel=536870912" },
	{ KERNEL "blocks 8-24 node 0 zones Movable\n", "W imbalance movable=2281701376 kernel=536870912" },
	{ NODE "blocks 0 node 0 zones Movable\n", "W imbalance movable=134217728 kernel=0" },
	{ KERNEL PAGES("2000000000000000", "1600000000000000"), "" }, /* 3 times the former are more bytes than can be counted */
	{ KERNEL "node 1\nblocks 8-15 node 1 zones Movable\n", "" },
	{ KERNEL "node 1\nblocks 8 node 1 zones Normal\nblocks 9-13 node 1 zones Movable\n",
	  "W imbalance node=1 movable=671088640 kernel=134217728" },
	{ KERNEL "node 1\nblocks 8 node 1 zones none\nblocks 9-12 node 1 zones Movable\n",
	  "imbalance node=1 movable=536870912 kernel=134217728" },
	{ KERNEL "node 1\nblocks 8 node 1 zones Normal\nblocks 9-13 node 1 zones Movable\nblocks 14 node 1 zones ?\n",
	  "W unreadable blocks=1 size=134217728 valid_zones" },
	/* going offline: two minutes are nothing, and nobody knows since when without the process */
	{ GOING, "going-offline blocks=1 size=134217728 block_id=9" },
	{ GOING WRITER, "going-offline blocks=1 size=134217728 block_id=9 pid=801" },
	{ GOING WRITER STAT("78050"), "going-offline blocks=1 size=134217728 block_id=9 pid=801 process_ms=120000" },
	{ GOING WRITER STAT("78049"), "W going-offline blocks=1 size=134217728 block_id=9 pid=801 process_ms=120010" },
	{ GOING WRITER STAT("90051"), "going-offline blocks=1 size=134217728 block_id=9 pid=801" },
	{ GOING WRITER STAT("x"), "going-offline blocks=1 size=134217728 block_id=9 pid=801" },
	/* what is worth knowing */
	{ KERNEL "file proc/meminfo \"MemTotal: 512 kB\\nHardwareCorrupted:    64 kB\\n\"\n", "poisoned-memory size=65536" },
	{ KERNEL "file proc/meminfo \"MemTotal: 512 kB\\nHardwareCorrupted:     0 kB\\n\"\n", "" },
	{ KERNEL "file proc/meminfo \"HardwareCorrupted: some\\n\"\n", "W unreadable /proc/meminfo" },
	{ KERNEL "blocks 8 zones Normal\n", "no-node blocks=1 size=134217728" },
	{ "blocks 0-3 zones Normal\n", "" },
	{ KERNEL "dir sys/bus/acpi/devices/PNP0C80:07\n", "device-without-blocks dimm:PNP0C80:07" },
	{ NODE "blocks 0-3 node 0 removable 0\n", "no-hotremove" },
	{ KERNEL "dir sys/devices/system/memory/memory08\n", "W impossible-names entries=1" },
	/* what cannot be read: a warning, and what this kernel does not have is none */
	{ KERNEL "file sys/devices/system/memory/memory1/state \"\"\nremove sys/devices/system/memory/memory2/state\n",
	  "W unreadable blocks=2 size=268435456 state" },
	{ KERNEL "file sys/bus/dax/devices \"\"\nfile proc/iomem \"00000000-0fffffff : System RAM\\n\"\n", "W unreadable source" },
	{ KERNEL "file proc/zoneinfo garbage\n", "W unreadable /proc/zoneinfo" },
	{ KERNEL "remove proc\n", "" },
	{ KERNEL "dir sys/module/memory_hotplug/parameters/online_policy\n", "W unreadable online_policy" },
	/* those who decide about new memory, and what may tell of more of them */
	{ KERNEL "file etc/udev/rules.d/40-a.rules " ONLINE_RULE, "W policy-contradiction contradictions=1" },
	{ KERNEL "auto_online online\nfile etc/udev/rules.d/40-a.rules " ONLINE_RULE, "" },
	{ KERNEL "file etc/udev/rules.d garbage\n", "W unreadable /etc/udev/rules.d" },
	/* the worst first */
	{ KERNEL "blocks 8 node 0 state offline\nfile proc/zoneinfo garbage\ndir sys/bus/acpi/devices/PNP0C80:07\n",
	  "W unreadable /proc/zoneinfo;offline-unused blocks=1 size=134217728;device-without-blocks dimm:PNP0C80:07" },
};

static void describe(FILE *out, const struct memhp_status_finding *finding)
{
	const char *name = memhp_status_finding_get_name(finding), *figure;
	uint64_t value;

	fprintf(out, "%s%s", memhp_status_finding_get_level(finding) == MEMHP_STATUS_LEVEL_WARNING ? "W " : "",
		memhp_status_code_name(memhp_status_finding_get_code(finding)));
	for (int i = 0; (figure = memhp_status_figure_name(i)); i++)
		if (memhp_status_finding_get_figure(finding, i, &value) == 0)
			fprintf(out, " %s=%" PRIu64, figure, value);
	if (name)
		fprintf(out, " %s", name);
}

START_TEST(findings)
{
	const struct memhp_status_finding *finding;
	struct memhp_status_findings *list;
	struct memhp_snapshot *snapshot;
	struct machine machine;
	char text[1024] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");

	machine_make(&machine, cases[_i].machine);
	snapshot = machine_scan(&machine, ALL_ATTRS);
	ck_assert_int_eq(memhp_status_findings_new(&list, snapshot), 0);
	for (size_t i = 0; (finding = memhp_status_findings_get(list, i)); i++) {
		fputs(i ? ";" : "", out);
		describe(out, finding);
	}
	fclose(out);
	ck_assert_str_eq(text, cases[_i].findings);
	memhp_status_findings_free(list);
	memhp_snapshot_unref(snapshot);
	machine_release(&machine);
}
END_TEST

/* A snapshot that has not all of it cannot be judged. */
START_TEST(attrs)
{
	struct memhp_status_findings *list;
	struct memhp_snapshot *snapshot;
	struct machine machine;

	machine_make(&machine, KERNEL);
	snapshot = machine_scan(&machine, ALL_ATTRS & ~(unsigned int)MEMHP_ATTR_SOURCE);
	ck_assert_int_eq(memhp_status_findings_new(&list, snapshot), -ENODATA);
	memhp_snapshot_unref(snapshot);
	machine_release(&machine);
}
END_TEST

START_TEST(cut_off)
{
	const struct memhp_status_finding *finding;
	struct memhp_status_findings *list;
	struct memhp_snapshot *snapshot;
	struct machine machine;
	uint64_t value;

	machine_make(&machine, "blocks 0-3 zones Normal\n");
	snapshot = machine_scan(&machine, ALL_ATTRS);
	ck_assert_int_eq(memhp_status_findings_new(&list, snapshot), 0);
	ck_assert_int_eq(memhp_status_findings_add_cut_off(list, MEMHP_STATE_OFFLINE, 12, 8, 4), 0);
	finding = memhp_status_findings_get(list, 0);
	ck_assert_int_eq(memhp_status_finding_get_code(finding), MEMHP_STATUS_CODE_REQUEST_CUT_OFF);
	ck_assert_int_eq(memhp_status_finding_get_level(finding), MEMHP_STATUS_LEVEL_WARNING);
	ck_assert_str_eq(memhp_status_finding_get_name(finding), "offline");
	ck_assert_int_eq(memhp_status_finding_get_figure(finding, MEMHP_STATUS_FIGURE_CHANGED, &value), 0);
	ck_assert_uint_eq(value, 4);
	ck_assert_int_eq(memhp_status_finding_get_figure(finding, MEMHP_STATUS_FIGURE_TIME, &value), 0);
	ck_assert_uint_eq(value, 12);
	memhp_status_findings_free(list);
	memhp_snapshot_unref(snapshot);
	machine_release(&machine);
}
END_TEST

UNIT("findings", tests)
{
	add_table(tests, findings, cases);
	tcase_add_test(tests, cut_off);
	tcase_add_test(tests, attrs);
}
