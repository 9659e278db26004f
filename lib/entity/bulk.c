#include "lib/entity/bulk.h"

#include "lib/base/clock.h"
#include "lib/entity/entity_internal.h"
#include "lib/entity/trash.h"
#include "lib/text/json.h"

#define PORTION 500 /* rows of one statement */

STATEMENT(bulk_begin, "INSERT INTO bulk_actions (tenant_id, id, entity, action, target, row_count, user_id, done_at)"
		      " VALUES ($1, $2, $3, $4, $5, 0, $6, $7)");
STATEMENT(bulk_keep_row, "INSERT INTO bulk_action_rows (tenant_id, action_id, row_id, before, version_after) VALUES "
			 "($1, $2, $3, $4, $5)");
STATEMENT(bulk_set_count, "UPDATE bulk_actions SET row_count = $3 WHERE tenant_id = $1 AND id = $2");
STATEMENT(bulk_find, "SELECT entity, action, row_count, undone_at IS NOT NULL FROM bulk_actions"
		     " WHERE tenant_id = $1 AND id = $2");
STATEMENT(bulk_set_undone, "UPDATE bulk_actions SET undone_at = $3 WHERE tenant_id = $1 AND id = $2"
			   " AND undone_at IS NULL");
STATEMENT(bulk_kept_rows, "SELECT row_id, before, version_after FROM bulk_action_rows WHERE tenant_id = $1"
			  " AND action_id = $2 AND row_id > $3 ORDER BY row_id LIMIT 500");

/* ---- what an entity offers ---- */

static bool is_status(const struct field *field)
{
	return field->type == FIELD_CHOICE && strcmp(field->name, "status") == 0;
}

static bool is_stage(const struct field *field)
{
	return field->type == FIELD_REFERENCE && strcmp(field->references, "pipeline_stages") == 0;
}

static bool is_owner(const struct field *field)
{
	return field->type == FIELD_REFERENCE && strcmp(field->references, "tenant_users") == 0;
}

static bool is_tags(const struct field *field)
{
	return field->type == FIELD_TAGS;
}

/* Without `is`: of what has a trash. */
static const struct offered {
	struct bulk_offer offer;
	bool (*is)(const struct field *);
} offered[] = {
	{{"status", "Set the status", BULK_SET, "Set the status of ", " to ", false, 0}, is_status},
	{{"stage", "Move to a stage", BULK_SET, "Move ", " to ", false, 0}, is_stage},
	{{"owner", "Give to somebody", BULK_SET, "Give ", " to ", false, 0}, is_owner},
	{{"tag_add", "Add a tag", BULK_TAG_ADD, "Add the tag ", " to ", true, 0}, is_tags},
	{{"tag_remove", "Take a tag off", BULK_TAG_REMOVE, "Take the tag ", " off ", true, 0}, is_tags},
	{{"delete", "Move to the trash", BULK_DELETE, "Move ", " to the trash", false, -1}, NULL},
};

/* -1: none. */
static int offered_field(const struct entity *entity, const struct offered *row)
{
	for (size_t i = 0; i < entity->field_count; i++)
		if (row->is(&entity->fields[i]) && field_is_writable(&entity->fields[i], WRITE_UPDATE))
			return (int)i;
	return -1;
}

size_t bulk_offers(const struct entity *entity, struct bulk_offer out[BULK_OFFERS_MOST])
{
	size_t count = 0;

	for (size_t i = 0; i < COUNT_OF(offered); i++) {
		struct bulk_offer offer = offered[i].offer;

		if (offered[i].is)
			offer.field = offered_field(entity, &offered[i]);
		if (offered[i].is ? offer.field >= 0 : entity->trash)
			out[count++] = offer;
	}
	return count;
}

/* ---- which rows ---- */

static void add_meant(struct sql *sql, const struct bulk *bulk)
{
	sql_add_matching(sql, bulk->entity, &bulk->query);
	if (str_absent(bulk->ids))
		return;
	sql_add(sql, " AND id = ANY(");
	sql_argument(sql, arg_str(bulk->ids));
	sql_add(sql, "::uuid[])");
}

enum err bulk_count(struct ttx *tx, const struct bulk *bulk, int64_t *count)
{
	struct sql sql = sql_for(tx);
	struct rows *rows;
	enum err err;

	sql_add(&sql, "SELECT count(*) FROM (SELECT 1");
	add_meant(&sql, bulk);
	sql_add(&sql, " LIMIT 5001) AS meant");
	err = sql_rows(&sql, tx, bulk->entity->plural, &rows);
	if (err == OK)
		*count = rows_next(rows) ? rows_int(rows, 0) : 0;
	return err;
}
_Static_assert(BULK_MOST == 5000, "the literal above is one more");

