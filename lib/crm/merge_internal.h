/* What the parts of a merge share. */
#ifndef DEMAND_MERGE_INTERNAL_H
#define DEMAND_MERGE_INTERNAL_H

#include "lib/crm/merge.h"

#include "lib/text/json.h"

/* Names within the snapshot. */
#define SNAPSHOT_BEFORE "before"         /* {"field": stored form or null}: of the kept row, what the merge changed */
#define SNAPSHOT_AFTER "after"           /* the same fields as the merge left them */
#define SNAPSHOT_TAGS "tags_added"       /* lines */
#define SNAPSHOT_MOVED "moved"           /* [{"table", "column", "ids": "{…}"}] */
#define SNAPSHOT_RUNS "runs_stopped"     /* "{…}" */
#define SNAPSHOT_TASKS "tasks_cancelled" /* "{…}" */
#define SNAPSHOT_SAMPLE "was_sample"     /* true: the kept row was one of the sample's */

/* ---- merge_links.c ---- */

/* How many rows each link has that point at the row: *count in lists, *all with those in the trash. */
enum err links_count(struct ttx *, const struct merge_link *, size_t count, struct uuid row, int64_t *living,
		     int64_t *all) MUST_CHECK;
/* What points at `from` points at `to` afterwards; written to the list of the snapshot. E_CONFLICT: too many. */
enum err links_move(struct ttx *, const struct entity *, struct uuid from, struct uuid to, struct value *moved,
		    int64_t *rows) MUST_CHECK;
/* The rows of one entry of that list which still point at `from`. */
enum err links_move_back(struct ttx *, const struct entity *, const struct value *moved, struct uuid from,
			 struct uuid to, int64_t *back) MUST_CHECK;

/* ---- merge_fields.c ---- */

/* Fills fields and tags of the preview, whose rows are read: the default, and the choices over it. */
enum err fields_plan(struct ttx *, const struct merge_order *, struct errors *, struct merge_preview *) MUST_CHECK;
/* What is to be written to the kept row. E_INVALID with an error at a text that is too long joined. */
enum err fields_change(struct ttx *, const struct merge_preview *, struct errors *, struct record **change) MUST_CHECK;
/* Whether a reference's value may be chosen still. */
enum err fields_reference_stands(struct ttx *, const struct field *, struct str value, bool *stands) MUST_CHECK;
int fields_of_tags(const struct entity *); /* -1: it has none */

/* ---- merge.c ---- */

/* Both rows, held until the end of the transaction, the one with the smaller id first. */
enum err merge_hold(struct ttx *, const struct entity *, struct uuid one, struct uuid other) MUST_CHECK;
/* The kept row gets a version and an entry of its history that names the other row. */
enum err merge_tell(struct ttx *, const struct entity *, struct uuid kept, bool undone, struct str title) MUST_CHECK;

#endif
