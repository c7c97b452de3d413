#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What memctl says for people: of pages that the kernel's log names, of who has them, of a writer that sticks, of a rollback."""

import json
import os
import re
import signal
import subprocess

import simlib
from simlib import DEADLINE, MACHINE, Sim, lib, until

PAGE = os.sysconf("SC_PAGESIZE")
PFN = 0x8000000 // PAGE      # page frames of a block
ERRORS = lib.validator()


def page(pfn, flags, why="unmovable page", owner=""):
    """The kernel's dump of a page"""
    lines = [f"page:(____ptrval____) refcount:1 mapcount:0 mapping:0 index:0x0 pfn:{pfn:#x}", flags, f"page dumped because: {why}"]
    if owner:
        lines += ["page_owner tracks the page as allocated",
                  f"page last allocated via order 0, migratetype Unmovable, gfp_mask 0x0(), pid 801{owner}, ts 1, free_ts 0"]
    return lines


def refuse(sim, blocks, *args, log=(), status=1, release=True):
    """Offline blocks, the last of which the kernel is at while it logs something; returns what memctl has printed and said."""
    process = subprocess.Popen([lib.MEMCTL, "--sysroot", sim.root, "offline", "--force", "--block", blocks, *args],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env=lib.environment())
    if until(lambda: sim.state(int(re.split("[-,]", blocks)[-1])) == "going-offline", f"the offline of {blocks}") and log:
        with open(os.path.join(sim.tree(), "dev/kmsg"), "a", encoding="utf-8") as file:
            file.write("".join(f"4,1,1,-;{line}\n" for line in log))
    if release:
        sim.do("release")
    out, err = process.communicate(timeout=simlib.PATIENCE)
    lib.equal(process.returncode, status, f"offline {blocks}: {out}{err}")
    return out, err


def say(text, *wanted):
    for line in text.splitlines():
        # Without the name of the tree, which is the test's
        lib.check(len(line.replace(lib.TMP, "")) <= 240, f"a line of {len(line)} characters: {line}")
    for words in wanted:
        lib.check(words in text, f"it does not say: {words}\n{text}")


def busy(blocks):
    """The kernel thinks about these blocks, and then finds them busy."""
    return f'file dev/kmsg ""\nfault offline block {blocks} times 99 loops\nfault offline block {blocks} times 99 fails EBUSY\n'


def test_page():
    """The page that is in the way, what it is and who took it"""
    cases = [
        ("flags: 0x1(slab)", "", "kernel objects (slab), page 0x{:x} (EBUSY)\n  try: drop caches",
         ("slab", None, None)),
        ("flags: 0x1()", ", tgid 801 (sshd)", "of the kernel or a driver, page 0x{:x}, taken by sshd (process 801) (EBUSY)",
         ("kernel", "sshd", 801)),
        ("flags: 0x1()", "", "of the kernel or a driver, page 0x{:x} (EBUSY)", ("kernel", None, None)),
        ("anon flags: 0x1()", "", "a program's memory, page 0x{:x} (EBUSY)", ("anon", None, None)),
    ]
    for flags, owner, words, (kind, name, pid) in cases:
        with Sim(more=busy(1)) as sim:
            _, err = refuse(sim, "1", log=page(PFN, flags, owner=owner))
            say(err, "block 1: a page that cannot be moved: ", words.format(PFN))
        with Sim(more=busy(1)) as sim:
            doc = json.loads(refuse(sim, "1", "--json", log=page(PFN, flags, owner=owner))[0])
            for error in ERRORS(doc):
                lib.fail(error)
            said = doc["blocks"][0]
            lib.equal(said["reason"], "unmovable-page", flags)
            lib.equal(said["page"], {"pfn": PFN, "kind": kind, "owner": name, "owner_pid": pid}, flags)


def test_example():
    """Blocks with the same trouble are told of together, with the page of one of them as an example."""
    with Sim(more="fault offline block 8 fails EBUSY\n" + busy(10)) as sim:
        _, err = refuse(sim, "8,10", log=["memory offlining [mem 0x40000000-0x47ffffff] failed due to unmovable page"] +
                        page(10 * PFN, "flags: 0x1()"))
        say(err, "blocks 8, 10: a page that cannot be moved, such as memory of the kernel or a driver, "
                 f"page 0x{10 * PFN:x} (EBUSY)")


