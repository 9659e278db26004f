/* The two constant tables that route.c expands into one. */
#ifndef DEMAND_ROUTE_ROWS_H
#define DEMAND_ROUTE_ROWS_H

#include "fcgi/web.h"

const struct route *route_rows_own(size_t *count);
const struct route *route_rows_entity(size_t *count); /* paths hold {plural}, summaries {label} and {label_plural} */

#endif
