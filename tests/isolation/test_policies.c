/*
 * Isolation: no row is written for another company. For each table of tenants and each role that serves, in a transaction of B: a row of A's as it is
 * is added, and B's own are given to A. The policy's WITH CHECK refuses both; where the role has no such right, the right does.
 */
#include "tests/isolation/fixture.h"

#include <stdio.h>

static struct planted company_a, company_b;

/* A line for each attempt: what it was, a tab, and what refused it. What nothing refuses is rolled back all the same. */
static const char make_function[] =
	"CREATE OR REPLACE FUNCTION pg_temp.write_for_another(a uuid, b uuid) RETURNS text LANGUAGE plpgsql AS $try$ "
	"DECLARE t record; who text; kind text; line jsonb; sql text; outcome text; lines text := ''; BEGIN"
	" PERFORM set_config('app.tenant_id', b::text, true);"
	" FOR t IN SELECT c.oid, c.relname, string_agg(quote_ident(k.attname), ', ') AS names FROM pg_class c JOIN"
	"   pg_attribute k ON k.attrelid = c.oid AND k.attnum > 0 AND NOT k.attisdropped AND k.attgenerated = ''"
	"   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity"
	"   GROUP BY c.oid ORDER BY c.relname LOOP"
	"  EXECUTE format('SELECT to_jsonb(x) FROM %I x WHERE tenant_id = $1 LIMIT 1', t.relname) INTO line USING a;"
	"  FOREACH who IN ARRAY ARRAY['demand_app', 'demand_jobs'] LOOP FOREACH kind IN ARRAY ARRAY['INSERT', "
	"'UPDATE'] "
	"LOOP"
	"   sql := CASE kind WHEN 'INSERT' THEN format('INSERT INTO %1$I (%2$s) SELECT %2$s FROM"
	"    jsonb_populate_record(NULL::%1$I, %3$L)', t.relname, t.names, line)"
	"    ELSE format('UPDATE %I SET tenant_id = %L WHERE tenant_id = %L', t.relname, a, b) END;"
	"   EXECUTE format('SET LOCAL ROLE %I', who);"
	"   BEGIN EXECUTE sql; RAISE EXCEPTION 'nothing refused it' USING ERRCODE = 'DE000';"
	"   EXCEPTION WHEN insufficient_privilege THEN outcome := CASE WHEN SQLERRM LIKE '%row-level security%' THEN"
	"     'policy' ELSE 'right' END;"
	"    WHEN OTHERS THEN outcome := SQLERRM; END;"
	"   RESET ROLE;"
	/* It has the right, and yet a right refused it: another one, and the policy was not asked. */
	"   IF outcome = 'right' AND (CASE kind WHEN 'INSERT' THEN has_table_privilege(who, t.oid, 'INSERT') ELSE"
	"    has_column_privilege(who, t.oid, 'tenant_id', 'UPDATE') END) THEN outcome := 'another right'; END IF;"
	"   lines := lines || kind || ' ' || t.relname || ' as ' || who || chr(9) || outcome || chr(10);"
	"  END LOOP; END LOOP;"
	" END LOOP; RETURN lines; END $try$";

/* What nothing of the kind refuses, and why. */
static const struct {
	const char *attempt, *why;
} exceptions[] = {
	{"INSERT job_tickets as demand_jobs", "the queue is of all companies"},
	{"UPDATE job_tickets as demand_jobs", "the queue is of all companies"},
};

static bool is_excepted(struct str attempt)
{
	for (size_t i = 0; i < COUNT_OF(exceptions); i++)
		if (str_is(attempt, exceptions[i].attempt))
			return true;
	return false;
}

static void nothing_is_written_for_another_company(void **state)
{
	size_t by_policy = 0, by_right = 0, excepted = 0, failures = 0;
	struct str lines;

	(void)state;
	test_sql("%s", make_function);
	lines = arena_copy(web->arena, test_sql_value("SELECT pg_temp.write_for_another('%s', '%s')",
						      uuid_text(web->arena, company_a.company.id).p,
						      uuid_text(web->arena, company_b.company.id).p));
	while (lines.n > 0) {
		struct str outcome = str_split(&lines, '\n'), attempt = str_split(&outcome, '\t');
		bool policy = str_is(outcome, "policy"), right = str_is(outcome, "right"),
		     except = is_excepted(attempt);

		by_policy += policy;
		by_right += right;
		excepted += except;
		if ((policy || right) != except)
			continue;
		failures++;
		print_error("FAILED %.*s for another company: %.*s\n", STR_FMT_ARG(attempt), STR_FMT_ARG(outcome));
	}
	printf("figure: writes for another company: %zu refused by a policy, %zu for want of a right, %zu excepted, "
	       "%zu "
	       "failures\n",
	       by_policy, by_right, excepted, failures);
	assert_int_equal(failures, 0);
	assert_int_equal(excepted, COUNT_OF(exceptions));
	assert_true(by_policy > 100);
}

static int make_companies(void **state)
{
	(void)fixture_open(state);
	planted_make(&company_a, "A");
	planted_make(&company_b, "B");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_written_for_another_company)};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
