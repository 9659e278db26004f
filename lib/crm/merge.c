/* Two rows become one: looked at, and done. */
#include "lib/crm/merge_internal.h"

#include "lib/base/clock.h"
#include "lib/crm/task.h"
#include "lib/entity/history.h"

/* ---- both rows ---- */

enum err merge_hold(struct ttx *tx, const struct entity *entity, struct uuid one, struct uuid other)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *rows;

	/* FOR UPDATE: whoever is about to point at one of them is waited for. */
	return ttx_rows_text(
		tx, "merge_rows",
		arena_printf(arena, "SELECT id FROM %s WHERE tenant_id = $1 AND id IN ($2, $3) ORDER BY id FOR UPDATE",
			     entity->table),
		ARGS(arg_uuid(arena, one), arg_uuid(arena, other)), &rows);
}

static enum err read_row(struct ttx *tx, const struct entity *entity, struct uuid id, const char *place,
			 struct errors *errors, struct record **out)
{
	enum err err = entity_get(tx, entity, id, out);

	if (err != E_NOTFOUND)
		return err;
	errors_add(errors, place, "not_found", "There is no such %.*s.",
		   STR_FMT_ARG(label_in_sentence(ttx_arena(tx), entity->label)));
	return E_INVALID;
}

static enum err read_both(struct ttx *tx, const struct merge_order *order, struct errors *errors,
			  struct merge_preview *preview)
{
	enum err err;

	if (!merge_fits(order->entity)) {
		errors_add(errors, NULL, "not_allowed", "%s cannot be merged.", order->entity->label_plural);
		return E_INVALID;
	}
	if (uuid_equal(order->kept, order->gone)) {
		errors_add(errors, "remove", "same", "That is the same %.*s. Choose another one.",
			   STR_FMT_ARG(label_in_sentence(ttx_arena(tx), order->entity->label)));
		return E_INVALID;
	}
	err = read_row(tx, order->entity, order->kept, "keep", errors, &preview->kept);
	return err ? err : read_row(tx, order->entity, order->gone, "remove", errors, &preview->gone);
}

/* ---- preview ---- */

static enum err read_parts(struct ttx *tx, struct merge_preview *preview)
{
	struct arena *arena = ttx_arena(tx);
	struct merge_link *links = arena_array(arena, MERGE_LINKS_MOST, sizeof *links);
	int64_t living[MERGE_LINKS_MOST] = {0}, all[MERGE_LINKS_MOST] = {0};
	size_t count = merge_links(preview->entity, links);
	enum err err = links_count(tx, links, count, record_id(preview->gone), living, all);

	for (size_t i = 0; err == OK && i < count; i++) {
		if (links[i].way != MERGE_MOVES)
			continue;
		preview->rows += all[i];
		if (living[i])
			preview->parts[preview->part_count++] = (struct merge_part){&links[i], living[i]};
	}
	return err;
}

enum err merge_preview(struct ttx *tx, const struct merge_order *order, struct errors *errors,
		       struct merge_preview *out)
{
	enum err err;

	*out = (struct merge_preview){.entity = order->entity};
	err = read_both(tx, order, errors, out);
	if (err == OK)
		err = read_parts(tx, out);
	return err ? err : fields_plan(tx, order, errors, out);
}

/* ---- what is kept of it ---- */

STATEMENT(insert_merge,
	  "INSERT INTO merges (tenant_id, id, entity, kept_id, gone_id, kept_title, gone_title, kept_version_after,"
	  " row_count, snapshot, actor_kind, actor_id, actor_name, created_at)"
	  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)");

static void note_change(struct value *snapshot, const struct record *before, const struct record *after)
{
	struct value *then = value_put_map(snapshot, SNAPSHOT_BEFORE), *now = value_put_map(snapshot, SNAPSHOT_AFTER);
	const struct entity *entity = record_entity(before);

	for (size_t i = 0; i < entity->field_count; i++) {
		struct str one = record_get(before, (int)i), other = record_get(after, (int)i);

		if (entity->fields[i].type == FIELD_TAGS || strcmp(entity->fields[i].name, "updated_at") == 0 ||
		    (str_absent(one) == str_absent(other) && str_equal(one, other)))
			continue;
		value_put_str(then, entity->fields[i].name, one);
		value_put_str(now, entity->fields[i].name, other);
	}
}

