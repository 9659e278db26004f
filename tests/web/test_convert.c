/* A lead becomes a contact and a property, once, and takes its past along. */
#include "tests/web/fixture.h"

#include "lib/crm/contact.h"
#include "lib/crm/lead.h"
#include "lib/crm/property.h"
#include "lib/crm/web_form.h"
#include "lib/text/json.h"

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

static const char *row(const char *plural, struct str id, const char *suffix)
{
	return text("/%s/%.*s%s", plural, STR_FMT_ARG(id), suffix).p;
}

static void a_lead_becomes_a_contact_with_a_property_and_keeps_its_past(void **state)
{
	struct str lead =
		made("/api/leads", "{\"name\": \"Karen\", \"phone\": \"512 555 0171\", \"email\": "
				   "\"karen@mail.example\", \"address\": \"12 Elm Street\", \"zip\": \"78701\", "
				   "\"sms_consent\": true}");
	const struct response *answer;
	struct str contact, property;

	(void)state;
	(void)made("/api/notes", text("{\"body\": \"before\", \"lead_id\": \"%.*s\"}", STR_FMT_ARG(lead)).p);
	answer = post(row("api/leads", lead, "/convert"), "{}");
	assert_status(answer, 200);
	assert_json(answer, "already_converted", "false");
	contact = json_text(answer, "contact_id");
	property = json_text(answer, "property_id");
	answer = get(row("api/contacts", contact, ""));
	assert_json(answer, "name", "Karen");
	assert_json(answer, "phone_e164", "+15125550171");
	assert_json(answer, "email", "karen@mail.example");
	assert_json(answer, "sms_consent", "true");
	assert_true(str_equal(json_text(answer, "lead_id"), lead));
	assert_true(str_equal(json_text(answer, "sms_consent_at"),
			      json_text(get(row("api/leads", lead, "")), "sms_consent_at")));
	answer = get(row("api/properties", property, ""));
	assert_json(answer, "address", "12 Elm Street");
	assert_true(str_equal(json_text(answer, "contact_id"), contact));
	answer = get(row("api/leads", lead, ""));
	assert_true(str_equal(json_text(answer, "contact_id"), contact));
	assert_true(json_text(answer, "converted_at").n > 0);
	assert_json(get(row("api/leads", lead, "/history")), "data.0.kind", "converted");
	answer = get(row("api/contacts", contact, "/timeline?show=notes"));
	assert_json(answer, "data.0.text", "before");
	/* Again: where it went, and nothing new. */
	answer = post(row("api/leads", lead, "/convert"), "{}");
	assert_json(answer, "already_converted", "true");
	assert_true(str_equal(json_text(answer, "contact_id"), contact));
	assert_true(str_equal(json_text(answer, "property_id"), property));
	assert_true(!json_at(get(text("/api/properties?contact_id=%.*s", STR_FMT_ARG(contact)).p), "data.1"));
}

static void an_existing_contact_is_offered_first_and_completed(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	struct str by_phone = made("/api/contacts", "{\"name\": \"By phone\", \"phone\": \"(512) 555-0172\"}"),
		   by_email = made("/api/contacts", "{\"name\": \"By mail\", \"email\": \"Bo@Mail.example\"}"),
		   lead = made("/api/leads", "{\"name\": \"Bo\", \"phone\": \"512.555.0172\", \"email\": "
					     "\"bo@mail.example\", \"address\": \"1 Oak\"}");
	const struct response *page = browse(&member, row("leads", lead, "/convert")), *answer;

	(void)state;
	assert_status(page, 200);
	assert_has(page, text("value=\"%.*s\" checked", STR_FMT_ARG(by_phone)).p);
	assert_has(page, text("value=\"%.*s\">", STR_FMT_ARG(by_email)).p);
	assert_has(page, "same phone");
	assert_has(page, "same e-mail");
	answer = submit(&member, row("leads", lead, "/convert"),
			text("contact_id=%.*s&property.present=1", STR_FMT_ARG(by_phone)).p);
	assert_goes_to(answer, str_from(row("contacts", by_phone, "?done=converted")));
	answer = get(row("api/contacts", by_phone, ""));
	assert_json(answer, "name", "By phone");
	assert_json(answer, "email", "bo@mail.example");
	assert_true(!json_at(get(text("/api/properties?contact_id=%.*s", STR_FMT_ARG(by_phone)).p), "data.0"));
	assert_goes_to(browse(&member, row("leads", lead, "/convert")),
		       str_from(row("contacts", by_phone, "?done=converted_before")));
	assert_hasnt(browse(&member, row("leads", lead, "")), "/convert");
}

