/*
 * Isolation, over the whole route table: five demo companies side by side; for every route of a workspace, one company's people and keys try another's ids and
 * host. No answer may carry a byte of the other's rows, none of the other's rows may change, and a foreign id answers exactly as one
 * that does not exist. A route whose {id} has no fixture fails the run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/crm/entities.h"
#include "lib/tenant/api_key.h"
#include "lib/tenant/provision.h"
#include "lib/tenant/session.h"
#include "lib/tenant/user.h"
#include "tests/web/client.h"

#include <stdio.h>

#define COMPANIES 5
#define NOBODYS_ID "01900000-0000-7000-8000-00000000dead"

struct company {
	struct str slug, marker; /* the marker stands in each of its rows and nowhere else */
	struct tenant *tenant;
	struct str key, session;        /* credentials of its owner */
	struct str lead, user, api_key; /* ids */
};
static struct company companies[COMPANIES];
static struct web *web;

/* ---- fixture ---- */

#define MUST(call) assert_int_equal((call), OK)

static struct record *record_with(const struct entity *entity, enum write_kind kind, const char *const *pairs)
{
	struct record *record = record_new(web->arena, entity);
	struct errors *errors = errors_new(web->arena);
	struct value *body = value_map(web->arena);

	for (; *pairs; pairs += 2)
		value_put_text(body, pairs[0], pairs[1]);
	MUST(record_from_json(record, kind, body, errors));
	return record;
}

#define PAIRS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void make_tenant(struct company *company, struct tenant_made *made)
{
	const char *slug = arena_c_string(web->arena, company->slug),
		   *marker = arena_c_string(web->arena, company->marker);
	struct errors *errors = errors_new(web->arena);
	struct stx *stx = stx_begin(web->app.auth_pg, web->arena, "isolation test", TX_WRITE);
	struct record *input = record_with(&tenant_create_entity, WRITE_CREATE,
					   PAIRS("name", marker, "slug", slug, "owner_email",
						 arena_printf(web->arena, "owner@%s.example", slug).p, "owner_name",
						 marker, "owner_password", "garden-gate-squeaks-twice"));

	MUST(tenant_create(stx, input, errors, made));
	MUST(stx_commit(stx));
	MUST(resolver_by_slug(web->app.resolver, web->arena, company->slug, &company->tenant));
}

static void make_rows(struct company *company, const struct tenant_made *made)
{
	const char *marker = arena_c_string(web->arena, company->marker);
	struct principal owner = {.kind = CREDENTIAL_SESSION,
				  .user_id = made->user_id,
				  .role = ROLE_OWNER,
				  .name = company->marker,
				  .email = STR("")};
	struct errors *errors = errors_new(web->arena);
	struct session_origin origin = {STR_NONE, STR_NONE};
	struct record *lead = record_with(entity_find(STR("leads")), WRITE_CREATE,
					  PAIRS("name", marker, "notes", marker, "company", marker)),
		      *user;
	struct ttx *tx = ttx_begin(web->app.app_pg, web->arena, company->tenant->scope, TX_WRITE);
	struct session session;
	struct api_key *key;

	MUST(entity_insert(tx, lead, errors));
	company->lead = uuid_text(web->arena, record_id(lead));
	user = record_with(&user_entity, WRITE_CREATE,
			   PAIRS("email", arena_printf(web->arena, "office@%.*s.example", STR_FMT_ARG(company->slug)).p,
				 "name", marker, "role", "member", "password", "garden-gate-squeaks-twice"));
	MUST(user_create(tx, company->tenant, &owner, user, errors));
	company->user = uuid_text(web->arena, record_id(user));
	MUST(api_key_create(tx, company->tenant, &owner,
			    record_with(&api_key_entity, WRITE_CREATE, PAIRS("name", marker, "role", "admin")), errors,
			    &key));
	company->api_key = uuid_text(web->arena, key->id);
	company->key = key->secret;
	MUST(session_start(tx, company->tenant, made->user_id, &origin, &session));
	company->session = session.token;
	MUST(ttx_commit(tx));
}

