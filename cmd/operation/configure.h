/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests of memctl configure and deconfigure */
#ifndef MEMCTL_OPERATION_CONFIGURE_H
#define MEMCTL_OPERATION_CONFIGURE_H

#include "operation/operation.h"

extern const struct operation_kind configure_dax, configure_dax_memmap;

/* operation/configure-memmap.c */
enum memhp_memmap configure_wanted_memmap(const struct options *options);
void configure_write_row(const struct operation *op, const struct report_row *row, struct json_object *object);

/* operation/configure-words.c: for struct operation_kind */
char *configure_make_reason(const struct operation *op, const struct report_row *row);
char *configure_make_hint(const struct operation *op, const struct report_row *row);

#endif
