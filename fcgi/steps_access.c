#include "fcgi/credential.h"
#include "fcgi/handlers.h"
#include "fcgi/request.h"
#include "fcgi/response.h"
#include "fcgi/steps.h"

#include "lib/base/clock.h"
#include "lib/entity/local_time.h"
#include "lib/entity/custom.h"
#include "lib/tenant/operator.h"

enum err step_credential(struct exchange *x)
{
	return credential_read(x);
}

/* ---- rate ---- */

static enum err too_often(struct exchange *x, struct rate_answer answer)
{
	struct context *c = &x->context;
	long long wait = answer.wait > 0 ? answer.wait : 1;

	response_header(c->response, "Retry-After", arena_printf(c->arena, "%lld", wait));
	/* A person sees no headers. */
	return context_fail(c, E_RATE, "Too many requests. Please try again in %lld second%s.", wait,
			    wait == 1 ? "" : "s");
}

static struct rate_answer of_address(struct exchange *x, unsigned class, bool take)
{
	struct context *c = &x->context;

	return rate_ask(c->app->shared, class, rate_address_key(c->arena, c->request->address), take);
}

enum err step_rate(struct exchange *x)
{
	struct context *c = &x->context;
	struct rate_answer refused;

	if (c->route->rate == RATE_FREE)
		return OK;
	/* Each made-up credential has a bucket of its own: who makes them up is stopped by the address. */
	refused = of_address(x, RATE_REFUSED, false);
	if (x->has_token && !refused.allowed)
		return too_often(x, refused);
	x->rate = rate_ask(c->app->shared, c->route->rate, credential_rate_key(x), true);
	x->rated = true;
	return x->rate.allowed ? OK : too_often(x, x->rate);
}

/* ---- tenant ---- */

enum err step_key_tenant(struct exchange *x)
{
	struct context *c = &x->context;
	struct tenant *tenant;
	enum err e;

	if (!x->has_token || str_absent(x->token.code))
		return OK;
	if (c->host == HOST_API) {
		e = resolver_by_code(c->app->resolver, c->arena, x->token.code, &tenant);
		if (e == OK)
			c->tenant = tenant;
		return e == E_NOTFOUND ? E_UNAUTH : e;
	}
	if (c->tenant && str_equal(c->tenant->code, x->token.code))
		return OK;
	x->code = "other_workspace";
	return context_fail(c, E_FORBIDDEN, "That credential belongs to another workspace.");
}

enum err step_access(struct exchange *x)
{
	struct context *c = &x->context;

	/* The notice itself shows the logo, and programs ask for the documents. */
	if (!c->tenant || (c->route->face == FACE_RAW && c->route->who == WHO_ANYONE) ||
	    tenant_access(c->tenant, clock_now()) != ACCESS_NOTICE)
		return OK;
	x->notice = true;
	x->sign_in = false;
	x->code = "workspace_closed";
	return context_fail(c, E_FORBIDDEN, "This workspace is %s. Its data is kept. Write to %s to open it again.",
			    tenant_status_name(c->tenant->status), c->app->config->support_contact);
}

/* ---- who it is ---- */

static enum tx_mode tenant_mode(enum work work)
{
	return work == WORK_TENANT_WRITE ? TX_WRITE : work == WORK_TENANT_SNAPSHOT ? TX_SNAPSHOT : TX_READ;
}

enum err step_begin(struct exchange *x)
{
	struct context *c = &x->context;
	/* The look-up of an operator's key records its use. */
	bool operators = c->route->who == WHO_OPERATOR;

	local_time_zone(context_time_zone(c));
	c->entity = entity_with_custom(c->arena, c->route->entity, c->tenant ? c->tenant->custom_fields : STR_NONE);
	switch (c->route->work) {
	case WORK_NONE:
		return OK;
	case WORK_TENANT_READ:
	case WORK_TENANT_WRITE:
	case WORK_TENANT_SNAPSHOT:
		if (!c->tenant)
			return E_NOTFOUND;
		c->tx = ttx_begin(c->app->app_pg, c->arena, c->tenant->scope, tenant_mode(c->route->work));
		return OK;
	case WORK_SYSTEM_READ:
	case WORK_SYSTEM_WRITE:
		c->stx = stx_begin(c->app->auth_pg, c->arena, c->route->path,
				   c->route->work == WORK_SYSTEM_WRITE || operators ? TX_WRITE : TX_READ);
		return OK;
	}
	return E_INTERNAL;
}

