/* What was in the trash for long enough is erased, company by company. */
#ifndef DEMAND_CRM_PURGE_H
#define DEMAND_CRM_PURGE_H

#include "lib/tenant/job.h"

#define PURGE_DAYS 30

/* One step of the daily job: up to 500 rows of one entity. */
enum err purge_run(struct job_run *) MUST_CHECK;

#endif
