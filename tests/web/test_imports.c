/* Imports through pages and by API: brought, looked over, watched, taken back. */
#include "tests/web/import_fixture.h"

static struct company acme, rival, books;

static int make_companies(void **state)
{
	if (fixture_open(state))
		return -1;
	company_make(&acme, "acme");
	company_make(&rival, "rival");
	company_make(&books, "books");
	return 0;
}

static const char people[] = "Full Name,E-mail,Phone,Status\r\n"
			     "Ann Lee,ann@example.com,512-555-0123,New\r\n"
			     "Bea <b>,bea@example.com,,sleeping\r\n"
			     "Cleo,cleo@example.com,,\r\n";

static struct str tickets(struct str id)
{
	return test_sql_value("SELECT count(*)::text FROM job_tickets WHERE kind = 'import' AND subject = '%.*s'",
			      STR_FMT_ARG(id));
}

/* ---- by API ---- */

static void a_file_is_imported_by_one_request(void **state)
{
	const struct response *answer = post_file(
		&acme, PAIRS("entity", "leads", "match", "email", "tags", "Fair", "defaults", "{\"source\": \"list\"}"),
		people);
	struct str id = json_text(answer, "id");

	(void)state;
	assert_status(answer, 201);
	assert_json(answer, "state", "running");
	assert_json(answer, "columns.0.field", "name");
	assert_true(str_ends(web_answer_header(answer, "location"), id));
	assert_true(str_is(tickets(id), "1"));
	work(&acme, id);
	answer = call(&acme, METHOD_GET, id, "", NULL);
	assert_status(answer, 200);
	assert_json(answer, "state", "done");
	assert_json(answer, "percent", "100");
	assert_json(answer, "created", "2");
	assert_json(answer, "failed", "1");
	answer = ASK(.host = acme.slug, .path = "/api/leads?q=ann@example.com", .bearer = acme.key[ROLE_ADMIN]);
	assert_json(answer, "data.0.source", "list");
	assert_json(answer, "data.0.tags.0", "Fair");
	answer = call(&acme, METHOD_GET, id, "/failed", NULL);
	assert_status(answer, 200);
	assert_json(answer, "data.0.number", "3");
	assert_json(answer, "data.0.cells.0", "Bea <b>");
	assert_has(answer, "Status must be one of");
	answer = call(&acme, METHOD_POST, id, "/undo", NULL);
	assert_status(answer, 200);
	assert_json(answer, "state", "undoing");
	work(&acme, id);
	answer = call(&acme, METHOD_GET, id, "", NULL);
	assert_json(answer, "state", "undone");
	assert_json(answer, "undone", "2");
	assert_status(call(&acme, METHOD_POST, id, "/undo", NULL), 409);
	assert_status(call(&acme, METHOD_POST, id, "/held", NULL), 409);
}

static void a_draft_is_looked_at_and_started_with_other_choices(void **state)
{
	const struct response *answer = post_file(&acme, PAIRS("entity", "contacts", "start", "no"),
						  "Who;Mail;Remark\nDora;dora@example.com;x\nEd;bad;y\n");
	struct str id = json_text(answer, "id");

	(void)state;
	assert_status(answer, 201);
	assert_json(answer, "state", "draft");
	assert_json(answer, "delimiter", ";");
	assert_true(str_is(tickets(id), "0"));
	assert_status(call(&acme, METHOD_POST, id, "/start", "{\"mapping\": {\"Nobody\": \"name\"}}"), 422);
	assert_field_error(call(&acme, METHOD_POST, id, "/start", "{\"mapping\": {\"Who\": \"search_text\"}}"), 422,
			   "column.0", "not_a_choice");
	answer = call(
		&acme, METHOD_POST, id, "/start",
		"{\"mapping\": {\"Who\": \"name\", \"Mail\": \"email\"}, \"match\": \"email\", \"mode\": \"both\"}");
	assert_status(answer, 200);
	assert_json(answer, "state", "running");
	assert_status(call(&acme, METHOD_POST, id, "/start", "{}"), 409);
	answer = call(&acme, METHOD_POST, id, "/stop", NULL);
	assert_json(answer, "state", "stopped");
	work(&acme, id);
	answer = call(&acme, METHOD_GET, id, "", NULL);
	assert_json(answer, "rows", "0");
	/* The next file with these headings is meant as this one. */
	answer = post_file(&acme, PAIRS("entity", "contacts", "start", "no"),
			   "Who;Mail;Remark\nDora;dora@example.com;x\n");
	assert_json(answer, "columns.0.field", "name");
	answer = call(&acme, METHOD_GET, json_text(answer, "id"), "", NULL);
	assert_json(answer, "preview.0.outcome", "create");
}

