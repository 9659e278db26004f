/* Leads as pages: what is typed is kept, what is wrong is marked, nothing typed becomes markup, nobody overwrites unseen. */
#include "tests/web/fixture.h"

static struct company acme;

static int make_company(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	return 0;
}

static const char *page_of(struct str id, const char *suffix)
{
	return text("/leads/%.*s%s", STR_FMT_ARG(id), suffix).p;
}

/* The id in "/leads/<id>?done=created". */
static struct str id_of(const struct response *created)
{
	struct str rest = location_of(created);

	assert_status(created, 303);
	(void)str_split(&rest, '/');
	(void)str_split(&rest, '/');
	return str_split(&rest, '?');
}

static struct str json_of(struct str id, const char *member)
{
	return json_text(ASK(.host = acme.slug, .path = text("/api/leads/%.*s", STR_FMT_ARG(id)).p,
			     .bearer = acme.key[ROLE_MEMBER]),
			 member);
}

static void an_empty_list_teaches_and_a_narrowed_one_says_no_match(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER), viewer = browser_as(&acme, ROLE_VIEWER);

	(void)state;
	assert_has(browse(&member, "/leads"), "No leads yet");
	assert_has(browse(&member, "/leads"), "Add the first one");
	assert_hasnt(browse(&viewer, "/leads"), "Add the first one");
	assert_has(browse(&member, "/leads?q=nobody"), "No match");
	assert_has(browse(&member, "/leads?q=nobody"), "href=\"/leads\">Clear the search</a>");
	assert_has(browse(&member, "/leads?q=nobody"), "Nothing holds “nobody”");
	assert_has(browse(&member, "/leads?status=won"), "No match");
	assert_has(browse(&member, "/leads?status=won"), "href=\"/leads\">Clear the filters</a>");
	assert_has(browse(&member, "/leads?status=won&q=x"), "Clear the search and the filters</a>");
	assert_has(browse(&member, "/leads?q=&status=&tier=&sort="), "No leads yet");
	assert_has(browse(&member, "/leads?nope=1"), "<strong>nope</strong>: There is no such field in this list");
	assert_has(browse(&member, "/leads?sort=nope"), "This list has no such order.");
	/* A place in a list that is no more: from the start. */
	assert_goes_to(browse(&member, "/leads?cursor=nope&tier=hot"), STR("/leads?tier=hot"));
	assert_status(browse(&viewer, "/leads/new"), 403);
	assert_status(browse(&member, "/"), 200);
}

static void a_lead_goes_in_and_comes_back(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	const struct response *page, *created;
	struct str id;

	(void)state;
	assert_status(browse(&member, "/leads/new"), 200);
	created = submit(&member, "/leads",
			 "name=Karen+Abbott&phone=%28512%29+555-0100&email=karen%40mail.example&value_cents=1%2C250.50&"
			 "status=new&tier=hot&score=&notes=line+1%0D%0Aline+2&"
			 "owner_id=&trade=hvac&urgency=");
	id = id_of(created);
	assert_true(str_is(json_of(id, "value_cents"), "125050"));
	assert_true(str_is(json_of(id, "notes"), "line 1\nline 2"));
	assert_true(str_is(json_of(id, "score"), "30"));
	assert_true(str_is(json_of(id, "score_reasons"), "+20 can be called\n+10 can be mailed"));
	page = browse(&member, location_of(created).p);
	assert_status(page, 200);
	assert_has(page, "Added.");
	assert_has(page, "$1,250.50");
	assert_has(page, "href=\"tel:+15125550100\"");
	assert_has(page, "mailto:karen");
	page = browse(&member, page_of(id, "/edit"));
	assert_true(tag_has(input_tag(page, "value_cents"), "value=\"1250.50\"") ||
		    tag_has(input_tag(page, "value_cents"), "value=\"1,250.50\""));
	assert_has(page, "line 1\nline 2</textarea>");
	/* What the form shows is what it takes: saved unchanged, nothing changes. */
	assert_goes_to(submit(&member, page_of(id, ""),
			      "version=1&name=Karen+Abbott&phone=%28512%29+555-0100&email=karen%40mail.example&value_"
			      "cents=1250.50&status=new&tier=hot&score=30&notes=line+1%0D%0Aline+2&trade=hvac"),
		       text("/leads/%.*s?done=saved", STR_FMT_ARG(id)));
	assert_true(str_is(json_of(id, "version"), "1"));
	assert_has(browse(&member, "/leads"), "Karen Abbott");
	assert_has(browse(&member, "/leads"), "1 lead");
	assert_has(browse(&member, "/"), "Karen Abbott");
	assert_has(browse(&member, "/leads?q=5550100"), "Karen Abbott");
	assert_hasnt(browse(&member, "/leads?tier=cold"), "Karen Abbott");
}

