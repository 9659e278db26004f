/* Who may: credentials of every kind, roles, tenants that are not open, rates and the count of API calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi/shared.h"
#include "fcgi/usage_flush.h"
#include "tests/web/support.h"

#include "lib/tenant/operator.h"

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

/* ---- credentials ---- */

static void cookies_sent_twice_are_refused(void **state)
{
	(void)state;
	assert_int_equal(
		ask(web, "GET", acme.host, "/", HEADERS("cookie: __Host-session=a; __Host-session=b"), NULL)->status,
		400);
	assert_int_equal(
		ask(web, "GET", acme.host, "/login", HEADERS("cookie: __Host-visit=a; x=1; __Host-visit=b"), NULL)
			->status,
		400);
	assert_int_equal(ask(web, "GET", acme.host, "/login", HEADERS("cookie: a=1", "cookie: b=2"), NULL)->status,
			 400);
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
	assert_int_equal(ask(web, "GET", acme.host, "/api/api-keys", HEADERS(bearer(web, acme.session)), NULL)->status,
			 200);
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
	assert_int_equal(ask(web, "GET", admin, "/api/admin/tenants", HEADERS(bearer(web, acme.key)), NULL)->status,
			 401);
	assert_int_equal(ask(web, "GET", admin, "/api/admin/tenants", NO_HEADERS, NULL)->status, 401);
	assert_int_equal(ask(web, "GET", acme.host, "/api/leads", HEADERS(bearer(web, secret)), NULL)->status, 401);
	assert_int_equal(ask(web, "GET", acme.host, "/api/admin/tenants", HEADERS(bearer(web, secret)), NULL)->status,
			 404);
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
	assert_int_equal(ask(web, "GET", acme.host, "/api/leads", HEADERS(bearer(web, broken(acme.key))), NULL)->status,
			 401);
	assert_int_equal(
		ask(web, "GET", acme.host, "/leads", HEADERS(session_cookie(web, broken(acme.session))), NULL)->status,
		303);
	answer = api("GET", "/api/leads", NULL);
	assert_int_equal(answer->status, 503);
	assert_false(str_absent(web_answer_header(answer, "Retry-After")));
	assert_false(says(answer, "nonexistent"));
	assert_int_equal(ask(web, "GET", acme.host, "/", HEADERS(session_cookie(web, acme.session)), NULL)->status,
			 503);
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
	assert_true(str_is(web_answer_header(ask(web, "POST", acme.host, "/leads", NO_HEADERS, NULL), "Location"),
			   "/login"));
	answer = ask(web, "GET", acme.host, "/leads", HEADERS("hx-request: true"), NULL);
	assert_int_equal(answer->status, 401);
	assert_true(str_is(web_answer_header(answer, "HX-Redirect"), "/login"));
	/* A session that is over: its cookie goes. Another workspace's session is none here. */
	token_make(web->arena, TOKEN_SESSION, acme.tenant->code, &unknown);
	answer = ask(web, "GET", acme.host, "/leads", HEADERS(session_cookie(web, unknown.text)), NULL);
	assert_int_equal(answer->status, 303);
	assert_true(header_says(answer, "Set-Cookie",
				"__Host-session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"));
	assert_int_equal(
		ask(web, "GET", acme.host, "/leads", HEADERS(session_cookie(web, other.session)), NULL)->status, 303);
	/* Signed in already: the log-in page sends on. */
	assert_int_equal(ask(web, "GET", acme.host, "/login", HEADERS(session_cookie(web, acme.session)), NULL)->status,
			 303);
	assert_int_equal(ask(web, "GET", acme.host, "/login", HEADERS(session_cookie(web, unknown.text)), NULL)->status,
			 200);
}

/* ---- roles and status ---- */

static void roles_are_asked_of_the_table(void **state)
{
	(void)state;
	assert_int_equal(ask(web, "GET", acme.host, "/api/leads", HEADERS(bearer(web, acme.viewer_key)), NULL)->status,
			 200);
	assert_int_equal(ask(web, "POST", acme.host, "/api/leads",
			     HEADERS(bearer(web, acme.viewer_key), "content-type: application/json"),
			     "{\"name\":\"A\"}")
				 ->status,
			 403);
	assert_int_equal(ask(web, "GET", acme.host, "/api/users", HEADERS(bearer(web, acme.viewer_key)), NULL)->status,
			 403);
}

static void set_tenant(const struct workspace *w, const char *what)
{
	char id[UUID_TEXT_LENGTH + 1];

	uuid_print(w->tenant->id, id);
	test_sql("UPDATE tenants SET %s WHERE tenant_id = '%s'", what, id);
	workspace_forget(web);
}

