#include "fcgi/handlers.h"
#include "fcgi/large_body.h"
#include "fcgi/openapi_internal.h"
#include "fcgi/request.h"
#include "fcgi/route.h"

#include "lib/entity/custom.h"

/* A route that the document shows: everything under /api, and the few raw ones with a summary. */
bool openapi_documented(const struct route *route)
{
	return route->summary != NULL;
}

bool openapi_has_id(const struct route *route)
{
	return strstr(route->path, "{id}") != NULL;
}

static bool is_list(const struct route *route)
{
	return route->method == METHOD_GET && route->entity && route->entity->table && !openapi_has_id(route);
}

struct value *openapi_string(struct arena *arena, const char *format)
{
	struct value *schema = value_map(arena);

	value_put_text(schema, "type", "string");
	if (format)
		value_put_text(schema, "format", format);
	return schema;
}

struct value *openapi_content(struct arena *arena, const char *type, struct value *schema)
{
	struct value *content = value_map(arena), *media = value_map(arena);

	value_put(media, "schema", schema);
	value_put(content, type, media);
	return content;
}

void openapi_put_list(struct value *schema, struct value *row, bool pages, bool counted)
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
	if (counted) {
		value_put_text(value_put_map(properties, "count"), "type", "integer");
		value_put_text(value_put_map(properties, "count_is_exact"), "type", "boolean");
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
	openapi_put_list(schema, row, true, route->handler == entity_list_api);
	return schema;
}

static void put_problem_answer(struct value *responses)
{
	struct arena *arena = value_arena(responses);
	struct value *problem = value_map(arena), *reference = value_map(arena);

	value_put_text(reference, "$ref", "#/components/schemas/problem");
	value_put_text(problem, "description", "What was wrong, as RFC 9457 problem details that name the field.");
	value_put(problem, "content", openapi_content(arena, "application/problem+json", reference));
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
		value_put_bool(body, "required", openapi_needs_body(route));
		value_put(body, "content", openapi_content(arena, "application/json", schema));
	}
	if (body_most(route->method, str_from(route->path)) > REQUEST_BODY_MOST)
		openapi_put_upload(operation);
	responses = value_put_map(operation, "responses");
	ok = value_put_map(responses, arena_printf(arena, "%u", (unsigned)route->status).p);
	value_put_text(ok, "description", route->status == 204 ? "Done." : "The answer.");
	if (openapi_is_file(route))
		openapi_put_file(route, ok);
	else if (route->status != 204)
		value_put(ok, "content", openapi_content(arena, "application/json", answer_schema(arena, route)));
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
	value_put(item, "id", openapi_string(value_arena(properties), "uuid"));
	reasons = value_put_map(item, "reasons");
	value_put_text(reasons, "type", "array");
	value_put(reasons, "items", openapi_string(value_arena(properties), NULL));
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
	value_put(item, "field", openapi_string(arena, NULL));
	value_put(item, "code", openapi_string(arena, NULL));
	value_put(item, "message", openapi_string(arena, NULL));
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
