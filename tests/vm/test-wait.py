# SPDX-License-Identifier: GPL-2.0-or-later
"""Waiting for blocks that come, go, and change: the kernel's events wake it, and nothing is lost between looking and waiting."""

import vm


class Wait(vm.GuestTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guest.gather_randomness()
        cls.blocks = cls.guest.add_dimm('common')

    def next_blocks(self):
        """Those that the next DIMM will have"""
        first = max(self.guest.blocks()) + 1
        return f'{first}-{first + 1}'

    def start(self, arguments):
        """Start memctl with --json, and wait until it sleeps, has looked and has nothing to do."""
        self.start_change(arguments)
        self.guest.wait_for('grep -qE "do_sys_poll|do_poll|poll_schedule" /proc/$(cat /tmp/memctl.pid)/stack')

    def finish(self, status=0):
        self.guest.wait_for('[ -s /tmp/memctl.status ]')
        self.assertEqual(int(self.guest.read('/tmp/memctl.status')), status, self.guest.read('/tmp/memctl.err'))
        return self.parse(self.guest.sh('cat /tmp/memctl.out'))

    def plug(self):
        type(self)._dimms += 1
        self.guest.plug(f'dimm{self._dimms}')
        return f'dimm{self._dimms}'

    @vm.short
    def test_plug(self):
        """a DIMM that is plugged while it waits, by block, by source and by node"""
        for selection in f'--block {self.next_blocks()}', '--node 0 --state offline', '--source dimm':
            with self.subTest(selection):
                more = len(self.json(f'list --all {selection}')['memory']) + 2
                self.start(f'wait --for present {selection} --at-least {more}')
                self.plug()
                document = self.finish()
                self.assertEqual(document['outcome'], 'complete')

    @vm.short
    def test_unplug(self):
        """a DIMM that goes away"""
        before = self.guest.blocks()
        name = self.plug()
        self.guest.wait_for(f'[ $(ls {vm.MEMORY} | grep -c "^memory[0-9]") -eq {len(before) + 2} ]')
        gone = ','.join(str(block) for block in self.guest.blocks() if block not in before)
        self.start(f'wait --for absent --block {gone}')
        self.guest.unplug(name)
        self.assertEqual(self.finish()['so'], 2 * self.guest.block_size)

    def test_states(self):
        """each change of state, a hundred times, with a wait that begins a little before, while or after it"""
        block = self.blocks[0]
        script = f'i=0; while [ $i -lt 100 ]; do i=$((i + 1)); [ $((i % 2)) = 1 ] && w=online || w=offline; ' \
                 '[ $w = online ] && word=online_movable || word=offline; ' \
                 f'memctl wait --for $w --block {block} --timeout 60s -q & p=$!; usleep $((i * 137 % 30 * 1000)); ' \
                 f'echo $word > {vm.MEMORY}/memory{block}/state || exit 90; wait $p || exit 91; done'
        self.assertEqual(self.guest.run(script, 600).status, 0)

    def test_idle(self):
        """it sleeps while it waits for a block by its name: no system call in ten seconds"""
        self.start(f'wait --for online --block {self.blocks[1]}')
        count = 'awk "/ctxt_switches/ { n += \\$2 } END { print n }" /proc/$(cat /tmp/memctl.pid)/status'
        before = self.guest.sh(count)
        self.guest.sh('sleep 10')
        self.assertEqual(self.guest.sh(count), before)
        self.set_state(self.blocks[1], 'online_movable')
        self.finish()
        self.set_state(self.blocks[1], 'offline')

    @vm.short
    def test_failed_offline(self):
        """a block that was going offline and stays online, of which the kernel does not tell"""
        block = self.blocks[1]
        self.hold_lock(block)
        self.start(f'wait --for online --block {block}')
        self.release_lock()
        self.finish()
        self.guest.sh('killall -9 pin')
        self.set_state(block, 'offline')

    def test_end(self):
        """a deadline, and a signal"""
        document = self.json(f'wait --for online --block {self.blocks[0]},{self.next_blocks()} --timeout 500ms', 124)
        self.assertEqual([row['state'] for row in document['blocks']], ['offline', 'absent'])
        self.start(f'wait --for online --block {self.blocks[0]}')
        self.guest.sh('kill -TERM $(cat /tmp/memctl.pid)')
        self.assertEqual(self.finish(143)['outcome'], 'interrupted')

    def test_settled(self):
        """it settles after the last event"""
        block = self.blocks[0]
        self.start('wait --settled 2s')
        self.guest.sh('for w in online_movable offline online_movable offline; do '
                      f'sleep 1; echo $w > {vm.MEMORY}/memory{block}/state; done')
        document = self.finish()
        self.assertEqual(document['events'], 4)
        self.assertGreaterEqual(document['elapsed_ms'], 6000)

    def test_wait_present(self):
        """online waits for a DIMM, and then brings it online"""
        blocks = self.next_blocks()
        self.start(f'online --block {blocks} --movable --wait-present')
        self.plug()
        _, _, changed = self.finish_change('complete')
        self.assertEqual({block['after'] for block in changed.values()}, {'online'})
        self.change(f'offline --block {blocks}', outcome='complete')
