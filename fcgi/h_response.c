/* Speed to lead: the company's opening hours and targets, and how fast it answers. */
#include "fcgi/conflict.h"
#include "fcgi/handlers.h"
#include "fcgi/page.h"
#include "fcgi/try.h"

#include "lib/crm/report.h"
#include "lib/crm/response.h"

/* ---- the rules ---- */

static void put_page(struct context *c, const struct record *rules, int64_t version, const struct form *typed)
{
	record_form_view(rules, typed, c->errors, WRITE_CREATE, value_put_list(c->page, "fields"));
	value_put_int(c->page, "version", version);
	value_put_bool(c->page, "may_change", context_may(c, CAN_SETTINGS));
}

enum err response_rules_page(struct context *c)
{
	struct record *rules;
	int64_t version;

	TRY(response_rules_read(c->tx, false, &rules, &version));
	put_page(c, rules, version, NULL);
	return OK;
}

enum err response_rules_save(struct context *c)
{
	static const char *const also[] = {"csrf", "version", NULL};
	struct record *current, *rules = record_new(c->arena, &response_rules_entity);
	int64_t version;
	enum err e;

	TRY(response_rules_read(c->tx, true, &current, &version));
	e = record_from_form(rules, WRITE_CREATE, &c->form, also, c->errors);
	if (e == OK && !response_rules_check(rules, c->errors))
		e = E_INVALID;
	if (e == OK)
		e = conflict_settle(c, current, version, rules);
	if (e == OK)
		e = response_rules_store(c->tx, rules, version + 1);
	if (e == OK)
		return context_redirect(c, STR("/settings/response?done=saved"));
	put_page(c, rules, version, &c->form);
	conflict_frame(c, STR("Response times"), STR("/settings/response"), "/settings/response", version);
	return e;
}

static enum err answer(struct context *c, const struct record *rules, int64_t version)
{
	record_to_value(rules, c->data);
	context_etag(c, version);
	return OK;
}

enum err response_rules_api(struct context *c)
{
	struct record *rules;
	int64_t version;

	TRY(response_rules_read(c->tx, false, &rules, &version));
	return answer(c, rules, version);
}

enum err response_rules_put(struct context *c)
{
	struct record *current, *rules = record_new(c->arena, &response_rules_entity);
	int64_t version;

	TRY(response_rules_read(c->tx, true, &current, &version));
	TRY(context_if_match(c, version, true));
	TRY(record_from_json(rules, WRITE_CREATE, c->json, c->errors));
	if (!response_rules_check(rules, c->errors))
		return E_INVALID;
	TRY(response_rules_store(c->tx, rules, version + 1));
	return answer(c, rules, version + 1);
}

/* ---- the figures ---- */

static void put_figures(struct value *list, const struct response_figures *figures, const char *group)
{
	struct value *row = value_map(value_arena(list));

	value_put_text(row, "group", group);
	value_put_str(row, "label", figures->label);
	value_put_int(row, "leads", figures->leads);
	value_put_int(row, "answered", figures->answered);
	value_put_int(row, "within_five_minutes", figures->within_five_minutes);
	value_put_int(row, "in_time", figures->in_time);
	if (figures->median_seconds >= 0)
		value_put_int(row, "median_seconds", figures->median_seconds);
	else
		value_put(row, "median_seconds", value_null(value_arena(list)));
	value_append(list, row);
}

enum err response_report_api(struct context *c)
{
	struct value *list = value_put_list(c->data, "data");
	struct response_report report;

	TRY(report_response(c->tx, report_response_send(c->tx, report_since(c->arena)), &report));
	put_figures(list, &report.all, "all");
	for (size_t i = 0; i < report.source_count; i++)
		put_figures(list, &report.by_source[i], "source");
	for (size_t i = 0; i < report.user_count; i++)
		put_figures(list, &report.by_user[i], "user");
	return OK;
}
