/* Work outside or across tenants, each with its reason in the log; the directory; whether a connection may serve at all. */
#include "lib/pg/pg_internal.h"

#include "lib/base/log.h"

struct stx *stx_begin(struct pg *pg, struct arena *arena, const char *why, enum tx_mode mode)
{
	struct stx *stx = ARENA_NEW(arena, struct stx);

	log_event(LOG_DEBUG, "system_transaction", "%s", why);
	tx_begin(&stx->tx, pg, arena, NULL, why, mode);
	return stx;
}

enum err stx_enter_tenant(struct stx *stx, const struct scope *scope)
{
	return tx_enter(&stx->tx, scope);
}

enum err stx_rows(struct stx *stx, const struct statement *statement, struct arguments arguments, struct rows **out)
{
	return tx_rows(&stx->tx, statement->name, str_from(statement->sql), arguments, false, out);
}

enum err stx_one(struct stx *stx, const struct statement *statement, struct arguments arguments, struct rows **out)
{
	return tx_one(&stx->tx, statement->name, str_from(statement->sql), arguments, false, out);
}

enum err stx_exec(struct stx *stx, const struct statement *statement, struct arguments arguments, int64_t *affected)
{
	return tx_exec(&stx->tx, statement->name, str_from(statement->sql), arguments, false, affected);
}

enum err stx_commit(struct stx *stx)
{
	return tx_commit(&stx->tx);
}

void stx_rollback(struct stx *stx)
{
	tx_rollback(&stx->tx);
}

enum err stx_savepoint(struct stx *stx)
{
	return tx_savepoint(&stx->tx);
}

enum err stx_restore(struct stx *stx)
{
	return tx_restore(&stx->tx);
}

struct arena *stx_arena(const struct stx *stx)
{
	return stx->tx.arena;
}

struct str stx_constraint(const struct stx *stx)
{
	return str_from(stx->tx.failure.constraint);
}

enum err stx_notify(struct stx *stx, const char *channel, struct str payload)
{
	return tx_notify(&stx->tx, channel, payload);
}

/* ---- the directory ---- */

enum err directory_one(struct pg *pg, struct arena *arena, const struct statement *statement,
		       struct arguments arguments, struct rows **out)
{
	struct tx *tx = ARENA_NEW(arena, struct tx);
	enum err err, end;

	tx_begin(tx, pg, arena, NULL, "directory", TX_READ);
	err = tx_one(tx, statement->name, str_from(statement->sql), arguments, false, out);
	/* E_NOTFOUND leaves the transaction whole: its COMMIT costs no wait. */
	end = tx_commit(tx);
	return err ? err : end;
}

/* ---- ready ---- */

enum ready_column { READY_BYPASS, READY_OWNER, READY_ROLE };

/* What the role may become by SET ROLE counts as what it is. */
static const char role_question[] =
	"SELECT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER')"
	" AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole)),"
	" EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = 'public'::pg_catalog.regnamespace"
	" AND pg_catalog.pg_has_role(current_user, c.relowner, 'MEMBER')),"
	" current_user";
static const char version_question[] = "SELECT coalesce(max(version), 0) FROM public.schema_migrations";

/* Both questions in one round trip; the first is answered also where the second has no table to ask. */
static enum err judge(struct tx *tx, int64_t schema_version, struct str *why)
{
	struct rows *role = tx_send(tx, "ready_role", str_from(role_question), NO_ARGS, false);
	struct rows *version = tx_send(tx, "ready_version", str_from(version_question), NO_ARGS, false);
	enum err err = rows_wait(role);
	int64_t found = 0;

	if (err)
		return err;
	if (!rows_next(role))
		return E_INTERNAL;
	if (rows_bool(role, READY_BYPASS) || rows_bool(role, READY_OWNER)) {
		*why = arena_printf(tx->arena, "role %.*s %s: row level security would not hold it",
				    STR_FMT_ARG(rows_str(role, READY_ROLE)),
				    rows_bool(role, READY_BYPASS) ? "is superuser, BYPASSRLS or CREATEROLE"
								  : "owns tables");
		return E_INTERNAL;
	}
	err = rows_wait(version);
	if (err && strcmp(tx->failure.sqlstate, "42P01") != 0)
		return err;
	if (!err && rows_next(version))
		found = rows_int(version, 0);
	/* A newer schema serves: migrations only add what the programs before them can live with. */
	if (found < schema_version) {
		*why = arena_printf(tx->arena, "schema version is %lld, %lld is needed: run demandctl migrate",
				    (long long)found, (long long)schema_version);
		return E_BUSY;
	}
	return OK;
}

static enum err ask(struct pg *pg, struct arena *arena, int64_t schema_version, struct str *why, bool *again)
{
	struct tx *tx = ARENA_NEW(arena, struct tx);
	enum err err;

	tx_begin(tx, pg, arena, NULL, "ready", TX_READ);
	err = judge(tx, schema_version, why);
	if (tx_commit(tx) != OK && !err)
		err = E_BUSY;
	*again = tx->failure.again;
	return err;
}

enum err pg_ready(struct pg *pg, struct arena *arena, int64_t schema_version, struct str *why)
{
	bool again;
	enum err err;

	*why = STR("ready");
	err = ask(pg, arena, schema_version, why, &again);
	/* The connection had died in its sleep: whether the server is there is asked of a new one. */
	if (err && again)
		err = ask(pg, arena, schema_version, why, &again);
	if (err && str_is(*why, "ready"))
		*why = pg->connection || !pg->problem[0] ? STR("the database does not answer as it should")
							 : arena_copy(arena, str_from(pg->problem));
	return err;
}
