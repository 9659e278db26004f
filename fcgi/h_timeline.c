/* What happened with a record, and what is written down about it in a moment: a call, a note, a task. */
#include "fcgi/conflict.h"
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
	struct timeline_lists lists = {.for_page = false};
	struct history_place after;
	struct record *record;
	struct str next;

	if (!show)
		errors_add(c->errors, "show", "not_a_choice", "show must be one of %.*s.",
			   STR_FMT_ARG(timeline_show_names(c->arena)));
	if (!timeline_place(c, &after) || !show)
		return E_INVALID;
	TRY(entity_get(c->tx, c->entity, c->id, &record));
	lists.entries = value_put_list(c->data, "data");
	TRY(timeline_put(c, record, show, &after, &lists, &next));
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
	struct timeline_lists lists = {.entries = value_put_list(c->page, "timeline"), .for_page = true};
	struct value *pinned = value_put_list(c->page, "pinned");
	struct history_place after;
	struct str next = STR_NONE;

	/* An address that was kept or typed: what cannot be read of it is as if it were not there. */
	if (!show)
		show = &timeline_shows[0];
	if (!timeline_place(c, &after))
		c->errors = errors_new(c->arena);
	value_put_bool(c->page, "has_timeline", c->entity->history);
	put_chips(c, record, show);
	/* On top of everything, and only there: who looks for one kind or for what was earlier has seen it. */
	if (!show->source && after.at == 0)
		lists.pinned = pinned;
	if (c->entity->history)
		TRY(timeline_put(c, record, show, &after, &lists, &next));
	value_put_bool(c->page, "has_pinned", value_count(pinned) > 0);
	value_put_bool(c->page, "has_entries", value_count(lists.entries) > 0);
	value_put_bool(c->page, "has_earlier", !str_absent(next));
	value_put_url(c->page, "earlier_url", show_url(c, record, show, next));
	value_put_bool(c->page, "has_latest", after.at != 0);
	value_put_url(c->page, "latest_url", show_url(c, record, show, STR_NONE));
	return OK;
}

/* ---- in a moment ---- */

static const char *const outcomes_in_a_tap[] = {"answered", "no_answer", "voicemail", "booked"};

/* What comes from the person. A call that is told here is one that somebody took. */
static const struct {
	const char *type, *outcome, *label;
} received[] = {
	{"call", "answered", "They called"},
	{"sms", NULL, "They texted"},
	{"email", NULL, "They e-mailed"},
};

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

void quick_outcomes_put(struct value *list)
{
	for (size_t i = 0; i < COUNT_OF(outcomes_in_a_tap); i++)
		add_choice(list, outcomes_in_a_tap[i], outcome_label(outcomes_in_a_tap[i]));
}

/* After a call was logged its note may follow: ?logged=<id>. */
static void put_logged(struct context *c)
{
	struct str activity = form_text(&c->query, "logged");
	struct uuid id;

	value_put_str(c->page, "logged", uuid_parse(activity, &id) ? activity : STR_NONE);
}

/* The field by which rows of other entities point at the page's row. */
static const char *subject_field(const struct context *c)
{
	return strcmp(c->entity->plural, "leads") == 0 ? "lead_id" : "contact_id";
}

/* The whole form of what is written down here in a moment. */
static struct str whole_form_path(struct context *c, const struct record *record, const struct entity *entity)
{
	return arena_printf(c->arena, "/%s/new?%s=%.*s&return=%.*s", entity->plural, subject_field(c),
			    STR_FMT_ARG(uuid_text(c->arena, record_id(record))),
			    STR_FMT_ARG(entity_row_path(c, record, "")));
}

