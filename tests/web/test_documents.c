/* What the program says about itself: the API's description, held against the answers it describes; health; documentation. */
#include "tests/web/fixture.h"

#include "fcgi/route.h"

static struct company acme;
static const struct response *document;

static int make_company(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	document = ASK(.host = STR("api"), .path = "/openapi.json");
	return 0;
}

static const char *method_key(enum method method)
{
	switch (method) {
	case METHOD_GET:
		return "get";
	case METHOD_POST:
		return "post";
	case METHOD_PATCH:
		return "patch";
	case METHOD_DELETE:
		return "delete";
	case METHOD_PUT:
		return "put";
	case METHOD_HEAD:
	case METHOD_OPTIONS:
	case METHOD_OTHER:
		break;
	}
	return "none";
}

static const struct value *operation(enum method method, const char *path)
{
	static const struct value *paths; /* read once: the document is large */
	const struct value *item;

	if (!paths)
		paths = json_at(document, "paths");
	item = value_get(paths, str_from(path));
	return item ? value_get(item, str_from(method_key(method))) : NULL;
}

static const struct value *deep(const struct value *at, const char *const *names)
{
	for (; at && *names; names++)
		at = value_get(at, str_from(*names));
	return at;
}
#define DEEP(value, ...) deep(value, (const char *const[]){__VA_ARGS__, NULL})

static void every_documented_route_is_described(void **state)
{
	size_t count, seen = 0;
	const struct route *table = routes(&count);

	(void)state;
	assert_status(document, 200);
	assert_json(document, "openapi", "3.1.0");
	assert_true(str_is(web_answer_header(document, "content-type"), "application/json"));
	for (size_t i = 0; i < count; i++) {
		const struct value *found = operation(table[i].method, table[i].path), *schema;
		const char *status = text("%u", (unsigned)table[i].status).p;
		bool writes = table[i].method == METHOD_POST || table[i].method == METHOD_PATCH;

		if (!table[i].summary) {
			assert_null(found);
			assert_true(table[i].face != FACE_API);
			continue;
		}
		assert_non_null(found);
		seen++;
		assert_true(str_is(value_as_str(value_get(found, STR("summary"))), table[i].summary));
		assert_non_null(
			DEEP(found, "responses", "default", "content", "application/problem+json", "schema", "$ref"));
		schema = DEEP(found, "responses", status, "content",
			      str_ends(str_from(table[i].path), STR("/export")) ? "application/jsonl"
										: "application/json",
			      "schema");
		if (str_ends(str_from(table[i].path), STR("/file")))
			assert_non_null(DEEP(found, "responses", status, "content", "application/gzip"));
		else if (table[i].status == 204)
			assert_null(schema);
		else if (!str_ends(str_from(table[i].path), STR("/openapi.json")))
			assert_true(value_count(value_get(schema, STR("properties"))) > 0);
		assert_true(!table[i].entity || !writes || route_takes_body(&table[i]) || !DEEP(found, "requestBody"));
		if (route_takes_body(&table[i]))
			assert_true(value_count(DEEP(found, "requestBody", "content", "application/json", "schema",
						     "properties")) > 0);
		assert_true((value_count(value_get(found, STR("security"))) > 0) == (table[i].who != WHO_ANYONE));
	}
	assert_true(seen >= 24);
}

/* A program made from the document would send a log-in to the api host, which has none. */
static void what_the_api_host_lacks_says_where_it_is(void **state)
{
	size_t count;
	const struct route *table = routes(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		const struct value *servers, *found = operation(table[i].method, table[i].path);
		const char *start = table[i].hosts & ON_ADMIN ? "https://admin." : "https://{workspace}.";

		if (!table[i].summary)
			continue;
		servers = value_get(found, STR("servers"));
		assert_int_equal(value_count(servers), table[i].hosts & ON_API ? 0 : 1);
		if (value_count(servers))
			assert_true(
				str_starts(value_as_str(value_get(value_at(servers, 0), STR("url"))), str_from(start)));
	}
	assert_has(ASK(.host = STR("api"), .path = "/docs"), "https://your-workspace.");
}

static bool type_fits(const struct value *type, const char *wanted)
{
	for (size_t i = 0; value_type(type) == VALUE_LIST && i < value_count(type); i++)
		if (str_is(value_as_str(value_at(type, i)), wanted))
			return true;
	return value_type(type) == VALUE_STRING && str_is(value_as_str(type), wanted);
}

