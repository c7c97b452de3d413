/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of arguments, to values. Pure and strict: a slip here takes memory from a running machine. Functions return 0, or -1 and
 * in `why` a clause that names what is wrong, such as: "256" has no unit; write 256M for 256 MiB.
 */
#ifndef MEMCTL_PARSE_ARGS_H
#define MEMCTL_PARSE_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WHY_MAX 320

/* Letters as the C locale has them, wherever the user is: to a Turk I is not the capital i. */
char ascii_upper(char c);

/* Whether a text is that word, in capitals or not */
bool parse_is_word(const char *text, const char *word);

/* "128M", "1.5GiB", "2GB": bytes; at least 1 */
int parse_size(const char *text, uint64_t *bytes, char why[WHY_MAX]);

/* "30", "30s", "1.5m", "500ms", "2h": milliseconds, at least 1; "infinity": UINT64_MAX */
int parse_duration(const char *text, uint64_t *ms, char why[WHY_MAX]);

/* "3": a number from 1 to max */
int parse_count(const char *text, uint64_t max, uint64_t *count, char why[WHY_MAX]);

/* "0x40000000" */
int parse_address(const char *text, uint64_t *addr, char why[WHY_MAX]);

/* "0x40000000-0x7fffffff" or "0x40000000+1G"; `last` is inclusive */
int parse_range(const char *text, uint64_t *start, uint64_t *last, char why[WHY_MAX]);

/* "45", "32-39", or with a prefix such as "memory" also "memory45", "memory32-memory39" */
int parse_ids(const char *text, const char *prefix, uint64_t *first, uint64_t *last, char why[WHY_MAX]);

/* Calls `item` for each part of a comma list; empty parts are refused. */
int parse_list(const char *text, int (*item)(const char *part, void *data, char why[WHY_MAX]), void *data, char why[WHY_MAX]);

#endif
