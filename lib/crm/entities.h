/* Every stored entity of the product that is served by the generic pages and addresses (/leads, /api/leads). */
#ifndef DEMAND_ENTITIES_H
#define DEMAND_ENTITIES_H

#include "lib/entity/entity.h"
#include "lib/tenant/principal.h"

/* Where the navigation shows the way to an entity's list. */
enum place {
	PLACE_NONE = 1, /* from the page of another record only */
	PLACE_MAIN,
	PLACE_MORE, /* behind "More" */
	PLACE_SETTINGS
};

extern const struct entity *const entities[];
extern const size_t entities_count;                  /* entity_count() counts rows */
extern const struct choice entity_choices[];         /* by plural, of a field that names a list */
const struct entity *entity_find(struct str plural); /* NULL */
enum place entity_place(const struct entity *);
/* What it takes to write and delete: what a whole company works by is for those who may change its settings. */
enum permission entity_write_permission(const struct entity *);
enum permission entity_delete_permission(const struct entity *);

#endif
