/* Requests and what is asked of every answer. */
#include "tests/web/fixture.h"

#include "fcgi/csrf.h"
#include "lib/text/json.h"

#include <stdlib.h>

/* The document of all routes is larger than anything that comes in. */
static const struct json_limits limits = {(size_t)64 << 20, 32, 2000000};

static enum method last_method;
static struct str last_address;

static bool has(struct str whole, const char *piece)
{
	return memmem(whole.p, whole.n, piece, strlen(piece)) != NULL;
}

bool body_has(const struct response *response, const char *piece)
{
	return has(buffer_str(&response->body), piece);
}

static NORETURN void give_up(const struct response *response, const char *what, const char *file, int line)
{
	struct str body = buffer_str(&response->body);

	print_error("%s:%d: %s %.*s -> %d: %s\n%.*s%.*s\n", file, line, method_name(last_method),
		    STR_FMT_ARG(last_address), response->status, what, STR_FMT_ARG(buffer_str(&response->headers)),
		    body.n > 6000 ? 6000 : (int)body.n, body.p);
	_fail(file, line);
	abort();
}

void assert_status_at(const struct response *response, int wanted, const char *file, int line)
{
	if (response->status != wanted)
		give_up(response, text("wanted status %d", wanted).p, file, line);
}

void assert_true_at(const struct response *response, bool truth, const char *what, const char *file, int line)
{
	if (!truth)
		give_up(response, what, file, line);
}

/* ---- every answer ---- */

#define assert_of(truth, what) assert_true_at(response, truth, what, __FILE__, __LINE__)

static void look_at_headers(const struct response *response)
{
	assert_of(str_equal(web_answer_header(response, "x-request-id"), web->request_id), "no X-Request-Id");
	assert_of(str_is(web_answer_header(response, "x-content-type-options"), "nosniff"), "no nosniff");
	assert_of(has(web_answer_header(response, "content-security-policy"), "default-src 'none'"), "no policy");
	assert_of(!has(web_answer_header(response, "content-security-policy"), "unsafe"), "an unsafe policy");
	assert_of(!str_absent(web_answer_header(response, "cache-control")), "no Cache-Control");
}

static void look_for_leaks(const struct response *response)
{
	static const char *const never[] = {
		"SELECT ", "INSERT INTO", "UPDATE tenant", "relation \"", "constraint \"", "SQLSTATE",
		"libpq",   "/usr/lib/",   "/home/",        "lib/pg",      ".c:",           "fcgi/",
		"{{",      "(null)",      "argon2id"};

	for (size_t i = 0; i < COUNT_OF(never); i++)
		assert_of(!body_has(response, never[i]), never[i]);
}

static bool is_json(struct str body)
{
	struct value *tree;
	struct str why;

	return json_parse(web->arena, body, &limits, &tree, &why) == OK;
}

/* A file may be larger than an answer: each of its lines is one. */
static bool are_json_lines(struct str body)
{
	bool good = str_ends(body, STR("\n"));

	while (good && body.n)
		good = is_json(str_split(&body, '\n'));
	return good;
}

static void look_at_body(const struct response *response)
{
	struct str type = web_answer_header(response, "content-type");

	if (response->body.length == 0 || has(type, "image/") || has(type, "application/gzip"))
		return;
	look_for_leaks(response);
	if (has(type, "jsonl"))
		assert_of(are_json_lines(buffer_str(&response->body)), "are no JSON lines");
	else if (has(type, "json"))
		assert_of(is_json(buffer_str(&response->body)), "is no JSON");
	else if (has(type, "text/html"))
		assert_of(body_has(response, "</html>") && body_has(response, "<title>"), "is half a page");
	if (response->status >= 400 && has(type, "json"))
		assert_of(str_is(type, "application/problem+json") && json_at(response, "code") &&
				  json_at(response, "request_id"),
			  "is no problem document");
}

