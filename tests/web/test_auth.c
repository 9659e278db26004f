/* Getting in and out: log-in by form and by JSON, where it leads, log-out, the hand-over, the set-password link. */
#include "tests/web/fixture.h"

#include "lib/tenant/link.h"

static struct company acme, elite;

static int make_companies(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	company_make(&elite, "elite");
	return 0;
}

static const struct response *api_login(const struct company *company, struct str email, const char *password)
{
	return ASK(.method = METHOD_POST, .host = company->slug, .path = "/api/auth/login",
		   .json = text("{\"email\":\"%.*s\",\"password\":\"%s\"}", STR_FMT_ARG(email), password).p);
}

static struct str typed(struct str email)
{
	struct buffer out = BUFFER_IN(web->arena);

	url_encode(&out, email);
	return buffer_str(&out);
}

static const struct response *log_in_as(struct browser *browser, struct str email, const char *password,
					const char *next)
{
	return submit(browser, "/login",
		      text("email=%.*s&password=%s&next=%s", STR_FMT_ARG(typed(email)), password, next).p);
}

/* Without what differs between any two answers. */
static struct str comparable(const struct response *response, struct str address)
{
	struct buffer out = BUFFER_IN(web->arena);
	struct str body = buffer_str(&response->body);
	struct str noise[] = {web->request_id, address};

	for (size_t i = 0; i < body.n;) {
		size_t skip = 0;

		for (size_t k = 0; k < COUNT_OF(noise); k++)
			if (body.n - i >= noise[k].n && memcmp(body.p + i, noise[k].p, noise[k].n) == 0)
				skip = noise[k].n;
		if (skip)
			i += skip;
		else
			buffer_add_char(&out, body.p[i++]);
	}
	return buffer_str(&out);
}

static void a_token_works_where_it_belongs_until_it_is_given_back(void **state)
{
	const struct response *answer = api_login(&acme, acme.email[ROLE_OWNER], PASSWORD);
	struct str token = json_text(answer, "token");

	(void)state;
	assert_status(answer, 200);
	assert_int_equal(value_count(json_at(answer, "")), 3);
	assert_true(json_text(answer, "expires_at").n > 0);
	assert_json(answer, "user.role", "owner");
	assert_true(str_equal(json_text(answer, "user.email"), acme.email[ROLE_OWNER]));
	answer = ASK(.host = acme.slug, .path = "/api/tenant", .bearer = token);
	assert_status(answer, 200);
	assert_json(answer, "plan_tier", "enterprise");
	assert_json(answer, "caller.kind", "user");
	assert_true(str_equal(json_text(answer, "slug"), acme.slug));
	assert_status(ASK(.host = STR("api"), .path = "/api/tenant", .bearer = token), 200);
	assert_status(ASK(.host = elite.slug, .path = "/api/tenant", .bearer = token), 403);
	assert_status(ASK(.host = acme.slug, .path = "/api/tenant", .headers = {{"x-api-key", token.p}}), 401);
	assert_status(ASK(.host = STR("nobody-is-here"), .path = "/api/tenant", .bearer = token), 404);
	assert_status(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/auth/logout", .bearer = token), 204);
	assert_status(ASK(.host = acme.slug, .path = "/api/tenant", .bearer = token), 401);
	assert_status(api_login(&acme, text("  OWNER@%.*s.EXAMPLE", STR_FMT_ARG(acme.slug)), PASSWORD), 200);
}

static void who_is_unknown_and_who_is_wrong_get_one_answer(void **state)
{
	struct str unknown = text("nobody@%.*s.example", STR_FMT_ARG(acme.slug)), known = acme.email[ROLE_OWNER];
	struct browser browser = browser_at(acme.slug);
	const struct response *page;
	struct str first;

	(void)state;
	first = comparable(api_login(&acme, unknown, "wrong-wrong-wrong"), unknown);
	assert_true(str_equal(first, comparable(api_login(&acme, known, "wrong-wrong-wrong"), known)));
	/* Without a password of their own. */
	assert_true(str_equal(first, comparable(api_login(&acme, acme.email[ROLE_MEMBER], "wrong-wrong-wrong"),
						acme.email[ROLE_MEMBER])));
	/* The owner of another workspace. */
	assert_true(str_equal(
		first, comparable(api_login(&acme, elite.email[ROLE_OWNER], PASSWORD), elite.email[ROLE_OWNER])));
	assert_status(api_login(&acme, known, "wrong-wrong-wrong"), 401);
	(void)browse(&browser, "/login");
	page = log_in_as(&browser, known, "wrong-wrong-wrong", "");
	assert_status(page, 401);
	assert_has(page, "do not belong together");
	assert_true(tag_has(input_tag(page, "email"), known.p));
	assert_hasnt(page, "wrong-wrong-wrong");
	first = comparable(page, known);
	assert_true(str_equal(first, comparable(log_in_as(&browser, unknown, "wrong-wrong-wrong", ""), unknown)));
	assert_true(str_absent(browser_cookie(&browser, "__Host-session")));
}

static void log_in_says_what_is_missing(void **state)
{
	struct browser browser = browser_at(acme.slug);

	(void)state;
	(void)browse(&browser, "/login");
	assert_status(submit(&browser, "/login", ""), 422);
	assert_has(submit(&browser, "/login", "email=&password=x"), "href=\"#field-email\"");
	assert_has(submit(&browser, "/login", "email=a%40b.example&password="), "href=\"#field-password\"");
	assert_status(submit(&browser, "/login", "email=nobody&password=whatever-it-is"), 401);
	assert_field_error(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/auth/login",
			       .json = "{\"email\":\"a@b.example\"}"),
			   422, "password", "required");
	assert_field_error(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/auth/login",
			       .json = "{\"email\":\"a@b.example\",\"password\":\"x\",\"role\":\"owner\"}"),
			   422, "role", "unknown_field");
	assert_status(ASK(.method = METHOD_POST, .host = STR("api"), .path = "/api/auth/login", .json = "{}"), 404);
	assert_status(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/auth/login", .json = "[]"), 400);
}

