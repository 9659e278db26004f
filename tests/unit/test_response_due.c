/* When an answer is due: opening hours, weekends, holidays, and the days on which the clocks are moved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/crm/response.h"
#include "lib/entity/local_time.h"

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new(4 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static int64_t at(const char *rfc3339)
{
	int64_t instant;

	assert_true(clock_from_rfc3339(str_from(rfc3339), &instant));
	return instant;
}

static const char *due(const char *settings, const char *zone, const char *urgency, const char *start)
{
	int64_t instant =
		response_due(response_rules(arena, str_from(settings)), str_from(zone), str_from(urgency), at(start));

	/* Without the ".000" before the Z. */
	return instant ? arena_printf(arena, "%.19sZ", clock_rfc3339(arena, instant).p).p : "never";
}

#define NEW_YORK "America/New_York"
#define HOLIDAY "{\"response\":{\"holidays\":\"2026-11-26\\n2026-12-25\"}}"

static void minutes_count_while_the_company_is_open(void **state)
{
	(void)state;
	/* Monday, 10:00 in New York. */
	assert_string_equal(due("{}", NEW_YORK, "soon", "2026-11-23T15:00:00Z"), "2026-11-23T16:00:00Z");
	/* 16:40: twenty minutes today, forty tomorrow from eight. */
	assert_string_equal(due("{}", NEW_YORK, "soon", "2026-11-23T21:40:00Z"), "2026-11-24T13:40:00Z");
	/* At night: from eight. */
	assert_string_equal(due("{}", NEW_YORK, "soon", "2026-11-24T04:00:00Z"), "2026-11-24T14:00:00Z");
	/* Friday evening: Monday. */
	assert_string_equal(due("{}", NEW_YORK, "no_cool", "2026-11-27T23:00:00Z"), "2026-11-30T13:15:00Z");
	/* No urgency named, and one that nobody knows. */
	assert_string_equal(due("{}", NEW_YORK, NULL, "2026-11-23T15:00:00Z"), "2026-11-23T16:00:00Z");
	assert_string_equal(due("{}", NEW_YORK, "odd", "2026-11-23T15:00:00Z"), "2026-11-23T16:00:00Z");
}

static void an_emergency_does_not_wait_for_the_morning(void **state)
{
	(void)state;
	assert_string_equal(due("{}", NEW_YORK, "leak", "2026-11-24T04:00:00Z"), "2026-11-24T04:05:00Z");
	assert_string_equal(due("{\"response\":{\"urgent_always\":false}}", NEW_YORK, "leak", "2026-11-24T04:00:00Z"),
			    "2026-11-24T13:05:00Z");
	assert_string_equal(due("{\"response\":{\"minutes_leak\":2}}", NEW_YORK, "leak", "2026-11-24T04:00:00Z"),
			    "2026-11-24T04:02:00Z");
}

static void holidays_do_not_count(void **state)
{
	(void)state;
	/* Wednesday 16:30 before Thanksgiving: Friday. */
	assert_string_equal(due(HOLIDAY, NEW_YORK, "soon", "2026-11-25T21:30:00Z"), "2026-11-27T13:30:00Z");
}

static void the_clocks_may_be_moved(void **state)
{
	/* Open all Sunday; on 8 March 2026 two o'clock is three, on 1 November one o'clock comes twice. */
	static const char settings[] = "{\"response\":{\"sunday\":\"00:00-24:00\",\"minutes_soon\":240}}";

	(void)state;
	assert_string_equal(due(settings, NEW_YORK, "soon", "2026-03-08T05:00:00Z"), "2026-03-08T09:00:00Z");
	assert_string_equal(due(settings, NEW_YORK, "soon", "2026-11-01T04:00:00Z"), "2026-11-01T08:00:00Z");
	/* Eight in the morning is another instant after the change. */
	assert_string_equal(due("{}", NEW_YORK, "soon", "2026-03-06T23:00:00Z"), "2026-03-09T13:00:00Z");
}

static void the_zone_of_the_request_stays(void **state)
{
	char before[LOCAL_ZONE_LENGTH_MOST + 1], after[LOCAL_ZONE_LENGTH_MOST + 1];

	(void)state;
	local_time_zone(STR("Pacific/Honolulu"));
	local_time_zone_now(before);
	assert_string_equal(due("{}", NEW_YORK, "soon", "2026-11-23T15:00:00Z"), "2026-11-23T16:00:00Z");
	local_time_zone_now(after);
	assert_string_equal(before, after);
}

static void a_company_that_is_never_open_owes_nothing(void **state)
{
	(void)state;
	assert_string_equal(
		due("{\"response\":{\"monday\":\"closed\",\"tuesday\":\"closed\",\"wednesday\":\"closed\",\"thursday\":"
		    "\"closed\",\"friday\":\"closed\"}}",
		    NEW_YORK, "soon", "2026-11-23T15:00:00Z"),
		"never");
	/* What cannot be read is the default. */
	assert_string_equal(due("{\"response\":{\"minutes_soon\":\"x\"}}", NEW_YORK, "soon", "2026-11-23T15:00:00Z"),
			    "2026-11-23T16:00:00Z");
	assert_string_equal(due("nonsense", NEW_YORK, "soon", "2026-11-23T15:00:00Z"), "2026-11-23T16:00:00Z");
}

static void rules_are_checked(void **state)
{
	static const struct {
		const char *field, *text;
		bool good;
	} cases[] = {
		{"monday", "08:00-17:00", true},  {"monday", "8:00 - 17:30", true},  {"monday", "closed", true},
		{"monday", "17:00-08:00", false}, {"monday", "08-17", false},        {"monday", "25:00-26:00", false},
		{"holidays", "2026-12-25", true}, {"holidays", "25.12.2026", false}, {"holidays", "2026-02-30", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct record *rules = response_rules(arena, STR("{}"));
		struct errors *errors = errors_new(arena);

		record_set_text(rules, cases[i].field, str_from(cases[i].text));
		if (response_rules_check(rules, errors) != cases[i].good)
			fail_msg("%s: %s", cases[i].field, cases[i].text);
		assert_true(cases[i].good || errors_for(errors, cases[i].field));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(minutes_count_while_the_company_is_open),
		cmocka_unit_test(an_emergency_does_not_wait_for_the_morning),
		cmocka_unit_test(holidays_do_not_count),
		cmocka_unit_test(the_clocks_may_be_moved),
		cmocka_unit_test(the_zone_of_the_request_stays),
		cmocka_unit_test(a_company_that_is_never_open_owes_nothing),
		cmocka_unit_test(rules_are_checked),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