/* The JSON Schema words that the document uses. */
static void fits(const struct response *response, const struct value *schema, const struct value *value,
		 const char *where)
{
	static const char *const types[] = {
		[VALUE_NULL] = "null",  [VALUE_BOOL] = "boolean", [VALUE_NUMBER] = "integer", [VALUE_STRING] = "string",
		[VALUE_URL] = "string", [VALUE_LIST] = "array",   [VALUE_MAP] = "object"};
	const struct value *properties = value_get(schema, STR("properties")),
			   *required = value_get(schema, STR("required"));
	struct str name;

	assert_true_of(response, type_fits(value_get(schema, STR("type")), types[value_type(value)]),
		       text("the type of %s", where).p);
	for (size_t i = 0; value_type(value) == VALUE_LIST && i < value_count(value); i++)
		fits(response, value_get(schema, STR("items")), value_at(value, i), where);
	if (value_type(value) != VALUE_MAP || value_as_bool(value_get(schema, STR("additionalProperties"))))
		return;
	for (size_t i = 0; i < value_count(value); i++) {
		const struct value *item = value_member(value, i, &name), *its = value_get(properties, name);

		assert_true_of(response, its != NULL, text("%.*s is not described", STR_FMT_ARG(name)).p);
		fits(response, its, item, arena_c_string(web->arena, name));
	}
	for (size_t i = 0; required && i < value_count(required); i++)
		assert_true_of(response, value_get(value, value_as_str(value_at(required, i))) != NULL,
			       text("%.*s is required", STR_FMT_ARG(value_as_str(value_at(required, i)))).p);
}

static const struct response *described(struct ask ask, const char *path)
{
	const struct response *response = ask_send(&ask);
	const struct value *schema;

	assert_true_of(response, response->status < 300, "works");
	schema = DEEP(operation(ask.method, path), "responses", text("%d", response->status).p, "content",
		      "application/json", "schema");
	assert_non_null(schema);
	fits(response, schema, json_at(response, ""), path);
	return response;
}
#define DESCRIBED(path_, ...) described((struct ask){__VA_ARGS__}, path_)

static void answers_are_as_described(void **state)
{
	struct str owner = acme.session[ROLE_OWNER], operator= operator_key(),
		   slug = text("%.*s-doc", STR_FMT_ARG(acme.slug)), id;
	const struct response *made;

	(void)state;
	DESCRIBED("/health", .method = METHOD_GET, .host = acme.slug, .path = "/health");
	DESCRIBED("/ready", .method = METHOD_GET, .host = STR("app"), .path = "/ready");
	DESCRIBED("/api/onboarding/subdomain", .method = METHOD_GET, .host = STR("app"),
		  .path = "/api/onboarding/subdomain?name=acme");
	DESCRIBED(
		"/api/auth/login", .method = METHOD_POST, .host = acme.slug, .path = "/api/auth/login",
		.json = text("{\"email\":\"%.*s\",\"password\":\"%s\"}", STR_FMT_ARG(acme.email[ROLE_OWNER]), PASSWORD)
				.p);
	DESCRIBED("/api/tenant", .method = METHOD_GET, .host = acme.slug, .path = "/api/tenant", .bearer = owner);
	DESCRIBED("/api/tenant", .method = METHOD_GET, .host = STR("api"), .path = "/api/tenant",
		  .bearer = acme.key[ROLE_VIEWER]);
	made = DESCRIBED("/api/leads", .method = METHOD_POST, .host = acme.slug, .path = "/api/leads", .bearer = owner,
			 .json = "{\"name\":\"Described\"}");
	id = json_text(made, "id");
	DESCRIBED("/api/leads", .method = METHOD_GET, .host = acme.slug, .path = "/api/leads", .bearer = owner);
	DESCRIBED("/api/leads/{id}", .method = METHOD_GET, .host = acme.slug,
		  .path = text("/api/leads/%.*s", STR_FMT_ARG(id)).p, .bearer = owner);
	DESCRIBED("/api/leads/{id}", .method = METHOD_PATCH, .host = acme.slug,
		  .path = text("/api/leads/%.*s", STR_FMT_ARG(id)).p, .bearer = owner,
		  .json = "{\"phone\":\"512-555-0100\"}", .headers = {{"if-match", "*"}});
	DESCRIBED("/api/users", .method = METHOD_GET, .host = acme.slug, .path = "/api/users", .bearer = owner);
	made = DESCRIBED("/api/users", .method = METHOD_POST, .host = acme.slug, .path = "/api/users", .bearer = owner,
			 .json = "{\"name\":\"D\",\"email\":\"d@mail.example\",\"role\":\"viewer\"}");
	DESCRIBED("/api/users/{id}", .method = METHOD_PATCH, .host = acme.slug, .path = location_of(made).p,
		  .bearer = owner, .json = "{\"name\":\"E\"}", .headers = {{"if-match", "*"}});
	DESCRIBED("/api/api-keys", .method = METHOD_GET, .host = acme.slug, .path = "/api/api-keys", .bearer = owner);
	DESCRIBED("/api/api-keys", .method = METHOD_POST, .host = acme.slug, .path = "/api/api-keys", .bearer = owner,
		  .json = "{\"name\":\"D\",\"role\":\"viewer\"}");
	made = DESCRIBED(
		"/api/admin/tenants", .method = METHOD_POST, .host = STR("admin"), .path = "/api/admin/tenants",
		.bearer = operator,
		.json = text(
			"{\"name\":\"D\",\"slug\":\"%.*s\",\"owner_name\":\"D\",\"owner_email\":\"d@mail.example\"}",
			STR_FMT_ARG(slug))
			.p);
	DESCRIBED("/api/admin/tenants", .method = METHOD_GET, .host = STR("admin"),
		  .path = "/api/admin/tenants?limit=5", .bearer = operator);
	DESCRIBED("/api/admin/tenants/{id}", .method = METHOD_GET, .host = STR("admin"), .path = location_of(made).p,
		  .bearer = operator);
	DESCRIBED("/api/admin/tenants/{id}", .method = METHOD_PATCH, .host = STR("admin"), .path = location_of(made).p,
		  .bearer = operator, .json = "{\"name\":\"E\"}");
}

