// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * caps UID LIST COMMAND...: run a command as that user with no other capabilities than those of LIST, numbers with commas between
 * or "none". Root keeps them through the bounding set, another user gets them as ambient ones.
 */
#define _GNU_SOURCE
#include <err.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t get_wanted(char *list)
{
	uint64_t wanted = 0;

	if (strcmp(list, "none") != 0)
		for (char *item = strtok(list, ","); item; item = strtok(NULL, ","))
			wanted |= UINT64_C(1) << atoi(item);
	return wanted;
}

static void set_capabilities(uint64_t wanted)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	for (int i = 0; i < 2; i++)
		data[i].effective = data[i].permitted = data[i].inheritable = (uint32_t)(wanted >> 32 * i);
	if (syscall(SYS_capset, &header, data) < 0)
		err(1, "capset");
}

int main(int argc, char **argv)
{
	uid_t uid;
	uint64_t wanted;

	if (argc < 4)
		errx(2, "usage: caps UID LIST COMMAND...");
	uid = (uid_t)atoi(argv[1]);
	wanted = get_wanted(argv[2]);
	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
		if (!(wanted >> cap & 1) && prctl(PR_CAPBSET_DROP, cap) < 0)
			err(1, "PR_CAPBSET_DROP");
	if (prctl(PR_SET_KEEPCAPS, 1) < 0 || setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0)
		err(1, "user %u", uid);
	set_capabilities(wanted);
	for (unsigned long cap = 0; cap < 64; cap++)
		if (wanted >> cap & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
			err(1, "PR_CAP_AMBIENT_RAISE");
	execvp(argv[3], argv + 3);
	err(1, "%s", argv[3]);
}
