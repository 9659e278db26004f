/* Lines become rows: matched, made, changed; and what each came to is kept beside the import. */
#include <inttypes.h>

#include "lib/crm/import_internal.h"
#include "lib/text/json.h"

/* The same cells once more, and no key to tell them apart. */
static bool is_repeated(const struct turn *turn)
{
	return str_absent(turn->line->key) && str_absent(turn->line->other_key) && turn->before &&
	       (turn->before->outcome == LINE_CREATED || turn->before->outcome == LINE_UNCHANGED);
}

/* ---- one round ---- */

/* What a change took away, by the names of the fields. */
static struct str print_before(struct arena *arena, const struct record *record)
{
	const struct entity *entity = record_entity(record);
	const struct record *before = record_before(record);
	struct value *map = value_map(arena);
	struct buffer out = BUFFER_IN(arena);

	for (size_t i = 0; i < entity->field_count; i++) {
		struct str from = record_get(before, (int)i), to = record_get(record, (int)i);

		if (strcmp(entity->fields[i].name, "updated_at") != 0 &&
		    (str_absent(from) != str_absent(to) || !str_equal(from, to)))
			value_put_str(map, entity->fields[i].name, from);
	}
	json_print(map, &out);
	return buffer_str(&out);
}

static void settle(struct arena *arena, struct line *line, const struct write *write, enum line_outcome done)
{
	if (write->err == OK && write->unchanged) {
		line->outcome = LINE_UNCHANGED;
		return;
	}
	line->outcome = write->err == OK ? done : write->err == E_LIMIT ? LINE_HELD : LINE_FAILED;
	if (write->err) {
		line->errors = write->errors ? write->errors : line->errors;
		if (!errors_any(line->errors))
			errors_add(line->errors, NULL, "not_stored", "The row could not be stored.");
		return;
	}
	line->row_id = record_id(write->record);
	line->version_after = record_version(write->record);
	if (done == LINE_UPDATED)
		line->before = print_before(arena, write->record);
}

static enum err write_those(struct ttx *tx, const struct import *import, struct line *const *lines, size_t count,
			    enum line_outcome wanted)
{
	struct arena *arena = ttx_arena(tx);
	struct write *writes = arena_array(arena, count + 1, sizeof *writes);
	struct line **from = arena_array(arena, count + 1, sizeof *from);
	size_t used = 0;
	enum err err;

	for (size_t i = 0; i < count; i++) {
		if (lines[i]->outcome != wanted)
			continue;
		if (!line_complete(import, lines[i], wanted == LINE_CREATED ? WRITE_CREATE : WRITE_UPDATE)) {
			lines[i]->outcome = LINE_FAILED;
			continue;
		}
		from[used] = lines[i];
		writes[used++] = (struct write){.record = lines[i]->record,
						.current = lines[i]->current,
						.created_at = lines[i]->created_at,
						.settled = !import->options.new_enquiries};
	}
	err = wanted == LINE_CREATED ? entity_insert_many(tx, writes, used) : entity_update_many(tx, writes, used);
	for (size_t i = 0; err == OK && i < used; i++)
		settle(arena, from[i], &writes[i], wanted);
	return err;
}

/* *count: of those that were written; the others wait for the next round. */
static enum err write_round(struct ttx *tx, const struct import *import, struct turn **round, size_t *count)
{
	struct line **lines = arena_array(ttx_arena(tx), *count + 1, sizeof *lines);
	enum err err;

	for (size_t i = 0; i < *count; i++)
		lines[i] = round[i]->line;
	err = lines_match(tx, import, lines, *count);
	if (err)
		return err;
	*count = turns_postpone(ttx_arena(tx), round, *count);
	for (size_t i = 0; i < *count; i++) {
		lines[i] = round[i]->line;
		lines[i]->outcome = line_plan(import, lines[i]);
	}
	err = write_those(tx, import, lines, *count, LINE_CREATED);
	return err ? err : write_those(tx, import, lines, *count, LINE_UPDATED);
}

enum err lines_write(struct ttx *tx, const struct import *import, struct lines *lines)
{
	struct arena *arena = ttx_arena(tx);
	size_t count, taken = 0;
	struct turn *turns = lines_turns(arena, lines, &count), **round = arena_array(arena, count + 1, sizeof *round);
	enum err err = OK;

	for (size_t number = 0; err == OK && taken < count; number++) {
		size_t used = 0;

		for (size_t i = 0; i < count; i++)
			if (turns[i].round == number && is_repeated(&turns[i])) {
				turns[i].line->outcome = LINE_UNCHANGED;
				taken++;
			} else if (turns[i].round == number) {
				round[used++] = &turns[i];
			}
		err = used ? write_round(tx, import, round, &used) : OK;
		taken += used;
	}
	return err;
}

/* ---- what came of them ---- */

