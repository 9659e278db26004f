/* People of a workspace, pages and API: who may make whom, the plan's number, the last owner, and what every page shows to every role. */
#include "tests/web/fixture.h"

#include "lib/crm/lead.h"
#include "lib/tenant/user.h"

static struct company acme;

static int make_company(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	return 0;
}

static const char *user_path(const char *below, enum role role)
{
	return text("%s/%.*s", below, STR_FMT_ARG(acme.user[role])).p;
}

static const struct response *create(struct str bearer, const char *name, const char *role, const char *password)
{
	return ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/users", .bearer = bearer,
		   .json = text("{\"name\":\"%s\",\"email\":\"%s@%.*s.example\",\"role\":\"%s\"%s%s%s}", name, name,
				STR_FMT_ARG(acme.slug), role, password ? ",\"password\":\"" : "",
				password ? password : "", password ? "\"" : "")
				   .p);
}

static const struct response *change(struct str bearer, struct str id, const char *json)
{
	return ASK(.method = METHOD_PATCH, .host = acme.slug, .path = text("/api/users/%.*s", STR_FMT_ARG(id)).p,
		   .bearer = bearer, .json = json, .headers = {{"if-match", "*"}});
}

static void only_those_who_manage_people_see_them(void **state)
{
	static const char *const pages[] = {"/settings/users", "/settings/users/new"};

	(void)state;
	for (enum role role = ROLE_VIEWER; role <= ROLE_OWNER; role++) {
		struct browser browser = browser_as(&acme, role);
		int wanted = role >= ROLE_ADMIN ? 200 : 403;

		for (size_t i = 0; i < COUNT_OF(pages); i++)
			assert_status(browse(&browser, pages[i]), wanted);
		assert_status(browse(&browser, user_path("/settings/users", ROLE_MEMBER)), wanted);
		assert_status(ASK(.host = acme.slug, .path = "/api/users", .bearer = acme.session[role]), wanted);
		if (role < ROLE_ADMIN) {
			assert_status(submit(&browser, "/settings/users",
					     "name=a&email=a%40b.example&role=viewer&password=garden+gate+squeaks"),
				      403);
			assert_status(create(acme.session[role], "no", "viewer", PASSWORD), 403);
			assert_hasnt(browse(&browser, "/settings"), "/settings/users");
		}
	}
}

static void a_user_is_added_on_the_page(void **state)
{
	struct browser admin = browser_as(&acme, ROLE_ADMIN);
	const struct response *page;
	struct str email = text("pat%%40%.*s.example", STR_FMT_ARG(acme.slug));

	(void)state;
	assert_status(browse(&admin, "/settings/users/new"), 200);
	page = submit(
		&admin, "/settings/users",
		text("name=Pat&email=%.*s&role=member&is_active.present=1&is_active=t&password=", STR_FMT_ARG(email))
			.p);
	assert_status(page, 422);
	assert_true_of(page, tag_has(input_tag(page, "password"), "is-invalid"), "a first password is asked for");
	assert_true(tag_has(input_tag(page, "name"), "value=\"Pat\""));
	assert_true(tag_has(input_tag(page, "is_active"), "checked"));
	page = submit(&admin, "/settings/users",
		      text("name=Pat&email=%.*s&role=member&password=too-short", STR_FMT_ARG(email)).p);
	assert_status(page, 422);
	assert_hasnt(page, "value=\"too-short\"");
	assert_goes_to(submit(&admin, "/settings/users",
			      text("name=Pat&email=%.*s&role=member&is_active.present=1&is_active=t&password=brass+"
				   "kettle+orbit",
				   STR_FMT_ARG(email))
				      .p),
		       STR("/settings/users?done=user_added"));
	assert_has(browse(&admin, "/settings/users?done=user_added"), "Pat");
	assert_status(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/auth/login",
			  .json = text("{\"email\":\"PAT@%.*s.example\",\"password\":\"brass kettle orbit\"}",
				       STR_FMT_ARG(acme.slug))
					  .p),
		      200);
	/* The same address again, in other letters: an error at the field. */
	page = submit(
		&admin, "/settings/users",
		text("name=Pat+2&email=P%.*s&role=viewer&password=brass+kettle+orbit", (int)email.n - 1, email.p + 1)
			.p);
	assert_status(page, 409);
	assert_true(tag_has(input_tag(page, "email"), "is-invalid") &&
		    tag_has(input_tag(page, "name"), "value=\"Pat 2\""));
	assert_has(page, "<option value=\"viewer\" selected>");
	/* An admin makes no owner. */
	page = submit(&admin, "/settings/users",
		      "name=Boss&email=boss%40b.example&role=owner&password=brass+kettle+orbit");
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "role"), "is-invalid") &&
		    tag_has(input_tag(page, "name"), "value=\"Boss\""));
}

