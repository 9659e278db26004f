#include "lib/crm/task.h"

#include "lib/crm/cadence_run.h"
#include "lib/crm/shared.h"
#include "lib/entity/history.h"
#include "lib/entity/local_time.h"
#include "lib/base/clock.h"

static const struct choice priorities[] = {
	{"low", "Low", "secondary"},
	{"normal", "Normal", NULL},
	{"high", "High", "red"},
	{NULL, NULL, NULL},
};

static const struct choice statuses[] = {
	{"open", "Open", "blue"},
	{"done", "Done", "green"},
	{"cancelled", "Cancelled", "secondary"},
	{NULL, NULL, NULL},
};

static const struct choice repeats[] = {
	{"never", "Never", NULL},         {"daily", "Every day", NULL},   {"weekly", "Every week", NULL},
	{"monthly", "Every month", NULL}, {"yearly", "Every year", NULL}, {NULL, NULL, NULL},
};

static const struct field fields[] = {
	{
		.name = "title",
		.label = "Task",
		.help = "Begin with a verb: call back, send the estimate.",
		.group = "What",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_SEARCHABLE | FIELD_LISTED | CARRIED,
		.maximum = 200,
	},
	{
		.name = "kind",
		.label = "Kind",
		.type = FIELD_CHOICE,
		.flags = FIELD_FILTERABLE | CARRIED,
		.choices = task_kind_choices,
		.default_value = "task",
	},
	{
		.name = "due_at",
		.label = "Due",
		.type = FIELD_INSTANT,
		.flags = FIELD_REQUIRED | FIELD_SORTABLE | FIELD_FILTERABLE | FIELD_LISTED | CARRIED,
	},
	{
		.name = "repeat",
		.label = "Repeat",
		.help = "The next one is made when this one is done.",
		.type = FIELD_CHOICE,
		.flags = CARRIED,
		.choices = repeats,
		.default_value = "never",
	},
	{
		.name = "priority",
		.label = "Priority",
		.type = FIELD_CHOICE,
		.flags = FIELD_FILTERABLE | FIELD_LISTED | CARRIED,
		.choices = priorities,
		.default_value = "normal",
	},
	{
		.name = "status",
		.label = "Status",
		.type = FIELD_CHOICE,
		.flags = FIELD_FILTERABLE | FIELD_LISTED | CARRIED,
		.choices = statuses,
		.default_value = "open",
	},
	{
		.name = "description",
		.label = "Details",
		.type = FIELD_LONG_TEXT,
		.flags = FIELD_SEARCHABLE | CARRIED,
	},
	{
		.name = "assignee_id",
		.label = "Assigned to",
		.group = "Who",
		REFERS_TO_USER,
		.flags = FIELD_MINE | FIELD_FILTERABLE | FIELD_LISTED | FIELD_EXPORTABLE,
	},
	{
		.name = "lead_id",
		.label = "Lead",
		REFERS_TO_LEAD,
		.flags = FIELD_OWNING | FIELD_FILTERABLE | FIELD_LISTED | FIELD_EXPORTABLE,
	},
	{
		.name = "contact_id",
		.label = "Contact",
		REFERS_TO_CONTACT,
		.flags = FIELD_OWNING | FIELD_FILTERABLE | FIELD_EXPORTABLE,
	},
	{
		.name = "snoozed_until",
		.label = "Snoozed until",
		.help = "Until then it is not in the day.",
		.type = FIELD_INSTANT,
		.flags = CARRIED,
	},
	{
		.name = "completed_at",
		.label = "Done at",
		.group = "Record",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
	{
		.name = "cadence_run_id",
		.label = "Run of a follow-up",
		.type = FIELD_REFERENCE,
		.flags = FIELD_INTERNAL,
		.references = "cadence_runs",
		.reference_label = "id::text",
	},
	{
		/* Of the month: where a month that is too short has it earlier, the next ones have it here again. */
		.name = "repeat_day",
		.label = "Day of the repeat",
		.type = FIELD_INTEGER,
		.flags = FIELD_INTERNAL,
		.minimum = 29,
		.maximum = 31,
	},
	{
		.name = "created_at",
		.label = "Created",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_SORTABLE | FIELD_EXPORTABLE,
	},
	{
		.name = "updated_at",
		.label = "Changed",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
};

static enum err before_write(struct ttx *tx, enum write_kind kind, struct record *record, struct errors *errors)
{
	const struct record *before = kind == WRITE_UPDATE ? record_before(record) : NULL;
	bool done = str_is(record_text(record, "status"), "done");

	(void)errors;
	if (kind == WRITE_DELETE)
		return OK;
	/* Given another time by somebody, it repeats from there. */
	if (before && record_has_changed(record, "due_at"))
		record_set_text(record, "repeat_day", STR_NONE);
	if (!done)
		record_set_text(record, "completed_at", STR_NONE);
	else if (str_absent(record_text(record, "completed_at")))
		record_set_text(record, "completed_at", clock_rfc3339(ttx_arena(tx), ttx_now(tx)));
	return OK;
}

/* ---- what follows when it is done ---- */

static const struct {
	const char *repeat;
	char unit; /* of local_shift */
} intervals[] = {{"daily", 'd'}, {"weekly", 'w'}, {"monthly", 'm'}, {"yearly", 'y'}};

static int64_t day_of_month(struct arena *arena, int64_t instant)
{
	struct str day = local_day(arena, instant);
	int64_t number;

	return day.n == 10 && str_to_int64((struct str){day.p + 8, 2}, &number) ? number : 0;
}

/* As far into its month as that day. */
static int64_t up_to_day(struct arena *arena, int64_t instant, int64_t day)
{
	int64_t next = local_shift(instant, 1, 'd');

	while (day_of_month(arena, instant) < day && day_of_month(arena, next) == day_of_month(arena, instant) + 1) {
		instant = next;
		next = local_shift(instant, 1, 'd');
	}
	return instant;
}

/*
 * At the same time of day, and not in the past: who does two weeks' dailies today does not find thirteen of them. *day: of the month, that it should be
 * on where months and years are counted; 0 elsewhere.
 */
static int64_t next_due(struct arena *arena, const struct record *task, int64_t due, int64_t now, int64_t *day)
{
	struct str repeat = record_text(task, "repeat");
	size_t i = 0;

	*day = 0;
	while (i < COUNT_OF(intervals) && !str_is(repeat, intervals[i].repeat))
		i++;
	if (i == COUNT_OF(intervals))
		return 0;
	if ((intervals[i].unit == 'm' || intervals[i].unit == 'y') &&
	    !str_to_int64(record_text(task, "repeat_day"), day))
		*day = day_of_month(arena, due);
	for (int64_t step = 1; step < 4000; step++) {
		int64_t next = local_shift(due, step, intervals[i].unit);

		if (next > now)
			return up_to_day(arena, next, *day);
	}
	return 0;
}

static enum err insert_next(struct ttx *tx, const struct record *task)
{
	static const char *const carried[] = {"title",       "kind",    "repeat",     "priority",
					      "description", "lead_id", "contact_id", "assignee_id"};
	struct arena *arena = ttx_arena(tx);
	struct record *next = record_new(arena, &task_entity);
	int64_t due, day;

	if (!clock_from_rfc3339(record_text(task, "due_at"), &due))
		return E_INTERNAL;
	due = next_due(arena, task, due, clock_now(), &day);
	if (due == 0)
		return OK;
	for (size_t i = 0; i < COUNT_OF(carried); i++)
		record_set_text(next, carried[i], record_text(task, carried[i]));
	record_set_text(next, "due_at", clock_rfc3339(arena, due));
	if (day_of_month(arena, due) < day)
		record_set_text(next, "repeat_day", arena_printf(arena, "%lld", (long long)day));
	record_set_defaults(next);
	return entity_insert(tx, next, errors_new(arena));
}

static bool is_open(const struct record *task)
{
	return str_is(record_text(task, "status"), "open");
}

static enum err after_write(struct ttx *tx, enum write_kind kind, const struct record *task)
{
	struct str run = record_text(task, "cadence_run_id");
	const struct record *before = record_before(task);
	struct uuid id;
	enum err err = OK;

	if (kind == WRITE_UPDATE && !is_open(task) && before && is_open(before)) {
		if (str_is(record_text(task, "status"), "done"))
			err = insert_next(tx, task);
	} else if (kind != WRITE_DELETE) {
		return OK;
	}
	return err == OK && !str_absent(run) && uuid_parse(run, &id) ? cadence_task_closed(tx, id) : err;
}

void task_tell_status(struct ttx *tx, struct str ids, const char *from, const char *to, int64_t when)
{
	struct value *changes = value_list(ttx_arena(tx));

	history_change_put(changes, "status", str_from(from), str_from(to));
	history_send_rows(tx, HISTORY_CHANGED, &task_entity, ids, changes, when);
}

const struct entity task_entity = {
	.name = "task",
	.plural = "tasks",
	.label = "Task",
	.label_plural = "Tasks",
	.icon = "checkbox",
	.table = "tasks",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "title",
	.default_sort = "due_at",
	.empty_hint = "Tasks are what somebody promised to do. Write down the next call-back with its time, and nobody "
		      "is forgotten.",
	.trash = true,
	.history = true,
	.before_write = before_write,
	.after_write = after_write,
};
