# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine with nodes, one of which starts in the middle of a block and one without memory."""

import vm


class Node(vm.GuestTest):

    options = ('-object', 'memory-backend-ram,id=ram0,size=320M', '-object', 'memory-backend-ram,id=ram1,size=192M',
               '-numa', 'node,nodeid=0,memdev=ram0,cpus=0', '-numa', 'node,nodeid=1,memdev=ram1', '-numa', 'node,nodeid=2')

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.guest.add_dimm('first', node=1)
        cls.second = cls.guest.add_dimm('second', node=2)

    @vm.short
    def test_list(self):
        """list shows the nodes of each block, all of them"""
        rows = {int(row['block']): row for row in self.json('list --all')['memory']}
        self.assertEqual((rows[2]['node'], rows[2]['nodes'], rows[2]['zone']), (None, [0, 1], None))
        for block, (_, _, nodes) in self.all_blocks().items():
            self.assertEqual(rows[block]['nodes'], nodes)
            self.assertEqual(rows[block]['node'], nodes[0] if len(nodes) == 1 else None)

    def test_merged(self):
        """rows of different nodes are not merged"""
        for row in self.json('list')['memory']:
            first, _, last = row['block'].partition('-')
            for block in range(int(first), int(last or first) + 1):
                self.assertEqual(self.all_blocks()[block][2], row['nodes'])

    def test_filter(self):
        """--node selects the blocks of a node, those of several nodes included"""
        for node in 0, 1, 2:
            with self.subTest(node=node):
                self.assertEqual([int(row['block']) for row in self.json(f'list --all --node {node}')['memory']],
                                 [block for block, (_, _, nodes) in sorted(self.all_blocks().items()) if node in nodes])

    def test_totals(self):
        """list --by node and status count each node's blocks"""
        blocks = self.all_blocks().values()
        expected = {node: (sum(node in nodes for _, _, nodes in blocks),
                           sum(node in nodes and state == 'offline' for state, _, nodes in blocks) * self.guest.block_size)
                    for node in (0, 1, 2)}
        totals = self.json('list --by node')['totals']
        self.assertEqual({total['node']: (total['blocks'], total['offline']) for total in totals}, expected)
        nodes = self.json('status')['nodes']
        self.assertEqual({node['node']: (node['blocks'], node['offline']) for node in nodes}, expected)

    def test_change(self):
        """a node's memory goes online and offline as a whole"""
        _, blocks = self.change('online --node 2 --movable', outcome='complete')
        self.assertEqual(sorted(blocks), self.second)
        self.assertEqual(self.state(self.first[0]), 'offline')
        _, blocks = self.change('offline --node 2', outcome='complete')
        self.assertEqual(sorted(blocks), self.second)

    @vm.short
    def test_several_nodes(self):
        """a block of two nodes cannot go offline"""
        _, blocks = self.change('offline --block 2', 1, 'failed')
        self.assertEqual((blocks[2]['outcome'], blocks[2]['reason']), ('impossible', 'several-zones'))