static enum err store_merge(struct ttx *tx, const struct merge_preview *preview, const struct value *snapshot,
			    int64_t version, int64_t rows, struct uuid *id)
{
	struct arena *arena = ttx_arena(tx);
	const struct ttx_actor *actor = ttx_actor(tx);
	struct buffer json = BUFFER_IN(arena);

	*id = uuid_new();
	json_print(snapshot, &json);
	return ttx_exec(tx, &insert_merge,
			ARGS(arg_uuid(arena, *id), arg_text(preview->entity->plural),
			     arg_uuid(arena, record_id(preview->kept)), arg_uuid(arena, record_id(preview->gone)),
			     arg_str(record_title(preview->kept)), arg_str(record_title(preview->gone)),
			     arg_int(arena, version), arg_int(arena, rows), arg_str(buffer_str(&json)),
			     arg_text(actor_kind_name(actor->kind)),
			     uuid_is_zero(actor->id) ? arg_null() : arg_uuid(arena, actor->id),
			     arg_str(str_absent(actor->name) ? STR("") : actor->name), arg_instant(arena, ttx_now(tx))),
			NULL);
}

enum err merge_tell(struct ttx *tx, const struct entity *entity, struct uuid kept, bool undone, struct str title)
{
	struct arena *arena = ttx_arena(tx);
	struct value *changes = value_list(arena);
	struct rows *rows;
	enum err err = ttx_rows_text(tx, "merge_version",
				     arena_printf(arena,
						  "UPDATE %s SET version = version + 1, updated_at = $3"
						  " WHERE tenant_id = $1 AND id = $2",
						  entity->table),
				     ARGS(arg_uuid(arena, kept), arg_instant(arena, ttx_now(tx))), &rows);

	history_change_put(changes, "merged", undone ? title : STR_NONE, undone ? STR_NONE : title);
	if (err == OK)
		history_send_rows(tx, undone ? HISTORY_UNMERGED : HISTORY_MERGED, entity,
				  arena_printf(arena, "{%.*s}", STR_FMT_ARG(uuid_text(arena, kept))), changes,
				  ttx_now(tx));
	return err;
}

/* ---- what cannot be there twice ---- */

STATEMENT(stop_doubled,
	  "UPDATE cadence_runs SET stopped_at = $4, stop_reason = 'person' WHERE tenant_id = $1 AND lead_id = $3"
	  " AND stopped_at IS NULL AND cadence_id IN (SELECT k.cadence_id FROM cadence_runs k WHERE k.tenant_id = $1"
	  " AND k.lead_id = $2 AND k.stopped_at IS NULL) RETURNING id");
STATEMENT(cancel_doubled,
	  "UPDATE tasks SET status = 'cancelled', version = version + 1, updated_at = $3"
	  " WHERE tenant_id = $1 AND status = 'open' AND cadence_run_id = ANY($2::uuid[]) RETURNING id");

/* A cadence that runs on both goes on once, on the kept lead. */
static enum err stop_doubled_runs(struct ttx *tx, const struct merge_preview *preview, struct value *snapshot)
{
	struct arena *arena = ttx_arena(tx);
	struct argument now = arg_instant(arena, ttx_now(tx));
	struct rows *rows;
	struct str runs, tasks;
	enum err err;

	if (strcmp(preview->entity->plural, "leads") != 0)
		return OK;
	err = ttx_rows(tx, &stop_doubled,
		       ARGS(arg_uuid(arena, record_id(preview->kept)), arg_uuid(arena, record_id(preview->gone)), now),
		       &rows);
	if (err || rows_count(rows) == 0)
		return err;
	runs = rows_ids(arena, rows);
	value_put_str(snapshot, SNAPSHOT_RUNS, runs);
	err = ttx_rows(tx, &cancel_doubled, ARGS(arg_str(runs), now), &rows);
	if (err || rows_count(rows) == 0)
		return err;
	tasks = rows_ids(arena, rows);
	value_put_str(snapshot, SNAPSHOT_TASKS, tasks);
	task_tell_status(tx, tasks, "open", "cancelled", ttx_now(tx));
	return OK;
}

