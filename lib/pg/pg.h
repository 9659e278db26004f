/*
 * PostgreSQL behind types. The only user of libpq-fe.h is lib/pg.
 *
 * One connection serves one worker and one transaction at a time. Statements are constants, prepared on first use and sent in a libpq
 * pipeline: nothing goes out until a result is wanted, so BEGIN, SET LOCAL and the first statements share one round trip.
 *
 *   tenant work   struct ttx, begun from a scope: role demand_app, app.tenant_id set, row level security in force
 *   system work   struct stx, begun with a literal reason: role demand_auth, logged at debug with the reason
 *
 * Passing the one where the other is wanted does not compile. Transactions and rows live in the arena given at begin; an arena reset
 * rolls an open transaction back.
 */
#ifndef DEMAND_PG_H
#define DEMAND_PG_H

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/id.h"

struct pg;    /* a connection that mends itself: at most one reconnect a second */
struct scope; /* which tenant, proven; see scope.h */
struct ttx;   /* tenant transaction */
struct stx;   /* system transaction */
struct rows;

enum tx_mode { TX_READ = 1, TX_WRITE, TX_SNAPSHOT };

/* ---- connection ---- */

/* Does not connect yet (call after fork). conninfo is copied; role is the login role. */
struct pg *pg_new(const char *conninfo, const char *role);
void pg_free(struct pg *); /* NULL is fine */
/*
 * Connects if needed and answers whether the server is there, its schema is at schema_version, and the role is neither superuser, owner of a table nor
 * BYPASSRLS (then E_INTERNAL: refuse to serve). E_BUSY with *why when it cannot be reached. why lives in the arena.
 */
enum err pg_ready(struct pg *, struct arena *, int64_t schema_version, struct str *why) MUST_CHECK;
/*
 * LISTEN on connect; after each statement and on pg_poll() arrived payloads are handed to the function, which calls nothing of this header.
 * payload is NULL after every (re)connect: some may have been missed.
 */
void pg_listen(struct pg *, const char *channel, void (*notified)(void *context, const char *payload), void *context);
/* Reads what has arrived without waiting. Call it before each request and when idle. */
void pg_poll(struct pg *);
int pg_socket(const struct pg *);        /* for poll(2); -1 when not connected */
uint64_t pg_connects(const struct pg *); /* how often it has connected: another number, another socket */
/* True while notifications can arrive: when false a cache must trust nothing older than its own ceiling. */
bool pg_listening(const struct pg *);

/* ---- statements ---- */

struct statement {
	const char *name; /* for the log */
	const char *sql;
};
/* A statement is a literal. Each relation in it names tenant_id = $1 (tests/lint checks). */
#define STATEMENT(identifier, text) static const struct statement identifier = {#identifier, "" text}

/* An argument is text or null; the server infers the type from the statement ($2::bigint where it cannot). */
struct argument {
	struct str text; /* absent: NULL */
	bool binary;     /* bytes of a bytea, sent in binary form */
};
/* Absent gives NULL. */
static inline struct argument arg_str(struct str s)
{
	return (struct argument){s, false};
}
static inline struct argument arg_bytes(struct str s)
{
	return (struct argument){s, true};
}
/* NULL gives NULL. */
static inline struct argument arg_text(const char *s)
{
	return arg_str(str_from(s));
}
static inline struct argument arg_null(void)
{
	return (struct argument){STR_NONE, false};
}
struct argument arg_int(struct arena *, int64_t);
struct argument arg_bool(bool);
struct argument arg_uuid(struct arena *, struct uuid);
struct argument arg_instant(struct arena *, int64_t microseconds); /* timestamptz */
/* An array in PostgreSQL's text form; an absent item is NULL. */
struct argument arg_array(struct arena *, const struct str *items, size_t count);

struct arguments {
	const struct argument *items;
	size_t count;
};
#define ARGS(...)                                                                                                      \
	((struct arguments){(const struct argument[]){__VA_ARGS__}, COUNT_OF(((const struct argument[]){__VA_ARGS__}))})
#define NO_ARGS ((struct arguments){NULL, 0})

/* ---- tenant transactions: $1 is always the tenant's id and is added by the layer; ARGS begin at $2 ---- */

/*
 * Sends nothing yet. Isolation is READ COMMITTED; TX_READ is READ ONLY. TX_SNAPSHOT is READ ONLY, and all of its statements see one state (REPEATABLE
 * READ). Errors of every call below:
 * E_BUSY      no connection, time-out, deadlock, serialisation: the request may be tried again
 * E_CONFLICT  unique violation, see ttx_constraint()
 * E_INVALID   foreign key or check violation, see ttx_constraint()
 * E_INTERNAL  anything else, logged with SQLSTATE and statement name, never with values
 * After any error the transaction can only be rolled back; further calls give the same error.
 */
