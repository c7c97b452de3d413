// SPDX-License-Identifier: LGPL-2.1-or-later
/* A described machine into files. Half a million blocks are no exception: every path is short and relative to a descriptor. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tree-private.h"

#define MEMORY   "sys/devices/system/memory"
#define NODE     "sys/devices/system/node"
#define FIRMWARE "sys/firmware/memory"
#define MODULE   "sys/module/memory_hotplug/parameters"
#define BOOT     "sys/kernel/boot_params"

struct zone {
	unsigned int node;
	const char *name;
	uint64_t present, cma, first_pfn, end_pfn;
};

struct maker {
	struct tree *tree;
	unsigned int flags;
	int root, memory, node, firmware; /* directories; -1 when they are not to be there */
	struct zone *zones;
	size_t num_zones;
};

static const char *const zone_names[] = { "DMA", "DMA32", "Normal", "HighMem", "Movable", "Device" };

static int fail(struct maker *maker, const char *path)
{
	int error = errno;

	return tree_fail(maker->tree, -error, "%s: %s", path, strerror(error));
}

int tree_create(int dir, const char *path, mode_t mode)
{
	const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(dir, path, flags, mode);
	struct stat info;

	if (fd >= 0 || errno != EACCES || fstatat(dir, path, &info, AT_SYMLINK_NOFOLLOW) < 0 || fchmodat(dir, path, 0600, 0) < 0)
		return fd;
	fd = openat(dir, path, flags, mode);
	if (fd >= 0)
		fchmod(fd, info.st_mode & 07777);
	return fd;
}

static int put(struct maker *maker, int dir, const char *path, mode_t mode, struct word text, uint64_t times)
{
	int rc = 0, fd = tree_create(dir, path, mode);

	if (fd < 0)
		return fail(maker, path);
	for (; rc == 0 && text.length > 0 && times > 0; times--)
		if (write(fd, text.text, text.length) != (ssize_t)text.length)
			rc = fail(maker, path);
	close(fd);
	return rc;
}

/* A file as sysfs has them: one line. */
static int put_line(struct maker *maker, int dir, const char *path, mode_t mode, const char *line)
{
	char text[4096];
	int length = snprintf(text, sizeof(text), "%s\n", line);

	if (length >= (int)sizeof(text)) {
		errno = EFBIG;
		return fail(maker, path);
	}
	return put(maker, dir, path, mode, (struct word){ text, (size_t)length }, 1);
}

static int put_dir(struct maker *maker, int dir, const char *path)
{
	return mkdirat(dir, path, 0755) == 0 || errno == EEXIST ? 0 : fail(maker, path);
}

static int put_link(struct maker *maker, int dir, const char *path, const char *target)
{
	return symlinkat(target, dir, path) == 0 || errno == EEXIST ? 0 : fail(maker, path);
}

/* Make the directories on the way to a path. */
static int put_parents(struct maker *maker, int dir, const char *path)
{
	char part[PATH_MAX];
	int rc = 0;

	for (const char *end = strchr(path, '/'); rc == 0 && end; end = strchr(end + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(end - path), path);
		if (part[0])
			rc = put_dir(maker, dir, part);
	}
	return rc;
}

static int put_dirs(struct maker *maker, int dir, const char *path)
{
	int rc = put_parents(maker, dir, path);

	return rc < 0 ? rc : put_dir(maker, dir, path);
}

static int open_dir(struct maker *maker, const char *path, int *fd)
{
	int rc = put_dirs(maker, maker->root, path);

	if (rc < 0)
		return rc;
	*fd = openat(maker->root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? fail(maker, path) : 0;
}

/* A file that has the same content for all blocks of a run: made for the first of them, and for the others too unless shared. */
static int put_run_file(struct maker *maker, const struct tree_run *run, uint64_t id, const char *name, mode_t mode,
			const char *text)
{
	char path[64], original[64];

	snprintf(path, sizeof(path), "memory%llu/%s", (unsigned long long)id, name);
	if ((maker->flags & TREE_SHARED) && id > run->first) {
		/* Some file systems count links in 16 bits: start anew now and then. */
		uint64_t first = id - (id - run->first) % 32000;

		snprintf(original, sizeof(original), "memory%llu/%s", (unsigned long long)first, name);
		if (first != id)
			return linkat(maker->memory, original, maker->memory, path, 0) == 0 ? 0 : fail(maker, path);
	}
	if (!text)
		return put_link(maker, maker->memory, path, "../../../../bus/memory");
	if (!*text)
		return put(maker, maker->memory, path, mode, (struct word){ "", 0 }, 1);
	return put_line(maker, maker->memory, path, mode, text);
}

static int put_node_links(struct maker *maker, const struct tree_run *run, uint64_t id)
{
	char path[64], target[64];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < run->num_nodes; i++) {
		snprintf(path, sizeof(path), "memory%llu/node%u", (unsigned long long)id, run->nodes[i]);
		snprintf(target, sizeof(target), "../../node/node%u", run->nodes[i]);
		rc = put_link(maker, maker->memory, path, target);
		snprintf(path, sizeof(path), "node%u/memory%llu", run->nodes[i], (unsigned long long)id);
		snprintf(target, sizeof(target), "../../memory/memory%llu", (unsigned long long)id);
		if (rc == 0)
			rc = put_link(maker, maker->node, path, target);
	}
	return rc;
}

