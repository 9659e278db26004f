#include "lib/crm/lead.h"

#include "lib/entity/phone.h"
#include "lib/tenant/usage.h"

static const struct choice trades[] = {
	{"hvac", "Heating and cooling", NULL},
	{"plumbing", "Plumbing", NULL},
	{"both", "Both", NULL},
	{NULL, NULL, NULL},
};

static const struct choice urgencies[] = {
	{"emergency", "Emergency", "red"},
	{"no_heat", "No heat", "red"},
	{"no_cool", "No cooling", "orange"},
	{"leak", "Leak", "red"},
	{"no_hot_water", "No hot water", "orange"},
	{"drain", "Blocked drain", "orange"},
	{"soon", "Soon", "yellow"},
	{"planned", "Planned", "blue"},
	{NULL, NULL, NULL},
};

/* clang-format off */
static const struct choice statuses[] = {
	{"new", "New", "blue"},
	{"contacted", "Contacted", "cyan"},
	{"qualified", "Qualified", "purple"},
	{"won", "Won", "green"},
	{"lost", "Lost", "secondary"},
	{NULL, NULL, NULL},
};
/* clang-format on */

static const struct choice tiers[] = {
	{"hot", "Hot", "red"},
	{"warm", "Warm", "orange"},
	{"cold", "Cold", "azure"},
	{NULL, NULL, NULL},
};

#define CARRIED (FIELD_EXPORTABLE | FIELD_IMPORTABLE)

/*
 * What is typed here is about somebody else: the browser must not offer the user's own name and address, hence no
 * autocomplete tokens.
 */
static const struct field fields[] = {
	{
		.name = "name",
		.label = "Name",
		.group = "Who",
		.type = FIELD_TEXT,
		.flags = FIELD_FILTERABLE | FIELD_REQUIRED | FIELD_SEARCHABLE | FIELD_SORTABLE | FIELD_LISTED | CARRIED,
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
		.flags = FIELD_FILTERABLE | FIELD_READ_ONLY | FIELD_API_ONLY | FIELD_EXPORTABLE,
	},
	{
		.name = "email",
		.label = "E-mail",
		.type = FIELD_EMAIL,
		.flags = FIELD_SEARCHABLE | CARRIED,
	},
	{
		.name = "company",
		.label = "Company",
		.type = FIELD_TEXT,
		.flags = FIELD_SEARCHABLE | CARRIED,
		.maximum = 200,
	},
	{
		.name = "address",
		.label = "Street address",
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
		.flags = FIELD_FILTERABLE | FIELD_SEARCHABLE | CARRIED,
		.maximum = 20,
	},
	{
		.name = "trade",
		.label = "Trade",
		.group = "The job",
		.type = FIELD_CHOICE,
		.flags = FIELD_FILTERABLE | CARRIED,
		.choices = trades,
	},
	{
		.name = "urgency",
		.label = "Urgency",
		.type = FIELD_CHOICE,
		.flags = FIELD_FILTERABLE | CARRIED,
		.choices = urgencies,
	},
	{
		.name = "notes",
		.label = "Notes",
		.help = "What the person said, and what the next visit needs.",
		.type = FIELD_LONG_TEXT,
		.flags = CARRIED,
	},
	{
		.name = "status",
		.label = "Status",
		.group = "Sales",
		.type = FIELD_CHOICE,
		.flags = FIELD_FILTERABLE | FIELD_LISTED | CARRIED,
		.choices = statuses,
		.default_value = "new",
	},
	{
		.name = "tier",
		.label = "Tier",
		.help = "How likely this becomes a job.",
		.type = FIELD_CHOICE,
		.flags = FIELD_FILTERABLE | FIELD_LISTED | CARRIED,
		.choices = tiers,
		.default_value = "warm",
	},
	{
		.name = "score",
		.label = "Score",
		.help = "0 to 100.",
		.type = FIELD_INTEGER,
		.flags = FIELD_FILTERABLE | FIELD_SORTABLE | CARRIED,
		.maximum = 100,
		.default_value = "0",
	},
	{
		.name = "value_cents",
		.label = "Value",
		.help = "What the job is worth.",
		.type = FIELD_MONEY,
		.flags = FIELD_FILTERABLE | FIELD_SORTABLE | FIELD_LISTED | CARRIED,
		.default_value = "0",
	},
	{
		.name = "source",
		.label = "Source",
		.help = "Where the lead came from: website, phone, referral.",
		.type = FIELD_TEXT,
		.flags = FIELD_FILTERABLE | FIELD_LISTED | CARRIED,
		.maximum = 100,
	},
	{
		.name = "owner_id",
		.label = "Owner",
		.help = "Who looks after this lead.",
		.type = FIELD_REFERENCE,
		.flags = FIELD_FILTERABLE | FIELD_EXPORTABLE,
		.references = "tenant_users",
		.reference_label = "coalesce(name, email)",
		.reference_condition = "is_active",
	},
	{
		.name = "created_at",
		.label = "Created",
		.group = "Record",
		.type = FIELD_INSTANT,
		.flags = FIELD_FILTERABLE | FIELD_READ_ONLY | FIELD_SORTABLE | FIELD_LISTED | FIELD_EXPORTABLE,
	},
	{
		.name = "updated_at",
		.label = "Changed",
		.type = FIELD_INSTANT,
		.flags = FIELD_FILTERABLE | FIELD_READ_ONLY | FIELD_SORTABLE | FIELD_EXPORTABLE,
	},
};

/* A lead takes its place last, since that holds the tenant's row until commit. */
static enum err before_write(struct ttx *tx, enum write_kind kind, struct record *record, struct errors *errors)
{
	if (kind == WRITE_DELETE)
		return OK;
	if (kind == WRITE_CREATE || record_given(record, entity_field(&lead_entity, STR("phone")))) {
		struct str phone = record_text(record, "phone");

		record_set_text(record, "phone_e164", str_absent(phone) ? STR_NONE : phone_e164(ttx_arena(tx), phone));
	}
	return kind == WRITE_CREATE || kind == WRITE_RESTORE ? usage_claim(tx, LIMIT_LEADS, errors) : OK;
}

static enum err after_write(struct ttx *tx, enum write_kind kind, const struct record *record)
{
	(void)record;
	return kind == WRITE_DELETE ? usage_release(tx, LIMIT_LEADS, 1) : OK;
}

const struct entity lead_entity = {
	.name = "lead",
	.plural = "leads",
	.label = "Lead",
	.label_plural = "Leads",
	.icon = "users",
	.table = "leads",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "name",
	.default_sort = "-created_at",
	.empty_hint = "Leads are people who need work done. Add the last person who called, or let your website send "
		      "them with an API key.",
	.trash = true,
	.history = true,
	.custom = true,
	.before_write = before_write,
	.after_write = after_write,
};
