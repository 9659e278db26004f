#include "lib/crm/saved_view.h"

#include "lib/crm/entities.h"
#include "lib/crm/shared.h"
#include "lib/entity/custom.h"

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
		.type = FIELD_CHOICE,
		.flags = FIELD_REQUIRED | FIELD_CREATE_ONLY | FIELD_FILTERABLE | FIELD_LISTED | CARRIED,
		.choices = entity_choices,
	},
	{
		.name = "query",
		.label = "Filters and order",
		.help = "What stands behind the ? in the address of the list.",
		.type = FIELD_TEXT,
		.flags = FIELD_FILLED | CARRIED,
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

/* What the page of a list takes beside what lists take. */
static const char *const page_parameters[] = {"columns", NULL};

/* The query is one that its list takes. A company's own fields may come and go: the list itself says then what is gone. */
static void check_query(struct ttx *tx, const struct entity *entity, struct str query, struct errors *errors)
{
	struct errors *found = errors_new(ttx_arena(tx));
	struct list_query parsed;
	struct form form;
	struct str why;

	if (form_parse_urlencoded(ttx_arena(tx), query, &form_limits_request, &form, &why) != OK) {
		errors_add(errors, "query", "not_a_query", "%.*s", STR_FMT_ARG(why));
		return;
	}
	if (list_query_parse(ttx_arena(tx), entity, &form, page_parameters, &parsed, found) == OK)
		return;
	for (const struct field_error *error = errors_first(found); error; error = error->next)
		if (!error->field || !str_starts(str_from(error->field), STR(CUSTOM_PREFIX))) {
			errors_add(errors, "query", "not_a_query", "%s: %.*s", error->field ? error->field : "The list",
				   STR_FMT_ARG(error->message));
			return;
		}
}

static enum err before_write(struct ttx *tx, enum write_kind kind, struct record *record, struct errors *errors)
{
	const struct entity *entity = entity_find(record_text(record, "entity"));
	struct str query = record_text(record, "query");

	if (kind == WRITE_DELETE || kind == WRITE_RESTORE)
		return OK;
	crm_fill_actor(tx, kind, record, "user_id");
	if (str_absent(query))
		record_set_text(record, "query", STR(""));
	if (entity && query.n)
		check_query(tx, entity, query, errors);
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
	.visible = "is_shared OR user_id = @me",
	.before_write = before_write,
};
