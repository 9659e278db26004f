/* List parameters, cursors and the words of a search. */
#include "tests/unit/entity_fixture.h"

#include "lib/entity/entity_internal.h"

static enum err parse(const char *text, struct list_query *query, struct errors **errors)
{
	static const char *const also[] = {"saved", NULL};
	struct form form = form_of(text);

	*errors = errors_new(arena);
	return list_query_parse(arena, &visit, &form, also, query, *errors);
}

static void nothing_asked_gives_the_defaults(void **state)
{
	struct list_query query;
	struct errors *errors;

	(void)state;
	assert_int_equal(parse("", &query, &errors), OK);
	assert_int_equal(query.limit, 25);
	assert_int_equal(query.sort_field, VISIT_CREATED);
	assert_true(query.descending);
	assert_true(str_absent(query.q));
	assert_true(str_absent(query.cursor));
	assert_int_equal(query.filter_count, 0);
}

static void every_parameter_is_read(void **state)
{
	struct list_query query;
	struct errors *errors;

	(void)state;
	assert_int_equal(
		parse("limit=200&sort=price_cents&q=+tap++leak&state=done&paid=true&cursor=abc&saved=1&user_id=",
		      &query, &errors),
		OK);
	assert_int_equal(query.limit, 200);
	assert_int_equal(query.sort_field, VISIT_PRICE);
	assert_false(query.descending);
	assert_str(query.q, "tap  leak");
	assert_int_equal(query.filter_count, 2); /* an empty box asks for nothing */
	assert_int_equal(query.filters[0].field, VISIT_STATE);
	assert_str(query.filters[0].values[0], "done");
	assert_int_equal(query.filters[1].field, VISIT_PAID);
	assert_str(query.filters[1].values[0], "t");
	assert_str(query.cursor, "abc");
}

static void anything_else_is_an_error_at_its_name(void **state)
{
	static const struct {
		const char *text, *field, *code;
	} cases[] = {
		{"limit=0", "limit", "out_of_range"},      {"limit=201", "limit", "out_of_range"},
		{"limit=ten", "limit", "out_of_range"},    {"limit=+5", "limit", "out_of_range"},
		{"sort=notes", "sort", "not_a_choice"},    {"sort=--title", "sort", "not_a_choice"},
		{"sort=id", "sort", "not_a_choice"},       {"sort=-", "sort", "not_a_choice"},
		{"state=closed", "state", "not_a_choice"}, {"paid=maybe", "paid", "wrong_type"},
		{"user_id=7", "user_id", "not_an_id"},     {"title=Tap", "title", "unknown_field"},
		{"page=2", "page", "unknown_field"},       {"limit=5&limit=6", "limit", "repeated"},
		{"hidden=1", "hidden", "unknown_field"},   {"q=a%07b", "q", "control_character"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct list_query query;
		struct errors *errors;

		assert_int_equal(parse(cases[i].text, &query, &errors), E_INVALID);
		if (strcmp(code_at(errors, cases[i].field), cases[i].code) != 0)
			fail_msg("%s: \"%s\"", cases[i].text, code_at(errors, cases[i].field));
	}
}

/* ---- cursors ---- */

static const uint8_t key[32] = {1, 2, 3};

static void a_cursor_serves_the_list_it_came_from_and_no_other(void **state)
{
	static const char *const others[] = {"sort=created_at", "sort=-price_cents", "q=tap",
					     "state=open",      "state[in]=open",    "paid=false"};
	struct uuid tenant = uuid_new(), stranger = uuid_new(), id = uuid_new(), read_id;
	struct entity other_entity = visit;
	struct list_query query;
	struct errors *errors;
	struct str cursor, value;

	(void)state;
	entity_list_key(key);
	assert_int_equal(parse("", &query, &errors), OK);
	cursor = cursor_make(arena, tenant, &visit, &query, STR("2026-11-23 07:32:00.123456+00"), id);
	query.cursor = cursor;
	assert_true(cursor_open(arena, tenant, &visit, &query, &value, &read_id));
	assert_str(value, "2026-11-23 07:32:00.123456+00");
	assert_true(uuid_equal(id, read_id));
	assert_false(cursor_open(arena, stranger, &visit, &query, &value, &read_id));
	other_entity.plural = "jobs";
	assert_false(cursor_open(arena, tenant, &other_entity, &query, &value, &read_id));
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		assert_int_equal(parse(others[i], &query, &errors), OK);
		query.cursor = cursor;
		if (cursor_open(arena, tenant, &visit, &query, &value, &read_id))
			fail_msg("it opened with %s", others[i]);
	}
}

