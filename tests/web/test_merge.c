/* Two records become one: the comparing page, the API, the way back, and who may. */
#include "tests/web/fixture.h"

static struct company acme, other;

static int make_companies(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	company_make(&other, "other");
	return 0;
}

static const struct response *get(const char *path)
{
	return ASK(.host = acme.slug, .path = path, .bearer = acme.key[ROLE_MEMBER]);
}

static const struct response *post(const char *path, const char *json)
{
	return ASK(.method = METHOD_POST, .host = acme.slug, .path = path, .bearer = acme.key[ROLE_MEMBER],
		   .json = json);
}

static struct str made(const char *path, const char *json)
{
	const struct response *answer = post(path, json);

	assert_status(answer, 201);
	return json_text(answer, "id");
}

static const char *row(const char *plural, struct str id, const char *suffix)
{
	return text("/%s/%.*s%s", plural, STR_FMT_ARG(id), suffix).p;
}

static const char *pair_of(struct str keep, struct str gone, const char *more)
{
	return text("{\"keep\": \"%.*s\", \"remove\": \"%.*s\"%s}", STR_FMT_ARG(keep), STR_FMT_ARG(gone), more).p;
}

struct two {
	struct str kept, gone;
};

/* Two contacts that are one, the second with a note and two properties. */
static struct two two_contacts(void)
{
	struct two two = {
		made("/api/contacts", "{\"name\": \"Ann Lee\", \"email\": \"ann@example.com\", \"notes\": \"Dog\"}"),
		made("/api/contacts", "{\"name\": \"Lee, Ann\", \"email\": \"lee@example.com\", \"phone\": "
				      "\"512 555 0123\", \"notes\": \"Gate 4\"}")};

	(void)made("/api/notes", text("{\"body\": \"said\", \"contact_id\": \"%.*s\"}", STR_FMT_ARG(two.gone)).p);
	for (int i = 0; i < 2; i++)
		(void)made("/api/properties",
			   text("{\"address\": \"%d Elm\", \"contact_id\": \"%.*s\"}", i, STR_FMT_ARG(two.gone)).p);
	return two;
}

/* ---- pages ---- */

static void the_page_shows_both_and_merges_as_chosen(void **state)
{
	struct two two = two_contacts();
	struct browser person = browser_as(&acme, ROLE_MEMBER);
	const struct response *page = browse(&person, row("contacts", two.kept, ""));
	struct str undo;

	(void)state;
	assert_has(page, "Merge with…");
	page = browse(&person, row("contacts", two.kept, "/merge"));
	assert_hasnt(page, "Looks like the same");
	page = browse(&person, row("contacts", two.kept, "/merge?q=Lee%2C"));
	assert_status(page, 200);
	assert_has(page, text("with=%.*s", STR_FMT_ARG(two.gone)).p);
	assert_hasnt(page, text("with=%.*s", STR_FMT_ARG(two.kept)).p);
	assert_has(browse(&person, row("contacts", two.kept, "/merge?q=nobody-like-that")), "No other contact holds");
	page = browse(&person, text("/contacts/%.*s/merge?with=%.*s", STR_FMT_ARG(two.kept), STR_FMT_ARG(two.gone)).p);
	assert_status(page, 200);
	assert_has(page, "2 properties and 1 note");
	assert_has(page, "name=\"field.email\" value=\"keep\" checked");
	assert_has(page, "name=\"field.phone\" value=\"remove\" checked");
	assert_has(page, "name=\"field.notes\" value=\"both\"");
	assert_hasnt(page, "name=\"field.zip\"");
	assert_has(page, text("/contacts/%.*s/merge?with=%.*s", STR_FMT_ARG(two.gone), STR_FMT_ARG(two.kept)).p);
	page = submit(
		&person, row("contacts", two.kept, "/merge"),
		text("with=%.*s&version.keep=1&version.remove=1&field.email=remove&field.phone=remove&field.notes="
		     "both",
		     STR_FMT_ARG(two.gone))
			.p);
	assert_status(page, 303);
	page = browse(&person, arena_c_string(web->arena, location_of(page)));
	assert_has(page, "Undo merge");
	assert_has(page, "lee@example.com");
	assert_has(page, "Gate 4");
	assert_has(page, "Merged “Lee, Ann” into this");
	undo = body_between(page, "action=\"/merges/", "/undo\"");
	/* Sent again, it is the same merge. */
	assert_status(submit(&person, row("contacts", two.kept, "/merge"), text("with=%.*s", STR_FMT_ARG(two.gone)).p),
		      303);
	page = browse(&person, row("contacts", two.gone, ""));
	assert_goes_to(page, text("/contacts/%.*s?done=was_merged", STR_FMT_ARG(two.kept)));
	assert_has(browse(&person, "/merges"), "Lee, Ann");
	page = submit(&person, text("/merges/%.*s/undo", STR_FMT_ARG(undo)).p, "");
	assert_goes_to(page, text("/contacts/%.*s?done=unmerged", STR_FMT_ARG(two.gone)));
	assert_has(browse(&person, "/merges"), "taken back");
	page = submit(&person, text("/merges/%.*s/undo", STR_FMT_ARG(undo)).p, "");
	assert_status(page, 409);
	assert_has(page, "taken back already");
	assert_has(browse(&person, row("contacts", two.kept, "")), "ann@example.com");
}

