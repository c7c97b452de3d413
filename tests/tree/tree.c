// SPDX-License-Identifier: LGPL-2.1-or-later
/* The description of a machine: lines of words into a list of layers, and the layers into runs of equal blocks. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tree-private.h"

#define MAX_WORDS 32

static const char *const attr_names[TREE_NUM_ATTRS] = {
	[TREE_STATE] = "state",
	[TREE_ZONES] = "zones",
	[TREE_NODE] = "node",
	[TREE_REMOVABLE] = "removable",
	[TREE_PHYS_DEVICE] = "phys_device",
	[TREE_PHYS_INDEX] = "phys_index",
	[TREE_ONLINE] = "online",
	[TREE_CONFIG] = "config",
	[TREE_MEMMAP_ON_MEMORY] = "memmap_on_memory",
};

static const char *const attr_defaults[TREE_NUM_ATTRS] = {
	[TREE_STATE] = "online", [TREE_ZONES] = "-", [TREE_NODE] = "-",   [TREE_REMOVABLE] = "1",        [TREE_PHYS_DEVICE] = "0",
	[TREE_PHYS_INDEX] = "",  [TREE_ONLINE] = "", [TREE_CONFIG] = "-", [TREE_MEMMAP_ON_MEMORY] = "-",
};

/* One more zeroed item. */
void *tree_grow(void *array, size_t *num, size_t size)
{
	char *grown = realloc(array, (*num + 1) * size);

	if (!grown)
		abort();
	memset(grown + *num * size, 0, size);
	++*num;
	return grown;
}

int tree_fail(struct tree *tree, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(tree->error, sizeof(tree->error), format, args);
	va_end(args);
	return error;
}

static struct word keep(struct tree *tree, struct word word)
{
	char *copy = malloc(word.length + 1);

	if (!copy)
		abort();
	memcpy(copy, word.text, word.length + 1);
	tree->strings = tree_grow(tree->strings, &tree->num_strings, sizeof(*tree->strings));
	tree->strings[tree->num_strings - 1] = copy;
	return (struct word){ copy, word.length };
}

static const char *keep_text(struct tree *tree, struct word word)
{
	return keep(tree, word).text;
}

static void forget_runs(struct tree *tree)
{
	for (size_t i = 0; i < tree->num_runs; i++)
		free(tree->runs[i].nodes);
	free(tree->runs);
	tree->runs = NULL;
	tree->num_runs = 0;
}

struct tree *tree_new(void)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	if (!tree)
		abort();
	tree->block_size = 0x8000000;
	tree->page_size = 4096;
	tree->auto_online = "offline";
	tree->cmdline = "BOOT_IMAGE=/vmlinuz root=/dev/vda1 ro quiet";
	return tree;
}

void tree_free(struct tree *tree)
{
	if (!tree)
		return;
	forget_runs(tree);
	for (size_t i = 0; i < tree->num_strings; i++)
		free(tree->strings[i]);
	free(tree->strings);
	free(tree->nodes);
	free(tree->params);
	free(tree->cmas);
	free(tree->boot_map);
	free(tree->rams);
	free(tree->pages);
	free(tree->layers);
	free(tree->changes);
	free(tree);
}

const char *tree_error(const struct tree *tree)
{
	return tree->error;
}

uint64_t tree_get_block_size(const struct tree *tree)
{
	return tree->block_size;
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *place = c ? strchr(digits, c) : NULL;

	return place ? (int)(place - digits) : -1;
}

/* Take the character at *in, an escape or itself. False when it is no escape that we know. */
static bool take_char(const char **in, char *out)
{
	const char *s = *in;

	if (*s != '\\') {
		*out = *s;
		*in = s + 1;
		return true;
	}
	*in = s + 2;
	switch (s[1]) {
	case 'n':
		*out = '\n';
		return true;
	case 't':
		*out = '\t';
		return true;
	case '\\':
	case '"':
		*out = s[1];
		return true;
	case 'x':
		if (hex_digit(s[2]) < 0 || hex_digit(s[3]) < 0)
			return false;
		*out = (char)(hex_digit(s[2]) * 16 + hex_digit(s[3]));
		*in = s + 4;
		return true;
	default:
		return false;
	}
}