static void a_cursor_cannot_be_forged(void **state)
{
	static const uint8_t other_key[32] = {9};
	struct uuid tenant = uuid_new(), id;
	struct list_query query;
	struct errors *errors;
	struct str value;
	char *text;

	(void)state;
	entity_list_key(key);
	assert_int_equal(parse("", &query, &errors), OK);
	query.cursor = cursor_make(arena, tenant, &visit, &query, STR("5"), uuid_new());
	text = arena_c_string(arena, query.cursor);
	query.cursor = str_from(text);
	for (size_t i = 0; i + 1 < query.cursor.n; i++) {
		char kept = text[i];

		text[i] = kept == 'A' ? 'B' : 'A';
		assert_false(cursor_open(arena, tenant, &visit, &query, &value, &id));
		text[i] = kept;
	}
	assert_true(cursor_open(arena, tenant, &visit, &query, &value, &id));
	query.cursor.n -= 2;
	assert_false(cursor_open(arena, tenant, &visit, &query, &value, &id));
	query.cursor = STR("");
	assert_false(cursor_open(arena, tenant, &visit, &query, &value, &id));
	query.cursor = STR("not base64!");
	assert_false(cursor_open(arena, tenant, &visit, &query, &value, &id));
	query.cursor = str_from(text);
	entity_list_key(other_key);
	assert_false(cursor_open(arena, tenant, &visit, &query, &value, &id));
}

/* ---- search ---- */

static void capitals_become_small_in_the_languages_of_customers(void **state)
{
	(void)state;
	assert_str(search_lower(arena, STR("ACME Zoë ÀÉÎÕÜÞ × ß")), "acme zoë àéîõüþ × ß");
	assert_str(search_lower(arena, STR("ŁÓDŹ Škoda ŒUVRE Ÿ İ Ĳ Ŋ")), "łódź škoda œuvre ÿ i ĳ ŋ");
	assert_str(search_lower(arena, STR("ΑΘΗΝΑ ЮРИЙ Ёлка 日本")), "αθηνα юрий ёлка 日本");
	assert_str(search_lower(arena, STR("ħ ı ĸ ŉ")), "ħ ı ĸ ŉ");
}

static void the_row_text_holds_the_searchable_fields_and_the_digits(void **state)
{
	struct record *record = record_new(arena, &visit);

	(void)state;
	record_set_text(record, "title", STR("Tap LEAK"));
	record_set_text(record, "notes", STR("not searchable"));
	record_set_text(record, "phone", STR("(512) 555-0123"));
	record_set_text(record, "email", STR("Ann@Example.com"));
	assert_str(search_text(record), "tap leak\nann@example.com\n(512) 555-0123\n15125550123");
}

static void words_become_patterns(void **state)
{
	struct search_word words[SEARCH_WORDS];

	(void)state;
	assert_int_equal(search_words(arena, STR(" Ann  50%_\\ (512) 555-0123 12 six seven"), words), 5);
	assert_str(words[0].text, "%ann%");
	assert_true(str_absent(words[0].digits));
	assert_str(words[1].text, "%50\\%\\_\\\\%");
	assert_str(words[2].text, "%(512)%");
	assert_str(words[2].digits, "%512%");
	assert_str(words[3].digits, "%5550123%");
	assert_str(words[4].text, "%12%");
	assert_true(str_absent(words[4].digits));
	assert_int_equal(search_words(arena, STR("  \t "), words), 0);
	assert_int_equal(search_words(arena, STR("-"), words), 1);
	assert_true(str_absent(words[0].digits));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_asked_gives_the_defaults),
		TEST(every_parameter_is_read),
		TEST(anything_else_is_an_error_at_its_name),
		TEST(a_cursor_serves_the_list_it_came_from_and_no_other),
		TEST(a_cursor_cannot_be_forged),
		TEST(capitals_become_small_in_the_languages_of_customers),
		TEST(the_row_text_holds_the_searchable_fields_and_the_digits),
		TEST(words_become_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
