#include "fcgi/import_view.h"

#include "fcgi/page.h"
#include "fcgi/try.h"

#include "lib/base/utf8.h"
#include "lib/tenant/usage.h"

#define CELL_MOST 200 /* characters of a cell in the JSON of a preview */

/* ---- one import ---- */

static const struct {
	const char *name;
	size_t offset;
} counts[] = {
	{"rows", offsetof(struct import_counts, rows)},       {"created", offsetof(struct import_counts, created)},
	{"updated", offsetof(struct import_counts, updated)}, {"unchanged", offsetof(struct import_counts, unchanged)},
	{"failed", offsetof(struct import_counts, failed)},   {"held", offsetof(struct import_counts, held)},
	{"undone", offsetof(struct import_counts, undone)},   {"left", offsetof(struct import_counts, left)},
};

static int64_t count_at(const struct import *import, size_t i)
{
	int64_t count;

	memcpy(&count, (const char *)&import->counts + counts[i].offset, sizeof count);
	return count;
}

static void put_columns(struct context *c, const struct import *import, struct value *list)
{
	for (size_t i = 0; i < import->column_count; i++) {
		struct value *column = value_map(c->arena);

		value_put_str(column, "header", import->columns[i].header);
		value_put_str(column, "field", import->columns[i].target.n ? import->columns[i].target : STR_NONE);
		value_append(list, column);
	}
}

/* Words that are not all ASCII, as the encoding has them; absent where there are none. */
static struct str letters_of(struct context *c, const struct import *import)
{
	return import->letters.n ? csv_decode(c->arena, import->form.encoding, import->letters) : STR_NONE;
}

void import_put(struct context *c, const struct import *import, struct value *map)
{
	const char delimiter[2] = {import->form.delimiter, '\0'};
	const struct import_options *options = &import->options;

	value_put_str(map, "id", uuid_text(c->arena, import->id));
	value_put_text(map, "entity", import->entity->plural);
	value_put_str(map, "state", import->state);
	value_put_int(map, "percent", import_percent(import));
	value_put_str(map, "file_name", import->file_name);
	value_put_int(map, "file_bytes", import->file_bytes);
	value_put_text(map, "encoding", csv_encoding_name(import->form.encoding));
	value_put_str(map, "delimiter", arena_copy(c->arena, str_from(delimiter)));
	value_put_str(map, "letters", letters_of(c, import));
	put_columns(c, import, value_put_list(map, "columns"));
	value_put_text(map, "mode", import_mode_name(options->mode));
	value_put_text(map, "match", options->key ? options->key->name : NULL);
	value_put_str(map, "tags", options->tags);
	value_put(map, "defaults", options->defaults);
	value_put_bool(map, "new_enquiries", options->new_enquiries);
	for (size_t i = 0; i < COUNT_OF(counts); i++)
		value_put_int(map, counts[i].name, count_at(import, i));
	value_put_str(map, "complaint", import->complaint);
	value_put_str(map, "actor", import->actor.name);
	value_put_instant(map, "created_at", import->created_at);
	value_put_instant(map, "started_at", import->started_at);
	value_put_instant(map, "finished_at", import->finished_at);
}

/* ---- in words ---- */

static const struct {
	const char *state, *label, *tone;
	bool works, over, can_stop, can_undo;
} states[] = {
	{"draft", "Not started", "secondary", false, false, true, false},
	{"running", "Running", "blue", true, false, true, false},
	{"done", "Done", "green", false, true, false, true},
	{"stopped", "Stopped", "yellow", false, true, false, true},
	{"broken", "Broken off", "red", false, true, false, true},
	{"undoing", "Being undone", "orange", true, false, false, false},
	{"undone", "Undone", "secondary", false, true, false, false},
};

