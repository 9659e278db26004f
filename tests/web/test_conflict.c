/* Two people on one row: a stale save shows both versions and saves what is chosen; a stale delete says what changed. */
#include "tests/web/fixture.h"

static struct company acme;

static int make_company(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	return 0;
}

static struct str lead(const char *json)
{
	const struct response *answer = ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/leads",
					    .bearer = acme.key[ROLE_MEMBER], .json = json);

	assert_status(answer, 201);
	return json_text(answer, "id");
}

static struct str value_of(struct str id, const char *member)
{
	return json_text(ASK(.host = acme.slug, .path = text("/api/leads/%.*s", STR_FMT_ARG(id)).p,
			     .bearer = acme.key[ROLE_MEMBER]),
			 member);
}

static void theirs(struct str id, const char *json)
{
	assert_status(ASK(.method = METHOD_PATCH, .host = acme.slug, .path = text("/api/leads/%.*s", STR_FMT_ARG(id)).p,
			  .bearer = acme.key[ROLE_MEMBER], .json = json, .headers = {{"if-match", "*"}}),
		      200);
}

/* The radio of the field with that value, up to its '>'. */
static bool is_checked(const struct response *page, const char *name, const char *value)
{
	struct str tag = body_between(page, text("type=\"radio\" name=\"%s\" value=\"%s\"", name, value).p, ">");

	return str_is(tag, " checked");
}

static const char *page_of(struct str id)
{
	return text("/leads/%.*s", STR_FMT_ARG(id)).p;
}

static void each_field_that_differs_is_shown_with_both_values(void **state)
{
	struct browser ann = browser_as(&acme, ROLE_OWNER);
	struct str id = lead("{\"name\": \"Start\", \"city\": \"Austin\", \"value_cents\": 100, \"tier\": \"cold\"}");
	const struct response *page;

	(void)state;
	theirs(id, "{\"city\": \"Dallas\", \"value_cents\": 125050, \"state\": \"TX\"}");
	page = submit(&ann, page_of(id), "version=1&name=Mine&city=Houston&value_cents=1&tier=cold&state=");
	assert_status(page, 412);
	assert_has(page, "Member has changed this since you opened it.");
	/* Both touched the city; the value and the state are theirs alone, the name is mine alone. */
	assert_true(is_checked(page, "city", "Houston"));
	assert_false(is_checked(page, "city", "Dallas"));
	assert_true(is_checked(page, "value_cents", "1250.50"));
	assert_has(page, "$1,250.50");
	assert_true(is_checked(page, "state", "TX"));
	assert_true(is_checked(page, "name", "Mine"));
	assert_has(page, "type=\"hidden\" name=\"tier\" value=\"cold\"");
	assert_has(page, "name=\"version\" value=\"2\"");
	assert_true(str_is(value_of(id, "name"), "Start"));
	/* What the person chose is an ordinary form against the new version. */
	assert_status(
		submit(&ann, page_of(id), "version=2&name=Mine&city=Dallas&value_cents=1250.50&tier=cold&state=TX"),
		303);
	assert_true(str_is(value_of(id, "name"), "Mine"));
	assert_true(str_is(value_of(id, "city"), "Dallas"));
	assert_true(str_is(value_of(id, "value_cents"), "125050"));
}

static void two_who_want_the_same_are_no_conflict(void **state)
{
	struct browser ann = browser_as(&acme, ROLE_OWNER);
	struct str id = lead("{\"name\": \"Same\"}");

	(void)state;
	theirs(id, "{\"name\": \"Agreed\"}");
	assert_status(submit(&ann, page_of(id), "version=1&name=Agreed"), 303);
	assert_true(str_is(value_of(id, "version"), "2"));
}

static void a_third_change_is_shown_again(void **state)
{
	struct browser ann = browser_as(&acme, ROLE_OWNER);
	struct str id = lead("{\"name\": \"One\"}");

	(void)state;
	theirs(id, "{\"name\": \"Two\"}");
	assert_status(submit(&ann, page_of(id), "version=1&name=Mine"), 412);
	theirs(id, "{\"name\": \"Three\"}");
	assert_has(submit(&ann, page_of(id), "version=2&name=Mine"), "value=\"Three\"");
	assert_status(submit(&ann, page_of(id), "version=3&name=Mine"), 303);
}

