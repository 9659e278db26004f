/* What the description says of a request's body. */
#include "fcgi/openapi_internal.h"
#include "fcgi/route.h"

enum write_kind openapi_body_kind(const struct route *route)
{
	return route->method == METHOD_PATCH ? WRITE_UPDATE : WRITE_CREATE;
}

/* A line as those of answers are, what may be left out with a '*'; the words it takes, and what it means. */
struct body_member {
	const char *line;
	const char *const *choices; /* ended by NULL; NULL: any */
	const char *description;
};

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define MODE WORDS("both", "create", "update")
#define IMPORT_OPTIONS(structured)                                                                                     \
	{"*mode string", MODE,                                                                                         \
	 "What becomes of rows: create those that are new, update those that are there, or both, the default."},       \
		{"*match string", NULL,                                                                                \
		 "By what a record is found again: id, or email_or_phone, email, phone for people, address for "       \
		 "properties, serial for equipment. Empty: never."},                                                   \
		{"*tags string", NULL, "Names of tags for every record, with commas between them."},                   \
		{"*mapping " structured, NULL,                                                                         \
		 "An object, heading of the column to name of the field; a column that is left out is not taken. "     \
		 "Not sent: the columns are guessed by their headings."},                                              \
		{"*defaults " structured, NULL, "An object, name of the field to the value of rows that have none."},  \
	{                                                                                                              \
		"*new_enquiries boolean", NULL,                                                                        \
			"Of leads: they wait for an answer, whose clock starts when the row says that they came."      \
	}

static const struct body_member merge[] = {
	{"keep string uuid", NULL, "The one that stays."},
	{"remove string uuid", NULL, "The one that goes."},
	{"*keep_version integer", NULL, "The version that was seen; 412 when it is another."},
	{"*remove_version integer", NULL, "The same of the other one."},
	{"*fields object", NULL, "Name of the field to keep, remove or both: whose value holds."},
	{NULL, NULL, NULL},
};
static const struct body_member merge_batch[] = {
	{"entity string", NULL, "leads, contacts or properties."},
	{"pairs[].first string uuid", NULL, "One of the two; the older one stays, and its empty fields are filled."},
	{"pairs[].second string uuid", NULL, "The other one."},
	{NULL, NULL, NULL},
};
static const struct body_member discarded[] = {
	{"ids string[]", NULL, "Of requests that wait."},
	{NULL, NULL, NULL},
};
static const struct body_member import_options[] = {
	IMPORT_OPTIONS("object"),
	{NULL, NULL, NULL},
};
static const struct body_member import_upload[] = {
	{"file string binary", NULL, "The CSV file, 50 MiB at most."},
	{"entity string", WORDS("leads", "contacts", "properties", "equipment"), "What its rows become."},
	{"*encoding string", WORDS("utf-8", "utf-16le", "utf-16be", "windows-1252"), "Not sent: as the bytes look."},
	{"*delimiter string", WORDS(",", ";", "\t", "|"), "Between two cells. Not sent: as the first rows look."},
	IMPORT_OPTIONS("string"),
	{"*start string", WORDS("yes", "no"), "no: it stays a draft, which GET shows and POST …/start begins."},
	{NULL, NULL, NULL},
};

static const struct body_member batch[] = {
	{"*mode string", WORDS("all_or_nothing", "best_effort"),
	 "What a row that cannot be created does to the others."},
	{"rows object[]", NULL, "What would be sent to create each of them."},
	{NULL, NULL, NULL},
};

/* Bodies that no entity describes. */
static const struct {
	const char *path;
	const struct body_member *members;
	bool may_be_left_out;
} bodies[] = {
	{"/api/{plural}/merge", merge, false},
	{"/api/merges/batch", merge_batch, false},
	{"/api/web_forms/{id}/held/discard", discarded, false},
	{"/api/imports/{id}/start", import_options, true},
};

static void put_members(struct value *schema, const struct body_member *members)
{
	for (; members->line; members++) {
		struct value *member = openapi_put_member(schema, members->line), *words;

		value_put_text(member, "description", members->description);
		if (!members->choices)
			continue;
		words = value_put_list(member, "enum");
		for (const char *const *choice = members->choices; *choice; choice++)
			value_append(words, value_text(value_arena(schema), *choice));
	}
}

static int own_body(const struct route *route)
{
	for (size_t i = 0; route->method == METHOD_POST && i < COUNT_OF(bodies); i++)
		if (route_path_is(bodies[i].path, route))
			return (int)i;
	return -1;
}

bool openapi_has_body(const struct route *route)
{
	return route_takes_body(route) || own_body(route) >= 0;
}

bool openapi_needs_body(const struct route *route)
{
	int own = own_body(route);

	return own < 0 || !bodies[own].may_be_left_out;
}

static void put_batch(const struct route *route, struct value *schema)
{
	struct value *properties, *rows, *row;

	put_members(schema, batch);
	properties = openapi_member(schema, "properties");
	value_put_text(openapi_member(properties, "mode"), "default", "all_or_nothing");
	rows = openapi_member(properties, "rows");
	value_put_int(rows, "minItems", 1);
	value_put_int(rows, "maxItems", 500);
	row = value_put_map(rows, "items");
	entity_openapi_schema(route->entity, WRITE_CREATE, row);
	value_put_bool(schema, "additionalProperties", false);
}

void openapi_put_body(const struct route *route, struct value *schema)
{
	int own = own_body(route);

	if (own >= 0)
		put_members(schema, bodies[own].members);
	else if (route_path_is("/api/{plural}/batch", route))
		put_batch(route, schema);
	else
		entity_openapi_schema(route->entity, openapi_body_kind(route), schema);
}

void openapi_put_upload(struct value *operation)
{
	struct arena *arena = value_arena(operation);
	struct value *body = value_put_map(operation, "requestBody"), *schema = value_map(arena);

	put_members(schema, import_upload);
	value_put_bool(body, "required", true);
	value_put(body, "content", openapi_content(arena, "multipart/form-data", schema));
}
