#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl explain --who on made-up processes. What is found of real ones is for tests/vm."""

import os

import lib

PAGE = os.sysconf("SC_PAGESIZE")
BLOCK = 0x8000000 // PAGE

errors = lib.validator()
tree = lib.describe("who", "blocks 1-3 zones Movable\n")
lib.process(tree, 1234, "postgres", range(2 * BLOCK, 2 * BLOCK + 256))
lib.process(tree, 99, "sh", [2 * BLOCK + 1, 3 * BLOCK - 1, 3 * BLOCK], pinned=64)
for pid in range(200, 212):
    lib.process(tree, pid, f"p{pid}", [2 * BLOCK + 3])

run = lib.Run(tree, "explain", "--who", "--json")
lib.equal(run.status, 0, "exit status")
for error in errors(run.doc):
    lib.fail(error)
lib.equal(run.doc["who"], {"errno": None, "skipped": 0}, "who")
found = {block["block_id"]: [(item["pid"], item["name"], item["mapped"] // PAGE, item["locked"], item["pinned"])
                             for item in block["processes"]] for block in run.doc["blocks"]}
lib.equal(found[1], [], "nobody")
lib.equal(found[3], [(99, "sh", 1, 8192, 65536)], "one process")
lib.equal(found[2], [(1234, "postgres", 256, 8192, 0), (99, "sh", 2, 8192, 65536)] +
          [(pid, f"p{pid}", 1, 8192, 0) for pid in range(200, 212)], "the heaviest first")

run = lib.Run(tree, "explain", "--who", "--bytes", "--all")
lib.check(f"postgres (pid 1234, {256 * PAGE}), sh (pid 99, {2 * PAGE}, pins 65536 for devices) and 12 more" in run.out, run.out)
lib.check("These processes may hold pages" in run.out, run.out)
for arguments in (["--block", "2"], ["--map"]):
    lib.check("postgres (pid 1234, " in lib.Run(tree, "explain", "--who", *arguments).out, str(arguments))
joined = lib.Run(tree, "explain", "--who", "--bytes").out
lib.check("  1-3 Movable" in joined and "postgres (pid 1234, " in joined, f"a row of several blocks: {joined}")
run = lib.Run(tree, "explain", "--who", "--block", "2")
lib.check("\nMapped by: postgres (pid 1234, 1M),\n           sh (pid 99, " in run.out and "p207 (pid 207" in run.out and
          "and 4 more" in run.out, run.out)
lib.check("Mapped by: no process" in lib.Run(tree, "explain", "--who", "--block", "1").out, "nobody, for people")
lib.check('MAPPED-BY="-"' in lib.Run(tree, "explain", "--who", "--all", "--pairs").out, "a name without blanks")
lib.check("processes" not in lib.Run(tree, "explain", "--json").out, "without the option")

# Without privilege all frames are 0; and a machine without processes
tree = lib.describe("hidden", "blocks 1-3 zones Movable\n")
for errno, words in ("ENOENT", "there is no /proc/PID/pagemap"), ("EPERM", "only root may see that"):
    run = lib.Run(tree, "explain", "--who", "--json")
    for error in errors(run.doc):
        lib.fail(error)
    lib.equal(run.doc["who"], {"errno": errno, "skipped": 0}, "who")
    lib.equal([block["processes"] for block in run.doc["blocks"]], [None] * 3, "processes")
    run = lib.Run(tree, "explain", "--who")
    lib.equal(run.status, 0, "exit status")
    lib.check(words in run.out, run.out)
    if errno == "ENOENT":
        lib.process(tree, 99, "sh", [0])

lib.finish()
