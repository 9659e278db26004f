/* Duplicates through pages and the API: a new row that is here already is told, and the queue of pairs is worked off. */
#include "tests/web/fixture.h"

#include "lib/crm/duplicate.h"

static struct company acme, other;

static int make_companies(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	company_make(&other, "other");
	return 0;
}

static const struct response *get(const struct company *company, enum role role, const char *path)
{
	return ASK(.host = company->slug, .path = path, .bearer = company->key[role]);
}

static const struct response *post(const struct company *company, enum role role, const char *path, const char *json)
{
	return ASK(.method = METHOD_POST, .host = company->slug, .path = path, .bearer = company->key[role],
		   .json = json);
}

static struct str made(const struct company *company, const char *path, const char *json)
{
	const struct response *answer = post(company, ROLE_ADMIN, path, json);

	assert_status(answer, 201);
	return json_text(answer, "id");
}

static int64_t rows_of(const char *table, const char *name)
{
	int64_t count;

	assert_true(str_to_int64(test_sql_value("SELECT count(*)::text FROM %s WHERE tenant_id = '%s' AND name = '%s'",
						table, uuid_text(web->arena, acme.id).p, name),
				 &count));
	return count;
}

/* What demand-jobs does when its turn comes. */
static void search(const struct company *company)
{
	struct tenant *tenant;
	bool more = true;

	MUST(resolver_by_slug(web->app.resolver, web->arena, company->slug, &tenant));
	while (more) {
		struct ttx *tx = ttx_begin(web->app.app_pg, web->arena, tenant->scope, TX_WRITE);

		MUST(duplicate_search_step(tx, &more));
		MUST(ttx_commit(tx));
	}
}

/* The id of the first pair of that entity. */
static struct str a_pair(const struct company *company, const char *entity)
{
	const struct response *answer = get(company, ROLE_ADMIN, text("/api/duplicates?entity=%s", entity).p);

	assert_status(answer, 200);
	return json_text(answer, "data.0.id");
}

/* ---- before a row is made ---- */

static void a_form_tells_of_an_existing_row_and_writes_nothing(void **state)
{
	static const struct {
		const char *plural, *json, *form, *reason;
	} rows[] = {
		{"leads", "{\"name\": \"Ann <Lee>\", \"phone\": \"512 555 0111\"}",
		 "name=Again&phone=%28512%29+555-0111&notes=kept", "same phone"},
		{"contacts", "{\"name\": \"Ann <Lee>\", \"email\": \"lee@example.com\"}",
		 "name=Again&email=LEE%40example.com&notes=kept", "same e-mail"},
		{"properties", "{\"name\": \"Ann <Lee>\", \"address\": \"1 Oak Street\"}",
		 "name=ann+lee&address=1+Oak+St&notes=kept", "same name and address"},
	};
	struct browser member = browser_as(&acme, ROLE_MEMBER);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *list = text("/%s", rows[i].plural).p;
		struct str id = made(&acme, text("/api/%s", rows[i].plural).p, rows[i].json);
		const struct response *answer;

		assert_status(browse(&member, text("%s/new", list).p), 200);
		answer = submit(&member, list, rows[i].form);
		assert_status(answer, 409);
		assert_has(answer, text("<a href=\"/%s/%.*s\">Ann &lt;Lee&gt;</a> (%s)", rows[i].plural,
					STR_FMT_ARG(id), rows[i].reason)
					   .p);
		assert_has(answer, "Create it anyway</button>");
		assert_has(answer, "kept</textarea>");
		assert_int_equal(rows_of(rows[i].plural, i == 2 ? "ann lee" : "Again"), 0);
		answer = submit(&member, list, text("%s&create_anyway=yes", rows[i].form).p);
		assert_status(answer, 303);
		assert_int_equal(rows_of(rows[i].plural, i == 2 ? "ann lee" : "Again"), 1);
	}
}

static void a_form_without_anything_alike_is_taken(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);

	(void)state;
	(void)made(&other, "/api/leads", "{\"name\": \"Foreign\", \"phone\": \"512 555 0222\"}");
	assert_status(submit(&member, "/leads", "name=First&phone=512+555+0222"), 303);
	assert_status(submit(&member, "/leads", "name=First"), 303);
	/* What is wrong is told before. */
	assert_hasnt(submit(&member, "/leads", "name=&phone=512+555+0222"), "Create it anyway");
	assert_status(submit(&member, "/tags", "name=Only&tone=blue"), 403);
}

