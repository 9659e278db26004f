/*
 * Value tree: what a handler fills, what JSON prints and a template reads. Lives in its arena.
 *
 * A number keeps its text form, so nothing is rounded. URL values are the only ones a template takes in href and src.
 * Putting a key twice into a map replaces the first value and keeps its place.
 */
#ifndef DEMAND_VALUE_H
#define DEMAND_VALUE_H

#include "lib/base/buffer.h"

enum value_type {
	VALUE_NULL = 1,
	VALUE_BOOL,
	VALUE_NUMBER,
	VALUE_STRING,
	VALUE_URL,
	VALUE_LIST,
	VALUE_MAP,
	VALUE_JSON
};

struct value;

struct value *value_null(struct arena *);
struct value *value_bool(struct arena *, bool);
struct value *value_int(struct arena *, int64_t);
/* text must be a JSON number; it is printed as it is. */
struct value *value_number(struct arena *, struct str text);
/* Borrowed: the bytes must live as long as the arena. An absent str gives null. */
struct value *value_str(struct arena *, struct str);
/* What is JSON already: printed as it is, and true. For lists of many rows, which are not made of values first. */
struct value *value_json(struct arena *, struct str printed);
struct value *value_text(struct arena *, const char *c_string); /* NULL gives null */
/*
 * http:, https:, mailto:, tel: or a same-site path that begins with one '/'; anything else becomes "#".
 * Control characters and spaces make it "#" too.
 */
/* Absent gives null; an address of a scheme that runs gives "#". */
struct value *value_url(struct arena *, struct str);
struct value *value_list(struct arena *);
struct value *value_map(struct arena *);

void value_append(struct value *list, struct value *item);
/* key is borrowed. */
void value_put(struct value *map, const char *key, struct value *);
/* Without looking for the key, which the caller knows to be new: a map of many members is then made in linear time. */
void value_put_new(struct value *map, struct str key, struct value *);
void value_put_str(struct value *map, const char *key, struct str);
void value_put_text(struct value *map, const char *key, const char *c_string);
void value_put_int(struct value *map, const char *key, int64_t);
void value_put_instant(struct value *map, const char *key, int64_t microseconds); /* RFC 3339; 0: null */
void value_put_bool(struct value *map, const char *key, bool);
void value_put_url(struct value *map, const char *key, struct str);
struct value *value_put_map(struct value *map, const char *key); /* a new empty map under key */
struct value *value_put_list(struct value *map, const char *key);

enum value_type value_type(const struct value *);
bool value_truth(const struct value *); /* Mustache: false, null, "" , 0 and an empty list are false; NULL is false */
struct str value_as_str(const struct value *);                    /* text of string, URL, number or bool; else absent */
bool value_as_bool(const struct value *);                         /* of a VALUE_BOOL */
size_t value_count(const struct value *);                         /* items of a list or members of a map */
const struct value *value_at(const struct value *, size_t index); /* of a list; NULL past the end */
const struct value *value_get(const struct value *, struct str key); /* of a map; NULL when not there or not a map */
/* Member by position, in the order they were put; NULL past the end. */
const struct value *value_member(const struct value *map, size_t index, struct str *key);
struct arena *value_arena(const struct value *);

#endif
