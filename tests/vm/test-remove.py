# SPDX-License-Identifier: GPL-2.0-or-later
"""The second phase of hotunplug: a DIMM goes as a whole, or not at all."""

import vm


class Remove(vm.GuestTest):

    def setUp(self):
        self.dimms = {}
        for name in 'first', 'second':
            if name not in self.plugged():
                self.guest.add_dimm(name)
        for name, device in self.plugged().items():
            start = device['addr'] // self.guest.block_size
            self.dimms[name] = list(range(start, start + device['size'] // self.guest.block_size))
        for blocks in self.dimms.values():
            for block in blocks:
                if self.state(block) == 'offline':
                    self.set_state(block, 'online_movable')

    def tearDown(self):
        super().tearDown()
        for name in self.dimms.keys() - self.plugged().keys():
            self.guest.qmp('object-del', id=f'mem-{name}')

    def plugged(self):
        return {device['data']['id']: device['data'] for device in self.guest.qmp('query-memory-devices')}

    def source(self, name):
        return 'dimm:' + self.guest.sh(f'basename $(readlink {vm.MEMORY}/memory{self.dimms[name][0]}/firmware_node)').strip()

    def states(self, name):
        return [self.state(block) for block in self.dimms[name]]

    def check_removed(self, name, other):
        self.guest.wait_for_event('DEVICE_DELETED', device=name)
        self.assertEqual([block for block in self.guest.blocks() if block in self.dimms[name]], [])
        self.assertEqual(self.states(other), ['online'] * 2)
        self.assertEqual(set(self.plugged()), {other})

    def check_there(self, name):
        self.assertFalse(self.guest.has_event('DEVICE_DELETED', device=name))
        self.assertEqual(set(self.plugged()), {'first', 'second'})

    @vm.short
    def test_remove(self):
        """remove takes a DIMM offline, and the hypervisor lets go of it"""
        source = self.source('first')
        document = self.json(f'remove --source {source}')
        self.assertEqual((document['outcome'], document['source'], document['ejected'], document['eject_errno']),
                         ('complete', source, True, None))
        self.assertEqual([(block['block_id'], block['before'], block['after'], block['outcome']) for block in document['blocks']],
                         [(block, 'online', None, 'changed') for block in self.dimms['first']])
        self.check_removed('first', 'second')
        self.assertNoWriter()

    def test_address(self):
        """a failing module goes by an address that it holds"""
        address = (self.dimms['second'][1] * self.guest.block_size) + 0x123000
        run = self.memctl(f'remove --address {address:#x}')
        self.assertRegex(run.out, r'\bgone\b')
        self.assertIn('is ejected.', run.out)
        self.check_removed('second', 'first')

    def test_offline(self):
        """what is offline already is ejected, too"""
        source = self.source('first')
        for block in self.dimms['first']:
            self.set_state(block, 'offline')
        document = self.json(f'remove --source {source}')
        self.assertEqual([block['outcome'] for block in document['blocks']], ['already'] * 2)
        self.assertEqual((document['changed'], document['ejected']), (0, True))
        self.check_removed('first', 'second')

    def test_dry_run(self):
        """a dry run says what would be done, and nothing happens"""
        run = self.memctl(f'remove --source {self.source("first")} --dry-run')
        self.assertIn('would be ejected', run.out)
        self.assertEqual(self.states('first'), ['online'] * 2)
        self.check_there('first')

    def test_busy(self):
        """with a busy block nothing is ejected, and the report says why"""
        self.pin(self.dimms['first'][1])
        run = self.memctl(f'remove --source {self.source("first")} --block-timeout 1s', 124)
        self.assertIn(f"block {self.dimms['first'][1]}: not done when the deadline passed", run.err)
        self.assertIn('was not ejected: not all of its memory is offline', run.err)
        self.assertEqual(self.states('first'), ['offline', 'online'])
        self.check_there('first')
        self.assertNoWriter()

    def test_rollback(self):
        """with a busy block and --rollback all is as it was before"""
        self.pin(self.dimms['first'][1])
        document = self.json(f'remove --source {self.source("first")} --block-timeout 1s --rollback', 124)
        self.assertEqual((document['outcome'], document['ejected'], document['changed']), ('rolled-back', False, 0))
        self.assertEqual([block['outcome'] for block in document['blocks']], ['rolled-back', 'timeout'])
        self.assertEqual([(self.state(block), self.zones(block)) for block in self.dimms['first']],
                         [('online', ['Movable'])] * 2)
        self.check_there('first')

    def test_boot(self):
        """memory of the boot is no device"""
        run = self.memctl('remove --source boot', 3)
        self.assertIn('is no device', run.err)
