/*
 * One change to many rows: those that were picked, or all that a list's filters match. Each row is written as if it had
 * been written alone, so that hooks, history, trash and the plan's numbers hold; all of it in the caller's transaction.
 * What every row was before is kept, and the whole can be taken back once.
 */
#ifndef DEMAND_ENTITY_BULK_H
#define DEMAND_ENTITY_BULK_H

#include "lib/entity/filter.h"

/*
 * Most rows of one action. A row of a large table costs about a millisecond, nearly all of it in its search index; the
 * time of a request bounds them. What is beyond takes another go.
 */
#define BULK_MOST 5000
#define BULK_OFFERS_MOST 8

enum bulk_kind { BULK_SET = 1, BULK_TAG_ADD, BULK_TAG_REMOVE, BULK_DELETE };
struct bulk_offer {
	const char *action; /* "status", as in the API */
	const char *label;  /* "Set the status" */
	enum bulk_kind kind;
	/* "Move 12 leads to Won": begin, what is changed, middle, the target. rows_last: the other way round. */
	const char *begin, *middle;
	bool rows_last;
	int field; /* that is set; -1 of BULK_DELETE */
};
/* What may be done to many rows of the entity: follows from its fields. */
size_t bulk_offers(const struct entity *, struct bulk_offer out[BULK_OFFERS_MOST]);

struct bulk {
	const struct entity *entity;
	struct list_query query;
	struct str ids; /* "{…}"; absent: all that match the query */
	struct bulk_offer offer;
	struct str target; /* the value in stored form, or the tag's name; absent to empty a field */
	struct str reason; /* for lost_reason of rows that become lost; absent: none was given */
};
/* Rows that are meant, counted to BULK_MOST + 1. */
enum err bulk_count(struct ttx *, const struct bulk *, int64_t *count) MUST_CHECK;

struct bulk_result {
	struct uuid id; /* of the action, for its undo */
	int64_t changed, unchanged;
	bool more; /* there are rows beyond BULK_MOST */
};
/* E_INVALID with errors when a row cannot take it, or the reason is none: nothing is done then. */
enum err bulk_run(struct ttx *, struct bulk *, struct errors *, struct bulk_result *out) MUST_CHECK;

struct bulk_done {
	struct str entity, action; /* "leads", "status" */
	int64_t rows;
	bool undone;
};
/* E_NOTFOUND. */
enum err bulk_get(struct ttx *, struct uuid id, struct bulk_done *out) MUST_CHECK;
/*
 * Takes an action back: rows whose version moved on since are left alone. E_CONFLICT when it was taken back already.
 * `entity` is the one bulk_get() names.
 */
enum err bulk_undo(struct ttx *, const struct entity *, struct uuid id, struct errors *, int64_t *undone,
		   int64_t *left) MUST_CHECK;

#endif
