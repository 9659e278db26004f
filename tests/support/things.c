#include "tests/support/things.h"

#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct scope things_a, things_b;

const struct statement thing_add = {"thing_add", "INSERT INTO things.thing (tenant_id, id, name) VALUES ($1, $2, $3)"};
/* Without the tenant's condition, on purpose: only the policy stands between the tenants here. */
const struct statement thing_count = {
	"thing_count", "SELECT count(*), coalesce(bool_or(tenant_id <> $1::uuid), false) FROM things.thing"};
const struct statement thing_divide = {"thing_divide", "SELECT 1 / $2::bigint FROM things.thing WHERE tenant_id = $1"};
const struct statement thing_backend = {"thing_backend", "SELECT pg_backend_pid(), $1::uuid"};

void things_setup(void)
{
	static const char *const statements[] = {
		"DROP SCHEMA IF EXISTS things CASCADE",
		"CREATE SCHEMA things",
		"CREATE TABLE things.thing (tenant_id uuid NOT NULL, id bigint NOT NULL, name text CHECK (name <> "
		"'forbidden'), parent bigint,"
		" flag boolean, bytes bytea, at timestamptz, other uuid, PRIMARY KEY (tenant_id, id), CONSTRAINT "
		"thing_name UNIQUE (tenant_id, name),"
		" CONSTRAINT thing_parent FOREIGN KEY (tenant_id, parent) REFERENCES things.thing (tenant_id, id))",
		"ALTER TABLE things.thing ENABLE ROW LEVEL SECURITY",
		"ALTER TABLE things.thing FORCE ROW LEVEL SECURITY",
		"CREATE POLICY tenant_isolation ON things.thing TO demand_app, demand_auth USING (tenant_id = "
		"current_setting('app.tenant_id')::uuid)"
		" WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)",
		"GRANT USAGE ON SCHEMA things TO demand_app, demand_auth",
		"GRANT SELECT, INSERT, UPDATE, DELETE ON things.thing TO demand_app, demand_auth",
	};

	for (size_t i = 0; i < COUNT_OF(statements); i++)
		test_sql("%s", statements[i]);
	things_a = scope_of(uuid_new());
	things_b = scope_of(uuid_new());
}

int64_t things_of(struct pg *pg, const struct scope *scope)
{
	struct arena *arena = arena_new((size_t)1024 * 1024);
	struct ttx *ttx = ttx_begin(pg, arena, scope, TX_READ);
	struct rows *rows;
	int64_t count;

	assert_int_equal(ttx_one(ttx, &thing_count, NO_ARGS, &rows), OK);
	assert_false(rows_bool(rows, 1));
	count = rows_int(rows, 0);
	assert_int_equal(ttx_commit(ttx), OK);
	arena_free(arena);
	return count;
}

enum err things_add(struct pg *pg, const struct scope *scope, int64_t id, const char *name)
{
	struct arena *arena = arena_new((size_t)1024 * 1024);
	struct ttx *ttx = ttx_begin(pg, arena, scope, TX_WRITE);
	enum err err = ttx_exec(ttx, &thing_add, ARGS(arg_int(arena, id), arg_text(name)), NULL);

	if (err == OK)
		err = ttx_commit(ttx);
	arena_free(arena);
	return err;
}

int64_t things_backend(struct pg *pg)
{
	struct arena *arena = arena_new((size_t)1024 * 1024);
	struct ttx *ttx = ttx_begin(pg, arena, &things_a, TX_READ);
	struct rows *rows;
	int64_t backend;

	assert_int_equal(ttx_one(ttx, &thing_backend, NO_ARGS, &rows), OK);
	backend = rows_int(rows, 0);
	assert_int_equal(ttx_commit(ttx), OK);
	arena_free(arena);
	return backend;
}

void things_terminate(int64_t backend)
{
	test_sql("SELECT pg_terminate_backend(%lld)", (long long)backend);
	/* The process itself: its row in pg_stat_activity goes before its socket is closed. */
	for (int i = 0; i < 500; i++) {
		if (kill((pid_t)backend, 0) != 0 && errno == ESRCH)
			return;
		usleep(10000);
	}
	fail_msg("the backend does not end");
}

static pid_t later;

void things_later(const char *function, const char *statement)
{
	struct buffer sql = BUFFER_IN(NULL);
	struct arena *arena;
	struct stx *stx;
	struct pg *pg;

	assert_int_equal(later, 0);
	later = fork();
	assert_true(later >= 0);
	if (later > 0)
		return;
	/* The parent's connections are not ours: a connection of our own, and no exit handlers. */
	pg = pg_new(test_conninfo(), getenv("DEMAND_TEST_SUPERUSER"));
	arena = arena_new((size_t)1024 * 1024);
	stx = stx_begin(pg, arena, "later", TX_WRITE);
	buffer_printf(&sql,
		      "DO $$ BEGIN FOR i IN 1..80 LOOP PERFORM pg_stat_clear_snapshot(), pg_sleep(0.05); "
		      "PERFORM %s(pid) FROM pg_stat_activity WHERE state = 'active' AND starts_with(query, '%s'); "
		      "EXIT WHEN FOUND; END LOOP; END $$",
		      function, statement);
	_exit(stx_exec(stx, &(struct statement){"later", sql.bytes}, NO_ARGS, NULL) == OK && stx_commit(stx) == OK ? 0
														   : 1);
}

void things_later_done(void)
{
	int status;

	assert_int_equal(waitpid(later, &status, 0), later);
	assert_int_equal(status, 0);
	later = 0;
}

void things_wait_for_reconnect(void)
{
	usleep(1100000);
}
