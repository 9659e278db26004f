/* The board: columns, places, moves by two people at once, and what a stage means for a lead. */
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

/* Names of a column's cards, with commas. */
static const char *column(const char *name)
{
	const struct response *board = api(METHOD_GET, "/api/pipeline", NULL);
	struct buffer names = BUFFER_IN(web->arena);

	assert_status(board, 200);
	for (int i = 0; json_at(board, text("data.%d", i).p); i++)
		for (int card = 0; str_is(json_text(board, text("data.%d.name", i).p), name) &&
				   json_at(board, text("data.%d.cards.%d", i, card).p);
		     card++)
			buffer_printf(&names, "%s%.*s", card ? "," : "",
				      STR_FMT_ARG(json_text(board, text("data.%d.cards.%d.name", i, card).p)));
	return buffer_str(&names).n ? buffer_str(&names).p : "";
}

static void a_new_lead_stands_on_top_of_the_first_column(void **state)
{
	(void)state;
	company_lead(&acme, "a");
	company_lead(&acme, "b");
	company_lead(&acme, "c");
	assert_string_equal(column("New"), "c,b,a");
	assert_string_equal(column("Won"), "");
}

static struct str id_of(const char *name)
{
	return json_text(api(METHOD_GET, text("/api/leads?name=%s", name).p, NULL), "data.0.id");
}

static void a_card_keeps_the_place_it_was_put_to(void **state)
{
	struct str new = company_stage(&acme, "New"), contacted = company_stage(&acme, "Contacted");

	(void)state;
	assert_status(ask_move(&acme, id_of("a"), ",\"before_id\":\"", new, id_of("b")), 200);
	assert_string_equal(column("New"), "c,a,b");
	assert_status(ask_move(&acme, id_of("c"), ",\"after_id\":\"", new, id_of("b")), 200);
	assert_string_equal(column("New"), "a,b,c");
	assert_status(ask_move(&acme, id_of("b"), ",\"place\":\"", new, STR("bottom")), 200);
	assert_string_equal(column("New"), "a,c,b");
	assert_status(ask_move(&acme, id_of("b"), NULL, new, STR("")), 200);
	assert_string_equal(column("New"), "b,a,c");
	assert_status(ask_move(&acme, id_of("a"), NULL, contacted, STR("")), 200);
	assert_string_equal(column("New"), "b,c");
	assert_string_equal(column("Contacted"), "a");
	/* No place between two: the cards above make room, and the order is what was asked for. */
	test_sql("UPDATE leads SET stage_position = 7 WHERE tenant_id = '%.*s' AND name IN ('b', 'c')",
		 STR_FMT_ARG(uuid_text(web->arena, acme.id)));
	for (int i = 0; i < 5; i++) {
		struct str below = id_of(str_is(str_from(column("New")), "b,c") ? "c" : "b");

		assert_status(ask_move(&acme, id_of("a"), ",\"before_id\":\"", new, below), 200);
		assert_true(str_is(str_from(column("New")), "b,a,c") || str_is(str_from(column("New")), "c,a,b"));
		assert_status(ask_move(&acme, id_of("a"), NULL, contacted, STR("")), 200);
	}
}

