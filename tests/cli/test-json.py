#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every document is as the schema has it, and says of every machine what its files say."""

import glob
import itertools
import json
import os
import re

import lib
import oracle

NOT_SANE = {"garbled", "no-memory"}
VARIANTS = """
list
list -a
list --output-all
list -a --output-all
list -o RANGE
list -o +REMOVABLE
list -o BLOCK,STATE
list -o SIZE -S none
list -o SIZE -S NODE
list --summary
list --summary=never
list --summary=only
list --by node
list --by zone
list --by source
list -o SOURCE
list --source boot
list --source dax0.0
list --by node --summary=never
list --state offline
list --zone Normal
list --node 0
list --block 4096
list -n -b
list -v
list -q
list --color=always
status
status -b
status --color=always
online --dry-run --all
online --dry-run --all --movable
online --dry-run --all --kernel
offline --dry-run --all
offline --dry-run --all --node 0
offline --dry-run --zone Movable
offline --dry-run --block 0
offline --dry-run --source dimm:PNP0C80:00
online --dry-run --source dimm,standby
offline --dry-run --block 99999
online --block 0 --dry-run --movable
online --dry-run
probe --dry-run 0x0
probe --dry-run 0x20000000
probe --dry-run --online --movable 0x20000000 0x40000000
probe --dry-run --force --unbacked 0x10000000000
online --dry-run --to 1G
offline --dry-run --to 1G --zone Movable
offline --dry-run --to 99G
probe --dry-run 0x1
probe
explain
explain --map
explain --bytes
explain --block 0
explain --state offline
explain --node 0 --map
explain --block 99999
explain --color=always
remove --dry-run --source dimm:PNP0C80:01
remove --dry-run --source dimm:PNP0C80:01 --rollback --force
remove --dry-run --source boot
remove --dry-run --source dax0.0
remove --dry-run --source virtio-mem:virtio0
remove --dry-run --address 0x120000000
remove
configure --dry-run --all
configure --dry-run --block 10-15 --memmap-on-memory
configure --dry-run --count 3
configure --dry-run --source dax0.0
configure --dry-run --source dax1.0 --movable
configure
deconfigure --dry-run --all
deconfigure --dry-run --block 8-15
deconfigure --dry-run --size 256M
policy
policy show
policy check
policy set auto_online_blocks online --dry-run
policy set auto_movable_ratio 100 --persist --dry-run
policy set movable_node Y --persist
policy unset auto_online_blocks --persist --dry-run
policy set nothing 1
frobnicate
list --frobnicate
""".strip().splitlines()


def check_schema(errors, name, args):
    run = lib.Run(lib.machine(name), *args, "--json")
    what = f"{name}: {run.what}"
    doc = run.doc
    for error in errors(doc):
        lib.fail(f"{what}: {error}")
    lib.equal(run.status, doc.get("exit_status"), f"{what}: exit status")
    if "error" not in doc and args[0] in ("list", "explain", "save"):
        lib.equal(list(doc)[-1], "exit_status", f"{what}: what stands last")
    lib.check("\x1b" not in run.out, f"{what}: an escape in a document")


def rows_of(tree, *args):
    run = lib.Run(tree, "list", "--json", *args)
    lib.equal(run.status, 0, f"{run.what}: exit status")
    lib.equal(run.err, "", f"{run.what}: standard error")
    return run.doc


def only(rows, keys):
    return [{key: row[key] for key in keys} for row in rows]


