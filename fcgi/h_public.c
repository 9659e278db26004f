/* The public site: what this is, the plans, the way to one's workspace, and the API's documentation. */
#include "fcgi/handlers.h"
#include "fcgi/inputs.h"
#include "fcgi/openapi.h"
#include "fcgi/try.h"

#include "lib/tenant/slug.h"
#include "lib/text/json.h"

static void put_plan_number(struct value *map, const char *name, int64_t number)
{
	if (number > 0)
		value_put_int(map, name, number);
	else
		value_put_text(map, name, "Unlimited");
}

enum err home_page(struct context *c)
{
	struct value *list = value_put_list(c->page, "plans");

	value_put_url(
		c->page, "signup_url",
		arena_printf(c->arena, "%.*s/onboarding", STR_FMT_ARG(config_origin(c->app->config, c->arena, "app"))));
	for (size_t i = 0; i < plan_count; i++) {
		struct value *plan = value_map(c->arena), *lines = value_put_list(plan, "features");

		value_put_text(plan, "name", plans[i].label);
		value_put_int(plan, "price", plans[i].price_dollars);
		put_plan_number(plan, "leads", plans[i].max_leads);
		put_plan_number(plan, "users", plans[i].max_users);
		put_plan_number(plan, "scrapers", plans[i].max_scrapers);
		value_put_bool(plan, "highlight", plans[i].tier == PLAN_PROFESSIONAL);
		for (const char *const *line = plans[i].lines; *line; line++)
			value_append(lines, value_text(c->arena, *line));
		value_append(list, plan);
	}
	value_put_int(c->page, "trial_days", TRIAL_DAYS);
	return OK;
}

enum err app_home(struct context *c)
{
	return context_redirect(c, STR("/onboarding"));
}

static void workspace_view(struct context *c, const struct record *record)
{
	record_form_view(record, &c->form, c->errors, WRITE_CREATE, value_put_list(c->page, "fields"));
	value_put_str(c->page, "base_suffix", arena_printf(c->arena, ".%s", c->app->config->base_domain));
	context_csrf_anonymous(c);
}

enum err find_workspace_form(struct context *c)
{
	workspace_view(c, record_new(c->arena, &workspace_entity));
	return OK;
}

/* "https://Acme-HVAC.demand.localhost:8443/leads" or "acme-hvac": the label is what counts. */
static struct str workspace_label(struct context *c, struct str typed)
{
	static const char *const schemes[] = {"https://", "http://"};
	struct str rest = typed, label;

	for (size_t i = 0; i < COUNT_OF(schemes); i++) {
		size_t length = strlen(schemes[i]);

		if (rest.n > length && str_equal_nocase((struct str){rest.p, length}, str_from(schemes[i])))
			rest = (struct str){rest.p + length, rest.n - length};
	}
	rest = str_split(&rest, '/');
	label = str_split(&rest, '.');
	return slug_from_name(c->arena, label);
}

enum err find_workspace(struct context *c)
{
	static const char *const also[] = {"csrf", NULL};
	struct record *input = record_new(c->arena, &workspace_entity);
	struct str label;
	struct tenant *tenant;
	enum err e = record_from_form(input, WRITE_CREATE, &c->form, also, c->errors);

	if (e == OK) {
		label = workspace_label(c, record_text(input, "workspace"));
		e = resolver_by_slug(c->app->resolver, c->arena, label, &tenant);
	}
	if (e == E_NOTFOUND) {
		errors_add(c->errors, "workspace", "unknown",
			   "There is no workspace of that name. It is the first word of your address.");
		e = E_INVALID;
	}
	workspace_view(c, input);
	TRY(e);
	return context_redirect(
		c, arena_printf(c->arena, "%.*s/login",
				STR_FMT_ARG(config_origin(c->app->config, c->arena, arena_c_string(c->arena, label)))));
}

enum err openapi_document(struct context *c)
{
	struct buffer text = BUFFER_IN(c->arena);

	json_print_pretty(openapi_build(c->arena, c->app->config, STR_NONE), &text);
	context_raw(c, "application/json", buffer_str(&text));
	return OK;
}

/* What a company calls its fields is its own business: behind a credential. */
enum err openapi_document_own(struct context *c)
{
	struct buffer text = BUFFER_IN(c->arena);

	json_print_pretty(openapi_build(c->arena, c->app->config, c->tenant->custom_fields), &text);
	context_raw(c, "application/json", buffer_str(&text));
	return OK;
}

enum err docs_page(struct context *c)
{
	openapi_docs(c->arena, c->app->config, c->page);
	return OK;
}
