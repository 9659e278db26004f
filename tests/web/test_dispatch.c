/* Every step of the way of a request (fcgi/dispatch.c), in process, over the real route table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi/dispatch.h"
#include "fcgi/shared.h"
#include "fcgi/usage_flush.h"
#include "tests/web/support.h"

#include "lib/base/clock.h"
#include "lib/tenant/operator.h"

#include <stdlib.h>

static struct web *web;
static struct workspace acme, other;

static int open_web(void **state)
{
	(void)state;
	web = web_open();
	workspace_make(web, "acme", &acme);
	workspace_make(web, "other", &other);
	return 0;
}

static int close_web(void **state)
{
	(void)state;
	web_close(web);
	return 0;
}

static const struct response *api(const char *method, const char *path, const char *body)
{
	return ask(web, method, acme.host, path, HEADERS(bearer(web, acme.key), "content-type: application/json"), body);
}

/* ---- address ---- */

static struct str without_id(const struct response *response)
{
	struct buffer out = BUFFER_IN(web->arena);
	struct str body = buffer_str(&response->body);

	for (size_t i = 0; i < body.n;) {
		if (body.n - i >= web->request_id.n && memcmp(body.p + i, web->request_id.p, web->request_id.n) == 0)
			i += web->request_id.n;
		else
			buffer_add_char(&out, body.p[i++]);
	}
	return buffer_str(&out);
}

static void unknown_hosts_answer_alike_and_tell_nothing(void **state)
{
	static const char *const hosts[] = {"evil.example", "no-such-company.demand.localhost", "smtp.demand.localhost", "a.b.demand.localhost", "",
	                                    "demand.localhost.evil.example"};
	static const char *const paths[] = {"/", "/api/leads", "/no-such-path"};

	(void)state;
	for (size_t p = 0; p < COUNT_OF(paths); p++) {
		struct str first = STR_NONE;

		for (size_t i = 0; i < COUNT_OF(hosts); i++) {
			const struct response *answer = ask(web, "GET", str_from(hosts[i]), paths[p], NO_HEADERS, NULL);
			struct str body = without_id(answer);

			assert_int_equal(answer->status, 404);
			if (str_absent(first))
				first = body;
			assert_true(str_equal(first, body));
		}
	}
	assert_int_equal(ask(web, "PUT", STR("no-such-company.demand.localhost"), "/api/leads", NO_HEADERS, NULL)->status, 404);
}

static void addresses_that_are_none_are_refused(void **state)
{
	static const struct {
		const char *path;
		int status;
	} cases[] = {
		{"", 400}, {"leads", 400}, {"/lea\x01""ds", 400}, {"/le ads", 400}, {"/\x7f", 400}, {"/leads?q=%zz", 400}, {"/leads?q=%00", 400},
		{"/leads/not-a-uuid", 404}, {"/leads/", 404}, {"//leads", 404}, {"/%zz", 404}, {"/leads/%2e%2e", 404}, {"/a/b/c/d/e/f/g/h/i/j", 404},
	};
	struct buffer query = BUFFER_IN(web->arena);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(ask(web, "GET", acme.host, cases[i].path, HEADERS(session_cookie(web, acme.session)), NULL)->status, cases[i].status);
	BUFFER_LITERAL(&query, "/leads?q=");
	for (size_t i = 0; i < 8192; i++)
		buffer_add_char(&query, 'a');
	assert_int_equal(ask(web, "GET", acme.host, query.bytes, NO_HEADERS, NULL)->status, 400);
	/* An escaped letter is the letter. */
	assert_int_equal(ask(web, "GET", acme.host, "/%6ceads", HEADERS(session_cookie(web, acme.session)), NULL)->status, 200);
}

