#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Waiting for blocks on a simulated machine: a wait that begins before, during or after the change always returns."""

import json
import os
import random
import resource
import signal
import subprocess
import threading
import time

from simlib import PATIENCE, Sim, lib, run_tests, until

check_schema = lib.validator()
MORE = 'blocks 16-19 node 0 state offline zones "Normal Movable"\n'


class Wait:
    """memctl in the background"""

    def __init__(self, sim, *args):
        self.what = " ".join(args)
        self.process = subprocess.Popen([lib.MEMCTL, "--sysroot", sim.root, *args], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=lib.environment(), text=True)

    def asleep(self):
        """Once it has looked, and waits for something to happen"""
        def is_asleep():
            with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as file:
                return file.read().rsplit(")", 1)[1].split()[0] == "S"
        until(lambda: self.process.poll() is not None or self._catches() and is_asleep(), f"{self.what}: sleeping")
        lib.equal(self.process.poll(), None, f"{self.what}: ended at once")
        return self

    def _catches(self):
        """It blocks the signals that end it before it looks."""
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as file:
            blocked = next(line.split()[1] for line in file if line.startswith("SigBlk:"))
        return int(blocked, 16) >> (signal.SIGTERM - 1) & 1

    def ends(self, status):
        self.out, self.err = self.process.communicate(timeout=PATIENCE)
        lib.equal(self.process.returncode, status, f"{self.what}: exit status ({self.err})")
        return self

    def document(self, status):
        self.ends(status)
        doc = json.loads(self.out)
        for error in check_schema(doc):
            lib.fail(f"{self.what}: {error}")
        lib.equal(doc["exit_status"], status if status >= 0 else 128 - status, f"{self.what}: exit_status")
        return doc


def test_random_orders():
    """200 waits, each for a change of its own that comes before, while or after it begins; one lost is one that never ends."""
    chance = random.Random(4711)
    goals = {"offline": range(0, 8), "online": range(12, 16), "present": range(16, 20), "absent": range(8, 12)}
    for _ in range(10):
        with Sim(more=MORE) as sim:
            sim.do("block 16-19 vanishes")
            blocks = [(block, goal) for goal, several in goals.items() for block in several]
            changes, begins = chance.sample(blocks, len(blocks)), chance.sample(blocks, len(blocks))
            pauses = [chance.choice((0, 0.01, 0.05)) for _ in blocks]

            def change():
                for (block, goal), pause in zip(changes, pauses):
                    if goal in ("online", "offline"):
                        lib.equal(sim.write(f"memory{block}/state", goal), 0, f"block {block}")
                    else:
                        sim.do(f"block {block} {'appears' if goal == 'present' else 'vanishes'}")
                    time.sleep(pause)

            changer = threading.Thread(target=change)
            waits = []
            for place, (block, goal) in enumerate(begins):
                waits.append(Wait(sim, "wait", "--for", goal, "--block", str(block), "--timeout", "60s", "--quiet"))
                if place == len(begins) // 3:
                    changer.start()
            changer.join()
            for wait in waits:
                wait.ends(0)


def test_selection():
    """All of it, or as much as is asked for; what is not there yet belongs to it."""
    with Sim(more=MORE) as sim:
        sim.do("block 17-19 vanishes")
        whole = Wait(sim, "wait", "--for", "online", "--block", "14-17", "--json").asleep()
        part = Wait(sim, "wait", "--for", "online", "--block", "14-17", "--at-least", "256M", "--json").asleep()
        sim.write("memory14/state", "online")
        sim.write("memory15/state", "online")
        doc = part.document(0)
        lib.equal((doc["outcome"], doc["so"], doc["not_so"]), ("complete", 256 << 20, 256 << 20), "a part of it")
        lib.equal([(row["block"], row["state"]) for row in doc["blocks"]], [("16", "offline"), ("17", "absent")], "the rest")
        sim.write("memory16/state", "online")
        sim.do("block 17 appears")
        sim.write("memory17/state", "online")
        doc = whole.document(0)
        lib.equal((doc["so"], doc["not_so"], doc["blocks"]), (512 << 20, 0, []), "all of it")


def test_failed_offline():
    """No event says that a block which was going offline is online again."""
    with Sim(more="pinned 8\n") as sim:
        holder = subprocess.Popen(["sh", "-c", 'echo offline > "$0"', sim.path("memory8/state")], stderr=subprocess.DEVNULL)
        until(lambda: sim.state(8) == "going-offline", "going-offline")
        wait = Wait(sim, "wait", "--for", "online", "--block", "8").asleep()
        nobody = Wait(sim, "wait", "--for", "absent", "--state", "going-offline").asleep()
        holder.kill()
        holder.wait()
        wait.ends(0)
        nobody.ends(0)


