/* Bulk actions through the page and the API: asked before, done to each row as if alone, taken back once. */
#include "tests/web/fixture.h"

static struct company acme, rival;

static int make_companies(void **state)
{
	return fixture_companies(state, &acme, &rival);
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
		{"{\"ids\":[\"7\"],\"action\":\"delete\"}", "ids"},
		{"{\"ids\":[7],\"action\":\"delete\"}", "ids"},
		{"{\"ids\":[],\"action\":\"delete\"}", "ids"},
		{"{\"all\":true,\"action\":\"status\",\"value\":\"lost\"}", "lost_reason"},
		{"{\"all\":true,\"action\":\"status\",\"value\":\"won\",\"reason\":\"x\"}", "reason"},
		{"{\"all\":true,\"action\":\"owner\",\"value\":null,\"reason\":\"x\"}", "reason"},
		{"{\"all\":true,\"action\":\"delete\",\"expected\":5001}", "expected"},
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

static const char *undo_address(const struct response *list)
{
	return arena_c_string(web->arena,
			      body_between(list, "bulk-done\" role=\"status\" method=\"post\" action=\"", "\""));
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
	assert_has(answer, "Set the status of 15 leads to Won?");
	assert_has(answer, "type=\"submit\">Set the status of 15 leads to Won</button>");
	assert_has(answer, "name=\"count\" value=\"15\"");
	assert_hasnt(answer, "Why were they lost");
	assert_int_equal(count_of(&acme, "status = 'won'"), 0);
	answer = submit(&browser, "/leads/bulk",
			"scope=all&query=status%3Dnew&action=status&target.status=won&go=yes&count=15");
	assert_status(answer, 303);
	assert_int_equal(count_of(&acme, "status = 'won'"), 15);
	answer = browse(&browser, arena_c_string(web->arena, location_of(answer)));
	assert_has(answer, "15 changed.");
	assert_has(answer, "name=\"return\" value=\"/leads?status=new\"");
	answer = submit(&browser, undo_address(answer), "return=%2Fleads%3Fstatus%3Dnew");
	assert_goes_to(answer, STR("/leads?status=new&undone=15&left=0"));
	assert_has(browse(&browser, "/leads?status=new&undone=15&left=0"), "Taken back: 15.");
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
	assert_status(
		submit(&browser, "/leads/bulk",
		       text("scope=ids&id=%.*s&action=status&target.status=won&go=yes&count=1", STR_FMT_ARG(id)).p),
		303);
	assert_int_equal(count_of(&acme, "status = 'won'"), 1);
	assert_status(submit(&browser, "/leads/bulk",
			     text("scope=ids&id=%.*s&action=status&target.status=happy&go=yes", STR_FMT_ARG(id)).p),
		      422);
	assert_status(submit(&browser, "/leads/bulk", "scope=ids&id=7"), 400);
}

/* ---- what a stage, an owner and a reason do ---- */

/* Four leads in the first column for ten days, one of them lost for a reason of its own; their ids. */
static struct str plant_on_the_board(void)
{
	plant(&acme, 0);
	for (int i = 0; i < 4; i++)
		company_lead(&acme, text("Card %d", i).p);
	test_sql("UPDATE leads SET stage_since = date_trunc('second', now()) - interval '10 days' WHERE tenant_id = "
		 "'%s'",
		 tenant(&acme));
	test_sql(
		"UPDATE leads SET status = 'lost', lost_reason = 'moved away', stage_id = '%.*s' WHERE tenant_id = '%s'"
		" AND name = 'Card 3'",
		STR_FMT_ARG(company_stage(&acme, "Lost")), tenant(&acme));
	return ids_of("true");
}

/* All that a change of stage touches, row by row. */
static struct str state_of_all(void)
{
	return arena_copy(
		web->arena,
		test_sql_value(
			"SELECT string_agg(concat_ws(' ', name, status, stage_id, stage_since, stage_position,"
			" coalesce(lost_reason, '-'), coalesce(owner_id::text, '-'), coalesce(first_response_at::text,"
			" '-')), '|' ORDER BY name) FROM leads WHERE tenant_id = '%s'",
			tenant(&acme)));
}

static const char *list_of_ids(struct str ids)
{
	struct buffer list = BUFFER_IN(web->arena);

	while (!str_absent(ids)) {
		struct str id = str_split(&ids, ',');

		buffer_printf(&list, "%s\"%.*s\"", list.length ? "," : "", STR_FMT_ARG(id));
	}
	return buffer_str(&list).p;
}

static void a_stage_is_set_and_taken_back_as_it_was(void **state)
{
	struct str ids = plant_on_the_board(), before = state_of_all(), contacted = company_stage(&acme, "Contacted");
	struct browser browser = browser_as(&acme, ROLE_MEMBER);
	const struct response *answer;
	const char *form;

	(void)state;
	answer = post(&acme, ROLE_MEMBER, "/api/leads/bulk",
		      text("{\"ids\":[%s],\"action\":\"stage\",\"value\":\"%.*s\",\"expected\":4}", list_of_ids(ids),
			   STR_FMT_ARG(contacted))
			      .p);
	assert_json(answer, "count", "4");
	assert_int_equal(count_of(&acme, "status = 'contacted' AND stage_since > now() - interval '1 minute' AND"
					 " lost_reason IS NULL"),
			 4);
	answer = post(&acme, ROLE_MEMBER, text("/api/bulk/%.*s/undo", STR_FMT_ARG(json_text(answer, "id"))).p, NULL);
	assert_json(answer, "undone", "4");
	assert_true(str_equal(state_of_all(), before));
	/* The same through the page. */
	form = text("scope=all&query=name%%5Bstarts%%5D%%3DCard&action=stage&target.stage=%.*s", STR_FMT_ARG(contacted))
		       .p;
	answer = submit(&browser, "/leads/bulk", form);
	assert_has(answer, "type=\"submit\">Move 4 leads to Contacted</button>");
	assert_hasnt(answer, "Why were they lost");
	answer = submit(&browser, "/leads/bulk", text("%s&go=yes&count=4&reason=typed", form).p);
	assert_status(answer, 303);
	assert_int_equal(count_of(&acme, "status = 'contacted' AND lost_reason IS NULL"), 4);
	answer = browse(&browser, arena_c_string(web->arena, location_of(answer)));
	assert_goes_to(submit(&browser, undo_address(answer), ""), STR("/leads?undone=4&left=0"));
	assert_true(str_equal(state_of_all(), before));
	/* The way there and back stands in the history of moves, each with its time. */
	assert_true(
		str_is(test_sql_value("SELECT string_agg((seconds > 800000)::text, ',' ORDER BY moved_at) FROM"
				      " stage_moves m JOIN leads l ON l.tenant_id = m.tenant_id AND l.id = m.lead_id"
				      " WHERE m.tenant_id = '%s' AND l.name = 'Card 0'",
				      tenant(&acme)),
		       "true,false,true,false"));
}

static void leads_are_given_and_taken_back(void **state)
{
	struct str before;
	struct browser browser = browser_as(&acme, ROLE_MEMBER);
	const struct response *answer;
	const char *form;

	(void)state;
	plant_on_the_board();
	before = state_of_all();
	form = text("scope=all&action=owner&target.owner=%.*s", STR_FMT_ARG(acme.user[ROLE_ADMIN])).p;
	answer = submit(&browser, "/leads/bulk", form);
	assert_has(answer, "type=\"submit\">Give 4 leads to The Admin</button>");
	assert_hasnt(answer, "Why were they lost");
	answer = submit(&browser, "/leads/bulk", text("%s&go=yes&count=4&reason=typed", form).p);
	assert_status(answer, 303);
	assert_int_equal(count_of(&acme, text("owner_id = '%.*s'", STR_FMT_ARG(acme.user[ROLE_ADMIN])).p), 4);
	assert_int_equal(count_of(&acme, "lost_reason IS NULL"), 3);
	answer = browse(&browser, arena_c_string(web->arena, location_of(answer)));
	assert_goes_to(submit(&browser, undo_address(answer), ""), STR("/leads?undone=4&left=0"));
	assert_true(str_equal(state_of_all(), before));
	assert_has(submit(&browser, "/leads/bulk", "scope=all&action=owner&target.owner="), "Give 4 leads to nobody?");
	/* A lead always has a stage. */
	assert_status(submit(&browser, "/leads/bulk", "scope=all&action=stage&target.stage="), 422);
	answer = post(
		&acme, ROLE_MEMBER, "/api/leads/bulk",
		text("{\"all\":true,\"action\":\"owner\",\"value\":\"%.*s\"}", STR_FMT_ARG(acme.user[ROLE_MEMBER])).p);
	assert_json(answer, "count", "4");
	answer = post(&acme, ROLE_MEMBER, text("/api/bulk/%.*s/undo", STR_FMT_ARG(json_text(answer, "id"))).p, NULL);
	assert_json(answer, "undone", "4");
	assert_true(str_equal(state_of_all(), before));
}

static void who_loses_leads_says_why_once_for_all(void **state)
{
	struct str before, lost = company_stage(&acme, "Lost");
	struct browser browser = browser_as(&acme, ROLE_MEMBER);
	const struct response *answer;
	const char *form = text("scope=all&action=stage&target.stage=%.*s", STR_FMT_ARG(lost)).p;
	char long_reason[202] = {0};

	(void)state;
	plant_on_the_board();
	before = state_of_all();
	memset(long_reason, 'x', 201);
	assert_has(submit(&browser, "/leads/bulk", form), "Why were they lost?");
	answer = submit(&browser, "/leads/bulk", text("%s&go=yes&count=4", form).p);
	assert_status(answer, 422);
	assert_true(tag_has(input_tag(answer, "lost_reason"), "is-invalid"));
	answer = submit(&browser, "/leads/bulk", text("%s&go=yes&count=4&reason=%s", form, long_reason).p);
	assert_status(answer, 422);
	assert_true(tag_has(input_tag(answer, "lost_reason"), "is-invalid"));
	assert_true(tag_has(input_tag(answer, "lost_reason"), "xxxx"));
	assert_status(submit(&browser, "/leads/bulk", text("%s&go=yes&count=4&reason=a%%01b", form).p), 422);
	assert_true(str_equal(state_of_all(), before));
	answer = submit(&browser, "/leads/bulk", text("%s&go=yes&count=4&reason=+too+dear+", form).p);
	assert_status(answer, 303);
	assert_int_equal(count_of(&acme, "status = 'lost' AND lost_reason = 'too dear'"), 3);
	assert_int_equal(count_of(&acme, "status = 'lost' AND lost_reason = 'moved away'"), 1);
	answer = browse(&browser, arena_c_string(web->arena, location_of(answer)));
	assert_goes_to(submit(&browser, undo_address(answer), ""), STR("/leads?undone=3&left=0"));
	assert_true(str_equal(state_of_all(), before));
	assert_field_error(
		post(&acme, ROLE_MEMBER, "/api/leads/bulk",
		     text("{\"all\":true,\"action\":\"status\",\"value\":\"lost\",\"reason\":\"%s\"}", long_reason).p),
		422, "reason", "too_long");
	answer = post(&acme, ROLE_MEMBER, "/api/leads/bulk",
		      "{\"all\":true,\"action\":\"status\",\"value\":\"lost\",\"reason\":\"too dear\"}");
	assert_json(answer, "count", "3");
	assert_int_equal(count_of(&acme, "status = 'lost' AND lost_reason = 'too dear'"), 3);
	assert_json(post(&acme, ROLE_MEMBER, text("/api/bulk/%.*s/undo", STR_FMT_ARG(json_text(answer, "id"))).p, NULL),
		    "undone", "3");
	assert_true(str_equal(state_of_all(), before));
}

static void a_cadence_goes_on_when_the_end_is_taken_back(void **state)
{
	struct str cadence =
		arena_copy(web->arena, test_sql_value("SELECT id::text FROM cadences WHERE tenant_id = '%s'"
						      " LIMIT 1",
						      tenant(&acme)));
	struct str id, tasks, runs;
	const struct response *answer;

	(void)state;
	plant(&acme, 0);
	id = company_lead(&acme, "Cadence");
	assert_status(post(&acme, ROLE_MEMBER, text("/api/leads/%.*s/cadences", STR_FMT_ARG(id)).p,
			   text("{\"cadence_id\":\"%.*s\"}", STR_FMT_ARG(cadence)).p),
		      200);
	answer = post(&acme, ROLE_MEMBER, "/api/leads/bulk", "{\"all\":true,\"action\":\"status\",\"value\":\"won\"}");
	assert_json(answer, "count", "1");
	tasks = test_sql_value("SELECT (count(*) > 0 AND bool_and(status = 'cancelled'))::text FROM tasks WHERE"
			       " tenant_id = '%s' AND lead_id = '%.*s'",
			       tenant(&acme), STR_FMT_ARG(id));
	assert_true(str_is(tasks, "true"));
	assert_status(
		post(&acme, ROLE_MEMBER, text("/api/bulk/%.*s/undo", STR_FMT_ARG(json_text(answer, "id"))).p, NULL),
		200);
	tasks = test_sql_value("SELECT bool_and(status = 'open')::text FROM tasks WHERE tenant_id = '%s' AND lead_id ="
			       " '%.*s'",
			       tenant(&acme), STR_FMT_ARG(id));
	assert_true(str_is(tasks, "true"));
	runs = test_sql_value("SELECT (stopped_at IS NULL AND stop_reason IS NULL)::text FROM cadence_runs WHERE"
			      " tenant_id = '%s' AND lead_id = '%.*s'",
			      tenant(&acme), STR_FMT_ARG(id));
	assert_true(str_is(runs, "true"));
	/* A lead that is opened again by hand starts nothing that was stopped. */
	for (int i = 0; i < 2; i++)
		assert_status(ASK(.method = METHOD_PATCH, .host = acme.slug,
				  .path = text("/api/leads/%.*s", STR_FMT_ARG(id)).p, .bearer = acme.key[ROLE_MEMBER],
				  .json = i ? "{\"status\":\"contacted\"}" : "{\"status\":\"won\"}",
				  .headers = {{"if-match", "*"}}),
			      200);
	tasks = test_sql_value(
		"SELECT bool_and(status = 'cancelled')::text FROM tasks WHERE tenant_id = '%s' AND lead_id"
		" = '%.*s'",
		tenant(&acme), STR_FMT_ARG(id));
	assert_true(str_is(tasks, "true"));
}

static void another_number_than_was_told_is_asked_again(void **state)
{
	struct browser browser = browser_as(&acme, ROLE_MEMBER);
	const char *form = "scope=all&query=status%3Dnew&action=status&target.status=qualified&go=yes&count=10";
	const struct response *answer;

	(void)state;
	plant(&acme, 22);
	answer = submit(&browser, "/leads/bulk", form);
	assert_status(answer, 409);
	assert_has(answer, "another number");
	assert_has(answer, "Set the status of 11 leads to Qualified?");
	assert_has(answer, "name=\"count\" value=\"11\"");
	assert_int_equal(count_of(&acme, "status = 'qualified'"), 0);
	assert_field_error(
		post(&acme, ROLE_MEMBER, "/api/leads/bulk",
		     "{\"query\":\"status=new\",\"action\":\"status\",\"value\":\"qualified\",\"expected\":10}"),
		409, "expected", "changed");
	assert_int_equal(count_of(&acme, "status = 'qualified'"), 0);
	assert_json(post(&acme, ROLE_MEMBER, "/api/leads/bulk",
			 "{\"query\":\"status=new\",\"action\":\"status\",\"value\":\"qualified\",\"expected\":11}"),
		    "count", "11");
}

/* A list of ids, and the string with commas that was there before it. */
static void rows_are_named_by_a_list(void **state)
{
	struct buffer many = BUFFER_IN(web->arena);
	struct str ids;

	(void)state;
	plant(&acme, 1000);
	ids = ids_of("status = 'new'");
	assert_json(post(&acme, ROLE_MEMBER, "/api/leads/bulk",
			 text("{\"ids\":[%s],\"action\":\"status\",\"value\":\"qualified\"}", list_of_ids(ids)).p),
		    "count", "500");
	assert_json(post(&acme, ROLE_MEMBER, "/api/leads/bulk",
			 text("{\"ids\":\"%.*s\",\"action\":\"status\",\"value\":\"new\"}", STR_FMT_ARG(ids)).p),
		    "count", "500");
	for (int i = 0; i < 5001; i++)
		buffer_printf(&many, "%s\"0190a000-0000-7000-8000-%012d\"", i ? "," : "", i);
	assert_field_error(post(&acme, ROLE_MEMBER, "/api/leads/bulk",
				text("{\"ids\":[%.*s],\"action\":\"delete\"}", STR_FMT_ARG(buffer_str(&many))).p),
			   422, "ids", "too_many");
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
		cmocka_unit_test(a_stage_is_set_and_taken_back_as_it_was),
		cmocka_unit_test(leads_are_given_and_taken_back),
		cmocka_unit_test(who_loses_leads_says_why_once_for_all),
		cmocka_unit_test(a_cadence_goes_on_when_the_end_is_taken_back),
		cmocka_unit_test(another_number_than_was_told_is_asked_again),
		cmocka_unit_test(rows_are_named_by_a_list),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
