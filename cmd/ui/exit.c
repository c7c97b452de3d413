/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/exit.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "ui/advice.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/xalloc.h"

static bool as_json, as_lines;

/* What is said at the end. Texts are from malloc(), and control characters are taken out of them; a NULL hint is none. */
struct failure {
	int status; /* an exit_status, or 128 and a signal */
	const char *code, *option;
	char *text, *hint;
};

static void write_error_document(const struct failure *failure);

/* Where rows are written as they are made, half a document may be out; then there is no better end than the exit status. */
static int say_out_of_memory(const void *data, bool as_text)
{
	char text[] = "out of memory";

	(void)data;
	if (!as_text && !json_doc_is_open())
		write_error_document(&(struct failure){ EXIT_FAILED, "out-of-memory", NULL, text, NULL });
	return EXIT_FAILED;
}

void errors_as_json(bool json)
{
	as_json = json;
	set_last_words(json ? say_out_of_memory : NULL, NULL);
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

static void write_error_document(const struct failure *failure)
{
	struct json_doc doc;

	if (as_lines)
		json_doc_begin_line(&doc, stdout, message_get_command());
	else
		json_doc_begin(&doc, stdout, message_get_command());
	json_doc_uint(&doc, "exit_status", (uint64_t)failure->status);
	json_doc_begin_object(&doc, "error");
	json_doc_string(&doc, "code", failure->code);
	json_doc_string(&doc, "option", failure->option);
	json_doc_string(&doc, "text", failure->text);
	json_doc_string(&doc, "hint", failure->hint);
	json_doc_end_object(&doc);
	json_doc_end(&doc);
}

static void report_failure(const struct failure *failure)
{
	message_print(failure->text);
	message_set_quiet(false); /* failures are told whatever was asked */
	message_add("try", failure->hint);
	if (as_json)
		write_error_document(failure);
}

static _Noreturn void end(const struct failure *failure)
{
	report_failure(failure);
	exit(finish(failure->status));
}

void usage_error(const char *option, const char *format, ...)
{
	char *text;
	va_list args;

	va_start(args, format);
	text = xcheck(advice_vformat(format, args));
	va_end(args);
	text = xasprintf("%s%s%s", option ? option : "", option ? ": " : "", text);
	end(&(struct failure){ EXIT_USAGE, error_code(EXIT_USAGE), option, text, NULL });
}

void fail(enum exit_status status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	end(&(struct failure){ status, error_code(status), NULL, xcheck(advice_vformat(format, args)), NULL });
}

void fail_with(enum exit_status status, const char *code, const char *hint, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	end(&(struct failure){ status, code ? code : error_code(status), NULL, xcheck(advice_vformat(format, args)),
			       advice(hint) });
}

void fail_by_signal(int sig, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report_failure(&(struct failure){ 128 + sig, "interrupted", NULL, xcheck(advice_vformat(format, args)), NULL });
	va_end(args);
	end_by_signal(sig);
}

void end_by_signal(int sig)
{
	sigset_t signals;

	finish(EXIT_DONE);
	/* SIGQUIT would leave a core, of a program in which nothing is wrong. */
	prctl(PR_SET_DUMPABLE, 0);
	signal(sig, SIG_DFL);
	raise(sig);
	sigemptyset(&signals);
	sigaddset(&signals, sig);
	sigprocmask(SIG_UNBLOCK, &signals, NULL);
	_exit(128 + sig);
}

int finish(int status)
{
	static bool is_told;
	char text[256];

	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (is_told)
		return EXIT_FAILED;
	is_told = true;
	/* What was lost may have been lost long ago: one byte more tells why. */
	if (!errno && fputc('\n', stdout) != EOF)
		fflush(stdout);
	snprintf(text, sizeof(text), "standard output cannot be written%s%s", errno ? ": " : "", errno ? strerror(errno) : "");
	message_print(text);
	say_last_words(true);
	return EXIT_FAILED;
}

int finish_report(int status)
{
	status = finish(status);
	set_last_words(NULL, NULL);
	return status;
}

enum exit_status completion_status(enum memhp_completion completion)
{
	switch (completion) {
	case MEMHP_COMPLETION_COMPLETE:
		return EXIT_DONE;
	case MEMHP_COMPLETION_PARTIAL:
		return EXIT_PARTLY;
	case MEMHP_COMPLETION_TIMEOUT:
		return EXIT_TIMED_OUT;
	case MEMHP_COMPLETION_FAILED:
	case MEMHP_COMPLETION_INTERRUPTED:
		break;
	}
	return EXIT_FAILED;
}
