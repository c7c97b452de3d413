#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl save and diff: what is written, by which way it gets its name, and what of it is taken back."""

import contextlib
import json
import os
import shutil
import subprocess

import lib

ERRORS = lib.validator()
PATH = os.path.join(lib.TMP, "layout.json")
MEMORY = "sys/devices/system/memory"
MACHINE = """
node 0
node 1
auto_online offline
param online_policy contig-zones
param auto_movable_ratio 301
blocks 0 node 0,1 zones none
blocks 1-15 node 0 zones Normal
blocks 32-39 node 1 zones Movable
blocks 40-43 node 1 state offline zones "Normal Movable"
blocks 44 node 1 state going-offline zones Movable
"""


def check(doc, what):
    for error in ERRORS(doc):
        lib.fail(f"{what}: {error}")


def put(tree, name, text):
    path = os.path.join(tree, name)
    # Most are only to be read.
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def write(doc):
    with open(PATH, "w", encoding="utf-8") as file:
        file.write(doc if isinstance(doc, str) else json.dumps(doc))


def refuse(tree, doc, *words):
    write(doc)
    run = lib.Run(tree, "diff", PATH)
    lib.equal((run.status, run.out), (2, ""), f"{str(doc)[:60]}: {run.err}")
    for word in words:
        lib.check(word in run.err, f"{run.err!r} lacks {word!r}")


def check_save():
    """On every machine: standard output and FILE are the same, the schema holds, and nothing differs afterwards."""
    for name in lib.machines():
        tree = lib.machine(name)
        before = lib.checksum(tree)
        run = lib.Run(tree, "save")
        if run.status == 3:
            continue
        check(run.doc, f"{name}: save")
        lib.equal(run.doc["exit_status"], run.status, f"{name}: exit status")
        blocks = sum(row["size"] for row in run.doc["memory"]) // run.doc["block_size"]
        listed = lib.Run(tree, "list", "--json", "--all", "-o", "BLOCK,STATE", "--summary=never").doc["memory"]
        lib.equal(blocks, len(listed), f"{name}: blocks")
        if os.path.exists(PATH):
            os.unlink(PATH)
        lib.equal(lib.Run(tree, "save", PATH).status, run.status, f"{name}: save FILE")
        with open(PATH, encoding="utf-8") as file:
            lib.equal(file.read(), run.out, f"{name}: the file")
        diff = lib.Run(tree, "diff", PATH, "--json")
        check(diff.doc, f"{name}: diff")
        lib.equal(diff.doc["differences"], [], f"{name}: differences")
        lib.check(diff.status in (0, 64), f"{name}: diff: {diff.status}")
        lib.equal(lib.checksum(tree), before, f"{name}: something was changed")


def left_behind():
    return [name for name in os.listdir(lib.TMP) if name.startswith(".memctl.")]


def check_file(tree):
    """The file is the new one or the old one, with its mode, by a link as well."""
    old = os.umask(0o027)
    os.unlink(PATH)
    lib.Run(tree, "save", PATH)
    lib.equal(os.stat(PATH).st_mode & 0o777, 0o640, "mode of a new file")
    os.umask(old)
    os.chmod(PATH, 0o604)
    write("old")
    link = os.path.join(lib.TMP, "link")
    os.symlink("layout.json", link)
    lib.equal(lib.Run(tree, "save", link).status, 0, "save through a link")
    lib.check(os.path.islink(link), "the link is one no more")
    lib.equal(os.stat(PATH).st_mode & 0o777, 0o604, "mode of an old file")
    with open(PATH, encoding="utf-8") as file:
        check(json.load(file), "through a link")
    for path, status, text in ((lib.TMP, 2, "no plain file"), ("/dev/full", 2, "no plain file"),
                               (os.path.join(lib.TMP, "no/file"), 1, "No such file")):
        run = lib.Run(tree, "save", path)
        lib.equal((run.status, run.out), (status, ""), run.what)
        lib.check(text in run.err, run.err)
    dangling = os.path.join(lib.TMP, "dangling")
    os.symlink("nothing", dangling)
    run = lib.Run(tree, "save", dangling)
    lib.equal((run.status, os.path.islink(dangling)), (1, True), run.what)
    lib.check("is a link to what is not there" in run.err, run.err)
    lib.equal(lib.Run(tree, "save", os.path.join(lib.TMP, "n" * 250)).status, 0, "a long name")
    lib.equal(left_behind(), [], "left behind")
    # Where nothing fits the old one stays.
    done = subprocess.run(["sh", "-c", 'ulimit -f 0; trap "" XFSZ; exec "$@"', "sh", lib.MEMCTL, "-s", tree, "save", PATH],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=lib.environment(), timeout=300)
    lib.equal(done.returncode, 1, "no room")
    lib.check("it is as it was" in done.stderr, done.stderr)
    with open(PATH, encoding="utf-8") as file:
        check(json.load(file), "the old file")
    lib.equal(left_behind(), [], "left behind")