static void a_program_makes_it_and_is_told_of_the_others(void **state)
{
	struct str first = made(&acme, "/api/leads", "{\"name\": \"One\", \"phone\": \"512 555 0333\"}"), link;
	const struct response *answer;

	(void)state;
	answer = post(&acme, ROLE_MEMBER, "/api/leads", "{\"name\": \"Two\", \"phone\": \"+15125550333\"}");
	assert_status(answer, 201);
	link = web_answer_header(answer, "link");
	assert_true(
		str_equal(link, text("</api/leads/%.*s>; rel=\"duplicate\"; reasons=\"phone\"", STR_FMT_ARG(first))));
	for (int i = 0; i < 4; i++)
		answer = post(&acme, ROLE_MEMBER, "/api/leads?duplicates=allow",
			      "{\"name\": \"More\", \"phone\": \"+15125550333\"}");
	link = web_answer_header(answer, "link");
	for (int i = 0; i < 3; i++)
		assert_true(str_starts(str_split(&link, ','), i ? STR(" </api/leads/") : STR("</api/leads/")));
	assert_true(str_absent(link));
	answer = post(&acme, ROLE_MEMBER, "/api/leads", "{\"name\": \"Alone\", \"phone\": \"512 555 0334\"}");
	assert_true(str_absent(web_answer_header(answer, "link")));
	assert_true(str_absent(web_answer_header(
		post(&other, ROLE_MEMBER, "/api/leads", "{\"name\": \"Far\", \"phone\": \"512 555 0333\"}"), "link")));
	assert_true(str_absent(
		web_answer_header(post(&acme, ROLE_MEMBER, "/api/notes", "{\"body\": \"No rules here\"}"), "link")));
}

static void a_lead_of_a_contact_is_made_for_that_contact(void **state)
{
	struct str contact = made(&acme, "/api/contacts",
				  "{\"name\": \"Jane <Miller>\", \"phone\": \"512 555 0388\", \"email\": "
				  "\"jane@known.example\"}");
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	const char *typed = "name=Jane&phone=512-555-0388&email=JANE%40known.example&notes=kept";
	const struct response *answer;

	(void)state;
	(void)made(&other, "/api/contacts", "{\"name\": \"Foreign\", \"phone\": \"512 555 0389\"}");
	assert_status(browse(&member, "/leads/new"), 200);
	answer = submit(&member, "/leads", typed);
	assert_status(answer, 409);
	assert_has(answer, "This looks like <strong>Jane &lt;Miller&gt;</strong>, a contact since ");
	assert_has(answer, "(same phone, same e-mail)");
	assert_has(answer, text("href=\"/contacts/%.*s\">Open the contact", STR_FMT_ARG(contact)).p);
	assert_has(answer, text("name=\"for_contact\" value=\"%.*s\"", STR_FMT_ARG(contact)).p);
	assert_has(answer, "kept</textarea>");
	assert_hasnt(answer, "seems to be here already");
	assert_int_equal(rows_of("leads", "Jane"), 0);
	assert_status(submit(&member, "/leads", text("%s&for_contact=%.*s", typed, STR_FMT_ARG(contact)).p), 303);
	answer = get(&acme, ROLE_MEMBER, text("/api/leads?contact_id=%.*s", STR_FMT_ARG(contact)).p);
	assert_json(answer, "data.0.name", "Jane");
	/* Both are told: the lead that is there, and the contact. Anyway is anyway. */
	answer = submit(&member, "/leads", typed);
	assert_has(answer, "Open the contact");
	assert_has(answer, "seems to be here already");
	assert_status(submit(&member, "/leads", text("%s&create_anyway=yes", typed).p), 303);
	/* What is no contact of this company is an error at the field. */
	answer = submit(&member, "/leads", text("name=X&for_contact=%.*s", STR_FMT_ARG(acme.user[ROLE_MEMBER])).p);
	assert_status(answer, 422);
	assert_status(submit(&member, "/leads", "name=X&for_contact=7"), 422);
	/* A foreign one says nothing, nor does a contact that is named already. */
	assert_status(submit(&member, "/leads", "name=Far&phone=512+555+0389"), 303);
	(void)made(&acme, "/api/contacts", "{\"name\": \"Named\", \"phone\": \"512 555 0390\"}");
	assert_status(submit(&member, "/leads",
			     text("name=Named&phone=512+555+0390&contact_id=%.*s", STR_FMT_ARG(contact)).p),
		      303);
	/* Who is known as a contact is no duplicate to a new contact's form alone. */
	assert_hasnt(submit(&member, "/contacts", "name=Jane&phone=512-555-0388"), "for_contact");
}

