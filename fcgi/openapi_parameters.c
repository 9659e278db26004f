/* What the description says of a request's address and headers. */
#include "fcgi/handlers.h"
#include "fcgi/openapi_internal.h"
#include "fcgi/parameters.h"

bool openapi_needs_if_match(const struct route *route)
{
	static handler *const asking[] = {entity_update_api, user_update_api, lead_move_api, response_rules_put};

	for (size_t i = 0; i < COUNT_OF(asking); i++)
		if (route->handler == asking[i])
			return true;
	return false;
}

static bool takes_if_match(const struct route *route)
{
	return openapi_needs_if_match(route) ||
	       (openapi_has_id(route) && (route->method == METHOD_PATCH || route->method == METHOD_DELETE));
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

void openapi_put_parameters(const struct route *route, struct value *list)
{
	struct arena *arena = value_arena(list);
	const struct parameter *parameter;
	size_t place = 0;

	if (openapi_has_id(route))
		add_parameter(list, "id", "path", true, openapi_string(arena, "uuid"), "The row's id.");
	if (openapi_is_file(route))
		openapi_put_file_parameters(route, list);
	else if (parameters_are_of_list(route))
		entity_openapi_list_parameters(route->entity, list);
	while ((parameter = parameter_next(route, &place)) != NULL)
		add_parameter(list, parameter->name, "query", parameter->required, type_schema(arena, parameter->type),
			      parameter->description);
	if (takes_if_match(route))
		add_parameter(list, "If-Match", "header", openapi_needs_if_match(route), openapi_string(arena, NULL),
			      "The ETag that was read; 412 when the row has moved on.");
	if (route->idempotent)
		add_parameter(list, "Idempotency-Key", "header", false, openapi_string(arena, NULL),
			      "Sent again within 24 hours, it gives the first answer again.");
}
