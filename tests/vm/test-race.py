# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory that others change, or take out, while memctl is at it."""

import vm


class Race(vm.GuestTest):
    """An offline that never ends holds the kernel's lock until memctl and the other agent both wait for it."""

    def setUp(self):
        """No block is in ZONE_MOVABLE, so that a page to pin is found quickly."""
        for block, (state, zones, _) in self.all_blocks().items():
            if state == 'online' and zones == ['Movable']:
                self.set_state(block, 'offline')

    def race(self, held, word, wanted, arguments):
        """Let an agent that writes a word to a block's state race with memctl; returns what finish_change() does."""
        self.hold_lock(held)
        agent = int(self.guest.sh(f'(echo {word} > {vm.MEMORY}/memory{wanted}/state) > /dev/null 2>&1 & echo $!'))
        self.start_change(arguments)
        self.wait_for_waiting()
        self.wait_for_waiting(agent)
        self.release_lock()
        return self.finish_change()

    def test_online(self):
        """with another agent at the same block, the outcome is what became of the block"""
        held, wanted = self.add_blocks()
        status, _, blocks = self.race(held, 'online_kernel', wanted, f'online --block {wanted} --movable')
        zone, = self.zones(wanted)
        self.assertEqual((status, blocks[wanted]['outcome'], blocks[wanted]['zone']),
                         {'Movable': (0, 'changed', 'Movable'), 'Normal': (1, 'wrong-zone', 'Normal')}[zone])

    def test_offline(self):
        """with another agent taking the same block offline, both are content"""
        held, wanted = self.add_blocks()
        self.set_state(wanted, 'online_movable')
        status, _, blocks = self.race(held, 'offline', wanted, f'offline --block {wanted}')
        self.assertEqual((status, self.state(wanted)), (0, 'offline'))
        self.assertIn(blocks[wanted]['outcome'], ('changed', 'already'))

    def test_agent(self):
        """with an agent that onlines all it finds, elsewhere, no block is said to be changed that is not in ZONE_MOVABLE"""
        blocks = self.add_blocks(1024 * vm.MIB)
        held, wanted = blocks[0], blocks[1:]
        self.hold_lock(held)
        agent = int(self.guest.sh('(for block in %s; do echo online_kernel > %s/memory$block/state; done) > /dev/null 2>&1 & '
                                  'echo $!' % (' '.join(map(str, reversed(wanted))), vm.MEMORY)))
        self.start_change('online --all --state offline --movable')
        self.wait_for_waiting()
        self.wait_for_waiting(agent)
        self.release_lock()
        status, document, said = self.finish_change()
        # Who is first at a block is open, and with that whether any of them is left to memctl.
        self.assertIn((status, document['outcome']), ((0, 'complete'), (64, 'partial'), (1, 'failed')))
        self.assertEqual({self.state(block) for block in wanted}, {'online'})
        for block in said:
            with self.subTest(block=block):
                zone, = self.zones(block)
                self.assertEqual((said[block]['outcome'], said[block]['zone']),
                                 {'Movable': ('changed', 'Movable'), 'Normal': ('wrong-zone', 'Normal')}[zone])

    @vm.short
    def test_vanish(self):
        """blocks that vanish before they are online are reported as that"""
        held = self.add_blocks()[0]
        blocks = self.guest.add_dimm('passing')
        self.hold_lock(held)
        self.start_change(f'online --block {blocks[0]},{blocks[1]} --movable')
        self.wait_for_waiting()
        self.guest.unplug('passing')
        self.wait_in_kernel('[0-9]*', 'acpi_device_hotplug')    # a thread of the kernel's, which waits for its lock
        self.release_lock()
        self.guest.wait_for(f'[ ! -e {vm.MEMORY}/memory{blocks[0]} ]')
        status, _, said = self.finish_change('failed')
        self.assertEqual(status, 1)
        for block in blocks:
            self.assertEqual([said[block][key] for key in ('after', 'outcome', 'reason')], [None, 'vanished', 'gone'])

    def test_vanished(self):
        """a vanished block can not be selected any more"""
        block = self.guest.add_dimm('short')[0]
        self.guest.unplug('short')
        self.guest.wait_for(f'[ ! -e {vm.MEMORY}/memory{block} ]')
        self.assertRegex(self.memctl(f'online --block {block}', 2).err, rf'\b{block}\b')
