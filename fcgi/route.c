/* The whole table out of its rows, and the way from a path to a row. */
#include "fcgi/route.h"
#include "fcgi/route_rows.h"

#include "lib/crm/entities.h"

#define SEGMENTS_MOST 8
#define BUCKETS ((size_t)1024) /* five times as many as there are pairs of first segments */

static struct {
	struct arena *arena; /* lives as long as the process */
	struct route *rows;
	size_t count;
	/* By the first two segments; 0 is none, otherwise one more than the row's place. Rows of a bucket keep their order. */
	size_t *next, first[BUCKETS];
} table;

/* ---- building ---- */

static struct str lower_label(struct arena *arena, const char *label)
{
	struct str text = arena_copy(arena, str_from(label));
	struct buffer out = BUFFER_IN(arena);

	for (size_t i = 0; i < text.n; i++)
		buffer_add_char(&out,
				text.p[i] >= 'A' && text.p[i] <= 'Z' ? (char)(text.p[i] + ('a' - 'A')) : text.p[i]);
	return buffer_str(&out);
}

/* text with each {name} replaced. */
static const char *filled(struct arena *arena, const char *text, const char *name, struct str with)
{
	struct buffer out = BUFFER_IN(arena);
	size_t length = strlen(name);

	if (!text)
		return NULL;
	while (*text) {
		if (strncmp(text, name, length) == 0) {
			buffer_add_str(&out, with);
			text += length;
		} else {
			buffer_add_char(&out, *text++);
		}
	}
	return arena_c_string(arena, buffer_str(&out));
}

static struct route entity_row(struct arena *arena, const struct route *row, const struct entity *entity)
{
	struct route route = *row;

	route.entity = row->entity ? row->entity : entity; /* an input of its own, or the row */
	if (row->can == CAN_WRITE)
		route.can = entity_write_permission(entity);
	else if (row->can == CAN_DELETE)
		route.can = entity_delete_permission(entity);
	route.path = filled(arena, row->path, "{plural}", str_from(entity->plural));
	route.summary = filled(arena, row->summary, "{label_plural}", lower_label(arena, entity->label_plural));
	route.summary = filled(arena, route.summary, "{label}", lower_label(arena, entity->label));
	return route;
}

/* No history of an entity that keeps none, no trash of one without. */
static bool has_use(const struct route *row, const struct entity *entity)
{
	if (strstr(row->path, "/history"))
		return entity->history;
	return entity->trash || !(strstr(row->path, "/restore") || strstr(row->path, "/erase"));
}

/* FNV-1a. */
static size_t bucket_of(struct str first, struct str second)
{
	const struct str parts[] = {first, STR("/"), second};
	uint32_t hash = UINT32_C(2166136261);

	for (size_t part = 0; part < COUNT_OF(parts); part++)
		for (size_t i = 0; i < parts[part].n; i++)
			hash = (hash ^ (unsigned char)parts[part].p[i]) * UINT32_C(16777619);
	return hash % BUCKETS;
}

static void build_index(void)
{
	table.next = arena_array(table.arena, table.count, sizeof(*table.next));
	for (size_t i = table.count; i-- > 0;) {
		struct str rest = str_from(table.rows[i].path), first;
		size_t bucket;

		(void)str_split(&rest, '/');
		first = str_split(&rest, '/');
		bucket = bucket_of(first, str_split(&rest, '/'));
		table.next[i] = table.first[bucket];
		table.first[bucket] = i + 1;
	}
}

static void build(void)
{
	size_t own_count, generic_count, at = 0;
	const struct route *own = route_rows_own(&own_count), *generic = route_rows_entity(&generic_count);

	table.arena = arena_new((size_t)16 * 1024 * 1024);
	table.rows = arena_array(table.arena, own_count + generic_count * entities_count, sizeof(*table.rows));
	for (size_t i = 0; i < own_count; i++)
		table.rows[at++] = own[i];
	for (size_t e = 0; e < entities_count; e++)
		for (size_t i = 0; i < generic_count; i++)
			if (has_use(&generic[i], entities[e]))
				table.rows[at++] = entity_row(table.arena, &generic[i], entities[e]);
	table.count = at;
	build_index();
}

const struct route *routes(size_t *count)
{
	if (!table.rows)
		build();
	*count = table.count;
	return table.rows;
}

/* ---- finding ---- */

struct segments {
	struct str items[SEGMENTS_MOST];
	size_t count;
};

/* "/leads/0192…/edit" in three, each with its percent escapes undone. False: no address of ours looks like that. */
static bool split_path(struct arena *arena, struct str path, struct segments *out)
{
	struct str rest = path;

	out->count = 0;
	if (path.n == 0 || path.p[0] != '/')
		return false;
	(void)str_split(&rest, '/');
	while (!str_absent(rest)) {
		struct str segment = str_split(&rest, '/');

		if (out->count == SEGMENTS_MOST)
			return false;
		if (memchr(segment.n ? segment.p : "", '%', segment.n) && !url_decode(arena, segment, &segment))
			return false;
		out->items[out->count++] = segment;
	}
	return true;
}