static void methods_are_answered_by_the_table(void **state)
{
	const struct response *answer = api("PUT", "/api/leads", "{}");

	(void)state;
	assert_int_equal(answer->status, 405);
	assert_true(header_says(answer, "Allow", "GET, HEAD, POST, OPTIONS"));
	assert_true(says(answer, "method_not_allowed"));
	answer = ask(web, "OPTIONS", acme.host, "/api/leads", NO_HEADERS, NULL);
	assert_int_equal(answer->status, 204);
	assert_true(header_says(answer, "Allow", "POST"));
	answer = api("HEAD", "/api/leads", NULL);
	assert_int_equal(answer->status, 200);
	assert_true(answer->no_body);
	assert_int_equal(ask(web, "OPTIONS", acme.host, "/no-such-path", NO_HEADERS, NULL)->status, 404);
	assert_int_equal(ask(web, "BREW", acme.host, "/api/leads", NO_HEADERS, NULL)->status, 405);
}

static void every_answer_has_the_fixed_headers(void **state)
{
	const struct response *answers[] = {
		ask(web, "GET", acme.host, "/", HEADERS(session_cookie(web, acme.session)), NULL),
		ask(web, "GET", acme.host, "/", NO_HEADERS, NULL),
		ask(web, "GET", acme.host, "/no-such-path", NO_HEADERS, NULL),
		ask(web, "GET", STR("evil.example"), "/", NO_HEADERS, NULL),
		ask(web, "GET", acme.host, "/api/leads", NO_HEADERS, NULL),
		ask(web, "GET", acme.host, "/health", NO_HEADERS, NULL),
		ask(web, "GET", web_host(web, STR("app")), "/onboarding/company", NO_HEADERS, NULL),
		api("GET", "/api/leads", NULL),
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		assert_int_equal(web_answer_header(answers[i], "X-Request-Id").n, 32);
		assert_true(header_says(answers[i], "X-Content-Type-Options", "nosniff"));
		assert_true(header_says(answers[i], "Referrer-Policy", "same-origin"));
		assert_true(header_says(answers[i], "Cross-Origin-Opener-Policy", "same-origin"));
		assert_true(header_says(answers[i], "Cross-Origin-Resource-Policy", "same-origin"));
		assert_true(header_says(answers[i], "Content-Security-Policy", "frame-ancestors 'none'"));
		assert_false(header_says(answers[i], "Content-Security-Policy", "unsafe"));
		assert_false(str_absent(web_answer_header(answers[i], "Cache-Control")));
	}
	assert_true(header_says(answers[0], "Cache-Control", "no-store"));
	assert_true(header_says(answers[6], "Content-Security-Policy", "form-action 'self' https://*.demand.localhost:8443;"));
	assert_false(header_says(answers[0], "Content-Security-Policy", "https://*"));
	assert_true(header_says(answers[7], "RateLimit-Policy", "\"read\";q="));
	assert_true(header_says(answers[7], "RateLimit", "\"read\";r="));
	/* What is the same for everybody may be kept, but asked for anew. */
	assert_true(header_says(ask(web, "GET", web_host(web, STR("")), "/", NO_HEADERS, NULL), "Cache-Control", "no-cache"));
}

/* ---- credentials ---- */

static void cookies_sent_twice_are_refused(void **state)
{
	(void)state;
	assert_int_equal(ask(web, "GET", acme.host, "/", HEADERS("cookie: __Host-session=a; __Host-session=b"), NULL)->status, 400);
	assert_int_equal(ask(web, "GET", acme.host, "/login", HEADERS("cookie: __Host-visit=a; x=1; __Host-visit=b"), NULL)->status, 400);
	assert_int_equal(ask(web, "GET", acme.host, "/login", HEADERS("cookie: a=1", "cookie: b=2"), NULL)->status, 400);
}

static const char *x_api_key(struct str key)
{
	return arena_printf(web->arena, "x-api-key: %.*s", STR_FMT_ARG(key)).p;
}

/* The same key with its last character changed: the checksum is wrong. */
static struct str broken(struct str key)
{
	char *copy = arena_c_string(web->arena, key);

	copy[key.n - 1] = copy[key.n - 1] == 'a' ? 'b' : 'a';
	return (struct str){copy, key.n};
}