/* What a program needs of a company to ask for everything. */
struct told {
	struct str owner, lead, twin, contact, task, form, import, archive;
};

static struct str made_id(const struct told *told, const char *path, const char *json)
{
	const struct response *made =
		ASK(.method = METHOD_POST, .host = acme.slug, .path = path, .bearer = told->owner, .json = json);

	assert_true_of(made, made->status < 300, "is made");
	return json_text(made, "id");
}

static const char *path_with(const char *path, struct str id)
{
	struct str rest = str_from(path), before = str_split(&rest, '{');

	return text("%.*s%.*s%.*s", STR_FMT_ARG(before), STR_FMT_ARG(id), (int)(rest.n - 3), rest.p + 3).p;
}

static struct str uploaded(const struct told *told)
{
	static const char body[] = "--cut\r\nContent-Disposition: form-data; name=\"entity\"\r\n\r\nleads\r\n"
				   "--cut\r\nContent-Disposition: form-data; name=\"start\"\r\n\r\nno\r\n"
				   "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n"
				   "Content-Type: text/csv\r\n\r\nName,Mail\nAnn,no-address\nBob,b@mail.example\n\r\n"
				   "--cut--\r\n";
	const struct response *made =
		DESCRIBED("/api/imports", .method = METHOD_POST, .host = acme.slug, .path = "/api/imports",
			  .bearer = told->owner, .body = str_from(body), .type = "multipart/form-data; boundary=cut");

	return json_text(made, "id");
}

static void tell(struct told *told)
{
	static const char twin[] = "{\"name\":\"Twin\",\"phone\":\"512-555-0177\",\"status\":\"new\"}";

	static unsigned number;

	*told = (struct told){.owner = acme.session[ROLE_OWNER]};
	told->lead = made_id(told, "/api/leads", twin);
	told->twin = made_id(told, "/api/leads", twin);
	told->contact = made_id(told, "/api/contacts", "{\"name\":\"Told\"}");
	told->task = made_id(told, "/api/tasks",
			     text("{\"title\":\"Call\",\"due_at\":\"2026-01-02T15:00:00Z\",\"assignee_id\":\"%.*s\"}",
				  STR_FMT_ARG(acme.user[ROLE_OWNER]))
				     .p);
	told->form = made_id(told, "/api/web_forms", text("{\"name\":\"Site %u\"}", ++number).p);
	(void)made_id(told, "/api/notes", text("{\"body\":\"Barks\",\"lead_id\":\"%.*s\"}", STR_FMT_ARG(told->lead)).p);
	assert_status(ASK(.method = METHOD_PATCH, .host = acme.slug, .path = path_with("/api/leads/{id}", told->lead),
			  .bearer = told->owner, .json = "{\"status\":\"contacted\"}", .headers = {{"if-match", "*"}}),
		      200);
	test_sql("INSERT INTO web_requests (tenant_id, id, form_id, state, fields, address, fingerprint)"
		 " VALUES ('%s', gen_random_uuid(), '%.*s', 'held', '{\"name\":\"Held\"}', '192.0.2.1', "
		 "gen_random_uuid())",
		 uuid_text(web->arena, acme.id).p, STR_FMT_ARG(told->form));
}

