# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests in QEMU, and what tests of memctl on a real kernel have in common."""

import base64
import dataclasses
import json
import os
import re
import select
import shutil
import socket
import subprocess
import time
import unittest

__unittest = True   # keeps this file out of the tracebacks of failed checks

HERE = os.path.dirname(os.path.abspath(__file__))
MIB = 1 << 20
MEMORY = '/sys/devices/system/memory'
INJECT = '/sys/kernel/debug/notifier-error-inject/memory/actions'
WRITER = '$(pidof memhp-writer)'     # memctl's, in a script for the guest

BOOT_TIMEOUT = 120
LOCK_MS = 50    # a deadline begins before memctl has the lock against other runs, the time that it reports after that
# A guest that gets no processor for long has stalls that are not its kernel's fault.
APPEND = 'panic=-1 quiet loglevel=1 rcupdate.rcu_cpu_stall_suppress=1'
COMPLAINT = re.compile(r'(?:BUG:|WARNING:|Oops|INFO: (?:task|rcu)|general protection)(?:.*\n){0,30}')


@dataclasses.dataclass(frozen=True)
class Machine:
    """A kind of machine: what to run, and how its kernel is called."""
    arch: str           # as Debian calls it
    cpu: str            # as configure calls it
    package: str        # of the kernel
    qemu: str
    options: tuple
    console: str
    memory: str         # argument of -m
    append: str = ''    # to the kernel's command line
    modules: str = ''   # of the kernel's, that checks load
    suite: str = ''     # of Debian, that the kernel is from; without one it is the suite that runs here


# Always TCG: /dev/kvm may open and still not be usable. The emulation of cmpxchg16b in QEMU 7.2 makes newer kernels panic.
AMD64 = Machine('amd64', 'x86_64', 'linux-image-cloud-amd64', 'qemu-system-x86_64',
                ('-machine', 'pc', '-accel', 'tcg', '-cpu', 'qemu64,-cx16'), 'ttyS0', '512M,slots=64,maxmem=32G',
                modules='memory-notifier-error-inject virtio_pci virtio_mem nfit dax_pmem kmem loop ext4')
ARM64 = Machine('arm64', 'aarch64', 'linux-image-cloud-arm64', 'qemu-system-aarch64',
                ('-machine', 'virt', '-accel', 'tcg', '-cpu', 'cortex-a57'), 'ttyAMA0', '1G,slots=8,maxmem=8G',
                modules='virtio_pci virtio_mem')
PPC64EL = Machine('ppc64el', 'powerpc64le', 'linux-image-powerpc64le', 'qemu-system-ppc64',
                  ('-machine', 'pseries', '-accel', 'tcg'), 'hvc0', '1G,slots=8,maxmem=8G')
S390X = Machine('s390x', 's390x', 'linux-image-s390x', 'qemu-system-s390x',
                ('-machine', 's390-ccw-virtio', '-accel', 'tcg', '-cpu', 'max'), 'ttysclp0', '2G')
MACHINES = {machine.arch: machine for machine in (AMD64, ARM64, PPC64EL, S390X)}

# The kernels that checks run on, by the suite that has them: of this Debian; of Debian 13, which Debian 12's backports had; of
# Debian 13's backports; and of Debian 11.
KERNELS = {'stable': '', 'backports': 'trixie', 'newest': 'trixie-backports', 'oldest': 'bullseye'}


def kernels(*names):
    """Marks a check, or a class of checks, that only some kernels can pass."""
    def mark(check):
        check.kernels = names
        return check
    return mark


def short(check):
    """Marks a check, or a class of checks, of the short list: what the kernel decides, and not memctl."""
    check.short = True
    return check


class Unavailable(Exception):
    """Something that guests need is not there."""


def missing(what):
    """Checks cannot be done here."""
    raise (AssertionError if os.environ.get('CI') == 'true' else unittest.SkipTest)(f'{what} is missing')


class GuestError(AssertionError):
    """The guest did not boot, did not answer, or ended."""


