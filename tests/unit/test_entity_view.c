/* What people and programs are shown of a record: JSON, inputs, cells, OpenAPI, local time. */
#include "tests/unit/entity_fixture.h"

#include "lib/base/clock.h"
#include "lib/entity/local_time.h"

static struct record *sample(void)
{
	struct record *record = record_new(arena, &visit);

	record_set_text(record, "title", STR("Tap"));
	record_set_text(record, "email", STR("o'neil&co@example.com"));
	record_set_text(record, "phone", STR("(512) 555-0123 x4"));
	record_set_text(record, "site", STR("https://example.com"));
	record_set_text(record, "secret", STR("never shown"));
	record_set_text(record, "hidden", STR("never shown"));
	record_set_text(record, "hours", STR("7"));
	record_set_text(record, "price_cents", STR("125050"));
	record_set_text(record, "paid", STR("t"));
	record_set_text(record, "state", STR("open"));
	record_set_text(record, "user_id", STR("0190a5b0-0000-7000-8000-00000000000f"));
	record_set_text(record, "created_at", STR("2026-11-23T07:32:00.000Z"));
	return record;
}

static struct str json_text(const struct value *value)
{
	struct buffer out = BUFFER_IN(arena);

	json_print(value, &out);
	return buffer_str(&out);
}

static void json_shows_the_visible_fields_in_order(void **state)
{
	struct value *map = value_map(arena);

	(void)state;
	record_to_value(sample(), map);
	assert_str(json_text(map),
		   "{\"id\":\"00000000-0000-0000-0000-000000000000\",\"title\":\"Tap\",\"notes\":null,\"email\":\"o'"
		   "neil\\u0026co@example.com\","
		   "\"phone\":\"(512) 555-0123 "
		   "x4\",\"site\":\"https://example.com\",\"slug\":null,\"hours\":7,\"price_cents\":125050,"
		   "\"paid\":true,\"starts_at\":null,\"state\":\"open\",\"user_id\":\"0190a5b0-0000-7000-8000-"
		   "00000000000f\",\"code\":null,"
		   "\"rank\":null,\"version\":0,\"created_at\":\"1970-01-01T00:00:00.000Z\",\"updated_at\":\"1970-01-"
		   "01T00:00:00.000Z\"}");
}

/* As a row that was read: the time that it shows is there in both forms. */
static struct record *read_row(void)
{
	struct record *record = sample();

	record_set_text(record, "created_at", STR("1970-01-01T00:00:00.000Z"));
	return record;
}

static void rows_of_a_list_are_printed_as_one_is(void **state)
{
	struct record *records[3] = {read_row(), read_row(), read_row()};
	struct value *map = value_map(arena);
	struct str one;

	(void)state;
	record_to_value(records[0], map);
	one = json_text(map);
	assert_str(json_text(records_to_json(arena, records, 0)), "[]");
	assert_str(json_text(records_to_json(arena, records, 3)),
		   arena_printf(arena, "[%.*s,%.*s,%.*s]", STR_FMT_ARG(one), STR_FMT_ARG(one), STR_FMT_ARG(one)).p);
}

/* Escaped, its text alone takes 600 kB; as much for each of the others would be 120 MB. */
static void a_long_first_row_makes_no_room_for_others_like_it(void **state)
{
	struct record *records[200];
	struct buffer notes = BUFFER_IN(arena);
	struct arena *small = arena_new((size_t)8 * 1024 * 1024);

	(void)state;
	memset(buffer_extend(&notes, 100000), '<', 100000);
	for (size_t i = 0; i < COUNT_OF(records); i++)
		records[i] = read_row();
	record_set_text(records[0], "notes", buffer_str(&notes));
	assert_true(json_text(records_to_json(small, records, COUNT_OF(records))).n > 600000);
	arena_free(small);
}

/* The map of that name in a list of maps; NULL when it is not there. */
static const struct value *named(const struct value *list, const char *name)
{
	for (size_t i = 0; i < value_count(list); i++)
		if (str_is(value_as_str(value_get(value_at(list, i), STR("name"))), name))
			return value_at(list, i);
	return NULL;
}

static struct str at(const struct value *map, const char *key)
{
	return value_as_str(value_get(map, str_from(key)));
}

static bool truth(const struct value *map, const char *key)
{
	const struct value *value = value_get(map, str_from(key));

	assert_non_null(value);
	return value_truth(value);
}