static void answers_that_are_no_row_are_as_described(void **state)
{
	static const struct {
		const char *path, *asked;
	} reads[] = {
		{"/api/pipeline", "/api/pipeline"},
		{"/api/pipeline", "/api/pipeline?owner=me"},
		{"/api/my-day", "/api/my-day?who=all"},
		{"/api/search", "/api/search?q=twin"},
		{"/api/reports/response", "/api/reports/response"},
		{"/api/settings/response", "/api/settings/response"},
		{"/api/duplicates", "/api/duplicates"},
		{"/api/duplicates/search", "/api/duplicates/search"},
		{"/api/sample-data", "/api/sample-data"},
		{"/api/imports", "/api/imports"},
		{"/api/archives", "/api/archives"},
		{"/api/exports", "/api/exports"},
	};
	struct told told;

	(void)state;
	tell(&told);
	told.import = uploaded(&told);
	for (size_t i = 0; i < COUNT_OF(reads); i++)
		DESCRIBED(reads[i].path, .method = METHOD_GET, .host = acme.slug, .path = reads[i].asked,
			  .bearer = told.owner);
#define READ(path_, id)                                                                                                \
	DESCRIBED(path_, .method = METHOD_GET, .host = acme.slug, .path = path_with(path_, id), .bearer = told.owner)
	READ("/api/leads/{id}/timeline", told.lead);
	READ("/api/contacts/{id}/timeline", told.contact);
	READ("/api/leads/{id}/history", told.lead);
	READ("/api/leads/{id}/cadences", told.lead);
	READ("/api/imports/{id}", told.import);
	READ("/api/imports/{id}/failed", told.import);
	READ("/api/web_forms/{id}/requests", told.form);
#undef READ
}

static const struct response *post(const struct told *told, const char *path, const char *asked, const char *json)
{
	return DESCRIBED(path, .method = METHOD_POST, .host = acme.slug, .path = asked, .bearer = told->owner,
			 .json = json, .headers = {{"if-match", "*"}});
}

