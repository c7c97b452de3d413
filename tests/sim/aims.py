# SPDX-License-Identifier: GPL-2.0-or-later
"""Random requests for a state of the whole, for the campaign: --to, wait and restore, while another agent changes blocks.

The agent writes to the blocks as memctl does, so that the simulator's log is the history of the machine."""

import json
import os
import random
import threading
import time

import simlib
from rules import DONE, check_remains, rule_documents, rule_status
from scenario import Block, Kill, Request
from simlib import lib

MIB = 1 << 20
SIZE = 128 * MIB
KERNEL, FIRST = 8, 8  # so many blocks nobody asks about, so that guards do not refuse everything; the first of the others
WORDS = {"online": 2, "online_movable": 2, "online_kernel": 1, "offline": 4}
KINDS = {"zones Movable": ("online", "Movable"), "zones Normal": ("online", "Normal"),
         'state offline zones "Normal Movable"': ("offline", "none"), 'state offline zones "Movable Normal"': ("offline", "none")}
MARGIN = 0.05  # seconds that a wait for what will not be so goes on


class AimRequest(Request):
    """A command line of memctl restore or wait, or of online and offline with --to."""

    def __init__(self):
        super().__init__()
        self.operands = []
        self.meant = []  # ids of the blocks that it is about

    @property
    def command(self):
        return [self.verb, *self.operands, *self.args, "--json"]


class Agent:
    """Somebody else, who writes to blocks of a mounted machine: (seconds to pause before, block, word) each."""

    def __init__(self, sim, doings):
        self.sim, self.doings = sim, doings
        self.thread = threading.Thread(target=self._act)
        self.thread.start()

    def _act(self):
        for pause, block, word in self.doings:
            time.sleep(pause)
            self.sim.write(f"memory{block}/state", word)

    def end(self):
        """Returns who it was, as the log has it."""
        self.thread.join(simlib.PATIENCE)
        lib.check(not self.thread.is_alive(), "the agent does not end")
        return str(self.thread.native_id)


class AimScenario:
    """A machine, a request for a state of it, what goes wrong, and what somebody else does meanwhile. All follows from a seed."""

    def __init__(self, seed):
        self.seed, self.random = seed, random.Random(seed)
        self.stuck = self.is_plain = False
        self.disturbed, self.faults, self.kill = set(), [], None
        self.lines = [f"block_size {SIZE:#x}", "node 0 cpus 0", "node 1", f"blocks 0-{KERNEL - 1} node 0 zones Normal"]
        self.blocks = {number: Block(number, [0], "online", "Normal") for number in range(KERNEL)}
        for number in range(FIRST, FIRST + self.random.randint(4, 12)):
            words, node = self.random.choice(list(KINDS)), self.random.randint(0, 1)
            self.lines.append(f"blocks {number} node {node} {words}")
            self.blocks[number] = Block(number, [node], KINDS[words][0], KINDS[words][1])
        self.numbers = [number for number in self.blocks if number >= FIRST]
        self.doings = [(self.random.choice((0, 0.001, 0.005, 0.01)), self.random.choice(self.numbers), self._pick(WORDS))
                       for _ in range(self._pick({0: 3, 3: 3, 12: 4}))]
        self.requests = [self._request(self._pick({"restore": 4, "to": 3, "wait": 2}))]
        if self.requests[0].verb != "wait":
            self._obstacles()

    @property
    def text(self):
        return "".join(line + "\n" for line in self.lines)

    def _chance(self, probability):
        return self.random.random() < probability

    def _pick(self, weights):
        return self.random.choices(list(weights), list(weights.values()))[0]

    def _request(self, kind):
        request = AimRequest()
        request.meant = self.numbers
        {"restore": self._restore, "to": self._to, "wait": self._wait}[kind](request)
        if kind == "wait":
            return request
        for option, probability in ("rollback", 0.35), ("force", 0.7), ("progress", 0.1):
            if self._chance(probability):
                setattr(request, option, True)
                request.args.append("--" + option)
        if self._chance(0.3):
            request.retries = 1
            request.args.append("--retry=1")
        if self._chance(0.1):
            request.timeout = self.random.randint(20, 300)
            request.args.append(f"--timeout={request.timeout}ms")
        return request

    def _restore(self, request):
        request.verb, request.saved = "restore", {}
        for number, block in self.blocks.items():
            choices = {(block.state, block.zone): 3}
            if number >= FIRST:
                choices.update({("online", "Movable"): 1, ("online", "Normal"): 1, ("offline", "none"): 1})
            request.saved[number] = self._pick(choices)
        path = os.path.join(lib.TMP, f"layout-{self.seed}.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"schema_version": 1, "command": "save", "block_size": SIZE, "memory": [
                {"start": number * SIZE, "size": SIZE, "state": state, "zone": None if zone == "none" else zone}
                for number, (state, zone) in request.saved.items()]}, file)
        request.operands = [path]

    def _to(self, request):
        request.verb = self.random.choice(("online", "offline"))
        if request.verb == "online":
            request.action = self._pick({"online": 2, "online_movable": 1, "online_kernel": 1})
        zone = {"online_movable": "--movable", "online_kernel": "--kernel"}.get(request.action)
        request.args += [zone] if zone else []
        request.to = self.random.randint(1, len(self.numbers))
        request.args += ["--block", f"{FIRST}-{max(self.numbers)}", "--to", f"{request.to * SIZE // MIB}M"]

    def _wait(self, request):
        """With a deadline that is far away where it will be so in the end, as far as is known."""
        states = {number: self.blocks[number].state for number in self.numbers}
        for _, block, word in self.doings:
            states[block] = "offline" if word == "offline" else "online"
        request.verb, request.goal_state = "wait", self.random.choice(("online", "offline"))
        request.meant = sorted(self.random.sample(self.numbers, self.random.randint(1, len(self.numbers))))
        request.least = self.random.randint(1, len(request.meant)) if self._chance(0.7) else len(request.meant)
        request.is_so = sum(states[number] == request.goal_state for number in request.meant) >= request.least
        seconds = simlib.PATIENCE / 2 if request.is_so else MARGIN + sum(pause for pause, _, _ in self.doings)
        request.timeout = int(seconds * 1000)
        request.args += ["--for", request.goal_state, "--block", ",".join(map(str, request.meant)),
                         "--at-least", f"{request.least * SIZE // MIB}M", f"--timeout={request.timeout}ms"]

    def _obstacles(self):
        for _ in range(self._pick({0: 3, 1: 4, 2: 2})):
            block, op = self.random.choice(self.numbers), self._pick({"online": 3, "offline": 3, "any": 1})
            effect = self._pick({"fails EBUSY": 3, "fails ENOMEM": 3, "vetoed": 1, "lies": 1, "takes 30": 3})
            when = self.random.choice(("", " nth 2", " times 2", " times always"))
            self.lines.append(f"fault {op} block {block}{when} {effect}")
        if self._chance(0.15):
            moment = self.random.choice(("stores", "ms")), self.random.randint(1, 6)
            self.kill = Kill("memctl", self.random.choice(("INT", "TERM")), moment)


