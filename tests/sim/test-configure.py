#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl configure, deconfigure and probe on the simulator: all or nothing, again, how far, in time, and interrupted."""

import json
import os
import signal
import subprocess

import simlib
from simlib import DEADLINE, Sim, lib, until

ERRORS = lib.validator()
with open(os.path.join(lib.MACHINES, "s390-standby.machine"), encoding="utf-8") as _file:
    STANDBY = _file.read()
# Four more that are standby memory, so that there is something to come back from
STANDBY = STANDBY.replace("blocks 14-15", "blocks 14-19")
DAX = """
node 0
blocks 0-7 node 0 zones Normal
file sys/bus/dax/devices/dax0.0/state "unplugged\\n"
file sys/bus/dax/devices/dax0.0/size "1073741824\\n"
"""
KMEM = 'file sys/bus/dax/drivers/kmem/bind ""\nfile sys/bus/dax/drivers/kmem/unbind ""\n'
PROBE = """
block_size 0x10000000
probe
node 0
blocks 0-3 node 0 zones Normal
ram memmap 0-15
file proc/iomem "00000000-3fffffff : System RAM\\n"
"""


def config(sim, block):
    return sim.read(f"sys/firmware/memory/memory{block}/config").strip()


def check(sim, what, doc, status):
    """The document's outcome and that of each block, which has to be the truth"""
    for error in ERRORS(doc):
        lib.fail(f"{what}: {error}")
    lib.equal(doc.get("exit_status"), status, f"{what}: exit_status")
    lib.equal(sim.writers(), [], f"{what}: writers that it left behind")
    for block in doc["blocks"]:
        if doc["command"] in ("configure", "deconfigure") and block["block_id"] is not None and block["after"]:
            lib.equal(block["after"] != "standby", config(sim, block["block_id"]) == "1", f"{what}: {block['block_id']}")
    return doc["outcome"], {block["block_id"]: block["outcome"] for block in doc["blocks"]}


def run(sim, status, *args):
    done = lib.Run(sim.root, *args, "--json")
    lib.equal(done.status, status, f"{done.what}: {done.err}")
    return check(sim, done.what, done.doc, status)


def start(sim, *args):
    return subprocess.Popen([lib.MEMCTL, "--sysroot", sim.root, *args, "--json"], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=lib.environment())


def finish(sim, process, number, what):
    doc = json.loads(process.communicate(timeout=simlib.PATIENCE)[0])
    lib.equal(process.returncode, -number, f"{what}: how it ends")
    return check(sim, what, doc, 128 + number)


def test_rollback():
    with Sim(STANDBY, "fault configure block 17 times always fails EIO\n") as sim:
        lib.equal(run(sim, 1, "configure", "--block", "14-18", "--rollback", "--memmap-on-memory"),
                  ("rolled-back", {14: "rolled-back", 15: "rolled-back", 16: "rolled-back", 17: "failed", 18: "rolled-back"}),
                  "one fails, and all is brought back")
        for block in range(14, 19):
            lib.equal(sim.read(f"sys/firmware/memory/memory{block}/memmap_on_memory").strip(), "0", f"setting of block {block}")
        words = [entry[:2] for entry in sim.log() if entry[0].endswith("/config") and entry[1] == "0"]
        lib.equal([name.split("/")[-2][-2:] for name, _ in words], ["18", "16", "15", "14"], "in reverse order")
        lib.equal(run(sim, 64, "configure", "--block", "14-18"),
                  ("partial", {14: "changed", 15: "changed", 16: "changed", 17: "failed", 18: "changed"}), "without --rollback")
    with Sim(STANDBY, "fault configure block 12 fails EBUSY\n") as sim:
        lib.equal(run(sim, 1, "deconfigure", "--block", "12-13", "--rollback"),
                  ("rolled-back", {12: "busy", 13: "rolled-back"}), "deconfigure: one is busy")
        lib.equal((config(sim, 12), config(sim, 13)), ("1", "1"), "both are as before")
        lib.equal(run(sim, 0, "deconfigure", "--block", "12-13", "--rollback")[0], "complete", "nothing to bring back")
    # Offline before, online by the kernel's policy when it is configured again: that is not as it was.
    with Sim(STANDBY + "auto_online online\n", "fault configure block 12 fails EBUSY\n") as sim:
        lib.equal(run(sim, 64, "deconfigure", "--block", "12-13", "--rollback"),
                  ("partial", {12: "busy", 13: "rollback-failed"}), "deconfigure: the kernel's policy")
        lib.equal(sim.state(13), "online", "what was configured again")


