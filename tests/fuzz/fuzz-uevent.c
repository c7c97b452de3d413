// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's messages: what is understood of one is understood of a message that says just that. */
#include <stdio.h>

#include "fuzz.h"
#include "read/parse-uevent.h"

static void check_again(const struct uevent *uevent)
{
	char text[256];
	struct uevent again;
	int length = snprintf(text, sizeof(text), "ACTION=%s%cDEVPATH=/devices/system/memory/memory%llu%cSUBSYSTEM=memory",
			      memhp_event_kind_name(uevent->kind), 0, (unsigned long long)uevent->block_id, 0);

	fuzz_check(memhp__parse_uevent(text, (size_t)length + 1, &again));
	fuzz_check(again.kind == uevent->kind && again.block_id == uevent->block_id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = malloc(size ? size : 1);
	struct uevent uevent;

	fuzz_check(text);
	/* A copy with nothing behind it, so that what is read beyond is seen */
	memcpy(text, data, size);
	if (!memhp__parse_uevent(text, size, &uevent))
		return 0;
	fuzz_check(uevent.kind >= MEMHP_EVENT_KIND_ADD && uevent.kind < MEMHP_EVENT_KIND_CHANGE);
	check_again(&uevent);
	return 0;
}
