/* A valid request for any route, and the way to send it. */
#include "tests/isolation/fixture.h"

#include "fcgi/route.h"

#include "fcgi/rate.h"
#include "lib/tenant/api_key.h"
#include "lib/tenant/provision.h"
#include "lib/tenant/user.h"

#include <stdio.h>

/* ---- which rows a route is about ---- */

static const struct {
	const struct entity *entity;
	const char *table;
} tables_of_inputs[] = {
	{&api_key_entity, "tenant_api_keys"},
	{&user_entity, "tenant_users"},
	{&tenant_create_entity, "tenants"},
	{&tenant_update_entity, "tenants"},
};

/* Of the word in front of {id}: /leads/{id}/convert is about a lead whatever its body is. */
static const struct entity *entity_before_id(const struct route *route)
{
	const char *place = strstr(route->path, "/{id}"), *word = place;

	if (!place)
		return NULL;
	while (word > route->path && word[-1] != '/')
		word--;
	return entity_find((struct str){word, (size_t)(place - word)});
}

const char *route_table(const struct route *route)
{
	const struct entity *entity = entity_before_id(route);

	if (entity)
		return entity->table;
	if (strstr(route->path, "/bulk/{id}"))
		return "bulk_actions";
	if (strstr(route->path, "/f/{id}"))
		return "web_forms";
	if (strstr(route->path, "/archives/{id}"))
		return "archives";
	if (strstr(route->path, "/imports/{id}"))
		return "imports";
	if (strstr(route->path, "/merges/{id}"))
		return "merges";
	if (strstr(route->path, "/duplicates/{id}"))
		return "duplicate_pairs";
	for (size_t i = 0; i < COUNT_OF(tables_of_inputs); i++)
		if (route->entity == tables_of_inputs[i].entity)
			return tables_of_inputs[i].table;
	return route->entity ? route->entity->table : NULL;
}

/* ---- who asks ---- */

const enum credential *route_credentials(const struct route *route)
{
	static const enum credential by_page[] = {BY_COOKIE, 0}, by_api[] = {BY_TOKEN, BY_KEY, 0},
				     by_person[] = {BY_TOKEN, 0}, by_operator[] = {BY_OPERATOR, 0},
				     by_nothing[] = {BY_NOTHING, 0};

	if (route->who == WHO_OPERATOR)
		return by_operator;
	if (route->who == WHO_ANYONE || route->who == WHO_STRANGER)
		return by_nothing;
	if (route->face != FACE_API)
		return by_page;
	return route->who == WHO_SESSION ? by_person : by_api;
}

enum host_kind next_host(const struct route *route, enum host_kind host)
{
	while (++host <= HOST_TENANT)
		if (route->hosts & (1u << host))
			return host;
	return HOST_UNKNOWN;
}

const char *host_word(enum host_kind host)
{
	static const char *const words[] = {"?", "unknown", "apex", "app", "api", "admin", "tenant"};

	return words[host];
}

const char *credential_word(enum credential by)
{
	static const char *const words[] = {"?", "nobody", "cookie", "token", "key", "operator", "made up"};

	return words[by];
}

static struct str session_of(const struct shot *shot)
{
	return str_absent(shot->session) ? shot->who->company.session[shot->role] : shot->session;
}

struct str shot_csrf(const struct shot *shot)
{
	struct token token;

	if (shot->route->who == WHO_ANYONE || shot->route->who == WHO_STRANGER)
		return csrf_make(web->arena, CSRF_VISIT, STR(VISIT));
	if (!token_parse(session_of(shot), &token))
		fail_msg("the fixture's session is no token");
	return csrf_make(web->arena, CSRF_SESSION, (struct str){(const char *)token.hash, sizeof(token.hash)});
}

static struct str operator(void)
{
	static char key[128];

	if (!*key)
		(void)snprintf(key, sizeof(key), "%.*s", STR_FMT_ARG(operator_key()));
	return str_from(key);
}

/* There is no owner's key. */
static struct str key_of(const struct shot *shot)
{
	return shot->who->company.key[shot->role == ROLE_OWNER ? ROLE_ADMIN : shot->role];
}

