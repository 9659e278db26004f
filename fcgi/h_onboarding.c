/*
 * The sign-up wizard. Each step is a form of its own entity, saved in the draft that the browser's token names; nothing is lost by
 * reload, back or a second tab. The last step makes the workspace in one transaction.
 */
#include "fcgi/handlers.h"
#include "fcgi/try.h"

#include "lib/tenant/logo.h"
#include "lib/tenant/signup.h"

#define SIGNUP_COOKIE "__Host-signup"

/* One row a step: its address, its words, its input. */
struct step {
	enum signup_step step;
	const char *path, *title;
	const struct entity *entity;
};
static const struct step steps[] = {
	{SIGNUP_COMPANY, "/onboarding/company", "Company", &signup_company_entity},
	{SIGNUP_OWNER, "/onboarding/owner", "You", &signup_owner_entity},
	{SIGNUP_SUBDOMAIN, "/onboarding/subdomain", "Address", &signup_subdomain_entity},
	{SIGNUP_PLAN, "/onboarding/plan", "Plan", &signup_plan_entity},
	{SIGNUP_DONE, "/onboarding/done", "Done", NULL},
};
static const char *const ignored[] = {"csrf", "logo", "remove_logo", NULL};
static const char *const ignored_with_password[] = {"csrf", "password", NULL};

static const struct step *step_row(enum signup_step step)
{
	return &steps[(size_t)step - 1];
}

static enum err go_to(struct context *c, enum signup_step step)
{
	return context_redirect(c, str_from(step_row(step)->path));
}

/* The draft of this browser; E_NOTFOUND when there is none. */
static enum err find_draft(struct context *c, struct signup **draft)
{
	bool duplicate = false;
	struct str cookie = cookie_find(request_header(c->request, "cookie", NULL), SIGNUP_COOKIE, &duplicate);

	if (duplicate)
		return context_fail(c, E_MALFORMED,
				    "The browser sent two sign-up cookies. Clear this site's cookies and start again.");
	return signup_find(c->stx, cookie, draft);
}

/* What every step's page shows: the steps with their state, the csrf token, the draft's logo. */
static void shell(struct context *c, const struct signup *draft, enum signup_step current)
{
	struct value *list = value_put_list(c->page, "steps");
	enum signup_step next = draft ? signup_next_step(draft) : SIGNUP_COMPANY;

	for (size_t i = 0; i < COUNT_OF(steps); i++) {
		struct value *step = value_map(c->arena);

		value_put_text(step, "title", steps[i].title);
		value_put_int(step, "number", (int64_t)i + 1);
		value_put_url(step, "url", str_from(steps[i].path));
		value_put_bool(step, "current", steps[i].step == current);
		value_put_bool(step, "done", steps[i].step < next);
		value_put_bool(step, "reachable", steps[i].step <= next && next != SIGNUP_DONE);
		value_append(list, step);
	}
	value_put_int(c->page, "step_number", (int64_t)current);
	value_put_bool(c->page, "has_logo", draft && draft->has_logo);
	value_put_bool(c->page, "has_password", draft && draft->has_password);
	value_put_str(c->page, "company_name", draft ? draft->company_name : STR(""));
	value_put_str(c->page, "logo_error", STR_NONE);
	value_put_str(c->page, "base_suffix", arena_printf(c->arena, ".%s", c->app->config->base_domain));
	context_csrf_anonymous(c);
}

static void put_fields(struct context *c, const struct record *record, const struct form *typed)
{
	const struct field_error *logo = errors_for(c->errors, "logo");

	record_form_view(record, typed, c->errors, WRITE_CREATE, value_put_list(c->page, "fields"));
	value_put_str(c->page, "logo_error", logo ? logo->message : STR_NONE);
}

/* GET of a step: its form with what the draft holds; a step whose forerunners are missing sends back to them. */
static enum err show_step(struct context *c, enum signup_step step, struct signup **draft)
{
	enum err e = find_draft(c, draft);
	enum signup_step next;