static void the_stage_decides_about_the_status(void **state)
{
	struct str won = company_stage(&acme, "Won"), lost = company_stage(&acme, "Lost"),
		   contacted = company_stage(&acme, "Contacted");
	struct str lead = id_of("b");

	(void)state;
	assert_json(ask_move(&acme, lead, NULL, won, STR("")), "status", "won");
	assert_json(ask_move(&acme, lead, NULL, contacted, STR("")), "status", "contacted");
	assert_field_error(ask_move(&acme, lead, NULL, lost, STR("")), 422, "lost_reason", "required");
	assert_string_equal(column("Lost"), "");
	assert_json(ask_move(&acme, lead, ",\"lost_reason\":\"", lost, STR("too dear")), "status", "lost");
	assert_json(api(METHOD_GET, text("/api/leads/%.*s", STR_FMT_ARG(lead)).p, NULL), "lost_reason", "too dear");
	/* And the other way round. */
	assert_true(str_equal(
		json_text(api(METHOD_PATCH, text("/api/leads/%.*s", STR_FMT_ARG(lead)).p, "{\"status\":\"won\"}"),
			  "stage_id"),
		won));
	assert_field_error(api(METHOD_PATCH, text("/api/leads/%.*s", STR_FMT_ARG(lead)).p, "{\"status\":\"lost\"}"),
			   422, "lost_reason", "required");
	assert_field_error(
		api(METHOD_POST, "/api/leads",
		    text("{\"name\":\"x\",\"status\":\"won\",\"stage_id\":\"%.*s\"}", STR_FMT_ARG(contacted)).p),
		422, "status", "contradiction");
	assert_true(str_is(
		test_sql_value("SELECT count(*)::text FROM stage_moves WHERE tenant_id = '%.*s' AND lead_id = '%.*s'",
			       STR_FMT_ARG(uuid_text(web->arena, acme.id)), STR_FMT_ARG(lead)),
		"4"));
}

static void two_people_who_move_one_card_do_not_overwrite_each_other(void **state)
{
	struct str lead = company_lead(&acme, "d"), new = company_stage(&acme, "New"),
		   contacted = company_stage(&acme, "Contacted");
	struct browser one = browser_as(&acme, ROLE_MEMBER);
	const char *path = text("/leads/%.*s/move", STR_FMT_ARG(lead)).p;
	const struct response *page;

	(void)state;
	assert_has(browse(&one, path), "name=\"version\" value=\"1\"");
	assert_status(ask_move(&acme, lead, NULL, contacted, STR("")), 200);
	page = submit(&one, path, text("version=1&place=top&stage_id=%.*s", STR_FMT_ARG(new)).p);
	assert_status(page, 412);
	assert_has(page, "name=\"version\" value=\"2\"");
	assert_goes_to(submit(&one, path, text("version=2&place=top&stage_id=%.*s", STR_FMT_ARG(new)).p),
		       text("/leads/%.*s?done=moved", STR_FMT_ARG(lead)));
	page = submit(&one, path, text("version=3&stage_id=%.*s", STR_FMT_ARG(company_stage(&acme, "Lost"))).p);
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "lost_reason"), "is-invalid"));
	assert_status(
		ASK(.method = METHOD_POST, .host = acme.slug, .path = text("/api/leads/%.*s/move", STR_FMT_ARG(lead)).p,
		    .bearer = acme.session[ROLE_MEMBER], .json = text("{\"stage_id\":\"%.*s\"}", STR_FMT_ARG(new)).p),
		428);
}

