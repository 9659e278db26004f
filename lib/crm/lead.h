/* Leads: people who need work done, from first contact to won or lost. Each takes one place of the plan's limit. */
#ifndef DEMAND_LEAD_H
#define DEMAND_LEAD_H

#include "lib/entity/entity.h"

extern const struct entity lead_entity;

#endif
