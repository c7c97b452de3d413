/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Gives a dax device another setting of memmap_on_memory, which the kernel takes only while no driver has the device.
 *
 * The driver kmem has to let go of it and to take it again, and brings in its memory then by the kernel's policy. In between the
 * device is nobody's, so whatever fails there, or ends it, the device is brought back to where it was; that has time of its own.
 * Only what is unplugged may be unbound: memory that is online then stays until the next boot, in nobody's hands.
 */
#ifndef MEMHP_REBIND_H
#define MEMHP_REBIND_H

#include "act/edges.h"
#include "act/supervisor.h"

/* Who has a device, and with which setting */
struct dax_place {
	bool is_bound;
	enum memhp_memmap memmap;
};

struct rebind {
	const struct edges *edges; /* the caller's */
	const char *name;
	struct supervisor device, driver; /* for the stores into the files of either */
	struct dax_place before, wanted;
	bool is_needed;
	enum memhp_reason why; /* the last store was ended by force; MEMHP_REASON_NONE: by itself */
};

/*
 * For the step of a device, before anything is written: looks whether it is needed, and has all ready then. 0, -ENODEV when the
 * driver kmem is not there, or another errno; memhp__rebind_release() in any case
 */
int memhp__rebind_init(struct rebind *rebind, const struct edges *edges, const struct memhp_step *step);

/* Called before the device is brought back: what limits that */
typedef struct supervisor_limits (*begin_back_fn)(void *data);

/*
 * Does it where it is needed, within the limits. True when the step is still to be tried: the device is unplugged, and set. False
 * when its outcome is told: it could not be done, or the driver has brought the device in as asked.
 */
bool memhp__rebind_run(struct rebind *rebind, struct memhp_step *step, const struct supervisor_limits *limits,
		       begin_back_fn begin_back, void *data);

/* In a rollback, when `back` has unplugged the device: the setting and the driver as they were. */
void memhp__rebind_undo(struct rebind *rebind, struct memhp_step *back, const struct supervisor_limits *limits);

/* Of a writer that could not be ended; 0 for none */
pid_t memhp__rebind_get_writer(const struct rebind *rebind);

void memhp__rebind_release(struct rebind *rebind);

#endif
