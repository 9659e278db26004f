/* The timeline of leads and contacts, and the calls, notes and tasks that are written down from their pages. */
#include "tests/web/fixture.h"

static struct company acme, other;

static int make_companies(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	company_make(&other, "other");
	return 0;
}

static const struct response *get(const char *path)
{
	return ASK(.host = acme.slug, .path = path, .bearer = acme.key[ROLE_MEMBER]);
}

static const struct response *post(const char *path, const char *json)
{
	return ASK(.method = METHOD_POST, .host = acme.slug, .path = path, .bearer = acme.key[ROLE_MEMBER],
		   .json = json);
}

static struct str made(const char *path, const char *json)
{
	const struct response *answer = post(path, json);

	assert_status(answer, 201);
	return json_text(answer, "id");
}

static void change(const char *plural, struct str id, const char *json)
{
	assert_status(ASK(.method = METHOD_PATCH, .host = acme.slug,
			  .path = text("/api/%s/%.*s", plural, STR_FMT_ARG(id)).p, .bearer = acme.key[ROLE_MEMBER],
			  .json = json, .headers = {{"if-match", "*"}}),
		      200);
}

static const struct response *timeline(const char *plural, struct str id, const char *query)
{
	return get(text("/api/%s/%.*s/timeline%s", plural, STR_FMT_ARG(id), query).p);
}

static int count_of(const struct response *answer, const char *piece)
{
	struct str body = buffer_str(&answer->body);
	int count = 0;

	for (const char *at = body.p; (at = memmem(at, (size_t)(body.p + body.n - at), piece, strlen(piece))); at++)
		count++;
	return count;
}

static void a_change_is_told_in_words_with_the_key_that_made_it(void **state)
{
	struct str id = made("/api/leads", "{\"name\": \"Told\", \"value_cents\": 0}"), owner = acme.user[ROLE_OWNER];
	const struct response *answer;

	(void)state;
	change("leads", id,
	       text("{\"tier\": \"hot\", \"value_cents\": 125050, \"owner_id\": \"%.*s\"}", STR_FMT_ARG(owner)).p);
	answer = get(text("/api/leads/%.*s/history", STR_FMT_ARG(id)).p);
	assert_status(answer, 200);
	assert_json(answer, "data.0.kind", "changed");
	assert_json(answer, "data.0.actor.kind", "api_key");
	assert_has(answer, "Tier: Warm → Hot");
	assert_has(answer, "Value: $0 → $1,250.50");
	assert_has(answer, "Owner: – → ");
	assert_hasnt(answer, text("→ %.*s", STR_FMT_ARG(owner)).p);
	assert_json(answer, "data.1.kind", "created");
	answer = timeline("leads", id, "");
	assert_json(answer, "data.0.type", "changed");
	assert_json(answer, "data.0.changes.0.field", "tier");
	assert_json(answer, "data.0.changes.0.to", "Hot");
	assert_json(answer, "data.1.sentence", "Added");
}

static void a_timeline_has_every_kind_and_shows_one(void **state)
{
	struct str id = made("/api/leads", "{\"name\": \"Every kind\"}");
	const char *lead = text("\"lead_id\": \"%.*s\"", STR_FMT_ARG(id)).p;
	const struct response *answer;

	(void)state;
	(void)made("/api/activities", text("{\"type\": \"call\", \"outcome\": \"voicemail\", %s}", lead).p);
	(void)made("/api/activities",
		   text("{\"type\": \"sms\", \"direction\": \"inbound\", \"body\": \"ok\", %s}", lead).p);
	(void)made("/api/notes", text("{\"body\": \"Gate code 1234\", %s}", lead).p);
	(void)made("/api/tasks",
		   text("{\"title\": \"Send the estimate\", \"due_at\": \"2030-01-01T12:00:00Z\", %s}", lead).p);
	(void)made("/api/signals", text("{\"source\": \"reddit\", \"excerpt\": \"no heat\", %s}", lead).p);
	answer = timeline("leads", id, "");
	assert_status(answer, 200);
	assert_json(answer, "data.0.type", "signal");
	assert_json(answer, "data.1.type", "task");
	assert_json(answer, "data.2.type", "note");
	assert_json(answer, "data.3.type", "sms");
	assert_json(answer, "data.3.sentence", "Text message received");
	/* The first answer, and what it did to the lead. */
	assert_json(answer, "data.4.type", "changed");
	assert_json(answer, "data.4.changes.0.to", "Contacted");
	assert_json(answer, "data.5.type", "call");
	assert_json(answer, "data.5.outcome", "voicemail");
	assert_json(answer, "data.6.type", "created");
	answer = timeline("leads", id, "?show=notes");
	assert_json(answer, "data.0.text", "Gate code 1234");
	assert_true(!json_at(answer, "data.1"));
	answer = timeline("leads", id, "?show=calls");
	assert_json(answer, "data.0.type", "call");
	assert_true(!json_at(answer, "data.1"));
	assert_field_error(timeline("leads", id, "?show=nope"), 422, "show", "not_a_choice");
	assert_field_error(timeline("leads", id, "?cursor=nope"), 422, "cursor", "not_a_cursor");
	assert_status(ASK(.host = other.slug, .path = text("/api/leads/%.*s/timeline", STR_FMT_ARG(id)).p,
			  .bearer = other.key[ROLE_MEMBER]),
		      404);
}

