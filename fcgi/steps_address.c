#include "fcgi/request.h"
#include "fcgi/response.h"
#include "fcgi/steps.h"

static bool is_line(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] <= 0x20 || text.p[i] == 0x7f)
			return false;
	return true;
}

enum err step_caps(struct exchange *x)
{
	struct context *c = &x->context;
	const struct request *request = c->request;
	struct str why;
	enum err e;

	x->api = str_starts(request->path, STR("/api/"));
	if (request->path.n == 0 || request->path.p[0] != '/' || !is_line(request->path) ||
	    request->path.n > REQUEST_PATH_MOST)
		return context_fail(c, E_MALFORMED, "The address is not valid.");
	if (request->query.n > REQUEST_QUERY_MOST || !is_line(request->query))
		return context_fail(c, E_MALFORMED, "The query is not valid: at most 8 KiB, percent-encoded.");
	if (request->header_count > REQUEST_HEADERS_MOST)
		return context_fail(c, E_MALFORMED, "There are too many headers.");
	if (request->body_too_big)
		return E_TOOBIG;
	e = form_parse_urlencoded(c->arena, request->query, &form_limits_request, &c->query, &why);
	return e == OK ? OK : context_fail(c, E_MALFORMED, "The query cannot be read: %.*s", STR_FMT_ARG(why));
}

enum err step_host(struct exchange *x)
{
	struct context *c = &x->context;
	const struct config *config = c->app->config;
	struct buffer origin = BUFFER_IN(c->arena);

	c->host = host_classify(config, c->arena, c->request->host, &x->slug);
	if (c->host == HOST_UNKNOWN)
		return E_NOTFOUND;
	BUFFER_LITERAL(&origin, "https://");
	buffer_add_str(&origin, c->request->host);
	if (config->public_port != 443) {
		buffer_add_char(&origin, ':');
		buffer_add_int(&origin, config->public_port);
	}
	c->origin = buffer_str(&origin);
	return OK;
}

enum err step_route(struct exchange *x)
{
	struct context *c = &x->context;

	if (route_find(c->arena, c->host, c->request->method, c->request->path, &c->route, &c->id, &x->allowed) ==
	    ROUTE_NO_PATH)
		return E_NOTFOUND;
	if (c->route)
		x->api = c->route->face != FACE_PAGE;
	return OK;
}

/* A name that nobody has answers like an address that is not there. Only /health and /ready do without: they tell of the process. */
enum err step_tenant(struct exchange *x)
{
	struct context *c = &x->context;
	struct tenant *tenant;
	enum err e;

	if (c->host != HOST_TENANT || (c->route && c->route->work == WORK_NONE && c->route->rate == RATE_FREE))
		return OK;
	e = resolver_by_slug(c->app->resolver, c->arena, x->slug, &tenant);
	if (e == OK)
		c->tenant = tenant;
	return e;
}

enum err step_method(struct exchange *x)
{
	struct context *c = &x->context;

	if (c->route)
		return OK;
	if (c->request->method != METHOD_OPTIONS)
		return E_METHOD;
	response_header(c->response, "Allow", x->allowed);
	c->status = 204;
	x->answered = true;
	return OK;
}