def check_list(name):
    tree = lib.machine(name)
    blocks = oracle.blocks(tree)
    all_keys = oracle.DEFAULT_KEYS + ["default_zone", "removable", "phys_device", "configured", "memmap_on_memory", "source",
                                        "source_kind"]

    # With what the firmware says, what it knows beside the blocks is shown, too.
    known = sorted(blocks + oracle.standby(tree), key=lambda row: row["start"])

    doc = rows_of(tree, "-a", "--output-all")
    lib.equal(doc.get("block_size"), oracle.block_size(tree), f"{name}: block_size")
    lib.equal(doc.get("memory"), only(known, all_keys), f"{name}: all blocks, all columns")
    lib.equal(doc.get("summary"), oracle.totals(known), f"{name}: summary")

    expected = only(oracle.merge(blocks, oracle.DEFAULT_KEYS), oracle.DEFAULT_KEYS)
    lib.equal(rows_of(tree).get("memory"), expected, f"{name}: default rows")
    for columns in itertools.chain([[column] for column in oracle.COLUMN_KEYS], [["STATE", "NODE"], ["RANGE", "SIZE", "BLOCK"]]):
        keys = [key for column in columns for key in oracle.COLUMN_KEYS[column]]
        rows = known if "configured" in keys or "memmap_on_memory" in keys else blocks
        expected = only(oracle.merge(rows, keys), keys)
        lib.equal(rows_of(tree, "-o", ",".join(columns)).get("memory"), expected, f"{name}: -o {columns}")
        # Hidden columns split as shown ones do.
        expected = only(oracle.merge(rows, keys + ["state", "zone"]), keys)
        got = rows_of(tree, "-o", ",".join(columns), "-S", "ZONE,STATE").get("memory")
        lib.equal(got, expected, f"{name}: -o {columns} -S ZONE,STATE")


def check_filters(name):
    tree = lib.machine(name)
    blocks = oracle.blocks(tree)
    zones = ["DMA", "DMA32", "Normal", "Movable"]
    states = ["online", "offline", "going-offline"]
    tests = [(["--state", state], lambda block, state=state: block["state"] == state) for state in states]
    tests += [(["--node", str(node)], lambda block, node=node: node in block["nodes"]) for node in oracle.nodes(tree)]
    sources = {block["source"] for block in blocks} - {None}
    tests += [(["--source", source], lambda block, source=source: source in (block["source"], block["source_kind"]))
              for source in sources | {"boot", "dimm", "dax", "standby"}]
    tests += [(["--zone", zone], lambda block, zone=zone: block["zone"] == zone) for zone in zones]
    tests += [
        (["--zone", "none"], lambda block: block["state"] == "online" and block["zones"] == []),
        (["--zone", "Normal", "--state", "online", "--node", "0"], lambda block: block["zone"] == "Normal" and 0 in block["nodes"]),
        (["--block", "0-3,memory5,7"], lambda block: int(block["block"]) in (0, 1, 2, 3, 5, 7)),
        (["--block", "2-200", "--state", "offline"], lambda block: 2 <= int(block["block"]) <= 200 and block["state"] == "offline"),
    ]
    for args, wanted in tests:
        if "--node" in args and int(args[args.index("--node") + 1]) not in oracle.nodes(tree):
            continue
        chosen = [block for block in blocks if wanted(block)]
        # Without valid_zones nobody can tell, and then each block is shown that may be meant.
        if "--zone" in args and any(block["zones"] is None and block["state"] == "online" for block in blocks):
            run = lib.Run(tree, "list", "--json", "-a", *args)
            lib.equal(run.status, 64, f"{name}: {args}: exit status")
            lib.check(all(row["errors"]["filter"] == "EOPNOTSUPP" for row in run.doc["memory"]) and run.doc["memory"],
                      f"{name}: {args}: {run.doc['memory']}")
            continue
        # A block whose source is not known may be from there, and is shown then.
        unknown = {block["block"] for block in blocks if block["source"] is None}
        if "--source" in args and unknown:
            run = lib.Run(tree, "list", "--json", "-a", *args)
            found = {row["block"]: row.get("errors", {}).get("filter") for row in run.doc["memory"]}
            doubts = {block for block, error in found.items() if error == "ENODATA"}
            lib.equal((run.status, found.keys() - doubts, doubts - unknown),
                      (64 if doubts else 0, {block["block"] for block in chosen}, set()), f"{name}: {args}: rows")
            continue
        doc = rows_of(tree, "-a", *args)
        lib.equal(doc.get("memory"), only(chosen, oracle.DEFAULT_KEYS), f"{name}: {args}")
        lib.equal(doc.get("summary"), oracle.totals(chosen), f"{name}: {args}: summary")


def zone_key(row):
    """The zone that manages a block, and why there is none."""
    if row["zone"]:
        return row["zone"], None
    if row["state"] is None:
        return None, "unknown"
    if row["state"] != "online":
        return None, "not-online"
    return None, "unknown" if row["zones"] is None else "several-zones"


