// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <unistd.h>

#include "../tree/tree.h"
#include "unit.h"

#define MIB  (UINT64_C(1) << 20)
#define KEEP "param memmap_on_memory N\nfile proc/iomem \"10000000-1fffffff : System RAM\\n\"\n"

/*
 * One block of 128 MiB, block 2, with 32768 pages. What each machine has further overrides this: all of it is memory, and there is
 * plenty of it elsewhere.
 */
#define MEMINFO                   "file proc/meminfo \"MemTotal: 8000000 kB\\nMemAvailable: 4000000 kB\\nSwapFree: 0 kB\\n\"\n"
#define COUNTER(kib, name, value) "file sys/kernel/mm/hugepages/hugepages-" kib "kB/" name "_hugepages \"" value "\\n\"\n"
#define POOL(kib, total, free)    COUNTER(kib, "nr", total) COUNTER(kib, "free", free) COUNTER(kib, "surplus", "0")

#define MOVABLE "blocks 2 zones Movable\n" KEEP MEMINFO
#define NORMAL  "blocks 2 zones Normal\n" KEEP MEMINFO
#define FREE    "kpageflags 0x10000 400*32768\n"
#define X86     "file proc/sys/kernel/arch \"x86_64\\n\"\n"
#define ARM64   "file proc/sys/kernel/arch \"aarch64\\n\"\n"
#define DT      "sys/firmware/devicetree/base/"
/* A device tree with memory from 0x10000000 ("10") on */
#define BOOT_AT(n)                                                                                              \
	"file " DT "#address-cells \"\\x00\\x00\\x00\\x01\"\nfile " DT "#size-cells \"\\x00\\x00\\x00\\x01\"\n" \
	"file " DT "memory@0/device_type \"memory\\x00\"\n"                                                     \
	"file " DT "memory@0/reg \"\\x" n "\\x00\\x00\\x00\\x20\\x00\\x00\\x00\"\n"

