/*
 * A cadence at work on a lead: starting it makes the tasks of its steps; an answer of the lead (it wrote, called or was reached by us), its end or
 * a person stops it, which cancels what is still open. One run of a cadence at a time for a lead.
 */
#ifndef DEMAND_CRM_CADENCE_RUN_H
#define DEMAND_CRM_CADENCE_RUN_H

#include "lib/entity/entity.h"

enum cadence_stop { CADENCE_STOP_REPLY = 1, CADENCE_STOP_WON, CADENCE_STOP_LOST, CADENCE_STOP_PERSON };

/*
 * E_INVALID with an error at cadence_id: unknown, not active or without steps; E_CONFLICT: it runs already. E_NOTFOUND: no such lead, or it is in the
 * trash. The tasks are the lead's owner's, else the acting user's.
 */
enum err cadence_start(struct ttx *, struct uuid lead, struct uuid cadence, struct errors *,
		       struct uuid *run) MUST_CHECK;
/* All runs of the lead. *stopped (may be NULL): how many there were. */
enum err cadence_stop(struct ttx *, struct uuid lead, enum cadence_stop reason, int64_t *stopped) MUST_CHECK;
/* The lead's end is taken back: runs that it stopped, at `since` (RFC 3339) or later, go on, with the tasks it cancelled. */
enum err cadence_resume(struct ttx *, struct uuid lead, struct str since) MUST_CHECK;
/* A task of a run was done or cancelled: the run is over when it was the last open one. */
enum err cadence_task_closed(struct ttx *, struct uuid run) MUST_CHECK;

/* What runs or has run on a lead, newest first: list of cadence, started_at, stopped_at, stop_reason, open_tasks, total_tasks; times RFC 3339. */
enum err cadence_runs_view(struct ttx *, struct uuid lead, struct value *list) MUST_CHECK;
/* The active cadences, by name: list of id, name. At most 100. */
enum err cadence_choices_view(struct ttx *, struct value *list) MUST_CHECK;

#endif
