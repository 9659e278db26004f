/* An import taken back: from its last row to its first, as far as nobody has changed the rows since. */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/crm/import_internal.h"
#include "lib/text/json.h"

STATEMENT(
	read_done,
	"SELECT number, outcome, row_id, version_after, before, there FROM (SELECT number, outcome, row_id, "
	"version_after, before, count(*) OVER () AS there, sum(bytes) OVER (ORDER BY number DESC) - bytes AS so_far "
	"FROM (SELECT number, outcome, row_id, version_after, before, coalesce(octet_length(before::text), 0) AS bytes "
	"FROM import_rows WHERE tenant_id = $1 AND import_id = $2 AND number < $3 AND outcome IN ('created', "
	"'updated') AND undone_version IS NULL ORDER BY number DESC LIMIT $4) r) w WHERE so_far < $5 ORDER BY number "
	"DESC");
STATEMENT(note_undone,
	  "UPDATE import_rows r SET undone_version = u.version FROM unnest($3::bigint[], $4::bigint[]) AS u "
	  "(number, version) WHERE r.tenant_id = $1 AND r.import_id = $2 AND r.number = u.number");
STATEMENT(undone_later,
	  "SELECT r.row_id, max(r.undone_version) FROM import_rows r WHERE r.tenant_id = $1 AND r.import_id "
	  "= $2 AND r.row_id = ANY($3::uuid[]) AND r.undone_version IS NOT NULL GROUP BY r.row_id");
STATEMENT(
	advance_undo,
	"UPDATE imports SET position = $3, undone_count = undone_count + $4, left_count = left_count + $5, state = $6,"
	" finished_at = $7 WHERE tenant_id = $1 AND id = $2");

struct done {
	int64_t number, version;
	bool created;
	struct uuid row_id;
	struct str before;
	int64_t undone_version; /* 0: left as it is */
	size_t round;           /* of those that are about the same row, the last comes first */
};

struct order {
	struct uuid row_id;
	size_t at;
};

static int compare(const void *a, const void *b)
{
	const struct order *one = a, *other = b;
	int order = memcmp(&one->row_id, &other->row_id, sizeof one->row_id);

	return order ? order : (one->at > other->at) - (one->at < other->at);
}

static size_t number_rounds(struct arena *arena, struct done *items, size_t count)
{
	struct order *orders = arena_array(arena, count + 1, sizeof *orders);
	size_t rounds = count > 0;

	for (size_t i = 0; i < count; i++)
		orders[i] = (struct order){items[i].row_id, i};
	qsort(orders, count, sizeof *orders, compare);
	for (size_t i = 1; i < count; i++)
		if (uuid_equal(orders[i].row_id, orders[i - 1].row_id)) {
			items[orders[i].at].round = items[orders[i - 1].at].round + 1;
			if (items[orders[i].at].round + 1 > rounds)
				rounds = items[orders[i].at].round + 1;
		}
	return rounds;
}

/* What the fields held; a company's own field may be gone. */
static struct record *former(struct arena *arena, const struct record *current, struct str before)
{
	struct record *record = record_new(arena, record_entity(current));
	struct value *map;
	const struct value *item;
	struct str name, why;

	if (json_parse(arena, before, &json_limits_request, &map, &why) != OK)
		return record;
	for (size_t i = 0; (item = value_member(map, i, &name)) != NULL; i++) {
		int field = entity_field(record_entity(current), name);

		if (field >= 0)
			record_set(record, field, value_as_str(item));
	}
	return record;
}

/* A later row of the same import may have changed it too, and that was taken back: then it is as this one left it. */
static enum err versions_now(struct ttx *tx, const struct import *import, struct done *const *items, size_t count)
{
	struct arena *arena = ttx_arena(tx);
	struct str *ids = arena_array(arena, count + 1, sizeof *ids);
	struct rows *rows;
	enum err err;

	for (size_t i = 0; i < count; i++)
		ids[i] = uuid_text(arena, items[i]->row_id);
	err = ttx_rows(tx, &undone_later, ARGS(arg_uuid(arena, import->id), arg_array(arena, ids, count)), &rows);
	while (err == OK && rows_next(rows)) {
		struct uuid id = rows_uuid(rows, 0);

		for (size_t i = 0; i < count; i++)
			if (uuid_equal(items[i]->row_id, id))
				items[i]->version = rows_int(rows, 1);
	}
	return err;
}

