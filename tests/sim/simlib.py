# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests on the simulator share, beside cli/lib.py: a mounted machine, and processes that write into it (sim.h)."""

import errno
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../cli"))

import lib  # noqa: E402

# What is ignored from the start, as under nohup(1) and in the background of a script, memctl goes on ignoring.
for _number in signal.SIGHUP, signal.SIGINT, signal.SIGQUIT:
    if signal.getsignal(_number) == signal.SIG_IGN:
        signal.signal(_number, signal.default_int_handler)

PROGRAM = os.path.join(lib.TOP_BUILDDIR, "tests/sim/memhp-sim")

# Only what hangs takes so long.
PATIENCE = 120
# For memctl, where something has to be through before the deadline, and for what takes the whole of it.
DEADLINE = "5s"

MACHINE = """
node 0 cpus 0-3
blocks 0-7 node 0 zones Normal
blocks 8-11 node 0 zones Movable
blocks 12-15 node 0 state offline zones "Normal Movable"
"""


def until(condition, what):
    """Wait for something that is going to be."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            lib.fail(f"{what}: still not so after {PATIENCE} s")
            return False
        time.sleep(0.002)
    return True


class Sim:
    """A simulated machine, mounted at .root while in a `with`."""

    def __init__(self, text=MACHINE, more=""):
        self.folder = tempfile.mkdtemp(dir=lib.TMP)
        os.chmod(self.folder, 0o755)
        self.root = os.path.join(self.folder, "mount")
        os.mkdir(self.root)
        machine = os.path.join(self.folder, "machine")
        with open(machine, "w", encoding="utf-8") as file:
            file.write(text + more)
        self.process = subprocess.Popen([PROGRAM, machine, self.root], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env={**os.environ, "TMPDIR": self.folder})
        if self.process.stdout.readline() != b"ready\n":
            raise RuntimeError(self.process.communicate()[1].decode())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        _, err = self.process.communicate(timeout=PATIENCE)
        lib.equal(self.process.returncode, 0, "memhp-sim ends with")
        lib.equal(err, b"", "memhp-sim says")
        lib.check(not os.path.ismount(self.root), "it is still mounted")

    def tree(self):
        """The plain folder behind the mount: the machine as it was at first, as mktree would make it."""
        return next(entry.path for entry in os.scandir(self.folder) if entry.name.startswith("memhp-sim."))

    def path(self, name):
        """A file's path: of memory12/state and the like, else from the root."""
        from_root = not name or name.split("/")[0] in ("sys", "sim", "run", "proc")
        return os.path.join(self.root, name if from_root else f"sys/devices/system/memory/{name}")

    def read(self, name):
        fd = os.open(self.path(name), os.O_RDONLY)
        try:
            text = b""
            while part := os.pread(fd, 65536, len(text)):
                text += part
            return text.decode()
        finally:
            os.close(fd)

    def write(self, name, word):
        """One store: 0, or the name of the errno."""
        try:
            fd = os.open(self.path(name), os.O_WRONLY)
            try:
                count = os.write(fd, word if isinstance(word, bytes) else word.encode())
                return 0 if count == len(word) else f"{count} bytes"
            finally:
                os.close(fd)
        except OSError as error:
            return errno.errorcode.get(error.errno, error.errno)

    def do(self, line):
        lib.equal(self.write("sim/do", line), 0, f"sim/do {line}")

    def state(self, block):
        return self.read(f"memory{block}/state").strip()

    def zones(self, block):
        return self.read(f"memory{block}/valid_zones").strip()

    def truth(self):
        """{id: (state, zone)}"""
        return {int(words[0]): (words[1], words[2]) for words in map(str.split, self.read("sim/truth").splitlines())}

    def log(self):
        """[(file, word, result, state)]"""
        return [tuple(line.split()[2:]) for line in self.read("sim/log").splitlines()]

    def writers(self):
        return [int(word) for word in self.read("sim/writers").split()[1:]]


class Writer:
    """A process that does one store: handled signals have a handler, blocked ones are."""

    def __init__(self, sim, name, word, handled=(), blocked=()):
        fd = os.open(sim.path(name), os.O_WRONLY)
        self.sim = sim
        self.pid = os.fork()
        if self.pid == 0:
            status = 0
            signal.pthread_sigmask(signal.SIG_BLOCK, blocked)
            for number in handled:
                signal.signal(number, raise_interrupted)
            try:
                os.write(fd, word.encode())
            except OSError as error:
                status = error.errno
            os._exit(status)
        os.close(fd)

    def inside(self):
        until(lambda: self.pid in self.sim.writers(), f"process {self.pid} inside its store")
        return self

    def kill(self, number):
        os.kill(self.pid, number)
        return self

    def result(self):
        """0, the name of an errno, or of the signal that ended it."""
        until(self._ended, f"the end of process {self.pid}")
        if os.WIFSIGNALED(self.status):
            return signal.Signals(os.WTERMSIG(self.status)).name
        return errno.errorcode.get(os.WEXITSTATUS(self.status), os.WEXITSTATUS(self.status))

    def _ended(self):
        pid, self.status = os.waitpid(self.pid, os.WNOHANG)
        return pid == self.pid


def raise_interrupted(*_):
    """A handler: without an exception Python starts a write anew that a signal has interrupted."""
    raise InterruptedError(errno.EINTR, "interrupted")


def need_simulator():
    """Skip the test where nothing can be simulated."""
    if not os.access(PROGRAM, os.X_OK):
        lib.lack("the simulator was not built: install the package libfuse3-dev, and configure again")
    if not os.path.exists("/dev/fuse"):
        lib.skip("/dev/fuse is missing")
    try:
        with Sim():
            pass
    except RuntimeError as error:
        lib.skip(f"FUSE cannot be mounted here: {error}".strip())


def run_test(test):
    """Call a test; whether something was wrong."""
    before = lib.failures()
    started = time.monotonic()
    test()
    failed = lib.failures() > before
    print(f"{test.__name__}: {'failed' if failed else 'ok'} {time.monotonic() - started:.2f} s", flush=True)
    return failed


def run_tests(names, jobs=1):
    """Call every test_... of a module, or skip. Those that sit out deadlines go on side by side, in a process each."""
    need_simulator()
    tests = [test for name, test in sorted(names.items()) if name.startswith("test_")]
    if jobs == 1:
        for test in tests:
            run_test(test)
    else:
        with multiprocessing.get_context("fork").Pool(jobs, maxtasksperchild=1) as pool:
            failed = pool.map(run_test, tests, chunksize=1)
        for test in [test for test, wrong in zip(tests, failed) if wrong]:
            lib.fail(f"{test.__name__}, see above")
    lib.finish()
