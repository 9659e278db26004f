/* Imports: a file is brought, its columns are looked over, and then it is watched. */
#include "fcgi/handlers.h"
#include "fcgi/h_imports.h"
#include "fcgi/import_view.h"
#include "fcgi/page.h"
#include "fcgi/timeline_view.h"
#include "fcgi/try.h"

#include "lib/tenant/job.h"

#define LISTED 50
#define DELIMITER_FIELD "delimiter"

/* ---- the list ---- */

/* Rows that nobody takes are forgotten in a list of files. */
static enum err put_held(struct context *c)
{
	struct value *list = value_put_list(c->page, "held");
	struct import **imports;
	size_t count;

	TRY(import_list_held(c->tx, &imports, &count));
	for (size_t i = 0; i < count; i++) {
		struct value *map = value_map(c->arena);

		import_put_page(c, imports[i], map);
		value_append(list, map);
	}
	return OK;
}

enum err imports_read(struct context *c, const struct history_place *after, struct import ***out, size_t *count,
		      struct str *next)
{
	const struct import *last;

	*next = STR_NONE;
	TRY(import_list(c->tx, after, LISTED + 1, out, count));
	if (*count <= LISTED)
		return OK;
	*count = LISTED;
	last = (*out)[LISTED - 1];
	*next = history_place_text(c->arena, &(struct history_place){last->created_at, last->id});
	return OK;
}

static void put_pages(struct context *c, bool is_first, struct str next)
{
	value_put_url(c->page, "first_url", is_first ? STR_NONE : STR("/imports"));
	value_put_url(c->page, "next_url",
		      str_absent(next) ? STR_NONE : arena_printf(c->arena, "/imports?cursor=%.*s", STR_FMT_ARG(next)));
}

enum err imports_page(struct context *c)
{
	struct value *list = value_put_list(c->page, "imports"), *kinds = value_put_list(c->page, "kinds");
	struct history_place after;
	struct import **imports;
	struct str next;
	size_t count;

	value_put_text(c->page, "title", "Imports");
	/* An address that was kept or typed: what cannot be read of it is as if it were not there. */
	if (!timeline_place(c, &after)) {
		c->errors = errors_new(c->arena);
		after = (struct history_place){0};
	}
	TRY(put_held(c));
	TRY(imports_read(c, &after, &imports, &count, &next));
	put_pages(c, after.at == 0, next);
	for (size_t i = 0; i < count; i++) {
		struct value *map = value_map(c->arena);

		import_put_page(c, imports[i], map);
		value_append(list, map);
	}
	for (size_t i = 0; import_entities[i]; i++) {
		struct value *map = value_map(c->arena);

		value_put_text(map, "label", import_entity(str_from(import_entities[i]))->label_plural);
		value_put_url(map, "url", arena_printf(c->arena, "/imports/new?entity=%s", import_entities[i]));
		value_append(kinds, map);
	}
	return OK;
}

/* ---- a file is brought ---- */

static void put_new(struct context *c, struct str chosen)
{
	struct value *kinds = value_put_list(c->page, "kinds");

	value_put_text(c->page, "title", "Import a file");
	for (size_t i = 0; import_entities[i]; i++) {
		struct value *map = value_map(c->arena);

		value_put_text(map, "value", import_entities[i]);
		value_put_text(map, "label", import_entity(str_from(import_entities[i]))->label_plural);
		value_put_bool(map, "selected", str_is(chosen, import_entities[i]) || (chosen.n == 0 && i == 0));
		value_append(kinds, map);
	}
}

enum err import_new_page(struct context *c)
{
	put_new(c, form_text(&c->query, "entity"));
	return OK;
}

enum err import_take_upload(struct context *c, struct uuid *id)
{
	const struct form_field *file = form_find(&c->form, "file");
	struct import_upload upload = {.entity = import_entity(form_text(&c->form, "entity"))};

