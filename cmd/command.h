/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command is: a const record in the file of its function, passed down to where its name or its options are needed. */
#ifndef MEMCTL_COMMAND_H
#define MEMCTL_COMMAND_H

#include <stdbool.h>

struct options;

struct command {
	const char *name;
	const char *summary;
	unsigned int bit;                            /* by which the table of options has it */
	const char *synopsis;                        /* of its operands, for its help; NULL: it takes none */
	bool as_lines;                               /* its JSON is a document a line */
	const char *const *verbs;                    /* the first of its operands, NULL behind them; NULL: it has none */
	void (*help)(const struct command *command); /* adds to the help; may be NULL */
	/* Returns the exit status; NULL stands behind the last operand. */
	int (*run)(struct options *options, const char **operands);
};

#endif
