/* Fields of a company's own: in forms, lists, filters, JSON and OpenAPI of that company and of no other. */
#include "tests/web/fixture.h"

#include "lib/entity/custom.h"

static struct company acme, other;

static int make_companies(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	company_make(&other, "other");
	return 0;
}

static const struct response *define(const struct company *company, const char *json)
{
	const struct response *made = ASK(.method = METHOD_POST, .host = company->slug, .path = "/api/custom_fields",
					  .bearer = company->key[ROLE_ADMIN], .json = json);

	settle();
	return made;
}

static const struct response *api(enum method method, const char *path, const char *json)
{
	return ASK(.method = method, .host = acme.slug, .path = path, .bearer = acme.key[ROLE_ADMIN], .json = json,
		   .headers = {{"if-match", "*"}});
}

static struct str create(const char *json)
{
	const struct response *made = api(METHOD_POST, "/api/leads", json);

	assert_status(made, 201);
	return json_text(made, "id");
}

static void a_field_of_each_kind_goes_in_and_comes_back(void **state)
{
	const struct response *lead;
	struct str id;

	(void)state;
	assert_json(
		define(&acme, "{\"entity\":\"leads\",\"label\":\"Gate code\",\"type\":\"text\",\"is_listed\":true}"),
		"name", "gate_code");
	assert_status(define(&acme, "{\"entity\":\"leads\",\"label\":\"Tons\",\"type\":\"number\"}"), 201);
	assert_status(define(&acme, "{\"entity\":\"leads\",\"label\":\"Built on\",\"type\":\"date\"}"), 201);
	assert_status(define(&acme, "{\"entity\":\"leads\",\"label\":\"Has a dog\",\"type\":\"yes_no\"}"), 201);
	assert_status(define(&acme,
			     "{\"entity\":\"leads\",\"label\":\"Fuel\",\"type\":\"choice\",\"choices\":\"Gas\\nOil\"}"),
		      201);
	id = create("{\"name\":\"Ann\",\"custom_gate_code\":\"4711#\",\"custom_tons\":2.50,\"custom_built_on\":\"1998-"
		    "05-01\","
		    "\"custom_has_a_dog\":true,\"custom_fuel\":\"Oil\"}");
	lead = api(METHOD_GET, text("/api/leads/%.*s", STR_FMT_ARG(id)).p, NULL);
	assert_json(lead, "custom_gate_code", "4711#");
	assert_json(lead, "custom_tons", "2.5");
	assert_json(lead, "custom_built_on", "1998-05-01");
	assert_json(lead, "custom_has_a_dog", "true");
	assert_json(lead, "custom_fuel", "Oil");
	/* One changed, the others stay. */
	lead = api(METHOD_PATCH, text("/api/leads/%.*s", STR_FMT_ARG(id)).p,
		   "{\"custom_tons\":3,\"custom_has_a_dog\":null}");
	assert_json(lead, "custom_tons", "3");
	assert_json(lead, "custom_gate_code", "4711#");
	assert_json(lead, "version", "2");
	lead = api(METHOD_PATCH, text("/api/leads/%.*s", STR_FMT_ARG(id)).p, "{\"custom_tons\":3.0}");
	assert_json(lead, "version", "2");
}

static void a_value_must_fit_and_is_told_at_its_field(void **state)
{
	static const char *const wrong[][2] = {
		{"{\"name\":\"a\",\"custom_tons\":\"3\"}", "custom_tons"},
		{"{\"name\":\"a\",\"custom_tons\":1e3}", "custom_tons"},
		{"{\"name\":\"a\",\"custom_tons\":1.1234567}", "custom_tons"},
		{"{\"name\":\"a\",\"custom_built_on\":\"1998-02-30\"}", "custom_built_on"},
		{"{\"name\":\"a\",\"custom_has_a_dog\":\"yes\"}", "custom_has_a_dog"},
		{"{\"name\":\"a\",\"custom_fuel\":\"Coal\"}", "custom_fuel"},
		{"{\"name\":\"a\",\"custom_gate_code\":7}", "custom_gate_code"},
		{"{\"name\":\"a\",\"custom_nothing\":\"x\"}", "custom_nothing"},
		{"{\"name\":\"a\",\"custom\":{}}", "custom"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		assert_field_error(api(METHOD_POST, "/api/leads", wrong[i][0]), 422, wrong[i][1], NULL);
}

static void pages_show_ask_and_filter(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	const struct response *page;

	(void)state;
	page = browse(&member, "/leads/new");
	assert_has(page, "Your fields");
	assert_has(page, "name=\"custom_gate_code\"");
	assert_has(page, "type=\"date\"");
	page = submit(&member, "/leads", "name=Bea&custom_gate_code=12&custom_tons=abc");
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "custom_tons"), "value=\"abc\""));
	assert_true(tag_has(input_tag(page, "custom_tons"), "is-invalid"));
	page = submit(&member, "/leads", "name=Bea&custom_gate_code=B-12&custom_tons=5&custom_fuel=Gas");
	assert_status(page, 303);
	page = browse(&member, location_of(page).p);
	assert_has(page, "Gate code");
	assert_has(page, "B-12");
	assert_has(browse(&member, "/leads"), "Gate code");
	assert_has(browse(&member, "/leads?custom_fuel=Gas"), "Bea");
	assert_hasnt(browse(&member, "/leads?custom_fuel=Oil"), "Bea");
	assert_has(browse(&member, "/leads?custom_tons=5"), "Bea");
	assert_has(browse(&member, "/leads?q=b-12"), "Bea");
	assert_json(api(METHOD_GET, "/api/leads?custom_gate_code=B-12", NULL), "data.0.name", "Bea");
}

