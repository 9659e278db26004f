#include "lib/crm/web_lead.h"

#include "lib/base/clock.h"
#include "lib/base/utf8.h"
#include "lib/crm/activity.h"
#include "lib/crm/convert.h"
#include "lib/crm/lead.h"
#include "lib/crm/task.h"
#include "lib/crm/web_person.h"
#include "lib/crm/web_request.h"
#include "lib/entity/phone.h"

/* What of the attribution the lead itself shows. */
static const char *const shown[] = {"utm_source", "utm_medium", "utm_campaign", "referrer"};

static struct str text_of(const struct value *map, const char *name)
{
	return value_as_str(value_get(map, str_from(name)));
}

/* ---- what is written ---- */

static struct record *lead_from(struct arena *arena, const struct web_lead *request)
{
	struct record *lead = record_new(arena, &lead_entity);
	struct str phone = text_of(request->fields, "phone");

	for (size_t i = 0; i < value_count(request->fields); i++) {
		struct str name;
		struct str text = value_as_str(value_member(request->fields, i, &name));
		int field = entity_field(&lead_entity, name);

		if (field >= 0)
			record_set(lead, field, text);
	}
	for (size_t i = 0; i < COUNT_OF(shown); i++)
		if (text_of(request->attribution, shown[i]).n)
			record_set_text(lead, shown[i], text_of(request->attribution, shown[i]));
	if (phone.n)
		record_set_text(lead, "phone_e164", phone_e164(arena, phone));
	record_set_text(lead, "source", record_text(request->form, "source"));
	if (request->consent_text.n) {
		record_set_text(lead, "sms_consent", STR("t"));
		record_set_text(lead, "sms_consent_text", request->consent_text);
		record_set_text(lead, "sms_consent_at", clock_rfc3339(arena, request->sent_at));
	}
	return lead;
}

static void add_line(struct buffer *out, struct str name, struct str text)
{
	if (text.n)
		buffer_printf(out, "%s%.*s: %.*s", out->length ? "\n" : "", STR_FMT_ARG(name), STR_FMT_ARG(text));
}

/* A word of a choice as people read it, anything else as it was typed. */
static struct str in_words(const struct field *field, struct str text)
{
	for (const struct choice *choice = field->choices; choice && choice->value; choice++)
		if (str_is(text, choice->value))
			return str_from(choice->label);
	return text;
}

/* A lead that was there holds what was known then: what was sent now stands in words. */
static void add_fields(struct buffer *out, const struct value *fields)
{
	for (size_t i = 0; i < value_count(fields); i++) {
		struct str name;
		struct str text = value_as_str(value_member(fields, i, &name));
		int field = entity_field(&lead_entity, name);

		if (field >= 0 && !str_is(name, "notes"))
			add_line(out, str_from(lead_entity.fields[field].label),
				 in_words(&lead_entity.fields[field], text));
	}
}

static struct str story(struct arena *arena, const struct web_lead *request, const struct web_person *person)
{
	struct buffer out = BUFFER_IN(arena);

	buffer_add_str(&out, text_of(request->fields, "notes"));
	if (person->open)
		add_fields(&out, request->fields);
	else if (person->as)
		add_line(&out, STR("Known already"), person->name);
	for (size_t i = 0; i < value_count(request->attribution); i++) {
		struct str name;
		struct str text = value_as_str(value_member(request->attribution, i, &name));

		add_line(&out, name, text);
	}
	add_line(&out, STR("Agreed to"), request->consent_text);
	if (str_absent(request->consent_text) && text_of(request->fields, WEB_REQUEST_CONSENT).n)
		add_line(&out, STR("No consent"),
			 STR("a box was ticked, beside words that this form never had. Paste the form into the website "
			     "anew."));
	return buffer_str(&out);
}

/* From the person: whatever cadence runs on the lead stops, as by any reply. */
static enum err tell_timeline(struct ttx *tx, const struct web_lead *request, const struct web_person *person,
			      struct errors *errors)
{
	struct arena *arena = ttx_arena(tx);
	struct record *activity = record_new(arena, &activity_entity);
	struct str form = record_title(request->form);

	record_set_text(activity, "type", STR("system"));
	record_set_text(activity, "direction", STR("inbound"));
	record_set_text(activity, "subject", arena_printf(arena, "Sent by the web form %.*s", STR_FMT_ARG(form)));
	record_set_text(activity, "body", story(arena, request, person));
	record_set_text(activity, "lead_id", request->id);
	record_set_text(activity, "contact_id", person->contact);
	record_set_defaults(activity);
	return entity_insert(tx, activity, errors);
}

