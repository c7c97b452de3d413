#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What memctl says where a file of the machine cannot be read: each one, file, link and folder, in turn and in many ways.

An answer may become "cannot tell", with the file named and an exit status that says so. It never becomes another answer: no value
another value, no block, row or entry less, and what was asked for by name is not decided by what could not be read. `make check`
takes a sample, --all everything.
"""

import argparse
import ctypes
import json
import multiprocessing
import os
import random
import re
import stat
import subprocess
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../cli"))
import lib  # noqa: E402
import machines  # noqa: E402
from judge import Answer, judge  # noqa: E402

# A sample is every so manyth of the spoilt machines, which are the same in each run.
SAMPLE = 41
NOISE = random.Random(1).randbytes(1 << 20)

# Files of which other bytes are another content, and not a fault: configuration, flags of pages, of which each is one, and the
# type of a node of the device tree, which is not memory then
OTHER_CONTENT = {"proc/cmdline", "proc/cpuinfo", "proc/kpageflags", "proc/sys/kernel/arch"}


def is_config(path):
    return f"{path}/".startswith(("etc/", "run/", "usr/"))


def is_other_content(path, way):
    """Whether the machine is another one, of which something else is true: then memctl must only end well."""
    # Blocks and nodes are folders; something else of the name is none.
    if re.fullmatch(r"sys/.*/(memory|node)\d+", path) and way != "unreadable":
        return True
    if way in ("empty", "noise"):
        return is_config(path) or path in OTHER_CONTENT or path.endswith("/device_type")
    # A link that leads nowhere is no file; so is a bus's link to a device that went away.
    return way == "dangling" and (is_config(path) or path.startswith("sys/bus/"))


def ways_of(path, mode):
    if stat.S_ISLNK(mode):
        return ("dangling",)
    if stat.S_ISDIR(mode):
        return ("unreadable", "noise", "dangling")
    return ("unreadable", "empty", "folder", "fifo", "noise", "dangling")


def put(path, way):
    """Puts what cannot be read in the place of what was moved away."""
    if way == "folder":
        os.mkdir(path)
    elif way == "fifo":
        os.mkfifo(path)
    elif way == "dangling":
        os.symlink("nowhere/at/all", path)
    else:
        with open(path, "wb") as file:
            file.write(NOISE if way == "noise" else b"")


class Spoilt:
    """The tree with one path spoilt, and as it was again."""

    def __init__(self, tree, path, way):
        self.path, self.way = os.path.join(tree, path), way
        self.kept = os.path.join(tree, "kept-aside")

    def __enter__(self):
        if self.way == "unreadable":
            self.mode = stat.S_IMODE(os.lstat(self.path).st_mode)
            os.chmod(self.path, 0)
        else:
            os.rename(self.path, self.kept)
            put(self.path, self.way)

    def __exit__(self, *_):
        if self.way == "unreadable":
            os.chmod(self.path, self.mode)
            return
        if self.way == "folder":
            os.rmdir(self.path)
        else:
            os.unlink(self.path)
        os.rename(self.kept, self.path)


def drop_capabilities():
    """Of root's own, those that make every mode readable: what memctl, which is executed, can then not have."""
    pr_capbset_drop, cap_dac_override, cap_dac_read_search = 24, 1, 2
    libc = ctypes.CDLL(None, use_errno=True)

    for capability in (cap_dac_override, cap_dac_read_search):
        if os.geteuid() == 0 and libc.prctl(pr_capbset_drop, capability, 0, 0, 0) != 0:
            lib.skip("root can read everything here: its capabilities cannot be dropped")


def run(tree, args):
    """Ends after 30 seconds only where it hangs."""
    with subprocess.Popen([lib.MEMCTL, "--sysroot", tree, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=lib.environment()) as process:
        try:
            out, err = process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            return Answer(None, "", "")
    return Answer(process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))


# What memctl never opens
UNREAD = {"uevent", "phys_index", "online"}


def paths_of(tree):
    """What there is to spoil"""
    found = []
    for folder, dirs, files in os.walk(tree):
        for name in set(dirs + files) - UNREAD:
            path = os.path.relpath(os.path.join(folder, name), tree)
            found.append((path, os.lstat(os.path.join(folder, name)).st_mode))
    return sorted(found)


def cases_of(tree):
    return [(path, way) for path, mode in paths_of(tree) for way in ways_of(path, mode)]


class Machine:
    """A tree of this process's own, and what memctl says of it."""

    def __init__(self, name):
        self.name = name
        self.tree = os.path.join(lib.TMP, f"{name}-{os.getpid()}")
        if not os.path.isdir(self.tree):
            lib.describe(os.path.basename(self.tree), machines.MACHINES[name])
        self.answers = {args: run(self.tree, args) for args in machines.commands(name)}


_machines = {}


def try_case(case):
    """What is wrong with the answers, as texts."""
    name, path, way = case
    machine = _machines.get(name) or _machines.setdefault(name, Machine(name))
    wrong = []
    with Spoilt(machine.tree, path, way):
        for args, whole in machine.answers.items():
            answer = run(machine.tree, args)
            for text in judge(whole, answer, is_other_content(path, way)):
                wrong.append(f"{name}: {path} {way}: memctl {' '.join(args)}: {text}")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", action="store_true", help="everything, not a sample")
    parser.add_argument("--only", default="", help="cases whose \"MACHINE: PATH WAY\" has this in it")
    args = parser.parse_args()

    drop_capabilities()
    cases = []
    for name, text in machines.MACHINES.items():
        tree = lib.describe(name, text)
        cases += [(name, path, way) for path, way in cases_of(tree)]
    cases = [case for case in cases if args.only in "{}: {} {}".format(*case)]
    if not args.all and not args.only:
        cases = [case for case in cases if zlib.crc32("{} {} {}".format(*case).encode()) % SAMPLE == 0]
    with multiprocessing.Pool() as pool:
        for wrong in pool.imap_unordered(try_case, cases, chunksize=4):
            for text in wrong:
                lib.fail(text)
    print(f"{len(cases)} spoilt machines")
    lib.finish()


if __name__ == "__main__":
    main()
