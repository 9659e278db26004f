/* Every stored entity as pages: the same three templates for all of them. */
#include "fcgi/handlers.h"
#include "fcgi/page.h"
#include "fcgi/try.h"

#include "lib/entity/phone.h"

#define COUNT_CAP 1000 /* beyond it a list says "1,000+": counting everything is the classic way to a slow page */

static const char *const form_extras[] = {"csrf", "version", NULL};
static const char *const list_extras[] = {"done", NULL};

static struct str row_path(struct context *c, const struct record *record, const char *suffix)
{
	return arena_printf(c->arena, "/%s/%.*s%s", record_entity(record)->plural,
			    STR_FMT_ARG(uuid_text(c->arena, record_id(record))), suffix);
}

static struct str list_path(struct context *c, const struct entity *entity)
{
	return arena_printf(c->arena, "/%s", entity->plural);
}

static struct str record_title(const struct record *record)
{
	return record_text(record, record_entity(record)->title_field);
}

/* "Lead" as it stands within a sentence or behind "New". */
static struct str in_sentence(struct context *c, const char *label)
{
	return arena_printf(c->arena, "%c%s", label[0] >= 'A' && label[0] <= 'Z' ? label[0] | 0x20 : label[0],
			    label + 1);
}

/* Back to where the person came from, with a word on what was done. */
static enum err done(struct context *c, struct str path, const char *code)
{
	return context_redirect(c, arena_printf(c->arena, "%.*s?done=%s", STR_FMT_ARG(path), code));
}

/* The first phone number of a record, for the call button; absent when there is none that can be dialled. */
static struct str phone_url(struct context *c, const struct record *record)
{
	const struct entity *entity = record_entity(record);

	for (size_t i = 0; i < entity->field_count; i++)
		if (entity->fields[i].type == FIELD_PHONE && !(entity->fields[i].flags & FIELD_API_ONLY) &&
		    record_get(record, (int)i).n > 0)
			return phone_tel_url(c->arena, record_get(record, (int)i));
	return STR_NONE;
}

static void put_phone(struct context *c, struct value *map, const struct record *record)
{
	struct str url = phone_url(c, record);

	value_put(map, "call_url", str_absent(url) ? value_null(c->arena) : value_url(c->arena, url));
}

struct value *page_row(struct context *c, const struct record *record)
{
	struct value *row = value_map(c->arena);
	int created = entity_field(record_entity(record), STR("created_at"));

	value_put_url(row, "url", row_path(c, record, ""));
	value_put_str(row, "title", record_title(record));
	page_put_time_text(c, row, "created", created >= 0 ? record_get(record, created) : STR_NONE);
	put_phone(c, row, record);
	record_cells_view(record, value_put_list(row, "cells"));
	return row;
}

/* ---- list ---- */

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
	return query.n ? arena_printf(c->arena, "/%s?%.*s", entity->plural, STR_FMT_ARG(query)) : list_path(c, entity);
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
			value_put_bool(map, "selected", str_is(query->filters[i], choice->value));
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

/* Whether anything narrows the list: an empty one then says "no match" instead of "nothing yet". */
static bool is_narrowed(const struct entity *entity, const struct list_query *query)
{
	for (size_t i = 0; i < entity->field_count; i++)
		if (!str_absent(query->filters[i]))
			return true;
	return query->q.n > 0;
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
	value_put_str(c->page, "entity_label", in_sentence(c, entity->label));
	value_put_text(c->page, "entity_label_plural", entity->label_plural);
	value_put_text(c->page, "empty_hint", entity->empty_hint);
	value_put_bool(c->page, "narrowed", is_narrowed(entity, query));
	value_put_bool(c->page, "may_write", context_may(c, CAN_WRITE));
	value_put_url(c->page, "list_url", list_path(c, entity));
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
		return context_redirect(c, list_url(c, c->route->entity, "cursor", STR_NONE));
	return context_fail(c, e, "%s: %.*s", first->field ? first->field : "The address", STR_FMT_ARG(first->message));
}

enum err entity_list_page(struct context *c)
{
	const struct entity *entity = c->route->entity;
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

/* ---- one row ---- */

enum err entity_show_page(struct context *c)
{
	const struct entity *entity = c->route->entity;
	struct record *record;

