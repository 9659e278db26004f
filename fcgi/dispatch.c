/*
 * The path of a request: a list of steps, each of which may end it. What a step needs to know about the address stands in the route table.
 * Nothing is handed on to be sent before the transaction is committed.
 */
#include "fcgi/dispatch.h"
#include "fcgi/answer.h"
#include "fcgi/idempotency.h"
#include "fcgi/page.h"
#include "fcgi/response.h"
#include "fcgi/steps.h"
#include "fcgi/usage_flush.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <setjmp.h>

typedef enum err step(struct exchange *);

/* clang-format off */
static step *const steps[] = {
	step_caps,       /* is it a request at all */
	step_host,       /* which of our hosts */
	step_route,      /* which row of the table */
	step_tenant,     /* whose host */
	step_method,     /* OPTIONS, 405 */
	step_access,     /* suspended and cancelled tenants get a notice */
	step_credential, /* what was sent to prove who asks; no SQL yet */
	step_rate,       /* not too often */
	step_key_tenant, /* the credential belongs to this host's tenant, or names it on the api host */
	step_access,     /* again: now the api host's tenant is known */
	step_form,       /* a page's body */
	step_csrf,       /* a page's form comes from our page */
	step_begin,      /* the transaction the route asks for */
	step_ahead,      /* what will most likely be asked next, in the same round trip */
	step_principal,  /* who it is: the first answer in it */
	step_permission, /* role, trial */
	step_plan,       /* what the company pays for */
	step_parameters, /* an API's query holds what the route takes */
	step_json,       /* an API's body */
	step_idempotency,
	step_handler,
};
/* clang-format on */

static void rollback(struct exchange *x)
{
	struct context *c = &x->context;

	if (c->tx)
		ttx_rollback(c->tx);
	if (c->stx)
		stx_rollback(c->stx);
	c->tx = NULL;
	c->stx = NULL;
}

/* As who acts, on the connection that the handler's transaction has left. */
static struct ttx *begin_as(const struct context *c, struct ttx_actor actor, enum tx_mode mode)
{
	struct ttx *tx = ttx_begin(c->app->app_pg, c->arena, c->tenant->scope, mode);

	ttx_set_actor(tx, actor);
	return tx;
}

static enum err commit_or_rollback(struct ttx *tx, enum err e)
{
	if (e == OK)
		return ttx_commit(tx);
	ttx_rollback(tx);
	return e;
}

/* It is written down that somebody takes it, and only then is it read: by a snapshot that is no older. */
static enum err tell_begin(struct exchange *x)
{
	struct context *c = &x->context;
	struct ttx_actor actor = *ttx_actor(c->tx);
	enum tx_mode mode = ttx_mode(c->tx);
	enum err e = ttx_commit(c->tx);
	struct ttx *tx;

	c->tx = NULL;
	if (e)
		return e;
	tx = begin_as(c, actor, TX_WRITE);
	e = commit_or_rollback(tx, x->watch->begins(tx, x->next_state));
	if (e == OK)
		c->tx = begin_as(c, actor, mode);
	return e;
}

/* What is still to be read is read in the same transaction, or where somebody is told of it in the next. */
static enum err begin_stream(struct exchange *x)
{
	struct context *c = &x->context;
	enum err e = OK;

	if (c->app->slot && !shared_stream_begin(c->app->shared, c->app->slot, c->tenant ? c->tenant->id : uuid_zero()))
		return context_fail(c, E_RATE, "Other exports are under way. Try again in a few seconds.");
	if (x->watch)
		e = tell_begin(x);
	if (e == OK)
		c->response->streaming = x;
	else if (c->app->slot)
		shared_stream_end(c->app->slot);
	return e;
}

/* The answer is complete when this says OK, and only then is it true. */
static enum err finish(struct exchange *x)
{
	struct context *c = &x->context;
	enum err e = OK;

	if (!x->answered)
		e = answer_render(x);
	if (e == OK)
		e = idempotency_store(x);
	if (e == OK && x->next && c->request->method == METHOD_GET)
		return begin_stream(x);
	if (e == OK && c->tx)
		e = ttx_commit(c->tx);
	if (e == OK && c->stx)
		e = stx_commit(c->stx);
	/* The handler was content: whatever fails now is no fault of the request. */
	c->detail = STR_NONE;
	return e == OK || e == E_BUSY ? e : E_INTERNAL;
}

static void run(struct exchange *x)
{
	enum err e = OK;

	for (size_t i = 0; i < COUNT_OF(steps) && e == OK && !x->answered; i++)
		e = steps[i](x);
	if (e == OK)
		e = finish(x);
	if (e == OK)
		return;
	rollback(x);
	answer_error(x, e);
}

/* By their id: names stay out of the log. */
static void log_who(struct buffer *members, const struct principal *principal)
{
	bool key = principal->kind == CREDENTIAL_API_KEY;
	char id[UUID_TEXT_LENGTH + 1];

	uuid_print(key ? principal->credential_id : principal->user_id, id);
	log_member_str(members, key ? "key" : "user", str_from(id));
}

