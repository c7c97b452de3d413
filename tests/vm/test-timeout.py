# SPDX-License-Identifier: GPL-2.0-or-later
"""Deadlines: an offline that never ends, and a writer that waits for the kernel's lock."""

import vm

GRACE_MS = 5000     # for a writer that was killed, before memctl reports that the kernel is still at it


class Timeout(vm.GuestTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stuck, cls.free = cls.guest.add_dimm('common')

    def setUp(self):
        """One block is online with a page that cannot be moved, one without."""
        for block in self.stuck, self.free:
            if self.state(block) == 'offline':
                self.set_state(block, 'online_movable')

    def check_stopped(self, block, document, milliseconds):
        self.assertEqual([block[key] for key in ('before', 'after', 'zone', 'outcome', 'errno', 'reason')],
                         ['online', 'online', 'Movable', 'timeout', None, 'deadline'])
        self.assertTrue(block['hint'])
        self.assertGreaterEqual(document['elapsed_ms'], milliseconds - vm.LOCK_MS)
        self.assertLess(document['elapsed_ms'], milliseconds + GRACE_MS)
        self.assertNoWriter()

    @vm.short
    def test_timeout(self):
        """an endless offline ends at --timeout, and the block is online"""
        self.pin(self.stuck)
        document, blocks = self.change(f'offline --block {self.stuck} --timeout 5s', 124, 'timeout')
        self.check_stopped(blocks[self.stuck], document, 5000)

    def test_not_tried(self):
        """--timeout ends the whole request: later blocks are not tried"""
        self.pin(self.stuck)
        document, blocks = self.change(f'offline --block {self.stuck},{self.free} --timeout 5s', 124, 'timeout')
        self.check_stopped(blocks[self.stuck], document, 5000)
        self.assertEqual([blocks[self.free][key] for key in ('after', 'outcome')], ['online', 'not-tried'])

    def test_block_timeout(self):
        """--block-timeout ends one block, and the next is done"""
        self.pin(self.stuck)
        document, blocks = self.change(f'offline --block {self.stuck},{self.free} --block-timeout 1s', 124, 'timeout')
        self.check_stopped(blocks[self.stuck], document, 1000)
        self.assertEqual([blocks[self.free][key] for key in ('after', 'outcome')], ['offline', 'changed'])

    def test_nearer(self):
        """the nearer of two deadlines counts"""
        self.pin(self.stuck)
        document, blocks = self.change(f'offline --block {self.stuck} --block-timeout 500ms --timeout infinity', 124, 'timeout')
        self.check_stopped(blocks[self.stuck], document, 500)
        document, blocks = self.change(f'offline --block {self.stuck} --block-timeout infinity --timeout 5s', 124, 'timeout')
        self.check_stopped(blocks[self.stuck], document, 5000)

    @vm.short
    def test_pressure(self):
        """an offline without room for the block's pages is refused, and with --force over at the deadline"""
        self.set_state(self.free, 'offline')
        free = int(self.guest.sh('free -m').split('\n')[1].split()[3])
        self.occupy('hog', free - 64)
        document, _ = self.change(f'offline --block {self.stuck} --timeout 2s', 4, 'refused')
        self.assertEqual((document['guard']['code'], self.state(self.stuck)), ('memory-left', 'online'))
        self.start_change(f'offline --block {self.stuck} --timeout 5s --force')
        status, document, blocks = self.finish_change()
        # A writer that is being killed may get the memory that was wanting: on Linux 7.3 the offline may come to its end by that.
        came = [status] + [blocks[self.stuck][key] for key in ('after', 'outcome')]
        self.assertIn(came, ([124, 'online', 'timeout'], [0, 'offline', 'changed']))
        self.assertLess(document['elapsed_ms'], 5000 + GRACE_MS)
        self.assertNoWriter()

    def test_success(self):
        """an offline that comes to its end before the deadline is a success"""
        pin = self.pin(self.stuck)
        self.start_change(f'offline --block {self.stuck} --timeout 20s')
        self.wait_in_kernel(vm.WRITER, 'migrate')
        self.guest.sh(f'kill {pin}')
        status, _, blocks = self.finish_change('complete')
        self.assertEqual((status, blocks[self.stuck]['outcome']), (0, 'changed'))

    def test_text(self):
        """the report for people is printed after a timeout"""
        self.pin(self.stuck)
        run = self.memctl(f'offline --block {self.stuck},{self.free} --block-timeout 1s', 124)
        self.assertRegex(run.out + run.err, rf'(?s)\b{self.stuck}\b.*timeout.*\b{self.free}\b.*changed')

    @vm.short
    def test_lock(self):
        """a writer that waits for the kernel's lock ends at the deadline, and its block is as it was"""
        waiting = self.add_blocks()[0]
        self.hold_lock(self.stuck)
        document, blocks = self.change(f'online --block {waiting} --movable --timeout 5s', 124, 'timeout')
        self.assertEqual([blocks[waiting][key] for key in ('before', 'after', 'outcome')], ['offline', 'offline', 'timeout'])
        self.assertEqual(blocks[waiting]['reason'], 'locked')
        self.assertLess(document['elapsed_ms'], 5000 + GRACE_MS)
        self.assertNoWriter()
        self.release_lock()
        self.guest.wait_for(f'grep -q online {vm.MEMORY}/memory{self.stuck}/state')
        self.assertEqual(self.state(waiting), 'offline')

    def test_lock_released(self):
        """a writer that waits for the kernel's lock goes on when it can"""
        waiting = self.add_blocks()[0]
        self.hold_lock(self.stuck)
        self.start_change(f'online --block {waiting} --movable --timeout 20s')
        self.wait_for_waiting()
        self.release_lock()
        status, _, blocks = self.finish_change('complete')
        self.assertEqual((status, blocks[waiting]['outcome']), (0, 'changed'))

    def test_other_offline(self):
        """a block that somebody else is taking offline is waited for until the deadline"""
        self.hold_lock(self.stuck)
        document, blocks = self.change(f'offline --block {self.stuck} --timeout 5s', 124, 'timeout')
        self.assertEqual(blocks[self.stuck]['after'], 'going-offline')
        self.assertNoWriter()
        self.release_lock()
