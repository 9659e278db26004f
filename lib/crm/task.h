/* Tasks: what somebody promised to do, and by when. */
#ifndef DEMAND_TASK_H
#define DEMAND_TASK_H

#include "lib/entity/entity.h"

extern const struct entity task_entity;

#endif
