#include "lib/crm/web_lead.h"

#include "lib/base/clock.h"
#include "lib/base/utf8.h"
#include "lib/crm/activity.h"
#include "lib/crm/convert.h"
#include "lib/crm/lead.h"
#include "lib/crm/task.h"
#include "lib/crm/web_request.h"
#include "lib/entity/phone.h"

/* What of the attribution the lead itself shows. */
static const char *const shown[] = {"utm_source", "utm_medium", "utm_campaign", "referrer"};

static struct str text_of(const struct value *map, const char *name)
{
	return value_as_str(value_get(map, str_from(name)));
}

/* ---- who it is ---- */

struct known {
	const char *as;                  /* NULL: nobody */
	struct str contact, owner, name; /* contact: of a lead without one absent */
};

STATEMENT(earlier_lead,
	  "SELECT name, contact_id, owner_id, created_at FROM leads WHERE tenant_id = $1 AND phone_e164 = $2"
	  " AND deleted_at IS NULL"
	  " UNION ALL SELECT name, contact_id, owner_id, created_at FROM leads WHERE tenant_id = $1 AND email_norm = "
	  "lower($3)"
	  " AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 1");

static enum err find_lead(struct ttx *tx, const struct record *lead, struct known *known)
{
	struct rows *rows;
	enum err err =
		ttx_rows(tx, &earlier_lead,
			 ARGS(arg_str(record_text(lead, "phone_e164")), arg_str(record_text(lead, "email"))), &rows);

	if (err || !rows_next(rows))
		return err;
	*known = (struct known){"lead", rows_str(rows, 1), rows_str(rows, 2), rows_str(rows, 0)};
	if (known->contact.n)
		known->as = "contact";
	return OK;
}

static enum err find_known(struct ttx *tx, const struct record *lead, struct known *known)
{
	struct arena *arena = ttx_arena(tx);
	struct convert_offer offers[CONVERT_OFFERS];
	size_t count;
	enum err err = convert_offers(tx, lead, offers, &count);

	*known = (struct known){.as = NULL, .contact = STR_NONE, .owner = STR_NONE, .name = STR_NONE};
	if (err)
		return err;
	if (count == 0)
		return find_lead(tx, lead, known);
	*known = (struct known){"contact", uuid_text(arena, record_id(offers[0].contact)),
				record_text(offers[0].contact, "owner_id"), record_title(offers[0].contact)};
	return OK;
}

STATEMENT(user_is_active, "SELECT 1 FROM tenant_users WHERE tenant_id = $1 AND id = $2 AND is_active");

/* Whoever looks after the person already, else the form's owner; nobody who has left. */
static enum err find_owner(struct ttx *tx, struct str first, struct str second, struct str *out)
{
	const struct str in_turn[] = {first, second};

	*out = STR_NONE;
	for (size_t i = 0; i < COUNT_OF(in_turn); i++) {
		struct rows *rows;
		enum err err;

		if (in_turn[i].n == 0)
			continue;
		err = ttx_rows(tx, &user_is_active, ARGS(arg_str(in_turn[i])), &rows);
		if (err)
			return err;
		if (rows_count(rows)) {
			*out = in_turn[i];
			return OK;
		}
	}
	return OK;
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

static struct str story(struct arena *arena, const struct web_lead *request, const struct known *known)
{
	struct buffer out = BUFFER_IN(arena);

	buffer_add_str(&out, text_of(request->fields, "notes"));
	if (known->as)
		add_line(&out, STR("Known already"), known->name);
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

static enum err tell_timeline(struct ttx *tx, const struct web_lead *request, const struct known *known,
			      struct errors *errors)
{
	struct arena *arena = ttx_arena(tx);
	struct record *activity = record_new(arena, &activity_entity);
	struct str form = record_title(request->form);

	record_set_text(activity, "type", STR("system"));
	record_set_text(activity, "direction", STR("inbound"));
	record_set_text(activity, "subject", arena_printf(arena, "Sent by the web form %.*s", STR_FMT_ARG(form)));
	record_set_text(activity, "body", story(arena, request, known));
	record_set_text(activity, "lead_id", request->id);
	record_set_text(activity, "contact_id", known->contact);
	record_set_defaults(activity);
	return entity_insert(tx, activity, errors);
}

/* Somebody who came once and comes again is not to wait. */
static enum err tell_owner(struct ttx *tx, const struct web_lead *request, const struct known *known, struct str owner,
			   struct errors *errors)
{
	struct arena *arena = ttx_arena(tx);
	struct record *task = record_new(arena, &task_entity);

	record_set_text(task, "title",
			arena_printf(arena, "Call back: %.*s has asked again",
				     STR_FMT_ARG(utf8_prefix(text_of(request->fields, "name"), 100))));
	record_set_text(task, "kind", STR("call"));
	record_set_text(task, "priority", STR("high"));
	record_set_text(task, "due_at", clock_rfc3339(arena, ttx_now(tx)));
	record_set_text(task, "assignee_id", owner);
	record_set_text(task, "lead_id", request->id);
	record_set_text(task, "contact_id", known->contact);
	record_set_defaults(task);
	return entity_insert(tx, task, errors);
}

enum err web_lead_make(struct ttx *tx, struct web_lead *request, struct errors *errors)
{
	struct arena *arena = ttx_arena(tx);
	struct record *lead = lead_from(arena, request);
	struct known known;
	struct str owner = STR_NONE;
	enum err err;

	request->id = STR_NONE;
	request->known_as = NULL;
	ttx_set_actor(
		tx, (struct ttx_actor){ACTOR_SYSTEM, uuid_zero(),
				       arena_printf(arena, "Web form %.*s", STR_FMT_ARG(record_title(request->form)))});
	err = find_known(tx, lead, &known);
	if (err == OK)
		err = find_owner(tx, known.owner, record_text(request->form, "owner_id"), &owner);
	if (err == OK)
		err = ttx_savepoint(tx);
	if (err)
		return err;
	record_set_text(lead, "contact_id", known.contact);
	record_set_text(lead, "owner_id", owner);
	record_set_defaults(lead);
	err = entity_insert(tx, lead, errors);
	if (err == E_LIMIT)
		return ttx_restore(tx) == OK ? E_LIMIT : E_INTERNAL;
	if (err)
		return err;
	request->id = uuid_text(arena, record_id(lead));
	request->known_as = known.as;
	err = tell_timeline(tx, request, &known, errors);
	return err == OK && known.as ? tell_owner(tx, request, &known, owner, errors) : err;
}
