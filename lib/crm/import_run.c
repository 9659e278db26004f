/* An import's course: checked, started, gone on with step by step, stopped, taken up again. */
#include "lib/crm/import_internal.h"

#include "lib/entity/local_time.h"
#include "lib/entity/sheet.h"

/* ---- before it begins ---- */

static bool is_filled(const struct import *import, const char *field)
{
	return import_column_of(import, field) >= 0 || value_get(import->options.defaults, str_from(field)) ||
	       (strcmp(field, "name") == 0 &&
		(import_column_of(import, TARGET_FIRST) >= 0 || import_column_of(import, TARGET_LAST) >= 0));
}

static void check_columns(struct arena *arena, const struct import *import, struct errors *errors)
{
	size_t mapped = 0;

	for (size_t i = 0; i < import->column_count; i++) {
		struct str target = import->columns[i].target;
		const char *at = arena_printf(arena, "column.%zu", i).p;

		mapped += target.n > 0;
		if (!import_target_valid(import->entity, target))
			errors_add(errors, at, "not_a_choice", "There is no such field.");
		else if (target.n && import_column_of(import, arena_c_string(arena, target)) != (int)i)
			errors_add(errors, at, "repeated", "Another column fills this field already.");
	}
	if (mapped == 0)
		errors_add(errors, NULL, "required", "Choose a field for at least one column.");
}

static void check_options(struct ttx *tx, const struct import *import, struct errors *errors)
{
	const struct import_options *options = &import->options;
	struct record *record = record_new(ttx_arena(tx), import->entity);
	const struct value *item;
	struct str name;

	if (options->key && import_column_of(import, options->key->field) < 0 &&
	    (!options->key->otherwise || import_column_of(import, options->key->otherwise) < 0))
		errors_add(errors, "match", "not_mapped", "No column fills %s, so rows cannot be found by it.",
			   options->key->label);
	if (options->mode == IMPORT_UPDATE && !options->key)
		errors_add(errors, "match", "required", "To update, choose what rows are found by.");
	for (size_t i = 0; (item = value_member(options->defaults, i, &name)) != NULL; i++) {
		int field = entity_field(import->entity, name);

		if (field < 0 || !import_target_valid(import->entity, name))
			errors_add(errors, "defaults", "unknown_field", "There is no field of the name of a default.");
		else
			record_take_cell(record, field, value_as_str(item), false, errors);
	}
	for (size_t i = 0; options->mode != IMPORT_UPDATE && i < import->entity->field_count; i++) {
		const struct field *field = &import->entity->fields[i];

		if (field->flags & FIELD_REQUIRED && !field->default_value && !is_filled(import, field->name))
			errors_add(errors, NULL, "required", "No column fills %s, which every new %s needs.",
				   field->label, import->entity->name);
	}
}

bool import_check(struct ttx *tx, struct import *import, struct errors *errors)
{
	int tags = entity_field(import->entity, STR("tags"));
	struct record *record = record_new(ttx_arena(tx), import->entity);

	if (import->options.tags.n && tags < 0)
		errors_add(errors, "tags", "unknown_field", "%s have no tags.", import->entity->label_plural);
	else if (import->options.tags.n && record_take_cell(record, tags, import->options.tags, false, errors))
		import->options.tags = str_absent(record_get(record, tags)) ? STR("") : record_get(record, tags);
	if (import->options.new_enquiries && strcmp(import->entity->plural, "leads") != 0)
		errors_add(errors, "new_enquiries", "not_allowed", "Only leads can be new enquiries.");
	check_columns(ttx_arena(tx), import, errors);
	check_options(tx, import, errors);
	return !errors_any(errors);
}

/* ---- from state to state ---- */

STATEMENT(begin_import,
	  "UPDATE imports SET state = 'running', started_at = $3 WHERE tenant_id = $1 AND id = $2 AND state "
	  "= 'draft'");
STATEMENT(remember_mapping,
	  "INSERT INTO import_mappings (tenant_id, entity, fingerprint, mapping, options, used_at)"
	  " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, entity, fingerprint) DO UPDATE SET mapping = "
	  "excluded.mapping, options = excluded.options, used_at = excluded.used_at");