void import_put_page(struct context *c, const struct import *import, struct value *map)
{
	struct str path = arena_printf(c->arena, "/imports/%.*s", STR_FMT_ARG(uuid_text(c->arena, import->id)));
	size_t at = 0;

	while (at + 1 < COUNT_OF(states) && !import_is(import, states[at].state))
		at++;
	value_put_text(map, "entity_label", import->entity->label_plural);
	value_put_url(map, "entity_url", arena_printf(c->arena, "/%s", import->entity->plural));
	value_put_str(map, "file_name", import->file_name);
	value_put_text(map, "state_label", states[at].label);
	value_put_text(map, "tone", states[at].tone);
	value_put_bool(map, "works", states[at].works);
	value_put_bool(map, "is_over", states[at].over);
	value_put_bool(map, "is_draft", import_is(import, "draft"));
	value_put_bool(map, "is_undoing", import_is(import, "undoing"));
	value_put_bool(map, "is_undone", import_is(import, "undone"));
	value_put_bool(map, "can_stop", states[at].can_stop && !import_is(import, "draft"));
	value_put_bool(map, "can_undo", states[at].can_undo && import->counts.created + import->counts.updated > 0);
	value_put_bool(map, "can_take_held", states[at].can_undo && import->counts.held > 0);
	value_put_bool(map, "has_refused", import->counts.failed + import->counts.held > 0);
	value_put_int(map, "percent", import_percent(import));
	for (size_t i = 0; i < COUNT_OF(counts); i++)
		value_put_str(map, counts[i].name, page_number(c->arena, count_at(import, i)));
	value_put_bool(map, "any_held", import->counts.held > 0);
	value_put_bool(map, "any_left", import->counts.left > 0);
	value_put_str(map, "complaint", import->complaint);
	value_put_str(map, "actor", import->actor.name);
	page_put_time(c, map, "made", import->created_at);
	value_put_url(map, "url", path);
	value_put_url(map, "failed_url", arena_printf(c->arena, "%.*s/failed", STR_FMT_ARG(path)));
	value_put_url(map, "discard_url", arena_printf(c->arena, "%.*s/discard", STR_FMT_ARG(path)));
	value_put_url(map, "stop_url", arena_printf(c->arena, "%.*s/stop", STR_FMT_ARG(path)));
	value_put_url(map, "held_url", arena_printf(c->arena, "%.*s/held", STR_FMT_ARG(path)));
	value_put_url(map, "undo_url", arena_printf(c->arena, "%.*s/undo", STR_FMT_ARG(path)));
}

/* ---- a draft ---- */

static void put_choice(struct context *c, struct value *list, struct str value, struct str label, bool selected)
{
	struct value *choice = value_map(c->arena);

	value_put_str(choice, "value", value);
	value_put_str(choice, "label", label);
	value_put_bool(choice, "selected", selected);
	value_append(list, choice);
}

static void put_targets(struct context *c, const struct import *import)
{
	struct value *list = value_put_list(c->page, "columns");
	struct import_target *targets;
	size_t count = import_targets(c->arena, import->entity, &targets);

	for (size_t i = 0; i < import->column_count; i++) {
		struct value *column = value_map(c->arena), *choices;
		const char *name = arena_printf(c->arena, "column.%zu", i).p;
		const struct field_error *error = errors_for(c->errors, name);

		value_put_text(column, "name", name);
		value_put_str(column, "header", import->columns[i].header);
		value_put_str(column, "error", error ? error->message : STR_NONE);
		choices = value_put_list(column, "targets");
		put_choice(c, choices, STR(""), STR("Leave out"), import->columns[i].target.n == 0);
		for (size_t t = 0; t < count; t++)
			put_choice(c, choices, targets[t].name, targets[t].label,
				   str_equal(import->columns[i].target, targets[t].name));
		value_append(list, column);
	}
}

