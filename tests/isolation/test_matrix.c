/*
 * Isolation: every route under every condition. For each cell the status is the one of the condition's row, no byte of the answer is of A's rows,
 * A's rows are as before, and an id of A's answers as one that does not exist. A route without a fixture fails the run.
 */
#include "tests/isolation/matrix.h"

#include <stdio.h>

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
		if (matrix.cells_of[i] == 0 && !conditions[i].rarely) {
			print_error("FAILED no route has a cell for: %s\n", conditions[i].name);
			matrix.wrong++;
		}
	}
	printf("cells: %zu\n", matrix.cells);
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
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
