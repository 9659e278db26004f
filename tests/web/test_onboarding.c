/* The sign-up: five steps that lose nothing, one winner a name, a key shown until the workspace is opened. */
#include "tests/web/fixture.h"
#include "tests/support/pictures.h"

static struct str fresh_name(const char *stem)
{
	char random[9];

	random_base62(random, 8);
	for (char *c = random; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c | 0x20) : *c;
	return text("%s-%s", stem, random);
}

static struct browser visitor(void)
{
	struct browser browser = browser_at(STR("app"));

	assert_goes_to(browse(&browser, "/onboarding"), STR("/onboarding/company"));
	assert_status(browse(&browser, "/onboarding/company"), 200);
	return browser;
}

/* A browser that has filled in everything up to the plan. */
static struct browser at_plan(struct str slug)
{
	struct browser browser = visitor();

	assert_goes_to(upload(&browser, "/onboarding/company",
			      (const char *const[]){"name", "River & Sons Heating", "industry", "both", "website",
						    "river.example", NULL},
			      "logo", STR("")),
		       STR("/onboarding/owner"));
	assert_status(browse(&browser, "/onboarding/owner"), 200);
	assert_goes_to(submit(&browser, "/onboarding/owner",
			      "name=Ada+Rivers&email=ada%40river.example&phone=%28512%29+555-0100&password=brass+"
			      "kettle+orbit"),
		       STR("/onboarding/subdomain"));
	assert_goes_to(submit(&browser, "/onboarding/subdomain", text("subdomain=%.*s", STR_FMT_ARG(slug)).p),
		       STR("/onboarding/plan"));
	return browser;
}

static void five_steps_lead_to_a_workspace(void **state)
{
	struct str slug = fresh_name("river"), origin = config_origin(&web->config, web->arena, slug.p), key, first,
		   second;
	struct browser browser = at_plan(slug), tenant = browser_at(slug);
	const struct response *page = browse(&browser, "/onboarding/plan"), *answer;

	(void)state;
	assert_has(page, "$99");
	assert_has(page, "$199");
	assert_has(page, "$299");
	assert_goes_to(submit(&browser, "/onboarding/plan", "plan=professional"), STR("/onboarding/done"));
	settle();
	page = browse(&browser, "/onboarding/done");
	assert_status(page, 200);
	assert_has(page, "River &amp; Sons Heating is ready");
	assert_has(page, "Professional");
	key = arena_copy(web->arena, body_between(page, "<code id=\"api-key\">", "</code>"));
	assert_has(page, text("curl %.*s/api/leads", STR_FMT_ARG(origin)).p);
	assert_has(browse(&browser, "/onboarding/done"), arena_c_string(web->arena, key));
	/* Wherever one goes, the sign-up is done. */
	assert_goes_to(browse(&browser, "/onboarding"), STR("/onboarding/done"));
	assert_goes_to(browse(&browser, "/onboarding/plan"), STR("/onboarding/done"));
	assert_goes_to(submit(&browser, "/onboarding/plan", "plan=starter"), STR("/onboarding/done"));
	assert_goes_to(submit(&browser, "/onboarding/company", "name=Another&industry=hvac"), STR("/onboarding/done"));
	answer = ASK(.host = slug, .path = "/api/tenant", .bearer = key);
	assert_status(answer, 200);
	assert_json(answer, "plan_tier", "professional");
	assert_json(answer, "industry", "both");
	assert_json(answer, "limits.leads", "5000");
	assert_json(answer, "status", "trial");
	/* A double click: both arrive, and the key is gone. */
	page = submit(&browser, "/onboarding/open", "");
	assert_status(page, 303);
	first = location_of(page);
	second = location_of(submit(&browser, "/onboarding/open", ""));
	assert_true(str_starts(first, text("%.*s/handover?code=", STR_FMT_ARG(origin))) &&
		    str_starts(second, text("%.*s/handover?code=", STR_FMT_ARG(origin))));
	assert_goes_to(browse(&tenant, second.p + origin.n), STR("/?done=welcome"));
	assert_goes_to(browse(&tenant, first.p + origin.n), STR("/?done=welcome"));
	page = browse(&tenant, "/");
	assert_has(page, "Professional");
	assert_has(page, "14 days left");
	assert_hasnt(browse(&browser, "/onboarding/done"), arena_c_string(web->arena, key));
	assert_status(ASK(.method = METHOD_POST, .host = slug, .path = "/api/auth/login",
			  .json = "{\"email\":\"ada@river.example\",\"password\":\"brass kettle orbit\"}"),
		      200);
}

