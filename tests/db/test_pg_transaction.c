/* Transactions: types, tenants, errors at every place, savepoints, ends. Nothing of one may reach the next. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/things.h"

#include <stdio.h>
#include <unistd.h>

STATEMENT(add_all,
	  "INSERT INTO things.thing (tenant_id, id, name, flag, bytes, at, other) VALUES ($1, $2, $3, $4, $5, $6, $7)"
	  " RETURNING id, name, flag, bytes, at, other, parent, tenant_id");
STATEMENT(add_child, "INSERT INTO things.thing (tenant_id, id, parent) VALUES ($1, $2, $3)");
STATEMENT(names, "SELECT name FROM things.thing WHERE tenant_id = $1 ORDER BY name");
STATEMENT(rename_all, "UPDATE things.thing SET name = name || 'x' WHERE tenant_id = $1");
STATEMENT(echo, "SELECT $2::text, $1::uuid");
STATEMENT(end_early, "COMMIT");
STATEMENT(without_tenant, "SELECT count(*) FROM things.thing");
STATEMENT(hurry, "SET LOCAL statement_timeout = '60ms'");
STATEMENT(impatient, "SET LOCAL lock_timeout = '60ms'");
STATEMENT(sleeping, "SELECT pg_sleep(5)");
STATEMENT(sleeping_tenant, "SELECT pg_sleep(5), $1::uuid");
STATEMENT(lock_table, "LOCK TABLE things.thing IN ACCESS EXCLUSIVE MODE");

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	things_setup();
	arena = arena_new((size_t)64 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct ttx *begin(enum tx_mode mode)
{
	return ttx_begin(test_pg_app(), arena, &things_a, mode);
}

static enum err add(struct ttx *ttx, int64_t id, const char *name)
{
	return ttx_exec(ttx, &thing_add, ARGS(arg_int(arena, id), arg_text(name)), NULL);
}

static void values_come_back_as_they_were_sent(void **state)
{
	static const int64_t instants[] = {0, 1, -1, INT64_C(1700000000123456), INT64_C(-2208988800000001)};
	struct uuid other = uuid_new();
	struct ttx *ttx = begin(TX_WRITE);
	struct rows *rows;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(instants); i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "Zoë's \"%zu\" \\ %%", i);
		assert_int_equal(ttx_one(ttx, &add_all,
					 ARGS(arg_int(arena, INT64_MIN + (int64_t)i), arg_text(name),
					      arg_bool(i % 2 == 0), arg_bytes((struct str){"a\0b\xff\\", 5}),
					      arg_instant(arena, instants[i]), arg_uuid(arena, other)),
					 &rows),
				 OK);
		assert_true(rows_int(rows, 0) == INT64_MIN + (int64_t)i);
		assert_true(str_is(rows_str(rows, 1), name));
		assert_int_equal(rows_bool(rows, 2), i % 2 == 0);
		assert_true(str_equal(rows_bytes(rows, 3), (struct str){"a\0b\xff\\", 5}));
		assert_true(rows_instant(rows, 4) == instants[i]);
		assert_true(uuid_equal(rows_uuid(rows, 5), other));
		assert_true(uuid_equal(rows_uuid(rows, 7), scope_tenant(&things_a)));
	}
	assert_true(rows_null(rows, 6));
	assert_true(str_absent(rows_str(rows, 6)));
	assert_int_equal(rows_int(rows, 6), 0);
	assert_false(rows_next(rows));
	assert_int_equal(ttx_commit(ttx), OK);
	/* Columns and rows that are not there answer with nothing. */
	assert_true(str_absent(rows_str(rows, 8)));
	assert_true(str_absent(rows_str(rows, -1)));
}

static void null_and_empty_differ(void **state)
{
	struct ttx *ttx = begin(TX_READ);
	struct rows *rows;

	(void)state;
	assert_int_equal(ttx_one(ttx, &echo, ARGS(arg_null()), &rows), OK);
	assert_true(rows_null(rows, 0));
	assert_int_equal(ttx_one(ttx, &echo, ARGS(arg_text(NULL)), &rows), OK);
	assert_true(rows_null(rows, 0));
	assert_int_equal(ttx_one(ttx, &echo, ARGS(arg_text("")), &rows), OK);
	assert_false(rows_null(rows, 0));
	assert_int_equal(rows_str(rows, 0).n, 0);
	assert_int_equal(ttx_commit(ttx), OK);
}

