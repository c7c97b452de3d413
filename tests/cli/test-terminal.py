#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing is wider than a terminal: sentences break between words there, and say what they say in a pipe, where each is a line."""

import re

import lib

ANY = [
    "list", "list --by node", "list --by source", "list --by zone", "list --summary=only", "status", "explain",
    "explain --map", "explain --block 1", "explain --block 0", "policy show", "policy show --verbose", "policy check",
    "policy set online_policy auto-movable --dry-run --persist", "policy set movable_node Y --persist",
    "policy unset kernelcore --persist", "policy set online_policy x",
    "online --all --dry-run", "online --all --movable --dry-run", "online --all", "offline --all --dry-run", "offline --all",
    "offline --size 1G --dry-run", "offline --block 1,2 --dry-run", "offline --block 999", "offline --size 1", "offline --range 3",
    "offline 5", "online", "remove --source boot", "remove --source dimm --dry-run", "remove --source dax0.0 --dry-run",
    "configure --all --dry-run", "configure --source dax0.0 --dry-run", "configure --all --movable", "deconfigure --all --dry-run",
    "probe 0x0 --dry-run", "probe 0x800000000 --dry-run", "probe 0x800000000", "frobnicate", "list -o FOO", "list --frobnicate",
]
HELP = [f"{command} --help" for command in
        "list status online offline remove configure deconfigure explain probe policy save diff restore help".split()] + ["--help"]
MACHINES = ["x86-two-node", "policy", "s390-standby", "dax", "garbled", "explain", "dimm", "imbalance", "no-hotremove", "probe"]

# Values as long as they come: block ids of ten digits, addresses of 52 bits, all zones, states that are rare; and sizes.
LONG = {
    "ids": r"""
block_size 0x100000
auto_online online_movable
param online_policy auto-movable
param auto_movable_ratio 4294967295
cmdline "BOOT_IMAGE=/vmlinuz movable_node kernelcore=10995116277760 movablecore=80% memhp_default_state=online_movable"
node 0 cpus 0-127
node 1
node 1022
node 1023
blocks 0-100 node 0 zones Normal
blocks 4294967040-4294967099 node 1023 zones Movable
blocks 4294967100-4294967149 node 1,1022,1023 zones none
blocks 4294967150-4294967199 node 1022 state offline zones "Normal Movable"
blocks 4294967200-4294967250 node 1022 state going-offline
blocks 4294967251-4294967294 node 1022 zones Movable
blocks 4294967295 node 1022 state unheard-of
file proc/iomem "fffff00000000-ffffff3ffffff : virtio12\n  ffffff0000000-ffffff3ffffff : System RAM (virtio_mem)\n"
""",
    "sizes": """
auto_online offline
node 0 cpus 0-127
node 1023
blocks 0 node 0 zones DMA
blocks 1-15 node 0 zones DMA32
blocks 33552384-33553406 node 0 zones Normal
blocks 33553407-33554426 node 1023 zones Movable
blocks 33554427 node 0,1023 zones none
blocks 33554428 node 0 zones Device
blocks 33554429 node 1023 state going-offline
blocks 33554430-33554431 node 1023 state offline zones "Movable Normal"
""",
}
TABLES = [
    "list", "list --all", "list -S none", "list -o +SOURCE", "list --by node", "list --by source", "list --by zone", "status",
    "explain", "explain --all", "explain --map", "explain --state offline", "policy show", "policy check",
    "offline --all --dry-run", "online --all --dry-run", "offline --count 3 --dry-run", "offline --all --dry-run -o +SOURCE",
]
# In a pipe rows are not broken, and fit all the same where values are not that long.
USUAL = """
node 0 cpus 0-3
node 1 cpus 4-7
blocks 0-23 node 0 zones DMA32
blocks 32-1032 node 0 zones Normal
blocks 1033-1100 node 1 zones Movable
blocks 1101-1111 node 1 state offline zones "Movable Normal"
blocks 1112 node 1 state going-offline
"""


