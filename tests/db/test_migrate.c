/* The runner of migrations, on databases of its own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/pg/migrate.h"
#include "tests/support/database.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define DATABASE "demand_empty"
#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)
#define SCHEMA_VERSION_TEXT TEXT(SCHEMA_VERSION)

static char folder[] = "/tmp/demand-migrate.XXXXXX";
static char conninfo[512];
static struct buffer report;

static const char *source(const char *file)
{
	static char path[512];
	const char *root = getenv("srcdir");

	(void)snprintf(path, sizeof(path), "%s/%s", root ? root : ".", file);
	return path;
}

static void write_file(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_not_equal(fputs(text, file), EOF);
	assert_int_equal(fclose(file), 0);
}

static void remove_file(const char *name)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(unlink(path), 0);
}

/* One statement in the test's own database, as its superuser. */
static struct str value(struct arena *arena, const char *sql)
{
	struct statement statement = {"test", sql};
	struct pg *pg = pg_new(conninfo, getenv("DEMAND_TEST_SUPERUSER"));
	struct stx *stx = stx_begin(pg, arena, "test", TX_READ);
	struct rows *rows;
	struct str text = STR_NONE;

	if (stx_rows(stx, &statement, NO_ARGS, &rows) == OK && rows_next(rows))
		text = arena_copy(arena, rows_str(rows, 0));
	pg_free(pg);
	return text;
}

static bool value_is(const char *sql, const char *expected)
{
	struct arena *arena = arena_new((size_t)1024 * 1024);
	bool same = str_is(value(arena, sql), expected);

	arena_free(arena);
	return same;
}

static bool reported(const char *words)
{
	return memmem(buffer_str(&report).p, report.length, words, strlen(words)) != NULL;
}

static enum err up(void)
{
	buffer_clear(&report);
	return migrate_up(conninfo, folder, &report);
}

static enum err status(bool *pending)
{
	buffer_clear(&report);
	return migrate_status(conninfo, folder, &report, pending);
}

/* The other database of the private cluster, emptied. */
static int setup(void **state)
{
	STATEMENT(drop, "DROP SCHEMA public CASCADE");
	STATEMENT(create, "CREATE SCHEMA public");
	struct arena *arena = arena_new((size_t)1024 * 1024);
	struct pg *pg;
	struct stx *stx;

	(void)state;
	report = BUFFER_IN(NULL);
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	assert_non_null(mkdtemp(folder));
	(void)snprintf(conninfo, sizeof(conninfo), "%s dbname=" DATABASE, test_conninfo_superuser());
	pg = pg_new(conninfo, getenv("DEMAND_TEST_SUPERUSER"));
	stx = stx_begin(pg, arena, "test", TX_WRITE);
	assert_int_equal(stx_exec(stx, &drop, NO_ARGS, NULL), OK);
	assert_int_equal(stx_exec(stx, &create, NO_ARGS, NULL), OK);
	assert_int_equal(stx_commit(stx), OK);
	pg_free(pg);
	arena_free(arena);
	assert_int_equal(migrate_roles(conninfo, source("db/roles.sql"), &report), OK);
	return 0;
}

