/* A list as a file: a page that asks how, and the rows, sent while they are read. */
#include "fcgi/entity_view.h"
#include "fcgi/handlers.h"
#include "fcgi/list_page.h"
#include "fcgi/page.h"
#include "fcgi/try.h"

#include "lib/base/utf8.h"
#include "lib/crm/import.h"
#include "lib/crm/saved_view.h"
#include "lib/entity/export.h"
#include "lib/entity/local_time.h"
#include "lib/tenant/export_log.h"

/* ---- the file ---- */

struct sending {
	struct export *export;
	const struct entity *entity;
	enum export_format format;
	struct str query; /* in the list's words */
	struct uuid entry;
};

static enum err next_rows(struct context *c, void *state, struct buffer *out, bool *more)
{
	struct sending *sending = state;

	return export_next(sending->export, c->tx, out, more);
}

static enum err begins(struct ttx *tx, void *state)
{
	struct sending *sending = state;

	return export_log_begin(tx, sending->entity->plural, export_format_name(sending->format), sending->query,
				&sending->entry);
}

static enum err ended(struct ttx *tx, void *state, bool whole)
{
	const struct sending *sending = state;

	return export_log_end(tx, sending->entry, export_rows(sending->export), whole);
}

/* leads-2026-11-23.csv, by the calendar of whoever asks. */
static void put_name(struct context *c, enum export_format format)
{
	response_header(c->response, "Content-Disposition",
			arena_printf(c->arena, "attachment; filename=\"%s-%.*s%s\"", c->entity->plural,
				     STR_FMT_ARG(local_day(c->arena, ttx_now(c->tx))), export_file_suffix(format)));
}

static bool is_of_export(struct str name)
{
	return list_is_passing(name) || str_is(name, "format") || str_is(name, "columns") || str_is(name, "limit");
}

/* What of an address narrows and orders the list. */
static struct str narrowed_by(struct context *c, const struct form *query)
{
	struct buffer pairs = BUFFER_IN(c->arena);

	for (const struct form_field *field = query->first; field; field = field->next)
		if (!is_of_export(field->name) && field->text.n)
			url_add_pair(&pairs, field->name, field->text);
	return buffer_str(&pairs);
}

static void send_file(struct context *c, struct export *export, enum export_format format, const struct form *query)
{
	static const struct stream_watch watch = {begins, ended};
	struct sending *sending = ARENA_NEW(c->arena, struct sending);

	*sending = (struct sending){
		.export = export, .entity = c->entity, .format = format, .query = narrowed_by(c, query)};
	local_time_zone(context_time_zone(c));
	put_name(c, format);
	context_stream(c, export_media_type(format), next_rows, sending);
	context_stream_watched(c, &watch);
}

/* "name,phone" or "all"; absent is all. False: an error at "columns". */
static bool read_columns(struct context *c, struct export *export, struct str names)
{
	int *columns = arena_array(c->arena, c->entity->field_count + 1, sizeof *columns);
	size_t count = 0;

	if (str_absent(names) || str_is(names, "all"))
		return true;
	while (!str_absent(names)) {
		struct str name = str_trim(str_split(&names, ','));
		int field = entity_field(c->entity, name);
		bool taken = field >= 0 && export_has_column(&c->entity->fields[field]);

		for (size_t i = 0; i < count; i++)
			taken = taken && columns[i] != field;
		if (!taken) {
			errors_add(c->errors, "columns", "not_a_choice",
				   "“%.*s” is no column of %s, or is named twice. all stands for all of them.",
				   STR_FMT_ARG(utf8_prefix(name, 64)), c->entity->plural);
			return false;
		}
		columns[count++] = field;
	}
	export_columns(export, columns, count, false);
	return true;
}

/* ---- the API ---- */

/* A saved view that whoever asks can see, and that is of this list: its filters and order. */
static enum err read_view(struct context *c, struct str sent, struct form *query)
{
	struct record *view;
	struct uuid id;
	struct str why;
	enum err e;

	for (const struct form_field *field = c->query.first; field; field = field->next)
		if (!str_is(field->name, "view") && !str_is(field->name, "format") && !str_is(field->name, "columns"))
			errors_add(c->errors, arena_c_string(c->arena, field->name), "unknown_field",
				   "With view there are format and columns: the view says the rest.");
	if (errors_any(c->errors))
		return E_INVALID;
	e = uuid_parse(sent, &id) ? entity_get(c->tx, &saved_view_entity, id, &view) : E_NOTFOUND;
	if (e == OK && !str_is(record_text(view, "entity"), c->entity->plural))
		e = E_NOTFOUND;
	if (e == E_NOTFOUND) {
		errors_add(c->errors, "view", "not_found", "There is no saved view of %s with this id.",
			   c->entity->plural);
		return E_INVALID;
	}
	return e ? e : form_parse_urlencoded(c->arena, record_text(view, "query"), &form_limits_request, query, &why);
}

