/* The API's description, made from the route table and the entity tables: what /openapi.json prints and /docs shows. */
#ifndef DEMAND_OPENAPI_H
#define DEMAND_OPENAPI_H

#include "fcgi/web.h"

/* The OpenAPI 3.1 document; with a company's own fields (struct tenant's custom_fields) or, absent, without. */
struct value *openapi_build(struct arena *, const struct config *, struct str custom_fields);
/* The same for people: page.groups [{name, operations: [{method, path, summary, anchor, credential, origin, idempotent, needs_if_match, parameters, fields}]}]. */
void openapi_docs(struct arena *, const struct config *, struct value *page);

#endif
