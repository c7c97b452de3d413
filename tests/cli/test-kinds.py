#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Kinds of machines on which memctl once gave a wrong or misleading answer, and the right one. tests/sim/test-memctl.py has those
that are about what becomes of a change."""

import lib

FIRST = "node 0 cpus 0-3\nblocks 0-15 node 0 zones Normal\n"
OFFLINE = "blocks 40-43 node 0 state offline zones \"Normal Movable\"\n"
LARGE = "block_size 0x80000000\n"
RAM = 'file proc/iomem "00001000-0009fbff : System RAM\\n00100000-{}\\n"\n'
HOLE = RAM.format("17fffffff : System RAM\\n200000000-3ffffffff : System RAM")
MEMINFO = 'file proc/meminfo "MemTotal: 600000000 kB\\nMemFree: 500000000 kB\\nMemAvailable: 500000000 kB\\n"\n'
TWO = LARGE + "node 0\nnode 1\nblocks 0-3 node 0\nblocks 4 node 0-1\nblocks 5-7 node 1\n"
SLOTS = RAM.format("7fffffff : System RAM") + """file sys/bus/acpi/devices/PNP0C80:03/status "15\\n"
file sys/bus/acpi/devices/PNP0C80:04/status "0\\n"
"""
NO_REMOVE = "auto_online offline\nnode 0\nblocks 0-3 node 0 removable 0\n"
RULE = ('auto_online {}\nfile proc/cmdline quiet\nfile etc/udev/rules.d/60-mem.rules "ACTION==\\"add\\", SUBSYSTEM==\\"memory\\", '
        'ATTRS{{auto_online_blocks}}==\\"offline\\", ATTR{{state}}=\\"{}\\"\\n"\n')
SHARE = LARGE + "node 0\nnode 1\nnode 2\nblocks 0-15 node 0 zones Normal\nblocks 16-47 node 1 zones Normal\n" \
    "blocks 64-143 node 2 zones Movable\n" + MEMINFO
TREE = ('file proc/sys/kernel/arch "aarch64\\n"\nfile sys/firmware/devicetree/base/#address-cells "\\x00\\x00\\x00\\x02"\n'
        'file sys/firmware/devicetree/base/#size-cells "\\x00\\x00\\x00\\x02"\n'
        'file sys/firmware/devicetree/base/memory@40000000/device_type "memory\\x00"\n'
        'file sys/firmware/devicetree/base/memory@40000000/reg "\\x00\\x00\\x00\\x00\\x40\\x00\\x00\\x00'
        '\\x00\\x00\\x00\\x00\\x40\\x00\\x00\\x00"\n'
        'file sys/firmware/devicetree/base/memory@80000000/device_type "memory\\x00"\n'
        'file sys/firmware/devicetree/base/memory@80000000/reg "\\x00\\x00\\x00\\x00\\x80\\x00\\x00\\x00'
        '\\x00\\x00\\x00\\x00\\x40\\x00\\x00\\x00"\n'
        'file sys/firmware/devicetree/base/memory@80000000/status "{}\\x00"\nblocks 8-23 zones Movable\n')

PLACES = LARGE + "node 0\nnode 1\nblocks 0-40 node 0 zones Normal\nblocks 41 node 1 zones Normal\n" \
    "blocks 42-50 node 1 zones Movable\n"
LEAN = LARGE + "node 0\nblocks 0-3 node 0 {0}\nblocks 8-29 node 0 {1}\n"
ZONEINFO = ('file proc/zoneinfo "Node 0, zone Normal\\n  pages free 1\\n        present 2097152\\n'
            'Node 0, zone Movable\\n  pages free 1\\n        present 11534336\\n"\n')

# The machine, the command, its exit status, what it says, and what it must not say
CASES = [
    # a hole is known before anything is tried; a block beside it has none
    ("hole", LARGE + "node 0\nblocks 0-7 node 0 zones Normal\n" + HOLE,
     "offline --block 3 --dry-run", 1, ["impossible", "hole"], []),
    ("hole", None, "offline --block 2 --dry-run --force", 0, ["planned"], ["hole"]),
    # a block of several nodes
    ("two", TWO, "offline --block 4 --dry-run", 1, ["impossible", "several zones or NUMA nodes"], []),
    ("two", None, "offline --block 5 --dry-run --force", 0, ["planned"], ["impossible"]),
    # a zone that a block cannot go to, either way
    ("zones", FIRST + "blocks 20 node 0 state offline zones Normal\nblocks 21 node 0 state offline zones Movable\n",
     "online --movable --block 20 --dry-run", 1, ["impossible", "valid_zones"], []),
    ("zones", None, "online --kernel --block 21 --dry-run", 1, ["impossible", "valid_zones"], []),
    ("zones", None, "online --kernel --block 20 --dry-run", 0, ["planned"], ["impossible"]),
    # a kernel that takes nothing offline
    ("no-remove", NO_REMOVE, "offline --block 1", 3, ["CONFIG_MEMORY_HOTREMOVE"], ["planned"]),
    ("no-remove", None, "explain", 0, ["will not", "no HOTREMOVE"], ["hole of"]),
    ("no-remove", None, "status", 0, ["Note: no memory block can go offline"], ["?", "Warning"]),
    # what cannot be told of one block, nobody can tell of the kernel
    ("perhaps", NO_REMOVE + 'file sys/devices/system/memory/memory2/removable ""\n', "status", 64,
     ["removable cannot be read or understood (EBADMSG)"], ["HOTREMOVE", "Nothing looks wrong"]),
    ("perhaps-not", NO_REMOVE + "blocks 2 removable -\n", "status", 0, ["Nothing looks wrong"], ["HOTREMOVE"]),
    # what only a filter could not tell is not shown as a question mark
    ("no-remove-list", NO_REMOVE, "list --zone Normal", 64, ["4 blocks may be selected or not"], ['"?"']),
    # nodes by the blocks' links alone
    ("links", "node 1 cpus 0\nblocks 4-6 node 1 zones Normal\n" + MEMINFO + "remove sys/devices/system/node\n",
     "list -o BLOCK,NODE --noheadings", 0, ["4-6    1"], []),
    ("links", None, "offline --node 1 --dry-run --force", 0, ["planned"], ["matches"]),
    # a node that cannot be read is not no node
    ("lost", "node 0\nblocks 0-1 node 0\nblocks 2-3\nfile sys/devices/system/node garbled\n",
     "list --by node -n --summary=never", 64, ["?      2"], ["-      2"]),
    # nor is a folder of the firmware that cannot be read one with a name that no block has
    ("firmware", FIRST + "file sys/firmware/memory x\n", "status", 64,
     ["/sys/firmware/memory cannot be read or understood (ENOTDIR)"],
     ["named like"]),
    ("no-such-block", FIRST + "dir sys/devices/system/memory/memory007\n", "status", 64,
     ["a folder is named like a memory block"], []),
    # more kernel memory: on the node that lacks it, of blocks that can go there; else less movable memory, where it can go
    ("places", PLACES + "blocks 60 node 0 state offline zones \"Normal Movable\"\n", "status", 0,
     ["may run out: memctl explain --node 1 --zone Movable\n"], []),
    ("places-open", PLACES + "blocks 60 node 1 state offline zones \"Normal Movable\"\n", "status", 0,
     ["may run out: memctl online --node 1 --state offline --kernel\n"], []),
    ("places-open", None, "online --node 1 --state offline --kernel --dry-run", 0, ["planned"], []),
    ("lean", LEAN.format("zones Normal", "zones Movable") + "blocks 30 node 0 state offline zones Movable\n", "status", 0,
     ["may run out: memctl explain --zone Movable\n"], []),
    ("lean-open", LEAN.format("zones Normal", "zones Movable") + "blocks 30 node 0 state offline zones \"Movable Normal\"\n",
     "status", 0, ["may run out: memctl online --all --kernel\n"], []),
    ("lean-fixed", LEAN.format("removable 0", "removable 0") + ZONEINFO, "status", 0, ["may run out\n"], ["memctl explain"]),
    # a word of the kernel's that nobody knows is not "offline"
    ("word", FIRST + "auto_online online_somehow\nfile proc/cmdline quiet\n", "policy check", 64,
     ['auto_online_blocks says "online_somehow"', "as far as could be read"], ["leaves new memory", "stays offline"]),
    # a rule that asks the parent of a block for the policy
    ("parent", FIRST + RULE.format("online", "offline"), "policy check", 0, ["Nothing contradicts"], ["Contradiction"]),
    ("parent-asks", FIRST + RULE.format("offline", "online"), "policy check", 5, ["Contradiction"], []),
    # what was asked to be kept, and cannot be checked
    ("no-meminfo", FIRST + "blocks 16-31 node 0 zones Movable\nremove proc\n", "offline --block 20 --keep-free 1G --dry-run", 4,
     ["not known"], []),
    # the share of the kernel after the request: 80 to 48 now, 80 to 16 then
    ("share", SHARE, "offline --node 1 --dry-run", 4, ["5.00 times", "--force=ratio"], []),
    ("share", None, "offline --node 2 --dry-run", 0, ["planned"], ["Refused"]),
    # what is offline and unused is found, and what belongs to no node
    ("unused", FIRST + OFFLINE, "status", 0, ["Note: 512M is offline and unused: memctl online --all"], ["Nothing looks wrong"]),
    ("all-used", FIRST, "status", 0, ["Nothing looks wrong"], ["unused"]),
    ("nodeless", FIRST + "blocks 20-22 zones Movable\n", "status", 0,
     ["   -      3   384M", " all     19", "3 blocks (384M) on no NUMA"], []),
    # blocks that are offline already
    ("already", FIRST + "node 3\nblocks 40-41 node 3 state offline zones \"Movable Normal\"\n", "explain --node 3", 0,
     ["already offline"], ["matches", "cannot tell"]),
    ("already", None, "explain --block 41", 0, ["already offline"], ["90%", "zone none"]),
    # a DIMM that has no blocks; an empty slot is none
    ("silent", FIRST + "boot_map 0-15\n" + SLOTS, "status", 0, ["Note: DIMM PNP0C80:03 has no memory blocks"], ["PNP0C80:04"]),
    ("silent", None, "list --by source", 0, ["dimm:PNP0C80:03      0"], ["PNP0C80:04"]),
    # a memory node that the device tree has switched off
    ("disabled", TREE.format("disabled"), "explain --block 17", 0, [], ["booted with"]),
    ("enabled", TREE.format("okay"), "explain --block 17", 0, ["booted with"], []),
]

for name, text, command, status, has, lacks in CASES:
    tree = lib.describe(name, text) if text else tree
    run = lib.Run(tree, *command.split())
    said = (run.out + run.err).replace(f" --sysroot {tree}", "")
    lib.equal(run.status, status, f"{name}: {run.what}")
    for part in has:
        lib.check(part in said, f"{name}: {run.what} lacks {part!r}:\n{said}")
    for part in lacks:
        lib.check(part not in said, f"{name}: {run.what} has {part!r}:\n{said}")
lib.finish()
