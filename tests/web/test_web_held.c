/* Requests of web forms that find no room in the plan: they wait, are taken, or are discarded. */
#include "tests/web/web_form_fixture.h"

static void what_finds_no_room_waits_and_is_not_lost(void **state)
{
	struct str form = form_made("");
	const struct response *answer;
	struct browser browser = browser_as(&acme, ROLE_OWNER);

	(void)state;
	company_set(&acme, "max_leads = current_lead_count");
	answer = sent(form, "name=Held&email=held%40web.example&notes=Later");
	assert_status(answer, 303);
	assert_true(!json_at(leads_of("held@web.example"), "data.0"));
	assert_json(requests_of(form), "data.0.state", "held");
	answer = browse(&browser, text("/web_forms/%.*s/website", STR_FMT_ARG(form)).p);
	assert_has(answer, "request waits");
	/* No room yet: it goes on waiting. */
	answer = submit(&browser, text("/web_forms/%.*s/held", STR_FMT_ARG(form)).p, "");
	assert_true(str_ends(location_of(answer), STR("done=requests_left")));
	company_set(&acme, "max_leads = NULL");
	answer = submit(&browser, text("/web_forms/%.*s/held", STR_FMT_ARG(form)).p, "");
	assert_true(str_ends(location_of(answer), STR("done=requests_taken")));
	answer = leads_of("held@web.example");
	assert_json(answer, "data.0.notes", "Later");
	assert_json(requests_of(form), "data.0.state", "taken");
	/* A trial that is over: the same. */
	company_set(&acme, "trial_ends_at = now() - interval '1 day'");
	assert_status(sent(form, "name=Late&email=late%40web.example"), 303);
	company_set(&acme, "trial_ends_at = now() + interval '5 days'");
	assert_json(requests_of(form), "data.0.state", "held");
	answer = ASK(.method = METHOD_POST, .host = acme.slug,
		     .path = text("/api/web_forms/%.*s/held", STR_FMT_ARG(form)).p, .bearer = acme.key[ROLE_ADMIN]);
	assert_json(answer, "taken", "1");
	assert_json(answer, "left", "0");
}

static const struct response *discarded(const struct company *company, enum role role, struct str form,
					const char *json)
{
	return ASK(.method = METHOD_POST, .host = company->slug,
		   .path = text("/api/web_forms/%.*s/held/discard", STR_FMT_ARG(form)).p, .bearer = company->key[role],
		   .json = json);
}

