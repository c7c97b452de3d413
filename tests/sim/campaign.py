#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Random scenarios on the simulator: scenario.py makes them, rules.py judges them, and this runs them, several at a time.

Those of memctl probe are made and judged by probing.py, those of --to, wait and restore with other agents by aims.py."""

import argparse
import collections
import ctypes
import fcntl
import multiprocessing
import os
import shlex
import signal
import subprocess
import sys
import time
import traceback

import aims
import probing
import rules
import simlib
from scenario import Scenario
from simlib import Sim, lib, until
from trial import Run, Store, Trial

PR_SET_CHILD_SUBREAPER = 36
WALL = 0x40000000  # __WALL: children of any kind
END_SECONDS = 120  # only what hangs takes so long
STOP_SECONDS = 0.02
LOOK_SECONDS = 0.0005
PROBE_EVERY = 8  # one in so many scenarios is about memctl probe
AIM_EVERY = 4  # and one about a state of the whole


def adopt_orphans():
    """What memctl leaves behind becomes a child of this process, and is found."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children(sim):
    """The children of this process, beside the simulator, as (those that run, zombies)."""
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
        pids = [int(word) for word in file.read().split() if int(word) != sim.process.pid]
    zombies = [pid for pid in pids if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT | WALL)]
    return [pid for pid in pids if pid not in zombies], zombies


def reap(sim):
    for pid in children(sim)[1]:
        os.waitpid(pid, WALL)


def start(sim, request):
    return subprocess.Popen([lib.MEMCTL, "--sysroot", sim.root, *request.command], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=lib.environment())


class Watch:
    """Runs the requests of a scenario and kills whom it says, once the moment has come."""

    def __init__(self, sim, scenario):
        self.sim, self.kill = sim, scenario.kill
        self.signals, self.landed = [], False
        self.writers, self.looks = [], 0  # who is in a store, as last seen, and how often somebody was
        self.started = time.monotonic()
        self.processes = [start(sim, request) for request in scenario.requests]
        self.ended = [None] * len(self.processes)  # after how many seconds, and how many stores had ended by then

    def run(self):
        while not all(self.ended):
            seconds = time.monotonic() - self.started
            for index, process in enumerate(self.processes):
                if not self.ended[index] and process.poll() is not None:
                    self.ended[index] = seconds, len(self.sim.log())
            if self.kill and self._has_come(seconds):
                self._send()
            if seconds > END_SECONDS:
                lib.fail(f"memctl has not ended after {END_SECONDS} s")
                for process in self.processes:
                    process.kill()
                self.sim.do("release")
            time.sleep(LOOK_SECONDS)
        return [process.communicate(timeout=simlib.PATIENCE) for process in self.processes]

    def _has_come(self, seconds):
        kind, number = self.kill.moment
        if kind == "ms":
            return seconds * 1000 >= number
        if kind == "stores":
            return len(self.sim.log()) >= number
        self.writers = self.sim.writers()
        self.looks += bool(self.writers)
        return self.looks >= number

    def _send(self):
        kill, self.kill = self.kill, None
        number = getattr(signal, "SIG" + kill.name)
        if kill.moment[0] != "writing":
            self.writers = self.sim.writers()
        self.landed = bool(self.writers)
        if kill.who == "memctl" and not self.ended[0]:
            self.processes[0].send_signal(number)
            self.signals.append(number)
            if kill.again:
                time.sleep(STOP_SECONDS)
                self.processes[0].send_signal(number)
        for pid in self.writers if kill.who == "writer" else []:
            send_to_writer(pid, number)
            if number == signal.SIGSTOP:
                time.sleep(STOP_SECONDS)
                send_to_writer(pid, signal.SIGCONT)


def send_to_writer(pid, number):
    try:
        with open(f"/proc/{pid}/comm", encoding="ascii") as file:
            if file.read() == "memhp-writer\n":
                os.kill(pid, number)
    except OSError:
        pass  # it was faster


