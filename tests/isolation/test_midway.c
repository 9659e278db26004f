/*
 * Isolation: a request that is cut off in the middle. For one route of each handler and for each of its statements in turn, that statement fails, is
 * cancelled, or loses its backend. The answer is a clean one, nothing is half written, and the worker then serves another company exactly as a worker
 * that has seen no fault.
 */
#include "tests/isolation/fault.h"
#include "tests/isolation/trial.h"

#include <stdio.h>

#define STATEMENTS_MOST 60

static size_t tried;

/* ---- one fault ---- */

/* Each statement in turn, until the request has no more. */
static void try_statements(struct trial *trial, size_t turn)
{
	struct str before, after = STR_NONE;
	struct shot shot;
	bool spent = true;

	for (trial->k = 1; trial->k < STATEMENTS_MOST; trial->k++) {
		const struct response *response;
		enum fault fault = FAULT_ERROR + (trial->k + turn) % FAULT_TERMINATE;

		trial->fault = fault_word(fault);
		if (spent && !trial_prepare(trial, &shot))
			return;
		before = spent ? trial_world() : after;
		shot_load(&shot);
		fault_arm(fault, trial->k);
		response = shoot(&shot);
		if (!fault_disarm())
			return;
		tried++;
		spent = response->status == shot.status;
		trial_judge_answer(trial, response, shot.status);
		after = trial_world();
		trial_judge_rows(trial, response->status, shot.status, trial_changes(before, after));
		trial_judge_worker(trial);
	}
	trial_complain(trial, "the request has no end");
}

static void try_handler(const struct route *route, size_t turn)
{
	struct trial trial = {.route = route};

	trial_usual(&trial);
	/* In short each statement has one of the three faults, one after the other: a third of the time. */
	for (unsigned more = 0; more < (fixture_in_full() ? FAULT_TERMINATE : 1); more++)
		try_statements(&trial, turn + more);
}

/* ---- tests ---- */

static void a_fault_leaves_nothing_half_done_and_nothing_behind(void **state)
{
	size_t handlers = trial_each_handler(try_handler, true);

	(void)state;
	printf("figure: faults in the middle of a request: %zu, in %zu handlers, %zu failures; %zu reads answered as "
	       "if "
	       "nothing were, %zu not to be compared\n",
	       tried, handlers, trial_failures(), trial_absorbed(), trial_unsteady());
	assert_true(tried > handlers * 4);
	assert_int_equal(trial_failures(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_fault_leaves_nothing_half_done_and_nothing_behind)};

	return cmocka_run_group_tests(tests, trial_open, fixture_close);
}
