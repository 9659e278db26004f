/* The way of a row out of the trash. */
#include "lib/base/clock.h"
#include "lib/entity/entity_internal.h"
#include "lib/entity/history.h"
#include "lib/entity/trash.h"

enum err trash_get(struct ttx *tx, const struct entity *entity, struct uuid id, struct record **out,
		   int64_t *deleted_at)
{
	return entity->trash ? store_get(tx, entity, id, out, deleted_at) : E_NOTFOUND;
}

/* A row does not come back before what it belongs to. */
static enum err owner_lives(struct ttx *tx, const struct record *record, struct errors *errors)
{
	for (size_t i = 0; i < record->entity->field_count; i++) {
		const struct field *field = &record->entity->fields[i];
		const struct entity *owner;
		struct record *there;
		struct uuid id;
		enum err err;

		if (!field_is(field, FIELD_OWNING) || str_absent(record->values[i]))
			continue;
		owner = entity_of_table(field->references);
		if (!owner || !owner->trash || !uuid_parse(record->values[i], &id))
			return OK;
		err = entity_get(tx, owner, id, &there);
		if (err != E_NOTFOUND)
			return err;
		errors_add(errors, field->name, "deleted",
			   "The %.*s it belongs to is in the trash. Restore that first.",
			   STR_FMT_ARG(label_in_sentence(ttx_arena(tx), owner->label)));
		return E_CONFLICT;
	}
	return OK;
}

/* With what the hook has changed. */
static enum err restore_row(struct ttx *tx, const struct record *record, struct errors *errors)
{
	struct sql sql = sql_new(ttx_arena(tx));
	bool *changed = arena_array(sql.arena, record->entity->field_count, sizeof *changed);
	struct rows *rows;
	enum err err;

	record_mark_changed(record, record->before, changed);
	sql_add(&sql, "UPDATE ");
	sql_add(&sql, record->entity->table);
	sql_add(&sql, " SET version = version + 1, deleted_at = NULL");
	(void)sql_add_changed(&sql, record, changed);
	sql_add(&sql, " WHERE tenant_id = $1 AND deleted_at IS NOT NULL AND id = ");
	sql_argument(&sql, arg_uuid(sql.arena, record->id));
	sql_add(&sql, " AND version = ");
	sql_argument(&sql, arg_int(sql.arena, record->version));
	err = sql_rows(&sql, tx, record->entity->plural, &rows);
	if (err)
		return store_explain(tx, record->entity, err, errors);
	return rows_affected(rows) == 1 ? OK : E_PRECONDITION;
}

/* The row as it lay in the trash, for the hook to change. */
static struct record *row_to_restore(struct arena *arena, const struct record *current)
{
	struct record *row = record_new(arena, current->entity);
	struct str *values = row->values;

	*row = *current;
	row->values = values;
	row->before = current;
	memcpy(values, current->values, current->entity->field_count * sizeof *values);
	return row;
}

enum err trash_restore(struct ttx *tx, const struct record *current, int64_t deleted_at, struct errors *errors,
		       struct record **out)
{
	const struct entity *entity = current->entity;
	struct record *row = row_to_restore(ttx_arena(tx), current);
	enum err err = owner_lives(tx, current, errors);

	if (err == OK && entity->before_write)
		err = entity->before_write(tx, WRITE_RESTORE, row, errors);
	if (err == OK && errors_any(errors))
		err = E_INVALID;
	if (err == OK)
		err = restore_row(tx, row, errors);
	if (err)
		return err;
	row->version++;
	history_send(tx, HISTORY_RESTORED, row, clock_now());
	err = trash_owned_back(tx, entity,
			       arena_printf(ttx_arena(tx), "{%.*s}", STR_FMT_ARG(uuid_text(ttx_arena(tx), row->id))),
			       deleted_at);
	if (err == OK && entity->after_write)
		err = entity->after_write(tx, WRITE_RESTORE, row);
	*out = row;
	return err;
}