struct ttx *ttx_begin(struct pg *, struct arena *, const struct scope *, enum tx_mode);
/* Rows are read whole. */
enum err ttx_rows(struct ttx *, const struct statement *, struct arguments, struct rows **out) MUST_CHECK;
/* E_NOTFOUND when there is no row, E_INTERNAL when there are two; *out stands on the row. */
enum err ttx_one(struct ttx *, const struct statement *, struct arguments, struct rows **out) MUST_CHECK;
/* affected may be NULL. */
enum err ttx_exec(struct ttx *, const struct statement *, struct arguments, int64_t *affected) MUST_CHECK;
/* Queues a statement and returns at once; rows_wait() on the result. Several sends cost one round trip. */
struct rows *ttx_send(struct ttx *, const struct statement *, struct arguments);
/* SQL assembled at run time by lib/entity from its own constants, never from input. Prepared and kept, 200 a connection. */
enum err ttx_rows_text(struct ttx *, const char *name, struct str sql, struct arguments, struct rows **out) MUST_CHECK;
struct rows *ttx_send_text(struct ttx *, const char *name, struct str sql, struct arguments);
/*
 * TX_WRITE: returns after the server answered COMMIT (the tag is checked). TX_READ: sends COMMIT and returns; the answer is
 * drained before the connection's next use. A transaction that sent nothing costs nothing.
 */
enum err ttx_commit(struct ttx *) MUST_CHECK;
/*
 * TX_READ: the next statement that is waited for is the last, and COMMIT travels with it: a round trip less. Only ttx_commit and ttx_rollback
 * may follow. TX_WRITE: says nothing, since a write is committed when its answer is complete.
 */
void ttx_last(struct ttx *);
void ttx_rollback(struct ttx *);
/* Undo part: after an expected error inside, ttx_restore() makes the transaction usable again. One level. */
enum err ttx_savepoint(struct ttx *) MUST_CHECK;
enum err ttx_restore(struct ttx *) MUST_CHECK;
const struct scope *ttx_scope(const struct ttx *);
/* Who acts: for the history and for rows that belong to a person. The strings live as long as the transaction. */
enum actor_kind { ACTOR_SYSTEM, ACTOR_USER, ACTOR_API_KEY };
const char *actor_kind_name(enum actor_kind);      /* "system", "user", "api_key": as rows and answers have it */
enum actor_kind actor_kind_named(struct str name); /* the system's when it is no other's */
struct ttx_actor {
	enum actor_kind kind;
	struct uuid id; /* of the user or key; zero for the system */
	struct str name;
};
/* The system until it is set. */
const struct ttx_actor *ttx_actor(const struct ttx *);
void ttx_set_actor(struct ttx *, struct ttx_actor);
/*
 * The time that is written into rows: the clock's, or so many microseconds before it, for rows that tell what happened
 * earlier. Deadlines and counters ask the clock itself.
 */
int64_t ttx_now(const struct ttx *);
void ttx_set_back(struct ttx *, int64_t microseconds);
struct arena *ttx_arena(const struct ttx *);
enum tx_mode ttx_mode(const struct ttx *);
/* Name of the violated constraint of the last error, shard suffix removed; "" when none. */
struct str ttx_constraint(const struct ttx *);
/* NOTIFY channel with payload at commit. Both are literals or ids, checked to be [a-z0-9_-]. */
enum err ttx_notify(struct ttx *, const char *channel, struct str payload) MUST_CHECK;

/* ---- the directory: a GLOBAL table read under the app role, with no tenant set, so that tenant tables fail closed ---- */

/* A READ ONLY transaction of its own. As ttx_one; a row holds no tenant's data. $1 is the caller's first argument. */
enum err directory_one(struct pg *, struct arena *, const struct statement *, struct arguments,
		       struct rows **out) MUST_CHECK;

/* ---- system transactions: all arguments are the caller's, $1 is the first ---- */

/* why: a literal, logged. */
struct stx *stx_begin(struct pg *, struct arena *, const char *why, enum tx_mode);
/* The rest of this transaction also acts inside one tenant (sign-up writes the first rows of a new one): sets app.tenant_id. */
enum err stx_enter_tenant(struct stx *, const struct scope *) MUST_CHECK;
enum err stx_rows(struct stx *, const struct statement *, struct arguments, struct rows **out) MUST_CHECK;
enum err stx_one(struct stx *, const struct statement *, struct arguments, struct rows **out) MUST_CHECK;
enum err stx_exec(struct stx *, const struct statement *, struct arguments, int64_t *affected) MUST_CHECK;
enum err stx_commit(struct stx *) MUST_CHECK;
void stx_rollback(struct stx *);
enum err stx_savepoint(struct stx *) MUST_CHECK;
enum err stx_restore(struct stx *) MUST_CHECK;
struct arena *stx_arena(const struct stx *);
struct str stx_constraint(const struct stx *);
enum err stx_notify(struct stx *, const char *channel, struct str payload) MUST_CHECK;

/* ---- rows: live in the transaction's arena ---- */

enum err rows_wait(struct rows *) MUST_CHECK; /* of ttx_send; calling it again gives the same answer */
bool rows_next(struct rows *);                /* to the first row, then the next */
size_t rows_count(const struct rows *);
int64_t rows_affected(const struct rows *);
bool rows_null(const struct rows *, int column);
struct str rows_str(const struct rows *, int column); /* NULL gives the absent string */
int64_t rows_int(const struct rows *, int column);    /* NULL gives 0 */
bool rows_bool(const struct rows *, int column);
int64_t rows_instant(const struct rows *, int column);  /* timestamptz; NULL gives 0 */
struct uuid rows_uuid(const struct rows *, int column); /* NULL gives zero */
struct str rows_bytes(const struct rows *, int column); /* bytea, decoded */
struct str rows_ids(struct arena *, struct rows *);     /* the first column of those to come, as an array: "{…}" */

#endif
