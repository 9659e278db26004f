/* A person's day: what is overdue, due and put off, with the buttons that clear it. */
#include "fcgi/day_view.h"
#include "fcgi/handlers.h"
#include "fcgi/sample_notice.h"
#include "fcgi/try.h"

#include "lib/base/clock.h"
#include "lib/base/utf8.h"
#include "lib/crm/activity.h"
#include "lib/crm/inputs.h"
#include "lib/crm/my_day.h"
#include "lib/crm/sample_data.h"
#include "lib/crm/task.h"
#include "lib/entity/local_time.h"

static const struct {
	const char *name, *label;
	bool is_late;
} parts[] = {
	[DAY_OVERDUE] = {"overdue", "Overdue", true},
	[DAY_TODAY] = {"today", "Today", false},
	[DAY_SOON] = {"next_seven_days", "Next seven days", false},
	[DAY_SNOOZED] = {"snoozed", "Snoozed", false},
};

#define EVERYBODYS STR("/my-day?who=all")

/* ?who=all; anything else is refused. */
static enum err read_who(struct context *c, struct uuid *user)
{
	struct str who = form_text(&c->query, "who");
	bool all = str_is(who, "all");

	for (const struct form_field *field = c->query.first; field; field = field->next)
		if (!str_is(field->name, "who") && !(str_is(field->name, "done") && c->route->face == FACE_PAGE)) {
			errors_add(c->errors, arena_c_string(c->arena, utf8_prefix(field->name, 64)), "unknown_field",
				   "There is no parameter of this name.");
			return E_INVALID;
		}
	if (who.n && !all && !str_is(who, "me")) {
		errors_add(c->errors, "who", "not_a_choice", "who must be one of: me, all.");
		return E_INVALID;
	}
	/* A key is nobody with a day of its own. */
	*user = all || c->principal->kind == CREDENTIAL_API_KEY ? uuid_zero() : c->principal->user_id;
	return OK;
}

enum err my_day_page(struct context *c)
{
	struct value *sections = value_put_list(c->page, "sections");
	struct rows *sample, *sent;
	struct uuid user;
	struct day day;

	TRY(read_who(c, &user));
	sample = sample_present_send(c->tx);
	sent = my_day_send(c->tx, user);
	TRY(my_day_read(c->tx, sent, &day));
	TRY(sample_notice_put(c, sample, day.count == 0));
	for (size_t part = DAY_OVERDUE; part < COUNT_OF(parts); part++) {
		struct value *section = value_map(c->arena), *tasks;

		if (!day.parts[part])
			continue;
		value_put_text(section, "label", parts[part].label);
		value_put_int(section, "count", (int64_t)day.parts[part]);
		value_put_bool(section, "is_late", parts[part].is_late);
		tasks = value_put_list(section, "tasks");
		for (size_t i = 0; i < day.count; i++)
			if (day.tasks[i].part == part)
				value_append(tasks, day_task_view(c, &day.tasks[i]));
		value_append(sections, section);
	}
	value_put_text(c->page, "title", "My day");
	value_put_bool(c->page, "has_tasks", day.count > 0);
	value_put_bool(c->page, "has_more", day.more);
	value_put_str(c->page, "date", local_date(c->arena, clock_now()));
	day_tasks_put(c, uuid_is_zero(user), uuid_is_zero(user) ? EVERYBODYS : STR_NONE);
	value_put_url(c->page, "new_url",
		      arena_printf(c->arena, "/tasks/new?assignee_id=%.*s",
				   STR_FMT_ARG(uuid_text(c->arena, c->principal->user_id))));
	return OK;
}

enum err my_day_api(struct context *c)
{
	struct value *rows = value_put_list(c->data, "data");
	struct uuid user;
	struct day day;

	TRY(read_who(c, &user));
	ttx_last(c->tx);
	TRY(my_day_read(c->tx, my_day_send(c->tx, user), &day));
	for (size_t i = 0; i < day.count; i++) {
		const struct day_task *task = &day.tasks[i];
		struct value *row = value_map(c->arena);

		value_put_str(row, "id", uuid_text(c->arena, task->id));
		value_put_int(row, "version", task->version);
		value_put_text(row, "part", parts[task->part].name);
		value_put_str(row, "title", task->title);
		value_put_str(row, "kind", task->kind);
		value_put_str(row, "priority", task->priority);
		value_put_str(row, "due_at", clock_rfc3339(c->arena, task->due_at));
		value_put_str(row, "shown_at", clock_rfc3339(c->arena, task->shown_at));
		value_put_str(row, "assignee", task->assignee);
		value_put_str(row, "lead_id",
			      uuid_is_zero(task->lead_id) ? STR_NONE : uuid_text(c->arena, task->lead_id));
		value_put_str(row, "contact_id",
			      uuid_is_zero(task->contact_id) ? STR_NONE : uuid_text(c->arena, task->contact_id));
		value_put_str(row, "who", task->who);
		value_put_str(row, "phone", task->phone);
		value_append(rows, row);
	}
	value_put_bool(c->data, "has_more", day.more);
	return OK;
}

