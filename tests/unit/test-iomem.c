// SPDX-License-Identifier: LGPL-2.1-or-later
#include "read/iomem.h"

#include <stdio.h>

#include "unit.h"

/* What RAM there is as "START-LAST OWNER[DEVICE][*]", * where the kernel is; then "|" and what is within nothing else. */
static const struct {
	const char *text; /* of the file; NULL: a line of the machine instead */
	const char *line;
	int rc;
	const char *found;
} cases[] = {
	{ "00001000-0009ffff : System RAM\\n00100000-3fffffff : System RAM\\n  01000000-01ffffff : Kernel code\\n"
	  "c0000000-c0000fff : PCI Bus 0000:00\\n",
	  NULL, 0, "1000-9ffff nobody;100000-3fffffff nobody*|System RAM;System RAM;PCI Bus 0000:00" },
	/* the innermost device, else the driver; all within it is its own */
	{ "100000000-13fffffff : virtio0\\n  100000000-11fffffff : System RAM (virtio_mem)\\n", NULL, 0,
	  "100000000-11fffffff virtio virtio0|virtio0" },
	{ "100000000-13fffffff : CXL Window 0\\n  100000000-13fffffff : dax1.0\\n    100000000-11fffffff : System RAM (kmem)\\n"
	  "    120000000-13fffffff : System RAM\\n140000000-17fffffff : System RAM (kmem)\\n"
	  "180000000-1bfffffff : System RAM (virtio_mem)\\n1c0000000-1ffffffff : System RAM (nvidia)\\n",
	  NULL, 0,
	  "100000000-11fffffff dax dax1.0;120000000-13fffffff dax dax1.0;140000000-17fffffff dax;180000000-1bfffffff virtio;"
	  "1c0000000-1ffffffff somebody|CXL Window 0;System RAM (kmem);System RAM (virtio_mem);System RAM (nvidia)" },
	{ "100000000-13fffffff : dax\\n  100000000-11fffffff : System RAM\\n140000000-17fffffff : dax0.0x\\n"
	  "  140000000-17fffffff : System RAM\\n",
	  NULL, 0, "100000000-11fffffff nobody;140000000-17fffffff nobody|dax;dax0.0x" },
	/* the code of another kernel, or of none, is no sign */
	{ "00000000-0fffffff : Reserved\\n  01000000-01ffffff : Kernel code\\n", NULL, 0, "|Reserved" },
	{ "00000000-0fffffff : System RAM\\n10000000-1fffffff : Kernel code\\n", NULL, 0,
	  "0-fffffff nobody|System RAM;Kernel code" },
	/* the last address that there is */
	{ "fffffffffffff000-ffffffffffffffff : System RAM\\n", NULL, 0, "fffffffffffff000-ffffffffffffffff nobody|System RAM" },
	/* without privilege */
	{ "00000000-00000000 : System RAM\\n  00000000-00000000 : Kernel code\\n00000000-00000000 : virtio3\\n"
	  "  00000000-00000000 : System RAM (virtio_mem)\\n",
	  NULL, -EACCES, "0-0 nobody*;0-0 virtio virtio3|System RAM;virtio3" },
	/* half a map is none */
	{ "00000000-0fffffff : System RAM\\ngarbage\\n", NULL, -EBADMSG, "|" },
	{ "00000000-0fffffff : System RAM\\n    00000000-0fffffff : too deep\\n", NULL, -EBADMSG, "|" },
	{ "  00000000-0fffffff : System RAM\\n", NULL, -EBADMSG, "|" },
	{ "00000000-0fffffff : System RAM\\n\\x00\\n", NULL, -EBADMSG, "|" },
	{ "", NULL, -EBADMSG, "|" },
	{ NULL, "remove proc/iomem\n", -ENOENT, "|" },
	{ NULL, "remove proc\n", -ENOENT, "|" },
	{ NULL, "dir proc/iomem\n", -EISDIR, "|" },
	{ NULL, "fifo proc/iomem\n", -ESPIPE, "|" },
	{ NULL, "link proc/iomem /proc/iomem\n", -ELOOP, "|" },
};

static void print_found(const struct iomem *iomem, char *text, size_t size)
{
	static const char *const owners[] = { "nobody", "dax", "virtio", "somebody" };
	FILE *file = fmemopen(text, size, "w");

	for (size_t i = 0; i < iomem->num_rams; i++) {
		const struct iomem_ram *ram = &iomem->rams[i];

		fprintf(file, "%s%llx-%llx %s", i ? ";" : "", (unsigned long long)ram->start, (unsigned long long)ram->last,
			owners[ram->owner]);
		if (ram->device)
			fprintf(file, " %.*s", (int)ram->device_length, ram->device);
		if (ram->has_kernel)
			fputc('*', file);
	}
	fputc('|', file);
	for (size_t i = 0; i < iomem->num_tops; i++)
		fprintf(file, "%s%.*s", i ? ";" : "", (int)iomem->tops[i].length, iomem->tops[i].name);
	fclose(file);
}

START_TEST(reading)
{
	_cleanup_machine_ struct machine machine;
	char line[1024], found[1024] = "";
	struct iomem iomem;

	snprintf(line, sizeof(line), "file proc/iomem \"%s\"\n", cases[_i].text ? cases[_i].text : "");
	machine_make(&machine, cases[_i].text ? line : cases[_i].line);
	ck_assert_int_eq(memhp__iomem_read(&iomem, machine.ctx), cases[_i].rc);
	print_found(&iomem, found, sizeof(found));
	ck_assert_str_eq(found, cases[_i].found);
	memhp__iomem_release(&iomem);
	memhp__iomem_release(&iomem);
}
END_TEST

UNIT("iomem", tests)
{
	add_table(tests, reading, cases);
}
