/* Shared by the files of lib/pg, included nowhere else. */
#ifndef DEMAND_PG_INTERNAL_H
#define DEMAND_PG_INTERNAL_H

#include "lib/pg/pg.h"
#include "lib/pg/scope_internal.h"

#include <libpq-fe.h>

#define PREPARED_MOST 200
/* So many statements forgotten here but kept by the server are put up with. */
#define STRAYS_MOST 50
/* Longer than any statement_timeout of a role that serves: what is reached here is a dead server or network. */
#define ANSWER_SECONDS 60
#define CONSTRAINT_ROOM 64

/* ---- failure.c: what went wrong, in our own words ---- */

struct failure {
	enum err err; /* OK: nothing */
	bool lost;    /* the connection is gone */
	bool again;   /* nothing was done: the same may be sent once more */
	char sqlstate[6];
	char constraint[CONSTRAINT_ROOM];
};

/* Keeps the first failure; logs it. name is the statement's. */
void failure_note(struct failure *, const PGresult *, const char *name, enum tx_mode, bool citus);
void failure_set(struct failure *, enum err, const char *name, const char *what);
/* A prepared statement does not fit the schema any more, or the server has forgotten it. */
bool failure_is_stale(const PGresult *);

/* ---- prepared.c: which statements the server knows on this connection, by text ---- */

struct prepared {
	char *sql;
	size_t length;
	uint64_t used;
	unsigned number; /* its name on the server is "s<number>" and is never used again */
};

struct prepared_cache {
	uint64_t hashes[PREPARED_MOST];
	struct prepared slots[PREPARED_MOST];
	size_t count;
	uint64_t ticks;
	unsigned last_number;
	unsigned strays; /* left on the server, forgotten here */
};

bool prepared_find(struct prepared_cache *, struct str sql, unsigned *number);
/* *evicted is the number that had to go, 0 when none had to. The answer holds until the next call. */
const struct prepared *prepared_add(struct prepared_cache *, struct str sql, unsigned *evicted);
void prepared_forget(struct prepared_cache *, unsigned number);
void prepared_clear(struct prepared_cache *); /* of a connection that has gone */
/* None is to be trusted: the next use of the connection deallocates all. */
void prepared_distrust(struct prepared_cache *);

/* ---- connection.c ---- */

struct pg {
	char *conninfo, *role;
	PGconn *connection; /* NULL: not connected */
	bool citus;
	uint64_t connects;
	int64_t attempted; /* monotonic; when the last attempt to connect began, 0 before the first */
	char problem[256]; /* why the last attempt failed: for pg_ready */
	struct tx *open;   /* the transaction that owns the connection */

	struct expected *expected; /* answers under way, in order; see pipeline.c */
	size_t expected_first, expected_count, expected_room;
	bool unsynced; /* messages were sent since the last Sync */
	struct prepared_cache prepared;

	char *channel;
	void (*notified)(void *context, const char *payload);
	void *context;
	bool asked_to_listen, listening;
};

/* Connected, nothing under way, outside a transaction. False: it cannot be had now. */
bool pg_ensure(struct pg *);
void pg_drop(struct pg *);
void pg_deliver(struct pg *);

/* ---- pipeline.c: messages out, answers in ---- */

enum expected_kind { EXPECT_COMMAND = 1, EXPECT_PREPARE, EXPECT_CLOSE, EXPECT_ROWS, EXPECT_SYNC };

struct expected {
	enum expected_kind kind;
	unsigned number;  /* of the prepared statement */
	const char *name; /* for the log */
	const char *tag;  /* the command tag that must come back; NULL: any */
	struct rows *rows;
};

struct bound {
	int count;
	const char **values;
	int *lengths, *formats;
};

/* False only when NUL stands in a text. tenant NULL: none is put in front. */
bool arguments_bind(struct arena *, const char *tenant, struct arguments, struct bound *out);

/* Each returns false when libpq took no more: the connection is of no use then. */
bool pipeline_command(struct pg *, const char *sql, const char *tag);
bool pipeline_statement(struct pg *, const char *name, struct str sql, const struct bound *, struct rows *,
			const char *tag);
bool pipeline_sync(struct pg *);
/*
 * Reads every answer under way. The first failure is noted in *failure; a lost connection or an answer out of turn drops the connection.
 * False when the connection was dropped.
 */
bool pipeline_read(struct pg *, enum tx_mode, struct failure *);
/* Reads what is here already, without waiting. */
void pipeline_read_arrived(struct pg *);
/* No row is waited for any more: its memory is about to go. */
void pipeline_disown(struct pg *, enum err);

/* ---- rows.c ---- */

struct rows *rows_new(struct tx *, struct arena *, const char *name);
void rows_take(struct rows *, PGresult *);
void rows_fail(struct rows *, enum err);
bool rows_settled(const struct rows *);
void rows_first(struct rows *);
/* Before the statement is sent again. */
void rows_renew(struct rows *);

/* ---- transaction.c: what ttx and stx share ---- */

/* TX_COMMITTED: COMMIT went with the last statement and is answered; the owner has yet to say that it is done. */
enum tx_state { TX_FRESH = 1, TX_OPEN, TX_FAILED, TX_COMMITTED, TX_DONE };

/* A statement of the first round trip: while nothing was answered, all of them can be sent once more. */
struct sent {
	struct sent *next;
	const char *name;
	struct str sql;
	struct bound bound;
	struct rows *rows;
};

struct tx {
	struct pg *pg;
	struct arena *arena;
	const char *why; /* NULL: tenant work */
	enum tx_mode mode;
	enum tx_state state;
	bool begun; /* BEGIN was sent on the present connection */
	bool last;  /* COMMIT goes with what is sent next */
	bool savepoint;
	bool has_tenant;
	bool answered; /* a round trip has succeeded */
	struct sent *sent_first, *sent_last;
	char tenant[UUID_TEXT_LENGTH + 1];
	struct failure failure;
};

struct ttx {
	struct tx tx;
	struct scope scope;
	struct ttx_actor actor;
	int64_t set_back; /* of its clock, microseconds */
};

struct stx {
	struct tx tx;
};

/* tx lies in the arena. tenant NULL: none is set. */
void tx_begin(struct tx *, struct pg *, struct arena *, const struct scope *tenant, const char *why, enum tx_mode);
enum err tx_enter(struct tx *, const struct scope *);
/* with_tenant: the tenant's id goes in front as $1. */
struct rows *tx_send(struct tx *, const char *name, struct str sql, struct arguments, bool with_tenant);
enum err tx_rows(struct tx *, const char *name, struct str sql, struct arguments, bool with_tenant, struct rows **out);
enum err tx_one(struct tx *, const char *name, struct str sql, struct arguments, bool with_tenant, struct rows **out);
enum err tx_exec(struct tx *, const char *name, struct str sql, struct arguments, bool with_tenant, int64_t *affected);
/* Reads what is under way. */
enum err tx_settle(struct tx *);
enum err tx_commit(struct tx *);
void tx_rollback(struct tx *);
enum err tx_savepoint(struct tx *);
enum err tx_restore(struct tx *);
enum err tx_notify(struct tx *, const char *channel, struct str payload);

#endif
