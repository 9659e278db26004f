/* Lists as files: every entity in every form, what is filtered and shown, and a raw file that makes the same rows again. */
#include "tests/web/fixture.h"

#include <stdlib.h>

#include "lib/crm/entities.h"
#include "lib/crm/import.h"
#include "lib/entity/export.h"
#include "lib/text/csv.h"
#include "lib/text/json.h"

static struct company acme, rival;

static int make_companies(void **state)
{
	if (fixture_open(state))
		return -1;
	company_make(&acme, "acme");
	company_make(&rival, "rival");
	return 0;
}

static const struct response *get_as(const struct company *company, enum role role, const char *path)
{
	return ASK(.host = company->slug, .path = path, .bearer = company->key[role]);
}

static const struct response *get(const char *path)
{
	return get_as(&acme, ROLE_MEMBER, path);
}

static struct str post(const char *path, const char *json)
{
	const struct response *answer = ASK(.method = METHOD_POST, .host = acme.slug, .path = path,
					    .bearer = acme.key[ROLE_ADMIN], .json = json);

	assert_status(answer, 201);
	return json_text(answer, "id");
}

static void patch(const char *plural, struct str id, const char *json)
{
	assert_status(ASK(.method = METHOD_PATCH, .host = acme.slug, .bearer = acme.key[ROLE_ADMIN],
			  .path = text("/api/%s/%.*s", plural, STR_FMT_ARG(id)).p, .json = json,
			  .headers = {{"if-match", "*"}}),
		      200);
}

static void assert_file(const struct response *answer, const char *type, const char *name_end)
{
	assert_status(answer, 200);
	assert_true_of(answer, str_is(web_answer_header(answer, "content-type"), type), type);
	assert_true_of(answer,
		       str_starts(web_answer_header(answer, "content-disposition"), STR("attachment; filename=\"")) &&
			       str_ends(web_answer_header(answer, "content-disposition"), str_from(name_end)),
		       name_end);
}

/* ---- every list ---- */

/* The file has the head that its fields make, and the API's has the same bytes as the page's. */
static void every_list_goes_out_in_every_form(void **state)
{
	static const char *const types[] = {[EXPORT_SHEET] = "text/csv; charset=utf-8",
					    [EXPORT_RAW] = "text/csv; charset=utf-8",
					    [EXPORT_LINES] = "application/jsonl"};
	struct browser member = browser_as(&acme, ROLE_MEMBER);

	(void)state;
	for (size_t i = 0; i < entities_count; i++) {
		const char *plural = entities[i]->plural;

		assert_has(browse(&member, text("/%s/export", plural).p), "value=\"jsonl\"");
		for (int format = EXPORT_SHEET; format <= EXPORT_LINES; format++) {
			const char *word = export_format_name((enum export_format)format);
			const char *end = text("%s\"", export_file_suffix((enum export_format)format)).p;
			const struct response *page = browse(&member, text("/%s/export?format=%s", plural, word).p);
			const struct response *api = get(text("/api/%s/export?format=%s", plural, word).p);

			assert_file(page, types[format], end);
			assert_file(api, types[format], end);
			/* Of what only one person sees, a program sees its own. */
			assert_true(entities[i]->visible || str_equal(buffer_str(&page->body), buffer_str(&api->body)));
			if (format == EXPORT_SHEET)
				assert_true(str_starts(buffer_str(&api->body), STR(CSV_MARK)));
			if (format == EXPORT_RAW)
				assert_true(str_starts(buffer_str(&api->body), STR("id,")));
		}
	}
	assert_file(get("/api/leads/export"), "application/jsonl", ".jsonl\"");
}

