// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>

#include "unit.h"

#define MEMORY SYSFS_MEMORY "/"
#define IOMEM  "file proc/iomem "
#define LINK   "link " MEMORY
#define DIMM   "/firmware_node ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0A06:04/"
#define ACPI   "dir sys/bus/acpi/devices/PNP0A03:00\ndir sys/bus/acpi/devices/PNP0C80:00\n"
#define HYPERV "dir sys/bus/vmbus/drivers/hv_balloon\n"
#define XEN    "dir sys/devices/system/xen_memory\n"
#define CCW    "dir sys/bus/ccw\n"

/* Blocks of 128 MiB: 0 begins at 0, 8 at 0x40000000, 32 at 0x100000000. What an unprivileged reader gets of the same is HIDDEN. */
#define BOOT_IOMEM "00001000-0009ffff : System RAM\\n00100000-3fffffff : System RAM\\n  01000000-01ffffff : Kernel code\\n"
#define HIDDEN     "00000000-00000000 : System RAM\\n  00000000-00000000 : Kernel code\\n"
#define VIRTIO(n)  "00000000-00000000 : virtio" n "\\n  00000000-00000000 : System RAM (virtio_mem)\\n"
#define DAX(n) \
	"00000000-00000000 : Persistent Memory\\n  00000000-00000000 : dax" n "\\n    00000000-00000000 : System RAM (kmem)\\n"

