# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl on the simulator: what becomes of a change when the kernel refuses, is slow, never ends, or is not alone."""

import errno
import fcntl
import json
import os
import resource
import signal
import subprocess
import tempfile
import time

import simlib
from simlib import DEADLINE, MACHINE, Sim, Writer, lib, until


def change(sim, status, *args):
    """Run memctl; its document, each block as id: (after, outcome), which has to be the truth."""
    run = lib.Run(sim.root, *args, "--json")
    return judge(sim, run.what, run.status, status, run.doc)


def judge(sim, what, got, status, doc):
    lib.equal(got, status, what)
    lib.equal(doc.get("exit_status"), status, f"{what}: exit_status")
    truth = sim.truth()
    for block in doc.get("blocks", []):
        number = block["block_id"]
        state, zone = truth.get(number, ("absent", None))
        if block["after"] is not None or state != "absent":
            lib.equal(block["after"], state, f"{what}: state of block {number}")
        if state == "online" and block["outcome"] == "changed":
            lib.equal(block["zone"], zone, f"{what}: zone of block {number}")
    lib.equal(sim.writers(), [], f"{what}: writers that it left behind")
    lib.check(not any(entry[1] == "(read)" for entry in sim.log()), f"{what} has read `online`")
    return {block["block_id"]: block["outcome"] for block in doc.get("blocks", [])}


