/* Many rows that are there already: read, changed, deleted. */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/clock.h"
#include "lib/entity/entity_internal.h"
#include "lib/entity/history.h"
#include "lib/entity/insert_many.h"
#include "lib/entity/trash.h"

/* ---- read ---- */

struct place {
	struct uuid id;
	size_t at;
};

static int compare_places(const void *a, const void *b)
{
	return memcmp(&((const struct place *)a)->id, &((const struct place *)b)->id, sizeof(struct uuid));
}

static struct argument uuids(struct arena *arena, const struct uuid *ids, size_t count)
{
	struct str *items = arena_array(arena, count, sizeof *items);

	for (size_t i = 0; i < count; i++)
		items[i] = uuid_text(arena, ids[i]);
	return arg_array(arena, items, count);
}

enum err entity_get_many(struct ttx *tx, const struct entity *entity, const struct uuid *ids, size_t count, bool lock,
			 struct record **out)
{
	struct sql sql = sql_for(tx);
	struct place *places = arena_array(sql.arena, count + 1, sizeof *places);
	struct rows *rows;
	enum err err;

	if (count == 0)
		return OK;
	for (size_t i = 0; i < count; i++) {
		places[i] = (struct place){ids[i], i};
		out[i] = NULL;
	}
	qsort(places, count, sizeof *places, compare_places);
	sql_add(&sql, "SELECT ");
	sql_add_selected(&sql, entity);
	sql_add(&sql, " FROM ");
	sql_add(&sql, entity->table);
	sql_add(&sql, " WHERE tenant_id = $1 AND id = ANY(");
	sql_argument(&sql, uuids(sql.arena, ids, count));
	sql_add(&sql, "::uuid[])");
	sql_add_living(&sql, entity);
	sql_add(&sql, lock ? " ORDER BY id FOR NO KEY UPDATE" : "");
	err = sql_rows(&sql, tx, entity->plural, &rows);
	while (err == OK && rows_next(rows)) {
		struct record *record = sql_record(sql.arena, entity, rows);
		struct place key = {record->id, 0}, *place;

		place = bsearch(&key, places, count, sizeof *places, compare_places);
		while (place && place > places && uuid_equal(place[-1].id, record->id))
			place--;
		for (; place && place < places + count && uuid_equal(place->id, record->id); place++)
			out[place->at] = record;
	}
	return err;
}

/* ---- which rows a statement met ---- */

/* Those that it did not give back have moved on. */
static void mark_met(struct arena *arena, struct write *writes, size_t count, struct rows *rows)
{
	size_t there = rows_count(rows), used = 0;
	struct place *met = arena_array(arena, there + 1, sizeof *met);

	while (rows_next(rows))
		met[used++].id = rows_uuid(rows, 0);
	qsort(met, used, sizeof *met, compare_places);
	for (size_t i = 0; i < count; i++) {
		struct place key = {writes[i].current->id, 0};

		if (writes[i].err == OK && !bsearch(&key, met, used, sizeof *met, compare_places))
			writes[i].err = E_PRECONDITION;
	}
}

static void argument_versions(struct sql *sql, const struct write *writes, size_t count)
{
	struct str *items = arena_array(sql->arena, count, sizeof *items);
	size_t used = 0;

	for (size_t i = 0; i < count; i++)
		if (writes[i].err == OK)
			items[used++] = arena_printf(sql->arena, "%" PRId64, writes[i].current->version);
	sql_argument(sql, arg_array(sql->arena, items, used));
	sql_add(sql, "::bigint[]");
}

/* The rows in hand, as writes of their own, and where they came from. */
static size_t pick(const struct write *writes, size_t count, struct write *out, size_t *from)
{
	size_t used = 0;

	for (size_t i = 0; i < count; i++)
		if (writes[i].err == OK && !writes[i].unchanged) {
			from[used] = i;
			out[used++] = writes[i];
		}
	return used;
}

/* ---- update ---- */

static void add_column(struct sql *sql, const char *format, const char *name)
{
	buffer_printf(&sql->text, "%s", format);
	sql_add(sql, name);
}

/* The columns' names behind the prefix: those of the array's items are told from the table's by it. */
static void add_columns(struct sql *sql, const struct entity *entity, bool assign)
{
	for (size_t i = 0; i < entity->field_count + 2; i++) {
		const char *name = i < entity->field_count    ? entity->fields[i].name
				   : i == entity->field_count ? "custom"
							      : "search_text";
		bool there = i < entity->field_count    ? field_is_column(&entity->fields[i])
			     : i == entity->field_count ? entity->custom
							: entity_is_searchable(entity);

		if (!there)
			continue;
		if (assign)
			add_column(sql, ", ", name);
		add_column(sql, assign ? " = u.u_" : ", u_", name);
	}
}