static void several_sends_share_one_round_trip(void **state)
{
	struct ttx *ttx = begin(TX_READ);
	struct rows *first = ttx_send(ttx, &thing_backend, NO_ARGS);
	struct rows *second = ttx_send(ttx, &echo, ARGS(arg_text("second")));
	struct rows *third = ttx_send_text(ttx, "third", STR("SELECT 'third', $1::uuid"), NO_ARGS);

	(void)state;
	assert_int_equal(rows_wait(first), OK);
	assert_true(rows_next(first));
	/* The others' answers came with the first's: the server may go. */
	things_terminate(rows_int(first, 0));
	assert_int_equal(rows_wait(second), OK);
	assert_true(rows_next(second) && str_is(rows_str(second, 0), "second"));
	assert_int_equal(rows_wait(third), OK);
	assert_int_equal(rows_wait(third), OK);
	assert_true(rows_next(third) && str_is(rows_str(third, 0), "third"));
	ttx_rollback(ttx);
	things_wait_for_reconnect();
	assert_int_equal(things_of(test_pg_app(), &things_a), 0);
}

static void a_transaction_that_sends_nothing_costs_nothing(void **state)
{
	struct pg *pg = pg_new("host=/nowhere-at-all", "nobody");
	struct ttx *ttx = ttx_begin(pg, arena, &things_a, TX_WRITE);

	(void)state;
	assert_int_equal(ttx_commit(ttx), OK);
	assert_int_equal(pg_socket(pg), -1);
	pg_free(pg);
}

static void alternating_tenants_never_meet(void **state)
{
	(void)state;
	assert_int_equal(things_add(test_pg_app(), &things_a, 1, "a"), OK);
	assert_int_equal(things_add(test_pg_app(), &things_b, 1, "a"), OK);
	assert_int_equal(things_add(test_pg_app(), &things_b, 2, "b"), OK);
	for (int i = 0; i < 200; i++) {
		assert_int_equal(things_of(test_pg_app(), &things_a), 1);
		assert_int_equal(things_of(test_pg_app(), &things_b), 2);
	}
}

static void no_tenant_is_an_error_and_not_no_rows(void **state)
{
	struct pg *fresh = pg_new(test_conninfo(), "demand_app");
	struct rows *rows;

	(void)state;
	assert_int_equal(things_add(test_pg_app(), &things_a, 1, "a"), OK);
	/* Never set on this connection, and set by a transaction before. */
	assert_int_equal(directory_one(fresh, arena, &without_tenant, NO_ARGS, &rows), E_INTERNAL);
	assert_int_equal(things_of(fresh, &things_a), 1);
	assert_int_equal(directory_one(fresh, arena, &without_tenant, NO_ARGS, &rows), E_INTERNAL);
	pg_free(fresh);
}

static void another_tenants_row_cannot_be_written(void **state)
{
	STATEMENT(smuggle, "INSERT INTO things.thing (tenant_id, id) SELECT $2, 1 WHERE $1::uuid IS NOT NULL");
	struct ttx *ttx = begin(TX_WRITE);

	(void)state;
	assert_int_equal(ttx_exec(ttx, &smuggle, ARGS(arg_uuid(arena, things_b.tenant)), NULL), E_INTERNAL);
	ttx_rollback(ttx);
	assert_int_equal(things_of(test_pg_app(), &things_b), 0);
}

/* An error at each place of a pipeline of five; the next transaction on the connection is another tenant's. */
static void an_error_in_mid_pipeline_ends_with_its_transaction(void **state)
{
	(void)state;
	assert_int_equal(things_add(test_pg_app(), &things_a, 1, "a"), OK);
	assert_int_equal(things_add(test_pg_app(), &things_b, 1, "b"), OK);
	assert_int_equal(things_add(test_pg_app(), &things_b, 2, "c"), OK);
	for (int bad = 0; bad < 5; bad++) {
		struct ttx *ttx = begin(TX_WRITE);
		struct rows *rows[5];

		for (int i = 0; i < 5; i++)
			rows[i] = i == bad ? ttx_send(ttx, &thing_divide, ARGS(arg_text("0")))
					   : ttx_send(ttx, &rename_all, NO_ARGS);
		for (int i = 4; i >= 0; i--)
			assert_int_equal(rows_wait(rows[i]), i < bad ? OK : E_INTERNAL);
		assert_int_equal(ttx_exec(ttx, &rename_all, NO_ARGS, NULL), E_INTERNAL);
		if (bad % 2)
			ttx_rollback(ttx);
		else
			assert_int_equal(ttx_commit(ttx), E_INTERNAL);
		assert_int_equal(things_of(test_pg_app(), &things_b), 2);
	}
	assert_true(str_is(test_sql_value("SELECT string_agg(name, ',' ORDER BY name) FROM things.thing"), "a,b,c"));
}

