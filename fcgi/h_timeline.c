/* What happened with a record, and what is written down about it in a moment: a call, a note, a task. */
#include "fcgi/entity_view.h"
#include "fcgi/handlers.h"
#include "fcgi/page.h"
#include "fcgi/timeline_view.h"
#include "fcgi/try.h"

#include "lib/base/clock.h"
#include "lib/crm/activity.h"
#include "lib/crm/note.h"
#include "lib/crm/task.h"
#include "lib/entity/local_time.h"

/* ---- over JSON ---- */

enum err entity_history_api(struct context *c)
{
	struct history_place after;
	struct record *record;
	struct str next;

	if (!timeline_place(c, &after))
		return E_INVALID;
	TRY(entity_get(c->tx, c->entity, c->id, &record));
	TRY(history_put(c, c->entity, c->id, &after, value_put_list(c->data, "data"), &next));
	value_put_str(c->data, "next_cursor", next);
	return OK;
}

enum err timeline_api(struct context *c)
{
	const struct timeline_show *show = timeline_show_find(form_text(&c->query, "show"));
	struct history_place after;
	struct record *record;
	struct str next;

	if (!show)
		errors_add(c->errors, "show", "not_a_choice", "show must be one of %.*s.",
			   STR_FMT_ARG(timeline_show_names(c->arena)));
	if (!timeline_place(c, &after) || !show)
		return E_INVALID;
	TRY(entity_get(c->tx, c->entity, c->id, &record));
	TRY(timeline_put(c, record, show, &after, value_put_list(c->data, "data"), false, &next));
	value_put_str(c->data, "next_cursor", next);
	return OK;
}

/* ---- on the page ---- */

static struct str show_url(struct context *c, const struct record *record, const struct timeline_show *show,
			   struct str cursor)
{
	struct buffer pairs = BUFFER_IN(c->arena);

	if (show->source)
		url_add_pair(&pairs, STR("show"), str_from(show->name));
	if (!str_absent(cursor))
		url_add_pair(&pairs, STR("cursor"), cursor);
	return arena_printf(c->arena, "%.*s%s%.*s#timeline", STR_FMT_ARG(entity_row_path(c, record, "")),
			    pairs.length ? "?" : "", STR_FMT_ARG(buffer_str(&pairs)));
}

static void put_chips(struct context *c, const struct record *record, const struct timeline_show *now)
{
	struct value *chips = value_put_list(c->page, "chips");

	for (size_t i = 0; i < timeline_shows_count; i++) {
		struct value *chip;

		if (!timeline_has(c->entity, &timeline_shows[i]))
			continue;
		chip = value_map(c->arena);
		value_put_text(chip, "label", timeline_shows[i].label);
		value_put_url(chip, "url", show_url(c, record, &timeline_shows[i], STR_NONE));
		value_put_bool(chip, "active", &timeline_shows[i] == now);
		value_append(chips, chip);
	}
	value_put_bool(c->page, "has_chips", value_count(chips) > 2); /* more than "all" and one other */
}

enum err timeline_page_put(struct context *c, const struct record *record)
{
	const struct timeline_show *show = timeline_show_find(form_text(&c->query, "show"));
	struct value *list = value_put_list(c->page, "timeline");
	struct history_place after;
	struct str next = STR_NONE;

	/* An address that was kept or typed: what cannot be read of it is as if it were not there. */
	if (!show)
		show = &timeline_shows[0];
	if (!timeline_place(c, &after))
		c->errors = errors_new(c->arena);
	value_put_bool(c->page, "has_timeline", c->entity->history);
	put_chips(c, record, show);
	if (c->entity->history)
		TRY(timeline_put(c, record, show, &after, list, true, &next));
	value_put_bool(c->page, "has_entries", value_count(list) > 0);
	value_put_bool(c->page, "has_earlier", !str_absent(next));
	value_put_url(c->page, "earlier_url", show_url(c, record, show, next));
	value_put_bool(c->page, "has_latest", after.at != 0);
	value_put_url(c->page, "latest_url", show_url(c, record, show, STR_NONE));
	return OK;
}

/* ---- in a moment ---- */

static const char *const outcomes_in_a_tap[] = {"answered", "no_answer", "voicemail", "booked"};

static const struct {
	const char *value, *label;
	int64_t amount;
	char unit;
} due_times[] = {
	{"1h", "In an hour", 1, 'h'},
	{"1d", "Tomorrow at this time", 1, 'd'},
	{"3d", "In three days", 3, 'd'},
	{"7d", "In a week", 7, 'd'},
};

bool has_quick_actions(const struct entity *entity)
{
	return strcmp(entity->plural, "leads") == 0 || strcmp(entity->plural, "contacts") == 0;
}

static void add_choice(struct value *list, const char *value, const char *label)
{
	struct value *map = value_map(value_arena(list));

	value_put_text(map, "value", value);
	value_put_text(map, "label", label);
	value_append(list, map);
}

static const char *outcome_label(const char *value)
{
	const struct choice *choice = activity_entity.fields[entity_field(&activity_entity, STR("outcome"))].choices;

	while (choice->value && strcmp(choice->value, value) != 0)
		choice++;
	return choice->label;
}