static void nobody_else_sees_them(void **state)
{
	(void)state;
	assert_has(ASK(.host = acme.slug, .path = "/api/openapi.json", .bearer = acme.key[ROLE_VIEWER]),
		   "custom_gate_code");
	assert_hasnt(ASK(.host = other.slug, .path = "/api/openapi.json", .bearer = other.key[ROLE_VIEWER]),
		     "custom_gate_code");
	assert_hasnt(ASK(.host = acme.slug, .path = "/openapi.json"), "custom_gate_code");
	assert_status(ASK(.host = acme.slug, .path = "/api/openapi.json"), 401);
	assert_field_error(ASK(.method = METHOD_POST, .host = other.slug, .path = "/api/leads",
			       .bearer = other.key[ROLE_ADMIN], .json = "{\"name\":\"x\",\"custom_tons\":1}"),
			   422, "custom_tons", "unknown_field");
	assert_status(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/custom_fields",
			  .bearer = acme.key[ROLE_VIEWER],
			  .json = "{\"entity\":\"leads\",\"label\":\"x\",\"type\":\"text\"}"),
		      403);
}

static void a_definition_is_checked(void **state)
{
	static const char *const wrong[][2] = {
		{"{\"entity\":\"leads\",\"label\":\"Gate Code\",\"type\":\"text\"}", "label"},
		{"{\"entity\":\"leads\",\"label\":\"42\",\"type\":\"text\"}", "label"},
		{"{\"entity\":\"tasks\",\"label\":\"x\",\"type\":\"text\"}", "entity"},
		{"{\"entity\":\"leads\",\"label\":\"x\",\"type\":\"json\"}", "type"},
		{"{\"entity\":\"leads\",\"label\":\"x\",\"type\":\"choice\"}", "choices"},
		{"{\"entity\":\"leads\",\"label\":\"x\",\"type\":\"choice\",\"choices\":\"a\\nb\\na\"}", "choices"},
		{"{\"entity\":\"leads\",\"label\":\"x\",\"type\":\"text\",\"choices\":\"a\"}", "choices"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		const struct response *refused = define(&acme, wrong[i][0]);

		if (refused->status != 422 && refused->status != 409)
			fail_msg("%s: %d", wrong[i][0], refused->status);
		assert_field_error(refused, refused->status, wrong[i][1], NULL);
	}
	/* The same name elsewhere is another field. */
	assert_status(define(&acme, "{\"entity\":\"contacts\",\"label\":\"Gate code\",\"type\":\"number\"}"), 201);
}

static struct str field_id(const char *name)
{
	const struct response *list = api(METHOD_GET, "/api/custom_fields?limit=100", NULL);

	for (int i = 0; i < 100; i++)
		if (str_is(json_text(list, text("data.%d.name", i).p), name))
			return json_text(list, text("data.%d.id", i).p);
	fail_msg("no field %s", name);
	return STR_NONE;
}

static void a_choice_in_use_stays_and_a_deleted_field_keeps_its_values(void **state)
{
	struct str fuel = field_id("fuel"), lead;

	(void)state;
	assert_field_error(api(METHOD_PATCH, text("/api/custom_fields/%.*s", STR_FMT_ARG(fuel)).p,
			       "{\"choices\":\"Gas\\nPellets\"}"),
			   422, "choices", "in_use");
	assert_status(api(METHOD_PATCH, text("/api/custom_fields/%.*s", STR_FMT_ARG(fuel)).p,
			  "{\"choices\":\"Gas\\nOil\\nPellets\"}"),
		      200);
	settle();
	lead = create("{\"name\":\"Carl\",\"custom_fuel\":\"Pellets\",\"custom_tons\":4}");
	assert_status(api(METHOD_DELETE, text("/api/custom_fields/%.*s", STR_FMT_ARG(fuel)).p, NULL), 204);
	settle();
	assert_field_error(api(METHOD_POST, "/api/leads", "{\"name\":\"x\",\"custom_fuel\":\"Gas\"}"), 422,
			   "custom_fuel", "unknown_field");
	/* A change of another field meanwhile loses nothing. */
	assert_status(api(METHOD_PATCH, text("/api/leads/%.*s", STR_FMT_ARG(lead)).p, "{\"custom_tons\":5}"), 200);
	assert_true(str_is(test_sql_value("SELECT custom->>'fuel' FROM leads WHERE tenant_id = '%.*s' AND id = '%.*s'",
					  STR_FMT_ARG(uuid_text(web->arena, acme.id)), STR_FMT_ARG(lead)),
			   "Pellets"));
}

static void a_required_field_is_asked_for(void **state)
{
	struct browser member = browser_as(&other, ROLE_MEMBER);

	(void)state;
	assert_status(
		define(&other, "{\"entity\":\"leads\",\"label\":\"Account\",\"type\":\"text\",\"is_required\":true}"),
		201);
	assert_field_error(ASK(.method = METHOD_POST, .host = other.slug, .path = "/api/leads",
			       .bearer = other.key[ROLE_ADMIN], .json = "{\"name\":\"x\"}"),
			   422, "custom_account", "required");
	assert_status(submit(&member, "/leads", "name=x&custom_account="), 422);
	assert_status(submit(&member, "/leads", "name=x&custom_account=7"), 303);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_of_each_kind_goes_in_and_comes_back),
		cmocka_unit_test(a_value_must_fit_and_is_told_at_its_field),
		cmocka_unit_test(pages_show_ask_and_filter),
		cmocka_unit_test(nobody_else_sees_them),
		cmocka_unit_test(a_definition_is_checked),
		cmocka_unit_test(a_choice_in_use_stays_and_a_deleted_field_keeps_its_values),
		cmocka_unit_test(a_required_field_is_asked_for),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