static bool matches(const char *pattern, const struct segments *path, struct uuid *id)
{
	const char *at = pattern;

	for (size_t i = 0; i < path->count; i++) {
		struct str part = path->items[i];

		if (*at++ != '/')
			return false;
		if (strncmp(at, "{id}", 4) == 0) {
			if (!uuid_parse(part, id))
				return false;
			at += 4;
		} else if (part.n == 0 || (strncmp(at, part.p, part.n) == 0 && !memchr(part.p, '/', part.n) &&
					   !memchr(part.p, '\0', part.n))) {
			at += part.n;
		} else {
			return false;
		}
		if (*at != '/' && *at != '\0')
			return false;
	}
	return *at == '\0';
}

static bool serves(const struct route *route, enum method method)
{
	return route->method == method || (route->method == METHOD_GET && method == METHOD_HEAD);
}

static void add_allowed(struct buffer *allowed, const struct route *route)
{
	if (allowed->length)
		BUFFER_LITERAL(allowed, ", ");
	buffer_add_str(allowed, str_from(method_name(route->method)));
	if (route->method == METHOD_GET)
		BUFFER_LITERAL(allowed, ", HEAD");
}

struct search {
	const struct segments *path;
	enum host_kind host;
	enum method method;
	const struct route *found;
	struct uuid *id;
	struct buffer allowed;
};

static void search_bucket(struct search *search, size_t bucket)
{
	for (size_t at = table.first[bucket]; at; at = table.next[at - 1]) {
		const struct route *row = &table.rows[at - 1];

		if (!(row->hosts & (1u << search->host)) || !matches(row->path, search->path, search->id))
			continue;
		if (!search->found && serves(row, search->method))
			search->found = row;
		add_allowed(&search->allowed, row);
	}
}

enum route_match route_find(struct arena *arena, enum host_kind host, enum method method, struct str path,
			    const struct route **found, struct uuid *id, struct str *allowed)
{
	struct segments segments;
	struct search search = {&segments, host, method, NULL, id, BUFFER_IN(arena)};
	size_t count, word, id_bucket;

	(void)routes(&count);
	*found = NULL;
	*id = uuid_zero();
	*allowed = STR("");
	if (!split_path(arena, path, &segments))
		return ROUTE_NO_PATH;
	word = bucket_of(segments.items[0], segments.count > 1 ? segments.items[1] : STR_NONE);
	id_bucket = bucket_of(segments.items[0], STR("{id}"));
	search_bucket(&search, word);
	if (segments.count > 1 && id_bucket != word)
		search_bucket(&search, id_bucket);
	if (search.allowed.length == 0)
		return ROUTE_NO_PATH;
	BUFFER_LITERAL(&search.allowed, ", OPTIONS");
	*found = search.found;
	*allowed = buffer_str(&search.allowed);
	return *found ? ROUTE_FOUND : ROUTE_NO_METHOD;
}

bool route_takes_body(const struct route *route)
{
	bool writes = route->method == METHOD_POST || route->method == METHOD_PATCH || route->method == METHOD_PUT;

	return route->entity && writes && !(route->entity->table && strstr(route->path, "{id}/"));
}

/* ---- for nginx ---- */

static void add_matcher(struct buffer *out, const char *path)
{
	struct str rest = str_from(path);

	if (!strchr(path, '{')) {
		buffer_printf(out, "= %s\n", path);
		return;
	}
	BUFFER_LITERAL(out, "~ ^");
	(void)str_split(&rest, '/');
	while (!str_absent(rest)) {
		struct str part = str_split(&rest, '/');

		buffer_printf(out, "/%.*s", STR_FMT_ARG(part.n > 0 && part.p[0] == '{' ? STR("[^/]+") : part));
	}
	BUFFER_LITERAL(out, "$\n");
}

void routes_password_locations(struct buffer *out)
{
	size_t count;
	const struct route *rows = routes(&count);

	for (size_t i = 0; i < count; i++) {
		bool seen = false;

		for (size_t before = 0; before < i && !seen; before++)
			seen = rows[before].pool == POOL_PASSWORD && strcmp(rows[before].path, rows[i].path) == 0;
		if (rows[i].pool == POOL_PASSWORD && !seen)
			add_matcher(out, rows[i].path);
	}
}

bool route_path_is(const char *path, const struct route *route)
{
	static const char plural[] = "/api/{plural}";
	struct str rest = str_from(route->path), word;
	const char *behind = path + sizeof plural - 1;

	if (strncmp(path, plural, sizeof plural - 1) != 0)
		return strcmp(path, route->path) == 0;
	(void)str_split(&rest, '/');
	(void)str_split(&rest, '/');
	word = str_split(&rest, '/');
	return entity_find(word) != NULL && (*behind ? str_is(rest, behind + 1) : str_absent(rest));
}
