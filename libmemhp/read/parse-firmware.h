/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What firmware tells of RAM, in binary. Pure, and strict: a table that is not as its specification has it tells nothing. The
 * functions that take a finder call `found` for each range of RAM, in the order of the table, and return 0, -EBADMSG, or what
 * `found` returned when that was not 0; what was found before an error does not count.
 */
#ifndef MEMHP_PARSE_FIRMWARE_H
#define MEMHP_PARSE_FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ram_finder {
	int (*found)(void *data, uint64_t start, uint64_t last);
	void *data;
};

/* The ACPI table SRAT: memory that is enabled, there from boot on (not hotpluggable: that is address space) and volatile */
int memhp__parse_srat(const char *table, size_t size, const struct ram_finder *finder);

/* Numbers of a device tree are cells of 32 bits, big-endian. How many make an address and a size is its root's to say: 1 or 2. */
struct dt_cells {
	unsigned int addr, size;
};

/* A property of one cell, such as #address-cells */
int memhp__parse_dt_cell(const char *property, size_t size, uint32_t *value);

/* `reg` of a memory node: pairs of address and size */
int memhp__parse_dt_reg(const char *property, size_t size, struct dt_cells cells, const struct ram_finder *finder);

/* ibm,lmb-size: bytes in a logical memory block of ppc64 */
int memhp__parse_lmb_size(const char *property, size_t size, struct dt_cells cells, uint64_t *lmb_size);

/* ibm,dynamic-memory and ibm,dynamic-memory-v2: of the logical memory blocks those that are assigned to this machine */
int memhp__parse_lmbs(const char *property, size_t size, struct dt_cells cells, uint64_t lmb_size, const struct ram_finder *finder);
int memhp__parse_lmbs_v2(const char *property, size_t size, struct dt_cells cells, uint64_t lmb_size,
			 const struct ram_finder *finder);

/* The memory map that the firmware or the loader gave to a kernel for x86: E820 */
#define E820_ENTRY_SIZE 20

/* The map within struct boot_params of <asm/bootparam.h>: its first entry and their number, which may be 0 */
int memhp__parse_boot_params(const char *data, size_t size, const char **entries, size_t *num);

/* One entry; false when it is not RAM. */
bool memhp__parse_e820(const char entry[E820_ENTRY_SIZE], uint64_t *start, uint64_t *last);

#endif
