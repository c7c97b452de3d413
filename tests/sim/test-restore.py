#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl save and restore on the simulator: the way back, what stands in it, and random machines with other agents."""

import json
import os
import random

import simlib
from simlib import MACHINE, Sim, lib

ERRORS = lib.validator()
DONE = "changed", "already", "absent"
STATUSES = {"complete": 0, "partial": 64, "failed": 1, "timeout": 124, "rolled-back": 1, "refused": 4}
RANDOM = 40


def layout(name="layout.json"):
    return os.path.join(lib.TMP, name)


def save(sim, name="layout.json"):
    lib.equal(lib.Run(sim.root, "save", layout(name)).status, 0, "save")


def restore(sim, status, *args):
    """The document; each block in it is the truth."""
    run = lib.Run(sim.root, "restore", layout(), "--json", *args)
    lib.equal((run.status, run.doc.get("exit_status")), (status, status), f"{run.what}: {run.err}")
    for error in ERRORS(run.doc):
        lib.fail(f"{run.what}: {error}")
    tell_truth(sim, run.what, run.doc)
    return run.doc


def tell_truth(sim, what, doc):
    truth = sim.truth()
    for block in doc.get("blocks", []):
        state, zone = truth.get(block["block_id"], (None, "none"))
        if block["reason"] != "unreadable":
            lib.equal(block["after"], state, f"{what}: block {block['block_id']}")
        if state == "online" and block["outcome"] in ("changed", "wrong-zone"):
            lib.equal(block["zone"], zone, f"{what}: zone of block {block['block_id']}")
    lib.equal(sim.writers(), [], f"{what}: writers")


def outcomes(doc):
    return {block["block_id"]: (block["goal"], block["outcome"]) for block in doc["blocks"]}


def words(sim):
    return [(name, word) for name, word, *_ in sim.log()]


def test_there_and_back():
    with Sim() as sim:
        save(sim)
        before = sim.truth()
        lib.equal(restore(sim, 0)["blocks"], [], "nothing to do")
        lib.equal(sim.log(), [], "a restore of what is so writes nothing")
        for args in (["offline", "--block", "9-10"], ["online", "--block", "12", "--movable"], ["online", "--block", "13"]):
            lib.equal(lib.Run(sim.root, *args).status, 0, args)
        stores = sim.log()
        plan = restore(sim, 0, "--dry-run")
        lib.equal(outcomes(plan), {9: ("online_movable", "planned"), 10: ("online_movable", "planned"), 12: ("offline", "planned"),
                                   13: ("offline", "planned")}, "the plan")
        lib.equal(sim.log(), stores, "a dry run writes nothing")
        lib.equal(list(outcomes(restore(sim, 0)).values()), [("online_movable", "changed")] * 2 + [("offline", "changed")] * 2,
                  "the way back")
        lib.equal(words(sim)[len(stores):], [("memory9/state", "online_movable"), ("memory10/state", "online_movable"),
                                            ("memory12/state", "offline"), ("memory13/state", "offline")], "online first")
        lib.equal(sim.truth(), before, "all is as it was")
        lib.equal(lib.Run(sim.root, "diff", layout()).status, 0, "diff")


def in_other_zone(more=""):
    """A saved machine, of which block 10 is offline now, and block 11 online in another zone"""
    sim = Sim(MACHINE.replace("blocks 8-11 node 0 zones Movable", "blocks 8-11 node 0 zones Normal"), more)
    save(sim)
    for line in "block 10 offline", "block 11 offline", "block 11 online Movable":
        sim.do(line)
    return sim


def test_zones():
    """What is online in another zone goes offline first, after what only comes online."""
    with in_other_zone() as sim:
        before = sim.log()
        plan = restore(sim, 0, "--dry-run")
        lib.equal(outcomes(plan), {10: ("online_kernel", "planned"), 11: ("online_kernel", "planned")}, "the plan")
        lib.equal([block["zone_before"] for block in plan["blocks"]], [None, "Movable"], "from where")
        err = lib.Run(sim.root, "restore", layout(), "--dry-run").err
        lib.check("so that they go offline first: 11" in " ".join(err.split()), err)
        lib.equal(outcomes(restore(sim, 0)), {10: ("online_kernel", "changed"), 11: ("online_kernel", "changed")}, "zones")
        lib.equal(words(sim)[len(before):], [("memory10/state", "online_kernel"), ("memory11/state", "offline"),
                                             ("memory11/state", "online_kernel")], "stores")
        lib.equal(lib.Run(sim.root, "diff", layout()).status, 0, "diff")


