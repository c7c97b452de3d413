#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""memctl policy check: who contradicts whom, each case with the code of its finding and a sentence that names the sides."""

import os
import re
import subprocess

import lib

RULE = 'file etc/udev/rules.d/1.rules "SUBSYSTEM==\\"memory\\", {}\\n"\n'
ONLINE = RULE.format('ATTR{state}=\\"online\\"')
KERNEL = ONLINE.replace('=\\"online\\"\\n', '=\\"online_kernel\\"\\n')
OFFLINE = ONLINE.replace('=\\"online\\"\\n', '=\\"offline\\"\\n')
PERHAPS = ONLINE.replace("ATTR{state}", 'CONST{virt}==\\"kvm\\", ATTR{state}')
AT_ONLINE = OFFLINE.replace("ATTR{state}", 'ACTION==\\"online\\", ATTR{state}')
WHERE_ONLINE = OFFLINE.replace("ATTR{state}", 'ACTION==\\"add\\", ATTR{state}==\\"online\\", ATTR{state}')
WHERE_OFFLINE = OFFLINE.replace("ATTR{state}", 'ACTION==\\"add\\", ATTR{state}==\\"offline\\", ATTR{state}')
PROGRAM = RULE.format('RUN+=\\"/bin/x\\"')
DLPAR = 'file sys/kernel/dlpar ""\n'
HYPERV = "dir sys/bus/vmbus/drivers/hv_balloon\n"
XEN = "dir sys/devices/system/xen_memory\n"
AUTO_MOVABLE = "param online_policy auto-movable\nparam auto_movable_ratio 301\n"
DAX = 'file etc/daxctl.conf.d/my.conf "[reconfigure-device my]\\nnvdimm.uuid=1\\nmode=system-ram\\n{}"\n'
MEMMAP = 'cmdline "memory_hotplug.memmap_on_memory={}"\n'