def test_deadline():
    """A page that the kernel could not move until the deadline"""
    with Sim(more='file dev/kmsg ""\npinned 8\n') as sim:
        log = page(8 * PFN, "anon flags: 0x1()", "migration failure")
        _, err = refuse(sim, "8", "--timeout", DEADLINE, log=log, status=124, release=False)
        say(err, "block 8: not done when the deadline passed; in the way: a program's memory, "
                 f"page 0x{8 * PFN:x}\n  try: end what holds it (a device, a guest")
        lib.check("a longer --timeout, or choose another block" in err, f"whose deadline: {err}")
    # A block's own time is over, and the request's is not.
    with Sim(more='file dev/kmsg ""\npinned 8\n') as sim:
        _, err = refuse(sim, "8", "--block-timeout", DEADLINE, status=124, release=False)
        lib.check("a longer --block-timeout" in err, f"whose deadline: {err}")
    # The same with a log that says nothing, and with one that nobody can read
    for more, words in (('file dev/kmsg ""\n', "passed: the kernel keeps trying and logs nothing\n  try: "),
                        ("", "passed\n  try: a longer --timeout, or another block: pages may be pinned")):
        with Sim(more=more + "pinned 8\n") as sim:
            _, err = refuse(sim, "8", "--timeout", DEADLINE, status=124, release=False)
            say(err, f"block 8: not done when the deadline {words}")


def test_left():
    """What is left in a block that the kernel is at without a word, where its pages can be looked at"""
    flags = f"kpageflags {PFN:#x} 80*2 400*{PFN - 2}\n"
    slab = {"free": (PFN - 2) * PAGE, "slab": 2 * PAGE}
    for more, words, known in ((flags, f"logs nothing; {PAGE >> 9}K of slab is left, which it does not move\ndrop caches", slab),
                               ("", "logs nothing\na longer --timeout, or another block: pages may be pinned", None)):
        with Sim(more=f'file dev/kmsg ""\nfile proc/1/pagemap ""\npinned 1\n{more}') as sim:
            doc = json.loads(refuse(sim, "1", "--timeout", DEADLINE, "--json", status=124, release=False)[0])
            for error in ERRORS(doc):
                lib.fail(error)
            said = doc["blocks"][0]
            say(f"{said['text']}\n{said['hint']}", f"not done when the deadline passed: the kernel keeps trying and {words}")
            lib.equal("--who" in (said["more"] or ""), known is None, "processes have nothing to do with slab")
            for key in "pages_before", "pages":
                lib.equal(said[key] and {kind: size for kind, size in said[key].items() if size}, known, key)


def test_many():
    """Of many blocks that are apart some are named."""
    with Sim("node 0\nblocks 0-63 node 0 zones Normal\nunmovable 1-63\n") as sim:
        run = lib.Run(sim.root, "offline", "--force", "--block", ",".join(map(str, range(1, 30, 2))))
        lib.equal(run.status, 1, run.what)
        say(run.err, "blocks 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23 and more: busy")


def test_who():
    """Who maps the page, or pages of the block"""
    for log, processes, words in [
        (page(8 * PFN, "anon flags: 0x1()"), [8 * PFN],
         f"block 8: page 0x{8 * PFN:x} is mapped by: qemu (pid 77, {PAGE >> 10}K); a candidate"),
        (page(8 * PFN, "anon flags: 0x1()"), [8 * PFN + 1], f"block 8: no process maps page 0x{8 * PFN:x}: the kernel, a device"),
        ((), [8 * PFN, 8 * PFN + 1], f"block 8: mapped by: qemu (pid 77, {PAGE >> 9}K); candidates for who holds a page"),
        ((), [1], "block 8: no process maps pages of it: the kernel, a device"),
    ]:
        with Sim(more=busy(8)) as sim:
            lib.process(sim.tree(), 77, "qemu", processes)
            _, err = refuse(sim, "8", "--who", log=log)
            say(err, words)
    with Sim("node 0\nblocks 0-63 node 0 zones Normal\nunmovable 1-63\n") as sim:
        lib.process(sim.tree(), 77, "qemu", [PFN])
        run = lib.Run(sim.root, "offline", "--force", "--block", "1-12", "--who")
        say(run.err, "block 1: mapped by: qemu", "block 8: no process", "--who: 4 more blocks are in --json")


def test_kernel_debug():
    """Debug messages that cannot be had are no failure, and are said."""
    with Sim(more='file dev/kmsg ""\n') as sim:
        run = lib.Run(sim.root, "offline", "--block", "8", "--kernel-debug")
        lib.equal(run.status, 0, run.what)
        say(run.err, "--kernel-debug: this kernel has no CONFIG_DYNAMIC_DEBUG")
    control = 'file sys/kernel/debug/dynamic_debug/control "mm/memory_hotplug.c:1 [memory_hotplug]f =_ \\"x\\"\\n"\n'
    with Sim(more=control) as sim:
        run = lib.Run(sim.root, "offline", "--block", "8", "--kernel-debug")
        lib.equal(run.status, 0, run.what)
        say(run.err, "--kernel-debug: the kernel's log, /dev/kmsg, cannot be read: No such file")


