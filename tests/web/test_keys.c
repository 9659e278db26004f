/* API keys: the secret is told once, a revoked one is dead at once, and no key makes another. */
#include "tests/web/fixture.h"

#include "lib/tenant/api_key.h"

static struct company acme;

static int make_company(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	return 0;
}

static const struct response *create(struct str bearer, const char *json)
{
	return ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/api-keys", .bearer = bearer, .json = json);
}

static const struct response *list(void)
{
	return ASK(.host = acme.slug, .path = "/api/api-keys", .bearer = acme.session[ROLE_ADMIN]);
}

static void a_secret_is_told_once(void **state)
{
	const struct response *made = create(acme.session[ROLE_ADMIN],
					     "{\"name\":\"Website form\",\"role\":\"member\"}"),
			      *keys;
	struct str secret = json_text(made, "key"), id = json_text(made, "id");

	(void)state;
	assert_status(made, 201);
	assert_true(str_starts(secret, STR("tk_")));
	keys = list();
	assert_status(keys, 200);
	assert_json(keys, "data.0.name", "Website form");
	assert_json(keys, "data.0.created_by", "The Admin");
	assert_true(str_starts(secret, json_text(keys, "data.0.prefix")) &&
		    str_ends(secret, json_text(keys, "data.0.last_four")));
	assert_true(str_absent(json_text(keys, "data.0.last_used_at")));
	assert_hasnt(keys, secret.p);
	assert_true(json_at(keys, "data.0.key") == NULL);
	assert_status(ASK(.host = acme.slug, .path = "/api/tenant", .bearer = secret), 200);
	assert_false(str_absent(json_text(list(), "data.0.last_used_at")));
	assert_status(ASK(.method = METHOD_DELETE, .host = acme.slug,
			  .path = text("/api/api-keys/%.*s", STR_FMT_ARG(id)).p, .bearer = acme.session[ROLE_ADMIN]),
		      204);
	assert_status(ASK(.host = acme.slug, .path = "/api/tenant", .bearer = secret), 401);
	assert_json(list(), "data.0.is_active", "false");
	assert_status(ASK(.method = METHOD_DELETE, .host = acme.slug,
			  .path = text("/api/api-keys/%.*s", STR_FMT_ARG(id)).p, .bearer = acme.session[ROLE_ADMIN]),
		      204);
	assert_status(ASK(.method = METHOD_DELETE, .host = acme.slug,
			  .path = "/api/api-keys/01900000-0000-7000-8000-00000000dead",
			  .bearer = acme.session[ROLE_ADMIN]),
		      404);
}

static void only_owners_and_admins_in_person(void **state)
{
	(void)state;
	for (enum role role = ROLE_VIEWER; role <= ROLE_OWNER; role++) {
		struct browser browser = browser_as(&acme, role);
		int wanted = role >= ROLE_ADMIN ? 200 : 403;

		assert_status(browse(&browser, "/settings/api-keys"), wanted);
		assert_status(ASK(.host = acme.slug, .path = "/api/api-keys", .bearer = acme.session[role]), wanted);
		if (role < ROLE_ADMIN)
			assert_status(create(acme.session[role], "{\"name\":\"x\",\"role\":\"viewer\"}"), 403);
	}
	assert_status(ASK(.host = acme.slug, .path = "/api/api-keys", .bearer = acme.key[ROLE_ADMIN]), 403);
	assert_status(create(acme.key[ROLE_ADMIN], "{\"name\":\"x\",\"role\":\"viewer\"}"), 403);
	assert_status(
		ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/api-keys", .json = "{\"name\":\"x\"}"),
		401);
}

static void bad_input_names_the_field(void **state)
{
	static const struct {
		const char *json, *field, *code;
	} rows[] = {
		{"{}", "name", "required"},
		{"{\"name\":\"\",\"role\":\"member\"}", "name", "required"},
		{"{\"name\":\"a\",\"role\":\"owner\"}", "role", "not_a_choice"},
		{"{\"name\":\"a\",\"role\":7}", "role", "wrong_type"},
		{"{\"name\":\"a\",\"role\":\"member\",\"prefix\":\"tk_\"}", "prefix", "read_only"},
		{"{\"name\":\"a\",\"role\":\"member\",\"key\":\"tk_mine\"}", "key", "unknown_field"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_field_error(create(acme.session[ROLE_OWNER], rows[i].json), 422, rows[i].field, rows[i].code);
}

static void the_page_shows_a_new_key_once(void **state)
{
	struct browser admin = browser_as(&acme, ROLE_ADMIN);
	const struct response *page = browse(&admin, "/settings/api-keys");
	struct str secret, revoke;

	(void)state;
	assert_status(page, 200);
	page = submit(&admin, "/settings/api-keys", "name=&role=member");
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "name"), "is-invalid"));
	assert_has(page, "Never");
	page = submit(&admin, "/settings/api-keys", "name=%3Cb%3EZapier&role=viewer");
	assert_status(page, 200);
	assert_has(page, "&lt;b&gt;Zapier");
	secret = arena_copy(web->arena, body_between(page, "<code id=\"api-key\">", "</code>"));
	assert_status(ASK(.host = acme.slug, .path = "/api/leads", .bearer = secret), 200);
	page = browse(&admin, "/settings/api-keys");
	assert_hasnt(page, arena_c_string(web->arena, secret));
	assert_has(page, arena_c_string(web->arena, (struct str){secret.p, 14}));
	revoke = body_between(page, "action=\"/settings/api-keys/", "/revoke\"");
	assert_goes_to(submit(&admin, text("/settings/api-keys/%.*s/revoke", STR_FMT_ARG(revoke)).p, ""),
		       STR("/settings/api-keys?done=key_revoked"));
	assert_status(ASK(.host = acme.slug, .path = "/api/leads", .bearer = secret), 401);
	assert_has(browse(&admin, "/settings/api-keys"), "Revoked");
	assert_status(submit(&admin, "/settings/api-keys/01900000-0000-7000-8000-00000000dead/revoke", ""), 404);
}

static void there_is_an_end_to_keys(void **state)
{
	struct browser admin = browser_as(&acme, ROLE_ADMIN);
	const struct response *page;
	int made = 0;

	(void)state;
	while (made <= API_KEY_MOST &&
	       create(acme.session[ROLE_ADMIN], "{\"name\":\"One of many\",\"role\":\"viewer\"}")->status == 201)
		made++;
	assert_true(made > 30 && made < API_KEY_MOST);
	page = create(acme.session[ROLE_ADMIN], "{\"name\":\"One too many\",\"role\":\"viewer\"}");
	assert_status(page, 409);
	assert_json(page, "code", "too_many_keys");
	page = submit(&admin, "/settings/api-keys", "name=One+too+many&role=viewer");
	assert_status(page, 409);
	assert_has(page, "50 API keys already");
	assert_true(tag_has(input_tag(page, "name"), "value=\"One too many\""));
	assert_has(page, "One of many");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_is_told_once),     cmocka_unit_test(only_owners_and_admins_in_person),
		cmocka_unit_test(bad_input_names_the_field), cmocka_unit_test(the_page_shows_a_new_key_once),
		cmocka_unit_test(there_is_an_end_to_keys),
	};

	return cmocka_run_group_tests(tests, make_company, fixture_close);
}