static void api_credentials(void **state)
{
	struct str api_host = web_host(web, STR("api"));
	struct token unknown;

	(void)state;
	token_make(web->arena, TOKEN_API_KEY, acme.tenant->code, &unknown);
	const struct {
		struct str host;
		const char *const *headers;
		int status;
	} cases[] = {
		{acme.host, NO_HEADERS, 401},
		{acme.host, HEADERS(bearer(web, acme.key)), 200},
		{acme.host, HEADERS(x_api_key(acme.key)), 200},
		{acme.host, HEADERS(bearer(web, acme.session)), 200},
		{acme.host, HEADERS(bearer(web, acme.key), x_api_key(acme.key)), 200},
		{acme.host, HEADERS(bearer(web, acme.key), x_api_key(acme.viewer_key)), 400},
		{acme.host, HEADERS(bearer(web, acme.key), bearer(web, acme.key)), 400},
		{acme.host, HEADERS(x_api_key(acme.session)), 401},
		{acme.host, HEADERS(bearer(web, broken(acme.key))), 401},
		{acme.host, HEADERS(bearer(web, unknown.text)), 401},
		{acme.host, HEADERS("authorization: Basic YTpi"), 401},
		{acme.host, HEADERS("authorization: Bearer"), 401},
		{acme.host, HEADERS(session_cookie(web, acme.session)), 401},
		{acme.host, HEADERS(bearer(web, other.key)), 403},
		{acme.host, HEADERS(bearer(web, other.session)), 403},
		{api_host, HEADERS(bearer(web, acme.key)), 200},
		{api_host, HEADERS(bearer(web, acme.session)), 200},
		{api_host, NO_HEADERS, 401},
		{api_host, HEADERS(bearer(web, unknown.text)), 401},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct response *answer = ask(web, "GET", cases[i].host, "/api/leads", cases[i].headers, NULL);

		if (answer->status != cases[i].status)
			fail_msg("case %zu: %d instead of %d", i, answer->status, cases[i].status);
		assert_int_equal(!str_absent(web_answer_header(answer, "WWW-Authenticate")), answer->status == 401);
	}
	/* A session's route takes no API key, whatever its role. */
	assert_int_equal(api("GET", "/api/api-keys", NULL)->status, 403);
	assert_int_equal(ask(web, "GET", acme.host, "/api/api-keys", HEADERS(bearer(web, acme.session)), NULL)->status, 200);
}

static void operators_are_operators_on_the_admin_host_alone(void **state)
{
	struct str admin = web_host(web, STR("admin")), secret;
	struct stx *stx = stx_begin(web->app.auth_pg, web->arena, "test", TX_WRITE);
	struct operator_key *key;

	(void)state;
	assert_int_equal(operator_key_create(stx, STR("test"), &key, &secret), OK);
	assert_int_equal(stx_commit(stx), OK);
	assert_int_equal(ask(web, "GET", admin, "/api/admin/tenants", HEADERS(bearer(web, secret)), NULL)->status, 200);
	assert_int_equal(ask(web, "GET", admin, "/api/admin/tenants", HEADERS(x_api_key(secret)), NULL)->status, 401);
	assert_int_equal(ask(web, "GET", admin, "/api/admin/tenants", HEADERS(bearer(web, acme.key)), NULL)->status, 401);
	assert_int_equal(ask(web, "GET", admin, "/api/admin/tenants", NO_HEADERS, NULL)->status, 401);
	assert_int_equal(ask(web, "GET", acme.host, "/api/leads", HEADERS(bearer(web, secret)), NULL)->status, 401);
	assert_int_equal(ask(web, "GET", acme.host, "/api/admin/tenants", HEADERS(bearer(web, secret)), NULL)->status, 404);
}

