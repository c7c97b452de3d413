#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every command line of the manual pages and of README.md is run on a machine that fits, and what they show is what comes out."""

import contextlib
import functools
import glob
import json
import os
import re
import subprocess

from simlib import Sim, lib, need_simulator

KERNEL = """
auto_online offline
param online_policy contig-zones
param auto_movable_ratio 301
param auto_movable_numa_aware Y
param memmap_on_memory N
node 0 cpus 0-3
node 1 cpus 4-7
"""
SERVER = KERNEL + "blocks 0 node 0 zones none\nblocks 1-16 node 0 zones DMA32\nblocks 32-71 node 0 zones Normal\n"
LATER = 'blocks 72-95 node 1 zones Movable\nblocks 96-99 node 1 state offline zones "Normal Movable"\n'
# Of what these lines name there is enough, and making a machine takes its time.
SMALL = KERNEL + "blocks 0 node 0 zones none\nblocks 32-56 node 0 zones Normal\n" + LATER.replace("72-95", "72-87")
DIMM = """
file sys/bus/acpi/devices/PNP0C80:00/eject ""
"""
# The firmware takes it away once its eight blocks are offline and it was told to.
EJECTS = {"manual, a DIMM": "event after 9 stores block 48-55 vanishes\n",
          "guide, a DIMM in use": "event after 5 stores block 96-99 vanishes\n",
          "guide, dax in use": "event after 9 stores block 80-95 vanishes\n",
          "readme, a DIMM": "event after 9 stores block 104-111 vanishes\n"}
ROOM = 'file proc/meminfo "MemTotal: 16000000 kB\\nMemFree: 12000000 kB\\nMemAvailable: 12000000 kB\\n"\n'


def dimm(first, last):
    links = (f"link sys/devices/system/memory/memory{block}/firmware_node ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00\n"
             for block in range(first, last + 1))
    return DIMM + "".join(links)


def of_file(name, more=""):
    with open(os.path.join(lib.MACHINES, f"{name}.machine"), encoding="utf-8") as file:
        return file.read() + more


