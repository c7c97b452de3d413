#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bad command lines: exit 2, one sentence that names the culprit, nothing on the output, and nothing touched."""

import re

import lib

BAD_RANGES = [
    "", " ", ",", "x", "0x", "0x0", "0x0-", "0x8000000", "3-", "-3", "3--5", "3-5", "-", "+", "-0x0", "+128M", "0x0--0x7ffffff",
    "0-0x7ffffff", "0x0-7ffffff", "0x0-7ffffffh", "0x0-0x7fffffg", "0xg-0x7ffffff", "0x0 -0x7ffffff", "0x0..0x7ffffff",
    "0x0-0x7ffffff-0xfffffff", "0x0-0x7ffffff+128M", "0x0:0x7ffffff", "0x0/128M", "0x-0x7ffffff", "0x0-0x",
    "0x8000000-0x7ffffff", "0xfffffff-0x0",  # backwards
    "0x0-0x10000000000000000", "0x10000000000000000-0x10000000007ffffff", "0x0-0xfffffffffffffffff",  # 2^64 and beyond
    "0xfffffffff8000000+256M", "0x0+16777216T", "0x0+99999999999999999999999G",
    "0x1000-0x7ffffff", "0x0-0x7fffffe", "0x0-0x8000000", "0x4000000+128M", "0x0+100M", "0x0+1.5K", "0x0+64M",  # not whole blocks
    "0x0+128", "0x0+134217728", "0x0+0x8000000", "0x0+0", "0x0+0M", "0x0+", "0x0+M", "0x0+-128M", "0x0++128M", "0x0+128X",
    "0x0+128M!", "0x0+1 28M", "0x0+128Mi", "0x0+1.M5", "0x0+1..5G", "0x0+1e3M", "0x0+infM", "0x0+nanG", "0x0+128MM",
    "0x0-0x7ffffff,", ",0x0-0x7ffffff", "0x0-0x7ffffff,,0x8000000-0xfffffff", "0x0-0x7ffffff, 0x8000000-0xfffffff",
    "4G-5G", "0x0-128M", "memory0", "0", "32-39", "0x0-0x7ffffff\n",
]

BAD_BLOCKS = [
    "", " ", ",", "-", "3-", "-3", "3--5", "5-3", "1,", ",1", "1,,2", "1, 2", " 3", "3 ", "3x", "x3", "0x3", "+3", "-1-3", "1.0",
    "1e3", "memory", "memoryx", "mem3", "memory-3", "memory3-", "memory 3", "Memory3", "memory0x3", "3-5-7", "3:5", "3..5",
    "18446744073709551616", "99999999999999999999", "0-18446744073709551616", "memory99999999999999999999", "all", "3\n",
]

BAD_ADDRESSES = [
    "", " ", "0", "4096", "0x", "0xg", "x1000", "-0x1", "+0x1", "0x1-0x2", "0x10000000000000000", "0xfffffffffffffffff", "0x1 ",
    " 0x1", "0x1000000000000000000000", "1G", "0x1.5", "memory0",
]

BAD_NODES = [
    "", " ", ",", "-", "-1", "1-", "1--2", "2-1", "0,", ",0", "0,,1", "0, 1", "a", "0x1", "+1", "1.5", "4294967296", "node",
    "99999999999999999999", "1 ",
]

BAD_ZONES = ["", " ", "Norm", "DMA3", "DMA 32", "Normal ", "ZONE_MOVABLE", "Normal/Movable", "unknown", "all"]

BAD_STATES = ["", " ", "Online", "on", "off", "online ", "going_offline", "online_movable", "1", "all"]

BAD_SOURCES = [
    "", " ", ",", "boot,", ",boot", "boot,,dimm", "boot, dimm", "dimm:", "dimm:PNP0C80:00", "dimm0", "Boot", "unknown", "all",
    "dax0", "memory0", "boot\x1b[31m", "-",
]

BAD_DURATIONS = [
    "", " ", "0", "0s", "0ms", "0.0", "00", "-1", "-1s", "+5", "abc", "s", "ms", ".", ".s", "1x", "1 s", " 1", "1 ", "5ss",
    "1.5.2s", "1..5", "1,5s", "1e3", "0x10", "inf", "nan", "infinite", "infinity ", "-infinity", "infinitys", "1h30m", "0.0000001s",
    "99999999999999999999", "99999999999999999999h", "18446744073709551616ms", "18446744073709551615", "367d", "8785h",
    "31622400001ms", "forever", "1d!", "\u0665",
]

