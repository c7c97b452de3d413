/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A layout as a document, and back */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/exit.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/layout.h"
#include "ui/xalloc.h"

/* More is no file of ours: half a million blocks, each of them unlike its neighbours, take less. */
#define MAX_BYTES ((size_t)128 << 20)

static struct json_object *make_nodes(const char *nodes)
{
	struct json_object *array = nodes ? json_array_new() : NULL;

	for (const char *p = nodes; p && *p; p += strcspn(p, ","), p += *p == ',')
		json_append(array, json_uint_new(strtoul(p, NULL, 10)));
	return array;
}

void layout_set_place(struct json_object *object, const struct layout_place *place)
{
	json_set_string(object, "state", state_word(place->state));
	json_set_string(object, "zone", zone_word(place->zone));
	json_set(object, "nodes", make_nodes(place->nodes));
	json_set_string(object, "source", place->source);
}

void layout_write(const struct layout *layout, struct json_doc *doc)
{
	struct json_object *policy = json_new();

	json_doc_uint(doc, "block_size", layout->block_size);
	json_doc_begin_array(doc, "memory");
	for (size_t i = 0; i < layout->num_rows; i++) {
		const struct layout_row *row = &layout->rows[i];
		_cleanup_free_ char *range = format_range(row->start, row->last);
		struct json_object *object = json_new();

		json_set_string(object, "range", range);
		json_set_uint(object, "start", row->start);
		json_set_uint(object, "size", size_of_span(row->start, row->last));
		layout_set_place(object, &row->place);
		json_doc_item(doc, object);
	}
	json_doc_end_array(doc);
	for (enum memhp_policy_key key = 1; key < NUM_POLICY_KEYS; key++)
		json_set_string(policy, memhp_policy_key_name(key), layout->policy[key]);
	json_doc_member(doc, "policy", policy);
}

/* The whole file; ends the program when it cannot be read. */
static char *read_file(const char *path, size_t *length)
{
	int fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	size_t size = 4096;
	char *text = NULL;
	ssize_t n = fd < 0 ? -1 : 1;

	for (*length = 0; n > 0 && *length <= MAX_BYTES; *length += (size_t)n) {
		if (!text || *length == size)
			text = xreallocarray(text, size *= 2, 1);
		do
			n = read(fd, text + *length, size - *length);
		while (n < 0 && errno == EINTR);
	}
	if (n < 0)
		usage_error(NULL, "cannot read %s: %s", path, strerror(errno));
	close(fd);
	if (*length > MAX_BYTES)
		usage_error(NULL, "%s is no saved layout: it is larger than 128M", path);
	return text;
}

static _Noreturn void refuse(const char *path, const char *why)
{
	usage_error(NULL, "%s is no saved layout: %s", path, why);
}

/* A state of the kernel's that this program does not know is one that is not known. */
static enum memhp_state get_state(struct json_object *row)
{
	const char *word = json_get_string(json_find(row, "state"));
	enum memhp_state state;

	return word && memhp_state_from_name(word, &state) == 0 ? state : MEMHP_STATE_UNKNOWN;
}

static enum memhp_zone get_zone(struct json_object *row)
{
	const char *word = json_get_string(json_find(row, "zone"));
	enum memhp_zone zone;

	return word && memhp_zone_from_name(word, &zone) == 0 && zone != MEMHP_ZONE_NONE ? zone : MEMHP_ZONE_UNKNOWN;
}

/* NULL where an item is none */
static char *get_nodes(struct json_object *row)
{
	struct json_object *array = json_find(row, "nodes");
	bool is_known = json_is_array(array);
	uint64_t node;
	size_t length;
	char *text;
	FILE *out;

	out = xopen_memstream(&text, &length);
	for (size_t i = 0; is_known && i < json_get_length(array); i++) {
		is_known = json_get_uint(json_get_item(array, i), &node);
		fprintf(out, "%s%" PRIu64, i ? "," : "", is_known ? node : 0);
	}
	xclose_memstream(out);
	if (is_known)
		return text;
	free(text);
	return NULL;
}

/* A name that no terminal minds; NULL for another */
static char *get_source(struct json_object *row)
{
	const char *name = json_get_string(json_find(row, "source"));

	for (const char *p = name; p && *p; p++)
		if (*p <= ' ' || *p > '~')
			return NULL;
	return name && *name ? xstrdup(name) : NULL;
}

/* NULL, or why it is no row that may follow the others, which have so many bytes */
static const char *take_row(struct layout *layout, struct json_object *row, uint64_t *bytes)
{
	uint64_t start, size, mask = layout->block_size - 1;
	const struct layout_row *before = layout->num_rows ? &layout->rows[layout->num_rows - 1] : NULL;

	if (!json_get_uint(json_find(row, "start"), &start) || !json_get_uint(json_find(row, "size"), &size))
		return "a row of \"memory\" has no number for \"start\" or \"size\"";
	if (size == 0 || start & mask || size & mask || size - 1 > UINT64_MAX - start)
		return "a row of \"memory\" is no whole number of blocks";
	if (before && start <= before->last)
		return "the rows of \"memory\" are not in ascending order, or overlap";
	if (__builtin_add_overflow(*bytes, size, bytes))
		return "the rows of \"memory\" fill all 64-bit addresses";
	layout_add(layout, start, start + (size - 1),
		   (struct layout_place){ get_state(row), get_zone(row), get_nodes(row), get_source(row) });
	return NULL;
}

const char *layout_take_rows(struct layout *layout, struct json_object *array)
{
	const char *why = NULL;
	uint64_t bytes = 0;

	for (size_t i = 0; !why && i < json_get_length(array); i++)
		why = take_row(layout, json_get_item(array, i), &bytes);
	return why;
}

const char *layout_take_document(struct layout *layout, struct json_object *doc)
{
	struct json_object *memory = json_find(doc, "memory"), *policy = json_find(doc, "policy");
	const char *command = json_get_string(json_find(doc, "command")), *why;
	uint64_t version;

	if (!command || strcmp(command, "save") != 0 || !json_is_array(memory))
		return "it has no \"command\": \"save\", or no \"memory\"";
	if (!json_get_uint(json_find(doc, "schema_version"), &version) || version != JSON_SCHEMA_VERSION)
		return "its \"schema_version\" is another one than this memctl knows";
	if (!json_get_uint(json_find(doc, "block_size"), &layout->block_size) || layout->block_size == 0 ||
	    layout->block_size & (layout->block_size - 1))
		return "its \"block_size\" is no number that is a power of two";
	why = layout_take_rows(layout, memory);
	for (enum memhp_policy_key key = 1; key < NUM_POLICY_KEYS; key++) {
		struct json_object *found = json_find(policy, memhp_policy_key_name(key));
		const char *value = json_get_string(found);

		if (value && memhp_policy_check_value(key, value) == 0)
			layout->policy[key] = xstrdup(value);
		layout->has_odd_policy[key] = found && !layout->policy[key];
	}
	return why;
}

struct layout layout_read(const char **operands)
{
	_cleanup_free_ char *text = NULL;
	const char *path = operands[0], *why;
	struct layout layout = { 0 };
	struct json_object *doc;
	size_t length;

	if (!path || operands[1])
		usage_error(NULL, "one FILE is needed, a saved layout; memctl save FILE makes one");
	text = read_file(path, &length);
	doc = json_parse(text, length, &why);
	if (!doc)
		refuse(path, why);
	why = layout_take_document(&layout, doc);
	if (why)
		refuse(path, why);
	json_free(doc);
	return layout;
}
