#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/db/job_fixture.h"

#include "jobs/master.h"
#include "tests/support/database.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define SQL_MOST 1000

struct config job_config(void)
{
	return (struct config){.database = test_conninfo(), .jobs_role = "demand_jobs"};
}

pid_t job_program_start(const struct job_kind *kinds, size_t count, size_t workers)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct config config = job_config();
		struct jobs_plan plan = {&config, kinds, count, workers};

		/* The test framework would take a crash for its own. */
		(void)signal(SIGSEGV, SIG_DFL);
		_exit(jobs_master_run(&plan));
	}
	assert_true(pid > 0);
	return pid;
}

void job_program_stop(pid_t pid)
{
	int status;

	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int64_t answer_of(const char *sql)
{
	int64_t out;

	assert_true(str_to_int64(test_sql_value("%s", sql), &out));
	return out;
}

int64_t job_number(const char *format, ...)
{
	char sql[SQL_MOST];
	va_list arguments;

	va_start(arguments, format);
	assert_true(vsnprintf(sql, sizeof sql, format, arguments) < SQL_MOST);
	va_end(arguments);
	return answer_of(sql);
}

void job_wait_for(int64_t wanted, const char *format, ...)
{
	char sql[SQL_MOST];
	va_list arguments;

	va_start(arguments, format);
	assert_true(vsnprintf(sql, sizeof sql, format, arguments) < SQL_MOST);
	va_end(arguments);
	for (int i = 0; i < 300 && answer_of(sql) != wanted; i++)
		(void)usleep(100000);
	assert_int_equal(answer_of(sql), wanted);
}
