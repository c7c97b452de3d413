# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares what memctl says of a spoilt machine with what it says of the whole one."""

import json

# "Cannot tell", in each of the words that documents have for it
UNKNOWN = (None, "unknown", "cannot-tell", "?", [])
STATES = ("online", "offline", "going_offline", "unknown")
DONE, FAILED, USAGE, UNSUPPORTED, REFUSED, FOUND, PARTLY = 0, 1, 2, 3, 4, 5, 64


class Answer:
    """What came of a run; a status of None: it did not end."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err
        try:
            self.doc = json.loads(out)
        except ValueError:
            self.doc = None


def judge(whole, answer, is_other_content):
    """What is wrong, as texts."""
    if answer.status is None:
        return ["does not end"]
    if answer.status < 0:
        return [f"ends with signal {-answer.status}"]
    if whole.doc is not None and answer.doc is None:
        return [f"no JSON document, exit {answer.status}: {answer.out[:200]!r} {answer.err[:200]!r}"]
    if is_other_content:
        return [] if answer.status in (DONE, FAILED, USAGE, REFUSED, FOUND, PARTLY, whole.status) else [f"exit {answer.status}"]
    return list(judge_answer(whole, answer))


def foresees_less(whole, answer):
    """A dry run plans what it does not know to be impossible (boot memory of arm64 without its device tree), and says what is
    unread: the kernel refuses then."""
    was_possible = answer.status == DONE and whole.status == PARTLY and "impossible" in whole.out and "planned" in answer.out
    return was_possible and says_more(whole, answer)


def judge_answer(whole, answer):
    # What failed has to say so; and so it ends with another status than where the answer is known.
    if answer.status == FAILED and whole.status != FAILED:
        if not answer.err and '"text": "' not in answer.out:
            yield "exit 1 without a word"
    elif answer.status in (USAGE, UNSUPPORTED) and whole.status in (USAGE, UNSUPPORTED):
        pass  # refused either way
    elif answer.status not in (whole.status, PARTLY) and not foresees_less(whole, answer):
        yield f"exit {answer.status}, not {whole.status}: {answer.err.strip()[:300]}"
    if whole.doc is None or "error" in answer.doc or "error" in whole.doc:
        is_other = whole.doc is None and answer.out != whole.out and not foresees_less(whole, answer)
        if is_other and answer.status == DONE and not says_more(whole, answer):
            yield "another text, exit 0, and not a word of why"
        return
    before, after = dict(facts(whole.doc)), dict(facts(answer.doc))
    answer.more = says_more(whole, answer)
    changed = [key for key in before if after.get(key, "(gone)") != before[key]] + [key for key in after if key not in before]
    told = set()
    for key in changed:
        # Of a block that is gone as a whole that is enough.
        if after.get(key) is None and key not in after and key[1:3] in told:
            continue
        if key not in after:
            told.add(key[1:3])
        yield from judge_fact(key, before.get(key, "(none)"), after.get(key, "(gone)"), answer)
    if changed and answer.status in (DONE, FOUND) and not answer.more and not foresees_less(whole, answer):
        yield f"exit {answer.status} and no word of why it cannot tell {' '.join(map(str, changed[0]))}"


def judge_fact(key, before, after, answer):
    kind, name = key[0], " ".join(map(str, key[1:]))
    said = f"{kind} {name}: {before} became {after}"
    if kind == "sum":
        # What is not known of a block is counted as that; the others become fewer. A doubtful block may be one more.
        if answer.status != PARTLY and (after == "(gone)" or before == "(none)" or after > before):
            yield said
    elif kind == "verdict":
        # Less is known, so that less is certain. What is known surely needs no more.
        if after == "(gone)" or (answer.status != PARTLY if before == "(none)" else after == "will-not"):
            yield said
    elif kind == "sums":
        if after == "(gone)" or after not in UNKNOWN and not answer.more:
            yield said
    elif kind == "finding":
        # It may not show any more, and then it is said that not all is known, with what is left.
        is_said = any(finding["code"] in ("unreadable", "needs-root") for finding in answer.doc["findings"])
        if after == "(gone)" and not is_said or before == "(none)" and after == "contradiction":
            yield said
    elif kind == "outcome":
        known = ("failed", "impossible", "planned") if before == "impossible" else ("failed", "impossible")
        if after == "(gone)" or (after not in known if before != "(none)" else after != "failed"):
            yield said
    elif kind == "entry":
        # What a file says is not known without the file; a setting of the kernel's may be there, then, that was not.
        is_new = before == "(none)" and key[1] != "kernel"
        if is_new or after == "(gone)" and answer.status != PARTLY or after != "(gone)" and after not in UNKNOWN:
            yield said
    elif kind == "planned" and after == "(gone)":
        pass  # the outcome says it
    elif before == "(none)":
        # A block of which a filter cannot tell whether it is meant is shown, and not as if it were.
        if answer.status == DONE:
            yield said
    elif after == "(gone)" and "left out" in answer.err and answer.status == PARTLY:
        pass  # nobody can name what is in a folder that cannot be read
    elif after not in UNKNOWN:
        yield said


def says_more(whole, answer):
    """Whether it names what could not be read: in a message, or as the reason of a value that is missing."""
    return set(answer.err.splitlines()) - set(whole.err.splitlines()) or set(reasons(answer.doc)) - set(reasons(whole.doc))


def reasons(doc, path=()):
    """Each errno and error in a document, with where it stands"""
    if isinstance(doc, dict):
        for key, value in doc.items():
            if key in ("errno", "errors") and value:
                yield path, json.dumps(value)
            yield from reasons(value, (*path, key))
    elif isinstance(doc, list):
        for index, value in enumerate(doc):
            yield from reasons(value, (*path, index))


def facts(doc):
    """What a document says, each as a key and a value."""
    command = doc["command"] + (" " + doc["verb"] if "verb" in doc else "")
    known = {"list": facts_of_list, "status": facts_of_status, "explain": facts_of_explain, "policy show": facts_of_show,
             "policy check": facts_of_check, "policy set": lambda doc: ()}
    yield from known.get(command, facts_of_plan)(doc)


def sums(name, object, keys=STATES):
    for key in keys:
        if object.get(key):
            yield ("sum", *name, key), object[key]


def zone_name(object):
    return object["zone"] or object.get("no_zone")


def facts_of_list(doc):
    yield ("value", "block_size"), doc["block_size"]
    for row in doc.get("memory", ()):
        for key, value in row.items():
            if key != "errors":
                yield ("value", "block", row["block"], key), value
    for group in doc.get("totals", ()):
        name = group["source"] if "source" in group else zone_name(group) if "zone" in group else group["node"]
        yield from sums(("group", name), group)
    yield from sums(("all",), doc.get("summary", {}))


def facts_of_status(doc):
    yield ("value", "block_size"), doc["block_size"]
    yield from sums(("blocks",), doc["blocks"])
    yield ("value", "total"), doc["blocks"]["total"]
    for zone in doc["zones"]:
        yield from sums(("zone", zone["zone"]), zone, ("blocks",))
    for node in doc["nodes"]:
        yield ("entry", "node", node["node"]), True
        yield from sums(("node", node["node"]), node)
        for zone in node.get("zones", ()):
            yield from sums(("node", node["node"], zone["zone"]), zone, ("blocks",))
    for key, value in (doc["balance"] or {"movable": None, "kernel": None, "ratio": None}).items():
        yield ("value", "balance", key), value
    for key, value in doc["policy"].items():
        yield ("value", "policy", key), value
    yield ("value", "probe"), doc["probe"]
    for finding in doc["findings"]:
        yield ("finding", finding["code"]), finding["severity"]


def facts_of_explain(doc):
    yield ("value", "block_size"), doc["block_size"]
    for block in doc["blocks"]:
        for key in ("state", "zone", "source"):
            yield ("value", "block", block["block_id"], key), block[key]
        # Which of its pages are in a hole, and so the sums, take further files.
        for key in ("usage", "move", "fixed", "room"):
            yield ("sums", "block", block["block_id"], key), block[key]
        yield ("verdict", "block", block["block_id"]), block["verdict"]


def facts_of_show(doc):
    for entry in doc["entries"]:
        key = (entry["kind"], entry["key"], entry["file"], entry["line"])
        yield ("entry", *key, "value"), entry["value"]
        yield ("entry", *key, "effect"), entry.get("effect")


def facts_of_check(doc):
    yield ("value", "effect"), doc["effect"]
    for finding in doc["findings"]:
        yield ("finding", finding["code"]), finding["severity"]


def facts_of_plan(doc):
    for item in doc.get("blocks", ()):
        yield ("outcome", "block", item["block_id"]), item["outcome"]
        for key in ("before", "zone"):
            if item["outcome"] not in ("absent", "failed") and key in item:
                yield ("planned", "block", item["block_id"], key), item[key]
