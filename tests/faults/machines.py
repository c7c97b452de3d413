# SPDX-License-Identifier: GPL-2.0-or-later
"""Small machines of which each file is spoilt in turn (tests/tree/tree.h), and what memctl is asked of them."""

UDEV_RULE = 'SUBSYSTEM==\\"memory\\", ACTION==\\"add\\", ATTR{state}==\\"offline\\", ATTR{state}=\\"online_movable\\"\\n'

IOMEM_DIMM = (
    "00001000-0009fbff : System RAM\\n00100000-17ffffff : System RAM\\n  01000000-01ffffff : Kernel code\\n"
    "100000000-10fffffff : System RAM\\n"
)
IOMEM_DAX = (
    "00001000-0009fbff : System RAM\\n00100000-07ffffff : System RAM\\n100000000-10fffffff : System RAM\\n"
    "200000000-217ffffff : CXL Window 0\\n  200000000-217ffffff : dax0.0\\n    200000000-217ffffff : System RAM (kmem)\\n"
)
IOMEM_ARM64 = (
    "40000000-4fffffff : System RAM\\n  40210000-4188ffff : Kernel code\\n"
    "50000000-5fffffff : System RAM (virtio_mem)\\n"
)
DAXCTL = (
    "[reconfigure-device cxl]\\nnvdimm.uuid = ed93e918-e165-49d8-921d-383d7b9660c5\\nmode = system-ram\\nonline = true\\n"
    "movable = true\\n"
)

DIMM = f"""
auto_online offline
probe
param online_policy contig-zones
param auto_movable_ratio 301
param auto_movable_numa_aware Y
param memmap_on_memory N
cmdline "root=/dev/vda1 memhp_default_state=online"
node 0 cpus 0-1
node 1
blocks 0 node 0 zones none
blocks 1-2 node 0 zones DMA32
blocks 32 node 1 zones Movable
blocks 33 node 1 state offline zones "Normal Movable"
boot_map 0-2
kpageflags 1048576 20*32768
file proc/iomem "{IOMEM_DIMM}"
file proc/sys/kernel/arch "x86_64\\n"
file proc/cpuinfo "processor\\t: 0\\nflags\\t\\t: fpu hypervisor\\n"
dir sys/bus/acpi/devices/PNP0C80:00
file sys/bus/acpi/devices/PNP0C80:00/eject ""
link sys/devices/system/memory/memory32/firmware_node ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0A06:04/PNP0C80:00
link sys/devices/system/memory/memory33/firmware_node ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0A06:04/PNP0C80:00
file sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages "4\\n"
file sys/devices/system/node/node1/hugepages/hugepages-2048kB/free_hugepages "2\\n"
file usr/lib/udev/rules.d/40-memory.rules "{UDEV_RULE}"
file etc/tmpfiles.d/memory.conf "w /sys/devices/system/memory/auto_online_blocks - - - - online\\n"
file etc/modprobe.d/memory.conf "options memory_hotplug memmap_on_memory=Y\\n"
"""

DAX = f"""
auto_online online_movable
node 0 cpus 0-1
node 1
blocks 0 node 0 zones DMA32
blocks 32-33 node 0 zones Normal
blocks 64 node 1 zones Movable
blocks 65 node 1 state offline zones "Movable Normal"
blocks 66 node 0,1 state offline
boot_map 0,32-33
ram memmap 0,32-33
ram srat 0,32-33
ram srat-hotplug 64-66
file proc/iomem "{IOMEM_DAX}"
link sys/bus/dax/devices/dax0.0 ../../../devices/platform/ACPI0017:00/dax0.0
file sys/devices/platform/ACPI0017:00/dax0.0/state "online\\n"
file sys/devices/platform/ACPI0017:00/dax0.0/size "402653184\\n"
file etc/daxctl.conf.d/cxl.conf "{DAXCTL}"
"""

