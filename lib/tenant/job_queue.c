/* The queue across companies, as role demand_jobs. What becomes of a ticket's subject is done in its company's own transaction. */
#include "lib/tenant/job.h"

#include "lib/base/log.h"
#include "lib/pg/scope_internal.h"

/* A lease is a little longer than the run may take: the kill comes first. */
#define LEASE_MARGIN 15
#define FIRST_PAUSE 5 /* seconds after the first failure; doubled with each */
#define DOUBLED_MOST 10
#define LISTED_MOST 500

STATEMENT(claim, "WITH next AS (SELECT tenant_id, id FROM job_tickets WHERE state <> 'dead' AND tenant_id > $1"
		 " AND run_at <= now() AND kind = ANY ($2::text[])"
		 " ORDER BY tenant_id, run_at LIMIT 1 FOR UPDATE SKIP LOCKED)"
		 " UPDATE job_tickets t SET state = 'running', turn = turn + 1, attempts = attempts + 1,"
		 " last_error = CASE WHEN t.state = 'running' THEN 'crashed' ELSE t.last_error END, worker = $5,"
		 " run_at = clock_timestamp() + make_interval(secs =>"
		 " ($3::integer[])[array_position($2::text[], t.kind)] + $4::float8)"
		 " FROM next WHERE t.tenant_id = next.tenant_id AND t.id = next.id"
		 " RETURNING t.tenant_id, t.id, t.kind, t.subject, t.turn, t.attempts");
STATEMENT(release, "UPDATE job_tickets SET run_at = clock_timestamp() + make_interval(secs => attempts - 1)"
		   " WHERE state = 'running' AND worker = $1");
STATEMENT(fail_ticket,
	  "UPDATE job_tickets SET state = CASE WHEN attempts >= $4::integer THEN 'dead' ELSE 'waiting' END,"
	  " again = false, last_error = $5, run_at = clock_timestamp() + make_interval(secs =>"
	  " $6::float8 * (1 << least(attempts - 1, $7::integer)) * (0.75 + random() / 2))"
	  " WHERE tenant_id = $1 AND id = $2 AND turn = $3 AND state = 'running'");
STATEMENT(put_off, "UPDATE job_tickets SET state = 'waiting', attempts = attempts - 1,"
		   " run_at = clock_timestamp() + make_interval(secs => $4::float8)"
		   " WHERE tenant_id = $1 AND id = $2 AND turn = $3 AND state = 'running'");
STATEMENT(drop_ticket, "DELETE FROM job_tickets WHERE tenant_id = $1 AND id = $2 AND turn = $3");
/* What was given up yesterday may work today. */
STATEMENT(bury_daily, "DELETE FROM job_tickets WHERE kind = $1 AND state = 'dead'"
		      " AND run_at < clock_timestamp() - interval '1 day'");
/* Spread over the hour, so that not all companies' work comes at once. */
STATEMENT(plan_daily, "INSERT INTO job_tickets (tenant_id, id, kind, subject, state, run_at, created_at)"
		      " SELECT d.tenant_id, gen_random_uuid(), $1, '00000000-0000-0000-0000-000000000000', 'waiting',"
		      " clock_timestamp() + random() * interval '1 hour', clock_timestamp()"
		      " FROM tenant_directory d WHERE d.released_at IS NULL AND NOT EXISTS"
		      " (SELECT FROM job_tickets t WHERE t.tenant_id = d.tenant_id AND t.kind = $1)"
		      " ON CONFLICT DO NOTHING");

/* One statement in a transaction of its own. */
static enum err stx_exec_alone(struct pg *pg, struct arena *arena, const char *why, const struct statement *statement,
			       struct arguments arguments)
{
	struct stx *stx = stx_begin(pg, arena, why, TX_WRITE);
	enum err e = stx_exec(stx, statement, arguments, NULL);

	if (e) {
		stx_rollback(stx);
		return e;
	}
	return stx_commit(stx);
}

static struct str names_of(struct arena *arena, const struct job_kind *kinds, size_t count)
{
	struct buffer names = BUFFER_IN(arena);

	for (size_t i = 0; i < count; i++)
		buffer_printf(&names, "%c%s", i ? ',' : '{', kinds[i].name);
	buffer_add_str(&names, count ? STR("}") : STR("{}"));
	return buffer_str(&names);
}

/* In the order of the names. */
static struct str seconds_of(struct arena *arena, const struct job_kind *kinds, size_t count)
{
	struct buffer seconds = BUFFER_IN(arena);

	for (size_t i = 0; i < count; i++)
		buffer_printf(&seconds, "%c%d", i ? ',' : '{', kinds[i].seconds);
	buffer_add_str(&seconds, count ? STR("}") : STR("{}"));
	return buffer_str(&seconds);
}

static void read_claim(struct rows *row, struct arena *arena, const struct job_kind *kinds, size_t count,
		       struct job_run *run, const struct job_kind **kind, struct uuid *tenant)
{
	struct str name = rows_str(row, 2);

