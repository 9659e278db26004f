#include "lib/crm/lead_rules.h"

#include "lib/base/clock.h"
#include "lib/crm/cadence_run.h"
#include "lib/crm/pipeline.h"
#include "lib/crm/response.h"
#include "lib/crm/shared.h"
#include "lib/entity/insert_many.h"
#include "lib/tenant/usage.h"

/* ---- score ---- */

/* value NULL: any. The sum is cut at 100. */
static const struct score_rule {
	const char *field, *value;
	int64_t points;
	const char *reason;
} score_rules[] = {
	{"urgency", "emergency", 35, "an emergency"},
	{"urgency", "no_heat", 35, "no heat"},
	{"urgency", "leak", 35, "a leak"},
	{"urgency", "no_cool", 30, "no cooling"},
	{"urgency", "no_hot_water", 30, "no hot water"},
	{"urgency", "drain", 25, "a blocked drain"},
	{"urgency", "soon", 15, "wants it soon"},
	{"urgency", "planned", 5, "plans it"},
	{"phone_e164", NULL, 20, "can be called"},
	{"email", NULL, 10, "can be mailed"},
	{"address", NULL, 10, "address is known"},
	{"zip", NULL, 5, "ZIP code is known"},
	{"source", "referral", 15, "was referred"},
	{"sms_consent", "t", 5, "may be texted"},
};
#define BY_HAND "Scored by hand"

static bool applies(const struct score_rule *rule, const struct record *lead)
{
	struct str value = record_text(lead, rule->field);

	return !str_absent(value) && (!rule->value || str_is(value, rule->value));
}

static bool is_by_hand(const struct record *lead)
{
	struct str reasons = record_text(lead, "score_reasons");

	/* Ours are lines like "+20 can be called"; no score and no reason is nobody's either. */
	return !str_absent(reasons) && !str_starts(reasons, STR("+"));
}

static void score(struct ttx *tx, struct record *lead)
{
	struct buffer reasons = BUFFER_IN(ttx_arena(tx));
	int64_t sum = 0;
	bool set =
		record_has_changed(lead, "score") && (record_before(lead) || !str_is(record_text(lead, "score"), "0"));

	if (set || record_has_changed(lead, "score_reasons")) {
		if (!record_has_changed(lead, "score_reasons") || str_absent(record_text(lead, "score_reasons")))
			record_set_text(lead, "score_reasons", STR(BY_HAND));
		return;
	}
	if (record_before(lead) && is_by_hand(lead))
		return;
	for (size_t i = 0; i < COUNT_OF(score_rules); i++)
		if (applies(&score_rules[i], lead)) {
			sum += score_rules[i].points;
			buffer_printf(&reasons, "%s+%lld %s", reasons.length ? "\n" : "",
				      (long long)score_rules[i].points, score_rules[i].reason);
		}
	record_set_text(lead, "score", arena_printf(ttx_arena(tx), "%lld", (long long)(sum > 100 ? 100 : sum)));
	record_set_text(lead, "score_reasons", reasons.length ? buffer_str(&reasons) : STR_NONE);
}

/* ---- stage and response ---- */

STATEMENT(read_company, "SELECT settings, time_zone FROM tenants WHERE tenant_id = $1");

static void first_response_by_stage(struct ttx *tx, struct record *lead)
{
	const struct record *before = record_before(lead);

	if (before && !str_absent(record_text(before, "stage_id")) && record_has_changed(lead, "stage_id") &&
	    str_absent(record_text(before, "first_response_at")))
		response_set(tx, before, lead, "stage", ttx_now(tx));
}

/* What the hooks read of the company, once for all rows of a write. */
struct company {
	struct rows *settings; /* where an answer becomes due */
	struct record *rules;
	struct stages stages;
};

static bool needs_stages(const struct record *lead)
{
	return !record_before(lead) || record_has_changed(lead, "stage_id") || record_has_changed(lead, "status") ||
	       record_has_changed(lead, "lost_reason");
}