	if (e == E_NOTFOUND && step == SIGNUP_COMPANY) {
		*draft = NULL;
		shell(c, NULL, step);
		put_fields(c, record_new(c->arena, step_row(step)->entity), NULL);
		return OK;
	}
	if (e == E_NOTFOUND)
		return go_to(c, SIGNUP_COMPANY);
	TRY(e);
	next = signup_next_step(*draft);
	if (next == SIGNUP_DONE || step > next)
		return go_to(c, next);
	shell(c, *draft, step);
	put_fields(c, signup_record(c->arena, *draft, step), NULL);
	return OK;
}

/*
 * POST of a step: the draft and the parsed input. On an error the page is filled so that the form comes back as typed. *moved is set
 * when the answer is already a redirect.
 */
static enum err take_step(struct context *c, enum signup_step step, struct signup **draft, struct record **input,
			  bool *moved)
{
	enum err e = find_draft(c, draft);
	bool keeps_password;

	*moved = false;
	*input = record_new(c->arena, step_row(step)->entity);
	if (e == E_NOTFOUND && step != SIGNUP_COMPANY) {
		*moved = true;
		return go_to(c, SIGNUP_COMPANY);
	}
	if (e == E_NOTFOUND) {
		*draft = NULL;
		e = OK;
	}
	TRY(e);
	if (*draft && signup_next_step(*draft) == SIGNUP_DONE) {
		*moved = true;
		return go_to(c, SIGNUP_DONE);
	}
	/* A password that is kept already may stay blank; signup_save_owner asks for what else must be there. */
	keeps_password = step == SIGNUP_OWNER && (*draft)->has_password && form_text(&c->form, "password").n == 0;
	shell(c, *draft, step);
	e = record_from_form(*input, keeps_password ? WRITE_UPDATE : WRITE_CREATE, &c->form,
			     keeps_password ? ignored_with_password : ignored, c->errors);
	put_fields(c, *input, &c->form);
	return e;
}

enum err onboarding_start(struct context *c)
{
	struct signup *draft;
	enum err e = find_draft(c, &draft);

	if (e == E_NOTFOUND)
		return go_to(c, SIGNUP_COMPANY);
	TRY(e);
	return go_to(c, signup_next_step(draft));
}

enum err onboarding_company_form(struct context *c)
{
	struct signup *draft;

	return show_step(c, SIGNUP_COMPANY, &draft);
}

enum err onboarding_company(struct context *c)
{
	const struct form_field *file = form_find(&c->form, "logo");
	struct signup *draft;
	struct record *input;
	struct str png = STR_NONE, token;
	bool moved;
	enum err e = take_step(c, SIGNUP_COMPANY, &draft, &input, &moved);

	if (moved)
		return e;
	if (file && file->text.n > 0) {
		enum err logo = logo_accept(c->arena, file->text, c->errors, &png);

		e = e == OK ? logo : e;
		put_fields(c, input, &c->form);
	}
	TRY(e);
	if (!draft) {
		TRY(signup_start(c->stx, &draft, &token));
		response_cookie(c->response, SIGNUP_COOKIE, token, (int64_t)SIGNUP_DAYS * 86400);
	}
	if (form_find(&c->form, "remove_logo"))
		TRY(signup_remove_logo(c->stx, draft));
	TRY(signup_save_company(c->stx, draft, input, png, c->errors));
	return go_to(c, SIGNUP_OWNER);
}

enum err onboarding_logo(struct context *c)
{
	struct signup *draft;
	struct str png;

	TRY(find_draft(c, &draft));
	TRY(signup_load_logo(c->stx, draft, &png));
	context_raw(c, "image/png", png);
	return OK;
}

enum err onboarding_owner_form(struct context *c)
{
	struct signup *draft;

	return show_step(c, SIGNUP_OWNER, &draft);
}