static const struct {
	const char *machine, *sources;
} cases[] = {
	/* nothing is known of it */
	{ "blocks 0-1\n", "0-1 -" },
	{ "blocks 0-1\n" IOMEM "\"\"\n", "0 -74;1 -74" },
	{ "blocks 0-1\n" IOMEM "garbage\n", "0 -74;1 -74" },
	{ "blocks 0-1\ndir proc/iomem\n", "0 -21;1 -21" },
	{ "blocks 0-1\n" IOMEM "\"00000000-0fffffff : Reserved\\n\"\n", "0 -74;1 -74" },
	/* the memory map of the boot, which block 9 is not on */
	{ "blocks 0-9\nboot_map 0-8\n", "0-8 boot;9 -" },
	{ "blocks 0-9\nboot_map 0-8\n" IOMEM "\"" HIDDEN "\"\n", "0-8 boot;9 -" },
	{ "blocks 0-9\nboot_map 0-3,5-8\n" IOMEM "\"" BOOT_IOMEM "48000000-4fffffff : System RAM\\n\"\n", "0-8 boot;9 -" },
	/* unless it was redrawn */
	{ "blocks 0-9\nboot_map 0-8\ncmdline \"ro memmap=1G!1G\"\n", "0-9 -" },
	{ "blocks 0-9\nboot_map 0-8\ncmdline memmap=1G$1G\n", "0-9 -" },
	{ "blocks 0-9\nboot_map 0-8\ncmdline \"ro add_efi_memmap quiet\"\n", "0-9 -" },
	{ "blocks 0-9\nboot_map 0-8\ncmdline \"memory_hotplug.memmap_on_memory=1 xmemmap=1\"\n", "0-8 boot;9 -" },
	{ "blocks 0-9\nboot_map 0-8\ncmdline \"add-efi-memmap\"\n", "0-9 -" },
	{ "blocks 0-9\nboot_map 0-8\ncmdline \"mem=512M\"\n", "0-9 -" },
	{ "blocks 0-9\nboot_map 0-8\ncmdline \"\\\"memmap=1G$1G\\\"\"\n", "0-9 -" },
	{ "blocks 0-9\nboot_map 0-8\ncmdline \"dyndbg=\\\"file a mem=1G\\\"\"\n", "0-8 boot;9 -" },
	{ "blocks 0-9\nboot_map 0-8\ncmdline \"ro -- memmap=1G$1G\"\n", "0-8 boot;9 -" },
	/* or may have been */
	{ "blocks 0-9\nboot_map 0-8\nremove proc/cmdline\n", "0-8 boot;9 -" },
	{ "blocks 0-9\nboot_map 0-8\ndir proc/cmdline\n", "0 -21;1 -21;2 -21;3 -21;4 -21;5 -21;6 -21;7 -21;8 -21;9 -21" },
	/* a map that is none, and one that is longer than the kernel's structure has room for */
	{ "blocks 0\nfile sys/kernel/boot_params/data \"\"\n", "0 -74" },
	{ "blocks 0\nfile sys/kernel/boot_params/data \"\\xff\" times 4096\n", "0 -74" },
	{ "blocks 0-3\nboot_map 0\nfile sys/kernel/boot_params/setup_data/0/type \"0x9\\n\"\n"
	  "file sys/kernel/boot_params/setup_data/0/data garbage\nfile sys/kernel/boot_params/setup_data/1/type \"0x1\\n\"\n"
	  "file sys/kernel/boot_params/setup_data/1/data "
	  "\"\\x00\\x00\\x00\\x10\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x08\\x00\\x00\\x00\\x00\\x01\\x00\\x00\\x00\"\n",
	  "0 boot;1 -;2 boot;3 -" },
	{ "blocks 0-3\nboot_map 0\nfile sys/kernel/boot_params/setup_data/0/type \"0x1\\n\"\n", "0 -74;1 -74;2 -74;3 -74" },
	/* DIMMs: also those that were there at boot; others' links are none of ours, and not looked at without such a device */
	{ "blocks 0-4\nboot_map 0-3\n" ACPI LINK "memory3" DIMM "PNP0C80:00\n" LINK "memory4" DIMM "PNP0C80:1f\n",
	  "0-2 boot;3 dimm:PNP0C80:00;4 dimm:PNP0C80:1f" },
	{ "blocks 0-1\nboot_map 0\n" LINK "memory1" DIMM "PNP0C80:00\n", "0 boot;1 -" },
	{ "blocks 0-3\nboot_map 0-3\n" ACPI LINK "memory0" DIMM "PNP0A03:00\n" LINK "memory1" DIMM "PNP0C80:1000\n" LINK
	  "memory2/firmware_node PNP0C80:\nfile " MEMORY "memory3/firmware_node PNP0C80:00\n",
	  "0 -74;1 -74;2 -74;3 boot" },
	/* virtio-mem, with addresses and without */
	{ "blocks 0-7,32-39\nboot_map 0-7\n" IOMEM "\"" BOOT_IOMEM "100000000-1ffffffff : virtio0\\n"
	  "  100000000-10fffffff : System RAM (virtio_mem)\\n  120000000-13fffffff : System RAM (virtio_mem)\\n\"\n",
	  "0-7 boot;32-33 virtio-mem:virtio0;34-35 -;36-39 virtio-mem:virtio0" },
	{ "blocks 0-7,32\nboot_map 0-7\n" IOMEM "\"" HIDDEN VIRTIO("3") "\"\n", "0-7 boot;32 virtio-mem:virtio3" },
	{ "blocks 0-7,32\nboot_map 0-7\n" IOMEM "\"" HIDDEN VIRTIO("3") VIRTIO("4") VIRTIO("3") "\"\n", "0-7 boot;32 virtio-mem" },
	{ "blocks 0-7,32\nboot_map 0-7\n" IOMEM "\"" HIDDEN VIRTIO("3") DAX("0.0") VIRTIO("3") "\"\n", "0-7 boot;32 -" },
	{ "blocks 0-7,32\nboot_map 0-7\n" IOMEM "\"" HIDDEN VIRTIO("3") "\"\n" HYPERV, "0-7 boot;32 -" },
	/* a device without memory added nothing */
	{ "blocks 0-7,32\nboot_map 0-7\n" IOMEM "\"" HIDDEN VIRTIO("3") "00000000-00000000 : virtio4\\n\"\n",
	  "0-7 boot;32 virtio-mem:virtio3" },
	/* dax devices: of persistent memory, within a CXL region, and before Linux 5.8, when kmem gave its RAM no name */
	{ "blocks 0,32-36\nboot_map 0\n" IOMEM "\"00000000-07ffffff : System RAM\\n100000000-10fffffff : Persistent Memory\\n"
	  "  100000000-10fffffff : dax0.0\\n    100000000-107ffffff : System RAM (kmem)\\n"
	  "110000000-11fffffff : CXL Window 0\\n  110000000-11fffffff : region0\\n    110000000-117ffffff : dax12.34\\n"
	  "      110000000-117ffffff : System RAM (kmem)\\n    118000000-11fffffff : dax12.35\\n"
	  "      118000000-11fffffff : System RAM\\n120000000-127ffffff : System RAM (kmem)\\n\"\n",
	  "0 boot;32 dax0.0;33 -;34 dax12.34;35 dax12.35;36 dax" },
	{ "blocks 0,32\nboot_map 0\n" IOMEM "\"" HIDDEN DAX("0.0") "\"\n", "0 boot;32 dax0.0" },
	{ "blocks 0,32\nboot_map 0\n" IOMEM "\"" HIDDEN DAX("0.0") DAX("1.0") "\"\n", "0 boot;32 dax" },
	/* another driver's */
	{ "blocks 0,32\nboot_map 0\n" IOMEM "\"100000000-107ffffff : System RAM (nvidia)\\n\"\n", "0 boot;32 -" },
	{ "blocks 0,32\nboot_map 0\n" IOMEM "\"" HIDDEN VIRTIO("0") "00000000-00000000 : System RAM (nvidia)\\n\"\n",
	  "0 boot;32 -" },
	{ "blocks 0,32\nboot_map 0\n" IOMEM "\"100000000-107ffffff : dax0.0x\\n  100000000-107ffffff : System RAM\\n\"\n",
	  "0 boot;32 -" },
	/* balloons, whose memory has no name: not what is outside of all RAM */
	{ "blocks 0-8\nboot_map 0-7\n" IOMEM "\"" HIDDEN "\"\n" HYPERV, "0-7 boot;8 hyperv" },
	{ "blocks 0-9\nboot_map 0-7\n" IOMEM "\"" BOOT_IOMEM "40000000-47ffffff : System RAM\\n\"\n" XEN, "0-7 boot;8 xen;9 -" },
	{ "blocks 0-8\nboot_map 0-7\n" IOMEM "\"" HIDDEN "\"\n" HYPERV XEN, "0-7 boot;8 balloon" },
	{ "blocks 0-8\nboot_map 0-7\n" HYPERV, "0-7 boot;8 -" },
	/* and what may be there */
	{ "blocks 0-8\nboot_map 0-7\n" IOMEM "\"" HIDDEN "\"\nfile sys/devices/system/xen_memory odd\n", "0-7 boot;8 -20" },
	{ "blocks 0-8\nfile sys/kernel odd\n" IOMEM "\"" HIDDEN "\"\n", "0 -20;1 -20;2 -20;3 -20;4 -20;5 -20;6 -20;7 -20;8 -20" },
	{ "blocks 0-8\nblocks 9 state offline\nfile sys/firmware odd\n" CCW IOMEM "\"" HIDDEN "\"\n", "0-9 -" },
	/* with a map a file probe is no adder: there is nothing for it to find */
	{ "probe\nblocks 0-8\nboot_map 0-7\n" IOMEM "\"" HIDDEN "\"\n" HYPERV, "0-7 boot;8 hyperv" },
	/* no map: boot memory when nothing else can have added it, and in any case where the kernel is */
	{ "blocks 0-8\n" IOMEM "\"" HIDDEN "\"\n", "0-8 boot" },
	{ "blocks 0-9\n" IOMEM "\"" BOOT_IOMEM "40000000-47ffffff : System RAM\\n\"\n", "0-8 boot;9 -" },
	{ "probe\nblocks 0-9\n" IOMEM "\"" BOOT_IOMEM "40000000-47ffffff : System RAM\\n\"\n", "0-7 boot;8-9 -" },
	{ "probe\nblocks 0-9\n" IOMEM "\"" HIDDEN "\"\n", "0-9 -" },
	{ "file sys/kernel/dlpar \"\"\nblocks 0-9\n" IOMEM "\"" HIDDEN "\"\n", "0-9 -" },
	{ "blocks 0-9\n" IOMEM "\"" HIDDEN VIRTIO("0") "\"\n", "0-9 -" },
	{ "blocks 0-9\n" IOMEM "\"" BOOT_IOMEM "40000000-47ffffff : virtio0\\n  40000000-47ffffff : System RAM (virtio_mem)\\n"
	  "48000000-4fffffff : System RAM\\n\"\n",
	  "0-7 boot;8 virtio-mem:virtio0;9 boot" },
	{ "blocks 0-8\n" IOMEM "\"" BOOT_IOMEM "40000000-47ffffff : System RAM\\n\"\n" XEN, "0-7 boot;8 -" },
	/* s390 */
	{ "blocks 0-8\nblocks 9 state offline\n" CCW IOMEM "\"" BOOT_IOMEM "40000000-4fffffff : System RAM\\n\"\n",
	  "0-7 boot;8 -;9 standby" },
	{ "blocks 0-8\nblocks 9 state offline\n" CCW IOMEM "\"" HIDDEN "\"\n", "0-8 -;9 standby" },
	{ "blocks 0-8\nblocks 9 state offline\n" CCW IOMEM "\"" HIDDEN VIRTIO("0") "\"\n", "0-9 -" },
	{ "blocks 0-8\nblocks 9 state offline\nblocks 0-9 config 1\n" CCW IOMEM "\"" HIDDEN "\"\n", "0-9 -" },
	/* texts that the kernel would not write: no evidence, rather than half of it */
	{ "blocks 0\n" IOMEM "\"" HIDDEN "    00000000-00000000 : too deep\\n\"\n", "0 boot" },
	{ "blocks 0\n" IOMEM "\"" HIDDEN "      00000000-00000000 : too deep\\n\"\n", "0 -74" },
	{ "blocks 0\n" IOMEM "\"" HIDDEN "  garbage\\n\"\n", "0 -74" },
	{ "blocks 0\n" IOMEM "\"" HIDDEN "\\x00\\n\"\n", "0 -74" },
	{ "blocks 0\nboot_map 0\n" IOMEM "\"00000000-07ffffff : virtio18446744073709551615\\n"
	  "  00000000-07ffffff : System RAM (virtio_mem)\\n\"\n",
	  "0 boot" },
};

