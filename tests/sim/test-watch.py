# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl watch on the simulator: what it tells, applied to how it began, is what the machine has come to; and how it ends."""

import contextlib
import fcntl
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import threading
import time

from simlib import PATIENCE, Sim, lib, run_tests, until

LINE = re.compile(r"\d\d:\d\d:\d\d\.\d{3} (initial|add|remove|online|offline|change)[* ] +(\d+) (0x[0-9a-f]+-0x[0-9a-f]+) +"
                  r"(\S+) +(?:(\S+)>)?(\S+)$")


class Watch:
    """memctl watch that runs while in a `with`, and what it has written so far."""

    def __init__(self, root, *args, **options):
        command = [lib.MEMCTL, *(["--sysroot", root] if root else []), "watch", *args]
        self.what = " ".join(["memctl", *command[1:]])
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, env=lib.environment(TZ="UTC"), **options)
        self.lines = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self._reader.join()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def docs(self):
        return [json.loads(line) for line in list(self.lines)]

    def until(self, condition, what):
        until(lambda: condition() or self.process.poll() is not None, f"{self.what}: {what}")

    def until_begun(self):
        """It has looked at the blocks when it says how it goes on from there."""
        said = self.process.stderr.readline()
        lib.check("compares the blocks" in said, f"{self.what}: it says {said}")

    def end(self, number=signal.SIGTERM):
        """The status after a signal, None: after the end that it was given; and what it said for people"""
        if number:
            self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        self._reader.join()
        return status, self.process.stderr.read()


VALIDATE = lib.validator()


def catches(pid, number):
    """Whether it blocks this signal, to take it when it waits"""
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        blocked = next(line.split()[1] for line in file if line.startswith("SigBlk:"))
    return int(blocked, 16) >> (number - 1) & 1


def replay(what, docs):
    """{id: (state, zone)} to which the lines lead; each has to begin where the last one about its block ended."""
    blocks = {}
    for doc in docs:
        for error in VALIDATE(doc):
            lib.fail(f"{what}: {error}: {doc}")
        if "event" not in doc:
            continue
        block, before, after = doc["block_id"], doc["before"], doc["after"]
        if doc["event"] != "initial":
            lib.equal(blocks.get(block), before and (before["state"], before["zone"]), f"{what}: before: {doc}")
        kind = doc["event"]
        lib.check((before is None) == (kind in ("add", "initial")) and (after is None) == (kind == "remove"), f"{what}: {doc}")
        lib.check(kind not in ("online", "offline") or after["state"] == kind, f"{what}: {doc}")
        if after is None:
            blocks.pop(block, None)
        else:
            blocks[block] = after["state"], after["zone"]
    return blocks


def truth(sim):
    return {block: (state, None if zone == "none" or state != "online" else zone) for block, (state, zone) in sim.truth().items()}


def test_replay():
    chance = random.Random(17)
    with Sim() as sim, Watch(sim.root, "--json", "--initial") as watch:
        watch.until_begun()
        for _ in range(30):
            block, what = chance.randrange(8, 20), chance.choice(["online Movable", "offline", "vanishes", "appears"])
            there = sim.truth().get(block, ("absent",))[0]
            if what == "appears" and there == "absent" or what == "vanishes" and there == "offline" or \
                    what.startswith("online") and there == "offline" or what == "offline" and there == "online":
                sim.do(f"block {block} {what}")
            if chance.random() < 0.2:
                lib.Run(sim.root, chance.choice(["online", "offline"]), "--block", "12-13")
            time.sleep(chance.choice([0, 0.05, 0.3]))
        watch.until(lambda: replay(watch.what, watch.docs()) == truth(sim), "all that became of the blocks")
        status, said = watch.end()
        docs = watch.docs()
        lib.equal(status, -signal.SIGTERM, watch.what)
        lib.equal(replay(watch.what, docs), truth(sim), f"{watch.what}: the blocks in the end")
        lib.equal([(doc["ended_by"], doc["exit_status"], doc["events"]) for doc in docs[-1:]],
                  [("signal", 143, sum(doc.get("event", "initial") != "initial" for doc in docs))], f"{watch.what}: the result")
        lib.check(docs[-1]["events"] > 5, f"{watch.what}: few events: {docs[-1]}")
        lib.equal(said, "", f"{watch.what}: it says once that it compares, and then")
        times = [doc["monotonic_us"] for doc in docs[:-1]]
        lib.equal(times, sorted(times), f"{watch.what}: times")


