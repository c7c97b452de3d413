#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""--json --progress: a document a line, each as the schema has it, and the last one is the result."""

import json
import os
import re
import signal
import subprocess
import threading

import lib

ERRORS = lib.validator()


def lines_of(run):
    docs = []
    for line in run.out.splitlines():
        try:
            docs.append(json.loads(line))
        except ValueError as error:
            lib.fail(f"{run.what}: a line that is no document: {error}: {line[:200]!r}")
            return []
    for doc in docs:
        for error in ERRORS(doc):
            lib.fail(f"{run.what}: {error}")
    return docs


def check(tree, args, status, steps):
    """So many lines of progress, and a result that says what the same request without --progress says."""
    run = lib.Run(tree, *args, "--json", "--progress")
    lib.equal(run.status, status, f"{run.what}: exit status")
    docs = lines_of(run)
    if not lib.check(docs, f"{run.what}: no document"):
        return {}
    progress = [doc["progress"] for doc in docs[:-1] if lib.check("progress" in doc, f"{run.what}: a result too early")]
    lib.check("progress" not in docs[-1], f"{run.what}: the last document is no result")
    lib.equal(docs[-1].get("exit_status"), status, f"{run.what}: exit_status")
    lib.check(len(progress) >= steps, f"{run.what}: {len(progress)} lines of progress, not {steps}")
    forward = [line for line in progress if not line["rolling_back"]]
    done = [line["done"] for line in forward]
    lib.equal(done, sorted(done), f"{run.what}: done goes back")
    elapsed = [line["elapsed_ms"] for line in forward]
    lib.equal(elapsed, sorted(elapsed), f"{run.what}: time goes back")
    lib.check(all(line["done"] <= line["goal"] for line in progress), f"{run.what}: more done than asked")
    return {"progress": progress, "result": docs[-1]}


def check_terminal(tree, args, pattern):
    """What is said to a terminal: once it was, a signal ends it, and it is taken away."""
    status, said = lib.at_terminal("--sysroot", tree, *args, stdout=subprocess.DEVNULL,
                                   heard=lambda said, process: process.terminate() if re.search(pattern, said) else None)
    what = f"{' '.join(args)} at a terminal"
    lib.equal(status, -signal.SIGTERM, f"{what}: exit status")
    lines = said.split("\r\033[K")
    lib.check(any(re.fullmatch(pattern, line) for line in lines), f"{what}: {said!r}")
    lib.check(not re.search(pattern, lines[-1]), f"{what}: the line is left: {said!r}")


def check_unchanged(tree, root):
    """Before anything is changed there is nothing to tell but the result."""
    before = lib.checksum(tree)
    for args, status in [
        (["offline", "--dry-run", "--block", "104"], 0),
        (["offline", "--dry-run", "--count", "4"], 0),
        (["offline", "--block", "128"], 0),
        (["offline", "--block", "0"], 1),
        (["online", "--node", "0", "--zone", "Movable"], 2),
        (["offline", "--node", "0", "--zone", "Movable"], 0),
        (["offline", "--block", "127", "--keep-free", "100G"], 4),
        (["offline", "--block", "9999"], 2),
        (["offline", "--size", "1M"], 2),
    ]:
        check(root, args, status, 0)
    lib.check(lib.checksum(tree) == before, "the tree was changed")


def check_changed(root):
    found = check(root, ["offline", "--block", "0,104-107,128"], 64, 4)
    lib.equal(found["progress"][-1]["goal"], 4, "blocks that are to be changed")
    lib.equal(found["progress"][-1]["done"], 4, "blocks that are as asked")
    lib.equal(len(found["result"]["blocks"]), 6, "blocks of the result")
    lib.equal([line["rolling_back"] for line in found["progress"]].count(True), 0, "no rollback")
    found = check(root, ["offline", "--size", "256M", "--retry", "2"], 0, 2)
    lib.equal(found["progress"][-1]["goal"], 2, "the goal of --size 256M")
    found = check(root, ["offline", "--count", "100", "--zone", "Movable", "--rollback"], 64, 2)
    back = [(line["done"], line["goal"]) for line in found["progress"] if line["rolling_back"]]
    lib.equal(back[0], (0, len(back) - 1), "a rollback begins with nothing, and tells of each block")
    lib.check(found["progress"][-1]["rolling_back"], "a rollback comes last")
    # People see progress at a terminal alone.
    run = lib.Run(root, "offline", "--progress", "--block", "72")
    lib.equal((run.status, run.out), (2, ""), f"{run.what}")
    run = lib.Run(root, "offline", "--block", "72")
    lib.equal((run.status, run.err), (0, ""), f"{run.what}")


def check_ejecting(root):
    found = check(root, ["remove", "--source", "dimm:PNP0C80:01", "--block-timeout", "300ms"], 124, 1)
    lib.equal({(line["ejecting"], line["block_id"]) for line in found["progress"]}, {(True, None)}, "the wait for the firmware")
    check_terminal(root, ["remove", "--source", "dimm:PNP0C80:01", "--block-timeout", "infinity"],
                   r"waiting for dimm:PNP0C80:01 to be ejected, [1-9][0-9]*s")


def check_waiting(tree):
    """Nobody comes; what is waited for is shown."""
    check_terminal(tree, ["wait", "--for", "absent", "--block", "5"], r"0B of 128M is absent, [1-9][0-9]*s")
    check_terminal(tree, ["wait", "--settled", "1h"], r"0 events, [1-9][0-9]*s")
    check_terminal(tree, ["online", "--block", "900", "--wait-present"], r"waiting for block 900, [1-9][0-9]*s")


def check_explain():
    """A machine whose pages take longer to look at than anybody waits, until its file ends."""
    size = 1 << 38
    tree = lib.describe("big", f"block_size {size:#x}\nnode 0\nblocks 0-255 node 0 zones Normal\nfile proc/kpageflags \"\"\n")
    flags = os.path.join(tree, "proc/kpageflags")
    pattern = r"\[[#.]{10}\] \d+%  \S+[GT] of 64T, \S+/s, \d+s left"

    def explain(*args, **how):
        os.truncate(flags, 256 * size // 4096 * 8)
        return lib.at_terminal("--sysroot", tree, "explain", "--top", "1", *args, **how)

    status, said = explain(heard=lambda said, _process: os.truncate(flags, 0) if re.search(pattern, said) else None)
    lines = said.split("\r\033[K")
    lib.check(any(re.fullmatch(pattern, line) for line in lines), f"explain at a terminal: {said!r}")
    lib.check(status == 0 and lines[-1].lstrip().startswith("BLOCK"), f"explain at a terminal: the line is left: {said!r}")
    for quiet in "--quiet", "--json":
        # More than the second after which a line would be there
        timer = threading.Timer(1.5, os.truncate, [flags, 0])
        timer.start()
        lib.equal(explain(quiet, stdout=subprocess.DEVNULL), (0, ""), f"explain {quiet} at a terminal")
        timer.join()


def main():
    tree = lib.machine("x86-two-node")
    with lib.changeable(tree) as root:
        check_unchanged(tree, root)
        os.mkdir(os.path.join(tree, "run"))  # for the lock
        check_changed(root)
    with lib.changeable(lib.machine("dimm")) as root:
        check_ejecting(root)
    check_waiting(tree)
    check_explain()
    lib.finish()


main()