/* Runs of blocks as "FIRST-LAST SOURCE" */
static void print_sources(const struct memhp_snapshot *snapshot, char *text, size_t size)
{
	FILE *file = fmemopen(text, size, "w");
	const struct memhp_block *block, *next;

	for (size_t i = 0; (block = memhp_snapshot_get_block(snapshot, i)); i++) {
		uint64_t first = memhp_block_get_id(block), last = first;
		const struct memhp_source *source = memhp_block_get_source(block);
		int error = memhp_block_get_error(block, MEMHP_ATTR_SOURCE);

		while (!error && (next = memhp_snapshot_get_block(snapshot, i + 1)) && memhp_block_get_id(next) == last + 1 &&
		       memhp_block_get_source(next) == source && !memhp_block_get_error(next, MEMHP_ATTR_SOURCE)) {
			last++;
			i++;
		}
		fprintf(file, first == last ? "%s%llu" : "%s%llu-%llu", ftell(file) ? ";" : "", (unsigned long long)first,
			(unsigned long long)last);
		if (error)
			fprintf(file, " %d", error);
		else
			fprintf(file, " %s", source ? memhp_source_get_name(source) : "-");
	}
	fclose(file);
}

START_TEST(sources)
{
	struct memhp_snapshot *snapshot;
	struct machine machine;
	char text[512] = "";

	machine_make(&machine, cases[_i].machine);
	snapshot = machine_scan(&machine, MEMHP_ATTR_SOURCE);
	print_sources(snapshot, text, sizeof(text));
	ck_assert_str_eq(text, cases[_i].sources);
	memhp_snapshot_unref(snapshot);
	machine_release(&machine);
}
END_TEST