static void steps_come_in_order_and_lose_nothing(void **state)
{
	struct browser browser = visitor(), nobody = browser_at(STR("app"));
	const struct response *page;

	(void)state;
	assert_goes_to(browse(&browser, "/onboarding/owner"), STR("/onboarding/company"));
	assert_goes_to(browse(&browser, "/onboarding/done"), STR("/onboarding/company"));
	assert_goes_to(submit(&browser, "/onboarding/plan", "plan=starter"), STR("/onboarding/company"));
	assert_goes_to(submit(&browser, "/onboarding/open", ""), STR("/onboarding/company"));
	assert_status(browse(&nobody, "/onboarding/logo"), 404);
	assert_goes_to(upload(&browser, "/onboarding/company",
			      (const char *const[]){"name", "Summit", "industry", "plumbing", "website", "", NULL},
			      "logo",
			      make_png(web->arena, 40, 40, (struct png_kind){.color = PNG_COLOR_TYPE_RGB, .depth = 8})),
		       STR("/onboarding/owner"));
	assert_goes_to(browse(&browser, "/onboarding"), STR("/onboarding/owner"));
	assert_goes_to(browse(&browser, "/onboarding/plan"), STR("/onboarding/owner"));
	assert_goes_to(browse(&browser, "/onboarding/subdomain"), STR("/onboarding/owner"));
	page = browse(&browser, "/onboarding/company");
	assert_true(tag_has(input_tag(page, "name"), "value=\"Summit\""));
	assert_has(page, "<option value=\"plumbing\" selected>");
	assert_has(page, "/onboarding/logo");
	assert_true(str_is(web_answer_header(browse(&browser, "/onboarding/logo"), "content-type"), "image/png"));
	assert_goes_to(submit(&browser, "/onboarding/owner",
			      "name=Sue&email=sue%40summit.example&phone=&password=brass+kettle+orbit"),
		       STR("/onboarding/subdomain"));
	page = browse(&browser, "/onboarding/owner");
	assert_true(tag_has(input_tag(page, "email"), "value=\"sue@summit.example\""));
	assert_has(page, "Your password is kept");
	assert_hasnt(page, "brass kettle orbit");
	/* Back, and on with the password that is kept. */
	assert_goes_to(submit(&browser, "/onboarding/owner", "name=Susan&email=sue%40summit.example&phone=&password="),
		       STR("/onboarding/subdomain"));
	assert_true(tag_has(input_tag(browse(&browser, "/onboarding/owner"), "name"), "value=\"Susan\""));
	assert_status(submit(&browser, "/onboarding/owner", "name=&email=sue%40summit.example&password="), 422);
	assert_goes_to(submit(&browser, "/onboarding/company", "name=Summit&industry=hvac&website=&remove_logo=1"),
		       STR("/onboarding/owner"));
	assert_status(browse(&browser, "/onboarding/logo"), 404);
	/* A second tab on the plan before there is an address. */
	assert_goes_to(submit(&browser, "/onboarding/plan", "plan=starter"), STR("/onboarding/subdomain"));
}

