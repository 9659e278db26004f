/* The connection: lost and mended, large arguments, prepared statements, notifications, and whether it may serve. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/pg/migrate.h"
#include "tests/support/things.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

STATEMENT(echo, "SELECT $2::text, $1::uuid");
STATEMENT(echo_bytes, "SELECT $2::bytea, $1::uuid");
STATEMENT(nonsense, "SELEC $1");
STATEMENT(all_columns, "SELECT * FROM things.thing WHERE tenant_id = $1");
STATEMENT(prepared_count, "SELECT count(*), $1::uuid FROM pg_prepared_statements");
STATEMENT(forget_all, "DEALLOCATE ALL");
STATEMENT(sleeping, "SELECT pg_sleep(4), $1::uuid");

static struct arena *arena;
static struct pg *pg;

/* A connection of its own for each test: it is killed in most. */
static int setup(void **state)
{
	(void)state;
	things_setup();
	arena = arena_new((size_t)512 * 1024 * 1024);
	pg = pg_new(test_conninfo(), "demand_app");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	pg_free(pg);
	return 0;
}

static struct ttx *begin(const struct scope *scope, enum tx_mode mode)
{
	return ttx_begin(pg, arena, scope, mode);
}

static void killed_between_transactions_nobody_notices(void **state)
{
	int64_t backend = things_backend(pg);

	(void)state;
	things_wait_for_reconnect();
	things_terminate(backend);
	assert_int_equal(things_add(pg, &things_a, 1, "a"), OK);
	things_wait_for_reconnect();
	things_terminate(things_backend(pg));
	pg_poll(pg);
	assert_int_equal(pg_socket(pg), -1);
	assert_int_equal(things_of(pg, &things_a), 1);
}

/* All of the first round trip is sent again, or none. */
static void killed_while_idle_costs_no_statement_of_the_first_round_trip(void **state)
{
	struct rows *first, *second;
	int64_t backend;
	struct ttx *ttx;

	(void)state;
	assert_int_equal(things_add(pg, &things_a, 1, "a"), OK);
	backend = things_backend(pg);
	things_wait_for_reconnect();
	things_terminate(backend);
	ttx = begin(&things_a, TX_READ);
	first = ttx_send(ttx, &echo, ARGS(arg_text("first")));
	ttx_last(ttx);
	assert_int_equal(ttx_one(ttx, &thing_count, NO_ARGS, &second), OK);
	assert_int_equal(rows_int(second, 0), 1);
	assert_int_equal(rows_wait(first), OK);
	assert_true(rows_next(first));
	assert_true(str_is(rows_str(first, 0), "first"));
	assert_int_equal(ttx_commit(ttx), OK);
}

static void killed_in_a_transaction_costs_that_transaction(void **state)
{
	struct ttx *ttx;
	int64_t backend;

	(void)state;
	assert_int_equal(things_add(pg, &things_b, 1, "b"), OK);
	backend = things_backend(pg);
	ttx = begin(&things_a, TX_WRITE);
	assert_int_equal(ttx_exec(ttx, &thing_add, ARGS(arg_text("1"), arg_text("a")), NULL), OK);
	things_terminate(backend);
	assert_int_equal(ttx_exec(ttx, &thing_add, ARGS(arg_text("2"), arg_text("b")), NULL), E_BUSY);
	assert_int_equal(ttx_restore(ttx), E_BUSY);
	assert_int_equal(ttx_commit(ttx), E_BUSY);
	things_wait_for_reconnect();
	assert_int_equal(things_of(pg, &things_b), 1);
	assert_int_equal(things_of(pg, &things_a), 0);
}

static void killed_in_a_statement_is_not_tried_again(void **state)
{
	struct ttx *ttx;
	int64_t began;

	(void)state;
	(void)things_backend(pg);
	things_wait_for_reconnect();
	things_later("pg_terminate_backend", "SELECT pg_sleep(4)");
	ttx = begin(&things_a, TX_READ);
	began = clock_monotonic();
	assert_int_equal(ttx_exec(ttx, &sleeping, NO_ARGS, NULL), E_BUSY);
	assert_true(clock_monotonic() - began < 4 * MICROSECONDS_PER_SECOND);
	ttx_rollback(ttx);
	things_later_done();
	assert_int_equal(things_of(pg, &things_a), 0);
}

