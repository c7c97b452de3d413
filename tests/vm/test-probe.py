# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl probe, with memory that the kernel has not been told of."""

import dataclasses
import hashlib

import vm

SIZE = 256 * vm.MIB     # of a block


def address(block):
    return f'{block * SIZE:#x}'


class Probe(vm.GuestTest):
    """There are 2 GiB, of which the kernel uses blocks 0 and 1. A block that was added stays, so each check that adds one has its
    own; block 7 is never added, and from block 8 on, where DIMMs go, there is no memory."""

    machine = dataclasses.replace(vm.PPC64EL, memory='2G,slots=8,maxmem=8G')
    append = 'mem=512M memhp_default_state=offline'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guest.gather_randomness()

    def setUp(self):
        self.assertEqual(self.guest.block_size, SIZE)
        self.before = self.guest.blocks()

    def added(self):
        return sorted(set(self.guest.blocks()) - set(self.before))

    def probe(self, arguments, status, outcome):
        """Run memctl probe; returns its blocks by id."""
        document = self.json(f'probe {arguments}', status)
        self.assertEqual((document['outcome'], document['exit_status']), (outcome, status), document)
        self.assertEqual(document['changed'], len(self.added()) * SIZE, document)
        blocks = {block['block_id']: block for block in document['blocks']}
        for block in self.added():
            self.assertEqual((blocks[block]['outcome'], blocks[block]['after']), ('changed', self.state(block)), document)
        return blocks

    def test_dry_run(self):
        """probe --dry-run names the proof and adds nothing"""
        document = self.json(f'probe --dry-run {address(7)}')
        self.assertEqual([(block['outcome'], block['proof']) for block in document['blocks']], [('planned', 'device-tree')])
        self.assertEqual(self.added(), [])

    @vm.short
    def test_add(self):
        """probe adds a block, which stays offline, and does not add it again"""
        self.probe(address(2), 0, 'complete')
        self.assertEqual((self.added(), self.state(2)), ([2], 'offline'))
        self.before = self.guest.blocks()
        self.assertEqual(self.probe(address(2), 1, 'refused')[2]['obstacles'], ['present'])
        self.check_rows(self.json('list --all')['memory'])

    @vm.short
    def test_use(self):
        """probe --online --movable: what is written to the block can be read back"""
        self.probe(f'--online --movable {address(3)}', 0, 'complete')
        self.assertEqual((self.added(), self.zones(3)), ([3], ['Movable']))
        line = 'memory that nobody told the kernel of\n'
        number = 160 * vm.MIB // len(line)
        self.guest.sh(f"yes '{line.strip()}' | head -n {number} > /tmp/file")
        said, = self.json('explain --block 3')['blocks']
        self.assertGreater(said['usage']['anon'] + said['usage']['file'], 128 * vm.MIB, said)
        self.assertEqual(self.guest.sh('md5sum < /tmp/file').split()[0], hashlib.md5(line.encode() * number).hexdigest())
        self.guest.sh('rm /tmp/file')
        self.change('offline --block 3', outcome='complete')

    @vm.short
    def test_several(self):
        """probe adds several blocks, in a kernel zone"""
        self.probe(f'--online --kernel {address(4)},{address(5)}', 0, 'complete')
        self.assertEqual((self.added(), self.zones(4), self.zones(5)), ([4, 5], ['Normal'], ['Normal']))

    @vm.short
    def test_policy(self):
        """a block that the kernel brings online by itself is reported as that"""
        self.guest.sh(f'echo online_movable > {vm.MEMORY}/auto_online_blocks')
        try:
            block = self.probe(address(6), 0, 'complete')[6]
        finally:
            self.guest.sh(f'echo offline > {vm.MEMORY}/auto_online_blocks')
        self.assertEqual((block['after'], block['zone'], block['onlined_by_others']), ('online', 'Movable', True))
        self.change('offline --block 6', outcome='complete')

    def test_one_refused(self):
        """one address that is refused: none is added"""
        blocks = self.probe(f'{address(7)} {address(12)}', 4, 'refused')
        self.assertEqual([blocks[block]['outcome'] for block in (7, 12)], ['planned', 'refused'])
        self.assertEqual(self.added(), [])

    def test_usage(self):
        """what is no aligned address is refused with its reason"""
        for text, reason in (('garbage', 'begin with 0x'), ('0x', '0x'), (str(7 * SIZE), 'begin with 0x'), ('017', 'begin with 0x'),
                             (f'{address(7)}0000000000', '64'), (hex(7 * SIZE + 1), 'multiple of the block size'),
                             (hex(7 * SIZE + SIZE // 2), 'multiple of the block size'), ('-1', '')):
            with self.subTest(text):
                self.assertIn(reason, self.memctl(f'probe --force --unbacked {text}', 2).err)
        self.assertEqual(self.added(), [])

    @vm.short
    def test_present(self):
        """boot memory is there already, which the kernel says, too"""
        self.assertEqual(self.probe(f'--force --unbacked {address(1)}', 1, 'refused')[1]['obstacles'], ['present'])
        self.assertIn('File exists', self.guest.run(f'echo {address(1)} > {vm.MEMORY}/probe').err)

    def test_unbacked(self):
        """an address without RAM behind it is refused, and --force alone is not enough"""
        for arguments in '', '--force ', '--online ':
            block = self.probe(arguments + address(12), 4, 'refused')[12]
            self.assertEqual((block['obstacles'], block['proof']), (['unproven'], None))
        self.assertEqual(self.added(), [])

    @vm.short
    def test_unbacked_forced(self):
        """probe --force --unbacked adds such a block, which nobody then may bring online"""
        block = self.probe(f'--force --unbacked {address(13)}', 0, 'complete')[13]
        self.assertEqual((self.added(), block['proof'], self.state(13)), ([13], None, 'offline'))

    @vm.short
    def test_beyond(self):
        """beyond all that can be addressed: refused, and when forced the kernel's error is told"""
        self.probe('0x800000000000000', 4, 'refused')
        block, = self.probe('--force --unbacked 0x800000000000000', 1, 'failed').values()
        self.assertIn(block['errno'], ('E2BIG', 'EEXIST', 'EINVAL'), block)
        self.assertEqual(self.added(), [])

    @vm.short
    def test_plugged(self):
        """what DLPAR adds is there already"""
        block, = self.add_blocks()
        self.before = self.guest.blocks()
        self.assertEqual(self.probe(f'--force --unbacked {address(block)}', 1, 'refused')[block]['obstacles'], ['present'])

    def test_user(self):
        """an ordinary user is told to be root"""
        run = self.guest.run(f"su user -c 'memctl probe {address(7)}'")
        self.assertEqual(run.status, 1, run)
        self.assertIn('root', run.err)
        self.assertEqual(self.added(), [])


class Missing(vm.GuestTest):

    def test_missing(self):
        """probe without a probe file: which kernel option is missing, and what to use instead"""
        run = self.memctl('probe 0x100000000', 3)
        self.assertIn('CONFIG_ARCH_MEMORY_PROBE', run.err)
        self.assertIn('virtio-mem', run.err)
