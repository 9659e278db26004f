#include "jobs/kinds.h"

#include "lib/crm/purge.h"

/* clang-format off */
const struct job_kind job_kinds[] = {
	{"trash.purge", purge_run, 5, 20, true},
};
/* clang-format on */
const size_t job_kind_count = COUNT_OF(job_kinds);
