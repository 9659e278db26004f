/* What is in the trash, over all entities: one statement, each part of it by its own index. */
#include "lib/entity/entity_internal.h"
#include "lib/entity/trash.h"

/* What went with its owner comes back with it, and is not listed by itself. */
static void add_by_itself(struct sql *sql, const struct entity *entity)
{
	for (size_t i = 0; i < entity->field_count; i++) {
		if (!field_is(&entity->fields[i], FIELD_OWNING))
			continue;
		sql_add(sql, " AND NOT EXISTS (SELECT 1 FROM ");
		sql_add(sql, entity->fields[i].references);
		sql_add(sql, " o WHERE o.tenant_id = $1 AND o.id = t.");
		sql_add(sql, entity->fields[i].name);
		sql_add(sql, " AND o.deleted_at = t.deleted_at)");
	}
}

static void add_part(struct sql *sql, const struct entity *entity, const struct history_place *after)
{
	sql_add(sql, "(SELECT ");
	sql_argument(sql, arg_text(entity->plural));
	sql_add(sql, "::text AS entity, t.id AS id, left(t.");
	sql_add(sql, entity->title_field);
	sql_add(sql, "::text, 400) AS title, ");
	sql_add(sql, entity->title_instead ? "t." : "NULL");
	sql_add(sql, entity->title_instead ? entity->title_instead : "");
	sql_add(sql, "::text AS instead, t.deleted_at AS deleted_at FROM ");
	sql_add(sql, entity->table);
	sql_add(sql, " t WHERE t.tenant_id = $1 AND t.deleted_at IS NOT NULL");
	sql_add_visible(sql, entity);
	if (after->at) {
		sql_add(sql, " AND (t.deleted_at, t.id) < (");
		sql_argument(sql, arg_instant(sql->arena, after->at));
		sql_add(sql, ", ");
		sql_argument(sql, arg_uuid(sql->arena, after->id));
		sql_add(sql, ")");
	}
	add_by_itself(sql, entity);
	sql_add(sql, " ORDER BY t.deleted_at DESC, t.id DESC LIMIT 51)");
}

/* Who deleted each of them: its last row of that kind. */
STATEMENT(trash_actors,
	  "SELECT entity, row_id, actor_name FROM record_changes WHERE tenant_id = $1 AND entity = ANY($2::text[])"
	  " AND row_id = ANY($3::uuid[]) AND kind = 'deleted' ORDER BY changed_at");

static enum err read_actors(struct ttx *tx, struct trash_page *page)
{
	struct arena *arena = ttx_arena(tx);
	struct buffer names = BUFFER_IN(arena), ids = BUFFER_IN(arena);
	struct rows *rows;
	enum err err;

	for (size_t i = 0; i < page->count; i++) {
		buffer_printf(&names, "%c%s", i ? ',' : '{', page->entries[i].entity->plural);
		buffer_printf(&ids, "%c%.*s", i ? ',' : '{', STR_FMT_ARG(uuid_text(arena, page->entries[i].id)));
	}
	if (page->count == 0)
		return OK;
	buffer_add_char(&names, '}');
	buffer_add_char(&ids, '}');
	err = ttx_rows(tx, &trash_actors, ARGS(arg_str(buffer_str(&names)), arg_str(buffer_str(&ids))), &rows);
	while (err == OK && rows_next(rows))
		for (size_t i = 0; i < page->count; i++)
			if (uuid_equal(page->entries[i].id, rows_uuid(rows, 1)) &&
			    str_is(rows_str(rows, 0), page->entries[i].entity->plural))
				page->entries[i].actor = rows_str(rows, 2);
	return err;
}

/* As the row itself would be called. */
static struct str title_of(struct arena *arena, const struct entity *entity, const struct rows *rows)
{
	struct record *record = record_new(arena, entity);

	record_set_text(record, entity->title_field, rows_str(rows, 2));
	if (entity->title_instead)
		record_set_text(record, entity->title_instead, rows_str(rows, 3));
	return record_title(record);
}

static bool is_asked(const struct entity *entity, const struct entity *only)
{
	return entity->trash && (!only || strcmp(entity->plural, only->plural) == 0);
}

enum err trash_list(struct ttx *tx, const struct entity *only, const struct history_place *after,
		    struct trash_page **out)
{
	struct trash_page *page = ARENA_NEW(ttx_arena(tx), struct trash_page);
	struct sql sql = sql_for(tx);
	size_t parts = 0, count;
	const struct entity *const *entities = entity_catalogue_list(&count);
	struct rows *rows;
	enum err err;

	*out = page;
	for (size_t i = 0; i < count; i++)
		if (is_asked(entities[i], only)) {
			sql_add(&sql, parts++ ? " UNION ALL " : "SELECT entity, id, title, instead, deleted_at FROM (");
			add_part(&sql, entities[i], after);
		}
	if (parts == 0)
		return OK;
	sql_add(&sql, ") AS deleted ORDER BY deleted_at DESC, id DESC LIMIT 51");
	err = sql_rows(&sql, tx, "trash_list", &rows);
	if (err)
		return err;
	page->more = rows_count(rows) > TRASH_MOST;
	while (page->count < TRASH_MOST && rows_next(rows))
		for (size_t i = 0; i < count; i++)
			if (str_is(rows_str(rows, 0), entities[i]->plural))
				page->entries[page->count++] = (struct trash_entry){
					entities[i], rows_uuid(rows, 1), title_of(sql.arena, entities[i], rows),
					STR_NONE, rows_instant(rows, 4)};
	return read_actors(tx, page);
}