static void killed_before_the_commit_is_a_failure(void **state)
{
	int64_t backend = things_backend(pg);
	struct ttx *ttx = begin(&things_a, TX_WRITE);

	(void)state;
	assert_int_equal(ttx_exec(ttx, &thing_add, ARGS(arg_text("1"), arg_text("a")), NULL), OK);
	things_terminate(backend);
	assert_int_equal(ttx_commit(ttx), E_BUSY);
	things_wait_for_reconnect();
	assert_int_equal(things_of(pg, &things_a), 0);
}

/* One that was read to its end answers, whatever becomes of the connection. */
static void killed_after_a_lazy_commit_does_not_matter(void **state)
{
	int64_t backend;

	(void)state;
	backend = things_backend(pg);
	things_wait_for_reconnect();
	assert_int_equal(things_of(pg, &things_a), 0);
	things_terminate(backend);
	assert_int_equal(things_add(pg, &things_a, 1, "a"), OK);
}

static void reconnects_once_a_second(void **state)
{
	struct pg *nowhere = pg_new("host=/nowhere-at-all", "nobody");
	int64_t began;

	(void)state;
	things_terminate(things_backend(pg));
	began = clock_monotonic();
	for (int i = 0; i < 100; i++)
		assert_int_equal(things_add(pg, &things_a, i, NULL), E_BUSY);
	assert_true(clock_monotonic() - began < MICROSECONDS_PER_SECOND / 2);
	for (int i = 0; i < 100; i++)
		assert_int_equal(things_add(nowhere, &things_a, i, NULL), E_BUSY);
	assert_true(clock_monotonic() - began < MICROSECONDS_PER_SECOND / 2);
	things_wait_for_reconnect();
	assert_int_equal(things_add(pg, &things_a, 1, NULL), OK);
	pg_free(nowhere);
}

static struct str repeated(size_t length, char of)
{
	char *bytes = arena_alloc(arena, length + 1);

	memset(bytes, of, length);
	return (struct str){bytes, length};
}

static void large_arguments_travel_both_ways_at_once(void **state)
{
	struct str text = repeated((size_t)5 * 1024 * 1024, 'x');
	struct str bytes = repeated((size_t)5 * 1024 * 1024, '\0');
	struct ttx *ttx = begin(&things_a, TX_READ);
	struct rows *rows, *sent[12];

	(void)state;
	assert_int_equal(ttx_one(ttx, &echo, ARGS(arg_str(text)), &rows), OK);
	assert_true(str_equal(rows_str(rows, 0), text));
	assert_int_equal(ttx_one(ttx, &echo_bytes, ARGS(arg_bytes(bytes)), &rows), OK);
	assert_true(str_equal(rows_bytes(rows, 0), bytes));
	/* The server answers before it has read all: neither side may wait for the other. */
	for (size_t i = 0; i < COUNT_OF(sent); i++)
		sent[i] = ttx_send(ttx, &echo, ARGS(arg_str(text)));
	for (size_t i = 0; i < COUNT_OF(sent); i++) {
		assert_int_equal(rows_wait(sent[i]), OK);
		assert_true(rows_next(sent[i]) && rows_str(sent[i], 0).n == text.n);
	}
	assert_int_equal(ttx_commit(ttx), OK);
}

STATEMENT(prepared_name, "SELECT name, $1::uuid FROM pg_prepared_statements WHERE statement = $2");

static struct str name_of(struct ttx *ttx, const char *sql)
{
	struct rows *rows;

	assert_int_equal(ttx_rows(ttx, &prepared_name, ARGS(arg_text(sql)), &rows), OK);
	return rows_next(rows) ? rows_str(rows, 0) : STR_NONE;
}

static void what_is_used_stays_prepared(void **state)
{
	struct ttx *ttx = begin(&things_a, TX_READ);
	struct rows *rows;
	struct str name = STR_NONE;

	(void)state;
	for (int i = 0; i < 300; i++) {
		assert_int_equal(ttx_rows(ttx, &echo, ARGS(arg_text("hot")), &rows), OK);
		if (i == 0)
			name = name_of(ttx, echo.sql);
		assert_int_equal(
			ttx_rows_text(ttx, "cold", arena_printf(arena, "SELECT %d, $1::uuid", i), NO_ARGS, &rows), OK);
	}
	assert_false(str_absent(name));
	assert_true(str_equal(name_of(ttx, echo.sql), name));
	assert_true(str_absent(name_of(ttx, "SELECT 0, $1::uuid")));
	assert_false(str_absent(name_of(ttx, "SELECT 290, $1::uuid")));
	assert_int_equal(ttx_commit(ttx), OK);
}

