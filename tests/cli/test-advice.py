#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a screen advises is to be pasted: below --sysroot every command of memctl says so, and every file is one below it. Other
programs know of no such directory, and their commands are said to be for that machine.

Help is about the program and names commands as the manual does; all else is about a machine."""

import os
import re
import shlex
import subprocess

import lib

seen = set()
COMMANDS = "list status online offline remove configure deconfigure explain probe policy save diff restore".split()
FREE = re.compile(r"(?<![\w/.])memctl (%s)\b(?! --help)" % "|".join(COMMANDS))
SPEAKER = re.compile(r"^memctl( \w+)?: ", re.M)
REAL = re.compile(r"\b(cat|ls|echo \d+ >|write 1 to) /(sys|proc|run|etc)/|\b(ps -|sudo memctl (?!--sysroot))")

OTHER = re.compile(r"\b(daxctl reconfigure|dmesg|drmgr -|kexec -|modprobe|sysctl|systemctl|udevadm|update-grub|grubby --)")
THERE = re.compile(r"on that machine", re.I)

# A name that a shell, printf() and a terminal would each take for something else
AWKWARD = "it's 5%d deep"

TREES = {
    "offline": "block_size 0x8000000\nblocks 0-7 zones Normal\nblocks 8-15 state offline zones \"Movable Normal\"\n"
               "file sys/devices/system/memory/auto_online_blocks \"offline\"\n",
    "unreadable": "block_size 0x8000000\nnode 0 cpus 0\nblocks 0-7 node 0 zones Normal\nblocks 8-9 node 0 state nonsense\n"
                  "blocks 10 zones Normal\n"
                  "fifo proc/zoneinfo\nfifo sys/devices/system/memory/memory5/valid_zones\n"
                  "fifo sys/devices/system/memory/memory6/removable\n"
                  "file sys/devices/system/memory/auto_online_blocks \"what\"\n",
    "names": "block_size 0x8000000\nblocks 0-7 zones Normal\n"
             "file sys/devices/system/memory/memory99999999999999999999999/state \"x\"\n",
    "contradiction": "block_size 0x8000000\nblocks 0-7 zones Normal\n"
                     "file sys/devices/system/memory/auto_online_blocks \"offline\"\n"
                     "file etc/udev/rules.d/1.rules \"SUBSYSTEM==\\\"memory\\\", ACTION==\\\"add\\\", "
                     "ATTR{state}=\\\"online\\\"\\n\"\n",
    "grub": "block_size 0x8000000\nblocks 0-7 zones Normal\nparam memmap_on_memory N\n"
            "file etc/default/grub \"\"\nfile usr/sbin/update-grub \"\"\n",
    "grubby": "block_size 0x8000000\nblocks 0-7 zones Normal\nparam memmap_on_memory N\nfile usr/sbin/grubby \"\"\n",
}

SCREENS = [
    ["list"], ["list", "--by", "source"], ["status"], ["status", "--json"], ["explain"], ["explain", "--block", "1"],
    ["explain", "--json"], ["policy", "show"], ["policy", "check"], ["policy", "set"], ["policy", "set", "online_policy"],
    ["policy", "set", "memmap_on_memory", "Y"], ["policy", "sho"], ["policy", "set", "memmap_on_memory", "Y", "--persist"],
    ["online", "--all", "--dry-run"], ["online", "--all"], ["online"], ["online", "--block", "1", "--dry-run", "--movable"],
    ["offline"], ["offline", "--all", "--dry-run"], ["offline", "--all"], ["offline", "--all", "--dry-run", "--json"],
    ["offline", "--block", "999"], ["offline", "5"], ["offline", "--size", "256M", "--dry-run"],
    ["remove"], ["remove", "--source", "boot"], ["remove", "--source", "dimm"], ["remove", "--address", "0x0"],
    ["remove", "--source", "dimm:PNP0C80:00", "--dry-run"], ["remove", "--source", "dax0.0", "--dry-run"],
    ["configure"], ["configure", "--all", "--dry-run"], ["configure", "--source", "dax0.0", "--dry-run"],
    ["configure", "--block", "1", "--dry-run"], ["configure", "--all", "--movable"], ["deconfigure", "--all", "--dry-run"],
    ["deconfigure", "--all", "--dry-run", "--json"],
    ["probe"], ["probe", "0x0", "--dry-run"], ["probe", "0x800000000", "--dry-run"], ["frobnicate"],
]


def look(run):
    """Whatever the run says."""
    said = SPEAKER.sub("", run.err) + run.out
    for found in FREE.finditer(said):
        lib.fail(f"{run.what}: advises {found.group()!r} of the real machine: {said!r}")
    for found in REAL.finditer(said):
        lib.fail(f"{run.what}: advises {found.group()!r} of the real machine: {said!r}")
    # A command of its own line has the sentence above it.
    for found in OTHER.finditer(said):
        before = said[: found.start()].splitlines()[-2:]
        lib.check(THERE.search(" ".join(before)), f"{run.what}: advises {found.group()!r}, and not for that machine: {said!r}")
        seen.add(found.group(1))


def paste(tree, command):
    """A shell takes the command as one of this tree, and memctl understands it."""
    words = shlex.split(command)
    if "memctl" in words:
        lib.equal(words[words.index("memctl") + 1 :][:2], ["--sysroot", tree], f"{command}: its tree")
        words = words[words.index("memctl") :]
        done = subprocess.run([lib.MEMCTL, *words[1:]], capture_output=True, env=lib.environment(), timeout=300)
        lib.check(done.returncode != 2, f"{command}: {done.stderr}")
    else:
        lib.check(words[0] in ("cat", "ls"), f"{command}: is about another machine")
        lib.check(os.path.lexists(words[-1]) and words[-1].startswith(tree), f"{command}: there is no such file")


def findings(tree):
    """The commands of status, and whether its text has them, too"""
    text = lib.Run(tree, "status").out
    for finding in lib.Run(tree, "status", "--json").doc.get("findings", []):
        if finding["command"]:
            lib.check(finding["command"] in text, f"status: lacks {finding['command']!r}: {text}")
            paste(tree, finding["command"])
            yield finding["code"]


def copies():
    """Machines of the tests, and those above, in a folder of that name"""
    folder = os.path.join(lib.TMP, AWKWARD)
    os.mkdir(folder)
    for name in lib.machines():
        tree = os.path.join(folder, name)
        subprocess.run([lib.MKTREE, os.path.join(lib.MACHINES, name + ".machine"), tree], check=True)
        yield tree
    for name, text in TREES.items():
        tree = os.path.join(folder, name)
        subprocess.run([lib.MKTREE, "-", tree], input=text.encode(), check=True)
        yield tree


def main():
    codes = set()
    for tree in copies():
        for args in SCREENS:
            look(lib.Run(tree, *args))
        codes.update(findings(tree))
    missing = {"unreadable", "policy-contradiction", "imbalance", "offline-unused", "no-node", "impossible-names"} - codes
    lib.equal(seen, {"daxctl reconfigure", "drmgr -", "udevadm", "update-grub", "grubby --"}, "commands of other programs")
    lib.check(not missing, f"no tree has a finding of {missing}: {codes}")
    # A name that needs no quotes has none, and of this machine nothing is said.
    plain = lib.machine("imbalance")
    commands = [f["command"] or "" for f in lib.Run(plain, "status", "--json").doc["findings"]]
    lib.check(any(c.startswith(f"memctl --sysroot {plain} ") for c in commands), f"quotes: {commands}")
    lib.finish()


main()
