/* JSON and forms into records: what is taken, what is refused, and in which words. */
#include "tests/unit/entity_fixture.h"

/* The code at `field` after parsing a body that is otherwise complete. */
static struct record *parse_json(enum write_kind kind, const char *body, struct errors **errors, enum err *err)
{
	struct record *record = record_new(arena, &visit);

	*errors = errors_new(arena);
	*err = record_from_json(record, kind, json_of(body), *errors);
	return record;
}

static struct record *parse_form(enum write_kind kind, const char *text, struct errors **errors, enum err *err)
{
	static const char *const also[] = {"csrf", NULL};
	struct record *record = record_new(arena, &visit);
	struct form form = form_of(text);

	*errors = errors_new(arena);
	*err = record_from_form(record, kind, &form, also, *errors);
	return record;
}

static void good_values_come_out_in_stored_form(void **state)
{
	static const struct {
		int field;
		const char *json, *stored; /* NULL: null */
	} cases[] = {
		{VISIT_TITLE, "\"  Tap  \"", "Tap"},
		{VISIT_TITLE, "\"r\\u00f6hre\"", "r\xc3\xb6hre"},
		{VISIT_NOTES, "\"a\\r\\nb\\tc\\n\"", "a\nb\tc"},
		{VISIT_NOTES, "\"   \"", NULL},
		{VISIT_NOTES, "null", NULL},
		{VISIT_EMAIL, "\"Ann.O'Neil+x@mail.example.com\"", "Ann.O'Neil+x@mail.example.com"},
		{VISIT_PHONE, "\"(512) 555-0123 x4\"", "(512) 555-0123 x4"},
		{VISIT_PHONE, "\"555-0123\"", "555-0123"},
		{VISIT_SITE, "\"example.com/a?b=http://c\"", "https://example.com/a?b=http://c"},
		{VISIT_SITE, "\"HTTP://example.com:8080\"", "http://example.com:8080"},
		{VISIT_SLUG, "\"Acme-2\"", "acme-2"},
		{VISIT_SECRET, "\"  spaces stay  \"", "  spaces stay  "},
		{VISIT_HOURS, "-5", "-5"},
		{VISIT_HOURS, "-0", "0"},
		{VISIT_PRICE, "125050", "125050"},
		{VISIT_PRICE, "null", "0"},
		{VISIT_PAID, "true", "t"},
		{VISIT_STARTS, "\"2026-11-23T08:32:00+01:00\"", "2026-11-23T07:32:00.000Z"},
		{VISIT_STATE, "\"done\"", "done"},
		{VISIT_USER, "\"0190A5B0-0000-7000-8000-00000000000F\"", "0190a5b0-0000-7000-8000-00000000000f"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *name = visit_fields[cases[i].field].name;
		struct errors *errors;
		enum err err;
		struct record *record = parse_json(
			WRITE_UPDATE, arena_printf(arena, "{\"%s\": %s}", name, cases[i].json).p, &errors, &err);

		if (err)
			fail_msg("%s %s: %s", name, cases[i].json, message_at(errors, name));
		assert_true(record_given(record, cases[i].field));
		if (cases[i].stored)
			assert_str(record_get(record, cases[i].field), cases[i].stored);
		else
			assert_true(str_absent(record_get(record, cases[i].field)));
	}
}

/* clang-format off */
static const struct {
	const char *field, *json, *code;
} bad_values[] = {
	{"title", "\"x\"", "too_short"},
	{"title", "\"12345678901\"", "too_long"},
	{"title", "null", "required"},
	{"title", "\" \"", "required"},
	{"title", "12", "wrong_type"},
	{"title", "true", "wrong_type"},
	{"title", "[]", "wrong_type"},
	{"title", "{}", "wrong_type"},
	{"title", "\"a\\nb\"", "control_character"},
	{"title", "\"a\\u0007b\"", "control_character"},
	{"title", "\"a\\u0085b\"", "control_character"},
	{"notes", "\"a\\rb\"", "control_character"},
	{"email", "\"ann\"", "not_an_email"},
	{"email", "\"ann@localhost\"", "not_an_email"},
	{"email", "\"a nn@example.com\"", "not_an_email"},
	{"email", "\"ann@@example.com\"", "not_an_email"},
	{"email", "\"ann@example.com@example.org\"", "not_an_email"},
	{"email", "\".ann@example.com\"", "not_an_email"},
	{"email", "\"ann.@example.com\"", "not_an_email"},
	{"email", "\"an..n@example.com\"", "not_an_email"},
	{"email", "\"ann@-example.com\"", "not_an_email"},
	{"email", "\"ann@example..com\"", "not_an_email"},
	{"email", "\"ann@192.168.0.1\"", "not_an_email"},
	{"email", "\"@example.com\"", "not_an_email"},
	{"email", "\"<ann@example.com>\"", "not_an_email"},
	{"phone", "\"123456\"", "not_a_phone"},
	{"phone", "\"1234567890123456\"", "not_a_phone"},
	{"phone", "\"call 5550123\"", "not_a_phone"},
	{"site", "\"javascript:alert(1)\"", "not_a_url"},
	{"site", "\"ftp://example.com\"", "not_a_url"},
	{"site", "\"//example.com\"", "not_a_url"},
	{"site", "\"https://\"", "not_a_url"},
	{"site", "\"https://user:word@example.com\"", "not_a_url"},
	{"site", "\"https://exa mple.com\"", "not_a_url"},
	{"site", "\"https://example.com:99999\"", "not_a_url"},
	{"site", "\"https://example.com/\\\"onload=\"", "not_a_url"},
	{"slug", "\"-acme\"", "not_a_slug"},
	{"slug", "\"ac_me\"", "not_a_slug"},
	{"slug", "\"ab\"", "too_short"},
	{"secret", "\"abc\"", "too_short"},
	{"hours", "1.0", "not_an_integer"},
	{"hours", "1e3", "not_an_integer"},
	{"hours", "\"1\"", "wrong_type"},
	{"hours", "101", "out_of_range"},
	{"hours", "-6", "out_of_range"},
	{"hours", "9223372036854775808", "not_an_integer"},
	{"price_cents", "-1", "out_of_range"},
	{"price_cents", "12.5", "not_an_integer"},
	{"price_cents", "1000000000000", "out_of_range"},
	{"paid", "\"true\"", "wrong_type"},
	{"paid", "1", "wrong_type"},
	{"starts_at", "\"2026-11-23\"", "not_a_time"},
	{"starts_at", "\"2026-11-23T07:32\"", "not_a_time"},
	{"starts_at", "\"2026-02-30T07:32:00Z\"", "not_a_time"},
	{"state", "\"Open\"", "not_a_choice"},
	{"user_id", "\"1\"", "not_an_id"},
	{"rank", "1", "read_only"},
	{"created_at", "\"2026-11-23T07:32:00Z\"", "read_only"},
	{"updated_at", "null", "read_only"},
	{"id", "null", "read_only"},
	{"version", "2", "read_only"},
	{"code", "\"x\"", "read_only"},   /* create only, and this is an update */
	{"hidden", "\"x\"", "unknown_field"},
	{"tenant_id", "null", "unknown_field"},
	{"search_text", "\"x\"", "unknown_field"},
	{"Title", "\"Tap\"", "unknown_field"},
};
/* clang-format on */

static void bad_values_are_refused_at_their_field(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad_values); i++) {
		struct errors *errors;
		enum err err;

		parse_json(WRITE_UPDATE, arena_printf(arena, "{\"%s\": %s}", bad_values[i].field, bad_values[i].json).p,
			   &errors, &err);
		if (err != E_INVALID || strcmp(code_at(errors, bad_values[i].field), bad_values[i].code) != 0)
			fail_msg("%s %s: error %d, \"%s\" instead of \"%s\"", bad_values[i].field, bad_values[i].json,
				 err, code_at(errors, bad_values[i].field), bad_values[i].code);
	}
}