static void old_leads_are_no_part_of_the_figures(void **state)
{
	static const char list[] = "Name,Email\nOld One,old.one@example.com\n";
	struct browser admin = browser_as(&books, ROLE_ADMIN);
	const struct response *answer;
	struct str id, path;

	(void)state;
	assert_field_error(post_file(&books, PAIRS("entity", "leads", "new_enquiries", "\"yes\""), list), 422,
			   "new_enquiries", "wrong_type");
	answer = post_file(&books, PAIRS("entity", "leads"), list);
	assert_status(answer, 201);
	assert_json(answer, "new_enquiries", "false");
	work(&books, json_text(answer, "id"));
	assert_has(browse(&admin, "/"), "Nobody waits.");
	assert_json(ASK(.host = books.slug, .path = "/api/reports/response", .bearer = books.key[ROLE_ADMIN]),
		    "data.0.leads", "0");
	answer =
		post_file(&books, PAIRS("entity", "leads", "start", "no"), "Name,Email\nNew One,new.one@example.com\n");
	id = json_text(answer, "id");
	answer = call(&books, METHOD_POST, id, "/start", "{\"new_enquiries\": true}");
	assert_json(answer, "new_enquiries", "true");
	work(&books, id);
	assert_hasnt(browse(&admin, "/"), "Nobody waits.");
	assert_json(ASK(.host = books.slug, .path = "/api/reports/response", .bearer = books.key[ROLE_ADMIN]),
		    "data.0.leads", "1");
	/* On the page a box that is not ticked takes it back. */
	answer = upload(&admin, "/imports", PAIRS("entity", "leads"), "file", str_from(list));
	path = location_of(answer);
	assert_hasnt(browse(&admin, path.p), "name=\"new_enquiries\" value=\"t\" checked");
	assert_status(submit(&admin, path.p, "mode=both&new_enquiries=t&action=look"), 303);
	assert_has(browse(&admin, path.p), "name=\"new_enquiries\" value=\"t\" checked");
	assert_status(submit(&admin, path.p, "mode=both&action=look"), 303);
	assert_hasnt(browse(&admin, path.p), "name=\"new_enquiries\" value=\"t\" checked");
	answer = upload(&admin, "/imports", PAIRS("entity", "contacts"), "file", str_from(list));
	assert_hasnt(browse(&admin, location_of(answer).p), "new_enquiries");
}

static void what_is_no_import_is_refused(void **state)
{
	const struct response *answer;

	(void)state;
	assert_field_error(post_file(&acme, PAIRS("entity", "tasks"), people), 422, "entity", "not_a_choice");
	assert_field_error(post_file(&acme, PAIRS("entity", "leads"), ""), 422, "file", "required");
	assert_field_error(post_file(&acme, PAIRS("entity", "leads"), "PK\x03\x04 and more"), 422, "file",
			   "not_readable");
	assert_field_error(post_file(&acme, PAIRS("entity", "leads", "match", "colour"), people), 422, "match",
			   "not_a_choice");
	assert_field_error(post_file(&acme, PAIRS("entity", "leads", "mapping", "no json"), people), 422, "mapping",
			   "wrong_type");
	answer = ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/imports", .bearer = acme.key[ROLE_ADMIN],
		     .json = "{}");
	assert_status(answer, 415);
	answer = ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/imports", .bearer = acme.key[ROLE_MEMBER],
		     .type = "multipart/form-data; boundary=xYx", .body = STR("--xYx--\r\n"));
	assert_status(answer, 403);
}

static void another_companys_import_is_not_there(void **state)
{
	struct str id = json_text(post_file(&acme, PAIRS("entity", "leads", "start", "no"), people), "id");

	(void)state;
	assert_status(call(&rival, METHOD_GET, id, "", NULL), 404);
	assert_status(call(&rival, METHOD_GET, id, "/failed", NULL), 404);
	assert_status(call(&rival, METHOD_POST, id, "/start", "{}"), 404);
	assert_hasnt(ASK(.host = rival.slug, .path = "/api/imports", .bearer = rival.key[ROLE_ADMIN]), "people.csv");
	assert_has(ASK(.host = acme.slug, .path = "/api/imports", .bearer = acme.key[ROLE_ADMIN]), "people.csv");
}

