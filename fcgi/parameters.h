/* Query parameters of the API: what a route takes is a table, which the description shows and which requests are held against. */
#ifndef DEMAND_PARAMETERS_H
#define DEMAND_PARAMETERS_H

#include "fcgi/web.h"

struct parameter {
	enum method method;
	const char *path; /* of the route, or "/api/{plural}/…" for every stored entity's */
	const char *name, *type, *description;
	bool required;
	bool (*fits)(const struct route *); /* NULL: every route of the path */
};

/* The route's next one at or behind *place, which starts at 0; NULL: there is none. */
const struct parameter *parameter_next(const struct route *, size_t *place);
/* A list of an entity's rows reads its parameters by the entity's own table (entity_openapi_list_parameters). */
bool parameters_are_of_list(const struct route *);

#endif
