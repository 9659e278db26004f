/* The workspace's first page, and the same facts as JSON. */
#include "fcgi/day_view.h"
#include "fcgi/figures.h"
#include "fcgi/handlers.h"
#include "fcgi/page.h"
#include "fcgi/sample_notice.h"
#include "fcgi/try.h"

#include "lib/base/clock.h"
#include "lib/crm/entities.h"
#include "lib/crm/report.h"
#include "lib/crm/sample_data.h"
#include "lib/entity/money.h"
#include "lib/entity/phone.h"
#include "lib/tenant/usage.h"

#define NEWEST_LEADS 5
#define TASKS_SHOWN 5
#define GROUPS_SHOWN 5 /* of sources and people; the rest is a tap away */

/* One meter: what is used of the plan's limit. A limit of 0 is none. */
static void put_meter(struct value *map, const char *name, int64_t used, int64_t limit)
{
	struct value *meter = value_put_map(map, name);
	struct arena *arena = value_arena(map);

	value_put_str(meter, "used_text", page_number(arena, used));
	value_put_str(meter, "limit_text", page_number(arena, limit));

	value_put_int(meter, "used", used);
	value_put_int(meter, "limit", limit);
	value_put_bool(meter, "limited", limit > 0);
	value_put_bool(meter, "near", limit > 0 && used * 10 >= limit * 8 && used < limit);
	value_put_bool(meter, "full", limit > 0 && used >= limit);
}

/* Sent first and read last: it shares the round trip of the usage. */
static enum err ask_newest(struct context *c, struct ahead *newest)
{
	const struct entity *leads = entity_find(STR("leads"));
	struct form no_parameters = {NULL, 0};

	TRY(list_query_parse(c->arena, leads, &no_parameters, NULL, &newest->query, c->errors));
	newest->query.limit = NEWEST_LEADS;
	return entity_list_send(c->tx, leads, &newest->query, c->errors, &newest->sent);
}

static enum err put_newest(struct context *c, const struct ahead *newest)
{
	const struct entity *leads = entity_find(STR("leads"));
	struct value *list = value_put_list(c->page, "newest");
	struct list_result result;

	TRY(entity_list_read(c->tx, leads, &newest->query, newest->sent, &result));
	for (size_t i = 0; i < result.count; i++)
		value_append(list, page_row(c, result.records[i]));
	value_put_bool(c->page, "has_leads", result.count > 0);
	return OK;
}

/* ---- speed to lead ---- */

/* "4 min", "2 h 10 min" */
static struct str duration(struct arena *arena, int64_t seconds)
{
	if (seconds < 0)
		return STR("–");
	if (seconds < 60)
		return arena_printf(arena, "%lld s", (long long)seconds);
	if (seconds < 3600)
		return arena_printf(arena, "%lld min", (long long)(seconds / 60));
	if (seconds < 48 * 3600)
		return arena_printf(arena, "%lld h %lld min", (long long)(seconds / 3600),
				    (long long)(seconds / 60 % 60));
	return arena_printf(arena, "%lld days", (long long)(seconds / 86400));
}

static struct str share(struct arena *arena, int64_t part, int64_t whole)
{
	return whole ? arena_printf(arena, "%lld %%", (long long)((100 * part + whole / 2) / whole)) : STR("–");
}

static struct value *figures(struct context *c, const struct response_figures *of)
{
	struct value *map = value_map(c->arena);
	struct buffer query = BUFFER_IN(c->arena);

	/* Leads are told by their source; who answered them is no filter of the list. */
	if (!str_absent(of->label) && uuid_is_zero(of->user))
		url_add_pair(&query, STR("source"), of->label);
	value_put_str(map, "label", str_absent(of->label) ? STR("Not named") : of->label);
	value_put_url(map, "url",
		      query.length ? arena_printf(c->arena, "/leads?%.*s", STR_FMT_ARG(buffer_str(&query))) : STR_NONE);
	value_put_str(map, "leads", page_number(c->arena, of->leads));
	value_put_str(map, "median", duration(c->arena, of->median_seconds));
	value_put_str(map, "quick", share(c->arena, of->within_five_minutes, of->leads));
	value_put_str(map, "in_time", share(c->arena, of->in_time, of->leads));
	return map;
}

