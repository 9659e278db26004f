/* The list page of every stored entity. */
#include "fcgi/entity_view.h"
#include "fcgi/handlers.h"
#include "fcgi/page.h"
#include "fcgi/try.h"

#include "lib/entity/filter.h"

#define COUNT_CAP 1000 /* beyond it a list says "1,000+": counting everything is the classic way to a slow page */

static const char *const list_extras[] = {"done", NULL};

/* The query string of the list with one parameter replaced (value absent: left out); cursor never survives a change. */
static struct str list_url(struct context *c, const struct entity *entity, const char *name, struct str value)
{
	struct buffer pairs = BUFFER_IN(c->arena);
	struct str query;

	for (const struct form_field *field = c->query.first; field; field = field->next)
		if (!str_is(field->name, name) && !str_is(field->name, "cursor") && !str_is(field->name, "done") &&
		    field->text.n > 0)
			url_add_pair(&pairs, field->name, field->text);
	if (!str_absent(value))
		url_add_pair(&pairs, str_from(name), value);
	query = buffer_str(&pairs);
	return query.n ? arena_printf(c->arena, "/%s?%.*s", entity->plural, STR_FMT_ARG(query))
		       : entity_list_path(c, entity);
}

static bool is_filtered(const struct list_query *query, int field, const char *value)
{
	for (size_t i = 0; i < query->filter_count; i++)
		if (query->filters[i].field == field && query->filters[i].operation == LIST_IS &&
		    str_is(query->filters[i].values[0], value))
			return true;
	return false;
}

/* Filters that are a choice, as selects with what is chosen now. */
static void put_filters(struct context *c, const struct entity *entity, const struct list_query *query)
{
	struct value *filters = value_put_list(c->page, "filters");

	for (size_t i = 0; i < entity->field_count; i++) {
		const struct field *field = &entity->fields[i];
		struct value *filter, *choices;

		if (!(field->flags & FIELD_FILTERABLE) || field->type != FIELD_CHOICE)
			continue;
		filter = value_map(c->arena);
		value_put_text(filter, "name", field->name);
		value_put_text(filter, "label", field->label);
		choices = value_put_list(filter, "choices");
		for (const struct choice *choice = field->choices; choice && choice->value; choice++) {
			struct value *map = value_map(c->arena);

			value_put_text(map, "value", choice->value);
			value_put_text(map, "label", choice->label);
			value_put_bool(map, "selected", is_filtered(query, (int)i, choice->value));
			value_append(choices, map);
		}
		value_append(filters, filter);
	}
}

/* Heads of the listed columns; a sortable one is a link that sorts by it, or turns the order round. */
static void put_heads(struct context *c, const struct entity *entity, const struct list_query *query)
{
	struct value *heads = value_put_list(c->page, "heads");

	for (size_t i = 0; i < entity->field_count; i++) {
		const struct field *field = &entity->fields[i];
		bool now = query->sort_field == (int)i;
		struct value *head;

		if (!(field->flags & FIELD_LISTED))
			continue;
		head = value_map(c->arena);
		value_put_text(head, "label", field->label);
		value_put_bool(head, "sortable", (field->flags & FIELD_SORTABLE) != 0);
		value_put_bool(head, "ascending", now && !query->descending);
		value_put_bool(head, "descending", now && query->descending);
		value_put_url(
			head, "sort_url",
			list_url(c, entity, "sort",
				 arena_printf(c->arena, "%s%s", now && !query->descending ? "-" : "", field->name)));
		value_append(heads, head);
	}
}

static struct str count_words(struct context *c, const struct entity *entity, int64_t count)
{
	if (count > COUNT_CAP)
		return arena_printf(c->arena, "1,000+ %s", entity->plural);
	return arena_printf(c->arena, "%lld %s", (long long)count, count == 1 ? entity->name : entity->plural);
}

/* Empty parameters of a submitted filter form mean "no filter", not "equal to nothing". */
static struct form without_empty(struct context *c)
{
	struct form kept = {NULL, 0};
	const struct form_field **tail = &kept.first;

	for (const struct form_field *field = c->query.first; field; field = field->next)
		if (field->text.n > 0) {
			struct form_field *copy = ARENA_NEW(c->arena, struct form_field);

			*copy = *field;
			copy->next = NULL;
			*tail = copy;
			tail = &copy->next;
			kept.count++;
		}
	return kept;
}

static void put_list_words(struct context *c, const struct entity *entity, const struct list_query *query)
{
	value_put_text(c->page, "title", entity->label_plural);
	value_put_str(c->page, "entity_label", entity_in_sentence(c, entity->label));
	value_put_text(c->page, "entity_label_plural", entity->label_plural);
	value_put_text(c->page, "empty_hint", entity->empty_hint);
	value_put_bool(c->page, "narrowed", query->filter_count > 0 || query->q.n > 0);
	value_put_bool(c->page, "may_write", entity_may_write(c));
	value_put_url(c->page, "list_url", entity_list_path(c, entity));
	value_put_url(c->page, "new_url", arena_printf(c->arena, "/%s/new", entity->plural));
	value_put_str(c->page, "q", query->q.n ? query->q : STR(""));
	value_put_str(c->page, "sort", form_text(&c->query, "sort"));
}

/* An address that was kept too long, or was typed: the list from its start where only the place in it is wrong, else the parameter in words. */
static enum err list_refused(struct context *c, enum err e)
{
	const struct field_error *first = errors_first(c->errors);

	if (e != E_INVALID || !first)
		return e;
	if (first->field && strcmp(first->field, "cursor") == 0 && !first->next)
		return context_redirect(c, list_url(c, c->entity, "cursor", STR_NONE));
	return context_fail(c, e, "%s: %.*s", first->field ? first->field : "The address", STR_FMT_ARG(first->message));
}

enum err entity_list_page(struct context *c)
{
	const struct entity *entity = c->entity;
	struct form parameters = without_empty(c);
	struct value *rows = value_put_list(c->page, "rows");
	struct list_query query;
	struct list_result result;
	struct rows *sent;
	int64_t count;
	enum err e = list_query_parse(c->arena, entity, &parameters, list_extras, &query, c->errors);

	if (e == OK)
		e = entity_list_send(c->tx, entity, &query, c->errors, &sent);
	if (e != OK)
		return list_refused(c, e);
	/* Both in one round trip. */
	TRY(entity_count(c->tx, entity, &query, COUNT_CAP + 1, &count));
	TRY(entity_list_read(c->tx, entity, &query, sent, &result));
	TRY(record_load_references(c->tx, result.records, result.count, false));
	for (size_t i = 0; i < result.count; i++)
		value_append(rows, page_row(c, result.records[i]));
	put_list_words(c, entity, &query);
	put_filters(c, entity, &query);
	put_heads(c, entity, &query);
	value_put_str(c->page, "count_text", count_words(c, entity, count));
	value_put_bool(c->page, "has_rows", result.count > 0);
	value_put_bool(c->page, "has_next", !str_absent(result.next_cursor));
	value_put_url(c->page, "next_url", list_url(c, entity, "cursor", result.next_cursor));
	value_put_bool(c->page, "has_first", !str_absent(query.cursor));
	value_put_url(c->page, "first_url", list_url(c, entity, "cursor", STR_NONE));
	return OK;
}
