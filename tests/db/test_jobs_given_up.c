/* Work that ends in a way nobody returns from: the people who wait for it are told, and an operator can have it gone on with. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/crm/import.h"
#include "lib/tenant/archive_request.h"
#include "tests/db/job_fixture.h"
#include "tests/support/database.h"

#include <signal.h>
#include <unistd.h>

static struct arena *arena;
static struct pg *jobs;
static struct uuid tenant;

/* ---- ends ---- */

static enum err crash(struct job_run *run)
{
	(void)run;
	raise(SIGSEGV);
	return OK;
}

static enum err hang(struct job_run *run)
{
	(void)run;
	(void)sleep(60);
	return OK;
}

static enum err refuse(struct job_run *run)
{
	(void)run;
	return E_INVALID;
}

static enum err done(struct job_run *run)
{
	return job_commit(run, ttx_begin(run->pg, run->arena, run->tenant->scope, TX_WRITE), JOB_DONE);
}

/* The import and the archive as they are known, but for what a step does. */
#define KINDS(step, attempts)                                                                                          \
	{                                                                                                              \
		{.name = IMPORT_JOB,                                                                                   \
		 .run = step,                                                                                          \
		 .gave_up = import_give_up,                                                                            \
		 .revive = import_revive,                                                                              \
		 .attempts_most = attempts,                                                                            \
		 .seconds = 1},                                                                                        \
			{.name = ARCHIVE_JOB,                                                                          \
			 .run = step,                                                                                  \
			 .gave_up = archive_give_up,                                                                   \
			 .revive = archive_revive,                                                                     \
			 .attempts_most = attempts,                                                                    \
			 .seconds = 1},                                                                                \
	}
static const struct job_kind crashing[] = KINDS(crash, 2), hanging[] = KINDS(hang, 2), refusing[] = KINDS(refuse, 1),
			     working[] = KINDS(done, 2);

/* ---- the stage ---- */

static int setup(void **state)
{
	(void)state;
	arena = arena_new((size_t)64 * 1024 * 1024);
	jobs = pg_new(test_conninfo(), "demand_jobs");
	tenant = test_tenant_create("given-up");
	return 0;
}

static const char *id_text(struct uuid id)
{
	return uuid_text(arena, id).p;
}

static int empty(void **state)
{
	(void)state;
	test_sql("DELETE FROM job_tickets WHERE tenant_id = '%s'", id_text(tenant));
	test_sql("DELETE FROM archives WHERE tenant_id = '%s'", id_text(tenant));
	test_sql("DELETE FROM imports WHERE tenant_id = '%s'", id_text(tenant));
	return 0;
}

static int teardown(void **state)
{
	(void)empty(state);
	pg_free(jobs);
	arena_free(arena);
	test_database_close();
	return 0;
}

struct subject {
	const char *kind, *table, *works, *given_up;
	struct uuid id;
};

static void add(struct subject *subject)
{
	struct scope scope = scope_of(tenant);
	struct ttx *tx;

	subject->id = uuid_new();
	if (str_is(str_from(subject->table), "imports"))
		test_sql("INSERT INTO imports (tenant_id, id, entity, state, file_id, file_name, file_bytes, encoding, "
			 "delimiter, header_at, fingerprint, position, time_zone, actor_kind, actor_name, created_at) "
			 "VALUES ('%s', '%s', 'leads', '%s', gen_random_uuid(), 'a.csv', 1, 'utf-8', ',', 0, "
			 "gen_random_uuid(), 0, 'UTC', 'system', '', now())",
			 id_text(tenant), id_text(subject->id), subject->works);
	else
		test_sql("INSERT INTO archives (tenant_id, id, state, file_name, actor_kind, actor_name, created_at) "
			 "VALUES ('%s', '%s', '%s', 'a', 'system', '', now())",
			 id_text(tenant), id_text(subject->id), subject->works);
	tx = ttx_begin(test_pg_app(), arena, &scope, TX_WRITE);
	assert_int_equal(job_enqueue(tx, subject->kind, subject->id, 0), OK);
	assert_int_equal(ttx_commit(tx), OK);
}

/* What a company may have at work: an import, one that is taken back, and an archive. */
#define SUBJECTS                                                                                                       \
	{                                                                                                              \
		{.kind = IMPORT_JOB, .table = "imports", .works = "running", .given_up = "broken"},                    \
			{.kind = IMPORT_JOB, .table = "imports", .works = "undoing", .given_up = "broken"},            \
			{.kind = ARCHIVE_JOB, .table = "archives", .works = "running", .given_up = "failed"},          \
	}

static void assert_state(const struct subject *subject, const char *wanted)
{
	assert_int_equal(job_number("SELECT count(*) FROM %s WHERE tenant_id = '%s' AND id = '%s' AND state = '%s'",
				    subject->table, id_text(tenant), id_text(subject->id), wanted),
			 1);
}

static struct uuid ticket_of(const struct subject *subject)
{
	struct uuid id;

	assert_true(uuid_parse(test_sql_value("SELECT id FROM job_tickets WHERE subject = '%s'", id_text(subject->id)),
			       &id));
	return id;
}

static void wait_for_dead(int64_t count)
{
	job_wait_for(count, "SELECT count(*) FROM job_tickets WHERE tenant_id = '%s' AND state = 'dead'",
		     id_text(tenant));
}

