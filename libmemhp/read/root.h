/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths below a directory that stands for "/" */
#ifndef MEMHP_ROOT_H
#define MEMHP_ROOT_H

#include <stdint.h>
#include <sys/stat.h>

/*
 * Opens what a path leads to as if the directory were "/": absolute links and ".." stay below it. `flags` are O_RDONLY or O_PATH,
 * with O_DIRECTORY or O_NOFOLLOW. Returns a descriptor, or the errno of openat(2). Neither
 * a FIFO nor a terminal can hang or own the caller.
 */
int memhp__root_open(int root_fd, const char *path, int flags);

/* The same by hand, for kernels before 5.6 and containers that forbid openat2(2) */
int memhp__root_walk(int root_fd, const char *path, int flags);

/* What is there, without opening it; `flags` are 0 or O_NOFOLLOW. Returns 0 or -errno. */
int memhp__root_stat(int root_fd, const char *path, int flags, struct stat *st);

/* Whether the path leads to this place, such as "dev/null", be there anything or not. 1, 0, or -errno */
int memhp__root_leads_to(int root_fd, const char *path, const char *place);

/* openat2(2), which not every C library has. Returns -1 and errno as open(2) does. */
int memhp__openat2(int dirfd, const char *path, int flags, uint64_t resolve);

#endif
