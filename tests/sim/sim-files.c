// SPDX-License-Identifier: GPL-2.0-or-later
/* Which files are simulated, what is in them, and what their reads and writes come to. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim.h"

static const struct {
	const char *path;
	enum sim_kind kind;
} files[] = {
	{ SIM_MEMORY "/auto_online_blocks", SIM_FILE_AUTO_ONLINE },
	{ SIM_MEMORY "/probe", SIM_FILE_PROBE },
	{ SIM_PARAMS "/online_policy", SIM_FILE_ONLINE_POLICY },
	{ SIM_PARAMS "/auto_movable_ratio", SIM_FILE_RATIO },
	{ SIM_PARAMS "/auto_movable_numa_aware", SIM_FILE_NUMA_AWARE },
	{ "proc/zoneinfo", SIM_FILE_ZONEINFO },
	{ "proc/meminfo", SIM_FILE_MEMINFO },
	{ "sim/log", SIM_FILE_LOG },
	{ "sim/truth", SIM_FILE_TRUTH },
	{ "sim/writers", SIM_FILE_WRITERS },
	{ "sim/do", SIM_FILE_DO },
};

static const struct {
	const char *name;
	enum sim_kind kind;
} block_files[] = {
	{ "state", SIM_FILE_STATE },
	{ "online", SIM_FILE_ONLINE },
	{ "valid_zones", SIM_FILE_ZONES },
};

static void identify_config(const char *path, struct sim_file *file)
{
	unsigned long long id;
	int length = 0;

	if (sscanf(path, SIM_CONFIG "/memory%llu/%n", &id, &length) != 1 || length == 0)
		return;
	file->id = id;
	if (strcmp(path + length, "config") == 0)
		file->kind = SIM_FILE_CONFIG;
	else if (strcmp(path + length, "memmap_on_memory") == 0)
		file->kind = SIM_FILE_MEMMAP;
}

/* What becomes of a device's blocks is not simulated: its files take the words that the kernel would take. */
static void identify_device(const char *path, struct sim_file *file)
{
	const char *name = strrchr(path, '/'), *dax = strstr(path, "/dax");
	bool is_dax = dax && dax < name;

	if (!name || strncmp(path, "sys/", 4) != 0)
		return;
	if (strcmp(name, "/eject") == 0 || (is_dax && strcmp(name, "/state") == 0))
		file->kind = SIM_FILE_DEVICE;
	else if (is_dax && strcmp(name, "/memmap_on_memory") == 0)
		file->kind = SIM_FILE_DAX_MEMMAP;
	else if (strcmp(path, SIM_KMEM "/bind") == 0)
		file->kind = SIM_FILE_DAX_BIND;
	else if (strcmp(path, SIM_KMEM "/unbind") == 0)
		file->kind = SIM_FILE_DAX_UNBIND;
}

void sim_identify(struct sim *sim, const char *path, struct sim_file *file)
{
	unsigned long long id;
	unsigned int node;
	int length = 0;

	file->kind = SIM_PLAIN;
	file->name = strncmp(path, SIM_MEMORY "/", strlen(SIM_MEMORY "/")) == 0 ? path + strlen(SIM_MEMORY "/") : path;
	if (sim->plain)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (strcmp(path, files[i].path) == 0)
			file->kind = files[i].kind;
	identify_config(path, file);
	if (sscanf(path, SIM_NODE "/node%u/meminfo%n", &node, &length) == 1 && length > 0 && !path[length]) {
		file->kind = SIM_FILE_NODE_MEMINFO;
		file->node = node;
	}
	if (sscanf(path, SIM_MEMORY "/memory%llu/%n", &id, &length) == 1 && length > 0 && path[length]) {
		pthread_mutex_lock(&sim->mutex);
		file->block = sim_find(sim, id);
		file->generation = file->block ? file->block->generation : 0;
		pthread_mutex_unlock(&sim->mutex);
		for (size_t i = 0; file->block && i < ARRAY_SIZE(block_files); i++)
			if (strcmp(path + length, block_files[i].name) == 0)
				file->kind = block_files[i].kind;
	}
	if (sim->strange_params >> file->kind & 1 || tree_is_replaced(sim->tree, path))
		file->kind = SIM_PLAIN;
	/* A machine has these only as it says what is in them. */
	identify_device(path, file);
}

/* The blocks as they are now, for what counts pages. */
static struct tree_run *get_runs(const struct sim *sim, size_t *num)
{
	struct tree_run *runs = calloc(sim->num_blocks + 1, sizeof(*runs));