static void what_is_not_known_of_the_start_is_asked_in_full(void **state)
{
	struct browser ann = browser_as(&acme, ROLE_OWNER);
	struct str id = lead("{\"name\": \"One\", \"city\": \"Austin\"}");
	const struct response *page = submit(&ann, page_of(id), "name=Mine&city=Houston");

	(void)state;
	assert_status(page, 412);
	assert_true(is_checked(page, "name", "Mine"));
	assert_true(is_checked(page, "city", "Houston"));
}

static void tags_are_chosen_as_a_whole(void **state)
{
	static const char *const names[] = {"Plan", "Rental", "VIP"};
	struct browser ann = browser_as(&acme, ROLE_OWNER);
	struct str id = lead("{\"name\": \"Tagged\"}");
	const struct response *page;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		assert_status(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/tags",
				  .bearer = acme.key[ROLE_ADMIN], .json = text("{\"name\": \"%s\"}", names[i]).p),
			      201);
	theirs(id, "{\"tags\": [\"Plan\"]}");
	page = submit(&ann, page_of(id), "version=1&name=Tagged&tags.present=1&tags=Rental&tags=VIP");
	assert_status(page, 412);
	assert_true(is_checked(page, "tags", "Rental\nVIP"));
	assert_status(submit(&ann, page_of(id), "version=2&name=Tagged&tags=Rental%0D%0AVIP"), 303);
	assert_true(str_is(value_of(id, "tags.0"), "Rental"));
	assert_true(str_is(value_of(id, "tags.1"), "VIP"));
}

static void a_stale_delete_says_what_changed(void **state)
{
	struct browser ann = browser_as(&acme, ROLE_OWNER);
	struct str id = lead("{\"name\": \"Here\", \"tier\": \"cold\"}");
	const char *path = text("%s/delete", page_of(id)).p;
	const struct response *page;

	(void)state;
	theirs(id, "{\"tier\": \"hot\"}");
	page = submit(&ann, path, "version=1");
	assert_status(page, 412);
	assert_has(page, "What Member changed");
	assert_has(page, "<strong>Tier</strong>: <span class=\"was\">Cold</span>");
	assert_status(submit(&ann, path, "version=2"), 303);
}

/* ---- what the program itself writes beside a person's form ---- */

static void an_answer_to_the_lead_is_no_conflict(void **state)
{
	struct browser ann = browser_as(&acme, ROLE_OWNER), bob = browser_as(&acme, ROLE_MEMBER);
	struct str id = lead("{\"name\": \"Ringing\", \"city\": \"Austin\"}");

	(void)state;
	assert_status(submit(&bob, text("%s/activities", page_of(id)).p, "outcome=answered"), 303);
	assert_true(str_is(value_of(id, "version"), "2"));
	assert_status(submit(&ann, page_of(id), "version=1&name=Ringing&city=Houston"), 303);
	assert_true(str_is(value_of(id, "city"), "Houston"));
}

/* A place on the board is told to nobody and leaves no entry; the entries behind it hold all the same. */
static void a_version_that_told_nothing_is_no_conflict(void **state)
{
	struct browser ann = browser_as(&acme, ROLE_OWNER);
	struct str id = lead("{\"name\": \"Dragged\", \"city\": \"Austin\"}");
	const struct response *page;

	(void)state;
	test_sql("UPDATE leads SET version = version + 1, stage_position = stage_position - 5 WHERE id = '%.*s'",
		 STR_FMT_ARG(id));
	assert_status(submit(&ann, page_of(id), "version=1&name=Dragged&city=Houston"), 303);
	theirs(id, "{\"city\": \"Dallas\"}");
	test_sql("UPDATE leads SET version = version + 1, stage_position = stage_position - 5 WHERE id = '%.*s'",
		 STR_FMT_ARG(id));
	page = submit(&ann, page_of(id), "version=3&name=Mine&city=Houston");
	assert_status(page, 412);
	assert_true(is_checked(page, "city", "Dallas"));
	assert_true(is_checked(page, "name", "Mine"));
}

