#include "lib/tenant/export_log.h"

#include "lib/base/utf8.h"

#define QUERY_MOST 2000
#define DAY_MICROSECONDS ((int64_t)24 * 3600 * 1000000)

STATEMENT(begin_export, "INSERT INTO exports (tenant_id, id, entity, format, query, actor_kind, actor_id, actor_name,"
			" started_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
STATEMENT(end_export, "UPDATE exports SET row_count = $3, is_whole = $4, finished_at = $5"
		      " WHERE tenant_id = $1 AND id = $2");
STATEMENT(list_exports, "SELECT id, entity, format, query, row_count, is_whole, actor_kind, actor_id, actor_name,"
			" started_at, finished_at FROM exports WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2)"
			" ORDER BY id DESC LIMIT $3");
STATEMENT(purge_exports, "DELETE FROM exports WHERE tenant_id = $1 AND id IN (SELECT e.id FROM exports e"
			 " WHERE e.tenant_id = $1 AND e.started_at < $2 ORDER BY e.started_at LIMIT 1000)");

enum err export_log_begin(struct ttx *tx, const char *entity, const char *format, struct str query, struct uuid *id)
{
	struct arena *arena = ttx_arena(tx);
	const struct ttx_actor *actor = ttx_actor(tx);

	*id = uuid_new();
	return ttx_exec(tx, &begin_export,
			ARGS(arg_uuid(arena, *id), arg_text(entity), arg_text(format),
			     arg_str(utf8_prefix(query, QUERY_MOST)), arg_text(actor_kind_name(actor->kind)),
			     actor->kind == ACTOR_SYSTEM ? arg_null() : arg_uuid(arena, actor->id),
			     arg_str(actor->name), arg_instant(arena, ttx_now(tx))),
			NULL);
}

enum err export_log_end(struct ttx *tx, struct uuid id, int64_t rows, bool whole)
{
	struct arena *arena = ttx_arena(tx);

	return ttx_exec(
		tx, &end_export,
		ARGS(arg_uuid(arena, id), arg_int(arena, rows), arg_bool(whole), arg_instant(arena, ttx_now(tx))),
		NULL);
}

enum err export_log_list(struct ttx *tx, struct uuid before, size_t most, struct export_entry **out, size_t *count)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *rows;
	enum err err = ttx_rows(
		tx, &list_exports,
		ARGS(uuid_is_zero(before) ? arg_null() : arg_uuid(arena, before), arg_int(arena, (int64_t)most)),
		&rows);

	*count = 0;
	if (err)
		return err;
	*out = arena_array(arena, rows_count(rows) + 1, sizeof **out);
	while (rows_next(rows))
		(*out)[(*count)++] = (struct export_entry){
			.id = rows_uuid(rows, 0),
			.entity = rows_str(rows, 1),
			.format = rows_str(rows, 2),
			.query = rows_str(rows, 3),
			.rows = rows_int(rows, 4),
			.whole = rows_bool(rows, 5),
			.actor_kind = rows_str(rows, 6),
			.actor_id = rows_uuid(rows, 7),
			.actor_name = rows_str(rows, 8),
			.started_at = rows_instant(rows, 9),
			.finished_at = rows_instant(rows, 10),
		};
	return OK;
}

enum err export_log_purge(struct ttx *tx, int64_t now, int64_t *count)
{
	return ttx_exec(tx, &purge_exports, ARGS(arg_instant(ttx_arena(tx), now - EXPORT_LOG_DAYS * DAY_MICROSECONDS)),
			count);
}
