/*
 * The two walls, for demand-jobs: every kind of job without the policies and without the predicates; and without both for one table, which the walk
 * must then show.
 *
 *   walls_jobs each FILE     the walk with each wall alone; writes the tables that a job's statements read or change into FILE
 *   walls_jobs table TABLE   without both for one table. Ends with 0 when the walk shows it, 3 when not
 */
#include "tests/isolation/job_walk.h"
#include "tests/isolation/walls_tap.h"

#include <stdio.h>

static const char *const *tables;
static bool reached[TENANT_TABLES_MOST];
static const char *alone; /* the table without walls; NULL: all of them */
static const char *file_name;
static bool killed;

static void policies(bool on)
{
	for (size_t i = 0; tables[i]; i++)
		if (!alone || strcmp(alone, tables[i]) == 0)
			test_sql("ALTER TABLE %s %s ROW LEVEL SECURITY", tables[i], on ? "ENABLE" : "DISABLE");
}

/* And what the worker's own statements name. */
static void policies_noting_reached(bool up)
{
	bool named[TENANT_TABLES_MOST];

	policies(up);
	walls_take_named(named);
	for (size_t i = 0; up && tables[i]; i++)
		reached[i] |= named[i];
}

static void predicates(bool on)
{
	walls_strip(on ? NULL : alone ? alone : WALLS_ALL);
}

static void both(bool on)
{
	policies(on);
	predicates(on);
}

static void walk(const char *title, void (*walls)(bool up))
{
	job_walk.turns = job_walk.failures = 0;
	job_walk.walls = walls;
	job_walk_all();
	printf("%s - jobs, %s: %zu turns, %zu failures\n", job_walk.failures ? "not ok" : "ok", title, job_walk.turns,
	       job_walk.failures);
	assert_int_equal(job_walk.failures, 0);
}

static void write_reached(void)
{
	FILE *file = fopen(file_name, "w");

	assert_non_null(file);
	for (size_t i = 0; tables[i]; i++)
		if (reached[i])
			fprintf(file, "%s\n", tables[i]);
	assert_int_equal(fclose(file), 0);
}

static void each_wall_alone(void)
{
	/* With both walls: test_jobs. */
	walk("policies off, predicates alone", policies_noting_reached);
	/* The queue is the worker's across companies: a ticket is told apart from another of the same id by the predicate only. */
	job_walk.shares_tickets = false;
	walk("predicates off, policies alone", predicates);
	printf("figure: jobs, predicates taken out: %zu, of %zu statements\n", walls_stripped(), walls_statements());
	assert_true(walls_stripped() > 0);
	assert_int_equal(walls_left(), 0);
	write_reached();
}

static void neither_wall(void)
{
	job_walk.quiet = job_walk.hasty = true;
	job_walk.walls = both;
	printf("the walls are down\n");
	(void)fflush(stdout);
	job_walk_all();
	killed = job_walk.failures > 0;
	printf("%s: %s\n", killed ? "killed" : "survived", killed ? job_walk.first : "no job shows it");
}

static void the_walls_of_jobs(void **state)
{
	(void)state;
	tables = tenant_tables();
	walls_tables(tables);
	policies(true);
	job_walk_plant();
	if (alone)
		neither_wall();
	else
		each_wall_alone();
	job_worker_stop();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_walls_of_jobs)};
	bool each = argc == 3 && strcmp(argv[1], "each") == 0;
	int failed;

	if (argc != 3 || (!each && strcmp(argv[1], "table") != 0)) {
		fprintf(stderr, "what it takes stands at the head of tests/isolation/walls_jobs.c\n");
		return 2;
	}
	*(each ? &file_name : &alone) = argv[2];
	failed = cmocka_run_group_tests(tests, fixture_open, fixture_close);
	return failed ? 1 : alone && !killed ? 3 : 0;
}