static void add_arrays(struct sql *sql, const struct write *writes, size_t count)
{
	const struct entity *entity = writes[0].record->entity;

	sql_argument_ids(sql, writes, count);
	sql_add(sql, ", ");
	argument_versions(sql, writes, count);
	for (size_t i = 0; i < entity->field_count; i++)
		if (field_is_column(&entity->fields[i])) {
			sql_add(sql, ", ");
			sql_argument_field(sql, writes, count, i);
		}
	if (entity->custom) {
		sql_add(sql, ", ");
		sql_argument_custom(sql, writes, count);
	}
	if (entity_is_searchable(entity)) {
		sql_add(sql, ", ");
		sql_argument_search(sql, writes, count);
	}
}

static enum err update_rows(struct ttx *tx, struct write *writes, size_t count, int64_t when)
{
	const struct entity *entity = writes[0].record->entity;
	struct sql sql = sql_for(tx);
	struct rows *rows;
	enum err err;

	sql_add(&sql, "UPDATE ");
	sql_add(&sql, entity->table);
	sql_add(&sql, " SET version = version + 1, updated_at = ");
	sql_argument(&sql, arg_instant(sql.arena, when));
	add_columns(&sql, entity, true);
	sql_add(&sql, " FROM unnest(");
	add_arrays(&sql, writes, count);
	sql_add(&sql, ") AS u (u_id, u_version");
	add_columns(&sql, entity, false);
	sql_add(&sql, ") WHERE tenant_id = $1 AND id = u.u_id AND version = u.u_version");
	sql_add_living(&sql, entity);
	sql_add(&sql, " RETURNING id");
	err = sql_rows(&sql, tx, entity->plural, &rows);
	if (err == OK)
		mark_met(sql.arena, writes, count, rows);
	return err;
}

/* As with new rows: halves find what the database refuses. */
static enum err update_part(struct ttx *tx, struct write *writes, size_t count, int64_t when)
{
	const struct entity *entity = writes[0].record->entity;
	enum err err;

	if (writes_left(writes, count) == 0)
		return OK;
	err = ttx_savepoint(tx);
	if (err == OK)
		err = update_rows(tx, writes, count, when);
	if (err != E_CONFLICT && err != E_INVALID)
		return err;
	if (count == 1) {
		writes->err = store_explain(tx, entity, err, write_errors(ttx_arena(tx), writes));
		writes->refused = true;
		return ttx_restore(tx);
	}
	err = ttx_restore(tx);
	if (err == OK)
		err = update_part(tx, writes, count / 2, when);
	return err ? err : update_part(tx, writes + count / 2, count - count / 2, when);
}

static bool any(const bool *changed, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (changed[i])
			return true;
	return false;
}

/* The hook may have set more; a row in which nothing differs is not written. */
static void leave_same(struct write *writes, size_t count, bool *const *changed)
{
	for (size_t i = 0; i < count; i++) {
		if (writes[i].err)
			continue;
		record_mark_changed(writes[i].record, writes[i].current, changed[i]);
		writes[i].unchanged = !any(changed[i], writes[i].record->entity->field_count);
	}
}

static void settle_row(struct ttx *tx, struct write *write, const bool *changed, int64_t when)
{
	int tags = entity_tags_field(write->record->entity);

	write->record->version = write->current->version + 1;
	write->record->updated_at = when;
	record_show_times(write->record);
	if (tags >= 0 && changed[tags])
		tags_send(tx, write->record);
}

static enum err write_changes(struct ttx *tx, struct write *writes, size_t count, bool *const *changed)
{
	struct arena *arena = ttx_arena(tx);
	struct write *picked = arena_array(arena, count + 1, sizeof *picked);
	const struct record **written = arena_array(arena, count + 1, sizeof *written);
	size_t *from = arena_array(arena, count + 1, sizeof *from), used = pick(writes, count, picked, from), done = 0;
	int64_t when = ttx_now(tx);
	enum err err = used ? update_part(tx, picked, used, when) : OK;