/* After a call was logged its note may follow: ?call=<id>. */
static void put_call_note(struct context *c)
{
	struct str call = form_text(&c->query, "call");
	struct uuid id;

	value_put_str(c->page, "logged_call", uuid_parse(call, &id) ? call : STR_NONE);
}

void quick_actions_put(struct context *c, const struct record *record)
{
	struct value *outcomes = value_put_list(c->page, "outcomes"), *due = value_put_list(c->page, "due_times");

	value_put_bool(c->page, "has_quick", has_quick_actions(c->entity) && entity_may_write(c));
	value_put_url(c->page, "calls_url", entity_row_path(c, record, "/calls"));
	value_put_url(c->page, "call_note_url", entity_row_path(c, record, "/call-note"));
	value_put_url(c->page, "notes_url", entity_row_path(c, record, "/notes"));
	value_put_url(c->page, "tasks_url", entity_row_path(c, record, "/tasks"));
	for (size_t i = 0; i < COUNT_OF(outcomes_in_a_tap); i++)
		add_choice(outcomes, outcomes_in_a_tap[i], outcome_label(outcomes_in_a_tap[i]));
	for (size_t i = 0; i < COUNT_OF(due_times); i++)
		add_choice(due, due_times[i].value, due_times[i].label);
	put_call_note(c);
}

static enum err back(struct context *c, const char *code, struct str more)
{
	return context_redirect(c, arena_printf(c->arena, "/%s/%.*s?done=%s%.*s", c->entity->plural,
						STR_FMT_ARG(uuid_text(c->arena, c->id)), code, STR_FMT_ARG(more)));
}

/* Mistakes of a form this small are told in one sentence. */
static enum err told(struct context *c, enum err e)
{
	if (e != E_INVALID || !errors_first(c->errors))
		return e;
	return context_fail(c, e, "%.*s", STR_FMT_ARG(errors_first(c->errors)->message));
}

/* A row that belongs to the lead or contact of the address. */
static enum err add_to(struct context *c, const struct entity *entity, struct value *body, struct record **out)
{
	struct record *subject;
	enum err e;

	*out = record_new(c->arena, entity);
	TRY(entity_get(c->tx, c->entity, c->id, &subject));
	value_put_str(body, strcmp(c->entity->plural, "leads") == 0 ? "lead_id" : "contact_id",
		      uuid_text(c->arena, c->id));
	e = record_from_json(*out, WRITE_CREATE, body, c->errors);
	if (e == OK)
		e = entity_insert(c->tx, *out, c->errors);
	return told(c, e);
}

enum err quick_call_page(struct context *c)
{
	struct value *body = value_map(c->arena);
	struct str outcome = form_text(&c->form, "outcome");
	struct record *call;

	if (outcome.n == 0)
		return context_fail(c, E_INVALID, "Say how the call went.");
	value_put_text(body, "type", "call");
	value_put_str(body, "outcome", outcome);
	TRY(add_to(c, &activity_entity, body, &call));
	return back(c, "call_logged",
		    arena_printf(c->arena, "&call=%.*s", STR_FMT_ARG(uuid_text(c->arena, record_id(call)))));
}

/* What was said, onto the call that was just logged. */
enum err quick_call_note_page(struct context *c)
{
	struct record *call, *change = record_new(c->arena, &activity_entity), *updated;
	struct value *body = value_map(c->arena);
	struct uuid id;
	enum err e;

	if (!uuid_parse(form_text(&c->form, "call"), &id))
		return context_fail(c, E_INVALID, "Say which call the note is about.");
	TRY(entity_get(c->tx, &activity_entity, id, &call));
	if (!str_equal(record_text(call, strcmp(c->entity->plural, "leads") == 0 ? "lead_id" : "contact_id"),
		       uuid_text(c->arena, c->id)))
		return E_NOTFOUND;
	value_put_str(body, "body", form_text(&c->form, "body"));
	e = record_from_json(change, WRITE_UPDATE, body, c->errors);
	if (e == OK)
		e = entity_update(c->tx, call, change, c->errors, &updated);
	TRY(told(c, e));
	return back(c, "saved", STR(""));
}

enum err quick_note_page(struct context *c)
{
	struct value *body = value_map(c->arena);
	struct record *note;

	value_put_str(body, "body", form_text(&c->form, "body"));
	TRY(add_to(c, &note_entity, body, &note));
	return back(c, "note_added", STR(""));
}

enum err quick_task_page(struct context *c)
{
	struct value *body = value_map(c->arena);
	struct str due = form_text(&c->form, "due");
	struct record *task;

	value_put_str(body, "title", form_text(&c->form, "title"));
	for (size_t i = 0; i < COUNT_OF(due_times); i++)
		if (str_is(due, due_times[i].value))
			value_put_str(body, "due_at",
				      clock_rfc3339(c->arena,
						    local_shift(clock_now(), due_times[i].amount, due_times[i].unit)));
	TRY(add_to(c, &task_entity, body, &task));
	return back(c, "task_added", STR(""));
}
