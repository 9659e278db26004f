#include "fcgi/handlers.h"
#include "fcgi/large_body.h"
#include "fcgi/openapi_internal.h"
#include "fcgi/request.h"
#include "fcgi/route.h"

#include "lib/crm/duplicate.h"
#include "lib/crm/entities.h"
#include "lib/entity/custom.h"

/* A route that the document shows: everything under /api, and the few raw ones with a summary. */
bool openapi_documented(const struct route *route)
{
	return route->summary != NULL;
}

static bool has_id(const struct route *route)
{
	return strstr(route->path, "{id}") != NULL;
}

bool openapi_has_body(const struct route *route)
{
	return route_takes_body(route) || openapi_own_body(route, NULL);
}

static bool is_list(const struct route *route)
{
	return route->method == METHOD_GET && route->entity && route->entity->table && !has_id(route);
}

enum write_kind openapi_body_kind(const struct route *route)
{
	return route->method == METHOD_PATCH ? WRITE_UPDATE : WRITE_CREATE;
}

void openapi_put_body(const struct route *route, struct value *schema)
{
	struct arena *arena = value_arena(schema);
	struct value *properties, *mode, *words, *rows, *row;

	if (openapi_own_body(route, schema))
		return;
	if (!openapi_is_path("/api/{plural}/batch", route)) {
		entity_openapi_schema(route->entity, openapi_body_kind(route), schema);
		return;
	}
	value_put_text(schema, "type", "object");
	value_append(value_put_list(schema, "required"), value_text(arena, "rows"));
	properties = value_put_map(schema, "properties");
	mode = value_put_map(properties, "mode");
	value_put_text(mode, "type", "string");
	value_put_text(mode, "default", "all_or_nothing");
	value_put_text(mode, "description", "What a row that cannot be created does to the others.");
	words = value_put_list(mode, "enum");
	value_append(words, value_text(arena, "all_or_nothing"));
	value_append(words, value_text(arena, "best_effort"));
	rows = value_put_map(properties, "rows");
	value_put_text(rows, "type", "array");
	value_put_int(rows, "minItems", 1);
	value_put_int(rows, "maxItems", 500);
	value_put_text(rows, "description", "What would be sent to create each of them.");
	row = value_put_map(rows, "items");
	entity_openapi_schema(route->entity, WRITE_CREATE, row);
	value_put_bool(schema, "additionalProperties", false);
}

/* A stored row of PATCH needs If-Match: entity routes of the generic handlers. */
bool openapi_needs_if_match(const struct route *route)
{
	return route->method == METHOD_PATCH && route->entity && entity_find(str_from(route->entity->plural)) != NULL;
}

static struct value *string_schema(struct arena *arena, const char *format)
{
	struct value *schema = value_map(arena);

	value_put_text(schema, "type", "string");
	if (format)
		value_put_text(schema, "format", format);
	return schema;
}

static void add_parameter(struct value *list, const char *name, const char *in, bool required, struct value *schema,
			  const char *description)
{
	struct value *parameter = value_map(value_arena(list));

	value_put_text(parameter, "name", name);
	value_put_text(parameter, "in", in);
	value_put_bool(parameter, "required", required);
	value_put(parameter, "schema", schema);
	value_put_text(parameter, "description", description);
	value_append(list, parameter);
}

static struct value *type_schema(struct arena *arena, const char *type)
{
	struct value *schema = value_map(arena);

	value_put_text(schema, "type", type);
	return schema;
}