static void answers_to_actions_are_as_described(void **state)
{
	struct told told;
	struct str id, stage;

	(void)state;
	tell(&told);
	stage = json_text(ASK(.host = acme.slug, .path = "/api/pipeline", .bearer = told.owner), "data.1.stage_id");
	post(&told, "/api/leads/{id}/move", path_with("/api/leads/{id}/move", told.lead),
	     text("{\"stage_id\":\"%.*s\"}", STR_FMT_ARG(stage)).p);
	id = json_text(ASK(.host = acme.slug, .path = "/api/cadences", .bearer = told.owner), "data.0.id");
	post(&told, "/api/leads/{id}/cadences", path_with("/api/leads/{id}/cadences", told.lead),
	     text("{\"cadence_id\":\"%.*s\"}", STR_FMT_ARG(id)).p);
	post(&told, "/api/leads/{id}/cadences/stop", path_with("/api/leads/{id}/cadences/stop", told.lead), NULL);
	post(&told, "/api/tasks/{id}/snooze", path_with("/api/tasks/{id}/snooze", told.task),
	     "{\"until\":\"2031-01-02T15:00:00Z\"}");
	post(&told, "/api/tasks/{id}/done", path_with("/api/tasks/{id}/done", told.task), NULL);
	post(&told, "/api/leads/batch", "/api/leads/batch",
	     "{\"mode\":\"best_effort\",\"rows\":[{\"name\":\"Good\"},{\"name\":\"\"}]}");
	id = json_text(
		post(&told, "/api/leads/bulk", "/api/leads/bulk",
		     text("{\"action\":\"status\",\"value\":\"won\",\"ids\":[\"%.*s\"]}", STR_FMT_ARG(told.lead)).p),
		"id");
	if (id.n)
		post(&told, "/api/bulk/{id}/undo", path_with("/api/bulk/{id}/undo", id), NULL);
	DESCRIBED("/api/leads/merge/preview", .method = METHOD_GET, .host = acme.slug, .bearer = told.owner,
		  .path = text("/api/leads/merge/preview?keep=%.*s&remove=%.*s", STR_FMT_ARG(told.lead),
			       STR_FMT_ARG(told.twin))
				  .p);
	id = json_text(
		post(&told, "/api/leads/merge", "/api/leads/merge",
		     text("{\"keep\":\"%.*s\",\"remove\":\"%.*s\"}", STR_FMT_ARG(told.lead), STR_FMT_ARG(told.twin)).p),
		"id");
	DESCRIBED("/api/merges", .method = METHOD_GET, .host = acme.slug, .path = "/api/merges", .bearer = told.owner);
	DESCRIBED("/api/merges/{id}", .method = METHOD_GET, .host = acme.slug,
		  .path = path_with("/api/merges/{id}", id), .bearer = told.owner);
	post(&told, "/api/merges/{id}/undo", path_with("/api/merges/{id}/undo", id), NULL);
	post(&told, "/api/merges/batch", "/api/merges/batch",
	     text("{\"entity\":\"leads\",\"pairs\":[{\"first\":\"%.*s\",\"second\":\"%.*s\"}]}", STR_FMT_ARG(told.lead),
		  STR_FMT_ARG(told.twin))
		     .p);
	post(&told, "/api/leads/{id}/convert", path_with("/api/leads/{id}/convert", told.lead), "{}");
	assert_status(ASK(.method = METHOD_DELETE, .host = acme.slug, .path = path_with("/api/leads/{id}", told.lead),
			  .bearer = told.owner),
		      204);
	DESCRIBED("/api/trash", .method = METHOD_GET, .host = acme.slug, .path = "/api/trash", .bearer = told.owner);
	post(&told, "/api/web_forms/{id}/held", path_with("/api/web_forms/{id}/held", told.form), NULL);
	told.import = uploaded(&told);
	post(&told, "/api/imports/{id}/start", path_with("/api/imports/{id}/start", told.import),
	     "{\"mode\":\"create\",\"mapping\":{\"Name\":\"name\",\"Mail\":\"email\"}}");
	post(&told, "/api/imports/{id}/stop", path_with("/api/imports/{id}/stop", told.import), NULL);
	post(&told, "/api/archives", "/api/archives", NULL);
	post(&told, "/api/duplicates/search", "/api/duplicates/search", NULL);
	post(&told, "/api/sample-data", "/api/sample-data", NULL);
}

/* ---- what a request may hold ---- */

static bool names(const struct value *parameters, const char *name, const char *in)
{
	const struct value *parameter;

	for (size_t i = 0; (parameter = value_at(parameters, i)) != NULL; i++)
		if (str_is(value_as_str(value_get(parameter, STR("name"))), name) &&
		    str_is(value_as_str(value_get(parameter, STR("in"))), in))
			return true;
	return false;
}

/* A handler that took what is not described would be asked for it in vain: it is refused before. */
static void a_query_holds_what_is_described(void **state)
{
	size_t count;
	const struct route *table = routes(&count);
	struct str operator= operator_key();

	(void)state;
	for (size_t r = 0; r < count; r++) {
		const struct route *route = &table[r];
		const struct value *parameters, *parameter;
		struct ask ask = {.method = route->method,
				  .host = route->hosts & ON_ADMIN    ? STR("admin")
					  : route->hosts & ON_TENANT ? acme.slug
								     : STR("app"),
				  .bearer = route->hosts & ON_ADMIN ? operator: acme.session[ROLE_OWNER] };
		struct str rest = str_from(route->path), before = str_split(&rest, '{');
		const char *path = str_absent(rest) ? route->path
						    : text("%.*s00000000-0000-7000-8000-000000000000%.*s",
							   STR_FMT_ARG(before), (int)(rest.n - 3), rest.p + 3)
							      .p;

		if (route->face != FACE_API)
			continue;
		ask.path = text("%s?no_such_parameter=1", path).p;
		assert_field_error(ask_send(&ask), 422, "no_such_parameter", "unknown_field");
		parameters = value_get(operation(route->method, route->path), STR("parameters"));
		for (size_t i = 0; (parameter = value_at(parameters, i)) != NULL; i++) {
			struct str name = value_as_str(value_get(parameter, STR("name")));
			struct buffer query = BUFFER_IN(web->arena);
			const struct response *answer;

			if (!str_is(value_as_str(value_get(parameter, STR("in"))), "query") ||
			    memchr(name.p, '[', name.n))
				continue;
			url_add_pair(&query, name, STR("?"));
			ask.path = text("%s?%s", path, query.bytes).p;
			answer = ask_send(&ask);
			assert_hasnt(answer, "There is no parameter of this name");
		}
	}
}

