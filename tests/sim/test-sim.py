# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulator keeps the kernel's contract: every word in every state, zones, the lock, signals, faults and events."""

import errno
import os
import signal
import subprocess
import time

import simlib
from simlib import MACHINE, Sim, Writer, lib, until

ONLINE_WORDS = "online", "online_kernel", "online_movable"


def stores(sim, *cases):
    """(file, word, result, state of the block afterwards)"""
    for name, word, result, state in cases:
        lib.equal(sim.write(name, word), result, f"{word!r} to {name}")
        lib.equal(sim.read(os.path.dirname(name) + "/state").strip(), state, f"the state after {word!r} to {name}")


def test_states():
    with Sim() as sim:
        for word in ONLINE_WORDS:
            stores(sim,
                   ("memory8/state", word, "EINVAL", "online"),
                   ("memory12/state", word, 0, "online"),
                   ("memory12/state", "offline", 0, "offline"),
                   ("memory12/state", word + "\n", 0, "online"),
                   ("memory12/state", "offline\n", 0, "offline"),
                   ("memory12/state", "offline", "EINVAL", "offline"))
        for word in "garbage", "\n", " online", "online ", "online\n\n", "ONLINE", "onlin", "online_", "1", "going-offline", \
                "x" * 300:
            stores(sim, ("memory8/state", word, "EINVAL", "online"), ("memory12/state", word, "EINVAL", "offline"))
        # One write is one store, whatever the offset and the flags.
        fd = os.open(sim.path("memory12/state"), os.O_RDWR | os.O_TRUNC)
        lib.equal(os.pwrite(fd, b"online_movable", 100), 14, "a write further on")
        lib.equal(os.pread(fd, 255, 0), b"online\n", "read back by the same descriptor")
        os.close(fd)


def test_online_file():
    with Sim() as sim:
        for yes, no in ("1", "0"), ("y", "n"), ("Y\n", "N\n"), ("on", "off"), ("true", "false"), ("10", "01"):
            stores(sim,
                   ("memory12/online", yes, 0, "online"), ("memory12/online", yes, 0, "online"),
                   ("memory12/online", no, 0, "offline"), ("memory12/online", no, 0, "offline"))
        # The zone is ignored, with success.
        stores(sim, ("memory12/online", "online_movable", 0, "online"))
        lib.equal(sim.zones(12), "Normal", "the zone after online_movable to online")
        for word in "o", "2", "-1", "\n", "garbage":
            stores(sim, ("memory12/online", word, "EINVAL", "online"))
        lib.equal(sim.read("memory12/online") + sim.read("memory13/online"), "1\n0\n", "what online reads")


def test_wish():
    with Sim() as sim:
        stores(sim, ("memory3/state", "online_movable", "EINVAL", "online"), ("memory3/online", "0", 0, "offline"),
               ("memory3/online", "1", 0, "online"))
        lib.equal(sim.zones(3), "Movable", "the wish that a rejected word left behind")
        stores(sim, ("memory3/online", "0", 0, "offline"), ("memory3/online", "1", 0, "online"))
        lib.equal(sim.zones(3), "Normal", "the wish is gone")
        stores(sim, ("memory4/state", "online_movable", "EINVAL", "online"), ("memory4/state", "offline", 0, "offline"),
               ("memory4/state", "online_kernel", 0, "online"))
        lib.equal(sim.zones(4), "Normal", "a word wins over an old wish")