static void what_waits_and_is_no_request_is_discarded(void **state)
{
	struct str form = form_made(""), spam, real, path = text("/web_forms/%.*s/held/discard", STR_FMT_ARG(form));
	struct browser browser = browser_as(&acme, ROLE_ADMIN), viewer = browser_as(&acme, ROLE_VIEWER);
	const struct response *answer;

	(void)state;
	assert_status(sent(form, "name=Taken&email=taken%40spam.example"), 303);
	company_set(&acme, "max_leads = current_lead_count");
	assert_status(sent(form, "name=Real&email=real%40spam.example&notes=Heat+pump"), 303);
	assert_status(sent(form, "name=Spam&email=one%40spam.example&notes=Buy+now"), 303);
	assert_status(sent(form, "name=Spam&email=two%40spam.example&notes=Buy+now"), 303);
	answer = get(text("/api/web_forms/%.*s/requests?state=held", STR_FMT_ARG(form)).p);
	assert_int_equal(value_count(json_at(answer, "data")), 3);
	spam = json_text(answer, "data.0.id");
	real = json_text(answer, "data.2.id");
	/* The page shows what they say, to those who decide with boxes. */
	answer = browse(&browser, text("/web_forms/%.*s/website", STR_FMT_ARG(form)).p);
	assert_has(answer, "3 requests wait");
	assert_has(answer, "two@spam.example · Buy now");
	assert_has(answer, text("name=\"request\" value=\"%.*s\"", STR_FMT_ARG(spam)).p);
	assert_hasnt(browse(&viewer, text("/web_forms/%.*s/website", STR_FMT_ARG(form)).p), "name=\"request\"");
	answer = submit(&browser, path.p, "");
	assert_status(answer, 422);
	assert_has(answer, "Say which requests");
	answer = submit(&browser, path.p, text("request=%.*s", STR_FMT_ARG(spam)).p);
	assert_true(str_ends(location_of(answer), STR("done=requests_discarded")));
	/* By program: what has become a lead stays, and so does what another company has. */
	answer = requests_of(form);
	assert_int_equal(value_count(json_at(answer, "data")), 3);
	spam = json_text(answer, "data.0.id");
	answer = discarded(
		&acme, ROLE_ADMIN, form,
		text("{\"ids\": [\"%.*s\", \"%.*s\"]}", STR_FMT_ARG(spam), STR_FMT_ARG(json_text(answer, "data.2.id")))
			.p);
	assert_status(answer, 200);
	assert_json(answer, "discarded", "1");
	assert_json(answer, "left", "1");
	assert_status(discarded(&other, ROLE_ADMIN, form, text("{\"ids\": [\"%.*s\"]}", STR_FMT_ARG(real)).p), 404);
	assert_status(discarded(&acme, ROLE_MEMBER, form, text("{\"ids\": [\"%.*s\"]}", STR_FMT_ARG(real)).p), 403);
	assert_field_error(discarded(&acme, ROLE_ADMIN, form, "{\"ids\": [7]}"), 422, "ids", "not_an_id");
	assert_field_error(discarded(&acme, ROLE_ADMIN, form, "{\"ids\": []}"), 422, "ids", "required");
	assert_field_error(discarded(&acme, ROLE_ADMIN, form, "{\"all\": true}"), 422, "all", "unknown_field");
	assert_field_error(get(text("/api/web_forms/%.*s/requests?state=all", STR_FMT_ARG(form)).p), 422, "state",
			   "not_a_choice");
	company_set(&acme, "max_leads = NULL");
	answer = ASK(.method = METHOD_POST, .host = acme.slug,
		     .path = text("/api/web_forms/%.*s/held", STR_FMT_ARG(form)).p, .bearer = acme.key[ROLE_ADMIN]);
	assert_json(answer, "taken", "1");
	assert_json(leads_of("real@spam.example"), "data.0.notes", "Heat pump");
	assert_true(!json_at(leads_of("one@spam.example"), "data.0"));
	assert_true(!json_at(leads_of("two@spam.example"), "data.0"));
}

static void requests_are_paged(void **state)
{
	struct str form = form_made("");
	const struct response *answer;
	size_t seen;

	(void)state;
	test_sql(
		"INSERT INTO web_requests (tenant_id, id, form_id, state, fields, address, fingerprint, created_at) "
		"SELECT "
		"'%.*s', gen_random_uuid(), '%.*s', 'held', '{\"name\": \"X\"}', '127.0.0.1', gen_random_uuid(), now() "
		"FROM generate_series(1, 130)",
		STR_FMT_ARG(uuid_text(web->arena, acme.id)), STR_FMT_ARG(form));
	answer = requests_of(form);
	seen = value_count(json_at(answer, "data"));
	assert_int_equal(seen, 100);
	answer = get(text("/api/web_forms/%.*s/requests?cursor=%.*s", STR_FMT_ARG(form),
			  STR_FMT_ARG(json_text(answer, "next_cursor")))
			     .p);
	assert_int_equal(value_count(json_at(answer, "data")), 30);
	assert_json(answer, "next_cursor", "");
	assert_field_error(get(text("/api/web_forms/%.*s/requests?cursor=1", STR_FMT_ARG(form)).p), 422, "cursor",
			   "not_a_cursor");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_finds_no_room_waits_and_is_not_lost),
		cmocka_unit_test(what_waits_and_is_no_request_is_discarded),
		cmocka_unit_test(requests_are_paged),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
