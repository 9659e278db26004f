/* Activities: what happened with a person: calls, mails, visits. */
#ifndef DEMAND_ACTIVITY_H
#define DEMAND_ACTIVITY_H

#include "lib/entity/entity.h"

extern const struct entity activity_entity;

#endif
