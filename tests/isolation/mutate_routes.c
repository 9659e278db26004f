/*
 * Mutants of the routes: each row spoilt in each way, judged by routes_check(), which the program asks before it serves, and by the matrix. A mutant
 * counts only while its route is in order without it. A child does the work: where it dies of a mutant the next child goes on behind it.
 */
#include "tests/isolation/campaign.h"
#include "tests/isolation/matrix.h"
#include "tests/isolation/route_mutations.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MUTANTS_MOST 20000

enum verdict { VERDICT_NONE, VERDICT_KILLED, VERDICT_SURVIVED };

struct mutant {
	struct route *route;
	const struct route_mutation *mutation;
};

static struct mutant mutants[MUTANTS_MOST];
static size_t mutants_count;
static struct arena *kept;

/* Between the child and its parent. */
static struct progress {
	size_t at;  /* in the order of the campaign */
	bool armed; /* the route was in order, and now it is spoilt */
	struct {
		enum verdict verdict;
		char why[200];
	} results[MUTANTS_MOST];
} * progress;

static struct campaign campaign;
static size_t *order, wanted;

/* ---- which ---- */

static void list_mutants(void)
{
	size_t count;
	/* The table is memory of this program's; only its type says that it is constant. */
	struct route *rows = (struct route *)(uintptr_t)routes(&count);

	for (size_t i = 0; i < count; i++)
		for (size_t at = 0; at < route_mutations_count; at++) {
			struct route spoilt = rows[i];

			if (!route_mutations[at].spoil(&spoilt))
				continue;
			if (mutants_count == MUTANTS_MOST)
				abort();
			mutants[mutants_count++] = (struct mutant){&rows[i], &route_mutations[at]};
		}
}

/* ---- judging ---- */

/* The route's cells, until something is wrong. */
static bool is_in_order(const struct route *route)
{
	struct arena *before = web->arena, *own = arena_new((size_t)128 << 20);

	web->arena = own;
	matrix_forget();
	matrix_before(route);
	for (enum host_kind host = next_host(route, HOST_UNKNOWN); host != HOST_UNKNOWN; host = next_host(route, host))
		for (const enum credential *by = route_credentials(route); *by && matrix.leaks + matrix.wrong == 0;
		     by++)
			matrix_refuse(route, host, *by);
	matrix_after(route);
	web->arena = before;
	arena_free(own);
	return matrix.leaks + matrix.wrong == 0;
}

/* A mutant that was killed may have spoilt the rows that the next one needs. */
static const struct route *in_order;
static char *rows_in_order;

static char *rows_of_all(void)
{
	struct arena *before = web->arena, *own = arena_new((size_t)16 << 20);
	struct str rows;
	char *copy;

	web->arena = own;
	rows = text("%s%s%s", planted_hash(&company_b).p, planted_hash(&company_c).p, planted_hash(&company_d).p);
	copy = strdup(rows.p);
	web->arena = before;
	arena_free(own);
	return copy;
}

static void put_in_order(const struct route *route)
{
	char *rows;
	bool same;

	/* To read changes nothing, whoever may. */
	if (in_order == route && route->method == METHOD_GET)
		return;
	rows = rows_of_all();
	same = in_order == route && strcmp(rows, rows_in_order) == 0;
	free(rows);
	if (same)
		return;
	free(rows_in_order);
	matrix.only = NULL;
	if (!is_in_order(route)) {
		matrix_plant();
		if (!is_in_order(route))
			fail_msg("the route is out of order before it is spoilt: %s", matrix.first);
	}
	in_order = route;
	rows_in_order = rows_of_all();
}

static bool is_killed(const struct mutant *mutant, struct buffer *why)
{
	if (!routes_check(why))
		return true;
	matrix.only = mutant->mutation->condition;
	if (is_in_order(mutant->route) && matrix.only) {
		matrix.only = NULL;
		(void)is_in_order(mutant->route);
	}
	buffer_printf(why, "%s", matrix.first);
	return matrix.leaks + matrix.wrong > 0;
}

static void judge(size_t at, const struct mutant *mutant)
{
	struct route whole = *mutant->route;
	struct buffer why = BUFFER_IN(NULL);

	put_in_order(mutant->route);
	(void)mutant->mutation->spoil(mutant->route);
	if (mutant->mutation->leave_out)
		route_leave_out(mutant->route, mutant->mutation->leave_out);
	progress->armed = true;
	progress->results[at].verdict = is_killed(mutant, &why) ? VERDICT_KILLED : VERDICT_SURVIVED;
	(void)snprintf(progress->results[at].why, sizeof(progress->results[at].why), "%.*s",
		       (int)strcspn(why.bytes ? why.bytes : "", "\n"), why.bytes ? why.bytes : "");
	progress->armed = false;
	*mutant->route = whole;
	route_leave_out(NULL, 0);
	buffer_free(&why);
}

static void judge_the_rest(void **state)
{
	(void)state;
	matrix_plant();
	matrix.quiet = matrix.hasty = true;
	for (; progress->at < wanted; progress->at++)
		judge(order[progress->at], &mutants[order[progress->at]]);
}

static int child(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(judge_the_rest)};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close) ? 1 : 0;
}

/* ---- all of them ---- */

/* False: a child ended without a mutant being to blame. */
static bool judge_all(void)
{
	while (progress->at < wanted) {
		int status;
		pid_t pid;

		(void)fflush(stdout);
		pid = fork();
		if (pid == 0)
			exit(child());
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			return false;
		if (progress->at == wanted)
			break;
		if (!progress->armed)
			return false;
		progress->results[order[progress->at]].verdict = VERDICT_KILLED;
		(void)snprintf(progress->results[order[progress->at]].why, 200,
			       "the request could not be answered (%s %d)", WIFSIGNALED(status) ? "signal" : "code",
			       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
		progress->armed = false;
		progress->at++;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct score *score;

	campaign_read(argc, argv, &campaign);
	kept = arena_new((size_t)64 << 20);
	score = score_new(kept, "mutants of the routes");
	progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (progress == MAP_FAILED)
		return 1;
	list_mutants();
	order = campaign_order(&campaign, kept, mutants_count);
	wanted = campaign.sample > 0 && campaign.sample < mutants_count ? campaign.sample : mutants_count;
	if (!judge_all()) {
		printf("not ok - a child of mutate_routes ended at mutant %zu of %zu\n", progress->at, wanted);
		return 1;
	}
	for (size_t i = 0; i < wanted; i++) {
		const struct mutant *mutant = &mutants[order[i]];

		score_add(score, mutant->mutation->kind,
			  arena_printf(kept, "%s %s", method_name(mutant->route->method), mutant->route->path).p,
			  progress->results[order[i]].verdict == VERDICT_KILLED, progress->results[order[i]].why);
	}
	return score_print(score) ? 0 : 1;
}
