# SPDX-License-Identifier: GPL-2.0-or-later
"""All or nothing, and coming back to what was busy."""

import errno

import vm


class Rollback(vm.GuestTest):
    """Node 1 has no processor: the kernel puts nothing of its own into what it has in a kernel zone."""

    options = ('-object', 'memory-backend-ram,id=ram0,size=512M', '-numa', 'node,nodeid=0,memdev=ram0,cpus=0',
               '-numa', 'node,nodeid=1')

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.blocks = cls.guest.add_dimm('common', 4 * cls.guest.block_size, node=1)

    def setUp(self):
        """One block is online in a kernel zone, and after it three are in ZONE_MOVABLE."""
        for block, zone in zip(reversed(self.blocks), ('Movable', 'Movable', 'Movable', 'Normal')):
            if self.state(block) == 'offline':
                self.set_state(block, 'online_movable' if zone == 'Movable' else 'online_kernel')
        self.check_as_before()
        self.names = ','.join(map(str, self.blocks))

    def refuse_after(self, block, number, events=('MEM_GOING_OFFLINE',)):
        """While a block, which is pinned, is on its way offline, make the kernel refuse all that follow, and let it go.

        Once it moves pages, it has asked whether anybody refuses.
        """
        pin = self.pin(block)
        for event in events:
            self.inject(event, 0)
        commands = '; '.join(f'echo {-number} > {vm.INJECT}/{event}/error' for event in events)
        self.guest.sh(f'(until grep -q going-offline {vm.MEMORY}/memory{block}/state && '
                      f'grep -q migrate /proc/{vm.WRITER}/stack; do usleep 10000; done; {commands}; kill {pin}) > /dev/null 2>&1 &')

    def wait_for_writes(self, number):
        """Wait until memctl has written so often."""
        self.guest.wait_for(f'[ "$(sed -n "s/^syscw: //p" /proc/{vm.WRITER}/io 2> /dev/null)" -ge {number} ] 2> /dev/null')

    def check_as_before(self):
        self.assertEqual([(self.state(block), self.zones(block)) for block in self.blocks],
                         [('online', ['Normal'])] + [('online', ['Movable'])] * 3)

    def outcomes(self, blocks):
        return [blocks[block]['outcome'] for block in self.blocks if block in blocks]

    def test_error(self):
        """after a failure the blocks are back in the zones they were in"""
        self.refuse_after(self.blocks[1], errno.EBUSY)
        document, blocks = self.change(f'offline --block {self.names} --rollback', 1, 'rolled-back')
        self.assertEqual(self.outcomes(blocks), ['rolled-back', 'rolled-back', 'busy', 'busy'])
        self.assertEqual([blocks[block]['zone'] for block in self.blocks], ['Normal', 'Movable', 'Movable', 'Movable'])
        self.assertEqual(document['changed'], 0)
        self.check_as_before()

    def test_text(self):
        """the report for people says that nothing is changed"""
        self.refuse_after(self.blocks[1], errno.EBUSY)
        run = self.memctl(f'offline --block {self.names} --rollback', 1)
        self.assertRegex(run.out, r'Rolled back in \S+: nothing is changed')
        self.check_as_before()

    def test_kept(self):
        """without --rollback what was changed stays so"""
        self.refuse_after(self.blocks[1], errno.EBUSY)
        _, blocks = self.change(f'offline --block {self.names}', 64, 'partial')
        self.assertEqual(self.outcomes(blocks), ['changed', 'changed', 'busy', 'busy'])

    def test_complete(self):
        """a request that completes is not rolled back"""
        _, blocks = self.change(f'offline --block {self.names} --rollback', outcome='complete')
        self.assertEqual(self.outcomes(blocks), ['changed'] * 4)

    def test_deadline(self):
        """a deadline is a failure, too, and stays the exit status"""
        self.pin(self.blocks[3])
        for deadline in '--timeout', '--block-timeout':
            with self.subTest(deadline):
                _, blocks = self.change(f'offline --block {self.names} --rollback {deadline} 1s', 124, 'rolled-back')
                self.assertEqual(self.outcomes(blocks), ['rolled-back'] * 3 + ['timeout'])
                self.check_as_before()
        self.assertNoWriter()

    def test_interrupt(self):
        """Ctrl-C rolls back, and memctl ends with status 130"""
        self.pin(self.blocks[3])
        run = self.signal('INT', self.blocks[3], f'offline --block {self.names} --rollback --json', 130)
        document = self.parse(run.out)
        self.check_change(document, 130, 'rolled-back')
        self.assertEqual([block['outcome'] for block in document['blocks']], ['rolled-back'] * 3 + ['interrupted'])
        self.check_as_before()
        self.assertNoWriter()

    def test_online(self):
        """blocks that came online go offline again"""
        self.set_state(self.blocks[2], 'offline')
        self.set_state(self.blocks[3], 'offline')
        _, blocks = self.change(f'online --block {self.blocks[0]},{self.blocks[2]}-{self.blocks[3]} --movable --rollback',
                                1, 'rolled-back')
        self.assertEqual(self.outcomes(blocks), ['wrong-zone', 'rolled-back', 'rolled-back'])
        self.assertEqual([self.state(block) for block in self.blocks[2:]], ['offline', 'offline'])

    def test_failed(self):
        """a rollback that the kernel refuses is told"""
        self.refuse_after(self.blocks[1], errno.ENOMEM, ('MEM_GOING_OFFLINE', 'MEM_GOING_ONLINE'))
        document, blocks = self.change(f'offline --block {self.names} --rollback', 64, 'partial')
        self.assertEqual(self.outcomes(blocks), ['rollback-failed', 'rollback-failed', 'failed', 'failed'])
        for block in self.blocks[:2]:
            self.assertEqual((blocks[block]['after'], blocks[block]['errno']), ('offline', 'ENOMEM'))
        self.assertEqual(document['changed'], 2 * self.guest.block_size)

    def test_retry(self):
        """--retry comes back to a block until it is no longer busy"""
        self.inject('MEM_GOING_OFFLINE', errno.EBUSY)
        self.start_change(f'offline --block {self.blocks[3]} --retry 10')
        self.wait_for_writes(3)
        self.guest.sh(f'echo 0 > {vm.INJECT}/MEM_GOING_OFFLINE/error')
        status, document, blocks = self.finish_change('complete')
        self.assertEqual((status, blocks[self.blocks[3]]['outcome']), (0, 'changed'))
        self.assertGreaterEqual(document['elapsed_ms'], 700)    # 100 + 200 + 400

    def test_retry_in_vain(self):
        """--retry ends after so many times"""
        self.inject('MEM_GOING_OFFLINE', errno.EBUSY)
        document, blocks = self.change(f'offline --block {self.blocks[3]} --retry 3', 1, 'failed')
        self.assertEqual(blocks[self.blocks[3]]['outcome'], 'busy')
        self.assertGreaterEqual(document['elapsed_ms'], 700)    # 100 + 200 + 400

    def test_retry_veto(self):
        """--retry is for what is busy; a veto is final"""
        self.inject('MEM_GOING_OFFLINE', errno.EPERM)
        document, _ = self.change(f'offline --block {self.blocks[3]} --retry 100', 1, 'failed')
        self.assertLess(document['elapsed_ms'], 1000)

    def test_retry_deadline(self):
        """--timeout ends the pauses of --retry"""
        self.inject('MEM_GOING_OFFLINE', errno.EBUSY)
        document, blocks = self.change(f'offline --block {self.blocks[3]} --retry 1000 --timeout 5s', 124, 'timeout')
        self.assertEqual(self.state(self.blocks[3]), 'online')
        self.assertGreaterEqual(document['elapsed_ms'], 5000 - vm.LOCK_MS)
        self.assertLess(document['elapsed_ms'], 7000)

    def test_retry_rollback(self):
        """--rollback waits for the last of --retry"""
        self.refuse_after(self.blocks[1], errno.EBUSY)
        self.start_change(f'offline --block {self.names} --rollback --retry 10')
        self.wait_for_writes(len(self.blocks) + 2)
        self.guest.sh(f'echo 0 > {vm.INJECT}/MEM_GOING_OFFLINE/error')
        status, _, blocks = self.finish_change('complete')
        self.assertEqual((status, self.outcomes(blocks)), (0, ['changed'] * 4))