static const struct {
	const char *machine;
	enum memhp_verdict verdict;
	unsigned int min_score, max_score;
	enum memhp_finding_code finding; /* the heaviest */
	enum memhp_evidence evidence;
	uint64_t bytes;
} judged[] = {
	/* ZONE_MOVABLE */
	{ MOVABLE FREE, MEMHP_VERDICT_CAN_GO, 100, 100, MEMHP_FINDING_CODE_EMPTY, MEMHP_EVIDENCE_PAGE_FLAGS, 0 },
	{ MOVABLE "kpageflags 0x10000 868*32768\n", MEMHP_VERDICT_CAN_GO, 90, 90, MEMHP_FINDING_CODE_IN_USE,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 128 * MIB },
	{ MOVABLE "kpageflags 0x10000 868 400*32767\n", MEMHP_VERDICT_CAN_GO, 99, 99, MEMHP_FINDING_CODE_IN_USE,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 4096 },
	/* the kernel looks for reserved pages alone there */
	{ MOVABLE "kpageflags 0x10000 0*100 80*10 4000000*10 400*32648\n", MEMHP_VERDICT_CAN_GO, 99, 99, MEMHP_FINDING_CODE_IN_USE,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 120 * 4096 },
	{ MOVABLE "kpageflags 0x10000 400*32767 100000000\n", MEMHP_VERDICT_WILL_NOT, 0, 0, MEMHP_FINDING_CODE_RESERVED,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 4096 },
	{ MOVABLE "kpageflags 0x10000 80000*2 400*32766\n", MEMHP_VERDICT_CAN_GO, 95, 95, MEMHP_FINDING_CODE_HWPOISON,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 8192 },
	{ MOVABLE "kpageflags 0x10000 28000 30000*511 400*32256\n", MEMHP_VERDICT_MAY_GO, 50, 79, MEMHP_FINDING_CODE_HUGE_PAGES,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 2 * MIB },
	{ MOVABLE "kpageflags 0x10000 30000*32768\n", MEMHP_VERDICT_MAY_GO, 20, 40, MEMHP_FINDING_CODE_GIGANTIC,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 128 * MIB },
	/* free where the counters prove it */
	{ MOVABLE X86 POOL("1048576", "2", "2") "kpageflags 0x10000 30000*32768\n", MEMHP_VERDICT_CAN_GO, 95, 95,
	  MEMHP_FINDING_CODE_FREE_HUGE_PAGES, MEMHP_EVIDENCE_PAGE_FLAGS, 128 * MIB },
	/* when some are promised to somebody, none is free for certain; nor where it is not known what machine that is */
	{ MOVABLE X86 POOL("1048576", "2", "2") COUNTER("1048576", "resv", "1") "kpageflags 0x10000 30000*32768\n",
	  MEMHP_VERDICT_MAY_GO, 20, 40, MEMHP_FINDING_CODE_GIGANTIC, MEMHP_EVIDENCE_PAGE_FLAGS, 128 * MIB },
	{ MOVABLE POOL("1048576", "2", "2") "kpageflags 0x10000 30000*32768\n", MEMHP_VERDICT_MAY_GO, 20, 40,
	  MEMHP_FINDING_CODE_GIGANTIC, MEMHP_EVIDENCE_PAGE_FLAGS, 128 * MIB },
	{ MOVABLE POOL("1048576", "2", "1") "kpageflags 0x10000 30000*32768\n", MEMHP_VERDICT_MAY_GO, 20, 40,
	  MEMHP_FINDING_CODE_GIGANTIC, MEMHP_EVIDENCE_PAGE_FLAGS, 128 * MIB },
	{ MOVABLE POOL("1048576", "2", "2") POOL("2048", "2", "1") "kpageflags 0x10000 28000 30000*511 400*32256\n",
	  MEMHP_VERDICT_MAY_GO, 50, 79, MEMHP_FINDING_CODE_HUGE_PAGES, MEMHP_EVIDENCE_PAGE_FLAGS, 2 * MIB },
	{ MOVABLE POOL("2048", "2", "2") "file proc/sys/kernel/arch \"s390x\\n\"\nkpageflags 0x10000 28000 30000*511 400*32256\n",
	  MEMHP_VERDICT_MAY_GO, 50, 79, MEMHP_FINDING_CODE_HUGE_PAGES, MEMHP_EVIDENCE_PAGE_FLAGS, 2 * MIB },
	/* balloons: virtio-mem lets go, who knows of others */
	{ MOVABLE "kpageflags 0x10000 800000*256 400*32512\n", MEMHP_VERDICT_MAY_GO, 40, 60, MEMHP_FINDING_CODE_OFFLINE_PAGES,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 1 * MIB },
	{ MOVABLE "kpageflags 0x10000 800000*256 400*32512\n"
		  "file proc/iomem \"10000000-1fffffff : virtio0\\n  10000000-17ffffff : System RAM (virtio_mem)\\n\"\n",
	  MEMHP_VERDICT_CAN_GO, 80, 95, MEMHP_FINDING_CODE_OFFLINE_PAGES, MEMHP_EVIDENCE_PAGE_FLAGS, 1 * MIB },
	/* its own memory map goes with it */
	{ MOVABLE "param memmap_on_memory Y\nkpageflags 0x10000 100000000*512 400*32256\n", MEMHP_VERDICT_CAN_GO, 100, 100,
	  MEMHP_FINDING_CODE_EMPTY, MEMHP_EVIDENCE_PAGE_FLAGS, 0 },
	{ MOVABLE "param memmap_on_memory Y\nkpageflags 0x10000 2000000000*512 400*32256\n", MEMHP_VERDICT_CAN_GO, 100, 100,
	  MEMHP_FINDING_CODE_EMPTY, MEMHP_EVIDENCE_PAGE_FLAGS, 0 },
	{ MOVABLE "kpageflags 0x10000 100000000*512 400*32256\n", MEMHP_VERDICT_WILL_NOT, 0, 0, MEMHP_FINDING_CODE_RESERVED,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 2 * MIB },

	/* kernel zones */
	{ NORMAL FREE, MEMHP_VERDICT_CAN_GO, 90, 99, MEMHP_FINDING_CODE_KERNEL_ZONE, MEMHP_EVIDENCE_BLOCK, 0 },
	{ NORMAL "kpageflags 0x10000 868*32768\n", MEMHP_VERDICT_CAN_GO, 80, 90, MEMHP_FINDING_CODE_IN_USE,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 128 * MIB },
	{ NORMAL "kpageflags 0x10000 80 400*32767\n", MEMHP_VERDICT_MAY_GO, 1, 5, MEMHP_FINDING_CODE_SLAB,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 4096 },
	{ NORMAL "kpageflags 0x10000 4000000 400*32767\n", MEMHP_VERDICT_MAY_GO, 1, 5, MEMHP_FINDING_CODE_PAGE_TABLES,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 4096 },
	/* no flags: one page may be in a per-CPU list, thousands are not */
	{ NORMAL "kpageflags 0x10000 0 400*32767\n", MEMHP_VERDICT_MAY_GO, 50, 60, MEMHP_FINDING_CODE_OTHER_PAGES,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 4096 },
	{ NORMAL "kpageflags 0x10000 0*64 400*32704\n", MEMHP_VERDICT_MAY_GO, 20, 30, MEMHP_FINDING_CODE_OTHER_PAGES,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 64 * 4096 },
	{ NORMAL "kpageflags 0x10000 0*4096 400*28672\n", MEMHP_VERDICT_MAY_GO, 1, 10, MEMHP_FINDING_CODE_OTHER_PAGES,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 16 * MIB },
	{ NORMAL "kpageflags 0x10000 400*32767 100000000\n", MEMHP_VERDICT_WILL_NOT, 0, 0, MEMHP_FINDING_CODE_RESERVED,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 4096 },

	/* several zones */
	{ "blocks 2 zones none\n" KEEP MEMINFO FREE, MEMHP_VERDICT_WILL_NOT, 0, 0, MEMHP_FINDING_CODE_SEVERAL_ZONES,
	  MEMHP_EVIDENCE_BLOCK, 0 },

	/* holes: a page that is memory in part is none */
	{ NORMAL FREE "file proc/iomem \"10000000-17ffefff : System RAM\\n\"\n", MEMHP_VERDICT_WILL_NOT, 0, 0,
	  MEMHP_FINDING_CODE_HOLE, MEMHP_EVIDENCE_IOMEM, 4096 },
	{ NORMAL FREE "file proc/iomem \"10000001-17ffffff : System RAM\\n\"\n", MEMHP_VERDICT_WILL_NOT, 0, 0,
	  MEMHP_FINDING_CODE_HOLE, MEMHP_EVIDENCE_IOMEM, 4096 },
	{ NORMAL FREE
	  "file proc/iomem \"10000000-13ffffff : System RAM\\n14000000-14000fff : Reserved\\n14001000-17ffffff : System "
	  "RAM\\n\"\n",
	  MEMHP_VERDICT_WILL_NOT, 0, 0, MEMHP_FINDING_CODE_HOLE, MEMHP_EVIDENCE_IOMEM, 4096 },
	{ NORMAL FREE "file proc/iomem \"10000000-13ffffff : System RAM\\n  10000000-10ffffff : Kernel code\\n14000000-17ffffff : "
		      "System RAM\\n\"\n",
	  MEMHP_VERDICT_CAN_GO, 90, 99, MEMHP_FINDING_CODE_KERNEL_ZONE, MEMHP_EVIDENCE_BLOCK, 0 },
	{ MOVABLE FREE "file proc/iomem \"10000000-1fffffff : Persistent Memory\\n  10000000-1fffffff : dax0.0\\n    "
		       "10000000-17ffffff : System RAM (kmem)\\n\"\n",
	  MEMHP_VERDICT_CAN_GO, 100, 100, MEMHP_FINDING_CODE_EMPTY, MEMHP_EVIDENCE_PAGE_FLAGS, 0 },
	{ NORMAL FREE "file proc/iomem \"80000000-8fffffff : System RAM\\n\"\n", MEMHP_VERDICT_WILL_NOT, 0, 0,
	  MEMHP_FINDING_CODE_HOLE, MEMHP_EVIDENCE_IOMEM, 128 * MIB },
	/* the pages of a hole read as nothing up to Linux 6.14, and as zeros from 6.17 on: no kernel pages either way */
	{ NORMAL "kpageflags 0x10000 400*32000 100000*768\n" MEMINFO "remove proc/iomem\n", MEMHP_VERDICT_WILL_NOT, 0, 0,
	  MEMHP_FINDING_CODE_HOLE, MEMHP_EVIDENCE_PAGE_FLAGS, 3 * MIB },
	{ NORMAL "kpageflags 0x10000 400*32000 0*768\nfile proc/iomem \"10000000-17cfffff : System RAM\\n\"\n",
	  MEMHP_VERDICT_WILL_NOT, 0, 0, MEMHP_FINDING_CODE_HOLE, MEMHP_EVIDENCE_IOMEM, 3 * MIB },
	/* and so do those of a block that went offline meanwhile: no hole where all is memory */
	{ NORMAL "kpageflags 0x10000 100000*32768\n", MEMHP_VERDICT_CANNOT_TELL, 38, 38, MEMHP_FINDING_CODE_PAGES_UNSEEN,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 0 },

	/* contiguous memory areas: debugfs knows where */
	{ NORMAL FREE
	  "file proc/meminfo \"MemAvailable: 4000000 kB\\nCmaTotal: 16384 kB\\n\"\n"
	  "file sys/kernel/debug/cma/cma-one/base_pfn \"69632\\n\"\nfile sys/kernel/debug/cma/cma-one/count \"4096\\n\"\n",
	  MEMHP_VERDICT_MAY_GO, 1, 2, MEMHP_FINDING_CODE_CMA, MEMHP_EVIDENCE_CMA, 16 * MIB },
	{ NORMAL FREE
	  "file proc/meminfo \"MemAvailable: 4000000 kB\\nCmaTotal: 16384 kB\\n\"\n"
	  "file sys/kernel/debug/cma/cma-one/base_pfn \"4096\\n\"\nfile sys/kernel/debug/cma/cma-one/count \"4096\\n\"\n",
	  MEMHP_VERDICT_CAN_GO, 90, 99, MEMHP_FINDING_CODE_KERNEL_ZONE, MEMHP_EVIDENCE_BLOCK, 0 },
	{ NORMAL FREE "file proc/meminfo \"MemAvailable: 4000000 kB\\nCmaTotal: 16384 kB\\n\"\n", MEMHP_VERDICT_MAY_GO, 60, 75,
	  MEMHP_FINDING_CODE_CMA_SOMEWHERE, MEMHP_EVIDENCE_CMA, 16 * MIB },

	/* room elsewhere: what is free in the block does not count */
	{ MOVABLE "kpageflags 0x10000 5868*16384 400*16384\nfile proc/meminfo \"MemAvailable: 120000 kB\\nSwapFree: 0 kB\\n\"\n",
	  MEMHP_VERDICT_MAY_GO, 5, 15, MEMHP_FINDING_CODE_NO_ROOM, MEMHP_EVIDENCE_MEMINFO, 64 * MIB },
	{ MOVABLE
	  "kpageflags 0x10000 5868*16384 400*16384\nfile proc/meminfo \"MemAvailable: 120000 kB\\nSwapFree: 20000 kB\\n\"\n",
	  MEMHP_VERDICT_MAY_GO, 60, 70, MEMHP_FINDING_CODE_LITTLE_ROOM, MEMHP_EVIDENCE_MEMINFO, 64 * MIB },
	{ MOVABLE "kpageflags 0x10000 5868*16384 400*16384\nfile proc/meminfo \"MemAvailable: 140000 kB\\n\"\n",
	  MEMHP_VERDICT_MAY_GO, 60, 70, MEMHP_FINDING_CODE_LITTLE_ROOM, MEMHP_EVIDENCE_MEMINFO, 64 * MIB },
	{ MOVABLE "kpageflags 0x10000 5868*16384 400*16384\nremove proc/meminfo\n", MEMHP_VERDICT_CAN_GO, 90, 99,
	  MEMHP_FINDING_CODE_IN_USE, MEMHP_EVIDENCE_PAGE_FLAGS, 64 * MIB },

	/* arm64 keeps what it booted with */
	{ ARM64 MOVABLE FREE BOOT_AT("10"), MEMHP_VERDICT_WILL_NOT, 0, 0, MEMHP_FINDING_CODE_BOOT_MEMORY,
	  MEMHP_EVIDENCE_DEVICE_TREE, 128 * MIB },
	{ ARM64 MOVABLE FREE BOOT_AT("40"), MEMHP_VERDICT_CAN_GO, 100, 100, MEMHP_FINDING_CODE_EMPTY, MEMHP_EVIDENCE_PAGE_FLAGS,
	  0 },
	{ ARM64 MOVABLE FREE BOOT_AT("10") "file " DT "memory@0/hotpluggable \"\"\n", MEMHP_VERDICT_WILL_NOT, 0, 0,
	  MEMHP_FINDING_CODE_BOOT_MEMORY, MEMHP_EVIDENCE_DEVICE_TREE, 128 * MIB },
	/* what is switched off there was added later, and says nothing of the rest */
	{ ARM64 NORMAL FREE BOOT_AT("10") "file " DT "memory@0/status \"disabled\\x00\"\n", MEMHP_VERDICT_CAN_GO, 90, 99,
	  MEMHP_FINDING_CODE_KERNEL_ZONE, MEMHP_EVIDENCE_BLOCK, 0 },
	{ ARM64 NORMAL FREE BOOT_AT("40") "file " DT "memory@0/status \"disabled\\x00\"\n", MEMHP_VERDICT_MAY_GO, 1, 5,
	  MEMHP_FINDING_CODE_LIKELY_BOOT, MEMHP_EVIDENCE_DEVICE_TREE, 0 },
	/* nor does it say what the kernel made of it, when that was told to leave some alone */
	{ ARM64 NORMAL FREE BOOT_AT("10") "cmdline mem=1G\n", MEMHP_VERDICT_MAY_GO, 1, 5, MEMHP_FINDING_CODE_LIKELY_BOOT,
	  MEMHP_EVIDENCE_DEVICE_TREE, 0 },
	/* not memory for the kernel; and what cannot be read */
	{ ARM64 NORMAL FREE BOOT_AT("10") "remove " DT "memory@0/device_type\n", MEMHP_VERDICT_MAY_GO, 1, 5,
	  MEMHP_FINDING_CODE_LIKELY_BOOT, MEMHP_EVIDENCE_DEVICE_TREE, 0 },
	{ ARM64 NORMAL FREE BOOT_AT("10") "dir " DT "memory@0/status\n", MEMHP_VERDICT_MAY_GO, 1, 5, MEMHP_FINDING_CODE_LIKELY_BOOT,
	  MEMHP_EVIDENCE_DEVICE_TREE, 0 },
	{ ARM64 NORMAL FREE, MEMHP_VERDICT_MAY_GO, 1, 5, MEMHP_FINDING_CODE_LIKELY_BOOT, MEMHP_EVIDENCE_DEVICE_TREE, 0 },
	{ ARM64 MOVABLE FREE, MEMHP_VERDICT_MAY_GO, 60, 79, MEMHP_FINDING_CODE_LIKELY_BOOT, MEMHP_EVIDENCE_DEVICE_TREE, 0 },
	{ ARM64 NORMAL FREE "dir sys/bus/acpi/devices/PNP0C80:00\n"
			    "link sys/devices/system/memory/memory2/firmware_node ../../../LNXSYSTM:00/PNP0C80:00\n",
	  MEMHP_VERDICT_MAY_GO, 60, 79, MEMHP_FINDING_CODE_LIKELY_BOOT, MEMHP_EVIDENCE_DEVICE_TREE, 0 },
	{ ARM64 NORMAL FREE "file proc/iomem \"10000000-1fffffff : System RAM (kmem)\\n\"\n", MEMHP_VERDICT_CAN_GO, 90, 99,
	  MEMHP_FINDING_CODE_KERNEL_ZONE, MEMHP_EVIDENCE_BLOCK, 0 },
	/* before Linux 5.8 a device's RAM had no name of its own */
	{ ARM64 NORMAL FREE "file proc/iomem \"10000000-1fffffff : dax0.0\\n  10000000-1fffffff : System RAM\\n\"\n",
	  MEMHP_VERDICT_CAN_GO, 90, 99, MEMHP_FINDING_CODE_KERNEL_ZONE, MEMHP_EVIDENCE_BLOCK, 0 },

	/* s390 keeps what a crash kernel starts in */
	{ MOVABLE FREE "file proc/sys/kernel/arch \"s390x\\n\"\nfile sys/kernel/kexec_crash_size \"402653184\\n\"\n",
	  MEMHP_VERDICT_MAY_GO, 1, 2, MEMHP_FINDING_CODE_CRASH_KERNEL, MEMHP_EVIDENCE_CRASH_KERNEL, 0 },
	{ MOVABLE FREE "file proc/sys/kernel/arch \"s390x\\n\"\nfile sys/kernel/kexec_crash_size \"268435456\\n\"\n",
	  MEMHP_VERDICT_CAN_GO, 100, 100, MEMHP_FINDING_CODE_EMPTY, MEMHP_EVIDENCE_PAGE_FLAGS, 0 },
	{ MOVABLE FREE "file proc/sys/kernel/arch \"x86_64\\n\"\nfile sys/kernel/kexec_crash_size \"402653184\\n\"\n",
	  MEMHP_VERDICT_CAN_GO, 100, 100, MEMHP_FINDING_CODE_EMPTY, MEMHP_EVIDENCE_PAGE_FLAGS, 0 },

	/* without a look at the pages */
	{ MOVABLE, MEMHP_VERDICT_MAY_GO, 80, 80, MEMHP_FINDING_CODE_PAGES_UNSEEN, MEMHP_EVIDENCE_PAGE_FLAGS, 0 },
	{ NORMAL, MEMHP_VERDICT_CANNOT_TELL, 38, 38, MEMHP_FINDING_CODE_PAGES_UNSEEN, MEMHP_EVIDENCE_PAGE_FLAGS, 0 },
	{ MOVABLE "kpageflags 0x10000 400*100\nfile proc/kpageflags \"\\x00\" times 1000\n", MEMHP_VERDICT_MAY_GO, 80, 80,
	  MEMHP_FINDING_CODE_PAGES_UNSEEN, MEMHP_EVIDENCE_PAGE_FLAGS, 0 },
	{ MOVABLE "dir proc/kpageflags\n", MEMHP_VERDICT_MAY_GO, 80, 80, MEMHP_FINDING_CODE_PAGES_UNSEEN, MEMHP_EVIDENCE_PAGE_FLAGS,
	  0 },
	{ MOVABLE "fifo proc/kpageflags\n", MEMHP_VERDICT_MAY_GO, 80, 80, MEMHP_FINDING_CODE_PAGES_UNSEEN,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 0 },
	{ MOVABLE "link proc/kpageflags /proc/kpageflags\n", MEMHP_VERDICT_MAY_GO, 80, 80, MEMHP_FINDING_CODE_PAGES_UNSEEN,
	  MEMHP_EVIDENCE_PAGE_FLAGS, 0 },
	{ MOVABLE "remove proc\n", MEMHP_VERDICT_MAY_GO, 70, 79, MEMHP_FINDING_CODE_PAGES_UNSEEN, MEMHP_EVIDENCE_PAGE_FLAGS, 0 },

	/* without privilege the addresses are zeros; the firmware's map stands in */
	{ NORMAL "file proc/iomem \"00000000-00000000 : System RAM\\n  00000000-00000000 : Kernel code\\n\"\n",
	  MEMHP_VERDICT_CANNOT_TELL, 36, 37, MEMHP_FINDING_CODE_PAGES_UNSEEN, MEMHP_EVIDENCE_PAGE_FLAGS, 0 },
	{ NORMAL "file proc/iomem \"00000000-00000000 : System RAM\\n\"\nfile sys/firmware/memmap/0/start \"0x10000000\\n\"\n"
		 "file sys/firmware/memmap/0/end \"0x17feffff\\n\"\nfile sys/firmware/memmap/0/type \"System RAM\\n\"\n"
		 "file sys/firmware/memmap/1/start \"0x17ff0000\\n\"\nfile sys/firmware/memmap/1/end \"0x17ffffff\\n\"\n"
		 "file sys/firmware/memmap/1/type \"Reserved\\n\"\n",
	  MEMHP_VERDICT_WILL_NOT, 0, 0, MEMHP_FINDING_CODE_HOLE, MEMHP_EVIDENCE_MEMMAP, 65536 },
	{ NORMAL "file proc/iomem \"00000000-00000000 : System RAM\\n\"\nfile sys/firmware/memmap/0/start \"0x10000000\\n\"\n"
		 "file sys/firmware/memmap/0/end \"0x17ffffff\\n\"\nfile sys/firmware/memmap/0/type \"System RAM\\n\"\n",
	  MEMHP_VERDICT_CANNOT_TELL, 38, 38, MEMHP_FINDING_CODE_PAGES_UNSEEN, MEMHP_EVIDENCE_PAGE_FLAGS, 0 },
	/* the kernel was told of more memory than the firmware knows */
	{ NORMAL "file proc/iomem \"00000000-00000000 : System RAM\\n\"\nfile sys/firmware/memmap/0/start \"0x10000000\\n\"\n"
		 "file sys/firmware/memmap/0/end \"0x17feffff\\n\"\nfile sys/firmware/memmap/0/type \"System RAM\\n\"\n"
		 "file proc/cmdline \"quiet memmap=64K@0x17ff0000\\n\"\n",
	  MEMHP_VERDICT_CANNOT_TELL, 36, 37, MEMHP_FINDING_CODE_PAGES_UNSEEN, MEMHP_EVIDENCE_PAGE_FLAGS, 0 },
	/* memory of a device is not in it */
	{ MOVABLE "file proc/iomem \"00000000-00000000 : System RAM\\n\"\nfile sys/firmware/memmap/0/start \"0x80000000\\n\"\n"
		  "file sys/firmware/memmap/0/end \"0x87ffffff\\n\"\nfile sys/firmware/memmap/0/type \"System RAM\\n\"\n",
	  MEMHP_VERDICT_MAY_GO, 76, 76, MEMHP_FINDING_CODE_PAGES_UNSEEN, MEMHP_EVIDENCE_PAGE_FLAGS, 0 },
	{ MOVABLE "file proc/iomem garbage\nfile sys/firmware/memmap/0/start 12x\nfile sys/firmware/memmap/1 odd\n",
	  MEMHP_VERDICT_MAY_GO, 76, 76, MEMHP_FINDING_CODE_PAGES_UNSEEN, MEMHP_EVIDENCE_PAGE_FLAGS, 0 },

	/* not online, or not to be understood */
	{ "blocks 2 state offline zones \"Movable Normal\"\n" FREE, MEMHP_VERDICT_CANNOT_TELL, 10, 10,
	  MEMHP_FINDING_CODE_NOT_ONLINE, MEMHP_EVIDENCE_BLOCK, 0 },
	{ "blocks 2 state going-offline zones Movable\n" FREE, MEMHP_VERDICT_CANNOT_TELL, 10, 10, MEMHP_FINDING_CODE_NOT_ONLINE,
	  MEMHP_EVIDENCE_BLOCK, 0 },
	{ "blocks 2 state odd zones Movable\n" FREE, MEMHP_VERDICT_CANNOT_TELL, 10, 10, MEMHP_FINDING_CODE_STATE_UNKNOWN,
	  MEMHP_EVIDENCE_BLOCK, 0 },
	{ "blocks 2 zones odd\n" KEEP MEMINFO FREE, MEMHP_VERDICT_CANNOT_TELL, 30, 40, MEMHP_FINDING_CODE_ZONE_UNKNOWN,
	  MEMHP_EVIDENCE_BLOCK, 0 },
	{ "blocks 2\n" KEEP MEMINFO FREE, MEMHP_VERDICT_CANNOT_TELL, 30, 40, MEMHP_FINDING_CODE_ZONE_UNKNOWN, MEMHP_EVIDENCE_BLOCK,
	  0 },
};

