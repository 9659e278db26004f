#include "fcgi/day_view.h"

#include "fcgi/page.h"
#include "fcgi/timeline_view.h"

#include "lib/crm/task.h"
#include "lib/entity/phone.h"

void day_tasks_put(struct context *c, bool everybody, struct str back)
{
	value_put_bool(c->page, "everybody", everybody);
	value_put_str(c->page, "back", back);
	value_put_bool(c->page, "may_write", context_may(c, CAN_WRITE));
	quick_outcomes_put(value_put_list(c->page, "outcomes"));
}

static const char *choice_label(const char *field, struct str value)
{
	int index = entity_field(&task_entity, str_from(field));

	for (const struct choice *choice = task_entity.fields[index].choices; choice->value; choice++)
		if (str_is(value, choice->value))
			return choice->label;
	return NULL;
}

static void put_who(struct context *c, struct value *row, const struct day_task *task)
{
	bool lead = !uuid_is_zero(task->lead_id), contact = !uuid_is_zero(task->contact_id);

	value_put_str(row, "who", task->who);
	value_put_url(
		row, "who_url",
		lead      ? arena_printf(c->arena, "/leads/%.*s", STR_FMT_ARG(uuid_text(c->arena, task->lead_id)))
		: contact ? arena_printf(c->arena, "/contacts/%.*s", STR_FMT_ARG(uuid_text(c->arena, task->contact_id)))
			  : STR_NONE);
	value_put_url(row, "call_url", str_absent(task->phone) ? STR_NONE : phone_tel_url(c->arena, task->phone));
}

struct value *day_task_view(struct context *c, const struct day_task *task)
{
	struct value *row = value_map(c->arena);
	struct str url = arena_printf(c->arena, "/tasks/%.*s", STR_FMT_ARG(uuid_text(c->arena, task->id)));

	value_put_str(row, "title", task->title);
	value_put_url(row, "url", url);
	value_put_url(row, "done_url", arena_printf(c->arena, "%.*s/done", STR_FMT_ARG(url)));
	value_put_url(row, "snooze_url", arena_printf(c->arena, "%.*s/snooze", STR_FMT_ARG(url)));
	page_put_time(c, row, "due", task->shown_at);
	value_put_text(row, "kind", str_is(task->kind, "task") ? NULL : choice_label("kind", task->kind));
	value_put_bool(row, "is_high", str_is(task->priority, "high"));
	value_put_text(row, "repeats", str_is(task->repeat, "never") ? NULL : choice_label("repeat", task->repeat));
	value_put_str(row, "assignee", task->assignee);
	value_put_bool(row, "asks_outcome",
		       str_is(task->kind, "call") && !(uuid_is_zero(task->lead_id) && uuid_is_zero(task->contact_id)));
	put_who(c, row, task);
	return row;
}
