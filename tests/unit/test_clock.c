#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <time.h>

#include "lib/base/clock.h"

static const struct {
	const char *text;
	int64_t instant;
} rfc3339[] = {
	{"1970-01-01T00:00:00Z", 0},
	{"1970-01-01T00:00:00.000001Z", 1},
	{"1969-12-31T23:59:59.999999Z", -1},
	{"2026-11-23T07:32:00.123Z", INT64_C(1795419120123000)},
	{"2026-11-23t07:32:00.123z", INT64_C(1795419120123000)},
	{"2026-11-23T09:32:00.123+02:00", INT64_C(1795419120123000)},
	{"2026-11-22T21:02:00.1230-10:30", INT64_C(1795419120123000)},
	{"2000-02-29T12:00:00-00:00", INT64_C(951825600000000)},
	{"0001-01-01T00:00:00Z", INT64_C(-62135596800000000)},
	{"9999-12-31T23:59:59.999999Z", INT64_C(253402300799999999)},
};

static void rfc3339_is_read_with_any_offset(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rfc3339); i++) {
		int64_t instant;
		if (!clock_from_rfc3339(str_from(rfc3339[i].text), &instant) || instant != rfc3339[i].instant)
			fail_msg("%s", rfc3339[i].text);
	}
}

static void what_is_not_rfc3339_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"",
					  "2026",
					  "2026-11-23",
					  "2026-11-23T07:32Z",
					  "2026-11-23 07:32:00Z",
					  "2026-11-23T07:32:00",
					  "2026-11-23T07:32:00.Z",
					  "2026-11-23T07:32:00.1234567Z",
					  "2026-11-23T07:32:00+02",
					  "2026-11-23T07:32:00+0200",
					  "2026-11-23T07:32:00+24:00",
					  "2026-11-23T07:32:00+02:60",
					  "2026-11-23T07:32:00Zx",
					  "2026-11-23T24:00:00Z",
					  "2026-11-23T07:60:00Z",
					  "2026-11-23T07:32:60Z",
					  "2026-13-01T00:00:00Z",
					  "2026-00-01T00:00:00Z",
					  "2026-11-31T00:00:00Z",
					  "2026-11-00T00:00:00Z",
					  "2026-02-29T00:00:00Z",
					  "1900-02-29T00:00:00Z",
					  "+2026-11-23T07:32:00Z",
					  "26-11-23T07:32:00Z",
					  "2026-1-23T07:32:00Z",
					  " 2026-11-23T07:32:00Z",
					  "2026-11-23T07:32:00,5Z",
					  "infinity"};
	int64_t instant = 5;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (clock_from_rfc3339(str_from(bad[i]), &instant))
			fail_msg("%s", bad[i]);
	struct str whole = STR("2026-11-23T07:32:00.123+02:00");
	for (size_t n = 0; n < whole.n; n++)
		assert_false(clock_from_rfc3339((struct str){whole.p, n}, &instant));
	assert_int_equal(instant, 5);
}

static void postgres_text_is_read(void **state)
{
	(void)state;
	int64_t instant;
	assert_true(clock_from_postgres(STR("2026-11-23 07:32:00.123456+00"), &instant));
	assert_true(instant == INT64_C(1795419120123456));
	assert_true(clock_from_postgres(STR("2026-11-23 07:32:00+00"), &instant));
	assert_true(instant == INT64_C(1795419120000000));
	assert_true(clock_from_postgres(STR("2026-11-23 13:02:00.1+05:30"), &instant));
	assert_true(instant == INT64_C(1795419120100000));
	static const char *const bad[] = {"infinity",
					  "-infinity",
					  "2026-11-23 07:32:00",
					  "2026-11-23 07:32:00Z",
					  "2026-11-23T07:32:00+00",
					  "0044-03-15 00:00:00+00 BC",
					  "12026-11-23 07:32:00+00"};
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_false(clock_from_postgres(str_from(bad[i]), &instant));
}

static void texts_are_written_in_utc(void **state)
{
	(void)state;
	struct arena *arena = arena_new(100000);
	assert_true(str_is(clock_rfc3339(arena, INT64_C(1795419120123999)), "2026-11-23T07:32:00.123Z"));
	assert_true(str_is(clock_rfc3339(arena, -1), "1969-12-31T23:59:59.999Z"));
	assert_true(str_is(clock_http_date(arena, INT64_C(784111777000000)), "Sun, 06 Nov 1994 08:49:37 GMT"));
	arena_free(arena);
}

static void reading_undoes_writing_on_every_day(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1 << 20);
	for (int64_t day = -800000; day < 2900000; day += 13) {
		int64_t instant = (day * 86400 + (day % 86400 + 86400) % 86400) * MICROSECONDS_PER_SECOND + 7000, back;
		struct str text = clock_rfc3339(arena, instant);
		assert_true(text.n != 24 || text.p[0] == '-' || (clock_from_rfc3339(text, &back) && back == instant));
		arena_reset(arena);
	}
	arena_free(arena);
}

/* The C library's calendar is the judge, from the year before the first to 9999, a step being eleven days and a half. */
static void the_calendar_is_that_of_the_c_library(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1 << 20);
	for (int64_t seconds = INT64_C(-62200000000); seconds < INT64_C(253402300800); seconds += 1000003) {
		char wanted[64];
		time_t when = (time_t)seconds;
		struct tm tm;
		assert_non_null(gmtime_r(&when, &tm));
		(void)strftime(wanted, sizeof(wanted), "%a, %d %b %Y %H:%M:%S GMT", &tm);
		if (tm.tm_year + 1900 >= 1000)
			assert_true(str_is(clock_http_date(arena, seconds * MICROSECONDS_PER_SECOND + 999999), wanted));
		(void)snprintf(wanted, sizeof(wanted), "%04d-%02d-%02dT%02d:%02d:%02d.999Z", tm.tm_year + 1900,
			       tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
		assert_true(str_is(clock_rfc3339(arena, seconds * MICROSECONDS_PER_SECOND + 999999), wanted));
		arena_reset(arena);
	}
	arena_free(arena);
}

static void days_are_rounded_up(void **state)
{
	(void)state;
	const int64_t day = INT64_C(86400) * MICROSECONDS_PER_SECOND, now = INT64_C(1795419120123456);
	assert_int_equal(clock_days_until(now, now), 0);
	assert_int_equal(clock_days_until(now, now - 1), 0);
	assert_int_equal(clock_days_until(now, now + 1), 1);
	assert_int_equal(clock_days_until(now, now + day), 1);
	assert_int_equal(clock_days_until(now, now + day + 1), 2);
	assert_int_equal(clock_days_until(now, now + 14 * day), 14);
	assert_true(clock_days_until(INT64_MIN, INT64_MAX) > 0);
	assert_int_equal(clock_days_until(INT64_MAX, INT64_MIN), 0);
}

static void clocks_run(void **state)
{
	(void)state;
	int64_t before = clock_monotonic();
	assert_true(clock_monotonic() >= before);
	assert_true(clock_now() / MICROSECONDS_PER_SECOND - (int64_t)time(NULL) <= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc3339_is_read_with_any_offset),
		cmocka_unit_test(what_is_not_rfc3339_is_refused),
		cmocka_unit_test(postgres_text_is_read),
		cmocka_unit_test(texts_are_written_in_utc),
		cmocka_unit_test(reading_undoes_writing_on_every_day),
		cmocka_unit_test(the_calendar_is_that_of_the_c_library),
		cmocka_unit_test(days_are_rounded_up),
		cmocka_unit_test(clocks_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
