#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A short campaign, always of the same scenarios; make campaign runs more of them."""

import simlib
from campaign import campaign
from simlib import lib

# The last two are rolled back, which is rare.
SEEDS = [*range(1, 99), 130, 205]


def test_campaign():
    kinds = campaign(SEEDS, jobs=2)
    lib.equal(kinds["scenarios"], len(SEEDS), "scenarios")
    # That they come to something: these do not depend on when a signal arrives.
    for kind in ("outcome complete", "outcome partial", "outcome failed", "outcome refused", "outcome rolled-back", "error usage",
                 "wait complete", "restore --last"):
        lib.check(kinds[kind] > 0, f"no scenario with {kind}")


simlib.run_tests(globals())
