/*
 * Sample data: an example company's rows (sample_rows.c) for somebody who looks at an empty workspace. They are ordinary rows, written through the
 * entities and their hooks; the table sample_rows remembers which they are, so that they can be taken out again.
 */
#ifndef DEMAND_SAMPLE_DATA_H
#define DEMAND_SAMPLE_DATA_H

#include "lib/entity/entity.h"

/* Whether the sample has rows of this entity. */
bool sample_fills(const struct entity *);
size_t sample_lead_count(void);

/* Whether any row of the sample is there, in the trash or not. The statement shares a round trip with what is waited for next. */
struct rows *sample_present_send(struct ttx *);
enum err sample_present_read(struct rows *sent, bool *present) MUST_CHECK;

/*
 * Adds all of it for whoever acts in the transaction; nothing when some of it is there (*added is 0). Days are those of local_time_zone().
 * E_LIMIT with an error when the plan has no room for the leads.
 */
enum err sample_add(struct ttx *, struct errors *, int64_t *added) MUST_CHECK;

/* What removing takes away, entity by entity, in the order of the registry. */
struct sample_part {
	const struct entity *entity;
	int64_t rows;     /* of the sample */
	int64_t attached; /* somebody else's that belong to them, and go with them */
	int64_t untagged; /* somebody else's that stay, and lose a tag of the sample */
};
#define SAMPLE_PARTS_MOST 40
struct sample_extent {
	struct sample_part parts[SAMPLE_PARTS_MOST]; /* without empty ones */
	size_t count;
	int64_t rows, attached, untagged; /* all of them */
};
enum err sample_extent(struct ttx *, struct sample_extent *out) MUST_CHECK;

/*
 * For good, also what lies in the trash, with history and what belongs to them; rows that only point at them point nowhere. *out is what was there.
 * E_CONFLICT when somebody adds to them at the same moment.
 */
enum err sample_remove(struct ttx *, struct sample_extent *out) MUST_CHECK;

#endif
