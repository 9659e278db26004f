/* Plans, what a tenant's state allows, roles, the month that usage is counted in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/tenant/principal.h"
#include "lib/tenant/tenant_internal.h"

static void the_three_plans_cost_and_allow_what_the_price_list_says(void **state)
{
	static const struct {
		const char *name;
		int64_t price, leads, users, scrapers;
	} expected[] = {{"starter", 99, 1000, 3, 3}, {"professional", 199, 5000, 10, 0}, {"enterprise", 299, 0, 0, 0}};

	(void)state;
	assert_int_equal(plan_count, 3);
	for (size_t i = 0; i < COUNT_OF(expected); i++) {
		const struct plan *plan = plan_find(str_from(expected[i].name));

		assert_non_null(plan);
		assert_int_equal(plan->price_dollars, expected[i].price);
		assert_int_equal(plan->max_leads, expected[i].leads);
		assert_int_equal(plan->max_users, expected[i].users);
		assert_int_equal(plan->max_scrapers, expected[i].scrapers);
	}
	assert_null(plan_find(STR("Starter")));
	assert_null(plan_find(STR_NONE));
}

static void the_cheapest_sufficient_plan_lifts_a_limit(void **state)
{
	(void)state;
	assert_int_equal(plan_that_lifts(LIMIT_LEADS, 999)->tier, PLAN_STARTER);
	assert_int_equal(plan_that_lifts(LIMIT_LEADS, 1000)->tier, PLAN_PROFESSIONAL);
	assert_int_equal(plan_that_lifts(LIMIT_LEADS, 5000)->tier, PLAN_ENTERPRISE);
	assert_int_equal(plan_that_lifts(LIMIT_USERS, 3)->tier, PLAN_PROFESSIONAL);
	assert_int_equal(plan_that_lifts(LIMIT_USERS, 10)->tier, PLAN_ENTERPRISE);
	assert_int_equal(plan_that_lifts(LIMIT_SCRAPERS, 3)->tier, PLAN_PROFESSIONAL);
	assert_int_equal(plan_that_lifts(LIMIT_LEADS, INT64_MAX)->tier, PLAN_ENTERPRISE);
	assert_string_equal(plan_limit_label(LIMIT_USERS), "users");
}

static void access_follows_status_and_the_end_of_the_trial(void **state)
{
	static const struct {
		enum tenant_status status;
		int64_t trial_ends_at;
		enum tenant_access access;
	} cases[] = {
		{TENANT_TRIAL, 1001, ACCESS_FULL},       {TENANT_TRIAL, 1000, ACCESS_READ_ONLY},
		{TENANT_TRIAL, 1, ACCESS_READ_ONLY},     {TENANT_TRIAL, 0, ACCESS_FULL},
		{TENANT_ACTIVE, 1, ACCESS_FULL},         {TENANT_SUSPENDED, 2000, ACCESS_NOTICE},
		{TENANT_CANCELLED, 2000, ACCESS_NOTICE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct tenant tenant = {.status = cases[i].status, .trial_ends_at = cases[i].trial_ends_at};

		assert_int_equal(tenant_access(&tenant, 1000), cases[i].access);
	}
}

static void status_names_go_both_ways(void **state)
{
	enum tenant_status found;

	(void)state;
	for (int status = TENANT_TRIAL; status <= TENANT_CANCELLED; status++) {
		assert_true(tenant_status_find(str_from(tenant_status_name((enum tenant_status)status)), &found));
		assert_int_equal(found, status);
	}
	assert_false(tenant_status_find(STR("deleted"), &found));
}

/* The whole matrix, written down a second time. */
static void the_role_matrix_is_this(void **state)
{
	static const struct {
		enum permission permission;
		const char *roles; /* viewer, member, admin, owner; then an admin's API key */
	} rows[] = {
		{CAN_NOTHING, "yyyyy"}, {CAN_READ, "yyyyy"},     {CAN_WRITE, "nyyyy"},
		{CAN_DELETE, "nyyyy"},  {CAN_SETTINGS, "nnyyy"}, {CAN_USERS, "nnyyy"},
		{CAN_KEYS, "nnyyn"},    {CAN_ARCHIVE, "nnnyn"},  {CAN_EXPORT, "nyyyy"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (int role = ROLE_VIEWER; role <= ROLE_OWNER; role++) {
			struct principal person = {.kind = CREDENTIAL_SESSION, .role = (enum role)role};

			assert_int_equal(principal_can(&person, rows[i].permission), rows[i].roles[role - 1] == 'y');
		}
		assert_int_equal(principal_can(&(struct principal){.kind = CREDENTIAL_API_KEY, .role = ROLE_ADMIN},
					       rows[i].permission),
				 rows[i].roles[4] == 'y');
	}
}

static void role_names_are_exact(void **state)
{
	enum role role = ROLE_VIEWER;

	(void)state;
	assert_true(role_find(STR("owner"), &role));
	assert_int_equal(role, ROLE_OWNER);
	assert_false(role_find(STR("Owner"), &role));
	assert_false(role_find(STR("owner "), &role));
	assert_false(role_find(STR(""), &role));
	assert_string_equal(role_name(ROLE_MEMBER), "member");
	assert_string_equal(role_label(ROLE_ADMIN), "Admin");
}

static void the_month_has_its_first_and_last_day(void **state)
{
	static const struct {
		int64_t instant;
		const char *first, *last;
	} cases[] = {
		{INT64_C(1763884320000000), "2025-11-01", "2025-11-30"},
		{INT64_C(1709164800000000), "2024-02-01", "2024-02-29"},
		{INT64_C(1740700800000000), "2025-02-01", "2025-02-28"},
		{INT64_C(1767225599999999), "2025-12-01", "2025-12-31"},
		{INT64_C(1767225600000000), "2026-01-01", "2026-01-31"},
		{INT64_C(4107542400000000), "2100-03-01", "2100-03-31"},
		{INT64_C(4105123200000000), "2100-02-01", "2100-02-28"},
	};
	struct arena *arena = arena_new(1 << 16);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct str first, last;

		month_of(arena, cases[i].instant, &first, &last);
		assert_true(str_is(first, cases[i].first));
		assert_true(str_is(last, cases[i].last));
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_three_plans_cost_and_allow_what_the_price_list_says),
		cmocka_unit_test(the_cheapest_sufficient_plan_lifts_a_limit),
		cmocka_unit_test(access_follows_status_and_the_end_of_the_trial),
		cmocka_unit_test(status_names_go_both_ways),
		cmocka_unit_test(the_role_matrix_is_this),
		cmocka_unit_test(role_names_are_exact),
		cmocka_unit_test(the_month_has_its_first_and_last_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