def test_zones_and_back():
    """A block that does not come online there is brought back, also without --rollback, and what is told is about that."""
    with in_other_zone("fault online block 11 times 1 fails ENOMEM\n") as sim:
        doc = restore(sim, 64)
        lib.equal(outcomes(doc), {10: ("online_kernel", "changed"), 11: ("online_kernel", "failed")}, "no memory")
        lib.equal([doc["blocks"][1][key] for key in ("after", "zone", "errno")], ["online", "Movable", "ENOMEM"], "where it was")
    with in_other_zone("fault online block 11 times always fails ENOMEM\n") as sim:
        doc = restore(sim, 64)
        lib.equal([doc["blocks"][1][key] for key in ("outcome", "after")], ["rollback-failed", "offline"], "it cannot go back")
    with in_other_zone("fault offline block 11 times always fails EBUSY\n") as sim:
        before = sim.truth()
        doc = restore(sim, 1, "--rollback")
        lib.equal(outcomes(doc), {10: ("online_kernel", "rolled-back"), 11: ("online_kernel", "busy")}, "it does not go down")
        lib.equal(sim.truth(), before, "all is as it was")
    with in_other_zone('file proc/meminfo "MemTotal: 2000000 kB\\nMemFree: 90000 kB\\nMemAvailable: 100000 kB\\n"\n') as sim:
        before = sim.log()
        lib.equal((restore(sim, 4)["guard"]["code"], sim.log()), ("memory-left", before), "too little is left meanwhile")


def test_impossible_zone():
    """What the block cannot become is said, without advice that a restore does not take."""
    tree = lib.describe("lacks", "node 0\nblocks 0-7 node 0 zones Normal\nblocks 8 node 0 state offline zones Normal\n")
    lib.equal(lib.Run(tree, "save", layout()).status, 0, "save")
    edit(lambda doc: doc["memory"][1].update(state="online", zone="Movable"))
    doc = lib.Run(tree, "restore", layout(), "--json", "--dry-run").doc
    lib.equal([(block["outcome"], block["reason"], block["hint"]) for block in doc["blocks"]],
              [("impossible", "other-zone", None)], "no such zone")


def test_rollback():
    with Sim(more="fault offline block 13 times always fails EBUSY\n") as sim:
        save(sim)
        for args in (["offline", "--block", "8"], ["online", "--block", "12-13", "--movable"]):
            lib.Run(sim.root, *args)
        before = sim.truth()
        doc = restore(sim, 1, "--rollback")
        lib.equal((doc["outcome"], outcomes(doc)), ("rolled-back", {
            8: ("online_movable", "rolled-back"), 12: ("offline", "rolled-back"), 13: ("offline", "busy")}), "all or nothing")
        lib.equal(sim.truth(), before, "as before")
        doc = restore(sim, 64)
        lib.equal(outcomes(doc)[13], ("offline", "busy"), "without it the rest is done")


def test_deadline():
    with Sim(more="pinned 12\n") as sim:
        save(sim)
        lib.Run(sim.root, "online", "--block", "12", "--movable")
        doc = restore(sim, 124, "--timeout", "300ms")
        lib.equal((doc["outcome"], outcomes(doc)), ("timeout", {12: ("offline", "timeout")}), "an endless offline")
        lines = lib.Run(sim.root, "restore", layout(), "--json", "--progress", "--timeout", "300ms").out.splitlines()
        for line in lines:
            for error in ERRORS(json.loads(line)):
                lib.fail(f"--progress: {error}")
        lib.check(len(lines) > 1, "progress is told")


def test_guards():
    little = 'file proc/meminfo "MemTotal: 2000000 kB\\nMemFree: 90000 kB\\nMemAvailable: 100000 kB\\n"\n'
    with Sim(more=little + "auto_online offline\n") as sim:
        save(sim)
        lib.Run(sim.root, "online", "--block", "12", "--movable")
        stores = sim.log()
        doc = restore(sim, 4)
        lib.equal((doc["guard"]["code"], doc["guard"]["refused"]), ("memory-left", True), "the guard")
        lib.equal(sim.log(), stores, "nothing was written")
        lib.Run(sim.root, "policy", "set", "auto_online_blocks", "online")
        lib.equal([entry["outcome"] for entry in restore(sim, 4, "--policy")["policy"]], ["not-tried"], "a refused setting")
        lib.equal(outcomes(restore(sim, 0, "--force")), {12: ("offline", "changed")}, "by force")


def edit(change):
    """The saved layout another way"""
    with open(layout(), encoding="utf-8") as file:
        doc = json.load(file)
    change(doc)
    with open(layout(), "w", encoding="utf-8") as file:
        json.dump(doc, file)