def prepare(build, out, machine=AMD64):
    """Make an initramfs from a built tree, in the directory out; returns the paths of kernel and initramfs."""
    if not os.path.exists(os.path.join(build, 'Makefile')):
        raise GuestError(f'{build} is not a built tree')
    with open(os.path.join(build, 'Makefile')) as makefile:
        cpu = re.search(r'^host_cpu = (.*)$', makefile.read(), re.M)[1]
    if cpu != machine.cpu:
        raise Unavailable(f'{build} is built for {cpu} and not for {machine.cpu}; tests/vm/cross builds for another machine')
    for tool in (machine.qemu, 'setpriv', 'cpio', 'make'):
        if not shutil.which(tool):
            raise Unavailable(f'{tool} is missing')
    kernel = subprocess.run([os.path.join(HERE, 'kernel'), '-s', machine.suite, '-a', machine.arch, '-m', machine.modules,
                             machine.package], capture_output=True, text=True)
    if kernel.returncode:
        raise (Unavailable if kernel.returncode == 77 else GuestError)(kernel.stderr.strip().split('\n')[-1])
    cached = kernel.stdout.strip()
    initramfs = os.path.join(out, 'initramfs')
    if subprocess.run([os.path.join(HERE, 'pack'), build, os.path.join(cached, 'base.cpio.gz'), initramfs]).returncode:
        raise GuestError(f'cannot make an initramfs of {build}')
    return os.path.join(cached, 'vmlinuz'), initramfs


@dataclasses.dataclass(frozen=True)
class Run:
    """What a script in the guest came to."""
    status: int
    out: str
    err: str