static void many_texts_are_prepared_and_the_oldest_go(void **state)
{
	struct ttx *ttx = begin(&things_a, TX_READ);
	struct rows *rows, *sent[450];

	(void)state;
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 250; i++) {
			struct str sql = arena_printf(arena, "SELECT %d, $1::uuid", i);

			assert_int_equal(ttx_rows_text(ttx, "dynamic", sql, NO_ARGS, &rows), OK);
			assert_true(rows_next(rows) && rows_int(rows, 0) == i);
		}
	/* More than are kept in one pipeline, with an error in it: what was not prepared is not believed to be. */
	for (int i = 0; i < 450; i++)
		sent[i] = i == 300 ? ttx_send(ttx, &thing_divide, ARGS(arg_text("none")))
				   : ttx_send_text(ttx, "dynamic",
						   arena_printf(arena, "SELECT 'second', %d, $1::uuid", i), NO_ARGS);
	assert_int_equal(rows_wait(sent[449]), E_INTERNAL);
	assert_int_equal(rows_wait(sent[299]), OK);
	ttx_rollback(ttx);
	ttx = begin(&things_a, TX_READ);
	for (int i = 0; i < 450; i++) {
		assert_int_equal(ttx_rows_text(ttx, "dynamic", arena_printf(arena, "SELECT 'second', %d, $1::uuid", i),
					       NO_ARGS, &rows),
				 OK);
		assert_true(rows_next(rows) && rows_int(rows, 1) == i);
	}
	assert_int_equal(ttx_commit(ttx), OK);
	ttx = begin(&things_a, TX_READ);
	assert_int_equal(ttx_one(ttx, &prepared_count, NO_ARGS, &rows), OK);
	assert_in_range(rows_int(rows, 0), 100, 251);
	assert_int_equal(ttx_commit(ttx), OK);
}

static void a_statement_that_cannot_be_prepared_harms_no_other(void **state)
{
	struct ttx *ttx;
	struct rows *rows;

	(void)state;
	for (int i = 0; i < 3; i++) {
		ttx = begin(&things_a, TX_READ);
		rows = ttx_send(ttx, &nonsense, NO_ARGS);
		(void)ttx_send(ttx, &echo, ARGS(arg_text("not reached")));
		assert_int_equal(rows_wait(rows), E_INTERNAL);
		ttx_rollback(ttx);
	}
	ttx = begin(&things_a, TX_READ);
	assert_int_equal(ttx_one(ttx, &echo, ARGS(arg_text("fine")), &rows), OK);
	assert_true(str_is(rows_str(rows, 0), "fine"));
	assert_int_equal(ttx_commit(ttx), OK);
}

static void prepared_statements_survive_a_migration(void **state)
{
	struct ttx *ttx;
	struct rows *rows;
	struct stx *stx;

	(void)state;
	for (int i = 0; i < 3; i++) {
		ttx = begin(&things_a, TX_READ);
		assert_int_equal(ttx_rows(ttx, &all_columns, NO_ARGS, &rows), OK);
		assert_int_equal(ttx_commit(ttx), OK);
		test_sql("ALTER TABLE things.thing ADD COLUMN more%d text", i);
	}
	/* Not the first of its transaction: that may be tried again, by the caller. */
	ttx = begin(&things_a, TX_READ);
	assert_int_equal(ttx_rows(ttx, &echo, ARGS(arg_text("first")), &rows), OK);
	assert_int_equal(ttx_rows(ttx, &all_columns, NO_ARGS, &rows), E_BUSY);
	ttx_rollback(ttx);
	ttx = begin(&things_a, TX_READ);
	assert_int_equal(ttx_rows(ttx, &all_columns, NO_ARGS, &rows), OK);
	assert_int_equal(ttx_commit(ttx), OK);
	/* A pooler in between that handed us another server connection. */
	stx = stx_begin(pg, arena, "test", TX_READ);
	assert_int_equal(stx_exec(stx, &forget_all, NO_ARGS, NULL), OK);
	stx_rollback(stx);
	assert_int_equal(things_of(pg, &things_a), 0);
}

struct heard {
	int resets, messages;
	char last[64];
};

static void hear(void *context, const char *payload)
{
	struct heard *heard = context;

	if (!payload) {
		heard->resets++;
		return;
	}
	heard->messages++;
	(void)snprintf(heard->last, sizeof(heard->last), "%s", payload);
}

/* The socket wakes for the answer to a COMMIT as well. */
static void wait_for_message(const struct heard *heard, int count)
{
	struct pollfd socket = {.fd = pg_socket(pg), .events = POLLIN};

	for (int i = 0; i < 10 && heard->messages < count; i++) {
		assert_int_equal(poll(&socket, 1, 2000), 1);
		pg_poll(pg);
	}
	assert_int_equal(heard->messages, count);
}

