#include "fcgi/navigation.h"

#include "lib/crm/entities.h"

/* What fits beside "More" at the bottom of a phone; the rest of the main places stands behind it there. */
#define PLACES_ON_PHONE 4

struct way {
	const char *label, *url, *icon;
	enum permission can;
	enum place place;
	const char *before; /* the entity it stands in front of; NULL: behind all of them */
};

/* Pages that are no entity's list, one line each. The lists of entities come with their line in lib/crm/entities.c. */
/* clang-format off */
static const struct way ways[] = {
	{"Today", "/", "home", CAN_READ, PLACE_MAIN, "leads"},
	{"Pipeline", "/pipeline", "layout-kanban", CAN_READ, PLACE_MAIN, "contacts"},
	{"My day", "/my-day", "calendar", CAN_READ, PLACE_MAIN, "leads"},
	{"Company", "/settings", NULL, CAN_READ, PLACE_SETTINGS, "leads"},
	{"Users", "/settings/users", NULL, CAN_USERS, PLACE_SETTINGS, "leads"},
	{"Response times", "/settings/response", NULL, CAN_READ, PLACE_SETTINGS, "leads"},
	{"API keys", "/settings/api-keys", NULL, CAN_KEYS, PLACE_SETTINGS, "leads"},
	{"Data", "/settings/data", NULL, CAN_SETTINGS, PLACE_SETTINGS, "leads"},
	{"Imports", "/imports", "file-import", CAN_SETTINGS, PLACE_MORE, NULL},
	{"Duplicates", "/duplicates", "copy", CAN_READ, PLACE_MORE, NULL},
	{"Trash", "/trash", "trash", CAN_READ, PLACE_MORE, NULL},
};
/* clang-format on */

struct navigation {
	struct context *c;
	struct value *lists[PLACE_SETTINGS + 1];  /* by place */
	struct value *active[PLACE_SETTINGS + 1]; /* the item whose address is the longest that leads to this page */
	size_t active_length[PLACE_SETTINGS + 1];
	size_t main_count;
};

/* The address itself or one below it. */
static bool is_in(struct str path, const char *url)
{
	struct str base = str_from(url);

	return str_equal(path, base) || (base.n > 1 && str_starts(path, base) && path.p[base.n] == '/');
}

static void put_item(struct context *c, struct value *item, const struct way *way)
{
	value_put_text(item, "label", way->label);
	value_put_url(item, "url", str_from(way->url));
	if (way->icon)
		value_put_url(
			item, "icon_url",
			arena_printf(c->arena, "/static/icons.svg?v=%s#%s", c->app->config->static_version, way->icon));
	value_put_bool(item, "active", false);
}

static void add_way(struct navigation *navigation, const struct way *way)
{
	struct context *c = navigation->c;
	struct value *item;

	if (!navigation->lists[way->place] || !principal_can(c->principal, way->can))
		return;
	item = value_map(c->arena);
	put_item(c, item, way);
	value_put_bool(item, "off_phone", way->place == PLACE_MAIN && navigation->main_count >= PLACES_ON_PHONE);
	value_append(navigation->lists[way->place], item);
	if (way->place == PLACE_MAIN)
		navigation->main_count++;
	if (is_in(c->request->path, way->url) && strlen(way->url) > navigation->active_length[way->place]) {
		navigation->active[way->place] = item;
		navigation->active_length[way->place] = strlen(way->url);
	}
}

/* Those in front of the entity; behind all of them where it is NULL. */
static void add_own_ways(struct navigation *navigation, const struct entity *entity)
{
	for (size_t i = 0; i < COUNT_OF(ways); i++)
		if (entity ? ways[i].before && strcmp(ways[i].before, entity->plural) == 0 : !ways[i].before)
			add_way(navigation, &ways[i]);
}

static void add_ways(struct navigation *navigation)
{
	for (size_t i = 0; i < entities_count; i++) {
		const struct entity *entity = entities[i];
		struct way way = {entity->label_plural, NULL, entity->icon, CAN_READ, entity_place(entity), NULL};

		way.url = arena_printf(navigation->c->arena, "/%s", entity->plural).p;
		add_own_ways(navigation, entity);
		add_way(navigation, &way);
	}
	add_own_ways(navigation, NULL);
}

void navigation_put(struct context *c)
{
	static const struct way settings = {"Settings", "/settings", "settings", CAN_READ, PLACE_NONE, NULL};
	struct navigation navigation = {.c = c};
	struct value *item = value_put_map(c->page, "nav_settings");

	navigation.lists[PLACE_MAIN] = value_put_list(c->page, "nav");
	navigation.lists[PLACE_MORE] = value_put_list(c->page, "nav_more");
	navigation.lists[PLACE_SETTINGS] = value_list(c->arena);
	if (c->principal)
		add_ways(&navigation);
	for (size_t i = 0; i < COUNT_OF(navigation.active); i++)
		if (navigation.active[i])
			value_put_bool(navigation.active[i], "active", true);
	put_item(c, item, &settings);
	value_put_bool(item, "active", navigation.active[PLACE_SETTINGS] != NULL);
	value_put_bool(c->page, "nav_more_active", navigation.active[PLACE_MORE] != NULL);
	/* Pages below /settings show their tabs themselves, under their title. */
	value_put_bool(c->page, "tabs_on_top",
		       navigation.active[PLACE_SETTINGS] && !is_in(c->request->path, "/settings"));
	value_put(c->page, "settings_tabs",
		  navigation.active[PLACE_SETTINGS] ? navigation.lists[PLACE_SETTINGS] : value_list(c->arena));
}
