/* Filters: which operator fits which type, what their values may be, and the conditions they become. */
#include "tests/unit/entity_fixture.h"

#include "lib/base/clock.h"
#include "lib/entity/custom.h"
#include "lib/entity/entity_internal.h"
#include "lib/entity/local_time.h"

static enum err parse(const char *text, struct list_query *query, struct errors **errors)
{
	struct form form = form_of(text);

	*errors = errors_new(arena);
	return list_query_parse(arena, &visit, &form, NULL, query, *errors);
}

/* The condition with its arguments in place, without what every list has. */
static const char *condition_on(const struct entity *entity, const char *text)
{
	struct form form = form_of(text);
	struct list_query query;
	struct sql sql = sql_new(arena);
	struct buffer out = BUFFER_IN(arena);

	sql.me = uuid_zero();
	assert_int_equal(list_query_parse(arena, entity, &form, NULL, &query, errors_new(arena)), OK);
	for (size_t i = 0; i < query.filter_count; i++)
		sql_add_filter(&sql, entity, &query.filters[i]);
	for (size_t i = 0; i < sql.text.length; i++) {
		if (sql.text.bytes[i] != '$') {
			buffer_add_char(&out, sql.text.bytes[i]);
			continue;
		}
		buffer_add_str(&out, sql.arguments[sql.text.bytes[++i] - '2'].text);
	}
	return arena_c_string(arena, buffer_str(&out));
}

static const char *condition_of(const char *text)
{
	return condition_on(&visit, text);
}

