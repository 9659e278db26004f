/* What a company begins with: a pipeline and a cadence that fit an estimate, to be changed as it likes. */
#include "lib/tenant/tenant_internal.h"

static const struct {
	const char *name, *kind;
	int64_t stale_days; /* 0: never */
} stages[] = {
	{"New", "open", 1},           {"Contacted", "open", 7}, {"Estimate booked", "open", 7},
	{"Estimate sent", "open", 9}, {"Won", "won", 0},        {"Lost", "lost", 0},
};

static const struct {
	int64_t delay_hours;
	const char *kind, *title;
} steps[] = {
	{24, "sms", "Text: any questions about the estimate?"},
	{72, "call", "Call about the estimate"},
	{7 * 24, "email", "Last e-mail about the estimate"},
};

STATEMENT(insert_stage,
	  "INSERT INTO pipeline_stages (tenant_id, id, name, kind, position, stale_days, created_at, updated_at)"
	  " VALUES ($1, $2, $3, $4, $5, $6, $7, $7)");
STATEMENT(insert_cadence, "INSERT INTO cadences (tenant_id, id, name, created_at, updated_at) VALUES ($1, $2, "
			  "'Estimate follow-up', $3, $3)");
STATEMENT(insert_step,
	  "INSERT INTO cadence_steps (tenant_id, id, cadence_id, delay_hours, kind, title, created_at, updated_at)"
	  " VALUES ($1, $2, $3, $4, $5, $6, $7, $7)");

enum err provision_defaults(struct stx *tx, struct uuid tenant_id, int64_t now)
{
	struct arena *arena = stx_arena(tx);
	struct argument tenant = arg_uuid(arena, tenant_id), at = arg_instant(arena, now);
	struct argument cadence = arg_uuid(arena, uuid_new());
	enum err err = OK;

	for (size_t i = 0; !err && i < COUNT_OF(stages); i++)
		err = stx_exec(tx, &insert_stage,
			       ARGS(tenant, arg_uuid(arena, uuid_new()), arg_text(stages[i].name),
				    arg_text(stages[i].kind), arg_int(arena, (int64_t)(i + 1) * 10),
				    arg_int(arena, stages[i].stale_days), at),
			       NULL);
	if (!err)
		err = stx_exec(tx, &insert_cadence, ARGS(tenant, cadence, at), NULL);
	for (size_t i = 0; !err && i < COUNT_OF(steps); i++)
		err = stx_exec(tx, &insert_step,
			       ARGS(tenant, arg_uuid(arena, uuid_new()), cadence, arg_int(arena, steps[i].delay_hours),
				    arg_text(steps[i].kind), arg_text(steps[i].title), at),
			       NULL);
	return err;
}
