// SPDX-License-Identifier: GPL-2.0-or-later
/* Words and numbers, as the kernel takes them and as machine files have them. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static const struct {
	const char *name;
	int number;
} errnos[] = {
	{ "EPERM", EPERM },           { "ENOENT", ENOENT },       { "EINTR", EINTR },         { "EIO", EIO },
	{ "ENXIO", ENXIO },           { "E2BIG", E2BIG },         { "EAGAIN", EAGAIN },       { "ENOMEM", ENOMEM },
	{ "EACCES", EACCES },         { "EFAULT", EFAULT },       { "EBUSY", EBUSY },         { "EEXIST", EEXIST },
	{ "ENODEV", ENODEV },         { "EINVAL", EINVAL },       { "ENOSPC", ENOSPC },       { "EROFS", EROFS },
	{ "ERANGE", ERANGE },         { "ENOSYS", ENOSYS },       { "ENODATA", ENODATA },     { "EOVERFLOW", EOVERFLOW },
	{ "EOPNOTSUPP", EOPNOTSUPP }, { "ETIMEDOUT", ETIMEDOUT }, { "EHWPOISON", EHWPOISON },
};

int64_t sim_parse_number(const char *text)
{
	char *end;
	long long number;

	if (!text || *text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	number = strtoll(text, &end, 10);
	return errno || *end ? -EINVAL : number;
}

int64_t sim_parse_errno(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(errnos); i++)
		if (strcmp(text, errnos[i].name) == 0)
			return errnos[i].number;
	return sim_parse_number(text);
}

const char *sim_errno_name(int error)
{
	static __thread char number[16];

	for (size_t i = 0; i < ARRAY_SIZE(errnos); i++)
		if (error == errnos[i].number)
			return errnos[i].name;
	snprintf(number, sizeof(number), "%d", error);
	return number;
}

enum sim_action sim_parse_action(const char *word)
{
	static const char *const words[] = { "", "offline", "online", "online_kernel", "online_movable" };
	size_t length = strlen(word);

	length -= length > 0 && word[length - 1] == '\n';
	for (enum sim_action action = SIM_OFFLINE_IT; action <= SIM_ONLINE_MOVABLE; action++)
		if (strlen(words[action]) == length && strncmp(word, words[action], length) == 0)
			return action;
	return SIM_AUTO;
}

/* kstrtobool(): 1, 0, or negative */
int sim_parse_bool(const char *word)
{
	switch (tolower((unsigned char)word[0])) {
	case 'y':
	case 't':
	case '1':
		return 1;
	case 'n':
	case 'f':
	case '0':
		return 0;
	case 'o':
		if (tolower((unsigned char)word[1]) == 'n')
			return 1;
		return tolower((unsigned char)word[1]) == 'f' ? 0 : -1;
	default:
		return -1;
	}
}

/* kstrtoull(), which takes no blanks, no minus and one newline */
int sim_parse_address(const char *word, unsigned long long *address)
{
	const char *digits = word + (*word == '+');
	char *end;

	if (!isdigit((unsigned char)*digits))
		return -EINVAL;
	errno = 0;
	*address = strtoull(digits, &end, 0);
	if (errno)
		return -errno;
	end += *end == '\n';
	return *end ? -EINVAL : 0;
}
