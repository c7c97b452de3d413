// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory that is added and removed by hand: the file probe, the standby memory of s390, devices. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim.h"

/* No memory can be so far up (MAX_PHYSMEM_BITS of x86 with four levels of page tables). */
#define MAX_ADDRESS (1ULL << 46)

static int probe(struct sim_store *store, uint64_t address)
{
	struct sim *sim = store->sim;
	uint64_t id = address / tree_get_block_size(sim->tree);
	struct sim_fate fate;
	int rc;

	if (address >= MAX_ADDRESS)
		return sim->old ? -EEXIST : -E2BIG;
	if (sim_find(sim, id) && sim_find(sim, id)->present)
		return -EEXIST;
	fate = sim_suffer(store, SIM_OP_PROBE, NULL, id);
	rc = fate.rc < 0 || fate.lies ? fate.rc : sim_appear(sim, id);
	if (rc == 0 && fate.vanishes && sim_find(sim, id))
		sim_vanish(sim, sim_find(sim, id));
	return rc;
}

int sim_store_probe(struct sim_store *store, const char *word)
{
	unsigned long long address = 0;
	int rc = sim_parse_address(word, &address);

	sim_begin(store, word);
	if (rc == 0 && address % tree_get_block_size(store->sim->tree))
		rc = -EINVAL;
	if (rc == 0)
		rc = sim_lock(store);
	if (rc == 0) {
		rc = probe(store, address);
		sim_unlock(store->sim);
	}
	return sim_end(store, NULL, rc);
}

/* The file keeps the value: nothing else looks at it. */
static int keep_value(const struct sim_file *file, bool value)
{
	return pwrite(file->fd, value ? "1\n" : "0\n", 2, 0) == 2 && ftruncate(file->fd, 2) == 0 ? 0 : -EIO;
}

static bool is_configured(const struct sim *sim, uint64_t id)
{
	const struct sim_block *block = sim_find(sim, id);

	return block && block->present;
}

/* A block while it is configured: added with the value 1, and taken away with 0, when it is offline. What is so already is fine. */
static int configure(struct sim_store *store, const struct sim_file *file, bool value)
{
	struct sim *sim = store->sim;
	struct sim_fate fate;

	if (is_configured(sim, file->id) == value)
		return 0;
	if (!value && sim_find(sim, file->id)->state != SIM_OFFLINE)
		return -EBUSY;
	fate = sim_suffer(store, SIM_OP_CONFIGURE, NULL, file->id);
	if (fate.rc < 0 || fate.lies)
		return fate.rc;
	if (value)
		fate.rc = sim_appear(sim, file->id);
	else
		sim_vanish(sim, sim_find(sim, file->id));
	return fate.rc < 0 ? fate.rc : keep_value(file, value);
}

int sim_store_config(struct sim_store *store, const struct sim_file *file, const char *word)
{
	int value = sim_parse_bool(word), rc = value < 0 ? -EINVAL : 0;

	sim_begin(store, word);
	if (rc == 0)
		rc = sim_lock(store);
	if (rc == 0) {
		rc = configure(store, file, value);
		sim_unlock(store->sim);
	}
	return sim_end(store, NULL, rc);
}

int sim_store_memmap(struct sim_store *store, const struct sim_file *file, const char *word)
{
	int value = sim_parse_bool(word), rc = value < 0 ? -EINVAL : 0;

	sim_begin(store, word);
	if (rc == 0)
		rc = sim_lock(store);
	if (rc == 0) {
		rc = is_configured(store->sim, file->id) ? -EBUSY : keep_value(file, value);
		sim_unlock(store->sim);
	}
	return sim_end(store, NULL, rc);
}

/* Whether a file below the root begins with that word; one that is not there does not. */
static bool has_word(const struct sim *sim, const char *path, const char *word)
{
	char text[32] = "";
	int fd = openat(sim->backing_fd, path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	close(fd);
	return n >= 0 && strncmp(text, word, strlen(word)) == 0;
}

/* A dax device comes in only from "unplugged"; "offline" is what its driver makes of it, and is no word to write. */
static int check_dax_state(const struct sim *sim, const struct sim_file *file, const char *word)
{
	enum sim_action action = sim_parse_action(word);

	if (strncmp(word, "unplugged", strlen("unplugged")) == 0)
		return 0;
	if (action == SIM_AUTO || action == SIM_OFFLINE_IT)
		return -EINVAL;
	return has_word(sim, file->path, "unplugged") ? 0 : -EBUSY;
}

int sim_store_dax_memmap(struct sim_store *store, const struct sim_file *file, const char *word)
{
	const struct sim *sim = store->sim;
	const char *name = strrchr(file->path, '/');
	int value = sim_parse_bool(word), rc = 0;
	char state[PATH_MAX];

	snprintf(state, sizeof(state), "%.*s/state", (int)(name - file->path), file->path);
	sim_begin(store, word);
	if (value < 0)
		rc = -EINVAL;
	else if (value && !has_word(sim, SIM_PARAMS "/memmap_on_memory", "Y"))
		rc = -EOPNOTSUPP;
	/* The driver kmem has a device that has a state, and takes no other setting. */
	else if (!has_word(sim, file->path, value ? "1" : "0"))
		rc = faccessat(sim->backing_fd, state, F_OK, 0) == 0 ? -EBUSY : keep_value(file, value);
	return sim_end(store, NULL, rc);
}

int sim_store_device(struct sim_store *store, const struct sim_file *file, const char *word)
{
	struct sim_fate fate = { 0 };
	size_t length = strlen(word);
	int rc;

	sim_begin(store, word);
	rc = strcmp(strrchr(file->path, '/'), "/state") == 0 ? check_dax_state(store->sim, file, word) : 0;
	if (rc == 0)
		rc = sim_lock(store);
	if (rc == 0) {
		fate = sim_suffer(store, SIM_OP_DEVICE, NULL, 0);
		sim_unlock(store->sim);
		rc = fate.rc;
	}
	if (rc == 0 && !fate.lies && (ftruncate(file->fd, 0) < 0 || pwrite(file->fd, word, length, 0) != (ssize_t)length))
		rc = -EIO;
	return sim_end(store, NULL, rc);
}

/* A device that the driver has, has a state; its memory comes as new memory does. What is bound is not taken again. */
static int bind(const struct sim *sim, const char *path)
{
	int fd = openat(sim->backing_fd, path, O_WRONLY | O_CREAT | O_EXCL, 0644);
	int rc = fd < 0 ? (errno == EEXIST ? -EBUSY : -ENODEV) : 0;

	if (rc == 0 && dprintf(fd, "%s\n", sim->auto_online) < 0)
		rc = -EIO;
	if (fd >= 0)
		close(fd);
	return rc;
}

int sim_store_bind(struct sim_store *store, const struct sim_file *file, const char *word)
{
	struct sim_fate fate;
	char path[PATH_MAX];
	int rc;

	snprintf(path, sizeof(path), SIM_DAX "/%.*s/state", (int)strcspn(word, "\n"), word);
	sim_begin(store, word);
	rc = sim_lock(store);
	if (rc == 0) {
		fate = sim_suffer(store, SIM_OP_BIND, NULL, 0);
		sim_unlock(store->sim);
		rc = fate.rc;
	}
	if (rc == 0 && !fate.lies && file->kind == SIM_FILE_DAX_BIND)
		rc = bind(store->sim, path);
	else if (rc == 0 && !fate.lies)
		rc = unlinkat(store->sim->backing_fd, path, 0) < 0 ? -ENODEV : 0;
	return sim_end(store, NULL, rc);
}