static void a_program_is_told_whose_lead_it_may_be(void **state)
{
	struct str contact = made(&acme, "/api/contacts", "{\"name\": \"Known\", \"email\": \"known@api.example\"}"),
		   link, first;
	const char *lead = "{\"name\": \"Lead\", \"email\": \"known@api.example\"}";
	const struct response *answer = post(&acme, ROLE_MEMBER, "/api/leads?duplicates=refuse", lead);

	(void)state;
	/* A customer who asks for something new is no duplicate. */
	assert_status(answer, 201);
	first = json_text(answer, "id");
	link = web_answer_header(answer, "link");
	assert_true(str_equal(link,
			      text("</api/contacts/%.*s>; rel=\"contact\"; reasons=\"email\"", STR_FMT_ARG(contact))));
	link = web_answer_header(post(&acme, ROLE_MEMBER, "/api/leads", lead), "link");
	assert_true(
		str_equal(link, text("</api/leads/%.*s>; rel=\"duplicate\"; reasons=\"email\", </api/contacts/%.*s>; "
				     "rel=\"contact\"; reasons=\"email\"",
				     STR_FMT_ARG(first), STR_FMT_ARG(contact))));
	link = web_answer_header(post(&acme, ROLE_MEMBER, "/api/leads",
				      text("{\"name\": \"Theirs\", \"email\": \"known@api.example\", \"contact_id\": "
					   "\"%.*s\"}",
					   STR_FMT_ARG(contact))
					      .p),
				 "link");
	assert_true(link.n > 0 && !strstr(arena_c_string(web->arena, link), "contacts"));
	assert_true(str_absent(web_answer_header(post(&other, ROLE_MEMBER, "/api/leads", lead), "link")));
}

static void a_repeated_request_tells_the_same(void **state)
{
	const struct response *answer;
	struct str link = STR("");

	(void)state;
	(void)made(&acme, "/api/leads", "{\"name\": \"Once\", \"phone\": \"512 555 0377\"}");
	for (int i = 0; i < 2; i++) {
		answer = ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/leads",
			     .bearer = acme.key[ROLE_MEMBER],
			     .json = "{\"name\": \"Twice\", \"phone\": \"512 555 0377\"}",
			     .headers = {{"idempotency-key", "told-twice"}});
		assert_status(answer, 201);
		if (i == 0)
			link = arena_copy(web->arena, web_answer_header(answer, "link"));
		assert_true(link.n > 0 && str_equal(web_answer_header(answer, "link"), link));
	}
	assert_int_equal(rows_of("leads", "Twice"), 1);
}

static void a_program_may_have_it_refused(void **state)
{
	struct str first = made(&acme, "/api/contacts",
				"{\"name\": \"One\", \"phone\": \"512 555 0444\", \"email\": "
				"\"four@example.com\"}");
	const char *again = "{\"name\": \"Refused\", \"phone\": \"512 555 0444\", \"email\": \"FOUR@example.com\"}";
	const struct response *answer = post(&acme, ROLE_MEMBER, "/api/contacts?duplicates=refuse", again);

	(void)state;
	assert_status(answer, 409);
	assert_json(answer, "code", "duplicate");
	assert_true(str_equal(json_text(answer, "duplicates.0.id"), first));
	assert_json(answer, "duplicates.0.reasons.0", "phone");
	assert_json(answer, "duplicates.0.reasons.1", "email");
	assert_null(json_at(answer, "duplicates.1"));
	assert_int_equal(rows_of("contacts", "Refused"), 0);
	assert_status(post(&acme, ROLE_MEMBER, "/api/contacts?duplicates=refuse", "{\"name\": \"Refused\"}"), 201);
	assert_status(post(&other, ROLE_MEMBER, "/api/contacts?duplicates=refuse", again), 201);
	assert_field_error(post(&acme, ROLE_MEMBER, "/api/contacts?duplicates=perhaps", again), 422, "duplicates",
			   "not_a_choice");
}