/* What JSON shows of a row is in its raw line and in its JSON line: no field is forgotten. */
static void no_field_that_the_api_shows_is_left_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < entities_count; i++) {
		struct record *record = record_new(web->arena, entities[i]);
		struct value *shown = value_map(web->arena);
		struct str head = buffer_str(&get(text("/api/%s/export?format=raw", entities[i]->plural).p)->body),
			   name;

		head = str_split(&head, '\r');
		record_to_value(record, shown);
		for (size_t m = 0; value_member(shown, m, &name); m++) {
			struct str rest = head;
			bool there = false;

			while (!str_absent(rest))
				there = str_equal(str_split(&rest, ','), name) || there;
			if (!there)
				fail_msg("%s: %.*s is not exported", entities[i]->plural, STR_FMT_ARG(name));
		}
	}
}

static void a_line_is_the_record_as_the_api_answers_it(void **state)
{
	struct str id = post("/api/leads", "{\"name\":\"Line \\\"1\\\"\",\"value_cents\":125050,\"notes\":\"a\\nb\"}");
	const struct response *one = get(text("/api/leads/%.*s", STR_FMT_ARG(id)).p);
	const struct response *lines = get("/api/leads/export?q=line");

	(void)state;
	assert_true(str_is(buffer_str(&lines->body), text("%.*s\n", STR_FMT_ARG(buffer_str(&one->body))).p));
}

/* ---- what is in it ---- */

static void make_jobs(void)
{
	post("/api/leads", "{\"name\":\"Zed Pump\",\"phone\":\"+1 512 555 0101\",\"status\":\"won\","
			   "\"value_cents\":125050,\"city\":\"Austin\"}");
	post("/api/leads", "{\"name\":\"=1+1 Pump\",\"status\":\"won\",\"sms_consent\":true}");
	post("/api/leads", "{\"name\":\"Ada Pump\",\"status\":\"lost\",\"lost_reason\":\"far\"}");
}

static void filters_order_search_and_columns_are_the_lists(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);

	(void)state;
	make_jobs();
	assert_string_equal(get("/api/leads/export?format=csv&q=pump&status=won&sort=-name&columns=name,phone,status,"
				"value_cents,sms_consent")
				    ->body.bytes,
			    CSV_MARK "Name,Phone,Status,Value,May be texted\r\n"
				     "Zed Pump,(512) 555-0101,Won,1250.50,No\r\n"
				     "\"'=1+1 Pump\",,Won,0,Yes\r\n");
	/* As the page's form sends it, with everything that the list's address had. */
	assert_true(str_is(
		buffer_str(&browse(&member, "/leads/export?q=pump&status=lost&cursor=x&format=csv&columns=name")->body),
		CSV_MARK "Name\r\nAda Pump\r\n"));
	assert_hasnt(get("/api/leads/export?q=pump&status=won"), "Ada");
	/* An id for who wants all, so that what was changed in a spreadsheet finds its record again. */
	assert_has(get("/api/leads/export?format=csv&columns=all"), "Id of the record\r\n");
	assert_true(str_is(buffer_str(&get("/api/leads/export?q=nobody-at-all")->body), ""));
}

static void the_page_asks_how_and_says_how_many(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	const struct response *list = browse(&member, "/leads?q=pump&status=won&columns=name,city"), *page;

	(void)state;
	assert_has(list, "href=\"/leads/export?q=pump&amp;status=won&amp;columns=name%2Ccity\"");
	page = browse(&member, "/leads/export?q=pump&status=won&columns=name,city");
	assert_status(page, 200);
	assert_has(page, "<strong>2 leads</strong>");
	assert_has(page, "<input type=\"hidden\" name=\"status\" value=\"won\">");
	assert_has(page, "name=\"columns\" value=\"name,city\"");
	assert_has(page, "Name, City");
	assert_has(page, "imported again");
	assert_hasnt(browse(&member, "/tasks/export"), "imported again");
}