	*kind = kinds;
	while (*kind < kinds + count - 1 && !str_is(name, (*kind)->name))
		(*kind)++;
	*tenant = rows_uuid(row, 0);
	run->arena = arena;
	run->ticket = rows_uuid(row, 1);
	run->kind = (*kind)->name;
	run->subject = rows_uuid(row, 3);
	run->turn = rows_int(row, 4);
	run->attempts = (int)rows_int(row, 5);
}

enum err job_claim(struct pg *pg, struct arena *arena, struct str worker, const struct job_kind *kinds, size_t count,
		   struct uuid *last, struct job_run *run, const struct job_kind **kind, struct uuid *tenant)
{
	struct stx *stx = stx_begin(pg, arena, "jobs: claim", TX_WRITE);
	struct argument names = arg_str(names_of(arena, kinds, count)),
			lease = arg_str(seconds_of(arena, kinds, count)), margin = arg_int(arena, LEASE_MARGIN);
	struct rows *row;
	enum err e = stx_one(stx, &claim, ARGS(arg_uuid(arena, *last), names, lease, margin, arg_str(worker)), &row);

	if (e == E_NOTFOUND && !uuid_is_zero(*last))
		e = stx_one(stx, &claim, ARGS(arg_uuid(arena, uuid_zero()), names, lease, margin, arg_str(worker)),
			    &row);
	if (e) {
		stx_rollback(stx);
		return e;
	}
	run->pg = pg;
	read_claim(row, arena, kinds, count, run, kind, tenant);
	/* The attempt is counted before anything is done: one that kills its process is not tried for ever. */
	e = stx_commit(stx);
	if (e == OK)
		*last = *tenant;
	return e;
}

enum err job_release(struct pg *pg, struct arena *arena, struct str worker)
{
	return stx_exec_alone(pg, arena, "jobs: what the one before left", &release, ARGS(arg_str(worker)));
}

/* In the company that the ticket names. */
static struct ttx *begin_in(struct pg *pg, struct arena *arena, struct uuid tenant)
{
	struct scope *scope = ARENA_NEW(arena, struct scope);

	*scope = scope_of(tenant);
	return ttx_begin(pg, arena, scope, TX_WRITE);
}

/* A change of one ticket, E_NOTFOUND when it is not there like that, and the end of the transaction. */
static enum err change_ticket(struct ttx *tx, enum err err, const struct statement *statement,
			      struct arguments arguments)
{
	int64_t affected = 0;

	if (!err)
		err = ttx_exec(tx, statement, arguments, &affected);
	if (!err && affected != 1)
		err = E_NOTFOUND;
	if (!err)
		return ttx_commit(tx);
	ttx_rollback(tx);
	return err;
}

/* The subject before the ticket: in the order in which a step takes them. */
enum err job_fail(struct job_run *run, struct uuid tenant, const struct job_kind *kind, const char *error)
{
	struct arena *arena = run->arena;
	struct ttx *tx = begin_in(run->pg, arena, tenant);
	bool last = run->attempts >= kind->attempts_most;
	enum err e = last && kind->gave_up ? kind->gave_up(tx, run->subject) : OK;

	log_event(last ? LOG_ERROR : LOG_WARNING, "job", "%s: attempt %d failed: %s%s", kind->name, run->attempts,
		  error, last ? "; given up" : "");
	e = change_ticket(tx, e, &fail_ticket,
			  ARGS(arg_uuid(arena, run->ticket), arg_int(arena, run->turn),
			       arg_int(arena, kind->attempts_most), arg_text(error), arg_int(arena, FIRST_PAUSE),
			       arg_int(arena, DOUBLED_MOST)));
	return e == E_NOTFOUND ? E_PRECONDITION : e;
}

enum err job_put_off(struct job_run *run, struct uuid tenant, int64_t seconds)
{
	struct arena *arena = run->arena;

	return stx_exec_alone(run->pg, arena, "jobs: put off", &put_off,
			      ARGS(arg_uuid(arena, tenant), arg_uuid(arena, run->ticket), arg_int(arena, run->turn),
				   arg_int(arena, seconds)));
}

enum err job_drop(struct job_run *run, struct uuid tenant)
{
	struct arena *arena = run->arena;

	return stx_exec_alone(run->pg, arena, "jobs: the company is gone", &drop_ticket,
			      ARGS(arg_uuid(arena, tenant), arg_uuid(arena, run->ticket), arg_int(arena, run->turn)));
}

enum err job_plan_daily(struct pg *pg, struct arena *arena, const char *kind)
{
	struct stx *stx = stx_begin(pg, arena, "jobs: what comes every day", TX_WRITE);
	enum err e = stx_exec(stx, &bury_daily, ARGS(arg_text(kind)), NULL);

	if (!e)
		e = stx_exec(stx, &plan_daily, ARGS(arg_text(kind)), NULL);
	if (!e)
		return stx_commit(stx);
	stx_rollback(stx);
	return e;
}

