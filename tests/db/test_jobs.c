/* The queue and its workers: each step once or not at all, whatever dies; companies in turn; what never gets on is given up. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "jobs/worker.h"
#include "tests/db/job_fixture.h"
#include "tests/support/database.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static struct arena *arena;
static struct pg *jobs;
static struct uuid first, second; /* companies; first < second */

/* ---- work of the tests ---- */

STATEMENT(mark, "INSERT INTO job_test.marks (tenant_id, subject) VALUES ($1, $2)");

/* A mark, then the end. */
static enum err step(struct job_run *run, enum job_next next, void (*between)(void))
{
	struct ttx *tx = ttx_begin(run->pg, run->arena, run->tenant->scope, TX_WRITE);
	enum err e = ttx_exec(tx, &mark, ARGS(arg_uuid(run->arena, run->subject)), NULL);

	if (e) {
		ttx_rollback(tx);
		return e;
	}
	if (between)
		between();
	return job_commit(run, tx, next);
}
static enum err good(struct job_run *run)
{
	return step(run, JOB_DONE, NULL);
}
STATEMENT(count_marks, "SELECT count(*) FROM job_test.marks WHERE tenant_id = $1 AND subject = $2");
/* Five steps. */
static enum err steps(struct job_run *run)
{
	struct ttx *tx = ttx_begin(run->pg, run->arena, run->tenant->scope, TX_READ);
	struct rows *row;
	int64_t done;

	if (ttx_one(tx, &count_marks, ARGS(arg_uuid(run->arena, run->subject)), &row) != OK)
		return E_BUSY;
	done = rows_int(row, 0);
	ttx_rollback(tx);
	return step(run, done < 4 ? JOB_AGAIN : JOB_DONE, NULL);
}
static enum err crash(struct job_run *run)
{
	(void)run;
	raise(SIGSEGV);
	return OK;
}
static enum err loop(struct job_run *run)
{
	for (volatile bool forever = true; forever;)
		(void)run;
	return OK;
}
static enum err refuse(struct job_run *run)
{
	(void)run;
	return E_INVALID;
}
static void a_second(void)
{
	(void)usleep(1000000);
}
static enum err slow(struct job_run *run)
{
	return step(run, JOB_DONE, a_second);
}
static void stop_here(void)
{
	raise(SIGSTOP);
}
static enum err stopped(struct job_run *run)
{
	return step(run, JOB_DONE, run->attempts == 1 ? stop_here : NULL);
}
static const struct job_kind kinds[] = {
	{.name = "test.good", .run = good, .attempts_most = 3, .seconds = 5},
	{.name = "test.steps", .run = steps, .attempts_most = 3, .seconds = 5},
	{.name = "test.crash", .run = crash, .attempts_most = 3, .seconds = 5},
	{.name = "test.loop", .run = loop, .attempts_most = 2, .seconds = 1},
	{.name = "test.refuse", .run = refuse, .attempts_most = 3, .seconds = 5},
	{.name = "test.slow", .run = slow, .attempts_most = 3, .seconds = 5},
	{.name = "test.stopped", .run = stopped, .attempts_most = 3, .seconds = 5},
	{.name = "test.long", .run = slow, .attempts_most = 3, .seconds = 5, .lengthy = true},
};

/* ---- the stage ---- */

static int setup(void **state)
{
	(void)state;
	arena = arena_new((size_t)64 * 1024 * 1024);
	jobs = pg_new(test_conninfo(), "demand_jobs");
	first = test_tenant_create("first");
	second = test_tenant_create("second");
	if (memcmp(&first, &second, sizeof first) > 0) {
		struct uuid other = first;

		first = second;
		second = other;
	}
	test_sql("CREATE SCHEMA IF NOT EXISTS job_test");
	test_sql("CREATE TABLE IF NOT EXISTS job_test.marks (tenant_id uuid, subject uuid, at timestamptz DEFAULT "
		 "clock_timestamp())");
	test_sql("GRANT USAGE ON SCHEMA job_test TO demand_jobs");
	test_sql("GRANT ALL ON job_test.marks TO demand_jobs");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	test_sql("DELETE FROM job_tickets WHERE kind LIKE 'test.%%'");
	test_sql("DROP SCHEMA job_test CASCADE");
	pg_free(jobs);
	arena_free(arena);
	test_database_close();
	return 0;
}

