/* Operators over tenants: the admin host, with an operator key, and nobody else. */
#include "tests/web/fixture.h"

static struct company acme;
static struct str operator;

static int make_operator(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	operator= operator_key();
	return 0;
}

static const struct response *call(enum method method, const char *path, const char *json)
{
	return ASK(.method = method, .host = STR("admin"), .path = path, .bearer = operator, .json = json);
}

static struct str new_slug(void)
{
	return text("adm-%.*s", STR_FMT_ARG(hex_encode(web->arena, (struct uuid[]){uuid_new()}[0].bytes + 8, 8)));
}

static const struct response *create(struct str slug, const char *more)
{
	return call(METHOD_POST, "/api/admin/tenants",
		    text("{\"name\":\"Admin made\",\"slug\":\"%.*s\",\"owner_name\":\"The "
			 "Boss\",\"owner_email\":\"boss@%.*s.example\"%s}",
			 STR_FMT_ARG(slug), STR_FMT_ARG(slug), more)
			    .p);
}

static const char *path_of(const struct response *made)
{
	return text("/api/admin/tenants/%.*s", STR_FMT_ARG(json_text(made, "id"))).p;
}

static void only_operators_on_their_own_host(void **state)
{
	struct str credentials[] = {acme.session[ROLE_OWNER], acme.key[ROLE_ADMIN], STR("op_nonsense"), STR("x")};
	struct str hosts[] = {STR("app"), STR("api"), STR_NONE, acme.slug};

	(void)state;
	assert_status(call(METHOD_GET, "/api/admin/tenants", NULL), 200);
	assert_status(ASK(.host = STR("admin"), .path = "/api/admin/tenants"), 401);
	for (size_t i = 0; i < COUNT_OF(credentials); i++)
		assert_status(ASK(.host = STR("admin"), .path = "/api/admin/tenants", .bearer = credentials[i]), 401);
	assert_status(ASK(.host = STR("admin"), .path = "/api/admin/tenants", .headers = {{"x-api-key", operator.p}}), 401);
	for (size_t i = 0; i < COUNT_OF(hosts); i++)
		assert_status(ASK(.host = hosts[i], .path = "/api/admin/tenants", .bearer = operator), 404);
	/* An operator is no member of a workspace. */
	assert_status(ASK(.host = acme.slug, .path = "/api/leads", .bearer = operator), 401);
	assert_status(ASK(.host = STR("admin"), .path = "/api/leads", .bearer = operator), 404);
	assert_has(ASK(.host = STR("admin"), .path = "/"), "<h1");
}

static void a_tenant_is_made_and_its_owner_sets_a_password(void **state)
{
	struct str slug = new_slug(), origin = config_origin(&web->config, web->arena, slug.p), link;
	const struct response *made = create(slug, ",\"plan_tier\":\"professional\""), *page;
	struct browser browser = browser_at(slug);

	(void)state;
	assert_status(made, 201);
	assert_json(made, "plan_tier", "professional");
	assert_json(made, "status", "trial");
	assert_json(made, "max_leads", "5000");
	assert_true(str_equal(json_text(made, "slug"), slug));
	assert_true(str_equal(json_text(made, "url"), origin));
	assert_true(str_equal(location_of(made), str_from(path_of(made))));
	assert_true(str_is(web_answer_header(made, "etag"), "\"1\""));
	link = json_text(made, "set_password_url");
	assert_true(str_starts(link, text("%.*s/password?token=", STR_FMT_ARG(origin))));
	page = browse(&browser, link.p + origin.n);
	assert_status(page, 200);
	assert_goes_to(
		submit(&browser, "/password", text("token=%s&password=brass+kettle+orbit", strchr(link.p, '=') + 1).p),
		STR("/?done=password_set"));
	assert_status(browse(&browser, "/"), 200);
	page = call(METHOD_GET, path_of(made), NULL);
	assert_status(page, 200);
	assert_true(json_at(page, "set_password_url") == NULL);
	assert_json(page, "current_user_count", "1");
	assert_field_error(create(slug, ""), 409, "slug", "taken");
	made = create(new_slug(), ",\"owner_password\":\"brass kettle orbit\"");
	assert_status(made, 201);
	assert_true(json_at(made, "set_password_url") == NULL);
	assert_status(ASK(.method = METHOD_POST, .host = json_text(made, "slug"), .path = "/api/auth/login",
			  .json = text("{\"email\":\"%.*s\",\"password\":\"brass kettle orbit\"}",
				       STR_FMT_ARG(json_text(made, "owner_email")))
					  .p),
		      200);
}

