/* A merge taken back, as far as nobody has changed the rows since. */
#include "lib/crm/merge_internal.h"

#include "lib/base/clock.h"
#include "lib/crm/task.h"
#include "lib/entity/trash.h"

struct undo {
	struct ttx *tx;
	const struct merge *merge;
	const struct value *snapshot;
	struct errors *errors;
	struct merge_undone *out;
	struct record *kept, *gone;
	int64_t deleted_at;
};

/* Twenty thousand ids, and the values of one row. */
static const struct json_limits limits = {.bytes = (size_t)4 * 1024 * 1024, .depth = 8, .members = 10000};

static enum err refuse(struct errors *errors, const char *code, const char *sentence)
{
	errors_add(errors, NULL, code, "%s", sentence);
	return E_CONFLICT;
}

static const struct value *part(const struct undo *undo, const char *name)
{
	return value_get(undo->snapshot, str_from(name));
}

/* ---- whether it can be ---- */

static enum err read_kept(struct undo *undo)
{
	const struct merge *merge = undo->merge;
	struct uuid elsewhere;
	enum err err = entity_get(undo->tx, merge->entity, merge->kept, &undo->kept);

	if (err != E_NOTFOUND)
		return err;
	err = merge_of_gone(undo->tx, merge->entity, merge->kept, &elsewhere);
	if (err == OK)
		return refuse(undo->errors, "merged_since",
			      "The kept record was merged into another one since. Take that merge back first.");
	return err == E_NOTFOUND
		       ? refuse(undo->errors, "kept_is_gone", "The kept record is in the trash. Restore it first.")
		       : err;
}

static enum err read_rows(struct undo *undo)
{
	const struct merge *merge = undo->merge;
	struct str why;
	struct value *snapshot;
	enum err err;

	if (merge->undone_at)
		return refuse(undo->errors, "undone", "This merge was taken back already.");
	if (json_parse(ttx_arena(undo->tx), merge->snapshot, &limits, &snapshot, &why) != OK)
		return E_INTERNAL;
	undo->snapshot = snapshot;
	err = merge_hold(undo->tx, merge->entity, merge->kept, merge->gone);
	if (err == OK)
		err = read_kept(undo);
	if (err)
		return err;
	err = trash_get(undo->tx, merge->entity, merge->gone, &undo->gone, &undo->deleted_at);
	return err == E_NOTFOUND
		       ? refuse(undo->errors, "erased", "The other record was deleted for ever: it cannot come back.")
		       : err;
}

/* ---- the kept row's fields ---- */

static struct str tags_without(struct arena *arena, struct str tags, struct str added)
{
	struct buffer out = BUFFER_IN(arena);

	while (!str_absent(tags)) {
		struct str name = str_split(&tags, '\n'), rest = added;
		bool drop = false;

		while (!drop && !str_absent(rest))
			drop = str_equal(str_split(&rest, '\n'), name);
		if (drop || name.n == 0)
			continue;
		if (out.length)
			buffer_add_char(&out, '\n');
		buffer_add_str(&out, name);
	}
	return out.length ? buffer_str(&out) : STR_NONE;
}

static void tell_left(struct undo *undo, const struct field *field, struct buffer *left)
{
	if (field->flags & (FIELD_READ_ONLY | FIELD_API_ONLY | FIELD_INTERNAL))
		return;
	buffer_printf(left, "%s%s", left->length ? ", " : "", field->label);
	undo->out->fields_left = buffer_str(left);
}

static bool is_as_left(const struct record *now, int field, const struct value *left)
{
	struct str value = record_get(now, field), then = value_as_str(left);

	return str_absent(value) == str_absent(then) && str_equal(value, then);
}

/* Fields as they were before, where they are as the merge left them. */
static enum err former(struct undo *undo, struct record *change)
{
	const struct entity *entity = undo->merge->entity;
	const struct value *before = part(undo, SNAPSHOT_BEFORE), *after = part(undo, SNAPSHOT_AFTER), *item;
	struct buffer left = BUFFER_IN(ttx_arena(undo->tx));
	int tags = fields_of_tags(entity);
	struct str name, added = value_as_str(part(undo, SNAPSHOT_TAGS));

	for (size_t i = 0; (item = value_member(before, i, &name)) != NULL; i++) {
		int field = entity_field(entity, name);
		bool stands;
		enum err err;

		if (field < 0) /* a company's own field may be gone */
			continue;
		err = fields_reference_stands(undo->tx, &entity->fields[field], value_as_str(item), &stands);
		if (err)
			return err;
		if (stands && is_as_left(undo->kept, field, value_get(after, name)))
			record_set(change, field, value_as_str(item));
		else
			tell_left(undo, &entity->fields[field], &left);
	}
	if (tags >= 0 && added.n)
		record_set(change, tags, tags_without(ttx_arena(undo->tx), record_get(undo->kept, tags), added));
	return OK;
}

static const char *cast_of(const struct field *field)
{
	switch (field->type) {
	case FIELD_INTEGER:
	case FIELD_MONEY:
		return "::bigint";
	case FIELD_NUMBER:
		return "::numeric";
	case FIELD_BOOL:
		return "::boolean";
	case FIELD_DATE:
		return "::date";
	case FIELD_INSTANT:
		return "::timestamptz";
	case FIELD_REFERENCE:
		return "::uuid";
	case FIELD_TEXT:
	case FIELD_LONG_TEXT:
	case FIELD_EMAIL:
	case FIELD_PHONE:
	case FIELD_URL:
	case FIELD_SLUG:
	case FIELD_PASSWORD:
	case FIELD_CHOICE:
	case FIELD_TAGS:
	case FIELD_IDS:
		break;
	}
	return "::text";
}