README = KERNEL + """
blocks 0 node 0 zones none
blocks 32-56 node 0 zones Normal
blocks 104-127 node 1 zones Movable
blocks 128-131 node 1 state offline zones Normal
"""
MACHINES = {
    "manual": SERVER + LATER,
    "manual, to change": SMALL + ROOM,
    "manual, all online": SERVER + "auto_online online_movable\nblocks 72-99 node 1 zones Movable\n",
    "manual, a DIMM": SMALL + ROOM + "blocks 48-55 node 0 zones Movable\n" + dimm(48, 55),
    "guide, a DIMM": SMALL + ROOM + dimm(96, 99),
    "guide, a DIMM in use": SMALL + ROOM + "blocks 96-99 node 1 state online zones Movable\n" + dimm(96, 99),
    "guide, dax": of_file("dax", 'blocks 64-79 node 1 state offline zones "Normal Movable"\n'),
    "guide, dax in use": of_file("dax", ROOM),
    "two nodes": of_file("x86-two-node"),
    "readme": of_file("x86-two-node", 'blocks 128-135 node 1 state offline zones "Normal Movable"\n'),
    "readme, to change": README + ROOM,
    "readme, a DIMM": README + ROOM + dimm(104, 111),
    "standby": of_file("s390-standby").replace("blocks 14-15", "blocks 14-31"),
    "standby, in use": of_file("s390-standby", "blocks 24-27 zones Movable config 1 memmap_on_memory 0\n"),
    "dax": 'node 0\nblocks 0-7 node 0 zones Normal\nfile sys/bus/dax/devices/dax1.0/state "unplugged\\n"\n'
           'file sys/bus/dax/devices/dax1.0/size "1073741824\\n"\n'
           'file sys/bus/dax/devices/dax1.0/memmap_on_memory "0\\n"\nparam memmap_on_memory Y\n'
           'file sys/bus/dax/drivers/kmem/bind ""\nfile sys/bus/dax/drivers/kmem/unbind ""\n',
    "probe": of_file("probe"),
    "explain": of_file("explain"),
    "policy": """
auto_online offline
param online_policy contig-zones
param memmap_on_memory N
cmdline "root=/dev/vda1 movable_node"
node 0
blocks 0-7 node 0 zones Normal
file usr/lib/udev/rules.d/40-redhat.rules "%sSUBSYSTEM==\\"memory\\", ACTION==\\"add\\", ATTR{state}=\\"online\\"\\n"
""" % ("#\\n" * 8),
}
CHANGES = r"memctl (online|offline|remove|configure|deconfigure|probe|restore) (?!.*--dry-run)"
# What is run elsewhere than on the machine of its text, the first that fits: file, line, machine, exit status
PLACES = [
    (r"README", r"remove|--source dimm", "readme, a DIMM", 0),
    (r"README", r"configure", "standby", 0),
    (r"README|probe", r"probe", "probe", 0),
    (r"configure", r"dax", "dax", 0),
    (r"memctl.7", r"memctl (configure|online) --block 24-27", "standby", 0),
    (r"memctl.7", r"policy check", "manual, all online", 0),
    (r"configure|memctl.7", r"24-27", "standby, in use", 0),
    (r"configure", r"", "standby", 0),
    (r"explain", r"--block 1,3|--json", "explain", 0),
    (r"status", r"\$ memctl status", "manual, all online", 0),
    (r"policy", r"\$ memctl policy", "policy", 0),
    (r"json", r"list|watch", "two nodes", 0),
    (r"json", r"dax", "dax", 0),
    (r"json", r"configure", "standby", 0),
    (r"json", r"probe", "probe", 0),
    (r"json", r"offline.*--block 0,104$", "readme, to change", 64),
    (r"json", r"--range 4G", "manual", 2),
    (r"restore", r"", "manual, to change", 0),
    (r"", r"policy set (memmap_on_memory|movable_node)", "manual", 3),
    (r"memctl.7", r"remove --source dimm", "guide, a DIMM in use", 0),
    (r"memctl.7", r"(remove|offline) --source dax1", "guide, dax in use", 0),
    (r"memctl.7", r"virtio-mem|96-99|PNP0C80:00", "guide, a DIMM", 0),
    (r"memctl.7", r"configure --source", "dax", 0),
    (r"memctl.7", r"dax0.0", "guide, dax", 0),
    (r"memctl.7", r"configure --size|CONFIGURED|online --all", "standby", 0),
    (r"memctl.7", r"explain --top 4$|FIXED", "explain", 0),
    (r"", r"dimm:|0x1a2b3c000", "manual, a DIMM", 0),
    (r"README", CHANGES, "readme, to change", 0),
    (r"README", r"", "readme", 0),
    (r"", CHANGES, "manual, to change", 0),
    (r"", r"", "manual", 0),
]
# What tests/cli/test-dev.sh runs, and packagers
BUILDS = r"\./dev (run list|check)\b"


def unroff(text):
    for escape, char in [("\\-", "-"), ("\\(aq", "'"), ("\\(dq", '"'), ("\\~", " "), ("\\&", ""), ("\\e", "\\")]:
        text = text.replace(escape, char)
    return text


