# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages with memory errors in a block that is online: where it goes, it does not come back by itself."""

import vm


@vm.short
@vm.kernels('backports', 'newest')      # the others are built without CONFIG_MEMORY_FAILURE
class Poison(vm.GuestTest):

    def poison_free_page(self, block):
        """Have the kernel treat a free page as one with a memory error."""
        pages = self.guest.block_size // 4096
        flags = self.guest.sh(f'dd if=/proc/kpageflags bs={pages * 8} skip={block} count=1 2> /dev/null | '
                              'od -v -An -t x8 -w8').split()
        free = max(page for page in range(pages) if int(flags[page], 16) & 1 << 10)
        self.guest.sh(f'echo {(block * pages + free) * 4096:#x} > {vm.MEMORY}/hard_offline_page')

    def test_poison(self):
        """a block with a poisoned page is named before it goes offline, and comes online again only after it was plugged anew"""
        self.assertEqual(self.guest.add_dimm('poisoned'), [32, 33])
        for block in 32, 33:
            self.set_state(block, 'online_movable')
        self.poison_free_page(33)
        self.assertEqual(self.json('explain --block 33')['blocks'][0]['usage']['hwpoison'], 4096)
        said = 'careful: block 33: pages with memory errors (poisoned); once offline, it must be removed and added'
        for option in '--dry-run', '':
            self.assertIn(said, self.memctl(f'offline --block 32,33 {option}').err)
        _, blocks = self.change('online --block 32,33 --movable', 64, 'partial')
        self.assertEqual([[blocks[block][key] for key in ('after', 'outcome', 'errno', 'reason')] for block in (32, 33)],
                         [['online', 'changed', None, None], ['offline', 'failed', 'EHWPOISON', 'hwpoison']])
        self.set_state(32, 'offline')
        self.guest.unplug('poisoned')
        self.guest.wait_for(f'[ ! -e {vm.MEMORY}/memory32 ] && [ ! -e {vm.MEMORY}/memory33 ]')
        self.guest.wait_for_event('DEVICE_DELETED', device='poisoned')
        self.assertEqual(self.guest.add_dimm('sound'), [32, 33])
        self.change('online --block 33 --movable', outcome='complete')
