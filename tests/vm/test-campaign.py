# SPDX-License-Identifier: GPL-2.0-or-later
"""What explain says of every block, held against what becomes of it, on several machines and with memory filled in many ways."""

import collections
import dataclasses

import vm

TRIALS = 100            # at least
VERDICTS = 'can-go', 'may-go', 'will-not', 'cannot-tell'
UNSPECIFIC = None, 'busy', 'other', 'invalid-range', 'unreadable'

# What is certain before is what the kernel says afterwards.
CERTAIN = {'several-zones': 'several-zones', 'hole': 'memory-hole', 'reserved': 'unmovable-page'}


@dataclasses.dataclass(frozen=True)
class Boot:
    """A machine to try all blocks of: what it is, and where its hot-plugged memory goes."""
    title: str
    memory: str
    append: str = ''
    options: tuple = ()
    dimms: tuple = ((0, 'online_movable'), (0, 'online_kernel'))   # node, and the word for its blocks


BOOTS = (
    Boot('one node', '512M,slots=8,maxmem=8G'),
    # The kernel does not fill memory of a node without a processor by itself.
    Boot('two nodes', '512M,slots=8,maxmem=8G', options=(
        '-object', 'memory-backend-ram,id=ram0,size=512M', '-numa', 'node,nodeid=0,memdev=ram0,cpus=0', '-numa', 'node,nodeid=1'),
        dimms=((0, 'online_movable'), (1, 'online_movable'), (1, 'online_kernel'))),
    Boot('boot memory in ZONE_MOVABLE', '1G,slots=8,maxmem=8G', 'movablecore=512M', dimms=((0, 'online_kernel'),)),
)


