/* A day's tasks: in the person's zone, put off, repeated, made by cadences and cancelled with them. */
#include "tests/web/fixture.h"

#include "lib/base/clock.h"

#define HOUR (3600 * MICROSECONDS_PER_SECOND)

static struct company acme, other;

static int make_companies(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	company_make(&other, "other");
	return 0;
}

static const struct response *api(enum method method, const char *path, const char *json)
{
	return ASK(.method = method, .host = acme.slug, .path = path, .bearer = acme.session[ROLE_MEMBER], .json = json,
		   .headers = {{"if-match", "*"}});
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

/* ---- cadences ---- */

static struct str cadence_id(void)
{
	return json_text(api(METHOD_GET, "/api/cadences", NULL), "data.0.id");
}

static const char *path_of(struct str lead, const char *suffix)
{
	return text("/api/leads/%.*s%s", STR_FMT_ARG(lead), suffix).p;
}

static struct str started_lead(const char *name)
{
	struct str lead = company_lead(&acme, name);

	assert_json(api(METHOD_POST, path_of(lead, "/cadences"),
			text("{\"cadence_id\":\"%.*s\"}", STR_FMT_ARG(cadence_id())).p),
		    "data.0.open_tasks", "3");
	return lead;
}

static void a_cadence_makes_its_tasks_once(void **state)
{
	struct str lead = started_lead("Cadence one");
	struct str body = text("{\"cadence_id\":\"%.*s\"}", STR_FMT_ARG(cadence_id()));

	(void)state;
	assert_field_error(api(METHOD_POST, path_of(lead, "/cadences"), body.p), 409, "cadence_id", "running");
	assert_field_error(
		api(METHOD_POST, path_of(lead, "/cadences"), text("{\"cadence_id\":\"%.*s\"}", STR_FMT_ARG(lead)).p),
		422, "cadence_id", "not_found");
	assert_json(api(METHOD_GET, text("/api/tasks?lead_id=%.*s", STR_FMT_ARG(lead)).p, NULL), "data.0.kind", "sms");
	assert_json(api(METHOD_POST, path_of(lead, "/cadences/stop"), NULL), "data.0.stop_reason", "person");
	assert_json(api(METHOD_GET, path_of(lead, "/cadences"), NULL), "data.0.open_tasks", "0");
	/* After the end it can be started again. */
	assert_status(api(METHOD_POST, path_of(lead, "/cadences"), body.p), 200);
}

static struct str log_activity(const char *members)
{
	const struct response *made = api(METHOD_POST, "/api/activities", text("{%s}", members).p);

	assert_status(made, 201);
	return json_text(made, "id");
}

static struct str log_on(struct str lead, const char *members)
{
	return log_activity(text("%s,\"lead_id\":\"%.*s\"", members, STR_FMT_ARG(lead)).p);
}

static void assert_runs_at(struct str lead, bool runs, const char *file, int line)
{
	const struct response *answer = api(METHOD_GET, path_of(lead, "/cadences"), NULL);

	assert_true_at(answer, str_is(json_text(answer, "data.0.open_tasks"), runs ? "3" : "0"), "open tasks", file,
		       line);
	assert_true_at(answer, runs || str_is(json_text(answer, "data.0.stop_reason"), "reply"), "the reason", file,
		       line);
}
#define assert_runs(lead, runs) assert_runs_at(lead, runs, __FILE__, __LINE__)

static void what_the_lead_sends_stops_it(void **state)
{
	static const char *const types[] = {"sms", "email", "call"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		struct str lead = started_lead("Cadence two");

		(void)log_on(lead, text("\"type\":\"%s\"", types[i]).p);
		assert_runs(lead, true);
		(void)log_on(lead, text("\"type\":\"%s\",\"direction\":\"inbound\"", types[i]).p);
		assert_runs(lead, false);
	}
}

static void a_call_stops_it_when_the_lead_was_reached(void **state)
{
	static const struct {
		const char *outcome;
		bool reached;
	} calls[] = {{"no_answer", false},
		     {"voicemail", false},
		     {"answered", true},
		     {"booked", true},
		     {"not_interested", true}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(calls); i++) {
		struct str lead = started_lead("Cadence called");

		(void)log_on(lead, text("\"type\":\"call\",\"outcome\":\"%s\"", calls[i].outcome).p);
		assert_runs(lead, !calls[i].reached);
	}
}

static void an_outcome_that_is_told_later_counts_then(void **state)
{
	struct str lead = started_lead("Cadence later"), call = log_on(lead, "\"type\":\"call\"");
	const char *path = text("/api/activities/%.*s", STR_FMT_ARG(call)).p;
	struct str body = text("{\"cadence_id\":\"%.*s\"}", STR_FMT_ARG(cadence_id()));

	(void)state;
	assert_runs(lead, true);
	assert_status(api(METHOD_PATCH, path, "{\"outcome\":\"booked\"}"), 200);
	assert_runs(lead, false);
	/* Once: a word added to an old call does not stop what was started since. */
	assert_status(api(METHOD_POST, path_of(lead, "/cadences"), body.p), 200);
	assert_status(api(METHOD_PATCH, path, "{\"body\":\"Tuesday at nine\"}"), 200);
	assert_runs(lead, true);
}

/* ---- what is logged with a contact ---- */

static struct str contact_with_leads(struct str *older, struct str *newer)
{
	const struct response *made = api(METHOD_POST, "/api/contacts", "{\"name\":\"Has leads\"}");
	struct str id = json_text(made, "id");

	*older = started_lead("Older");
	*newer = started_lead("Newer");
	test_sql("UPDATE leads SET contact_id = '%.*s', created_at = now() - interval '2 hours'"
		 " WHERE tenant_id = '%.*s' AND id = '%.*s'",
		 STR_FMT_ARG(id), STR_FMT_ARG(uuid_text(web->arena, acme.id)), STR_FMT_ARG(*older));
	test_sql("UPDATE leads SET contact_id = '%.*s', created_at = now() - interval '1 hour'"
		 " WHERE tenant_id = '%.*s' AND id = '%.*s'",
		 STR_FMT_ARG(id), STR_FMT_ARG(uuid_text(web->arena, acme.id)), STR_FMT_ARG(*newer));
	return id;
}

static struct str first_response(struct str lead)
{
	return json_text(api(METHOD_GET, path_of(lead, ""), NULL), "first_response_kind");
}

static void a_call_to_a_contact_counts_for_its_newest_open_lead(void **state)
{
	struct str older, newer, contact = contact_with_leads(&older, &newer);
	const char *call =
		text("\"type\":\"call\",\"outcome\":\"answered\",\"contact_id\":\"%.*s\"", STR_FMT_ARG(contact)).p;

	(void)state;
	(void)log_activity(call);
	assert_true(str_is(first_response(newer), "call"));
	assert_true(str_absent(first_response(older)));
	assert_runs(newer, false);
	assert_runs(older, true);
	/* What is won is no open lead. */
	assert_status(api(METHOD_PATCH, path_of(newer, ""), "{\"status\":\"won\"}"), 200);
	(void)log_activity(call);
	assert_true(str_is(first_response(older), "call"));
	assert_runs(older, false);
	/* A contact without leads has none to count for. */
	(void)log_activity(
		text("\"type\":\"call\",\"contact_id\":\"%.*s\"",
		     STR_FMT_ARG(json_text(api(METHOD_POST, "/api/contacts", "{\"name\":\"No lead\"}"), "id")))
			.p);
}

static void winning_stops_it(void **state)
{
	struct str lead = started_lead("Cadence three");

	(void)state;
	assert_status(api(METHOD_PATCH, path_of(lead, ""), "{\"status\":\"won\"}"), 200);
	assert_json(api(METHOD_GET, path_of(lead, "/cadences"), NULL), "data.0.stop_reason", "won");
	assert_json(api(METHOD_GET, path_of(lead, "/cadences"), NULL), "data.0.open_tasks", "0");
}

static void the_last_task_finishes_the_run(void **state)
{
	struct str lead = started_lead("Cadence four");
	const struct response *tasks = api(METHOD_GET, text("/api/tasks?lead_id=%.*s", STR_FMT_ARG(lead)).p, NULL);

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_true(
			str_absent(json_text(api(METHOD_GET, path_of(lead, "/cadences"), NULL), "data.0.stopped_at")));
		assert_status(
			api(METHOD_POST,
			    text("/api/tasks/%.*s/done", STR_FMT_ARG(json_text(tasks, text("data.%d.id", i).p))).p,
			    NULL),
			200);
	}
	assert_json(api(METHOD_GET, path_of(lead, "/cadences"), NULL), "data.0.stop_reason", "finished");
}

