/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small helpers without a state of their own. */
#ifndef MEMHP_UTIL_H
#define MEMHP_UTIL_H

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static inline void freep(void *p)
{
	free(*(void **)p);
}

static inline void closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void closedirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

#define _cleanup_(f)       __attribute__((cleanup(f)))
#define _cleanup_free_     _cleanup_(freep)
#define _cleanup_close_    _cleanup_(closep)
#define _cleanup_closedir_ _cleanup_(closedirp)

/* Hands a pointer over: the variable is NULL afterwards, so its cleanup does nothing. */
#define take_ptr(p)                     \
	({                              \
		typeof(p) _taken = (p); \
		(p) = NULL;             \
		_taken;                 \
	})

static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* Letters as the C locale has them, wherever the user is: to a Turk i is not the small I. */
static inline char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline bool begins_like(const char *text, const char *beginning)
{
	for (; *beginning; text++, beginning++)
		if (ascii_lower(*text) != ascii_lower(*beginning))
			return false;
	return true;
}

static inline bool reads_like(const char *text, const char *word)
{
	return begins_like(text, word) && text[strlen(word)] == '\0';
}

/* Makes room for one more element in a growing array; false when memory is short. */
static inline bool array_reserve(void **array, size_t used, size_t *allocated, size_t element_size)
{
	size_t wanted = *allocated ? *allocated * 2 : 16;
	void *grown;

	if (used < *allocated)
		return true;
	grown = reallocarray(*array, wanted, element_size);
	if (!grown)
		return false;
	*array = grown;
	*allocated = wanted;
	return true;
}

#define ARRAY_RESERVE(array, used, allocated) array_reserve((void **)&(array), used, &(allocated), sizeof(*(array)))

static inline int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000;
}

/* When a time that begins now is over; INT64_MAX for MEMHP_NO_TIMEOUT */
static inline int64_t deadline_ms(uint64_t timeout_ms)
{
	int64_t now = now_ms();

	return timeout_ms > (uint64_t)(INT64_MAX - now) ? INT64_MAX : now + (int64_t)timeout_ms;
}

#endif
