/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What tables of firmware and boot loaders say of RAM, as the kernel shows them. Each function returns 0; -ENOENT when there is no
 * such table or it has no RAM at all; or another errno when it could not be read or understood, after which it says nothing: half
 * a table proves nothing of the rest. The runs are of addresses.
 */
#ifndef MEMHP_FIRMWARE_H
#define MEMHP_FIRMWARE_H

#include "spans.h"

struct memhp_ctx;

/* /sys/firmware/memmap: the map of x86 as it was before the command line; RAM that is plugged in later is added to it. */
int memhp__firmware_read_memmap(struct memhp_ctx *ctx, struct spans *ram);

/* /sys/kernel/boot_params: the same map (E820), without what was plugged in later */
int memhp__firmware_read_boot_map(struct memhp_ctx *ctx, struct spans *ram);

/* The ACPI table SRAT, without ranges that are for hot-plug: these are address space. */
int memhp__firmware_read_srat(struct memhp_ctx *ctx, struct spans *ram);

/* Logical memory blocks of ppc64 that this machine has: ibm,dynamic-memory or ibm,dynamic-memory-v2 */
int memhp__firmware_read_lmbs(struct memhp_ctx *ctx, struct spans *ram);

/* The nodes of the device tree that are memory */
struct dt_memory {
	struct spans ram;      /* what the kernel takes as RAM when it boots */
	struct spans fixed;    /* of that, what is not marked as hotpluggable */
	struct spans disabled; /* switched off: no RAM for the kernel */
};

/* As above; the tree has memory also when all of it is switched off. Release it in any case. */
int memhp__firmware_read_device_tree(struct memhp_ctx *ctx, struct dt_memory *memory);
void memhp__dt_memory_release(struct dt_memory *memory);

#endif
