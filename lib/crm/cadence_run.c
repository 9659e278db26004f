#include "lib/crm/cadence_run.h"

#include "lib/base/clock.h"
#include "lib/crm/task.h"
#include "lib/entity/local_time.h"

static const char *const reasons[] = {
	[CADENCE_STOP_REPLY] = "reply",
	[CADENCE_STOP_WON] = "won",
	[CADENCE_STOP_LOST] = "lost",
	[CADENCE_STOP_PERSON] = "person",
};

STATEMENT(read_lead, "SELECT owner_id FROM leads WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL");
STATEMENT(read_steps, "SELECT s.delay_hours, s.kind, s.title, s.description FROM cadences c JOIN cadence_steps s"
		      " ON s.tenant_id = $1 AND s.cadence_id = c.id AND s.deleted_at IS NULL WHERE c.tenant_id = $1"
		      " AND c.id = $2 AND c.is_active AND c.deleted_at IS NULL ORDER BY s.delay_hours, s.id LIMIT 50");
STATEMENT(insert_run, "INSERT INTO cadence_runs (tenant_id, id, cadence_id, lead_id, started_at, started_by)"
		      " VALUES ($1, $2, $3, $4, $5, $6)");
STATEMENT(cancel_tasks,
	  "UPDATE tasks SET status = 'cancelled', version = version + 1, updated_at = $3 WHERE tenant_id = $1"
	  " AND status = 'open' AND cadence_run_id IN (SELECT r.id FROM cadence_runs r WHERE r.tenant_id = $1"
	  " AND r.lead_id = $2 AND r.stopped_at IS NULL) RETURNING id");
STATEMENT(stop_runs, "UPDATE cadence_runs SET stopped_at = $3, stop_reason = $4 WHERE tenant_id = $1 AND lead_id = $2"
		     " AND stopped_at IS NULL");
/* Unless it was started anew meanwhile. */
#define STOPPED_BY_IT                                                                                                  \
	"r.tenant_id = $1 AND r.lead_id = $2 AND r.stopped_at >= $3::timestamptz AND r.stop_reason IN ('won', 'lost')" \
	" AND NOT EXISTS (SELECT 1 FROM cadence_runs o WHERE o.tenant_id = $1 AND o.lead_id = $2"                      \
	" AND o.cadence_id = r.cadence_id AND o.stopped_at IS NULL)"
/* Those that were not touched since. */
STATEMENT(reopen_tasks,
	  "UPDATE tasks t SET status = 'open', version = t.version + 1, updated_at = $4 FROM cadence_runs r"
	  " WHERE t.tenant_id = $1 AND t.status = 'cancelled' AND t.deleted_at IS NULL AND t.cadence_run_id = r.id"
	  " AND t.updated_at = r.stopped_at AND " STOPPED_BY_IT);
STATEMENT(resume_runs, "UPDATE cadence_runs r SET stopped_at = NULL, stop_reason = NULL WHERE " STOPPED_BY_IT
		       " AND EXISTS (SELECT 1 FROM tasks t WHERE t.tenant_id = $1 AND t.cadence_run_id = r.id"
		       " AND t.status = 'open' AND t.deleted_at IS NULL)");
STATEMENT(finish_run,
	  "UPDATE cadence_runs SET stopped_at = $3, stop_reason = 'finished' WHERE tenant_id = $1 AND id = $2"
	  " AND stopped_at IS NULL AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.tenant_id = $1"
	  " AND t.cadence_run_id = $2 AND t.status = 'open' AND t.deleted_at IS NULL)");
STATEMENT(read_runs,
	  "SELECT c.name, r.started_at, r.stopped_at, r.stop_reason,"
	  " (SELECT count(*) FROM tasks t WHERE t.tenant_id = $1 AND t.cadence_run_id = r.id AND t.status = 'open'"
	  " AND t.deleted_at IS NULL),"
	  " (SELECT count(*) FROM tasks t WHERE t.tenant_id = $1 AND t.cadence_run_id = r.id)"
	  " FROM cadence_runs r JOIN cadences c ON c.tenant_id = $1 AND c.id = r.cadence_id"
	  " WHERE r.tenant_id = $1 AND r.lead_id = $2 ORDER BY r.started_at DESC, r.id LIMIT 20");
STATEMENT(read_choices, "SELECT id, name FROM cadences WHERE tenant_id = $1 AND is_active AND deleted_at IS NULL"
			" ORDER BY name LIMIT 100");

/* ---- start ---- */

static enum err insert_tasks(struct ttx *tx, struct uuid lead, struct str assignee, struct uuid run, int64_t now,
			     struct rows *steps, struct errors *errors)
{
	struct arena *arena = ttx_arena(tx);
	enum err err = OK;

