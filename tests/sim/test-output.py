#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What becomes of the report of a change: where it cannot be written, and when a signal comes meanwhile."""

import fcntl
import json
import os
import signal
import subprocess

import simlib
from simlib import Sim, lib, until

STANDBY = """
block_size 0x10000000
blocks 0-3 zones Normal config 1 memmap_on_memory 0
blocks 4-5 config 0 memmap_on_memory 0
"""
PROBE = """
block_size 0x10000000
page_size 65536
probe
cmdline "mem=512M"
node 0
blocks 0-1 node 0 zones Normal
ram device-tree 0,1-3
file proc/iomem "00000000-1fffffff : System RAM\\n"
"""
CHANGES = [
    (simlib.MACHINE, ["offline", "--block", "8-9"], ["block 8: changed; now: offline", "block 9: changed; now: offline"]),
    (simlib.MACHINE, ["offline", "--block", "8", "--progress"], ["block 8: changed; now: offline"]),
    (simlib.MACHINE, ["online", "--all", "--movable"], [f"block {block}: changed; now: online" for block in range(12, 16)]),
    (simlib.MACHINE, ["policy", "set", "auto_online_blocks", "online"], ["auto_online_blocks: changed; now: online"]),
    (STANDBY, ["configure", "--block", "4-5"], ["block 4: changed; now: offline", "block 5: changed; now: offline"]),
    (PROBE, ["probe", "0x20000000", "--online"], ["block 2: changed; now: online"]),
]


def command(sim, *args):
    return [lib.MEMCTL, "--sysroot", sim.root, *args]


def check_lost(machine, args, lines, output, why):
    """Without its report a change is a failure, and yet it is told what became of what."""
    with Sim(machine) as sim:
        done = subprocess.run(command(sim, *args), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE, text=True,
                              env=lib.environment(), check=False)
    what = " ".join(args)
    lib.equal(done.returncode, 1, f"{what}: {why}")
    said = done.stderr.splitlines()
    for line in [f"memctl {args[0]}: standard output cannot be written: {why}", *lines]:
        lib.equal(said.count(line), 1, f"{what}: {line}: {done.stderr}")


def test_full():
    for machine, args, lines in CHANGES:
        for more in [], ["--json"]:
            if "--progress" in args and not more:
                continue
            with open("/dev/full", "wb") as full:
                check_lost(machine, args + more, lines, full, "No space left on device")


def test_closed_pipe():
    """Nobody reads: SIGPIPE does not end a request half way, and is no way for it to end without a word."""
    machine, args, lines = CHANGES[0]
    for more in [], ["--json"], ["--json", "--progress"]:
        reader, writer = os.pipe()
        os.close(reader)
        check_lost(machine, args + more, lines, writer, "Broken pipe")
        os.close(writer)


def test_signal_while_reporting():
    """The report is written whole, whichever signal comes while its reader is slow, and nothing is changed twice."""
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
        with Sim() as sim:
            reader, writer = os.pipe()
            size = fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
            os.write(writer, b"\n" * size)
            process = subprocess.Popen(command(sim, "offline", "--block", "8-11", "--json"), stdin=subprocess.DEVNULL,
                                       stdout=writer, stderr=subprocess.PIPE, env=lib.environment())
            os.close(writer)
            until(lambda: is_reporting(sim, 4), "the report")
            process.send_signal(number)
            with os.fdopen(reader, encoding="utf-8") as file:
                text = file.read()
            err = process.communicate(timeout=simlib.PATIENCE)[1]
            doc = json.loads(text)
            what = f"{number.name} while reporting"
            lib.equal(process.returncode, 0, f"{what}: {err}")
            lib.equal(doc["exit_status"], 0, f"{what}: exit_status")
            lib.equal({block["block_id"]: block["after"] for block in doc["blocks"]}, dict.fromkeys(range(8, 12), "offline"),
                      f"{what}: blocks")
            lib.equal(len(sim.log()), 4, f"{what}: stores")


def is_reporting(sim, stores):
    """Whether the request is over: the lock is given back before the report."""
    if len(sim.log()) < stores:
        return False
    with open(os.path.join(sim.root, "run/memctl.lock"), "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


simlib.run_tests(globals())
