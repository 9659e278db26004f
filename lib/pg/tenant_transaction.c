/* Tenant work: what a scope opens. $1 of every statement is the tenant's id, put in front here and nowhere else. */
#include "lib/base/clock.h"
#include "lib/pg/pg_internal.h"

struct uuid scope_tenant(const struct scope *scope)
{
	return scope->tenant;
}

struct ttx *ttx_begin(struct pg *pg, struct arena *arena, const struct scope *scope, enum tx_mode mode)
{
	struct ttx *ttx = ARENA_NEW(arena, struct ttx);

	ttx->scope = *scope;
	ttx->actor = (struct ttx_actor){ACTOR_SYSTEM, uuid_zero(), STR("System")};
	ttx->set_back = 0;
	tx_begin(&ttx->tx, pg, arena, scope, NULL, mode);
	return ttx;
}

enum err ttx_rows(struct ttx *ttx, const struct statement *statement, struct arguments arguments, struct rows **out)
{
	return tx_rows(&ttx->tx, statement->name, str_from(statement->sql), arguments, true, out);
}

enum err ttx_one(struct ttx *ttx, const struct statement *statement, struct arguments arguments, struct rows **out)
{
	return tx_one(&ttx->tx, statement->name, str_from(statement->sql), arguments, true, out);
}

enum err ttx_exec(struct ttx *ttx, const struct statement *statement, struct arguments arguments, int64_t *affected)
{
	return tx_exec(&ttx->tx, statement->name, str_from(statement->sql), arguments, true, affected);
}

struct rows *ttx_send(struct ttx *ttx, const struct statement *statement, struct arguments arguments)
{
	return tx_send(&ttx->tx, statement->name, str_from(statement->sql), arguments, true);
}

enum err ttx_rows_text(struct ttx *ttx, const char *name, struct str sql, struct arguments arguments, struct rows **out)
{
	return tx_rows(&ttx->tx, name, sql, arguments, true, out);
}

struct rows *ttx_send_text(struct ttx *ttx, const char *name, struct str sql, struct arguments arguments)
{
	return tx_send(&ttx->tx, name, sql, arguments, true);
}

void ttx_last(struct ttx *ttx)
{
	ttx->tx.last = true;
}

enum err ttx_commit(struct ttx *ttx)
{
	return tx_commit(&ttx->tx);
}

void ttx_rollback(struct ttx *ttx)
{
	tx_rollback(&ttx->tx);
}

enum err ttx_savepoint(struct ttx *ttx)
{
	return tx_savepoint(&ttx->tx);
}

enum err ttx_restore(struct ttx *ttx)
{
	return tx_restore(&ttx->tx);
}

const struct scope *ttx_scope(const struct ttx *ttx)
{
	return &ttx->scope;
}

const struct ttx_actor *ttx_actor(const struct ttx *ttx)
{
	return &ttx->actor;
}

static const char *const actor_kinds[] = {
	[ACTOR_SYSTEM] = "system", [ACTOR_USER] = "user", [ACTOR_API_KEY] = "api_key"};

const char *actor_kind_name(enum actor_kind kind)
{
	return actor_kinds[kind];
}

enum actor_kind actor_kind_named(struct str name)
{
	return str_is(name, "user") ? ACTOR_USER : str_is(name, "api_key") ? ACTOR_API_KEY : ACTOR_SYSTEM;
}

void ttx_set_actor(struct ttx *ttx, struct ttx_actor actor)
{
	ttx->actor = actor;
}

int64_t ttx_now(const struct ttx *ttx)
{
	return clock_now() - ttx->set_back;
}

void ttx_set_back(struct ttx *ttx, int64_t microseconds)
{
	ttx->set_back = microseconds;
}

struct arena *ttx_arena(const struct ttx *ttx)
{
	return ttx->tx.arena;
}

enum tx_mode ttx_mode(const struct ttx *ttx)
{
	return ttx->tx.mode;
}

struct str ttx_constraint(const struct ttx *ttx)
{
	return str_from(ttx->tx.failure.constraint);
}

enum err ttx_notify(struct ttx *ttx, const char *channel, struct str payload)
{
	return tx_notify(&ttx->tx, channel, payload);
}