def test_text():
    with Sim(more="node 1 cpus 4\nblocks 16-17 node 1 state going-offline zones Movable\n") as sim, \
            Watch(sim.root, "--initial", "--block", "8,12,16,99") as watch:
        watch.until(lambda: len(watch.lines) >= 4, "the initial lines")
        lib.Run(sim.root, "online", "--block", "12-13", "--movable")
        watch.until(lambda: len(watch.lines) >= 5, "online")
        lib.Run(sim.root, "offline", "--block", "8-9,12")
        sim.do("block 99 appears")
        watch.until(lambda: len(watch.lines) >= 8, "offline")
        sim.do("block 99 vanishes")
        watch.until(lambda: len(watch.lines) >= 9, "it vanishes")
        status, _ = watch.end(signal.SIGINT)
        lib.equal(status, -signal.SIGINT, watch.what)
        lib.equal(watch.lines[0].split(), ["TIME", "EVENT", "BLOCK", "RANGE", "ZONE", "STATE"], f"{watch.what}: headings")
        found = [LINE.match(line) for line in watch.lines[1:]]
        lib.check(all(found), f"{watch.what}: lines of another form: {watch.lines}")
        lib.check(max(map(len, watch.lines)) <= 80, f"{watch.what}: too wide: {watch.lines}")
        got = {(m[1], int(m[2]), m[4], m[5], m[6]) for m in found if m}
        lib.equal(got, {("initial", 8, "Movable", None, "online"), ("initial", 12, "-", None, "offline"),
                        ("initial", 16, "-", None, "going-offline"), ("online", 12, "Movable", "offline", "online"),
                        ("offline", 8, "Movable", "online", "offline"), ("offline", 12, "Movable", "online", "offline"),
                        ("add", 99, "-", "absent", "offline"), ("remove", 99, "-", "offline", "absent")}, f"{watch.what}: lines")
        start, last = watch.lines[1].split()[3].split("-")
        lib.equal((int(start, 16), int(last, 16)), (8 << 27, (9 << 27) - 1), f"{watch.what}: range")


# What is selected, and which of these are told: 12 online, 8 offline, 30 (of node 1) appears
SELECTED = [
    (["--node", "0"], {8, 12}),
    (["--node", "1"], {30}),
    (["--node", "7"], set()),
    (["--zone", "Movable"], {8, 12}),
    (["--zone", "DMA"], set()),
    (["--state", "offline"], {8, 12, 30}),
    (["--state", "going-offline"], set()),
    (["--block", "30-40"], {30}),
    (["--address", "0x40000000"], {8}),
    (["--range", "0x40000000+128M"], {8}),
    (["--source", "dax7.7"], set()),
]


def test_selection():
    machine = {"text": 'node 0\nnode 1\nblocks 0-7 node 0 zones Normal\nblocks 8-11 node 0 zones Movable\n'
                       'blocks 12-15 node 0 state offline zones "Normal Movable"\nblocks 30 node 1 state offline zones Movable\n'
                       'file proc/iomem "00000000-07ffffff : System RAM\\n"\n'}
    with Sim(**machine) as sim:
        sim.do("block 30 vanishes")
        watches = [(Watch(sim.root, "--json", *args), expected) for args, expected in [*SELECTED, ([], {8, 12, 30})]]
        for watch, _ in watches:
            watch.until_begun()
        lib.Run(sim.root, "online", "--block", "12", "--movable")
        lib.Run(sim.root, "offline", "--block", "8")
        sim.do("block 30 appears")
        for watch, expected in watches:
            with watch:
                watch.until(lambda: {doc["block_id"] for doc in watch.docs()} >= expected, f"events of {expected}")
        everything = watches[-1][0]
        lib.equal(len(everything.lines), 3, f"{everything.what}: {everything.lines}")
        for watch, expected in watches:
            lib.equal({doc["block_id"] for doc in watch.docs() if "event" in doc}, expected, f"{watch.what}: blocks")


