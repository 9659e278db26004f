/*
 * Records on their way out, a page at a time in the order of their list: for people and their spreadsheets, for an import
 * that makes the same of them, or as the API shows them.
 */
#ifndef DEMAND_EXPORT_H
#define DEMAND_EXPORT_H

#include "lib/entity/entity.h"

enum export_format {
	EXPORT_SHEET = 1, /* "csv": labels, names, dollars, times of the person's zone; no cell starts a formula */
	EXPORT_RAW,       /* "raw": CSV of names of fields and stored values; what an import takes as it is */
	EXPORT_LINES      /* "jsonl": a line each, as GET /api/{plural} has it */
};
bool export_format_find(struct str name, enum export_format *out) MUST_CHECK;
const char *export_format_name(enum export_format);
const char *export_media_type(enum export_format);
const char *export_file_suffix(enum export_format); /* ".csv" */

/* Goes out at all; and is a column for people. */
bool export_has_field(const struct field *);
bool export_has_column(const struct field *);

struct export;
/*
 * What it holds between two calls ends with the arena. Of an EXPORT_SHEET `columns` are the fields, in order, that export_has_column();
 * `with_id`: and the record's id behind them. The other forms have all of the fields.
 */
struct export *export_new(struct arena *, const struct entity *, enum export_format, const struct list_query *);
void export_columns(struct export *, const int *columns, size_t count, bool with_id);
/* The next rows, the heading before the first of them. *more: there are more. What it allocates may go after each call. */
enum err export_next(struct export *, struct ttx *, struct buffer *out, bool *more) MUST_CHECK;

int64_t export_rows(const struct export *); /* so far */

/* The parts of it. */
void export_put_head(const struct export *, struct buffer *out);
void export_put_record(const struct export *, const struct record *, struct buffer *out);

#endif
