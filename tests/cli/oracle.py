# SPDX-License-Identifier: GPL-2.0-or-later
"""What memctl has to say of a sane tree, worked out from its files by other means: one dict of JSON keys for each block."""

import os
import re
import struct

COLUMN_KEYS = {
    "RANGE": ["range", "start"],
    "SIZE": ["size"],
    "STATE": ["state"],
    "BLOCK": ["block", "blocks"],
    "NODE": ["node", "nodes"],
    "ZONES": ["zones"],
    "ZONE": ["zone"],
    "DEFAULT-ZONE": ["default_zone"],
    "REMOVABLE": ["removable"],
    "PHYS-DEVICE": ["phys_device"],
    "CONFIGURED": ["configured"],
    "MEMMAP-ON-MEMORY": ["memmap_on_memory"],
    "SOURCE": ["source", "source_kind"],
}
DEFAULT_KEYS = ["range", "start", "size", "blocks", "block", "state", "node", "nodes", "zone", "zones"]
# What makes a row longer and is no reason to begin another.
EXTENT = {"range", "start", "size", "blocks", "block"}


def text(*path):
    try:
        with open(os.path.join(*path), encoding="ascii") as file:
            return file.read().strip()
    except FileNotFoundError:
        return None


def flag(value):
    return None if value is None else value == "1"


def block_size(tree):
    return int(text(tree, "sys/devices/system/memory/block_size_bytes"), 16)


def span(start, size):
    return f"0x{start:016x}-0x{start + size - 1:016x}"


def nodes(tree):
    """For each node id the ids of its blocks."""
    folder = os.path.join(tree, "sys/devices/system/node")
    found = {}
    for name in os.listdir(folder) if os.path.isdir(folder) else []:
        if re.fullmatch(r"node[0-9]+", name):
            entries = os.listdir(os.path.join(folder, name))
            found[int(name[4:])] = {int(entry[6:]) for entry in entries if re.fullmatch(r"memory[0-9]+", entry)}
    return dict(sorted(found.items()))