/* Parameters that no entity knows of. */
static const struct {
	const char *path, *name, *type, *description;
	bool required;
} queries[] = {
	{"/api/onboarding/subdomain", "name", "string", "A company's name or the subdomain wished for.", true},
	{"/api/leads/{id}/timeline", "show", "string",
	 "One kind: calls, emails, texts, visits, notes, pinned (notes), tasks, signals, stages or changes.", false},
	{"/api/leads/{id}/timeline", "cursor", "string", "next_cursor of the page before.", false},
	{"/api/contacts/{id}/timeline", "show", "string", "One kind, as for a lead's timeline.", false},
	{"/api/contacts/{id}/timeline", "cursor", "string", "next_cursor of the page before.", false},
	{"/api/search", "q", "string",
	 "2 to 200 characters; every word has to be there. A number is found however it is written.", true},
	{"/api/search", "limit", "integer", "Hits of each kind: 1 to 25, 5 when it is not sent.", false},
	{"/api/trash", "entity", "string", "leads, contacts…: one entity's rows.", false},
	{"/api/trash", "cursor", "string", "next_cursor of the page before.", false},
	{"/api/{plural}/merge/preview", "keep", "string", "The id of the one that would stay.", true},
	{"/api/{plural}/merge/preview", "remove", "string", "The id of the one that would go.", true},
	{"/api/duplicates", "entity", "string", "leads, contacts or properties; all of them when it is not sent.",
	 false},
	{"/api/duplicates", "state", "string", "open or dismissed; open when it is not sent.", false},
	{"/api/duplicates", "limit", "integer", "Pairs a page: 1 to 100, 25 when it is not sent.", false},
	{"/api/duplicates", "cursor", "string", "next_cursor of the page before.", false},
	{"/api/web_forms/{id}/requests", "cursor", "string", "next_cursor of the page before.", false},
	{"/api/web_forms/{id}/requests", "state", "string", "held: only those that wait for room in the plan.", false},
	{"/api/merges", "cursor", "string", "next_cursor of the page before.", false},
	{"/api/{plural}/{id}/history", "cursor", "string", "next_cursor of the page before.", false},
	{"/api/admin/tenants", "limit", "integer", "Rows a page: 1 to 200, 25 when it is not sent.", false},
	{"/api/admin/tenants", "cursor", "string", "next_cursor of the page before.", false},
	{"/api/admin/tenants", "status", "string", "trial, active, suspended or cancelled.", false},
};

void openapi_put_parameters(const struct route *route, struct value *list)
{
	struct arena *arena = value_arena(list);

	if (has_id(route))
		add_parameter(list, "id", "path", true, string_schema(arena, "uuid"), "The row's id.");
	if (openapi_is_file(route))
		openapi_put_file_parameters(route, list);
	else if (is_list(route))
		entity_openapi_list_parameters(route->entity, list);
	if (route->method == METHOD_DELETE && route->entity && entity_find(str_from(route->entity->plural)))
		add_parameter(
			list, "forever", "query", false, type_schema(arena, "boolean"),
			"true: not into the trash but out of it, with its history. For the owner and administrators.");
	for (size_t i = 0; i < COUNT_OF(queries); i++)
		if (route->method == METHOD_GET && openapi_is_path(queries[i].path, route))
			add_parameter(list, queries[i].name, "query", queries[i].required,
				      type_schema(arena, queries[i].type), queries[i].description);
	if (route->handler == entity_create_api && duplicate_fits(route->entity))
		add_parameter(
			list, "duplicates", "query", false, string_schema(arena, NULL),
			"allow (when it is not sent) or refuse: 409 when there are rows with the same phone, e-mail or "
			"name and address, their ids and reasons in duplicates. Otherwise the row is made, and a Link "
			"header with rel=\"duplicate\" and reasons=\"phone email address_name\" names each of up to "
			"three; rel=\"contact\" contacts that a lead without contact_id may be about.");
	if (has_id(route) && (route->method == METHOD_PATCH || route->method == METHOD_DELETE))
		add_parameter(list, "If-Match", "header", openapi_needs_if_match(route), string_schema(arena, NULL),
			      "The ETag that was read; 412 when the row has moved on.");
	if (route->idempotent)
		add_parameter(list, "Idempotency-Key", "header", false, string_schema(arena, NULL),
			      "Sent again within 24 hours, it gives the first answer again.");
}

static struct value *json_content(struct arena *arena, const char *type, struct value *schema)
{
	struct value *content = value_map(arena), *media = value_map(arena);

	value_put(media, "schema", schema);
	value_put(content, type, media);
	return content;
}

void openapi_put_list(struct value *schema, struct value *row, bool pages)
{
	struct arena *arena = value_arena(schema);
	struct value *properties, *data, *required = value_list(arena);

	value_put_text(schema, "type", "object");
	properties = value_put_map(schema, "properties");
	data = value_put_map(properties, "data");
	value_put_text(data, "type", "array");
	value_put(data, "items", row);
	value_append(required, value_text(arena, "data"));
	if (pages) {
		struct value *next = value_put_map(properties, "next_cursor"), *types = value_put_list(next, "type");

		value_append(types, value_text(arena, "string"));
		value_append(types, value_text(arena, "null"));
		value_put_text(next, "description", "Send it as cursor for the next page; null on the last one.");
		value_append(required, value_text(arena, "next_cursor"));
	}
	value_put(schema, "required", required);
}

static struct value *answer_schema(struct arena *arena, const struct route *route)
{
	struct value *schema = value_map(arena), *row;