/*
 * The list that an API call wants is sent together with the look-up of its credential: one round trip instead of two. Its rows are looked at by the
 * handler alone, and that runs only after step_permission.
 */
enum err step_ahead(struct exchange *x)
{
	struct context *c = &x->context;

	if (x->has_token && c->tx && c->route->handler == entity_list_api)
		entity_list_ahead(c);
	return OK;
}

static enum err refused(struct exchange *x)
{
	const struct route *route = x->context.route;

	(void)of_address(x, RATE_REFUSED, true);
	if (route->face == FACE_API)
		return context_fail(&x->context, E_UNAUTH, "That credential is unknown, expired or revoked.");
	x->stale_session = true;
	if (route->who == WHO_ANYONE)
		return OK;
	x->sign_in = true;
	return E_UNAUTH;
}

enum err step_principal(struct exchange *x)
{
	struct context *c = &x->context;
	struct operator_key *operator;
	struct principal *principal;
	struct rate_answer rate;
	char tenant[UUID_TEXT_LENGTH + 1];
	enum err e;

	if (!x->has_token)
		return OK;
	if (c->route->who == WHO_OPERATOR) {
		e = operator_verify(c->stx, x->credential, &operator);
		return e == E_UNAUTH ? refused(x) : e;
	}
	e = principal_find(c->tx, &x->token, &principal);
	if (e == E_UNAUTH)
		return refused(x);
	if (e != OK)
		return e;
	c->principal = principal;
	/* What was sent ahead was read in the company's zone. */
	if (!str_absent(principal->time_zone) && !str_equal(principal->time_zone, c->tenant->time_zone))
		c->ahead = NULL;
	local_time_zone(context_time_zone(c));
	ttx_set_actor(c->tx, (struct ttx_actor){principal->kind == CREDENTIAL_API_KEY ? ACTOR_API_KEY : ACTOR_USER,
						principal->kind == CREDENTIAL_API_KEY ? principal->credential_id
										      : principal->user_id,
						principal->name.n ? principal->name : principal->email});
	uuid_print(c->tenant->id, tenant);
	rate = rate_ask(c->app->shared, RATE_TENANT, str_from(tenant), true);
	return rate.allowed ? OK : too_often(x, rate);
}

/* ---- what that one may ---- */

static enum err trial_ended(struct exchange *x)
{
	struct context *c = &x->context;
	struct buffer names = BUFFER_IN(c->arena);

	for (size_t i = 0; i < plan_count; i++)
		buffer_printf(&names, "%s%s ($%lld a month)",
			      i == 0                ? ""
			      : i + 1 == plan_count ? " or "
						    : ", ",
			      plans[i].label, (long long)plans[i].price_dollars);
	x->code = "trial_ended";
	return context_fail(c, E_LIMIT,
			    "The trial has ended: everything can be read and taken along, nothing can be changed. "
			    "Write to %s to go on with %s.",
			    c->app->config->support_contact, names.bytes);
}

/*
 * A leaked key or password and a person who left must be shut out also when nothing else can be changed; keys that get in
 * somebody's way are a matter of their browser alone; and whoever leaves takes everything along.
 */
static bool needs_no_plan(const struct route *route)
{
	static handler *const those[] = {
		logout,           api_logout,          key_revoke_page, key_revoke_api,       user_update_api,
		user_update_page, user_delete_api,     shortcuts_save,  archive_request_page, archive_request_api,
		account_password, account_password_api};

	for (size_t i = 0; i < COUNT_OF(those); i++)
		if (route->handler == those[i])
			return true;
	return false;
}

enum err step_permission(struct exchange *x)
{
	struct context *c = &x->context;

	if (c->route->who != WHO_MEMBER && c->route->who != WHO_SESSION)
		return OK;
	if (!c->principal)
		return E_UNAUTH;
	if (!principal_can(c->principal, c->route->can))
		return E_FORBIDDEN;
	if (tenant_access(c->tenant, clock_now()) == ACCESS_READ_ONLY && !method_is_safe(c->request->method) &&
	    !needs_no_plan(c->route))
		return trial_ended(x);
	return OK;
}

enum err step_plan(struct exchange *x)
{
	struct context *c = &x->context;

	if (c->route->feature != FEATURE_ANY && !(c->tenant->plan->features & (1u << c->route->feature)))
		return context_fail(c, E_LIMIT, "The %s plan does not include this.", c->tenant->plan->label);
	return OK;
}
