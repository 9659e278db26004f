#include "lib/crm/convert.h"

#include "lib/base/clock.h"
#include "lib/crm/contact.h"
#include "lib/crm/lead.h"
#include "lib/crm/property.h"
#include "lib/crm/shared.h"
#include "lib/entity/history.h"
#include "lib/text/form.h"

static const struct field fields[] = {
	{
		.name = "contact_id",
		.label = "Contact",
		.help = "Who the lead is. Absent: a new contact is made of it.",
		REFERS_TO_CONTACT,
	},
	{
		.name = "property",
		.label = "Make a property of the address",
		.help = "Not made twice where the contact has one of that address.",
		.type = FIELD_BOOL,
		.default_value = "t",
	},
};

const struct entity convert_entity = {
	.name = "conversion",
	.plural = "conversions",
	.label = "Conversion",
	.label_plural = "Conversions",
	.fields = fields,
	.field_count = COUNT_OF(fields),
};

/* ---- who it may be ---- */

STATEMENT(contacts_of_phone,
	  "SELECT id FROM contacts WHERE tenant_id = $1 AND phone_e164 = $2 AND deleted_at IS NULL LIMIT 5");

static enum err offer(struct ttx *tx, struct uuid id, const char *why, struct convert_offer *out, size_t *count)
{
	struct record *contact;
	enum err err;

	for (size_t i = 0; i < *count; i++)
		if (uuid_equal(record_id(out[i].contact), id))
			return OK;
	if (*count == CONVERT_OFFERS)
		return OK;
	err = entity_get(tx, &contact_entity, id, &contact);
	if (err == OK)
		out[(*count)++] = (struct convert_offer){contact, why};
	return err == E_NOTFOUND ? OK : err;
}

static enum err offer_by_phone(struct ttx *tx, const struct record *lead, struct convert_offer *out, size_t *count)
{
	struct rows *rows;
	enum err err;

	if (str_absent(record_text(lead, "phone_e164")))
		return OK;
	err = ttx_rows(tx, &contacts_of_phone, ARGS(arg_str(record_text(lead, "phone_e164"))), &rows);
	while (err == OK && rows_next(rows))
		err = offer(tx, rows_uuid(rows, 0), "same phone", out, count);
	return err;
}

/* Found as a search finds it, by its index; then held against the whole. */
static enum err offer_by_email(struct ttx *tx, const struct record *lead, struct convert_offer *out, size_t *count)
{
	struct arena *arena = ttx_arena(tx);
	struct str email = record_text(lead, "email");
	struct form_field words = {.name = STR("q"), .text = email};
	struct form form = {&words, 1};
	struct errors *errors = errors_new(arena);
	struct list_query query;
	struct list_result found;
	enum err err = OK;

	if (str_absent(email) || list_query_parse(arena, &contact_entity, &form, NULL, &query, errors) != OK)
		return OK;
	err = entity_list(tx, &contact_entity, &query, errors, &found);
	for (size_t i = 0; err == OK && i < found.count; i++)
		if (str_equal_nocase(record_text(found.records[i], "email"), email))
			err = offer(tx, record_id(found.records[i]), "same e-mail", out, count);
	return err;
}

enum err convert_offers(struct ttx *tx, const struct record *lead, struct convert_offer out[CONVERT_OFFERS],
			size_t *count)
{
	struct uuid own;
	enum err err = OK;

	*count = 0;
	if (uuid_parse(record_text(lead, "contact_id"), &own))
		err = offer(tx, own, "this lead's contact", out, count);
	if (err == OK)
		err = offer_by_phone(tx, lead, out, count);
	return err ? err : offer_by_email(tx, lead, out, count);
}

/* ---- the contact ---- */

static const char *const carried_over[] = {"name", "company",          "email", "phone", "address", "city", "state",
					   "zip",  "sms_consent_text", NULL};

STATEMENT(keep_consent_time, "UPDATE contacts SET sms_consent_at = $3 WHERE tenant_id = $1 AND id = $2");

/* The consent holds since the person gave it, not since today. */
static enum err keep_consent(struct ttx *tx, const struct record *lead, struct uuid contact)
{
	struct str since = record_text(lead, "sms_consent_at");

	if (!str_is(record_text(lead, "sms_consent"), "t") || str_absent(since))
		return OK;
	return ttx_exec(tx, &keep_consent_time, ARGS(arg_uuid(ttx_arena(tx), contact), arg_str(since)), NULL);
}

STATEMENT(active_user, "SELECT 1 FROM tenant_users WHERE tenant_id = $1 AND id = $2 AND is_active");

/* Who has left the company looks after nobody. */
static enum err owner_of(struct ttx *tx, const struct record *lead, struct str *out)
{
	struct rows *rows;
	enum err err;

	*out = STR_NONE;
	if (str_absent(record_text(lead, "owner_id")))
		return OK;
	err = ttx_rows(tx, &active_user, ARGS(arg_str(record_text(lead, "owner_id"))), &rows);
	if (err == OK && rows_count(rows))
		*out = record_text(lead, "owner_id");
	return err;
}

static enum err make_contact(struct ttx *tx, const struct record *lead, struct errors *errors, struct uuid *out)
{
	struct arena *arena = ttx_arena(tx);
	struct record *contact = record_new(arena, &contact_entity);
	struct value *body = value_map(arena);
	struct str owner;
	enum err err = owner_of(tx, lead, &owner);