def test_more():
    """What tells more is advised where this kernel has what it takes."""
    control = 'dynamic_debug/control ""\n'
    for files, words in (("", None), ('file proc/1/pagemap ""\n', "--who names the processes that map pages there"),
                         (f"file proc/{control}", "--kernel-debug has the kernel say why it refuses"),
                         (f'file sys/kernel/debug/{control}file proc/1/pagemap ""\n',
                          "--kernel-debug has the kernel say why it refuses; --who names the processes that map pages there")):
        with Sim(more=files + "fault offline block 8 fails EBUSY\n") as sim:
            run = lib.Run(sim.root, "offline", "--block", "8", "--json")
            lib.equal(run.doc["blocks"][0]["more"], words, f"{files}: {run.what}")


def test_rollback():
    """Nothing is changed after a rollback; what could not be brought back is told."""
    with Sim(more="fault offline block 9 vetoed\n") as sim:
        run = lib.Run(sim.root, "offline", "--block", "8-9", "--rollback")
        lib.equal(run.status, 1, run.what)
        lib.check(re.search(r"^Rolled back in \S+: nothing is changed\.$", run.out, re.M), run.out)
        lib.equal([state for state, _ in sim.truth().values()][8:10], ["online", "online"], "the blocks")
    with Sim(more="fault offline block 9 vetoed\nfault online block 8 fails ENOMEM\n") as sim:
        run = lib.Run(sim.root, "offline", "--block", "8-9", "--rollback")
        lib.equal((run.status, sim.state(8)), (64, "offline"), run.what)
        say(run.err, "block 8: not brought back: ", "ENOMEM")
        lib.check("nothing is changed" not in run.out, run.out)


def at_terminal(sim, pattern, *args):
    """Wait until memctl's living line says this, then let the kernel go on; returns the exit status and all that was said."""
    released = []

    def release(said, _process):
        if not released and re.search(pattern, said):
            released.append(True)
            sim.do("release")

    status, said = lib.at_terminal("--sysroot", sim.root, *args, stdout=subprocess.DEVNULL, heard=release)
    lib.check(released, f"{args} did not say {pattern}: {said!r}")
    return status, said


def test_living_line():
    """How far it is, the block that takes its time, and whether it is on its way back; nothing of it is left."""
    with Sim(more="pinned 9\n") as sim:
        status, said = at_terminal(sim, r"\r\033\[K\[#{5}\.{5}\] 50%  128M of 256M, \S+/s, \d+s left  block 9 for \d+s",
                                   "offline", "--block", "8-9", "--timeout", "2m")
        lib.equal((status, said.rpartition("\r\033[K")[2]), (0, ""), "offline at a terminal")
    with Sim(more="fault offline block 10 vetoed\nfault online block 9 loops\n") as sim:
        status, said = at_terminal(sim, r"\r\033\[Krolling back: \[\.{10}\] 0%  0B of 256M  block 9 for \d+s",
                                   "offline", "--block", "8-10", "--rollback")
        lib.equal(status, 1, "a rollback at a terminal")
        lib.check("%  " not in said.rpartition("\r\033[K")[2], said)


DIMM = """
node 0
blocks 0-7 node 0 zones Normal
blocks 8 node 0 zones Movable
file sys/bus/acpi/devices/PNP0C80:00/eject ""
link sys/devices/system/memory/memory8/firmware_node ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00
"""


def test_eject():
    """Why a DIMM is still there, and what its memory is"""
    lead = "dimm:PNP0C80:00 was not ejected: "
    for error, args, status, words in [
        ("EBUSY", (), 64, "the kernel is busy with it (EBUSY); its memory is offline\n  try: again later"),
        ("EAGAIN", ("--rollback",), 1, "the kernel is busy with it (EAGAIN); its memory is as it was before"),
        ("ENODEV", (), 64, "the kernel has no driver for it (CONFIG_ACPI_HOTPLUG_MEMORY) (ENODEV); its memory is offline"),
        ("EIO", (), 64,
         "refused by the kernel (EIO); its memory is offline\n  try: look at the kernel log (on that machine: dmesg)"),
    ]:
        with Sim(DIMM, f"fault device fails {error}\n") as sim:
            run = lib.Run(sim.root, "remove", "--source", "dimm:PNP0C80:00", "--timeout", "20s", *args)
            lib.equal((run.status, sim.state(8)), (status, "online" if args else "offline"), f"{error}: {run.out}{run.err}")
            say(run.err, lead + words)
    with Sim(DIMM) as sim:
        run = lib.Run(sim.root, "remove", "--source", "dimm:PNP0C80:00", "--rollback", "--timeout", "1s")
        lib.equal((run.status, sim.state(8)), (124, "online"), f"{run.out}{run.err}")
        say(run.err, lead + "the firmware or hypervisor had not done it by the deadline (ETIMEDOUT); its memory is as it was "
            "before\n  try: look again with")