static void what_needs_no_database_does_not_ask_it(void **state)
{
	struct pg *real = web->app.app_pg, *away = pg_new("host=/nonexistent dbname=demand", "demand_app");
	const struct response *answer;

	(void)state;
	/* The resolver knows acme already. */
	assert_int_equal(api("GET", "/api/leads", NULL)->status, 200);
	web->app.app_pg = away;
	assert_int_equal(ask(web, "GET", acme.host, "/health", NO_HEADERS, NULL)->status, 200);
	assert_int_equal(ask(web, "GET", web_host(web, STR("")), "/", NO_HEADERS, NULL)->status, 200);
	assert_int_equal(ask(web, "GET", acme.host, "/openapi.json", NO_HEADERS, NULL)->status, 200);
	assert_int_equal(ask(web, "GET", acme.host, "/api/leads", HEADERS(bearer(web, broken(acme.key))), NULL)->status, 401);
	assert_int_equal(ask(web, "GET", acme.host, "/leads", HEADERS(session_cookie(web, broken(acme.session))), NULL)->status, 303);
	answer = api("GET", "/api/leads", NULL);
	assert_int_equal(answer->status, 503);
	assert_false(str_absent(web_answer_header(answer, "Retry-After")));
	assert_false(says(answer, "nonexistent"));
	assert_int_equal(ask(web, "GET", acme.host, "/", HEADERS(session_cookie(web, acme.session)), NULL)->status, 503);
	web->app.app_pg = real;
	pg_free(away);
}

static void pages_without_a_session_lead_to_the_log_in(void **state)
{
	const struct response *answer = ask(web, "GET", acme.host, "/leads?q=a%20b", NO_HEADERS, NULL);
	struct token unknown;

	(void)state;
	assert_int_equal(answer->status, 303);
	assert_true(str_is(web_answer_header(answer, "Location"), "/login?next=%2Fleads%3Fq%3Da%2520b"));
	assert_true(str_is(web_answer_header(ask(web, "POST", acme.host, "/leads", NO_HEADERS, NULL), "Location"), "/login"));
	answer = ask(web, "GET", acme.host, "/leads", HEADERS("hx-request: true"), NULL);
	assert_int_equal(answer->status, 401);
	assert_true(str_is(web_answer_header(answer, "HX-Redirect"), "/login"));
	/* A session that is over: its cookie goes. Another workspace's session is none here. */
	token_make(web->arena, TOKEN_SESSION, acme.tenant->code, &unknown);
	answer = ask(web, "GET", acme.host, "/leads", HEADERS(session_cookie(web, unknown.text)), NULL);
	assert_int_equal(answer->status, 303);
	assert_true(header_says(answer, "Set-Cookie", "__Host-session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"));
	assert_int_equal(ask(web, "GET", acme.host, "/leads", HEADERS(session_cookie(web, other.session)), NULL)->status, 303);
	/* Signed in already: the log-in page sends on. */
	assert_int_equal(ask(web, "GET", acme.host, "/login", HEADERS(session_cookie(web, acme.session)), NULL)->status, 303);
	assert_int_equal(ask(web, "GET", acme.host, "/login", HEADERS(session_cookie(web, unknown.text)), NULL)->status, 200);
}

/* ---- forms ---- */

static int post_lead(const char *csrf, const char *const *more)
{
	const char *headers[8] = {session_cookie(web, acme.session), "content-type: application/x-www-form-urlencoded"};

	for (size_t i = 2; *more; i++, more++)
		headers[i] = *more;
	return ask(web, "POST", acme.host, "/leads", headers, arena_printf(web->arena, "csrf=%s&name=From+a+form", csrf).p)->status;
}

static void forms_are_taken_from_our_own_pages_alone(void **state)
{
	const char *own = arena_c_string(web->arena, web_csrf(web, acme.slug, acme.session));
	const char *others = arena_c_string(web->arena, web_csrf(web, other.slug, other.session));
	const char *here = arena_printf(web->arena, "origin: https://%.*s:8443", STR_FMT_ARG(acme.host)).p;
	const char *sibling = arena_printf(web->arena, "origin: https://%.*s:8443", STR_FMT_ARG(other.host)).p;
	int64_t before = workspace_rows(&acme, "leads");

	(void)state;
	assert_int_equal(post_lead("", NO_HEADERS), 403);
	assert_int_equal(post_lead("wrong", NO_HEADERS), 403);
	assert_int_equal(post_lead(others, NO_HEADERS), 403);
	assert_int_equal(post_lead(own, HEADERS("origin: https://evil.example")), 403);
	assert_int_equal(post_lead(own, HEADERS("origin: null")), 403);
	assert_int_equal(post_lead(own, HEADERS(sibling)), 403);
	assert_int_equal(post_lead(own, HEADERS("sec-fetch-site: cross-site")), 403);
	assert_int_equal(post_lead(own, HEADERS("sec-fetch-site: same-site")), 403);
	assert_int_equal(workspace_rows(&acme, "leads"), before);
	assert_int_equal(post_lead(own, NO_HEADERS), 303);
	assert_int_equal(post_lead(own, HEADERS(here, "sec-fetch-site: same-origin")), 303);
	assert_int_equal(post_lead(own, HEADERS("sec-fetch-site: none")), 303);
	assert_int_equal(workspace_rows(&acme, "leads"), before + 3);
}

