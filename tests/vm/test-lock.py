# SPDX-License-Identifier: GPL-2.0-or-later
"""Two memctl at once: the first holds /run/memctl.lock, the second says so and waits."""

import vm

LOCK = '/run/memctl.lock'


class Lock(vm.GuestTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stuck, cls.free = cls.guest.add_dimm('common')

    def setUp(self):
        """A memctl is at an offline that does not end."""
        for block in self.stuck, self.free:
            if self.state(block) == 'offline':
                self.set_state(block, 'online_movable')
        self.pinned = self.pin(self.stuck)
        self.start_change(f'offline --block {self.stuck}')
        self.guest.wait_for(f'grep -q going-offline {vm.MEMORY}/memory{self.stuck}/state')
        self.holder = int(self.guest.read('/tmp/memctl.pid'))

    def start_second(self, arguments):
        """Start another memctl, and wait until it says that it waits."""
        self.guest.sh('rm -f /tmp/second.*; (sh -c "echo \\$\\$ > /tmp/second.pid; '
                      f'exec memctl {arguments} > /tmp/second.out 2> /tmp/second.err"; '
                      'echo $? > /tmp/second.status) > /dev/null 2>&1 &')
        self.guest.wait_for('[ -s /tmp/second.err ]')
        self.assertRegex(self.guest.read('/tmp/second.err'), rf'process {self.holder} .*{LOCK}')

    def wait_for_sleeps(self, number):
        """Wait until the second memctl has slept, and looked for the lock, so often."""
        count = 'sed -n "s/^voluntary_ctxt_switches:[^0-9]*//p" /proc/$(cat /tmp/second.pid)/status'
        before = int(self.guest.sh(count))
        self.guest.wait_for(f'[ $({count}) -ge {before + number} ]')

    def finish_second(self):
        self.guest.wait_for('[ -s /tmp/second.status ]')
        return int(self.guest.read('/tmp/second.status'))

    def test_file(self):
        """the lock is root's alone and names its holder"""
        self.assertEqual(self.guest.sh(f'stat -c "%a %u" {LOCK}').split(), ['600', '0'])
        self.assertIn(f'process {self.holder} ', self.memctl(f'offline --block {self.free} --timeout 500ms', 124).err)

    def test_wait(self):
        """a second memctl waits for the first and then does its work"""
        self.start_second(f'offline --block {self.free}')
        self.wait_for_sleeps(3)
        self.assertEqual(self.state(self.free), 'online')
        self.guest.sh(f'kill {self.pinned}')
        status, _, blocks = self.finish_change('complete')
        self.assertEqual((status, blocks[self.stuck]['outcome']), (0, 'changed'))
        self.assertEqual((self.finish_second(), self.state(self.free)), (0, 'offline'))

    def test_timeout(self):
        """waiting counts against --timeout, and nothing is changed"""
        run = self.memctl(f'offline --block {self.free} --timeout 1s', 124, timeout=20)
        self.assertRegex(run.err, rf'(?s)process {self.holder}.*nothing was changed.*process {self.holder}.*deadline')
        document = self.json(f'offline --block {self.free} --timeout 500ms', 124)
        self.assertEqual(document['exit_status'], 124)
        self.assertEqual(self.state(self.free), 'online')

    def test_interrupt(self):
        """a signal ends the waiting"""
        self.start_second(f'offline --block {self.free}')
        self.guest.sh('kill -TERM $(cat /tmp/second.pid)')
        self.assertEqual(self.finish_second(), 143)
        self.assertRegex(self.guest.read('/tmp/second.err'), 'nothing was changed')
        self.assertEqual(self.state(self.free), 'online')

    def test_kill(self):
        """a killed memctl leaves no lock behind, and no writer"""
        self.start_second(f'offline --block {self.free}')
        self.guest.sh(f'kill -KILL {self.holder}')
        self.assertEqual((self.finish_second(), self.state(self.free)), (0, 'offline'))
        self.assertEqual(self.state(self.stuck), 'online')
        self.assertNoWriter()

    def test_reading(self):
        """listing and dry runs take no lock"""
        self.memctl('list')
        self.memctl('status')
        self.change(f'offline --block {self.free} --dry-run', outcome='planned')

    def test_stale(self):
        """a lock file that nobody holds is no hindrance; a symbolic link in its place is not followed"""
        self.guest.sh(f'kill {self.pinned}')
        self.finish_change('complete')
        self.guest.sh(f'echo 1 > {LOCK}')
        self.change(f'offline --block {self.free}', outcome='complete')
        self.guest.sh(f'rm {LOCK}; echo precious > /tmp/precious; ln -s /tmp/precious {LOCK}')
        try:
            self.memctl(f'online --block {self.free} --movable', 1)
            self.assertEqual(self.guest.read('/tmp/precious'), 'precious')
            self.assertEqual(self.state(self.free), 'offline')
        finally:
            self.guest.sh(f'rm {LOCK}')
