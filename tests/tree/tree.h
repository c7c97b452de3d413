/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Trees that look like a machine: DIR/sys/devices/system/memory and what goes with it, for tests that pass DIR as a sysroot.
 *
 * A machine is described by lines of words. '#' starts a comment. A word in double quotes may hold blanks; \n \t \\ \" and \xHH
 * are understood everywhere. A value of - means that there is no such file. Later lines override earlier ones.
 *
 *	block_size BYTES                     size of every block (0x8000000)
 *	page_size BYTES                      for zoneinfo and meminfo (4096)
 *	auto_online WORD                     the file auto_online_blocks (offline)
 *	probe                                there is a file probe
 *	node ID [cpus LIST]                  a NUMA node; without any such line there is no node directory at all
 *	blocks LIST [ATTRIBUTE VALUE]...     blocks; what is not named keeps its value, or its default when the block is new
 *	blocks LIST absent                   no such blocks after all
 *	cma NODE ZONE PAGES                  so many pages of a zone are CMA (zoneinfo)
 *	param NAME VALUE                     the file /sys/module/memory_hotplug/parameters/NAME
 *	cmdline TEXT                         the file /proc/cmdline
 *	boot_map LIST                        /sys/kernel/boot_params/data of x86: these blocks were RAM when the kernel booted
 *	ram KIND LIST                        firmware says that these blocks are RAM: memmap, srat, device-tree, lmb; or that memory
 *	                                     could be plugged in: srat-hotplug, lmb-free
 *	kpageflags PFN FLAGS[*COUNT]...      /proc/kpageflags: the flags, in hex, of so many pages (1) from a page frame on; what
 *	                                     is not named is 0
 *
 * LIST is ids and ranges of ids in decimal: 0-3,8. Attributes, with their defaults:
 *
 *	state WORD (online)     zones "DEFAULT OTHER" (-)     node LIST (-)     removable WORD (1)     phys_device WORD (0)
 *	online WORD, phys_index WORD      as the kernel has them for this state and id
 *	config WORD, memmap_on_memory WORD (-)      /sys/firmware/memory/memoryN; with config 0 the block is standby memory, which
 *	                                            has nothing but this directory
 *
 * The rest is done last and in order, to spoil the tree. PATH is relative to its root; directories on the way are made, and what
 * was there is replaced.
 *
 *	file PATH TEXT [times N]    dir PATH    link PATH TARGET    fifo PATH    mode PATH OCTAL    remove PATH
 *
 * /proc/zoneinfo and /proc/meminfo follow from the blocks: an online block counts for the zone that it names, `none` as DMA, no
 * zones at all as Normal; one of several nodes in equal parts.
 */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tree_attr {
	TREE_STATE,
	TREE_ZONES,
	TREE_NODE,
	TREE_REMOVABLE,
	TREE_PHYS_DEVICE,
	TREE_PHYS_INDEX,
	TREE_ONLINE,
	TREE_CONFIG,
	TREE_MEMMAP_ON_MEMORY,
	TREE_NUM_ATTRS
};

/* Neighbouring blocks of one machine that are alike. */
struct tree_run {
	uint64_t first, last; /* ids, inclusive */
	const char
		*attr[TREE_NUM_ATTRS]; /* without newline; NULL when there is no such file, "" when it follows from state or id */
	unsigned int *nodes;
	size_t num_nodes;
};

/* Let files of the same content be one inode: for trees that are only read, and too large otherwise. */
#define TREE_SHARED 1u

struct tree;

/* Running out of memory ends the program: this is for tests. Other failures are negative errnos, explained by tree_error(). */
struct tree *tree_new(void);
void tree_free(struct tree *tree);
const char *tree_error(const struct tree *tree);

/* Read lines: of a string, of a file ("-" is standard input). Any number of times. */
int tree_read_text(struct tree *tree, const char *text);
int tree_read_file(struct tree *tree, const char *path);

/* Take "3" or "3-5" from a LIST, and the comma after it. 1 when there was one, 0 at the end, negative when it is neither. */
int tree_take_range(struct tree *tree, const char **list, uint64_t *first, uint64_t *last);

/* The machine as it was described: block size, and the blocks in order as runs of equals. Valid until the next read. */
uint64_t tree_get_block_size(const struct tree *tree);
size_t tree_get_runs(struct tree *tree, const struct tree_run **runs);

/* Make the tree in dir, which is made when it is not there. */
int tree_make(struct tree *tree, const char *dir, unsigned int flags);

/* For a machine that changes after it was made, and for runs that the caller made up: the files of these blocks, ... */
int tree_make_run(struct tree *tree, const char *dir, const struct tree_run *run);

/* ... and what /proc/zoneinfo and /proc/meminfo, or a node's meminfo, say of such blocks. The caller frees the text. */
char *tree_print_zoneinfo(struct tree *tree, const struct tree_run *runs, size_t num);
char *tree_print_meminfo(struct tree *tree, const struct tree_run *runs, size_t num, const unsigned int *node);

/* Whether a line of the machine replaces the file at this path, relative to the root. */
bool tree_is_replaced(const struct tree *tree, const char *path);

/* Remove a file, or a directory with all that is in it. */
int tree_remove(const char *path);

#endif