def test_ends():
    with Sim() as sim:
        for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT:
            with Watch(sim.root, "--json", "--initial") as watch:
                watch.until_begun()
                lib.equal(watch.end(number)[0], -number, f"{watch.what}: {number}")
                lib.equal(watch.docs()[-1]["exit_status"], 128 + number, f"{watch.what}: exit_status")
        run = lib.Run(sim.root, "watch", "--json", "--duration", "300ms")
        lib.equal((run.status, run.doc["ended_by"], run.doc["events"]), (0, "duration", 0), run.what)
        lib.check(run.doc["elapsed_ms"] >= 300, f"{run.what}: {run.doc}")
        with Watch(sim.root, "--json", "--events", "2", "--initial") as watch:
            watch.until_begun()
            lib.Run(sim.root, "online", "--block", "12-14", "--movable")
            lib.equal(watch.end(None)[0], 0, watch.what)
            lib.equal(watch.docs()[-1]["ended_by"], "events", f"{watch.what}: {watch.lines[-1]}")
            lib.equal([doc["event"] for doc in watch.docs()[16:-1]], ["online"] * 2, f"{watch.what}: events")


def test_output_ends():
    """A reader that goes away ends it at once, though nothing happens; a full disk is a failure."""
    with Sim() as sim:
        for args in [], ["--json", "--initial"]:
            ours, theirs = os.pipe()
            command = [lib.MEMCTL, "-s", sim.root, "-q", "watch", *args]
            with subprocess.Popen(command, stdout=theirs, stderr=subprocess.PIPE) as process:
                os.close(theirs)
                os.read(ours, 1)
                os.close(ours)
                said = process.communicate(timeout=PATIENCE)[1].decode()
            lib.equal((process.returncode, said), (0, ""), f"watch {args} into a closed pipe")
            with open("/dev/full", "wb") as full:
                done = subprocess.run([*command, "--initial"], stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE, check=False)
            lib.equal(done.returncode, 1, f"watch {args} into a full disk ({done.stderr})")
            lib.equal(done.stderr.count(b"standard output cannot be written: No space left"), 1, f"{args}: {done.stderr}")


def test_full_pipe():
    """A reader that does not read keeps nobody from ending it."""
    with Sim() as sim:
        for args, number, status in ([], signal.SIGTERM, -signal.SIGTERM), (["--json"], signal.SIGINT, -signal.SIGINT), \
                (["--json", "--duration", "300ms"], None, 1), (["--duration", "300ms"], None, 1):
            ours, theirs = os.pipe()
            fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, 4096)
            os.write(theirs, b"x" * 4096)
            command = [lib.MEMCTL, "-s", sim.root, "-q", "watch", *args]
            with subprocess.Popen(command, stdout=theirs, stderr=subprocess.PIPE) as process:
                if number:
                    until(lambda: catches(process.pid, number), "it takes signals")
                    process.send_signal(number)
                said = process.communicate(timeout=PATIENCE)[1].decode()
            os.close(ours)
            os.close(theirs)
            lib.equal(process.returncode, status, f"watch {args} into a full pipe")
            lib.check("lines are missing" in said, f"watch {args} into a full pipe: {said}")


def test_shortage():
    """A lack of files passes, and nothing is lost by it."""
    with Sim() as sim, Watch(sim.root, "--json", "--events", "1") as watch:
        watch.until_begun()
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.prlimit(watch.process.pid, resource.RLIMIT_NOFILE, (3, limits[1]))
        sim.write("memory12/state", "online")
        lib.check("cannot look at the blocks for now: Too many open files" in watch.process.stderr.readline(), "a lack of files")
        resource.prlimit(watch.process.pid, resource.RLIMIT_NOFILE, limits)
        lib.equal(watch.end(None), (0, ""), "it goes on, and has said that once")
        lib.equal([doc["block_id"] for doc in watch.docs()[:-1]], [12], "what became of the blocks")