	if (!upload.entity)
		errors_add(c->errors, "entity", "not_a_choice",
			   "Choose what the file holds: leads, contacts, properties or equipment.");
	if (!file || str_absent(file->file_name) || file->text.n == 0)
		errors_add(c->errors, "file", "required", "Choose a CSV file.");
	if (errors_any(c->errors))
		return E_INVALID;
	upload.file_name = file->file_name;
	upload.bytes = file->text;
	upload.time_zone = context_time_zone(c);
	return import_create(c->tx, &upload, c->errors, id);
}

enum err import_reread_as_sent(struct context *c, struct import *import, bool *anew)
{
	struct str encoding = form_text(&c->form, "encoding"), delimiter = form_text(&c->form, DELIMITER_FIELD);
	enum csv_encoding wanted = import->form.encoding;

	if (!str_absent(encoding) && !csv_encoding_find(encoding, &wanted))
		errors_add(c->errors, "encoding", "not_a_choice", "Choose utf-8, utf-16le, utf-16be or windows-1252.");
	if (!str_absent(delimiter) && (delimiter.n != 1 || !strchr(csv_delimiters, delimiter.p[0])))
		errors_add(c->errors, DELIMITER_FIELD, "not_a_choice", "Choose a comma, semicolon, tab or bar.");
	if (errors_any(c->errors))
		return E_INVALID;
	*anew = wanted != import->form.encoding || (delimiter.n && delimiter.p[0] != import->form.delimiter);
	return *anew ? import_reread(c->tx, import, wanted, delimiter.n ? delimiter.p[0] : import->form.delimiter,
				     c->errors)
		     : OK;
}

enum err import_create_page(struct context *c)
{
	struct uuid id;

	put_new(c, form_text(&c->form, "entity"));
	TRY(import_take_upload(c, &id));
	return context_redirect(c, arena_printf(c->arena, "/imports/%.*s", STR_FMT_ARG(uuid_text(c->arena, id))));
}

/* ---- one import ---- */

static enum err put_show(struct context *c, struct import *import)
{
	value_put_str(c->page, "title", arena_printf(c->arena, "Import of %.*s", STR_FMT_ARG(import->file_name)));
	import_put_page(c, import, value_put_map(c->page, "import"));
	if (import_is(import, "draft"))
		return import_put_draft(c, import);
	return OK;
}

enum err import_show_page(struct context *c)
{
	struct import *import;

	TRY(import_get(c->tx, c->id, false, &import));
	return put_show(c, import);
}

static struct str sent_or(const struct context *c, const char *name, struct str otherwise)
{
	struct str text = form_text(&c->form, name);

	return str_absent(text) ? otherwise : text;
}

/* What the person has chosen, onto the draft. */
static void take_choices(struct context *c, struct import *import)
{
	struct import_options *options = &import->options;
	struct value *defaults = value_map(c->arena);
	struct str match = form_text(&c->form, "match");

	for (size_t i = 0; i < import->column_count; i++)
		import->columns[i].target =
			sent_or(c, arena_printf(c->arena, "column.%zu", i).p, import->columns[i].target);
	if (!str_absent(form_text(&c->form, "mode")) && !import_mode_find(form_text(&c->form, "mode"), &options->mode))
		errors_add(c->errors, "mode", "not_a_choice", "Choose what is to be done.");
	if (!str_absent(match)) {
		options->key = import_key_find(import->entity, match);
		if (match.n && !options->key)
			errors_add(c->errors, "match", "not_a_choice", "Choose what rows are found by.");
	}
	options->tags = sent_or(c, "tags", options->tags);
	/* A box that is not ticked is not sent: the whole form is known by its mode. */
	if (!str_absent(form_text(&c->form, "mode")))
		options->new_enquiries = !str_absent(form_text(&c->form, "new_enquiries"));
	for (const struct form_field *sent = c->form.first; sent; sent = sent->next)
		if (str_starts(sent->name, STR("default.")) && sent->text.n)
			value_put_str(defaults,
				      arena_c_string(c->arena, (struct str){sent->name.p + 8, sent->name.n - 8}),
				      sent->text);
	options->defaults = defaults;
}

