/*
 * Many rows of one entity in few round trips: the same checks, hooks, history and tags as entity_insert() and its like,
 * with one statement for all rows where those send one a row. For imports and batches.
 *
 * Each row has an outcome of its own. A function that returns OK has written the rows whose err is OK and left the
 * others alone; anything else is the transaction's own failure, and it can only be rolled back. A savepoint is taken, so
 * an earlier one is gone afterwards.
 */
#ifndef DEMAND_INSERT_MANY_H
#define DEMAND_INSERT_MANY_H

#include "lib/entity/entity.h"

struct write {
	struct record *record;        /* what is to be written; of a delete set here */
	const struct record *current; /* of an update and a delete: the row as entity_get() gave it */
	struct errors *errors;        /* NULL: made when there is something to say */
	enum err err;                 /* a row that has one already is left alone */
	int64_t created_at;           /* of a new row: when it was made elsewhere; 0: now */
	bool settled;   /* of a new row: what it is about lies in the past, and nobody waits for anything */
	bool unchanged; /* of an update: there was nothing to write */
	bool refused;   /* by the database, when the hooks had let it pass */
};

/* E_INVALID, E_CONFLICT, E_LIMIT in err, with errors. Rows up to the plan's limit are written, those beyond get E_LIMIT. */
enum err entity_insert_many(struct ttx *, struct write *, size_t count) MUST_CHECK;
/* E_PRECONDITION in err for a row that has moved on. */
enum err entity_update_many(struct ttx *, struct write *, size_t count) MUST_CHECK;
/* E_PRECONDITION, E_CONFLICT in err. */
enum err entity_delete_many(struct ttx *, struct write *, size_t count) MUST_CHECK;

/*
 * The living rows with these ids, in the order of the ids; NULL where there is none. `lock`: until the end of the
 * transaction nobody else writes them.
 */
enum err entity_get_many(struct ttx *, const struct entity *, const struct uuid *ids, size_t count, bool lock,
			 struct record **out) MUST_CHECK;

/* For the hooks: the errors of a row, made when there are none yet. */
struct errors *write_errors(struct arena *, struct write *);

#endif
