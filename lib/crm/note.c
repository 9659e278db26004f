#include "lib/crm/note.h"

#include "lib/crm/shared.h"

static const struct field fields[] = {
	{
		.name = "body",
		.label = "Note",
		.group = "Note",
		.type = FIELD_LONG_TEXT,
		.flags = FIELD_REQUIRED | FIELD_SEARCHABLE | FIELD_LISTED | CARRIED,
	},
	{
		.name = "is_pinned",
		.label = "Pinned",
		.help = "Stands above the timeline.",
		.type = FIELD_BOOL,
		.flags = CARRIED,
		.default_value = "f",
	},
	{
		.name = "lead_id",
		.label = "Lead",
		.group = "About",
		REFERS_TO_LEAD,
		.flags = FIELD_OWNING | FIELD_FILTERABLE | FIELD_LISTED | FIELD_EXPORTABLE,
	},
	{
		.name = "contact_id",
		.label = "Contact",
		REFERS_TO_CONTACT,
		.flags = FIELD_OWNING | FIELD_FILTERABLE | FIELD_LISTED | FIELD_EXPORTABLE,
	},
	{
		.name = "author_id",
		.label = "Written by",
		.help = "Left empty: you.",
		REFERS_TO_USER,
		.flags = FIELD_FILTERABLE | FIELD_LISTED | FIELD_EXPORTABLE,
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

static enum err before_write(struct ttx *tx, enum write_kind kind, struct record *record, struct errors *errors)
{
	(void)errors;
	crm_fill_actor(tx, kind, record, "author_id");
	return OK;
}

const struct entity note_entity = {
	.name = "note",
	.plural = "notes",
	.label = "Note",
	.label_plural = "Notes",
	.icon = "note",
	.table = "notes",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "body",
	.default_sort = "-created_at",
	.empty_hint = "Notes hold what is worth remembering: the gate code, what was promised on the phone.",
	.trash = true,
	.history = true,
	.before_write = before_write,
};