void quick_actions_put(struct context *c, const struct record *record)
{
	struct value *due = value_put_list(c->page, "due_times"), *came_in = value_put_list(c->page, "received");

	value_put_bool(c->page, "has_quick", has_quick_actions(c->entity) && entity_may_write(c));
	value_put_url(c->page, "activities_url", entity_row_path(c, record, "/activities"));
	value_put_url(c->page, "activity_note_url", entity_row_path(c, record, "/activity-note"));
	value_put_url(c->page, "activity_form_url", whole_form_path(c, record, &activity_entity));
	value_put_url(c->page, "notes_url", entity_row_path(c, record, "/notes"));
	value_put_url(c->page, "tasks_url", entity_row_path(c, record, "/tasks"));
	value_put_url(c->page, "task_form_url", whole_form_path(c, record, &task_entity));
	quick_outcomes_put(value_put_list(c->page, "outcomes"));
	for (size_t i = 0; i < COUNT_OF(received); i++)
		add_choice(came_in, received[i].type, received[i].label);
	for (size_t i = 0; i < COUNT_OF(due_times); i++)
		add_choice(due, due_times[i].value, due_times[i].label);
	put_logged(c);
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
	value_put_str(body, subject_field(c), uuid_text(c->arena, c->id));
	e = record_from_json(*out, WRITE_CREATE, body, c->errors);
	if (e == OK)
		e = entity_insert(c->tx, *out, c->errors);
	return told(c, e);
}

/* One button says it: how a call of ours went, or what came from them. False: neither. */
static bool read_tap(struct context *c, struct value *body)
{
	struct str outcome = form_text(&c->form, "outcome"), came = form_text(&c->form, "received");

	if (outcome.n) {
		value_put_text(body, "type", "call");
		value_put_str(body, "outcome", outcome);
		return true;
	}
	for (size_t i = 0; i < COUNT_OF(received); i++)
		if (str_is(came, received[i].type)) {
			value_put_text(body, "type", received[i].type);
			value_put_text(body, "direction", "inbound");
			value_put_text(body, "outcome", received[i].outcome);
			return true;
		}
	return false;
}

enum err quick_activity_page(struct context *c)
{
	struct value *body = value_map(c->arena);
	struct record *activity;

	if (!read_tap(c, body))
		return context_fail(c, E_INVALID, "Say how the call went, or what they sent.");
	TRY(add_to(c, &activity_entity, body, &activity));
	return back(c, str_is(record_text(activity, "type"), "call") ? "call_logged" : "message_logged",
		    arena_printf(c->arena, "&logged=%.*s", STR_FMT_ARG(uuid_text(c->arena, record_id(activity)))));
}

/* What was said, onto what was just logged. */
enum err quick_activity_note_page(struct context *c)
{
	struct record *activity, *change = record_new(c->arena, &activity_entity), *updated;
	struct value *body = value_map(c->arena);
	struct uuid id;
	enum err e;

	if (!uuid_parse(form_text(&c->form, "activity"), &id))
		return context_fail(c, E_INVALID, "Say which call or message the note is about.");
	TRY(entity_get(c->tx, &activity_entity, id, &activity));
	if (!str_equal(record_text(activity, subject_field(c)), uuid_text(c->arena, c->id)))
		return E_NOTFOUND;
	value_put_str(body, "body", form_text(&c->form, "body"));
	e = record_from_json(change, WRITE_UPDATE, body, c->errors);
	if (e == OK)
		e = conflict_settle(c, activity, record_version(activity), change);
	if (e == E_PRECONDITION) {
		entity_form_view(c, activity, NULL, WRITE_UPDATE);
		return e;
	}
	if (e == OK)
		e = entity_update(c->tx, activity, change, c->errors, &updated);
	TRY(told(c, e));
	return back(c, "saved", STR(""));
}

enum err quick_note_page(struct context *c)
{
	struct value *body = value_map(c->arena);
	struct record *note;

	value_put_str(body, "body", form_text(&c->form, "body"));
	value_put_bool(body, "is_pinned", str_is(form_text(&c->form, "is_pinned"), "t"));
	TRY(add_to(c, &note_entity, body, &note));
	return back(c, "note_added", STR(""));
}

enum err quick_task_page(struct context *c)
{
	struct value *body = value_map(c->arena);
	struct str due = form_text(&c->form, "due");
	struct record *task;

	/* Whoever writes it down does it: the whole form gives it to somebody else. */
	value_put_str(body, "title", form_text(&c->form, "title"));
	value_put_str(body, "assignee_id", uuid_text(c->arena, c->principal->user_id));
	for (size_t i = 0; i < COUNT_OF(due_times); i++)
		if (str_is(due, due_times[i].value))
			value_put_str(body, "due_at",
				      clock_rfc3339(c->arena,
						    local_shift(clock_now(), due_times[i].amount, due_times[i].unit)));
	TRY(add_to(c, &task_entity, body, &task));
	return back(c, "task_added", STR(""));
}
