/* One's own account, pages and API: what everybody may change of themselves, and nobody of others. */
#include "tests/web/fixture.h"

#include "fcgi/shared.h"
#include "lib/tenant/link.h"

#define NEW_PASSWORD "brass kettle orbit"
#define NEW_TYPED "brass+kettle+orbit"

static struct company acme;

static int make_company(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	return 0;
}

/* One column of the person's row. */
static struct str stored(enum role role, const char *column)
{
	return arena_copy(web->arena,
			  test_sql_value("SELECT %s::text FROM tenant_users WHERE tenant_id = '%s' AND id = '%.*s'",
					 column, uuid_text(web->arena, acme.id).p, STR_FMT_ARG(acme.user[role])));
}

static const struct response *change(struct str bearer, const char *version, const char *json)
{
	return ASK(.method = METHOD_PATCH, .host = acme.slug, .path = "/api/account", .bearer = bearer, .json = json,
		   .headers = {{version ? "if-match" : NULL, version}});
}

static struct str log_in(enum role role, const char *password, int status)
{
	const struct response *answer =
		ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/auth/login",
		    .json = text("{\"email\":\"%.*s\",\"password\":\"%s\"}", STR_FMT_ARG(acme.email[role]), password)
				    .p);

	assert_status(answer, status);
	return status == 200 ? json_text(answer, "token") : STR_NONE;
}

static void every_role_finds_and_changes_its_own(void **state)
{
	(void)state;
	for (enum role role = ROLE_VIEWER; role <= ROLE_OWNER; role++) {
		struct browser browser = browser_as(&acme, role);
		const struct response *page = browse(&browser, "/leads");
		struct str others = stored(role == ROLE_OWNER ? ROLE_VIEWER : ROLE_OWNER, "name");

		assert_has(page, "href=\"/account\"");
		page = browse(&browser, "/account");
		assert_status(page, 200);
		assert_has(page, acme.email[role].p);
		assert_has(page, "name=\"version\" value=\"1\"");
		assert_goes_to(submit(&browser, "/account",
				      text("version=1&name=Mine+%d&phone=&time_zone=Pacific%%2FHonolulu", (int)role).p),
			       STR("/account?done=saved"));
		assert_true(str_equal(stored(role, "name"), text("Mine %d", (int)role)));
		assert_true(str_is(stored(role, "time_zone"), "Pacific/Honolulu"));
		assert_true(str_is(stored(role, "role"), role_name(role)));
		assert_true(str_equal(stored(role == ROLE_OWNER ? ROLE_VIEWER : ROLE_OWNER, "name"), others));
		/* The next page knows it. */
		assert_has(browse(&browser, "/account?done=saved"), text("Mine %d", (int)role).p);
	}
}

static void a_form_keeps_what_was_typed_and_takes_no_more_than_its_own(void **state)
{
	struct browser viewer = browser_as(&acme, ROLE_VIEWER);
	const struct response *page;

	(void)state;
	(void)browse(&viewer, "/account");
	page = submit(&viewer, "/account", "version=2&name=&phone=12&time_zone=");
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "name"), "is-invalid"));
	assert_true(tag_has(input_tag(page, "phone"), "value=\"12\"") &&
		    tag_has(input_tag(page, "phone"), "is-invalid"));
	assert_true(!tag_has(input_tag(page, "current_password"), "is-invalid"));
	assert_status(submit(&viewer, "/account", "version=2&name=Me&time_zone=Mars%2FBase"), 422);
	assert_status(submit(&viewer, "/account", "version=2&name=Me&role=owner"), 422);
	assert_status(submit(&viewer, "/account", "version=2&name=Me&email=new%40b.example"), 422);
	assert_status(submit(&viewer, "/account", "version=2&name=Me&is_active=f"), 422);
	assert_true(str_is(stored(ROLE_VIEWER, "role"), "viewer"));
	/* Somebody else has changed it meanwhile. */
	page = submit(&viewer, "/account", "version=1&name=Too+late&phone=&time_zone=");
	assert_status(page, 412);
	assert_has(page, "type=\"radio\" name=\"name\" value=\"Too late\" checked");
	assert_has(page, "action=\"/account\"");
}

static void the_api_does_the_same(void **state)
{
	struct str viewer = acme.session[ROLE_VIEWER];
	const struct response *answer = ASK(.host = acme.slug, .path = "/api/account", .bearer = viewer);

	(void)state;
	assert_status(answer, 200);
	assert_int_equal(value_count(json_at(answer, "")), 10);
	assert_true(str_equal(json_text(answer, "id"), acme.user[ROLE_VIEWER]));
	assert_json(answer, "role", "viewer");
	answer = change(viewer, "*", "{\"name\":\"Vera\",\"time_zone\":null}");
	assert_status(answer, 200);
	assert_json(answer, "name", "Vera");
	assert_true(str_absent(stored(ROLE_VIEWER, "time_zone")));
	assert_status(change(viewer, NULL, "{\"name\":\"x\"}"), 428);
	assert_status(change(viewer, "\"1\"", "{\"name\":\"x\"}"), 412);
	assert_field_error(change(viewer, "*", "{\"role\":\"owner\"}"), 422, "role", "read_only");
	assert_field_error(change(viewer, "*", "{\"email\":\"a@b.example\"}"), 422, "email", "read_only");
	assert_field_error(change(viewer, "*", "{\"is_active\":false}"), 422, "is_active", "unknown_field");
	assert_field_error(change(viewer, "*", "{\"password\":\"" NEW_PASSWORD "\"}"), 422, "password",
			   "unknown_field");
	assert_field_error(change(viewer, "*", "{\"time_zone\":\"Mars\"}"), 422, "time_zone", "not_a_choice");
	/* A key is nobody's account. */
	assert_status(ASK(.host = acme.slug, .path = "/api/account", .bearer = acme.key[ROLE_ADMIN]), 403);
	assert_status(change(acme.key[ROLE_ADMIN], "*", "{\"name\":\"x\"}"), 403);
}

