#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The examples at the end of each command's --help do what they say."""

import os

import simlib
from simlib import Sim, lib

USUAL = """
node 0 cpus 0-3
node 1
blocks 0-7 node 0 zones Normal
blocks 16-19 node 0 zones Movable
blocks 32-35 node 1 zones Movable
blocks 40-43 node 1 state offline zones "Normal Movable"
param online_policy contig-zones
dir etc
"""
DIMM = USUAL + 'dir sys/bus/acpi/devices/PNP0C80:00\nfile sys/bus/acpi/devices/PNP0C80:00/eject ""\n' + "".join(
    f"link sys/devices/system/memory/memory{block}/firmware_node ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00\n"
    for block in range(32, 36))
DAX = """
node 0
blocks 0-7 node 0 zones Normal
file sys/bus/dax/devices/dax0.0/state "unplugged\\n"
file sys/bus/dax/devices/dax0.0/size "1073741824\\n"
"""
with open(os.path.join(lib.MACHINES, "s390-standby.machine"), encoding="utf-8") as _file:
    STANDBY = _file.read().replace("blocks 10-11", "blocks 11").replace("blocks 14-15", "blocks 10,14-15")
PROBE = "probe\nnode 0\nblocks 0-3 node 0 zones Normal\nram memmap 0-63\nfile proc/iomem \"00000000-1fffffff : System RAM\\n\"\n"

MACHINES = {"remove": DIMM, "configure": STANDBY, "deconfigure": STANDBY, "probe": PROBE}
COMMANDS = "list status online offline remove configure deconfigure explain probe policy save diff restore".split()


def examples(command):
    text = lib.Run(None, command, "--help").out
    lines = text.partition("\nExamples:\n")[2].splitlines()
    lib.check(2 <= len(lines) <= 3, f"memctl {command} --help ends with two or three examples: {text}")
    return [line.split() for line in lines]


def test_examples():
    for command in COMMANDS:
        for words in examples(command):
            what = " ".join(words)
            lib.equal(words[0], "memctl", what)
            with Sim(DAX if "dax0.0" in words else MACHINES.get(command, USUAL)) as sim:
                # There is no firmware that ejects, and nothing keeps files: the one is waited for so long, the other only planned.
                ejects = words[1] == "remove" and "--dry-run" not in words
                layout = os.path.join(lib.TMP, "layout.json")
                if "layout.json" in words:
                    lib.equal(lib.Run(sim.root, "save", layout).status, 0, "save")
                    if words[1] == "restore":
                        sim.do("block 16 offline")
                    words = [layout if word == "layout.json" else word for word in words]
                if "--last" in words:
                    lib.equal(lib.Run(sim.root, "offline", "--block", "16").status, 0, "a request")
                more = ["--timeout", "1s"] if ejects else ["--dry-run"] if "--persist" in words else []
                run = lib.Run(sim.root, *words[1:], *more)
                lib.equal(run.status, 124 if ejects else 0, f"{what}: exit status\n{run.out}{run.err}")
                changes = words[1] in MACHINES or words[1] in ("online", "offline", "restore")
                if changes and "--dry-run" not in words and "list" not in words:
                    lib.check(sim.log(), f"{what}: changes nothing\n{run.out}{run.err}")


simlib.run_tests(globals())
