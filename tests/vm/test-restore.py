# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl save and restore over a reboot: the same memory comes back, and other memory is not taken for it."""

import vm

LAYOUT = '/tmp/layout.json'


class Restore(vm.GuestTest):

    @classmethod
    def setUpClass(cls):
        """A machine with a layout, which is switched off: `layout` is the file, `blocks` those of its DIMM."""
        super().setUpClass()
        cls.guest.gather_randomness()
        cls.blocks = cls.guest.add_dimm('first')
        first, second = cls.blocks
        cls.guest.sh(f'echo online_movable > {vm.MEMORY}/memory{first}/state && memctl save {LAYOUT}')
        cls.layout = cls.guest.read(LAYOUT)
        cls.guest.close()

    def setUp(self):
        """The machine boots anew, and has the file."""
        guest = vm.Guest(self.kernel, self.initramfs, self.machine, self.append, self.options)
        self.addCleanup(guest.close)
        type(self).guest = guest
        guest.gather_randomness()
        guest.sh(f"cat > {LAYOUT} <<'END'\n{self.layout}\nEND")

    def test_reboot(self):
        """the DIMM is there again, and its blocks become what they were"""
        self.assertEqual(self.guest.add_dimm('first'), self.blocks)
        self.memctl(f'diff {LAYOUT}', 5)
        document, _ = self.change(f'restore {LAYOUT}', outcome='complete')
        self.assertEqual([row['block_id'] for row in document['blocks'] if row['outcome'] == 'changed'], self.blocks[:1])
        self.assertEqual(self.zones(self.blocks[0]), ['Movable'])
        self.memctl(f'diff {LAYOUT}')

    def test_other_slot(self):
        """the DIMM has another address: what is not there is named, and nothing is changed; --present-only restores the rest"""
        other = self.guest.add_dimm('other')
        self.assertEqual(other, self.blocks)
        moved = self.guest.add_dimm('first')
        self.guest.unplug('other')
        self.guest.wait_for(f'[ ! -e {vm.MEMORY}/memory{other[0]} ] && [ ! -e {vm.MEMORY}/memory{other[1]} ]')
        run = self.memctl(f'restore {LAYOUT}', 1)
        self.assertIn(f'are not there: {other[0]}-{other[1]}', ' '.join(run.err.split()))
        self.assertEqual([self.state(block) for block in moved], ['offline'] * 2)
        run = self.memctl(f'restore {LAYOUT} --present-only')
        self.assertIn(f'left alone: {moved[0]}-{moved[1]}', ' '.join(run.err.split()))
        self.assertEqual([self.state(block) for block in moved], ['offline'] * 2)
