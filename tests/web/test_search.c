/* The search over everything, by page and API, and the keyboard shortcuts with their switch. */
#include "tests/web/fixture.h"

static struct company acme, other;

static int make_companies(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	company_make(&other, "other");
	return 0;
}

static const struct response *call(const struct company *company, enum role role, enum method method, const char *path)
{
	return ASK(.method = method, .host = company->slug, .path = path, .bearer = company->key[role]);
}

static const struct response *find(const char *query)
{
	return call(&acme, ROLE_VIEWER, METHOD_GET, text("/api/search?%s", query).p);
}

static struct str made_by(const struct company *company, const char *path, const char *json)
{
	const struct response *answer = ASK(.method = METHOD_POST, .host = company->slug, .path = path,
					    .bearer = company->key[ROLE_ADMIN], .json = json);

	assert_status(answer, 201);
	return json_text(answer, "id");
}

static struct str made(const char *path, const char *json)
{
	return made_by(&acme, path, json);
}

static size_t groups_of(const struct response *answer)
{
	return value_count(json_at(answer, "data"));
}

static void one_search_finds_rows_of_every_kind(void **state)
{
	struct str lead = made("/api/leads", "{\"name\": \"Ida Quillfeather\", \"phone\": \"(512) 555-0142\","
					     " \"email\": \"ida@quill.example\", \"company\": \"Quill Diner\","
					     " \"address\": \"12 Larkspur Road\"}");
	const struct response *answer;

	(void)state;
	(void)made("/api/contacts", "{\"name\": \"Otto Quillfeather\"}");
	(void)made("/api/notes",
		   text("{\"body\": \"Call Quillfeather back\", \"lead_id\": \"%.*s\"}", STR_FMT_ARG(lead)).p);
	(void)made("/api/tasks", "{\"title\": \"Quote for Quillfeather\", \"due_at\": \"2027-01-15T09:00:00Z\"}");
	answer = find("q=QUILLfeather");
	assert_status(answer, 200);
	assert_int_equal(groups_of(answer), 4);
	/* In the order of the navigation. */
	assert_json(answer, "data.0.entity", "leads");
	assert_json(answer, "data.0.label", "Leads");
	assert_json(answer, "data.0.count", "1");
	assert_json(answer, "data.0.more", "false");
	assert_json(answer, "data.0.hits.0.title", "Ida Quillfeather");
	assert_json(answer, "data.0.hits.0.facts", "(512) 555-0142 · ida@quill.example · Quill Diner");
	assert_true(str_equal(json_text(answer, "data.0.hits.0.id"), lead));
	assert_json(answer, "data.1.entity", "contacts");
	assert_true(value_type(json_at(answer, "data.1.hits.0.facts")) == VALUE_NULL);
	assert_json(answer, "data.2.entity", "tasks");
	assert_json(answer, "data.3.entity", "notes");
}

static void a_row_is_found_by_what_lists_find_it_by(void **state)
{
	static const char *const queries[] = {
		"q=5125550177",      "q=512-555-0177", "q=%28512%29+555-0177",   "q=mo@vane.example", "q=vane+mo",
		"q=Weathervane+Ltd", "q=7+Tansy",      "q=%20tansy%20%20vane%20"};
	struct browser viewer = browser_as(&acme, ROLE_VIEWER);

	(void)state;
	(void)made("/api/leads", "{\"name\": \"Mo Vane\", \"phone\": \"512.555.0177\", \"email\": \"mo@vane.example\","
				 " \"company\": \"Weathervane Ltd\", \"address\": \"7 Tansy Lane\"}");
	for (size_t i = 0; i < COUNT_OF(queries); i++) {
		assert_json(find(queries[i]), "data.0.hits.0.title", "Mo Vane");
		/* One exact hit is shown, not jumped to. */
		assert_status(browse(&viewer, text("/search?%s", queries[i]).p), 200);
	}
	/* What was typed is shown, though other facts would come first. */
	assert_json(find("q=TANSY"), "data.0.hits.0.facts", "7 Tansy Lane · 512.555.0177 · mo@vane.example");
	assert_int_equal(groups_of(find("q=tansy+nobody")), 0);
	assert_int_equal(groups_of(find("q=%25%25")), 0); /* a wildcard is a character */
	assert_int_equal(groups_of(find("q=ta_sy")), 0);
}

