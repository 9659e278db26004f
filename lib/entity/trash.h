/*
 * The trash: rows of entities with `trash` that were deleted, and wait to be restored or erased.
 *
 * What belongs to a row goes the same way: rows of other entities whose OWNING reference points at it (where a row has
 * several, the first that is set owns it) get its deleted_at, come back with it and are erased with it.
 */
#ifndef DEMAND_TRASH_H
#define DEMAND_TRASH_H

#include "lib/entity/history.h"

/* Every stored entity, for the walk to what belongs to a row; call once in each process. */
void entity_catalogue(const struct entity *const *, size_t count);

/* A row goes to the trash at `when`, ids as "{…}": what belongs to it follows. For writers besides entity_delete(). */
enum err trash_owned(struct ttx *, const struct entity *, struct str ids, int64_t when) MUST_CHECK;
/* The way back: what went with it at `when`. */
enum err trash_owned_back(struct ttx *, const struct entity *, struct str ids, int64_t when) MUST_CHECK;

/* E_NOTFOUND when there is none in the trash. */
enum err trash_get(struct ttx *, const struct entity *, struct uuid, struct record **out,
		   int64_t *deleted_at) MUST_CHECK;
/*
 * E_CONFLICT with an error at the field when another row has taken a unique value meanwhile, or when the row belongs to
 * one that is in the trash itself. *out is the row with its new version.
 */
enum err trash_restore(struct ttx *, const struct record *current, int64_t deleted_at, struct errors *,
		       struct record **out) MUST_CHECK;
/*
 * Gone for ever: the rows in the trash, what belongs to them, and their history; rows that only point at them point
 * nowhere. E_CONFLICT when something needs one of them.
 */
enum err trash_erase(struct ttx *, const struct entity *, struct str ids) MUST_CHECK;
/* What trash_erase would take along: told entity by entity, ids as "{…}", the rows themselves first. */
enum err trash_walk(struct ttx *, const struct entity *, struct str ids,
		    void (*tell)(void *context, const struct entity *, struct str ids), void *context) MUST_CHECK;
/* Erases up to 500 rows of the entity that were deleted before; what something needs stays. */
enum err trash_purge(struct ttx *, const struct entity *, int64_t before, int64_t *count) MUST_CHECK;

struct trash_entry {
	const struct entity *entity;
	struct uuid id;
	struct str title;
	struct str actor; /* who deleted it; absent when it is not known */
	int64_t deleted_at;
};
#define TRASH_MOST 50
struct trash_page {
	struct trash_entry entries[TRASH_MOST];
	size_t count;
	bool more;
};
/* Newest first; only: NULL for all entities. What went with its owner is not listed by itself. */
enum err trash_list(struct ttx *, const struct entity *only, const struct history_place *after,
		    struct trash_page **out) MUST_CHECK;

#endif
