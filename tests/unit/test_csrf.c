/* Form tokens: bound to their kind and subject; where a request says it comes from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi/csrf.h"

static struct arena *arena;

static int make(void **state)
{
	static const uint8_t pepper[32] = "a pepper of tests and no other..";

	(void)state;
	arena = arena_new((size_t)1 << 20);
	token_pepper(pepper);
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void a_token_fits_its_subject_alone(void **state)
{
	struct str visit = csrf_visit_new(arena), another = csrf_visit_new(arena);
	struct str token = csrf_make(arena, CSRF_VISIT, visit);

	(void)state;
	assert_int_equal(token.n, 43);
	assert_true(csrf_check(arena, CSRF_VISIT, visit, token));
	assert_false(csrf_check(arena, CSRF_VISIT, another, token));
	assert_false(csrf_check(arena, CSRF_SESSION, visit, token));
	assert_false(csrf_check(arena, CSRF_VISIT, visit, (struct str){token.p, token.n - 1}));
	assert_false(csrf_check(arena, CSRF_VISIT, visit, STR("")));
	assert_false(csrf_check(arena, CSRF_VISIT, visit, STR_NONE));
	/* Nobody is bound to nothing. */
	assert_false(csrf_check(arena, CSRF_VISIT, STR_NONE, csrf_make(arena, CSRF_VISIT, STR_NONE)));
	assert_false(csrf_check(arena, CSRF_VISIT, STR(""), csrf_make(arena, CSRF_VISIT, STR(""))));
}

static void only_our_own_origin_counts(void **state)
{
	static const struct {
		const char *origin, *site;
		bool fine;
	} cases[] = {
		{NULL, NULL, true},
		{"https://acme.demand.localhost:8443", NULL, true},
		{"https://acme.demand.localhost:8443", "same-origin", true},
		{NULL, "none", true},
		{"https://acme.demand.localhost", NULL, false},
		{"http://acme.demand.localhost:8443", NULL, false},
		{"https://other.demand.localhost:8443", NULL, false},
		{"https://acme.demand.localhost:8443.evil.example", NULL, false},
		{"null", NULL, false},
		{"", NULL, false},
		{"https://acme.demand.localhost:8443", "same-site", false},
		{NULL, "cross-site", false},
		{NULL, "", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(csrf_from_here(STR("https://acme.demand.localhost:8443"), str_from(cases[i].origin),
						str_from(cases[i].site)),
				 cases[i].fine);
}

static void a_visit_is_one_of_ours(void **state)
{
	(void)state;
	assert_true(csrf_visit_valid(csrf_visit_new(arena)));
	assert_false(csrf_visit_valid(STR("")));
	assert_false(csrf_visit_valid(STR_NONE));
	assert_false(csrf_visit_valid(STR("0123456789abcdef0123456789abcde")));
	assert_false(csrf_visit_valid(STR("0123456789abcdef0123456789abcde;")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_fits_its_subject_alone),
		cmocka_unit_test(only_our_own_origin_counts),
		cmocka_unit_test(a_visit_is_one_of_ours),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}
