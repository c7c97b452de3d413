# SPDX-License-Identifier: GPL-2.0-or-later
"""What has to be true after the scenarios of aims.py: as in rules.py, a rule yields what is wrong. What somebody else has done is
known from the log."""

from aims import SIZE, WORDS
from rules import DONE, check_remains, rule_documents, rule_status


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


def goals(trial, request):
    """What is saved; of blocks of the last request what they were before it, where nobody else has changed them since."""
    if not trial.former:
        return request.saved
    return {number: place for number, place in trial.former.before.items() if is_alone(trial.former, number)}


def stays(run):
    """The blocks that restore --last leaves alone"""
    ends = [[int(word) for word in row["block"].split("-")] for row in run.doc.get("stays", ())]
    return {number for one in ends for number in range(one[0], one[-1] + 1)}


def rule_restored(trial, run):
    """Complete means that all of it is as saved, rolled back that it is as before; the rest follows from the blocks."""
    if run.request.verb != "restore" or not run.is_report or run.doc["outcome"] == "refused":
        return
    saved, outcome = goals(trial, run.request), run.doc["outcome"]
    outcomes = {block["block_id"]: block["outcome"] for block in run.blocks}
    if (outcome == "complete") != (all(word in DONE for word in outcomes.values()) and not stays(run)):
        yield f"outcome {outcome} with {outcomes}, and {stays(run)} left alone"
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
    saved = goals(trial, run.request)
    for block in run.blocks:
        number = block["block_id"]
        if block["before"] != "online" or saved.get(number, ("",))[0] != "online" or trial.after[number][0] != "offline":
            continue
        takers = [store for store in trial.stores if store.block == number and store.word == "offline" and store.result == "0"]
        # What the agent has taken offline goes back to that.
        if takers and not any(map(trial.is_of_agent, takers)) and block["outcome"] != "rollback-failed":
            yield f"block {number} was taken offline and stays so: {block}"


ZONES = {"online_movable": "Movable", "online_kernel": "Normal"}


def fits(place, wanted):
    """A zone that is None is any."""
    return place[0] == wanted[0] and (wanted[1] is None or is_same(place, wanted))


def earlier_places(trial, number):
    """[(state, zone)] that a block may have had before the first store of the request before"""
    former, ours = trial.former, places(trial.former)
    others = [store for store in former.stores[:ours[0] if ours else None] if store.block == number]
    return [former.before[number], *((store.state, ZONES.get(store.word)) for store in others)]


def wanted_place(request, number):
    """What a request makes of a block"""
    if request.verb == "restore":
        return request.saved[number]
    return (request.target, ZONES.get(request.action))


def rule_left_alone(trial, run):
    """restore --last: what somebody else has changed is named, and as that left it, or is brought back as well."""
    if not trial.former or not run.is_report or run.doc["outcome"] == "refused":
        return
    named, outcomes = stays(run), {block["block_id"]: block["outcome"] for block in run.blocks}
    for number in run.request.meant:
        now, after, then = trial.before[number], trial.after[number], earlier_places(trial, number)
        was_alone, stays_alone = is_alone(trial.former, number), is_alone(trial, number)
        if number in named and (places(trial, number) or number in outcomes or was_alone and stays_alone):
            yield f"block {number} is to be left alone"
        if number in named or was_alone or not stays_alone:
            continue
        if outcomes.get(number) == "changed" and not any(fits(after, place) for place in then):
            yield f"block {number} is {after}, and was {then} before"
        if number not in outcomes and after != now:
            yield f"block {number} was {now} and is {after}, and nothing is told of it"


def rule_cut_off(trial, run):
    """restore --last: a block of a request that was killed is brought back where it is as that was to leave it, else named."""
    if not trial.former or not run.is_report or run.doc["outcome"] == "refused" or trial.former.runs[0].doc:
        return
    named, outcomes = stays(run), [block["block_id"] for block in run.blocks]
    for number in filter(lambda number: places(trial.former, number) and is_alone(trial, number), run.request.meant):
        now, wanted = trial.before[number], wanted_place(trial.former.runs[0].request, number)
        then = earlier_places(trial, number)
        if any(fits(now, place) for place in then):
            continue
        # One that goes to another zone is offline half way.
        is_left = fits(now, wanted) or now[0] == "offline" and {wanted[0], *(place[0] for place in then)} == {"online"}
        if number not in (outcomes if is_left else named):
            yield f"block {number} was {then}, was to be {wanted} and is {now}, and is not {'brought back' if is_left else 'named'}"


def rule_no_note(trial, run):
    """Where restore --last finds no request there is nothing to bring back."""
    if not trial.former or run.is_report:
        return
    if run.status != 1 or "no request has left a note" not in run.doc["error"]["text"]:
        yield "there is no report"
    for number, place in goals(trial, run.request).items():
        if not is_same(place, trial.before[number]):
            yield f"block {number} was {place}, and is {trial.before[number]}"
    if places(trial):
        yield "something was written"


def rule_words(trial, run):
    """memctl writes what leads to where it is to go, or back to where it was."""
    request, saved = run.request, goals(trial, run.request)
    for store in (trial.stores[place] for place in places(trial)):
        if request.verb == "restore" and trial.former and store.block not in saved:
            words = WORDS
        elif request.verb == "restore":
            state, zone = saved[store.block]
            words = {"offline", *online_words(zone)} if state == "online" else {"offline"}
        else:
            words = {request.action}
        if request.rollback or (request.verb == "restore" and trial.before[store.block][0] == "online"):
            words = set(words) | {"offline", "online_movable", "online_kernel"}
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
