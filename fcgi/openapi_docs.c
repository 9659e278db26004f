/* The API's description for people: /docs. */
#include "fcgi/openapi_internal.h"

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
	case WHO_STRANGER:
		break;
	}
	return "none";
}

/* Names, types and help of the fields that a body may carry. */
static void put_fields(struct arena *arena, const struct route *route, struct value *list)
{
	struct value *schema = value_map(arena);
	const struct value *properties;

	if (!openapi_has_body(route))
		return;
	openapi_put_body(route, schema);
	properties = value_get(schema, STR("properties"));
	for (size_t i = 0; properties && i < value_count(properties); i++) {
		struct str name = STR_NONE;
		const struct value *property = value_member(properties, i, &name);
		int index = route->entity ? entity_field(route->entity, name) : -1;
		const struct field *field = index < 0 ? NULL : &route->entity->fields[index];
		struct value *row = value_map(arena);

		value_put_str(row, "name", name);
		value_put_str(row, "label", field ? str_from(field->label) : name);
		value_put_str(row, "help",
			      field ? str_from(field->help) : value_as_str(value_get(property, STR("description"))));
		value_put_bool(row, "required",
			       openapi_body_kind(route) == WRITE_CREATE &&
				       openapi_lists(value_get(schema, STR("required")), name));
		value_put_str(row, "format", value_as_str(value_get(property, STR("format"))));
		value_append(list, row);
	}
}

static struct value *docs_operation(struct arena *arena, const struct config *config, const struct route *route)
{
	struct value *operation = value_map(arena);
	const char *label = openapi_own_label(route, "your-workspace");

	value_put_text(operation, "method", method_name(route->method));
	value_put_text(operation, "path", route->path);
	value_put_text(operation, "summary", route->summary);
	value_put_text(operation, "credential", credential_words(route));
	value_put_str(operation, "origin", label ? config_origin(config, arena, label) : STR_NONE);
	value_put_bool(operation, "idempotent", route->idempotent);
	value_put_bool(operation, "needs_if_match", openapi_needs_if_match(route));
	openapi_put_parameters(route, value_put_list(operation, "parameters"));
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
		if (!openapi_documented(&table[i]))
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