static void notify(const char *channel, const char *payload, enum err expected, bool committed)
{
	struct stx *stx = stx_begin(test_pg_auth(), arena, "test", TX_WRITE);

	assert_int_equal(stx_notify(stx, channel, str_from(payload)), expected);
	if (expected != OK)
		assert_int_equal(stx_commit(stx), expected);
	else if (committed)
		assert_int_equal(stx_commit(stx), OK);
	else
		stx_rollback(stx);
}

static void notifications_arrive_and_a_new_connection_is_told(void **state)
{
	struct heard heard = {0};
	struct ttx *ttx;

	(void)state;
	pg_listen(pg, "things_test", hear, &heard);
	assert_false(pg_listening(pg));
	assert_int_equal(things_of(pg, &things_a), 0);
	assert_true(pg_listening(pg));
	assert_int_equal(heard.resets, 1);
	pg_poll(pg);
	notify("things_test", "not-committed", OK, false);
	notify("things_test", "", E_INTERNAL, false);
	notify("things_test", "x'; DROP TABLE y", E_INTERNAL, false);
	notify("Things", "x", E_INTERNAL, false);
	notify("things_test", "id-1", OK, true);
	wait_for_message(&heard, 1);
	assert_string_equal(heard.last, "id-1");
	/* Of the tenant's own transaction, too. */
	ttx = begin(&things_a, TX_WRITE);
	assert_int_equal(ttx_notify(ttx, "things_test", STR("id-2")), OK);
	assert_int_equal(ttx_commit(ttx), OK);
	assert_string_equal(heard.last, "id-2");
	things_wait_for_reconnect();
	things_terminate(things_backend(pg));
	pg_poll(pg);
	assert_false(pg_listening(pg));
	assert_int_equal(things_of(pg, &things_a), 0);
	assert_true(pg_listening(pg));
	assert_int_equal(heard.resets, 2);
	notify("things_test", "id-3", OK, true);
	wait_for_message(&heard, 3);
	assert_string_equal(heard.last, "id-3");
}

static enum err ready_as(const char *conninfo, const char *role, int64_t version, struct str *why)
{
	struct pg *other = pg_new(conninfo, role);
	enum err err = pg_ready(other, arena, version, why);

	pg_free(other);
	return err;
}

static void only_a_role_that_policies_hold_is_ready(void **state)
{
	static const char *const wrong[] = {
		"CREATE ROLE things_wrong LOGIN BYPASSRLS",
		"CREATE ROLE things_wrong LOGIN IN ROLE demand_owner",
		"CREATE ROLE things_wrong LOGIN NOINHERIT IN ROLE demand_owner",
		"CREATE ROLE things_wrong LOGIN CREATEROLE",
	};
	struct str why;

	(void)state;
	assert_int_equal(ready_as(test_conninfo(), "demand_app", SCHEMA_VERSION, &why), OK);
	assert_int_equal(ready_as(test_conninfo(), "demand_auth", SCHEMA_VERSION, &why), OK);
	assert_int_equal(ready_as(test_conninfo(), getenv("DEMAND_TEST_SUPERUSER"), SCHEMA_VERSION, &why), E_INTERNAL);
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		test_sql("%s", wrong[i]);
		test_sql("GRANT CONNECT ON DATABASE demand TO things_wrong");
		test_sql("GRANT USAGE ON SCHEMA public TO things_wrong");
		test_sql("GRANT SELECT ON schema_migrations TO things_wrong");
		assert_int_equal(ready_as(test_conninfo(), "things_wrong", SCHEMA_VERSION, &why), E_INTERNAL);
		assert_non_null(memmem(why.p, why.n, "things_wrong", 12));
		test_sql("DROP OWNED BY things_wrong");
		test_sql("DROP ROLE things_wrong");
	}
}

static void an_old_schema_or_no_server_is_not_ready(void **state)
{
	struct str why;

	(void)state;
	assert_int_equal(ready_as(test_conninfo(), "demand_app", SCHEMA_VERSION + 1, &why), E_BUSY);
	assert_non_null(memmem(why.p, why.n, "demandctl migrate", 17));
	/* A connection that died in its sleep says nothing about the server. */
	things_terminate(things_backend(pg));
	things_wait_for_reconnect();
	assert_int_equal(pg_ready(pg, arena, SCHEMA_VERSION, &why), OK);
	assert_int_equal(ready_as("host=/nowhere-at-all", "demand_app", SCHEMA_VERSION, &why), E_BUSY);
	assert_non_null(memmem(why.p, why.n, "/nowhere-at-all", 15));
}

