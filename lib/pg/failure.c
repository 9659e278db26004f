/* SQLSTATE to enum err, the violated constraint, and the one place where SQL errors are logged: never with a value. */
#include "lib/pg/pg_internal.h"

#include "lib/base/log.h"

/* The longest prefix wins. */
static const struct {
	const char *prefix;
	enum err err;
} sqlstates[] = {
	{"08", E_BUSY},        /* connection */
	{"23503", E_INVALID},  /* foreign key */
	{"23505", E_CONFLICT}, /* unique */
	{"23514", E_INVALID},  /* check */
	{"23P01", E_CONFLICT}, /* exclusion */
	{"25P03", E_BUSY},     /* idle in transaction for too long */
	{"26000", E_BUSY},     /* prepared statement is gone */
	{"40001", E_BUSY},     /* serialisation */
	{"40003", E_BUSY},     /* completion unknown */
	{"40P01", E_BUSY},     /* deadlock */
	{"53", E_BUSY},        /* out of connections, memory or disk */
	{"55P03", E_BUSY},     /* lock time-out */
	{"57", E_BUSY},        /* cancelled, shut down, starting up */
};

static enum err err_of(const char *sqlstate)
{
	enum err err = E_INTERNAL;
	size_t longest = 0;

	for (size_t i = 0; i < COUNT_OF(sqlstates); i++) {
		size_t length = strlen(sqlstates[i].prefix);

		if (length > longest && strncmp(sqlstate, sqlstates[i].prefix, length) == 0) {
			longest = length;
			err = sqlstates[i].err;
		}
	}
	return err;
}

bool failure_is_stale(const PGresult *result)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *function = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);

	if (!sqlstate)
		return false;
	if (strcmp(sqlstate, "26000") == 0)
		return true;
	/* "cached plan must not change result type": the words are translated, the function's name is not. */
	return strcmp(sqlstate, "0A000") == 0 && function && strcmp(function, "RevalidateCachedQuery") == 0;
}

/* A shard's constraint is the table's with "_102046" behind. */
static size_t without_shard(const char *name, size_t length)
{
	size_t end = length;

	while (end > 0 && name[end - 1] >= '0' && name[end - 1] <= '9')
		end--;
	return end < length && end > 1 && name[end - 1] == '_' ? end - 1 : length;
}

static void note_constraint(char out[CONSTRAINT_ROOM], const PGresult *result, bool citus)
{
	static const char marker[] = "constraint \"";
	const char *name = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
	size_t length;

	if (name) {
		length = strlen(name);
	} else { /* a cluster's coordinator hands on the worker's message, not its fields */
		const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
		const char *end;

		name = message ? strstr(message, marker) : NULL;
		if (!name)
			return;
		name += sizeof(marker) - 1;
		end = strchr(name, '"');
		if (!end)
			return;
		length = (size_t)(end - name);
	}
	if (citus)
		length = without_shard(name, length);
	if (length >= CONSTRAINT_ROOM)
		length = CONSTRAINT_ROOM - 1;
	memcpy(out, name, length);
	out[length] = '\0';
}

static void log_failure(enum err err, const char *sqlstate, const char *name, const char *message)
{
	enum log_level level = err == E_INTERNAL ? LOG_ERROR : err == E_BUSY ? LOG_WARNING : LOG_DEBUG;
	struct buffer members = BUFFER_IN(NULL);

	log_member_str(&members, "sqlstate", str_from(sqlstate));
	log_member_str(&members, "statement", str_from(name));
	log_member_str(&members, "message", str_from(message));
	log_members(level, "sql", &members);
	buffer_free(&members);
}

void failure_note(struct failure *failure, const PGresult *result, const char *name, enum tx_mode mode, bool citus)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	if (failure->err)
		return;
	if (!sqlstate) /* made by libpq itself: the connection broke */
		sqlstate = "08006";
	failure->err = err_of(sqlstate);
	if (failure_is_stale(result)) {
		failure->err = E_BUSY;
		failure->again = true;
	}
	/* A standby that was asked to write: the primary is elsewhere by now. */
	if (strcmp(sqlstate, "25006") == 0 && mode == TX_WRITE) {
		failure->err = E_BUSY;
		failure->lost = true;
	}
	memcpy(failure->sqlstate, sqlstate, sizeof(failure->sqlstate) - 1);
	note_constraint(failure->constraint, result, citus);
	/* Messages of data errors and violations can hold what somebody typed. */
	if (strncmp(sqlstate, "22", 2) == 0 || strncmp(sqlstate, "23", 2) == 0)
		message = failure->constraint[0] ? failure->constraint : "(withheld: it may hold a value)";
	log_failure(failure->err, sqlstate, name, message ? message : "connection lost");
}

void failure_set(struct failure *failure, enum err err, const char *name, const char *what)
{
	if (failure->err)
		return;
	failure->err = err;
	log_failure(err, "", name, what);
}