def on_terminal(columns, *args):
    """What memctl prints on a terminal of so many columns, without colours."""
    return re.sub(r"\033\[[0-9;]*[mK]|\r", "", lib.at_terminal(*args, columns=columns, env={"LC_ALL": "C.UTF-8"})[1])


def words(text):
    return sorted(re.sub(r"[█▒·#=.]{2,}", "", text).split())


def too_wide(text, columns):
    """Lines that a terminal would break, except a command of its own line, which is to be pasted as a whole."""
    return [line for line in text.splitlines() if len(line) > columns and not re.match(r"  (memctl|cat|ls) \S", line)]


def letters(text):
    """All that a text has, wherever its lines end, and without the zeros that an address begins with"""
    return sorted(re.sub(r"\s|[█▒░·~]", "", re.sub("0x0*", "0x", text)))


def check_long(tree, line):
    run = lib.Run(tree, *line.split(), env={"LC_ALL": "C.UTF-8"})
    text = on_terminal(80, "--sysroot", tree, *line.split())
    lib.equal(too_wide(text, 80), [], f"{run.what}: too wide for 80 columns")
    # A table may have its paths cut there.
    if line != "policy show":
        lib.check(letters(text) == letters(run.out + run.err), f"{run.what}: another text than in a pipe:\n{text}\n{run.out}")
    lib.equal(too_wide(on_terminal(100, "--sysroot", tree, *line.split()), 100), [], f"{run.what}: too wide for 100 columns")


def main():
    for name, text in LONG.items():
        tree = lib.describe(name, text)
        for line in TABLES:
            check_long(tree, line)
    tree = lib.describe("usual", USUAL)
    for line in TABLES:
        run = lib.Run(tree, *line.split())
        rows = run.out.split("\nBalance:")[0] if line == "status" else run.out.split("\n\n")[0]
        if not line.startswith("policy") and "-o " not in line and "none" not in line:
            lib.equal(too_wide(rows, 80), [], f"{run.what}: too wide for 80 columns, in a pipe")
    for name in MACHINES:
        tree = lib.machine(name)
        for line in ANY:
            run = lib.Run(tree, *line.split(), env={"LC_ALL": "C.UTF-8"})
            text = on_terminal(80, "--sysroot", tree, *line.split())
            lib.equal(too_wide(text, 80), [], f"{name}: {run.what}: too wide for 80 columns")
            # A table may have its paths cut there.
            if not line.startswith("policy show"):
                lib.equal(words(text), words(run.out + run.err), f"{name}: {run.what}: words on a terminal")
    for line in HELP:
        text = on_terminal(80, *line.split())
        lib.equal(too_wide(text, 80), [], f"memctl {line}: too wide for 80 columns")
    # Wide terminals are used, and in a pipe a sentence is a line.
    tree = lib.machine("policy")
    piped = lib.Run(tree, "policy", "check").out
    lib.equal(on_terminal(400, "--sysroot", tree, "policy", "check"), piped, "400 columns")
    lib.check(max(map(len, piped.splitlines())) > 132, "a pipe has lines of 132 columns")
    lib.equal(too_wide(on_terminal(60, "--sysroot", tree, "policy", "check"), 60), [], "60 columns")
    # More than a terminal holds comes whole.
    large = lib.describe("large", "node 0\nblocks 0-999 node 0 zones Normal\n")
    long = lib.Run(large, "list", "--all", "--json", "--output-all").out
    lib.check(len(long) > 65536, f"{len(long)} bytes fit into a terminal")
    lib.equal(on_terminal(80, "--sysroot", large, "list", "--all", "--json", "--output-all"), long, "a long output")
    # Paths are cut in the middle, and only there.
    shown = on_terminal(80, "--sysroot", tree, "policy", "show")
    lib.check(re.search(r"^online_policy +\S+ +/sys/\S+\.\.\.\S+policy +now$", shown, re.M), f"a path that was cut: {shown}")
    lib.check("/sys/module/memory_hotplug/parameters/online_policy" in on_terminal(132, "--sysroot", tree, "policy", "show"),
              "a path that need not be cut")
    lib.check("..." not in lib.Run(tree, "policy", "show").out, "nothing is cut in a pipe")
    lib.finish()


main()
