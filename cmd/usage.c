/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command line of each command has to have, and a few that are useful. */
#include "commands.h"
#include "ui/macro.h"

/* clang-format off */
const struct usage memctl_usages[] = {
	{ CMD_LIST, NULL, {
		"memctl list --state offline",
		"memctl list -o +SOURCE",
		"memctl list --by node" } },
	{ CMD_STATUS, NULL, {
		"memctl status",
		"memctl status --check --json" } },
	{ CMD_ONLINE, "{--size SIZE | --block LIST | --all | ...} [OPTION...]", {
		"memctl online --all",
		"memctl online --size 256M --movable",
		"memctl online --block 32-33 --dry-run" } },
	{ CMD_OFFLINE, "{--size SIZE | --block LIST | --all | ...} [OPTION...]", {
		"memctl offline --size 128M --dry-run",
		"memctl offline --block 32-33 --timeout 2m",
		"memctl offline --node 1 --zone Movable --retry 3" } },
	{ CMD_REMOVE, "{--source NAME | --address ADDR} [OPTION...]", {
		"memctl list --by source",
		"memctl remove --source dimm:PNP0C80:00 --dry-run",
		"memctl remove --source dimm:PNP0C80:00" } },
	{ CMD_CONFIGURE, "{--size SIZE | --source DAX | --all | ...} [OPTION...]", {
		"memctl configure --size 512M",
		"memctl configure --block 10 --memmap-on-memory",
		"memctl configure --source dax0.0 --movable" } },
	{ CMD_DECONFIGURE, "{--size SIZE | --block LIST | --all | ...} [OPTION...]", {
		"memctl deconfigure --all --dry-run",
		"memctl deconfigure --size 512M" } },
	{ CMD_EXPLAIN, NULL, {
		"memctl explain --top 10",
		"memctl explain --block 1",
		"memctl explain --node 0 --map" } },
	{ CMD_WATCH, NULL, {
		"memctl watch",
		"memctl watch --initial --json",
		"memctl watch --node 1 --events 1 --duration 1m" } },
	{ CMD_WAIT, "{--for STATE | --settled DURATION} [OPTION...]", {
		"memctl wait --for present --block 96-99 --timeout 30s",
		"memctl wait --for online --node 1 --at-least 2G",
		"memctl wait --settled 2s" } },
	{ CMD_PROBE, NULL, {
		"memctl probe 0x100000000 --dry-run",
		"memctl probe --online --movable 0x100000000" } },
	{ CMD_POLICY, NULL, {
		"memctl policy check",
		"memctl policy set auto_online_blocks online --dry-run",
		"memctl policy set online_policy auto-movable --persist" } },
	{ CMD_SAVE, NULL, {
		"memctl save",
		"memctl save layout.json" } },
	{ CMD_DIFF, NULL, {
		"memctl diff layout.json",
		"memctl diff layout.json --json" } },
	{ CMD_RESTORE, NULL, {
		"memctl restore layout.json --dry-run",
		"memctl restore layout.json --rollback",
		"memctl restore --last" } },
};
/* clang-format on */

const size_t num_memctl_usages = ARRAY_SIZE(memctl_usages);