STATEMENT(stop_import,
	  "UPDATE imports SET state = 'stopped', finished_at = $3 WHERE tenant_id = $1 AND id = $2 AND state "
	  "IN ('draft', 'running')");
STATEMENT(take_up_held,
	  "UPDATE imports SET state = 'running', source = 'held', position = 0, finished_at = NULL, given_up = NULL"
	  " WHERE tenant_id = $1 AND id = $2 AND state IN ('done', 'stopped', 'broken') AND held_count > 0");
STATEMENT(begin_undo,
	  "UPDATE imports SET state = 'undoing', position = 0, left_count = 0, finished_at = NULL, complaint = "
	  "CASE WHEN given_up IS NULL THEN complaint END WHERE tenant_id = $1 AND id = $2 AND state IN ('done', "
	  "'stopped', 'broken')");
STATEMENT(
	advance_import,
	"UPDATE imports SET position = $3, row_count = row_count + $4, created_count = created_count + $5, "
	"updated_count "
	"= updated_count + $6, unchanged_count = unchanged_count + $7, failed_count = failed_count + $8, held_count = "
	"held_count + $9, state = $10, complaint = $11, finished_at = $12 WHERE tenant_id = $1 AND id = $2");
STATEMENT(give_up_import,
	  "UPDATE imports SET state = 'broken', given_up = state, complaint = CASE state WHEN 'undoing' THEN"
	  " 'Undoing could not go on, which is our fault. Undo it again: it takes back what is left.' ELSE"
	  " 'The import could not go on, which is our fault. Bring the file again: rows that were taken are known.'"
	  " END, finished_at = $3 WHERE tenant_id = $1 AND id = $2 AND state IN ('running', 'undoing')");
STATEMENT(revive_import, "UPDATE imports SET state = given_up, given_up = NULL, complaint = NULL, finished_at = NULL"
			 " WHERE tenant_id = $1 AND id = $2 AND state = 'broken' AND given_up IS NOT NULL");

/* E_CONFLICT when the import is not in a state for it. */
static enum err move(struct ttx *tx, const struct import *import, const struct statement *statement,
		     struct argument when)
{
	int64_t moved;
	enum err err = ttx_exec(tx, statement,
				str_absent(when.text) ? ARGS(arg_uuid(ttx_arena(tx), import->id))
						      : ARGS(arg_uuid(ttx_arena(tx), import->id), when),
				&moved);

	return err == OK && moved == 0 ? E_CONFLICT : err;
}

enum err import_start(struct ttx *tx, struct import *import)
{
	struct arena *arena = ttx_arena(tx);
	struct argument now = arg_instant(arena, ttx_now(tx));
	enum err err = import_store(tx, import);

	if (err == OK)
		err = ttx_exec(tx, &remember_mapping,
			       ARGS(arg_text(import->entity->plural), arg_uuid(arena, import->fingerprint),
				    arg_str(import_print_mapping(arena, import->columns, import->column_count)),
				    arg_str(import_print_options(arena, &import->options)), now),
			       NULL);
	return err ? err : move(tx, import, &begin_import, now);
}

enum err import_stop(struct ttx *tx, struct import *import)
{
	return move(tx, import, &stop_import, arg_instant(ttx_arena(tx), ttx_now(tx)));
}

enum err import_take_held(struct ttx *tx, struct import *import)
{
	return move(tx, import, &take_up_held, arg_null());
}

enum err import_undo(struct ttx *tx, struct import *import)
{
	return move(tx, import, &begin_undo, arg_null());
}

enum err import_give_up(struct ttx *tx, struct uuid id)
{
	struct arena *arena = ttx_arena(tx);

	return ttx_exec(tx, &give_up_import, ARGS(arg_uuid(arena, id), arg_instant(arena, ttx_now(tx))), NULL);
}

enum err import_revive(struct ttx *tx, struct uuid id)
{
	int64_t moved;
	enum err err = ttx_exec(tx, &revive_import, ARGS(arg_uuid(ttx_arena(tx), id)), &moved);

	return err == OK && moved == 0 ? E_PRECONDITION : err;
}

/* ---- a step ---- */

