# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl online, as far as the kernel goes along and where it does not."""

import errno

import vm


class Online(vm.GuestTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.spare = []

    def fresh(self, count):
        """Offline blocks, adjacent, that no other test uses."""
        if len(self.spare) < count:
            self.spare[:] = self.add_blocks()
        blocks, self.spare[:] = self.spare[:count], self.spare[count:]
        return blocks

    def test_movable(self):
        """online --movable brings blocks to ZONE_MOVABLE"""
        first, second = self.fresh(2)
        document, blocks = self.change(f'online --block {first}-{second} --movable', outcome='complete')
        self.assertEqual((document['action'], document['requested'], document['changed']),
                         ('online_movable', 2 * self.guest.block_size, 2 * self.guest.block_size))
        for block in first, second:
            self.assertEqual([blocks[block][key] for key in ('before', 'after', 'zone', 'outcome', 'errno', 'reason')],
                             ['offline', 'online', 'Movable', 'changed', None, None])
            self.assertEqual(self.zones(block), ['Movable'])

    def test_kernel(self):
        """online --kernel brings a block to a kernel zone"""
        block, = self.fresh(1)
        _, blocks = self.change(f'online --block {block} --kernel', outcome='complete')
        self.assertEqual((blocks[block]['outcome'], blocks[block]['zone'], self.zones(block)), ('changed', 'Normal', ['Normal']))

    @vm.short
    def test_plain(self):
        """online without a wish brings a block where the kernel would"""
        block, = self.fresh(1)
        default = self.zones(block)[0]
        _, blocks = self.change(f'online --block {block}', outcome='complete')
        self.assertEqual((blocks[block]['outcome'], blocks[block]['zone'], self.zones(block)), ('changed', default, [default]))

    def test_already(self):
        """a block that is online is a success, but not a change"""
        block, = self.fresh(1)
        self.set_state(block, 'online_movable')
        for wish in '', '--movable':
            document, blocks = self.change(f'online --block {block} {wish}', outcome='complete')
            self.assertEqual((blocks[block]['outcome'], document['changed']), ('already', 0))

    def test_wrong_zone(self):
        """a block that is online in another zone is a failure, and stays there"""
        block, = self.fresh(1)
        self.set_state(block, 'online_kernel')
        _, blocks = self.change(f'online --block {block} --movable', 1, 'failed')
        self.assertEqual([blocks[block][key] for key in ('outcome', 'reason', 'zone')], ['wrong-zone', 'other-zone', 'Normal'])
        self.assertEqual((self.state(block), self.zones(block)), ('online', ['Normal']))

    def test_partial(self):
        """one block done and one in the wrong zone is partly done"""
        wrong, right = self.fresh(2)
        self.set_state(wrong, 'online_kernel')
        _, blocks = self.change(f'online --block {wrong},{right} --movable', 64, 'partial')
        self.assertEqual((blocks[wrong]['outcome'], blocks[right]['outcome']), ('wrong-zone', 'changed'))

    def test_dry_run(self):
        """--dry-run says what would be done and does nothing"""
        first, second = self.fresh(2)
        document, blocks = self.change(f'online --block {first}-{second} --movable --dry-run', outcome='planned')
        self.assertTrue(document['dry_run'])
        self.assertEqual([block['outcome'] for block in blocks.values()], ['planned', 'planned'])
        self.assertEqual((self.state(first), self.state(second)), ('offline', 'offline'))

    def test_gap(self):
        """--range over a gap reports the gap and does the rest"""
        self.spare.clear()
        first, second = self.fresh(2)
        size = self.guest.block_size
        document, _ = self.change(f'online --range {first * size:#x}-{(second + 9) * size - 1:#x} --movable', outcome='complete')
        self.assertEqual([(block['block_id'], block['outcome']) for block in document['blocks']],
                         [(first, 'changed'), (second, 'changed'), (second + 1, 'absent')])
        self.assertEqual(document['requested'], 2 * size)

    def test_no_block(self):
        """a range or block that is not there is refused before anything is tried"""
        block, = self.fresh(1)
        for selection in '--range 0x100000000000+128M', f'--block {block},4000':
            with self.subTest(selection):
                self.assertEqual(self.json(f'online {selection}', 2)['error']['code'], 'usage')
        self.assertEqual(self.state(block), 'offline')

    def test_all(self):
        """--all brings every offline block online"""
        blocks = self.add_blocks()
        offline = [block for block, (state, _, _) in self.all_blocks().items() if state == 'offline']
        self.assertLessEqual(set(blocks), set(offline))
        _, changed = self.change('online --all --movable', outcome='complete')
        self.assertEqual(sorted(changed), sorted(offline))
        self.assertNotIn('offline', [state for state, _, _ in self.all_blocks().values()])
        self.spare.clear()
        self.change('online --all --movable', outcome='complete')

    @vm.short
    def test_refusals(self):
        """what a notifier answers is told: a veto, too little memory, poisoned memory, busy"""
        block, = self.fresh(1)
        for number, outcome, reason in ((errno.EPERM, 'vetoed', 'veto'), (errno.ENOMEM, 'failed', 'no-memory'),
                                        (133, 'failed', 'hwpoison'), (errno.EBUSY, 'busy', 'busy'), (errno.EIO, 'failed', 'other')):
            with self.subTest(outcome=outcome, reason=reason):
                self.inject('MEM_GOING_ONLINE', number)
                _, blocks = self.change(f'online --block {block} --movable', 1, 'failed')
                self.assertEqual([blocks[block][key] for key in ('after', 'outcome', 'reason', 'errno')],
                                 ['offline', outcome, reason, errno.errorcode.get(number, 'EHWPOISON')])

    def test_text(self):
        """the report for people names what was changed, and on stderr what was not"""
        block, = self.fresh(1)
        self.inject('MEM_GOING_ONLINE', errno.ENOMEM)
        run = self.memctl(f'online --block {block}', 1)
        self.assertRegex(run.out + run.err, rf'(?s)\b{block}\b.*failed')
        self.inject('MEM_GOING_ONLINE', 0)
        run = self.memctl(f'online --block {block} --movable')
        self.assertRegex(run.out, rf'(?s)\b{block}\b.*changed')
        self.assertEqual(run.err, '')
