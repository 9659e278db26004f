/* Bulk actions through the page and the API: asked before, done to each row as if alone, taken back once. */
#include "tests/web/fixture.h"

static struct company acme, rival;

static int make_companies(void **state)
{
	if (fixture_open(state))
		return -1;
	company_make(&acme, "acme");
	company_make(&rival, "rival");
	return 0;
}

static const char *tenant(const struct company *company)
{
	return arena_c_string(web->arena, uuid_text(web->arena, company->id));
}

/* New leads in place of all others, counted by the plan. */
static void plant(const struct company *company, int count)
{
	test_sql("DELETE FROM leads WHERE tenant_id = '%s'", tenant(company));
	test_sql("INSERT INTO leads (tenant_id, id, name, status, tier, search_text)"
		 " SELECT '%s', gen_random_uuid(), 'Lead ' || n, CASE WHEN n %% 2 = 0 THEN 'new' ELSE 'contacted' END, "
		 "'warm', 'lead ' || n"
		 " FROM generate_series(1, %d) AS n",
		 tenant(company), count);
	test_sql("UPDATE tenants SET current_lead_count = %d WHERE tenant_id = '%s'", count, tenant(company));
}

static int64_t count_of(const struct company *company, const char *where)
{
	int64_t count = -1;

	assert_true(str_to_int64(
		test_sql_value("SELECT count(*) FROM leads WHERE tenant_id = '%s' AND %s", tenant(company), where),
		&count));
	return count;
}

static const struct response *post(const struct company *company, enum role role, const char *path, const char *json)
{
	return ASK(.method = METHOD_POST, .host = company->slug, .path = path, .bearer = company->key[role],
		   .json = json);
}

static struct str ids_of(const char *where)
{
	return arena_copy(web->arena,
			  test_sql_value("SELECT string_agg(id::text, ',') FROM leads WHERE tenant_id = '%s' AND %s",
					 tenant(&acme), where));
}

static void all_that_match_are_changed_and_changed_back(void **state)
{
	const struct response *answer;
	struct str id;

	(void)state;
	plant(&acme, 1200);
	plant(&rival, 10);
	answer = post(&acme, ROLE_MEMBER, "/api/leads/bulk",
		      "{\"query\":\"status=new\",\"action\":\"status\",\"value\":\"qualified\",\"dry_run\":true}");
	assert_status(answer, 200);
	assert_json(answer, "count", "600");
	assert_int_equal(count_of(&acme, "status = 'new'"), 600);
	answer = post(&acme, ROLE_MEMBER, "/api/leads/bulk",
		      "{\"query\":\"status=new\",\"action\":\"status\",\"value\":\"qualified\"}");
	assert_status(answer, 200);
	assert_json(answer, "count", "600");
	assert_json(answer, "more", "false");
	id = json_text(answer, "id");
	assert_int_equal(count_of(&acme, "status = 'qualified' AND version = 2"), 600);
	assert_int_equal(count_of(&rival, "status = 'new'"), 5);
	/* One of them is changed again, and stays. */
	test_sql("UPDATE leads SET version = version + 1, notes = 'called' WHERE tenant_id = '%s' AND name = 'Lead 2'",
		 tenant(&acme));
	answer = post(&acme, ROLE_MEMBER, text("/api/bulk/%.*s/undo", STR_FMT_ARG(id)).p, NULL);
	assert_status(answer, 200);
	assert_json(answer, "undone", "599");
	assert_json(answer, "left", "1");
	assert_int_equal(count_of(&acme, "status = 'new'"), 599);
	assert_status(post(&acme, ROLE_MEMBER, text("/api/bulk/%.*s/undo", STR_FMT_ARG(id)).p, NULL), 409);
}

static void what_is_deleted_in_bulk_is_counted_and_comes_back(void **state)
{
	const struct response *answer;
	struct str places;

	(void)state;
	plant(&acme, 40);
	answer = post(&acme, ROLE_ADMIN, "/api/leads/bulk",
		      text("{\"ids\":\"%.*s\",\"action\":\"delete\"}", STR_FMT_ARG(ids_of("status = 'new'"))).p);
	assert_status(answer, 200);
	assert_json(answer, "count", "20");
	assert_int_equal(count_of(&acme, "deleted_at IS NULL"), 20);
	places = test_sql_value("SELECT current_lead_count FROM tenants WHERE tenant_id = '%s'", tenant(&acme));
	assert_true(str_is(places, "20"));
	answer = post(&acme, ROLE_ADMIN, text("/api/bulk/%.*s/undo", STR_FMT_ARG(json_text(answer, "id"))).p, NULL);
	assert_json(answer, "undone", "20");
	assert_int_equal(count_of(&acme, "deleted_at IS NULL"), 40);
	places = test_sql_value("SELECT current_lead_count FROM tenants WHERE tenant_id = '%s'", tenant(&acme));
	assert_true(str_is(places, "40"));
}