def test_zones():
    machine = """
node 0
blocks 0-3 node 0 zones DMA32
blocks 4-7 node 0 zones Normal
blocks 8-15 node 0 state offline zones "Normal Movable"
blocks 16 node 0 zones none
blocks 20-21
"""
    with Sim(machine) as sim:
        lib.equal([sim.zones(block) for block in (0, 4, 8, 16)], ["DMA32", "Normal", "Normal Movable", "none"], "at first")
        lib.equal(sim.write("memory10/state", "online_movable"), 0, "online 10")
        lib.equal(sim.zones(10), "Movable", "an online block")
        lib.equal(sim.zones(9), "Normal Movable", "beside ZONE_MOVABLE, not inside")
        lib.equal(sim.write("memory14/state", "online_movable"), 0, "online 14")
        lib.equal([sim.zones(block) for block in (9, 11, 13, 15)],
                  ["Normal Movable", "Movable Normal", "Movable Normal", "Normal Movable"], "inside ZONE_MOVABLE, and outside")
        stores(sim, ("memory12/state", "online", 0, "online"))
        lib.equal(sim.zones(12), "Movable", "plain online follows the neighbours")
        stores(sim, ("memory11/state", "online_kernel", 0, "online"))
        lib.equal(sim.zones(11), "Normal", "a kernel zone among movable ones")
        lib.equal(sim.zones(9), "Normal Movable", "in Normal alone now")
        stores(sim, ("memory14/state", "offline", 0, "offline"))
        lib.equal(sim.zones(13), "Normal Movable", "ZONE_MOVABLE shrank")
        stores(sim, ("memory1/state", "offline", 0, "offline"))
        lib.equal(sim.zones(1), "DMA32 Movable", "inside DMA32")
        stores(sim, ("memory16/state", "offline", "EINVAL", "online"))
        lib.check(not os.path.exists(sim.path("memory20/valid_zones")), "there are valid_zones after all")
        stores(sim, ("memory20/state", "offline", "EINVAL", "online"))
    with Sim('cmdline "quiet movable_node"\n' + MACHINE) as sim:
        lib.equal(sim.zones(12), "Movable Normal", "with movable_node")


def test_counts():
    with Sim() as sim:
        def present():
            zone, counts = None, {}
            for line in sim.read("proc/zoneinfo").splitlines():
                zone = line.split()[-1] if line.startswith("Node") else zone
                if "present" in line:
                    counts[zone] = int(line.split()[1]) // 32768
            return counts
        before = sim.read("proc/meminfo")
        lib.equal(present(), {"Normal": 8, "Movable": 4}, "present at first")
        stores(sim, ("memory8/state", "offline", 0, "offline"), ("memory12/state", "online_kernel", 0, "online"),
               ("memory13/state", "online_kernel", 0, "online"))
        lib.equal(present(), {"Normal": 10, "Movable": 3}, "present afterwards")
        lib.check(sim.read("proc/meminfo") != before, "meminfo did not change")
        lib.equal(sim.read("sys/devices/system/node/node0/meminfo").split()[3], sim.read("proc/meminfo").split()[1], "MemTotal")


def test_loop_and_signals():
    with Sim(more="pinned 8-9\n") as sim:
        for number, handled, ended in ((signal.SIGUSR1, [signal.SIGUSR1], "EINTR"), (signal.SIGTERM, [], "SIGTERM"),
                                       (signal.SIGKILL, [], "SIGKILL")):
            writer = Writer(sim, "memory8/state", "offline", handled).inside()
            until(lambda: sim.state(8) == "going-offline", "going-offline")
            lib.equal(sim.zones(8), "Movable Normal", "valid_zones while it goes offline")
            lib.equal(sim.truth()[8], ("going-offline", "Movable"), "the truth while it goes offline")
            lib.equal(writer.kill(number).result(), ended, f"{number.name} in an offline")
            lib.equal(sim.state(8), "online", f"state after {number.name}")
            lib.equal(sim.writers(), [], f"writers after {number.name}")
        lib.equal(sim.log(), [("memory8/state", "offline", "EINTR", "online")] * 3, "the log")
        writer = Writer(sim, "memory8/state", "offline", blocked=[signal.SIGUSR1]).inside().kill(signal.SIGUSR1)
        until(lambda: sim.state(8) == "going-offline", "going-offline")
        sim.do("release")
        lib.equal(writer.result(), 0, "a blocked signal and a release")
        stores(sim, ("memory9/state", "offline", 0, "offline"))


