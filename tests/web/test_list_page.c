/* The list page: filters set by its form, chips, columns, order and counts, all of it in the address. */
#include "tests/web/fixture.h"

#define NOBODYS_VIEW "00000000-0000-7000-8000-000000000000"

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
	const struct response *answer = page("/leads?score[gte]=many&status=won&value_cents[gt]=5000000&sort=name");

	(void)state;
	/* The list stays, with what can be used of it. */
	assert_status(answer, 200);
	assert_has(answer, "<strong>Score</strong>: Score must be a whole number.");
	assert_has(answer, "<strong>Status</strong> is Won");
	assert_has(answer, "No match");
	assert_has(answer, "name=\"query\" value=\"status=won&amp;value_cents%5Bgt%5D=5000000&amp;sort=name\"");
	assert_hasnt(answer, "score%5Bgte%5D");
	/* What was typed stands where it was typed, before all other rows. */
	assert_has(answer, "What you typed is on top of the filters");
	assert_true(tag_has(body_between(answer, "<div class=\"tool-rows\">", "</fieldset>"), "value=\"many\""));
	assert_true(tag_has(body_between(answer, "class=\"form-control is-invalid\"", ">"), "value=\"many\""));
	assert_true(tag_has(body_between(answer, "class=\"form-control is-invalid\"", ">"), "name=\"f.score.value\""));
}

static void what_is_no_parameter_is_left_out_of_the_list(void **state)
{
	static const struct {
		const char *query, *label, *message;
	} rows[] = {
		{"c_gone=1", "c_gone", "There is no such field in this list, or not any more."},
		{"sort=phone", "Order", "This list has no such order."},
		{"limit=900", "Rows on a page", "limit must be a whole number from 1 to 200."},
		{"status=nope", "Status", "Status"},
		{"status[starts]=w", "Status", "Status has no filter of this kind."},
		{"created_at[within]=xd", "Created", "takes a number of hours, days"},
		{"status=new&status=won", "Status", "This was sent twice."},
		{"score[gte]=many&cursor=abc", "Score", "Score must be a whole number."},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct response *answer = page(text("/leads?tier=warm&%s", rows[i].query).p);

		assert_status(answer, 200);
		assert_has(answer, text("<li><strong>%s</strong>: ", rows[i].label).p);
		assert_has(answer, rows[i].message);
		assert_has(answer, "<strong>Tier</strong> is Warm");
		assert_has(answer, ">1,000+ leads");
		assert_status(ASK(.host = acme.slug, .path = text("/api/leads?%s", rows[i].query).p,
				  .bearer = acme.key[ROLE_MEMBER]),
			      422);
		/* A file or a change of the wider list is not what was asked for. */
		assert_status(page(text("/leads/export?%s", rows[i].query).p),
			      strstr(rows[i].query, "limit") ? 200 : 422);
	}
	assert_hasnt(page("/leads?tier=warm"), "Not everything you asked for");
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

static const struct response *counted(const char *query)
{
	return ASK(.host = acme.slug, .path = text("/api/leads?limit=1&%s", query).p, .bearer = acme.key[ROLE_MEMBER]);
}

static void a_program_is_told_how_many_when_it_asks(void **state)
{
	(void)state;
	assert_null(json_at(counted(""), "count"));
	assert_has(counted("count=capped"), "\"count\":1000,\"count_is_exact\":false");
	assert_has(counted("count=capped&status=new"), "\"count\":300,\"count_is_exact\":true");
	assert_has(counted("count=exact"), "\"count\":1200,\"count_is_exact\":true");
	assert_status(counted("count=all"), 422);
	assert_has(counted("count=all"), "count is capped or exact");
}

/* ---- saved views ---- */

static const char *view_id(const char *name)
{
	return arena_c_string(web->arena,
			      test_sql_value("SELECT id FROM saved_views WHERE tenant_id = '%.*s' AND name = '%s'"
					     " AND deleted_at IS NULL",
					     STR_FMT_ARG(uuid_text(web->arena, acme.id)), name));
}

/* What the form of the list sends of a view as it is now. */
static struct str view_form(const char *name, const char *also)
{
	struct str version = test_sql_value("SELECT version FROM saved_views WHERE id = '%s'", view_id(name));

	return text("version=%.*s&%s", STR_FMT_ARG(version), also);
}

static const char *view_path(const char *name, const char *what)
{
	return text("/saved_views/%s/%s", view_id(name), what).p;
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
	assert_has(answer,
		   text("href=\"/leads?status=won&amp;sort=-value_cents&amp;view=%s\"", view_id("Best jobs")).p);
	assert_hasnt(answer, "Save view");
	assert_hasnt(browse(&admin, "/leads"), "Best jobs");
	answer = browse(&member, "/leads?status=won&sort=-value_cents");
	assert_has(answer, "aria-current=\"page\">Best jobs");
	assert_has(answer, "Edit view");
	assert_hasnt(answer, "Update view");
	answer = submit(&member, view_path("Best jobs", "here"), view_form("Best jobs", "name=Top+jobs&is_shared=t").p);
	assert_goes_to(answer, STR("/leads?status=won&sort=-value_cents&done=view_saved"));
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
	assert_status(submit(&member, view_path("Ours", "here"), view_form("Ours", "name=Theirs").p), 403);
	assert_status(submit(&member, view_path("Mine", "remove"), view_form("Mine", "").p), 404);
	assert_status(submit(&viewer, "/saved_views/here", "entity=leads&name=Look&query=tier%3Dhot"), 403);
	/* What was typed is kept, and the error stands at its field. */
	assert_status(submit(&admin, "/saved_views/here", "entity=leads&name=&query=tier%3Dhot"), 422);
	assert_true(
		tag_has(input_tag(submit(&admin, "/saved_views/here", "entity=leads&name=&query=tier%3Dhot"), "name"),
			"is-invalid"));
	assert_has(submit(&admin, "/saved_views/here", "entity=leads&name=&query=tier%3Dhot"), "value=\"tier=hot\"");
	assert_goes_to(submit(&admin, view_path("Ours", "remove"), view_form("Ours", "").p),
		       STR("/leads?done=view_deleted"));
	assert_hasnt(browse(&admin, "/leads"), "Ours");
}

static void a_view_that_was_narrowed_is_saved_again(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER), viewer = browser_as(&acme, ROLE_VIEWER);
	const struct response *answer;
	const char *narrowed;

	(void)state;
	assert_status(submit(&member, "/saved_views/here", "entity=leads&name=Warm&is_shared=t&query=tier%3Dwarm"),
		      303);
	narrowed = text("/leads?tier=warm&status=new&view=%s", view_id("Warm")).p;
	answer = browse(&member, narrowed);
	assert_has(answer, "aria-label=\"Update the view Warm\"");
	assert_has(answer, "name=\"query\" value=\"tier=warm&amp;status=new\"");
	assert_has(answer, ">changed</span>");
	assert_has(answer, "Save view");
	/* The forms and links of the list take the view along. */
	assert_has(answer, text("type=\"hidden\" name=\"view\" value=\"%s\" form=\"filters\"", view_id("Warm")).p);
	assert_hasnt(browse(&viewer, narrowed), "Update the view");
	answer = submit(&member, view_path("Warm", "here"),
			view_form("Warm", "name=Warm&is_shared=t&query=tier%3Dwarm%26status%3Dnew").p);
	assert_goes_to(answer, STR("/leads?tier=warm&status=new&done=view_saved"));
	assert_hasnt(browse(&member, narrowed), "Update the view");
	assert_has(browse(&viewer, narrowed), "aria-current=\"page\">Warm");
	/* One that is no view of theirs is none. */
	assert_status(browse(&member, "/leads?tier=warm&view=" NOBODYS_VIEW), 200);
	assert_status(browse(&member, "/leads?tier=warm&view=x"), 200);
}

