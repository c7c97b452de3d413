/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices that have memory, or could have it, and of which the kernel has no memory block. */
#include "read/source-blockless.h"

#include "ctx.h"
#include "read/files.h"
#include "read/snapshot.h"
#include "util.h"

/* Bit of an ACPI device's `status` (_STA); without such a file the device is there. */
#define ACPI_STATUS_PRESENT 1

/* What is not known to be empty counts as there: it is in the firmware's list. */
static bool is_empty_slot(struct memhp_ctx *ctx, const char *name)
{
	_cleanup_close_ int fd = memhp__file_open_device(ctx, SYSFS_ACPI, name);
	char text[SYSFS_ATTR_MAX];
	int status;

	return fd >= 0 && memhp__file_read(ctx->ops, fd, "status", text, sizeof(text)) == 0 &&
	       memhp__parse_int(text, &status) == 0 && !(status & ACPI_STATUS_PRESENT);
}

/* A DIMM of which no block is */
static int enter_dimm(struct finder *finder, const char *name)
{
	uint32_t candidate;
	uint16_t number;
	int rc;

	if (memhp__parse_acpi_memory(name, &number) < 0 || finder->dimms[number] || is_empty_slot(finder->ctx, name))
		return 0;
	if (finder->links_error) {
		finder->snapshot->sources_error = finder->links_error;
		return 0;
	}
	rc = memhp__source_dimm(finder, number, &candidate);
	return rc < 0 ? rc : memhp__source_enter(finder, &finder->candidates[candidate]);
}

/* A dax device that has no RAM. Where no addresses are to be seen, RAM of its name may be any block. */
static int enter_dax(struct finder *finder, const char *name)
{
	size_t before = finder->num_candidates;
	uint32_t candidate;
	int rc;

	if (!memhp__parse_dax_device(name))
		return 0;
	if (!finder->has_names) {
		finder->snapshot->sources_error = finder->error;
		return 0;
	}
	rc = memhp__source_candidate(finder, MEMHP_SOURCE_KIND_DAX, "", name, strlen(name), &candidate);
	if (rc < 0 || (candidate < before && !finder->has_addresses))
		return rc == -EBADMSG ? 0 : rc;
	return memhp__source_enter(finder, &finder->candidates[candidate]);
}

static int enter_devices(struct finder *finder, const char *bus, int (*enter_device)(struct finder *finder, const char *name))
{
	_cleanup_close_ int fd = memhp__file_open_dir(finder->ctx, bus);
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;
	int rc = fd < 0 ? fd : memhp__file_list(fd, ".", &dir), failed = 0;

	while (rc == 0 && failed == 0 && (entry = memhp__file_next(dir, &rc))) {
		failed = enter_device(finder, entry->d_name);
		if (finder->num_candidates > SOURCE_MAX_CANDIDATES)
			rc = -EBADMSG;
	}
	if (rc < 0 && rc != -ENOENT && rc != -ENOMEM) {
		log_debug(finder->ctx, "/%s: %s", bus, strerror(-rc));
		finder->snapshot->sources_error = rc;
	}
	return rc == -ENOMEM ? rc : failed;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct memhp_source *)a)->name, ((const struct memhp_source *)b)->name);
}

static int enter_all(struct finder *finder)
{
	size_t before = finder->num_candidates;
	uint32_t some_dax;
	int rc = memhp__source_kind_candidate(finder, MEMHP_SOURCE_KIND_DAX, &some_dax);

	if (rc == 0)
		rc = enter_devices(finder, SYSFS_ACPI, enter_dimm);
	/* RAM of which iomem says only that some dax device has added it may be that of any. */
	if (rc < 0 || some_dax < before)
		return rc;
	return enter_devices(finder, SYSFS_DAX, enter_dax);
}

int memhp__source_enter_blockless(struct finder *finder)
{
	struct memhp_snapshot *snapshot = finder->snapshot;
	size_t first = snapshot->num_sources;
	int rc = enter_all(finder);

	/* A folder has no order. */
	if (snapshot->num_sources > first)
		qsort(snapshot->sources + first, snapshot->num_sources - first, sizeof(*snapshot->sources), compare);
	return rc;
}