def check_odd_name(tree):
    """A name that is no UTF-8 is one in no JSON document; what is some stays."""
    lib.Run(tree, "save", PATH)
    for name, text in ((b"\xff\xc3\xa4.json", "?\u00e4.json"), (b"\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xe2\x82", "?" * 11),
                       ("\u20ac\U0001f600".encode(), "\u20ac\U0001f600")):
        path = os.path.join(lib.TMP.encode(), name)
        shutil.copy(PATH, path)
        run = lib.Run(tree, "restore", path, "--json", "--dry-run")
        lib.equal(run.doc["file"], os.path.join(lib.TMP, text), "a document")
        os.unlink(path)
        run = lib.Run(tree, "restore", path, "--json", "--dry-run")
        lib.check(os.path.join(lib.TMP, text) in run.doc["error"]["text"], f"an error: {run.out}")


def check_signal(tree):
    """What ends the program waits for the file."""
    probe = ["strace", "-o", os.devnull, "true"]
    if not shutil.which("strace") or subprocess.run(probe, capture_output=True, check=False).returncode != 0:
        print("check_signal: no strace, or it is not permitted here (ptrace)")
        return
    path = os.path.join(lib.TMP, "signalled")
    done = subprocess.run(["strace", "-qq", "-o", "/dev/null", "-e", "inject=fsync:signal=SIGTERM:when=1", lib.MEMCTL, "-s", tree,
                           "save", path], env=lib.environment(), timeout=300, check=False)
    lib.equal(done.returncode, -15, "ended by the signal")
    lib.equal(left_behind(), [], "left behind")
    with open(path, encoding="utf-8") as file:
        check(json.load(file), "the file")


def check_foreign(tree):
    """A file of somebody else stays theirs, and nobody but them may write to it; a link that may not be followed is not."""
    if os.geteuid() != 0:
        return
    path = os.path.join(lib.TMP, "theirs")
    with open(path, "w", encoding="utf-8"):
        os.chmod(path, 0o666)
    try:
        os.chown(path, 1000, 1000)
    except OSError as error:
        print(f"check_foreign: there is nobody else here: {error}")
        return
    lib.equal(lib.Run(tree, "save", path).status, 0, "a file of somebody else")
    there = os.stat(path)
    lib.equal((there.st_uid, there.st_gid, there.st_mode & 0o777), (1000, 1000, 0o644), "whose it is then")
    folder, victim = os.path.join(lib.TMP, "sticky"), os.path.join(lib.TMP, "victim")
    os.mkdir(folder)
    os.chmod(folder, 0o1777)
    with open(victim, "w", encoding="utf-8") as file:
        file.write("root's own")
    link = os.path.join(folder, "layout.json")
    os.symlink(victim, link)
    os.chown(link, 1000, 1000, follow_symlinks=False)
    with open("/proc/sys/fs/protected_symlinks", encoding="utf-8") as file:
        if file.read().strip() != "1":
            return
    run = lib.Run(tree, "save", link)
    lib.equal(run.status, 1, run.what)
    lib.check("Permission denied" in run.err, run.err)
    with open(victim, encoding="utf-8") as file:
        lib.equal(file.read(), "root's own", "the file that the link leads to")