static void two_who_change_a_view_see_both(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER), admin = browser_as(&acme, ROLE_ADMIN);
	const struct response *answer;
	struct str seen;

	(void)state;
	assert_status(submit(&member, "/saved_views/here", "entity=leads&name=Both&is_shared=t&query=tier%3Dcold"),
		      303);
	seen = view_form("Both", "name=Mine&is_shared=t&return=/leads");
	assert_status(submit(&admin, view_path("Both", "here"), view_form("Both", "name=Theirs&is_shared=t").p), 303);
	answer = submit(&member, view_path("Theirs", "here"), seen.p);
	assert_status(answer, 412);
	assert_has(answer, "type=\"radio\" name=\"name\" value=\"Theirs\"");
	assert_has(answer, "type=\"radio\" name=\"name\" value=\"Mine\"");
	assert_has(answer, "name=\"return\" value=\"/leads\"");
	answer = submit(&member, view_path("Theirs", "remove"), seen.p);
	assert_status(answer, 412);
	assert_has(answer, "Delete it all the same?");
	assert_status(submit(&member, view_path("Theirs", "remove"), view_form("Theirs", "").p), 303);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_forms_rows_become_the_lists_address),
		cmocka_unit_test(what_is_filtered_is_shown_and_can_be_taken_off),
		cmocka_unit_test(a_wrong_value_is_told_in_words),
		cmocka_unit_test(what_is_no_parameter_is_left_out_of_the_list),
		cmocka_unit_test(columns_are_chosen_in_the_address),
		cmocka_unit_test(a_large_list_is_counted_when_asked),
		cmocka_unit_test(a_program_is_told_how_many_when_it_asks),
		cmocka_unit_test(a_view_is_kept_for_oneself_or_for_all),
		cmocka_unit_test(a_view_is_changed_by_who_made_it_or_settles_things),
		cmocka_unit_test(a_view_that_was_narrowed_is_saved_again),
		cmocka_unit_test(two_who_change_a_view_see_both),
	};

	return cmocka_run_group_tests(tests, make_company, fixture_close);
}
