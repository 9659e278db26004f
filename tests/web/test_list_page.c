/* The list page: filters set by its form, chips, columns, order and counts, all of it in the address. */
#include "tests/web/fixture.h"

static struct company acme;

static int make_company(void **state)
{
	if (fixture_open(state))
		return -1;
	company_make(&acme, "acme");
	test_sql("INSERT INTO leads (tenant_id, id, name, status, tier, score, value_cents, zip, source, search_text, "
		 "created_at)"
		 " SELECT '%s', gen_random_uuid(), 'Lead ' || lpad(n::text, 4, '0'), (ARRAY['new', 'contacted', 'won', "
		 "'lost'])[1 + n %% 4],"
		 " 'warm', n %% 101, n * 100, CASE WHEN n %% 3 > 0 THEN '787' || n %% 40 END, 'Website', 'lead ' || n,"
		 " now() - n * interval '1 hour' FROM generate_series(1, 1200) AS n",
		 arena_c_string(web->arena, uuid_text(web->arena, acme.id)));
	return 0;
}

static const struct response *page(const char *path)
{
	struct browser browser = browser_as(&acme, ROLE_MEMBER);

	return browse(&browser, path);
}

static void the_forms_rows_become_the_lists_address(void **state)
{
	static const struct {
		const char *typed, *address;
	} rows[] = {
		{"f.status.op=&f.status.value=new", "/leads?status=new"},
		{"f.status.op=&f.status.value=new&f.status.value=won", "/leads?status%5Bin%5D=new%2Cwon"},
		{"f.status.op=not&f.status.value=new&f.status.value=won", "/leads?status%5Bnot%5D=new%2Cwon"},
		{"f.score.op=gte&f.score.value=50&f.score.op=lte&f.score.value=80",
		 "/leads?score%5Bgte%5D=50&score%5Blte%5D=80"},
		{"f.score.op=gte&f.score.value=", "/leads"},
		{"f.value_cents.op=gt&f.value_cents.value=%241%2C250.50", "/leads?value_cents%5Bgt%5D=125050"},
		{"f.zip.op=empty&f.zip.value=", "/leads?zip%5Bempty%5D=true"},
		{"f.zip.op=present&f.zip.value=7", "/leads?zip%5Bempty%5D=false"},
		{"f.created_at.op=within&f.created_at.value=7&f.created_at.unit=d", "/leads?created_at%5Bwithin%5D=7d"},
		{"f.created_at.op=gte&f.created_at.value=2026-11-01", "/leads?created_at%5Bgte%5D=2026-11-01"},
		{"q=karen&sort=name&f.status.op=&f.status.value=won", "/leads?q=karen&sort=name&status=won"},
		{"f.nothing.op=&f.nothing.value=1", "/leads"},
		{"status=won&columns=name&columns=email&columns=zip", "/leads?status=won&columns=name%2Cemail%2Czip"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct response *answer = page(text("/leads?%s", rows[i].typed).p);

		assert_status(answer, 303);
		assert_goes_to(answer, str_from(rows[i].address));
		assert_status(page(rows[i].address), 200);
	}
}

static void what_is_filtered_is_shown_and_can_be_taken_off(void **state)
{
	const struct response *answer = page("/leads?status=won&value_cents[gt]=5000000&sort=name");

	(void)state;
	assert_status(answer, 200);
	assert_has(answer, "No match");
	assert_has(answer, "<strong>Status</strong> is Won");
	assert_has(answer, "<strong>Value</strong> is more than $50,000");
	assert_has(answer, "href=\"/leads?value_cents%5Bgt%5D=5000000&amp;sort=name\"");
	answer = page("/leads?score[gte]=100&created_at[within]=52w&sort=-score");
	assert_has(answer, "<strong>Created</strong> in the last 52 weeks");
	assert_has(answer, ">11 leads");
	assert_has(answer, "Lead 0100");
	assert_hasnt(answer, "Lead 0099");
	/* The form shows what is on, to be changed. */
	assert_has(answer, "<option value=\"gte\" selected>is at least</option>");
	assert_has(answer, "<option value=\"w\" selected>weeks</option>");
}

static void a_wrong_value_is_told_in_words(void **state)
{
	const struct response *answer = page("/leads?score[gte]=many");

	(void)state;
	assert_status(answer, 422);
	assert_has(answer, "score[gte]: Score must be a whole number.");
}

static void columns_are_chosen_in_the_address(void **state)
{
	const struct response *answer = page("/leads?columns=name,zip,nonsense,phone_e164,score");

	(void)state;
	assert_status(answer, 200);
	assert_has(answer, "data-label=\"ZIP code\"");
	assert_has(answer, "data-label=\"Score\"");
	assert_hasnt(answer, "data-label=\"Status\"");
	assert_hasnt(answer, "data-label=\"Phone in international form\"");
	assert_has(answer, "value=\"zip\" checked");
	/* The next page keeps them. */
	assert_has(answer, "/leads?columns=name%2Czip%2Cnonsense%2Cphone_e164%2Cscore&amp;cursor=");
	assert_has(page("/leads?columns=nonsense"), "data-label=\"Status\"");
}

static void a_large_list_is_counted_when_asked(void **state)
{
	const struct response *answer = page("/leads");

	(void)state;
	assert_has(answer, ">1,000+ leads");
	assert_has(answer, "href=\"/leads?count=exact\"");
	answer = page("/leads?status=new&sort=name&count=exact");
	assert_has(answer, ">300 leads");
	answer = page("/leads?count=exact");
	assert_has(answer, ">1,200 leads");
	assert_hasnt(answer, "count=exact");
}

/* ---- saved views ---- */

static const char *view_id(const char *name)
{
	return arena_c_string(web->arena,
			      test_sql_value("SELECT id FROM saved_views WHERE tenant_id = '%.*s' AND name = '%s'"
					     " AND deleted_at IS NULL",
					     STR_FMT_ARG(uuid_text(web->arena, acme.id)), name));
}

static void a_view_is_kept_for_oneself_or_for_all(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER), admin = browser_as(&acme, ROLE_ADMIN);
	const struct response *answer = browse(&member, "/leads?status=won&sort=-value_cents");

	(void)state;
	assert_has(answer, "Save view");
	assert_has(answer, "name=\"query\" value=\"status=won&amp;sort=-value_cents\"");
	answer = submit(&member, "/saved_views/here",
			"entity=leads&name=Best+jobs&query=status%3Dwon%26sort%3D-value_cents");
	assert_goes_to(answer, STR("/leads?status=won&sort=-value_cents&done=view_saved"));
	answer = browse(&member, "/leads");
	assert_has(answer, "href=\"/leads?status=won&amp;sort=-value_cents\"");
	assert_hasnt(answer, "Save view");
	assert_hasnt(browse(&admin, "/leads"), "Best jobs");
	answer = browse(&member, "/leads?status=won&sort=-value_cents");
	assert_has(answer, "aria-current=\"page\">Best jobs");
	assert_has(answer, "Edit view");
	answer = submit(&member, text("/saved_views/%s/here", view_id("Best jobs")).p, "name=Top+jobs&is_shared=t");
	assert_status(answer, 303);
	assert_has(browse(&admin, "/leads"), "Top jobs");
	assert_hasnt(browse(&admin, "/contacts"), "Top jobs");
}

