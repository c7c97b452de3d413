# SPDX-License-Identifier: GPL-2.0-or-later
"""Random scenarios for the campaign: a machine, requests, what goes wrong, and who is killed when. All follows from a seed."""

import random

MIB = 1 << 20
ENDING = "INT", "TERM", "HUP"


class Block:
    """A block as the machine describes it, before anything happened."""

    def __init__(self, number, nodes, state, zones):
        self.id, self.nodes, self.state = number, nodes, state
        self.zones = zones  # None: this kernel knows nothing of zones

    @property
    def zone(self):
        """Its zone as sim/truth has it."""
        single = self.state == "online" and self.zones is not None
        return self.zones if single else "none"


class Request:
    """A command line of memctl, and what it means: `selects` says of a block whether it is meant."""

    def __init__(self):
        self.verb, self.action = "offline", "offline"
        self.args = []
        self.names = []  # ids that are named; a range names those that are there
        self.ranges = []  # (first, last) that have to hold a block
        self.nodes = self.zone = self.state = self.goal = None
        self.to = None  # so many blocks are to be online, at least or at most
        self.only_pending = self.rollback = self.force = self.progress = self.wrong = False
        self.keep_free = self.retries = 0
        self.timeout = self.block_timeout = None

    @property
    def target(self):
        """The state that is asked for."""
        return "offline" if self.verb == "offline" else "online"

    @property
    def command(self):
        return [self.verb, *self.args, "--json"]

    @property
    def chooses(self):
        """Whether memctl chooses among the selected blocks."""
        return bool(self.goal or self.to)

    def selects(self, block, state, zone):
        """Whether a block may be changed."""
        return self.means(block, state, zone) and not ((self.only_pending or self.chooses) and state == self.target)

    def means(self, block, state, zone):
        if (self.names or self.ranges) and block.id not in self.names and not any(
            first <= block.id <= last for first, last in self.ranges
        ):
            return False
        if self.nodes is not None and not set(self.nodes) & set(block.nodes):
            return False
        if self.zone is not None and (state != "online" or zone != self.zone):
            return False
        return self.state is None or state == self.state


class Fault:
    def __init__(self, op, blocks, effect, line):
        self.op, self.blocks, self.effect, self.line = op, blocks, effect, line

    def concerns(self, number):
        return self.blocks is None or number in self.blocks


class Kill:
    """Send a signal to "memctl" or its "writer" once `moment` has come: ("stores", n), ("writing", n-th look) or ("ms", n)."""

    def __init__(self, who, name, moment, again=False):
        self.who, self.name, self.moment, self.again = who, name, moment, again

    def __str__(self):
        return f"SIG{self.name} to {self.who} at {self.moment[0]} {self.moment[1]}{', twice' if self.again else ''}"


class Drawn:
    """What follows from a seed, with the lines that describe its machine."""

    def __init__(self, seed):
        self.seed, self.random = seed, random.Random(seed)
        self.lines = []

    @property
    def text(self):
        return "".join(line + "\n" for line in self.lines)

    def _chance(self, probability):
        return self.random.random() < probability

    def _pick(self, weights):
        """One of the keys, by weight."""
        return self.random.choices(list(weights), list(weights.values()))[0]