static void next_leads_to_places_of_this_host_only(void **state)
{
	static const char *const rows[][2] = {
		{"", "/"},
		{"%2Fleads%3Fstatus%3Dnew", "/leads?status=new"},
		{"%2F%2Fevil.example", "/"},
		{"%2F%5Cevil.example", "/"},
		{"%5C%5Cevil.example", "/"},
		{"https%3A%2F%2Fevil.example", "/"},
		{"https%3Aevil", "/"},
		{"javascript%3Aalert%281%29", "/"},
		{"%2Fa%0D%0ASet-Cookie%3Ax%3D1", "/"},
		{"%2F%09%2Fevil.example", "/"},
		{"%2Fleads%5C..%5C", "/"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct browser browser = browser_at(acme.slug);

		assert_status(browse(&browser, text("/login?next=%s", rows[i][0]).p), 200);
		assert_goes_to(log_in_as(&browser, acme.email[ROLE_OWNER], PASSWORD, rows[i][0]), str_from(rows[i][1]));
		/* Whoever is in already is sent on, to the same places. */
		assert_goes_to(browse(&browser, text("/login?next=%s", rows[i][0]).p), str_from(rows[i][1]));
	}
}

static void who_is_not_in_is_led_to_the_log_in_and_back(void **state)
{
	struct browser browser = browser_at(acme.slug);

	(void)state;
	assert_goes_to(browse(&browser, "/leads?status=new"), STR("/login?next=%2Fleads%3Fstatus%3Dnew"));
	assert_goes_to(browse(&browser, "/"), STR("/login"));
	assert_has(browse(&browser, "/login?next=%2Fleads%3Fstatus%3Dnew"), "/leads?status=new");
	assert_status(browse(&browser, "/nothing/here"), 404);
	assert_status(ASK(.host = STR("nobody-is-here"), .path = "/login"), 404);
	assert_status(ASK(.host = STR("nobody-is-here"), .path = "/"), 404);
}

static void log_out_ends_the_session_everywhere(void **state)
{
	struct browser browser = browser_at(acme.slug);
	struct str token;

	(void)state;
	(void)browse(&browser, "/login");
	assert_status(log_in_as(&browser, acme.email[ROLE_OWNER], PASSWORD, ""), 303);
	token = browser_cookie(&browser, "__Host-session");
	assert_status(browse(&browser, "/"), 200);
	assert_status(ASK(.host = acme.slug, .path = "/api/tenant", .bearer = token), 200);
	assert_goes_to(submit(&browser, "/logout", ""), STR("/login?done=signed_out"));
	assert_true(str_absent(browser_cookie(&browser, "__Host-session")));
	assert_has(browse(&browser, "/login?done=signed_out"), "signed out");
	assert_status(ASK(.host = acme.slug, .path = "/api/tenant", .bearer = token), 401);
	browser.jar[browser.cookies].name = STR("__Host-session");
	browser.jar[browser.cookies++].value = token;
	assert_status(browse(&browser, "/leads"), 303);
}

static void a_hand_over_code_works_once_and_here(void **state)
{
	struct str code = company_link(&acme, LINK_HANDOVER, ROLE_ADMIN),
		   password = company_link(&acme, LINK_SET_PASSWORD, ROLE_VIEWER);
	struct browser browser = browser_at(acme.slug), late = browser_at(acme.slug), other = browser_at(elite.slug);

	(void)state;
	assert_goes_to(browse(&other, text("/handover?code=%.*s", STR_FMT_ARG(code)).p),
		       STR("/login?done=handover_over"));
	/* Who only looks whether the link is alive does not use it up. */
	assert_goes_to(
		ASK(.method = METHOD_HEAD, .host = acme.slug, .path = text("/handover?code=%.*s", STR_FMT_ARG(code)).p),
		STR("/login"));
	assert_goes_to(browse(&browser, text("/handover?code=%.*s", STR_FMT_ARG(code)).p), STR("/?done=welcome"));
	assert_has(browse(&browser, "/?done=welcome"), "Welcome!");
	assert_goes_to(browse(&late, text("/handover?code=%.*s", STR_FMT_ARG(code)).p),
		       STR("/login?done=handover_over"));
	assert_has(browse(&late, "/login?done=handover_over"), "used already");
	assert_goes_to(browse(&late, text("/handover?code=%.*s", STR_FMT_ARG(password)).p),
		       STR("/login?done=handover_over"));
	assert_goes_to(browse(&late, "/handover"), STR("/login?done=handover_over"));
	assert_goes_to(browse(&late, "/handover?code=tl_nonsense"), STR("/login?done=handover_over"));
}

static void a_password_link_sets_one_password_once(void **state)
{
	struct str link = company_link(&acme, LINK_SET_PASSWORD, ROLE_MEMBER);
	struct browser browser = browser_at(acme.slug), other = browser_at(elite.slug);
	const char *path = text("/password?token=%.*s", STR_FMT_ARG(link)).p;
	const struct response *page;

	(void)state;
	assert_status(browse(&other, path), 404);
	page = browse(&browser, path);
	assert_status(page, 200);
	assert_has(page, acme.email[ROLE_MEMBER].p);
	page = submit(&browser, "/password", text("token=%.*s&password=short", STR_FMT_ARG(link)).p);
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "password"), "is-invalid"));
	assert_hasnt(page, "short\"");
	page = submit(&browser, "/password", text("token=%.*s&password=password1234", STR_FMT_ARG(link)).p);
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "password"), "is-invalid"));
	assert_status(submit(&browser, "/password", text("token=%.*s", STR_FMT_ARG(link)).p), 422);
	assert_goes_to(
		submit(&browser, "/password", text("token=%.*s&password=brass+kettle+orbit", STR_FMT_ARG(link)).p),
		STR("/?done=password_set"));
	assert_status(browse(&browser, "/leads"), 200);
	page = browse(&browser, path);
	assert_status(page, 404);
	assert_has(page, "used already");
	assert_status(api_login(&acme, acme.email[ROLE_MEMBER], "brass kettle orbit"), 200);
	browser = browser_at(acme.slug);
	(void)browse(&browser, "/login");
	assert_status(
		submit(&browser, "/password", text("token=%.*s&password=brass+kettle+orbit", STR_FMT_ARG(link)).p),
		404);
	assert_status(browse(&browser, "/password"), 404);
}