static void what_was_changed_meanwhile_is_shown_before_anything_is_done(void **state)
{
	struct two two = two_contacts();
	struct browser person = browser_as(&acme, ROLE_MEMBER);
	const struct response *page;

	(void)state;
	assert_status(ASK(.method = METHOD_PATCH, .host = acme.slug, .path = row("api/contacts", two.gone, ""),
			  .bearer = acme.key[ROLE_MEMBER], .json = "{\"company\": \"Lee Ltd\"}",
			  .headers = {{"if-match", "*"}}),
		      200);
	page = submit(&person, row("contacts", two.kept, "/merge"),
		      text("with=%.*s&version.keep=1&version.remove=1", STR_FMT_ARG(two.gone)).p);
	assert_status(page, 412);
	assert_has(page, "was changed since you looked");
	assert_has(page, "Lee Ltd");
	assert_has(page, "name=\"version.remove\" value=\"2\"");
	page = submit(&person, row("contacts", two.kept, "/merge"),
		      text("with=%.*s&field.email=sideways", STR_FMT_ARG(two.gone)).p);
	assert_status(page, 422);
	assert_has(page, "id=\"error-email\"");
	assert_status(browse(&person, row("contacts", two.kept, "/merge?with=x")), 404);
	assert_status(
		browse(&person, text("/contacts/%.*s/merge?with=%.*s", STR_FMT_ARG(two.kept), STR_FMT_ARG(two.kept)).p),
		400);
}

static void leads_and_properties_have_the_page_too(void **state)
{
	struct str lead = company_lead(&acme, "Bea"), same = company_lead(&acme, "Bea B"),
		   property = made("/api/properties", "{\"address\": \"1 Oak\"}"),
		   double_of_it = made("/api/properties", "{\"address\": \"1 Oak Ln\"}");
	struct browser person = browser_as(&acme, ROLE_MEMBER);

	(void)state;
	assert_status(browse(&person, text("/leads/%.*s/merge?with=%.*s", STR_FMT_ARG(lead), STR_FMT_ARG(same)).p),
		      200);
	assert_status(submit(&person, row("leads", lead, "/merge"), text("with=%.*s", STR_FMT_ARG(same)).p), 303);
	assert_status(
		submit(&person, row("properties", property, "/merge"), text("with=%.*s", STR_FMT_ARG(double_of_it)).p),
		303);
	assert_status(browse(&person, row("tasks", lead, "/merge")), 404);
	/* Without a word, those that look like the same are offered. */
	lead = made("/api/leads", "{\"name\": \"Ida\", \"phone\": \"512 555 0188\"}");
	same = made("/api/leads", "{\"name\": \"Ida K.\", \"phone\": \"(512) 555-0188\"}");
	assert_has(browse(&person, row("leads", lead, "/merge")), "Looks like the same lead");
	assert_has(browse(&person, row("leads", lead, "/merge")), text("with=%.*s", STR_FMT_ARG(same)).p);
	assert_hasnt(browse(&person, row("leads", lead, "/merge")), text("with=%.*s", STR_FMT_ARG(lead)).p);
}