static void every_map_of_a_view_has_the_same_names(void **state)
{
	struct value *lists[] = {value_list(arena), value_list(arena), value_list(arena), value_list(arena)};
	struct errors *errors = errors_new(arena);
	struct record *empty = record_new(arena, &visit);

	(void)state;
	errors_add(errors, "title", "required", "Title is required.");
	record_form_view(sample(), NULL, errors, WRITE_UPDATE, lists[0]);
	record_form_view(empty, NULL, NULL, WRITE_CREATE, lists[0]);
	record_show_view(sample(), lists[1]);
	record_show_view(empty, lists[1]);
	record_cells_view(sample(), lists[1]);
	for (size_t l = 0; l < 2; l++) {
		const struct value *first = value_at(lists[l], 0), *other;
		struct str name;

		for (size_t i = 1; (other = value_at(lists[l], i)) != NULL; i++) {
			assert_int_equal(value_count(other), value_count(first));
			for (size_t m = 0; value_member(other, m, &name); m++)
				assert_non_null(value_get(first, name));
		}
	}
}

static void a_new_form_offers_what_can_be_sent_with_its_defaults(void **state)
{
	struct value *list = value_list(arena);
	const struct value *input;

	(void)state;
	record_form_view(record_new(arena, &visit), NULL, NULL, WRITE_CREATE, list);
	assert_null(named(list, "rank"));
	assert_null(named(list, "hidden"));
	assert_null(named(list, "created_at"));
	assert_non_null(named(list, "code"));
	input = named(list, "title");
	assert_true(truth(input, "is_text"));
	assert_true(truth(input, "required"));
	assert_true(truth(input, "group_start"));
	assert_str(at(input, "group"), "What");
	assert_str(at(input, "maxlength"), "10");
	assert_int_equal(value_type(value_get(input, STR("error"))), VALUE_NULL);
	assert_false(truth(named(list, "notes"), "group_start"));
	assert_str(at(named(list, "notes"), "group"), "What");
	assert_str(at(named(list, "email"), "autocomplete"), "email");
	assert_str(at(named(list, "phone"), "autocomplete"), "off");
	assert_str(at(named(list, "price_cents"), "value"), "0");
	input = named(list, "state");
	assert_int_equal(value_count(value_get(input, STR("choices"))), 2);
	assert_true(truth(value_at(value_get(input, STR("choices")), 0), "selected"));
	assert_int_equal(value_count(value_get(named(list, "user_id"), STR("choices"))), 1); /* "nobody" */
}

static void an_edit_form_shows_the_stored_row(void **state)
{
	struct value *list = value_list(arena);
	const struct value *input;

	(void)state;
	record_form_view(sample(), NULL, NULL, WRITE_UPDATE, list);
	assert_null(named(list, "code"));
	assert_str(at(named(list, "price_cents"), "value"), "1250.50");
	assert_true(truth(named(list, "paid"), "checked"));
	assert_int_equal(value_type(value_get(named(list, "secret"), STR("value"))), VALUE_NULL);
	input = named(list, "user_id");
	assert_true(truth(input, "is_reference"));
	assert_int_equal(value_count(value_get(input, STR("choices"))), 2); /* nobody, and who is there now */
	assert_true(truth(value_at(value_get(input, STR("choices")), 1), "selected"));
}

static void what_was_typed_survives_an_error(void **state)
{
	struct form typed = form_of("title=x&price_cents=abc&state=done&secret=word&paid.present=1");
	struct errors *errors = errors_new(arena);
	struct value *list = value_list(arena);

	(void)state;
	errors_add(errors, "price_cents", "not_money", "Enter an amount like 1,250.50.");
	record_form_view(sample(), &typed, errors, WRITE_UPDATE, list);
	assert_str(at(named(list, "title"), "value"), "x");
	assert_str(at(named(list, "price_cents"), "value"), "abc");
	assert_str(at(named(list, "price_cents"), "error"), "Enter an amount like 1,250.50.");
	assert_true(truth(value_at(value_get(named(list, "state"), STR("choices")), 1), "selected"));
	assert_false(truth(value_at(value_get(named(list, "state"), STR("choices")), 0), "selected"));
	assert_false(truth(named(list, "paid"), "checked"));
	assert_int_equal(value_type(value_get(named(list, "secret"), STR("value"))), VALUE_NULL);
}

