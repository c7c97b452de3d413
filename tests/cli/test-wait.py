#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl wait where nothing happens: what is so at once, what is refused, and what is said of what was waited for in vain.
tests/sim/test-wait.py has what happens meanwhile."""

import os

import lib

MACHINE = """
node 0 cpus 0-3
node 1
blocks 0-7 node 0 zones Normal
blocks 8-11 node 1 zones Movable
blocks 12-15 node 1 state offline zones "Normal Movable"
"""
tree = lib.describe("wait", MACHINE)
check_schema = lib.validator()
NOW = "--timeout", "50ms"

# What is so at once
for command in ("--for online --block 3", "--for online --node 0", "--for offline --block 12-15", "--for present --block 0-15",
                "--for absent --block 16-20", "--for absent --node 7", "--for absent --zone DMA",
                "--for present --address 0x7fffffff", "--for online --at-least 12", "--for online --at-least 1.5G",
                "--for online --zone Movable --at-least 512M",
                "--for absent --block 14-20 --at-least 5", "--for offline --state offline", "--for present --range 0x0+2G"):
    run = lib.Run(tree, "wait", *command.split(), *NOW)
    lib.equal((run.status, run.err), (0, ""), run.what)
    lib.check(run.out.startswith("Done after "), f"{run.what}: {run.out}")
    run = lib.Run(tree, "wait", *command.split(), *NOW, "--quiet")
    lib.equal((run.status, run.out, run.err), (0, "", ""), run.what)

# What is not, and who is named for it, which --quiet does not hide
for command, said in (
        ("--for online --block 10-17", ["blocks 12-15: offline", "blocks 16-17: not there"]),
        ("--for online --node 1", ["blocks 12-15: offline"]),
        ("--for offline --block 11-12,20", ["block 11: online", "block 20: not there"]),
        ("--for absent --block 15-16", ["block 15: offline"]),
        ("--for present --range 0x70000000-0x8fffffff", ["blocks 16-17: not there"]),
        ("--for online --at-least 13", ["blocks 12-15: offline"]),
        ("--for present --block 0-2000000000000 --range 0x0-0xffffffffffffffff", None),
        ("--for online --block " + ",".join(map(str, range(100, 200, 2))), ["block 100: not there", "and 30 blocks more"])):
    run = lib.Run(tree, "wait", *command.split(), *NOW)
    if said is None:
        lib.equal(run.status, 2, run.what)
        continue
    lib.equal(run.status, 124, run.what)
    lib.check(run.out.startswith("The deadline passed after "), f"{run.what}: {run.out}")
    for part in said:
        lib.check(part in run.err, f"{run.what}: no {part!r} in {run.err}")
    quiet = lib.Run(tree, "wait", *command.split(), *NOW, "--quiet")
    lib.equal((quiet.status, quiet.out, quiet.err), (124, "", run.err), quiet.what)
run = lib.Run(tree, "wait", "--for", "online", "--node", "7", *NOW)
lib.check("no block matches so far" in run.err and "no block matches" in run.out, run.out + run.err)
# The largest selection that there is
run = lib.Run(tree, "wait", "--for", "present", "--range", "0x0-0xffffffffffffffff", *NOW)
lib.check(run.status == 124 and "blocks 16-137438953471: not there" in run.err, run.err)

# Three values
odd = lib.describe("odd", MACHINE)
state = os.path.join(odd, "sys/devices/system/memory/memory3/state")
os.unlink(state)
os.mkdir(state)
doc = lib.Run(odd, "wait", "--for", "online", "--block", "2-4", "--json", *NOW).doc
lib.equal((doc["so"], doc["not_so"], doc["unknown"]), (256 << 20, 0, 128 << 20), "a state that cannot be read")
lib.equal([(row["block"], row["state"], row["errno"]) for row in doc["blocks"]], [("3", None, "EISDIR")], "which that is")
run = lib.Run(odd, "wait", "--for", "online", "--block", "2-4", *NOW)
lib.equal(run.status, 124, run.what)
lib.check("block 3: whether it is selected and online cannot be told: Is a directory (EISDIR)" in run.err, run.err)
lib.equal(lib.Run(odd, "wait", "--for", "online", "--block", "2-4", "--at-least", "2").status, 0, "enough of the others")
lib.equal(lib.Run(odd, "wait", "--for", "absent", "--state", "going-offline", *NOW).status, 124, "a filter that cannot tell")
lib.equal(lib.Run(odd, "wait", "--for", "present", "--block", "2-4").status, 0, "present whatever its state")
# A folder without a state, of a block that comes or goes: it is looked at again, for no event tells when it is through.
os.rmdir(state)
for goal in "present", "absent":
    doc = lib.Run(odd, "wait", "--for", goal, "--block", "3", "--json", *NOW).doc
    lib.equal((doc["so"], doc["not_so"], doc["unknown"]), (0, 0, 128 << 20), f"half a block, to be {goal}")

# What is refused, and by which option
for command, option in (
        ("", None), ("--at-least 1G", "--at-least"), ("--for online --settled 1s", "--settled"), ("--for onlin", "--for"),
        ("--for", "--for"), ("--settled 0", "--settled"), ("--settled infinity", "--settled"),
        ("--for online --at-least 100M", "--at-least"),
        ("--for online --at-least 0", "--at-least"), ("--for online --at-least 200M", "--at-least"),
        ("--for online --at-least 9 --block 1-8", "--at-least"), ("--for absent --at-least 2", "--at-least"),
        ("--for absent --at-least 2 --node 1", "--at-least"), ("--for offline --zone Movable", "--zone"),
        ("--for offline --state online", "--state"), ("--for online --state going-offline", "--state"),
        ("--for online --block 3-18446744073709551615", "--block"), ("--for online --range 0x1000+128M", "--range"),
        ("--settled 1s --at-least 2", "--at-least")):
    run = lib.Run(tree, "wait", *command.split(), "--json")
    lib.equal(run.status, 2, run.what)
    if not command.endswith("--for"):
        lib.equal(run.doc["error"]["option"], option, run.what)
for command, option in (("online --all --wait-present", "--wait-present"), ("offline --node 1 --wait-present", "--wait-present"),
                        ("online --block 12 --wait-present --dry-run", None),
                        ("online --block 18446744073709551615 --wait-present", "--block")):
    run = lib.Run(tree, *command.split(), "--json")
    lib.equal(run.status, 2, run.what)
    lib.equal(run.doc["error"]["option"] if option else None, option, run.what)

# Documents
for command, status in (("--for online --block 3", 0), ("--for online", 124), ("--settled 10ms", 0), ("--settled 1m", 124),
                        ("--for absent --block 15-16 --at-least 256M", 124)):
    run = lib.Run(tree, "wait", *command.split(), "--timeout", "1s" if status == 0 else "50ms", "--json")
    lib.equal((run.status, run.doc["exit_status"], run.err), (status, status, ""), run.what)
    lib.equal(run.doc["outcome"], "complete" if status == 0 else "timeout", run.what)
    for error in check_schema(run.doc):
        lib.fail(f"{run.what}: {error}")
lib.finish()
