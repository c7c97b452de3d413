/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A crash kernel (kdump) that is loaded knows the memory as it was then. */
#include "operation/operation.h"
#include "ui/json.h"
#include "ui/message.h"

/* 1 when it must be loaded again, 0, or a negative errno when that is not known */
static int needs_reload(const struct operation *op)
{
	return op->has_acted && operation_sum(op).may_be_changed ? memhp_ctx_needs_crash_reload(op->session.ctx) : 0;
}

void operation_tell_crash_kernel(const struct operation *op)
{
	if (needs_reload(op) > 0)
		warn("the crash kernel that is loaded does not know of this change: load it again (systemctl restart kdump, or "
		     "kexec -p)");
}

void operation_write_crash_kernel(const struct operation *op, struct json_doc *doc)
{
	int reload = needs_reload(op);

	if (reload > 0)
		json_doc_bool(doc, "crash_kernel_reload", true);
	else if (reload < 0)
		json_doc_null(doc, "crash_kernel_reload");
}