@vm.short
class Campaign(vm.GuestTest):

    retry = False   # "never" is not "not twice"

    @classmethod
    def setUpClass(cls):
        """Not one guest for all, but one after the other."""
        cls.outcomes = collections.Counter()

    def tearDown(self):
        pass    # done for each guest

    def fillings(self):
        """Fill memory in one way after the other; gives the name of each while it lasts."""
        drop_caches = 'echo 3 > /proc/sys/vm/drop_caches'
        self.guest.sh(drop_caches)
        yield 'little'
        self.occupy('hog', 160)
        yield 'processes'
        self.guest.sh('killall -9 hog; dd if=/dev/zero of=/tmp/file bs=1M count=150 2> /dev/null')
        yield 'tmpfs'
        self.guest.sh('rm /tmp/file; dd if=/dev/zero of=/tmp/disk bs=1M seek=300 count=0 2> /dev/null; mkdir -p /mnt; '
                      'modprobe -a loop ext4; losetup /dev/loop0 /tmp/disk; mke2fs /dev/loop0 > /dev/null; '
                      'mount -t ext4 /dev/loop0 /mnt; dd if=/dev/zero of=/mnt/file bs=1M count=120 2> /dev/null')
        yield 'page cache'
        self.guest.sh('umount /mnt; losetup -d /dev/loop0; rm /tmp/disk; mkdir /tmp/many; i=0; '
                      'while [ $i -lt 5000 ]; do : > /tmp/many/$i; i=$((i + 1)); done', 120)
        yield 'slab'
        self.guest.sh('rm -r /tmp/many; i=0; while [ $i -lt 100 ]; do sleep 1000 & i=$((i + 1)); done > /dev/null 2>&1')
        yield 'stacks'
        self.guest.sh('killall -9 sleep')
        self.occupy('hog', '8192 2048')
        yield 'page tables'
        self.guest.sh('killall -9 hog; echo 20 > /proc/sys/vm/nr_hugepages')
        self.occupy('reserve', 20)
        yield 'huge pages'
        self.guest.sh(f'killall -9 reserve; echo 0 > /proc/sys/vm/nr_hugepages; {drop_caches}')
        self.pin(next(block for block, (_, zones, _) in self.all_blocks().items() if zones == ['Movable']))
        yield 'a pinned page'

    def try_block(self, block, zone, where):
        """Explain a block, take it offline, and bring it back; returns the verdict."""
        said = self.json(f'explain --block {block}')['blocks'][0]
        self.assertEqual(sum(said['usage'].values()), said['size'], said)
        self.assertEqual(said['certainty'], 'sure' if said['verdict'] == 'will-not' else 'likely', said)
        if said['verdict'] == 'will-not':
            # memctl does not always ask the kernel then, and an answer is wanted.
            self.guest.run(f'echo offline > {vm.MEMORY}/memory{block}/state')
            self.assertEqual(self.state(block), 'online', f'{where}: {said}')
        run = self.guest.run(f'memctl offline --block {block} --force --kernel-debug --block-timeout 8s --json')
        done = self.parse(run.out)['blocks'][0]
        gone = self.state(block) == 'offline'
        self.assertEqual(done['outcome'] == 'changed', gone, done)
        self.outcomes[said['verdict'], gone] += 1
        if gone:
            self.set_state(block, 'online_movable' if zone == ['Movable'] else 'online_kernel')
        else:
            self.check_failure(said, done, where)
        if gone != (said['verdict'] == 'can-go'):
            print(f"    {where}, block {block}, {zone}: {said['verdict']} ({said['score']}): "
                  f"{'went' if gone else 'stayed: ' + done['reason']}; {said['reasons'][0]['text']}")
        return said['verdict']

    def check_failure(self, said, done, where):
        """The reason is more than an errno, and the one that was foreseen with certainty."""
        self.assertNotIn(done['reason'], UNSPECIFIC, f'{where}: {done}')
        # Newer kernels overlook some slab, and then the offline loops without a word.
        silent = done['reason'] == 'deadline' and 'logs nothing' in done['text']
        if silent:
            self.assertLess(done['pages']['free'], done['size'], f'{where}: {done}')
        if done['reason'] in ('unmovable-page', 'deadline') and not silent:
            self.assertIsNotNone(done['page'], f'{where}: {done}')
            self.assertNotEqual(done['page']['kind'], 'unknown', f'{where}: {done}')
        if said['verdict'] == 'will-not':
            self.assertEqual(done['reason'], CERTAIN[said['reasons'][0]['code']], f'{where}: {said} {done}')

    def try_machine(self, boot):
        for number, (node, word) in enumerate(boot.dimms):
            for block in self.guest.add_dimm(f'dimm{number}', node=node):
                self.set_state(block, word)
        hopeless = set()    # however memory is filled, so once is enough
        for filling in self.fillings():
            for block, (state, zones, _) in self.all_blocks().items():
                if state == 'online' and block not in hopeless:
                    if self.try_block(block, zones, f'{boot.title}, {filling}') == 'will-not':
                        hopeless.add(block)

    def test_outcomes(self):
        """explain: what will not go never goes, of what can go 95 % go, and what stays has its reason, however memory is filled"""
        for boot in BOOTS:
            machine = dataclasses.replace(self.machine, memory=boot.memory)
            with vm.Guest(self.kernel, self.initramfs, machine, f'{self.append} {boot.append}', boot.options) as self.guest:
                self.guest.gather_randomness()
                self.try_machine(boot)
                super().tearDown()

        print('    verdict      went  stayed')
        for verdict in VERDICTS:
            print(f'    {verdict:12} {self.outcomes[verdict, True]:4} {self.outcomes[verdict, False]:7}')
        went, stayed = self.outcomes['can-go', True], self.outcomes['can-go', False]
        self.assertGreaterEqual(self.outcomes.total(), TRIALS)
        self.assertGreaterEqual(went, TRIALS / 3)
        self.assertGreaterEqual(went / (went + stayed), 0.95, self.outcomes)
        self.assertGreaterEqual(self.outcomes['will-not', False], 2 * len(BOOTS))
        self.assertEqual(self.outcomes['will-not', True], 0)