static void a_user_is_changed_on_the_page(void **state)
{
	struct browser admin = browser_as(&acme, ROLE_ADMIN), owner = browser_as(&acme, ROLE_OWNER);
	const struct response *page = browse(&admin, user_path("/settings/users", ROLE_MEMBER));
	const char *member = user_path("/settings/users", ROLE_MEMBER),
		   *boss = user_path("/settings/users", ROLE_OWNER);

	(void)state;
	assert_status(page, 200);
	assert_has(page, "The Member");
	assert_has(page, "name=\"version\" value=\"1\"");
	assert_goes_to(
		submit(&admin, member, "version=1&name=Renamed&phone=&role=member&is_active.present=1&is_active=t"),
		STR("/settings/users?done=saved"));
	page = submit(&admin, member, "version=1&name=Too+late&role=viewer&is_active.present=1&is_active=t");
	assert_status(page, 412);
	assert_has(page, "Somebody else");
	assert_has(page, "type=\"radio\" name=\"name\" value=\"Too late\" checked");
	assert_status(submit(&admin, member, "version=2&name=&role=member"), 422);
	assert_status(submit(&admin, member, "version=2&name=a&role=nobody"), 422);
	assert_status(submit(&admin, member, "version=2&email=new%40b.example"), 422);
	page = submit(&admin, member, "version=2&role=owner");
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "role"), "is-invalid"));
	page = submit(&admin, boss, "version=1&name=Demoted&role=viewer");
	assert_status(page, 422);
	/* The last owner stays one and stays active. */
	page = submit(&owner, boss, "version=1&name=Me&role=admin&is_active.present=1&is_active=t");
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "role"), "is-invalid"));
	assert_has(page, "last owner");
	page = submit(&owner, boss, "version=1&name=Me&role=owner&is_active.present=1");
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "is_active"), "is-invalid"));
	assert_status(browse(&owner, "/settings/users/01900000-0000-7000-8000-00000000dead"), 404);
}

static void the_api_does_the_same(void **state)
{
	struct str admin = acme.session[ROLE_ADMIN], owner = acme.session[ROLE_OWNER], id;
	const struct response *made = create(admin, "sam", "viewer", "brass kettle orbit"), *answer;

	(void)state;
	assert_status(made, 201);
	assert_int_equal(value_count(json_at(made, "")), 11);
	assert_true(str_equal(location_of(made), text("/api/users/%.*s", STR_FMT_ARG(json_text(made, "id")))));
	assert_field_error(create(admin, "sam", "viewer", "brass kettle orbit"), 409, "email", "taken");
	assert_field_error(create(admin, "boss", "owner", "brass kettle orbit"), 403, "role", "above_own_role");
	assert_field_error(create(acme.key[ROLE_ADMIN], "boss", "owner", "brass kettle orbit"), 403, "role",
			   "above_own_role");
	assert_field_error(create(admin, "weak", "viewer", "password1234"), 422, "password", NULL);
	assert_field_error(create(admin, "none", "king", "brass kettle orbit"), 422, "role", "not_a_choice");
	assert_field_error(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/users", .bearer = admin,
			       .json = "{\"name\":\"a\",\"password_hash\":\"x\"}"),
			   422, "password_hash", NULL);
	id = json_text(made, "id");
	assert_status(change(admin, id, "{\"role\":\"member\"}"), 200);
	assert_field_error(change(admin, id, "{\"email\":\"x@y.example\"}"), 422, "email", NULL);
	assert_field_error(change(admin, id, "{\"password\":\"brass kettle orbit\"}"), 422, "password", NULL);
	assert_field_error(change(admin, id, "{\"last_login_at\":null}"), 422, "last_login_at", "read_only");
	assert_field_error(change(admin, id, "{\"role\":\"owner\"}"), 403, "role", NULL);
	assert_field_error(change(admin, acme.user[ROLE_OWNER], "{\"role\":\"viewer\"}"), 403, "role", NULL);
	assert_field_error(change(owner, acme.user[ROLE_OWNER], "{\"role\":\"viewer\"}"), 422, "role", "last_owner");
	assert_field_error(change(owner, acme.user[ROLE_OWNER], "{\"is_active\":false}"), 422, "is_active",
			   "last_owner");
	assert_field_error(ASK(.method = METHOD_DELETE, .host = acme.slug, .path = user_path("/api/users", ROLE_OWNER),
			       .bearer = owner),
			   422, "is_active", "last_owner");
	assert_status(ASK(.method = METHOD_PATCH, .host = acme.slug, .path = text("/api/users/%.*s", STR_FMT_ARG(id)).p,
			  .bearer = admin, .json = "{\"name\":\"x\"}", .headers = {{"if-match", "\"1\""}}),
		      412);
	assert_status(ASK(.method = METHOD_PATCH, .host = acme.slug, .path = text("/api/users/%.*s", STR_FMT_ARG(id)).p,
			  .bearer = admin, .json = "{\"name\":\"x\"}"),
		      428);
	assert_status(ASK(.method = METHOD_DELETE, .host = acme.slug,
			  .path = text("/api/users/%.*s", STR_FMT_ARG(id)).p, .bearer = admin),
		      204);
	answer = ASK(.host = acme.slug, .path = "/api/users?is_active=false", .bearer = admin);
	assert_status(answer, 200);
	assert_json(answer, "data.0.name", "sam");
	assert_status(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/auth/login",
			  .json = text("{\"email\":\"sam@%.*s.example\",\"password\":\"brass kettle orbit\"}",
				       STR_FMT_ARG(acme.slug))
					  .p),
		      401);
	/* Deactivated people stay and can come back. */
	assert_status(change(admin, id, "{\"is_active\":true}"), 200);
	assert_field_error(ASK(.host = acme.slug, .path = "/api/users?nope=1", .bearer = admin), 422, "nope", NULL);
	assert_status(ASK(.host = acme.slug, .path = user_path("/api/users", ROLE_MEMBER), .bearer = admin), 405);
}

