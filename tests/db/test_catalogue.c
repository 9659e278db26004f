/* The rules of the schema, and what a role sees of its tables. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/db/catalogue_rules.h"
#include "tests/support/database.h"

static void nothing_offends_a_rule(void **state)
{
	size_t offenders = 0;

	(void)state;
	for (size_t i = 0; i < catalogue_rules_count; i++)
		offenders += test_sql_offenders(catalogue_rules[i].title, catalogue_rules[i].offenders);
	assert_int_equal(offenders, 0);
}

static void each_rule_sees_a_breach(void **state)
{
	struct arena *arena = arena_new((size_t)16 * 1024 * 1024);
	bool blind = false;

	(void)state;
	for (size_t i = 0; i < catalogue_rules_count; i++) {
		struct statement breach = {"breach", catalogue_rules[i].breach},
				 offenders = {"offenders", catalogue_rules[i].offenders};
		struct stx *stx = stx_begin(test_pg_superuser(), arena, "a breach, rolled back", TX_WRITE);
		struct rows *rows;

		if (stx_exec(stx, &breach, NO_ARGS, NULL) != OK || stx_rows(stx, &offenders, NO_ARGS, &rows) != OK ||
		    rows_count(rows) == 0) {
			print_error("not seen: %s\n", catalogue_rules[i].breach);
			blind = true;
		}
		stx_rollback(stx);
		arena_reset(arena);
	}
	arena_free(arena);
	assert_false(blind);
}

/* Every tenant table in turn, as the app role. */
static struct rows *tenant_tables(struct arena *arena)
{
	STATEMENT(tables, TABLES "SELECT relname FROM tenant ORDER BY 1");
	struct stx *stx = stx_begin(test_pg_superuser(), arena, "names of tables", TX_READ);
	struct rows *rows;

	assert_int_equal(stx_rows(stx, &tables, NO_ARGS, &rows), OK);
	assert_int_equal(stx_commit(stx), OK);
	assert_true(rows_count(rows) >= 16);
	return rows;
}

static void without_a_tenant_every_table_is_an_error(void **state)
{
	struct arena *arena = arena_new((size_t)16 * 1024 * 1024);
	struct scope scope = scope_of(test_tenant_create("catalogue"));
	struct rows *tables = tenant_tables(arena), *rows;

	(void)state;
	while (rows_next(tables)) {
		struct str name = rows_str(tables, 0);
		struct statement bare = {"bare", arena_printf(arena, "SELECT count(*) FROM %.*s", STR_FMT_ARG(name)).p};
		struct str scoped = arena_printf(arena, "SELECT count(*), $1::uuid FROM %.*s", STR_FMT_ARG(name));
		struct ttx *ttx;

		/* Also on a connection that a tenant has used a moment ago. */
		ttx = ttx_begin(test_pg_app(), arena, &scope, TX_READ);
		assert_int_equal(ttx_rows_text(ttx, "scoped", scoped, NO_ARGS, &rows), OK);
		assert_true(rows_next(rows));
		assert_int_equal(rows_int(rows, 0), str_is(name, "tenants"));
		assert_int_equal(ttx_commit(ttx), OK);
		if (directory_one(test_pg_app(), arena, &bare, NO_ARGS, &rows) != E_INTERNAL)
			fail_msg("%.*s answers without a tenant", STR_FMT_ARG(name));
	}
	arena_free(arena);
}

static void only_the_directory_tells_which_tenants_there_are(void **state)
{
	STATEMENT(find, "SELECT tenant_id FROM tenant_directory WHERE slug = $1");
	STATEMENT(drafts, "SELECT count(*) FROM signup_drafts");
	STATEMENT(operators, "SELECT count(*) FROM operator_keys");
	struct arena *arena = arena_new((size_t)1024 * 1024);
	struct uuid id = test_tenant_create("catalogue");
	struct rows *rows;

	(void)state;
	assert_int_equal(directory_one(test_pg_app(), arena, &find, ARGS(arg_text(test_tenant_slug(id))), &rows), OK);
	assert_true(uuid_equal(rows_uuid(rows, 0), id));
	assert_int_equal(directory_one(test_pg_app(), arena, &find, ARGS(arg_text("nobody-is-called-so")), &rows),
			 E_NOTFOUND);
	assert_int_equal(directory_one(test_pg_app(), arena, &drafts, NO_ARGS, &rows), E_INTERNAL);
	assert_int_equal(directory_one(test_pg_app(), arena, &operators, NO_ARGS, &rows), E_INTERNAL);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_offends_a_rule),
		cmocka_unit_test(each_rule_sees_a_breach),
		cmocka_unit_test(without_a_tenant_every_table_is_an_error),
		cmocka_unit_test(only_the_directory_tells_which_tenants_there_are),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	test_database_close();
	return failed;
}