class Guest:
    """A running guest. Use it as a context manager: QEMU ends with it, whatever happens."""

    def __init__(self, kernel, initramfs, machine=AMD64, append='', options=()):
        self._log = b''
        self._number = 0
        self.said = ''      # on the console, before the last answer
        ours, theirs = socket.socketpair()
        ours.settimeout(BOOT_TIMEOUT)
        self._qmp = ours.makefile('rw')
        self._events = []
        ours.close()
        # setpriv: QEMU ends with us, also when we are killed.
        with theirs:
            self._qemu = subprocess.Popen(
                ['setpriv', '--pdeathsig', 'KILL', machine.qemu, *machine.options, '-m', machine.memory,
                 '-nodefaults', '-display', 'none', '-no-reboot', '-serial', 'stdio',
                 '-chardev', f'socket,id=qmp,fd={theirs.fileno()}', '-mon', 'chardev=qmp,mode=control',
                 '-kernel', kernel, '-initrd', initramfs,
                 '-append', f'console={machine.console} {APPEND} {machine.append} {append}', *options],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0,
                pass_fds=[theirs.fileno()], start_new_session=True)
        self.console_in, self.console_out = self._qemu.stdin, self._qemu.stdout
        try:
            self._wait(rb'@ready@\r?\n', BOOT_TIMEOUT)
            self._qmp.readline()
            self.qmp('qmp_capabilities')
            self.block_size = int(self.read(f'{MEMORY}/block_size_bytes'), 16)
        except BaseException:
            self.close()
            raise

    def close(self):
        self._qemu.kill()
        self._qemu.wait()
        self._qemu.stdin.close()
        self._qemu.stdout.close()
        self._qmp.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _wait(self, pattern, timeout):
        """Wait for a pattern on the console, and take everything up to its end."""
        end = time.monotonic() + timeout
        while not (match := re.search(pattern, self._log)):
            if not select.select([self.console_out], [], [], max(0, end - time.monotonic()))[0]:
                self._qemu.kill()   # what comes next would wait in vain, too
                self._qemu.wait()
                raise GuestError(f'no answer within {timeout} s; the console ends with\n' + self._log[-2000:].decode('latin1'))
            data = os.read(self.console_out.fileno(), 65536)
            if not data:
                raise GuestError('the guest ended; the console ends with\n' + self._log[-2000:].decode('latin1'))
            self._log += data
        self.said = self._log[:match.start()].decode('latin1')
        self._log = self._log[match.end():]
        return match

    def send(self, line):
        if self._qemu.poll() is not None:
            raise GuestError('the guest has ended')
        self.console_in.write(line.encode() + b'\n')

    def run(self, script, timeout=120):
        """Run a shell script in the guest."""
        self._number += 1
        self.send(f'{self._number} {base64.b64encode(script.encode()).decode()}')
        match = self._wait(rb'@%d (\d+) (\S*) (\S*)@\r?\n' % self._number, timeout)
        return Run(int(match[1]), *(base64.b64decode(match[i]).decode() for i in (2, 3)))

    def sh(self, script, timeout=120):
        """Run a shell script that must succeed; returns its output."""
        run = self.run(script, timeout)
        if run.status:
            raise AssertionError(f'guest: {script!r} ended with status {run.status}: {run.out}{run.err}')
        return run.out

    def read(self, path):
        return self.sh(f'cat {path}').rstrip('\n')

    def qmp(self, command, **arguments):
        """Give QEMU a command."""
        self._qmp.write(json.dumps({'execute': command, 'arguments': arguments}) + '\n')
        self._qmp.flush()
        while True:
            answer = json.loads(self._qmp.readline())
            if 'error' in answer:
                raise GuestError(f"{command}: {answer['error']['desc']}")
            if 'return' in answer:
                return answer['return']
            self._events.append(answer)

    def wait_for_event(self, name, **data):
        """Wait until QEMU has told of an event with this data; those before it are forgotten."""
        while True:
            event = self._events.pop(0) if self._events else json.loads(self._qmp.readline())
            if event.get('event') == name and data.items() <= event['data'].items():
                return

    def has_event(self, name, **data):
        """Whether QEMU has told of such an event by now."""
        self.qmp('query-status')    # what came before its answer was read
        return any(event.get('event') == name and data.items() <= event['data'].items() for event in self._events)

    def blocks(self):
        """The ids of the guest's memory blocks."""
        return sorted(int(name) for name in re.findall(r'^memory(\d+)$', self.sh(f'ls {MEMORY}'), re.M))

    def start_shell(self):
        """Make the console an interactive shell; returns what it said so far, from the first prompt on."""
        self.send('shell')
        prompt = self._wait(rb'guest# ', 20)[0]
        rest, self._log = self._log, b''
        return prompt + rest

    def gather_randomness(self):
        """Have random numbers ready: the first program that wants one, such as memctl for JSON, waits for seconds otherwise."""
        self.sh('head -c 4 /dev/random > /dev/null')

    def plug(self, name, size=256 * MIB, node=0):
        """Start to add a DIMM."""
        self.qmp('object-add', **{'qom-type': 'memory-backend-ram', 'id': f'mem-{name}', 'size': size})
        self.qmp('device_add', driver='pc-dimm', id=name, memdev=f'mem-{name}', node=node)

    def unplug(self, name):
        """Ask the guest to let go of a DIMM."""
        self.qmp('device_del', id=name)

    def add_dimm(self, name, size=256 * MIB, node=0):
        """Add a DIMM and wait for its blocks; returns their ids."""
        before = self.blocks()
        self.plug(name, size, node)
        self.wait_for(f'[ $(ls {MEMORY} | grep -c "^memory[0-9]") -eq {len(before) + size // self.block_size} ]')
        return [block for block in self.blocks() if block not in before]

    def wait_for(self, condition, timeout=180):
        """Wait, in the guest, until a shell condition is true. Only what never will be takes so long."""
        run = self.run(f'read -r start _ < /proc/uptime; until {condition}; do usleep 10000; read -r now _ < /proc/uptime; '
                       f'[ $((${{now%.*}} - ${{start%.*}})) -le {timeout} ] || exit 99; done', timeout + 60)
        if run.status:
            what = f'not within {timeout} s' if run.status == 99 else f'status {run.status}'
            raise AssertionError(f'guest: {what}: {condition}\n{run.err}{self.look_around()}')

    def look_around(self):
        """What there is instead of what was waited for: the blocks, and the end of the kernel's log."""
        return self.run(f'cd {MEMORY}; for m in memory[0-9]*; do echo $m $(cat $m/state $m/valid_zones); done; '
                        'lsmod; dmesg | tail -n 40').out


