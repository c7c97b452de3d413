# SPDX-License-Identifier: GPL-2.0-or-later
"""Random requests for a state of the whole, for the campaign: --to, wait and restore, while another agent changes blocks; and
requests that are killed, of which restore --last brings back what they have done.

The agent writes to the blocks as memctl does, so that the simulator's log is the history of the machine."""

import json
import os
import threading
import time

import simlib
from scenario import Block, Drawn, Kill, Request
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
        self.saved = {}  # {id: (state, zone)} to which they are to be brought back

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


class AimScenario(Drawn):
    """A machine, a request for a state of it, what goes wrong, and what somebody else does meanwhile. All follows from a seed."""

    def __init__(self, seed):
        super().__init__(seed)
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
        kind = self._pick({"restore": 3, "to": 3, "wait": 3, "last": 4})
        if kind == "last" and self.doings:
            # Most of it comes while memctl is at work, or was killed.
            self.doings[0] = (self.random.uniform(0.02, 0.1), *self.doings[0][1:])
        self.requests = [self._request(self._pick({"restore": 2, "to": 2, "named": 3}) if kind == "last" else kind)]
        self.later = [self._request("last")] if kind == "last" else []
        if self.requests[0].verb != "wait":
            self._obstacles()
        if kind == "last" and self._chance(0.85):
            self._kill_first()

    def _request(self, kind):
        request = AimRequest()
        request.meant = self.numbers
        {"restore": self._restore, "to": self._to, "named": self._named, "wait": self._wait, "last": self._last}[kind](request)
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

    def _last(self, request):
        request.verb, request.operands, request.meant = "restore", ["--last"], self.requests[0].meant

    def _restore(self, request):
        request.verb = "restore"
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

    def _change(self, request):
        request.verb = self.random.choice(("online", "offline"))
        if request.verb == "online":
            request.action = self._pick({"online": 2, "online_movable": 1, "online_kernel": 1})
        zone = {"online_movable": "--movable", "online_kernel": "--kernel"}.get(request.action)
        request.args += [zone] if zone else []

    def _named(self, request):
        self._change(request)
        request.meant = sorted(self.random.sample(self.numbers, self.random.randint(2, len(self.numbers))))
        request.args += ["--block", ",".join(map(str, request.meant))]

    def _to(self, request):
        self._change(request)
        request.to = self.random.randint(1, len(self.numbers))
        request.args += ["--block", f"{FIRST}-{max(self.numbers)}", "--to", f"{request.to * SIZE // MIB}M"]

    def _wait(self, request):
        """With a deadline that is far away where it will be so in the end, as far as is known."""
        states = {number: self.blocks[number].state for number in self.numbers}
        for _, block, word in self.doings:
            states[block] = "offline" if word == "offline" else "online"
        request.meant = sorted(self.random.sample(self.numbers, self.random.randint(1, len(self.numbers))))
        request.verb, request.goal_state = "wait", states[self.random.choice(request.meant)]
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


    def _kill_first(self):
        """At any moment, of which there are more where a store takes its time"""
        self.lines.append(f"fault any block {FIRST}-{max(self.numbers)} times always takes 3")
        kind = self._pick({"stores": 3, "writing": 3, "ms": 3})
        self.kill = Kill("memctl", "KILL", (kind, self.random.randint(1, {"stores": 8, "writing": 8, "ms": 80}[kind])))