static struct str call_back(struct arena *arena, const struct web_lead *request)
{
	const struct field *urgency = &lead_entity.fields[entity_field(&lead_entity, STR("urgency"))];
	struct str sent = text_of(request->fields, "urgency"), words = in_words(urgency, sent);

	return arena_printf(arena, "Call back: %.*s has asked again%s%.*s",
			    STR_FMT_ARG(utf8_prefix(text_of(request->fields, "name"), 100)), sent.n ? ": " : "",
			    STR_FMT_ARG(words));
}

/* Somebody who came once and comes again is not to wait, and somebody is to know of it. */
static enum err tell_owner(struct ttx *tx, const struct web_lead *request, const struct web_person *person,
			   struct errors *errors)
{
	struct arena *arena = ttx_arena(tx);
	struct record *task = record_new(arena, &task_entity);
	struct str assignee;
	enum err err = web_person_to_tell(tx, person->owner, record_text(request->form, "owner_id"), &assignee);

	if (err)
		return err;
	record_set_text(task, "title", call_back(arena, request));
	record_set_text(task, "description", text_of(request->fields, "notes"));
	record_set_text(task, "kind", STR("call"));
	record_set_text(task, "priority", STR("high"));
	record_set_text(task, "due_at", clock_rfc3339(arena, ttx_now(tx)));
	record_set_text(task, "assignee_id", assignee);
	record_set_text(task, "lead_id", request->id);
	record_set_text(task, "contact_id", person->contact);
	record_set_defaults(task);
	return entity_insert(tx, task, errors);
}

/* ---- which lead it is ---- */

/* What the lead does not know yet it learns; what is known stays, as does an earlier consent. */
static enum err complete_lead(struct ttx *tx, const struct record *sent, const struct web_person *person,
			      struct errors *errors)
{
	static const char *const learned[] = {"phone", "email", "address", "zip", "trade", "urgency"};
	static const char *const consent[] = {"sms_consent", "sms_consent_text", "sms_consent_at"};
	const struct record *lead = person->open;
	struct record *change = record_new(ttx_arena(tx), &lead_entity), *next;

	if (str_absent(record_text(lead, "contact_id")) && person->contact.n)
		record_set_text(change, "contact_id", person->contact);
	for (size_t i = 0; i < COUNT_OF(learned); i++)
		if (str_absent(record_text(lead, learned[i])) && record_text(sent, learned[i]).n)
			record_set_text(change, learned[i], record_text(sent, learned[i]));
	if (str_is(record_text(sent, "sms_consent"), "t") && !str_is(record_text(lead, "sms_consent"), "t"))
		for (size_t i = 0; i < COUNT_OF(consent); i++)
			record_set_text(change, consent[i], record_text(sent, consent[i]));
	return entity_update(tx, lead, change, errors, &next);
}

/* A new one, on the contact of whoever is known: made of their last lead where there is none yet. */
static enum err make_lead(struct ttx *tx, const struct web_lead *request, struct record *lead,
			  struct web_person *person, struct errors *errors)
{
	struct str owner;
	struct uuid contact;
	enum err err = web_person_active(tx, person->owner, record_text(request->form, "owner_id"), &owner);

	if (err == OK && person->closed) {
		err = convert_make_contact(tx, person->closed, errors, &contact);
		person->contact = uuid_text(ttx_arena(tx), contact);
	}
	if (err)
		return err;
	record_set_text(lead, "contact_id", person->contact);
	record_set_text(lead, "owner_id", owner);
	record_set_defaults(lead);
	return entity_insert(tx, lead, errors);
}

enum err web_lead_make(struct ttx *tx, struct web_lead *request, struct errors *errors)
{
	struct arena *arena = ttx_arena(tx);
	struct record *lead = lead_from(arena, request);
	struct web_person person;
	enum err err;

	request->id = STR_NONE;
	request->known_as = NULL;
	ttx_set_actor(
		tx, (struct ttx_actor){ACTOR_SYSTEM, uuid_zero(),
				       arena_printf(arena, "Web form %.*s", STR_FMT_ARG(record_title(request->form)))});
	err = web_person_find(tx, lead, &person);
	if (err == OK)
		err = ttx_savepoint(tx);
	if (err)
		return err;
	if (person.open) {
		err = complete_lead(tx, lead, &person, errors);
		lead = person.open;
	} else {
		err = make_lead(tx, request, lead, &person, errors);
	}
	if (err == E_LIMIT)
		return ttx_restore(tx) == OK ? E_LIMIT : E_INTERNAL;
	if (err)
		return err;
	request->id = uuid_text(arena, record_id(lead));
	request->known_as = person.as;
	err = tell_timeline(tx, request, &person, errors);
	return err == OK && person.as ? tell_owner(tx, request, &person, errors) : err;
}
