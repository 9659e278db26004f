/*
 * Cells of other people's tables: read more kindly than a form, since nobody sits before them to try again. And many
 * values looked up at once: which rows bear these names, these numbers.
 */
#ifndef DEMAND_SHEET_H
#define DEMAND_SHEET_H

#include "lib/entity/entity.h"

/*
 * One cell into its field, in the words of a spreadsheet: "Yes", "$1,250.50", "11/23/2026", "No heat", "VIP; Old".
 * `stored`: the column is a raw export's, and money is in cents. An empty cell says nothing. False: an error was added.
 * References are not taken: see lookup_many().
 */
bool record_take_cell(struct record *, int field, struct str cell, bool stored, struct errors *);
/* A cell as a raw export wrote it, tags a line each: empty, it is the absence of a value. */
bool record_take_stored(struct record *, int field, struct str cell, struct errors *);
/* Defaults of a new row, then required fields. E_INVALID when errors has any. */
enum err record_finish(struct record *, enum write_kind, struct errors *) MUST_CHECK;
/*
 * Whether a spreadsheet may take the text for a formula: = + - @, their full-width forms, a tab or a line end, at the start or behind
 * blanks and quotes, which some programs skip.
 */
bool sheet_is_formula(struct str cell);
/* Such a text behind an apostrophe, which no program skips; other text as it is. */
struct str sheet_guarded(struct arena *, struct str cell);
/* The other way round: "'=1+1" as a safe export writes it is "=1+1". */
struct str sheet_without_guard(struct str cell);

/* Where to look: constants of ours or of an entity table. */
struct lookup {
	const char *table, *column; /* SQL over the table */
	const char *also[2];   /* other columns that will do: in lower case, or phone numbers in E.164; NULL: none */
	const char *condition; /* which rows; NULL: all */
	bool any_case;         /* the column is in lower case: values are made so */
};
struct lookup_hit {
	struct uuid id;
	int matches; /* 0, 1, or 2 for several */
};
/* One statement for all; an absent value finds nothing. */
enum err lookup_many(struct ttx *, const struct lookup *, const struct str *values, size_t count,
		     struct lookup_hit *out) MUST_CHECK;
/* The rows that a reference's field can point at, by what names them to a person. */
struct lookup lookup_of_reference(const struct field *);

#endif
