/* Rows in and out of the entity's table. */
#include "lib/base/clock.h"
#include "lib/entity/entity_internal.h"
#include "lib/entity/trash.h"

/* ---- what the database refused, told at the field ---- */

/* Names that PostgreSQL and the migrations give to constraints: <table><infix><field><suffix>. */
static const struct violation {
	enum err err;
	const char *infix, *suffix;
	const char *code, *message; /* behind the field's label */
} violations[] = {
	{E_CONFLICT, "_", "", "taken", "is taken already."},
	{E_CONFLICT, "_tenant_id_", "_key", "taken", "is taken already."},
	{E_INVALID, "_tenant_id_", "_fkey", "not_found", "is not one of those that can be chosen."},
	{E_INVALID, "_", "_check", "not_allowed", "cannot have this value."},
};

static bool is_violation(struct str constraint, const struct violation *violation, const struct entity *entity,
			 const char *field)
{
	const char *const parts[] = {entity->table, violation->infix, field, violation->suffix};

	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		struct str part = str_from(parts[i]);

		if (!str_starts(constraint, part))
			return false;
		constraint = (struct str){constraint.p + part.n, constraint.n - part.n};
	}
	return constraint.n == 0;
}

enum err store_explain(struct ttx *tx, const struct entity *entity, enum err err, struct errors *errors)
{
	if (err != E_CONFLICT && err != E_INVALID)
		return err;
	for (size_t i = 0; i < entity->field_count; i++)
		for (size_t v = 0; v < COUNT_OF(violations); v++)
			if (violations[v].err == err &&
			    is_violation(ttx_constraint(tx), &violations[v], entity, entity->fields[i].name)) {
				errors_add(errors, entity->fields[i].name, violations[v].code, "%s %s",
					   entity->fields[i].label, violations[v].message);
				return err;
			}
	errors_add(errors, NULL, err == E_CONFLICT ? "conflict" : "not_allowed", "The %.*s cannot be stored like this.",
		   STR_FMT_ARG(label_in_sentence(ttx_arena(tx), entity->label)));
	return err;
}

/* ---- read ---- */

enum err store_get(struct ttx *tx, const struct entity *entity, struct uuid id, struct record **out,
		   int64_t *deleted_at)
{
	struct arena *arena = ttx_arena(tx);
	struct sql sql = sql_for(tx);
	struct rows *rows;
	enum err err;

	sql_add(&sql, "SELECT ");
	sql_add_selected(&sql, entity);
	sql_add(&sql, deleted_at ? ", deleted_at FROM " : " FROM ");
	sql_add(&sql, entity->table);
	sql_add(&sql, " WHERE tenant_id = $1 AND id = ");
	sql_argument(&sql, arg_uuid(arena, id));
	if (deleted_at) {
		sql_add(&sql, " AND deleted_at IS NOT NULL");
		sql_add_visible(&sql, entity);
	} else {
		sql_add_living(&sql, entity);
	}
	err = sql_rows(&sql, tx, entity->plural, &rows);
	if (err)
		return err;
	if (!rows_next(rows))
		return E_NOTFOUND;
	*out = sql_record(arena, entity, rows);
	if (deleted_at)
		*deleted_at = rows_instant(rows, sql_column_count(entity));
	return OK;
}

enum err entity_get(struct ttx *tx, const struct entity *entity, struct uuid id, struct record **out)
{
	return store_get(tx, entity, id, out, NULL);
}

/* ---- write ---- */

/* References, then the hook: it comes last, since it may hold a lock that others wait for. */
static enum err before_write(struct ttx *tx, enum write_kind kind, struct record *record, const bool *changed,
			     struct errors *errors)
{
	enum err err = record_check_references(tx, record, changed, errors);

	if (err == OK)
		err = tags_check(tx, record, changed, errors);
	if (err == OK && record->entity->before_write)
		err = record->entity->before_write(tx, kind, record, errors);
	if (err == OK && errors_any(errors))
		err = E_INVALID;
	return err;
}

static enum err after_write(struct ttx *tx, enum write_kind kind, const struct record *record)
{
	return record->entity->after_write ? record->entity->after_write(tx, kind, record) : OK;
}

void record_show_times(struct record *record)
{
	for (size_t i = 0; i < record->entity->field_count; i++) {
		const char *name = record->entity->fields[i].name;

		if (field_is_time_of_row(&record->entity->fields[i]))
			record->values[i] =
				clock_rfc3339(record->arena, *name == 'c' ? record->created_at : record->updated_at);
	}
}