/* The sources of a machine, with what they are and how much they have */
START_TEST(objects)
{
	static const struct {
		const char *name;
		enum memhp_source_kind kind;
		size_t blocks;
	} expected[] = {
		{ "dimm:PNP0C80:0a", MEMHP_SOURCE_KIND_DIMM, 2 },
		{ "boot", MEMHP_SOURCE_KIND_BOOT, 7 },
		{ "hyperv", MEMHP_SOURCE_KIND_BALLOON, 2 },
		{ "dimm:PNP0C80:00", MEMHP_SOURCE_KIND_DIMM, 0 },
	};
	struct memhp_snapshot *snapshot;
	struct machine machine;

	machine_make(&machine, "blocks 0-9\nblocks 8,10 state offline\nboot_map 0-7\n" IOMEM "\"" HIDDEN "\"\n" HYPERV ACPI LINK
			       "memory0" DIMM "PNP0C80:0a\n" LINK "memory8" DIMM "PNP0C80:0a\n");
	snapshot = machine_scan(&machine, MEMHP_ATTR_STATE | MEMHP_ATTR_SOURCE);
	ck_assert_ptr_null(memhp_snapshot_get_source(snapshot, ARRAY_SIZE(expected)));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		const struct memhp_source *source = memhp_snapshot_get_source(snapshot, i);

		ck_assert_str_eq(memhp_source_get_name(source), expected[i].name);
		ck_assert_int_eq(memhp_source_get_kind(source), expected[i].kind);
		ck_assert_uint_eq(memhp_source_get_num_blocks(source), expected[i].blocks);
	}
	ck_assert_int_eq(memhp_source_get_kind(memhp_block_get_source(memhp_snapshot_find_block(snapshot, 8))),
			 MEMHP_SOURCE_KIND_DIMM);
	memhp_snapshot_unref(snapshot);

	/* Nobody asked. */
	snapshot = machine_scan(&machine, MEMHP_ATTR_STATE);
	ck_assert_ptr_null(memhp_snapshot_get_source(snapshot, 0));
	ck_assert_ptr_null(memhp_block_get_source(memhp_snapshot_get_block(snapshot, 0)));
	ck_assert_int_eq(memhp_block_get_error(memhp_snapshot_get_block(snapshot, 0), MEMHP_ATTR_SOURCE), -ENODATA);
	memhp_snapshot_unref(snapshot);
	machine_release(&machine);
}
END_TEST

