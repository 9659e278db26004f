/* Drafts of imports, and the list they stand in. */
#include "tests/web/import_fixture.h"

static struct company acme, rival;

static int make_companies(void **state)
{
	if (fixture_open(state))
		return -1;
	company_make(&acme, "acme");
	company_make(&rival, "rival");
	return 0;
}

static const char people[] = "Full Name,E-mail\nAnn Lee,ann@example.com\nBea,bea@example.com\n";

/* ---- thrown away ---- */

static struct str kept_of(struct str file)
{
	return test_sql_value("SELECT ((SELECT count(*) FROM data_files WHERE id = '%.*s') + (SELECT count(*) FROM "
			      "file_pieces WHERE file_id = '%.*s'))::text",
			      STR_FMT_ARG(file), STR_FMT_ARG(file));
}

static struct str file_of(struct str import)
{
	return arena_copy(web->arena,
			  test_sql_value("SELECT file_id::text FROM imports WHERE id = '%.*s'", STR_FMT_ARG(import)));
}

static void a_draft_is_discarded_with_its_file(void **state)
{
	struct str id = json_text(post_file(&acme, PAIRS("entity", "leads", "start", "no"), people), "id"),
		   file = file_of(id);

	(void)state;
	assert_true(str_is(kept_of(file), "2"));
	assert_status(call(&rival, METHOD_DELETE, id, "", NULL), 404);
	assert_status(ASK(.method = METHOD_DELETE, .host = acme.slug,
			  .path = text("/api/imports/%.*s", STR_FMT_ARG(id)).p, .bearer = acme.key[ROLE_MEMBER]),
		      403);
	assert_true(str_is(kept_of(file), "2"));
	assert_status(call(&acme, METHOD_DELETE, id, "", NULL), 204);
	assert_true(str_is(kept_of(file), "0"));
	assert_status(call(&acme, METHOD_GET, id, "", NULL), 404);
	assert_status(call(&acme, METHOD_DELETE, id, "", NULL), 404);
}

static void what_has_begun_is_not_discarded(void **state)
{
	const struct response *answer = post_file(&acme, PAIRS("entity", "leads"), people);
	struct str id = json_text(answer, "id"), file = file_of(id);
	struct browser admin = browser_as(&acme, ROLE_ADMIN);

	(void)state;
	for (int i = 0; i < 2; i++) {
		answer = call(&acme, METHOD_DELETE, id, "", NULL);
		assert_status(answer, 409);
		assert_has(answer, "Only a draft can be discarded");
		answer = submit(&admin, text("/imports/%.*s/discard", STR_FMT_ARG(id)).p, "");
		assert_status(answer, 409);
		assert_has(answer, "Only a draft can be discarded");
		assert_hasnt(browse(&admin, text("/imports/%.*s", STR_FMT_ARG(id)).p), "/discard\"");
		work(&acme, id);
	}
	assert_json(call(&acme, METHOD_GET, id, "", NULL), "created", "2");
	assert_true(str_is(kept_of(file), "2"));
}

static void a_draft_is_discarded_from_its_page_and_from_the_list(void **state)
{
	struct browser admin = browser_as(&acme, ROLE_ADMIN);
	const struct response *page;

	(void)state;
	for (int from_list = 0; from_list < 2; from_list++) {
		struct str path =
			location_of(upload(&admin, "/imports", PAIRS("entity", "contacts"), "file", str_from(people)));
		const char *discard = text("%.*s/discard", STR_FMT_ARG(path)).p;

		page = browse(&admin, from_list ? "/imports" : path.p);
		assert_has(page, text("action=\"%s\"", discard).p);
		page = submit(&admin, discard, "");
		assert_status(page, 303);
		page = browse(&admin, location_of(page).p);
		assert_has(page, "Nothing of it was imported.");
		assert_hasnt(page, path.p);
		assert_status(browse(&admin, path.p), 404);
	}
}

/* ---- looked at by a program ---- */

/* Well-formed UTF-8, with semicolons between its headings: somebody may know better. */
static const char misread[] = "Name;Remark\nJos\xC3\xA9;a|b|c\nAnn;d|e|f\n";

