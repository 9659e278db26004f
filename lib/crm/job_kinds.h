/* What demand-jobs knows to do: one line a kind. */
#ifndef DEMAND_CRM_JOB_KINDS_H
#define DEMAND_CRM_JOB_KINDS_H

#include "lib/tenant/job.h"

extern const struct job_kind job_kinds[];
extern const size_t job_kind_count;

#endif
