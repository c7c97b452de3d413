/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command that puts an argument on the kernel's command line: told, never run. */
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
		warn("%s cannot be looked at, so which boot loader there is may be wrong: %s", path, strerror(-fd));
	return fd >= 0;
}

/* Behind what is there: of two values the kernel takes the latter. The key alone goes, with its value. */
#define ADD_TO_GRUB      "sed -i 's/^\\(GRUB_CMDLINE_LINUX=\"[^\"]*\\)\"/\\1 %s\"/' /etc/default/grub && "
#define REMOVE_FROM_GRUB "sed -i '/^GRUB_CMDLINE_LINUX/s/ *%s\\(=[^ \"]*\\)\\?//g' /etc/default/grub && "

/* For the running kernel, wherever the distribution has its image */
#define ADD_TO_CMDLINE      "sed -i '1s/$/ %s/' /etc/kernel/cmdline && "
#define REMOVE_FROM_CMDLINE "sed -i 's/ *%s\\(=[^ ]*\\)\\?//g' /etc/kernel/cmdline && "
#define INSTALL_OF_DEBIAN   "kernel-install add \"$(uname -r)\" \"/boot/vmlinuz-$(uname -r)\""
#define INSTALL             "kernel-install add \"$(uname -r)\" \"/usr/lib/modules/$(uname -r)/vmlinuz\""

#define GRUBBY "grubby --update-kernel=ALL "

/* In the order in which they are looked for: grubby knows about the others. %s is the argument. */
static const struct way {
	const char *loader, *path, *other_path; /* each present, or NULL */
	const char *add, *remove;
} ways[] = {
	{ "grubby", "/usr/sbin/grubby", NULL, GRUBBY "--args=\"%s\"", GRUBBY "--remove-args=\"%s\"" },
	{ "grubby", "/usr/bin/grubby", NULL, GRUBBY "--args=\"%s\"", GRUBBY "--remove-args=\"%s\"" },
	{ "zipl", "/etc/zipl.conf", NULL, "sed -i '/^[ \\t]*parameters *=/s/\"\\? *$/ %s&/' /etc/zipl.conf && zipl",
	  "sed -i '/^[ \\t]*parameters *=/s/ *%s\\(=[^ \"]*\\)\\?//g' /etc/zipl.conf && zipl" },
	{ "grub", "/etc/default/grub", "/usr/sbin/update-grub", ADD_TO_GRUB "update-grub", REMOVE_FROM_GRUB "update-grub" },
	{ "grub", "/etc/default/grub", "/usr/sbin/grub2-mkconfig", ADD_TO_GRUB "grub2-mkconfig -o /boot/grub2/grub.cfg",
	  REMOVE_FROM_GRUB "grub2-mkconfig -o /boot/grub2/grub.cfg" },
	{ "grub", "/etc/default/grub", NULL, ADD_TO_GRUB "grub-mkconfig -o /boot/grub/grub.cfg",
	  REMOVE_FROM_GRUB "grub-mkconfig -o /boot/grub/grub.cfg" },
	{ "systemd-boot", "/etc/kernel/cmdline", "/etc/debian_version", ADD_TO_CMDLINE INSTALL_OF_DEBIAN,
	  REMOVE_FROM_CMDLINE INSTALL_OF_DEBIAN },
	{ "systemd-boot", "/etc/kernel/cmdline", NULL, ADD_TO_CMDLINE INSTALL, REMOVE_FROM_CMDLINE INSTALL },
};

/* The one %s of a command */
static char *put_argument(const char *command, const char *argument)
{
	const char *place = strstr(command, "%s");
	return xasprintf("%.*s%s%s", (int)(place - command), command, argument, place + 2);
}

struct boot_way policy_boot_way(struct memhp_ctx *ctx, const char *argument, bool remove)
{
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		const struct way *way = &ways[i];

		if (exists(ctx, way->path) && (!way->other_path || exists(ctx, way->other_path)))
			return (struct boot_way){ way->loader, put_argument(remove ? way->remove : way->add, argument) };
	}
	return (struct boot_way){ NULL, NULL };
}