/* ---- the operator ---- */

STATEMENT(list_tickets,
	  "SELECT t.id, coalesce(d.slug, ''), t.kind, t.state, t.last_error, t.run_at, t.created_at, t.attempts"
	  " FROM job_tickets t LEFT JOIN tenant_directory d ON d.tenant_id = t.tenant_id"
	  " WHERE $1::text IS NULL OR t.state = $1 ORDER BY t.created_at, t.id LIMIT $2::bigint");
STATEMENT(whose_ticket, "SELECT tenant_id, kind, subject, state = 'dead' FROM job_tickets WHERE id = $1");
STATEMENT(retry_ticket, "UPDATE job_tickets SET state = 'waiting', attempts = 0, run_at = clock_timestamp()"
			" WHERE tenant_id = $1 AND id = $2 AND state = 'dead'");
STATEMENT(cancel_ticket, "DELETE FROM job_tickets WHERE tenant_id = $1 AND id = $2 AND (state = 'dead') = $3::boolean");
STATEMENT(health, "SELECT count(*) FILTER (WHERE state = 'dead'), coalesce(max(extract(epoch FROM"
		  " clock_timestamp() - run_at)) FILTER (WHERE state = 'waiting'), 0)::bigint FROM job_tickets");

enum err job_list(struct stx *stx, struct str state, struct job_row **out, size_t *count)
{
	struct arena *arena = stx_arena(stx);
	struct rows *rows;
	enum err e = stx_rows(stx, &list_tickets, ARGS(arg_str(state), arg_int(arena, LISTED_MOST)), &rows);

	if (e)
		return e;
	*out = arena_array(arena, rows_count(rows) + 1, sizeof **out);
	for (*count = 0; rows_next(rows); ++*count)
		(*out)[*count] = (struct job_row){
			.id = rows_uuid(rows, 0),
			.slug = rows_str(rows, 1),
			.kind = rows_str(rows, 2),
			.state = rows_str(rows, 3),
			.last_error = rows_str(rows, 4),
			.run_at = rows_instant(rows, 5),
			.created_at = rows_instant(rows, 6),
			.attempts = (int)rows_int(rows, 7),
		};
	return OK;
}

struct ticket {
	struct uuid tenant, subject;
	const struct job_kind *kind; /* NULL: one that this program does not know */
	bool dead;
};

static enum err find_ticket(struct pg *pg, struct arena *arena, const struct job_kind *kinds, size_t count,
			    struct uuid id, struct ticket *out)
{
	struct stx *stx = stx_begin(pg, arena, "jobs: whose it is", TX_READ);
	struct rows *row;
	enum err e = stx_one(stx, &whose_ticket, ARGS(arg_uuid(arena, id)), &row);

	if (e) {
		stx_rollback(stx);
		return e;
	}
	*out = (struct ticket){rows_uuid(row, 0), rows_uuid(row, 2), NULL, rows_bool(row, 3)};
	for (size_t i = 0; i < count; i++)
		if (str_is(rows_str(row, 1), kinds[i].name))
			out->kind = &kinds[i];
	return stx_commit(stx);
}

enum err job_retry(struct pg *pg, struct arena *arena, const struct job_kind *kinds, size_t count, struct uuid id)
{
	struct ticket ticket;
	struct ttx *tx;
	enum err e = find_ticket(pg, arena, kinds, count, id, &ticket);

	if (e || !ticket.dead)
		return e ? e : E_NOTFOUND;
	tx = begin_in(pg, arena, ticket.tenant);
	e = ticket.kind && ticket.kind->revive ? ticket.kind->revive(tx, ticket.subject) : OK;
	if (!e)
		e = ttx_notify(tx, JOB_CHANNEL, str_from("work"));
	return change_ticket(tx, e, &retry_ticket, ARGS(arg_uuid(arena, id)));
}

enum err job_cancel(struct pg *pg, struct arena *arena, const struct job_kind *kinds, size_t count, struct uuid id)
{
	struct ticket ticket;
	struct ttx *tx;
	enum err e = find_ticket(pg, arena, kinds, count, id, &ticket);

	if (e)
		return e;
	tx = begin_in(pg, arena, ticket.tenant);
	/* Of a dead one it was told, and its subject may be at work again by another ticket. */
	if (!ticket.dead && ticket.kind && ticket.kind->gave_up)
		e = ticket.kind->gave_up(tx, ticket.subject);
	return change_ticket(tx, e, &cancel_ticket, ARGS(arg_uuid(arena, id), arg_bool(ticket.dead)));
}

enum err job_health(struct stx *stx, int64_t *dead, int64_t *late)
{
	struct rows *row;
	enum err e = stx_one(stx, &health, NO_ARGS, &row);

	if (!e) {
		*dead = rows_int(row, 0);
		*late = rows_int(row, 1);
	}
	return e;
}