static void a_view_is_changed_by_who_made_it_or_settles_things(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER), admin = browser_as(&acme, ROLE_ADMIN),
		       viewer = browser_as(&acme, ROLE_VIEWER);

	(void)state;
	assert_status(submit(&admin, "/saved_views/here", "entity=leads&name=Ours&is_shared=t&query=tier%3Dhot"), 303);
	assert_status(submit(&admin, "/saved_views/here", "entity=leads&name=Mine&query=tier%3Dcold"), 303);
	assert_status(submit(&member, text("/saved_views/%s/here", view_id("Ours")).p, "name=Theirs"), 403);
	assert_status(submit(&member, text("/saved_views/%s/remove", view_id("Mine")).p, ""), 404);
	assert_status(submit(&viewer, "/saved_views/here", "entity=leads&name=Look&query=tier%3Dhot"), 403);
	assert_status(submit(&admin, "/saved_views/here", "entity=leads&name=&query=tier%3Dhot"), 422);
	assert_goes_to(submit(&admin, text("/saved_views/%s/remove", view_id("Ours")).p, ""),
		       STR("/leads?done=view_deleted"));
	assert_hasnt(browse(&admin, "/leads"), "Ours");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_forms_rows_become_the_lists_address),
		cmocka_unit_test(what_is_filtered_is_shown_and_can_be_taken_off),
		cmocka_unit_test(a_wrong_value_is_told_in_words),
		cmocka_unit_test(columns_are_chosen_in_the_address),
		cmocka_unit_test(a_large_list_is_counted_when_asked),
		cmocka_unit_test(a_view_is_kept_for_oneself_or_for_all),
		cmocka_unit_test(a_view_is_changed_by_who_made_it_or_settles_things),
	};

	return cmocka_run_group_tests(tests, make_company, fixture_close);
}