static struct str stage_named(const char *name)
{
	const struct response *stages = get("/api/pipeline_stages");
	int at = 0;

	while (!str_is(json_text(stages, text("data.%d.name", at).p), name))
		assert_true(json_at(stages, text("data.%d", ++at).p));
	return json_text(stages, text("data.%d.id", at).p);
}

/* The move says it: since when and that it was the first answer are in the history of the row. */
static void a_move_is_told_once(void **state)
{
	struct str id = made("/api/leads", "{\"name\": \"Moved\"}");
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	const struct response *answer;

	(void)state;
	change("leads", id, text("{\"stage_id\": \"%.*s\"}", STR_FMT_ARG(stage_named("Contacted"))).p);
	answer = timeline("leads", id, "");
	assert_has(answer, "Stage: New → Contacted");
	assert_hasnt(answer, "stage_since");
	assert_hasnt(answer, "first_response");
	answer = browse(&member, text("/leads/%.*s?show=changes", STR_FMT_ARG(id)).p);
	assert_hasnt(answer, "<strong>In this stage since</strong>");
	assert_hasnt(answer, "<strong>First answer</strong>");
	answer = get(text("/api/leads/%.*s/history", STR_FMT_ARG(id)).p);
	assert_has(answer, "\"stage_since\"");
	assert_has(answer, "\"first_response_at\"");
	/* What else was changed with it is told. */
	change("leads", id,
	       text("{\"stage_id\": \"%.*s\", \"city\": \"Austin\"}", STR_FMT_ARG(stage_named("Estimate booked"))).p);
	answer = timeline("leads", id, "?show=changes");
	assert_has(answer, "\"city\"");
	assert_hasnt(answer, "stage_since");
}

/* What each entry of the page says, above the timeline and in it. */
static void assert_order(const struct response *page, const char *const *pieces)
{
	struct str body = buffer_str(&page->body);

	for (; *pieces; pieces++) {
		const char *at = memmem(body.p, body.n, *pieces, strlen(*pieces));

		assert_true_of(page, at != NULL, *pieces);
		body = (struct str){at + 1, (size_t)(body.p + body.n - at - 1)};
	}
}

static void pinned_notes_stand_above_the_timeline(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	struct str lead = made("/api/leads", "{\"name\": \"Pins\"}"),
		   contact = made("/api/contacts",
				  text("{\"name\": \"Pins too\", \"lead_id\": \"%.*s\"}", STR_FMT_ARG(lead)).p);
	const char *page = text("/leads/%.*s", STR_FMT_ARG(lead)).p;
	const struct response *answer;

	(void)state;
	assert_hasnt(browse(&member, page), "timeline-pinned");
	assert_status(submit(&member, text("%s/notes", page).p, "body=Gate+code+1234&is_pinned=t"), 303);
	assert_status(submit(&member, text("%s/notes", page).p, "body=Said+hello"), 303);
	answer = browse(&member, page);
	assert_order(answer, (const char *const[]){"timeline-pinned", "Gate code 1234", "Said hello", NULL});
	/* There alone, and on the first page alone. */
	assert_int_equal(count_of(answer, "Gate code 1234"), 1);
	assert_int_equal(count_of(browse(&member, text("%s?show=notes", page).p), "Gate code 1234"), 1);
	assert_hasnt(browse(&member, text("%s?show=notes", page).p), "timeline-pinned");
	/* The contact's page has those of its leads. */
	assert_has(browse(&member, text("/contacts/%.*s", STR_FMT_ARG(contact)).p), "timeline-pinned");
	answer = timeline("leads", lead, "?show=pinned");
	assert_json(answer, "data.0.text", "Gate code 1234");
	assert_true(!json_at(answer, "data.1"));
	/* In the API nothing is taken out of its place. */
	assert_json(timeline("leads", lead, ""), "data.1.sentence", "Pinned note");
	change("notes", json_text(answer, "data.0.id"), "{\"is_pinned\": false}");
	assert_hasnt(browse(&member, page), "timeline-pinned");
}

