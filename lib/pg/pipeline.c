/*
 * Messages out, answers in.
 *
 * Every message pushes what must come back onto a queue. pipeline_sync() closes the segment, pipeline_read() takes the answers off in
 * order. Each wait ends in a Sync and not in a Flush: the server then counts idle_in_transaction_session_timeout, an aborted pipeline
 * recovers by itself, and PQtransactionStatus() tells the truth. Sending never blocks: while the server does not take our bytes because
 * it wants to be read, it is read.
 */
#include "lib/pg/pg_internal.h"

#include "lib/base/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

static void push(struct pg *pg, struct expected item)
{
	if (pg->expected_first > 0 && pg->expected_count == 0)
		pg->expected_first = 0;
	if (pg->expected_first + pg->expected_count == pg->expected_room) {
		size_t room = pg->expected_room ? pg->expected_room * 2 : 32;
		struct expected *grown = reallocarray(pg->expected, room, sizeof(*grown));

		if (!grown)
			abort();
		pg->expected = grown;
		pg->expected_room = room;
	}
	pg->expected[pg->expected_first + pg->expected_count++] = item;
}

static bool pop(struct pg *pg, struct expected *out)
{
	if (pg->expected_count == 0)
		return false;
	*out = pg->expected[pg->expected_first++];
	pg->expected_count--;
	return true;
}

/* ---- out ---- */

static bool send_text(struct pg *pg, const char *sql, struct expected item)
{
	if (!PQsendQueryParams(pg->connection, sql, 0, NULL, NULL, NULL, NULL, 0))
		return false;
	push(pg, item);
	pg->unsynced = true;
	return true;
}

bool pipeline_command(struct pg *pg, const char *sql, const char *tag)
{
	/* Only the first word is logged: the rest of SET LOCAL is an id. */
	return send_text(pg, sql, (struct expected){.kind = EXPECT_COMMAND, .name = tag ? tag : "command", .tag = tag});
}

static bool prepare(struct pg *pg, const char *name, struct str sql, unsigned *number)
{
	const struct prepared *prepared;
	unsigned evicted;
	char text[32];

	if (prepared_find(&pg->prepared, sql, number))
		return true;
	prepared = prepared_add(&pg->prepared, sql, &evicted);
	*number = prepared->number;
	if (evicted) {
		(void)snprintf(text, sizeof(text), "DEALLOCATE s%u", evicted);
		if (!send_text(pg, text, (struct expected){.kind = EXPECT_CLOSE, .name = "deallocate"}))
			return false;
	}
	(void)snprintf(text, sizeof(text), "s%u", *number);
	if (!PQsendPrepare(pg->connection, text, prepared->sql, 0, NULL))
		return false;
	push(pg, (struct expected){.kind = EXPECT_PREPARE, .number = *number, .name = name});
	pg->unsynced = true;
	return true;
}

bool pipeline_statement(struct pg *pg, const char *name, struct str sql, const struct bound *bound, struct rows *rows,
			const char *tag)
{
	unsigned number;
	char text[32];

	if (!prepare(pg, name, sql, &number))
		return false;
	(void)snprintf(text, sizeof(text), "s%u", number);
	if (!PQsendQueryPrepared(pg->connection, text, bound ? bound->count : 0, bound ? bound->values : NULL,
				 bound ? bound->lengths : NULL, bound ? bound->formats : NULL, 0))
		return false;
	push(pg, (struct expected){.kind = EXPECT_ROWS, .number = number, .name = name, .tag = tag, .rows = rows});
	pg->unsynced = true;
	return true;
}

bool pipeline_sync(struct pg *pg)
{
	if (!PQpipelineSync(pg->connection))
		return false;
	push(pg, (struct expected){.kind = EXPECT_SYNC, .name = "sync"});
	pg->unsynced = false;
	return true;
}

/* ---- in ---- */

#define LOOK_AGAIN (MICROSECONDS_PER_SECOND / 20)

/* libpq (15) that finds no memory for the answer to a Sync notes that, and gives no answer: nothing will come then. */
static bool is_starved(struct pg *pg)
{
	return strstr(PQerrorMessage(pg->connection), "out of memory") != NULL;
}

/* Until libpq has an answer to give. False: the time is up or the connection is gone. */
static bool await(struct pg *pg, int64_t deadline)
{
	for (;;) {
		int unsent = PQflush(pg->connection);
		int64_t left = deadline - clock_monotonic();
		struct pollfd socket = {.fd = PQsocket(pg->connection), .events = POLLIN};
		int ready;

		if (unsent < 0)
			return false;
		if (!PQisBusy(pg->connection))
			return true;
		if (left <= 0 || socket.fd < 0)
			return false;
		if (unsent > 0)
			socket.events |= POLLOUT;
		/* libpq without memory says "not all has come" of what has: it is asked again, though nothing comes. */
		if (left > LOOK_AGAIN)
			left = LOOK_AGAIN;
		ready = poll(&socket, 1, (int)(left / 1000) + 1);
		if (ready < 0 && errno != EINTR)
			return false;
		if (ready == 0 && is_starved(pg))
			return false;
		if (ready > 0 && (socket.revents & ~POLLOUT) && !PQconsumeInput(pg->connection))
			return false;
	}
}

