# SPDX-License-Identifier: GPL-2.0-or-later
"""What it costs to change a block: system calls, counted by strace in the guest."""

import re

import vm

# For each block, in memctl, which takes a last look, and its worker together.
LIMIT = 14
SMALL, LARGE = 4, 20
# The end of the worker takes a few calls more or fewer, as the two processes happen to meet.
SLACK = 4 / (LARGE - SMALL)


class Cost(vm.GuestTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.blocks = cls.guest.add_dimm('common', LARGE * cls.guest.block_size)

    def setUp(self):
        if self.guest.run('command -v strace').status:
            vm.missing('strace')

    def count(self, arguments, num):
        """System calls of memctl and of its worker, from the start of the worker on.

        Not counted are the looks at the clock of a memctl that waits: they depend on how long the kernel takes.
        """
        first, last = self.blocks[0], self.blocks[num - 1]
        self.guest.sh(f'strace -f -qq -e signal=none -o /tmp/strace memctl {arguments} --force --block {first}-{last}')
        calls = [line.split(None, 1) for line in self.guest.sh('cat /tmp/strace').splitlines()]
        start = next(at for at, (_, call) in enumerate(calls) if re.match(r'clone3?\(.*CLONE_PIDFD', call))
        memctl = calls[start][0]
        # A call that another process interrupts has a second line, at its end.
        calls = [(pid, call) for pid, call in calls[start:] if not call.endswith(('<unfinished ...>', ' (Timeout)'))]
        in_memctl = sum(pid == memctl for pid, _ in calls)
        return in_memctl, len(calls) - in_memctl

    def check(self, word, back, arguments):
        """Have a small and a large number of blocks changed, and back; the difference is what further blocks take."""
        counts = []
        for num in SMALL, LARGE:
            counts.append(self.count(arguments, num))
            for block in self.blocks[:num]:
                self.assertEqual(self.state(block), word)
                self.set_state(block, back)
        memctl, worker = ((large - small) / (LARGE - SMALL) for small, large in zip(*counts))
        self.assertGreater(worker, 1)   # the write at least, or nothing was counted
        self.assertLessEqual(memctl + worker, LIMIT + SLACK, f'system calls a block: {worker} in the worker, {memctl} in memctl')

    def test_online(self):
        """onlining takes at most fourteen system calls a block"""
        for arguments in 'online --movable', 'online --movable --rollback --retry 3':
            with self.subTest(arguments):
                self.check('online', 'offline', arguments)

    def test_offline(self):
        """taking offline takes at most fourteen system calls a block"""
        for block in self.blocks:
            self.set_state(block, 'online_movable')
        self.addCleanup(lambda: [self.set_state(block, 'offline') for block in self.blocks])
        for arguments in 'offline', 'offline --rollback --retry 3':
            with self.subTest(arguments):
                self.check('offline', 'online_movable', arguments)