static int empty(void **state)
{
	(void)state;
	test_sql("DELETE FROM job_tickets WHERE kind LIKE 'test.%%'");
	test_sql("DELETE FROM job_test.marks");
	return 0;
}

static const char *id_text(struct uuid id)
{
	return uuid_text(arena, id).p;
}

static void enqueue(struct uuid tenant, const char *kind, struct uuid subject)
{
	struct scope scope = scope_of(tenant);
	struct ttx *tx = ttx_begin(test_pg_app(), arena, &scope, TX_WRITE);

	assert_int_equal(job_enqueue(tx, kind, subject, 0), OK);
	assert_int_equal(ttx_commit(tx), OK);
}

static int64_t marks(struct uuid subject)
{
	return job_number("SELECT count(*) FROM job_test.marks WHERE subject = '%s'", id_text(subject));
}

#define TICKETS "SELECT count(*) FROM job_tickets WHERE kind LIKE 'test.%%' AND "
#define tickets(condition) job_number(TICKETS condition)

static enum err claim(struct uuid *last, struct job_run *run, struct uuid *tenant)
{
	const struct job_kind *kind;

	*run = (struct job_run){0};
	return job_claim(jobs, arena, STR("test"), kinds, COUNT_OF(kinds), last, run, &kind, tenant);
}

static pid_t start_program(size_t workers)
{
	return job_program_start(kinds, COUNT_OF(kinds), workers);
}

/* Until the condition on the tickets holds for so many of them. */
#define wait_until(condition, wanted) job_wait_for(wanted, TICKETS condition)

/* ---- the queue ---- */

static void the_same_work_is_there_once(void **state)
{
	struct uuid subject = uuid_new(), last = uuid_zero(), tenant;
	struct scope scope = scope_of(first);
	struct tenant whose = {.id = first, .scope = &scope};
	struct job_run run;

	(void)state;
	enqueue(first, "test.good", subject);
	enqueue(first, "test.good", subject);
	assert_int_equal(tickets("true"), 1);
	assert_int_equal(claim(&last, &run, &tenant), OK);
	assert_true(uuid_equal(tenant, first) && uuid_equal(run.subject, subject));
	/* Asked for while it runs: it runs once more. */
	enqueue(first, "test.good", subject);
	assert_int_equal(tickets("true"), 1);
	run.tenant = &whose;
	assert_int_equal(good(&run), OK);
	assert_int_equal(tickets("state = 'waiting'"), 1);
	assert_int_equal(claim(&last, &run, &tenant), OK);
	run.tenant = &whose;
	assert_int_equal(good(&run), OK);
	assert_int_equal(tickets("true"), 0);
	assert_int_equal(marks(subject), 2);
}

static void companies_are_served_in_turn(void **state)
{
	struct uuid last = uuid_zero(), tenant;
	struct job_run run;

	(void)state;
	test_sql("INSERT INTO job_tickets (tenant_id, id, kind, subject, state, run_at, created_at) SELECT '%s', "
		 "gen_random_uuid(), 'test.good', gen_random_uuid(), 'waiting', now() - interval '1 hour', now() FROM "
		 "generate_series(1, 10000)",
		 id_text(first));
	enqueue(second, "test.good", uuid_new());
	assert_int_equal(claim(&last, &run, &tenant), OK);
	assert_true(uuid_equal(tenant, first));
	assert_int_equal(claim(&last, &run, &tenant), OK);
	assert_true(uuid_equal(tenant, second));
	assert_int_equal(claim(&last, &run, &tenant), OK);
	assert_true(uuid_equal(tenant, first));
}

static void nobody_gets_what_another_has(void **state)
{
	struct uuid subject = uuid_new(), last = uuid_zero(), tenant;
	struct job_run run;

	(void)state;
	enqueue(first, "test.good", subject);
	assert_int_equal(claim(&last, &run, &tenant), OK);
	assert_int_equal(claim(&last, &run, &tenant), E_NOTFOUND);
	/* An older program leaves alone what it does not know. */
	test_sql("UPDATE job_tickets SET kind = 'test.unknown', state = 'waiting', run_at = now() WHERE subject = '%s'",
		 id_text(subject));
	assert_int_equal(claim(&last, &run, &tenant), E_NOTFOUND);
}