def test_end():
    """A deadline and a signal are told with what is not so."""
    with Sim(more=MORE) as sim:
        sim.do("block 17-19 vanishes")
        doc = Wait(sim, "wait", "--for", "online", "--block", "11-18", "--timeout", "300ms", "--json").document(124)
        lib.equal((doc["outcome"], doc["so"], doc["not_so"], doc["unknown"]), ("timeout", 128 << 20, 896 << 20, 0), "the deadline")
        lib.equal([(row["block"], row["state"]) for row in doc["blocks"]], [("12-16", "offline"), ("17-18", "absent")], "not so")
        for number in signal.SIGINT, signal.SIGTERM:
            wait = Wait(sim, "wait", "--for", "absent", "--block", "11-18").asleep()
            wait.process.send_signal(number)
            wait.ends(-number)
            lib.check("Interrupted" in wait.out and "block 11: online" in wait.err and "blocks 12-16: offline" in wait.err,
                      f"interrupted: {wait.out}{wait.err}")


def test_settled():
    """What goes on keeps it waiting, unless it is about other blocks."""
    with Sim() as sim:
        before = time.monotonic()
        busy = Wait(sim, "wait", "--settled", "600ms", "--json").asleep()
        other = Wait(sim, "wait", "--settled", "600ms", "--block", "0-3", "--json").asleep()
        for number in range(12):
            sim.write("memory12/state", ("online", "offline")[number % 2])
            time.sleep(0.2)
        lib.check(busy.document(0)["events"] > 0 and time.monotonic() - before >= 2.4, "it goes on")
        lib.equal(other.document(0)["events"], 0, "other blocks")


def test_shortage():
    """A lack of files passes, and nothing is lost by it."""
    with Sim(more="node 1\nblocks 16 node 1 state offline zones Movable\n") as sim:
        sim.do("block 16 vanishes")
        wait = Wait(sim, "wait", "--for", "present", "--node", "1")
        lib.check("no block matches so far" in wait.process.stderr.readline(), "it has looked")
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.prlimit(wait.process.pid, resource.RLIMIT_NOFILE, (3, limits[1]))
        sim.do("block 16 appears")
        lib.check("cannot look at the blocks for now: Too many open files" in wait.process.stderr.readline(), "a lack of files")
        resource.prlimit(wait.process.pid, resource.RLIMIT_NOFILE, limits)
        lib.equal(wait.ends(0).err, "", "said once")


def test_wait_present():
    """online waits for its blocks, within its deadline; else nothing is changed."""
    with Sim(more=MORE) as sim:
        sim.do("block 16-19 vanishes")
        online = Wait(sim, "online", "--block", "15-17", "--wait-present", "--json").asleep()
        lib.equal(Wait(sim, "offline", "--block", "11").ends(0).process.returncode, 0, "another one meanwhile")
        for block in 17, 16:
            lib.equal(sim.state(15), "offline", "not before all are there")
            sim.do(f"block {block} appears")
            time.sleep(0.3)
        doc = online.document(0)
        lib.equal([(step["block_id"], step["after"]) for step in doc["blocks"]], [(n, "online") for n in (15, 16, 17)], "online")
        lib.check("waiting for blocks 16-17, for as long as it takes" in online.err, online.err)

        before = sim.truth()
        late = Wait(sim, "offline", "--block", "10,16,18-19", "--wait-present", "--timeout", "300ms", "--json").document(124)
        lib.equal(late["error"]["code"], "timeout", "the deadline")
        lib.check("blocks 18-19" in late["error"]["text"], late["error"]["text"])
        wait = Wait(sim, "offline", "--range", "0x90000000-0x9fffffff", "--wait-present").asleep()
        wait.process.send_signal(signal.SIGINT)
        lib.check("nothing was changed" in wait.ends(-signal.SIGINT).err, wait.err)
        lib.equal(sim.truth(), before, "nothing was changed")


def test_late_node():
    """A block that is there may get the link to its node still; one that never does keeps nobody for long."""
    tree = lib.describe("late", 'node 0\nblocks 0-3 node 0 zones Normal\nblocks 4-5 node 0 state offline zones "Normal Movable"\n')
    os.unlink(os.path.join(tree, "sys/devices/system/memory/memory5/node0"))
    os.unlink(os.path.join(tree, "sys/devices/system/node/node0/memory5"))
    with lib.changeable(tree) as root:
        run = lib.Run(root, "online", "--block", "4-5", "--node", "0", "--wait-present", "--json")
        lib.equal((run.status, [step["block_id"] for step in run.doc["blocks"]]), (0, [4]), run.what)
        lib.check(run.doc["elapsed_ms"] >= 1000, f"{run.what}: it has not waited: {run.doc['elapsed_ms']}")


run_tests(globals())
