/* What points at a row: read from the entities' own tables, and the few columns that no entity describes. */
#include "lib/crm/merge_internal.h"

#include "lib/base/clock.h"
#include "lib/crm/entities.h"
#include "lib/entity/history.h"

const char *const merge_entities[] = {"leads", "contacts", "properties", NULL};

bool merge_fits(const struct entity *entity)
{
	for (size_t i = 0; entity && merge_entities[i]; i++)
		if (strcmp(entity->plural, merge_entities[i]) == 0)
			return true;
	return false;
}

/* Columns that are no field of an entity. The way of a lead over the board is its own: the kept one has its own too. */
static const struct {
	const char *of;
	struct merge_link link;
} own_links[] = {
	{"leads", {"cadence_runs", "lead_id", "follow-up", "follow-ups", NULL, MERGE_MOVES}},
	{"leads",
	 {"web_requests", "lead_id", "request from a web form", "requests from a web form", NULL, MERGE_MOVES}},
	{"leads", {"stage_moves", "lead_id", "stage move", "stage moves", NULL, MERGE_STAYS}},
};

static const char *in_sentence(struct arena *arena, const char *label)
{
	return arena_printf(arena, "%c%s", label[0] >= 'A' && label[0] <= 'Z' ? label[0] | 0x20 : label[0], label + 1)
		.p;
}

size_t merge_links(const struct entity *entity, struct merge_link out[MERGE_LINKS_MOST])
{
	size_t count = 0;

	for (size_t e = 0; e < entities_count; e++)
		for (size_t f = 0; f < entities[e]->field_count; f++) {
			const struct field *field = &entities[e]->fields[f];

			if (field->type == FIELD_REFERENCE && strcmp(field->references, entity->table) == 0 &&
			    count < MERGE_LINKS_MOST)
				out[count++] =
					(struct merge_link){entities[e]->table,        field->name, entities[e]->label,
							    entities[e]->label_plural, entities[e], MERGE_MOVES};
		}
	for (size_t i = 0; i < COUNT_OF(own_links); i++)
		if (strcmp(own_links[i].of, entity->table) == 0 && count < MERGE_LINKS_MOST)
			out[count++] = own_links[i].link;
	return count;
}

/* ---- counting ---- */

enum err links_count(struct ttx *tx, const struct merge_link *links, size_t count, struct uuid row, int64_t *living,
		     int64_t *all)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *sent[MERGE_LINKS_MOST];
	enum err err = OK;

	/* The limit bounds what a count may cost: beyond it nothing is merged. */
	for (size_t i = 0; i < count; i++)
		sent[i] = ttx_send_text(
			tx, "merge_count",
			arena_printf(arena,
				     "SELECT count(*) FILTER (WHERE lives), count(*) FROM (SELECT %s AS lives FROM %s"
				     " WHERE tenant_id = $1 AND %s = $2 LIMIT %d) AS pointing",
				     links[i].entity && links[i].entity->trash ? "deleted_at IS NULL" : "true",
				     links[i].table, links[i].column, MERGE_ROWS_MOST + 1),
			ARGS(arg_uuid(arena, row)));
	for (size_t i = 0; err == OK && i < count; i++) {
		err = rows_wait(sent[i]);
		if (err == OK && rows_next(sent[i])) {
			living[i] = rows_int(sent[i], 0);
			all[i] = rows_int(sent[i], 1);
		}
	}
	return err;
}

/* "3 activities, 1 task and 2 properties" */
struct str merge_parts_words(struct arena *arena, const struct merge_preview *preview)
{
	struct buffer out = BUFFER_IN(arena);

	for (size_t i = 0; i < preview->part_count; i++) {
		const struct merge_part *part = &preview->parts[i];

		buffer_printf(&out, "%s%lld %s",
			      i == 0                        ? ""
			      : i + 1 < preview->part_count ? ", "
							    : " and ",
			      (long long)part->count,
			      in_sentence(arena, part->count == 1 ? part->link->one : part->link->many));
	}
	return out.length ? buffer_str(&out) : STR("nothing");
}

/* ---- moving ---- */

/* The entry that each moved row gets in its history: its reference was changed. */
static void send_history(struct ttx *tx, const struct merge_link *link, struct str ids, struct uuid from,
			 struct uuid to, int64_t when)
{
	struct arena *arena = ttx_arena(tx);
	struct value *changes = value_list(arena);

