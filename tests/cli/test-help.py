#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl help: the manual page at a terminal, the options elsewhere and where there is no page."""

import os
import subprocess

import lib


def at_terminal(man, *args):
    """Exit status and output at a terminal, with a program man that says what it was asked for and ends so; None: there is none."""
    folder = os.path.join(lib.TMP, f"man-{man}")
    os.makedirs(folder, exist_ok=True)
    if man is not None:
        with open(os.path.join(folder, "man"), "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\necho "man $*"\nexit {man}\n')
        os.chmod(os.path.join(folder, "man"), 0o755)
    ours, theirs = os.openpty()
    process = subprocess.Popen([lib.MEMCTL, *args], stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
                               env=lib.environment(PATH=folder))
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 4096):
            said += part
    except OSError:
        pass  # a terminal ends so
    os.close(ours)
    return process.wait(), said.decode().replace("\r\n", "\n")


lib.equal(at_terminal(0, "help"), (0, "man 8 memctl\n"), "memctl help")
lib.equal(at_terminal(0, "help", "offline"), (0, "man 8 memctl-offline\n"), "memctl help offline")
for man in 16, None:
    status, said = at_terminal(man, "help")
    lib.check(status == 0 and "Usage: memctl" in said and "offline" in said, f"help without a page: {status} {said}")
    status, said = at_terminal(man, "help", "offline")
    lib.check(status == 0 and "Usage: memctl offline" in said and "--block-timeout" in said, f"the same: {status} {said}")

# Elsewhere each command's help is what its --help says.
for command in "list", "status", "explain", "online", "offline", "remove", "configure", "deconfigure", "probe", "policy":
    run = lib.Run(None, "help", command)
    lib.equal((run.status, run.err), (0, ""), run.what)
    lib.equal(lib.Run(None, command, "--help").out, run.out, run.what)
    lib.check(f"\nUsage: memctl {command} " in run.out, f"{run.what}: {run.out[:80]}")
run = lib.Run(None, "policy", "--help")
for word in "show", "check", "set KEY VALUE", "unset KEY", "auto_online_blocks", "kernelcore":
    lib.check(word in run.out, f"{run.what} does not have {word}:\n{run.out}")

for args, words in ((["help", "list", "more"], 'unexpected operand "more"'), (["help", "nothing"], "nothing")):
    run = lib.Run(None, *args)
    lib.equal((run.status, run.out), (2, ""), run.what)
    lib.check(words in run.err, f"{run.what}: {run.err}")

lib.finish()