STATEMENT(
	keep_lines,
	"INSERT INTO import_rows (tenant_id, import_id, number, outcome, row_id, version_after, before, fingerprint, "
	"reasons, cells) SELECT $1::uuid, $2::uuid, u.number, u.outcome, u.row_id, u.version_after, u.before, "
	"u.fingerprint, u.reasons, u.cells FROM unnest($3::bigint[], $4::text[], $5::uuid[], $6::bigint[], "
	"$7::jsonb[], "
	"$8::uuid[], $9::text[], $10::jsonb[]) AS u (number, outcome, row_id, version_after, before, fingerprint, "
	"reasons, cells) ON CONFLICT (tenant_id, import_id, number) DO UPDATE SET outcome = excluded.outcome, row_id = "
	"excluded.row_id, version_after = excluded.version_after, before = excluded.before, fingerprint = "
	"excluded.fingerprint, reasons = excluded.reasons, cells = excluded.cells");
STATEMENT(forget_lines,
	  "DELETE FROM import_rows WHERE tenant_id = $1 AND import_id = $2 AND number = ANY($3::bigint[])");

enum {
	COLUMN_NUMBER,
	COLUMN_OUTCOME,
	COLUMN_ROW,
	COLUMN_VERSION,
	COLUMN_BEFORE,
	COLUMN_PRINT,
	COLUMN_WHY,
	COLUMN_CELLS,
	COLUMN_COUNT
};

static const char *const outcome_names[] = {[LINE_CREATED] = "created",
					    [LINE_UPDATED] = "updated",
					    [LINE_FAILED] = "failed",
					    [LINE_HELD] = "held",
					    [LINE_UNCHANGED] = NULL};

static struct str print_reasons(struct arena *arena, const struct errors *errors)
{
	struct buffer out = BUFFER_IN(arena);

	for (const struct field_error *error = errors_first(errors); error; error = error->next)
		buffer_printf(&out, "%s%.*s", out.length ? "\n" : "", STR_FMT_ARG(error->message));
	return buffer_str(&out);
}

static void put_line(struct arena *arena, const struct import *import, const struct line *line,
		     struct str *const columns[COLUMN_COUNT], size_t at)
{
	bool refused = line->outcome == LINE_FAILED || line->outcome == LINE_HELD;

	columns[COLUMN_NUMBER][at] = arena_printf(arena, "%" PRId64, line->number);
	columns[COLUMN_OUTCOME][at] = str_from(outcome_names[line->outcome]);
	if (refused) {
		columns[COLUMN_WHY][at] = print_reasons(arena, line->errors);
		columns[COLUMN_CELLS][at] = strings_print(arena, line->cells, line->count);
		return;
	}
	columns[COLUMN_ROW][at] = uuid_text(arena, line->row_id);
	columns[COLUMN_VERSION][at] = arena_printf(arena, "%" PRId64, line->version_after);
	columns[COLUMN_BEFORE][at] = line->before;
	if (line->outcome == LINE_CREATED && line_is_keyless(import, line))
		columns[COLUMN_PRINT][at] = uuid_text(arena, line->fingerprint);
}

/* Of rows that were held back and now are as they should be. */
static enum err forget(struct ttx *tx, const struct import *import, const struct lines *lines)
{
	struct arena *arena = ttx_arena(tx);
	struct str *numbers = arena_array(arena, lines->count + 1, sizeof *numbers);
	size_t used = 0;

	for (size_t i = 0; i < lines->count; i++)
		if (lines->items[i].outcome == LINE_UNCHANGED)
			numbers[used++] = arena_printf(arena, "%" PRId64, lines->items[i].number);
	return used ? ttx_exec(tx, &forget_lines, ARGS(arg_uuid(arena, import->id), arg_array(arena, numbers, used)),
			       NULL)
		    : OK;
}

enum err lines_keep(struct ttx *tx, const struct import *import, const struct lines *lines)
{
	struct arena *arena = ttx_arena(tx);
	struct str *columns[COLUMN_COUNT];
	struct argument arguments[COLUMN_COUNT + 1];
	size_t used = 0;

	for (size_t c = 0; c < COLUMN_COUNT; c++)
		columns[c] = arena_array(arena, lines->count + 1, sizeof **columns);
	for (size_t i = 0; i < lines->count; i++)
		if (outcome_names[lines->items[i].outcome])
			put_line(arena, import, &lines->items[i], columns, used++);
	if (str_is(import->source, "held")) {
		enum err err = forget(tx, import, lines);

		if (err)
			return err;
	}
	if (used == 0)
		return OK;
	arguments[0] = arg_uuid(arena, import->id);
	for (size_t c = 0; c < COLUMN_COUNT; c++)
		arguments[c + 1] = arg_array(arena, columns[c], used);
	return ttx_exec(tx, &keep_lines, (struct arguments){arguments, COUNT_OF(arguments)}, NULL);
}