/* A table of groups: the first ones, and the rest. */
static void put_groups(struct context *c, struct value *tables, const char *heading, const char *counted,
		       const struct response_figures *groups, size_t count)
{
	struct value *table = value_map(c->arena), *rows = value_put_list(table, "rows");
	struct value *more = value_put_list(table, "more");

	for (size_t i = 0; i < count; i++)
		value_append(i < GROUPS_SHOWN ? rows : more, figures(c, &groups[i]));
	value_put_text(table, "heading", heading);
	value_put_text(table, "counted", counted);
	value_put_bool(table, "has_more", count > GROUPS_SHOWN);
	value_put_int(table, "more_count", count > GROUPS_SHOWN ? (int64_t)(count - GROUPS_SHOWN) : 0);
	if (count)
		value_append(tables, table);
}

/* What a large company's report said less than a minute ago, or the statement of it. */
struct answers {
	const struct response_report *kept;
	int64_t since, as_of;
	struct rows *sent;
};

static struct answers ask_answers(struct context *c)
{
	struct answers answers = {.since = report_since(c->arena)};

	answers.kept = figures_find(c->app->figures, c->tenant->id, answers.since, clock_now(), &answers.as_of);
	if (!answers.kept)
		answers.sent = report_response_send(c->tx, answers.since);
	return answers;
}

static enum err put_response(struct context *c, const struct answers *answers)
{
	struct value *map = value_put_map(c->page, "response"), *tables = value_put_list(map, "tables");
	struct response_report report;

	if (answers->kept) {
		report = *answers->kept;
	} else {
		TRY(report_response(c->tx, answers->sent, &report));
		figures_keep(c->app->figures, c->tenant->id, answers->since, clock_now(), &report);
	}
	page_put_time(c, map, "as_of", answers->as_of);
	value_put_bool(map, "is_kept", answers->kept);
	value_put(map, "all", figures(c, &report.all));
	put_groups(c, tables, "Source", "Leads", report.by_source, report.source_count);
	/* A lead is somebody's when they have answered it. */
	put_groups(c, tables, "Answered by", "Answered", report.by_user, report.user_count);
	value_put_bool(map, "has_leads", report.all.leads > 0);
	return OK;
}

/* ---- tasks ---- */

/* What is late and what is due today; the rest of the week is on the page of the day. */
static enum err put_tasks(struct context *c, struct rows *sent)
{
	struct value *list = value_put_list(c->page, "tasks");
	struct day day;
	size_t due;

	TRY(my_day_read(c->tx, sent, &day));
	due = day.parts[DAY_OVERDUE] + day.parts[DAY_TODAY];
	for (size_t i = 0; i < day.count && value_count(list) < TASKS_SHOWN; i++)
		if (day.tasks[i].part == DAY_OVERDUE || day.tasks[i].part == DAY_TODAY)
			value_append(list, day_task_view(c, &day.tasks[i]));
	value_put_bool(c->page, "has_tasks", due > 0);
	value_put_int(c->page, "tasks_late", (int64_t)day.parts[DAY_OVERDUE]);
	value_put_int(c->page, "tasks_today", (int64_t)day.parts[DAY_TODAY]);
	value_put_bool(c->page, "more_tasks", due > TASKS_SHOWN);
	value_put_int(c->page, "tasks_due", (int64_t)due);
	day_tasks_put(c, false, STR("/"));
	return OK;
}

static enum err put_waiting(struct context *c, const struct report_sent *sent)
{
	struct value *list = value_put_list(c->page, "waiting");
	struct waiting_lead leads[WAITING_MOST];
	struct pipeline_sum sum = {0, 0};
	int64_t now = clock_now();
	size_t count;
	bool more;

