/* Idempotency-Key: the same POST twice is one row and one answer, also when both come at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/web/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define TWINS 6

static struct web *web;
static struct workspace acme;

static int open_web(void **state)
{
	(void)state;
	web = web_open();
	workspace_make(web, "acme", &acme);
	return 0;
}

static int close_web(void **state)
{
	(void)state;
	web_close(web);
	return 0;
}

static const struct response *create(struct str credential, const char *key, const char *body)
{
	return ask(web, "POST", acme.host, "/api/leads",
		   HEADERS(bearer(web, credential), "content-type: application/json",
			   arena_printf(web->arena, "idempotency-key: %s", key).p),
		   body);
}

static bool replayed(const struct response *response)
{
	return header_says(response, "Idempotent-Replayed", "true");
}

static void a_repeated_request_gets_the_first_answer(void **state)
{
	int64_t before = workspace_rows(&acme, "leads");
	const struct response *first = create(acme.key, "repeat-1", "{\"name\":\"Once\"}"),
			      *second = create(acme.key, "repeat-1", "{\"name\":\"Once\"}");

	(void)state;
	assert_int_equal(first->status, 201);
	assert_false(replayed(first));
	assert_int_equal(second->status, 201);
	assert_true(replayed(second));
	assert_true(str_equal(buffer_str(&first->body), buffer_str(&second->body)));
	assert_true(str_equal(web_answer_header(first, "Location"), web_answer_header(second, "Location")));
	assert_true(str_equal(web_answer_header(first, "ETag"), web_answer_header(second, "ETag")));
	assert_true(header_says(second, "Content-Type", "application/json"));
	assert_int_equal(workspace_rows(&acme, "leads"), before + 1);
	/* Another key, another actor: another request. */
	assert_false(replayed(create(acme.key, "repeat-2", "{\"name\":\"Once\"}")));
	assert_false(replayed(create(acme.session, "repeat-1", "{\"name\":\"Once\"}")));
	assert_int_equal(workspace_rows(&acme, "leads"), before + 3);
}

static void a_key_belongs_to_one_body(void **state)
{
	const struct response *answer;

	(void)state;
	assert_int_equal(create(acme.key, "body-1", "{\"name\":\"One\"}")->status, 201);
	answer = create(acme.key, "body-1", "{\"name\":\"Two\"}");
	assert_int_equal(answer->status, 422);
	assert_true(says(answer, "\"code\":\"idempotency_key_reused\""));
	assert_true(replayed(create(acme.key, "body-1", "{\"name\":\"One\"}")));
}

static void a_failed_request_leaves_its_key_free(void **state)
{
	(void)state;
	assert_int_equal(create(acme.key, "failed-1", "{\"name\":\"\"}")->status, 422);
	assert_int_equal(create(acme.key, "failed-1", "{\"name\":\"Now right\"}")->status, 201);
}

static void an_old_key_is_free_again_and_old_rows_go(void **state)
{
	char id[UUID_TEXT_LENGTH + 1];

	(void)state;
	uuid_print(acme.tenant->id, id);
	assert_int_equal(create(acme.key, "old-1", "{\"name\":\"Old\"}")->status, 201);
	assert_int_equal(create(acme.key, "old-2", "{\"name\":\"Old\"}")->status, 201);
	test_sql("UPDATE idempotency_keys SET created_at = created_at - interval '25 hours' WHERE tenant_id = '%s' AND "
		 "key LIKE 'old-%%'",
		 id);
	assert_false(replayed(create(acme.key, "old-1", "{\"name\":\"Another body\"}")));
	assert_true(str_is(
		test_sql_value(
			"SELECT count(*)::text FROM idempotency_keys WHERE tenant_id = '%s' AND key LIKE 'old-%%'", id),
		"1"));
}

static void bad_keys_and_wrong_addresses_are_refused(void **state)
{
	struct buffer text = BUFFER_IN(web->arena);

	(void)state;
	for (size_t i = 0; i < 256; i++)
		buffer_add_char(&text, 'k');
	assert_int_equal(create(acme.key, text.bytes, "{\"name\":\"A\"}")->status, 400);
	assert_int_equal(create(acme.key, "with space", "{\"name\":\"A\"}")->status, 400);
	assert_int_equal(create(acme.key, "\xc3\xa9", "{\"name\":\"A\"}")->status, 400);
	assert_int_equal(ask(web, "POST", acme.host, "/api/users",
			     HEADERS(bearer(web, acme.key), "content-type: application/json", "idempotency-key: k"),
			     "{}")
				 ->status,
			 400);
}

/* In a process of its own, with connections of its own: prints status, replayed and body. */
static void be_a_twin(int out)
{
	const struct response *answer;
	char line[4096];
	int length;

	web->app.app_pg = pg_new(test_conninfo(), "demand_app");
	web->app.auth_pg = pg_new(test_conninfo(), "demand_auth");
	web->app.resolver = resolver_new(web->app.app_pg);
	answer = create(acme.key, "twins", "{\"name\":\"Twins\"}");
	length = snprintf(line, sizeof(line), "%d %d %.*s", answer->status, replayed(answer),
			  STR_FMT_ARG(buffer_str(&answer->body)));
	_exit(length > 0 && write(out, line, (size_t)length) == length ? 0 : 1);
}

static void twins_at_once_are_one_row_and_one_answer(void **state)
{
	int64_t before = workspace_rows(&acme, "leads");
	struct str bodies[TWINS];
	int pipes[TWINS][2], fresh = 0;
	pid_t children[TWINS];

	(void)state;
	for (size_t i = 0; i < TWINS; i++) {
		assert_int_equal(pipe(pipes[i]), 0);
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] == 0)
			be_a_twin(pipes[i][1]);
	}
	for (size_t i = 0; i < TWINS; i++) {
		char line[4096];
		ssize_t length = read(pipes[i][0], line, sizeof(line) - 1);
		int status;

		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
		assert_true(length > 6);
		bodies[i] = arena_copy(web->arena, (struct str){line, (size_t)length});
		assert_true(str_starts(bodies[i], STR("201 ")));
		fresh += bodies[i].p[4] == '0';
		bodies[i] = (struct str){bodies[i].p + 6, bodies[i].n - 6};
		assert_true(str_equal(bodies[i], bodies[0]));
		(void)close(pipes[i][0]);
		(void)close(pipes[i][1]);
	}
	assert_int_equal(fresh, 1);
	assert_int_equal(workspace_rows(&acme, "leads"), before + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_repeated_request_gets_the_first_answer),
		cmocka_unit_test(a_key_belongs_to_one_body),
		cmocka_unit_test(a_failed_request_leaves_its_key_free),
		cmocka_unit_test(an_old_key_is_free_again_and_old_rows_go),
		cmocka_unit_test(bad_keys_and_wrong_addresses_are_refused),
		cmocka_unit_test(twins_at_once_are_one_row_and_one_answer),
	};

	return cmocka_run_group_tests(tests, open_web, close_web);
}
