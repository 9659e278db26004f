/* Speed to lead: when an answer is due, what gives it, who waits, and what a company sets about it; and the score. */
#include "tests/web/fixture.h"

static struct company acme, other;

static int make_companies(void **state)
{
	return fixture_companies(state, &acme, &other);
}

static const struct response *api(enum method method, const char *path, const char *json)
{
	return ask_api(&acme, acme.session[ROLE_MEMBER], method, path, json);
}

static const char *history_path(struct str lead)
{
	return text("/api/leads/%.*s/history", STR_FMT_ARG(lead)).p;
}

static void an_answer_is_due_and_given(void **state)
{
	const struct response *lead = api(METHOD_POST, "/api/leads", "{\"name\":\"waits\",\"urgency\":\"leak\"}");
	struct str id = json_text(lead, "id");
	const char *path = text("/api/leads/%.*s", STR_FMT_ARG(id)).p;

	(void)state;
	assert_true(!str_absent(json_text(lead, "response_due_at")));
	assert_true(str_is(
		test_sql_value(
			"SELECT (response_due_at - created_at BETWEEN interval '299 s' AND interval '301 s')::text"
			" FROM leads WHERE tenant_id = '%.*s' AND id = '%.*s'",
			STR_FMT_ARG(uuid_text(web->arena, acme.id)), STR_FMT_ARG(id)),
		"true"));
	assert_status(
		api(METHOD_POST, "/api/activities",
		    text("{\"type\":\"call\",\"direction\":\"inbound\",\"lead_id\":\"%.*s\"}", STR_FMT_ARG(id)).p),
		201);
	assert_true(str_absent(json_text(api(METHOD_GET, path, NULL), "first_response_at")));
	assert_status(api(METHOD_POST, "/api/activities",
			  text("{\"type\":\"call\",\"lead_id\":\"%.*s\"}", STR_FMT_ARG(id)).p),
		      201);
	assert_json(api(METHOD_GET, path, NULL), "first_response_kind", "call");
	/* Only the first one counts. */
	assert_status(
		api(METHOD_POST, "/api/activities", text("{\"type\":\"sms\",\"lead_id\":\"%.*s\"}", STR_FMT_ARG(id)).p),
		201);
	assert_json(api(METHOD_GET, path, NULL), "first_response_kind", "call");
	id = company_lead(&acme, "moved");
	assert_status(ask_move(&acme, id, NULL, company_stage(&acme, "Contacted"), STR("")), 200);
	assert_json(api(METHOD_GET, text("/api/leads/%.*s", STR_FMT_ARG(id)).p, NULL), "first_response_kind", "stage");
}

static const char *lead_path(struct str id)
{
	return text("/api/leads/%.*s", STR_FMT_ARG(id)).p;
}

/* Minutes from when the lead came until its answer is due. */
static const char *minutes_due(struct str id)
{
	return arena_c_string(
		web->arena,
		test_sql_value("SELECT round(extract(epoch FROM response_due_at - created_at) / 60)::text FROM"
			       " leads WHERE tenant_id = '%.*s' AND id = '%.*s'",
			       STR_FMT_ARG(uuid_text(web->arena, acme.id)), STR_FMT_ARG(id)));
}

static void another_urgency_is_due_at_another_time(void **state)
{
	struct str id = json_text(api(METHOD_POST, "/api/leads", "{\"name\":\"urgent?\"}"), "id"), due;
	struct browser member = browser_as(&acme, ROLE_MEMBER);

	(void)state;
	/* From when it came, not from when that was found out. */
	test_sql("UPDATE leads SET created_at = created_at - interval '2 hours' WHERE tenant_id = '%.*s' AND id = "
		 "'%.*s'",
		 STR_FMT_ARG(uuid_text(web->arena, acme.id)), STR_FMT_ARG(id));
	assert_status(api(METHOD_PATCH, lead_path(id), "{\"urgency\":\"leak\"}"), 200);
	assert_string_equal(minutes_due(id), "5");
	assert_has(browse(&member, text("/pipeline?stage=%.*s", STR_FMT_ARG(company_stage(&acme, "New"))).p),
		   "Answer overdue");
	assert_status(
		submit(&member, text("/leads/%.*s", STR_FMT_ARG(id)).p, "version=2&name=urgent&urgency=emergency"),
		303);
	assert_string_equal(minutes_due(id), "5");
	assert_status(api(METHOD_PATCH, lead_path(id), "{\"notes\":\"only words\"}"), 200);
	assert_string_equal(minutes_due(id), "5");
	/* Once it was answered, the time that held then stays. */
	assert_status(api(METHOD_POST, "/api/activities",
			  text("{\"type\":\"call\",\"lead_id\":\"%.*s\"}", STR_FMT_ARG(id)).p),
		      201);
	due = json_text(api(METHOD_GET, lead_path(id), NULL), "response_due_at");
	assert_true(str_equal(
		json_text(api(METHOD_PATCH, lead_path(id), "{\"urgency\":\"planned\"}"), "response_due_at"), due));
	/* What lies in the past and was never waited for stays so. */
	id = company_lead(&acme, "old");
	test_sql("UPDATE leads SET response_due_at = NULL WHERE tenant_id = '%.*s' AND id = '%.*s'",
		 STR_FMT_ARG(uuid_text(web->arena, acme.id)), STR_FMT_ARG(id));
	assert_true(
		str_absent(json_text(api(METHOD_PATCH, lead_path(id), "{\"urgency\":\"leak\"}"), "response_due_at")));
}

