/*
 * Everything that happened with a lead, a contact or another record, newest first: calls, mails, visits, notes, tasks, signals, stage moves and field
 * changes with who did them. A contact's has what happened with its leads too.
 */
#ifndef DEMAND_TIMELINE_H
#define DEMAND_TIMELINE_H

#include "lib/entity/history.h"

/* What may be asked for: "all", "calls"… */
struct timeline_show {
	const char *name, *label;
	const char *source; /* the table; NULL: all of them */
	const char *only;   /* SQL over its columns; NULL: all its rows */
};
extern const struct timeline_show timeline_shows[];
extern const size_t timeline_shows_count;
const struct timeline_show *timeline_show_find(struct str name); /* absent: all; NULL: no such */
struct str timeline_show_names(struct arena *);                  /* "all, calls, …" */
/* Whether rows of that entity have entries of the kind: a lead has calls, a tag has changes only. */
bool timeline_has(const struct entity *, const struct timeline_show *);

struct timeline_entry {
	int64_t at;
	struct uuid id;    /* of the row in its table */
	struct str source; /* "activities", "notes", "tasks", "signals", "stage_moves", "record_changes" */
	struct str kind;   /* an activity's type, a task's kind, "created", "changed"… */
	struct str title, text, outcome;
	struct str detail; /* an activity's direction, a task's due time, a signal's address, the entity of a change */
	int64_t number;    /* seconds of a call or in a stage, version of a change */
	struct uuid lead;  /* whose entry it is on a contact's page; else zero */
	struct str actor_kind, actor_name; /* absent: nobody is known */
};
#define TIMELINE_MOST 25
struct timeline_page {
	struct timeline_entry entries[TIMELINE_MOST];
	size_t count;
	bool more;
};
/* `row` is the lead, contact or other record itself. `pinned`, unless NULL, gets its pinned notes in the same round trip. */
enum err timeline_read(struct ttx *, const struct record *row, const struct timeline_show *,
		       const struct history_place *after, struct timeline_page **pinned,
		       struct timeline_page **out) MUST_CHECK;

/* The statement of it, with `leads` as "{…}"; the tests look at its plan. */
#define TIMELINE_ARGUMENTS 5
struct timeline_statement {
	struct str sql;
	struct argument arguments[TIMELINE_ARGUMENTS];
	size_t count;
};
void timeline_statement(struct arena *, const struct record *row, struct str leads, const struct timeline_show *,
			const struct history_place *after, struct timeline_statement *out);

#endif
