# SPDX-License-Identifier: GPL-2.0-or-later
"""Random requests to memctl probe, for the campaign: what they meet is made up here, and so is what has to become of them."""

from rules import GRACE, SLACK, check_remains, fits, rule_documents
from scenario import Drawn, Fault, Kill, Request

BLOCK_SIZE = 1 << 28
PRESENT, LAST = 4, 12  # blocks that are there at first, and the highest that anybody asks for
ERRORS = "EEXIST", "EINVAL", "ENOMEM", "E2BIG"


def address(block):
    return hex(block * BLOCK_SIZE)


class ProbeRequest(Request):
    """A command line of memctl probe."""

    def __init__(self):
        super().__init__()
        self.verb, self.action = "probe", "online"
        self.targets, self.online, self.unbacked, self.dry_run = [], False, False, False

    @property
    def command(self):
        return [self.verb, *map(address, self.targets), *self.args, "--json"]


class ProbeScenario(Drawn):
    """A machine with a file probe, a request, what goes wrong, and who is killed when. All follows from a seed."""

    def __init__(self, seed):
        super().__init__(seed)
        self.blocks, self.disturbed, self.faults = range(PRESENT), set(), []
        self.stuck, self.is_plain, self.doings, self.later = False, False, [], []
        later = range(PRESENT, LAST + 1)
        self.proven = {block for block in later if self._chance(0.8)}
        self.taken = {block for block in later if self._chance(0.05)}
        self.auto_online = self._pick({"offline": 6, "online": 1, "online_movable": 1})
        self.lines = [f"block_size {BLOCK_SIZE:#x}", "probe", "node 0 cpus 0", f"auto_online {self.auto_online}",
                      f"blocks 0-{PRESENT - 1} node 0 zones Normal", f"ram memmap {','.join(map(str, sorted({0} | self.proven)))}"]
        claims = [f"00000000-{PRESENT * BLOCK_SIZE - 1:08x} : System RAM\\n"]
        claims += [f"{block * BLOCK_SIZE:08x}-{block * BLOCK_SIZE + 0xfff:08x} : PCI Bus\\n" for block in sorted(self.taken)]
        self.lines.append(f'file proc/iomem "{"".join(claims)}"')
        self.requests = [self._request()]
        self.kill = self._kill()
        for _ in range(self._pick({0: 5, 1: 4, 2: 2})):
            self._fault()
        if self._chance(0.15):
            self._event()

    def _request(self):
        request, good = ProbeRequest(), sorted(self.proven - self.taken)
        choice = good if good and self._chance(0.7) else range(PRESENT - 1, LAST + 1)
        request.targets = self.random.sample(choice, min(self.random.randint(1, 4), len(choice)))
        request.online = self._chance(0.6)
        if request.online:
            request.action = self._pick({"online": 3, "online_movable": 2, "online_kernel": 2})
            request.args += ["--online", *{"online_movable": ["--movable"], "online_kernel": ["--kernel"]}.get(request.action, [])]
        request.unbacked = self._chance(0.3)
        request.args += ["--force", "--unbacked"] if request.unbacked else []
        request.dry_run = self._chance(0.08)
        request.args += ["--dry-run"] if request.dry_run else []
        # Always: something may never end.
        request.timeout = self.random.randint(100, 500)
        request.args += ["--timeout", f"{request.timeout}ms"]
        return request

    def _fault(self):
        op = "online" if self.requests[0].online and self._chance(0.4) else "probe"
        block = self.random.choice(self.requests[0].targets)
        effects = {"fails": 4, "lies": 2, "takes": 3, "loops": 2}
        if op == "probe":
            effects.update({"then-vanishes": 0.7})
        effect = self._pick(effects)
        argument = {"fails": " " + self.random.choice(ERRORS), "takes": f" {self.random.randint(5, 60)}"}.get(effect, "")
        self.faults.append(Fault(op, [block], effect, f"fault {op} block {block} {effect}{argument}"))
        self.lines.append(self.faults[-1].line)
        self.disturbed |= {block} if effect == "then-vanishes" else set()

    def _event(self):
        """Another agent adds a block, or brings it online."""
        block = self.random.choice(self.requests[0].targets)
        change = self.random.choice(("appears", "online Movable"))
        self.lines.append(f"event after {self.random.randint(0, 3)} stores block {block} {change}")
        self.disturbed.add(block)

    def _kill(self):
        who = self._pick({None: 60, "memctl": 30, "writer": 10})
        if who is None:
            return None
        kind = "writing" if who == "writer" else self._pick({"stores": 3, "writing": 5, "ms": 3})
        moment = kind, self.random.randint(0, 4) if kind == "stores" else self.random.randint(1, 60 if kind == "ms" else 3)
        return Kill(who, "KILL" if who == "writer" else self._pick({"INT": 2, "TERM": 2, "HUP": 1, "KILL": 3}), moment)

    def obstacles(self, block):
        if block < PRESENT:
            return ["present"]
        return [name for name, stands in (("taken", block in self.taken), ("unproven", block not in self.proven)) if stands]

    def stopping(self, block):
        return [name for name in self.obstacles(block) if name != "unproven" or not self.requests[0].unbacked]