static void why_it_was_lost_is_asked_when_it_is(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	const struct response *page = browse(&member, "/leads/new"), *created;
	struct str id;

	(void)state;
	assert_has(page, "name=\"status\"");
	assert_hasnt(page, "name=\"lost_reason\"");
	assert_hasnt(page, "name=\"score_reasons\"");
	page = submit(&member, "/leads", "name=Gone&status=lost");
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "lost_reason"), "is-invalid"));
	assert_hasnt(page, "name=\"score_reasons\"");
	/* What was typed stays, whatever else is wrong. */
	page = submit(&member, "/leads", "name=&status=lost&lost_reason=too+far");
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "lost_reason"), "value=\"too far\""));
	created = submit(&member, "/leads", "name=Gone&status=lost&lost_reason=too+far&phone=%28512%29+555-0101");
	id = id_of(created);
	page = browse(&member, page_of(id, "/edit"));
	assert_true(tag_has(input_tag(page, "lost_reason"), "value=\"too far\""));
	assert_has(page, "name=\"score_reasons\"");
	/* A lead that is not lost has none to change; making it a lost one asks. */
	id = company_lead(&acme, "Still here");
	assert_hasnt(browse(&member, page_of(id, "/edit")), "name=\"lost_reason\"");
	page = submit(&member, page_of(id, ""), "version=1&name=Still+here&status=lost");
	assert_status(page, 422);
	assert_true(tag_has(input_tag(page, "lost_reason"), "is-invalid"));
	assert_goes_to(submit(&member, page_of(id, ""), "version=1&name=Still+here&status=lost&lost_reason=moved"),
		       text("/leads/%.*s?done=saved", STR_FMT_ARG(id)));
}

static void money_is_taken_as_people_write_it(void **state)
{
	static const char *const rows[][2] = {
		{"%241%2C250.50", "125050"},
		{"1250", "125000"},
		{"1%2C250", "125000"},
		{"0.5", "50"},
		{"+99.90+", "9990"},
		{"", "0"},
		{"1%2C25", NULL},
		{"-5", NULL},
		{"1.2.3", NULL},
		{"12abc", NULL},
	};
	struct browser member = browser_as(&acme, ROLE_MEMBER);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct response *answer =
			submit(&member, "/leads", text("name=Money&value_cents=%s", rows[i][0]).p);

		if (rows[i][1])
			assert_true_of(answer, str_is(json_of(id_of(answer), "value_cents"), rows[i][1]), rows[i][0]);
		else
			assert_status(answer, 422);
	}
}

static void what_is_wrong_is_marked_and_what_was_typed_is_kept(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	const struct response *page =
		submit(&member, "/leads",
		       "name=&phone=call+me&email=nobody&value_cents=12.345&score=200&city=Austin+%26+more&notes=%3C%"
		       "2Ftextarea%3Ekept&status=nope&tier=cold&color=red");
	static const char *const wrong[] = {"name", "phone", "email", "value_cents", "score", "status"};

	(void)state;
	assert_status(page, 422);
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		struct str tag = input_tag(page, wrong[i]);

		assert_true_of(page,
			       tag_has(tag, "is-invalid") && tag_has(tag, "aria-invalid=\"true\"") &&
				       tag_has(tag, text("aria-describedby=\"error-%s", wrong[i]).p),
			       wrong[i]);
		assert_has(page, text("id=\"error-%s\"", wrong[i]).p);
	}
	assert_true(tag_has(input_tag(page, "phone"), "value=\"call me\""));
	assert_true(tag_has(input_tag(page, "value_cents"), "value=\"12.345\""));
	assert_true(tag_has(input_tag(page, "score"), "value=\"200\""));
	assert_true(tag_has(input_tag(page, "city"), "value=\"Austin &amp; more\""));
	assert_false(tag_has(input_tag(page, "city"), "is-invalid"));
	assert_has(page, "&lt;/textarea&gt;kept");
	assert_has(page, "<option value=\"cold\" selected>");
}

