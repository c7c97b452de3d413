# SPDX-License-Identifier: GPL-2.0-or-later
"""What memctl has to say of a sane tree, worked out from its files by other means: one dict of JSON keys for each block."""

import os
import re

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
        })
    return rows


def same(a, b, key):
    # No zone because the block is offline, and none because it has several, are two things.
    return a[key] == b[key] and (key != "zone" or (a["state"] == "online") == (b["state"] == "online"))


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
        sums[row["state"].replace("-", "_")] += row["size"]
    return sums