def test_unreadable():
    """Whether a block is selected that cannot be read is not known: it is shown, and that is said."""
    tree = lib.describe("unreadable", "node 0\nblocks 0-3 node 0 zones Normal\nfile sys/devices/system/memory/memory2/state \"\"\n"
                        "blocks 5 node 0 state offline zones Normal\n")
    state = os.path.join(tree, "sys/devices/system/memory/memory2/state")
    os.remove(state)
    os.mkdir(state)
    run = lib.Run(tree, "watch", "--initial", "--state", "offline", "--json", "--duration", "50ms")
    docs = [json.loads(line) for line in run.out.splitlines()]
    lib.equal(run.status, 64, f"{run.what}: {run.err}")
    lib.equal([(doc["block_id"], doc["after"]["state"]) for doc in docs[:-1]], [(2, None), (5, "offline")], run.what)
    lib.equal(docs[-1]["exit_status"], 64, run.what)
    replay(run.what, docs)
    lib.check("block 2 may be selected or not" in run.err, f"{run.what}: {run.err}")
    run = lib.Run(tree, "watch", "--initial", "--duration", "50ms")
    lib.check(re.search(r"initial +2 .* \?$", run.out, re.M), f"{run.what}: {run.out}")


def test_refused():
    with Sim() as sim:
        run = lib.Run(sim.root, "watch", "--range", "0x1000+128M", "--json")
        lib.equal((run.status, run.out.count("\n")), (2, 1), f"{run.what}: {run.out}")
        lib.equal(run.doc["error"]["option"], "--range", run.what)
    empty = os.path.join(lib.TMP, "empty")
    os.mkdir(empty)
    run = lib.Run(empty, "watch", "--json")
    lib.equal((run.status, run.out.count("\n"), run.doc["exit_status"]), (3, 1, 3), run.what)


def test_full_disk():
    """It ends at once, and not with the next event, where the kernel tells what happens. It only reads this machine."""
    if lib.Run(None, "watch", "--duration", "1ms").err:
        print("test_full_disk: no events on this machine")
        return
    with open("/dev/full", "wb") as full:
        done = subprocess.run([lib.MEMCTL, "watch"], stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE, check=False)
    lib.equal(done.returncode, 1, f"watch into a full disk ({done.stderr})")


def test_idle():
    """Where the kernel tells what happens, it does nothing as long as nothing does. It only reads this machine."""
    if not shutil.which("strace") or lib.Run(None, "watch", "--duration", "1ms").err:
        print("test_idle: no strace, or no events on this machine")
        return
    log = os.path.join(lib.TMP, "idle.log")
    with subprocess.Popen(["strace", "-f", "-qq", "-o", log, lib.MEMCTL, "watch", "--json"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=lib.environment()) as process:
        def calls():
            with contextlib.suppress(FileNotFoundError), open(log, encoding="utf-8", errors="replace") as file:
                return file.read()

        until(lambda: process.poll() is not None or re.search(r"poll\([^\n]*$", calls() or ""), "memctl watch waits")
        if process.poll() is not None:
            print(f"test_idle: nothing can be traced here: {process.communicate()}")
            return
        time.sleep(2)
        os.kill(int(calls().split()[0]), signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
    # A device that comes or goes, of whatever kind, does wake it, and each simulator's mount is one. Nothing else does.
    waits = re.findall(r"poll\(.*, -1\) += (\d+)", calls())
    heard = re.findall(r"recvmsg\(.*\) += [1-9]", calls())
    lib.check("0" not in waits, f"it wakes by itself: {calls()}")
    lib.check(len(waits) <= len(heard) + 1, f"{len(waits)} times it was woken, by {len(heard)} messages and a signal: {calls()}")


run_tests(globals(), jobs=4)
