# SPDX-License-Identifier: GPL-2.0-or-later
"""What has to be true after each scenario of the campaign. A rule is a function with a Trial; it yields what is wrong."""

from simlib import lib

DONE = "changed", "already", "absent"
STATUSES = {"complete": (0,), "partial": (64,), "failed": (1,), "timeout": (124,), "interrupted": (), "rolled-back": (1, 124),
            "refused": (4,)}
# What else than going offline or online a store can come to
RESULTS = {"busy": ("EBUSY", "EINTR", "EAGAIN"), "vetoed": ("EPERM",), "impossible": ("EINVAL",)}
# For a writer that was killed, and for a machine that is busy: only what hangs takes so long.
GRACE, SLACK = 5, 60


def fits(action, zone):
    return {"online_movable": zone == "Movable", "online_kernel": zone not in ("Movable", "Device")}.get(action, True)


def state_or_none(state):
    return state if state in ("online", "offline", "going-offline") else None


def zone_or_none(state, zone):
    return zone if state == "online" and zone != "none" else None


def strict_blocks(trial, run):
    """Each block of a report that nobody else has touched, its stores, and what it is now."""
    for block in run.blocks:
        number = block["block_id"]
        if number in trial.after and not trial.is_loose(run, number):
            yield block, trial.stores_of(run, number), trial.after[number]


def rule_documents(trial, run):
    """There is one document, or several with the result last, as the schema says."""
    if run.garbage and not trial.was_killed(run):
        yield f"no JSON: {run.garbage}"
    if run.doc is None and not trial.signals:
        yield "there is no document"
    for doc in run.docs:
        yield from VALIDATE(doc)
    for doc in run.docs[:-1]:
        if doc.get("progress", {}).get("done", 1) > doc.get("progress", {}).get("goal", 0):
            yield f"odd progress: {doc}"


def rule_status(trial, run):
    """The exit status, that of the document, and the outcome agree, and only a signal that was sent is named."""
    if run.doc is None:
        if run.status not in [-number for number in trial.signals]:
            yield f"exit status {run.status} without a document"
        return
    status, sent = run.doc["exit_status"], [128 + number for number in trial.signals]
    if run.status >= 0 and status != run.status:
        yield f"exit status {run.status}, in the document {status}"
    if run.status < 0 and status != 128 - run.status and not trial.was_killed(run):
        yield f"ended by signal {-run.status}, in the document {status}"
    if run.is_report:
        outcome = run.doc["outcome"]
        if outcome not in STATUSES or (status not in STATUSES[outcome] and status not in sent):
            yield f"outcome {outcome} with exit status {status}"
        if outcome == "timeout" and not (run.request.timeout or run.request.block_timeout):
            yield "a timeout without a deadline"


def rule_errors(trial, run):
    """An error is one that the scenario calls for; then nothing was written, nor before a report without a result."""
    request, disturbed = run.request, trial.scenario.disturbed
    code = run.doc["error"]["code"] if run.doc and "error" in run.doc else None
    may = {None: True, "usage": request.wrong or bool(disturbed), "read-only": trial.scenario.readonly,
           "timeout": len(trial.runs) > 1, "interrupted": len(trial.runs) > 1 and trial.signals}
    if not may.get(code):
        yield f"error {run.doc['error']}"
    # Whether there is such a block is looked at under the lock, and so perhaps never; one may have come meanwhile.
    if request.wrong and run.doc and code not in ("usage", "timeout", "interrupted") and disturbed <= set(trial.before):
        yield "a wrong command line was taken"
    if (code or (run.is_report and run.doc["outcome"] == "refused")) and trial.stores_of(run):
        yield "something was written, and the document tells of nothing"
    if trial.scenario.readonly and trial.stores:
        yield "something was written into a read-only tree"