/* Who takes the sample data out again takes nothing of his own along. */
STATEMENT(own_the_kept, "DELETE FROM sample_rows s WHERE s.tenant_id = $1 AND s.entity = $2 AND s.row_id = $3"
			" AND NOT EXISTS (SELECT 1 FROM sample_rows g WHERE g.tenant_id = $1 AND g.entity = $2"
			" AND g.row_id = $4)");

static enum err leave_sample(struct ttx *tx, const struct merge_preview *preview, struct value *snapshot)
{
	struct arena *arena = ttx_arena(tx);
	int64_t left;
	enum err err = ttx_exec(tx, &own_the_kept,
				ARGS(arg_text(preview->entity->plural), arg_uuid(arena, record_id(preview->kept)),
				     arg_uuid(arena, record_id(preview->gone))),
				&left);

	if (err == OK && left)
		value_put_bool(snapshot, SNAPSHOT_SAMPLE, true);
	return err;
}

/* What else the one that goes looked like; what the kept one looks like is found again. */
STATEMENT(forget_pairs, "DELETE FROM duplicate_pairs WHERE tenant_id = $1 AND entity = $2"
			" AND (first_id = $3 OR second_id = $3)");

/* ---- doing it ---- */

static enum err write_kept(struct ttx *tx, const struct merge_preview *preview, struct value *snapshot,
			   struct errors *errors, int64_t *version)
{
	struct record *change, *after;
	enum err err = fields_change(tx, preview, errors, &change);

	if (err == OK)
		err = entity_update(tx, preview->kept, change, errors, &after);
	if (err)
		return err;
	note_change(snapshot, preview->kept, after);
	value_put_str(snapshot, SNAPSHOT_TAGS, preview->tags_added);
	*version = record_version(after) + 1;
	return merge_tell(tx, preview->entity, record_id(preview->kept), false, record_title(preview->gone));
}

static enum err too_much(struct errors *errors)
{
	errors_add(errors, NULL, "too_many_rows",
		   "More than %d records belong to the one that would go. Keep that one, and merge the other into it.",
		   MERGE_ROWS_MOST);
	return E_CONFLICT;
}

static enum err run(struct ttx *tx, const struct merge_preview *preview, struct errors *errors, struct uuid *merge_id)
{
	struct value *snapshot = value_map(ttx_arena(tx));
	int64_t rows, version = 0;
	enum err err = stop_doubled_runs(tx, preview, snapshot);

	if (err == OK)
		err = links_move(tx, preview->entity, record_id(preview->gone), record_id(preview->kept),
				 value_put_list(snapshot, SNAPSHOT_MOVED), &rows);
	if (err == E_CONFLICT)
		return too_much(errors);
	if (err == OK)
		err = leave_sample(tx, preview, snapshot);
	if (err == OK)
		err = write_kept(tx, preview, snapshot, errors, &version);
	/* Last, since its hook may hold the company's row until the commit. */
	if (err == OK)
		err = entity_delete(tx, preview->gone, errors);
	if (err == OK)
		err = ttx_exec(
			tx, &forget_pairs,
			ARGS(arg_text(preview->entity->plural), arg_uuid(ttx_arena(tx), record_id(preview->gone))),
			NULL);
	return err ? err : store_merge(tx, preview, snapshot, version, rows, merge_id);
}

static bool has_moved_on(const struct record *row, int64_t seen)
{
	return seen && seen != record_version(row);
}

enum err merge_rows(struct ttx *tx, const struct merge_order *order, struct errors *errors, struct uuid *merge_id)
{
	struct merge_preview preview;
	enum err err = merge_fits(order->entity) ? merge_hold(tx, order->entity, order->kept, order->gone) : OK;

	if (err == OK)
		err = merge_preview(tx, order, errors, &preview);
	if (err)
		return err;
	if (has_moved_on(preview.kept, order->kept_version) || has_moved_on(preview.gone, order->gone_version)) {
		errors_add(errors, NULL, "version_changed",
			   "One of them was changed since you looked. Look again at what will be kept.");
		return E_PRECONDITION;
	}
	return preview.rows > MERGE_ROWS_MOST ? too_much(errors) : run(tx, &preview, errors, merge_id);
}
