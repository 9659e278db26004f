#include "lib/crm/saved_view.h"

#include "lib/crm/shared.h"

static const struct field fields[] = {
	{
		.name = "name",
		.label = "Name",
		.group = "View",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_SORTABLE | FIELD_LISTED | CARRIED,
		.maximum = 60,
	},
	{
		.name = "entity",
		.label = "List",
		.help = "leads, contacts, tasks.",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_CREATE_ONLY | FIELD_FILTERABLE | FIELD_LISTED | CARRIED,
		.maximum = 40,
	},
	{
		.name = "query",
		.label = "Filters and order",
		.help = "What stands behind the ? in the address of the list.",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | CARRIED,
		.maximum = 2000,
	},
	{
		.name = "is_shared",
		.label = "Shared",
		.help = "Everybody in the company sees it.",
		.type = FIELD_BOOL,
		.flags = FIELD_LISTED | CARRIED,
		.default_value = "f",
	},
	{
		.name = "user_id",
		.label = "Made by",
		REFERS_TO_USER,
		.flags = FIELD_READ_ONLY | FIELD_LISTED | FIELD_EXPORTABLE,
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

static enum err before_write(struct ttx *tx, enum write_kind kind, struct record *record, struct errors *errors)
{
	(void)errors;
	crm_fill_actor(tx, kind, record, "user_id");
	return OK;
}

const struct entity saved_view_entity = {
	.name = "saved_view",
	.plural = "saved_views",
	.label = "Saved view",
	.label_plural = "Saved views",
	.icon = "bookmark",
	.table = "saved_views",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "name",
	.default_sort = "name",
	.empty_hint = "A saved view is a list as you left it: its filters and its order. Save one from any list.",
	.trash = true,
	.before_write = before_write,
};