static enum err take_back(struct ttx *tx, struct done *const *items, struct record *const *rows, size_t count,
			  bool created)
{
	struct arena *arena = ttx_arena(tx);
	struct write *writes = arena_array(arena, count + 1, sizeof *writes);
	struct done **from = arena_array(arena, count + 1, sizeof *from);
	size_t used = 0;
	enum err err;

	for (size_t i = 0; i < count; i++)
		if (items[i]->created == created && rows[i] && record_version(rows[i]) == items[i]->version) {
			from[used] = items[i];
			writes[used++] =
				(struct write){.current = rows[i],
					       .record = created ? NULL : former(arena, rows[i], items[i]->before)};
		}
	err = created ? entity_delete_many(tx, writes, used) : entity_update_many(tx, writes, used);
	for (size_t i = 0; err == OK && i < used; i++)
		if (writes[i].err == OK)
			from[i]->undone_version = record_version(writes[i].record);
	return err;
}

static enum err undo_round(struct ttx *tx, const struct import *import, struct done *const *items, size_t count)
{
	struct arena *arena = ttx_arena(tx);
	struct uuid *ids = arena_array(arena, count + 1, sizeof *ids);
	struct record **rows = arena_array(arena, count + 1, sizeof *rows);
	enum err err = versions_now(tx, import, items, count);

	for (size_t i = 0; i < count; i++)
		ids[i] = items[i]->row_id;
	if (err == OK)
		err = entity_get_many(tx, import->entity, ids, count, true, rows);
	if (err == OK)
		err = take_back(tx, items, rows, count, false);
	return err ? err : take_back(tx, items, rows, count, true);
}

static enum err note(struct ttx *tx, const struct import *import, struct done *const *items, size_t count,
		     int64_t *undone)
{
	struct arena *arena = ttx_arena(tx);
	struct str *numbers = arena_array(arena, count + 1, sizeof *numbers),
		   *versions = arena_array(arena, count + 1, sizeof *versions);
	size_t used = 0;

	for (size_t i = 0; i < count; i++)
		if (items[i]->undone_version) {
			numbers[used] = arena_printf(arena, "%" PRId64, items[i]->number);
			versions[used++] = arena_printf(arena, "%" PRId64, items[i]->undone_version);
		}
	*undone += (int64_t)used;
	return used ? ttx_exec(tx, &note_undone,
			       ARGS(arg_uuid(arena, import->id), arg_array(arena, numbers, used),
				    arg_array(arena, versions, used)),
			       NULL)
		    : OK;
}

static enum err undo_items(struct ttx *tx, const struct import *import, struct done *items, size_t count,
			   int64_t *undone)
{
	struct arena *arena = ttx_arena(tx);
	struct done **round = arena_array(arena, count + 1, sizeof *round);
	size_t rounds = number_rounds(arena, items, count);
	enum err err = OK;

	for (size_t number = 0; err == OK && number < rounds; number++) {
		size_t used = 0;

		for (size_t i = 0; i < count; i++)
			if (items[i].round == number)
				round[used++] = &items[i];
		err = undo_round(tx, import, round, used);
		if (err == OK)
			err = note(tx, import, round, used, undone);
	}
	return err;
}

enum err import_undo_step(struct ttx *tx, struct import *import, size_t most, bool *more)
{
	struct arena *arena = ttx_arena(tx);
	struct done *items = arena_array(arena, most + 1, sizeof *items);
	int64_t before = import->position ? import->position : INT64_MAX, undone = 0;
	struct rows *rows;
	size_t count = 0, there = 0;
	enum err err = ttx_rows(tx, &read_done,
				ARGS(arg_uuid(arena, import->id), arg_int(arena, before), arg_int(arena, (int64_t)most),
				     arg_int(arena, (int64_t)STEP_BYTES)),
				&rows);

	while (err == OK && rows_next(rows)) {
		items[count++] = (struct done){.number = rows_int(rows, 0),
					       .created = str_is(rows_str(rows, 1), "created"),
					       .row_id = rows_uuid(rows, 2),
					       .version = rows_int(rows, 3),
					       .before = rows_str(rows, 4)};
		there = (size_t)rows_int(rows, 5);
	}
	if (err == OK && count)
		err = undo_items(tx, import, items, count, &undone);
	*more = err == OK && (count < there || there == most);
	return err ? err
		   : ttx_exec(tx, &advance_undo,
			      ARGS(arg_uuid(arena, import->id),
				   arg_int(arena, count ? items[count - 1].number : import->position),
				   arg_int(arena, undone), arg_int(arena, (int64_t)count - undone),
				   arg_text(*more ? "undoing" : "undone"),
				   *more ? arg_null() : arg_instant(arena, ttx_now(tx))),
			      NULL);
}