static int make_companies(void **state)
{
	static const char *const stems[COMPANIES] = {"acme", "elite", "summit", "river", "north"};

	(void)state;
	web = web_open();
	for (size_t i = 0; i < COMPANIES; i++) {
		struct tenant_made made;
		char random[9], marker[17];

		random_base62(random, 8);
		random_base62(marker, 16);
		for (char *c = random; *c; c++)
			if (*c >= 'A' && *c <= 'Z')
				*c = (char)(*c | 0x20);
		companies[i].slug = arena_printf(web->arena, "iso-%s-%s", stems[i], random);
		companies[i].marker = arena_printf(web->arena, "Marker%s", marker);
		make_tenant(&companies[i], &made);
		make_rows(&companies[i], &made);
	}
	return 0;
}

static int close_companies(void **state)
{
	(void)state;
	web_close(web);
	return 0;
}

/* Of the company, the id that stands in this route's {id}; absent: no fixture. */
static struct str fixture_id(const struct company *company, const struct route *route)
{
	if (route->entity == &user_entity)
		return company->user;
	if (route->entity == &api_key_entity)
		return company->api_key;
	if (route->entity == entity_find(STR("leads")))
		return company->lead;
	return STR_NONE;
}

/* ---- requests ---- */

/* The route's path with the id in place. */
static struct str path_with(const struct route *route, struct str id)
{
	const char *place = strstr(route->path, "{id}");

	if (!place)
		return str_from(route->path);
	return arena_printf(web->arena, "%.*s%.*s%s", (int)(place - route->path), route->path, STR_FMT_ARG(id),
			    place + 4);
}

/* Every table of the tenant, each row whole, as one hash. */
static struct str rows_hash(const struct company *company)
{
	struct str tables = arena_copy(
		web->arena, test_sql_value("SELECT string_agg(format('SELECT t::text AS line FROM %%I t WHERE "
					   "tenant_id = ''%.*s''', table_name), ' UNION ALL ' ORDER BY table_name) "
					   /* Sessions and keys record their own last use. */
					   "FROM information_schema.columns WHERE table_schema = 'public' AND "
					   "column_name = 'tenant_id' AND table_name NOT IN ('tenant_usage')",
					   STR_FMT_ARG(uuid_text(web->arena, company->tenant->id))));

	return arena_copy(web->arena,
			  test_sql_value("SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (%.*s) all_rows",
					 STR_FMT_ARG(tables)));
}

enum actor { WITH_KEY = 1, WITH_SESSION_TOKEN, WITH_COOKIE, ACTORS };

/* A well-formed body for the route, so that only the tenant stands in the way. */
static void add_body(struct web_request *request, const struct route *route)
{
	if (route->method == METHOD_GET || route->method == METHOD_DELETE)
		return;
	if (route->face == FACE_API) {
		web_header(request, "content-type", STR("application/json"));
		request->body = STR("{\"name\":\"Stolen\"}");
	} else {
		web_header(request, "content-type", STR("application/x-www-form-urlencoded"));
		request->body = arena_printf(web->arena, "csrf=%.*s&name=Stolen&version=1", STR_FMT_ARG(request->csrf));
	}
}

static const struct response *ask(const struct company *who, enum actor actor, const struct company *host,
				  const struct route *route, struct str id)
{
	struct web_request request = {.method = route->method,
				      .host = web_host(web, host ? host->slug : STR("api")),
				      .path = path_with(route, id)};

	if (actor == WITH_KEY)
		web_header(&request, "authorization", arena_printf(web->arena, "Bearer %.*s", STR_FMT_ARG(who->key)));
	if (actor == WITH_SESSION_TOKEN)
		web_header(&request, "authorization",
			   arena_printf(web->arena, "Bearer %.*s", STR_FMT_ARG(who->session)));
	if (actor == WITH_COOKIE) {
		web_header(&request, "cookie",
			   arena_printf(web->arena, "__Host-session=%.*s", STR_FMT_ARG(who->session)));
		request.csrf = web_csrf(web, who->slug, who->session);
	}
	if (route->method == METHOD_PATCH)
		web_header(&request, "if-match", STR("*"));
	add_body(&request, route);
	return web_send(web, &request);
}

static bool holds(const struct response *response, struct str text)
{
	return memmem(response->body.bytes, response->body.length, text.p, text.n) != NULL ||
	       memmem(response->headers.bytes, response->headers.length, text.p, text.n) != NULL;
}

