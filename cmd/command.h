/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command is: a const record in the file of its function, passed down to where its name or its options are needed. */
#ifndef MEMCTL_COMMAND_H
#define MEMCTL_COMMAND_H

struct options;

struct command {
	const char *name;
	const char *summary;
	unsigned int bit;     /* by which the table of options has it */
	const char *synopsis; /* of its operands, for its help; NULL: it takes none */
	void (*help)(void);   /* adds to the help; may be NULL */
	/* Returns the exit status; NULL stands behind the last operand. */
	int (*run)(struct options *options, const char **operands);
};

#endif
