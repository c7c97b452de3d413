# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of this folder share: the commands, the machine, and what has to hold when something fails below memctl.

A case is one run of one command with one fault. What a case came to is judged here, by the run that nothing disturbed."""

import json
import os
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../sim"))

import simlib  # noqa: E402
from simlib import lib  # noqa: E402

# What takes longer hangs. No command here waits for anything.
LIMIT = 10

# A little of everything that is read: zones, two nodes, DIMMs, pages, and all who decide about new memory.
MACHINE = r"""
auto_online offline
param online_policy auto-movable
param auto_movable_ratio 301
param auto_movable_numa_aware Y
param memmap_on_memory N
cmdline "memhp_default_state=online movable_node memory_hotplug.memmap_on_memory=1 movablecore=1G"
node 0 cpus 0-3
node 1
blocks 0 node 0 zones none
blocks 1-5 node 0 zones Normal
blocks 8-10 node 1 zones Movable
blocks 11-12 node 1 state offline zones "Movable Normal"
boot_map 0-5
kpageflags 0x8000 80*800 4000000*10 5868*12000 400*19958
dir sys/bus/acpi/devices/PNP0C80:00
link sys/devices/system/memory/memory8/firmware_node ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0A06:04/PNP0C80:00
link sys/devices/system/memory/memory9/firmware_node ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0A06:04/PNP0C80:00
file sys/bus/acpi/devices/PNP0C80:00/eject ""
file proc/iomem "00001000-0009fbff : System RAM\n00100000-2fffffff : System RAM\n40000000-67ffffff : System RAM\n"
file proc/meminfo "MemTotal: 3000000 kB\nMemAvailable: 2500000 kB\nCmaTotal: 16384 kB\n"
file proc/sys/kernel/arch "x86_64\n"
file proc/cpuinfo "processor\t: 0\nflags\t\t: fpu hypervisor\n"
file usr/lib/udev/rules.d/40-vendor.rules "SUBSYSTEM==\"memory\", ATTR{state}==\"offline\", ATTR{state}=\"online\"\n"
file usr/lib/udev/rules.d/50-masked.rules "SUBSYSTEM==\"memory\", ATTR{state}=\"offline\"\n"
link etc/udev/rules.d/50-masked.rules /dev/null
file run/udev/rules.d/70-run.rules "SUBSYSTEM==\"memory\", RUN+=\"/usr/bin/memctl online --block %k --kernel\"\n"
file etc/daxctl.conf.d/cxl.conf "[reconfigure-device cxl]\nnvdimm.uuid = ed93e918\nmode = system-ram\nonline = true\n"
"""
STANDBY = """
block_size 0x10000000
auto_online offline
blocks 0-3 zones Normal config 1 memmap_on_memory 0
blocks 4 state offline zones "Normal Movable" config 1 memmap_on_memory 0
blocks 5-6 config 0 memmap_on_memory 0
"""
PROBE = """
block_size 0x10000000
page_size 65536
auto_online offline
probe
cmdline "console=hvc0 mem=512M"
node 0 cpus 0
blocks 0-1 node 0 zones Normal
ram device-tree 0,1-3
ram lmb-free 4-31
file proc/iomem "00000000-1fffffff : System RAM\\n"
"""

# Whatever is only read, or said in a dry run, runs in a plain tree.
READS = [(MACHINE, line) for line in (
    "list", "list --all --output-all", "list --json --all --output-all", "list --by node", "list --by source --json",
    "list --pairs",
    "list --json --block 8-10 --node 1 --source dimm --state online --zone Movable", "status", "status --json",
    "explain", "explain --json", "explain --block 8 --map", "policy show", "policy show --json", "policy check",
    "policy check --json",
    "offline --block 8-9 --dry-run", "offline --size 256M --node 1 --dry-run --json --keep-free 2400M",
    "online --all --movable --dry-run --json", "remove --source dimm:PNP0C80:00 --dry-run --json",
    "policy set auto_online_blocks online --persist --dry-run", "list --help", "help", "--version", "list --block x --json",
)] + [(STANDBY, line) for line in ("configure --all --dry-run --json", "deconfigure --block 4 --dry-run")] + [
    (PROBE, line) for line in ("probe 0x20000000 --dry-run --json", "probe 0x20000000 --dry-run")]

# What changes something has the simulator below it, and its truth is compared with what was said.
CHANGES = [(MACHINE, line) for line in (
    "online --block 11-12 --movable --json", "online --all", "offline --block 8-9 --json --progress",
    "offline --block 8-9 --rollback",
    "offline --size 256M --json", "policy set auto_online_blocks online --json",
    "policy set auto_online_blocks online_movable --persist --json",
)] + [(STANDBY, line) for line in (
    "configure --block 5-6 --json", "configure --all", "deconfigure --block 4 --json")] + [
    (PROBE, line) for line in ("probe 0x20000000 0x30000000 --online --json", "probe 0x20000000 0x30000000 --online")]

VALIDATE = lib.validator()

# What is said of a report that could not be written, whatever it was, and in a text of what could not be read
LOST = "standard output cannot be written"
UNREAD = re.compile("cannot|could not|could be read|can only be read")

# They differ from run to run.
TIMES = {"elapsed_ms"}


def weaker(before, after, path="$"):
    """What is wrong with a document, by the one of a run that nothing disturbed: a value may have become null, and no other one; a
    list keeps its entries, an object its keys. What names the errors may come in addition."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() - after.keys()):
            yield f"{path}.{key} is gone"
        for key in sorted(after.keys() - before.keys() - {"errors"}):
            yield f"{path}.{key} is new: {after[key]!r}"
        for key in sorted((before.keys() & after.keys()) - TIMES - {"errors"}):
            yield from weaker(before[key], after[key], f"{path}.{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after)):
            yield from weaker(one, other, f"{path}[{index}]")
    elif after is not None and before != after:
        yield f"{path} was {json.dumps(before)[:200]} and is {json.dumps(after)[:200]}"


def document(text):
    """The last document of an output, None where there is none that is whole."""
    for part in text, text[text.rfind('\n{ "schema_version"') + 1:]:
        try:
            return json.loads(part)
        except ValueError:
            pass
    return None


def plain(text):
    """A text without what takes a different time each time."""
    return re.sub(r" +", " ", re.sub(r"\b[0-9.]+m?s\b", "TIME", text))


class Outcome:
    """What a run came to: status, None for one that hangs, its output, and the machine afterwards where it is simulated."""

    def __init__(self, root, command, env=None, prefix=()):
        self.command = command
        started = time.monotonic()
        process = subprocess.Popen(
            [*prefix, lib.MEMCTL, "--sysroot", root, *command.split()], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=lib.environment(**(env or {})), start_new_session=True)
        try:
            out, err = process.communicate(timeout=LIMIT)
            self.status = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            self.status = None
        self.seconds = time.monotonic() - started
        self.out = out.decode("utf-8", "backslashreplace").replace(root, "TREE")
        self.err = err.decode("utf-8", "backslashreplace").replace(root, "TREE")
        self.is_json = "--json" in command.split()
        self.doc = document(self.out) if self.is_json else None
        self.lost_words = False  # a message that could not be written
        self.truth = None

    def __str__(self):
        return f"exit status {self.status}\n{self.out[-3000:]}\n{self.err[-3000:]}"


def has_error(doc):
    """Whether a document says what went wrong."""
    if isinstance(doc, dict):
        words = "errno", "error", "errors", "reason", "text"
        return any(value and key in words or has_error(value) for key, value in doc.items())
    return isinstance(doc, list) and any(map(has_error, doc))


def judge(calm, run, same=True):
    """[what is wrong] with a run, by the one that nothing disturbed; whether its document has to be the same."""
    if run.status is None:
        return ["it hangs"]
    if run.status < 0 or run.status > 128:
        return [f"it ended by a signal: {run.status}"]
    wrong = []
    if run.status == 0 and calm.status != 0:
        wrong.append(f"exit status 0, and {calm.status} is right")
    says = run.err.strip() or run.lost_words or has_error(run.doc) or UNREAD.search(run.out)
    if run.status != calm.status and not says:
        wrong.append(f"exit status {run.status} without a word")
    if run.is_json and run.status != 1 and not isinstance(run.doc, dict):
        wrong.append("its document is none")
    elif run.doc and run.doc.get("exit_status", run.status) != run.status and LOST not in run.err:
        wrong.append(f"exit status {run.status}, and exit_status {run.doc['exit_status']}")
    elif same and run.status == calm.status and not (run.doc and "error" in run.doc and "error" not in calm.doc):
        wrong += judge_same(calm, run)
    if run.truth is not None:
        wrong += judge_truth(calm, run)
    if isinstance(run.doc, dict) and "error" in run.doc:
        wrong += VALIDATE(run.doc)
    return wrong


def judge_same(calm, run):
    """With the exit status of an undisturbed run comes its document, or one that knows less and says so."""
    if not run.is_json:
        if plain(run.out) != plain(calm.out) and run.err == calm.err:
            yield "another text, and nothing said of it"
        return
    differences = list(weaker(calm.doc, run.doc))
    yield from differences
    if not differences and list(weaker(run.doc, calm.doc)) and run.err == calm.err and not run.doc.get("errors"):
        yield "it knows less, and does not say why"


def judge_truth(calm, run):
    """Report, exit status and the machine's truth agree."""
    changed = {key: value for key, value in run.truth.items() if run.before.get(key) != value}
    if run.status == 0 and not is_as_asked(calm, run):
        yield f"exit status 0, and {run.truth} is not {calm.truth}"
    if changed and run.status in (1, 2, 3, 4) and LOST not in run.err:
        yield f"exit status {run.status}, and changed is {changed}"
    if re.search("nothing (was|is) changed", run.out + run.err) and changed:
        yield f"it says that nothing was changed, and changed is {changed}"
    said = run.out + run.err
    for key in changed:
        if not mentions(said, key):
            yield f"{key} was changed, and is not mentioned"
    for block in (run.doc or {}).get("blocks", []) if run.is_json else []:
        yield from judge_block(run, block)


def is_as_asked(calm, run):
    """Which blocks go where memctl chooses is a matter of what it knows of them; how many is not."""
    if "--size" in run.command:
        return sorted(map(str, run.truth.values())) == sorted(map(str, calm.truth.values()))
    return run.truth == calm.truth


def mentions(text, key):
    """Whether a text names a block by its number, also as part of a range, or a setting by its name."""
    if not key.isdigit():
        return os.path.basename(key) in text
    return any(int(first) <= int(key) <= int(last or first) for first, last in re.findall(r"\b(\d+)(?:-(\d+))?\b", text))


def judge_block(run, block):
    truth = run.truth.get(str(block["block_id"]), (None,))
    state = "standby" if len(truth) > 2 and truth[2] == "0" else truth[0]
    if block.get("after") is not None and state is not None and block["after"] != state:
        yield f"block {block['block_id']} is {state}, not {block['after']}"
    if block.get("outcome") == "changed" and run.truth.get(str(block["block_id"])) == run.before.get(str(block["block_id"])):
        yield f"block {block['block_id']} has not changed"


class Plain:
    """The place of commands that only read: a plain tree, one for all that a process runs."""

    roots = {}

    def __init__(self, machine):
        key = os.getpid(), machine
        if key not in self.roots:
            self.roots[key] = lib.describe(f"machine-{os.getpid()}-{len(self.roots)}", machine)
        self.root = self.roots[key]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def run(self, command, env=None, prefix=()):
        return Outcome(self.root, command, env, prefix)


class Simulated:
    """The place of those that change something: a simulated machine, which is afterwards brought back to what it was."""

    def __init__(self, machine):
        self.machine, self.sim = machine, None

    def __enter__(self):
        self.sim = simlib.Sim(self.machine).__enter__()
        self.before = self.truth()
        return self

    def __exit__(self, *_):
        self.sim.__exit__()

    def truth(self):
        """All that a command can change: {block: (state, zone, configured), path: text}"""
        truth = {str(number): value for number, value in self.sim.truth().items()}
        truth["auto_online_blocks"] = self.sim.read("auto_online_blocks")
        firmware = self.sim.path("sys/firmware/memory")
        for name in os.listdir(firmware) if os.path.isdir(firmware) else ():
            if name.startswith("memory"):
                number = name[len("memory"):]
                configured = self.sim.read(f"sys/firmware/memory/{name}/config").strip()
                truth[number] = (*truth.get(number, (None, None)), configured)
        return truth

    def run(self, command, env=None, prefix=()):
        run = Outcome(self.sim.root, command, env, prefix)
        simlib.until(lambda: not self.sim.writers(), "the end of the writers")
        run.before, run.truth = self.before, self.truth()
        if run.truth != self.before:
            self.restore(run.truth)
        return run

    def restore(self, truth):
        """By stores of its own where that is enough, else by a machine that is mounted anew: it takes ten times as long."""
        for key, value in truth.items():
            before = self.before.get(key)
            if value == before:
                continue
            if not key.isdigit():
                self.sim.write(key, before)
                continue
            if value[0] == "online":
                self.sim.write(f"memory{key}/state", "offline")
            if before is None:
                self.sim.do(f"block {key} vanishes")
            elif len(value) == 3 and value[2] != before[2]:
                self.sim.write(f"sys/firmware/memory/memory{key}/config", before[2])
            elif before[0] == "online":
                self.sim.write(f"memory{key}/state", "online_movable" if before[1] == "Movable" else "online_kernel")
        if self.truth() != self.before:
            self.__exit__()
            self.__enter__()


def places():
    """[(place, machine, command)] of all commands."""
    return [(Plain, *each) for each in READS] + [(Simulated, *each) for each in CHANGES]
