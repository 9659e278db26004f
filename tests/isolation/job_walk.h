/*
 * Every kind of job at work for some companies while others look on: prepared as a person would, and done turn by turn as demand-jobs does it.
 *
 * A has the same to do, but later; B and E have it done; T is E's twin: its rows have the same ids, and a step of the same number is under way there.
 */
#ifndef DEMAND_ISOLATION_JOB_WALK_H
#define DEMAND_ISOLATION_JOB_WALK_H

#include "lib/crm/job_kinds.h"
#include "tests/isolation/fixture.h"

struct job_case {
	const char *kind, *what;
	void (*prepare)(const struct planted *); /* something to do, and its ticket, due now */
	bool (*done)(const struct planted *);    /* all of it */
	const char *told; /* the table that says in transactions of its own how far it is; NULL: none */
};
extern const struct job_case job_cases[];
extern const size_t job_cases_count;
/* One that the product knows and that has no case; NULL: each has one. */
const char *job_kind_without_case(void);

/* ---- the worker, of the role demand_jobs ---- */

void job_worker_start(void);
void job_worker_stop(void);
/* One turn. E_NOTFOUND: nothing is due. */
enum err job_turn(void);
/* Its tickets wait until tomorrow, or are due. kind NULL: all. */
void job_tomorrow(const struct planted *);
void job_today(const struct planted *, const char *kind);

/* ---- the walk ---- */

extern struct job_walk {
	bool quiet;             /* nothing is printed */
	bool hasty;             /* over at the first failure */
	bool shares_tickets;    /* the twin's tickets have the ids of E's */
	void (*walls)(bool up); /* called before and after the worker's turns; may be NULL */
	size_t turns, files, failures;
	char first[300]; /* the first failure */
} job_walk;
/* Makes the companies, once. */
void job_walk_plant(void);
/* Each case, and each kind given up and tried again. */
void job_walk_all(void);
/* Of one company, for what is recorded meanwhile. */
void job_walk_alone(const struct planted *);

#endif