BAD_SIZES = [
    "", " ", "0", "0M", "0.0G", "0K", "-1G", "+1G", "1", "128", "134217728", "G", ".5G", "1.G", "1..5G", "1 G", " 1G", "1G ",
    "1X", "1Mi", "1GiBB", "1GG", "1e3M", "0x8000000", "infG", "nanG", "0.0001K", "16384P", "99999999999999999999G", "1G,1G", "all",
]

BAD_NUMBERS = [
    "", " ", "0", "-1", "+1", "1.0", "1.5", "1 ", " 1", "0x1", "1e3", "1G", "a", "1,2", "99999999999999999999", "infinity",
]

BAD_COLUMNS = ["", " ", ",", "RANGE,", ",RANGE", "RANGE,,SIZE", "FOO", "RANGE,FOO", "RANGES", "RANG", "RANGE SIZE", "RANGE;SIZE",
               "SOURCES", "RANGE+SIZE", "-RANGE", "NODES", "0"]

# The whole command line, and what the sentence must name.
BAD_LINES = [
    (["frobnicate"], "frobnicate"),
    (["lists"], "lists"),
    (["remove", "--source", "dimm0"], "remove"),
    (["list", "extra"], "extra"),
    (["status", "extra"], "extra"),
    (["offline", "5"], "5"),
    (["online", "0x8000000-0xfffffff"], "0x8000000-0xfffffff"),
    (["online", "--block", "128", "129"], "129"),
    (["list", "--frobnicate"], "--frobnicate"),
    (["list", "-x"], "-x"),
    (["list", "--al"], "--al"),
    (["list", "--movable"], "--movable"),
    (["list", "--dry-run"], "--dry-run"),
    (["list", "--timeout", "5"], "--timeout"),
    (["status", "--all"], "--all"),
    (["status", "--block", "1"], "--block"),
    (["status", "-o", "RANGE"], "-o"),
    (["offline", "--movable", "--block", "1"], "--movable"),
    (["offline", "--kernel", "--block", "1"], "--kernel"),
    (["list", "--size", "1G"], "--size"),
    (["status", "--count", "1"], "--count"),
    (["list", "--rollback"], "--rollback"),
    (["list", "--progress"], "--progress"),
    (["online", "--keep-free", "1G", "--block", "128"], "--keep-free"),
    (["offline", "--size", "1G", "--count", "8"], "--count"),
    (["offline", "--size", "1G", "--size", "1G"], "--size"),
    (["offline", "--count", "1", "--count", "2"], "--count"),
    (["offline", "--block", "1", "--retry", "1", "--retry", "2"], "--retry"),
    (["offline", "--block", "1", "--keep-free", "1G", "--keep-free", "1G"], "--keep-free"),
    (["offline", "--to", "1G", "--to", "1G"], "--to"),
    (["offline", "--size", "1G", "--to", "1G"], "--to"),
    (["online", "--to", "1G", "--count", "8"], "--to"),
    (["online", "--to", "1G", "--all"], "--all"),
    (["offline", "--to", "1G", "--state", "online"], "--state"),
    (["offline", "--to", "1G", "--all"], "--all"),
    (["list", "--to", "1G"], "--to"),
    (["offline", "--to", "64M"], "the smallest is 128M"),
    (["online", "--to", "200M"], "--to: no multiple of the block size, 128M; the nearest are 128M and 256M"),
    (["offline", "--size", "64M"], "128M"),
    (["offline", "--size", "1kB"], "128M"),
    (["offline", "--size", "200M"], "256M"),
    (["offline", "--size", "1GB"], "896M"),
    (["online", "--size", "1200M"], "1.125G"),
    (["offline", "--progress", "--block", "1"], "--json"),
    (["offline", "--rollback"], "--size"),
    (["offline", "--retry", "3"], "--count"),
    (["offline", "--keep-free", "1G"], "--all"),
    (["offline", "-o", "STATE", "--block", "1"], "STATE"),
    (["offline", "-o", "PROOF", "--block", "1"], "PROOF"),
    (["configure", "-o", "proof", "--all"], "proof"),
    (["online", "--zone", "Movable"], "--movable"),
    (["online", "--zone", "Movable", "--all"], "--zone"),
    (["online", "--movable", "--kernel", "--block", "128"], "--kernel"),
    (["online"], "--all"),
    (["offline"], "--all"),
    (["offline", "--dry-run"], "--all"),
    (["offline", "--state", "online"], "--state: only filters"),
    (["online", "--state", "offline"], "--state: only filters"),
    (["online", "--movable"], "--all"),
    (["list", "--range"], "--range"),
    (["list", "--block"], "--block"),
    (["list", "-o"], "-o"),
    (["offline", "--block", "1", "--timeout"], "--timeout"),
    (["list", "--by"], "--by"),
    (["list", "--by", "cpu"], "cpu"),
    (["list", "--by", ""], "--by"),
    (["list", "--by", "sources"], "sources"),
    (["list", "--summary=sometimes"], "sometimes"),
    (["list", "--summary="], "--summary"),
    (["list", "--color=sometimes"], "sometimes"),
    (["--color=blue", "list"], "blue"),
    (["list", "--json=yes"], "--json"),
    (["list", "--all=yes"], "--all"),
    (["list", "--raw", "--pairs"], "--pairs"),
    (["list", "--raw", "--json"], "--json"),
    (["list", "-J", "-P"], "--pairs"),
    (["offline", "--block", "1", "--timeout", "5", "--timeout", "6"], "--timeout"),
    (["offline", "--block", "1", "--block-timeout", "5", "--block-timeout", "5"], "--block-timeout"),
    (["list", "--by", "node", "--by", "zone"], "--by"),
    (["list", "-o", "RANGE", "-o", "SIZE"], "--output"),
    (["list", "-S", "NODE", "-S", "none"], "--split"),
    (["list", "--summary=only", "--summary=never"], "--summary"),
    (["explain", "extra"], "extra"),
    (["explain", "--top"], "--top"),
    (["explain", "--top", "0"], "--top"),
    (["watch", "extra"], "extra"),
    (["watch", "5"], "write --block 5"),
    (["watch", "--events", "0"], "--events"),
    (["watch", "--events", "x"], "--events"),
    (["watch", "--duration", "0"], "--duration"),
    (["watch", "--size", "1G"], "--size"),
    (["watch", "--duration", "1s", "--duration", "2s"], "--duration"),
    (["explain", "--top", "3", "--top", "4"], "--top"),
    (["list", "--top", "3"], "--top"),
    (["explain", "--size", "1G"], "--size"),
    (["explain", "-o", "RANGE", "--json"], "--json"),
    (["explain", "-o", "RANGE", "--output-all"], "--output-all: does not go together with --output"),
    (["explain", "-o", "RANGE", "--map"], "--map"),
    (["explain", "--raw", "--pairs"], "--pairs"),
    (["explain", "--map=yes"], "--map"),
    (["list", "--map"], "--map"),
    (["probe"], "address"),
    (["probe", "32"], "32"),
    (["probe", "0x"], "0x"),
    (["probe", "0x1g"], "0x1g"),
    (["probe", "0x8000000,"], "0x8000000,"),
    (["probe", ""], "empty"),
    (["probe", "0x8000000-0xfffffff"], "-0xfffffff"),
    (["probe", "0x10000000000000000"], "0x10000000000000000"),
    (["probe", "0x8000001"], "0x8000000"),
    (["probe", "0x8000000", "0x800000001"], "0x800000001"),
    (["probe", "0xffffffffffffffff"], "0xfffffffff8000000"),
    (["probe", "0x800000000", "0x800000000"], "twice"),
    (["probe", "--online", "--movable", "--kernel", "0x800000000"], "--kernel"),
    (["probe", "--movable", "0x800000000"], "--online"),
    (["probe", "--kernel", "0x800000000"], "--online"),
    (["probe", "--unbacked", "0x800000000"], "--force"),
    # What was meant
    (["lists"], 'did you mean "list"?'),
    (["offlin", "--all"], 'did you mean "offline"?'),
    (["disable", "--all"], 'did you mean "offline"?'),
    (["lsmem"], 'did you mean "list"?'),
    (["help", "stat"], 'did you mean "status"?'),
    (["list", "--blocks", "3"], 'did you mean "--block"?'),
    (["offline", "--dry", "--all"], 'did you mean "--dry-run"?'),
    (["offline", "--time-out=3", "--all"], 'did you mean "--timeout"?'),
    (["list", "-o", "rang"], 'did you mean "RANGE"?'),
    (["explain", "-o", "+SCOR"], 'did you mean "SCORE"?'),
    (["offline", "--all", "-o", "+OUTCOMES"], 'did you mean "OUTCOME"?'),
    (["list", "-S", "STAET"], 'did you mean "STATE"?'),
    (["list", "--zone", "Moveable"], 'did you mean "Movable"?'),
    (["list", "--state", "of"], 'did you mean "offline"?'),
    (["list", "--by", "nodes"], 'did you mean "node"?'),
    (["list", "--summary=alway"], 'did you mean "always"?'),
    (["policy", "chek"], 'did you mean "check"?'),
    (["policy", "set", "online_polcy", "x"], 'did you mean "online_policy"?'),
    (["policy", "set", "online_policy", "auto_movable"], 'did you mean "auto-movable"?'),
    (["policy", "set", "auto_online_blocks=of"], 'did you mean "offline"?'),
    (["policy", "set", "auto_online_blocks="], "auto_online_blocks does not take"),
    # What other tools take as operands
    (["offline", "104"], "write --block 104"),
    (["offline", "memory104"], "write --block memory104"),
    (["online", "32-39"], "write --block 32-39"),
    (["offline", "1G"], "write --size 1G"),
    (["online", "0x0-0x7ffffff"], "write --range 0x0-0x7ffffff"),
    (["online", "0x0+128M"], "write --range 0x0+128M"),
    (["list", "0x1000"], "write --address 0x1000"),
    (["list", "node1"], "write --node node1"),
    (["explain", "Movable"], "write --zone Movable"),
    (["list", "offline"], "write --state offline"),
    (["remove", "dimm:PNP0C80:00"], "write --source dimm:PNP0C80:00"),
    (["configure", "dax0.0"], "write --source dax0.0"),
    (["online", "all"], "write --all"),
    (["list", "1G"], "memctl list --help shows the options"),
    (["status", "104"], "memctl status --help shows the options"),
    (["help", "policy", "chec"], 'memctl policy has no "chec"'), (["help", "policy", "chec"], 'did you mean "check"?'),
    (["help", "policy", "check", "more"], "more"),
    (["offline", "--block", "1", "--force=rati"], 'did you mean "ratio"?'),
    (["offline", "--block", "1", "--force=ratio,memroy"], 'did you mean "memory"?'),
    (["remove", "--source", "dimm:PNP0C80:00", "--force=all"], "memory and ratio"),
    (["online", "--all", "--force="], "empty"),
    (["probe", "--force=imbalance", "0x800000000"], '"imbalance" is no guard'),
    (["probe", "--rollback", "0x800000000"], "--rollback"),
    (["probe", "--block", "3"], "--block"),
    (["probe", "--timeout", "0", "0x800000000"], "--timeout"),
    (["list", "--sysroot="], "--sysroot"),
    (["help", "list", "more"], "more"),
    (["offline", "--all", "--block", "1"], "--all"),
    (["offline", "--all", "--range", "0x0+128M"], "--all"),
    (["online", "--all", "--address", "0x0"], "--all"),
    (["remove"], "--source"),
    (["remove", "--address", "0x0", "--address", "0x1"], "--address"),
    (["remove", "--source", "boot", "--source", "standby"], "--source"),
    (["remove", "--source", "boot", "--address", "0x0"], "--address"),
    (["remove", "--source", "boot", "--progress"], "--json"),
    (["list", "--by", "node", "--all"], "--all"),
    (["list", "--by", "node", "-S", "NODE"], "--split"),
    (["list", "--by", "node", "--output-all"], "--output-all"),
    (["list", "-o", "RANGE", "--output-all"], "--output-all: does not go together with --output"),
    (["configure"], "--all"),
    (["deconfigure"], "--all"),
    (["configure", "--all", "--block", "1"], "--all"),
    (["configure", "--size", "1G", "--count", "1"], "--count"),
    (["configure", "--all", "--movable"], "--movable"),
    (["configure", "--all", "--kernel"], "--kernel"),
    (["configure", "--source", "dax0.0", "--movable", "--kernel"], "--kernel"),
    (["configure", "--all", "--force"], "--force"),
    (["configure", "--all", "--memmap-on-memory=maybe"], "maybe"),
    (["configure", "--source", "dax0.0", "--block", "1"], "--source"),
    (["configure", "--source", "dax0.0", "--range", "0x0+128M"], "--source"),
    (["configure", "--source", "dax0.0", "--address", "0x0"], "--source"),
    (["configure", "--source", "dax0.0", "--size", "1G"], "--source"),
    (["configure", "--source", "dax0.0", "--all"], "--source"),
    (["configure", "--source", "dax0.0", "--memmap-on-memory=yes"], "--source"),
    (["configure", "--source", "dax0.0", "--source", "dax1.0"], "--source"),
    (["configure", "--source", "dax"], "dax"),
    (["configure", "--source", "dax9.9"], "dax9.9"),
    (["policy", "frobnicate"], "frobnicate"),
    (["policy", "show", "extra"], "extra"),
    (["policy", "check", "extra"], "extra"),
    (["policy", "set"], "KEY VALUE"),
    (["policy", "set", "auto_online_blocks"], "KEY VALUE"),
    (["policy", "set", "auto_online_blocks", "online", "extra"], "extra"),
    (["policy", "set", "auto_online_blocks", "Online"], "Online"),
    (["policy", "set", "auto_online_blocks", ""], "auto_online_blocks"),
    (["policy", "set", "online_policy", "auto_movable"], "auto_movable"),
    (["policy", "set", "auto_movable_ratio", "-1"], "-1"),
    (["policy", "set", "auto_movable_ratio", "4294967296"], "4294967296"),
    (["policy", "set", "auto_movable_ratio", "3:1"], "3:1"),
    (["policy", "set", "auto_movable_numa_aware", "maybe"], "maybe"),
    (["policy", "set", "memmap_on_memory", "maybe", "--persist"], "maybe"),
    (["policy", "set", "kernelcore", "4", "--persist"], "4"),
    (["policy", "set", "movablecore", "101%", "--persist"], "101%"),
    (["policy", "set", "movablecore", "0G", "--persist"], "0G"),
    (["policy", "set", "movablecore", "G", "--persist"], "G"),
    (["policy", "set", "movablecore", "4X", "--persist"], "4X"),
    (["policy", "set", "movablecore", "4GG", "--persist"], "4GG"),
    (["policy", "set", "movablecore", "1234567890123456789G", "--persist"], "1234567890123456789G"),
    (["policy", "set", "movablecore", "mirror", "--persist"], "mirror"),
    (["policy", "set", "kernelcore", "mirrors", "--persist"], "mirrors"),
    (["policy", "set", "memhp_default_state", "movable", "--persist"], "movable"),
    (["policy", "set", "movable_node", "N", "--persist"], "unset"),
    (["policy", "set", "policy", "1"], "policy"),
    (["policy", "unset", "auto_online_blocks"], "--persist"),
    (["policy", "unset"], "KEY"),
    (["policy", "show", "--persist"], "--persist"),
    (["policy", "check", "--dry-run"], "--dry-run"),
    (["policy", "check", "--noheadings"], "--noheadings"),
    # What holds no block, for commands that change blocks or explain them.
    (["offline", "--block", "9999"], "9999"),
    (["offline", "--block", "24"], "24"),
    (["explain", "--block", "24"], "24"),
    (["explain", "--address", "0xc0000000"], "0xc0000000"),
    (["explain", "--range", "0xc0000000+1G"], "0xc0000000"),
    (["online", "--block", "135-136"], "136"),
    (["offline", "--block", "0-200"], "24"),
    (["offline", "--block", "18446744073709551615"], "18446744073709551615"),
    (["offline", "--block", "137438953472"], "137438953472"),
    (["offline", "--address", "0xc0000000"], "0xc0000000"),
    (["online", "--address", "0xffffffffffffffff"], "0xffffffffffffffff"),
    (["offline", "--range", "0xc0000000-0xffffffff"], "0xc0000000-0xffffffff"),
    (["offline", "--range", "0xc0000000+1G"], "0xc0000000"),
    (["offline", "--range", "0x0+128M,0xc0000000+1G"], "0xc0000000"),
]