def rule_guard(trial, run):
    """More than what is available goes offline only by force, only a guard refuses, and that of the memory left for a reason."""
    request, size = run.request, trial.scenario.block_size
    if not run.is_report:
        return
    room, guard = trial.available - request.keep_free, run.doc["guard"]
    if (run.doc["outcome"] == "refused") != bool(guard and guard["refused"]):
        yield f"outcome {run.doc['outcome']} with guard {guard}"
    if guard and guard["refused"] and request.force:
        yield "refused despite --force"
    if request.verb == "offline" and not request.force and len(trial.runs) == 1 and not trial.scenario.disturbed:
        changed = {store.block for store in trial.stores_of(run) if store.state == "offline"}
        planned = [block for block in run.blocks if block["outcome"] == "planned"]
        if len(changed) * size > max(room, 0):
            yield f"{len(changed)} blocks of {size} went offline, with {trial.available} available"
        if guard and guard["refused"] and guard["code"] == "memory-left" and len(planned) * size <= room:
            yield f"refused to take {len(planned)} blocks of {size} of {trial.available}"


def rule_truth(trial, run):
    """What is reported of a block before and after, and of its zone, is so."""
    for block in run.blocks:
        number = block["block_id"]
        before = trial.before.get(number, (None, "none"))
        after = trial.after.get(number)
        if trial.is_loose(run, number):
            continue
        if block["before"] != state_or_none(before[0]) and not (block["before"] is None and trial.hides("state", number)):
            yield f"block {number} was {before[0]} before, not {block['before']}"
        if block["after"] != state_or_none(after[0] if after else None) and not (
                block["after"] is None and trial.hides("state", number)):
            yield f"block {number} is {after}, not {block['after']}"
        # Brought back, a block may be in another zone of the kernel's.
        was = run.request.verb == "offline" and not (block["outcome"].startswith("roll") and block["after"] == "online")
        zone = zone_or_none(*(before if was else after))
        # Of what a refused request would have done the zone is the one that was expected.
        is_plan = block["outcome"] == "planned" or (run.doc["outcome"] == "refused" and block["reason"] == "spare")
        if not is_plan and block["zone"] != zone and not (block["zone"] is None and (
                trial.scenario.blocks[number].zones is None or trial.hides("valid_zones", number) or trial.hides("state", number))):
            yield f"block {number}: zone {block['zone']}, not {zone}"


def rule_blocks(trial, run):
    """The report has the selected blocks, each once; with a goal some of them."""
    numbers = [block["block_id"] for block in run.blocks]
    selected = {number for number in trial.before if trial.is_selected(run, number)}
    loose = {number for number in set(trial.before) | set(numbers) if trial.is_loose(run, number)}
    loose |= {number for number in trial.before if trial.hides("state", number) or trial.hides("valid_zones", number)}
    # What --state asks about is not known of a block in a strange state, nor what --zone does where a kernel tells no zones.
    loose |= {block["block_id"] for block in run.blocks if block["reason"] == "filter" and (
        trial.before[block["block_id"]][0] not in ("online", "offline", "going-offline") or (
            trial.scenario.blocks[block["block_id"]].zones is None))}
    if not run.is_report:
        return
    if len(set(numbers)) < len(numbers):
        yield f"a block is there twice: {numbers}"
    if set(numbers) - selected - loose:
        yield f"blocks {set(numbers) - selected - loose} are not selected"
    if not run.request.chooses and selected - set(numbers) - loose:
        yield f"blocks {selected - set(numbers) - loose} are missing"
    if not run.request.to and run.doc["requested"] != (run.request.goal or len(numbers)) * trial.scenario.block_size:
        yield f"requested {run.doc['requested']}"
    changed = sum(block["outcome"] in ("changed", "rollback-failed") for block in run.blocks)
    if run.doc["changed"] != changed * trial.scenario.block_size:
        yield f"changed {run.doc['changed']}, of {changed} blocks"


def online_blocks(trial, run, machine):
    """How many of those that are meant are online, as (for certain, with those of which the report may have it otherwise)."""
    request, certain, possible = run.request, 0, 0
    there = ("online", "going-offline") if request.verb == "offline" else ("online",)
    for number in set(trial.before) | set(machine) | trial.scenario.disturbed:
        block = trial.scenario.blocks.get(number)
        strange = machine.get(number, trial.before.get(number, ("absent",)))[0] not in ("online", "offline", "going-offline")
        if block is None or trial.is_loose(run, number) or trial.hides("state", number) or trial.hides("valid_zones", number) or (
                strange or block.zones is None and request.zone):
            possible += 1
            continue
        counts = machine[number][0] in there and request.means(block, *machine[number])
        certain, possible = certain + counts, possible + counts
    return certain, possible