/* The files of a block, as the kernel makes them. */
static int put_block(struct maker *maker, const struct tree_run *run, uint64_t id)
{
	static const struct {
		enum tree_attr attr;
		const char *name;
		mode_t mode;
	} files[] = {
		{ TREE_STATE, "state", 0644 },
		{ TREE_ZONES, "valid_zones", 0444 },
		{ TREE_REMOVABLE, "removable", 0444 },
		{ TREE_PHYS_DEVICE, "phys_device", 0444 },
	};
	const char *online = run->attr[TREE_ONLINE], *phys_index = run->attr[TREE_PHYS_INDEX], *state = run->attr[TREE_STATE];
	const char *bit = state && strcmp(state, "offline") == 0 ? "0" : "1";
	char path[64], text[64];
	int rc;

	snprintf(path, sizeof(path), "memory%llu", (unsigned long long)id);
	rc = put_dir(maker, maker->memory, path);
	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(files); i++)
		if (run->attr[files[i].attr])
			rc = put_run_file(maker, run, id, files[i].name, files[i].mode, run->attr[files[i].attr]);
	if (rc == 0 && online)
		rc = put_run_file(maker, run, id, "online", 0644, *online ? online : bit);
	if (rc == 0 && phys_index) {
		snprintf(path, sizeof(path), "memory%llu/phys_index", (unsigned long long)id);
		snprintf(text, sizeof(text), "%08llx", (unsigned long long)id);
		rc = put_line(maker, maker->memory, path, 0444, *phys_index ? phys_index : text);
	}
	if (rc == 0)
		rc = put_run_file(maker, run, id, "uevent", 0644, "");
	if (rc == 0)
		rc = put_run_file(maker, run, id, "subsystem", 0, NULL);
	return rc < 0 ? rc : put_node_links(maker, run, id);
}

/* What the firmware of s390 says of a block. */
static int put_firmware(struct maker *maker, const struct tree_run *run, uint64_t id)
{
	const char *config = run->attr[TREE_CONFIG], *memmap = run->attr[TREE_MEMMAP_ON_MEMORY];
	char path[64];
	int rc;

	snprintf(path, sizeof(path), "memory%llu", (unsigned long long)id);
	rc = put_dir(maker, maker->firmware, path);
	snprintf(path, sizeof(path), "memory%llu/config", (unsigned long long)id);
	if (rc == 0 && config)
		rc = put_line(maker, maker->firmware, path, 0644, config);
	snprintf(path, sizeof(path), "memory%llu/memmap_on_memory", (unsigned long long)id);
	if (rc == 0 && memmap)
		rc = put_line(maker, maker->firmware, path, 0644, memmap);
	return rc;
}

static bool is_standby(const struct tree_run *run)
{
	return run->attr[TREE_CONFIG] && strcmp(run->attr[TREE_CONFIG], "0") == 0;
}

static bool has_firmware(const struct tree_run *run)
{
	return run->attr[TREE_CONFIG] || run->attr[TREE_MEMMAP_ON_MEMORY];
}

static int put_blocks(struct maker *maker, const struct tree_run *runs, size_t num)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < num; i++) {
		const struct tree_run *run = &runs[i];

		if (has_firmware(run) && maker->firmware < 0)
			rc = open_dir(maker, FIRMWARE, &maker->firmware);
		for (uint64_t id = run->first; rc == 0; id++) {
			if (!is_standby(run))
				rc = put_block(maker, run, id);
			if (rc == 0 && has_firmware(run))
				rc = put_firmware(maker, run, id);
			if (id == run->last)
				break;
		}
	}
	return rc;
}

