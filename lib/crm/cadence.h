/* Cadences: lists of steps that become tasks when one is started on a lead. */
#ifndef DEMAND_CADENCE_H
#define DEMAND_CADENCE_H

#include "lib/entity/entity.h"

extern const struct entity cadence_entity;

#endif