static void a_detail_page_reads_like_a_letter(void **state)
{
	struct value *list = value_list(arena);
	const struct value *cell;

	(void)state;
	local_time_zone(STR("America/New_York"));
	record_show_view(sample(), list);
	assert_null(named(list, "secret"));
	assert_null(named(list, "hidden"));
	assert_null(named(list, "rank")); /* API only */
	cell = named(list, "phone");
	assert_true(truth(cell, "is_tel"));
	assert_str(at(cell, "text"), "(512) 555-0123 x4");
	assert_str(at(cell, "tel_url"), "tel:+15125550123");
	assert_str(at(named(list, "email"), "mail_url"), "mailto:o%27neil%26co@example.com");
	assert_str(at(named(list, "price_cents"), "text"), "$1,250.50");
	assert_str(at(named(list, "paid"), "text"), "Yes");
	assert_str(at(named(list, "site"), "link_url"), "https://example.com");
	cell = named(list, "state");
	assert_true(truth(cell, "is_badge"));
	assert_str(at(cell, "text"), "Open");
	assert_str(at(cell, "tone"), "blue");
	cell = named(list, "created_at");
	assert_true(truth(cell, "is_instant"));
	assert_str(at(cell, "datetime"), "2026-11-23T07:32:00.000Z");
	assert_str(at(cell, "text"), "23 Nov 2026, 02:32 EST");
	assert_str(at(cell, "date"), "23 Nov 2026");
	assert_true(truth(named(list, "notes"), "is_empty"));
	assert_false(truth(named(list, "notes"), "is_long"));
	assert_true(truth(named(list, "title"), "is_title"));
}

static void list_cells_are_the_listed_fields(void **state)
{
	static const char *const names[] = {"title", "phone", "price_cents", "state", "created_at"};
	struct value *list = value_list(arena);

	(void)state;
	record_cells_view(sample(), list);
	assert_int_equal(value_count(list), COUNT_OF(names));
	for (size_t i = 0; i < COUNT_OF(names); i++)
		assert_str(at(value_at(list, i), "name"), names[i]);
}

/* ---- OpenAPI ---- */

static const struct value *path(const struct value *value, const char *first, const char *second)
{
	return value_get(value_get(value, str_from(first)), str_from(second));
}

static void the_document_says_what_the_parsers_do(void **state)
{
	struct value *create = value_map(arena), *update = value_map(arena), *answer = value_map(arena);

	(void)state;
	entity_openapi_schema(&visit, WRITE_CREATE, create);
	entity_openapi_schema(&visit, WRITE_UPDATE, update);
	entity_openapi_schema(&visit, WRITE_DELETE, answer);
	assert_str(json_text(path(create, "properties", "title")),
		   "{\"type\":\"string\",\"title\":\"Title\",\"minLength\":2,\"maxLength\":10}");
	assert_str(json_text(path(create, "properties", "hours")),
		   "{\"type\":[\"integer\",\"null\"],\"title\":\"Hours\",\"minimum\":-5,\"maximum\":100}");
	assert_str(json_text(path(create, "properties", "state")),
		   "{\"type\":[\"string\",\"null\"],\"title\":\"State\",\"enum\":[\"open\",\"done\",null],\"default\":"
		   "\"open\"}");
	assert_str(json_text(path(answer, "properties", "state")),
		   "{\"type\":\"string\",\"title\":\"State\",\"enum\":[\"open\",\"done\"]}");
	assert_str(json_text(path(create, "properties", "paid")),
		   "{\"type\":[\"boolean\",\"null\"],\"title\":\"Paid\",\"default\":false}");
	assert_str(json_text(path(create, "properties", "secret")),
		   "{\"type\":[\"string\",\"null\"],\"title\":\"Secret\",\"format\":\"password\",\"minLength\":4,"
		   "\"maxLength\":256,\"writeOnly\":true}");
	assert_str(json_text(value_get(create, STR("required"))), "[\"title\"]");
	assert_false(value_as_bool(value_get(create, STR("additionalProperties"))));
	assert_null(path(create, "properties", "rank"));
	assert_null(path(create, "properties", "id"));
	assert_non_null(path(create, "properties", "code"));
	assert_null(path(update, "properties", "code"));
	assert_null(value_get(update, STR("required")));
	assert_null(path(answer, "properties", "secret"));
	assert_null(path(answer, "properties", "hidden"));
	assert_str(json_text(path(answer, "properties", "rank")),
		   "{\"type\":[\"integer\",\"null\"],\"title\":\"Rank\",\"readOnly\":true}");
}

