/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Of words that could have been meant, the one that was misspelt. Pure. */
#ifndef MEMCTL_NEAREST_H
#define MEMCTL_NEAREST_H

/* One of `words`, which NULL ends, that differs little from the text; NULL where none does */
const char *nearest_word(const char *text, const char *const *words);

#endif
