/* Who comes again by a web form: one more request where a lead is open, a new lead on the contact where none is; and somebody is told. */
#include "tests/web/web_form_fixture.h"

static const struct response *post(const char *path, const char *json)
{
	return ASK(.method = METHOD_POST, .host = acme.slug, .path = path, .bearer = acme.key[ROLE_MEMBER],
		   .json = json);
}

static struct str made(const char *plural, const char *members)
{
	const struct response *answer = post(text("/api/%s", plural).p, text("{%s}", members).p);

	assert_status(answer, 201);
	return json_text(answer, "id");
}

static const struct response *lead_at(struct str id)
{
	return get(text("/api/leads/%.*s", STR_FMT_ARG(id)).p);
}

static const struct response *tasks_of(const char *of, struct str id)
{
	return get(text("/api/tasks?%s=%.*s", of, STR_FMT_ARG(id)).p);
}

static struct str patched(struct str lead, const char *json)
{
	const struct response *answer =
		ASK(.method = METHOD_PATCH, .host = acme.slug, .path = text("/api/leads/%.*s", STR_FMT_ARG(lead)).p,
		    .bearer = acme.key[ROLE_MEMBER], .json = json, .headers = {{"if-match", "*"}});

	assert_status(answer, 200);
	return lead;
}

static struct str owned_by(enum role role)
{
	return text("\"owner_id\": \"%.*s\"", STR_FMT_ARG(acme.user[role]));
}

static void a_customer_without_an_open_lead_has_a_new_one(void **state)
{
	struct str form = form_made(owned_by(ROLE_ADMIN).p),
		   contact = made("contacts", text("\"name\": \"Dora Lane\", \"phone\": \"(512) 555-0199\", %.*s",
						   STR_FMT_ARG(owned_by(ROLE_MEMBER)))
						      .p);
	const struct response *answer;

	(void)state;
	assert_status(sent(form, "name=Dora&phone=512.555.0199&notes=Noise"), 303);
	answer = get(text("/api/leads?contact_id=%.*s", STR_FMT_ARG(contact)).p);
	assert_json(answer, "data.0.name", "Dora");
	assert_true(str_equal(json_text(answer, "data.0.owner_id"), acme.user[ROLE_MEMBER]));
	answer = tasks_of("contact_id", contact);
	assert_json(answer, "data.0.title", "Call back: Dora has asked again");
	assert_json(answer, "data.0.description", "Noise");
	assert_true(str_equal(json_text(answer, "data.0.assignee_id"), acme.user[ROLE_MEMBER]));
	assert_json(requests_of(form), "data.0.known_as", "contact");
	/* Once more: the lead is open now. */
	assert_status(sent(form, "name=Dora&phone=512.555.0199&notes=Still+noisy"), 303);
	assert_true(!json_at(get(text("/api/leads?contact_id=%.*s", STR_FMT_ARG(contact)).p), "data.1"));
	assert_true(str_equal(json_text(requests_of(form), "data.0.lead_id"),
			      json_text(requests_of(form), "data.1.lead_id")));
	/* Somebody new goes to the form's owner, who sees it by itself: no task. */
	assert_status(sent(form, "name=New&email=new%40again.example"), 303);
	answer = leads_of("new@again.example");
	assert_true(str_equal(json_text(answer, "data.0.owner_id"), acme.user[ROLE_ADMIN]));
	assert_true(!json_at(tasks_of("lead_id", json_text(answer, "data.0.id")), "data.0"));
}

