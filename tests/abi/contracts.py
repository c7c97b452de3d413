#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""contracts.py HEADER...: tests in C that call each function of the headers with each bad argument that it may be given, and hold
the answer against what the headers say: libmemhp.h's paragraph "Bad arguments", unless the function says otherwise by
"VALUE when @a index ..." in its @return. A function of which the arguments are not known here is an error, so that none is
forgotten."""

import re
import sys

# What is said of a function stands before it, or in short behind it.
DECLARATION = re.compile(r"^(?:/\*\*((?:(?!\*/).)*)\*/\n)?(?:MEMHP_[A-Z_]+ )?([a-z][a-z0-9_ ]*[ *])(memhp_\w+)\(([^;]*)\);"
                         r"(?: */\*\*<((?:(?!\*/).)*)\*/)?", re.S | re.M)
ENUM = re.compile(r"enum (memhp_\w+) \{(.*?)\n\};", re.S)

# Parameters that can be bad, and how: a pattern of the declaration, the argument, what int answers
BAD = [
    (re.compile(r"^size_t index$|^unsigned int index$|^size_t range$"), ["SIZE_MAX", "1000000"], "-EINVAL"),
    (re.compile(r"^enum memhp_\w+ \w+$"), ["9999", "-1"], "-EINVAL"),
    (re.compile(r"^unsigned int (attrs|flags)$"), ["1U << 31"], "-EINVAL"),
    (re.compile(r"^unsigned int num_slices$"), ["UINT_MAX"], "-EINVAL"),
    (re.compile(r"^unsigned int num_threads$"), ["0", "65", "UINT_MAX"], "-EINVAL"),
    (re.compile(r"^int cancel_fd$"), ["closed_fd()"], "-EBADF"),
    (re.compile(r"^const char \*name$"), ['""', '"no such word"'], "-EINVAL"),
]
# What is given for the others: an object of test-contracts.c by its type, or a value that is good
GOOD = {
    "uint64_t timeout_ms": "0", "int cancel_fd": "-1", "unsigned int num_slices": "0", "unsigned int attrs": "0",
    "unsigned int flags": "0", "uint64_t block_id": "0", "size_t index": "0", "unsigned int index": "0", "size_t range": "0",
    "uint64_t time_s": "0", "uint64_t num_blocks": "0", "uint64_t num_changed": "0",
    "uint64_t size_bytes": "0", "size_t num_ranges": "1", "uint64_t addr": "0", "const char *value": '"online"',
    "int *number": "&(int){ 0 }", "unsigned int node_id": "0", "uint64_t value": "0",
    "uint64_t start_addr": "0", "uint64_t last_addr": "0xfff",
    "int *error": "&(int){ 0 }", "const char **value": "&(const char *){ NULL }",
    "const uint64_t *start_addrs": "&(uint64_t){ 0 }", "const uint64_t *last_addrs": "&(uint64_t){ 0xfff }",
    "const char *device": '"dax0.0"', "const char *path": '"sys"', "int flags": "O_RDONLY", "int fd": "-1",
}
# A selection takes names of sources that no machine has, for those may come; empty ones it does not.
EXCEPT = {("memhp_selection_add_source", '"no such word"')}


def declarations(files):
    for file in files:
        with open(file, encoding="utf-8") as text:
            for before, result, name, params, behind in DECLARATION.findall(re.sub(r"\n\t+ *", " ", text.read())):
                doc = before or behind or sys.exit(f"contracts.py: {name} is not documented")
                params = [] if params == "void" else [p.strip() for p in params.split(",")]
                yield re.sub(r"\n \*\s*", " ", doc), result.strip(), name, params


def enums(files):
    for file in files:
        with open(file, encoding="utf-8") as text:
            for name, body in ENUM.findall(text.read()):
                yield name, re.findall(r"^\t(MEMHP_\w+)", body, re.M)


def answer(doc, result, param, number):
    """What a function answers to a bad argument, as an expression and how it is compared"""
    own = re.search(r"(NULL|-?\d+|MEMHP_\w+) when(?: there| [^.;]*@a (?:%s))" % param, doc)
    if own and not result.startswith("int") or own and own.group(1) == "-1":
        return own.group(1)
    if result.endswith("*"):
        return "NULL"
    return number if result == "int" else "0"


def argument(param):
    """A good one"""
    if param in GOOD:
        return GOOD[param]
    out = re.match(r"(?:struct (memhp_\w+) \*\*|enum (memhp_\w+) \*|(?:uint64_t|size_t) \*)\w+$", param)
    if out:
        return "untouched"
    thing = re.match(r"(?:const )?struct memhp_(\w+) \*\w+$", param)
    if thing:
        return f"thing.{thing.group(1)}"
    if re.match(r"enum memhp_\w+ \w+$", param):
        return "1"
    sys.exit(f"contracts.py: what is a good {param!r}?")


def calls(doc, result, name, params):
    for place, param in enumerate(params):
        for pattern, values, number in BAD:
            if not pattern.match(param) or param.startswith("const char *name") and not name.endswith("from_name") \
                    and name != "memhp_selection_add_source":
                continue
            for value in values:
                if (name, value) in EXCEPT:
                    continue
                if value == "SIZE_MAX" and param.startswith("unsigned int"):
                    value = "UINT_MAX"
                arguments = [value if i == place else argument(p) for i, p in enumerate(params)]
                text = f"{name}({', '.join(arguments)})".replace("untouched", "(void *)&untouched")
                yield text, answer(doc, result, param.split()[-1].lstrip("*"), number), result


def main(files):
    known = 0
    print("/* Made by contracts.py */\nSTART_TEST(bad_arguments)\n{")
    for doc, result, name, params in declarations(files):
        if result == "void" and name.endswith(("_free", "_unref")):
            print(f"\t{name}(NULL);")
            known += 1
        for text, expected, kind in calls(doc, result, name, params):
            known += 1
            if kind == "void":
                continue
            if kind.endswith("*"):
                print(f"\tis_null({text}, \"{name}\");" if expected == "NULL" else sys.exit(f"{name}: {expected}?"))
            else:
                print(f"\tis_number((long long)({text}), {expected}, \"{name}\");")
    print("}\nEND_TEST\n\nSTART_TEST(names)\n{")
    functions = {name: params for _, _, name, params in declarations(files)}
    for enum, values in enums(files):
        for name, params in functions.items():
            if len(params) == 1 and params[0].startswith(f"enum {enum} ") and name.endswith(("_name", "_path")):
                print(f"\tHAS_NAMES({name}, {', '.join(values)});")
                known += 1
    print("}\nEND_TEST")
    if known < 100:
        sys.exit(f"contracts.py: {known} contracts are not all: how are the headers written?")


main(sys.argv[1:])