def test_rollback_fails():
    """What was brought online meanwhile cannot be deconfigured."""
    with Sim(STANDBY, "event after 1 stores block 14 online Movable\nfault configure block 15 fails EIO\n") as sim:
        lib.equal(run(sim, 64, "configure", "--block", "14-15", "--rollback"),
                  ("partial", {14: "rollback-failed", 15: "failed"}), "an agent was faster")
        lib.equal((sim.state(14), config(sim, 14)), ("online", "1"), "it is what the report says")
    with Sim(STANDBY, "event after 1 stores block 14 online Movable\nfault configure block 15 fails EIO\n") as sim:
        err = lib.Run(sim.root, "configure", "--block", "14-15", "--rollback").err
        lib.check("block 14: not brought back: busy" in err, f"it is not told: {err}")


def test_retry():
    for command, block in ("configure", 14), ("deconfigure", 13):
        with Sim(STANDBY, f"fault configure block {block} times 2 fails EBUSY\n") as sim:
            lib.equal(run(sim, 1, command, "--block", str(block)), ("failed", {block: "busy"}), f"{command}: once")
            sim.do(f"fault configure block {block} times 2 fails EBUSY")
            lib.equal(run(sim, 0, command, "--block", str(block), "--retry", "5"), ("complete", {block: "changed"}), command)
    with Sim(STANDBY, "fault configure block 14 times always fails EBUSY\n") as sim:
        lib.equal(run(sim, 124, "configure", "--block", "14", "--retry", "1000", "--timeout", "700ms"),
                  ("timeout", {14: "busy"}), "the deadline ends the pauses")
        err = lib.Run(sim.root, "configure", "--block", "14").err
        lib.check("  try: --retry 5" in err, f"--retry is not advised: {err}")


def test_progress():
    for machine, args, goal in [(STANDBY, ["configure", "--block", "14-17"], 4), (STANDBY, ["deconfigure", "--block", "12-13"], 2),
                                (DAX, ["configure", "--source", "dax0.0"], 8), (PROBE, ["probe", "0x40000000,0x50000000"], 2),
                                (PROBE, ["probe", "--online", "0x40000000,0x50000000"], 2)]:
        with Sim(machine) as sim:
            done = lib.Run(sim.root, *args, "--json", "--progress")
            docs = [json.loads(line) for line in done.out.splitlines()]
            for doc in docs:
                for error in ERRORS(doc):
                    lib.fail(f"{done.what}: {error}")
            lines = [doc["progress"] for doc in docs[:-1]]
            lib.equal(docs[-1]["outcome"], "complete", done.what)
            lib.equal((lines[-1]["done"], lines[-1]["goal"]), (goal, goal), f"{done.what}: the last line")
            counts = [line["done"] for line in lines]
            lib.equal(counts, sorted(counts), f"{done.what}: done goes back")
    with Sim(STANDBY, "fault configure block 16 fails EIO\n") as sim:
        done = lib.Run(sim.root, "configure", "--block", "14-16", "--rollback", "--json", "--progress")
        back = [line["progress"] for line in map(json.loads, done.out.splitlines()) if "progress" in line]
        back = [(line["done"], line["goal"]) for line in back if line["rolling_back"]]
        lib.equal((back[0], back[-1]), ((0, 2), (2, 2)), "the rollback is told of from its beginning")
        lib.equal(lib.Run(sim.root, "configure", "--all", "--progress").status, 2, "--progress without --json")


def test_deadlines():
    with Sim(STANDBY, "fault configure block 15 loops\n") as sim:
        lib.equal(run(sim, 124, "configure", "--block", "14-16", "--timeout", DEADLINE),
                  ("timeout", {14: "changed", 15: "timeout", 16: "not-tried"}), "the deadline of the whole")
    with Sim(STANDBY, "fault configure block 15 loops\n") as sim:
        lib.equal(run(sim, 124, "configure", "--block", "14-16", "--block-timeout", DEADLINE),
                  ("timeout", {14: "changed", 15: "timeout", 16: "changed"}), "that of a block: the next has its turn")
    with Sim(STANDBY, "fault configure block 15 loops\n") as sim:
        lib.equal(run(sim, 124, "configure", "--block", "14-16", "--timeout", DEADLINE, "--rollback"),
                  ("rolled-back", {14: "rolled-back", 15: "timeout", 16: "not-tried"}), "a rollback has time of its own")
    with Sim(DAX, "fault device loops\n") as sim:
        lib.equal(run(sim, 124, "configure", "--source", "dax0.0", "--timeout", "700ms"), ("timeout", {None: "timeout"}),
                  "a device")
        lib.equal(sim.read("sys/bus/dax/devices/dax0.0/state"), "unplugged\n", "its state")