static void messages_are_words_for_a_person(void **state)
{
	struct errors *errors;
	enum err err;

	(void)state;
	parse_json(WRITE_CREATE, "{\"email\": \"x\", \"state\": \"y\", \"hours\": 101, \"price_cents\": 1000000000000}",
		   &errors, &err);
	assert_int_equal(err, E_INVALID);
	assert_string_equal(message_at(errors, "email"), "Enter an e-mail address like name@example.com.");
	assert_string_equal(message_at(errors, "state"), "State must be one of: open, done.");
	assert_string_equal(message_at(errors, "hours"), "Hours must be from -5 to 100.");
	assert_string_equal(message_at(errors, "price_cents"), "Price can be at most $9,999,999,999.99.");
	assert_string_equal(message_at(errors, "title"), "Title is required.");
}

static void create_fills_defaults_and_asks_for_what_is_required(void **state)
{
	struct errors *errors;
	struct record *record;
	enum err err;

	(void)state;
	record = parse_json(WRITE_CREATE, "{\"title\": \"Tap\", \"code\": \"C1\"}", &errors, &err);
	assert_int_equal(err, OK);
	assert_str(record_text(record, "state"), "open");
	assert_str(record_text(record, "paid"), "f");
	assert_str(record_text(record, "code"), "C1");
	assert_false(record_given(record, VISIT_STATE));
	parse_json(WRITE_CREATE, "{}", &errors, &err);
	assert_int_equal(err, E_INVALID);
	assert_string_equal(code_at(errors, "title"), "required");
	record = parse_json(WRITE_UPDATE, "{}", &errors, &err);
	assert_int_equal(err, OK);
	assert_true(str_absent(record_text(record, "state")));
}

