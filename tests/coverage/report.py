#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests have run of the sources, in a build for gcov: report.py SOURCE BUILD

Prints a table of folders and the lines that did not run. It fails below LEAST percent, and unless every function has run but for
those that unreached.txt names with the reason.
"""

import collections
import json
import os
import subprocess
import sys

LEAST = {"lines": 95, "branches": 90}
FOLDERS = "libmemhp", "cmd"
NAMED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "unreached.txt")


def measure(source, build):
    """What gcovr knows of each file. Branches that only the compiler has made are none."""
    command = ["gcovr", "--root", source, "--object-directory", build, "--json", "--exclude-unreachable-branches",
               "--exclude-throw-branches"]
    for folder in FOLDERS:
        command += ["--filter", os.path.join(os.path.realpath(source), folder) + "/"]
    done = subprocess.run([*command, build], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)["files"]


def count(file):
    """How many lines and branches there are, and how many have run."""
    lines = [line["count"] > 0 for line in file["lines"] if not line["gcovr/noncode"]]
    branches = [branch["count"] > 0 for line in file["lines"] if not line["gcovr/noncode"] for branch in line["branches"]]
    return collections.Counter({"lines": len(lines), "lines run": sum(lines),
                                "branches": len(branches), "branches run": sum(branches)})


def percent(counts, what):
    return 100 * counts[what + " run"] / (counts[what] or 1)


def show(files):
    """Lines that did not run, and the table of folders. Returns the sum of all."""
    folders = collections.defaultdict(collections.Counter)
    for file in files:
        name = file["file"]
        missing = [str(line["line_number"]) for line in file["lines"] if not line["gcovr/noncode"] and not line["count"]]
        if missing:
            print(f"{name}: {', '.join(missing)}")
        for folder in os.path.dirname(name), "all":
            folders[folder] += count(file)
    print(f"\n{'':20} {'lines':>14} {'branches':>16}")
    for folder, counts in folders.items():
        if folder != "all":
            row(folder, counts)
    row("all", folders["all"])
    return folders["all"]


def row(folder, counts):
    print(f"{folder:20} {counts['lines']:6} {percent(counts, 'lines'):6.1f}% {counts['branches']:8} "
          f"{percent(counts, 'branches'):6.1f}%")


def named():
    """The functions that need not run: FILE FUNCTION REASON, one a line."""
    with open(NAMED, encoding="utf-8") as file:
        return {tuple(line.split()[:2]) for line in file if line.strip() and not line.startswith("#")}


def wrong(files, total):
    """What is wrong, a sentence each."""
    functions = {(file["file"], function["name"]): function["execution_count"] for file in files for function in file["functions"]}
    for what, least in LEAST.items():
        if percent(total, what) < least:
            yield f"{percent(total, what):.2f}% of the {what} have run, which is less than {least}%"
    for file, function in sorted(key for key in functions if not functions[key] and key not in named()):
        yield f"{file}: nothing runs {function}(), and unreached.txt does not say why"
    for file, function in sorted(key for key in named() if functions.get(key) != 0):
        yield f"{file}: unreached.txt says that nothing runs {function}(), which is not so"


def main():
    files = measure(*sys.argv[1:3])
    failures = list(wrong(files, show(files)))
    for failure in failures:
        print(f"FAIL: {failure}")
    sys.exit(1 if failures else 0)


main()