static void one_more_request_goes_to_the_lead_that_is_open(void **state)
{
	struct str form = form_made("\"consent_text\": \"You may text me.\", \"ask_urgency\": \"optional\""),
		   lead = made("leads", text("\"name\": \"Ann Moss\", \"email\": \"ann@again.example\", \"status\": "
					     "\"contacted\", \"address\": \"1 Elm St\", %.*s",
					     STR_FMT_ARG(owned_by(ROLE_MEMBER)))
						.p);
	const struct response *answer;

	(void)state;
	/* As a full plan has it: a request on what is there takes no place. */
	company_set(&acme, "max_leads = current_lead_count");
	assert_status(
		sent(form, text("name=Ann+M.&email=ANN%%40again.example&phone=512+555+0107&urgency=no_heat&address="
				"2+Oak+Ave&notes=It+is+cold&consent=%.*s&utm_source=google",
				STR_FMT_ARG(box_of(form)))
				   .p),
		303);
	company_set(&acme, "max_leads = NULL");
	assert_true(!json_at(leads_of("ann@again.example"), "data.1"));
	answer = lead_at(lead);
	/* What was known stays, what was not is learned. */
	assert_json(answer, "name", "Ann Moss");
	assert_json(answer, "address", "1 Elm St");
	assert_json(answer, "status", "contacted");
	assert_json(answer, "phone_e164", "+15125550107");
	assert_json(answer, "urgency", "no_heat");
	assert_json(answer, "sms_consent_text", "You may text me.");
	answer = get(text("/api/leads/%.*s/timeline", STR_FMT_ARG(lead)).p);
	assert_has(answer, "Sent by the web form");
	assert_has(answer, "It is cold");
	assert_has(answer, "Street address: 2 Oak Ave");
	assert_has(answer, "Urgency: No heat");
	assert_has(answer, "utm_source: google");
	answer = tasks_of("lead_id", lead);
	assert_json(answer, "data.0.title", "Call back: Ann M. has asked again: No heat");
	assert_json(answer, "data.0.priority", "high");
	assert_true(str_equal(json_text(answer, "data.0.assignee_id"), acme.user[ROLE_MEMBER]));
	assert_json(requests_of(form), "data.0.known_as", "lead");
	assert_json(requests_of(form), "data.0.state", "taken");
	assert_true(str_equal(json_text(requests_of(form), "data.0.lead_id"), lead));
	/* Due at once: whoever it is for has it in the day. */
	answer = ASK(.host = acme.slug, .path = "/api/my-day", .bearer = acme.session[ROLE_MEMBER]);
	assert_has(answer, "Ann M. has asked again");
	/* Another company knows nobody of that name. */
	answer = ASK(.method = METHOD_POST, .host = other.slug, .path = "/api/web_forms",
		     .bearer = other.key[ROLE_ADMIN], .json = "{\"name\": \"Theirs\"}");
	form = json_text(answer, "id");
	assert_status(send_to(other.slug, form, "name=Ann&email=ann%40again.example", NULL), 303);
	answer = ASK(.host = other.slug, .path = text("/api/web_forms/%.*s/requests", STR_FMT_ARG(form)).p,
		     .bearer = other.key[ROLE_ADMIN]);
	assert_json(answer, "data.0.known_as", "");
	assert_false(str_equal(json_text(answer, "data.0.lead_id"), lead));
}

static void what_runs_on_the_lead_stops_as_by_a_reply(void **state)
{
	struct str form = form_made(""), lead = made("leads", "\"name\": \"Cade\", \"email\": \"cade@again.example\""),
		   cadence;
	const struct response *answer = ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/cadences",
					    .bearer = acme.key[ROLE_ADMIN], .json = "{\"name\": \"After the form\"}");

	(void)state;
	assert_status(answer, 201);
	cadence = json_text(answer, "id");
	assert_status(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/cadence_steps",
			  .bearer = acme.key[ROLE_ADMIN],
			  .json = text("{\"cadence_id\": \"%.*s\", \"title\": \"Try again\", \"delay_hours\": 24}",
				       STR_FMT_ARG(cadence))
					  .p),
		      201);
	assert_status(post(text("/api/leads/%.*s/cadences", STR_FMT_ARG(lead)).p,
			   text("{\"cadence_id\": \"%.*s\"}", STR_FMT_ARG(cadence)).p),
		      200);
	assert_status(sent(form, "name=Cade&email=cade%40again.example&notes=Yes+please"), 303);
	answer = get(text("/api/leads/%.*s/cadences", STR_FMT_ARG(lead)).p);
	assert_json(answer, "data.0.stop_reason", "reply");
	assert_json(answer, "data.0.open_tasks", "0");
}