def test_lock():
    with Sim(more="pinned 8\n") as sim:
        first = Writer(sim, "memory8/state", "offline").inside()
        until(lambda: sim.state(8) == "going-offline", "going-offline")
        caught = Writer(sim, "memory9/state", "offline", [signal.SIGUSR1]).inside()
        others = [Writer(sim, name, word).inside() for name, word in (("memory12/state", "online"), ("memory13/online", "1"))]
        lib.equal(sorted(sim.writers()), sorted(writer.pid for writer in [first, caught, *others]), "sim/writers")
        caught.kill(signal.SIGUSR1)
        # What is refused for its words never waits; a fatal signal ends the wait.
        stores(sim, ("memory10/state", "garbage", "EINVAL", "online"))
        lib.equal(others[0].kill(signal.SIGKILL).result(), "SIGKILL", "SIGKILL in the wait")
        lib.equal(others[1].kill(signal.SIGTERM).result(), "SIGTERM", "SIGTERM in the wait")
        lib.equal(sorted(sim.writers()), sorted([first.pid, caught.pid]), "sim/writers, after the kills")
        lib.equal([sim.state(block) for block in (9, 12, 13)], ["online", "offline", "offline"], "nothing changed in the wait")
        sim.do("release")
        lib.equal(first.result(), 0, "the one that had the lock")
        # Its handler would have run in the kernel before; here the signal waits, and must not end the offline.
        lib.check(caught.result() in (0, "EINTR"), "the one that waited")
        lib.equal(sim.log()[-1], ("memory9/state", "offline", "0", "offline"), "the store that waited")


def test_online_reader_hangs():
    with Sim(more="pinned 8\n") as sim:
        writer = Writer(sim, "memory8/state", "offline").inside()
        until(lambda: sim.state(8) == "going-offline", "going-offline")
        with open(sim.path("memory9/online"), "rb") as file:
            lib.equal(file.read(), b"1\n", "online of another block")
        reader = subprocess.Popen(["cat", sim.path("memory8/online")], stdout=subprocess.PIPE)
        until(lambda: ("memory8/online", "(read)", "0", "going-offline") in sim.log(), "the reader waits")
        reader.kill()
        lib.equal(reader.poll(), None, "a reader that was killed is still there")
        sim.do("release")
        lib.equal(writer.result(), 0, "the offline")
        lib.equal(reader.wait(simlib.PATIENCE), -signal.SIGKILL, "the reader")


def test_faults():
    faults = """
fault offline nth 3 times 2 fails EBUSY
fault offline block 3 times always vetoed
fault online block 13 fails ENOMEM
fault online block 13 nth 2 fails 133
fault online block 14 wrong-zone Movable
fault online block 15 lies
holes 4
unmovable 5-8
fault read valid_zones block 1 fails EIO
fault read state block 2 short
fault read state block 1 nth 2 eio
"""
    with Sim(more=faults) as sim:
        stores(sim, *[("memory9/state", word, result, state) for word, result, state in (
            ("offline", 0, "offline"), ("offline", "EINVAL", "offline"), ("online", 0, "online"), ("offline", 0, "offline"),
            ("online", 0, "online"), ("offline", "EBUSY", "online"), ("offline", "EBUSY", "online"), ("offline", 0, "offline"))])
        stores(sim,
               ("memory3/state", "offline", "EPERM", "online"), ("memory3/state", "offline", "EPERM", "online"),
               ("memory13/state", "online", "ENOMEM", "offline"), ("memory13/state", "online", 133, "offline"),
               ("memory13/state", "online", 0, "online"), ("memory14/state", "online_kernel", "EINVAL", "online"),
               ("memory15/state", "online", 0, "offline"), ("memory15/state", "online", 0, "online"),
               ("memory4/state", "offline", "EINVAL", "online"), ("memory5/state", "offline", "EBUSY", "online"),
               ("memory8/state", "offline", 0, "offline"))
        lib.equal(sim.zones(14), "Movable", "the zone of another agent")
        lib.equal(sim.write("sim/do", "fault nonsense"), "EINVAL", "a fault that is none")
        fd = os.open(sim.path("memory2/state"), os.O_RDONLY)
        lib.equal([os.pread(fd, 255, 0), os.pread(fd, 255, 0)], [b"o", b"online\n"], "a short read, and the next")
        os.close(fd)
        for name in "memory1/valid_zones", "memory1/state":
            try:
                # The second read of state: one gets the text, one its end.
                sim.read(name)
                lib.fail(f"{name} was read")
            except OSError as error:
                lib.equal(error.errno, 5, f"reading {name}")
        sim.do("fault offline block 10 fails ENXIO")
        stores(sim, ("memory10/state", "offline", "ENXIO", "online"))