static void put_defaults(struct context *c, const struct import *import)
{
	struct value *list = value_put_list(c->page, "defaults");

	for (size_t i = 0; i < import->entity->field_count; i++) {
		const struct field *field = &import->entity->fields[i];
		bool is_source = strcmp(field->name, "source") == 0;
		struct str set = value_as_str(value_get(import->options.defaults, str_from(field->name)));
		struct value *map, *choices;

		if (!is_source && (field->type != FIELD_CHOICE || field->flags & (FIELD_READ_ONLY | FIELD_INTERNAL)))
			continue;
		map = value_map(c->arena);
		value_put_str(map, "name", arena_printf(c->arena, "default.%s", field->name));
		value_put_text(map, "label", field->label);
		value_put_bool(map, "is_text", is_source);
		value_put_str(map, "value", str_absent(set) ? STR("") : set);
		choices = value_put_list(map, "choices");
		put_choice(c, choices, STR(""), STR("None"), set.n == 0);
		for (const struct choice *choice = field->choices; choice && choice->value; choice++)
			put_choice(c, choices, str_from(choice->value), str_from(choice->label),
				   str_is(set, choice->value));
		value_append(list, map);
	}
}

static const char *const encoding_labels[] = {
	[CSV_UTF8] = "UTF-8",
	[CSV_UTF16LE] = "UTF-16",
	[CSV_UTF16BE] = "UTF-16 (big-endian)",
	[CSV_WINDOWS_1252] = "Windows-1252",
};

static void put_options(struct context *c, const struct import *import)
{
	static const char *const labels[] = {[IMPORT_BOTH] = "Add new ones and update those that are there",
					     [IMPORT_CREATE] = "Add new ones, leave those that are there",
					     [IMPORT_UPDATE] = "Update those that are there, add none"};
	struct value *modes = value_put_list(c->page, "modes"), *keys = value_put_list(c->page, "keys"),
		     *encodings = value_put_list(c->page, "encodings"),
		     *delimiters = value_put_list(c->page, "delimiters");
	static const char *const names[] = {"Comma", "Semicolon", "Tab", "Bar"};
	const struct import_key *key;

	for (int mode = IMPORT_BOTH; mode <= IMPORT_UPDATE; mode++)
		put_choice(c, modes, str_from(import_mode_name((enum import_mode)mode)), str_from(labels[mode]),
			   import->options.mode == (enum import_mode)mode);
	put_choice(c, keys, STR(""), STR("The whole row"), !import->options.key);
	for (size_t i = 0; (key = import_key_at(import->entity, i)) != NULL; i++)
		put_choice(c, keys, str_from(key->name), str_from(key->label), import->options.key == key);
	for (int e = CSV_UTF8; e <= CSV_WINDOWS_1252; e++)
		put_choice(c, encodings, str_from(csv_encoding_name((enum csv_encoding)e)),
			   str_from(encoding_labels[e]), import->form.encoding == (enum csv_encoding)e);
	value_put_str(c->page, "letters", letters_of(c, import));
	value_put_text(c->page, "encoding", encoding_labels[import->form.encoding]);
	for (size_t i = 0; csv_delimiters[i]; i++)
		put_choice(c, delimiters, arena_copy(c->arena, (struct str){&csv_delimiters[i], 1}), str_from(names[i]),
			   import->form.delimiter == csv_delimiters[i]);
	value_put_str(c->page, "tags", import->options.tags);
	value_put_bool(c->page, "takes_tags", import->entity->tags_table != NULL);
	value_put_bool(c->page, "takes_enquiries", strcmp(import->entity->plural, "leads") == 0);
	value_put_bool(c->page, "new_enquiries", import->options.new_enquiries);
}

/* ---- its first rows ---- */

static const struct {
	const char *outcome, *label, *tone;
} outcomes[] = {
	{"create", "New", "green"},
	{"update", "Update", "blue"},
	{"unchanged", "Known", "secondary"},
	{"fail", "Problem", "red"},
};

/* The problem of the field that the column fills. */
static struct str problem_at(const struct import *import, const struct import_sight *sight, size_t column)
{
	const struct field_error *error = NULL;

	if (column < import->column_count && sight->errors && import->columns[column].target.n)
		for (error = errors_first(sight->errors); error; error = error->next)
			if (error->field && str_is(import->columns[column].target, error->field))
				return error->message;
	return STR_NONE;
}

static struct value *put_sight(struct context *c, const struct import *import, const struct import_sight *sight)
{
	struct value *row = value_map(c->arena), *cells, *problems;
	size_t at = 0;

