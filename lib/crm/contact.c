#include "lib/crm/contact.h"

#include "lib/crm/shared.h"

/* Typed about somebody else: no autocomplete, or the browser offers the user's own name and address. */
static const struct field fields[] = {
	{
		.name = "name",
		.label = "Name",
		.group = "Who",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_SEARCHABLE | FIELD_SORTABLE | FIELD_LISTED | CARRIED,
		.maximum = 200,
	},
	{
		.name = "phone",
		.label = "Phone",
		.type = FIELD_PHONE,
		.flags = FIELD_SEARCHABLE | FIELD_LISTED | CARRIED,
	},
	{
		.name = "phone_e164",
		.label = "Phone in international form",
		.help = "Made from phone; absent when that is not a whole number with its area code.",
		.type = FIELD_PHONE,
		.flags = FIELD_READ_ONLY | FIELD_API_ONLY | FIELD_EXPORTABLE,
	},
	{
		.name = "email",
		.label = "E-mail",
		.type = FIELD_EMAIL,
		.flags = FIELD_SEARCHABLE | FIELD_LISTED | CARRIED,
	},
	{
		.name = "company",
		.label = "Company",
		.type = FIELD_TEXT,
		.flags = FIELD_SEARCHABLE | FIELD_LISTED | CARRIED,
		.maximum = 200,
	},
	{
		.name = "title",
		.label = "Job title",
		.help = "Property manager, owner, tenant.",
		.type = FIELD_TEXT,
		.flags = CARRIED,
		.maximum = 100,
	},
	{
		.name = "address",
		.label = "Street address",
		.help = "Where the person lives; the places you work at are properties.",
		.group = "Where",
		.type = FIELD_TEXT,
		.flags = FIELD_SEARCHABLE | CARRIED,
		.maximum = 300,
	},
	{
		.name = "city",
		.label = "City",
		.type = FIELD_TEXT,
		.flags = FIELD_SEARCHABLE | CARRIED,
		.maximum = 100,
	},
	{
		.name = "state",
		.label = "State",
		.type = FIELD_TEXT,
		.flags = CARRIED,
		.maximum = 50,
	},
	{
		.name = "zip",
		.label = "ZIP code",
		.type = FIELD_TEXT,
		.flags = FIELD_SEARCHABLE | FIELD_FILTERABLE | CARRIED,
		.maximum = 20,
	},
	{
		.name = "notes",
		.label = "Notes",
		.group = "Known",
		.type = FIELD_LONG_TEXT,
		.flags = CARRIED,
	},
	{
		.name = "owner_id",
		.label = "Owner",
		.help = "Who looks after this contact.",
		REFERS_TO_USER,
		.flags = FIELD_FILTERABLE | FIELD_EXPORTABLE,
	},
	{
		.name = "lead_id",
		.label = "Lead",
		.help = "The lead this person came from.",
		REFERS_TO_LEAD,
		.flags = FIELD_FILTERABLE | FIELD_EXPORTABLE,
	},
	{
		.name = "tags",
		.label = "Tags",
		.type = FIELD_TAGS,
		.flags = FIELD_FILTERABLE | FIELD_LISTED | FIELD_EXPORTABLE,
	},
	{
		.name = "sms_consent",
		.label = "May be texted",
		.help = "Only with the person's consent.",
		.group = "Text messages",
		.type = FIELD_BOOL,
		.flags = CARRIED,
		.default_value = "f",
	},
	{
		.name = "sms_consent_at",
		.label = "Consent since",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
	{
		.name = "sms_consent_text",
		.label = "Wording of the consent",
		.help = "What the person agreed to and how: a form's words, a phone call. It is the proof if somebody "
			"asks.",
		.type = FIELD_LONG_TEXT,
		.flags = CARRIED,
		.maximum = 2000,
	},
	{
		.name = "created_at",
		.label = "Created",
		.group = "Record",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_SORTABLE | FIELD_LISTED | FIELD_EXPORTABLE,
	},
	{
		.name = "updated_at",
		.label = "Changed",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_SORTABLE | FIELD_EXPORTABLE,
	},
};

static enum err before_write(struct ttx *tx, enum write_kind kind, struct record *record, struct errors *errors)
{
	(void)errors;
	crm_normalise_phone(tx, kind, record);
	crm_date_consent(tx, kind, record);
	return OK;
}

const struct entity contact_entity = {
	.name = "contact",
	.plural = "contacts",
	.label = "Contact",
	.label_plural = "Contacts",
	.icon = "address-book",
	.table = "contacts",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "name",
	.default_sort = "name",
	.empty_hint =
		"Contacts are the people you work for. Convert a won lead into one, or add somebody you already know.",
	.trash = true,
	.history = true,
	.custom = true,
	.tags_table = "contact_tags",
	.before_write = before_write,
};
