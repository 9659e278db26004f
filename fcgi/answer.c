#include "fcgi/answer.h"
#include "fcgi/credential.h"
#include "fcgi/csrf.h"
#include "fcgi/page.h"
#include "fcgi/problem.h"
#include "fcgi/request.h"
#include "fcgi/response.h"

#include "lib/base/log.h"
#include "lib/text/json.h"

#include <stdio.h>

#define HTML STR("text/html; charset=utf-8")

/* ---- success ---- */

static enum err render_page(struct context *c)
{
	if (c->status == 303)
		return OK;
	response_header(c->response, "Content-Type", HTML);
	return template_render(c->app->templates, c->template ? c->template : c->route->template, c->data, c->page,
			       &c->response->body);
}

enum err answer_render(struct exchange *x)
{
	struct context *c = &x->context;

	if (!c->status)
		c->status = c->route->status;
	if (x->next) {
		response_header(c->response, "Content-Type", x->raw_type);
		return OK;
	}
	if (x->raw) {
		response_header(c->response, "Content-Type", x->raw_type);
		buffer_add_str(&c->response->body, x->raw_bytes);
		return OK;
	}
	if (c->route->face == FACE_PAGE)
		return render_page(c);
	if (c->status == 204)
		return OK;
	response_header(c->response, "Content-Type", STR("application/json"));
	json_print(c->data, &c->response->body);
	return OK;
}

/* ---- errors ---- */

/* Where the person wanted to go; only a GET can be repeated after the log-in. */
static struct str login_path(struct context *c)
{
	const struct request *request = c->request;
	struct buffer path = BUFFER_IN(c->arena), wanted = BUFFER_IN(c->arena);

	BUFFER_LITERAL(&path, "/login");
	if (!method_is_safe(request->method) || str_is(request->path, "/"))
		return buffer_str(&path);
	buffer_add_str(&wanted, request->path);
	if (request->query.n)
		buffer_printf(&wanted, "?%.*s", STR_FMT_ARG(request->query));
	BUFFER_LITERAL(&path, "?next=");
	url_encode(&path, buffer_str(&wanted));
	return buffer_str(&path);
}

static void send_to_login(struct exchange *x)
{
	struct context *c = &x->context;

	/* A part of a page that htmx asked for must not become a log-in form inside the page. */
	if (!str_absent(request_header(c->request, "hx-request", NULL))) {
		c->status = 401;
		response_header(c->response, "HX-Redirect", STR("/login"));
		response_header(c->response, "WWW-Authenticate", STR("Bearer realm=\"demand\""));
		return;
	}
	c->status = 303;
	response_header(c->response, "Location", login_path(c));
}

static bool returns_to_form(const struct exchange *x, enum err e)
{
	const struct context *c = &x->context;

	if (!x->handled || !c->route->retry_template)
		return false;
	/* A handler that asks for patience shows the form where it says so there. */
	return e == E_INVALID || e == E_CONFLICT || e == E_LIMIT || e == E_PRECONDITION || e == E_UNAUTH ||
	       (e == E_RATE && errors_any(c->errors));
}

static bool print_form(struct exchange *x)
{
	struct context *c = &x->context;

	page_errors(c);
	if (template_render(c->app->templates, c->template ? c->template : c->route->retry_template, c->data, c->page,
			    &c->response->body) == OK)
		return true;
	buffer_clear(&c->response->body);
	return false;
}

static void print_error_page(struct exchange *x, enum err e)
{
	struct context *c = &x->context;

	if (!x->shelled)
		page_shell(c);
	value_put_int(c->page, "error_status", problem_status(e));
	value_put_text(c->page, "error_title", x->notice ? "This workspace is not open" : problem_heading(e));
	value_put_str(c->page, "error_detail", problem_detail(x, e));
	if (template_render(c->app->templates, x->notice ? "notice" : "error", NULL, c->page, &c->response->body) == OK)
		return;
	buffer_clear(&c->response->body);
	buffer_printf(&c->response->body, "<!doctype html><title>%s</title><p>%s</p>", problem_heading(e),
		      problem_heading(e));
}

static void add_error_headers(struct exchange *x, enum err e)
{
	struct response *response = x->context.response;

	if (e == E_UNAUTH)
		response_header(response, "WWW-Authenticate", STR("Bearer realm=\"demand\""));
	if (e == E_METHOD)
		response_header(response, "Allow", x->allowed);
	if ((e == E_BUSY || e == E_RATE) && str_absent(response_get(response, "Retry-After")))
		response_header(response, "Retry-After", e == E_BUSY ? STR("2") : STR("1"));
}

void answer_error(struct exchange *x, enum err e)
{
	static const char *const of_success[] = {"Set-Cookie",   "Location", "ETag",
						 "Content-Type", "Link",     "Idempotent-Replayed"};
	struct context *c = &x->context;

	for (size_t i = 0; i < COUNT_OF(of_success); i++)
		response_drop(c->response, of_success[i]);
	buffer_clear(&c->response->body);
	if (x->sign_in) {
		send_to_login(x);
		return;
	}
	c->status = problem_status(e);
	add_error_headers(x, e);
	if (x->api) {
		problem_print(x, e);
		return;
	}
	if (!returns_to_form(x, e) || !print_form(x))
		print_error_page(x, e);
	response_header(c->response, "Content-Type", HTML);
}

/* ---- every answer ---- */