DEVICE = "sys/bus/dax/devices/dax0.0/"


def dax(setting, policy="offline", param="Y", state="unplugged"):
    """A machine whose dax device has that setting; without a state no driver has it."""
    machine = DAX if state else DAX.replace(f'file {DEVICE}state "unplugged\\n"\n', "")
    return (machine + KMEM + f'auto_online {policy}\nfile {DEVICE}memmap_on_memory "{setting}\\n"\n'
            f"param memmap_on_memory {param}\n")


def set_memmap(sim, *args):
    """The exit status, and what is said of the device"""
    done = lib.Run(sim.root, "configure", "--source", "dax0.0", *args, "--json")
    for error in ERRORS(done.doc):
        lib.fail(f"{done.what}: {error}")
    lib.equal(sim.writers(), [], f"{done.what}: writers that it left behind")
    found, = done.doc["blocks"]
    return done.status, found["outcome"], found["after"], found["memmap_on_memory"], found["reason"], found["errno"]


def stores(sim):
    return [f"{name.rsplit('/', 1)[1]} {word}" for name, word, *_ in sim.log()]


def place(sim):
    """The state of the device, None without a driver, and its setting"""
    state = sim.read(DEVICE + "state").strip() if os.path.exists(sim.path(DEVICE + "state")) else None
    return state, sim.read(DEVICE + "memmap_on_memory").strip()


AWAY, BACK = "unbind dax0.0", "bind dax0.0"


def test_memmap():
    """A dax device leaves its driver for another setting, and only for that; by the kernel's policy it may come in with it."""
    for setting, word, policy, zone, log in [
        ("1", "yes", "offline", (), ["state online"]),
        ("0", "no", "offline", ("--movable",), ["state online_movable"]),
        ("0", "yes", "offline", (), [AWAY, "memmap_on_memory 1", BACK, "state unplugged", "state online"]),
        ("1", "no", "offline", ("--movable",), [AWAY, "memmap_on_memory 0", BACK, "state unplugged", "state online_movable"]),
        ("0", "yes", "online_movable", ("--movable",), [AWAY, "memmap_on_memory 1", BACK]),
        ("0", "yes", "online_kernel", (), [AWAY, "memmap_on_memory 1", BACK]),
        ("0", "yes", "online_kernel", ("--movable",),
         [AWAY, "memmap_on_memory 1", BACK, "state unplugged", "state online_movable"]),
    ]:
        with Sim(dax(setting, policy)) as sim:
            lib.equal(set_memmap(sim, f"--memmap-on-memory={word}", *zone), (0, "changed", "online", word == "yes", None, None),
                      f"{setting} {word} {policy} {zone}")
            lib.equal(stores(sim), log, f"{setting} {word} {policy} {zone}: stores")
    # No driver has it: it is set where it is not, and given to the driver.
    for word, log in ("yes", ["memmap_on_memory 1", BACK]), ("no", [BACK]):
        with Sim(dax("0", "online", state=None)) as sim:
            lib.equal(set_memmap(sim, f"--memmap-on-memory={word}"), (0, "changed", "online", word == "yes", None, None), word)
            lib.equal(stores(sim), log, f"{word}: stores")