	if (!runs)
		abort();
	*num = 0;
	for (size_t i = 0; i < sim->num_blocks; i++) {
		const struct sim_block *block = sim->blocks[i];
		struct tree_run *run = &runs[*num];

		if (!block->present)
			continue;
		*run = block->run;
		run->attr[TREE_STATE] = sim_state_name(block);
		if (run->attr[TREE_ZONES] && block->state != SIM_OFFLINE)
			run->attr[TREE_ZONES] = sim_zone_name(block->zone);
		++*num;
	}
	return runs;
}

static void print_counts(struct sim *sim, const struct sim_file *file, FILE *out)
{
	size_t num;
	struct tree_run *runs = get_runs(sim, &num);
	const unsigned int *node = file->kind == SIM_FILE_NODE_MEMINFO ? &file->node : NULL;
	char *text = file->kind == SIM_FILE_ZONEINFO ? tree_print_zoneinfo(sim->tree, runs, num)
						     : tree_print_meminfo(sim->tree, runs, num, node);

	fputs(text, out);
	free(text);
	free(runs);
}

static void print_truth(const struct sim *sim, FILE *out)
{
	for (size_t i = 0; i < sim->num_blocks; i++) {
		const struct sim_block *block = sim->blocks[i];

		if (block->present)
			fprintf(out, "%llu %s %s\n", (unsigned long long)block->id, sim_state_name(block),
				block->state == SIM_OFFLINE ? "none" : sim_zone_name(block->zone));
	}
}

static void print_writers(const struct sim *sim, FILE *out)
{
	size_t num = 0;

	for (const struct sim_store *store = sim->stores; store; store = store->next)
		num++;
	fprintf(out, "%zu", num);
	for (const struct sim_store *store = sim->stores; store; store = store->next)
		fprintf(out, " %d", (int)store->pid);
	fputs("\n", out);
}

static void print_file(struct sim *sim, const struct sim_file *file, FILE *out)
{
	char text[256];

	switch (file->kind) {
	case SIM_FILE_STATE:
		fprintf(out, "%s\n", sim_state_name(file->block));
		break;
	case SIM_FILE_ONLINE:
		fprintf(out, "%d\n", file->block->state != SIM_OFFLINE);
		break;
	case SIM_FILE_ZONES:
		sim_print_zones(sim, file->block, text, sizeof(text));
		fputs(text, out);
		break;
	case SIM_FILE_AUTO_ONLINE:
		fprintf(out, "%s\n", sim->auto_online);
		break;
	case SIM_FILE_ONLINE_POLICY:
	case SIM_FILE_RATIO:
	case SIM_FILE_NUMA_AWARE:
		sim_print_param(sim, file->kind, out);
		break;
	case SIM_FILE_ZONEINFO:
	case SIM_FILE_MEMINFO:
	case SIM_FILE_NODE_MEMINFO:
		print_counts(sim, file, out);
		break;
	case SIM_FILE_LOG:
		fflush(sim->log);
		fwrite(sim->log_text, 1, sim->log_length, out);
		break;
	case SIM_FILE_TRUTH:
		print_truth(sim, out);
		break;
	case SIM_FILE_WRITERS:
		print_writers(sim, out);
		break;
	default:
		break;
	}
}

static bool is_gone(const struct sim_file *file)
{
	return file->block && (!file->block->present || file->block->generation != file->generation);
}

/* Reading `online` takes the lock of the device, which an offline of the block has: nothing ends this wait. */
static void wait_for_device(struct sim *sim, const struct sim_file *file, pid_t pid)
{
	if (!file->block->busy)
		return;
	sim_print_log(sim, pid, file->name, "(read)", 0, file->block);
	while (file->block->busy && !sim->stopping)
		sim_wait(sim, 5);
}

/* What the faults do to a read; *size becomes what it may give at most. */
static int suffer(struct sim *sim, const struct sim_file *file, size_t *size)
{
	const char *name = strrchr(file->path, '/');
	const struct sim_rule *rule;
	size_t at = 0;
	int rc = 0;

	name = name ? name + 1 : file->path;
	while ((rule = sim_next_rule(sim, &at, SIM_OP_READ, name, file->block, file->block->id))) {
		unsigned long releases = sim->releases;
		bool loops = rule->effect == SIM_LOOPS;
		int64_t until = sim_now_ms() + rule->value;

		if (rc < 0)
			continue;
		switch (rule->effect) {
		case SIM_FAILS:
			rc = -(int)rule->value;
			break;
		case SIM_VANISHES:
			sim_vanish(sim, file->block);
			break;
		case SIM_SHORT:
			*size = 1;
			break;
		case SIM_TAKES:
		case SIM_HANGS:
		case SIM_LOOPS:
			while (!sim->stopping && sim->releases == releases && (loops || sim_now_ms() < until))
				sim_wait(sim, 5);
			break;
		default:
			break;
		}
	}
	return rc == 0 && is_gone(file) ? -ENODEV : rc;
}

