/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events as lines of fixed columns: the next one is not known when a line is written, so no table can be fitted to them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ui/format.h"
#include "watch/watch.h"

#define TIME_MAX  sizeof("23:59:59.999")
#define RANGE_MAX sizeof("0xffffffffffffffff-0xffffffffffffffff")

static int format_short_range(const struct memhp_block *block, uint64_t block_size, char text[RANGE_MAX])
{
	uint64_t start = memhp_block_get_start_addr(block);

	return snprintf(text, RANGE_MAX, "0x%" PRIx64 "-0x%" PRIx64, start, start + (block_size - 1));
}

/* As wide as the highest block needs them: those that come later are usually near. */
void text_begin(struct watch *watch)
{
	const struct memhp_snapshot *snapshot = memhp_monitor_get_snapshot(watch->monitor);
	const struct memhp_block *last = memhp_snapshot_get_block(snapshot, memhp_snapshot_get_num_blocks(snapshot) - 1);
	char range[RANGE_MAX];

	watch->block_width = (int)strlen("BLOCK");
	watch->range_width = (int)strlen("0x100000000-0x107ffffff");
	if (last) {
		int block = snprintf(NULL, 0, "%" PRIu64, memhp_block_get_id(last));
		int width = format_short_range(last, watch->block_size, range);

		watch->block_width = block > watch->block_width ? block : watch->block_width;
		watch->range_width = width > watch->range_width ? width : watch->range_width;
	}
	if (has_option(watch->options, OPT_NOHEADINGS))
		return;
	printf("%-12s %-8s%*s %-*s %-7s %s\n", "TIME", "EVENT", watch->block_width, "BLOCK", watch->range_width, "RANGE", "ZONE",
	       "STATE");
}

static void format_time(uint64_t realtime_us, char text[TIME_MAX])
{
	time_t seconds = (time_t)(realtime_us / 1000000);
	struct tm local;
	size_t length = localtime_r(&seconds, &local) ? strftime(text, TIME_MAX, "%H:%M:%S", &local) : 0;

	snprintf(text + length, TIME_MAX - length, ".%03u", (unsigned int)(realtime_us / 1000 % 1000));
}

static const char *state_of(const struct memhp_block *block)
{
	if (!block)
		return "absent";
	return known_state(block) ? known_state(block) : "?";
}

/* The zone where it is, or was before */
static const char *zone_of(const struct watch_line *line)
{
	const struct memhp_block *sides[] = { line->after, line->before };

	for (size_t i = 0; i < ARRAY_SIZE(sides); i++) {
		if (!sides[i] || memhp_block_get_state(sides[i]) != MEMHP_STATE_ONLINE)
			continue;
		return memhp_block_get_zone(sides[i]) == MEMHP_ZONE_UNKNOWN ? "?" : memhp_zone_name(memhp_block_get_zone(sides[i]));
	}
	return "-";
}

void text_write(const struct watch *watch, const struct watch_line *line)
{
	const char *color = line->after && opts_use_color(watch->options) ? state_color(memhp_block_get_state(line->after)) : NULL;
	const struct memhp_block *block = line_block(line);
	char time[TIME_MAX], range[RANGE_MAX], event[sizeof("initial*")];

	format_time(line->realtime_us, time);
	format_short_range(block, watch->block_size, range);
	snprintf(event, sizeof(event), "%s%s", line->event, line->is_resync ? "*" : "");
	printf("%s %-8s%*" PRIu64 " %-*s %-7s ", time, event, watch->block_width, memhp_block_get_id(block), watch->range_width,
	       range, zone_of(line));
	/* Of how it began there is no before. */
	if (line->before || strcmp(line->event, memhp_event_kind_name(MEMHP_EVENT_KIND_ADD)) == 0)
		printf("%s>", state_of(line->before));
	print_colored(color, "%s", state_of(line->after));
	putchar('\n');
}