static struct memhp_assessment *assess(const struct machine *machine, const struct memhp_selection *selection, unsigned int slices)
{
	struct memhp_snapshot *snapshot = machine_scan(machine, MEMHP_ATTR_ZONES | MEMHP_ATTR_SOURCE);
	struct memhp_assessment *assessment;

	ck_assert_int_eq(memhp_assessment_new(&assessment, snapshot, selection, 0, slices, MEMHP_NO_TIMEOUT), 0);
	memhp_snapshot_unref(snapshot);
	return assessment;
}

START_TEST(verdicts)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_selection_ struct memhp_selection *selection = NULL;
	_cleanup_assessment_ struct memhp_assessment *assessment = NULL;
	const struct memhp_candidate *candidate;
	const struct memhp_finding *finding;
	unsigned int score, weight = 100;

	machine_make(&machine, judged[_i].machine);
	ck_assert_int_eq(memhp_selection_new(&selection), 0);
	ck_assert_int_eq(memhp_selection_add_blocks(selection, 2, 2), 0);
	assessment = assess(&machine, selection, 0);
	candidate = memhp_assessment_get_candidate(assessment, 0);
	ck_assert_ptr_nonnull(candidate);
	ck_assert_uint_eq(memhp_block_get_id(memhp_candidate_get_block(candidate)), 2);
	ck_assert_str_eq(memhp_verdict_name(memhp_candidate_get_verdict(candidate)), memhp_verdict_name(judged[_i].verdict));
	finding = memhp_candidate_get_finding(candidate, 0);
	ck_assert_str_eq(memhp_finding_code_name(memhp_finding_get_code(finding)), memhp_finding_code_name(judged[_i].finding));
	ck_assert_str_eq(memhp_evidence_path(memhp_finding_get_evidence(finding)), memhp_evidence_path(judged[_i].evidence));
	ck_assert_uint_eq(memhp_finding_get_bytes(finding), judged[_i].bytes);
	score = memhp_candidate_get_score(candidate);
	ck_assert_uint_ge(score, judged[_i].min_score);
	ck_assert_uint_le(score, judged[_i].max_score);
	for (size_t i = 0; (finding = memhp_candidate_get_finding(candidate, i)); i++) {
		ck_assert_uint_le(memhp_finding_get_weight(finding), weight);
		weight = memhp_finding_get_weight(finding);
	}
	if (judged[_i].verdict == MEMHP_VERDICT_WILL_NOT)
		ck_assert_uint_eq(memhp_candidate_get_certainty(candidate), MEMHP_CERTAINTY_SURE);
	else
		ck_assert_uint_eq(memhp_candidate_get_certainty(candidate),
				  memhp_candidate_get_bytes(candidate, MEMHP_PAGE_KIND_FREE) != UINT64_MAX ? MEMHP_CERTAINTY_LIKELY
													   : MEMHP_CERTAINTY_GUESS);
}
END_TEST

