/* Merges that were made, read. */
#include "lib/crm/merge_internal.h"

#include "lib/crm/entities.h"
#include "lib/entity/custom.h"
#include "lib/entity/history.h"

#define COLUMNS                                                                                                        \
	"m.id, m.kept_id, m.gone_id, m.entity, m.kept_title, m.gone_title, m.row_count, m.kept_version_after,"         \
	" m.actor_kind, m.actor_id, m.actor_name, m.created_at, m.undone_at"
#define WHOLE                                                                                                          \
	"SELECT " COLUMNS ", m.snapshot, t.custom_fields FROM merges m JOIN tenants t ON t.tenant_id = $1"             \
	" WHERE m.tenant_id = $1 AND m.id = $2"

STATEMENT(read_merge, WHOLE);
STATEMENT(hold_merge, WHOLE " FOR UPDATE OF m");
STATEMENT(list_merges, "SELECT " COLUMNS " FROM merges m WHERE m.tenant_id = $1"
		       " AND (m.created_at, m.id) < ($2::timestamptz, $3::uuid)"
		       " ORDER BY m.created_at DESC, m.id DESC LIMIT 51");
STATEMENT(find_gone, "SELECT id, kept_id FROM merges WHERE tenant_id = $1 AND gone_id = $2 AND entity = $3"
		     " AND undone_at IS NULL");
STATEMENT(find_gone_over, "WITH RECURSIVE way (row_id, steps) AS (SELECT m.kept_id, 1 FROM merges m"
			  " WHERE m.tenant_id = $1 AND m.gone_id = $2 AND m.entity = $3 AND m.undone_at IS NULL"
			  " UNION ALL SELECT n.kept_id, w.steps + 1 FROM way w JOIN merges n ON n.tenant_id = $1"
			  " AND n.gone_id = w.row_id AND n.entity = $3 AND n.undone_at IS NULL WHERE w.steps < 100)"
			  " SELECT row_id FROM way ORDER BY steps DESC LIMIT 1");

static struct merge read_columns(const struct rows *rows)
{
	return (struct merge){
		.id = rows_uuid(rows, 0),
		.kept = rows_uuid(rows, 1),
		.gone = rows_uuid(rows, 2),
		.entity = entity_find(rows_str(rows, 3)),
		.kept_title = rows_str(rows, 4),
		.gone_title = rows_str(rows, 5),
		.rows = rows_int(rows, 6),
		.kept_version_after = rows_int(rows, 7),
		.actor_kind = rows_str(rows, 8),
		.actor_id = rows_uuid(rows, 9),
		.actor_name = rows_str(rows, 10),
		.created_at = rows_instant(rows, 11),
		.undone_at = rows_instant(rows, 12),
	};
}

enum err merge_get(struct ttx *tx, struct uuid id, bool lock, struct merge **out)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *row;
	enum err err = ttx_one(tx, lock ? &hold_merge : &read_merge, ARGS(arg_uuid(arena, id)), &row);

	if (err)
		return err;
	*out = ARENA_NEW(arena, struct merge);
	**out = read_columns(row);
	(*out)->entity = entity_with_custom(arena, (*out)->entity, rows_str(row, 14));
	(*out)->snapshot = rows_str(row, 13);
	return OK;
}

enum err merge_list(struct ttx *tx, const struct history_place *after, struct merge **out, size_t *count)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *rows;
	enum err err = ttx_rows(
		tx, &list_merges,
		ARGS(after->at ? arg_instant(arena, after->at) : arg_text("infinity"), arg_uuid(arena, after->id)),
		&rows);

	*count = 0;
	if (err)
		return err;
	*out = arena_array(arena, MERGE_LIST_MOST + 1, sizeof **out);
	while (*count <= MERGE_LIST_MOST && rows_next(rows))
		(*out)[(*count)++] = read_columns(rows);
	return OK;
}

enum err merge_of_gone(struct ttx *tx, const struct entity *entity, struct uuid gone, struct uuid *merge_id)
{
	struct rows *row;
	enum err err;

	if (!merge_fits(entity))
		return E_NOTFOUND;
	err = ttx_one(tx, &find_gone, ARGS(arg_uuid(ttx_arena(tx), gone), arg_text(entity->plural)), &row);
	if (err == OK)
		*merge_id = rows_uuid(row, 0);
	return err;
}

enum err merge_went_to(struct ttx *tx, const struct entity *entity, struct uuid gone, struct uuid *kept)
{
	struct record *row;
	struct rows *found;
	enum err err;

	if (!merge_fits(entity))
		return E_NOTFOUND;
	err = ttx_one(tx, &find_gone_over, ARGS(arg_uuid(ttx_arena(tx), gone), arg_text(entity->plural)), &found);
	if (err)
		return err;
	*kept = rows_uuid(found, 0);
	return entity_get(tx, entity, *kept, &row);
}