static void whoever_lost_the_lease_leaves_nothing(void **state)
{
	struct uuid subject = uuid_new(), last = uuid_zero(), tenant;
	struct scope scope = scope_of(first);
	struct tenant whose = {.id = first, .scope = &scope};
	struct job_run old, new;

	(void)state;
	enqueue(first, "test.good", subject);
	assert_int_equal(claim(&last, &old, &tenant), OK);
	test_sql("UPDATE job_tickets SET run_at = now() WHERE subject = '%s'", id_text(subject));
	assert_int_equal(claim(&last, &new, &tenant), OK);
	assert_int_equal(new.attempts, 2);
	old.tenant = new.tenant = &whose;
	assert_int_equal(good(&old), E_PRECONDITION);
	assert_int_equal(marks(subject), 0);
	assert_int_equal(good(&new), OK);
	assert_int_equal(marks(subject), 1);
	assert_int_equal(good(&old), E_PRECONDITION);
	assert_int_equal(marks(subject), 1);
}

static void failures_come_later_and_later_and_end(void **state)
{
	struct uuid subject = uuid_new(), last = uuid_zero(), tenant;
	struct job_run run;
	int64_t pauses[2];

	(void)state;
	enqueue(first, "test.refuse", subject);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(claim(&last, &run, &tenant), OK);
		assert_int_equal(run.attempts, i + 1);
		assert_int_equal(job_fail(&run, tenant, &kinds[4], "refused"), OK);
		if (i < 2)
			pauses[i] = job_number("SELECT extract(epoch FROM run_at - clock_timestamp())::bigint "
					       "FROM job_tickets WHERE subject = '%s'",
					       id_text(subject));
		test_sql("UPDATE job_tickets SET run_at = now() WHERE subject = '%s'", id_text(subject));
	}
	assert_in_range(pauses[0], 3, 7);
	assert_in_range(pauses[1], 6, 13);
	assert_int_equal(tickets("state = 'dead' AND last_error = 'refused'"), 1);
	assert_int_equal(claim(&last, &run, &tenant), E_NOTFOUND);
}

/* ---- the program ---- */

static void what_kills_its_worker_is_given_up_and_others_go_on(void **state)
{
	struct uuid crashing = uuid_new(), looping = uuid_new(), other = uuid_new(), many = uuid_new();
	pid_t program;

	(void)state;
	enqueue(first, "test.crash", crashing);
	enqueue(first, "test.loop", looping);
	enqueue(second, "test.good", other);
	enqueue(second, "test.steps", many);
	program = start_program(2);
	wait_until("state = 'dead' AND last_error = 'crashed'", 2);
	wait_until("true", 2);
	job_program_stop(program);
	assert_int_equal(marks(other), 1);
	assert_int_equal(marks(many), 5);
}

static void term_lets_a_step_end_and_begins_no_other(void **state)
{
	struct uuid running = uuid_new();
	pid_t program;

	(void)state;
	enqueue(first, "test.slow", running);
	program = start_program(1);
	wait_until("state = 'running'", 1);
	enqueue(second, "test.slow", uuid_new());
	job_program_stop(program);
	assert_int_equal(marks(running), 1);
	assert_int_equal(tickets("state = 'waiting'"), 1);
	assert_int_equal(tickets("true"), 1);
}

/* A process that sleeps through its lease, as on a machine that was suspended. */
static void a_worker_that_comes_back_late_has_no_effect(void **state)
{
	struct uuid subject = uuid_new();
	struct config config = job_config();
	struct jobs_plan plan = {&config, kinds, COUNT_OF(kinds), 1};
	pid_t sleeper, program;
	sigset_t term;
	int status;

	(void)state;
	enqueue(first, "test.stopped", subject);
	(void)sigemptyset(&term);
	(void)sigaddset(&term, SIGTERM);
	sleeper = fork();
	if (sleeper == 0) {
		(void)sigprocmask(SIG_BLOCK, &term, NULL);
		jobs_worker_run(&plan, 7);
		_exit(0);
	}
	assert_int_equal(waitpid(sleeper, &status, WUNTRACED), sleeper);
	assert_true(WIFSTOPPED(status));
	test_sql("UPDATE job_tickets SET run_at = now() WHERE subject = '%s'", id_text(subject));
	program = start_program(1);
	wait_until("true", 0);
	assert_int_equal(kill(sleeper, SIGCONT), 0);
	(void)usleep(500000);
	assert_int_equal(kill(sleeper, SIGTERM), 0);
	assert_int_equal(waitpid(sleeper, &status, 0), sleeper);
	job_program_stop(program);
	assert_int_equal(marks(subject), 1);
}

