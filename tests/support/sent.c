#include "tests/support/sent.h"

#include <libpq-fe.h>

#include <stdio.h>
#include <stdlib.h>

#define PREPARED_MOST 5000
#define SENT_MOST 1000

static struct prepared {
	const PGconn *connection;
	char name[24], *sql;
} prepared[PREPARED_MOST];
static size_t prepared_count;

static struct arena *arena;
static struct sent sent[SENT_MOST];
static size_t count;

int __real_PQsendPrepare(PGconn *, const char *name, const char *sql, int parameters, const Oid *types);
int __wrap_PQsendPrepare(PGconn *, const char *name, const char *sql, int parameters, const Oid *types);
int __real_PQsendQueryPrepared(PGconn *, const char *name, int parameters, const char *const *values,
			       const int *lengths, const int *formats, int format);
int __wrap_PQsendQueryPrepared(PGconn *, const char *name, int parameters, const char *const *values,
			       const int *lengths, const int *formats, int format);

int __wrap_PQsendPrepare(PGconn *connection, const char *name, const char *sql, int parameters, const Oid *types)
{
	struct prepared *one = &prepared[prepared_count++];

	if (prepared_count == PREPARED_MOST || !(one->sql = strdup(sql)))
		abort();
	one->connection = connection;
	(void)snprintf(one->name, sizeof(one->name), "%s", name);
	return __real_PQsendPrepare(connection, name, sql, parameters, types);
}

static void keep(const char *sql, int parameters, const char *const *values)
{
	struct argument *items = arena_array(arena, (size_t)parameters, sizeof *items);

	if (count == SENT_MOST)
		abort();
	for (int i = 0; i < parameters; i++)
		items[i] = arg_str(values[i] ? arena_copy(arena, str_from(values[i])) : STR_NONE);
	sent[count++] = (struct sent){sql, {items, (size_t)parameters}};
}

int __wrap_PQsendQueryPrepared(PGconn *connection, const char *name, int parameters, const char *const *values,
			       const int *lengths, const int *formats, int format)
{
	/* The newest first: a connection that was closed may have left its address to another. */
	for (size_t i = prepared_count; arena && i > 0; i--)
		if (prepared[i - 1].connection == connection && strcmp(prepared[i - 1].name, name) == 0) {
			keep(prepared[i - 1].sql, parameters, values);
			break;
		}
	return __real_PQsendQueryPrepared(connection, name, parameters, values, lengths, formats, format);
}

void sent_keep(struct arena *where)
{
	arena = where;
	count = 0;
}

void sent_pause(void)
{
	arena = NULL;
}

size_t sent_count(void)
{
	return count;
}

const struct sent *sent_at(size_t i)
{
	return &sent[i];
}
