/* Rows of record_changes, written and read. */
#include "lib/entity/history.h"

#include <inttypes.h>

#include "lib/entity/entity_internal.h"
#include "lib/text/json.h"

static const char *const kind_names[] = {
	[HISTORY_CREATED] = "created",   [HISTORY_CHANGED] = "changed",     [HISTORY_DELETED] = "deleted",
	[HISTORY_RESTORED] = "restored", [HISTORY_CONVERTED] = "converted", [HISTORY_MERGED] = "merged",
	[HISTORY_UNMERGED] = "unmerged",
};

const char *history_kind_name(enum history_kind kind)
{
	return kind_names[kind];
}

/* ---- writing ---- */

/*
 * What people and programs may see; what is made out of other fields, such as the reasons of a score, says nothing that
 * those do not.
 */
static bool is_told(const struct field *field)
{
	return field_is_visible(field) && !field_is_time_of_row(field) &&
	       !(field_is(field, FIELD_READ_ONLY) &&
		 (field_is(field, FIELD_API_ONLY) || field->type == FIELD_LONG_TEXT));
}

void history_change_put(struct value *list, const char *field, struct str from, struct str to)
{
	struct value *change = value_map(value_arena(list));

	value_put_text(change, "field", field);
	value_put_str(change, "from", from);
	value_put_str(change, "to", to);
	value_append(list, change);
}

/* False when nothing that is told has changed. */
static bool print_changes(const struct record *record, struct buffer *out)
{
	const struct record *before = record->before;
	struct value *list = value_list(record->arena);

	for (size_t i = 0; before && i < record->entity->field_count; i++) {
		struct str from = before->values[i], to = record->values[i];

		if (is_told(&record->entity->fields[i]) && (str_absent(from) != str_absent(to) || !str_equal(from, to)))
			history_change_put(list, record->entity->fields[i].name, from, to);
	}
	json_print(list, out);
	return value_count(list) > 0;
}

STATEMENT(history_insert,
	  "INSERT INTO record_changes (tenant_id, id, entity, row_id, kind, version, changed_at, actor_kind, actor_id, "
	  "actor_name, changes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");

static struct argument actor_id(struct arena *arena, const struct ttx_actor *actor)
{
	return uuid_is_zero(actor->id) ? arg_null() : arg_uuid(arena, actor->id);
}

void record_tell_as(struct record *record, enum history_kind kind)
{
	record->told_as = (int)kind;
}

void history_send(struct ttx *tx, enum history_kind kind, const struct record *record, int64_t when)
{
	struct arena *arena = ttx_arena(tx);
	const struct ttx_actor *actor = ttx_actor(tx);
	struct buffer changes = BUFFER_IN(arena);

	if (!record->entity->history || (!print_changes(record, &changes) && kind == HISTORY_CHANGED))
		return;
	(void)ttx_send(tx, &history_insert,
		       ARGS(arg_uuid(arena, uuid_new()), arg_text(record->entity->plural), arg_uuid(arena, record->id),
			    arg_text(kind_names[kind]), arg_int(arena, record->version), arg_instant(arena, when),
			    arg_text(actor_kind_name(actor->kind)), actor_id(arena, actor), arg_str(actor->name),
			    arg_str(buffer_str(&changes))));
}

STATEMENT(history_insert_many,
	  "INSERT INTO record_changes (tenant_id, id, entity, row_id, kind, version, changed_at, actor_kind, actor_id, "
	  "actor_name, changes) SELECT $1::uuid, u.id, $2, u.row_id, u.kind, u.version, $3::timestamptz, $4, $5::uuid, "
	  "$6, "
	  "u.changes FROM unnest($7::uuid[], $8::uuid[], $9::text[], $10::bigint[], $11::jsonb[])"
	  " AS u (id, row_id, kind, version, changes)");

struct history_columns {
	struct str *ids, *row_ids, *kinds, *versions, *changes;
};

static size_t fill_columns(struct arena *arena, enum history_kind kind, const struct record *const *records,
			   size_t count, struct history_columns *columns)
{
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		struct buffer changes = BUFFER_IN(arena);

		if (!print_changes(records[i], &changes) && kind == HISTORY_CHANGED)
			continue;
		columns->ids[used] = uuid_text(arena, uuid_new());
		columns->row_ids[used] = uuid_text(arena, records[i]->id);
		columns->kinds[used] = str_from(
			kind_names[kind == HISTORY_CHANGED && records[i]->told_as ? records[i]->told_as : (int)kind]);
		columns->versions[used] = arena_printf(arena, "%" PRId64, records[i]->version);
		columns->changes[used++] = buffer_str(&changes);
	}
	return used;
}