static int teardown(void **state)
{
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		(void)execlp("rm", "rm", "-rf", folder, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	buffer_free(&report);
	return 0;
}

static void files_are_applied_once_and_in_order(void **state)
{
	bool pending;

	(void)state;
	write_file("0002_second.sql", "ALTER TABLE one ADD COLUMN two text;\n");
	write_file("0001_first.sql", "-- a comment\nCREATE TABLE one (id int);\nINSERT INTO one VALUES (1);\n");
	assert_int_equal(status(&pending), OK);
	assert_true(pending && reported("0001_first") && reported("pending"));
	assert_int_equal(up(), OK);
	assert_true(reported("applied 0001_first") && reported("applied 0002_second"));
	assert_int_equal(up(), OK);
	assert_true(reported("up to date at version 2"));
	assert_int_equal(status(&pending), OK);
	assert_true(!pending && !reported("pending"));
	assert_true(value_is("SELECT count(*)::text FROM one", "1"));
	assert_true(value_is("SELECT string_agg(DISTINCT tableowner, ',') FROM pg_tables WHERE schemaname = 'public'",
			     "demand_owner"));
	assert_true(value_is("SELECT has_table_privilege('demand_app', 'schema_migrations', 'SELECT')::text", "true"));
	assert_true(value_is("SELECT has_table_privilege('demand_app', 'schema_migrations', 'INSERT')::text", "false"));
}

static void a_failing_file_leaves_nothing(void **state)
{
	bool pending;

	(void)state;
	write_file("0001_good.sql", "CREATE TABLE good (id int);");
	write_file("0002_bad.sql",
		   "CREATE TABLE bad (id int);\n\nINSERT INTO bad VALUES ('x');\nCREATE TABLE never (id int);");
	assert_int_equal(up(), E_INTERNAL);
	assert_true(reported("applied 0001_good") && reported("0002_bad.sql:3: "));
	assert_true(value_is("SELECT to_regclass('good')::text || coalesce(to_regclass('bad')::text, '-')", "good-"));
	assert_int_equal(status(&pending), OK);
	assert_true(pending);
	write_file("0002_bad.sql", "CREATE TABLE bad (id int);");
	assert_int_equal(up(), OK);
	/* Half of it would be there. */
	write_file("0003_ends.sql", "COMMIT;");
	assert_int_equal(up(), E_INTERNAL);
	assert_true(reported("0003_ends.sql:1: the statement begins or ends a transaction"));
	write_file("0003_ends.sql", "CREATE TABLE t (id text DEFAULT 'x);");
	assert_int_equal(up(), E_INTERNAL);
	assert_true(reported("does not end"));
}

static void a_changed_or_late_file_is_refused(void **state)
{
	bool pending;

	(void)state;
	write_file("0002_table.sql", "CREATE TABLE one (id int);");
	assert_int_equal(up(), OK);
	write_file("0002_table.sql", "CREATE TABLE one (id bigint);");
	assert_int_equal(up(), E_INTERNAL);
	assert_true(reported("0002_table.sql was changed"));
	assert_int_equal(status(&pending), E_INTERNAL);
	write_file("0002_table.sql", "CREATE TABLE one (id int);");
	write_file("0001_late.sql", "CREATE TABLE late (id int);");
	assert_int_equal(up(), E_INTERNAL);
	assert_true(reported("0001_late.sql comes before"));
	assert_true(value_is("SELECT coalesce(to_regclass('late')::text, '-')", "-"));
}

static void names_are_held_to_their_form(void **state)
{
	static const char *const wrong[] = {"1_short.sql", "0001-dash.sql", "0001_Upper.sql", "00001_long.sql",
					    "0001_.sql",   "0000_zero.sql", "x.sql"};

	(void)state;
	write_file("README", "not SQL");
	assert_int_equal(up(), OK);
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		write_file(wrong[i], "SELECT 1;");
		assert_int_equal(up(), E_INTERNAL);
		assert_true(reported(wrong[i]));
		remove_file(wrong[i]);
	}
	write_file("0001_a.sql", "SELECT 1;");
	write_file("0001_b.sql", "SELECT 1;");
	assert_int_equal(up(), E_INTERNAL);
	assert_true(reported("the same number"));
}

static void a_file_may_ask_for_no_transaction(void **state)
{
	(void)state;
	write_file("0001_table.sql", "CREATE TABLE one (id int);");
	write_file("0002_index.sql", "-- no transaction\nDROP INDEX CONCURRENTLY IF EXISTS one_id;\nCREATE INDEX "
				     "CONCURRENTLY one_id ON one (id);\n");
	assert_int_equal(up(), OK);
	assert_true(value_is("SELECT tableowner FROM pg_tables WHERE tablename = 'one'", "demand_owner"));
	assert_true(value_is("SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'one_id'::regclass", "true"));
}

