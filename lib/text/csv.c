/* Rows out of bytes: libcsv takes the quotes apart, iconv the letters; here is what either does not know. */
#include "lib/text/csv.h"

#include <csv.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

#include "lib/base/buffer.h"
#include "lib/base/utf8.h"

#define PIECE ((size_t)16 * 1024) /* converted at once */
#define LEFT_MOST 4               /* bytes of a letter whose end has not come */
/* States of libcsv's parser, which its header leaves without names. */
#define NO_ROW 0
#define IN_CELL 2

static const struct {
	const char *name, *iconv;
} encodings[] = {
	[CSV_UTF8] = {"utf-8", NULL},
	[CSV_UTF16LE] = {"utf-16le", "UTF-16LE"},
	[CSV_UTF16BE] = {"utf-16be", "UTF-16BE"},
	[CSV_WINDOWS_1252] = {"windows-1252", "CP1252"},
};

static const char long_row[] =
	"A row is longer than 1 MiB. Most often a quote has no partner: look for a single \" before it.";
static const char open_quote[] = "A quote is opened in it and never closed.";
static const char long_cell[] = "A cell is longer than 64 KiB.";
static const char many_cells[] = "The row has more than 1,000 columns.";
static const char bad_letters[] = "Some of its bytes are no letters in the encoding of the file.";
static const char binary[] = "The file holds bytes that no text has. Export it as CSV and try again.";

const char *csv_encoding_name(enum csv_encoding encoding)
{
	return encodings[encoding].name;
}

bool csv_encoding_find(struct str name, enum csv_encoding *out)
{
	for (size_t i = CSV_UTF8; i < COUNT_OF(encodings); i++)
		if (str_equal_nocase(name, str_from(encodings[i].name))) {
			*out = (enum csv_encoding)i;
			return true;
		}
	return false;
}

struct str csv_decode(struct arena *arena, enum csv_encoding encoding, struct str bytes)
{
	/* iconv takes what lies beyond U+10FFFF for UTF-8. */
	if (!encodings[encoding].iconv)
		return utf8_mended(arena, bytes);

	iconv_t letters = iconv_open("UTF-8", encodings[encoding].iconv);
	char *from = arena_c_string(arena, bytes), *out = arena_alloc(arena, bytes.n * 3 + 1), *to = out;
	size_t left = bytes.n, room = bytes.n * 3;

	if (letters == (iconv_t)-1)
		abort();
	while (left > 0 && iconv(letters, &from, &left, &to, &room) == (size_t)-1 && errno != E2BIG) {
		size_t unit = left < 2 || encoding == CSV_WINDOWS_1252 ? 1 : 2;

		if (room < 3)
			break;
		memcpy(to, UTF8_REPLACEMENT, 3);
		to += 3;
		room -= 3;
		from += unit;
		left -= unit;
	}
	(void)iconv_close(letters);
	return (struct str){out, (size_t)(to - out)};
}

struct span {
	size_t at, length;
};

struct csv_reader {
	struct csv_parser parser;
	csv_sink *sink;
	void *context;
	enum csv_encoding encoding;
	iconv_t letters; /* (iconv_t)-1: the file is in UTF-8 */
	enum csv_state state;
	const char *complaint;
	int64_t fed, row_start; /* in the file */
	char left[LEFT_MOST];
	size_t left_length;
	/* The row so far. */
	struct buffer text;
	struct span cells[CSV_CELLS_MOST];
	struct str strings[CSV_CELLS_MOST];
	size_t count;
	const char *row_complaint;
};

/* ---- what libcsv tells ---- */

static void take_cell(void *bytes, size_t length, void *context)
{
	struct csv_reader *reader = context;

	if (reader->count == CSV_CELLS_MOST) {
		reader->row_complaint = many_cells;
		return;
	}
	if (length > CSV_CELL_MOST) {
		reader->row_complaint = long_cell;
		length = 0;
	}
	reader->cells[reader->count++] = (struct span){reader->text.length, length};
	buffer_add(&reader->text, bytes, length);
}