	TRY(entity_get(c->tx, entity, c->id, &record));
	TRY(record_load_references(c->tx, &record, 1, false));
	if (entity->decorate)
		TRY(entity->decorate(c->tx, record, c->page));
	record_show_view(record, value_put_list(c->page, "cells"));
	put_phone(c, c->page, record);
	value_put_str(c->page, "title", record_title(record));
	value_put_str(c->page, "entity_label", in_sentence(c, entity->label));
	value_put_text(c->page, "entity_label_plural", entity->label_plural);
	value_put_url(c->page, "list_url", list_path(c, entity));
	value_put_url(c->page, "edit_url", row_path(c, record, "/edit"));
	value_put_url(c->page, "delete_url", row_path(c, record, "/delete"));
	value_put_bool(c->page, "may_write", context_may(c, CAN_WRITE));
	value_put_bool(c->page, "may_delete", context_may(c, CAN_DELETE));
	return OK;
}

/* ---- forms ---- */

/* The form of a new row or of a stored one; typed NULL shows what is stored. */
static void form_view(struct context *c, const struct record *record, const struct form *typed, enum write_kind kind)
{
	const struct entity *entity = record_entity(record);
	bool create = kind == WRITE_CREATE;

	record_form_view(record, typed, c->errors, kind, value_put_list(c->page, "fields"));
	value_put_bool(c->page, "is_new", create);
	value_put_str(c->page, "entity_label", in_sentence(c, entity->label));
	value_put_text(c->page, "entity_label_plural", entity->label_plural);
	value_put_url(c->page, "list_url", list_path(c, entity));
	value_put_int(c->page, "version", create ? 0 : record_version(record));
	value_put_url(c->page, "action_url", create ? list_path(c, entity) : row_path(c, record, ""));
	value_put_url(c->page, "cancel_url", create ? list_path(c, entity) : row_path(c, record, ""));
	value_put_str(c->page, "title",
		      create ? arena_printf(c->arena, "New %.*s", STR_FMT_ARG(in_sentence(c, entity->label)))
			     : arena_printf(c->arena, "Edit %.*s", STR_FMT_ARG(record_title(record))));
}

enum err entity_new_page(struct context *c)
{
	struct record *record = record_new(c->arena, c->route->entity);

	TRY(record_load_references(c->tx, &record, 1, true));
	form_view(c, record, NULL, WRITE_CREATE);
	return OK;
}

enum err entity_create_page(struct context *c)
{
	struct record *record = record_new(c->arena, c->route->entity);
	enum err e;

	TRY(record_load_references(c->tx, &record, 1, true));
	e = record_from_form(record, WRITE_CREATE, &c->form, form_extras, c->errors);
	if (e == OK)
		e = entity_insert(c->tx, record, c->errors);
	if (e == OK)
		return done(c, row_path(c, record, ""), "created");
	form_view(c, record, &c->form, WRITE_CREATE);
	return e;
}

enum err entity_edit_page(struct context *c)
{
	struct record *record;

	TRY(entity_get(c->tx, c->route->entity, c->id, &record));
	TRY(record_load_references(c->tx, &record, 1, true));
	form_view(c, record, NULL, WRITE_UPDATE);
	return OK;
}

/* The version that the form was made from is still the row's; else the error's words say how to go on. */
static enum err same_version(struct context *c, const struct record *current, const char *how_to_go_on)
{
	int64_t version;

	if (str_to_int64(form_text(&c->form, "version"), &version) && version == record_version(current))
		return OK;
	errors_add(c->errors, NULL, "changed", "Somebody else has changed this meanwhile. %s", how_to_go_on);
	return E_PRECONDITION;
}

enum err entity_update_page(struct context *c)
{
	struct record *current, *updated, *change = record_new(c->arena, c->route->entity);
	enum err e;

	TRY(entity_get(c->tx, c->route->entity, c->id, &current));
	TRY(record_load_references(c->tx, &current, 1, true));
	e = record_from_form(change, WRITE_UPDATE, &c->form, form_extras, c->errors);
	if (e == OK)
		e = same_version(c, current, "What you typed is below; save again to put it over theirs.");
	if (e == OK)
		e = entity_update(c->tx, current, change, c->errors, &updated);
	if (e == OK)
		return done(c, row_path(c, current, ""), "saved");
	form_view(c, current, &c->form, WRITE_UPDATE);
	return e;
}

static void delete_view(struct context *c, const struct record *record)
{
	value_put_str(c->page, "record_title", record_title(record));
	value_put_str(c->page, "entity_label", in_sentence(c, record_entity(record)->label));
	value_put_url(c->page, "action_url", row_path(c, record, "/delete"));
	value_put_url(c->page, "back_url", row_path(c, record, ""));
	value_put_int(c->page, "version", record_version(record));
}

enum err entity_delete_form(struct context *c)
{
	struct record *record;

	TRY(entity_get(c->tx, c->route->entity, c->id, &record));
	delete_view(c, record);
	return OK;
}

enum err entity_delete_page(struct context *c)
{
	struct record *record;
	enum err e;

	TRY(entity_get(c->tx, c->route->entity, c->id, &record));
	delete_view(c, record);
	TRY(same_version(c, record, "Go back and look at it again, or delete it all the same."));
	e = entity_delete(c->tx, record);
	if (e == E_CONFLICT)
		errors_add(c->errors, NULL, "in_use", "Other records belong to this one. Delete or move them first.");
	TRY(e);
	return done(c, list_path(c, c->route->entity), "deleted");
}