static void a_program_says_how_a_file_is_to_be_read(void **state)
{
	const struct response *answer = post_file(&acme, PAIRS("entity", "leads", "start", "no"), misread);

	(void)state;
	assert_json(answer, "encoding", "utf-8");
	answer = post_file(&acme,
			   PAIRS("entity", "leads", "start", "no", "encoding", "windows-1252", "delimiter", "|",
				 "mapping", "{\"Name;Remark\": \"name\"}"),
			   misread);
	assert_status(answer, 201);
	assert_json(answer, "encoding", "windows-1252");
	assert_json(answer, "delimiter", "|");
	assert_json(answer, "columns.0.header", "Name;Remark");
	assert_json(answer, "columns.0.field", "name");
	answer = call(&acme, METHOD_GET, json_text(answer, "id"), "", NULL);
	assert_json(answer, "preview.0.cells.0", "Jos\xC3\x83\xC2\xA9;a");
	answer = post_file(&acme, PAIRS("entity", "leads", "encoding", "utf-8", "delimiter", ";"), misread);
	assert_json(answer, "columns.1.header", "Remark");
	work(&acme, json_text(answer, "id"));
	assert_json(call(&acme, METHOD_GET, json_text(answer, "id"), "", NULL), "created", "2");
	assert_field_error(post_file(&acme, PAIRS("entity", "leads", "encoding", "ebcdic"), misread), 422, "encoding",
			   "not_a_choice");
	assert_field_error(post_file(&acme, PAIRS("entity", "leads", "delimiter", ";;"), misread), 422, "delimiter",
			   "not_a_choice");
}

static void a_draft_has_the_cells_of_its_first_rows_and_the_fields_there_are(void **state)
{
	struct buffer csv = BUFFER_IN(web->arena);
	const struct response *answer;

	(void)state;
	buffer_printf(&csv, "First name,E-mail,Notes\nAnn,ann@example.com,%0300d\nBea\n", 7);
	answer = post_file(&acme, PAIRS("entity", "contacts", "start", "no"), csv.bytes);
	answer = call(&acme, METHOD_GET, json_text(answer, "id"), "", NULL);
	assert_status(answer, 200);
	assert_json(answer, "preview.0.cells.0", "Ann");
	assert_int_equal(json_text(answer, "preview.0.cells.2").n, 200);
	assert_json(answer, "preview.1.cells.0", "Bea");
	assert_json(answer, "preview.1.cells.2", "");
	assert_json(answer, "targets.0.field", "name.first");
	assert_json(answer, "targets.0.label", "First name");
	assert_has(answer, "{\"field\":\"email\",\"label\":\"E-mail\"}");
	assert_hasnt(answer, "search_text");
	answer = post_file(&acme, PAIRS("entity", "contacts"), people);
	assert_hasnt(call(&acme, METHOD_GET, json_text(answer, "id"), "", NULL), "targets");
}

/* ---- wide ---- */

/* As many columns as a file may have: what its page holds can be sent. */
static void the_widest_table_is_looked_over_and_taken(void **state)
{
	struct browser admin = browser_as(&acme, ROLE_ADMIN);
	struct buffer csv = BUFFER_IN(web->arena), sent = BUFFER_IN(web->arena);
	const struct response *page;
	struct str path;

	(void)state;
	for (size_t i = 0; i < CSV_CELLS_MOST; i++)
		buffer_printf(&csv, "%sHeading %zu", i ? "," : "", i);
	buffer_printf(&csv, "\nWide One\n");
	page = upload(&admin, "/imports", PAIRS("entity", "leads"), "file", buffer_str(&csv));
	assert_status(page, 303);
	path = location_of(page);
	page = browse(&admin, path.p);
	assert_status(page, 200);
	assert_has(page, text("name=\"column.%zu\"", CSV_CELLS_MOST - 1).p);
	for (size_t i = 0; i < CSV_CELLS_MOST; i++)
		buffer_printf(&sent, "column.%zu=%s&", i, i == 0 ? "name" : i == CSV_CELLS_MOST - 1 ? "email" : "");
	buffer_printf(&sent, "mode=both&match=email&tags=&default.source=&default.trade=&default.urgency=&"
			     "default.status=&default.tier=&encoding=utf-8&delimiter=%%2C&action=");
	assert_status(submit(&admin, path.p, text("%slook", sent.bytes).p), 303);
	assert_has(browse(&admin, path.p), "value=\"email\" selected");
	assert_status(submit(&admin, path.p, text("%sstart", sent.bytes).p), 303);
	work(&acme, (struct str){path.p + 9, path.n - 9});
	assert_json(call(&acme, METHOD_GET, (struct str){path.p + 9, path.n - 9}, "", NULL), "created", "1");
}

/* ---- mended ---- */

