/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel says of where memory comes from: of addresses, and of what can have added memory. */
#include "read/source-claims.h"

#include <ctype.h>
#include <stdio.h>

#include "ctx.h"
#include "read/files.h"
#include "read/parse.h"
#include "read/scan.h"
#include "read/source-candidates.h"
#include "util.h"

/* More devices that have added memory than this are no machine's. */
#define MAX_DEVICES 4096

static int add_claim(struct claims *claims, uint64_t start, uint64_t last, uint32_t candidate)
{
	if (!ARRAY_RESERVE(claims->items, claims->num, claims->allocated))
		return -ENOMEM;
	claims->items[claims->num++] = (struct claim){ start, last, candidate };
	return 0;
}

static int compare_claims(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

static void sort_claims(struct claims *claims)
{
	if (claims->num)
		qsort(claims->items, claims->num, sizeof(*claims->items), compare_claims);
}

static bool is_called(const struct iomem_range *range, const char *name)
{
	return range->length == strlen(name) && memcmp(range->name, name, range->length) == 0;
}

/* "virtio4" for "virtio", "dax0.1" for "dax" */
static bool is_device(const struct iomem_range *range, const char *prefix)
{
	size_t length = strlen(prefix);

	if (range->length <= length || memcmp(range->name, prefix, length) != 0)
		return false;
	for (; length < range->length; length++)
		if (!isdigit((unsigned char)range->name[length]) && range->name[length] != '.')
			return false;
	return true;
}

/* Who has added the RAM at path[depth]: the innermost device around it; else its driver, as RAM that is managed by one names it. */
static int find_adder(struct finder *finder, const struct iomem_range *path, unsigned int depth, uint32_t *number)
{
	for (unsigned int i = depth; i-- > 0;) {
		if (is_device(&path[i], "dax"))
			return memhp__source_candidate(finder, MEMHP_SOURCE_DAX, "", path[i].name, path[i].length, number);
		if (is_device(&path[i], "virtio"))
			return memhp__source_candidate(finder, MEMHP_SOURCE_VIRTIO_MEM, "virtio-mem:", path[i].name, path[i].length,
						       number);
	}
	if (is_called(&path[depth], "System RAM (kmem)"))
		return memhp__source_kind_candidate(finder, MEMHP_SOURCE_DAX, number);
	if (is_called(&path[depth], "System RAM (virtio_mem)"))
		return memhp__source_kind_candidate(finder, MEMHP_SOURCE_VIRTIO_MEM, number);
	*number = is_called(&path[depth], "System RAM") ? PLAIN : UNKNOWN;
	return 0;
}

static int take_range(struct finder *finder, const struct iomem_range *path, unsigned int depth)
{
	static const char ram[] = "System RAM";
	struct claims *claims = &finder->iomem;
	uint32_t number;
	int rc;

	/* What the kernel itself lies in was there when it booted. */
	if (depth > 0 && is_called(&path[depth], "Kernel code") && is_called(&path[0], ram) && claims->num)
		claims->items[claims->num - 1].candidate = BOOT;
	if (path[depth].length < strlen(ram) || memcmp(path[depth].name, ram, strlen(ram)) != 0)
		return 0;
	rc = find_adder(finder, path, depth, &number);
	return rc < 0 ? rc : add_claim(claims, path[depth].start, path[depth].last, number);
}

static int take_iomem(struct finder *finder, const char *text)
{
	struct iomem_range path[IOMEM_MAX_DEPTH + 1], range;
	unsigned int depth = 0;
	int rc;

	while ((rc = memhp__parse_iomem(&text, &range)) > 0) {
		if (range.depth > depth || finder->num_candidates > MAX_DEVICES)
			return -EBADMSG;
		path[range.depth] = range;
		depth = range.depth + 1;
		finder->has_addresses |= range.last != 0;
		rc = take_range(finder, path, range.depth);
		if (rc < 0)
			return rc;
	}
	return rc < 0 || finder->iomem.num ? rc : -EBADMSG;
}

/* Without privilege all addresses read 0, and yet all that have added memory are there. */
int memhp__claims_read_iomem(struct finder *finder)
{
	_cleanup_close_ int fd = memhp__file_open_dir(finder->ctx, "proc");
	_cleanup_free_ char *text = NULL;
	size_t length = 0;
	int rc = fd < 0 ? fd : memhp__file_read_all(fd, "iomem", &text, &length);

	if (rc == 0)
		rc = strlen(text) == length ? take_iomem(finder, text) : -EBADMSG;
	if (rc == -ENOMEM)
		return rc;
	if (rc < 0) {
		log_debug(finder->ctx, "/proc/iomem: %s", strerror(-rc));
		finder->iomem.num = 0;
		finder->has_addresses = false;
		return memhp__source_suspect(finder, UNKNOWN);
	}
	for (size_t i = 0; rc == 0 && !finder->has_addresses && i < finder->iomem.num; i++)
		if (finder->iomem.items[i].candidate != PLAIN && finder->iomem.items[i].candidate != BOOT)
			rc = memhp__source_suspect(finder, finder->iomem.items[i].candidate);
	if (finder->has_addresses)
		sort_claims(&finder->iomem);
	else
		finder->iomem.num = 0;
	return rc;
}

bool memhp__claims_is_map_redrawn(struct memhp_ctx *ctx)
{
	static const char *const parameters[] = { "memmap=", "efi_fake_mem=", "add_efi_memmap" };
	_cleanup_close_ int fd = memhp__file_open_dir(ctx, "proc");
	_cleanup_free_ char *text = NULL;

	if (fd < 0 || memhp__file_read_all(fd, "cmdline", &text, NULL) < 0)
		return false;
	for (const char *word = text; *word; word += strcspn(word, " "), word += strspn(word, " "))
		for (size_t i = 0; i < ARRAY_SIZE(parameters); i++)
			if (strncmp(word, parameters[i], strlen(parameters[i])) == 0)
				return true;
	return false;
}

static int take_boot_map(struct finder *finder, const char *entries, size_t num)
{
	uint64_t start, last;
	int rc = 0;

	for (; rc == 0 && num > 0; num--, entries += E820_ENTRY_SIZE)
		if (memhp__parse_e820(entries, &start, &last))
			rc = add_claim(&finder->boot, start, last, BOOT);
	return rc;
}

/* What struct boot_params has no room for: lists that the loader added to it */
static int read_further_boot_maps(struct finder *finder)
{
	char path[64], type[SYSFS_ATTR_MAX];
	int rc = 0;

	for (unsigned int i = 0; rc == 0; i++) {
		_cleanup_close_ int fd = -1;
		_cleanup_free_ char *data = NULL;
		size_t length = 0;

		snprintf(path, sizeof(path), SYSFS_BOOT "/setup_data/%u", i);
		fd = memhp__file_open_dir(finder->ctx, path);
		if (fd < 0)
			return fd == -ENOENT ? 0 : fd;
		rc = memhp__file_read(finder->ctx->ops, fd, "type", type, sizeof(type));
		if (rc < 0 || strcmp(type, "0x1") != 0)
			continue;
		rc = memhp__file_read_all(fd, "data", &data, &length);
		if (rc == 0)
			rc = take_boot_map(finder, data, length / E820_ENTRY_SIZE);
	}
	return rc;
}

/* /sys/firmware/memmap would not do: the kernel adds to it what is plugged in later. */
int memhp__claims_read_boot_map(struct finder *finder)
{
	_cleanup_close_ int fd = memhp__file_open_dir(finder->ctx, SYSFS_BOOT);
	_cleanup_free_ char *data = NULL;
	const char *entries;
	size_t length = 0, num = 0;
	int rc = fd < 0 ? fd : memhp__file_read_all(fd, "data", &data, &length);

	if (rc == 0)
		rc = memhp__parse_boot_params(data, length, &entries, &num);
	if (rc == 0)
		rc = take_boot_map(finder, entries, num);
	if (rc == 0)
		rc = read_further_boot_maps(finder);
	if (rc < 0 || memhp__claims_is_map_redrawn(finder->ctx))
		finder->boot.num = 0; /* half of a map proves nothing of the rest */
	sort_claims(&finder->boot);
	return rc == -ENOMEM ? rc : 0;
}

static bool has_kernel_file(struct memhp_ctx *ctx, const char *name)
{
	_cleanup_close_ int fd = memhp__file_open_dir(ctx, "sys/kernel");

	return fd >= 0 && memhp__file_exists(fd, name);
}

static bool is_s390(struct memhp_ctx *ctx)
{
	return memhp__file_dir_exists(ctx, "sys/bus/ccw");
}

/* Since Linux 6.19 standby memory has no blocks, and what was configured once may be offline for any reason. */
bool memhp__claims_has_offline_standby(struct memhp_ctx *ctx)
{
	return is_s390(ctx) && !memhp__file_dir_exists(ctx, SYSFS_FIRMWARE);
}

/* What else may have added memory, beside devices that iomem names */
int memhp__claims_suspect_others(struct finder *finder, const struct scan *scan)
{
	static const struct {
		const char *dir, *name;
	} balloons[] = { { "sys/bus/vmbus/drivers/hv_balloon", "hyperv" }, { "sys/devices/system/xen_memory", "xen" } };
	uint32_t number;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(balloons); i++) {
		if (!memhp__file_dir_exists(finder->ctx, balloons[i].dir))
			continue;
		rc = memhp__source_candidate(finder, MEMHP_SOURCE_BALLOON, "", balloons[i].name, strlen(balloons[i].name), &number);
		if (rc == 0)
			rc = memhp__source_suspect(finder, number);
	}
	/* With a map of what was there at boot that is all. Without it boot memory looks as what was added by hand does. */
	if (rc == 0 && finder->boot.num == 0)
		rc = memhp__source_suspect(finder, BOOT);
	if (rc == 0 && finder->boot.num == 0 &&
	    (memhp__file_exists(scan->memory_fd, "probe") || has_kernel_file(finder->ctx, "dlpar") || is_s390(finder->ctx)))
		rc = memhp__source_suspect(finder, UNKNOWN);
	return rc;
}