/* Split a line into words, which are written to buffer (as large as the line and one byte). Their number, or negative. */
static int split(struct tree *tree, const char *line, char *buffer, struct word words[MAX_WORDS])
{
	int num = 0;

	for (;;) {
		bool quoted = false;

		line += strspn(line, " \t");
		if (!*line || *line == '#')
			return num;
		if (num == MAX_WORDS)
			return tree_fail(tree, -EINVAL, "too many words");
		words[num].text = buffer;
		while (*line && (quoted || (*line != ' ' && *line != '\t'))) {
			if (*line == '"') {
				quoted = !quoted;
				line++;
			} else if (!take_char(&line, buffer++)) {
				return tree_fail(tree, -EINVAL, "unknown escape");
			}
		}
		if (quoted)
			return tree_fail(tree, -EINVAL, "a quote is not closed");
		words[num].length = (size_t)(buffer - words[num].text);
		*buffer++ = '\0';
		num++;
	}
}

static bool take_number(const char **in, int base, uint64_t *number)
{
	char *end;

	if (**in < '0' || **in > '9')
		return false;
	errno = 0;
	*number = strtoull(*in, &end, base);
	*in = end;
	return errno == 0;
}

static int parse_number(struct tree *tree, const char *text, int base, uint64_t max, uint64_t *number)
{
	const char *in = text;

	if (!take_number(&in, base, number) || *in || *number > max)
		return tree_fail(tree, -EINVAL, "'%s' is not a number that fits", text);
	return 0;
}

int tree_take_range(struct tree *tree, const char **in, uint64_t *first, uint64_t *last)
{
	const char *start = *in;

	if (!*start)
		return 0;
	if (!take_number(in, 10, first))
		goto bad;
	*last = *first;
	if (**in == '-') {
		++*in;
		if (!take_number(in, 10, last) || *last < *first)
			goto bad;
	}
	if (**in && *(*in)++ != ',')
		goto bad;
	return 1;
bad:
	return tree_fail(tree, -EINVAL, "'%s' does not start with a number or a range", start);
}

/* A value, or NULL for "-". */
static const char *value_or_null(const char *value)
{
	return strcmp(value, "-") == 0 ? NULL : value;
}

static int find_attr(const char *name)
{
	for (int i = 0; i < TREE_NUM_ATTRS; i++)
		if (strcmp(attr_names[i], name) == 0)
			return i;
	return -1;
}

static int read_blocks(struct tree *tree, const struct word *words, int num)
{
	uint64_t max = UINT64_MAX / tree->block_size;
	struct layer layer = { .absent = num == 2 && strcmp(words[1].text, "absent") == 0 };
	const char *list = words[0].text;
	int rc;

	for (int i = 1; !layer.absent && i < num; i += 2) {
		int attr = find_attr(words[i].text);

		if (attr < 0 || i + 1 == num)
			return tree_fail(tree, -EINVAL, "'%s' is no attribute with a value", words[i].text);
		layer.attr[attr] = keep_text(tree, words[i + 1]);
	}
	while ((rc = tree_take_range(tree, &list, &layer.first, &layer.last)) > 0) {
		if (layer.last > max)
			return tree_fail(tree, -EINVAL, "the last block of such a size is %llu", (unsigned long long)max);
		tree->layers = tree_grow(tree->layers, &tree->num_layers, sizeof(layer));
		tree->layers[tree->num_layers - 1] = layer;
	}
	return rc;
}

static int read_block_size(struct tree *tree, const struct word *words, int num)
{
	uint64_t size;
	int rc = parse_number(tree, words[0].text, 0, UINT64_MAX, &size);

	if (rc < 0)
		return rc;
	if (size == 0 || tree->num_layers > 0)
		return tree_fail(tree, -EINVAL, "the block size is not 0, and is said before the blocks");
	tree->block_size = size;
	return 0;
}

static int read_page_size(struct tree *tree, const struct word *words, int num)
{
	uint64_t size;
	int rc = parse_number(tree, words[0].text, 0, UINT64_MAX, &size);

	if (rc < 0 || size == 0)
		return rc < 0 ? rc : tree_fail(tree, -EINVAL, "the page size is not 0");
	tree->page_size = size;
	return 0;
}

