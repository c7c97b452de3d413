# SPDX-License-Identifier: GPL-2.0-or-later
"""Why a change failed: each cause that can be made here is named, as far as the kernel says it."""

import errno

import vm

CONTROL = '/proc/dynamic_debug/control'
GRACE_MS = 5000     # for a writer that was killed


@vm.short
class Reasons(vm.GuestTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The only block of zone Normal, which the kernel prefers; not sleep, which would end with the first test.
        cls.kernel_block = cls.guest.add_dimm('kernel')[0]
        cls.guest.sh(f'echo online_kernel > {vm.MEMORY}/memory{cls.kernel_block}/state; i=0; while [ $i -lt 60 ]; do '
                     'usleep 4000000000 & i=$((i + 1)); done > /dev/null 2>&1')
        cls.first, cls.second = cls.guest.add_dimm('common')

    def setUp(self):
        """Two blocks are online in ZONE_MOVABLE, and debug messages are off."""
        for block in self.first, self.second:
            if self.state(block) == 'offline':
                self.set_state(block, 'online_movable')
        self.messages = self.read_messages()

    def tearDown(self):
        """What --kernel-debug switched on is off again, whatever happened."""
        self.assertEqual(self.read_messages(), self.messages)
        super().tearDown()

    def read_messages(self):
        return self.guest.sh(f'grep mm/memory_hotplug.c: {CONTROL}')

    def explain(self, arguments, block, status=1, outcome=None):
        """What is said of a block: its part of the document, and the sentence for people."""
        _, blocks = self.change(f'offline --block {block} {arguments}', status, outcome)
        sentence = self.memctl(f'offline --block {block} {arguments} --quiet', status).err
        self.assertRegex(sentence, rf'\bblock {block}: ')
        return blocks[block], sentence

    def check(self, said, outcome, reason, number):
        self.assertEqual([said[key] for key in ('after', 'outcome', 'reason', 'errno')],
                         ['online', outcome, reason, errno.errorcode.get(number)])

    def test_kernel_page(self):
        """kernel memory: the log names the page, without debug messages"""
        block = self.kernel_block
        said, sentence = self.explain('', block)
        self.check(said, 'busy', 'unmovable-page', errno.EBUSY)
        self.assertRegex(said['kernel'], r'(?m)^page:.*pfn:0x[0-9a-f]+$')
        self.assertIn('page dumped because: unmovable page', said['kernel'])
        self.assertEqual(said['page']['pfn'] * 4096 // self.guest.block_size, block)
        self.assertIn(said['page']['kind'], ('kernel', 'slab', 'table'))
        self.assertRegex(sentence, r'(?s)a page that cannot be moved: .*, page 0x[0-9a-f]+ \(EBUSY\)\n.*(Movable|drop_caches)')

    def test_kernel_debug(self):
        """--kernel-debug adds the kernel's own verdict"""
        said, _ = self.explain('--kernel-debug', self.kernel_block)
        self.check(said, 'busy', 'unmovable-page', errno.EBUSY)
        self.assertRegex(said['kernel'], r'\nmemory offlining \[mem .*\] failed due to failure to isolate range$')

    def test_several_zones(self):
        """several zones are named without any write"""
        said, sentence = self.explain('', 0)
        self.check(said, 'impossible', 'several-zones', None)
        self.assertIsNone(said['kernel'])
        self.assertIn('several zones', sentence)

    def test_hole(self):
        """a hole is certain by /proc/iomem, and the kernel's reason with --kernel-debug"""
        said, sentence = self.explain('', 3)
        self.check(said, 'impossible', 'invalid-range', errno.EINVAL)
        self.assertEqual(said['causes'], ['memory-hole'])
        self.assertIn('a hole in its memory', sentence)
        said, sentence = self.explain('--kernel-debug', 3)
        self.check(said, 'impossible', 'memory-hole', errno.EINVAL)
        self.assertRegex(said['kernel'], 'failed due to memory holes$')
        self.assertIn('a hole in its memory', sentence)

    def test_pinned(self):
        """a page that is held: the deadline is the reason, and the page is named"""
        process = self.pin(self.first)
        # The kernel names ten pages in five seconds at most.
        document, blocks = self.change(f'offline --block {self.first} --timeout 7s', 124, 'timeout')
        said = blocks[self.first]
        self.check(said, 'timeout', 'deadline', None)
        self.assertLess(document['elapsed_ms'], 7000 + GRACE_MS)
        self.assertRegex(said['kernel'], r'^migrating pfn [0-9a-f]+ failed ret:')
        self.assertEqual(said['page']['pfn'] * 4096 // self.guest.block_size, self.first)
        self.assertEqual(said['page']['kind'], 'anon')
        sentence = self.memctl(f'offline --block {self.first} --timeout 7s --quiet', 124).err
        self.assertIn(f"in the way: a program's memory, page 0x{said['page']['pfn']:x}", sentence)
        self.assertNotIn('zone Movable', sentence)
        self.guest.sh(f'kill -9 {process}')

    def test_huge_pages(self):
        """free huge pages that are reserved cannot be given back, and --kernel-debug says so"""
        self.set_state(self.second, 'offline')
        self.set_state(self.second, 'online_movable')
        pool = '/proc/sys/vm/nr_hugepages'
        self.guest.sh(f'echo 1000 > {pool}')
        self.addCleanup(self.guest.sh, f'killall -q -9 reserve; echo 0 > {pool}')
        self.occupy('reserve', int(self.guest.read(pool)) * 2)
        said, _ = self.explain('--force --timeout 20s', self.second)
        self.check(said, 'busy', 'busy', errno.EBUSY)
        said, sentence = self.explain('--kernel-debug --force --timeout 20s', self.second)
        self.check(said, 'busy', 'huge-pages', errno.EBUSY)
        self.assertRegex(sentence, '(?s)huge pages .* could not be given back.*nr_hugepages')

    def test_lost_huge_pages(self):
        """free huge pages go with their block, for good: bounds before, the exact loss after, a rollback included"""
        pool = '/proc/sys/vm/nr_hugepages'
        process = self.pin(self.first)
        self.addCleanup(self.guest.sh, f'echo 0 > {pool}')
        # As many as there are, but for what programs need.
        self.guest.sh(f'echo 1000 > {pool}; echo $(($(cat {pool}) - 40)) > {pool}')
        before = int(self.guest.read(pool))
        self.assertGreater(before, 0)
        (bound,) = self.parse(self.memctl(f'offline --block {self.second} --force --dry-run --json').out)['huge_pages']
        self.assertEqual((bound['node'], bound['size'], bound['before'], bound['after']), (0, 2 * vm.MIB, before, None))
        run = self.memctl(f'offline --block {self.second},{self.first} --block-timeout 5s --force --rollback', 124)
        self.guest.sh(f'kill -9 {process}')
        lost = before - int(self.guest.read(pool))
        self.assertGreater(lost, 0)
        self.assertIn('the blocks are as they were', run.out)
        self.assertIn(f'node 0 has lost {lost} of its {before} huge pages (2M)', run.err)
        self.assertIn(f'echo {before} > /sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages', run.err)

    def test_veto(self):
        """a notifier's refusal is a veto for every errno, once the kernel says that it is one"""
        for number, outcome, reason in ((errno.EPERM, 'vetoed', 'veto'), (errno.EBUSY, 'busy', 'busy'),
                                        (errno.ENOMEM, 'failed', 'no-memory')):
            with self.subTest(errno=number):
                self.inject('MEM_GOING_OFFLINE', number)
                said, sentence = self.explain('', self.first)
                self.check(said, outcome, reason, number)
                self.assertIsNone(said['kernel'])
                self.assertIn(errno.errorcode[number], sentence)
                said, sentence = self.explain('--kernel-debug', self.first)
                self.check(said, outcome, 'veto', number)
                self.assertRegex(said['kernel'], 'failed due to notifier failure$')
                self.assertIn('vetoed by a part of the kernel', sentence)

    def test_silence(self):
        """an errno alone is explained by what this block leaves open"""
        self.inject('MEM_GOING_OFFLINE', errno.EBUSY)
        _, sentence = self.explain('', self.first)
        self.assertRegex(sentence, r"(?s)busy, and the log names no page: .*at work.*driver.* \(EBUSY\)\n  try: .*"
                                   "--kernel-debug.*--who")
        self.assertNotRegex(sentence, "the kernel's own|of zone Movable|huge pages")

    def test_signal(self):
        """a signal that was not memctl's is named"""
        self.pin(self.first)
        self.start_change(f'offline --block {self.first} --timeout 20s --kernel-debug')
        self.guest.wait_for(f'grep -q going-offline {vm.MEMORY}/memory{self.first}/state')
        self.guest.sh(f'kill -STOP {vm.WRITER}')
        self.guest.wait_for(f'grep -q "^State:.T" /proc/{vm.WRITER}/status')
        self.guest.sh(f'kill -CONT {vm.WRITER}')
        status, _, blocks = self.finish_change('failed')
        self.assertEqual(status, 1)
        self.check(blocks[self.first], 'busy', 'signal', errno.EINTR)
        self.assertRegex(blocks[self.first]['kernel'], 'failed due to signal backoff$')

    def test_agent(self):
        """a block that another agent has brought elsewhere is told so"""
        held, wanted = self.add_blocks()
        self.hold_lock(held)
        agent = int(self.guest.sh(f'(echo online_kernel > {vm.MEMORY}/memory{wanted}/state) > /dev/null 2>&1 & echo $!'))
        self.start_change(f'online --block {wanted} --movable --timeout 30s')
        self.wait_for_waiting()
        self.wait_for_waiting(agent)
        self.release_lock()
        _, _, blocks = self.finish_change()
        zone, = self.zones(wanted)
        self.assertEqual((zone, blocks[wanted]['outcome'], blocks[wanted]['reason']),
                         {'Movable': (zone, 'changed', None), 'Normal': (zone, 'wrong-zone', 'other-zone')}[zone])
        self.assertIsNone(blocks[wanted]['kernel'])

    def test_user_space(self):
        """what a program writes to the kernel's log convinces nobody"""
        self.inject('MEM_GOING_OFFLINE', errno.EBUSY)
        first = self.first * self.guest.block_size
        self.guest.sh(f'(while :; do echo "memory offlining [mem {first:#x}-{first + self.guest.block_size - 1:#x}] failed due to '
                      'memory holes" > /dev/kmsg; usleep 1000; done) > /dev/null 2>&1 & echo $! > /tmp/liar')
        said, _ = self.explain('', self.first)
        self.guest.sh('kill -9 $(cat /tmp/liar); rm /tmp/liar')
        self.check(said, 'busy', 'busy', errno.EBUSY)
        self.assertIsNone(said['kernel'])

    def test_kept_on(self):
        """messages that were on before stay on"""
        line = self.guest.sh(f"sed -n 's/^mm.memory_hotplug.c:\\([0-9]*\\) .*offline_pages .*failed due.*/\\1/p' {CONTROL}").strip()
        self.guest.sh(f'echo "file mm/memory_hotplug.c line {line} +pm" > {CONTROL}')
        before = self.read_messages()
        try:
            said, _ = self.explain('--kernel-debug', 3)
            after = self.read_messages()
        finally:
            self.guest.sh(f'echo "file mm/memory_hotplug.c line {line} =_" > {CONTROL}')
        self.assertEqual(before, after)
        self.assertIn('=pm', after)
        self.check(said, 'impossible', 'memory-hole', errno.EINVAL)

    def test_interrupted(self):
        """Ctrl-C leaves no debug message switched on"""
        self.pin(self.first)
        run = self.signal('INT', self.first, f'offline --block {self.first} --kernel-debug', 130)
        self.assertRegex(run.err, rf'block {self.first}: not done when the request was cancelled')

    def test_no_debug(self):
        """a kernel without such messages is said to have none, and nothing else changes"""
        self.guest.sh('mount -t tmpfs none /proc/dynamic_debug; mount -t tmpfs none /sys/kernel/debug/dynamic_debug')
        try:
            run = self.memctl(f'offline --block {self.first} --kernel-debug')
        finally:
            self.guest.sh('umount /proc/dynamic_debug /sys/kernel/debug/dynamic_debug')
        self.assertRegex(run.err, '--kernel-debug: this kernel has no CONFIG_DYNAMIC_DEBUG')
        self.assertEqual(self.state(self.first), 'offline')


@vm.short
class Gigantic(vm.GuestTest):
    """Pages of 1 GiB, which many blocks share."""

    options = ('-cpu', 'qemu64,-cx16,+pdpe1gb', '-m', '1G,slots=8,maxmem=8G')
    append = 'memhp_default_state=offline hugepagesz=1G'

    def test_gigantic(self):
        """a page of 1 GiB goes with a block while it is free; in use it has nowhere to go, and is named"""
        pool = '/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages'
        self.guest.gather_randomness()
        for block in self.add_blocks(2048 * vm.MIB):
            self.set_state(block, 'online_kernel')
        self.guest.sh(f'echo 1 > {pool}')
        last = self.huge('free-huge-pages')[-1]
        self.change(f'offline --block {last} --force', outcome='complete')
        self.assertEqual(self.guest.read(pool), '0')
        self.set_state(last, 'online_kernel')

        self.guest.sh(f'echo 1 > {pool}')
        self.occupy('reserve', '1024 30')
        last = self.huge('gigantic')[-1]
        # The kernel names ten pages in five seconds at most.
        _, blocks = self.change(f'offline --block {last} --force --kernel-debug --timeout 15s', 124, 'timeout')
        said = blocks[last]
        self.assertEqual((said['reason'], said['page']['kind']), ('deadline', 'huge'), said)
        self.assertLess(said['page']['pfn'] * 4096, said['start'])

    def huge(self, code):
        """The blocks with parts of a gigantic page, which explain calls so."""
        blocks = {block['block_id']: block for block in self.json('explain --zone Normal')['blocks'] if block['usage']['huge']}
        for block in blocks.values():
            self.assertIn(code, [reason['code'] for reason in block['reasons']])
        return sorted(blocks)