static void a_task_that_a_cadence_cancelled_is_a_conflict(void **state)
{
	struct browser ann = browser_as(&acme, ROLE_OWNER);
	struct str id = lead("{\"name\": \"Replies\"}"), cadence, task;
	const struct response *page;

	(void)state;
	cadence = json_text(ASK(.host = acme.slug, .path = "/api/cadences", .bearer = acme.key[ROLE_MEMBER]),
			    "data.0.id");
	assert_status(ASK(.method = METHOD_POST, .host = acme.slug,
			  .path = text("/api/leads/%.*s/cadences", STR_FMT_ARG(id)).p, .bearer = acme.key[ROLE_MEMBER],
			  .json = text("{\"cadence_id\": \"%.*s\"}", STR_FMT_ARG(cadence)).p),
		      200);
	task = arena_copy(web->arena, test_sql_value("SELECT id FROM tasks WHERE lead_id = '%.*s' ORDER BY id LIMIT 1",
						     STR_FMT_ARG(id)));
	assert_status(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/activities",
			  .bearer = acme.key[ROLE_MEMBER],
			  .json = text("{\"type\": \"sms\", \"subject\": \"yes\", \"direction\": \"inbound\", "
				       "\"lead_id\": \"%.*s\"}",
				       STR_FMT_ARG(id))
					  .p),
		      201);
	page = submit(&ann, text("/tasks/%.*s", STR_FMT_ARG(task)).p, "version=1&title=Mine&status=open");
	assert_status(page, 412);
	assert_true(is_checked(page, "status", "cancelled"));
	assert_true(is_checked(page, "title", "Mine"));
}

/* Erasing a contact takes it off the lead: that is a change of the lead, and is told. */
static void a_reference_that_was_erased_is_no_longer_there(void **state)
{
	struct browser ann = browser_as(&acme, ROLE_OWNER);
	const struct response *contact = ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/contacts",
					     .bearer = acme.key[ROLE_MEMBER], .json = "{\"name\": \"Erased\"}");
	struct str gone = json_text(contact, "id"),
		   id = lead(text("{\"name\": \"Left\", \"contact_id\": \"%.*s\"}", STR_FMT_ARG(gone)).p);

	(void)state;
	assert_status(ASK(.method = METHOD_DELETE, .host = acme.slug,
			  .path = text("/api/contacts/%.*s?forever=true", STR_FMT_ARG(gone)).p,
			  .bearer = acme.session[ROLE_OWNER]),
		      204);
	assert_true(str_is(value_of(id, "version"), "2"));
	assert_true(str_equal(test_sql_value("SELECT changes->0->>'from' FROM record_changes WHERE row_id = '%.*s'"
					     " AND version = 2",
					     STR_FMT_ARG(id)),
			      gone));
	assert_status(submit(&ann, page_of(id), "version=1&name=Renamed"), 303);
}

static void people_are_rows_like_others(void **state)
{
	struct browser ann = browser_as(&acme, ROLE_OWNER);
	const char *path = text("/settings/users/%.*s", STR_FMT_ARG(acme.user[ROLE_VIEWER])).p;
	const struct response *page = browse(&ann, path);
	struct str version = arena_copy(web->arena, body_between(page, "name=\"version\" value=\"", "\""));

	(void)state;
	assert_status(
		submit(&ann, path, text("version=%.*s&name=Vera&role=viewer&is_active=t", STR_FMT_ARG(version)).p),
		303);
	page = submit(&ann, path, text("version=%.*s&name=Vic&role=member&is_active=t", STR_FMT_ARG(version)).p);
	assert_status(page, 412);
	assert_true(is_checked(page, "name", "Vic"));
	assert_false(is_checked(page, "name", "Vera"));
	assert_has(page, text("action=\"%s\"", path).p);
	assert_true(is_checked(page, "role", "member"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_field_that_differs_is_shown_with_both_values),
		cmocka_unit_test(two_who_want_the_same_are_no_conflict),
		cmocka_unit_test(a_third_change_is_shown_again),
		cmocka_unit_test(what_is_not_known_of_the_start_is_asked_in_full),
		cmocka_unit_test(tags_are_chosen_as_a_whole),
		cmocka_unit_test(a_stale_delete_says_what_changed),
		cmocka_unit_test(an_answer_to_the_lead_is_no_conflict),
		cmocka_unit_test(a_version_that_told_nothing_is_no_conflict),
		cmocka_unit_test(a_task_that_a_cadence_cancelled_is_a_conflict),
		cmocka_unit_test(a_reference_that_was_erased_is_no_longer_there),
		cmocka_unit_test(people_are_rows_like_others),
	};

	return cmocka_run_group_tests(tests, make_company, fixture_close);
}