def check_differences(tree):
    lib.equal(lib.Run(tree, "save", PATH).status, 0, "save")
    run = lib.Run(tree, "diff", PATH)
    lib.equal((run.status, run.out, run.err), (0, f"Nothing differs from {PATH}.\n", ""), "nothing differs")
    put(tree, f"{MEMORY}/memory34/state", "offline\n")
    put(tree, f"{MEMORY}/memory41/state", "online\n")
    put(tree, f"{MEMORY}/memory41/valid_zones", "Movable\n")
    put(tree, f"{MEMORY}/memory5/valid_zones", "DMA32\n")
    put(tree, f"{MEMORY}/auto_online_blocks", "online\n")
    os.rename(os.path.join(tree, f"{MEMORY}/memory39"), os.path.join(tree, f"{MEMORY}/memory60"))
    os.rename(os.path.join(tree, "sys/devices/system/node/node1/memory39"), os.path.join(
        tree, "sys/devices/system/node/node0/memory36"))
    run = lib.Run(tree, "diff", PATH)
    lib.equal(run.status, 5, run.what)
    got = [" ".join(line.split()) for line in run.out.splitlines()]
    lib.equal(got, [
        "BLOCK SIZE SAVED NOW DIFFERS", "5 128M online Normal online DMA32 zone", "34 128M online Movable offline state",
        "36 128M online Movable node 1 online Movable node 0,1 node", "39 128M online Movable - absent",
        "41 128M offline online Movable state", "60 128M - online Movable new", "auto_online_blocks: offline, now online", "",
        f"768M of memory differs from {PATH}."], "the table")
    run = lib.Run(tree, "diff", PATH, "--json")
    check(run.doc, run.what)
    lib.equal([(row["block"], row["kinds"]) for row in run.doc["differences"]], [
        ("5", ["zone"]), ("34", ["state"]), ("36", ["node"]), ("39", ["absent"]), ("41", ["state"]), ("60", ["new"])], "kinds")
    lib.equal(run.doc["policy"], [{"key": "auto_online_blocks", "saved": "offline", "now": "online"}], "policy")
    lib.equal((run.status, run.doc["exit_status"], run.doc["differing"]), (5, 5, 6 << 27), "status")
    run = lib.Run(tree, "diff", PATH, "--bytes", "--noheadings")
    lib.equal([line.split()[1] for line in run.out.splitlines()[:6]], ["134217728"] * 6, "bytes")
    lib.equal(lib.Run(tree, "diff", PATH, "--quiet").out, "", "quiet")


def check_doubts(tree):
    """What is not known, here or there, differs from nothing: 64, and 5 beats it."""
    lib.Run(tree, "save", PATH)
    put(tree, f"{MEMORY}/memory3/state", "Odd\n")
    run = lib.Run(tree, "diff", PATH)
    lib.equal(run.status, 64, run.what)
    lib.check("whether 128M of memory differs is not known" in run.err, run.err)
    run = lib.Run(tree, "save")
    lib.equal((run.status, run.doc["exit_status"]), (64, 64), "save of what cannot be read")
    lib.check("something cannot be read" in run.err, run.err)
    check(run.doc, run.what)
    put(tree, f"{MEMORY}/memory4/state", "offline\n")
    lib.equal(lib.Run(tree, "diff", PATH).status, 5, "5 beats 64")
    doc = lib.Run(tree, "save").doc
    doc["block_size"] *= 2
    doc["memory"] = []
    write(doc)
    run = lib.Run(tree, "diff", PATH)
    lib.equal(run.status, 5, "another block size")
    lib.check("is about blocks of 256M, and here a block has 128M" in run.err, run.err)


