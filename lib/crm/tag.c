#include "lib/crm/tag.h"

#include "lib/crm/shared.h"

static const struct choice tones[] = {
	{"blue", "Blue", "blue"},           {"azure", "Azure", "azure"},
	{"cyan", "Cyan", "cyan"},           {"purple", "Purple", "purple"},
	{"green", "Green", "green"},        {"yellow", "Yellow", "yellow"},
	{"orange", "Orange", "orange"},     {"red", "Red", "red"},
	{"secondary", "Grey", "secondary"}, {NULL, NULL, NULL},
};

static const struct field fields[] = {
	{
		.name = "name",
		.label = "Name",
		.group = "Tag",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_SORTABLE | FIELD_LISTED | CARRIED,
		.maximum = 40,
	},
	{
		.name = "tone",
		.label = "Colour",
		.type = FIELD_CHOICE,
		.flags = FIELD_LISTED | CARRIED,
		.choices = tones,
		.default_value = "azure",
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

const struct entity tag_entity = {
	.name = "tag",
	.plural = "tags",
	.label = "Tag",
	.label_plural = "Tags",
	.icon = "tag",
	.table = "tags",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "name",
	.default_sort = "name",
	.empty_hint = "Tags are your own words for leads and contacts: maintenance plan, landlord, referred by Joe.",
	.trash = true,

};