static void the_answer_of_the_document_has_the_keys_that_json_has(void **state)
{
	struct value *answer = value_map(arena), *row = value_map(arena);
	const struct value *properties;
	struct str key;

	(void)state;
	entity_openapi_schema(&visit, WRITE_DELETE, answer);
	record_to_value(sample(), row);
	properties = value_get(answer, STR("properties"));
	assert_int_equal(value_count(properties), value_count(row));
	assert_int_equal(value_count(value_get(answer, STR("required"))), value_count(row));
	for (size_t i = 0; value_member(row, i, &key); i++)
		assert_non_null(value_get(properties, key));
}

/* A parameter of the document is one that the list knows, whatever it says of the value. */
static void list_takes(struct str name)
{
	const struct form_field sent = {.name = name, .text = STR("?")};
	const struct form form = {&sent, 1};
	struct errors *errors = errors_new(arena);
	struct list_query query;
	enum err err = list_query_parse(arena, &visit, &form, NULL, &query, errors);

	if (err && strncmp(errors_first(errors)->code, "unknown", 7) == 0)
		fail_msg("%.*s", STR_FMT_ARG(name));
}

static void list_parameters_are_what_the_list_takes(void **state)
{
	static const char *const first[] = {"limit", "cursor", "sort", "q"};
	static const char *const among[] = {"hours",           "hours[in]",         "hours[not]",   "hours[gte]",
					    "hours[empty]",    "price_cents[lt]",   "paid",         "starts_at[within]",
					    "starts_at[next]", "starts_at[before]", "state[in]",    "state[not]",
					    "user_id",         "user_id[empty]",    "email[starts]"};
	struct value *parameters = value_list(arena);

	(void)state;
	entity_openapi_list_parameters(&visit, parameters);
	for (size_t i = 0; i < COUNT_OF(first); i++)
		assert_str(at(value_at(parameters, i), "name"), first[i]);
	for (size_t i = 0; i < COUNT_OF(among); i++)
		assert_non_null(named(parameters, among[i]));
	for (size_t i = COUNT_OF(first); i < value_count(parameters); i++)
		list_takes(at(value_at(parameters, i), "name"));
	assert_str(json_text(value_get(named(parameters, "sort"), STR("schema"))),
		   "{\"type\":\"string\",\"enum\":[\"title\",\"-title\",\"price_cents\",\"-price_cents\",\"created_"
		   "at\",\"-created_at\"],"
		   "\"default\":\"-created_at\"}");
}

/* ---- local time ---- */

static void time_is_told_in_the_zone_of_the_reader(void **state)
{
	const int64_t winter = INT64_C(1763883120000000), summer = INT64_C(1752660000500000);

	(void)state;
	local_time_zone(STR("America/New_York"));
	assert_str(local_time(arena, winter), "23 Nov 2025, 02:32 EST");
	assert_str(local_time(arena, summer), "16 Jul 2025, 06:00 EDT");
	local_time_zone(STR("America/Los_Angeles"));
	assert_str(local_time(arena, winter), "22 Nov 2025, 23:32 PST");
	assert_str(local_date(arena, winter), "22 Nov 2025");
	local_time_zone(STR_NONE);
	assert_str(local_time(arena, winter), "23 Nov 2025, 07:32 UTC");
	assert_str(local_time(arena, -1), "31 Dec 1969, 23:59 UTC");
}