static void forms_of_strangers_are_bound_to_their_visit(void **state)
{
	const struct response *page = ask(web, "GET", acme.host, "/login", NO_HEADERS, NULL);
	struct str cookie = web_answer_header(page, "Set-Cookie"), token;
	const char *at = strstr(page->body.bytes, "name=\"csrf\" value=\"");
	const char *type = "content-type: application/x-www-form-urlencoded", *sent, *body;

	(void)state;
	assert_non_null(at);
	token = str_from(at + strlen("name=\"csrf\" value=\""));
	token = str_split(&token, '"');
	cookie = str_split(&cookie, ';');
	assert_true(str_starts(cookie, STR("__Host-visit=")));
	sent = arena_printf(web->arena, "cookie: %.*s", STR_FMT_ARG(cookie)).p;
	body = arena_printf(web->arena, "csrf=%.*s&email=nobody%%40example.com&password=wrong-password-of-a-stranger", STR_FMT_ARG(token)).p;
	assert_int_equal(ask(web, "POST", acme.host, "/login", HEADERS(type), body)->status, 403);
	assert_int_equal(ask(web, "POST", acme.host, "/login", HEADERS(type, "cookie: __Host-visit=00000000000000000000000000000000"), body)->status, 403);
	page = ask(web, "POST", acme.host, "/login", HEADERS(type, sent), body);
	assert_int_equal(page->status, 401);
	/* The form comes back, filled, with a word. */
	assert_true(says(page, "nobody@example.com"));
	assert_true(says(page, "do not belong together"));
	assert_false(says(page, "wrong-password-of-a-stranger"));
}

static void a_form_that_cannot_be_read(void **state)
{
	const char *cookie = session_cookie(web, acme.session);

	(void)state;
	assert_int_equal(ask(web, "POST", acme.host, "/leads", HEADERS(cookie, "content-type: text/plain"), "csrf=1")->status, 415);
	assert_int_equal(ask(web, "POST", acme.host, "/leads", HEADERS(cookie), "csrf=1")->status, 415);
	assert_int_equal(ask(web, "POST", acme.host, "/leads", HEADERS(cookie, "content-type: application/x-www-form-urlencoded"), "csrf=%zz")->status, 400);
	assert_int_equal(ask(web, "POST", acme.host, "/leads", HEADERS(cookie, "content-type: multipart/form-data"), "csrf=1")->status, 400);
}

/* ---- API bodies, roles, status ---- */

static void api_bodies(void **state)
{
	static const struct {
		const char *type, *body;
		int status;
	} cases[] = {
		{"content-type: application/json", "{\"name\":\"A\"}", 201},
		{"content-type: Application/JSON; charset=utf-8", "{\"name\":\"A\"}", 201},
		{"content-type: text/plain", "{\"name\":\"A\"}", 415},
		{"content-type: application/x-www-form-urlencoded", "name=A", 415},
		{"content-type: application/json", "", 400},
		{"content-type: application/json", "{\"name\":", 400},
		{"content-type: application/json", "{\"name\":\"A\"} x", 400},
		{"content-type: application/json", "{\"name\":\"A\",\"name\":\"B\"}", 400},
		{"content-type: application/json", "[]", 400},
		{"content-type: application/json", "\"A\"", 400},
		{"content-type: application/json", "{\"nmae\":\"A\"}", 422},
		{"content-type: application/json", "{}", 422},
	};
	const struct response *answer;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		answer = ask(web, "POST", acme.host, "/api/leads", HEADERS(bearer(web, acme.key), cases[i].type), cases[i].body);
		if (answer->status != cases[i].status)
			fail_msg("case %zu: %d instead of %d", i, answer->status, cases[i].status);
		assert_int_equal(header_says(answer, "Content-Type", "application/problem+json"), answer->status >= 400);
	}
	answer = api("POST", "/api/leads", "{\"nmae\":\"A\"}");
	assert_true(says(answer, "\"field\":\"nmae\"") && says(answer, "\"field\":\"name\"") && says(answer, "\"status\":422"));
	assert_int_equal(api("GET", "/api/leads", "{}")->status, 400);
	assert_int_equal(api("GET", "/api/leads?no_such_parameter=1", NULL)->status, 422);
}

