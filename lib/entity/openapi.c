/* The entity as JSON Schema (OpenAPI 3.1), from the same table that checks what comes in. */
#include "lib/entity/entity_internal.h"

static const char *format_of(enum field_type type)
{
	static const char *const formats[] = {
		[FIELD_EMAIL] = "email", [FIELD_URL] = "uri",           [FIELD_PASSWORD] = "password",
		[FIELD_DATE] = "date",   [FIELD_INSTANT] = "date-time", [FIELD_REFERENCE] = "uuid",
	};

	return (size_t)type < COUNT_OF(formats) ? formats[type] : NULL;
}

/* also: another type that will do; NULL: none. */
static void put_type(struct value *schema, const char *type, const char *also, bool nullable)
{
	struct value *types;

	if (!nullable && !also) {
		value_put_text(schema, "type", type);
		return;
	}
	types = value_put_list(schema, "type");
	value_append(types, value_text(value_arena(schema), type));
	if (also)
		value_append(types, value_text(value_arena(schema), also));
	if (nullable)
		value_append(types, value_text(value_arena(schema), "null"));
}

static void put_choices(struct value *schema, const struct field *field, bool nullable)
{
	struct value *list = value_put_list(schema, "enum");

	for (const struct choice *choice = field->choices; choice->value; choice++)
		value_append(list, value_text(value_arena(schema), choice->value));
	if (nullable)
		value_append(list, value_null(value_arena(schema)));
}

/* A text of required input has one character at least. */
static void put_limits(struct value *schema, const struct field *field)
{
	int64_t least = field_minimum(field);

	if (field_is_text(field->type)) {
		if (least == 0 && field_is(field, FIELD_REQUIRED))
			least = 1;
		if (least > 0)
			value_put_int(schema, "minLength", least);
		value_put_int(schema, "maxLength", field_maximum(field));
	} else if (field_json_kind(field->type) == JSON_INTEGER) {
		value_put_int(schema, "minimum", least);
		value_put_int(schema, "maximum", field_maximum(field));
	}
}

static void put_default(struct value *schema, const struct field *field)
{
	struct arena *arena = value_arena(schema);
	struct value *value = NULL;

	switch (field_json_kind(field->type)) {
	case JSON_STRINGS:
	case JSON_STRING:
		value = value_text(arena, field->default_value);
		break;
	case JSON_INTEGER:
	case JSON_NUMBER:
		value = value_number(arena, str_from(field->default_value));
		break;
	case JSON_BOOLEAN:
		value = value_bool(arena, strcmp(field->default_value, "t") == 0);
		break;
	}
	value_put(schema, "default", value);
}

static void put_items(struct value *schema, const struct field *field)
{
	struct value *items = value_put_map(schema, "items");
	bool ids = field->type == FIELD_IDS;

	value_put_text(items, "type", "string");
	if (ids)
		value_put_text(items, "format", "uuid");
	else
		value_put_int(items, "maxLength", TAG_NAME_MOST);
	value_put_int(schema, "maxItems", ids ? field_maximum(field) : TAGS_MOST);
}

static void put_field(struct value *properties, const struct field *field, enum write_kind kind)
{
	static const char *const types[] = {[JSON_STRING] = "string",
					    [JSON_INTEGER] = "integer",
					    [JSON_NUMBER] = "number",
					    [JSON_BOOLEAN] = "boolean",
					    [JSON_STRINGS] = "array"};
	struct value *schema = value_put_map(properties, field->name);
	/* In an answer a field with a default is never null; in a request null means the default. */
	bool answer = kind == WRITE_DELETE, nullable = answer ? !field_is_never_null(field) && field->type != FIELD_TAGS
							      : !field_is(field, FIELD_REQUIRED);

	put_type(schema, types[field_json_kind(field->type)], field->type == FIELD_IDS ? "string" : NULL, nullable);
	value_put_text(schema, "title", field->label);
	if (field->help || field->type == FIELD_MONEY)
		value_put_str(schema, "description",
			      arena_printf(value_arena(schema), "%s%s%s", field->type == FIELD_MONEY ? "In cents." : "",
					   field->help && field->type == FIELD_MONEY ? " " : "",
					   field->help ? field->help : ""));
	if (format_of(field->type))
		value_put_text(schema, "format", format_of(field->type));
	if (field->choices)
		put_choices(schema, field, nullable);
	if (field_json_kind(field->type) == JSON_STRINGS)
		put_items(schema, field);
	if (answer && field_is(field, FIELD_READ_ONLY))
		value_put_bool(schema, "readOnly", true);
	if (answer)
		return;
	put_limits(schema, field);
	if (field_is(field, FIELD_WRITE_ONLY))
		value_put_bool(schema, "writeOnly", true);
	if (field->default_value && kind == WRITE_CREATE)
		put_default(schema, field);
}

static void put_layer_field(struct value *properties, struct value *required, const char *name, const char *type,
			    const char *format)
{
	struct value *schema = value_put_map(properties, name);

	value_put_text(schema, "type", type);
	if (format)
		value_put_text(schema, "format", format);
	value_put_bool(schema, "readOnly", true);
	value_append(required, value_text(value_arena(required), name));
}