/* ---- what is done to a task ---- */

/* Whoever sees the button means the task as it is now: two people who press it do no harm. */
static enum err change(struct context *c, struct record *current, const char *field, struct str value,
		       struct record **out)
{
	struct record *change = record_new(c->arena, &task_entity);

	record_set_text(change, field, value);
	return entity_update(c->tx, current, change, c->errors, out);
}

static enum err change_task(struct context *c, const char *field, struct str value, struct record **out)
{
	struct record *current;

	TRY(entity_get(c->tx, &task_entity, c->id, &current));
	return change(c, current, field, value, out);
}

/* Back to the page with the button; where it is not said, to the day. */
static enum err answer_page(struct context *c, const char *done)
{
	struct str back = form_text(&c->form, "back"), path = STR("/my-day");

	if (str_is(back, "task"))
		path = arena_printf(c->arena, "/tasks/%.*s", STR_FMT_ARG(uuid_text(c->arena, c->id)));
	else if (str_equal(back, EVERYBODYS) || str_is(back, "/"))
		path = back;
	return context_redirect(c, arena_printf(c->arena, "%.*s%sdone=%s", STR_FMT_ARG(path),
						str_equal(path, EVERYBODYS) ? "&" : "?", done));
}

static enum err answer_task(struct context *c, const struct record *task)
{
	static const char *const shown[] = {"status", "due_at", "snoozed_until", "completed_at"};

	value_put_str(c->data, "id", uuid_text(c->arena, record_id(task)));
	value_put_int(c->data, "version", record_version(task));
	for (size_t i = 0; i < COUNT_OF(shown); i++)
		value_put_str(c->data, shown[i], record_text(task, shown[i]));
	context_etag(c, record_version(task));
	return OK;
}

/* How the call went that the task was about, onto the timeline of whom it was with. */
static enum err log_call(struct context *c, const struct record *task, struct str outcome)
{
	static const char *const carried[] = {"lead_id", "contact_id"};
	struct record *call = record_new(c->arena, &activity_entity);
	struct value *body = value_map(c->arena);
	enum err e;

	value_put_text(body, "type", "call");
	value_put_str(body, "subject", record_text(task, "title"));
	value_put_str(body, "outcome", outcome);
	for (size_t i = 0; i < COUNT_OF(carried); i++)
		value_put_str(body, carried[i], record_text(task, carried[i]));
	e = record_from_json(call, WRITE_CREATE, body, c->errors);
	if (e == OK)
		e = entity_insert(c->tx, call, c->errors);
	if (e == E_INVALID && errors_first(c->errors))
		return context_fail(c, e, "%.*s", STR_FMT_ARG(errors_first(c->errors)->message));
	return e;
}

enum err task_done_page(struct context *c)
{
	struct str outcome = form_text(&c->form, "outcome");
	struct record *current, *task;
	bool logs;

	TRY(entity_get(c->tx, &task_entity, c->id, &current));
	/* Whoever presses it after somebody else has no second call. */
	logs = outcome.n && str_is(record_text(current, "status"), "open");
	TRY(change(c, current, "status", STR("done"), &task));
	if (logs)
		TRY(log_call(c, task, outcome));
	return answer_page(c, logs ? "task_done_logged" : "task_done");
}

enum err task_done_api(struct context *c)
{
	struct record *task;

	TRY(change_task(c, "status", STR("done"), &task));
	return answer_task(c, task);
}

static enum err snooze(struct context *c, const struct record *input, struct record **task)
{
	struct str until = record_text(input, "until");
	int64_t instant;

	if (!snooze_until(c->arena, until, clock_now(), &instant) && !clock_from_rfc3339(until, &instant)) {
		errors_add(c->errors, "until", "not_a_time",
			   "until must be hour, tomorrow, week or a time like 2026-11-23T07:32:00Z.");
		return E_INVALID;
	}
	if (instant <= clock_now()) {
		errors_add(c->errors, "until", "out_of_range", "until must be in the future.");
		return E_INVALID;
	}
	return change_task(c, "snoozed_until", clock_rfc3339(c->arena, instant), task);
}

enum err task_snooze_page(struct context *c)
{
	static const char *const also[] = {"csrf", "back", "version", NULL};
	struct record *task, *input = record_new(c->arena, &task_snooze_entity);
	enum err e = record_from_form(input, WRITE_CREATE, &c->form, also, c->errors);

	if (e == OK)
		e = snooze(c, input, &task);
	if (e == E_INVALID && errors_first(c->errors))
		return context_fail(c, e, "%.*s", STR_FMT_ARG(errors_first(c->errors)->message));
	TRY(e);
	return answer_page(c, "task_snoozed");
}

enum err task_snooze_api(struct context *c)
{
	struct record *task, *input = record_new(c->arena, &task_snooze_entity);

	TRY(record_from_json(input, WRITE_CREATE, c->json, c->errors));
	TRY(snooze(c, input, &task));
	return answer_task(c, task);
}