enum err onboarding_owner(struct context *c)
{
	struct signup *draft;
	struct record *input;
	bool moved;
	enum err e = take_step(c, SIGNUP_OWNER, &draft, &input, &moved);

	if (moved)
		return e;
	if (e == OK)
		e = signup_save_owner(c->stx, draft, input, c->errors);
	if (e != OK) {
		put_fields(c, input, &c->form);
		return e;
	}
	return go_to(c, SIGNUP_SUBDOMAIN);
}

/* The proposals as buttons of the form, and whether the name asked for is free. */
static void put_answer(struct context *c, const struct slug_answer *answer)
{
	struct value *list = value_put_list(c->page, "suggestions");

	value_put_str(c->page, "slug", answer->slug);
	value_put_bool(c->page, "available", answer->available);
	for (size_t i = 0; i < answer->suggestion_count; i++) {
		struct value *item = value_map(c->arena);

		value_put_str(item, "slug", answer->suggestions[i]);
		value_append(list, item);
	}
}

enum err onboarding_subdomain_form(struct context *c)
{
	struct slug_answer answer = {.slug = STR("")};
	struct signup *draft;
	struct str wanted = form_text(&c->query, "subdomain");

	put_answer(c, &answer);
	TRY(show_step(c, SIGNUP_SUBDOMAIN, &draft));
	if (c->status == 303 || !draft)
		return OK;
	if (str_absent(wanted))
		wanted = str_absent(draft->slug) ? draft->company_name : draft->slug;
	TRY(slug_suggest(c->stx, wanted, &answer));
	put_answer(c, &answer);
	if (str_absent(draft->slug) || !str_absent(form_text(&c->query, "subdomain"))) {
		struct record *proposal = record_new(c->arena, &signup_subdomain_entity);

		record_set_text(proposal, "subdomain", answer.available ? answer.slug : answer.suggestions[0]);
		put_fields(c, proposal, NULL);
	}
	return OK;
}

enum err onboarding_subdomain(struct context *c)
{
	struct slug_answer answer = {.slug = STR("")};
	struct signup *draft;
	struct record *input;
	bool moved;
	enum err e;

	put_answer(c, &answer);
	e = take_step(c, SIGNUP_SUBDOMAIN, &draft, &input, &moved);
	if (moved)
		return e;
	/* A company's name is no address: it gets proposals as well. */
	if (e == E_INVALID && form_text(&c->form, "subdomain").n > 0)
		TRY(slug_suggest(c->stx, form_text(&c->form, "subdomain"), &answer));
	if (e == OK)
		e = signup_save_slug(c->stx, draft, input, c->errors, &answer);
	if (e != OK) {
		put_fields(c, input, &c->form);
		put_answer(c, &answer);
		return e;
	}
	return go_to(c, SIGNUP_PLAN);
}

static void put_plans(struct context *c, struct str chosen)
{
	struct value *list = value_put_list(c->page, "plans");

	for (size_t i = 0; i < plan_count; i++) {
		struct value *plan = value_map(c->arena), *lines = value_put_list(plan, "features");

		value_put_text(plan, "name", plans[i].name);
		value_put_text(plan, "label", plans[i].label);
		value_put_int(plan, "price", plans[i].price_dollars);
		value_put_bool(plan, "checked", str_absent(chosen) ? i == 0 : str_is(chosen, plans[i].name));
		for (const char *const *line = plans[i].lines; *line; line++)
			value_append(lines, value_text(c->arena, *line));
		value_append(list, plan);
	}
	value_put_int(c->page, "trial_days", TRIAL_DAYS);
}

enum err onboarding_plan_form(struct context *c)
{
	struct signup *draft = NULL;

	TRY(show_step(c, SIGNUP_PLAN, &draft));
	put_plans(c, draft && draft->plan ? str_from(draft->plan->name) : STR_NONE);
	return OK;
}