def test_ratio():
    """Kernel memory that is to come online is not counted on: it may fail, and the kernel be left with too little."""
    def swap(doc):
        size = doc["block_size"]
        doc["memory"] = [{"start": first * size, "size": num * size, "state": state, "zone": zone} for first, num, state, zone in (
            (0, 1, "online", "Normal"), (1, 3, "offline", None), (4, 4, "online", "Normal"), (8, 8, "online", "Movable"))]

    with Sim("""
node 0 cpus 0-3
blocks 0-3 node 0 zones Normal
blocks 4-7 node 0 state offline zones "Normal Movable"
blocks 8-15 node 0 zones Movable
fault online block 4-7 times always fails ENOMEM
""") as sim:
        save(sim)
        edit(swap)
        doc = restore(sim, 4)
        lib.equal((doc["guard"]["code"], doc["guard"]["ratio"], sim.log()), ("imbalance", 8, []), "the guard")


def test_other_blocks():
    """Another block size, and blocks that are not there: refused with the list; the rest by --present-only."""
    with Sim() as sim:
        save(sim)
    with Sim(MACHINE.replace("blocks 8-11", "blocks 8-9,11").replace("blocks 12-15", "blocks 12-14,20")) as sim:
        for args in [], ["--dry-run"]:
            run = lib.Run(sim.root, "restore", layout(), *args)
            lib.equal((run.status, run.out), (1, ""), run.what)
            lib.check("are not there: 10, 15; --present-only" in run.err, run.err)
        lib.equal(sim.log(), [], "nothing was written")
        sim.do("block 9 offline")
        lib.equal(outcomes(restore(sim, 0, "--present-only")), {9: ("online_movable", "changed")}, "what is there")
        run = lib.Run(sim.root, "restore", layout(), "--present-only")
        lib.check("not there, and passed over: 10, 15" in run.err and "left alone: 20" in run.err, run.err)
    with Sim("block_size 0x4000000\n" + MACHINE) as sim:
        run = lib.Run(sim.root, "restore", layout())
        lib.equal((run.status, run.out, sim.log()), (1, "", []), run.what)
        lib.check("is about blocks of 128M, and here a block has 64M" in run.err, run.err)


def test_odd_layouts():
    """What the layout does not say stays as it is; a block that cannot be read is not touched, and 64."""
    def forget(doc):
        doc["memory"][1]["state"] = None
        doc["memory"][2]["state"] = "going-offline"

    with Sim() as sim:
        save(sim)
        edit(forget)
        sim.do("block 8 offline")
        run = lib.Run(sim.root, "restore", layout())
        lib.equal((run.status, sim.log()), (64, []), run.what)
        lib.check("left alone: 8-15" in run.err and "the other memory blocks are as" in " ".join(run.err.split()), run.err)
        edit(lambda doc: doc["memory"][1].update(state="online", zone=None))
        run = lib.Run(sim.root, "restore", layout(), "--json")
        lib.equal((run.status, outcomes(run.doc)), (64, {8: ("online", "changed")}), "the kernel chooses the zone")
        lib.check("the zone is not known" in run.err and ": 8-11" in run.err, run.err)
        lib.equal(lib.Run(sim.root, "restore", "/dev/null").status, 2, "no layout")
        lib.equal(lib.Run(sim.root, "restore").status, 2, "no file")
    with Sim(more="fault read state block 9 times always fails EIO\n") as sim:
        with Sim() as other:
            save(other)
        doc = restore(sim, 1)
        lib.equal(outcomes(doc), {9: ("online_movable", "failed")}, "a block that cannot be read")


def test_policy():
    with Sim(more="auto_online offline\nparam auto_movable_ratio 301\n") as sim:
        save(sim)
        lib.Run(sim.root, "policy", "set", "auto_online_blocks", "online")
        sim.do("block 8 offline")
        lib.equal(restore(sim, 0)["policy"], [], "only when asked")
        lib.equal(sim.read("auto_online_blocks").strip(), "online", "the policy stays")
        sim.do("block 8 offline")
        plan = restore(sim, 0, "--policy", "--dry-run")["policy"]
        entry = {"key": "auto_online_blocks", "before": "online", "value": "offline", "errno": None}
        lib.equal(plan, [{**entry, "outcome": "planned"}], "the plan")
        lib.equal(restore(sim, 0, "--policy")["policy"], [{**entry, "outcome": "changed"}], "the policy")
        lib.equal(sim.read("auto_online_blocks").strip(), "offline", "the policy is back")
    with Sim(more="auto_online online\nfault online block 8 times always fails ENOMEM\n") as sim:
        sim.do("block 8 offline")
        doc = restore(sim, 1, "--policy")
        lib.equal([entry["outcome"] for entry in doc["policy"] if entry["key"] == "auto_online_blocks"], ["not-tried"],
                  "the blocks come first")