	while (err == OK && rows_next(steps)) {
		struct record *task = record_new(arena, &task_entity);
		int64_t due = local_shift(now, rows_int(steps, 0), 'h');

		record_set_defaults(task);
		record_set_text(task, "title", rows_str(steps, 2));
		record_set_text(task, "description", rows_str(steps, 3));
		record_set_text(task, "kind", rows_str(steps, 1));
		record_set_text(task, "lead_id", uuid_text(arena, lead));
		record_set_text(task, "assignee_id", assignee);
		record_set_text(task, "due_at", clock_rfc3339(arena, due));
		record_set_text(task, "cadence_run_id", uuid_text(arena, run));
		err = entity_insert(tx, task, errors);
	}
	return err;
}

static enum err refuse(struct errors *errors, enum err err, const char *code, const char *sentence)
{
	errors_add(errors, "cadence_id", code, "%s", sentence);
	return err;
}

enum err cadence_start(struct ttx *tx, struct uuid lead, struct uuid cadence, struct errors *errors, struct uuid *run)
{
	struct arena *arena = ttx_arena(tx);
	const struct ttx_actor *actor = ttx_actor(tx);
	struct str person = actor->kind == ACTOR_USER ? uuid_text(arena, actor->id) : STR_NONE;
	int64_t now = clock_now();
	struct rows *row, *steps;
	enum err err = ttx_one(tx, &read_lead, ARGS(arg_uuid(arena, lead)), &row);

	if (err)
		return err;
	err = ttx_rows(tx, &read_steps, ARGS(arg_uuid(arena, cadence)), &steps);
	if (err)
		return err;
	if (rows_count(steps) == 0)
		return refuse(errors, E_INVALID, "not_found",
			      "This follow-up is not there, not active or has no steps.");
	*run = uuid_new();
	err = ttx_exec(tx, &insert_run,
		       ARGS(arg_uuid(arena, *run), arg_uuid(arena, cadence), arg_uuid(arena, lead),
			    arg_instant(arena, now), arg_str(person)),
		       NULL);
	if (err == E_CONFLICT)
		return refuse(errors, err, "running", "This follow-up already runs on this lead.");
	if (err)
		return err;
	return insert_tasks(tx, lead, rows_null(row, 0) ? person : rows_str(row, 0), *run, now, steps, errors);
}

/* ---- stop ---- */

enum err cadence_stop(struct ttx *tx, struct uuid lead, enum cadence_stop reason, int64_t *stopped)
{
	struct arena *arena = ttx_arena(tx);
	int64_t when = clock_now();
	struct argument id = arg_uuid(arena, lead), now = arg_instant(arena, when);
	struct rows *tasks = ttx_send(tx, &cancel_tasks, ARGS(id, now));
	enum err err = ttx_exec(tx, &stop_runs, ARGS(id, now, arg_text(reasons[reason])), stopped);

	if (err == OK)
		err = rows_wait(tasks);
	if (err == OK && rows_count(tasks))
		task_tell_status(tx, rows_ids(arena, tasks), "open", "cancelled", when);
	return err;
}

enum err cadence_resume(struct ttx *tx, struct uuid lead, struct str since)
{
	struct arena *arena = ttx_arena(tx);
	struct argument id = arg_uuid(arena, lead), at = arg_str(since);
	struct rows *tasks = ttx_send(tx, &reopen_tasks, ARGS(id, at, arg_instant(arena, ttx_now(tx))));
	enum err err = ttx_exec(tx, &resume_runs, ARGS(id, at), NULL);

	return err ? err : rows_wait(tasks);
}

enum err cadence_task_closed(struct ttx *tx, struct uuid run)
{
	struct arena *arena = ttx_arena(tx);

	return ttx_exec(tx, &finish_run, ARGS(arg_uuid(arena, run), arg_instant(arena, clock_now())), NULL);
}

/* ---- to be shown ---- */

static struct str instant_text(struct arena *arena, int64_t instant)
{
	return instant ? clock_rfc3339(arena, instant) : STR_NONE;
}

enum err cadence_runs_view(struct ttx *tx, struct uuid lead, struct value *list)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *rows;
	enum err err = ttx_rows(tx, &read_runs, ARGS(arg_uuid(arena, lead)), &rows);

	while (err == OK && rows_next(rows)) {
		struct value *run = value_map(arena);

		value_put_str(run, "cadence", rows_str(rows, 0));
		value_put_str(run, "started_at", instant_text(arena, rows_instant(rows, 1)));
		value_put_str(run, "stopped_at", instant_text(arena, rows_instant(rows, 2)));
		value_put_str(run, "stop_reason", rows_str(rows, 3));
		value_put_int(run, "open_tasks", rows_int(rows, 4));
		value_put_int(run, "total_tasks", rows_int(rows, 5));
		value_append(list, run);
	}
	return err;
}

enum err cadence_choices_view(struct ttx *tx, struct value *list)
{
	struct rows *rows;
	enum err err = ttx_rows(tx, &read_choices, NO_ARGS, &rows);

	while (err == OK && rows_next(rows)) {
		struct value *choice = value_map(ttx_arena(tx));

		value_put_str(choice, "id", rows_str(rows, 0));
		value_put_str(choice, "name", rows_str(rows, 1));
		value_append(list, choice);
	}
	return err;
}
