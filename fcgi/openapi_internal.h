/* Between the files that make the API's description. */
#ifndef DEMAND_OPENAPI_INTERNAL_H
#define DEMAND_OPENAPI_INTERNAL_H

#include "fcgi/openapi.h"

/* A route that the description shows: everything under /api, and the few raw ones with a summary. */
bool openapi_documented(const struct route *);
bool openapi_has_body(const struct route *);
enum write_kind openapi_body_kind(const struct route *);
/* What a request's body is: the entity's members, or many such rows. */
void openapi_put_body(const struct route *, struct value *schema);
/* A stored row of PATCH needs If-Match: entity routes of the generic handlers. */
bool openapi_needs_if_match(const struct route *);
void openapi_put_parameters(const struct route *, struct value *list);
/* The label before the base domain where a route answers that the api host does not have; NULL for all others. */
const char *openapi_own_label(const struct route *, const char *workspace);
/* Fills the schema (may be NULL) of a body that no entity describes; false: it is no such route. */
bool openapi_own_body(const struct route *, struct value *schema);
/* Fills the schema of an answer that is no row of an entity; false: it is one. */
bool openapi_answer(const struct route *, struct value *schema);
/* Adds what such a route's answer has beside the entity's members. */
void openapi_answer_more(const struct route *, struct value *schema);
/* A file instead of JSON: its parameters and what is said of the answer. */
bool openapi_is_file(const struct route *);
void openapi_put_file_parameters(const struct route *, struct value *list);
void openapi_put_file(const struct route *, struct value *answer);
/* {data: [row], next_cursor} */
void openapi_put_list(struct value *schema, struct value *row, bool pages);
/* NULL when there is none. */
struct value *openapi_member(struct value *map, const char *key);
bool openapi_lists(const struct value *list, struct str text);

/* Whether the route has that path; "{plural}" in it stands for every stored entity's word. */
bool openapi_is_path(const char *path, const struct route *);

#endif
