/* Web forms: strangers write, and the company has a lead, on the contact it knows, with what was agreed to. */
#include "fcgi/rate.h"
#include "fcgi/shared.h"
#include "tests/web/web_form_fixture.h"

static void a_stranger_sends_and_there_is_a_lead(void **state)
{
	struct str form = form_made("\"consent_text\": \"Acme may text me about this request.\", \"ask_urgency\": "
				    "\"required\", \"source\": \"site\"");
	const struct response *answer =
		ASK(.host = acme.slug,
		    .path = text("/f/%.*s?utm_source=google&utm_campaign=spring", STR_FMT_ARG(form)).p);
	struct str id;

	(void)state;
	assert_status(answer, 200);
	assert_has(answer, "How can we help?");
	assert_has(answer, "Acme may text me about this request.");
	assert_has(answer, "name=\"utm_campaign\" value=\"spring\"");
	assert_hasnt(answer, "name=\"csrf\"");
	answer = send_to(
		acme.slug, form,
		text("name=Karen+Fox&phone=512+555+0101&email=karen%%40web.example&urgency=no_heat&notes=The+furnace+"
		     "is+cold&consent=%.*s&utm_source=google&utm_campaign=spring&submit=Send&homepage=",
		     STR_FMT_ARG(box_of(form)))
			.p,
		"https://www.acme-heating.example/heating");
	assert_status(answer, 303);
	assert_true(str_ends(location_of(answer), STR("?sent=1")));
	answer = ASK(.host = acme.slug, .path = text("/f/%.*s?sent=1", STR_FMT_ARG(form)).p);
	assert_has(answer, "Thank you. We will be in touch soon.");
	assert_hasnt(answer, "<form");
	answer = leads_of("karen@web.example");
	assert_json(answer, "data.0.name", "Karen Fox");
	assert_json(answer, "data.0.phone_e164", "+15125550101");
	assert_json(answer, "data.0.urgency", "no_heat");
	assert_json(answer, "data.0.notes", "The furnace is cold");
	assert_json(answer, "data.0.source", "site");
	assert_json(answer, "data.0.utm_source", "google");
	assert_json(answer, "data.0.utm_campaign", "spring");
	assert_json(answer, "data.0.referrer", "https://www.acme-heating.example/heating");
	assert_json(answer, "data.0.sms_consent", "true");
	assert_json(answer, "data.0.sms_consent_text", "Acme may text me about this request.");
	assert_true(json_text(answer, "data.0.sms_consent_at").n > 0);
	assert_true(json_text(answer, "data.0.response_due_at").n > 0);
	assert_true(!json_at(answer, "data.1"));
	id = json_text(answer, "data.0.id");
	answer = get(text("/api/leads/%.*s/timeline", STR_FMT_ARG(id)).p);
	assert_has(answer, "Sent by the web form");
	assert_has(answer, "utm_campaign: spring");
	answer = get("/api/leads?utm_campaign=spring");
	assert_json(answer, "data.0.name", "Karen Fox");
	answer = requests_of(form);
	assert_json(answer, "data.0.state", "taken");
	assert_json(answer, "data.0.fields.phone", "512 555 0101");
	assert_json(answer, "data.0.attribution.referrer", "https://www.acme-heating.example/heating");
	assert_json(answer, "data.0.consent_text", "Acme may text me about this request.");
	assert_true(str_equal(json_text(answer, "data.0.lead_id"), id));
}

/* The form's page as a frame of that page of another site asks for it. */
static const struct response *framed(struct str form, const char *around)
{
	return ASK(.host = acme.slug, .path = text("/f/%.*s", STR_FMT_ARG(form)).p,
		   .headers = {{"referer", around}, {"sec-fetch-site", "cross-site"}});
}

static void the_page_around_tells_which_advertisement_it_was(void **state)
{
	struct str form = form_made("");
	const struct response *answer = framed(
		form, "https://www.acme-heating.example/book?utm_source=google&utm_campaign=fall%20tune-up&gclid="
		      "Cj0&x=%zz#form");

	(void)state;
	/* What cannot be read is passed over as a whole, and the page itself is known. */
	assert_status(answer, 200);
	assert_hasnt(answer, "name=\"utm_source\"");
	assert_has(answer, "name=\"referrer\" value=\"https://www.acme-heating.example/book?utm_source=google");
	answer = framed(form,
			"https://www.acme-heating.example/book?utm_source=google&utm_campaign=fall%20tune-up&gclid="
			"Cj0#utm_source=no");
	assert_has(answer, "name=\"utm_source\" value=\"google\"");
	assert_has(answer, "name=\"utm_campaign\" value=\"fall tune-up\"");
	assert_has(answer, "name=\"gclid\" value=\"Cj0\"");
	/* A frame whose own address names one is about that one. */
	answer = ASK(.host = acme.slug, .path = text("/f/%.*s?utm_source=own", STR_FMT_ARG(form)).p,
		     .headers = {{"referer", "https://www.acme-heating.example/?utm_source=other&utm_medium=cpc"}});
	assert_has(answer, "name=\"utm_source\" value=\"own\"");
	assert_has(answer, "name=\"utm_medium\" value=\"cpc\"");
	/* A plain form on a page that lets its address be known; inputs of its own come first. */
	assert_status(send_to(acme.slug, form, "name=Ad&email=ad%40web.example&utm_medium=typed",
			      "https://www.acme-heating.example/?utm_source=bing&utm_medium=cpc&fbclid=f1"),
		      303);
	answer = leads_of("ad@web.example");
	assert_json(answer, "data.0.utm_source", "bing");
	assert_json(answer, "data.0.utm_medium", "typed");
	assert_json(requests_of(form), "data.0.attribution.fbclid", "f1");
	assert_has(framed(form, ""), "<form");
	assert_has(framed(form, "\xff?utm_source=x"), "<form");
}

