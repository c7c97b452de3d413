#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What reading costs, and what is never opened: counted by strace."""

import os
import re
import subprocess

import lib


def trace_all(*args):
    """The system calls of one run, one a line"""
    log = os.path.join(lib.TMP, "strace.log")
    command = ["strace", "-f", "-qq", "-e", "signal=none", "-s", "4096", "-o", log, lib.MEMCTL, *args]
    nothing = subprocess.DEVNULL
    subprocess.run(command, stdin=nothing, stdout=nothing, stderr=nothing, env=lib.environment(), check=False)
    with open(log, encoding="utf-8", errors="replace") as file:
        return [line.split(None, 1)[1] for line in file if "(" in line]


def trace(tree, *args):
    """Without the dynamic linker's: from the first that names the tree on"""
    calls = trace_all("--sysroot", tree, *args)
    # The first line is execve(), which has the tree in its arguments.
    first = next((at for at, call in enumerate(calls) if at > 0 and tree in call), 0)
    lib.check(first > 0, f"{args}: the tree was never opened")
    return calls[first:]


def opens(calls):
    """(path, flags) of every open, without the files in which a build for gcov counts."""
    found = []
    for call in calls:
        match = re.match(r'open(?:at2?)?\((?:[^,"]+, )?"([^"]*)", ([^,)]*)', call)
        if match and not match[1].endswith(".gcda"):
            found.append(match.groups())
    return found


def cost(small, large, blocks, limit, *args):
    """At most so many system calls for each further block."""
    difference = len(trace(large, *args)) - len(trace(small, *args))
    each = difference / blocks
    print(f"{' '.join(args)}: {each:.2f} system calls a block")
    lib.check(each <= limit, f"{' '.join(args)}: {each:.2f} system calls a block, at most {limit} are right")


