# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl policy: each value has its effect on memory added afterwards; rules that fight it are told before they do."""

import os
import subprocess
import tempfile

import vm

MIB = vm.MIB
PARAMETERS = '/sys/module/memory_hotplug/parameters'
TMPFILE = '/etc/tmpfiles.d/memctl.conf'
RULES = '/etc/udev/rules.d'


class PolicyTest(vm.GuestTest):

    def value(self, key):
        return self.guest.read(f'{vm.MEMORY}/{key}' if key == 'auto_online_blocks' else f'{PARAMETERS}/{key}')

    def set(self, key, value):
        """Set a value; what memctl says is compared with the kernel."""
        before = self.value(key)
        document = self.json(f'policy set {key} {value}')
        self.assertEqual((document['before'], document['value']), (before, value))
        self.assertEqual(document['outcome'], 'already' if before == value else 'changed')
        self.assertEqual(self.value(key), value)

    def findings(self, status):
        document = self.json('policy check', status)
        self.assertEqual(document['exit_status'], status)
        return document['effect'], [finding['code'] for finding in document['findings']]

    def tearDown(self):
        self.guest.sh(f'rm -rf {RULES}; echo offline > {vm.MEMORY}/auto_online_blocks; cd {PARAMETERS} 2> /dev/null; '
                      'for p in online_policy=contig-zones auto_movable_ratio=301 auto_movable_numa_aware=Y; do '
                      '[ ! -e ${p%=*} ] || echo ${p#*=} > ${p%=*}; done')
        super().tearDown()

    def plug_blocks(self, size=256 * MIB):
        """Add a DIMM and say what became of its blocks, once nobody is at work on them: states and zones."""
        blocks = self.add_blocks(size)
        self.settle()
        return [(self.state(block), self.zones(block)) for block in blocks]

    def settle(self):
        """With auto_online_blocks the kernel has onlined a block when it is through with the DIMM, its lock tells."""
        self.guest.sh(f'echo offline > {vm.MEMORY}/memory0/state 2> /dev/null || :')


