# SPDX-License-Identifier: GPL-2.0-or-later
"""What explain says of blocks. test-campaign.py holds it against what becomes of them."""

import vm


@vm.short
class Explain(vm.GuestTest):
    """Boot memory, a DIMM in ZONE_MOVABLE, one in a kernel zone of node 0, and one in a kernel zone of node 1, which has no
    processor, so that the kernel does not fill it by itself."""

    options = ('-object', 'memory-backend-ram,id=ram0,size=512M', '-numa', 'node,nodeid=0,memdev=ram0,cpus=0',
               '-numa', 'node,nodeid=1')

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guest.gather_randomness()
        cls.movable = cls.guest.add_dimm('movable') + cls.guest.add_dimm('movable1', node=1)
        cls.unmovable = cls.guest.add_dimm('kernel') + cls.guest.add_dimm('kernel1', node=1)
        for blocks, word in (cls.movable, 'online_movable'), (cls.unmovable, 'online_kernel'):
            for block in blocks:
                cls.guest.sh(f'echo {word} > {vm.MEMORY}/memory{block}/state')

    def explain(self, arguments=''):
        document = self.json(f'explain {arguments}')
        return {block['block_id']: block for block in document['blocks']}

    def test_boot(self):
        """explain: the first block spans several zones, and the last one of boot memory has a hole"""
        blocks = self.explain('--block 0-3')
        self.assertEqual((blocks[0]['verdict'], blocks[0]['reasons'][0]['code']), ('will-not', 'several-zones'))
        self.assertEqual(blocks[3]['verdict'], 'will-not')
        self.assertIn('hole', [reason['code'] for reason in blocks[3]['reasons']])

    def test_room(self):
        """explain: what does not fit elsewhere is foreseen, and offline runs into its deadline"""
        available = int(self.guest.sh("sed -n 's/^MemAvailable: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo")) // 1024
        self.occupy('hog', available - 70)
        said = self.explain()
        full = [said[block] for block in self.movable if said[block]['move'] > 120 * vm.MIB]
        self.assertTrue(full, said)
        for block in full:
            self.assertEqual((block['verdict'], block['reasons'][0]['code']), ('may-go', 'no-room'), block)
        self.change(f"offline --block {full[0]['block_id']} --block-timeout 2s --force", 124, 'timeout')

    def test_user(self):
        """explain without privilege: holes are known from the firmware, what pages are used for is not"""
        run = self.guest.run("su user -c 'memctl explain --json'")
        document = self.parse(run.out)
        blocks = {block['block_id']: block for block in document['blocks']}
        missing = {item['file']: item['errno'] for item in document['evidence'] if item['errno']}
        self.assertEqual(missing, {'/proc/iomem': 'EACCES', '/proc/kpageflags': 'EACCES'})
        self.assertEqual({blocks[block]['verdict'] for block in self.unmovable}, {'cannot-tell'})
        self.assertEqual({blocks[block]['verdict'] for block in self.movable}, {'may-go'})
        self.assertEqual(blocks[3]['reasons'][0]['code'], 'hole')
        self.assertEqual(blocks[3]['reasons'][0]['file'], '/sys/firmware/memmap')

    def test_pages(self):
        """explain: huge pages, files and memory of processes are counted as what they are"""
        block = self.movable[0]
        before = self.explain()
        self.guest.sh('echo 3 > /proc/sys/vm/drop_caches')
        self.occupy('hog', 200)
        after = self.explain()
        grown = sum(after[i]['usage']['anon'] - before[i]['usage']['anon'] for i in after)
        self.assertGreater(grown, 190 * vm.MIB)
        self.assertIn(block, after)
