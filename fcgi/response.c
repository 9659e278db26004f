#include "fcgi/response.h"

#include "lib/base/log.h"

struct response response_in(struct arena *arena)
{
	return (struct response){.status = 200, .headers = BUFFER_IN(arena), .body = BUFFER_IN(arena)};
}

static bool is_plain(struct str value)
{
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < 0x20 || value.p[i] == 0x7f)
			return false;
	return true;
}

void response_header(struct response *response, const char *name, struct str value)
{
	if (!is_plain(value)) {
		log_event(LOG_WARNING, "header", "a value of %s holds a control character and was left out", name);
		return;
	}
	buffer_add_str(&response->headers, str_from(name));
	BUFFER_LITERAL(&response->headers, ": ");
	buffer_add_str(&response->headers, value);
	BUFFER_LITERAL(&response->headers, "\r\n");
}

void response_cookie(struct response *response, const char *name, struct str value, int64_t max_age_seconds)
{
	struct buffer text = BUFFER_IN(response->headers.arena);

	buffer_printf(&text, "%s=%.*s; Path=/; Max-Age=%lld; Secure; HttpOnly; SameSite=Lax", name, STR_FMT_ARG(value),
		      (long long)max_age_seconds);
	response_header(response, "Set-Cookie", buffer_str(&text));
}

/* The next line of headers: true with its name and value; *rest is what follows. */
static bool next_header(struct str *rest, struct str *line, struct str *name, struct str *value)
{
	const char *end = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;

	if (!end)
		return false;
	*line = (struct str){rest->p, (size_t)(end - rest->p) + 1};
	*rest = (struct str){end + 1, rest->n - line->n};
	*value = str_trim(*line);
	*name = str_split(value, ':');
	*value = str_trim(*value);
	return true;
}

void response_drop(struct response *response, const char *wanted)
{
	struct str rest = buffer_str(&response->headers), line, name, value;
	size_t kept = 0;

	while (next_header(&rest, &line, &name, &value))
		if (!str_equal_nocase(name, str_from(wanted))) {
			memmove(response->headers.bytes + kept, line.p, line.n);
			kept += line.n;
		}
	response->headers.length = kept;
}

struct str response_get(const struct response *response, const char *wanted)
{
	struct str rest = buffer_str(&response->headers), line, name, value;

	while (next_header(&rest, &line, &name, &value))
		if (str_equal_nocase(name, str_from(wanted)))
			return value;
	return STR_NONE;
}

const char *response_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{200, "OK"},
		{201, "Created"},
		{204, "No Content"},
		{303, "See Other"},
		{304, "Not Modified"},
		{400, "Bad Request"},
		{401, "Unauthorized"},
		{402, "Payment Required"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{409, "Conflict"},
		{412, "Precondition Failed"},
		{413, "Content Too Large"},
		{415, "Unsupported Media Type"},
		{422, "Unprocessable Content"},
		{428, "Precondition Required"},
		{429, "Too Many Requests"},
		{500, "Internal Server Error"},
		{503, "Service Unavailable"},
	};

	for (size_t i = 0; i < COUNT_OF(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "";
}