static void a_saved_view_is_exported_as_it_is(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	const struct response *list;

	(void)state;
	submit(&member, "/saved_views/here", "name=Won+pumps&entity=leads&query=q%3Dpump%26status%3Dwon%26sort%3Dname");
	list = browse(&member, "/leads?q=pump&status=won&sort=name");
	assert_has(list, "Won pumps");
	assert_has(list, "/leads/export?q=pump&amp;status=won&amp;sort=name");
	assert_true(str_starts(
		buffer_str(&browse(&member, "/leads/export?q=pump&status=won&sort=name&format=csv&columns=name")->body),
		STR(CSV_MARK "Name\r\n\"'=1+1 Pump\"\r\nZed Pump\r\n")));
}

static struct str view_of(const char *entity, const char *query, enum role role)
{
	const struct response *answer =
		ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/saved_views", .bearer = acme.session[role],
		    .json = text("{\"name\":\"V\",\"entity\":\"%s\",\"query\":\"%s\"}", entity, query).p);

	assert_status(answer, 201);
	return json_text(answer, "id");
}

static const struct response *by_view(struct str id, const char *rest)
{
	return ASK(.host = acme.slug, .path = text("/api/leads/export?view=%.*s%s", STR_FMT_ARG(id), rest).p,
		   .bearer = acme.session[ROLE_MEMBER]);
}

/* By its id, with its filters, order and columns; by whoever can see it. */
static void a_saved_view_is_exported_by_its_id(void **state)
{
	struct str won = view_of("leads", "q=pump&status=won&sort=name&columns=name,city", ROLE_MEMBER);
	struct str contacts = view_of("contacts", "q=pump", ROLE_MEMBER), other = view_of("leads", "q=x", ROLE_OWNER);

	(void)state;
	assert_true(str_is(buffer_str(&by_view(won, "&format=csv")->body),
			   CSV_MARK "Name,City\r\n\"'=1+1 Pump\",\r\nZed Pump,Austin\r\n"));
	assert_true(str_is(buffer_str(&by_view(won, "&format=csv&columns=name")->body),
			   CSV_MARK "Name\r\n\"'=1+1 Pump\"\r\nZed Pump\r\n"));
	assert_has(by_view(won, ""), "\"name\":\"Zed Pump\"");
	assert_hasnt(by_view(won, ""), "Ada Pump");
	assert_field_error(by_view(won, "&status=lost"), 422, "status", "unknown_field");
	assert_field_error(by_view(contacts, ""), 422, "view", "not_found");
	assert_field_error(by_view(other, ""), 422, "view", "not_found");
	assert_field_error(by_view(STR("nonsense"), ""), 422, "view", "not_found");
	/* A key is nobody: it has the shared ones alone. */
	assert_field_error(get(text("/api/leads/export?view=%.*s", STR_FMT_ARG(won)).p), 422, "view", "not_found");
	assert_field_error(ASK(.host = rival.slug, .path = text("/api/leads/export?view=%.*s", STR_FMT_ARG(won)).p,
			       .bearer = rival.session[ROLE_OWNER]),
			   422, "view", "not_found");
}

static void what_cannot_be_exported_so_is_said(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	struct browser nobody = browser_at(acme.slug);

	(void)state;
	assert_field_error(get("/api/leads/export?format=xml"), 422, "format", "not_a_choice");
	assert_field_error(get("/api/leads/export?limit=5"), 422, "limit", "unknown_field");
	assert_field_error(get("/api/leads/export?cursor=x"), 422, "cursor", "unknown_field");
	assert_field_error(get("/api/leads/export?color=red"), 422, "color", "unknown_field");
	assert_field_error(get("/api/leads/export?status=sleeping"), 422, "status", "not_a_choice");
	assert_field_error(get("/api/leads/export?columns=name"), 422, "columns", "unknown_field");
	assert_field_error(get("/api/leads/export?format=csv&columns=name,name"), 422, "columns", "not_a_choice");
	assert_field_error(get("/api/leads/export?format=csv&columns=stage_position"), 422, "columns", "not_a_choice");
	assert_field_error(get("/api/leads/export?format=csv&columns=phone_e164"), 422, "columns", "not_a_choice");
	assert_status(browse(&member, "/leads/export?status=sleeping&format=csv"), 422);
	assert_status(browse(&member, "/leads/export?columns=nope&format=csv"), 422);
	assert_status(browse(&member, "/leads/export?columns=nope"), 200);
	assert_status(ASK(.host = acme.slug, .path = "/api/leads/export"), 401);
	assert_status(browse(&nobody, "/leads/export?format=csv"), 303);
	assert_status(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/leads/export",
			  .bearer = acme.key[ROLE_ADMIN], .json = "{}"),
		      405);
	assert_true(str_is(buffer_str(&ASK(.method = METHOD_HEAD, .host = acme.slug, .path = "/api/leads/export",
					   .bearer = acme.key[ROLE_MEMBER])
					       ->body),
			   ""));
}