	if (err)
		return err;
	for (size_t i = 0; i < used; i++) {
		writes[from[i]] = picked[i];
		if (picked[i].err)
			continue;
		settle_row(tx, &picked[i], changed[from[i]], when);
		written[done++] = picked[i].record;
	}
	history_send_many(tx, HISTORY_CHANGED, written, done, when);
	return used ? writes_told(tx, WRITE_UPDATE, picked, used) : OK;
}

enum err entity_update_many(struct ttx *tx, struct write *writes, size_t count)
{
	bool **changed = arena_array(ttx_arena(tx), count + 1, sizeof *changed);
	enum err err;

	if (count == 0)
		return OK;
	for (size_t i = 0; i < count; i++) {
		struct record *record = writes[i].record;

		changed[i] = arena_array(record->arena, record->entity->field_count, sizeof *changed[i]);
		record_become_next(record, writes[i].current);
		record_mark_changed(record, writes[i].current, changed[i]);
	}
	err = writes_check(tx, WRITE_UPDATE, writes, count, changed);
	if (err)
		return err;
	leave_same(writes, count, changed);
	return write_changes(tx, writes, count, changed);
}

/* ---- delete ---- */

static enum err delete_rows(struct ttx *tx, struct write *writes, size_t count, int64_t when)
{
	const struct entity *entity = writes[0].current->entity;
	struct sql sql = sql_for(tx);
	struct rows *rows;
	enum err err;

	if (entity->trash) {
		sql_add(&sql, "UPDATE ");
		sql_add(&sql, entity->table);
		sql_add(&sql, " SET version = version + 1, deleted_at = ");
		sql_argument(&sql, arg_instant(sql.arena, when));
		sql_add(&sql, " FROM unnest(");
	} else {
		sql_add(&sql, "DELETE FROM ");
		sql_add(&sql, entity->table);
		sql_add(&sql, " USING unnest(");
	}
	sql_argument_ids(&sql, writes, count);
	sql_add(&sql, ", ");
	argument_versions(&sql, writes, count);
	sql_add(&sql, ") AS u (u_id, u_version) WHERE tenant_id = $1 AND id = u.u_id AND version = u.u_version");
	sql_add_living(&sql, entity);
	sql_add(&sql, " RETURNING id");
	err = sql_rows(&sql, tx, entity->plural, &rows);
	if (err == OK)
		mark_met(sql.arena, writes, count, rows);
	return err;
}

/* Rows of another table point at one of them: halves find which. */
static enum err delete_part(struct ttx *tx, struct write *writes, size_t count, int64_t when)
{
	enum err err;

	if (writes_left(writes, count) == 0)
		return OK;
	err = ttx_savepoint(tx);
	if (err == OK)
		err = delete_rows(tx, writes, count, when);
	if (err != E_CONFLICT && err != E_INVALID)
		return err;
	if (count == 1) {
		writes->err = E_CONFLICT;
		writes->refused = true;
		return ttx_restore(tx);
	}
	err = ttx_restore(tx);
	if (err == OK)
		err = delete_part(tx, writes, count / 2, when);
	return err ? err : delete_part(tx, writes + count / 2, count - count / 2, when);
}

/* The rows as the trash has them: what the hook and the history read. */
static void begin_deletes(struct arena *arena, struct write *writes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		writes[i].record = ARENA_NEW(arena, struct record);
		*writes[i].record = *writes[i].current;
		writes[i].record->before = writes[i].current;
	}
}

enum err entity_delete_many(struct ttx *tx, struct write *writes, size_t count)
{
	struct arena *arena = ttx_arena(tx);
	const struct record **written = arena_array(arena, count + 1, sizeof *written);
	struct uuid *ids = arena_array(arena, count + 1, sizeof *ids);
	int64_t when = ttx_now(tx);
	size_t used = 0;
	enum err err;

	if (count == 0)
		return OK;
	begin_deletes(arena, writes, count);
	err = writes_hook(tx, WRITE_DELETE, writes, count);
	if (err == OK)
		err = delete_part(tx, writes, count, when);
	if (err)
		return err;
	for (size_t i = 0; i < count; i++)
		if (writes[i].err == OK) {
			writes[i].record->version++;
			ids[used] = writes[i].current->id;
			written[used++] = writes[i].record;
		}
	if (used == 0)
		return OK;
	history_send_many(tx, HISTORY_DELETED, written, used, when);
	if (writes[0].current->entity->trash)
		err = trash_owned(tx, writes[0].current->entity, uuids(arena, ids, used).text, when);
	return err ? err : writes_told(tx, WRITE_DELETE, writes, count);
}
