/* The way of rows into the trash, back, and out of it. */
#include "lib/entity/trash.h"

#include "lib/base/clock.h"
#include "lib/entity/entity_internal.h"

static const struct entity *const *catalogue;
static size_t catalogue_count;

void entity_catalogue(const struct entity *const *entities, size_t count)
{
	catalogue = entities;
	catalogue_count = count;
}

const struct entity *const *entity_catalogue_list(size_t *count)
{
	*count = catalogue_count;
	return catalogue;
}

const struct entity *entity_of_table(const char *table)
{
	for (size_t i = 0; i < catalogue_count; i++)
		if (strcmp(catalogue[i]->table, table) == 0)
			return catalogue[i];
	return NULL;
}

/* ---- what belongs to a row ---- */

/* " AND <field> = ANY($n)", and no OWNING field before it is set. */
static void add_belongs(struct sql *sql, const struct entity *child, size_t field, struct str ids)
{
	sql_add(sql, " AND ");
	sql_add(sql, child->fields[field].name);
	sql_add(sql, " = ANY(");
	sql_argument(sql, arg_str(ids));
	sql_add(sql, "::uuid[])");
	for (size_t i = 0; i < field; i++)
		if (field_is(&child->fields[i], FIELD_OWNING)) {
			sql_add(sql, " AND ");
			sql_add(sql, child->fields[i].name);
			sql_add(sql, " IS NULL");
		}
}

/* One entity's rows that belong to those of another by one field. */
typedef enum err owned_step(struct ttx *, const struct entity *child, size_t field, struct str ids, int64_t when);

static enum err each_owned(struct ttx *tx, const struct entity *entity, struct str ids, int64_t when, owned_step *step)
{
	for (size_t e = 0; e < catalogue_count; e++)
		for (size_t f = 0; f < catalogue[e]->field_count; f++) {
			const struct field *field = &catalogue[e]->fields[f];
			enum err err;

			if (!field->references || strcmp(field->references, entity->table) != 0)
				continue;
			err = step(tx, catalogue[e], f, ids, when);
			if (err)
				return err;
		}
	return OK;
}

/* Into the trash (back: out of it), the child's own children behind it. */
static enum err move_owned(struct ttx *tx, const struct entity *child, size_t field, struct str ids, int64_t when,
			   bool back)
{
	struct sql sql = sql_new(ttx_arena(tx));
	struct rows *rows;
	struct str moved;
	enum err err;

	if (!child->trash || !field_is(&child->fields[field], FIELD_OWNING))
		return OK;
	sql_add(&sql, "UPDATE ");
	sql_add(&sql, child->table);
	sql_add(&sql, " SET version = version + 1, deleted_at = ");
	if (back)
		sql_add(&sql, "NULL");
	else
		sql_argument(&sql, arg_instant(sql.arena, when));
	sql_add(&sql, " WHERE tenant_id = $1 AND deleted_at ");
	sql_add(&sql, back ? "= " : "IS NULL");
	if (back)
		sql_argument(&sql, arg_instant(sql.arena, when));
	add_belongs(&sql, child, field, ids);
	sql_add(&sql, " RETURNING id");
	err = sql_rows(&sql, tx, child->plural, &rows);
	if (err)
		return err;
	if (rows_count(rows) == 0)
		return OK;
	moved = rows_ids(sql.arena, rows);
	history_send_rows(tx, back ? HISTORY_RESTORED : HISTORY_DELETED, child, moved, NULL, back ? clock_now() : when);
	return back ? trash_owned_back(tx, child, moved, when) : trash_owned(tx, child, moved, when);
}

static enum err move_in(struct ttx *tx, const struct entity *child, size_t field, struct str ids, int64_t when)
{
	return move_owned(tx, child, field, ids, when, false);
}

static enum err move_out(struct ttx *tx, const struct entity *child, size_t field, struct str ids, int64_t when)
{
	return move_owned(tx, child, field, ids, when, true);
}

enum err trash_owned(struct ttx *tx, const struct entity *entity, struct str ids, int64_t when)
{
	return each_owned(tx, entity, ids, when, move_in);
}

enum err trash_owned_back(struct ttx *tx, const struct entity *entity, struct str ids, int64_t when)
{
	return each_owned(tx, entity, ids, when, move_out);
}

static struct str one_id(struct arena *arena, struct uuid id)
{
	return arena_printf(arena, "{%.*s}", STR_FMT_ARG(uuid_text(arena, id)));
}

/* ---- erasing ---- */

/* The ids of the rows that belong to others, living or not; *out stays where there are none. */
static enum err owned_ids(struct ttx *tx, const struct entity *child, size_t field, struct str ids, struct str *out)
{
	struct sql sql = sql_new(ttx_arena(tx));
	struct rows *rows;
	enum err err;

	sql_add(&sql, "SELECT id FROM ");
	sql_add(&sql, child->table);
	sql_add(&sql, " WHERE tenant_id = $1");
	add_belongs(&sql, child, field, ids);
	err = sql_rows(&sql, tx, child->plural, &rows);
	if (err == OK && rows_count(rows))
		*out = rows_ids(sql.arena, rows);
	return err;
}

enum err trash_walk(struct ttx *tx, const struct entity *entity, struct str ids,
		    void (*tell)(void *context, const struct entity *, struct str ids), void *context)
{
	enum err err = OK;

	tell(context, entity, ids);
	for (size_t e = 0; err == OK && e < catalogue_count; e++)
		for (size_t f = 0; err == OK && f < catalogue[e]->field_count; f++) {
			const struct field *field = &catalogue[e]->fields[f];
			struct str owned = STR("");

			if (!field_is(field, FIELD_OWNING) || strcmp(field->references, entity->table) != 0)
				continue;
			err = owned_ids(tx, catalogue[e], f, ids, &owned);
			if (err == OK && owned.n)
				err = trash_walk(tx, catalogue[e], owned, tell, context);
		}
	return err;
}

