// SPDX-License-Identifier: GPL-2.0-or-later
/* Tables of firmware, in binary: an input is the letter of a table, the cells of an address and of a size, and the table. */
#include "fuzz.h"
#include "read/parse-firmware.h"

static int found(void *data, uint64_t start, uint64_t last)
{
	size_t *num = data;

	fuzz_check(start <= last);
	++*num;
	return 0;
}

static void check_boot_params(const char *table, size_t size)
{
	const char *entries;
	uint64_t start, last;
	size_t num;

	if (memhp__parse_boot_params(table, size, &entries, &num) < 0)
		return;
	fuzz_check(entries >= table && entries + num * E820_ENTRY_SIZE <= table + size);
	for (size_t i = 0; i < num; i++)
		if (memhp__parse_e820(entries + i * E820_ENTRY_SIZE, &start, &last))
			fuzz_check(start <= last);
}

static int parse(char kind, const char *table, size_t size, struct dt_cells cells, const struct ram_finder *finder)
{
	uint64_t lmb_size;
	uint32_t value;

	switch (kind) {
	case 's':
		return memhp__parse_srat(table, size, finder);
	case 'r':
		return memhp__parse_dt_reg(table, size, cells, finder);
	case 'l':
		return memhp__parse_lmbs(table, size, cells, 0x10000000, finder);
	case 'v':
		return memhp__parse_lmbs_v2(table, size, cells, 0x10000000, finder);
	case 'z':
		if (memhp__parse_lmb_size(table, size, cells, &lmb_size) == 0)
			fuzz_check(lmb_size && (lmb_size & (lmb_size - 1)) == 0);
		return memhp__parse_dt_cell(table, size, &value);
	default:
		check_boot_params(table, size);
		return 0;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *table = size < 3 ? NULL : fuzz_text(data + 3, size - 3);
	size_t num = 0;
	const struct ram_finder finder = { found, &num };
	int rc;

	if (!table)
		return 0;
	rc = parse((char)data[0], table, size - 3, (struct dt_cells){ data[1] - '0', data[2] - '0' }, &finder);
	fuzz_check(rc == 0 || rc == -EBADMSG);
	fuzz_check(num <= size / 8);
	return 0;
}
