/* Between the files that make the API's description. */
#ifndef DEMAND_OPENAPI_INTERNAL_H
#define DEMAND_OPENAPI_INTERNAL_H

#include "fcgi/openapi.h"

/* Fills the schema of an answer that is no row of an entity; false: it is one. */
bool openapi_answer(const struct route *, struct value *schema);
/* Adds what such a route's answer has beside the entity's members. */
void openapi_answer_more(const struct route *, struct value *schema);
/* {data: [row], next_cursor} */
void openapi_put_list(struct value *schema, struct value *row, bool pages);
/* NULL when there is none. */
struct value *openapi_member(struct value *map, const char *key);
bool openapi_lists(const struct value *list, struct str text);

#endif
