/* The trash through pages and the API: what is deleted can be taken back, by whom it may, and is gone when it is meant to be. */
#include "tests/web/fixture.h"

static struct company acme, other;

static int make_companies(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	company_make(&other, "other");
	return 0;
}

static const struct response *call(const struct company *company, enum role role, enum method method, const char *path)
{
	return ASK(.method = method, .host = company->slug, .path = path, .bearer = company->key[role]);
}

static struct str made(const char *path, const char *json)
{
	const struct response *answer = ASK(.method = METHOD_POST, .host = acme.slug, .path = path,
					    .bearer = acme.key[ROLE_ADMIN], .json = json);

	assert_status(answer, 201);
	return json_text(answer, "id");
}

static const char *row(const char *plural, struct str id, const char *suffix)
{
	return text("/%s/%.*s%s", plural, STR_FMT_ARG(id), suffix).p;
}

static void a_deleted_row_is_listed_and_comes_back(void **state)
{
	struct str id = made("/api/leads", "{\"name\": \"Binned\"}");
	const struct response *answer;

	(void)state;
	(void)made("/api/notes", text("{\"body\": \"with it\", \"lead_id\": \"%.*s\"}", STR_FMT_ARG(id)).p);
	assert_status(call(&acme, ROLE_MEMBER, METHOD_DELETE, row("api/leads", id, "")), 204);
	assert_status(call(&acme, ROLE_MEMBER, METHOD_GET, row("api/leads", id, "")), 404);
	answer = call(&acme, ROLE_MEMBER, METHOD_GET, "/api/trash");
	assert_json(answer, "data.0.title", "Binned");
	assert_json(answer, "data.0.entity", "leads");
	assert_json(answer, "data.0.deleted_by", "Member");
	assert_hasnt(answer, "with it");
	assert_hasnt(call(&other, ROLE_MEMBER, METHOD_GET, "/api/trash"), "Binned");
	assert_hasnt(call(&acme, ROLE_MEMBER, METHOD_GET, "/api/trash?entity=tasks"), "Binned");
	assert_field_error(call(&acme, ROLE_MEMBER, METHOD_GET, "/api/trash?entity=nope"), 422, "entity",
			   "not_a_choice");
	assert_status(call(&acme, ROLE_VIEWER, METHOD_POST, row("api/leads", id, "/restore")), 403);
	assert_status(call(&other, ROLE_ADMIN, METHOD_POST, row("api/leads", id, "/restore")), 404);
	answer = call(&acme, ROLE_MEMBER, METHOD_POST, row("api/leads", id, "/restore"));
	assert_status(answer, 200);
	assert_json(answer, "name", "Binned");
	assert_json(answer, "version", "3");
	/* What lives already stays as it is. */
	answer = call(&acme, ROLE_MEMBER, METHOD_POST, row("api/leads", id, "/restore"));
	assert_json(answer, "version", "3");
	assert_has(call(&acme, ROLE_MEMBER, METHOD_GET, row("api/leads", id, "/timeline")), "with it");
}

static void the_flash_after_a_delete_takes_it_back(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	struct str id = company_lead(&acme, "Slip of the thumb");
	const struct response *answer;

	(void)state;
	assert_status(browse(&member, row("leads", id, "/delete")), 200);
	answer = submit(&member, row("leads", id, "/delete"), "version=1");
	assert_status(answer, 303);
	answer = browse(&member, location_of(answer).p);
	assert_status(answer, 200);
	assert_has(answer, text("action=\"%s\"", row("leads", id, "/restore")).p);
	answer = submit(&member, row("leads", id, "/restore"), "");
	assert_goes_to(answer, str_from(row("leads", id, "?done=restored")));
	assert_has(browse(&member, location_of(answer).p), "Restored");
}