def test_memmap_plan():
    """A plan shows the setting as it is to be, and that the driver changes; what cannot be is said before anything is tried."""
    for state, said in ("unplugged", "dax0.0 would leave the driver kmem for a moment"), (None, "would be given to the driver"):
        with Sim(dax("0", state=state)) as sim:
            done = lib.Run(sim.root, "configure", "--source", "dax0.0", "--memmap-on-memory", "--dry-run")
            lib.check(done.status == 0 and said in done.err, f"{done.what}: {done.err}")
            lib.check("dax0.0   1G unplugged online yes              planned" in done.out, f"{done.what}: {done.out}")
            lib.equal(sim.log(), [], f"{done.what}: stores")
    for machine, status, said in [
        (dax("0", param="N"), 3, "memory_hotplug.memmap_on_memory is not on\n  try: memctl"),
        (dax("0").replace("param memmap_on_memory Y", ""), 3, "memory_hotplug.memmap_on_memory is not on\n"),
        (dax("0", state=None).replace(KMEM, ""), 3,
         "there is no /sys/bus/dax/drivers/kmem, which would take dax0.0\n  try: modprobe kmem"),
        (dax("0").replace('"unplugged', '"offline'), 1, "plugged in already, so its memmap_on_memory is fixed\n  try: memctl"),
        (dax("0").replace('"unplugged', '"online'), 1, "remove --source dax0.0, then once more\n"),
        (dax("0", state=None) + f"link {DEVICE}driver ../../drivers/device_dax", 3, "daxctl reconfigure-device"),
    ]:
        for dry_run in (), ("--dry-run",):
            with Sim(machine) as sim:
                done = lib.Run(sim.root, "configure", "--source", "dax0.0", "--memmap-on-memory", *dry_run)
                lib.check(done.status == status and said in done.err, f"{done.what}: {done.status}: {done.err}")
                lib.equal(sim.log(), [], f"{done.what}: stores")


def test_memmap_fails():
    """Whatever fails while no driver has the device: it is as it was, or it is said where it is."""
    failed = ("failed", "unplugged", False, "not-rebound")
    lost = ("rollback-failed", "unplugged", False, "not-rebound")
    for state, fault, status, expected, log in [
        ("unplugged", "bind fails EACCES", 1, (*failed, "EACCES"), [AWAY]),
        ("unplugged", "bind nth 2 fails ENOMEM", 1, (*failed, "ENOMEM"),
         [AWAY, "memmap_on_memory 1", BACK, "memmap_on_memory 0", BACK, "state unplugged"]),
        ("unplugged", "bind nth 2 times 2 fails ENODEV", 64, (*lost, "ENODEV"),
         [AWAY, "memmap_on_memory 1", BACK, "memmap_on_memory 0", BACK]),
        (None, "bind fails ENODEV", 1, (*failed, "ENODEV"), ["memmap_on_memory 1", BACK, "memmap_on_memory 0"]),
        # By the policy it is in, and it does not go: neither as asked nor as it was.
        ("unplugged", "device times always fails EBUSY", 64, ("rollback-failed", "offline", True, "not-rebound", "EBUSY"),
         [AWAY, "memmap_on_memory 1", BACK, "state unplugged", "state unplugged"]),
    ]:
        for rollback in (), ("--rollback",):
            with Sim(dax("0", state=state), f"fault {fault}\n") as sim:
                lib.equal(set_memmap(sim, "--memmap-on-memory", "--movable", *rollback), (status, *expected), f"{fault} {rollback}")
                lib.equal(stores(sim), log, f"{fault} {rollback}: stores")
                if expected[0] == "failed":
                    lib.equal(place(sim), (state, "0"), f"{fault} {rollback}: as it was")
    for fault, said in [
        ("bind nth 2 times 2 fails ENODEV",
         "not brought back: the driver kmem let go of it, and does not take it again (ENODEV)\n  try"),
        ("bind nth 2 fails ENOMEM", "or did not take it as it is to be; it is as it was (ENOMEM)\n  try: look at the kernel log"),
        ("device times always fails EBUSY",
         "the driver kmem has brought it in by the kernel's policy, and cannot unplug it (EBUSY)\n"),
    ]:
        with Sim(dax("0"), f"fault {fault}\n") as sim:
            done = lib.Run(sim.root, "configure", "--source", "dax0.0", "--memmap-on-memory")
            lib.check(said in done.err, f"{done.what}: {done.err}")


def test_memmap_rollback():
    """It is set, and does not come in: with --rollback it is set as before, and where no driver had it none has it."""
    for state in "unplugged", None:
        for rollback, setting in ((), "1"), (("--rollback",), "0"):
            with Sim(dax("0", state=state), "fault device nth 2 fails EINVAL\n") as sim:
                found = set_memmap(sim, "--memmap-on-memory", "--movable", *rollback)
                lib.equal(found, (1, "failed", "unplugged", setting == "1", "other", "EINVAL"), f"{state} {rollback}")
                lib.equal(place(sim), (state if rollback else "unplugged", setting), f"{state} {rollback}")