static void errors_keep_what_was_typed(void **state)
{
	struct browser browser = visitor();
	const struct response *page =
		upload(&browser, "/onboarding/company",
		       (const char *const[]){"name", "", "industry", "roofs", "website", "not a site", NULL}, "logo",
		       STR("no picture"));

	(void)state;
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "name"), "is-invalid") &&
		    tag_has(input_tag(page, "industry"), "is-invalid") &&
		    tag_has(input_tag(page, "website"), "is-invalid") &&
		    tag_has(input_tag(page, "website"), "value=\"not a site\"") &&
		    tag_has(input_tag(page, "logo"), "is-invalid"));
	assert_true(str_absent(browser_cookie(&browser, "__Host-signup")));
	page = submit(&browser, "/onboarding/company",
		      "name=%3Cb%3EBold&industry=hvac&website=javascript%3Aalert%281%29");
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "name"), "value=\"&lt;b&gt;Bold\"") &&
		    tag_has(input_tag(page, "website"), "is-invalid"));
	assert_status(submit(&browser, "/onboarding/company", "name=Elite&industry=hvac"), 303);
	page = submit(&browser, "/onboarding/owner", "name=Eli&email=eli&phone=1&password=short");
	assert_status(page, 422);
	assert_true(
		tag_has(input_tag(page, "name"), "value=\"Eli\"") && tag_has(input_tag(page, "email"), "is-invalid") &&
		tag_has(input_tag(page, "phone"), "is-invalid") && tag_has(input_tag(page, "password"), "is-invalid"));
	assert_hasnt(page, "value=\"short\"");
	assert_status(submit(&browser, "/onboarding/owner", "name=Eli&email=eli%40elite.example&password=password1234"),
		      422);
	assert_status(submit(&browser, "/onboarding/owner",
			     "name=Eli&email=eli%40elite.example&password=brass+kettle+orbit&role=owner"),
		      422);
	assert_status(
		submit(&browser, "/onboarding/owner", "name=Eli&email=eli%40elite.example&password=brass+kettle+orbit"),
		303);
	for (int i = 0; i < 5; i++) {
		page = submit(&browser, "/onboarding/subdomain",
			      ((const char *const[]){"subdomain=", "subdomain=a", "subdomain=-x-", "subdomain=admin",
						     "subdomain=a+b%21"})[i]);
		assert_status(page, 422);
		assert_true_of(page, tag_has(input_tag(page, "subdomain"), "is-invalid"), "the address is marked");
	}
	assert_true(tag_has(input_tag(page, "subdomain"), "value=\"a b!\""));
	assert_status(
		submit(&browser, "/onboarding/subdomain", text("subdomain=%.*s", STR_FMT_ARG(fresh_name("elite"))).p),
		303);
	assert_status(submit(&browser, "/onboarding/plan", "plan=gold"), 422);
	assert_status(submit(&browser, "/onboarding/plan", "plan="), 422);
	page = submit(&browser, "/onboarding/plan", "");
	assert_status(page, 422);
	assert_has(page, "role=\"alert\"");
	assert_status(ASK(.method = METHOD_POST, .host = STR("app"), .path = "/onboarding/company",
			  .type = "application/x-www-form-urlencoded", .body = STR("name=Forged&industry=hvac")),
		      403);
}

static size_t proposals(const struct response *page)
{
	size_t count = 0;

	for (const char *p = page->body.bytes; (p = strstr(p, "form=\"proposal-")) != NULL; p++)
		count++;
	return count;
}

static void a_taken_name_gives_others(void **state)
{
	struct company taken;
	struct browser browser = visitor();
	const struct response *page;

	(void)state;
	company_make(&taken, "taken");
	assert_status(
		submit(&browser, "/onboarding/company", text("name=%.*s&industry=hvac", STR_FMT_ARG(taken.slug)).p),
		303);
	assert_status(
		submit(&browser, "/onboarding/owner", "name=Eli&email=eli%40elite.example&password=brass+kettle+orbit"),
		303);
	/* The proposal comes from the company's name, and is free. */
	page = browse(&browser, "/onboarding/subdomain");
	assert_status(page, 200);
	assert_true(proposals(page) >= 3);
	assert_true(tag_has(input_tag(page, "subdomain"), taken.slug.p) &&
		    !tag_has(input_tag(page, "subdomain"), text("value=\"%s\"", taken.slug.p).p));
	page = submit(&browser, "/onboarding/subdomain", text("subdomain=%s", taken.slug.p).p);
	assert_status(page, 409);
	assert_true(tag_has(input_tag(page, "subdomain"), "is-invalid") &&
		    tag_has(input_tag(page, "subdomain"), text("value=\"%s\"", taken.slug.p).p));
	assert_true(proposals(page) >= 3);
	page = submit(&browser, "/onboarding/subdomain", "subdomain=admin");
	assert_status(page, 422);
	assert_has(page, "reserved");
	page = submit(&browser, "/onboarding/subdomain", "subdomain=Bob%27s+Heating+%26+Air%21");
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "subdomain"), "value=\"Bob&#39;s Heating &amp; Air!\""));
	assert_true(proposals(page) >= 3);
	assert_has(page, "bobs-heating-air");
	/* A proposal is a link that fills the form. */
	page = browse(&browser, text("/onboarding/subdomain?subdomain=%s-pros", taken.slug.p).p);
	assert_true(tag_has(input_tag(page, "subdomain"), text("value=\"%s-pros\"", taken.slug.p).p));
	assert_status(browse(&browser, "/onboarding/subdomain?subdomain=%3Cscript%3E"), 200);
}

