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

bool statement_prepares(const char *conninfo, const char *role, const char *sql, const char **why)
{
	const char *const keywords[] = {"dbname", "user", NULL}, *const values[] = {conninfo, role, NULL};
	static char message[512];
	static PGconn *connection;
	static const char *of;
	PGresult *result;
	bool good;

	if (of != role) {
		PQfinish(connection);
		connection = PQconnectdbParams(keywords, values, 1);
		of = role;
	}
	/* The unnamed statement: each takes the place of the one before. */
	result = PQprepare(connection, "", sql, 0, NULL);
	good = PQresultStatus(result) == PGRES_COMMAND_OK;
	snprintf(message, sizeof(message), "%s", PQresultErrorMessage(result));
	*why = message;
	PQclear(result);
	return good;
}