static void each_operator_becomes_its_condition(void **state)
{
	static const struct {
		const char *text, *condition;
	} cases[] = {
		{"state=done", " AND state = done"},
		{"state[in]=done,open", " AND state = ANY({\"done\",\"open\"})"},
		{"state[in]=+done+,,", " AND state = done"},
		{"state[not]=done", " AND state <> ALL({\"done\"})"},
		{"hours[not]=3", " AND (hours IS NULL OR hours <> ALL({\"3\"}))"},
		{"code[in]=a%22b%5Cc,d", " AND code = ANY({\"a\\\"b\\\\c\",\"d\"})"},
		{"email[starts]=A%25_b", " AND search_text LIKE %a\\%\\_b% AND email LIKE A\\%\\_b%"},
		{"email[starts]=ab", " AND email LIKE ab%"},
		{"email[in]=a@b.example", " AND email = a@b.example"},
		{"hours[gte]=-5", " AND hours >= -5"},
		{"hours[gt]=7&hours[lte]=9", " AND hours > 7 AND hours <= 9"},
		{"price_cents[lt]=125050", " AND price_cents < 125050"}, /* cents: an address is for programs too */
		{"paid=true", " AND paid = t"},
		{"user_id[empty]=true", " AND user_id IS NULL"},
		{"user_id[empty]=false", " AND user_id IS NOT NULL"},
		{"user_id=me", " AND user_id = 00000000-0000-0000-0000-000000000000"},
		{"starts_at[gt]=2026-11-23T07:32:00Z", " AND starts_at > 2026-11-23T07:32:00.000Z"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		if (strcmp(condition_of(cases[i].text), cases[i].condition) != 0)
			fail_msg("%s:%s", cases[i].text, condition_of(cases[i].text));
}

static void a_day_is_a_day_of_the_persons_zone(void **state)
{
	static const struct {
		const char *text, *condition;
	} cases[] = {
		/* New York leaves summer time on 1 November 2026: that day has 25 hours. */
		{"starts_at=2026-11-01",
		 " AND (starts_at >= 2026-11-01 04:00:00.000000+00 AND starts_at < 2026-11-02 05:00:00.000000+00)"},
		{"starts_at[gte]=2026-11-01", " AND starts_at >= 2026-11-01 04:00:00.000000+00"},
		{"starts_at[lt]=2026-11-01", " AND starts_at < 2026-11-01 04:00:00.000000+00"},
		{"starts_at[gt]=2026-11-01", " AND starts_at >= 2026-11-02 05:00:00.000000+00"},
		{"starts_at[lte]=2026-12-31", " AND starts_at < 2027-01-01 05:00:00.000000+00"},
	};

	(void)state;
	local_time_zone(STR("America/New_York"));
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		if (strcmp(condition_of(cases[i].text), cases[i].condition) != 0)
			fail_msg("%s:%s", cases[i].text, condition_of(cases[i].text));
	local_time_zone(STR("UTC"));
}

/* The first instant of a condition, from now. */
static int64_t seconds_from_now(const char *condition)
{
	const char *start = strstr(condition, "20");
	int64_t instant;

	assert_true(clock_from_postgres((struct str){start, (size_t)(strchr(start, '+') - start) + 3}, &instant));
	return (instant - clock_now()) / MICROSECONDS_PER_SECOND;
}

static void a_span_counts_from_now(void **state)
{
	(void)state;
	assert_in_range(-seconds_from_now(condition_of("starts_at[within]=12h")), 12 * 3600 - 5, 12 * 3600 + 5);
	assert_in_range(-seconds_from_now(condition_of("starts_at[before]=2w")), 14 * 86400 - 5, 14 * 86400 + 5);
	assert_in_range(-seconds_from_now(condition_of("starts_at[before]=10y")), 3651 * 86400, 3654 * 86400);
	assert_in_range(seconds_from_now(condition_of("starts_at[next]=3m")) + 5, 0, 10);
	assert_non_null(strstr(condition_of("starts_at[before]=2w"), " AND starts_at < 20"));
	assert_non_null(strstr(condition_of("starts_at[within]=1d"), " AND (starts_at >= 20"));
}

static void a_companys_own_fields_are_filtered_alike(void **state)
{
	static const struct {
		const char *text, *condition;
	} cases[] = {
		{"custom_gate=7%2B7", " AND custom->>gate = 7+7"},
		{"custom_gate[empty]=true", " AND custom->>gate IS NULL"},
		{"custom_gate[not]=a,b", " AND (custom->>gate IS NULL OR custom->>gate <> ALL({\"a\",\"b\"}))"},
		{"custom_tons=02.50", " AND custom->>tons = 2.5"},
		{"custom_tons[gte]=2.5", " AND (jsonb_typeof(custom->tons) = 'number' AND custom->tons >= 2.5::jsonb)"},
		{"custom_attic=true", " AND custom->>attic = true"},
		{"custom_due[lt]=2026-11-23", " AND custom->>due < 2026-11-23"},
	};
	struct entity own = visit;
	const struct entity *entity;

	(void)state;
	own.custom = true;
	entity = entity_with_custom(
		arena, &own,
		STR("[{\"entity\":\"visits\",\"name\":\"gate\",\"label\":\"Gate\",\"type\":\"text\",\"is_required\":"
		    "true},"
		    "{\"entity\":\"visits\",\"name\":\"tons\",\"label\":\"Tons\",\"type\":\"number\"},"
		    "{\"entity\":\"visits\",\"name\":\"attic\",\"label\":\"Attic\",\"type\":\"yes_no\"},"
		    "{\"entity\":\"visits\",\"name\":\"due\",\"label\":\"Due\",\"type\":\"date\"}]"));
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		if (strcmp(condition_on(entity, cases[i].text), cases[i].condition) != 0)
			fail_msg("%s:%s", cases[i].text, condition_on(entity, cases[i].text));
	assert_int_equal(strncmp(condition_on(entity, "custom_due[next]=2d"), " AND (custom->>due >= 20", 24), 0);
}

static void what_does_not_fit_is_an_error_at_the_parameter(void **state)
{
	static const struct {
		const char *text, *field, *code;
	} cases[] = {
		{"state[gte]=done", "state[gte]", "unknown_operator"},
		{"state[]=done", "state[]", "unknown_operator"},
		{"state[in=done", "state[in", "unknown_operator"},
		{"state[in]x=done", "state[in]x", "unknown_operator"},
		{"state[IN]=done", "state[IN]", "unknown_operator"},
		{"state[empty]=true", "state[empty]", "unknown_operator"}, /* it has a default */
		{"paid[not]=true", "paid[not]", "unknown_operator"},
		{"hours[starts]=1", "hours[starts]", "unknown_operator"},
		{"code[starts]=1", "code[starts]", "unknown_operator"}, /* not searched */
		{"hours[within]=7d", "hours[within]", "unknown_operator"},
		{"state[in]=done,closed", "state[in]", "not_a_choice"},
		{"state[in]=,", "state[in]", "required"},
		{"hours[gte]=x", "hours[gte]", "not_an_integer"},
		{"price_cents[gte]=12.50", "price_cents[gte]", "not_an_integer"},
		{"starts_at[gte]=2026-13-01", "starts_at[gte]", "not_a_time"},
		{"starts_at[within]=7", "starts_at[within]", "not_a_span"},
		{"starts_at[within]=0d", "starts_at[within]", "not_a_span"},
		{"starts_at[within]=-1d", "starts_at[within]", "not_a_span"},
		{"starts_at[within]=10000d", "starts_at[within]", "not_a_span"},
		{"user_id[empty]=maybe", "user_id[empty]", "wrong_type"},
		{"title[starts]=T", "title[starts]", "unknown_field"}, /* not filterable */
		{"hours[gt]=1&hours[gt]=2", "hours[gt]", "repeated"},
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

static void values_and_filters_have_a_cap(void **state)
{
	struct buffer many = BUFFER_IN(arena);
	struct list_query query;
	struct errors *errors;

	(void)state;
	buffer_printf(&many, "hours[in]=0");
	for (int i = 1; i < LIST_MOST_VALUES; i++)
		buffer_printf(&many, ",%d", i);
	assert_int_equal(parse(arena_c_string(arena, buffer_str(&many)), &query, &errors), OK);
	assert_int_equal(query.filters[0].count, LIST_MOST_VALUES);
	buffer_printf(&many, ",%d", 99);
	assert_int_equal(parse(arena_c_string(arena, buffer_str(&many)), &query, &errors), E_INVALID);
	assert_string_equal(code_at(errors, "hours[in]"), "too_many");
}

static void a_typed_value_becomes_the_parameter(void **state)
{
	const struct field *price = &visit_fields[VISIT_PRICE], *hours = &visit_fields[VISIT_HOURS];
	struct list_query query;
	struct errors *errors;

	(void)state;
	assert_str(list_filter_name(arena, price, LIST_AT_LEAST), "price_cents[gte]");
	assert_str(list_filter_name(arena, hours, LIST_IS), "hours");
	assert_str(list_filter_typed(arena, price, LIST_AT_LEAST, STR(" $1,250.50 ")), "125050");
	assert_str(list_filter_typed(arena, price, LIST_AT_LEAST, STR("much")), "much");
	assert_str(list_filter_typed(arena, hours, LIST_AT_LEAST, STR("7")), "7");
	assert_int_equal(parse("state[in]=open,done&starts_at[within]=1d&price_cents[gt]=5000", &query, &errors), OK);
	assert_str(list_filter_words(arena, &visit_fields[VISIT_STATE], &query.filters[0]), "Open or Done");
	assert_str(list_filter_words(arena, &visit_fields[VISIT_STARTS], &query.filters[1]), "1 day");
	assert_str(list_filter_words(arena, price, &query.filters[2]), "$50");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_operator_becomes_its_condition),
		cmocka_unit_test(a_day_is_a_day_of_the_persons_zone),
		cmocka_unit_test(a_span_counts_from_now),
		cmocka_unit_test(a_companys_own_fields_are_filtered_alike),
		cmocka_unit_test(what_does_not_fit_is_an_error_at_the_parameter),
		cmocka_unit_test(values_and_filters_have_a_cap),
		cmocka_unit_test(a_typed_value_becomes_the_parameter),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
