#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The line that a request leaves in the journal, as --verbose shows it: what was asked for, and what came of it."""

import os
import re

from simlib import Sim, lib, need_simulator

STANDBY = "block_size 0x8000000\nblocks 0-1 zones Normal config 1 memmap_on_memory 0\nblocks 2 config 0 memmap_on_memory 0\n"
PROBE = 'block_size 0x10000000\nprobe\nnode 0\nblocks 0-3 node 0 zones Normal\nram memmap 0-15\n' \
        'file proc/iomem "00000000-3fffffff : System RAM\\n"\n'
LINE = re.compile(r'memctl (\S+): journal: uid=(\d+)(?: login_uid=\d+)?(?: sudo_user="([^"]*)")? command="([^"]*)" (outcome=.*)')


def lines(run):
    return [match.groups() for match in map(LINE.fullmatch, run.err.splitlines()) if match]


def check(root, status, outcome, *args, sudo_user="alice"):
    """One line, which has the command as it was typed and ends with the outcome, but for the seconds."""
    run = lib.Run(root, *args, "--verbose", env={"SUDO_USER": sudo_user} if sudo_user else None)
    lib.equal(run.status, status, f"{run.what}: {run.err}")
    found = lines(run)
    if not lib.equal(len(found), 1, f"{run.what}: lines: {run.err}"):
        return
    command, uid, user, typed, result = found[0]
    lib.equal((command, uid, user), (args[0], str(os.getuid()), sudo_user), run.what)
    lib.equal(typed, " ".join([lib.MEMCTL, "--sysroot", root, *args, "--verbose"]), run.what)
    lib.equal(re.sub(r" seconds=\d+\.\d$", "", result), f"outcome={outcome} exit_status={status}", run.what)


def test_requests():
    with Sim(more="unmovable 2\n") as sim:
        check(sim.root, 0, "complete changed=256M requested=256M", "offline", "--block", "10-11")
        check(sim.root, 64, "partial changed=128M requested=256M", "offline", "--block", "2-3")
        check(sim.root, 1, "failed changed=0B requested=128M", "offline", "--block", "2", sudo_user=None)
        check(sim.root, 1, "rolled-back changed=0B requested=256M", "offline", "--block", "2,4", "--rollback")
        check(sim.root, 0, "complete changed=0B requested=128M", "online", "--block", "0")
        check(sim.root, 4, "refused changed=0B requested=128M", "offline", "--block", "4", "--keep-free", "1P")
        check(sim.root, 0, "changed before=offline", "policy", "set", "auto_online_blocks", "online")
        check(sim.root, 0, "already before=online", "policy", "set", "auto_online_blocks", "online")
    with Sim(more="pinned 9\n") as sim:
        check(sim.root, 124, "timeout changed=0B requested=128M", "offline", "--block", "9", "--timeout", "200ms")
    with Sim(STANDBY) as sim:
        check(sim.root, 0, "complete changed=128M requested=128M", "configure", "--block", "2")
        check(sim.root, 0, "complete changed=128M requested=128M", "deconfigure", "--block", "2")
    with Sim(PROBE) as sim:
        check(sim.root, 0, "complete changed=256M requested=256M", "probe", "0x40000000")


def test_silence():
    """Who only looks leaves none, and without --verbose none is shown."""
    with Sim() as sim:
        for line in ("list -v", "status -v", "explain -v", "policy -v", "offline --block 9 --dry-run -v", "offline --block x -v",
                     "policy set auto_online_blocks online --dry-run -v", "policy set movable_node Y --persist -v",
                     "offline --block 9"):
            run = lib.Run(sim.root, *line.split())
            lib.check("journal" not in run.err, f"{run.what}: {run.err}")


def test_forgery():
    """What the user chose is within its quotes, and on one line."""
    with Sim() as sim:
        odd = os.path.join(lib.TMP, "a b\n<13>memctl[1]: uid=0\" outcome=complete\\\x1b[2J\u00e4'")
        os.symlink(sim.root, odd)
        run = lib.Run(odd, "online", "--block", "0", "-v", env={"SUDO_USER": "bob\"\nmemctl online: journal: uid=0"})
        found = lines(run)
        if lib.equal(len(found), 1, f"lines: {run.err}"):
            _, _, user, typed, _ = found[0]
            lib.equal(user, "bob\\x22\\x0amemctl online: journal: uid=0", "who")
            lib.check("'" + os.path.join(lib.TMP, "a b\\x0a<13>memctl[1]: uid=0\\x22 outcome=complete\\x5c\\x1b[2J\\xc3\\xa4\\x27'")
                      in typed, f"the command: {typed}")
        run = lib.Run(sim.root, "online", "--block", ",".join(["0"] * 1000), "-v")
        lib.check(re.search(r'[0,] \.\.\." outcome=', run.err) and len(run.err) < 1000, f"a long command: {run.err}")


def main():
    need_simulator()
    test_requests()
    test_silence()
    test_forgery()
    lib.finish()


main()