def check_totals(name):
    tree = lib.machine(name)
    blocks = oracle.blocks(tree)
    for doc_key, groups, by in [
        ("node", {node: [row for row in blocks if node in row["nodes"]] for node in oracle.nodes(tree)}, "node"),
        ("zone", {key: [row for row in blocks if zone_key(row) == key] for key in {zone_key(row) for row in blocks}}, "zone"),
        ("source", {name: [row for row in blocks if row["source"] == name] for name in {row["source"] for row in blocks}},
         "source"),
    ]:
        doc = rows_of(tree, "--by", by)
        lib.check("memory" not in doc, f"{name}: --by {by}: has rows")
        got = {(total["zone"], total["no_zone"]) if by == "zone" else total.get(doc_key): total for total in doc.get("totals", [])}
        lib.equal(len(got), len(doc.get("totals", [])), f"{name}: --by {by}: one entry each")
        for key, rows in groups.items():
            if not rows and key not in got:
                continue
            expected = {doc_key: key, "blocks": len(rows), "size": sum(row["size"] for row in rows), **oracle.totals(rows)}
            if by == "zone":
                expected["zone"], expected["no_zone"] = key
            if by == "node":
                expected["no_node"] = None
            if by == "source":
                expected["source_kind"] = rows[0]["source_kind"]
            lib.equal(got.get(key), expected, f"{name}: --by {by}: {key}")
        if not oracle.nodes(tree) and by == "node" and blocks:
            expected = {"node": None, "no_node": "none", "blocks": len(blocks), "size": sum(row["size"] for row in blocks),
                        **oracle.totals(blocks)}
            lib.equal(doc.get("totals"), [expected], f"{name}: --by node without nodes")


def zone_shares(rows):
    shares = {}
    for row in rows:
        if row["state"] == "online":
            zone = "unknown" if row["zones"] is None else row["zone"]
            blocks, size = shares.get(zone, (0, 0))
            shares[zone] = (blocks + 1, size + row["size"])
    return shares


def shares_of(entries):
    return {entry["zone"]: (entry["blocks"], entry["size"]) for entry in entries}