class GuestTest(unittest.TestCase):
    """Tests that share a guest. What a test starts in the guest, and what it injects, ends with it."""

    machine = AMD64
    append = 'memhp_default_state=offline'
    options = ()

    # Set by the runner. validate() returns what is wrong with a document, or None.
    kernel = initramfs = build = None
    validate = staticmethod(lambda document: None)

    @classmethod
    def setUpClass(cls):
        cls.guest = Guest(cls.kernel, cls.initramfs, cls.machine, cls.append, cls.options)
        cls.addClassCleanup(cls.guest.close)
        cls._dimms = 0

    def tearDown(self):
        self.guest.sh('[ ! -e /tmp/holder ] || kill -9 $(cat /tmp/holder); rm -f /tmp/holder; '
                      'killall -q -9 pin hog reserve sleep memctl; '
                      'for f in %s/*/error; do [ ! -e $f ] || echo 0 > $f; done' % INJECT)
        if complaint := COMPLAINT.search(self.guest.sh('dmesg -c')):
            self.fail(f'the kernel complained:\n{complaint[0]}')

    # What the kernel says

    def add_blocks(self, size=256 * MIB, node=0):
        """Offline blocks of a new DIMM."""
        type(self)._dimms += 1
        return self.guest.add_dimm(f'dimm{self._dimms}', size, node)

    def state(self, block):
        return self.guest.read(f'{MEMORY}/memory{block}/state')

    def all_blocks(self):
        """State, zones and nodes of every block, by id."""
        text = self.guest.sh(f'cd {MEMORY}; for m in memory[0-9]*; do read -r s < $m/state; read -r z < $m/valid_zones; '
                             'echo $m:$s:$z:$(ls $m); done')
        blocks = {}
        for line in text.splitlines():
            name, state, zones, files = line.split(':')
            nodes = sorted(int(node) for node in re.findall(r'\bnode(\d+)', files))
            blocks[int(name[len('memory'):])] = state, zones.split(), nodes
        return blocks

    def zones(self, block):
        return self.guest.read(f'{MEMORY}/memory{block}/valid_zones').split()

    def set_state(self, block, word):
        self.guest.sh(f'echo {word} > {MEMORY}/memory{block}/state')

    def inject(self, event, errno):
        """Make a memory notifier refuse: event is MEM_GOING_ONLINE or MEM_GOING_OFFLINE."""
        if self.guest.run('modprobe memory-notifier-error-inject').status:
            missing('the module memory-notifier-error-inject')
        self.guest.sh(f'echo {-errno} > {INJECT}/{event}/error')

    def occupy(self, program, argument):
        """Start pin or hog and wait until it is ready; returns its process id."""
        process = int(self.guest.sh(f': > /tmp/ready; {program} {argument} > /tmp/ready 2>&1 & echo $!'))
        self.guest.wait_for('[ -s /tmp/ready ]')
        self.assertEqual(self.guest.read('/tmp/ready'), 'ready')
        return process

    def pin(self, block):
        """Make offlining a block endless, after onlining it in ZONE_MOVABLE; returns the process to kill for an end of it."""
        if self.state(block) == 'offline':
            self.set_state(block, 'online_movable')
        return self.occupy('pin', block)

    def hold_lock(self, block):
        """Leave the kernel at work on an endless offline of a block, so that all other changes wait."""
        self.pin(block)
        self.guest.sh(f'(echo offline > {MEMORY}/memory{block}/state) > /dev/null 2>&1 & echo $! > /tmp/holder')
        self.guest.wait_for(f'grep -q going-offline {MEMORY}/memory{block}/state')

    def release_lock(self):
        self.guest.sh('kill -9 $(cat /tmp/holder); rm /tmp/holder')

    def wait_in_kernel(self, process, function):
        """Wait until a process is in a function of the kernel's."""
        self.guest.wait_for(f'grep -q {function} /proc/{process}/stack 2> /dev/null')

    def wait_for_waiting(self, process=WRITER):
        """Wait until a process waits for the kernel's lock."""
        self.wait_in_kernel(process, 'lock_device_hotplug')

    # memctl

    def memctl(self, arguments, status=0, timeout=120):
        """Run memctl, which must end with that status."""
        run = self.guest.run(f'memctl {arguments}', timeout)
        self.assertEqual(run.status, status, f'status of memctl {arguments}\n{run.out}{run.err}')
        return run

    def parse(self, text):
        """The one JSON document that a text is."""
        try:
            document = json.loads(text)
        except ValueError:
            self.fail(f'not one JSON document: {text!r}')
        if error := self.validate(document):
            self.fail(f'not as the schema says: {error}: {text}')
        return document

    def json(self, arguments, status=0, timeout=120):
        """Run memctl with --json; returns its document."""
        return self.parse(self.memctl(f'{arguments} --json', status, timeout).out)

    def change(self, arguments, status=0, outcome=None, timeout=120):
        """Run memctl online or offline with --json; returns the document, and its blocks by id.

        What the document says of a block's state is compared with the kernel.
        """
        document = self.json(arguments, status, timeout)
        self.check_change(document, status, outcome)
        return document, {block['block_id']: block for block in document['blocks']}

    def check_change(self, document, status, outcome=None):
        self.assertEqual(document['exit_status'], status, document)
        if outcome:
            self.assertEqual(document['outcome'], outcome, document)
        present = [block for block in document['blocks'] if block['outcome'] not in ('absent', 'vanished')]
        for block in present:
            if block['after'] is not None:
                self.assertEqual(block['after'], self.state(block['block_id']), block)
        changed = [block for block in present if block['outcome'] in ('changed', 'rollback-failed')]
        self.assertEqual(document['changed'], sum(block['size'] for block in changed), document)

    def start_change(self, arguments, meanwhile=':'):
        """Start memctl online or offline with --json in the background, and then run a script."""
        self.guest.run('rm -f /tmp/memctl.*; (sh -c "echo \\$\\$ > /tmp/memctl.pid; '
                       f'exec memctl {arguments} --json > /tmp/memctl.out 2> /tmp/memctl.err"; echo $? > /tmp/memctl.status) & '
                       f'{meanwhile}')
        self.guest.wait_for('[ -s /tmp/memctl.pid ]')

    def finish_change(self, outcome=None):
        """Wait for what start_change() started; returns its exit status, its document, and its blocks by id."""
        self.guest.wait_for('[ -s /tmp/memctl.status ]')
        status = int(self.guest.read('/tmp/memctl.status'))
        document = self.parse(self.guest.sh('cat /tmp/memctl.out'))
        self.check_change(document, status, outcome)
        return status, document, {block['block_id']: block for block in document['blocks']}

    def signal(self, name, block, arguments, status, before=''):
        """Run memctl, after a shell command in the same process, and send it a signal when the kernel is at work on a block."""
        run = self.guest.run(f'rm -f /tmp/pid; (until [ -s /tmp/pid ] && grep -q going-offline {MEMORY}/memory{block}/state; do '
                             f'usleep 10000; done; kill -{name} $(cat /tmp/pid)) & '
                             f"sh -c 'echo $$ > /tmp/pid; {before} exec memctl {arguments}'")
        self.assertEqual(run.status, status, f'status of memctl {arguments}\n{run.out}{run.err}')
        return run

    def check_rows(self, rows):
        """The rows of list --all agree with the kernel."""
        blocks = self.all_blocks()
        self.assertEqual([row['block'] for row in rows], [str(block) for block in sorted(blocks)])
        for row in rows:
            state, zones, nodes = blocks[int(row['block'])]
            zones = [] if zones == ['none'] else zones
            start = int(row['block']) * self.guest.block_size
            self.assertEqual(row, {
                'range': f'0x{start:016x}-0x{start + self.guest.block_size - 1:016x}', 'start': start,
                'size': self.guest.block_size, 'blocks': 1, 'block': row['block'], 'state': state,
                'node': nodes[0] if len(nodes) == 1 else None, 'nodes': nodes,
                'zone': zones[0] if state == 'online' and zones else None, 'zones': zones})

    def assertNoWriter(self):
        """No process of memctl is left."""
        self.assertEqual(self.guest.sh('ls -l /proc/[0-9]*/exe 2> /dev/null | grep /memctl || :'), '')