static void what_is_asked_wrongly_is_told_and_nothing_is_done(void **state)
{
	static const struct {
		const char *json, *field;
	} rows[] = {
		{"{\"action\":\"status\",\"value\":\"won\"}", "ids"},
		{"{\"all\":true,\"query\":\"status=new\",\"action\":\"status\",\"value\":\"won\"}", "ids"},
		{"{\"all\":true,\"action\":\"status\",\"value\":\"happy\"}", "status"},
		{"{\"all\":true,\"action\":\"owner\",\"value\":\"0190a000-0000-7000-8000-000000000000\"}", "owner_id"},
		{"{\"all\":true,\"action\":\"explode\"}", "action"},
		{"{\"query\":\"status[gte]=new\",\"action\":\"delete\"}", "status[gte]"},
		{"{\"ids\":\"7\",\"action\":\"delete\"}", "ids"},
	};

	(void)state;
	plant(&acme, 6);
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_field_error(post(&acme, ROLE_ADMIN, "/api/leads/bulk", rows[i].json), 422, rows[i].field, NULL);
	assert_int_equal(count_of(&acme, "version = 1 AND deleted_at IS NULL"), 6);
	assert_int_equal(post(&acme, ROLE_VIEWER, "/api/leads/bulk", "{\"all\":true,\"action\":\"delete\"}")->status,
			 403);
}

static void another_companys_rows_and_actions_are_not_there(void **state)
{
	const struct response *answer;
	struct str id;

	(void)state;
	plant(&acme, 4);
	plant(&rival, 4);
	answer = post(&rival, ROLE_ADMIN, "/api/leads/bulk",
		      text("{\"ids\":\"%.*s\",\"action\":\"delete\"}", STR_FMT_ARG(ids_of("true"))).p);
	assert_json(answer, "count", "0");
	assert_int_equal(count_of(&acme, "deleted_at IS NULL"), 4);
	answer = post(&acme, ROLE_ADMIN, "/api/leads/bulk", "{\"all\":true,\"action\":\"delete\"}");
	id = json_text(answer, "id");
	assert_status(post(&rival, ROLE_ADMIN, text("/api/bulk/%.*s/undo", STR_FMT_ARG(id)).p, NULL), 404);
	assert_int_equal(count_of(&acme, "deleted_at IS NULL"), 0);
}

static void the_page_asks_does_and_offers_the_way_back(void **state)
{
	struct browser browser = browser_as(&acme, ROLE_MEMBER);
	const struct response *answer;

	(void)state;
	plant(&acme, 30);
	answer = browse(&browser, "/leads?status=new");
	assert_has(answer, "href=\"/leads/bulk?status=new\"");
	answer = browse(&browser, "/leads/bulk?status=new");
	assert_status(answer, 200);
	assert_has(answer, "Change 15 leads");
	assert_has(answer, "name=\"target.status\"");
	answer = submit(&browser, "/leads/bulk",
			"scope=all&query=status%3Dnew&action=status&target.status=won&target.owner=");
	assert_status(answer, 200);
	assert_has(answer, "Status of 15 leads: Won?");
	assert_int_equal(count_of(&acme, "status = 'won'"), 0);
	answer = submit(&browser, "/leads/bulk", "scope=all&query=status%3Dnew&action=status&target.status=won&go=yes");
	assert_status(answer, 303);
	assert_int_equal(count_of(&acme, "status = 'won'"), 15);
	answer = browse(&browser, arena_c_string(web->arena, location_of(answer)));
	assert_has(answer, "15 changed.");
	answer = submit(
		&browser,
		arena_c_string(web->arena,
			       body_between(answer, "bulk-done\" role=\"status\" method=\"post\" action=\"", "\"")),
		"");
	assert_goes_to(answer, STR("/leads?undone=15&left=0"));
	assert_has(browse(&browser, "/leads?undone=15&left=0"), "Taken back: 15.");
	assert_int_equal(count_of(&acme, "status = 'new'"), 15);
}

static void ticked_rows_alone_are_meant(void **state)
{
	struct browser browser = browser_as(&acme, ROLE_MEMBER);
	struct str id;

	(void)state;
	plant(&acme, 5);
	id = ids_of("name = 'Lead 3'");
	assert_has(submit(&browser, "/leads/bulk", text("scope=ids&id=%.*s", STR_FMT_ARG(id)).p), "Change 1 lead");
	assert_has(submit(&browser, "/leads/bulk", "scope=ids"), "There is nothing to change");
	assert_status(submit(&browser, "/leads/bulk",
			     text("scope=ids&id=%.*s&action=status&target.status=won&go=yes", STR_FMT_ARG(id)).p),
		      303);
	assert_int_equal(count_of(&acme, "status = 'won'"), 1);
	assert_status(submit(&browser, "/leads/bulk",
			     text("scope=ids&id=%.*s&action=status&target.status=happy&go=yes", STR_FMT_ARG(id)).p),
		      422);
	assert_status(submit(&browser, "/leads/bulk", "scope=ids&id=7"), 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_match_are_changed_and_changed_back),
		cmocka_unit_test(what_is_deleted_in_bulk_is_counted_and_comes_back),
		cmocka_unit_test(what_is_asked_wrongly_is_told_and_nothing_is_done),
		cmocka_unit_test(another_companys_rows_and_actions_are_not_there),
		cmocka_unit_test(the_page_asks_does_and_offers_the_way_back),
		cmocka_unit_test(ticked_rows_alone_are_meant),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