static void a_failed_transaction_cannot_be_committed(void **state)
{
	struct ttx *ttx = begin(TX_WRITE);

	(void)state;
	assert_int_equal(add(ttx, 1, "first"), OK);
	assert_int_equal(add(ttx, 2, "first"), E_CONFLICT);
	assert_int_equal(ttx_commit(ttx), E_CONFLICT);
	assert_int_equal(things_of(test_pg_app(), &things_a), 0);
	/* Also where the failure is found by the commit itself. */
	ttx = begin(TX_WRITE);
	assert_int_equal(add(ttx, 1, "first"), OK);
	(void)ttx_send(ttx, &thing_add, ARGS(arg_text("2"), arg_text("first")));
	assert_int_equal(ttx_commit(ttx), E_CONFLICT);
	assert_true(str_is(ttx_constraint(ttx), "thing_name"));
	assert_int_equal(things_of(test_pg_app(), &things_a), 0);
}

static void what_was_sent_and_not_waited_for_is_committed(void **state)
{
	struct ttx *ttx = begin(TX_WRITE);
	struct rows *rows = ttx_send(ttx, &thing_add, ARGS(arg_text("1"), arg_text("one")));

	(void)state;
	assert_int_equal(ttx_commit(ttx), OK);
	assert_int_equal(rows_wait(rows), OK);
	assert_int_equal(rows_affected(rows), 1);
	assert_int_equal(things_of(test_pg_app(), &things_a), 1);
}

static void violations_name_their_constraint(void **state)
{
	static const struct {
		const struct statement *statement;
		const char *id, *second, *constraint;
		enum err err;
	} cases[] = {
		{&thing_add, "2", "taken", "thing_name", E_CONFLICT},
		{&thing_add, "1", "free", "thing_pkey", E_CONFLICT},
		{&thing_add, "2", "forbidden", "thing_name_check", E_INVALID},
		{&add_child, "2", "77", "thing_parent", E_INVALID},
	};

	(void)state;
	assert_int_equal(things_add(test_pg_app(), &things_a, 1, "taken"), OK);
	/* The parent is there, in the other tenant. */
	assert_int_equal(things_add(test_pg_app(), &things_b, 77, "parent"), OK);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct ttx *ttx = begin(TX_WRITE);

		assert_true(str_is(ttx_constraint(ttx), ""));
		assert_int_equal(
			ttx_exec(ttx, cases[i].statement, ARGS(arg_text(cases[i].id), arg_text(cases[i].second)), NULL),
			cases[i].err);
		assert_true(str_is(ttx_constraint(ttx), cases[i].constraint));
		ttx_rollback(ttx);
	}
}

static void reading_transactions_cannot_write(void **state)
{
	struct ttx *ttx = begin(TX_READ);

	(void)state;
	assert_int_equal(add(ttx, 1, "a"), E_INTERNAL);
	ttx_rollback(ttx);
	assert_int_equal(things_of(test_pg_app(), &things_a), 0);
}

static size_t things_seen(struct ttx *ttx)
{
	struct rows *rows;

	assert_int_equal(ttx_rows(ttx, &names, NO_ARGS, &rows), OK);
	return rows_count(rows);
}

static void add_one_beside(int number, const char *name)
{
	assert_int_equal(things_add(test_pg_app(), &things_a, number, name), OK);
}

static void a_snapshot_sees_one_state_and_cannot_write(void **state)
{
	struct pg *pg = pg_new(test_conninfo(), "demand_app");
	struct ttx *snapshot = ttx_begin(pg, arena, &things_a, TX_SNAPSHOT), *reading;

	(void)state;
	assert_int_equal(things_seen(snapshot), 0);
	add_one_beside(1, "first");
	assert_int_equal(things_seen(snapshot), 0);
	assert_int_equal(add(snapshot, 2, "own"), E_INTERNAL);
	ttx_rollback(snapshot);
	/* An ordinary one sees what has come meanwhile. */
	reading = ttx_begin(pg, arena, &things_a, TX_READ);
	assert_int_equal(things_seen(reading), 1);
	add_one_beside(3, "third");
	assert_int_equal(things_seen(reading), 2);
	assert_int_equal(ttx_commit(reading), OK);
	pg_free(pg);
}