def test_dax():
    """Why a dax device is not as asked, and what it is"""
    for state, option, fault, words in [
        ("unplugged", (), "fails EBUSY", "the kernel could not bring in all of it, so it brought in nothing (EBUSY)\n"
                                         "  try: look at the kernel log"),
        ("unplugged", ("--movable",), "fails EINVAL", "so it brought in nothing (EINVAL)"),
        ("online_kernel", ("--movable",), "fails EBUSY", "online already, so its zone is fixed"),
        ("unplugged", ("--kernel",), "fails ENOMEM", "(ENOMEM)\n  try: free memory, then try again"),
        ("unplugged", (), "lies", "refused by the kernel or a driver, or without effect"),
    ]:
        machine = (f'node 0\nblocks 0-7 node 0 zones Normal\nfile sys/bus/dax/devices/dax0.0/state "{state}\\n"\n'
                   'file sys/bus/dax/devices/dax0.0/size "1073741824\\n"\n'
                   'file proc/iomem "00000000-3fffffff : dax0.0\\n  00000000-3fffffff : System RAM (kmem)\\n"\n')
        with Sim(machine, f"fault device {fault}\n") as sim:
            run = lib.Run(sim.root, "configure", "--source", "dax0.0", *option)
            lib.equal(run.status, 1, f"{fault}: {run.err}")
            shown = state if state == "unplugged" else "online"
            lib.check(f"dax0.0   1G {shown}" in run.out, f"{fault}: {run.out}")
            lib.equal(sim.read("sys/bus/dax/devices/dax0.0/state"), f"{state}\n", fault)
            say(run.err, "dax0.0: ", words)


def stuck(sim, status, *args):
    """A writer that even SIGKILL does not end is told of, for people and in the document."""
    run = lib.Run(sim.root, *args)
    lib.equal(run.status, status, run.what)
    said = re.search(r"process (\d+), which writes, was killed and is still in the kernel", run.err)
    lib.check(said and [int(said[1])] == sim.writers(), f"{run.what}: {sim.writers()}: {run.err}")
    sim.do("release")
    until(lambda: sim.writers() == [], "the writer ends")
    return run


def test_stuck_offline():
    with Sim(more="fault offline block 8 hangs 600000\n") as sim:
        say(stuck(sim, 124, "offline", "--block", "8", "--timeout", "1s").err, "block 8: not done when the deadline passed")


def standby():
    with open(os.path.join(lib.MACHINES, "s390-standby.machine"), encoding="utf-8") as file:
        return file.read() + "fault configure block 14 hangs 600000\n"


def test_stuck_configure():
    with Sim(standby()) as sim:
        stuck(sim, 124, "configure", "--block", "14-15", "--timeout", "1s")


def test_stuck_configure_json():
    with Sim(standby()) as sim:
        run = lib.Run(sim.root, "configure", "--block", "14-15", "--timeout", "1s", "--json")
        for error in ERRORS(run.doc):
            lib.fail(error)
        lib.equal([block["outcome"] for block in run.doc["blocks"]], ["in-progress", "not-tried"], run.what)
        lib.equal((run.status, run.doc["outcome"], [run.doc.get("writer_pid")]), (124, "timeout", sim.writers()), run.what)
        sim.do("release")


PROBE = """
block_size 0x10000000
probe
node 0
blocks 0-3 node 0 zones Normal
ram memmap 0-15
file proc/iomem "00000000-3fffffff : System RAM\\n"
fault probe hangs 600000
"""