static enum err advance(struct ttx *tx, const struct import *import, const struct lines *lines, int64_t next,
			const char *broken, bool end)
{
	struct arena *arena = ttx_arena(tx);
	int64_t counts[LINE_HELD + 1] = {0};
	bool held = str_is(import->source, "held");

	for (size_t i = 0; i < lines->count; i++)
		counts[lines->items[i].outcome]++;
	return ttx_exec(tx, &advance_import,
			ARGS(arg_uuid(arena, import->id), arg_int(arena, next),
			     arg_int(arena, held ? 0 : (int64_t)lines->count), arg_int(arena, counts[LINE_CREATED]),
			     arg_int(arena, counts[LINE_UPDATED]), arg_int(arena, counts[LINE_UNCHANGED]),
			     arg_int(arena, counts[LINE_FAILED]),
			     arg_int(arena, counts[LINE_HELD] - (held ? (int64_t)lines->count : 0)),
			     arg_text(broken ? "broken"
				      : end  ? "done"
					     : "running"),
			     arg_text(broken), broken || end ? arg_instant(arena, ttx_now(tx)) : arg_null()),
			NULL);
}

enum err import_step(struct ttx *tx, struct uuid id, size_t most, bool *more)
{
	struct lines lines = lines_new(ttx_arena(tx), most);
	const char *broken = NULL;
	struct import *import;
	int64_t next = 0;
	bool end = false;
	enum err err = import_get(tx, id, true, &import);

	*more = false;
	if (err || (!import_is(import, "running") && !import_is(import, "undoing")))
		return err;
	ttx_set_actor(tx, import->actor);
	local_time_zone(import->time_zone);
	if (import_is(import, "undoing"))
		return import_undo_step(tx, import, most, more);
	err = str_is(import->source, "held") ? lines_of_held(tx, import, &lines, &next, &end)
					     : lines_of_file(tx, import, &lines, &next, &broken, &end);
	if (err == OK && lines.count)
		err = lines_parse(tx, import, &lines, true);
	if (err == OK && lines.count)
		err = lines_write(tx, import, &lines);
	if (err == OK && lines.count)
		err = lines_keep(tx, import, &lines);
	if (err == OK)
		err = advance(tx, import, &lines, next, broken, end);
	*more = err == OK && !end && !broken;
	return err;
}

/* ---- what it would do ---- */

static const char *const sight_names[] = {
	[LINE_OPEN] = "fail",           [LINE_CREATED] = "create", [LINE_UPDATED] = "update",
	[LINE_UNCHANGED] = "unchanged", [LINE_FAILED] = "fail",    [LINE_HELD] = "fail",
};

static enum err match_all(struct ttx *tx, const struct import *import, struct lines *lines)
{
	struct line **open = arena_array(ttx_arena(tx), lines->count + 1, sizeof *open);
	size_t used = 0;
	enum err err;

	for (size_t i = 0; i < lines->count; i++)
		if (lines->items[i].outcome == LINE_OPEN)
			open[used++] = &lines->items[i];
	err = used ? lines_match(tx, import, open, used) : OK;
	for (size_t i = 0; err == OK && i < used; i++) {
		open[i]->outcome = line_plan(import, open[i]);
		if ((open[i]->outcome == LINE_CREATED || open[i]->outcome == LINE_UPDATED) &&
		    !line_complete(import, open[i], open[i]->outcome == LINE_CREATED ? WRITE_CREATE : WRITE_UPDATE))
			open[i]->outcome = LINE_FAILED;
	}
	return err;
}

enum err import_preview(struct ttx *tx, struct import *import, struct import_sight **out, size_t *count)
{
	struct arena *arena = ttx_arena(tx);
	struct lines lines = lines_new(arena, IMPORT_PREVIEW_ROWS);
	const char *broken;
	int64_t next;
	bool end;
	enum err err;

	local_time_zone(import->time_zone);
	err = lines_of_file(tx, import, &lines, &next, &broken, &end);
	if (err == OK)
		err = lines_parse(tx, import, &lines, false);
	if (err == OK)
		err = match_all(tx, import, &lines);
	*count = err ? 0 : lines.count;
	*out = arena_array(arena, lines.count + 1, sizeof **out);
	for (size_t i = 0; i < *count; i++) {
		struct line *line = &lines.items[i];

		(*out)[i] = (struct import_sight){line->number, line->cells, line->count, sight_names[line->outcome],
						  line->errors};
	}
	return err;
}
