#include "lib/crm/inputs.h"

static const struct field cadence_start_fields[] = {
	{
		.name = "cadence_id",
		.label = "Cadence",
		.type = FIELD_REFERENCE,
		.flags = FIELD_REQUIRED,
		.references = "cadences",
		.reference_label = "name",
	},
};
const struct entity cadence_start_entity = {
	.name = "cadence start",
	.plural = "cadence_starts",
	.label = "Start of a cadence",
	.label_plural = "Starts of cadences",
	.fields = cadence_start_fields,
	.field_count = COUNT_OF(cadence_start_fields),
};

static const struct field task_snooze_fields[] = {
	{
		.name = "until",
		.label = "Until",
		.help = "hour, tomorrow (8 in the morning), week (Monday, 8 in the morning), or a time in RFC 3339.",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED,
		.maximum = 40,
	},
};
const struct entity task_snooze_entity = {
	.name = "snooze",
	.plural = "snoozes",
	.label = "Snooze",
	.label_plural = "Snoozes",
	.fields = task_snooze_fields,
	.field_count = COUNT_OF(task_snooze_fields),
};