def is_locked(sim):
    try:
        with open(sim.path("run/memctl.lock"), encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def available(sim):
    words = sim.read("proc/meminfo").split()
    return int(words[words.index("MemAvailable:") + 1]) * 1024


def stores(sim):
    return [Store(line) for line in sim.read("sim/log").splitlines()]


def is_over(sim, release):
    """Whether all writers are gone; what only a release ends may not even have begun when it is first looked for."""
    if release:
        sim.do("release")
    return not sim.writers() and not children(sim)[0]


def look_back(sim, trial):
    """What is left of a scenario. Who was killed may take a moment to be gone; all others have to be gone by now."""
    if any(trial.was_killed(run) for run in trial.runs):
        until(lambda: is_over(sim, trial.scenario.stuck) and not is_locked(sim), "the end of what was killed")
        reap(sim)
    trial.writers = sim.writers()
    trial.left, trial.zombies = children(sim)
    trial.is_locked = is_locked(sim)
    trial.after = sim.truth()
    trial.stores = stores(sim)
    if trial.writers:
        until(lambda: is_over(sim, True), "the end of who was left behind")
    reap(sim)


def carry_out(scenario):
    trial = Trial(scenario)
    with Sim(scenario.text) as sim:
        trial.before = {number: truth for number, truth in sim.truth().items() if number in scenario.blocks}
        trial.available = available(sim)
        if scenario.is_plain:
            request = scenario.requests[0]
            done = lib.Run(sim.root, *request.command, "--dry-run")
            trial.plan = Run(request, done.status, done.out, done.err, 0, 0)
            lib.equal(sim.log(), [], "a dry run has written")
        watch = Watch(sim, scenario)
        agent = aims.Agent(sim, scenario.doings)
        outputs = watch.run()
        trial.agent = agent.end()
        trial.signals, trial.landed = watch.signals, watch.landed
        for request, process, ended, (out, err) in zip(scenario.requests, watch.processes, watch.ended, outputs):
            trial.runs.append(Run(request, process.returncode, out.decode(), err.decode(), *ended))
        look_back(sim, trial)
    return trial


def describe(trial, wrong):
    scenario = trial.scenario
    lines = [f"seed {scenario.seed}:", *("  " + text for text in wrong), "machine:", scenario.text.rstrip()]
    if scenario.kill:
        lines.append(f"kill: {scenario.kill}; sent {trial.signals}")
    for run in trial.runs:
        lines += [f"memctl {shlex.join(run.request.command)}", f"exit status {run.status} after {run.seconds:.3f} s",
                  run.out.rstrip(), run.err.rstrip()]
    lines += ["before: " + str(trial.before), "after: " + str(trial.after), "log:", *("  " + store.line for store in trial.stores)]
    lines.append(f"again: tests/sim/campaign.py --replay {scenario.seed}")
    return "\n".join(lines) + "\n"


def count(trial, seconds):
    """What a scenario was about, for the summary."""
    kinds = collections.Counter(scenarios=1, seconds=seconds, stores=len(trial.stores))
    for run in trial.runs:
        if run.is_report:
            kinds["outcome " + run.doc["outcome"]] += 1
            kinds.update("block " + block["outcome"] for block in run.blocks)
        elif run.doc and "outcome" in run.doc:
            kinds[f"{run.request.verb} {run.doc['outcome']}"] += 1
        else:
            kinds["error " + run.doc["error"]["code"] if run.doc else "no document"] += 1
    kill = trial.scenario.kill
    if kill and (trial.signals or kill.who == "writer"):
        kinds[f"SIG{kill.name} to {kill.who}{' in a store' if trial.landed else ''}"] += 1
    kinds["compared with the plan"] += trial.plan is not None
    kinds["two at once"] += len(trial.runs) > 1
    return kinds


def run_and_judge(seed):
    """A trial, and what is wrong with it"""
    if seed % PROBE_EVERY == 0:
        trial = carry_out(probing.ProbeScenario(seed))
        return trial, probing.judge(trial)
    if seed % AIM_EVERY == 3:
        trial = carry_out(aims.AimScenario(seed))
        return trial, aims.judge(trial)
    trial = carry_out(Scenario(seed))
    return trial, rules.judge(trial)


def run_seed(seed):
    """(seed, "" or what is wrong, counts)"""
    started, before = time.monotonic(), lib.failures()
    try:
        trial, wrong = run_and_judge(seed)
    except Exception:  # pylint: disable=broad-except
        return seed, f"seed {seed}: {traceback.format_exc()}", collections.Counter(scenarios=1)
    if lib.failures() > before:
        wrong.append("see above")
    return seed, describe(trial, wrong) if wrong else "", count(trial, time.monotonic() - started)


def campaign(seeds, jobs):
    """Run these seeds; every failure is told by lib.fail(). Returns the counts."""
    kinds = collections.Counter()
    with multiprocessing.get_context("fork").Pool(jobs, adopt_orphans) as pool:
        for seed, text, more in pool.imap_unordered(run_seed, seeds):
            kinds += more
            if text:
                lib.fail(text)
    return kinds


def main():
    parser = argparse.ArgumentParser(description="Random scenarios of memctl on the simulator.")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--runs", type=int, default=2000, help="how many seeds")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    parser.add_argument("--replay", type=int, metavar="SEED", help="run one scenario and show all of it")
    parser.add_argument("-v", "--verbose", action="store_true", help="say what the scenarios came to")
    args = parser.parse_args()
    simlib.need_simulator()
    started = time.monotonic()
    if args.replay is not None:
        adopt_orphans()
        trial, wrong = run_and_judge(args.replay)
        print(describe(trial, wrong))
        lib.check(not wrong, "the scenario failed")
    else:
        print(f"seeds {args.seed} to {args.seed + args.runs - 1}")
        kinds = campaign(range(args.seed, args.seed + args.runs), args.jobs)
        if args.verbose:
            print("".join(f"{kind}: {kinds[kind]:.0f}\n" for kind in sorted(kinds)), end="")
        print(f"{kinds['scenarios']} scenarios in {time.monotonic() - started:.0f} s")
    lib.finish()


if __name__ == "__main__":
    sys.exit(main())