static void a_connection_may_go_before_its_transaction(void **state)
{
	struct ttx *ttx;

	(void)state;
	ttx = begin(&things_a, TX_WRITE);
	assert_int_equal(ttx_exec(ttx, &thing_add, ARGS(arg_text("1"), arg_text("a")), NULL), OK);
	pg_free(pg);
	pg = pg_new(test_conninfo(), "demand_app");
	assert_int_equal(ttx_commit(ttx), E_INTERNAL);
	assert_int_equal(things_of(pg, &things_a), 0);
}

/* ---- as on a cluster: an extension of that name and the message a node's error comes with ---- */

static void rename_extension(const char *from, const char *to)
{
	struct stx *stx = stx_begin(test_pg_superuser(), arena, "test", TX_WRITE);
	STATEMENT(allow, "SET LOCAL allow_system_table_mods = on");
	STATEMENT(rename, "UPDATE pg_extension SET extname = $2 WHERE extname = $1");

	assert_int_equal(stx_exec(stx, &allow, NO_ARGS, NULL), OK);
	assert_int_equal(stx_exec(stx, &rename, ARGS(arg_text(from), arg_text(to)), NULL), OK);
	assert_int_equal(stx_commit(stx), OK);
}

static int cluster_teardown(void **state)
{
	rename_extension("citus", "btree_gin");
	test_sql("ALTER ROLE demand_app IN DATABASE demand RESET \"citus.propagate_set_commands\"");
	return teardown(state);
}

static struct str complain(const char *constraint)
{
	struct ttx *ttx = begin(&things_a, TX_READ);
	struct statement statement = {"complain", "SELECT things.complain($2, $1::uuid)"};
	struct str name;

	assert_int_equal(ttx_exec(ttx, &statement, ARGS(arg_text(constraint)), NULL), E_CONFLICT);
	name = ttx_constraint(ttx);
	ttx_rollback(ttx);
	return name;
}

static void a_cluster_must_hand_tenants_on_and_hides_its_shards(void **state)
{
	struct str why;

	(void)state;
	test_sql(
		"CREATE FUNCTION things.complain(text, uuid) RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
		"'duplicate key value violates unique constraint \"%%\"', $1 USING ERRCODE = 'unique_violation'; END "
		"$$");
	assert_true(str_is(complain("leads_email_102046"), "leads_email_102046"));
	rename_extension("btree_gin", "citus");
	assert_int_equal(ready_as(test_conninfo(), "demand_app", SCHEMA_VERSION, &why), E_BUSY);
	assert_non_null(memmem(why.p, why.n, "propagate_set_commands", 22));
	test_sql("ALTER ROLE demand_app IN DATABASE demand SET \"citus.propagate_set_commands\" = 'local'");
	assert_int_equal(ready_as(test_conninfo(), "demand_app", SCHEMA_VERSION, &why), OK);
	pg_free(pg);
	pg = pg_new(test_conninfo(), "demand_app");
	assert_true(str_is(complain("leads_email_102046"), "leads_email"));
	assert_true(str_is(complain("leads_email"), "leads_email"));
	assert_true(str_is(complain("leads_2"), "leads"));
	assert_true(str_is(complain("102046"), "102046"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(killed_between_transactions_nobody_notices),
		TEST(killed_while_idle_costs_no_statement_of_the_first_round_trip),
		TEST(killed_in_a_transaction_costs_that_transaction),
		TEST(killed_in_a_statement_is_not_tried_again),
		TEST(killed_before_the_commit_is_a_failure),
		TEST(killed_after_a_lazy_commit_does_not_matter),
		TEST(reconnects_once_a_second),
		TEST(large_arguments_travel_both_ways_at_once),
		TEST(what_is_used_stays_prepared),
		TEST(many_texts_are_prepared_and_the_oldest_go),
		TEST(a_statement_that_cannot_be_prepared_harms_no_other),
		TEST(prepared_statements_survive_a_migration),
		TEST(notifications_arrive_and_a_new_connection_is_told),
		TEST(only_a_role_that_policies_hold_is_ready),
		TEST(an_old_schema_or_no_server_is_not_ready),
		TEST(a_connection_may_go_before_its_transaction),
		cmocka_unit_test_setup_teardown(a_cluster_must_hand_tenants_on_and_hides_its_shards, setup,
						cluster_teardown),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	test_database_close();
	return failed;
}