def check_status(name):
    tree = lib.machine(name)
    blocks = oracle.blocks(tree)
    run = lib.Run(tree, "status", "--json")
    doc = run.doc
    lib.equal(run.status, 0, f"{name}: status: exit status")
    lib.equal(doc["block_size"], oracle.block_size(tree), f"{name}: status: block_size")
    size = oracle.block_size(tree)
    sums = oracle.totals(blocks)
    sums["total"] = sum(sums.values())
    if oracle.standby(tree):
        sums["standby"] = len(oracle.standby(tree)) * size
    lib.equal(doc["memory"], sums, f"{name}: status: memory")
    lib.equal(doc["blocks"], {state: total // size for state, total in sums.items()}, f"{name}: status: blocks")
    lib.equal(shares_of(doc["zones"]), zone_shares(blocks), f"{name}: status: zones")
    lib.equal([node["node"] for node in doc["nodes"]], list(oracle.nodes(tree)), f"{name}: status: nodes")
    for node in doc["nodes"]:
        mine = [row for row in blocks if node["node"] in row["nodes"]]
        expected = {"node": node["node"], "blocks": len(mine), "size": sum(row["size"] for row in mine), **oracle.totals(mine)}
        lib.equal({key: node[key] for key in expected}, expected, f"{name}: status: node {node['node']}")
        lib.equal(shares_of(node["zones"]), zone_shares(mine), f"{name}: status: zones of node {node['node']}")
    for finding in doc["findings"]:
        lib.check(len(finding["text"]) <= 240, f"{name}: status: too long to be read at once: {finding['text']}")
    memory, module = "sys/devices/system/memory", "sys/module/memory_hotplug/parameters"
    ratio = oracle.text(tree, module, "auto_movable_ratio")
    aware = oracle.text(tree, module, "auto_movable_numa_aware")
    expected = {
        "auto_online_blocks": oracle.text(tree, memory, "auto_online_blocks"),
        "online_policy": oracle.text(tree, module, "online_policy"),
        "auto_movable_ratio": None if ratio is None else int(ratio),
        "auto_movable_numa_aware": None if aware is None else aware == "Y",
        "memmap_on_memory": oracle.text(tree, module, "memmap_on_memory"),
    }
    lib.equal(doc["policy"], expected, f"{name}: status: policy")
    lib.equal(doc["probe"], os.path.exists(os.path.join(tree, memory, "probe")), f"{name}: status: probe")
    movable = sum(row["size"] for row in blocks if row["zone"] == "Movable" or (row["state"] == "going-offline"))
    kernel = sums["online"] + sums["going_offline"] - movable
    if blocks:
        lib.equal((doc["balance"]["movable"], doc["balance"]["kernel"]), (movable, kernel), f"{name}: status: balance")


def check_explain(name):
    tree = lib.machine(name)
    online = {int(row["block"]): row for row in oracle.blocks(tree) if row["state"] == "online"}
    run = lib.Run(tree, "explain", "--json", "--map")
    doc = run.doc
    lib.equal(run.status, 0, f"{name}: explain: exit status")
    lib.equal(doc["block_size"], oracle.block_size(tree), f"{name}: explain: block_size")
    lib.equal(sorted(block["block_id"] for block in doc["blocks"]), sorted(online), f"{name}: explain: blocks")
    ranks = [(-block["score"], -block["block_id"]) for block in doc["blocks"]]
    lib.equal(ranks, sorted(ranks), f"{name}: explain: order")
    for verdict, count in doc["summary"].items():
        found = sum(block["verdict"] == verdict.replace("_", "-") for block in doc["blocks"])
        lib.equal(count, found, f"{name}: explain: {verdict}")
    for block in doc["blocks"]:
        what = f"{name}: explain: block {block['block_id']}"
        row = online[block["block_id"]]
        for key in "range", "start", "size", "state", "zone":
            lib.equal(block[key], row[key], f"{what}: {key}")
        weights = [reason["weight"] for reason in block["reasons"]]
        lib.equal(weights, sorted(weights, reverse=True), f"{what}: weights")
        lib.equal(block["verdict"] == "will-not", weights[0] == 100, f"{what}: verdict")
        lib.equal(block["verdict"] == "will-not", block["score"] == 0, f"{what}: score")
        if row["zones"] == []:
            lib.equal(block["reasons"][0]["code"], "several-zones", f"{what}: reason")
        if block["usage"]:
            lib.equal(sum(block["usage"].values()), block["size"], f"{what}: usage")
            lib.check(block["move"] + block["fixed"] <= block["size"], f"{what}: more than the block")


CHANGE = "ONLINE, OFFLINE, REMOVE AND RESTORE"
# Which section of memctl-json(5) is about which documents. The sections behind CHANGE have what is otherwise there.
SECTIONS = {"LIST": ["list"], "STATUS": ["status"], CHANGE: ["change", "progress"],
            "CONFIGURE AND DECONFIGURE": ["change", "progress"], "PROBE": ["change", "progress"], "EXPLAIN": ["explain"],
            "WATCH": ["event", "watch"], "SAVE": ["save"], "DIFF": ["diff"],
            "WAIT": ["wait"],
            "POLICY": ["policy_show", "policy_check", "policy_set"], "ERRORS": ["error"]}
OWNED = re.compile(r"With memctl (\w+(?:(?:, | and )\w+)*):")


def commands_of(section):
    return set(re.findall(r"\w+", section.lower())) - {"and", "errors"}


def is_of(value, commands):
    """Whether the schema has a key for these commands: it may be one of others alone."""
    owned = OWNED.match(value.get("description", "")) if isinstance(value, dict) else None
    return not owned or not commands or commands & commands_of(owned.group(1))


def schema_keys(defs, node, commands=frozenset()):
    """All keys of a kind of document, those of its parts included"""
    keys = set()
    if isinstance(node, dict):
        if "$ref" in node:
            keys |= schema_keys(defs, defs[node["$ref"].rpartition("/")[2]], commands)
        keys |= {key for key, value in node.get("properties", {}).items() if is_of(value, commands)}
        node = [value for value in node.values() if is_of(value, commands)]
    for part in node if isinstance(node, list) else []:
        keys |= schema_keys(defs, part, commands)
    return keys


def schema_words(node):
    """All words that a key can have for its value"""
    if not isinstance(node, (dict, list)):
        return set()
    words = {word for word in node.get("enum", []) if isinstance(word, str)} if isinstance(node, dict) else set()
    return words.union(*(schema_words(part) for part in (node.values() if isinstance(node, dict) else node)))


def check_manual():
    """memctl-json(5) names each key of the schema where it tells of such documents, and begins no paragraph with another one."""
    with open(os.path.join(lib.TOP_SRCDIR, "schema/memctl-1.schema.json"), encoding="utf-8") as file:
        defs = json.load(file)["$defs"]
    with open(os.path.join(lib.TOP_SRCDIR, "man/memctl-json.5"), encoding="utf-8") as file:
        text = file.read().replace("\\-", "-")
    sections = {part.partition("\n")[0]: part for part in text.split("\n.SH ")}
    bold = {name: set(re.findall(r"[a-z0-9_]+", " ".join(re.findall(r"^\.(?:B|BR|RB) (.*)", part, re.M))))
            for name, part in sections.items()}
    # Words can be explained by the manual page of the command.
    pages = "".join(open(path, encoding="utf-8").read() for path in glob.glob(os.path.join(lib.TOP_SRCDIR, "man/*.[578]")))
    known = set(re.findall(r"[\w-]+", pages.replace("\\-", "-")))
    lib.equal(schema_words(defs) - known, set(), "words that no manual page has")
    told = [kind.get("properties", {}).get("command", {}) for kind in defs.values()]
    commands = {word for command in told for word in command.get("enum", [command.get("const")]) if word}
    lib.equal(set().union(*map(commands_of, SECTIONS)), commands, "commands that have a section")
    for name, kinds in SECTIONS.items():
        keys = set().union(*(schema_keys(defs, defs[kind], commands_of(name)) for kind in kinds))
        # What pages are used for is told there alone.
        unnamed = keys - bold[name] - bold["COMMON RULES"] - bold["EXPLAIN"]
        if kinds == SECTIONS[CHANGE]:
            unnamed -= bold[CHANGE]
        lib.equal(unnamed, set(), f"memctl-json(5): {name}: keys that are not named")
        # Those with a type behind them
        lines = re.findall(r'^\.BR ((?:[a-z0-9_]+|" ?[^"]*"|[ ,])+)$', sections[name], re.M)
        headings = {key for line in lines if " (" in line for key in re.findall(r"\b[a-z0-9]+(?:_[a-z0-9]+)*(?= \"[ ,]+)", line)}
        lib.check(headings, f"memctl-json(5): {name}: no key begins a paragraph")
        lib.equal(headings - keys, set(), f"memctl-json(5): {name}: keys that no document has")


def manual_examples():
    """The command lines and documents of memctl-json(5)"""
    with open(os.path.join(lib.TOP_SRCDIR, "man/memctl-json.5"), encoding="utf-8") as file:
        text = file.read()
    for old, new in ("\\(dq", '"'), ("\\-", "-"), ("\\e", "\\"):
        text = text.replace(old, new)
    for line, document in re.findall(r"^\.EX\n\$ memctl (.*)\n((?s:.*?))^\.EE", text, re.M):
        yield line.split(), json.loads(document)


def check_examples(errors):
    """They are as the schema has them, and what is said without a change is just that."""
    examples = list(manual_examples())
    shown = {args[0] for args, _ in examples}
    lib.equal({"list", "offline", "configure", "deconfigure", "probe"} - shown, set(), "commands without an example")
    for args, document in examples:
        for error in errors(document):
            lib.fail(f"memctl-json(5): {' '.join(args)}: {error}")
        if args[0] == "list" or "error" in document:
            lib.equal(lib.Run(lib.machine("x86-two-node"), *args).doc, document, f"memctl-json(5): {' '.join(args)}")


def main():
    errors = lib.validator()
    check_manual()
    check_examples(errors)
    for number, name in enumerate(lib.machines()):
        # Every other one of each machine, every one of two: about a thousand documents
        for line in VARIANTS[number % 2::2]:
            check_schema(errors, name, line.split())
        if name not in NOT_SANE:
            check_list(name)
            check_filters(name)
            check_totals(name)
            check_status(name)
            check_explain(name)
    lib.finish()


main()