def test_policy_alone():
    """Settings come after the blocks: one that fails brings nothing back; each leaves its line; what boot sets is left alone."""
    with Sim(more="auto_online offline\nparam auto_movable_ratio 301\nparam memmap_on_memory N\n"
                  "fault policy nth 2 fails EIO\n") as sim:
        save(sim)
        edit(lambda doc: doc["policy"].update(auto_online_blocks="online", auto_movable_ratio="200", memmap_on_memory="Y"))
        sim.do("block 9 offline")
        run = lib.Run(sim.root, "restore", layout(), "--policy", "--verbose")
        lib.equal((run.status, sim.state(9), sim.read("auto_online_blocks").strip()), (64, "online", "online"), run.what)
        err = " ".join(run.err.split())
        lib.check("auto_movable_ratio stays 301, and is not set to 200" in err, err)
        lib.check("outcome=changed key=auto_online_blocks before=offline value=online exit_status=0" in err, err)
        lib.check("outcome=failed key=auto_movable_ratio before=301 value=200 exit_status=1" in err, err)
        lib.check("only boot can set memmap_on_memory:" in err and "policy set memmap_on_memory Y --persist" in err, err)
        plan = restore(sim, 64, "--policy", "--dry-run")["policy"]
        lib.equal([entry["key"] for entry in plan], ["auto_movable_ratio"], "the rest")


def settings(doc):
    return [(entry["key"], entry["outcome"], entry["errno"]) for entry in doc["policy"]]


def test_policy_rollback():
    """All or nothing: settings first, and set back where one of them or a block fails."""
    machine = "auto_online offline\nparam auto_movable_ratio 301\n"

    def prepare(sim):
        save(sim)
        edit(lambda doc: doc["policy"].update(auto_online_blocks="online", auto_movable_ratio="200"))
        sim.do("block 9 offline")

    with Sim(more=machine) as sim:
        prepare(sim)
        doc = restore(sim, 0, "--policy", "--rollback")
        lib.equal(settings(doc), [("auto_online_blocks", "changed", None), ("auto_movable_ratio", "changed", None)], "all of it")
        lib.equal(words(sim)[-1], ("memory9/state", "online_movable"), "the blocks come last")
    with Sim(more=machine + "fault policy nth 2 fails EIO\n") as sim:
        prepare(sim)
        before, stores = sim.truth(), [entry for entry in words(sim) if entry[0].endswith("/state")]
        doc = restore(sim, 1, "--policy", "--rollback")
        lib.equal((doc["outcome"], settings(doc)), ("rolled-back", [
            ("auto_online_blocks", "rolled-back", None), ("auto_movable_ratio", "failed", "EIO")]), "a setting fails")
        lib.equal(outcomes(doc), {9: ("online_movable", "not-tried")}, "no block had its turn")
        lib.equal((sim.truth(), sim.read("auto_online_blocks").strip()), (before, "offline"), "all is as it was")
        lib.equal([entry for entry in words(sim) if entry[0].endswith("/state")], stores, "nothing was written to a block")
    with Sim(more=machine + "fault online block 9 times always fails ENOMEM\n") as sim:
        prepare(sim)
        doc = restore(sim, 1, "--policy", "--rollback")
        lib.equal((doc["outcome"], settings(doc)), ("rolled-back", [
            ("auto_online_blocks", "rolled-back", None), ("auto_movable_ratio", "rolled-back", None)]), "a block fails")
        lib.equal(sim.read("auto_online_blocks").strip(), "offline", "it is set back")
    with Sim(more=machine + "fault online block 9 times always fails ENOMEM\nfault policy nth 3 fails EIO\n") as sim:
        prepare(sim)
        run = lib.Run(sim.root, "restore", layout(), "--policy", "--rollback", "--verbose")
        err = " ".join(run.err.split())
        lib.check("auto_movable_ratio was 301, and cannot be set back: Input/output error (EIO)" in err, err)
        lib.check("outcome=rollback-failed key=auto_movable_ratio" in err, err)
        lib.equal((run.status, sim.read("auto_online_blocks").strip()), (64, "offline"), "the rest is set back")


