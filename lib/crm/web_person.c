#include "lib/crm/web_person.h"

#include "lib/crm/contact.h"
#include "lib/crm/convert.h"
#include "lib/crm/lead.h"
#include "lib/crm/pipeline.h"
#include "lib/entity/insert_many.h"

/* ---- what they were before ---- */

#define ARM                                                                                                            \
	"SELECT id, status IN ('won', 'lost'), created_at FROM leads WHERE tenant_id = $1 AND deleted_at IS NULL AND "
/* An open one before a closed one, the newest first. */
STATEMENT(earlier_lead, ARM "phone_e164 = $2 UNION ALL " ARM "email_norm = lower($3) UNION ALL " ARM
			    "contact_id = $4 ORDER BY 2, 3 DESC LIMIT 1");

/* Held: nobody closes it while the request is written to it. */
static enum err find_lead(struct ttx *tx, const struct record *lead, struct str contact, struct record **out)
{
	struct rows *rows;
	struct uuid id;
	enum err err = ttx_rows(
		tx, &earlier_lead,
		ARGS(arg_str(record_text(lead, "phone_e164")), arg_str(record_text(lead, "email")), arg_str(contact)),
		&rows);

	*out = NULL;
	if (err || !rows_next(rows))
		return err;
	id = rows_uuid(rows, 0);
	return entity_get_many(tx, &lead_entity, &id, 1, true, out);
}

static void be_contact(struct ttx *tx, const struct record *contact, struct web_person *person)
{
	person->as = "contact";
	person->contact = uuid_text(ttx_arena(tx), record_id(contact));
	person->name = record_title(contact);
	person->owner = record_text(contact, "owner_id");
}

/* The contact that the lead belongs to, unless that is in the trash. */
static enum err contact_of_lead(struct ttx *tx, const struct record *lead, struct web_person *person)
{
	struct record *contact;
	struct uuid id;
	enum err err;

	if (person->contact.n || !uuid_parse(record_text(lead, "contact_id"), &id))
		return OK;
	err = entity_get(tx, &contact_entity, id, &contact);
	if (err == OK)
		be_contact(tx, contact, person);
	return err == E_NOTFOUND ? OK : err;
}

enum err web_person_find(struct ttx *tx, const struct record *lead, struct web_person *person)
{
	struct convert_offer offers[CONVERT_OFFERS];
	struct record *earlier;
	size_t count;
	enum err err = convert_offers(tx, lead, offers, &count);

	*person = (struct web_person){.contact = STR_NONE, .name = STR_NONE, .owner = STR_NONE};
	if (err)
		return err;
	if (count)
		be_contact(tx, offers[0].contact, person);
	err = find_lead(tx, lead, person->contact, &earlier);
	if (err || !earlier)
		return err;
	err = contact_of_lead(tx, earlier, person);
	if (err)
		return err;
	if (!person->as) {
		person->as = "lead";
		person->name = record_title(earlier);
	}
	if (stage_kind_of_status(record_text(earlier, "status")) == STAGE_OPEN)
		person->open = earlier;
	else if (str_absent(person->contact))
		person->closed = earlier;
	/* Whoever works on what is open is asked, before whoever looks after the customer. */
	if (person->open || str_absent(person->owner))
		person->owner = record_text(earlier, "owner_id").n ? record_text(earlier, "owner_id") : person->owner;
	return OK;
}

/* ---- who looks after them ---- */

STATEMENT(user_is_active, "SELECT 1 FROM tenant_users WHERE tenant_id = $1 AND id = $2 AND is_active");
STATEMENT(an_owner, "SELECT id FROM tenant_users WHERE tenant_id = $1 AND role = 'owner' AND is_active"
		    " ORDER BY created_at, id LIMIT 1");

enum err web_person_active(struct ttx *tx, struct str first, struct str second, struct str *out)
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

enum err web_person_to_tell(struct ttx *tx, struct str first, struct str second, struct str *out)
{
	struct rows *rows;
	enum err err = web_person_active(tx, first, second, out);

	if (err || out->n)
		return err;
	err = ttx_rows(tx, &an_owner, NO_ARGS, &rows);
	if (err == OK && rows_next(rows))
		*out = rows_str(rows, 0);
	return err;
}
