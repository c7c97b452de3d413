# SPDX-License-Identifier: GPL-2.0-or-later
"""The processes that map pages: as much as they really have, and among them who holds a page."""

import vm

SIZE = 90 << 20     # of the hog: more than half of a block, in whichever blocks


class Who(vm.GuestTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second = cls.guest.add_dimm('common')

    def setUp(self):
        for block in self.first, self.second:
            if self.state(block) == 'offline':
                self.set_state(block, 'online_movable')

    def explain(self, arguments=''):
        document = self.json(f'explain --who {arguments}')
        self.assertEqual(document['who'], {'errno': None, 'skipped': 0})
        return document['blocks']

    def mapped(self, pid):
        """What a process maps of each block"""
        return {block['block_id']: process['mapped']
                for block in self.explain() for process in block['processes'] if process['pid'] == pid}

    def resident(self, pid):
        return int(self.guest.sh(f"sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\) kB/\\1/p' /proc/{pid}/status")) << 10

    @vm.short
    def test_known_size(self):
        """a process is found with all of its memory, wherever it is, and gone after its end"""
        hog = self.occupy('hog', SIZE >> 20)
        mapped = self.mapped(hog)
        self.assertGreater(sum(mapped.values()), SIZE)
        # The zero page counts here and not there; the kernel counts for each processor and sums up now and then.
        self.assertLess(abs(sum(mapped.values()) - self.resident(hog)), 1 << 20)
        heaviest = max(mapped, key=mapped.get)
        processes = self.explain(f'--block {heaviest}')[0]['processes']
        self.assertEqual((processes[0]['pid'], processes[0]['name']), (hog, 'hog'))
        self.assertRegex(self.memctl(f'explain --who --block {heaviest}').out, rf'\nMapped by: hog \(pid {hog}, [0-9.]+[KM]\)')
        self.guest.sh(f'kill -9 {hog}; while [ -d /proc/{hog} ]; do usleep 1000; done')
        self.assertEqual(self.mapped(hog), {})

    def test_moved(self):
        """a process is found where its memory has moved to"""
        hog = self.occupy('hog', SIZE >> 20)
        before = self.mapped(hog)
        self.set_state(self.second, 'offline')
        after = self.mapped(hog)
        self.assertNotIn(self.second, after)
        self.assertLess(abs(sum(before.values()) - sum(after.values())), 1 << 20)

    def test_itself(self):
        """memctl does not name itself"""
        names = {process['name'] for block in self.explain() for process in block['processes']}
        self.assertNotIn('memctl', names)
        self.assertIn('sh', names)

    @vm.short
    def test_pinned(self):
        """after a timeout who holds the page is named, by the page that the kernel names"""
        pin = self.pin(self.first)
        # The kernel names ten pages in five seconds at most.
        document, blocks = self.change(f'offline --block {self.first},{self.second} --block-timeout 7s --who', 124, 'timeout')
        self.assertEqual(document['who'], {'errno': None, 'skipped': 0})
        said = blocks[self.first]
        self.assertIsNotNone(said['page'])
        self.assertEqual([(process['pid'], process['name'], process['mapped']) for process in said['processes']],
                         [(pin, 'pin', 4096)])
        self.assertNotIn('processes', blocks[self.second])
        self.assertNotIn('--who', said['more'] or '')
        run = self.memctl(f'offline --block {self.first} --block-timeout 7s --who', 124)
        self.assertRegex(run.err, rf'block {self.first}: page 0x[0-9a-f]+ is mapped by: pin \(pid {pin}, 4K\)')

    def test_pinned_block(self):
        """without the kernel's log the processes of the whole block are the candidates"""
        pin = self.pin(self.first)
        self.guest.sh('mv /dev/kmsg /dev/kmsg.away')
        try:
            _, blocks = self.change(f'offline --block {self.first} --timeout 5s --who', 124, 'timeout')
        finally:
            self.guest.sh('mv /dev/kmsg.away /dev/kmsg')
        said = blocks[self.first]
        self.assertIsNone(said['page'])
        self.assertIn(pin, [process['pid'] for process in said['processes']])

    def test_hint(self):
        """without --who it is what the hint says"""
        self.pin(self.first)
        _, blocks = self.change(f'offline --block {self.first} --timeout 5s', 124, 'timeout')
        self.assertIn('--who', blocks[self.first]['more'])
        self.assertNotIn('processes', blocks[self.first])

    def test_user(self):
        """an ordinary user is told that only root may see it"""
        run = self.guest.run('su user -c "memctl explain --who"')
        self.assertEqual(run.status, 0)
        self.assertRegex(run.out, r'Not known: which processes map pages \(only root')
        document = self.parse(self.guest.run('su user -c "memctl explain --who --json"').out)
        self.assertEqual(document['who']['errno'], 'EPERM')
        self.assertEqual({block['processes'] for block in document['blocks']}, {None})