static void earlier_entries_follow_without_gap_or_repetition(void **state)
{
	struct str id = made("/api/leads", "{\"name\": \"Long\"}"), cursor = STR("");
	char seen[62] = {0};
	int pages = 0, count = 0;

	(void)state;
	for (int i = 0; i < 60; i++)
		(void)made("/api/notes", text("{\"body\": \"note %d.\", \"lead_id\": \"%.*s\"}", i, STR_FMT_ARG(id)).p);
	do {
		const struct response *answer = timeline(
			"leads", id, text("?show=notes%s%.*s", cursor.n ? "&cursor=" : "", STR_FMT_ARG(cursor)).p);

		assert_status(answer, 200);
		for (int i = 0; i < 60; i++)
			if (body_has(answer, text("\"note %d.\"", i).p)) {
				assert_false(seen[i]);
				seen[i] = 1;
				count++;
			}
		cursor = json_text(answer, "next_cursor");
		pages++;
	} while (cursor.n && pages < 10);
	assert_int_equal(count, 60);
	assert_int_equal(pages, 3);
}

static void a_contact_shows_what_happened_with_its_leads(void **state)
{
	struct str lead = made("/api/leads", "{\"name\": \"Before\"}"),
		   contact = made("/api/contacts",
				  text("{\"name\": \"After\", \"lead_id\": \"%.*s\"}", STR_FMT_ARG(lead)).p);
	const struct response *answer;

	(void)state;
	(void)made("/api/notes", text("{\"body\": \"on the lead\", \"lead_id\": \"%.*s\"}", STR_FMT_ARG(lead)).p);
	(void)made("/api/notes",
		   text("{\"body\": \"on the contact\", \"contact_id\": \"%.*s\"}", STR_FMT_ARG(contact)).p);
	(void)made("/api/notes", text("{\"body\": \"on both\", \"contact_id\": \"%.*s\", \"lead_id\": \"%.*s\"}",
				      STR_FMT_ARG(contact), STR_FMT_ARG(lead))
					 .p);
	answer = timeline("contacts", contact, "?show=notes");
	assert_json(answer, "data.0.text", "on both");
	assert_json(answer, "data.1.text", "on the contact");
	assert_json(answer, "data.2.text", "on the lead");
	assert_true(!json_at(answer, "data.3"));
	assert_true(str_equal(json_text(answer, "data.2.lead_id"), lead));
	answer = timeline("contacts", contact, "?show=changes");
	assert_json(answer, "data.0.type", "created");
	assert_json(answer, "data.1.type", "created");
}

static void a_call_is_logged_in_two_taps_and_its_note_may_follow(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER), viewer = browser_as(&acme, ROLE_VIEWER);
	struct str id = company_lead(&acme, "Tapped");
	const char *page = text("/leads/%.*s", STR_FMT_ARG(id)).p;
	const struct response *answer = browse(&member, page);
	struct str call;

	(void)state;
	assert_has(answer, "value=\"voicemail\">Voicemail</button>");
	assert_hasnt(browse(&viewer, page), "value=\"voicemail\"");
	answer = submit(&member, text("%s/activities", page).p, "outcome=voicemail");
	assert_status(answer, 303);
	answer = browse(&member, location_of(answer).p);
	assert_has(answer, "The call is logged.");
	assert_has(answer, "What was said?");
	answer = timeline("leads", id, "?show=calls");
	assert_json(answer, "data.0.outcome", "voicemail");
	assert_json(answer, "data.0.actor.kind", "user");
	call = json_text(answer, "data.0.id");
	assert_status(submit(&member, text("%s/activity-note", page).p,
			     text("activity=%.*s&version=1&body=Rings+twice", STR_FMT_ARG(call)).p),
		      303);
	assert_json(timeline("leads", id, "?show=calls"), "data.0.text", "Rings twice");
	/* A second note on it is not written over the first without a question. */
	answer = submit(&member, text("%s/activity-note", page).p,
			text("activity=%.*s&version=1&body=Never", STR_FMT_ARG(call)).p);
	assert_status(answer, 412);
	assert_has(answer, "type=\"radio\" name=\"body\" value=\"Rings twice\"");
	assert_has(answer, "type=\"radio\" name=\"body\" value=\"Never\"");
	assert_has(answer, text("action=\"/activities/%.*s\"", STR_FMT_ARG(call)).p);
	assert_status(submit(&member, text("%s/activities", page).p, "outcome=nope"), 422);
	assert_status(submit(&member, text("%s/activities", page).p, ""), 422);
	assert_status(submit(&member, text("/leads/%.*s/activity-note", STR_FMT_ARG(company_lead(&acme, "Else"))).p,
			     text("activity=%.*s&body=x", STR_FMT_ARG(call)).p),
		      404);
}

