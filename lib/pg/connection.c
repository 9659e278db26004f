/* A connection that mends itself, at most once a second, and comes back clean or not at all. */
#include "lib/pg/pg_internal.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <stdio.h>
#include <stdlib.h>

static char *copy_of(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		abort();
	return copy;
}

struct pg *pg_new(const char *conninfo, const char *role)
{
	struct pg *pg = calloc(1, sizeof(*pg));

	if (!pg)
		abort();
	pg->conninfo = copy_of(conninfo);
	pg->role = copy_of(role);
	return pg;
}

void pg_free(struct pg *pg)
{
	if (!pg)
		return;
	if (pg->open) {
		pg->open->state = TX_DONE;
		pg->open->begun = false;
	}
	pg_drop(pg);
	free(pg->expected);
	free(pg->channel);
	free(pg->conninfo);
	free(pg->role);
	free(pg);
}

void pg_drop(struct pg *pg)
{
	pipeline_disown(pg, E_BUSY);
	pg->expected_first = pg->expected_count = 0;
	pg->unsynced = false;
	prepared_clear(&pg->prepared);
	pg->listening = pg->asked_to_listen = false;
	if (pg->connection)
		PQfinish(pg->connection);
	pg->connection = NULL;
}

/* ---- notifications ---- */

void pg_deliver(struct pg *pg)
{
	PGnotify *notify;

	while (pg->connection && (notify = PQnotifies(pg->connection)) != NULL) {
		if (pg->notified)
			pg->notified(pg->context, notify->extra);
		PQfreemem(notify);
	}
}

static void start_listening(struct pg *pg)
{
	struct failure failure = {.err = OK};
	char text[128];

	if (!pg->channel || pg->asked_to_listen)
		return;
	pg->asked_to_listen = true;
	(void)snprintf(text, sizeof(text), "LISTEN %s", pg->channel);
	if (!pipeline_command(pg, text, "LISTEN") || !pipeline_sync(pg)) {
		pg_drop(pg);
		return;
	}
	pg->listening = pipeline_read(pg, TX_READ, &failure) && !failure.err;
	pg->notified(pg->context, NULL);
}

