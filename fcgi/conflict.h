/* Two people have changed the same row: what each of them wants, field by field. */
#ifndef DEMAND_CONFLICT_H
#define DEMAND_CONFLICT_H

#include "fcgi/web.h"

/*
 * `change` was made from the row's `version`, which it has left; `current` is the row. True when they differ in no field that was sent: then there
 * is nothing to choose. Else page.conflicts, kept and what changed meanwhile, for entity/conflict.
 */
enum err conflict_put(struct context *, const struct record *current, const struct record *change, int64_t version,
		      bool *same) MUST_CHECK;
/* page.changed_by, changed_when and changes: what happened to the row since that version. */
enum err changes_since_put(struct context *, const struct record *current, int64_t version) MUST_CHECK;

#endif