static void a_lead_is_moved_from_its_page_and_from_the_board(void **state)
{
	struct str lead = company_lead(&acme, "from its page"), lost = company_stage(&acme, "Lost");
	struct browser member = browser_as(&acme, ROLE_MEMBER), viewer = browser_as(&acme, ROLE_VIEWER);
	const char *path = text("/leads/%.*s/move", STR_FMT_ARG(lead)).p;
	const struct response *page;

	(void)state;
	page = browse(&member, text("/leads/%.*s", STR_FMT_ARG(lead)).p);
	assert_has(page, text("href=\"%s\"", path).p);
	assert_hasnt(browse(&viewer, text("/leads/%.*s", STR_FMT_ARG(lead)).p), path);
	assert_hasnt(browse(&member, path), "name=\"return\"");
	/* Where it came from survives the question why it was lost. */
	assert_has(browse(&member, "/pipeline?owner="), text("href=\"%s?return=%%2Fpipeline\"", path).p);
	assert_status(api(METHOD_PATCH, text("/api/leads/%.*s", STR_FMT_ARG(lead)).p,
			  text("{\"owner_id\":\"%.*s\"}", STR_FMT_ARG(acme.user[ROLE_MEMBER])).p),
		      200);
	assert_has(browse(&member, "/pipeline?owner=me"),
		   text("href=\"%s?return=%%2Fpipeline%%3Fowner%%3Dme\"", path).p);
	page = browse(&member, text("%s?return=%%2Fpipeline%%3Fowner%%3Dme", path).p);
	assert_has(page, "name=\"return\" value=\"/pipeline?owner=me\"");
	page = submit(&member, path,
		      text("version=2&stage_id=%.*s&return=%%2Fpipeline%%3Fowner%%3Dme", STR_FMT_ARG(lost)).p);
	assert_status(page, 422);
	assert_has(page, "name=\"return\" value=\"/pipeline?owner=me\"");
	assert_true(tag_has(input_tag(page, "lost_reason"), "is-invalid"));
	assert_goes_to(submit(&member, path,
			      text("version=2&stage_id=%.*s&lost_reason=too+dear&return=%%2Fpipeline%%3Fowner%%3Dme",
				   STR_FMT_ARG(lost))
				      .p),
		       STR("/pipeline?owner=me&done=moved"));
	assert_json(api(METHOD_GET, text("/api/leads/%.*s", STR_FMT_ARG(lead)).p, NULL), "lost_reason", "too dear");
	/* Only a lost lead has a reason. */
	assert_json(ask_move(&acme, lead, ",\"lost_reason\":\"", company_stage(&acme, "Contacted"), STR("no")),
		    "status", "contacted");
	assert_true(str_absent(
		json_text(api(METHOD_PATCH, text("/api/leads/%.*s", STR_FMT_ARG(lead)).p, "{\"lost_reason\":\"no\"}"),
			  "lost_reason")));
	assert_goes_to(
		submit(&member, path,
		       text("version=4&stage_id=%.*s&return=//evil.example", STR_FMT_ARG(company_stage(&acme, "New")))
			       .p),
		text("/leads/%.*s?done=moved", STR_FMT_ARG(lead)));
}

static void what_is_another_company_s_is_not_there(void **state)
{
	struct str lead = company_lead(&acme, "e"), theirs = company_lead(&other, "theirs");

	(void)state;
	assert_field_error(ask_move(&acme, lead, NULL, company_stage(&other, "New"), STR("")), 422, "stage_id",
			   "not_found");
	assert_field_error(ask_move(&acme, lead, ",\"before_id\":\"", company_stage(&acme, "New"), theirs), 422,
			   "before_id", "not_found");
	assert_status(ask_move(&acme, theirs, NULL, company_stage(&acme, "New"), STR("")), 404);
	assert_status(ASK(.method = METHOD_POST, .host = acme.slug,
			  .path = text("/api/leads/%.*s/move", STR_FMT_ARG(lead)).p, .bearer = acme.key[ROLE_VIEWER],
			  .json = "{}", .headers = {{"if-match", "*"}}),
		      403);
	assert_status(ASK(.host = acme.slug,
			  .path = text("/api/pipeline?stage=%.*s", STR_FMT_ARG(company_stage(&other, "New"))).p,
			  .bearer = acme.key[ROLE_MEMBER]),
		      404);
}

static void a_long_column_goes_on(void **state)
{
	struct browser viewer = browser_as(&acme, ROLE_VIEWER);
	const struct response *board, *rest;
	struct str new = company_stage(&acme, "New");

	(void)state;
	for (int i = 0; i < 30; i++)
		company_lead(&acme, text("long %d", i).p);
	board = api(METHOD_GET, text("/api/pipeline?stage=%.*s", STR_FMT_ARG(new)).p, NULL);
	assert_json(board, "data.0.cards.0.name", "long 29");
	assert_non_null(json_at(board, "data.0.cards.24"));
	assert_null(json_at(board, "data.0.cards.25"));
	rest = api(METHOD_GET,
		   text("/api/pipeline?stage=%.*s&after=%.*s", STR_FMT_ARG(new),
			STR_FMT_ARG(json_text(board, "data.0.after")))
			   .p,
		   NULL);
	assert_json(rest, "data.0.cards.0.name", "long 4");
	assert_field_error(api(METHOD_GET, "/api/pipeline?after=1_2", NULL), 422, "after", NULL);
	assert_field_error(api(METHOD_GET, "/api/pipeline?owner=x", NULL), 422, "owner", "not_an_id");
	assert_field_error(api(METHOD_GET, "/api/pipeline?nope=x", NULL), 422, "nope", "unknown_field");
	board = browse(&viewer, "/pipeline");
	assert_has(board, "long 29");
	assert_has(board, ">More</a>");
	assert_hasnt(board, "Move<");
	assert_hasnt(board, "data-board ");
	assert_hasnt(browse(&viewer, "/pipeline?owner=me"), "long 29");
}