static void a_body_over_the_cap_is_a_413(void **state)
{
	struct arena *arena = arena_new((size_t)8 << 20);
	struct header headers[] = {{STR("content-type"), STR("application/json")}};
	struct request request = {.method = METHOD_POST, .path = STR("/api/leads"), .query = STR(""), .host = acme.host, .address = STR("127.0.0.1"),
	                          .request_id = STR("0"), .headers = headers, .header_count = 1, .body = STR(""), .body_too_big = true,
	                          .started = clock_monotonic()};
	struct response response = {0};

	(void)state;
	dispatch_request(&web->app, arena, &request, &response);
	assert_int_equal(response.status, 413);
	arena_free(arena);
}

static void roles_are_asked_of_the_table(void **state)
{
	(void)state;
	assert_int_equal(ask(web, "GET", acme.host, "/api/leads", HEADERS(bearer(web, acme.viewer_key)), NULL)->status, 200);
	assert_int_equal(ask(web, "POST", acme.host, "/api/leads", HEADERS(bearer(web, acme.viewer_key), "content-type: application/json"), "{\"name\":\"A\"}")->status, 403);
	assert_int_equal(ask(web, "GET", acme.host, "/api/users", HEADERS(bearer(web, acme.viewer_key)), NULL)->status, 403);
}

static void set_tenant(const struct workspace *w, const char *what)
{
	char id[UUID_TEXT_LENGTH + 1];

	uuid_print(w->tenant->id, id);
	test_sql("UPDATE tenants SET %s WHERE tenant_id = '%s'", what, id);
	workspace_forget(web);
}

static void an_ended_trial_reads_and_does_not_write(void **state)
{
	struct workspace late;
	const struct response *answer;
	const char *json = "content-type: application/json", *form = "content-type: application/x-www-form-urlencoded";
	const char *csrf;

	(void)state;
	workspace_make(web, "late", &late);
	csrf = arena_c_string(web->arena, web_csrf(web, late.slug, late.session));
	set_tenant(&late, "trial_ends_at = now() - interval '1 day'");
	assert_int_equal(ask(web, "GET", late.host, "/api/leads", HEADERS(bearer(web, late.key)), NULL)->status, 200);
	assert_true(says(ask(web, "GET", late.host, "/", HEADERS(session_cookie(web, late.session)), NULL), "The trial is over"));
	answer = ask(web, "POST", late.host, "/api/leads", HEADERS(bearer(web, late.key), json), "{\"name\":\"A\"}");
	assert_int_equal(answer->status, 402);
	assert_true(says(answer, "\"code\":\"trial_ended\"") && says(answer, "Professional"));
	answer = ask(web, "POST", late.host, "/leads", HEADERS(session_cookie(web, late.session), form), arena_printf(web->arena, "csrf=%s&name=A", csrf).p);
	assert_int_equal(answer->status, 402);
	assert_int_equal(workspace_rows(&late, "leads"), 0);
	/* Signing out is always possible. */
	assert_int_equal(ask(web, "POST", late.host, "/logout", HEADERS(session_cookie(web, late.session), form), arena_printf(web->arena, "csrf=%s", csrf).p)->status, 303);
	assert_int_equal(ask(web, "GET", late.host, "/", HEADERS(session_cookie(web, late.session)), NULL)->status, 303);
}

