# SPDX-License-Identifier: GPL-2.0-or-later
"""What explain says of every block, held against what becomes of it."""

import collections

import vm


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
        cls.kernel = cls.guest.add_dimm('kernel') + cls.guest.add_dimm('kernel1', node=1)
        for blocks, word in (cls.movable, 'online_movable'), (cls.kernel, 'online_kernel'):
            for block in blocks:
                cls.guest.sh(f'echo {word} > {vm.MEMORY}/memory{block}/state')
        cls.outcomes = collections.Counter()

    def explain(self, arguments=''):
        document = self.json(f'explain {arguments}')
        return {block['block_id']: block for block in document['blocks']}

    def check_sums(self, blocks):
        """Everything in a block is accounted for."""
        for block in blocks.values():
            self.assertEqual(sum(block['usage'].values()), block['size'], block)
            self.assertEqual(block['certainty'], 'sure' if block['verdict'] == 'will-not' else 'likely', block)

    def try_all(self, title):
        """Explain each online block, take it offline, and bring it back."""
        self.check_sums(self.explain())
        zones = {block: zones for block, (state, zones, _) in self.all_blocks().items() if state == 'online'}
        for block, zone in zones.items():
            said = self.explain(f'--block {block}')[block]
            # Not memctl: what the kernel does with a block is asked without anything between.
            run = self.guest.run(f'timeout -s KILL 20 sh -c "echo offline > {vm.MEMORY}/memory{block}/state"', 60)
            gone = self.state(block) == 'offline'
            self.outcomes[said['verdict'], gone] += 1
            if gone != (said['verdict'] == 'can-go'):
                print(f"    {title}: block {block}, {zone}: {said['verdict']} ({said['score']}): "
                      f"{'went' if gone else 'stayed: ' + run.err.strip()}; {said['reasons'][0]['text']}")
            if said['verdict'] == 'will-not':
                self.assertFalse(gone, f'{title}: {said}')
            if gone:
                self.set_state(block, 'online_movable' if zone == ['Movable'] else 'online_kernel')

    def test_outcomes(self):
        """explain: what will not go never goes, and of what can go 95 % go, however memory is filled"""
        self.try_all('at rest')
        self.occupy('hog', 120)
        self.try_all('processes')
        self.guest.sh('killall -9 hog; dd if=/dev/zero of=/tmp/file bs=1M count=150 2> /dev/null')
        self.try_all('files')
        self.guest.sh('rm /tmp/file; i=0; while [ $i -lt 100 ]; do sleep 1000 & i=$((i + 1)); done > /dev/null 2>&1')
        self.try_all('kernel stacks and page tables')
        self.guest.sh('killall -9 sleep; i=0; mkdir /tmp/many; while [ $i -lt 5000 ]; do : > /tmp/many/$i; i=$((i + 1)); done', 120)
        self.try_all('slab')
        self.guest.sh('rm -r /tmp/many; echo 20 > /proc/sys/vm/nr_hugepages')
        self.try_all('huge pages')
        self.guest.sh('echo 0 > /proc/sys/vm/nr_hugepages; echo 3 > /proc/sys/vm/drop_caches')
        self.try_all('nothing in the caches')

        print('    verdict      went  stayed')
        for verdict in 'can-go', 'may-go', 'will-not', 'cannot-tell':
            print(f'    {verdict:12} {self.outcomes[verdict, True]:4} {self.outcomes[verdict, False]:7}')
        went, stayed = self.outcomes['can-go', True], self.outcomes['can-go', False]
        self.assertGreater(went, 20, self.outcomes)
        self.assertGreaterEqual(went / (went + stayed), 0.95, self.outcomes)
        self.assertGreater(self.outcomes['will-not', False], 0)
        self.assertEqual(self.outcomes['will-not', True], 0)

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
        self.assertEqual({blocks[block]['verdict'] for block in self.kernel}, {'cannot-tell'})
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
