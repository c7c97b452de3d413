/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request of memctl configure or deconfigure: standby memory of s390 in blocks, or a dax device as a whole */
#ifndef MEMCTL_OPERATION_CONFIGURE_H
#define MEMCTL_OPERATION_CONFIGURE_H

#include "operation/operation.h"

struct configure;

/* One block's worth of memory, or the device */
struct item {
	struct report_row row;
	/* 0, 1, or -1 when it is not known */
	int before, after;         /* configured */
	int memmap_before, memmap; /* memmap_on_memory */
	bool is_tried;
	bool is_rolled_back, was_changed; /* or was to be; may have been when that began */
	int rollback_error;
	const char *why, *hint; /* of what needs no asking; static, or NULL */
};

/* How an item changes. The functions return what those of memhp_writer_*() do. */
struct item_edge {
	int (*change)(struct configure *configure, const struct item *item);
	int (*bring_back)(struct configure *configure, const struct item *item);
	void (*look)(struct configure *configure); /* notes what all items are now */
	/* What an errno means for it, and what to try, NULL for nothing special; static */
	const char *(*refusal)(const struct report_row *row);
	const char *(*hint)(const struct report_row *row);
};

struct configure {
	struct operation op;
	const struct item_edge *edge;
	bool goal; /* configured or not */
	enum memhp_memmap memmap;
	enum memhp_transition dax_goal; /* of a device, which is the one item then */
	struct item *items;
	size_t num_items;

	/* While it is carried out */
	struct memhp_writer *writer;
	enum memhp_reason stop; /* why nothing further is tried */
};

extern const struct item_edge configure_block_edge, configure_dax_edge;
extern const struct operation_kind configure_blocks_kind, deconfigure_blocks_kind, configure_dax_kind;

/* operation/configure-run.c: for struct operation_kind */
void configure_act(struct operation *op);
char *configure_make_reason(const struct operation *op, const struct report_row *row);
char *configure_make_hint(const struct operation *op, const struct report_row *row);
bool configure_get_row(const struct operation *op, size_t index, struct report_row *row);

/* Takes what was read of an item in the end; NULL for what cannot be read. */
void configure_note_look(struct item *item, const char *after, bool is_as_asked);

#endif
