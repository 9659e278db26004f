/* Tags of leads and contacts: through the API, the form, the list's filter and in bulk. */
#include "tests/web/fixture.h"

static struct company acme, rival;

static const struct response *api(enum method method, const char *path, const char *json)
{
	return ASK(.method = method, .host = acme.slug, .path = path, .bearer = acme.key[ROLE_ADMIN], .json = json,
		   .headers = {{"if-match", "*"}});
}

static int make_companies(void **state)
{
	static const char *const tags[] = {"VIP", "Landlord", "Plan, yearly"};

	if (fixture_open(state))
		return -1;
	company_make(&acme, "acme");
	company_make(&rival, "rival");
	for (size_t i = 0; i < COUNT_OF(tags); i++)
		assert_status(api(METHOD_POST, "/api/tags",
				  text("{\"name\":\"%s\",\"tone\":\"%s\"}", tags[i], i ? "green" : "red").p),
			      201);
	return 0;
}

static const char *made(const char *path, const char *json)
{
	const struct response *answer = api(METHOD_POST, path, json);

	assert_status(answer, 201);
	return text("%s/%.*s", path, STR_FMT_ARG(json_text(answer, "id"))).p;
}

static void tags_are_a_list_of_names(void **state)
{
	const char *lead = made("/api/leads", "{\"name\":\"Ann\",\"tags\":[\"VIP\",\"Landlord\",\"VIP\"]}");
	const struct response *answer = api(METHOD_GET, lead, NULL);

	(void)state;
	assert_json(answer, "tags.0", "Landlord");
	assert_json(answer, "tags.1", "VIP");
	assert_int_equal(value_count(json_at(answer, "tags")), 2);
	answer = api(METHOD_PATCH, lead, "{\"tags\":[\"VIP\"]}");
	assert_json(answer, "version", "2");
	assert_int_equal(value_count(json_at(answer, "tags")), 1);
	/* The same again changes nothing. */
	assert_json(api(METHOD_PATCH, lead, "{\"tags\":[\"VIP\"],\"name\":\"Ann\"}"), "version", "2");
	assert_json(api(METHOD_PATCH, lead, "{\"name\":\"Anna\"}"), "tags.0", "VIP");
	assert_int_equal(value_count(json_at(api(METHOD_PATCH, lead, "{\"tags\":[]}"), "tags")), 0);
	assert_int_equal(value_count(json_at(api(METHOD_GET, lead, NULL), "tags")), 0);
	assert_json(api(METHOD_GET, made("/api/contacts", "{\"name\":\"Bo\",\"tags\":[\"VIP\"]}"), NULL), "tags.0",
		    "VIP");
}

