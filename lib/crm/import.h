/*
 * Tables brought from elsewhere. A file is uploaded and looked at (draft), its columns are mapped, and then its rows are
 * taken in steps, each in one transaction together with how far it is: killed at any point, it goes on there, and no row
 * is taken twice. Rows are matched with those that are there; what cannot be taken is kept with the reason; what is
 * beyond the plan is held back for later; all of it can be undone.
 */
#ifndef DEMAND_CRM_IMPORT_H
#define DEMAND_CRM_IMPORT_H

#include "lib/entity/entity.h"
#include "lib/entity/history.h"
#include "lib/text/csv.h"

#define IMPORT_STEP_ROWS 1000
#define IMPORT_PREVIEW_ROWS 10
/* Kinds of job (lib/crm/job_kinds.c). */
#define IMPORT_JOB "import"
#define IMPORT_ATTEMPTS 6

/* ---- what can be imported ---- */

/* The entity, when it can be imported; NULL. `custom`: with the company's own fields. */
const struct entity *import_entity(struct str plural);
extern const char *const import_entities[]; /* ended by NULL */

/* How rows are matched. */
struct import_key {
	const char *entity; /* NULL: any */
	const char *name, *label;
	const char *field;  /* that must be mapped */
	const char *column; /* SQL */
	bool any_case;      /* the column is in lower case */
	/*
	 * Another key, for rows that have none of this one: among records that have none of it either. So a number that
	 * a household shares tells nobody apart who has an address of his own. NULL: none.
	 */
	const char *otherwise;
};
const struct import_key *import_key_find(const struct entity *, struct str name);
/* The n-th key of the entity; NULL past the last. */
const struct import_key *import_key_at(const struct entity *, size_t n);

enum import_mode { IMPORT_BOTH = 1, IMPORT_CREATE, IMPORT_UPDATE };
const char *import_mode_name(enum import_mode); /* "both", "create", "update" */
bool import_mode_find(struct str name, enum import_mode *out) MUST_CHECK;

/* A column's target: a field's name, "id", "name.first", "name.last", "created_at" (of new rows), or "" for none. */
struct import_target {
	struct str name, label;
};
/* All targets of the entity, in order. */
size_t import_targets(struct arena *, const struct entity *, struct import_target **out);

/* ---- an import ---- */

struct import_column {
	struct str header, target;
};

struct import_options {
	enum import_mode mode;
	const struct import_key *key; /* NULL: rows are only known again by all of their cells */
	struct str tags;              /* one a line: for every row that is made or changed */
	struct value *defaults;       /* field -> typed text, for new rows where the column is empty */
	bool new_enquiries;           /* of leads: somebody waits for an answer to each new one */
};

struct import_counts {
	int64_t rows, created, updated, unchanged, failed, held, undone, left;
};

struct import {
	struct uuid id, file;
	const struct entity *entity; /* with the company's own fields */
	struct str state, source, file_name, complaint, time_zone;
	int64_t file_bytes, position;
	struct csv_form form;
	struct str letters; /* of its words, some that are not all ASCII, as bytes of the file */
	struct uuid fingerprint;
	struct import_column *columns;
	size_t column_count;
	struct import_options options;
	struct import_counts counts;
	struct ttx_actor actor;
	int64_t created_at, started_at, finished_at; /* 0: not yet */
};
bool import_is(const struct import *, const char *state);
/* Of the file, or of the rows that an undo takes back, 0 to 100. */
int import_percent(const struct import *);

struct import_upload {
	const struct entity *entity;
	struct str file_name, bytes, time_zone;
};
/*
 * Keeps the file and looks at it: encoding, separator, headings, and how the columns are meant (as the last time, or
 * guessed). E_INVALID with an error at "file".
 */
enum err import_create(struct ttx *, const struct import_upload *, struct errors *, struct uuid *id) MUST_CHECK;
/* E_NOTFOUND. `lock`: nobody else goes on with it meanwhile. */
enum err import_get(struct ttx *, struct uuid id, bool lock, struct import **out) MUST_CHECK;
/* Newest first, behind the place; at most `most`. */
enum err import_list(struct ttx *, const struct history_place *after, size_t most, struct import ***out,
		     size_t *count) MUST_CHECK;

/* The latest few whose rows were held back and can be taken. */
enum err import_list_held(struct ttx *, struct import ***out, size_t *count) MUST_CHECK;

/* ---- what it will do ---- */

/* Another encoding or separator than the guessed one; the headings are read again. E_CONFLICT once it has begun. */
enum err import_reread(struct ttx *, struct import *, enum csv_encoding, char delimiter, struct errors *) MUST_CHECK;
/* Sets columns' targets and options; errors at "column.<n>", "mode", "match", "tags", "new_enquiries", "default.<field>". */
bool import_check(struct ttx *, struct import *, struct errors *) MUST_CHECK;
enum err import_store(struct ttx *, const struct import *) MUST_CHECK;
/* As if it had never been brought: the draft goes, and its file. E_CONFLICT once it has begun. */
enum err import_discard(struct ttx *, const struct import *) MUST_CHECK;

/* One row of the file as it would be taken; nothing is written. */
struct import_sight {
	int64_t number;
	const struct str *cells;
	size_t count;
	const char *outcome;   /* "create", "update", "unchanged", "fail" */
	struct errors *errors; /* at the fields */
};
enum err import_preview(struct ttx *, struct import *, struct import_sight **out, size_t *count) MUST_CHECK;

/* ---- doing it ---- */

/* From a draft that import_check() is content with. E_CONFLICT when it is none. The mapping is remembered. */
enum err import_start(struct ttx *, struct import *) MUST_CHECK;
enum err import_stop(struct ttx *, struct import *) MUST_CHECK;
/* The rows that were held back, once more. E_CONFLICT where there are none, or it is at work. */
enum err import_take_held(struct ttx *, struct import *) MUST_CHECK;
/* Everything back: new rows go to the trash, changed ones get what they had. Rows that were changed since are left. */
enum err import_undo(struct ttx *, struct import *) MUST_CHECK;
/* The next rows, as the import's state says: at most so many, fewer where they are wide. *more: there is more to do. */
enum err import_step(struct ttx *, struct uuid id, size_t rows, bool *more) MUST_CHECK;

/* Nobody goes on with it any more: it is broken off with a sentence that says so. */
enum err import_give_up(struct ttx *, struct uuid id) MUST_CHECK;
/* It goes on where it was given up. E_PRECONDITION: somebody went on with it in another way. */
enum err import_revive(struct ttx *, struct uuid id) MUST_CHECK;

/* ---- what came of it ---- */

/* A row that was not taken, or is held back, as it stands in the file. */
struct import_refused {
	int64_t number;
	bool held;
	struct str *cells;
	size_t count;
	struct str reasons; /* a line each */
};
#define IMPORT_REFUSED_MOST 500
/* Those behind the number, in order. */
enum err import_refused_rows(struct ttx *, const struct import *, int64_t after, struct import_refused **out,
			     size_t *count) MUST_CHECK;
/*
 * The same as CSV with the reason in a last column, to be mended and brought again: the heading for *after = 0, then
 * some rows behind the number; *after is the last one's, or -1 at the end.
 */
enum err import_failed_rows(struct ttx *, const struct import *, int64_t *after, struct buffer *out) MUST_CHECK;

#endif
