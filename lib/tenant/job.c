#include "lib/tenant/job.h"

#define DAY_SECONDS 86400

/* ---- whoever has work ---- */

STATEMENT(enqueue,
	  "INSERT INTO job_tickets (tenant_id, id, kind, subject, state, run_at, created_at)"
	  " VALUES ($1, $2, $3, $4, 'waiting', coalesce($5::timestamptz, clock_timestamp()), clock_timestamp())"
	  " ON CONFLICT (tenant_id, kind, subject) WHERE state <> 'dead' DO UPDATE SET"
	  " again = job_tickets.again OR job_tickets.state = 'running',"
	  " run_at = CASE job_tickets.state WHEN 'running' THEN job_tickets.run_at"
	  " ELSE least(job_tickets.run_at, excluded.run_at) END");
STATEMENT(find_ticket, "SELECT bool_and(state = 'dead') FROM job_tickets WHERE tenant_id = $1 AND kind = $2 AND "
		       "subject = $3 HAVING count(*) > 0");

enum err job_enqueue(struct ttx *tx, const char *kind, struct uuid subject, int64_t run_at)
{
	struct arena *arena = ttx_arena(tx);
	enum err e = ttx_exec(tx, &enqueue,
			      ARGS(arg_uuid(arena, uuid_new()), arg_text(kind), arg_uuid(arena, subject),
				   run_at ? arg_instant(arena, run_at) : arg_null()),
			      NULL);

	return e ? e : ttx_notify(tx, JOB_CHANNEL, str_from("work"));
}

enum err job_state(struct ttx *tx, const char *kind, struct uuid subject, bool *dead)
{
	struct rows *row;
	enum err e = ttx_one(tx, &find_ticket, ARGS(arg_text(kind), arg_uuid(ttx_arena(tx), subject)), &row);

	if (e == OK)
		*dead = rows_bool(row, 0);
	return e;
}

/* ---- the step's own end ---- */

STATEMENT(finish_done,
	  "DELETE FROM job_tickets WHERE tenant_id = $1 AND id = $2 AND turn = $3 AND state = 'running' AND NOT again");
STATEMENT(finish_again,
	  "UPDATE job_tickets SET state = 'waiting', again = false, attempts = 0, last_error = NULL,"
	  " run_at = clock_timestamp() + make_interval(secs => CASE WHEN again THEN 0 ELSE $4::float8 END)"
	  " WHERE tenant_id = $1 AND id = $2 AND turn = $3 AND state = 'running'");

enum err job_commit(struct job_run *run, struct ttx *tx, enum job_next next)
{
	struct argument id = arg_uuid(run->arena, run->ticket), turn = arg_int(run->arena, run->turn);
	int64_t affected = 0;
	enum err e = OK;

	if (next == JOB_DONE)
		e = ttx_exec(tx, &finish_done, ARGS(id, turn), &affected);
	/* Asked for once more in the meantime: then it is not done. */
	if (e == OK && affected == 0)
		e = ttx_exec(tx, &finish_again,
			     ARGS(id, turn, arg_int(run->arena, next == JOB_TOMORROW ? DAY_SECONDS : 0)), &affected);
	if (e == OK && affected != 1)
		e = E_PRECONDITION;
	if (e) {
		ttx_rollback(tx);
		return e;
	}
	return ttx_commit(tx);
}