def rule_target(trial, run):
    """With --to: how much was and is online is told as it is, and whether that is as asked follows."""
    request, size = run.request, trial.scenario.block_size
    if not run.is_report or not request.to:
        return
    target = run.doc["target"]
    for key, machine in ("online_before", trial.before), ("online_after", trial.after):
        least, most = online_blocks(trial, run, machine)
        # What is on its way may be anywhere by the time that it is looked at again.
        on_its_way = sum(state == "going-offline" for state, _ in (*trial.before.values(), *trial.after.values()))
        if target[key] is not None and not (least - on_its_way) * size <= target[key] <= (most + on_its_way) * size:
            yield f"{key} {target[key]}, and {least} to {most} blocks are"
    if target["size"] != request.to * size:
        yield f"target {target}"
    if run.doc["outcome"] == "refused" or target["online_after"] is None:
        return
    online, unknown = target["online_after"] // size, target["unknown"] // size
    met = online >= request.to if request.verb == "online" else (
        False if online > request.to else True if online + unknown <= request.to else None)
    if target["met"] != met:
        yield f"target {target} is met: {met}"
    if met and online_before(target, request, size) and trial.stores_of(run) and not trial.scenario.disturbed:
        yield f"something was written with {target}"


def online_before(target, request, size):
    """Whether the target was met before."""
    online, unknown = target["online_before"] // size, target["unknown"] // size
    return online >= request.to if request.verb == "online" else online + unknown <= request.to


def rule_outcome(trial, run):
    """The outcome of the request follows from those of its blocks."""
    outcomes = [block["outcome"] for block in run.blocks]
    if not run.is_report or run.doc["outcome"] == "refused":
        return
    outcome, done = run.doc["outcome"], sum(outcome in DONE for outcome in outcomes)
    in_doubt = any(block["reason"] == "filter" for block in run.blocks)
    met = run.request.goal and done >= run.request.goal
    complete = met and not in_doubt if run.request.goal else done == len(outcomes)
    if run.request.to:
        # What memctl has brought to another zone than asked is online, and yet counts for nothing.
        strayed = sum(block["outcome"] == "wrong-zone" and block["errno"] is None for block in run.blocks)
        met = run.doc["target"]["met"] and (run.doc["target"]["online_after"] // trial.scenario.block_size - strayed
                                            >= run.request.to or run.request.verb == "offline")
        complete = bool(met)
    if (outcome == "complete") != complete:
        yield f"outcome {outcome} with {outcomes}"
    changed = "changed" in outcomes or "rollback-failed" in outcomes
    # What another agent has brought back, or what nobody could read since, was written to all the same.
    written = changed or {"wrong-zone", "reverted", "unverified"} & set(outcomes)
    if outcome == "failed" and changed or outcome == "partial" and not written:
        yield f"outcome {outcome} with {outcomes}"
    if outcome == "rolled-back" and (changed or "rolled-back" not in outcomes):
        yield f"rolled back with {outcomes}"
    if run.request.rollback and not complete and not met and "changed" in outcomes:
        yield f"not rolled back: {outcomes}"
    if not run.request.rollback and {"rolled-back", "rollback-failed"} & set(outcomes):
        yield f"rolled back unasked: {outcomes}"
    # What another agent takes offline is on its way, whatever becomes of our writer.
    ours = [block for block in run.doc["blocks"] if trial.before.get(block["block_id"], ("absent",))[0] != "going-offline"
            and block["outcome"] == "in-progress"]
    if ours and not trial.scenario.stuck:
        yield "a writer was not ended in time"
    if bool(run.doc.get("writer_pid")) and run.doc["writer_pid"] not in trial.writers:
        yield "the writer that is named is in no store"
    if outcome == "interrupted" and not trial.signals:
        yield "interrupted without a signal"


