#include "lib/crm/sample_data.h"

#include "lib/base/clock.h"
#include "lib/crm/lead.h"
#include "lib/crm/pipeline.h"
#include "lib/crm/sample_rows.h"
#include "lib/crm/tag.h"
#include "lib/entity/local_time.h"
#include "lib/tenant/usage.h"

#define MINUTE (60 * MICROSECONDS_PER_SECOND)

bool sample_fills(const struct entity *entity)
{
	/* By name: an entity with a company's own fields is a copy. */
	for (size_t i = 0; i < sample_rows_count; i++)
		if (strcmp(sample_rows[i].entity->plural, entity->plural) == 0)
			return true;
	return false;
}

static bool is_lead(const struct sample_row *row)
{
	return row->entity == &lead_entity && !row->change;
}

size_t sample_lead_count(void)
{
	size_t count = 0;

	for (size_t i = 0; i < sample_rows_count; i++)
		count += is_lead(&sample_rows[i]);
	return count;
}

/* ---- the words of the table ---- */

struct made {
	struct uuid id;
	bool is_there; /* a tag of that name was there before, and is not ours */
};

struct writing {
	struct ttx *tx;
	struct errors *errors;
	struct stages stages;
	struct made *made; /* by the place in the table */
	int64_t now;
	int64_t added;
};

/* "2": the second open stage, or the last; "won", "lost". Absent when the company has none of the kind. */
static struct str stage_word(const struct writing *w, struct str word)
{
	const struct stage *found = NULL;
	int64_t number = 0, nth = 0;

	if (str_to_int64(word, &number)) {
		for (size_t i = 0; i < w->stages.count && nth < number; i++)
			if (w->stages.items[i].kind == STAGE_OPEN) {
				found = &w->stages.items[i];
				nth++;
			}
	} else {
		found = stage_first(&w->stages, str_is(word, "won") ? STAGE_WON : STAGE_LOST);
	}
	return found ? uuid_text(ttx_arena(w->tx), found->id) : STR_NONE;
}

/* The row above that has the key, not a change of it. */
static const struct made *row_of(const struct writing *w, struct str key)
{
	for (size_t i = 0; i < sample_rows_count; i++)
		if (sample_rows[i].key && !sample_rows[i].change && str_is(key, sample_rows[i].key))
			return &w->made[i];
	return NULL;
}

static struct str reference_word(const struct writing *w, const struct field *field, struct str word)
{
	struct arena *arena = ttx_arena(w->tx);
	const struct ttx_actor *actor = ttx_actor(w->tx);
	const struct made *row;

	if (strcmp(field->references, "pipeline_stages") == 0)
		return stage_word(w, word);
	if (strcmp(field->references, "tenant_users") == 0)
		return actor->kind == ACTOR_USER ? uuid_text(arena, actor->id) : STR_NONE;
	row = row_of(w, word);
	return row ? uuid_text(arena, row->id) : STR_NONE;
}

/* "-400" */
static struct str day_word(const struct writing *w, struct str word)
{
	int64_t days = 0;

	if (word.n > 1 && word.p[0] == '+')
		word = (struct str){word.p + 1, word.n - 1};
	return str_to_int64(word, &days) ? local_day(ttx_arena(w->tx), local_shift(w->now, days, 'd')) : STR_NONE;
}

/* "now", "soon", "-1 16:00" */
static int64_t instant_word(const struct writing *w, struct str word)
{
	struct arena *arena = ttx_arena(w->tx);
	struct str day = str_split(&word, ' ');
	int64_t instant = ttx_now(w->tx), midnight;

	if (str_is(day, "soon")) {
		instant = w->now + 120 * MINUTE;
		if (local_day_start(local_day(arena, w->now), 1, &midnight) && instant >= midnight)
			instant = midnight - MINUTE;
	} else if (!str_is(day, "now")) {
		day = arena_printf(arena, "%.*sT%.*s", STR_FMT_ARG(day_word(w, day)), STR_FMT_ARG(word));
		if (!local_from_wall(day, &instant))
			return 0;
	}
	return instant;
}

