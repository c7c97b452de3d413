/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/proof.h"

#include <limits.h>
#include <stdio.h>

#include "ctx.h"
#include "read/files.h"
#include "read/parse-firmware.h"
#include "read/parse.h"
#include "spans.h"
#include "util.h"

#define DIR_MEMMAP "sys/firmware/memmap"
#define DIR_ACPI   "sys/firmware/acpi/tables"
#define DIR_TREE   "sys/firmware/devicetree/base"
#define DIR_LMBS   DIR_TREE "/ibm,dynamic-reconfiguration-memory"
#define DIR_CHOSEN DIR_TREE "/chosen"

static int add_span(void *spans, uint64_t start, uint64_t last)
{
	return memhp__spans_append(spans, (struct span){ start, last });
}

static int read_number(struct memhp_ctx *ctx, int dirfd, const char *path, uint64_t *number)
{
	char text[SYSFS_ATTR_MAX];
	int rc = memhp__file_read(ctx->ops, dirfd, path, text, sizeof(text));

	return rc < 0 ? rc : memhp__parse_hex(text, number);
}

/* An entry of the map that firmware or loader gave to the kernel; what is plugged in later is added to it, as RAM all the same. */
static int take_memmap_entry(struct memhp_ctx *ctx, int dirfd, const char *name, struct spans *spans)
{
	char path[NAME_MAX + 8], type[SYSFS_ATTR_MAX];
	uint64_t start, last;
	int rc;

	snprintf(path, sizeof(path), "%s/type", name);
	rc = memhp__file_read(ctx->ops, dirfd, path, type, sizeof(type));
	if (rc < 0 || strcmp(type, "System RAM") != 0)
		return rc;
	snprintf(path, sizeof(path), "%s/start", name);
	rc = read_number(ctx, dirfd, path, &start);
	snprintf(path, sizeof(path), "%s/end", name);
	if (rc == 0)
		rc = read_number(ctx, dirfd, path, &last);
	if (rc == 0)
		rc = last < start ? -EBADMSG : add_span(spans, start, last);
	return rc;
}