	TRY(report_waiting(sent, leads, &count, &more));
	for (size_t i = 0; i < count; i++) {
		struct value *row = value_map(c->arena);

		value_put_str(row, "name", leads[i].name);
		value_put_url(row, "url",
			      arena_printf(c->arena, "/leads/%.*s", STR_FMT_ARG(uuid_text(c->arena, leads[i].id))));
		value_put_url(row, "call_url",
			      str_absent(leads[i].phone) ? STR_NONE : phone_tel_url(c->arena, leads[i].phone));
		page_put_time(c, row, "due", leads[i].due_at);
		value_put_bool(row, "is_late", leads[i].due_at < now);
		value_append(list, row);
	}
	value_put_bool(c->page, "has_waiting", count > 0);
	value_put_bool(c->page, "more_waiting", more);
	TRY(report_pipeline(sent, &sum));
	value_put_str(c->page, "pipeline_leads", page_number(c->arena, sum.leads));
	value_put_str(c->page, "pipeline_value",
		      money_label(c->arena, arena_printf(c->arena, "%lld", (long long)sum.value_cents)));
	return OK;
}

enum err dashboard(struct context *c)
{
	struct ahead newest;
	struct usage usage;
	struct report_sent sent;
	struct answers answers;
	struct rows *sample, *tasks;

	TRY(ask_newest(c, &newest));
	answers = ask_answers(c);
	sent = report_send(c->tx);
	tasks = my_day_send(c->tx, c->principal->user_id);
	sample = sample_present_send(c->tx);
	TRY(usage_read(c->tx, &usage));
	TRY(sample_notice_put(c, sample, usage.leads == 0));
	TRY(put_response(c, &answers));
	TRY(put_waiting(c, &sent));
	TRY(put_tasks(c, tasks));
	put_meter(c->page, "leads", usage.leads, usage.max_leads);
	put_meter(c->page, "users", usage.users, usage.max_users);
	value_put_str(c->page, "api_calls", page_number(c->arena, usage.api_calls));
	value_put_str(c->page, "leads_created", page_number(c->arena, usage.leads_created));
	value_put_text(c->page, "plan_label", c->tenant->plan->label);
	value_put_int(c->page, "plan_price", c->tenant->plan->price_dollars);
	value_put_bool(c->page, "may_settings", context_may(c, CAN_SETTINGS));
	value_put_bool(c->page, "may_invite", context_may(c, CAN_USERS));
	value_put_bool(c->page, "may_keys", context_may(c, CAN_KEYS));
	return put_newest(c, &newest);
}

static void put_limit(struct value *map, const char *name, int64_t limit)
{
	if (limit > 0)
		value_put_int(map, name, limit);
	else
		value_put_text(map, name, NULL);
}

enum err api_tenant(struct context *c)
{
	struct value *limits, *used, *caller;
	struct usage usage;

	ttx_last(c->tx);
	TRY(usage_read(c->tx, &usage));
	value_put_str(c->data, "id", uuid_text(c->arena, c->tenant->id));
	value_put_str(c->data, "slug", c->tenant->slug);
	value_put_str(c->data, "name", c->tenant->name);
	value_put_str(c->data, "industry", c->tenant->industry);
	value_put_text(c->data, "plan_tier", c->tenant->plan->name);
	value_put_text(c->data, "status", tenant_status_name(c->tenant->status));
	value_put_instant(c->data, "trial_ends_at", c->tenant->trial_ends_at);
	limits = value_put_map(c->data, "limits");
	put_limit(limits, "leads", usage.max_leads);
	put_limit(limits, "users", usage.max_users);
	put_limit(limits, "scrapers", usage.max_scrapers);
	used = value_put_map(c->data, "usage");
	value_put_int(used, "leads", usage.leads);
	value_put_int(used, "users", usage.users);
	value_put_int(used, "api_calls", usage.api_calls);
	value_put_int(used, "leads_created", usage.leads_created);
	value_put_str(used, "period_start", usage.period_start);
	value_put_str(used, "period_end", usage.period_end);
	caller = value_put_map(c->data, "caller");
	value_put_text(caller, "kind", c->principal->kind == CREDENTIAL_API_KEY ? "api_key" : "user");
	value_put_str(caller, "name", c->principal->name);
	value_put_text(caller, "role", role_name(c->principal->role));
	return OK;
}