/* As the kernel has it: the text is made when it is read from its start. */
static int read_text(struct sim *sim, struct sim_file *file, pid_t pid, char *buf, size_t size, off_t offset)
{
	if (file->kind == SIM_FILE_ONLINE)
		wait_for_device(sim, file, pid);
	if (is_gone(file))
		return -ENODEV;
	if (offset == 0 || !file->text) {
		FILE *out;

		free(file->text);
		out = open_memstream(&file->text, &file->length);
		if (!out)
			abort();
		print_file(sim, file, out);
		fclose(out);
	}
	if ((uint64_t)offset >= file->length)
		return 0;
	if (size > file->length - (size_t)offset)
		size = file->length - (size_t)offset;
	memcpy(buf, file->text + offset, size);
	return (int)size;
}

/* Whether what is read is in the file behind it */
static bool is_backed(const struct sim_file *file)
{
	return file->kind == SIM_PLAIN || file->kind == SIM_FILE_CONFIG || file->kind == SIM_FILE_MEMMAP ||
	       file->kind == SIM_FILE_DEVICE || file->kind == SIM_FILE_DAX_MEMMAP;
}

int sim_file_read(struct sim *sim, struct sim_file *file, pid_t pid, char *buf, size_t size, off_t offset)
{
	int rc = 0;

	pthread_mutex_lock(&sim->mutex);
	sim_run_events(sim);
	if (file->block)
		rc = is_gone(file) ? -ENODEV : suffer(sim, file, &size);
	if (rc == 0 && !is_backed(file))
		rc = read_text(sim, file, pid, buf, size, offset);
	pthread_mutex_unlock(&sim->mutex);
	if (rc == 0 && is_backed(file)) {
		ssize_t n = pread(file->fd, buf, size, offset);

		rc = n < 0 ? -errno : (int)n;
	}
	return rc;
}

static int write_plain(const struct sim_file *file, const char *buf, size_t size, off_t offset)
{
	ssize_t n;

	/* One write is one store, and replaces what was there. */
	if (offset == 0 && strncmp(file->path, "sys/", 4) == 0 && ftruncate(file->fd, 0) < 0)
		return -errno;
	n = pwrite(file->fd, buf, size, offset);
	return n < 0 ? -errno : (int)n;
}

int sim_file_write(struct sim *sim, struct sim_file *file, pid_t pid, bool (*interrupted)(void), const char *buf, size_t size,
		   off_t offset)
{
	struct sim_store store = { .sim = sim, .pid = pid, .interrupted = interrupted, .file = file->name };
	char *word;
	int rc;

	if (file->kind == SIM_PLAIN)
		return write_plain(file, buf, size, offset);
	word = strndup(buf, size);
	if (!word)
		return -ENOMEM;
	switch (file->kind) {
	case SIM_FILE_STATE:
		rc = sim_store_state(&store, file->block, file->generation, word);
		break;
	case SIM_FILE_ONLINE:
		rc = sim_store_online(&store, file->block, file->generation, word);
		break;
	case SIM_FILE_AUTO_ONLINE:
		rc = sim_store_auto_online(&store, word);
		break;
	case SIM_FILE_PROBE:
		rc = sim_store_probe(&store, word);
		break;
	case SIM_FILE_ONLINE_POLICY:
	case SIM_FILE_RATIO:
	case SIM_FILE_NUMA_AWARE:
		rc = sim_store_param(&store, file->kind, word);
		break;
	case SIM_FILE_CONFIG:
		rc = sim_store_config(&store, file, word);
		break;
	case SIM_FILE_MEMMAP:
		rc = sim_store_memmap(&store, file, word);
		break;
	case SIM_FILE_DAX_MEMMAP:
		rc = sim_store_dax_memmap(&store, file, word);
		break;
	case SIM_FILE_DAX_BIND:
	case SIM_FILE_DAX_UNBIND:
		rc = sim_store_bind(&store, file, word);
		break;
	case SIM_FILE_DEVICE:
		rc = sim_store_device(&store, file, word);
		break;
	case SIM_FILE_DO:
		pthread_mutex_lock(&sim->mutex);
		rc = sim_do_line(sim, word);
		pthread_mutex_unlock(&sim->mutex);
		break;
	default:
		rc = -EIO;
	}
	free(word);
	return rc < 0 ? rc : (int)size;
}