void record_mark_changed(const struct record *record, const struct record *before, bool *changed)
{
	for (size_t i = 0; i < record->entity->field_count; i++) {
		changed[i] = (field_is_column(&record->entity->fields[i]) ||
			      field_is(&record->entity->fields[i], FIELD_CUSTOM) ||
			      record->entity->fields[i].type == FIELD_TAGS) &&
			     record_differs(record, before, (int)i);
	}
}

static void add_insert(struct sql *sql, const struct record *record)
{
	const struct entity *entity = record->entity;
	bool searchable = entity_is_searchable(entity);

	sql_add(sql, "INSERT INTO ");
	sql_add(sql, entity->table);
	sql_add(sql, " (tenant_id, ");
	sql_add_columns(sql, entity);
	sql_add(sql, searchable ? ", search_text) VALUES ($1, " : ") VALUES ($1, ");
	sql_argument(sql, arg_uuid(sql->arena, record->id));
	sql_add(sql, ", ");
	sql_argument(sql, arg_int(sql->arena, record->version));
	sql_add(sql, ", ");
	sql_argument(sql, arg_instant(sql->arena, record->created_at));
	sql_add(sql, ", ");
	sql_argument(sql, arg_instant(sql->arena, record->updated_at));
	for (size_t i = 0; i < entity->field_count; i++)
		if (field_is_column(&entity->fields[i])) {
			sql_add(sql, ", ");
			sql_argument(sql, arg_str(record->values[i]));
		}
	if (entity->custom) {
		sql_add(sql, ", ");
		sql_argument(sql, arg_str(custom_text(record)));
	}
	if (searchable) {
		sql_add(sql, ", ");
		sql_argument(sql, arg_str(search_text(record)));
	}
	sql_add(sql, ")");
}

void record_fill_mine(struct ttx *tx, struct record *record)
{
	const struct ttx_actor *actor = ttx_actor(tx);

	if (actor->kind != ACTOR_USER)
		return;
	for (size_t i = 0; i < record->entity->field_count; i++)
		if (field_is(&record->entity->fields[i], FIELD_MINE) && !record->given[i])
			record->values[i] = uuid_text(record->arena, actor->id);
}

enum err entity_insert(struct ttx *tx, struct record *record, struct errors *errors)
{
	const struct entity *entity = record->entity;
	struct sql sql = sql_for(tx);
	bool *changed = arena_array(record->arena, entity->field_count, sizeof *changed);
	struct rows *rows;
	enum err err;

	record->id = uuid_new();
	record->version = 1;
	record->created_at = record->updated_at = ttx_now(tx);
	record_show_times(record);
	record_fill_mine(tx, record);
	record_mark_changed(record, NULL, changed);
	err = before_write(tx, WRITE_CREATE, record, changed, errors);
	if (err)
		return err;
	add_insert(&sql, record);
	err = sql_rows(&sql, tx, entity->plural, &rows);
	if (err)
		return store_explain(tx, entity, err, errors);
	if (entity_tags_field(entity) >= 0 && changed[entity_tags_field(entity)])
		tags_send(tx, record);
	history_send(tx, HISTORY_CREATED, record, record->created_at);
	return after_write(tx, WRITE_CREATE, record);
}

/* " WHERE …" for the row as it was read: none when somebody else has written it since. */
static void add_same_row(struct sql *sql, const struct record *current)
{
	sql_add(sql, " WHERE tenant_id = $1 AND id = ");
	sql_argument(sql, arg_uuid(sql->arena, current->id));
	sql_add(sql, " AND version = ");
	sql_argument(sql, arg_int(sql->arena, current->version));
	sql_add_living(sql, current->entity);
}

bool sql_add_changed(struct sql *sql, const struct record *record, const bool *changed)
{
	const struct entity *entity = record->entity;
	bool any = false, search = false, custom = false;

	for (size_t i = 0; i < entity->field_count; i++) {
		if (!changed[i])
			continue;
		any = true;
		search = search || field_is(&entity->fields[i], FIELD_SEARCHABLE);
		custom = custom || field_is(&entity->fields[i], FIELD_CUSTOM);
		if (!field_is_column(&entity->fields[i]))
			continue;
		sql_add(sql, ", ");
		sql_add(sql, entity->fields[i].name);
		sql_add(sql, " = ");
		sql_argument(sql, arg_str(record->values[i]));
	}
	if (custom) {
		sql_add(sql, ", custom = ");
		sql_argument(sql, arg_str(custom_text(record)));
	}
	if (search) {
		sql_add(sql, ", search_text = ");
		sql_argument(sql, arg_str(search_text(record)));
	}
	return any;
}

