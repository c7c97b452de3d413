# SPDX-License-Identifier: GPL-2.0-or-later
"""What memctl watch tells, applied to how it began, is what the kernel says of its blocks, whatever the kernel's queue has lost."""

import os

import vm

VIRTIO_MEM = ('-object', 'memory-backend-ram,id=vmem0,size=2G', '-device', 'virtio-mem-pci,id=virtio-mem0,memdev=vmem0')


class WatchTest(vm.GuestTest):
    """Not a guest by itself: what the two below have in common."""

    def start_watch(self, before='', arguments=''):
        """Start memctl watch in the background, after a shell command in its process; it has looked at the blocks."""
        self.guest.gather_randomness()
        self.guest.sh('rm -f /tmp/watch.*; (sh -c "echo \\$\\$ > /tmp/watch.pid; '
                      f'{before} memctl watch --json --initial {arguments} > /tmp/watch.out 2> /tmp/watch.err"; '
                      'echo $? > /tmp/watch.status) > /dev/null 2>&1 &')
        self.guest.wait_for('grep -qE "do_sys_poll|do_poll|poll_schedule" /proc/$(pidof memctl)/stack')
        if not arguments:
            self.guest.wait_for(f'[ $(grep -c initial /tmp/watch.out) -ge {len(self.guest.blocks())} ]')

    def documents(self):
        """What it has written so far, in whole lines"""
        return [self.parse(line) for line in self.guest.sh('cat /tmp/watch.out').split('\n')[:-1]]

    def replay(self, documents):
        """State and zone of each block, to which the lines lead; each begins where the last one about its block ended."""
        blocks = {}
        for document in documents:
            if 'event' not in document:
                continue
            block, before, after = document['block_id'], document['before'], document['after']
            if document['event'] != 'initial':
                self.assertEqual(blocks.get(block), before and before['state'], document)
            if after:
                blocks[block] = after['state']
            else:
                del blocks[block]
        return blocks

    def check_told(self):
        """The lines lead to the blocks as the kernel has them."""
        truth = {block: state for block, (state, _, _) in self.all_blocks().items()}
        try:
            self.guest.wait_for('[ "$(wc -c < /tmp/watch.out)" = "$(sleep 0.3; wc -c < /tmp/watch.out)" ]')
        finally:
            documents = self.documents()
        self.assertEqual(self.replay(documents), truth)
        return documents

    def end_watch(self, status=143):
        self.guest.sh('kill $(pidof memctl)')
        self.guest.wait_for('[ -s /tmp/watch.status ]')
        self.assertEqual(int(self.guest.read('/tmp/watch.status')), status)
        return self.documents()[-1]

    def events(self):
        """What became of blocks since it began, and leads to the blocks as they are"""
        return [document for document in self.check_told() if document['event'] != 'initial']


