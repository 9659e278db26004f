/* A day's tasks: in the person's zone, put off and repeated. */
#include "tests/web/fixture.h"

#include "lib/base/clock.h"

#define HOUR (3600 * MICROSECONDS_PER_SECOND)

static struct company acme, other;

static int make_companies(void **state)
{
	return fixture_companies(state, &acme, &other);
}

static const struct response *api(enum method method, const char *path, const char *json)
{
	return ask_api(&acme, acme.session[ROLE_MEMBER], method, path, json);
}

static struct str in(int64_t microseconds)
{
	return clock_rfc3339(web->arena, clock_now() + microseconds);
}

static struct str make_task(const char *title, struct str due, const char *more)
{
	const struct response *made;

	made = api(METHOD_POST, "/api/tasks",
		   text("{\"title\":\"%s\",\"due_at\":\"%.*s\",\"assignee_id\":\"%.*s\"%s}", title, STR_FMT_ARG(due),
			STR_FMT_ARG(acme.user[ROLE_MEMBER]), more)
			   .p);
	assert_status(made, 201);
	return json_text(made, "id");
}

/* The part of the day in which my day has the task; absent: it has it not. */
static struct str part_of(struct str id)
{
	const struct response *day = api(METHOD_GET, "/api/my-day", NULL);

	assert_status(day, 200);
	for (int i = 0; json_at(day, text("data.%d", i).p); i++)
		if (str_equal(json_text(day, text("data.%d.id", i).p), id))
			return json_text(day, text("data.%d.part", i).p);
	return STR_NONE;
}

static void a_day_has_what_is_late_due_and_put_off(void **state)
{
	struct str late = make_task("Late", in(-2 * HOUR), ""), soon = make_task("Soon", in(3 * 24 * HOUR), "");
	struct str far = make_task("Far", in(30 * 24 * HOUR), "");
	struct browser member = browser_as(&acme, ROLE_MEMBER), admin = browser_as(&acme, ROLE_ADMIN);
	const struct response *page;

	(void)state;
	assert_true(str_is(part_of(late), "overdue"));
	assert_true(str_is(part_of(soon), "next_seven_days"));
	assert_true(str_absent(part_of(far)));
	page = browse(&member, "/my-day");
	assert_has(page, "Overdue");
	assert_has(page, "Late");
	assert_hasnt(page, "Far");
	assert_hasnt(browse(&admin, "/my-day"), "Late");
	assert_has(browse(&admin, "/my-day?who=all"), "Late");
	assert_status(browse(&member, "/my-day?who=them"), 422);
	assert_status(browse(&member, "/my-day?nope=1"), 422);
	/* Put off: gone from what is late, still in the day. */
	assert_goes_to(submit(&member, text("/tasks/%.*s/snooze", STR_FMT_ARG(late)).p, "until=hour"),
		       STR("/my-day?done=task_snoozed"));
	assert_true(str_is(part_of(late), "snoozed"));
	assert_status(submit(&member, text("/tasks/%.*s/snooze", STR_FMT_ARG(late)).p, "until=never"), 422);
	assert_status(submit(&member, text("/tasks/%.*s/snooze", STR_FMT_ARG(late)).p, "until=2001-01-01T00:00:00Z"),
		      422);
	assert_goes_to(submit(&member, text("/tasks/%.*s/done", STR_FMT_ARG(late)).p, ""),
		       STR("/my-day?done=task_done"));
	assert_true(str_absent(part_of(late)));
	/* Twice does no harm. */
	assert_status(submit(&member, text("/tasks/%.*s/done", STR_FMT_ARG(late)).p, ""), 303);
	assert_json(api(METHOD_GET, text("/api/tasks/%.*s", STR_FMT_ARG(late)).p, NULL), "status", "done");
}

static void snoozing_and_finishing_are_for_who_may_write(void **state)
{
	struct str task = make_task("Not yours", in(HOUR), "");
	struct browser viewer = browser_as(&acme, ROLE_VIEWER), stranger = browser_as(&other, ROLE_OWNER);

	(void)state;
	assert_status(submit(&viewer, text("/tasks/%.*s/done", STR_FMT_ARG(task)).p, ""), 403);
	assert_status(submit(&stranger, text("/tasks/%.*s/done", STR_FMT_ARG(task)).p, ""), 404);
	assert_status(ASK(.method = METHOD_POST, .host = acme.slug,
			  .path = text("/api/tasks/%.*s/snooze", STR_FMT_ARG(task)).p, .bearer = acme.key[ROLE_VIEWER],
			  .json = "{\"until\":\"hour\"}"),
		      403);
	assert_json(api(METHOD_POST, text("/api/tasks/%.*s/snooze", STR_FMT_ARG(task)).p, "{\"until\":\"tomorrow\"}"),
		    "status", "open");
	assert_field_error(api(METHOD_POST, text("/api/tasks/%.*s/snooze", STR_FMT_ARG(task)).p, "{\"until\":\"x\"}"),
			   422, "until", NULL);
	assert_field_error(api(METHOD_POST, text("/api/tasks/%.*s/snooze", STR_FMT_ARG(task)).p, "{}"), 422, "until",
			   NULL);
}

