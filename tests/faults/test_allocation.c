/*
 * Faults: a request that finds no memory. For one route of each handler and for each allocation of its request in turn, that one fails. The answer is
 * as usual or a clean refusal, or the worker ends itself, which costs its own request and no other; nothing is half written; and whoever asks next is
 * served as by a worker that has seen no fault.
 */
#include "tests/faults/memory.h"
#include "tests/isolation/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define ALLOCATIONS_MOST 20000

static size_t tried, died, refused, unknown, at_first = 3, then = 41;

/* What the kernel does with a worker that ends: its connections are closed, its memory is gone. A new one takes its place. */
static void replace_worker(void)
{
	(void)shutdown(pg_socket(web->app.app_pg), SHUT_RDWR);
	(void)shutdown(pg_socket(web->app.auth_pg), SHUT_RDWR);
	web->app.app_pg = pg_new(test_conninfo(), "demand_app");
	web->app.auth_pg = pg_new(test_conninfo(), "demand_auth");
	web->app.resolver = resolver_new(web->app.app_pg);
}

static void judge(const struct trial *trial, const struct shot *shot, const struct response *response,
		  struct str written)
{
	bool all = str_equal(written, trial->usual);

	if (memory_died()) {
		/* As when a connection is lost: done or not done, the client cannot know; never half. */
		if (written.n > 0 && !all)
			trial_complain(trial,
				       "the worker ended with these rows written: \"%.*s\", wanted \"%.*s\" or none",
				       STR_FMT_ARG(written), STR_FMT_ARG(trial->usual));
		return;
	}
	trial_judge_answer(trial, response, shot->status);
	/* Nor when it was the answer to the COMMIT for which there was no memory: "come again" is honest then, "failed" is not. */
	if (response->status == 503 && written.n > 0 && all) {
		unknown++;
		return;
	}
	trial_judge_rows(trial, response->status, shot->status, written);
}

/* Each of the first, where most statements and answers are made, and then every so many-th. */
static void try_allocations(const struct route *route, size_t turn)
{
	struct trial trial = {.route = route, .fault = "no memory at allocation", .k = 1};
	struct str before, after = STR_NONE;
	struct shot shot;
	bool spent = true;

	trial_usual(&trial);
	for (; trial.k < ALLOCATIONS_MOST; trial.k += trial.k < at_first    ? 1
						      : trial.k == at_first ? 1 + turn % then
									    : then) {
		const struct response *response;

		if (spent && !trial_prepare(&trial, &shot))
			return;
		before = spent ? trial_world() : after;
		shot_load(&shot);
		memory_arm(trial.k);
		response = shoot(&shot);
		if (!memory_fired())
			return;
		tried++;
		if (memory_died())
			replace_worker();
		died += memory_died();
		refused += !memory_died() && response->status != shot.status;
		after = trial_world();
		spent = !str_equal(before, after);
		judge(&trial, &shot, response, trial_changes(before, after));
		trial_judge_worker(&trial);
	}
	trial_complain(&trial, "the request has no end");
}

static void no_memory_leaves_nothing_half_done_and_nothing_behind(void **state)
{
	size_t handlers;

	(void)state;
	if (fixture_in_full())
		then = 1;
	handlers = trial_each_handler(try_allocations, false);
	printf("figure: %zu allocations failed in %zu handlers: %zu requests refused (%zu of them after their "
	       "COMMIT), %zu workers ended, the rest as usual\n",
	       tried, handlers, refused, unknown, died);
	assert_true(tried > handlers * 3);
	assert_int_equal(trial_failures(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(no_memory_leaves_nothing_half_done_and_nothing_behind)};

	return cmocka_run_group_tests(tests, trial_open, fixture_close);
}
