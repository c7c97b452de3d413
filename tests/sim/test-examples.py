#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""examples/offline.c: success, a busy block, Ctrl-C, a guard, and what it refuses. examples/configure-plan.c beside memctl.

And the command lines of the samples for udev and systemd."""

import os
import re
import signal
import subprocess

import simlib
from simlib import Sim, lib, until


def start(sim, *args):
    program = os.path.join(lib.TOP_BUILDDIR, "examples/offline")
    return subprocess.Popen([program, *args, sim.root], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, env=lib.environment())


def check(process, status, blocks, last):
    """How it exits, what it says became of the blocks, and the last line of its messages."""
    out, err = process.communicate(timeout=simlib.PATIENCE)
    lib.equal(out.splitlines(), [f"block {block}: {words}" for block, words in blocks.items()], "blocks")
    lib.equal(err.splitlines()[-1:], [last], "messages")
    lib.equal(process.returncode, status, f"exit status ({err})")


def offline(sim):
    return {block for block, (state, _) in sim.truth().items() if state == "offline"}


def test_success():
    with Sim() as sim:
        check(start(sim, "2"), 0, {11: "changed, offline", 10: "changed, offline"}, "2 of 2 blocks")
        lib.equal(offline(sim), {10, 11, 12, 13, 14, 15}, "offline")


def test_busy():
    """The next one has its turn, and where there is none it is not all that was asked."""
    with Sim(more="fault offline block 10 fails EBUSY\nfault offline block 0-7 times always fails EBUSY\n") as sim:
        check(start(sim, "2"), 0, {11: "changed, offline", 10: "busy, online", 9: "changed, offline"}, "2 of 2 blocks")
        blocks = {10: "changed, offline", 8: "changed, offline"} | dict.fromkeys(range(7, -1, -1), "busy, online")
        check(start(sim, "3"), 1, blocks, "2 of 3 blocks")
        lib.equal(offline(sim), set(range(8, 16)), "offline")


def test_cancel():
    with Sim(more="pinned 10\n") as sim:
        process = start(sim, "3")
        until(lambda: sim.state(10) == "going-offline", "block 10 going offline")
        process.send_signal(signal.SIGINT)
        check(process, 1, {11: "changed, offline", 10: "interrupted, online", 9: "not-tried, online"}, "1 of 3 blocks")
        lib.equal(offline(sim), {11, 12, 13, 14, 15}, "offline")


def test_guard():
    """Two blocks are more than the 200 MiB that are available; one is not. What nobody can tell is refused as well."""
    with Sim(more='file proc/meminfo "MemTotal: 2097152 kB\\nMemAvailable: 204800 kB\\n"\n') as sim:
        check(start(sim, "2"), 1, {}, "offline: Operation not permitted")
        lib.equal(sim.log(), [], "stores")
        check(start(sim, "1"), 0, {11: "changed, offline"}, "1 of 1 blocks")
    with Sim(more="remove proc/meminfo\n") as sim:
        check(start(sim, "1"), 1, {}, "offline: No such file or directory")


def test_refused():
    with Sim() as sim:
        for number in "0", "many", "13", "-1":
            words = "Invalid argument" if number in ("0", "many") else "Numerical result out of range"
            check(start(sim, number), 1, {}, f"offline: {words}")
        lib.equal(sim.log(), [], "stores")


STANDBY = """block_size 0x10000000
blocks 0-3 zones Normal config 1 memmap_on_memory 0
blocks 4 state offline config 1 memmap_on_memory 1
blocks 5-6 config 0 memmap_on_memory 0
blocks 7 config 0
"""


def test_configure_plan():
    """The plan of the library is that of memctl, code by code."""
    with Sim(STANDBY) as sim:
        program = os.path.join(lib.TOP_BUILDDIR, "examples/configure-plan")
        out = subprocess.run([program, sim.root], capture_output=True, text=True, check=True, env=lib.environment()).stdout
        run = lib.Run(sim.root, "configure", "--range", "0x0-0x7fffffff", "--memmap-on-memory", "--dry-run", "--json")
        blocks = [f"{block['block_id']} {block['before']} {block['outcome']} {block['reason'] or 'none'} "
                  f"{'on-memory' if block['memmap_on_memory'] else 'elsewhere'}" for block in run.doc["blocks"]]
        lib.equal(out.splitlines(), blocks, "plan")
        lib.equal(blocks[0], "0 online impossible memmap-fixed elsewhere", "block 0")
        lib.equal(blocks[-1], "7 standby impossible no-memmap elsewhere", "block 7")


def commands(name):
    """The command lines of memctl in a sample, as they are installed"""
    with open(os.path.join(lib.TOP_BUILDDIR, "examples", name), encoding="utf-8") as file:
        return [match[1].split() for match in re.finditer(r"^[^#\n]*/bin/memctl ([^\"'&\n]*)", file.read(), re.MULTILINE)]


def fill(words, name):
    return [word.replace("%k", name).replace("%I", name) for word in words]


def test_online_samples():
    """The rule and its unit: a block that is there, and one that comes while they wait."""
    for sample in "70-memctl-online.rules", "memctl-online@.service":
        with Sim() as sim:
            (online,) = commands(sample)
            lib.equal(lib.Run(sim.root, *fill(online, "memory12")).status, 0, sample)
            sim.do("block 13 vanishes")
            later = subprocess.Popen([lib.MEMCTL, "--sysroot", sim.root, *fill(online, "memory13")], env=lib.environment())
            sim.do("block 13 appears")
            lib.equal(later.wait(simlib.PATIENCE), 0, f"{sample}: a block that comes later")
            lib.equal([sim.truth()[block] for block in (12, 13)], [("online", "Movable")] * 2, sample)


def test_hold_sample():
    """What comes online again ends the wait, and is taken offline again."""
    with Sim() as sim:
        offline_it, wait = (fill(words, "0x48000000") for words in commands("memctl-hold-offline@.service"))
        for _ in range(2):
            lib.equal(lib.Run(sim.root, *offline_it).status, 0, "offline")
            lib.equal(sim.state(9), "offline", "the block")
            waiting = subprocess.Popen([lib.MEMCTL, "--sysroot", sim.root, *wait], env=lib.environment())
            sim.do("block 9 online")
            lib.equal(waiting.wait(simlib.PATIENCE), 0, "it comes online")


def test_restore_sample():
    """With a block missing that was saved"""
    with Sim() as sim:
        settle, restore = commands("memctl-restore.service")
        layout = os.path.join(lib.TMP, "layout.json")
        lib.equal(lib.Run(sim.root, "save", layout).status, 0, "save")
        sim.do("block 9 offline")
        sim.do("block 15 vanishes")
        lib.equal(lib.Run(sim.root, *[word.replace("3s", "50ms") for word in settle]).status, 0, "settled")
        lib.equal(lib.Run(sim.root, *restore[:-1], layout).status, 0, "restore")
        lib.equal(sim.truth()[9], ("online", "Movable"), "the block")


simlib.run_tests(globals())