static int read_auto_online(struct tree *tree, const struct word *words, int num)
{
	tree->auto_online = value_or_null(keep_text(tree, words[0]));
	return 0;
}

static int read_probe(struct tree *tree, const struct word *words, int num)
{
	tree->probe = true;
	return 0;
}

static int compare_nodes(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int read_node(struct tree *tree, const struct word *words, int num)
{
	struct node *node = NULL;
	uint64_t id;
	int rc = parse_number(tree, words[0].text, 10, 65535, &id);

	if (rc < 0)
		return rc;
	if (num == 2 || (num == 3 && strcmp(words[1].text, "cpus") != 0))
		return tree_fail(tree, -EINVAL, "'%s' is not 'cpus LIST'", words[1].text);
	for (size_t i = 0; !node && i < tree->num_nodes; i++)
		if (tree->nodes[i].id == id)
			node = &tree->nodes[i];
	if (!node) {
		tree->nodes = tree_grow(tree->nodes, &tree->num_nodes, sizeof(*node));
		node = &tree->nodes[tree->num_nodes - 1];
	}
	*node = (struct node){ (unsigned int)id, num == 3 ? keep_text(tree, words[2]) : "" };
	qsort(tree->nodes, tree->num_nodes, sizeof(*node), compare_nodes);
	return 0;
}

static int read_cma(struct tree *tree, const struct word *words, int num)
{
	uint64_t node, pages;
	int rc = parse_number(tree, words[0].text, 10, 65535, &node);

	if (rc == 0)
		rc = parse_number(tree, words[2].text, 0, UINT64_MAX, &pages);
	if (rc < 0)
		return rc;
	tree->cmas = tree_grow(tree->cmas, &tree->num_cmas, sizeof(*tree->cmas));
	tree->cmas[tree->num_cmas - 1] = (struct cma){ (unsigned int)node, keep_text(tree, words[1]), pages };
	return 0;
}

static int read_param(struct tree *tree, const struct word *words, int num)
{
	tree->params = tree_grow(tree->params, &tree->num_params, sizeof(*tree->params));
	tree->params[tree->num_params - 1] = (struct param){ keep_text(tree, words[0]), keep_text(tree, words[1]) };
	return 0;
}

static int read_cmdline(struct tree *tree, const struct word *words, int num)
{
	tree->cmdline = keep_text(tree, words[0]);
	return 0;
}

static int read_boot_map(struct tree *tree, const struct word *words, int num)
{
	const char *list = words[0].text;
	struct boot_range range;
	int rc;

	while ((rc = tree_take_range(tree, &list, &range.first, &range.last)) > 0) {
		tree->boot_map = tree_grow(tree->boot_map, &tree->num_boot_ranges, sizeof(range));
		tree->boot_map[tree->num_boot_ranges - 1] = range;
	}
	return rc < 0 || tree->num_boot_ranges <= 128 ? rc : tree_fail(tree, -EINVAL, "no more than 128 ranges");
}

static int read_ram(struct tree *tree, const struct word *words, int num)
{
	const char *list = words[1].text;
	int kind = tree_find_ram_kind(words[0].text), rc;
	struct ram ram;

	if (kind < 0)
		return tree_fail(tree, -EINVAL, "'%s' is no kind of RAM", words[0].text);
	while ((rc = tree_take_range(tree, &list, &ram.first, &ram.last)) > 0) {
		ram.kind = kind;
		tree->rams = tree_grow(tree->rams, &tree->num_rams, sizeof(ram));
		tree->rams[tree->num_rams - 1] = ram;
	}
	return rc;
}

/* "400*512": as many pages as that, or one, from *pfn on, which moves behind them */
static int read_pages(struct tree *tree, const char *text, uint64_t *pfn)
{
	struct pages pages = { .first = *pfn, .num = 1 };
	char *end;

	errno = 0;
	pages.flags = strtoull(text, &end, 16);
	if (*end == '*')
		pages.num = strtoull(end + 1, &end, 10);
	if (errno || *end || end == text || pages.num == 0 || pages.num > 1ULL << 32 || *pfn > 1ULL << 52)
		return tree_fail(tree, -EINVAL, "'%s' is not 'FLAGS' or 'FLAGS*COUNT'", text);
	tree->pages = tree_grow(tree->pages, &tree->num_pages, sizeof(*tree->pages));
	tree->pages[tree->num_pages - 1] = pages;
	*pfn += pages.num;
	return 0;
}

static int read_kpageflags(struct tree *tree, const struct word *words, int num)
{
	uint64_t pfn;
	int rc = parse_number(tree, words[0].text, 0, UINT64_MAX, &pfn);

	for (int i = 1; rc == 0 && i < num; i++)
		rc = read_pages(tree, words[i].text, &pfn);
	return rc;
}

static int read_change(struct tree *tree, enum change_kind kind, const struct word *words, int num)
{
	struct change change = { .kind = kind, .path = keep_text(tree, words[0]), .number = 1 };
	int rc = 0;

	if (words[0].text[0] == '/' || words[0].text[0] == '\0')
		return tree_fail(tree, -EINVAL, "'%s' is not a path below the root", words[0].text);
	if (num > 1)
		change.text = keep(tree, words[1]);
	if (kind == CHANGE_MODE)
		rc = parse_number(tree, words[1].text, 8, 07777, &change.number);
	else if (num == 3 || (num == 4 && strcmp(words[2].text, "times") != 0))
		rc = tree_fail(tree, -EINVAL, "'%s' is not 'times N'", words[2].text);
	else if (num == 4)
		rc = parse_number(tree, words[3].text, 10, UINT32_MAX, &change.number);
	if (rc < 0)
		return rc;
	tree->changes = tree_grow(tree->changes, &tree->num_changes, sizeof(change));
	tree->changes[tree->num_changes - 1] = change;
	return 0;
}

/* What a line may start with, how many words follow, and what to do with them: a reader, or a change to make in the end. */
static const struct keyword {
	const char *name;
	int min, max;
	int (*read)(struct tree *tree, const struct word *words, int num);
	enum change_kind change;
} keywords[] = {
	{ "block_size", 1, 1, read_block_size, 0 },
	{ "page_size", 1, 1, read_page_size, 0 },
	{ "auto_online", 1, 1, read_auto_online, 0 },
	{ "probe", 0, 0, read_probe, 0 },
	{ "node", 1, 3, read_node, 0 },
	{ "blocks", 1, MAX_WORDS, read_blocks, 0 },
	{ "cma", 3, 3, read_cma, 0 },
	{ "param", 2, 2, read_param, 0 },
	{ "cmdline", 1, 1, read_cmdline, 0 },
	{ "boot_map", 1, 1, read_boot_map, 0 },
	{ "ram", 2, 2, read_ram, 0 },
	{ "kpageflags", 2, MAX_WORDS, read_kpageflags, 0 },
	{ "file", 2, 4, NULL, CHANGE_FILE },
	{ "dir", 1, 1, NULL, CHANGE_DIR },
	{ "link", 2, 2, NULL, CHANGE_LINK },
	{ "fifo", 1, 1, NULL, CHANGE_FIFO },
	{ "mode", 2, 2, NULL, CHANGE_MODE },
	{ "remove", 1, 1, NULL, CHANGE_REMOVE },
};

static int read_line(struct tree *tree, const char *line, char *buffer)
{
	struct word words[MAX_WORDS];
	int num = split(tree, line, buffer, words);

	if (num <= 0)
		return num;
	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
		const struct keyword *keyword = &keywords[i];

		if (strcmp(keyword->name, words[0].text) != 0)
			continue;
		if (num - 1 < keyword->min || num - 1 > keyword->max)
			return tree_fail(tree, -EINVAL, "wrong number of words");
		if (keyword->read)
			return keyword->read(tree, words + 1, num - 1);
		return read_change(tree, keyword->change, words + 1, num - 1);
	}
	return tree_fail(tree, -EINVAL, "'%s' is not known", words[0].text);
}

