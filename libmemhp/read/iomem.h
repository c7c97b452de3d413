/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /proc/iomem: which addresses are RAM, who has added it, and what else is where. */
#ifndef MEMHP_IOMEM_H
#define MEMHP_IOMEM_H

#include <stdbool.h>

#include "read/parse.h"

struct memhp_ctx;

enum iomem_owner {
	IOMEM_NOBODY, /* "System RAM": of the boot, or added by something that does not put its name there */
	IOMEM_DAX,
	IOMEM_VIRTIO_MEM,
	IOMEM_SOMEBODY, /* another driver */
};

/* RAM: "System RAM", "System RAM (kmem)" ... */
struct iomem_ram {
	uint64_t start, last;
	enum iomem_owner owner;
	const char *device; /* "dax0.1" or "virtio4", within the text, not terminated; NULL: not known */
	size_t device_length;
	bool has_kernel; /* the code of the running kernel is in it, so it was there at boot */
};

struct iomem {
	char *text;
	struct iomem_ram *rams;
	size_t num_rams, allocated_rams;
	struct iomem_range *tops; /* what is within nothing else */
	size_t num_tops, allocated_tops;
};

/*
 * Returns 0; -ENOENT when there is no such file; -EACCES when the kernel keeps addresses to itself, as it does without privilege:
 * what is there is known then, and where it is is not (all addresses are 0), unless the file itself was refused and there is
 * nothing; or another errno, after which nothing is known: half a map would be a map with holes. Release it in any case.
 */
int memhp__iomem_read(struct iomem *iomem, struct memhp_ctx *ctx);
void memhp__iomem_release(struct iomem *iomem);

#endif