# What the machine has, the codes of the findings, and sentences of the text
CASES = [
    ("auto_online offline\n", [], ["It stays offline until somebody onlines it."]),
    ("auto_online offline\n" + ONLINE, ["udev-onlines"], ["online, to the zone that the kernel chooses.", "the rule wins"]),
    ("auto_online offline\n" + PERHAPS, ["udev-onlines"], ['chooses, if CONST{virt}=="kvm".', "Otherwise it stays offline"]),
    ("auto_online online\n" + OFFLINE, ["udev-offlines"], ["takes it offline", "the rule comes later and wins"]),
    ("auto_online offline\n" + OFFLINE, [], ["takes it offline"]),
    ("auto_online online_movable\n" + KERNEL, ["udev-zone"], ["finds it online already", "want different zones"]),
    ("auto_online online\n" + ONLINE, [], ["finds it online already"]),
    ("auto_online offline\n" + PROGRAM, ["udev-unknown"], ["runs a program"]),
    ('cmdline "movable_node"\nauto_online offline\n' + KERNEL, ["udev-onlines", "movable-node"],
     ["movable_node is to keep added memory movable, but the udev rule"]),
    ('cmdline "movable_node"\nauto_online online_kernel\n', ["movable-node"],
     ["but auto_online_blocks=online_kernel brings it to a kernel zone and wins"]),
    ('cmdline "movable_node"\nauto_online online\n', [], ["chooses ZONE_MOVABLE, except between blocks of a kernel zone"]),
    ('cmdline "movable_node"\nauto_online online\n' + AUTO_MOVABLE, ["ratio", "movable-node"], ["goes by its ratio alone"]),
    ("auto_online online_movable\n" + AUTO_MOVABLE, ["online-policy-unused"], ["auto_online_blocks names a zone itself"]),
    ("auto_online offline\n" + AUTO_MOVABLE, ["online-policy-unused"], ["nothing onlines it without naming a zone"]),
    ("auto_online online\nremove proc/zoneinfo\n" + AUTO_MOVABLE, ["unreadable"], ["while movable memory is below 301%"]),
    ("auto_online online\nparam online_policy contig-zones\n", [], ["(online_policy=contig-zones)"]),
    ("auto_online offline\n" + DLPAR, ["dlpar"], ["Memory that DLPAR adds is brought online", "DLPAR wins"]),
    ("auto_online online\n" + DLPAR, [], ["Memory that DLPAR adds is brought online"]),
    ("auto_online offline\n" + HYPERV, ["driver-needs-online"], ["leaves new memory offline, but "]),
    ("auto_online offline\n" + XEN, ["driver-needs-online"], ["leaves new memory offline, but "]),
    ("auto_online offline\n" + XEN + ONLINE, ["udev-onlines"], []),
    ("auto_online offline\n" + DAX.format(""), [], ['daxctl brings the memory of its section "my" online, to ZONE_MOVABLE']),
    ("auto_online offline\n" + DAX.format("online=false\\n"), [], ['daxctl leaves the memory of its section "my" to others']),
    ("auto_online online\n" + DAX.format(""), ["daxctl-refuses"], ["wants to bring it to ZONE_MOVABLE itself: daxctl refuses"]),
    ("auto_online online\n" + DAX.format("online=0\\n"), ["daxctl-refuses"], ["wants it offline: daxctl refuses"]),
    (MEMMAP.format("Y") + "param memmap_on_memory N\n", ["memmap-not-effective"], ["but memmap_on_memory is N"]),
    (MEMMAP.format("force"), ["memmap-not-effective"], ["but there is no memmap_on_memory"]),
    (MEMMAP.format("N"), [], ["takes 1/64 of its size"]),
    # Records are for pages, of which there are fewer where they are larger; nothing may tell how large.
    ("page_size 16384\n", [], ["takes 1/256 of its size"]),
    ("page_size 65536\n", [], ["takes 1/1024 of its size"]),
    ("page_size 65536\nfile proc/sys/kernel/arch x86_64\n", [], ["takes 1/64 of its size"]),
    ("remove proc/zoneinfo\n", [], ["takes up to 1/64 of its size"]),
    ('cmdline "memory_hotplug.memmap_on_memory"\nparam memmap_on_memory Y\n', [], ["(memmap_on_memory=Y)"]),
    (MEMMAP.format("force") + "param memmap_on_memory force\n", [], ["(memmap_on_memory=force)"]),
    ('cmdline "memhp_default_state=online"\nauto_online offline\n', ["boot-differs"], []),
    ('cmdline "memhp_default_state=nonsense"\nauto_online offline\n', [], []),
    ('cmdline "memory_hotplug.auto_movable_numa_aware=0"\nparam auto_movable_numa_aware Y\n', ["boot-differs"], []),
    ('cmdline "memory_hotplug.auto_movable_numa_aware=off"\nparam auto_movable_numa_aware N\n', [], []),
    ('file etc/tmpfiles.d/x.conf "w /sys/devices/system/memory/auto_online_blocks - - - - online\\n"\nauto_online offline\n',
     ["tmpfiles-differs"], ["is offline now, but /etc/tmpfiles.d/x.conf:1 makes it online at the next boot"]),
    ("auto_online offline\nfile sys/devices/virtual/dmi/id/sys_vendor Acme\n" +
     ONLINE.replace("ATTR{state}", 'ATTR{[dmi/id]sys_vendor}==\\"Acme\\", ATTR{state}'), ["udev-onlines"], []),
    ("auto_online offline\nfile sys/devices/virtual/dmi/id/sys_vendor Other\n" +
     ONLINE.replace("ATTR{state}", 'ATTR{[dmi/id]sys_vendor}==\\"Acme\\", ATTR{state}'), [], []),
    ("auto_online offline\n" + ONLINE.replace("ATTR{state}", 'ATTR{[net/lo]mtu}==\\"1\\", ATTR{state}'), ["udev-onlines"],
     ['if ATTR{[net/lo]mtu}=="1"']),
    # Rules may ask the block's parent, which has the policy.
    ("auto_online offline\n" + ONLINE.replace("ATTR{state}", 'ATTRS{auto_online_blocks}!=\\"offline\\", ATTR{state}'), [],
     ["It stays offline until somebody onlines it."]),
    ("auto_online offline\n" + ONLINE.replace("ATTR{state}", 'ATTRS{auto_online_blocks}==\\"offline\\", ATTR{state}'),
     ["udev-onlines"], ["the rule wins"]),
    # The event "add" comes before the kernel onlines, "online" after that.
    ("auto_online online\n" + AT_ONLINE, ["udev-offlines"], ["takes it offline whenever it comes online."]),
    ("auto_online offline\n" + AT_ONLINE, [], ["takes it offline whenever it comes online."]),
    ("auto_online online\n" + WHERE_ONLINE, ["timing"],
     ["takes it offline, depending on timing.", "when it finds it online already:"]),
    ("auto_online offline\n" + WHERE_ONLINE, [], ["It stays offline until somebody onlines it."]),
    ("auto_online online\n" + WHERE_OFFLINE, ["timing"], ["when it finds it still offline:", "that depends on timing"]),
    ("auto_online online\n" + WHERE_OFFLINE.replace('=\\"offline\\"\\n', '=\\"online\\"\\n'), [], ["finds it online already."]),
    ("auto_online online\n" + OFFLINE.replace("ATTR{state}", 'ACTION==\\"add\\", ATTR{state}'), ["udev-offlines"],
     ["the rule comes later and wins"]),
    ("auto_online online\n" + RULE.format('ACTION==\\"add\\", ATTR{state}==\\"online\\", RUN+=\\"/bin/x\\"'), ["udev-unknown"],
     ["an unknown value, depending on timing: "]),
    ('auto_online offline\nfile etc/udev/rules.d/1.rules "SUBSYSTEM==\\"memory\\", ACTION==\\"online\\", '
     'ATTR{state}=\\"offline\\"\\n"\n', [], ["takes it offline whenever it comes online.\nSo it stays offline.\n"]),
    ("auto_online offline\nparam offline_migrate_max_passes 10\n", [],
     ["An offline ends with EBUSY when pages are still in its way after so many turns of moving them "
      "(offline_migrate_max_passes=10)."]),
    ("auto_online -\n" + ONLINE, [], ["is not known: /sys/devices/system/memory/auto_online_blocks is not there"]),
]

