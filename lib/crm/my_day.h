/*
 * What is to be done: a person's open tasks by when they are due, and the two things that are done to them from there.
 */
#ifndef DEMAND_CRM_MY_DAY_H
#define DEMAND_CRM_MY_DAY_H

#include "lib/entity/entity.h"

/* In the zone of the request (local_time_zone). A snoozed task belongs to the time it comes back, not to the one it was due. */
enum day_part { DAY_OVERDUE = 1, DAY_TODAY, DAY_SOON /* the next seven days */, DAY_SNOOZED };

struct day_task {
	struct uuid id, lead_id, contact_id; /* zero: none */
	int64_t version, due_at, shown_at;   /* shown_at: due, or the end of the snooze */
	enum day_part part;
	struct str title, kind, priority, repeat, assignee; /* assignee: the person's name; absent: nobody */
	struct str who, phone;                              /* of the lead, else of the contact; absent: none */
};

#define DAY_TASKS_MOST 200

struct day {
	struct day_task *tasks; /* by shown_at */
	size_t count;
	size_t parts[DAY_SNOOZED + 1]; /* how many are in each */
	bool more;                     /* there are more than DAY_TASKS_MOST */
};
/* user zero: everybody's, and those that are nobody's. Sent, then read. */
struct rows *my_day_send(struct ttx *, struct uuid user);
enum err my_day_read(struct ttx *, struct rows *sent, struct day *out) MUST_CHECK;

/* The end of a snooze by its word: "hour", "tomorrow" (8 in the morning), "week" (Monday, 8 in the morning). False: no such word. */
bool snooze_until(struct arena *, struct str word, int64_t now, int64_t *out) MUST_CHECK;

#endif
