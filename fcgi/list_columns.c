/* Which fields a list shows, and by which it is sorted. */
#include "fcgi/list_page.h"

/* Names no row: many lines, or nothing for eyes. */
static bool is_column(const struct field *field)
{
	return !(field->flags & (FIELD_API_ONLY | FIELD_INTERNAL | FIELD_WRITE_ONLY)) && field->type != FIELD_LONG_TEXT;
}

static bool is_shown(const struct list_page *page, int field)
{
	for (size_t i = 0; i < page->column_count; i++)
		if (page->columns[i] == field)
			return true;
	return false;
}

static bool names_row(const struct list_page *page, int field)
{
	return strcmp(page->entity->fields[field].name, page->entity->title_field) == 0;
}

static void show(struct list_page *page, int field)
{
	if (field >= 0 && !is_shown(page, field) && (is_column(&page->entity->fields[field]) || names_row(page, field)))
		page->columns[page->column_count++] = field;
}

/* A name that is no column any more is passed over: an address that was kept outlives a field. */
void list_columns_read(struct list_page *page)
{
	const struct entity *entity = page->entity;
	struct str names = form_text(&page->c->query, "columns");

	page->columns = arena_array(page->c->arena, entity->field_count + 1, sizeof *page->columns);
	show(page, entity_field(entity, str_from(entity->title_field)));
	while (!str_absent(names))
		show(page, entity_field(entity, str_trim(str_split(&names, ','))));
	if (page->column_count > 1)
		return;
	page->column_count = 0;
	for (size_t i = 0; i < entity->field_count; i++)
		if (entity->fields[i].flags & FIELD_LISTED)
			show(page, (int)i);
}

/* Heads of the shown columns; a sortable one is a link that sorts by it, or turns the order round. */
static void put_heads(struct list_page *page)
{
	struct context *c = page->c;
	struct value *heads = value_put_list(c->page, "heads");

	for (size_t i = 0; i < page->column_count; i++) {
		const struct field *field = &page->entity->fields[page->columns[i]];
		bool now = page->query.sort_field == page->columns[i], up = now && !page->query.descending;
		struct value *head = value_map(c->arena);

		value_put_text(head, "label", field->label);
		value_put_bool(head, "sortable", (field->flags & FIELD_SORTABLE) != 0);
		value_put_bool(head, "ascending", up);
		value_put_bool(head, "descending", now && !up);
		value_put_url(head, "sort_url",
			      list_page_url(page, "sort", arena_printf(c->arena, "%s%s", up ? "-" : "", field->name)));
		value_append(heads, head);
	}
}

static void add_sort(struct list_page *page, struct value *sorts, int index, bool descending)
{
	static const char *const words[][2] = {
		{"from A to Z", "from Z to A"}, {"smallest first", "largest first"}, {"oldest first", "newest first"}};
	const struct field *field = &page->entity->fields[index];
	size_t kind = field->type == FIELD_INSTANT || field->type == FIELD_DATE                                   ? 2
		      : field->type == FIELD_INTEGER || field->type == FIELD_MONEY || field->type == FIELD_NUMBER ? 1
														  : 0;
	struct value *sort = value_map(page->c->arena);

	value_put_str(sort, "value", arena_printf(page->c->arena, "%s%s", descending ? "-" : "", field->name));
	value_put_str(sort, "label", arena_printf(page->c->arena, "%s, %s", field->label, words[kind][descending]));
	value_put_bool(sort, "selected", page->query.sort_field == index && page->query.descending == descending);
	value_append(sorts, sort);
}

void list_put_columns(struct list_page *page)
{
	struct value *columns = value_put_list(page->c->page, "columns"),
		     *sorts = value_put_list(page->c->page, "sorts");

	put_heads(page);
	value_put_text(page->c->page, "title_column", page->entity->title_field);
	for (size_t i = 0; i < page->entity->field_count; i++) {
		const struct field *field = &page->entity->fields[i];

		if (field->flags & FIELD_SORTABLE)
			for (int descending = 0; descending < 2; descending++)
				add_sort(page, sorts, (int)i, descending);
		if (is_column(field) && !names_row(page, (int)i)) {
			struct value *column = value_map(page->c->arena);

			value_put_text(column, "name", field->name);
			value_put_text(column, "label", field->label);
			value_put_bool(column, "checked", is_shown(page, (int)i));
			value_append(columns, column);
		}
	}
}
