#include "fcgi/csrf.h"
#include "fcgi/handlers.h"
#include "fcgi/idempotency.h"
#include "fcgi/large_body.h"
#include "fcgi/page.h"
#include "fcgi/request.h"
#include "fcgi/route.h"
#include "fcgi/steps.h"

#include "lib/text/json.h"

/* "application/json; charset=utf-8" is application/json. */
static bool media_is(struct str content_type, const char *wanted)
{
	struct str rest = content_type;

	return !str_absent(content_type) && str_equal_nocase(str_trim(str_split(&rest, ';')), str_from(wanted));
}

static enum err not_read(struct exchange *x, enum err e, struct str why)
{
	return context_fail(&x->context, e, "%.*s", STR_FMT_ARG(why));
}

/* Addresses that take files take no other body: by the route's own path, which names no {id}. */
static bool takes_upload(const struct context *c)
{
	return body_most(c->request->method, str_from(c->route->path)) > REQUEST_BODY_MOST;
}

static enum err read_multipart(struct exchange *x, struct str type)
{
	struct context *c = &x->context;
	struct str why;
	enum err e = form_parse_multipart(c->arena, type, c->request->body,
					  takes_upload(c) ? &form_limits_upload : &form_limits_request, &c->form, &why);

	return e == OK ? OK : not_read(x, e, why);
}

enum err step_form(struct exchange *x)
{
	struct context *c = &x->context;
	const struct request *request = c->request;
	bool twice;
	struct str type = request_header(request, "content-type", &twice), why;
	enum err e;

	if (c->route->face != FACE_PAGE || method_is_safe(request->method) || request->body.n == 0)
		return OK;
	if (!twice && media_is(type, "application/x-www-form-urlencoded"))
		e = form_parse_urlencoded(c->arena, request->body, &form_limits_request, &c->form, &why);
	else if (!twice && media_is(type, "multipart/form-data"))
		return read_multipart(x, type);
	else
		return context_fail(c, E_MEDIA,
				    "A form must be sent as application/x-www-form-urlencoded or multipart/form-data.");
	return e == OK ? OK : not_read(x, e, why);
}

enum err step_csrf(struct exchange *x)
{
	struct context *c = &x->context;
	bool of_session = c->route->who != WHO_ANYONE, good;
	struct str subject = of_session ? (struct str){(const char *)x->token.hash, sizeof(x->token.hash)} : x->visit;

	/* A stranger's form acts for nobody: there is nothing to make a browser do that its sender could not do. */
	if (c->route->face != FACE_PAGE || c->route->who == WHO_STRANGER || method_is_safe(c->request->method))
		return OK;
	good = csrf_from_here(c->origin, request_header(c->request, "origin", NULL),
			      request_header(c->request, "sec-fetch-site", NULL)) &&
	       csrf_check(c->arena, of_session ? CSRF_SESSION : CSRF_VISIT, subject, form_text(&c->form, "csrf"));
	if (good)
		return OK;
	x->code = "csrf";
	return context_fail(c, E_FORBIDDEN,
			    "This form was open for too long or does not come from this site. Go back, reload the page "
			    "and send it again.");
}

enum err step_json(struct exchange *x)
{
	struct context *c = &x->context;
	const struct request *request = c->request;
	bool twice, takes_body = c->route->entity ? route_takes_body(c->route)
						  : c->route->method != METHOD_GET && c->route->method != METHOD_DELETE;
	struct str type = request_header(request, "content-type", &twice), why;
	enum err e;

	if (c->route->face == FACE_PAGE)
		return OK;
	if (request->body.n == 0)
		return route_takes_body(c->route) ? context_fail(c, E_MALFORMED, "The body must be a JSON object.")
						  : OK;
	if (takes_upload(c))
		return !twice && media_is(type, "multipart/form-data") ? read_multipart(x, type) : E_MEDIA;
	if (!takes_body)
		return context_fail(c, E_MALFORMED, "%s takes no body here.", method_name(c->route->method));
	if (twice || !media_is(type, "application/json"))
		return E_MEDIA;
	e = json_parse(c->arena, request->body,
		       c->route->handler == entity_batch_api ? &json_limits_batch : &json_limits_request, &c->json,
		       &why);
	if (e != OK)
		return not_read(x, e, why);
	return value_type(c->json) == VALUE_MAP ? OK : context_fail(c, E_MALFORMED, "The body must be a JSON object.");
}

enum err step_idempotency(struct exchange *x)
{
	return x->context.route->face == FACE_API ? idempotency_begin(x) : OK;
}

enum err step_handler(struct exchange *x)
{
	struct context *c = &x->context;

	if (c->route->face == FACE_PAGE)
		page_shell(c);
	x->handled = true;
	return c->route->handler(c);
}