static void tomorrow_is_tomorrow_where_the_company_is(void **state)
{
	struct str task = make_task("Zone", in(HOUR), "");
	const struct response *snoozed;
	struct str wall;

	(void)state;
	company_set(&acme, "time_zone = 'Pacific/Honolulu'");
	snoozed = api(METHOD_POST, text("/api/tasks/%.*s/snooze", STR_FMT_ARG(task)).p, "{\"until\":\"tomorrow\"}");
	wall = arena_copy(
		web->arena,
		test_sql_value("SELECT to_char(timestamptz '%.*s' AT TIME ZONE 'Pacific/Honolulu', 'HH24:MI') || ' ' ||"
			       " ((timestamptz '%.*s' AT TIME ZONE 'Pacific/Honolulu')::date"
			       " - (now() AT TIME ZONE 'Pacific/Honolulu')::date)",
			       STR_FMT_ARG(json_text(snoozed, "snoozed_until")),
			       STR_FMT_ARG(json_text(snoozed, "snoozed_until"))));
	company_set(&acme, "time_zone = 'America/New_York'");
	assert_true_of(snoozed, str_is(wall, "08:00 1"),
		       text("eight in the morning in Honolulu, not %.*s", STR_FMT_ARG(wall)).p);
}

static int64_t open_tasks(const char *title)
{
	int64_t count;
	struct str found = test_sql_value(
		"SELECT count(*)::text FROM tasks WHERE tenant_id = '%.*s' AND title = '%s' AND status = "
		"'open'",
		STR_FMT_ARG(uuid_text(web->arena, acme.id)), title);

	assert_true(str_to_int64(found, &count));
	return count;
}

static void a_task_that_repeats_makes_its_next_once_and_not_in_the_past(void **state)
{
	struct str daily = make_task("Daily", in(-50 * HOUR), ",\"repeat\":\"daily\",\"priority\":\"high\""), next;

	(void)state;
	assert_status(api(METHOD_POST, text("/api/tasks/%.*s/done", STR_FMT_ARG(daily)).p, NULL), 200);
	assert_status(api(METHOD_POST, text("/api/tasks/%.*s/done", STR_FMT_ARG(daily)).p, NULL), 200);
	assert_int_equal(open_tasks("Daily"), 1);
	next = test_sql_value("SELECT (due_at > now() AND due_at <= now() + interval '25 hours' AND priority = "
			      "'high')::text FROM tasks"
			      " WHERE tenant_id = '%.*s' AND title = 'Daily' AND status = 'open'",
			      STR_FMT_ARG(uuid_text(web->arena, acme.id)));
	assert_true(str_is(next, "true"));
	/* Cancelled is not done: nothing follows. */
	assert_status(api(METHOD_PATCH,
			  text("/api/tasks/%.*s",
			       STR_FMT_ARG(test_sql_value(
				       "SELECT id::text FROM tasks WHERE tenant_id = '%.*s' AND title = 'Daily' AND "
				       "status = 'open'",
				       STR_FMT_ARG(uuid_text(web->arena, acme.id)))))
				  .p,
			  "{\"status\":\"cancelled\"}"),
		      200);
	assert_int_equal(open_tasks("Daily"), 0);
}

/* The wall clock at the company of the one open task of that title. */
static struct str next_of(const char *title)
{
	assert_int_equal(open_tasks(title), 1);
	return arena_copy(web->arena,
			  test_sql_value("SELECT to_char(due_at AT TIME ZONE 'America/New_York', 'YYYY-MM-DD HH24:MI')"
					 " FROM tasks WHERE tenant_id = '%.*s' AND title = '%s' AND status = 'open'",
					 STR_FMT_ARG(uuid_text(web->arena, acme.id)), title));
}

