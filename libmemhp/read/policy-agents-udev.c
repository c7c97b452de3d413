/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules of udev among the agents, and what they are told about the machine */
#include "read/policy-agents-udev.h"

#include "ctx.h"
#include "read/conf-dirs.h"
#include "read/files.h"
#include "read/machine.h"
#include "read/policy-agents.h"
#include "read/udev-match.h"
#include "read/udev-rules.h"
#include "util.h"

static int read_device(void *data, const char *device, const char *name, char *value, size_t size)
{
	struct memhp_ctx *ctx = data;
	_cleanup_close_ int dirfd = -1;

	if (strchr(name, '/'))
		return -ENOSYS;
	if (strcmp(device, "dmi/id") == 0)
		dirfd = memhp__file_open_dir(ctx, "sys/devices/virtual/dmi/id");
	else if (strcmp(device, PARENT_PATH) == 0)
		dirfd = memhp__file_open_dir(ctx, "sys" PARENT_PATH);
	else
		return -ENOSYS;
	return dirfd < 0 ? dirfd : memhp__file_read(ctx->ops, dirfd, name, value, size);
}

static const char *arch_of_machine(const char *machine)
{
	static const struct {
		const char *machine, *arch;
	} archs[] = { { "x86_64", "x86-64" }, { "aarch64", "arm64" }, { "ppc64le", "ppc64-le" }, { "i686", "x86" } };

	for (size_t i = 0; i < ARRAY_SIZE(archs); i++)
		if (strcmp(machine, archs[i].machine) == 0)
			return archs[i].arch;
	return machine;
}

/* x86 says whether there is a hypervisor among the flags of its processors. */
static enum udev_virt read_virt(struct memhp_ctx *ctx)
{
	_cleanup_close_ int proc_fd = memhp__file_open_dir(ctx, "proc");
	_cleanup_close_ int fd = proc_fd < 0 ? proc_fd : memhp__file_open_attr(ctx->ops, proc_fd, "cpuinfo", 0);
	char text[8192], *flags, *end;
	ssize_t length = fd < 0 ? fd : memhp__file_read_at(ctx->ops, fd, "cpuinfo", text, sizeof(text) - 1, 0);

	if (length <= 0)
		return UDEV_VIRT_UNKNOWN;
	text[length] = '\0';
	flags = strstr(text, "\nflags\t");
	end = flags ? strchr(flags + 1, '\n') : NULL;
	if (!end)
		return UDEV_VIRT_UNKNOWN;
	*end = '\0';
	return strstr(flags, " hypervisor") ? UDEV_VIRT_SOME : UDEV_VIRT_NONE;
}

/* The moments at which rules find a block; what they make of it is that of one event each. */
static const enum memhp_moment moments[] = { MEMHP_MOMENT_ADD_OFFLINE, MEMHP_MOMENT_ADD_ONLINE, MEMHP_MOMENT_ONLINE,
					     MEMHP_MOMENT_OFFLINE };

struct rule_finder {
	struct memhp_agents *agents;
	struct udev_event *events[ARRAY_SIZE(moments)];
	char *file;
};

static void release_events(struct rule_finder *finder)
{
	for (size_t i = 0; i < ARRAY_SIZE(moments); i++)
		memhp__udev_event_free(finder->events[i]);
}

static int add_rule(void *data, const struct udev_act *act)
{
	const struct rule_finder *finder = data;

	return memhp__agents_add(finder->agents, (struct found_agent){ .kind = MEMHP_AGENT_KIND_UDEV,
								       .effect = act->effect,
								       .line = act->line,
								       .moments = act->moment,
								       .file = finder->file,
								       .text = act->text,
								       .condition = act->condition });
}

static int find_rules_of_file(struct rule_finder *finder, struct memhp_ctx *ctx)
{
	_cleanup_free_ char *text = NULL;
	size_t length;
	int rc = memhp__conf_file_read(finder->agents, ctx, finder->file, &text, &length);

	if (rc < 0)
		return rc == -ENODATA ? 0 : rc;
	rc = memhp__udev_run(finder->events, ARRAY_SIZE(moments), text, length, add_rule, finder);
	if (rc != -EFBIG)
		return rc;
	log_warning(ctx, "/%s has more than %d labels or one of more than %d bytes, so what is in it is not known", finder->file,
		    LABELS_MAX, NAME_LIMIT - 1);
	return memhp__agents_add_unread(finder->agents, ctx, finder->file, rc);
}

int memhp__agents_find_rules(struct memhp_agents *agents, struct memhp_ctx *ctx)
{
	static const char *const dirs[] = { "etc/udev/rules.d", "run/udev/rules.d", "usr/local/lib/udev/rules.d",
					    "usr/lib/udev/rules.d", "lib/udev/rules.d" };
	char machine[SYSFS_ATTR_MAX];
	struct udev_facts facts = { .virt = read_virt(ctx), .look_up = read_device, .data = ctx };
	_cleanup_(release_events) struct rule_finder finder = { .agents = agents };
	struct conf_files files;
	int rc;

	for (size_t i = 0; i < ARRAY_SIZE(moments); i++) {
		finder.events[i] = memhp__udev_event_new(&facts, moments[i]);
		if (!finder.events[i])
			return -ENOMEM;
	}
	rc = memhp__conf_files_list(&files, agents, ctx, dirs, ARRAY_SIZE(dirs), ".rules");
	if (rc < 0)
		return rc;
	if (memhp__machine_read_name(ctx, machine) == 0) {
		facts.machine = machine;
		facts.arch = arch_of_machine(machine);
	}
	for (size_t i = 0; rc == 0 && i < files.num; i++) {
		finder.file = files.items[i].path;
		rc = find_rules_of_file(&finder, ctx);
	}
	memhp__conf_files_release(&files);
	return rc;
}