/* Calls `take` for each entry of a directory. */
static int for_each_entry(struct memhp_ctx *ctx, const char *path,
			  int (*take)(struct memhp_ctx *ctx, int dirfd, const char *name, struct spans *spans), struct spans *spans)
{
	_cleanup_close_ int fd = memhp__file_open_dir(ctx, path);
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	int rc = fd < 0 ? fd : memhp__file_list(fd, ".", &dir);

	while (rc == 0 && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			rc = take(ctx, fd, entry->d_name, spans);
	return rc;
}

static int read_memmap(struct memhp_ctx *ctx, struct spans *spans)
{
	return for_each_entry(ctx, DIR_MEMMAP, take_memmap_entry, spans);
}

static int read_srat(struct memhp_ctx *ctx, struct spans *spans)
{
	_cleanup_close_ int fd = memhp__file_open_dir(ctx, DIR_ACPI);
	_cleanup_free_ char *table = NULL;
	size_t size = 0;
	int rc = fd < 0 ? fd : memhp__file_read_all(fd, "SRAT", &table, &size);

	return rc < 0 ? rc : memhp__parse_srat(table, size, &(struct ram_finder){ add_span, spans });
}

static int read_cell(int dirfd, const char *name, uint32_t *value)
{
	_cleanup_free_ char *property = NULL;
	size_t size = 0;
	int rc = memhp__file_read_all(dirfd, name, &property, &size);

	return rc < 0 ? rc : memhp__parse_dt_cell(property, size, value);
}

/*
 * How long addresses and sizes are. -ENODATA for a kernel that was told to leave most RAM alone, as a crash kernel is: what the
 * tree has is then not this kernel's.
 */
static int read_cells(struct memhp_ctx *ctx, struct dt_cells *cells)
{
	_cleanup_close_ int fd = memhp__file_open_dir(ctx, DIR_TREE);
	_cleanup_close_ int chosen = memhp__file_open_dir(ctx, DIR_CHOSEN);
	int rc = fd < 0 ? fd : read_cell(fd, "#address-cells", &cells->addr);

	if (rc == 0)
		rc = read_cell(fd, "#size-cells", &cells->size);
	if (rc == 0 && chosen >= 0 && memhp__file_exists(chosen, "linux,usable-memory-range"))
		rc = -ENODATA;
	return rc;
}

static bool has_text(int dirfd, const char *name, const char *text)
{
	_cleanup_free_ char *property = NULL;
	size_t size = 0;

	return memhp__file_read_all(dirfd, name, &property, &size) == 0 && size == strlen(text) + 1 && strcmp(property, text) == 0;
}

/* A node that the kernel takes as RAM, too: not one switched off, nor, as in an SRAT, one that is there for hot-plug. */
static bool is_ram_node(int dirfd)
{
	return has_text(dirfd, "device_type", "memory") && !memhp__file_exists(dirfd, "hotpluggable") &&
	       (!memhp__file_exists(dirfd, "status") || has_text(dirfd, "status", "okay") || has_text(dirfd, "status", "ok"));
}

/* In a crash kernel linux,usable-memory says what of `reg` it may have. */
static int take_tree_node(struct memhp_ctx *ctx, int dirfd, const char *name, struct spans *spans)
{
	_cleanup_free_ char *path = NULL, *property = NULL;
	_cleanup_close_ int fd = -1;
	struct dt_cells cells;
	size_t size = 0;
	int rc;

	(void)dirfd;
	if (strcmp(name, "memory") != 0 && strncmp(name, "memory@", strlen("memory@")) != 0)
		return 0;
	if (asprintf(&path, DIR_TREE "/%s", name) < 0)
		return -ENOMEM;
	fd = memhp__file_open_dir(ctx, path);
	if (fd == -ENOTDIR || (fd >= 0 && !is_ram_node(fd)))
		return 0;
	rc = fd < 0 ? fd : read_cells(ctx, &cells);
	if (rc == 0)
		rc = memhp__file_read_all(fd, memhp__file_exists(fd, "linux,usable-memory") ? "linux,usable-memory" : "reg",
					  &property, &size);
	return rc < 0 ? rc : memhp__parse_dt_reg(property, size, cells, &(struct ram_finder){ add_span, spans });
}

static int read_tree(struct memhp_ctx *ctx, struct spans *spans)
{
	return for_each_entry(ctx, DIR_TREE, take_tree_node, spans);
}

/* One of the two forms, as the kernel looks for them */
static int read_lmbs(struct memhp_ctx *ctx, struct spans *spans)
{
	_cleanup_close_ int fd = memhp__file_open_dir(ctx, DIR_LMBS);
	_cleanup_free_ char *lmb_property = NULL, *property = NULL;
	struct dt_cells cells;
	uint64_t lmb_size = 0;
	size_t size = 0;
	int rc = fd < 0 ? fd : read_cells(ctx, &cells);
	bool v2 = rc == 0 && !memhp__file_exists(fd, "ibm,dynamic-memory");

	if (rc == 0 && memhp__file_exists(fd, "linux,drconf-usable-memory"))
		rc = -ENODATA;
	if (rc == 0)
		rc = memhp__file_read_all(fd, "ibm,lmb-size", &lmb_property, &size);
	if (rc == 0)
		rc = memhp__parse_lmb_size(lmb_property, size, cells, &lmb_size);
	if (rc == 0)
		rc = memhp__file_read_all(fd, v2 ? "ibm,dynamic-memory-v2" : "ibm,dynamic-memory", &property, &size);
	if (rc < 0)
		return rc;
	return (v2 ? memhp__parse_lmbs_v2 : memhp__parse_lmbs)(property, size, cells, lmb_size,
							       &(struct ram_finder){ add_span, spans });
}

int memhp__proof_find(struct memhp_ctx *ctx, uint64_t start, uint64_t last, enum memhp_proof *proof)
{
	static const struct {
		enum memhp_proof proof;
		int (*read)(struct memhp_ctx *ctx, struct spans *spans);
	} sources[] = {
		{ MEMHP_PROOF_FIRMWARE_MAP, read_memmap },
		{ MEMHP_PROOF_SRAT, read_srat },
		{ MEMHP_PROOF_DEVICE_TREE, read_tree },
		{ MEMHP_PROOF_LMB, read_lmbs },
	};

	*proof = MEMHP_PROOF_NONE;
	for (size_t i = 0; *proof == MEMHP_PROOF_NONE && i < ARRAY_SIZE(sources); i++) {
		struct spans spans = { 0 };
		int rc = sources[i].read(ctx, &spans);

		memhp__spans_sort(&spans);
		/* Half a table proves nothing of what it does say. */
		if (rc == 0 && memhp__spans_contain(&spans, start, last))
			*proof = sources[i].proof;
		else if (rc < 0)
			log_debug(ctx, "no proof of RAM from %s: %s", memhp_proof_name(sources[i].proof), strerror(-rc));
		memhp__spans_release(&spans);
		if (rc == -ENOMEM)
			return rc;
	}
	return 0;
}