def test_memmap_ended():
    """A deadline or a signal while no driver has the device: it is given back to it first."""
    with Sim(dax("0"), "fault bind nth 2 loops\n") as sim:
        lib.equal(set_memmap(sim, "--memmap-on-memory", "--timeout", DEADLINE),
                  (124, "timeout", "unplugged", False, "deadline", None), "a deadline")
        lib.equal(place(sim), ("unplugged", "0"), "after a deadline")
    with Sim(dax("0"), "fault bind nth 2 loops\n") as sim:
        process = start(sim, "configure", "--source", "dax0.0", "--memmap-on-memory")
        until(lambda: len(sim.log()) == 2 and sim.writers(), "the driver is asked to take it")
        process.send_signal(signal.SIGTERM)
        lib.equal(finish(sim, process, signal.SIGTERM, "a signal"), ("interrupted", {None: "interrupted"}), "a signal")
        lib.equal(place(sim), ("unplugged", "0"), "after a signal")


def test_signals():
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
        for rollback, first in ((), "changed"), (("--rollback",), "rolled-back"):
            with Sim(STANDBY, "fault configure block 15 loops\n") as sim:
                process = start(sim, "configure", "--block", "14-16", *rollback)
                until(lambda sim=sim: config(sim, 14) == "1" and sim.writers(), "the second block")
                process.send_signal(number)
                lib.equal(finish(sim, process, number, number.name),
                          ("rolled-back" if rollback else "interrupted", {14: first, 15: "interrupted", 16: "not-tried"}),
                          f"{number.name} {rollback}")
                lib.equal(config(sim, 15), "0", f"{number.name}: what was under way")
    with Sim(STANDBY, "fault configure block 14 times always fails EBUSY\n") as sim:
        process = start(sim, "configure", "--block", "14", "--retry", "1000")
        until(lambda: len(sim.log()) > 2, "the third attempt")
        process.send_signal(signal.SIGTERM)
        lib.equal(finish(sim, process, signal.SIGTERM, "a pause"), ("interrupted", {14: "busy"}), "a signal ends a pause")


def test_crash_kernel():
    """A crash kernel that is loaded does not know of a change, either way; what was not changed is nothing new to it."""
    loaded = 'file sys/kernel/kexec_crash_loaded "1\\n"\n'
    for args, told in (["configure", "--block", "14"], True), (["configure", "--block", "13"], False), (
            ["deconfigure", "--block", "13"], True), (["configure", "--block", "14", "--dry-run"], False):
        with Sim(STANDBY + loaded) as sim:
            err = lib.Run(sim.root, *args).err
            lib.equal("the crash kernel that is loaded" in err, told, " ".join(args))
            lib.equal("(on that machine: systemctl restart kdump, or kexec -p)" in err, told, " ".join(args))
        with Sim(STANDBY + loaded) as sim:
            lib.equal(lib.Run(sim.root, *args, "--json").doc.get("crash_kernel_reload", False), told, " ".join(args))


def test_probe_rollback():
    """What was added stays; only that it is online is taken back."""
    with Sim(PROBE, "fault online block 5 fails ENOMEM\n") as sim:
        done = lib.Run(sim.root, "probe", "--online", "--rollback", "0x40000000,0x50000000")
        lib.equal((done.status, sim.state(4), sim.state(5)), (64, "offline", "offline"), f"{done.out}{done.err}")
        lib.check("what was added stays, and is offline" in done.out, f"it is not told: {done.out}")
        lib.check("512M was added and stays" in done.err, f"it is not told: {done.err}")
    with Sim(PROBE, "fault online block 5 fails ENOMEM\n") as sim:
        done = lib.Run(sim.root, "probe", "--online", "--rollback", "0x40000000,0x50000000", "--json")
        lib.equal(check(sim, done.what, done.doc, 64), ("rolled-back", {4: "rolled-back", 5: "failed"}), "the outcomes")
        lib.equal([(block["added"], block["after"]) for block in done.doc["blocks"]], [(True, "offline")] * 2, "what is there")
        lib.equal(done.doc["changed"], 2 << 28, "what stays changed")
    with Sim(PROBE, "fault probe block 5 fails ENOMEM\n") as sim:
        lib.equal(run(sim, 64, "probe", "--online", "--rollback", "0x40000000,0x50000000"),
                  ("partial", {4: "not-tried", 5: "failed"}), "not all is there, and so nothing goes online")
        lib.equal(sim.state(4), "offline", "it stays offline")


simlib.run_tests(globals(), jobs=4)