void history_send_many(struct ttx *tx, enum history_kind kind, const struct record *const *records, size_t count,
		       int64_t when)
{
	struct arena *arena = ttx_arena(tx);
	const struct ttx_actor *actor = ttx_actor(tx);
	struct history_columns columns = {
		arena_array(arena, count, sizeof(struct str)), arena_array(arena, count, sizeof(struct str)),
		arena_array(arena, count, sizeof(struct str)), arena_array(arena, count, sizeof(struct str)),
		arena_array(arena, count, sizeof(struct str))};
	size_t used;

	if (count == 0 || !records[0]->entity->history)
		return;
	used = fill_columns(arena, kind, records, count, &columns);
	if (used == 0)
		return;
	(void)ttx_send(tx, &history_insert_many,
		       ARGS(arg_text(records[0]->entity->plural), arg_instant(arena, when),
			    arg_text(actor_kind_name(actor->kind)), actor_id(arena, actor), arg_str(actor->name),
			    arg_array(arena, columns.ids, used), arg_array(arena, columns.row_ids, used),
			    arg_array(arena, columns.kinds, used), arg_array(arena, columns.versions, used),
			    arg_array(arena, columns.changes, used)));
}

/* "INSERT … SELECT" up to the version, which is read from the rows. */
static struct sql insert_from_rows(struct ttx *tx, enum history_kind kind, const struct entity *entity)
{
	struct sql sql = sql_new(ttx_arena(tx));

	sql_add(&sql, "INSERT INTO record_changes (tenant_id, id, entity, row_id, kind, changed_at, actor_kind, "
		      "actor_id, actor_name, version, changes) SELECT $1::uuid, gen_random_uuid(), ");
	sql_argument(&sql, arg_text(entity->plural));
	sql_add(&sql, ", t.id, ");
	sql_argument(&sql, arg_text(kind_names[kind]));
	sql_add(&sql, ", ");
	return sql;
}

static void add_who_and_when(struct ttx *tx, struct sql *sql, int64_t when)
{
	const struct ttx_actor *actor = ttx_actor(tx);

	sql_argument(sql, arg_instant(sql->arena, when));
	sql_add(sql, "::timestamptz, ");
	sql_argument(sql, arg_text(actor_kind_name(actor->kind)));
	sql_add(sql, ", ");
	sql_argument(sql, actor_id(sql->arena, actor));
	sql_add(sql, "::uuid, ");
	sql_argument(sql, arg_str(actor->name));
	sql_add(sql, ", t.version");
}

static void send_from_rows(struct ttx *tx, struct sql *sql, const struct entity *entity, const char *column,
			   struct str ids)
{
	sql_add(sql, " FROM ");
	sql_add(sql, entity->table);
	sql_add(sql, " t WHERE t.tenant_id = $1 AND t.");
	sql_add(sql, column);
	sql_add(sql, " = ANY(");
	sql_argument(sql, arg_str(ids));
	sql_add(sql, "::uuid[])");
	(void)ttx_send_text(tx, "history_insert_rows", buffer_str(&sql->text),
			    (struct arguments){sql->arguments, sql->count});
}

void history_send_rows(struct ttx *tx, enum history_kind kind, const struct entity *entity, struct str ids,
		       const struct value *changes, int64_t when)
{
	struct sql sql = insert_from_rows(tx, kind, entity);
	struct buffer json = BUFFER_IN(sql.arena);

	if (!entity->history)
		return;
	if (changes)
		json_print(changes, &json);
	add_who_and_when(tx, &sql, when);
	sql_add(&sql, ", ");
	sql_argument(&sql, changes ? arg_str(buffer_str(&json)) : arg_text("[]"));
	sql_add(&sql, "::jsonb");
	send_from_rows(tx, &sql, entity, "id", ids);
}

void history_send_let_go(struct ttx *tx, const struct entity *entity, size_t field, struct str ids, int64_t when)
{
	struct sql sql = insert_from_rows(tx, HISTORY_CHANGED, entity);
	const char *column = entity->fields[field].name;

	if (!entity->history || !is_told(&entity->fields[field]))
		return;
	add_who_and_when(tx, &sql, when);
	sql_add(&sql, " + 1, jsonb_build_array(jsonb_build_object('field', ");
	sql_argument(&sql, arg_text(column));
	sql_add(&sql, "::text, 'from', t.");
	sql_add(&sql, column);
	sql_add(&sql, "::text, 'to', NULL))");
	send_from_rows(tx, &sql, entity, column, ids);
}

/* ---- places ---- */