def rule_steps(trial, run):
    """The outcome of a block follows from what was written to it, and from what it was and is."""
    for block, stores, (state, zone) in strict_blocks(trial, run):
        outcome, number, action = block["outcome"], block["block_id"], run.request.action
        ours = [store for store in stores if store.word == action]
        reached = [store for store in ours if store.result == "0" and store.state == run.request.target]
        as_asked = state == run.request.target and (state == "offline" or fits(action, zone) or run.request.wrong)
        blind = trial.hides("state", number) or trial.hides("valid_zones", number) or trial.scenario.blocks[number].zones is None
        wrong = {
            "changed": not reached or not as_asked,
            "already": bool(reached) or not as_asked,
            "not-tried": bool(stores),
            "rolled-back": state != trial.before[number][0] or not reached or (zone == "Movable") != (
                trial.before[number][1] == "Movable"),
            "timeout": not (run.request.timeout or run.request.block_timeout),
            "vanished": True,
            "absent": True,
            "planned": run.doc["outcome"] != "refused",
            "unverified": not trial.hides("state", number),
            "reverted": number not in trial.scenario.disturbed or state == run.request.target,
            "wrong-zone": run.request.verb != "online" or state != "online" or fits(action, zone),
        }.get(outcome, as_asked and outcome != "in-progress" and outcome != "rollback-failed")
        if wrong and not blind:
            yield f"block {number} is {outcome}: before {trial.before[number]}, now {state} {zone}"
        if outcome in RESULTS and ours and ours[-1].result not in RESULTS[outcome] and trial.before[number][0] != "going-offline":
            yield f"block {number} is {outcome} after {ours[-1].line}"
        if outcome in RESULTS and not ours and trial.before[number] != ("online", "none") and (
                trial.before[number][0] != "going-offline"):
            yield f"block {number} is {outcome} without a store"


def rule_stores(trial, run):
    """Only selected blocks are written to, in the words asked for, and not more often than allowed."""
    request = run.request
    for number in {store.block for store in trial.stores_of(run)}:
        words = [store.word for store in trial.stores_of(run, number)]
        # A block at which a deadline hit by mistake has its turn again.
        most = 1 + request.retries + (1 if request.block_timeout or request.timeout else 0)
        if words.count(request.action) > most or len(words) > most + 1:
            yield f"block {number} was written to {len(words)} times"
        if not trial.is_loose(run, number) and not trial.is_selected(run, number) and not trial.hides("state", number):
            yield f"block {number} was written to and is not selected"
        if request.chooses and trial.before[number] == ("online", "none") and request.verb == "offline" and (
                number not in trial.scenario.disturbed and trial.scenario.blocks[number].zones) and not trial.hides(
                    "valid_zones", number):
            yield f"block {number} of several zones was a candidate"


def rule_goal(trial, run):
    """With a goal no more blocks are changed than asked for."""
    changed = sum(block["outcome"] in ("changed", "wrong-zone") for block in run.blocks)
    if run.request.goal and changed > run.request.goal and not trial.scenario.disturbed and not any(
            block["outcome"] == "wrong-zone" for block in run.blocks):
        yield f"{changed} blocks were changed"


def rule_order(trial, run):
    """Blocks have their turn from the lowest up; of many to take offline those of Movable first, and the highest first."""
    scenario, request = trial.scenario, run.request
    if scenario.disturbed or len(trial.runs) > 1 or any(
            fault.op == "read" for fault in scenario.faults) or any(
            block.state not in ("online", "offline") for block in scenario.blocks.values()):
        return
    candidates = [number for number, (state, zone) in trial.before.items() if trial.is_selected(run, number) and (
        state != request.target) and (request.verb == "online" or zone != "none" or scenario.blocks[number].zones is None)]
    candidates.sort(key=lambda number: (
        (trial.before[number][1] != "Movable", -number) if request.chooses and request.verb == "offline" else number))
    tried = list(dict.fromkeys(store.block for store in trial.stores_of(run)))
    if tried != candidates[: len(tried)]:
        yield f"written to {tried}, with candidates {candidates}"


def rule_plan(trial, run):
    """What a dry run said before is what was done, in that order."""
    if trial.plan is None or not trial.plan.is_report:
        return
    # Online words are for offline blocks alone; one that is going offline may get there, or not.
    chosen = [block for block in trial.plan.blocks if run.request.verb == "offline" or block["before"] == "offline"]
    foreseen = [block["block_id"] for block in chosen if block["outcome"] == "planned" or block["reason"] == "spare"]
    planned = sum(block["outcome"] == "planned" for block in chosen)
    tried = list(dict.fromkeys(store.block for store in trial.stores_of(run)))
    if tried != foreseen[: len(tried)]:
        yield f"planned {foreseen}, written {tried}"
    if run.is_report and run.doc["outcome"] in ("complete", "partial", "failed") and len(tried) < planned:
        yield f"planned {foreseen}, written {tried} only"
    if run.is_report and (run.doc["outcome"] == "refused") != (trial.plan.doc["outcome"] == "refused"):
        yield f"the dry run was {trial.plan.doc['outcome']}"


