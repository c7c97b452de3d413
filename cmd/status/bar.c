/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the machine's memory is there for, drawn to scale */
#include <langinfo.h>
#include <stdio.h>
#include <string.h>

#include "status/status.h"
#include "ui/format.h"
#include "ui/macro.h"
#include "ui/wrap.h"
#include "ui/xalloc.h"

#define CELLS 50

/* In the order in which they are drawn */
enum part { PART_KERNEL, PART_MOVABLE, PART_DEVICE, PART_ZONELESS, PART_GOING_OFFLINE, PART_OFFLINE, PART_UNKNOWN, NUM_PARTS };

static const struct {
	const char *name, *ascii, *drawn;
} parts[NUM_PARTS] = {
	[PART_KERNEL] = { "kernel", "#", "\u2588" },          [PART_MOVABLE] = { "movable", "=", "\u2592" },
	[PART_DEVICE] = { "device", ":", "\u2593" },          [PART_ZONELESS] = { "online, zone unknown", "+", "\u2591" },
	[PART_GOING_OFFLINE] = { "going offline", "~", "~" }, [PART_OFFLINE] = { "offline", ".", "\u00b7" },
	[PART_UNKNOWN] = { "state unknown", "?", "?" },
};

static const char *mark_of(enum part part)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? parts[part].drawn : parts[part].ascii;
}

/* Each block once. Those of several zones are of kernel zones, most of them; of what is on its way the kernel names no zone. */
static void count_parts(const struct share *all, size_t blocks[NUM_PARTS])
{
	blocks[PART_KERNEL] = 0;
	for (enum memhp_zone zone = MEMHP_ZONE_NONE; zone <= MEMHP_ZONE_HIGHMEM; zone++)
		blocks[PART_KERNEL] += all->zones[zone];
	blocks[PART_MOVABLE] = all->zones[MEMHP_ZONE_MOVABLE];
	blocks[PART_DEVICE] = all->zones[MEMHP_ZONE_DEVICE];
	blocks[PART_ZONELESS] = all->zones[MEMHP_ZONE_UNKNOWN];
	blocks[PART_GOING_OFFLINE] = all->totals.blocks[MEMHP_STATE_GOING_OFFLINE];
	blocks[PART_OFFLINE] = all->totals.blocks[MEMHP_STATE_OFFLINE];
	blocks[PART_UNKNOWN] = all->totals.blocks[MEMHP_STATE_UNKNOWN];
}

/* What is there at all shows; the largest part has the cells that are left. */
static void share_cells(const size_t blocks[NUM_PARTS], unsigned int cells[NUM_PARTS])
{
	size_t sum = 0, largest = 0;
	unsigned int used = 0;

	for (size_t i = 0; i < NUM_PARTS; i++) {
		sum += blocks[i];
		if (blocks[i] > blocks[largest])
			largest = i;
	}
	for (size_t i = 0; i < NUM_PARTS; i++) {
		cells[i] = (unsigned int)((double)blocks[i] / (double)sum * CELLS + 0.5);
		if (blocks[i] && cells[i] == 0)
			cells[i] = 1;
		used += cells[i];
	}
	cells[largest] += CELLS - used;
}

void status_print_bar(const struct status *status)
{
	struct share all = status_share_of_all(status);
	unsigned int cells[NUM_PARTS];
	size_t blocks[NUM_PARTS], column = STATUS_INDENT;

	if (!totals_blocks(&all.totals))
		return;
	count_parts(&all, blocks);
	share_cells(blocks, cells);
	printf("%*s[", STATUS_INDENT, "");
	for (enum part part = 0; part < NUM_PARTS; part++)
		for (unsigned int i = 0; i < cells[part]; i++)
			fputs(mark_of(part), stdout);
	printf("]\n%*s", STATUS_INDENT, "");
	for (enum part part = 0; part < NUM_PARTS; part++) {
		_cleanup_free_ char *size = format_bytes(size_of_blocks(blocks[part], status->block_size), status->bytes);
		_cleanup_free_ char *words = xasprintf("%s %s %s", mark_of(part), size, parts[part].name);

		if (blocks[part])
			wrap_word(stdout, &column, STATUS_INDENT, words);
	}
	putchar('\n');
}
