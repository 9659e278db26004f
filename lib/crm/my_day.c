#include "lib/crm/my_day.h"

#include <stdlib.h>

#include "lib/base/clock.h"
#include "lib/entity/local_time.h"

#define DAYS_AHEAD 7
#define MORNING_HOUR 8

/* A task that is snoozed beyond the week is shown all the same: it was to be done by then. */
#define COLUMNS                                                                                                        \
	"SELECT t.id, t.version, t.title, t.kind, t.priority, t.repeat, t.due_at, t.snoozed_until, t.lead_id,"         \
	" t.contact_id, coalesce(l.name, c.name), coalesce(l.phone, c.phone), coalesce(u.name, u.email)"               \
	" FROM tasks t LEFT JOIN leads l ON l.tenant_id = $1 AND l.id = t.lead_id"                                     \
	" LEFT JOIN contacts c ON c.tenant_id = $1 AND c.id = t.contact_id"                                            \
	" LEFT JOIN tenant_users u ON u.tenant_id = $1 AND u.id = t.assignee_id"                                       \
	" WHERE t.tenant_id = $1 AND t.status = 'open' AND t.deleted_at IS NULL AND t.due_at < $2"
#define ORDER " ORDER BY t.due_at, t.id LIMIT 201"

STATEMENT(everybodys_day, COLUMNS ORDER);
STATEMENT(own_day, COLUMNS " AND t.assignee_id = $3" ORDER);

/* The first moment of the day that is so many days after the instant's. */
static int64_t day_start(struct arena *arena, int64_t instant, int days)
{
	int64_t start;

	return local_day_start(local_day(arena, instant), days, &start) ? start : instant;
}

static enum day_part part_of(const struct day_task *task, int64_t now, int64_t midnight)
{
	if (task->shown_at > task->due_at && task->shown_at > now)
		return DAY_SNOOZED;
	if (task->shown_at < now)
		return DAY_OVERDUE;
	return task->shown_at < midnight ? DAY_TODAY : DAY_SOON;
}

static void read_task(const struct rows *row, struct day_task *task)
{
	int64_t snoozed = rows_instant(row, 7);

	*task = (struct day_task){
		.id = rows_uuid(row, 0),
		.version = rows_int(row, 1),
		.title = rows_str(row, 2),
		.kind = rows_str(row, 3),
		.priority = rows_str(row, 4),
		.repeat = rows_str(row, 5),
		.due_at = rows_instant(row, 6),
		.lead_id = rows_uuid(row, 8),
		.contact_id = rows_uuid(row, 9),
		.who = rows_str(row, 10),
		.phone = rows_str(row, 11),
		.assignee = rows_str(row, 12),
	};
	task->shown_at = snoozed > task->due_at ? snoozed : task->due_at;
}

static int by_time(const void *a, const void *b)
{
	const struct day_task *one = a, *other = b;

	return one->shown_at < other->shown_at ? -1 : one->shown_at > other->shown_at;
}

struct rows *my_day_send(struct ttx *tx, struct uuid user)
{
	struct arena *arena = ttx_arena(tx);
	struct argument until = arg_instant(arena, day_start(arena, clock_now(), 1 + DAYS_AHEAD));

	return uuid_is_zero(user) ? ttx_send(tx, &everybodys_day, ARGS(until))
				  : ttx_send(tx, &own_day, ARGS(until, arg_uuid(arena, user)));
}

enum err my_day_read(struct ttx *tx, struct rows *rows, struct day *out)
{
	struct arena *arena = ttx_arena(tx);
	int64_t now = clock_now(), midnight = day_start(arena, now, 1);
	enum err err = rows_wait(rows);

	if (err)
		return err;
	*out = (struct day){.tasks = arena_array(arena, DAY_TASKS_MOST, sizeof *out->tasks),
			    .more = rows_count(rows) > DAY_TASKS_MOST};
	while (out->count < DAY_TASKS_MOST && rows_next(rows)) {
		struct day_task *task = &out->tasks[out->count++];

		read_task(rows, task);
		task->part = part_of(task, now, midnight);
		out->parts[task->part]++;
	}
	qsort(out->tasks, out->count, sizeof *out->tasks, by_time);
	return OK;
}

bool snooze_until(struct arena *arena, struct str word, int64_t now, int64_t *out)
{
	if (str_is(word, "hour"))
		*out = local_shift(now, 1, 'h');
	else if (str_is(word, "tomorrow"))
		*out = local_shift(day_start(arena, now, 1), MORNING_HOUR, 'h');
	else if (str_is(word, "week"))
		*out = local_shift(day_start(arena, now, 8 - local_weekday(now)), MORNING_HOUR, 'h');
	else
		return false;
	return true;
}