def value_lines():
    for commands, option, values in [
        (("list", "offline", "online", "explain", "watch"), "--range", BAD_RANGES),
        (("list", "offline", "online"), "--block", BAD_BLOCKS),
        (("list", "offline"), "--address", BAD_ADDRESSES),
        (("list", "offline"), "--node", BAD_NODES),
        (("list", "offline", "explain"), "--zone", BAD_ZONES),
        (("list", "offline", "online", "explain"), "--source", BAD_SOURCES),
        (("list",), "--state", BAD_STATES),
        (("list", "explain"), "--output", BAD_COLUMNS + ["+", "++SIZE", "+FOO", "+,SIZE"]),
        (("list",), "--split", BAD_COLUMNS + ["+SIZE", "none,SIZE", "SIZE,none"]),
    ]:
        for command in commands:
            for value in values:
                yield [command, f"{option}={value}"], option, value
    for option in "--timeout", "--block-timeout":
        for value in BAD_DURATIONS:
            yield ["offline", "--block", "1", f"{option}={value}"], option, value
    for option in "--size", "--to", "--keep-free":
        for value in BAD_SIZES:
            yield ["offline", "--zone", "Movable", f"{option}={value}"], option, value
    for option, too_many in ("--count", "4294967296"), ("--retry", "1001"):
        for value in [*BAD_NUMBERS, too_many]:
            yield ["offline", "--zone", "Movable", f"{option}={value}"], option, value
    for value in BAD_STATES:
        yield ["offline", "--all", f"--state={value}"], "--state", value


