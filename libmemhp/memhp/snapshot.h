/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file snapshot.h
 * @brief One scan of the memory blocks.
 */
#ifndef LIBMEMHP_SNAPSHOT_H
#define LIBMEMHP_SNAPSHOT_H

#include "ctx.h"
#include "names.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup snapshot Snapshot
 * One scan of the machine's memory blocks. Immutable; blocks are sorted by id.
 * @{
 */

/**
 * What a scan reads. Each costs three system calls a block, except nodes, one directory listing a node, and source, one system
 * call a block on machines with ACPI memory devices and none on others.
 */
enum memhp_attr {
	MEMHP_ATTR_STATE = 1 << 0,            /**< memoryN/state */
	MEMHP_ATTR_ZONES = 1 << 1,            /**< memoryN/valid_zones; implies MEMHP_ATTR_STATE, without which it means nothing */
	MEMHP_ATTR_NODES = 1 << 2,            /**< /sys/devices/system/node/nodeX/memoryN */
	MEMHP_ATTR_REMOVABLE = 1 << 3,        /**< memoryN/removable: a slow page walk before Linux 5.7, a constant since */
	MEMHP_ATTR_PHYS_DEVICE = 1 << 4,      /**< memoryN/phys_device: not zero on s390 only */
	MEMHP_ATTR_CONFIGURED = 1 << 5,       /**< /sys/firmware/memory/memoryN/config: s390 since Linux 6.19 */
	MEMHP_ATTR_MEMMAP_ON_MEMORY = 1 << 6, /**< /sys/firmware/memory/memoryN/memmap_on_memory: s390 since Linux 6.19 */
	MEMHP_ATTR_SOURCE = 1 << 7,           /**< where the memory comes from, see memhp_block_get_source_kind() */
};

/**
 * @struct memhp_snapshot
 * One scan. Reference counted, immutable: it does not notice later changes of the machine.
 */
struct memhp_snapshot;

/**
 * @struct memhp_block
 * A memory block in a snapshot. Lives as long as its snapshot.
 */
struct memhp_block;

/**
 * @struct memhp_node
 * A NUMA node in a snapshot. Lives as long as its snapshot.
 */
struct memhp_node;

/**
 * @struct memhp_source
 * A source of blocks in a snapshot: a DIMM, a dax device, the memory that was there at boot; also a device without blocks. Lives as
 * long as its snapshot.
 */
struct memhp_source;

/**
 * Scan the machine's memory blocks.
 *
 * Reads the directory /sys/devices/system/memory, and for each block the attributes asked for; nothing else is opened, except for
 * the sources of the blocks. The file `online` is never read: on a block that is going offline that would hang. Needs no privilege
 * and does not block.
 *
 * Large machines may be read by several threads: memhp_ctx_set_threads().
 *
 * A block that vanishes during the scan is left out. An attribute that cannot be read or understood is marked on its block
 * (memhp_block_get_error()) and the scan goes on.
 *
 * @param[out] snapshot the snapshot, owned by the caller
 * @param ctx a context; it may be released before the snapshot
 * @param attrs values of @ref memhp_attr, or-ed; 0 for the blocks' ids alone
 * @return 0, -EINVAL for an unknown bit in @a attrs, otherwise as memhp_ctx_read_block_size().
 */
MEMHP_MUST_CHECK int memhp_snapshot_new(struct memhp_snapshot **snapshot, struct memhp_ctx *ctx, unsigned int attrs);

/** Take a reference. @return @a snapshot */
struct memhp_snapshot *memhp_snapshot_ref(struct memhp_snapshot *snapshot);

/** Drop a reference; the last one releases snapshot, blocks and nodes. */
void memhp_snapshot_unref(struct memhp_snapshot *snapshot);

/** What was scanned. @return the @a attrs of memhp_snapshot_new(). */
unsigned int memhp_snapshot_get_attrs(const struct memhp_snapshot *snapshot);

/** Size of every block. @return bytes, a power of two. */
uint64_t memhp_snapshot_get_block_size_bytes(const struct memhp_snapshot *snapshot);

/** Number of blocks. @return number of blocks, possibly 0. */
size_t memhp_snapshot_get_num_blocks(const struct memhp_snapshot *snapshot);

/** A block by its place. @return the block, or NULL when @a index is too large. */
const struct memhp_block *memhp_snapshot_get_block(const struct memhp_snapshot *snapshot, size_t index);

/** A block by its id. @return the block, or NULL when there is none. */
const struct memhp_block *memhp_snapshot_find_block(const struct memhp_snapshot *snapshot, uint64_t block_id);

/**
 * Number of blocks' worth of standby memory that are not configured (s390 since Linux 6.19).
 *
 * Such memory has no memory block, and counts nowhere else in the snapshot.
 *
 * @param snapshot a snapshot with @ref MEMHP_ATTR_CONFIGURED or @ref MEMHP_ATTR_MEMMAP_ON_MEMORY
 * @return number of directories /sys/firmware/memory/memoryN of which there is no memory block; 0 on other machines.
 */
size_t memhp_snapshot_get_num_standby(const struct memhp_snapshot *snapshot);

/**
 * Standby memory that is not configured, by its place.
 * @param snapshot as for memhp_snapshot_get_num_standby()
 * @return what would be the block, or NULL when @a index is too large. It has an id, an address, and what @ref
 *         MEMHP_ATTR_CONFIGURED and @ref MEMHP_ATTR_MEMMAP_ON_MEMORY say; its state is MEMHP_STATE_UNKNOWN, its other attributes
 *         are -EOPNOTSUPP.
 */
const struct memhp_block *memhp_snapshot_get_standby(const struct memhp_snapshot *snapshot, size_t index);

/**
 * Number of directory entries that look like a block but cannot be one.
 *
 * Names that the kernel would not give, such as memory007, or whose address would not fit into 64 bits. They are logged as warnings
 * and left out. The firmware's folder counts as one, too, when it cannot be read: then there may be more standby memory.
 *
 * @return number of such entries; 0 on a sane machine.
 */
size_t memhp_snapshot_get_num_skipped(const struct memhp_snapshot *snapshot);

/**
 * Number of blocks in a state.
 * @param snapshot a snapshot with @ref MEMHP_ATTR_STATE
 */
size_t memhp_snapshot_count_state(const struct memhp_snapshot *snapshot, enum memhp_state state);

/**
 * Number of online blocks that a zone manages.
 * @param snapshot a snapshot with @ref MEMHP_ATTR_STATE and @ref MEMHP_ATTR_ZONES
 * @param zone a zone; MEMHP_ZONE_NONE for blocks of several zones or nodes, MEMHP_ZONE_UNKNOWN for those that did not say
 */
size_t memhp_snapshot_count_zone(const struct memhp_snapshot *snapshot, enum memhp_zone zone);

/**
 * Number of NUMA nodes.
 * @param snapshot a snapshot with @ref MEMHP_ATTR_NODES
 * @return number of nodes, memoryless ones included; 0 on a machine without NUMA.
 */
size_t memhp_snapshot_get_num_nodes(const struct memhp_snapshot *snapshot);

/**
 * A node by its place.
 * @param snapshot a snapshot with @ref MEMHP_ATTR_NODES
 * @return the node, or NULL when @a index is too large.
 */
const struct memhp_node *memhp_snapshot_get_node(const struct memhp_snapshot *snapshot, size_t index);

/** Id of a node. @return the X of nodeX. */
unsigned int memhp_node_get_id(const struct memhp_node *node);

/**
 * Whether all blocks of a node are known.
 * @return 0; or the negative errno of reading its folder, when there are blocks of which it is not known whether they belong to it:
 *         then it has at least as many as the counts say.
 */
int memhp_node_get_error(const struct memhp_node *node);

/**
 * Number of a node's blocks in a state.
 *
 * A block of several nodes counts for each of them.
 *
 * @param node a node of a snapshot with @ref MEMHP_ATTR_STATE
 */
size_t memhp_node_count_state(const struct memhp_node *node, enum memhp_state state);

/**
 * Number of a node's online blocks that a zone manages.
 * @param node a node of a snapshot with @ref MEMHP_ATTR_STATE and @ref MEMHP_ATTR_ZONES
 * @param zone a zone, as for memhp_snapshot_count_zone()
 */
size_t memhp_node_count_zone(const struct memhp_node *node, enum memhp_zone zone);

/**
 * Number of sources that the blocks come from, and of devices that could have blocks and have none.
 *
 * The latter are DIMMs (ACPI memory devices, slots that are empty left out) and dax devices, as far as it can be told that no block
 * is theirs.
 *
 * @param snapshot a snapshot with @ref MEMHP_ATTR_SOURCE
 * @return number of sources; blocks whose source is not known have none.
 */
size_t memhp_snapshot_get_num_sources(const struct memhp_snapshot *snapshot);

/**
 * Whether there may be further devices without blocks.
 * @param snapshot a snapshot with @ref MEMHP_ATTR_SOURCE
 * @return 0; the negative errno of listing the devices in /sys/bus/acpi/devices or /sys/bus/dax/devices, or of reading what tells
 *         whether a block is theirs.
 */
int memhp_snapshot_get_sources_error(const struct memhp_snapshot *snapshot);

/**
 * A source by its place.
 * @param snapshot a snapshot with @ref MEMHP_ATTR_SOURCE
 * @param index place in the order of their first blocks, from 0; those without blocks come last, by their names
 * @return the source, or NULL when @a index is too large.
 */
const struct memhp_source *memhp_snapshot_get_source(const struct memhp_snapshot *snapshot, size_t index);

/** Kind of a source. @return the kind, never MEMHP_SOURCE_KIND_UNKNOWN. */
enum memhp_source_kind memhp_source_get_kind(const struct memhp_source *source);

/**
 * Name of a source.
 * @return the name as @ref memhp_source_kind has it; the word of the kind alone when it could not be known which device it is.
 */
const char *memhp_source_get_name(const struct memhp_source *source);

/**
 * Number of a source's blocks in a state.
 * @param source a source of a snapshot with @ref MEMHP_ATTR_STATE
 */
size_t memhp_source_count_state(const struct memhp_source *source, enum memhp_state state);

/** Number of a source's blocks. @return number of blocks, 0 for a device without any. */
size_t memhp_source_get_num_blocks(const struct memhp_source *source);

/**
 * Whether an attribute of a block could be read, and if not, why.
 * @param attr one attribute
 * @return 0 when its value is there (for nodes also on a machine without NUMA, where a block has none); -ENODATA when it was not
 *         scanned; -EOPNOTSUPP when this kernel has no such attribute; -EBADMSG when the kernel's text was not understood;
 *         otherwise the errno of open(2) or read(2), such as -EIO.
 */
int memhp_block_get_error(const struct memhp_block *block, enum memhp_attr attr);

/** Id of a block. @return the N of memoryN: start address divided by block size. */
uint64_t memhp_block_get_id(const struct memhp_block *block);

/** First physical address of a block. */
uint64_t memhp_block_get_start_addr(const struct memhp_block *block);

/** State of a block. @return the state, MEMHP_STATE_UNKNOWN when memhp_block_get_error() says why it is not there. */
enum memhp_state memhp_block_get_state(const struct memhp_block *block);

/**
 * State of a block in the kernel's own word.
 * @return the word that the kernel gave (bytes that are not printable ASCII shown as `?`), also when this library does not know it;
 *         `standby` for a block of memhp_snapshot_get_standby(); `unknown` when nothing could be read.
 */
const char *memhp_block_get_state_name(const struct memhp_block *block);

/**
 * The zone that manages a block.
 * @return the zone of an online block; MEMHP_ZONE_NONE when it is not online or spans several zones or nodes; MEMHP_ZONE_UNKNOWN
 *         when state or zones are not there.
 */
enum memhp_zone memhp_block_get_zone(const struct memhp_block *block);

/**
 * Number of zones that the kernel names for a block.
 * @return number of valid zones: for an online block its one zone (0 when the kernel says `none`), for an offline block those that
 *         it could go to. 0 while it is going offline, for then the kernel's answer means nothing.
 */
size_t memhp_block_get_num_valid_zones(const struct memhp_block *block);

/**
 * A zone that the kernel names for a block.
 * @param index place in the kernel's order, from 0: for an offline block the first is the one that plain `online` goes to
 * @return the zone, or MEMHP_ZONE_NONE when @a index is too large.
 */
enum memhp_zone memhp_block_get_valid_zone(const struct memhp_block *block, size_t index);

/**
 * Number of NUMA nodes that a block belongs to.
 * @return number of nodes; several are possible for boot memory, 0 on a machine without NUMA.
 */
size_t memhp_block_get_num_nodes(const struct memhp_block *block);

/** A NUMA node of a block. @return node id, or -1 when @a index is too large. */
int memhp_block_get_node(const struct memhp_block *block, size_t index);

/**
 * What the kernel's `removable` says.
 *
 * Since Linux 5.7 this is a constant of the kernel's configuration and says nothing about the block.
 *
 * @return the file's value; false when memhp_block_get_error() says that it is not there.
 */
bool memhp_block_is_removable(const struct memhp_block *block);

/** Physical device of a block. @return the file `phys_device`; 0 when memhp_block_get_error() says that it is not there. */
int memhp_block_get_phys_device(const struct memhp_block *block);

/**
 * Whether the firmware has configured a block (s390).
 * @return the file's value; false when memhp_block_get_error() says that it is not there.
 */
bool memhp_block_is_configured(const struct memhp_block *block);

/**
 * Whether a block carries its own memmap (s390).
 * @return the file's value; false when memhp_block_get_error() says that it is not there.
 */
bool memhp_block_has_memmap_on_memory(const struct memhp_block *block);

/**
 * Where the memory of a block comes from.
 *
 * The first of these that says something decides:
 * - the link memoryN/firmware_node to an ACPI memory device PNP0C80: that DIMM, also when it was there at boot;
 * - /proc/iomem, when it has addresses (with CAP_SYS_ADMIN): RAM within a range virtioN or daxX.Y, or named "System RAM
 *   (virtio_mem)" or "System RAM (kmem)", is that device's. RAM of another driver is unknown;
 * - on s390 without /sys/firmware/memory: what is offline is standby memory;
 * - the memory map that a kernel for x86 was booted with (/sys/kernel/boot_params, readable by everyone) and the range of
 *   /proc/iomem that holds the kernel's code: boot. The map does not count when mem=, memmap=, efi_fake_mem= or add_efi_memmap in
 *   /proc/cmdline changed it, or that file cannot be read; Xen PV guests have none;
 * - what is left: if just one thing on this machine can have added it, it is that one's. Such things are virtio-mem and dax devices
 *   that have added memory (while /proc/iomem has no addresses), and the balloon drivers of Hyper-V and Xen; without a memory map
 *   also the boot itself and, where there are a file `probe`, DLPAR or s390's standby memory, things that leave no trace. If they
 *   are several devices of one kind, the kind is known and its word is the name. Else it is unknown.
 *
 * So an unprivileged program knows less on some machines, never something else. On s390 the state is scanned, too.
 *
 * @return the kind; MEMHP_SOURCE_KIND_UNKNOWN when it cannot be known (memhp_block_get_error() is 0 then) or could not be read.
 */
enum memhp_source_kind memhp_block_get_source_kind(const struct memhp_block *block);

/**
 * Name of the source that a block comes from.
 * @return the name, the same for all blocks of a source, as @ref memhp_source_kind has it; the word of the kind alone when it could
 *         not be known which device it is. NULL when the kind is MEMHP_SOURCE_KIND_UNKNOWN.
 */
const char *memhp_block_get_source_name(const struct memhp_block *block);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
