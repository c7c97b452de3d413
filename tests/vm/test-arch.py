# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl on other machines: the same must be true everywhere, and some things only there."""

import os

import vm

# The UEFI firmware, which describes the machine by ACPI: Debian; Fedora and Arch; openSUSE
FIRMWARE = ('/usr/share/qemu-efi-aarch64/QEMU_EFI.fd', '/usr/share/edk2/aarch64/QEMU_EFI.fd',
            '/usr/share/qemu/aavmf-aarch64-code.bin')


class Everywhere:
    """What is checked on each machine. A guest says what its machine has, and gets blocks ready: those in `free`
    are in ZONE_MOVABLE after each check, and `spare` may end up anywhere."""

    block_size = 128 * vm.MIB
    first = 0           # the id of the first block
    free_verdicts = 'can-go',
    busy = 0            # a block that cannot go offline because of a page in it
    nodes = [0]
    probe = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guest.gather_randomness()
        cls.boot = cls.guest.blocks()
        cls.get_ready()

    @classmethod
    def get_ready(cls):
        """Put blocks into cls.free and cls.spare."""

    @classmethod
    def share(cls, blocks):
        """Divide blocks, online them in ZONE_MOVABLE."""
        *cls.free, cls.spare = blocks
        for block in blocks:
            cls.guest.sh(f'cd {vm.MEMORY}/memory{block}; grep -qx offline state || echo offline > state; '
                         'echo online_movable > state')

    def page_size(self):
        return int(self.guest.sh("awk '/^KernelPageSize:/ { print $2 * 1024; exit }' /proc/self/smaps"))

    def explain(self, arguments=''):
        return {block['block_id']: block for block in self.json(f'explain {arguments}')['blocks']}

    @vm.short
    def test_list(self):
        """list agrees with sysfs block by block, for any user"""
        document = self.json('list --all')
        self.assertEqual((document['block_size'], self.guest.block_size), (self.block_size, self.block_size))
        self.check_rows(document['memory'])
        self.assertEqual(document['memory'][0]['block'], str(self.first))
        self.assertEqual({tuple(row['nodes']) for row in document['memory']}, {tuple(self.nodes)})
        run = self.guest.run("su user -c 'memctl list --all --json'")
        self.assertEqual((run.status, run.err, self.parse(run.out)), (0, '', document))
        for row in self.json('list --all -o BLOCK,PHYS-DEVICE,REMOVABLE')['memory']:
            directory = f"{vm.MEMORY}/memory{row['block']}"
            self.assertEqual(row['phys_device'], int(self.guest.read(f'{directory}/phys_device')))
            self.assertEqual(row['removable'], self.guest.read(f'{directory}/removable') == '1')

    @vm.short
    def test_status(self):
        """status agrees with sysfs, and knows whether there is a probe file"""
        document = self.json('status')
        blocks = self.all_blocks()
        states = [state for state, _, _ in blocks.values()]
        self.assertEqual(document['blocks'], {'total': len(blocks), 'online': states.count('online'),
                                              'offline': states.count('offline'), 'going_offline': 0, 'unknown': 0})
        self.assertEqual(document['memory']['total'], len(blocks) * self.block_size)
        self.assertEqual([node['node'] for node in document['nodes']], self.nodes)
        self.assertEqual(document['policy']['auto_online_blocks'], self.guest.read(f'{vm.MEMORY}/auto_online_blocks'))
        self.assertEqual(document['probe'], self.probe)
        self.assertEqual(self.guest.run(f'[ -e {vm.MEMORY}/probe ]').status == 0, self.probe)
        self.memctl('status')

    @vm.short
    def test_balance(self):
        """status counts kernel and movable memory in the pages of this machine"""
        present = 0
        for line in self.guest.sh('grep "^ *present " /proc/zoneinfo').splitlines():
            present += int(line.split()[1]) * self.page_size()
        balance = self.json('status')['balance']
        self.assertEqual(balance['movable'] + balance['kernel'], present)

    @vm.short
    def test_explain(self):
        """explain accounts for each block, and what will not go offline stays"""
        for block, said in self.explain().items():
            self.assertEqual(sum(said['usage'].values()), said['size'], said)
            if said['verdict'] == 'will-not':
                run = self.guest.run(f'timeout -s KILL 20 sh -c "echo offline > {vm.MEMORY}/memory{block}/state"')
                self.assertEqual((run.status != 0, self.state(block)), (True, 'online'), said)

    @vm.short
    def test_change(self):
        """online and offline change blocks, know what is already so, and verify the zone"""
        names = ','.join(str(block) for block in self.free)
        for arguments, outcome in (('offline', 'changed'), ('offline', 'already'),
                                   ('online --movable --force', 'changed'), ('online --movable --force', 'already')):
            _, blocks = self.change(f'{arguments} --block {names}', outcome='complete')
            self.assertEqual({block: said['outcome'] for block, said in blocks.items()}, dict.fromkeys(self.free, outcome))
            self.assertNoWriter()
        for block in self.free:
            self.assertEqual(self.zones(block), ['Movable'])

    @vm.short
    def test_kernel(self):
        """online --kernel brings a block to a kernel zone"""
        self.change(f'offline --block {self.spare}', outcome='complete')
        self.change(f'online --kernel --block {self.spare}', outcome='complete')
        self.assertEqual(self.zones(self.spare), ['Normal'])

    def test_explain_free(self):
        """explain: a block that can go does go"""
        block = self.free[0]
        self.assertIn(self.explain(f'--block {block}')[block]['verdict'], self.free_verdicts)
        self.change(f'offline --block {block}', outcome='complete')
        self.change(f'online --movable --block {block} --force', outcome='complete')

    def pin_free(self):
        """Pin a block of `free`, while pages have no other one to be in."""
        block, *others = self.free
        for other in others:
            self.set_state(other, 'offline')
            self.addCleanup(self.set_state, other, 'online_movable')
        self.pin(block)
        return block

    @vm.short
    def test_timeout(self):
        """an offline that never ends is ended by the deadline, and nothing of memctl is left"""
        block = self.pin_free()
        _, blocks = self.change(f'offline --block {block} --timeout 5s', 124, 'timeout')
        self.assertEqual(blocks[block]['outcome'], 'timeout')
        self.assertNoWriter()

    @vm.short
    def test_signal(self):
        """SIGINT in the middle of an offline is reported, and the block stays"""
        block = self.pin_free()
        self.signal('INT', block, f'offline --block {block}', 130)
        self.assertEqual(self.state(block), 'online')
        self.assertNoWriter()

    @vm.short
    def test_page(self):
        """the page that is in the way is in its block"""
        block = self.busy
        document, blocks = self.change(f'offline --block {block} --force', 1, 'failed')
        said = blocks[block]
        self.assertEqual((said['outcome'], said['errno'], said['reason']), ('busy', 'EBUSY', 'unmovable-page'), document)
        self.assertEqual(said['page']['pfn'] * self.page_size() // self.block_size, block)


class Arm64(Everywhere, vm.GuestTest):
    """Described by a device tree; memory comes with virtio-mem."""

    machine = vm.ARM64
    first = busy = 8
    options = ('-object', 'memory-backend-ram,id=vmem0,size=2G',
               '-device', 'virtio-mem-pci,id=virtio-mem0,memdev=vmem0,requested-size=512M')
    source = 'virtio-mem:virtio0', 'virtio-mem'
    boot_memory = 'boot-memory', 'will-not', 'sure'

    @classmethod
    def get_ready(cls):
        cls.guest.sh('modprobe -a virtio_pci virtio_mem')
        cls.guest.wait_for(f'[ $(ls {vm.MEMORY} | grep -c "^memory[0-9]") -eq {len(cls.boot) + 4} ]')
        cls.share(sorted(set(cls.guest.blocks()) - set(cls.boot)))

    @vm.short
    def test_source(self):
        """list tells plugged memory from that of the boot"""
        rows = {int(row['block']): (row['source'], row['source_kind']) for row in self.json('list --all -o BLOCK,SOURCE')['memory']}
        self.assertEqual({rows[block] for block in self.free}, {self.source})
        self.assertEqual(rows[self.busy], ('boot', 'boot'))

    @vm.short
    def test_boot(self):
        """memory of the boot is vetoed, which explain knows and offline says"""
        said = self.explain()
        names = ','.join(str(block) for block in self.boot)
        _, blocks = self.change(f'offline --block {names} --force', 1, 'failed')
        self.assertLessEqual({blocks[block]['outcome'] for block in self.boot}, {'vetoed', 'busy', 'impossible'})
        vetoed = [block for block in self.boot if blocks[block]['outcome'] == 'vetoed']
        self.assertTrue(vetoed, blocks)
        for block in vetoed:
            self.assertEqual(blocks[block]['errno'], 'EPERM')
            foreseen = said[block]
            self.assertEqual((foreseen['reasons'][0]['code'], foreseen['verdict'], foreseen['certainty']), self.boot_memory)
        self.assertIn('boot memory, which', self.memctl(f'offline --block {vetoed[0]} --force', 1).err)


class Arm64Acpi(Arm64):
    """Described by the ACPI tables of a UEFI firmware; memory comes as DIMMs."""

    source = 'dimm:PNP0C80:00', 'dimm'
    boot_memory = 'likely-boot', 'may-go', 'likely'
    free_verdicts = 'can-go', 'may-go'      # a DIMM could have been there at boot

    @classmethod
    def setUpClass(cls):
        firmware = [path for path in FIRMWARE if os.path.exists(path)]
        if not firmware:
            vm.missing('a UEFI firmware for arm64 (Debian package qemu-efi-aarch64)')
        cls.options = '-bios', firmware[0]
        super().setUpClass()

    @classmethod
    def get_ready(cls):
        cls.first = cls.boot[0]     # the firmware's own memory
        cls.share(cls.guest.add_dimm('first', 512 * vm.MIB))


class Ppc64el(Everywhere, vm.GuestTest):
    """Pages of 64 KiB, and a kernel that plugs memory in by itself and brings it online whatever the policy."""

    machine = vm.PPC64EL
    block_size = 256 * vm.MIB
    probe = True

    @classmethod
    def get_ready(cls):
        blocks = cls.guest.add_dimm('first', 512 * vm.MIB)
        cls.guest.wait_for(f'[ $(cat {vm.MEMORY}/memory*/state | grep -cx online) -eq {len(cls.guest.blocks())} ]')
        cls.share(blocks)

    @vm.short
    def test_plug(self):
        """a DIMM is online from the start, and its block goes with it"""
        block, = self.add_blocks()
        self.guest.wait_for(f'grep -qx online {vm.MEMORY}/memory{block}/state')
        self.assertEqual(self.json('status')['policy']['auto_online_blocks'], 'offline')
        self.change(f'offline --block {block}', outcome='complete')
        self.guest.unplug(f'dimm{self._dimms}')
        self.guest.wait_for(f'[ ! -e {vm.MEMORY}/memory{block} ]')
        self.memctl(f'offline --block {block}', 2)


class S390x(Everywhere, vm.GuestTest):
    """Big-endian, without NUMA. Memory cannot be plugged in here, but half of it is in ZONE_MOVABLE."""

    machine = vm.S390X
    append = 'movablecore=1G'
    block_size = 256 * vm.MIB
    nodes = []

    @classmethod
    def get_ready(cls):
        # The last one has memory that was reserved at boot.
        cls.share(cls.boot[4:7])

    @vm.short
    def test_phys_device(self):
        """phys_device is the increment of storage that a block begins with"""
        rows = self.json('list --all -o BLOCK,PHYS-DEVICE')['memory']
        self.assertEqual([row['phys_device'] for row in rows], [256 * int(row['block']) for row in rows])

    @vm.short
    def test_node(self):
        """without NUMA there is no node to select"""
        self.assertIn('no memory block', self.memctl('list --node 0').err)
        self.memctl('offline --node 0', 2)
        self.assertEqual({state for state, _, _ in self.all_blocks().values()}, {'online'})
