#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""No sentence of memctl is longer than 240 characters: none in its sources, with sample values, and none that it says of any
machine of tests/data/machines, where each is a line of a pipe. --print shows those of the sources, to be read in one sitting."""

import glob
import os
import re
import sys

import lib

LONGEST = 240

STRING = r'"((?:[^"\\\n]|\\.)*)"'
# Adjacent literals are one; a macro of <inttypes.h>, or one that is defined in the file, may stand between them.
TOKEN = re.compile(rf'{STRING}|\b(PRI[a-zA-Z0-9]+|[A-Z][A-Z0-9_]{{3,}})\b|/\*.*?\*/|//[^\n]*|(\S)', re.S)
CONVERSION = re.compile(r"%[-+ #0]*[\d*]*(?:\.[\d*]+)?(?:hh|h|ll|l|z|j)?([a-zA-Z%])")

# What stands for an argument by the words in its expression, the first that fits; and for one of another name by its conversion
SAMPLES = [
    (r"\bstrerror\b", "Input/output error"), (r"errno_name|\berror\b", "EIO"), (r"name_holder|process", "process 801"),
    (r"sysroot|\broot\b|root_of", ""), (r"nearest|\bhint\b|\bmeant\b", '; did you mean "online"?'),
    (r"file|path|place", "/etc/default/grub"), (r"command|\bverb\b", "offline"), (r"blocks\b", "32-39, 45"),
    (r"device|source|missing|container", "dimm:PNP0C80:00"), (r"elapsed|whole|\bage\b|deadline", "1.5m"),
    (r"\balready\b.*words|words->already", "offline"), (r"words->would", "be taken offline"), (r"words->done", " offline"),
    (r"size|amount|available|keep|more_text|less|bytes|movable|kernel|wanted|changed|already|unverified|room", "512M"),
    (r"\btext\b|\bwhy\b|_text\(", "busy"), (r"\bpage\b", ": a page table, page 0x7"), (r"owner", "sshd"),
    (r"zone", "Movable"), (r"processes", "qemu (pid 801, 4K)"), (r"loader", "grub"), (r"operand|arg|word|value", "online"),
]
BY_CONVERSION = {"s": "online", "d": "12", "u": "12", "x": "100000000", "c": "x", "f": "3.50", "g": "3.5", "%": "%"}

# What the sentences of memctl policy check and of memctl explain have in place of conversions
WORDS = {"key": "auto_online_blocks", "value": "online", "setting": "auto_online_blocks=online", "zone": "to ZONE_MOVABLE",
         "source": "/etc/udev/rules.d/60-memory.rules:3", "condition": ', if CONST{virt}=="kvm"', "effect": "online",
         "path": "/sys/devices/system/memory/auto_online_blocks", "lack": "cannot be read", "agent": "kmem", "percent": "301",
         "timing": ", depending on timing", "text": 'ACTION=="add", RUN+="/usr/local/bin/notice-memory"', "share": "1/64",
         "found": "online already", "replay": "take offline what is online", "contiguous": " (online_policy=contig-zones)",
         "wanted": "offline", "wish": "it offline", "foe": "online_policy=auto-movable goes by its ratio alone and wins",
         "need": "virtio-mem stops adding memory when too much of it is offline", "unused": "auto_online_blocks names a zone",
         "memmap": "there is no memmap_on_memory", "remedy": "memctl policy set auto_online_blocks=online"}

COMMANDS = """
list
list -v
list --by zone
list --zone Normal --node 0
list -o FOO
list --frobnicate
status
explain
explain --map
explain --block 0
explain --block 4
explain --who
policy show --verbose
policy check
policy set auto_online_blocks online
policy set auto_online_blocks onlin
policy set online_policy auto-movable --persist --dry-run
policy set movable_node Y --persist
policy unset online_policy
policy frobnicate
online
online --all
online --all --movable --dry-run
online --all --kernel --dry-run
online --size 1
offline --all
offline --all --force --dry-run --who
offline --count 3000 --dry-run
offline --block 0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30 --dry-run --force
offline --block 99999
offline --range 0x1-0x2
offline --all --keep-free 100G --dry-run
remove --source boot
remove --source dimm:PNP0C80:00
remove --source dimm:PNP0C80:01 --dry-run
remove --source dax0.0
remove --source virtio-mem:virtio0
remove --source standby
remove --address 0x0
configure --all
configure --block 10-15 --memmap-on-memory --dry-run
configure --source dax0.0 --dry-run
configure --source dax1.0 --movable --dry-run
configure --all --movable
deconfigure --all --dry-run
probe 0x1
probe 0x800000000 --dry-run
probe 0x20000000 0x40000000 0x10000000 0x200000000000 --dry-run
probe --force --unbacked 0x40000000 --dry-run
frobnicate
""".strip().splitlines()


def macros(text):
    """Names that stand for a string, in this file"""
    found = {}
    for name, body in re.findall(r"^#define[ \t]+([A-Z][A-Z0-9_]+)[ \t]+((?:\\\n|[^\n])*)", text, re.M):
        if re.fullmatch(rf"(?:\s|\\\n|{STRING})+", body):
            found[name] = "".join(re.findall(STRING, body))
    return found


def literals(text):
    """Runs of adjacent literals, with the line that each begins in and the arguments behind it"""
    known, run, start, end = macros(text), None, 0, 0
    body = re.sub(r"^#(?:\\\n|[^\n])*", lambda match: "\n" * match.group().count("\n"), text, flags=re.M)
    for match in TOKEN.finditer(body):
        literal, word, other = match.group(1), match.group(2), match.group(3)
        if literal is not None or word in known:
            if run is None:
                run, start = "", body.count("\n", 0, match.start()) + 1
            run += literal if literal is not None else known[word]
            end = match.end()
        elif word and word.startswith("PRI") and run is not None:
            run += word[3]
            end = match.end()
        elif (word or other) and run is not None:
            yield start, run, arguments(body[end:end + 2000])
            run = None


def arguments(rest):
    """Those that stand behind a format, up to the parenthesis that ends the call"""
    found, depth, begin = [], 0, None
    for match in re.finditer(rf"{STRING}|\S", rest):
        char = match.group()
        if not found and begin is None and char != ",":
            return []
        if char == "," and depth == 0 or char == ")" and depth == 0:
            if begin is not None:
                found.append(rest[begin:match.start()].strip())
            begin = match.end()
            if char == ")":
                return found
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(char, 0)
    return []


def unescape(literal):
    return literal.replace('\\"', '"').replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\")


def value(argument, conversion):
    """A sample for it: the longest of the literals that it chooses among, or by the words in it"""
    strings = re.findall(STRING, argument or "")
    if strings and "?" in argument and conversion == "s":
        return CONVERSION.sub("512M", unescape(max(strings, key=len)))
    if conversion == "s":
        for words, found in SAMPLES:
            if re.search(words, argument or ""):
                return found
    return BY_CONVERSION.get(conversion, "12")


def sample(literal, given):
    """As it is printed, with a value for each conversion"""
    values, text = iter(given), unescape(literal)

    def convert(match):
        if match[1] == "%":
            return "%"
        argument = next(values, None)
        # What the user has typed stands in quotes.
        return "onlin" if match[0] == "%s" and text[:match.start()].endswith('"') else value(argument, match[1])

    if not re.search(r"\{[a-z]+\}", text):
        text = CONVERSION.sub(convert, text)
    text = re.sub(r"\{([a-z]+)\}", lambda match: WORDS.get(match[1], match[0]), text)
    return re.sub(r"(?<![\w%])@(?!\w)", "64M", text)


def sentences(path):
    """What has blanks and is no usage line, format of a number or list of words"""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for line, literal, given in literals(text):
        for part in sample(literal, given).strip("\n").split("\n"):
            if part.count(" ") >= 2 and re.search(r"[a-z]{3} [a-z]", part):
                yield line, part.strip()


def read_sources(shows):
    num = 0
    for path in sorted(glob.glob(os.path.join(lib.TOP_SRCDIR, "cmd/**/*.c"), recursive=True)):
        name, headed = os.path.relpath(path, lib.TOP_SRCDIR), False
        for line, said in sentences(path):
            num += 1
            if shows:
                print(f"{line}: {said}" if headed else f"\n== {name}\n{line}: {said}")
            headed = True
            lib.check(len(said) <= LONGEST, f"{name}:{line}: {len(said)} characters: {said}")
    lib.check(num >= 300, f"{num} sentences are too few: they were not found")


def measure(run, root):
    for line in (run.out + run.err).replace(root, "").splitlines():
        lib.check(len(line) <= LONGEST, f"{run.what}: {len(line)} characters: {line}")


def main():
    shows = "--print" in sys.argv
    read_sources(shows)
    for name in [] if shows else lib.machines():
        tree = lib.machine(name)
        for line in COMMANDS:
            measure(lib.Run(tree, *line.split()), tree)
    lib.finish()


main()