static void a_suspended_workspace_shows_a_notice_and_nothing_else(void **state)
{
	struct workspace closed;
	struct str hosts[2];

	(void)state;
	workspace_make(web, "closed", &closed);
	set_tenant(&closed, "status = 'suspended'");
	assert_int_equal(ask(web, "GET", closed.host, "/", HEADERS(session_cookie(web, closed.session)), NULL)->status, 403);
	assert_true(says(ask(web, "GET", closed.host, "/login", NO_HEADERS, NULL), "suspended"));
	assert_int_equal(ask(web, "GET", closed.host, "/leads", NO_HEADERS, NULL)->status, 403);
	assert_int_equal(ask(web, "POST", closed.host, "/api/auth/login", HEADERS("content-type: application/json"), "{}")->status, 403);
	hosts[0] = closed.host;
	hosts[1] = web_host(web, STR("api"));
	for (size_t i = 0; i < 2; i++) {
		const struct response *answer = ask(web, "GET", hosts[i], "/api/leads", HEADERS(bearer(web, closed.key)), NULL);

		assert_int_equal(answer->status, 403);
		assert_true(says(answer, "workspace_closed"));
	}
	set_tenant(&closed, "deleted_at = now()");
	assert_int_equal(ask(web, "GET", closed.host, "/", NO_HEADERS, NULL)->status, 404);
}

/* ---- transactions ---- */

static void a_commit_that_fails_is_a_503_and_nothing_is_there(void **state)
{
	const struct response *answer;

	(void)state;
	test_sql("CREATE FUNCTION test_die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$");
	test_sql("GRANT EXECUTE ON FUNCTION test_die() TO demand_app");
	test_sql("CREATE CONSTRAINT TRIGGER test_die AFTER INSERT ON leads DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.name = 'Dies at commit')"
	         " EXECUTE FUNCTION test_die()");
	answer = api("POST", "/api/leads", "{\"name\":\"Dies at commit\"}");
	test_sql("DROP TRIGGER test_die ON leads");
	test_sql("DROP FUNCTION test_die()");
	assert_int_equal(answer->status, 503);
	assert_true(header_says(answer, "Content-Type", "application/problem+json"));
	assert_true(str_absent(web_answer_header(answer, "Location")));
	assert_true(str_absent(web_answer_header(answer, "ETag")));
	assert_true(str_is(test_sql_value("SELECT count(*)::text FROM leads WHERE name = 'Dies at commit'"), "0"));
	/* The connection mends itself. */
	for (int i = 0; i < 30 && api("GET", "/api/leads", NULL)->status != 200; i++)
		(void)test_sql_value("SELECT pg_sleep(0.1)::text");
	assert_int_equal(api("GET", "/api/leads", NULL)->status, 200);
}

static void used_up_memory_costs_one_request(void **state)
{
	struct header headers[] = {{STR("authorization"), arena_printf(web->arena, "Bearer %.*s", STR_FMT_ARG(acme.key))}};
	struct request request = {.method = METHOD_GET, .path = STR("/api/leads"), .query = STR(""), .host = acme.host, .address = STR("127.0.0.1"),
	                          .request_id = STR("0"), .headers = headers, .header_count = 1, .body = STR(""), .started = clock_monotonic()};
	bool refused = false, served = false;

	(void)state;
	/* From far too little to enough: wherever it runs out, the answer is a 413 and the next request is served. */
	for (size_t most = 1024; !served && most < (size_t)4 << 20; most += most / 8) {
		struct arena *arena = arena_new(most);
		struct response response = {0};

		dispatch_request(&web->app, arena, &request, &response);
		assert_true(response.status == 413 || response.status == 200);
		refused = refused || response.status == 413;
		served = response.status == 200;
		arena_free(arena);
		assert_int_equal(api("GET", "/api/leads", NULL)->status, 200);
	}
	assert_true(refused && served);
}

/* ---- rates and counters ---- */

