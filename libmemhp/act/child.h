/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a child that is cloned and not executed has to shed of its host. Async-signal-safe. */
#ifndef MEMHP_CHILD_H
#define MEMHP_CHILD_H

void memhp__child_close_all_but(int a, int b);
void memhp__child_reset_signals(void);

#endif