static void what_is_no_tag_is_told_at_the_field(void **state)
{
	static const char *const bodies[] = {
		"{\"name\":\"Ann\",\"tags\":[\"Nobody\"]}",
		"{\"name\":\"Ann\",\"tags\":\"VIP\"}",
		"{\"name\":\"Ann\",\"tags\":[7]}",
		"{\"name\":\"Ann\",\"tags\":[\"vip\"]}",
		"{\"name\":\"Ann\",\"tags\":[\"VIP\\nLandlord\"]}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bodies); i++)
		assert_field_error(api(METHOD_POST, "/api/leads", bodies[i]), 422, "tags", NULL);
	/* Another company's words are not there. */
	assert_field_error(ASK(.method = METHOD_POST, .host = rival.slug, .path = "/api/leads",
			       .bearer = rival.key[ROLE_ADMIN], .json = "{\"name\":\"Eve\",\"tags\":[\"VIP\"]}"),
			   422, "tags", "not_found");
}

static struct str count_of(const char *query)
{
	return text("%zu",
		    value_count(json_at(api(METHOD_GET, text("/api/leads?limit=200&%s", query).p, NULL), "data")));
}

static void lists_are_filtered_by_tags(void **state)
{
	(void)state;
	test_sql("DELETE FROM leads WHERE tenant_id = '%.*s'", STR_FMT_ARG(uuid_text(web->arena, acme.id)));
	made("/api/leads", "{\"name\":\"One\",\"tags\":[\"VIP\"]}");
	made("/api/leads", "{\"name\":\"Two\",\"tags\":[\"VIP\",\"Landlord\"]}");
	made("/api/leads", "{\"name\":\"Three\",\"tags\":[\"Plan, yearly\"]}");
	made("/api/leads", "{\"name\":\"Four\"}");
	assert_true(str_is(count_of("tags=VIP"), "2"));
	assert_true(str_is(count_of("tags=Plan,%20yearly"), "1"));
	assert_true(str_is(count_of("tags[in]=VIP,Landlord"), "2"));
	assert_true(str_is(count_of("tags[not]=VIP"), "2"));
	assert_true(str_is(count_of("tags[empty]=true"), "1"));
	assert_true(str_is(count_of("tags[empty]=false"), "3"));
	assert_true(str_is(count_of("tags=Nobody"), "0"));
	assert_true(str_is(count_of("tags=VIP&tags[not]=Landlord"), "1"));
}

static void the_form_ticks_them_and_pages_show_them(void **state)
{
	struct browser browser = browser_as(&acme, ROLE_MEMBER);
	const char *lead = made("/api/leads", "{\"name\":\"Carla\",\"tags\":[\"Landlord\"]}") + strlen("/api");
	const struct response *answer = browse(&browser, text("%s/edit", lead).p);

	(void)state;
	assert_has(answer, "name=\"tags\" value=\"Landlord\" checked");
	assert_has(answer, "name=\"tags\" value=\"VIP\">");
	assert_status(submit(&browser, lead, "name=Carla&version=1&tags.present=1&tags=VIP&tags=Plan%2C+yearly"), 303);
	answer = browse(&browser, lead);
	assert_has(answer, "<span class=\"badge tone-red\">VIP</span>");
	assert_has(answer, "<span class=\"badge tone-green\">Plan, yearly</span>");
	assert_hasnt(answer, "<span class=\"badge tone-green\">Landlord</span>");
	answer = browse(&browser, "/leads?q=carla&columns=name,tags");
	assert_has(answer, "<span class=\"badge tone-red\">VIP</span>");
	assert_status(submit(&browser, lead, "name=Carla&version=2&tags.present=1"), 303);
	assert_hasnt(browse(&browser, lead), "tone-red\">VIP");
	/* A wrong field keeps what was ticked. */
	answer = submit(&browser, lead, "name=&version=3&tags.present=1&tags=VIP");
	assert_status(answer, 422);
	assert_has(answer, "name=\"tags\" value=\"VIP\" checked");
}

static void many_are_tagged_at_once_and_untagged(void **state)
{
	const struct response *answer;

	(void)state;
	test_sql("DELETE FROM leads WHERE tenant_id = '%.*s'", STR_FMT_ARG(uuid_text(web->arena, acme.id)));
	made("/api/leads", "{\"name\":\"One\",\"tags\":[\"VIP\"]}");
	made("/api/leads", "{\"name\":\"Two\",\"tags\":[\"Landlord\"]}");
	answer = api(METHOD_POST, "/api/leads/bulk", "{\"all\":true,\"action\":\"tag_add\",\"value\":\"VIP\"}");
	assert_json(answer, "count", "1");
	assert_true(str_is(count_of("tags=VIP"), "2"));
	assert_json(api(METHOD_POST, text("/api/bulk/%.*s/undo", STR_FMT_ARG(json_text(answer, "id"))).p, NULL),
		    "undone", "1");
	assert_true(str_is(count_of("tags=VIP"), "1"));
	assert_true(str_is(count_of("tags=Landlord"), "1"));
	assert_json(api(METHOD_POST, "/api/leads/bulk", "{\"all\":true,\"action\":\"tag_remove\",\"value\":\"VIP\"}"),
		    "count", "1");
	assert_true(str_is(count_of("tags=VIP"), "0"));
	assert_field_error(
		api(METHOD_POST, "/api/leads/bulk", "{\"all\":true,\"action\":\"tag_add\",\"value\":\"Nobody\"}"), 422,
		"tags", "not_found");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_are_a_list_of_names),
		cmocka_unit_test(what_is_no_tag_is_told_at_the_field),
		cmocka_unit_test(lists_are_filtered_by_tags),
		cmocka_unit_test(the_form_ticks_them_and_pages_show_them),
		cmocka_unit_test(many_are_tagged_at_once_and_untagged),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