/* Best first, of equals the highest; without a selection only what is online. */
START_TEST(order)
{
	static const uint64_t ids[] = { 7, 6, 3, 2, 4, 5 };
	_cleanup_machine_ struct machine machine;
	_cleanup_assessment_ struct memhp_assessment *assessment = NULL;

	machine_make(
		&machine,
		"blocks 2-3 zones Normal\nblocks 4-5 zones none\nblocks 6-7 zones Movable\nblocks 8 state offline zones Movable\n"
		"file proc/iomem \"10000000-4fffffff : System RAM\\n\"\n" MEMINFO
		"kpageflags 0x10000 400*131072\nkpageflags 0x30000 400*65536\nkpageflags 0x20000 80\n");
	assessment = assess(&machine, NULL, 0);
	ck_assert_uint_eq(memhp_assessment_get_num_candidates(assessment), 6);
	for (size_t i = 0; i < 4; i++)
		ck_assert_uint_eq(memhp_block_get_id(memhp_candidate_get_block(memhp_assessment_get_candidate(assessment, i))),
				  ids[i]);
	ck_assert_ptr_null(memhp_assessment_get_candidate(assessment, 6));
	ck_assert_uint_eq(memhp_assessment_get_page_size_bytes(assessment), 4096);
}
END_TEST