S390 = """
block_size 0x10000000
auto_online offline
node 0 cpus 0-1
blocks 0-1 node 0 zones DMA config 1 memmap_on_memory 0
blocks 2 node 0 zones Movable config 1 memmap_on_memory 1
blocks 3 node 0 state offline zones "Normal Movable" config 1 memmap_on_memory 0
blocks 4 config 0 memmap_on_memory 0
file proc/sys/kernel/arch "s390x\\n"
dir sys/bus/ccw
file sys/kernel/kexec_crash_size "268435456\\n"
"""

PPC64 = """
block_size 0x1000000
page_size 65536
auto_online offline
probe
node 0 cpus 0-1
node 2
blocks 0-1 node 0 zones Normal
blocks 2 node 2 zones Movable
blocks 3 node 2 state offline zones "Movable Normal"
ram lmb 0-2
ram lmb-free 3-4
file proc/sys/kernel/arch "ppc64le\\n"
file sys/kernel/dlpar ""
"""

ARM64 = f"""
auto_online online
param online_policy auto-movable
param auto_movable_ratio 50
param auto_movable_numa_aware N
cmdline "movable_node"
node 0 cpus 0-1
blocks 8-9 node 0 zones Normal
blocks 10 node 0 zones Movable
blocks 11 node 0 zones Normal removable 0
ram device-tree 8-9
file proc/iomem "{IOMEM_ARM64}"
file proc/sys/kernel/arch "aarch64\\n"
link sys/bus/virtio/drivers/virtio_mem/virtio0 ../../../../devices/virtio0
file usr/lib/udev/rules.d/50-offline.rules "SUBSYSTEM==\\"memory\\", ACTION==\\"add\\", ATTR{{state}}=\\"offline\\"\\n"
file etc/udev/rules.d/60-run.rules "SUBSYSTEM==\\"memory\\", ACTION==\\"add\\", RUN+=\\"/usr/bin/notice %k\\"\\n"
"""

MACHINES = {"dimm": DIMM, "dax": DAX, "s390": S390, "ppc64": PPC64, "arm64": ARM64}

# A node, a zone, a source that the machine has, and blocks: online, and offline
NAMES = {
    "dimm": ("1", "Movable", "dimm:PNP0C80:00", "32", "33"),
    "dax": ("1", "Movable", "dax0.0", "64", "65"),
    "s390": ("0", "Movable", "boot", "2", "3"),
    "ppc64": ("2", "Movable", "boot", "2", "3"),
    "arm64": ("0", "Normal", "virtio-mem", "10", "11"),
}


def reading(node, zone, source, online, _offline):
    yield "list", "--all", "--output-all"
    yield "list", "--by", "node"
    yield "list", "--by", "zone"
    yield "list", "--by", "source"
    yield "list", "--all", "--node", node
    yield "list", "--all", "--zone", zone
    yield "list", "--all", "--source", source
    yield "list", "--all", "--state", "offline"
    yield ("status",)
    yield ("explain",)
    yield "explain", "--block", online
    yield "explain", "--node", node
    yield "explain", "--zone", zone
    yield "explain", "--source", source
    yield "policy", "show"
    yield "policy", "check"


def changing(node, zone, source, online, offline):
    yield "offline", "--block", online
    yield "offline", "--node", node, "--force"
    yield "offline", "--zone", zone, "--force"
    yield "offline", "--source", source, "--force"
    yield "offline", "--block", online, "--keep-free", "100G"
    yield "online", "--block", offline
    yield "online", "--node", node, "--state", "offline", "--movable"
    yield "online", "--source", source, "--state", "offline"
    yield "online", "--all", "--kernel"
    yield "remove", "--source", source, "--force"
    yield "probe", "0x180000000"
    yield "policy", "set", "auto_online_blocks", "online"


def commands(name):
    """All of them dry; text of those that have most of it"""
    names = NAMES[name]
    found = [(*args, "--json") for args in reading(*names)]
    found += [(*args, "--dry-run", "--json") for args in changing(*names)]
    if name == "s390":
        found += [(verb, "--all", "--dry-run", "--json") for verb in ("configure", "deconfigure")]
    if name == "dax":
        found.append(("configure", "--source", names[2], "--movable", "--dry-run", "--json"))
    found += [("list",), ("status",), ("policy", "check"), ("offline", "--node", names[0], "--force", "--dry-run")]
    return found
