/* Imports by program: the file and its options in one request, then the way to its end. */
#include "fcgi/handlers.h"
#include "fcgi/h_imports.h"
#include "fcgi/import_view.h"
#include "fcgi/timeline_view.h"
#include "fcgi/try.h"

#include "lib/text/json.h"

enum err imports_api(struct context *c)
{
	struct value *list = value_put_list(c->data, "data");
	struct history_place after;
	struct import **imports;
	struct str next;
	size_t count;

	if (!timeline_place(c, &after))
		return E_INVALID;
	TRY(imports_read(c, &after, &imports, &count, &next));
	for (size_t i = 0; i < count; i++) {
		struct value *map = value_map(c->arena);

		import_put(c, imports[i], map);
		value_append(list, map);
	}
	value_put_str(c->data, "next_cursor", next);
	return OK;
}

enum err import_api(struct context *c)
{
	struct import *import;

	TRY(import_get(c->tx, c->id, false, &import));
	import_put(c, import, c->data);
	if (!import_is(import, "draft"))
		return OK;
	TRY(import_put_room(c, import, c->data));
	import_put_targets(c, import, value_put_list(c->data, "targets"));
	return import_put_preview(c, import, value_put_list(c->data, "preview"));
}

/* ---- options ---- */

static void take_mapping(struct context *c, const struct value *mapping, struct import *import)
{
	const struct value *item;
	struct str header;

	if (!mapping)
		return;
	for (size_t i = 0; i < import->column_count; i++)
		import->columns[i].target = STR("");
	for (size_t m = 0; (item = value_member(mapping, m, &header)) != NULL; m++) {
		bool found = false;

		for (size_t i = 0; i < import->column_count && !found; i++)
			if (str_equal(import->columns[i].header, header)) {
				import->columns[i].target = value_as_str(item).n ? value_as_str(item) : STR("");
				found = true;
			}
		if (!found)
			errors_add(c->errors, "mapping", "unknown_column", "The file has no column of this name.");
	}
}

static void take_words(struct context *c, struct import *import, struct str mode, struct str match, struct str tags)
{
	struct import_options *options = &import->options;

	if (!str_absent(mode) && !import_mode_find(mode, &options->mode))
		errors_add(c->errors, "mode", "not_a_choice", "mode must be one of: both, create, update.");
	if (!str_absent(match)) {
		options->key = import_key_find(import->entity, match);
		if (match.n && !options->key)
			errors_add(c->errors, "match", "not_a_choice", "%s cannot be matched by this.",
				   import->entity->label_plural);
	}
	if (!str_absent(tags))
		options->tags = tags;
}

/* From a JSON object: mapping, mode, match, tags, defaults, new_enquiries. */
static void take_options(struct context *c, const struct value *body, struct import *import)
{
	const struct value *defaults = value_get(body, STR("defaults")), *mapping = value_get(body, STR("mapping")),
			   *fresh = value_get(body, STR("new_enquiries"));

	take_words(c, import, value_as_str(value_get(body, STR("mode"))), value_as_str(value_get(body, STR("match"))),
		   value_as_str(value_get(body, STR("tags"))));
	if (fresh && value_type(fresh) != VALUE_BOOL)
		errors_add(c->errors, "new_enquiries", "wrong_type", "new_enquiries must be true or false.");
	else if (fresh)
		import->options.new_enquiries = value_as_bool(fresh);
	if (mapping && value_type(mapping) != VALUE_MAP)
		errors_add(c->errors, "mapping", "wrong_type", "mapping must be an object: column to field.");
	else
		take_mapping(c, mapping, import);
	if (defaults && value_type(defaults) != VALUE_MAP) {
		errors_add(c->errors, "defaults", "wrong_type", "defaults must be an object: field to value.");
	} else if (defaults) {
		import->options.defaults = value_map(c->arena);
		for (size_t i = 0; i < value_count(defaults); i++) {
			struct str name;
			const struct value *item = value_member(defaults, i, &name);

			value_put_str(import->options.defaults, arena_c_string(c->arena, name), value_as_str(item));
		}
	}
}

/* A part of the form that holds JSON; NULL when it was not sent. */
static enum err json_part(struct context *c, const char *name, struct value **out)
{
	struct str text = form_text(&c->form, name), why;

	*out = NULL;
	if (text.n == 0 || json_parse(c->arena, text, &json_limits_request, out, &why) == OK)
		return OK;
	errors_add(c->errors, name, "wrong_type", "%s is no JSON.", name);
	return E_INVALID;
}

static enum err take_form_options(struct context *c, struct import *import)
{
	struct value *body = value_map(c->arena), *part;

