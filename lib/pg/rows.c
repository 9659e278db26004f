#include "lib/pg/pg_internal.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"

struct rows {
	struct tx *tx; /* NULL once settled */
	struct arena *arena;
	const char *name;
	PGresult *result;
	enum err err;
	bool settled;
	int count, columns, current;
};

static void release(void *argument)
{
	struct rows *rows = argument;

	PQclear(rows->result);
	rows->result = NULL;
	rows->count = rows->columns = 0;
}

/* The release is in place before there is anything to release: nothing later can run out of memory and leak it. */
struct rows *rows_new(struct tx *tx, struct arena *arena, const char *name)
{
	struct rows *rows = ARENA_NEW(arena, struct rows);

	*rows = (struct rows){.tx = tx, .arena = arena, .name = name, .current = -1};
	arena_defer(arena, release, rows);
	return rows;
}

void rows_renew(struct rows *rows)
{
	release(rows);
	rows->err = OK;
	rows->settled = false;
	rows->current = -1;
}

void rows_take(struct rows *rows, PGresult *result)
{
	rows->result = result;
	rows->count = PQntuples(result);
	rows->columns = PQnfields(result);
	rows->settled = true;
}

void rows_fail(struct rows *rows, enum err err)
{
	if (rows->settled)
		return;
	rows->err = err;
	rows->settled = true;
}

bool rows_settled(const struct rows *rows)
{
	return rows->settled;
}

void rows_first(struct rows *rows)
{
	rows->current = 0;
}

enum err rows_wait(struct rows *rows)
{
	if (!rows->settled) {
		enum err err = tx_settle(rows->tx);

		rows_fail(rows, err ? err : E_INTERNAL); /* unless its answer has come */
		if (err && rows->tx->failure.lost)       /* an answer in a transaction that is not what it should be */
			rows->err = err;
	}
	return rows->err;
}

bool rows_next(struct rows *rows)
{
	if (rows->current + 1 >= rows->count)
		return false;
	rows->current++;
	return true;
}

size_t rows_count(const struct rows *rows)
{
	return (size_t)rows->count;
}

int64_t rows_affected(const struct rows *rows)
{
	int64_t affected = 0;

	/* PQcmdTuples only reads; its parameter lacks const for history's sake. */
	if (rows->result && !str_to_int64(str_from(PQcmdTuples(rows->result)), &affected))
		affected = 0;
	return affected;
}

/* Asking for what is not there is a mistake in the program: it is logged and answered with nothing. */
static bool there(const struct rows *rows, int column)
{
	if (rows->current >= 0 && rows->current < rows->count && column >= 0 && column < rows->columns)
		return true;
	log_event(LOG_ERROR, "rows", "%s: no row or no column %d", rows->name, column);
	return false;
}

bool rows_null(const struct rows *rows, int column)
{
	return !there(rows, column) || PQgetisnull(rows->result, rows->current, column);
}

struct str rows_str(const struct rows *rows, int column)
{
	int length;

	if (!there(rows, column))
		return STR_NONE;
	length = PQgetlength(rows->result, rows->current, column);
	if (length == 0 && PQgetisnull(rows->result, rows->current, column))
		return STR_NONE;
	return (struct str){PQgetvalue(rows->result, rows->current, column), (size_t)length};
}

static void not_a(const struct rows *rows, int column, const char *type)
{
	log_event(LOG_ERROR, "rows", "%s: column %d is not %s", rows->name, column, type);
}

int64_t rows_int(const struct rows *rows, int column)
{
	struct str text = rows_str(rows, column);
	int64_t value = 0;

	if (!str_absent(text) && !str_to_int64(text, &value)) {
		not_a(rows, column, "an integer");
		return 0;
	}
	return value;
}

bool rows_bool(const struct rows *rows, int column)
{
	struct str text = rows_str(rows, column);

	if (!str_absent(text) && !str_is(text, "t") && !str_is(text, "f"))
		not_a(rows, column, "a boolean");
	return str_is(text, "t");
}

int64_t rows_instant(const struct rows *rows, int column)
{
	struct str text = rows_str(rows, column);
	int64_t instant = 0;

	if (!str_absent(text) && !clock_from_postgres(text, &instant)) {
		not_a(rows, column, "an instant");
		return 0;
	}
	return instant;
}

struct uuid rows_uuid(const struct rows *rows, int column)
{
	struct str text = rows_str(rows, column);
	struct uuid uuid = uuid_zero();

	if (!str_absent(text) && !uuid_parse(text, &uuid)) {
		not_a(rows, column, "a uuid");
		return uuid_zero();
	}
	return uuid;
}

struct str rows_bytes(const struct rows *rows, int column)
{
	struct str text = rows_str(rows, column);
	uint8_t *bytes;
	size_t length;

	if (str_absent(text))
		return STR_NONE;
	length = text.n < 2 ? 0 : (text.n - 2) / 2;
	bytes = arena_alloc(rows->arena, length + 1);
	if (!str_starts(text, STR("\\x")) || !hex_decode((struct str){text.p + 2, text.n - 2}, bytes, length)) {
		not_a(rows, column, "a bytea");
		return STR_NONE;
	}
	return (struct str){(const char *)bytes, length};
}

struct str rows_ids(struct arena *arena, struct rows *rows)
{
	struct buffer ids = BUFFER_IN(arena);

	BUFFER_LITERAL(&ids, "{");
	while (rows_next(rows)) {
		if (ids.length > 1)
			buffer_add_char(&ids, ',');
		buffer_add_str(&ids, rows_str(rows, 0));
	}
	BUFFER_LITERAL(&ids, "}");
	return buffer_str(&ids);
}