def refuse(tree, args):
    """One sentence and nothing else; it is returned."""
    run = lib.Run(tree, *args)
    lib.equal(run.status, 2, f"{run.what}: exit status")
    lines = run.err.splitlines()
    lib.check(len(lines) == 1 and lines[0].startswith("memctl"), f"{run.what}: not one sentence: {run.err!r}")
    if "-J" in args or "--json" in args:
        lib.equal(run.doc.get("exit_status"), 2, f"{run.what}: exit_status")
    else:
        lib.equal(run.out, "", f"{run.what}: output")
    return run.err


def refuse_value(tree, args, option, value):
    """The sentence names the option, and repeats what is wrong of the value: all of it, or a part."""
    said = refuse(tree, args)
    lib.check(option in said, f"{args}: the sentence does not name {option}: {said!r}")
    # Bytes that a terminal would obey are shown as question marks.
    shown = re.sub(r"[\x00-\x1f\x7f]", "?", value)
    parts = [part for part in re.findall('"([^"]*)"', said) if part and part in shown]
    lib.check(parts or not value.strip(" ,"), f"{args}: the sentence does not repeat what is wrong: {said!r}")


def refuse_json(tree, errors, args):
    """The same with --json: a document that says the same sentence."""
    run = lib.Run(tree, *args, "--json")
    doc = run.doc
    lib.equal(run.status, 2, f"{run.what}: exit status")
    for error in errors(doc):
        lib.fail(f"{run.what}: {error}")
    lib.equal(doc.get("exit_status"), 2, f"{run.what}: exit_status")
    lib.equal(doc.get("error", {}).get("code"), "usage", f"{run.what}: code")
    lib.equal(doc.get("command"), args[0], f"{run.what}: command")
    return doc


def main():
    errors = lib.validator()
    tree = lib.machine("x86-two-node")
    before = lib.checksum(tree)
    for args, option, value in value_lines():
        refuse_value(tree, args, option, value)
    for args, culprit in BAD_LINES:
        said = refuse(tree, args)
        lib.check(culprit in said, f"{args}: the sentence does not name {culprit!r}: {said!r}")
    for args, option, _ in list(value_lines())[::23]:
        doc = refuse_json(tree, errors, args)
        lib.equal(doc.get("error", {}).get("option"), option, f"{args}: option")
    lib.check(lib.checksum(tree) == before, "the tree was changed")
    lib.finish()


main()