	TRY(json_part(c, "mapping", &part));
	if (part)
		value_put(body, "mapping", part);
	TRY(json_part(c, "defaults", &part));
	if (part)
		value_put(body, "defaults", part);
	TRY(json_part(c, "new_enquiries", &part));
	if (part)
		value_put(body, "new_enquiries", part);
	for (const char *const *name = (const char *const[]){"mode", "match", "tags", NULL}; *name; name++)
		if (!str_absent(form_text(&c->form, *name)))
			value_put_str(body, *name, form_text(&c->form, *name));
	take_options(c, body, import);
	return OK;
}

/* ---- doing it ---- */

static enum err check_and_begin(struct context *c, struct import *import)
{
	if (!import_check(c->tx, import, c->errors))
		return E_INVALID;
	return import_begin(c, import);
}

static enum err answer(struct context *c)
{
	struct import *import;

	TRY(import_get(c->tx, c->id, false, &import));
	import_put(c, import, c->data);
	return OK;
}

/* start=no leaves a draft, whose preview GET then shows. */
enum err import_create_api(struct context *c)
{
	struct import *import;
	bool anew;

	TRY(import_take_upload(c, &c->id));
	TRY(import_get(c->tx, c->id, true, &import));
	TRY(import_reread_as_sent(c, import, &anew));
	TRY(take_form_options(c, import));
	if (errors_any(c->errors))
		return E_INVALID;
	if (str_is(form_text(&c->form, "start"), "no"))
		TRY(import_store(c->tx, import));
	else
		TRY(check_and_begin(c, import));
	TRY(answer(c));
	response_header(c->response, "Location",
			arena_printf(c->arena, "/api/imports/%.*s", STR_FMT_ARG(uuid_text(c->arena, c->id))));
	return OK;
}

enum err import_start_api(struct context *c)
{
	struct import *import;

	TRY(import_get(c->tx, c->id, true, &import));
	if (!import_is(import, "draft"))
		return context_fail(c, E_CONFLICT, "The import has begun already.");
	if (c->json)
		take_options(c, c->json, import);
	if (errors_any(c->errors))
		return E_INVALID;
	TRY(check_and_begin(c, import));
	return answer(c);
}

enum err import_discard_api(struct context *c)
{
	struct import *import;

	TRY(import_get(c->tx, c->id, true, &import));
	return import_discard_it(c, import);
}

static enum err act(struct context *c, enum err (*action)(struct context *, struct import *))
{
	struct import *import;

	TRY(import_get(c->tx, c->id, true, &import));
	TRY(action(c, import));
	return answer(c);
}

enum err import_stop_api(struct context *c)
{
	return act(c, import_stop_it);
}

enum err import_held_api(struct context *c)
{
	return act(c, import_take_held_of);
}

enum err import_undo_api(struct context *c)
{
	return act(c, import_undo_it);
}

/* ---- the rows that were not taken ---- */

static void put_refused(struct context *c, const struct import *import, const struct import_refused *row,
			struct value *map)
{
	struct value *cells = value_put_list(map, "cells"), *reasons;
	struct str rest = row->reasons;

	value_put_int(map, "number", row->number);
	value_put_bool(map, "held", row->held);
	for (size_t i = 0; i < import->column_count; i++)
		value_append(cells, value_str(c->arena, i < row->count ? row->cells[i] : STR("")));
	reasons = value_put_list(map, "reasons");
	while (!str_absent(rest))
		value_append(reasons, value_str(c->arena, str_split(&rest, '\n')));
}

/* Five hundred at a time: after=<number> gives those behind. */
enum err import_failed_api(struct context *c)
{
	struct str sent = form_text(&c->query, "after");
	struct value *list = value_put_list(c->data, "data");
	struct import_refused *rows;
	struct import *import;
	int64_t after = 0;
	size_t count;

	if (!str_absent(sent) && (!str_to_int64(sent, &after) || after < 0)) {
		errors_add(c->errors, "after", "not_an_integer", "after must be the number of a row.");
		return E_INVALID;
	}
	TRY(import_get(c->tx, c->id, false, &import));
	TRY(import_refused_rows(c->tx, import, after, &rows, &count));
	for (size_t i = 0; i < count; i++) {
		struct value *map = value_map(c->arena);

		put_refused(c, import, &rows[i], map);
		value_append(list, map);
	}
	if (count == IMPORT_REFUSED_MOST)
		value_put_int(c->data, "after", rows[count - 1].number);
	else
		value_put(c->data, "after", value_null(c->arena));
	return OK;
}
