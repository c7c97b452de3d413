/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file base.h
 * @brief What all headers of the library share.
 */
#ifndef LIBMEMHP_BASE_H
#define LIBMEMHP_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#endif
