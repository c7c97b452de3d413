# SPDX-License-Identifier: GPL-2.0-or-later
"""What the command line tests in Python share: trees, memctl, the schema, and counting what is wrong (tests/README.md)."""

import contextlib
import fcntl
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import threading

TOP_SRCDIR = os.environ.get("top_srcdir") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOP_BUILDDIR = os.environ.get("top_builddir") or os.path.join(TOP_SRCDIR, "build")
# The program as built, not the script that libtool puts before it; `make check` sets both variables.
MEMCTL = os.environ.get("MEMCTL") or os.path.join(TOP_BUILDDIR, ".libs/memctl")
os.environ.setdefault("LD_LIBRARY_PATH", os.path.join(TOP_BUILDDIR, "libmemhp/.libs"))
MKTREE = os.path.join(TOP_BUILDDIR, "tests/tree/mktree")
MACHINES = os.path.join(TOP_SRCDIR, "tests/data/machines")

os.umask(0o022)
_tmp = tempfile.TemporaryDirectory()
TMP = _tmp.name
os.chmod(TMP, 0o755)

_failures = 0


def skip(reason, kind="machine"):
    """The machine is such that the test cannot run here. In CI that is a failure."""
    print(f"skipped ({kind}): {reason}")
    sys.exit(1 if os.environ.get("CI") == "true" else 77)


def lack(reason):
    """A package, or a newer configuration, is all that is wanting. `./dev check` fails then (tests/results.sh)."""
    skip(reason, "package")


def fail(text):
    global _failures
    _failures += 1
    print(f"FAIL: {text}")


def check(condition, text):
    if not condition:
        fail(text)
    return bool(condition)


def equal(got, expected, text):
    return check(got == expected, f"{text}: {got!r}, not {expected!r}")


def failures():
    """How many there were."""
    return _failures


def finish():
    if _failures:
        print(f"{_failures} failed")
    sys.exit(1 if _failures else 0)


def need(tool, package):
    if not shutil.which(tool):
        lack(f"{tool} is missing: install the package {package}")


def machines():
    return sorted(name[: -len(".machine")] for name in os.listdir(MACHINES) if name.endswith(".machine"))


def machine(name):
    """The tree of tests/data/machines/NAME.machine, made once."""
    tree = os.path.join(TMP, name)
    if not os.path.isdir(tree):
        subprocess.run([MKTREE, os.path.join(MACHINES, name + ".machine"), tree], check=True)
    return tree


def describe(name, text):
    """The tree of a description."""
    tree = os.path.join(TMP, name)
    subprocess.run([MKTREE, "-", tree], input=text.encode(), check=True)
    return tree