def rule_deadline(trial, run):
    """It ends in time."""
    if run.request.timeout and not run.request.rollback and run.seconds > run.request.timeout / 1000 + GRACE + SLACK:
        yield f"{run.seconds:.1f} s, with a deadline of {run.request.timeout} ms"


def rule_killed(trial, run):
    """After SIGKILL each block is as before, or as asked."""
    for number, before in trial.before.items():
        after = trial.after.get(number)
        if not trial.was_killed(run) or trial.is_loose(run, number) or after == before:
            continue
        blind = trial.scenario.blocks[number].zones is None or any(
            fault.effect == "wrong-zone" and fault.concerns(number) for fault in trial.scenario.faults)
        if after is None or not trial.stores_of(run, number) or after[0] not in (run.request.target, before[0]) or not (
                blind or after[0] != "online" or fits(run.request.action, after[1])):
            yield f"block {number} was {before} and is {after}"


def check_machine(trial):
    """The log is of stores that have to be, and the machine is as they have made it."""
    words = {word for run in trial.runs for word in (
        run.request.action, *(word for number in trial.before for word in trial.undo_words(run.request, number)))}
    states = {number: state for number, (state, _) in trial.before.items()}
    for store in trial.stores:
        number = store.block
        if number is None or store.word not in words:
            yield f"nobody asked for this: {store.line}"
        elif number not in trial.scenario.disturbed:
            if (states.get(number) != "offline") if store.word != "offline" else (states.get(number) == "offline"):
                yield f"written to a block that was {states.get(number)}: {store.line}"
            states[number] = store.state
    written = {store.block for store in trial.stores}
    for number in set(trial.before) - trial.scenario.disturbed:
        if trial.after.get(number, (None,))[0] != states[number] and not trial.writers:
            yield f"block {number} is {trial.after.get(number)}, and was left as {states[number]}"
        if number not in written and trial.after.get(number) != trial.before[number] and not trial.writers:
            yield f"block {number} was {trial.before[number]} and is {trial.after.get(number)}, and nobody wrote to it"


def check_remains(trial):
    """Nobody is left, and the lock is free."""
    stuck = [run.doc["writer_pid"] for run in trial.runs if run.is_report and run.doc.get("writer_pid")]
    if trial.writers != stuck:
        yield f"in a store are {trial.writers}, not {stuck}"
    if set(trial.left) - set(stuck):
        yield f"processes {trial.left} are left"
    if trial.zombies:
        yield f"zombies {trial.zombies} are left"
    more = sum(not trial.is_of_agent(store) for store in trial.stores[trial.runs[0].num_stores:])
    if len(trial.runs) == 1 and more > (1 if trial.was_killed(trial.runs[0]) else 0):
        yield f"{more} stores ended after memctl"
    if trial.is_locked:
        yield "run/memctl.lock is held"


def check_rivals(trial):
    """Two memctl do not mix: the stores of one come after those of the other."""
    owners = [index for store in trial.stores for index, run in enumerate(trial.runs) if store in trial.stores_of(run)]
    changes = sum(a != b for a, b in zip(owners, owners[1:]))
    if len(trial.runs) > 1 and changes > 1 and not any(trial.was_killed(run) for run in trial.runs):
        yield f"two at a time: {owners}"


RULES = [rule for name, rule in sorted(globals().items()) if name.startswith("rule_")]
CHECKS = [check for name, check in sorted(globals().items()) if name.startswith("check_")]
VALIDATE = lib.validator()


def judge(trial):
    """[what is wrong]"""
    wrong = []
    for check in CHECKS:
        wrong += [f"{check.__name__}: {text}" for text in check(trial)]
    for run in trial.runs:
        for rule in RULES:
            wrong += [f"{rule.__name__}: {text}" for text in rule(trial, run)]
    return wrong