def check_costs():
    blocks = 1024
    trees = []
    for factor in 1, 2:
        num = blocks * factor
        trees.append(lib.describe(f"blocks-{num}", f"node 0\nnode 1\nblocks 0-{num // 2 - 1} node 0 zones Normal\n"
                                  f"blocks {num // 2}-{num - 1} node 1 zones Movable\nblocks {num - 64}-{num - 1} state offline\n"))
    small, large = trees
    # A few calls a thousand blocks go to reading directories, and to memory.
    slack = 0.05
    cost(small, large, blocks, 6 + slack, "list")
    cost(small, large, blocks, 6 + slack, "list", "--json")
    cost(small, large, blocks, 6 + slack, "list", "--by", "node")
    cost(small, large, blocks, 6 + slack, "status")
    cost(small, large, blocks, 3 + slack, "list", "-o", "STATE")
    cost(small, large, blocks, 3 + slack, "list", "-o", "RANGE,SIZE,STATE,BLOCK")
    cost(small, large, blocks, 3 + slack, "list", "-o", "RANGE,NODE,STATE")
    cost(small, large, blocks, 3 + slack, "list", "--summary=only")
    cost(small, large, blocks, 3 + slack, "list", "-o", "RANGE,BLOCK", "--summary=never", "--state", "offline")
    cost(small, large, blocks, slack, "list", "-o", "RANGE,SIZE,BLOCK,NODE", "--summary=never")
    # Sources cost nothing a block, but for the links to DIMMs: one call each, and in a tree two more so that none leads out of it.
    cost(small, large, blocks, slack, "list", "-o", "SOURCE", "--summary=never")
    cost(small, large, blocks, slack, "list", "-o", "RANGE", "--summary=never", "--source", "boot")
    for factor, tree in enumerate(trees, 1):
        os.makedirs(os.path.join(tree, "sys/bus/acpi/devices/PNP0C80:00"))
        for number in range(blocks // 2 * factor):
            os.symlink("../PNP0C80:00", os.path.join(tree, f"sys/devices/system/memory/memory{number}/firmware_node"))
    cost(small, large, blocks, 3 + slack, "list", "-o", "SOURCE", "--summary=never")


def check_opens():
    tree = lib.machine("s390-standby")
    # /etc/passwd and its like are for the user's name, locale and character set files for the language; none is needed either.
    for args in (
        ["list"], ["list", "-a", "--output-all"], ["list", "--json"], ["list", "--by", "zone"], ["status"], ["status", "--json"],
        ["offline", "--all", "--dry-run"], ["online", "--all", "--movable", "--dry-run"], ["online", "--block", "0"],
        ["offline", "--block", "12"], ["online", "--block", "0", "--json"],
    ):
        what = "memctl " + " ".join(args)
        for path, flags in opens(trace(tree, *args)):
            lib.check(not re.search(r"(^|/)(memory[0-9]+/)?(online|uevent)$", path), f"{what}: opened {path}")
            lib.check(not path.startswith("/") or path.startswith(tree), f"{what}: opened {path}, which is outside the sysroot")
            if "--dry-run" in args or args[0] in ("list", "status"):
                lib.check(not re.search("O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", flags), f"{what}: opened {path} with {flags}")


def check_lazy():
    """What nobody asked for is not opened."""
    tree = lib.machine("s390-standby")
    for args, names in [
        (["list"], {"state", "valid_zones"}),
        (["list", "-o", "RANGE", "--summary=never"], set()),
        (["list", "-o", "RANGE"], {"state"}),
        (["list", "-o", "REMOVABLE", "--summary=never"], {"removable"}),
        (["list", "-o", "PHYS-DEVICE", "--summary=never"], {"phys_device"}),
        (["list", "-o", "CONFIGURED", "--summary=never"], {"config"}),
        (["list", "-o", "MEMMAP-ON-MEMORY", "--summary=never"], {"config", "memmap_on_memory"}),
        (["list", "-o", "NODE", "--summary=never"], set()),
        (["list", "-o", "SOURCE", "--summary=never"], set()),
        (["status"], {"state", "valid_zones", "config"}),
    ]:
        attributes = {"state", "valid_zones", "removable", "phys_device", "phys_index", "config", "memmap_on_memory", "online"}
        got = {os.path.basename(path) for path, _ in opens(trace(tree, *args)) if "/parameters" not in path}
        lib.equal(got & attributes, names, f"memctl {' '.join(args)}: attributes opened")


def check_idle():
    """Who waits for the kernel is in one system call until the time is up, but for each message that the kernel sends to all.

    It only reads this machine."""
    probe = lib.Run(None, "watch", "--duration", "1ms")
    if probe.status or probe.err:
        print("not counted: no events on this machine")
        return
    for args in (["watch", "--duration", "1s"], ["wait", "--for", "present", "--block", "999999", "--timeout", "1s"],
                 ["wait", "--settled", "1s"]):
        calls = trace_all(*args)
        # Before, there may be one for room in the output.
        polls = [at for at, call in enumerate(calls) if re.match(r"p?poll", call) and "revents=POLLOUT" not in call]
        messages = sum(bool(re.match(r"recvmsg\(.* = [1-9]", call)) for call in calls)
        idle = calls[polls[0]:polls[-1] + 1] if polls else []
        lib.check(0 < len(polls) <= 1 + messages, f"memctl {' '.join(args)}: it sleeps {len(polls)} times for {messages} messages")
        lib.check(messages or len(idle) == 1 and "(Timeout)" in idle[0], f"memctl {' '.join(args)}: {idle}")


def main():
    lib.need("strace", "strace")
    if subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False).returncode != 0:
        lib.skip("strace is not permitted here (ptrace)")
    if os.environ.get("SANITIZED", "").strip():
        # Nothing is missing here, so this is no reason to fail in CI: a build without them has it counted.
        print("not counted: sanitizers make system calls of their own")
        lib.finish()
    check_idle()
    check_costs()
    check_opens()
    check_lazy()
    lib.finish()


main()