static void without_a_first_password_there_is_a_link(void **state)
{
	const struct response *made = create(acme.session[ROLE_OWNER], "linda", "member", NULL);
	struct str link = json_text(made, "set_password_url"),
		   origin = config_origin(&web->config, web->arena, acme.slug.p);
	struct browser browser = browser_at(acme.slug);

	(void)state;
	assert_status(made, 201);
	assert_true_of(made, str_starts(link, text("%.*s/password?token=", STR_FMT_ARG(origin))), "a link to set one");
	assert_has(browse(&browser, link.p + origin.n), "linda");
}

static void who_leaves_is_out_at_once(void **state)
{
	struct browser viewer = browser_as(&acme, ROLE_VIEWER);

	(void)state;
	assert_status(browse(&viewer, "/leads"), 200);
	assert_status(change(acme.session[ROLE_OWNER], acme.user[ROLE_VIEWER], "{\"is_active\":false}"), 200);
	assert_status(browse(&viewer, "/leads"), 303);
	assert_status(change(acme.session[ROLE_OWNER], acme.user[ROLE_VIEWER], "{\"is_active\":true}"), 200);
	assert_status(browse(&viewer, "/leads"), 303);
}

static void the_plan_s_number_holds(void **state)
{
	struct browser owner = browser_as(&acme, ROLE_OWNER);
	const struct response *page;

	(void)state;
	company_set(&acme, "max_users = current_user_count, plan_tier = 'starter'");
	assert_has(browse(&owner, "/settings/users"), "The plan is full");
	page = submit(&owner, "/settings/users",
		      "name=Late&email=late%40b.example&role=viewer&is_active.present=1&is_active=t&password=brass+"
		      "kettle+orbit");
	assert_status(page, 402);
	assert_true(tag_has(input_tag(page, "name"), "value=\"Late\""));
	assert_has(page, "users");
	page = create(acme.session[ROLE_OWNER], "late", "viewer", "brass kettle orbit");
	assert_status(page, 402);
	assert_json(page, "code", "plan_limit");
	company_set(&acme, "max_users = NULL, plan_tier = 'enterprise'");
	assert_status(create(acme.session[ROLE_OWNER], "late", "viewer", "brass kettle orbit"), 201);
}

/* Strict templates: a name that a page reads and nobody has put is a failure. */
static void every_page_of_every_role_is_whole(void **state)
{
	struct str lead = company_lead(&acme, "Walked by");
	size_t count, seen = 0;
	const struct route *table = routes(&count);

	(void)state;
	company_make(&acme, "walk");
	lead = company_lead(&acme, "Walked by");
	for (size_t i = 0; i < count; i++)
		for (enum role role = ROLE_VIEWER; role <= ROLE_OWNER && table[i].face == FACE_PAGE &&
						   table[i].method == METHOD_GET && (table[i].hosts & ON_TENANT);
		     role++) {
			struct browser browser = browser_as(&acme, role);
			const char *place = strstr(table[i].path, "{id}");
			struct str id = table[i].entity == &user_entity ? acme.user[ROLE_MEMBER] : lead;
			/* What is erased is in the trash, and this lead is not. */
			bool has_row = !place || (place && strcmp(place, "{id}/erase") != 0 &&
						  (table[i].entity == &user_entity || table[i].entity == &lead_entity));
			const struct response *page =
				browse(&browser, place ? text("%.*s%.*s%s", (int)(place - table[i].path), table[i].path,
							      STR_FMT_ARG(id), place + 4)
								 .p
						       : table[i].path);

			if (!has_row)
				continue; /* the rows of the others: test_matrix */
			if (table[i].who == WHO_SESSION)
				assert_status(page,
					      table[i].can == CAN_READ || role == ROLE_OWNER || page->status == 403
						      ? page->status
						      : 200);
			if (page->status == 200) {
				assert_has(page, "<h1");
				seen++;
			}
		}
	assert_true(seen > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_those_who_manage_people_see_them),
		cmocka_unit_test(a_user_is_added_on_the_page),
		cmocka_unit_test(a_user_is_changed_on_the_page),
		cmocka_unit_test(the_api_does_the_same),
		cmocka_unit_test(without_a_first_password_there_is_a_link),
		cmocka_unit_test(who_leaves_is_out_at_once),
		cmocka_unit_test(the_plan_s_number_holds),
		cmocka_unit_test(every_page_of_every_role_is_whole),
	};

	return cmocka_run_group_tests(tests, make_company, fixture_close);
}