static void what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(void **state)
{
	struct str form = form_made("\"ask_zip\": \"required\"");
	const struct response *answer = sent(form, "name=&email=not-an-address&notes=Keep+this");

	(void)state;
	assert_status(answer, 422);
	assert_true(tag_has(input_tag(answer, "name"), "is-invalid"));
	assert_true(tag_has(input_tag(answer, "zip"), "is-invalid"));
	assert_true(tag_has(input_tag(answer, "email"), "value=\"not-an-address\""));
	assert_has(answer, "Keep this");
	assert_json(requests_of(form), "next_cursor", "");
	assert_true(!json_at(requests_of(form), "data.0"));
	/* Neither a number nor an address: nobody could answer. */
	answer = sent(form, "name=Nobody&zip=78701");
	assert_status(answer, 422);
	assert_has(answer, "Please give a phone number or an e-mail address");
	assert_true(tag_has(input_tag(answer, "phone"), "is-invalid"));
	/* Rubbish of every kind is refused or passed over, and is never a failure of ours. */
	assert_status(sent(form, "name=%00&zip=1&email=a%40b.example"), 400);
	assert_status(sent(form, text("name=%0*d&zip=1&email=a%%40b.example", 3000, 1).p), 422);
	assert_status(sent(form, "name=A&zip=1&email=a%40b.example&trade=plumbing&tenant_id=1&owner_id=2&score=100"),
		      303);
	answer = leads_of("a@b.example");
	assert_true(str_absent(json_text(answer, "data.0.owner_id")) || json_text(answer, "data.0.owner_id").n == 0);
	assert_json(answer, "data.0.trade", "");
}

static void a_program_that_fills_in_the_trap_is_thanked_and_forgotten(void **state)
{
	struct str form = form_made("");
	const struct response *answer =
		sent(form, "name=Bot&email=bot%40spam.example&homepage=http%3A%2F%2Fspam.example");

	(void)state;
	assert_status(answer, 303);
	assert_true(str_ends(location_of(answer), STR("?sent=1")));
	assert_true(!json_at(requests_of(form), "data.0"));
	assert_true(!json_at(leads_of("bot@spam.example"), "data.0"));
}

static void a_second_click_changes_nothing(void **state)
{
	struct str form = form_made("");

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_status(sent(form, "name=Twice&email=twice%40web.example&notes=Leak"), 303);
	assert_true(!json_at(leads_of("twice@web.example"), "data.1"));
	assert_true(!json_at(requests_of(form), "data.1"));
	assert_status(sent(form, "name=Twice&email=twice%40web.example&notes=Another+leak"), 303);
	assert_true(json_at(requests_of(form), "data.1") != NULL);
}

static void another_companys_form_is_not_there(void **state)
{
	struct str form = form_made("");
	const struct response *foreign = send_to(other.slug, form, "name=A&email=a%40c.example", NULL),
			      *missing = send_to(other.slug, STR("01900000-0000-7000-8000-000000000000"),
						 "name=A&email=a%40c.example", NULL);

	(void)state;
	assert_status(foreign, 404);
	assert_status(missing, 404);
	assert_status(ASK(.host = other.slug, .path = text("/f/%.*s", STR_FMT_ARG(form)).p), 404);
	assert_status(ASK(.host = other.slug, .path = text("/api/web_forms/%.*s/requests", STR_FMT_ARG(form)).p,
			  .bearer = other.key[ROLE_ADMIN]),
		      404);
	assert_true(!json_at(requests_of(form), "data.0"));
}

static void a_closed_form_and_a_suspended_company_take_nothing(void **state)
{
	struct str form = form_made("\"is_active\": false");
	const struct response *answer = ASK(.host = acme.slug, .path = text("/f/%.*s", STR_FMT_ARG(form)).p);

	(void)state;
	assert_status(answer, 200);
	assert_has(answer, "This form is closed");
	assert_status(sent(form, "name=A&email=closed%40web.example"), 404);
	form = form_made("");
	company_set(&acme, "status = 'suspended'");
	assert_status(sent(form, "name=A&email=closed%40web.example"), 403);
	company_set(&acme, "status = 'trial'");
	assert_true(!json_at(requests_of(form), "data.0"));
}

