#include "tests/isolation/walls_tap.h"

#include "lib/pg/pg_internal.h"
#include "tests/isolation/statement_lint.h"

#include <stdio.h>
#include <stdlib.h>

#define STATEMENTS_MOST 20000

static const char *const *tables;
static const char *stripping; /* NULL: nothing */
static size_t stripped, statements, left;
static bool named_now[TENANT_TABLES_MOST];

/* What the server knows under which name. */
static struct known {
	char name[24];
	bool *named;
} known[STATEMENTS_MOST];
static size_t known_count;

/* A cache that was filled before the last change knows statements that were written another way. */
static unsigned generation;
static struct {
	const struct prepared_cache *cache;
	unsigned generation;
} caches[8];

int __real_PQsendPrepare(PGconn *, const char *name, const char *sql, int parameters, const Oid *types);
int __wrap_PQsendPrepare(PGconn *, const char *name, const char *sql, int parameters, const Oid *types);
int __real_PQsendQueryPrepared(PGconn *, const char *name, int count, const char *const *values, const int *lengths,
			       const int *formats, int format);
int __wrap_PQsendQueryPrepared(PGconn *, const char *name, int count, const char *const *values, const int *lengths,
			       const int *formats, int format);
bool __real_prepared_find(struct prepared_cache *, struct str sql, unsigned *number);
bool __wrap_prepared_find(struct prepared_cache *, struct str sql, unsigned *number);

static bool is_guarded(PGconn *connection)
{
	return strcmp(PQuser(connection), "demand_app") == 0 || strcmp(PQuser(connection), "demand_jobs") == 0;
}

static bool names_any(const bool *named)
{
	for (size_t i = 0; tables[i]; i++)
		if (named[i])
			return true;
	return false;
}

static void note(const char *name, const char *sql)
{
	struct known *slot = &known[known_count++];

	if (known_count == STATEMENTS_MOST || !(slot->named = calloc(TENANT_TABLES_MOST, sizeof(bool))))
		abort();
	(void)snprintf(slot->name, sizeof(slot->name), "%s", name);
	statement_tables(tables, str_from(sql), slot->named);
	statements += names_any(slot->named);
}

int __wrap_PQsendPrepare(PGconn *connection, const char *name, const char *sql, int parameters, const Oid *types)
{
	struct buffer out = BUFFER_IN(NULL);
	const char *of = stripping && strcmp(stripping, WALLS_ALL) == 0 ? NULL : stripping;
	size_t proven;
	int sent;

	if (!tables || !is_guarded(connection))
		return __real_PQsendPrepare(connection, name, sql, parameters, types);
	note(name, sql);
	if (!stripping)
		return __real_PQsendPrepare(connection, name, sql, parameters, types);
	stripped += statement_strip(tables, of, str_from(sql), &out);
	proven = statement_proven(tables, of, buffer_str(&out));
	if (proven > 0 && left == 0)
		fprintf(stderr, "a predicate is left in: %s\n", out.bytes);
	left += proven;
	sent = __real_PQsendPrepare(connection, name, out.bytes, parameters, types);
	buffer_free(&out);
	return sent;
}

int __wrap_PQsendQueryPrepared(PGconn *connection, const char *name, int count, const char *const *values,
			       const int *lengths, const int *formats, int format)
{
	/* The youngest of that name: another connection may have begun to count again. */
	if (tables && is_guarded(connection))
		for (size_t i = known_count; i-- > 0;)
			if (strcmp(known[i].name, name) == 0) {
				for (size_t at = 0; tables[at]; at++)
					named_now[at] |= known[i].named[at];
				break;
			}
	return __real_PQsendQueryPrepared(connection, name, count, values, lengths, formats, format);
}

bool __wrap_prepared_find(struct prepared_cache *cache, struct str sql, unsigned *number)
{
	static size_t next;
	size_t at = 0;

	while (at < COUNT_OF(caches) && caches[at].cache != cache)
		at++;
	/* A new connection, or one that was not heard of for long: what it knows may be of any time. */
	if (at == COUNT_OF(caches))
		at = next++ % COUNT_OF(caches);
	if (caches[at].cache != cache || caches[at].generation != generation)
		prepared_distrust(cache);
	caches[at].cache = cache;
	caches[at].generation = generation;
	return __real_prepared_find(cache, sql, number);
}

void walls_tables(const char *const *names)
{
	tables = names;
}

/* Every cache is distrusted from here on: no name that is known so far is sent again. */
void walls_strip(const char *table)
{
	stripping = table;
	generation++;
	while (known_count > 0)
		free(known[--known_count].named);
}

size_t walls_left(void)
{
	return left;
}

size_t walls_stripped(void)
{
	return stripped;
}

size_t walls_statements(void)
{
	return statements;
}

void walls_take_named(bool *named)
{
	memcpy(named, named_now, sizeof(named_now));
	memset(named_now, 0, sizeof(named_now));
}