/* What belongs to a merged record is not in the trash: restoring it takes the merge back. */
static void restoring_what_was_merged_takes_the_merge_back(void **state)
{
	struct two two = two_contacts();
	struct browser person = browser_as(&acme, ROLE_MEMBER);

	(void)state;
	assert_status(post("/api/contacts/merge", pair_of(two.kept, two.gone, "")), 200);
	assert_json(get(text("/api/properties?contact_id=%.*s", STR_FMT_ARG(two.kept)).p), "data.1.name", "1 Elm");
	assert_status(submit(&person, row("contacts", two.gone, "/restore"), ""), 303);
	assert_json(get(text("/api/properties?contact_id=%.*s", STR_FMT_ARG(two.gone)).p), "data.1.name", "1 Elm");
	assert_true(str_absent(json_text(get(row("api/contacts", two.kept, "")), "phone")));
}

/* ---- API ---- */

static void the_api_previews_merges_and_takes_back(void **state)
{
	struct two two = two_contacts();
	const struct response *answer = get(
		text("/api/contacts/merge/preview?keep=%.*s&remove=%.*s", STR_FMT_ARG(two.kept), STR_FMT_ARG(two.gone))
			.p);
	struct str merge, key = text("merge-%.*s", STR_FMT_ARG(two.kept));
	const char *body = pair_of(two.kept, two.gone, ", \"keep_version\": 1, \"fields\": {\"email\": \"remove\"}");

	(void)state;
	assert_status(answer, 200);
	assert_json(answer, "moves_words", "2 properties and 1 note");
	assert_json(answer, "rows", "3");
	assert_json(answer, "fields.0.field", "name");
	assert_json(answer, "fields.0.chosen", "keep");
	assert_json(answer, "fields.1.field", "phone");
	assert_json(answer, "fields.1.chosen", "remove");
	answer = ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/contacts/merge",
		     .bearer = acme.key[ROLE_MEMBER], .json = body, .headers = {{"idempotency-key", key.p}});
	assert_status(answer, 200);
	assert_json(answer, "record.email", "lee@example.com");
	assert_json(answer, "record.phone_e164", "+15125550123");
	assert_json(answer, "moved", "3");
	merge = json_text(answer, "id");
	answer = ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/contacts/merge",
		     .bearer = acme.key[ROLE_MEMBER], .json = body, .headers = {{"idempotency-key", key.p}});
	assert_status(answer, 200);
	assert_true(str_equal(json_text(answer, "id"), merge));
	answer = get(row("api/contacts", two.gone, ""));
	assert_status(answer, 404);
	assert_has(answer, text("merged into %.*s", STR_FMT_ARG(two.kept)).p);
	assert_json(get(row("api/contacts", two.kept, "/history")), "data.0.kind", "merged");
	assert_json(get("/api/merges"), "data.0.removed_title", "Lee, Ann");
	assert_json(get(row("api/merges", merge, "")), "kept_title", "Ann Lee");
	answer = post(row("api/merges", merge, "/undo"), "");
	assert_status(answer, 200);
	assert_json(answer, "moved_back", "3");
	assert_json(answer, "left", "0");
	assert_true(json_text(answer, "undone_at").n > 0);
	answer = post(row("api/merges", merge, "/undo"), "");
	assert_status(answer, 409);
	assert_json(answer, "code", "undone");
	assert_json(get(row("api/contacts", two.kept, "")), "email", "ann@example.com");
	assert_json(get(row("api/contacts", two.gone, "")), "email", "lee@example.com");
}