/* The zone of a node, new when there is none yet. */
static struct zone *get_zone(struct maker *maker, unsigned int node, const char *name)
{
	struct zone *zone;

	for (size_t i = 0; i < maker->num_zones; i++)
		if (maker->zones[i].node == node && strcmp(maker->zones[i].name, name) == 0)
			return &maker->zones[i];
	maker->zones = tree_grow(maker->zones, &maker->num_zones, sizeof(*maker->zones));
	zone = &maker->zones[maker->num_zones - 1];
	*zone = (struct zone){ .node = node, .name = name, .first_pfn = UINT64_MAX };
	return zone;
}

/* The zone that a block's pages count for. */
static const char *zone_of(const struct tree_run *run)
{
	const char *zones = run->attr[TREE_ZONES];

	if (zones && strcasecmp(zones, "none") == 0)
		return "DMA";
	for (size_t i = 0; zones && i < ARRAY_SIZE(zone_names); i++)
		if (strcspn(zones, " ") == strlen(zone_names[i]) && strncmp(zones, zone_names[i], strlen(zone_names[i])) == 0)
			return zone_names[i];
	return "Normal";
}

static void count_zones(struct maker *maker, const struct tree_run *runs, size_t num)
{
	static const unsigned int default_node[] = { 0 };
	uint64_t pages_per_block = maker->tree->block_size / maker->tree->page_size;

	for (size_t i = 0; i < num; i++) {
		const struct tree_run *run = &runs[i];
		const unsigned int *nodes = run->num_nodes > 0 ? run->nodes : default_node;
		size_t num_nodes = run->num_nodes > 0 ? run->num_nodes : 1;
		uint64_t pages = (run->last - run->first + 1) * pages_per_block;

		if (!run->attr[TREE_STATE] || strcmp(run->attr[TREE_STATE], "offline") == 0 || is_standby(run))
			continue;
		for (size_t j = 0; j < num_nodes; j++) {
			struct zone *zone = get_zone(maker, nodes[j], zone_of(run));

			zone->present += pages / num_nodes + (j < pages % num_nodes);
			if (zone->first_pfn > run->first * pages_per_block)
				zone->first_pfn = run->first * pages_per_block;
			zone->end_pfn = (run->last + 1) * pages_per_block;
		}
	}
	for (size_t i = 0; i < maker->tree->num_cmas; i++) {
		const struct cma *cma = &maker->tree->cmas[i];

		get_zone(maker, cma->node, cma->zone)->cma += cma->pages;
	}
}

/* Pages that the kernel gives out: what the memmap takes is not among them. */
static uint64_t managed(const struct zone *zone)
{
	return zone->present - zone->present / 64;
}

/* A zone in the words of show_zoneinfo() of the kernel, shorter where the numbers mean nothing here. */
static void print_zone(FILE *file, const struct zone *zone)
{
	uint64_t pages = managed(zone), spanned = zone->present > 0 ? zone->end_pfn - zone->first_pfn : 0;

	fprintf(file, "Node %u, zone %8s\n", zone->node, zone->name);
	fprintf(file,
		"  pages free     %llu\n        boost    0\n        min      %llu\n        low      %llu\n        high     %llu\n"
		"        spanned  %llu\n        present  %llu\n        managed  %llu\n        cma      %llu\n"
		"        protection: (0, 0, 0, 0, 0)\n",
		(unsigned long long)(pages / 2), (unsigned long long)(pages / 512), (unsigned long long)(pages / 256),
		(unsigned long long)(pages / 128), (unsigned long long)spanned, (unsigned long long)zone->present,
		(unsigned long long)pages, (unsigned long long)zone->cma);
	if (zone->present == 0)
		return;
	fprintf(file,
		"      nr_free_pages %llu\n      nr_zone_inactive_anon 0\n      nr_zone_active_anon 0\n      nr_mlock     0\n"
		"      nr_free_cma  %llu\n  pagesets\n    cpu: 0\n              count: 0\n              high:  0\n"
		"              batch: 1\n  vm stats threshold: 4\n  node_unreclaimable:  0\n  start_pfn:           %llu\n",
		(unsigned long long)(pages / 2), (unsigned long long)zone->cma, (unsigned long long)zone->first_pfn);
}