class Watch(WatchTest):

    @vm.short
    def test_dimms(self):
        """watch tells each step of DIMMs that are plugged in, used and unplugged, with node and zone"""
        self.start_watch()
        blocks = self.guest.add_dimm('watched')
        self.memctl(f'online --block {blocks[0]} --movable')
        self.set_state(blocks[1], 'online_movable')
        self.set_state(blocks[1], 'offline')
        self.set_state(blocks[0], 'offline')
        self.take_away('watched')
        events = self.events()
        self.assertEqual([(event['event'], event['block_id'], event['after'] and event['after']['zone']) for event in events],
                         [('add', blocks[0], None), ('add', blocks[1], None), ('online', blocks[0], 'Movable'),
                          ('online', blocks[1], 'Movable'), ('offline', blocks[1], None), ('offline', blocks[0], None),
                          ('remove', blocks[0], None), ('remove', blocks[1], None)])
        self.assertEqual([event['nodes'] for event in events], [[0]] * 8)
        self.assertFalse(any(event['resync'] for event in events))
        self.assertEqual(self.guest.read('/tmp/watch.err'), '')
        self.assertEqual(self.end_watch(), {'schema_version': 1, 'command': 'watch', 'events': 8, 'ended_by': 'signal',
                                            'elapsed_ms': self.documents()[-1]['elapsed_ms'], 'exit_status': 143})

    def change_often(self, blocks, times):
        """So many state changes in a row, faster than anybody reads"""
        self.guest.sh(f'for i in $(seq {times // 2}); do for word in online_movable offline; do '
                      f'for b in {" ".join(map(str, blocks))}; do echo $word > {vm.MEMORY}/memory$b/state; done; done; done')

    @vm.short
    def test_overrun(self):
        """200 changes that do not fit into a tiny queue: the lines lead to the blocks all the same"""
        *blocks, other = self.add_blocks(384 * vm.MIB)
        self.guest.sh('cat /proc/sys/net/core/rmem_max > /tmp/rmem_max; echo 2304 > /proc/sys/net/core/rmem_max')
        # Without CAP_NET_ADMIN the queue is what everybody may have.
        self.start_watch(before='caps 1000 none')
        self.guest.sh('kill -STOP $(pidof memctl)')
        self.change_often(blocks, 100)
        # Of this one the queue has nothing.
        self.set_state(other, 'online_movable')
        self.guest.sh('kill -CONT $(pidof memctl)')
        documents = self.check_told()
        self.assertTrue(any(document.get('resync') for document in documents), 'nothing was lost')
        self.change_often(blocks, 100)
        self.check_told()
        self.assertIn('more events than it has room for', self.guest.read('/tmp/watch.err'))
        self.end_watch()
        self.guest.sh('cat /tmp/rmem_max > /proc/sys/net/core/rmem_max')

    @vm.short
    def test_long_queue(self):
        """root's queue keeps 200 changes: each is told, and none twice"""
        blocks = self.add_blocks()
        self.start_watch()
        self.guest.sh('kill -STOP $(pidof memctl)')
        self.change_often(blocks, 100)
        self.guest.sh('kill -CONT $(pidof memctl)')
        events = self.events()
        self.assertEqual(len(events), 200)
        self.assertFalse(any(event['resync'] for event in events))
        self.end_watch()

    def take_away(self, name):
        self.guest.unplug(name)
        self.guest.wait_for_event('DEVICE_DELETED', device=name)
        self.guest.qmp('object-del', id=f'mem-{name}')

    # Before, each new DIMM had a new number.
    @vm.kernels('stable', 'backports', 'newest')
    def test_source(self):
        """a block is told with its DIMM, to which it is bound after the kernel said that it is there"""
        block = self.guest.add_dimm('first')[0]
        dimm = os.path.basename(self.guest.sh(f'readlink {vm.MEMORY}/memory{block}/firmware_node').strip())
        self.take_away('first')
        self.start_watch(arguments=f'--source dimm:{dimm}')
        blocks = self.guest.add_dimm('second', size=1024 * vm.MIB)
        self.guest.wait_for(f'[ $(grep -c add /tmp/watch.out) -eq {len(blocks)} ]')
        self.assertEqual([(document['event'], document['block_id']) for document in self.documents()],
                         [('add', block) for block in blocks])
        self.assertEqual(self.guest.read('/tmp/watch.err'), '')
        self.end_watch()
        self.take_away('second')

    @vm.short
    def test_idle(self):
        """what has nothing to tell sleeps, and is not woken once in ten seconds"""
        self.start_watch()
        count = "grep ctxt_switches /proc/$(pidof memctl)/status"
        before = self.guest.sh(count)
        self.guest.sh('sleep 10')
        self.assertEqual(self.guest.sh(count), before)
        self.end_watch()

    @vm.short
    def test_others(self):
        """what another process sends to the queue, or has the kernel repeat, is no event"""
        blocks = self.add_blocks()
        self.start_watch()
        self.guest.sh(f'for word in online offline remove change; do echo $word > {vm.MEMORY}/memory{blocks[0]}/uevent; done')
        self.set_state(blocks[1], 'online_movable')
        events = self.events()
        self.assertEqual([(event['event'], event['block_id']) for event in events], [('online', blocks[1])])
        self.end_watch()

    def test_namespace(self):
        """where the kernel sends no events, as in a container, it says so, compares, and tells the same in the end"""
        blocks = self.add_blocks()
        if self.guest.run('unshare -Urn true').status:
            vm.missing('unshare')
        self.start_watch(before='unshare -Urn')
        self.assertIn('the kernel sends no events into a network namespace', self.guest.read('/tmp/watch.err'))
        self.change_often(blocks, 4)
        self.set_state(blocks[0], 'online_movable')
        self.guest.wait_for('grep -q \'"event": "online"\' /tmp/watch.out')
        self.check_told()
        self.end_watch()


class VirtioMem(WatchTest):

    options = VIRTIO_MEM

    def request(self, size, blocks):
        """Have the device be so large, until the guest has so many blocks of it."""
        self.guest.qmp('qom-set', path='/machine/peripheral/virtio-mem0', property='requested-size', value=size)
        self.guest.wait_for(f'[ $(ls {vm.MEMORY} | grep -c "^memory[0-9]") -eq {len(self.boot) + blocks} ]')

    @vm.short
    def test_resizing(self):
        """a virtio-mem device grows and shrinks: each block is told with its node as it comes, and as it goes"""
        self.boot = self.guest.blocks()
        self.guest.sh('modprobe -a virtio_pci virtio_mem')
        self.start_watch()
        for size in 512, 1024, 256, 768:
            number = size * vm.MIB // self.guest.block_size
            self.request(size * vm.MIB, number)
            for block in set(self.guest.blocks()) - set(self.boot):
                if self.state(block) == 'offline':
                    self.set_state(block, 'online_movable')
        self.request(0, 0)
        events = self.events()
        self.assertEqual({event['event'] for event in events}, {'add', 'online', 'offline', 'remove'})
        self.assertEqual([event['nodes'] for event in events if event['event'] == 'add'], [[0]] * 12)
        self.assertFalse(any(event['resync'] for event in events))
        self.assertEqual(self.guest.read('/tmp/watch.err'), '')
        self.end_watch()
