#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A sample of the allocations that can fail, one at a time and from one on ("Faults" in tests/README.md)."""

import os
import sys

RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "run")

os.execv(sys.executable, [sys.executable, RUN, "alloc", "--sample", "600", "--seed", "0"])
