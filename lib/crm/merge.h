/*
 * Two rows of one entity that are about the same person or place become one. The kept row takes the fields that were
 * chosen and everything that pointed at the other; the other goes to the trash. A snapshot of what was written and moved
 * takes it all back, once, as long as the other lies in the trash.
 */
#ifndef DEMAND_MERGE_H
#define DEMAND_MERGE_H

#include "lib/entity/entity.h"

#define MERGE_ROWS_MOST 20000 /* that point at the one that goes */
#define MERGE_PAIRS_MOST 100  /* of one bulk merge */
#define MERGE_LINKS_MOST 32

/* Plurals of what can be merged, ended by NULL. */
extern const char *const merge_entities[];
bool merge_fits(const struct entity *);

/* ---- what points at a row ---- */

enum merge_way {
	MERGE_MOVES = 1, /* points at the kept row afterwards */
	MERGE_STAYS      /* is about that row alone, and comes back with it */
};
struct merge_link {
	const char *table, *column;
	const char *one, *many;      /* "1 activity", "3 activities" */
	const struct entity *entity; /* NULL: its rows have no version and no history */
	enum merge_way way;
};
/* Every column of another table that holds ids of the entity's rows, but for its tags. */
size_t merge_links(const struct entity *, struct merge_link out[MERGE_LINKS_MOST]);

/* ---- what would become of them ---- */

enum merge_side { MERGE_KEPT = 1, MERGE_OTHER, MERGE_BOTH };
/* Names of the sides, for bodies and forms: "keep", "remove", "both". */
const char *merge_side_name(enum merge_side);
bool merge_side_find(struct str name, enum merge_side *out) MUST_CHECK;

struct merge_choice {
	int field;
	enum merge_side side;
};
struct merge_order {
	const struct entity *entity; /* with the company's own fields */
	struct uuid kept, gone;
	int64_t kept_version, gone_version; /* that the person has seen; 0: whatever they are */
	const struct merge_choice *choices; /* of the others the default holds */
	size_t count;
};

struct merge_field {
	bool told; /* both values are worth looking at */
	bool differs;
	bool choosable; /* a person may choose; what is not follows another field, or the kept row */
	bool joinable;  /* a long text: both may be kept, one below the other */
	enum merge_side side;
};
struct merge_part {
	const struct merge_link *link;
	int64_t count; /* in lists; what lies in the trash moves too, and is not told */
};
struct merge_preview {
	const struct entity *entity;
	struct record *kept, *gone;
	struct merge_field *fields; /* one each field of the entity */
	struct merge_part parts[MERGE_LINKS_MOST];
	size_t part_count;                   /* of those that have rows */
	int64_t rows;                        /* in all, the trash too */
	struct str tags_added, tags_dropped; /* lines; what is beyond the most a row may have is dropped */
};
/* E_INVALID with errors at "keep" and "remove". */
enum err merge_preview(struct ttx *, const struct merge_order *, struct errors *, struct merge_preview *out) MUST_CHECK;
/* "3 activities, 1 task and 2 properties"; "nothing". */
struct str merge_parts_words(struct arena *, const struct merge_preview *);

/* ---- doing it ---- */

/*
 * E_INVALID with errors at "keep", "remove" or the field; E_PRECONDITION when one of them has moved on; E_CONFLICT with an
 * error about the whole when too much would move.
 */
enum err merge_rows(struct ttx *, const struct merge_order *, struct errors *, struct uuid *merge_id) MUST_CHECK;

struct merge_pair {
	struct uuid first, second;
	enum err err; /* OK: done, or there was nothing left to do */
	bool done;
	struct uuid merge_id; /* where it is done */
	struct uuid kept;
	struct errors *errors;
};
/*
 * Of each pair the older row is kept and its empty fields are filled from the newer. A row that an earlier pair has
 * merged away stands for the one that it went into. Pairs stand or fall alone. Savepoints are taken.
 */
enum err merge_pairs(struct ttx *, const struct entity *, struct merge_pair *, size_t count) MUST_CHECK;

struct merge_counts {
	int64_t merged, refused;
};
/* The same for pairs of the queue (duplicate_pairs), ids as "{…}"; entity_of gives the entity with the company's own fields. */
enum err merge_queued(struct ttx *, struct str ids, const struct entity *(*entity_of)(void *, struct str plural),
		      void *context, struct merge_counts *out) MUST_CHECK;

/* ---- and back ---- */

struct merge {
	struct uuid id, kept, gone;
	const struct entity *entity; /* with the company's own fields */
	struct str kept_title, gone_title;
	int64_t rows;
	int64_t kept_version_after;
	struct str snapshot; /* JSON; absent in a list */
	struct str actor_kind, actor_name;
	struct uuid actor_id;
	int64_t created_at, undone_at; /* 0: not undone */
};
/* E_NOTFOUND. `lock`: until the end of the transaction nobody else takes it back. */
enum err merge_get(struct ttx *, struct uuid id, bool lock, struct merge **out) MUST_CHECK;
#define MERGE_LIST_MOST 50
struct history_place;
/* Newest first, behind the place; one more than MERGE_LIST_MOST when there are more. */
enum err merge_list(struct ttx *, const struct history_place *after, struct merge **out, size_t *count) MUST_CHECK;
/* Into which row that is alive a row was merged, over several merges if need be. E_NOTFOUND. */
enum err merge_went_to(struct ttx *, const struct entity *, struct uuid gone, struct uuid *kept) MUST_CHECK;
/* The merge by which it went, not undone. E_NOTFOUND. */
enum err merge_of_gone(struct ttx *, const struct entity *, struct uuid gone, struct uuid *merge_id) MUST_CHECK;

struct merge_undone {
	int64_t moved_back, left; /* rows; left: those that point elsewhere by now */
	struct str fields_left;   /* labels of what was changed since, with commas; absent: none */
};
/* E_CONFLICT with an error about the whole: undone already, erased since, or the kept row is gone itself. E_LIMIT. */
enum err merge_undo(struct ttx *, const struct merge *, struct errors *, struct merge_undone *out) MUST_CHECK;

#endif
