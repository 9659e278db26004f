/* Steps of a cadence: what is to be done how long after its start. */
#ifndef DEMAND_CADENCE_STEP_H
#define DEMAND_CADENCE_STEP_H

#include "lib/entity/entity.h"

extern const struct entity cadence_step_entity;

#endif