@contextlib.contextmanager
def changeable(tree):
    """Where memctl sees a tree as a machine that can be changed, and not as a copy of one: it is mounted as it is (tests/sim)."""
    program = os.path.join(TOP_BUILDDIR, "tests/sim/memhp-sim")
    if not os.access(program, os.X_OK):
        lack("the simulator was not built: install the package libfuse3-dev, and configure again")
    if not os.path.exists("/dev/fuse"):
        skip("/dev/fuse is missing")
    root = tempfile.mkdtemp(dir=TMP)
    with subprocess.Popen([program, tree, root], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        if process.stdout.readline() != b"ready\n":
            skip(f"FUSE cannot be mounted here: {process.stderr.read().decode().strip()}")
        try:
            yield root
        finally:
            process.terminate()


def environment(**more):
    others = "NO_COLOR", "COLUMNS", "LSMEM_COLUMNS", "POSIXLY_CORRECT"
    env = {key: value for key, value in os.environ.items() if key not in others}
    env["LC_ALL"] = "C"
    env.update(more)
    return env


class Run:
    """One run of memctl: status, out, err, and doc, the JSON document on its output."""

    def __init__(self, tree, *args, env=None):
        self.what = " ".join(["memctl", *map(os.fsdecode, args)])
        done = subprocess.run(
            [MEMCTL, *(["--sysroot", tree] if tree else []), *args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=300,  # only what hangs takes so long
            env=environment(**(env or {})),
        )
        self.status = done.returncode
        self.out = done.stdout.decode("utf-8", "backslashreplace")
        self.err = done.stderr.decode("utf-8", "backslashreplace")

    @property
    def doc(self):
        try:
            return json.loads(self.out)
        except ValueError as error:
            fail(f"{self.what}: the output is not one JSON document: {error}\n{self.out[:400]}\n{self.err}")
            return {}


END_OF_TERMINAL = b"\0memctl has ended\0"


def at_terminal(*args, columns=80, stdout=None, env=None, heard=None):
    """Exit status of memctl on a terminal, and all that it said there; heard(said, process) is told while that grows.

    Some kernels drop what is still unread when the last user of a terminal has gone. This side stays one, and what it writes there
    after memctl has ended comes last.
    """
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen([MEMCTL, *args], stdin=theirs, stdout=theirs if stdout is None else stdout, stderr=theirs,
                               env=environment(**{"TERM": "xterm", **(env or {})}))

    def end():
        try:
            process.wait(timeout=300)  # only what hangs takes so long
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.write(theirs, END_OF_TERMINAL)

    # A thread of its own: a full terminal takes no more until it is read.
    ending = threading.Thread(target=end, daemon=True)
    ending.start()
    said = b""
    while not said.endswith(END_OF_TERMINAL):
        said += os.read(ours, 65536)
        if heard:
            heard(said.decode("utf-8", "backslashreplace"), process)
    ending.join()
    os.close(theirs)
    os.close(ours)
    return process.returncode, said[:-len(END_OF_TERMINAL)].decode("utf-8", "backslashreplace").replace("\r\n", "\n")


def validator():
    """A function that says what is wrong with a document, by the schema that memctl ships."""
    try:
        import jsonschema
    except ImportError:
        lack("python3-jsonschema is missing: install the package python3-jsonschema")
    with open(os.path.join(TOP_SRCDIR, "schema/memctl-1.schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    kinds = {"list": "list", "status": "status", "explain": "explain", "watch": "watch", "wait": "wait", "save": "save",
             "diff": "diff",
             **dict.fromkeys(("online", "offline", "remove", "configure", "deconfigure", "probe", "restore"), "change")}
    verbs = {"show": "policy_show", "check": "policy_check", "set": "policy_set", "unset": "policy_set"}

    def errors(doc):
        # Against the one kind of document that it claims to be: the complaint is of more use than "none of them".
        kind = next((key for key in ("error", "progress", "event", "requests") if key in doc), kinds.get(doc.get("command"),
                                                                                        verbs.get(doc.get("verb"))))
        if kind is None:
            return [f"a document without a known command: {json.dumps(doc)[:200]}"]
        one = {"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]}
        return [f"{error.json_path}: {error.message[:300]}" for error in jsonschema.Draft202012Validator(one).iter_errors(doc)]

    return errors


def process(tree, pid, name, frames, pinned=0):
    """A process of the tree that has memory in these page frames"""
    page = os.sysconf("SC_PAGESIZE")
    folder = os.path.join(tree, "proc", str(pid))
    os.makedirs(folder)
    with open(os.path.join(folder, "status"), "w", encoding="utf-8") as file:
        file.write(f"Name:\t{name}\nVmLck:\t       8 kB\nVmPin:\t{pinned:8} kB\n")
    with open(os.path.join(folder, "maps"), "w", encoding="utf-8") as file:
        file.write(f"{16 * page:08x}-{(16 + len(frames)) * page:08x} rw-p 00000000 00:00 0          [heap]\n")
    with open(os.path.join(folder, "pagemap"), "wb") as file:
        file.seek(16 * 8)
        file.write(b"".join(struct.pack("=Q", frame | 1 << 63) for frame in frames))


def checksum(tree):
    """All that could be changed in a tree: every file's type, mode, size, times and, for small ones, content."""
    found = []
    for folder, dirs, files in os.walk(tree):
        for name in sorted(dirs + files):
            path = os.path.join(folder, name)
            info = os.lstat(path)
            content = None
            if re.fullmatch(r"state|online|probe|auto_online_blocks", name) and os.path.isfile(path) and info.st_size < 4096:
                # probe is only to be written; a user who is not root cannot read it.
                with contextlib.suppress(PermissionError), open(path, "rb") as file:
                    content = file.read()
            found.append((path, info.st_mode, info.st_size, info.st_mtime_ns, content))
    return sorted(found, key=lambda entry: entry[0])
