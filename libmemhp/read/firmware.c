/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/firmware.h"

#include <limits.h>
#include <stdio.h>

#include "ctx.h"
#include "read/files.h"
#include "read/parse-firmware.h"
#include "read/parse.h"
#include "read/whole-files.h"
#include "spans.h"
#include "util.h"

#define DIR_MEMMAP "sys/firmware/memmap"
#define DIR_BOOT   "sys/kernel/boot_params"
#define DIR_ACPI   "sys/firmware/acpi/tables"
#define DIR_TREE   "sys/firmware/devicetree/base"
#define NODE_LMBS  "ibm,dynamic-reconfiguration-memory"

static int append_span(void *spans, uint64_t start, uint64_t last)
{
	return memhp__spans_append(spans, (struct span){ start, last });
}

/* What a table consists of and is not there does not make the table absent. */
static int part_of_table(int rc)
{
	return rc == -ENOENT ? -EBADMSG : rc;
}

static int finish(struct spans *ram, int rc)
{
	if (rc == 0 && ram->num == 0)
		rc = -ENOENT;
	if (rc < 0)
		memhp__spans_release(ram);
	memhp__spans_sort(ram);
	return rc;
}

/* Calls `take` for each entry of a directory. */
static int for_each_entry(int dirfd, int (*take)(void *data, const struct dirent *entry), void *data)
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	int rc = memhp__file_list(dirfd, ".", &dir);

	while (rc == 0 && (entry = memhp__file_next(dir, &rc)))
		if (entry->d_name[0] != '.')
			rc = take(data, entry);
	return rc;
}

struct memmap {
	struct memhp_ctx *ctx;
	int fd;
	struct spans *ram;
};

static int read_memmap_text(const struct memmap *memmap, const char *entry, const char *file, char text[SYSFS_ATTR_MAX])
{
	char path[NAME_MAX + 8];

	snprintf(path, sizeof(path), "%s/%s", entry, file);
	return part_of_table(memhp__file_read(memmap->ctx->ops, memmap->fd, path, text, SYSFS_ATTR_MAX));
}

static int take_memmap_entry(void *data, const struct dirent *entry)
{
	char type[SYSFS_ATTR_MAX], start_text[SYSFS_ATTR_MAX], last_text[SYSFS_ATTR_MAX];
	const struct memmap *memmap = data;
	uint64_t start = 0, last = 0;
	int rc = read_memmap_text(memmap, entry->d_name, "type", type);

	if (rc < 0 || strcmp(type, "System RAM") != 0)
		return rc;
	rc = read_memmap_text(memmap, entry->d_name, "start", start_text);
	if (rc == 0)
		rc = read_memmap_text(memmap, entry->d_name, "end", last_text);
	if (rc == 0)
		rc = memhp__parse_hex(start_text, &start);
	if (rc == 0)
		rc = memhp__parse_hex(last_text, &last);
	if (rc == 0 && last < start)
		rc = -EBADMSG;
	return rc < 0 ? rc : append_span(memmap->ram, start, last);
}

int memhp__firmware_read_memmap(struct memhp_ctx *ctx, struct spans *ram)
{
	_cleanup_close_ int fd = memhp__file_open_dir(ctx, DIR_MEMMAP);
	struct memmap memmap = { ctx, fd, ram };

	*ram = (struct spans){ 0 };
	return fd < 0 ? fd : finish(ram, for_each_entry(fd, take_memmap_entry, &memmap));
}

static int take_e820(struct spans *ram, const char *entries, size_t num)
{
	uint64_t start, last;
	int rc = 0;

	for (; rc == 0 && num > 0; num--, entries += E820_ENTRY_SIZE)
		if (memhp__parse_e820(entries, &start, &last))
			rc = append_span(ram, start, last);
	return rc;
}

/* What struct boot_params has no room for: lists that the loader added to it. 1 when there is none of this number. */
static int take_setup_data(struct memhp_ctx *ctx, struct spans *ram, unsigned int number)
{
	_cleanup_close_ int fd = -1;
	_cleanup_free_ char *data = NULL;
	char path[64], type[SYSFS_ATTR_MAX];
	size_t length = 0;
	int rc;

	snprintf(path, sizeof(path), DIR_BOOT "/setup_data/%u", number);
	fd = memhp__file_open_dir(ctx, path);
	if (fd < 0)
		return fd == -ENOENT ? 1 : fd;
	rc = part_of_table(memhp__file_read(ctx->ops, fd, "type", type, sizeof(type)));
	if (rc < 0 || strcmp(type, "0x1") != 0)
		return rc;
	rc = memhp__file_note_length(ctx, path, "data", part_of_table(memhp__file_read_all(fd, "data", &data, &length)));
	return rc < 0 ? rc : take_e820(ram, data, length / E820_ENTRY_SIZE);
}