static enum err back(struct context *c, const char *done)
{
	return context_redirect(c, arena_printf(c->arena, "/imports/%.*s%s%s", STR_FMT_ARG(uuid_text(c->arena, c->id)),
						done ? "?done=" : "", done ? done : ""));
}

static enum err in_another_state(struct context *c, enum err e)
{
	return e == E_CONFLICT ? context_fail(c, E_CONFLICT, "The import is in another state by now. Look at it again.")
			       : e;
}

/* With the job that goes on with it. */
enum err import_begin(struct context *c, struct import *import)
{
	TRY(in_another_state(c, import_start(c->tx, import)));
	return job_enqueue(c->tx, IMPORT_JOB, import->id, 0);
}

enum err import_change_page(struct context *c)
{
	struct import *import;
	bool anew, good;
	enum err e;

	TRY(import_get(c->tx, c->id, true, &import));
	if (!import_is(import, "draft"))
		return in_another_state(c, E_CONFLICT);
	e = import_reread_as_sent(c, import, &anew);
	if (e == E_INVALID) {
		TRY(import_get(c->tx, c->id, false, &import));
		TRY(put_show(c, import));
	}
	if (e)
		return e;
	if (anew)
		return back(c, NULL);
	take_choices(c, import);
	good = import_check(c->tx, import, c->errors);
	e = put_show(c, import);
	if (e || !good)
		return e ? e : E_INVALID;
	if (!str_is(form_text(&c->form, "action"), "start")) {
		TRY(import_store(c->tx, import));
		return back(c, NULL);
	}
	TRY(import_begin(c, import));
	return back(c, "import_started");
}

/* ---- what is done with it later ---- */

enum err import_discard_it(struct context *c, struct import *import)
{
	enum err e = import_discard(c->tx, import);

	return e == E_CONFLICT
		       ? context_fail(c, e,
				      "Only a draft can be discarded, and this import has begun. Stop or undo it.")
		       : e;
}

enum err import_stop_it(struct context *c, struct import *import)
{
	return in_another_state(c, import_stop(c->tx, import));
}

enum err import_take_held_of(struct context *c, struct import *import)
{
	TRY(in_another_state(c, import_take_held(c->tx, import)));
	return job_enqueue(c->tx, IMPORT_JOB, import->id, 0);
}

enum err import_undo_it(struct context *c, struct import *import)
{
	TRY(in_another_state(c, import_undo(c->tx, import)));
	return job_enqueue(c->tx, IMPORT_JOB, import->id, 0);
}

static enum err act(struct context *c, enum err (*action)(struct context *, struct import *), const char *done)
{
	struct import *import;

	TRY(import_get(c->tx, c->id, true, &import));
	TRY(action(c, import));
	return back(c, done);
}

enum err import_discard_page(struct context *c)
{
	struct import *import;

	TRY(import_get(c->tx, c->id, true, &import));
	TRY(import_discard_it(c, import));
	return context_redirect(c, STR("/imports?done=import_discarded"));
}

enum err import_stop_page(struct context *c)
{
	return act(c, import_stop_it, "import_stopped");
}

enum err import_held_page(struct context *c)
{
	return act(c, import_take_held_of, "import_started");
}

enum err import_undo_page(struct context *c)
{
	return act(c, import_undo_it, "import_undoing");
}

/* ---- the rows that were not taken ---- */

struct failed_file {
	struct import *import;
	int64_t after; /* number of the last row that went out; -1 behind the last of all */
};

static enum err next_failed(struct context *c, void *state, struct buffer *out, bool *more)
{
	struct failed_file *file = state;
	enum err e = import_failed_rows(c->tx, file->import, &file->after, out);

	*more = file->after >= 0;
	return e;
}

enum err import_failed_file(struct context *c)
{
	struct failed_file *file = ARENA_NEW(c->arena, struct failed_file);

	TRY(import_get(c->tx, c->id, false, &file->import));
	response_header(c->response, "Content-Disposition", STR("attachment; filename=\"not-imported.csv\""));
	context_stream(c, "text/csv; charset=utf-8", next_failed, file);
	return OK;
}
