/* Follow-up of a lead by cadences: what runs, starting one, stopping all. */
#include "fcgi/handlers.h"
#include "fcgi/page.h"
#include "fcgi/try.h"

#include "lib/crm/cadence_run.h"
#include "lib/crm/inputs.h"
#include "lib/crm/lead.h"

static const struct choice reasons[] = {
	{"reply", "the lead answered", NULL}, {"won", "won", NULL}, {"lost", "lost", NULL}, {"person", "stopped", NULL},
	{"finished", "all steps done", NULL}, {NULL, NULL, NULL},
};

static struct str lead_path(struct context *c, const char *suffix)
{
	return arena_printf(c->arena, "/leads/%.*s%s", STR_FMT_ARG(uuid_text(c->arena, c->id)), suffix);
}

static void put_run(struct context *c, struct value *list, const struct value *run)
{
	struct value *map = value_map(c->arena);
	struct str reason = value_as_str(value_get(run, STR("stop_reason")));

	value_put_str(map, "cadence", value_as_str(value_get(run, STR("cadence"))));
	page_put_time_text(c, map, "started", value_as_str(value_get(run, STR("started_at"))));
	page_put_time_text(c, map, "stopped", value_as_str(value_get(run, STR("stopped_at"))));
	value_put_bool(map, "is_running", str_absent(reason));
	value_put_text(map, "reason", NULL);
	for (const struct choice *choice = reasons; choice->value; choice++)
		if (str_is(reason, choice->value))
			value_put_text(map, "reason", choice->label);
	value_put_str(map, "open_tasks", value_as_str(value_get(run, STR("open_tasks"))));
	value_put_str(map, "total_tasks", value_as_str(value_get(run, STR("total_tasks"))));
	value_append(list, map);
}

static enum err put_page(struct context *c)
{
	struct value *runs = value_list(c->arena), *list = value_put_list(c->page, "runs");
	struct value *choices = value_put_list(c->page, "cadences");
	struct record *lead;
	bool running = false;

	TRY(entity_get(c->tx, &lead_entity, c->id, &lead));
	TRY(cadence_runs_view(c->tx, c->id, runs));
	TRY(cadence_choices_view(c->tx, choices));
	for (size_t i = 0; i < value_count(runs); i++) {
		running = running || str_absent(value_as_str(value_get(value_at(runs, i), STR("stop_reason"))));
		put_run(c, list, value_at(runs, i));
	}
	value_put_str(c->page, "lead_name", record_text(lead, "name"));
	value_put_url(c->page, "lead_url", lead_path(c, ""));
	value_put_url(c->page, "start_url", lead_path(c, "/cadences"));
	value_put_url(c->page, "stop_url", lead_path(c, "/cadences/stop"));
	value_put_bool(c->page, "is_running", running);
	value_put_bool(c->page, "has_runs", value_count(runs) > 0);
	value_put_bool(c->page, "has_cadences", value_count(choices) > 0);
	value_put_bool(c->page, "may_write", context_may(c, CAN_WRITE));
	value_put_bool(c->page, "may_settings", context_may(c, CAN_SETTINGS));
	return OK;
}

enum err cadences_page(struct context *c)
{
	return put_page(c);
}

static enum err start(struct context *c, const struct record *input)
{
	struct uuid cadence, run;

	if (!uuid_parse(record_text(input, "cadence_id"), &cadence))
		return E_INTERNAL;
	return cadence_start(c->tx, c->id, cadence, c->errors, &run);
}

enum err cadence_start_page(struct context *c)
{
	static const char *const also[] = {"csrf", "version", NULL};
	struct record *input = record_new(c->arena, &cadence_start_entity);
	enum err e;

	TRY(put_page(c));
	TRY(record_from_form(input, WRITE_CREATE, &c->form, also, c->errors));
	e = ttx_savepoint(c->tx);
	if (e == OK)
		e = start(c, input);
	return e == OK ? context_redirect(c, lead_path(c, "/cadences?done=cadence_started")) : e;
}

enum err cadence_stop_page(struct context *c)
{
	struct record *lead;

	TRY(entity_get(c->tx, &lead_entity, c->id, &lead));
	TRY(cadence_stop(c->tx, c->id, CADENCE_STOP_PERSON, NULL));
	return context_redirect(c, lead_path(c, "/cadences?done=cadence_stopped"));
}

static enum err answer_runs(struct context *c)
{
	return cadence_runs_view(c->tx, c->id, value_put_list(c->data, "data"));
}

enum err cadences_api(struct context *c)
{
	struct record *lead;

	TRY(entity_get(c->tx, &lead_entity, c->id, &lead));
	return answer_runs(c);
}

enum err cadence_start_api(struct context *c)
{
	struct record *input = record_new(c->arena, &cadence_start_entity);

	TRY(record_from_json(input, WRITE_CREATE, c->json, c->errors));
	TRY(start(c, input));
	return answer_runs(c);
}

enum err cadence_stop_api(struct context *c)
{
	struct record *lead;

	TRY(entity_get(c->tx, &lead_entity, c->id, &lead));
	TRY(cadence_stop(c->tx, c->id, CADENCE_STOP_PERSON, NULL));
	return answer_runs(c);
}