def test_time():
    with Sim(more="fault offline block 8 takes 3600000\nfault offline block 9 hangs 3600000\n"
                  "fault offline block 10 hangs 100\nfault online block 12 takes 100\n") as sim:
        writer = Writer(sim, "memory8/state", "offline", [signal.SIGUSR1]).inside()
        until(lambda: sim.state(8) == "going-offline", "going-offline")
        lib.equal(writer.kill(signal.SIGUSR1).result(), "EINTR", "a signal in a slow offline")
        writer = Writer(sim, "memory9/state", "offline").inside()
        until(lambda: sim.state(9) == "going-offline", "going-offline")
        writer.kill(signal.SIGKILL)
        # A little time for what must not happen
        time.sleep(0.1)
        lib.equal((sim.writers(), sim.state(9)), ([writer.pid], "going-offline"), "SIGKILL when the kernel does not look")
        sim.do("release")
        lib.equal(writer.result(), "SIGKILL", "the writer, once it was released")
        lib.equal(sim.state(9), "online", "state after that")
        for name, word, state in ("memory10/state", "offline", "offline"), ("memory12/state", "online", "online"):
            started = time.monotonic()
            stores(sim, (name, word, 0, state))
            # The simulator counts whole milliseconds.
            lib.check(time.monotonic() - started > 0.099, f"the slow {word} was quick")


def test_vanish():
    with Sim(more="fault offline block 8 vanishes\nfault online block 12 then-vanishes\n") as sim:
        fd = os.open(sim.path("memory8/state"), os.O_RDWR)
        link = sim.path("sys/devices/system/node/node0/memory8")
        lib.check(os.path.lexists(link), "the node's link is not there")
        lib.equal(sim.write("memory8/state", "offline"), "ENODEV", "a block that vanishes")
        for what in (lambda: os.pread(fd, 255, 0)), (lambda: os.write(fd, b"offline")):
            try:
                what()
                lib.fail("a stale descriptor works")
            except OSError as error:
                lib.equal(error.errno, 19, "a stale descriptor: ENODEV")
        lib.equal(sim.write("memory8/state", "offline"), "ENOENT", "a block that vanished")
        lib.check(not os.path.lexists(link), "the node's link is still there")
        lib.equal(sim.write("memory12/state", "online"), 0, "a block that vanishes afterwards")
        lib.check(not os.path.exists(sim.path("memory12")), "block 12 is still there")
        lib.equal(sorted({8, 12, 13} & set(sim.truth())), [13], "sim/truth")
        sim.do("block 8,20 appears")
        lib.equal([sim.truth()[block] for block in (8, 20)], [("offline", "none")] * 2, "blocks that appear")
        lib.equal(sim.read("memory20/phys_index").strip(), "00000014", "phys_index of a new block")
        try:
            os.pread(fd, 255, 0)
            lib.fail("a stale descriptor reads the new block")
        except OSError as error:
            lib.equal(error.errno, 19, "a stale descriptor, after the block came back")
        os.close(fd)
        lib.equal(sim.write("auto_online_blocks", "online_movable\n"), 0, "auto_online_blocks")
        sim.do("block 21 appears")
        lib.equal(sim.truth()[21], ("online", "Movable"), "a block that goes online by itself")


