#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl help: the manual page at a terminal, the options elsewhere and where there is no page."""

import os
import re

import lib


def at_terminal(man, *args):
    """Exit status and output at a terminal, with a program man that says what it was asked for and ends so; None: there is none."""
    folder = os.path.join(lib.TMP, f"man-{man}")
    os.makedirs(folder, exist_ok=True)
    if man is not None:
        with open(os.path.join(folder, "man"), "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\necho "man $*"\nexit {man}\n')
        os.chmod(os.path.join(folder, "man"), 0o755)
    return lib.at_terminal(*args, env={"PATH": folder})


lib.equal(at_terminal(0, "help"), (0, "man 8 memctl\n"), "memctl help")
lib.equal(at_terminal(0, "help", "policy", "check"), (0, "man 8 memctl-policy\n"), "memctl help policy check")
lib.equal(at_terminal(0, "help", "offline"), (0, "man 8 memctl-offline\n"), "memctl help offline")
for man in 16, None:
    status, said = at_terminal(man, "help")
    lib.check(status == 0 and "Usage: memctl" in said and "offline" in said, f"help without a page: {status} {said}")
    status, said = at_terminal(man, "help", "offline")
    lib.check(status == 0 and "Usage: memctl offline" in said and "--block-timeout" in said, f"the same: {status} {said}")

# Elsewhere each command's help is what its --help says.
for command in "list status explain watch online offline remove configure deconfigure probe policy save diff restore".split():
    run = lib.Run(None, "help", command)
    lib.equal((run.status, run.err), (0, ""), run.what)
    lib.equal(lib.Run(None, command, "--help").out, run.out, run.what)
    lib.check(f"\nUsage: memctl {command} " in run.out, f"{run.what}: {run.out[:80]}")

# The columns of the help are those that the command takes, and there are no others.
WHAT = {
    "remove": ("dimm", ["--source", "dimm:PNP0C80:01", "--dry-run"]),
    "probe": ("probe", ["0x800000000", "--dry-run"]),
    "configure": ("s390-standby", ["--all", "--dry-run"]),
    "deconfigure": ("s390-standby", ["--all", "--dry-run"]),
}
columns = {}
for command in "list", "explain", "online", "offline", "remove", "configure", "deconfigure", "probe":
    columns[command] = re.findall(r"^  ([A-Z-]{2,}) ", lib.Run(None, command, "--help").out.split("\nColumns:")[1], re.M)
for command, own in columns.items():
    machine, what = WHAT.get(command, ("dimm", ["--all"]))
    for column in sorted(set().union(*columns.values())):
        run = lib.Run(lib.machine(machine), command, *what, "-o", column)
        lib.equal("there is no column" in run.err, column not in own, f"{run.what}: {run.err}")
        lib.equal(run.status == 2, column not in own, f"{run.what}: exit status {run.status}")
for verb in "show", "check", "set", "unset":
    lib.equal(lib.Run(None, "help", "policy", verb).out, lib.Run(None, "policy", "--help").out, f"memctl help policy {verb}")
run = lib.Run(None, "policy", "--help")
for word in "show", "check", "set KEY VALUE", "unset KEY", "auto_online_blocks", "kernelcore":
    lib.check(word in run.out, f"{run.what} does not have {word}:\n{run.out}")

for args, words in ((["help", "list", "more"], 'unexpected operand "more"'), (["help", "nothing"], "nothing")):
    run = lib.Run(None, *args)
    lib.equal((run.status, run.out), (2, ""), run.what)
    lib.check(words in run.err, f"{run.what}: {run.err}")

lib.finish()
