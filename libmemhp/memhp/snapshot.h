/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file */
#ifndef LIBMEMHP_SNAPSHOT_H
#define LIBMEMHP_SNAPSHOT_H

#include "ctx.h"
#include "names.h"
MEMHP_BEGIN_DECLS

/** What a scan reads. Each costs three system calls a block, except zones, one more of a block that is not online; nodes, one
 * directory listing a node; and source, one system call a block on machines with ACPI memory devices and none on others. */
enum memhp_attr {
	MEMHP_ATTR_STATE = 1 << 0, /**< memoryN/state */
	/** memoryN/valid_zones; implies MEMHP_ATTR_STATE, without which it means nothing. It is not read, and -ENODATA, of a block
	 * that is just being added and has no node yet: many kernels do not survive that. */
	MEMHP_ATTR_ZONES = 1 << 1,
	MEMHP_ATTR_NODES = 1 << 2,       /**< /sys/devices/system/node/nodeX/memoryN */
	MEMHP_ATTR_REMOVABLE = 1 << 3,   /**< memoryN/removable: a slow page walk before Linux 5.7, a constant since */
	MEMHP_ATTR_PHYS_DEVICE = 1 << 4, /**< memoryN/phys_device: not zero on s390 only */
	MEMHP_ATTR_CONFIGURED = 1 << 5,  /**< /sys/firmware/memory/memoryN/config, standby memory included: s390 since Linux 6.19 */
	MEMHP_ATTR_MEMMAP_ON_MEMORY = 1 << 6, /**< /sys/firmware/memory/memoryN/memmap_on_memory; implies MEMHP_ATTR_CONFIGURED */
	MEMHP_ATTR_SOURCE = 1 << 7,           /**< where the memory comes from, see memhp_block_get_source() */
};

/** @struct memhp_snapshot
 * One scan, sorted by block id. Reference counted, immutable: it does not notice later changes of the machine. */
struct memhp_snapshot;

/** @struct memhp_block
 * A memory block in a snapshot. With MEMHP_ATTR_CONFIGURED also standby memory, of which only the firmware knows (s390): its
 * state is MEMHP_STATE_STANDBY, and what only a block of the kernel has is -EOPNOTSUPP. */
struct memhp_block;

struct memhp_node; /* a NUMA node in a snapshot */

/** @struct memhp_source
 * A source of blocks in a snapshot: a DIMM (an ACPI memory device), a dax device, the memory that was there at boot; also a
 * DIMM (no empty slot) or dax device of which it can be told that it has no block. */
struct memhp_source;

/** Scan the machine's memory blocks: the folder and for each block the attributes asked for; nothing else is opened but for the
 * sources. The file `online` is never read: on a block that is going offline that would hang. A block that vanishes is left
 * out. What cannot be read or understood is marked on its block (memhp_block_get_error()). A reference to @a ctx is kept.
 * @param attrs values of @ref memhp_attr , or-ed; 0 for the blocks' ids alone
 * @return 0, -EINVAL for an unknown bit in @a attrs, otherwise as memhp_ctx_read_block_size(). */
MEMHP_MUST_CHECK int memhp_snapshot_new(struct memhp_snapshot **snapshot, struct memhp_ctx *ctx, unsigned int attrs);

struct memhp_snapshot *memhp_snapshot_ref(struct memhp_snapshot *snapshot);   /**< Take a reference. @return @a snapshot */
void memhp_snapshot_unref(struct memhp_snapshot *snapshot);                   /**< Drop a reference; the last one releases it. */
unsigned int memhp_snapshot_get_attrs(const struct memhp_snapshot *snapshot); /**< What was scanned: also what that implies. */
uint64_t memhp_snapshot_get_block_size_bytes(const struct memhp_snapshot *snapshot); /**< Bytes of every block, a power of two. */
size_t memhp_snapshot_get_num_blocks(const struct memhp_snapshot *snapshot);         /**< Number of blocks. */
const struct memhp_block *memhp_snapshot_get_block(const struct memhp_snapshot *snapshot, size_t index); /**< By its place. */
/** A block by its id; NULL when there is none. */
const struct memhp_block *memhp_snapshot_find_block(const struct memhp_snapshot *snapshot, uint64_t block_id);
/** Number of entries that look like a block but cannot be one: names that the kernel would not give, such as memory007, or an
 * address beyond 64 bits. They are logged as warnings and left out. The firmware's folder counts, too, when unreadable. */
size_t memhp_snapshot_get_num_skipped(const struct memhp_snapshot *snapshot);
/** Number of blocks in a state. Needs MEMHP_ATTR_STATE. */
size_t memhp_snapshot_count_state(const struct memhp_snapshot *snapshot, enum memhp_state state);
/** Number of online blocks that a zone manages; MEMHP_ZONE_NONE for those of several zones or nodes, MEMHP_ZONE_UNKNOWN for
 * those that did not say. Needs MEMHP_ATTR_STATE and MEMHP_ATTR_ZONES. */