/* Its time is over, or somebody cancels, before the first page was read. */
START_TEST(limits)
{
	_cleanup_machine_ struct machine machine;
	struct memhp_assessment *assessment = NULL;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	int pair[2];

	machine_make(&machine, MOVABLE FREE);
	snapshot = machine_scan(&machine, MEMHP_ATTR_ZONES);
	ck_assert_int_eq(pipe(pair), 0);
	ck_assert_int_eq(memhp_ctx_set_cancel_fd(machine.ctx, pair[0]), 0);
	ck_assert_int_eq(memhp_assessment_new(&assessment, snapshot, NULL, 0, 0, 60000), 0);
	memhp_assessment_free(assessment);
	assessment = NULL;
	ck_assert_int_eq(memhp_assessment_new(&assessment, snapshot, NULL, 0, 0, 0), -ETIMEDOUT);
	ck_assert_int_eq(write(pair[1], "", 1), 1);
	ck_assert_int_eq(memhp_assessment_new(&assessment, snapshot, NULL, 0, 0, 60000), -ECANCELED);
	ck_assert_ptr_null(assessment);
	close(pair[0]);
	close(pair[1]);
	ck_assert_int_eq(memhp_assessment_new(&assessment, snapshot, NULL, 0, 0, 60000), -EBADF);
}
END_TEST

