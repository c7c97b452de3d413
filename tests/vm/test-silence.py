# SPDX-License-Identifier: GPL-2.0-or-later
"""An offline that the kernel goes on with for ever, without a word in its log."""

import vm


@vm.short
@vm.kernels('newest')
class Silence(vm.GuestTest):
    """Slab of which each page is a slab of its own: this kernel overlooks that. Other kernels refuse, most of them always."""

    # The kernel uses memory of a node without a processor for what belongs to the node, and for little else.
    options = ('-object', 'memory-backend-ram,id=ram0,size=512M', '-numa', 'node,nodeid=0,memdev=ram0,cpus=0',
               '-numa', 'node,nodeid=1')

    def test_slab(self):
        """slab that the kernel overlooks keeps an offline going without a word, and is named"""
        movable, block = self.add_blocks(node=1)
        self.set_state(movable, 'online_movable')   # first: the node's threads then are elsewhere
        self.set_state(block, 'online_kernel')
        self.guest.sh('modprobe loop')  # which has caches of objects; what the kernel keeps of each for the node, is slab
        document, blocks = self.change(f'offline --block {block} --block-timeout 5s --kernel-debug', 124, 'timeout')
        said = blocks[block]
        slab = said['pages']['slab']
        self.assertGreater(slab, 0, document)
        self.assertGreater(said['pages_before']['slab'], 0, document)
        self.assertEqual({kind: size for kind, size in said['pages'].items() if size},
                         {'slab': slab, 'free': said['size'] - slab})
        self.assertEqual((said['reason'], said['page']), ('deadline', None))
        self.assertIn(f'the kernel keeps trying and logs nothing; {slab >> 10}K of slab is left', said['text'])
        self.assertIn('Movable', said['hint'])
        self.assertNoWriter()