static void a_workspace_is_found_by_its_name(void **state)
{
	struct browser browser = browser_at(STR("app"));
	struct str login = text("%.*s/login", STR_FMT_ARG(config_origin(&web->config, web->arena, acme.slug.p)));
	const struct response *page;

	(void)state;
	assert_status(browse(&browser, "/login"), 200);
	assert_goes_to(submit(&browser, "/login", text("workspace=%s", acme.slug.p).p), login);
	assert_goes_to(submit(&browser, "/login",
			      text("workspace=https%%3A%%2F%%2F%s.demand.localhost%%3A8443%%2Fleads", acme.slug.p).p),
		       login);
	assert_goes_to(submit(&browser, "/login", text("workspace=http%%3A%%2F%%2F%s.demand.localhost", acme.slug.p).p),
		       login);
	page = submit(&browser, "/login", "workspace=Nobody+Here+Ltd");
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "workspace"), "is-invalid") &&
		    tag_has(input_tag(page, "workspace"), "Nobody Here Ltd"));
	assert_status(submit(&browser, "/login", "workspace=admin"), 422);
	assert_status(submit(&browser, "/login", "workspace="), 422);
	assert_status(submit(&browser, "/login", "workspace=%2F%2F%2F"), 422);
	assert_status(submit(&browser, "/login", ""), 422);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_works_where_it_belongs_until_it_is_given_back),
		cmocka_unit_test(who_is_unknown_and_who_is_wrong_get_one_answer),
		cmocka_unit_test(log_in_says_what_is_missing),
		cmocka_unit_test(next_leads_to_places_of_this_host_only),
		cmocka_unit_test(who_is_not_in_is_led_to_the_log_in_and_back),
		cmocka_unit_test(log_out_ends_the_session_everywhere),
		cmocka_unit_test(a_hand_over_code_works_once_and_here),
		cmocka_unit_test(a_password_link_sets_one_password_once),
		cmocka_unit_test(a_workspace_is_found_by_its_name),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
