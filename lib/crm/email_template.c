#include "lib/crm/email_template.h"

#include "lib/crm/shared.h"

static const struct field fields[] = {
	{
		.name = "name",
		.label = "Name",
		.help = "What you call it; customers do not see it.",
		.group = "Template",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_SORTABLE | FIELD_LISTED | CARRIED,
		.maximum = 100,
	},
	{
		.name = "subject",
		.label = "Subject",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_LISTED | CARRIED,
		.maximum = 200,
	},
	{
		.name = "body",
		.label = "Text",
		.type = FIELD_LONG_TEXT,
		.flags = FIELD_REQUIRED | CARRIED,
		.maximum = 50000,
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

const struct entity email_template_entity = {
	.name = "email_template",
	.plural = "email_templates",
	.label = "E-mail template",
	.label_plural = "E-mail templates",
	.icon = "template",
	.table = "email_templates",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "name",
	.default_sort = "name",
	.empty_hint = "A template is a text you write once: the spring tune-up, the thank-you after a job. Campaigns "
		      "start from it.",
	.trash = true,
	.history = true,
};
