/* The list page of every stored entity. */
#include "fcgi/bulk.h"
#include "fcgi/entity_view.h"
#include "fcgi/handlers.h"
#include "fcgi/list_page.h"
#include "fcgi/page.h"
#include "fcgi/sample_notice.h"
#include "fcgi/try.h"

#include "lib/crm/import.h"
#include "lib/crm/sample_data.h"

#define EXACT_CAP 1000000 /* who asks for the number waits for it, up to the database's time limit */

/* Parameters of the page that are none of the list's. */
static const char *const list_extras[] = {"done", "undo", "columns", "count", "bulk", "undone", "left", "view", NULL};

bool list_is_passing(struct str name)
{
	static const char *const names[] = {"cursor", "done", "undo", "count", "bulk", "undone", "left"};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_is(name, names[i]))
			return true;
	return false;
}

static struct str query_with(struct context *c, const char *name, struct str value)
{
	struct buffer pairs = BUFFER_IN(c->arena);

	for (const struct form_field *field = c->query.first; field; field = field->next)
		if (!str_is(field->name, name) && !list_is_passing(field->name) && field->text.n > 0)
			url_add_pair(&pairs, field->name, field->text);
	if (!str_absent(value))
		url_add_pair(&pairs, str_from(name), value);
	return buffer_str(&pairs);
}

struct str list_url(struct context *c, const struct entity *entity, const char *name, struct str value)
{
	struct str query = query_with(c, name, value);

	return query.n ? arena_printf(c->arena, "/%s?%.*s", entity->plural, STR_FMT_ARG(query))
		       : entity_list_path(c, entity);
}

struct str list_page_url(const struct list_page *page, const char *name, struct str value)
{
	return list_url(page->c, page->entity, name, value);
}

struct str list_page_query(struct context *c)
{
	return query_with(c, "view", STR_NONE);
}

/* ---- how many ---- */

struct str list_count_words(struct context *c, const struct entity *entity, int64_t count, int64_t cap)
{
	bool more = count > cap;

	return arena_printf(
		c->arena, "%.*s%s %.*s", STR_FMT_ARG(page_number(c->arena, more ? cap : count)), more ? "+" : "",
		STR_FMT_ARG(label_in_sentence(c->arena, count == 1 ? entity->label : entity->label_plural)));
}

static void put_count(const struct list_page *page, struct str words, const char *note, bool offer_exact)
{
	struct context *c = page->c;

	value_put_str(c->page, "count_text", words);
	value_put_text(c->page, "count_note", note);
	value_put_url(c->page, "exact_url", list_page_url(page, "count", STR("exact")));
	value_put_bool(c->page, "has_exact", offer_exact);
}

enum err list_count_all(struct context *c, const struct entity *entity, const struct list_query *query, int64_t *count,
			bool *late)
{
	enum err err;

	TRY(ttx_savepoint(c->tx));
	err = entity_count(c->tx, entity, query, EXACT_CAP, count);
	*late = err == E_BUSY;
	return *late ? ttx_restore(c->tx) : err;
}

/* Everything is counted when somebody asks; what takes too long is said in a sentence, and the list stays. */
static enum err count_exactly(const struct list_page *page)
{
	struct context *c = page->c;
	int64_t count = 0;
	bool late;

	TRY(list_count_all(c, page->entity, &page->query, &count, &late));
	if (late)
		put_count(page, list_count_words(c, page->entity, LIST_COUNT_CAP + 1, LIST_COUNT_CAP),
			  "Counting all of them took too long. Narrow the list with a filter and count again.", false);
	else
		put_count(page, list_count_words(c, page->entity, count, EXACT_CAP - 1), NULL, false);
	return OK;
}

/* ---- the page ---- */

static struct str bulk_all_url(const struct list_page *page)
{
	struct str query = list_page_query(page->c);

	return arena_printf(page->c->arena, "/%s/bulk%s%.*s", page->entity->plural, query.n ? "?" : "",
			    STR_FMT_ARG(query));
}

static struct str export_url(const struct list_page *page)
{
	struct str query = list_page_query(page->c);

	return arena_printf(page->c->arena, "/%s/export%s%.*s", page->entity->plural, query.n ? "?" : "",
			    STR_FMT_ARG(query));
}

