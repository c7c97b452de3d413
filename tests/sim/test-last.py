#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl restore --last and --list on the simulator: what was done, or half done by a memctl that was killed, comes back.

test-last.py [SEED [ROUNDS]]: other kills at random moments."""

import json
import os
import random
import subprocess
import sys
import time

import simlib
from simlib import MACHINE, Sim, lib, until

ERRORS = lib.validator()
SEED, ROUNDS = [int(word) for word in (*sys.argv[1:3], *("1", "10")[len(sys.argv[1:3]):])]


def run(sim, *args, status=0, **more):
    done = lib.Run(sim.root, *args, **more)
    lib.equal(done.status, status, f"{done.what}: {done.err}")
    return done


def last(sim, status, *args):
    doc = run(sim, "restore", "--last", "--json", *args, status=status).doc
    for error in ERRORS(doc):
        lib.fail(f"restore --last {args}: {error}")
    return doc


def outcomes(doc):
    return {block["block_id"]: (block["goal"], block["outcome"]) for block in doc["blocks"]}


def stays(doc):
    return [(run["block"], run["reason"]) for run in doc["stays"]]


def refused(sim, text):
    done = run(sim, "restore", "--last", status=1)
    lib.check(text in " ".join(done.err.split()) and not done.out, f"{text}: {done.err}")


def states(sim):
    doc = run(sim, "restore", "--list", "--json").doc
    for error in ERRORS(doc):
        lib.fail(f"restore --list: {error}")
    return [request["state"] for request in doc["requests"]]


def noted(sim):
    """Whether a request came as far as its note"""
    folder = sim.path("run/memctl")
    return os.path.isdir(folder) and any(not name.startswith(".") for name in os.listdir(folder))


def warnings(sim):
    """What status finds about requests"""
    doc = run(sim, "status", "--json").doc
    for error in ERRORS(doc):
        lib.fail(f"status: {error}")
    return [finding for finding in doc["findings"] if finding["code"] == "request-cut-off"]


def start(sim, *args):
    return subprocess.Popen([lib.MEMCTL, "-s", sim.root, *args], env=lib.environment(), stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def kill(sim, process):
    process.kill()
    process.wait()
    until(lambda: not sim.writers(), "the writer's end")


def edit(sim, change):
    folder = sim.path("run/memctl")
    path = next(os.path.join(folder, name) for name in os.listdir(folder) if name.startswith("1."))
    with open(path, encoding="utf-8") as file:
        doc = json.load(file)
    change(doc)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(doc, file)
    return path


def test_there_and_back():
    """Each kind, and once more does nothing; a dry run tells, and notes nothing."""
    for args in (["offline", "--block", "9-10"], ["online", "--block", "12", "--movable"], ["online", "--block", "12-13"],
                 ["offline", "--count", "2"]):
        with Sim() as sim:
            refused(sim, "no request has left a note")
            before = sim.truth()
            run(sim, *args)
            after = sim.truth()
            plan = last(sim, 0, "--dry-run")
            lib.equal((sim.truth(), {outcome for _, outcome in outcomes(plan).values()}), (after, {"planned"}), f"{args}: the plan")
            lib.check(plan["request"]["command"].endswith(" ".join(args)), plan["request"])
            lib.equal(last(sim, 0)["outcome"], "complete", args)
            lib.equal(sim.truth(), before, f"{args}: all is as before")
            done = run(sim, "restore", "--last")
            lib.check("has been brought back already" in done.err and "nothing to do" in done.err, done.err)
            lib.equal((sim.truth(), states(sim)), (before, ["ended"]), f"{args}: once more")


def test_which_request():
    """The last one, never one by udev, and it is named."""
    with Sim() as sim:
        run(sim, "offline", "--block", "9", env={"SUDO_USER": "anna"})
        run(sim, "offline", "--block", "10", env={"MEMCTL_BY": "udev"})
        out = run(sim, "restore", "--list", "--noheadings").out.splitlines()
        lib.equal([line.split()[2] for line in out], ["udev", "anna"], "the list, the last one first")
        lines = lib.at_terminal("--sysroot", sim.root, "restore", "--list", "--noheadings", columns=60)[1].splitlines()
        times = [line[:19] for line in lines if line[0] != " "]
        lib.equal(times, [line[:19] for line in out], "a command breaks, and no time does")
        err = " ".join(run(sim, "restore", "--last").err.split())
        lib.check("by anna, ended as complete: " in err and err.endswith("offline --block 9"), err)
        lib.equal((sim.state(9), sim.state(10)), ("online", "offline"), "which blocks")


def test_others():
    """What others have changed since is left alone, and what nothing brings back is named."""
    with Sim() as sim:
        run(sim, "offline", "--block", "8-10")
        sim.do("block 9 online Normal")
        sim.do("block 10 vanishes")
        doc = last(sim, 64)
        lib.equal((outcomes(doc), stays(doc)), ({8: ("online_movable", "changed")}, [("9", "others"), ("10", "gone")]), "the rest")
        lib.equal(doc["outcome"], "partial", "not all of it")
        lib.equal(sim.zones(9), "Normal", "another one's block")


def test_no_block_of_its_own():
    """A request that could not change a block has nothing to bring back there, whatever becomes of it."""
    with Sim(more="fault offline block 9 times 1 fails EBUSY\n") as sim:
        run(sim, "offline", "--block", "8-9", status=64)
        sim.do("block 9 offline")
        doc = last(sim, 64)
        lib.equal((outcomes(doc), stays(doc)), ({8: ("online_movable", "changed")}, [("9", "others")]), "the other one's")


def test_nothing_changed():
    """A request that has failed, or was rolled back, leaves no note: the last one is that before it."""
    with Sim(more="fault offline block 9-10 times always fails EBUSY\n") as sim:
        before = sim.truth()
        run(sim, "offline", "--block", "8")
        run(sim, "offline", "--block", "9", status=1)
        run(sim, "offline", "--block", "10-11", "--rollback", status=1)
        lib.equal(states(sim), ["ended"], "the notes")
        lib.equal((last(sim, 0)["outcome"], sim.truth()), ("complete", before), "the one that has changed something")


def test_device():
    """A device that came as a whole stays, and nothing is said to be as before."""
    with Sim("param memmap_on_memory Y\nnode 0\nblocks 0-7 node 0 zones Normal\n"
             'file sys/bus/dax/devices/dax0.0/state "unplugged\\n"\n'
             'file sys/bus/dax/devices/dax0.0/size "1073741824\\n"\n') as sim:
        run(sim, "configure", "--source", "dax0.0")
        done = run(sim, "restore", "--last", status=64)
        err = " ".join(done.err.split())
        lib.check("about dax0.0 as a whole" in err and "nothing else to do" in err and "as they were" not in err, err)


def test_engine():
    """It is a request as any other: guards, rollback, what fails stays to be brought back."""
    with Sim(more="fault online block 9 times 2 fails ENOMEM\n") as sim:
        run(sim, "offline", "--block", "8-9")
        lib.equal((last(sim, 1, "--rollback")["outcome"], sim.state(8)), ("rolled-back", "offline"), "all or nothing")
        lib.equal((last(sim, 64)["outcome"], sim.state(8)), ("partial", "online"), "what can be done")
        lib.equal((outcomes(last(sim, 0)), sim.state(9)), ({9: ("online_movable", "changed")}, "online"), "and the rest")
    with Sim(more='file proc/meminfo "MemTotal: 2000000 kB\\nMemFree: 90000 kB\\nMemAvailable: 100000 kB\\n"\n') as sim:
        run(sim, "online", "--block", "12", "--movable")
        lib.equal(last(sim, 4)["guard"]["code"], "memory-left", "a guard")


def test_probe():
    """Blocks that were added stay."""
    with Sim("probe\nnode 0\nblocks 0-7 node 0 zones Normal\nram memmap 0-31\n"
             'file proc/iomem "00000000-3fffffff : System RAM\\n"\n') as sim:
        run(sim, "probe", "0x80000000", "--online")
        doc = last(sim, 64)
        lib.equal((outcomes(doc), stays(doc), sim.state(16)), ({}, [("16", "added")], "online"), "a block that was added")


def test_void():
    """After a boot, with another block size, and when what is there is not trusted, nothing is brought back."""
    with Sim(more='file proc/sys/kernel/random/boot_id "one\\n"\n') as sim:
        run(sim, "offline", "--block", "9")
        path = edit(sim, lambda doc: doc.update(boot_id="another"))
        refused(sim, "is void: the machine was booted since")
        refused(sim, "try: memctl --sysroot")
        lib.equal(states(sim), ["void"], "its state")
        edit(sim, lambda doc: doc.update(boot_id=None))
        refused(sim, "is void: it is not known of which boot it is")
        edit(sim, lambda doc: doc.update(boot_id="one"))
        os.chmod(path, 0o620)
        refused(sim, "it belongs to another user, or others can write to it")
        lib.equal(lib.Run(sim.root, "restore", "--list").status, 64, "the list says so")
        lib.equal(lib.Run(sim.root, "status").status, 64, "status, too")
        os.chmod(path, 0o600)
        edit(sim, lambda doc: doc.update(after=7))
        refused(sim, "it has no \"request\"")
        os.unlink(path)
        os.symlink("/etc/passwd", os.path.join(sim.tree(), "run/memctl/1.7.json"))
        refused(sim, "1.7.json: ")
        os.unlink(os.path.join(sim.tree(), "run/memctl/1.7.json"))
        os.mkfifo(os.path.join(sim.tree(), "run/memctl/1.7.json"))
        refused(sim, "1.7.json: ")
        os.chmod(os.path.join(sim.tree(), "run/memctl"), 0o777)
        refused(sim, "is not trusted: it belongs to another user, or others can write to it")
        lib.check("run/memctl: it belongs to another user, or others can write to it" in lib.Run(sim.root, "status").err, "status")
        lib.equal(sim.state(9), "offline", "nothing was changed")


def test_usage():
    with Sim() as sim:
        done = run(sim, "restore", status=2)
        lib.check("or --last for the last request" in done.err, done.err)
        for args in ["--last", "--list"], ["--last", "file"], ["--list", "file"], ["--last", "--policy"], ["--list", "--dry-run"], (
                ["--last", "--present-only"]):
            lib.equal(lib.Run(sim.root, "restore", *args).status, 2, args)


def test_running():
    """A request that still runs is neither cut off nor brought back."""
    with Sim(more="pinned 11\n") as sim:
        before = sim.truth()
        process = start(sim, "offline", "--block", "9-11")
        until(lambda: sim.state(11) == "going-offline", "the last block")
        lib.equal(states(sim), ["running"], "while it runs")
        refused(sim, f"still runs: process {process.pid}")
        lib.equal(warnings(sim), [], "while it runs")
        kill(sim, process)
        lib.equal(states(sim), ["cut-off"], "when it was killed")
        (finding,) = warnings(sim)
        lib.check(finding["text"].endswith(" was cut off: 2 of 3 blocks are offline"), finding)
        lib.equal((finding["command"], finding["name"], finding["figures"]["changed"], finding["figures"]["blocks"]),
                  (f"memctl --sysroot {sim.root} restore --last", "offline", 2, 3), "the finding")
        lib.equal(lib.Run(sim.root, "status", "--check").status, 5, "status --check")
        err = " ".join(run(sim, "restore", "--last").err.split())
        lib.check("was cut off: " in err, err)
        lib.equal((sim.truth(), warnings(sim)), (before, []), "all is as before")


def move(sim, block, zone):
    """Have restore bring a block to another zone, so that it goes offline in between: the process"""
    path, size = os.path.join(lib.TMP, "other-zone.json"), 128 << 20
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"schema_version": 1, "command": "save", "block_size": size, "memory": [
            {"start": block * size, "size": size, "state": "online", "zone": zone}]}, file)
    return start(sim, "restore", path)


def kill_half_way(sim, process, block):
    """The block is offline, and the store that is to bring it online does not end."""
    until(lambda: sim.state(block) == "offline" and sim.writers(), "half way")
    kill(sim, process)
    lib.equal((sim.state(block), states(sim)), ("offline", ["cut-off"]), "when it was killed")


def test_half_way():
    """A block that was to go to another zone, and got as far as offline: there, and on the way back."""
    with Sim(more="fault online block 9 times 1 loops\n") as sim:
        before = sim.truth()
        kill_half_way(sim, move(sim, 9, "Normal"), 9)
        lib.check(warnings(sim)[0]["text"].endswith(" was cut off: 1 of 1 block is changed"), warnings(sim))
        lib.equal((outcomes(last(sim, 0)), sim.truth()), ({9: ("online_movable", "changed")}, before), "it is brought back")
    with Sim(more="fault online block 9 nth 2 times 1 loops\n") as sim:
        before = sim.truth()
        lib.equal((move(sim, 9, "Normal").wait(), sim.zones(9)), (0, "Normal"), "it is moved")
        kill_half_way(sim, start(sim, "restore", "--last"), 9)
        lib.equal((outcomes(last(sim, 0)), sim.truth()), ({9: ("online_movable", "changed")}, before), "it is brought back")
    with Sim() as sim:
        move(sim, 9, "Normal").wait()
        sim.do("block 9 offline")
        lib.equal((stays(last(sim, 64)), sim.state(9)), ([("9", "others")], "offline"), "by somebody else, once it had ended")


REQUESTS = [["offline", "--zone", "Movable"], ["online", "--block", "28-47", "--movable"], ["online", "--block", "30-40"],
            ["offline", "--size", "1G"], ["offline", "--zone", "Movable", "--rollback"]]


def rounds(rng):
    """Machines with a request that was killed at any moment, once it had a note: (what it is, simulator, the blocks before it)"""
    for number in range(ROUNDS):
        with Sim(MACHINE.replace("8-11", "8-27").replace("12-15", "28-47"), "fault any block 8-47 times always takes 3\n") as sim:
            before, args = sim.truth(), rng.choice(REQUESTS)
            what = f"seed {SEED}, round {number}: {args}"
            process = start(sim, *args, "--force=ratio")
            time.sleep(rng.random() * 0.15)
            kill(sim, process)
            if noted(sim):
                yield what, sim, before
            else:
                lib.equal(sim.truth(), before, f"{what}: killed before its note")


def test_kill_at_random():
    """A request, and the way back as well, killed at any moment: in the end the blocks are as before."""
    rng, cut_off = random.Random(SEED), 0
    for what, sim, before in rounds(rng):
        if rng.random() < 0.5:
            process = start(sim, "restore", "--last", "--force")
            time.sleep(rng.random() * 0.1)
            kill(sim, process)
        kinds = [request["outcome"] for request in run(sim, "restore", "--list", "--json").doc["requests"]]
        cut_off += kinds == [None]
        run(sim, "restore", "--last", "--force")
        lib.equal(sim.truth(), before, what)
    print(f"{cut_off} of {ROUNDS} requests were cut off")
    lib.check(ROUNDS < 50 or cut_off, "no request was cut off")


simlib.run_tests(globals())
