/* Between the files that make the API's description. */
#ifndef DEMAND_OPENAPI_INTERNAL_H
#define DEMAND_OPENAPI_INTERNAL_H

#include "fcgi/openapi.h"

/* A route that the description shows: everything under /api, and the few raw ones with a summary. */
bool openapi_documented(const struct route *);
bool openapi_has_body(const struct route *);
bool openapi_needs_body(const struct route *); /* of one that has a body */
enum write_kind openapi_body_kind(const struct route *);
/* What a request's body is, as JSON: the entity's members, many such rows, or members of its own. */
void openapi_put_body(const struct route *, struct value *schema);
/* The parts of a file to import. */
void openapi_put_upload(struct value *operation);
bool openapi_has_id(const struct route *);
/* Whether it is refused without If-Match. */
bool openapi_needs_if_match(const struct route *);
void openapi_put_parameters(const struct route *, struct value *list);
/* The label before the base domain where a route answers that the api host does not have; NULL for all others. */
const char *openapi_own_label(const struct route *, const char *workspace);
/* Fills the schema of an answer that is no row of an entity; false: it is one. */
bool openapi_answer(const struct route *, struct value *schema);
/* Adds what such a route's answer has beside the entity's members. */
void openapi_answer_more(const struct route *, struct value *schema);
/* A file instead of JSON: its parameters and what is said of the answer. */
bool openapi_is_file(const struct route *);
void openapi_put_file_parameters(const struct route *, struct value *list);
void openapi_put_file(const struct route *, struct value *answer);
/* {data: [row], next_cursor}, and where they are asked for count and count_is_exact */
void openapi_put_list(struct value *schema, struct value *row, bool pages, bool counted);
/* NULL when there is none. */
struct value *openapi_member(struct value *map, const char *key);
bool openapi_lists(const struct value *list, struct str text);

/*
 * One member a line: its path, its type ('?' behind it: may be null, '[]': a list of them), and its format. A '*' in front: it is not always there.
 * A dot in the path is an object within, "[]." one in a list.
 */
struct openapi_shape {
	enum method method;
	const char *path;
	bool list; /* rows of these below "data", with "next_cursor" when it has pages */
	bool pages;
	const char *const *members;
	const char *const *more;   /* NULL: none */
	const char *const *beside; /* members of the answer beside "data"; NULL: none */
};
/* NULL: the route answers with a row of an entity, or with nothing. */
const struct openapi_shape *openapi_shape_of(const struct route *);
/* One such line; the member that it made. */
struct value *openapi_put_member(struct value *schema, const char *line);
void openapi_put_members(struct value *schema, const char *const *lines); /* ended by NULL; NULL: none */
struct value *openapi_string(struct arena *, const char *format);         /* a schema; format NULL: none */
struct value *openapi_content(struct arena *, const char *type, struct value *schema);

#endif
