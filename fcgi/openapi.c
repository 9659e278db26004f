#include "fcgi/openapi_internal.h"

#include "lib/crm/entities.h"

/* A route that the document shows: everything under /api, and the few raw ones with a summary. */
static bool documented(const struct route *route)
{
	return route->summary != NULL;
}

static bool has_id(const struct route *route)
{
	return strstr(route->path, "{id}") != NULL;
}

static bool has_body(const struct route *route)
{
	return route->entity &&
	       (route->method == METHOD_POST || route->method == METHOD_PATCH || route->method == METHOD_PUT);
}

static bool is_list(const struct route *route)
{
	return route->method == METHOD_GET && route->entity && !has_id(route);
}

static enum write_kind body_kind(const struct route *route)
{
	return route->method == METHOD_PATCH ? WRITE_UPDATE : WRITE_CREATE;
}

/* A stored row of PATCH needs If-Match: entity routes of the generic handlers. */
static bool needs_if_match(const struct route *route)
{
	return route->method == METHOD_PATCH && route->entity &&
	       entity_find(str_from(route->entity->plural)) == route->entity;
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
	{"/api/admin/tenants", "limit", "integer", "Rows a page: 1 to 200, 25 when it is not sent.", false},
	{"/api/admin/tenants", "cursor", "string", "next_cursor of the page before.", false},
	{"/api/admin/tenants", "status", "string", "trial, active, suspended or cancelled.", false},
};

static void put_parameters(const struct route *route, struct value *list)
{
	struct arena *arena = value_arena(list);

	if (has_id(route))
		add_parameter(list, "id", "path", true, string_schema(arena, "uuid"), "The row's id.");
	if (is_list(route) && route->entity->table)
		entity_openapi_list_parameters(route->entity, list);
	for (size_t i = 0; i < COUNT_OF(queries); i++)
		if (route->method == METHOD_GET && strcmp(route->path, queries[i].path) == 0)
			add_parameter(list, queries[i].name, "query", queries[i].required,
				      type_schema(arena, queries[i].type), queries[i].description);
	if (has_id(route) && (route->method == METHOD_PATCH || route->method == METHOD_DELETE))
		add_parameter(list, "If-Match", "header", needs_if_match(route), string_schema(arena, NULL),
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

static struct value *operation_of(struct arena *arena, const struct route *route)
{
	struct value *operation = value_map(arena), *responses, *ok, *parameters = value_list(arena);

	value_put_text(operation, "summary", route->summary);
	put_parameters(route, parameters);
	if (value_count(parameters) > 0)
		value_put(operation, "parameters", parameters);
	if (has_body(route)) {
		struct value *body = value_put_map(operation, "requestBody"), *schema = value_map(arena);

		entity_openapi_schema(route->entity, body_kind(route), schema);
		value_put_bool(body, "required", true);
		value_put(body, "content", json_content(arena, "application/json", schema));
	}
	responses = value_put_map(operation, "responses");
	ok = value_put_map(responses, arena_printf(arena, "%u", (unsigned)route->status).p);
	value_put_text(ok, "description", route->status == 204 ? "Done." : "The answer.");
	if (route->status != 204)
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
static const char *own_label(const struct route *route, const char *workspace)
{
	if (route->hosts & ON_API)
		return NULL;
	return route->hosts & ON_ADMIN ? "admin" : workspace;
}

/* An operation that is not on the api host says where it is. */
static void put_server(const struct config *config, const struct route *route, struct value *operation)
{
	const char *label = own_label(route, "{workspace}");
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

struct value *openapi_build(struct arena *arena, const struct config *config)
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
		if (documented(&table[i])) {
			struct value *operation = operation_of(arena, &table[i]);

			put_server(config, &table[i], operation);
			value_put(path_item(paths, table[i].path), method_key(table[i].method), operation);
		}
	put_components(document);
	return document;
}

/* ---- for people ---- */

static const char *credential_words(const struct route *route)
{
	switch (route->who) {
	case WHO_MEMBER:
		return "API key or session token";
	case WHO_SESSION:
		return "session token";
	case WHO_OPERATOR:
		return "operator key";
	case WHO_ANYONE:
		break;
	}
	return "none";
}

/* Names, types and help of the fields that a body may carry. */
static void put_fields(struct arena *arena, const struct route *route, struct value *list)
{
	struct value *schema = value_map(arena);
	const struct value *properties;

	if (!has_body(route))
		return;
	entity_openapi_schema(route->entity, body_kind(route), schema);
	properties = value_get(schema, STR("properties"));
	for (size_t i = 0; properties && i < value_count(properties); i++) {
		struct str name = STR_NONE;
		const struct value *property = value_member(properties, i, &name);
		int field = entity_field(route->entity, name);
		struct value *row;

		if (field < 0)
			continue;
		row = value_map(arena);
		value_put_str(row, "name", name);
		value_put_text(row, "label", route->entity->fields[field].label);
		value_put_text(row, "help", route->entity->fields[field].help);
		value_put_bool(row, "required",
			       body_kind(route) == WRITE_CREATE &&
				       (route->entity->fields[field].flags & FIELD_REQUIRED) != 0);
		value_put_str(row, "format", value_as_str(value_get(property, STR("format"))));
		value_append(list, row);
	}
}

static struct value *docs_operation(struct arena *arena, const struct config *config, const struct route *route)
{
	struct value *operation = value_map(arena);
	const char *label = own_label(route, "your-workspace");

	value_put_text(operation, "method", method_name(route->method));
	value_put_text(operation, "path", route->path);
	value_put_text(operation, "summary", route->summary);
	value_put_text(operation, "credential", credential_words(route));
	value_put_str(operation, "origin", label ? config_origin(config, arena, label) : STR_NONE);
	value_put_bool(operation, "idempotent", route->idempotent);
	value_put_bool(operation, "needs_if_match", needs_if_match(route));
	put_parameters(route, value_put_list(operation, "parameters"));
	put_fields(arena, route, value_put_list(operation, "fields"));
	value_put_bool(operation, "has_parameters", value_count(value_get(operation, STR("parameters"))) > 0);
	value_put_bool(operation, "has_fields", value_count(value_get(operation, STR("fields"))) > 0);
	return operation;
}

/* The heading that a path belongs under: its noun. */
static struct str group_name(const struct route *route)
{
	struct str rest = str_from(route->path), segment;

	str_split(&rest, '/');
	segment = str_split(&rest, '/');
	if (!str_is(segment, "api"))
		return STR("process");
	segment = str_split(&rest, '/');
	return str_is(segment, "admin") ? STR("operators") : segment;
}

void openapi_docs(struct arena *arena, const struct config *config, struct value *page)
{
	struct value *groups = value_put_list(page, "groups"), *operations = NULL;
	struct str current = STR_NONE;
	size_t count;
	const struct route *table = routes(&count);

	value_put_str(page, "api_origin", config_origin(config, arena, "api"));
	for (size_t i = 0; i < count; i++) {
		if (!documented(&table[i]))
			continue;
		if (!operations || !str_equal(current, group_name(&table[i]))) {
			struct value *group = value_map(arena);

			current = group_name(&table[i]);
			value_put_str(group, "name", current);
			operations = value_put_list(group, "operations");
			value_append(groups, group);
		}
		value_append(operations, docs_operation(arena, config, &table[i]));
	}
}