#define SLOT(n)   "dir sys/bus/acpi/devices/PNP0C80:" n "\n"
#define STATUS(n) "file sys/bus/acpi/devices/PNP0C80:" n "/status "
#define ITS_OWN   "blocks 0-1\n" ACPI LINK "memory1" DIMM "PNP0C80:00\n"
#define BUS       "dir sys/bus/dax/devices/"
#define RAM_DAX   "40000000-4fffffff : dax1.0\\n  40000000-4fffffff : System RAM (kmem)\\n"

/* Devices without blocks: their names, and what is said of the rest */
static const struct {
	const char *machine, *names;
	int error;
} blockless[] = {
	{ ITS_OWN, "", 0 },
	{ ITS_OWN SLOT("01"), "dimm:PNP0C80:01", 0 },
	{ ITS_OWN SLOT("03") SLOT("01") SLOT("05") SLOT("02") SLOT("04"),
	  "dimm:PNP0C80:01 dimm:PNP0C80:02 dimm:PNP0C80:03 dimm:PNP0C80:04 dimm:PNP0C80:05", 0 },
	{ ITS_OWN STATUS("01") "\"15\\n\"\n", "dimm:PNP0C80:01", 0 },
	{ ITS_OWN STATUS("01") "\"11\\n\"\n", "dimm:PNP0C80:01", 0 },
	{ ITS_OWN STATUS("01") "\"0\\n\"\n", "", 0 },
	{ ITS_OWN STATUS("01") "\"garbage\\n\"\n", "dimm:PNP0C80:01", 0 },
	/* of block 0 nobody knows */
	{ ITS_OWN SLOT("01") LINK "memory0" DIMM "ABCD0000:00\n", "", -EBADMSG },
	{ "blocks 0\nfile sys/bus/acpi/devices \"\"\n", "", -ENOTDIR },
	/* dax devices: without a list of all RAM it may be theirs */
	{ "blocks 0-9\n" BUS "dax0.0\n" BUS "none.0\n", "", 0 },
	{ "blocks 0-9\n" BUS "dax0.0\n" IOMEM "garbage\n", "", -EBADMSG },
	{ "blocks 0-9\n" BUS "dax0.0\n" BUS "none.0\n" IOMEM "\"" BOOT_IOMEM "\"\n", "dax0.0", 0 },
	{ "blocks 0-9\n" BUS "dax0.0\n" BUS "dax1.0\n" IOMEM "\"" BOOT_IOMEM RAM_DAX "\"\n", "dax0.0", 0 },
	{ "blocks 0-7\n" BUS "dax1.0\n" IOMEM "\"" BOOT_IOMEM RAM_DAX "\"\n", "dax1.0", 0 },
	{ "blocks 0-9\n" BUS "dax1.0\n" IOMEM "\"" BOOT_IOMEM "40000000-4fffffff : System RAM (kmem)\\n\"\n", "", 0 },
	/* without addresses they have names all the same */
	{ "blocks 0-9\n" BUS "dax0.0\n" BUS "dax1.0\n" IOMEM "\"" HIDDEN DAX("1.0") "\"\n", "dax0.0", 0 },
	{ "blocks 0\nfile sys/bus/dax/devices \"\"\n" IOMEM "\"" BOOT_IOMEM "\"\n", "", -ENOTDIR },
};