	history_change_put(changes, link->column, uuid_text(arena, from), uuid_text(arena, to));
	history_send_rows(tx, HISTORY_CHANGED, link->entity, ids, changes, when);
}

static enum err move_rows(struct ttx *tx, const struct merge_link *link, struct str ids, struct uuid from,
			  struct uuid to, struct str *moved, int64_t *count)
{
	struct arena *arena = ttx_arena(tx);
	int64_t when = ttx_now(tx);
	struct str sql =
		arena_printf(arena,
			     "UPDATE %s SET %s = $2%s WHERE tenant_id = $1 AND %s = $3 AND id = ANY($4::uuid[])"
			     " RETURNING id",
			     link->table, link->column, link->entity ? ", version = version + 1, updated_at = $5" : "",
			     link->column);
	struct argument all[] = {arg_uuid(arena, to), arg_uuid(arena, from), arg_str(ids), arg_instant(arena, when)};
	struct rows *rows;
	enum err err = ttx_rows_text(tx, "merge_move", sql, (struct arguments){all, link->entity ? 4 : 3}, &rows);

	if (err)
		return err;
	*count += (int64_t)rows_count(rows);
	*moved = rows_ids(arena, rows);
	if (link->entity && rows_count(rows))
		send_history(tx, link, *moved, from, to, when);
	return OK;
}

/* In the order of their ids, as whoever else locks several rows does. */
static enum err hold_rows(struct ttx *tx, const struct merge_link *link, struct uuid row, int64_t most,
			  struct rows **rows)
{
	struct arena *arena = ttx_arena(tx);
	struct str sql = arena_printf(arena,
				      "SELECT id FROM %s WHERE tenant_id = $1 AND %s = $2 ORDER BY id LIMIT $3::bigint"
				      " FOR NO KEY UPDATE",
				      link->table, link->column);

	return ttx_rows_text(tx, "merge_hold", sql, ARGS(arg_uuid(arena, row), arg_int(arena, most)), rows);
}

static void note_moved(struct value *moved, const struct merge_link *link, struct str ids)
{
	struct value *entry = value_map(value_arena(moved));

	value_put_text(entry, "table", link->table);
	value_put_text(entry, "column", link->column);
	value_put_str(entry, "ids", ids);
	value_append(moved, entry);
}

enum err links_move(struct ttx *tx, const struct entity *entity, struct uuid from, struct uuid to, struct value *moved,
		    int64_t *rows)
{
	struct merge_link links[MERGE_LINKS_MOST];
	size_t count = merge_links(entity, links);
	enum err err = OK;

	*rows = 0;
	for (size_t i = 0; err == OK && i < count; i++) {
		struct rows *held;
		struct str ids;

		if (links[i].way != MERGE_MOVES)
			continue;
		err = hold_rows(tx, &links[i], from, MERGE_ROWS_MOST + 1 - *rows, &held);
		if (err || rows_count(held) == 0)
			continue;
		if (*rows + (int64_t)rows_count(held) > MERGE_ROWS_MOST)
			return E_CONFLICT;
		err = move_rows(tx, &links[i], rows_ids(ttx_arena(tx), held), from, to, &ids, rows);
		if (err == OK)
			note_moved(moved, &links[i], ids);
	}
	return err;
}

/* ---- and back ---- */

static const struct merge_link *link_of(const struct merge_link *links, size_t count, const struct value *entry)
{
	for (size_t i = 0; i < count; i++)
		if (str_is(value_as_str(value_get(entry, STR("table"))), links[i].table) &&
		    str_is(value_as_str(value_get(entry, STR("column"))), links[i].column))
			return &links[i];
	return NULL;
}

enum err links_move_back(struct ttx *tx, const struct entity *entity, const struct value *moved, struct uuid from,
			 struct uuid to, int64_t *back)
{
	struct merge_link links[MERGE_LINKS_MOST];
	size_t count = merge_links(entity, links);
	enum err err = OK;

	for (size_t i = 0; err == OK && i < value_count(moved); i++) {
		const struct value *entry = value_at(moved, i);
		const struct merge_link *link = link_of(links, count, entry);
		struct str ids;

		/* Otherwise a table that the product has no more. */
		if (link)
			err = move_rows(tx, link, value_as_str(value_get(entry, STR("ids"))), from, to, &ids, back);
	}
	return err;
}