/* More of them than one statement reads: the file is sent while it is read. */
static void the_file_of_what_was_not_taken_has_all_of_it(void **state)
{
	struct str id = json_text(post_file(&acme, PAIRS("entity", "leads", "start", "no"), people), "id"), rest;
	struct browser admin = browser_as(&acme, ROLE_ADMIN);
	const struct response *answer;
	size_t lines = 0;

	(void)state;
	test_sql("INSERT INTO import_rows (tenant_id, import_id, number, outcome, reasons, cells) SELECT '%.*s', "
		 "'%.*s', n, 'failed', 'E-mail is none.', '[\"=Ann\", \"x\", \"\", \"New\"]' FROM generate_series(2, "
		 "1301) AS n",
		 STR_FMT_ARG(uuid_text(web->arena, acme.id)), STR_FMT_ARG(id));
	answer = browse(&admin, text("/imports/%.*s/failed", STR_FMT_ARG(id)).p);
	assert_status(answer, 200);
	assert_true(
		str_is(web_answer_header(answer, "content-disposition"), "attachment; filename=\"not-imported.csv\""));
	rest = buffer_str(&answer->body);
	assert_true(str_is(str_split(&rest, '\n'), "Full Name,E-mail,Phone,Status,Row,Reason\r"));
	while (rest.n) {
		struct str line = str_split(&rest, '\n');

		assert_true(str_is(line, text("\"'=Ann\",x,,New,%zu,E-mail is none.\r", lines + 2).p));
		lines++;
	}
	assert_int_equal(lines, 1300);
}

/* More than a worker would hold of a form. */
static void a_large_file_is_kept_in_pieces(void **state)
{
	struct buffer csv = BUFFER_IN(NULL);
	const struct response *answer;

	(void)state;
	buffer_printf(&csv, "name,notes\n");
	while (csv.length < (size_t)8 * 1024 * 1024)
		buffer_printf(&csv, "Person %zu,\"%0200d\"\n", csv.length, 7);
	answer = post_file(&acme, PAIRS("entity", "contacts", "start", "no"), csv.bytes);
	assert_status(answer, 201);
	assert_true(str_is(
		test_sql_value("SELECT (count(*) > 30 AND sum(length(bytes)) = %zu)::text FROM file_pieces p JOIN "
			       "imports i ON i.file_id = p.file_id WHERE i.id = '%.*s'",
			       csv.length, STR_FMT_ARG(json_text(answer, "id"))),
		"true"));
	buffer_free(&csv);
}

/* ---- pages ---- */

static void a_person_brings_a_file_and_watches(void **state)
{
	struct browser browser = browser_as(&acme, ROLE_ADMIN);
	const struct response *page = browse(&browser, "/leads");
	struct str path, id;

	(void)state;
	assert_has(page, "/imports/new?entity=leads");
	assert_has(page, "href=\"/imports\"");
	assert_has(browse(&browser, "/imports/new?entity=contacts"), "value=\"contacts\" selected");
	page = upload(&browser, "/imports", PAIRS("entity", "contacts"), "file", str_from(people));
	assert_status(page, 303);
	path = location_of(page);
	page = browse(&browser, path.p);
	assert_has(page, "Full Name");
	assert_has(page, "Bea &lt;b&gt;");
	assert_has(page, "value=\"name\" selected");
	page = submit(&browser, path.p,
		      "column.0=name&column.1=name&column.2=phone&mode=both&match=email&action=start");
	assert_status(page, 422);
	assert_has(page, "Another column fills this field already.");
	assert_has(page, "No column fills E-mail");
	page = submit(
		&browser, path.p,
		"column.0=name&column.1=email&column.2=phone&column.3=&mode=both&match=email&tags=Fair&action=look");
	assert_status(page, 303);
	assert_has(browse(&browser, path.p), ">Fair</textarea>");
	page = submit(&browser, path.p, "action=start");
	assert_status(page, 303);
	page = browse(&browser, location_of(page).p);
	assert_has(page, "http-equiv=\"refresh\"");
	assert_has(page, "<progress");
	id = body_between(page, "hx-get=\"/imports/", "\"");
	work(&acme, id);
	page = browse(&browser, path.p);
	assert_hasnt(page, "http-equiv=\"refresh\"");
	assert_has(page, "Undo the import");
	assert_has(browse(&browser, "/imports"), "Done");
	assert_status(submit(&browser, text("%.*s/undo", STR_FMT_ARG(path)).p, ""), 303);
	work(&acme, id);
	assert_has(browse(&browser, path.p), "Taken back");
}