/* ---- the queue ---- */

static void the_queue_shows_pairs_side_by_side_and_takes_a_no(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER), owner = browser_as(&acme, ROLE_OWNER),
		       viewer = browser_as(&acme, ROLE_VIEWER);
	const struct response *answer;
	const char *pair;
	struct str id;

	(void)state;
	(void)made(&acme, "/api/properties", "{\"address\": \"77 <Side> Road\", \"city\": \"Austin\"}");
	(void)made(&acme, "/api/properties", "{\"address\": \"77 <side> rd.\"}");
	search(&acme);
	id = a_pair(&acme, "properties");
	pair = text("/duplicates/%.*s", STR_FMT_ARG(id)).p;
	answer = browse(&owner, "/duplicates?entity=properties");
	assert_has(answer, "77 &lt;Side&gt; Road");
	assert_has(answer, "77 &lt;side&gt; rd.");
	assert_has(answer, "same name and address");
	assert_has(answer, "/merge?with=");
	assert_has(answer, text("action=\"%s/dismiss\"", pair).p);
	assert_hasnt(browse(&viewer, "/duplicates?entity=properties"), "Not a duplicate</button>");
	assert_hasnt(browse(&viewer, "/duplicates?entity=properties"), "Look for duplicates now");
	assert_status(submit(&viewer, text("%s/dismiss", pair).p, ""), 403);
	(void)browse(&member, "/duplicates?entity=properties");
	answer = submit(&member, text("%s/dismiss", pair).p, "return=%2Fduplicates%3Fentity%3Dproperties");
	assert_goes_to(answer, STR("/duplicates?entity=properties&done=duplicate_dismissed"));
	assert_hasnt(browse(&member, location_of(answer).p), pair);
	search(&acme);
	assert_hasnt(browse(&member, "/duplicates?entity=properties"), pair);
	assert_has(browse(&member, "/duplicates?entity=properties&state=dismissed"), text("%s/reopen", pair).p);
	assert_goes_to(submit(&member, text("%s/reopen", pair).p, ""), STR("/duplicates?done=duplicate_reopened"));
	assert_has(browse(&member, "/duplicates?entity=properties"), pair);
	assert_status(browse(&member, "/duplicates?entity=nope&state=nope&cursor=nope"), 200);
}

static void the_queue_of_another_company_is_not_seen(void **state)
{
	struct browser stranger = browser_as(&other, ROLE_OWNER);
	struct str id;
	const char *pair;

	(void)state;
	(void)made(&acme, "/api/leads", "{\"name\": \"Private One\", \"phone\": \"512 555 0555\"}");
	(void)made(&acme, "/api/leads", "{\"name\": \"Private Two\", \"phone\": \"512 555 0555\"}");
	search(&acme);
	search(&other);
	id = a_pair(&acme, "leads");
	pair = text("/duplicates/%.*s", STR_FMT_ARG(id)).p;
	assert_hasnt(browse(&stranger, "/duplicates?entity=leads"), "Private");
	assert_hasnt(get(&other, ROLE_ADMIN, "/api/duplicates"), "Private");
	assert_status(submit(&stranger, text("%s/dismiss", pair).p, ""), 404);
	assert_status(submit(&stranger, text("%s/reopen", pair).p, ""), 404);
	assert_status(post(&other, ROLE_ADMIN, text("/api%s/dismiss", pair).p, NULL), 404);
	assert_true(str_equal(a_pair(&acme, "leads"), id));
}

