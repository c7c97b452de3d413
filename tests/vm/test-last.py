# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl restore --last: what a memctl that was killed has half done comes back, to the last block."""

import random

import vm

ROUNDS, BATCH = 100, 10

# Prints a round in which the blocks are not as they were, and how many requests were cut off.
SCRIPT = """
look() {{
	for b in {blocks}; do
		read -r s < $m/memory$b/state
		z=-
		[ $s = offline ] || read -r z < $m/memory$b/valid_zones
		printf '%s:%s:%s ' $b $s "$z"
	done
}}
m={memory}
one() {{
	before=$(look)
	memctl $3 > /dev/null 2>&1 & pid=$!
	usleep $2
	kill -9 $pid 2> /dev/null
	wait $pid 2> /dev/null
	memctl restore --last --force > /tmp/last.out 2> /tmp/last.err
	status=$?
	if [ $status -ne 0 ] || [ "$before" != "$(look)" ]; then
		echo "round $1 ($3, killed after $2 us): status $status; before: $before; after: $(look)"
		cat /tmp/last.out /tmp/last.err
		exit 1
	fi
	! grep -q 'was cut off' /tmp/last.err || echo cut-off
}}
"""


class Last(vm.GuestTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.blocks = cls.guest.add_dimm('common', 8 * cls.guest.block_size)

    def setUp(self):
        """Half of the blocks are in ZONE_MOVABLE, and half of them are offline."""
        for block in self.blocks[:4]:
            if self.state(block) == 'offline':
                self.set_state(block, 'online_movable')
        self.low, self.high = (f'{blocks[0]}-{blocks[-1]}' for blocks in (self.blocks[:4], self.blocks[4:]))

    def milliseconds(self, arguments):
        """How long a request takes, which is brought back then."""
        script = f'read -r a _ < /proc/uptime; memctl {arguments} > /dev/null 2>&1; read -r b _ < /proc/uptime; echo $a $b'
        before, after = map(float, self.guest.sh(script).split())
        self.memctl('restore --last --force')
        return max(10, round((after - before) * 1000))

    def test_kill(self):
        """100 requests are killed at random moments, and restore --last brings back what was"""
        rng = random.Random(self.kernel)
        requests = [(arguments, self.milliseconds(arguments)) for arguments in (
            f'offline --block {self.low}', f'online --block {self.high} --movable --force',
            f'offline --block {self.low} --rollback', f'online --block {self.high} --movable --force --rollback')]
        define = SCRIPT.format(blocks=' '.join(map(str, self.blocks)), memory=vm.MEMORY)
        cut_off = 0
        for first in range(0, ROUNDS, BATCH):
            calls = []
            for number in range(first, first + BATCH):
                arguments, most = rng.choice(requests)
                calls.append(f"one {number} {rng.randrange(1000 * most)} '{arguments}'")
            run = self.guest.run(define + '\n'.join(calls), 300)
            self.assertEqual(run.status, 0, run.out + run.err)
            cut_off += run.out.count('cut-off')
        self.assertNoWriter()
        print(f'{cut_off} of {ROUNDS} requests were cut off')
        self.assertGreater(cut_off, ROUNDS // 20)

    def test_status(self):
        """status tells of a request that was cut off, and what it tells to do helps; nobody else but root reads the note"""
        pinned = self.pin(self.blocks[3])
        self.start_change(f'offline --block {self.low}')
        self.guest.wait_for(f'grep -q going-offline {vm.MEMORY}/memory{self.blocks[3]}/state')
        self.assertIn('still runs', self.memctl('restore --last', 1).err)
        self.assertEqual(self.guest.sh('stat -c "%a %u" /run/memctl /run/memctl/*').split(), ['700', '0', *['600', '0'] * (
            len(self.guest.sh('ls /run/memctl').split()))])
        # Were the page let go of before the writer has ended, the last block would go, too.
        self.guest.sh('kill -9 $(cat /tmp/memctl.pid)')
        self.guest.wait_for(f'! grep -q going-offline {vm.MEMORY}/memory{self.blocks[3]}/state')
        self.guest.sh(f'kill {pinned}')
        self.assertRegex(self.memctl('status').out, r'was cut off:\s+3\s+of\s+4\s+blocks\s+are\s+offline')
        self.memctl('restore --last --force')
        self.assertEqual([(self.state(block), self.zones(block)) for block in self.blocks[:4]], [('online', ['Movable'])] * 4)
        self.assertNotIn('cut off', self.memctl('status').out)

    def test_full(self):
        """a note that cannot be had is no hindrance"""
        self.guest.sh('rm -rf /run/memctl; mkdir /run/memctl && mount -t tmpfs -o size=4k,mode=700 none /run/memctl && '
                      'head -c 4096 /dev/zero > /run/memctl/full')
        try:
            run = self.memctl(f'offline --block {self.blocks[0]}')
            self.assertRegex(run.err, r'no note of this request in /run/memctl \(No space')
            self.guest.sh('mount -o remount,ro /run/memctl')
            run = self.memctl(f'online --block {self.blocks[0]} --movable')
            self.assertRegex(run.err, r'no note of this request in /run/memctl \(Read-only')
        finally:
            self.guest.sh('umount /run/memctl; rmdir /run/memctl')
