// SPDX-License-Identifier: GPL-2.0-or-later
/* Records of the kernel's log, a line each */
#include "fuzz.h"
#include "read/kmsg-items.h"
#include "read/kmsg-parse.h"

static void check_note(struct kmsg_items *items, uint64_t first, uint64_t last, bool alone)
{
	_cleanup_free_ struct kernel_note *note = memhp__kmsg_take_note(items, first, last, alone);

	if (!note)
		return;
	fuzz_check(fuzz_is_printable(note->text, true) && fuzz_is_printable(note->page.owner, false));
	fuzz_check(strlen(note->page.owner) < PAGE_OWNER_MAX && note->page.owner_pid >= 0);
	fuzz_check(memhp_reason_name(note->reason) && memhp_page_kind_name(note->page.kind));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct kmsg_items items = { .page_size = 4096 };
	char *rest = text;

	while (rest) {
		memhp__kmsg_take_line(&items, fuzz_take(&rest, '\n'));
		fuzz_check(items.num <= KMSG_MAX_ITEMS);
		for (size_t i = 0; i < items.num; i++)
			fuzz_check(items.items[i].length < KMSG_ITEM_TEXT && strlen(items.items[i].text) == items.items[i].length);
	}
	check_note(&items, 0x100000000, 0x107ffffff, false);
	/* What belongs anywhere is gone then. */
	check_note(&items, 0, UINT64_MAX, true);
	fuzz_check(items.num == 0);
	memhp__kmsg_items_release(&items);
	return 0;
}
