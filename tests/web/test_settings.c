/* The company page and the logo. */
#include "tests/web/fixture.h"
#include "tests/support/pictures.h"

static struct company acme;

static int make_company(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	return 0;
}

static void a_company_says_what_it_is_called(void **state)
{
	struct browser admin = browser_as(&acme, ROLE_ADMIN);
	const struct response *page = browse(&admin, "/settings");
	struct str version = arena_copy(web->arena, body_between(page, "name=\"version\" value=\"", "\""));

	(void)state;
	assert_status(page, 200);
	assert_goes_to(submit(&admin, "/settings",
			      text("version=%.*s&name=Acme+%%26+Sons&company_name=Acme+Heating&industry=both&website_"
				   "url=acme.example&phone=%%28512%%29+555-0100&time_zone=America%%2FChicago",
				   STR_FMT_ARG(version))
				      .p),
		       STR("/settings?done=saved"));
	settle();
	page = browse(&admin, "/settings?done=saved");
	assert_has(page, "Acme &amp; Sons");
	assert_has(page, "Saved.");
	assert_true(tag_has(input_tag(page, "website_url"), "value=\"https://acme.example\""));
	assert_json(ASK(.host = acme.slug, .path = "/api/tenant", .bearer = acme.key[ROLE_VIEWER]), "name",
		    "Acme & Sons");
	/* From a page that was read before: both are shown, and nothing is saved. */
	page = submit(&admin, "/settings",
		      text("version=%.*s&name=Too+late&industry=both&time_zone=UTC", STR_FMT_ARG(version)).p);
	assert_status(page, 412);
	assert_has(page, "Somebody else");
	assert_has(page, "type=\"radio\" name=\"name\" value=\"Too late\" checked");
	assert_has(page, "type=\"radio\" name=\"name\" value=\"Acme &amp; Sons\"");
	assert_has(page, "type=\"radio\" name=\"time_zone\" value=\"America/Chicago\"");
	assert_has(page, "<input type=\"hidden\" name=\"industry\" value=\"both\">");
	assert_has(page, "action=\"/settings\"");
	version = arena_copy(web->arena, body_between(page, "name=\"version\" value=\"", "\""));
	assert_status(submit(&admin, "/settings",
			     text("version=%.*s&name=In+time&industry=hvac&time_zone=UTC", STR_FMT_ARG(version)).p),
		      303);
	assert_status(submit(&admin, "/settings", "name=No+version"), 412);
}

static void what_is_wrong_is_marked(void **state)
{
	struct browser owner = browser_as(&acme, ROLE_OWNER);
	const struct response *page = submit(&owner, "/settings",
					     "version=1&name=&industry=roofs&website_url=javascript%3Aalert%281%29&"
					     "phone=x&time_zone=Mars&company_name=Kept");
	static const char *const wrong[] = {"name", "industry", "website_url", "phone", "time_zone"};

	(void)state;
	assert_status(page, 422);
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		assert_true_of(page, tag_has(input_tag(page, wrong[i]), "is-invalid"), wrong[i]);
	assert_true(tag_has(input_tag(page, "company_name"), "value=\"Kept\""));
	assert_status(submit(&owner, "/settings", "version=1&plan_tier=enterprise"), 422);
	assert_status(submit(&owner, "/settings", "version=1&status=active"), 422);
	assert_hasnt(browse(&owner, "/settings"), "javascript:");
}

static void who_may_not_change_it_sees_it_shut(void **state)
{
	(void)state;
	for (enum role role = ROLE_VIEWER; role <= ROLE_MEMBER; role++) {
		struct browser browser = browser_as(&acme, role);
		const struct response *page = browse(&browser, "/settings");

		assert_status(page, 200);
		assert_has(page, " disabled");
		assert_hasnt(page, "/settings/logo");
		assert_status(submit(&browser, "/settings", "version=1&name=Mine"), 403);
		assert_status(upload(&browser, "/settings/logo", NULL, "logo",
				     make_png(web->arena, 10, 10,
					      (struct png_kind){.color = PNG_COLOR_TYPE_RGB, .depth = 8})),
			      403);
		assert_status(submit(&browser, "/settings/logo/delete", ""), 403);
	}
}

