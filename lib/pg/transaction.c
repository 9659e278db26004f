/* The one transaction below ttx and stx. Every way out of it leaves the connection idle and empty, or closed. */
#include "lib/pg/pg_internal.h"

#include "lib/base/log.h"

#include <stdio.h>

static const char *const begins[] = {
	[TX_READ] = "BEGIN ISOLATION LEVEL READ COMMITTED, READ ONLY",
	[TX_WRITE] = "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE",
	[TX_SNAPSHOT] = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
};

static enum err fail(struct tx *tx, enum err err, const char *name, const char *what)
{
	failure_set(&tx->failure, err, name, what);
	tx->state = TX_FAILED;
	return tx->failure.err;
}

/* The connection takes no more or cannot be trusted. */
static enum err cut(struct tx *tx, enum err err, const char *what)
{
	fail(tx, err, "transaction", what);
	tx->failure.lost = true;
	tx->begun = false;
	pg_drop(tx->pg);
	return tx->failure.err;
}

static void close_tx(struct tx *tx)
{
	tx->state = TX_DONE;
	if (tx->pg && tx->pg->open == tx)
		tx->pg->open = NULL;
}

static enum err used_too_late(void)
{
	log_event(LOG_ERROR, "sql", "a transaction was used after its end");
	return E_INTERNAL;
}

/* ---- begin ---- */

static void release(void *argument)
{
	tx_rollback(argument);
}

void tx_begin(struct tx *tx, struct pg *pg, struct arena *arena, const struct scope *tenant, const char *why,
	      enum tx_mode mode)
{
	*tx = (struct tx){.pg = pg, .arena = arena, .why = why, .mode = mode, .state = TX_FRESH};
	if (tenant) {
		uuid_print(tenant->tenant, tx->tenant);
		tx->has_tenant = true;
	}
	/* One that failed or never sent anything is over: its owner just did not say so. */
	if (pg->open && pg->open->state != TX_OPEN)
		tx_rollback(pg->open);
	if (pg->open) {
		tx->pg = NULL;
		(void)fail(tx, E_INTERNAL, "begin", "another transaction is open on this connection");
		return;
	}
	arena_defer(arena, release, tx);
	pg->open = tx;
}

static bool send_tenant(struct tx *tx)
{
	char text[80];

	/* Its own message, and a literal printed from sixteen bytes: the form that a cluster hands on to its nodes. */
	(void)snprintf(text, sizeof(text), "SET LOCAL app.tenant_id = '%s'", tx->tenant);
	return pipeline_command(tx->pg, text, "SET");
}

/*
 * A snapshot must be the first thing of all. Where a prepared BEGIN takes the place of another statement, the DEALLOCATE
 * of that one would go before it.
 */
static bool send_begin(struct tx *tx)
{
	if (tx->mode == TX_SNAPSHOT)
		return pipeline_command(tx->pg, begins[tx->mode], "BEGIN");
	return pipeline_statement(tx->pg, "begin", str_from(begins[tx->mode]), NULL, NULL, "BEGIN");
}

static enum err start(struct tx *tx)
{
	switch (tx->state) {
	case TX_OPEN:
		return OK;
	case TX_FAILED:
		return tx->failure.err;
	case TX_COMMITTED:
	case TX_DONE:
		return used_too_late();
	case TX_FRESH:
		break;
	}
	if (!pg_ensure(tx->pg))
		return fail(tx, E_BUSY, "begin", "no connection");
	tx->state = TX_OPEN;
	tx->begun = true;
	if (!send_begin(tx) || (tx->has_tenant && !send_tenant(tx)))
		return cut(tx, E_BUSY, "connection lost");
	return OK;
}

enum err tx_enter(struct tx *tx, const struct scope *scope)
{
	char tenant[UUID_TEXT_LENGTH + 1];

	if (tx->state == TX_FAILED)
		return tx->failure.err;
	if (tx->state == TX_DONE || tx->state == TX_COMMITTED)
		return used_too_late();
	uuid_print(scope->tenant, tenant);
	if (tx->has_tenant && strcmp(tx->tenant, tenant) != 0)
		return fail(tx, E_INTERNAL, "enter", "a transaction acts for one tenant");
	memcpy(tx->tenant, tenant, sizeof(tenant));
	tx->has_tenant = true;
	if (tx->state == TX_OPEN && !send_tenant(tx))
		return cut(tx, E_BUSY, "connection lost");
	return OK;
}

/* ---- answers ---- */

static bool send_commit(struct tx *tx)
{
	return pipeline_statement(tx->pg, "commit", STR("COMMIT"), NULL, NULL, "COMMIT");
}

/* ---- statements ---- */