def test_events():
    events = "event after 2 stores block 13 online Movable\nevent after 2 stores block 9 offline\n" \
             "event after 3 stores block 30-31 appears\nevent after 30 ms block 11 vanishes\n"
    with Sim(more=events) as sim:
        until(lambda: 11 not in sim.truth(), "block 11 vanishes")
        stores(sim, ("memory8/state", "offline", 0, "offline"))
        lib.equal((sim.state(13), sim.state(9)), ("offline", "online"), "after one store")
        stores(sim, ("memory8/state", "offline", "EINVAL", "offline"))
        lib.equal((sim.truth()[13], sim.state(9)), (("online", "Movable"), "offline"), "after two stores")
        lib.check(30 not in sim.truth(), "too early")
        stores(sim, ("memory8/state", "online", 0, "online"))
        lib.check({30, 31} <= set(sim.truth()), "blocks 30 and 31 did not appear")


def test_probe_and_policy():
    with Sim("probe\n" + MACHINE) as sim:
        for word, result in (("0x80000000", 0), ("0x80000000", "EEXIST"), ("0", "EEXIST"), ("2281701376\n", 0),
                             ("0x80000001", "EINVAL"), ("garbage", "EINVAL"), ("", 0), (" 0x98000000", "EINVAL"),
                             ("020000000000000000000", "E2BIG"),
                             ("0x1ffffffffffffffff", "ERANGE"), ("0x90000000 ", "EINVAL")):
            lib.equal(sim.write("probe", word), result, f"probe {word!r}")
        lib.equal([sim.truth().get(block) for block in (16, 17, 18)], [("offline", "none")] * 2 + [None], "probed blocks")
        for word, result in (("online", 0), ("online_kernel\n", 0), ("online_movable", 0), ("offline", 0), ("garbage", "EINVAL")):
            lib.equal(sim.write("auto_online_blocks", word), result, f"auto_online_blocks {word!r}")
        lib.equal(sim.read("auto_online_blocks"), "offline\n", "auto_online_blocks")


def test_probe_follows_policy():
    with Sim("probe\n" + MACHINE, "fault probe block 20 fails ENOMEM\nfault probe block 21 takes 50\n") as sim:
        for block, (policy, truth) in enumerate((("offline", ("offline", "none")), ("online", ("online", "Normal")),
                                                 ("online_kernel", ("online", "Normal")),
                                                 ("online_movable", ("online", "Movable"))), 16):
            lib.equal(sim.write("auto_online_blocks", policy), 0, policy)
            lib.equal(sim.write("probe", hex(block << 27)), 0, f"probe with {policy}")
            lib.equal(sim.truth()[block], truth, f"a block that was added with {policy}")
        lib.equal([sim.write("probe", hex(20 << 27)), 20 in sim.truth(), sim.write("probe", hex(20 << 27))],
                  ["ENOMEM", False, 0], "a probe that fails, and the next")
        lib.equal(sim.write("probe", hex(21 << 27)), 0, "a slow probe")
        lib.equal(sim.read("memory20/phys_index").strip(), "00000014", "phys_index")
        for mode in os.O_RDONLY, os.O_RDWR:
            try:
                os.close(os.open(sim.path("probe"), mode))
                lib.fail("the file probe can be read")
            except PermissionError:
                pass


PARAMS = "sys/module/memory_hotplug/parameters/"


