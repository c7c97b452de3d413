// SPDX-License-Identifier: LGPL-2.1-or-later
/* mktree: make a tree that looks like a machine. tree.h describes the machine files. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tree.h"

static int usage(void)
{
	fputs("usage: mktree [--shared] MACHINE-FILE DIR       (- reads the machine from standard input)\n"
	      "       mktree [--shared] --blocks NUMBER DIR    (a machine of two nodes with so many blocks of 128 MiB)\n"
	      "--shared makes files of the same content one inode: for large trees that are only read\n",
	      stderr);
	return 2;
}

/* Most of it kernel memory, a quarter Movable, an eighth offline; each node half. No phys_index: the one file that no two blocks
 * can share, and nobody reads it. */
static int describe(struct tree *tree, const char *number)
{
	char text[1024], *end;
	unsigned long long num;

	errno = 0;
	num = strtoull(number, &end, 10);
	if (errno || *end || num < 16 || num > (1ULL << 37))
		return -EINVAL;
	snprintf(text, sizeof(text),
		 "node 0 cpus 0-3\nnode 1 cpus 4-7\n"
		 "blocks 0-%llu node 0 zones Normal phys_index -\n"
		 "blocks %llu-%llu node 1 zones Normal phys_index -\n"
		 "blocks %llu-%llu zones Movable\n"
		 "blocks %llu-%llu state offline zones \"Movable Normal\"\n",
		 num / 2 - 1, num / 2, num - 1, num / 8 * 5, num / 8 * 7 - 1, num / 8 * 7, num - 1);
	return tree_read_text(tree, text);
}

int main(int argc, char **argv)
{
	const char *name, *dir;
	unsigned int flags = 0;
	struct tree *tree;
	int rc;

	if (argc > 1 && strcmp(argv[1], "--shared") == 0) {
		flags = TREE_SHARED;
		argv++;
		argc--;
	}
	if (argc != 3 && !(argc == 4 && strcmp(argv[1], "--blocks") == 0))
		return usage();
	name = argv[argc - 2];
	dir = argv[argc - 1];
	umask(022);
	tree = tree_new();
	rc = argc == 4 ? describe(tree, name) : tree_read_file(tree, name);
	if (rc == 0)
		rc = tree_make(tree, dir, flags);
	if (rc < 0)
		fprintf(stderr, "mktree: %s: %s\n", name, *tree_error(tree) ? tree_error(tree) : strerror(-rc));
	tree_free(tree);
	return rc < 0;
}