static bool is_blank(const struct csv_reader *reader)
{
	for (size_t i = 0; i < reader->count; i++)
		if (reader->cells[i].length)
			return false;
	return !reader->row_complaint;
}

static void begin_row(struct csv_reader *reader)
{
	buffer_clear(&reader->text);
	reader->count = 0;
	reader->row_complaint = NULL;
}

static void take_row(int end, void *context)
{
	struct csv_reader *reader = context;
	struct csv_row row = {.start = reader->row_start, .cells = reader->strings, .count = reader->count};
	struct str text = buffer_str(&reader->text);

	(void)end;
	for (size_t i = 0; i < reader->count; i++) {
		reader->strings[i] = (struct str){text.p + reader->cells[i].at, reader->cells[i].length};
		/* Each for itself: the halves of a letter in two cells are none. */
		if (!utf8_valid(reader->strings[i]))
			reader->row_complaint = bad_letters;
	}
	row.complaint = reader->row_complaint;
	if (!is_blank(reader) && reader->state == CSV_MORE && !reader->sink(reader->context, &row))
		reader->state = CSV_STOPPED;
	begin_row(reader);
}

/* ---- bytes in ---- */

static void release(void *argument)
{
	struct csv_reader *reader = argument;

	csv_free(&reader->parser);
	if (reader->letters != (iconv_t)-1)
		(void)iconv_close(reader->letters);
	buffer_free(&reader->text);
	free(reader);
}

struct csv_reader *csv_reader_new(struct arena *arena, const struct csv_form *form, int64_t offset, csv_sink *sink,
				  void *context)
{
	struct csv_reader *reader = calloc(1, sizeof *reader);

	if (!reader || csv_init(&reader->parser, 0) != 0)
		abort();
	csv_set_delim(&reader->parser, (unsigned char)form->delimiter);
	reader->sink = sink;
	reader->context = context;
	reader->encoding = form->encoding;
	reader->letters = (iconv_t)-1;
	if (encodings[form->encoding].iconv) {
		reader->letters = iconv_open("UTF-8", encodings[form->encoding].iconv);
		if (reader->letters == (iconv_t)-1)
			abort();
	}
	reader->state = CSV_MORE;
	reader->fed = reader->row_start = offset;
	arena_defer(arena, release, reader);
	return reader;
}

static enum csv_state broken(struct csv_reader *reader, const char *complaint)
{
	reader->complaint = complaint;
	reader->state = CSV_BROKEN;
	return CSV_BROKEN;
}

static void parse(struct csv_reader *reader, const char *bytes, size_t length)
{
	if (length && csv_parse(&reader->parser, bytes, length, take_cell, take_row, reader) != length)
		(void)broken(reader, long_cell);
}

/* What is no letter becomes U+FFFD, and the row is complained of. */
static void skip_letter(struct csv_reader *reader, char **from, size_t *left)
{
	size_t unit = reader->encoding == CSV_WINDOWS_1252 || *left < 2 ? 1 : 2;

	*from += unit;
	*left -= unit;
	reader->row_complaint = bad_letters;
	parse(reader, UTF8_REPLACEMENT, 3);
}

static size_t unit_of(const struct csv_reader *reader)
{
	return reader->encoding == CSV_UTF16LE || reader->encoding == CSV_UTF16BE ? 2 : 1;
}