static void nothing_typed_becomes_markup(void **state)
{
	static const char *const fields[] = {"name", "company", "address", "city", "state", "zip", "source", "notes"};
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	struct buffer form = BUFFER_IN(web->arena);
	struct str id;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(fields); i++)
		buffer_printf(&form, "%s%s=%%3Cscript%%3Ex%%22%%27", i ? "&" : "", fields[i]);
	id = id_of(submit(&member, "/leads", form.bytes));
	for (int i = 0; i < 5; i++) {
		const struct response *page = browse(
			&member, ((const char *const[]){page_of(id, ""), page_of(id, "/edit"), page_of(id, "/delete"),
							"/leads?q=%3Cscript%3Ex%22%27", "/"})[i]);

		assert_status(page, 200);
		assert_hasnt(page, "<script>x");
		assert_has(page, "&lt;script&gt;x&quot;&#39;");
	}
	/* What is no mail address and no number never becomes a link. */
	assert_status(submit(&member, "/leads", "name=a&email=javascript%3Aalert%281%29"), 422);
	assert_status(submit(&member, "/leads", "name=a&phone=javascript%3Aalert%281%29"), 422);
	buffer_clear(&form);
	assert_hasnt(browse(&member, "/leads?q=%22%3E%3Cscript%3Ex"), "<script>x");
}

static void a_stale_form_shows_what_was_typed_and_can_be_saved_again(void **state)
{
	struct browser one = browser_as(&acme, ROLE_MEMBER), two = browser_as(&acme, ROLE_ADMIN);
	struct str id = company_lead(&acme, "Stale");
	const struct response *page;

	(void)state;
	assert_status(submit(&two, page_of(id, ""), "version=1&name=Theirs&city=Dallas"), 303);
	page = submit(&one, page_of(id, ""), "version=1&name=Mine&city=Austin");
	assert_status(page, 412);
	assert_has(page, "has changed this since you opened it");
	assert_has(page, "name=\"name\" value=\"Mine\" checked");
	assert_has(page, "name=\"city\" value=\"Austin\" checked");
	assert_has(page, "name=\"version\" value=\"2\"");
	assert_true(str_is(json_of(id, "name"), "Theirs"));
	assert_status(submit(&one, page_of(id, ""), "version=2&name=Mine&city=Austin"), 303);
	assert_true(str_is(json_of(id, "name"), "Mine"));
	assert_status(submit(&one, page_of(id, ""), "name=No+version"), 412);
	assert_status(submit(&one, page_of(id, ""), "version=x&name=No+version"), 412);
	assert_status(submit(&one, page_of(id, ""), "version=3&name="), 422);
}

static void deleting_asks_first(void **state)
{
	struct browser member = browser_as(&acme, ROLE_ADMIN), viewer = browser_as(&acme, ROLE_VIEWER);
	struct str id = company_lead(&acme, "Goes away");
	const struct response *page = browse(&member, page_of(id, "/delete"));

	(void)state;
	assert_status(page, 200);
	assert_has(page, "Delete Goes away?");
	assert_status(browse(&viewer, page_of(id, "")), 200);
	assert_hasnt(browse(&viewer, page_of(id, "")), "/delete");
	assert_status(browse(&viewer, page_of(id, "/delete")), 403);
	assert_status(submit(&viewer, page_of(id, "/delete"), "version=1"), 403);
	page = submit(&member, page_of(id, "/delete"), "version=9");
	assert_status(page, 412);
	assert_has(page, "Goes away");
	assert_hasnt(page, "What you typed");
	assert_goes_to(submit(&member, page_of(id, "/delete"), "version=1"),
		       str_from(text("/leads?done=deleted&undo=%.*s", STR_FMT_ARG(id)).p));
	assert_has(browse(&member, "/leads?done=deleted"), "Deleted.");
	assert_status(browse(&member, page_of(id, "")), 404);
	assert_status(submit(&member, page_of(id, "/delete"), "version=1"), 404);
	assert_status(submit(&member, page_of(id, ""), "version=1&name=a"), 404);
	assert_status(browse(&member, "/leads/not-an-id"), 404);
}

