// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>

#include "../tree/tree.h"
#include "libmemhp.h"

static char dir[256];

void fuzz_fail(const char *condition, const char *file, int line)
{
	fprintf(stderr, "%s:%d: this does not hold: %s\n", file, line, condition);
	abort();
}

char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		abort();
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

char *fuzz_take(char **text, char separator)
{
	char *part = *text, *end = part ? strchr(part, separator) : NULL;

	if (end)
		*end = '\0';
	*text = end ? end + 1 : NULL;
	return part;
}

bool fuzz_is_printable(const char *text, bool lines)
{
	for (; *text; text++)
		if ((*text < ' ' || *text > '~') && !(lines && *text == '\n'))
			return false;
	return true;
}

static void remove_dir(void)
{
	tree_remove(dir);
}

struct memhp_ctx *fuzz_machine(const char *lines)
{
	const char *tmp = getenv("TMPDIR");
	struct tree *tree = tree_new();
	struct memhp_ctx *ctx;

	snprintf(dir, sizeof(dir), "%s/memctl-fuzz-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir))
		abort();
	atexit(remove_dir);
	fuzz_check(tree_read_text(tree, lines) == 0);
	fuzz_check(tree_make(tree, dir, 0) == 0);
	tree_free(tree);
	fuzz_check(memhp_ctx_new(&ctx, dir) == 0);
	return ctx;
}

void fuzz_write(const char *path, const char *bytes, size_t size)
{
	char full[512];
	int fd;

	snprintf(full, sizeof(full), "%s/%s", dir, path);
	/* As the machine's, it may be read-only. */
	unlink(full);
	fd = open(full, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	fuzz_check(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
	close(fd);
}