struct str history_place_text(struct arena *arena, const struct history_place *place)
{
	return arena_printf(arena, "%" PRId64 "-%.*s", place->at, STR_FMT_ARG(uuid_text(arena, place->id)));
}

bool history_place_parse(struct str text, struct history_place *out)
{
	struct str rest = text, at = str_split(&rest, '-');

	return at.n > 0 && str_to_int64(at, &out->at) && out->at > 0 && !str_absent(rest) && uuid_parse(rest, &out->id);
}

/* ---- reading ---- */

STATEMENT(history_of_row,
	  "SELECT id, kind, version, changed_at, actor_kind, actor_id, actor_name, changes FROM record_changes"
	  " WHERE tenant_id = $1 AND entity = $2 AND row_id = $3"
	  " AND (changed_at, id) < ($4::timestamptz, $5::uuid)"
	  " ORDER BY changed_at DESC, id DESC LIMIT 51");

enum err history_read(struct ttx *tx, const struct entity *entity, struct uuid row, const struct history_place *after,
		      struct history_page *out)
{
	struct arena *arena = ttx_arena(tx);
	bool begins = after->at == 0;
	struct rows *rows;
	enum err err = ttx_rows(tx, &history_of_row,
				ARGS(arg_text(entity->plural), arg_uuid(arena, row),
				     begins ? arg_text("infinity") : arg_instant(arena, after->at),
				     arg_uuid(arena, after->id)),
				&rows);

	if (err)
		return err;
	out->entries = arena_array(arena, HISTORY_MOST, sizeof *out->entries);
	out->count = 0;
	out->more = rows_count(rows) > HISTORY_MOST;
	while (out->count < HISTORY_MOST && rows_next(rows))
		out->entries[out->count++] = (struct history_entry){
			.id = rows_uuid(rows, 0),
			.kind = rows_str(rows, 1),
			.version = rows_int(rows, 2),
			.changed_at = rows_instant(rows, 3),
			.actor_kind = rows_str(rows, 4),
			.actor_id = rows_uuid(rows, 5),
			.actor_name = rows_str(rows, 6),
			.changes = rows_str(rows, 7),
		};
	return OK;
}

static struct str member(const struct value *change, const char *name)
{
	return value_as_str(value_get(change, str_from(name)));
}

size_t history_changes(struct arena *arena, const struct entity *entity, struct str changes,
		       struct history_change **out)
{
	struct record *from = record_new(arena, entity), *to = record_new(arena, entity);
	const struct value *item;
	struct value *list;
	struct str why;
	size_t count = 0;

	if (changes.n <= 2 || json_parse(arena, changes, &json_limits_request, &list, &why) != OK)
		return 0;
	*out = arena_array(arena, value_count(list), sizeof **out);
	for (size_t i = 0; (item = value_at(list, i)) != NULL; i++) {
		struct history_change *change = &(*out)[count++];

		*change = (struct history_change){.name = member(item, "field"),
						  .from_text = member(item, "from"),
						  .to_text = member(item, "to")};
		change->field = entity_field(entity, change->name);
		if (change->field < 0)
			continue;
		change->from = from;
		change->to = to;
		record_set(from, change->field, change->from_text);
		record_set(to, change->field, change->to_text);
	}
	return count;
}

#define SINCE_MOST 200

STATEMENT(history_since,
	  "SELECT version, changes FROM record_changes WHERE tenant_id = $1 AND entity = $2 AND row_id = $3"
	  " AND version > $4 ORDER BY version DESC LIMIT 200");

/* A version without an entry changed nothing that a form holds: a place on the board, the first answer. */
enum err history_row_at(struct ttx *tx, const struct record *current, int64_t version, struct record **out)
{
	const struct entity *entity = current->entity;
	struct arena *arena = ttx_arena(tx);
	struct record *row = record_new(arena, entity);
	struct rows *rows;
	enum err err;

	if (!entity->history || version < 1 || version > current->version)
		return E_NOTFOUND;
	err = ttx_rows(tx, &history_since,
		       ARGS(arg_text(entity->plural), arg_uuid(arena, current->id), arg_int(arena, version)), &rows);
	if (err)
		return err;
	if (rows_count(rows) == SINCE_MOST)
		return E_NOTFOUND;
	memcpy(row->values, current->values, entity->field_count * sizeof *row->values);
	row->id = current->id;
	row->version = version;
	while (rows_next(rows)) {
		struct history_change *changes;
		size_t count = history_changes(arena, entity, rows_str(rows, 1), &changes);

		for (size_t i = 0; i < count; i++)
			if (changes[i].field >= 0)
				row->values[changes[i].field] = changes[i].from_text;
	}
	*out = row;
	return OK;
}
