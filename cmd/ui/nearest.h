/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Of words that could have been meant, the one that was misspelt. Pure. */
#ifndef MEMCTL_NEAREST_H
#define MEMCTL_NEAREST_H

/* One of `words`, which NULL ends, that differs little from the text or begins with it; NULL where none does */
const char *nearest_word(const char *text, const char *const *words);

/* For the end of a refusal: "; did you mean \"memory\"?", or "" where no word is near. `text` takes NEAREST_MAX bytes. */
#define NEAREST_MAX 64
const char *nearest_hint(const char *word, const char *const *words, char text[NEAREST_MAX]);

#endif
