/* SPDX-License-Identifier: GPL-2.0-or-later */
/* operation/remove-words.c: what memctl remove says of a device */
#ifndef MEMCTL_OPERATION_REMOVE_H
#define MEMCTL_OPERATION_REMOVE_H

#include "operation/operation.h"

/* The end for what cannot be ejected from here: memory of a source, or NULL where none is known, */
_Noreturn void remove_refuse(const char *source, enum memhp_source_kind kind);

/* a DIMM that the firmware cannot eject, and a dax device of a kernel that cannot unplug it */
_Noreturn void remove_refuse_dimm(struct memhp_ctx *ctx, const char *source);
_Noreturn void remove_refuse_dax(const char *source);

/* Says why the device is still there after the request; nothing for a request without one. */
void remove_tell(const struct operation *op);

#endif