/* When the answer is due follows from the urgency, until it was given; where none is waited for, none is. */
static bool needs_due(const struct record *lead)
{
	return !record_before(lead) ||
	       (record_has_changed(lead, "urgency") && str_absent(record_text(lead, "first_response_at")) &&
		!str_absent(record_text(lead, "response_due_at")));
}

/* One round trip. */
static enum err read_for(struct ttx *tx, bool due, struct company *company)
{
	struct rows *settings = due ? ttx_send(tx, &read_company, NO_ARGS) : NULL;
	enum err err = stages_read(tx, stages_send(tx), &company->stages);

	if (err == OK && settings && rows_wait(settings) == OK && rows_next(settings)) {
		company->settings = settings;
		company->rules = response_rules(ttx_arena(tx), rows_str(settings, 0));
	}
	return err;
}

static void set_due(struct ttx *tx, struct record *lead, const struct company *company)
{
	int64_t created, due;

	if (!company->rules || !clock_from_rfc3339(record_text(lead, "created_at"), &created))
		return;
	due = response_due(company->rules, rows_str(company->settings, 1), record_text(lead, "urgency"), created);
	record_set_text(lead, "response_due_at", due ? clock_rfc3339(ttx_arena(tx), due) : STR_NONE);
}

/* `waits`: for an answer, from the moment the lead came. */
static void agree(struct ttx *tx, struct record *lead, const struct company *company, bool waits, struct errors *errors)
{
	if (needs_stages(lead)) {
		lead_agree_on_stage(tx, lead, &company->stages, errors);
		first_response_by_stage(tx, lead);
	}
	if (waits && needs_due(lead))
		set_due(tx, lead, company);
}

/* ---- the hooks ---- */

static void derive(struct ttx *tx, enum write_kind kind, struct record *lead)
{
	crm_normalise_phone(tx, kind, lead);
	crm_date_consent(tx, kind, lead);
	score(tx, lead);
}

enum err lead_before_write(struct ttx *tx, enum write_kind kind, struct record *lead, struct errors *errors)
{
	struct company company = {0};
	enum err err = OK;

	if (kind == WRITE_DELETE)
		return OK;
	if (kind == WRITE_RESTORE) {
		/* Its stage may be gone or mean something else by now. */
		err = read_for(tx, false, &company);
		if (err == OK)
			lead_agree_on_stage(tx, lead, &company.stages, errors);
		return err == OK ? usage_claim(tx, LIMIT_LEADS, errors) : err;
	}
	derive(tx, kind, lead);
	if (needs_stages(lead) || needs_due(lead)) {
		err = read_for(tx, needs_due(lead), &company);
		if (err == OK)
			agree(tx, lead, &company, true, errors);
	}
	/* Last, since it holds the company's row until the commit. */
	return err == OK && kind == WRITE_CREATE && !errors_any(errors) ? usage_claim(tx, LIMIT_LEADS, errors) : err;
}

/* In order, while there are places. */
static enum err claim_places(struct ttx *tx, struct write *writes, size_t count)
{
	struct errors *full = errors_new(ttx_arena(tx));
	int64_t wanted = 0, claimed;
	enum err err;

	for (size_t i = 0; i < count; i++)
		wanted += writes[i].err == OK;
	err = usage_claim_many(tx, LIMIT_LEADS, wanted, &claimed);
	if (err == OK && claimed < wanted && usage_refuse(tx, LIMIT_LEADS, full) != E_LIMIT)
		return E_INTERNAL;
	for (size_t i = 0; err == OK && i < count; i++)
		if (writes[i].err == OK && claimed-- <= 0) {
			writes[i].err = E_LIMIT;
			writes[i].errors = full;
		}
	return err;
}

enum err lead_before_write_many(struct ttx *tx, enum write_kind kind, struct write *writes, size_t count)
{
	struct company company = {0};
	bool any = false, due = false;
	enum err err;

