# SPDX-License-Identifier: GPL-2.0-or-later
"""Where memory comes from: the boot, DIMMs, a virtio-mem device, and persistent memory used as RAM."""

import vm

VIRTIO_MEM = ('-object', 'memory-backend-ram,id=vmem0,size=2G', '-device', 'virtio-mem-pci,id=virtio-mem0,memdev=vmem0')
NVDIMM = ('-machine', 'nvdimm=on', '-object', 'memory-backend-ram,id=nv0,size=1G', '-device', 'nvdimm,memdev=nv0')

# What ndctl and daxctl would do: a dax device on the whole of the NVDIMM
MAKE_DAX = """
modprobe -a nfit dax_pmem kmem
cd /sys/bus/nd/devices/dax0.0
echo 12345678-1234-1234-1234-123456789abc > uuid
echo ram > mode
echo 2097152 > align
echo namespace0.0 > namespace
echo dax0.0 > /sys/bus/nd/drivers/dax_pmem/bind
"""
# and its memory for the kernel
USE_DAX = 'echo dax0.0 > /sys/bus/dax/drivers/kmem/new_id'
DAX_BLOCKS = 7      # the first of eight holds the kernel's records about the device
DAX = '/sys/bus/dax/devices/dax0.0'


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
        cls.dax = cls.added(lambda: cls.guest.sh(MAKE_DAX + USE_DAX), DAX_BLOCKS)

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


@vm.short
@vm.kernels('newest')
class DaxState(vm.GuestTest):
    """Since Linux 7.3 a dax device can be asked for as a whole. Each check begins with the device as its driver leaves it."""

    options = NVDIMM

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guest.gather_randomness()
        cls.boot = cls.guest.blocks()
        cls.guest.sh(MAKE_DAX + USE_DAX)

    def setUp(self):
        self.guest.sh(f'echo unplugged > {DAX}/state; cd {DAX}/driver; echo dax0.0 > unbind; echo dax0.0 > bind')
        self.assertEqual(self.found(), ('offline', {('offline', None)}))

    def found(self):
        """The state of the device, and states and zones of its blocks, which are all or none."""
        blocks = [found for block, found in self.all_blocks().items() if block not in self.boot]
        self.assertIn(len(blocks), (0, DAX_BLOCKS))
        return self.guest.read(f'{DAX}/state'), {(state, zones[0] if state == 'online' else None) for state, zones, _ in blocks}

    def configure(self, zone, status, before, after, state):
        """configure --source says what the device is, and its file state is that word; returns what else it says."""
        document = self.json(f'configure --source dax0.0 --{zone}', status)
        device, = document['blocks']
        self.assertEqual((device['before'], device['after']), (before, after), document)
        self.assertEqual(self.guest.read(f'{DAX}/state'), state)
        return document['outcome'], device['text']

    def check_zone(self, word, zone, other):
        """An unplugged device comes to a zone, where it is from then on, and cannot change to the other one."""
        online = f'online_{word}', {('online', zone)}
        self.assertEqual(self.configure(word, 0, 'unplugged', 'online', online[0]), ('complete', None))
        self.assertEqual(self.found(), online)
        self.assertEqual(self.configure(word, 0, 'online', 'online', online[0]), ('complete', None))
        outcome, text = self.configure(other, 1, 'online', 'online', online[0])
        self.assertEqual(outcome, 'failed')
        self.assertIn('its zone is fixed', text)
        self.assertEqual(self.found(), online)

    def test_whole(self):
        """a dax device is taken away and brought in as a whole, to zone Movable"""
        self.change('remove --source dax0.0', outcome='complete')
        self.assertEqual(self.found(), ('unplugged', set()))
        self.assertIn('dax0.0 is unplugged', self.memctl('remove --source dax0.0').err)
        self.check_zone('movable', 'Movable', 'kernel')
        self.change('remove --source dax0.0', outcome='complete')
        self.assertEqual(self.found(), ('unplugged', set()))

    def test_zone_kernel(self):
        """a dax device is brought in to a kernel zone"""
        # The last check of this guest: what the kernel keeps there may stay there.
        self.guest.sh(f'echo unplugged > {DAX}/state')
        self.check_zone('kernel', 'Normal', 'movable')

    def test_added(self):
        """a dax device whose driver has added its blocks is not unplugged: online --source brings it online"""
        outcome, text = self.configure('movable', 1, 'offline', 'offline', 'offline')
        self.assertEqual(outcome, 'failed')
        self.assertIn('not all of its blocks are known to be online', text)
        # What memctl says without asking is what the kernel says.
        self.assertIn('busy', self.guest.run(f'echo online_movable > {DAX}/state').err)
        self.change('online --source dax0.0 --movable', outcome='complete')
        self.assertEqual(self.found(), ('offline', {('online', 'Movable')}))
        self.assertEqual(self.configure('movable', 0, 'online', 'online', 'offline'), ('complete', None))
        self.assertEqual(self.configure('kernel', 1, 'online', 'online', 'offline')[0], 'failed')

    def test_block(self):
        """the state of a dax device does not follow a block of it, and memctl does"""
        self.guest.sh(f'cd {DAX}; echo unplugged > state; echo online_movable > state')
        block = max(self.guest.blocks())
        self.change(f'offline --block {block}', outcome='complete')
        self.assertEqual(self.found(), ('online_movable', {('online', 'Movable'), ('offline', None)}))
        self.assertIn('not all of its blocks', self.configure('movable', 1, None, None, 'online_movable')[1])
        self.change(f'online --block {block} --movable', outcome='complete')
        self.assertEqual(self.configure('movable', 0, 'online', 'online', 'online_movable'), ('complete', None))

    def test_no_memmap(self):
        """where memory_hotplug.memmap_on_memory is N a dax device is not asked to hold its memory map, and stays with its driver"""
        self.guest.sh(f'echo unplugged > {DAX}/state')
        self.assertIn('memory_hotplug.memmap_on_memory is not on',
                      self.memctl('configure --source dax0.0 --memmap-on-memory', 3).err)
        self.assertEqual(self.found(), ('unplugged', set()))


