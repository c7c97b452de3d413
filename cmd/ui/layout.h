/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A layout: what the memory blocks of a machine are, in runs of equal ones, and what decides about new ones. It is taken from the
 * machine or read from a file that memctl save has written (memctl-json(5)).
 */
#ifndef MEMCTL_LAYOUT_H
#define MEMCTL_LAYOUT_H

#include <stdint.h>
#include <stdio.h>

#include "libmemhp.h"
#include "ui/nums.h"

struct json_doc;
struct json_object;

#define LAYOUT_ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES | MEMHP_ATTR_SOURCE)

/* What is known of a block; what is not differs from nothing */
struct layout_place {
	enum memhp_state state; /* MEMHP_STATE_UNKNOWN: it is not known */
	enum memhp_zone zone;   /* MEMHP_ZONE_UNKNOWN: it is not known, or there is no single one */
	char *nodes;            /* "0", "0,1", "" for none; NULL: not known */
	char *source;           /* NULL: not known */
};

struct layout_row {
	uint64_t start, last; /* physical addresses, inclusive */
	struct layout_place place;
};

struct layout {
	uint64_t block_size;
	struct layout_row *rows; /* ascending, without overlaps */
	size_t num_rows;
	char *policy[NUM_POLICY_KEYS];        /* by enum memhp_policy_key; NULL: there is none, or it is not known */
	bool has_odd_policy[NUM_POLICY_KEYS]; /* there is one, and it cannot be read, or is none that this memctl knows */
};

/* Of a snapshot with LAYOUT_ATTRS */
struct layout layout_take(struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot);

/* What a block is; of attributes that the snapshot does not have nothing is known. */
struct layout_place layout_place_of(const struct memhp_block *block);

/* Adds a row behind the others, to the last one where it goes on with that. The place is the layout's from then on. */
void layout_add(struct layout *layout, uint64_t start, uint64_t last, struct layout_place place);

/* ui/layout-json.c: from the file that is the only operand; the end when there is none or more, or it cannot be read or is none. */
struct layout layout_read(const char **operands);
void layout_release(struct layout *layout);

/* From a document, or an array of rows, whose blocks have the layout's size: NULL, or why it is none. */
const char *layout_take_document(struct layout *layout, struct json_object *doc);
const char *layout_take_rows(struct layout *layout, struct json_object *array);

/* Members of a document: the rows and the policy. layout_set_place() adds those of a place to an object. */
void layout_write(const struct layout *layout, struct json_doc *doc);
void layout_set_place(struct json_object *object, const struct layout_place *place);

/* "32-39, 45 and more": its blocks, in words; from malloc(), NULL for none */
char *layout_name_blocks(const struct layout *layout);

/* What is at an address; NULL for nothing. `row` is 0 for the first, and then left alone while addresses ascend. */
const struct layout_place *layout_find(const struct layout *layout, size_t *row, uint64_t addr);

/* In which ways two differ, as bits */
enum layout_difference {
	LAYOUT_ABSENT = 1 << 0, /* there is no such block any more */
	LAYOUT_NEW = 1 << 1,    /* there was none */
	LAYOUT_STATE = 1 << 2,
	LAYOUT_ZONE = 1 << 3,
	LAYOUT_NODE = 1 << 4,
	LAYOUT_SOURCE = 1 << 5,
};

/* Addresses of which two layouts say the same, or not */
struct layout_span {
	uint64_t start, last;
	const struct layout_place *saved, *now; /* NULL: there is no block; not both */
	unsigned int differs;                   /* of enum layout_difference */
	bool in_doubt;                          /* a state is not known, or the zone of one of two that are online */
};

/* The next span of two layouts, ascending; false behind the last. `next` is 0 for the first, and then left alone. */
struct layout_walk {
	const struct layout *saved, *now;
	size_t saved_row, now_row;
	uint64_t next;
	bool is_over; /* the address space has ended */
};
bool layout_walk(struct layout_walk *walk, struct layout_span *span);

/* Whether it cannot be told if a setting is the same, for it is not known here or there */
bool layout_policy_in_doubt(const struct layout *saved, const struct layout *now, enum memhp_policy_key key);

#endif
