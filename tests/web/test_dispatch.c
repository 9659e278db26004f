/* Every step of the way of a request (fcgi/dispatch.c), in process, over the real route table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/web/support.h"

#include "lib/base/clock.h"

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
	return ask(web, method, acme.host, path, HEADERS(bearer(web, acme.key), "content-type: application/json"),
		   body);
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
	static const char *const hosts[] = {"evil.example",
					    "no-such-company.demand.localhost",
					    "smtp.demand.localhost",
					    "a.b.demand.localhost",
					    "",
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
	assert_int_equal(
		ask(web, "PUT", STR("no-such-company.demand.localhost"), "/api/leads", NO_HEADERS, NULL)->status, 404);
}

static void addresses_that_are_none_are_refused(void **state)
{
	static const struct {
		const char *path;
		int status;
	} cases[] = {
		{"", 400},
		{"leads", 400},
		{"/lea\x01"
		 "ds",
		 400},
		{"/le ads", 400},
		{"/\x7f", 400},
		{"/leads?q=%zz", 400},
		{"/leads?q=%00", 400},
		{"/leads/not-a-uuid", 404},
		{"/leads/", 404},
		{"//leads", 404},
		{"/%zz", 404},
		{"/leads/%2e%2e", 404},
		{"/a/b/c/d/e/f/g/h/i/j", 404},
	};
	struct buffer query = BUFFER_IN(web->arena);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(
			ask(web, "GET", acme.host, cases[i].path, HEADERS(session_cookie(web, acme.session)), NULL)
				->status,
			cases[i].status);
	BUFFER_LITERAL(&query, "/leads?q=");
	for (size_t i = 0; i < 8192; i++)
		buffer_add_char(&query, 'a');
	assert_int_equal(ask(web, "GET", acme.host, query.bytes, NO_HEADERS, NULL)->status, 400);
	/* An escaped letter is the letter. */
	assert_int_equal(
		ask(web, "GET", acme.host, "/%6ceads", HEADERS(session_cookie(web, acme.session)), NULL)->status, 200);
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
	assert_true(header_says(answers[6], "Content-Security-Policy",
				"form-action 'self' https://*.demand.localhost:8443;"));
	assert_false(header_says(answers[0], "Content-Security-Policy", "https://*"));
	assert_true(header_says(answers[7], "RateLimit-Policy", "\"read\";q="));
	assert_true(header_says(answers[7], "RateLimit", "\"read\";r="));
	/* What is the same for everybody may be kept, but asked for anew. */
	assert_true(header_says(ask(web, "GET", web_host(web, STR("")), "/", NO_HEADERS, NULL), "Cache-Control",
				"no-cache"));
}

/* ---- forms ---- */

static int post_lead(const char *csrf, const char *const *more)
{
	const char *headers[8] = {session_cookie(web, acme.session), "content-type: application/x-www-form-urlencoded"};

	for (size_t i = 2; *more; i++, more++)
		headers[i] = *more;
	return ask(web, "POST", acme.host, "/leads", headers,
		   arena_printf(web->arena, "csrf=%s&name=From+a+form", csrf).p)
		->status;
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
	body = arena_printf(web->arena, "csrf=%.*s&email=nobody%%40example.com&password=wrong-password-of-a-stranger",
			    STR_FMT_ARG(token))
		       .p;
	assert_int_equal(ask(web, "POST", acme.host, "/login", HEADERS(type), body)->status, 403);
	assert_int_equal(ask(web, "POST", acme.host, "/login",
			     HEADERS(type, "cookie: __Host-visit=00000000000000000000000000000000"), body)
				 ->status,
			 403);
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
	assert_int_equal(
		ask(web, "POST", acme.host, "/leads", HEADERS(cookie, "content-type: text/plain"), "csrf=1")->status,
		415);
	assert_int_equal(ask(web, "POST", acme.host, "/leads", HEADERS(cookie), "csrf=1")->status, 415);
	assert_int_equal(ask(web, "POST", acme.host, "/leads",
			     HEADERS(cookie, "content-type: application/x-www-form-urlencoded"), "csrf=%zz")
				 ->status,
			 400);
	assert_int_equal(
		ask(web, "POST", acme.host, "/leads", HEADERS(cookie, "content-type: multipart/form-data"), "csrf=1")
			->status,
		400);
}

