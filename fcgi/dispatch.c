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

/* What is still to be read is read in the same transaction. */
static enum err begin_stream(struct exchange *x)
{
	struct context *c = &x->context;

	if (c->app->slot && !shared_stream_begin(c->app->shared, c->app->slot, c->tenant ? c->tenant->id : uuid_zero()))
		return context_fail(c, E_RATE, "Other exports are under way. Try again in a few seconds.");
	c->response->streaming = x;
	return OK;
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

static void write_log(const struct exchange *x, bool broken)
{
	const struct context *c = &x->context;
	struct buffer members = BUFFER_IN(c->arena);

	log_member_str(&members, "request_id", c->request->request_id);
	log_member_str(&members, "tenant", c->tenant ? c->tenant->slug : STR_NONE);
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

static void end_stream(struct response *response, bool broken)
{
	struct exchange *x = response->streaming;

	rollback(x);
	response->streaming = NULL;
	write_log(x, broken);
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
	if (!*more)
		end_stream(response, e != OK);
	return e;
}

void dispatch_break(struct response *response)
{
	if (response->streaming)
		end_stream(response, true);
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

	while (more) {
		enum err e = dispatch_piece(response, &piece, &more);

		buffer_add_str(&whole, buffer_str(&piece));
		if (e)
			response->status = 0;
	}
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
