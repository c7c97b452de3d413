/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/write-synced.h"

#include <errno.h>
#include <unistd.h>

int write_synced(int fd, const char *text, size_t length)
{
	while (length) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		text += n;
		length -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}
