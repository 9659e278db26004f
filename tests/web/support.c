#include "tests/web/support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi/request.h"

#include "lib/tenant/api_key.h"
#include "lib/tenant/provision.h"
#include "lib/tenant/session.h"

static struct record *input(struct web *web, const struct entity *entity, const char *const *pairs)
{
	struct record *record = record_new(web->arena, entity);
	struct value *body = value_map(web->arena);

	for (; *pairs; pairs += 2)
		value_put_text(body, pairs[0], pairs[1]);
	assert_int_equal(record_from_json(record, WRITE_CREATE, body, errors_new(web->arena)), OK);
	return record;
}

static struct str make_key(struct web *web, struct ttx *tx, const struct workspace *w, const char *role)
{
	struct principal owner = {.kind = CREDENTIAL_SESSION,
				  .user_id = w->owner,
				  .role = ROLE_OWNER,
				  .name = STR("Owner"),
				  .email = STR("")};
	struct record *record = input(web, &api_key_entity, HEADERS("name", role, "role", role));
	struct api_key *key;

	assert_int_equal(api_key_create(tx, w->tenant, &owner, record, errors_new(web->arena), &key), OK);
	return key->secret;
}

void workspace_make(struct web *web, const char *stem, struct workspace *out)
{
	struct session_origin origin = {STR_NONE, STR_NONE};
	struct errors *errors = errors_new(web->arena);
	struct tenant_made made;
	struct session session;
	struct stx *stx;
	struct ttx *tx;
	uint8_t bytes[4];

	random_bytes(bytes, sizeof(bytes));
	*out = (struct workspace){.slug = arena_printf(web->arena, "%s-%.*s", stem,
						       STR_FMT_ARG(hex_encode(web->arena, bytes, sizeof(bytes))))};
	out->host = web_host(web, out->slug);
	stx = stx_begin(web->app.auth_pg, web->arena, "test", TX_WRITE);
	assert_int_equal(
		tenant_create(stx,
			      input(web, &tenant_create_entity,
				    HEADERS("name", stem, "slug", out->slug.p, "owner_email",
					    arena_printf(web->arena, "owner@%s.example", out->slug.p).p, "owner_name",
					    "Olivia Owner", "owner_password", "garden-gate-squeaks-twice")),
			      errors, &made),
		OK);
	assert_int_equal(stx_commit(stx), OK);
	out->owner = made.user_id;
	assert_int_equal(resolver_by_slug(web->app.resolver, web->arena, out->slug, &out->tenant), OK);
	tx = ttx_begin(web->app.app_pg, web->arena, out->tenant->scope, TX_WRITE);
	out->key = make_key(web, tx, out, "admin");
	out->viewer_key = make_key(web, tx, out, "viewer");
	assert_int_equal(session_start(tx, out->tenant, made.user_id, &origin, &session), OK);
	out->session = session.token;
	assert_int_equal(ttx_commit(tx), OK);
}

void workspace_forget(struct web *web)
{
	resolver_free(web->app.resolver);
	web->app.resolver = resolver_new(web->app.app_pg);
}

int64_t workspace_rows(const struct workspace *w, const char *table)
{
	char id[UUID_TEXT_LENGTH + 1];
	int64_t count = -1;

	uuid_print(w->tenant->id, id);
	assert_true(str_to_int64(test_sql_value("SELECT count(*) FROM %s WHERE tenant_id = '%s'", table, id), &count));
	return count;
}

const struct response *ask(struct web *web, const char *method, struct str host, const char *path,
			   const char *const *headers, const char *body)
{
	struct web_request request = {
		.method = method_find(str_from(method)), .host = host, .path = str_from(path), .body = str_from(body)};

	for (; *headers; headers++) {
		struct str value = str_from(*headers), name = str_split(&value, ':');

		web_header(&request, arena_c_string(web->arena, name), str_trim(value));
	}
	return web_send(web, &request);
}

const char *bearer(struct web *web, struct str credential)
{
	return arena_printf(web->arena, "authorization: Bearer %.*s", STR_FMT_ARG(credential)).p;
}

const char *session_cookie(struct web *web, struct str session)
{
	return arena_printf(web->arena, "cookie: __Host-session=%.*s", STR_FMT_ARG(session)).p;
}

bool says(const struct response *response, const char *text)
{
	return memmem(response->body.bytes ? response->body.bytes : "", response->body.length, text, strlen(text)) !=
	       NULL;
}

bool header_says(const struct response *response, const char *name, const char *text)
{
	struct str value = web_answer_header(response, name);

	return !str_absent(value) && memmem(value.p, value.n, text, strlen(text)) != NULL;
}
