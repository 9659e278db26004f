/*
 * Ids of A's in inputs that no field table tells of: lists of ids, values whose meaning another value decides. What the answer is, is the handler's
 * business; it is the same for A's id as for one that does not exist.
 */
#include "tests/isolation/matrix.h"

/* '^' stands for the id, '@' for a row of B's own in the table that the address is about. */
static const struct {
	const char *end; /* of the route's path */
	enum face face;
	const char *body, *table; /* of the id; NULL: the address's */
} bodies[] = {
	{"/bulk", FACE_API, "{\"action\":\"delete\",\"ids\":\"^\"}", NULL},
	{"/bulk", FACE_API, "{\"action\":\"delete\",\"ids\":\"^\",\"dry_run\":true}", NULL},
	{"/bulk", FACE_API, "{\"action\":\"owner\",\"ids\":\"@\",\"value\":\"^\"}", "tenant_users"},
	{"/bulk", FACE_API, "{\"action\":\"stage\",\"ids\":\"@\",\"value\":\"^\"}", "pipeline_stages"},
	{"/bulk", FACE_API, "{\"action\":\"tag_add\",\"ids\":\"@\",\"value\":\"^\"}", "tags"},
	{"/bulk", FACE_API, "{\"action\":\"tag_remove\",\"ids\":\"@\",\"value\":\"^\"}", "tags"},
	{"/bulk", FACE_API, "{\"action\":\"delete\",\"query\":\"owner_id=^\"}", "tenant_users"},
	{"/bulk", FACE_PAGE, "scope=ids&id=^", NULL},
	{"/bulk", FACE_PAGE, "scope=ids&id=^&action=delete&go=yes", NULL},
	{"/bulk", FACE_PAGE, "scope=ids&id=@&action=owner&target.owner=^&go=yes", "tenant_users"},
	{"/bulk", FACE_PAGE, "scope=ids&id=@&action=tag_add&target.tag_add=^&go=yes", "tags"},
	{"/batch", FACE_API, "{\"rows\":[{\"name\":\"x\",\"owner_id\":\"^\"}]}", "tenant_users"},
	{"/batch", FACE_API, "{\"mode\":\"best_effort\",\"rows\":[{\"name\":\"x\",\"owner_id\":\"^\"}]}",
	 "tenant_users"},
	{"/merge", FACE_API, "{\"keep\":\"@\",\"remove\":\"^\"}", NULL},
	{"/merge", FACE_API, "{\"keep\":\"^\",\"remove\":\"@\"}", NULL},
	{"/{id}/merge", FACE_PAGE, "with=^", NULL},
	{"/merges/batch", FACE_API, "{\"entity\":\"leads\",\"pairs\":[{\"first\":\"^\",\"second\":\"@\"}]}", "leads"},
	{"/duplicates/merge", FACE_PAGE, "pair=^", "duplicate_pairs"},
	{"/held/discard", FACE_API, "{\"ids\":[\"^\"]}", "web_requests"},
	{"/held/discard", FACE_PAGE, "request=^", "web_requests"},
	{"/activity-note", FACE_PAGE, "activity=^&body=said", "activities"},
};

/* The table of the word in front of that end. */
static const char *address_table(const struct route *route, const char *end)
{
	const char *stop = route->path + strlen(route->path) - strlen(end), *word = stop;
	const struct entity *entity;

	while (word > route->path && word[-1] != '/')
		word--;
	entity = entity_find((struct str){word, (size_t)(stop - word)});
	return entity ? entity->table : route_table(route);
}

static struct str filled(const char *body, struct str id, struct str own)
{
	struct buffer out = BUFFER_IN(web->arena);

	for (; *body; body++)
		if (*body == '^')
			buffer_add_str(&out, id);
		else if (*body == '@')
			buffer_add_str(&out, own);
		else
			buffer_add_char(&out, *body);
	return buffer_str(&out);
}

bool matrix_foreign_input(struct shot *shot, size_t variant)
{
	const struct route *route = shot->route;

	for (size_t i = 0; i < COUNT_OF(bodies); i++) {
		const char *table;

		if (route->method != METHOD_POST || route->face != bodies[i].face ||
		    !str_ends(str_from(route->path), str_from(bodies[i].end)) || variant-- != 0)
			continue;
		table = address_table(route, bodies[i].end);
		shot->reference_id = matrix_id_of_a(bodies[i].table ? bodies[i].table : table);
		table = table ? table : bodies[i].table;
		shot->body = filled(bodies[i].body, shot->reference_id, planted_row(shot->who, table));
		shot->type = STR("application/json");
		if (route->face == FACE_PAGE) {
			shot->body = text("csrf=%.*s&%.*s", STR_FMT_ARG(shot->csrf), STR_FMT_ARG(shot->body));
			shot->type = STR("application/x-www-form-urlencoded");
		}
		return true;
	}
	return false;
}
