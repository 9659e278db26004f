/* Shared by the files of the import and nobody else. */
#ifndef DEMAND_CRM_IMPORT_INTERNAL_H
#define DEMAND_CRM_IMPORT_INTERNAL_H

#include "lib/crm/import.h"
#include "lib/entity/insert_many.h"

#define TARGET_ID "id"
#define TARGET_CREATED "created_at"
#define TARGET_FIRST "name.first"
#define TARGET_LAST "name.last"

/* ---- import_map.c ---- */

/*
 * What a raw export wrote, known by its id and version: headings are names of fields, cells are what is stored, and an
 * empty one is the absence of a value. Elsewhere it says nothing.
 */
bool import_is_raw(const struct import_column *, size_t count);
/* The targets that the headings ask for. */
void import_guess(struct arena *, const struct entity *, struct import_column *, size_t count);
/* Of the headings; a file of rows that were not taken has that of the file it is of. */
struct uuid import_fingerprint(struct arena *, const struct import_column *, size_t count);
bool import_target_valid(const struct entity *, struct str target);
/* -1. */
int import_column_of(const struct import *, const char *target);
const struct import_key *import_guess_key(const struct import *);
/* The key that the import's own falls back to; NULL. */
const struct import_key *import_key_otherwise(const struct import *);

/* ---- import_lines.c ---- */

enum line_outcome { LINE_OPEN, LINE_CREATED, LINE_UPDATED, LINE_UNCHANGED, LINE_FAILED, LINE_HELD };

struct line {
	int64_t number;
	struct str *cells;
	size_t count;
	const char *complaint;
	struct record *record;
	struct errors *errors;
	int64_t created_at;      /* 0: now */
	struct str key;          /* absent: none */
	struct str other_key;    /* of the key that it falls back to; absent: none */
	struct uuid fingerprint; /* of all that is mapped */
	struct uuid row_id;      /* zero: it matches none */
	int matches;
	bool disagree; /* both keys match, each another row */
	struct record *current;
	bool as_left; /* by an earlier import of the same file */
	enum line_outcome outcome;
	int64_t version_after;
	struct str before;
};

/*
 * A step ends with so many rows or so much in them, whichever comes first: what is made of a row holds its cells several
 * times over, and a row may have a megabyte of them.
 */
#define STEP_BYTES ((size_t)1024 * 1024)
/* Nor does it read further than this, though nothing but blank rows came. */
#define STEP_FILE_BYTES ((int64_t)4 * 1024 * 1024)
struct lines {
	struct line *items;
	size_t count, most, bytes;
};
struct lines lines_new(struct arena *, size_t most);
/* From the import's position; *end: the file ends there; *next is the position behind them. */
enum err lines_of_file(struct ttx *, const struct import *, struct lines *, int64_t *next, const char **broken,
		       bool *end) MUST_CHECK;
/* The same of the rows that were held back: their number is the position. */
enum err lines_of_held(struct ttx *, const struct import *, struct lines *, int64_t *next, bool *end) MUST_CHECK;
/* Cells become records; references by name are looked up, tags that are not there yet are made where `make_tags`. */
enum err lines_parse(struct ttx *, const struct import *, struct lines *, bool make_tags) MUST_CHECK;
/* Which rows they mean: ->current, ->matches; LINE_UNCHANGED for what was taken before. */
enum err lines_match(struct ttx *, const struct import *, struct line *const *lines, size_t count) MUST_CHECK;
/* ---- import_match.c ---- */

/* What is to be done with a line that was matched; LINE_FAILED with an error. */
enum line_outcome line_plan(const struct import *, struct line *);
/* What is known again by all of its cells, since it has no key or one from elsewhere. */
bool line_is_keyless(const struct import *, const struct line *);
/* Defaults of new rows, the tags of all, required fields. False: line->errors says why. */
bool line_complete(const struct import *, struct line *, enum write_kind) MUST_CHECK;

/* ---- import_rounds.c ---- */

/* When a line is written: lines that may mean the same row follow one another. */
struct turn {
	struct line *line, *before; /* the line that went before, known by the same */
	size_t round, main, weak;   /* main, weak: what it is known by, numbered */
};
/* Of the open ones, in order. */
struct turn *lines_turns(struct arena *, const struct lines *, size_t *count);
/*
 * Of a round whose rows were found, those that can be written together; they are moved to its beginning, the others to
 * the next round. How many are left, one at least.
 */
size_t turns_postpone(struct arena *, struct turn **round, size_t count);

/* ---- import_write.c ---- */

enum err lines_write(struct ttx *, const struct import *, struct lines *) MUST_CHECK;
enum err lines_keep(struct ttx *, const struct import *, const struct lines *) MUST_CHECK;

/* ---- import_undo.c ---- */

enum err import_undo_step(struct ttx *, struct import *, size_t rows, bool *more) MUST_CHECK;

/* ---- import_json.c ---- */

struct str import_print_headers(struct arena *, const struct import_column *, size_t count);
struct str import_print_mapping(struct arena *, const struct import_column *, size_t count);
struct str import_print_options(struct arena *, const struct import_options *);
void import_read_columns(struct arena *, struct str headers, struct str mapping, struct import_column **out,
			 size_t *count);
void import_read_options(struct arena *, const struct entity *, struct str text, struct import_options *out);
/* A list of strings, and back. */
struct str strings_print(struct arena *, const struct str *items, size_t count);
size_t strings_read(struct arena *, struct str text, struct str **out);

#endif
