/* Tasks of a day with the buttons that clear them: partials/day_task. */
#ifndef DEMAND_DAY_VIEW_H
#define DEMAND_DAY_VIEW_H

#include "fcgi/web.h"

#include "lib/crm/my_day.h"

/* What all tasks of a page share. `back`: where the buttons lead afterwards; absent: to the person's day. */
void day_tasks_put(struct context *, bool everybody, struct str back);
struct value *day_task_view(struct context *, const struct day_task *);

#endif
