/* The master of demand-jobs: keeps its workers alive, and lets them finish their step on TERM. */
#ifndef DEMAND_JOBS_MASTER_H
#define DEMAND_JOBS_MASTER_H

#include "jobs/worker.h"

/* Until TERM or INT; the exit code. Its workers run in processes of their own, which end with it. */
int jobs_master_run(const struct jobs_plan *);

#endif
