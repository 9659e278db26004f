/* Many people merge the same few leads at the same moment, and take that back: nothing is lost, nothing is doubled. */
#include "tests/db/tenant_fixture.h"

#include "lib/crm/entities.h"
#include "lib/crm/lead.h"
#include "lib/crm/merge.h"
#include "lib/crm/note.h"
#include "lib/entity/history.h"
#include "lib/entity/trash.h"

#define LEADS 5
#define NOTES 3 /* of each */
#define RACERS 6
#define ROUNDS 15

STATEMENT(living, "SELECT count(*) FROM leads WHERE tenant_id = $1 AND deleted_at IS NULL");
STATEMENT(open_merges, "SELECT count(*) FROM merges WHERE tenant_id = $1 AND undone_at IS NULL");
STATEMENT(counted, "SELECT current_lead_count FROM tenants WHERE tenant_id = $1");
STATEMENT(notes_of_the_living, "SELECT count(*) FROM notes n JOIN leads l ON l.tenant_id = $1 AND l.id = n.lead_id"
			       " WHERE n.tenant_id = $1 AND n.deleted_at IS NULL AND l.deleted_at IS NULL");
STATEMENT(leads_with_their_notes, "SELECT count(*) FROM (SELECT lead_id FROM notes WHERE tenant_id = $1"
				  " GROUP BY lead_id HAVING count(*) = 3) AS whole");

struct crowd {
	const struct tenant *tenant;
	struct uuid leads[LEADS];
};

static struct uuid made(struct world *world, struct ttx *tx, const struct entity *entity, const char *field,
			const char *text, const char *reference, struct uuid id)
{
	struct record *record = record_new(world->arena, entity);

	record_set_defaults(record);
	record_set_text(record, field, str_from(text));
	if (reference)
		record_set_text(record, reference, uuid_text(world->arena, id));
	MUST(entity_insert(tx, record, errors_new(world->arena)));
	return record_id(record);
}

static void make_leads(struct world *world, struct crowd *crowd)
{
	struct ttx *tx = ttx_begin(world->app, world->arena, crowd->tenant->scope, TX_WRITE);

	for (int i = 0; i < LEADS; i++) {
		crowd->leads[i] = made(world, tx, &lead_entity, "name", "Ann", NULL, uuid_zero());
		for (int note = 0; note < NOTES; note++)
			(void)made(world, tx, &note_entity, "body", "said", "lead_id", crowd->leads[i]);
	}
	MUST(ttx_commit(tx));
}

/* Refused or stepped back from: both leave everything as it was. */
static bool is_fair(enum err err)
{
	return err == OK || err == E_INVALID || err == E_CONFLICT || err == E_PRECONDITION || err == E_BUSY ||
	       err == E_NOTFOUND;
}

static enum err merge_two(struct world *world, const struct crowd *crowd, uint8_t dice)
{
	struct ttx *tx = ttx_begin(world->app, world->arena, crowd->tenant->scope, TX_WRITE);
	struct merge_order order = {
		.entity = &lead_entity,
		.kept = crowd->leads[dice % LEADS],
		.gone = crowd->leads[(dice % LEADS + 1 + dice / LEADS % (LEADS - 1)) % LEADS],
	};
	struct uuid id;
	enum err err = merge_rows(tx, &order, errors_new(world->arena), &id);

	if (err == OK)
		return ttx_commit(tx);
	ttx_rollback(tx);
	return err;
}

static enum err undo_newest(struct world *world, const struct crowd *crowd, uint8_t dice, size_t *open)
{
	struct ttx *tx = ttx_begin(world->app, world->arena, crowd->tenant->scope, TX_WRITE);
	struct history_place start = {0};
	struct merge_undone undone;
	struct merge *merges, *merge;
	size_t count, at = 0;
	enum err err = merge_list(tx, &start, &merges, &count);

	*open = 0;
	for (size_t i = 0; err == OK && i < count; i++)
		if (!merges[i].undone_at && (*open)++ == dice % 3)
			at = i;
	if (err == OK && *open) {
		err = merge_get(tx, merges[at].id, true, &merge);
		if (err == OK)
			err = merge_undo(tx, merge, errors_new(world->arena), &undone);
	}
	if (err == OK)
		return ttx_commit(tx);
	ttx_rollback(tx);
	return err;
}

static int take_part(struct world *world, int number, const void *context)
{
	const struct crowd *crowd = context;

	(void)number;
	world->arena = arena_new((size_t)64 << 20); /* a round's own */
	for (int round = 0; round < ROUNDS; round++) {
		uint8_t dice[2];
		size_t open;
		enum err err;

		random_bytes(dice, sizeof dice);
		err = dice[0] % 2 ? merge_two(world, crowd, dice[1]) : undo_newest(world, crowd, dice[1], &open);
		if (!is_fair(err))
			return 1;
		arena_reset(world->arena);
	}
	return 0;
}

static void many_merge_the_same_leads_at_once(void **state)
{
	struct world *world = *state;
	struct tenant_made made_tenant;
	struct crowd crowd = {.tenant = new_tenant(world, "enterprise", &made_tenant)};
	struct race race;
	size_t open = 1;

	make_leads(world, &crowd);
	race = run_race(RACERS, take_part, &crowd);
	assert_int_equal(race.results[0], RACERS);
	assert_int_equal(super(world, &living, crowd.tenant->id) + super(world, &open_merges, crowd.tenant->id), LEADS);
	assert_int_equal(super(world, &counted, crowd.tenant->id), super(world, &living, crowd.tenant->id));
	assert_int_equal(super(world, &notes_of_the_living, crowd.tenant->id), LEADS * NOTES);
	while (open)
		MUST(undo_newest(world, &crowd, 0, &open));
	assert_int_equal(super(world, &living, crowd.tenant->id), LEADS);
	assert_int_equal(super(world, &leads_with_their_notes, crowd.tenant->id), LEADS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(many_merge_the_same_leads_at_once)};

	entity_catalogue(entities, entities_count);
	return cmocka_run_group_tests_name("merge race", tests, world_start, world_stop);
}