struct heard {
	uint64_t done, goal;
	unsigned int calls;
	int cancel_fd; /* is written to; -1: none */
};

static void hear(void *userdata, uint64_t done_bytes, uint64_t goal_bytes)
{
	struct heard *heard = userdata;

	ck_assert_uint_gt(done_bytes, heard->done);
	ck_assert_uint_le(done_bytes, goal_bytes);
	heard->done = done_bytes;
	heard->goal = goal_bytes;
	heard->calls++;
	if (heard->cancel_fd >= 0)
		ck_assert_int_eq(write(heard->cancel_fd, "", 1), 1);
}

/* How far it is, of what it looks at; and who hears of it can end it. */
START_TEST(progress)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	struct memhp_assessment *assessment = NULL;
	struct heard heard = { .cancel_fd = -1 };
	int pair[2];

	machine_make(&machine,
		     "blocks 2-5 zones Movable\nblocks 6 zones Movable state offline\n" MEMINFO "kpageflags 0x10000 400*131072\n"
		     "file proc/iomem \"10000000-37ffffff : System RAM\\n\"\n");
	snapshot = machine_scan(&machine, MEMHP_ATTR_ZONES);
	memhp_ctx_set_pages_progress(machine.ctx, hear, &heard);
	ck_assert_int_eq(memhp_assessment_new(&assessment, snapshot, NULL, MEMHP_ASSESS_NO_PAGES, 0, MEMHP_NO_TIMEOUT), 0);
	ck_assert_uint_eq(heard.calls, 0);
	memhp_assessment_free(assessment);
	ck_assert_int_eq(memhp_assessment_new(&assessment, snapshot, NULL, 0, 0, MEMHP_NO_TIMEOUT), 0);
	ck_assert_uint_eq(heard.calls, 4);
	ck_assert_uint_eq(heard.done, 512 * MIB);
	ck_assert_uint_eq(heard.goal, 512 * MIB);
	memhp_assessment_free(assessment);
	assessment = NULL;
	ck_assert_int_eq(pipe(pair), 0);
	ck_assert_int_eq(memhp_ctx_set_cancel_fd(machine.ctx, pair[0]), 0);
	heard = (struct heard){ .cancel_fd = pair[1] };
	ck_assert_int_eq(memhp_assessment_new(&assessment, snapshot, NULL, 0, 0, MEMHP_NO_TIMEOUT), -ECANCELED);
	ck_assert_ptr_null(assessment);
	ck_assert_uint_eq(heard.calls, 1);
	ck_assert_uint_eq(heard.done, 128 * MIB);
	memhp_ctx_set_pages_progress(machine.ctx, NULL, NULL);
	ck_assert_int_eq(memhp_ctx_set_cancel_fd(machine.ctx, -1), 0);
	close(pair[0]);
	close(pair[1]);
	ck_assert_int_eq(memhp_assessment_new(&assessment, snapshot, NULL, 0, 0, MEMHP_NO_TIMEOUT), 0);
	ck_assert_uint_eq(heard.calls, 1);
	memhp_assessment_free(assessment);
}
END_TEST

