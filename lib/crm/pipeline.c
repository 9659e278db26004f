#include "lib/crm/pipeline.h"

#include "lib/base/clock.h"

STATEMENT(read_stages, "SELECT id, name, kind, position, stale_days FROM pipeline_stages WHERE tenant_id = $1"
		       " AND deleted_at IS NULL ORDER BY position, id LIMIT 50");

static const char *const kinds[] = {[STAGE_OPEN] = "open", [STAGE_WON] = "won", [STAGE_LOST] = "lost"};

struct rows *stages_send(struct ttx *tx)
{
	return ttx_send(tx, &read_stages, NO_ARGS);
}

enum err stages_read(struct ttx *tx, struct rows *sent, struct stages *out)
{
	struct stage *items = arena_array(ttx_arena(tx), STAGES_MOST, sizeof *items);
	enum err err = rows_wait(sent);

	*out = (struct stages){items, 0};
	while (err == OK && out->count < STAGES_MOST && rows_next(sent)) {
		struct stage *stage = &items[out->count++];

		*stage = (struct stage){
			.id = rows_uuid(sent, 0),
			.name = rows_str(sent, 1),
			.kind = STAGE_OPEN,
			.position = rows_int(sent, 3),
			.stale_days = rows_int(sent, 4),
		};
		for (size_t kind = STAGE_OPEN; kind < COUNT_OF(kinds); kind++)
			if (str_is(rows_str(sent, 2), kinds[kind]))
				stage->kind = (enum stage_kind)kind;
	}
	return err;
}

const struct stage *stage_find(const struct stages *stages, struct uuid id)
{
	for (size_t i = 0; i < stages->count; i++)
		if (uuid_equal(stages->items[i].id, id))
			return &stages->items[i];
	return NULL;
}

const struct stage *stage_first(const struct stages *stages, enum stage_kind kind)
{
	for (size_t i = 0; i < stages->count; i++)
		if (stages->items[i].kind == kind)
			return &stages->items[i];
	return NULL;
}

enum stage_kind stage_kind_of_status(struct str status)
{
	return str_is(status, "won") ? STAGE_WON : str_is(status, "lost") ? STAGE_LOST : STAGE_OPEN;
}

/* ---- a lead's status and stage ---- */

static const struct stage *stage_of(const struct record *lead, const struct stages *stages)
{
	struct str text = record_text(lead, "stage_id");
	struct uuid id;

	return !str_absent(text) && uuid_parse(text, &id) ? stage_find(stages, id) : NULL;
}

/* A lead that has left the first stage is not new any more. */
static bool fits(struct str status, const struct stage *stage, const struct stages *stages)
{
	return stage_kind_of_status(status) == stage->kind &&
	       (!str_is(status, "new") || stage == stage_first(stages, STAGE_OPEN));
}

/* The stage was moved: the status follows, unless it was set too and says something else. */
static void follow_stage(struct record *lead, const struct stage *stage, const struct stages *stages,
			 struct errors *errors)
{
	static const char *const statuses[] = {[STAGE_OPEN] = "contacted", [STAGE_WON] = "won", [STAGE_LOST] = "lost"};
	struct str status = record_text(lead, "status");
	bool set = record_before(lead) ? record_has_changed(lead, "status") : !str_is(status, "new");

	if (fits(status, stage, stages))
		return;
	if (!set)
		record_set_text(lead, "status", str_from(statuses[stage->kind]));
	else if (stage_kind_of_status(status) != stage->kind)
		errors_add(errors, "status", "contradiction", "The status does not fit the stage %.*s.",
			   STR_FMT_ARG(stage->name));
}

/* The status was set, or a new lead has no stage yet: the first stage of that kind. A company without one goes without. */
static void follow_status(struct ttx *tx, struct record *lead, const struct stage *now, const struct stages *stages)
{
	enum stage_kind kind = stage_kind_of_status(record_text(lead, "status"));
	const struct stage *first = stage_first(stages, kind);

	if ((!now || now->kind != kind) && first)
		record_set_text(lead, "stage_id", uuid_text(ttx_arena(tx), first->id));
}

static void check_lost_reason(struct record *lead, struct errors *errors)
{
	bool lost = str_is(record_text(lead, "status"), "lost");

	if (!lost && !str_absent(record_text(lead, "lost_reason")))
		record_set_text(lead, "lost_reason", STR_NONE);
	if (lost && record_has_changed(lead, "status") && str_absent(record_text(lead, "lost_reason")))
		errors_add(errors, "lost_reason", "required", "Say why it was lost: it is worth knowing next time.");
}

void lead_agree_on_stage(struct ttx *tx, struct record *lead, const struct stages *stages, struct errors *errors)
{
	const struct stage *stage = stage_of(lead, stages);

	if (stage && record_has_changed(lead, "stage_id"))
		follow_stage(lead, stage, stages, errors);
	else
		follow_status(tx, lead, stage, stages);
	check_lost_reason(lead, errors);
	if (!record_before(lead) || record_has_changed(lead, "stage_id")) {
		int64_t now = ttx_now(tx);

		/* A change that is taken back says since when it was there. */
		if (!record_has_changed(lead, "stage_since") || !record_before(lead))
			record_set_text(lead, "stage_since", clock_rfc3339(ttx_arena(tx), now));
		/* On top of its column, where the newest belongs. */
		if (!record_has_changed(lead, "stage_position"))
			record_set_text(lead, "stage_position", arena_printf(ttx_arena(tx), "%lld", (long long)-now));
	}
}
