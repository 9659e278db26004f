/* Sample data: what it adds, and that removing takes exactly that. */
#include "tests/web/fixture.h"

#include "lib/crm/sample_data.h"

static struct company acme, rival;

static const struct response *api_as(const struct company *company, enum role role, enum method method,
				     const char *path, const char *json)
{
	return ASK(.method = method, .host = company->slug, .path = path, .bearer = company->key[role], .json = json,
		   .headers = {{"if-match", "*"}});
}

static const struct response *api(enum method method, const char *path, const char *json)
{
	return api_as(&acme, ROLE_ADMIN, method, path, json);
}

static int make_companies(void **state)
{
	if (fixture_open(state))
		return -1;
	company_make(&acme, "acme");
	company_make(&rival, "rival");
	return 0;
}

static struct str made(const char *path, const char *json)
{
	const struct response *answer = api(METHOD_POST, path, json);

	assert_status(answer, 201);
	return json_text(answer, "id");
}

/* ---- every row that a company has, as one text ---- */

#define TABLES_MOST 100

static size_t tenant_tables(struct str out[TABLES_MOST])
{
	struct str names = test_sql_value(
		"SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_class c JOIN pg_attribute a ON"
		" a.attrelid = c.oid AND a.attname = 'tenant_id' WHERE c.relkind = 'r' AND c.relnamespace = "
		"'public'::regnamespace AND c.relname NOT IN ('tenant_sessions', 'tenant_api_keys')");
	struct str copy = text("%.*s", STR_FMT_ARG(names));
	size_t count = 0;

	while (!str_absent(copy) && count < TABLES_MOST)
		out[count++] = str_split(&copy, ' ');
	assert_true(count > 20);
	return count;
}

struct shape {
	struct str table, hash;
};

static size_t shape_of(const struct company *company, struct shape out[TABLES_MOST])
{
	struct str tables[TABLES_MOST];
	size_t count = tenant_tables(tables);

	for (size_t i = 0; i < count; i++) {
		out[i].table = tables[i];
		out[i].hash =
			text("%.*s", STR_FMT_ARG(test_sql_value(
					     "SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY"
					     " t::text)), 'none') FROM %.*s t WHERE tenant_id = '%.*s'",
					     STR_FMT_ARG(tables[i]), STR_FMT_ARG(uuid_text(web->arena, company->id)))));
	}
	return count;
}

static void assert_same_shape(const struct shape *before, size_t count, const struct company *company)
{
	struct shape now[TABLES_MOST];
	bool same = true;

	assert_int_equal(shape_of(company, now), count);
	for (size_t i = 0; i < count; i++)
		if (!str_equal(before[i].hash, now[i].hash)) {
			print_error("%.*s differs\n", STR_FMT_ARG(now[i].table));
			same = false;
		}
	assert_true(same);
}

static int64_t rows_of(const char *table)
{
	int64_t count = -1;

	assert_true(str_to_int64(test_sql_value("SELECT count(*) FROM %s WHERE tenant_id = '%.*s'", table,
						STR_FMT_ARG(uuid_text(web->arena, acme.id))),
				 &count));
	return count;
}

static struct str value_of(const char *sql)
{
	return text("%.*s", STR_FMT_ARG(test_sql_value("SELECT %s = '%.*s'", sql,
						       STR_FMT_ARG(uuid_text(web->arena, acme.id)))));
}

/* ---- the tests ---- */

