// SPDX-License-Identifier: LGPL-2.1-or-later
/* What firmware says of RAM: /sys/firmware/memmap, the ACPI table SRAT, the device tree. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tree-private.h"

#define MEMMAP      "sys/firmware/memmap"
#define ACPI        "sys/firmware/acpi/tables"
#define DEVICE_TREE "sys/firmware/devicetree/base"
#define LMBS        DEVICE_TREE "/ibm,dynamic-reconfiguration-memory"

static const char *const kind_names[] = { "memmap", "srat", "srat-hotplug", "device-tree", "lmb", "lmb-free" };

int tree_find_ram_kind(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kind_names); i++)
		if (strcmp(kind_names[i], name) == 0)
			return (int)i;
	return -1;
}

/* A file, and the directories on its way. */
static int put_file(struct tree *tree, int root, const char *path, const void *data, size_t size)
{
	char parent[128];
	bool good;
	int fd;

	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(parent, sizeof(parent), "%.*s", (int)(slash - path), path);
		if (mkdirat(root, parent, 0755) < 0 && errno != EEXIST)
			return tree_fail(tree, -errno, "%s: %s", parent, strerror(errno));
	}
	fd = tree_create(root, path, 0444);
	good = fd >= 0 && write(fd, data, size) == (ssize_t)size;
	if (!good)
		tree_fail(tree, -errno, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return good ? 0 : -EIO;
}

static int put_line(struct tree *tree, int root, const char *dir, const char *name, const char *line)
{
	char path[128], text[64];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	snprintf(text, sizeof(text), "%s\n", line);
	return put_file(tree, root, path, text, strlen(text));
}

static int put_memmap(struct tree *tree, int root, size_t number, uint64_t start, uint64_t size)
{
	char dir[64], text[32];
	int rc;

	snprintf(dir, sizeof(dir), MEMMAP "/%zu", number);
	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)start);
	rc = put_line(tree, root, dir, "start", text);
	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)(start + (size - 1)));
	if (rc == 0)
		rc = put_line(tree, root, dir, "end", text);
	return rc < 0 ? rc : put_line(tree, root, dir, "type", "System RAM");
}

static void put_little(FILE *file, uint64_t number, size_t size)
{
	for (size_t i = 0; i < size; i++)
		fputc(i < sizeof(number) ? (int)(number >> 8 * i & 0xff) : 0, file);
}

static void put_big(FILE *file, uint64_t number, size_t size)
{
	while (size-- > 0)
		fputc(size < sizeof(number) ? (int)(number >> 8 * size & 0xff) : 0, file);
}

/* Memory affinity: the node does not matter here. */
static void put_affinity(FILE *file, const struct ram *ram, uint64_t block_size)
{
	put_little(file, 1 | 40 << 8, 8);
	put_little(file, ram->first * block_size, 8);
	put_little(file, (ram->last - ram->first + 1) * block_size, 8);
	put_little(file, 0, 4);
	put_little(file, ram->kind == RAM_SRAT_HOTPLUG ? 3 : 1, 12);
}

static int put_srat(struct tree *tree, int root)
{
	unsigned char sum = 0;
	char *table = NULL;
	size_t size = 0, num = 0;
	FILE *file = open_memstream(&table, &size);
	int rc;

	if (!file)
		abort();
	for (size_t i = 0; i < tree->num_rams; i++)
		num += tree->rams[i].kind == RAM_SRAT || tree->rams[i].kind == RAM_SRAT_HOTPLUG;
	fputs("SRAT", file);
	put_little(file, 48 + 40 * num, 4);
	put_little(file, 3, 40);
	for (size_t i = 0; i < tree->num_rams; i++)
		if (tree->rams[i].kind == RAM_SRAT || tree->rams[i].kind == RAM_SRAT_HOTPLUG)
			put_affinity(file, &tree->rams[i], tree->block_size);
	fclose(file);
	for (size_t i = 0; i < size; i++)
		sum = (unsigned char)(sum + (unsigned char)table[i]);
	table[9] = (char)(0x100 - sum);
	rc = num ? put_file(tree, root, ACPI "/SRAT", table, size) : 0;
	free(table);
	return rc;
}

/* A property of cells: numbers of 4 or 8 bytes. */
static int put_property(struct tree *tree, int root, const char *path, uint64_t number, uint64_t second, size_t size)
{
	char *data = NULL;
	size_t length = 0;
	FILE *file = open_memstream(&data, &length);
	int rc;

	if (!file)
		abort();
	put_big(file, number, size);
	if (second)
		put_big(file, second, size);
	fclose(file);
	rc = put_file(tree, root, path, data, length);
	free(data);
	return rc;
}

static int put_cells(struct tree *tree, int root)
{
	int rc = put_property(tree, root, DEVICE_TREE "/#address-cells", 2, 0, 4);

	return rc < 0 ? rc : put_property(tree, root, DEVICE_TREE "/#size-cells", 2, 0, 4);
}

static int put_tree_node(struct tree *tree, int root, uint64_t start, uint64_t size)
{
	char path[96];
	int rc = put_cells(tree, root);

	snprintf(path, sizeof(path), DEVICE_TREE "/memory@%llx/device_type", (unsigned long long)start);
	if (rc == 0)
		rc = put_file(tree, root, path, "memory", sizeof("memory"));
	snprintf(path, sizeof(path), DEVICE_TREE "/memory@%llx/reg", (unsigned long long)start);
	return rc < 0 ? rc : put_property(tree, root, path, start, size, 8);
}

static void put_lmb_entries(FILE *file, const struct ram *ram, uint64_t block_size)
{
	for (uint64_t id = ram->first; id <= ram->last; id++) {
		put_big(file, id * block_size, 8);
		put_big(file, 0x80000000 + id, 4);
		put_big(file, 0, 8);
		put_big(file, ram->kind == RAM_LMB ? 0x8 : 0, 4);
	}
}

/* One logical memory block a block */
static int put_lmbs(struct tree *tree, int root)
{
	char *data = NULL;
	size_t length = 0;
	uint64_t num = 0;
	FILE *file = open_memstream(&data, &length);
	int rc = 0;

	if (!file)
		abort();
	for (size_t i = 0; i < tree->num_rams; i++)
		if (tree->rams[i].kind == RAM_LMB || tree->rams[i].kind == RAM_LMB_FREE)
			num += tree->rams[i].last - tree->rams[i].first + 1;
	put_big(file, num, 4);
	for (size_t i = 0; i < tree->num_rams; i++)
		if (tree->rams[i].kind == RAM_LMB || tree->rams[i].kind == RAM_LMB_FREE)
			put_lmb_entries(file, &tree->rams[i], tree->block_size);
	fclose(file);
	if (num)
		rc = put_cells(tree, root);
	if (num && rc == 0)
		rc = put_property(tree, root, LMBS "/ibm,lmb-size", tree->block_size, 0, 8);
	if (num && rc == 0)
		rc = put_file(tree, root, LMBS "/ibm,dynamic-memory", data, length);
	free(data);
	return rc;
}

int tree_put_firmware_ram(struct tree *tree, int root)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < tree->num_rams; i++) {
		const struct ram *ram = &tree->rams[i];
		uint64_t start = ram->first * tree->block_size, size = (ram->last - ram->first + 1) * tree->block_size;

		if (ram->kind == RAM_MEMMAP)
			rc = put_memmap(tree, root, i, start, size);
		else if (ram->kind == RAM_DEVICE_TREE)
			rc = put_tree_node(tree, root, start, size);
	}
	if (rc == 0)
		rc = put_srat(tree, root);
	return rc < 0 ? rc : put_lmbs(tree, root);
}
