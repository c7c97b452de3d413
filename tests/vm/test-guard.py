# SPDX-License-Identifier: GPL-2.0-or-later
"""What memctl does not do to a machine unless it is told twice."""

import vm


class Guard(vm.GuestTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.blocks = cls.guest.add_dimm('common')

    def setUp(self):
        """Two blocks are online in ZONE_MOVABLE."""
        for block in self.blocks:
            if self.state(block) == 'offline':
                self.set_state(block, 'online_movable')

    def available(self):
        """Bytes that the kernel says are available."""
        return int(self.guest.sh("sed -n 's/^MemAvailable: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo")) << 10

    def check_refused(self, arguments, code):
        """Run and dry run are refused alike, and nothing changes; returns the guard."""
        before = self.all_blocks()
        for option in '', '--dry-run':
            with self.subTest(f'{arguments} {option}'):
                document, _ = self.change(f'{arguments} {option}', 4, 'refused')
                self.assertEqual((document['guard']['code'], document['guard']['refused'], document['changed']), (code, True, 0))
                self.assertEqual(self.all_blocks(), before)
        self.assertRegex(self.memctl(arguments, 4).err, r'(?s)refused: .*--force')
        return document['guard']

    def test_keep_free(self):
        """--keep-free refuses to leave less than that"""
        first = self.blocks[0]
        keep = (self.available() - self.guest.block_size // 2) // vm.MIB
        guard = self.check_refused(f'offline --block {first} --keep-free {keep}M', 'memory-left')
        self.assertEqual(guard['keep_free'], keep * vm.MIB)
        self.assertAlmostEqual(guard['available'], self.available(), delta=32 * vm.MIB)
        document, _ = self.change(f'offline --block {first} --keep-free 16M', outcome='complete')
        self.assertIsNone(document['guard'])

    def test_force(self):
        """--force passes --keep-free, with a warning"""
        document, blocks = self.change(f'offline --block {self.blocks[0]} --keep-free 100G --force', outcome='complete')
        self.assertEqual((document['guard']['code'], document['guard']['refused']), ('memory-left', False))
        self.assertEqual(blocks[self.blocks[0]]['outcome'], 'changed')
        run = self.memctl(f'offline --block {self.blocks[1]} --keep-free 100G --force')
        self.assertIn('careful: ', run.err)

    def test_available(self):
        """more than is available is refused without an option"""
        available = self.available() // vm.MIB
        self.occupy('hog', available - 100)
        self.check_refused(f'offline --block {self.blocks[0]}', 'memory-left')

    def test_imbalance(self):
        """--movable past 4:1 is refused, a choice of the kernel's never; past 3:1 it is a warning"""
        many = self.add_blocks(20 * self.guest.block_size)
        span = f'{many[0]}-{many[-1]}'
        guard = self.check_refused(f'online --block {span} --movable', 'imbalance')
        self.assertGreater(guard['ratio'], 4)
        self.assertIsNone(self.json(f'online --block {span} --dry-run')['guard'])
        document, _ = self.change(f'online --block {many[0]}-{many[12]} --movable', outcome='complete')
        self.assertEqual((document['guard']['code'], document['guard']['refused']), ('imbalance', False))
        self.assertTrue(3 < document['guard']['ratio'] <= 4, document['guard'])
        document, _ = self.change(f'online --block {span} --movable --force', outcome='complete')
        self.assertFalse(document['guard']['refused'])
        self.assertGreater(document['guard']['ratio'], 4)
        self.change(f'offline --block {span}', outcome='complete')
