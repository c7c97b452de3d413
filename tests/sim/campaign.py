#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Random scenarios on the simulator: scenario.py makes them, rules.py judges them, and this runs them, several at a time.

Those of memctl probe are made and judged by probing.py, those of --to, wait, restore and restore --last with other agents by
aims.py and aim_rules.py."""

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

import aim_rules
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
    """Runs requests of a scenario at once, and kills whom it says, once the moment has come."""

    def __init__(self, sim, requests, kill=None):
        self.sim, self.requests, self.kill = sim, requests, kill
        self.signals, self.landed = [], False
        self.writers, self.looks = [], 0  # who is in a store, as last seen, and how often somebody was
        self.started = time.monotonic()
        self.processes = [start(sim, request) for request in requests]
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


def await_killed(sim, trial):
    """Who was killed may take a moment to be gone."""
    if any(trial.was_killed(run) for run in trial.runs):
        until(lambda: is_over(sim, trial.scenario.stuck) and not is_locked(sim), "the end of what was killed")
        reap(sim)


def look_back(sim, trial):
    """What is left of a scenario. Who was not killed has to be gone by now."""
    await_killed(sim, trial)
    trial.writers = sim.writers()
    trial.left, trial.zombies = children(sim)
    trial.is_locked = is_locked(sim)
    trial.after = sim.truth()
    trial.stores = stores(sim)[trial.num_former:]
    if trial.writers:
        until(lambda: is_over(sim, True), "the end of who was left behind")
    reap(sim)


def begin(sim, scenario):
    """A trial from here on, at a moment when no store is under way: somebody else may be at work already."""
    trial = Trial(scenario)
    while True:
        trial.num_former, truth = len(sim.log()), sim.truth()
        if not sim.writers() and len(sim.log()) == trial.num_former:
            break
    trial.before = {number: place for number, place in truth.items() if number in scenario.blocks}
    trial.available = available(sim)
    return trial


def take_runs(trial, watch):
    """Waits for the end of the requests."""
    outputs = watch.run()
    trial.signals, trial.landed = watch.signals, watch.landed
    for request, process, (seconds, num_stores), (out, err) in zip(watch.requests, watch.processes, watch.ended, outputs):
        trial.runs.append(Run(request, process.returncode, out.decode(), err.decode(), seconds, num_stores - trial.num_former))


def go_on(sim, former):
    """The next trial on the same machine"""
    await_killed(sim, former)
    trial = begin(sim, former.scenario)
    trial.former, former.after = former, trial.before
    former.stores = stores(sim)[former.num_former:trial.num_former]
    return trial


def carry_out(scenario):
    """A trial, and one for each request that comes later"""
    with Sim(scenario.text) as sim:
        trials = [begin(sim, scenario)]
        if scenario.is_plain:
            request = scenario.requests[0]
            done = lib.Run(sim.root, *request.command, "--dry-run")
            trials[0].plan = Run(request, done.status, done.out, done.err, 0, 0)
            lib.equal(sim.log(), [], "a dry run has written")
        watch = Watch(sim, scenario.requests, scenario.kill)
        agent = aims.Agent(sim, scenario.doings)
        take_runs(trials[0], watch)
        for request in scenario.later:
            trials.append(go_on(sim, trials[-1]))
            take_runs(trials[-1], Watch(sim, [request]))
        name = agent.end()
        for trial in trials:
            trial.agent = name
        look_back(sim, trials[-1])
    return trials


def describe(trials, wrong):
    scenario = trials[0].scenario
    lines = [f"seed {scenario.seed}:", *("  " + text for text in wrong), "machine:", scenario.text.rstrip()]
    if scenario.kill:
        lines.append(f"kill: {scenario.kill}; sent {trials[0].signals}")
    for trial in trials:
        for run in trial.runs:
            lines += [f"memctl {shlex.join(run.request.command)}", f"exit status {run.status} after {run.seconds:.3f} s",
                      run.out.rstrip(), run.err.rstrip()]
        lines += ["before: " + str(trial.before), "after: " + str(trial.after), f"log, with {trial.agent} as somebody else:",
                  *("  " + store.line for store in trial.stores)]
    lines.append(f"again: tests/sim/campaign.py --replay {scenario.seed}")
    return "\n".join(lines) + "\n"


def count(trial):
    """What it was about, for the summary."""
    kinds = collections.Counter(stores=len(trial.stores))
    for run in trial.runs:
        kinds["restore --last"] += trial.former is not None
        if run.is_report:
            kinds["outcome " + run.doc["outcome"]] += 1
            kinds.update("block " + block["outcome"] for block in run.blocks)
        elif run.doc and "outcome" in run.doc:
            kinds[f"{run.request.verb} {run.doc['outcome']}"] += 1
        else:
            kinds["error " + run.doc["error"]["code"] if run.doc else "no document"] += 1
    kill = None if trial.former else trial.scenario.kill
    if kill and (trial.signals or kill.who == "writer"):
        kinds[f"SIG{kill.name} to {kill.who}{' in a store' if trial.landed else ''}"] += 1
    kinds["compared with the plan"] += trial.plan is not None
    kinds["two at once"] += len(trial.runs) > 1
    return kinds


def run_and_judge(seed):
    """Its trials, and what is wrong with them"""
    make, judge = Scenario, rules.judge
    if seed % PROBE_EVERY == 0:
        make, judge = probing.ProbeScenario, probing.judge
    elif seed % AIM_EVERY == 3:
        make, judge = aims.AimScenario, aim_rules.judge
    trials = carry_out(make(seed))
    return trials, [text for trial in trials for text in judge(trial)]


def run_seed(seed):
    """(seed, "" or what is wrong, counts)"""
    started, before = time.monotonic(), lib.failures()
    try:
        trials, wrong = run_and_judge(seed)
    except Exception:  # pylint: disable=broad-except
        return seed, f"seed {seed}: {traceback.format_exc()}", collections.Counter(scenarios=1)
    if lib.failures() > before:
        wrong.append("see above")
    kinds = sum(map(count, trials), collections.Counter(scenarios=1, seconds=time.monotonic() - started))
    return seed, describe(trials, wrong) if wrong else "", kinds


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
        trials, wrong = run_and_judge(args.replay)
        print(describe(trials, wrong))
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