static void a_new_password_asks_for_the_old_one_and_ends_the_other_sessions(void **state)
{
	struct browser owner = browser_as(&acme, ROLE_OWNER), stranger = browser_at(acme.slug);
	struct str elsewhere = log_in(ROLE_OWNER, PASSWORD, 200),
		   link = company_link(&acme, LINK_SET_PASSWORD, ROLE_OWNER);
	const struct response *page;

	(void)state;
	(void)browse(&owner, "/account");
	page = submit(&owner, "/account/password", "current_password=&password=");
	assert_status(page, 422);
	page = submit(&owner, "/account/password", "current_password=not-this-one&password=short");
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "password"), "is-invalid"));
	assert_hasnt(page, "not-this-one");
	page = submit(&owner, "/account/password", "current_password=not-this-one&password=" NEW_TYPED);
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "current_password"), "is-invalid"));
	assert_has(page, "This is not your password.");
	assert_hasnt(page, "not-this-one");
	/* The rules are those of everywhere: not out of one's own name. */
	page = submit(&owner, "/account/password",
		      text("current_password=" PASSWORD "&password=owner%.*sexample", STR_FMT_ARG(acme.slug)).p);
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "password"), "is-invalid"));
	assert_true(!tag_has(input_tag(page, "current_password"), "is-invalid"));
	assert_status(ASK(.host = acme.slug, .path = "/api/account", .bearer = elsewhere), 200);
	assert_goes_to(submit(&owner, "/account/password", "current_password=" PASSWORD "&password=" NEW_TYPED),
		       STR("/account?done=password_changed"));
	assert_status(browse(&owner, "/account?done=password_changed"), 200);
	assert_status(ASK(.host = acme.slug, .path = "/api/account", .bearer = elsewhere), 401);
	assert_status(browse(&stranger, text("/password?token=%.*s", STR_FMT_ARG(link)).p), 404);
	(void)log_in(ROLE_OWNER, PASSWORD, 401);
	/* And back by the API, which keeps the session it came by. */
	elsewhere = log_in(ROLE_OWNER, NEW_PASSWORD, 200);
	assert_field_error(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/account/password",
			       .bearer = elsewhere,
			       .json = "{\"current_password\":\"nope\",\"password\":\"" PASSWORD "\"}"),
			   422, "current_password", "wrong_password");
	assert_status(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/account/password",
			  .bearer = elsewhere,
			  .json = "{\"current_password\":\"" NEW_PASSWORD "\",\"password\":\"" PASSWORD "\"}"),
		      204);
	assert_status(ASK(.host = acme.slug, .path = "/api/account", .bearer = elsewhere), 200);
	assert_status(browse(&owner, "/account"), 303);
}

/* The others have no password: whatever they say of it is wrong. */
static void who_has_none_cannot_make_one_up(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);

	(void)state;
	(void)browse(&member, "/account");
	assert_status(submit(&member, "/account/password", "current_password=" PASSWORD "&password=" NEW_TYPED), 422);
	assert_true(str_absent(stored(ROLE_MEMBER, "password_hash")));
}

static void guesses_are_counted_with_those_at_the_log_in(void **state)
{
	struct shared *kept = web->app.shared;
	struct browser admin = browser_as(&acme, ROLE_ADMIN);
	const struct response *page;
	int guesses = 0;

	(void)state;
	(void)browse(&admin, "/account");
	web->app.shared = shared_new(1, 100);
	do
		page = submit(&admin, "/account/password", "current_password=guess-guess&password=" NEW_TYPED);
	while (page->status == 422 && ++guesses < 20);
	assert_int_equal(guesses, 5);
	assert_status(page, 429);
	assert_has(page, "Too many attempts for this account");
	assert_true(web_answer_header(page, "retry-after").n > 0);
	(void)log_in(ROLE_ADMIN, "guess-guess", 429);
	shared_free(web->app.shared);
	web->app.shared = kept;
}

static void a_password_can_be_changed_when_nothing_else_can(void **state)
{
	struct str session = log_in(ROLE_OWNER, PASSWORD, 200);

	(void)state;
	company_set(&acme, "status = 'trial', trial_ends_at = now() - interval '1 day'");
	assert_has(ASK(.host = acme.slug, .path = "/account",
		       .headers = {{"cookie", text("__Host-session=%.*s", STR_FMT_ARG(session)).p}}),
		   "<fieldset class=\"card-body\" disabled>");
	assert_status(change(session, "*", "{\"name\":\"x\"}"), 402);
	assert_status(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/account/password", .bearer = session,
			  .json = "{\"current_password\":\"" PASSWORD "\",\"password\":\"" NEW_PASSWORD "\"}"),
		      204);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_role_finds_and_changes_its_own),
		cmocka_unit_test(a_form_keeps_what_was_typed_and_takes_no_more_than_its_own),
		cmocka_unit_test(the_api_does_the_same),
		cmocka_unit_test(a_new_password_asks_for_the_old_one_and_ends_the_other_sessions),
		cmocka_unit_test(who_has_none_cannot_make_one_up),
		cmocka_unit_test(guesses_are_counted_with_those_at_the_log_in),
		cmocka_unit_test(a_password_can_be_changed_when_nothing_else_can),
	};

	return cmocka_run_group_tests(tests, make_company, fixture_close);
}
