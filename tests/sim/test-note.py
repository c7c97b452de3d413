#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The notes of requests on the simulator: what they say, when they are written, and that nothing is the worse for them."""

import json
import os
import subprocess

import simlib
from simlib import Sim, lib, until

ERRORS = lib.validator()
KEPT = 16
PROBE_MACHINE = """
probe
node 0
blocks 0-7 node 0 zones Normal
ram memmap 0-31
file proc/iomem "00000000-3fffffff : System RAM\\n"
"""


def folder(sim):
    return sim.path("run/memctl")


def names(sim):
    """The files that are notes, the oldest first"""
    found = os.listdir(folder(sim)) if os.path.isdir(folder(sim)) else []
    return sorted((name for name in found if not name.startswith(".")), key=lambda name: int(name.split(".")[0]))


def read(sim, index=-1):
    with open(os.path.join(folder(sim), names(sim)[index]), encoding="utf-8") as file:
        doc = json.load(file)
    for error in ERRORS(doc):
        lib.fail(f"a note: {error}")
    return doc


def rows(doc, key):
    size = doc["block_size"]
    return [(row["start"] // size, row["size"] // size, row["state"], row["zone"]) for row in doc[key]]


def run(sim, *args, status=0, **more):
    done = lib.Run(sim.root, *args, **more)
    lib.equal(done.status, status, f"{done.what}: {done.err}")
    return done


def test_content():
    with Sim(more="fault offline block 10 times always fails EBUSY\n") as sim:
        run(sim, "offline", "--block", "9-10,12", status=64, env={"SUDO_USER": "anna\n"})
        doc = read(sim)
        lib.equal((rows(doc, "memory"), rows(doc, "after")), (
            [(9, 2, "online", "Movable")], [(9, 1, "offline", None), (10, 1, "online", "Movable")]), "blocks that it was to change")
        request = doc["request"]
        lib.equal((request["outcome"], request["planned"], request["uid"], request["sudo_user"], request["by"], request["device"]),
                  ("partial", 2, os.getuid(), "anna\\x0a", None, None), "the request")
        lib.check(request["command"].endswith("offline --block 9-10,12"), request["command"])
        lib.equal([oct(os.stat(path).st_mode & 0o777) for path in (folder(sim), os.path.join(folder(sim), names(sim)[0]))],
                  ["0o700", "0o600"], "for its owner alone")
        run(sim, "online", "--block", "9,12", "--movable", "--json")
        lib.equal(rows(read(sim), "after"), [(9, 1, "online", "Movable"), (12, 1, "online", "Movable")], "with --json")
        saved = os.path.join(folder(sim), names(sim)[0])
        lib.equal(lib.Run(sim.root, "restore", saved, "--dry-run").status, 0, "a note is a saved layout")


def test_candidates():
    """Blocks that may have their turn are among them, and the rest is not."""
    with Sim(more="fault offline block 11 times always fails EBUSY\n") as sim:
        run(sim, "offline", "--count", "1", "--zone", "Movable")
        doc = read(sim)
        lib.equal((rows(doc, "memory"), doc["request"]["planned"]), ([(8, 4, "online", "Movable")], 1), "the candidates")
        changed = [number for number, (state, _) in sim.truth().items() if 8 <= number < 12 and state == "offline"]
        lib.equal([(start, num) for start, num, state, _ in rows(doc, "after") if state == "offline"],
                  [(number, 1) for number in changed], "the one that went")


def test_before_the_first_store():
    """While the kernel tries the note is there, whole, and not ended."""
    with Sim(more="pinned 9\n") as sim:
        with subprocess.Popen([lib.MEMCTL, "-s", sim.root, "offline", "--block", "9"], env=lib.environment(),
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            until(sim.writers, "a store")
            doc = read(sim)
            lib.equal((doc["request"]["outcome"], doc["request"]["pid"], rows(doc, "memory"), rows(doc, "after")),
                      (None, process.pid, [(9, 1, "online", "Movable")], [(9, 1, "offline", None)]), "before the first store")
            process.kill()
        lib.equal(read(sim)["request"]["outcome"], None, "after kill -9")


def test_probe():
    """A block that was not there has no row in what was."""
    with Sim(PROBE_MACHINE) as sim:
        run(sim, "probe", "0x80000000", "--online", "--movable")
        doc = read(sim)
        lib.equal((rows(doc, "memory"), rows(doc, "after")), ([], [(16, 1, "online", "Movable")]), "a block that was added")


def test_kept():
    with Sim() as sim:
        for number in range(KEPT + 3):
            run(sim, "offline" if number % 2 == 0 else "online", "--block", "9")
        lib.equal([name.split(".")[0] for name in names(sim)], [str(number + 4) for number in range(KEPT)], "the last ones")
        half = os.path.join(folder(sim), ".99.1.json")
        with open(half, "w", encoding="utf-8") as file:
            file.write("{")
        run(sim, "offline" if sim.state(9) == "online" else "online", "--block", "9")
        lib.check(not os.path.exists(half), "half a note was left")
        lib.equal((len(names(sim)), names(sim)[-1].split(".")[0]), (KEPT, "100"), "what was half written had a number, too")
        last = names(sim)[-1]
        for number in range(KEPT + 2):
            run(sim, "offline" if sim.state(9) == "online" else "online", "--block", "9", env={"MEMCTL_BY": "udev"})
        lib.equal((len(names(sim)), names(sim)[KEPT - 1]), (2 * KEPT, last), "a rule takes the note of no one else")
        lib.check(all(name.endswith(".udev.json") for name in names(sim)[KEPT:]), names(sim))


def test_none():
    """What changes nothing leaves none."""
    with Sim(more="readonly\n") as sim:
        for args in (["list"], ["status"], ["explain"], ["save"], ["policy", "show"], ["offline", "--block", "9", "--dry-run"],
                     ["offline", "--block", "12"], ["offline", "--block", "99"]):
            lib.Run(sim.root, *args)
        run(sim, "offline", "--block", "9", status=1)
        lib.equal(names(sim), [], "notes")
    with Sim(more='file proc/meminfo "MemTotal: 2000000 kB\\nMemFree: 90000 kB\\nMemAvailable: 100000 kB\\n"\n') as sim:
        run(sim, "offline", "--block", "9", status=4)
        lib.equal(names(sim), [], "notes of what a guard refused")


def fails(sim, what, *command):
    """A request that cannot have its note goes on, and says so."""
    done = subprocess.run([*command, lib.MEMCTL, "-s", sim.root, "offline", "--block", "9"], env=lib.environment(),
                          capture_output=True, text=True, timeout=300, check=False)
    err = " ".join(done.stderr.split())
    lib.equal((done.returncode, sim.state(9)), (0, "offline"), f"{what}: {err}")
    lib.check("no note of this request in " in err and err.count("no note") == 1, f"{what}: {err}")
    sim.do("block 9 online Movable")


def test_failing_folder():
    with Sim() as sim:
        fails(sim, "no room", "sh", "-c", 'ulimit -f 1; exec "$@"', "sh")
        lib.equal(os.listdir(folder(sim)), [], "nothing is left of it")
    for what in "file", "link", "open":
        with Sim() as sim:
            if what == "open":
                os.mkdir(folder(sim))
                os.chmod(os.path.join(sim.tree(), "run/memctl"), 0o777)
            elif what == "link":
                os.symlink("/tmp", os.path.join(sim.tree(), "run/memctl"))
            else:
                with open(folder(sim), "w", encoding="utf-8"):
                    pass
            fails(sim, what)
            lib.equal(os.path.isdir(folder(sim)) and what == "open" and os.listdir(folder(sim)), what == "open" and [], what)


def test_udev():
    """What a rule asks for says so: by what udevd puts into the environment, and by what the sample unit does."""
    with Sim() as sim:
        event = {"SUBSYSTEM": "memory", "ACTION": "add", "DEVPATH": "/devices/system/memory/memory9"}
        for env, by in ({}, None), ({"MEMCTL_BY": "udev"}, "udev"), ({"MEMCTL_BY": "root"}, None), (
                {"SUBSYSTEM": "memory"}, None), (event, "udev"):
            done = run(sim, "offline" if sim.state(9) == "online" else "online", "--block", "9", "--verbose", env=env)
            lib.equal(read(sim)["request"]["by"], by, env)
            lib.equal(" by=udev command=" in " ".join(done.err.split()), by == "udev", f"{env}: {done.err}")


simlib.run_tests(globals())