/* A column of the board as JSON: its index. */
static int column_at(const struct response *board, const char *name)
{
	int at = 0;

	while (!str_is(json_text(board, text("data.%d.name", at).p), name))
		at++;
	return at;
}

static void a_column_tells_number_and_value_and_goes_on_as_a_page(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	struct str sent = company_stage(&acme, "Estimate sent"), more;
	const struct response *board, *page;
	int at;

	(void)state;
	for (int i = 0; i < 27; i++)
		assert_status(api(METHOD_POST, "/api/leads",
				  text("{\"name\":\"priced %d\",\"value_cents\":100050,\"stage_id\":\"%.*s\"%s%.*s%s}",
				       i, STR_FMT_ARG(sent), i < 2 ? ",\"owner_id\":\"" : "",
				       STR_FMT_ARG(i < 2 ? acme.user[ROLE_MEMBER] : STR("")), i < 2 ? "\"" : "")
					  .p),
			      201);
	board = api(METHOD_GET, "/api/pipeline", NULL);
	at = column_at(board, "Estimate sent");
	assert_true(str_is(json_text(board, text("data.%d.count", at).p), "27"));
	assert_true(str_is(json_text(board, text("data.%d.value_cents", at).p), "2701350"));
	assert_true(str_is(json_text(board, text("data.%d.is_capped", at).p), "false"));
	board = api(
		METHOD_GET,
		text("/api/pipeline?owner=%.*s&stage=%.*s", STR_FMT_ARG(acme.user[ROLE_MEMBER]), STR_FMT_ARG(sent)).p,
		NULL);
	assert_json(board, "data.0.count", "2");
	assert_json(board, "data.0.value_cents", "200100");
	page = browse(&member, "/pipeline");
	assert_has(page, text("data-numbers=\"%.*s\"><span class=\"badge tone-blue\">27<span class=\"visually-hidden\">"
			      " leads</span></span> $27,013.50<",
			      STR_FMT_ARG(sent))
				 .p);
	assert_has(page, "priced 26<");
	assert_hasnt(page, "priced 1<");
	/* The rest of the column is a page of its own, with the whole column's numbers and a way back. */
	more = body_between(page, text("href=\"/pipeline?stage=%.*s&amp;after=", STR_FMT_ARG(sent)).p, "\"");
	page = browse(&member, text("/pipeline?stage=%.*s&after=%.*s", STR_FMT_ARG(sent), STR_FMT_ARG(more)).p);
	assert_has(page, "priced 1<");
	assert_has(page, "priced 0<");
	assert_hasnt(page, "priced 2<");
	assert_has(page, "All stages");
	assert_has(page, ">27<span");
	assert_hasnt(page, ">More</a>");
	assert_status(browse(&member, text("/pipeline?stage=%.*s&after=x", STR_FMT_ARG(sent)).p), 422);
}

