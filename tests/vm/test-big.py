# SPDX-License-Identifier: GPL-2.0-or-later
"""A big machine, where a look at the pages of all candidates takes longer than the time that memctl has."""

import dataclasses
import re
import unittest

import vm

SIZE = '66G'        # of which the guest fills but its memory map, a 64th
NEEDED = 3 << 30    # of this machine
BOUND = 5           # seconds, within which an end comes that is to come at once


@vm.kernels('stable')
class Big(vm.GuestTest):

    machine = dataclasses.replace(vm.AMD64, memory=SIZE)
    options = '-object', f'memory-backend-ram,id=ram,size={SIZE},reserve=off', '-machine', 'memory-backend=ram'

    @classmethod
    def setUpClass(cls):
        with open('/proc/meminfo') as meminfo:
            available = int(re.search(r'^MemAvailable: *(\d+) kB$', meminfo.read(), re.M)[1]) << 10
        if available < NEEDED:
            raise unittest.SkipTest(f'a guest of {SIZE} takes {NEEDED >> 30}G of this machine, which has {available >> 20}M')
        super().setUpClass()
        cls.guest.gather_randomness()

    def offline(self, arguments, before=':'):
        """Take 3G offline, after a shell command; returns the exit status, the document, and the seconds since the guest's boot."""
        run = self.guest.run(f'{before}; cat /proc/uptime; sh -c "echo \\$\\$ > /tmp/pid; exec memctl offline --size 3G --json '
                             f'{arguments} > /tmp/out"; status=$?; cat /proc/uptime; exit $status')
        start, end = (float(line.split()[0]) for line in run.out.splitlines())
        return run.status, self.parse(self.guest.read('/tmp/out')), start, end

    def test_deadline(self):
        """--size on a machine of 66 GiB: the choice of blocks ends at the deadline, too"""
        status, document, start, end = self.offline('--timeout 500ms')
        self.assertLess(end - start, 0.5 + BOUND)
        self.assertIn(status, (0, 124), document)
        self.assertEqual(document['exit_status'], status)
        if 'blocks' in document:
            self.assertLessEqual(document['elapsed_ms'], (end - start) * 1000)
            self.check_change(document, status)
        else:
            self.assertEqual((status, document['error']['code']), (124, 'timeout'))
            self.assertEqual({state for state, _, _ in self.all_blocks().values()}, {'online'})
        self.assertNoWriter()

    def test_interrupt(self):
        """--size on a machine of 66 GiB: Ctrl-C ends the choice of blocks at once, and nothing is changed"""
        status, document, _, end = self.offline('--timeout 100s', before=(
            'rm -f /tmp/pid; (until [ -s /tmp/pid ] && ls -l /proc/$(cat /tmp/pid)/fd | grep -q kpageflags; do usleep 10000; done; '
            'cat /proc/uptime > /tmp/sent; kill -INT $(cat /tmp/pid)) 2> /dev/null & :'))
        self.assertEqual((status, document['exit_status']), (130, 130), document)
        self.assertLess(end - float(self.guest.read('/tmp/sent').split()[0]), BOUND)
        self.assertEqual({state for state, _, _ in self.all_blocks().values()}, {'online'})
        self.assertNoWriter()
