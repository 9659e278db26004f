/*
 * The connection that migrations and roles.sql run on: its own, blocking and without pipeline, so this file is the one place where PQexec
 * is right. What goes wrong is said in words, with file and line, since an operator reads it.
 */
#include "lib/pg/migrate_internal.h"
#include "lib/pg/sql_split.h"

#include <stdio.h>
#include <stdlib.h>

#define ARENA_MOST ((size_t)256 * 1024 * 1024)

/* ---- statements ---- */

static enum err failed(struct runner *runner, const PGresult *result, const char *where, size_t line)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
	const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);

	memset(runner->sqlstate, 0, sizeof(runner->sqlstate));
	if (sqlstate)
		memcpy(runner->sqlstate, sqlstate, strnlen(sqlstate, 5));
	buffer_printf(runner->report, "%s", where);
	if (line)
		buffer_printf(runner->report, ":%zu", line);
	buffer_printf(runner->report, ": %s", message ? message : "the connection broke\n");
	if (message)
		buffer_printf(runner->report, " (%s)%s%s%s%s\n", runner->sqlstate, detail ? "; " : "",
			      detail ? detail : "", hint ? "; " : "", hint ? hint : "");
	return !message || strcmp(runner->sqlstate, LOCK_TIMED_OUT) == 0 || strncmp(runner->sqlstate, "57", 2) == 0
		       ? E_BUSY
		       : E_INTERNAL;
}

static bool good(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

enum err runner_run(struct runner *runner, const char *sql, const char *where, size_t line)
{
	PGresult *result = PQexec(runner->connection, sql);
	enum err err = good(result) ? OK : failed(runner, result, where, line);

	PQclear(result);
	return err;
}

enum err runner_ask(struct runner *runner, const char *sql, size_t count, const struct str *arguments, struct str *out)
{
	const char *values[4];
	int lengths[4], formats[4];
	PGresult *result;
	enum err err;

	for (size_t i = 0; i < count; i++) {
		values[i] = arguments[i].p;
		lengths[i] = (int)arguments[i].n;
		formats[i] = 1; /* text has the same bytes in binary form */
	}
	result = PQexecParams(runner->connection, sql, (int)count, NULL, values, lengths, formats, 0);
	err = good(result) ? OK : failed(runner, result, "migrate", 0);
	*out = STR_NONE;
	if (err == OK && PQntuples(result) > 0 && !PQgetisnull(result, 0, 0))
		*out = arena_copy(runner->arena, str_from(PQgetvalue(result, 0, 0)));
	PQclear(result);
	return err;
}

enum err runner_run_file(struct runner *runner, const char *file, struct str text)
{
	PGTransactionStatusType before = PQtransactionStatus(runner->connection);
	struct sql_split split = sql_split_of(text);
	struct str statement;
	size_t line = 0;
	bool broken;
	enum err err = OK;

	while (err == OK && sql_split_next(&split, &statement, &line, &broken)) {
		err = runner_run(runner, arena_c_string(runner->arena, statement), file, line);
		if (err == OK && PQtransactionStatus(runner->connection) != before) {
			buffer_printf(runner->report, "%s:%zu: the statement begins or ends a transaction\n", file,
				      line);
			err = E_INTERNAL;
		}
	}
	if (err == OK && broken) {
		buffer_printf(runner->report, "%s:%zu: a quote or comment does not end\n", file, split.line);
		err = E_INTERNAL;
	}
	return err;
}

/* ---- connection ---- */

static void ignore_notice(void *context, const char *message)
{
	(void)context;
	(void)message;
}

static void hang_up(void *connection)
{
	PQfinish(connection);
}

enum err runner_open(struct runner *runner, const char *conninfo, struct buffer *report)
{
	const char *const keywords[] = {
		"dbname", "connect_timeout", "client_encoding", "fallback_application_name", "options", NULL};
	const char *const values[] = {conninfo, "5", "UTF8", "demand-migrate", "-c TimeZone=UTC -c DateStyle=ISO",
				      NULL};

	*runner = (struct runner){.arena = arena_new(ARENA_MOST), .report = report};
	runner->connection = PQconnectdbParams(keywords, values, 1);
	if (!runner->connection)
		abort();
	arena_defer(runner->arena, hang_up, runner->connection);
	if (PQstatus(runner->connection) != CONNECTION_OK) {
		buffer_printf(report, "%s", PQerrorMessage(runner->connection));
		return E_BUSY;
	}
	PQsetNoticeProcessor(runner->connection, ignore_notice, NULL);
	return OK;
}

void runner_close(struct runner *runner)
{
	arena_free(runner->arena);
}

enum err runner_take_turn(struct runner *runner)
{
	enum err err = runner_run(runner, "SET lock_timeout = '60s'", "migrate", 0);

	if (err == OK)
		err = runner_run(runner, "SELECT pg_catalog.pg_advisory_lock(4919131752989213764)", "migrate", 0);
	if (err == E_BUSY)
		buffer_printf(runner->report, "another migration is running\n");
	return err == OK ? runner_run(runner, "SET lock_timeout = '2s'", "migrate", 0) : err;
}

enum err runner_in_transaction(struct runner *runner, enum err (*work)(struct runner *, const void *),
			       const void *argument)
{
	struct str tag;
	PGresult *result;
	enum err err = runner_run(runner, "BEGIN", "migrate", 0);

	if (err == OK)
		err = work(runner, argument);
	if (err != OK) {
		PQclear(PQexec(runner->connection, "ROLLBACK"));
		return err;
	}
	result = PQexec(runner->connection, "COMMIT");
	tag = str_from(PQcmdStatus(result));
	if (!good(result))
		err = failed(runner, result, "commit", 0);
	else if (!str_is(tag, "COMMIT"))
		err = E_INTERNAL;
	PQclear(result);
	return err;
}

enum err runner_rows(struct runner *runner, const char *sql, void (*row)(void *context, const struct str *cells),
		     void *context, size_t columns)
{
	PGresult *result = PQexec(runner->connection, sql);
	enum err err = good(result) ? OK : failed(runner, result, "migrate", 0);
	struct str cells[4];

	for (int at = 0; err == OK && at < PQntuples(result); at++) {
		for (size_t i = 0; i < columns; i++)
			cells[i] = arena_copy(runner->arena, str_from(PQgetvalue(result, at, (int)i)));
		row(context, cells);
	}
	PQclear(result);
	return err;
}

void runner_try(struct runner *runner, const char *sql)
{
	PQclear(PQexec(runner->connection, sql));
}