/* The next portion behind `after`, locked: nobody else writes them before this is done. */
static enum err next_rows(struct ttx *tx, const struct bulk *bulk, struct uuid after, struct rows **rows)
{
	struct sql sql = sql_for(tx);

	sql_add(&sql, "SELECT ");
	sql_add_selected(&sql, bulk->entity);
	add_meant(&sql, bulk);
	sql_add(&sql, " AND id > ");
	sql_argument(&sql, arg_uuid(sql.arena, after));
	sql_add(&sql, " ORDER BY id LIMIT 500 FOR UPDATE");
	return sql_rows(&sql, tx, bulk->entity->plural, rows);
}

/* ---- one row ---- */

/* What the row was, as {"field": "stored form" or null}, for the fields that differ; empty when none does. */
static struct str before_of(const struct record *before, const struct record *now)
{
	struct arena *arena = before->arena;
	struct value *map = value_map(arena);
	struct buffer out = BUFFER_IN(arena);

	for (size_t i = 0; i < before->entity->field_count; i++) {
		struct str then = before->values[i], next = now->values[i];

		if (field_is_time_of_row(&before->entity->fields[i]) ||
		    (str_absent(then) == str_absent(next) && str_equal(then, next)))
			continue;
		value_put_str(map, before->entity->fields[i].name, then);
	}
	if (value_count(map) == 0)
		return STR("");
	json_print(map, &out);
	return buffer_str(&out);
}

static void keep_row(struct ttx *tx, struct uuid action, struct uuid row, struct str before, int64_t version)
{
	struct arena *arena = ttx_arena(tx);

	/* Waited for by the next statement that is. */
	(void)ttx_send(tx, &bulk_keep_row,
		       ARGS(arg_uuid(arena, action), arg_uuid(arena, row), arg_str(before), arg_int(arena, version)));
}

static enum err change_row(struct ttx *tx, const struct bulk *bulk, const struct record *current, struct errors *errors,
			   struct bulk_result *result)
{
	struct record *change = record_new(ttx_arena(tx), bulk->entity), *updated;
	int reason = entity_field(bulk->entity, STR("lost_reason"));
	enum err err;

	if (bulk->offer.kind == BULK_SET)
		record_set(change, bulk->offer.field, bulk->target);
	else
		record_set(change, bulk->offer.field,
			   tags_with(ttx_arena(tx), current->values[bulk->offer.field], bulk->target,
				     bulk->offer.kind == BULK_TAG_ADD));
	/* Those that were lost before keep their own. */
	if (reason >= 0 && !str_absent(bulk->reason) &&
	    !str_equal(current->values[bulk->offer.field], record_get(change, bulk->offer.field)))
		record_set(change, reason, bulk->reason);
	err = entity_update(tx, current, change, errors, &updated);
	if (err)
		return err;
	if (updated->version == current->version) {
		result->unchanged++;
		return OK;
	}
	result->changed++;
	keep_row(tx, result->id, current->id, before_of(current, updated), updated->version);
	return OK;
}

static enum err delete_row(struct ttx *tx, const struct record *current, struct errors *errors,
			   struct bulk_result *result)
{
	enum err err = entity_delete(tx, current, errors);

	if (err == OK) {
		result->changed++;
		keep_row(tx, result->id, current->id, STR("{}"), current->version + 1);
	}
	return err;
}

/* ---- the whole ---- */

static enum err run_portions(struct ttx *tx, const struct bulk *bulk, struct errors *errors, struct bulk_result *result)
{
	struct uuid after = uuid_zero();
	struct rows *rows;
	int64_t seen = 0;
	enum err err;

	do {
		err = next_rows(tx, bulk, after, &rows);
		while (err == OK && rows_next(rows)) {
			const struct record *current = sql_record(ttx_arena(tx), bulk->entity, rows);

			if (seen++ == BULK_MOST) {
				result->more = true;
				return OK;
			}
			after = current->id;
			err = bulk->offer.kind == BULK_DELETE ? delete_row(tx, current, errors, result)
							      : change_row(tx, bulk, current, errors, result);
		}
	} while (err == OK && rows_count(rows) == PORTION);
	return err;
}

/* As the field would take it. */
static bool accept_reason(struct bulk *bulk, struct arena *arena, struct errors *errors)
{
	int field = entity_field(bulk->entity, STR("lost_reason"));

	return str_absent(bulk->reason) || field < 0 ||
	       field_accept(arena, &bulk->entity->fields[field], &bulk->reason, errors);
}