static void a_draft_says_for_how_many_the_plan_has_room(void **state)
{
	struct browser browser = browser_as(&books, ROLE_ADMIN);
	struct str path = location_of(upload(&browser, "/imports", PAIRS("entity", "leads"), "file",
					     STR("name,email\nZoe,zoe@example.com\n")));
	struct str id = {path.p + 9, path.n - 9};

	(void)state;
	test_sql("UPDATE tenants SET max_leads = NULL WHERE slug = '%.*s'", STR_FMT_ARG(books.slug));
	assert_hasnt(browse(&browser, path.p), "import-room");
	test_sql("UPDATE tenants SET max_leads = current_lead_count WHERE slug = '%.*s'", STR_FMT_ARG(books.slug));
	assert_has(browse(&browser, path.p), "room for 0 more leads");
	assert_json(call(&books, METHOD_GET, id, "", NULL), "room", "0");
	assert_status(submit(&browser, path.p, "mode=both&match=email&action=start"), 303);
	work(&books, id);
	assert_has(browse(&browser, "/imports"), "held back because your plan was full: 1.");
	test_sql("UPDATE tenants SET max_leads = NULL WHERE slug = '%.*s'", STR_FMT_ARG(books.slug));
	assert_status(submit(&browser, text("%.*s/held", STR_FMT_ARG(path)).p, ""), 303);
	work(&books, id);
	assert_hasnt(browse(&browser, "/imports"), "held back because");
}

static void another_encoding_reads_the_headings_anew(void **state)
{
	struct browser browser = browser_as(&acme, ROLE_ADMIN);
	const struct response *page = upload(&browser, "/imports", PAIRS("entity", "leads"), "file",
					     STR("name;b,email\nAnn;c,x@example.com\n"));
	struct str path = location_of(page);

	(void)state;
	assert_status(page, 303);
	assert_hasnt(browse(&browser, path.p), "import-letters");
	page = submit(&browser, path.p, "encoding=windows-1252&delimiter=,&action=look");
	assert_status(page, 303);
	page = browse(&browser, path.p);
	assert_has(page, "value=\"windows-1252\" selected");
	assert_has(page, "name;b");
	assert_status(submit(&browser, path.p, "encoding=ebcdic&action=look"), 422);
	page = upload(&browser, "/imports", PAIRS("entity", "leads"), "file", STR("name,city\nJos\xC3\xA9,Waco\n"));
	path = location_of(page);
	assert_has(browse(&browser, path.p), "Read as UTF-8: <b>Jos\xC3\xA9</b>");
	assert_status(submit(&browser, path.p, "encoding=windows-1252&delimiter=,&action=look"), 303);
	assert_has(browse(&browser, path.p), "Read as Windows-1252: <b>Jos\xC3\x83\xC2\xA9</b>");
}

static void members_do_not_see_imports(void **state)
{
	struct browser browser = browser_as(&acme, ROLE_MEMBER);

	(void)state;
	assert_hasnt(browse(&browser, "/leads"), "/imports/new");
	assert_hasnt(browse(&browser, "/leads"), "href=\"/imports\"");
	assert_status(browse(&browser, "/imports"), 403);
	assert_status(browse(&browser, "/imports/new"), 403);
}

static void a_bad_file_is_told_at_the_form(void **state)
{
	struct browser browser = browser_as(&acme, ROLE_ADMIN);
	const struct response *page = upload(&browser, "/imports", PAIRS("entity", "leads"), "file", STR("%PDF-1.4"));

	(void)state;
	assert_status(page, 422);
	assert_has(page, "This is a PDF. Export the table as CSV and try again.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_imported_by_one_request),
		cmocka_unit_test(a_draft_is_looked_at_and_started_with_other_choices),
		cmocka_unit_test(old_leads_are_no_part_of_the_figures),
		cmocka_unit_test(what_is_no_import_is_refused),
		cmocka_unit_test(another_companys_import_is_not_there),
		cmocka_unit_test(the_file_of_what_was_not_taken_has_all_of_it),
		cmocka_unit_test(a_large_file_is_kept_in_pieces),
		cmocka_unit_test(a_person_brings_a_file_and_watches),
		cmocka_unit_test(a_draft_says_for_how_many_the_plan_has_room),
		cmocka_unit_test(another_encoding_reads_the_headings_anew),
		cmocka_unit_test(members_do_not_see_imports),
		cmocka_unit_test(a_bad_file_is_told_at_the_form),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
