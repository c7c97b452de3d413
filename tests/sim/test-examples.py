#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""examples/offline.c: success, a busy block, Ctrl-C, a guard, and what it refuses."""

import os
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


simlib.run_tests(globals())