size_t memhp_snapshot_count_zone(const struct memhp_snapshot *snapshot, enum memhp_zone zone);
/** Number of NUMA nodes, memoryless ones included; 0 on a machine without NUMA. Needs MEMHP_ATTR_NODES, as do the next two. */
size_t memhp_snapshot_get_num_nodes(const struct memhp_snapshot *snapshot);
const struct memhp_node *memhp_snapshot_get_node(const struct memhp_snapshot *snapshot, size_t index); /**< A node by its place. */
/** A node by its id; NULL when there is none. */
const struct memhp_node *memhp_snapshot_find_node(const struct memhp_snapshot *snapshot, unsigned int node_id);
unsigned int memhp_node_get_id(const struct memhp_node *node); /**< The X of nodeX. */
/** Whether all blocks of a node are known.
 * @return 0; or the errno of reading its folder, when it may have more blocks than the counts say. */
int memhp_node_get_error(const struct memhp_node *node);
/** Number of a node's blocks in a state, as memhp_snapshot_count_state(). A block of several nodes counts for each. */
size_t memhp_node_count_state(const struct memhp_node *node, enum memhp_state state);
/** Number of a node's online blocks that a zone manages, as memhp_snapshot_count_zone(). */
size_t memhp_node_count_zone(const struct memhp_node *node, enum memhp_zone zone);

/** Whether there may be further devices without blocks. Needs MEMHP_ATTR_SOURCE.
 * @return 0; the errno of listing /sys/bus/acpi/devices or /sys/bus/dax/devices, or of reading whose a block is. */
int memhp_snapshot_get_sources_error(const struct memhp_snapshot *snapshot);
/** A source, in the order of their first blocks; those without blocks come last, by their names. Needs MEMHP_ATTR_SOURCE. */
const struct memhp_source *memhp_snapshot_get_source(const struct memhp_snapshot *snapshot, size_t index);
enum memhp_source_kind memhp_source_get_kind(const struct memhp_source *source); /**< Its kind, never MEMHP_SOURCE_KIND_UNKNOWN. */
/** Its name, see @ref memhp_source_kind ; the kind's word when it could not be known which device it is. */
const char *memhp_source_get_name(const struct memhp_source *source);
size_t memhp_source_get_num_blocks(const struct memhp_source *source); /**< Number of its blocks. */

/** Whether an attribute of a block could be read, and if not, why.
 * @return 0 when its value is there (of nodes also without NUMA, where a block has none); -ENODATA when it was not scanned;
 *         -EOPNOTSUPP when this kernel has no such attribute; -EBADMSG when its text was not understood; or another errno. */
int memhp_block_get_error(const struct memhp_block *block, enum memhp_attr attr);

uint64_t memhp_block_get_id(const struct memhp_block *block);         /**< The N of memoryN: start address divided by block size. */
uint64_t memhp_block_get_start_addr(const struct memhp_block *block); /**< First physical address. */
enum memhp_state memhp_block_get_state(const struct memhp_block *block); /**< Its state; MEMHP_STATE_UNKNOWN when not there. */
/** Its state in the kernel's own word (not printable ASCII shown as `?`), also one that this library does not know; `standby`
 * where there is no block yet; `unknown` when nothing could be read. */
const char *memhp_block_get_state_name(const struct memhp_block *block);
/** The zone that manages an online block; MEMHP_ZONE_NONE when it is not online or spans several zones or nodes;
 * MEMHP_ZONE_UNKNOWN when that is not known. */
enum memhp_zone memhp_block_get_zone(const struct memhp_block *block);
/** Number of zones that the kernel names for a block: of an online block its one zone (0 when the kernel says `none`), of an
 * offline one those that it could go to; 0 while it is going offline, for then the kernel's answer means nothing. */
size_t memhp_block_get_num_valid_zones(const struct memhp_block *block);
/** One of these; plain `online` goes to the first. @return MEMHP_ZONE_NONE when @a index is too large. */
enum memhp_zone memhp_block_get_valid_zone(const struct memhp_block *block, size_t index);
/** Number of its NUMA nodes: several are possible for boot memory; 0 on a machine without NUMA. */
size_t memhp_block_get_num_nodes(const struct memhp_block *block);
const struct memhp_node *memhp_block_get_node(const struct memhp_block *block, size_t index); /**< One of its NUMA nodes. */

/** What a file of a block says that holds a number.
 * @param attr MEMHP_ATTR_REMOVABLE (0 or 1, since Linux 5.7 a constant of the kernel's configuration), MEMHP_ATTR_PHYS_DEVICE,
 *        MEMHP_ATTR_CONFIGURED (1: the firmware has configured it, s390) or MEMHP_ATTR_MEMMAP_ON_MEMORY (1: it carries its own
 *        memory map, s390)
 * @return 0; -EINVAL for another attribute; otherwise as memhp_block_get_error(). */
MEMHP_MUST_CHECK int memhp_block_get_number(const struct memhp_block *block, enum memhp_attr attr, int *number);

/** Where the memory of a block comes from: by memoryN/firmware_node, /proc/iomem, on s390 /sys/firmware/memory,
 * /sys/kernel/boot_params with /proc/cmdline, or because just one thing can have added it (libmemhp(3) has the rules). Without
 * CAP_SYS_ADMIN less is known on some machines, never something else. On s390 the state is scanned, too.
 * @return the source, the same for all its blocks; NULL when it could not be read or, if memhp_block_get_error() is 0, known. */
const struct memhp_source *memhp_block_get_source(const struct memhp_block *block);

MEMHP_END_DECLS
#endif