static void write_log(const struct exchange *x, bool broken)
{
	const struct context *c = &x->context;
	struct buffer members = BUFFER_IN(c->arena);

	log_member_str(&members, "request_id", c->request->request_id);
	log_member_str(&members, "tenant", c->tenant ? c->tenant->slug : STR_NONE);
	if (c->principal)
		log_who(&members, c->principal);
	/* The table's path: what people type stays out of the log. */
	log_member_str(&members, "route", c->route ? str_from(c->route->path) : STR_NONE);
	log_member_str(&members, "method", str_from(method_name(c->request->method)));
	log_member_int(&members, "status", c->status);
	log_member_decimal(&members, "ms", (double)(clock_monotonic() - c->request->started) / 1000);
	log_member_int(&members, "bytes", c->response->no_body ? 0 : (int64_t)c->response->body.length + x->streamed);
	if (broken)
		log_member_str(&members, "body", STR("broken off"));
	log_members(LOG_INFO, "request", &members);
}

static void answer(const struct app *app, struct arena *arena, const struct request *request, struct response *response,
		   struct aftermath *aftermath)
{
	struct exchange *x = ARENA_NEW(arena, struct exchange);

	x->context = (struct context){
		.arena = arena,
		.app = app,
		.request = request,
		.response = response,
		.host = HOST_UNKNOWN,
		.errors = errors_new(arena),
		.data = value_map(arena),
		.page = value_map(arena),
	};
	run(x);
	answer_finish(x);
	aftermath->tenant = x->context.tenant;
	aftermath->principal = x->context.principal;
	aftermath->touch = x->context.principal && x->context.principal->touch_due;
	aftermath->count = x->context.principal && x->context.route->face == FACE_API;
	if (!response->streaming)
		write_log(x, false);
}

static void land(void *landing)
{
	longjmp(*(jmp_buf *)landing, 1);
}

void dispatch_answer(const struct app *app, struct arena *arena, const struct request *request,
		     struct response *response, struct aftermath *aftermath)
{
	jmp_buf landing;

	*response = response_in(arena);
	*aftermath = (struct aftermath){NULL, NULL, false, false};
	if (setjmp(landing) == 0) {
		arena_on_oom(arena, land, &landing);
		answer(app, arena, request, response, aftermath);
	} else {
		/* The open transaction is rolled back when the arena is reset. */
		*aftermath = (struct aftermath){NULL, NULL, false, false};
		answer_out_of_memory(request, arena_starved(arena), response);
	}
	arena_on_oom(arena, NULL, NULL);
}

static enum err next_piece(struct exchange *x, struct buffer *out, bool *more)
{
	struct arena *arena = x->context.arena;
	struct arena_mark mark = arena_mark(arena);
	jmp_buf landing;
	enum err e;

	if (setjmp(landing) == 0) {
		arena_on_oom(arena, land, &landing);
		e = x->next(&x->context, x->next_state, out, more);
	} else {
		e = E_BUSY;
	}
	arena_on_oom(arena, NULL, NULL);
	arena_rewind(arena, mark);
	return e;
}

/* The answer is out, or will never be whole: what cannot be written down any more changes nothing about it. */
static void tell_end(struct exchange *x, struct ttx_actor actor, bool whole)
{
	struct ttx *tx = begin_as(&x->context, actor, TX_WRITE);

	if (commit_or_rollback(tx, x->watch->ended(tx, x->next_state, whole)) != OK)
		log_event(LOG_WARNING, "stream", "its end was not written down, request %.*s",
			  STR_FMT_ARG(x->context.request->request_id));
}

void dispatch_end(struct response *response, bool whole)
{
	struct exchange *x = response->streaming;
	struct ttx_actor actor = x->context.tx ? *ttx_actor(x->context.tx) : (struct ttx_actor){.kind = ACTOR_SYSTEM};
	jmp_buf landing;

	rollback(x);
	response->streaming = NULL;
	if (setjmp(landing) == 0) {
		arena_on_oom(x->context.arena, land, &landing);
		if (x->watch)
			tell_end(x, actor, whole);
		write_log(x, !whole);
	}
	arena_on_oom(x->context.arena, NULL, NULL);
}

enum err dispatch_piece(struct response *response, struct buffer *out, bool *more)
{
	struct exchange *x = response->streaming;
	enum err e;

	*more = false;
	buffer_clear(out);
	e = next_piece(x, out, more);
	x->streamed += (int64_t)out->length;
	*more = *more && e == OK;
	return e;
}

void dispatch_aftermath(const struct app *app, struct arena *arena, const struct aftermath *aftermath)
{
	jmp_buf landing;

	/* There is no answer to spoil any more: without memory the rest is left out. */
	if (setjmp(landing) == 0) {
		arena_on_oom(arena, land, &landing);
		if (aftermath->touch)
			principal_touch(app->app_pg, arena, aftermath->tenant, aftermath->principal);
		if (aftermath->count)
			usage_count(app, arena, aftermath->tenant);
	}
	arena_on_oom(arena, NULL, NULL);
}

/* The whole body, for those who do not send it. */
static void drain(struct response *response)
{
	struct buffer piece = BUFFER_IN(NULL), whole = BUFFER_IN(NULL);
	bool more = response->streaming != NULL;
	enum err e = OK;

	while (more) {
		e = dispatch_piece(response, &piece, &more);
		buffer_add_str(&whole, buffer_str(&piece));
	}
	if (response->streaming)
		dispatch_end(response, e == OK);
	if (e)
		response->status = 0;
	buffer_add_str(&response->body, buffer_str(&whole));
	buffer_free(&piece);
	buffer_free(&whole);
}

void dispatch_request(const struct app *app, struct arena *arena, const struct request *request,
		      struct response *response)
{
	struct aftermath aftermath;

	dispatch_answer(app, arena, request, response, &aftermath);
	drain(response);
	dispatch_aftermath(app, arena, &aftermath);
}
