/*
 * Isolation: demand-jobs. Each kind of job is done for two companies while two others look on: the rows of those are as before, and nothing that was
 * made, rows or files, holds a text of theirs.
 */
#include "tests/isolation/job_walk.h"

#include <stdio.h>

static void every_kind_of_job_has_a_case(void **state)
{
	(void)state;
	if (job_kind_without_case())
		fail_msg("no fixture for the job %s", job_kind_without_case());
}

static void no_job_touches_another_company(void **state)
{
	(void)state;
	job_walk_plant();
	job_walk_all();
	printf("figure: jobs: %zu turns in %zu cases of %zu kinds, %zu archives read, %zu failures\n", job_walk.turns,
	       job_cases_count, job_kind_count, job_walk.files, job_walk.failures);
	assert_int_equal(job_walk.failures, 0);
	assert_true(job_walk.files >= 2);
	job_worker_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_job_has_a_case),
		cmocka_unit_test(no_job_touches_another_company),
	};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
