#include "lib/crm/lead.h"

#include "lib/crm/lead_rules.h"
#include "lib/crm/shared.h"

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

/* clang-format off */
static const struct choice response_kinds[] = {
	{"call", "Call", NULL},
	{"email", "E-mail", NULL},
	{"sms", "Text message", NULL},
	{"stage", "Stage", NULL},
	{NULL, NULL, NULL},
};
/* clang-format on */

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
		.name = "contact_id",
		.label = "Contact",
		.help = "The customer this lead belongs to.",
		REFERS_TO_CONTACT,
		.flags = FIELD_FILTERABLE | FIELD_EXPORTABLE,
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
		.choices = trade_choices,
	},
	{
		.name = "urgency",
		.label = "Urgency",
		.type = FIELD_CHOICE,
		.flags = FIELD_FILTERABLE | CARRIED | FIELD_LISTED,
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
		.name = "lost_reason",
		.label = "Lost because",
		.help = "Asked for when a lead is lost.",
		.type = FIELD_TEXT,
		.flags = CARRIED,
		.maximum = 200,
	},
	{
		.name = "stage_id",
		.label = "Stage",
		.help = "Its column on the board; follows the status where it must.",
		.type = FIELD_REFERENCE,
		.flags = FIELD_FILTERABLE | FIELD_LISTED | FIELD_EXPORTABLE,
		.references = "pipeline_stages",
		.reference_label = "name",
		.reference_condition = "deleted_at IS NULL",
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
		.name = "score_reasons",
		.label = "Why this score",
		.help = "Made from what is known of the lead, unless somebody scores by hand.",
		.type = FIELD_LONG_TEXT,
		.flags = CARRIED,
		.maximum = 1000,
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
		.name = "cost_cents",
		.label = "Cost of the lead",
		.help = "What the advertisement or portal took for it.",
		.type = FIELD_MONEY,
		.flags = CARRIED,
		.default_value = "0",
	},
	{
		.name = "source",
		.label = "Source",
		.help = "Where the lead came from: website, phone, referral.",
		.type = FIELD_TEXT,
		.flags = FIELD_FILTERABLE | CARRIED,
		.maximum = 100,
	},
	{
		.name = "owner_id",
		.label = "Owner",
		.help = "Who looks after this lead.",
		REFERS_TO_USER,
		.flags = FIELD_FILTERABLE | FIELD_LISTED | FIELD_EXPORTABLE,
	},
	{
		.name = "next_step",
		.label = "Next step",
		.type = FIELD_TEXT,
		.flags = CARRIED,
		.maximum = 200,
	},
	{
		.name = "next_step_at",
		.label = "Next step on",
		.type = FIELD_INSTANT,
		.flags = CARRIED,
	},
	{
		.name = "tags",
		.label = "Tags",
		.type = FIELD_TAGS,
		.flags = FIELD_FILTERABLE | FIELD_EXPORTABLE,
	},
	{
		.name = "sms_consent",
		.label = "May be texted",
		.help = "The person has agreed to text messages.",
		.group = "Consent",
		.type = FIELD_BOOL,
		.flags = CARRIED,
		.default_value = "f",
	},
	{
		.name = "sms_consent_text",
		.label = "Words of the consent",
		.help = "What the person agreed to, and where.",
		.type = FIELD_LONG_TEXT,
		.flags = CARRIED,
		.maximum = 2000,
	},
	{
		.name = "sms_consent_at",
		.label = "Consent since",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
	{
		.name = "response_due_at",
		.label = "Answer due",
		.group = "Response",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
	{
		.name = "first_response_at",
		.label = "First answer",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
	{
		.name = "first_response_kind",
		.label = "First answer by",
		.type = FIELD_CHOICE,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
		.choices = response_kinds,
	},
	{
		.name = "first_response_by",
		.label = "First answer from",
		REFERS_TO_USER,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
	{
		.name = "first_response_seconds",
		.label = "Seconds to the first answer",
		.type = FIELD_INTEGER,
		.flags = FIELD_READ_ONLY | FIELD_API_ONLY | FIELD_EXPORTABLE,
	},
	{
		.name = "stage_since",
		.label = "In this stage since",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
	{
		.name = "stage_position",
		.label = "Place in the stage",
		.type = FIELD_INTEGER,
		.flags = FIELD_INTERNAL,
	},
	{
		.name = "converted_at",
		.label = "Became a customer",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
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
	.tags_table = "lead_tags",
	.before_write = lead_before_write,
	.after_write = lead_after_write,
};