static void an_ended_trial_still_shuts_a_key_out(void **state)
{
	const char *json = "content-type: application/json", *owner;
	const struct response *answer;
	struct workspace late;
	const char *id;

	(void)state;
	workspace_make(web, "latekey", &late);
	owner = bearer(web, late.session);
	set_tenant(&late, "trial_ends_at = now() - interval '1 day'");
	answer = ask(web, "POST", late.host, "/api/api-keys", HEADERS(owner, json),
		     "{\"name\":\"A\",\"role\":\"viewer\"}");
	assert_int_equal(answer->status, 402);
	answer = ask(web, "GET", late.host, "/api/api-keys", HEADERS(owner), NULL);
	assert_false(says(answer, "\"is_active\":false"));
	id = strstr(answer->body.bytes, "\"id\":\"");
	assert_non_null(id);
	answer = ask(web, "DELETE", late.host, arena_printf(web->arena, "/api/api-keys/%.36s", id + 6).p,
		     HEADERS(owner), NULL);
	assert_int_equal(answer->status, 204);
	assert_true(says(ask(web, "GET", late.host, "/api/api-keys", HEADERS(owner), NULL), "\"is_active\":false"));
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
	assert_true(says(ask(web, "GET", late.host, "/", HEADERS(session_cookie(web, late.session)), NULL),
			 "The trial is over"));
	answer = ask(web, "POST", late.host, "/api/leads", HEADERS(bearer(web, late.key), json), "{\"name\":\"A\"}");
	assert_int_equal(answer->status, 402);
	assert_true(says(answer, "\"code\":\"trial_ended\"") && says(answer, "Professional"));
	answer = ask(web, "POST", late.host, "/leads", HEADERS(session_cookie(web, late.session), form),
		     arena_printf(web->arena, "csrf=%s&name=A", csrf).p);
	assert_int_equal(answer->status, 402);
	assert_int_equal(workspace_rows(&late, "leads"), 0);
	/* Signing out is always possible. */
	assert_int_equal(ask(web, "POST", late.host, "/logout", HEADERS(session_cookie(web, late.session), form),
			     arena_printf(web->arena, "csrf=%s", csrf).p)
				 ->status,
			 303);
	assert_int_equal(ask(web, "GET", late.host, "/", HEADERS(session_cookie(web, late.session)), NULL)->status,
			 303);
}

static void a_suspended_workspace_shows_a_notice_and_nothing_else(void **state)
{
	struct workspace closed;
	struct str hosts[2];

	(void)state;
	workspace_make(web, "closed", &closed);
	set_tenant(&closed, "status = 'suspended'");
	assert_int_equal(ask(web, "GET", closed.host, "/", HEADERS(session_cookie(web, closed.session)), NULL)->status,
			 403);
	assert_true(says(ask(web, "GET", closed.host, "/login", NO_HEADERS, NULL), "suspended"));
	assert_int_equal(ask(web, "GET", closed.host, "/leads", NO_HEADERS, NULL)->status, 403);
	assert_int_equal(
		ask(web, "POST", closed.host, "/api/auth/login", HEADERS("content-type: application/json"), "{}")
			->status,
		403);
	hosts[0] = closed.host;
	hosts[1] = web_host(web, STR("api"));
	for (size_t i = 0; i < 2; i++) {
		const struct response *answer =
			ask(web, "GET", hosts[i], "/api/leads", HEADERS(bearer(web, closed.key)), NULL);

		assert_int_equal(answer->status, 403);
		assert_true(says(answer, "workspace_closed"));
	}
	set_tenant(&closed, "deleted_at = now()");
	assert_int_equal(ask(web, "GET", closed.host, "/", NO_HEADERS, NULL)->status, 404);
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
	assert_true(says(answer, "rate_limited") && says(answer, "Please try again in "));
	/* Another credential has its own bucket; made-up ones share their address's. */
	assert_int_equal(ask(web, "GET", other.host, "/api/leads", HEADERS(bearer(web, other.key)), NULL)->status, 200);
	token_make(web->arena, TOKEN_API_KEY, other.tenant->code, &made_up);
	assert_int_equal(ask(web, "GET", other.host, "/api/leads", HEADERS(bearer(web, made_up.text)), NULL)->status,
			 401);
	token_make(web->arena, TOKEN_API_KEY, other.tenant->code, &made_up);
	assert_int_equal(ask(web, "GET", other.host, "/api/leads", HEADERS(bearer(web, made_up.text)), NULL)->status,
			 429);
	assert_int_equal(ask(web, "GET", acme.host, "/health", NO_HEADERS, NULL)->status, 200);
	shared_free(web->app.shared);
	web->app.shared = real;
}

static int64_t calls_in_table(const struct workspace *w)
{
	char id[UUID_TEXT_LENGTH + 1];
	int64_t calls = 0;

	uuid_print(w->tenant->id, id);
	assert_true(str_to_int64(test_sql_value("SELECT coalesce(sum(metric_value), 0)::text FROM tenant_usage WHERE "
						"tenant_id = '%s' AND metric_name = 'api_calls'",
						id),
				 &calls));
	return calls;
}

static void api_calls_are_counted_and_written(void **state)
{
	struct workspace counted;

	(void)state;
	workspace_make(web, "counted", &counted);
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			ask(web, "GET", counted.host, "/api/leads", HEADERS(bearer(web, counted.key)), NULL)->status,
			200);
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
		cmocka_unit_test(cookies_sent_twice_are_refused),
		cmocka_unit_test(api_credentials),
		cmocka_unit_test(operators_are_operators_on_the_admin_host_alone),
		cmocka_unit_test(what_needs_no_database_does_not_ask_it),
		cmocka_unit_test(pages_without_a_session_lead_to_the_log_in),
		cmocka_unit_test(roles_are_asked_of_the_table),
		cmocka_unit_test(an_ended_trial_reads_and_does_not_write),
		cmocka_unit_test(an_ended_trial_still_shuts_a_key_out),
		cmocka_unit_test(a_suspended_workspace_shows_a_notice_and_nothing_else),
		cmocka_unit_test(too_many_requests_are_a_429),
		cmocka_unit_test(api_calls_are_counted_and_written),
	};

	return cmocka_run_group_tests(tests, open_web, close_web);
}
