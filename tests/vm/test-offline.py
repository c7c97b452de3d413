# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl offline, as far as the kernel goes along and where it does not."""

import errno

import vm


class Offline(vm.GuestTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second = cls.guest.add_dimm('common')

    def setUp(self):
        """Two blocks are online in ZONE_MOVABLE."""
        for block in self.first, self.second:
            if self.state(block) == 'offline':
                self.set_state(block, 'online_movable')

    def test_offline(self):
        """offline takes movable blocks offline"""
        document, blocks = self.change(f'offline --block {self.first},{self.second}', outcome='complete')
        self.assertEqual((document['action'], document['changed']), ('offline', 2 * self.guest.block_size))
        for block in blocks.values():
            self.assertEqual([block[key] for key in ('before', 'after', 'zone', 'outcome', 'errno', 'reason')],
                             ['online', 'offline', 'Movable', 'changed', None, None])

    def test_in_use(self):
        """offline moves a program's memory away"""
        self.set_state(self.second, 'offline')
        self.occupy('hog', 100)
        self.change(f'offline --block {self.first}', outcome='complete')

    def test_already(self):
        """a block that is offline is a success, but not a change"""
        self.set_state(self.first, 'offline')
        document, blocks = self.change(f'offline --block {self.first}', outcome='complete')
        self.assertEqual((blocks[self.first]['outcome'], document['changed']), ('already', 0))

    def test_zone(self):
        """--zone selects the blocks that a zone manages"""
        movable = [block for block, (state, zones, _) in self.all_blocks().items() if state == 'online' and zones == ['Movable']]
        _, blocks = self.change('offline --zone Movable', outcome='complete')
        self.assertEqual(sorted(blocks), movable)

    @vm.short
    def test_kernel_memory(self):
        """a block with kernel memory is busy and stays online"""
        block = self.add_blocks()[0]
        self.set_state(block, 'online_kernel')
        self.guest.sh('i=0; while [ $i -lt 60 ]; do sleep 1000 & i=$((i + 1)); done > /dev/null 2>&1')
        _, blocks = self.change(f'offline --block {block}', 1, 'failed')
        self.assertEqual([blocks[block][key] for key in ('before', 'after', 'zone', 'outcome', 'errno', 'reason')],
                         ['online', 'online', 'Normal', 'busy', 'EBUSY', 'unmovable-page'])
        self.assertTrue(blocks[block]['hint'])

    @vm.short
    def test_boot_memory(self):
        """boot memory goes offline or is busy, and memctl says which"""
        for block in 1, 2:      # what is in them differs from boot to boot
            with self.subTest(block=block):
                status = self.guest.run(f'memctl offline --block {block} --json > /tmp/out').status
                document = self.parse(self.guest.sh('cat /tmp/out'))
                self.check_change(document, status)
                said = document['blocks'][0]
                self.assertEqual((status, said['outcome'], said['errno']),
                                 {'offline': (0, 'changed', None), 'online': (1, 'busy', 'EBUSY')}[self.state(block)])
                self.change(f'online --block {block} --kernel')

    @vm.short
    def test_several_zones(self):
        """a block of several zones is impossible, and nothing is written"""
        self.assertEqual(self.zones(0), ['none'])
        for option in '', '--dry-run':
            with self.subTest(option):
                _, blocks = self.change(f'offline --block 0 {option}', 1)
                self.assertEqual([blocks[0][key] for key in ('after', 'outcome', 'errno', 'reason', 'elapsed_ms')],
                                 ['online', 'impossible', None, 'several-zones', 0])

    @vm.short
    def test_hole(self):
        """a block with a hole is impossible"""
        _, blocks = self.change('offline --block 3', 1, 'failed')
        self.assertEqual([blocks[3][key] for key in ('after', 'zone', 'outcome', 'errno', 'reason')],
                         ['online', 'DMA32', 'impossible', 'EINVAL', 'invalid-range'])

    def test_partial(self):
        """a failing block does not keep the others from going offline"""
        _, blocks = self.change(f'offline --block 0,3,{self.first}', 64, 'partial')
        self.assertEqual([blocks[block]['outcome'] for block in (0, 3, self.first)], ['impossible', 'impossible', 'changed'])
        self.assertEqual(self.state(self.first), 'offline')

    def test_dry_run(self):
        """--dry-run says what would be done and does nothing"""
        _, blocks = self.change(f'offline --block {self.first} --dry-run', outcome='planned')
        self.assertEqual(blocks[self.first]['outcome'], 'planned')
        self.change(f'offline --block 0,{self.first} --dry-run', 64)
        self.assertEqual(self.state(self.first), 'online')

    @vm.short
    def test_refusals(self):
        """what a notifier answers is told: a veto, busy, too little memory"""
        for number, outcome, reason in ((errno.EPERM, 'vetoed', 'veto'), (errno.EBUSY, 'busy', 'busy'),
                                        (errno.ENOMEM, 'failed', 'no-memory')):
            with self.subTest(outcome=outcome, reason=reason):
                self.inject('MEM_GOING_OFFLINE', number)
                _, blocks = self.change(f'offline --block {self.first}', 1, 'failed')
                self.assertEqual([blocks[self.first][key] for key in ('after', 'outcome', 'reason', 'errno')],
                                 ['online', outcome, reason, errno.errorcode[number]])

    def test_text(self):
        """the report for people says why a block is still online"""
        run = self.memctl(f'offline --block 0,{self.first}', 64)
        self.assertRegex(run.out + run.err, rf'(?s)impossible.*\b{self.first}\b.*changed')
        self.assertRegex(run.out + run.err, r'(?i)several zones')
