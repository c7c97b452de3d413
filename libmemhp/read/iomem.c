/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/iomem.h"

#include <ctype.h>

#include "ctx.h"
#include "read/files.h"
#include "read/parse.h"
#include "read/whole-files.h"
#include "util.h"

static const char system_ram[] = "System RAM";

static bool is_called(const struct iomem_range *range, const char *name)
{
	return range->length == strlen(name) && memcmp(range->name, name, range->length) == 0;
}

static bool has_prefix(const struct iomem_range *range, const char *prefix)
{
	return range->length >= strlen(prefix) && memcmp(range->name, prefix, strlen(prefix)) == 0;
}

/* "virtio4" for "virtio", "dax0.1" for "dax" */
static bool is_device(const struct iomem_range *range, const char *prefix)
{
	size_t length = strlen(prefix);

	if (range->length == length || !has_prefix(range, prefix))
		return false;
	for (; length < range->length; length++)
		if (!isdigit((unsigned char)range->name[length]) && range->name[length] != '.')
			return false;
	return true;
}

/* The innermost device around the RAM at path[depth]; else its driver, as RAM that is managed by one names it. */
static void find_owner(struct iomem_ram *ram, const struct iomem_range *path, unsigned int depth)
{
	for (unsigned int i = depth; i-- > 0;) {
		bool is_dax = is_device(&path[i], "dax");

		if (!is_dax && !is_device(&path[i], "virtio"))
			continue;
		ram->owner = is_dax ? IOMEM_DAX : IOMEM_VIRTIO_MEM;
		ram->device = path[i].name;
		ram->device_length = path[i].length;
		return;
	}
	if (is_called(&path[depth], "System RAM (kmem)"))
		ram->owner = IOMEM_DAX;
	else if (is_called(&path[depth], "System RAM (virtio_mem)"))
		ram->owner = IOMEM_VIRTIO_MEM;
	else
		ram->owner = is_called(&path[depth], system_ram) ? IOMEM_NOBODY : IOMEM_SOMEBODY;
}

static int add_ram(struct iomem *iomem, const struct iomem_range *path, unsigned int depth)
{
	struct iomem_ram *ram;

	if (!ARRAY_RESERVE(iomem->rams, iomem->num_rams, iomem->allocated_rams))
		return -ENOMEM;
	ram = &iomem->rams[iomem->num_rams++];
	*ram = (struct iomem_ram){ .start = path[depth].start, .last = path[depth].last };
	find_owner(ram, path, depth);
	return 0;
}

static int take_range(struct iomem *iomem, const struct iomem_range *path, unsigned int depth)
{
	if (depth == 0) {
		if (!ARRAY_RESERVE(iomem->tops, iomem->num_tops, iomem->allocated_tops))
			return -ENOMEM;
		iomem->tops[iomem->num_tops++] = path[0];
	} else if (is_called(&path[depth], "Kernel code") && is_called(&path[0], system_ram)) {
		iomem->rams[iomem->num_rams - 1].has_kernel = true;
	}
	return has_prefix(&path[depth], system_ram) ? add_ram(iomem, path, depth) : 0;
}

static int take_text(struct iomem *iomem)
{
	struct iomem_range path[IOMEM_MAX_DEPTH + 1], range;
	const char *text = iomem->text;
	bool has_addresses = false;
	unsigned int depth = 0;
	int rc;

	while ((rc = memhp__parse_iomem(&text, &range)) > 0) {
		if (range.depth > depth)
			return -EBADMSG;
		path[range.depth] = range;
		depth = range.depth + 1;
		has_addresses |= range.last != 0;
		rc = take_range(iomem, path, range.depth);
		if (rc < 0)
			return rc;
	}
	if (rc < 0 || iomem->num_tops == 0)
		return -EBADMSG;
	return has_addresses ? 0 : -EACCES;
}

int memhp__iomem_read(struct iomem *iomem, struct memhp_ctx *ctx)
{
	int rc;

	*iomem = (struct iomem){ 0 };
	rc = memhp__file_read_text(ctx, "proc", "iomem", &iomem->text);
	if (rc < 0)
		return rc;
	rc = take_text(iomem);
	if (rc < 0 && rc != -EACCES)
		memhp__iomem_release(iomem);
	return rc;
}

void memhp__iomem_release(struct iomem *iomem)
{
	free(iomem->tops);
	free(iomem->rams);
	free(iomem->text);
	*iomem = (struct iomem){ 0 };
}