static void it_fills_a_company_as_its_people_would(void **state)
{
	const struct response *answer = api(METHOD_POST, "/api/sample-data", NULL);

	(void)state;
	assert_status(answer, 200);
	assert_json(answer, "data.0.entity", "leads");
	assert_json(answer, "data.0.rows", "12");
	assert_json(answer, "data.0.attached", "0");
	assert_json(answer, "data.1.entity", "contacts");
	assert_json(answer, "data.1.rows", "6");
	/* Hooks did their work. */
	assert_true(str_is(value_of("count(DISTINCT stage_id) FROM leads WHERE tenant_id"), "6"));
	assert_true(str_is(value_of("count(*) FROM leads WHERE score > 0 AND score_reasons LIKE '+%%' AND tenant_id"),
			   "12"));
	assert_true(str_is(value_of("count(*) FROM leads WHERE first_response_seconds BETWEEN 60 AND 3600 AND "
				    "first_response_kind IN ('call', 'email', 'sms') AND tenant_id"),
			   "10"));
	assert_true(str_is(value_of("count(*) FROM leads WHERE response_due_at > created_at AND tenant_id"), "12"));
	assert_true(rows_of("stage_moves") >= 10);
	assert_true(str_is(value_of("bool_and(seconds > 0) FROM stage_moves WHERE tenant_id"), "t"));
	assert_true(str_is(value_of("count(*) FROM record_changes WHERE entity = 'leads' AND kind = 'created' AND "
				    "tenant_id"),
			   "12"));
	/* Nothing lies in the future that should not, nor is named like a person who can be called. */
	assert_true(str_is(value_of("count(*) FROM record_changes WHERE changed_at > now() AND tenant_id"), "0"));
	assert_true(str_is(value_of("bool_and(phone_e164 LIKE '+1___55501__') FROM leads WHERE tenant_id"), "t"));
	assert_true(
		str_is(value_of("count(*) FROM contacts WHERE email NOT LIKE '%%@example.com' AND tenant_id"), "0"));
	assert_true(str_is(value_of("current_lead_count FROM tenants WHERE tenant_id"), "12"));
	assert_true(str_is(value_of("metric_value FROM tenant_usage WHERE metric_name = 'leads_created' AND "
				    "tenant_id"),
			   "0"));
}

static void twice_is_nothing_new(void **state)
{
	int64_t rows = rows_of("sample_rows"), changes = rows_of("record_changes");
	const struct response *answer = api(METHOD_POST, "/api/sample-data", NULL);

	(void)state;
	assert_status(answer, 200);
	assert_json(answer, "data.0.rows", "12");
	assert_int_equal(rows_of("sample_rows"), rows);
	assert_int_equal(rows_of("record_changes"), changes);
	assert_int_equal(rows_of("leads"), 12);
	assert_status(api(METHOD_DELETE, "/api/sample-data", NULL), 200);
	assert_int_equal(rows_of("leads"), 0);
	answer = api(METHOD_DELETE, "/api/sample-data", NULL);
	assert_status(answer, 200);
	assert_int_equal(value_count(json_at(answer, "data")), 0);
}

static struct str sample_lead(const char *name)
{
	return value_of(text("id FROM leads WHERE name = '%s' AND tenant_id", name).p);
}

/* What a person may do to sample rows before they are tired of them. */
static void meddle(void)
{
	struct str maria = sample_lead("Maria Alvarez"), tom = sample_lead("Tom Becker");
	struct str grace = value_of("id FROM contacts WHERE name = 'Grace Kim' AND tenant_id");
	const struct response *answer;

	made("/api/notes", text("{\"body\":\"Mine\",\"lead_id\":\"%.*s\"}", STR_FMT_ARG(maria)).p);
	made("/api/equipment", text("{\"type\":\"boiler\",\"contact_id\":\"%.*s\"}", STR_FMT_ARG(grace)).p);
	assert_status(api(METHOD_PATCH, text("/api/leads/%.*s", STR_FMT_ARG(tom)).p,
			  "{\"name\":\"Thomas\",\"status\":\"won\"}"),
		      200);
	assert_status(api(METHOD_DELETE, text("/api/leads/%.*s", STR_FMT_ARG(tom)).p, NULL), 204);
	answer = api(METHOD_POST, "/api/leads/bulk", "{\"all\":true,\"action\":\"tag_add\",\"value\":\"Landlord\"}");
	assert_status(answer, 200);
	answer = api(METHOD_POST, text("/api/bulk/%.*s/undo", STR_FMT_ARG(json_text(answer, "id"))).p, NULL);
	assert_status(answer, 200);
	test_sql("DELETE FROM bulk_actions WHERE tenant_id = '%.*s'", STR_FMT_ARG(uuid_text(web->arena, acme.id)));
}