/* At most a piece. What is left at its end is the beginning of a letter. */
static void convert(struct csv_reader *reader, struct str bytes)
{
	char out[PIECE * 3], whole[LEFT_MOST + PIECE], *from = whole, *to;
	size_t left = reader->left_length + bytes.n, room;

	if (reader->letters == (iconv_t)-1) {
		parse(reader, bytes.p, bytes.n);
		return;
	}
	memcpy(whole, reader->left, reader->left_length);
	memcpy(whole + reader->left_length, bytes.p, bytes.n);
	while (left > 0 && reader->state == CSV_MORE) {
		bool all;

		to = out;
		room = sizeof out;
		all = iconv(reader->letters, &from, &left, &to, &room) != (size_t)-1;
		parse(reader, out, sizeof out - room);
		if (all || errno == EINVAL)
			break;
		if (errno == EILSEQ)
			skip_letter(reader, &from, &left);
	}
	reader->left_length = left < LEFT_MOST ? left : 0;
	memcpy(reader->left, from, reader->left_length);
}

static bool is_line_end(const struct csv_reader *reader, const char *p)
{
	switch (reader->encoding) {
	case CSV_UTF16LE:
		return (p[0] == '\n' || p[0] == '\r') && p[1] == '\0';
	case CSV_UTF16BE:
		return p[0] == '\0' && (p[1] == '\n' || p[1] == '\r');
	case CSV_UTF8:
	case CSV_WINDOWS_1252:
		break;
	}
	return p[0] == '\n' || p[0] == '\r';
}

/* Line ends before a row are nothing. A file may hold millions of them: the parser need not see each. */
static size_t blank_length(const struct csv_reader *reader, struct str bytes)
{
	size_t unit = unit_of(reader), length = 0;

	if (reader->parser.pstate != NO_ROW || reader->left_length || (unit == 2 && (reader->fed & 1)))
		return 0;
	while (length + unit <= bytes.n && is_line_end(reader, bytes.p + length))
		length += unit;
	return length;
}

/* How much of the bytes goes up to and with the next line end; all of them where there is none, but no more than a piece. */
static size_t line_length(const struct csv_reader *reader, struct str bytes)
{
	size_t unit = unit_of(reader), most = bytes.n < PIECE ? bytes.n : PIECE;

	/* The second half of a letter that was cut is a line of its own, so that the others are whole. */
	if (unit == 2 && (reader->fed & 1))
		return 1;
	for (size_t at = 0; at + unit <= most; at += unit)
		if (is_line_end(reader, bytes.p + at))
			return at + unit;
	return most;
}

/* A line at a time: when a row ends, it ends with what was fed. */
enum csv_state csv_reader_feed(struct csv_reader *reader, struct str bytes)
{
	while (bytes.n > 0 && reader->state == CSV_MORE) {
		size_t blank = blank_length(reader, bytes), length;

		if (blank) {
			reader->fed += (int64_t)blank;
			reader->row_start = reader->fed;
			bytes = (struct str){bytes.p + blank, bytes.n - blank};
			continue;
		}
		length = line_length(reader, bytes);
		if (reader->letters == (iconv_t)-1 && memchr(bytes.p, '\0', length))
			return broken(reader, binary);
		reader->fed += (int64_t)length;
		convert(reader, (struct str){bytes.p, length});
		if (reader->parser.pstate == NO_ROW)
			reader->row_start = reader->fed;
		else if (reader->state == CSV_MORE && (uint64_t)(reader->fed - reader->row_start) > CSV_ROW_MOST)
			return broken(reader, long_row);
		bytes = (struct str){bytes.p + length, bytes.n - length};
	}
	return reader->state;
}

enum csv_state csv_reader_end(struct csv_reader *reader)
{
	if (reader->state != CSV_MORE)
		return reader->state;
	if (reader->left_length)
		reader->row_complaint = bad_letters;
	else if (reader->parser.pstate == IN_CELL && reader->parser.quoted)
		reader->row_complaint = open_quote;
	if (csv_fini(&reader->parser, take_cell, take_row, reader) != 0)
		return broken(reader, long_cell);
	reader->row_start = reader->fed;
	return reader->state;
}

int64_t csv_reader_position(const struct csv_reader *reader)
{
	return reader->row_start;
}

const char *csv_reader_complaint(const struct csv_reader *reader)
{
	return reader->complaint;
}