static void a_required_field_with_a_default_may_be_absent_but_not_emptied(void **state)
{
	struct field fields[] = {{.name = "role",
				  .label = "Role",
				  .type = FIELD_CHOICE,
				  .flags = FIELD_REQUIRED,
				  .choices = visit_states,
				  .default_value = "open"}};
	struct entity entity = {
		.name = "x", .plural = "xs", .label = "X", .label_plural = "Xs", .fields = fields, .field_count = 1};
	struct record *record = record_new(arena, &entity);
	struct errors *errors = errors_new(arena);

	(void)state;
	assert_int_equal(record_from_json(record, WRITE_CREATE, json_of("{}"), errors), OK);
	assert_str(record_get(record, 0), "open");
	assert_int_equal(
		record_from_json(record_new(arena, &entity), WRITE_CREATE, json_of("{\"role\": null}"), errors),
		E_INVALID);
	assert_string_equal(code_at(errors, "role"), "required");
}

static void a_body_that_is_no_object_is_malformed(void **state)
{
	static const char *const bodies[] = {"[]", "\"x\"", "1", "null", "true"};
	struct record *record = record_new(arena, &visit);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bodies); i++)
		assert_int_equal(record_from_json(record, WRITE_CREATE, json_of(bodies[i]), errors_new(arena)),
				 E_MALFORMED);
	assert_int_equal(record_from_json(record, WRITE_CREATE, NULL, errors_new(arena)), E_MALFORMED);
}

static void a_long_unknown_name_is_not_repeated_whole(void **state)
{
	struct buffer body = BUFFER_IN(arena);
	struct errors *errors;
	enum err err;

	(void)state;
	buffer_add_str(&body, STR("{\""));
	for (int i = 0; i < 1000; i++)
		buffer_add_str(&body, STR("\xc3\xa4"));
	buffer_add_str(&body, STR("\": 1}"));
	parse_json(WRITE_UPDATE, body.bytes, &errors, &err);
	assert_int_equal(err, E_INVALID);
	assert_int_equal(strlen(errors_first(errors)->field), 128);
}

static void a_form_speaks_as_people_do(void **state)
{
	struct errors *errors;
	struct record *record;
	enum err err;

	(void)state;
	record = parse_form(WRITE_CREATE,
			    "csrf=abc&title=+Tap+&price_cents=%241%2C250.50&paid=on&starts_at=2026-11-23T07%3A32&notes="
			    "&hours=7&user_id=",
			    &errors, &err);
	assert_int_equal(err, OK);
	assert_str(record_text(record, "title"), "Tap");
	assert_str(record_text(record, "price_cents"), "125050");
	assert_str(record_text(record, "paid"), "t");
	assert_str(record_text(record, "starts_at"), "2026-11-23T07:32:00.000Z");
	assert_true(str_absent(record_text(record, "notes")));
	assert_true(str_absent(record_text(record, "user_id")));
	assert_true(record_given(record, VISIT_USER));
}