static void two_runners_take_turns(void **state)
{
	pid_t child;
	int code;

	(void)state;
	write_file("0001_slow.sql", "CREATE TABLE one (id int);\nSELECT pg_sleep(0.5);\nINSERT INTO one VALUES (1);");
	child = fork();
	if (child == 0)
		_exit(up() == OK ? 0 : 1);
	assert_int_equal(up(), OK);
	assert_int_equal(waitpid(child, &code, 0), child);
	assert_int_equal(code, 0);
	assert_true(value_is("SELECT count(*)::text FROM one", "1"));
}

static void a_locked_table_is_tried_again(void **state)
{
	STATEMENT(lock, "LOCK TABLE one");
	struct arena *arena = arena_new((size_t)1024 * 1024);
	pid_t child;
	int code;

	(void)state;
	write_file("0001_table.sql", "CREATE TABLE one (id int);");
	assert_int_equal(up(), OK);
	write_file("0002_column.sql", "ALTER TABLE one ADD COLUMN more text;");
	child = fork();
	if (child == 0) {
		struct stx *stx = stx_begin(pg_new(conninfo, getenv("DEMAND_TEST_SUPERUSER")), arena, "test", TX_WRITE);

		if (stx_exec(stx, &lock, NO_ARGS, NULL) != OK)
			_exit(1);
		usleep(3500000);
		_exit(stx_commit(stx) == OK ? 0 : 1);
	}
	while (!value_is(
		"SELECT count(*)::text FROM pg_locks WHERE relation = 'one'::regclass AND mode = 'AccessExclusiveLock'",
		"1"))
		usleep(20000);
	assert_int_equal(up(), OK);
	assert_true(reported("55P03") && reported("applied 0002_column"));
	assert_int_equal(waitpid(child, &code, 0), child);
	assert_int_equal(code, 0);
	arena_free(arena);
}

static void roles_are_made_once_and_set_right(void **state)
{
	(void)state;
	test_sql("ALTER ROLE demand_app CREATEDB");
	test_sql("ALTER ROLE demand_auth BYPASSRLS");
	assert_int_equal(migrate_roles(conninfo, source("db/roles.sql"), &report), OK);
	assert_true(value_is("SELECT string_agg(rolname, ',' ORDER BY rolname) FROM pg_roles WHERE rolname LIKE "
			     "'demand%' AND NOT (rolsuper OR"
			     " rolcreaterole OR rolcreatedb OR rolreplication)",
			     "demand_app,demand_auth,demand_jobs,demand_ops,demand_owner"));
	assert_true(
		value_is("SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolname LIKE 'demand%' AND rolbypassrls",
			 "demand_ops"));
	assert_true(value_is(
		"SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolname LIKE 'demand%' AND NOT rolcanlogin",
		"demand_owner"));
	assert_true(value_is("SELECT string_agg(member::regrole || ' in ' || roleid::regrole, ',') FROM "
			     "pg_auth_members WHERE member::regrole::text LIKE 'demand%'",
			     "demand_ops in pg_read_all_data"));
}

static void the_products_migrations_fit_an_empty_database(void **state)
{
	bool pending;

	(void)state;
	buffer_clear(&report);
	assert_int_equal(migrate_up(conninfo, source("db/migrations"), &report), OK);
	assert_int_equal(migrate_status(conninfo, source("db/migrations"), &report, &pending), OK);
	assert_false(pending);
	assert_true(value_is("SELECT (max(version) = " SCHEMA_VERSION_TEXT ")::text FROM schema_migrations", "true"));
}

static void no_server_may_be_tried_again(void **state)
{
	(void)state;
	buffer_clear(&report);
	assert_int_equal(migrate_up("host=/nowhere-at-all dbname=x", folder, &report), E_BUSY);
	assert_true(report.length > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_are_applied_once_and_in_order),
		TEST(a_failing_file_leaves_nothing),
		TEST(a_changed_or_late_file_is_refused),
		TEST(names_are_held_to_their_form),
		TEST(a_file_may_ask_for_no_transaction),
		TEST(two_runners_take_turns),
		TEST(a_locked_table_is_tried_again),
		TEST(roles_are_made_once_and_set_right),
		TEST(the_products_migrations_fit_an_empty_database),
		TEST(no_server_may_be_tried_again),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	test_database_close();
	return failed;
}
