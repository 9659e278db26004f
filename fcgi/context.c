/* What a handler asks of its context. */
#include "fcgi/credential.h"
#include "fcgi/csrf.h"

#include "lib/base/clock.h"

enum err context_redirect(struct context *c, struct str location)
{
	c->status = 303;
	response_header(c->response, "Location", location);
	return OK;
}

#define MOST_RETURN_LENGTH 1000

struct str context_return_path(const struct context *c)
{
	struct str path = form_text(&c->form, "return");

	if (str_absent(path))
		path = form_text(&c->query, "return");
	if (path.n == 0 || path.n > MOST_RETURN_LENGTH || path.p[0] != '/' || (path.n > 1 && path.p[1] == '/'))
		return STR_NONE;
	/* Nothing that a browser reads as another host, and nothing that ends a header. */
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] <= ' ' || path.p[i] > '~' || strchr("\\\"<>#", path.p[i]))
			return STR_NONE;
	return path;
}

enum err context_redirect_back(struct context *c, struct str otherwise, const char *done)
{
	struct str path = context_return_path(c);

	if (str_absent(path))
		path = otherwise;
	return context_redirect(c, arena_printf(c->arena, "%.*s%cdone=%s", STR_FMT_ARG(path),
						memchr(path.p, '?', path.n) ? '&' : '?', done));
}

void context_csrf_anonymous(struct context *c)
{
	struct exchange *x = exchange_of(c);

	if (str_absent(x->visit)) {
		x->visit = csrf_visit_new(c->arena);
		x->visit_new = true;
	}
	value_put_str(c->page, "csrf", csrf_make(c->arena, CSRF_VISIT, x->visit));
}

enum err context_fail(struct context *c, enum err e, const char *format, ...)
{
	struct buffer text = BUFFER_IN(c->arena);
	va_list arguments;

	va_start(arguments, format);
	buffer_vprintf(&text, format, arguments);
	va_end(arguments);
	c->detail = buffer_str(&text);
	return e;
}

bool context_may(const struct context *c, enum permission what)
{
	return principal_can(c->principal, what) && tenant_access(c->tenant, clock_now()) == ACCESS_FULL;
}

struct str context_time_zone(const struct context *c)
{
	if (c->principal && !str_absent(c->principal->time_zone))
		return c->principal->time_zone;
	return c->tenant ? c->tenant->time_zone : STR_NONE;
}

void context_etag(struct context *c, int64_t version)
{
	response_header(c->response, "ETag", arena_printf(c->arena, "\"%lld\"", (long long)version));
}

enum err context_if_match(struct context *c, int64_t version, bool required)
{
	bool twice;
	struct str header = request_header(c->request, "if-match", &twice);
	struct str own = arena_printf(c->arena, "\"%lld\"", (long long)version);

	if (twice)
		return context_fail(c, E_MALFORMED, "If-Match was sent twice.");
	if (str_absent(header))
		return required ? E_NEEDMATCH : OK;
	if (str_is(str_trim(header), "*"))
		return OK;
	while (!str_absent(header))
		if (str_equal(str_trim(str_split(&header, ',')), own))
			return OK;
	return E_PRECONDITION;
}

void context_raw(struct context *c, const char *content_type, struct str bytes)
{
	struct exchange *x = exchange_of(c);

	x->raw = true;
	x->raw_type = str_from(content_type);
	x->raw_bytes = bytes;
}

void context_stream(struct context *c, const char *content_type, stream_next *next, void *state)
{
	struct exchange *x = exchange_of(c);

	x->raw_type = str_from(content_type);
	x->next = next;
	x->next_state = state;
}

void context_stream_watched(struct context *c, const struct stream_watch *watch)
{
	exchange_of(c)->watch = watch;
}

void context_session_cookie(struct context *c, struct str token, int64_t max_age_seconds)
{
	exchange_of(c)->stale_session = false;
	response_cookie(c->response, SESSION_COOKIE, token, max_age_seconds);
}
