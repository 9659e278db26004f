#include "fcgi/request.h"

#include "lib/base/clock.h"
#include "lib/base/id.h"

/* clang-format off */
static const char *const methods[] = {
	[METHOD_GET] = "GET",     [METHOD_HEAD] = "HEAD",       [METHOD_POST] = "POST",       [METHOD_PUT] = "PUT",
	[METHOD_PATCH] = "PATCH", [METHOD_DELETE] = "DELETE",   [METHOD_OPTIONS] = "OPTIONS", [METHOD_OTHER] = "OTHER",
};
/* clang-format on */

const char *method_name(enum method method)
{
	return methods[method];
}

enum method method_find(struct str name)
{
	for (size_t i = METHOD_GET; i < METHOD_OTHER; i++)
		if (str_is(name, methods[i]))
			return (enum method)i;
	return METHOD_OTHER;
}

bool method_is_safe(enum method method)
{
	return method == METHOD_GET || method == METHOD_HEAD || method == METHOD_OPTIONS;
}

struct str request_header(const struct request *request, const char *name, bool *duplicate)
{
	struct str found = STR_NONE;

	if (duplicate)
		*duplicate = false;
	for (size_t i = 0; i < request->header_count; i++) {
		if (!str_is(request->headers[i].name, name))
			continue;
		if (str_absent(found))
			found = request->headers[i].value;
		else if (duplicate)
			*duplicate = true;
	}
	return found;
}

int64_t request_content_length(const struct request *request)
{
	int64_t length;

	return str_to_int64(request_header(request, "content-length", NULL), &length) && length >= 0 ? length : -1;
}

static struct str lower(struct arena *arena, struct str name, char underscore)
{
	char *text = arena_c_string(arena, name);

	for (size_t i = 0; i < name.n; i++) {
		if (text[i] == '_')
			text[i] = underscore;
		else if (text[i] >= 'A' && text[i] <= 'Z')
			text[i] = (char)(text[i] + ('a' - 'A'));
	}
	return (struct str){text, name.n};
}

/* HTTP_X_API_KEY is x-api-key. */
static struct str header_name(struct arena *arena, struct str name)
{
	return lower(arena, (struct str){name.p + 5, name.n - 5}, '-');
}

/* nginx makes 32 hex digits; anything else is not worth a place in the log. */
static bool is_request_id(struct str id)
{
	for (size_t i = 0; i < id.n; i++) {
		char c = id.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return id.n == 32;
}

static struct str new_request_id(struct arena *arena)
{
	uint8_t bytes[16];

	random_bytes(bytes, sizeof(bytes));
	return hex_encode(arena, bytes, sizeof(bytes));
}

static struct str host_name(struct str host)
{
	struct str rest = host;

	return host.n > 0 && host.p[0] == '[' ? host : str_split(&rest, ':');
}

static void add_header(struct request *request, struct header *headers, struct str name, struct str value)
{
	/* One more than may be: the caps then refuse the request. */
	if (value.n > 0 && request->header_count <= REQUEST_HEADERS_MOST)
		headers[request->header_count++] = (struct header){name, value};
}

struct request *request_from_parameters(struct arena *arena, const char *const *parameters)
{
	struct request *request = ARENA_NEW(arena, struct request);
	struct header *headers = arena_array(arena, REQUEST_HEADERS_MOST + 1, sizeof(*headers));

	*request = (struct request){
		.method = METHOD_OTHER, .headers = headers, .body = STR(""), .started = clock_monotonic()};
	for (; *parameters; parameters++) {
		struct str value = arena_copy(arena, str_from(*parameters));
		struct str name = str_split(&value, '=');

		if (str_absent(value))
			continue;
		if (str_is(name, "REQUEST_METHOD"))
			request->method = method_find(value);
		else if (str_is(name, "REQUEST_URI"))
			request->query = value;
		else if (str_is(name, "HOST_NAME"))
			request->host = value;
		else if (str_is(name, "REMOTE_ADDR"))
			request->address = value;
		else if (str_is(name, "REQUEST_ID"))
			request->request_id = value;
		else if (str_is(name, "CONTENT_TYPE"))
			add_header(request, headers, STR("content-type"), value);
		else if (str_is(name, "CONTENT_LENGTH"))
			add_header(request, headers, STR("content-length"), value);
		/* nginx tells these two under both names. */
		else if (str_starts(name, STR("HTTP_")) && !str_is(name, "HTTP_CONTENT_TYPE") &&
			 !str_is(name, "HTTP_CONTENT_LENGTH"))
			add_header(request, headers, header_name(arena, name), value);
	}
	request->path = str_absent(request->query) ? STR("") : str_split(&request->query, '?');
	if (str_absent(request->query))
		request->query = STR("");
	if (request->host.n == 0)
		request->host = request_header(request, "host", NULL);
	request->host = lower(arena, host_name(request->host), '_');
	if (!is_request_id(request->request_id))
		request->request_id = new_request_id(arena);
	return request;
}
