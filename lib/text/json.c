#include "lib/text/json_internal.h"

#include "lib/base/log.h"
#include "lib/text/value.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

/*
 * cJSON takes its memory hooks for the whole process. A worker has one thread, so the arena of the document being
 * read can stand here; a longjmp must not cross cJSON, hence a refusal is noted and acted on afterwards.
 */
static struct {
	struct arena *arena;
	size_t refused;
} memory;

static void *take_memory(size_t bytes)
{
	void *taken = arena_try(memory.arena, bytes);
	if (taken == NULL)
		memory.refused = bytes;
	return taken;
}

static void keep_memory(void *taken)
{
	(void)taken;
}

/* The text as cJSON sees it: every number is 0, so that it has nothing to round and no length to stumble over. */
static char *without_numbers(const struct json_scan *scan)
{
	char *copy = arena_c_string(scan->arena, scan->text);
	for (size_t i = 0; i < scan->numbers.count; i++) {
		memset(copy + scan->numbers.items[i].offset, ' ', scan->numbers.items[i].length);
		copy[scan->numbers.items[i].offset] = '0';
	}
	return copy;
}

static cJSON *parse_tree(const struct json_scan *scan)
{
	const char *text = without_numbers(scan);
	cJSON_Hooks hooks = {take_memory, keep_memory};
	memory.arena = scan->arena;
	memory.refused = 0;
	cJSON_InitHooks(&hooks);
	cJSON *tree = cJSON_ParseWithLengthOpts(text, scan->text.n + 1, NULL, true);
	cJSON_InitHooks(NULL);
	memory.arena = NULL;
	if (tree == NULL && memory.refused > 0)
		(void)arena_alloc(scan->arena, memory.refused); /* does not return: the cap is hit again */
	return tree;
}

struct walk {
	struct json_scan *scan;
	size_t next_number, next_key;
};

struct key_place {
	struct str key;
	size_t offset;
};

static int compare_keys(const void *left, const void *right)
{
	const struct key_place *a = left, *b = right;
	size_t common = a->key.n < b->key.n ? a->key.n : b->key.n;
	int order = common > 0 ? memcmp(a->key.p, b->key.p, common) : 0;
	if (order != 0)
		return order;
	if (a->key.n != b->key.n)
		return a->key.n < b->key.n ? -1 : 1;
	return a->offset < b->offset ? -1 : 1;
}

/* Sorting keeps a hostile object of many keys from costing the square of their number. */
static bool keys_differ(struct walk *walk, struct key_place *keys, size_t count)
{
	if (count < 2)
		return true;
	qsort(keys, count, sizeof(*keys), compare_keys);
	for (size_t i = 1; i < count; i++)
		if (str_equal(keys[i - 1].key, keys[i].key))
			return json_refuse(walk->scan, E_MALFORMED, keys[i].offset,
					   "this key occurs twice in its object");
	return true;
}

static struct value *build(struct walk *walk, const cJSON *node);

static struct value *build_list(struct walk *walk, const cJSON *node)
{
	struct value *list = value_list(walk->scan->arena);
	for (const cJSON *child = node->child; child != NULL; child = child->next) {
		struct value *item = build(walk, child);
		if (item == NULL)
			return NULL;
		value_append(list, item);
	}
	return list;
}

static struct value *build_map(struct walk *walk, const cJSON *node)
{
	struct value *map = value_map(walk->scan->arena);
	size_t count = 0;
	for (const cJSON *child = node->child; child != NULL; child = child->next)
		count++;
	struct key_place *keys = arena_array(walk->scan->arena, count, sizeof(*keys));
	count = 0;
	for (const cJSON *child = node->child; child != NULL; child = child->next) {
		struct str key = str_from(child->string);
		keys[count++] = (struct key_place){key, walk->scan->keys.items[walk->next_key++].offset};
		struct value *item = build(walk, child);
		if (item == NULL)
			return NULL;
		value_put_new(map, key, item);
	}
	return keys_differ(walk, keys, count) ? map : NULL;
}

/* In the order of the document, which is the order of the tokens. NULL when the scan has been refused. */
static struct value *build(struct walk *walk, const cJSON *node)
{
	struct arena *arena = walk->scan->arena;
	if (cJSON_IsArray(node))
		return build_list(walk, node);
	if (cJSON_IsObject(node))
		return build_map(walk, node);
	if (cJSON_IsString(node))
		return value_str(arena, str_from(node->valuestring));
	if (cJSON_IsBool(node))
		return value_bool(arena, cJSON_IsTrue(node));
	if (!cJSON_IsNumber(node))
		return value_null(arena);
	struct json_token token = walk->scan->numbers.items[walk->next_number++];
	return value_number(arena, arena_copy(arena, (struct str){walk->scan->text.p + token.offset, token.length}));
}

enum err json_parse(struct arena *arena, struct str text, const struct json_limits *limits, struct value **out,
		    struct str *why)
{
	struct json_scan scan = {.arena = arena, .limits = limits, .text = text};
	if (json_scan(&scan) != OK) {
		*why = scan.why;
		return scan.status;
	}
	const cJSON *tree = parse_tree(&scan);
	if (tree == NULL) {
		log_event(LOG_ERROR, "json", "cJSON refuses what the scan took, %zu bytes", text.n);
		*why = STR("The JSON cannot be read.");
		return E_INTERNAL;
	}
	struct walk walk = {.scan = &scan};
	struct value *value = build(&walk, tree);
	if (value == NULL) {
		*why = scan.why;
		return scan.status;
	}
	*out = value;
	return OK;
}
