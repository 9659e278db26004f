/* What a file is that calls itself CSV. */
#include <stdlib.h>

#include "lib/base/utf8.h"
#include "lib/text/csv.h"

#define LOOKED_AT ((size_t)64 * 1024)
#define ROWS_LOOKED_AT 30

const char csv_delimiters[] = ",;\t|";

/* ---- what is no text ---- */

static const struct {
	struct str begins;
	const char *why;
} others[] = {
	{{"PK\x03\x04", 4}, "This is an Excel workbook or an archive. Save the sheet as CSV and try again."},
	{{"\xD0\xCF\x11\xE0", 4}, "This is an old Excel workbook. Save the sheet as CSV and try again."},
	{{"%PDF", 4}, "This is a PDF. Export the table as CSV and try again."},
	{{"\x89PNG", 4}, "This is a picture. Export the table as CSV and try again."},
	{{"\xFF\xD8\xFF", 3}, "This is a picture. Export the table as CSV and try again."},
	{{"\x1F\x8B", 2}, "This file is compressed. Unpack it and try again."},
};

static const char *is_another(struct str file)
{
	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (str_starts(file, others[i].begins))
			return others[i].why;
	return NULL;
}

/* ---- encoding ---- */

static const struct {
	struct str mark;
	enum csv_encoding encoding;
} marks[] = {
	{{"\xEF\xBB\xBF", 3}, CSV_UTF8},
	{{"\xFF\xFE", 2}, CSV_UTF16LE},
	{{"\xFE\xFF", 2}, CSV_UTF16BE},
};

/* Latin text in UTF-16 without a mark: every other byte is NUL. */
static bool is_utf16(struct str head, enum csv_encoding *out)
{
	size_t zeros[2] = {0, 0};

	for (size_t i = 0; i < head.n; i++)
		zeros[i & 1] += head.p[i] == '\0';
	*out = zeros[1] > zeros[0] ? CSV_UTF16LE : CSV_UTF16BE;
	return head.n >= 4 && (zeros[0] == 0 || zeros[1] == 0) && (zeros[0] + zeros[1]) * 3 > head.n;
}

/* Control characters that no table holds; a few are forgiven. */
static bool is_binary(struct str head)
{
	size_t odd = 0;

	for (size_t i = 0; i < head.n; i++) {
		unsigned char c = (unsigned char)head.p[i];

		odd += c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f';
	}
	return odd * 100 > head.n;
}

static enum err find_encoding(struct str file, struct csv_form *out, const char **why)
{
	struct str head = {file.p, file.n < LOOKED_AT ? file.n : LOOKED_AT};
	struct utf8_count count;

	for (size_t i = 0; i < COUNT_OF(marks); i++)
		if (str_starts(file, marks[i].mark)) {
			out->encoding = marks[i].encoding;
			out->start = (int64_t)marks[i].mark.n;
			return OK;
		}
	if (is_utf16(head, &out->encoding))
		return OK;
	if (memchr(file.p, '\0', file.n) || is_binary(head)) {
		*why = "This file holds bytes that no text has. Export the table as CSV and try again.";
		return E_INVALID;
	}
	count = utf8_count(file);
	/* Text in Windows-1252 is hardly ever well-formed UTF-8 by chance; of UTF-8 a byte may be broken. */
	out->encoding = count.sequences >= count.broken ? CSV_UTF8 : CSV_WINDOWS_1252;
	return OK;
}

/* ---- words that show the encoding ---- */

#define WORDS_MOST 3
#define WORD_MOST ((size_t)24) /* letters on either side */

/* The file in letters, or halves of such, of one byte or two. */
struct units {
	const char *p;
	size_t count, size, low; /* where the lower byte lies */
};

static unsigned unit_at(const struct units *units, size_t at)
{
	const unsigned char *p = (const unsigned char *)units->p + at * units->size;

	return units->size == 1 ? *p : (unsigned)(p[1 - units->low] << 8 | p[units->low]);
}

static bool is_in_word(const struct units *units, size_t at)
{
	unsigned unit = unit_at(units, at);

	return unit >= 0x80 || (unit >= '0' && unit <= '9') || (unit >= 'A' && unit <= 'Z') ||
	       (unit >= 'a' && unit <= 'z');
}

/* A word that is too long is cut before the beginning of a letter. */
static struct str word_around(const struct units *units, size_t at, size_t *next)
{
	size_t from = at, to = at;

	while (from > 0 && at - from < WORD_MOST && is_in_word(units, from - 1))
		from--;
	while (to < units->count && to - at < WORD_MOST && is_in_word(units, to))
		to++;
	while (units->size == 1 && to < units->count && to > at + 4 && (unit_at(units, to) & 0xC0) == 0x80)
		to--;
	*next = to;
	while (*next < units->count && is_in_word(units, *next))
		++*next;
	return (struct str){units->p + from * units->size, (to - from) * units->size};
}

