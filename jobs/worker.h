/* A worker of demand-jobs: one process, one step at a time, a database connection of its own. */
#ifndef DEMAND_JOBS_WORKER_H
#define DEMAND_JOBS_WORKER_H

#include "lib/tenant/job.h"

struct jobs_plan {
	const struct config *config;
	const struct job_kind *kinds;
	size_t count;
	size_t workers; /* of this machine */
};

/* Until SIGTERM, which must be blocked: then the step that runs is finished. number: its own among the workers of this machine, from 0. */
void jobs_worker_run(const struct jobs_plan *, size_t number);

/* What it does between two waits. */
struct jobs_service;
struct jobs_service *jobs_service_new(const struct jobs_plan *, size_t number);
/* One step of a ticket that is due. E_NOTFOUND: nothing is. */
enum err jobs_service_turn(struct jobs_service *) MUST_CHECK;
void jobs_service_free(struct jobs_service *);

#endif
