/* Filters by references to what a company has thousands of: found by typing, with or without a script. */
#include "fcgi/list_page.h"
#include "fcgi/try.h"

bool list_is_found(const struct list_page *page, int field)
{
	const struct field *described = &page->entity->fields[field];

	return (described->flags & FIELD_FILTERABLE) && described->type == FIELD_REFERENCE &&
	       described->reference_search;
}

/* Words to find a row by; the other operators take none. */
static bool takes_words(const struct list_filter *filter)
{
	return filter->operation == LIST_IS || filter->operation == LIST_NOT;
}

const struct list_refusal *list_found_refused(const struct list_page *page, int field)
{
	for (size_t i = 0; i < page->refused_count; i++)
		if (page->refused[i].is_filter && page->refused[i].filter.field == field &&
		    takes_words(&page->refused[i].filter))
			return &page->refused[i];
	return NULL;
}

const struct list_filter *list_found_filter(const struct list_page *page, int field)
{
	for (size_t i = 0; !list_found_refused(page, field) && i < page->query.filter_count; i++) {
		const struct list_filter *filter = &page->query.filters[i];

		if (filter->field == field &&
		    (filter->operation == LIST_EMPTY || (takes_words(filter) && filter->count == 1)))
			return filter;
	}
	return NULL;
}

/* ---- the input ---- */

static void add_part(struct form *form, struct form_field *field, const char *name, struct str text)
{
	*field = (struct form_field){str_from(name), text, STR_NONE, STR_NONE, form->first};
	*form = (struct form){field, form->count + 1};
}

/* What the input of a record's form would be for the row that is chosen, or for the words that were typed. */
static enum err look(struct list_page *page, int field, struct str chosen, struct str words)
{
	struct context *c = page->c;
	struct record *record = record_new(c->arena, page->entity);
	struct form_field *parts = arena_array(c->arena, 3, sizeof *parts);
	struct form typed = {NULL, 0};
	const char *name = page->entity->fields[field].name;

	add_part(&typed, &parts[0], arena_printf(c->arena, "%s.any", name).p, STR("1"));
	if (!str_absent(words))
		add_part(&typed, &parts[1], arena_printf(c->arena, "%s.search", name).p, words);
	if (!str_absent(chosen)) {
		add_part(&typed, &parts[2], name, chosen);
		record_set(record, field, chosen);
		TRY(record_load_labels(c->tx, &record, 1, &field, 1));
	}
	TRY(record_load_offers(c->tx, record, &typed));
	page->found[field] = value_map(c->arena);
	record_input_view(record, field, &typed, page->found[field]);
	return OK;
}

enum err list_found_read(struct list_page *page)
{
	for (size_t i = 0; i < page->entity->field_count; i++) {
		const struct list_filter *filter;

		if (!list_is_found(page, (int)i) || page->found[i])
			continue;
		filter = list_found_filter(page, (int)i);
		TRY(look(page, (int)i, filter && takes_words(filter) ? filter->values[0] : STR_NONE, STR_NONE));
	}
	return OK;
}

struct str list_found_name(const struct list_page *page, int field, struct str id)
{
	struct context *c = page->c;
	const struct value *choices = value_get(page->found[field], STR("choices"));
	struct record *record;
	struct value *cells = value_list(c->arena);
	struct uuid row;

	for (size_t i = 0; i < value_count(choices); i++)
		if (str_equal(value_as_str(value_get(value_at(choices, i), STR("value"))), id))
			return value_as_str(value_get(value_at(choices, i), STR("label")));
	if (!uuid_parse(id, &row))
		return id;
	record = record_new(c->arena, page->entity);
	record_set(record, field, id);
	if (record_load_labels(c->tx, &record, 1, &field, 1) != OK)
		return id;
	record_cells_of(record, &field, 1, cells);
	return value_as_str(value_get(value_at(cells, 0), STR("text")));
}

/* ---- what was typed ---- */

/* The one row that matches; absent where there is none or are several, and then *why. */
static struct str only_match(const struct value *input, struct str *why)
{
	const struct value *choices = value_get(input, STR("choices"));
	struct str note = value_as_str(value_get(input, STR("find_note")));

	if (value_count(choices) == 1)
		return value_as_str(value_get(value_at(choices, 0), STR("value")));
	*why = value_count(choices) == 0 && note.n ? note : STR("Several match. Choose one.");
	return STR_NONE;
}

void list_found_refuse(struct list_page *page, const struct list_refusal *refusal)
{
	struct value *input = page->found[refusal->filter.field];

	value_put_str(input, "error", refusal->message);
	if (str_equal(value_as_str(value_get(input, STR("find_note"))), refusal->message))
		value_put_text(input, "find_note", NULL);
}

enum err list_found_settle(struct list_page *page, struct str *url)
{
	struct context *c = page->c;
	struct buffer pairs = BUFFER_IN(c->arena);
	size_t settled = 0;

	*url = STR_NONE;
	page->found = arena_array(c->arena, page->entity->field_count, sizeof *page->found);
	buffer_add_str(&pairs, list_page_query(c));
	for (size_t i = 0; i < page->refused_count; i++) {
		struct list_refusal *refusal = &page->refused[i];
		struct str id;

		if (!refusal->is_filter || !list_is_found(page, refusal->filter.field) ||
		    list_found_refused(page, refusal->filter.field) != refusal)
			continue;
		TRY(look(page, refusal->filter.field, STR_NONE, refusal->filter.text));
		id = only_match(page->found[refusal->filter.field], &refusal->message);
		if (str_absent(id))
			continue;
		refusal->message = STR("Is this the one? Then apply the filters once more.");
		url_add_pair(&pairs, refusal->filter.parameter, id);
		settled++;
	}
	if (settled > 0 && settled == page->refused_count)
		*url = arena_printf(c->arena, "/%s?%.*s", page->entity->plural, STR_FMT_ARG(buffer_str(&pairs)));
	return OK;
}
