/* What is kept of a consent are the words that were shown, whenever and wherever that was. */
#include "tests/web/web_form_fixture.h"

#define FIRST "Acme may text me about this request."
#define SECOND "Acme may text me offers, at any time."

static const struct response *ticked(struct str form, const char *who, struct str box)
{
	return sent(form, text("name=%s&email=%s%%40consent.example&consent=%.*s", who, who, STR_FMT_ARG(box)).p);
}

static const struct response *lead_called(const char *who)
{
	return leads_of(text("%s@consent.example", who).p);
}

static const struct response *timeline_of(const struct response *lead)
{
	return get(text("/api/leads/%.*s/timeline", STR_FMT_ARG(json_text(lead, "data.0.id"))).p);
}

static void earlier_words_are_kept_as_they_were_shown(void **state)
{
	struct str form = form_made("\"consent_text\": \"" FIRST "\""), first = box_of(form), second;
	const struct response *answer;

	(void)state;
	(void)changed(form, "{\"consent_text\": \"" SECOND "\"}");
	second = box_of(form);
	assert_false(str_equal(first, second));
	/* A plain form that was pasted before, and one that was pasted since. */
	assert_status(ticked(form, "early", first), 303);
	assert_status(ticked(form, "late", second), 303);
	answer = lead_called("early");
	assert_json(answer, "data.0.sms_consent", "true");
	assert_json(answer, "data.0.sms_consent_text", FIRST);
	assert_json(lead_called("late"), "data.0.sms_consent_text", SECOND);
	assert_json(requests_of(form), "data.0.consent_text", SECOND);
	assert_json(requests_of(form), "data.1.consent_text", FIRST);
	assert_has(timeline_of(answer), "Agreed to: " FIRST);
	/* And when the form asks for no consent any more. */
	(void)changed(form, "{\"consent_text\": null}");
	assert_status(ticked(form, "later", second), 303);
	assert_json(lead_called("later"), "data.0.sms_consent_text", SECOND);
}

static void words_that_the_form_never_had_are_no_consent(void **state)
{
	struct str form = form_made("\"consent_text\": \"" FIRST "\""),
		   others = box_of(form_made("\"consent_text\": \"" SECOND "\""));
	static const char *const made_up[] = {"t", "on", "AAAAAAAAAAAA", "%27+OR+1%3D1"};
	const struct response *answer;

	(void)state;
	assert_status(ticked(form, "other", others), 303);
	answer = lead_called("other");
	assert_json(answer, "data.0.sms_consent", "false");
	assert_json(answer, "data.0.sms_consent_text", "");
	assert_has(timeline_of(answer), "No consent: a box was ticked");
	assert_hasnt(timeline_of(answer), SECOND);
	assert_json(requests_of(form), "data.0.consent_text", "");
	assert_true(str_equal(json_text(requests_of(form), "data.0.fields.consent"), others));
	for (size_t i = 0; i < COUNT_OF(made_up); i++) {
		const char *who = text("made%zu", i).p;

		assert_status(ticked(form, who, str_from(made_up[i])), 303);
		assert_json(lead_called(who), "data.0.sms_consent", "false");
	}
	/* Who ticked nothing is not said to have. */
	assert_status(sent(form, "name=None&email=none%40consent.example"), 303);
	assert_hasnt(timeline_of(lead_called("none")), "No consent");
}

/* As our own page's form sends it. */
static const struct response *from_our_page(struct str form, const char *body)
{
	return ASK(.method = METHOD_POST, .host = acme.slug, .path = text("/f/%.*s", STR_FMT_ARG(form)).p,
		   .body = str_from(body), .type = "application/x-www-form-urlencoded",
		   .headers = {{"origin", config_origin(&web->config, web->arena, acme.slug.p).p},
			       {"sec-fetch-site", "same-origin"}});
}