static void removing_takes_exactly_its_rows(void **state)
{
	struct shape before[TABLES_MOST], theirs[TABLES_MOST];
	const struct response *answer;
	size_t count;

	(void)state;
	(void)company_lead(&acme, "Own lead");
	made("/api/tags", "{\"name\":\"Landlord\",\"tone\":\"red\"}");
	made("/api/notes", text("{\"body\":\"Own\",\"lead_id\":\"%.*s\"}", STR_FMT_ARG(sample_lead("Own lead"))).p);
	assert_status(api_as(&rival, ROLE_ADMIN, METHOD_POST, "/api/sample-data", NULL), 200);
	count = shape_of(&acme, before);
	(void)shape_of(&rival, theirs);
	assert_status(api(METHOD_POST, "/api/sample-data", NULL), 200);
	answer = api(METHOD_DELETE, "/api/sample-data", NULL);
	assert_status(answer, 200);
	assert_json(answer, "data.0.rows", "12");
	assert_same_shape(before, count, &acme);
	assert_status(api(METHOD_POST, "/api/sample-data", NULL), 200);
	test_sql("DELETE FROM lead_tags WHERE tenant_id = '%.*s'", STR_FMT_ARG(uuid_text(web->arena, acme.id)));
	test_sql("UPDATE leads SET deleted_at = now() WHERE name = 'Own lead' AND tenant_id = '%.*s'",
		 STR_FMT_ARG(uuid_text(web->arena, acme.id)));
	meddle();
	test_sql("UPDATE leads SET deleted_at = NULL WHERE name = 'Own lead' AND tenant_id = '%.*s'",
		 STR_FMT_ARG(uuid_text(web->arena, acme.id)));
	answer = api(METHOD_GET, "/api/sample-data", NULL);
	assert_json(answer, "data.0.rows", "12");
	assert_has(answer, "\"entity\":\"notes\",\"rows\":5,\"attached\":1,\"untagged\":0");
	assert_has(answer, "\"entity\":\"equipment\",\"rows\":8,\"attached\":1");
	assert_status(api(METHOD_DELETE, "/api/sample-data", NULL), 200);
	assert_same_shape(before, count, &acme);
	assert_same_shape(theirs, count, &rival);
	assert_status(api_as(&rival, ROLE_ADMIN, METHOD_DELETE, "/api/sample-data", NULL), 200);
}

/* What only points at a sample row stays, and points nowhere. */
static void what_is_ones_own_stays(void **state)
{
	struct str task, contact, lead = company_lead(&acme, "Stays");
	struct str cadence = made("/api/cadences", "{\"name\":\"Three calls\"}");

	(void)state;
	assert_status(api(METHOD_POST, "/api/sample-data", NULL), 200);
	contact = made(
		"/api/contacts",
		text("{\"name\":\"Own contact\",\"lead_id\":\"%.*s\"}", STR_FMT_ARG(sample_lead("Maria Alvarez"))).p);
	made("/api/cadence_steps",
	     text("{\"cadence_id\":\"%.*s\",\"delay_hours\":1,\"title\":\"Call\"}", STR_FMT_ARG(cadence)).p);
	assert_status(api(METHOD_POST, text("/api/leads/%.*s/cadences", STR_FMT_ARG(sample_lead("Maria Alvarez"))).p,
			  text("{\"cadence_id\":\"%.*s\"}", STR_FMT_ARG(cadence)).p),
		      200);
	task = value_of("id FROM tasks WHERE cadence_run_id IS NOT NULL AND tenant_id");
	assert_status(api(METHOD_PATCH, text("/api/tasks/%.*s", STR_FMT_ARG(task)).p,
			  text("{\"lead_id\":\"%.*s\"}", STR_FMT_ARG(lead)).p),
		      200);
	assert_status(api(METHOD_DELETE, "/api/sample-data", NULL), 200);
	assert_status(api(METHOD_GET, text("/api/tasks/%.*s", STR_FMT_ARG(task)).p, NULL), 200);
	assert_json(api(METHOD_GET, text("/api/contacts/%.*s", STR_FMT_ARG(contact)).p, NULL), "name", "Own contact");
	assert_int_equal(rows_of("cadence_runs"), 0);
	assert_true(str_is(value_of("current_lead_count FROM tenants WHERE tenant_id"), "2"));
}

static void only_admins_add_and_remove(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	static const enum role roles[] = {ROLE_VIEWER, ROLE_MEMBER};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(roles); i++) {
		assert_status(api_as(&acme, roles[i], METHOD_GET, "/api/sample-data", NULL), 403);
		assert_status(api_as(&acme, roles[i], METHOD_POST, "/api/sample-data", NULL), 403);
		assert_status(api_as(&acme, roles[i], METHOD_DELETE, "/api/sample-data", NULL), 403);
	}
	assert_status(submit(&member, "/sample-data", ""), 403);
	assert_status(submit(&member, "/sample-data/remove", ""), 403);
	assert_int_equal(rows_of("sample_rows"), 0);
	/* Who may not is not asked to. */
	assert_hasnt(browse(&member, "/contacts"), "Look around with sample data");
}

