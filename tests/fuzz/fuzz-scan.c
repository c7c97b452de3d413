// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Attributes of a machine with ten blocks, in the order in which they are read, a line each; "!N" is errno N. The snapshot, a
 * selection and a plan of it have to be in themselves what they say.
 */
#include "ctx.h"
#include "fuzz.h"
#include "libmemhp.h"
#include "read/files.h"

static const char machine[] = "node 0\nnode 1\nblocks 0-3 node 0 zones Normal\nblocks 4-7 node 1 zones Movable\n"
			      "blocks 8 state offline node 1 config 1 memmap_on_memory 0\nblocks 40 config 0 memmap_on_memory 1\n";

static char *input;

/* What is not in the input is what the tree has. */
static ssize_t read_input(int fd, const char *path, void *buf, size_t size, off_t offset)
{
	const char *line = offset ? "" : fuzz_take(&input, '\n');
	size_t length;

	if (!line || strcmp(path, "block_size_bytes") == 0)
		return memhp__file_ops_tree.read(fd, path, buf, size, offset);
	if (*line == '!') {
		errno = 1 + (unsigned char)line[1] % 120;
		return -1;
	}
	length = strnlen(line, size);
	memcpy(buf, line, length);
	return (ssize_t)length;
}

static const struct file_ops ops = { true, read_input, NULL };

static void check_block(const struct memhp_block *block)
{
	size_t num = memhp_block_get_num_valid_zones(block);
	const char *name = memhp_block_get_state_name(block);

	for (size_t i = 0; i < num; i++)
		fuzz_check(memhp_block_get_valid_zone(block, i) < NUM_ZONES);
	fuzz_check(memhp_block_get_state(block) < NUM_STATES && memhp_block_get_zone(block) < NUM_ZONES);
	fuzz_check(!name || fuzz_is_printable(name, false));
	for (unsigned int i = 0; i < NUM_ATTRS; i++)
		fuzz_check(memhp_block_get_error(block, 1U << i) <= 0);
	if (memhp_block_get_error(block, MEMHP_ATTR_STATE) < 0)
		fuzz_check(memhp_block_get_state(block) == MEMHP_STATE_UNKNOWN);
}

static void check_snapshot(const struct memhp_snapshot *snapshot)
{
	size_t num = memhp_snapshot_get_num_blocks(snapshot), sum = 0;

	for (size_t i = 0; i < num; i++)
		check_block(memhp_snapshot_get_block(snapshot, i));
	for (unsigned int state = 0; state < NUM_STATES; state++)
		sum += memhp_snapshot_count_state(snapshot, state);
	fuzz_check(sum == num);
	sum = 0;
	for (unsigned int zone = 0; zone < NUM_ZONES; zone++)
		sum += memhp_snapshot_count_zone(snapshot, zone);
	fuzz_check(sum == memhp_snapshot_count_state(snapshot, MEMHP_STATE_ONLINE));
}

/* Every step is a block that was meant, each once. */
static void check_plan(const struct memhp_snapshot *snapshot, enum memhp_transition action, size_t goal)
{
	struct memhp_selection *selection;
	struct memhp_request *request;
	struct memhp_plan *plan;
	uint64_t next = 0;
	size_t num;

	fuzz_check(memhp_selection_new(&selection) == 0 && memhp_request_new(&request, action) == 0);
	fuzz_check(memhp_selection_add_blocks(selection, 1, 8) == 0 && memhp_selection_add_node(selection, 1) == 0);
	memhp_request_set_selection(request, selection);
	memhp_request_set(request, MEMHP_SETTING_NUM_BLOCKS, goal);
	fuzz_check(memhp_plan_new(&plan, snapshot, request) == 0);
	num = memhp_plan_get_num_steps(plan);
	for (size_t i = 0; i < num; i++) {
		const struct memhp_step *step = memhp_plan_get_step(plan, i);
		const struct memhp_block *block = memhp_snapshot_find_block(snapshot, memhp_step_get_block_id(step));

		fuzz_check(block && memhp_selection_matches(selection, block) && memhp_block_get_id(block) >= (goal ? 0 : next));
		fuzz_check(!memhp_step_is_changed(step) && (memhp_step_get_state_before(step) == memhp_block_get_state(block) ||
							    memhp_step_get_state_before(step) == MEMHP_STATE_STANDBY));
		next = memhp_block_get_id(block) + 1;
	}
	fuzz_check(num <= memhp_snapshot_get_num_blocks(snapshot));
	memhp_plan_free(plan);
	memhp_request_free(request);
	memhp_selection_unref(selection);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct memhp_ctx *ctx;
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct memhp_snapshot *snapshot;
	int rc;

	if (!ctx) {
		ctx = fuzz_machine(machine);
		ctx->ops = &ops;
	}
	input = text;
	rc = memhp_snapshot_new(&snapshot, ctx, (1U << NUM_ATTRS) - 1);
	input = NULL;
	if (rc < 0)
		return 0;
	check_snapshot(snapshot);
	for (unsigned int action = MEMHP_TRANSITION_OFFLINE; action <= MEMHP_TRANSITION_DECONFIGURE; action++) {
		if (action == MEMHP_TRANSITION_UNPLUG || action == MEMHP_TRANSITION_ADD)
			continue;
		check_plan(snapshot, action, 0);
		check_plan(snapshot, action, 2);
	}
	memhp_snapshot_unref(snapshot);
	return 0;
}