/* A line without its newline; line numbers are counted from 1 in *number. */
static int read_numbered_line(struct tree *tree, const char *line, size_t length, unsigned long *number)
{
	char *copy = strndup(line, length), *buffer = malloc(length + 1), error[sizeof(tree->error)];
	int rc;

	if (!copy || !buffer)
		abort();
	++*number;
	rc = read_line(tree, copy, buffer);
	if (rc < 0) {
		memcpy(error, tree->error, sizeof(error));
		tree_fail(tree, rc, "line %lu: %.200s", *number, error);
	}
	free(copy);
	free(buffer);
	return rc;
}

int tree_read_text(struct tree *tree, const char *text)
{
	unsigned long number = 0;
	int rc = 0;

	forget_runs(tree);
	while (rc == 0 && *text) {
		size_t length = strcspn(text, "\n");

		rc = read_numbered_line(tree, text, length, &number);
		text += length;
		text += *text == '\n';
	}
	return rc;
}

int tree_read_file(struct tree *tree, const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	unsigned long number = 0;
	size_t size = 0;
	char *line = NULL;
	int rc = 0;

	if (!file)
		return tree_fail(tree, -errno, "%s", strerror(errno));
	forget_runs(tree);
	while (rc == 0 && getline(&line, &size, file) > 0)
		rc = read_numbered_line(tree, line, strcspn(line, "\n"), &number);
	if (rc == 0 && ferror(file))
		rc = tree_fail(tree, -EIO, "%s", strerror(EIO));
	free(line);
	if (file != stdin)
		fclose(file);
	return rc;
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The ids at which a run may start: sorted, each once. */
static uint64_t *get_starts(const struct tree *tree, size_t *num)
{
	uint64_t *starts = calloc(2 * tree->num_layers + 1, sizeof(*starts));
	size_t all = 0;

	if (!starts)
		abort();
	for (size_t i = 0; i < tree->num_layers; i++) {
		starts[all++] = tree->layers[i].first;
		if (tree->layers[i].last < UINT64_MAX)
			starts[all++] = tree->layers[i].last + 1;
	}
	qsort(starts, all, sizeof(*starts), compare_numbers);
	*num = 0;
	for (size_t i = 0; i < all; i++)
		if (*num == 0 || starts[*num - 1] != starts[i])
			starts[(*num)++] = starts[i];
	return starts;
}

static void set_nodes(struct tree *tree, struct tree_run *run)
{
	const char *list = run->attr[TREE_NODE];
	uint64_t first, last;

	while (list && tree_take_range(tree, &list, &first, &last) > 0) {
		for (uint64_t id = first; id <= last && id <= 65535; id++) {
			run->nodes = tree_grow(run->nodes, &run->num_nodes, sizeof(*run->nodes));
			run->nodes[run->num_nodes - 1] = (unsigned int)id;
		}
	}
}

/* Lay the layers over each other. False when there is no block at this id. */
static bool fold(const struct tree *tree, uint64_t id, struct tree_run *run)
{
	bool present = false;

	for (size_t i = 0; i < tree->num_layers; i++) {
		const struct layer *layer = &tree->layers[i];

		if (id < layer->first || id > layer->last)
			continue;
		if (!present)
			memcpy(run->attr, attr_defaults, sizeof(run->attr));
		present = !layer->absent;
		for (int attr = 0; attr < TREE_NUM_ATTRS; attr++)
			if (layer->attr[attr])
				run->attr[attr] = layer->attr[attr];
	}
	for (int attr = 0; present && attr < TREE_NUM_ATTRS; attr++)
		run->attr[attr] = value_or_null(run->attr[attr]);
	return present;
}

size_t tree_get_runs(struct tree *tree, const struct tree_run **runs)
{
	size_t num;
	uint64_t *starts;

	if (!tree->runs) {
		starts = get_starts(tree, &num);
		for (size_t i = 0; i < num; i++) {
			struct tree_run run = {
				.first = starts[i],
				.last = i + 1 < num ? starts[i + 1] - 1 : UINT64_MAX / tree->block_size,
			};

			if (!fold(tree, run.first, &run))
				continue;
			set_nodes(tree, &run);
			tree->runs = tree_grow(tree->runs, &tree->num_runs, sizeof(run));
			tree->runs[tree->num_runs - 1] = run;
		}
		free(starts);
	}
	*runs = tree->runs;
	return tree->num_runs;
}
