/* What there is of the sample data, and the way out of it. */
#include "lib/crm/sample_data.h"

#include "lib/crm/entities.h"
#include "lib/crm/lead.h"
#include "lib/crm/tag.h"
#include "lib/entity/trash.h"
#include "lib/tenant/usage.h"

/* ---- whether there is any ---- */

struct rows *sample_present_send(struct ttx *tx)
{
	struct buffer sql = BUFFER_IN(ttx_arena(tx));

	buffer_add_str(&sql, STR("SELECT "));
	for (size_t i = 0, some = 0; i < entities_count; i++)
		if (sample_fills(entities[i]))
			buffer_printf(&sql,
				      "%sEXISTS (SELECT 1 FROM sample_rows s JOIN %s r ON r.tenant_id = $1 AND"
				      " r.id = s.row_id WHERE s.tenant_id = $1 AND s.entity = '%s')",
				      some++ ? " OR " : "", entities[i]->table, entities[i]->plural);
	return ttx_send_text(tx, "sample_present", buffer_str(&sql), NO_ARGS);
}

enum err sample_present_read(struct rows *sent, bool *present)
{
	enum err err = rows_wait(sent);

	*present = err == OK && rows_next(sent) && rows_bool(sent, 0);
	return err;
}

/* ---- how much goes ---- */

/* The ids of the sample by entity, as "{…}"; empty: none. Then all that goes with them. */
struct going {
	struct ttx *tx;
	struct str sample[SAMPLE_PARTS_MOST];
	struct buffer all[SAMPLE_PARTS_MOST]; /* without the braces */
};

static size_t place_of(const struct entity *entity)
{
	size_t i = 0;

	while (i < entities_count && entities[i] != entity)
		i++;
	return i;
}

STATEMENT(read_rows, "SELECT entity, row_id FROM sample_rows WHERE tenant_id = $1 ORDER BY entity, row_id");
/* Of two that remove at the same moment the second waits here, and then finds none. */
STATEMENT(hold_rows, "SELECT entity, row_id FROM sample_rows WHERE tenant_id = $1 ORDER BY entity, row_id FOR UPDATE");

static enum err read_sample(struct going *going, const struct statement *statement)
{
	struct arena *arena = ttx_arena(going->tx);
	struct buffer none = BUFFER_IN(arena), ids[SAMPLE_PARTS_MOST];
	struct rows *rows;
	enum err err = ttx_rows(going->tx, statement, NO_ARGS, &rows);

	for (size_t i = 0; i < SAMPLE_PARTS_MOST; i++)
		ids[i] = going->all[i] = none;
	while (err == OK && rows_next(rows)) {
		const struct entity *entity = entity_find(rows_str(rows, 0));
		size_t at = entity ? place_of(entity) : SAMPLE_PARTS_MOST;

		if (at >= SAMPLE_PARTS_MOST)
			continue;
		buffer_add_char(&ids[at], ids[at].length ? ',' : '{');
		buffer_add_str(&ids[at], rows_str(rows, 1));
	}
	for (size_t i = 0; i < SAMPLE_PARTS_MOST; i++) {
		if (ids[i].length)
			buffer_add_char(&ids[i], '}');
		going->sample[i] = buffer_str(&ids[i]);
	}
	return err;
}

static void note_going(void *context, const struct entity *entity, struct str ids)
{
	struct going *going = context;
	size_t at = place_of(entity);

	if (at >= SAMPLE_PARTS_MOST)
		return;
	if (going->all[at].length)
		buffer_add_char(&going->all[at], ',');
	buffer_add_str(&going->all[at], (struct str){ids.p + 1, ids.n - 2});
}

static struct str all_ids(const struct going *going, size_t at)
{
	return arena_printf(ttx_arena(going->tx), "{%.*s}", STR_FMT_ARG(buffer_str(&going->all[at])));
}

static enum err count_untagged(struct going *going, size_t at, struct sample_part *part)
{
	struct str tags = going->sample[place_of(&tag_entity)];
	struct str sql;
	struct rows *rows;
	enum err err;

	if (!entities[at]->tags_table || !tags.n)
		return OK;
	sql = arena_printf(ttx_arena(going->tx),
			   "SELECT count(DISTINCT row_id) FROM %s WHERE tenant_id = $1 AND tag_id = ANY($2::uuid[])"
			   " AND row_id <> ALL($3::uuid[])",
			   entities[at]->tags_table);
	err = ttx_rows_text(going->tx, "sample_untagged", sql, ARGS(arg_str(tags), arg_str(all_ids(going, at))), &rows);
	if (err == OK && rows_next(rows))
		part->untagged = rows_int(rows, 0);
	return err;
}

