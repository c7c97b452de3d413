// SPDX-License-Identifier: LGPL-2.1-or-later
#include "read/firmware.h"

#include <stdio.h>

#include "unit.h"

#define MEMMAP "sys/firmware/memmap/"
#define BOOT   "sys/kernel/boot_params/"
#define TREE   "sys/firmware/devicetree/base/"
#define LMBS   TREE "ibm,dynamic-reconfiguration-memory/"
/* Numbers of a device tree that has two cells for each */
#define CELL(n)         "\\x00\\x00\\x00" n
#define CELLS           "file " TREE "#address-cells \"" CELL("\\x02") "\"\nfile " TREE "#size-cells \"" CELL("\\x02") "\"\n"
#define Q(n)            CELL("\\x00") "\\x" n "0\\x00\\x00\\x00" /* so many times 256 MiB */
#define NODE(name, reg) "file " TREE name "/device_type \"memory\\x00\"\nfile " TREE name "/reg \"" reg "\"\n"

/* Blocks of 256 MiB, so that the first digit of an address tells the block */
#define MACHINE "block_size 0x10000000\nblocks 0\n"

static void print_spans(FILE *file, const struct spans *spans)
{
	for (size_t i = 0; i < spans->num; i++)
		fprintf(file, "%s%llx-%llx", i ? " " : "", (unsigned long long)spans->items[i].first,
			(unsigned long long)spans->items[i].last);
}

enum table { MAP, BOOT_MAP, SRAT, LMB };

static const struct {
	enum table table;
	const char *machine;
	int rc;
	const char *ram;
} tables[] = {
	/* the firmware's map; what adjoins is one */
	{ MAP, "ram memmap 0-1,2,5\n", 0, "0-2fffffff 50000000-5fffffff" },
	{ MAP, "ram memmap 0,2\nfile " MEMMAP "1/type \"Reserved\\n\"\n", 0, "0-fffffff" },
	{ MAP, "ram memmap 0,2\nfile " MEMMAP "1/type \"Persistent Memory\\n\"\nfile " MEMMAP "1/start garbage\n", 0, "0-fffffff" },
	{ MAP, "", -ENOENT, "" },
	{ MAP, "dir " MEMMAP "\n", -ENOENT, "" },
	{ MAP, "ram memmap 0\nfile " MEMMAP "0/type \"Reserved\\n\"\n", -ENOENT, "" },
	{ MAP, "ram memmap 0,2\nfile " MEMMAP "1/end garbage\n", -EBADMSG, "" },
	{ MAP, "ram memmap 0,2\nfile " MEMMAP "1/start \"131072\\n\"\n", -EBADMSG, "" },
	{ MAP, "ram memmap 0,2\nfile " MEMMAP "1/end \"0x1\\n\"\n", -EBADMSG, "" },
	{ MAP, "ram memmap 0,2\nremove " MEMMAP "1/type\n", -EBADMSG, "" },
	{ MAP, "ram memmap 0,2\nremove " MEMMAP "1/start\n", -EBADMSG, "" },
	{ MAP, "ram memmap 0,2\nremove " MEMMAP "1/end\ndir " MEMMAP "1/end\n", -EISDIR, "" },
	{ MAP, "ram memmap 0\nfile " MEMMAP "1 odd\n", -ENOTDIR, "" },
	{ MAP, "file sys/firmware/memmap odd\n", -ENOTDIR, "" },
	/* that of the boot */
	{ BOOT_MAP, "boot_map 0-1,4\n", 0, "0-1fffffff 40000000-4fffffff" },
	{ BOOT_MAP, "", -ENOENT, "" },
	{ BOOT_MAP, "file " BOOT "data \"\\x00\" times 4096\n", -ENOENT, "" },
	{ BOOT_MAP, "file " BOOT "data short\n", -EBADMSG, "" },
	{ BOOT_MAP, "boot_map 0\nremove " BOOT "data\n", -EBADMSG, "" },
	{ BOOT_MAP, "boot_map 0\nfile " BOOT "setup_data/0/data garbage\n", -EBADMSG, "" },
	{ BOOT_MAP, "boot_map 0\nfile " BOOT "setup_data/0/type \"0x1\\n\"\n", -EBADMSG, "" },
	{ BOOT_MAP, "boot_map 0\nfile " BOOT "setup_data/0/type \"0x2\\n\"\n", 0, "0-fffffff" },
	{ BOOT_MAP, "boot_map 0\nfile " BOOT "setup_data odd\n", -ENOTDIR, "" },
	/* SRAT */
	{ SRAT, "ram srat 0-1,4\n", 0, "0-1fffffff 40000000-4fffffff" },
	{ SRAT, "ram srat 0\nram srat-hotplug 1-4\n", 0, "0-fffffff" },
	{ SRAT, "ram srat-hotplug 1-4\n", -ENOENT, "" },
	{ SRAT, "", -ENOENT, "" },
	{ SRAT, "file sys/firmware/acpi/tables/SRAT garbage\n", -EBADMSG, "" },
	{ SRAT, "dir sys/firmware/acpi/tables/SRAT\n", -EISDIR, "" },
	/* logical memory blocks */
	{ LMB, "ram lmb 0-1,4\nram lmb-free 2\n", 0, "0-1fffffff 40000000-4fffffff" },
	{ LMB, "ram lmb-free 2\n", -ENOENT, "" },
	{ LMB, "", -ENOENT, "" },
	{ LMB, "ram device-tree 0\n", -ENOENT, "" },
	{ LMB, "ram lmb 0\nremove " LMBS "ibm,dynamic-memory\n", -ENOENT, "" },
	{ LMB, "ram lmb 0\nfile " LMBS "ibm,dynamic-memory garbage\n", -EBADMSG, "" },
	{ LMB, "ram lmb 0\nremove " TREE "#size-cells\n", -EBADMSG, "" },
	{ LMB, "ram lmb 0\nfile " LMBS "linux,drconf-usable-memory \"\"\n", -ENODATA, "" },
	{ LMB, "ram lmb 0\nremove " LMBS "ibm,lmb-size\ndir " LMBS "ibm,lmb-size\n", -EISDIR, "" },
};