@vm.short
class Values(PolicyTest):

    @vm.kernels('stable', 'backports', 'newest')
    def test_read_back(self):
        """every value can be set, reads back, and setting it again changes nothing"""
        for key, values in (('auto_online_blocks', ('online', 'online_kernel', 'online_movable', 'offline')),
                            ('online_policy', ('auto-movable', 'contig-zones')),
                            ('auto_movable_ratio', ('0', '100', '4294967295', '301')),
                            ('auto_movable_numa_aware', ('N', 'Y'))):
            for value in values:
                self.set(key, value)
                self.set(key, value)

    def test_dry_run(self):
        """--dry-run changes nothing"""
        document = self.json('policy set auto_online_blocks online --persist --dry-run')
        self.assertEqual((document['outcome'], document['persist']['outcome']), ('planned', 'planned'))
        self.assertEqual(self.value('auto_online_blocks'), 'offline')
        self.guest.sh(f'[ ! -e {TMPFILE} ]')

    @vm.kernels('stable', 'backports', 'newest')
    def test_boot_only(self):
        """memmap_on_memory is for boot alone, and the kernel agrees"""
        before = self.value('memmap_on_memory')
        self.assertEqual(before, 'N')
        self.memctl('policy set memmap_on_memory Y', 3)
        self.assertNotEqual(self.guest.run(f'echo Y > {PARAMETERS}/memmap_on_memory').status, 0)
        document = self.json('policy set memmap_on_memory Y --persist', 3)
        self.assertEqual(document['boot']['argument'], 'memory_hotplug.memmap_on_memory=Y')
        self.assertEqual(self.value('memmap_on_memory'), before)

    def test_user(self):
        """show and check need no privilege, set says that it does"""
        self.assertEqual(self.guest.run('su user -c "memctl policy show"').status, 0)
        self.assertEqual(self.guest.run('su user -c "memctl policy check"').status, 0)
        run = self.guest.run('su user -c "memctl policy set auto_online_blocks online"')
        self.assertEqual(run.status, 1)
        self.assertRegex(run.err, 'as root')
        self.assertEqual(self.value('auto_online_blocks'), 'offline')

    def test_offline(self):
        """auto_online_blocks=offline: a new DIMM stays offline"""
        self.set('auto_online_blocks', 'offline')
        self.assertEqual(self.findings(0), ('offline', []))
        self.assertEqual({state for state, _ in self.plug_blocks()}, {'offline'})

    def test_online(self):
        """auto_online_blocks=online: a new DIMM comes online where the kernel chooses"""
        self.set('auto_online_blocks', 'online')
        effect, _ = self.findings(5)    # the command line of this guest says offline
        self.assertEqual(effect, 'online')
        self.assertEqual(self.plug_blocks(), [('online', ['Normal'])] * 2)

    def test_online_kernel(self):
        """auto_online_blocks=online_kernel: a new DIMM goes to a kernel zone"""
        self.set('auto_online_blocks', 'online_kernel')
        self.assertEqual(self.plug_blocks(), [('online', ['Normal'])] * 2)

    def test_online_movable(self):
        """auto_online_blocks=online_movable: a new DIMM goes to ZONE_MOVABLE"""
        self.set('auto_online_blocks', 'online_movable')
        effect, codes = self.findings(5)
        self.assertEqual((effect, codes), ('online_movable', ['boot-differs']))
        self.assertEqual(self.plug_blocks(), [('online', ['Movable'])] * 2)

    @vm.kernels('oldest')
    def test_absent(self):
        """what this kernel does not have is shown as that, and cannot be set"""
        entries = {entry['key']: entry for entry in self.json('policy show')['entries'] if entry['kind'] == 'kernel'}
        for key, value in ('online_policy', 'auto-movable'), ('auto_movable_ratio', '100'), ('memmap_on_memory', 'Y'):
            self.assertEqual((entries[key]['value'], entries[key]['change']), (None, 'no'))
            self.assertRegex(self.memctl(f'policy set {key} {value}', 3).err, r'this kernel has no .*\n  try: Linux 5')
        self.assertRegex(self.memctl('policy show').out, r'auto_movable_ratio +- ')

    @vm.kernels('stable', 'backports', 'newest')
    def test_ratio(self):
        """online_policy=auto-movable: to ZONE_MOVABLE until the ratio is reached, which check says, then to a kernel zone"""
        self.set('online_policy', 'auto-movable')
        self.assertEqual(self.findings(5), ('offline', ['online-policy-unused']))
        self.set('auto_online_blocks', 'online')
        self.set('auto_movable_ratio', '1000')
        self.assertIn('ratio', self.findings(5)[1])
        self.assertEqual(self.plug_blocks(), [('online', ['Movable'])] * 2)
        balance = self.json('status')['balance']
        self.set('auto_movable_ratio', str(balance['movable'] * 100 // balance['kernel']))
        self.assertIn('ratio-reached', self.findings(5)[1])
        self.assertEqual(self.plug_blocks(), [('online', ['Normal'])] * 2)


@vm.short
class MovableNode(PolicyTest):

    append = 'memhp_default_state=online movable_node'

    def test_movable_node(self):
        """movable_node on the command line: shown, and what the kernel chooses is ZONE_MOVABLE"""
        entries = {entry['key']: entry for entry in self.json('policy show')['entries'] if entry['kind'] == 'cmdline'}
        self.assertEqual(set(entries), {'memhp_default_state', 'movable_node'})
        self.assertEqual(self.findings(0), ('online', []))
        self.assertEqual(self.plug_blocks(), [('online', ['Movable'])] * 2)
        self.set('auto_online_blocks', 'online_kernel')
        self.assertEqual(set(self.findings(5)[1]), {'movable-node', 'boot-differs'})
        self.assertEqual(self.plug_blocks(), [('online', ['Normal'])] * 2)


# What a rule does to a block that the kernel left offline: the effect that memctl foretells, which the kernel then shows
REDHAT = '''SUBSYSTEM!="memory", GOTO="end"
ACTION!="add", GOTO="end"
CONST{arch}=="s390*", GOTO="end"
ENV{.state}="%s"
CONST{virt}=="none", ENV{.state}="online_kernel"
ATTR{state}=="offline", ATTR{state}="$env{.state}"
LABEL="end"
'''
FORETOLD = (
    ('plain', 'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}="online_movable"\n', 'online_movable'),
    ('red hat', REDHAT % 'online_movable', 'online_movable'),
    ('red hat, kernel', REDHAT % 'online_kernel', 'online_kernel'),
    ('online file', 'KERNEL=="memory[0-9]*", SUBSYSTEM=="memory", TEST=="state", ATTR{online}=="0", ATTR{online}="1"\n', 'online'),
    ('other action', 'SUBSYSTEM=="memory", ACTION=="change|remove", ATTR{state}="online"\n', 'offline'),
    ('alternatives', 'SUBSYSTEM=="cpu|memory", ACTION=="change|add", ATTR{state}!="online", ATTR{state}="online_movable"\n',
     'online_movable'),
    ('lines joined', '# a comment\n  SUBSYSTEM=="memory", \\\n# another\n    ACTION=="add", \\\n  ATTR{state}="online_movable"\n',
     'online_movable'),
    ('no such label', 'SUBSYSTEM=="memory", GOTO="nowhere"\nSUBSYSTEM=="memory", ACTION=="add", ATTR{state}="online_kernel"\n',
     'online_kernel'),
    ('jumped over', 'SUBSYSTEM=="memory", GOTO="end"\nSUBSYSTEM=="memory", ATTR{state}="online"\nLABEL="end"\n', 'offline'),
    ('no such file', 'SUBSYSTEM=="memory", ATTR{nothing}!="x", ATTR{state}="online"\n', 'offline'),
    ('the first wins', 'SUBSYSTEM=="memory", ATTR{state}=="offline", ATTR{state}="online_movable"\n'
     'SUBSYSTEM=="memory", ATTR{state}=="offline", ATTR{state}="online_kernel"\n', 'online_movable'),
    ('variable', 'SUBSYSTEM=="memory", ENV{mine}="yes"\nSUBSYSTEM=="memory", ENV{mine}=="y*", ATTR{state}="online_movable"\n',
     'online_movable'),
    ('unset variable', 'SUBSYSTEM=="memory", ENV{mine}=="?*", ATTR{state}="online_movable"\n', 'offline'),
    ('program', 'SUBSYSTEM=="memory", PROGRAM="/bin/uname -m", RESULT=="x86_64", ATTR{state}="online_movable"\n', 'online_movable'),
    ('program, other', 'SUBSYSTEM=="memory", PROGRAM="/bin/uname -m", RESULT=="s390*", ATTR{state}="online_movable"\n', 'offline'),
    ('command', 'SUBSYSTEM=="memory", ACTION=="add", RUN+="/bin/sh -c \'echo online_movable > /sys$devpath/state\'"\n',
     'online_movable'),
    ('broken', 'SUBSYSTEM=="memory" ATTR{state}=online\nSUBSYSTEM==memory, ATTR{state}="online"\n', 'offline'),
    ('vendor', 'ATTR{[dmi/id]sys_vendor}=="QEMU", GOTO="apply"\nGOTO="end"\nLABEL="apply"\n'
     'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}="online_movable"\nLABEL="end"\n', 'online_movable'),
    ('other vendor', 'ATTR{[dmi/id]sys_vendor}=="Xen", GOTO="apply"\nGOTO="end"\nLABEL="apply"\n'
     'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}="online_movable"\nLABEL="end"\n', 'offline'),
    ('architecture', 'SUBSYSTEM=="memory", CONST{arch}=="x86-64", ATTR{state}="online_movable"\n', 'online_movable'),
)
SHOWN = {'offline': ('offline', None), 'online': ('online', None), 'online_movable': ('online', ['Movable']),
         'online_kernel': ('online', ['Normal'])}


class Udev(PolicyTest):

    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix='memctl-vm.')
        cls.addClassCleanup(scratch.cleanup)
        archive = os.path.join(scratch.name, 'udev')
        made = subprocess.run([os.path.join(vm.HERE, 'udev'), archive], capture_output=True, text=True)
        if made.returncode:
            cls.skip_all(made.stderr.strip().split('\n')[-1])
        base = vm.GuestTest.initramfs
        cls.initramfs = os.path.join(scratch.name, 'initramfs')
        with open(cls.initramfs, 'wb') as out:
            for path in base, archive:
                with open(path, 'rb') as file:
                    out.write(file.read())
        super().setUpClass()
        cls.guest.sh('systemd-udevd > /tmp/udevd.log 2>&1 & echo $! > /tmp/udevd')
        cls.guest.wait_for('udevadm control --ping')

    @staticmethod
    def skip_all(reason):
        if os.environ.get('CI') == 'true':
            raise AssertionError(reason)
        raise vm.unittest.SkipTest(reason)

    def add_rule(self, name, text):
        self.guest.sh(f'mkdir -p {RULES}; cat > {RULES}/{name} <<"EOF"\n{text}EOF')
        self.reload()

    def reload(self):
        """Have udevd read its rules. On a busy machine it may take the message of udevadm control --reload for a stranger's."""
        self.guest.sh('kill -HUP $(cat /tmp/udevd); udevadm control --ping')

    def settle(self):
        """The directory of a block is there before its event is: first the kernel has to be through, then udevd."""
        super().settle()
        self.guest.sh('udevadm settle --timeout=30')

    def test_foretold(self):
        """what check foretells of a rule is what udevd then makes of new blocks"""
        for name, text, effect in FORETOLD:
            with self.subTest(name):
                self.add_rule('40-test.rules', text)
                document = self.json('policy check', 0 if effect == 'offline' else 5)
                self.assertEqual(document['effect'], effect, document)
                state, zones = SHOWN[effect]
                for shown in self.plug_blocks(128 * MIB):
                    self.assertEqual(shown[0], state)
                    if zones:
                        self.assertEqual(shown[1], zones)

    def test_fight(self):
        """a rule that onlines what the policy leaves offline: check says so, and so do the blocks"""
        self.add_rule('40-fight.rules',
                      'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}=="offline", ATTR{state}="online_movable"\n')
        run = self.memctl('policy check', 5)
        self.assertRegex(run.out, r'Contradiction: .*auto_online_blocks=offline.*40-fight\.rules:1.*the rule wins')
        run = self.memctl('policy set auto_online_blocks offline')
        self.assertRegex(run.err, 'careful: .*40-fight')
        self.assertEqual(self.plug_blocks(), [('online', ['Movable'])] * 2)

    def test_kernel_first(self):
        """with auto_online_blocks=online_kernel the kernel is there before a rule that says online_movable, as check says"""
        self.add_rule('40-late.rules', 'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}="online_movable"\n')
        self.set('auto_online_blocks', 'online_kernel')
        effect, codes = self.findings(5)
        self.assertEqual(effect, 'online_kernel')
        self.assertIn('udev-zone', codes)
        self.assertEqual(self.plug_blocks(), [('online', ['Normal'])] * 2)

    def test_offlining(self):
        """a rule that takes offline what the kernel has onlined wins, as check says"""
        self.add_rule('40-off.rules',
                      'SUBSYSTEM=="memory", ACTION=="add", RUN+="/bin/sh -c \'echo offline > /sys$devpath/state\'"\n')
        self.set('auto_online_blocks', 'online_movable')
        self.assertIn('udev-offlines', self.findings(5)[1])
        self.assertEqual({state for state, _ in self.plug_blocks()}, {'offline'})

    def test_mask(self):
        """a link to /dev/null and an empty file of the same name in /etc hide a rule, for udevd and for memctl"""
        rule = 'SUBSYSTEM==\\"memory\\", ATTR{state}=\\"online\\"'
        self.guest.sh(f'mkdir -p {RULES} /usr/lib/udev/rules.d; echo "{rule}" | tee /usr/lib/udev/rules.d/40-a.rules '
                      f'> /usr/lib/udev/rules.d/41-b.rules')
        try:
            self.assertEqual(self.findings(5)[0], 'online')
            self.guest.sh(f'ln -s /dev/null {RULES}/40-a.rules; : > {RULES}/41-b.rules')
            self.reload()
            self.assertEqual(self.findings(0), ('offline', []))
            self.assertEqual({state for state, _ in self.plug_blocks()}, {'offline'})
        finally:
            self.guest.sh('rm -r /usr/lib/udev')

    def test_sample(self):
        """the sample rule: memctl brings each block online, to ZONE_MOVABLE, in parallel and without a word"""
        with open(os.path.join(vm.HERE, '../../examples/70-memctl-online.rules.in')) as file:
            text = file.read().replace('@bindir@', '/tmp/sample')
        self.guest.sh('mkdir -p /tmp/sample; cat > /tmp/sample/memctl <<"EOF"\n#!/bin/sh\n'
                      'echo start >> /tmp/sample/log; /bin/memctl "$@" >> /tmp/sample/said 2>&1; '
                      'echo "end $?" >> /tmp/sample/log\nEOF\nchmod +x /tmp/sample/memctl')
        self.add_rule('70-memctl-online.rules', text)
        self.assertEqual(self.findings(5)[0], 'online_movable')
        self.assertEqual(self.plug_blocks(1024 * MIB), [('online', ['Movable'])] * 8)
        self.assertEqual(self.guest.read('/tmp/sample/said'), '')
        log = self.guest.sh('cat /tmp/sample/log').split('\n')[:-1]
        self.assertEqual((log.count('start'), log.count('end 0')), (8, 8), log)

    @vm.kernels('stable', 'backports', 'newest')
    def test_tmpfiles(self):
        """what --persist writes is what systemd-tmpfiles sets; unset --persist takes it back"""
        if self.guest.run('command -v systemd-tmpfiles').status:
            vm.missing('systemd-tmpfiles')
        self.guest.sh(f'mkdir -p /etc/tmpfiles.d; echo "d /tmp/foreign" > {TMPFILE}')
        self.json('policy set auto_online_blocks online_movable --persist')
        self.json('policy set auto_movable_ratio 250 --persist')
        self.guest.sh(f'echo offline > {vm.MEMORY}/auto_online_blocks; echo 301 > {PARAMETERS}/auto_movable_ratio')
        self.assertIn('tmpfiles-differs', self.findings(5)[1])
        self.guest.sh('systemd-tmpfiles --create memctl.conf; [ -d /tmp/foreign ]')
        self.assertEqual((self.value('auto_online_blocks'), self.value('auto_movable_ratio')), ('online_movable', '250'))
        for key in 'auto_online_blocks', 'auto_movable_ratio':
            document = self.json(f'policy unset {key} --persist')
            self.assertEqual(document['persist']['outcome'], 'removed')
        self.assertEqual(self.json('policy unset auto_movable_ratio --persist')['persist']['outcome'], 'absent')
        self.assertEqual(self.guest.read(TMPFILE), 'd /tmp/foreign')
        self.guest.sh(f'rm {TMPFILE}')
