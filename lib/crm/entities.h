/* Every stored entity of the product that is served by the generic pages and addresses (/leads, /api/leads). */
#ifndef DEMAND_ENTITIES_H
#define DEMAND_ENTITIES_H

#include "lib/entity/entity.h"

extern const struct entity *const entities[];
extern const size_t entities_count;                  /* entity_count() counts rows */
const struct entity *entity_find(struct str plural); /* NULL */

#endif