void entity_openapi_schema(const struct entity *entity, enum write_kind kind, struct value *schema)
{
	struct arena *arena = value_arena(schema);
	struct value *properties, *required = value_list(arena);
	bool stored_answer = kind == WRITE_DELETE && entity->table;

	value_put_text(schema, "type", "object");
	properties = value_put_map(schema, "properties");
	if (stored_answer)
		put_layer_field(properties, required, "id", "string", "uuid");
	for (size_t i = 0; i < entity->field_count; i++) {
		const struct field *field = &entity->fields[i];

		if (kind == WRITE_DELETE ? !field_is_visible(field) || (stored_answer && field_is_time_of_row(field))
					 : !field_is_writable(field, kind))
			continue;
		put_field(properties, field, kind);
		if (kind == WRITE_DELETE ||
		    (kind == WRITE_CREATE && field_is(field, FIELD_REQUIRED) && !field->default_value))
			value_append(required, value_text(arena, field->name));
	}
	if (stored_answer) {
		put_layer_field(properties, required, "version", "integer", NULL);
		put_layer_field(properties, required, "created_at", "string", "date-time");
		put_layer_field(properties, required, "updated_at", "string", "date-time");
	}
	if (value_count(required))
		value_put(schema, "required", required);
	if (kind != WRITE_DELETE)
		value_put_bool(schema, "additionalProperties", false);
}

/* ---- list parameters ---- */

static struct value *add_parameter(struct value *parameters, const char *name, const char *description,
				   const char *type)
{
	struct value *parameter = value_map(value_arena(parameters)), *schema;

	value_append(parameters, parameter);
	value_put_text(parameter, "name", name);
	value_put_text(parameter, "in", "query");
	value_put_text(parameter, "description", description);
	value_put_bool(parameter, "required", false);
	schema = value_put_map(parameter, "schema");
	value_put_text(schema, "type", type);
	return schema;
}

static void add_sort_parameter(const struct entity *entity, struct value *parameters)
{
	struct value *schema = add_parameter(parameters, "sort",
					     "The field to sort by; with - in front, the largest first.", "string");
	struct value *names = value_put_list(schema, "enum");
	struct arena *arena = value_arena(parameters);

	for (size_t i = 0; i < entity->field_count; i++)
		if (field_is(&entity->fields[i], FIELD_SORTABLE)) {
			value_append(names, value_text(arena, entity->fields[i].name));
			value_append(names, value_str(arena, arena_printf(arena, "-%s", entity->fields[i].name)));
		}
	value_put_text(schema, "default", entity->default_sort);
}

/* A moment may be a whole day as well, a user "me", a list has commas: only a plain value has the field's own schema. */
static void add_filter_parameter(const struct field *field, enum list_operator operation, struct value *parameters)
{
	struct arena *arena = value_arena(parameters);
	bool value = list_operator_takes_value(operation), number = field_json_kind(field->type) == JSON_INTEGER;
	const char *type = operation == LIST_EMPTY || (value && field->type == FIELD_BOOL) ? "boolean"
			   : value && field->type == FIELD_NUMBER                          ? "number"
			   : value && number                                               ? "integer"
											   : "string";
	struct value *schema = add_parameter(
		parameters, arena_c_string(arena, list_filter_name(arena, field, operation)),
		arena_printf(arena, "Only rows whose %s %s.", field->label, list_operator_meaning(operation)).p, type);

	if (value && field->choices)
		put_choices(schema, field, false);
	if (value && field->type == FIELD_MONEY)
		value_put_text(schema, "title", "In cents");
	if (value && field->type == FIELD_INSTANT)
		value_put_text(schema, "title", "A time in RFC 3339, or a day like 2026-11-23 in the company's zone");
	if (field->type == FIELD_REFERENCE && operation != LIST_EMPTY && strcmp(field->references, "tenant_users") == 0)
		value_put_text(schema, "title", "An id, or me");
	else if (value && (field->type == FIELD_REFERENCE || field->type == FIELD_DATE))
		value_put_text(schema, "format", format_of(field->type));
}

void entity_openapi_list_parameters(const struct entity *entity, struct value *parameters)
{
	struct value *limit = add_parameter(parameters, "limit", "Rows a page.", "integer");

	value_put_int(limit, "minimum", 1);
	value_put_int(limit, "maximum", LIST_MOST_LIMIT);
	value_put_int(limit, "default", LIST_DEFAULT_LIMIT);
	add_parameter(parameters, "cursor", "next_cursor of the page before, with the same sort, q and filters.",
		      "string");
	entity_openapi_match_parameters(entity, parameters);
}

void entity_openapi_match_parameters(const struct entity *entity, struct value *parameters)
{
	add_sort_parameter(entity, parameters);
	if (entity_is_searchable(entity))
		value_put_int(
			add_parameter(parameters, "q", "Words that must all occur in the searchable fields.", "string"),
			"maxLength", LIST_MOST_SEARCH_LENGTH);
	for (size_t i = 0; i < entity->field_count; i++)
		for (enum list_operator operation = LIST_IS;
		     field_is(&entity->fields[i], FIELD_FILTERABLE) && operation < LIST_OPERATORS; operation++)
			if (list_operator_fits(&entity->fields[i], operation))
				add_filter_parameter(&entity->fields[i], operation, parameters);
}