static void a_snapshot_begins_however_many_statements_are_kept(void **state)
{
	struct pg *pg = pg_new(test_conninfo(), "demand_app");
	struct ttx *tx = ttx_begin(pg, arena, &things_a, TX_READ);
	struct rows *rows;

	(void)state;
	for (int i = 0; i < 300; i++)
		assert_int_equal(ttx_rows_text(tx, "many", arena_printf(arena, "SELECT %d WHERE $1::uuid IS NULL", i),
					       NO_ARGS, &rows),
				 OK);
	assert_int_equal(ttx_commit(tx), OK);
	tx = ttx_begin(pg, arena, &things_a, TX_SNAPSHOT);
	assert_int_equal(things_seen(tx), 0);
	assert_int_equal(ttx_commit(tx), OK);
	pg_free(pg);
}

static void one_row_means_one(void **state)
{
	struct ttx *ttx = begin(TX_WRITE);
	struct rows *rows;
	int64_t affected;

	(void)state;
	assert_int_equal(ttx_one(ttx, &names, NO_ARGS, &rows), E_NOTFOUND);
	assert_int_equal(add(ttx, 1, "a"), OK);
	assert_int_equal(ttx_one(ttx, &names, NO_ARGS, &rows), OK);
	assert_int_equal(add(ttx, 2, "b"), OK);
	assert_int_equal(ttx_exec(ttx, &rename_all, NO_ARGS, &affected), OK);
	assert_int_equal(affected, 2);
	assert_int_equal(ttx_rows(ttx, &names, NO_ARGS, &rows), OK);
	assert_int_equal(rows_count(rows), 2);
	assert_int_equal(ttx_one(ttx, &names, NO_ARGS, &rows), E_INTERNAL);
	assert_int_equal(ttx_commit(ttx), E_INTERNAL);
}

static void nul_in_a_text_is_refused(void **state)
{
	struct ttx *ttx = begin(TX_WRITE);
	struct rows *rows;

	(void)state;
	assert_int_equal(add(ttx, 1, "a"), OK);
	assert_int_equal(ttx_one(ttx, &echo, ARGS(arg_str((struct str){"a\0b", 3})), &rows), E_INTERNAL);
	assert_int_equal(ttx_commit(ttx), E_INTERNAL);
	assert_int_equal(things_of(test_pg_app(), &things_a), 0);
}

static void a_savepoint_undoes_part(void **state)
{
	struct ttx *ttx = begin(TX_WRITE);

	(void)state;
	assert_int_equal(add(ttx, 1, "kept"), OK);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ttx_savepoint(ttx), OK);
		assert_int_equal(add(ttx, 2, "undone"), OK);
		assert_int_equal(add(ttx, 3, "kept"), E_CONFLICT);
		assert_int_equal(ttx_restore(ttx), OK);
		assert_true(str_is(ttx_constraint(ttx), "thing_name"));
	}
	assert_int_equal(add(ttx, 4, "after"), OK);
	/* What is under way, good or bad, is undone too. */
	assert_int_equal(ttx_savepoint(ttx), OK);
	(void)ttx_send(ttx, &thing_add, ARGS(arg_text("5"), arg_text("five")));
	assert_int_equal(ttx_restore(ttx), OK);
	(void)ttx_send(ttx, &thing_add, ARGS(arg_text("6"), arg_text("kept")));
	assert_int_equal(ttx_restore(ttx), OK);
	assert_int_equal(ttx_commit(ttx), OK);
	assert_true(str_is(test_sql_value("SELECT string_agg(name, ',' ORDER BY id) FROM things.thing"), "kept,after"));
}

static void a_savepoint_may_come_first_or_be_missing(void **state)
{
	struct ttx *ttx = begin(TX_WRITE);

	(void)state;
	assert_int_equal(ttx_savepoint(ttx), OK);
	assert_int_equal(add(ttx, 1, "forbidden"), E_INVALID);
	assert_int_equal(ttx_restore(ttx), OK);
	assert_int_equal(add(ttx, 1, "fine"), OK);
	assert_int_equal(ttx_commit(ttx), OK);
	ttx = begin(TX_WRITE);
	assert_int_equal(add(ttx, 2, "fine"), E_CONFLICT);
	assert_int_not_equal(ttx_restore(ttx), OK);
	assert_int_not_equal(ttx_commit(ttx), OK);
	assert_int_equal(things_of(test_pg_app(), &things_a), 1);
}