enum err bulk_run(struct ttx *tx, struct bulk *bulk, struct errors *errors, struct bulk_result *result)
{
	struct arena *arena = ttx_arena(tx);
	const struct ttx_actor *actor = ttx_actor(tx);
	enum err err;

	*result = (struct bulk_result){.id = uuid_new()};
	if (!accept_reason(bulk, arena, errors))
		return E_INVALID;
	err = ttx_exec(tx, &bulk_begin,
		       ARGS(arg_uuid(arena, result->id), arg_text(bulk->entity->plural), arg_text(bulk->offer.action),
			    arg_str(bulk->target), actor->kind == ACTOR_USER ? arg_uuid(arena, actor->id) : arg_null(),
			    arg_instant(arena, clock_now())),
		       NULL);
	if (err == OK)
		err = run_portions(tx, bulk, errors, result);
	if (err == OK)
		err = ttx_exec(tx, &bulk_set_count, ARGS(arg_uuid(arena, result->id), arg_int(arena, result->changed)),
			       NULL);
	return err;
}

/* ---- and back ---- */

enum err bulk_get(struct ttx *tx, struct uuid id, struct bulk_done *out)
{
	struct rows *row;
	enum err err = ttx_one(tx, &bulk_find, ARGS(arg_uuid(ttx_arena(tx), id)), &row);

	if (err)
		return err;
	*out = (struct bulk_done){rows_str(row, 0), rows_str(row, 1), rows_int(row, 2), rows_bool(row, 3)};
	return OK;
}

struct kept_row {
	struct uuid id;
	struct str before;
	int64_t version;
};

static enum err restore_fields(struct ttx *tx, const struct record *current, struct str before, struct errors *errors)
{
	struct arena *arena = ttx_arena(tx);
	struct record *change = record_new(arena, current->entity), *updated;
	struct value *map;
	struct str name, why;

	if (json_parse(arena, before, &json_limits_request, &map, &why) != OK)
		return E_INTERNAL;
	for (size_t i = 0; value_member(map, i, &name); i++) {
		int field = entity_field(current->entity, name);

		if (field >= 0) /* a company's own field may be gone */
			record_set(change, field, value_as_str(value_member(map, i, &name)));
	}
	return entity_update(tx, current, change, errors, &updated);
}

/* OK with *done false: the row has moved on, or is gone. */
static enum err undo_row(struct ttx *tx, const struct entity *entity, const struct kept_row *kept, bool deleted,
			 struct errors *errors, bool *done)
{
	struct record *current, *restored;
	int64_t deleted_at = 0;
	enum err err = deleted ? trash_get(tx, entity, kept->id, &current, &deleted_at)
			       : entity_get(tx, entity, kept->id, &current);

	*done = false;
	if (err == E_NOTFOUND)
		return OK;
	if (err || current->version != kept->version)
		return err;
	err = deleted ? trash_restore(tx, current, deleted_at, errors, &restored)
		      : restore_fields(tx, current, kept->before, errors);
	*done = err == OK;
	return err == E_PRECONDITION ? OK : err;
}

static enum err undo_portions(struct ttx *tx, const struct entity *entity, struct uuid id, bool deleted,
			      struct errors *errors, int64_t *undone, int64_t *left)
{
	struct arena *arena = ttx_arena(tx);
	struct uuid after = uuid_zero();
	struct rows *rows;
	enum err err;

	do {
		err = ttx_rows(tx, &bulk_kept_rows, ARGS(arg_uuid(arena, id), arg_uuid(arena, after)), &rows);
		while (err == OK && rows_next(rows)) {
			struct kept_row kept = {rows_uuid(rows, 0), rows_str(rows, 1), rows_int(rows, 2)};
			bool done;

			after = kept.id;
			err = undo_row(tx, entity, &kept, deleted, errors, &done);
			*(done ? undone : left) += 1;
		}
	} while (err == OK && rows_count(rows) == PORTION);
	return err;
}

enum err bulk_undo(struct ttx *tx, const struct entity *entity, struct uuid id, struct errors *errors, int64_t *undone,
		   int64_t *left)
{
	struct arena *arena = ttx_arena(tx);
	struct bulk_done done;
	int64_t marked;
	enum err err = bulk_get(tx, id, &done);

	*undone = *left = 0;
	if (err == OK)
		err = ttx_exec(tx, &bulk_set_undone, ARGS(arg_uuid(arena, id), arg_instant(arena, clock_now())),
			       &marked);
	if (err)
		return err;
	if (marked == 0) {
		errors_add(errors, NULL, "undone", "This was taken back already.");
		return E_CONFLICT;
	}
	return undo_portions(tx, entity, id, str_is(done.action, "delete"), errors, undone, left);
}
