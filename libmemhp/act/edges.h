/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The edges of the ladder that memory climbs: which file takes which word, and how what came of it is read back. */
#ifndef MEMHP_EDGES_H
#define MEMHP_EDGES_H

#include "act/worker.h"
#include "decide/step.h"

/* Where the stores of a request are made */
struct edges {
	struct memhp_ctx *ctx;
	int memory_fd, fd; /* the directory of the memory blocks, and that of the files that are written */
	int kmem_fd;       /* that of the driver of dax devices, for a request for one; else, and where it is not there, negative */
};

/* For a request of that kind; `device` is the dax device that goes as a whole, "" for blocks. 0 or -errno */
int memhp__edges_open(struct edges *edges, struct memhp_ctx *ctx, enum memhp_transition action, const char *device);
void memhp__edges_close(struct edges *edges);

/* 0 when the file that the step's store goes to may be written; -EACCES, -EROFS, -EOPNOTSUPP for a kernel without `probe` */
int memhp__edges_check_writable(const struct edges *edges, const struct memhp_step *step);

/* The store that its transition takes. It needs nothing but the step, and that not any more. */
struct worker_job memhp__edges_job(const struct memhp_step *step);

/* What the step's memory is now, beside what the transition asks for */
struct look memhp__edges_look(const struct edges *edges, const struct memhp_step *step, enum memhp_transition action);

#endif