	if (kind == WRITE_DELETE)
		return OK;
	for (size_t i = 0; i < count; i++)
		if (writes[i].err == OK) {
			derive(tx, kind, writes[i].record);
			any = any || needs_stages(writes[i].record);
			due = due || needs_due(writes[i].record);
		}
	if (!any && !due)
		return OK;
	err = read_for(tx, due, &company);
	if (err)
		return err;
	for (size_t i = 0; i < count; i++) {
		struct errors *errors = write_errors(ttx_arena(tx), &writes[i]);

		if (writes[i].err)
			continue;
		agree(tx, writes[i].record, &company, !writes[i].settled, errors);
		if (errors_any(errors))
			writes[i].err = E_INVALID;
	}
	return kind == WRITE_CREATE ? claim_places(tx, writes, count) : OK;
}

STATEMENT(insert_move,
	  "INSERT INTO stage_moves (tenant_id, id, lead_id, from_stage_id, to_stage_id, moved_at, seconds, user_id)"
	  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");

/* Nobody else can say that a lead has been in its stage for longer than it was. */
static bool is_taken_back(const struct record *lead)
{
	int64_t since, since_before;

	return clock_from_rfc3339(record_text(lead, "stage_since"), &since) &&
	       clock_from_rfc3339(record_text(record_before(lead), "stage_since"), &since_before) &&
	       since < since_before;
}

static enum err record_move(struct ttx *tx, const struct record *lead)
{
	struct arena *arena = ttx_arena(tx);
	const struct record *before = record_before(lead);
	const struct ttx_actor *actor = ttx_actor(tx);
	int64_t since, moved;

	if (!before || str_absent(record_text(lead, "stage_id")) || !record_has_changed(lead, "stage_id"))
		return OK;
	if (!clock_from_rfc3339(record_text(lead, "stage_since"), &moved) ||
	    !clock_from_rfc3339(record_text(before, "stage_since"), &since))
		return E_INTERNAL;
	if (moved < since)
		moved = ttx_now(tx);
	return ttx_exec(tx, &insert_move,
			ARGS(arg_uuid(arena, uuid_new()), arg_uuid(arena, record_id(lead)),
			     arg_str(record_text(before, "stage_id")), arg_str(record_text(lead, "stage_id")),
			     arg_instant(arena, moved),
			     arg_int(arena, moved > since ? (moved - since) / MICROSECONDS_PER_SECOND : 0),
			     actor->kind == ACTOR_USER ? arg_uuid(arena, actor->id) : arg_null()),
			NULL);
}

enum err lead_after_write(struct ttx *tx, enum write_kind kind, const struct record *lead)
{
	struct str status = record_text(lead, "status");
	enum err err;

	if (kind == WRITE_DELETE)
		return usage_release(tx, LIMIT_LEADS, 1);
	if (kind == WRITE_CREATE)
		return OK;
	err = record_move(tx, lead);
	if (err || kind == WRITE_RESTORE || !record_has_changed(lead, "status"))
		return err;
	if (stage_kind_of_status(status) == STAGE_OPEN)
		return is_taken_back(lead)
			       ? cadence_resume(tx, record_id(lead), record_text(record_before(lead), "updated_at"))
			       : OK;
	return cadence_stop(tx, record_id(lead), str_is(status, "won") ? CADENCE_STOP_WON : CADENCE_STOP_LOST, NULL);
}

enum err lead_after_write_many(struct ttx *tx, enum write_kind kind, struct write *writes, size_t count)
{
	int64_t deleted = 0, refused = 0;
	enum err err = OK;

	for (size_t i = 0; err == OK && i < count; i++) {
		deleted += kind == WRITE_DELETE && writes[i].err == OK;
		refused += kind == WRITE_CREATE && writes[i].refused;
		if (kind == WRITE_UPDATE && writes[i].err == OK && !writes[i].unchanged)
			err = lead_after_write(tx, kind, writes[i].record);
	}
	/* A place was claimed for those that the database then refused. */
	return err || deleted + refused == 0 ? err : usage_release(tx, LIMIT_LEADS, deleted + refused);
}