static bool is_zone_used(const struct maker *maker, const char *name)
{
	if (strcmp(name, "Normal") == 0 || strcmp(name, "Movable") == 0)
		return true;
	for (size_t i = 0; i < maker->num_zones; i++)
		if (strcmp(maker->zones[i].name, name) == 0)
			return true;
	return false;
}

/* All zones of a node, those without memory too, as the kernel does. */
static void print_node_zones(FILE *file, struct maker *maker, unsigned int node)
{
	for (size_t i = 0; i < ARRAY_SIZE(zone_names); i++)
		if (is_zone_used(maker, zone_names[i]))
			print_zone(file, get_zone(maker, node, zone_names[i]));
}

static uint64_t total_kb(const struct maker *maker, const unsigned int *node)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < maker->num_zones; i++)
		if (!node || maker->zones[i].node == *node)
			pages += managed(&maker->zones[i]);
	return pages * (maker->tree->page_size / 1024);
}

static int put_pages(struct maker *maker)
{
	const struct tree_run *runs;
	size_t num = tree_get_runs(maker->tree, &runs);
	int rc, proc = openat(maker->root, "proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (proc < 0)
		return fail(maker, "proc");
	rc = tree_put_pages(maker->tree, proc, num ? (runs[num - 1].last + 1) * maker->tree->block_size : 0);
	close(proc);
	return rc;
}

static char *print_zoneinfo(struct maker *maker)
{
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	if (!file)
		abort();
	for (size_t i = 0; i < maker->tree->num_nodes; i++)
		print_node_zones(file, maker, maker->tree->nodes[i].id);
	if (maker->tree->num_nodes == 0)
		print_node_zones(file, maker, 0);
	fclose(file);
	return text;
}

/* Of the machine, or of one node in its own words. */
static char *print_meminfo(const struct maker *maker, const unsigned int *node)
{
	unsigned long long total = total_kb(maker, node);
	char *text;
	int length;

	if (node)
		length = asprintf(&text, "Node %u MemTotal:       %8llu kB\nNode %u MemFree:        %8llu kB\n", *node, total,
				  *node, total / 2);
	else
		length = asprintf(&text,
				  "MemTotal:       %8llu kB\nMemFree:        %8llu kB\nMemAvailable:   %8llu kB\n"
				  "Buffers:               0 kB\nCached:                0 kB\nSwapTotal:             0 kB\n"
				  "SwapFree:              0 kB\n",
				  total, total / 2, total / 2);
	if (length < 0)
		abort();
	return text;
}

char *tree_print_zoneinfo(struct tree *tree, const struct tree_run *runs, size_t num)
{
	struct maker maker = { .tree = tree };
	char *text;

	count_zones(&maker, runs, num);
	text = print_zoneinfo(&maker);
	free(maker.zones);
	return text;
}

char *tree_print_meminfo(struct tree *tree, const struct tree_run *runs, size_t num, const unsigned int *node)
{
	struct maker maker = { .tree = tree };
	char *text;

	count_zones(&maker, runs, num);
	text = print_meminfo(&maker, node);
	free(maker.zones);
	return text;
}

/* Put a text that was printed, and free it. */
static int put_text(struct maker *maker, int dir, const char *path, char *text)
{
	int rc = put(maker, dir, path, 0444, (struct word){ text, strlen(text) }, 1);

	free(text);
	return rc;
}

static int put_proc(struct maker *maker)
{
	int rc = put_dir(maker, maker->root, "proc");

	if (rc == 0)
		rc = put_text(maker, maker->root, "proc/zoneinfo", print_zoneinfo(maker));
	if (rc == 0)
		rc = put_text(maker, maker->root, "proc/meminfo", print_meminfo(maker, NULL));
	if (rc == 0)
		rc = put_line(maker, maker->root, "proc/cmdline", 0444, maker->tree->cmdline);
	return rc < 0 ? rc : put_pages(maker);
}

/* A node's directory, with entries that start like a block's and are none. */
static int put_node(struct maker *maker, const struct node *node)
{
	static const char *const dirs[] = { "", "/memory_failure", "/memory_side_cache", "/memory_side_cache/index1" };
	char path[64];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(dirs); i++) {
		snprintf(path, sizeof(path), "node%u%s", node->id, dirs[i]);
		rc = put_dir(maker, maker->node, path);
	}
	snprintf(path, sizeof(path), "node%u/memory_failure/total", node->id);
	if (rc == 0)
		rc = put_line(maker, maker->node, path, 0444, "0");
	snprintf(path, sizeof(path), "node%u/memory_side_cache/index1/size", node->id);
	if (rc == 0)
		rc = put_line(maker, maker->node, path, 0444, "0");
	snprintf(path, sizeof(path), "node%u/cpulist", node->id);
	if (rc == 0)
		rc = put_line(maker, maker->node, path, 0444, node->cpus);
	snprintf(path, sizeof(path), "node%u/meminfo", node->id);
	return rc < 0 ? rc : put_text(maker, maker->node, path, print_meminfo(maker, &node->id));
}