static enum err count_part(struct going *going, size_t at, struct sample_part *part)
{
	struct arena *arena = ttx_arena(going->tx);
	struct rows *rows;
	struct str sql = arena_printf(arena,
				      "SELECT count(s.row_id), count(*) FROM %s r LEFT JOIN sample_rows s ON"
				      " s.tenant_id = $1 AND s.entity = '%s' AND s.row_id = r.id"
				      " WHERE r.tenant_id = $1 AND r.id = ANY($2::uuid[])",
				      entities[at]->table, entities[at]->plural);
	enum err err = ttx_rows_text(going->tx, "sample_part", sql, ARGS(arg_str(all_ids(going, at))), &rows);

	*part = (struct sample_part){.entity = entities[at]};
	if (err || !rows_next(rows))
		return err;
	part->rows = rows_int(rows, 0);
	part->attached = rows_int(rows, 1) - part->rows;
	return count_untagged(going, at, part);
}

static enum err measure(struct going *going, struct sample_extent *out)
{
	enum err err = OK;

	*out = (struct sample_extent){.count = 0};
	for (size_t i = 0; err == OK && i < entities_count && i < SAMPLE_PARTS_MOST; i++)
		if (going->sample[i].n)
			err = trash_walk(going->tx, entities[i], going->sample[i], note_going, going);
	for (size_t i = 0; err == OK && i < entities_count && i < SAMPLE_PARTS_MOST; i++) {
		struct sample_part *part = &out->parts[out->count];

		if (!going->all[i].length && !entities[i]->tags_table)
			continue;
		err = count_part(going, i, part);
		out->rows += part->rows;
		out->attached += part->attached;
		out->untagged += part->untagged;
		out->count += part->rows + part->attached + part->untagged > 0;
	}
	return err;
}

enum err sample_extent(struct ttx *tx, struct sample_extent *out)
{
	struct going going = {.tx = tx};
	enum err err = read_sample(&going, &read_rows);

	return err ? err : measure(&going, out);
}

/* ---- removing ---- */

STATEMENT(hold_leads,
	  "SELECT deleted_at IS NULL FROM leads WHERE tenant_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE");
STATEMENT(free_tasks, "UPDATE tasks SET cadence_run_id = NULL WHERE tenant_id = $1 AND cadence_run_id IN"
		      " (SELECT r.id FROM cadence_runs r WHERE r.tenant_id = $1 AND r.lead_id = ANY($2::uuid[]))");

/* The leads first, since their hooks hold the company's row last: the other way round two writers would wait for each other. */
static enum err hold_living_leads(struct going *going, int64_t *living)
{
	struct str ids = going->sample[place_of(&lead_entity)];
	struct rows *rows;
	enum err err;

	*living = 0;
	if (!ids.n)
		return OK;
	err = ttx_rows(going->tx, &hold_leads, ARGS(arg_str(ids)), &rows);
	while (err == OK && rows_next(rows))
		*living += rows_bool(rows, 0);
	/* A task of a lead's cadence that was given to another lead stays. */
	return err ? err : ttx_exec(going->tx, &free_tasks, ARGS(arg_str(ids)), NULL);
}

STATEMENT(forget_bulk_rows, "DELETE FROM bulk_action_rows b USING bulk_actions a WHERE b.tenant_id = $1"
			    " AND a.tenant_id = $1 AND a.id = b.action_id AND a.entity = $2"
			    " AND b.row_id = ANY($3::uuid[])");
STATEMENT(forget_sample, "DELETE FROM sample_rows WHERE tenant_id = $1");

static enum err erase_all(struct going *going)
{
	enum err err = OK;

	for (size_t i = 0; err == OK && i < entities_count && i < SAMPLE_PARTS_MOST; i++) {
		/* What each was before a bulk change is history, too. */
		if (going->all[i].length)
			(void)ttx_send(going->tx, &forget_bulk_rows,
				       ARGS(arg_text(entities[i]->plural), arg_str(all_ids(going, i))));
		if (going->sample[i].n)
			err = trash_erase(going->tx, entities[i], going->sample[i]);
	}
	return err ? err : ttx_exec(going->tx, &forget_sample, NO_ARGS, NULL);
}

enum err sample_remove(struct ttx *tx, struct sample_extent *out)
{
	struct going going = {.tx = tx};
	int64_t living = 0;
	enum err err = read_sample(&going, &hold_rows);

	*out = (struct sample_extent){.count = 0};
	if (err == OK)
		err = hold_living_leads(&going, &living);
	if (err == OK)
		err = measure(&going, out);
	if (err == OK)
		err = erase_all(&going);
	return err || !living ? err : usage_release(tx, LIMIT_LEADS, living);
}