def test_parameters():
    more = "param online_policy contig-zones\nparam auto_movable_ratio 301\nparam auto_movable_numa_aware Y\n" \
           "param memmap_on_memory N\n"
    with Sim(more=more) as sim:
        for name, word, result, text in (
                ("online_policy", "auto-movable", 0, "auto-movable"), ("online_policy", "contig-zones\n", 0, "contig-zones"),
                ("online_policy", "contig", "EINVAL", "contig-zones"), ("online_policy", "contig-zones ", "EINVAL", "contig-zones"),
                ("online_policy", "auto-movable\n\n", "EINVAL", "contig-zones"),
                ("auto_movable_ratio", "150", 0, "150"), ("auto_movable_ratio", "0x10\n", 0, "16"),
                ("auto_movable_ratio", "-1", "EINVAL", "16"), ("auto_movable_ratio", "3%", "EINVAL", "16"),
                ("auto_movable_ratio", "4294967295", 0, "4294967295"), ("auto_movable_ratio", "4294967296", "ERANGE", "4294967295"),
                ("auto_movable_numa_aware", "n", 0, "N"), ("auto_movable_numa_aware", "on\n", 0, "Y"),
                ("auto_movable_numa_aware", "maybe", "EINVAL", "Y"), ("memmap_on_memory", "Y", "EACCES", "N")):
            lib.equal(sim.write(PARAMS + name, word), result, f"{word!r} to {name}")
            lib.equal(sim.read(PARAMS + name), text + "\n", f"{name} after {word!r}")
    with Sim() as sim:
        lib.equal(sim.write(PARAMS + "online_policy", "auto-movable"), "ENOENT", "a parameter that is not there")


def test_auto_movable():
    """As much ZONE_MOVABLE as the ratio to the memory of the boot allows, on each node where that counts."""
    machine = """
probe
node 0
node 1
blocks 0-3 node 0 zones Normal
blocks 4 node 1 zones Normal
blocks 8-15 node 1 state offline zones "Normal Movable"
auto_online online
param online_policy auto-movable
param auto_movable_ratio 100
param auto_movable_numa_aware N
"""
    with Sim(machine) as sim:
        for block in range(8, 14):
            lib.equal(sim.write(f"memory{block}/state", "online"), 0, f"block {block}")
        lib.equal([sim.truth()[block][1] for block in range(8, 14)], ["Movable"] * 5 + ["Normal"], "1:1, and kernel memory then")
        lib.equal(sim.zones(14), "Normal Movable", "the default beyond the ratio: memory of later is no kernel memory of the boot")
        lib.equal(sim.write("probe", hex(16 << 27)), 0, "probe")
        lib.equal(sim.truth()[16], ("online", "Normal"), "a block that is added follows the policy")
        lib.equal(sim.write(PARAMS + "auto_movable_ratio", "301"), 0, "a higher ratio")
        lib.equal(sim.zones(14), "Movable Normal", "the default below the ratio")
        lib.equal(sim.write(PARAMS + "auto_movable_numa_aware", "Y"), 0, "by node")
        lib.equal(sim.zones(14), "Normal Movable", "the default where the node has too much")
        lib.equal(sim.write("memory15/state", "online_movable"), 0, "a word wins over the policy")
        lib.equal(sim.zones(15), "Movable", "its zone")
        for name, word in (("auto_movable_ratio", "0"), ("auto_movable_numa_aware", "N")):
            lib.equal(sim.write(PARAMS + name, word), 0, name)
        lib.equal(sim.zones(14), "Normal Movable", "a ratio of 0")


def test_configure():
    machine = """
block_size 0x10000000
blocks 0-1 zones Normal config 1 memmap_on_memory 0
blocks 2-4 config 0 memmap_on_memory 0
"""
    with Sim(machine, "fault configure block 4 fails ENOMEM\n") as sim:
        def both(block):
            return tuple(sim.read(f"sys/firmware/memory/memory{block}/{name}").strip() for name in ("config", "memmap_on_memory"))

        def configure(block, name, word, result):
            lib.equal(sim.write(f"sys/firmware/memory/memory{block}/{name}", word), result, f"{word!r} to {name} of {block}")
        lib.equal([both(0), both(2)], [("1", "0"), ("0", "0")], "at first")
        lib.check(not os.path.exists(sim.path("memory2")), "standby memory has a block")
        configure(2, "memmap_on_memory", "1\n", 0)
        configure(2, "config", "1\n", 0)
        lib.equal((both(2), sim.truth()[2]), (("1", "1"), ("offline", "none")), "configured")
        configure(2, "config", "1", 0)
        configure(2, "memmap_on_memory", "0", "EBUSY")
        lib.equal(sim.write("memory2/state", "online"), 0, "online")
        configure(2, "config", "0", "EBUSY")
        lib.equal((both(2), sim.state(2)), (("1", "1"), "online"), "still configured")
        lib.equal(sim.write("memory2/state", "offline"), 0, "offline")
        configure(2, "config", "n", 0)
        configure(2, "config", "0", 0)
        lib.check(not os.path.exists(sim.path("memory2")) and 2 not in sim.truth(), "its block is still there")
        configure(2, "memmap_on_memory", "0", 0)
        lib.equal(both(2), ("0", "0"), "deconfigured")
        for word in "2", "", "yes!no", "garbage":
            configure(3, "config", word, 0 if word == "" or word.startswith("y") else "EINVAL")
            configure(3, "config", "0", 0)
        configure(4, "config", "1", "ENOMEM")
        lib.equal((both(4), 4 in sim.truth()), (("0", "0"), False), "what could not be configured")
        lib.equal(sim.write("auto_online_blocks", "online"), 0, "auto_online_blocks")
        configure(4, "config", "1", 0)
        lib.equal(sim.truth()[4], ("online", "Normal"), "configured, and online by policy")