/* ---- API bodies ---- */

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
		answer = ask(web, "POST", acme.host, "/api/leads", HEADERS(bearer(web, acme.key), cases[i].type),
			     cases[i].body);
		if (answer->status != cases[i].status)
			fail_msg("case %zu: %d instead of %d", i, answer->status, cases[i].status);
		assert_int_equal(header_says(answer, "Content-Type", "application/problem+json"),
				 answer->status >= 400);
	}
	answer = api("POST", "/api/leads", "{\"nmae\":\"A\"}");
	assert_true(says(answer, "\"field\":\"nmae\"") && says(answer, "\"field\":\"name\"") &&
		    says(answer, "\"status\":422"));
	assert_int_equal(api("GET", "/api/leads", "{}")->status, 400);
	assert_int_equal(api("GET", "/api/leads?no_such_parameter=1", NULL)->status, 422);
}

static void a_body_over_the_cap_is_a_413(void **state)
{
	struct arena *arena = arena_new((size_t)8 << 20);
	struct header headers[] = {{STR("content-type"), STR("application/json")}};
	struct request request = {.method = METHOD_POST,
				  .path = STR("/api/leads"),
				  .query = STR(""),
				  .host = acme.host,
				  .address = STR("127.0.0.1"),
				  .request_id = STR("0"),
				  .headers = headers,
				  .header_count = 1,
				  .body = STR(""),
				  .body_too_big = true,
				  .started = clock_monotonic()};
	struct response response = {0};

	(void)state;
	dispatch_request(&web->app, arena, &request, &response);
	assert_int_equal(response.status, 413);
	arena_free(arena);
}

/* ---- transactions ---- */

static void a_commit_that_fails_is_a_503_and_nothing_is_there(void **state)
{
	const struct response *answer;

	(void)state;
	test_sql("CREATE FUNCTION test_die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
		 "pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$");
	test_sql("GRANT EXECUTE ON FUNCTION test_die() TO demand_app");
	test_sql("CREATE CONSTRAINT TRIGGER test_die AFTER INSERT ON leads DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
		 "WHEN (NEW.name = 'Dies at commit')"
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
	struct header headers[] = {
		{STR("authorization"), arena_printf(web->arena, "Bearer %.*s", STR_FMT_ARG(acme.key))}};
	struct request request = {.method = METHOD_GET,
				  .path = STR("/api/leads"),
				  .query = STR(""),
				  .host = acme.host,
				  .address = STR("127.0.0.1"),
				  .request_id = STR("0"),
				  .headers = headers,
				  .header_count = 1,
				  .body = STR(""),
				  .started = clock_monotonic()};
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_hosts_answer_alike_and_tell_nothing),
		cmocka_unit_test(addresses_that_are_none_are_refused),
		cmocka_unit_test(methods_are_answered_by_the_table),
		cmocka_unit_test(every_answer_has_the_fixed_headers),
		cmocka_unit_test(forms_are_taken_from_our_own_pages_alone),
		cmocka_unit_test(forms_of_strangers_are_bound_to_their_visit),
		cmocka_unit_test(a_form_that_cannot_be_read),
		cmocka_unit_test(api_bodies),
		cmocka_unit_test(a_body_over_the_cap_is_a_413),
		cmocka_unit_test(a_commit_that_fails_is_a_503_and_nothing_is_there),
		cmocka_unit_test(used_up_memory_costs_one_request),
	};

	return cmocka_run_group_tests(tests, open_web, close_web);
}
