#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""library.py SOURCE FOLDER: writes a manual page for each header of libmemhp/memhp, libmemhp-NAME.3, of what the header says.

`make pages` does it in the source, tests/lint/pages.sh compares."""

import glob
import os
import re
import sys
import textwrap

# A comment, what is declared, and a comment behind it; or a comment of nothing
ITEM = re.compile(r"(?:/\*\*(?P<before>(?:(?!\*/).)*)\*/\n)?"
                  r"(?P<code>(?:MEMHP_MUST_CHECK |MEMHP_SENTINEL )?(?:enum \w+ \{.*?\n\};|typedef [^;]*;|#define \w[^\n]*"
                  r"|[a-z][\w *]*\bmemhp_\w+\([^;]*\)[^;]*;|struct memhp_\w+;))"
                  r"(?: */\*\*<(?P<behind>(?:(?!\*/).)*)\*/)?|/\*.*?\*/", re.S)
CONSTANT = re.compile(r"(?:/\*\*((?:(?!\*/).)*)\*/\s*)?\b(MEMHP_\w+)(?: = [^,/\n]+)?,?"
                      r"(?: */\*\*<((?:(?!\*/).)*)\*/)?", re.S)
BOLD, ROMAN = "\\fB", "\\fR"
HEAD = '''.\\" SPDX-License-Identifier: LGPL-2.1-or-later
.\\" Made of libmemhp/memhp/{header} by make pages.
.TH LIBMEMHP\\-{upper} 3 {date}
.nr HY 0
.nh
.ad l
.SH NAME
'''


def words(text):
    """The words of a comment"""
    return " ".join(re.sub(r"^\s*\*(?: |$)", "", line).strip() for line in (text or "").splitlines()).strip()


def filled(text):
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "")
    text = re.sub(r"@a (\w+)", r"\\fI\1\\fR", text)
    text = re.sub(r"@ref (\w+) ?", r"\\fB\1\\fR", text)
    text = re.sub(r"\*\*(.+?)\*\*", r"\\fB\1\\fR", text)
    text = re.sub(r"\b(memhp_\w+)\(\)", r"\\fB\1\\fR()", text)
    # A sentence a line, and no line that roff takes for a request
    text = re.sub(r"([a-z)\]0-9]{2}[.:;]) (?=[A-Z0-9\\])", r"\1\n", text)
    lines = "\n".join(map(filled, text.split("\n")))
    return re.sub(r"^(?=[.'])", r"\\&", lines, flags=re.M)


def paragraphs(text):
    """What a comment says: the text, the parameters, and what is returned"""
    text, *commands = re.split(r"@(?=param|return|struct)", words(text))
    if text.strip():
        yield roff(text.strip())
    for command in commands:
        kind, _, rest = command.partition(" ")
        name, _, meaning = rest.partition(" ")
        if kind == "struct":
            yield roff(meaning.strip())
        elif kind == "param":
            yield f".TP\n.I {name}\n{roff(meaning.strip())}"
        else:
            yield f".TP\nReturns\n{roff(rest.strip())}"


def described(text):
    """One paragraph after the other; those with a tag have their own distance."""
    result = ""
    for paragraph in paragraphs(text):
        result += ("" if not result or paragraph.startswith(".TP") else ".PP\n") + paragraph + "\n"
    return result


def constants(body):
    body = re.sub(r"/\*(?!\*)(?:(?!\*/).)*\*/", "", body, flags=re.S)
    for before, name, behind in CONSTANT.findall(body):
        yield f".TP\n.BR {roff(name)}\n{roff(words(before or behind)) or name.lower()}\n"


def page(path, date):
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"\n\t+ *(?=[^\n]*\);)", " ", file.read())
    header = os.path.basename(path)
    name = header[:-len(".h")]
    title = words(re.search(r"/\*\* @file(?: \S+\n \* @brief)?((?:(?!\*/).)*)\*/", text, re.S).group(1))
    text = text[text.index("MEMHP_BEGIN_DECLS") + len("MEMHP_BEGIN_DECLS"):] if "\nMEMHP_BEGIN_DECLS" in text else ""
    functions, types = [], []
    for item in ITEM.finditer(text):
        if not item["code"]:
            continue
        said, code = item["before"] or item["behind"] or "", item["code"]
        function = None if code.startswith(("typedef", "#")) or "{" in code else re.search(r"\b(memhp_\w+)\(", code)
        (functions if function else types).append((function and function[1], code, said))
    if not functions and not types:
        return None
    # "Snapshot: what it is", or else what is said of the object
    title = title.partition(": ")[2]
    brief = title or next(words(said).split(" ", 2)[2] for _, _, said in types if "@struct" in said)
    brief = re.split(r"[.:;] ", brief + " ")[0]
    names = ", ".join(["libmemhp\\-" + name.replace("-", "\\-"), *(function for function, _, _ in functions)])
    out = HEAD.format(header=header, upper=name.upper().replace("-", "\\-"), date=date)
    out += filled(f"{names} \\- {roff(brief[0].lower() + brief[1:])}") + "\n.SH SYNOPSIS\n.nf\n.B #include <libmemhp.h>\n"
    for function, code, _ in functions:
        code = re.sub(r"^MEMHP_\w+ ", "", " ".join(code.split()))
        lines = textwrap.wrap(re.sub(r"(?<!,) ", "\0", code), 72, subsequent_indent="    ", break_long_words=False)
        code = "\n".join(lines).replace("\0", " ") # broken between parameters
        out += f".PP\n{code.replace(function, f'{BOLD}{function}{ROMAN}', 1)}\n"
    out += ".fi\n.SH DESCRIPTION\n" + (roff(title[0].upper() + title[1:]) + "\n" if title else "")
    for _, code, said in types:
        kind = re.match(r"(enum|struct) (memhp_\w+)|typedef .*?\(\*(\w+)\)|#define (\w+)", code, re.S)
        if not kind or not said:
            continue
        out += f".SS {kind[0].split('(')[0].split('{')[0].strip() if kind[1] else roff(kind[3] or kind[4])}\n{described(said)}"
        if code.startswith("typedef"):
            out += ".PP\n" + roff(" ".join(code.split())) + "\n"
        if "{" in code:
            out += "".join(constants(code[code.index("{"):]))
    for function, _, said in functions:
        out += f".SS {function}()\n{described(said)}"
    return out + ".SH SEE ALSO\n.BR libmemhp (3),\nwhich says what holds for all of them, and\n.IR libmemhp.h .\n"


def main():
    source, folder = sys.argv[1:]
    with open(os.path.join(source, "man/libmemhp.3"), encoding="utf-8") as file:
        date = re.search(r"^\.TH LIBMEMHP 3 (.*)", file.read(), re.M).group(1)
    for path in sorted(glob.glob(os.path.join(source, "libmemhp/memhp/*.h"))):
        text = page(path, date)
        if text:
            name = os.path.basename(path)[:-len(".h")]
            with open(os.path.join(folder, f"libmemhp-{name}.3"), "w", encoding="utf-8") as file:
                file.write(text)


main()