static void remember(struct tx *tx, const char *name, struct str sql, const struct bound *bound, struct rows *rows)
{
	struct sent *sent = ARENA_NEW(tx->arena, struct sent);

	*sent = (struct sent){.name = name, .sql = sql, .bound = *bound, .rows = rows};
	*(tx->sent_last ? &tx->sent_last->next : &tx->sent_first) = sent;
	tx->sent_last = sent;
}

static void queue(struct tx *tx, const char *name, struct str sql, const struct bound *bound, struct rows *rows)
{
	enum err err = start(tx);

	if (err == OK && !pipeline_statement(tx->pg, name, sql, bound, rows, NULL))
		err = cut(tx, E_BUSY, "connection lost");
	if (err)
		rows_fail(rows, err);
	else if (!tx->answered)
		remember(tx, name, sql, bound, rows);
}

static bool bind_arguments(struct tx *tx, const char *name, struct arguments arguments, bool with_tenant,
			   struct bound *out, struct rows *rows)
{
	if (arguments_bind(tx->arena, with_tenant ? tx->tenant : NULL, arguments, out))
		return true;
	if (tx->state == TX_DONE)
		rows_fail(rows, used_too_late());
	else
		rows_fail(rows, fail(tx, E_INTERNAL, name, "an argument holds NUL or is too long"));
	return false;
}

struct rows *tx_send(struct tx *tx, const char *name, struct str sql, struct arguments arguments, bool with_tenant)
{
	struct rows *rows = rows_new(tx, tx->arena, name);
	struct bound bound;

	if (bind_arguments(tx, name, arguments, with_tenant, &bound, rows))
		queue(tx, name, sql, &bound, rows);
	return rows;
}

/* Takes back what was sent; afterwards the connection is idle or closed. */
static void abandon(struct tx *tx)
{
	struct pg *pg = tx->pg;
	struct failure ignored = {.err = OK};

	if (!tx->begun || !pg->connection)
		return;
	tx->begun = false;
	pipeline_disown(pg, tx->failure.err ? tx->failure.err : E_INTERNAL);
	if ((pg->unsynced && !pipeline_sync(pg)) || !pipeline_command(pg, "ROLLBACK", "ROLLBACK") ||
	    !pipeline_sync(pg)) {
		pg_drop(pg);
		return;
	}
	if (!pipeline_read(pg, tx->mode, &ignored))
		return;
	if (PQtransactionStatus(pg->connection) == PQTRANS_IDLE)
		pg_deliver(pg);
	else
		pg_drop(pg);
}

static enum err settle_once(struct tx *tx)
{
	struct pg *pg = tx->pg;
	bool commits = tx->last && tx->mode == TX_READ;

	switch (tx->state) {
	case TX_FRESH:
	case TX_COMMITTED:
		return OK;
	case TX_FAILED:
		return tx->failure.err;
	case TX_DONE:
		return used_too_late();
	case TX_OPEN:
		break;
	}
	if (pg->expected_count == 0)
		return OK;
	if ((commits && !send_commit(tx)) || !pipeline_sync(pg))
		return cut(tx, E_BUSY, "connection lost");
	if (pipeline_read(pg, tx->mode, &tx->failure))
		pg_deliver(pg);
	if (!tx->failure.err && PQtransactionStatus(pg->connection) != (commits ? PQTRANS_IDLE : PQTRANS_INTRANS))
		return cut(tx, E_INTERNAL, "a statement ended the transaction");
	if (tx->failure.lost)
		return cut(tx, tx->failure.err, "connection lost");
	if (tx->failure.err) {
		tx->state = TX_FAILED;
		return tx->failure.err;
	}
	tx->answered = true;
	if (commits) {
		tx->state = TX_COMMITTED;
		tx->begun = false;
	}
	return OK;
}

/* Nothing was done yet, and it failed for a reason that is gone on the second try. */
static bool worth_again(const struct tx *tx)
{
	return tx->state == TX_FAILED && tx->failure.again && !tx->answered && !tx->savepoint && tx->sent_first;
}

static void send_again(struct tx *tx)
{
	const struct sent *sent = tx->sent_first;

	abandon(tx);
	tx->failure = (struct failure){.err = OK};
	tx->state = TX_FRESH;
	tx->sent_first = tx->sent_last = NULL;
	for (; sent; sent = sent->next) {
		rows_renew(sent->rows);
		queue(tx, sent->name, sent->sql, &sent->bound, sent->rows);
	}
}

enum err tx_settle(struct tx *tx)
{
	enum err err = settle_once(tx);

	if (!err || !worth_again(tx))
		return err;
	send_again(tx);
	return settle_once(tx);
}

enum err tx_rows(struct tx *tx, const char *name, struct str sql, struct arguments arguments, bool with_tenant,
		 struct rows **out)
{
	struct rows *rows = tx_send(tx, name, sql, arguments, with_tenant);

	*out = rows;
	return rows_wait(rows);
}