class Scenario(Drawn):
    def __init__(self, seed):
        super().__init__(seed)
        self.blocks = {}
        self.faults = []
        self.disturbed = set()  # blocks that somebody else may change
        self.doings = []  # what an agent writes meanwhile, for aims.Agent
        self.later = []  # requests that come when those before have ended
        self.endless = set()  # ops that may never end by themselves
        self.readonly = self.has_events = self.stuck = self.old = False
        self._machine()
        self.requests = [self._request()]
        if self._chance(0.1):
            self._rival()
        self.kill = self._kill()
        self._obstacles()
        self._faults()
        self._events()
        for request in self.requests:
            self._limits(request)

    @property
    def is_plain(self):
        """Whether what a plan says has to come true: nothing but the machine itself is in the way."""
        return not self.faults and not self.has_events and len(self.requests) == 1

    def _some(self, items, most=4):
        items = sorted(items)
        return sorted(self.random.sample(items, self.random.randint(1, min(most, len(items)))))

    def _machine(self):
        rng = self.random
        self.block_size = rng.choice((16, 128, 128, 128, 256, 1024)) * MIB
        num_nodes = self._pick({0: 1, 1: 4, 2: 4, 4: 1})
        self.old = self._chance(0.12)
        has_zones = not self._chance(0.03)
        self.lines = [f"block_size {self.block_size:#x}"]
        if self.old:
            self.lines.append("profile 4.18")
        if self._chance(0.03):
            self.readonly = True
            self.lines.append("readonly")
        if self._chance(0.1):
            self.lines.append("auto_online " + rng.choice(("online",) if self.old else ("online", "online_movable")))
        for node in range(num_nodes):
            self.lines.append(f"node {node} cpus {node}")
        first = self._pick({0: 3, 1: 1, 8: 2, 32: 2, 1000: 1})
        # Some memory that the kernel can live from, so that guards do not refuse everything.
        runs = [("kernel", rng.randint(2, 6))] if self._chance(0.8) else []
        kinds = {"kernel": 3, "movable": 5, "offline": 5, "offline-movable": 2, "none": 1, "going": 0.3, "strange": 0.2}
        runs += [(self._pick(kinds), rng.randint(1, 5)) for _ in range(rng.randint(1, 5))]
        for kind, length in runs:
            first = self._run(kind, first, length, num_nodes, has_zones) + (rng.randint(1, 6) if self._chance(0.3) else 0)

    def _run(self, kind, first, length, num_nodes, has_zones):
        state, zones = {
            "kernel": ("online", self._pick({"Normal": 8, "DMA32": 1, "HighMem": 0.5})),
            "movable": ("online", "Movable"),
            "offline": ("offline", "Normal Movable"),
            "offline-movable": ("offline", "Movable Normal"),
            "none": ("online", "none"),
            "going": ("going-offline", "Movable Normal"),
            "strange": ("ERROR-UNKNOWN-8", "none"),
        }[kind]
        nodes = [self.random.randrange(num_nodes)] if num_nodes else []
        if kind == "none" and num_nodes > 1:
            nodes = [0, 1]
        last = first + length - 1
        words = f"blocks {first}-{last} state {state}" + (f' zones "{zones}"' if has_zones else "")
        self.lines.append(words + (f' node "{",".join(map(str, nodes))}"' if nodes else ""))
        for number in range(first, last + 1):
            self.blocks[number] = Block(number, nodes, state, zones if has_zones else None)
        return last + 1

    def _request(self, verb=None):
        request = Request()
        can_online = any(block.state == "offline" for block in self.blocks.values())
        request.verb = verb or ("online" if self._chance(0.6 if can_online else 0.1) else "offline")
        if request.verb == "online":
            request.action = self._pick({"online": 4, "online_movable": 4, "online_kernel": 3})
            zone = {"online_movable": "--movable", "online_kernel": "--kernel"}.get(request.action)
            request.args += [zone] if zone else []
        self._select(request)
        if self._chance(0.03):
            self._spoil(request)
        request.rollback = self._chance(0.25)
        request.force = self._chance(0.6)
        request.progress = self._chance(0.1)
        for option in "rollback", "force", "progress":
            if getattr(request, option):
                request.args.append("--" + option)
        if self._chance(0.2):
            request.retries = self.random.randint(1, 2)
            request.args += ["--retry", str(request.retries)]
        if request.verb == "offline" and self._chance(0.1):
            request.keep_free = self.random.randint(1, 4) * self.block_size
            request.args += ["--keep-free", f"{request.keep_free // MIB}M"]
        return request

    def _select(self, request):
        kind = self._pick({"block": 6, "range": 4, "node": 3, "zone": 2, "all": 3, "goal": 6, "to": 4, "mixed": 2})
        if kind == "zone" and request.verb == "online":
            kind = "all"
        if kind in ("block", "mixed") or (kind in ("goal", "to") and self._chance(0.2)):
            self._select_blocks(request)
        if kind == "range" or (kind == "mixed" and self._chance(0.5)):
            first, last = self.random.choice(sorted(self.blocks)), self.random.choice(sorted(self.blocks))
            self._select_range(request, min(first, last), max(first, last) + self.random.choice((0, 0, 1)))
        if kind == "node" or (kind in ("mixed", "goal", "to", "all") and self._chance(0.3)):
            nodes = sorted({node for block in self.blocks.values() for node in block.nodes})
            if nodes:
                request.nodes = self._some(nodes, 2)
                request.args += ["--node", ",".join(map(str, request.nodes))]
            elif kind == "node":
                kind = "all"
        if request.verb == "offline" and (kind == "zone" or (kind in ("goal", "to") and self._chance(0.2))):
            request.zone = self._pick({"Movable": 5, "Normal": 3, "DMA32": 1})
            request.args += ["--zone", request.zone]
        if kind != "to" and self._chance(0.15):
            request.state = self._pick({"online": 3, "offline": 3, "going-offline": 1})
            request.args += ["--state", request.state]
        if kind == "all":
            request.only_pending = True
            request.args.append("--all")
        if kind == "goal":
            request.goal = self.random.randint(1, 6)
            size = f"{request.goal * self.block_size // MIB}M"
            request.args += ["--size", size] if self._chance(0.5) else ["--count", str(request.goal)]

        if kind == "to":
            most = len(self.blocks) + 1 if request.verb == "online" else sum(b.state == "online" for b in self.blocks.values())
            request.to = self.random.randint(1, max(most, 1))
            request.args += ["--to", f"{request.to * self.block_size // MIB}M"]

    def _select_blocks(self, request):
        request.names = self._some(self.blocks, 6)
        request.args += ["--block", ",".join(map(str, request.names))]

    def _select_range(self, request, first, last):
        request.ranges.append((first, last))
        start, size = first * self.block_size, (last - first + 1) * self.block_size
        end = f"-{start + size - 1:#x}" if self._chance(0.5) else f"+{size // MIB}M"
        request.args += ["--range", f"{start:#x}{end}"]

    def _spoil(self, request):
        """A command line that has to be refused."""
        missing = max(self.blocks) + 3
        request.wrong = True
        request.args += self.random.choice((
            ["--block", str(missing)],
            ["--range", f"{missing * self.block_size:#x}+{self.block_size // MIB}M"],
            ["--range", "0x1000+4096M"],
            ["--timeout", "0"],
            ["--movable", "--kernel"],
            ["--size", "1G", "--count", "3"],
            ["--nonsense"],
        ))

    def _rival(self):
        """A second memctl that wants the opposite: then the log tells whose a store is, as long as nobody rolls back."""
        self.requests.append(self._request("offline" if self.requests[0].verb == "online" else "online"))
        for request in self.requests:
            request.rollback = False
            request.args = [arg for arg in request.args if arg != "--rollback"]

    def _obstacles(self):
        """holes, unmovable, pinned: what blocks are like, so that no plan knows of it."""
        for name, probability in ("holes", 0.12), ("unmovable", 0.2), ("pinned", 0.12):
            # A rollback has five minutes.
            if name == "pinned" and any(request.rollback and request.verb == "online" for request in self.requests):
                continue
            if self._chance(probability):
                self.lines.append(f"{name} {','.join(map(str, self._some(self.blocks)))}")
                self.endless |= {"offline"} if name == "pinned" else set()

    def _faults(self):
        for _ in range(self._pick({0: 5, 1: 4, 2: 2, 3: 1})):
            if self._chance(0.15):
                self._read_fault()
            else:
                self._store_fault()
        # Without something that takes its time there is hardly a moment to kill anybody in, or to get in each other's way.
        if (self.kill or len(self.requests) > 1) and self._chance(0.8):
            op = self._pick({"any": 2, self.requests[0].verb: 3})
            effect, most = self._pick({("takes", 40): 3, ("hangs", 150): 1})
            when = f" nth {self.random.randint(1, 3)} times {self.random.randint(1, 4)}"
            self._put_fault(Fault(op, None, effect, f"fault {op}{when} {effect} {self.random.randint(10, most)}"))
        # One that not even SIGKILL ends: memctl leaves it behind after its five seconds of grace.
        if self._chance(0.008) and len(self.requests) == 1 and not self.requests[0].rollback:
            self.stuck = True
            self.endless.add(self.requests[0].verb)
            self._put_fault(Fault(self.requests[0].verb, None, "hangs", f"fault {self.requests[0].verb} hangs 600000"))

    def _put_fault(self, fault):
        self.faults.append(fault)
        self.lines.append(fault.line)

    def _when(self):
        blocks = self._some(self.blocks) if self._chance(0.5) else None
        text = f" block {','.join(map(str, blocks))}" if blocks else ""
        if self._chance(0.3):
            text += f" nth {self.random.randint(1, 5)}"
        if self._chance(0.5):
            text += f" times {self.random.choice(('always', 2, 3))}"
        return blocks, text

    def _add_fault(self, op, what, effect, argument=""):
        blocks, when = self._when()
        if effect in ("takes", "hangs", "loops") and "times" in when:
            when = when[: when.index(" times")]
        self._put_fault(Fault(op, blocks, effect, f"fault {op}{what}{when} {effect}{argument}"))
        if effect in ("vanishes", "then-vanishes"):
            self.disturbed |= set(blocks or self.blocks)

    def _store_fault(self):
        verb = self.requests[0].verb
        op = self._pick({verb: 6, "any": 2, "offline" if verb == "online" else "online": 2})
        rolls_back = any(request.rollback for request in self.requests)
        weights = {"fails": 5, "eio": 1, "vetoed": 1, "takes": 3, "hangs": 2, "vanishes": 0.7, "then-vanishes": 0.7, "lies": 2}
        if not rolls_back or op == verb:
            weights["loops"] = 1.5
        if op != "offline":
            weights["wrong-zone"] = 3
        effect = self._pick(weights)
        errors = {"EBUSY": 3, "ENOMEM": 1, "EINVAL": 1, "EAGAIN": 1, "EINTR": 1, "EHWPOISON": 1, "E2BIG": 1}
        argument = {
            "fails": " " + self._pick(errors),
            "takes": f" {self.random.randint(5, 60)}",
            "hangs": f" {self.random.randint(50, 300)}",
            "wrong-zone": " " + self.random.choice(("Movable", "Normal")),
        }.get(effect, "")
        self._add_fault(op, "", effect, argument)
        if effect == "loops":
            self.endless |= {"online", "offline"} if op == "any" else {op}

    def _read_fault(self):
        effect = self._pick({"fails": 3, "short": 3, "takes": 2, "vanishes": 0.5})
        argument = {"fails": " " + self.random.choice(("EIO", "ENXIO", "EAGAIN")), "takes": f" {self.random.randint(1, 10)}"}
        self._add_fault("read", " " + self.random.choice(("state", "state", "valid_zones")), effect, argument.get(effect, ""))

    def _events(self):
        """What other agents and the machine do meanwhile."""
        for _ in range(self._pick({0: 8, 1: 2, 2: 1})):
            when = f"{self.random.randint(0, 4)} stores" if self._chance(0.7) else f"{self.random.randint(5, 60)} ms"
            change = self._pick({"online": 2, "online Movable": 2, "online Normal": 1, "offline": 4, "vanishes": 2, "appears": 2})
            numbers = set(self._some(self.blocks))
            if change == "appears":
                numbers = {max(self.blocks) + self.random.randint(1, 3)}
            self.disturbed |= numbers
            self.has_events = True
            self.lines.append(f"event after {when} block {','.join(map(str, sorted(numbers)))} {change}")

    def _limits(self, request):
        """Deadlines: always where something may never end."""
        needed = bool(self.endless) or len(self.requests) > 1
        if needed or self._chance(0.15):
            kind = self.random.choice(("timeout", "block", "both"))
            if kind != "block" or len(self.requests) > 1:
                request.timeout = self.random.randint(30, 400)
                request.args += ["--timeout", f"{request.timeout}ms"]
            if kind != "timeout":
                request.block_timeout = self.random.randint(20, 120)
                request.args += ["--block-timeout", f"{request.block_timeout}ms"]

    def _kill(self):
        who = self._pick({None: 60, "memctl": 32, "writer": 8})
        if who is None:
            return None
        kinds = {"stores": 3, "writing": 5, "ms": 3}
        kind = "writing" if who == "writer" else self._pick(kinds)
        moment = kind, self.random.randint(0, 5) if kind == "stores" else self.random.randint(1, 80 if kind == "ms" else 4)
        if who == "writer":
            return Kill(who, self._pick({"KILL": 3, "STOP": 3, "ALRM": 2}), moment)
        return Kill(who, self._pick({"INT": 2, "TERM": 2, "HUP": 1, "KILL": 4}), moment, self._chance(0.15))
