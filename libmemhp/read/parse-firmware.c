/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/parse-firmware.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "util.h"

static uint64_t little_endian(const char *bytes, size_t size)
{
	uint64_t value = 0;

	while (size-- > 0)
		value = value << 8 | (unsigned char)bytes[size];
	return value;
}

static uint64_t big_endian(const char *bytes, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++)
		value = value << 8 | (unsigned char)bytes[i];
	return value;
}

static int found_range(const struct ram_finder *finder, uint64_t start, uint64_t size)
{
	if (size == 0)
		return 0;
	if (start > UINT64_MAX - (size - 1))
		return -EBADMSG;
	return finder->found(finder->data, start, start + (size - 1));
}

/* Memory affinity structure of the ACPI specification */
static int take_srat_memory(const char *entry, const struct ram_finder *finder)
{
	const uint64_t enabled = 1, hotpluggable = 2, non_volatile = 4;
	uint64_t flags = little_endian(entry + 28, 4);

	if ((flags & (enabled | hotpluggable | non_volatile)) != enabled)
		return 0;
	return found_range(finder, little_endian(entry + 8, 8), little_endian(entry + 16, 8));
}

static bool is_sum_right(const char *table, size_t size)
{
	unsigned char sum = 0;

	for (size_t i = 0; i < size; i++)
		sum = (unsigned char)(sum + (unsigned char)table[i]);
	return sum == 0;
}

int memhp__parse_srat(const char *table, size_t size, const struct ram_finder *finder)
{
	const size_t header = 48, min_entry = 2, memory_entry = 40;
	const unsigned char type_memory = 1;
	uint64_t length = size < header ? 0 : little_endian(table + 4, 4);

	if (length < header || length > size || memcmp(table, "SRAT", 4) != 0 || !is_sum_right(table, length))
		return -EBADMSG;
	for (size_t at = header, entry; at < length; at += entry) {
		int rc = 0;

		if (length - at < min_entry)
			return -EBADMSG;
		entry = (unsigned char)table[at + 1];
		if (entry < min_entry || entry > length - at)
			return -EBADMSG;
		if ((unsigned char)table[at] == type_memory)
			rc = entry < memory_entry ? -EBADMSG : take_srat_memory(table + at, finder);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static bool are_cells_sane(struct dt_cells cells)
{
	return cells.addr >= 1 && cells.addr <= 2 && cells.size >= 1 && cells.size <= 2;
}

int memhp__parse_dt_cell(const char *property, size_t size, uint32_t *value)
{
	if (size != 4)
		return -EBADMSG;
	*value = (uint32_t)big_endian(property, 4);
	return 0;
}

int memhp__parse_dt_reg(const char *property, size_t size, struct dt_cells cells, const struct ram_finder *finder)
{
	const size_t addr_size = 4 * (size_t)cells.addr, size_size = 4 * (size_t)cells.size;

	if (!are_cells_sane(cells) || size % (addr_size + size_size))
		return -EBADMSG;
	for (size_t at = 0; at < size; at += addr_size + size_size) {
		int rc =
			found_range(finder, big_endian(property + at, addr_size), big_endian(property + at + addr_size, size_size));

		if (rc != 0)
			return rc;
	}
	return 0;
}

int memhp__parse_lmb_size(const char *property, size_t size, struct dt_cells cells, uint64_t *lmb_size)
{
	uint64_t value;

	if (!are_cells_sane(cells) || size != 4 * (size_t)cells.size)
		return -EBADMSG;
	value = big_endian(property, size);
	if (value == 0 || (value & (value - 1)))
		return -EBADMSG;
	*lmb_size = value;
	return 0;
}

/* What the platform has given to the machine, and not for its own use */
static bool is_lmb_usable(const char *flags)
{
	const uint64_t assigned = 0x8, reserved = 0x80;

	return (big_endian(flags, 4) & (assigned | reserved)) == assigned;
}

/* A number, then as many entries: address, index of the connector, a reserved word, index of the associativity, flags */
int memhp__parse_lmbs(const char *property, size_t size, struct dt_cells cells, uint64_t lmb_size, const struct ram_finder *finder)
{
	const size_t addr_size = 4 * (size_t)cells.addr, entry = addr_size + 16;

	if (!are_cells_sane(cells) || size < 4 || (size - 4) % entry || big_endian(property, 4) != (size - 4) / entry)
		return -EBADMSG;
	for (const char *p = property + 4; p < property + size; p += entry) {
		int rc = is_lmb_usable(p + addr_size + 12) ? found_range(finder, big_endian(p, addr_size), lmb_size) : 0;

		if (rc != 0)
			return rc;
	}
	return 0;
}

/* The same by runs: how many blocks, the address of the first, index of its connector, index of the associativity, flags */
int memhp__parse_lmbs_v2(const char *property, size_t size, struct dt_cells cells, uint64_t lmb_size,
			 const struct ram_finder *finder)
{
	const size_t addr_size = 4 * (size_t)cells.addr, entry = 4 + addr_size + 12;

	if (!are_cells_sane(cells) || size < 4 || (size - 4) % entry || big_endian(property, 4) != (size - 4) / entry)
		return -EBADMSG;
	for (const char *p = property + 4; p < property + size; p += entry) {
		uint64_t num = big_endian(p, 4), bytes;
		int rc = 0;

		if (__builtin_mul_overflow(num, lmb_size, &bytes))
			return -EBADMSG;
		if (is_lmb_usable(p + 4 + addr_size + 8))
			rc = found_range(finder, big_endian(p + 4, addr_size), bytes);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int memhp__parse_boot_params(const char *data, size_t size, const char **entries, size_t *num)
{
	const size_t count_at = 0x1e8, table_at = 0x2d0, max_entries = 128;
	size_t count = size > count_at ? (unsigned char)data[count_at] : max_entries + 1;

	if (count > max_entries || size < table_at + count * E820_ENTRY_SIZE)
		return -EBADMSG;
	*entries = data + table_at;
	*num = count;
	return 0;
}

bool memhp__parse_e820(const char entry[E820_ENTRY_SIZE], uint64_t *start, uint64_t *last)
{
	const uint64_t type_ram = 1;
	uint64_t first = little_endian(entry, 8), size = little_endian(entry + 8, 8);

	if (little_endian(entry + 16, 4) != type_ram || size == 0 || first > UINT64_MAX - (size - 1))
		return false;
	*start = first;
	*last = first + (size - 1);
	return true;
}