static void cadences_have_a_page(void **state)
{
	struct str lead = company_lead(&acme, "Cadence five");
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	const char *path = text("/leads/%.*s/cadences", STR_FMT_ARG(lead)).p;

	(void)state;
	assert_has(browse(&member, path), "Nothing runs");
	assert_status(submit(&member, path, "cadence_id="), 422);
	assert_status(submit(&member, path, text("cadence_id=%.*s", STR_FMT_ARG(cadence_id())).p), 303);
	assert_has(browse(&member, path), "3 of 3 open");
	assert_status(submit(&member, path, text("cadence_id=%.*s", STR_FMT_ARG(cadence_id())).p), 409);
	assert_has(browse(&member, "/leads"), "Cadence five");
	assert_status(submit(&member, text("%s/stop", path).p, ""), 303);
	assert_hasnt(browse(&member, path), "3 of 3 open");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_has_what_is_late_due_and_put_off),
		cmocka_unit_test(snoozing_and_finishing_are_for_who_may_write),
		cmocka_unit_test(tomorrow_is_tomorrow_where_the_company_is),
		cmocka_unit_test(a_task_that_repeats_makes_its_next_once_and_not_in_the_past),
		cmocka_unit_test(a_cadence_makes_its_tasks_once),
		cmocka_unit_test(what_the_lead_sends_stops_it),
		cmocka_unit_test(a_call_stops_it_when_the_lead_was_reached),
		cmocka_unit_test(an_outcome_that_is_told_later_counts_then),
		cmocka_unit_test(a_call_to_a_contact_counts_for_its_newest_open_lead),
		cmocka_unit_test(winning_stops_it),
		cmocka_unit_test(the_last_task_finishes_the_run),
		cmocka_unit_test(cadences_have_a_page),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