@vm.short
@vm.kernels('backports', 'newest')
class DaxMemmap(vm.GuestTest):

    append = 'memhp_default_state=offline memory_hotplug.memmap_on_memory=Y'
    options = NVDIMM

    def test_memmap(self):
        """blocks of a dax device that hold their own memory map (memmap_on_memory, Linux 6.8) come, go and are explained"""
        boot = self.guest.blocks()
        self.guest.gather_randomness()
        self.guest.sh(f'{MAKE_DAX} echo 1 > {DAX}/memmap_on_memory; {USE_DAX}')
        self.guest.wait_for(f'[ $(ls {vm.MEMORY} | grep -c "^memory[0-9]") -eq {len(boot) + DAX_BLOCKS} ]')
        blocks = [block for block in self.guest.blocks() if block not in boot]
        for _ in range(2):
            _, changed = self.change('online --source dax0.0 --movable', outcome='complete')
            self.assertEqual(sorted(changed), blocks)
            said = {block['block_id']: block for block in self.json('explain --source dax0.0')['blocks']}
            self.assertEqual(sorted(said), blocks)
            for block in said.values():
                self.assertEqual((block['usage']['memmap'], block['usage']['reserved']), (block['size'] // 64, 0), block)
                self.assertEqual((block['verdict'], block['fixed']), ('can-go', 0), block)
            self.check_rows(self.json('list --all')['memory'])
            self.change('offline --source dax0.0', outcome='complete')
        if not self.guest.run(f'[ -e {DAX}/state ]').status:
            self.check_whole()
        else:
            self.check_stateless()

    def check_stateless(self):
        """Before Linux 7.3 it is set and bound as well, and nothing tells then what it is as a whole: its blocks are there."""
        boot = len(self.guest.blocks()) - DAX_BLOCKS
        self.guest.sh(f'echo dax0.0 > {DAX}/driver/unbind')
        self.assertEqual(len(self.guest.blocks()), boot)
        self.configure('--memmap-on-memory=no', 64, outcome='rollback-failed', reason='not-rebound', errno='EOPNOTSUPP', after=None,
                       memmap_on_memory=False)
        self.change('online --source dax0.0', outcome='complete')
        self.assertEqual(len(self.guest.blocks()), boot + DAX_BLOCKS)

    def configure(self, options, status, **expected):
        """configure --source says this of the device, with a setting that is the kernel's, too."""
        device, = self.json(f'configure --source dax0.0 {options}', status)['blocks']
        self.assertEqual({key: device[key] for key in expected}, expected, device)
        self.assertEqual(int(self.guest.read(f'{DAX}/memmap_on_memory')), int(device['memmap_on_memory']))

    def check_whole(self):
        """As a whole (Linux 7.3) it comes in with the setting that is asked for: without blocks it leaves its driver for that."""
        online = {'outcome': 'changed', 'after': 'online', 'zone': 'Movable'}
        self.guest.sh(f'echo unplugged > {DAX}/state')
        boot = len(self.guest.blocks())
        self.configure('--memmap-on-memory=no --movable', 0, **online, memmap_on_memory=False)
        self.assertEqual(len(self.guest.blocks()), boot + DAX_BLOCKS)
        self.configure('--memmap-on-memory --movable', 1, outcome='impossible', reason='memmap-fixed', memmap_on_memory=False)
        self.assertIn('busy', self.guest.run(f'echo 1 > {DAX}/memmap_on_memory').err)
        self.change('remove --source dax0.0', outcome='complete')
        self.configure('--memmap-on-memory --movable', 0, **online, memmap_on_memory=True)
        self.change('remove --source dax0.0', outcome='complete')
        # The kernel's policy brings it in with its driver; it has none to begin with.
        self.guest.sh(f'echo online_movable > {vm.MEMORY}/auto_online_blocks; echo dax0.0 > {DAX}/driver/unbind')
        self.configure('--memmap-on-memory=no --movable', 0, **online, memmap_on_memory=False)
        self.assertEqual(self.guest.read(f'{DAX}/state'), 'online_movable')
        self.change('remove --source dax0.0', outcome='complete')
        self.check_no_driver()

    def check_no_driver(self):
        """A driver that is not there, and one that does not know the device, for it forgot that: nothing is changed."""
        self.guest.sh('rmmod kmem')
        self.assertIn('try: modprobe kmem', self.memctl('configure --source dax0.0 --memmap-on-memory', 3).err)
        self.guest.sh('modprobe kmem')
        self.configure('--memmap-on-memory', 1, outcome='failed', reason='not-rebound', errno='ENODEV', memmap_on_memory=False)
        self.assertTrue(self.guest.run(f'[ -e {DAX}/driver ]').status)
