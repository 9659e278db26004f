#include "lib/crm/signal.h"

#include "lib/crm/shared.h"

static const struct choice states[] = {
	{"new", "New", "blue"},
	{"accepted", "Accepted", "green"},
	{"dismissed", "Dismissed", "secondary"},
	{"snoozed", "Snoozed", "yellow"},
	{NULL, NULL, NULL},
};

static const struct field fields[] = {
	{
		.name = "excerpt",
		.label = "What was said",
		.group = "Signal",
		.type = FIELD_LONG_TEXT,
		.flags = FIELD_SEARCHABLE | FIELD_LISTED | CARRIED,
		.maximum = 2000,
	},
	{
		.name = "source",
		.label = "Source",
		.help = "Where it was seen: a forum, a review site, a permit list.",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_FILTERABLE | FIELD_LISTED | CARRIED,
		.maximum = 100,
	},
	{
		.name = "url",
		.label = "Address",
		.type = FIELD_URL,
		.flags = CARRIED,
	},
	{
		.name = "author",
		.label = "Author",
		.type = FIELD_TEXT,
		.flags = FIELD_SEARCHABLE | CARRIED,
		.maximum = 200,
	},
	{
		.name = "place",
		.label = "Place",
		.type = FIELD_TEXT,
		.flags = FIELD_SEARCHABLE | FIELD_LISTED | CARRIED,
		.maximum = 200,
	},
	{
		.name = "trade",
		.label = "Trade",
		.group = "Judged",
		.type = FIELD_CHOICE,
		.flags = CARRIED,
		.choices = trade_choices,
	},
	{
		.name = "intent",
		.label = "Intent",
		.help = "Needs a repair, compares prices.",
		.type = FIELD_TEXT,
		.flags = CARRIED,
		.maximum = 100,
	},
	{
		.name = "score",
		.label = "Score",
		.help = "0 to 100.",
		.type = FIELD_INTEGER,
		.flags = FIELD_SORTABLE | FIELD_LISTED | CARRIED,
		.maximum = 100,
		.default_value = "0",
	},
	{
		.name = "state",
		.label = "State",
		.type = FIELD_CHOICE,
		.flags = FIELD_FILTERABLE | FIELD_LISTED | CARRIED,
		.choices = states,
		.default_value = "new",
	},
	{
		.name = "snoozed_until",
		.label = "Snoozed until",
		.type = FIELD_INSTANT,
		.flags = CARRIED,
	},
	{
		.name = "lead_id",
		.label = "Lead",
		.help = "The lead it became.",
		REFERS_TO_LEAD,
		.flags = FIELD_FILTERABLE | FIELD_EXPORTABLE,
	},
	{
		.name = "external_id",
		.label = "Id at the source",
		.help = "The same one is taken once only; left empty, one is made.",
		.group = "Record",
		.type = FIELD_TEXT,
		.flags = FIELD_FILLED | CARRIED,
		.maximum = 500,
	},
	{
		.name = "fetched_at",
		.label = "Seen",
		.help = "Left empty: now.",
		.type = FIELD_INSTANT,
		.flags = FIELD_FILLED | FIELD_SORTABLE | FIELD_FILTERABLE | FIELD_LISTED | CARRIED,
	},
	{
		.name = "created_at",
		.label = "Created",
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
	crm_fill_now(tx, kind, record, "fetched_at");
	if (kind != WRITE_DELETE && str_absent(record_text(record, "external_id")))
		record_set_text(record, "external_id", uuid_text(ttx_arena(tx), record_id(record)));
	return OK;
}

const struct entity signal_entity = {
	.name = "signal",
	.plural = "signals",
	.label = "Signal",
	.label_plural = "Signals",
	.icon = "radar-2",
	.table = "signals",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "excerpt",
	.default_sort = "-fetched_at",
	.empty_hint = "Signals are hints that somebody needs work done: a post, a review, a permit. Add one by hand, "
		      "or let a program send them with an API key.",
	.trash = true,
	.title_instead = "source",
	.history = true,
	.before_write = before_write,
};