static void add_credential(struct web_request *request, const struct shot *shot)
{
	struct str bearer = STR_NONE;

	if (shot->by == BY_COOKIE)
		web_header(request, "cookie",
			   text("__Host-session=%.*s; %s", STR_FMT_ARG(session_of(shot)), VISIT_PAIR));
	else if (shot->by == BY_NOTHING)
		web_header(request, "cookie",
			   shot->cookie.n ? text("%.*s; %s", STR_FMT_ARG(shot->cookie), VISIT_PAIR) : STR(VISIT_PAIR));
	else if (shot->by == BY_TOKEN)
		bearer = session_of(shot);
	else if (shot->by == BY_KEY)
		bearer = key_of(shot);
	else if (shot->by == BY_OPERATOR)
		bearer = operator();
	else
		bearer = STR("tk_abcd1234_0123456789012345678901234567890123456789");
	if (!str_absent(bearer))
		web_header(request, "authorization", text("Bearer %.*s", STR_FMT_ARG(bearer)));
}

/* ---- what is sent ---- */

static bool takes_body(const struct route *route)
{
	return route->method != METHOD_GET && route->method != METHOD_DELETE &&
	       (route->face != FACE_API || !route->entity || route_takes_body(route));
}

/* As the row is now: other rows' requests change it (a call is a lead's first answer). Absent where none is sent or it has none. */
static struct str version_of(const struct shot *shot, enum write_kind kind)
{
	const char *table = route_table(shot->route);
	struct str version;

	if (kind != WRITE_UPDATE)
		return STR_NONE;
	version = table ? test_sql_value("SELECT to_jsonb(t)->>'version' FROM %s t WHERE id::text = '%.*s'", table,
					 STR_FMT_ARG(shot->id))
			: STR_NONE;
	return arena_copy(web->arena, version);
}

static struct value *batch_of(struct value *row)
{
	struct value *batch = value_map(web->arena);

	value_append(value_put_list(batch, "rows"), row);
	return batch;
}

/* A valid body for the route's entity, but for the one reference that a test is about. */
void shot_load(struct shot *shot)
{
	const struct route *route = shot->route;
	enum write_kind kind = strstr(route->path, "{id}") ? WRITE_UPDATE : WRITE_CREATE;
	struct value *body;
	struct buffer json = BUFFER_IN(web->arena);

	if (!takes_body(route) || !str_absent(shot->body))
		return;
	/* A form without inputs of its own, such as "delete", says what it confirms by its address. */
	body = route->entity && !(route->entity->table && route->face == FACE_PAGE && strstr(route->path, "{id}/"))
		       ? body_make(shot->from, route->entity, kind)
		       : value_map(web->arena);
	if (shot->reference)
		value_put_str(body, shot->reference->name, shot->reference_id);
	if (str_ends(str_from(route->path), STR("/batch")))
		body = batch_of(body);
	if (route->face == FACE_API) {
		json_print(body, &json);
		shot->body = buffer_str(&json);
		shot->type = STR("application/json");
	} else {
		shot->body = body_as_form(route->entity, body, shot->csrf, version_of(shot, kind));
		shot->type = STR("application/x-www-form-urlencoded");
	}
}

bool make_shot(struct shot *shot, const struct route *route, enum host_kind host, enum credential by,
	       const struct planted *who, bool fresh, const char **why)
{
	bool spoils = fresh && route->method != METHOD_GET;

	*shot = (struct shot){.route = route,
			      .host = host,
			      .at = who,
			      .who = who,
			      .from = who,
			      .role = ROLE_OWNER,
			      .by = by,
			      .method = route->method,
			      .status = route->status};
	shot->csrf = shot_csrf(shot);
	if (by == BY_OPERATOR)
		(void)operator();
	if (strstr(route->path, "{id}")) {
		const char *table = route_table(route);

		shot->id = !table ? STR_NONE : spoils ? planted_new_row(who, table) : planted_row(who, table);
		if (str_absent(shot->id)) {
			*why = table ? "no row for its {id}" : "nothing says which table its {id} is of";
			return false;
		}
	}
	if (route->method == METHOD_PATCH || route->method == METHOD_PUT ||
	    (route->method == METHOD_POST && strstr(route->path, "{id}/move")))
		shot->header[0][0] = "if-match", shot->header[0][1] = "*";
	make_special(shot, fresh);
	return true;
}

/* The route's path with the id in place. */
static struct str path_of(const struct shot *shot)
{
	const char *path = shot->route->path, *place = strstr(path, "{id}");
	struct str whole = place ? text("%.*s%.*s%s", (int)(place - path), path, STR_FMT_ARG(shot->id), place + 4)
				 : str_from(path);

	return shot->query.n ? text("%.*s?%.*s", STR_FMT_ARG(whole), STR_FMT_ARG(shot->query)) : whole;
}