def hide(tree, name):
    """No reader gets anything from a folder in a file's place."""
    os.unlink(os.path.join(tree, name))
    os.mkdir(os.path.join(tree, name))


def check_other_doubts(tree):
    """A zone and a setting, too; and nobody says then that nothing differs. A restore leaves them alone, and says so."""
    lib.Run(tree, "save", PATH)
    hide(tree, f"{MEMORY}/memory33/valid_zones")
    run = lib.Run(tree, "diff", PATH)
    lib.equal((run.status, run.out), (64, f"Nothing differs from {PATH} as far as is known.\n"), run.what)
    lib.check("whether 128M of memory differs is not known: its state or zone" in " ".join(run.err.split()), run.err)
    lib.equal(lib.Run(tree, "diff", PATH, "--json").doc["unknown"], 1 << 27, "in JSON")
    run = lib.Run(tree, "restore", PATH, "--dry-run")
    err = " ".join(run.err.split())
    lib.equal(run.status, 64, run.what)
    lib.check(f"the zone is not known, here or in {PATH}, and may be another one than it was: 33" in err and
              f"nothing to do: the other memory blocks are as {PATH} has them" in err, err)
    lib.equal(lib.Run(tree, "save", PATH).status, 64, "save of a zone that cannot be read")
    lib.equal(lib.Run(tree, "diff", PATH).status, 0, "known on neither side, it is the same for all that is known")
    hide(tree, f"{MEMORY}/auto_online_blocks")
    run = lib.Run(tree, "diff", PATH)
    lib.equal((run.status, run.out), (64, f"Nothing differs from {PATH} as far as is known.\n"), run.what)
    lib.check("whether auto_online_blocks differs is not known" in run.err, run.err)
    lib.equal(lib.Run(tree, "diff", PATH, "--json").status, 64, "in JSON")
    run = lib.Run(tree, "save")
    lib.equal((run.status, run.doc["exit_status"], run.doc["policy"]["auto_online_blocks"]), (64, 64, None), run.what)
    lib.check("auto_online_blocks cannot be read" in run.err, run.err)


def check_saved_policy(tree):
    """A value that is none is not set, and one that is not there is not as saved."""
    good = lib.Run(tree, "save").doc
    write({**good, "policy": {**good["policy"], "auto_online_blocks": "onlin"}})
    run = lib.Run(tree, "restore", PATH, "--policy", "--dry-run")
    lib.equal((run.status, run.out), (2, ""), run.what)
    lib.check("has for auto_online_blocks is none that this memctl knows" in " ".join(run.err.split()), run.err)
    lib.equal(lib.Run(tree, "restore", PATH, "--dry-run").status, 0, "the blocks alone")
    lib.equal(lib.Run(tree, "diff", PATH).status, 64, "diff")
    write({**good, "policy": {**good["policy"], "online_policy": None}})
    run = lib.Run(tree, "restore", PATH, "--policy", "--dry-run")
    lib.equal(run.status, 64, run.what)
    lib.check("has no value for online_policy, which stays contig-zones" in " ".join(run.err.split()), run.err)
    lib.equal(lib.Run(tree, "diff", PATH).status, 64, "diff")


def check_sources(tree):
    """Who sees only what kind of memory it is knows no other name of that kind."""
    good = lib.Run(tree, "save").doc
    lib.check("dax0.0" in [row["source"] for row in good["memory"]], "the source")
    for source, status in ("dax0.0", 0), ("dax", 0), (None, 0), ("dax0.2", 5), ("dimm", 5), ("da", 5), ("boot", 5):
        write({**good, "memory": [{**row, "source": source} if row["source"] == "dax0.0" else row for row in good["memory"]]})
        lib.equal(lib.Run(tree, "diff", PATH).status, status, source)