START_TEST(arguments)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_assessment_ struct memhp_assessment *assessment = NULL;
	struct memhp_snapshot *snapshot;

	machine_make(&machine, MOVABLE FREE);
	snapshot = machine_scan(&machine, MEMHP_ATTR_STATE);
	ck_assert_int_eq(memhp_assessment_new(&assessment, snapshot, NULL, 0, 0, MEMHP_NO_TIMEOUT), -ENODATA);
	memhp_snapshot_unref(snapshot);
	snapshot = machine_scan(&machine, MEMHP_ATTR_ZONES);
	ck_assert_int_eq(memhp_assessment_new(&assessment, snapshot, NULL, 0, 4097, MEMHP_NO_TIMEOUT), -EINVAL);
	ck_assert_int_eq(memhp_assessment_new(&assessment, snapshot, NULL, 0, 4096, MEMHP_NO_TIMEOUT), 0);
	memhp_snapshot_unref(snapshot);
	memhp_assessment_free(NULL);
}
END_TEST

/* Real machines, from tests/vm/recording */
static const struct {
	const char *name;
	struct {
		uint64_t id;
		enum memhp_verdict verdict;
		enum memhp_finding_code finding;
		uint64_t bytes[NUM_PAGE_KINDS]; /* some kinds */
	} blocks[4];
} recorded[] = {
	{ "linux-5.10",
	  { { 33, MEMHP_VERDICT_CAN_GO, MEMHP_FINDING_CODE_EMPTY, { [MEMHP_PAGE_KIND_FREE] = 128 * MIB } },
	    { 32, MEMHP_VERDICT_CAN_GO, MEMHP_FINDING_CODE_IN_USE, { [MEMHP_PAGE_KIND_ANON] = 42139648 } },
	    { 1, MEMHP_VERDICT_WILL_NOT, MEMHP_FINDING_CODE_HOLE, { [MEMHP_PAGE_KIND_HOLE] = 131072 } },
	    { 0, MEMHP_VERDICT_WILL_NOT, MEMHP_FINDING_CODE_SEVERAL_ZONES, { [MEMHP_PAGE_KIND_HOLE] = 401408 } } } },
	{ "linux-6.1",
	  { { 33, MEMHP_VERDICT_CAN_GO, MEMHP_FINDING_CODE_EMPTY, { [MEMHP_PAGE_KIND_FREE] = 128 * MIB } },
	    { 32, MEMHP_VERDICT_CAN_GO, MEMHP_FINDING_CODE_IN_USE, { [MEMHP_PAGE_KIND_ANON] = 42143744 } },
	    { 1, MEMHP_VERDICT_WILL_NOT, MEMHP_FINDING_CODE_HOLE, { [MEMHP_PAGE_KIND_HOLE] = 131072 } },
	    { 0, MEMHP_VERDICT_WILL_NOT, MEMHP_FINDING_CODE_SEVERAL_ZONES, { [MEMHP_PAGE_KIND_HOLE] = 401408 } } } },
	{ "linux-6.12",
	  { { 33, MEMHP_VERDICT_CAN_GO, MEMHP_FINDING_CODE_EMPTY, { [MEMHP_PAGE_KIND_FREE] = 128 * MIB } },
	    { 32, MEMHP_VERDICT_CAN_GO, MEMHP_FINDING_CODE_IN_USE, { [MEMHP_PAGE_KIND_ANON] = 42143744 } },
	    { 1,
	      MEMHP_VERDICT_WILL_NOT,
	      MEMHP_FINDING_CODE_HOLE,
	      { [MEMHP_PAGE_KIND_HOLE] = 131072, [MEMHP_PAGE_KIND_RESERVED] = 72978432 } },
	    { 0, MEMHP_VERDICT_WILL_NOT, MEMHP_FINDING_CODE_SEVERAL_ZONES, { [MEMHP_PAGE_KIND_HOLE] = 401408 } } } },
	/* the DIMM's blocks begin with their own memory map; boot memory begins reserved all the same */
	{ "linux-7.2-memmap-on-memory",
	  { { 33,
	      MEMHP_VERDICT_CAN_GO,
	      MEMHP_FINDING_CODE_IN_USE,
	      { [MEMHP_PAGE_KIND_MEMMAP] = 2 * MIB, [MEMHP_PAGE_KIND_ANON] = 2 * MIB } },
	    { 32, MEMHP_VERDICT_CAN_GO, MEMHP_FINDING_CODE_IN_USE, { [MEMHP_PAGE_KIND_MEMMAP] = 2 * MIB } },
	    { 1,
	      MEMHP_VERDICT_WILL_NOT,
	      MEMHP_FINDING_CODE_HOLE,
	      { [MEMHP_PAGE_KIND_HOLE] = 131072, [MEMHP_PAGE_KIND_RESERVED] = 65171456 } },
	    { 0, MEMHP_VERDICT_WILL_NOT, MEMHP_FINDING_CODE_SEVERAL_ZONES, { [MEMHP_PAGE_KIND_HOLE] = 401408 } } } },
};