static void two_that_race_get_one_winner_and_one_kind_word(void **state)
{
	struct str slug = fresh_name("race");
	struct browser one = at_plan(slug), two = at_plan(slug);
	const struct response *page;
	struct str led;

	(void)state;
	assert_goes_to(submit(&one, "/onboarding/plan", "plan=starter"), STR("/onboarding/done"));
	page = submit(&two, "/onboarding/plan", "plan=starter");
	assert_status(page, 303);
	led = location_of(page);
	assert_true(str_starts(led, STR("/onboarding/subdomain?")));
	page = browse(&two, led.p);
	assert_status(page, 200);
	assert_has(page, "just taken that name");
	assert_true(proposals(page) >= 3);
	assert_true(tag_has(input_tag(page, "subdomain"), text("value=\"%s-", slug.p).p));
	/* One of the free names, and on. */
	assert_goes_to(submit(&two, "/onboarding/subdomain", text("subdomain=%s-2nd", slug.p).p),
		       STR("/onboarding/plan"));
	assert_goes_to(submit(&two, "/onboarding/plan", "plan=starter"), STR("/onboarding/done"));
	assert_goes_to(submit(&two, "/onboarding/plan", "plan=starter"), STR("/onboarding/done"));
	settle();
	assert_status(ASK(.host = slug, .path = "/login"), 200);
	assert_status(ASK(.host = text("%s-2nd", slug.p), .path = "/login"), 200);
}

static void the_check_answers(void **state)
{
	struct company taken;
	const struct response *answer;

	(void)state;
	company_make(&taken, "check");
	answer = ASK(.host = STR("app"), .path = text("/api/onboarding/subdomain?name=%s", taken.slug.p).p);
	assert_status(answer, 200);
	assert_int_equal(value_count(json_at(answer, "")), 3);
	assert_json(answer, "available", "false");
	assert_true(value_count(json_at(answer, "suggestions")) >= 3);
	answer = ASK(.host = STR("app"),
		     .path = text("/api/onboarding/subdomain?name=%s", fresh_name("Free%20%26%20Co").p).p);
	assert_json(answer, "available", "true");
	assert_true(str_starts(json_text(answer, "slug"), STR("free-co-")));
	answer = ASK(.host = STR("app"), .path = "/api/onboarding/subdomain?name=admin");
	assert_json(answer, "available", "false");
	assert_true(value_count(json_at(answer, "suggestions")) >= 3);
	assert_field_error(ASK(.host = STR("app"), .path = "/api/onboarding/subdomain"), 422, "name", "required");
	assert_field_error(ASK(.host = STR("app"), .path = "/api/onboarding/subdomain?name="), 422, "name", "required");
	assert_field_error(ASK(.host = STR("app"), .path = text("/api/onboarding/subdomain?name=%0300d", 1).p), 422,
			   "name", "too_long");
	assert_field_error(ASK(.host = STR("app"), .path = "/api/onboarding/subdomain?name=abc&nope=1"), 422, "nope",
			   NULL);
	assert_status(ASK(.host = STR("app"), .path = "/api/onboarding/subdomain?name=%F0%9F%94%A5"), 200);
	assert_status(ASK(.host = taken.slug, .path = "/api/onboarding/subdomain?name=abc"), 404);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(five_steps_lead_to_a_workspace),
		cmocka_unit_test(steps_come_in_order_and_lose_nothing),
		cmocka_unit_test(errors_keep_what_was_typed),
		cmocka_unit_test(a_taken_name_gives_others),
		cmocka_unit_test(two_that_race_get_one_winner_and_one_kind_word),
		cmocka_unit_test(the_check_answers),
	};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
