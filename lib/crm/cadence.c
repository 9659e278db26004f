#include "lib/crm/cadence.h"

#include "lib/crm/shared.h"

static const struct field fields[] = {
	{
		.name = "name",
		.label = "Name",
		.group = "Follow-up",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_LISTED | CARRIED,
		.maximum = 100,
	},
	{
		.name = "is_active",
		.label = "Active",
		.help = "Only an active one can be started on a lead.",
		.type = FIELD_BOOL,
		.flags = FIELD_LISTED | CARRIED,
		.default_value = "t",
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

const struct entity cadence_entity = {
	.name = "cadence",
	.plural = "cadences",
	.label = "Follow-up",
	.label_plural = "Follow-ups",
	.icon = "repeat",
	.table = "cadences",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "name",
	.default_sort = "created_at",
	.empty_hint =
		"A follow-up is a list of steps, such as a call after a day and another after three. Started on a "
		"lead, it makes the tasks and stops when the lead answers.",
	.trash = true,
	.history = true,
};
