# SPDX-License-Identifier: GPL-2.0-or-later
"""Signals to memctl in the middle of an offline that never ends."""

import vm

BACKSTOP_MS = 5000      # after the deadline: memctl itself would be faster


class Signal(vm.GuestTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stuck, cls.free = cls.guest.add_dimm('common')
        for block in cls.stuck, cls.free:
            cls.guest.sh(f'echo online_movable > {vm.MEMORY}/memory{block}/state')

    def setUp(self):
        self.pin(self.stuck)

    def interrupt(self, name, status):
        run = self.signal(name, self.stuck, f'offline --block {self.stuck},{self.free} --json', status)
        self.assertNoWriter()
        if name != 'INT':       # the guest's shell tells of processes that a signal ended, but for this one
            self.assertIn({'HUP': 'Hangup', 'QUIT': 'Quit', 'TERM': 'Terminated'}[name], run.err)
        document = self.parse(run.out)
        self.check_change(document, status, 'interrupted')
        stuck, free = document['blocks']
        self.assertEqual([stuck[key] for key in ('after', 'outcome', 'reason')], ['online', 'interrupted', 'cancelled'])
        self.assertEqual([free[key] for key in ('after', 'outcome')], ['online', 'not-tried'])

    def test_int(self):
        """SIGINT ends it after a report, and memctl with status 130"""
        self.interrupt('INT', 130)

    def test_term(self):
        """SIGTERM ends it after a report, and memctl with status 143"""
        self.interrupt('TERM', 143)

    def test_hup(self):
        """SIGHUP ends it after a report, and memctl with status 129"""
        self.interrupt('HUP', 129)

    def test_quit(self):
        """SIGQUIT ends it after a report, and memctl with status 131, also with --kernel-debug, which is switched off again"""
        control = '/proc/dynamic_debug/control'
        before = self.guest.run(f'cat {control}').out
        self.interrupt('QUIT', 131)
        self.signal('QUIT', self.stuck, f'offline --block {self.stuck} --kernel-debug', 131)
        self.assertEqual(self.guest.run(f'cat {control}').out, before)

    def test_ignored(self):
        """a signal that was ignored when memctl started, as with nohup, does not end it"""
        arguments = f'offline --block {self.stuck} --timeout 5s'
        run = self.signal('HUP', self.stuck, arguments, 124, before='trap "" HUP;')
        self.assertIn('timeout', run.out)

    def test_text(self):
        """the report for people is printed too"""
        run = self.signal('INT', self.stuck, f'offline --block {self.stuck}', 130)
        self.assertRegex(run.out + run.err, rf'\b{self.stuck}\b')
        self.assertRegex(run.out + run.err, r'(?i)interrupted|cancelled')

    def test_kill(self):
        """a killed memctl leaves no writer, and the block is online again"""
        self.signal('KILL', self.stuck, f'offline --block {self.stuck}', 137)
        self.guest.wait_for(f'grep -qx online {vm.MEMORY}/memory{self.stuck}/state')
        self.assertNoWriter()

    def test_stop(self):
        """while memctl is stopped its writer ends by itself, some seconds after the deadline"""
        self.start_change(f'offline --block {self.stuck} --block-timeout 2s')
        writer = int(self.guest.sh(f'until grep -q going-offline {vm.MEMORY}/memory{self.stuck}/state; do usleep 10000; done; '
                                   f'kill -STOP $(cat /tmp/memctl.pid); echo {vm.WRITER}'))
        self.guest.wait_for(f'grep -qx online {vm.MEMORY}/memory{self.stuck}/state')
        self.guest.wait_for(f'grep -q "^State:.Z" /proc/{writer}/status')   # only its parent can make it vanish
        self.assertRegex(self.guest.sh('cat /proc/$(cat /tmp/memctl.pid)/status'), r'State:\s+T')
        self.guest.sh('kill -CONT $(cat /tmp/memctl.pid)')
        status, document, blocks = self.finish_change('timeout')
        self.assertEqual(status, 124)
        self.assertEqual([blocks[self.stuck][key] for key in ('before', 'after', 'zone', 'outcome', 'errno', 'reason')],
                         ['online', 'online', 'Movable', 'timeout', None, 'deadline'])
        self.assertGreaterEqual(document['elapsed_ms'], 2000 + BACKSTOP_MS)
        self.assertNoWriter()

    def test_writer_stopped(self):
        """a writer that somebody stops does not outlive the deadline"""
        self.start_change(f'offline --block {self.stuck} --timeout 2s')
        self.guest.wait_for(f'grep -q going-offline {vm.MEMORY}/memory{self.stuck}/state')
        self.guest.sh(f'kill -STOP {vm.WRITER}')
        status, _, blocks = self.finish_change()
        self.assertEqual((status, blocks[self.stuck]['outcome'], blocks[self.stuck]['after']), (124, 'timeout', 'online'))
        self.assertNoWriter()

    @vm.short
    def test_writer_interrupted(self):
        """a writer that is stopped for a moment, which makes the kernel give up, tries again or says so"""
        self.start_change(f'offline --block {self.stuck} --timeout 3s')
        self.guest.wait_for(f'grep -q going-offline {vm.MEMORY}/memory{self.stuck}/state')
        self.guest.sh(f'kill -STOP {vm.WRITER}')
        self.guest.wait_for(f'grep -q "^State:.T" /proc/{vm.WRITER}/status')
        self.guest.sh(f'kill -CONT {vm.WRITER}')
        status, _, blocks = self.finish_change()
        self.assertIn((status, blocks[self.stuck]['outcome'], blocks[self.stuck]['reason']),
                      ((124, 'timeout', 'deadline'), (1, 'busy', 'signal')))
        self.assertNoWriter()

    def test_writer_killed(self):
        """a writer that somebody kills is a failure of its block alone"""
        self.start_change(f'offline --block {self.stuck},{self.free}')
        self.guest.wait_for(f'grep -q going-offline {vm.MEMORY}/memory{self.stuck}/state')
        self.guest.sh(f'kill -KILL {vm.WRITER}')
        status, _, blocks = self.finish_change('partial')
        self.assertEqual((status, blocks[self.stuck]['outcome'], blocks[self.stuck]['reason']), (64, 'failed', 'writer-died'))
        self.assertEqual(blocks[self.free]['outcome'], 'changed')
        self.set_state(self.free, 'online_movable')

    @vm.short
    def test_waiting(self):
        """SIGTERM also ends a writer that waits for the kernel's lock"""
        waiting = self.add_blocks()[0]
        self.hold_lock(self.stuck)
        self.start_change(f'online --block {waiting}')
        self.wait_for_waiting()
        self.guest.sh('kill -TERM $(cat /tmp/memctl.pid)')
        status, document, blocks = self.finish_change('interrupted')
        self.assertEqual((status, blocks[waiting]['outcome'], blocks[waiting]['after']), (143, 'interrupted', 'offline'))
        self.assertNoWriter()
        self.release_lock()
