#include "lib/crm/equipment.h"

#include "lib/crm/shared.h"

static const struct choice types[] = {
	{"furnace", "Furnace", NULL},
	{"air_conditioner", "Air conditioner", NULL},
	{"heat_pump", "Heat pump", NULL},
	{"mini_split", "Mini split", NULL},
	{"boiler", "Boiler", NULL},
	{"water_heater", "Water heater", NULL},
	{"tankless", "Tankless water heater", NULL},
	{"thermostat", "Thermostat", NULL},
	{"softener", "Water softener", NULL},
	{"sump_pump", "Sump pump", NULL},
	{"other", "Other equipment", NULL},
	{NULL, NULL, NULL},
};

static const struct field fields[] = {
	{
		.name = "name",
		.label = "Name",
		.help = "Left empty, it is brand and type: Carrier furnace.",
		.group = "Equipment",
		.type = FIELD_TEXT,
		.flags = FIELD_FILLED | FIELD_SEARCHABLE | FIELD_SORTABLE | FIELD_LISTED | CARRIED,
		.maximum = 200,
	},
	{
		.name = "type",
		.label = "Type",
		.type = FIELD_CHOICE,
		.flags = FIELD_FILTERABLE | FIELD_LISTED | CARRIED,
		.choices = types,
		.default_value = "other",
	},
	{
		.name = "brand",
		.label = "Brand",
		.type = FIELD_TEXT,
		.flags = FIELD_SEARCHABLE | FIELD_FILTERABLE | CARRIED,
		.maximum = 100,
	},
	{
		.name = "model",
		.label = "Model",
		.type = FIELD_TEXT,
		.flags = FIELD_SEARCHABLE | CARRIED,
		.maximum = 100,
	},
	{
		.name = "serial",
		.label = "Serial number",
		.type = FIELD_TEXT,
		.flags = FIELD_SEARCHABLE | CARRIED,
		.maximum = 100,
	},
	{
		.name = "property_id",
		.label = "Property",
		.group = "Where",
		REFERS_TO_PROPERTY,
		.flags = FIELD_OWNING | FIELD_FILTERABLE | FIELD_LISTED | FIELD_EXPORTABLE,
	},
	{
		.name = "contact_id",
		.label = "Contact",
		REFERS_TO_CONTACT,
		.flags = FIELD_OWNING | FIELD_FILTERABLE | FIELD_EXPORTABLE,
	},
	{
		.name = "installed_on",
		.label = "Installed",
		.group = "Life",
		.type = FIELD_DATE,
		.flags = FIELD_FILTERABLE | CARRIED,
	},
	{
		.name = "warranty_ends_on",
		.label = "Warranty ends",
		.type = FIELD_DATE,
		.flags = FIELD_FILTERABLE | FIELD_LISTED | CARRIED,
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
		.help = "Filter size, refrigerant, where the shut-off is.",
		.type = FIELD_LONG_TEXT,
		.flags = CARRIED,
	},
	{
		.name = "created_at",
		.label = "Created",
		.group = "Record",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_SORTABLE | FIELD_EXPORTABLE,
	},
	{
		.name = "updated_at",
		.label = "Changed",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
};

/* "Carrier furnace", "Furnace". */
static struct str made_name(struct arena *arena, const struct record *record)
{
	struct str brand = record_text(record, "brand");
	const char *type = crm_choice_label(record, "type");

	if (str_absent(brand))
		return str_from(type);
	return arena_printf(arena, "%.*s %c%s", STR_FMT_ARG(brand), type[0] | 0x20, type + 1);
}

static enum err before_write(struct ttx *tx, enum write_kind kind, struct record *record, struct errors *errors)
{
	struct str installed = record_text(record, "installed_on"), ends = record_text(record, "warranty_ends_on");

	if (kind == WRITE_DELETE)
		return OK;
	crm_fill_name(tx, record, "name", made_name);
	/* Dates in stored form sort as text. */
	if (!str_absent(installed) && !str_absent(ends) && memcmp(ends.p, installed.p, ends.n) < 0)
		errors_add(errors, "warranty_ends_on", "out_of_range",
			   "The warranty cannot end before the installation.");
	return OK;
}

const struct entity equipment_entity = {
	.name = "equipment",
	.plural = "equipment",
	.label = "Equipment",
	.label_plural = "Equipment",
	.icon = "air-conditioning",
	.table = "equipment",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "name",
	.default_sort = "name",
	.empty_hint = "Equipment is what stands at a property: furnace, heat pump, water heater. With its serial "
		      "number and warranty in here, the next call takes a minute.",
	.trash = true,
	.history = true,
	.custom = true,
	.before_write = before_write,
};