static void a_full_plan_refuses_all_of_it(void **state)
{
	struct browser owner = browser_as(&acme, ROLE_OWNER);
	struct shape before[TABLES_MOST];
	const struct response *answer;
	size_t count;

	(void)state;
	company_set(&acme, "max_leads = 10");
	count = shape_of(&acme, before);
	answer = api(METHOD_POST, "/api/sample-data", NULL);
	assert_true(answer->status >= 402 && answer->status < 500);
	assert_has(answer, "plan_limit");
	assert_has(submit(&owner, "/sample-data", "return=/leads"), "has no room");
	assert_same_shape(before, count, &acme);
	company_set(&acme, "max_leads = NULL");
}

static void the_offer_stands_where_nothing_is(void **state)
{
	static const char *const empty[] = {"/leads", "/contacts", "/my-day", "/", "/equipment", "/pipeline"};
	struct browser owner = browser_as(&rival, ROLE_OWNER);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(empty); i++) {
		assert_has(browse(&owner, empty[i]), "Look around with sample data");
		assert_hasnt(browse(&owner, empty[i]), "You are looking at <strong>sample data");
	}
	assert_hasnt(browse(&owner, "/leads?status=won"), "Look around with sample data");
	assert_hasnt(browse(&owner, "/saved_views"), "Look around with sample data");
	assert_goes_to(submit(&owner, "/sample-data", "return=/leads"), STR("/leads?done=sample_added"));
	for (size_t i = 0; i < COUNT_OF(empty); i++) {
		assert_hasnt(browse(&owner, empty[i]), "Look around with sample data");
		assert_has(browse(&owner, empty[i]), "You are looking at <strong>sample data");
	}
	assert_goes_to(submit(&owner, "/sample-data", "return=/leads"), STR("/leads?done=sample_there"));
}

static void one_click_removes_unless_something_was_added(void **state)
{
	struct browser owner = browser_as(&rival, ROLE_OWNER);
	struct str lead = text("%.*s", STR_FMT_ARG(test_sql_value("SELECT id FROM leads WHERE name = 'Grace Kim' AND"
								  " tenant_id = '%.*s'",
								  STR_FMT_ARG(uuid_text(web->arena, rival.id)))));
	const struct response *page;

	(void)state;
	assert_status(api_as(&rival, ROLE_ADMIN, METHOD_POST, "/api/notes",
			     text("{\"body\":\"Mine\",\"lead_id\":\"%.*s\"}", STR_FMT_ARG(lead)).p),
		      201);
	(void)browse(&owner, "/leads");
	assert_goes_to(submit(&owner, "/sample-data/remove", "return=/leads"), STR("/sample-data?return=%2Fleads"));
	assert_status(
		api_as(&rival, ROLE_ADMIN, METHOD_POST, "/api/leads", "{\"name\":\"Own\",\"tags\":[\"Financing\"]}"),
		201);
	page = browse(&owner, "/sample-data?return=/leads");
	assert_has(page, "<strong>1 lead</strong> of your own will lose a tag");
	assert_has(page, "12 leads, 6 contacts");
	assert_has(page, "<strong>1 note</strong> that was added");
	assert_goes_to(submit(&owner, "/sample-data/remove", "confirmed=yes&return=/leads"),
		       STR("/leads?done=sample_removed"));
	assert_has(browse(&owner, "/leads"), ">Own</a>");
	assert_hasnt(browse(&owner, "/leads"), "Financing");
	assert_goes_to(submit(&owner, "/sample-data", ""), STR("/?done=sample_added"));
	assert_goes_to(submit(&owner, "/sample-data/remove", "return=/pipeline"), STR("/pipeline?done=sample_removed"));
	assert_has(browse(&owner, "/sample-data"), "Add sample data");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_fills_a_company_as_its_people_would),
		cmocka_unit_test(twice_is_nothing_new),
		cmocka_unit_test(removing_takes_exactly_its_rows),
		cmocka_unit_test(what_is_ones_own_stays),
		cmocka_unit_test(only_admins_add_and_remove),
		cmocka_unit_test(a_full_plan_refuses_all_of_it),
		cmocka_unit_test(the_offer_stands_where_nothing_is),
		cmocka_unit_test(one_click_removes_unless_something_was_added),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
