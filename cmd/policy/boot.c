/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How an argument gets onto the kernel's command line: told, never done. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "policy/policy.h"
#include "ui/message.h"
#include "ui/xalloc.h"

/* Whether it is there, if only as a link: what that leads to need not be in a tree. What cannot be looked at is said. */
static bool exists(struct memhp_ctx *ctx, const char *path)
{
	int fd = memhp_ctx_open(ctx, path, O_PATH | O_NOFOLLOW);

	if (fd >= 0)
		close(fd);
	else if (fd != -ENOENT && fd != -ENOTDIR)
		warn("%s cannot be read, so the boot loader may be another one: %s", path, strerror(-fd));
	return fd >= 0;
}

/* For the running kernel, wherever the distribution has its image */
#define INSTALL_OF_DEBIAN "kernel-install add \"$(uname -r)\" \"/boot/vmlinuz-$(uname -r)\""
#define INSTALL           "kernel-install add \"$(uname -r)\" \"/usr/lib/modules/$(uname -r)/vmlinuz\""

#define GRUBBY_ADDS    "grubby --update-kernel=ALL --args=\"%s\""
#define GRUBBY_REMOVES "grubby --update-kernel=ALL --remove-args=\"%s\""
#define GRUB           "/etc/default/grub"
#define CMDLINE        "/etc/kernel/cmdline"
#define ZIPL           "/etc/zipl.conf"

/* In the order in which they are looked for: grubby knows about the others, and edits their files. %s is the argument. */
static const struct way {
	const char *path, *other_path; /* each present, or NULL */
	const char *loader;
	const char *file, *place; /* that has to be edited, and where in it; NULL: the command does that */
	const char *add, *remove; /* to be run, afterwards where a file was edited */
} ways[] = {
	{ "/usr/sbin/grubby", NULL, "grubby", NULL, NULL, GRUBBY_ADDS, GRUBBY_REMOVES },
	{ "/usr/bin/grubby", NULL, "grubby", NULL, NULL, GRUBBY_ADDS, GRUBBY_REMOVES },
	{ ZIPL, NULL, "zipl", ZIPL, "parameters", "zipl", "zipl" },
	{ GRUB, "/usr/sbin/update-grub", "grub", GRUB, "GRUB_CMDLINE_LINUX", "update-grub", "update-grub" },
	{ GRUB, "/usr/sbin/grub2-mkconfig", "grub", GRUB, "GRUB_CMDLINE_LINUX", "grub2-mkconfig -o /boot/grub2/grub.cfg",
	  "grub2-mkconfig -o /boot/grub2/grub.cfg" },
	{ GRUB, NULL, "grub", GRUB, "GRUB_CMDLINE_LINUX", "grub-mkconfig -o /boot/grub/grub.cfg",
	  "grub-mkconfig -o /boot/grub/grub.cfg" },
	{ CMDLINE, "/etc/debian_version", "systemd-boot", CMDLINE, "the line", INSTALL_OF_DEBIAN, INSTALL_OF_DEBIAN },
	{ CMDLINE, NULL, "systemd-boot", CMDLINE, "the line", INSTALL, INSTALL },
};

/* With the argument in place of its %s, where it has one */
static char *put_argument(const char *command, const char *argument)
{
	const char *place = strstr(command, "%s");

	return place ? xasprintf("%.*s%s%s", (int)(place - command), command, argument, place + 2) : xstrdup(command);
}

struct boot_way policy_boot_way(struct memhp_ctx *ctx, const char *argument, bool remove)
{
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		const struct way *way = &ways[i];

		if (exists(ctx, way->path) && (!way->other_path || exists(ctx, way->other_path)))
			return (struct boot_way){ way->loader, way->file, way->place,
						  put_argument(remove ? way->remove : way->add, argument) };
	}
	return (struct boot_way){ 0 };
}
