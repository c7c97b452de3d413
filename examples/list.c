// SPDX-License-Identifier: 0BSD
/*
 * The memory blocks with their state, and the zones that they are in or could go to.
 *
 *	cc -o list list.c $(pkg-config --cflags --libs libmemhp)
 *	./list [DIR]                    DIR stands for the root of another machine
 */
#include <inttypes.h>
#include <libmemhp.h>
#include <stdio.h>
#include <string.h>

static void show(const struct memhp_block *block)
{
	int error = memhp_block_get_error(block, MEMHP_ATTR_STATE);

	printf("%" PRIu64 " 0x%016" PRIx64 " %s", memhp_block_get_id(block), memhp_block_get_start_addr(block),
	       memhp_block_get_state_name(block));
	for (size_t i = 0; i < memhp_block_get_num_valid_zones(block); i++)
		printf("%c%s", i == 0 ? ' ' : '/', memhp_zone_name(memhp_block_get_valid_zone(block, i)));
	if (error < 0)
		printf(" (%s)", strerror(-error));
	printf("\n");
}

int main(int argc, char **argv)
{
	struct memhp_ctx *ctx = NULL;
	struct memhp_snapshot *snapshot = NULL;
	int rc = memhp_ctx_new(&ctx, argc > 1 ? argv[1] : NULL);

	if (rc == 0)
		rc = memhp_snapshot_new(&snapshot, ctx, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES);
	if (rc == 0)
		for (size_t i = 0; i < memhp_snapshot_get_num_blocks(snapshot); i++)
			show(memhp_snapshot_get_block(snapshot, i));
	else
		fprintf(stderr, "list: %s\n", strerror(-rc));
	memhp_snapshot_unref(snapshot);
	memhp_ctx_unref(ctx);
	return rc < 0;
}
