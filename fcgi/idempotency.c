#include "fcgi/idempotency.h"
#include "fcgi/response.h"
#include "fcgi/try.h"

#include "lib/base/clock.h"
#include "lib/text/json.h"

#include <sodium.h>

#define KEPT (24 * 3600 * MICROSECONDS_PER_SECOND)
#define KEY_BYTES_MOST 255

/* An expired row is taken over; a live one makes this insert nothing. A row that another transaction is inserting is waited for. */
STATEMENT(
	idempotency_insert,
	"INSERT INTO idempotency_keys (tenant_id, actor, route, key, request_hash, created_at)"
	" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, actor, route, key) DO UPDATE"
	" SET request_hash = excluded.request_hash, status = NULL, headers = NULL, body = NULL,"
	" created_at = excluded.created_at WHERE idempotency_keys.tenant_id = $1 AND idempotency_keys.created_at < $7");
STATEMENT(idempotency_read, "SELECT request_hash, status, headers, body FROM idempotency_keys"
			    " WHERE tenant_id = $1 AND actor = $2 AND route = $3 AND key = $4");
STATEMENT(idempotency_complete, "UPDATE idempotency_keys SET status = $5, headers = $6, body = $7"
				" WHERE tenant_id = $1 AND actor = $2 AND route = $3 AND key = $4");
/* A few old rows go with every new one; those that somebody else is deleting are passed over. */
STATEMENT(idempotency_sweep,
	  "DELETE FROM idempotency_keys WHERE tenant_id = $1 AND (actor, route, key) IN (SELECT old.actor, old.route, "
	  "old.key"
	  " FROM idempotency_keys old WHERE old.tenant_id = $1 AND old.created_at < $2 ORDER BY old.created_at LIMIT 5"
	  " FOR UPDATE SKIP LOCKED)");

static const char *const kept_headers[] = {"Location", "ETag", "Content-Type", "Link"};

static bool key_valid(struct str key)
{
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] <= 0x20 || key.p[i] >= 0x7f)
			return false;
	return key.n >= 1 && key.n <= KEY_BYTES_MOST;
}

static struct str route_key(const struct exchange *x)
{
	const struct route *route = x->context.route;

	return arena_printf(x->context.arena, "%s %s", method_name(route->method), route->path);
}

static void hash_request(struct exchange *x)
{
	const struct request *request = x->context.request;
	const struct str parts[] = {request->path, request->query, request->body};
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, sizeof(x->idempotency_hash));
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		uint64_t length = parts[i].n;

		crypto_generichash_update(&state, (const unsigned char *)&length, sizeof(length));
		crypto_generichash_update(&state, (const unsigned char *)parts[i].p, parts[i].n);
	}
	crypto_generichash_final(&state, x->idempotency_hash, sizeof(x->idempotency_hash));
}

/* ---- replay ---- */

static enum err replay_headers(struct exchange *x, struct str text)
{
	struct response *response = x->context.response;
	struct value *headers;
	struct str why;

	TRY(json_parse(x->context.arena, text, &json_limits_request, &headers, &why));
	for (size_t i = 0; i < COUNT_OF(kept_headers); i++) {
		struct str value = value_as_str(value_get(headers, str_from(kept_headers[i])));

		if (!str_absent(value))
			response_header(response, kept_headers[i], value);
	}
	response_header(response, "Idempotent-Replayed", STR("true"));
	return OK;
}

static enum err replay(struct exchange *x)
{
	struct context *c = &x->context;
	struct rows *row;
	struct str hash = {(const char *)x->idempotency_hash, sizeof(x->idempotency_hash)};
	enum err e =
		ttx_one(c->tx, &idempotency_read,
			ARGS(arg_str(x->idempotency_actor), arg_str(route_key(x)), arg_str(x->idempotency_key)), &row);

	/* Gone between the two statements: it was old and swept away. */
	if (e == E_NOTFOUND)
		return E_BUSY;
	TRY(e);
	if (!str_equal(rows_bytes(row, 0), hash)) {
		x->code = "idempotency_key_reused";
		return context_fail(
			c, E_INVALID,
			"This Idempotency-Key was used for a different request. Use a new key for a new request.");
	}
	if (rows_null(row, 1))
		return E_INTERNAL;
	c->status = (int)rows_int(row, 1);
	TRY(replay_headers(x, rows_str(row, 2)));
	buffer_add_str(&c->response->body, rows_str(row, 3));
	x->replayed = x->answered = true;
	return OK;
}

/* ---- begin and store ---- */

enum err idempotency_begin(struct exchange *x)
{
	struct context *c = &x->context;
	bool twice;
	struct str key = request_header(c->request, "idempotency-key", &twice);
	int64_t now = clock_now(), affected;
	struct argument old;

	if (str_absent(key) || c->request->method == METHOD_GET || c->request->method == METHOD_HEAD)
		return OK;
	if (!c->route->idempotent)
		return context_fail(c, E_MALFORMED, "This address does not take an Idempotency-Key.");
	if (twice || !key_valid(key))
		return context_fail(c, E_MALFORMED,
				    "Idempotency-Key must be sent once, with 1 to 255 visible ASCII characters.");
	x->idempotency_key = key;
	x->idempotency_actor = arena_printf(
		c->arena, "%s:%.*s", c->principal->kind == CREDENTIAL_API_KEY ? "key" : "user",
		STR_FMT_ARG(uuid_text(c->arena, c->principal->kind == CREDENTIAL_API_KEY ? c->principal->credential_id
											 : c->principal->user_id)));
	hash_request(x);
	old = arg_instant(c->arena, now - KEPT);
	TRY(ttx_exec(c->tx, &idempotency_insert,
		     ARGS(arg_str(x->idempotency_actor), arg_str(route_key(x)), arg_str(key),
			  arg_bytes((struct str){(const char *)x->idempotency_hash, sizeof(x->idempotency_hash)}),
			  arg_instant(c->arena, now), old),
		     &affected));
	if (affected == 0)
		return replay(x);
	(void)ttx_send(c->tx, &idempotency_sweep, ARGS(old));
	return OK;
}

enum err idempotency_store(struct exchange *x)
{
	struct context *c = &x->context;
	struct value *headers = value_map(c->arena);
	struct buffer text = BUFFER_IN(c->arena);

	if (str_absent(x->idempotency_key) || x->replayed)
		return OK;
	for (size_t i = 0; i < COUNT_OF(kept_headers); i++) {
		struct str value = response_get(c->response, kept_headers[i]);

		if (!str_absent(value))
			value_put_str(headers, kept_headers[i], value);
	}
	json_print(headers, &text);
	return ttx_exec(c->tx, &idempotency_complete,
			ARGS(arg_str(x->idempotency_actor), arg_str(route_key(x)), arg_str(x->idempotency_key),
			     arg_int(c->arena, c->status), arg_str(buffer_str(&text)),
			     arg_str(buffer_str(&c->response->body))),
			NULL);
}
