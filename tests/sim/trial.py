# SPDX-License-Identifier: GPL-2.0-or-later
"""A scenario of the campaign that was run: what is known of it for the rules."""

import json
import signal


class Store:
    """A line of sim/log."""

    def __init__(self, line):
        _, self.pid, self.file, self.word, self.result, self.state = line.split()
        self.block = int(self.file[len("memory"): -len("/state")]) if self.file.endswith("/state") else None
        self.line = line


class Run:
    """What became of one memctl."""

    def __init__(self, request, status, out, err, seconds, num_stores):
        self.request, self.status, self.out, self.err = request, status, out, err
        self.seconds, self.num_stores = seconds, num_stores  # how long it took, and how many stores had ended when it did
        self.docs, self.garbage = [], None
        try:
            self.docs = [json.loads(line) for line in out.splitlines()] if request.progress else [json.loads(out)] if out else []
        except ValueError as error:
            self.garbage = str(error)
        self.doc = self.docs[-1] if self.docs and "progress" not in self.docs[-1] else None
        # That of wait has other blocks: those that are not so.
        self.is_report = self.doc is not None and "blocks" in self.doc and request.verb != "wait"
        self.blocks = [block for block in self.doc["blocks"] if block["outcome"] != "absent"] if self.is_report else []


class Trial:
    """A scenario that was run: what was so before and after, and what was seen."""

    def __init__(self, scenario):
        self.scenario = scenario
        self.before, self.after = {}, {}  # {id: (state, zone)}
        self.available = 0
        self.plan = None
        self.runs, self.stores, self.signals = [], [], []
        self.writers, self.left, self.zombies = [], [], []
        self.is_locked = self.landed = False
        self.agent = None  # the process, as the log has it
        self.former = None  # the trial before it, on the same machine
        self.num_former = 0  # so many stores had ended by then

    def was_killed(self, run):
        return run.status == -signal.SIGKILL

    def is_of_agent(self, store):
        """Whether no memctl has written it"""
        return store.pid == self.agent

    def undo_words(self, request, number):
        """What may bring a block back."""
        if not request.rollback:
            return ()
        if request.verb == "online":
            return ("offline",)
        # To a zone that memctl could not learn there is no word.
        unknown = self.scenario.blocks[number].zones is None or self.hides("valid_zones", number)
        known = "online_movable" if self.before[number][1] == "Movable" else "online_kernel"
        return ("online", known) if unknown else (known,)

    def stores_of(self, run, number=None):
        """What this memctl has written to a block, or to all: its rival has other words."""
        return [store for store in self.stores if number in (None, store.block) and store.block in self.before and store.word in
                (run.request.action, *self.undo_words(run.request, store.block))]

    def is_loose(self, run, number):
        """Whether somebody else may have changed a block."""
        return number in self.scenario.disturbed or any(
            self.stores_of(other, number) for other in self.runs if other is not run)

    def is_selected(self, run, number):
        return run.request.selects(self.scenario.blocks[number], *self.before[number])

    def hides(self, file, number):
        """Whether a read of a block's attribute may have failed."""
        return any(fault.op == "read" and fault.effect == "fails" and fault.concerns(number) and f" {file}" in fault.line
                   for fault in self.scenario.faults)