static void read_commits_are_drained_by_the_next_use(void **state)
{
	(void)state;
	assert_int_equal(things_add(test_pg_app(), &things_b, 1, "b"), OK);
	for (int i = 0; i < 50; i++) {
		struct ttx *ttx = begin(TX_READ);
		struct rows *rows;

		assert_int_equal(ttx_one(ttx, &thing_count, NO_ARGS, &rows), OK);
		assert_int_equal(ttx_commit(ttx), OK);
		if (i % 3 == 0)
			pg_poll(test_pg_app());
		assert_int_equal(things_of(test_pg_app(), &things_b), 1);
		arena_reset(arena);
	}
}

static void an_arena_reset_rolls_back(void **state)
{
	struct ttx *ttx = begin(TX_WRITE);

	(void)state;
	assert_int_equal(add(ttx, 1, "gone"), OK);
	(void)ttx_send(ttx, &thing_add, ARGS(arg_text("2"), arg_text("gone too")));
	arena_reset(arena);
	assert_int_equal(things_of(test_pg_app(), &things_a), 0);
}

static void one_transaction_at_a_time(void **state)
{
	struct ttx *first = begin(TX_WRITE), *second, *third;

	(void)state;
	assert_int_equal(add(first, 1, "a"), OK);
	second = begin(TX_WRITE);
	assert_int_equal(add(second, 2, "b"), E_INTERNAL);
	assert_int_equal(ttx_commit(second), E_INTERNAL);
	assert_int_equal(ttx_commit(first), OK);
	assert_int_equal(ttx_commit(first), E_INTERNAL);
	assert_int_equal(add(first, 3, "c"), E_INTERNAL);
	/* One that failed and was forgotten gives way. */
	first = begin(TX_WRITE);
	assert_int_equal(add(first, 1, "a"), E_CONFLICT);
	third = begin(TX_WRITE);
	assert_int_equal(add(third, 4, "d"), OK);
	assert_int_equal(ttx_commit(third), OK);
	assert_int_equal(things_of(test_pg_app(), &things_a), 2);
}

static void a_statement_that_ends_the_transaction_costs_the_connection(void **state)
{
	struct stx *stx = stx_begin(test_pg_app(), arena, "test", TX_WRITE);

	(void)state;
	assert_int_equal(stx_exec(stx, &end_early, NO_ARGS, NULL), E_INTERNAL);
	assert_int_equal(pg_socket(test_pg_app()), -1);
	assert_int_equal(stx_commit(stx), E_INTERNAL);
	things_wait_for_reconnect();
	assert_int_equal(things_of(test_pg_app(), &things_a), 0);
}

static void slow_and_blocked_statements_may_be_tried_again(void **state)
{
	struct stx *stx = stx_begin(test_pg_app(), arena, "test", TX_READ), *holder;
	struct ttx *ttx;

	(void)state;
	assert_int_equal(stx_exec(stx, &hurry, NO_ARGS, NULL), OK);
	assert_int_equal(stx_exec(stx, &sleeping, NO_ARGS, NULL), E_BUSY);
	stx_rollback(stx);
	holder = stx_begin(test_pg_superuser(), arena, "test", TX_WRITE);
	assert_int_equal(stx_exec(holder, &lock_table, NO_ARGS, NULL), OK);
	stx = stx_begin(test_pg_app(), arena, "test", TX_READ);
	assert_int_equal(stx_exec(stx, &impatient, NO_ARGS, NULL), OK);
	assert_int_equal(stx_enter_tenant(stx, &things_a), OK);
	assert_int_equal(stx_exec(stx, &without_tenant, NO_ARGS, NULL), E_BUSY);
	stx_rollback(stx);
	stx_rollback(holder);
	/* Cancelled by somebody: the connection stays. */
	things_later("pg_cancel_backend", "SELECT pg_sleep(5), $1");
	ttx = begin(TX_READ);
	assert_int_equal(ttx_exec(ttx, &sleeping_tenant, NO_ARGS, NULL), E_BUSY);
	ttx_rollback(ttx);
	things_later_done();
	assert_true(pg_socket(test_pg_app()) >= 0);
	assert_int_equal(things_of(test_pg_app(), &things_a), 0);
}