static void money_is_read_as_it_is_written(void **state)
{
	static const struct {
		const char *typed, *cents; /* NULL: refused */
	} cases[] = {
		{"1250", "125000"},
		{"1,250.50", "125050"},
		{"%241,250", "125000"},
		{"0.5", "50"},
		{".50", "50"},
		{"%24+12", "1200"},
		{"1,234,567", "123456700"},
		{"", "0"},
		{"1.255", NULL},
		{"-5", NULL},
		{"1,25", NULL},
		{"12,50.00", NULL},
		{"1250,000", NULL},
		{"12.", NULL},
		{"ten", NULL},
		{"1 250", NULL},
		{"%24", NULL},
		{"1e3", NULL},
		{"9999999999999999999", NULL},
		{"10000000000", NULL},
		{".", NULL},
		{"1.2.3", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct errors *errors;
		enum err err;
		struct record *record = parse_form(
			WRITE_UPDATE, arena_printf(arena, "price_cents=%s", cases[i].typed).p, &errors, &err);

		if ((err == OK) != (cases[i].cents != NULL))
			fail_msg("\"%s\": error %d %s", cases[i].typed, err, message_at(errors, "price_cents"));
		if (cases[i].cents)
			assert_str(record_text(record, "price_cents"), cases[i].cents);
		else
			assert_true(*message_at(errors, "price_cents"));
	}
}

static void an_unchecked_box_is_false_only_where_it_was_shown(void **state)
{
	struct errors *errors;
	struct record *record;
	enum err err;

	(void)state;
	record = parse_form(WRITE_UPDATE, "title=Tap", &errors, &err);
	assert_int_equal(err, OK);
	assert_false(record_given(record, VISIT_PAID));
	record = parse_form(WRITE_UPDATE, "title=Tap&paid.present=1", &errors, &err);
	assert_int_equal(err, OK);
	assert_true(record_given(record, VISIT_PAID));
	assert_str(record_text(record, "paid"), "f");
	record = parse_form(WRITE_UPDATE, "paid.present=1&paid=on", &errors, &err);
	assert_int_equal(err, OK);
	assert_str(record_text(record, "paid"), "t");
}

static void a_form_refuses_what_it_did_not_show(void **state)
{
	static const struct {
		const char *form, *field, *code;
	} cases[] = {
		{"title=Tap&role=owner", "role", "unknown_field"},
		{"title=Tap&rank=3", "rank", "read_only"},
		{"title=Tap&title=Pipe", "title", "repeated"},
		{"title=Tap&hidden=1", "hidden", "unknown_field"},
		{"title.present=1", "title.present", "unknown_field"},
		{"paid=maybe", "paid", "wrong_type"},
		{"code=x", "code", "read_only"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct errors *errors;
		enum err err;

		parse_form(WRITE_UPDATE, cases[i].form, &errors, &err);
		assert_int_equal(err, E_INVALID);
		assert_string_equal(code_at(errors, cases[i].field), cases[i].code);
	}
}

static void a_file_is_no_text(void **state)
{
	const struct form_field file = {.name = STR("title"), .text = STR("bytes"), .file_name = STR("a.txt")};
	const struct form form = {&file, 1};
	struct errors *errors = errors_new(arena);

	(void)state;
	assert_int_equal(record_from_form(record_new(arena, &visit), WRITE_CREATE, &form, NULL, errors), E_INVALID);
	assert_string_equal(code_at(errors, "title"), "wrong_type");
}

/* ---- days ---- */

static const struct field outing_fields[] = {{.name = "day", .label = "Day", .type = FIELD_DATE}};
static const struct entity outing = {.name = "outing",
				     .plural = "outings",
				     .label = "Outing",
				     .label_plural = "Outings",
				     .fields = outing_fields,
				     .field_count = COUNT_OF(outing_fields)};

static void a_day_is_one_of_the_calendar_and_has_no_zone(void **state)
{
	static const struct {
		const char *json, *code; /* NULL: good */
	} days[] = {
		{"\"2026-11-23\"", NULL},
		{"\"2024-02-29\"", NULL},
		{"\"1000-01-01\"", NULL},
		{"\"2999-12-31\"", NULL},
		{"null", NULL},
		{"\"2026-02-29\"", "not_a_date"},
		{"\"2026-11-31\"", "not_a_date"},
		{"\"2026-13-01\"", "not_a_date"},
		{"\"2026-00-10\"", "not_a_date"},
		{"\"2026-1-1\"", "not_a_date"},
		{"\"23.11.2026\"", "not_a_date"},
		{"\"2026-11-23T00:00:00Z\"", "not_a_date"},
		{"\"2026-11-23Z\"", "not_a_date"},
		{"\"+026-11-23\"", "not_a_date"},
		{"\"0999-12-31\"", "out_of_range"},
		{"\"3000-01-01\"", "out_of_range"},
		{"20261123", "wrong_type"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(days); i++) {
		struct record *record = record_new(arena, &outing);
		struct errors *errors = errors_new(arena);
		struct value *body;
		struct str why, json = arena_printf(arena, "{\"day\": %s}", days[i].json);

		assert_int_equal(json_parse(arena, json, &json_limits_request, &body, &why), OK);
		assert_int_equal(record_from_json(record, WRITE_CREATE, body, errors), days[i].code ? E_INVALID : OK);
		if (days[i].code)
			assert_string_equal(errors_for(errors, "day")->code, days[i].code);
		else if (days[i].json[0] == '"')
			assert_memory_equal(record_get(record, 0).p, days[i].json + 1, 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(good_values_come_out_in_stored_form),
		TEST(a_day_is_one_of_the_calendar_and_has_no_zone),
		TEST(bad_values_are_refused_at_their_field),
		TEST(messages_are_words_for_a_person),
		TEST(create_fills_defaults_and_asks_for_what_is_required),
		TEST(a_required_field_with_a_default_may_be_absent_but_not_emptied),
		TEST(a_body_that_is_no_object_is_malformed),
		TEST(a_long_unknown_name_is_not_repeated_whole),
		TEST(a_form_speaks_as_people_do),
		TEST(money_is_read_as_it_is_written),
		TEST(an_unchecked_box_is_false_only_where_it_was_shown),
		TEST(a_form_refuses_what_it_did_not_show),
		TEST(a_file_is_no_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