static void the_mended_file_is_meant_as_the_first_was(void **state)
{
	struct browser admin = browser_as(&acme, ROLE_ADMIN);
	const struct response *answer =
		post_file(&acme,
			  PAIRS("entity", "contacts", "match", "email", "mapping",
				"{\"=Who\": \"name\", \"Where\": \"email\", \"Row\": \"company\"}"),
			  "=Who,Where,Row\n=Dan,no address,3\nEve,eve@example.com,4\n");
	struct str id = json_text(answer, "id"), file;

	(void)state;
	work(&acme, id);
	answer = browse(&admin, text("/imports/%.*s/failed", STR_FMT_ARG(id)).p);
	file = arena_copy(web->arena, buffer_str(&answer->body));
	assert_true(str_starts(file, STR("\"'=Who\",Where,Row,Row,Reason\r\n\"'=Dan\",no address,3,2,")));
	answer = post_file(&acme, PAIRS("entity", "contacts", "start", "no"),
			   text("%.*sDan,dan@example.com,3,2,\r\n", (int)file.n, file.p).p);
	assert_json(answer, "match", "email");
	assert_json(answer, "columns.0.field", "name");
	assert_json(answer, "columns.1.field", "email");
	assert_json(answer, "columns.2.field", "company");
	assert_json(answer, "columns.3.field", "");
	assert_json(answer, "columns.4.header", "Reason");
	assert_json(answer, "columns.4.field", "");
	/* Headings that merely end with one of the two are others. */
	answer = post_file(&acme, PAIRS("entity", "contacts", "start", "no"), "=Who,Where,Row,Reason\nA,b,c,d\n");
	assert_json(answer, "columns.1.field", "");
	answer = post_file(&acme, PAIRS("entity", "contacts", "start", "no"), "=Who,Where,Row,Reason,Row\nA,b,c,d,e\n");
	assert_json(answer, "columns.1.field", "");
}

/* ---- the list ---- */

#define OLD_IMPORTS 60

static void the_list_goes_on_behind_the_first_fifty(void **state)
{
	struct browser admin = browser_as(&rival, ROLE_ADMIN);
	struct str id = json_text(post_file(&rival, PAIRS("entity", "leads", "start", "no"), people), "id"), cursor;
	const struct response *answer;
	const char *first, *second, *oldest;

	(void)state;
	/* Many of one instant, so that a place between two of them is met. */
	test_sql("INSERT INTO imports (tenant_id, id, entity, state, file_id, file_name, file_bytes, encoding, "
		 "delimiter, header_at, fingerprint, position, time_zone, actor_kind, actor_name, created_at) SELECT "
		 "tenant_id, gen_random_uuid(), entity, 'done', file_id, 'old-' || n || '.csv', file_bytes, encoding, "
		 "delimiter, header_at, fingerprint, position, time_zone, actor_kind, actor_name, "
		 "timestamptz '2026-01-01' + n / 20 * interval '1 day' FROM imports, generate_series(1, %d) AS n WHERE "
		 "id = '%.*s'",
		 OLD_IMPORTS, STR_FMT_ARG(id));
	answer = ASK(.host = rival.slug, .path = "/api/imports", .bearer = rival.key[ROLE_ADMIN]);
	assert_status(answer, 200);
	assert_true(str_equal(json_text(answer, "data.0.id"), id));
	assert_true(json_text(answer, "data.49.id").n > 0);
	cursor = json_text(answer, "next_cursor");
	first = arena_c_string(web->arena, buffer_str(&answer->body));
	answer = ASK(.host = rival.slug, .path = text("/api/imports?cursor=%.*s", STR_FMT_ARG(cursor)).p,
		     .bearer = rival.key[ROLE_ADMIN]);
	assert_status(answer, 200);
	oldest = json_text(answer, "data.10.file_name").p;
	assert_hasnt(answer, id.p);
	assert_has(answer, "\"next_cursor\":null");
	second = arena_c_string(web->arena, buffer_str(&answer->body));
	for (int n = 1; n <= OLD_IMPORTS; n++) {
		const char *name = text("\"old-%d.csv\"", n).p;
		bool behind = strstr(second, name) != NULL;

		assert_true(behind != (strstr(first, name) != NULL));
	}
	assert_field_error(ASK(.host = rival.slug, .path = "/api/imports?cursor=5", .bearer = rival.key[ROLE_ADMIN]),
			   422, "cursor", "not_a_cursor");
	answer = browse(&admin, "/imports");
	assert_has(answer, text("href=\"/imports?cursor=%.*s\"", STR_FMT_ARG(cursor)).p);
	assert_hasnt(answer, text(">%s<", oldest).p);
	answer = browse(&admin, text("/imports?cursor=%.*s", STR_FMT_ARG(cursor)).p);
	assert_has(answer, text(">%s<", oldest).p);
	assert_hasnt(answer, "rel=\"next\"");
	assert_has(answer, ">First</a>");
	assert_has(browse(&admin, "/imports?cursor=5"), id.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_draft_is_discarded_with_its_file),
		cmocka_unit_test(what_has_begun_is_not_discarded),
		cmocka_unit_test(a_draft_is_discarded_from_its_page_and_from_the_list),
		cmocka_unit_test(a_program_says_how_a_file_is_to_be_read),
		cmocka_unit_test(a_draft_has_the_cells_of_its_first_rows_and_the_fields_there_are),
		cmocka_unit_test(the_widest_table_is_looked_over_and_taken),
		cmocka_unit_test(the_mended_file_is_meant_as_the_first_was),
		cmocka_unit_test(the_list_goes_on_behind_the_first_fifty),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
