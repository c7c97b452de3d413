# SPDX-License-Identifier: GPL-2.0-or-later
"""What is to be seen while the kernel takes its time."""

import re

import vm


class Progress(vm.GuestTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guest.gather_randomness()
        cls.free, cls.stuck = cls.guest.add_dimm('common')

    def setUp(self):
        """The second of two blocks in ZONE_MOVABLE cannot go offline."""
        for block in self.free, self.stuck:
            if self.state(block) == 'offline':
                self.set_state(block, 'online_movable')
        self.pin(self.stuck)

    def progress(self, arguments, status):
        """Run memctl with --json --progress; returns what the lines before the last say, and the last."""
        lines = [self.parse(line) for line in self.memctl(f'{arguments} --json --progress', status).out.splitlines()]
        return [line['progress'] for line in lines[:-1]], lines[-1]

    def test_json(self):
        """--json --progress says which block takes its time, and ends with the result"""
        lines, document = self.progress(f'offline --block {self.free},{self.stuck} --block-timeout 3s', 124)
        self.check_change(document, 124, 'timeout')
        waiting = [line for line in lines if line['block_id'] == self.stuck]
        self.assertGreaterEqual(len(waiting), 5)
        self.assertEqual({(line['done'], line['goal'], line['rolling_back']) for line in waiting}, {(1, 2, False)})
        for key in 'block_elapsed_ms', 'elapsed_ms':
            times = [line[key] for line in waiting]
            self.assertEqual(times, sorted(times))
            self.assertGreater(times[-1], 1500)

    def test_rollback(self):
        """--json --progress says when it rolls back"""
        lines, document = self.progress(f'offline --block {self.free},{self.stuck} --block-timeout 1s --rollback', 124)
        self.check_change(document, 124, 'rolled-back')
        self.assertTrue(lines[-1]['rolling_back'])
        self.assertFalse(lines[0]['rolling_back'])

    def on_console(self, arguments, status):
        """What memctl writes to standard error when that is a terminal."""
        run = self.guest.run(f'memctl {arguments} > /tmp/out 2> $CONSOLE')
        self.assertEqual(run.status, status)
        return self.guest.said

    def test_line(self):
        """at a terminal one line lives, after a second, and is gone at the end"""
        said = self.on_console(f'offline --block {self.free},{self.stuck} --block-timeout 3s', 124)
        lines = said.split('\r\033[K')
        self.assertEqual(lines[0], '')
        living = [line for line in lines if re.match(rf'\[#{{5}}\.{{5}}\] 50%  128M of 256M, .* left  block {self.stuck} ', line)]
        self.assertGreaterEqual(len(living), 5)
        self.assertRegex(living[0], rf'  block {self.stuck} for [01]s$')
        self.assertRegex(living[-1], rf'  block {self.stuck} for [23]s$')
        self.assertNotIn('50%', lines[-1])
        self.assertRegex(lines[-1], rf'block {self.stuck}: ')   # the explanation, on a line of its own

    def test_short(self):
        """what is over within a second shows no line"""
        self.assertNotIn('%  ', self.on_console(f'offline --block {self.free},{self.stuck} --block-timeout 500ms', 124))

    def test_quiet(self):
        """no line with --quiet, with --json, or where standard error is no terminal"""
        for option in '--quiet', '--json':
            with self.subTest(option):
                shown = self.on_console(f'offline --block {self.free},{self.stuck} --block-timeout 1500ms {option}', 124)
                self.assertNotIn('1/2', shown)
                self.set_state(self.free, 'online_movable')
        run = self.memctl(f'offline --block {self.free},{self.stuck} --block-timeout 1500ms', 124)
        self.assertNotIn('\033', run.out + run.err)
        self.assertNotIn('1/2', run.out + run.err)