static void the_page_lists_restores_and_erases(void **state)
{
	struct browser owner = browser_as(&acme, ROLE_OWNER), member = browser_as(&acme, ROLE_MEMBER),
		       viewer = browser_as(&acme, ROLE_VIEWER);
	struct str id = company_lead(&acme, "Paged <b>out</b>");
	const char *erase = row("leads", id, "/erase");

	(void)state;
	assert_status(browse(&owner, erase), 404); /* it lives */
	assert_status(submit(&owner, erase, ""), 404);
	assert_status(call(&acme, ROLE_MEMBER, METHOD_DELETE, row("api/leads", id, "")), 204);
	assert_has(browse(&viewer, "/trash"), "Paged &lt;b&gt;out&lt;/b&gt;");
	assert_hasnt(browse(&viewer, "/trash"), ">Restore</button>");
	assert_has(browse(&member, "/trash?entity=leads"), "Restore</button>");
	assert_hasnt(browse(&member, "/trash"), erase);
	assert_status(browse(&member, erase), 403);
	assert_status(submit(&member, erase, ""), 403);
	assert_has(browse(&owner, "/trash"), erase);
	assert_has(browse(&owner, erase), "Delete for ever");
	assert_goes_to(submit(&owner, erase, ""), STR("/trash?done=erased"));
	assert_status(submit(&owner, erase, ""), 404);
	assert_hasnt(browse(&owner, "/trash"), "Paged");
	assert_status(browse(&owner, "/trash?entity=nope&cursor=nope"), 200);
}

static void a_taken_value_is_told_at_its_field(void **state)
{
	struct browser owner = browser_as(&acme, ROLE_OWNER);
	struct str id = made("/api/tags", "{\"name\": \"Plan\"}");
	const struct response *answer;

	(void)state;
	assert_status(call(&acme, ROLE_ADMIN, METHOD_DELETE, row("api/tags", id, "")), 204);
	(void)made("/api/tags", "{\"name\": \"Plan\"}");
	assert_field_error(call(&acme, ROLE_ADMIN, METHOD_POST, row("api/tags", id, "/restore")), 409, "name", "taken");
	answer = submit(&owner, row("tags", id, "/restore"), "");
	assert_status(answer, 409);
	assert_has(answer, "Name is taken already.");
}

static void the_api_deletes_for_ever_for_those_who_may(void **state)
{
	struct str living = made("/api/contacts", "{\"name\": \"Living\"}"),
		   binned = made("/api/contacts", "{\"name\": \"Binned\"}");

	(void)state;
	assert_status(call(&acme, ROLE_MEMBER, METHOD_DELETE, row("api/contacts", living, "?forever=true")), 403);
	assert_status(call(&acme, ROLE_ADMIN, METHOD_DELETE, row("api/contacts", living, "?forever=maybe")), 422);
	assert_status(call(&acme, ROLE_ADMIN, METHOD_DELETE, row("api/contacts", living, "?forever=true")), 204);
	assert_status(call(&acme, ROLE_ADMIN, METHOD_DELETE, row("api/contacts", binned, "")), 204);
	assert_status(call(&acme, ROLE_ADMIN, METHOD_DELETE, row("api/contacts", binned, "?forever=true")), 204);
	assert_status(call(&acme, ROLE_ADMIN, METHOD_POST, row("api/contacts", living, "/restore")), 404);
	assert_status(call(&acme, ROLE_ADMIN, METHOD_POST, row("api/contacts", binned, "/restore")), 404);
	assert_hasnt(call(&acme, ROLE_ADMIN, METHOD_GET, "/api/trash?entity=contacts"), "Living");
}

static void the_trash_has_pages(void **state)
{
	struct str cursor = STR("");
	int count = 0, pages = 0;

	(void)state;
	for (int i = 0; i < 60; i++) {
		struct str id = made("/api/notes", text("{\"body\": \"binned note %d\"}", i).p);

		assert_status(call(&acme, ROLE_ADMIN, METHOD_DELETE, row("api/notes", id, "")), 204);
	}
	do {
		const struct response *answer =
			call(&acme, ROLE_ADMIN, METHOD_GET,
			     text("/api/trash?entity=notes%s%.*s", cursor.n ? "&cursor=" : "", STR_FMT_ARG(cursor)).p);

		for (size_t i = 0; json_at(answer, text("data.%zu", i).p); i++)
			count++;
		cursor = json_text(answer, "next_cursor");
	} while (cursor.n && ++pages < 5);
	assert_int_equal(count, 60);
	assert_int_equal(pages, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_deleted_row_is_listed_and_comes_back),
		cmocka_unit_test(the_flash_after_a_delete_takes_it_back),
		cmocka_unit_test(the_page_lists_restores_and_erases),
		cmocka_unit_test(a_taken_value_is_told_at_its_field),
		cmocka_unit_test(the_api_deletes_for_ever_for_those_who_may),
		cmocka_unit_test(the_trash_has_pages),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
