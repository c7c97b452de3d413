# SPDX-License-Identifier: GPL-2.0-or-later
"""What memctl list and memctl status say of a machine with one node."""

import re

import vm


class List(vm.GuestTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.movable, cls.offline = cls.guest.add_dimm('first')
        cls.guest.sh(f'echo online_movable > {vm.MEMORY}/memory{cls.movable}/state')

    @vm.short
    def test_all(self):
        """list --all --json agrees with sysfs block by block"""
        document = self.json('list --all')
        self.assertEqual((document['command'], document['block_size']), ('list', self.guest.block_size))
        self.check_rows(document['memory'])

    def test_user(self):
        """an ordinary user sees the same"""
        run = self.guest.run("su user -c 'memctl list --json --all'")
        self.assertEqual((run.status, run.err), (0, ''))
        self.check_rows(self.parse(run.out)['memory'])

    def test_merged(self):
        """list merges equal blocks and loses none"""
        document = self.json('list')
        rows = document['memory']
        self.assertLess(len(rows), len(self.all_blocks()))
        self.assertEqual(sum(row['blocks'] for row in rows), len(self.all_blocks()))
        states = [state for state, _, _ in self.all_blocks().values()]
        for state in 'online', 'offline':
            size = states.count(state) * self.guest.block_size
            self.assertEqual(document['summary'][state], size)
            self.assertEqual(sum(row['size'] for row in rows if row['state'] == state), size)

    def test_table(self):
        """list prints a table for people, with each block's range and state"""
        run = self.memctl('list --all')
        self.assertEqual(run.err, '')
        for block, (state, _, _) in self.all_blocks().items():
            self.assertRegex(run.out, rf'(?m)^0x{block * self.guest.block_size:016x}-0x[0-9a-f]{{16}} .*\b{state}\b')

    @vm.short
    def test_attributes(self):
        """columns that have to be asked for agree with sysfs"""
        for row in self.json('list --all -o BLOCK,REMOVABLE,PHYS-DEVICE,CONFIGURED,MEMMAP-ON-MEMORY,DEFAULT-ZONE')['memory']:
            directory = f"{vm.MEMORY}/memory{row['block']}"
            state, zones, _ = self.all_blocks()[int(row['block'])]
            self.assertEqual(row['removable'], self.guest.read(f'{directory}/removable') == '1')
            self.assertEqual(row['phys_device'], int(self.guest.read(f'{directory}/phys_device')))
            self.assertEqual((row['configured'], row['memmap_on_memory']), (None, None))
            self.assertEqual(row['default_zone'], zones[0] if state == 'offline' else None)

    def test_filters(self):
        """list selects by state, zone, block and address"""
        for selection, expected in (('--zone Movable', self.movable), ('--state offline', self.offline),
                                    (f'--block memory{self.movable}', self.movable),
                                    (f'--address {self.offline * self.guest.block_size + 4096:#x}', self.offline)):
            with self.subTest(selection):
                self.assertEqual([row['block'] for row in self.json(f'list --all {selection}')['memory']], [str(expected)])

    def test_going_offline(self):
        """list and status do not wait for a block that is going offline"""
        self.hold_lock(self.movable)
        document = self.json('list --all')
        row = next(row for row in document['memory'] if row['block'] == str(self.movable))
        self.assertEqual((row['state'], row['zone']), ('going-offline', None))
        self.assertEqual(document['summary']['going_offline'], self.guest.block_size)
        self.memctl('list --output-all')
        self.assertEqual(self.json('status')['blocks']['going_offline'], 1)
        self.release_lock()

    @vm.short
    def test_status(self):
        """status agrees with sysfs"""
        document = self.json('status')
        blocks = self.all_blocks()
        states = [state for state, _, _ in blocks.values()]
        counts = {'online': states.count('online'), 'offline': states.count('offline'), 'going_offline': 0, 'unknown': 0}
        self.assertEqual(document['blocks'], {'total': len(blocks), **counts})
        self.assertEqual(document['memory'], {key: value * self.guest.block_size for key, value in document['blocks'].items()})
        zones = [valid[0] for state, valid, _ in blocks.values() if state == 'online']
        self.assertEqual({entry['zone'] or 'none': entry['blocks'] for entry in document['zones']},
                         {zone: zones.count(zone) for zone in zones})
        self.assertEqual([(node['node'], node['blocks'], node['offline']) for node in document['nodes']],
                         [(0, len(blocks), counts['offline'] * self.guest.block_size)])
        self.assertFalse(document['probe'])

    def test_status_text(self):
        """status prints something for people, the same for an ordinary user"""
        run = self.memctl('status')
        self.assertRegex(run.out, rf'\b{len(self.all_blocks())} blocks of 128M\b')
        self.assertEqual(self.guest.run("su user -c 'memctl status'"), run)

    @vm.short
    def test_policy(self):
        """status has the kernel's policy, as far as it has one"""
        policy = self.json('status')['policy']
        self.assertEqual(policy['auto_online_blocks'], self.guest.read(f'{vm.MEMORY}/auto_online_blocks'))
        for name, convert in (('online_policy', str), ('auto_movable_ratio', int), ('memmap_on_memory', str),
                              ('auto_movable_numa_aware', {'Y': True, 'N': False}.get)):
            value = self.guest.sh(f'cat /sys/module/memory_hotplug/parameters/{name} 2> /dev/null || :').strip()
            self.assertEqual(policy[name], convert(value) if value else None, name)

    def test_balance(self):
        """status has the balance of kernel and movable memory"""
        pages = {'movable': 0, 'kernel': 0}
        for zone, present in re.findall(r'zone +(\w+)\n.*?\n +present +(\d+)', self.guest.sh('cat /proc/zoneinfo'), re.S):
            if zone != 'Device':
                pages['movable' if zone == 'Movable' else 'kernel'] += int(present)
        balance = self.json('status')['balance']
        self.assertEqual({key: balance[key] for key in pages}, {key: value * 4096 for key, value in pages.items()})
        self.assertAlmostEqual(balance['ratio'], pages['movable'] / pages['kernel'], 2)

    def test_come_and_go(self):
        """blocks that come and go under a running list are in it or not, and no error"""
        self.guest.sh('rm -f /tmp/stop /tmp/bad /tmp/lists; (while [ ! -e /tmp/stop ]; do '
                      'memctl list --all --json > /tmp/one 2>> /tmp/bad || echo "status $?" >> /tmp/bad; '
                      'tr -d "\\n" < /tmp/one >> /tmp/lists; echo >> /tmp/lists; done) > /dev/null 2>&1 &')
        boot = self.guest.blocks()
        for i in range(5):
            self.guest.add_dimm(f'passing{i}')
            self.guest.unplug(f'passing{i}')
            self.guest.wait_for(f'[ $(ls {vm.MEMORY} | grep -c "^memory[0-9]") -eq {len(boot)} ]')
        self.guest.sh('touch /tmp/stop')
        self.guest.wait_for('! pidof memctl > /dev/null')
        self.assertEqual(self.guest.sh('cat /tmp/bad'), '')
        documents = [self.parse(line) for line in self.guest.sh('cat /tmp/lists').splitlines()]
        self.assertGreater(len(documents), 3)
        for document in documents:
            self.assertGreaterEqual({int(row['block']) for row in document['memory']}, set(boot))
            self.assertNotIn(None, [row['state'] for row in document['memory']])