static void what_must_be_sent_is_described(void **state)
{
	static const struct {
		enum method method;
		const char *path;
	} asking[] = {{METHOD_PATCH, "/api/leads/{id}"},
		      {METHOD_PATCH, "/api/users/{id}"},
		      {METHOD_POST, "/api/leads/{id}/move"},
		      {METHOD_PUT, "/api/settings/response"}};
	const struct value *parameter, *parameters;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(asking); i++) {
		parameters = value_get(operation(asking[i].method, asking[i].path), STR("parameters"));
		assert_true(names(parameters, "If-Match", "header"));
		for (size_t p = 0; (parameter = value_at(parameters, p)) != NULL; p++)
			if (str_is(value_as_str(value_get(parameter, STR("name"))), "If-Match"))
				assert_true(value_as_bool(value_get(parameter, STR("required"))));
	}
	assert_true(names(value_get(operation(METHOD_GET, "/api/pipeline"), STR("parameters")), "after", "query"));
	assert_false(names(value_get(operation(METHOD_GET, "/api/api-keys"), STR("parameters")), "limit", "query"));
}

static void the_documentation_shows_the_same(void **state)
{
	struct str hosts[] = {STR_NONE, STR("app"), STR("api"), STR("admin"), acme.slug};
	size_t count;
	const struct route *table = routes(&count);

	(void)state;
	for (size_t h = 0; h < COUNT_OF(hosts); h++) {
		const struct response *page = ASK(.host = hosts[h], .path = "/docs");

		assert_status(page, 200);
		for (size_t i = 0; i < count; i++)
			if (table[i].summary)
				assert_has(page, table[i].path);
		assert_has(page, "If-Match");
		assert_has(page, "Idempotency-Key");
		assert_status(ASK(.host = hosts[h], .path = "/openapi.json"), 200);
		assert_status(ASK(.host = hosts[h], .path = "/health"), 200);
		assert_status(ASK(.host = hosts[h], .path = "/ready"), 200);
	}
}

static void public_pages_are_whole(void **state)
{
	const struct response *home = ASK(.path = "/");

	(void)state;
	assert_status(home, 200);
	for (size_t i = 0; i < plan_count; i++)
		assert_has(home, text("$%lld", (long long)plans[i].price_dollars).p);
	assert_has(home, "/onboarding");
	assert_status(ASK(.path = "/login"), 200);
	assert_status(ASK(.path = "/nothing"), 404);
	assert_status(ASK(.host = STR("admin"), .path = "/"), 200);
	assert_status(ASK(.host = STR("nobody-is-here"), .path = "/"), 404);
	assert_status(ASK(.method = METHOD_POST, .path = "/"), 405);
	assert_status(ASK(.method = METHOD_HEAD, .path = "/"), 200);
	assert_int_equal(ASK(.method = METHOD_OPTIONS, .path = "/")->status, 204);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_documented_route_is_described),
		cmocka_unit_test(what_the_api_host_lacks_says_where_it_is),
		cmocka_unit_test(answers_are_as_described),
		cmocka_unit_test(answers_that_are_no_row_are_as_described),
		cmocka_unit_test(answers_to_actions_are_as_described),
		cmocka_unit_test(a_query_holds_what_is_described),
		cmocka_unit_test(what_must_be_sent_is_described),
		cmocka_unit_test(the_documentation_shows_the_same),
		cmocka_unit_test(public_pages_are_whole),
	};

	return cmocka_run_group_tests(tests, make_company, fixture_close);
}
