// SPDX-License-Identifier: GPL-2.0-or-later
/* The texts of attributes: what was understood is what was written. */
#include <inttypes.h>
#include <stdio.h>

#include "fuzz.h"
#include "read/parse.h"

static void check_zones(const char *text)
{
	uint8_t zones[4], again[4], num, num_again = 0;
	char joined[64] = "";

	if (memhp__parse_zones(text, zones, ARRAY_SIZE(zones), &num) < 0)
		return;
	fuzz_check(num <= ARRAY_SIZE(zones));
	for (size_t i = 0; i < num; i++) {
		fuzz_check(zones[i] < NUM_ZONES && zones[i] != MEMHP_ZONE_UNKNOWN && zones[i] != MEMHP_ZONE_NONE);
		strcat(strcat(joined, memhp_zone_name(zones[i])), " ");
	}
	fuzz_check(memhp__parse_zones(num ? joined : "none", again, ARRAY_SIZE(again), &num_again) == 0);
	fuzz_check(num == num_again && memcmp(zones, again, num) == 0);
}

static void check_words(const char *text)
{
	enum memhp_state state;
	bool flag;

	if (memhp__parse_state(text, &state) == 0)
		fuzz_check(strcmp(memhp_state_name(state), text) == 0);
	if (memhp__parse_flag(text, &flag) == 0)
		fuzz_check(strcmp(text, flag ? "1" : "0") == 0);
	check_zones(text);
}

static void check_numbers(const char *text)
{
	char again[64];
	uint64_t number, value;
	int small, same;

	if (memhp__parse_numbered_name(text, "memory", &number)) {
		snprintf(again, sizeof(again), "memory%" PRIu64, number);
		fuzz_check(strcmp(again, text) == 0);
	}
	if (memhp__parse_int(text, &small) == 0) {
		snprintf(again, sizeof(again), "%d", small);
		fuzz_check(memhp__parse_int(again, &same) == 0 && same == small);
	}
	if (memhp__parse_hex(text, &number) == 0) {
		snprintf(again, sizeof(again), "0x%" PRIx64, number);
		fuzz_check(memhp__parse_hex(again, &value) == 0 && value == number);
	}
	if (memhp__parse_block_size(text, &number) == 0) {
		fuzz_check(number && (number & (number - 1)) == 0);
		snprintf(again, sizeof(again), "%" PRIx64, number);
		fuzz_check(memhp__parse_block_size(again, &value) == 0 && value == number);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	uint16_t number;

	check_words(text);
	check_numbers(text);
	if (memhp__parse_acpi_memory(text, &number) == 0)
		fuzz_check(number < ACPI_MAX_INSTANCES && strstr(text, "PNP0C80:"));
	if (memhp__parse_dax_device(text))
		fuzz_check(strspn(text + 3, "0123456789.") == strlen(text + 3));
	return 0;
}