static void bad_input_names_the_field(void **state)
{
	static const struct {
		const char *json, *field;
	} rows[] = {
		{"{}", "name"},
		{"{}", "slug"},
		{"{}", "owner_email"},
		{"{\"name\":\"a\",\"slug\":\"admin\",\"owner_name\":\"b\",\"owner_email\":\"a@b.example\"}", "slug"},
		{"{\"name\":\"a\",\"slug\":\"x\",\"owner_email\":\"a@b.example\"}", "slug"},
		{"{\"name\":\"a\",\"slug\":\"some-slug\",\"owner_name\":\"b\",\"owner_email\":\"nobody\"}",
		 "owner_email"},
		{"{\"name\":\"a\",\"slug\":\"some-slug\",\"owner_name\":\"b\",\"owner_email\":\"a@b.example\",\"plan_"
		 "tier\":\"gold\"}",
		 "plan_tier"},
		{"{\"name\":\"a\",\"slug\":\"some-slug\",\"owner_name\":\"b\",\"owner_email\":\"a@b.example\",\"owner_"
		 "password\":\"short\"}",
		 "owner_password"},
		{"{\"name\":\"a\",\"slug\":\"some-slug\",\"owner_name\":\"b\",\"owner_email\":\"a@b.example\",\"owner_"
		 "password\":\"password1234\"}",
		 "owner_password"},
		{"{\"name\":\"a\",\"slug\":\"some-slug\",\"owner_name\":\"b\",\"owner_email\":\"a@b.example\","
		 "\"industry\":\"roofs\"}",
		 "industry"},
		{"{\"name\":\"a\",\"slug\":\"some-slug\",\"owner_name\":\"b\",\"owner_email\":\"a@b.example\","
		 "\"website_url\":\"javascript:alert(1)\"}",
		 "website_url"},
		{"{\"name\":\"a\",\"slug\":\"some-slug\",\"owner_name\":\"b\",\"owner_email\":\"a@b.example\",\"max_"
		 "leads\":5}",
		 "max_leads"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_field_error(call(METHOD_POST, "/api/admin/tenants", rows[i].json), 422, rows[i].field, NULL);
	assert_status(call(METHOD_POST, "/api/admin/tenants", "[]"), 400);
	assert_status(call(METHOD_GET, "/api/admin/tenants/01900000-0000-7000-8000-00000000dead", NULL), 404);
	assert_status(call(METHOD_PATCH, "/api/admin/tenants/01900000-0000-7000-8000-00000000dead", "{}"), 404);
	assert_status(call(METHOD_DELETE, "/api/admin/tenants/01900000-0000-7000-8000-00000000dead", NULL), 404);
	assert_status(call(METHOD_GET, "/api/admin/tenants/1", NULL), 404);
}

static void status_goes_the_ways_it_may(void **state)
{
	static const struct {
		const char *to;
		int status;
	} way[] = {{"active", 200},    {"trial", 409},  {"suspended", 200}, {"cancelled", 200},
		   {"suspended", 409}, {"active", 200}, {"nonsense", 422}};
	const struct response *made = create(new_slug(), ""), *answer;
	const char *path = path_of(made);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(way); i++) {
		answer = call(METHOD_PATCH, path, text("{\"status\":\"%s\"}", way[i].to).p);
		if (way[i].status != 200)
			assert_field_error(answer, way[i].status, "status", NULL);
		assert_status(answer, way[i].status);
	}
	answer = call(METHOD_PATCH, path, "{\"plan_tier\":\"enterprise\",\"name\":\"Renamed\"}");
	assert_status(answer, 200);
	assert_json(answer, "name", "Renamed");
	assert_true(value_type(json_at(answer, "max_leads")) == VALUE_NULL);
	assert_field_error(call(METHOD_PATCH, path, "{\"slug\":\"another\"}"), 422, "slug", NULL);
	assert_field_error(call(METHOD_PATCH, path, "{\"nope\":1}"), 422, "nope", "unknown_field");
	assert_field_error(call(METHOD_PATCH, path, "{\"trial_ends_at\":\"tomorrow\"}"), 422, "trial_ends_at", NULL);
	assert_field_error(call(METHOD_PATCH, path, "{\"name\":null}"), 422, "name", NULL);
	assert_status(call(METHOD_PATCH, path, "{\"trial_ends_at\":\"2031-01-01T00:00:00Z\"}"), 200);
	assert_status(ASK(.method = METHOD_PATCH, .host = STR("admin"), .path = path, .bearer = operator,
			  .json = "{\"name\":\"Stale\"}", .headers = {{"if-match", "\"1\""}}),
		      412);
	assert_status(ASK(.method = METHOD_PATCH, .host = STR("admin"), .path = path, .bearer = operator,
			  .json = "{\"name\":\"Any\"}", .headers = {{"if-match", "*"}}),
		      200);
}

static void what_is_deleted_is_gone_at_once(void **state)
{
	struct str slug = new_slug();
	const struct response *made = create(slug, "");

	(void)state;
	settle();
	assert_status(ASK(.host = slug, .path = "/login"), 200);
	assert_status(call(METHOD_PATCH, path_of(made), "{\"status\":\"suspended\"}"), 200);
	settle();
	assert_status(ASK(.host = slug, .path = "/login"), 403);
	assert_has(ASK(.host = slug, .path = "/login"), "suspended");
	assert_status(call(METHOD_DELETE, path_of(made), NULL), 204);
	settle();
	assert_status(ASK(.host = slug, .path = "/login"), 404);
	assert_status(ASK(.host = slug, .path = "/api/leads"), 404);
	assert_status(call(METHOD_GET, path_of(made), NULL), 404);
	assert_status(call(METHOD_DELETE, path_of(made), NULL), 404);
	/* Nobody is led to a workspace that is no more. */
	{
		struct browser browser = browser_at(STR("app"));

		(void)browse(&browser, "/login");
		assert_status(submit(&browser, "/login", text("workspace=%.*s", STR_FMT_ARG(slug)).p), 422);
	}
	/* The name stays taken. */
	assert_field_error(create(slug, ""), 409, "slug", "taken");
}

static void the_list_walks_all_of_them_once(void **state)
{
	struct str cursor = STR("");
	size_t seen = 0, mine = 0;

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_status(create(new_slug(), ""), 201);
	do {
		const struct response *page = call(
			METHOD_GET,
			text("/api/admin/tenants?limit=%d%s%.*s", 3, cursor.n ? "&cursor=" : "", STR_FMT_ARG(cursor)).p,
			NULL);
		const struct value *rows = json_at(page, "data");

		assert_status(page, 200);
		for (size_t i = 0; i < value_count(rows); i++, seen++)
			mine += str_equal(value_as_str(value_get(value_at(rows, i), STR("slug"))), acme.slug);
		cursor = json_text(page, "next_cursor");
	} while (!str_absent(cursor) && seen < 100000);
	assert_int_equal(mine, 1);
	{
		struct str all = test_sql_value("SELECT count(*) FROM tenants WHERE deleted_at IS NULL");

		assert_true(str_equal(all, text("%zu", seen)));
	}
	assert_field_error(call(METHOD_GET, "/api/admin/tenants?limit=0", NULL), 422, "limit", NULL);
	assert_field_error(call(METHOD_GET, "/api/admin/tenants?limit=201", NULL), 422, "limit", NULL);
	assert_field_error(call(METHOD_GET, "/api/admin/tenants?cursor=nope", NULL), 422, "cursor", NULL);
	assert_field_error(call(METHOD_GET, "/api/admin/tenants?page=2", NULL), 422, "page", NULL);
	assert_field_error(call(METHOD_GET, "/api/admin/tenants?status=nope", NULL), 422, "status", NULL);
	assert_field_error(call(METHOD_GET, "/api/admin/tenants?limit=1&limit=2", NULL), 422, "limit", NULL);
	assert_status(call(METHOD_GET, "/api/admin/tenants?status=trial&limit=200", NULL), 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_operators_on_their_own_host),
		cmocka_unit_test(a_tenant_is_made_and_its_owner_sets_a_password),
		cmocka_unit_test(bad_input_names_the_field),
		cmocka_unit_test(status_goes_the_ways_it_may),
		cmocka_unit_test(what_is_deleted_is_gone_at_once),
		cmocka_unit_test(the_list_walks_all_of_them_once),
	};

	return cmocka_run_group_tests(tests, make_operator, fixture_close);
}