START_TEST(one_table)
{
	static int (*const read[])(struct memhp_ctx *, struct spans *) = { memhp__firmware_read_memmap,
									   memhp__firmware_read_boot_map, memhp__firmware_read_srat,
									   memhp__firmware_read_lmbs };
	_cleanup_machine_ struct machine machine;
	struct spans ram;
	char lines[1024], text[256] = "";
	FILE *file;

	snprintf(lines, sizeof(lines), "%s%s", MACHINE, tables[_i].machine);
	machine_make(&machine, lines);
	ck_assert_int_eq(read[tables[_i].table](machine.ctx, &ram), tables[_i].rc);
	file = fmemopen(text, sizeof(text), "w");
	print_spans(file, &ram);
	fclose(file);
	ck_assert_str_eq(text, tables[_i].ram);
	memhp__spans_release(&ram);
}
END_TEST

/* The names of nodes do not matter, nor their order. */
static const struct {
	const char *machine;
	int rc;
	const char *memory; /* "RAM|of that fixed|disabled" */
} nodes[] = {
	{ CELLS NODE("memory@10000000", Q("1") Q("1")), 0, "10000000-1fffffff|10000000-1fffffff|" },
	{ CELLS NODE("memory", Q("1") Q("1")), 0, "10000000-1fffffff|10000000-1fffffff|" },
	{ CELLS NODE("ram@10000000", Q("1") Q("1")), 0, "10000000-1fffffff|10000000-1fffffff|" },
	{ CELLS NODE("memory@4", Q("4") Q("1")) NODE("memory@1", Q("1") Q("1") Q("2") Q("1") Q("8") Q("0")), 0,
	  "10000000-2fffffff 40000000-4fffffff|10000000-2fffffff 40000000-4fffffff|" },
	/* one cell for each number */
	{ "file " TREE "#address-cells \"" CELL("\\x01") "\"\nfile " TREE "#size-cells \"" CELL("\\x01") "\"\n" NODE(
		  "memory@0", "\\x10\\x00\\x00\\x00\\x20\\x00\\x00\\x00"),
	  0, "10000000-2fffffff|10000000-2fffffff|" },
	/* enabled or not */
	{ CELLS NODE("memory@1", Q("1") Q("1")) "file " TREE "memory@1/status \"okay\\x00\"\n", 0,
	  "10000000-1fffffff|10000000-1fffffff|" },
	{ CELLS NODE("memory@1", Q("1") Q("1")) "file " TREE "memory@1/status \"ok\\x00\"\n", 0,
	  "10000000-1fffffff|10000000-1fffffff|" },
	{ CELLS NODE("memory@1", Q("1") Q("1")) "file " TREE "memory@1/status \"disabled\\x00\"\n", 0, "||10000000-1fffffff" },
	{ CELLS NODE("memory@1", Q("1") Q("1")) "file " TREE "memory@1/status \"reserved\\x00\"\n", 0, "||10000000-1fffffff" },
	{ CELLS NODE("memory@1", Q("1") Q("1")) "file " TREE "memory@1/status \"\"\n", 0, "||10000000-1fffffff" },
	{ CELLS NODE("memory@1", Q("1") Q("1")) NODE("memory@2", Q("2") Q("1")) "file " TREE "memory@2/status \"fail\\x00\"\n", 0,
	  "10000000-1fffffff|10000000-1fffffff|20000000-2fffffff" },
	/* RAM at boot that may be plugged out */
	{ CELLS NODE("memory@1", Q("1") Q("1")) NODE("memory@4", Q("4") Q("1")) "file " TREE "memory@4/hotpluggable \"\"\n", 0,
	  "10000000-1fffffff 40000000-4fffffff|10000000-1fffffff|" },
	/* a crash kernel may have some of it, or what the boot loader left to it */
	{ CELLS NODE("memory@1", Q("1") Q("4")) "file " TREE "memory@1/linux,usable-memory \"" Q("2") Q("1") "\"\n", 0,
	  "20000000-2fffffff|20000000-2fffffff|" },
	{ CELLS NODE("memory@1", Q("1") Q("4")) "file " TREE "memory@1/linux,usable-memory \"\"\n", -ENOENT, "||" },
	{ CELLS NODE("memory@1", Q("1") Q("4")) "file " TREE "chosen/linux,usable-memory-range \"\"\n", -ENODATA, "||" },
	{ CELLS NODE("memory@1", Q("1") Q("4")) "file " TREE "chosen/bootargs quiet\n", 0, "10000000-4fffffff|10000000-4fffffff|" },
	/* no memory */
	{ "", -ENOENT, "||" },
	{ CELLS, -ENOENT, "||" },
	{ CELLS "file " TREE "memory@1/reg \"" Q("1") Q("1") "\"\n", -ENOENT, "||" },
	{ CELLS NODE("memory@1", Q("1") Q("1")) "file " TREE "memory@1/device_type \"cpu\\x00\"\n", -ENOENT, "||" },
	{ CELLS NODE("memory@1", "") "remove " TREE "memory@1/reg\n", -ENOENT, "||" },
	{ CELLS NODE("memory-controller@1/memory@1", Q("1") Q("1")), -ENOENT, "||" },
	{ CELLS "file " TREE "memory 1\n", -ENOENT, "||" },
	/* what cannot be read or understood is not absent, and says nothing of the rest either */
	{ NODE("memory@1", Q("1") Q("1")), -EBADMSG, "||" },
	{ CELLS NODE("memory@1", Q("1") Q("1")) "remove " TREE "#size-cells\n", -EBADMSG, "||" },
	{ CELLS NODE("memory@1", Q("1") Q("1")) "file " TREE "#size-cells \"\\x02\"\n", -EBADMSG, "||" },
	{ CELLS NODE("memory@1", Q("1") Q("1")) "file " TREE "#size-cells \"" CELL("\\x03") "\"\n", -EBADMSG, "||" },
	{ CELLS NODE("memory@1", Q("1") Q("1")) NODE("memory@2", "odd"), -EBADMSG, "||" },
	{ CELLS NODE("memory@1", Q("1") Q("1")) NODE("memory@2", Q("2") Q("1")) "remove " TREE "memory@2/reg\ndir " TREE
										"memory@2/reg\n",
	  -EISDIR, "||" },
	{ CELLS NODE("memory@1", Q("1") Q("1")) "dir " TREE "memory@1/status\n", -EISDIR, "||" },
	{ CELLS NODE("memory@1", Q("1") Q("1")) "dir " TREE "memory@1/hotpluggable\n", -EISDIR, "||" },
	{ CELLS NODE("memory@1", Q("1") Q("1")) "dir " TREE "chosen/linux,usable-memory-range\n", -EISDIR, "||" },
	{ CELLS NODE("memory@1", Q("1") Q("1")) "link " TREE "memory@2 memory@1\n", 0, "10000000-1fffffff|10000000-1fffffff|" },
	{ CELLS NODE("memory@1", Q("1") Q("1")) "link " TREE "memory@1/reg /etc/passwd\n", -ELOOP, "||" },
	{ "file sys/firmware/devicetree/base odd\n", -ENOTDIR, "||" },
};

START_TEST(device_tree)
{
	_cleanup_machine_ struct machine machine;
	struct dt_memory memory;
	char text[256] = "";
	FILE *file;

	machine_make(&machine, nodes[_i].machine);
	ck_assert_int_eq(memhp__firmware_read_device_tree(machine.ctx, &memory), nodes[_i].rc);
	file = fmemopen(text, sizeof(text), "w");
	print_spans(file, &memory.ram);
	fputc('|', file);
	print_spans(file, &memory.fixed);
	fputc('|', file);
	print_spans(file, &memory.disabled);
	fclose(file);
	ck_assert_str_eq(text, nodes[_i].memory);
	memhp__dt_memory_release(&memory);
}
END_TEST

UNIT("firmware", tests)
{
	add_table(tests, one_table, tables);
	add_table(tests, device_tree, nodes);
}