static void what_is_wrong_is_named(void **state)
{
	struct two two = two_contacts();
	const char *path = "/api/contacts/merge";

	(void)state;
	assert_field_error(post(path, "{}"), 422, "keep", "required");
	assert_field_error(post(path, pair_of(two.kept, two.kept, "")), 422, "remove", "same");
	assert_field_error(post(path, pair_of(two.kept, STR("x"), "")), 422, "remove", "not_an_id");
	assert_field_error(post(path, pair_of(two.kept, two.gone, ", \"more\": 1")), 422, "more", "unknown_field");
	assert_field_error(post(path, pair_of(two.kept, two.gone, ", \"fields\": {\"colour\": \"keep\"}")), 422,
			   "colour", "unknown_field");
	assert_field_error(post(path, pair_of(two.kept, two.gone, ", \"fields\": {\"email\": \"both\"}")), 422, "email",
			   "not_a_choice");
	assert_field_error(post(path, pair_of(two.kept, two.gone, ", \"fields\": [1]")), 422, "fields", "wrong_type");
	assert_status(post(path, pair_of(two.kept, two.gone, ", \"remove_version\": 9")), 412);
	assert_status(post(path, "[]"), 400);
	assert_status(post("/api/tasks/merge", pair_of(two.kept, two.gone, "")), 404);
	/* A lead is no contact. */
	assert_field_error(post(path, pair_of(two.kept, company_lead(&acme, "Cleo"), "")), 422, "remove", "not_found");
	assert_status(get("/api/contacts/merge/preview?keep=x&remove=y&more=z"), 422);
}

static void pairs_are_merged_in_one_request(void **state)
{
	struct str a = company_lead(&acme, "A"), b = company_lead(&acme, "B"), c = company_lead(&acme, "C");
	const char *body = text("{\"entity\": \"leads\", \"pairs\": [{\"first\": \"%.*s\", \"second\": \"%.*s\"}, "
				"{\"first\": \"%.*s\", \"second\": \"%.*s\"}, {\"first\": \"%.*s\", \"second\": "
				"\"00000000-0000-4000-8000-000000000000\"}]}",
				STR_FMT_ARG(b), STR_FMT_ARG(a), STR_FMT_ARG(b), STR_FMT_ARG(c), STR_FMT_ARG(a))
				   .p;
	const struct response *answer = post("/api/merges/batch", body);

	(void)state;
	assert_status(answer, 200);
	assert_json(answer, "merged", "2");
	assert_json(answer, "failed", "1");
	assert_json(answer, "results.2.status", "422");
	assert_true(str_equal(json_text(answer, "results.1.kept_id"), a));
	assert_status(get(row("api/leads", c, "")), 404);
	assert_field_error(post("/api/merges/batch", "{\"entity\": \"tasks\"}"), 422, "entity", "not_a_choice");
	assert_field_error(post("/api/merges/batch", "{\"entity\": \"leads\", \"pairs\": [{\"first\": \"x\"}]}"), 422,
			   "pairs[0]", "not_a_pair");
}

/* ---- out of the queue ---- */

static struct str queued(struct str one, struct str second, const char *entity)
{
	return arena_copy(
		web->arena,
		test_sql_value("INSERT INTO duplicate_pairs (tenant_id, id, entity, first_id, second_id, "
			       "reasons, score, created_at, updated_at) VALUES ('%s', gen_random_uuid(), '%s', "
			       "least('%.*s'::uuid, '%.*s'::uuid), greatest('%.*s'::uuid, '%.*s'::uuid), "
			       "'phone', 60, now(), now()) RETURNING id::text",
			       uuid_text(web->arena, acme.id).p, entity, STR_FMT_ARG(one), STR_FMT_ARG(second),
			       STR_FMT_ARG(one), STR_FMT_ARG(second)));
}