	if (openapi_answer(route, schema))
		return schema;
	value_put_text(schema, "type", "object");
	if (!route->entity)
		return schema;
	row = value_map(arena);
	entity_openapi_schema(route->entity, WRITE_DELETE, row);
	openapi_answer_more(route, row);
	if (!is_list(route))
		return row;
	openapi_put_list(schema, row, true);
	return schema;
}

static void put_problem_answer(struct value *responses)
{
	struct arena *arena = value_arena(responses);
	struct value *problem = value_map(arena), *reference = value_map(arena);

	value_put_text(reference, "$ref", "#/components/schemas/problem");
	value_put_text(problem, "description", "What was wrong, as RFC 9457 problem details that name the field.");
	value_put(problem, "content", json_content(arena, "application/problem+json", reference));
	value_put(responses, "default", problem);
}

static void put_security(struct value *operation, enum who who)
{
	static const struct {
		enum who who;
		const char *schemes[3];
	} rows[] = {
		{WHO_MEMBER, {"bearer", "api_key", NULL}},
		{WHO_SESSION, {"bearer", NULL}},
		{WHO_OPERATOR, {"operator", NULL}},
	};
	struct value *list = value_put_list(operation, "security");

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		for (const char *const *scheme = rows[i].schemes; rows[i].who == who && *scheme; scheme++) {
			struct value *one = value_map(value_arena(operation));

			value_put_list(one, *scheme);
			value_append(list, one);
		}
}

/* A file, and what is said about it. */
static void put_upload(struct value *operation)
{
	static const char *const words[] = {"entity", "mode", "match", "tags", "mapping", "defaults", "start"};
	struct arena *arena = value_arena(operation);
	struct value *body = value_put_map(operation, "requestBody"), *schema = value_map(arena),
		     *properties = value_put_map(schema, "properties"), *file = value_put_map(properties, "file"),
		     *required = value_put_list(schema, "required");

	value_put_text(schema, "type", "object");
	value_put_text(file, "type", "string");
	value_put_text(file, "format", "binary");
	for (size_t i = 0; i < COUNT_OF(words); i++)
		value_put_text(value_put_map(properties, words[i]), "type", "string");
	value_append(required, value_text(arena, "file"));
	value_append(required, value_text(arena, "entity"));
	value_put_bool(body, "required", true);
	value_put(body, "content", json_content(arena, "multipart/form-data", schema));
}

static struct value *operation_of(struct arena *arena, const struct route *route)
{
	struct value *operation = value_map(arena), *responses, *ok, *parameters = value_list(arena);

	value_put_text(operation, "summary", route->summary);
	openapi_put_parameters(route, parameters);
	if (value_count(parameters) > 0)
		value_put(operation, "parameters", parameters);
	if (openapi_has_body(route)) {
		struct value *body = value_put_map(operation, "requestBody"), *schema = value_map(arena);

		openapi_put_body(route, schema);
		value_put_bool(body, "required", true);
		value_put(body, "content", json_content(arena, "application/json", schema));
	}
	if (body_most(route->method, str_from(route->path)) > REQUEST_BODY_MOST)
		put_upload(operation);
	responses = value_put_map(operation, "responses");
	ok = value_put_map(responses, arena_printf(arena, "%u", (unsigned)route->status).p);
	value_put_text(ok, "description", route->status == 204 ? "Done." : "The answer.");
	if (openapi_is_file(route))
		openapi_put_file(route, ok);
	else if (route->status != 204)
		value_put(ok, "content", json_content(arena, "application/json", answer_schema(arena, route)));
	put_problem_answer(responses);
	put_security(operation, route->who);
	return operation;
}

static const char *method_key(enum method method)
{
	switch (method) {
	case METHOD_GET:
		return "get";
	case METHOD_POST:
		return "post";
	case METHOD_PUT:
		return "put";
	case METHOD_PATCH:
		return "patch";
	case METHOD_DELETE:
		return "delete";
	case METHOD_HEAD:
	case METHOD_OPTIONS:
	case METHOD_OTHER:
		break;
	}
	return "x-other";
}

/* The cast is of what only this document's makers have made. */
struct value *openapi_member(struct value *map, const char *key)
{
	return (struct value *)(uintptr_t)value_get(map, str_from(key));
}

bool openapi_lists(const struct value *list, struct str text)
{
	for (size_t i = 0; i < value_count(list); i++)
		if (str_equal(value_as_str(value_at(list, i)), text))
			return true;
	return false;
}

/* The label before the base domain where a route answers that the api host does not have; NULL for all others. */
const char *openapi_own_label(const struct route *route, const char *workspace)
{
	if (route->hosts & ON_API)
		return NULL;
	return route->hosts & ON_ADMIN ? "admin" : workspace;
}