static void many_hits_are_cut_newest_first_and_counted(void **state)
{
	struct browser viewer = browser_as(&acme, ROLE_VIEWER);
	const struct response *answer;

	(void)state;
	for (int i = 0; i < 7; i++)
		(void)company_lead(&acme, text("Zebrano %d", i).p);
	answer = find("q=zebrano");
	assert_json(answer, "data.0.count", "7");
	assert_json(answer, "data.0.more", "false");
	assert_int_equal(value_count(json_at(answer, "data.0.hits")), 5);
	assert_json(answer, "data.0.hits.0.title", "Zebrano 6");
	assert_json(answer, "data.0.hits.4.title", "Zebrano 2");
	assert_int_equal(value_count(json_at(find("q=zebrano&limit=25"), "data.0.hits")), 7);
	assert_int_equal(value_count(json_at(find("q=zebrano&limit=1"), "data.0.hits")), 1);
	answer = browse(&viewer, "/search?q=zebrano");
	assert_has(answer, "All 7 matching leads");
	assert_has(answer, "href=\"/leads?q=zebrano\"");
	assert_hasnt(answer, "Zebrano 1");
	for (int i = 7; i < 27; i++)
		(void)company_lead(&acme, text("Zebrano %d", i).p);
	answer = find("q=zebrano&limit=25");
	assert_json(answer, "data.0.count", "25");
	assert_json(answer, "data.0.more", "true");
	assert_has(browse(&viewer, "/search?q=zebrano"), "All 25+ matching leads");
}

static void rows_of_others_and_of_the_trash_are_not_found(void **state)
{
	struct browser theirs = browser_as(&other, ROLE_OWNER), ours = browser_as(&acme, ROLE_OWNER);
	struct str id = company_lead(&acme, "Hollyhock Unseen");

	(void)state;
	assert_int_equal(groups_of(find("q=hollyhock")), 1);
	assert_int_equal(groups_of(call(&other, ROLE_ADMIN, METHOD_GET, "/api/search?q=hollyhock")), 0);
	assert_hasnt(browse(&theirs, "/search?q=hollyhock"), "Hollyhock Unseen");
	assert_status(call(&acme, ROLE_ADMIN, METHOD_DELETE, text("/api/leads/%.*s", STR_FMT_ARG(id)).p), 204);
	assert_int_equal(groups_of(find("q=hollyhock")), 0);
	assert_hasnt(browse(&ours, "/search?q=hollyhock"), "Hollyhock Unseen");
	assert_has(browse(&ours, "/search?q=hollyhock"), "Nothing holds");
}

static void whoever_is_not_signed_in_finds_nothing(void **state)
{
	struct browser stranger = browser_at(acme.slug);
	const struct response *answer;

	(void)state;
	assert_status(ASK(.host = acme.slug, .path = "/api/search?q=zebrano"), 401);
	answer = browse(&stranger, "/search?q=zebrano");
	assert_status(answer, 303);
	assert_status(browse(&stranger, "/shortcuts"), 303);
	/* Another company's key opens nothing here. */
	assert_status(ASK(.host = acme.slug, .path = "/api/search?q=zebrano", .bearer = other.key[ROLE_ADMIN]), 403);
}

static void a_private_row_is_for_its_person_alone(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);

	(void)state;
	assert_status(submit(&member, "/saved_views/here", "entity=leads&name=Foxglove&query=status%3Dwon"), 303);
	assert_int_equal(groups_of(call(&acme, ROLE_ADMIN, METHOD_GET, "/api/search?q=foxglove")), 0);
}

static void what_cannot_be_asked_is_told_at_its_name(void **state)
{
	struct str long_word = text("q=%0201d", 7), longest = text("q=%0200d", 7);

	(void)state;
	assert_field_error(find(""), 422, "q", "required");
	assert_field_error(find("q=%20%20"), 422, "q", "required");
	assert_field_error(find("q=a"), 422, "q", "too_short");
	assert_field_error(find("q=%C3%A4"), 422, "q", "too_short");
	assert_status(find("q=%C3%A4a"), 200);
	assert_field_error(find(long_word.p), 422, "q", "too_long");
	assert_status(find(longest.p), 200);
	assert_field_error(find("q=ab%07"), 422, "q", "control_character");
	assert_field_error(find("q=ab&q=cd"), 422, "q", "repeated");
	assert_field_error(find("q=ab&limit=0"), 422, "limit", "out_of_range");
	assert_field_error(find("q=ab&limit=26"), 422, "limit", "out_of_range");
	assert_field_error(find("q=ab&limit=x"), 422, "limit", "out_of_range");
	assert_field_error(find("q=ab&entity=leads"), 422, "entity", "unknown_field");
	assert_status(call(&acme, ROLE_ADMIN, METHOD_POST, "/api/search?q=ab"), 405);
}