/* ---- tests ---- */

static void all_die_of(const struct job_kind *kinds, const char *word)
{
	struct subject subjects[] = SUBJECTS;
	pid_t program;

	for (size_t i = 0; i < COUNT_OF(subjects); i++)
		add(&subjects[i]);
	program = job_program_start(kinds, 2, 1);
	wait_for_dead(COUNT_OF(subjects));
	job_program_stop(program);
	for (size_t i = 0; i < COUNT_OF(subjects); i++)
		assert_state(&subjects[i], subjects[i].given_up);
	assert_int_equal(job_number("SELECT count(*) FROM job_tickets WHERE tenant_id = '%s' AND last_error = '%s'",
				    id_text(tenant), word),
			 COUNT_OF(subjects));
	/* An archive can be asked for anew: the one that died is in nobody's way. */
	add(&subjects[2]);
}

static void a_step_that_kills_its_process(void **state)
{
	(void)state;
	all_die_of(crashing, "crashed");
}

static void a_step_that_never_ends(void **state)
{
	(void)state;
	all_die_of(hanging, "crashed");
}

static void a_step_that_is_refused(void **state)
{
	(void)state;
	all_die_of(refusing, "refused");
}

/* Taken out of the queue, waiting or while it runs. */
static void a_ticket_that_is_cancelled(void **state)
{
	struct subject subjects[] = SUBJECTS;
	struct uuid last = uuid_zero(), whose;
	const struct job_kind *kind;
	struct job_run run = {0};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(subjects); i++)
		add(&subjects[i]);
	assert_int_equal(job_claim(jobs, arena, STR("test"), working, COUNT_OF(working), &last, &run, &kind, &whose),
			 OK);
	for (size_t i = 0; i < COUNT_OF(subjects); i++) {
		assert_int_equal(job_cancel(jobs, arena, working, COUNT_OF(working), ticket_of(&subjects[i])), OK);
		assert_state(&subjects[i], subjects[i].given_up);
	}
	/* The step that ran when it was taken out has no effect. */
	assert_int_equal(job_fail(&run, whose, kind, "refused"), E_PRECONDITION);
	assert_int_equal(job_cancel(jobs, arena, working, COUNT_OF(working), run.ticket), E_NOTFOUND);
}

static void a_dead_one_is_tried_again_where_it_was(void **state)
{
	struct subject subjects[] = SUBJECTS;
	pid_t program;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(subjects); i++)
		add(&subjects[i]);
	/* Only what was given up. */
	assert_int_equal(job_retry(jobs, arena, working, COUNT_OF(working), ticket_of(&subjects[0])), E_NOTFOUND);
	program = job_program_start(refusing, 2, 1);
	wait_for_dead(COUNT_OF(subjects));
	job_program_stop(program);
	for (size_t i = 0; i < COUNT_OF(subjects); i++)
		assert_int_equal(job_retry(jobs, arena, working, COUNT_OF(working), ticket_of(&subjects[i])), OK);
	assert_state(&subjects[0], "running");
	assert_state(&subjects[1], "undoing");
	assert_state(&subjects[2], "waiting");
	assert_int_equal(job_number("SELECT count(*) FROM imports WHERE tenant_id = '%s' AND complaint IS NULL AND "
				    "finished_at IS NULL",
				    id_text(tenant)),
			 2);
	program = job_program_start(working, 2, 1);
	job_wait_for(0, "SELECT count(*) FROM job_tickets WHERE tenant_id = '%s'", id_text(tenant));
	job_program_stop(program);
}

/* Somebody went on in another way: then the old ticket is no way back, and taking it out changes nothing. */
static void a_dead_one_whose_subject_has_gone_on(void **state)
{
	struct subject subjects[] = SUBJECTS;
	struct uuid dead;
	pid_t program;

	(void)state;
	add(&subjects[0]);
	add(&subjects[2]);
	program = job_program_start(refusing, 2, 1);
	wait_for_dead(2);
	job_program_stop(program);
	/* The import is undone instead, and another archive is being made. */
	test_sql("UPDATE imports SET state = 'undoing' WHERE tenant_id = '%s'", id_text(tenant));
	dead = ticket_of(&subjects[2]);
	add(&subjects[2]);
	assert_int_equal(job_retry(jobs, arena, working, COUNT_OF(working), ticket_of(&subjects[0])), E_PRECONDITION);
	assert_int_equal(job_retry(jobs, arena, working, COUNT_OF(working), dead), E_CONFLICT);
	assert_int_equal(job_cancel(jobs, arena, working, COUNT_OF(working), ticket_of(&subjects[0])), OK);
	assert_int_equal(job_cancel(jobs, arena, working, COUNT_OF(working), dead), OK);
	assert_state(&subjects[0], "undoing");
	assert_state(&subjects[2], "running");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_step_that_kills_its_process, empty),
		cmocka_unit_test_setup(a_step_that_never_ends, empty),
		cmocka_unit_test_setup(a_step_that_is_refused, empty),
		cmocka_unit_test_setup(a_ticket_that_is_cancelled, empty),
		cmocka_unit_test_setup(a_dead_one_is_tried_again_where_it_was, empty),
		cmocka_unit_test_setup(a_dead_one_whose_subject_has_gone_on, empty),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
