/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command that puts an argument on the kernel's command line: told, never run. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "policy.h"
#include "report.h"

/* In a tree that is only looked at, not what a symbolic link may point to. */
static bool exists(const char *sysroot, const char *path)
{
	struct stat st;
	char *full;
	bool found;

	if (asprintf(&full, "%s%s", sysroot ? sysroot : "", path) < 0)
		out_of_memory();
	found = fstatat(AT_FDCWD, full, &st, AT_SYMLINK_NOFOLLOW) == 0;
	free(full);
	return found;
}

/* In the order in which they are looked for: grubby knows about the others. %s is the argument. */
static const struct way {
	const char *loader, *path, *other_path; /* each present, or NULL */
	const char *add, *remove;
} ways[] = {
	{ "grubby", "/usr/sbin/grubby", NULL, "grubby --update-kernel=ALL --args=\"%s\"",
	  "grubby --update-kernel=ALL --remove-args=\"%s\"" },
	{ "grubby", "/usr/bin/grubby", NULL, "grubby --update-kernel=ALL --args=\"%s\"",
	  "grubby --update-kernel=ALL --remove-args=\"%s\"" },
	{ "zipl", "/etc/zipl.conf", NULL, "sed -i 's/^\\( *parameters *= *\"\\)/\\1%s /' /etc/zipl.conf && zipl",
	  "sed -i '/^ *parameters *=/s/%s\\(=[^ \"]*\\)\\? *//' /etc/zipl.conf && zipl" },
	{ "grub", "/etc/default/grub", "/usr/sbin/update-grub",
	  "sed -i 's/^\\(GRUB_CMDLINE_LINUX=\"\\)/\\1%s /' /etc/default/grub && update-grub",
	  "sed -i '/^GRUB_CMDLINE_LINUX/s/%s\\(=[^ \"]*\\)\\? *//' /etc/default/grub && update-grub" },
	{ "grub", "/etc/default/grub", "/usr/sbin/grub2-mkconfig",
	  "sed -i 's/^\\(GRUB_CMDLINE_LINUX=\"\\)/\\1%s /' /etc/default/grub && grub2-mkconfig -o /boot/grub2/grub.cfg",
	  "sed -i '/^GRUB_CMDLINE_LINUX/s/%s\\(=[^ \"]*\\)\\? *//' /etc/default/grub && "
	  "grub2-mkconfig -o /boot/grub2/grub.cfg" },
	{ "grub", "/etc/default/grub", NULL,
	  "sed -i 's/^\\(GRUB_CMDLINE_LINUX=\"\\)/\\1%s /' /etc/default/grub && grub-mkconfig -o /boot/grub/grub.cfg",
	  "sed -i '/^GRUB_CMDLINE_LINUX/s/%s\\(=[^ \"]*\\)\\? *//' /etc/default/grub && "
	  "grub-mkconfig -o /boot/grub/grub.cfg" },
	{ "systemd-boot", "/etc/kernel/cmdline", NULL,
	  "sed -i '1s/$/ %s/' /etc/kernel/cmdline && "
	  "kernel-install add \"$(uname -r)\" \"/usr/lib/modules/$(uname -r)/vmlinuz\"",
	  "sed -i 's/ *%s\\(=[^ ]*\\)\\?//' /etc/kernel/cmdline && "
	  "kernel-install add \"$(uname -r)\" \"/usr/lib/modules/$(uname -r)/vmlinuz\"" },
};

/* The one %s of a command */
static char *put_argument(const char *command, const char *argument)
{
	const char *place = strstr(command, "%s");
	char *text;

	if (asprintf(&text, "%.*s%s%s", (int)(place - command), command, argument, place + 2) < 0)
		out_of_memory();
	return text;
}

struct boot_way policy_boot_way(const char *sysroot, const char *argument, bool remove)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		const struct way *way = &ways[i];

		if (exists(sysroot, way->path) && (!way->other_path || exists(sysroot, way->other_path)))
			return (struct boot_way){ way->loader, put_argument(remove ? way->remove : way->add, argument) };
	}
	return (struct boot_way){ NULL, NULL };
}