	for (const char *const *name = carried_over; *name; name++)
		value_put_str(body, *name, record_text(lead, *name));
	value_put_str(body, "owner_id", owner);
	value_put_bool(body, "sms_consent", str_is(record_text(lead, "sms_consent"), "t"));
	value_put_str(body, "lead_id", uuid_text(arena, record_id(lead)));
	if (err == OK)
		err = record_from_json(contact, WRITE_CREATE, body, errors);
	if (err == OK)
		err = entity_insert(tx, contact, errors);
	*out = record_id(contact);
	return err ? err : keep_consent(tx, lead, *out);
}

enum err convert_make_contact(struct ttx *tx, const struct record *lead, struct errors *errors, struct uuid *contact)
{
	struct record *change = record_new(ttx_arena(tx), record_entity(lead)), *next;
	enum err err = make_contact(tx, lead, errors, contact);

	if (err)
		return err;
	record_set_text(change, "contact_id", uuid_text(ttx_arena(tx), *contact));
	return entity_update(tx, lead, change, errors, &next);
}

/* What the contact does not know yet it learns from the lead. */
static enum err complete_contact(struct ttx *tx, const struct record *lead, struct uuid id, struct errors *errors)
{
	struct record *contact, *change = record_new(ttx_arena(tx), &contact_entity), *next;
	bool consents;
	enum err err = entity_get(tx, &contact_entity, id, &contact);

	if (err == E_NOTFOUND) {
		errors_add(errors, "contact_id", "not_found", "There is no such contact.");
		return E_INVALID;
	}
	if (err)
		return err;
	for (const char *const *name = carried_over; *name; name++)
		if (str_absent(record_text(contact, *name)))
			record_set_text(change, *name, record_text(lead, *name));
	consents = str_is(record_text(lead, "sms_consent"), "t") && !str_is(record_text(contact, "sms_consent"), "t");
	if (consents)
		record_set_text(change, "sms_consent", STR("t"));
	if (str_absent(record_text(contact, "lead_id")))
		record_set_text(change, "lead_id", uuid_text(ttx_arena(tx), record_id(lead)));
	err = entity_update(tx, contact, change, errors, &next);
	return err || !consents ? err : keep_consent(tx, lead, id);
}

/* ---- the property ---- */

STATEMENT(property_of_address,
	  "SELECT id FROM properties WHERE tenant_id = $1 AND contact_id = $2 AND deleted_at IS NULL"
	  " AND lower(address) = lower($3) ORDER BY created_at LIMIT 1");

static enum err find_property(struct ttx *tx, struct uuid contact, const struct record *lead, struct uuid *out)
{
	struct rows *rows;
	enum err err = ttx_rows(tx, &property_of_address,
				ARGS(arg_uuid(ttx_arena(tx), contact), arg_str(record_text(lead, "address"))), &rows);

	*out = err == OK && rows_next(rows) ? rows_uuid(rows, 0) : uuid_zero();
	return err;
}

static enum err make_property(struct ttx *tx, const struct record *lead, struct uuid contact, struct errors *errors,
			      struct uuid *out)
{
	static const char *const places[] = {"address", "city", "state", "zip", NULL};
	struct arena *arena = ttx_arena(tx);
	struct value *body = value_map(arena);
	struct record *property = record_new(arena, &property_entity);
	enum err err = find_property(tx, contact, lead, out);

	if (err || !uuid_is_zero(*out))
		return err;
	value_put_str(body, "contact_id", uuid_text(arena, contact));
	for (const char *const *name = places; *name; name++)
		value_put_str(body, *name, record_text(lead, *name));
	err = record_from_json(property, WRITE_CREATE, body, errors);
	if (err == OK)
		err = entity_insert(tx, property, errors);
	*out = record_id(property);
	return err;
}

/* ---- both ---- */

bool convert_done(struct ttx *tx, const struct record *lead, struct converted *out, enum err *err)
{
	*out = (struct converted){.already = true};
	*err = OK;
	if (str_absent(record_text(lead, "converted_at")) ||
	    !uuid_parse(record_text(lead, "contact_id"), &out->contact_id))
		return false;
	if (!str_absent(record_text(lead, "address")))
		*err = find_property(tx, out->contact_id, lead, &out->property_id);
	return true;
}

enum err convert_lead(struct ttx *tx, const struct record *lead, const struct record *input, struct errors *errors,
		      struct converted *out)
{
	struct arena *arena = ttx_arena(tx);
	struct record *change = record_new(arena, record_entity(lead)), *next;
	enum err err;

	if (convert_done(tx, lead, out, &err))
		return err;
	*out = (struct converted){.already = false};
	if (uuid_parse(record_text(input, "contact_id"), &out->contact_id))
		err = complete_contact(tx, lead, out->contact_id, errors);
	else
		err = make_contact(tx, lead, errors, &out->contact_id);
	if (err == OK && str_is(record_text(input, "property"), "t") && !str_absent(record_text(lead, "address")))
		err = make_property(tx, lead, out->contact_id, errors, &out->property_id);
	if (err)
		return err;
	record_set_text(change, "contact_id", uuid_text(arena, out->contact_id));
	record_set_text(change, "converted_at", clock_rfc3339(arena, clock_now()));
	record_tell_as(change, HISTORY_CONVERTED);
	return entity_update(tx, lead, change, errors, &next);
}
