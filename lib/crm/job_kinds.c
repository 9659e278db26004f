#include "lib/crm/job_kinds.h"

#include "lib/crm/duplicate.h"
#include "lib/crm/import.h"
#include "lib/crm/import_job.h"
#include "lib/crm/purge.h"
#include "lib/tenant/archive_request.h"

const struct job_kind job_kinds[] = {
	{.name = ARCHIVE_JOB,
	 .run = archive_run,
	 .gave_up = archive_give_up,
	 .revive = archive_revive,
	 .attempts_most = ARCHIVE_ATTEMPTS,
	 .seconds = ARCHIVE_SECONDS,
	 .lengthy = true},
	{.name = IMPORT_JOB,
	 .run = import_run,
	 .gave_up = import_give_up,
	 .revive = import_revive,
	 .attempts_most = IMPORT_ATTEMPTS,
	 .seconds = 30},
	{.name = "file.purge", .run = file_purge_run, .attempts_most = 5, .seconds = 20, .daily = true},
	{.name = DUPLICATE_JOB, .run = duplicate_run, .attempts_most = 5, .seconds = 30, .daily = true},
	{.name = "trash.purge", .run = purge_run, .attempts_most = 5, .seconds = 20, .daily = true},
};
const size_t job_kind_count = COUNT_OF(job_kinds);