static void who_waits_is_a_list(void **state)
{
	static const char waits[] = "first_response_at[empty]=true&response_due_at[empty]=false&status[not]=won,lost"
				    "&sort=created_at";
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	const struct response *list, *page;
	struct str link;

	(void)state;
	for (int i = 0; i < 7; i++)
		company_lead(&acme, text("waiting %d", i).p);
	assert_status(ask_move(&acme, json_text(api(METHOD_GET, "/api/leads?name=waiting+3", NULL), "data.0.id"), NULL,
			       company_stage(&acme, "Contacted"), STR("")),
		      200);
	page = browse(&member, "/");
	link = body_between(page, "card-footer\"><a href=\"/leads?", "\">All that wait for an answer");
	assert_true(memmem(link.p, link.n, "first_response_at%5Bempty%5D=true", 33));
	list = browse(&member, text("/leads?%s", waits).p);
	assert_has(list, "waiting 2<");
	assert_hasnt(list, "waiting 3<");
	assert_hasnt(list, ">old<");
	list = api(METHOD_GET, text("/api/leads?%s&name[starts]=waiting", waits).p, NULL);
	assert_json(list, "data.0.name", "waiting 0");
	assert_json(list, "data.3.name", "waiting 4");
	list = api(METHOD_GET, "/api/leads?first_response_at[within]=1d&name[starts]=waiting", NULL);
	assert_json(list, "data.0.name", "waiting 3");
	assert_null(json_at(list, "data.1"));
	list = ASK(.host = other.slug, .path = text("/api/leads?%s", waits).p, .bearer = other.key[ROLE_VIEWER]);
	assert_null(json_at(list, "data.0"));
}

static void who_has_been_answered_is_not_new(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	struct str lead = company_lead(&acme, "called"), contacted = company_stage(&acme, "Contacted"),
		   new = company_stage(&acme, "New");
	const struct response *page;

	(void)state;
	assert_status(submit(&member, text("/leads/%.*s/activities", STR_FMT_ARG(lead)).p, "outcome=no_answer"), 303);
	assert_json(api(METHOD_GET, text("/api/leads/%.*s", STR_FMT_ARG(lead)).p, NULL), "status", "contacted");
	page = api(METHOD_GET, history_path(lead), NULL);
	assert_json(page, "data.0.changes.0.field", "status");
	assert_json(page, "data.0.changes.0.from", "New");
	assert_json(page, "data.0.changes.0.to", "Contacted");
	assert_json(page, "data.0.version", "2");
	assert_has(browse(&member, text("/leads/%.*s", STR_FMT_ARG(lead)).p), "Contacted");
	/* What its status says more is left alone, and so is a second answer. */
	lead = company_lead(&acme, "known");
	assert_status(api(METHOD_PATCH, text("/api/leads/%.*s", STR_FMT_ARG(lead)).p, "{\"status\":\"qualified\"}"),
		      200);
	for (int i = 0; i < 2; i++)
		assert_status(api(METHOD_POST, "/api/activities",
				  text("{\"type\":\"email\",\"lead_id\":\"%.*s\"}", STR_FMT_ARG(lead)).p),
			      201);
	page = api(METHOD_GET, text("/api/leads/%.*s", STR_FMT_ARG(lead)).p, NULL);
	assert_json(page, "status", "qualified");
	assert_json(page, "version", "3");
	/* By a move on the board; the way back to the first column does not make it new. */
	lead = company_lead(&acme, "moved on");
	assert_json(ask_move(&acme, lead, ",\"place\":\"", new, STR("bottom")), "status", "new");
	assert_json(ask_move(&acme, lead, NULL, contacted, STR("")), "status", "contacted");
	assert_json(ask_move(&acme, lead, NULL, new, STR("")), "status", "contacted");
	assert_json(api(METHOD_PATCH, text("/api/leads/%.*s", STR_FMT_ARG(lead)).p,
			text("{\"status\":\"new\",\"stage_id\":\"%.*s\"}", STR_FMT_ARG(contacted)).p),
		    "status", "new");
	assert_json(api(METHOD_POST, "/api/leads",
			text("{\"name\":\"late\",\"stage_id\":\"%.*s\"}", STR_FMT_ARG(contacted)).p),
		    "status", "contacted");
}