/* A wall clock in New York, the instant in UTC it means, and what it shows again where that differs. */
static void what_is_typed_is_a_time_of_the_readers_own(void **state)
{
	static const struct {
		const char *wall, *utc, *again;
	} times[] = {
		{"2026-01-15T09:00", "2026-01-15T14:00:00.000Z", NULL},
		{"2026-07-15T09:00:30", "2026-07-15T13:00:30.000Z", "2026-07-15T09:00"},
		{"2026-03-08T01:59", "2026-03-08T06:59:00.000Z", NULL},
		{"2026-03-08T02:30", "2026-03-08T07:30:00.000Z", "2026-03-08T03:30"}, /* skipped */
		{"2026-03-08T03:00", "2026-03-08T07:00:00.000Z", NULL},
		{"2026-11-01T00:59", "2026-11-01T04:59:00.000Z", NULL},
		{"2026-11-01T01:30", "2026-11-01T05:30:00.000Z", NULL}, /* comes twice: the first */
		{"2026-11-01T02:00", "2026-11-01T07:00:00.000Z", NULL},
		{"1969-12-31T23:59", "1970-01-01T04:59:00.000Z", NULL},
	};
	int64_t instant;

	(void)state;
	local_time_zone(STR("America/New_York"));
	for (size_t i = 0; i < COUNT_OF(times); i++) {
		assert_true(local_from_wall(str_from(times[i].wall), &instant));
		assert_str(clock_rfc3339(arena, instant), times[i].utc);
		assert_str(local_wall(arena, instant), times[i].again ? times[i].again : times[i].wall);
	}
	local_time_zone(STR("America/Phoenix")); /* has no summer time */
	assert_true(local_from_wall(STR("2026-07-15T09:00"), &instant));
	assert_str(clock_rfc3339(arena, instant), "2026-07-15T16:00:00.000Z");
	local_time_zone(STR_NONE);
	assert_true(local_from_wall(STR("2026-07-15T09:00"), &instant));
	assert_str(clock_rfc3339(arena, instant), "2026-07-15T09:00:00.000Z");
	assert_false(local_from_wall(STR("2026-07-15"), &instant));
	assert_false(local_from_wall(STR("2026-02-30T09:00"), &instant));
	assert_false(local_from_wall(STR("2026-07-15T9:00am"), &instant));
}

static void a_form_that_was_left_alone_changes_no_second(void **state)
{
	struct record *current = record_new(arena, &visit), *change = record_new(arena, &visit);

	(void)state;
	record_set(current, VISIT_STARTS, STR("2026-11-01T06:30:45.123Z")); /* the second 01:30 of that night */
	local_time_zone(STR("America/New_York"));
	record_set(change, VISIT_STARTS, STR("2026-11-01T05:30:00.000Z")); /* as the input came back */
	record_keep_as_shown(change, current);
	assert_str(record_get(change, VISIT_STARTS), "2026-11-01T06:30:45.123Z");
	record_set(change, VISIT_STARTS, STR("2026-11-01T05:31:00.000Z"));
	record_keep_as_shown(change, current);
	assert_str(record_get(change, VISIT_STARTS), "2026-11-01T05:31:00.000Z");
	local_time_zone(STR_NONE);
}

static void a_zone_is_a_name_and_never_a_path(void **state)
{
	static const char *const bad[] = {
		"",         "/etc/localtime", "../../etc/passwd", "America/../UTC", "America//New_York",
		"America/", ":UTC",           "EST5EDT,M3.2.0",   "Nowhere/At_All", "UTC\n"};

	(void)state;
	assert_true(local_time_zone_valid(STR("America/Indiana/Indianapolis")));
	assert_true(local_time_zone_valid(STR("UTC")));
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_false(local_time_zone_valid(str_from(bad[i])));
		local_time_zone(str_from(bad[i]));
		assert_str(local_time(arena, 0), "1 Jan 1970, 00:00 UTC");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(json_shows_the_visible_fields_in_order),
		TEST(rows_of_a_list_are_printed_as_one_is),
		TEST(a_long_first_row_makes_no_room_for_others_like_it),
		TEST(every_map_of_a_view_has_the_same_names),
		TEST(a_new_form_offers_what_can_be_sent_with_its_defaults),
		TEST(an_edit_form_shows_the_stored_row),
		TEST(what_was_typed_survives_an_error),
		TEST(a_detail_page_reads_like_a_letter),
		TEST(list_cells_are_the_listed_fields),
		TEST(the_document_says_what_the_parsers_do),
		TEST(the_answer_of_the_document_has_the_keys_that_json_has),
		TEST(list_parameters_are_what_the_list_takes),
		TEST(time_is_told_in_the_zone_of_the_reader),
		TEST(what_is_typed_is_a_time_of_the_readers_own),
		TEST(a_form_that_was_left_alone_changes_no_second),
		TEST(a_zone_is_a_name_and_never_a_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
