/* The import as a kind of job (lib/crm/job_kinds.c). */
#ifndef DEMAND_CRM_IMPORT_JOB_H
#define DEMAND_CRM_IMPORT_JOB_H

#include "lib/tenant/job.h"

/* One step of the import, or of its undo, that the ticket is about. */
enum err import_run(struct job_run *);

/* Once a day: files whose day has come. */
enum err file_purge_run(struct job_run *);

#endif
