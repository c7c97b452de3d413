#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Inputs of any size take time in proportion: each of these took minutes, or would, where something is looked through again and
again. The limit is on the processor's time, which a busy machine does not change; only what is not in proportion reaches it."""

import os
import resource
import subprocess

import lib

LIMIT = 60

ZONE = "Node 0, zone   Normal\n  pages free 1\n        present  1\n        managed  1\n"
RULE = 'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}="online"\n'
PROGRAM = 'SUBSYSTEM=="memory", PROGRAM=="/bin/a", RUN+="/bin/b"\n'
JUMP = 'SUBSYSTEM=="memory", TEST=="/a", GOTO="l"\nENV{a}=="b", LABEL="l"\n'
LINE = "w /sys/devices/system/memory/auto_online_blocks - - - - online\n"
SECTION = "[reconfigure-device x]\nnvdimm.uuid = 48d8e42c-a2f0-4312-9e70-a837faafe862\nmode = system-ram\n"


def ram(number, name="System RAM", indent=""):
    return f"{indent}{number << 21:x}-{(number << 21) + 0xfffff:x} : {name}\n"


def dax(number, devices):
    return ram(number, f"dax{number % devices}.0") + ram(number, "System RAM (kmem)", "  ")


RULES = "etc/udev/rules.d/99-large.rules"
CHECK = ["policy", "check"]
SHOW = ["policy", "show"]
SOURCES = ["list", "--output", "+source"]

# The file, what is in it, and what is done with it
CASES = [
    ("proc/zoneinfo", "Node 0\n" * 800000 + ZONE, CHECK),
    ("proc/zoneinfo", ZONE * 70000 + " " * 6000000, CHECK),
    ("proc/meminfo", "Anything: 1 kB\n" * 400000, ["status"]),
    ("proc/iomem", "".join(ram(number) for number in range(300000, 0, -1)), ["explain"]),
    ("proc/iomem", "".join(dax(number, 4000) for number in range(1, 60001)), SOURCES),
    ("proc/iomem", "".join(dax(number, 100000) for number in range(1, 100001)), SOURCES),
    ("proc/cmdline", "memhp_default_state=online " * 200000, CHECK),
    ("proc/cmdline", "memhp_default_state=online " * 200000, SHOW),
    ("proc/cmdline", '" ' * 2000000, SOURCES),
    (RULES, RULE * 100000, CHECK),
    (RULES, PROGRAM * 100000, CHECK),
    (RULES, JUMP * 50000, CHECK),
    (RULES, 'KERNEL=="' + "[*" * 2000000 + '"\n', CHECK),
    (RULES, ('KERNEL=="' + "[|" * 8000 + '"\n') * 300, CHECK),
    (RULES, ('KERNEL=="*' + "[[:" * 5000 + '"\n') * 300, CHECK),
    (RULES, "a\\\n" * 1500000, CHECK),
    ("etc/tmpfiles.d/large.conf", LINE * 80000, CHECK),
    ("etc/tmpfiles.d/large.conf", "w " * 3000000, CHECK),
    ("etc/daxctl.conf.d/large.conf", SECTION * 60000, CHECK),
    ("etc/daxctl.conf.d/large.conf", "[reconfigure-device " * 300000, CHECK),
]


# A sanitizer that looks for the end of the text at each number takes time of its own.
ENVIRONMENT = dict(lib.environment(), ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":strict_string_checks=0")


def limit_time():
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT + 1))


def write(tree, path, text):
    full = os.path.join(tree, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    if os.path.exists(full):
        os.remove(full)     # it is read-only
    with open(full, "w", encoding="ascii") as file:
        file.write(text)


def run(tree, path, text, args):
    write(tree, path, text)
    child = subprocess.run([lib.MEMCTL, "--sysroot", tree, *args], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                           stderr=subprocess.PIPE, env=ENVIRONMENT, preexec_fn=limit_time, check=False)
    what = f"{path} of {len(text)} bytes, {' '.join(args)}"
    lib.check(child.returncode in (0, 5, 64), f"{what}: {child.returncode}, {child.stderr[:500]}")


for index, (path, text, args) in enumerate(CASES):
    run(lib.describe(f"large-{index}", "blocks 0-3 zones Normal\n"), path, text, args)
# A cell is broken into lines where it is wider than the terminal.
terminal_tree = lib.describe("large-terminal", "blocks 0-3 zones Normal\n")
write(terminal_tree, "etc/tmpfiles.d/large.conf", "w /sys/devices/system/memory/auto_online_blocks - - - - " + "a," * 500000)
limit_time()
shown, _ = lib.at_terminal("--sysroot", terminal_tree, *SHOW, env={"ASAN_OPTIONS": ENVIRONMENT["ASAN_OPTIONS"]})
lib.equal(shown, 0, "policy show of a value of 1000000 bytes on a terminal")
lib.finish()