static void programs_work_the_queue_off(void **state)
{
	const struct response *answer;
	struct str cursor = STR(""), id;
	int seen = 0;

	(void)state;
	for (int i = 0; i < 5; i++)
		(void)made(&acme, "/api/contacts", "{\"name\": \"Fivefold\", \"phone\": \"512 555 0666\"}");
	search(&acme);
	do {
		answer = get(&acme, ROLE_VIEWER,
			     text("/api/duplicates?entity=contacts&limit=3&cursor=%.*s", STR_FMT_ARG(cursor)).p);
		assert_status(answer, 200);
		for (int i = 0; json_at(answer, text("data.%d", i).p); i++)
			seen += str_is(json_text(answer, text("data.%d.first_title", i).p), "Fivefold");
		cursor = json_text(answer, "next_cursor");
	} while (cursor.n);
	assert_int_equal(seen, 10);
	answer = get(&acme, ROLE_VIEWER, "/api/duplicates?entity=contacts");
	assert_json(answer, "data.0.entity", "contacts");
	assert_json(answer, "data.0.state", "open");
	id = json_text(answer, "data.0.id");
	assert_status(post(&acme, ROLE_VIEWER, text("/api/duplicates/%.*s/dismiss", STR_FMT_ARG(id)).p, NULL), 403);
	answer = post(&acme, ROLE_MEMBER, text("/api/duplicates/%.*s/dismiss", STR_FMT_ARG(id)).p, NULL);
	assert_status(answer, 200);
	assert_json(answer, "state", "dismissed");
	assert_json(answer, "version", "2");
	assert_has(get(&acme, ROLE_VIEWER, "/api/duplicates?state=dismissed"), id.p);
	answer = post(&acme, ROLE_MEMBER, text("/api/duplicates/%.*s/reopen", STR_FMT_ARG(id)).p, NULL);
	assert_json(answer, "state", "open");
	assert_field_error(get(&acme, ROLE_VIEWER, "/api/duplicates?entity=tasks"), 422, "entity", "not_a_choice");
	assert_field_error(get(&acme, ROLE_VIEWER, "/api/duplicates?state=x"), 422, "state", "not_a_choice");
	assert_field_error(get(&acme, ROLE_VIEWER, "/api/duplicates?limit=101"), 422, "limit", "out_of_range");
	assert_field_error(get(&acme, ROLE_VIEWER, "/api/duplicates?cursor=1"), 422, "cursor", "not_a_cursor");
}

static void a_person_asks_for_a_search_and_sees_it(void **state)
{
	struct browser member = browser_as(&other, ROLE_MEMBER);

	(void)state;
	search(&other);
	assert_has(browse(&member, "/duplicates"), "Look for duplicates now");
	assert_has(browse(&member, "/duplicates"), "Looked through");
	assert_goes_to(submit(&member, "/duplicates/search", "return=%2Fduplicates%3Fentity%3Dcontacts"),
		       STR("/duplicates?entity=contacts&done=duplicates_looking"));
	assert_has(browse(&member, "/duplicates"), "http-equiv=\"refresh\"");
	assert_hasnt(browse(&member, "/duplicates"), "Look for duplicates now");
	assert_json(get(&other, ROLE_VIEWER, "/api/duplicates/search"), "looking", "true");
	search(&other);
	assert_json(get(&other, ROLE_VIEWER, "/api/duplicates/search"), "looking", "false");
	assert_status(post(&other, ROLE_VIEWER, "/api/duplicates/search", NULL), 403);
	assert_json(post(&other, ROLE_MEMBER, "/api/duplicates/search", NULL), "looking", "true");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_tells_of_an_existing_row_and_writes_nothing),
		cmocka_unit_test(a_form_without_anything_alike_is_taken),
		cmocka_unit_test(a_program_makes_it_and_is_told_of_the_others),
		cmocka_unit_test(a_lead_of_a_contact_is_made_for_that_contact),
		cmocka_unit_test(a_program_is_told_whose_lead_it_may_be),
		cmocka_unit_test(a_repeated_request_tells_the_same),
		cmocka_unit_test(a_program_may_have_it_refused),
		cmocka_unit_test(the_queue_shows_pairs_side_by_side_and_takes_a_no),
		cmocka_unit_test(the_queue_of_another_company_is_not_seen),
		cmocka_unit_test(programs_work_the_queue_off),
		cmocka_unit_test(a_person_asks_for_a_search_and_sees_it),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
