/* demand-jobs for tests: a master with workers of its own that knows the kinds of the test, and a look at its tickets. */
#ifndef DEMAND_TESTS_JOB_FIXTURE_H
#define DEMAND_TESTS_JOB_FIXTURE_H

#include "lib/base/base.h"
#include "lib/tenant/job.h"

#include <sys/types.h>

struct config job_config(void);
pid_t job_program_start(const struct job_kind *kinds, size_t count, size_t workers);
/* By TERM; it must end well. */
void job_program_stop(pid_t);

/* A number that SQL answers, as superuser. */
int64_t job_number(const char *format, ...) PRINTF(1, 2);
/* Until SQL answers that number, 30 s at most. */
void job_wait_for(int64_t wanted, const char *format, ...) PRINTF(2, 3);

#endif
