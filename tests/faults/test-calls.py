#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A sample of the system calls that can fail, one at a time ("Faults" in tests/README.md)."""

import os
import sys

RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "run")

os.execv(sys.executable, [sys.executable, RUN, "calls", "--sample", "120", "--seed", "1"])
