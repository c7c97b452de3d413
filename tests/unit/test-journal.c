// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "ui/journal.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "unit.h"

#define LOG "/dev/log"

static bool write_map(const char *path, const char *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* A /dev of this process's own, which is one of libcheck's; false where the machine does not let it have one. */
static bool has_own_dev(void)
{
	char users[32], groups[32];

	snprintf(users, sizeof(users), "0 %u 1", (unsigned int)getuid());
	snprintf(groups, sizeof(groups), "0 %u 1", (unsigned int)getgid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) {
		unit_skip("there are no user namespaces for a /dev/log of its own");
		return false;
	}
	if (write_map("/proc/self/setgroups", "deny") && write_map("/proc/self/uid_map", users) &&
	    write_map("/proc/self/gid_map", groups) && mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("test", "/dev", "tmpfs", 0, NULL) == 0)
		return true;
	unit_skip("nothing can be mounted for a /dev/log of its own");
	return false;
}

static int listen_to_log(void)
{
	const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = LOG };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void tell(const char *sysroot)
{
	const struct options options = { .sysroot = (char *)sysroot };

	journal_tell(&options, "partial", "changed=128M requested=256M", 64, 5261);
}

/* One datagram, with the priority of a notice of user programs, who, what and what came of it */
START_TEST(line)
{
	_cleanup_close_ int fd = -1;
	char text[2048] = "", *found;
	ssize_t n;

	if (!has_own_dev())
		return;
	fd = listen_to_log();
	setenv("SUDO_USER", "ali\nce", 1);
	tell(NULL);
	n = recv(fd, text, sizeof(text) - 1, 0);
	ck_assert_int_gt(n, 0);
	ck_assert_ptr_eq(strstr(text, "<13>"), text);
	ck_assert_ptr_null(strchr(text, '\n'));
	found = strstr(text, "memctl[");
	ck_assert_ptr_nonnull(found);
	ck_assert_ptr_nonnull(strstr(found, "]: uid=0 "));
	ck_assert_ptr_nonnull(strstr(found, " sudo_user=\"ali\\x0ace\" command=\""));
	ck_assert_ptr_nonnull(strstr(found, "test-journal"));
	ck_assert_ptr_nonnull(strstr(found, "\" outcome=partial changed=128M requested=256M exit_status=64 seconds=5.2"));
	ck_assert_int_lt(recv(fd, text, sizeof(text), 0), 0);
	/* of another machine this one's journal knows nothing */
	tell("/tmp");
	ck_assert_int_lt(recv(fd, text, sizeof(text), 0), 0);
}
END_TEST

START_TEST(nobody_listens)
{
	int fd;

	if (!has_own_dev())
		return;
	tell(NULL);
	fd = listen_to_log();
	close(fd);
	tell(NULL);
}
END_TEST

UNIT("journal", tests)
{
	tcase_add_test(tests, line);
	tcase_add_test(tests, nobody_listens);
}
