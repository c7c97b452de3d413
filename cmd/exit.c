/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exit.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "message.h"
#include "mounts.h"
#include "xalloc.h"

static bool as_json, as_lines;

void errors_as_json(bool json)
{
	as_json = json;
}

void errors_as_lines(bool lines)
{
	as_lines = lines;
}

static const char *error_code(enum exit_status status)
{
	switch (status) {
	case EXIT_USAGE:
		return "usage";
	case EXIT_UNSUPPORTED:
		return "unsupported";
	case EXIT_TIMED_OUT:
		return "timeout";
	default:
		return "failed";
	}
}

/* What the user typed may be no UTF-8, which JSON has to be. */
static void make_ascii(char *text)
{
	for (; *text; text++)
		if (*text & 0x80)
			*text = '?';
}

static void write_error_document(enum exit_status status, const char *code, const char *option, char *text)
{
	struct json_object *error = json_new();
	struct json_doc doc;

	make_ascii(text);
	json_set_string(error, "code", code);
	json_set_string(error, "option", option);
	json_set_string(error, "text", text);
	if (as_lines)
		json_doc_begin_line(&doc, stdout, message_get_command());
	else
		json_doc_begin(&doc, stdout, message_get_command());
	json_doc_uint(&doc, "exit_status", status);
	json_doc_member(&doc, "error", error);
	json_doc_end(&doc);
}

static void report_failure(enum exit_status status, const char *code, const char *option, char *text)
{
	message_print(text);
	if (as_json)
		write_error_document(status, code, option, text);
}

static _Noreturn void end(enum exit_status status, const char *code, const char *option, char *text)
{
	report_failure(status, code, option, text);
	exit(finish(status));
}

void usage_error(const char *option, const char *format, ...)
{
	char *text;
	va_list args;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	end(EXIT_USAGE, error_code(EXIT_USAGE), option, xasprintf("%s%s%s", option ? option : "", option ? ": " : "", text));
}

void fail(enum exit_status status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	end(status, error_code(status), NULL, xvasprintf(format, args));
}

void fail_as(enum exit_status status, const char *code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	end(status, code, NULL, xvasprintf(format, args));
}

void fail_by_signal(int sig, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report_failure(128 + sig, "interrupted", NULL, xvasprintf(format, args));
	va_end(args);
	end_by_signal(sig);
}

void end_by_signal(int sig)
{
	sigset_t signals;

	finish(EXIT_DONE);
	signal(sig, SIG_DFL);
	raise(sig);
	sigemptyset(&signals);
	sigaddset(&signals, sig);
	sigprocmask(SIG_UNBLOCK, &signals, NULL);
	_exit(128 + sig);
}

void fail_scan(const struct memhp_ctx *ctx, int error)
{
	const char *sysroot = memhp_ctx_get_sysroot(ctx);
	bool read_only;
	char *sysfs;

	if (error == -ENOMEM)
		out_of_memory();
	if (error == -EBADMSG)
		fail(EXIT_FAILED, "%s/sys/devices/system/memory/block_size_bytes holds something else than a power of two in hex",
		     sysroot ? sysroot : "");
	if (error != -ENODEV)
		fail(EXIT_FAILED, "cannot read %s/sys/devices/system/memory: %s", sysroot ? sysroot : "", strerror(-error));
	if (sysroot && access(sysroot, F_OK) < 0)
		usage_error("--sysroot", "%s: %s", sysroot, strerror(errno));
	if (sysroot)
		fail(EXIT_UNSUPPORTED, "there is no directory %s/sys/devices/system/memory", sysroot);
	sysfs = mounts_find_sysfs(&read_only);
	if (!sysfs)
		fail(EXIT_UNSUPPORTED, "sysfs is not mounted; as root try: mount -t sysfs sysfs /sys");
	fail(EXIT_UNSUPPORTED,
	     "there is no directory %s/devices/system/memory: this kernel was built without memory hotplug "
	     "(CONFIG_MEMORY_HOTPLUG), or this container hides it",
	     sysfs);
}

void fail_apply(const struct memhp_ctx *ctx, int error)
{
	bool read_only = false;

	switch (error) {
	case -EROFS:
		free(memhp_ctx_get_sysroot(ctx) ? NULL : mounts_find_sysfs(&read_only));
		fail_as(EXIT_FAILED, "read-only", "nothing was changed: the memory blocks are read-only here; %s",
			read_only ? "sysfs is mounted read-only, as in most containers: run memctl on the host, or as root try: "
				    "mount -o remount,rw /sys"
				  : "run memctl where /sys/devices/system/memory can be written");
	case -EACCES:
	case -EPERM:
		fail_as(EXIT_FAILED, "access", "nothing was changed: no permission to change memory blocks; %s",
			geteuid() ? "run memctl as root" : "root lacks the capability to write here (CAP_DAC_OVERRIDE)");
	case -ENODEV:
	case -ENOMEM:
		fail_scan(ctx, error);
	default:
		fail(EXIT_FAILED, "nothing was changed: cannot start the process that writes: %s", strerror(-error));
	}
}

int finish(int status)
{
	char text[256];

	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	snprintf(text, sizeof(text), "standard output cannot be written%s%s", errno ? ": " : "", errno ? strerror(errno) : "");
	message_print(text);
	return status == EXIT_DONE ? EXIT_FAILED : status;
}

enum exit_status completion_status(enum memhp_completion completion)
{
	switch (completion) {
	case MEMHP_COMPLETE:
		return EXIT_DONE;
	case MEMHP_PARTIAL:
		return EXIT_PARTLY;
	case MEMHP_TIMEOUT:
		return EXIT_TIMED_OUT;
	case MEMHP_FAILED:
	case MEMHP_INTERRUPTED:
		break;
	}
	return EXIT_FAILED;
}