def boot_blocks(tree):
    """The blocks that the memory map of the boot has, None without one. The maps of the tests begin and end with a block."""
    try:
        with open(os.path.join(tree, "sys/kernel/boot_params/data"), "rb") as file:
            params = file.read()
    except FileNotFoundError:
        return None
    entries = [struct.unpack_from("<QQI", params, 0x2D0 + 20 * at) for at in range(params[0x1E8])]
    size = block_size(tree)
    return {block for start, length, kind in entries if kind == 1 for block in range(start // size, (start + length) // size)}


def devices(tree):
    """(start, last, (name, kind)) of the memory that devices have added, and whether /proc/iomem has its addresses."""
    found, parents = [], []
    for line in (text(tree, "proc/iomem") or "").split("\n"):
        match = re.fullmatch(r"( *)([0-9a-f]+)-([0-9a-f]+) : (.*)", line)
        if not match:
            continue
        parents = parents[:len(match[1]) // 2] + [match[4]]
        names = [name for name in parents if re.match(r"virtio|dax", name)]
        if match[4].startswith("System RAM") and names:
            source = (names[-1], "dax") if names[-1].startswith("dax") else ("virtio-mem:" + names[-1], "virtio-mem")
            found.append((int(match[2], 16), int(match[3], 16), source))
    return found, any(last for _, last, _ in found)


def source_of(tree, block_id, state):
    """(name, kind) of a block's source, on the machines of the tests."""
    start = block_id * block_size(tree)
    dimm = os.path.join(tree, f"sys/devices/system/memory/memory{block_id}/firmware_node")
    if os.path.islink(dimm):
        return "dimm:" + os.path.basename(os.readlink(dimm)), "dimm"
    found, has_addresses = devices(tree)
    for first, last, source in found:
        if has_addresses and first <= start <= last:
            return source
    if os.path.isdir(os.path.join(tree, "sys/bus/ccw")):
        return ("standby", "standby") if state == "offline" else ("boot", "boot")
    boot = boot_blocks(tree)
    if boot is None:
        # Where nothing else can have added memory it was there at the boot.
        probe = os.path.exists(os.path.join(tree, "sys/devices/system/memory/probe"))
        return ("boot", "boot") if text(tree, "proc/iomem") and not found and not probe else (None, None)
    if block_id in boot:
        return "boot", "boot"
    if os.path.isdir(os.path.join(tree, "sys/bus/vmbus/drivers/hv_balloon")):
        return "hyperv", "balloon"
    sources = {source for _, _, source in found}
    kinds = {kind for _, kind in sources}
    if has_addresses or len(kinds) != 1:
        return None, None
    kind = kinds.pop()
    return sources.pop() if len(sources) == 1 else (kind, kind)


def blocks(tree):
    folder = os.path.join(tree, "sys/devices/system/memory")
    size = block_size(tree)
    members = nodes(tree)
    rows = []
    for block_id in sorted(int(name[6:]) for name in os.listdir(folder) if re.fullmatch(r"memory[0-9]+", name)):
        path = os.path.join(folder, f"memory{block_id}")
        firmware = os.path.join(tree, f"sys/firmware/memory/memory{block_id}")
        state = text(path, "state")
        valid = text(path, "valid_zones")
        zones = None if valid is None else [] if valid == "none" or state == "going-offline" else valid.split()
        mine = [node for node, ids in members.items() if block_id in ids]
        device = text(path, "phys_device")
        source, source_kind = source_of(tree, block_id, state)
        rows.append({
            "range": span(block_id * size, size),
            "start": block_id * size,
            "size": size,
            "blocks": 1,
            "block": str(block_id),
            "state": state,
            "node": mine[0] if len(mine) == 1 else None,
            "nodes": mine,
            "zone": zones[0] if state == "online" and zones else None,
            "zones": zones,
            "default_zone": zones[0] if state == "offline" and zones else None,
            "removable": flag(text(path, "removable")),
            "phys_device": None if device is None else int(device),
            "configured": flag(text(firmware, "config")),
            "memmap_on_memory": flag(text(firmware, "memmap_on_memory")),
            "source": source,
            "source_kind": source_kind,
        })
    return rows


def standby(tree):
    """What the firmware of s390 knows and the kernel has no block for."""
    folder = os.path.join(tree, "sys/firmware/memory")
    size = block_size(tree)
    rows = []
    for name in os.listdir(folder) if os.path.isdir(folder) else []:
        if not re.fullmatch(r"memory[0-9]+", name) or os.path.isdir(os.path.join(tree, "sys/devices/system/memory", name)):
            continue
        start = int(name[6:]) * size
        row = {key: None for keys in COLUMN_KEYS.values() for key in keys}
        row.update(range=span(start, size), start=start, size=size, blocks=1, block=name[6:], state="standby",
                   configured=flag(text(folder, name, "config")), memmap_on_memory=flag(text(folder, name, "memmap_on_memory")))
        rows.append(row)
    return rows


def same(a, b, key):
    # No zone because the block is offline, and none because it has several, are two things where the kernel tells of zones.
    if key == "zone" and a["zones"] is not None and (a["state"] == "online") != (b["state"] == "online"):
        return False
    return a[key] == b[key]


def merge(rows, keys):
    """Adjacent rows that are equal in all these keys become one."""
    merged = []
    for row in rows:
        last = merged[-1] if merged else None
        alike = last and all(same(last, row, key) for key in keys if key not in EXTENT)
        if alike and last["start"] + last["size"] == row["start"]:
            last["size"] += row["size"]
            last["blocks"] += 1
            last["block"] = f"{last['block'].split('-')[0]}-{row['block']}"
            last["range"] = span(last["start"], last["size"])
        else:
            merged.append(dict(row))
    return merged


def totals(rows):
    """Bytes by state."""
    sums = {"online": 0, "offline": 0, "going_offline": 0, "unknown": 0}
    for row in rows:
        key = row["state"].replace("-", "_")
        sums[key] = sums.get(key, 0) + row["size"]
    return sums