static enum err let_go(struct ttx *tx, const struct entity *child, size_t field, struct str ids)
{
	struct sql sql = sql_new(ttx_arena(tx));
	struct rows *rows;

	history_send_let_go(tx, child, field, ids, ttx_now(tx));
	sql_add(&sql, "UPDATE ");
	sql_add(&sql, child->table);
	sql_add(&sql, " SET version = version + 1, ");
	sql_add(&sql, child->fields[field].name);
	sql_add(&sql, " = NULL WHERE tenant_id = $1 AND ");
	sql_add(&sql, child->fields[field].name);
	sql_add(&sql, " = ANY(");
	sql_argument(&sql, arg_str(ids));
	sql_add(&sql, "::uuid[])");
	return sql_rows(&sql, tx, child->plural, &rows);
}

STATEMENT(erase_history,
	  "DELETE FROM record_changes WHERE tenant_id = $1 AND entity = $2 AND row_id = ANY($3::uuid[])");
STATEMENT(erase_merges, "DELETE FROM merges WHERE tenant_id = $1 AND entity = $2"
			" AND (kept_id = ANY($3::uuid[]) OR gone_id = ANY($3::uuid[]))");

/* Ids are unique over all tables. What an import or a bulk action would give back; that they wrote the row stays told. */
STATEMENT(erase_imported, "UPDATE import_rows SET before = NULL, fingerprint = NULL"
			  " WHERE tenant_id = $1 AND row_id = ANY($2::uuid[])");
STATEMENT(erase_changed, "DELETE FROM bulk_action_rows WHERE tenant_id = $1 AND row_id = ANY($2::uuid[])");

static enum err erase_rows(struct ttx *tx, const struct entity *entity, struct str ids);

static enum err erase_step(struct ttx *tx, const struct entity *child, size_t field, struct str ids, int64_t when)
{
	struct str owned = STR("");
	enum err err = OK;

	(void)when;
	if (field_is(&child->fields[field], FIELD_OWNING))
		err = owned_ids(tx, child, field, ids, &owned);
	if (err == OK && owned.n)
		err = erase_rows(tx, child, owned);
	/* Where the column is never null, a row that is left is refused by the database below. */
	if (err == OK && !field_is_never_null(&child->fields[field]))
		err = let_go(tx, child, field, ids);
	return err;
}

static enum err erase_rows(struct ttx *tx, const struct entity *entity, struct str ids)
{
	struct sql sql = sql_new(ttx_arena(tx));
	struct rows *rows;
	enum err err = each_owned(tx, entity, ids, 0, erase_step);

	if (err)
		return err;
	(void)ttx_send(tx, &erase_history, ARGS(arg_text(entity->plural), arg_str(ids)));
	(void)ttx_send(tx, &erase_merges, ARGS(arg_text(entity->plural), arg_str(ids)));
	(void)ttx_send(tx, &erase_imported, ARGS(arg_str(ids)));
	(void)ttx_send(tx, &erase_changed, ARGS(arg_str(ids)));
	sql_add(&sql, "DELETE FROM ");
	sql_add(&sql, entity->table);
	sql_add(&sql, " WHERE tenant_id = $1 AND id = ANY(");
	sql_argument(&sql, arg_str(ids));
	sql_add(&sql, "::uuid[])");
	err = sql_rows(&sql, tx, entity->plural, &rows);
	return err == E_INVALID ? E_CONFLICT : err;
}

enum err trash_erase(struct ttx *tx, const struct entity *entity, struct str ids)
{
	return erase_rows(tx, entity, ids);
}

/* One by one, where all at once was refused: what something needs stays. */
static enum err purge_each(struct ttx *tx, const struct entity *entity, struct rows *rows, int64_t *count)
{
	enum err err = OK;

	while (err == OK && rows_next(rows)) {
		err = ttx_savepoint(tx);
		if (err == OK)
			err = erase_rows(tx, entity, one_id(ttx_arena(tx), rows_uuid(rows, 0)));
		if (err == OK)
			++*count;
		else if (err == E_CONFLICT)
			err = ttx_restore(tx);
	}
	return err;
}

static enum err find_old(struct ttx *tx, const struct entity *entity, int64_t before, struct rows **rows)
{
	struct sql sql = sql_new(ttx_arena(tx));

	sql_add(&sql, "SELECT id FROM ");
	sql_add(&sql, entity->table);
	sql_add(&sql, " WHERE tenant_id = $1 AND deleted_at < ");
	sql_argument(&sql, arg_instant(sql.arena, before));
	sql_add(&sql, " ORDER BY deleted_at, id LIMIT 500");
	return sql_rows(&sql, tx, entity->plural, rows);
}

enum err trash_purge(struct ttx *tx, const struct entity *entity, int64_t before, int64_t *count)
{
	struct rows *rows, *again;
	enum err err;

	*count = 0;
	if (!entity->trash)
		return OK;
	err = find_old(tx, entity, before, &rows);
	if (err || rows_count(rows) == 0)
		return err;
	err = ttx_savepoint(tx);
	if (err == OK)
		err = erase_rows(tx, entity, rows_ids(ttx_arena(tx), rows));
	if (err == OK)
		*count = (int64_t)rows_count(rows);
	if (err != E_CONFLICT)
		return err;
	err = ttx_restore(tx);
	if (err == OK)
		err = find_old(tx, entity, before, &again);
	return err ? err : purge_each(tx, entity, again, count);
}
