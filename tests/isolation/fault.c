#include "tests/isolation/fault.h"

#include "lib/base/clock.h"

#include <libpq-fe.h>

/* Each ends in the statement itself, whatever the server looks at first. */
static const struct {
	const char *word, *sql;
} faults[FAULTS] = {
	[FAULT_NONE] = {"nothing", ""},
	[FAULT_ERROR] = {"an error", "SELECT 1 / 0"},
	[FAULT_CANCEL] = {"a cancel", "SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(5)"},
	[FAULT_TERMINATE] = {"the backend's end", "SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(5)"},
};

static enum fault armed;
static size_t left;
static int64_t passed;

const char *fault_word(enum fault fault)
{
	return faults[fault].word;
}

void fault_arm(enum fault fault, size_t kth)
{
	armed = fault;
	left = kth;
}

bool fault_disarm(void)
{
	bool fired = armed == FAULT_NONE;

	armed = FAULT_NONE;
	return fired;
}

void fault_let_a_second_pass(void)
{
	passed += MICROSECONDS_PER_SECOND + 1;
}

/* The statement to send instead; NULL: this one as it is. */
static const char *instead(void)
{
	const char *sql;

	if (armed == FAULT_NONE || --left > 0)
		return NULL;
	sql = faults[armed].sql;
	armed = FAULT_NONE;
	return sql;
}

int __real_PQsendQueryPrepared(PGconn *, const char *, int, const char *const *, const int *, const int *, int);
int __wrap_PQsendQueryPrepared(PGconn *, const char *, int, const char *const *, const int *, const int *, int);
int __real_PQsendQueryParams(PGconn *, const char *, int, const Oid *, const char *const *, const int *, const int *,
			     int);
int __wrap_PQsendQueryParams(PGconn *, const char *, int, const Oid *, const char *const *, const int *, const int *,
			     int);
int64_t __real_clock_monotonic(void);
int64_t __wrap_clock_monotonic(void);

int __wrap_PQsendQueryPrepared(PGconn *connection, const char *name, int count, const char *const *values,
			       const int *lengths, const int *formats, int binary)
{
	const char *sql = instead();

	if (sql)
		return __real_PQsendQueryParams(connection, sql, 0, NULL, NULL, NULL, NULL, 0);
	return __real_PQsendQueryPrepared(connection, name, count, values, lengths, formats, binary);
}

int __wrap_PQsendQueryParams(PGconn *connection, const char *sql, int count, const Oid *types,
			     const char *const *values, const int *lengths, const int *formats, int binary)
{
	const char *other = instead();

	if (other)
		return __real_PQsendQueryParams(connection, other, 0, NULL, NULL, NULL, NULL, 0);
	return __real_PQsendQueryParams(connection, sql, count, types, values, lengths, formats, binary);
}

int64_t __wrap_clock_monotonic(void)
{
	return __real_clock_monotonic() + passed;
}