static void check_form(struct context *c, enum export_format *format, struct str names)
{
	static const char *const pages[] = {"limit", "cursor"};
	struct str word = form_text(&c->query, "format");

	for (size_t i = 0; i < COUNT_OF(pages); i++)
		if (form_find(&c->query, pages[i]))
			errors_add(c->errors, pages[i], "unknown_field",
				   "There is no parameter of this name: an export has all rows.");
	if (!str_absent(word) && !export_format_find(word, format))
		errors_add(c->errors, "format", "not_a_choice", "format is csv, raw or jsonl.");
	else if (!str_absent(names) && *format != EXPORT_SHEET)
		errors_add(c->errors, "columns", "unknown_field", "columns is for csv: raw and jsonl have all fields.");
}

enum err export_api(struct context *c)
{
	static const char *const extras[] = {"format", "columns", "limit", "cursor", NULL};
	struct str names = form_text(&c->query, "columns"), view = form_text(&c->query, "view");
	enum export_format format = EXPORT_LINES;
	struct form query = c->query;
	struct list_query list;
	struct export *export;

	if (!str_absent(view))
		TRY(read_view(c, view, &query));
	TRY(list_query_parse(c->arena, c->entity, &query, extras, &list, c->errors));
	check_form(c, &format, names);
	if (errors_any(c->errors))
		return E_INVALID;
	/* A view has columns of its own, where no others are asked for. */
	if (!str_absent(view) && str_absent(names) && format == EXPORT_SHEET)
		names = form_text(&query, "columns");
	export = export_new(c->arena, c->entity, format, &list);
	if (!read_columns(c, export, names))
		return E_INVALID;
	send_file(c, export, format, &query);
	return OK;
}

/* ---- the page ---- */

/* What else the address says of the list goes along with the choice. */
static void put_kept(struct context *c)
{
	struct value *list = value_put_list(c->page, "kept");

	for (const struct form_field *field = c->query.first; field; field = field->next)
		if (!is_of_export(field->name) && field->text.n) {
			struct value *map = value_map(c->arena);

			value_put_str(map, "name", field->name);
			value_put_str(map, "value", field->text);
			value_append(list, map);
		}
}

static void put_columns(struct list_page *page)
{
	struct context *c = page->c;
	struct buffer names = BUFFER_IN(c->arena), labels = BUFFER_IN(c->arena);

	list_columns_read(page);
	for (size_t i = 0; i < page->column_count; i++) {
		const struct field *field = &page->entity->fields[page->columns[i]];

		if (!export_has_column(field))
			continue;
		buffer_printf(&names, "%s%s", names.length ? "," : "", field->name);
		buffer_printf(&labels, "%s%s", labels.length ? ", " : "", field->label);
	}
	value_put_str(c->page, "shown", buffer_str(&names));
	value_put_str(c->page, "shown_labels", buffer_str(&labels));
}

static enum err put_page(struct list_page *page)
{
	struct context *c = page->c;
	const struct entity *entity = page->entity;
	int64_t count;

	TRY(entity_count(c->tx, entity, &page->query, LIST_COUNT_CAP + 1, &count));
	value_put_str(c->page, "title",
		      arena_printf(c->arena, "Export %.*s", STR_FMT_ARG(entity_in_sentence(c, entity->label_plural))));
	value_put_str(c->page, "count_text", list_count_words(c, entity, count, LIST_COUNT_CAP));
	value_put_bool(c->page, "narrowed", page->query.filter_count > 0 || page->query.q.n > 0);
	value_put_text(c->page, "entity_label_plural", entity->label_plural);
	value_put_bool(c->page, "importable", import_entity(str_from(entity->plural)) != NULL);
	value_put_url(c->page, "action_url", arena_printf(c->arena, "/%s/export", entity->plural));
	value_put_url(c->page, "list_url", list_page_url(page, "", STR_NONE));
	put_kept(c);
	put_columns(page);
	return OK;
}

enum err export_page(struct context *c)
{
	static const char *const extras[] = {"format", "columns", "limit",  "cursor", "done", "undo",
					     "count",  "bulk",    "undone", "left",   NULL};
	struct list_page page = {.c = c, .entity = c->entity};
	struct str word = form_text(&c->query, "format");
	enum export_format format;
	struct export *export;
	enum err e = list_query_parse(c->arena, c->entity, &c->query, extras, &page.query, c->errors);

	if (e != OK)
		return list_refused(c, e);
	if (str_absent(word) || !export_format_find(word, &format))
		return put_page(&page);
	export = export_new(c->arena, c->entity, format, &page.query);
	if (format == EXPORT_SHEET && !read_columns(c, export, form_text(&c->query, "columns")))
		return list_refused(c, E_INVALID);
	send_file(c, export, format, &c->query);
	return OK;
}