static void each_company_has_its_own_rows_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++)
		company_lead(&rival, "Secret of the rival");
	for (int format = EXPORT_SHEET; format <= EXPORT_LINES; format++) {
		const char *word = export_format_name((enum export_format)format);

		assert_hasnt(get(text("/api/leads/export?format=%s", word).p), "Secret of the rival");
		assert_hasnt(get_as(&rival, ROLE_ADMIN, text("/api/leads/export?format=%s", word).p), "Pump");
	}
	assert_has(get_as(&rival, ROLE_ADMIN, "/api/leads/export"), "Secret of the rival");
}

/* ---- page by page ---- */

#define MANY 2500

static int compare_ids(const void *a, const void *b)
{
	return memcmp(*(const char *const *)a, *(const char *const *)b, UUID_TEXT_LENGTH);
}

/* Names are shared by many, so that pages end in the middle of equals. */
static void none_is_missing_and_none_is_doubled_over_many_pages(void **state)
{
	static const char *const orders[] = {"name", "-name", "-created_at"};

	(void)state;
	test_sql("INSERT INTO properties (tenant_id, id, name, address, search_text) SELECT '%.*s', gen_random_uuid(), "
		 "'House ' || n %% 7, 'Street ' || n, '' FROM generate_series(1, %d) AS n",
		 STR_FMT_ARG(uuid_text(web->arena, acme.id)), MANY);
	for (size_t o = 0; o < COUNT_OF(orders); o++) {
		struct str rest =
			buffer_str(&get(text("/api/properties/export?format=raw&sort=%s", orders[o]).p)->body);
		const char **ids = arena_array(web->arena, MANY + 1, sizeof *ids);
		size_t count = 0;

		str_split(&rest, '\n');
		while (rest.n) {
			struct str line = str_split(&rest, '\n');

			assert_true(count < MANY);
			ids[count++] = line.p;
		}
		assert_int_equal(count, MANY);
		qsort(ids, count, sizeof *ids, compare_ids);
		for (size_t i = 1; i < count; i++)
			assert_int_not_equal(compare_ids(&ids[i], &ids[i - 1]), 0);
	}
}

/* ---- there and back ---- */

/* Imports the file as a program would, and drives it to its end. */
static const struct response *import_file(const char *plural, struct str csv)
{
	struct buffer body = BUFFER_IN(web->arena);
	const struct response *answer;
	struct tenant *tenant;
	struct uuid id;
	bool more = true;

	buffer_printf(&body,
		      "--xYx\r\nContent-Disposition: form-data; name=\"entity\"\r\n\r\n%s\r\n--xYx\r\n"
		      "Content-Disposition: form-data; name=\"file\"; filename=\"back.csv\"\r\n\r\n",
		      plural);
	buffer_add_str(&body, csv);
	BUFFER_LITERAL(&body, "\r\n--xYx--\r\n");
	answer = ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/imports", .bearer = acme.key[ROLE_ADMIN],
		     .type = "multipart/form-data; boundary=xYx", .body = buffer_str(&body));
	assert_status(answer, 201);
	assert_true(uuid_parse(json_text(answer, "id"), &id));
	MUST(resolver_by_slug(web->app.resolver, web->arena, acme.slug, &tenant));
	while (more) {
		struct ttx *tx = ttx_begin(web->app.app_pg, web->arena, tenant->scope, TX_WRITE);

		MUST(import_step(tx, id, 100, &more));
		MUST(ttx_commit(tx));
	}
	answer = get_as(&acme, ROLE_ADMIN, text("/api/imports/%.*s", STR_FMT_ARG(uuid_text(web->arena, id))).p);
	assert_json(answer, "state", "done");
	assert_json(answer, "failed", "0");
	return answer;
}

