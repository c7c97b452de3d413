/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TREE_PRIVATE_H
#define TREE_PRIVATE_H

#include <sys/types.h>

#include "tree.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* A word of a line. Its text ends with a NUL, and may hold others. */
struct word {
	const char *text;
	size_t length;
};

struct node {
	unsigned int id;
	const char *cpus;
};

struct param {
	const char *name, *value;
};

struct cma {
	unsigned int node;
	const char *zone;
	uint64_t pages;
};

/* Blocks in the memory map of the boot. */
struct boot_range {
	uint64_t first, last;
};

/* Blocks of which firmware says that they are RAM, or could become so. */
struct ram {
	enum { RAM_MEMMAP, RAM_SRAT, RAM_SRAT_HOTPLUG, RAM_DEVICE_TREE, RAM_LMB, RAM_LMB_FREE } kind;
	uint64_t first, last;
};

/* What one `blocks` line says of one range of ids: NULL where it says nothing. */
struct layer {
	uint64_t first, last;
	bool absent;
	const char *attr[TREE_NUM_ATTRS];
};

/* So many pages with the same flags */
struct pages {
	uint64_t first, num, flags;
};

enum change_kind { CHANGE_FILE, CHANGE_DIR, CHANGE_LINK, CHANGE_FIFO, CHANGE_MODE, CHANGE_REMOVE };

/* A `file`, `dir`, ... line. */
struct change {
	enum change_kind kind;
	const char *path;
	struct word text;
	uint64_t number;
};

struct tree {
	uint64_t block_size, page_size;
	const char *auto_online, *cmdline;
	bool probe;
	struct node *nodes;
	size_t num_nodes;
	struct param *params;
	size_t num_params;
	struct cma *cmas;
	size_t num_cmas;
	struct boot_range *boot_map;
	size_t num_boot_ranges;
	struct ram *rams;
	size_t num_rams;
	struct pages *pages;
	size_t num_pages;
	struct layer *layers;
	size_t num_layers;
	struct change *changes;
	size_t num_changes;
	struct tree_run *runs; /* what the layers come to; NULL before it is asked for */
	size_t num_runs;
	void **strings; /* every string above */
	size_t num_strings;
	char error[256];
};

void *tree_grow(void *array, size_t *num, size_t size);

/* tree-make.c: opens a file to be written from its start, also one that nobody may write to, as many are in sysfs. */
int tree_create(int dir, const char *path, mode_t mode);

/* tree-pages.c: /proc/kpageflags, up to the end of the last block or page; there is none without any page. */
int tree_put_pages(struct tree *tree, int proc, uint64_t end_addr);

/* tree-firmware.c: the kind of that name, negative when there is none; and the files below the root */
int tree_find_ram_kind(const char *name);
int tree_put_firmware_ram(struct tree *tree, int root);

int tree_fail(struct tree *tree, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
