#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of memctl(7): each row is run with the other program and with memctl, on machines that are alike, and compared."""

import json
import os
import re
import shutil
import subprocess
import tempfile

from simlib import Sim, lib, need_simulator

MACHINE = """
auto_online offline
node 0 cpus 0-3
node 1 cpus 4-7
blocks 0 node 0 zones none
blocks 1-23 node 0 zones DMA32
blocks 9 node 0 state offline zones "DMA32 Movable"
blocks 32-56 node 0 zones Normal
blocks 72-87 node 1 zones Movable
blocks 96-99 node 1 state offline zones "Normal Movable"
file proc/meminfo "MemTotal: 16000000 kB\\nMemFree: 12000000 kB\\nMemAvailable: 12000000 kB\\n"
"""
# What daxctl wants to know of a device: its region, its character device, and that kmem has it
DEVICE = "sys/devices/platform/pmem/region0"
DAX = f"""
auto_online offline
node 0 cpus 0-3
node 1
blocks 0 node 0 zones none
blocks 1-31 node 0 zones Normal
blocks 32-39 node 1 state offline zones "Normal Movable"
boot_map 0-31
file proc/iomem "00001000-ffffffff : System RAM\\n100000000-13fffffff : dax0.0\\n  100000000-13fffffff : System RAM (kmem)\\n"
file proc/meminfo "MemTotal: 16000000 kB\\nMemFree: 12000000 kB\\nMemAvailable: 12000000 kB\\n"
file {DEVICE}/dax_region/size "1073741824\\n"
file {DEVICE}/dax_region/align "2097152\\n"
file {DEVICE}/dax_region/id "0\\n"
file {DEVICE}/dax0.0/size "1073741824\\n"
file {DEVICE}/dax0.0/resource "0x100000000\\n"
file {DEVICE}/dax0.0/align "2097152\\n"
file {DEVICE}/dax0.0/target_node "1\\n"
dir sys/module/kmem
dir sys/bus/dax/drivers/kmem
link sys/bus/dax/drivers/kmem/module ../../../../module/kmem
link {DEVICE}/dax0.0/driver ../../../../../bus/dax/drivers/kmem
link {DEVICE}/dax0.0/subsystem ../../../../../bus/dax
link sys/bus/dax/devices/dax0.0 ../../../devices/platform/pmem/region0/dax0.0
link sys/dev/char/0:0 ../../devices/platform/pmem/region0/dax0.0
"""
# What the row takes offline is online.
DAX_ONLINE = DAX + "blocks 32-39 node 1 state online zones Movable\n"


def rows():
    with open(os.path.join(lib.TOP_SRCDIR, "man/memctl.7"), encoding="utf-8") as file:
        table = re.search(r"^\.TS\n.*?^_\n(.*?)^\.TE", file.read(), re.M | re.S).group(1)
    return [row.replace("\\-", "-").split("\t") for row in table.splitlines()]


def run(command, **more):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300,
                          env=lib.environment(), **more)
    if done.returncode:
        lib.fail(f"{command}: exit status {done.returncode}: {done.stderr}")
    return done.stdout


def memctl(sim, line):
    return run([lib.MEMCTL, "--sysroot", sim.root, *line.split()[1:]])


def sizes(text):
    return re.findall(r"\b[0-9]{6,}\b", text)


def blocks(text):
    """A table by its headings: the state of each block"""
    head, *lines = text.partition("\n\n")[0].splitlines()
    lines = [dict(zip(head.split(), line.split())) for line in lines if line.startswith("0x")]
    states = {}
    for line in lines:
        first, last = (int(word, 16) >> 27 for word in line["RANGE"].split("-"))
        states.update({block: line["STATE"] for block in range(first, last + 1)})
    return states


def documents(text):
    return [{key: row[key] for key in ("range", "state", "block")} for row in json.loads(text)["memory"]]


def plain(text):
    return [line.lower().split() for line in text.splitlines() if line.startswith("0x")]     # "None", "none"


def compare_lists(sim, theirs, ours):
    name, *arguments = theirs.split()
    view = sizes if "only" in theirs else documents if "-J" in theirs else plain if "-r" in theirs else blocks
    if view is documents:       # lsmem splits by what is removable, too: block by block they are alike
        ours += " -a"
        arguments.append("-a")
    got, expected = memctl(sim, ours), run([name, "--sysroot", sim.root, *arguments])
    lib.check(view(expected), f"{theirs}: it shows nothing")
    lib.equal(view(got), view(expected), f"{ours}, {theirs}")


def jail(command):
    """A root that has nothing but that program, what it needs and the folder sys. Nothing of this machine can be reached there."""
    root = tempfile.mkdtemp(dir=lib.TMP)
    program = shutil.which(command)
    libraries = re.findall(r"(/\S+) \(0x", run(["ldd", program]))
    for path in [*libraries, program]:
        target = root + (path if path != program else "/program")
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy(path, target)
    os.mkdir(f"{root}/sys")
    os.mkdir(f"{root}/dev")
    with open(f"{root}/dev/dax0.0", "w", encoding="utf-8"):
        pass
    return root


UNSHARE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]


def jailed(sim, line):
    command, *arguments = line.split()
    script = 'mount --bind "$1/sys" "$2/sys" && cd "$2" && shift 2 && exec chroot . /program "$@"'
    run([*UNSHARE, "sh", "-c", script, "sh", sim.root, jail(command), *arguments])


def can_jail():
    return subprocess.run([*UNSHARE, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


def counts(truth):
    states = [state for state, _ in truth.values()]
    return {state: states.count(state) for state in states}


def compare_changes(machine, theirs, ours):
    with Sim(machine) as sim, Sim(machine) as other:
        before = sim.truth(), sim.read("auto_online_blocks")
        memctl(sim, ours)
        if theirs.startswith("echo"):
            run(["sh", "-c", theirs], cwd=other.path("sys/devices/system/memory"))
        else:
            jailed(other, theirs)
        lib.check((sim.truth(), sim.read("auto_online_blocks")) != before, f"{ours}: nothing has changed")
        view = counts if re.fullmatch(r"chmem -d [0-9]+m", theirs) else dict
        lib.equal(view(sim.truth()), view(other.truth()), f"{ours}, {theirs}")
        lib.equal(sim.read("auto_online_blocks"), other.read("auto_online_blocks"), f"{ours}, {theirs}: auto_online_blocks")


def main():
    lib.need("lsmem", "util-linux")
    lib.need("daxctl", "daxctl")
    need_simulator()
    with_jail = can_jail()
    compared = 0
    with Sim(MACHINE) as shown:
        for theirs, ours in rows():
            name = theirs.split()[0]
            if name == "lsmem":
                compare_lists(shown, theirs, ours)
            elif name == "cat":
                value = run(["sh", "-c", theirs], cwd=shown.path("sys/devices/system/memory")).strip()
                shows = re.search(rf"^{theirs.split()[1]} +{value} ", memctl(shown, ours), re.M)
                lib.check(shows, f"{ours}: it does not show {value}")
            elif name == "echo" or with_jail:
                compare_changes(DAX_ONLINE if "offline-memory" in theirs else DAX if name == "daxctl" else MACHINE, theirs, ours)
            else:
                continue
            compared += 1
    lib.check(compared >= (20 if with_jail else 12), f"{compared} rows were compared")
    if not with_jail and not lib.failures():
        lib.skip("there are no namespaces for mounts, in which chmem and daxctl see a machine that is not there")
    lib.finish()


main()
