# SPDX-License-Identifier: GPL-2.0-or-later
"""Where memory comes from: the boot, DIMMs, a virtio-mem device, and persistent memory used as RAM."""

import vm

VIRTIO_MEM = ('-object', 'memory-backend-ram,id=vmem0,size=2G', '-device', 'virtio-mem-pci,id=virtio-mem0,memdev=vmem0')
NVDIMM = ('-machine', 'nvdimm=on', '-object', 'memory-backend-ram,id=nv0,size=1G', '-device', 'nvdimm,memdev=nv0')

# What ndctl and daxctl would do: a dax device on the whole of the NVDIMM, and its memory for the kernel
MAKE_DAX = """
modprobe -a nfit dax_pmem kmem
cd /sys/bus/nd/devices/dax0.0
echo 12345678-1234-1234-1234-123456789abc > uuid
echo ram > mode
echo 2097152 > align
echo namespace0.0 > namespace
echo dax0.0 > /sys/bus/nd/drivers/dax_pmem/bind
echo dax0.0 > /sys/bus/dax/drivers/kmem/new_id
"""


class SourceTest(vm.GuestTest):
    """Not a guest by itself: what the two below have in common."""

    options = VIRTIO_MEM

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guest.gather_randomness()
        cls.boot = cls.guest.blocks()
        cls.dimms = [cls.guest.add_dimm('first'), cls.guest.add_dimm('second', size=384 * vm.MIB)]
        cls.guest.sh('modprobe -a virtio_pci virtio_mem')
        cls.virtio = cls.added(lambda: cls.guest.qmp('qom-set', path='/machine/peripheral/virtio-mem0', property='requested-size',
                                                     value=256 * vm.MIB), 2)

    @classmethod
    def added(cls, add, number):
        """The blocks that come with a call."""
        before = cls.guest.blocks()
        add()
        cls.guest.wait_for(f'[ $(ls {vm.MEMORY} | grep -c "^memory[0-9]") -eq {len(before) + number} ]')
        return [block for block in cls.guest.blocks() if block not in before]

    def dimm(self, blocks):
        """The name of a DIMM, by the link of its first block."""
        return 'dimm:' + self.guest.sh(f'basename $(readlink {vm.MEMORY}/memory{blocks[0]}/firmware_node)').strip()

    def sources(self, user=False):
        """Name and kind of the source of each block, for root or another user."""
        command = 'memctl list --all -o BLOCK,SOURCE --json'
        run = self.guest.run(f"su user -c '{command}'" if user else command)
        self.assertEqual((run.status, run.err), (0, ''))
        return {int(row['block']): (row['source'], row['source_kind']) for row in self.parse(run.out)['memory']}

    def expected(self, devices):
        """Boot memory, the DIMMs, and blocks of the devices."""
        found = {block: ('boot', 'boot') for block in self.boot}
        for dimm in self.dimms:
            found.update((block, (self.dimm(dimm), 'dimm')) for block in dimm)
        for blocks, source in devices:
            found.update((block, source) for block in blocks)
        return found


class Source(SourceTest):

    @vm.short
    def test_root(self):
        """root sees where the memory of each block comes from"""
        self.assertNotEqual(self.dimm(self.dimms[0]), self.dimm(self.dimms[1]))
        self.assertEqual(self.sources(), self.expected([(self.virtio, ('virtio-mem:virtio0', 'virtio-mem'))]))

    def test_user(self):
        """an ordinary user sees the same where one device alone can have added memory"""
        self.assertEqual(self.guest.sh("su user -c 'grep -c \"^ *[0-9a-f]*[1-9a-f]\" /proc/iomem || :'"), '0\n')
        self.assertEqual(self.sources(user=True), self.sources())

    def test_totals(self):
        """list --by source adds up each source's blocks"""
        totals = {total['source']: total['blocks'] for total in self.json('list --by source')['totals']}
        self.assertEqual(totals, {'boot': 4, self.dimm(self.dimms[0]): 2, self.dimm(self.dimms[1]): 3, 'virtio-mem:virtio0': 2})

    def test_change(self):
        """a DIMM goes online and offline as a whole, and nothing else does"""
        before = self.all_blocks()
        name = self.dimm(self.dimms[1])
        _, blocks = self.change(f'online --movable --source {name}', outcome='complete')
        self.assertEqual(sorted(blocks), self.dimms[1])
        self.assertEqual(self.sources(), self.expected([(self.virtio, ('virtio-mem:virtio0', 'virtio-mem'))]))
        _, blocks = self.change(f'offline --source {name}', outcome='complete')
        self.assertEqual(sorted(blocks), self.dimms[1])
        self.assertEqual({block: state for block, (state, _, _) in self.all_blocks().items()},
                         {block: state for block, (state, _, _) in before.items()})

    def test_stranger(self):
        """a DIMM that is not there is refused, and the others are named"""
        run = self.memctl('offline --source dimm:PNP0C80:ff', 2)
        for name in 'boot', self.dimm(self.dimms[0]), self.dimm(self.dimms[1]), 'virtio-mem:virtio0':
            self.assertIn(name, run.err)

    def test_calls(self):
        """the source of a block costs one system call"""
        if self.guest.run('command -v strace').status:
            vm.missing('strace')
        self.guest.sh('strace -f -o /tmp/trace memctl list -o SOURCE --summary=never')
        self.assertEqual(self.guest.sh('grep -c "readlink.*firmware_node" /tmp/trace'), f'{len(self.guest.blocks())}\n')
        self.assertEqual(self.guest.sh('grep -c "memory[0-9].*state" /tmp/trace || :'), '0\n')


class Dax(SourceTest):

    options = VIRTIO_MEM + NVDIMM

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The first of eight blocks holds the kernel's records about the device.
        cls.dax = cls.added(lambda: cls.guest.sh(MAKE_DAX), 7)

    @vm.short
    def test_root(self):
        """a dax device is told from a virtio-mem device"""
        self.assertEqual(self.sources(), self.expected([(self.virtio, ('virtio-mem:virtio0', 'virtio-mem')),
                                                        (self.dax, ('dax0.0', 'dax'))]))

    def test_user(self):
        """which of two devices it was an ordinary user cannot know, and is not told"""
        self.assertEqual(self.sources(user=True), self.expected([(self.virtio + self.dax, (None, None))]))

    @vm.short
    def test_change(self):
        """a dax device goes online and offline as a whole"""
        _, blocks = self.change('online --movable --source dax0.0', outcome='complete')
        self.assertEqual(sorted(blocks), self.dax)
        _, blocks = self.change('offline --source dax', outcome='complete')
        self.assertEqual(sorted(blocks), self.dax)
