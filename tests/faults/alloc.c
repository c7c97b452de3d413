/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An allocator that fails, for LD_PRELOAD. In the environment:
 *
 *	FAULT_AT       the allocation that fails with ENOMEM, from 1; 0 for none
 *	FAULT_ALL      when set, so do all that follow
 *	FAULT_STATE    a file of at least sizeof(struct state) bytes, where the number of allocations stands at any moment
 *	FAULT_TRACE    when set, the stack of the one that failed is written to standard error
 *
 * A process and those that it forks have one count, so that there is one failure and not one in each.
 */
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* glibc's own, under the names that it keeps for those who come before it */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t num, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

#define EXPORT __attribute__((visibility("default")))

struct state {
	unsigned long count;
};

static struct state *state;
static unsigned long fault_at;
static bool all, trace;

__attribute__((constructor)) static void begin(void)
{
	const char *at = getenv("FAULT_AT"), *file = getenv("FAULT_STATE");
	int fd = file ? open(file, O_RDWR | O_CLOEXEC) : -1;
	void *stack[1];
	void *map = MAP_FAILED;

	if (fd >= 0) {
		map = mmap(NULL, sizeof(*state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		close(fd);
	}
	all = getenv("FAULT_ALL") != NULL;
	trace = getenv("FAULT_TRACE") != NULL;
	if (trace)
		backtrace(stack, 1); /* it loads a library the first time */
	fault_at = at ? strtoul(at, NULL, 10) : 0;
	/* Before that nothing is counted. */
	if (map != MAP_FAILED)
		state = map;
}

static void show_stack(void)
{
	void *stack[32];

	backtrace_symbols_fd(stack, backtrace(stack, 32), STDERR_FILENO);
}

static bool fails(void)
{
	unsigned long count;

	if (!state)
		return false;
	count = __atomic_add_fetch(&state->count, 1, __ATOMIC_RELAXED);
	if (fault_at == 0 || (all ? count < fault_at : count != fault_at))
		return false;
	if (trace && count == fault_at)
		show_stack();
	errno = ENOMEM;
	return true;
}

EXPORT void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

EXPORT void *calloc(size_t num, size_t size)
{
	return fails() ? NULL : __libc_calloc(num, size);
}

EXPORT void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

EXPORT void *reallocarray(void *old, size_t num, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(num, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(old, bytes);
}

EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
	return fails() ? NULL : __libc_memalign(alignment, size);
}

EXPORT int posix_memalign(void **memory, size_t alignment, size_t size)
{
	if (fails())
		return ENOMEM;
	*memory = __libc_memalign(alignment, size);
	return *memory ? 0 : ENOMEM;
}