static void whose_lead_is_closed_becomes_a_contact_with_a_new_lead(void **state)
{
	struct str form = form_made(""),
		   lead = made("leads", text("\"name\": \"Lou Reed\", \"email\": \"lou@again.example\", \"city\": "
					     "\"Austin\", %.*s",
					     STR_FMT_ARG(owned_by(ROLE_MEMBER)))
						.p),
		   contact;
	const struct response *answer;

	(void)state;
	(void)patched(lead, "{\"status\": \"lost\", \"lost_reason\": \"Price\"}");
	/* No room: neither a lead nor a contact is made. */
	company_set(&acme, "max_leads = current_lead_count");
	assert_status(sent(form, "name=Lou&email=lou%40again.example&notes=Waits"), 303);
	company_set(&acme, "max_leads = NULL");
	assert_json(requests_of(form), "data.0.state", "held");
	assert_json(lead_at(lead), "contact_id", "");
	assert_status(sent(form, "name=Lou&email=lou%40again.example&notes=Once+more"), 303);
	answer = lead_at(lead);
	contact = json_text(answer, "contact_id");
	assert_true(contact.n > 0);
	assert_json(answer, "status", "lost");
	assert_json(answer, "converted_at", "");
	answer = get(text("/api/contacts/%.*s", STR_FMT_ARG(contact)).p);
	assert_json(answer, "name", "Lou Reed");
	assert_json(answer, "city", "Austin");
	answer = get(text("/api/leads?contact_id=%.*s&status=new", STR_FMT_ARG(contact)).p);
	assert_json(answer, "data.0.notes", "Once more");
	assert_true(str_equal(json_text(answer, "data.0.owner_id"), acme.user[ROLE_MEMBER]));
	assert_true(!json_at(answer, "data.1"));
	answer = tasks_of("lead_id", json_text(answer, "data.0.id"));
	assert_json(answer, "data.0.title", "Call back: Lou has asked again");
	assert_json(requests_of(form), "data.0.known_as", "lead");
	/* What waited is one more request on what is open by now. */
	answer = ASK(.method = METHOD_POST, .host = acme.slug,
		     .path = text("/api/web_forms/%.*s/held", STR_FMT_ARG(form)).p, .bearer = acme.key[ROLE_ADMIN]);
	assert_json(answer, "taken", "1");
	assert_true(!json_at(get(text("/api/leads?contact_id=%.*s&status=new", STR_FMT_ARG(contact)).p), "data.1"));
}

static void a_contact_in_the_trash_is_nobodys(void **state)
{
	struct str form = form_made(""), contact = made("contacts", "\"name\": \"Gone\"");
	const struct response *answer;

	(void)state;
	(void)patched(made("leads", text("\"name\": \"Gone\", \"email\": \"gone@again.example\", \"contact_id\": "
					 "\"%.*s\"",
					 STR_FMT_ARG(contact))
					    .p),
		      "{\"status\": \"won\"}");
	assert_status(ASK(.method = METHOD_DELETE, .host = acme.slug,
			  .path = text("/api/contacts/%.*s", STR_FMT_ARG(contact)).p, .bearer = acme.key[ROLE_ADMIN]),
		      204);
	assert_status(sent(form, "name=Gone&email=gone%40again.example"), 303);
	answer = get("/api/leads?q=gone@again.example&status=new");
	assert_true(json_text(answer, "data.0.contact_id").n > 0);
	assert_false(str_equal(json_text(answer, "data.0.contact_id"), contact));
}

static void where_nobody_looks_after_them_an_owner_is_told(void **state)
{
	struct str form = form_made(""), lead = made("leads", "\"name\": \"Solo\", \"email\": \"solo@again.example\""),
		   left;
	const struct response *answer;

	(void)state;
	assert_status(sent(form, "name=Solo&email=solo%40again.example"), 303);
	answer = tasks_of("lead_id", lead);
	assert_true(str_equal(json_text(answer, "data.0.assignee_id"), acme.user[ROLE_OWNER]));
	/* Who has left is not told. */
	left = made("leads", text("\"name\": \"Left\", \"email\": \"left@again.example\", %.*s",
				  STR_FMT_ARG(owned_by(ROLE_VIEWER)))
				     .p);
	test_sql("UPDATE tenant_users SET is_active = false WHERE tenant_id = '%.*s' AND id = '%.*s'",
		 STR_FMT_ARG(uuid_text(web->arena, acme.id)), STR_FMT_ARG(acme.user[ROLE_VIEWER]));
	assert_status(sent(form, "name=Left&email=left%40again.example"), 303);
	answer = tasks_of("lead_id", left);
	assert_true(str_equal(json_text(answer, "data.0.assignee_id"), acme.user[ROLE_OWNER]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_customer_without_an_open_lead_has_a_new_one),
		cmocka_unit_test(one_more_request_goes_to_the_lead_that_is_open),
		cmocka_unit_test(what_runs_on_the_lead_stops_as_by_a_reply),
		cmocka_unit_test(whose_lead_is_closed_becomes_a_contact_with_a_new_lead),
		cmocka_unit_test(a_contact_in_the_trash_is_nobodys),
		cmocka_unit_test(where_nobody_looks_after_them_an_owner_is_told),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