static void what_came_from_them_is_logged_in_two_taps_too(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	struct str id = made("/api/contacts", "{\"name\": \"Writes back\"}");
	const char *page = text("/contacts/%.*s", STR_FMT_ARG(id)).p;
	const struct response *answer = browse(&member, page);

	(void)state;
	assert_has(answer, "name=\"received\" value=\"sms\">They texted</button>");
	answer = submit(&member, text("%s/activities", page).p, "received=sms");
	assert_status(answer, 303);
	answer = browse(&member, location_of(answer).p);
	assert_has(answer, "The message is logged.");
	assert_has(answer, "What was said?");
	assert_json(timeline("contacts", id, ""), "data.0.sentence", "Text message received");
	assert_status(submit(&member, text("%s/activities", page).p, "received=call"), 303);
	answer = timeline("contacts", id, "?show=calls");
	assert_json(answer, "data.0.sentence", "Incoming call");
	assert_json(answer, "data.0.outcome", "answered");
	/* Only what has a button. */
	assert_status(submit(&member, text("%s/activities", page).p, "received=system"), 422);
	assert_status(submit(&member, text("%s/activities", page).p, "received="), 422);
}

/* What no button says is written down in the whole form, and the person is back on the page. */
static void the_whole_forms_are_reached_from_the_page(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	struct str id = company_lead(&acme, "Whole forms");
	const char *page = text("/leads/%.*s", STR_FMT_ARG(id)).p;
	const struct response *answer = browse(&member, page);

	(void)state;
	assert_has(answer, text("href=\"/activities/new?lead_id=%.*s&amp;return=%s\"", STR_FMT_ARG(id), page).p);
	assert_has(answer, text("href=\"/tasks/new?lead_id=%.*s&amp;return=%s\"", STR_FMT_ARG(id), page).p);
	answer = browse(&member, text("/activities/new?lead_id=%.*s&return=%s", STR_FMT_ARG(id), page).p);
	assert_has(answer, "Whole forms");
	assert_has(answer, text("name=\"return\" value=\"%s\"", page).p);
	answer = submit(&member, "/activities",
			text("type=visit&direction=outbound&lead_id=%.*s&return=%s", STR_FMT_ARG(id), page).p);
	assert_goes_to(answer, text("%s?done=created", page));
	assert_json(timeline("leads", id, "?show=visits"), "data.0.type", "visit");
}

static void a_note_and_a_task_are_written_down_on_the_page(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	struct str id = made("/api/contacts", "{\"name\": \"Noted\"}");
	const char *page = text("/contacts/%.*s", STR_FMT_ARG(id)).p;

	(void)state;
	assert_status(submit(&member, text("%s/notes", page).p, "body=%3Cb%3EDog%3C%2Fb%3E"), 303);
	assert_status(submit(&member, text("%s/tasks", page).p, "title=Call+back&due=1d"), 303);
	/* It is of the day of the person who wrote it down. */
	assert_has(browse(&member, "/my-day"), "Call back");
	assert_status(submit(&member, text("%s/tasks", page).p, "title=&due=1d"), 422);
	assert_status(submit(&member, text("%s/notes", page).p, "body="), 422);
	assert_has(browse(&member, page), "&lt;b&gt;Dog&lt;/b&gt;");
	assert_has(browse(&member, page), "Task: Call back, due ");
	assert_has(browse(&member, text("%s?show=tasks", page).p), "aria-current=\"true\">Tasks</a>");
	assert_hasnt(browse(&member, text("%s?show=tasks", page).p), "Dog");
	assert_status(browse(&member, text("%s?show=nope&cursor=nope", page).p), 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_is_told_in_words_with_the_key_that_made_it),
		cmocka_unit_test(a_timeline_has_every_kind_and_shows_one),
		cmocka_unit_test(a_move_is_told_once),
		cmocka_unit_test(pinned_notes_stand_above_the_timeline),
		cmocka_unit_test(earlier_entries_follow_without_gap_or_repetition),
		cmocka_unit_test(a_contact_shows_what_happened_with_its_leads),
		cmocka_unit_test(a_call_is_logged_in_two_taps_and_its_note_may_follow),
		cmocka_unit_test(what_came_from_them_is_logged_in_two_taps_too),
		cmocka_unit_test(the_whole_forms_are_reached_from_the_page),
		cmocka_unit_test(a_note_and_a_task_are_written_down_on_the_page),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