static void a_property_is_not_made_twice(void **state)
{
	struct str contact = made("/api/contacts", "{\"name\": \"Owner\"}"), property;
	const char *choice = text("{\"contact_id\": \"%.*s\"}", STR_FMT_ARG(contact)).p;
	struct str first = made("/api/leads", "{\"name\": \"One\", \"address\": \"5 Pine Road\"}"),
		   second = made("/api/leads", "{\"name\": \"Two\", \"address\": \"5 pine road\"}");

	(void)state;
	property = json_text(post(row("api/leads", first, "/convert"), choice), "property_id");
	assert_true(str_equal(json_text(post(row("api/leads", second, "/convert"), choice), "property_id"), property));
}

static void who_may_not_and_what_is_not_there(void **state)
{
	struct browser viewer = browser_as(&acme, ROLE_VIEWER);
	struct str lead = company_lead(&acme, "Kept"), theirs;
	const struct response *answer = ASK(.method = METHOD_POST, .host = other.slug, .path = "/api/contacts",
					    .bearer = other.key[ROLE_MEMBER], .json = "{\"name\": \"Theirs\"}");

	(void)state;
	theirs = json_text(answer, "id");
	assert_status(browse(&viewer, row("leads", lead, "/convert")), 403);
	assert_status(submit(&viewer, row("leads", lead, "/convert"), "contact_id="), 403);
	assert_field_error(
		post(row("api/leads", lead, "/convert"), text("{\"contact_id\": \"%.*s\"}", STR_FMT_ARG(theirs)).p),
		422, "contact_id", "not_found");
	assert_field_error(post(row("api/leads", lead, "/convert"), "{\"nope\": 1}"), 422, "nope", "unknown_field");
	assert_true(json_text(get(row("api/leads", lead, "")), "converted_at").n == 0);
	assert_status(ASK(.method = METHOD_POST, .host = other.slug, .path = row("api/leads", lead, "/convert"),
			  .bearer = other.key[ROLE_MEMBER], .json = "{}"),
		      404);
}

static const struct field *field_of(const struct entity *entity, const char *name)
{
	int field = entity_field(entity, str_from(name));

	return field < 0 ? NULL : &entity->fields[field];
}

/* Whatever the one takes the other takes as well. */
static void assert_fits(const struct field *from, const struct field *to)
{
	if (from->type != to->type || from->minimum < to->minimum ||
	    (to->maximum && (!from->maximum || from->maximum > to->maximum)))
		fail_msg("%s, %lld characters at most, does not fit where it goes: %lld", from->name,
			 (long long)from->maximum, (long long)to->maximum);
}

/* A lead is carried over by the names of its fields; what does not fit would be an error that nobody at the form can mend. */
static void whatever_a_lead_holds_fits_where_it_goes(void **state)
{
	static const struct entity *const targets[] = {&contact_entity, &property_entity};
	static const char *const long_ones[] = {"name",  "company", "address",         "city",
						"state", "zip",     "sms_consent_text"};
	struct value *body = value_map(web->arena);
	struct buffer json = BUFFER_IN(web->arena);
	struct str lead;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(targets); i++)
		for (size_t f = 0; f < targets[i]->field_count; f++) {
			const struct field *to = &targets[i]->fields[f], *from = field_of(&lead_entity, to->name);

			if (from && !(to->flags & FIELD_READ_ONLY))
				assert_fits(from, to);
		}
	assert_fits(field_of(&web_form_entity, "consent_text"), field_of(&lead_entity, "sms_consent_text"));
	assert_fits(field_of(&web_form_entity, "source"), field_of(&lead_entity, "source"));
	for (size_t i = 0; i < COUNT_OF(long_ones); i++) {
		struct buffer full = BUFFER_IN(web->arena);

		for (int64_t n = 0; n < field_of(&lead_entity, long_ones[i])->maximum; n++)
			buffer_add_char(&full, 'x');
		value_put_str(body, long_ones[i], buffer_str(&full));
	}
	value_put_bool(body, "sms_consent", true);
	json_print(body, &json);
	lead = made("/api/leads", json.bytes);
	assert_status(post(row("api/leads", lead, "/convert"), "{}"), 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_a_lead_holds_fits_where_it_goes),
		cmocka_unit_test(a_lead_becomes_a_contact_with_a_property_and_keeps_its_past),
		cmocka_unit_test(an_existing_contact_is_offered_first_and_completed),
		cmocka_unit_test(a_property_is_not_made_twice),
		cmocka_unit_test(who_may_not_and_what_is_not_there),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