static void lists_sort_filter_and_page(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	const struct response *page;
	struct str next;

	(void)state;
	for (int i = 0; i < 30; i++)
		(void)company_lead(&acme, text("Page %02d", i).p);
	page = browse(&member, "/leads?q=page&status=new&sort=name");
	assert_has(page, "aria-sort=\"ascending\"");
	assert_has(page, "sort=-name");
	assert_has(page, "<option value=\"new\" selected>");
	assert_has(page, "30 leads");
	assert_has(page, "Page 24");
	assert_hasnt(page, "Page 25");
	next = body_between(page, "href=\"/leads?", "\" rel=\"next\"");
	/* The pager's link is the last "/leads?" before rel=next. */
	for (const char *p; (p = memmem(next.p, next.n, "/leads?", 7)) != NULL;)
		next = (struct str){p + 7, (size_t)(next.p + next.n - p) - 7};
	{
		struct buffer path = BUFFER_IN(web->arena);

		buffer_printf(&path, "/leads?");
		for (size_t i = 0; i < next.n; i++) {
			buffer_add_char(&path, next.p[i]);
			if (next.n - i >= 5 && memcmp(next.p + i, "&amp;", 5) == 0)
				i += 4;
		}
		page = browse(&member, path.bytes);
	}
	assert_status(page, 200);
	assert_has(page, "Page 25");
	assert_has(page, "Page 29");
	assert_hasnt(page, "Page 24");
	assert_has(page, "First");
	assert_hasnt(page, "rel=\"next\"");
	assert_has(browse(&member, "/leads?sort=-name"), "aria-sort=\"descending\"");
}

static void forms_come_from_our_own_pages_only(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	struct web_request forged = {.method = METHOD_POST, .host = web_host(web, acme.slug), .path = STR("/leads")};

	(void)state;
	(void)browse(&member, "/leads/new");
	web_header(&forged, "cookie", text("__Host-session=%.*s", STR_FMT_ARG(acme.session[ROLE_MEMBER])));
	web_header(&forged, "content-type", STR("application/x-www-form-urlencoded"));
	forged.body = STR("name=Forged");
	assert_status(web_send(web, &forged), 403);
	forged.body = text("name=Forged&csrf=%.*s", STR_FMT_ARG(member.csrf));
	web_header(&forged, "origin", STR("https://evil.example"));
	assert_status(web_send(web, &forged), 403);
	assert_status(submit(&member, "/leads", "name=a&name=b"), 422);
	assert_has(browse(&member, "/leads?q=Forged"), "No match");
}

static void a_full_plan_and_an_ended_trial_are_told_on_the_form(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	const struct response *page;

	(void)state;
	(void)browse(&member, "/leads/new");
	company_set(&acme, "max_leads = 1000, current_lead_count = 1000");
	page = submit(&member, "/leads", "name=One+too+many&city=Austin");
	assert_status(page, 402);
	assert_has(page, "1,000 leads");
	assert_has(page, "Professional");
	assert_true(tag_has(input_tag(page, "city"), "value=\"Austin\""));
	company_set(&acme, "max_leads = NULL, trial_ends_at = now() - interval '1 hour'");
	page = browse(&member, "/leads");
	assert_status(page, 200);
	assert_hasnt(page, "href=\"/leads/new\"");
	assert_status(submit(&member, "/leads", "name=Too+late"), 402);
	company_set(&acme, "status = 'cancelled'");
	page = browse(&member, "/leads");
	assert_status(page, 403);
	assert_has(page, "cancelled");
	assert_hasnt(page, "Karen");
	company_set(&acme, "status = 'active'");
	assert_status(browse(&member, "/leads"), 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_list_teaches_and_a_narrowed_one_says_no_match),
		cmocka_unit_test(a_lead_goes_in_and_comes_back),
		cmocka_unit_test(why_it_was_lost_is_asked_when_it_is),
		cmocka_unit_test(money_is_taken_as_people_write_it),
		cmocka_unit_test(what_is_wrong_is_marked_and_what_was_typed_is_kept),
		cmocka_unit_test(nothing_typed_becomes_markup),
		cmocka_unit_test(a_stale_form_shows_what_was_typed_and_can_be_saved_again),
		cmocka_unit_test(deleting_asks_first),
		cmocka_unit_test(lists_sort_filter_and_page),
		cmocka_unit_test(forms_come_from_our_own_pages_only),
		cmocka_unit_test(a_full_plan_and_an_ended_trial_are_told_on_the_form),
	};

	return cmocka_run_group_tests(tests, make_company, fixture_close);
}