def history(trial):
    """[{id: state}], from what it was before the first store to what it was after the last"""
    moments = [{number: state for number, (state, _) in trial.before.items()}]
    for store in trial.stores:
        moments.append({**moments[-1], store.block: store.state})
    return moments


def places(trial, number=None):
    """Where in the log memctl's own stores are, to a block or to all"""
    return [place for place, store in enumerate(trial.stores) if not trial.is_of_agent(store) and number in (None, store.block)]


def states(trial, number, first, last=None):
    """What a block was after so many stores; one that the agent takes offline may have been on its way."""
    seen = {moment[number] for moment in history(trial)[first:last]}
    on_its_way = any(store.block == number and store.word == "offline" for store in trial.stores[max(first - 1, 0):last])
    return seen | {"going-offline"} if on_its_way else seen


def rule_truth(trial, run):
    """What a block was and is, by the report, it was before memctl wrote anything, and after it wrote the last time."""
    ours = places(trial)
    for block in run.blocks:
        number, own = block["block_id"], places(trial, block["block_id"])
        before = states(trial, number, 0, ours[0] + 1 if ours else None)
        if block["before"] not in before:
            yield f"block {number} was {before} before, not {block['before']}"
        # Others are not looked at again.
        looked = block["outcome"] in ("changed", "already", "rolled-back")
        last = ours[-1] + 1 if looked and ours else own[-1] + 1 if own else 0
        if block["after"] not in states(trial, number, last):
            yield f"block {number} is {states(trial, number, last)}, not {block['after']}"
        if block["outcome"] == "changed" and not own:
            yield f"block {number} was changed by nobody"


def is_alone(trial, number):
    """Whether the agent has not written to a block"""
    return not any(trial.is_of_agent(store) and store.block == number for store in trial.stores)


def is_same(one, other):
    """Among kernel zones the kernel chooses."""
    return one[0] == other[0] and (one[0] != "online" or (one[1] == "Movable") == (other[1] == "Movable"))


