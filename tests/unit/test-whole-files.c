// SPDX-License-Identifier: LGPL-2.1-or-later
/* No more of a file is read than 64 MiB, and that is said. */
#include "read/whole-files.h"

#include <fcntl.h>
#include <stdio.h>
#include <syslog.h>

#include "read/firmware.h"
#include "unit.h"

#define LIMIT ((off_t)64 << 20)

static char said[1024];

__attribute__((format(printf, 3, 0))) static void hear(void *data, int level, const char *format, va_list args)
{
	size_t used = strlen(said);

	(void)data;
	(void)level;
	vsnprintf(said + used, sizeof(said) - used, format, args);
	strncat(said, "\n", sizeof(said) - strlen(said) - 1);
}

static void make_long(const struct machine *machine, const char *path, off_t length)
{
	char full[512];
	int fd;

	snprintf(full, sizeof(full), "%s/%s", machine->dir, path);
	/* As the machine's, it may be read-only. */
	unlink(full);
	fd = open(full, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, length), 0);
	close(fd);
}

static int read_balance(struct memhp_ctx *ctx)
{
	struct memhp_balance *balance = NULL;
	int rc = memhp_balance_new(&balance, ctx);

	memhp_balance_free(balance);
	return rc;
}

static int read_agents(struct memhp_ctx *ctx)
{
	struct memhp_agents *agents = NULL;
	int rc = memhp_agents_new(&agents, ctx);

	memhp_agents_free(agents);
	return rc;
}

static int read_firmware(struct memhp_ctx *ctx, int (*read)(struct memhp_ctx *ctx, struct spans *ram))
{
	struct spans ram;
	int rc = read(ctx, &ram);

	memhp__spans_release(&ram);
	return rc;
}

static int read_boot_map(struct memhp_ctx *ctx)
{
	return read_firmware(ctx, memhp__firmware_read_boot_map);
}

static int read_srat(struct memhp_ctx *ctx)
{
	return read_firmware(ctx, memhp__firmware_read_srat);
}

static int read_lmbs(struct memhp_ctx *ctx)
{
	return read_firmware(ctx, memhp__firmware_read_lmbs);
}

#define SETUP       "sys/kernel/boot_params/setup_data/0"
#define LMB_SIZE    "sys/firmware/devicetree/base/ibm,dynamic-reconfiguration-memory/ibm,lmb-size"
#define TOO_LONG    " is too long: no file of more than 64 MiB is read\n"
#define NO_CMA_LINE "file proc/zoneinfo \"Node 0, zone Normal\\n present 1\\n\"\n"

/* A file that is too long, what needs it, and what becomes of that */
static const struct {
	const char *machine, *file;
	int (*read)(struct memhp_ctx *ctx);
	int rc;
	const char *said;
} files[] = {
	{ "", "proc/zoneinfo", read_balance, -EFBIG, "/proc/zoneinfo" TOO_LONG },
	/* what is movable is known without it, or not at all */
	{ "cma 0 Normal 0\n", "proc/meminfo", read_balance, 0, "/proc/meminfo" TOO_LONG },
	{ NO_CMA_LINE, "proc/meminfo", read_balance, -ENODATA, "/proc/meminfo" TOO_LONG },
	{ "file proc/cmdline x\n", "proc/cmdline", read_agents, 0, "/proc/cmdline" TOO_LONG },
	{ "file etc/udev/rules.d/a.rules x\n", "etc/udev/rules.d/a.rules", read_agents, 0, "/etc/udev/rules.d/a.rules" TOO_LONG },
	{ "file etc/tmpfiles.d/a.conf x\n", "etc/tmpfiles.d/a.conf", read_agents, 0, "/etc/tmpfiles.d/a.conf" TOO_LONG },
	{ "file etc/daxctl.conf.d/a.conf x\n", "etc/daxctl.conf.d/a.conf", read_agents, 0, "/etc/daxctl.conf.d/a.conf" TOO_LONG },
	{ "boot_map 0\n", "sys/kernel/boot_params/data", read_boot_map, -EFBIG, "/sys/kernel/boot_params/data" TOO_LONG },
	{ "boot_map 0\nfile " SETUP "/type 0x1\nfile " SETUP "/data x\n", SETUP "/data", read_boot_map, -EFBIG,
	  "/" SETUP "/data" TOO_LONG },
	{ "file sys/firmware/acpi/tables/SRAT x\n", "sys/firmware/acpi/tables/SRAT", read_srat, -EFBIG,
	  "/sys/firmware/acpi/tables/SRAT" TOO_LONG },
	{ "file " LMB_SIZE " x\n", LMB_SIZE, read_lmbs, -EFBIG, "/" LMB_SIZE TOO_LONG },
};

START_TEST(too_long)
{
	_cleanup_machine_ struct machine machine;
	char text[512];

	snprintf(text, sizeof(text), "blocks 0-3 zones Normal\nfile proc/sys/kernel/arch x86_64\n%s", files[_i].machine);
	machine_make(&machine, text);
	said[0] = '\0';
	make_long(&machine, files[_i].file, LIMIT);
	memhp_ctx_set_log(machine.ctx, hear, NULL, LOG_WARNING);
	ck_assert_int_eq(files[_i].read(machine.ctx), files[_i].rc);
	ck_assert_str_eq(said, files[_i].said);
}
END_TEST

/* But for the two bytes that show its end */
START_TEST(just_short_enough)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_free_ char *text = NULL;
	size_t length = 0;

	machine_make(&machine, "file etc/udev/rules.d/a.rules x\n");
	said[0] = '\0';
	memhp_ctx_set_log(machine.ctx, hear, NULL, LOG_WARNING);
	make_long(&machine, "etc/udev/rules.d/a.rules", LIMIT - 2);
	ck_assert_int_eq(memhp__file_read_all(machine.ctx->root_fd, "etc/udev/rules.d/a.rules", &text, &length), 0);
	ck_assert_uint_eq(length, (size_t)LIMIT - 2);
	ck_assert_int_eq(read_agents(machine.ctx), 0);
	ck_assert_str_eq(said, "");
}
END_TEST

UNIT("whole-files", tests)
{
	add_table(tests, too_long, files);
	tcase_add_test(tests, just_short_enough);
}
