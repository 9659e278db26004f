/*
 * Text tables as people export them: any of four encodings, any of four separators, quotes and line ends inside cells,
 * and whatever else calls itself CSV. Bytes go in as they come, rows come out one by one in UTF-8.
 *
 * Every row tells where it begins in the file, so that reading can go on there later.
 */
#ifndef DEMAND_CSV_H
#define DEMAND_CSV_H

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/errors.h"

#define CSV_ROW_MOST ((size_t)1024 * 1024) /* bytes of a row as it stands in the file */
#define CSV_CELLS_MOST ((size_t)1000)
#define CSV_CELL_MOST ((size_t)64 * 1024)

enum csv_encoding { CSV_UTF8 = 1, CSV_UTF16LE, CSV_UTF16BE, CSV_WINDOWS_1252 };
/* "utf-8", "utf-16le", "utf-16be", "windows-1252" */
const char *csv_encoding_name(enum csv_encoding);
bool csv_encoding_find(struct str name, enum csv_encoding *out) MUST_CHECK;

struct csv_form {
	enum csv_encoding encoding;
	char delimiter;
	int64_t start; /* of the first row: behind a byte order mark and an Excel "sep=" line */
};
extern const char csv_delimiters[]; /* ",;\t|" */

/*
 * What the file is: the encoding from all of its bytes (UTF-8 where most that is not ASCII is well-formed in it, though
 * some is broken), the separator from its first rows. E_INVALID with a sentence
 * for the person who brought it where it is empty or no text: a workbook, a picture, bytes that are no letters.
 */
enum err csv_sniff(struct str file, struct csv_form *out, const char **why) MUST_CHECK;

/*
 * As they stand in the file, up to three words that are not all ASCII, with blanks between: what an encoding makes of
 * them shows whether it is the right one. Empty where there are none.
 */
struct str csv_foreign_words(struct arena *, const struct csv_form *, struct str file);
/* In UTF-8; what is no letter in the encoding is U+FFFD. */
struct str csv_decode(struct arena *, enum csv_encoding, struct str bytes);

struct csv_row {
	int64_t start; /* in the file */
	const struct str *cells;
	size_t count;
	const char *complaint; /* a sentence: the row cannot be taken as it stands; NULL: it can */
};
/* False stops the reading behind this row. */
typedef bool csv_sink(void *context, const struct csv_row *);

struct csv_reader;
enum csv_state { CSV_MORE = 1, CSV_STOPPED, CSV_BROKEN };

/* From `offset` in the file: form->start, or the start of a row. Ends with the arena. */
struct csv_reader *csv_reader_new(struct arena *, const struct csv_form *, int64_t offset, csv_sink *, void *context);
/* CSV_BROKEN: nothing more can be read, see csv_reader_complaint(). After CSV_STOPPED nothing is to be fed. */
enum csv_state csv_reader_feed(struct csv_reader *, struct str bytes);
/* The last row may have no line end. */
enum csv_state csv_reader_end(struct csv_reader *);
/* Where the row begins that comes next. */
int64_t csv_reader_position(const struct csv_reader *);
/* A sentence; NULL. */
const char *csv_reader_complaint(const struct csv_reader *);

/* ---- writing: UTF-8, commas, CR LF ---- */

#define CSV_MARK "\xEF\xBB\xBF" /* by which Excel knows UTF-8 */

/* Behind the one before, unless it is the row's first; quoted where it must be. */
void csv_write_cell(struct buffer *, struct str cell, bool first);
void csv_write_end(struct buffer *);

#endif
