/*
 * The stages of a company's pipeline and what they mean: a won stage is a won lead, a lost one a lost lead that says why. Used by the hooks of
 * leads, by the board and by bulk changes.
 */
#ifndef DEMAND_CRM_PIPELINE_H
#define DEMAND_CRM_PIPELINE_H

#include "lib/entity/entity.h"

enum stage_kind { STAGE_OPEN = 1, STAGE_WON, STAGE_LOST };

struct stage {
	struct uuid id;
	struct str name;
	enum stage_kind kind;
	int64_t position, stale_days; /* 0: never stale */
};
#define STAGES_MOST 50

struct stages {
	const struct stage *items; /* by position */
	size_t count;
};
/* Queued: shares the round trip of whatever is waited for next. */
struct rows *stages_send(struct ttx *);
enum err stages_read(struct ttx *, struct rows *sent, struct stages *out) MUST_CHECK;
/* NULL when there is none. */
const struct stage *stage_find(const struct stages *, struct uuid id);
const struct stage *stage_first(const struct stages *, enum stage_kind);

/* What a lead's status says about its stage: STAGE_WON for "won", STAGE_LOST for "lost", else STAGE_OPEN. */
enum stage_kind stage_kind_of_status(struct str status);

/*
 * Brings status, stage, lost_reason and stage_since of a lead that is about to be written into agreement (see lead_rules.c), with errors at the
 * fields that contradict.
 */
void lead_agree_on_stage(struct ttx *, struct record *lead, const struct stages *, struct errors *);

#endif