static struct str raw(const char *plural)
{
	return buffer_str(&get(text("/api/%s/export?format=raw&sort=name", plural).p)->body);
}

/* The file without what a write makes of the rest: version, times, scores; and without the id of rows that were made anew. */
struct comparison {
	const struct entity *entity;
	struct buffer out;
	bool ids;
	size_t count;
	bool left_out[64];
};

static bool is_made_anew(const struct comparison *c, struct str head)
{
	int field = entity_field(c->entity, head);

	if (field < 0)
		return str_is(head, "id") ? !c->ids : !str_starts(head, STR("custom_"));
	return (c->entity->fields[field].flags & FIELD_READ_ONLY) != 0;
}

static bool compare_row(void *context, const struct csv_row *row)
{
	struct comparison *c = context;

	assert_null(row->complaint);
	assert_true(row->count < COUNT_OF(c->left_out));
	for (size_t i = 0; i < row->count; i++) {
		if (c->count == 0)
			c->left_out[i] = is_made_anew(c, row->cells[i]);
		if (!c->left_out[i])
			buffer_printf(&c->out, "[%.*s]", STR_FMT_ARG(row->cells[i]));
	}
	buffer_add_char(&c->out, '\n');
	c->count++;
	return true;
}

static const char *comparable(const char *plural, struct str csv, bool ids)
{
	struct csv_form form = {CSV_UTF8, ',', 0};
	struct comparison *c = ARENA_NEW(web->arena, struct comparison);
	struct csv_reader *reader = csv_reader_new(web->arena, &form, 0, compare_row, c);

	c->out = BUFFER_IN(web->arena);
	c->ids = ids;
	c->entity = entity_find(str_from(plural));
	assert_int_equal(csv_reader_feed(reader, csv), CSV_MORE);
	assert_int_equal(csv_reader_end(reader), CSV_MORE);
	return c->out.bytes;
}

/* Values that a spreadsheet, a careless reader or our own kindness to other people's tables would change. */
static const char *const nasty[] = {
	"{\"name\":\"=1+1\",\"phone\":\"+1 512-555-0199 x3\",\"notes\":\"'=a\\n\\\"b\\\", c;d\"}",
	"{\"name\":\"'=2+2\",\"email\":\"a@example.com\",\"notes\":\"- one\\n- two\"}",
	"{\"name\":\"O'Neil, \\\"Bo\\\"\",\"city\":\"Ünïted \\uD83D\\uDEE0\",\"tags\":[\"VIP; gold\",\"a, "
	"b\",\"Old\"]}",
	"{\"name\":\"Yes\",\"address\":\"1/2/2003\",\"zip\":\"01234\"}",
	"{\"name\":\"plain\",\"custom_created_at\":\"long ago\"}",
};

static void make_nasty(const char *plural)
{
	for (size_t i = 0; i < COUNT_OF(nasty); i++) {
		const struct entity *entity = entity_find(str_from(plural));
		struct buffer json = BUFFER_IN(web->arena);
		const struct value *member;
		struct value *row;
		struct str name, why;

		assert_int_equal(json_parse(web->arena, str_from(nasty[i]), &json_limits_request, &row, &why), OK);
		for (size_t m = 0; (member = value_member(row, m, &name)) != NULL; m++)
			if (entity_field(entity, name) >= 0 ||
			    (str_starts(name, STR("custom_")) && entity == entities[0])) {
				buffer_printf(&json, "%s\"%.*s\":", json.length ? "," : "{", STR_FMT_ARG(name));
				json_print(member, &json);
			}
		buffer_add_char(&json, '}');
		post(text("/api/%s", plural).p, buffer_str(&json).p);
	}
}

