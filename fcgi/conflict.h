/* Two people have changed the same row: what each of them wants, field by field. */
#ifndef DEMAND_CONFLICT_H
#define DEMAND_CONFLICT_H

#include "fcgi/web.h"

/*
 * `change` was made from the row's `version`, which it has left; `current` is the row. True when there is nothing to choose: where they differ,
 * nobody else has changed what the form was made from. Else page.conflicts, kept and what changed meanwhile, for entity/conflict.
 */
enum err conflict_put(struct context *, const struct record *current, const struct record *change, int64_t version,
		      bool *same) MUST_CHECK;
/* The version that the form was made from; 0 for what is no version. */
int64_t conflict_seen(const struct context *);
/* The form may be of a version that the row, now at `version`, has left: E_PRECONDITION and both sides to choose from, unless there is nothing to choose. */
enum err conflict_settle(struct context *, const struct record *current, int64_t version,
			 const struct record *change) MUST_CHECK;
/* What entity/conflict reads beside the sides, for rows that are no page of an entity. */
void conflict_frame(struct context *, struct str title, struct str action_url, const char *cancel_url, int64_t version);
/* page.changed_by, changed_when and changes: what happened to the row since that version. */
enum err changes_since_put(struct context *, const struct record *current, int64_t version) MUST_CHECK;

#endif