void pg_listen(struct pg *pg, const char *channel, void (*notified)(void *context, const char *payload), void *context)
{
	/* It becomes part of a statement: a literal of ours, held to plain words. */
	if (strlen(channel) > 63 || channel[strspn(channel, "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0')
		abort();
	free(pg->channel);
	pg->channel = copy_of(channel);
	pg->notified = notified;
	pg->context = context;
	pg->listening = pg->asked_to_listen = false;
	if (pg->connection && !pg->open)
		(void)pg_ensure(pg);
}

bool pg_listening(const struct pg *pg)
{
	return pg->connection && pg->listening;
}

int pg_socket(const struct pg *pg)
{
	return pg->connection ? PQsocket(pg->connection) : -1;
}

uint64_t pg_connects(const struct pg *pg)
{
	return pg->connects;
}

/* ---- connecting ---- */

/* Warnings of the server can hold values: their code is enough. */
static void noticed(void *context, const PGresult *notice)
{
	const char *sqlstate = PQresultErrorField(notice, PG_DIAG_SQLSTATE);

	(void)context;
	log_event(LOG_DEBUG, "sql_notice", "%s", sqlstate ? sqlstate : "");
}

static void refuse(struct pg *pg, const char *why)
{
	size_t length = strcspn(why, "\n");

	if (length >= sizeof(pg->problem))
		length = sizeof(pg->problem) - 1;
	memcpy(pg->problem, why, length);
	pg->problem[length] = '\0';
	log_event(LOG_WARNING, "database", "%s: %s", pg->role, pg->problem);
	pg_drop(pg);
	/* Counted from the end: an attempt that took its three seconds is not repeated at once. */
	pg->attempted = clock_monotonic();
}

/* A tenant must reach every node of a cluster with SET LOCAL, or it is no cluster for us. */
static bool examine(struct pg *pg)
{
	static const char question[] = "SELECT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus'),"
				       " coalesce(current_setting('citus.propagate_set_commands', true), '') = 'local'";
	struct arena *arena = arena_new((size_t)64 * 1024);
	struct failure failure = {.err = OK};
	struct rows *rows = rows_new(NULL, arena, "examine");
	bool propagates;
	const char *problem = NULL;

	if (!pipeline_statement(pg, "examine", str_from(question), NULL, rows, NULL) || !pipeline_sync(pg) ||
	    !pipeline_read(pg, TX_READ, &failure) || failure.err) {
		problem = "the connection broke while it was examined";
	} else {
		rows_first(rows);
		pg->citus = rows_bool(rows, 0);
		propagates = rows_bool(rows, 1);
		if (pg->citus && !propagates)
			problem = "citus.propagate_set_commands is not 'local': tenants would not reach the nodes";
	}
	arena_free(arena);
	if (problem)
		refuse(pg, problem);
	return !problem;
}

static bool reconnect(struct pg *pg)
{
	/* What stands before dbname can be set otherwise in the configuration, what stands behind it cannot. */
	static const char options[] = "-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=postgres -c bytea_output=hex";
	const char *const keywords[] = {"connect_timeout",
					"tcp_user_timeout",
					"fallback_application_name",
					"dbname",
					"user",
					"client_encoding",
					"options",
					NULL};
	const char *const values[] = {"3", "30000", "demand", pg->conninfo, pg->role, "UTF8", options, NULL};
	int64_t now = clock_monotonic();

	if (pg->attempted && now - pg->attempted < MICROSECONDS_PER_SECOND)
		return false;
	pg->attempted = now;
	pg->connects++;
	pg->connection = PQconnectdbParams(keywords, values, 1);
	if (!pg->connection)
		abort();
	if (PQstatus(pg->connection) != CONNECTION_OK) {
		refuse(pg, PQerrorMessage(pg->connection));
		return false;
	}
	(void)PQsetNoticeReceiver(pg->connection, noticed, NULL);
	if (PQsetnonblocking(pg->connection, 1) != 0 || !PQenterPipelineMode(pg->connection)) {
		refuse(pg, "libpq has no pipeline mode");
		return false;
	}
	if (!examine(pg))
		return false;
	pg->problem[0] = '\0';
	return true;
}

/* Too many statements forgotten here: the server forgets all. */
static bool sweep(struct pg *pg)
{
	struct failure failure = {.err = OK};

	if (pg->prepared.strays <= STRAYS_MOST)
		return true;
	prepared_clear(&pg->prepared);
	return pipeline_command(pg, "DEALLOCATE ALL", NULL) && pipeline_sync(pg) &&
	       pipeline_read(pg, TX_READ, &failure) && !failure.err;
}

static bool clean(struct pg *pg)
{
	struct failure failure = {.err = OK};

	if (pg->unsynced && !pipeline_sync(pg))
		return false;
	if (!pipeline_read(pg, TX_READ, &failure) || failure.err || PQstatus(pg->connection) != CONNECTION_OK ||
	    PQtransactionStatus(pg->connection) != PQTRANS_IDLE)
		return false;
	/* What came with that answer is out of the socket: nobody is woken for it again. */
	pg_deliver(pg);
	return sweep(pg);
}

bool pg_ensure(struct pg *pg)
{
	if (pg->connection && !clean(pg))
		pg_drop(pg);
	if (!pg->connection && !reconnect(pg))
		return false;
	start_listening(pg);
	return pg->connection != NULL;
}

void pg_poll(struct pg *pg)
{
	if (!pg->connection || (pg->open && pg->open->begun))
		return;
	pipeline_read_arrived(pg);
	if (pg->connection && pg->expected_count == 0 && PQtransactionStatus(pg->connection) != PQTRANS_IDLE)
		pg_drop(pg);
	pg_deliver(pg);
}