# The same by the library alone, in C
EXAMPLE = os.path.join(lib.TOP_BUILDDIR, "examples/policy-check")


def check_library(tree, run):
    """A line for each finding: its level and code, what new memory comes to, the values and agents that it is about."""
    done = subprocess.run([EXAMPLE, tree], stdout=subprocess.PIPE, env=lib.environment(), text=True, check=False)
    lines = [line.split(" ") for line in done.stdout.splitlines()]
    found = [("statement", sentence["code"]) for sentence in run.doc["sentences"]]
    found += [(finding["severity"], finding["code"]) for finding in run.doc["findings"]]
    lib.equal(done.returncode, run.status, f"{tree}: exit status of the library's example")
    lib.equal(sorted(tuple(line[:2]) for line in lines[:-1]), sorted(found), f"{tree}: what the library finds")
    lib.equal(lines[-1], ["effect", run.doc["effect"]], f"{tree}: what becomes of new memory")
    return lines


def check_hint(tree, finding):
    """A contradiction comes with what to do, and a command in it is one that memctl takes."""
    hint = finding["hint"]
    if not lib.equal(bool(hint), finding["severity"] == "contradiction", f"{finding['code']}: {hint!r} is tried"):
        return
    command = re.search(r"policy set (\S+=[^\s,]+)( --persist)?", hint or "")
    if command:
        run = lib.Run(tree, "policy", "set", command[1], "--dry-run")
        lib.equal(run.status, 0, f"{finding['code']}: exit status of {command[0]}: {run.err}")


errors = lib.validator()
for number, (machine, codes, sentences) in enumerate(CASES):
    tree = lib.describe(f"case-{number}", "node 0\nblocks 0-3 node 0 zones Normal\n" + machine)
    run = lib.Run(tree, "policy", "check", "--json")
    for error in errors(run.doc):
        lib.fail(f"{machine}: {error}")
    found = [finding["code"] for finding in run.doc["findings"]]
    lib.equal(sorted(found), sorted(codes), machine)
    for sentence in run.doc["sentences"] + run.doc["findings"]:
        lib.check(len(sentence["text"]) <= 240, f"too long to be read at once: {sentence['text']}")
    for finding in run.doc["findings"]:
        check_hint(tree, finding)
    text = lib.Run(tree, "policy", "check")
    lib.equal(text.status, run.status, f"{machine}: exit status")
    check_library(tree, run)
    for sentence in sentences:
        lib.check(sentence in text.out, f"{machine} it does not say: {sentence}\n{text.out}{text.err}")

for name in lib.machines():
    run = lib.Run(lib.machine(name), "policy", "check", "--json")
    if run.doc and "sentences" in run.doc:
        check_library(lib.machine(name), run)

# Who is concerned, without a text to take apart
lines = check_library(lib.machine("policy"), lib.Run(lib.machine("policy"), "policy", "check", "--json"))
for line in (
    "contradiction udev-onlines online auto_online_blocks=offline udev:/usr/lib/udev/rules.d/40-redhat.rules:6",
    "contradiction movable-node online_kernel auto_online_blocks=offline udev:/run/udev/rules.d/70-run.rules:1 "
    "cmdline:/proc/cmdline:0:movable_node",
    "contradiction boot-differs online auto_online_blocks=offline cmdline:/proc/cmdline:0:memhp_default_state",
    "contradiction driver-needs-online offline auto_online_blocks=offline "
    "driver:/sys/bus/virtio/drivers/virtio_mem:0:virtio_mem",
):
    lib.check(line.split(" ") in lines, f"the library does not find: {line}\n{lines}")

# A rule does nothing to what is there unless it is run again.
for rule, sentences in (
    (ONLINE, ["Rules act on new blocks only", "would then bring online what is offline, to the zone that the kernel chooses."]),
    (WHERE_ONLINE, ["Rules act on new blocks only", "would then take offline what is online."]),
    (AT_ONLINE, []),
    (WHERE_OFFLINE, []),
):
    text = lib.Run(lib.describe("again", "node 0\nblocks 0-3 node 0 zones Normal\nauto_online online\n" + rule), "policy", "check")
    for sentence in sentences:
        lib.check(sentence in text.out, f"{rule} it does not say: {sentence}\n{text.out}")
    lib.check(sentences or "udevadm" not in text.out, f"{rule} nothing is done again\n{text.out}")

lib.finish()
