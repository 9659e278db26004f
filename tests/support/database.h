/*
 * A database for tests: the migrated private cluster that tests/support/postgres.sh made. DEMAND_TEST_DATABASE holds its libpq keywords,
 * DEMAND_TEST_SUPERUSER its superuser. Without them a test program fails: it is not skipped.
 */
#ifndef DEMAND_TESTS_DATABASE_H
#define DEMAND_TESTS_DATABASE_H

#include "lib/pg/pg.h"
#include "lib/pg/scope_internal.h"

/* libpq keywords without a user. */
const char *test_conninfo(void);
/* The same with the superuser: for lib/pg/migrate.h. */
const char *test_conninfo_superuser(void);

/* Connections of this program, the same at each call; closed by test_database_close(). */
struct pg *test_pg_app(void);
struct pg *test_pg_auth(void);
struct pg *test_pg_superuser(void);
void test_database_close(void);

/*
 * A tenant in trial on the starter plan, with its directory row, committed. Its slug is the name with something random behind, so that
 * programs do not meet in one database.
 */
struct uuid test_tenant_create(const char *name);
/* Its slug and the eight characters of its API keys; they live as long as the program. */
const char *test_tenant_slug(struct uuid);
const char *test_tenant_code(struct uuid);

/* One statement as superuser, outside row level security, committed. Fails the test on error. */
void test_sql(const char *format, ...) PRINTF(1, 2);
/* The first column of its first row; absent when it is NULL or there is no row. Lives until the next call. */
struct str test_sql_value(const char *format, ...) PRINTF(1, 2);
/* Prints each row of the answer on standard error under the title and answers how many there are: for rules that nothing may offend. */
size_t test_sql_offenders(const char *title, const char *sql);

#endif