/* One whole answer: a result and the NULL that ends it, or the one result of a Sync. False: out of turn, late or lost. */
static bool read_answer(struct pg *pg, bool sync, int64_t deadline, PGresult **out)
{
	*out = NULL;
	for (;;) {
		PGresult *result;

		if (!await(pg, deadline)) {
			/* What the server said before it went is still to be had, without waiting. */
			if (!*out && PQstatus(pg->connection) == CONNECTION_BAD)
				*out = PQgetResult(pg->connection);
			return false;
		}
		result = PQgetResult(pg->connection);
		if (!result)
			return !sync && *out;
		if (*out || (PQresultStatus(result) == PGRES_PIPELINE_SYNC) != sync) {
			PQclear(result);
			return false;
		}
		*out = result;
		if (sync)
			return true;
	}
}

static void item_failed(struct pg *pg, const struct expected *item, const struct failure *failure)
{
	if (item->kind == EXPECT_PREPARE)
		prepared_forget(&pg->prepared, item->number);
	else if (item->kind == EXPECT_CLOSE)
		pg->prepared.strays++;
	if (item->rows)
		rows_fail(item->rows, failure->err ? failure->err : E_INTERNAL);
}

/* Takes the result. False: an answer of a kind that nothing here asks for. */
static bool settle(struct pg *pg, const struct expected *item, PGresult *result, enum tx_mode mode,
		   struct failure *failure)
{
	bool known = true;

	switch ((int)PQresultStatus(result)) {
	case PGRES_COMMAND_OK:
	case PGRES_TUPLES_OK:
		if (item->tag && strcmp(PQcmdStatus(result), item->tag) != 0) {
			failure_set(failure, E_INTERNAL, item->tag, "the server answered with another command tag");
			item_failed(pg, item, failure);
		} else if (item->rows) {
			rows_take(item->rows, result);
			return true;
		}
		break;
	case PGRES_PIPELINE_SYNC:
		break;
	case PGRES_PIPELINE_ABORTED:
		item_failed(pg, item, failure);
		break;
	case PGRES_FATAL_ERROR:
		failure_note(failure, result, item->name, mode, pg->citus);
		if (failure_is_stale(result))
			prepared_distrust(&pg->prepared);
		item_failed(pg, item, failure);
		break;
	default:
		known = false;
		item_failed(pg, item, failure);
		break;
	}
	PQclear(result);
	return known;
}

/* The connection is of no use any more: everything that was under way has failed. */
static void give_up(struct pg *pg, const struct expected *item, PGresult *last, enum tx_mode mode, bool answered,
		    struct failure *failure)
{
	bool broken = PQstatus(pg->connection) == CONNECTION_BAD;

	if (last && PQresultStatus(last) == PGRES_FATAL_ERROR)
		failure_note(failure, last, item->name, mode, pg->citus);
	PQclear(last);
	failure_set(failure, E_BUSY, item->name,
		    broken ? "connection lost" : "no answer, or one out of turn: connection closed");
	failure->lost = true;
	failure->again = broken && !answered;
	if (item->rows)
		rows_fail(item->rows, failure->err);
	pipeline_disown(pg, failure->err);
	pg_drop(pg);
}

bool pipeline_read(struct pg *pg, enum tx_mode mode, struct failure *failure)
{
	int64_t deadline = clock_monotonic() + ANSWER_SECONDS * MICROSECONDS_PER_SECOND;
	bool answered = false;
	struct expected item;

	while (pop(pg, &item)) {
		PGresult *result;

		if (!read_answer(pg, item.kind == EXPECT_SYNC, deadline, &result)) {
			give_up(pg, &item, result, mode, answered, failure);
			return false;
		}
		/* The last words of a server that ends look like an answer. */
		answered = answered || PQresultStatus(result) == PGRES_COMMAND_OK ||
			   PQresultStatus(result) == PGRES_TUPLES_OK;
		if (!settle(pg, &item, result, mode, failure)) {
			give_up(pg, &item, NULL, mode, true, failure);
			return false;
		}
	}
	return true;
}

void pipeline_read_arrived(struct pg *pg)
{
	struct pollfd socket = {.fd = PQsocket(pg->connection), .events = POLLIN};
	struct failure failure = {.err = OK};

	/* Until there is no more: the end of a connection is read after its last words. */
	while (poll(&socket, 1, 0) > 0)
		if (!PQconsumeInput(pg->connection)) {
			pg_drop(pg);
			return;
		}
	/* All or nothing: what is under way here is the short answer to a COMMIT. */
	if (pg->expected_count > 0 && !PQisBusy(pg->connection))
		(void)pipeline_read(pg, TX_READ, &failure);
}

void pipeline_disown(struct pg *pg, enum err err)
{
	for (size_t i = 0; i < pg->expected_count; i++) {
		struct expected *item = &pg->expected[pg->expected_first + i];

		if (item->rows)
			rows_fail(item->rows, err);
		item->rows = NULL;
	}
}
