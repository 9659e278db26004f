/* Answers that are files: all rows of a list, and a whole company. */
#include "fcgi/openapi_internal.h"
#include "fcgi/route.h"

bool openapi_is_file(const struct route *route)
{
	return route->method == METHOD_GET &&
	       (route_path_is("/api/{plural}/export", route) || route_path_is("/api/archives/{id}/file", route));
}

static void add_words(struct value *list, const char *name, const char *const *words, const char *description)
{
	struct arena *arena = value_arena(list);
	struct value *parameter = value_map(arena), *schema, *choices;

	value_put_text(parameter, "name", name);
	value_put_text(parameter, "in", "query");
	value_put_bool(parameter, "required", false);
	schema = value_put_map(parameter, "schema");
	value_put_text(schema, "type", "string");
	if (words) {
		choices = value_put_list(schema, "enum");
		value_put_text(schema, "default", words[0]);
		for (; *words; words++)
			value_append(choices, value_text(arena, *words));
	}
	value_put_text(parameter, "description", description);
	value_append(list, parameter);
}

/* Those of the list, of which it has no pages. */
void openapi_put_file_parameters(const struct route *route, struct value *list)
{
	static const char *const formats[] = {"jsonl", "csv", "raw", NULL};

	if (!route->entity)
		return;
	add_words(list, "format", formats,
		  "jsonl: a record a line, as GET of one answers it; csv: for people and spreadsheets, where no cell "
		  "starts a formula; "
		  "raw: CSV of what is stored, which an import takes as it is.");
	add_words(list, "columns", NULL, "Of csv: names of fields with commas between, or all, the default.");
	add_words(
		list, "view", NULL,
		"The id of a saved view of this list: its filters and order, and nothing else but format and columns. "
		"A csv has the view's columns.");
	entity_openapi_match_parameters(route->entity, list);
}

static void put_bytes(struct value *content, const char *type)
{
	struct value *schema = value_put_map(value_put_map(content, type), "schema");

	value_put_text(schema, "type", "string");
	value_put_text(schema, "format", "binary");
}

void openapi_put_file(const struct route *route, struct value *answer)
{
	struct value *content = value_put_map(answer, "content"), *row;

	value_put_text(
		answer, "description",
		"The file, sent while it is read. One that was broken off ends without the end of the transfer: curl "
		"leaves with code 18 or 92.");
	if (!route->entity) {
		put_bytes(content, "application/gzip");
		return;
	}
	row = value_put_map(value_put_map(content, "application/jsonl"), "schema");
	entity_openapi_schema(route->entity, WRITE_DELETE, row);
	value_put_text(value_put_map(value_put_map(content, "text/csv"), "schema"), "type", "string");
}
