#include "lib/text/value.h"

#include "lib/base/clock.h"
#include "lib/text/url.h"

struct member {
	struct str key; /* empty in a list */
	struct value *value;
};

struct value {
	enum value_type type;
	bool truth; /* of a VALUE_BOOL */
	struct arena *arena;
	union {
		struct str text;
		struct {
			struct member *members;
			size_t count, capacity;
		} held;
	} as;
};

static struct value *value_new(struct arena *arena, enum value_type type)
{
	struct value *value = ARENA_NEW(arena, struct value);
	value->type = type;
	value->arena = arena;
	return value;
}

static struct value *text_new(struct arena *arena, enum value_type type, struct str text)
{
	struct value *value = value_new(arena, type);
	value->as.text = text;
	return value;
}

struct value *value_null(struct arena *arena)
{
	return value_new(arena, VALUE_NULL);
}

struct value *value_bool(struct arena *arena, bool truth)
{
	struct value *value = value_new(arena, VALUE_BOOL);
	value->truth = truth;
	return value;
}

struct value *value_int(struct arena *arena, int64_t number)
{
	return text_new(arena, VALUE_NUMBER, arena_printf(arena, "%lld", (long long)number));
}

struct value *value_number(struct arena *arena, struct str text)
{
	return text_new(arena, VALUE_NUMBER, text);
}

struct value *value_json(struct arena *arena, struct str printed)
{
	return text_new(arena, VALUE_JSON, printed);
}

struct value *value_str(struct arena *arena, struct str text)
{
	return str_absent(text) ? value_null(arena) : text_new(arena, VALUE_STRING, text);
}

struct value *value_text(struct arena *arena, const char *c_string)
{
	return value_str(arena, str_from(c_string));
}

struct value *value_url(struct arena *arena, struct str url)
{
	if (str_absent(url))
		return value_null(arena);
	return text_new(arena, VALUE_URL, url_is_safe(url) ? url : STR("#"));
}

struct value *value_list(struct arena *arena)
{
	return value_new(arena, VALUE_LIST);
}

struct value *value_map(struct arena *arena)
{
	return value_new(arena, VALUE_MAP);
}

static bool is_container(const struct value *value)
{
	return value != NULL && (value->type == VALUE_LIST || value->type == VALUE_MAP);
}

static void hold(struct value *container, struct str key, struct value *item)
{
	if (container->as.held.count == container->as.held.capacity) {
		size_t capacity = container->as.held.capacity ? container->as.held.capacity * 2 : 8;
		struct member *members = arena_array(container->arena, capacity, sizeof(*members));
		if (container->as.held.count > 0)
			memcpy(members, container->as.held.members, container->as.held.count * sizeof(*members));
		container->as.held.members = members;
		container->as.held.capacity = capacity;
	}
	container->as.held.members[container->as.held.count++] = (struct member){key, item};
}

void value_append(struct value *list, struct value *item)
{
	hold(list, STR_NONE, item);
}

void value_put_new(struct value *map, struct str key, struct value *item)
{
	hold(map, key, item);
}

static struct member *find(const struct value *map, struct str key)
{
	if (map == NULL || map->type != VALUE_MAP)
		return NULL;
	for (size_t i = 0; i < map->as.held.count; i++)
		if (str_equal(map->as.held.members[i].key, key))
			return &map->as.held.members[i];
	return NULL;
}

void value_put(struct value *map, const char *key, struct value *item)
{
	struct member *member = find(map, str_from(key));
	if (member != NULL)
		member->value = item;
	else
		hold(map, str_from(key), item);
}

void value_put_str(struct value *map, const char *key, struct str text)
{
	value_put(map, key, value_str(map->arena, text));
}

void value_put_text(struct value *map, const char *key, const char *text)
{
	value_put(map, key, value_text(map->arena, text));
}

void value_put_int(struct value *map, const char *key, int64_t number)
{
	value_put(map, key, value_int(map->arena, number));
}

void value_put_instant(struct value *map, const char *key, int64_t instant)
{
	value_put_str(map, key, instant ? clock_rfc3339(map->arena, instant) : STR_NONE);
}

void value_put_bool(struct value *map, const char *key, bool truth)
{
	value_put(map, key, value_bool(map->arena, truth));
}

void value_put_url(struct value *map, const char *key, struct str url)
{
	value_put(map, key, value_url(map->arena, url));
}

struct value *value_put_map(struct value *map, const char *key)
{
	struct value *made = value_map(map->arena);
	value_put(map, key, made);
	return made;
}

struct value *value_put_list(struct value *map, const char *key)
{
	struct value *made = value_list(map->arena);
	value_put(map, key, made);
	return made;
}

enum value_type value_type(const struct value *value)
{
	return value ? value->type : VALUE_NULL;
}

/* Zero in any spelling of JSON: 0, -0, 0.00, 0e5. */
static bool number_is_zero(struct str number)
{
	for (size_t i = 0; i < number.n && number.p[i] != 'e' && number.p[i] != 'E'; i++)
		if (number.p[i] >= '1' && number.p[i] <= '9')
			return false;
	return true;
}

bool value_truth(const struct value *value)
{
	if (value == NULL)
		return false;
	switch (value->type) {
	case VALUE_NULL:
		return false;
	case VALUE_BOOL:
		return value->truth;
	case VALUE_NUMBER:
		return !number_is_zero(value->as.text);
	case VALUE_STRING:
	case VALUE_URL:
		return value->as.text.n > 0;
	case VALUE_LIST:
		return value->as.held.count > 0;
	case VALUE_MAP:
	case VALUE_JSON:
		return true;
	}
	return false;
}

struct str value_as_str(const struct value *value)
{
	if (value == NULL || value->type == VALUE_NULL || is_container(value))
		return STR_NONE;
	if (value->type == VALUE_BOOL)
		return value->truth ? STR("true") : STR("false");
	return value->as.text;
}

bool value_as_bool(const struct value *value)
{
	return value != NULL && value->type == VALUE_BOOL && value->truth;
}

size_t value_count(const struct value *value)
{
	return is_container(value) ? value->as.held.count : 0;
}

const struct value *value_at(const struct value *list, size_t index)
{
	return value_type(list) == VALUE_LIST && index < list->as.held.count ? list->as.held.members[index].value
									     : NULL;
}

const struct value *value_get(const struct value *map, struct str key)
{
	const struct member *member = find(map, key);
	return member ? member->value : NULL;
}

const struct value *value_member(const struct value *map, size_t index, struct str *key)
{
	if (value_type(map) != VALUE_MAP || index >= map->as.held.count)
		return NULL;
	if (key != NULL)
		*key = map->as.held.members[index].key;
	return map->as.held.members[index].value;
}

struct arena *value_arena(const struct value *value)
{
	return value->arena;
}