def test_dax():
    """A dax device as Linux 7.3 has it: what a store takes, and from which state."""
    device = "sys/bus/dax/devices/dax0.0/"
    machine = f'file {device}state "offline\\n"\nfile {device}memmap_on_memory "0\\n"\n'
    parameter = 'file sys/module/memory_hotplug/parameters/memmap_on_memory "Y\\n"\n'

    def put(sim, file, word, result):
        lib.equal(sim.write(device + file, word), result, f"{file} {word!r}")

    with Sim(MACHINE + machine + parameter) as sim:
        for word, result in ("online", "EBUSY"), ("offline", "EINVAL"), ("sideways", "EINVAL"), ("unplugged\n", 0), \
                ("online_movable\n", 0), ("online_kernel\n", "EBUSY"), ("unplugged\n", 0):
            put(sim, "state", word, result)
        for word, result in ("1", "EBUSY"), ("0", 0), ("what", "EINVAL"):
            put(sim, "memmap_on_memory", word, result)
    with Sim(MACHINE + machine) as sim:
        put(sim, "memmap_on_memory", "1", errno.errorcode[errno.EOPNOTSUPP])
    # Before the driver kmem has it
    with Sim(MACHINE + machine.split("\n", 1)[1] + parameter) as sim:
        put(sim, "memmap_on_memory", "1", 0)
        lib.equal(sim.read(device + "memmap_on_memory"), "1\n", "memmap_on_memory")


def test_bind():
    """The driver kmem lets go of a dax device, takes it as the kernel's policy has it, and what is set in between stays."""
    device, driver = "sys/bus/dax/devices/dax0.0/", "sys/bus/dax/drivers/kmem/"
    machine = (MACHINE + f'file {device}state "unplugged\\n"\nfile {device}memmap_on_memory "0\\n"\nparam memmap_on_memory Y\n'
               f'file {driver}bind ""\nfile {driver}unbind ""\nauto_online online_movable\n')
    with Sim(machine, "fault bind nth 5 fails ENOMEM\n") as sim:
        for file, word, result in (driver + "bind", "dax0.0", "EBUSY"), (driver + "unbind", "dax0.0\n", 0), \
                (driver + "unbind", "dax0.0", "ENODEV"), (device + "memmap_on_memory", "1", 0), (driver + "bind", "dax0.0", 0), \
                (driver + "unbind", "dax0.0", "ENOMEM"), (driver + "bind", "dax0.1", "ENODEV"), \
                (device + "memmap_on_memory", "0", "EBUSY"):
            lib.equal(sim.write(file, word), result, f"{file} {word!r}")
        lib.equal((sim.read(device + "state"), sim.read(device + "memmap_on_memory")), ("online_movable\n", "1\n"), "the device")