static bool may_be_kept(const struct exchange *x)
{
	const struct route *route = x->context.route;

	return route && route->face == FACE_RAW && route->work == WORK_TENANT_READ && route->who == WHO_ANYONE &&
	       x->context.status == 200 && form_text(&x->context.query, "v").n > 0;
}

/* What is anybody's alone stays out of every cache. */
static bool is_personal(const struct exchange *x)
{
	const struct context *c = &x->context;

	return x->api || c->status >= 400 || c->principal || x->visit_new || !str_absent(x->credential) ||
	       !str_absent(request_header(c->request, "cookie", NULL)) ||
	       !str_absent(response_get(c->response, "Set-Cookie"));
}

/* A stranger's form stands in a frame of the company's website, and may end on a page there. */
static void add_open_policy(struct exchange *x)
{
	response_header(x->context.response, "Content-Security-Policy",
			STR("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src "
			    "'self'; connect-src 'self'; form-action 'self' https:; base-uri 'none'"));
}

static void add_policy(struct exchange *x)
{
	struct context *c = &x->context;
	/* A form of the sign-up may end on the new workspace's host. */
	bool leads_on = c->host == HOST_APP || c->host == HOST_APEX;
	struct str others = leads_on ? config_origin(c->app->config, c->arena, "*") : STR("");

	if (x->api) {
		response_header(c->response, "Content-Security-Policy",
				STR("default-src 'none'; frame-ancestors 'none'"));
		return;
	}
	if (c->route && c->route->who == WHO_STRANGER) {
		add_open_policy(x);
		return;
	}
	response_header(
		c->response, "Content-Security-Policy",
		arena_printf(c->arena,
			     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src "
			     "'self'; connect-src 'self';"
			     " form-action 'self'%s%.*s; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'",
			     leads_on ? " " : "", STR_FMT_ARG(others)));
	response_header(c->response, "Permissions-Policy",
			STR("camera=(), geolocation=(), microphone=(), payment=(), usb=()"));
}

static void add_rate(struct exchange *x)
{
	struct context *c = &x->context;
	const char *name = rate_name(c->route->rate);

	response_header(c->response, "RateLimit-Policy",
			arena_printf(c->arena, "\"%s\";q=%lld;w=%lld", name, (long long)x->rate.quota,
				     (long long)x->rate.window));
	response_header(c->response, "RateLimit",
			arena_printf(c->arena, "\"%s\";r=%lld;t=%lld", name, (long long)x->rate.remaining,
				     (long long)x->rate.reset));
}

static void add_fixed(struct response *response)
{
	static const struct {
		const char *name, *value;
	} fixed[] = {
		{"X-Content-Type-Options", "nosniff"},
		{"Referrer-Policy", "same-origin"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
	};

	for (size_t i = 0; i < COUNT_OF(fixed); i++)
		response_header(response, fixed[i].name, str_from(fixed[i].value));
}

void answer_finish(struct exchange *x)
{
	struct context *c = &x->context;
	struct response *response = c->response;

	response->status = c->status;
	response->no_body = c->status == 204 || c->request->method == METHOD_HEAD;
	if (x->visit_new)
		response_cookie(response, VISIT_COOKIE, x->visit, VISIT_SECONDS);
	if (x->stale_session)
		response_cookie(response, SESSION_COOKIE, STR(""), 0);
	response_header(response, "Cache-Control",
			may_be_kept(x)   ? STR("public, max-age=31536000, immutable")
			: is_personal(x) ? STR("no-store")
					 : STR("no-cache"));
	response_header(response, "X-Request-Id", c->request->request_id);
	add_fixed(response);
	/* Elsewhere it would pin every port of a developer's host. */
	if (c->app->config->public_port == 443)
		response_header(response, "Strict-Transport-Security", STR("max-age=31536000; includeSubDomains"));
	add_policy(x);
	if (x->rated && x->api)
		add_rate(x);
}

void answer_out_of_memory(const struct request *request, bool starved, struct response *response)
{
	static char headers[256];
	static char too_large[] = "{\"type\":\"about:blank\",\"title\":\"Content Too "
				  "Large\",\"status\":413,\"detail\":\"The request needs more memory than one "
				  "request may have. Ask for less at once.\",\"code\":\"too_large\"}";
	static char unavailable[] = "{\"type\":\"about:blank\",\"title\":\"Service "
				    "Unavailable\",\"status\":503,\"detail\":\"We are busy at the moment. Please try "
				    "again in a few seconds.\",\"code\":\"unavailable\"}";
	struct str id = request->request_id;
	int length = snprintf(headers, sizeof(headers),
			      "Content-Type: application/problem+json\r\nCache-Control: no-store\r\n"
			      "X-Content-Type-Options: nosniff\r\n%sX-Request-Id: %.*s\r\n",
			      starved ? "Retry-After: 1\r\n" : "", id.n <= 64 ? (int)id.n : 0, id.p ? id.p : "");
	char *body = starved ? unavailable : too_large;
	size_t size = starved ? sizeof(unavailable) : sizeof(too_large);

	*response = (struct response){.status = starved ? 503 : 413, .no_body = request->method == METHOD_HEAD};
	response->headers = (struct buffer){headers, (size_t)(length > 0 ? length : 0), sizeof(headers), NULL};
	response->body = (struct buffer){body, size - 1, size, NULL};
	log_event(LOG_ERROR, "out_of_memory", "%s, request %.*s",
		  starved ? "the system has none" : "a request used up its share", STR_FMT_ARG(id));
}