static void a_score_says_of_what_it_is_made(void **state)
{
	const struct response *lead =
		api(METHOD_POST, "/api/leads",
		    "{\"name\":\"s\",\"urgency\":\"no_heat\",\"phone\":\"(614) 555-0100\",\"source\":\"referral\"}");
	const char *path = text("/api/leads/%.*s", STR_FMT_ARG(json_text(lead, "id"))).p;

	(void)state;
	assert_json(lead, "score", "70");
	assert_json(lead, "score_reasons", "+35 no heat\n+20 can be called\n+15 was referred");
	assert_json(api(METHOD_PATCH, path, "{\"urgency\":\"planned\"}"), "score", "40");
	assert_json(api(METHOD_PATCH, path, "{\"score\":90}"), "score_reasons", "Scored by hand");
	assert_json(api(METHOD_PATCH, path, "{\"urgency\":\"leak\"}"), "score", "90");
}

static bool header_is(const struct response *answer, const char *name, const char *value)
{
	return str_is(web_answer_header(answer, name), value);
}

static void response_times_are_set_and_told(void **state)
{
	struct browser admin = browser_as(&acme, ROLE_ADMIN), member = browser_as(&acme, ROLE_MEMBER);
	const struct response *page, *report;

	(void)state;
	assert_has(browse(&admin, "/settings/response"), "value=\"08:00-17:00\"");
	page = submit(&admin, "/settings/response", "monday=late&holidays=soon&minutes_leak=0");
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "monday"), "value=\"late\""));
	assert_status(
		submit(&admin, "/settings/response", "version=1&monday=09:00-12:00&holidays=2026-12-25&minutes_leak=7"),
		303);
	/* Whoever had them open meanwhile sees both. */
	page = submit(&admin, "/settings/response", "version=1&monday=10:00-12:00&holidays=2026-12-25&minutes_leak=7");
	assert_status(page, 412);
	assert_has(page, "name=\"monday\" value=\"09:00-12:00\"");
	assert_has(page, "name=\"monday\" value=\"10:00-12:00\" checked");
	assert_has(page, "name=\"version\" value=\"2\"");
	settle();
	assert_has(browse(&member, "/settings/response"), "09:00-12:00");
	assert_status(submit(&member, "/settings/response", "monday=closed"), 403);
	assert_json(api(METHOD_GET, "/api/settings/response", NULL), "minutes_leak", "7");
	assert_status(api(METHOD_PUT, "/api/settings/response", "{}"), 403);
	assert_true(header_is(api(METHOD_GET, "/api/settings/response", NULL), "ETag", "\"2\""));
	assert_status(ASK(.method = METHOD_PUT, .host = acme.slug, .path = "/api/settings/response",
			  .bearer = acme.key[ROLE_ADMIN], .json = "{\"minutes_leak\":9}"),
		      428);
	assert_status(ASK(.method = METHOD_PUT, .host = acme.slug, .path = "/api/settings/response",
			  .bearer = acme.key[ROLE_ADMIN], .json = "{\"minutes_leak\":9}",
			  .headers = {{"if-match", "\"1\""}}),
		      412);
	report =
		ASK(.method = METHOD_PUT, .host = acme.slug, .path = "/api/settings/response",
		    .bearer = acme.key[ROLE_ADMIN], .json = "{\"minutes_leak\":9}", .headers = {{"if-match", "\"2\""}});
	assert_json(report, "monday", "08:00-17:00");
	assert_true(header_is(report, "ETag", "\"3\""));
	report = api(METHOD_GET, "/api/reports/response", NULL);
	assert_json(report, "data.0.group", "all");
	assert_true(!str_is(json_text(report, "data.0.answered"), "0"));
	page = browse(&member, "/");
	assert_has(page, "Waiting for an answer");
	assert_has(page, "First answer, last 30 days");
	assert_hasnt(ASK(.host = other.slug, .path = "/api/reports/response", .bearer = other.key[ROLE_VIEWER]),
		     "referral");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_due_and_given),
		cmocka_unit_test(another_urgency_is_due_at_another_time),
		cmocka_unit_test(who_waits_is_a_list),
		cmocka_unit_test(who_has_been_answered_is_not_new),
		cmocka_unit_test(a_score_says_of_what_it_is_made),
		cmocka_unit_test(response_times_are_set_and_told),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
