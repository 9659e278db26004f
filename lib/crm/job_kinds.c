#include "jobs/kinds.h"

#include "lib/crm/duplicate.h"
#include "lib/crm/import.h"
#include "lib/crm/import_job.h"
#include "lib/crm/purge.h"
#include "lib/tenant/archive_request.h"

/* clang-format off */
const struct job_kind job_kinds[] = {
	{ARCHIVE_JOB, archive_run, ARCHIVE_ATTEMPTS, ARCHIVE_SECONDS, false},
	{IMPORT_JOB, import_run, IMPORT_ATTEMPTS, 30, false},
	{"file.purge", file_purge_run, 5, 20, true},
	{DUPLICATE_JOB, duplicate_run, 5, 30, true},
	{"trash.purge", purge_run, 5, 20, true},
};
/* clang-format on */
const size_t job_kind_count = COUNT_OF(job_kinds);