struct str csv_foreign_words(struct arena *arena, const struct csv_form *form, struct str file)
{
	size_t size = form->encoding == CSV_UTF16LE || form->encoding == CSV_UTF16BE ? 2 : 1, found = 0, next;
	struct units units = {file.p + form->start, (file.n - (size_t)form->start) / size, size,
			      form->encoding == CSV_UTF16BE};
	struct str blank = size == 1 ? STR(" ") : units.low ? (struct str){"\0 ", 2} : (struct str){" \0", 2};
	struct str words[WORDS_MOST];
	struct buffer out = BUFFER_IN(arena);

	for (size_t at = 0; at < units.count && found < WORDS_MOST; at++) {
		bool seen = false;

		if (unit_at(&units, at) < 0x80)
			continue;
		words[found] = word_around(&units, at, &next);
		for (size_t i = 0; i < found; i++)
			seen = seen || str_equal(words[i], words[found]);
		if (!seen) {
			if (found)
				buffer_add_str(&out, blank);
			buffer_add_str(&out, words[found++]);
		}
		at = next;
	}
	return buffer_str(&out);
}

/* ---- separator ---- */

struct shape {
	size_t rows, columns, alike; /* columns of the first row; rows that have as many */
	bool prose;                  /* a blank stands behind each of them, as in a sentence */
};

static bool look_at(void *context, const struct csv_row *row)
{
	struct shape *shape = context;

	if (shape->rows++ == 0)
		shape->columns = row->count;
	shape->alike += row->count == shape->columns;
	return shape->rows < ROWS_LOOKED_AT;
}

static bool is_prose(struct str head, char delimiter)
{
	size_t seen = 0, blanks = 0;

	for (size_t i = 0; i + 1 < head.n; i++)
		if (head.p[i] == delimiter) {
			seen++;
			blanks += head.p[i + 1] == ' ';
		}
	return seen > 0 && seen == blanks;
}

static struct shape shape_of(const struct csv_form *form, struct str head)
{
	struct arena *arena = arena_new((size_t)64 * 1024);
	struct shape shape = {.prose = is_prose(head, form->delimiter)};
	struct csv_reader *reader = csv_reader_new(arena, form, form->start, look_at, &shape);

	if (csv_reader_feed(reader, (struct str){head.p + form->start, head.n - (size_t)form->start}) == CSV_MORE &&
	    head.n < LOOKED_AT)
		(void)csv_reader_end(reader);
	arena_free(arena);
	return shape;
}

/* Rows of one length, and then more columns; a comma inside the cells of a file with semicolons counts for less. */
static bool is_better(const struct shape *one, const struct shape *other)
{
	if ((one->columns > 1) != (other->columns > 1))
		return one->columns > 1;
	if (one->prose != other->prose)
		return !one->prose;
	if (one->alike * other->rows != other->alike * one->rows)
		return one->alike * other->rows > other->alike * one->rows;
	return one->columns > other->columns;
}

static void find_delimiter(struct str head, struct csv_form *out)
{
	struct shape best = {0};
	char found = ',';

	for (const char *delimiter = csv_delimiters; *delimiter; delimiter++) {
		struct shape shape;

		out->delimiter = *delimiter;
		shape = shape_of(out, head);
		if (shape.rows && (best.rows == 0 || is_better(&shape, &best))) {
			best = shape;
			found = *delimiter;
		}
	}
	out->delimiter = found;
}

/* "sep=;": Excel's own first line. */
static bool told_by_excel(struct str file, struct csv_form *out)
{
	struct str rest = {file.p + out->start, file.n - (size_t)out->start};
	size_t end = 5;

	if (out->encoding == CSV_UTF16LE || out->encoding == CSV_UTF16BE || rest.n < 6 ||
	    !str_equal_nocase((struct str){rest.p, 4}, STR("sep=")) || !strchr(csv_delimiters, rest.p[4]) ||
	    (rest.p[5] != '\r' && rest.p[5] != '\n'))
		return false;
	out->delimiter = rest.p[4];
	while (end < rest.n && (rest.p[end] == '\r' || rest.p[end] == '\n'))
		end++;
	out->start += (int64_t)end;
	return true;
}

enum err csv_sniff(struct str file, struct csv_form *out, const char **why)
{
	enum err err;

	*out = (struct csv_form){CSV_UTF8, ',', 0};
	*why = is_another(file);
	if (!*why && str_trim(file).n == 0)
		*why = "The file is empty.";
	if (*why)
		return E_INVALID;
	err = find_encoding(file, out, why);
	if (err == OK && !told_by_excel(file, out))
		find_delimiter((struct str){file.p, file.n < LOOKED_AT ? file.n : LOOKED_AT}, out);
	return err;
}