def check_hostile(tree):
    """Whatever the file holds, one sentence says what is wrong."""
    good = lib.Run(tree, "save").doc
    text = json.dumps(good)
    for bad in ("", " ", "{", "nonsense", "[]", "null", "7", text[:200], text + "x", text + text, "{}" + "\0", "[" * 100000,
                '"\\ud800"'):
        refuse(tree, bad, "is no saved layout")
    refuse(tree, "null\n", "it is null")
    refuse(tree, {**good, "block_size": "134217728"}, "no number that is a power of two")
    refuse(tree, {**good, "memory": [{"start": -1, "size": 1 << 27}]}, 'no number for "start" or "size"')
    for key, value in ("command", "list"), ("command", 7), ("memory", {}), ("memory", None), ("schema_version", 2), (
            "schema_version", "1"), ("block_size", 0), ("block_size", 3), ("block_size", -8), ("block_size", "1"), (
            "block_size", 2 ** 70), ("memory", [7]), ("memory", [[]]), ("memory", [{}]), ("memory", [None]):
        refuse(tree, {**good, key: value}, "is no saved layout")
    for key, value in ("start", -1), ("start", 1), ("start", "0"), ("start", 2 ** 64), ("start", 1.5), ("size", 0), ("size", 1), (
            "size", 2 ** 64 - 1), ("size", None):
        refuse(tree, {**good, "memory": [{**good["memory"][0], key: value}]}, "memory")
    refuse(tree, text + "\0garbage{{{", "zero byte")
    refuse(tree, {**good, "command": "save\0x"}, "is no saved layout")
    # A list of nodes with something else in it is not known.
    for nodes in ["x"], [0, "x"], [None], {}, "0":
        write({**good, "memory": [{**row, "nodes": nodes} for row in good["memory"]]})
        lib.equal(lib.Run(tree, "diff", PATH).status, 0, f"nodes {nodes}")
    refuse(tree, {**good, "memory": [good["memory"][1], good["memory"][0]]}, "ascending order")
    refuse(tree, {**good, "memory": [good["memory"][0], good["memory"][0]]}, "overlap")
    half = {"start": 0, "size": 2 ** 63, "state": "offline"}
    refuse(tree, {**good, "memory": [half, {**half, "start": 2 ** 63}]}, "64-bit addresses")
    write({**good, "memory": [half, {**half, "start": 2 ** 63, "size": 2 ** 62}]})
    lib.equal(lib.Run(tree, "diff", PATH).status, 5, "more bytes than there are differ")
    # The last block of all, and what is odd in a row or not there, is no harm.
    size = good["block_size"]
    last = {"start": 2 ** 64 - size, "size": size, "state": "strange", "zone": "odd", "nodes": ["x", -1], "source": "\x1b[31m"}
    write({**good, "memory": [*good["memory"], last], "policy": {"auto_online_blocks": "\x1b[31m", "online_policy": 7}})
    run = lib.Run(tree, "diff", PATH)
    lib.equal(run.status, 5, run.what)
    lib.check("\x1b" not in run.out + run.err and "137438953471" in run.out, run.out)
    for path in lib.TMP, os.path.join(lib.TMP, "nothing"), "/dev/zero", "/dev/null":
        run = lib.Run(tree, "diff", path)
        lib.equal((run.status, run.out), (2, ""), run.what)
    for args in ["diff"], ["diff", PATH, PATH], ["save", PATH, PATH]:
        lib.equal(lib.Run(tree, *args).status, 2, args)


check_save()
check_file(lib.describe("file", MACHINE))
check_odd_name(lib.describe("odd-name", MACHINE))
check_signal(lib.describe("signal", MACHINE))
check_foreign(lib.describe("foreign", MACHINE))
check_differences(lib.describe("differences", MACHINE))
check_doubts(lib.describe("doubts", MACHINE))
check_other_doubts(lib.describe("other-doubts", MACHINE))
check_saved_policy(lib.describe("saved-policy", MACHINE.replace("state going-offline", "")))
check_sources(lib.machine("dax"))
check_hostile(lib.describe("hostile", MACHINE))
lib.finish()
