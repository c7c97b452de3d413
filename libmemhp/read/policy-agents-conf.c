/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of tmpfiles.d and sections of daxctl among the agents */
#include "read/policy-agents-conf.h"

#include <stdio.h>

#include "ctx.h"
#include "read/conf-dirs.h"
#include "read/files.h"
#include "read/policy-agents.h"
#include "util.h"

/* Lines of tmpfiles.d that write a key of the policy: "w PATH MODE USER GROUP AGE VALUE" */

/* The key's name; NULL for the path of another file */
static const char *policy_key_of_path(const char *path, size_t length)
{
	const char *name;

	for (int key = MEMHP_POLICY_KEY_NONE + 1; (name = memhp_policy_key_name(key)); key++) {
		char wanted[128];

		snprintf(wanted, sizeof(wanted), "/%s/%s", key == MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS ? SYSFS_MEMORY : SYSFS_MODULE,
			 name);
		if (strlen(wanted) == length && strncmp(path, wanted, length) == 0)
			return name;
	}
	return NULL;
}

static int take_tmpfiles_line(struct memhp_agents *agents, const char *path, unsigned int number, const char *line)
{
	const char *words[7];
	size_t lengths[7], num = 0;
	_cleanup_free_ char *value = NULL;
	const char *key;

	for (const char *p = line + strspn(line, " \t"); *p && num < ARRAY_SIZE(words); num++) {
		words[num] = p;
		lengths[num] = num == 6 ? strlen(p) : strcspn(p, " \t");
		p += lengths[num];
		p += strspn(p, " \t");
	}
	if (num < ARRAY_SIZE(words) || words[0][0] != 'w')
		return 0;
	key = policy_key_of_path(words[1], lengths[1]);
	if (!key)
		return 0;
	value = strndup(words[6], strcspn(words[6], " \t"));
	if (!value)
		return -ENOMEM;
	return memhp__agents_add(agents, (struct found_agent){ .kind = MEMHP_AGENT_KIND_TMPFILES,
							       .line = number,
							       .file = path,
							       .key = key,
							       .value = value,
							       .text = line });
}

/* Lines of a text, which is taken apart. NULL at the end. */
static char *next_line(char **text, unsigned int *number)
{
	char *line = *text, *end;

	if (!line || !*line)
		return NULL;
	end = strchrnul(line, '\n');
	*text = *end ? end + 1 : end;
	*end = '\0';
	++*number;
	return line;
}

static int read_tmpfiles(struct memhp_agents *agents, struct memhp_ctx *ctx, const char *path)
{
	_cleanup_free_ char *text = NULL;
	unsigned int number = 0;
	size_t length;
	char *line;
	int rc = memhp__conf_file_read(agents, ctx, path, &text, &length);

	for (char *p = text; rc == 0 && (line = next_line(&p, &number));)
		rc = take_tmpfiles_line(agents, path, number, line);
	return rc;
}

/*
 * Sections of daxctl, "[reconfigure-device NAME]": the NVDIMM namespace that they are for, by nvdimm.uuid, and what to make of it,
 * by mode, online and movable. daxctl finds a section by that UUID alone and does nothing without a mode.
 */
struct dax_section {
	char name[64], uuid[40];
	unsigned int line;
	bool is_ram, stays_offline, to_kernel;
};

static int end_section(struct memhp_agents *agents, const char *path, const struct dax_section *section)
{
	enum memhp_transition effect = section->stays_offline ? MEMHP_TRANSITION_OFFLINE
				       : section->to_kernel   ? MEMHP_TRANSITION_ONLINE_KERNEL
							      : MEMHP_TRANSITION_ONLINE_MOVABLE;
	char text[96], condition[64];

	if (!section->name[0] || !section->uuid[0] || !section->is_ram)
		return 0;
	snprintf(text, sizeof(text), "[reconfigure-device %s]", section->name);
	snprintf(condition, sizeof(condition), "if nvdimm.uuid=%s", section->uuid);
	return memhp__agents_add(agents, (struct found_agent){ .kind = MEMHP_AGENT_KIND_DAXCTL,
							       .effect = effect,
							       .line = section->line,
							       .file = path,
							       .key = section->name,
							       .value = "system-ram",
							       .text = text,
							       .condition = condition });
}

/* As daxctl reads it: the first letter says it all. */
static bool is_no(const char *value)
{
	return *value && strchr("fFnN0", *value);
}

static void take_section_line(struct dax_section *section, char *line)
{
	char *value = strchr(line, '=');

	if (!value)
		return;
	*value++ = '\0';
	value += strspn(value, " \t\"");
	value[strcspn(value, " \t\"\r#;")] = '\0';
	line[strcspn(line, " \t")] = '\0';
	if (reads_like(line, "nvdimm.uuid"))
		snprintf(section->uuid, sizeof(section->uuid), "%s", value);
	else if (reads_like(line, "mode"))
		section->is_ram = strcmp(value, "system-ram") == 0;
	else if (reads_like(line, "online"))
		section->stays_offline = is_no(value);
	else if (reads_like(line, "movable"))
		section->to_kernel = is_no(value);
}

/* A section of another kind has no name here. */
static struct dax_section begin_section(const char *line, unsigned int number)
{
	static const char heading[] = "[reconfigure-device";
	struct dax_section section = { .line = number };

	if (!begins_like(line, heading))
		return section;
	line += strlen(heading);
	line += strspn(line, " \t\"");
	snprintf(section.name, sizeof(section.name), "%.*s", (int)strcspn(line, "\"] \t\r"), line);
	return section;
}

static int read_daxctl(struct memhp_agents *agents, struct memhp_ctx *ctx, const char *path)
{
	struct dax_section section = { 0 };
	_cleanup_free_ char *text = NULL;
	unsigned int number = 0;
	size_t length;
	char *line;
	int rc = memhp__conf_file_read(agents, ctx, path, &text, &length);

	for (char *p = text; rc == 0 && (line = next_line(&p, &number));) {
		line += strspn(line, " \t");
		if (*line == '[') {
			rc = end_section(agents, path, &section);
			section = begin_section(line, number);
		} else {
			take_section_line(&section, line);
		}
	}
	return rc == 0 ? end_section(agents, path, &section) : rc;
}

static int find_files(struct memhp_agents *agents, struct memhp_ctx *ctx, const char *const *dirs, size_t num_dirs,
		      int (*read_one)(struct memhp_agents *agents, struct memhp_ctx *ctx, const char *path))
{
	struct conf_files files;
	int rc = memhp__conf_files_list(&files, agents, ctx, dirs, num_dirs, ".conf");

	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < files.num; i++) {
		rc = read_one(agents, ctx, files.items[i].path);
		if (rc == -ENODATA)
			rc = 0;
	}
	memhp__conf_files_release(&files);
	return rc;
}

int memhp__agents_find_tmpfiles(struct memhp_agents *agents, struct memhp_ctx *ctx)
{
	static const char *const dirs[] = { "etc/tmpfiles.d", "run/tmpfiles.d", "usr/local/lib/tmpfiles.d", "usr/lib/tmpfiles.d" };

	return find_files(agents, ctx, dirs, ARRAY_SIZE(dirs), read_tmpfiles);
}

int memhp__agents_find_daxctl(struct memhp_agents *agents, struct memhp_ctx *ctx)
{
	static const char *const dirs[] = { "etc/daxctl.conf.d" };

	return find_files(agents, ctx, dirs, ARRAY_SIZE(dirs), read_daxctl);
}