/* The answer without what differs between any two requests: the request's id and the asked-for id itself. */
static struct str comparable(const struct response *response, struct str id)
{
	struct buffer text = BUFFER_IN(web->arena);
	struct str body = buffer_str(&response->body);

	buffer_printf(&text, "%d\n", response->status);
	for (size_t i = 0; i < body.n;) {
		if (body.n - i >= id.n && memcmp(body.p + i, id.p, id.n) == 0) {
			BUFFER_LITERAL(&text, "ID");
			i += id.n;
		} else if (body.n - i >= web->request_id.n &&
			   memcmp(body.p + i, web->request_id.p, web->request_id.n) == 0) {
			BUFFER_LITERAL(&text, "REQUEST");
			i += web->request_id.n;
		} else {
			buffer_add_char(&text, body.p[i++]);
		}
	}
	return buffer_str(&text);
}

static void complain(const struct route *route, const struct company *who, const char *what)
{
	fail_msg("%s %s as %.*s: %s", method_name(route->method), route->path, STR_FMT_ARG(who->slug), what);
}

static bool acts_on_workspace(const struct route *route)
{
	return (route->hosts & (ON_TENANT | ON_API)) != 0 && route->who != WHO_ANYONE;
}

/* ---- tests ---- */

static void every_route_with_an_id_has_a_fixture(void **state)
{
	size_t count;
	const struct route *table = routes(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		if (acts_on_workspace(&table[i]) && strstr(table[i].path, "{id}") &&
		    str_absent(fixture_id(&companies[0], &table[i])))
			complain(&table[i], &companies[0], "there is no fixture for its {id}");
}

/* On their own host, with every credential they have: another company's id is an id that does not exist. */
static void a_foreign_id_answers_as_one_that_does_not_exist(void **state)
{
	size_t count, tried = 0;
	const struct route *table = routes(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t b = 0; b < COMPANIES && acts_on_workspace(&table[i]) && strstr(table[i].path, "{id}"); b++)
			for (enum actor actor = WITH_KEY; actor < ACTORS; actor++) {
				const struct company *victim = &companies[(b + 1) % COMPANIES], *thief = &companies[b];
				struct str id = fixture_id(victim, &table[i]);
				const struct response *foreign = ask(thief, actor, thief, &table[i], id);
				struct str first = comparable(foreign, id);

				if (holds(foreign, victim->marker))
					complain(&table[i], thief, "the answer carries the other's rows");
				if (foreign->status < 300)
					complain(&table[i], thief, "a foreign id was taken");
				if (!str_equal(first, comparable(ask(thief, actor, thief, &table[i], STR(NOBODYS_ID)),
								 STR(NOBODYS_ID))))
					complain(&table[i], thief, "a foreign id answers otherwise than a missing one");
				tried++;
			}
	assert_true(tried >= COMPANIES * 3 * 10);
	printf("%zu tries with foreign ids\n", tried);
}

/* On the other's host: a key or token is refused, a cookie signs nobody in. */
static void credentials_of_another_company_open_nothing_on_this_host(void **state)
{
	size_t count, tried = 0;
	const struct route *table = routes(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t b = 0; b < COMPANIES && acts_on_workspace(&table[i]) && (table[i].hosts & ON_TENANT); b++)
			for (enum actor actor = WITH_KEY; actor < ACTORS; actor++) {
				const struct company *victim = &companies[(b + 2) % COMPANIES], *thief = &companies[b];
				const struct response *response =
					ask(thief, actor, victim, &table[i], fixture_id(victim, &table[i]));

				if (response->status < 300)
					complain(&table[i], thief, "was let in on another's host");
				if (actor != WITH_COOKIE && table[i].face == FACE_API && response->status != 403)
					complain(&table[i], thief, "a foreign credential is a 403");
				/* The name and logo of a company stand on its public log-in page; its rows do not, and only the name is marked there. */
				if (response->status != 303 && table[i].face == FACE_API &&
				    holds(response, victim->marker))
					complain(&table[i], thief, "the answer carries the other's rows");
				tried++;
			}
	printf("%zu tries on foreign hosts\n", tried);
}

/* Lists and pages of one's own show one's own and nobody else's. */
static void what_one_sees_is_ones_own(void **state)
{
	size_t count, seen = 0;
	const struct route *table = routes(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t b = 0; b < COMPANIES && acts_on_workspace(&table[i]) && table[i].method == METHOD_GET; b++)
			for (enum actor actor = WITH_KEY; actor < ACTORS; actor++)
				for (int on_api_host = 0; on_api_host < 2; on_api_host++) {
					const struct company *host = on_api_host ? NULL : &companies[b];
					const struct response *response;

					if (on_api_host ? !(table[i].hosts & ON_API) : !(table[i].hosts & ON_TENANT))
						continue;
					response = ask(&companies[b], actor, host, &table[i],
						       fixture_id(&companies[b], &table[i]));
					if (response->status >= 500)
						complain(&table[i], &companies[b], "does not work for its own company");
					for (size_t other = 0; other < COMPANIES; other++)
						if (other != b && holds(response, companies[other].marker))
							complain(&table[i], &companies[b],
								 "the page shows another's rows");
					seen += response->status == 200 && holds(response, companies[b].marker);
				}
	/* The markers are really there to be found. */
	assert_true(seen >= COMPANIES * 8);
	printf("%zu answers showed their own company's rows and no other's\n", seen);
}

static void nobody_gets_in(void **state)
{
	size_t count;
	const struct route *table = routes(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		const struct response *response;
		struct web_request request = {.method = table[i].method,
					      .host = web_host(web, companies[0].slug),
					      .path = path_with(&table[i], fixture_id(&companies[0], &table[i]))};

		if (!acts_on_workspace(&table[i]) || !(table[i].hosts & ON_TENANT))
			continue;
		add_body(&request, &table[i]);
		response = web_send(web, &request);
		if (response->status < 300 || (table[i].face == FACE_API && response->status != 401))
			complain(&table[i], &companies[0], "let nobody in");
		if (table[i].face == FACE_API && holds(response, companies[0].marker))
			complain(&table[i], &companies[0], "showed rows to nobody");
	}
}

/* Runs all of the above once more as one attack and compares every row of every company before and after. */
static void no_row_of_anybody_changes(void **state)
{
	struct str before[COMPANIES];

	for (size_t i = 0; i < COMPANIES; i++) {
		before[i] = rows_hash(&companies[i]);
		assert_false(str_absent(before[i]));
	}
	a_foreign_id_answers_as_one_that_does_not_exist(state);
	credentials_of_another_company_open_nothing_on_this_host(state);
	nobody_gets_in(state);
	for (size_t i = 0; i < COMPANIES; i++)
		assert_true(str_equal(before[i], rows_hash(&companies[i])));
}

/* The hash would notice: a change of one's own lead changes one's own hash and no other. */
static void the_hash_notices_a_change(void **state)
{
	struct str mine = rows_hash(&companies[0]), theirs = rows_hash(&companies[1]);
	struct web_request request = {
		.method = METHOD_PATCH, .host = web_host(web, companies[0].slug), .body = STR("{\"city\":\"Austin\"}")};

	(void)state;
	request.path = arena_printf(web->arena, "/api/leads/%.*s", STR_FMT_ARG(companies[0].lead));
	web_header(&request, "authorization", arena_printf(web->arena, "Bearer %.*s", STR_FMT_ARG(companies[0].key)));
	web_header(&request, "content-type", STR("application/json"));
	web_header(&request, "if-match", STR("*"));
	assert_int_equal(web_send(web, &request)->status, 200);
	assert_false(str_equal(mine, rows_hash(&companies[0])));
	assert_true(str_equal(theirs, rows_hash(&companies[1])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_route_with_an_id_has_a_fixture),
		cmocka_unit_test(what_one_sees_is_ones_own),
		cmocka_unit_test(a_foreign_id_answers_as_one_that_does_not_exist),
		cmocka_unit_test(credentials_of_another_company_open_nothing_on_this_host),
		cmocka_unit_test(nobody_gets_in),
		cmocka_unit_test(no_row_of_anybody_changes),
		cmocka_unit_test(the_hash_notices_a_change),
	};

	return cmocka_run_group_tests(tests, make_companies, close_companies);
}