START_TEST(recordings)
{
	_cleanup_machine_ struct machine machine;
	const char *srcdir = getenv("top_srcdir");
	struct memhp_assessment *assessment;
	struct tree *tree = tree_new();
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/data/recorded/%s.machine", srcdir ? srcdir : ".", recorded[_i].name);
	machine_make(&machine, "");
	ck_assert_msg(tree_read_file(tree, path) == 0, "%s: %s", path, tree_error(tree));
	ck_assert_msg(tree_make(tree, machine.dir, 0) == 0, "%s: %s", path, tree_error(tree));
	assessment = assess(&machine, NULL, 0);
	ck_assert_uint_eq(memhp_assessment_get_num_candidates(assessment), ARRAY_SIZE(recorded[_i].blocks));
	for (size_t i = 0; i < ARRAY_SIZE(recorded[_i].blocks); i++) {
		const struct memhp_candidate *candidate = memhp_assessment_get_candidate(assessment, i);

		ck_assert_uint_eq(memhp_block_get_id(memhp_candidate_get_block(candidate)), recorded[_i].blocks[i].id);
		ck_assert_uint_eq(memhp_candidate_get_verdict(candidate), recorded[_i].blocks[i].verdict);
		ck_assert_uint_eq(memhp_finding_get_code(memhp_candidate_get_finding(candidate, 0)),
				  recorded[_i].blocks[i].finding);
		for (unsigned int kind = 0; kind < NUM_PAGE_KINDS; kind++)
			if (recorded[_i].blocks[i].bytes[kind])
				ck_assert_uint_eq(memhp_candidate_get_bytes(candidate, kind), recorded[_i].blocks[i].bytes[kind]);
	}
	memhp_assessment_free(assessment);
	tree_free(tree);
}
END_TEST

UNIT("assess", tests)
{
	add_table(tests, verdicts, judged);
	tcase_add_test(tests, order);
	tcase_add_test(tests, limits);
	tcase_add_test(tests, progress);
	tcase_add_test(tests, arguments);
	add_table(tests, recordings, recorded);
}