/* Saves the plan and makes the workspace. Losing the race for the name leads back to its step, with free names. */
enum err onboarding_plan(struct context *c)
{
	struct slug_answer answer = {.slug = STR("")};
	struct signup *draft;
	struct record *input;
	bool moved;
	enum err e = take_step(c, SIGNUP_PLAN, &draft, &input, &moved);

	put_plans(c, form_text(&c->form, "plan"));
	if (moved)
		return e;
	if (e == OK && signup_next_step(draft) < SIGNUP_PLAN)
		return go_to(c, signup_next_step(draft));
	if (e == OK)
		e = signup_save_plan(c->stx, draft, input, c->errors);
	if (e == OK)
		e = signup_complete(c->stx, draft, c->errors, &answer);
	/* The draft's step back is committed by the redirect. */
	if (e == E_CONFLICT)
		return context_redirect(c,
					arena_printf(c->arena, "/onboarding/subdomain?done=name_taken&subdomain=%.*s",
						     STR_FMT_ARG(answer.slug)));
	if (e == E_INVALID && !errors_for(c->errors, "plan"))
		return go_to(c, signup_next_step(draft));
	TRY(e);
	return go_to(c, SIGNUP_DONE);
}

enum err onboarding_done(struct context *c)
{
	struct signup *draft;
	enum err e = find_draft(c, &draft);
	struct str origin;

	if (e == E_NOTFOUND)
		return go_to(c, SIGNUP_COMPANY);
	TRY(e);
	if (uuid_is_zero(draft->tenant_id))
		return go_to(c, signup_next_step(draft));
	shell(c, draft, SIGNUP_DONE);
	origin = config_origin(c->app->config, c->arena, arena_c_string(c->arena, draft->slug));
	value_put_str(c->page, "workspace_origin", origin);
	value_put_url(c->page, "workspace_url", origin);
	value_put_str(c->page, "owner_email", draft->owner_email);
	value_put_str(c->page, "api_key", signup_api_key(c->arena, draft));
	value_put_text(c->page, "plan_label", draft->plan ? draft->plan->label : "");
	value_put_int(c->page, "trial_days", TRIAL_DAYS);
	return OK;
}

/* To the workspace, signed in: a code for the tenant's host that works once. */
enum err onboarding_open(struct context *c)
{
	struct signup *draft;
	struct link code;
	struct str origin;
	enum err e = find_draft(c, &draft);

	if (e == E_NOTFOUND)
		return go_to(c, SIGNUP_COMPANY);
	TRY(e);
	if (uuid_is_zero(draft->tenant_id))
		return go_to(c, signup_next_step(draft));
	origin = config_origin(c->app->config, c->arena, arena_c_string(c->arena, draft->slug));
	e = signup_finish(c->stx, draft, &code);
	if (e == E_NOTFOUND)
		return context_redirect(c, arena_printf(c->arena, "%.*s/login", STR_FMT_ARG(origin)));
	TRY(e);
	return context_redirect(
		c, arena_printf(c->arena, "%.*s/handover?code=%.*s", STR_FMT_ARG(origin), STR_FMT_ARG(code.text)));
}

enum err onboarding_check(struct context *c)
{
	struct slug_answer answer;
	struct str name = form_text(&c->query, "name");
	struct value *list;

	if (str_absent(name) || name.n == 0) {
		errors_add(c->errors, "name", "required", "Give the name to check: ?name=acme-hvac.");
		return E_INVALID;
	}
	if (name.n > 255) {
		errors_add(c->errors, "name", "too_long", "The name is too long.");
		return E_INVALID;
	}
	TRY(slug_suggest(c->stx, name, &answer));
	value_put_bool(c->data, "available", answer.available);
	value_put_str(c->data, "slug", answer.slug);
	list = value_put_list(c->data, "suggestions");
	for (size_t i = 0; i < answer.suggestion_count; i++)
		value_append(list, value_str(c->arena, answer.suggestions[i]));
	return OK;
}