int memhp__firmware_read_boot_map(struct memhp_ctx *ctx, struct spans *ram)
{
	_cleanup_close_ int fd = memhp__file_open_dir(ctx, DIR_BOOT);
	_cleanup_free_ char *data = NULL;
	const char *entries;
	size_t length = 0, num = 0;
	int rc = fd < 0 ? fd : part_of_table(memhp__file_read_all(fd, "data", &data, &length));

	*ram = (struct spans){ 0 };
	rc = memhp__file_note_length(ctx, DIR_BOOT, "data", rc);
	if (rc == 0)
		rc = memhp__parse_boot_params(data, length, &entries, &num);
	if (rc == 0)
		rc = take_e820(ram, entries, num);
	for (unsigned int i = 0; rc == 0; i++)
		rc = take_setup_data(ctx, ram, i);
	return finish(ram, rc < 0 ? rc : 0);
}

int memhp__firmware_read_srat(struct memhp_ctx *ctx, struct spans *ram)
{
	_cleanup_close_ int fd = memhp__file_open_dir(ctx, DIR_ACPI);
	_cleanup_free_ char *table = NULL;
	size_t size = 0;
	int rc = fd < 0 ? fd : memhp__file_read_all(fd, "SRAT", &table, &size);

	*ram = (struct spans){ 0 };
	rc = memhp__file_note_length(ctx, DIR_ACPI, "SRAT", rc);
	return finish(ram, rc < 0 ? rc : memhp__parse_srat(table, size, &(struct ram_finder){ append_span, ram }));
}

struct device_tree {
	struct memhp_ctx *ctx;
	int fd;
	struct dt_cells cells; /* 0: it does not say */
	struct dt_memory *memory;
};

/* A property of a node that is a child of the root, or of the root (NULL); a NUL is put behind it. */
static int read_property(const struct device_tree *tree, const char *node, const char *name, char **property, size_t *size)
{
	char path[NAME_MAX + 40];
	int rc;

	snprintf(path, sizeof(path), "%s%s%s", node ? node : "", node ? "/" : "", name);
	rc = memhp__file_read_bytes(tree->ctx->ops, tree->fd, path, property, size);
	return memhp__file_note_length(tree->ctx, DIR_TREE, path, rc);
}

/* 1, 0, or an errno */
static int has_property(const struct device_tree *tree, const char *node, const char *name)
{
	_cleanup_free_ char *property = NULL;
	size_t size;
	int rc = read_property(tree, node, name, &property, &size);

	return rc == 0 ? 1 : rc == -ENOENT ? 0 : rc;
}

static int read_cell(const struct device_tree *tree, const char *name, uint32_t *value)
{
	_cleanup_free_ char *property = NULL;
	size_t size = 0;
	int rc = read_property(tree, NULL, name, &property, &size);

	return rc < 0 ? (rc == -ENOENT ? 0 : rc) : memhp__parse_dt_cell(property, size, value);
}

/*
 * -ENODATA for a kernel that was told to leave most RAM alone, as a crash kernel is: what the tree has is then not this kernel's.
 */
static int open_tree(struct device_tree *tree, struct memhp_ctx *ctx)
{
	int rc;

	*tree = (struct device_tree){ .ctx = ctx, .fd = memhp__file_open_dir(ctx, DIR_TREE) };
	if (tree->fd < 0)
		return tree->fd;
	rc = has_property(tree, "chosen", "linux,usable-memory-range");
	if (rc > 0)
		rc = -ENODATA;
	if (rc == 0)
		rc = read_cell(tree, "#address-cells", &tree->cells.addr);
	return rc < 0 ? rc : read_cell(tree, "#size-cells", &tree->cells.size);
}

