/*
 * Isolation: a step of a job that is cut off in the middle. For each kind of job and each statement of its turn, that statement fails, is cancelled or
 * loses its backend: the effect and the ticket's next state are both there or neither, and the same worker then does the step of another company exactly
 * as one that has seen no fault.
 */
#include "tests/isolation/fault.h"
#include "tests/isolation/job_walk.h"
#include "tests/isolation/trial.h"

#include <stdio.h>

#define STATEMENTS_MOST 400

static struct planted acting, other;
static size_t tried, failures;

/* ---- one turn ---- */

struct turn {
	struct str effect; /* the rows that it wrote, but for tickets */
	bool moved;        /* the ticket is gone, or waits for another step */
	bool broken;       /* it came to the fault */
};

/* How often a step of it was begun; -1: it is not there. */
static int64_t turns_of(const struct planted *planted, const char *kind, const char *condition)
{
	int64_t turns;
	struct str text =
		test_sql_value("SELECT max(turn) FROM job_tickets WHERE tenant_id = '%s' AND kind = '%s' AND state <> "
			       "'dead' AND %s",
			       uuid_text(web->arena, planted->company.id).p, kind, condition);

	return str_to_int64(text, &turns) ? turns : -1;
}

/* Not one that was put off for a second, since its company could not be looked up. */
#define NEXT_STEP "attempts = 0 AND (run_at <= now() OR run_at > now() + interval '1 hour')"

static struct str without(struct str changes, const char *table)
{
	struct buffer out = BUFFER_IN(web->arena);

	while (!str_absent(changes) && changes.n > 0) {
		struct str change = str_trim(str_split(&changes, ',')), name = change;

		if (!str_is(str_split(&name, ' '), table))
			buffer_printf(&out, "%s%.*s", out.length ? ", " : "", STR_FMT_ARG(change));
	}
	return buffer_str(&out);
}

/* The kth statement goes wrong; FAULT_NONE: none does. */
static struct turn take_turn(const struct planted *planted, const char *kind, enum fault fault, size_t k)
{
	int64_t before = turns_of(planted, kind, "true");
	struct str world = trial_world();
	struct turn turn;

	fault_arm(fault, k);
	(void)job_turn();
	turn.broken = fault_disarm() && fault != FAULT_NONE;
	turn.effect = without(trial_changes(world, trial_world()), "job_tickets");
	turn.moved = turns_of(planted, kind, "true") < 0 || turns_of(planted, kind, NEXT_STEP) > before;
	return turn;
}

static void drain(void)
{
	while (job_turn() == OK)
		;
}

/* ---- judging ---- */

static void complain(const struct job_case *job, enum fault fault, size_t k, struct str what)
{
	print_error("FAILED %s: %s at statement %zu: %.*s\n", job->what, fault_word(fault), k, STR_FMT_ARG(what));
	failures++;
}

static struct str usual_of_other;

/* Cheap, and it writes: a file whose day has come. */
static struct turn turn_of_other(void)
{
	const struct job_case *job = job_cases;

	while (strcmp(job->kind, "file.purge") != 0)
		job++;
	job->prepare(&other);
	return take_turn(&other, job->kind, FAULT_NONE, 0);
}

static void judge(const struct job_case *job, enum fault fault, size_t k, const struct turn *turn, struct str usual)
{
	struct str wanted = turn->moved ? usual : STR(""), got = turn->effect;
	struct turn next;

	/* That it was begun is told in a transaction of its own. */
	if (!turn->moved && job->told)
		got = without(got, job->told);
	if (!str_equal(wanted, got))
		complain(job, fault, k,
			 text("%s; wanted these rows written: \"%.*s\", got \"%.*s\"",
			      turn->moved ? "the ticket moved on" : "the ticket waits", STR_FMT_ARG(wanted),
			      STR_FMT_ARG(got)));
	job_tomorrow(&acting);
	fault_let_a_second_pass();
	next = turn_of_other();
	if (!next.moved || !str_equal(next.effect, usual_of_other))
		complain(job, fault, k,
			 text("wanted of another company \"%.*s\", got \"%.*s\"", STR_FMT_ARG(usual_of_other),
			      STR_FMT_ARG(next.effect)));
	job_tomorrow(&other);
}

/* ---- each statement ---- */

static void make_due_again(const char *kind)
{
	test_sql("UPDATE job_tickets SET run_at = now(), state = 'waiting', attempts = 0, last_error = NULL WHERE "
		 "tenant_id = "
		 "'%s' AND kind = '%s' AND state <> 'dead'",
		 uuid_text(web->arena, acting.company.id).p, kind);
}

static void try_statements(const struct job_case *job, struct str usual, size_t round)
{
	bool spent = true;

	/* In short a part of those of a long step. */
	for (size_t k = 1; k < STATEMENTS_MOST; k += fixture_in_full() || k < 12 ? 1 : 7) {
		enum fault fault = FAULT_ERROR + (k + round) % FAULT_TERMINATE;
		struct turn turn;

		if (spent) {
			drain();
			job->prepare(&acting);
		} else {
			make_due_again(job->kind);
		}
		turn = take_turn(&acting, job->kind, fault, k);
		if (!turn.broken) {
			if (!turn.moved || !str_equal(turn.effect, usual))
				complain(job, FAULT_NONE, k,
					 text("wanted \"%.*s\", got \"%.*s\"", STR_FMT_ARG(usual),
					      STR_FMT_ARG(turn.effect)));
			return;
		}
		tried++;
		spent = turn.moved;
		judge(job, fault, k, &turn, usual);
	}
	complain(job, FAULT_NONE, STATEMENTS_MOST, STR("the step has no end"));
}

static void try_case(const struct job_case *job)
{
	struct turn usual = {STR_NONE, false, false};

	/* Twice: the first may find more to put away. */
	for (int i = 0; i < 2; i++) {
		job->prepare(&acting);
		usual = take_turn(&acting, job->kind, FAULT_NONE, 0);
		drain();
		job_tomorrow(&acting);
	}
	assert_true(usual.moved && usual.effect.n > 0);
	for (size_t round = 0; round < (fixture_in_full() ? FAULT_TERMINATE : 1); round++)
		try_statements(job, usual.effect, round);
	fault_let_a_second_pass();
	drain();
	job_tomorrow(&acting);
}

static void a_fault_leaves_no_step_half_done(void **state)
{
	(void)state;
	usual_of_other = turn_of_other().effect;
	job_tomorrow(&other);
	for (size_t i = 0; i < job_cases_count; i++)
		try_case(&job_cases[i]);
	printf("figure: faults in the middle of a job: %zu, in %zu cases, %zu failures\n", tried, job_cases_count,
	       failures);
	assert_true(tried > job_cases_count * 4);
	assert_int_equal(failures, 0);
}

static int open_companies(void **state)
{
	(void)fixture_open(state);
	planted_make(&acting, "M");
	planted_make(&other, "N");
	job_worker_start();
	return 0;
}

static int close_companies(void **state)
{
	job_worker_stop();
	return fixture_close(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_fault_leaves_no_step_half_done)};

	return cmocka_run_group_tests(tests, open_companies, close_companies);
}
