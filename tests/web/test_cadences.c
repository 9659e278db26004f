/* Cadences: the tasks they make, what stops them, and for which lead an activity counts. */
#include "tests/web/fixture.h"

static struct company acme;

static int make_companies(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	return 0;
}

static const struct response *api(enum method method, const char *path, const char *json)
{
	return ASK(.method = method, .host = acme.slug, .path = path, .bearer = acme.session[ROLE_MEMBER], .json = json,
		   .headers = {{"if-match", "*"}});
}

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

static void its_steps_are_due_to_the_hour(void **state)
{
	struct str lead = started_lead("Cadence due");

	(void)state;
	assert_string_equal(
		arena_c_string(
			web->arena,
			test_sql_value(
				"SELECT string_agg(t.kind || ' ' || round(extract(epoch FROM t.due_at - r.started_at), "
				"1), ', '"
				" ORDER BY t.due_at) FROM cadence_runs r JOIN tasks t ON t.tenant_id = r.tenant_id"
				" AND t.cadence_run_id = r.id WHERE r.tenant_id = '%.*s'"
				" AND r.lead_id = '%.*s'",
				STR_FMT_ARG(uuid_text(web->arena, acme.id)), STR_FMT_ARG(lead))),
		"sms 86400.0, call 259200.0, email 604800.0");
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
		cmocka_unit_test(its_steps_are_due_to_the_hour),
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
