/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every object of the library has: exported functions, and references */
#ifndef MEMHP_OBJECT_H
#define MEMHP_OBJECT_H

#include "libmemhp.h"

#define MEMHP_EXPORT __attribute__((visibility("default")))

/* memhp_NAME_ref() and memhp_NAME_unref() of an object that counts its references in `refs` and is released by NAME_free() */
#define DEFINE_REF_UNREF(name)                                                            \
	MEMHP_EXPORT struct memhp_##name *memhp_##name##_ref(struct memhp_##name *object) \
	{                                                                                 \
		object->refs++;                                                           \
		return object;                                                            \
	}                                                                                 \
	MEMHP_EXPORT void memhp_##name##_unref(struct memhp_##name *object)               \
	{                                                                                 \
		if (object && --object->refs == 0)                                        \
			name##_free(object);                                              \
	}

#endif
