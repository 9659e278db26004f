#include "lib/crm/email_campaign.h"

#include "lib/crm/shared.h"

static const struct choice statuses[] = {
	{"draft", "Draft", "secondary"},
	{"scheduled", "Scheduled", "blue"},
	{"sending", "Sending", "cyan"},
	{"paused", "Paused", "yellow"},
	{"sent", "Sent", "green"},
	{"cancelled", "Cancelled", "secondary"},
	{NULL, NULL, NULL},
};

/* Nothing sends yet: the status stays what it is made with, and nobody can claim otherwise. */
static const struct field fields[] = {
	{
		.name = "name",
		.label = "Name",
		.group = "Campaign",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_LISTED | CARRIED,
		.maximum = 100,
	},
	{
		.name = "template_id",
		.label = "Template",
		REFERS_BY_NAME("email_templates"),
		.flags = FIELD_FILTERABLE | FIELD_LISTED | FIELD_EXPORTABLE,
	},
	{
		.name = "subject",
		.label = "Subject",
		.help = "Left empty: the template's.",
		.type = FIELD_TEXT,
		.flags = CARRIED,
		.maximum = 200,
	},
	{
		.name = "scheduled_at",
		.label = "Planned for",
		.help = "A date to plan by: campaigns are prepared here, and nothing is sent.",
		.type = FIELD_INSTANT,
		.flags = FIELD_LISTED | CARRIED,
	},
	{
		.name = "status",
		.label = "Status",
		.type = FIELD_CHOICE,
		.flags = FIELD_READ_ONLY | FIELD_FILTERABLE | FIELD_LISTED | FIELD_EXPORTABLE,
		.choices = statuses,
		.default_value = "draft",
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

const struct entity email_campaign_entity = {
	.name = "email_campaign",
	.plural = "email_campaigns",
	.label = "Campaign",
	.label_plural = "Campaigns",
	.icon = "speakerphone",
	.table = "email_campaigns",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "name",
	.default_sort = "-created_at",
	.empty_hint = "A campaign is a text and the people it is for. Prepare one: write its template first, then "
		      "choose who is to get it.",
	.trash = true,
	.history = true,
};