static void put_words(const struct list_page *page)
{
	const struct entity *entity = page->entity;
	const struct list_query *query = &page->query;
	struct context *c = page->c;

	value_put_text(c->page, "title", entity->label_plural);
	value_put_str(c->page, "entity_label", entity_in_sentence(c, entity->label));
	value_put_text(c->page, "entity_label_plural", entity->label_plural);
	value_put_str(c->page, "plural_words", entity_in_sentence(c, entity->label_plural));
	value_put_text(c->page, "empty_hint", entity->empty_hint);
	value_put_url(
		c->page, "entity_icon_url",
		arena_printf(c->arena, "/static/icons.svg?v=%s#%s", c->app->config->static_version, entity->icon));
	value_put_bool(c->page, "filtered", query->filter_count > 0);
	value_put_bool(c->page, "searchable", entity_has_search(entity));
	value_put_bool(c->page, "narrowed", query->filter_count > 0 || query->q.n > 0);
	value_put_bool(c->page, "may_write", entity_may_write(c));
	value_put_url(c->page, "bulk_url", arena_printf(c->arena, "/%s/bulk", entity->plural));
	value_put_url(c->page, "bulk_all_url", bulk_all_url(page));
	value_put_url(c->page, "list_url", entity_list_path(c, entity));
	value_put_url(c->page, "new_url", arena_printf(c->arena, "/%s/new", entity->plural));
	value_put_url(c->page, "import_url",
		      import_entity(str_from(entity->plural)) && context_may(c, CAN_SETTINGS)
			      ? arena_printf(c->arena, "/imports/new?entity=%s", entity->plural)
			      : STR_NONE);
	value_put_url(c->page, "export_url", principal_can(c->principal, CAN_EXPORT) ? export_url(page) : STR_NONE);
	value_put_str(c->page, "q", query->q.n ? query->q : STR(""));
}

static void put_rows(const struct list_page *page, const struct list_result *result)
{
	struct context *c = page->c;
	struct value *rows = value_put_list(c->page, "rows");

	for (size_t i = 0; i < result->count; i++) {
		struct value *row = value_map(c->arena);

		entity_put_row(c, row, result->records[i]);
		record_cells_of(result->records[i], page->columns, page->column_count, value_put_list(row, "cells"));
		value_append(rows, row);
	}
	value_put_bool(c->page, "has_rows", result->count > 0);
	value_put_bool(c->page, "has_next", !str_absent(result->next_cursor));
	value_put_url(c->page, "next_url", list_page_url(page, "cursor", result->next_cursor));
	value_put_bool(c->page, "has_first", !str_absent(page->query.cursor));
	value_put_url(c->page, "first_url", list_page_url(page, "cursor", STR_NONE));
}

/* Not even with another page or another filter. */
static bool nothing_yet(const struct list_page *page, const struct list_result *result)
{
	return result->count == 0 && page->query.filter_count == 0 && !page->query.q.n &&
	       str_absent(page->query.cursor);
}

static enum err show_list(struct list_page *page, struct rows *sent)
{
	struct context *c = page->c;
	bool exact = str_is(form_text(&c->query, "count"), "exact");
	struct list_result result;
	struct rows *sample = sample_present_send(c->tx);
	int64_t count = 0;

	/* All of it in one round trip. */
	list_filters_send(page);
	list_views_page_send(page);
	if (!exact)
		TRY(entity_count(c->tx, page->entity, &page->query, LIST_COUNT_CAP + 1, &count));
	TRY(entity_list_read(c->tx, page->entity, &page->query, sent, &result));
	TRY(list_filters_read(page));
	TRY(list_views_page_read(page));
	TRY(record_load_labels(c->tx, result.records, result.count, page->columns, page->column_count));
	TRY(bulk_put_news(c, page->entity));
	TRY(sample_notice_put(c, sample, nothing_yet(page, &result) && sample_fills(page->entity)));
	if (exact)
		TRY(count_exactly(page));
	else
		put_count(page, list_count_words(c, page->entity, count, LIST_COUNT_CAP), NULL, count > LIST_COUNT_CAP);
	list_put_refused(page);
	put_words(page);
	put_rows(page, &result);
	list_put_filters(page);
	list_put_columns(page);
	return OK;
}

enum err entity_list_page(struct context *c)
{
	struct list_page page = {.c = c, .entity = c->entity};
	struct rows *sent;
	struct str url;
	enum err e;

	if (list_typed(c, c->entity, &url))
		return context_redirect(c, url);
	e = list_page_parse(&page, list_extras);
	if (e == OK)
		e = list_found_settle(&page, &url);
	if (e == OK && !str_absent(url))
		return context_redirect(c, url);
	if (e == OK)
		e = entity_list_send(c->tx, c->entity, &page.query, c->errors, &sent);
	if (e != OK)
		return list_refused(c, e);
	list_columns_read(&page);
	return show_list(&page, sent);
}