static int put_nodes(struct maker *maker)
{
	const struct tree *tree = maker->tree;
	char *list = NULL;
	size_t length;
	FILE *file;
	int rc;

	if (tree->num_nodes == 0)
		return 0;
	rc = open_dir(maker, NODE, &maker->node);
	file = open_memstream(&list, &length);
	if (!file)
		abort();
	for (size_t i = 0; rc == 0 && i < tree->num_nodes; i++) {
		rc = put_node(maker, &tree->nodes[i]);
		fprintf(file, "%s%u", i > 0 ? "," : "", tree->nodes[i].id);
	}
	fclose(file);
	if (rc == 0)
		rc = put_line(maker, maker->node, "online", 0444, list);
	if (rc == 0)
		rc = put_line(maker, maker->node, "possible", 0444, list);
	free(list);
	return rc;
}

static int put_memory(struct maker *maker)
{
	const struct tree *tree = maker->tree;
	char text[32];
	int rc = open_dir(maker, MEMORY, &maker->memory);

	snprintf(text, sizeof(text), "%llx", (unsigned long long)tree->block_size);
	if (rc == 0)
		rc = put_line(maker, maker->memory, "block_size_bytes", 0444, text);
	if (rc == 0 && tree->auto_online)
		rc = put_line(maker, maker->memory, "auto_online_blocks", 0644, tree->auto_online);
	if (rc == 0 && tree->probe)
		rc = put(maker, maker->memory, "probe", 0200, (struct word){ "", 0 }, 1);
	if (rc == 0)
		rc = put_dir(maker, maker->memory, "power");
	return rc < 0 ? rc : put(maker, maker->memory, "uevent", 0644, (struct word){ "", 0 }, 1);
}

static int put_params(struct maker *maker)
{
	int rc = 0, dir = -1;

	if (maker->tree->num_params > 0)
		rc = open_dir(maker, MODULE, &dir);
	for (size_t i = 0; rc == 0 && i < maker->tree->num_params; i++) {
		const struct param *param = &maker->tree->params[i];

		/* The only one that a running kernel does not let anybody change */
		rc = put_line(maker, dir, param->name, strcmp(param->name, "memmap_on_memory") == 0 ? 0444 : 0644, param->value);
	}
	if (dir >= 0)
		close(dir);
	return rc;
}

static void put_number(char *bytes, uint64_t number)
{
	for (size_t i = 0; i < 8; i++)
		bytes[i] = (char)(number >> 8 * i);
}

/* The E820 entries of struct boot_params, and zeros for the rest of it. */
static int put_boot_map(struct maker *maker)
{
	const struct tree *tree = maker->tree;
	char params[4096] = "", *entry = params + 0x2d0;
	int rc, dir;

	if (tree->num_boot_ranges == 0)
		return 0;
	params[0x1e8] = (char)tree->num_boot_ranges;
	for (size_t i = 0; i < tree->num_boot_ranges; i++, entry += 20) {
		const struct boot_range *range = &tree->boot_map[i];

		put_number(entry, range->first * tree->block_size);
		put_number(entry + 8, (range->last - range->first + 1) * tree->block_size);
		entry[16] = 1; /* RAM */
	}
	rc = open_dir(maker, BOOT, &dir);
	if (rc < 0)
		return rc;
	rc = put(maker, dir, "data", 0444, (struct word){ params, sizeof(params) }, 1);
	close(dir);
	return rc;
}