def test_probe():
    """What each errno of a probe means, and that of a writer that somebody kills"""
    machine = PROBE.replace("fault probe hangs 600000\n", "")
    for error, words in [
        ("EEXIST", "the kernel has something there: another program was first"),
        ("EINVAL", "the kernel does not take this address (EINVAL)\n  try: look at the kernel log"),
        ("E2BIG", "the address is beyond what this kernel can use"),
        ("ENOMEM", "not enough memory: the kernel needs up to 1/64 of the block to manage it"),
        ("EIO", "Input/output error"),
    ]:
        with Sim(machine, f"fault probe fails {error}\n") as sim:
            run = lib.Run(sim.root, "probe", "0x40000000")
            lib.equal((run.status, len(sim.truth())), (1, 4), f"{error}: {run.err}")
            say(run.err, "block 4: " + words)
    with Sim(machine, "fault probe loops\n") as sim:
        process = subprocess.Popen([lib.MEMCTL, "--sysroot", sim.root, "probe", "0x40000000"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=lib.environment())
        until(sim.writers, "the writer is at it")
        os.kill(sim.writers()[0], signal.SIGKILL)
        _, err = process.communicate(timeout=simlib.PATIENCE)
        lib.equal((process.returncode, len(sim.truth())), (1, 4), err)
        say(err, "block 4: not done: somebody killed the process that writes")


def test_stuck_probe():
    with Sim(PROBE) as sim:
        run = stuck(sim, 124, "probe", "0x40000000", "--timeout", "1s")
        say(run.err, "the kernel was still adding it when the request had to end")


def test_stuck_probe_json():
    with Sim(PROBE) as sim:
        run = lib.Run(sim.root, "probe", "0x40000000", "--timeout", "1s", "--json")
        lib.equal((run.doc["blocks"][0]["outcome"], [run.doc.get("writer_pid")]), ("in-progress", sim.writers()), run.what)
        sim.do("release")


def test_stuck_eject():
    with Sim(DIMM, "fault device hangs 600000\n") as sim:
        stuck(sim, 124, "remove", "--source", "dimm:PNP0C80:00", "--timeout", "1s")


def test_soft_offline():
    """Where the block of a failing address stays, the page alone may go; where the kernel can do that."""
    file = 'file sys/devices/system/memory/soft_offline_page ""\n'
    for more, args, word in (("unmovable 2\n" + file, ["--address", "0x10001000"], True),
                             ("unmovable 2\n", ["--address", "0x10001000"], False), (file, ["--address", "0x10001000"], False),
                             ("unmovable 2\n" + file, ["--block", "2"], False)):
        with Sim(more=more) as sim:
            run = lib.Run(sim.root, "offline", *args)
            lib.equal(f"> {sim.root}/sys/devices/system/memory/soft_offline_page" in run.err, word, f"{run.what}: {run.err}")
            lib.equal("soft_offline_page" in run.err, word, f"{more}{run.what}: {run.err}")


def test_remove_advice():
    """A device goes as a whole, and memctl remove has no --who."""
    with Sim(DIMM, "fault offline block 8 fails EBUSY\n") as sim:
        err = lib.Run(sim.root, "remove", "--source", "dimm:PNP0C80:00", "--block-timeout", "1s").err
        say(err, "block 8: busy", "  try: --retry 5")
        for words in "--who", "another block", "a block":
            lib.check(words not in err, f"it advises {words}\n{err}")


def test_policy():
    """Each refusal of a policy, and that the value is as it was"""
    name = "sys/devices/system/memory/auto_online_blocks"
    text = "auto_online offline\n" + MACHINE
    for more, status, words in [
        ("readonly\n", 1, f"nothing was changed: /{name} is read-only here\n  try: run memctl where it can be written"),
        ("profile 4.18\n", 1, 'nothing was changed: the kernel does not take "online_movable" for auto_online_blocks'),
        (f"mode {name} 444\n", 3 if os.geteuid() == 0 else 1, f"/{name}"),
        ("fault policy lies\n", 64, f'/{name} was written, but does not read "online_movable"\n  try: look with memctl --sysroot '),
        ("fault policy fails ENOMEM\n", 1, f"cannot set /{name}: Cannot allocate memory"),
    ]:
        with Sim(more + text if "profile" in more else text, "" if "profile" in more else more) as sim:
            run = lib.Run(sim.root, "policy", "set", "auto_online_blocks", "online_movable")
            lib.equal((run.status, run.out, sim.read(name)), (status, "", "offline\n"), f"{run.what}: {more}: {run.err}")
            say(run.err, words)


def test_passes():
    """A kernel that gives up an offline after so many turns"""
    name = "sys/module/memory_hotplug/parameters/offline_migrate_max_passes"
    for value, status, words in [("0", 0, "0 -> 7"), ("7", 0, "7 already")]:
        with Sim(MACHINE + f"param offline_migrate_max_passes {value}\n") as sim:
            run = lib.Run(sim.root, "policy", "set", "offline_migrate_max_passes", "7")
            lib.equal((run.status, sim.read(name).strip()), (status, "7"), f"{run.what}: {run.err}")
            say(run.out, words)


simlib.run_tests(globals(), jobs=4)
