/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of memctl explain: neighbours that are alike are one, and the best of all stand first. */
#include <stdlib.h>

#include "explain/explain.h"
#include "ui/xalloc.h"

static const struct memhp_candidate *candidate_at(const struct explain *explain, size_t index)
{
	return memhp_assessment_get_candidate(explain->assessment, index);
}

static const struct memhp_block *block_at(const struct explain *explain, size_t index)
{
	return memhp_candidate_get_block(candidate_at(explain, index));
}

/* Scores are alike within ten: blocks that are as good as each other seldom have the very same one. */
static unsigned int rank(const struct memhp_candidate *candidate)
{
	unsigned int score = memhp_candidate_get_score(candidate);

	return (score < 100 ? score : 99) / 10;
}

/* What columns say in words is the same; amounts are added up. */
static bool are_alike(const struct explain *explain, size_t a, size_t b)
{
	const struct memhp_candidate *x = candidate_at(explain, a), *y = candidate_at(explain, b);
	enum memhp_finding_code whys_x[MAX_WHYS], whys_y[MAX_WHYS];
	size_t num = explain_whys(explain, x, whys_x);

	if (memhp_block_get_state(block_at(explain, a)) != memhp_block_get_state(block_at(explain, b)) ||
	    memhp_block_get_zone(block_at(explain, a)) != memhp_block_get_zone(block_at(explain, b)) ||
	    explain_has_pages(x) != explain_has_pages(y) || rank(x) != rank(y) || explain_verdict(x) != explain_verdict(y) ||
	    explain_whys(explain, y, whys_y) != num)
		return false;
	for (size_t i = 0; i < num; i++)
		if (whys_x[i] != whys_y[i])
			return false;
	return columns_same(&explain->shown, block_at(explain, a), block_at(explain, b));
}

static int compare_ids(const void *a, const void *b)
{
	const struct explain_member *x = a, *y = b;

	return x->block_id < y->block_id ? -1 : x->block_id > y->block_id;
}

static int compare_groups(const void *a, const void *b)
{
	const struct explain_group *x = a, *y = b;

	return x->best < y->best ? -1 : x->best > y->best;
}

/* Adds the next block to the last group, or begins another one. */
static void add_member(struct explain *explain, size_t i)
{
	const struct explain_member *members = explain->members;
	struct explain_group *group = &explain->groups[explain->num_groups];

	if (i > 0 && explain->joins && members[i].block_id == members[i - 1].block_id + 1 &&
	    are_alike(explain, members[i - 1].candidate, members[i].candidate)) {
		group--;
	} else {
		*group = (struct explain_group){ .first = i, .best = members[i].candidate };
		explain->num_groups++;
	}
	group->blocks++;
	if (members[i].candidate < group->best)
		group->best = members[i].candidate;
}

void explain_make_groups(struct explain *explain)
{
	size_t num = memhp_assessment_get_num_candidates(explain->assessment);

	explain->members = xcalloc(num + 1, sizeof(*explain->members));
	explain->groups = xcalloc(num + 1, sizeof(*explain->groups));
	for (size_t i = 0; i < num; i++)
		explain->members[i] = (struct explain_member){ memhp_block_get_id(block_at(explain, i)), i };
	qsort(explain->members, num, sizeof(*explain->members), compare_ids);
	for (size_t i = 0; i < num; i++)
		add_member(explain, i);
	qsort(explain->groups, explain->num_groups, sizeof(*explain->groups), compare_groups);
	for (; explain->num_groups > explain->top; explain->num_groups--)
		explain->num_left_out += explain->groups[explain->num_groups - 1].blocks;
}

bool explain_get_row(const struct explain *explain, size_t index, struct explain_row *row)
{
	const struct explain_group *group = &explain->groups[index];

	if (index >= explain->num_groups)
		return false;
	*row = (struct explain_row){
		.row = { block_at(explain, explain->members[group->first].candidate), group->blocks, explain->block_size },
		.explain = explain,
		.candidate = candidate_at(explain, group->best),
		.index = index,
		.members = &explain->members[group->first],
	};
	return true;
}

void explain_release(struct explain *explain)
{
	free(explain->members);
	free(explain->groups);
}