/* What the hooks made of it anew, such as a place on the board, is put as it was, too. */
static enum err put_columns(struct undo *undo, const struct record *wanted, const struct record *written)
{
	struct arena *arena = ttx_arena(undo->tx);
	const struct entity *entity = undo->merge->entity;
	struct argument *all = arena_array(arena, entity->field_count + 1, sizeof *all);
	struct buffer sql = BUFFER_IN(arena);
	struct rows *rows;
	size_t count = 0;

	all[count++] = arg_uuid(arena, undo->merge->kept);
	buffer_printf(&sql, "UPDATE %s SET ", entity->table);
	for (size_t i = 0; i < entity->field_count; i++) {
		const struct field *field = &entity->fields[i];

		if (!record_given(wanted, (int)i) || (field->flags & FIELD_CUSTOM) || field->type == FIELD_TAGS ||
		    str_equal(record_get(wanted, (int)i), record_get(written, (int)i)))
			continue;
		all[count] = arg_str(record_get(wanted, (int)i));
		buffer_printf(&sql, "%s%s = $%zu%s", count > 1 ? ", " : "", field->name, count + 2, cast_of(field));
		count++;
	}
	buffer_printf(&sql, " WHERE tenant_id = $1 AND id = $2");
	return count == 1 ? OK
			  : ttx_rows_text(undo->tx, "merge_restore", buffer_str(&sql), (struct arguments){all, count},
					  &rows);
}

static enum err restore_kept(struct undo *undo)
{
	struct arena *arena = ttx_arena(undo->tx);
	const struct entity *entity = undo->merge->entity;
	struct record *change = record_new(arena, entity), *wanted = record_new(arena, entity), *written;
	enum err err = former(undo, change);

	if (err)
		return err;
	for (size_t i = 0; i < entity->field_count; i++)
		if (record_given(change, (int)i))
			record_set(wanted, (int)i, record_get(change, (int)i));
	err = entity_update(undo->tx, undo->kept, change, undo->errors, &written);
	if (err == OK)
		err = put_columns(undo, wanted, written);
	return err ? err : merge_tell(undo->tx, entity, undo->merge->kept, true, record_title(undo->gone));
}

/* ---- what was stopped, and the rest ---- */

STATEMENT(run_again, "UPDATE cadence_runs SET stopped_at = NULL, stop_reason = NULL WHERE tenant_id = $1"
		     " AND id = ANY($2::uuid[]) AND stop_reason = 'person'");
STATEMENT(open_again, "UPDATE tasks SET status = 'open', version = version + 1, updated_at = $3 WHERE tenant_id = $1"
		      " AND id = ANY($2::uuid[]) AND status = 'cancelled' RETURNING id");
STATEMENT(sample_again, "INSERT INTO sample_rows (tenant_id, entity, row_id) VALUES ($1, $2, $3)"
			" ON CONFLICT DO NOTHING");
STATEMENT(set_undone, "UPDATE merges SET undone_at = $3 WHERE tenant_id = $1 AND id = $2 AND undone_at IS NULL");

static enum err start_again(struct undo *undo)
{
	struct arena *arena = ttx_arena(undo->tx);
	struct str runs = value_as_str(part(undo, SNAPSHOT_RUNS)), tasks = value_as_str(part(undo, SNAPSHOT_TASKS));
	struct rows *opened;
	enum err err = OK;

	if (runs.n)
		err = ttx_exec(undo->tx, &run_again, ARGS(arg_str(runs)), NULL);
	if (err == OK && tasks.n) {
		err = ttx_rows(undo->tx, &open_again, ARGS(arg_str(tasks), arg_instant(arena, ttx_now(undo->tx))),
			       &opened);
		if (err == OK && rows_count(opened))
			task_tell_status(undo->tx, rows_ids(arena, opened), "cancelled", "open", ttx_now(undo->tx));
	}
	if (err == OK && value_truth(part(undo, SNAPSHOT_SAMPLE)))
		err = ttx_exec(undo->tx, &sample_again,
			       ARGS(arg_text(undo->merge->entity->plural), arg_uuid(arena, undo->merge->kept)), NULL);
	return err;
}

enum err merge_undo(struct ttx *tx, const struct merge *merge, struct errors *errors, struct merge_undone *out)
{
	struct undo undo = {.tx = tx, .merge = merge, .errors = errors, .out = out};
	struct arena *arena = ttx_arena(tx);
	struct record *back;
	enum err err;

	*out = (struct merge_undone){.fields_left = STR_NONE};
	err = read_rows(&undo);
	if (err == OK)
		err = links_move_back(tx, merge->entity, part(&undo, SNAPSHOT_MOVED), merge->kept, merge->gone,
				      &out->moved_back);
	if (err == OK)
		err = start_again(&undo);
	if (err == OK)
		err = restore_kept(&undo);
	if (err == OK)
		err = ttx_exec(tx, &set_undone, ARGS(arg_uuid(arena, merge->id), arg_instant(arena, ttx_now(tx))),
			       NULL);
	/* Last, since its hook may hold the company's row until the commit. */
	if (err == OK)
		err = trash_restore(tx, undo.gone, undo.deleted_at, errors, &back);
	out->left = merge->rows - out->moved_back;
	return err;
}
