/* Filters by references of which a company has thousands: what is typed finds the row, one of several is chosen, and nothing is lost on the way. */
#include "tests/web/fixture.h"

static struct company acme, elite;
static struct str karen, carl, karl;

static struct str lead_of(const struct company *company, const char *name, const char *task)
{
	struct str id = arena_copy(web->arena, company_lead(company, name));
	const struct response *made = ASK(.method = METHOD_POST, .host = company->slug, .path = "/api/tasks",
					  .bearer = company->session[ROLE_OWNER],
					  .json = text("{\"title\":\"%s\",\"due_at\":\"2027-01-15T15:00:00Z\","
						       "\"lead_id\":\"%.*s\"}",
						       task, STR_FMT_ARG(id))
							  .p);

	assert_status(made, 201);
	return id;
}

static int make_companies(void **state)
{
	if (fixture_open(state))
		return -1;
	company_make(&acme, "acme");
	company_make(&elite, "elite");
	karen = lead_of(&acme, "Karen Whitcombe", "Call Karen");
	carl = lead_of(&acme, "Carl Ostrander", "Visit Carl");
	karl = lead_of(&acme, "Karl Ostrander", "Visit Karl");
	(void)lead_of(&elite, "Zelda Ostrander", "Visit Zelda");
	return 0;
}

static const struct response *page(const char *path)
{
	struct browser browser = browser_as(&acme, ROLE_VIEWER);

	return browse(&browser, path);
}

static struct str row_of(const struct response *answer, const char *label)
{
	return body_between(answer, text("<legend>%s</legend>", label).p, "</fieldset>");
}