def test_privilege():
    with Sim(more="readonly\n") as sim:
        with Sim(MACHINE.replace("state offline", "")) as other:
            save(other)
        run = lib.Run(sim.root, "restore", layout(), "--json")
        lib.equal((run.status, run.doc["error"]["code"]), (1, "read-only"), run.what)
    tree = lib.describe("copy", MACHINE)
    lib.equal(lib.Run(tree, "restore", layout()).status, 3, "a copy of a machine is not changed")
    lib.equal(lib.Run(tree, "restore", layout(), "--dry-run").status, 0, "its plan is shown")
    tree = lib.describe("policy", "auto_online offline\nblocks 0-7 zones Normal\n")
    lib.equal(lib.Run(tree, "save", layout()).status, 0, "save")
    edit(lambda doc: doc["policy"].update(auto_online_blocks="online"))
    run = lib.Run(tree, "restore", layout(), "--policy")
    lib.equal((run.status, run.out), (3, ""), run.what)
    lib.check("is a copy of a machine" in " ".join(run.err.split()), run.err)


def scenario(seed):
    """A machine, what is done to it before the restore, and what others do meanwhile"""
    rng = random.Random(seed)
    lines = ["node 0 cpus 0-3", "blocks 0-7 node 0 zones Normal"]
    for first in range(8, 24, 2):
        lines.append(f"blocks {first}-{first + 1} node 0 " + rng.choice((
            "zones Movable", "zones Normal", 'state offline zones "Normal Movable"', 'state offline zones "Movable Normal"')))
    changes = [f"block {block} {rng.choice(('offline', 'online Movable', 'online Normal'))}"
               for block in rng.sample(range(8, 24), rng.randint(1, 8))]
    faults, disturbed = [], set()
    for change in rng.sample(changes, rng.randint(0, min(2, len(changes)))):
        faults.append(f"fault any block {change.split()[1]} times always "
                      f"{rng.choice(('fails EBUSY', 'fails ENOMEM', 'vetoed', 'lies'))}")
    for _ in range(rng.choice((0, 0, 1, 2))):
        block = rng.randint(8, 23)
        disturbed.add(block)
        faults.append(f"event after {rng.randint(0, 3)} stores block {block} {rng.choice(('online Movable', 'offline'))}")
    args = [arg for arg in ("--rollback", "--retry=1", "--policy") if rng.random() < 0.3]
    return "\n".join(lines) + "\n", changes, faults, disturbed, args


def test_random():
    """Whatever stands in the way, the report is what is so, and complete means that nothing of the states differs."""
    kinds = set()
    for seed in range(RANDOM):
        machine, changes, faults, disturbed, args = scenario(seed)
        with Sim(machine) as sim:
            save(sim)
            saved = sim.truth()
            for change in changes:
                sim.do(change)
            for line in (line for line in faults if line.startswith("fault")):
                sim.do(line)
            before = sim.truth()
            events = [line for line in faults if line.startswith("event")]
        with Sim(machine_of(before) + "\n".join(events + [line for line in faults if line not in events]) + "\n") as sim:
            what = f"seed {seed}: {changes} {faults} {args}"
            run = lib.Run(sim.root, "restore", layout(), "--json", "--force", *args)
            doc, after = run.doc, sim.truth()
            for error in ERRORS(doc):
                lib.fail(f"{what}: {error}")
            outcome = doc["outcome"]
            kinds.add(outcome)
            lib.equal(run.status, STATUSES[outcome], f"{what}: {outcome}")
            named = {block["block_id"]: block for block in doc["blocks"]}
            for number, block in named.items():
                if number not in disturbed:
                    lib.equal(block["after"], after[number][0], f"{what}: block {number}")
                    lib.equal(block["before"], before[number][0], f"{what}: block {number} before")
            for number in set(saved) - disturbed:
                differs = before[number] != saved[number] and "online" in (before[number][0], saved[number][0])
                lib.equal(number in named, differs, f"{what}: block {number} is in the report")
                if outcome == "complete":
                    lib.equal(after[number], saved[number], f"{what}: block {number} afterwards")
                if outcome == "rolled-back":
                    lib.equal(after[number], before[number], f"{what}: block {number} is as before")
            complete = all(block["outcome"] in DONE for block in named.values())
            lib.equal(outcome == "complete", complete, f"{what}: {outcomes(doc)}")
            lib.equal(sim.writers(), [], f"{what}: writers")
    for kind in "complete", "partial", "failed", "rolled-back":
        lib.check(kind in kinds, f"no scenario with {kind}: {kinds}")


def machine_of(truth):
    """The machine as it has become"""
    lines = ["node 0 cpus 0-3"]
    for number, (state, zone) in truth.items():
        what = f"zones {zone}" if state == "online" else 'state offline zones "Normal Movable"'
        lines.append(f"blocks {number} node 0 {what}")
    return "\n".join(lines) + "\n"


simlib.run_tests(globals())