def rule_restored(trial, run):
    """Complete means that all of it is as saved, rolled back that it is as before; the rest follows from the blocks."""
    if run.request.verb != "restore" or not run.is_report or run.doc["outcome"] == "refused":
        return
    saved, outcome = run.request.saved, run.doc["outcome"]
    outcomes = {block["block_id"]: block["outcome"] for block in run.blocks}
    if (outcome == "complete") != all(word in DONE for word in outcomes.values()):
        yield f"outcome {outcome} with {outcomes}"
    for number in filter(lambda number: is_alone(trial, number), saved):
        before, after = trial.before[number], trial.after[number]
        if (number in outcomes) == is_same(before, saved[number]):
            yield f"block {number} is{'' if number in outcomes else ' not'} in the report"
        if (outcome == "complete" or outcomes.get(number) == "changed") and not is_same(after, saved[number]):
            yield f"block {number} is {after}, and was {saved[number]}"
        if outcome == "rolled-back" and not is_same(after, before):
            yield f"block {number} is {after}, and was {before} before"
        if outcomes.get(number) not in (None, "changed", "rollback-failed") and not is_same(after, before):
            yield f"block {number} is {outcomes[number]}, and was {before}, and is {after}"


def rule_half_way(trial, run):
    """Nothing that was to be online stays offline because of memctl, unless it says so."""
    if run.request.verb != "restore" or not run.is_report:
        return
    for block in run.blocks:
        number = block["block_id"]
        if block["before"] != "online" or run.request.saved[number][0] != "online" or trial.after[number][0] != "offline":
            continue
        takers = [store for store in trial.stores if store.block == number and store.word == "offline" and store.result == "0"]
        # What the agent has taken offline goes back to that.
        if takers and not any(map(trial.is_of_agent, takers)) and block["outcome"] != "rollback-failed":
            yield f"block {number} was taken offline and stays so: {block}"


def rule_words(trial, run):
    """memctl writes what leads to where it is to go, or back to where it was."""
    request = run.request
    for store in (trial.stores[place] for place in places(trial)):
        if request.verb == "restore":
            state, zone = request.saved[store.block]
            words = {"offline", *online_words(zone)} if state == "online" else {"offline"}
        else:
            words = {request.action}
        if request.rollback or (request.verb == "restore" and trial.before[store.block][0] == "online"):
            words |= {"offline", "online_movable", "online_kernel"}
        if store.block not in request.meant or store.word not in words or request.verb == "wait":
            yield f"nobody asked for this: {store.line}"


def online_words(zone):
    return ("online_movable",) if zone == "Movable" else ("online_kernel",)


def count(trial, numbers, goals, first, last=None):
    """How many blocks are in one of these states, at least and at most, after so many stores and later"""
    seen = [states(trial, number, first, last) for number in numbers]
    return sum(one <= goals for one in seen), sum(bool(one & goals) for one in seen)


def rule_target(trial, run):
    """How much was and is online is so, and whether that is as asked follows."""
    request, ours = run.request, places(trial)
    if not request.to or not run.is_report:
        return
    target, there = run.doc["target"], {"online"} if request.verb == "online" else {"online", "going-offline"}
    after = ours[-1] + 1 if ours else 0
    for key, first, last in ("online_before", 0, ours[0] + 1 if ours else None), ("online_after", after, None):
        least, most = count(trial, request.meant, there, first, last)
        if target[key] is not None and not least * SIZE <= target[key] <= most * SIZE:
            yield f"{key} {target[key] // SIZE}, and {least} to {most} blocks are"
    if run.doc["outcome"] == "refused" or target["online_after"] is None:
        return
    met = target["online_after"] >= target["size"] if request.verb == "online" else target["online_after"] <= target["size"]
    if target["met"] != met or target["unknown"]:
        yield f"target {target} is met: {met}"
    # What memctl has brought to another zone than asked is online, and yet counts for nothing; a rollback comes after the count.
    outcomes = {block["outcome"] for block in run.blocks}
    if (run.doc["outcome"] == "complete") != met and not outcomes & {"wrong-zone", "rolled-back", "rollback-failed"}:
        yield f"outcome {run.doc['outcome']} with {target}"


def rule_wait(trial, run):
    """It ends because it is so, at the latest when it is so in the end; how much is so is true of some moment."""
    request = run.request
    if request.verb != "wait" or run.doc is None:
        return
    least, most = count(trial, request.meant, {request.goal_state}, 0)
    so, outcome = run.doc["so"] // SIZE, run.doc["outcome"]
    if not least <= so <= most or run.doc["so"] + run.doc["not_so"] != len(request.meant) * SIZE:
        yield f"{so} blocks are so, and {least} to {most} were"
    if (outcome == "complete") != (so >= request.least):
        yield f"outcome {outcome} with {so} blocks"
    in_the_end = sum(trial.after[number][0] == request.goal_state for number in request.meant)
    if in_the_end >= request.least and request.is_so and outcome != "complete":
        yield f"outcome {outcome}, and {in_the_end} blocks are so"


RULES = [rule_documents, rule_status, *(rule for name, rule in sorted(globals().items()) if name.startswith("rule_") and (
    rule.__module__ == __name__))]


def judge(trial):
    """[what is wrong]"""
    wrong = [f"check_remains: {text}" for text in check_remains(trial)]
    for run in trial.runs:
        for rule in RULES:
            wrong += [f"{rule.__name__}: {text}" for text in rule(trial, run)]
    return wrong