static void too_many_requests_are_a_429(void **state)
{
	struct shared *real = web->app.shared;
	const struct response *answer;
	struct token made_up;
	int allowed = 0;

	(void)state;
	web->app.shared = shared_new(1, 1); /* one percent: a burst of three reads */
	do
		answer = api("GET", "/api/leads", NULL);
	while (answer->status == 200 && ++allowed < 100);
	assert_int_equal(answer->status, 429);
	assert_in_range(allowed, 3, 4);
	assert_true(header_says(answer, "RateLimit", ";r=0;t="));
	assert_false(str_absent(web_answer_header(answer, "Retry-After")));
	assert_true(says(answer, "rate_limited"));
	/* Another credential has its own bucket; made-up ones share their address's. */
	assert_int_equal(ask(web, "GET", other.host, "/api/leads", HEADERS(bearer(web, other.key)), NULL)->status, 200);
	token_make(web->arena, TOKEN_API_KEY, other.tenant->code, &made_up);
	assert_int_equal(ask(web, "GET", other.host, "/api/leads", HEADERS(bearer(web, made_up.text)), NULL)->status, 401);
	token_make(web->arena, TOKEN_API_KEY, other.tenant->code, &made_up);
	assert_int_equal(ask(web, "GET", other.host, "/api/leads", HEADERS(bearer(web, made_up.text)), NULL)->status, 429);
	assert_int_equal(ask(web, "GET", acme.host, "/health", NO_HEADERS, NULL)->status, 200);
	shared_free(web->app.shared);
	web->app.shared = real;
}

static int64_t calls_in_table(const struct workspace *w)
{
	char id[UUID_TEXT_LENGTH + 1];
	int64_t calls = 0;

	uuid_print(w->tenant->id, id);
	assert_true(str_to_int64(test_sql_value("SELECT coalesce(sum(metric_value), 0)::text FROM tenant_usage WHERE tenant_id = '%s' AND metric_name = 'api_calls'", id), &calls));
	return calls;
}

static void api_calls_are_counted_and_written(void **state)
{
	struct workspace counted;

	(void)state;
	workspace_make(web, "counted", &counted);
	for (int i = 0; i < 3; i++)
		assert_int_equal(ask(web, "GET", counted.host, "/api/leads", HEADERS(bearer(web, counted.key)), NULL)->status, 200);
	/* Neither pages nor refused credentials count. */
	(void)ask(web, "GET", counted.host, "/leads", HEADERS(session_cookie(web, counted.session)), NULL);
	(void)ask(web, "GET", counted.host, "/api/leads", NO_HEADERS, NULL);
	usage_flush(&web->app, web->arena, true);
	assert_int_equal(calls_in_table(&counted), 3);
	usage_flush(&web->app, web->arena, true);
	assert_int_equal(calls_in_table(&counted), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_hosts_answer_alike_and_tell_nothing),
		cmocka_unit_test(addresses_that_are_none_are_refused),
		cmocka_unit_test(methods_are_answered_by_the_table),
		cmocka_unit_test(every_answer_has_the_fixed_headers),
		cmocka_unit_test(cookies_sent_twice_are_refused),
		cmocka_unit_test(api_credentials),
		cmocka_unit_test(operators_are_operators_on_the_admin_host_alone),
		cmocka_unit_test(what_needs_no_database_does_not_ask_it),
		cmocka_unit_test(pages_without_a_session_lead_to_the_log_in),
		cmocka_unit_test(forms_are_taken_from_our_own_pages_alone),
		cmocka_unit_test(forms_of_strangers_are_bound_to_their_visit),
		cmocka_unit_test(a_form_that_cannot_be_read),
		cmocka_unit_test(api_bodies),
		cmocka_unit_test(a_body_over_the_cap_is_a_413),
		cmocka_unit_test(roles_are_asked_of_the_table),
		cmocka_unit_test(an_ended_trial_reads_and_does_not_write),
		cmocka_unit_test(a_suspended_workspace_shows_a_notice_and_nothing_else),
		cmocka_unit_test(a_commit_that_fails_is_a_503_and_nothing_is_there),
		cmocka_unit_test(used_up_memory_costs_one_request),
		cmocka_unit_test(too_many_requests_are_a_429),
		cmocka_unit_test(api_calls_are_counted_and_written),
	};

	return cmocka_run_group_tests(tests, open_web, close_web);
}
