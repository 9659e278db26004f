/*
 * Isolation: every route under every condition. For each cell the status is the one of the condition's row, no byte of the answer is of A's rows,
 * A's rows are as before, and an id of A's answers as one that does not exist. A route without a fixture fails the run.
 */
#include "tests/isolation/matrix.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- what B sees ---- */

#define SIGHTS_MOST 4000
static struct {
	const struct route *route;
	char *text;
} sights[SIGHTS_MOST];
static size_t sights_count, sight;

/* To take a list out is written down: what B looks at must not change by B's own looking. */
static void take_back_exports(const char *since)
{
	test_sql("DELETE FROM exports WHERE tenant_id = '%s' AND id > '%s'",
		 uuid_text(web->arena, company_b.company.id).p, since);
}

static struct str look(const struct route *route, enum host_kind host, enum credential by, struct shot *shot)
{
	struct str seen;
	const char *why, *since;

	if (route->method != METHOD_GET || (route->who != WHO_MEMBER && route->who != WHO_SESSION) ||
	    !make_shot(shot, route, host, by, &company_b, false, &why))
		return STR_NONE;
	since = uuid_text(web->arena, uuid_new()).p;
	seen = answer_text(shoot(shot), NULL);
	take_back_exports(since);
	return seen;
}

static void remember(const struct route *route, enum host_kind host, enum credential by)
{
	struct shot shot;
	struct str seen = look(route, host, by, &shot);

	if (str_absent(seen))
		return;
	assert_true(sights_count < SIGHTS_MOST);
	sights[sights_count].route = route;
	sights[sights_count++].text = strdup(seen.p);
}

static void compare(const struct route *route, enum host_kind host, enum credential by)
{
	struct shot shot;
	struct str seen = look(route, host, by, &shot);

	if (str_absent(seen))
		return;
	assert_true(sight < sights_count && sights[sight].route == route);
	if (!str_is(seen, sights[sight].text))
		matrix_complain(&shot, "A writes",
				text("wanted for B the answer from before, got another at: %s",
				     planted_difference(str_from(sights[sight].text), seen))
					.p,
				true);
	free(sights[sight++].text);
}

/* Also counts, sums, order and limits are B's own. */
static void what_a_writes_changes_nothing_that_b_sees(void **state)
{
	(void)state;
	matrix_forget();
	each_request(NULL, remember, NULL);
	for (size_t i = 0; i < entities_count; i++)
		(void)planted_new_row(&company_a, entities[i]->table);
	each_request(NULL, compare, NULL);
	printf("%zu sights\n", sights_count);
	assert_true(sights_count > entities_count * 5);
	assert_int_equal(matrix.leaks, 0);
}

/* ---- every cell ---- */

static void a_valid_request_is_answered_by_every_route(void **state)
{
	(void)state;
	matrix_forget();
	each_request(matrix_before, matrix_valid, matrix_after);
	assert_int_equal(matrix.wrong + matrix.leaks, 0);
}

static void every_route_refuses_what_it_must(void **state)
{
	(void)state;
	matrix_forget();
	each_request(matrix_before, matrix_refuse, matrix_after);
	for (size_t i = 0; i < conditions_count; i++) {
		printf("%6zu cells: %s\n", matrix.cells_of[i], conditions[i].name);
		if (matrix.cells_of[i] == 0) {
			print_error("FAILED no route has a cell for: %s\n", conditions[i].name);
			matrix.wrong++;
		}
	}
	printf("figure: the matrix: %zu cells of %zu conditions, %zu leaks, %zu other failures\n", matrix.cells,
	       conditions_count, matrix.leaks, matrix.wrong);
	assert_int_equal(matrix.wrong + matrix.leaks, 0);
}

/* The eyes of the matrix: what it looks for is there to be found. */
static void the_markers_and_the_hash_see(void **state)
{
	struct str before = planted_hash(&company_b), other = planted_hash(&company_a);
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; i < entities_count; i++)
		seen += shows_rows_of(ASK(.host = company_a.company.slug,
					  .path = text("/api/%s", entities[i]->plural).p,
					  .bearer = company_a.company.session[ROLE_OWNER], .may_fail = true),
				      &company_a, false);
	assert_int_equal(seen, entities_count);
	(void)planted_new_row(&company_b, entities[0]->table);
	assert_memory_equal(planted_difference(before, planted_hash(&company_b)), entities[0]->table,
			    strlen(entities[0]->table));
	assert_false(str_equal(before, planted_hash(&company_b)));
	assert_true(str_equal(other, planted_hash(&company_a)));
}

static int make_companies(void **state)
{
	(void)fixture_open(state);
	matrix_plant();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_markers_and_the_hash_see),
		cmocka_unit_test(a_valid_request_is_answered_by_every_route),
		cmocka_unit_test(every_route_refuses_what_it_must),
		cmocka_unit_test(what_a_writes_changes_nothing_that_b_sees),
	};

	if (getenv("DEMAND_TEST_ONLY"))
		cmocka_set_test_filter(getenv("DEMAND_TEST_ONLY"));
	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