def blocks_of(path):
    """The texts that are shown as they are; in README.md each line that is not a session stands for itself."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if path.endswith(".md"):
        for block in re.findall(r"^```\n(.*?)^```", text, re.M | re.S):
            yield from [block] if block.startswith("$ ") else block.splitlines(keepends=True)
    else:
        for block in re.findall(r"^\.EX\n(.*?)^\.EE", text, re.M | re.S):
            yield unroff(block)


def commands_of(block):
    """The command lines of a block, each with what it shows, or None where it shows nothing."""
    found = []
    block = re.sub(r"(\||\\)\n +", r"\1 ", block)
    for line in block.splitlines(keepends=True):
        if re.match(r"[$#] ", line) or (not found or found[-1][1] is None) and re.match(r"memctl |\./|sudo ", line):
            found.append([line, "" if line[0] in "$#" else None])
        elif found and found[-1][1] is not None:
            found[-1][1] += line
    return [(line.strip(), shown) for line, shown in found]


def place(path, line):
    return next(place[2:] for place in PLACES if re.search(place[0], os.path.basename(path)) and re.search(place[1], line))


def environment(root):
    """In which `memctl` sees the machine, as in the shell of ./dev sim"""
    bin_dir = os.path.join(lib.TOP_SRCDIR, "tests/sim/bin")
    return lib.environment(MEMCTL=lib.MEMCTL, MEMCTL_SIM=root, PATH=f"{bin_dir}:{os.environ['PATH']}")


def document(text):
    """Documents without how long it took"""
    def drop(value):
        if isinstance(value, dict):
            return {key: drop(item) for key, item in value.items() if key not in ("elapsed_ms", "time", "monotonic_us")}
        return [drop(item) for item in value] if isinstance(value, list) else value
    return drop(json.loads(text))


def plain(text):
    """Without times, and what they do to the width of a column"""
    return [re.sub(r" +$", "", re.sub(r" +[0-9.]+m?s\b", " 0s", line)) for line in text.rstrip("\n").splitlines()]


def compare(what, got, shown):
    if shown.startswith("{"):
        lib.equal(document(got), document(shown), f"{what}: shows")
    elif plain(got) != plain(shown):
        lib.fail(f"{what}: it shows\n{shown}and not\n{got}")


def quick(script):
    """What ends only when it is told to, or after long, ends soon."""
    script = re.sub(r" --duration \S+", "", script)
    return script.replace("memctl watch", "memctl watch --duration 200ms")


def run(path, root, line, status, shown):
    what = f"{os.path.basename(path)}: {line}"
    script = quick(re.sub(r"^[$#] ", "", line)).replace("%k", "memory96")
    done = subprocess.run(["sh", "-c", script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=300, env=environment(root), cwd=lib.TMP)
    lib.equal(done.returncode, status, f"{what}: exit status ({done.stderr})")
    if "jq" in line:
        lib.equal(done.stderr, "", f"{what}: it says")
        lib.check(done.stdout, f"{what}: nothing is left")
    if shown:
        compare(what, done.stdout, shown)


@functools.cache
def copy(machine):
    """A plain folder, for what changes no block"""
    return lib.describe(machine, MACHINES[machine])


def run_block(path, block):
    """One machine for a block, which is run line by line. Returns how many."""
    commands = [command for command in commands_of(block) if not re.match(BUILDS, command[0])]
    rehearsal = next((shown for line, shown in commands if line == "$ cat my.machine"), None)
    if rehearsal:
        line = commands[-1][0]
        lib.check(line.startswith("$ ./dev sim my.machine "), line)
        with Sim(rehearsal) as sim:
            run(path, sim.root, line.replace("./dev sim my.machine ", ""), 124, None)
        return 2
    with contextlib.ExitStack() as stack:
        roots = {}
        for line, shown in commands:
            machine, status = place(path, line)
            if not re.search(CHANGES, line):
                run(path, copy(machine), line, status, shown)
                continue
            if machine not in roots:
                roots[machine] = stack.enter_context(Sim(MACHINES[machine], EJECTS.get(machine, ""))).root
            run(path, roots[machine], line, status, shown)
    return len(commands)


def main():
    lib.need("jq", "jq")
    need_simulator()
    paths = [os.path.join(lib.TOP_SRCDIR, "README.md"), *sorted(glob.glob(os.path.join(lib.TOP_SRCDIR, "man/*.[578]")))]
    num = sum(run_block(path, block) for path in paths for block in blocks_of(path))
    # Whoever writes them in another way changes this file, too.
    lib.check(num >= 150, f"{num} command lines were found")
    lib.finish()


main()