static int remove_at(int dir, const char *path)
{
	struct dirent *entry;
	int fd, rc = 0;
	DIR *stream;

	if (unlinkat(dir, path, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	stream = fd < 0 ? NULL : fdopendir(fd);
	if (!stream) {
		rc = -errno;
		if (fd >= 0)
			close(fd);
		return rc;
	}
	while (rc == 0 && (entry = readdir(stream)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			rc = remove_at(fd, entry->d_name);
	closedir(stream);
	if (rc == 0 && unlinkat(dir, path, AT_REMOVEDIR) < 0)
		rc = -errno;
	return rc;
}

int tree_remove(const char *path)
{
	return remove_at(AT_FDCWD, path);
}

static int put_change(struct maker *maker, const struct change *change)
{
	const char *path = change->path;
	int rc;

	if (change->kind == CHANGE_MODE)
		return fchmodat(maker->root, path, (mode_t)change->number, 0) == 0 ? 0 : fail(maker, path);
	rc = remove_at(maker->root, path);
	if (rc < 0)
		return tree_fail(maker->tree, rc, "%s: %s", path, strerror(-rc));
	if (change->kind == CHANGE_REMOVE)
		return 0;
	rc = put_parents(maker, maker->root, path);
	if (rc < 0)
		return rc;
	switch (change->kind) {
	case CHANGE_FILE:
		return put(maker, maker->root, path, 0644, change->text, change->number);
	case CHANGE_LINK:
		return put_link(maker, maker->root, path, change->text.text);
	case CHANGE_FIFO:
		return mkfifoat(maker->root, path, 0644) == 0 ? 0 : fail(maker, path);
	default:
		return put_dir(maker, maker->root, path);
	}
}

/* Every node that a block names has its own line. */
static int check_nodes(struct tree *tree)
{
	const struct tree_run *runs;
	size_t num = tree_get_runs(tree, &runs);

	for (size_t i = 0; i < num; i++) {
		for (size_t j = 0; j < runs[i].num_nodes; j++) {
			bool found = false;

			for (size_t k = 0; k < tree->num_nodes; k++)
				found |= tree->nodes[k].id == runs[i].nodes[j];
			if (!found)
				return tree_fail(tree, -EINVAL, "there is no line for node %u", runs[i].nodes[j]);
		}
	}
	return 0;
}

/* The directories of a tree, and -1 for those that it does not have. */
static int open_tree(struct maker *maker, const char *dir)
{
	maker->memory = maker->node = maker->firmware = -1;
	maker->root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return maker->root < 0 ? fail(maker, dir) : 0;
}

static void close_tree(struct maker *maker)
{
	const int dirs[] = { maker->firmware, maker->node, maker->memory, maker->root };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (dirs[i] >= 0)
			close(dirs[i]);
	free(maker->zones);
}

int tree_make(struct tree *tree, const char *dir, unsigned int flags)
{
	struct maker maker = { .tree = tree, .flags = flags };
	const struct tree_run *runs;
	size_t num = tree_get_runs(tree, &runs);
	int rc = check_nodes(tree);

	if (rc == 0)
		rc = put_dirs(&maker, AT_FDCWD, dir);
	if (rc == 0)
		rc = open_tree(&maker, dir);
	if (rc < 0)
		return rc;
	count_zones(&maker, runs, num);
	rc = put_memory(&maker);
	if (rc == 0)
		rc = put_nodes(&maker);
	if (rc == 0)
		rc = put_blocks(&maker, runs, num);
	if (rc == 0)
		rc = put_params(&maker);
	if (rc == 0)
		rc = put_boot_map(&maker);
	if (rc == 0)
		rc = tree_put_firmware_ram(tree, maker.root);
	if (rc == 0)
		rc = put_proc(&maker);
	for (size_t i = 0; rc == 0 && i < tree->num_changes; i++)
		rc = put_change(&maker, &tree->changes[i]);
	close_tree(&maker);
	return rc;
}

int tree_make_run(struct tree *tree, const char *dir, const struct tree_run *run)
{
	struct maker maker = { .tree = tree };
	int rc = open_tree(&maker, dir);

	if (rc < 0)
		return rc;
	rc = open_dir(&maker, MEMORY, &maker.memory);
	if (rc == 0 && run->num_nodes > 0)
		rc = open_dir(&maker, NODE, &maker.node);
	if (rc == 0)
		rc = put_blocks(&maker, run, 1);
	close_tree(&maker);
	return rc;
}

bool tree_is_replaced(const struct tree *tree, const char *path)
{
	bool replaced = false;

	for (size_t i = 0; i < tree->num_changes; i++)
		if (tree->changes[i].kind != CHANGE_MODE && strcmp(tree->changes[i].path, path) == 0)
			replaced = true;
	return replaced;
}