const struct response *ask_send(const struct ask *ask)
{
	struct web_request request = {.method = ask->method ? ask->method : METHOD_GET,
				      .host = web_host(web, ask->host),
				      .path = str_from(ask->path)};
	const struct response *response;

	if (!str_absent(ask->bearer))
		web_header(&request, "authorization", text("Bearer %.*s", STR_FMT_ARG(ask->bearer)));
	if (ask->json || ask->type)
		web_header(&request, "content-type", str_from(ask->json ? "application/json" : ask->type));
	request.body = ask->json ? str_from(ask->json) : ask->body;
	for (size_t i = 0; i < COUNT_OF(ask->headers) && ask->headers[i][0]; i++)
		web_header(&request, ask->headers[i][0], str_from(ask->headers[i][1]));
	last_method = request.method;
	last_address = text("%.*s%s", STR_FMT_ARG(request.host), ask->path);
	pg_poll(web->app.app_pg);
	response = web_send(web, &request);
	look_at_headers(response);
	look_at_body(response);
	if (!ask->may_fail)
		assert_of(response->status < 500, "is a failure of ours");
	if (response->status >= 400)
		assert_of(str_is(web_answer_header(response, "cache-control"), "no-store"),
			  "an error that may be kept");
	return response;
}

/* ---- JSON ---- */

const struct value *json_at(const struct response *response, const char *path)
{
	struct str rest = str_from(path), why;
	struct value *tree;
	const struct value *at;

	assert_of(json_parse(web->arena, buffer_str(&response->body), &limits, &tree, &why) == OK, "is no JSON");
	at = tree;
	while (at && rest.n > 0) {
		struct str step = str_split(&rest, '.');
		int64_t index;

		at = value_type(at) == VALUE_LIST ? (str_to_int64(step, &index) ? value_at(at, (size_t)index) : NULL)
						  : value_get(at, step);
	}
	return at;
}

struct str json_text(const struct response *response, const char *path)
{
	const struct value *at = json_at(response, path);

	return at ? value_as_str(at) : STR_NONE;
}

void assert_field_error_at(const struct response *response, int status, const char *field, const char *code,
			   const char *file, int line)
{
	const struct value *list;

	assert_status_at(response, status, file, line);
	list = json_at(response, "errors");
	for (size_t i = 0; list && i < value_count(list); i++) {
		const struct value *error = value_at(list, i);

		assert_of(value_as_str(value_get(error, STR("message"))).n > 5, "an error without words");
		if (str_is(value_as_str(value_get(error, STR("field"))), field) &&
		    (!code || str_is(value_as_str(value_get(error, STR("code"))), code)))
			return;
	}
	give_up(response, text("no error at %s with code %s", field, code ? code : "of any kind").p, file, line);
}

/* ---- HTML ---- */

struct str body_between(const struct response *response, const char *before, const char *after)
{
	const char *start = response->body.bytes ? strstr(response->body.bytes, before) : NULL, *end;

	if (start)
		start += strlen(before);
	end = start ? strstr(start, after) : NULL;
	if (!end)
		give_up(response, text("nothing between %s and %s", before, after).p, __FILE__, __LINE__);
	return (struct str){start, (size_t)(end - start)};
}

struct str input_tag(const struct response *response, const char *name)
{
	struct str mark = text(" id=\"field-%s\"", name);
	const char *at = strstr(response->body.bytes, mark.p), *start, *end;

	if (!at)
		give_up(response, text("no input %s", name).p, __FILE__, __LINE__);
	for (start = at; *start != '<'; start--)
		;
	end = strchr(at, '>');
	return (struct str){start, (size_t)(end - start)};
}

bool tag_has(struct str tag, const char *piece)
{
	return has(tag, piece);
}

struct str location_of(const struct response *response)
{
	return str_from(arena_c_string(web->arena, web_answer_header(response, "location")));
}

void assert_goes_to_at(const struct response *response, struct str wanted, const char *file, int line)
{
	assert_status_at(response, 303, file, line);
	if (!str_equal(location_of(response), wanted))
		give_up(response, text("should go to %.*s", STR_FMT_ARG(wanted)).p, file, line);
}

/* ---- browser ---- */

struct browser browser_at(struct str host)
{
	return (struct browser){.host = host};
}

