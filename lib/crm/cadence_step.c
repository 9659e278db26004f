#include "lib/crm/cadence_step.h"

#include "lib/crm/shared.h"

static const struct field fields[] = {
	{
		.name = "title",
		.label = "Task",
		.group = "Step",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_LISTED | CARRIED,
		.maximum = 200,
	},
	{
		.name = "cadence_id",
		.label = "Follow-up",
		REFERS_BY_NAME("cadences"),
		.flags = FIELD_OWNING | FIELD_REQUIRED | FIELD_CREATE_ONLY | FIELD_FILTERABLE | FIELD_LISTED |
			 FIELD_EXPORTABLE,
	},
	{
		.name = "delay_hours",
		.label = "Hours after the start",
		.type = FIELD_INTEGER,
		.flags = FIELD_REQUIRED | FIELD_SORTABLE | FIELD_LISTED | CARRIED,
		.maximum = 8760,
	},
	{
		.name = "kind",
		.label = "Kind",
		.type = FIELD_CHOICE,
		.flags = FIELD_LISTED | CARRIED,
		.choices = task_kind_choices,
		.default_value = "call",
	},
	{
		.name = "description",
		.label = "Details",
		.type = FIELD_LONG_TEXT,
		.flags = CARRIED,
	},
	{
		.name = "created_at",
		.label = "Created",
		.group = "Record",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
	{
		.name = "updated_at",
		.label = "Changed",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
};

const struct entity cadence_step_entity = {
	.name = "cadence_step",
	.plural = "cadence_steps",
	.label = "Step",
	.label_plural = "Steps",
	.icon = "list-numbers",
	.table = "cadence_steps",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "title",
	.default_sort = "delay_hours",
	.empty_hint = "A step says what is to be done and how many hours after the start: a call after 24, a text "
		      "message after 72.",
	.trash = true,

};