static void suspended_companies_wait_and_gone_ones_are_dropped(void **state)
{
	struct uuid waiting = uuid_new(), gone = uuid_new();
	struct uuid closed = test_tenant_create("closed"), away = test_tenant_create("away");
	pid_t program;

	(void)state;
	test_sql("UPDATE tenants SET status = 'suspended' WHERE tenant_id = '%s'", id_text(closed));
	test_sql("UPDATE tenants SET status = 'cancelled' WHERE tenant_id = '%s'", id_text(away));
	enqueue(closed, "test.good", waiting);
	enqueue(away, "test.good", gone);
	program = start_program(1);
	wait_until("run_at > now() + interval '50 minutes' AND state = 'waiting' AND attempts = 0", 1);
	wait_until("true", 1);
	job_program_stop(program);
	assert_int_equal(marks(waiting) + marks(gone), 0);
}

/* The database goes away under the workers: they come back by themselves. */
static void lost_connections_are_made_again(void **state)
{
	struct uuid subject = uuid_new();
	pid_t program = start_program(2);

	(void)state;
	(void)usleep(500000);
	test_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'demand_jobs'");
	enqueue(first, "test.steps", subject);
	wait_until("true", 0);
	job_program_stop(program);
	assert_int_equal(marks(subject), 5);
}

/* What takes minutes may take all the others' turns, but never the first worker. */
static void lengthy_work_leaves_a_worker_free(void **state)
{
	struct uuid quick = uuid_new();
	pid_t program;

	(void)state;
	for (int i = 0; i < 3; i++)
		enqueue(first, "test.long", uuid_new());
	program = start_program(2);
	wait_until("state = 'running'", 1);
	(void)usleep(300000);
	assert_int_equal(tickets("state = 'running'"), 1);
	enqueue(second, "test.good", quick);
	(void)usleep(500000);
	assert_int_equal(marks(quick), 1);
	wait_until("true", 0);
	job_program_stop(program);
	/* Where there is one worker only, it does everything. */
	enqueue(first, "test.long", uuid_new());
	program = start_program(1);
	wait_until("true", 0);
	job_program_stop(program);
}

static int64_t daily(const char *condition)
{
	return job_number("SELECT count(*) FROM job_tickets WHERE tenant_id = '%s' AND kind = 'test.daily' AND %s",
			  id_text(first), condition);
}

static void daily_work_that_died_comes_again_the_next_day(void **state)
{
	(void)state;
	assert_int_equal(job_plan_daily(jobs, arena, "test.daily"), OK);
	assert_int_equal(daily("state = 'waiting'"), 1);
	test_sql("UPDATE job_tickets SET state = 'dead', run_at = now() - interval '23 hours' WHERE kind = "
		 "'test.daily'");
	assert_int_equal(job_plan_daily(jobs, arena, "test.daily"), OK);
	assert_int_equal(daily("state = 'dead'"), 1);
	assert_int_equal(daily("true"), 1);
	test_sql("UPDATE job_tickets SET run_at = now() - interval '25 hours' WHERE kind = 'test.daily'");
	assert_int_equal(job_plan_daily(jobs, arena, "test.daily"), OK);
	assert_int_equal(daily("state = 'waiting' AND attempts = 0"), 1);
	assert_int_equal(daily("true"), 1);
	/* Planned once more, it is there once. */
	assert_int_equal(job_plan_daily(jobs, arena, "test.daily"), OK);
	assert_int_equal(daily("true"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_same_work_is_there_once, empty),
		cmocka_unit_test_setup(companies_are_served_in_turn, empty),
		cmocka_unit_test_setup(nobody_gets_what_another_has, empty),
		cmocka_unit_test_setup(whoever_lost_the_lease_leaves_nothing, empty),
		cmocka_unit_test_setup(failures_come_later_and_later_and_end, empty),
		cmocka_unit_test_setup(what_kills_its_worker_is_given_up_and_others_go_on, empty),
		cmocka_unit_test_setup(term_lets_a_step_end_and_begins_no_other, empty),
		cmocka_unit_test_setup(a_worker_that_comes_back_late_has_no_effect, empty),
		cmocka_unit_test_setup(suspended_companies_wait_and_gone_ones_are_dropped, empty),
		cmocka_unit_test_setup(lost_connections_are_made_again, empty),
		cmocka_unit_test_setup(lengthy_work_leaves_a_worker_free, empty),
		cmocka_unit_test_setup(daily_work_that_died_comes_again_the_next_day, empty),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
