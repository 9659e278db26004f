#include "lib/crm/inputs.h"

static const struct field cadence_start_fields[] = {
	{
		.name = "cadence_id",
		.label = "Follow-up",
		.type = FIELD_REFERENCE,
		.flags = FIELD_REQUIRED,
		.references = "cadences",
		.reference_label = "name",
	},
};
const struct entity cadence_start_entity = {
	.name = "cadence start",
	.plural = "cadence_starts",
	.label = "Start of a follow-up",
	.label_plural = "Starts of follow-ups",
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

static const struct choice places[] = {{"top", "On top", NULL}, {"bottom", "At the bottom", NULL}, {NULL, NULL, NULL}};

static const struct field lead_move_fields[] = {
	{
		.name = "stage_id",
		.label = "Stage",
		.type = FIELD_REFERENCE,
		.flags = FIELD_REQUIRED,
		.references = "pipeline_stages",
		.reference_label = "name",
	},
	{
		.name = "place",
		.label = "Place",
		.help = "Where no neighbour is named.",
		.type = FIELD_CHOICE,
		.choices = places,
	},
	{
		.name = "before_id",
		.label = "Before",
		.help = "The lead of that stage to stand in front of.",
		.type = FIELD_REFERENCE,
		.references = "leads",
		.reference_label = "name",
	},
	{
		.name = "after_id",
		.label = "After",
		.help = "The lead of that stage to stand behind.",
		.type = FIELD_REFERENCE,
		.references = "leads",
		.reference_label = "name",
	},
	{
		.name = "lost_reason",
		.label = "Lost because",
		.type = FIELD_TEXT,
		.maximum = 200,
	},
};
const struct entity lead_move_entity = {
	.name = "move",
	.plural = "moves",
	.label = "Move",
	.label_plural = "Moves",
	.fields = lead_move_fields,
	.field_count = COUNT_OF(lead_move_fields),
};
