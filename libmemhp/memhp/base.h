/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file base.h
 * @brief What all headers of the library share. */
#ifndef LIBMEMHP_BASE_H
#define LIBMEMHP_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** A function of which the answer has to be looked at: nothing else tells whether it worked. */
#ifdef __GNUC__
#define MEMHP_MUST_CHECK __attribute__((warn_unused_result))
#else
#define MEMHP_MUST_CHECK
#endif

#ifdef __cplusplus
#define MEMHP_BEGIN_DECLS extern "C" {
#define MEMHP_END_DECLS   }
#else
#define MEMHP_BEGIN_DECLS /**< before the declarations of each header: C, also for C++ */
#define MEMHP_END_DECLS   /**< behind them */
#endif

#endif
