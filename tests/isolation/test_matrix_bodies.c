/*
 * Ids of A's in inputs that no field table tells of: lists of ids, values whose meaning another value decides, what a query asks for, and wherever a
 * valid request holds the id of a row of B's own. What the answer is, is the handler's business; it is the same for A's id as for one that does not exist.
 */
#include "tests/isolation/matrix.h"

#include "fcgi/handlers.h"

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

/*
 * '^' stands for the id, '@' for a row of B's own. A list of an entity signs its cursors, and has a condition of its own; others go on from a place that
 * anybody may name.
 */
#define PLACE "cursor=4102444800000000-^"
static const struct {
	const char *end;
	enum face face; /* 0: each */
	const char *query, *table, *own;
} queries[] = {
	{"/pipeline", 0, "owner=^", "tenant_users", NULL},
	{"/pipeline", 0, "stage=^", "pipeline_stages", NULL},
	{"/pipeline", 0, "stage=@&after=0_^", "leads", "pipeline_stages"},
	{"/requests", 0, "before=^", "web_requests", NULL},
	{"/website", 0, "before=^", "web_requests", NULL},
	{"/{id}", FACE_PAGE, "call=^", "activities", NULL},
	{"/{id}", FACE_PAGE, PLACE, "record_changes", NULL},
	{"/timeline", 0, PLACE, "activities", NULL},
	{"/history", 0, PLACE, "record_changes", NULL},
	{"/trash", 0, PLACE, "leads", NULL},
	{"/merges", 0, PLACE, "merges", NULL},
	{"/duplicates", 0, "cursor=100-^", "duplicate_pairs", NULL},
	{"/logo", 0, "v=^", "tenant_files", NULL},
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

static bool foreign_query(struct shot *shot, size_t variant)
{
	const struct route *route = shot->route;

	for (size_t i = 0; i < COUNT_OF(queries); i++) {
		if ((queries[i].face && queries[i].face != route->face) ||
		    !str_ends(str_from(route->path), str_from(queries[i].end)) || variant-- != 0)
			continue;
		shot->reference_id = matrix_id_of_a(queries[i].table);
		shot->query = filled(queries[i].query, shot->reference_id,
				     queries[i].own ? planted_row(shot->who, queries[i].own) : STR(""));
		return true;
	}
	return false;
}

/* What is offered for a reference, and what is chosen there already. */
static bool foreign_choice(struct shot *shot, size_t variant)
{
	const struct entity *entity = shot->route->entity;

	for (size_t i = 0; shot->route->handler == entity_choices_page && i < entity->field_count; i++) {
		const struct field *field = &entity->fields[i];

		if (!field->reference_search || variant-- != 0)
			continue;
		shot->reference_id = matrix_id_of_a(field->references);
		shot->query = text("field=%s&%s=%.*s", field->name, field->name, STR_FMT_ARG(shot->reference_id));
		return true;
	}
	return false;
}

bool matrix_foreign_input(struct shot *shot, size_t variant)
{
	const struct route *route = shot->route;

	if (route->method == METHOD_GET)
		return foreign_query(shot, variant) || foreign_choice(shot, variant);
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

/* ---- ids of B's own, wherever they stand ---- */

/* The nth of them by A's row of the same table. */
static bool replace_own(struct shot *shot, struct str *in, size_t *nth)
{
	for (size_t i = 0; i + UUID_TEXT_LENGTH <= in->n; i++) {
		struct str id = {in->p + i, UUID_TEXT_LENGTH}, table;
		struct uuid parsed;

		if (!uuid_parse(id, &parsed))
			continue;
		table = planted_table_of(shot->who, id);
		i += UUID_TEXT_LENGTH - 1;
		if (str_absent(table) || (*nth)-- != 0)
			continue;
		shot->reference_id = matrix_id_of_a(table.p);
		*in = text("%.*s%.*s%.*s", (int)(id.p - in->p), in->p, STR_FMT_ARG(shot->reference_id),
			   (int)(in->n - (size_t)(id.p - in->p) - UUID_TEXT_LENGTH), id.p + UUID_TEXT_LENGTH);
		return true;
	}
	return false;
}

/* Bodies that are made of an entity's fields have a condition of their own. */
bool matrix_foreign_row(struct shot *shot, size_t variant)
{
	enum who who = rule_of(shot->route)->who;

	return (who == WHO_MEMBER || who == WHO_SESSION) &&
	       (replace_own(shot, &shot->query, &variant) || replace_own(shot, &shot->body, &variant));
}