static struct str stored_word(const struct writing *w, const struct field *field, struct str word)
{
	if (field->type == FIELD_REFERENCE)
		return reference_word(w, field, word);
	if (field->type == FIELD_DATE)
		return day_word(w, word);
	if (field->type == FIELD_INSTANT)
		return clock_rfc3339(ttx_arena(w->tx), instant_word(w, word));
	return word;
}

static void set_values(const struct writing *w, const struct sample_row *row, struct record *record)
{
	for (size_t i = 0; i < SAMPLE_VALUES_MOST && row->values[i].field; i++) {
		int index = entity_field(row->entity, str_from(row->values[i].field));

		if (index >= 0)
			record_set(record, index,
				   stored_word(w, &row->entity->fields[index], str_from(row->values[i].text)));
	}
}

/* ---- adding ---- */

STATEMENT(same_tag, "SELECT 1 FROM tags WHERE tenant_id = $1 AND name = $2 AND deleted_at IS NULL");
STATEMENT(remember, "INSERT INTO sample_rows (tenant_id, entity, row_id) VALUES ($1, $2, $3)");

static enum err add_row(struct writing *w, const struct sample_row *row, struct made *made)
{
	struct arena *arena = ttx_arena(w->tx);
	struct record *record = record_new(arena, row->entity);
	struct rows *rows;
	enum err err = OK;

	set_values(w, row, record);
	if (row->entity == &tag_entity) {
		err = ttx_rows(w->tx, &same_tag, ARGS(arg_str(record_text(record, "name"))), &rows);
		made->is_there = err == OK && rows_count(rows) > 0;
	}
	if (err || made->is_there)
		return err;
	record_set_defaults(record);
	err = entity_insert(w->tx, record, w->errors);
	if (err)
		return err;
	made->id = record_id(record);
	w->added++;
	(void)ttx_send(w->tx, &remember, ARGS(arg_text(row->entity->plural), arg_uuid(arena, made->id)));
	return OK;
}

static enum err change_row(struct writing *w, const struct sample_row *row)
{
	struct record *current, *change = record_new(ttx_arena(w->tx), row->entity), *next;
	const struct made *made = row_of(w, str_from(row->key));
	enum err err = made ? entity_get(w->tx, row->entity, made->id, &current) : E_INTERNAL;

	if (err)
		return err;
	set_values(w, row, change);
	return entity_update(w->tx, current, change, w->errors, &next);
}

static enum err write_rows(struct writing *w)
{
	enum err err = OK;

	for (size_t i = 0; err == OK && i < sample_rows_count; i++) {
		ttx_set_back(w->tx, sample_rows[i].minutes_ago * MINUTE);
		err = sample_rows[i].change ? change_row(w, &sample_rows[i]) : add_row(w, &sample_rows[i], &w->made[i]);
	}
	ttx_set_back(w->tx, 0);
	return err;
}

/* Two at the same moment: the second waits here, and then sees what the first has added. */
STATEMENT(one_at_a_time, "SELECT 1 FROM tenants WHERE tenant_id = $1 FOR NO KEY UPDATE");
STATEMENT(forget, "DELETE FROM sample_rows WHERE tenant_id = $1");

enum err sample_add(struct ttx *tx, struct errors *errors, int64_t *added)
{
	struct writing w = {.tx = tx, .errors = errors, .now = clock_now()};
	struct rows *rows, *sent;
	bool present;
	enum err err = ttx_rows(tx, &one_at_a_time, NO_ARGS, &rows);

	*added = 0;
	if (err == OK)
		err = sample_present_read(sample_present_send(tx), &present);
	if (err || present)
		return err;
	(void)ttx_send(tx, &forget, NO_ARGS); /* of rows that were erased one by one */
	sent = stages_send(tx);
	err = stages_read(tx, sent, &w.stages);
	w.made = arena_array(ttx_arena(tx), sample_rows_count, sizeof *w.made);
	if (err == OK)
		err = write_rows(&w);
	if (err == OK)
		err = usage_uncount(tx, LIMIT_LEADS, (int64_t)sample_lead_count());
	*added = err == OK ? w.added : 0;
	return err;
}
