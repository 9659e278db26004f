/*
 * Fields of a company's own. Their definitions come as JSON with the company ([{"entity", "name", "label", "type", "choices", "help", "is_required",
 * "is_listed"}], kept by lib/crm/custom_field.c); their values live in the jsonb column `custom` of the entity's table under the name without
 * "custom_". Behind the entity's own fields they are fields like any other: in forms, lists, filters, JSON and OpenAPI.
 */
#ifndef DEMAND_CUSTOM_H
#define DEMAND_CUSTOM_H

#include "lib/entity/entity.h"

#define CUSTOM_PREFIX "custom_"
#define CUSTOM_FIELDS_MOST 50 /* an entity */

/*
 * The entity itself when it takes no fields or the definitions hold none for it; else a copy in the arena with those
 * fields at its end, so that a field of its own keeps its index. Definitions that cannot be read count as none.
 */
const struct entity *entity_with_custom(struct arena *, const struct entity *, struct str definitions);

#endif
