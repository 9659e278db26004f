#include "lib/crm/shared.h"

#include "lib/base/clock.h"
#include "lib/entity/phone.h"

const struct choice trade_choices[] = {
	{"hvac", "Heating and cooling", NULL},
	{"plumbing", "Plumbing", NULL},
	{"both", "Both", NULL},
	{NULL, NULL, NULL},
};

/* clang-format off */
const struct choice task_kind_choices[] = {
	{"task", "To do", NULL},
	{"call", "Call", "blue"},
	{"sms", "Text message", "cyan"},
	{"email", "E-mail", "purple"},
	{"visit", "Visit", "green"},
	{NULL, NULL, NULL},
};
/* clang-format on */

bool crm_is_given(const struct record *record, enum write_kind kind, const char *field)
{
	return kind == WRITE_CREATE ||
	       (kind == WRITE_UPDATE && record_given(record, entity_field(record_entity(record), str_from(field))));
}

void crm_normalise_phone(struct ttx *tx, enum write_kind kind, struct record *record)
{
	struct str phone;

	if (!crm_is_given(record, kind, "phone"))
		return;
	phone = record_text(record, "phone");
	record_set_text(record, "phone_e164", str_absent(phone) ? STR_NONE : phone_e164(ttx_arena(tx), phone));
}

void crm_date_consent(struct ttx *tx, enum write_kind kind, struct record *record)
{
	const struct record *before = record_before(record);
	bool now = str_is(record_text(record, "sms_consent"), "t"),
	     then = before && str_is(record_text(before, "sms_consent"), "t");
	int at = entity_field(record_entity(record), STR("sms_consent_at"));

	/* A row that learns of an older consent, or goes back to what it was, says since when itself. */
	if (kind == WRITE_DELETE || record_given(record, at))
		return;
	if (now != then)
		record_set_text(record, "sms_consent_at", now ? clock_rfc3339(ttx_arena(tx), ttx_now(tx)) : STR_NONE);
}

void crm_fill_actor(struct ttx *tx, enum write_kind kind, struct record *record, const char *field)
{
	const struct ttx_actor *actor = ttx_actor(tx);

	if (kind == WRITE_CREATE && actor->kind == ACTOR_USER && str_absent(record_text(record, field)))
		record_set_text(record, field, uuid_text(ttx_arena(tx), actor->id));
}

void crm_fill_now(struct ttx *tx, enum write_kind kind, struct record *record, const char *field)
{
	const struct record *before = record_before(record);

	if (kind == WRITE_DELETE || !str_absent(record_text(record, field)))
		return;
	record_set_text(record, field, before ? record_text(before, field) : clock_rfc3339(ttx_arena(tx), ttx_now(tx)));
}

const char *crm_choice_label(const struct record *record, const char *field)
{
	const struct entity *entity = record_entity(record);
	const struct choice *choice = entity->fields[entity_field(entity, str_from(field))].choices;

	while (choice->value && !str_is(record_text(record, field), choice->value))
		choice++;
	return choice->value ? choice->label : "";
}

void crm_fill_name(struct ttx *tx, struct record *record, const char *field,
		   struct str (*make)(struct arena *, const struct record *))
{
	const struct record *before = record_before(record);
	struct str name = record_text(record, field);
	bool made =
		before && str_equal(name, record_text(before, field)) && str_equal(name, make(ttx_arena(tx), before));

	if (str_absent(name) || made)
		record_set_text(record, field, make(ttx_arena(tx), record));
}