static void a_logo_goes_in_and_out(void **state)
{
	struct browser admin = browser_as(&acme, ROLE_ADMIN);
	const struct response *picture, *page;
	struct str address;

	(void)state;
	assert_status(ASK(.host = acme.slug, .path = "/logo"), 404);
	assert_goes_to(
		upload(&admin, "/settings/logo", NULL, "logo",
		       make_png(web->arena, 700, 300, (struct png_kind){.color = PNG_COLOR_TYPE_RGB, .depth = 8})),
		STR("/settings?done=logo_saved"));
	settle();
	page = browse(&admin, "/settings?done=logo_saved");
	assert_has(page, "logo is in place");
	address = text("/logo%.*s", STR_FMT_ARG(body_between(page, "src=\"/logo", "\"")));
	picture = ASK(.host = acme.slug, .path = address.p);
	assert_status(picture, 200);
	assert_true(str_is(web_answer_header(picture, "content-type"), "image/png"));
	assert_true(str_is(web_answer_header(picture, "cache-control"), "public, max-age=31536000, immutable"));
	assert_memory_equal(picture->body.bytes, "\x89PNG", 4);
	assert_status(ASK(.host = acme.slug, .path = "/logo"), 200);
	assert_has(ASK(.host = acme.slug, .path = "/login"), address.p);
	/* Another one has another address, and the old address does not show it. */
	assert_status(upload(&admin, "/settings/logo", NULL, "logo",
			     make_jpeg(web->arena, 64, 64, (struct jpeg_kind){.space = JCS_RGB, .components = 3})),
		      303);
	settle();
	assert_hasnt(browse(&admin, "/settings"), address.p);
	assert_status(ASK(.host = acme.slug, .path = address.p), 404);
	assert_goes_to(submit(&admin, "/settings/logo/delete", ""), STR("/settings?done=logo_removed"));
	settle();
	assert_status(ASK(.host = acme.slug, .path = "/logo"), 404);
	assert_has(browse(&admin, "/settings"), "There is no logo yet");
	assert_status(submit(&admin, "/settings/logo/delete", ""), 303);
}

static void what_is_no_picture_is_told_at_the_field(void **state)
{
	struct browser admin = browser_as(&acme, ROLE_ADMIN);
	char *big = arena_alloc(web->arena, (2 << 20) + 2);
	struct str rows[] = {STR("just a text"),
			     STR("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"),
			     STR(""),
			     {big, (2 << 20) + 1},
			     STR("\x89PNG\r\n\x1a\n")};

	(void)state;
	memset(big, 'x', (2 << 20) + 1);
	memcpy(big, "\x89PNG\r\n\x1a\n", 8);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct response *page = upload(&admin, "/settings/logo", NULL, "logo", rows[i]);

		assert_status(page, 422);
		assert_true_of(page,
			       tag_has(input_tag(page, "logo"), "is-invalid") &&
				       tag_has(input_tag(page, "logo"), "error-logo"),
			       "the field is marked");
		assert_true(body_between(page, "id=\"error-logo\">", "<").n > 10);
	}
	assert_status(submit(&admin, "/settings/logo", "logo=text"), 422);
	assert_status(submit(&admin, "/settings/logo", ""), 422);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_company_says_what_it_is_called),        cmocka_unit_test(what_is_wrong_is_marked),
		cmocka_unit_test(who_may_not_change_it_sees_it_shut),      cmocka_unit_test(a_logo_goes_in_and_out),
		cmocka_unit_test(what_is_no_picture_is_told_at_the_field),
	};

	return cmocka_run_group_tests(tests, make_company, fixture_close);
}
