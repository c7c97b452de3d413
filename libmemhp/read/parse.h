/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's texts to values. Pure: no I/O, no allocation, safe after fork and in signal handlers. Functions return 0 or
 * -EBADMSG and leave their results alone on failure, unless they say otherwise.
 */
#ifndef MEMHP_PARSE_H
#define MEMHP_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nums.h"
#include "libmemhp.h"

/* "8000000": a power of two in hex without 0x */
int memhp__parse_block_size(const char *text, uint64_t *size);

/* "memory32" with prefix "memory": a decimal number as the kernel prints it, without sign or leading zeros */
bool memhp__parse_numbered_name(const char *name, const char *prefix, uint64_t *number);

int memhp__parse_state(const char *text, enum memhp_state *state);

/* "Normal Movable", "none"; *num_zones zones in the kernel's order, at most max_zones */
int memhp__parse_zones(const char *text, uint8_t *zones, size_t max_zones, uint8_t *num_zones);

/* "0" or "1" */
int memhp__parse_flag(const char *text, bool *flag);

/* A decimal number, possibly negative */
int memhp__parse_int(const char *text, int *number);

/* "0x9fbff" */
int memhp__parse_hex(const char *text, uint64_t *number);

/* Pages of /proc/zoneinfo, all nodes together */
struct zone_pages {
	uint64_t present[NUM_ZONES];
	uint64_t managed;
	uint64_t cma;
	bool has_cma; /* kernels before 5.12 have no such line */
};

int memhp__parse_zoneinfo(const char *text, struct zone_pages *pages);

/* The number of a line "KEY:   N kB" of /proc/meminfo or /proc/PID/status, in bytes */
int memhp__parse_meminfo(const char *text, const char *key, uint64_t *bytes);

/* /proc/uptime, "350735.47 234388.90": milliseconds since the boot */
int memhp__parse_uptime(const char *text, uint64_t *ms);

/* When a process began, in milliseconds since the boot: the 22nd field of /proc/PID/stat, in hundredths of a second */
int memhp__parse_start_time(const char *text, uint64_t *ms);

/* A parameter of /proc/cmdline: KEY, KEY=VALUE, KEY="A VALUE" or "KEY=A VALUE"; within the text, not terminated */
struct cmdline_param {
	const char *key, *value; /* value is NULL where there is none */
	size_t key_length, value_length;
};

/*
 * Takes the parameter at *text, which moves behind it, as the kernel's next_arg() does. False at the end, and at "--", behind
 * which nothing is the kernel's.
 */
bool memhp__parse_cmdline(const char **text, struct cmdline_param *param);

/* Whether the key is this one, or begins so. For the kernel - and _ are the same; here _ is to be given. */
bool memhp__cmdline_is(const struct cmdline_param *param, const char *key);
bool memhp__cmdline_has_prefix(const struct cmdline_param *param, const char *prefix);

/* A line of /proc/iomem: "  140000000-17fffffff : System RAM (virtio_mem)" */
struct iomem_range {
	uint64_t start, last; /* both 0 in all lines for a reader without privilege */
	unsigned int depth;   /* how many ranges it lies in; those before it that have less depth are candidates */
	const char *name;     /* within the text, not terminated */
	size_t length;        /* of the name */
};

/* No kernel shows more depth than this. */
#define IOMEM_MAX_DEPTH 8

/* Takes the line at *text, which moves to the next one. Returns 1 for a range, 0 at the end of the text, or -EBADMSG. */
int memhp__parse_iomem(const char **text, struct iomem_range *range);

/* A line of /proc/PID/maps: "7ffc1000-7ffc3000 rw-p 00000000 00:00 0    [stack]" */
struct maps_area {
	uint64_t start, end; /* addresses of the process; the second is behind the area */
	bool is_special;     /* "[vdso]", "[vvar]" and the like: pages that the kernel lends to every process */
};

/* Takes the line at *text, which moves to the next one. Returns 1 for an area, 0 at the end of the text, or -EBADMSG. */
int memhp__parse_maps(const char **text, struct maps_area *area);

/* The name of a process is shorter: the kernel keeps 15 bytes, and more for its own threads. */
#define PROCESS_NAME_MAX 64

/* The name in /proc/PID/status, "" when it has none; what is not printable ASCII is replaced by "?". */
void memhp__parse_status_name(const char *text, char name[PROCESS_NAME_MAX]);

/* The N of ".../PNP0C80:NN", a path of an ACPI memory device; -EBADMSG for other devices */
int memhp__parse_acpi_memory(const char *path, uint16_t *number);

/* "dax0.1" */
bool memhp__parse_dax_device(const char *name);

/* No kernel counts further. */
#define ACPI_MAX_INSTANCES 4096

#endif
