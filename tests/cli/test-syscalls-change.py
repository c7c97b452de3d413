#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What changing a block costs, in memctl and its worker together: counted by strace."""

import os
import re
import subprocess

import lib

# For each block: six for the change, four for the last look at it, and what the scan before it takes.
CHANGE, SCAN = 10, 6
# A few calls a thousand blocks go to memory, and to looking at the clock 5 times a second.
SLACK = 0.1


def trace(tree, *args):
    """[(pid, call)] of one run from the first that names the tree on, and where the worker was made."""
    log = os.path.join(lib.TMP, "strace.log")
    command = ["strace", "-f", "-qq", "-e", "signal=none", "-s", "4096", "-o", log, lib.MEMCTL, "--sysroot", tree, *args]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          env=lib.environment(), check=False)
    lib.equal(done.returncode, 0, f"{args}: exit status")
    with open(log, encoding="utf-8", errors="replace") as file:
        # A call that another process interrupted in the log has two lines, and counts once.
        calls = [tuple(line.split(None, 1)) for line in file if "(" in line and "resumed>" not in line]
    first = next((at for at, (_, call) in enumerate(calls) if at > 0 and tree in call), 0)
    start = next((at for at, (_, call) in enumerate(calls) if re.match(r"clone3?\(.*CLONE_PIDFD", call)), 0)
    lib.check(0 < first < start, f"{args}: no worker was started")
    return calls[first:start], calls[start:]


def count(tree, *args):
    """System calls of the scan; from the start of the worker on in the worker; and in memctl."""
    scan, change = trace(tree, *args)
    memctl = change[0][0]
    return len(scan), sum(pid != memctl for pid, _ in change), sum(pid == memctl for pid, _ in change)


def cost(num, state, *args):
    """System calls for each of num further blocks."""
    counts = []
    for blocks in num, 2 * num:
        tree = lib.describe(f"{state}-{blocks}-{len(os.listdir(lib.TMP))}",
                            f"node 0\nblocks 0-{blocks - 1} node 0 zones Movable state {state}\n")
        with lib.changeable(tree) as root:
            counts.append(count(root, *args))
    scan, worker, memctl = ((large - small) / num for small, large in zip(*counts))
    print(f"{' '.join(args)}: {worker:.2f} system calls a block in the worker, {memctl:.2f} in memctl, {scan:.2f} for the scan")
    lib.check(worker + memctl <= CHANGE + SLACK, f"{args}: {worker + memctl:.2f} system calls a block, at most {CHANGE} are right")
    lib.check(scan <= SCAN + SLACK, f"{args}: {scan:.2f} system calls a block for the scan, at most {SCAN} are right")


def main():
    lib.need("strace", "strace")
    if subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False).returncode != 0:
        lib.skip("strace is not permitted here (ptrace)")
    if os.environ.get("SANITIZED", "").strip():
        # Nothing is missing here, so this is no reason to fail in CI: a build without them has it counted.
        print("not counted: sanitizers make system calls of their own")
        lib.finish()
    # Online is counted by tests/vm/test-cost.py.
    for more in [], ["--json"], ["--rollback", "--retry", "3"]:
        cost(512, "online", "offline", "--all", "--force", *more)
    lib.finish()


main()