def start(sim, *args, **options):
    return subprocess.Popen([lib.MEMCTL, "--sysroot", sim.root, *args, "--json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, env=lib.environment(), **options)


def test_plain():
    with Sim() as sim:
        lib.equal(change(sim, 0, "online", "--block", "12-13", "--movable"), {12: "changed", 13: "changed"}, "online")
        lib.equal(change(sim, 0, "offline", "--block", "8-9"), {8: "changed", 9: "changed"}, "offline")
        lib.equal(change(sim, 0, "offline", "--block", "8,10"), {8: "already", 10: "changed"}, "offline of offline")
        lib.equal(sim.log(), [(f"memory{block}/state", word, "0", state) for block, word, state in (
            (12, "online_movable", "online"), (13, "online_movable", "online"), (8, "offline", "offline"),
            (9, "offline", "offline"), (10, "offline", "offline"))], "each block that is to change: one store")
        before = sim.log()
        change(sim, 0, "offline", "--block", "11", "--dry-run")
        lib.equal(sim.log(), before, "a dry run stores nothing")


def test_targets():
    """At least, or at most; again, nothing; what fails is replaced, and how much is online is what is read in the end."""
    with Sim(more="fault offline block 11 times always fails EBUSY\nfault online block 12 fails ENOMEM\n") as sim:
        for args, changed, online in (
                (["offline", "--to", "256M", "--node", "0", "--zone", "Movable"], {11: "busy", 10: "changed", 9: "changed"}, 2),
                (["offline", "--to", "256M", "--node", "0", "--zone", "Movable"], {}, 2),
                (["online", "--to", "1408M"], {9: "changed"}, 11),
                (["online", "--to", "1408M", "--movable"], {}, 11),
                (["online", "--to", "1664M"], {10: "changed", 12: "failed", 13: "changed"}, 13)):
            run = lib.Run(sim.root, *args, "--json")
            lib.equal(judge(sim, run.what, run.status, 0, run.doc), changed, run.what)
            target = run.doc["target"]
            lib.equal((target["online_after"] >> 27, target["met"]), (online, True), run.what)


def test_target_against_others():
    """Another agent takes away what was online, and brings online what was not."""
    with Sim(more="event after 1 stores block 8 offline\n") as sim:
        run = lib.Run(sim.root, "online", "--to", "1664M", "--json")
        lib.equal(judge(sim, run.what, run.status, 64, run.doc), {12: "changed"}, run.what)
        lib.equal((run.doc["target"]["online_after"] >> 27, run.doc["target"]["met"]), (12, False), run.what)
    # No block went another way than asked: something has to say why it ends with 64.
    for args, text in (
            (["-q"], "1.5G of the selected blocks is online, and at least 1.625G was asked for: other blocks were changed"),
            (["--rollback"], "all was brought back: not as much was online as was asked for")):
        with Sim(more="event after 1 stores block 8 offline\n") as sim:
            run = lib.Run(sim.root, "online", "--to", "1664M", *args)
            lib.equal(run.status, 1 if "--rollback" in args else 64, run.what)
            lib.check(text in " ".join(run.err.split()), run.err)
    with Sim(more="pinned 11\nevent after 0 stores block 8 offline\n") as sim:
        run = lib.Run(sim.root, "offline", "--to", "384M", "--zone", "Movable", "--timeout", "300ms", "--json")
        lib.equal((run.doc["target"]["online_after"] >> 27, run.doc["target"]["met"], run.status), (3, True, 0), run.what)


def test_machines():
    for name in lib.machines():
        with open(os.path.join(lib.MACHINES, name + ".machine"), encoding="utf-8") as file:
            text = file.read()
        with Sim(text) as sim:
            tree = sim.tree()
            for command in ("list", "--all", "--json", "--output-all"), ("status", "--json"):
                plain, simulated = lib.Run(tree, *command), lib.Run(sim.root, *command)
                lib.equal(simulated.status, plain.status, f"{name}: {simulated.what}")
                # Which zone comes first where none is near is the kernel's to say, and the simulator's.
                lib.equal(sort_zones(simulated, sim.root), sort_zones(plain, tree), f"{name}: {simulated.what}")


def sort_zones(run, root):
    """The document of a run, without that order and without the name of the tree."""
    doc = json.loads(run.out.replace(root, "TREE"))
    rows = doc.get("memory")
    for block in rows if isinstance(rows, list) else []:
        if block.get("zones"):
            block["zones"].sort()
        block.pop("default_zone", None)
    return doc


def test_refusals():
    faults = """
holes 4
unmovable 5
fault offline block 6 vetoed
fault offline block 9 fails ENOMEM
fault offline block 10 eio
fault online block 12 vetoed
fault offline block 11 lies
"""
    with Sim(more=faults) as sim:
        got = change(sim, 64, "offline", "--block", "4-6,8-11", "--force")
        lib.equal(got[8], "changed", "a block between others")
        lib.equal((got[5], got[6]), ("busy", "vetoed"), "a busy and a vetoed block")
        for block in 4, 9, 10, 11:
            lib.check(got[block] not in ("changed", "already"), f"block {block}: {got[block]}")
        lib.equal(change(sim, 1, "online", "--block", "12"), {12: "vetoed"}, "an online that is vetoed")


def test_deadline():
    with Sim(more="pinned 8\n") as sim:
        lib.equal(change(sim, 124, "offline", "--block", "8", "--timeout", DEADLINE), {8: "timeout"}, "an endless offline")
        lib.equal(sim.state(8), "online", "its block")
        lib.equal(sim.log()[0], ("memory8/state", "offline", "EINTR", "online"), "the log")


def test_block_deadline():
    with Sim(more="pinned 8\n") as sim:
        lib.equal(change(sim, 124, "offline", "--block", "8,9", "--block-timeout", DEADLINE), {8: "timeout", 9: "changed"},
                  "an endless offline and another one")


def test_signals():
    for number, status in (signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGQUIT, 131):
        with Sim(more="pinned 8\n") as sim:
            process = start(sim, "offline", "--block", "8,9")
            until(lambda: sim.state(8) == "going-offline", "going-offline")
            process.send_signal(number)
            out, _ = process.communicate(timeout=simlib.PATIENCE)
            lib.equal(process.returncode, -number, f"{number.name} ends memctl")
            got = judge(sim, f"memctl offline, {number.name}", status, status, json.loads(out))
            lib.equal(got, {8: "interrupted", 9: "not-tried"}, number.name)


def test_no_core():
    """SIGQUIT is no sign of a fault: no core, whatever the limit."""
    def allow_cores():
        resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)

    with Sim(more="pinned 8\n") as sim, tempfile.TemporaryDirectory() as folder:
        process = start(sim, "offline", "--block", "8", cwd=folder, preexec_fn=allow_cores)
        until(lambda: sim.state(8) == "going-offline", "going-offline")
        process.send_signal(signal.SIGQUIT)
        status = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        process.communicate(timeout=simlib.PATIENCE)
        lib.equal((status.si_code, status.si_status), (os.CLD_KILLED, signal.SIGQUIT), "how memctl ends")


def test_whole_time():
    """What it says it took has waiting for memctl's lock in it."""
    with Sim() as sim:
        with open(f"{sim.root}/run/memctl.lock", "a", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = start(sim, "offline", "--block", "8")
            time.sleep(1)
            fcntl.flock(lock, fcntl.LOCK_UN)
            out, _ = process.communicate(timeout=simlib.PATIENCE)
        elapsed = json.loads(out)["elapsed_ms"]
        lib.check(process.returncode == 0 and elapsed >= 900, f"waited for a second: {process.returncode} {elapsed} ms")


def test_killed():
    with Sim(more="pinned 8\n") as sim:
        process = start(sim, "offline", "--block", "8,9")
        until(lambda: sim.state(8) == "going-offline", "going-offline")
        process.kill()
        process.communicate(timeout=simlib.PATIENCE)
        until(lambda: sim.writers() == [], "no writer is left behind")
        until(lambda: sim.state(8) == "online", "the block is as before")
        lib.equal(sim.log(), [("memory8/state", "offline", "EINTR", "online")], "the log: block 9 was not tried")
        # And the lock that it held is free.
        lib.equal(change(sim, 0, "offline", "--block", "9", "--timeout", "2m"), {9: "changed"}, "the next memctl")


def test_lock_wait():
    """Another agent has the kernel's lock: the deadline still holds, that block is named, and no further one is tried."""
    with Sim(more="pinned 8\n") as sim:
        other = Writer(sim, "memory8/state", "offline").inside()
        until(lambda: sim.state(8) == "going-offline", "going-offline")
        run = lib.Run(sim.root, "offline", "--block", "9-10", "--timeout", DEADLINE, "--json")
        got = [(block["outcome"], block["reason"]) for block in run.doc["blocks"]]
        lib.equal((run.status, got), (124, [("timeout", "locked"), ("not-tried", "locked")]), "waiting for the kernel's lock")
        lib.check("block 8 is going offline by another program" in run.err, f"it is not told before: {run.err}")
        run = lib.Run(sim.root, "offline", "--count", "1", "--block", "9-10", "--block-timeout", "500ms")
        lib.equal((run.status, sim.state(9), sim.state(10)), (124, "online", "online"), "of a number no second one is tried")
        lib.check("waited in vain: block 8 is going offline" in run.err, f"it is not told: {run.err}")
        lib.check("offline_migrate_max_passes" not in run.err, f"a rescue that this kernel has not: {run.err}")
        lib.equal(sim.writers(), [other.pid], "writers")
        lib.equal(sim.state(9), "online", "its block")
        sim.do("release")
        lib.equal(other.result(), 0, "the other agent")
    # A kernel that can be made to give up has a file for that.
    with Sim(more="param offline_migrate_max_passes 0\npinned 8\n") as sim:
        other = Writer(sim, "memory8/state", "offline").inside()
        until(lambda: sim.state(8) == "going-offline", "going-offline")
        run = lib.Run(sim.root, "offline", "--block", "9", "--block-timeout", "500ms")
        lib.check(f"write 1 to {sim.root}/sys/module/memory_hotplug/parameters/offline_migrate_max_passes" in run.err, run.err)
        sim.do("release")
        lib.equal(other.result(), 0, "the other agent")


def test_stuck():
    """The kernel does not even look at SIGKILL: memctl says so and leaves."""
    with Sim(more="fault offline block 8 hangs 600000\n") as sim:
        run = lib.Run(sim.root, "offline", "--block", "8", "--timeout", DEADLINE, "--json")
        lib.equal((run.status, run.doc["blocks"][0]["outcome"]), (124, "in-progress"), "a writer that cannot be killed")
        lib.equal((len(sim.writers()), sim.state(8)), (1, "going-offline"), "the writer that it left behind, and its block")
        sim.do("release")
        until(lambda: sim.writers() == [], "the writer ends")
        lib.equal(sim.state(8), "online", "its block")


def test_busy_for_a_while():
    with Sim(more="fault offline times 2 fails EBUSY\n") as sim:
        lib.equal(change(sim, 1, "offline", "--block", "8"), {8: "busy"}, "a busy block")
        got = change(sim, 0, "offline", "--count", "1", "--block", "8-9")
        lib.equal(sorted(got.values()), ["busy", "changed"], "one that is busy, or else another one")
        lib.equal(sorted(change(sim, 0, "offline", "--block", "8-9").values()), ["already", "changed"], "later")


def test_retry():
    with Sim(more="fault offline block 8 times 2 fails EBUSY\n") as sim:
        got = change(sim, 0, "offline", "--block", "8,9", "--retry", "5")
        lib.equal(got, {8: "changed", 9: "changed"}, "a block that is busy twice")
        lib.equal([entry[:3] for entry in sim.log()], [(f"memory{block}/state", "offline", result) for block, result in (
            (8, "EBUSY"), (9, "0"), (8, "EBUSY"), (8, "0"))], "it has its turn again after the others, and no more than it needs")
    with Sim(more="fault offline block 8 times always fails EBUSY\n") as sim:
        lib.equal(change(sim, 1, "offline", "--block", "8", "--retry", "2"), {8: "busy"}, "a block that stays busy")
        lib.equal(len(sim.log()), 3, "stores: the first and two more")


def test_rollback():
    with Sim(more="fault offline block 10 times always fails EBUSY\n") as sim:
        got = change(sim, 1, "offline", "--block", "8-10", "--rollback")
        lib.equal((got[8], got[9]), ("rolled-back", "rolled-back"), "what was done before the failure")
        lib.equal([sim.truth()[block] for block in (8, 9, 10)], [("online", "Movable")] * 3, "state and zone")


def test_others():
    faults = """
fault online block 12 wrong-zone Movable
fault online block 13 vanishes
fault online block 14 then-vanishes
"""
    with Sim(more=faults) as sim:
        got = change(sim, 64, "online", "--block", "12-15", "--kernel")
        lib.equal(got, {12: "wrong-zone", 13: "vanished", 14: "vanished", 15: "changed"}, "other agents, and the machine")


def test_kernel_share():
    """MOVABLE:KERNEL is 9:4. In place of Movable blocks that are busy so many of the kernel's are taken as the guard lets go."""
    machine = "node 0\nblocks 0-3 node 0 zones Normal\nblocks 4-12 node 0 zones Movable\n"
    busy = "".join(f"fault offline block {block} times always fails EBUSY\n" for block in range(4, 13))
    with Sim(machine, busy) as sim:
        run = lib.Run(sim.root, "offline", "--count", "2", "--json")
        kept = [block for block in run.doc["blocks"] if block["reason"] == "kernel-share"]
        lib.equal((run.status, sorted(block["block_id"] for block in kept)), (64, [0, 1, 2]), "what is kept for the kernel")
        for block in kept:
            lib.equal((block["outcome"], block["after"]), ("not-tried", "online"), "its outcome")
            lib.check("--force=ratio" in block["hint"], f"hint: {block}")
        lib.equal([sim.state(block) for block in range(4)], ["online"] * 3 + ["offline"], "kernel memory")
        run = lib.Run(sim.root, "offline", "--count", "1")
        lib.equal(run.status, 1, "none is left to take")
        lib.check("blocks 0-2: not taken in place of others" in run.err and "--force=ratio" in run.err, run.err)
        lib.check("careful" not in run.err, f"what is planned is no trouble: {run.err}")
        run = lib.Run(sim.root, "offline", "--count", "1", "--force=memory")
        lib.equal(run.status, 1, "another guard was overruled")
        run = lib.Run(sim.root, "offline", "--count", "2", "--force=ratio")
        lib.equal((run.status, [sim.state(block) for block in range(3)]), (0, ["online", "offline", "offline"]), "by force")
    with Sim(machine, busy.replace("block 4 times always", "block 4 times 1")) as sim:
        # Enough was found in the end, and what was kept is no trouble.
        run = lib.Run(sim.root, "offline", "--count", "2", "--retry", "1", "--json")
        kept = [block for block in run.doc["blocks"] if block["outcome"] == "not-tried"]
        lib.equal((run.status, kept), (0, []), "enough in the end")


def test_unverified():
    blind = "".join(f"fault read state block {block} nth 3 times always fails EIO\n" for block in range(8, 12))
    with Sim(more=blind) as sim:
        run = lib.Run(sim.root, "offline", "--block", "8-9", "--json")
        got = {block["block_id"]: (block["outcome"], block["after"]) for block in json.loads(run.out)["blocks"]}
        lib.equal((run.status, got), (64, {8: ("unverified", None), 9: ("unverified", None)}), "asked for by name")
        lib.equal([sim.truth()[block][0] for block in (8, 9)], ["offline"] * 2, "and changed indeed")
    with Sim(more=blind) as sim:
        run = lib.Run(sim.root, "offline", "--size", "256M", "--block", "10-11")
        lib.equal((run.status, len(sim.log())), (64, 1), "of a size no second block is taken")
        lib.check("may be changed" in run.out and "may be changed" in run.err, f"it is not told: {run.out} {run.err}")
    with Sim(more="fault read state block 9 nth 3 fails EIO\n") as sim:
        got = change(sim, 1, "offline", "--block", "8-9", "--rollback")
        lib.equal(got, {8: "rolled-back", 9: "rolled-back"}, "a rollback brings it back")
        lib.equal([sim.truth()[block] for block in (8, 9)], [("online", "Movable")] * 2, "state and zone")


def test_reverted():
    rule = 'file etc/udev/rules.d/60-x.rules "SUBSYSTEM==\\"memory\\", ATTR{state}=\\"online\\"\\n"\n'
    new = 'file etc/udev/rules.d/60-x.rules "SUBSYSTEM==\\"memory\\", ACTION==\\"add\\", ATTR{state}=\\"online\\"\\n"\n'
    for more, names in (rule, True), (new, False), ("", False):
        with Sim(more="event after 2 stores block 8 online Normal\n" + more) as sim:
            got = change(sim, 64, "offline", "--block", "8-10")
            lib.equal(got, {8: "reverted", 9: "changed", 10: "changed"}, "another program brings a block back")
            run = lib.Run(sim.root, "online", "--block", "9-10")
            lib.equal(run.status, 0, "what is left")
        with Sim(more="event after 2 stores block 8 online Normal\n" + more) as sim:
            run = lib.Run(sim.root, "offline", "--block", "8-10")
            lib.check("brought back by another program" in run.err, f"it is not told: {run.err}")
            lib.equal("60-x.rules:1" in run.err, names, f"the rule that does so: {run.err}")
        with Sim(more="event after 2 stores block 8 online Normal\n" + more) as sim:
            change(sim, 1, "offline", "--block", "8-10", "--rollback")
            lib.equal([sim.truth()[block][0] for block in (8, 9, 10)], ["online"] * 3, "all or nothing")


def test_read_only():
    with Sim(more="readonly\n") as sim:
        lib.equal(lib.Run(sim.root, "list").status, 0, "list")
        run = lib.Run(sim.root, "offline", "--block", "8", "--json")
        lib.equal(run.status, 1, "offline")
        lib.check("read-only" in run.out + run.err, f"a read-only sysfs is not named: {run.out} {run.err}")
        lib.equal(sim.log(), [], "nothing was stored")


def test_reads():
    faults = """
fault read state block 8 times always fails ENXIO
fault read valid_zones times always short
fault read state block 9 times always short
"""
    with Sim(more=faults) as sim:
        run = lib.Run(sim.root, "list", "--all", "--json")
        lib.equal(run.status, 64, "list with an unreadable block")
        states = {int(row["block"]): (row["state"], row["zones"]) for row in run.doc["memory"] if row["state"]}
        lib.equal(states.get(9), ("online", ["Movable"]), "short reads")
        lib.check(states.get(8, ("",))[0] != "online", "a state that could not be read")
        lib.equal(change(sim, 0, "offline", "--block", "9"), {9: "changed"}, "a change, read back byte by byte")


def test_words():
    """What is said of an errno alone, by direction and zone: no cause that the block rules out, and no advice that it follows."""
    errnos = "EBUSY", "EINVAL", "EPERM", "EINTR", "ENOMEM", "EHWPOISON", "EIO", "EXDEV"
    for number in errnos:
        with Sim(more=f'file proc/1/pagemap ""\nfault any times always fails {getattr(errno, number, 133)}\n') as sim:
            for command, block, zone in ("offline", 1, "Normal"), ("offline", 8, "Movable"), ("online", 12, None):
                run = lib.Run(sim.root, command, "--block", str(block), "--force", "--json")
                said = run.doc["blocks"][0]
                what = f"{command} of block {block}: {number}: {said['reason']}, {said['causes']}: {said['text']}; {said['hint']}"
                lib.check(said["text"] and said["hint"], what)
                lib.check("several-zones" not in said["causes"], what)
                lib.check("arm64" not in said["text"] and "crash kernel" not in said["text"] and "CMA" not in said["text"], what)
                lib.check(zone == "Normal" or "of zone Movable" not in said["hint"], what)
                lib.check(number != "EBUSY" or zone != "Normal" or "of zone Movable" in said["hint"], what)
                lib.equal("--who" in (said["more"] or ""), number == "EBUSY" and zone is not None, what)
                lib.check(number not in ("EBUSY", "EINVAL", "ENOMEM", "EIO", "EXDEV") or said["causes"], what)
                text = lib.Run(sim.root, command, "--block", str(block), "--force", "--quiet").err
                lib.check(said["text"] in text and said["hint"] in text, f"{what}, for people: {text}")
    with Sim(more='file proc/1/pagemap ""\npinned 1,8\n') as sim:
        run = lib.Run(sim.root, "offline", "--block", "1,8", "--block-timeout", "200ms", "--json", "--force")
        for said in run.doc["blocks"]:
            lib.check("--who" in (said["more"] or "") and "of zone Movable" not in said["hint"], str(said))
    with Sim(more="pinned 1,8\n") as sim:
        run = lib.Run(sim.root, "offline", "--block", "8", "--block-timeout", "200ms", "--json", "--force", "--who")
        lib.equal((run.doc["who"]["errno"], run.doc["blocks"][0]["processes"]), ("ENOENT", None), "no processes to look at")
        lib.check("--who" not in (run.doc["blocks"][0]["more"] or ""), "a hint at what was asked for")
        text = lib.Run(sim.root, "offline", "--block", "8", "--block-timeout", "200ms", "--force", "--who").err
        lib.check("--who: not known: which processes map pages" in text, text)


def test_old_kernel():
    with Sim("profile 4.18\n" + MACHINE) as sim:
        lib.equal(change(sim, 1, "offline", "--block", "8"), {8: "busy"}, "pages off the LRU")
        lib.equal(change(sim, 0, "offline", "--block", "8"), {8: "changed"}, "again")


PROBE_MACHINE = """
block_size 0x10000000
probe
node 0
blocks 0-3 node 0 zones Normal
ram memmap 0-15
file proc/iomem "00000000-3fffffff : System RAM\\n"
"""


def address(block):
    return hex(block << 28)


def probe(sim, status, *args):
    """Run memctl probe; its document, each block as id: (outcome, after, zone), which has to be the truth."""
    run = lib.Run(sim.root, "probe", *args, "--json")
    lib.equal(run.status, status, run.what)
    for error in lib.validator()(run.doc):
        lib.fail(f"{run.what}: {error}")
    return judge_probe(sim, run.what, run.doc, status)


def judge_probe(sim, what, doc, status):
    lib.equal(doc.get("exit_status"), status, f"{what}: exit_status")
    truth = sim.truth()
    blocks = doc.get("blocks", [])
    for block in blocks:
        state, zone = truth.get(block["block_id"], (None, None))
        if block["added"]:
            lib.equal((block["after"], block["zone"]), (state, None if zone == "none" else zone), f"{what}: {block['block_id']}")
        else:
            lib.equal(block["after"], None, f"{what}: state of {block['block_id']}")
    added = sum(block["size"] for block in blocks if block["added"])
    lib.equal(doc.get("changed", 0), added, f"{what}: changed")
    lib.equal(sim.writers(), [], f"{what}: writers that it left behind")
    return {block["block_id"]: (block["outcome"], block["after"], block["zone"]) for block in blocks}


def test_probe():
    with Sim(PROBE_MACHINE) as sim:
        lib.equal(probe(sim, 0, "--dry-run", address(4)), {4: ("planned", None, None)}, "a dry run")
        lib.equal(sim.log(), [], "a dry run stores nothing")
        lib.equal(probe(sim, 0, address(4)), {4: ("changed", "offline", None)}, "one block")
        lib.equal(probe(sim, 0, "--online", address(6), address(5)), {6: ("changed", "online", "Normal"),
                                                                      5: ("changed", "online", "Normal")}, "two, and online")
        lib.equal(probe(sim, 0, "--online", "--movable", address(7)), {7: ("changed", "online", "Movable")}, "Movable")
        lib.equal(probe(sim, 0, "--online", "--kernel", address(8)), {8: ("changed", "online", "Normal")}, "a kernel zone")
        lib.equal([entry for entry in sim.log() if entry[0] == "probe"],
                  [("probe", address(block), "0", "-") for block in (4, 6, 5, 7, 8)], "each block: one store")
        before = sim.log()
        lib.equal(probe(sim, 1, address(9), address(4))[4], ("impossible", None, None), "what is there already")
        lib.equal(probe(sim, 4, address(9), address(16)), {9: ("planned", None, None), 16: ("refused", None, None)}, "no proof")
        lib.equal(sim.log(), before, "all are checked before the first store")
        lib.equal(probe(sim, 0, "--force", "--unbacked", address(16)), {16: ("changed", "offline", None)}, "without proof")


def test_probe_failures():
    faults = "fault probe block 5 fails ENOMEM\nfault probe block 7 fails EEXIST\nfault probe block 8 lies\n" \
             "fault online block 10 fails ENOMEM\nfault online block 11 wrong-zone Movable\n"
    with Sim(PROBE_MACHINE, faults) as sim:
        lib.equal(probe(sim, 64, "--online", address(4), address(5), address(6)),
                  {4: ("changed", "online", "Normal"), 5: ("failed", None, None), 6: ("not-tried", None, None)}, "one fails")
        lib.equal(probe(sim, 1, address(7)), {7: ("failed", None, None)}, "another was first")
        lib.equal(probe(sim, 1, address(8)), {8: ("failed", None, None)}, "a block that does not appear")
        run = lib.Run(sim.root, "probe", "--online", address(9), address(10))
        lib.equal(run.status, 64, "a block that does not go online")
        lib.equal(sim.truth()[10], ("offline", "none"), "it was added all the same")
        lib.check("512M was added and stays" in run.err, f"what was added is not told: {run.err}")
        lib.check("block 10: no memory for that" in run.err, f"the reason is not told: {run.err}")
        lib.equal(probe(sim, 64, "--online", "--kernel", address(11)), {11: ("wrong-zone", "online", "Movable")}, "the wrong zone")
    with Sim("profile 4.18\n" + PROBE_MACHINE) as sim:
        lib.equal(probe(sim, 1, "--force", "--unbacked", hex(1 << 50)), {1 << 22: ("failed", None, None)}, "too far up, long ago")
    with Sim(PROBE_MACHINE) as sim:
        run = lib.Run(sim.root, "probe", "--force", "--unbacked", hex(1 << 50))
        lib.check(run.status == 1 and "E2BIG" in run.err, f"too far up: {run.status} {run.err}")


def test_probe_and_others():
    """Blocks that come online by themselves are told apart."""
    with Sim(PROBE_MACHINE, "auto_online online_movable\n") as sim:
        run = lib.Run(sim.root, "probe", address(4))
        lib.equal(run.status, 0, "a block that goes online by itself")
        lib.check("block 4 came online by itself" in run.err, f"that is not told: {run.err}")
        lib.equal(probe(sim, 0, "--online", "--movable", address(5)), {5: ("changed", "online", "Movable")}, "as asked already")
        lib.equal(probe(sim, 64, "--online", "--kernel", address(6)), {6: ("wrong-zone", "online", "Movable")}, "another zone")
    with Sim(PROBE_MACHINE, "event after 1 stores block 4 online Movable\n") as sim:
        run = lib.Run(sim.root, "probe", address(4), "--json")
        lib.equal(sim.truth()[4], ("online", "Movable"), "an agent was there")
        lib.equal((run.status, run.doc["blocks"][0]["onlined_by_others"]), (0, True), "an agent brings it online")


def test_probe_deadline():
    with Sim(PROBE_MACHINE, "fault probe block 4 loops\nfault probe block 5 takes 100\n") as sim:
        lib.equal(probe(sim, 124, "--timeout", DEADLINE, address(4), address(5)),
                  {4: ("timeout", None, None), 5: ("not-tried", None, None)}, "a probe that never ends")
        lib.equal(probe(sim, 0, "--block-timeout", "2m", address(5)), {5: ("changed", "offline", None)}, "a slow probe")
        sim.do("fault probe block 4 loops")
        lib.equal(probe(sim, 124, "--block-timeout", "200ms", address(4)), {4: ("timeout", None, None)}, "the block's deadline")


def test_probe_online_deadline():
    with Sim(PROBE_MACHINE, "fault online block 6 loops\n") as sim:
        lib.equal(probe(sim, 124, "--online", "--timeout", DEADLINE, address(6)), {6: ("timeout", "offline", None)},
                  "an online that never ends")


def test_probe_lock_wait():
    """The kernel's lock is held by another's offline without end."""
    with Sim(PROBE_MACHINE, "blocks 3 node 0 zones Movable\npinned 3\n") as sim:
        writer = Writer(sim, "memory3/state", "offline").inside()
        until(lambda: sim.state(3) == "going-offline", "going-offline")
        run = lib.Run(sim.root, "probe", "--timeout", DEADLINE, address(4), "--json")
        lib.equal((run.status, run.doc["blocks"][0]["outcome"]), (124, "timeout"), "waiting for the kernel's lock")
        lib.equal(sim.writers(), [writer.pid], "writers while another has the lock")
        sim.do("release")
        lib.equal(writer.result(), 0, "the other's offline")
        lib.check(4 not in sim.truth(), "a writer that was killed has added the block")


def test_probe_signals():
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
        with Sim(PROBE_MACHINE, "fault probe block 5 loops\n") as sim:
            process = start(sim, "probe", "--online", address(4), address(5))
            until(lambda sim=sim: any(pid != process.pid for pid in sim.writers()) and 4 in sim.truth(), "the second probe")
            process.send_signal(number)
            doc = json.loads(process.communicate(timeout=simlib.PATIENCE)[0])
            lib.equal(process.returncode, -number, f"{number.name} ends memctl")
            lib.equal(judge_probe(sim, number.name, doc, 128 + number),
                      {4: ("not-tried", "offline", None), 5: ("interrupted", None, None)}, number.name)
            lib.equal((doc["outcome"], doc["blocks"][1]["errno"]), ("interrupted", None), number.name)
    with Sim(PROBE_MACHINE, "fault probe block 4 loops\n") as sim:
        process = start(sim, "probe", address(4))
        until(sim.writers, "the probe")
        process.kill()
        process.communicate(timeout=simlib.PATIENCE)
        until(lambda: not sim.writers(), "the end of the writer of a memctl that was killed")
        lib.check(4 not in sim.truth(), "it has added the block")


def crash_kernel(loaded, hotplug=None):
    """Lines of a machine whose crash kernel is loaded, or not, and whether the kernel keeps it up to date"""
    text = f'file sys/kernel/kexec_crash_loaded "{loaded}\\n"\n'
    return text if hotplug is None else text + f'file sys/devices/system/memory/crash_hotplug "{hotplug}\\n"\n'


def test_crash_kernel():
    for more, needed in (("", False), (crash_kernel(0, 0), False), (crash_kernel(1), True), (crash_kernel(1, 0), True),
                         (crash_kernel(1, 1), False), (crash_kernel(1, "?"), None)):
        with Sim(more=more + "unmovable 5\n") as sim:
            for blocks, changed in ("8", True), ("8", False), ("5", False):
                args = "offline", "--block", blocks, "--force"
                err = lib.Run(sim.root, *args, "--dry-run").err + lib.Run(sim.root, *args).err
                lib.equal(err.count("crash kernel"), int(changed and needed is True), f"{more!r}: told after {blocks}")
            for blocks, changed in ("9", True), ("9", False), ("5", False):
                run = lib.Run(sim.root, "offline", "--block", blocks, "--force", "--json")
                lib.equal(run.doc.get("crash_kernel_reload", False), needed if changed else False, f"{more!r}: {run.what}")
            run = lib.Run(sim.root, "offline", "--block", "5,10", "--force", "--rollback", "--json")
            lib.check("crash_kernel_reload" not in run.doc, f"{more!r}: what was rolled back is nothing new to a crash kernel")


POOLS = """node 1 cpus 4-7
blocks 0-7 node 0 zones Normal
blocks 8-11 node 1 zones Movable
blocks 12-15 node 1 state offline zones "Normal Movable"
"""


def pool(folder, total, free, surplus=0):
    counters = ("nr", total), ("free", free), ("surplus", surplus)
    return "".join(f'file sys/{folder}/hugepages/hugepages-2048kB/{name}_hugepages "{value}\\n"\n' for name, value in counters)


def node_pools(first, second):
    total = sum(int(counts[0]) for counts in (first, second) if str(counts[0]).isdigit())
    return (POOLS + pool("kernel/mm", total, total) + pool("devices/system/node/node0", *first) +
            pool("devices/system/node/node1", *second))


def at_risk(run):
    pools = run.doc.get("huge_pages", [])
    return pools and {pool["node"]: (pool["before"], pool["at_risk"]) for pool in pools}


def test_huge_pages_planned():
    for more, blocks, right in (
            (node_pools((60, 60), (100, 10)), "8", {1: (100, 64)}),  # of the block
            (node_pools((0, 0), (100, 10)), "8", {1: (100, 10)}),  # of the free ones
            (node_pools((60, 60), (100, 10)), "7-8", {0: (60, 60), 1: (100, 64)}),
            (node_pools((60, 60), (0, 0)), "8", []),
            (node_pools((60, 0), (60, 0)), "8", []),
            (node_pools((60, "?"), (60, 0)), "8", {1: (60, 60)}),
            (node_pools((5, 5), ("?", 0)), "8", {1: (None, 64)}),
            (pool("kernel/mm", 10, 10), "8", {None: (10, 10)}),
            ("file sys/kernel/mm/hugepages x\n", "8", None),
            ("", "8", [])):
        with Sim(more=more) as sim:
            args = "offline", "--block", blocks, "--force", "--dry-run"
            run = lib.Run(sim.root, *args, "--json")
            lib.equal((run.status, at_risk(run)), (0, right), f"{more!r}: {blocks}")
            for error in lib.validator()(run.doc):
                lib.fail(error)
            run = lib.Run(sim.root, *args)
            lib.equal(run.err.count("huge pages"), 1 if right is None else len(right), f"{more!r}: {blocks}: {run.err}")


def flags(block, *words):
    return f"kpageflags {hex(block << 15)} {' '.join(words)}\n"


def test_pages():
    """What the flags of the pages tell before blocks go offline, asked for by name or chosen"""
    one, all_free, unpoisoned = "80000", "400*32768", "400*32767"
    more = (node_pools((60, 60), (100, 90)) + flags(8, "28000", "30000*511", "400*32256") + flags(9, unpoisoned, one) +
            flags(10, all_free) + flags(11, one, "400*32766", one))
    with Sim(more=more) as sim:
        for args, poisoned, pools in ((("--block", "8"), None, {1: (100, 1)}), (("--block", "9"), "block 9:", []),
                                      (("--block", "8-11"), "blocks 9, 11:", {1: (100, 1)}), (("--block", "10"), None, []),
                                      (("--node", "1", "--size", "512M"), "blocks ", {1: (100, 1)})):
            args = "offline", *args, "--force"
            run = lib.Run(sim.root, *args, "--dry-run", "--json")
            lib.equal(at_risk(run), pools, f"{run.what}: huge pages")
            lib.check("poisoned" not in run.err if poisoned is None else poisoned in run.err, f"{run.what}: {run.err}")
        run = lib.Run(sim.root, "offline", "--block", "9", "--force")
        lib.equal((run.status, run.err.count("(poisoned)")), (0, 1), "told before the block goes offline")
    with Sim(more=more + "remove proc/kpageflags\n") as sim:
        run = lib.Run(sim.root, "offline", "--block", "9", "--force", "--dry-run", "--json")
        lib.equal((at_risk(run), "poisoned" in run.err), ({1: (100, 64)}, False), "flags that cannot be read")


def offline_and_lose(sim, left, *args):
    """An offline of blocks 8 and 9, the latter of which is in the way until huge pages of node 1 have gone."""
    command = [lib.MEMCTL, "--sysroot", sim.root, "offline", "--block", "8-9", *args]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=lib.environment()) as process:
        until(lambda: sim.state(9) == "going-offline", "going-offline")
        name = os.path.join(sim.tree(), "sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages")
        with open(name, "w", encoding="ascii") as file:
            file.write(f"{left}\n")
        if "--rollback" in args:
            process.send_signal(signal.SIGINT)
        else:
            sim.do("release")
        return process.communicate(timeout=simlib.PATIENCE)


def test_huge_pages_lost():
    more = node_pools((60, 60), (100, 10, 4)) + "pinned 9\n"
    restore = "sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages"
    for left, after in ("93", 93), ("0", 0), ("?", None):
        with Sim(more=more) as sim:
            doc = json.loads(offline_and_lose(sim, left, "--json")[0])
            lost = None if after is None else 100 - after
            lib.equal((doc["exit_status"], doc["huge_pages"]),
                      (0, [{"node": 1, "size": 2 << 20, "before": 100, "after": after, "lost": lost}]), f"{left} are left")
            for error in lib.validator()(doc):
                lib.fail(error)
        with Sim(more=more) as sim:
            out, err = offline_and_lose(sim, left, "--rollback")
            lib.check("blocks are as they were" in out and "nothing is changed" not in out, f"rolled back, {left} are left: {out}")
            told = f"node 1 has lost {lost} of its 100 huge pages (2M)" in err and f"echo 96 > {sim.root}/{restore}" in err
            lib.check(told if lost else "is not known" in err, f"rolled back, {left} are left: {err}")
    with Sim(more=more) as sim:
        out, err = offline_and_lose(sim, "100", "--rollback")
        lib.check("nothing is changed" in out and "huge pages" not in err, f"no page was lost: {out}{err}")


simlib.run_tests(globals(), jobs=4)