/* False when nothing differs. */
static bool add_update(struct sql *sql, const struct record *record, const bool *changed)
{
	bool any;

	sql_add(sql, "UPDATE ");
	sql_add(sql, record->entity->table);
	sql_add(sql, " SET version = version + 1, updated_at = ");
	sql_argument(sql, arg_instant(sql->arena, record->updated_at));
	any = sql_add_changed(sql, record, changed);
	add_same_row(sql, record->before);
	return any;
}

void record_become_next(struct record *change, const struct record *current)
{
	for (size_t i = 0; i < change->entity->field_count; i++)
		if (!change->given[i])
			change->values[i] = current->values[i];
	change->before = current;
	change->id = current->id;
	change->version = current->version;
	change->created_at = current->created_at;
	change->updated_at = current->updated_at;
	record_show_times(change);
}

enum err entity_update(struct ttx *tx, const struct record *current, struct record *change, struct errors *errors,
		       struct record **out)
{
	const struct entity *entity = current->entity;
	struct sql sql = sql_for(tx);
	bool *changed = arena_array(change->arena, entity->field_count, sizeof *changed);
	struct rows *rows;
	enum err err;

	record_become_next(change, current);
	record_mark_changed(change, current, changed);
	err = before_write(tx, WRITE_UPDATE, change, changed, errors);
	if (err)
		return err;
	record_mark_changed(change, current, changed); /* the hook may have set more */
	*out = change;
	change->updated_at = ttx_now(tx);
	if (!add_update(&sql, change, changed)) {
		change->updated_at = current->updated_at;
		return OK;
	}
	err = sql_rows(&sql, tx, entity->plural, &rows);
	if (err)
		return store_explain(tx, entity, err, errors);
	if (rows_affected(rows) != 1)
		return E_PRECONDITION;
	change->version = current->version + 1;
	record_show_times(change);
	if (entity_tags_field(entity) >= 0 && changed[entity_tags_field(entity)])
		tags_send(tx, change);
	history_send(tx, change->told_as ? (enum history_kind)change->told_as : HISTORY_CHANGED, change,
		     change->updated_at);
	return after_write(tx, WRITE_UPDATE, change);
}

/* Softly where the entity has a trash: then what belongs to the row goes with it. */
static enum err remove_row(struct ttx *tx, const struct record *current, int64_t when)
{
	const struct entity *entity = current->entity;
	struct sql sql = sql_for(tx);
	struct rows *rows;
	enum err err;

	sql_add(&sql, entity->trash ? "UPDATE " : "DELETE FROM ");
	sql_add(&sql, entity->table);
	if (entity->trash) {
		sql_add(&sql, " SET version = version + 1, deleted_at = ");
		sql_argument(&sql, arg_instant(sql.arena, when));
	}
	add_same_row(&sql, current);
	err = sql_rows(&sql, tx, entity->plural, &rows);
	if (err == E_INVALID) /* rows of another table point at it */
		return E_CONFLICT;
	if (err)
		return err;
	return rows_affected(rows) == 1 ? OK : E_PRECONDITION;
}

enum err entity_delete(struct ttx *tx, const struct record *current, struct errors *errors)
{
	struct arena *arena = ttx_arena(tx);
	struct record copy = *current;
	int64_t when = ttx_now(tx);
	enum err err = OK;

	copy.before = current;
	if (copy.entity->before_write)
		err = copy.entity->before_write(tx, WRITE_DELETE, &copy, errors);
	if (err == OK)
		err = remove_row(tx, current, when);
	if (err)
		return err;
	copy.version++;
	history_send(tx, HISTORY_DELETED, &copy, when);
	if (copy.entity->trash)
		err = trash_owned(tx, copy.entity,
				  arena_printf(arena, "{%.*s}", STR_FMT_ARG(uuid_text(arena, current->id))), when);
	return err ? err : after_write(tx, WRITE_DELETE, current);
}
