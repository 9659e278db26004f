#include "tests/web/client.h"

#include "fcgi/shared.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/crm/entities.h"
#include "lib/entity/trash.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

/* A thousand times the product's rates: what is tested here is not how often one may come. */
#define RATE_SCALE_OF_TESTS 100000

static struct templates *strict_templates(struct arena *arena)
{
	struct buffer complaints = BUFFER_IN(arena);
	const char *root = getenv("srcdir");
	struct templates *templates =
		templates_load(arena_printf(arena, "%s/templates", root ? root : ".").p, TEMPLATE_STRICT, &complaints);

	if (!templates)
		fail_msg("%s", complaints.bytes);
	return templates;
}

struct web *web_open(void)
{
	static const uint8_t pepper[32] = "a pepper of tests and no other..";
	struct arena *arena = arena_new((size_t)2 << 30);
	struct web *web = ARENA_NEW(arena, struct web);
	struct buffer complaints = BUFFER_IN(arena);
	uint8_t key[32];

	log_start("web-test", LOG_ERROR);
	web->arena = arena;
	if (sodium_init() < 0 || !config_load(&web->config, NULL, &complaints) || !routes_check(&complaints))
		fail_msg("%s", complaints.bytes ? complaints.bytes : "no configuration");
	token_pepper(pepper);
	token_derive_key("cursor", key);
	entity_list_key(key);
	entity_catalogue(entities, entities_count);
	web->app = (struct app){
		.config = &web->config,
		.templates = strict_templates(arena),
		.shared = shared_new(1, RATE_SCALE_OF_TESTS),
		.app_pg = test_pg_app(),
		.auth_pg = test_pg_auth(),
	};
	web->app.resolver = resolver_new(web->app.app_pg);
	return web;
}

void web_close(struct web *web)
{
	resolver_free(web->app.resolver);
	shared_free(web->app.shared);
	templates_free((struct templates *)(uintptr_t)web->app.templates);
	test_database_close();
	arena_free(web->arena);
}

struct str web_host(struct web *web, struct str label)
{
	return label.n ? arena_printf(web->arena, "%.*s.%s", STR_FMT_ARG(label), web->config.base_domain)
		       : str_from(web->config.base_domain);
}

void web_header(struct web_request *request, const char *name, struct str value)
{
	assert_true(request->header_count < COUNT_OF(request->headers));
	request->headers[request->header_count++] = (struct header){str_from(name), value};
}

const struct response *web_send(struct web *web, const struct web_request *wanted)
{
	struct response *response = ARENA_NEW(web->arena, struct response);
	struct arena *arena = arena_new((size_t)64 << 20);
	struct response answer = {0};
	struct str rest = wanted->path, path = str_split(&rest, '?');
	uint8_t random[16];
	struct request request = {
		.method = wanted->method,
		.path = path,
		.query = str_absent(rest) ? STR("") : rest,
		.host = wanted->host,
		.address = STR("127.0.0.1"),
		.headers = wanted->headers,
		.header_count = wanted->header_count,
		.body = str_absent(wanted->body) ? STR("") : wanted->body,
		.body_too_big = wanted->too_big,
		.started = clock_monotonic(),
	};

	random_bytes(random, sizeof random);
	web->request_id = hex_encode(web->arena, random, sizeof random);
	request.request_id = web->request_id;
	dispatch_request(&web->app, arena, &request, &answer);
	/* The request's own memory goes, as in a worker; what the test looks at is a copy. */
	response->status = answer.status;
	response->no_body = answer.no_body;
	response->headers = BUFFER_IN(web->arena);
	response->body = BUFFER_IN(web->arena);
	buffer_add(&response->headers, buffer_str(&answer.headers).p, answer.headers.length);
	buffer_add(&response->body, buffer_str(&answer.body).p, answer.body.length);
	arena_free(arena);
	return response;
}

struct str web_answer_header(const struct response *response, const char *name)
{
	struct str rest = buffer_str(&response->headers);

	while (!str_absent(rest) && rest.n > 0) {
		struct str line = str_split(&rest, '\n'), value = line, found = str_split(&value, ':');

		if (str_equal_nocase(found, str_from(name)))
			return str_trim(value);
	}
	return STR_NONE;
}

struct str web_csrf(struct web *web, struct str slug, struct str session_token)
{
	static const char mark[] = "name=\"csrf\" value=\"";
	struct web_request request = {.method = METHOD_GET, .host = web_host(web, slug), .path = STR("/leads/new")};
	const struct response *page;
	const char *at;
	struct str rest;

	web_header(&request, "cookie", arena_printf(web->arena, "__Host-session=%.*s", STR_FMT_ARG(session_token)));
	page = web_send(web, &request);
	at = page->body.bytes ? strstr(page->body.bytes, mark) : NULL;
	if (!at)
		fail_msg("no form token on /leads/new: status %d", page->status);
	rest = str_from(at + sizeof mark - 1);
	return str_split(&rest, '"');
}