/* The server counts a transaction as idle because each wait ended in a Sync. */
static void an_idle_transaction_is_ended_by_the_server(void **state)
{
	STATEMENT(soon, "SET LOCAL idle_in_transaction_session_timeout = '80ms'");
	struct stx *stx = stx_begin(test_pg_app(), arena, "test", TX_WRITE);

	(void)state;
	assert_int_equal(stx_exec(stx, &soon, NO_ARGS, NULL), OK);
	assert_int_equal(stx_enter_tenant(stx, &things_a), OK);
	usleep(400000);
	assert_int_equal(stx_exec(stx, &without_tenant, NO_ARGS, NULL), E_BUSY);
	stx_rollback(stx);
	things_wait_for_reconnect();
	assert_int_equal(things_of(test_pg_app(), &things_a), 0);
}

static void system_work_enters_one_tenant(void **state)
{
	struct stx *stx = stx_begin(test_pg_auth(), arena, "test", TX_WRITE);
	struct rows *rows;

	(void)state;
	assert_int_equal(things_add(test_pg_app(), &things_a, 1, "a"), OK);
	assert_int_equal(things_add(test_pg_app(), &things_b, 1, "b"), OK);
	assert_int_equal(stx_enter_tenant(stx, &things_a), OK);
	assert_int_equal(stx_one(stx, &without_tenant, NO_ARGS, &rows), OK);
	assert_int_equal(rows_int(rows, 0), 1);
	assert_int_equal(stx_enter_tenant(stx, &things_a), OK);
	assert_int_equal(stx_enter_tenant(stx, &things_b), E_INTERNAL);
	assert_int_equal(stx_commit(stx), E_INTERNAL);
	stx = stx_begin(test_pg_auth(), arena, "test", TX_WRITE);
	assert_int_equal(stx_exec(stx, &without_tenant, NO_ARGS, NULL), E_INTERNAL);
	stx_rollback(stx);
}

static void the_last_statement_of_a_read_takes_commit_along(void **state)
{
	struct pg *pg = test_pg_app();
	struct ttx *ttx = begin(TX_READ);
	struct rows *rows;

	(void)state;
	ttx_last(ttx);
	assert_int_equal(ttx_one(ttx, &echo, ARGS(arg_text("last")), &rows), OK);
	assert_true(str_is(rows_str(rows, 0), "last"));
	/* It is over: nothing more is sent, whoever tries. */
	assert_int_equal(ttx_one(ttx, &echo, ARGS(arg_text("late")), &rows), E_INTERNAL);
	assert_int_equal(ttx_savepoint(ttx), E_INTERNAL);
	assert_int_equal(ttx_commit(ttx), OK);
	/* An error rolls back as ever, and the connection serves on. */
	ttx = begin(TX_READ);
	ttx_last(ttx);
	assert_int_equal(ttx_one(ttx, &thing_divide, ARGS(arg_int(arena, 0)), &rows), E_INTERNAL);
	assert_int_equal(ttx_commit(ttx), E_INTERNAL);
	assert_int_equal(things_of(pg, &things_b), 0);
	/* A write is not committed before its owner says so. */
	ttx = begin(TX_WRITE);
	ttx_last(ttx);
	assert_int_equal(add(ttx, 1, "a"), OK);
	ttx_rollback(ttx);
	assert_int_equal(things_of(pg, &things_a), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_come_back_as_they_were_sent),
		TEST(null_and_empty_differ),
		TEST(several_sends_share_one_round_trip),
		TEST(a_transaction_that_sends_nothing_costs_nothing),
		TEST(alternating_tenants_never_meet),
		TEST(no_tenant_is_an_error_and_not_no_rows),
		TEST(another_tenants_row_cannot_be_written),
		TEST(an_error_in_mid_pipeline_ends_with_its_transaction),
		TEST(a_failed_transaction_cannot_be_committed),
		TEST(what_was_sent_and_not_waited_for_is_committed),
		TEST(violations_name_their_constraint),
		TEST(reading_transactions_cannot_write),
		TEST(a_snapshot_sees_one_state_and_cannot_write),
		TEST(a_snapshot_begins_however_many_statements_are_kept),
		TEST(one_row_means_one),
		TEST(nul_in_a_text_is_refused),
		TEST(a_savepoint_undoes_part),
		TEST(a_savepoint_may_come_first_or_be_missing),
		TEST(read_commits_are_drained_by_the_next_use),
		TEST(the_last_statement_of_a_read_takes_commit_along),
		TEST(an_arena_reset_rolls_back),
		TEST(one_transaction_at_a_time),
		TEST(a_statement_that_ends_the_transaction_costs_the_connection),
		TEST(slow_and_blocked_statements_may_be_tried_again),
		TEST(an_idle_transaction_is_ended_by_the_server),
		TEST(system_work_enters_one_tenant),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	test_database_close();
	return failed;
}
