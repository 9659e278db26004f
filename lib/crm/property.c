#include "lib/crm/property.h"

#include "lib/crm/shared.h"

static const struct choice types[] = {
	{"house", "House", NULL},
	{"apartment", "Apartment", NULL},
	{"condo", "Condo", NULL},
	{"mobile_home", "Mobile home", NULL},
	{"commercial", "Commercial", "blue"},
	{"other", "Other", NULL},
	{NULL, NULL, NULL},
};

static const struct field fields[] = {
	{
		.name = "name",
		.label = "Name",
		.help = "\"Lake house\"; left empty, it is the street address.",
		.group = "Property",
		.type = FIELD_TEXT,
		.flags = FIELD_FILLED | FIELD_SEARCHABLE | FIELD_SORTABLE | FIELD_LISTED | CARRIED,
		.maximum = 300,
	},
	{
		.name = "type",
		.label = "Type",
		.type = FIELD_CHOICE,
		.flags = FIELD_FILTERABLE | FIELD_LISTED | CARRIED,
		.choices = types,
		.default_value = "house",
	},
	{
		.name = "contact_id",
		.label = "Contact",
		.help = "Whose place it is.",
		REFERS_TO_CONTACT,
		.flags = FIELD_OWNING | FIELD_FILTERABLE | FIELD_LISTED | FIELD_EXPORTABLE,
	},
	{
		.name = "address",
		.label = "Street address",
		.group = "Service address",
		.type = FIELD_TEXT,
		.flags = FIELD_SEARCHABLE | CARRIED,
		.maximum = 300,
	},
	{
		.name = "city",
		.label = "City",
		.type = FIELD_TEXT,
		.flags = FIELD_LISTED | FIELD_SEARCHABLE | CARRIED,
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
		.name = "billing_address",
		.label = "Billing street address",
		.help = "Only where the invoice goes elsewhere.",
		.group = "Billing address",
		.type = FIELD_TEXT,
		.flags = CARRIED,
		.maximum = 300,
	},
	{
		.name = "billing_city",
		.label = "Billing city",
		.type = FIELD_TEXT,
		.flags = CARRIED,
		.maximum = 100,
	},
	{
		.name = "billing_state",
		.label = "Billing state",
		.type = FIELD_TEXT,
		.flags = CARRIED,
		.maximum = 50,
	},
	{
		.name = "billing_zip",
		.label = "Billing ZIP code",
		.type = FIELD_TEXT,
		.flags = CARRIED,
		.maximum = 20,
	},
	{
		.name = "maintenance_plan",
		.label = "Maintenance plan",
		.help = "Gold, twice a year; empty without one.",
		.group = "Service",
		.type = FIELD_TEXT,
		.flags = CARRIED,
		.maximum = 100,
	},
	{
		.name = "last_service_on",
		.label = "Last service",
		.type = FIELD_DATE,
		.flags = FIELD_FILTERABLE | FIELD_LISTED | CARRIED,
	},
	{
		.name = "notes",
		.label = "Notes",
		.help = "Gate code, dog, where to park.",
		.type = FIELD_LONG_TEXT,
		.flags = CARRIED,
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
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
};

static struct str made_name(struct arena *arena, const struct record *record)
{
	(void)arena;
	return record_text(record, "address");
}

static enum err before_write(struct ttx *tx, enum write_kind kind, struct record *record, struct errors *errors)
{
	if (kind == WRITE_DELETE)
		return OK;
	crm_fill_name(tx, record, "name", made_name);
	if (str_absent(record_text(record, "name")))
		errors_add(errors, "name", "required", "Give the property a name or a street address.");
	return OK;
}

const struct entity property_entity = {
	.name = "property",
	.plural = "properties",
	.label = "Property",
	.label_plural = "Properties",
	.icon = "building-community",
	.table = "properties",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "name",
	.default_sort = "name",
	.empty_hint = "Properties are the places you work at. Add one with its address, and every visit and every "
		      "machine there has a home.",
	.trash = true,
	.history = true,
	.custom = true,
	.before_write = before_write,
};