static void a_raw_file_changes_nothing_and_restores_what_was_changed(void **state)
{
	static const char *const tags[] = {"VIP; gold", "a, b", "Old"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(tags); i++)
		post("/api/tags", text("{\"name\":\"%s\"}", tags[i]).p);
	post("/api/custom_fields", "{\"entity\":\"leads\",\"label\":\"Created at\",\"type\":\"text\"}");
	settle();
	test_sql("UPDATE properties SET deleted_at = now() WHERE tenant_id = '%.*s'",
		 STR_FMT_ARG(uuid_text(web->arena, acme.id)));
	for (size_t i = 0; import_entities[i]; i++) {
		const char *plural = import_entities[i];
		struct str before, changed, id;
		const struct response *answer;
		const char *wanted;

		make_nasty(plural);
		before = raw(plural);
		wanted = comparable(plural, before, true);
		/* Unchanged, it changes nothing: not even a version. */
		answer = import_file(plural, before);
		assert_json(answer, "created", "0");
		assert_json(answer, "updated", "0");
		assert_string_equal(raw(plural).p, before.p);
		/* What was changed, filled and emptied since is as it was. */
		for (size_t r = 0; r < 3; r++) {
			id = json_text(get(text("/api/%s?q=%s&limit=1", plural,
						r == 0   ? "plain"
						: r == 1 ? "neil"
							 : "1")
						   .p),
				       "data.0.id");
			if (!str_absent(id))
				patch(plural, id,
				      r == 1 ? "{\"name\":\"Other\",\"notes\":null}"
					     : text("{\"name\":\"Changed\",\"notes\":\"new\"%s}",
						    entity_field(entity_find(str_from(plural)), STR("tags")) >= 0
							    ? ",\"tags\":[\"Old\"]"
							    : "")
						       .p);
		}
		changed = raw(plural);
		assert_string_not_equal(comparable(plural, changed, true), wanted);
		answer = import_file(plural, before);
		assert_json(answer, "created", "0");
		assert_string_equal(comparable(plural, raw(plural), true), wanted);
		/* What was deleted is there again, with another id. */
		wanted = comparable(plural, before, false);
		id = json_text(get(text("/api/%s?q=plain&limit=1", plural).p), "data.0.id");
		assert_status(ASK(.method = METHOD_DELETE, .host = acme.slug, .bearer = acme.key[ROLE_ADMIN],
				  .path = text("/api/%s/%.*s", plural, STR_FMT_ARG(id)).p),
			      204);
		assert_string_not_equal(comparable(plural, raw(plural), false), wanted);
		answer = import_file(plural, before);
		assert_json(answer, "created", "1");
		assert_string_equal(comparable(plural, raw(plural), false), wanted);
		/* And once more it is known. */
		answer = import_file(plural, before);
		assert_json(answer, "created", "0");
		assert_json(answer, "updated", "0");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_list_goes_out_in_every_form),
		cmocka_unit_test(no_field_that_the_api_shows_is_left_out),
		cmocka_unit_test(a_line_is_the_record_as_the_api_answers_it),
		cmocka_unit_test(filters_order_search_and_columns_are_the_lists),
		cmocka_unit_test(the_page_asks_how_and_says_how_many),
		cmocka_unit_test(a_saved_view_is_exported_as_it_is),
		cmocka_unit_test(a_saved_view_is_exported_by_its_id),
		cmocka_unit_test(what_cannot_be_exported_so_is_said),
		cmocka_unit_test(each_company_has_its_own_rows_alone),
		cmocka_unit_test(none_is_missing_and_none_is_doubled_over_many_pages),
		cmocka_unit_test(a_raw_file_changes_nothing_and_restores_what_was_changed),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
