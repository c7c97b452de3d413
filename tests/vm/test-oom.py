# SPDX-License-Identifier: GPL-2.0-or-later
"""The OOM killer takes memctl, or its writer, at any moment of a change."""

import random

import vm

BLOCKS = 8
MOMENTS = 4         # of each change
KILLED = 137
MEMCTL = '$(cat /tmp/memctl.pid)'
FIND_WRITER = 'until writer=$(pidof memhp-writer) || [ -s /tmp/memctl.status ]; do :; done'


class Oom(vm.GuestTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        blocks = cls.guest.add_dimm('common', BLOCKS * cls.guest.block_size)
        cls.names = f'{blocks[0]}-{blocks[-1]}'
        # Nothing but what a check names is to be taken, least of all what carries out the checks: scripts inherit this.
        cls.guest.sh('for process in 1 $PPID $$; do echo -1000 > /proc/$process/oom_score_adj; done')
        cls.guest.gather_randomness()

    def setUp(self):
        self.num_taken = 0
        self.bring('offline')
        self.durations_ms = {state: self.bring(state) for state in ('online', 'offline')}

    def states(self):
        numbers = self.names.replace('-', ' ')
        return set(self.guest.sh(f'cd {vm.MEMORY}; for n in $(seq {numbers}); do cat memory$n/state; done').split())

    def bring(self, state):
        """Bring the blocks there, with a memctl that finds nobody else at work; returns how long it took."""
        action = 'online --movable' if state == 'online' else 'offline'
        run = self.memctl(f'{action} --block {self.names} --json')
        self.assertNotIn('lock', run.err)
        self.assertEqual(self.states(), {state})
        return self.parse(run.out)['elapsed_ms']

    def take(self, process, action, moment_ms):
        """Start a change, have the OOM killer take the process so long after the writer has begun, and wait for memctl's end.

        Returns its exit status, and whether the process was still there to be taken.
        """
        count = 'dmesg | grep -c "Killed process"'
        before = self.guest.run(count).out
        self.start_change(f'{action} --block {self.names}',
                          f'{FIND_WRITER}; usleep {1000 * moment_ms}; echo 1000 > /proc/{process}/oom_score_adj; '
                          'echo f > /proc/sysrq-trigger')
        self.guest.wait_for('[ -s /tmp/memctl.status ]')
        self.guest.wait_for('! ls -l /proc/[0-9]*/exe 2> /dev/null | grep -q /memctl', 5)
        was_taken = self.guest.run(count).out != before
        self.num_taken += was_taken
        return int(self.guest.read('/tmp/memctl.status')), was_taken

    def take_at_moments(self, process):
        """Yields what take() returns, the state that was asked for, and when it was, for changes of either kind."""
        for action, first, goal in ('offline --rollback', 'online', 'offline'), ('online --movable', 'offline', 'online'):
            for number in range(MOMENTS):
                # To find the writer takes its time, too.
                moment_ms = int(self.durations_ms[goal] / 2 * (number + random.random()) / MOMENTS)
                self.bring(first)
                yield *self.take(process, action, moment_ms), goal, f'{action}, after {moment_ms} ms'
        self.assertGreater(self.num_taken, 0)

    def test_memctl(self):
        """memctl is taken: no writer and no lock is left, and each block is as it was or as asked"""
        for status, was_taken, goal, moment in self.take_at_moments(MEMCTL):
            self.assertEqual(status, KILLED if was_taken else 0, moment)
            self.assertLessEqual(self.states(), {'online', 'offline'} if was_taken else {goal}, moment)

    def test_writer(self):
        """the writer is taken: this is what the report says of the block that it was at, and what is true of the others"""
        for status, was_taken, goal, moment in self.take_at_moments('$writer'):
            _, document, blocks = self.finish_change()
            failed = [block for block in blocks.values() if block['outcome'] not in ('changed', 'rolled-back')]
            self.assertEqual(status == 0, self.states() == {goal}, moment)
            self.assertLessEqual(len(failed), was_taken, moment)
            for block in failed:
                self.assertEqual([block[key] for key in ('outcome', 'reason', 'errno')], ['failed', 'writer-died', None], moment)
            if goal == 'offline' and failed:
                self.assertEqual((document['outcome'], self.states()), ('rolled-back', {'online'}), moment)