static void ticked_pairs_of_the_queue_are_merged(void **state)
{
	struct two contacts = two_contacts();
	struct str a = company_lead(&acme, "Dee"), b = company_lead(&acme, "D."), c = company_lead(&acme, "D. D."),
		   first = queued(a, b, "leads"), second = queued(b, c, "leads"),
		   third = queued(contacts.kept, contacts.gone, "contacts");
	struct browser person = browser_as(&acme, ROLE_MEMBER);
	const struct response *page = submit(
		&person, "/duplicates/merge",
		text("pair=%.*s&pair=%.*s&pair=%.*s", STR_FMT_ARG(first), STR_FMT_ARG(second), STR_FMT_ARG(third)).p);

	(void)state;
	assert_goes_to(page, STR("/merges?merged=3&refused=0"));
	assert_has(browse(&person, "/merges?merged=3&refused=0"), "3 pairs merged.");
	assert_status(get(row("api/leads", a, "")), 200);
	assert_has(get(row("api/leads", c, "")), "merged into");
	assert_json(get(row("api/contacts", contacts.kept, "")), "phone_e164", "+15125550123");
	assert_true(
		str_absent(test_sql_value("SELECT id::text FROM duplicate_pairs WHERE id IN ('%.*s', '%.*s', '%.*s')",
					  STR_FMT_ARG(first), STR_FMT_ARG(second), STR_FMT_ARG(third))));
	/* Again: they are gone from the queue. */
	page = submit(&person, "/duplicates/merge", text("pair=%.*s", STR_FMT_ARG(first)).p);
	assert_goes_to(page, STR("/merges?merged=0&refused=0"));
	page = submit(&person, "/duplicates/merge", "");
	assert_status(page, 422);
	assert_has(page, "Tick the pairs");
	assert_status(submit(&person, "/duplicates/merge", "pair=x"), 400);
}

/* ---- who may ---- */

static void viewers_look_and_others_see_nothing(void **state)
{
	struct two two = two_contacts();
	const struct response *answer;
	struct browser viewer = browser_as(&acme, ROLE_VIEWER);
	struct str merge;

	(void)state;
	answer = ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/contacts/merge",
		     .bearer = acme.key[ROLE_VIEWER], .json = pair_of(two.kept, two.gone, ""));
	assert_status(answer, 403);
	answer = ASK(.method = METHOD_POST, .host = other.slug, .path = "/api/contacts/merge",
		     .bearer = other.key[ROLE_MEMBER], .json = pair_of(two.kept, two.gone, ""));
	assert_field_error(answer, 422, "keep", "not_found");
	merge = json_text(post("/api/contacts/merge", pair_of(two.kept, two.gone, "")), "id");
	assert_status(ASK(.host = other.slug, .path = row("api/merges", merge, ""), .bearer = other.key[ROLE_MEMBER]),
		      404);
	assert_status(ASK(.method = METHOD_POST, .host = other.slug, .path = row("api/merges", merge, "/undo"),
			  .bearer = other.key[ROLE_MEMBER]),
		      404);
	answer = ASK(.host = other.slug, .path = row("api/contacts", two.gone, ""), .bearer = other.key[ROLE_MEMBER]);
	assert_status(answer, 404);
	assert_hasnt(answer, "merged into");
	assert_status(browse(&viewer, "/merges"), 200);
	assert_hasnt(browse(&viewer, "/merges"), "Undo merge");
	assert_hasnt(browse(&viewer, row("contacts", two.kept, "")), "Merge with…");
	assert_status(browse(&viewer, row("contacts", two.kept, "/merge")), 403);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_shows_both_and_merges_as_chosen),
		cmocka_unit_test(what_was_changed_meanwhile_is_shown_before_anything_is_done),
		cmocka_unit_test(leads_and_properties_have_the_page_too),
		cmocka_unit_test(restoring_what_was_merged_takes_the_merge_back),
		cmocka_unit_test(the_api_previews_merges_and_takes_back),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(pairs_are_merged_in_one_request),
		cmocka_unit_test(ticked_pairs_of_the_queue_are_merged),
		cmocka_unit_test(viewers_look_and_others_see_nothing),
	};

	return cmocka_run_group_tests_name("merge over the web", tests, make_companies, fixture_close);
}
