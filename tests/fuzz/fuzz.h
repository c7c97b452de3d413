/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the harnesses share. A harness is a file fuzz-NAME.c with the function that libFuzzer calls with one input after the other,
 * and a folder corpus/NAME with inputs to begin with. Without libFuzzer replay.c has the main(), which runs the inputs there are.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "nums.h"
#include "util.h"

struct memhp_ctx;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program as a crash does: the input is one to keep. */
_Noreturn void fuzz_fail(const char *condition, const char *file, int line);

#define fuzz_check(condition) ((condition) ? (void)0 : fuzz_fail(#condition, __FILE__, __LINE__))

/* A copy with a NUL behind it and nothing else, so that what is read beyond is seen; from malloc() */
char *fuzz_text(const uint8_t *data, size_t size);

/* Takes what comes before the next separator; the text moves behind that, and is NULL at the end. */
char *fuzz_take(char **text, char separator);

/* Whether a text has only what terminals and JSON take as it is; with `lines` also newlines */
bool fuzz_is_printable(const char *text, bool lines);

/* A machine in a folder that is gone at the end of the program, by lines as tests/tree/tree.h has them; and one of its files. */
struct memhp_ctx *fuzz_machine(const char *lines);
void fuzz_write(const char *path, const char *bytes, size_t size);

#endif
