# SPDX-License-Identifier: GPL-2.0-or-later
"""So much memory, whichever blocks it is: who is chosen, who takes the place of a block that cannot go, when it is too little."""

import errno

import vm

BLOCK = '128M'


class Goal(vm.GuestTest):
    """The processor is in node 0: what the kernel needs for itself is not in the memory of node 1."""

    options = ('-object', 'memory-backend-ram,id=ram0,size=512M', '-numa', 'node,nodeid=0,memdev=ram0,cpus=0',
               '-numa', 'node,nodeid=1')

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.blocks = cls.guest.add_dimm('one', node=1) + cls.guest.add_dimm('two', node=1)

    def setUp(self):
        """Node 1 has four blocks, of two DIMMs, in ZONE_MOVABLE."""
        for block in self.blocks:
            if self.state(block) == 'online' and self.zones(block) != ['Movable']:
                self.set_state(block, 'offline')
            if self.state(block) == 'offline':
                self.set_state(block, 'online_movable')

    def follow(self, arguments, expected):
        """A dry run plans to change these blocks, in this order, and the run changes them and no others."""
        document, _ = self.change(f'{arguments} --dry-run', outcome='planned')
        self.assertEqual([block['block_id'] for block in document['blocks'] if block['outcome'] == 'planned'], expected)
        before = self.all_blocks()
        document, _ = self.change(arguments, outcome='complete')
        self.assertEqual([block['block_id'] for block in document['blocks']], expected)
        self.assertEqual({block['outcome'] for block in document['blocks']}, {'changed'})
        after = self.all_blocks()
        self.assertEqual({block for block in after if after[block][0] != before[block][0]}, set(expected))

    def test_order(self):
        """offline --size takes ZONE_MOVABLE first, the highest block first, as --dry-run says"""
        blocks = self.blocks
        for block in blocks[1], blocks[3]:
            self.set_state(block, 'offline')
            self.set_state(block, 'online_kernel')
        document = self.json('offline --size 256M --node 1 --dry-run')
        self.assertEqual([(block['block_id'], block['outcome'], block['zone']) for block in document['blocks']],
                         [(blocks[2], 'planned', 'Movable'), (blocks[0], 'planned', 'Movable'),
                          (blocks[3], 'not-tried', 'Normal'), (blocks[1], 'not-tried', 'Normal')])
        self.assertRegex(self.memctl('offline --size 256M --node 1 --dry-run').out, r'(?i)further candidates.*: 2 blocks')
        self.follow('offline --size 256M --node 1', [blocks[2], blocks[0]])
        self.follow('offline --count 1 --node 1', [blocks[3]])

    def test_online(self):
        """online --size goes up from the lowest block of the node, as --dry-run says"""
        for block in self.blocks:
            self.set_state(block, 'offline')
        self.follow(f'online --size {BLOCK} --node 1 --movable', self.blocks[:1])
        self.follow('online --count 2 --node 1 --movable', self.blocks[1:3])
        self.assertEqual([self.zones(block) for block in self.blocks[:3]], [['Movable']] * 3)

    def test_size(self):
        """the size counts what is to be changed, not what is offline already"""
        self.set_state(self.blocks[3], 'offline')
        document, _ = self.change('offline --size 256M --node 1', outcome='complete')
        self.assertEqual((document['requested'], document['changed']), (2 * self.guest.block_size,) * 2)
        self.assertEqual([self.state(block) for block in self.blocks], ['online', 'offline', 'offline', 'offline'])

    def test_stuck(self):
        """a block that runs into --block-timeout is replaced by the next candidate"""
        kernel = self.blocks[2]
        self.set_state(kernel, 'offline')
        self.set_state(kernel, 'online_kernel')
        self.pin(self.blocks[3])
        document, blocks = self.change('offline --size 384M --node 1 --block-timeout 1s', outcome='complete')
        self.assertEqual({block: said['outcome'] for block, said in blocks.items()},
                         {self.blocks[0]: 'changed', self.blocks[1]: 'changed', self.blocks[3]: 'timeout', kernel: 'changed'})
        self.assertEqual(document['changed'], 3 * self.guest.block_size)

    def test_in_use(self):
        """of blocks in one zone those that are in use are tried last"""
        self.pin(self.blocks[3])
        # The kernel's lists of free pages for a processor, which look as if they were in use, are emptied by any offline.
        self.set_state(self.blocks[0], 'offline')
        self.set_state(self.blocks[0], 'online_movable')
        _, blocks = self.change('offline --size 384M --node 1 --block-timeout 1s', outcome='complete')
        self.assertEqual({block: said['outcome'] for block, said in blocks.items()}, dict.fromkeys(self.blocks[:3], 'changed'))

    def test_busy(self):
        """a block with the kernel's own pages is not tried as long as there is another one, as --dry-run says"""
        low, high = self.add_blocks()
        self.set_state(high, 'online_kernel')
        self.guest.sh('i=0; while [ $i -lt 60 ]; do sleep 1000 & i=$((i + 1)); done > /dev/null 2>&1')
        self.set_state(low, 'online_movable')
        _, blocks = self.change(f'offline --count 2 --block {low},{high} --retry 1', 64, 'partial')
        self.assertEqual([blocks[block]['outcome'] for block in (low, high)], ['changed', 'busy'])
        self.set_state(low, 'online_kernel')
        _, plan = self.change(f'offline --size {BLOCK} --block {low},{high} --dry-run', outcome='planned')
        self.assertGreater(plan[low]['score'], plan[high]['score'])
        _, blocks = self.change(f'offline --size {BLOCK} --block {low},{high}', outcome='complete')
        self.assertEqual({block: said['outcome'] for block, said in blocks.items()}, {low: 'changed'})

    def test_refused(self):
        """when every candidate is busy, all of them were tried"""
        self.inject('MEM_GOING_OFFLINE', errno.EBUSY)
        _, blocks = self.change(f'offline --size {BLOCK} --node 1', 1, 'failed')
        self.assertEqual({block: said['outcome'] for block, said in blocks.items()}, dict.fromkeys(self.blocks, 'busy'))

    def test_short(self):
        """too few candidates: what is there is changed, and the request is partly done"""
        self.change('offline --size 1G --node 1 --dry-run', 64)
        document, blocks = self.change('offline --size 1G --node 1', 64, 'partial')
        self.assertEqual({block: said['outcome'] for block, said in blocks.items()}, dict.fromkeys(self.blocks, 'changed'))
        self.assertEqual((document['requested'], document['changed']), (8 * self.guest.block_size, 4 * self.guest.block_size))
        self.change('offline --size 1G --node 1', 1, 'failed')

    def test_short_text(self):
        """too few candidates: the report says how many more it would take"""
        self.assertRegex(self.memctl('offline --size 1G --node 1', 64).err, r'too few blocks to choose from: 4 fewer')

    def test_short_rollback(self):
        """too few candidates with --rollback: nothing is changed in the end"""
        _, blocks = self.change('offline --size 1G --node 1 --rollback', 1, 'rolled-back')
        self.assertEqual({block: said['outcome'] for block, said in blocks.items()}, dict.fromkeys(self.blocks, 'rolled-back'))
        self.assertEqual([self.zones(block) for block in self.blocks], [['Movable']] * 4)
