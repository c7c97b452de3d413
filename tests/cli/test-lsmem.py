#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl list beside lsmem, block for block, where lsmem is right."""

import json
import subprocess

import lib

# Trees that lsmem reads as they are. It takes one node of a block that has several, finds no zones when there is no block 0, and
# a block that is going offline has no name there.
MACHINES = ["x86-two-node", "s390", "ppc64", "no-numa", "no-hotremove", "one-block", "hot-plugged", "imbalance", "memoryless-node"]
COLUMNS = "RANGE,SIZE,STATE,REMOVABLE,BLOCK,NODE,ZONES"


def lsmem(tree, *args):
    command = ["lsmem", "-J", "-b", "-s", tree, *args]
    return json.loads(subprocess.run(command, check=True, capture_output=True, env=lib.environment()).stdout)["memory"]


def number(value):
    """Older lsmem writes every value as a string."""
    return None if value is None else int(value)


def lsmem_zones(text):
    return None if text is None else [] if text in ("None", "none") else text.split("/")


def compare(name):
    tree = lib.machine(name)
    has_nodes = name not in ("s390", "no-numa")
    has_zones = name != "no-hotremove"
    columns = [column for column in COLUMNS.split(",") if (column != "NODE" or has_nodes) and (column != "ZONES" or has_zones)]
    theirs = lsmem(tree, "-a", "-o", ",".join(columns))
    ours = lib.Run(tree, "list", "-J", "-a", "-o", COLUMNS).doc["memory"]
    lib.equal(len(ours), len(theirs), f"{name}: number of blocks")
    for our, their in zip(ours, theirs):
        what = f"{name}: block {our['block']}"
        for key in "range", "block", "state":
            lib.equal(our[key], their[key], f"{what}: {key}")
        lib.equal(our["size"], number(their["size"]), f"{what}: size")
        # An offline block is never removable in lsmem; the kernel's file says otherwise.
        if our["state"] == "online":
            lib.equal(our["removable"], their["removable"] in (True, "yes", "1"), f"{what}: removable")
        if has_nodes:
            lib.equal(our["node"], number(their["node"]), f"{what}: node")
        if has_zones:
            lib.equal(our["zones"], lsmem_zones(their["zones"]), f"{what}: zones")

    # Merged by the same columns the ranges are the same too.
    shared = [column for column in columns if column != "REMOVABLE"]
    split = ",".join(column for column in shared if column in ("STATE", "NODE", "ZONES"))
    theirs = lsmem(tree, "-o", ",".join(shared), "-S", split)
    ours = lib.Run(tree, "list", "-J", "-o", ",".join(shared)).doc["memory"]
    lib.equal([(row["range"], row["block"], row["state"]) for row in ours],
              [(row["range"], row["block"], row["state"]) for row in theirs], f"{name}: merged")


def main():
    lib.need("lsmem", "util-linux")
    for name in MACHINES:
        compare(name)
    lib.finish()


main()
