#include "tests/isolation/statement_tap.h"

#include <libpq-fe.h>

#include <stdio.h>
#include <stdlib.h>

#define TAPPED_MOST 8000

static struct tapped tapped[TAPPED_MOST];
static size_t count;

int __real_PQsendPrepare(PGconn *, const char *name, const char *sql, int parameters, const Oid *types);
int __wrap_PQsendPrepare(PGconn *, const char *name, const char *sql, int parameters, const Oid *types);

int __wrap_PQsendPrepare(PGconn *connection, const char *name, const char *sql, int parameters, const Oid *types)
{
	bool known = false;

	for (size_t i = 0; i < count && !known; i++)
		known = strcmp(tapped[i].sql, sql) == 0 && strcmp(tapped[i].role, PQuser(connection)) == 0;
	if (!known) {
		if (count == TAPPED_MOST)
			abort();
		tapped[count++] = (struct tapped){strdup(PQuser(connection)), strdup(sql)};
	}
	return __real_PQsendPrepare(connection, name, sql, parameters, types);
}

size_t tapped_count(void)
{
	return count;
}

const struct tapped *tapped_at(size_t i)
{
	return &tapped[i];
}

bool tapped_has(struct str sql)
{
	for (size_t i = 0; i < count; i++)
		if (str_is(sql, tapped[i].sql))
			return true;
	return false;
}

static PGresult *ask(PGconn *connection, const char *sql)
{
	PQclear(PQprepare(connection, "", sql, 0, NULL));
	return PQexecPrepared(connection, "", 0, NULL, NULL, NULL, 0);
}

static PGconn *connection_of(const char *conninfo, const char *role)
{
	const char *const keywords[] = {"dbname", "user", NULL}, *const values[] = {conninfo, role, NULL};
	static PGconn *connection;
	static char of[64];

	if (strcmp(of, role) != 0) {
		PQfinish(connection);
		connection = PQconnectdbParams(keywords, values, 1);
		(void)snprintf(of, sizeof(of), "%s", role);
		/* Where a policy asks for the company: one that there is not. */
		PQclear(ask(connection, "SET app.tenant_id = '00000000-0000-0000-0000-000000000000'"));
	}
	return connection;
}

/* True when it is answered well; otherwise *why is what the server says. Frees the result. */
static bool is_good(PGresult *result, const char **why)
{
	static char message[512];
	bool good = PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;

	if (!good) {
		(void)snprintf(message, sizeof(message), "%s", PQresultErrorMessage(result));
		*why = message;
	}
	PQclear(result);
	return good;
}

/* Preparing looks at names and types; rights are looked at when a plan is about to run. */
static bool may_run(PGconn *connection, const char **why)
{
	PGresult *described = PQdescribePrepared(connection, "linted");
	struct buffer sql = BUFFER_IN(NULL);
	bool good;

	BUFFER_LITERAL(&sql, "EXPLAIN EXECUTE linted");
	for (int i = 0; i < PQnparams(described); i++)
		buffer_printf(&sql, "%sNULL", i == 0 ? "(" : ", ");
	if (PQnparams(described) > 0)
		buffer_add_char(&sql, ')');
	PQclear(described);
	good = is_good(ask(connection, sql.bytes), why);
	buffer_free(&sql);
	return good;
}

bool statement_runs(const char *conninfo, const char *role, const char *sql, const char **why)
{
	PGconn *connection = connection_of(conninfo, role);
	bool good;

	if (!is_good(PQprepare(connection, "linted", sql, 0, NULL), why))
		return false;
	good = may_run(connection, why);
	PQclear(ask(connection, "DEALLOCATE linted"));
	return good;
}