enum err tx_one(struct tx *tx, const char *name, struct str sql, struct arguments arguments, bool with_tenant,
		struct rows **out)
{
	enum err err = tx_rows(tx, name, sql, arguments, with_tenant, out);

	if (err)
		return err;
	if (rows_count(*out) == 0)
		return E_NOTFOUND;
	if (rows_count(*out) > 1)
		return fail(tx, E_INTERNAL, name, "more than one row");
	rows_first(*out);
	return OK;
}

enum err tx_exec(struct tx *tx, const char *name, struct str sql, struct arguments arguments, bool with_tenant,
		 int64_t *affected)
{
	struct rows *rows;
	enum err err = tx_rows(tx, name, sql, arguments, with_tenant, &rows);

	if (affected)
		*affected = err ? 0 : rows_affected(rows);
	return err;
}

static bool plain(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", word.p[i]) || word.p[i] == '\0')
			return false;
	return word.n > 0 && word.n < 64;
}

enum err tx_notify(struct tx *tx, const char *channel, struct str payload)
{
	struct rows *rows;

	if (tx->state != TX_DONE && (!plain(str_from(channel)) || !plain(payload)))
		return fail(tx, E_INTERNAL, "notify", "channel or payload is not a plain word");
	/* Its answer is read with the next one, at the latest with COMMIT's. */
	rows = tx_send(tx, "notify", STR("SELECT pg_catalog.pg_notify($1, $2)"),
		       ARGS(arg_text(channel), arg_str(payload)), false);
	return rows_settled(rows) ? rows_wait(rows) : OK;
}

/* ---- end ---- */

enum err tx_commit(struct tx *tx)
{
	struct pg *pg = tx->pg;
	bool waits;
	enum err err;

	if (tx->state == TX_DONE)
		return used_too_late();
	if (tx->state != TX_OPEN) {
		err = tx->failure.err;
		tx_rollback(tx);
		return err;
	}
	waits = tx->mode == TX_WRITE || pg->expected_count > 0;
	if (!send_commit(tx) || !pipeline_sync(pg)) {
		err = cut(tx, E_BUSY, "connection lost");
		close_tx(tx);
		return err;
	}
	if (!waits) {
		/* Read with the connection's next use; what the socket does not take now goes out then. */
		(void)PQflush(pg->connection);
		close_tx(tx);
		return OK;
	}
	if (pipeline_read(pg, tx->mode, &tx->failure))
		pg_deliver(pg);
	err = tx->failure.err;
	if (err && tx->failure.lost && tx->mode == TX_WRITE)
		log_event(LOG_ERROR, "sql", "commit in doubt: the connection broke before the answer");
	if (pg->connection && PQtransactionStatus(pg->connection) == PQTRANS_IDLE)
		tx->begun = false;
	else if (!err) /* committed, but the connection is not what it should be */
		pg_drop(pg);
	tx_rollback(tx);
	return err;
}

void tx_rollback(struct tx *tx)
{
	if (tx->state == TX_DONE)
		return;
	if (tx->pg)
		abandon(tx);
	close_tx(tx);
}

/* ---- savepoint ---- */

enum err tx_savepoint(struct tx *tx)
{
	enum err err = tx_settle(tx);

	if (!err)
		err = start(tx);
	if (err)
		return err;
	if ((tx->savepoint && !pipeline_command(tx->pg, "RELEASE SAVEPOINT s", "RELEASE")) ||
	    !pipeline_command(tx->pg, "SAVEPOINT s", "SAVEPOINT"))
		return cut(tx, E_BUSY, "connection lost");
	tx->savepoint = true;
	return OK;
}

enum err tx_restore(struct tx *tx)
{
	struct pg *pg = tx->pg;
	struct failure ignored = {.err = OK};
	char constraint[CONSTRAINT_ROOM];

	if (tx->state == TX_DONE)
		return used_too_late();
	if (tx->failure.lost)
		return tx->failure.err;
	if (!tx->savepoint || !tx->begun)
		return fail(tx, E_INTERNAL, "restore", "there is no savepoint");
	/* What is under way is undone anyway: only that the connection holds matters. */
	if (pg->expected_count > 0 && (!pipeline_sync(pg) || !pipeline_read(pg, tx->mode, &ignored)))
		return cut(tx, E_BUSY, "connection lost");
	memcpy(constraint, tx->failure.constraint, sizeof(constraint));
	tx->failure = (struct failure){.err = OK};
	tx->state = TX_OPEN;
	if (!pipeline_command(pg, "ROLLBACK TO SAVEPOINT s", "ROLLBACK"))
		return cut(tx, E_BUSY, "connection lost");
	if (tx_settle(tx) == OK)
		memcpy(tx->failure.constraint, constraint, sizeof(constraint));
	return tx->failure.err;
}