static const char *open_path(const char *title, const char *suffix)
{
	return text("/api/tasks/%.*s%s",
		    STR_FMT_ARG(test_sql_value("SELECT id::text FROM tasks WHERE tenant_id = '%.*s' AND title = '%s'"
					       " AND status = 'open'",
					       STR_FMT_ARG(uuid_text(web->arena, acme.id)), title)),
		    suffix)
		.p;
}

static void assert_nexts(const char *title, const char *const *wanted)
{
	for (; *wanted; wanted++) {
		assert_status(api(METHOD_POST, open_path(title, "/done"), NULL), 200);
		assert_string_equal(arena_c_string(web->arena, next_of(title)), *wanted);
	}
}

static void the_last_of_each_month_stays_the_last(void **state)
{
	(void)state;
	(void)make_task("Rent", STR("2030-01-31T12:00:00Z"), ",\"repeat\":\"monthly\"");
	assert_nexts("Rent", (const char *const[]){"2030-02-28 07:00", "2030-03-31 07:00", "2030-04-30 07:00",
						   "2030-05-31 07:00", NULL});
	/* Moved by hand it repeats from there, also from the end of a short month. */
	assert_status(api(METHOD_PATCH, open_path("Rent", ""), "{\"due_at\":\"2030-06-30T11:00:00Z\"}"), 200);
	assert_nexts("Rent", (const char *const[]){"2030-07-30 07:00", NULL});
	(void)make_task("Leap", STR("2032-02-29T12:00:00Z"), ",\"repeat\":\"yearly\"");
	assert_nexts("Leap", (const char *const[]){"2033-02-28 07:00", "2034-02-28 07:00", "2035-02-28 07:00",
						   "2036-02-29 07:00", NULL});
	(void)make_task("Short", STR("2031-02-28T12:00:00Z"), ",\"repeat\":\"monthly\"");
	assert_nexts("Short", (const char *const[]){"2031-03-28 07:00", NULL});
}

/* Where it is that hour now. */
static struct str zone_where_it_is(int64_t hour)
{
	int64_t ahead = hour - clock_now() / HOUR % 24;

	ahead = ahead > 12 ? ahead - 24 : ahead < -12 ? ahead + 24 : ahead;
	return text("Etc/GMT%+d", (int)-ahead);
}

static void a_day_is_that_of_the_person_and_not_of_the_company(void **state)
{
	struct str mine = zone_where_it_is(22), theirs = zone_where_it_is(12),
		   late = make_task("In three hours", in(3 * HOUR), "");
	const char *until;

	(void)state;
	company_set(&acme, text("time_zone = '%.*s'", STR_FMT_ARG(theirs)).p);
	assert_true(str_is(part_of(late), "today"));
	test_sql("UPDATE tenant_users SET time_zone = '%.*s' WHERE tenant_id = '%.*s' AND id = '%.*s'",
		 STR_FMT_ARG(mine), STR_FMT_ARG(uuid_text(web->arena, acme.id)), STR_FMT_ARG(acme.user[ROLE_MEMBER]));
	/* It is late in the evening there: three hours from now is tomorrow. */
	assert_true(str_is(part_of(late), "next_seven_days"));
	until = json_text(api(METHOD_POST, text("/api/tasks/%.*s/snooze", STR_FMT_ARG(late)).p,
			      "{\"until\":\"tomorrow\"}"),
			  "snoozed_until")
			.p;
	assert_string_equal(
		arena_c_string(
			web->arena,
			test_sql_value("SELECT to_char(timestamptz '%s' AT TIME ZONE '%.*s', 'HH24:MI') || ' ' ||"
				       " ((timestamptz '%s' AT TIME ZONE '%.*s')::date"
				       " - (now() AT TIME ZONE '%.*s')::date)",
				       until, STR_FMT_ARG(mine), until, STR_FMT_ARG(mine), STR_FMT_ARG(mine))),
		"08:00 1");
	test_sql("UPDATE tenant_users SET time_zone = NULL WHERE tenant_id = '%.*s'",
		 STR_FMT_ARG(uuid_text(web->arena, acme.id)));
	company_set(&acme, "time_zone = 'America/New_York'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_has_what_is_late_due_and_put_off),
		cmocka_unit_test(snoozing_and_finishing_are_for_who_may_write),
		cmocka_unit_test(tomorrow_is_tomorrow_where_the_company_is),
		cmocka_unit_test(a_task_that_repeats_makes_its_next_once_and_not_in_the_past),
		cmocka_unit_test(the_last_of_each_month_stays_the_last),
		cmocka_unit_test(a_day_is_that_of_the_person_and_not_of_the_company),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