static void what_stays_too_long_is_marked(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	struct str booked = company_stage(&acme, "Estimate booked");
	const char *path = text("/api/pipeline?stage=%.*s", STR_FMT_ARG(booked)).p;
	const struct response *page;

	(void)state;
	/* Seven days there, by what a company is made with. */
	assert_status(api(METHOD_POST, "/api/leads",
			  text("{\"name\":\"stays\",\"stage_id\":\"%.*s\"}", STR_FMT_ARG(booked)).p),
		      201);
	assert_json(api(METHOD_GET, path, NULL), "data.0.cards.0.is_stale", "false");
	assert_hasnt(browse(&member, path + strlen("/api")), "is-stale");
	test_sql("UPDATE leads SET stage_since = now() - interval '7 days 1 hour' WHERE tenant_id = '%.*s' AND name = "
		 "'stays'",
		 STR_FMT_ARG(uuid_text(web->arena, acme.id)));
	assert_json(api(METHOD_GET, path, NULL), "data.0.cards.0.is_stale", "true");
	page = browse(&member, path + strlen("/api"));
	assert_has(page, "board-card is-stale");
	assert_has(page, ">Stale</span>");
	assert_has(page, "for 7 days");
	/* 0: never. */
	assert_status(api(METHOD_PATCH, text("/api/pipeline_stages/%.*s", STR_FMT_ARG(booked)).p, "{\"stale_days\":0}"),
		      403);
	assert_status(ASK(.method = METHOD_PATCH, .host = acme.slug,
			  .path = text("/api/pipeline_stages/%.*s", STR_FMT_ARG(booked)).p,
			  .bearer = acme.key[ROLE_ADMIN], .json = "{\"stale_days\":0}", .headers = {{"if-match", "*"}}),
		      200);
	assert_json(api(METHOD_GET, path, NULL), "data.0.cards.0.is_stale", "false");
}

/* ---- stages that change ---- */

static const struct response *by_admin(enum method method, const char *path, const char *json)
{
	return ask_api(&acme, acme.key[ROLE_ADMIN], method, path, json);
}

static void a_stage_with_leads_keeps_its_meaning(void **state)
{
	struct browser admin = browser_as(&acme, ROLE_ADMIN);
	struct str stage = json_text(by_admin(METHOD_POST, "/api/pipeline_stages", "{\"name\":\"Waiting\"}"), "id");
	struct str lead = company_lead(&acme, "in between");
	const char *path = text("/api/pipeline_stages/%.*s", STR_FMT_ARG(stage)).p;
	const struct response *page;

	(void)state;
	assert_status(ask_move(&acme, lead, NULL, stage, STR("")), 200);
	assert_field_error(by_admin(METHOD_PATCH, path, "{\"kind\":\"won\"}"), 409, "kind", "in_use");
	page = submit(&admin, path + strlen("/api"), "version=1&name=Waiting&kind=won&position=0&stale_days=14");
	assert_status(page, 409);
	assert_has(page, "1 lead is in this stage. Move it to another stage first.");
	/* Its name and place are free, and so is its meaning when nobody is there. */
	assert_status(by_admin(METHOD_PATCH, path, "{\"name\":\"Waiting on parts\",\"position\":35}"), 200);
	assert_status(ask_move(&acme, lead, NULL, company_stage(&acme, "New"), STR("")), 200);
	assert_json(by_admin(METHOD_PATCH, path, "{\"kind\":\"won\"}"), "kind", "won");
	assert_json(ask_move(&acme, lead, NULL, stage, STR("")), "status", "won");
	assert_status(ask_move(&acme, lead, NULL, company_stage(&acme, "New"), STR("")), 200);
	assert_status(by_admin(METHOD_DELETE, path, NULL), 204);
}

