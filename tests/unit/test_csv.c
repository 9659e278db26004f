/* The corpus of tests/data/csv, each file with the answer it must get; and what no folder should hold. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "lib/base/buffer.h"
#include "lib/text/csv.h"

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new((size_t)64 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct str file_bytes(const char *path)
{
	struct buffer out = BUFFER_IN(arena);
	FILE *file = fopen(path, "rb");
	int c;

	if (!file)
		fail_msg("%s cannot be read", path);
	else {
		while ((c = getc(file)) != EOF)
			buffer_add_char(&out, (char)c);
		(void)fclose(file);
	}
	return buffer_str(&out);
}

/* ---- rows as the expected files have them ---- */

struct told {
	struct buffer text;
	int64_t starts[64];
	size_t count, stop_at; /* 0: never */
};

static void add_cell(struct buffer *out, struct str cell)
{
	for (size_t i = 0; i < cell.n; i++) {
		if (cell.p[i] == '\n' || cell.p[i] == '\r')
			buffer_add_str(out, cell.p[i] == '\n' ? STR("\\n") : STR("\\r"));
		else
			buffer_add_char(out, cell.p[i]);
	}
}

static bool tell(void *context, const struct csv_row *row)
{
	struct told *told = context;

	if (told->count < COUNT_OF(told->starts))
		told->starts[told->count] = row->start;
	told->count++;
	if (row->complaint)
		buffer_printf(&told->text, "! %s", row->complaint);
	for (size_t i = 0; !row->complaint && i < row->count; i++) {
		if (i)
			buffer_add_char(&told->text, '|');
		add_cell(&told->text, row->cells[i]);
	}
	buffer_add_char(&told->text, '\n');
	return told->count != told->stop_at;
}

/* In parts of the given length. */
static void read_rows(const struct csv_form *form, struct str file, int64_t offset, size_t part, struct told *told)
{
	struct csv_reader *reader = csv_reader_new(arena, form, offset, tell, told);
	enum csv_state state = CSV_MORE;

	for (size_t at = (size_t)offset; at < file.n && state == CSV_MORE; at += part)
		state = csv_reader_feed(reader, (struct str){file.p + at, part < file.n - at ? part : file.n - at});
	if (state == CSV_MORE)
		state = csv_reader_end(reader);
	if (state == CSV_BROKEN)
		buffer_printf(&told->text, "broken: %s\n", csv_reader_complaint(reader));
}

static struct str answer(struct str file, size_t part)
{
	struct told told = {.text = BUFFER_IN(arena)};
	struct csv_form form;
	const char *why;

	if (csv_sniff(file, &form, &why) != OK)
		return arena_printf(arena, "refused: %s\n", why);
	buffer_printf(&told.text, "%s %s\n", csv_encoding_name(form.encoding),
		      form.delimiter == '\t' ? "\\t" : (const char[]){form.delimiter, '\0'});
	read_rows(&form, file, form.start, part, &told);
	return buffer_str(&told.text);
}

static glob_t corpus(void)
{
	const char *root = getenv("srcdir");
	glob_t found;

	assert_int_equal(glob(arena_printf(arena, "%s/tests/data/csv/*.csv", root ? root : ".").p, 0, NULL, &found), 0);
	assert_true(found.gl_pathc > 30);
	return found;
}

static void each_file_gets_its_answer(void **state)
{
	static const size_t parts[] = {1, 3, 4096, (size_t)1 << 20};
	glob_t found = corpus();

	(void)state;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct str path = str_from(found.gl_pathv[i]), file = file_bytes(found.gl_pathv[i]);
		struct str expected = file_bytes(arena_printf(arena, "%.*s.expected", (int)path.n - 4, path.p).p);

		for (size_t p = 0; p < COUNT_OF(parts); p++) {
			struct str got = answer(file, parts[p]);

			if (!str_equal(got, expected))
				fail_msg("%s, in parts of %zu:\n%.2000s\nis not\n%.2000s", path.p, parts[p],
					 arena_c_string(arena, got), arena_c_string(arena, expected));
		}
	}
	globfree(&found);
}

/* From each row's start the same rows follow as in one go: what going on after a kill rests on. */
static void reading_goes_on_at_any_row(void **state)
{
	glob_t found = corpus();

	(void)state;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct str file = file_bytes(found.gl_pathv[i]);
		struct told whole = {.text = BUFFER_IN(arena)};
		struct csv_form form;
		const char *why;

		if (csv_sniff(file, &form, &why) != OK)
			continue;
		read_rows(&form, file, form.start, 4096, &whole);
		for (size_t row = 0; row < whole.count && row < COUNT_OF(whole.starts); row++) {
			struct told rest = {.text = BUFFER_IN(arena)};

			read_rows(&form, file, whole.starts[row], 4096, &rest);
			assert_int_equal(rest.count, whole.count - row);
			assert_true(str_ends(buffer_str(&whole.text), buffer_str(&rest.text)));
		}
	}
	globfree(&found);
}

