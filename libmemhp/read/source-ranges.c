/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel says of where memory comes from: of addresses, and of what can have added memory. */
#include "read/source-ranges.h"

#include "ctx.h"
#include "read/cmdline.h"
#include "read/files.h"
#include "read/firmware.h"
#include "read/iomem.h"
#include "read/machine.h"
#include "read/scan.h"
#include "read/source-candidates.h"
#include "spans.h"
#include "util.h"

static int add_range(struct source_ranges *ranges, uint64_t start, uint64_t last, uint32_t candidate)
{
	if (!ARRAY_RESERVE(ranges->items, ranges->num, ranges->allocated))
		return -ENOMEM;
	ranges->items[ranges->num++] = (struct source_range){ start, last, candidate };
	return 0;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct source_range *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

static void sort_ranges(struct source_ranges *ranges)
{
	if (ranges->num)
		qsort(ranges->items, ranges->num, sizeof(*ranges->items), compare_ranges);
}

static int find_adder(struct finder *finder, const struct iomem_ram *ram, uint32_t *number)
{
	static const enum memhp_source_kind kinds[] = {
		[IOMEM_DAX] = MEMHP_SOURCE_KIND_DAX, [IOMEM_VIRTIO_MEM] = MEMHP_SOURCE_KIND_VIRTIO_MEM
	};

	*number = ram->has_kernel ? BOOT : ram->owner == IOMEM_NOBODY ? PLAIN : UNKNOWN;
	if (ram->has_kernel || ram->owner == IOMEM_NOBODY || ram->owner == IOMEM_SOMEBODY)
		return 0;
	if (!ram->device)
		return memhp__source_kind_candidate(finder, kinds[ram->owner], number);
	return memhp__source_candidate(finder, kinds[ram->owner], ram->owner == IOMEM_DAX ? "" : "virtio-mem:", ram->device,
				       ram->device_length, number);
}

static int take_iomem(struct finder *finder, const struct iomem *iomem)
{
	int rc = iomem->num_rams ? 0 : -EBADMSG;

	for (size_t i = 0; rc == 0 && i < iomem->num_rams; i++) {
		const struct iomem_ram *ram = &iomem->rams[i];
		uint32_t number;

		if (finder->num_candidates > SOURCE_MAX_CANDIDATES)
			return -EBADMSG;
		rc = find_adder(finder, ram, &number);
		if (rc == 0)
			rc = add_range(&finder->iomem, ram->start, ram->last, number);
	}
	return rc;
}

/* A machine has not all of these files; one that is there and cannot be read leaves open what it would have told. */
static void note_error(struct finder *finder, const char *path, int rc)
{
	if (rc >= 0 || rc == -ENOENT)
		return;
	log_debug(finder->ctx, "%s: %s", path, strerror(-rc));
	if (!finder->error)
		finder->error = rc;
}

/* Without privilege all addresses read 0, and yet all that have added memory are there. */
int memhp__source_read_iomem(struct finder *finder)
{
	struct iomem iomem;
	int rc = memhp__iomem_read(&iomem, finder->ctx);

	finder->has_addresses = rc == 0;
	if (rc == 0 || (rc == -EACCES && iomem.num_rams))
		rc = take_iomem(finder, &iomem);
	finder->has_names = rc == 0;
	memhp__iomem_release(&iomem);
	if (rc == -ENOMEM)
		return rc;
	if (rc < 0) {
		note_error(finder, "/proc/iomem", rc);
		finder->iomem.num = 0;
		finder->has_addresses = false;
		return memhp__source_add_possible(finder, UNKNOWN);
	}
	for (size_t i = 0; rc == 0 && !finder->has_addresses && i < finder->iomem.num; i++)
		if (finder->iomem.items[i].candidate != PLAIN && finder->iomem.items[i].candidate != BOOT)
			rc = memhp__source_add_possible(finder, finder->iomem.items[i].candidate);
	if (finder->has_addresses)
		sort_ranges(&finder->iomem);
	else
		finder->iomem.num = 0;
	return rc;
}

/* /sys/firmware/memmap would not do: the kernel adds to it what is plugged in later. */
int memhp__source_read_boot_map(struct finder *finder)
{
	int rc = memhp__firmware_read_boot_map(finder->ctx, &finder->boot);
	int redrawn = memhp__cmdline_redraws_map(finder->ctx);

	note_error(finder, "/sys/kernel/boot_params", rc);
	if (rc == 0)
		note_error(finder, "/proc/cmdline", redrawn);
	/* Nor is it what the kernel made of it, when that was told otherwise, or may have been. */
	if (redrawn != 0)
		memhp__spans_release(&finder->boot);
	return rc == -ENOMEM || redrawn == -ENOMEM ? -ENOMEM : 0;
}

/* Whether there is a file `dlpar`, with which memory of ppc64 is added: 1, 0, or -errno */
static int has_dlpar(struct memhp_ctx *ctx)
{
	_cleanup_close_ int fd = memhp__file_open_dir(ctx, "sys/kernel");

	return fd == -ENOENT ? 0 : fd < 0 ? fd : memhp__file_has(fd, "dlpar");
}

static bool is_s390(struct memhp_ctx *ctx)
{
	enum arch arch;

	return memhp__machine_read_arch(ctx, &arch) == 0 && arch == ARCH_S390;
}

/* Since Linux 6.19 standby memory has no blocks, and what was configured once may be offline for any reason. */
bool memhp__source_has_offline_standby(struct memhp_ctx *ctx)
{
	return is_s390(ctx) && memhp__file_has_dir(ctx, SYSFS_FIRMWARE) == 0;
}

/* What else may have added memory, beside devices that iomem names: also what cannot be looked for */
int memhp__source_add_possible_others(struct finder *finder, const struct scan *scan)
{
	static const struct {
		const char *dir, *name;
	} balloons[] = { { "sys/bus/vmbus/drivers/hv_balloon", "hyperv" }, { "sys/devices/system/xen_memory", "xen" } };
	uint32_t number;
	int rc = 0, probe, dlpar;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(balloons); i++) {
		int has = memhp__file_has_dir(finder->ctx, balloons[i].dir);

		note_error(finder, balloons[i].dir, has);
		number = UNKNOWN;
		if (has > 0)
			rc = memhp__source_candidate(finder, MEMHP_SOURCE_KIND_BALLOON, "", balloons[i].name,
						     strlen(balloons[i].name), &number);
		if (rc == 0 && has != 0)
			rc = memhp__source_add_possible(finder, number);
	}
	/* With a map of what was there at boot that is all. Without it boot memory looks as what was added by hand does. */
	if (rc == 0 && finder->boot.num == 0)
		rc = memhp__source_add_possible(finder, BOOT);
	if (rc < 0 || finder->boot.num)
		return rc;
	probe = memhp__machine_has_probe(scan->memory_fd);
	dlpar = has_dlpar(finder->ctx);
	note_error(finder, "probe", probe);
	note_error(finder, "/sys/kernel/dlpar", dlpar);
	return probe != 0 || dlpar != 0 || is_s390(finder->ctx) ? memhp__source_add_possible(finder, UNKNOWN) : 0;
}