static void our_page_is_shown_again_with_the_words_of_today(void **state)
{
	struct str form = form_made("\"consent_text\": \"" FIRST "\""), first = box_of(form);
	const struct response *answer =
		from_our_page(form, "name=Again&email=again%40consent.example&notes=Kept&consent=BBBBBBBBBBBB");

	(void)state;
	assert_status(answer, 422);
	assert_has(answer, "These words have changed meanwhile");
	assert_has(answer, "Kept");
	assert_true(tag_has(input_tag(answer, "consent"), "is-invalid"));
	assert_false(tag_has(input_tag(answer, "consent"), "checked"));
	assert_true(tag_has(input_tag(answer, "consent"), text("value=\"%.*s\"", STR_FMT_ARG(first)).p));
	assert_true(!json_at(lead_called("again"), "data.0"));
	/* Another mistake: the box stays ticked beside the same words, and is not ticked beside others. */
	answer = from_our_page(form, text("name=&email=again%%40consent.example&consent=%.*s", STR_FMT_ARG(first)).p);
	assert_status(answer, 422);
	assert_true(tag_has(input_tag(answer, "consent"), "checked"));
	(void)changed(form, "{\"consent_text\": \"" SECOND "\"}");
	answer = from_our_page(form, text("name=&email=again%%40consent.example&consent=%.*s", STR_FMT_ARG(first)).p);
	assert_status(answer, 422);
	assert_has(answer, SECOND);
	assert_false(tag_has(input_tag(answer, "consent"), "checked"));
	/* A page that was open while the form was changed: its words are known, and were shown. */
	assert_status(
		from_our_page(form,
			      text("name=Again&email=again%%40consent.example&consent=%.*s", STR_FMT_ARG(first)).p),
		303);
	assert_json(lead_called("again"), "data.0.sms_consent_text", FIRST);
}

static void a_request_that_waited_keeps_its_words_and_its_time(void **state)
{
	struct str form = form_made("\"consent_text\": \"" FIRST "\"");
	const struct response *answer;

	(void)state;
	company_set(&acme, "max_leads = current_lead_count");
	assert_status(ticked(form, "waits", box_of(form)), 303);
	company_set(&acme, "max_leads = NULL");
	test_sql("UPDATE web_requests SET created_at = '2026-01-02 03:04:05+00' WHERE tenant_id = '%.*s' AND state = "
		 "'held'",
		 STR_FMT_ARG(uuid_text(web->arena, acme.id)));
	(void)changed(form, "{\"consent_text\": \"" SECOND "\"}");
	answer = ASK(.method = METHOD_POST, .host = acme.slug,
		     .path = text("/api/web_forms/%.*s/held", STR_FMT_ARG(form)).p, .bearer = acme.key[ROLE_ADMIN]);
	assert_json(answer, "taken", "1");
	answer = lead_called("waits");
	assert_json(answer, "data.0.sms_consent_text", FIRST);
	assert_true_of(answer, str_starts(json_text(answer, "data.0.sms_consent_at"), STR("2026-01-02T03:04:05")),
		       "since it was sent");
}

static void the_plain_form_carries_the_name_of_its_words(void **state)
{
	struct str form = form_made("\"consent_text\": \"" FIRST "\"");
	struct browser browser = browser_as(&acme, ROLE_OWNER);

	(void)state;
	assert_has(browse(&browser, text("/web_forms/%.*s/website", STR_FMT_ARG(form)).p),
		   text("name=&quot;consent&quot; value=&quot;%.*s&quot;", STR_FMT_ARG(box_of(form))).p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(earlier_words_are_kept_as_they_were_shown),
		cmocka_unit_test(words_that_the_form_never_had_are_no_consent),
		cmocka_unit_test(our_page_is_shown_again_with_the_words_of_today),
		cmocka_unit_test(a_request_that_waited_keeps_its_words_and_its_time),
		cmocka_unit_test(the_plain_form_carries_the_name_of_its_words),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
