# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may change memory, and where sysfs is."""

import vm


class Access(vm.GuestTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.block = cls.guest.add_dimm('common')[0]

    def setUp(self):
        if self.state(self.block) == 'online':
            self.set_state(self.block, 'offline')

    def check_refused(self, script, status, code, words):
        """A script that gets `memctl online` as $memctl is refused in a sentence and a line of advice, and nothing changed."""
        prefix = f'memctl="memctl online --block {self.block} --movable'
        run = self.guest.run(f'{prefix}"; {script}')
        self.assertEqual((run.status, run.out), (status, ''), run.err)
        self.assertRegex(run.err, r'^memctl online: [^\n]+\n(  try: [^\n]+\n)?$')
        self.assertRegex(run.err, words)
        run = self.guest.run(f'{prefix} --json"; {script}')
        document = self.parse(run.out)
        self.assertEqual((run.status, document['exit_status'], document['error']['code']), (status, status, code), document)
        self.assertEqual(self.state(self.block), 'offline')

    def test_user(self):
        """an ordinary user is refused before anything is tried"""
        self.check_refused('su user -c "$memctl"', 1, 'access', r'(?i)root|privilege|permission')

    def test_user_dry_run(self):
        """an ordinary user may look at the plan"""
        run = self.guest.run(f"su user -c 'memctl online --block {self.block} --dry-run --json'")
        document = self.parse(run.out)
        self.assertEqual((run.status, document['blocks'][0]['outcome']), (0, 'planned'))

    def test_capabilities(self):
        """root needs no capability to change memory, another user CAP_DAC_OVERRIDE alone; each further one lets memctl see more"""
        dac_override, dac_read_search, sys_admin, syslog = 1, 2, 21, 34
        change = f'memctl online --block {self.block} --movable'
        for uid, capabilities in (0, 'none'), (1000, f'{dac_override}'):
            with self.subTest(uid=uid, capabilities=capabilities):
                self.guest.sh(f'caps {uid} {capabilities} {change}')
                self.assertEqual(self.zones(self.block), ['Movable'])
                self.guest.sh(f'caps {uid} {capabilities} memctl offline --block {self.block}')
                self.assertEqual(self.state(self.block), 'offline')
        self.check_refused(f'caps 1000 {dac_read_search},{sys_admin},{syslog} $memctl', 1, 'access', r'(?i)root|permission')

        blind = self.guest.sh('caps 1000 none memctl explain --block 1')
        self.assertIn('/proc/kpageflags: Permission denied', blind)
        self.assertNotIn('/proc/kpageflags: ', self.guest.sh(f'caps 1000 {dac_read_search} memctl explain --block 1'))
        blind = self.guest.sh('caps 0 none memctl explain --block 1 --who')
        self.assertIn('only root may see that: CAP_SYS_ADMIN', blind)
        self.assertNotIn('CAP_SYS_ADMIN', self.guest.sh(f'caps 0 {sys_admin} memctl explain --block 1 --who'))
        self.guest.sh('sysctl -w kernel.dmesg_restrict=1')
        for capabilities, says in ('none', True), (f'{syslog}', False):
            run = self.guest.run(f'caps 0 {capabilities} {change} --kernel-debug && memctl offline -q --block {self.block}')
            self.assertEqual('/dev/kmsg, cannot be read' in run.err, says, run.err)

    def test_read_only(self):
        """a read-only sysfs is refused before anything is tried"""
        self.check_refused('unshare -m sh -c "mount -o remount,bind,ro /sys; $memctl"', 1, 'read-only', r'(?i)read-only')

    def test_no_sysfs(self):
        """without sysfs there is nothing to change or to list"""
        self.check_refused('unshare -m sh -c "umount -l /sys; $memctl"', 3, 'unsupported', r'(?i)sysfs|/sys|hotplug')
        run = self.guest.run('unshare -m sh -c "umount -l /sys; memctl list"')
        self.assertEqual((run.status, run.out), (3, ''))

    def test_elsewhere(self):
        """sysfs is found where it is mounted"""
        script = f'mkdir -p /tmp/sys; mount --move /sys /tmp/sys; memctl online --block {self.block} --movable; memctl list'
        run = self.guest.run(f'unshare -m sh -c "{script}"')
        self.assertEqual((run.status, run.err), (0, ''))
        self.assertEqual(self.zones(self.block), ['Movable'])

    def test_sysroot(self):
        """--sysroot stands for the root directory"""
        self.guest.sh('mkdir -p /tmp/root/sys; mount -o bind /sys /tmp/root/sys')
        self.memctl(f'--sysroot /tmp/root online --block {self.block} --movable')
        self.assertEqual(self.state(self.block), 'online')
        self.memctl(f'offline --block {self.block} --sysroot /tmp/root')
        self.assertEqual(self.state(self.block), 'offline')
        self.guest.sh('umount /tmp/root/sys')
        self.memctl('--sysroot /tmp/root list', 3)

    def test_no_room(self):
        """output that cannot be written is a failure"""
        for arguments in 'list', 'list --json', 'status', f'online --block {self.block} --dry-run --json':
            with self.subTest(arguments):
                self.assertEqual(self.memctl(f'{arguments} > /dev/full', 1).out, '')

    def test_closed(self):
        """with stdin, stdout and stderr closed a change is made, and its missing report is a failure"""
        self.memctl(f'online --block {self.block} --movable <&- >&- 2>&-', 1)
        self.assertEqual(self.zones(self.block), ['Movable'])
