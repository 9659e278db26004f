/* What requests carry that is no row of a table: described like one, so that it is checked and documented like one. */
#ifndef DEMAND_CRM_INPUTS_H
#define DEMAND_CRM_INPUTS_H

#include "lib/entity/entity.h"

extern const struct entity cadence_start_entity; /* cadence_id */
extern const struct entity lead_move_entity;     /* stage_id, before_id, after_id, place, lost_reason */
extern const struct entity task_snooze_entity;   /* until */

#endif
