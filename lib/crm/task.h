/* Tasks: what somebody promised to do, and by when. */
#ifndef DEMAND_TASK_H
#define DEMAND_TASK_H

#include "lib/entity/entity.h"

extern const struct entity task_entity;

/* In the history of tasks ("{…}") that a statement has just given another status. */
void task_tell_status(struct ttx *, struct str ids, const char *from, const char *to, int64_t when);

#endif