def test_old_kernel():
    with Sim("profile 4.18\nprobe\n" + MACHINE) as sim:
        for word, result in (("online", 0), ("online_kernel", "EINVAL"), ("online_movable", "EINVAL"), ("offline", 0)):
            lib.equal(sim.write("auto_online_blocks", word), result, f"auto_online_blocks {word!r}")
        for block in 8, 9, 10, 11:
            stores(sim, (f"memory{block}/state", "offline", "EBUSY", "online"), (f"memory{block}/state", "offline", 0, "offline"))
        lib.equal(sim.zones(9), "Movable Normal", "ZONE_MOVABLE did not shrink")
        stores(sim, ("memory7/state", "offline", 0, "offline"))
        lib.equal(sim.write("probe", "0x4000000000000000"), "EEXIST", "a probe too far")


def test_read_only():
    with Sim(more="readonly\n") as sim:
        for name in "memory8/state", "memory8/online", "auto_online_blocks":
            lib.equal(sim.write(name, "offline"), "EROFS", name)
            lib.check(not os.access(sim.path(name), os.W_OK), f"{name} says that it can be written")
        with open(sim.path("run/file"), "w", encoding="ascii") as file:
            file.write("run is no part of it\n")
        lib.equal(sim.read("run/file"), "run is no part of it\n", "run")


def test_folders():
    spoiled = "file sys/devices/system/memory/memory3/state garbage\nremove sys/devices/system/memory/memory4/valid_zones\n"
    with Sim(more=spoiled) as sim:
        entries = {entry.name: entry for entry in os.scandir(sim.path("sys/devices/system/memory"))}
        lib.check(entries["memory8"].is_dir(follow_symlinks=False), "memory8 is no folder")
        lib.check(entries["auto_online_blocks"].is_file(), "auto_online_blocks is no file")
        lib.equal(sim.state(3), "garbage", "what the machine says of a file")
        lib.check(not os.path.exists(sim.path("memory4/valid_zones")), "a removed file is there")
        lib.equal(os.stat(sim.path("memory8/state")).st_mode & 0o777, 0o644, "mode")
        try:
            os.mkdir(sim.path("memory99"))
            lib.fail("a folder was made")
        except OSError:
            pass
        if os.geteuid() == 0:
            as_nobody = ["setpriv", "--reuid", "65534", "--clear-groups", "sh", "-c"]
            done = subprocess.run([*as_nobody, f"echo offline >{sim.path('memory8/state')}"], stderr=subprocess.PIPE, check=False)
            lib.check(b"Permission denied" in done.stderr, f"anybody can write: {done}")


def test_program():
    machine, mount = os.path.join(lib.TMP, "command.machine"), os.path.join(lib.TMP, "command")
    os.mkdir(mount)
    with open(machine, "w", encoding="utf-8") as file:
        file.write(MACHINE)

    def run(*command):
        return subprocess.run([simlib.PROGRAM, machine, mount, *command], capture_output=True, timeout=simlib.PATIENCE, check=False)
    done = run("sh", "-c", f"cat {mount}/sys/devices/system/memory/memory8/state; exit 7")
    lib.equal((done.returncode, done.stdout, done.stderr), (7, b"online\n", b""), "a command")
    lib.equal(run("sh", "-c", "kill -9 $$").returncode, 137, "a command that is killed")
    lib.equal(run("/nowhere").returncode, 127, "no command")
    lib.equal(run("sh", "-c", "kill -TERM $PPID; exec sleep 60").returncode, 143, "SIGTERM while a command runs")
    lib.check(not os.path.ismount(mount), "it is still mounted")
    for line in "fault", "fault offline", "fault offline sometimes", "fault offline fails EWHAT", "fault offline nth 0 eio", \
            "holes 3-", "event after 3 block 1 appears", "profile 2.4", "event after 1 stores block 1 online Nowhere", "nonsense":
        with open(machine, "w", encoding="utf-8") as file:
            file.write(MACHINE + line + "\n")
        done = run("true")
        lib.check(done.returncode == 1 and b"line 6" in done.stderr, f"{line!r}: {done}")


simlib.run_tests(globals())
