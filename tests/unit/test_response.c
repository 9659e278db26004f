/* Requests out of FastCGI parameters, and the headers of an answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi/request.h"
#include "fcgi/response.h"

static struct arena *arena;

static int make(void **state)
{
	(void)state;
	arena = arena_new((size_t)4 << 20);
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void a_request_is_read(void **state)
{
	static const char *const parameters[] = {
		"REQUEST_METHOD=POST",
		"REQUEST_URI=/api/leads?limit=5&q=a?b",
		"HOST_NAME=Acme-HVAC.demand.localhost",
		"REMOTE_ADDR=203.0.113.7",
		"REQUEST_ID=0123456789abcdef0123456789abcdef",
		"HTTP_X_API_KEY=tk_1",
		"HTTP_HOST=ignored.example:8443",
		"CONTENT_TYPE=application/json",
		"CONTENT_LENGTH=12",
		"HTTP_EMPTY=",
		"SSL_SERVER_NAME=x",
		"no equals sign",
		NULL,
	};
	struct request *request = request_from_parameters(arena, parameters);

	(void)state;
	assert_int_equal(request->method, METHOD_POST);
	assert_true(str_is(request->path, "/api/leads"));
	assert_true(str_is(request->query, "limit=5&q=a?b"));
	assert_true(str_is(request->host, "acme-hvac.demand.localhost"));
	assert_true(str_is(request->address, "203.0.113.7"));
	assert_true(str_is(request->request_id, "0123456789abcdef0123456789abcdef"));
	assert_true(str_is(request_header(request, "x-api-key", NULL), "tk_1"));
	assert_true(str_is(request_header(request, "content-type", NULL), "application/json"));
	assert_true(str_absent(request_header(request, "empty", NULL)));
	assert_int_equal(request_content_length(request), 12);
}

static void what_is_missing_is_harmless(void **state)
{
	static const char *const nothing[] = {NULL};
	static const char *const odd[] = {"REQUEST_METHOD=get", "REQUEST_ID=../../etc", "HTTP_HOST=a_b.example:8443",
					  "CONTENT_LENGTH=-5", NULL};
	struct request *request = request_from_parameters(arena, nothing);

	(void)state;
	assert_int_equal(request->method, METHOD_OTHER);
	assert_int_equal(request->path.n, 0);
	assert_int_equal(request->request_id.n, 32);
	request = request_from_parameters(arena, odd);
	assert_int_equal(request->method, METHOD_OTHER);
	assert_int_equal(request->request_id.n, 32);
	/* An underscore in a host is not a hyphen. */
	assert_true(str_is(request->host, "a_b.example"));
	assert_int_equal(request_content_length(request), -1);
}

static void too_many_headers_are_noticed(void **state)
{
	const char *parameters[REQUEST_HEADERS_MOST + 51];
	bool twice;
	struct request *request;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(parameters) - 1; i++)
		parameters[i] = "HTTP_X=1";
	parameters[COUNT_OF(parameters) - 1] = NULL;
	request = request_from_parameters(arena, parameters);
	assert_true(request->header_count > REQUEST_HEADERS_MOST);
	assert_true(str_is(request_header(request, "x", &twice), "1"));
	assert_true(twice);
}

static void headers_cannot_be_split(void **state)
{
	struct response response = response_in(arena);

	(void)state;
	response_header(&response, "Location", STR("/a\r\nSet-Cookie: x=1"));
	response_header(&response, "X-Nul", ((struct str){"a\0b", 3}));
	assert_int_equal(response.headers.length, 0);
	response_header(&response, "Location", STR("/a"));
	assert_string_equal(response.headers.bytes, "Location: /a\r\n");
}

static void headers_are_found_and_taken_back(void **state)
{
	struct response response = response_in(arena);

	(void)state;
	response_header(&response, "ETag", STR("\"3\""));
	response_cookie(&response, "__Host-a", STR("1"), 60);
	response_header(&response, "Location", STR("/x:y"));
	response_cookie(&response, "__Host-b", STR("2"), 0);
	assert_true(str_is(response_get(&response, "location"), "/x:y"));
	assert_true(str_is(response_get(&response, "Set-Cookie"),
			   "__Host-a=1; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax"));
	assert_true(str_absent(response_get(&response, "Allow")));
	response_drop(&response, "set-cookie");
	assert_true(str_equal(buffer_str(&response.headers), STR("ETag: \"3\"\r\nLocation: /x:y\r\n")));
	response_drop(&response, "ETag");
	response_drop(&response, "Location");
	assert_int_equal(response.headers.length, 0);
}

static void every_error_has_its_reason(void **state)
{
	static const int statuses[] = {200, 201, 204, 303, 400, 401, 402, 403, 404, 405,
				       409, 412, 413, 415, 422, 428, 429, 500, 503};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(statuses); i++)
		assert_true(response_reason(statuses[i])[0] != '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_read),
		cmocka_unit_test(what_is_missing_is_harmless),
		cmocka_unit_test(too_many_headers_are_noticed),
		cmocka_unit_test(headers_cannot_be_split),
		cmocka_unit_test(headers_are_found_and_taken_back),
		cmocka_unit_test(every_error_has_its_reason),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}
