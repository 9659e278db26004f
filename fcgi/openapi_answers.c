/* Answers, and bodies, that are no row of an entity: from lines of members (openapi_shapes.c) to schemas. */
#include "fcgi/openapi_internal.h"

/* What stands beside an entity's own members. */
static const char *const user_made[] = {"*set_password_url string uri", "*set_password_expires_at string date-time",
					NULL};

static void put_type(struct value *schema, struct str type)
{
	struct arena *arena = value_arena(schema);

	if (str_ends(type, STR("?"))) {
		struct value *types = value_put_list(schema, "type");

		value_append(types, value_str(arena, (struct str){type.p, type.n - 1}));
		value_append(types, value_text(arena, "null"));
	} else if (str_ends(type, STR("[]"))) {
		value_put_text(schema, "type", "array");
		value_put_str(value_put_map(schema, "items"), "type", (struct str){type.p, type.n - 2});
	} else {
		value_put_str(schema, "type", type);
		if (str_is(type, "object")) /* names that are not known beforehand */
			value_put_bool(schema, "additionalProperties", true);
	}
}

static struct value *list_of(struct value *map, const char *name)
{
	struct value *found = openapi_member(map, name);

	return found ? found : value_put_list(map, name);
}

static struct value *object_of(struct value *map, const char *name)
{
	struct value *found = openapi_member(map, name);

	return found ? found : value_put_map(map, name);
}

/* The object in which the rest of a path lies: the member itself, or each item of a list ("cards[].id"). */
static struct value *within(struct value *member, bool list)
{
	if (!list)
		return member;
	value_put_text(member, "type", "array");
	return object_of(member, "items");
}

struct value *openapi_put_member(struct value *schema, const char *line)
{
	struct arena *arena = value_arena(schema);
	bool always = *line != '*';
	struct str format = str_from(always ? line : line + 1), path = str_split(&format, ' '),
		   type = str_split(&format, ' ');
	struct value *object = schema, *member;

	for (;;) {
		struct str name = str_split(&path, '.');
		bool list = str_ends(name, STR("[]"));

		name.n -= list ? 2 : 0;
		value_put_text(object, "type", "object");
		if (always && !openapi_lists(list_of(object, "required"), name))
			value_append(list_of(object, "required"), value_str(arena, name));
		member = object_of(object_of(object, "properties"), arena_c_string(arena, name));
		if (str_absent(path))
			break;
		object = within(member, list);
	}
	put_type(member, type);
	if (!str_absent(format))
		value_put_str(member, "format", format);
	return member;
}

void openapi_put_members(struct value *schema, const char *const *lines)
{
	for (; lines && *lines; lines++)
		(void)openapi_put_member(schema, *lines);
}

bool openapi_answer(const struct route *route, struct value *schema)
{
	const struct openapi_shape *shape = openapi_shape_of(route);
	struct value *row = schema;

	if (!shape)
		return false;
	if (shape->list) {
		row = value_map(value_arena(schema));
		openapi_put_list(schema, row, shape->pages, false);
	}
	openapi_put_members(row, shape->members);
	openapi_put_members(row, shape->more);
	openapi_put_members(schema, shape->beside);
	return true;
}

void openapi_answer_more(const struct route *route, struct value *schema)
{
	if (route->method == METHOD_POST && strcmp(route->path, "/api/users") == 0)
		openapi_put_members(schema, user_made);
}