START_TEST(without_blocks)
{
	const struct memhp_source *source;
	struct memhp_snapshot *snapshot;
	struct machine machine;
	char names[256] = "";

	machine_make(&machine, blockless[_i].machine);
	snapshot = machine_scan(&machine, MEMHP_ATTR_SOURCE);
	for (size_t i = 0; (source = memhp_snapshot_get_source(snapshot, i)); i++)
		if (memhp_source_get_num_blocks(source) == 0)
			strcat(strcat(names, *names ? " " : ""), memhp_source_get_name(source));
	ck_assert_str_eq(names, blockless[_i].names);
	ck_assert_int_eq(memhp_snapshot_get_sources_error(snapshot), blockless[_i].error);
	memhp_snapshot_unref(snapshot);
	machine_release(&machine);
}
END_TEST

/* More devices than any machine has are no evidence, however many blocks there are. */
START_TEST(too_many)
{
	const struct memhp_block *block;
	struct memhp_snapshot *snapshot;
	struct machine machine;
	char path[300];
	FILE *file;

	machine_make(&machine, "blocks 0-1\nboot_map 0\n");
	snprintf(path, sizeof(path), "%s/proc/iomem", machine.dir);
	file = fopen(path, "w");
	for (unsigned int i = 0; i < 5000; i++)
		fprintf(file, "00000000-00000000 : dax%u.0\n  00000000-00000000 : System RAM (kmem)\n", i);
	ck_assert_int_eq(fclose(file), 0);
	snapshot = machine_scan(&machine, MEMHP_ATTR_SOURCE);
	block = memhp_snapshot_get_block(snapshot, 0);
	ck_assert_str_eq(memhp_source_get_name(memhp_block_get_source(block)), "boot");
	block = memhp_snapshot_get_block(snapshot, 1);
	ck_assert_ptr_null(memhp_block_get_source(block));
	memhp_snapshot_unref(snapshot);
	machine_release(&machine);
}
END_TEST

UNIT("source", tests)
{
	add_table(tests, sources, cases);
	tcase_add_test(tests, objects);
	add_table(tests, without_blocks, blockless);
	tcase_add_test(tests, too_many);
}