/* As the kernel's of_fdt_device_is_available(): 1, 0, or an errno */
static int is_enabled(const struct device_tree *tree, const char *node)
{
	_cleanup_free_ char *status = NULL;
	size_t size;
	int rc = read_property(tree, node, "status", &status, &size);

	if (rc < 0)
		return rc == -ENOENT ? 1 : rc;
	return strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

/* In a crash kernel linux,usable-memory says what of `reg` it may have. */
static int take_memory(const struct device_tree *tree, const char *node, struct spans *ram)
{
	_cleanup_free_ char *property = NULL;
	size_t size = 0;
	int rc = read_property(tree, node, "linux,usable-memory", &property, &size);

	if (rc == -ENOENT)
		rc = read_property(tree, node, "reg", &property, &size);
	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	return memhp__parse_dt_reg(property, size, tree->cells, &(struct ram_finder){ append_span, ram });
}

/* What the kernel's early_init_dt_scan_memory() looks for: the type makes a node memory, and its name does not matter. */
static int take_node(void *data, const struct dirent *entry)
{
	const struct device_tree *tree = data;
	_cleanup_free_ char *type = NULL;
	int rc, enabled, hotpluggable;
	size_t size;

	if (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN)
		return 0;
	rc = read_property(tree, entry->d_name, "device_type", &type, &size);
	if (rc == -ENOENT || rc == -ENOTDIR || (rc == 0 && strcmp(type, "memory") != 0))
		return 0;
	if (rc < 0)
		return rc;
	enabled = is_enabled(tree, entry->d_name);
	if (enabled <= 0)
		return enabled < 0 ? enabled : take_memory(tree, entry->d_name, &tree->memory->disabled);
	hotpluggable = has_property(tree, entry->d_name, "hotpluggable");
	rc = hotpluggable < 0 ? hotpluggable : take_memory(tree, entry->d_name, &tree->memory->ram);
	return rc < 0 || hotpluggable ? rc : take_memory(tree, entry->d_name, &tree->memory->fixed);
}

int memhp__firmware_read_device_tree(struct memhp_ctx *ctx, struct dt_memory *memory)
{
	struct device_tree tree;
	int rc = open_tree(&tree, ctx);

	*memory = (struct dt_memory){ 0 };
	tree.memory = memory;
	if (rc == 0)
		rc = for_each_entry(tree.fd, take_node, &tree);
	closep(&tree.fd);
	if (rc == 0 && memory->ram.num == 0 && memory->disabled.num == 0)
		rc = -ENOENT;
	if (rc < 0)
		memhp__dt_memory_release(memory);
	memhp__spans_sort(&memory->ram);
	memhp__spans_sort(&memory->fixed);
	memhp__spans_sort(&memory->disabled);
	return rc;
}

void memhp__dt_memory_release(struct dt_memory *memory)
{
	memhp__spans_release(&memory->ram);
	memhp__spans_release(&memory->fixed);
	memhp__spans_release(&memory->disabled);
}

/* One of the two forms, as the kernel looks for them */
static int take_lmbs(const struct device_tree *tree, uint64_t lmb_size, struct spans *ram)
{
	const struct ram_finder finder = { append_span, ram };
	_cleanup_free_ char *property = NULL;
	size_t size = 0;
	int rc = read_property(tree, NODE_LMBS, "ibm,dynamic-memory", &property, &size);

	if (rc == 0)
		return memhp__parse_lmbs(property, size, tree->cells, lmb_size, &finder);
	if (rc == -ENOENT)
		rc = read_property(tree, NODE_LMBS, "ibm,dynamic-memory-v2", &property, &size);
	return rc < 0 ? rc : memhp__parse_lmbs_v2(property, size, tree->cells, lmb_size, &finder);
}

int memhp__firmware_read_lmbs(struct memhp_ctx *ctx, struct spans *ram)
{
	_cleanup_free_ char *property = NULL;
	struct device_tree tree;
	uint64_t lmb_size = 0;
	size_t size = 0;
	int rc = open_tree(&tree, ctx);

	*ram = (struct spans){ 0 };
	if (rc == 0)
		rc = has_property(&tree, NODE_LMBS, "linux,drconf-usable-memory");
	if (rc > 0)
		rc = -ENODATA;
	if (rc == 0)
		rc = read_property(&tree, NODE_LMBS, "ibm,lmb-size", &property, &size);
	if (rc == 0)
		rc = memhp__parse_lmb_size(property, size, tree.cells, &lmb_size);
	if (rc == 0)
		rc = take_lmbs(&tree, lmb_size, ram);
	closep(&tree.fd);
	return finish(ram, rc);
}