static void words_show_the_encoding(void **state)
{
	const struct {
		struct str file;
		const char *words, *otherwise; /* as the other one of UTF-8 and Windows-1252 has them */
	} cases[] = {
		{STR("a,b\nplain,text\n"), "", ""},
		{STR("a\nJos\xC3\xA9 x,Ren\xC3\xA9\nJos\xC3\xA9\nIna,Zo\xC3\xAB,\xC3\x85se\n"), "José René Zoë",
		 "JosÃ© RenÃ© ZoÃ«"},
		{STR("a\nJos\xE9,\xC5se\n"), "José Åse", "Jos\uFFFD \uFFFDse"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		enum csv_encoding other;
		struct csv_form form;
		struct str words;
		const char *why;

		assert_int_equal(csv_sniff(cases[i].file, &form, &why), OK);
		words = csv_foreign_words(arena, &form, cases[i].file);
		assert_string_equal(arena_c_string(arena, csv_decode(arena, form.encoding, words)), cases[i].words);
		other = form.encoding == CSV_UTF8 ? CSV_WINDOWS_1252 : CSV_UTF8;
		assert_string_equal(arena_c_string(arena, csv_decode(arena, other, words)), cases[i].otherwise);
	}
}

/* A word without an end is cut between letters; of UTF-16 the words have two bytes a letter. */
static void long_words_are_cut_between_letters(void **state)
{
	struct csv_form form = {CSV_UTF8, ',', 2};
	struct buffer text = BUFFER_IN(arena);
	struct str words;

	(void)state;
	BUFFER_LITERAL(&text, "a\n");
	for (int i = 0; i < 1000; i++)
		BUFFER_LITERAL(&text, "\u6C34");
	words = csv_foreign_words(arena, &form, buffer_str(&text));
	assert_string_equal(arena_c_string(arena, words), "\u6C34\u6C34\u6C34\u6C34\u6C34\u6C34\u6C34\u6C34");
	form = (struct csv_form){CSV_UTF16BE, ',', 0};
	words = csv_foreign_words(arena, &form, (struct str){"\0,\0J\0\xE9\0,\x6C\x34\0\n", 12});
	assert_string_equal(arena_c_string(arena, csv_decode(arena, CSV_UTF16BE, words)), "J\u00E9 \u6C34");
}

static void reading_stops_behind_a_row(void **state)
{
	struct str file = STR("a,b\r\n1,2\r\n3,4\r\n");
	struct told told = {.text = BUFFER_IN(arena), .stop_at = 2};
	struct csv_form form;
	const char *why;
	struct csv_reader *reader;

	(void)state;
	assert_int_equal(csv_sniff(file, &form, &why), OK);
	reader = csv_reader_new(arena, &form, form.start, tell, &told);
	assert_int_equal(csv_reader_feed(reader, file), CSV_STOPPED);
	assert_int_equal(told.count, 2);
	assert_int_equal(csv_reader_position(reader), 9);
}

static long memory_peak(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

/* Fed from a small piece over and over: 1 GiB without a line end. */
static void a_gigabyte_without_a_line_end_is_refused_at_once(void **state)
{
	static const struct csv_form form = {CSV_UTF8, ',', 0};
	char piece[65536];
	struct told told = {.text = BUFFER_IN(arena)};
	struct csv_reader *reader = csv_reader_new(arena, &form, 0, tell, &told);
	enum csv_state fed = CSV_MORE;
	size_t pieces = 0;
	long before = memory_peak();

	(void)state;
	memset(piece, 'x', sizeof piece);
	for (; pieces < 16384 && fed == CSV_MORE; pieces++)
		fed = csv_reader_feed(reader, (struct str){piece, sizeof piece});
	assert_int_equal(fed, CSV_BROKEN);
	assert_true(pieces <= CSV_ROW_MOST / sizeof piece + 1);
	assert_non_null(strstr(csv_reader_complaint(reader), "longer than 1 MiB"));
	assert_int_equal(told.count, 0);
#ifdef ENABLE_ASAN
	/* The sanitizer keeps what was freed. */
	(void)before;
#else
	assert_true(memory_peak() - before < 16 * 1024);
#endif
}

/* A quote without its partner swallows rows; it must not swallow the memory. */
static void a_quote_without_a_partner_is_refused(void **state)
{
	static const struct csv_form form = {CSV_UTF16LE, ',', 0};
	struct told told = {.text = BUFFER_IN(arena)};
	struct csv_reader *reader = csv_reader_new(arena, &form, 0, tell, &told);
	enum csv_state fed = csv_reader_feed(reader, (struct str){"\"\0", 2});

	(void)state;
	for (size_t i = 0; i < 1000000 && fed == CSV_MORE; i++)
		fed = csv_reader_feed(reader, (struct str){"a\0,\0b\0\n\0", 8});
	assert_int_equal(fed, CSV_BROKEN);
	assert_int_equal(told.count, 0);
}

/* Lines without anything in them are no row that grows. */
static void a_million_blank_lines_are_nothing(void **state)
{
	static const struct csv_form form = {CSV_UTF8, ',', 0};
	struct told told = {.text = BUFFER_IN(arena)};
	struct csv_reader *reader = csv_reader_new(arena, &form, 0, tell, &told);

	(void)state;
	for (size_t i = 0; i < 1500000; i++)
		assert_int_equal(csv_reader_feed(reader, STR("\r\n")), CSV_MORE);
	assert_int_equal(csv_reader_end(reader), CSV_MORE);
	assert_int_equal(told.count, 0);
	assert_int_equal(csv_reader_position(reader), 3000000);
}

static void encodings_have_names(void **state)
{
	enum csv_encoding encoding;

	(void)state;
	for (int i = CSV_UTF8; i <= CSV_WINDOWS_1252; i++) {
		assert_true(csv_encoding_find(str_from(csv_encoding_name((enum csv_encoding)i)), &encoding));
		assert_int_equal(encoding, i);
	}
	assert_false(csv_encoding_find(STR("ebcdic"), &encoding));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_file_gets_its_answer),
		TEST(reading_goes_on_at_any_row),
		TEST(words_show_the_encoding),
		TEST(long_words_are_cut_between_letters),
		TEST(reading_stops_behind_a_row),
		TEST(a_gigabyte_without_a_line_end_is_refused_at_once),
		TEST(a_quote_without_a_partner_is_refused),
		TEST(a_million_blank_lines_are_nothing),
		TEST(encodings_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