static void a_lead_comes_back_to_a_stage_that_is_there(void **state)
{
	struct browser admin = browser_as(&acme, ROLE_ADMIN);
	struct str stage = json_text(
		by_admin(METHOD_POST, "/api/pipeline_stages", "{\"name\":\"Short-lived\",\"position\":35}"), "id");
	struct str lead = company_lead(&acme, "comes back");
	const char *path = text("/api/leads/%.*s", STR_FMT_ARG(lead)).p;

	(void)state;
	assert_status(ask_move(&acme, lead, NULL, stage, STR("")), 200);
	assert_status(by_admin(METHOD_DELETE, path, NULL), 204);
	assert_status(by_admin(METHOD_DELETE, text("/api/pipeline_stages/%.*s", STR_FMT_ARG(stage)).p, NULL), 204);
	assert_status(submit(&admin, text("/leads/%.*s/restore", STR_FMT_ARG(lead)).p, ""), 303);
	assert_non_null(strstr(column("New"), "comes back"));
	assert_json(api(METHOD_GET, path, NULL), "status", "contacted");
	assert_json(api(METHOD_GET, text("%s/history", path).p, NULL), "data.0.kind", "restored");
	assert_json(api(METHOD_GET, text("%s/history", path).p, NULL), "data.0.changes.0.field", "stage_id");
	/* Where the stage is still there, it is the one it was in. */
	assert_status(ask_move(&acme, lead, NULL, company_stage(&acme, "Contacted"), STR("")), 200);
	assert_status(by_admin(METHOD_DELETE, path, NULL), 204);
	assert_status(by_admin(METHOD_POST, text("/api/leads/%.*s/restore", STR_FMT_ARG(lead)).p, NULL), 200);
	assert_non_null(strstr(column("Contacted"), "comes back"));
}

static void there_are_as_many_stages_as_the_board_shows(void **state)
{
	struct buffer rows = BUFFER_IN(web->arena);
	const struct response *batch;
	struct str last = STR_NONE;
	int made = 0;

	(void)state;
	for (int i = 0; i < 45; i++)
		buffer_printf(&rows, "%s{\"name\":\"Many %d\"}", i ? "," : "", i);
	batch = by_admin(METHOD_POST, "/api/pipeline_stages/batch",
			 text("{\"rows\":[%.*s]}", STR_FMT_ARG(buffer_str(&rows))).p);
	assert_has(batch, "50 stages at most");
	assert_null(json_at(api(METHOD_GET, "/api/pipeline", NULL), "data.6"));
	for (int i = 0; i < 50; i++) {
		const struct response *answer = by_admin(METHOD_POST, "/api/pipeline_stages",
							 text("{\"name\":\"Stage %d\",\"position\":%d}", i, 100 + i).p);

		if (answer->status != 201) {
			assert_status(answer, 409);
			assert_json(answer, "code", "too_many");
			break;
		}
		last = json_text(answer, "id");
		made++;
	}
	assert_int_equal(made, 44);
	assert_non_null(json_at(api(METHOD_GET, "/api/pipeline", NULL), "data.49"));
	/* The trash makes room, and nothing comes out of it where there is none. */
	assert_status(by_admin(METHOD_DELETE, text("/api/pipeline_stages/%.*s", STR_FMT_ARG(last)).p, NULL), 204);
	assert_status(by_admin(METHOD_POST, "/api/pipeline_stages", "{\"name\":\"Another\"}"), 201);
	assert_status(by_admin(METHOD_POST, text("/api/pipeline_stages/%.*s/restore", STR_FMT_ARG(last)).p, NULL), 409);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_lead_stands_on_top_of_the_first_column),
		cmocka_unit_test(a_card_keeps_the_place_it_was_put_to),
		cmocka_unit_test(the_stage_decides_about_the_status),
		cmocka_unit_test(two_people_who_move_one_card_do_not_overwrite_each_other),
		cmocka_unit_test(a_lead_is_moved_from_its_page_and_from_the_board),
		cmocka_unit_test(what_is_another_company_s_is_not_there),
		cmocka_unit_test(a_long_column_goes_on),
		cmocka_unit_test(a_column_tells_number_and_value_and_goes_on_as_a_page),
		cmocka_unit_test(what_stays_too_long_is_marked),
		cmocka_unit_test(a_stage_with_leads_keeps_its_meaning),
		cmocka_unit_test(a_lead_comes_back_to_a_stage_that_is_there),
		cmocka_unit_test(there_are_as_many_stages_as_the_board_shows),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