	while (at + 1 < COUNT_OF(outcomes) && strcmp(outcomes[at].outcome, sight->outcome) != 0)
		at++;
	value_put_int(row, "number", sight->number);
	value_put_text(row, "outcome", outcomes[at].label);
	value_put_text(row, "tone", outcomes[at].tone);
	cells = value_put_list(row, "cells");
	for (size_t i = 0; i < import->column_count; i++) {
		struct value *cell = value_map(c->arena);

		value_put_str(cell, "text", i < sight->count ? utf8_prefix(sight->cells[i], 60) : STR(""));
		value_put_str(cell, "problem", problem_at(import, sight, i));
		value_append(cells, cell);
	}
	problems = value_put_list(row, "problems");
	for (const struct field_error *error = sight->errors ? errors_first(sight->errors) : NULL; error;
	     error = error->next) {
		struct value *problem = value_map(c->arena);

		value_put_str(problem, "message", error->message);
		value_append(problems, problem);
	}
	return row;
}

/* For how many leads the plan has room; *limited: false where it has no limit, or they are no leads. */
static enum err read_room(struct context *c, const struct import *import, bool *limited, int64_t *room)
{
	struct usage usage;

	*limited = false;
	*room = 0;
	if (strcmp(import->entity->plural, "leads") != 0)
		return OK;
	TRY(usage_read(c->tx, &usage));
	*limited = usage.max_leads > 0;
	if (usage.leads < usage.max_leads)
		*room = usage.max_leads - usage.leads;
	return OK;
}

enum err import_put_room(struct context *c, const struct import *import, struct value *map)
{
	bool limited;
	int64_t room;

	TRY(read_room(c, import, &limited, &room));
	value_put(map, "room", limited ? value_int(c->arena, room) : value_null(c->arena));
	return OK;
}

enum err import_put_draft(struct context *c, struct import *import)
{
	struct value *rows = value_put_list(c->page, "sights");
	struct import_sight *sights;
	int64_t room;
	bool limited;
	size_t count;

	TRY(read_room(c, import, &limited, &room));
	value_put_bool(c->page, "has_room", limited);
	value_put_str(c->page, "room", page_number(c->arena, room));
	put_targets(c, import);
	put_defaults(c, import);
	put_options(c, import);
	TRY(import_preview(c->tx, import, &sights, &count));
	for (size_t i = 0; i < count; i++)
		value_append(rows, put_sight(c, import, &sights[i]));
	return OK;
}

void import_put_targets(struct context *c, const struct import *import, struct value *list)
{
	struct import_target *targets;
	size_t count = import_targets(c->arena, import->entity, &targets);

	for (size_t i = 0; i < count; i++) {
		struct value *map = value_map(c->arena);

		value_put_str(map, "field", targets[i].name);
		value_put_str(map, "label", targets[i].label);
		value_append(list, map);
	}
}

/* Cut: ten rows may hold ten megabytes. */
static void put_cells(struct context *c, const struct import *import, const struct import_sight *sight,
		      struct value *list)
{
	for (size_t i = 0; i < import->column_count; i++)
		value_append(list,
			     value_str(c->arena, i < sight->count ? utf8_prefix(sight->cells[i], CELL_MOST) : STR("")));
}

enum err import_put_preview(struct context *c, struct import *import, struct value *list)
{
	struct import_sight *sights;
	size_t count;

	TRY(import_preview(c->tx, import, &sights, &count));
	for (size_t i = 0; i < count; i++) {
		struct value *row = value_map(c->arena), *errors;

		value_put_int(row, "number", sights[i].number);
		value_put_text(row, "outcome", sights[i].outcome);
		put_cells(c, import, &sights[i], value_put_list(row, "cells"));
		errors = value_put_list(row, "errors");
		for (const struct field_error *error = sights[i].errors ? errors_first(sights[i].errors) : NULL; error;
		     error = error->next) {
			struct value *map = value_map(c->arena);

			value_put_text(map, "field", error->field);
			value_put_text(map, "code", error->code);
			value_put_str(map, "message", error->message);
			value_append(errors, map);
		}
		value_append(list, row);
	}
	return OK;
}