def probes(trial):
    return [store for store in trial.stores if store.file == "probe"]


def rule_checks(trial, run):
    """Each failed check is named, and if there is one nothing is written."""
    scenario, targets = trial.scenario, run.request.targets
    refused = any(map(scenario.stopping, targets))
    for block in run.blocks:
        if block["obstacles"] != scenario.obstacles(block["block_id"]) and block["block_id"] not in scenario.disturbed:
            yield f"block {block['block_id']}: {block['obstacles']}, not {scenario.obstacles(block['block_id'])}"
    if scenario.disturbed & set(targets) or not run.is_report:
        return
    if refused != (run.doc["outcome"] == "refused") and not trial.signals:
        yield f"outcome {run.doc['outcome']}"
    if refused and not trial.signals:
        only_proof = all(scenario.obstacles(block) in ([], ["unproven"]) for block in targets)
        if run.status != (4 if only_proof else 1):
            yield f"exit status {run.status} of what is refused"
    if (refused or run.request.dry_run) and trial.stores:
        yield "something was written"


def by_others(trial, number):
    """Whether it is there, and the kernel refused to add it: another agent was first."""
    return number in trial.after and any(store.result != "0" for store in probes(trial)
                                         if int(store.word, 16) // BLOCK_SIZE == number)


def rule_order(trial, run):
    """One write for each address, in the order in which they were given, and the states of no other blocks."""
    words = [store.word for store in probes(trial)]
    if words != [address(block) for block in run.request.targets][: len(words)]:
        yield f"written {words}"
    # What another agent has added meanwhile is there, as asked.
    failed = [store.result != "0" and not by_others(trial, int(store.word, 16) // BLOCK_SIZE) for store in probes(trial)]
    if any(failed[:-1]):
        yield "went on after a failure"
    for store in trial.stores:
        if store.file != "probe" and (store.block not in run.request.targets or not run.request.online
                                      or store.word != run.request.action):
            yield f"nobody asked for this: {store.line}"


def rule_truth(trial, run):
    """What is said of a block is so."""
    for block in run.blocks:
        number, outcome = block["block_id"], block["outcome"]
        state, zone = trial.after.get(number, (None, "none"))
        if number in trial.scenario.disturbed:
            continue
        if block["added"] and number not in trial.after:
            yield f"block {number} is not there"
        if block["added"] and (block["after"], block["zone"]) != (state, None if zone == "none" else zone):
            yield f"block {number} is {state} {zone}, not {block['after']} {block['zone']}"
        if not block["added"] and number >= PRESENT and (block["after"] or state) and not by_others(trial, number):
            yield f"block {number} is {outcome}, {block['after']}, and in truth {state}"
        if outcome == "in-progress":
            yield "a writer was not ended in time"


def is_as_asked(run, block):
    zone_fits = not run.request.online or (block["after"] == "online" and fits(run.request.action, block["zone"]))
    return block["outcome"] in ("changed", "already") and zone_fits


def rule_status(trial, run):
    """The exit status follows from what became of the blocks."""
    if run.doc is None:
        if run.status not in [-number for number in trial.signals]:
            yield f"exit status {run.status} without a document"
        return
    status = run.doc["exit_status"]
    if run.status not in (status, 128 - status) and not trial.was_killed(run):
        yield f"exit status {run.status}, in the document {status}"
    if not run.is_report or run.doc["outcome"] in ("refused", "planned"):
        return
    good = [is_as_asked(run, block) for block in run.blocks]
    # What another agent has added can yet have come online by memctl.
    added = [block["added"] or block["outcome"] == "changed" for block in run.blocks]
    may = {True: (0,), False: (1, 64, 124)}[all(good)] + tuple(128 + number for number in trial.signals)
    if status not in may or (status == 1 and any(added)) or (status == 64 and not any(added)):
        yield f"exit status {status} with {[block['outcome'] for block in run.blocks]}"
    if run.doc["changed"] != sum(added) * BLOCK_SIZE:
        yield f"changed {run.doc['changed']}"
    if (run.doc["outcome"] == "complete") != all(good):
        yield f"outcome {run.doc['outcome']} with {[block['outcome'] for block in run.blocks]}"


def rule_deadline(trial, run):
    """It ends in time."""
    if run.seconds > run.request.timeout / 1000 + GRACE + SLACK:
        yield f"{run.seconds:.1f} s, with a deadline of {run.request.timeout} ms"


def rule_others(trial, run):
    """What nobody asked for is as it was, and what was asked for is there only when it was written."""
    for number, before in trial.before.items():
        if trial.after.get(number) != before:
            yield f"block {number} was {before} and is {trial.after.get(number)}"
    words = {store.word for store in probes(trial)}
    for number in set(trial.after) - set(trial.before) - trial.scenario.disturbed:
        if number not in run.request.targets or address(number) not in words:
            yield f"block {number} is there"


RULES = rule_checks, rule_order, rule_truth, rule_status, rule_deadline, rule_others, rule_documents


def judge(trial):
    """[what is wrong]"""
    wrong = [f"check_remains: {text}" for text in check_remains(trial)]
    for rule in RULES:
        wrong += [f"{rule.__name__}: {text}" for text in rule(trial, trial.runs[0])]
    return wrong
