/* Cards on a row's page of what points at it; templates/entity/related.html shows them. */
#ifndef DEMAND_RELATED_H
#define DEMAND_RELATED_H

#include "fcgi/web.h"

/* page.related */
enum err related_put(struct context *, const struct record *) MUST_CHECK;

#endif