/* Whose rate it is: the credential's, or where none counts the address's. */
static void exhaust(struct shared *shared, const struct shot *shot)
{
	struct str credential = shot->by == BY_OPERATOR ? operator()
				: shot->by == BY_KEY    ? key_of(shot)
							: session_of(shot);
	struct str key = rate_address_key(web->arena, STR("127.0.0.1"));
	struct token token;

	if (shot->by != BY_NOTHING && shot->exhausted != RATE_LOGIN && shot->exhausted != RATE_SIGNUP &&
	    token_parse(credential, &token))
		key = (struct str){(const char *)token.hash, sizeof(token.hash)};
	while (rate_ask(shared, shot->exhausted, key, true).allowed)
		;
}

static const struct response *send_request(const struct shot *shot, const struct web_request *request)
{
	struct shared *kept = web->app.shared;
	const struct response *response;

	if (!shot->exhausted)
		return web_send(web, request);
	web->app.shared = shared_new(1, 1);
	exhaust(web->app.shared, shot);
	response = web_send(web, request);
	shared_free(web->app.shared);
	web->app.shared = kept;
	return response;
}

/* The table is of heap memory behind a const pointer (route.c). */
static enum feature ask_plan(const struct route *route, enum feature feature)
{
	enum feature asked = route->feature;

	((struct route *)(uintptr_t)route)->feature = feature;
	return asked;
}

const struct response *shoot(const struct shot *wanted)
{
	static const char *const labels[] = {"", "", "", "app", "api", "admin", NULL};
	struct shot shot = *wanted;
	struct web_request request = {.method = shot.method, .too_big = shot.too_big};
	const struct response *response;

	shot_load(&shot);
	request.host = web_host(web, shot.host == HOST_TENANT ? shot.at->company.slug : str_from(labels[shot.host]));
	request.path = path_of(&shot);
	request.body = shot.too_big ? STR_NONE : shot.body;
	if (shot.type.n)
		web_header(&request, "content-type", shot.type);
	add_credential(&request, &shot);
	for (size_t i = 0; i < COUNT_OF(shot.header); i++)
		if (shot.header[i][0])
			web_header(&request, shot.header[i][0], str_from(shot.header[i][1]));
	if (!shot.feature)
		return send_request(&shot, &request);
	shot.feature = ask_plan(shot.route, shot.feature);
	response = send_request(&shot, &request);
	(void)ask_plan(shot.route, shot.feature);
	return response;
}

/* ---- answers ---- */

static size_t known_at(struct str text, const struct str *words)
{
	size_t longest = 0;

	for (; !str_absent(*words); words++)
		if (words->n > longest && str_starts(text, *words))
			longest = words->n;
	return longest;
}

struct str answer_text(const struct response *response, const struct str *sent)
{
	const struct str own[] = {web->request_id, STR_NONE};
	struct buffer whole = BUFFER_IN(web->arena), out = BUFFER_IN(web->arena);
	struct str rest = buffer_str(&response->headers), left;

	buffer_printf(&whole, "%d\n", response->status);
	while (!str_absent(rest)) {
		struct str line = str_split(&rest, '\n');

		/* What is left of a rate. */
		if (!str_starts(line, STR("RateLimit:")))
			buffer_add_str(&whole, line);
	}
	buffer_add_str(&whole, buffer_str(&response->body));
	left = buffer_str(&whole);
	while (left.n > 0) {
		size_t known = known_at(left, own);

		if (!known && sent)
			known = known_at(left, sent);
		if (known)
			BUFFER_LITERAL(&out, "ID");
		else
			buffer_add_char(&out, *left.p);
		left.p += known ? known : 1;
		left.n -= known ? known : 1;
	}
	return buffer_str(&out);
}

/* ---- all of them ---- */

void each_request(void (*before)(const struct route *),
		  void (*act)(const struct route *, enum host_kind, enum credential),
		  void (*after)(const struct route *))
{
	struct arena *kept = web->arena, *own = arena_new((size_t)512 << 20);
	size_t count;
	const struct route *table = routes(&count);

	for (size_t i = 0; i < count; i++) {
		web->arena = own;
		if (before)
			before(&table[i]);
		for (enum host_kind host = next_host(&table[i], HOST_UNKNOWN); host != HOST_UNKNOWN;
		     host = next_host(&table[i], host))
			for (const enum credential *by = route_credentials(&table[i]); *by; by++)
				act(&table[i], host, *by);
		if (after)
			after(&table[i]);
		web->arena = kept;
		arena_reset(own);
	}
	arena_free(own);
}