static void keep_cookie(struct browser *browser, struct str line)
{
	struct str rest = line, value = str_split(&rest, ';'), name = str_split(&value, '=');
	size_t i = 0;

	assert_true(has(line, "; Secure") && has(line, "; HttpOnly") && has(line, "SameSite=Lax") &&
		    has(line, "Path=/"));
	while (i < browser->cookies && !str_equal(browser->jar[i].name, name))
		i++;
	if (has(line, "Max-Age=0")) {
		if (i < browser->cookies)
			browser->jar[i] = browser->jar[--browser->cookies];
		return;
	}
	assert_true(i < COUNT_OF(browser->jar));
	browser->cookies += i == browser->cookies;
	browser->jar[i].name = name;
	browser->jar[i].value = value;
}

struct browser browser_as(const struct company *company, enum role role)
{
	struct browser browser = {.host = company->slug, .cookies = 1};

	browser.jar[0].name = STR("__Host-session");
	browser.jar[0].value = company->session[role];
	return browser;
}

struct str browser_cookie(const struct browser *browser, const char *name)
{
	for (size_t i = 0; i < browser->cookies; i++)
		if (str_is(browser->jar[i].name, name))
			return browser->jar[i].value;
	return STR_NONE;
}

static const struct response *send_as(struct browser *browser, struct ask ask)
{
	struct buffer cookies = BUFFER_IN(web->arena);
	const struct response *response;
	struct str rest;
	const char *mark;

	for (size_t i = 0; i < browser->cookies; i++)
		buffer_printf(&cookies, "%s%.*s=%.*s", i ? "; " : "", STR_FMT_ARG(browser->jar[i].name),
			      STR_FMT_ARG(browser->jar[i].value));
	ask.host = browser->host;
	if (cookies.length)
		ask.headers[0][0] = "cookie", ask.headers[0][1] = cookies.bytes;
	response = ask_send(&ask);
	rest = buffer_str(&response->headers);
	while (!str_absent(rest)) {
		struct str line = str_trim(str_split(&rest, '\n'));

		if (str_starts(line, STR("Set-Cookie: ")))
			keep_cookie(browser, (struct str){line.p + 12, line.n - 12});
	}
	mark = response->body.bytes ? strstr(response->body.bytes, "name=\"csrf\" value=\"") : NULL;
	if (mark) {
		struct str after = str_from(mark + strlen("name=\"csrf\" value=\""));

		browser->csrf = str_split(&after, '"');
	}
	return response;
}

const struct response *browse(struct browser *browser, const char *path)
{
	return send_as(browser, (struct ask){.method = METHOD_GET, .path = path});
}

static struct str form_token(struct browser *browser)
{
	if (str_absent(browser->csrf))
		(void)browse(browser, "/");
	return str_absent(browser->csrf) ? STR("") : browser->csrf;
}

const struct response *submit(struct browser *browser, const char *path, const char *form)
{
	struct str body = text("csrf=%.*s%s%s", STR_FMT_ARG(form_token(browser)), *form ? "&" : "", form);

	return send_as(browser, (struct ask){.method = METHOD_POST,
					     .path = path,
					     .type = "application/x-www-form-urlencoded",
					     .body = body});
}

const struct response *upload(struct browser *browser, const char *path, const char *const *pairs,
			      const char *file_field, struct str file)
{
	struct buffer body = BUFFER_IN(web->arena);

	buffer_printf(&body, "--xYx\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%.*s\r\n",
		      STR_FMT_ARG(form_token(browser)));
	for (; pairs && *pairs; pairs += 2)
		buffer_printf(&body, "--xYx\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", pairs[0],
			      pairs[1]);
	buffer_printf(&body,
		      "--xYx\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"a "
		      "picture.png\"\r\nContent-Type: image/png\r\n\r\n",
		      file_field);
	buffer_add_str(&body, file);
	buffer_printf(&body, "\r\n--xYx--\r\n");
	return send_as(browser, (struct ask){.method = METHOD_POST,
					     .path = path,
					     .type = "multipart/form-data; boundary=xYx",
					     .body = buffer_str(&body)});
}