static void it_may_stand_in_a_frame_and_reads_no_cookie(void **state)
{
	struct str form = form_made("\"thanks_url\": \"https://www.acme-heating.example/thanks\"");
	struct browser browser = browser_as(&acme, ROLE_OWNER);
	const struct response *answer = browse(&browser, text("/f/%.*s", STR_FMT_ARG(form)).p);
	struct str policy = web_answer_header(answer, "content-security-policy");

	(void)state;
	assert_true(!strstr(arena_c_string(web->arena, policy), "frame-ancestors"));
	assert_hasnt(answer, "Sign out");
	assert_true(str_absent(web_answer_header(answer, "set-cookie")));
	answer = sent(form, "name=A&email=framed%40web.example");
	assert_goes_to(answer, STR("https://www.acme-heating.example/thanks"));
	answer = browse(&browser, text("/web_forms/%.*s/website", STR_FMT_ARG(form)).p);
	assert_status(answer, 200);
	assert_has(answer, "&lt;iframe");
	assert_has(answer, "referrerpolicy=&quot;no-referrer-when-downgrade&quot;");
	assert_has(answer, "method=&quot;post&quot;");
	/* Every other page still stands alone. */
	policy = web_answer_header(browse(&browser, "/leads"), "content-security-policy");
	assert_true(strstr(arena_c_string(web->arena, policy), "frame-ancestors 'none'") != NULL);
}

static void a_form_must_be_answerable_and_is_made_by_admins(void **state)
{
	(void)state;
	assert_field_error(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/web_forms",
			       .bearer = acme.key[ROLE_ADMIN],
			       .json = "{\"name\": \"Mute\", \"ask_phone\": \"off\", \"ask_email\": \"off\"}"),
			   422, "ask_email", "required");
	assert_status(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/web_forms",
			  .bearer = acme.key[ROLE_MEMBER], .json = "{\"name\": \"Mine\"}"),
		      403);
}

static void too_many_from_one_address_are_told_when_to_come_again(void **state)
{
	struct str form = form_made("\"consent_text\": \"You may text me.\""), box = box_of(form);
	struct shared *kept = web->app.shared;
	const struct response *answer = NULL;

	(void)state;
	web->app.shared = shared_new(1, 100);
	for (int i = 0; i < 11; i++) {
		assert_true(!answer || answer->status == 303);
		answer = sent(form, text("name=Flood&email=flood%d%%40web.example&notes=Please+keep+this&utm_source=ad&"
					 "consent=%.*s",
					 i, STR_FMT_ARG(box))
					    .p);
	}
	shared_free(web->app.shared);
	web->app.shared = kept;
	assert_status(answer, 429);
	assert_true(web_answer_header(answer, "retry-after").n > 0);
	/* Nothing that was typed is lost. */
	assert_has(answer, "You have sent this a few times. Please send it again in ");
	assert_true(tag_has(input_tag(answer, "email"), "value=\"flood10@web.example\""));
	assert_has(answer, "Please keep this</textarea>");
	assert_true(tag_has(input_tag(answer, "consent"), "checked"));
	assert_has(answer, "name=\"utm_source\" value=\"ad\"");
	assert_true(!json_at(leads_of("flood10@web.example"), "data.0"));
}

/* So many for one company, wherever they come from. */
static void a_flood_from_everywhere_is_told_the_same(void **state)
{
	struct str form = form_made(""), company = uuid_text(web->arena, acme.id);
	struct shared *kept = web->app.shared;
	const struct response *answer;
	int64_t wait;

	(void)state;
	web->app.shared = shared_new(1, 100);
	while (rate_take(web->app.shared, RATE_FORMS, company, &wait))
		;
	answer = sent(form, "name=Late&email=late%40flood.example&notes=Kept");
	assert_status(answer, 429);
	assert_has(answer, "Many people are writing at the moment");
	assert_has(answer, "Kept</textarea>");
	/* Another company is not kept waiting. */
	answer = send_to(other.slug, STR("01900000-0000-7000-8000-000000000000"), "name=A&email=a%40c.example", NULL);
	assert_status(answer, 404);
	shared_free(web->app.shared);
	web->app.shared = kept;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stranger_sends_and_there_is_a_lead),
		cmocka_unit_test(the_page_around_tells_which_advertisement_it_was),
		cmocka_unit_test(what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept),
		cmocka_unit_test(a_program_that_fills_in_the_trap_is_thanked_and_forgotten),
		cmocka_unit_test(a_second_click_changes_nothing),
		cmocka_unit_test(another_companys_form_is_not_there),
		cmocka_unit_test(a_closed_form_and_a_suspended_company_take_nothing),
		cmocka_unit_test(it_may_stand_in_a_frame_and_reads_no_cookie),
		cmocka_unit_test(a_form_must_be_answerable_and_is_made_by_admins),
		cmocka_unit_test(too_many_from_one_address_are_told_when_to_come_again),
		cmocka_unit_test(a_flood_from_everywhere_is_told_the_same),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