static void the_page_teaches_and_names_what_was_wrong(void **state)
{
	struct browser viewer = browser_as(&acme, ROLE_VIEWER);
	const struct response *answer = browse(&viewer, "/search");

	(void)state;
	assert_status(answer, 200);
	assert_has(answer, "digits of a phone number");
	assert_has(answer, "href=\"/contacts\"");
	assert_status(browse(&viewer, "/search?q="), 200);
	answer = browse(&viewer, "/search?q=x");
	assert_status(answer, 422);
	assert_has(answer, "Type at least 2 characters.");
	assert_has(answer, "value=\"x\"");
	assert_status(browse(&viewer, "/search?q=ab&limit=5"), 422);
	(void)company_lead(&acme, "<i>Sly</i> Marigold");
	answer = browse(&viewer, "/search?q=%3Ci%3Esly");
	assert_has(answer, "&lt;i&gt;Sly&lt;/i&gt; Marigold");
	assert_hasnt(answer, "<i>sly");
}

/* ---- shortcuts ---- */

static void the_sheet_is_one_table_on_every_page(void **state)
{
	struct browser viewer = browser_as(&acme, ROLE_VIEWER);
	const char *const rows[] = {"data-keys=\"/\" data-action=\"search\"", "data-keys=\"?\" data-action=\"sheet\"",
				    "data-keys=\"g l\" data-action=\"go\" data-target=\"/leads\"",
				    "data-keys=\"n\" data-action=\"press\" data-target=\"new\""};
	const struct response *page = browse(&viewer, "/leads"), *list = browse(&viewer, "/shortcuts");

	(void)state;
	assert_has(page, "data-shortcuts");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_has(page, rows[i]);
		assert_has(list, rows[i]);
	}
	assert_hasnt(page, "data-key=\"new\""); /* a viewer adds nothing */
}

static void every_address_of_a_shortcut_is_there(void **state)
{
	struct browser viewer = browser_as(&acme, ROLE_VIEWER);
	struct str page = buffer_str(&browse(&viewer, "/")->body);
	const char *at = page.p, *end = page.p + page.n;
	static const char before[] = "data-action=\"go\" data-target=\"";
	int count = 0;

	(void)state;
	while ((at = memmem(at, (size_t)(end - at), before, sizeof before - 1)) != NULL) {
		at += sizeof before - 1;
		assert_status(browse(&viewer, text("%.*s", (int)strcspn(at, "\""), at).p), 200);
		count++;
	}
	assert_true(count >= 5);
}

static void switched_off_they_are_on_no_page(void **state)
{
	struct browser viewer = browser_as(&acme, ROLE_VIEWER);

	(void)state;
	assert_goes_to(submit(&viewer, "/shortcuts", "shortcuts=off"), STR("/shortcuts?done=saved"));
	assert_hasnt(browse(&viewer, "/leads"), "data-shortcuts");
	assert_has(browse(&viewer, "/shortcuts"), "Switch them on");
	assert_has(browse(&viewer, "/shortcuts"), "data-keys=\"g l\""); /* still listed */
	assert_goes_to(submit(&viewer, "/shortcuts", "shortcuts=on"), STR("/shortcuts?done=saved"));
	assert_has(browse(&viewer, "/leads"), "data-shortcuts");
	assert_status(submit(&viewer, "/shortcuts", "shortcuts=maybe"), 422);
	assert_status(submit(&viewer, "/shortcuts", ""), 422);
	assert_has(browse(&viewer, "/leads"), "data-shortcuts");
}

/* Keys that get in somebody's way are no matter of the plan. */
static void the_switch_works_when_the_trial_is_over(void **state)
{
	struct browser viewer = browser_as(&other, ROLE_VIEWER);

	(void)state;
	company_set(&other, "trial_ends_at = now() - interval '1 day'");
	assert_status(submit(&viewer, "/shortcuts", "shortcuts=off"), 303);
	assert_hasnt(browse(&viewer, "/leads"), "data-shortcuts");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_search_finds_rows_of_every_kind),
		cmocka_unit_test(a_row_is_found_by_what_lists_find_it_by),
		cmocka_unit_test(many_hits_are_cut_newest_first_and_counted),
		cmocka_unit_test(rows_of_others_and_of_the_trash_are_not_found),
		cmocka_unit_test(whoever_is_not_signed_in_finds_nothing),
		cmocka_unit_test(a_private_row_is_for_its_person_alone),
		cmocka_unit_test(what_cannot_be_asked_is_told_at_its_name),
		cmocka_unit_test(the_page_teaches_and_names_what_was_wrong),
		cmocka_unit_test(the_sheet_is_one_table_on_every_page),
		cmocka_unit_test(every_address_of_a_shortcut_is_there),
		cmocka_unit_test(switched_off_they_are_on_no_page),
		cmocka_unit_test(the_switch_works_when_the_trial_is_over),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