static void the_row_becomes_the_lists_address(void **state)
{
	const struct {
		const char *typed;
		struct str address;
	} rows[] = {
		{"f.lead_id.op=&lead_id.any=1&lead_id.search=", STR("/tasks")},
		{"f.lead_id.op=&lead_id.any=1&lead_id.search=karen", STR("/tasks?lead_id=karen")},
		{"f.lead_id.op=not&lead_id.any=1&lead_id.search=karen&f.kind.op=&f.kind.value=call",
		 STR("/tasks?lead_id%5Bnot%5D=karen&kind=call")},
		/* A match of what was typed is chosen; and something else was typed than what is chosen. */
		{"f.lead_id.op=&lead_id.search=ostrander&lead_id.searched=ostrander&lead_id=1",
		 STR("/tasks?lead_id=1")},
		{"f.lead_id.op=&lead_id.search=karen&lead_id.searched=ostrander&lead_id=1",
		 STR("/tasks?lead_id=karen")},
		/* None of the matches: it is asked once more, rather than all shown. */
		{"f.lead_id.op=&lead_id.search=ostrander&lead_id.searched=ostrander", STR("/tasks?lead_id=ostrander")},
		{"f.lead_id.op=&lead_id.search=&lead_id=", STR("/tasks")},
		{"f.lead_id.op=empty&lead_id.search=karen", STR("/tasks?lead_id%5Bempty%5D=true")},
		{"lead_id%5Bin%5D=1%2C2&f.lead_id.op=&lead_id.search=", STR("/tasks?lead_id%5Bin%5D=1%2C2")},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_goes_to(page(text("/tasks?%s", rows[i].typed).p), rows[i].address);
}

static void one_match_is_the_filter(void **state)
{
	struct str address = text("/tasks?kind=task&lead_id=%.*s", STR_FMT_ARG(karen));
	const struct response *answer = page("/tasks?kind=task&lead_id=WHITCOMBE");
	struct str row;

	(void)state;
	assert_goes_to(answer, address);
	answer = page(text("/tasks?lead_id=%.*s", STR_FMT_ARG(karen)).p);
	assert_has(answer, "<strong>Lead</strong> is Karen Whitcombe");
	assert_has(answer, "Call Karen");
	assert_hasnt(answer, "Visit Carl");
	/* It stands in the form, and can be taken off there. */
	row = row_of(answer, "Lead");
	assert_true(tag_has(row, text("value=\"%.*s\" checked", STR_FMT_ARG(karen)).p) && tag_has(row, ">Any</span>"));
	assert_true(tag_has(row, "name=\"lead_id.search\" value=\"\""));
	assert_true(!tag_has(body_between(answer, "aria-label=\"Filters\">", "class=\"tool-rows\""), "lead_id"));
	answer = page("/tasks?lead_id[not]=whitcombe");
	assert_goes_to(answer, text("/tasks?lead_id%%5Bnot%%5D=%.*s", STR_FMT_ARG(karen)));
	answer = page(text("/tasks?lead_id[not]=%.*s", STR_FMT_ARG(karen)).p);
	assert_true(tag_has(row_of(answer, "Lead"), "<option value=\"not\" selected>"));
	assert_hasnt(answer, "Call Karen");
}

static void of_several_one_is_chosen(void **state)
{
	const struct response *answer = page("/tasks?kind=task&lead_id=ostrander");
	struct str row;

	(void)state;
	assert_status(answer, 200);
	assert_has(answer, "<strong>Lead</strong>: Several match. Choose one.");
	assert_has(answer, "<strong>Kind</strong> is To do");
	assert_has(answer, "data-menu open>");
	row = row_of(answer, "Lead");
	assert_true(tag_has(row, "name=\"lead_id.search\" value=\"ostrander\"") && tag_has(row, "is-invalid"));
	assert_true(tag_has(row, "name=\"lead_id.searched\" value=\"ostrander\""));
	assert_true(tag_has(row, text("value=\"%.*s\">", STR_FMT_ARG(carl)).p) &&
		    tag_has(row, text("value=\"%.*s\">", STR_FMT_ARG(karl)).p));
	/* Nobody has been chosen yet, and nobody is there of another company. */
	assert_true(!tag_has(row, "checked") && !tag_has(row, "Zelda"));
	/* The row comes once: a second one would share its buttons. */
	assert_true(!tag_has(body_between(answer, "name=\"lead_id.any\"", "</form>"), "name=\"lead_id.any\""));
}

static void what_finds_nothing_is_told_at_its_field(void **state)
{
	static const struct {
		const char *typed, *message;
	} rows[] = {
		{"nobody-of-that-name", "Nothing matches."},
		{"zelda", "Nothing matches."},
		{"ka", "Type at least three letters or digits."},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct response *answer = page(text("/tasks?lead_id=%s", rows[i].typed).p);

		assert_status(answer, 200);
		assert_has(answer, text("<strong>Lead</strong>: %s", rows[i].message).p);
		assert_true(tag_has(row_of(answer, "Lead"), text("value=\"%s\"", rows[i].typed).p));
		assert_status(ASK(.host = acme.slug, .path = text("/api/tasks?lead_id=%s", rows[i].typed).p,
				  .bearer = acme.key[ROLE_MEMBER]),
			      422);
	}
	/* Something else is wrong as well: what is found waits for it. */
	assert_has(page("/tasks?lead_id=whitcombe&kind=nothing"), "Is this the one?");
}

static void what_the_row_cannot_hold_goes_along(void **state)
{
	struct str several = text("%.*s,%.*s", STR_FMT_ARG(karen), STR_FMT_ARG(carl));
	const struct response *answer = page(text("/tasks?lead_id[in]=%.*s", STR_FMT_ARG(several)).p);

	(void)state;
	assert_has(answer, "<strong>Lead</strong> is Karen Whitcombe or Carl Ostrander");
	assert_has(answer, text("<input type=\"hidden\" name=\"lead_id[in]\" value=\"%.*s\">", STR_FMT_ARG(several)).p);
	assert_true(!tag_has(row_of(answer, "Lead"), "checked"));
	answer = page(text("/tasks?lead_id=%.*s&lead_id[not]=%.*s", STR_FMT_ARG(karen), STR_FMT_ARG(carl)).p);
	assert_has(answer, text("<input type=\"hidden\" name=\"lead_id[not]\" value=\"%.*s\">", STR_FMT_ARG(carl)).p);
	assert_true(tag_has(row_of(answer, "Lead"), text("value=\"%.*s\" checked", STR_FMT_ARG(karen)).p));
}

/* What the script asks for while somebody types; the form says that it is one of filters. */
static void the_script_fetches_the_same_choices(void **state)
{
	struct str one = text("/tasks/choices?field=lead_id&f.lead_id.op=&lead_id.any=1&lead_id.search=whitcombe");
	const struct response *answer = page(one.p);

	(void)state;
	assert_status(answer, 200);
	assert_has(answer, text("value=\"%.*s\" checked", STR_FMT_ARG(karen)).p);
	assert_hasnt(answer, ">None</span>");
	assert_has(page("/tasks/choices?field=lead_id&lead_id.search=whitcombe"), ">None</span>");
	answer = page(text("/tasks/choices?field=lead_id&lead_id.any=1&lead_id.search=ostrander&lead_id=%.*s",
			   STR_FMT_ARG(karen))
			      .p);
	assert_has(answer, ">Any</span>");
	assert_has(answer, "Karen Whitcombe");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_row_becomes_the_lists_address),
		cmocka_unit_test(one_match_is_the_filter),
		cmocka_unit_test(of_several_one_is_chosen),
		cmocka_unit_test(what_finds_nothing_is_told_at_its_field),
		cmocka_unit_test(what_the_row_cannot_hold_goes_along),
		cmocka_unit_test(the_script_fetches_the_same_choices),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
