/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What kind of machine and kernel it is: architecture, page size, block size, whether memory can be added by hand. */
#ifndef MEMHP_MACHINE_H
#define MEMHP_MACHINE_H

#include <stdint.h>

#include "read/files.h"

/* Those that differ for us */
enum arch { ARCH_OTHER, ARCH_ARM64, ARCH_S390, ARCH_X86 };

/* The architecture as `uname -m` has it, such as "x86_64": 0, -ENODATA when nothing tells, or why it cannot be read. */
int memhp__machine_read_name(struct memhp_ctx *ctx, char name[SYSFS_ATTR_MAX]);

/* The same, also where it only follows from what there is. On failure it is ARCH_OTHER. */
int memhp__machine_read_arch(struct memhp_ctx *ctx, enum arch *arch);

/*
 * Of a tree it follows from the rest; what the running machine has says nothing of it. When nothing tells: -ENODATA, or another
 * errno, and `size` is 4096, which most machines have, for those who can do with a guess.
 */
int memhp__machine_read_page_size(struct memhp_ctx *ctx, uint64_t *size);

/* By a descriptor of the directory of the memory blocks: 0, or -errno */
int memhp__machine_read_block_size(struct memhp_ctx *ctx, int memory_fd, uint64_t *size);

/* Likewise, whether there is a file `probe`: 1, 0, or -errno */
int memhp__machine_has_probe(int memory_fd);

#endif
