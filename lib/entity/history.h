/*
 * Who changed what: one row of record_changes for each write of an entity with `history`, in the same transaction.
 *
 * A row that was made is told without its values: they are those of today with the later changes taken back.
 */
#ifndef DEMAND_HISTORY_H
#define DEMAND_HISTORY_H

#include "lib/entity/entity.h"

enum history_kind {
	HISTORY_CREATED,
	HISTORY_CHANGED,
	HISTORY_DELETED,
	HISTORY_RESTORED,
	HISTORY_CONVERTED,
	HISTORY_MERGED,
	HISTORY_UNMERGED
};
const char *history_kind_name(enum history_kind);

/*
 * For writers outside of entity_insert() and its like: `record` is the row after the write, record_before() the one it
 * was; nothing happens for an entity without history. Sent without waiting: a failure shows at the next statement or
 * at the commit.
 */
void history_send(struct ttx *, enum history_kind, const struct record *, int64_t when);
/* The same for many rows of one entity, in one statement. */
void history_send_many(struct ttx *, enum history_kind, const struct record *const *records, size_t count,
		       int64_t when);
/* An update that is more than a change of fields is written down as that. */
void record_tell_as(struct record *, enum history_kind);
/* One field's change, values in stored form. */
void history_change_put(struct value *list, const char *field, struct str from, struct str to);
/*
 * For rows that a statement of another's wrote, once it is done: ids as "{…}", versions are read from the rows. changes:
 * what it did to each of them; NULL: nothing that is told.
 */
void history_send_rows(struct ttx *, enum history_kind, const struct entity *, struct str ids,
		       const struct value *changes, int64_t when);
/* Before the rows that point with the field at one of ids let go of it, which makes a version more of each. */
void history_send_let_go(struct ttx *, const struct entity *, size_t field, struct str ids, int64_t when);

/* A place in a list that is read by time, newest first. */
struct history_place {
	int64_t at; /* 0: the beginning */
	struct uuid id;
};
/* "1763800000000000-<uuid>" */
struct str history_place_text(struct arena *, const struct history_place *);
bool history_place_parse(struct str, struct history_place *out) MUST_CHECK;

struct history_entry {
	struct uuid id, actor_id;
	struct str kind, actor_kind, actor_name;
	int64_t version, changed_at;
	struct str changes; /* JSON: [{"field", "from", "to"}], values in stored form */
};
struct history_page {
	struct history_entry *entries;
	size_t count;
	bool more;
};
#define HISTORY_MOST 50
/* Newest first, behind the place. */
enum err history_read(struct ttx *, const struct entity *, struct uuid row, const struct history_place *after,
		      struct history_page *out) MUST_CHECK;

/* The changes of one entry as records of the entity that hold nothing but the changed fields. */
struct history_change {
	int field; /* -1: the entity has no such field any more */
	struct str name;
	struct record *from, *to; /* shared by the changes of an entry; NULL where field is -1 */
	struct str from_text, to_text;
};
size_t history_changes(struct arena *, const struct entity *, struct str changes, struct history_change **out);

/*
 * The row as it was at a version that it has left: *out is `current` with the changes since taken back. E_NOTFOUND when
 * they are too many. Whoever writes what a form can hold leaves an entry: without it their change would look like nobody's.
 */
enum err history_row_at(struct ttx *, const struct record *current, int64_t version, struct record **out) MUST_CHECK;

#endif