/* An operation that is not on the api host says where it is. */
static void put_server(const struct config *config, const struct route *route, struct value *operation)
{
	const char *label = openapi_own_label(route, "{workspace}");
	struct arena *arena = value_arena(operation);
	struct value *server, *variable;

	if (!label)
		return;
	server = value_map(arena);
	value_put_str(server, "url", config_origin(config, arena, label));
	if (label[0] == '{') {
		variable = value_put_map(value_put_map(server, "variables"), "workspace");
		value_put_text(variable, "default", "acme-hvac");
		value_put_text(variable, "description", "The workspace's subdomain.");
	}
	value_append(value_put_list(operation, "servers"), server);
}

/* The operations of a path, made when there are none yet. */
static struct value *path_item(struct value *paths, const char *path)
{
	struct value *found = openapi_member(paths, path);

	return found ? found : value_put_map(paths, path);
}

/* What ?duplicates=refuse tells. */
static void put_duplicates(struct value *properties)
{
	struct value *list = value_put_map(properties, "duplicates"), *item, *reasons;

	value_put_text(list, "type", "array");
	value_put_text(list, "description", "Of a row that was refused: those it is like.");
	item = value_put_map(list, "items");
	value_put_text(item, "type", "object");
	item = value_put_map(item, "properties");
	value_put(item, "id", string_schema(value_arena(properties), "uuid"));
	reasons = value_put_map(item, "reasons");
	value_put_text(reasons, "type", "array");
	value_put(reasons, "items", string_schema(value_arena(properties), NULL));
}

static void put_components(struct value *document)
{
	static const char problem_members[][2][48] = {
		{"type", "string"},   {"title", "string"}, {"status", "integer"},
		{"detail", "string"}, {"code", "string"},  {"request_id", "string"},
	};
	struct arena *arena = value_arena(document);
	struct value *components = value_put_map(document, "components"),
		     *problem = value_put_map(value_put_map(components, "schemas"), "problem");
	struct value *properties, *errors, *item, *schemes, *scheme;

	value_put_text(problem, "type", "object");
	properties = value_put_map(problem, "properties");
	for (size_t i = 0; i < COUNT_OF(problem_members); i++)
		value_put_text(value_put_map(properties, problem_members[i][0]), "type", problem_members[i][1]);
	errors = value_put_map(properties, "errors");
	value_put_text(errors, "type", "array");
	item = value_put_map(errors, "items");
	value_put_text(item, "type", "object");
	item = value_put_map(item, "properties");
	value_put(item, "field", string_schema(arena, NULL));
	value_put(item, "code", string_schema(arena, NULL));
	value_put(item, "message", string_schema(arena, NULL));
	put_duplicates(properties);
	schemes = value_put_map(components, "securitySchemes");
	scheme = value_put_map(schemes, "bearer");
	value_put_text(scheme, "type", "http");
	value_put_text(scheme, "scheme", "bearer");
	value_put_text(scheme, "description", "An API key (tk_…) or the token of a log-in (ts_…).");
	scheme = value_put_map(schemes, "api_key");
	value_put_text(scheme, "type", "apiKey");
	value_put_text(scheme, "in", "header");
	value_put_text(scheme, "name", "X-API-Key");
	scheme = value_put_map(schemes, "operator");
	value_put_text(scheme, "type", "http");
	value_put_text(scheme, "scheme", "bearer");
	value_put_text(scheme, "description", "An operator key (op_…), on the admin host only.");
}

struct value *openapi_build(struct arena *arena, const struct config *config, struct str custom_fields)
{
	struct value *document = value_map(arena), *info, *server, *paths;
	size_t count;
	const struct route *table = routes(&count);

	value_put_text(document, "openapi", "3.1.0");
	info = value_put_map(document, "info");
	value_put_text(info, "title", "Demand Engine");
	value_put_text(info, "version", "1");
	value_put_text(info, "description", "Leads of a heating, cooling or plumbing company, over JSON.");
	server = value_map(arena);
	value_put_str(server, "url", config_origin(config, arena, "api"));
	value_put_text(server, "description", "With an API key; or the workspace's own host.");
	value_append(value_put_list(document, "servers"), server);
	paths = value_put_map(document, "paths");
	for (size_t i = 0; i < count; i++)
		if (openapi_documented(&table[i])) {
			struct route route = table[i];
			struct value *operation;

			route.entity = entity_with_custom(arena, route.entity, custom_fields);
			operation = operation_of(arena, &route);
			put_server(config, &route, operation);
			value_put(path_item(paths, route.path), method_key(route.method), operation);
		}
	put_components(document);
	return document;
}
